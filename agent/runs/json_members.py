"""The members of a large JSON document, one at a time, in bounded memory.

Benchmarks come as one JSON list or object of up to a gigabyte. A member that is malformed is told in its place and the
reading goes on behind it, as with the lines of a JSONL file.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from agent.runs.question_format import QuestionFileError

LONGEST = 1 << 20
"""Characters that one member, or one line of a JSONL or CSV file, may have."""

MANY = 64 << 20
"""Bytes of JSON above which rows are not counted beforehand."""

_TOO_LONG = f"longer than {LONGEST:,} characters"
_CHUNK = 1 << 18
_SPACE = re.compile(r"[ \t\r\n]*")
_OUTSIDE = re.compile(r'["\[\]{},]')
_INSIDE = re.compile(r'["\\\n]')
_OPENING = {"]": "[", "}": "{"}


@dataclass(frozen=True)
class Malformed:
    """Stands in the place of a member that cannot be read."""

    reason: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"`{next(name for name in names if names.count(name) > 1)}` occurs twice")
    return made


def _constant(text: str) -> Any:
    raise ValueError(f"the number {text} is not allowed")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def parse(text: str) -> Any:
    """One JSON value, or `Malformed`. A name that occurs twice in an object is an error, for nobody could say which of
    its values was meant."""
    try:
        return _DECODER.decode(text)
    except RecursionError:
        return Malformed("malformed JSON: nested too deeply")
    except ValueError as error:
        return Malformed(f"malformed JSON: {_told(error)}")


def members(path: Path, key: str = "", kind: Literal["list", "object"] = "list") -> Iterator[tuple[str | int, Any]]:
    """The members of a list, with their places from 0, or of an object, with their names.

    Args:
        path: a JSON document in UTF-8, with or without a byte order mark. Bytes that are not UTF-8 become lone
        surrogates. key: of the list or object in the document, if that is an object; the document itself if empty.
        kind: what is expected there.

    Yields:
        Name or place, and the value, or `Malformed` for one that cannot be read.

    Raises:
        QuestionFileError: the file cannot be read, or there is something else than a list or an object.
    """
    try:
        file = path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise QuestionFileError(f"{path}: cannot be read ({error.strerror})") from None
    with file:
        text = _Text(file)
        if key:
            if text.peek() != "{":
                raise QuestionFileError(f"{path}: must be a JSON object with `{key}`")
            for name in text.names():
                if name == key:
                    break
                text.skip()
            else:
                raise QuestionFileError(f"{path}: there is no `{key}` in it")
        if text.peek() != ("[" if kind == "list" else "{"):
            what = f"`{key}`" if key else "the file"
            raise QuestionFileError(f"{path}: {what} must be a JSON {kind}, and is not")
        if kind == "list":
            yield from text.values()
        else:
            for name in text.names():
                yield ("", name) if isinstance(name, Malformed) else (name, text.value())


class _Text:
    """A document of which a window is in memory."""

    def __init__(self, file: Any) -> None:
        self.file, self.window, self.place = file, "", 0

    def more(self) -> bool:
        chunk = self.file.read(_CHUNK)
        self.window, self.place = self.window[self.place :] + chunk, 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            match = _SPACE.match(self.window, self.place)
            assert match is not None
            self.place = match.end()
            if self.place < len(self.window):
                return self.window[self.place]
            if not self.more():
                return ""

    def value(self) -> Any:
        """The value that begins here, or `Malformed`; goes on behind it."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.window, self.place)
            except RecursionError:
                problem = "nested too deeply"
            except ValueError as error:
                problem = _told(error)
            else:
                # A number may go on in the next chunk.
                if end == len(self.window) and self.more():
                    continue
                length, self.place = end - self.place, end
                return value if length <= LONGEST else Malformed(_TOO_LONG)
            if len(self.window) - self.place > LONGEST or not self.more():
                return self._malformed(problem)

    def _malformed(self, problem: str) -> Malformed:
        if not self.peek():
            return Malformed("malformed JSON: the file ends in the middle")
        length, ended = self.skip()
        if length > LONGEST:
            return Malformed(_TOO_LONG)
        if ended:
            problem = "the file ends in the middle"
        return Malformed(f"malformed JSON: {problem}")

    def skip(self) -> tuple[int, bool]:
        """Pass over the value that begins here. A line break ends a string that was not closed, and the value with it
        if an object begins behind; a bracket closes those that were opened behind its own. So one broken member does
        not take the others with it.

        Returns:
            The characters passed over, and whether the document ended on the way.
        """
        opened: list[str] = []
        string = escaped = False
        length = 0
        while True:
            begin = self.place
            while self.place < len(self.window):
                if escaped:
                    self.place, escaped = self.place + 1, False
                    continue
                match = (_INSIDE if string else _OUTSIDE).search(self.window, self.place)
                if match is None:
                    self.place = len(self.window)
                    break
                sign = match.group()
                if not string and not opened and sign in ",]}":
                    self.place = match.start()
                    return length + self.place - begin, False
                self.place = match.end()
                if string and sign == "\n":
                    string = False
                    length += self.place - begin
                    if self.peek() == "{":
                        return length, False
                    begin = self.place
                elif sign == '"':
                    string = not string
                elif sign == "\\":
                    escaped = True
                elif sign in "[{":
                    opened.append(sign)
                elif sign in "]}" and _OPENING[sign] in opened:
                    while opened.pop() != _OPENING[sign]:
                        pass
            length += self.place - begin
            if not self.more():
                return length, True

    def values(self) -> Iterator[tuple[int, Any]]:
        """The values of the list that begins here."""
        self.place += 1
        count = 0
        while (sign := self.peek()) != "]":
            if sign == ",":
                self.place += 1
                continue
            if sign == "}":
                self.place += 1
                value: Any = Malformed("malformed JSON: a `}` too many")
            else:
                value = self.value()
            yield count, value
            count += 1
            if isinstance(value, Malformed) and not self.peek():
                return

    def names(self) -> Iterator[str | Malformed]:
        """The names in the object that begins here; whoever takes one passes over its value."""
        self.place += 1
        while (sign := self.peek()) != "}":
            if sign == ",":
                self.place += 1
                continue
            name = self.value() if sign == '"' else None
            if isinstance(name, str) and self.peek() == ":":
                self.place += 1
                self.peek()
                yield name
                continue
            self.skip()
            if self.peek() == "]":
                self.place += 1
            yield Malformed(f"malformed JSON: {'a name was expected' if sign else 'the file ends in the middle'}")
            if not self.peek():
                return


def _told(error: ValueError) -> str:
    """The reason in lower case, without the line and column that count from the window's start."""
    text = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    return f"{text[:1].lower()}{text[1:]}" if text[1:2].islower() else text
