"""The way of many questions: their pictures are read, programs written, checked and run, and failed ones repaired.

All stages work at the same time, each on what the one before it has finished: reading threads decode pictures, the
planner writes programs for many questions at once, the engine runs what is written. A lone question takes this path
too.
"""

import logging
import threading
import time
import weakref
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from PIL import Image

from agent.planning.check import Check
from agent.planning.planner import Draft, Plan, Planner
from agent.planning.prompt import Failed
from agent.planning.visprog import compiled
from agent.program import Problem, Program, Query, QueryError, Turn, check_images
from agent.running.engine import Engine, Kit, Ticket
from agent.running.execution import Job, Outcome, line_of
from agent.running.sandbox import sanitise
from agent.trace import (
    INPUT,
    PLANNER,
    Answer,
    Attempt,
    PictureRecord,
    ProblemRecord,
    SpanRecord,
    Status,
    Step,
    StudentRecord,
    Trace,
)
from models.picture import Picture, PictureError
from models.video import Video, open_visual

if TYPE_CHECKING:
    from agent.running.recording import Recording

ImageLike: TypeAlias = str | Path | Image.Image | np.ndarray | Picture | Video
"""A file of a picture or a video, a Pillow image, an `(H, W, 3)` uint8 RGB array, a `Picture`, or a `Video`."""


@dataclass(frozen=True)
class Writing:
    """A program is being written."""

    source: str
    """What there is of it."""


Event: TypeAlias = StudentRecord | Writing | Program | Step | Answer
"""What happens on the way: the student has said something, a program is being written, it is there, a tool was called,
the answer is there."""

READERS = 2
"""Threads that read pictures and check given programs."""

AHEAD = 64
"""Questions that are read and planned beyond those that the engine keeps alive."""

READING = 2 * READERS
"""Questions whose pictures are being read, at most: only then it is known how large these are."""

MAX_DECODED = 1 << 30
"""Bytes of decoded pictures of the questions under way at which no further one is begun."""

WRITERS = 2
"""Threads that wait for the planner, so that it has the next questions at hand when it has written for some."""

DRAFTS = 8
"""Questions that the planner is given at once at most."""

SLOW_SOURCE = 0.2
"""Seconds that taking the next question may last before the planner begins with those that are there."""

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Task:
    """A question whose pictures are read when its turn comes."""

    question: str
    images: tuple[ImageLike | Callable[[], Picture | Video], ...]
    """A callable reads the picture in a thread of its own, and may raise PictureError."""
    program: Program | None = None
    """To be run instead of planning one; it is not repaired."""
    recording: "Recording | None" = None
    """Earlier results, taken instead of running the tools again."""
    history: tuple[Turn, ...] = ()
    """What was asked before about these pictures."""
    tag: Any = None
    """Whatever the caller wants to have back with the answer."""


