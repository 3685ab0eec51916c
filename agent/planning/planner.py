"""Writes programs with a language model, and checks them before anything runs."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import get_config_list

from agent.planning.check import Check
from agent.planning.examples import Shelf
from agent.planning.extraction import extract
from agent.planning.prompt import EXAMPLES, Failed, full_messages, question_prompt
from agent.planning.visprog.prompt import (
    PYTHON_ONLY,
    ModeError,
    checked_mode,
    extract_visprog,
    visprog_messages,
    visprog_so_far,
    wrong_pictures,
)
from agent.program import Problem, Program, Query
from models.planner_format import Subject, decode_body
from tools.vocabulary import Vocabulary

_OPEN_FENCE = re.compile(r"```[a-z]*\n")
_END_OF_BLOCK = re.compile(r"\n(?:```|`{1,2}\Z)")
"""A closing fence, or as much of one as has come so far."""

Style = Literal["full", "question"]
"""`full`: the prompt holds tools, rules and examples. `question`: the model was trained on the bare question and writes
only the body of the program (`models.planner_format`)."""

CONCURRENCY = 8

RETRY_TEMPERATURE = 0.7
"""At which a planner of style `question` writes its second and third program."""


@dataclass(frozen=True)
class Draft:
    """A question to write a program for, and the programs that were written for it in vain."""

    query: Query
    failed: tuple[Failed, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A program, and what the check says of it."""

    program: Program
    problems: tuple[Problem, ...] = ()
    """None if the program may run. If the reply held no program, `program.source` is the reply itself."""
    plan_seconds: float = 0.0
    """Time of the language model; of a batch, its time divided by its size."""
    check_seconds: float = 0.0
    error: str = ""
    """Why the language model gave no reply at all, in one line; empty if it did."""
    logprob: float | None = None
    """Mean log-probability of the reply's tokens, natural logarithm; None where the model does not tell it."""


