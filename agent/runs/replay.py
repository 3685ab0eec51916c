"""A stored program run again: from its recorded results, from some step on with the models, or changed."""

import contextlib
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.agent import Task, VisualAgent
from agent.program import Program
from agent.running.recording import Recording
from agent.runs.moving import moving, still
from agent.runs.record import Record
from agent.runs.run_error import RunError
from agent.runs.store import Store
from agent.trace import Answer, Step, Trace
from agent.values import is_kept
from models.picture import Picture
from models.video import Video

_TIMES = {"seconds", "batch", "cached", "recorded", "span"}
"""What may differ between steps that did the same."""


@dataclass(frozen=True)
class Replay:
    """A row's answer as it was stored, and what came of running its program again."""

    before: Answer
    after: Answer
    missed: int = 0
    """Calls that were made again though they were recorded, because too little was kept of their results."""
    diverged_at: int | None = None
    """The first call, from 0, that is not the one which was recorded at its place, if that is why calls were made or
    taken from elsewhere; see `Recording.diverged_at`."""

    @property
    def recorded(self) -> int:
        """Steps whose results were taken from the record."""
        return sum(step.recorded for step in self.after.trace.steps)

    @property
    def live(self) -> int:
        """Steps that were run."""
        return len(self.after.trace.steps) - self.recorded

    @property
    def same(self) -> bool:
        """The answer is the stored one: status and value, or for what was no answer the reason."""
        if (self.before.status, self.before.value) != (self.after.status, self.after.value):
            return False
        return self.before.status != "abstained" or self.before.reason == self.after.reason

    @property
    def changed(self) -> tuple[int, ...]:
        """Steps, from 0, that are not what they were: another call, or another result."""
        before, after = self.before.trace.steps, self.after.trace.steps
        longest = range(max(len(before), len(after)))
        return tuple(place for place in longest if _what(before, place) != _what(after, place))


def replay(
    agent: VisualAgent,
    store: Store,
    id: str,
    first: int | None = None,
    source: str | None = None,
    live: bool = False,
) -> Replay:
    """Run the last program of a stored row again. Nothing is planned or repaired, and the store is not changed.

    Args:
        agent: with the preset, tools and limits of the run, or others to compare them.
        store: the run, open for reading.
        id: of the row.
        first: so many steps are taken from the record as long as the program makes the same calls; the rest is run.
            None: every call that equals a recorded one is taken from the record.
        source: of a program to run instead. It is checked first, and what is wrong with it is told in the answer.
        live: nothing is taken from the record.

    Raises:
        RunError: there is no such row, it has no program or not so many steps, or the row or a picture that came with
            its question cannot be read.
    """
    record, trace = _stored(store, id)
    if source is None and not trace.attempts:
        raise RunError(f"row {id!r} has no program ({trace.reason or 'none was written'}); give it one to run")
    if not record.images or "" in record.images:
        raise RunError(f"row {id!r} has no picture to run a program on ({record.reason})")
    steps = len(trace.steps)
    if first is not None and not 0 <= first <= steps:
        raise RunError(f"row {id!r} has {steps} steps; it can go on from one between 1 and {steps + 1}")
    pictures = _pictures(store, record, trace)
    before = Answer(value=trace.value, status=trace.status, reason=trace.reason, trace=trace)
    before.pictures.update(still(pictures))
    if source is None or source == trace.program:
        program = Program(trace.program, trace.attempts[-1].author)
    else:
        program = Program(source)
    recording = None if live else Recording.of(trace, pictures, first, _unkept(agent))
    task = Task(trace.question, tuple(pictures[key] for key in record.images), program, recording)
    ((_, after),) = agent.answers([task])
    if recording is None:
        return Replay(before, after)
    return Replay(before, after, recording.missed, recording.diverged_at)


def _stored(store: Store, id: str) -> tuple[Record, Trace]:
    try:
        return store.record(id), store.trace(id)
    except RunError:
        done = store.done()
        if id in done:
            raise
        close = difflib.get_close_matches(id, sorted(done), 3, 0.5)
        hint = f"; did you mean {' or '.join(map(repr, close))}?" if close else ""
        raise RunError(f"{store.folder}: there is no row {id!r}, or it has not ended yet{hint}") from None


def _pictures(store: Store, record: Record, trace: Trace) -> dict[str, Picture | Video]:
    """Those of the question, a video's read from its file again; and those that the program made, as far as they can be
    read: what shows them is run again where one is gone."""
    names = {picture.key: picture.name for picture in trace.pictures}
    found = moving(trace)
    for picture in trace.pictures:
        if picture.video is not None and picture.key not in found:
            raise RunError(f"{picture.name}: the video is gone, or was changed since the question was asked")
    found |= {key: _named(store.picture(key), names) for key in record.images if key not in found}
    for key in names.keys() - found.keys():
        with contextlib.suppress(RunError):
            found[key] = _named(store.picture(key), names)
    return found


def _named(picture: Picture, names: Mapping[str, str]) -> Picture:
    """A picture under the name that the trace knows it by."""
    return Picture(picture.image, names.get(picture.key, picture.name))


def _unkept(agent: VisualAgent) -> list[str]:
    tools = agent.vocabulary.tools
    return [name for name, tool in tools.items() if not is_kept(tool.signature.return_annotation)]


def _what(steps: list[Step], place: int) -> dict[str, Any] | None:
    return steps[place].model_dump(exclude=_TIMES) if place < len(steps) else None