@dataclass(eq=False)
class Asked:
    """One question on its way to an answer."""

    task: Task
    config: Any = None
    """LangChain's, for the planner."""
    images: tuple[Picture | Video, ...] = ()
    """All of the task's, or as many as can be read."""
    album: bool = False
    """No picture is needed, see `Query.album`."""
    keys: tuple[str, ...] = ()
    """Of the task's pictures, `""` for one that cannot be read."""
    attempts: list[Attempt] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    made: dict[str, Picture] = field(default_factory=dict)
    status: Status | None = None
    value: Any = None
    reason: str = ""
    kind: str = ""
    plan: Plan | None = None
    student: StudentRecord | None = None
    """What the student said; if that was taken, the question has ended."""
    loading: float = 0.0
    """Seconds that the planner took to load before it wrote for this question."""
    ticket: Ticket | None = None

    @property
    def question(self) -> str:
        return " ".join(self.task.question.split())

    @property
    def query(self) -> Query:
        return Query(self.question, self.images, history=self.task.history, album=self.album)

    def read(self, pictures: "Pictures") -> None:
        """Take in the pictures; a question that cannot be asked ends here."""
        read: list[Picture | Video | None] = []
        for place, image in enumerate(self.task.images, 1):
            try:
                read.append(pictures.read(image))
            except PictureError as error:
                read.append(None)
                self.refuse(str(error))
            except BaseException as error:  # a callable of the caller's may raise anything
                read.append(None)
                self.refuse(f"picture {place} cannot be read ({line_of(error)})")
        self.images = tuple(picture for picture in read if picture is not None)
        self.keys = tuple(picture.key if picture is not None else "" for picture in read)
        if self.status is not None:
            return
        try:
            if self.task.program is None:
                _ = self.query
            else:
                check_images(self.images, self.album)
        except QueryError as error:
            self.refuse(str(error))

    def fail(self, kind: str, reason: str) -> None:
        self.status, self.kind, self.reason = "failed", kind, reason

    def refuse(self, reason: str) -> None:
        """The question cannot be asked; of several reasons the first counts."""
        if self.status is None:
            self.fail(INPUT, reason)

    def begin(self, plan: Plan) -> bool:
        """Take a plan. False if it cannot be run: the attempt, or the question, ends here."""
        self.plan = plan
        if plan.error:
            self.fail(PLANNER, plan.error)
            return False
        if plan.problems:
            self.attempts.append(_attempt(plan, plan.problems[0]))
            self.failed.append(Failed(plan.program.source, plan.problems))
            return False
        return True

    def finish(self, outcome: Outcome) -> None:
        """Take the end of a program."""
        plan = self.plan
        assert plan is not None
        problem = outcome.problem
        if problem is None and outcome.abstention is None and outcome.value is None:
            problem = Problem("runtime", "the program returned nothing (None); it must return the answer")
        self.attempts.append(_attempt(plan, problem, outcome, self.loading))
        self.loading = 0.0
        self.made.update((picture.key, picture) for picture in outcome.pictures)
        if outcome.abstention is not None:
            self.status, self.reason = "abstained", sanitise(outcome.abstention)
        elif problem is None:
            self.status, self.value = "answered", outcome.record
        elif outcome.broken:
            self.fail(problem.kind, problem.message)
        else:
            self.failed.append(Failed(plan.program.source, (problem,)))

    def settle(self, repairs: int) -> None:
        """Give up if the planner has had its chances."""
        if self.status is not None or (self.task.program is None and len(self.attempts) <= repairs):
            return
        problem = self.failed[-1].problems[0]
        last = self.attempts[-1]
        tries = len(self.attempts)
        if problem.message.startswith("the program returned nothing"):
            reason = "the program returned nothing"
        elif last.run_seconds:
            reason = f"the program stopped: {problem}"
        else:
            reason = f"the program cannot be run: {problem}"
        self.fail(problem.kind, reason if tries == 1 else f"{reason} (attempt {tries} of {tries})")

    def answer(self, models: Mapping[str, str]) -> Answer:
        assert self.status is not None
        asked = {picture.key: picture for picture in self.images}
        records = [PictureRecord.of(picture) for picture in asked.values()]
        records += [PictureRecord.of(picture, "program") for key, picture in self.made.items() if key not in asked]
        seconds = sum(
            one.plan_seconds + one.check_seconds + one.load_seconds + one.run_seconds for one in self.attempts
        )
        if self.student is not None:
            seconds += self.student.seconds
        trace = Trace(
            question=self.question,
            pictures=records,
            images=list(self.keys or (picture.key for picture in self.images)),
            attempts=self.attempts,
            student=self.student,
            status=self.status,
            value=self.value,
            reason=self.reason,
            kind=self.kind,
            seconds=seconds,
            models=dict(models),
        )
        answer = Answer(value=self.value, status=self.status, reason=self.reason, trace=trace)
        answer.pictures.update(self.made)
        answer.pictures.update({key: one.poster if isinstance(one, Video) else one for key, one in asked.items()})
        return answer


