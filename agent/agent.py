"""`VisualAgent`: a question about pictures in, an honest answer with its program and trace out."""

import contextlib
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import get_config_list

from agent.pipeline import Asked, Event, ImageLike, Pipeline, Stop, Task, read_picture
from agent.planning.check import Check
from agent.planning.planner import Plan, Planner
from agent.planning.visprog.prompt import PYTHON_ONLY, ModeError, checked_mode
from agent.program import Problem, Program, Query, QueryError, check_images
from agent.running.engine import Engine, Kit
from agent.running.sandbox import Limits, Sandbox, Surface
from agent.student import By, StudentStage, check_student
from agent.trace import Answer
from models.picture import Picture, PictureError
from models.picture_index import PictureIndex
from models.presets import Kit as PresetKit
from models.requests import Nearest, Specialist
from models.video import Video
from tools.vocabulary import Vocabulary

if TYPE_CHECKING:
    from models.student import Student

Input: TypeAlias = Query | Mapping[str, Any] | Task
"""A `Query`, or its fields: `{"question": ..., "images": one ImageLike or several}`, and `id` and `history` if one
likes. A `Task` as well, which may hold a program and a recording; what is wrong with its pictures is told in the
answer."""

SEARCH_TOOLS, GROUNDING_TOOLS = "tools.search", "tools.grounding"
"""Modules of the tools that need an open index, and of those that need a vision-language model which writes boxes."""

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
        index: PictureIndex | None = None,
        by: By = "program",
        explain: bool = False,
    ) -> None:
        """
        Args:
            kit: specialists by role: a `models.presets.Kit`, or any mapping.
            planner: a planner, or how to make one when the first question comes; without one, only given programs run.
            vocabulary: the tools that programs may call; the default ones if None.
            limits: of each program; not used with a sandbox of one's own, which has limits already.
            sandbox: where programs run; a `MontySandbox` if None. The agent closes it.
            repairs: how often a program that failed goes back to the planner.
            index: pictures that programs may search with `search_images`; questions need no picture then. The
                vocabulary must have that tool (`tools.search`), as it has if it is None.
            by: who answers: a `program`, the `student` of the kit's preset, or, with `auto`, the student where it is
                sure and else a program. Given programs run whatever this says.
            explain: the student says why, too, where its answer is taken (`Answer.trace.student.rationale`).
        """
        if vocabulary is None:
            from tools import vocabulary as vocabulary_of

            vocabulary = vocabulary_of([] if index is None else [SEARCH_TOOLS])
        if sandbox is None:
            from agent.running.monty_sandbox import MontySandbox

            sandbox = MontySandbox(Surface.of(vocabulary), limits or Limits())
        self.kit, self.vocabulary, self.sandbox, self.repairs = kit, vocabulary, sandbox, repairs
        self.by, self.explain = by, explain
        self.index = index
        self.engine = Engine(kit if index is None else _Indexed(kit, index), vocabulary, sandbox)
        self._check = Check(vocabulary)
        self._pipeline = Pipeline(self.engine, kit, self._check, lambda: self.planner, repairs, index is not None)
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
        planner_rate: float | None = None,
        mode: str | None = None,
        index: str | Path | None = None,
        by: By = "program",
        explain: bool = False,
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
            planner_rate: requests a second to a planner behind a service, at most.
            mode: a task set of VisProg (`gqa`, `nlvr`, `edit`, `knowledge`) whose programs the planner writes; Python
                if None.
            index: an index of pictures (`sight index`), or the folder of pictures that has one in it.
            by: who answers: a `program`, the preset's `student`, or, with `auto`, the student where it is sure and else
                a program.
            explain: the student says why, too, where its answer is taken.

        Raises:
            PictureIndexError: there is no such index, or it is damaged or empty.
            DeclarationError: a file of tools is missing, declares none, or declares one wrongly.
            PresetError: the preset does not exist or is wrong.
            PlannerError: the planner named cannot be had. The preset's own is loaded with the first question, and so is
                its student.
            ModeError: there is no such mode, or the planner, being trained on Python, has none.
        """
        from agent.planning.chat_models import planner_model
        from models.presets import load_preset
        from tools import vocabulary as vocabulary_of

        preset = load_preset(name)
        check_student(preset, by)
        kit = PresetKit(preset, device, dtype)
        opened = None if index is None else PictureIndex(index)
        more = [SEARCH_TOOLS] if opened is not None else []
        if kit.preset.vlm is not None and kit.preset.vlm.boxes is not None:
            more.append(GROUNDING_TOOLS)
        vocabulary = vocabulary_of([*tools, *more])

        def own() -> Planner:
            found = planner_model(planner, kit, device, dtype, planner_rate)
            return Planner(found.model, vocabulary, found.style, found.name, mode=mode)

        settings = kit.preset.planner
        if checked_mode(mode) and planner in (None, "embedded") and settings and settings.style == "question":
            raise ModeError(PYTHON_ONLY.format(mode=mode))  # before it is loaded
        chosen: Planner | Callable[[], Planner] = (
            own if planner in (None, "embedded") and planner_rate is None else own()
        )
        return cls(kit, chosen, vocabulary, limits, repairs=repairs, index=opened, by=by, explain=explain)

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

    def ask(self, question: str, images: ImageLike | Sequence[ImageLike] = ()) -> Answer:
        """Answer a question about one or more pictures, or about a video; about the pictures of the index if none is
        given.

        Raises:
            QueryError: the question is empty or too long, or there is no picture and no index.
            PictureError: a picture cannot be read.
            PresetError, CheckpointError: the preset's planner cannot be loaded. Whatever else goes wrong is told in the
                answer.
        """
        return self.invoke({"question": question, "images": images})

    def run(self, program: str | Program, images: ImageLike | Sequence[ImageLike] = (), question: str = "") -> Answer:
        """Run a given program; no planner is needed, and nothing is repaired.

        Raises:
            QueryError: there is no picture and no index.
            PictureError: a picture cannot be read.
        """
        if isinstance(program, str):
            program = Program(program)
        pictures = _pictures(images, self.index is not None)
        return self._answer(Asked(Task(question, pictures, program), images=pictures), None)

    def plan(self, question: str, pictures: int = 1) -> Plan:
        """Write and check a program for a question about so many pictures, without running it; 0 means those of the
        index.

        Raises:
            QueryError: the question is empty or too long.
            PresetError, CheckpointError: the preset's planner cannot be loaded.
        """
        blank = Picture.from_image(np.zeros((1, 1, 3), np.uint8), "none")  # the planner is told how many there are
        return self.planner.invoke(Query(question, (blank,) * pictures, album=self.index is not None))

    def answers(self, tasks: Iterable[Task]) -> Generator[tuple[Task, Answer]]:
        """Answer many questions, each told as it is done. Tasks are taken as there is room for them, so that a million
        may come: no further one is begun while those under way hold `agent.pipeline.MAX_DECODED` bytes of pictures.

        Whatever is wrong with one task, a broken picture included, is told in its answer. Leaving the iteration early
        cancels what is under way.

        Raises:
            PresetError, CheckpointError: a program has to be written and the preset's planner cannot be loaded.
        """

        def questions() -> Iterator[Asked]:
            for task in tasks:
                if task.recording is None and self.by != "student":  # a recorded program may need no model at all
                    self._preload()
                yield Asked(task)

        with contextlib.closing(self._pipeline.run(self._first(questions()))) as events:
            for asked, event in events:
                if isinstance(event, Answer):
                    yield asked.task, event

    def check(self, program: str) -> list[Problem]:
        """What is wrong with a given program, without running it; an empty list if nothing is."""
        return self._check(program, given=True)

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Answer one query. Raises what `ask` does."""
        asked = _read(input, self.index is not None)
        return self._call_with_config(lambda _: self._answer(asked, config), input, config)

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
        read: list[Asked | Exception] = []
        for one in inputs:
            try:
                read.append(_read(one, self.index is not None))
            except (QueryError, PictureError) as error:
                if not return_exceptions:
                    raise
                read.append(error)
        configs = get_config_list(config, len(inputs)) if inputs else []
        for asked, own in zip(read, configs, strict=True):
            if isinstance(asked, Asked):
                asked.config = own
        self._preload()
        answers = dict(self._pipeline.run(self._first(asked for asked in read if isinstance(asked, Asked))))
        return [answers[asked] if isinstance(asked, Asked) else asked for asked in read]

    def stream(  # type: ignore[override]
        self, input: Input, config: RunnableConfig | None = None, stop: Stop | None = None, **kwargs: Any
    ) -> Iterator[Any]:
        """Answer one query and tell what happens: what the student said, if it is asked (`StudentRecord`), what there
        is of a program while it is being written (`Writing`), every `Program` when it is, every `Step` of it as it is
        done, and last the `Answer`. Leaving the iteration early
        cancels the program, and so does `stop`, from another thread and also while nothing happens: the iteration ends
        without an answer. Raises what `ask` does."""
        asked = _read(input, self.index is not None)
        asked.config = config
        return self._events(asked, stop)

    def _events(self, asked: Asked, stop: Stop | None) -> Generator[Event]:
        self._preload()
        passed = self._first([asked], many=False)
        with contextlib.closing(self._pipeline.run(passed, urgent=True, watch=True, stop=stop)) as events:
            for _, event in events:
                yield event

    def _answer(self, asked: Asked, config: RunnableConfig | None) -> Answer:
        asked.config = config
        self._preload()
        ((_, answer),) = self._pipeline.run(self._first([asked], many=False), urgent=True)
        assert isinstance(answer, Answer)
        return answer

    def _first(self, asked: Iterable[Asked], many: bool = True) -> Iterable[Asked]:
        """The questions, past the student if it is to be asked."""
        if self.by == "program":
            return asked
        return StudentStage(self._student, self.by, self.explain).through(asked, many)

    def _student(self) -> "Student":
        """Raises PresetError and CheckpointError."""
        student: Callable[[], Student] | None = getattr(self.kit, "student", None)
        if student is None:
            raise QueryError("this agent has no student; make it of a preset that names one")
        return student()

    def _preload(self) -> None:
        """Begin to load the detector, which nearly every program asks first, while the planner still writes. Not where
        the student comes first: transformers cannot be imported by two threads at once."""

        def load() -> None:
            with contextlib.suppress(Exception):  # the engine meets the same error, and tells it to whoever asks
                self.kit["detector"]

        if not self._preloaded and self.by == "program":
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


