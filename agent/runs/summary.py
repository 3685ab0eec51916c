"""A run at a glance: how its rows ended, why some failed, what was slow."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from statistics import median_high
from typing import Any

from agent.runs.record import Record
from agent.runs.settings import RunSettings
from agent.runs.store import Store
from agent.trace import Status

SLOWEST = 5
"""Rows told as the slowest."""

REASONS = 5
"""Reasons told of each kind."""

EXAMPLES = 5
"""Ids told for each reason."""

PAUSE = 300.0
"""Seconds without an end of a row, beyond the time that the next one took, from which a run counts as stopped."""

ABSTAINED = "abstained"
"""Kind of the rows that did not fail but have a reason."""

_QUOTED = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)|‘[^’]*’|“[^”]*”")
_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Family:
    """Rows of one family of questions."""

    name: str
    answered: int
    abstained: int
    failed: int

    @property
    def rows(self) -> int:
        return self.answered + self.abstained + self.failed


@dataclass(frozen=True)
class Reason:
    """Rows that have no answer for what reads as one reason: numbers, quoted names and files are taken as equal."""

    text: str
    """As the first of them says it."""
    rows: int
    ids: tuple[str, ...]
    """Of the first `EXAMPLES` rows."""


@dataclass(frozen=True)
class Kind:
    """Rows that failed in one way, or abstained."""

    name: str
    """`abstained`, or a `Record.kind`."""
    rows: int
    reasons: tuple[Reason, ...]
    """The `REASONS` most common."""


@dataclass(frozen=True)
class SlowRow:
    """A row that took long. Times are in seconds."""

    id: str
    question: str
    status: Status
    seconds: float
    plan_seconds: float
    run_seconds: float


@dataclass(frozen=True)
class Summary:
    """What `summarise` found out about a run."""

    rows: int
    total: int | None
    """Rows that the questions have; None as long as nobody has counted them."""
    statuses: dict[Status, int]
    families: tuple[Family, ...]
    """Sorted by name."""
    kinds: tuple[Kind, ...]
    """The most common first."""
    slowest: tuple[SlowRow, ...]
    calls: float
    """Tool calls a row, mean over the rows for which a program was written."""
    attempts: float
    """Programs a row, mean over the same."""
    median_seconds: float
    """Of a row's time, waiting for others included, over the same."""
    began: str
    """ISO time; empty for a run without rows."""
    ended: str
    """When the last row so far ended."""
    worked: float
    """Seconds from the first row's begin to the last row's end, without the pauses of a run that was stopped."""
    pauses: int
    settings: RunSettings
    models: dict[str, str] = field(default_factory=dict)
    """Role to checkpoint, of the first row that used any."""

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.worked if self.worked else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return asdict(self) | {"rate": self.rate}


def summarise(store: Store) -> Summary:
    """Look through a run, which may still be going on. Raises RunError."""
    statuses: Counter[Status] = Counter({"answered": 0, "abstained": 0, "failed": 0})
    families: defaultdict[str, Counter[Status]] = defaultdict(Counter)
    reasons = _Reasons()
    calls = attempts = 0
    times: list[float] = []
    ends: list[tuple[float, float]] = []
    first = ""
    for record in store.records():
        statuses[record.status] += 1
        families[record.family][record.status] += 1
        ends.append((datetime.fromisoformat(record.finished).timestamp(), record.seconds))
        if record.attempts:
            calls, attempts = calls + record.calls, attempts + record.attempts
            times.append(record.seconds)
            first = first or record.id
        if record.status != "answered":
            reasons.add(record)
    began, ended, worked, pauses = _span(ends)
    return Summary(
        rows=len(ends),
        total=store.total,
        statuses=dict(statuses),
        families=tuple(
            Family(name, counts["answered"], counts["abstained"], counts["failed"])
            for name, counts in sorted(families.items())
        ),
        kinds=reasons.kinds(),
        slowest=tuple(
            SlowRow(r.id, r.question, r.status, r.seconds, r.plan_seconds, r.run_seconds)
            for r in store.records(order="seconds", limit=SLOWEST)
            if r.seconds
        ),
        calls=calls / len(times) if times else 0.0,
        attempts=attempts / len(times) if times else 0.0,
        median_seconds=median_high(times) if times else 0.0,
        began=began,
        ended=ended,
        worked=worked,
        pauses=pauses,
        settings=store.settings,
        models=store.trace(first).models if first else {},
    )


class _Reasons:
    """Counts reasons, keeping a few ids of each and no record."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._ids: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._first: dict[tuple[str, str], str] = {}

    def add(self, record: Record) -> None:
        kind, shape = record.kind or ABSTAINED, shape_of(record.reason, record.names)
        self._rows[kind][shape] += 1
        self._first.setdefault((kind, shape), record.reason)
        ids = self._ids[kind, shape]
        if len(ids) < EXAMPLES:
            ids.append(record.id)

    def kinds(self) -> tuple[Kind, ...]:
        found = [
            Kind(
                kind,
                shapes.total(),
                tuple(
                    Reason(self._first[kind, shape], rows, tuple(self._ids[kind, shape]))
                    for shape, rows in shapes.most_common(REASONS)
                ),
            )
            for kind, shapes in self._rows.items()
        ]
        return tuple(sorted(found, key=lambda kind: (-kind.rows, kind.name)))


def shape_of(reason: str, names: Iterable[str] = ()) -> str:
    """A reason without what differs from row to row: names of pictures, what is quoted, numbers."""
    for name in names:
        if name:
            reason = reason.replace(name, "…")
    return _NUMBER.sub("#", _QUOTED.sub("…", reason))


def _span(ends: list[tuple[float, float]]) -> tuple[str, str, float, int]:
    """First begin and last end (ISO), seconds between them without pauses, and the number of pauses.

    Args:
        ends: of each row, when it ended (seconds of the epoch) and how long it took.
    """
    if not ends:
        return "", "", 0.0, 0
    ends = sorted(ends)
    # rows run side by side, so that the first to end need not be the first that began
    last = began = min(end - seconds for end, seconds in ends[:1000])
    worked, pauses = 0.0, 0
    for end, seconds in ends:
        gap = end - last
        if gap > seconds + PAUSE:
            pauses += 1
            gap = seconds
        worked, last = worked + gap, end
    return _iso(began), _iso(last), worked, pauses


def _iso(time: float) -> str:
    return datetime.fromtimestamp(time).astimezone().isoformat(timespec="seconds")