class Pictures:
    """Reads pictures, each file once as long as a question about it is under way, and knows how much they hold."""

    def __init__(self) -> None:
        self.bytes = 0
        """Of the decoded pictures that questions under way have, three a pixel."""
        self._files: weakref.WeakValueDictionary[Path, Picture | Video] = weakref.WeakValueDictionary()
        self._opening: weakref.WeakValueDictionary[Path, threading.Lock] = weakref.WeakValueDictionary()
        self._held = Counter[int]()
        """How many questions under way have a picture, by its `id`."""
        self._lock = threading.Lock()

    def read(self, image: Any) -> Picture | Video:
        """A picture or a video from wherever it is. Raises PictureError."""
        picture = self._file(Path(image)) if isinstance(image, str | Path) else read_picture(image)
        _ = picture.key  # hashing a large picture takes a while, which is better spent in this thread
        return picture

    def _file(self, path: Path) -> Picture | Video:
        with self._lock:
            opening = self._opening.setdefault(path, threading.Lock())
        with opening:
            picture = self._files.get(path)
            if picture is None:
                picture = self._files[path] = open_visual(path)
            return picture

    def hold(self, pictures: Iterable[Picture | Video]) -> None:
        """A question under way has them."""
        with self._lock:
            for picture in pictures:
                if not self._held[id(picture)]:
                    self.bytes += _size(picture)
                self._held[id(picture)] += 1

    def release(self, pictures: Iterable[Picture | Video]) -> None:
        """It has ended. What its answer holds of them is the caller's."""
        with self._lock:
            for picture in pictures:
                self._held[id(picture)] -= 1
                if not self._held[id(picture)]:
                    del self._held[id(picture)]
                    self.bytes -= _size(picture)


def _size(picture: Picture | Video) -> int:
    return picture.width * picture.height * 3  # of a video, the one frame that its decoder holds


class Pipeline:
    """Takes questions through all stages. One object may serve several threads; each `run` is on its own."""

    def __init__(
        self,
        engine: Engine,
        kit: Kit,
        check: Check,
        planner: Callable[[], Planner],
        repairs: int,
        album: bool = False,
    ) -> None:
        """
        Args:
            engine: runs the programs.
            kit: its specialists, whose names go into traces.
            check: for given programs.
            planner: gives the planner, loading it if need be; only called if a program has to be written.
            repairs: how often a program that failed goes back to the planner.
            album: an index is open, so that questions need no pictures.
        """
        self.engine, self.kit, self.planner, self.repairs, self.album = engine, kit, planner, repairs, album
        self.check = lru_cache(maxsize=256)(lambda source: tuple(check(source, given=True)))

    def run(
        self, asked: Iterable[Asked], urgent: bool = False, watch: bool = False, stop: "Stop | None" = None
    ) -> Generator[tuple[Asked, Event]]:
        """Answer questions, and tell each answer as it is there. Questions are taken as there is room for them, in the
        thread that iterates. Leaving the iteration early cancels what is under way.

        Args:
            asked: questions on their way; those that have pictures already are not read.
            urgent: a person waits for them.
            watch: tell the programs and steps on the way as well.
            stop: ends it from another thread, also while nothing happens. What has no answer by then gets none.

        Raises:
            PresetError, CheckpointError, QueryError: there is no planner, or it cannot be loaded.
        """
        passage = _Passage(self, urgent, watch)
        if stop is not None:
            stop.then(lambda: passage.news.put(partial(_raise, _Left())))
        try:
            yield from passage.through(iter(asked))
        except _Left:
            return
        finally:
            passage.close()


class Stop:
    """Ends a stream from another thread. Called a second time, or after the end, it does nothing."""

    def __init__(self) -> None:
        self._called = False
        self._end: Callable[[], None] | None = None
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            end, self._called = (None if self._called else self._end), True
        if end is not None:
            end()

    def then(self, end: Callable[[], None]) -> None:
        """What it does; at once if it was called before."""
        with self._lock:
            self._end, late = end, self._called
        if late:
            end()


Happened: TypeAlias = "list[tuple[Asked, Event]]"


