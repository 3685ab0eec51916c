"""A question about pictures, a program that answers it, and what can be wrong with one."""

from dataclasses import dataclass, field
from typing import Literal

from models.picture import Picture

ENTRY = "execute_command"
"""The function every program defines. It takes the picture, or the list of pictures where the query has several."""

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
    """A question about one or more pictures."""

    question: str
    images: tuple[Picture, ...]
    id: str | None = None
    history: tuple[Turn, ...] = ()
    """What was asked before, oldest first, so that "and how many of them are red?" can be understood. Planners that
    were trained on the bare question do not read it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "question", " ".join(self.question.split()))
        object.__setattr__(self, "images", tuple(self.images))
        object.__setattr__(self, "history", tuple(self.history))
        if not self.question:
            raise QueryError("the question is empty; ask something about the picture")
        if len(self.question) > MAX_QUESTION:
            raise QueryError(f"the question has {len(self.question)} characters; at most {MAX_QUESTION} are allowed")
        if not self.images:
            raise QueryError("there is no picture; name at least one")


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


@dataclass(frozen=True)
class Program:
    """Python source that defines `execute_command`, and who wrote it."""

    source: str
    author: str = field(default="a person")

    @property
    def lines(self) -> list[str]:
        return self.source.splitlines()
