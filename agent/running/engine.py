"""Runs many programs at once and answers their tool calls in batches.

Every program is parked at its tool call. The tools are coroutines that await requests; the engine gathers the requests
of all of them by role, lets the specialist with the longest queue answer its queue in one batch, sends the results
back, and resumes the programs whose tools have finished. One question and a batch of a million take this same path.
"""

import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.program import Problem, Program, Span
from agent.running.abstention import reason_of
from agent.running.sandbox import Call, Finished, Parked, Sandbox
from agent.trace import SpanRecord, Step
from agent.values import Encoder
from models.picture import Picture
from models.requests import Request, Specialist, SpecialistError, Together
from tools.declaration import Abstention, ToolError
from tools.vocabulary import Vocabulary

Kit = Mapping[str, Specialist[Any, Any]]
"""Specialists by role; `kit[role]` may load one, and raise if its checkpoint cannot be had."""

LIVE = 512
"""Programs kept alive at once. The next is started when one ends, so that jobs may come from a long iterator."""


@dataclass(frozen=True)
class Job:
    """A program and the pictures it is run on."""

    program: Program
    images: tuple[Picture, ...]
    on_step: Callable[[Step], None] | None = None
    """Called after every tool call of the program, in the thread that runs the engine."""
    cancelled: Callable[[], bool] | None = None
    """Asked before every round; a program whose job is cancelled ends with a problem of kind `limit`."""


@dataclass(frozen=True)
class Outcome:
    """How a program ended: with a value, with an abstention, or with a problem."""

    steps: tuple[Step, ...]
    value: Any
    """What `execute_command` returned, as the host knows it (`ImagePatch`, numbers, lists...)."""
    record: Any
    """The same value as plain data for a trace (`agent.values`)."""
    problem: Problem | None
    """Why the program stopped, if it did not end well."""
    output: str
    seconds: float
    """From its start to its end, waiting for the batches of others included."""
    pictures: tuple[Picture, ...]
    """Pictures that the program made (cut-outs) and that its steps or its value name."""
    abstention: str | None = None
    """Why there is no honest answer, if the program abstained or stumbled over something that is not in the picture."""
    broken: bool = False
    """A specialist or a tool failed, or the person cancelled: writing another program would not mend it."""
    loading: float = 0.0
    """Seconds spent waiting for models to load, which are not part of `seconds` nor of any step."""


class Engine:
    """Programs in, outcomes out.

    `run` may be called from several threads; for now one call runs at a time, behind a lock. Sharing the queues between
    callers needs admission control first, or one caller's million would starve another's single question.
    """

    def __init__(self, kit: Kit, vocabulary: Vocabulary, sandbox: Sandbox, live: int = LIVE) -> None:
        """
        Args:
            kit: specialists by role.
            vocabulary: the tools that programs may call; the sandbox must have been made for the same one.
            sandbox: an open sandbox.
            live: programs kept alive at once, at least 1.
        """
        if live < 1:
            raise ValueError("at least one program must be alive")
        self.kit, self.vocabulary, self.sandbox, self.live = kit, vocabulary, sandbox, live
        self._lock = threading.Lock()

    def run(self, jobs: Iterable[Job]) -> list[Outcome]:
        """Run every job to its end. Outcomes come in the order of the jobs.

        What goes wrong in a program, a tool or a specialist is told in the outcomes of the programs it concerns. Only
        what an `on_step` callback raises ends the whole run.
        """
        with self._lock:
            waiting = iter(jobs)
            runs: list[_Run] = []
            live: list[_Run] = []
            try:
                while True:
                    for job in waiting:
                        run = _Run(job, self.vocabulary, self.sandbox)
                        runs.append(run)
                        run.start()
                        if run.outcome is None:
                            live.append(run)
                        if len(live) >= self.live:
                            break
                    if not live:
                        return [run.outcome for run in runs if run.outcome is not None]
                    self._round(live)
                    live = [run for run in live if run.outcome is None]
            finally:
                for run in live:
                    run.drop()

    def _round(self, live: Sequence["_Run"]) -> None:
        """Let one specialist answer its whole queue, then move every program on that got all it waited for."""
        queues: dict[str, list[tuple[_Run, int]]] = {}
        for run in live:
            if run.job.cancelled is not None and run.job.cancelled():
                run.end(Problem("limit", "cancelled by the person who asked"), broken=True)
            else:
                for slot in run.missing:
                    queues.setdefault(run.requests[slot].role, []).append((run, slot))
        if not queues:
            return
        role = max(queues, key=lambda name: len(queues[name]))
        queue = queues[role]
        began = time.perf_counter()
        specialist = self._specialist(role)
        loading = time.perf_counter() - began
        for run in dict.fromkeys(run for run, _ in queue):
            run.wait_for_model(loading)
        results, forward = _ask(role, specialist, [run.requests[slot] for run, slot in queue])
        for (run, slot), result in zip(queue, results, strict=True):
            run.receive(slot, result, forward, len(queue))
        for run in dict.fromkeys(run for run, _ in queue):
            if not run.missing:
                run.advance()

    def _specialist(self, role: str) -> Specialist[Any, Any] | SpecialistError:
        """The specialist of a role, loaded now if it was not; or why there is none."""
        try:
            return self.kit[role]
        except KeyError as error:
            if isinstance(error, ValueError):
                return SpecialistError(_line(error))
            return SpecialistError(
                f"nothing here can fill the role of {role}: choose a preset that names a model for it"
            )
        except Exception as error:
            return SpecialistError(_line(error))


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
    except Exception as error:
        if len(requests) == 1:
            wrapped = error if isinstance(error, SpecialistError) else SpecialistError(f"{role}: {_line(error)}")
            return [wrapped]
        return [answer for request in requests for answer in _run(role, specialist, [request])]
    if len(answers) != len(requests):
        text = f"{role}: {type(specialist).__name__} gave {len(answers)} results for {len(requests)} requests"
        return [SpecialistError(text)] * len(requests)
    return answers