class _Passage:
    """One `run` of a pipeline: what is in which stage. Its methods are called by the iterating thread, except `_read`,
    `_write` and the callbacks, which leave word in `news`."""

    def __init__(self, pipeline: Pipeline, urgent: bool, watch: bool) -> None:
        self.pipeline, self.urgent, self.watch = pipeline, urgent, watch
        self.engine = pipeline.engine
        self.pictures = Pictures()
        self.news: SimpleQueue[Callable[[], Happened]] = SimpleQueue()
        """What the stages have done, as functions that move the questions on."""
        self.under_way: set[Asked] = set()
        self.reading = 0
        self.drafting: deque[Asked] = deque()
        self.planning = 0
        """Batches that the planner has."""
        self.planner: Planner | None = None
        self.readers = ThreadPoolExecutor(READERS, "sightscript-read")
        self.writer = ThreadPoolExecutor(WRITERS, "sightscript-plan")
        self.feeding = ExitStack()
        self.left = threading.Event()

    def through(self, source: Iterator[Asked]) -> Iterator[tuple[Asked, Event]]:
        more = True
        if not self.urgent:
            self.feeding.enter_context(self.engine.feeding())
        while True:
            slow = False
            if more and self._room():
                began = time.perf_counter()
                following = next(source, None)
                slow = time.perf_counter() - began > SLOW_SOURCE
                more = following is not None
                if following is not None:
                    yield from self._begin(following)
            if not (more or self.under_way):
                return
            if not (more or self.reading or self.drafting or self.planning):
                self.feeding.close()
            complete = not self.reading and not (more and self._room())
            if complete or slow or len(self.drafting) >= DRAFTS:
                self._plan()
            news = max(1, self.news.qsize() if slow else 1)
            yield from self._listen(news, wait=bool(self.under_way) and not (more and self._room()))

    def close(self) -> None:
        self.left.set()
        self.feeding.close()
        for executor in (self.readers, self.writer):
            executor.shutdown(wait=False, cancel_futures=True)
        self.engine.cancel(*(asked.ticket for asked in self.under_way if asked.ticket is not None))

    def _room(self) -> bool:
        if not self.under_way:
            return True
        few = len(self.under_way) < self.engine.live + AHEAD and self.reading < READING
        return few and self.pictures.bytes < MAX_DECODED

    def _listen(self, most: int, wait: bool) -> Iterator[tuple[Asked, Event]]:
        for _ in range(most):
            try:
                news = self.news.get(block=wait)
            except Empty:
                return
            yield from news()

    # ------------------------------------------------------------------ reading

    def _begin(self, asked: Asked) -> Happened:
        self.under_way.add(asked)
        asked.album = self.pipeline.album
        said: Happened = [(asked, asked.student)] if self.watch and asked.student is not None else []
        if asked.status is not None:
            return said + self._answer(asked)
        if asked.images and asked.task.program is None:
            return said + self._ready(asked)
        self.reading += 1
        self.readers.submit(self._read, asked)
        return said

    def _read(self, asked: Asked) -> None:
        if not asked.images:
            asked.read(self.pictures)
            self.pictures.hold(asked.images)
        program = asked.task.program
        try:
            if program is not None and asked.status is None:
                asked.plan = Plan(program, self.pipeline.check(program.source))
        except BaseException as error:
            asked.fail("tool", f"the program could not be checked: {line_of(error)}")
        self.news.put(lambda: self._was_read(asked))

    def _was_read(self, asked: Asked) -> Happened:
        self.reading -= 1
        return self._ready(asked)

    def _ready(self, asked: Asked) -> Happened:
        if asked.status is not None:
            return self._answer(asked)
        if asked.plan is not None:
            return self._start(asked, asked.plan)
        self.drafting.append(asked)
        return []

    # ------------------------------------------------------------------ planning

    def _plan(self) -> None:
        """Let the planner write for those that wait, unless it has enough to do."""
        while self.drafting and self.planning < WRITERS:
            self.planning += 1
            batch = [self.drafting.popleft() for _ in range(min(DRAFTS, len(self.drafting)))]
            self.writer.submit(self._write, batch)

    def _write(self, batch: Sequence[Asked]) -> None:
        try:
            began = time.perf_counter()
            if self.planner is None:
                self.planner = self.pipeline.planner()
            loading = time.perf_counter() - began
            plans = self._plans(self.planner, batch)
        except _Left:
            return
        except BaseException as error:
            self.news.put(partial(_raise, error))
        else:
            self.news.put(lambda: self._was_planned(batch, plans, loading))

    def _plans(self, planner: Planner, batch: Sequence[Asked]) -> Sequence[Plan]:
        """A plan a question. If the planner breaks, they are tried one by one, so that a question which breaks it costs
        no other its program."""
        drafts = [Draft(asked.query, tuple(asked.failed)) for asked in batch]
        try:
            if self.watch and len(batch) == 1:
                return [planner.write(drafts[0], batch[0].config, partial(self._tell_writing, batch[0]))]
            configs: Any = [asked.config or {} for asked in batch] if any(asked.config for asked in batch) else None
            return planner.batch(drafts, configs)
        except Exception as error:
            if len(batch) == 1:
                LOG.exception("the planner broke")
                return [Plan(Program("", planner.label), error=f"the planner broke: {line_of(error)}")]
            return [plan for asked in batch for plan in self._plans(planner, [asked])]

    def _tell_writing(self, asked: Asked, source: str) -> None:
        if self.left.is_set():
            raise _Left
        self.news.put(lambda: [(asked, Writing(source))])

    def _was_planned(self, batch: Sequence[Asked], plans: Sequence[Plan], loading: float) -> Happened:
        self.planning -= 1
        happened: Happened = []
        for asked, plan in zip(batch, plans, strict=True):
            asked.loading = loading
            happened += self._start(asked, plan)
        return happened

    # ------------------------------------------------------------------ running

    def _start(self, asked: Asked, plan: Plan) -> Happened:
        happened: Happened = [(asked, plan.program)] if self.watch else []
        if not asked.begin(plan):
            return happened + self._settle(asked)
        job = Job(
            compiled(plan.program),
            asked.images,
            (lambda step: self.news.put(lambda: [(asked, step)])) if self.watch else None,
            recording=asked.task.recording,
            urgent=self.urgent,
        )
        asked.ticket = self.engine.submit(job, lambda result: self.news.put(lambda: self._was_run(asked, result)))
        return happened

    def _was_run(self, asked: Asked, result: Outcome | BaseException) -> Happened:
        asked.ticket = None  # which holds the question: pictures must not wait for the garbage collector
        if isinstance(result, BaseException):
            raise result
        asked.finish(result)
        return self._settle(asked)

    def _settle(self, asked: Asked) -> Happened:
        asked.settle(self.pipeline.repairs)
        if asked.status is not None:
            return self._answer(asked)
        self.drafting.append(asked)
        return []

    def _answer(self, asked: Asked) -> Happened:
        self.under_way.discard(asked)
        if asked.keys:  # those that came decoded are the caller's
            self.pictures.release(asked.images)
        models: dict[str, str] = getattr(self.pipeline.kit, "checkpoints", dict)()
        # only if it wrote for this question: whether it was loaded already when another one ended is chance
        if asked.task.program is None and asked.plan is not None and self.planner is not None:
            models["planner"] = self.planner.label
        else:
            models.pop("planner", None)
        if asked.student is None:
            models.pop("student", None)
        return [(asked, asked.answer(models))]


