"""Reads the questions of a batch from a file or a folder: `read_questions`.

A row that cannot be asked comes out as a `BadRow` in its place and never stops the reading. Only what is wrong with the
source as a whole raises. Rows stream: what is kept of each is 8 bytes of its id's hash.
"""

import hashlib
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import agent.runs.datasets  # noqa: F401  (registers the benchmarks)
from agent.program import MAX_QUESTION
from agent.runs.question_fields import absent, id_of, row_of
from agent.runs.question_format import (
    FORMATS,
    BadField,
    Entry,
    QuestionFileError,
    QuestionFormat,
    Source,
    no_such_split,
    suggestion,
)
from agent.runs.question_tables import Table
from agent.runs.row import BadRow, Row

__all__ = ["QuestionFileError", "count_questions", "fingerprint", "format_names", "format_of", "read_questions"]

_HEAD = 1 << 13


def format_names() -> tuple[str, ...]:
    """The formats that can be named."""
    return tuple(sorted(FORMATS))


def read_questions(
    source: str | Path, format: str | None = None, images: str | Path | None = None, split: str = ""
) -> Iterator[Row | BadRow]:
    """The rows of a source, in its order, one at a time.

    Args:
        source: a file of questions, or the folder of a data set.
        format: one of `format_names()`; told from the name and the content of the source if None.
        images: the folder that relative paths of pictures are relative to; the one of the questions if None.
        split: the part to read; everything if empty, where the format allows that.

    Raises:
        QuestionFileError: the source cannot be read or has no question; mostly at once, and while reading where a file
            turns out to be damaged. The message is one line.
    """
    read, place = _opened(source, format, images, split)
    rows = _rows(read, place)
    first = next(rows, None)
    if first is None:
        raise QuestionFileError(f"{source}: there is no question in it")
    return chain([first], rows)


def count_questions(
    source: str | Path, format: str | None = None, images: str | Path | None = None, split: str = ""
) -> int | None:
    """How many rows `read_questions` gives, bad ones included; None where telling takes about as long as reading.

    Raises:
        QuestionFileError: the source cannot be read.
    """
    read, place = _opened(source, format, images, split)
    return None if split and read.splits_rows else read.count(place)


def fingerprint(
    source: str | Path, format: str | None = None, images: str | Path | None = None, split: str = ""
) -> str:
    """SHA-256, as 64 hex digits, of what is read for questions and answers: of one file its content; of several, or of
    a chosen split, the names, sizes and content. Pictures have no part in it.

    Raises:
        QuestionFileError: the source cannot be read.
    """
    read, place = _opened(source, format, images, split)
    files = read.files(place)
    digests = [_digest(file) for file in files]
    if len(files) == 1 and not split:
        return digests[0]
    lines = [f"{file.name}\t{file.stat().st_size}\t{digest}\n" for file, digest in zip(files, digests, strict=True)]
    return hashlib.sha256("".join([*lines, f"split\t{split}\n"]).encode()).hexdigest()


def format_of(source: str | Path, format: str | None = None) -> str:
    """The name of the format that a source is read in. Raises QuestionFileError."""
    return _opened(source, format, None, "")[0].name


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise QuestionFileError(f"{file}: cannot be read ({error.strerror})") from None


# ------------------------------------------------------------------ the format


def _opened(
    source: str | Path, format: str | None, images: str | Path | None, split: str
) -> tuple[QuestionFormat, Source]:
    place = Source(Path(source), Path(images) if images is not None else None, split)
    try:
        if not place.path.exists():
            raise QuestionFileError(f"{source}: there is no such file or folder")
        if place.path.is_dir():
            os.scandir(place.path).close()
        elif not place.path.is_file():
            raise QuestionFileError(f"{source}: this is neither a file nor a folder")
        if place.images is not None and not place.images.is_dir():
            raise QuestionFileError(f"{images}: there is no such folder of pictures")
    except (OSError, ValueError) as error:
        if isinstance(error, QuestionFileError):
            raise
        if isinstance(error, PermissionError):
            raise QuestionFileError(f"{source}: cannot be read ({error.strerror})") from None
        raise QuestionFileError(f"{str(source)[:200]!r}: this is no path of a file") from None
    if format is not None:
        if format not in FORMATS:
            hint = suggestion(format, FORMATS)
            raise QuestionFileError(f"unknown format `{format}`{hint} (formats: {', '.join(format_names())})")
        return FORMATS[format], place
    try:
        return _of_folder(place) if place.path.is_dir() else (_of_file(place.path), place)
    except OSError as error:
        raise QuestionFileError(f"{source}: cannot be read ({error.strerror})") from None


