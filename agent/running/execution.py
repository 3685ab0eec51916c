"""One program on its way: where it is parked, the tool call under way, and the steps so far.

An execution knows neither threads nor batches. The engine starts it, hands it the answers to the requests that it waits
for, and moves it on; between two calls it is only data.
"""

import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from agent.program import Problem, Program, Span
from agent.running.abstention import reason_of
from agent.running.recording import Recalled, Recording
from agent.running.sandbox import Call, Finished, Parked, Sandbox
from agent.trace import SpanRecord, Step
from agent.values import MAX_DEPTH, Encoder
from models.picture import Picture
from models.requests import Request, SpecialistError, Together
from models.video import Frame, Video
from tools.declaration import Abstention, ToolError
from tools.image_patch import ImagePatch
from tools.mask import Mask
from tools.vocabulary import Vocabulary

MADE_MEGAPIXELS = 300
"""Of all pictures and masks that one program makes: they stay in memory until it ends."""


@dataclass(frozen=True)
class Job:
    """A program and the pictures it is run on."""

    program: Program
    images: tuple[Picture | Video, ...]
    """None for a program about the pictures of an index."""
    on_step: Callable[[Step], None] | None = None
    """Called after every tool call of the program, in a thread of the engine; what it raises ends the job."""
    cancelled: Callable[[], bool] | None = None
    """Asked whenever the program or one of its requests has its turn; a program whose job is cancelled ends with a
    problem of kind `limit`."""
    recording: Recording | None = None
    """Earlier results, taken instead of running the tools again."""
    urgent: bool = False
    """A person waits: its requests go before those of other jobs, and wait only milliseconds for company."""


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


class CallbackError(Exception):
    """Carries what a callback of a job raised past whatever runs the program."""

    def __init__(self, raised: BaseException) -> None:
        super().__init__(raised)
        self.raised = raised


