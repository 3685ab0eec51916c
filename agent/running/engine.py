"""Runs many programs at once and answers their tool calls in batches.

Every program is parked at its tool call. The tools are coroutines that await requests; the engine gathers the requests
of all of them by role, lets a specialist answer its queue in one batch, sends the results back, and resumes the
programs whose tools have finished. Programs move in threads of their own, so that they go on while a model is at work.
One question and a batch of a million take this same path, and share it.
"""

import heapq
import itertools
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from agent.program import Problem
from agent.running.execution import CallbackError, Execution, Job, Outcome, line_of
from agent.running.queues import Policy, Queues, Waiting
from agent.running.sandbox import Sandbox
from models.requests import Request, Specialist, SpecialistError
from tools.vocabulary import Vocabulary

Kit = Mapping[str, Specialist[Any, Any]]
"""Specialists by role; `kit[role]` may load one, and raise if its checkpoint cannot be had."""

LIVE = 512
"""Programs kept alive at once."""

MOVERS = 2
"""Threads that move programs from tool call to tool call; a sandbox has as many workers."""

Finish = Callable[[Outcome | BaseException], None]
"""Told how a job ended, in a thread of the engine or of whoever cancels: with an outcome, or with what its `on_step` or
`cancelled` raised. The engine is not locked meanwhile. What it raises itself is logged and changes nothing."""

LOG = logging.getLogger(__name__)


@dataclass(eq=False)
class Ticket:
    """A job that was handed in."""

    job: Job
    finish: Finish
    execution: Execution
    started: bool = False
    moving: bool = False
    """A thread is at it."""
    cancelled: bool = False
    ended: bool = False


@dataclass(order=True)
class _Turn:
    """A program that can move: urgent ones first, then those under way, then those to be started, oldest first."""

    rank: tuple[bool, bool, int]
    ticket: Ticket = field(compare=False)


