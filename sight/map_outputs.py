"""Where the answers of `sight map` go: a table, a contact sheet, copies of pictures, a word at the end."""

import contextlib
import filecmp
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote

from agent.rendering.answer_groups import AnswerGroup, group_of, most_frequent
from agent.rendering.contact_sheet import ContactSheet
from agent.runs.mapping import Given, Mapped
from agent.runs.table import Table, format_of, name_of
from models.picture import Picture
from sight.inputs import short
from sight.options import InputError

MAX_ANSWERS = 20
"""Different answers that are told at the end; the table has them all."""

STDOUT = "-"


@dataclass(frozen=True)
class Destinations:
    """What the options ask for."""

    out: str | None
    html: Path | None = None
    copy_to: Path | None = None
    null: bool = False
    run: Path | None = None

    def form(self, filters: bool) -> str | None:
        """Format of the table, None if there is none to be.

        Args:
            filters: there is a condition and no question, so that without a word on what to write the names of the
                pictures are all there is to tell.
        """
        if self.out is None:
            elsewhere = self.html or self.copy_to or self.run
            return None if elsewhere else "list" if filters else "lines"
        if self.out == STDOUT:
            return "list" if self.null else "csv"
        return format_of(Path(self.out))


class Outputs:
    """Takes what came of each picture. Files are complete when the `with` ends, however it ends.

    Args:
        to: what is written where.
        asked, condition: what is run; None if there is no such thing.
        stdout: the true one.
    """

    def __init__(self, to: Destinations, asked: Given | None, condition: Given | None, stdout: BinaryIO) -> None:
        self.to, self._filters = to, condition is not None
        self.counts: Counter[AnswerGroup] = Counter()
        """Pictures that have a row, by answer."""
        self.kept = 0
        self.passed_over: Counter[str] = Counter()
        """Pictures that the condition does not hold for, by the status of its answer."""
        self.files: list[str] = []
        """A sentence about each file that was written, once the `with` has ended."""
        self.form = to.form(condition is not None and asked is None)
        self.on_stdout = to.out in (None, STDOUT) and self.form is not None
        self._copied = 0
        self._table: Table | None = None
        self._sheet: ContactSheet | None = None
        if self.form is not None:
            target = Path(to.out) if to.out not in (None, STDOUT) else stdout
            self._table = Table(target, self.form, to.null)
        if to.html is not None:
            named = (("Condition", condition), ("Program", asked))
            programs = [
                (title, one.program.author, one.program.source)
                for title, one in named
                if one is not None and one.program
            ]
            self._sheet = ContactSheet(
                asked.question if asked else "", condition.question if condition else "", programs
            )

    def take(self, one: Mapped) -> None:
        """Write one picture.

        Raises:
            TableError: the table cannot be written.
            InputError: a copy or the contact sheet cannot be.
        """
        row = one.row
        listed = one.kept and (self._filters or one.answer.status != "failed")
        if self._table is not None:
            self._table.put(one.position, row if listed or self.form != "list" else None)
        if row is None:
            self.passed_over[one.answer.status] += 1
            return
        self.counts[group_of(row.status, row.value)] += 1
        self.kept += listed
        if self._sheet is not None:
            assert self.to.html is not None
            with _written(self.to.html, "--html"):
                self._sheet.add(
                    one.position,
                    name_of(one.picture),
                    row.status,
                    row.value,
                    row.reason,
                    row.evidence,
                    _picture_of(one),
                    _address(one.picture, self.to.html),
                )
        if listed and self.to.copy_to is not None:
            with _written(self.to.copy_to, "--copy-to"):
                self._copied += _copy(one.picture, self.to.copy_to)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            if self._table is not None:
                self._table.__exit__(kind, error, tb)
                if self._table.path is not None:
                    self.files.append(f"{short(self._table.path)}: {number(self._table.written, 'row')}")
            if self._sheet is not None:
                assert self.to.html is not None
                with _written(self.to.html, "--html"):
                    size = self._sheet.write(self.to.html)
                self.files.append(f"{short(self.to.html)}: {size / 1e6:,.1f} MB")
            if self.to.copy_to is not None:
                self.files.append(f"{short(self.to.copy_to)}: {number(self._copied, 'picture')} copied")
        finally:
            if self._sheet is not None:
                self._sheet.close()

    def summary(self) -> Iterator[str]:
        """How often each answer was given, a line each."""
        for (status, words), pictures in most_frequent(self.counts, MAX_ANSWERS):
            told = words if len(words) <= 80 else f"{words[:79]}…"
            yield f"{told or '(an empty text)' if status == 'answered' else status}: {number(pictures, 'picture')}"
        different = sum(group[0] == "answered" for group in self.counts)
        if different > MAX_ANSWERS:
            yield f"and {number(different - MAX_ANSWERS, 'other answer')}"
        if self.passed_over["answered"]:
            yield f"passed over, the condition does not hold: {number(self.passed_over['answered'], 'picture')}"
        if self.passed_over["abstained"]:
            yield f"passed over, the condition cannot be told: {number(self.passed_over['abstained'], 'picture')}"


def number(amount: int, noun: str) -> str:
    return f"{amount:,} {noun}" + ("" if amount == 1 else "s")


def _picture_of(one: Mapped) -> Picture | partial[Picture] | None:
    """To make a thumbnail of: as it was read, or to be read again if it came from a run."""
    keys = [record.key for record in one.answer.trace.pictures if record.source == "query"]
    if not keys:
        return None
    return one.answer.pictures.get(keys[0]) or partial(Picture.open, one.picture)


def _address(picture: Path, page: Path) -> str:
    """Of a picture, from where a page is."""
    try:
        return quote(os.fsencode(os.path.relpath(picture, page.absolute().parent)))
    except ValueError:  # on another drive
        return ""


def _copy(picture: Path, folder: Path) -> bool:
    """Copy a picture into a folder, under a name that is free there. False if the folder has it already."""
    folder.mkdir(exist_ok=True)
    for n in count(1):
        target = folder / (picture.name if n == 1 else f"{picture.stem}-{n}{picture.suffix}")
        if not target.exists():
            shutil.copy2(picture, target)
            return True
        if target.is_file() and filecmp.cmp(picture, target, shallow=False):
            return False
    raise AssertionError("numbers do not end")


@contextlib.contextmanager
def _written(path: Path, option: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"{option}: {path} cannot be written ({error.strerror or error})") from None
