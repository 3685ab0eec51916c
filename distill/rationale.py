"""A trace told in a few sentences with counts and boxes, each traceable to the steps that it stands for.

    There are 8 muffins: [55, 52, 68, 73], [80, 52, 93, 73] ... There are 2 kids: ... So the answer is 4.

Boxes are `[x1, y1, x2, y2]` in hundredths of the picture's width and height, origin top left: short to write, and the
same for a picture of any size.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from agent.rendering.captions import regions_in
from agent.trace import UNANSWERABLE, MaskValue, PatchValue, PictureValue, Step, Trace, text_of
from distill.questions.nouns import article, plural
from models.pointing import box_text

LISTED = 10
"""Boxes that are told of one find; of more, the first."""

MERGED = 8
"""Regions that are told of one by one where a tool was called for each."""

MOST = 12
"""Sentences before the conclusion; of more, the first and last half."""

_SILENT = ("ImagePatch", "ImagePatch.crop", "ImagePatch.print_image", "ImagePatch.overlaps_with", "abstain")

_ALONE = ("ImagePatch.find", "ImagePatch.exists", "ImagePatch.simple_query")

_NAMING = re.compile(r"what (?:is|are) (?:this|that|it|they)\??", re.IGNORECASE)
_COLOUR = re.compile(r"what colou?r (?:is|are) (?:this|that|it|they|the (?P<noun>[^?]+))\??", re.IGNORECASE)
_BACKGROUND = re.compile(r"what is the background\??", re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """A statement, and the steps of the trace that it was made of."""

    text: str
    steps: tuple[int, ...]
    """Their `Step.index`. None for the conclusion, which tells the answer itself."""


def tell(trace: Trace, answer: str) -> tuple[Sentence, ...]:
    """The rationale of an answer: a statement for each finding, and the conclusion.

    Args:
        trace: of the program that ended in the answer.
        answer: in words, as the student is taught it.
    """
    told = _Teller(trace)
    sentences: dict[str, Sentence] = {}
    for _, group in groupby((step for step in trace.steps if step.error is None), key=_alike):
        steps = list(group)
        for sentence in told.sentences(steps):
            sentences.setdefault(sentence.text, sentence)
    kept = list(sentences.values())
    if len(kept) > MOST:
        kept = kept[: MOST // 2] + kept[-MOST // 2 :]
    return (*kept, Sentence(_conclusion(answer, trace, kept), ()))


def text_of_rationale(sentences: Sequence[Sentence]) -> str:
    return " ".join(sentence.text for sentence in sentences)


def _conclusion(answer: str, trace: Trace, told: Sequence[Sentence]) -> str:
    if answer != UNANSWERABLE:
        return f"So the answer is {answer}."
    reason = _words(trace.reason)
    if not reason or any(reason.lower().startswith(one.text[:-1].lower()) for one in told):
        return f"So this is {UNANSWERABLE}."
    return f"{reason[:1].upper()}{reason[1:]}. So this is {UNANSWERABLE}."


def _alike(step: Step) -> Any:
    """Calls in a row that differ in their region alone are told together, but where each has a sentence of its own."""
    if step.tool.startswith("ImagePatch.") and step.tool not in (*_SILENT, *_ALONE):
        return step.tool, repr({name: value for name, value in step.arguments.items() if name != "self"})
    return step.index


class _Teller:
    def __init__(self, trace: Trace) -> None:
        self.sizes = {record.key: (record.width, record.height) for record in trace.pictures}
        self.images = trace.images

    def sentences(self, steps: list[Step]) -> Iterator[Sentence]:
        first, name = steps[0], steps[0].tool.rpartition(".")[2]
        if first.tool in _SILENT:
            return
        teller: Callable[[list[Step]], Iterator[str]] = getattr(self, f"_{name}", self._anything)
        places = tuple(step.index for step in steps)
        for text in teller(steps):
            yield Sentence(f"{text[:1].upper()}{text[1:]}.", places)

    # ------------------------------------------------------------------ tools

    def _find(self, steps: list[Step]) -> Iterator[str]:
        (step,) = steps
        noun = _words(step.arguments["object_name"])
        boxes = [self.box(value) for value in sorted(step.result, key=_from_left)]
        yield f"{self.where(step)}{_there(len(boxes), noun)}{_listed(boxes)}"

    def _exists(self, steps: list[Step]) -> Iterator[str]:
        (step,) = steps
        noun = _words(step.arguments["object_name"])
        yield f"{self.where(step)}there is {article(noun) if step.result else 'no'} {noun}"

    def _verify_property(self, steps: list[Step]) -> Iterator[str]:
        noun, quality = _words(steps[0].arguments["object_name"]), _words(steps[0].arguments["attribute"])
        for picture, group in groupby(steps, key=self.picture):
            of_picture = list(group)
            where = f"in {picture}, " if picture else ""
            for result, one, many in ((True, "is", "are"), (False, "is not", "are not")):
                regions = [self.region(step) for step in of_picture if step.result is result]
                if len(regions) == 1:
                    yield f"{where}the {noun}{_at(regions[0])} {one} {quality}"
                elif regions:
                    yield f"{where}{len(regions)} {plural(noun)} {many} {quality}{_listed(regions)}"

    def _simple_query(self, steps: list[Step]) -> Iterator[str]:
        question, answer = _words(steps[0].arguments.get("question") or "What is this?"), _words(steps[0].result)
        where, thing = f"in {self.picture(steps[0])}, " if self.picture(steps[0]) else "", self.thing(steps[0])
        noun = thing.partition(" [")[0]
        if thing and _NAMING.fullmatch(question):
            yield f"{where}the {thing} is {article(answer)} {answer}"
        elif thing and (colour := _COLOUR.fullmatch(question)) and noun == (colour["noun"] or noun):
            yield f"{where}the {thing} is {answer}"
        elif not thing and _BACKGROUND.fullmatch(question):
            yield f"{where}the background is {answer}"
        else:
            yield from self._each(f'asked "{question}"', steps)

    def _best_text_match(self, steps: list[Step]) -> Iterator[str]:
        options = steps[0].arguments.get("option_list") or []
        yield from self._each(f"of {_choice([_words(text_of(one)) for one in options])}, the best match", steps)

    def _compute_depth(self, steps: list[Step]) -> Iterator[str]:
        yield from self._each("the depth", steps)

    def _read_text(self, steps: list[Step]) -> Iterator[str]:
        yield from self._each("the text", steps)

    def _best_image_match(self, steps: list[Step]) -> Iterator[str]:
        for step in steps:
            chosen = next(iter(regions_in(step.result)), None)
            texts = [_words(value) for value in _texts(step.arguments)]
            if chosen is not None and texts:
                yield f"{_choice(texts)} fits best the region{_at(self.box(chosen))}"

    def _anything(self, steps: list[Step]) -> Iterator[str]:
        """A tool of somebody's own, or of knowledge: what it was asked and what it said."""
        for step in steps:
            asked = [_words(value) for value in _texts(step.arguments)]
            name = step.tool.rpartition(".")[2].replace("_", " ")
            region = self.region(step)
            about = f" ({_choice(asked)})" if asked else ""
            said = self.value(step.result)
            if said:
                yield f"{name}{about}{_at(region)}: {said}"

    def _each(self, told: str, steps: list[Step]) -> Iterator[str]:
        if len(steps) == 1:
            yield f"{told}{self.of(steps[0])}: {self.value(steps[0].result)}"
        else:
            values = [f"{self.spot(step) or 'the picture'} {self.value(step.result)}" for step in steps[:MERGED]]
            yield f"{told}: {', '.join(values)}"

    # ------------------------------------------------------------------ places and values

    def box(self, value: PatchValue | MaskValue) -> str:
        """`[x1, y1, x2, y2]` in hundredths; empty for a whole picture."""
        size = self.sizes.get(value.picture)
        return box_text(value.box, size) if size is not None and not _is_whole(value, size) else ""

    def region(self, step: Step) -> str:
        """The box that a step was asked about; empty for a whole picture."""
        receiver = step.arguments.get("self")
        return self.box(receiver) if isinstance(receiver, PatchValue | MaskValue) else ""

    def spot(self, step: Step) -> str:
        """`[0, 0, 50, 100] in picture 2`: as much of it as there is to say."""
        region, picture = self.region(step), self.picture(step)
        return " ".join(part for part in (region, picture and f"in {picture}") if part)

    def picture(self, step: Step) -> str:
        """Which of several pictures a step was asked about; empty if there is one."""
        receiver = step.arguments.get("self")
        if len(self.images) < 2 or not isinstance(receiver, PatchValue | MaskValue | PictureValue):
            return ""
        if receiver.picture not in self.images:
            return ""
        return f"picture {self.images.index(receiver.picture) + 1}"

    def where(self, step: Step) -> str:
        """How a sentence begins: `in picture 2, in [0, 0, 50, 100], `."""
        parts = [f"in {part}, " for part in (self.picture(step), self.region(step)) if part]
        return "".join(parts)

    def thing(self, step: Step) -> str:
        """`dog [0, 0, 50, 50]`: what a step was asked about; empty for a whole picture."""
        receiver, region = step.arguments.get("self"), self.region(step)
        phrase = _words(receiver.phrase) if isinstance(receiver, PatchValue) else ""
        return f"{phrase or 'region'} {region}" if region else ""

    def of(self, step: Step) -> str:
        thing, picture = self.thing(step), self.picture(step)
        if thing:
            return f" of the {thing}" + (f" in {picture}" if picture else "")
        return f" of {picture or 'the picture'}"

    def value(self, value: Any) -> str:
        if isinstance(value, PatchValue | MaskValue):
            return self.box(value) or "the picture"
        if isinstance(value, list) and any(isinstance(item, PatchValue | MaskValue) for item in value):
            return ", ".join(self.value(item) for item in value[:LISTED])
        if isinstance(value, float):
            return f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"
        return _words(text_of(value))


def _from_left(value: PatchValue | MaskValue) -> tuple[float, ...]:
    """An order that can be seen in the picture; the detector's own scores cannot."""
    return value.box


def _is_whole(value: PatchValue | MaskValue, size: tuple[int, int]) -> bool:
    x1, y1, x2, y2 = value.box
    return isinstance(value, PatchValue) and x1 < 0.5 and y1 < 0.5 and x2 > size[0] - 0.5 and y2 > size[1] - 0.5


def _there(count: int, noun: str) -> str:
    if count == 0:
        return f"there is no {noun}"
    return f"there is 1 {noun}" if count == 1 else f"there are {count} {plural(noun)}"


def _listed(boxes: Sequence[str]) -> str:
    told = [box for box in boxes if box]
    if not told:
        return ""
    first = "among them " if len(told) > LISTED else ""
    return f": {first}{', '.join(told[:LISTED])}"


def _at(box: str) -> str:
    return f" {box}" if box else ""


def _choice(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "nothing"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            if name != "self":
                yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _words(text: object) -> str:
    """A text within a sentence: one line, without what ends it."""
    return " ".join(str(text).split()).rstrip(".")
