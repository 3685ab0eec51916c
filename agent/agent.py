"""`VisualAgent`: a question about pictures in, an honest answer with its program and trace out."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

import numpy as np
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import get_config_list
from PIL import Image

from agent.planning.check import Check
from agent.planning.planner import Draft, Plan, Planner
from agent.planning.prompt import Failed
from agent.program import Problem, Program, Query, QueryError
from agent.running.engine import Engine, Job, Kit, Outcome
from agent.running.sandbox import Limits, Sandbox, Surface, sanitise
from agent.trace import Answer, Attempt, PictureRecord, ProblemRecord, SpanRecord, Status, Step, Trace
from models.picture import Picture, PictureError
from tools.vocabulary import Vocabulary

ImageLike: TypeAlias = str | Path | Image.Image | np.ndarray | Picture
"""A file, a Pillow image, an `(H, W, 3)` uint8 RGB array, or a `Picture`."""

Input: TypeAlias = Query | Mapping[str, Any]
"""A `Query`, or its fields: `{"question": ..., "images": one ImageLike or several}`, and `id` if one likes."""

Event: TypeAlias = Program | Step | Answer
"""What happens on the way: a program was written, a tool was called, the answer is there."""

REPAIRS = 2
"""How often a program that fails the check or raises goes back to the planner."""


class VisualAgent(Runnable[Input, Answer]):
    """Plans, checks, runs and traces. A LangChain Runnable: `invoke`, `batch` and `stream`, and `ask` for people.

        with VisualAgent.from_preset("embedded") as agent:
            answer = agent.ask("How many muffins can each kid have?", "party.png")
            print(answer, answer.program)

    Threads may share an agent. A planner and models are loaded when they are first needed.
    """

    def __init__(
        self,
        kit: Kit,
        planner: Planner | Callable[[], Planner] | None = None,
        vocabulary: Vocabulary | None = None,
        limits: Limits | None = None,
        sandbox: Sandbox | None = None,
        repairs: int = REPAIRS,
    ) -> None:
        """
        Args:
            kit: specialists by role: a `models.presets.Kit`, or any mapping.
            planner: a planner, or how to make one when the first question comes; without one, only given programs run.
            vocabulary: the tools that programs may call; the default ones if None.
            limits: of each program; not used with a sandbox of one's own, which has limits already.
            sandbox: where programs run; a `MontySandbox` if None. The agent closes it.
            repairs: how often a program that failed goes back to the planner.
        """
        if vocabulary is None:
            from tools import default_vocabulary

            vocabulary = default_vocabulary()
        if sandbox is None:
            from agent.running.monty_sandbox import MontySandbox

            sandbox = MontySandbox(Surface.of(vocabulary), limits or Limits())
        self.kit, self.vocabulary, self.sandbox, self.repairs = kit, vocabulary, sandbox, repairs
        self.engine = Engine(kit, vocabulary, sandbox)
        self._check = Check(vocabulary)
        self._planner = planner
        self._preloaded = False
        self._lock = threading.Lock()

    @classmethod
    def from_preset(
        cls,
        name: str | Path = "embedded",
        planner: str | None = None,
        limits: Limits | None = None,
        device: str | None = None,
        dtype: str | None = None,
        repairs: int = REPAIRS,
        tools: Sequence[str | Path] = (),
    ) -> Self:
        """An agent with the specialists of a preset.

        Args:
            name: of a preset that comes with the project, or the path of a YAML file.
            planner: `openai:MODEL`, `anthropic:MODEL`, `ollama:MODEL`, `local:FOLDER`; the preset's own if None.
            limits: of each program.
            device: `cpu`, `cuda`, `cuda:N` or `mps`; the best that is here if None.
            dtype: for all models, whatever the preset says.
            repairs: how often a program that failed goes back to the planner.
            tools: files or modules with tools of your own, besides the default ones. Planners that read the prompt use
                them; the embedded planner, which was trained on the default ones, does not.

        Raises:
            DeclarationError: a file of tools is missing, declares none, or declares one wrongly.
            PresetError: the preset does not exist or is wrong.
            PlannerError: the planner named cannot be had. The preset's own is loaded with the first question.
        """
        from agent.planning.chat_models import planner_model
        from models.presets import Kit as PresetKit
        from models.presets import load_preset
        from tools import vocabulary as vocabulary_of

        kit = PresetKit(load_preset(name), device, dtype)
        vocabulary = vocabulary_of(tools)

        def own() -> Planner:
            found = planner_model(planner, kit, device, dtype)
            return Planner(found.model, vocabulary, found.style, found.name)

        chosen: Planner | Callable[[], Planner] = own if planner in (None, "embedded") else own()
        return cls(kit, chosen, vocabulary, limits, repairs=repairs)

    @property
    def planner(self) -> Planner:
        """The planner, loaded now if it was not.

        Raises:
            QueryError: the agent has none.
            PresetError, CheckpointError: the preset's planner cannot be loaded.
        """
        with self._lock:
            if self._planner is None:
                raise QueryError("this agent has no planner; give it a program to run, or name a planner")
            if not isinstance(self._planner, Planner):
                self._planner = self._planner()
            return self._planner

    # ------------------------------------------------------------------ questions

    def ask(self, question: str, images: ImageLike | Sequence[ImageLike]) -> Answer:
        """Answer a question about one or more pictures.

        Raises:
            QueryError: the question is empty or too long, or there is no picture.
            PictureError: a picture cannot be read.
            PresetError, CheckpointError: the preset's planner cannot be loaded. Whatever else goes wrong is told in the
                answer.
        """
        return self.invoke({"question": question, "images": images})

    def run(self, program: str | Program, images: ImageLike | Sequence[ImageLike], question: str = "") -> Answer:
        """Run a given program; no planner is needed, and nothing is repaired.

        Raises:
            QueryError: there is no picture.
            PictureError: a picture cannot be read.
        """
        if isinstance(program, str):
            program = Program(program)
        return self._answer([_Asked(" ".join(question.split()), _pictures(images), program)], None, None)[0]

    def check(self, program: str) -> list[Problem]:
        """What is wrong with a given program, without running it; an empty list if nothing is."""
        return self._check(program, given=True)

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Answer one query. Raises what `ask` does."""
        asked = _Asked.of(input)
        return self._call_with_config(lambda _: self._answer([asked], None, config)[0], input, config)

    def batch(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Any]:
        """Answer many queries: planned in the chat model's batches, their programs run at once with tool calls batched.

        Answers come in the order of the inputs. An input that is no query raises as `ask` does before anything runs,
        or, with `return_exceptions`, has its error in place of an answer.
        """
        read: list[_Asked | Exception] = []
        for one in inputs:
            try:
                read.append(_Asked.of(one))
            except (QueryError, PictureError) as error:
                if not return_exceptions:
                    raise
                read.append(error)
        asked = [one for one in read if isinstance(one, _Asked)]
        configs = get_config_list(config, len(inputs)) if inputs else []
        chosen = [config for config, one in zip(configs, read, strict=True) if isinstance(one, _Asked)]
        answers = iter(self._answer(asked, None, chosen))
        return [next(answers) if isinstance(one, _Asked) else one for one in read]

    def stream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:  # type: ignore[override]
        """Answer one query and tell what happens: every `Program` that is written, every `Step` of it as it is done,
        and last the `Answer`. Leaving the iteration early cancels the program. Raises what `ask` does."""
        asked = _Asked.of(input)
        return self._events(asked, config)

    def _events(self, asked: "_Asked", config: RunnableConfig | None) -> Iterator[Event]:
        events: queue.SimpleQueue[Event | BaseException] = queue.SimpleQueue()
        left = threading.Event()
        asked.cancelled = left.is_set

        def work() -> None:
            try:
                events.put(self._answer([asked], events.put, config)[0])
            except BaseException as error:
                events.put(error)

        thread = threading.Thread(target=work, name="sightscript-stream", daemon=True)
        thread.start()
        try:
            while True:
                event = events.get()
                if isinstance(event, BaseException):
                    raise event
                yield event
                if isinstance(event, Answer):
                    return
        finally:
            left.set()
            thread.join()

    # ------------------------------------------------------------------ the way of a question

    def _answer(self, asked: "list[_Asked]", on_event: Callable[[Event], None] | None, config: Any) -> list[Answer]:
        """Plan, run, and repair what failed, for all questions side by side."""
        planned = [one for one in asked if one.given is None]
        self._preload()
        began = time.perf_counter()
        planner = self.planner if planned else None
        loading = time.perf_counter() - began
        places = {id(one): place for place, one in enumerate(asked)}
        waiting = list(asked)
        while waiting:
            drafting = [one for one in waiting if one.given is None]
            plans: dict[int, Plan] = {}
            if drafting:
                assert planner is not None
                configs = [config[places[id(one)]] for one in drafting] if isinstance(config, list) else config
                drafts = [Draft(one.query, tuple(one.failed)) for one in drafting]
                plans = {id(one): plan for one, plan in zip(drafting, planner.batch(drafts, configs), strict=True)}
            for one in waiting:
                if one.given is not None:
                    plans[id(one)] = Plan(one.given, tuple(self.check(one.given.source)))
            running = [one for one in waiting if one.begin(plans[id(one)])]
            if on_event is not None:
                for one in waiting:
                    on_event(plans[id(one)].program)
            outcomes = self.engine.run(one.job(plans[id(one)].program, on_event) for one in running)
            for one, outcome in zip(running, outcomes, strict=True):
                one.finish(plans[id(one)], outcome, loading)
            loading = 0.0
            for one in waiting:
                one.settle(self.repairs)
            waiting = [one for one in waiting if one.status is None]
        checkpoints: dict[str, str] = getattr(self.kit, "checkpoints", dict)()
        if planner is not None:
            checkpoints["planner"] = planner.label
        else:
            checkpoints.pop("planner", None)
        return [one.answer(checkpoints) for one in asked]

    def _preload(self) -> None:
        """Begin to load the detector, which nearly every program asks first, while the planner still writes."""

        def load() -> None:
            with contextlib.suppress(Exception):  # the engine meets the same error, and tells it to whoever asks
                self.kit["detector"]

        if not self._preloaded:
            self._preloaded = True
            threading.Thread(target=load, name="sightscript-preload", daemon=True).start()

    # ------------------------------------------------------------------ its end

    def close(self) -> None:
        """End the processes of the sandbox and the check. The agent can be used again: they start anew."""
        self.sandbox.close()
        self._check.close()
        if isinstance(self._planner, Planner):
            self._planner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


