"""A question about pictures, a program that answers it, and what can be wrong with one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from models.picture import Picture
from models.planner_format import Subject
from models.video import Video

ENTRY = "execute_command"
"""The function every program defines. It takes the picture or the video, or the list of pictures where the query has
several, or nothing where the question is about the pictures of an index."""

MAX_QUESTION = 2_000
"""Characters a question may have."""


class QueryError(ValueError):
    """A question that cannot be asked. The message is one line and says what to do."""


@dataclass(frozen=True)
class Turn:
    """An earlier question about the same pictures, and what came of it."""

    question: str
    program: str
    """Empty where it is not known any more."""
    answer: str
    """In words; why there was none, if there was none."""


@dataclass(frozen=True)
class Query:
    """A question about one or more pictures, about a video, or about the pictures of an open index."""

    question: str
    images: tuple[Picture | Video, ...]
    """The pictures, or the video alone."""
    id: str | None = None
    history: tuple[Turn, ...] = ()
    """What was asked before, oldest first, so that "and how many of them are red?" can be understood. Planners that
    were trained on the bare question do not read it."""
    album: bool = False
    """An index of pictures is open, which programs can search; only then a question needs no picture of its own."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "question", " ".join(self.question.split()))
        object.__setattr__(self, "images", tuple(self.images))
        object.__setattr__(self, "history", tuple(self.history))
        if not self.question:
            raise QueryError("the question is empty; ask something about the picture")
        if len(self.question) > MAX_QUESTION:
            raise QueryError(f"the question has {len(self.question)} characters; at most {MAX_QUESTION} are allowed")
        check_images(self.images, self.album)

    @property
    def subject(self) -> Subject:
        """What it is about: so many pictures, a video, or the album."""
        if not self.images:
            return "album"
        return "video" if isinstance(self.images[0], Video) else len(self.images)


def check_images(images: Sequence[Picture | Video], album: bool = False) -> None:
    """Raises QueryError if no question can be asked about these together. With an `album` there need be none."""
    if not images and not album:
        raise QueryError("there is no picture; name at least one")
    if len(images) > 1 and any(isinstance(one, Video) for one in images):
        raise QueryError("a question can be about one video or about pictures, not about several videos or both")


@dataclass(frozen=True)
class Span:
    """Where a piece of a program stands. Lines count from 1, columns (characters) from 0; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


ProblemKind = Literal["syntax", "subset", "name", "type", "entry", "empty", "runtime", "limit", "tool"]


@dataclass(frozen=True)
class Problem:
    """Why a program was refused or stopped: one line for a person, good enough for a planner to repair it."""

    kind: ProblemKind
    message: str
    span: Span | None = None
    detail: str = ""
    """A traceback of the program's own lines, where there is one. Never a path or a line of the host."""

    def __str__(self) -> str:
        return f"line {self.span.line}: {self.message}" if self.span else self.message


PYTHON, VISPROG = "python", "visprog"
"""The languages that programs are written in."""

_PYTHON_LINE = re.compile(r"^[ \t]*(?:(?:async[ \t]+)?def|class|import|from|return|for|if|while)\b", re.MULTILINE)
_VISPROG_LINE = re.compile(
    r"^[ \t]*(?:[A-Za-z_]\w*[ \t]*=[ \t]*[A-Z][A-Z0-9_]*|[A-Z][A-Z0-9_]*[ \t]*=[ \t]*[A-Za-z_]\w*)[ \t]*\(",
    re.MULTILINE,
)


def language_of(source: str) -> str:
    """`visprog` for lines such as `BOX0=LOC(...)` without any statement of Python's, else `python`."""
    return VISPROG if _VISPROG_LINE.search(source) and not _PYTHON_LINE.search(source) else PYTHON


@dataclass(frozen=True)
class Compiled:
    """The Python that a program of another language stands for."""

    python: str
    spans: tuple[Span | None, ...]
    """For each of its lines, what of the program as it was written it came from."""


@dataclass(frozen=True)
class Program:
    """Source that says what is to be done, and who wrote it: Python that defines `execute_command`, or VisProg's
    language (`agent.planning.visprog`)."""

    source: str
    author: str = field(default="a person")
    compiled: Compiled | None = field(default=None, repr=False, compare=False)
    """What is run of a program that is not written in Python."""

    @property
    def lines(self) -> list[str]:
        return self.source.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    @property
    def language(self) -> str:
        return language_of(self.source)

    @property
    def python(self) -> str:
        """What the sandbox runs."""
        return self.source if self.compiled is None else self.compiled.python

    def written(self, span: Span | None) -> Span | None:
        """Where a place of `python` stands in `source`."""
        if self.compiled is None or span is None:
            return span
        return self.compiled.spans[span.line - 1] if span.line <= len(self.compiled.spans) else None

    def as_written(self, problem: Problem) -> Problem:
        """A problem of `python` as one of `source`."""
        if self.compiled is None:
            return problem
        span = self.written(problem.span)
        if span is None or not problem.detail:
            return Problem(problem.kind, problem.message, span)
        detail = f"line {span.line}\n    {self.lines[span.line - 1].strip()}\n{problem.message}"
        return Problem(problem.kind, problem.message, span, detail)
