"""Runs the rows of a batch on the machines of a Ray cluster, or on one machine in several processes.

Ray Data reads the rows (`agent.runs.ray_feed`); workers, each an actor with an agent of its own, answer them
(`agent.runs.ray_worker`); this process hands out the rows and stores the answers, because a run has one writer.

Why not `Dataset.map_batches`, which would do all of it: measured with Ray 2.60, it gives the first answers when
`target_max_block_size` of them are there, which for answers in text means at the end of the run; told to use blocks of
one answer, it still asks all rows of a batch again when their worker dies, without end if one of them is what kills it,
and tells nobody which. Here a row is handed out until its answer is stored, whoever died.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, NoReturn

from PIL import Image

from agent.runs.batch import Batch, Progress
from agent.runs.ray_cluster import Share, connected, ray, share_of_cluster
from agent.runs.ray_feed import Read, feed
from agent.runs.ray_worker import AgentSettings, Reply, Worker
from agent.runs.row import PictureData, Row
from agent.runs.run_error import RunError
from agent.runs.store import Store
from agent.trace import Answer, Trace
from models.picture import Picture

WORKER = "worker"
"""Kind of failure of a row that ended the workers that were to answer it."""

STRIKES = 3
"""Workers that may end while they have a row. Before the last of them the row is asked alone, so that none is blamed
for another."""

UNDER_WAY = 256
"""Rows that a worker has at a time at most: enough for full batches."""

BLOCK = 64
"""Rows that it is handed at once at most."""

HOPELESS = 10
"""Times in a row that a worker, and those in its place, may end without one answer before the batch is given up."""

TICK = 1.0
"""Seconds after which this process looks around though no worker has said anything."""

PATIENCE = 60.0
"""Seconds without any worker after which a person is told."""


def run_ray_batch(
    agent: AgentSettings,
    read: Read,
    store: Store,
    on_progress: Callable[[Progress], None] | None = None,
    skip: Collection[str] | None = None,
    *,
    address: str | None = None,
    workers: int | None = None,
    limit: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> Progress:
    """Ask every row that is not stored yet, as `agent.runs.batch.run_batch` does, with several agents at a time.

    The workers read the files of pictures, so all machines must see them at the same paths, and must have the same
    Sightscript. A worker that ends, killed or crashed, is replaced, and the rows that it had are asked again; a row
    that ends `STRIKES` workers fails. If this is left by an exception, Ctrl-C included, all answers that had come are
    stored, and a call with the same rows goes on with the rest.

    Args:
        agent: made anew in every worker.
        read: gives the rows; called in another process of this machine, so it must be picklable.
        store, on_progress, skip: as in `run_batch`.
        address: of a cluster, as in `agent.runs.ray_cluster.connected`; one of this machine alone if None.
        workers: how many; one a GPU, or one for every four CPUs, if None.
        limit: take only so many rows.
        tell: told, in a line, about workers that end or do not come.

    Returns:
        How far it came: all the way.

    Raises:
        RunError: there is no such cluster, it has no room for so many workers, they end all the time, or the store
            cannot be written.
        DeclarationError, DeviceError, PresetError, PlannerError, CheckpointError: the workers cannot make the agent.
    """
    batch = Batch(store, on_progress, store.done() if skip is None else skip)
    if batch.resumed == batch.total:
        return batch.progress()
    with connected(address, workers):
        share = share_of_cluster(workers, agent.device)
        rows = batch.fresh(feed(read, limit, agent.folder))
        total = limit if batch.total is None else min(batch.total, limit or batch.total)
        crew = _Crew(agent, share, batch, rows, total, tell or (lambda line: None))
        try:
            crew.work()
        finally:
            crew.dismiss()
        return batch.progress()


@dataclass(eq=False)
class _Question:
    position: int
    row: Row
    strikes: int = 0
    """Workers that ended while they had it."""


@dataclass(eq=False)
class _Place:
    """Where a worker is, or its successor."""

    actor: Any = None
    call: Any = None
    """What the worker has been asked to do and has not done; None if it is idle."""
    loaded: bool = False
    asked: dict[int, _Question] = field(default_factory=dict)
    """What it has been handed and not answered, by position."""
    ended: int = 0
    """Workers that ended here since the last answer."""


class _Crew:
    """The workers, and the rows on their way."""

    def __init__(
        self,
        agent: AgentSettings,
        share: Share,
        batch: Batch,
        rows: Iterator[tuple[int, Row]],
        total: int | None,
        tell: Callable[[str], None],
    ) -> None:
        self.agent, self.share, self.batch, self.total, self.tell = agent, share, batch, total, tell
        self.actor = ray.remote(Worker).options(
            num_cpus=share.cpus, num_gpus=share.gpus, max_restarts=0, max_task_retries=0
        )
        self.places = [_Place() for _ in range(share.workers)]
        self.rows = (_Question(position, row) for position, row in rows)
        self.following: _Question | None = None
        self.taken = 0
        self.again: deque[_Question] = deque()
        """Of workers that ended."""
        self.alone: deque[_Question] = deque()
        """To be asked with no other row in the same worker."""

    def work(self) -> None:
        for place in self.places:
            self._hire(place)
        waiting = time.monotonic() + PATIENCE
        self._take()
        while self.following or self.again or self.alone or any(place.asked for place in self.places):
            for place in self.places:
                if place.loaded and place.call is None:
                    self._hand(place)
            calls = {place.call: place for place in self.places if place.call is not None}
            if ray.wait(list(calls), num_returns=1, timeout=TICK)[0]:
                for call in ray.wait(list(calls), num_returns=len(calls), timeout=0)[0]:
                    self._hear(calls[call])
            if time.monotonic() > waiting and not any(place.loaded for place in self.places):
                self.tell(f"still waiting for the cluster to have {self._needs()} free for a worker")
                waiting = time.monotonic() + PATIENCE

    def dismiss(self) -> None:
        for place in self.places:
            with suppress(Exception):  # it, or the cluster, may be gone
                ray.kill(place.actor)

    def _needs(self) -> str:
        cpus = f"{self.share.cpus} CPU{'s' * (self.share.cpus > 1)}"
        return f"{cpus} and a GPU" if self.share.gpus else cpus

    # ------------------------------------------------------------------ handing out

    def _take(self) -> _Question | None:
        """The next row that nobody has been handed yet."""
        taken, self.following = self.following, next(self.rows, None)
        self.taken += taken is not None
        return taken

    def _hand(self, place: _Place) -> None:
        """Let a worker go on, with more rows if it has room."""
        questions = self._more(place)
        if questions or place.asked:
            place.asked |= {one.position: one for one in questions}
            place.call = place.actor.exchange.remote([(one.position, one.row) for one in questions])

    def _more(self, place: _Place) -> list[_Question]:
        if self.alone:  # the workers get nothing else until they are free for these
            return [] if place.asked else [self.alone.popleft()]
        if any(one.strikes == STRIKES - 1 for one in place.asked.values()):
            return []
        room = min(UNDER_WAY - len(place.asked), self._block())
        questions: list[_Question] = []
        while len(questions) < room and (self.again or self.following):
            one = self.again.popleft() if self.again else self._take()
            assert one is not None
            questions.append(one)
        return questions

    def _block(self) -> int:
        """Rows to hand out at once: fewer towards the end, so that all workers end at about the same time."""
        if self.total is None:
            return BLOCK
        left = self.total - self.batch.resumed - self.taken
        return min(BLOCK, max(1, left // (4 * len(self.places))))

    # ------------------------------------------------------------------ what comes back

    def _hear(self, place: _Place) -> None:
        call, place.call = place.call, None
        try:
            replies = ray.get(call)
        except ray.exceptions.RayTaskError as error:
            _raise(error)
        except ray.exceptions.RayError as error:
            self._replace(place, error)
            return
        if not place.loaded:
            place.loaded = True
            return
        for reply in replies:
            self._keep(place.asked.pop(reply.position), reply)
            place.ended = 0

    def _keep(self, question: _Question, reply: Reply) -> None:
        trace = reply.trace
        answer = Answer(value=trace.value, status=trace.status, reason=trace.reason, trace=trace)
        files = dict(reply.made)
        for key, source in zip(trace.images, question.row.images, strict=False):
            if key and isinstance(source, PictureData):
                files[key] = (source.name, source.data)
        # their pixels are not decoded: the store copies the files
        answer.pictures.update({key: Picture(Image.open(BytesIO(data)), name) for key, (name, data) in files.items()})
        self.batch.keep(question.position, question.row, answer, {key: data for key, (_, data) in reply.made.items()})

    # ------------------------------------------------------------------ workers that come and go

    def _hire(self, place: _Place) -> None:
        place.loaded = False
        place.actor = self.actor.remote(self.agent, self.share.cpus)
        place.call = place.actor.load.remote()

    def _replace(self, place: _Place, error: Exception) -> None:
        """A worker has ended: see to its rows, and hire another in its place."""
        questions = list(place.asked.values())
        place.asked.clear()
        with suppress(Exception):
            ray.kill(place.actor)  # it may only have been out of reach, and must not go on
        why = _why(error)
        place.ended += 1
        if place.ended >= HOPELESS:
            raise RunError(
                f"{HOPELESS} workers in a row ended without an answer, the last because {why}; what has been answered "
                "is stored. Run one row without --ray to see what is wrong"
            )
        for one in questions:
            one.strikes += 1
        dropped = [one for one in questions if one.strikes >= STRIKES]
        rows = f"{len(questions):,} row{'s' * (len(questions) != 1)}"
        what = f"{rows} given up" if dropped else f"{rows} asked again" if questions else "it had no rows"
        self.tell(f"a worker ended, because {why}; {what}")
        for one in questions:
            if one.strikes >= STRIKES:
                self._give_up(one, why)
            else:
                (self.alone if one.strikes == STRIKES - 1 else self.again).append(one)
        self._hire(place)

    def _give_up(self, question: _Question, why: str) -> None:
        row = question.row
        reason = (
            f"{STRIKES} workers ended while they answered this, the last when it had no other row; that was because "
            f"{why}"
        )
        trace = Trace(
            question=" ".join(row.question.split()),
            pictures=[],
            images=[""] * len(row.images),
            attempts=[],
            status="failed",
            reason=reason,
            kind=WORKER,
        )
        self.batch.keep(question.position, row, Answer(value=None, status="failed", reason=reason, trace=trace))


def _raise(error: "ray.exceptions.RayTaskError") -> NoReturn:
    """What a worker raised, without the story of Ray's own processes."""
    raise error.cause if isinstance(error.cause, Exception) else error


def _why(error: Exception) -> str:
    text = str(error)
    if isinstance(error, ray.exceptions.OutOfMemoryError) or "running low on memory" in text:
        return "its machine ran out of memory (fewer --workers, or --live, need less)"
    if "node" in text and ("died" in text or "dead" in text) and "worker process has died" not in text:
        return "its machine is gone"
    return "its process crashed or was killed"
