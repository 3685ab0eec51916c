"""One program, many pictures: it is written once, tried on the first pictures, and run on every one of them."""

import hashlib
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from agent.agent import VisualAgent
from agent.pipeline import Task
from agent.planning.planner import Draft
from agent.planning.prompt import Failed
from agent.program import Problem, Program, Query, QueryError, Span
from agent.rendering.evidence import evidence_of
from agent.runs.record import Record
from agent.runs.row import Row
from agent.runs.run_error import RunError
from agent.runs.settings import RunSettings
from agent.runs.store import Store
from agent.runs.table import TableRow, name_of
from agent.trace import Answer, text_of
from models.picture import Picture, PictureError

FIRST = 4
"""Pictures that a program is tried on before it is run on all."""

TOGETHER = 256
"""Pictures of which the condition is looked at before the question is asked about those that meet it."""

CONDITION, QUESTION = "condition", "question"
"""What the rows of a run are about (`Record.family`)."""


class MappingError(ValueError):
    """A question that no program can be had for. The message is one line and says what to do."""


@dataclass(frozen=True)
class Given:
    """A question with the program that answers it, for every picture the same."""

    question: str
    program: Program | None
    """None if no picture can be read, so that none was written."""


@dataclass(frozen=True)
class Written:
    """A program was written, and is about to be tried."""

    question: str
    program: Program


@dataclass(frozen=True)
class Refused:
    """A program is not good enough, and is written again."""

    problem: Problem
    picture: Path | None
    """The picture on which it showed; None if the check refused the program."""
    repair: int
    """Which one is to come, from 1."""
    repairs: int
    """How many there may be."""


@dataclass(frozen=True)
class Mapped:
    """What came of one picture."""

    position: int
    """Of the picture, from 0."""
    picture: Path
    answer: Answer
    kept: bool = True
    """False if the condition does not hold, or cannot be told, so that the picture is passed over."""
    stored: bool = False
    """True if it was taken from the run."""

    @property
    def row(self) -> TableRow | None:
        """The row of the table; None for a picture that is passed over. A failure always has a row: nobody should take
        a picture that could not be looked at for one that the condition does not hold for."""
        answer = self.answer
        if not self.kept and answer.status != "failed":
            return None
        return TableRow(
            self.picture, answer.status, answer.value, answer.reason, evidence_of(answer), answer.trace.seconds
        )


# ---------------------------------------------------------------------- the program


def write_program(
    agent: VisualAgent,
    question: str,
    pictures: Sequence[Path],
    yes_no: bool = False,
    tell: Callable[[Written | Refused], None] = lambda event: None,
) -> Given:
    """Write one program for many pictures, and try it on the first ones.

    A program that fails its check, or raises on one of the first `FIRST` readable pictures, goes back to the planner,
    at most `agent.repairs` times. After that the one that served most of them is taken.

    Args:
        agent: with a planner.
        question: about one picture.
        pictures: all of them.
        yes_no: the program must answer yes or no.
        tell: called with every program before it runs, and with what was wrong with it.

    Raises:
        QueryError: the question is empty or too long, or the agent has no planner.
        MappingError: the planner gives no reply, or no program that serves any of the first pictures.
        PresetError, CheckpointError: the preset's planner cannot be loaded.
    """
    first = _first_readable(pictures)
    if not first:
        if not question.strip():
            raise QueryError("the question is empty; ask something about the pictures")
        return Given(question, None)
    query = Query(question, (first[0][1],))
    failed: list[Failed] = []
    best: tuple[int, Program | None] = (len(first), None)
    while True:
        plan = agent.planner.invoke(Draft(query, tuple(failed)))
        if plan.error:
            raise MappingError(plan.error)
        tell(Written(query.question, plan.program))
        wrong = [(None, one) for one in plan.problems[:1]] or _wrong_on(agent, plan.program, query, first, yes_no)
        if not wrong:
            return Given(query.question, plan.program)
        if not plan.problems and len(wrong) < best[0]:
            best = (len(wrong), plan.program)
        picture, problem = wrong[0]
        if len(failed) == agent.repairs:
            break
        failed.append(Failed(plan.program.source, (problem,)))
        tell(Refused(problem, picture, len(failed), agent.repairs))
    if best[1] is not None:
        return Given(query.question, best[1])
    where = f" on {name_of(picture)}" if picture else ""
    raise MappingError(
        f"no program for {query.question!r} could be had in {len(failed) + 1} attempts; the last one stopped{where}: "
        f"{problem}. Ask in other words, or give a program"
    )


