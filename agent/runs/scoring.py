"""How right a run is, told so that anyone can compute it again: the scorer, its version and rules, every row it judged.

Rows that failed or abstained count as wrong in the headline figure; how many were answered, and how right those are, is
told beside it. Rows without a label are left out and counted.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from agent.runs.choices import options_of
from agent.runs.intervals import RESAMPLES, SEED, Figure, mcnemar, mean, proportion
from agent.runs.record import Record
from agent.runs.run_error import RunError
from agent.runs.scorers import SCORERS, Rows, Scorer, choose, right_number, truth
from agent.runs.vqa_answers import ENOUGH
from agent.trace import Status
from models.picture import Box

FORMAT = 1
"""Version of the JSON that `Score.as_dict` makes."""

RIGHT = 0.5
"""Credit from which a row is called right, where rows are counted as right or wrong."""

INTERVALS = (
    "95 %: Wilson's for proportions; else percentiles of a bootstrap over rows, "
    f"{RESAMPLES} resamples, NumPy's default generator at seed {SEED}"
)


class ScoreError(RunError):
    """A run cannot be scored, or two not compared. The message is one line and says what to do."""


@dataclass(frozen=True)
class RowScore:
    """One row as it was judged."""

    id: str
    family: str
    group: str
    status: Status
    answer: str
    """In words; empty where there is none."""
    labels: tuple[str, ...]
    box: Box | None
    credit: float
    """0 to 1."""

    @property
    def right(self) -> bool:
        return self.credit >= RIGHT


@dataclass(frozen=True)
class Tally:
    """Figures of a family of questions, or of all."""

    family: str
    rows: int
    """Those with a label."""
    answered: int
    abstained: int
    failed: int
    accuracy: Figure
    """Mean credit over all rows: the headline."""
    coverage: Figure
    """Rows answered, of all."""
    accuracy_of_answered: Figure | None
    """Mean credit over the rows answered; None if there are none."""
    also: dict[str, Figure] = field(default_factory=dict)
    """What the scorer measures besides, by name."""


@dataclass(frozen=True)
class Score:
    """What a scorer says of a run."""

    scorer: str
    version: int
    measure: str
    chosen: str
    """Why this scorer."""
    rules: tuple[str, ...]
    source: str
    overall: Tally
    families: tuple[Tally, ...]
    """Sorted by name. Empty if no row names one."""
    unlabelled: int
    """Rows without a label of the scorer's kind, left out."""
    questions: str
    """`fingerprint` of the rows judged."""
    settings: Mapping[str, Any]
    """How the run was made."""
    rows: tuple[RowScore, ...]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain data for a JSON file."""
        return {
            "format": FORMAT,
            "scorer": {
                "name": self.scorer,
                "version": self.version,
                "measure": self.measure,
                "chosen": self.chosen,
                "rules": list(self.rules),
                "source": self.source,
            },
            "counting": "rows that failed or abstained count as wrong in accuracy; unlabelled rows are left out",
            "intervals": INTERVALS,
            "overall": asdict(self.overall),
            "families": [asdict(tally) for tally in self.families],
            "unlabelled": self.unlabelled,
            "questions": self.questions,
            "settings": dict(self.settings),
            "rows": [asdict(row) for row in self.rows],
        }


def score(records: Iterable[Record], scorer: str = "auto", settings: Mapping[str, Any] | None = None) -> Score:
    """Judge the rows of a run.

    Args:
        records: Rows of one run, in any order; they are read once and need not fit into memory with their programs.
        scorer: A name of `SCORERS`, or `auto` for the one that suits the labels.
        settings: Of the run; they become part of the result.

    Raises:
        ScoreError: there is no such scorer, or no row has a label that it can judge.
    """
    if scorer != "auto" and scorer not in SCORERS:
        raise ScoreError(f"there is no scorer {scorer!r}; name one of auto, {', '.join(SCORERS)}")
    kept = sorted((_light(record) for record in records), key=lambda record: record.position)
    name, why = (scorer, "named by the caller") if scorer != "auto" else _suited(kept)
    judge = SCORERS[name]
    rows = [(record, _credit(judge, record)) for record in kept if judge.labelled(record)]
    if not rows:
        raise ScoreError(f"no row has a label that the scorer {name!r} can judge; choose another with --scorer")
    families: defaultdict[str, list[tuple[Record, float]]] = defaultdict(list)
    for row in rows:
        families[row[0].family].append(row)
    return Score(
        scorer=judge.name,
        version=judge.version,
        measure=judge.measure,
        chosen=why,
        rules=judge.rules,
        source=judge.source,
        overall=_tally(judge, "", rows),
        families=tuple(_tally(judge, name, families[name]) for name in sorted(families) if families.keys() != {""}),
        unlabelled=len(kept) - len(rows),
        questions=fingerprint(record for record, _ in rows),
        settings=settings or {},
        rows=tuple(_row(record, credit) for record, credit in rows),
    )


def _light(record: Record) -> Record:
    return replace(record, program="", reason="", author="", trace=None)


def _credit(judge: Scorer, record: Record) -> float:
    return 0.0 if record.status == "failed" else judge.credit(record)


def _suited(records: Sequence[Record]) -> tuple[str, str]:
    groups = Counter(record.group for record in records if record.group)
    signs: Mapping[str, Callable[[Record], bool]] = {
        "box": lambda r: r.box is not None,
        "text": lambda r: bool(r.answers),
        "people": lambda r: len(r.answers) >= ENOUGH,
        "truth": _is_truth,
        "grouped": lambda r: groups[r.group] > 1 and _is_truth(r),
        "number": lambda r: right_number(r) is not None,
        "options": lambda r: bool(r.answers) and bool(options_of(r.question)),
    }
    rows = {sign: sum(map(has, records)) for sign, has in signs.items()}
    labelled = sum(bool(record.answers) or record.box is not None for record in records)
    if not labelled:
        raise ScoreError("no row has a label; name right answers in the questions' file, as `answer`, to score a run")
    return choose(rows, labelled)


def _is_truth(record: Record) -> bool:
    return bool(record.answers) and all(truth(label) is not None for label in record.answers)


def _tally(judge: Scorer, family: str, rows: Rows) -> Tally:
    statuses = Counter(record.status for record, _ in rows)
    answered = [credit for record, credit in rows if record.status == "answered"]
    return Tally(
        family=family,
        rows=len(rows),
        answered=len(answered),
        abstained=statuses["abstained"],
        failed=statuses["failed"],
        accuracy=_accuracy(judge, [credit for _, credit in rows]),
        coverage=proportion(len(answered), len(rows)),
        accuracy_of_answered=_accuracy(judge, answered) if answered else None,
        also=judge.also(rows),
    )


def _accuracy(judge: Scorer, credits: Sequence[float]) -> Figure:
    return proportion(round(sum(credits)), len(credits)) if judge.whole else mean(credits)


def _row(record: Record, credit: float) -> RowScore:
    answer = record.answer if record.status == "answered" else ""
    return RowScore(
        record.id, record.family, record.group, record.status, answer, tuple(record.answers), record.box, credit
    )


def fingerprint(records: Iterable[Record]) -> str:
    """SHA-256, as 64 hex digits, of ids, questions, names of pictures and labels: the same for every run of the same
    questions, whatever its order and wherever the pictures lie."""
    digest = hashlib.sha256()
    for record in sorted(records, key=lambda record: record.id):
        names = [name.replace("\\", "/").rsplit("/", 1)[-1] for name in record.names]
        row = [record.id, record.question, names, list(record.answers), record.box, record.group]
        digest.update(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


# ---------------------------------------------------------------------- two runs


@dataclass(frozen=True)
class Comparison:
    """Two runs on the same questions, row by row."""

    scorer: str
    rows: int
    """Rows that both were judged on, with the same labels."""
    left_out: int
    """Rows that only one was judged on, or with other labels."""
    both: int
    """Rows that both have right (credit of at least 0.5)."""
    only_a: tuple[str, ...]
    """Ids of rows that only the first has right."""
    only_b: tuple[str, ...]
    neither: int
    accuracy_a: Figure
    """Over the rows of both."""
    accuracy_b: Figure
    difference: Figure
    """Mean credit of the second less that of the first, with a paired bootstrap interval."""
    p: float
    """McNemar's exact test, two-sided: the chance of a difference at least this uneven if neither were better."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare(a: Score, b: Score) -> Comparison:
    """Compare two runs on the rows that both were judged on.

    Raises:
        ScoreError: they were judged by different scorers, or have no row in common.
    """
    if (a.scorer, a.version) != (b.scorer, b.version):
        raise ScoreError(
            f"one run is scored by {a.scorer} (version {a.version}), the other by {b.scorer} (version {b.version}); "
            "name one with --scorer"
        )
    others = {row.id: row for row in b.rows}
    pairs = [(row, others[row.id]) for row in a.rows if row.id in others]
    pairs = [(one, other) for one, other in pairs if (one.labels, one.box) == (other.labels, other.box)]
    if not pairs:
        raise ScoreError("the two runs have no row in common; compare runs of the same questions")
    judge = SCORERS[a.scorer]
    only_a = tuple(one.id for one, other in pairs if one.right and not other.right)
    only_b = tuple(one.id for one, other in pairs if other.right and not one.right)
    both = sum(one.right and other.right for one, other in pairs)
    return Comparison(
        scorer=a.scorer,
        rows=len(pairs),
        left_out=len(a.rows) + len(b.rows) - 2 * len(pairs),
        both=both,
        only_a=only_a,
        only_b=only_b,
        neither=len(pairs) - both - len(only_a) - len(only_b),
        accuracy_a=_accuracy(judge, [one.credit for one, _ in pairs]),
        accuracy_b=_accuracy(judge, [other.credit for _, other in pairs]),
        difference=mean([other.credit - one.credit for one, other in pairs]),
        p=mcnemar(len(only_a), len(only_b)),
    )