class Execution:
    """The state of one job. Only one thread at a time may move it."""

    def __init__(self, job: Job, vocabulary: Vocabulary, sandbox: Sandbox) -> None:
        self.job, self.vocabulary, self.sandbox = job, vocabulary, sandbox
        self.encoder = Encoder()
        self.steps: list[Step] = []
        self._sites: list[Span | None] = []
        """Where the steps stand in the Python that runs, which need not be the program as it was written."""
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
        self._recalled = False
        self._met: set[str] = set()
        self._made = 0

    def start(self) -> None:
        """Run to the first request, or to the end. Raises CallbackError, as `advance` does, if `on_step` raises."""
        self._began = time.perf_counter()
        self.encoder = Encoder(self.job.images)
        self._met = {image.key for image in self.job.images}
        images = list(self.job.images)
        arguments = [] if not images else images if len(images) == 1 else [images]
        self._proceed(self.sandbox.start(self.job.program.python, arguments))

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
    ) -> Outcome:
        self.drop()
        if problem is not None and problem.kind == "runtime":
            abstention = reason_of(self.job.program.python, problem, self._python_steps(), self.job.images)
        problem = problem and self.job.program.as_written(problem)
        record = self.encoder.encode_answer(value)
        seconds = time.perf_counter() - self._began - self._loading
        made = tuple(self.encoder.made)
        self.outcome = Outcome(
            tuple(self.steps), value, record, problem, output, seconds, made, abstention, broken, self._loading
        )
        return self.outcome

    def fail(self, error: BaseException) -> Outcome:
        """End because the host could not go on with the program."""
        return self.end(Problem("tool", f"the program could not be run on: {line_of(error)}", self._span), broken=True)

    def drop(self) -> None:
        """Close the tool under way, without a word."""
        tool, self._tool = self._tool, None
        if tool is not None:
            with suppress(BaseException):  # what it raises when it is closed is nobody's concern any more
                tool.close()

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
        self._called, self._batch, self._kept, self._recalled = time.perf_counter(), 1, [], False
        try:
            self._tool = self.vocabulary.call(call.name, call.args, call.kwargs)
        except ToolError as error:
            return self._refuse(error)
        except Exception as error:
            self._break(error)
            return None
        if self.job.recording is not None:
            objects = (*call.args, *call.kwargs.values())
            recalled = self.job.recording.recall(len(self.steps), call.name, self._arguments(call), objects)
            if recalled is not None:
                self._recalled = True
                return self._take(recalled)
        return self._step(None, None)

    def _take(self, recalled: Recalled) -> Parked | Finished | None:
        """Let the call come to what it came to before."""
        if recalled.abstention is not None:
            self._abstain(recalled.abstention)
            return None
        if recalled.error is not None:
            return self._refuse(ToolError(recalled.error))
        return self._reply(recalled.value)

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
            return self._reply(stop.value)
        except Abstention as abstention:
            self._abstain(str(abstention))
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

    def _reply(self, value: Any) -> Parked | Finished | None:
        """Give the program what its tool call has come to."""
        assert self._parked is not None
        self.drop()
        self._record(result=value)
        if self._parked.call.name != "search_images":  # the album's pictures are not the program's
            self._made += sum(self._new_pixels(value))
        if self._made > MADE_MEGAPIXELS * 1_000_000:
            text = (
                f"the pictures and masks that the program made have more than {MADE_MEGAPIXELS} million pixels together"
            )
            self.end(Problem("limit", f"{text}; make fewer, or of a smaller picture", self._span))
            return None
        return self.sandbox.resume(self._parked, value)

    def _new_pixels(self, value: Any, depth: int = 0) -> Iterator[int]:
        """Of each picture and mask in a result that the program has made and that was not met before."""
        if isinstance(value, list | tuple) and depth < MAX_DEPTH:  # one may hold itself
            for item in value:
                yield from self._new_pixels(item, depth + 1)
        elif isinstance(value, Mask):
            yield int(value.pixels.size)
        elif isinstance(value, ImagePatch):
            yield from self._new_pixels(value.region.picture)
        elif isinstance(value, Picture) and not isinstance(value, Frame) and value.key not in self._met:
            self._met.add(value.key)
            yield value.width * value.height

    def _refuse(self, error: Exception) -> Parked | Finished:
        """The program used the tool wrongly: it gets the error, and may catch it."""
        assert self._parked is not None
        self.drop()
        self._record(error=str(error))
        return self.sandbox.throw(self._parked, error)

    def _abstain(self, reason: str) -> None:
        """The tool knows that there is no honest answer."""
        self._record()
        self.end(None, abstention=reason)

    def _break(self, error: Exception) -> None:
        """The tool itself is broken: the person gets to know, whatever the program would have caught."""
        assert self._parked is not None
        text = f"the tool {self._parked.call.name} broke: {line_of(error)}"
        self._record(error=text)
        self.end(Problem("tool", text, self._span), broken=True)

    def _record(self, result: Any = None, error: str | None = None) -> None:
        assert self._parked is not None
        call = self._parked.call
        span = self.job.program.written(call.span)
        self._sites.append(call.span)
        step = Step(
            index=len(self.steps),
            tool=call.name,
            span=SpanRecord(**vars(span)) if span is not None else None,
            arguments=self._arguments(call),
            result=self.encoder.encode(result),
            error=error,
            seconds=time.perf_counter() - self._called,
            batch=self._batch,
            cached=bool(self._kept) and all(self._kept),
            recorded=self._recalled,
        )
        self.steps.append(step)
        if self.job.on_step is not None:
            try:
                self.job.on_step(step)
            except BaseException as error:
                raise CallbackError(error) from error

    def _python_steps(self) -> list[Step]:
        """The steps with their places in the Python that runs."""
        if self.job.program.compiled is None:
            return self.steps
        spans = [SpanRecord(**vars(site)) if site is not None else None for site in self._sites]
        return [step.model_copy(update={"span": span}) for step, span in zip(self.steps, spans, strict=True)]

    def _arguments(self, call: Call) -> dict[str, Any]:
        """By parameter name, as plain data; by number where the call does not fit the tool."""
        try:
            named = self.vocabulary.signature(call.name).bind(*call.args, **call.kwargs).arguments
        except (TypeError, KeyError):
            named = {f"argument {index}": value for index, value in enumerate(call.args, 1)} | call.kwargs
        return {name: self.encoder.encode(value) for name, value in named.items()}


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


def line_of(error: BaseException) -> str:
    """The first line of an error's text, with its type unless it is one of the project's, whose texts say enough."""
    text = str(error).strip().split("\n")[0]
    own = type(error).__module__.partition(".")[0] in ("models", "tools")
    return text if text and own else f"{type(error).__name__}: {text}"