_Wrong: TypeAlias = list[tuple[Path | None, Problem]]


def _wrong_on(
    agent: VisualAgent, program: Program, query: Query, pictures: Sequence[tuple[Path, Picture]], yes_no: bool
) -> _Wrong:
    """The pictures on which a program raises, or answers what was not asked, with what is wrong."""
    tasks = [Task(query.question, (picture,), program, tag=path) for path, picture in pictures]
    wrong: dict[Path, Problem] = {}
    for task, answer in agent.answers(tasks):
        problem = _problem_of(answer)
        if problem is None and yes_no and answer.status == "answered" and verdict(answer.value) is None:
            text = f"it returned {text_of(answer.value)[:80]!r}, and this question is answered by True or False"
            problem = Problem("type", text)
        if problem is not None:
            wrong[task.tag] = problem
    return [(path, wrong[path]) for path, _ in pictures if path in wrong]


def _problem_of(answer: Answer) -> Problem | None:
    """What is wrong with the program of an answer, if the program is to blame."""
    record = answer.trace.attempts[-1].problem if answer.trace.attempts else None
    if answer.status != "failed" or record is None or record.kind == "tool":
        return None
    span = Span(**record.span.model_dump()) if record.span else None
    return Problem(record.kind, record.message, span, record.detail)  # type: ignore[arg-type]


def _first_readable(pictures: Iterable[Path]) -> list[tuple[Path, Picture]]:
    found: list[tuple[Path, Picture]] = []
    for path in pictures:
        try:
            found.append((path, Picture.open(path)))
        except PictureError:
            continue
        if len(found) == FIRST:
            break
    return found


def verdict(value: Any) -> bool | None:
    """What an answer says to a yes/no question; None if it is no answer to one."""
    if isinstance(value, bool):
        return value
    words = value.strip().rstrip(".!").casefold() if isinstance(value, str) else ""
    return {"yes": True, "true": True, "no": False, "false": False}.get(words)


# ---------------------------------------------------------------------- the pictures


def map_pictures(
    agent: VisualAgent,
    pictures: Sequence[Path],
    question: Given | None = None,
    where: Given | None = None,
    store: Store | None = None,
) -> Generator[Mapped]:
    """Run programs on pictures.

    With a condition, a picture is kept if the condition's program answers yes. With a question too, that is answered
    for the pictures kept, and only for them. Whatever is wrong with a picture is its answer (status failed).

    Args:
        agent: needs no planner.
        pictures: files.
        question: what to answer.
        where: the condition.
        store: a run to keep everything in. Pictures that it holds already are not asked about again.

    Yields:
        One `Mapped` a picture, in the order in which they finish; first those that were stored. Closing the iterator
        cancels what is under way.

    Raises:
        RunError: the store cannot be written.
    """
    if question is None and where is None:
        raise ValueError("there is neither a question nor a condition")
    asked = _Asked(agent, store)
    if where is None:
        assert question is not None
        yield from asked.about(question, QUESTION, enumerate(pictures))
        return
    if question is None:
        yield from map(_judged, asked.about(where, CONDITION, enumerate(pictures)))
        return
    numbered = enumerate(pictures)
    while some := list(islice(numbered, TOGETHER)):
        kept = []
        for one in map(_judged, asked.about(where, CONDITION, some)):
            if one.kept:
                kept.append((one.position, one.picture))
            else:
                yield one
        yield from asked.about(question, QUESTION, sorted(kept))