@dataclass(eq=False)
class _Asked:
    """One question on its way to an answer."""

    question: str
    images: tuple[Picture, ...]
    given: Program | None = None
    """A program that came with the question, so that nothing is planned."""
    attempts: list[Attempt] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    made: dict[str, Picture] = field(default_factory=dict)
    status: Status | None = None
    value: Any = None
    reason: str = ""
    cancelled: Callable[[], bool] | None = None

    @classmethod
    def of(cls, input: Input) -> "_Asked":
        if isinstance(input, Query):
            query = input
        elif isinstance(input, Mapping):
            unknown = sorted(set(input) - {"question", "images", "id"})
            if unknown or "question" not in input or "images" not in input:
                wrong = f"unknown: {', '.join(unknown)}" if unknown else "one of them is missing"
                raise QueryError(f"a query is a dict with `question` and `images` ({wrong})")
            if not isinstance(input["question"], str):
                raise QueryError(f"the question must be a text, not {type(input['question']).__name__}")
            query = Query(input["question"], _pictures(input["images"]), input.get("id"))
        else:
            raise QueryError(f"a query is a Query or a dict with `question` and `images`, not {type(input).__name__}")
        return cls(query.question, query.images)

    @property
    def query(self) -> Query:
        return Query(self.question, self.images)

    def begin(self, plan: Plan) -> bool:
        """Take a plan. False if it cannot be run: the attempt, or the question, ends here."""
        if plan.error:
            self.status, self.reason = "failed", plan.error
            return False
        if plan.problems:
            self.attempts.append(_attempt(plan, plan.problems[0]))
            self.failed.append(Failed(plan.program.source, plan.problems))
            return False
        return True

    def job(self, program: Program, on_event: Callable[[Event], None] | None) -> Job:
        return Job(program, self.images, on_event, self.cancelled)

    def finish(self, plan: Plan, outcome: Outcome, loading: float = 0.0) -> None:
        """Take the end of a program. `loading` is what the planner took to load."""
        problem = outcome.problem
        if problem is None and outcome.abstention is None and outcome.value is None:
            problem = Problem("runtime", "the program returned nothing (None); it must return the answer")
        self.attempts.append(_attempt(plan, problem, outcome, loading))
        self.made.update((picture.key, picture) for picture in outcome.pictures)
        if outcome.abstention is not None:
            self.status, self.reason = "abstained", sanitise(outcome.abstention)
        elif problem is None:
            self.status, self.value = "answered", outcome.record
        elif outcome.broken:
            self.status, self.reason = "failed", problem.message
        else:
            self.failed.append(Failed(plan.program.source, (problem,)))

    def settle(self, repairs: int) -> None:
        """Give up if the planner has had its chances."""
        if self.status is not None or (self.given is None and len(self.attempts) <= repairs):
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
        self.status, self.reason = "failed", reason if tries == 1 else f"{reason} (attempt {tries} of {tries})"

    def answer(self, models: Mapping[str, str]) -> Answer:
        assert self.status is not None
        asked = {picture.key: picture for picture in self.images}
        records = [_record(picture, "query") for picture in asked.values()]
        records += [_record(picture, "program") for key, picture in self.made.items() if key not in asked]
        seconds = sum(
            one.plan_seconds + one.check_seconds + one.load_seconds + one.run_seconds for one in self.attempts
        )
        trace = Trace(
            question=self.question,
            pictures=records,
            attempts=self.attempts,
            status=self.status,
            value=self.value,
            reason=self.reason,
            seconds=seconds,
            models=dict(models),
        )
        answer = Answer(value=self.value, status=self.status, reason=self.reason, trace=trace)
        answer.pictures.update(self.made | asked)
        return answer


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


def _record(picture: Picture, source: Any) -> PictureRecord:
    return PictureRecord(key=picture.key, name=picture.name, width=picture.width, height=picture.height, source=source)


def _pictures(images: ImageLike | Sequence[ImageLike]) -> tuple[Picture, ...]:
    """One picture or several, read from wherever they are. Raises PictureError and QueryError."""
    several = images if isinstance(images, Sequence) and not isinstance(images, str) else [images]
    pictures = tuple(_picture(one) for one in several)
    if not pictures:
        raise QueryError("there is no picture; name at least one")
    return pictures


def _picture(image: Any) -> Picture:
    if isinstance(image, Picture):
        return image
    if isinstance(image, str | Path):
        return Picture.open(image)
    if isinstance(image, Image.Image | np.ndarray):
        return Picture.from_image(image)
    raise PictureError(f"a picture is a file, a Pillow image, an array or a Picture, not {type(image).__name__}")
