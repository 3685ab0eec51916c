"""A table with a row a picture: CSV, JSON lines, Parquet, or a bare list of the pictures."""

import contextlib
import csv
import heapq
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

from agent.rendering.evidence import Evidence
from agent.runs.record import plain
from agent.trace import Status, text_of

COLUMNS = ("picture", "status", "answer", "reason", "evidence", "seconds")

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".txt": "list", ".lst": "list"}
"""By the ending of a file's name."""

ROWS_AT_ONCE = 1_000
"""Rows of one row group in Parquet."""

_FORMULA = tuple("=+-@\t\r＝＋－＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)


class TableError(ValueError):
    """A table that cannot be written. The message is one line and says what to do."""


@dataclass(frozen=True)
class TableRow:
    """What was found out about one picture."""

    picture: Path
    status: Status
    value: Any = None
    """The answer as plain data (`agent.trace.Value`); None if there is none."""
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    seconds: float = 0.0

    @property
    def answer(self) -> str:
        """The answer in words; empty if there is none."""
        return text_of(self.value) if self.status == "answered" else ""


def name_of(path: Path) -> str:
    """A path as text: bytes that are no UTF-8 and characters that steer a terminal are spelled out."""
    return _visible(os.fsencode(path).decode("utf-8", "backslashreplace"))


def _visible(text: str, kept: str = "") -> str:
    """A text without control characters and lone surrogates, which become what Python would call them."""
    parts = (c if c in kept or c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return "".join(parts)


def cell(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula: with a `'` before it if it begins like one.

    Plain numbers stay what they are. See https://owasp.org/www-community/attacks/CSV_Injection.
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


class _Writer(Protocol):
    def write(self, row: TableRow) -> None: ...

    def close(self) -> None:
        """Write what is held back. The file itself stays open."""


class _Csv:
    def __init__(self, file: BinaryIO) -> None:
        self._text = TextIOWrapper(file, "utf-8", newline="", write_through=True)
        self._csv = csv.writer(self._text, lineterminator="\n")
        self._csv.writerow(COLUMNS)

    def write(self, row: TableRow) -> None:
        evidence = json.dumps([one.plain() for one in row.evidence], ensure_ascii=False) if row.evidence else ""
        texts = (name_of(row.picture), row.status, row.answer, row.reason, evidence)
        self._csv.writerow([*(cell(_visible(text, "\n\t")) for text in texts), f"{row.seconds:.3f}"])

    def close(self) -> None:
        self._text.detach()


class _Jsonl:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, row: TableRow) -> None:
        record = {
            "picture": name_of(row.picture),
            "status": row.status,
            "answer": plain(row.value) if row.status == "answered" else None,
            "reason": row.reason,
            "evidence": [one.plain() for one in row.evidence],
            "seconds": round(row.seconds, 3),
        }
        line = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
        self._file.write(line.encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        pass


class _Parquet:
    def __init__(self, file: BinaryIO) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        region = pa.struct([("name", pa.string()), ("box", pa.list_(pa.float64(), 4))])
        texts = [(name, pa.string()) for name in COLUMNS[:4]]
        self._schema = pa.schema([*texts, ("evidence", pa.list_(region)), ("seconds", pa.float64())])
        self._parquet = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def write(self, row: TableRow) -> None:
        texts = (name_of(row.picture), row.status, row.answer, row.reason)
        clean = (text.encode("utf-8", "backslashreplace").decode() for text in texts)
        record = dict(zip(COLUMNS, clean, strict=False))
        regions = [{"name": one.name, "box": list(one.box)} for one in row.evidence]
        self._rows.append({**record, "evidence": regions, "seconds": row.seconds})
        if len(self._rows) >= ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        self._parquet.write_table(pa.Table.from_pylist(self._rows, self._schema))
        self._rows.clear()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._parquet.close()


class _List:
    """Names alone, byte for byte as the file system has them."""

    def __init__(self, file: BinaryIO, end: bytes) -> None:
        self._file, self._end = file, end

    def write(self, row: TableRow) -> None:
        self._file.write(os.fsencode(row.picture) + self._end)

    def close(self) -> None:
        pass


class _Lines:
    """What a person reads at a terminal: `photos/a.png: 3`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, row: TableRow) -> None:
        words = row.answer if row.status == "answered" else f"{row.status}: {row.reason}"
        line = f"{name_of(row.picture)}: {_visible(words)}\n"
        self._file.write(line.encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        self._file.flush()


def format_of(path: Path) -> str:
    """`csv`, `jsonl`, `parquet` or `list`, by the ending of a file's name. Raises TableError."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        endings = ", ".join(FORMATS)
        raise TableError(f"{path}: the ending says the format of the table, and must be one of {endings}")
    return found


class Table:
    """Writes rows as they come, in the order of the pictures.

        with Table(Path("table.csv")) as table:
            table.put(1, row)       # kept back until 0 has come
            table.put(0, row)

    A row whose turn has not come is kept in memory, so what is out of order must be little. The rows go to a file
    beside the table, which takes the table's name when the `with` ends, also if it ends with an error or is
    interrupted: what is done is kept. With a stream, they go to the stream.
    """

    def __init__(self, target: Path | BinaryIO, form: str | None = None, null: bool = False) -> None:
        """
        Args:
            target: where to; a stream is left open.
            form: `csv`, `jsonl`, `parquet`, `list` (bare names) or `lines` (for people); if None what the ending
                of the path says, and `csv` for a stream.
            null: a `list` has a zero byte after each name instead of a line feed, which a name may hold.

        Raises:
            TableError: the ending says no format, or the file cannot be made.
        """
        self.path = target if isinstance(target, Path) else None
        form = form or (format_of(target) if isinstance(target, Path) else "csv")
        self.written = 0
        self._next = 0
        self._early: list[tuple[int, int, TableRow | None]] = []
        self._temporary: Path | None = None
        self._file: BinaryIO
        if isinstance(target, Path):
            try:
                descriptor, name = tempfile.mkstemp(target.suffix, f".{target.stem[:100]}-", target.absolute().parent)
            except OSError as error:
                raise TableError(f"{target}: cannot be written ({error.strerror}); name another file") from None
            self._temporary, self._file = Path(name), os.fdopen(descriptor, "wb", 1 << 16)
        else:
            self._file = target
        with self._told():
            self._writer = _writer(form, self._file, b"\0" if null else b"\n")

    def put(self, position: int, row: TableRow | None) -> None:
        """Take the row at a position, from 0; None if the picture there is to have no row. Each position once.

        Raises:
            TableError: the disk is full, or the like.
        """
        heapq.heappush(self._early, (position, id(row), row))
        with self._told():
            while self._early and self._early[0][0] == self._next:
                self._write_first()
                self._next += 1
            if self.path is None:
                self._file.flush()

    def close(self) -> None:
        """Write the rows that still wait for others before them, and give the table its name. Raises TableError."""
        if self._file.closed:
            return
        with self._told():
            while self._early:
                self._write_first()
            self._writer.close()
            self._file.flush()
            if self.path is not None and self._temporary is not None:
                mask = os.umask(0)
                os.umask(mask)
                os.fchmod(self._file.fileno(), 0o666 & ~mask)
                os.fsync(self._file.fileno())
                self._file.close()
                os.replace(self._temporary, self.path)

    def _write_first(self) -> None:
        row = heapq.heappop(self._early)[2]
        if row is not None:
            self._writer.write(row)
            self.written += 1

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turns what goes wrong while writing into a TableError."""
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            why = error.strerror or str(error)
            if self._temporary is None:
                raise TableError(f"the table cannot be written ({why})") from None
            with contextlib.suppress(OSError):
                self._file.close()
            kept = f"; the rows so far are in {self._temporary}" if self.written else ""
            if not self.written:
                self._temporary.unlink(missing_ok=True)
            raise TableError(f"{self.path}: cannot be written ({why}){kept}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if not isinstance(error, TableError):
            self.close()


def _writer(form: str, file: BinaryIO, end: bytes) -> _Writer:
    if form == "list":
        return _List(file, end)
    kinds: dict[str, type[_Csv | _Jsonl | _Parquet | _Lines]] = {
        "csv": _Csv,
        "jsonl": _Jsonl,
        "parquet": _Parquet,
        "lines": _Lines,
    }
    return kinds[form](file)