def _of_file(path: Path) -> QuestionFormat:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    # A benchmark is told by its keys, our own formats by the name of the file alone.
    for format in sorted(FORMATS.values(), key=lambda format: isinstance(format, Table)):
        if format.recognises(path, head):
            return format
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start in (b"{", b"["):
        return FORMATS["jsonl" if start == b"{" else "json"]
    raise QuestionFileError(
        f"{path}: it cannot be told what this file is; name its format (one of {', '.join(format_names())})"
    )


def _of_folder(place: Source) -> tuple[QuestionFormat, Source]:
    fits = [format for format in FORMATS.values() if format.found(place.path)]
    benchmarks = [format for format in fits if not isinstance(format, Table)]
    saved = [format for format in fits if format.name == "datasets"]
    chosen = saved or benchmarks or fits
    if len(chosen) == 1:
        return chosen[0], place
    if chosen:
        names = ", ".join(format.name for format in chosen)
        raise QuestionFileError(f"{place.path}: this folder fits several formats ({names}); name one, or a file in it")
    raise QuestionFileError(
        f"{place.path}: there are no questions in this folder in any known format ({', '.join(format_names())})"
    )


# ------------------------------------------------------------------ the rows


def _rows(format: QuestionFormat, source: Source) -> Iterator[Row | BadRow]:
    taken = _Taken()
    base = source.images or source.folder
    others: dict[str, None] = {}
    kept = 0
    for position, entry in enumerate(_entries(format, source)):
        if source.split and format.splits_rows:
            its = entry.fields.get("split")
            if its != source.split and not (entry.problem and absent(its)):
                others.setdefault("" if absent(its) else str(its)[:40])
                continue
        kept += 1
        yield _row(entry, position, base, taken)
    if not kept and others:
        raise no_such_split(source.path, source.split, sorted(filter(None, others))[:20])


def _entries(format: QuestionFormat, source: Source) -> Iterator[Entry]:
    try:
        yield from format.entries(source)
    except OSError as error:
        raise QuestionFileError(f"{source.path}: cannot be read any further ({error.strerror})") from None


def _row(entry: Entry, position: int, base: Path, taken: "_Taken") -> Row | BadRow:
    own, problem, where = "", entry.problem, _shown(f"{entry.file.name}, {entry.where}")
    try:
        own = id_of(entry.fields)
        if own and own in taken:
            own, problem = "", f"the id `{own[:60]}` is taken by an earlier row"
        if not problem:
            row = row_of(entry.fields, own or taken.unique(str(position)), base, where)
            taken.add(row.id)
            return row
    except BadField as error:
        problem = problem or str(error)
    id = own or taken.unique(entry.where)
    taken.add(id)
    return BadRow(id, where, _shown(problem), _shown(entry.fields.get("question")))


def _shown(value: Any) -> str:
    """A text of a bad row, in one line and in characters that can be kept; nothing of another value."""
    text = " ".join(value[:MAX_QUESTION].replace("\0", " ").split()) if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode("utf-8")


class _Taken:
    """Ids that were given, as 8 bytes of their hashes: of a million ids, two are mistaken for one another once in
    thirty million runs."""

    def __init__(self) -> None:
        self._hashes: set[int] = set()

    def __contains__(self, id: str) -> bool:
        return self._hash(id) in self._hashes

    def add(self, id: str) -> None:
        self._hashes.add(self._hash(id))

    def unique(self, name: str) -> str:
        """The name, or the name with a number behind it."""
        count, free = 1, name
        while free in self:
            count += 1
            free = f"{name} ({count})"
        return free

    @staticmethod
    def _hash(id: str) -> int:
        return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=8).digest(), "little")
