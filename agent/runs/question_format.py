"""What a format of questions is, and the names that formats are known by.

A format turns a file or a folder into entries: the fields of one row each, by the names that `question_fields` knows,
or what is wrong with the row. It is registered by a decorator and found by its name:

    @question_format("gqa")
    class GQA(Benchmark): ...
"""

import difflib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar


class QuestionFileError(ValueError):
    """A source of questions that cannot be read at all. The message is one line and says what to do."""


class BadField(ValueError):
    """What is wrong with one row. The message is one line and becomes the reason of a `BadRow`."""


@dataclass(frozen=True)
class Source:
    """Where questions come from."""

    path: Path
    """A file, or the folder of a data set."""
    images: Path | None = None
    """The folder that pictures are relative to, where it is not the one of the questions."""
    split: str = ""
    """The part to read; all of it if empty, where the format allows that."""

    @property
    def folder(self) -> Path:
        """The folder of the questions."""
        return self.path if self.path.is_dir() else self.path.parent


@dataclass(frozen=True)
class Entry:
    """One row as its format holds it, not yet judged."""

    file: Path
    where: str
    """In the file: `line 7`, `row 7`. Counted from 1."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    """Why there are no fields, in one line."""


class QuestionFormat(ABC):
    """One format. It has no state: everything is in the source."""

    name: ClassVar[str] = ""
    splits_rows: ClassVar[bool] = True
    """Rows name their split, so that a split is chosen by leaving rows out. Otherwise it is chosen by file."""

    @abstractmethod
    def found(self, folder: Path) -> list[Path]:
        """The files in a folder that hold questions in this format, of all splits; empty if it is not this format."""

    @abstractmethod
    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether a file is in this format.

        Args:
            head: its first few KB.
        """

    @abstractmethod
    def files(self, source: Source) -> list[Path]:
        """The files that are read for questions and answers. Raises QuestionFileError if there is none."""

    @abstractmethod
    def entries(self, source: Source) -> Iterator[Entry]:
        """All rows in their order, one at a time. Raises QuestionFileError if the source cannot be read at all."""

    def count(self, source: Source) -> int | None:
        """How many entries there are, bad ones included; None if telling takes about as long as reading them."""
        return None


FORMATS: dict[str, QuestionFormat] = {}
"""All formats by name."""

FormatT = TypeVar("FormatT", bound=type[QuestionFormat])


def question_format(name: str) -> Callable[[FormatT], FormatT]:
    """Register a format under a name. Raises ValueError if the name is taken."""

    def register(format: FormatT) -> FormatT:
        if name in FORMATS:
            raise ValueError(f"there is already a format of questions named {name!r}")
        format.name = name
        FORMATS[name] = format()
        return format

    return register


def suggestion(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """`; did you mean `image`?`, or nothing where no known word is close."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else ""


def several_splits(path: Path, splits: list[str]) -> QuestionFileError:
    """The error for a source of which one split must be chosen."""
    return QuestionFileError(f"{path}: it has several splits; choose one of {', '.join(splits)}")


def no_such_split(path: Path, split: str, splits: list[str]) -> QuestionFileError:
    """The error for a split that a source does not have."""
    have = f"it has {', '.join(splits)}" if splits else "its rows name none"
    return QuestionFileError(f"{path}: there is no split `{split}`; {have}")
