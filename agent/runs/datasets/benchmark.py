"""What the benchmarks have in common: question files by name, pictures in the folders of the release, one record a
row."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from agent.runs.json_members import MANY, Malformed, members
from agent.runs.question_format import (
    BadField,
    Entry,
    QuestionFileError,
    QuestionFormat,
    Source,
    no_such_split,
    several_splits,
)


class Benchmark(QuestionFormat):
    """A benchmark whose question files each hold one split."""

    splits_rows = False
    patterns: ClassVar[tuple[str, ...]] = ()
    """Of question files, from the folder of the release."""
    expected: ClassVar[str] = ""
    """What the question files are called, for a person."""

    @abstractmethod
    def split_of(self, path: Path) -> str:
        """The split that a question file holds, told by its name; empty if its name does not tell."""

    @abstractmethod
    def records(self, path: Path) -> Iterator[tuple[str, Any]]:
        """Where each record of a question file is, and the record as it is there, or `Malformed`."""

    @abstractmethod
    def reader(self, path: Path, source: Source) -> "Reader":
        """Makes rows of the records of one question file."""

    def found(self, folder: Path) -> list[Path]:
        found = {path for pattern in self.patterns for path in folder.glob(pattern) if path.is_file()}
        return sorted(path for path in found if self.recognises(path, _head(path)))

    def files(self, source: Source) -> list[Path]:
        return self.questions(source)

    def questions(self, source: Source) -> list[Path]:
        """The question files of the chosen split. Raises QuestionFileError."""
        if not source.path.is_dir():
            return [source.path]
        found = self.found(source.path)
        splits = sorted({self.split_of(path) for path in found})
        if not found:
            raise QuestionFileError(f"{source.path}: no questions of {self.name} here; expected {self.expected}")
        if source.split and source.split not in splits:
            raise no_such_split(source.path, source.split, splits)
        if not source.split and len(splits) > 1:
            raise several_splits(source.path, splits)
        return [path for path in found if self.split_of(path) == (source.split or splits[0])]

    def entries(self, source: Source) -> Iterator[Entry]:
        for path in self.questions(source):
            reader, split = self.reader(path, source), self.split_of(path)
            for where, record in self.records(path):
                if isinstance(record, Malformed):
                    yield Entry(path, where, problem=record.reason)
                elif not isinstance(record, Mapping):
                    yield Entry(path, where, problem="a record must be a JSON object")
                else:
                    yield _entry(path, where, record, reader, {"split": split})

    def count(self, source: Source) -> int | None:
        files = self.questions(source)
        if sum(path.stat().st_size for path in files) > MANY:
            return None
        return sum(1 for path in files for _ in self.records(path))


class Reader(ABC):
    """Makes rows of the records of one question file."""

    @abstractmethod
    def id(self, record: Mapping[str, Any]) -> Any:
        """What the record is called; None if it has no name. Raises BadField."""

    @abstractmethod
    def fields(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The other fields of a row, by the names in `question_fields.FIELDS`. Raises BadField."""


def _entry(path: Path, where: str, record: Mapping[str, Any], reader: Reader, common: dict[str, Any]) -> Entry:
    asked = next((record[name] for name in ("question", "sentence") if isinstance(record.get(name), str)), "")
    known = common | {"question": asked}
    try:
        known |= {"id": reader.id(record)}
        return Entry(path, where, known | reader.fields(record))
    except BadField as error:
        return Entry(path, where, known, str(error))


class Pictures:
    """Finds pictures in the folders that a release, or whoever unpacked it, may have put them in.

    A picture that is nowhere is taken to be where the one before it was: it is missed when its turn comes.
    """

    def __init__(self, source: Source) -> None:
        folder = source.folder
        self._roots: list[Path] = [source.images] if source.images else [folder, folder.parent]
        self._place: int = 0

    def find(self, *names: str) -> Path:
        """The first that is there of several relative paths."""
        places: list[Path] = [root / name for root in self._roots for name in names]
        # Nearly always it is the same place as for the picture before.
        first = min(self._place, len(places) - 1)
        order: list[int] = [first, *range(len(places))]
        for place in order:
            if places[place].is_file():
                self._place = place
                return places[place]
        return places[first]


def listed(path: Path, key: str = "") -> Iterator[tuple[str, Any]]:
    """The records of a JSON list, as `Benchmark.records` gives them. Raises QuestionFileError."""
    for place, value in members(path, key):
        yield f"row {int(place) + 1}", value


def need(record: Mapping[str, Any], name: str, *kinds: type) -> Any:
    """A field that must be there and of one of the kinds. Raises BadField."""
    if name not in record:
        raise BadField(f"the field `{name}` is missing")
    value = record[name]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise BadField(f"the field `{name}` is {json.dumps(value, default=str)[:40]}, which it cannot be")
    if isinstance(value, str) and "\0" in value:
        raise BadField(f"the field `{name}` contains a NUL byte")
    return value


def is_key(head: bytes, *names: str) -> bool:
    """Whether all names are keys in the first few KB of a JSON file."""
    return all(re.search(rb'"' + name.encode() + rb'"\s*:', head) for name in names)


def truth(value: Any) -> bool:
    """A label of a statement: true or false, or these words. Raises BadField."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, bool):
        return value
    raise BadField(f"the label is {str(value)[:40]!r}; it must be true or false")


def is_it_true(statement: str) -> str:
    """A statement as a question, since planners are asked questions: "There is a tower." becomes "Is it true that there
    is a tower?"."""
    text = " ".join(statement.split()).rstrip(".!? ")
    first = text.split(" ", 1)[0]
    if first[1:].islower() or first == "A":
        text = text[:1].lower() + text[1:]
    return f"Is it true that {text}?" if text else ""


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1 << 13)