class Engine:
    """Programs in, outcomes out. Threads share an engine, and their programs share its batches.

    Its own threads live only while there are jobs.
    """

    def __init__(
        self,
        kit: Kit,
        vocabulary: Vocabulary,
        sandbox: Sandbox,
        live: int = LIVE,
        policy: Policy | None = None,
        movers: int = MOVERS,
    ) -> None:
        """
        Args:
            kit: specialists by role.
            vocabulary: the tools that programs may call; the sandbox must have been made for the same one.
            sandbox: an open sandbox.
            live: programs kept alive at once, at least 1. Urgent ones are started though it is reached.
            policy: when batches are run.
            movers: threads that move programs, at least 1.
        """
        if live < 1 or movers < 1:
            raise ValueError("at least one program must be alive, and at least one thread must move them")
        self.kit, self.vocabulary, self.sandbox, self.live, self.movers = kit, vocabulary, sandbox, live, movers
        self._changed = threading.Condition()
        self._queues = Queues(policy or Policy())
        self._waiting: deque[Ticket] = deque()
        """Jobs that are not urgent and not started, because enough are alive."""
        self._turns: list[_Turn] = []
        self._numbers = itertools.count()
        self._tickets: dict[Execution, Ticket] = {}
        """Of all jobs that have not ended."""
        self._ended: deque[tuple[Ticket, Outcome | BaseException]] = deque()
        """Jobs that have ended and have not been told yet."""
        self._moving = 0
        self._feeding = 0
        self._moved = 0.0
        """When a program moved last."""
        self._threads: dict[str, list[threading.Thread]] = {"_serve": [], "_move": []}

    # ------------------------------------------------------------------ handing in

    def submit(self, job: Job, finish: Finish) -> Ticket:
        """Take a job in and return at once. `finish` is called when it has ended, and must be quick. If this raises,
        Ctrl-C included, the job was not taken in."""
        ticket = Ticket(job, finish, Execution(job, self.vocabulary, self.sandbox))
        with self._changed:
            try:
                self._start_threads()
                self._tickets[ticket.execution] = ticket
                if job.urgent:
                    self._turn(ticket)
                else:
                    self._waiting.append(ticket)
                    self._refill()
            except BaseException:
                ticket.ended = True
                self._tickets.pop(ticket.execution, None)
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
                raise
            self._changed.notify_all()
        return ticket

    def _start_threads(self) -> None:
        for work, wanted in ((self._serve, 1), (self._move, self.movers)):
            here = self._threads[work.__name__]
            here[:] = [thread for thread in here if thread.is_alive()]  # some may never have begun
            while len(here) < wanted:
                here.append(threading.Thread(target=work, name=f"sightscript{work.__name__}", daemon=True))
                here[-1].start()

    def cancel(self, *tickets: Ticket) -> None:
        """End jobs now, as far as they have not. What a model is computing for them at this moment is thrown away; a
        program that is moving ends at its next tool call."""
        with self._changed:
            for ticket in tickets:
                ticket.cancelled = True
            for ticket in tickets:
                if ticket.ended or ticket.moving:
                    continue
                if not ticket.started and ticket in self._waiting:
                    self._waiting.remove(ticket)
                self._end_cancelled(ticket)
        self._tell()

    @contextmanager
    def feeding(self) -> Iterator[None]:
        """While jobs are being handed in one by one, the first of them wait a moment for the company of the rest."""
        with self._changed:
            self._feeding += 1
        try:
            yield
        finally:
            with self._changed:
                self._feeding -= 1
                self._changed.notify_all()

    def run(self, jobs: Iterable[Job]) -> list[Outcome]:
        """Run every job to its end. Outcomes come in the order of the jobs.

        What goes wrong in a program, a tool or a specialist is told in the outcomes of the programs it concerns. Only
        what an `on_step` or `cancelled` callback raises ends the whole run.
        """
        outcomes = dict(self._stream(enumerate(jobs)))
        return [outcomes[place] for place in range(len(outcomes))]

    def stream(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Run every job, and tell each as it ends. Jobs are taken from the iterable as there is room for them; it is
        read in the thread that iterates. Leaving the iteration early cancels what is under way. Raises as `run`."""
        kept: dict[int, Job] = {}

        def numbered() -> Iterator[tuple[int, Job]]:
            for place, job in enumerate(jobs):
                kept[place] = job
                yield place, job

        for place, outcome in self._stream(numbered()):
            yield kept.pop(place), outcome

    def _stream(self, jobs: Iterator[tuple[int, Job]]) -> Iterator[tuple[int, Outcome]]:
        ended: SimpleQueue[tuple[int, Outcome | BaseException]] = SimpleQueue()
        under_way: dict[int, Ticket] = {}
        more = True
        try:
            while more or under_way:
                with self.feeding():
                    # twice as many as may be alive, so that the next one is at hand when one ends
                    while more and len(under_way) < 2 * self.live and ended.empty():
                        following = next(jobs, None)
                        if following is None:
                            more = False
                            break
                        place, job = following

                        def finish(result: Outcome | BaseException, place: int = place) -> None:
                            ended.put((place, result))

                        under_way[place] = self.submit(job, finish)
                if under_way:
                    place, result = ended.get()
                    del under_way[place]
                    if isinstance(result, BaseException):
                        raise result
                    yield place, result
        finally:
            self.cancel(*under_way.values())

    # ------------------------------------------------------------------ moving programs

    @property
    def _alive(self) -> int:
        return len(self._tickets) - len(self._waiting)

    def _stays(self, work: str) -> bool:
        """Whether the thread that asks has anything left to wait for. If not it must end."""
        here, thread = self._threads[work], threading.current_thread()
        if thread in here and not self._alive:
            here.remove(thread)
        return thread in here

    def _refill(self) -> None:
        while self._waiting and self._alive < self.live:
            self._turn(self._waiting.popleft())

    def _turn(self, ticket: Ticket) -> None:
        rank = (not ticket.job.urgent, not ticket.started, next(self._numbers))
        heapq.heappush(self._turns, _Turn(rank, ticket))

    def _move(self) -> None:
        """A thread that moves programs, as long as there are jobs."""
        while self._move_one():
            pass

    def _move_one(self) -> bool:
        """Move one program one step, as soon as one can. False if there are no jobs."""
        with self._changed:
            while not self._turns:
                if not self._stays("_move"):
                    return False
                self._changed.wait()
            ticket = heapq.heappop(self._turns).ticket
            if ticket.ended:
                return True
            ticket.moving = True
            self._moving += 1
        failure = self._move_on(ticket)
        with self._changed:
            ticket.moving = False
            self._moving -= 1
            self._moved = time.perf_counter()
            if failure is not None:
                self._end(ticket, failure)
            elif ticket.execution.outcome is not None:
                self._end(ticket, ticket.execution.outcome)
            elif ticket.cancelled:
                self._end_cancelled(ticket)
            else:
                self._queues.put(ticket.execution)
            self._changed.notify_all()
        self._tell()
        return True

    def _move_on(self, ticket: Ticket) -> BaseException | None:
        """Move a program to where it waits, or to its end. Returns what a callback of the job raised."""
        execution = ticket.execution
        try:
            if _cancelled(ticket):
                return None
            if ticket.started:
                execution.advance()
            else:
                ticket.started = True
                execution.start()
        except CallbackError as error:
            return error.raised
        except BaseException as error:  # a Rust extension panics with one that is no Exception
            LOG.exception("a program could not be moved on")
            execution.fail(error)
        return None

    def _end(self, ticket: Ticket, result: Outcome | BaseException) -> None:
        ticket.ended = True
        ticket.execution.drop()
        del self._tickets[ticket.execution]
        self._refill()
        self._ended.append((ticket, result))
        self._changed.notify_all()

    def _end_cancelled(self, ticket: Ticket) -> None:
        self._queues.drop(ticket.execution)
        outcome = ticket.execution.end(Problem("limit", "cancelled by the person who asked"), broken=True)
        self._end(ticket, outcome)

    def _tell(self) -> None:
        """Call `finish` for what has ended. Not to be called with the lock: it may belong to somebody with locks of
        their own."""
        while self._ended:
            try:
                ticket, result = self._ended.popleft()
            except IndexError:  # another thread was quicker
                return
            try:
                ticket.finish(result)
            except BaseException:
                LOG.exception("a job's `finish` raised")

    # ------------------------------------------------------------------ running specialists

    def _serve(self) -> None:
        """The thread that runs the specialists, as long as there are jobs."""
        while self._serve_one():
            pass

    def _serve_one(self) -> bool:
        """Run one batch, as soon as one should. False if there are no jobs."""
        with self._changed:
            role = None
            while role is None:
                if not self._stays("_serve"):
                    return False
                now = time.perf_counter()
                role = self._queues.choose(self._quiet(now), now)
                if role is None:
                    self._changed.wait(self._queues.policy.patience if len(self._queues) else None)
            batch = self._queues.take(role)
        batch = [waiting for waiting in batch if not self._drop_cancelled(waiting)]
        try:
            if batch:
                self._answer(role, batch)
        except BaseException as error:
            LOG.exception("a batch for %s could not be answered", role)
            self._fail(batch, error)
        self._tell()
        return True

    def _quiet(self, now: float) -> float | None:
        """Seconds since the last program moved; None while one moves or can, infinite if no more jobs are coming."""
        if self._moving or self._turns:
            return None
        return now - self._moved if self._feeding else math.inf

    def _drop_cancelled(self, waiting: Waiting) -> bool:
        ticket = self._tickets.get(waiting.execution)
        if ticket is None:
            return True
        failure = None
        try:
            if not _cancelled(ticket):
                return False
        except CallbackError as error:
            failure = error.raised
        with self._changed:
            if failure is None and not ticket.ended:
                self._end_cancelled(ticket)
            elif failure is not None and not ticket.ended:
                self._queues.drop(ticket.execution)
                self._end(ticket, failure)
        return True

    def _fail(self, batch: Sequence[Waiting], error: BaseException) -> None:
        """End the programs of a batch."""
        with self._changed:
            for waiting in batch:
                ticket = self._tickets.get(waiting.execution)
                if ticket is not None and not ticket.moving:
                    self._queues.drop(waiting.execution)
                    self._end(ticket, waiting.execution.fail(error))

    def _answer(self, role: str, batch: Sequence[Waiting]) -> None:
        """Let a specialist answer a batch, and give the programs that got all they waited for their turn."""
        began = time.perf_counter()
        specialist = self._specialist(role)
        loading = time.perf_counter() - began
        results, forward = _ask(role, specialist, [waiting.request for waiting in batch])
        with self._changed:
            for execution in dict.fromkeys(waiting.execution for waiting in batch):
                execution.wait_for_model(loading)
            for waiting, result in zip(batch, results, strict=True):
                waiting.execution.receive(waiting.slot, result, forward, len(batch))
            for execution in dict.fromkeys(waiting.execution for waiting in batch):
                ticket = self._tickets.get(execution)
                if ticket is not None and not execution.missing:
                    self._turn(ticket)
            self._changed.notify_all()

    def _specialist(self, role: str) -> Specialist[Any, Any] | SpecialistError:
        """The specialist of a role, loaded now if it was not; or why there is none."""
        try:
            return self.kit[role]
        except KeyError as error:
            if isinstance(error, ValueError):
                return SpecialistError(line_of(error))
            return SpecialistError(
                f"nothing here can fill the role of {role}: choose a preset that names a model for it"
            )
        except BaseException as error:
            return SpecialistError(line_of(error))


def _cancelled(ticket: Ticket) -> bool:
    """Raises CallbackError."""
    if not ticket.cancelled and ticket.job.cancelled is not None:
        try:
            ticket.cancelled = ticket.job.cancelled()
        except BaseException as error:
            raise CallbackError(error) from error
    return ticket.cancelled


def _ask(
    role: str, specialist: Specialist[Any, Any] | SpecialistError, requests: Sequence[Request[Any]]
) -> tuple[list[Any], int | None]:
    """Answer requests of one role, equal ones once.

    Returns:
        A result or a SpecialistError a request, and the pictures in the largest forward pass, where the specialist
        tells (0: everything was kept from before).
    """
    if isinstance(specialist, SpecialistError):
        return [specialist] * len(requests), None
    slots: dict[Any, int] = {}
    places = [slots.setdefault(_identity(request), len(slots)) for request in requests]
    unique: list[Any] = [None] * len(slots)
    for place, request in zip(places, requests, strict=True):
        unique[place] = request
    answers = _run(role, specialist, unique)
    return [answers[place] for place in places], getattr(specialist, "last_forward", None)


def _run(role: str, specialist: Specialist[Any, Any], requests: Sequence[Request[Any]]) -> Sequence[Any]:
    """One answer or SpecialistError a request. If the batch raises, the requests are tried one by one, so that a
    picture which breaks the model costs only those who asked about it."""
    try:
        answers = specialist.run(requests)
        count = len(answers)
    except BaseException as error:  # a Rust extension panics with one that is no Exception
        if len(requests) == 1:
            wrapped = error if isinstance(error, SpecialistError) else SpecialistError(f"{role}: {line_of(error)}")
            return [wrapped]
        return [answer for request in requests for answer in _run(role, specialist, [request])]
    if count != len(requests):
        text = f"{role}: {type(specialist).__name__} gave {count} results for {len(requests)} requests"
        return [SpecialistError(text)] * len(requests)
    return answers


def _identity(request: Request[Any]) -> Any:
    """What equal requests have in common; a request that cannot be hashed is equal to itself alone."""
    try:
        hash(request)
    except TypeError:
        return id(request)
    return request
