"""A run read as questions with their candidate programs: what was drawn, what came of it, also on other pictures."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path

from agent.rendering.captions import mentions_in
from agent.runs.record import Record
from agent.runs.run_error import RunError
from agent.runs.scorers import said
from agent.runs.store import Store
from agent.trace import INPUT, PatchValue, PictureValue, Step, Trace
from distill.plans import Drawn, Planned, Plans
from models.video import is_video

SWAPPED = "swapped"
"""Folder in a run, and itself one: the programs on pictures of other questions."""

NOT_DRAWN = "no program was drawn for it"
"""The problem of what stands for the programs of a question that gets none."""

BLIND = frozenset({"ImagePatch", "ImagePatch.crop", "ImagePatch.overlaps_with", "ImagePatch.print_image"})
"""Tools that are given a picture and do not look at it."""
KNOWING = frozenset({"llm_query", "ImagePatch.llm_query", "abstain"})
"""Tools that answer from what a language model knows."""


def looks(step: Step) -> bool:
    """Whether a step looked at a picture."""
    if step.tool in BLIND or step.tool in KNOWING or step.error is not None:
        return False
    return any(isinstance(value, PatchValue | PictureValue) for value in mentions_in(step.arguments))


@dataclass(frozen=True)
class Candidate:
    """One program for a question, with what came of it."""

    record: Record
    """How it ended."""
    places: tuple[int, ...]
    """At which draws it came up, from 0."""
    logprob: float | None
    """Mean log-probability of its tokens, the highest of its draws."""
    drawn: Drawn
    reader: "RunReader" = field(repr=False, compare=False)
    swaps: tuple[str, ...] = ()
    """What it said on swapped pictures (`agent.runs.scorers.said`, or `failed`), as far as that was asked."""

    @cached_property
    def trace(self) -> Trace:
        return self.reader.run.trace(self.record.id)

    @property
    def looked(self) -> bool:
        """Whether any of its steps looked at a picture."""
        return any(looks(step) for step in self.trace.steps)

    @property
    def said(self) -> str:
        return outcome(self.record)


def outcome(record: Record) -> str:
    """What a program said, comparable between pictures."""
    return "failed" if record.status == "failed" else said(record)


@dataclass(frozen=True)
class Asked:
    """A question with all programs that were drawn for it."""

    id: str
    question: str
    candidates: tuple[Candidate, ...]
    """Each different program once; at least one."""
    draws: int
    """Programs that were drawn, equal ones and those that never ran included."""

    @property
    def record(self) -> Record:
        """Of the first program: question, pictures and labels are the same in all."""
        return self.candidates[0].record

    @property
    def readable(self) -> bool:
        """Whether all its pictures could be read. A video is none."""
        there = bool(self.record.images) and all(self.record.images)
        return self.record.kind != INPUT and there and not any(map(is_video, self.record.names))


class RunReader:
    """A run open for reading: one of `sight distill generate`, or any other, in which every row has one program.

    A run without swapped pictures (`sight batch`, the chat's feedback) is read all the same; `swaps` is 0 then.
    """

    def __init__(self, folder: str | Path) -> None:
        """Raises RunError."""
        self.folder = Path(folder)
        self.run = Store.open(self.folder)
        self.generated = "samples" in self.run.settings.options
        self.samples = int(self.run.settings.options.get("samples", 1))
        self.swaps = int(self.run.settings.options.get("swaps", 0))
        self._swapped = Store.open(self.folder / SWAPPED) if (self.folder / SWAPPED).is_dir() else None

    @property
    def name(self) -> str:
        """Of its questions, for the data set's column `source`."""
        source = Path(self.run.settings.source)
        generic = source.stem in ("questions", "data", "train", "val", "test", "feedback")
        return source.parent.name or source.stem if generic else source.stem

    @property
    def finished(self) -> bool:
        """Whether all its rows have ended, those on swapped pictures included, as far as that can be told."""
        parts = [self.run] if self.run.total is not None or self.generated else []
        parts += [self._swapped] if self._swapped is not None else []
        if self.swaps and self._swapped is None:
            return False
        return all(part.total is not None and sum(part.counts().values()) >= part.total for part in parts)

    @property
    def swapped_runs(self) -> int:
        """Programs that were run on other pictures, each picture counted."""
        return 0 if self._swapped is None else sum(self._swapped.counts().values())

    def questions(self) -> Iterator[Asked]:
        """All questions with a program that has ended, in the order of their file.

        Raises:
            RunError: the run has no row yet, or its plans are gone.
        """
        if not any(self.run.counts().values()):
            raise RunError(f"{self.folder}: the run is empty; answer some questions first")
        yield from self._groups() if self.generated else self._rows()

    def _rows(self) -> Iterator[Asked]:
        for record in self.run.records():
            drawn = Drawn(record.program, record.author)
            yield Asked(record.id, record.question, (Candidate(record, (0,), None, drawn, self),), 1)

    def _groups(self) -> Iterator[Asked]:
        plans = Plans(self.folder).all()
        planned: Planned | None = next(plans, None)
        with closing(self.run.records()) as records:  # type: ignore[type-var]
            for id, group in groupby(records, key=lambda record: record.group or record.id):
                found = {record.id: record for record in group}
                if id in found:  # it could not be asked, and so has no programs
                    yield Asked(id, found[id].question, (Candidate(found[id], (), None, Drawn("", ""), self),), 0)
                    continue
                while planned is not None and planned.id != id:
                    planned = next(plans, None)
                if planned is None:
                    raise RunError(f"{self.folder}: the plans of question {id!r} are gone; generate again")
                candidates = tuple(self._candidates(planned, found))
                if candidates:
                    draws = sum(one.problem != NOT_DRAWN for one in planned.drawn)
                    yield Asked(id, candidates[0].record.question, candidates, draws)

    def _candidates(self, planned: Planned, found: dict[str, Record]) -> Iterator[Candidate]:
        for place, drawn in planned.different().items():
            record = found.get(row_id(planned.id, place))
            if record is None:  # not run yet
                continue
            same = [(at, one) for at, one in enumerate(planned.drawn) if one.program == drawn.program]
            chances = [one.logprob for _, one in same if one.logprob is not None]
            yield Candidate(
                record,
                tuple(at for at, _ in same),
                max(chances, default=None),
                drawn,
                self,
                self._swaps_of(record.id),
            )

    def _swaps_of(self, id: str) -> tuple[str, ...]:
        if self._swapped is None:
            return ()
        done = self._done_swapped
        ids = (swap_id(id, number) for number in range(self.swaps))
        return tuple(outcome(self._swapped.record(one)) for one in ids if one in done)

    @cached_property
    def _done_swapped(self) -> set[str]:
        return self._swapped.done() if self._swapped is not None else set()

    def close(self) -> None:
        self.run.close()
        if self._swapped is not None:
            self._swapped.close()

    def __enter__(self) -> "RunReader":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def row_id(question: str, place: int) -> str:
    """Id of the row of a program, the draws counted from 0: `ID#1` is the first."""
    return f"{question}#{place + 1}"


def swap_id(row: str, number: int) -> str:
    """Id of the row of a program on a swapped picture, these counted from 0."""
    return f"{row}~{number + 1}"
