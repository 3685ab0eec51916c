"""Runs the rows of a batch through an agent and keeps what comes of each, so that a stopped run can go on."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from agent.agent import VisualAgent
from agent.pipeline import Task
from agent.program import Program
from agent.runs.record import Record, readable
from agent.runs.row import BadRow, PictureData, Row
from agent.runs.store import Store
from agent.trace import Answer, Status


@dataclass(frozen=True)
class Progress:
    """How far a batch has come."""

    total: int | None
    """Rows of the whole run; None as long as nobody has counted them."""
    done: int
    """Rows that are stored, those of earlier calls included."""
    answered: int
    abstained: int
    failed: int
    resumed: int
    """Rows that were stored before this call."""
    seconds: float
    """Since this call began."""

    @property
    def rate(self) -> float:
        """Rows a second in this call."""
        return (self.done - self.resumed) / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until the end at this rate; None if that cannot be told."""
        return None if self.total is None or not self.rate else max(0, self.total - self.done) / self.rate


def run_batch(
    agent: VisualAgent,
    source: Iterable[Row | BadRow],
    store: Store,
    on_progress: Callable[[Progress], None] | None = None,
    skip: Collection[str] | None = None,
) -> Progress:
    """Ask every row that is not stored yet, and store each as soon as it has ended.

    Rows are read as there is room for them. What is wrong with a row is told in its record; the others go on. If this
    is left by an exception, Ctrl-C included, all rows that had ended are stored, and a call with the same rows goes on
    with the rest.

    Args:
        agent: answers the questions; a row that has a program is run as it is.
        source: the rows, in the order of their file.
        store: open for writing. Where it knows the `total`, progress tells the time left.
        on_progress: told after every row.
        skip: ids of rows that are stored already; asked of the store if None.

    Returns:
        How far it came: all the way.

    Raises:
        RunError: the store cannot be written, as on a full disk.
        PresetError, CheckpointError: the planner cannot be loaded.
    """
    batch = Batch(store, on_progress, store.done() if skip is None else skip)
    tasks = (task_of(row, (position, row)) for position, row in batch.fresh(enumerate(source)))
    with closing(agent.answers(tasks)) as answers:
        for task, answer in answers:
            position, row = task.tag
            batch.keep(position, row, answer)
    return batch.progress()


def task_of(row: Row, tag: Any) -> Task:
    """What an agent is asked for a row."""
    images = tuple(one.read if isinstance(one, PictureData) else one for one in row.images)
    return Task(row.question, images, None if row.program is None else Program(row.program), tag=tag)


class Batch:
    """The counts of a call, which rows it asks, and the way of an answer to the store."""

    def __init__(self, store: Store, on_progress: Callable[[Progress], None] | None, skip: Collection[str]) -> None:
        self.store, self.skip = store, skip
        self.on_progress = on_progress or (lambda progress: None)
        self.counts: dict[Status, int] = store.counts()
        self.resumed = sum(self.counts.values())
        self.total = store.total
        self.began = time.perf_counter()

    def progress(self) -> Progress:
        return Progress(
            self.total,
            sum(self.counts.values()),
            self.counts["answered"],
            self.counts["abstained"],
            self.counts["failed"],
            self.resumed,
            time.perf_counter() - self.began,
        )

    def fresh(self, numbered: Iterable[tuple[int, Row | BadRow]]) -> Iterator[tuple[int, Row]]:
        """Of rows with their positions those to be asked; the ones that cannot be are stored at once."""
        for position, row in numbered:
            if readable(row.id) in self.skip:
                continue
            if isinstance(row, BadRow):
                self.count(Record.refused(row, position))
            else:
                yield position, row

    def keep(self, position: int, row: Row, answer: Answer, made: Mapping[str, bytes] = MappingProxyType({})) -> None:
        """Store an answer. Of pictures in `made`, by key, these files are kept; else they are written without loss."""
        record = Record.of(row, position, answer)
        files: dict[str, Path | bytes] = {
            key: source.data if isinstance(source, PictureData) else source
            for key, source in zip(record.images, row.images, strict=True)
            if key
        }
        self.count(record, answer, {**made, **files})

    def count(
        self, record: Record, answer: Answer | None = None, files: "dict[str, Path | bytes] | None" = None
    ) -> None:
        self.store.put(record, answer.pictures if answer else {}, files or {})
        self.counts[record.status] += 1
        self.on_progress(self.progress())