class _Left(BaseException):
    """Nobody waits for the program any more that is being written."""


def _raise(error: BaseException) -> Happened:
    raise error


def read_picture(image: Any) -> Picture | Video:
    """A picture or a video from whatever a person has. Raises PictureError."""
    if isinstance(image, Picture | Video):
        return image
    if isinstance(image, str | Path):
        return open_visual(image)
    if isinstance(image, Image.Image | np.ndarray):
        return Picture.from_image(image)
    if callable(image):
        return read_picture(image())
    raise PictureError(f"a picture is a file, a Pillow image, an array or a Picture, not {type(image).__name__}")


def _attempt(plan: Plan, problem: Problem | None, outcome: Outcome | None = None, loading: float = 0.0) -> Attempt:
    return Attempt(
        program=plan.program.source,
        author=plan.program.author,
        problem=None if problem is None else _problem(problem),
        steps=list(outcome.steps) if outcome else [],
        output=outcome.output if outcome else "",
        result=outcome.record if outcome else None,
        plan_seconds=plan.plan_seconds,
        check_seconds=plan.check_seconds,
        load_seconds=loading + (outcome.loading if outcome else 0.0),
        run_seconds=outcome.seconds if outcome else 0.0,
    )


def _problem(problem: Problem) -> ProblemRecord:
    span = SpanRecord(**vars(problem.span)) if problem.span else None
    return ProblemRecord(kind=problem.kind, message=problem.message, span=span, detail=problem.detail)
