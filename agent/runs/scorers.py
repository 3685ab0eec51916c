"""What counts as right: one scorer for each kind of label, by name.

A scorer gives a row a credit from 0 to 1. It is asked about answered rows, and about abstained ones, which say
`unanswerable` and nothing else; a row that failed has no credit whatever the scorer.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from agent.runs import vqa_answers
from agent.runs.choices import named, options_of
from agent.runs.intervals import Figure, mean, proportion, root_mean_square
from agent.runs.record import Record
from agent.trace import UNANSWERABLE, MaskValue, PatchValue, restore
from models.picture import Box, iou

_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
WORDS = tuple(_TO_TWENTY.split())

LARGEST = 1e15
"""Numbers beyond this are none: no count is one, and their squares would not fit."""

Credit: TypeAlias = Callable[[Record], float]
Rows: TypeAlias = Sequence[tuple[Record, float]]
"""Labelled rows with their credits."""


@dataclass(frozen=True)
class Scorer:
    """A way to judge answers, with all that is needed to do it again."""

    name: str
    version: int
    """Raised whenever a figure could change."""
    measure: str
    """What the headline figure is called."""
    rules: tuple[str, ...]
    source: str
    whole: bool
    """True where every credit is 0 or 1, so that the headline is a proportion."""
    credit: Credit
    labelled: Callable[[Record], bool]
    """Whether a row has a label of this kind."""
    also: Callable[[Rows], dict[str, Figure]]
    """More figures about labelled rows, by name."""


SCORERS: dict[str, Scorer] = {}


def scorer(
    name: str,
    *,
    version: int,
    measure: str,
    rules: Sequence[str],
    source: str = "",
    whole: bool = True,
    labelled: Callable[[Record], bool] = lambda record: bool(record.answers),
    also: Callable[[Rows], dict[str, Figure]] = lambda rows: {},
) -> Callable[[Credit], Credit]:
    """Register a function from a row to its credit (0 to 1) as a scorer. The fields are `Scorer`'s."""

    def register(credit: Credit) -> Credit:
        if name in SCORERS:
            raise ValueError(f"there is a scorer {name!r} already")
        SCORERS[name] = Scorer(name, version, measure, tuple(rules), source, whole, credit, labelled, also)
        return credit

    return register


# ---------------------------------------------------------------------- words


_QUOTES = " \"'“”‘’`"


def said(record: Record) -> str:
    """What a row answers, in words."""
    return record.answer if record.status == "answered" else UNANSWERABLE


@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    """An answer as `exact` compares it; the rules of that scorer say what is done.

    >>> plain(" The  Red Car. "), plain("Two"), plain("3.0"), plain("False"), plain("dog, cat")
    ('red car', '2', '3', 'no', 'cat, dog')
    """
    text = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return ", ".join(sorted(_item(part) for part in text.split(","))) if re.search(r",\D", text) else _item(text)


def _item(text: str) -> str:
    text = text.strip(_QUOTES).rstrip(_QUOTES + ".!?;:")
    text = re.sub(r"^(a|an|the) (?=.)", "", text)
    number = number_in(text)
    if number is not None:
        return f"{number:.15g}"
    return {"true": "yes", "false": "no", "abstain": UNANSWERABLE}.get(text, text)


@scorer(
    "exact",
    version=1,
    measure="accuracy",
    rules=(
        "right if the answer equals any label",
        "both in Unicode NFKC, case folded, white space collapsed, quotes and marks at the ends dropped, "
        "a leading a, an or the dropped",
        "true is yes, false is no; zero to twenty as digits; 1,000 is 1000; 3.0 is 3",
        "items of a list parted by commas count in any order",
        "an abstention says unanswerable, which a label may be (or abstain)",
    ),
)
def exact(record: Record) -> float:
    return float(plain(said(record)) in {plain(label) for label in record.answers})


@scorer(
    "choice",
    version=1,
    measure="accuracy",
    rules=(
        "the options are those that the question lists: Options: (A) ... (B) ...",
        "right if the answer names the option that the label names: by its words, compared as exact does, by its "
        "letter, or by both",
        "an abstention is wrong",
    ),
)
def choice(record: Record) -> float:
    options = options_of(record.question)
    label = named(record.answers[0], options, plain)
    return float(label is not None and named(said(record), options, plain) == label)


@scorer(
    "vqa",
    version=1,
    measure="VQA accuracy",
    whole=False,
    source="https://github.com/GT-Vision-Lab/VQA (PythonEvaluationTools/vqaEvaluation/vqaEval.py)",
    rules=(*vqa_answers.RULES, "an abstention says unanswerable"),
)
def vqa(record: Record) -> float:
    return vqa_answers.accuracy(said(record), record.answers)


# ---------------------------------------------------------------------- true or false of pictures


def truth(text: str) -> bool | None:
    """Whether a text says yes or no; None if it says neither."""
    return {"yes": True, "1": True, "no": False, "0": False}.get(plain(text))


def _consistency(rows: Rows) -> dict[str, Figure]:
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for record, credit in rows:
        if record.group:
            groups[record.group].append(credit)
    if not groups:
        return {}
    return {"consistency": proportion(sum(all(credits) for credits in groups.values()), len(groups))}