def _read(input: Input, album: bool) -> Asked:
    """A question with its pictures. Raises QueryError and PictureError."""
    if isinstance(input, Task):
        return Asked(input)
    if isinstance(input, Query):
        query = input
    elif isinstance(input, Mapping):
        unknown = sorted(set(input) - {"question", "images", "id", "history"})
        if unknown or "question" not in input or "images" not in input:
            wrong = f"unknown: {', '.join(unknown)}" if unknown else "one of them is missing"
            raise QueryError(f"a query is a dict with `question` and `images` ({wrong})")
        if not isinstance(input["question"], str):
            raise QueryError(f"the question must be a text, not {type(input['question']).__name__}")
        query = Query(
            input["question"],
            _pictures(input["images"], album),
            input.get("id"),
            tuple(input.get("history") or ()),
            album,
        )
    else:
        raise QueryError(
            f"a query is a Query, a Task or a dict with `question` and `images`, not {type(input).__name__}"
        )
    return Asked(Task(query.question, query.images, history=query.history), images=query.images)


def _pictures(images: ImageLike | Sequence[ImageLike], album: bool) -> tuple[Picture | Video, ...]:
    """One picture, several or a video, read from wherever they are. Raises PictureError and QueryError."""
    several = images if isinstance(images, Sequence) and not isinstance(images, str) else [images]
    pictures = tuple(read_picture(one) for one in several)
    check_images(pictures, album)
    return pictures


class _Indexed(Mapping[str, Specialist[Any, Any]]):
    """A kit with an open index beside its specialists."""

    def __init__(self, kit: Kit, index: PictureIndex) -> None:
        self.kit, self.index = kit, index

    def __getitem__(self, role: str) -> Specialist[Any, Any]:
        return self.index if role == Nearest.role else self.kit[role]

    def __iter__(self) -> Iterator[str]:
        return iter((*self.kit, Nearest.role))

    def __len__(self) -> int:
        return len(self.kit) + 1