class Planner(Runnable[Draft | Query, Plan]):
    """A LangChain Runnable from a question to a checked program, over any chat model.

    A model of style `full` is told what was wrong with its earlier programs. One of style `question` was never trained
    to read errors, so for it a repair is another sample, at a temperature and with a seed of its own.
    """

    def __init__(
        self,
        model: BaseChatModel,
        vocabulary: Vocabulary,
        style: Style = "full",
        name: str = "",
        examples: int = EXAMPLES,
        shelf: Shelf | None = None,
        concurrency: int = CONCURRENCY,
        mode: str | None = None,
    ) -> None:
        """
        Args:
            model: any chat model.
            vocabulary: the tools that programs may call.
            style: how the model is asked.
            name: of the model, for traces.
            examples: how many examples a prompt of style `full` shows.
            shelf: the examples to choose from; those that come with the project if None.
            concurrency: requests to a model behind a service that are under way at once. Models that run here have
                batches of their own.
            mode: a task set of VisProg, whose programs it writes; Python if None. Only for style `full`.

        Raises:
            ModeError: there is no such mode, or this planner has none.
        """
        if style not in ("full", "question"):
            raise ValueError(f"a planner's style is full or question, not {style!r}")
        self.model, self.style, self.mode = model, style, checked_mode(mode)
        self.label = name or type(model).__name__
        self.check = Check(vocabulary)
        if mode is not None and style == "question":
            raise ModeError(PYTHON_ONLY.format(mode=mode))
        self._tools = vocabulary.prompt() if style == "full" else ""
        self._shelf = shelf or Shelf()
        self._examples = examples
        self._concurrency = concurrency

    def invoke(self, input: Draft | Query, config: RunnableConfig | None = None, **kwargs: Any) -> Plan:
        """Write and check one program. Never raises for what the model does; see `Plan.error` and `Plan.problems`."""
        return self.batch([input], config)[0]

    def batch(
        self,
        inputs: Sequence[Draft | Query],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Plan]:
        """Write and check many programs, through the chat model's own batch. Plans come in the order of the inputs."""
        drafts = [Draft(one) if isinstance(one, Query) else one for one in inputs]
        plans: list[Plan | None] = [None] * len(drafts)
        if self.mode is not None:
            plans = [self._refused(draft, self.mode) for draft in drafts]
        open_ = [place for place, plan in enumerate(plans) if plan is None]
        for tries in sorted({len(drafts[place].failed) for place in open_}):
            places = [place for place in open_ if len(drafts[place].failed) == tries]
            chosen = config if not isinstance(config, list) else [config[place] for place in places]
            began = time.perf_counter()
            replies = self._replies([self.messages(drafts[place]) for place in places], tries, chosen)
            each = (time.perf_counter() - began) / len(places)
            for place, reply in zip(places, replies, strict=True):
                plans[place] = self._plan(drafts[place], reply, each)
        return [plan for plan in plans if plan is not None]

    def sample(self, drafts: Sequence[Draft | Query], k: int, temperature: float, seed: int = 0) -> list[list[Plan]]:
        """Write and check several programs for each question, drawn at a temperature.

        Models that run here, and services that take a seed, draw the same again for the same drafts and seed.

        Args:
            drafts: the questions.
            k: programs for each.
            temperature: above 0, or all programs of a question are the same.
            seed: the draws have this seed and those that follow it.

        Returns:
            For each question, in order, its `k` plans. Equal programs may occur among them.
        """
        asked = [Draft(one) if isinstance(one, Query) else one for one in drafts]
        plans: list[list[Plan]] = [[] for _ in asked]
        if not asked:
            return plans
        messages = [self.messages(draft) for draft in asked]
        checked: dict[tuple[Subject, str], Plan] = {}
        for turn in range(k):
            began = time.perf_counter()
            model, options = self._sampler(temperature, seed + turn)
            replies = self._batch(model, messages, None, options)
            each = (time.perf_counter() - began) / len(asked)
            for place, (draft, reply) in enumerate(zip(asked, replies, strict=True)):
                text = reply.text if isinstance(reply, BaseMessage) else None
                same = checked.get((draft.query.subject, text)) if text is not None else None
                if same is None:
                    plan = self._plan(draft, reply, each)
                    if text is not None:
                        checked[draft.query.subject, text] = plan
                else:
                    plan = replace(same, plan_seconds=each, check_seconds=0.0, logprob=_logprob(reply))
                plans[place].append(plan)
        return plans

    def write(
        self, draft: Draft, config: RunnableConfig | None = None, on_source: Callable[[str], None] | None = None
    ) -> Plan:
        """Write and check one program, and tell it as it grows: what there is of its source so far. A repair by a
        planner of style `question` is told at its end only."""
        if on_source is None or self._sampling(len(draft.failed)):
            return self.invoke(draft, config)
        if self.mode is not None and (refused := self._refused(draft, self.mode)):
            return refused
        began = time.perf_counter()
        subject = draft.query.subject
        text = ""
        reply: str | Exception
        try:
            for piece in self.model.stream(self.messages(draft), config):
                text += piece.text
                on_source(self._source_so_far(text, subject))
            reply = text
        except Exception as error:
            reply = error
        return self._plan(draft, reply, time.perf_counter() - began)

    def messages(self, draft: Draft) -> list[BaseMessage]:
        """What the model is told."""
        if self.style == "question":
            return [HumanMessage(question_prompt(draft.query))]
        if self.mode is not None:
            return visprog_messages(draft.query, self.mode, self._examples, draft.failed)
        return full_messages(draft.query, self._tools, self._shelf, self._examples, draft.failed)

    def close(self) -> None:
        """End the process that checks types."""
        self.check.close()

    def _replies(self, messages: list[list[BaseMessage]], tries: int, config: Any) -> Sequence[Any]:
        """A message or an exception for each conversation."""
        return self._batch(self.model, messages, config, self._sampling(tries))

    def _batch(
        self, model: BaseChatModel, messages: list[list[BaseMessage]], config: Any, options: dict[str, Any]
    ) -> Sequence[Any]:
        inputs: list[Any] = list(messages)
        limit: RunnableConfig = {"max_concurrency": self._concurrency}
        config = [{**limit, **one} for one in get_config_list(config, len(inputs))]
        try:
            return model.batch(inputs, config, return_exceptions=True, **options)
        except Exception as error:
            return [error] * len(messages)

    def _sampler(self, temperature: float, seed: int) -> tuple[BaseChatModel, dict[str, Any]]:
        """The model to sample from and the options of the call: services have the temperature among their fields, the
        models that run here take it with each call."""
        told = {"temperature": temperature, "seed": seed}
        fields = type(self.model).model_fields
        if "temperature" not in fields:
            return self.model, told
        return self.model.model_copy(update={name: value for name, value in told.items() if name in fields}), {}

    def _sampling(self, tries: int) -> dict[str, Any]:
        """Options of the model for a program after so many that failed."""
        return {"temperature": RETRY_TEMPERATURE, "seed": tries} if tries and self.style == "question" else {}

    def _source_so_far(self, text: str, subject: Subject) -> str:
        if self.style == "question":
            return decode_body(text, subject)
        if self.mode is not None:
            return visprog_so_far(text)
        fence = _OPEN_FENCE.search(text)
        return _END_OF_BLOCK.split(text[fence.end() :])[0] if fence else ""

    def _refused(self, draft: Draft, mode: str) -> Plan | None:
        """Why no program of a mode is about these pictures, if none is."""
        wrong = wrong_pictures(mode, draft.query)
        return Plan(Program("", self.label), error=wrong) if wrong else None

    def _plan(self, draft: Draft, reply: Any, seconds: float) -> Plan:
        author, query, tries = self.label, draft.query, len(draft.failed)
        if tries and self.style == "question":
            author = f"{author}, sample {tries + 1} at temperature {RETRY_TEMPERATURE}"
        if isinstance(reply, BaseException):
            return Plan(Program("", author), (), seconds, 0.0, f"the planner {author} gave no reply: {_line(reply)}")
        text = reply.text if isinstance(reply, BaseMessage) else str(reply)
        began = time.perf_counter()
        source = self._source(text, query.subject)
        program = Program(text if isinstance(source, Problem) else source, author)
        problems = (source,) if isinstance(source, Problem) else tuple(self.check(source))
        return Plan(program, problems, seconds, time.perf_counter() - began, logprob=_logprob(reply))

    def _source(self, text: str, subject: Subject) -> str | Problem:
        if self.style == "question":
            if not text.strip():
                return Problem("empty", "the reply is empty; it must hold the body of a program")
            return decode_body(text, subject)
        if self.mode is not None:
            return extract_visprog(text)
        return extract(text, {1: "image", "video": "video", "album": ""}.get(subject, "images"))


def _line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__


def _logprob(reply: Any) -> float | None:
    """Mean log-probability of a reply's tokens, from what the model says of it: one number, or one for each token."""
    told = getattr(reply, "response_metadata", {})
    mean = told.get("logprob")
    tokens = [token["logprob"] for token in (told.get("logprobs") or {}).get("content") or ()]
    if mean is None and tokens:
        mean = sum(tokens) / len(tokens)
    return None if mean is None else float(mean)