@scorer(
    "nlvr",
    version=1,
    measure="accuracy",
    source="https://github.com/lil-lab/nlvr (Suhr et al., ACL 2017 and 2019)",
    rules=(
        "yes, true and 1 are the same, and no, false and 0; any other answer is wrong",
        "consistency: groups of which every row is right, of all groups; a row without a group belongs to none",
    ),
    labelled=lambda record: any(truth(label) is not None for label in record.answers),
    also=_consistency,
)
def nlvr(record: Record) -> float:
    known = truth(said(record))
    return float(known is not None and known in {truth(label) for label in record.answers})


# ---------------------------------------------------------------------- regions


def box_of(value: Any) -> tuple[str, Box] | None:
    """The picture (its key; empty where the value names none) and the box of a value that is one region, else None."""
    value = restore(value)
    if isinstance(value, PatchValue | MaskValue):
        return value.picture, value.box
    if isinstance(value, list) and len(value) == 1:
        return box_of(value[0])
    numbers = isinstance(value, list) and all(isinstance(n, int | float) and not isinstance(n, bool) for n in value)
    if numbers and len(value) == 4 and value[0] < value[2] and value[1] < value[3]:
        return "", (float(value[0]), float(value[1]), float(value[2]), float(value[3]))
    return None


def overlap_of(record: Record) -> float:
    """Intersection over union of the region that a row answers and the right one, 0 to 1."""
    found = box_of(record.value) if record.status == "answered" else None
    if found is None or record.box is None or found[0] not in ("", *record.images[:1]):
        return 0.0
    return iou(found[1], record.box)


@scorer(
    "iou",
    version=1,
    measure="IoU of at least 0.5",
    source="Yu et al., Modeling Context in Referring Expressions, ECCV 2016",
    rules=(
        "right if intersection over union of the answer's box and the label is at least 0.5; a mask counts by its box",
        "boxes are xyxy pixels of the first picture, origin top left; so is an answer that is a list of four numbers",
        "a region of another picture, several regions or none have IoU 0",
    ),
    labelled=lambda record: record.box is not None,
    also=lambda rows: {"mean IoU": mean([overlap_of(record) for record, _ in rows])},
)
def region(record: Record) -> float:
    return float(overlap_of(record) >= 0.5)


# ---------------------------------------------------------------------- numbers


@lru_cache(maxsize=100_000)
def number_in(text: str) -> float | None:
    """The number that a text is: digits, with commas between thousands or not, or a word up to twenty; else None."""
    text = text.strip().lower()
    if text in WORDS:
        return float(WORDS.index(text))
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    return _counting(float(text)) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", text) else None


def _counting(number: float) -> float | None:
    return float(number) if abs(number) <= LARGEST else None


def counted(record: Record) -> float | None:
    """The number that a row answers; None if it answers none."""
    if record.status != "answered" or isinstance(record.value, bool):
        return None
    if isinstance(record.value, int | float):
        return _counting(record.value)
    return number_in(record.answer.strip(_QUOTES).rstrip(_QUOTES + ".!"))


def right_number(record: Record) -> float | None:
    """The number that a row's label is: what most people said, of equals the first."""
    numbers = [number for number in map(number_in, record.answers) if number is not None]
    return Counter(numbers).most_common(1)[0][0] if numbers else None


def _errors(rows: Rows) -> Iterator[float]:
    for record, _ in rows:
        number, right = counted(record), right_number(record)
        if number is not None and right is not None:
            yield number - right


def _root_mean_square_error(rows: Rows) -> dict[str, Figure]:
    errors = list(_errors(rows))
    return {"RMSE of numbers answered": root_mean_square(errors)} if errors else {}


@scorer(
    "number",
    version=1,
    measure="accuracy",
    source="Acharya et al., TallyQA, AAAI 2019",
    rules=(
        "right if the number answered equals the label; words from zero to twenty are numbers, yes and no are not",
        "of several labels the most common one counts",
        "RMSE is over the rows that answer a number, and its interval says how many they are",
    ),
    labelled=lambda record: right_number(record) is not None,
    also=_root_mean_square_error,
)
def number(record: Record) -> float:
    return float(counted(record) is not None and counted(record) == right_number(record))


def choose(rows: Mapping[str, int], labelled: int) -> tuple[str, str]:
    """The scorer for labels of a kind, and why it.

    Args:
        rows: How many rows have a label of a kind: `box`, `people` (`vqa_answers.ENOUGH` answers or more), `truth` (yes
            or no), `grouped` (the same, in a group of several rows), `number`, `text` (any); `options` if the question
            lists them.
        labelled: How many rows have any label.
    """
    if rows["box"] > rows["text"]:
        return "iou", f"{rows['box']:,} of {labelled:,} labelled rows have a box"
    texts = rows["text"]
    if rows["options"] == texts:
        return "choice", "all questions list their options"
    if rows["people"] * 2 > texts:
        return "vqa", f"{rows['people']:,} of {texts:,} labelled rows have several people's answers"
    if rows["truth"] == texts and rows["grouped"] * 2 > texts:
        return "nlvr", f"all labels are yes or no, {rows['grouped']:,} of {texts:,} in groups of several rows"
    if rows["number"] == texts:
        return "number", "all labels are numbers"
    return "exact", "labels are texts"