class _Run:
    """One program on its way: where it is parked, the tool call under way, and the steps so far."""

    def __init__(self, job: Job, vocabulary: Vocabulary, sandbox: Sandbox) -> None:
        self.job, self.vocabulary, self.sandbox = job, vocabulary, sandbox
        self.encoder = Encoder(job.images)
        self.steps: list[Step] = []
        self.outcome: Outcome | None = None
        self.requests: list[Request[Any]] = []
        """What the tool under way waits for, and in `results` what has come of it."""
        self.results: list[Any] = []
        self.missing: list[int] = []
        self._began = time.perf_counter()
        self._loading = 0.0
        self._parked: Parked | None = None
        self._tool: Coroutine[Any, Any, Any] | None = None
        self._awaited: Request[Any] | None = None
        self._called = 0.0
        self._batch = 1
        self._kept: list[bool] = []

    def start(self) -> None:
        images = list(self.job.images)
        self._proceed(self.sandbox.start(self.job.program.source, [images[0] if len(images) == 1 else images]))

    def wait_for_model(self, seconds: float) -> None:
        """Leave the loading of a model out of the times of this program and its step."""
        self._loading += seconds
        self._called += seconds

    def receive(self, slot: int, result: Any, forward: int | None, gathered: int) -> None:
        """Take the answer to one request. `forward` is the specialist's largest forward pass, `gathered` its queue."""
        self.results[slot] = result
        self.missing.remove(slot)
        self._batch = max(self._batch, forward or gathered)
        self._kept.append(forward == 0)

    def advance(self) -> None:
        """Hand the tool the results it waited for, and the program what the tool makes of them."""
        assert self._awaited is not None
        error = next((result for result in self.results if isinstance(result, SpecialistError)), None)
        value = None if error is not None else _assemble(self._awaited, iter(self.results))
        self._proceed(self._step(value, error))

    def end(
        self,
        problem: Problem | None,
        value: Any = None,
        output: str = "",
        abstention: str | None = None,
        broken: bool = False,
    ) -> None:
        self.drop()
        if problem is not None and problem.kind == "runtime":
            abstention = reason_of(self.job.program.source, problem, self.steps, self.job.images)
        record = self.encoder.encode(value)
        seconds = time.perf_counter() - self._began - self._loading
        made = tuple(self.encoder.made)
        self.outcome = Outcome(
            tuple(self.steps), value, record, problem, output, seconds, made, abstention, broken, self._loading
        )

    def drop(self) -> None:
        """Close the tool under way, without a word."""
        if self._tool is not None:
            self._tool.close()
            self._tool = None

    def _proceed(self, state: Parked | Finished | None) -> None:
        """Follow the program from tool call to tool call until it has to wait for a specialist, or ends."""
        while state is not None:
            if isinstance(state, Finished):
                self.end(state.problem, state.value, state.output)
                return
            self._parked = state
            state = self._call(state.call)

    def _call(self, call: Call) -> Parked | Finished | None:
        """Begin a tool call. None means that the program has to wait, or has ended."""
        self._called, self._batch, self._kept = time.perf_counter(), 1, []
        try:
            self._tool = self.vocabulary.call(call.name, call.args, call.kwargs)
        except ToolError as error:
            return self._refuse(error)
        except Exception as error:
            self._break(error)
            return None
        return self._step(None, None)

    def _step(self, value: Any, error: SpecialistError | None) -> Parked | Finished | None:
        """Drive the tool to its next request. None means that the program has to wait, or has ended."""
        tool, parked = self._tool, self._parked
        assert tool is not None
        assert parked is not None
        try:
            while True:
                awaited = tool.throw(error) if error is not None else tool.send(value)
                error = None
                if not isinstance(awaited, Request):
                    raise RuntimeError(f"it awaited {type(awaited).__name__}, which is not a request to a specialist")
                self.requests = list(_leaves(awaited))
                if self.requests:
                    break
                value = _assemble(awaited, iter(()))
        except StopIteration as stop:
            self._tool = None
            self._record(result=stop.value)
            return self.sandbox.resume(parked, stop.value)
        except Abstention as abstention:
            self._record()
            self.end(None, abstention=str(abstention))
            return None
        except ToolError as refusal:
            return self._refuse(refusal)
        except SpecialistError as failure:
            self._record(error=str(failure))
            self.end(Problem("tool", str(failure), self._span), broken=True)
            return None
        except Exception as broken:
            self._break(broken)
            return None
        self._awaited = awaited
        self.results = [None] * len(self.requests)
        self.missing = list(range(len(self.requests)))
        return None

    @property
    def _span(self) -> Span | None:
        return self._parked.call.span if self._parked is not None else None

    def _refuse(self, error: Exception) -> Parked | Finished:
        """The program used the tool wrongly: it gets the error, and may catch it."""
        assert self._parked is not None
        self.drop()
        self._record(error=str(error))
        return self.sandbox.throw(self._parked, error)

    def _break(self, error: Exception) -> None:
        """The tool itself is broken: the person gets to know, whatever the program would have caught."""
        assert self._parked is not None
        text = f"the tool {self._parked.call.name} broke: {_line(error)}"
        self._record(error=text)
        self.end(Problem("tool", text, self._span), broken=True)

    def _record(self, result: Any = None, error: str | None = None) -> None:
        assert self._parked is not None
        call = self._parked.call
        span = call.span
        step = Step(
            index=len(self.steps),
            tool=call.name,
            span=SpanRecord(**vars(span)) if span is not None else None,
            arguments={name: self.encoder.encode(value) for name, value in self._arguments(call)},
            result=self.encoder.encode(result),
            error=error,
            seconds=time.perf_counter() - self._called,
            batch=self._batch,
            cached=bool(self._kept) and all(self._kept),
        )
        self.steps.append(step)
        if self.job.on_step is not None:
            self.job.on_step(step)

    def _arguments(self, call: Call) -> Iterator[tuple[str, Any]]:
        try:
            yield from self.vocabulary.signature(call.name).bind(*call.args, **call.kwargs).arguments.items()
        except (TypeError, KeyError):
            yield from ((f"argument {index}", value) for index, value in enumerate(call.args, 1))
            yield from call.kwargs.items()


def _leaves(request: Request[Any]) -> Iterator[Request[Any]]:
    """The requests inside `Together`, at any depth, in order."""
    if isinstance(request, Together):
        for part in request.requests:
            yield from _leaves(part)
    else:
        yield request


def _assemble(request: Request[Any], results: Iterator[Any]) -> Any:
    """Give results the shape of the request they answer. Inverse of `_leaves`."""
    if isinstance(request, Together):
        return [_assemble(part, results) for part in request.requests]
    return next(results)


def _identity(request: Request[Any]) -> Any:
    """What equal requests have in common; a request that cannot be hashed is equal to itself alone."""
    try:
        hash(request)
    except TypeError:
        return id(request)
    return request


def _line(error: Exception) -> str:
    """The first line of an error's text, with its type unless it is one of the project's, whose texts say enough."""
    text = str(error).strip().split("\n")[0]
    own = type(error).__module__.partition(".")[0] in ("models", "tools")
    return text if text and own else f"{type(error).__name__}: {text}"