def _judged(one: Mapped) -> Mapped:
    """The answer to a condition, read as yes or no."""
    answer = one.answer
    if answer.status != "answered":
        return Mapped(one.position, one.picture, answer, False, one.stored)
    holds = verdict(answer.value)
    if holds is None:
        reason = f"the condition is not answered by yes or no but by {text_of(answer.value)[:80]!r}"
        trace = answer.trace.model_copy(update={"status": "failed", "reason": reason, "value": None})
        answer = answer.model_copy(update={"status": "failed", "reason": reason, "value": None, "trace": trace})
    return Mapped(one.position, one.picture, answer, bool(holds), one.stored)


class _Asked:
    """Answers for pictures, from the run if they are there, else from the agent."""

    def __init__(self, agent: VisualAgent, store: Store | None) -> None:
        self.agent, self.store = agent, store
        self._done = store.done() if store else set()

    def about(self, given: Given, family: str, pictures: Iterable[tuple[int, Path]]) -> Generator[Mapped]:
        waiting = pictures
        if self.store is not None and self._done:
            pictures = list(pictures)
            waiting = [(n, path) for n, path in pictures if _id(path, family) not in self._done]
            for position, path in pictures:
                if _id(path, family) in self._done:
                    yield Mapped(position, path, self.store.answer(_id(path, family)), stored=True)
        tasks = (
            Task(given.question, (partial(Picture.open, path),), given.program, tag=(position, path))
            for position, path in waiting
        )
        with closing(self.agent.answers(tasks)) as answers:
            for task, answer in answers:
                position, path = task.tag
                if self.store is not None:
                    _keep(self.store, given, family, position, path, answer)
                yield Mapped(position, path, answer)


def _id(path: Path, family: str) -> str:
    """Of a row of the run. Below a picture there can be no file, so that the ids of conditions are nobody else's."""
    return name_of(path) if family == QUESTION else f"{name_of(path)}/{CONDITION}"


def _keep(store: Store, given: Given, family: str, position: int, path: Path, answer: Answer) -> None:
    program = given.program.source if given.program else None
    row = Row(_id(path, family), given.question, (path,), program=program, family=family)
    files: dict[str, Path | bytes] = {one.key: path for one in answer.trace.pictures if one.source == "query"}
    store.put(Record.of(row, position, answer), answer.pictures, files)


# ---------------------------------------------------------------------- the run


def run_settings(
    question: Given | None, where: Given | None, preset: str, planner: str, limits: dict[str, float], **options: Any
) -> RunSettings:
    """Settings of a run that maps. Its rows depend on the programs, not on which pictures there are: those may become
    more before it is resumed."""
    programs = {
        name: {"question": given.question, "program": given.program.source, "author": given.program.author}
        for name, given in ((QUESTION, question), (CONDITION, where))
        if given is not None and given.program is not None
    }
    told = "\0".join(one["program"] for one in programs.values())
    fingerprint = hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()
    return RunSettings("pictures", "map", fingerprint, preset, planner, limits, {**options, "programs": programs})


def stored_program(folder: Path, question: str, family: str) -> Given | None:
    """The program that a run was begun with, so that it is not written anew; None if there is no such run.

    Raises:
        RunError: there is something else, or the run is about another question.
    """
    if not (folder / "run.sqlite").exists():
        return None
    with Store.open(folder) as store:
        settings = store.settings
    if settings.format != "map":
        raise RunError(f"{folder}: this run was not made by `sight map`; name another folder")
    found = settings.options.get("programs", {}).get(family)
    if found is None or found["question"] != " ".join(question.split()):
        told = f"another {family}: {found['question']!r}" if found else f"no {family}"
        raise RunError(f"{folder}: this run was begun with {told}; name another folder")
    return Given(found["question"], Program(found["program"], found["author"]))
