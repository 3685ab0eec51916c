"""A run as one table: JSON lines, Parquet or CSV, with a row a question."""

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from agent.runs.record import FIELDS, dumps
from agent.runs.run_error import RunError
from agent.runs.store import Store
from agent.runs.table import cell

FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".csv": "csv"}
"""By the ending of a file's name."""

ROWS_AT_ONCE = 5_000
"""Rows of one row group in Parquet."""

TRACES_AT_ONCE = 200
"""The same where each row brings its trace."""

Rows: TypeAlias = Iterator[dict[str, Any]]


class ExportError(RunError):
    """A run cannot be exported. The message is one line and says what to do."""


def export(store: Store, path: str | Path, format: str | None = None, traces: bool = False) -> int:
    """Write a run to a file, row after row in the order of the questions. The file has its name once it is whole.

    The columns are the fields of `Record`, boxes `xyxy` pixels, origin top left. `value` is JSON: as it is in JSON
    lines, as a text in Parquet and CSV. In CSV lists are JSON too, and a text that a spreadsheet would take for a
    formula has a `'` before it.

    Args:
        store: May still be written; the rows that are there when it begins are exported.
        path: Of the file; one that is there is replaced.
        format: `jsonl`, `parquet` or `csv`; if None, what the ending of the name says.
        traces: Add a column `trace` with the trace as JSON: an object in JSON lines, a text in the others.

    Returns:
        How many rows were written.

    Raises:
        ExportError: the format is not known, or the file cannot be written.
        RunError: the run cannot be read.
    """
    path = Path(path)
    write = _WRITERS[_format(path, format)]
    rows = _Counted(_rows(store, traces))
    try:
        descriptor, name = tempfile.mkstemp(path.suffix, f".{path.stem[:100]}-", path.absolute().parent)
    except OSError as error:
        raise ExportError(f"{path}: cannot be written ({error.strerror}); name another file") from None
    try:
        with os.fdopen(descriptor, "wb", 1 << 20) as file:
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            write(rows, file, traces)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as error:
        raise ExportError(f"{path}: cannot be written ({error.strerror or error}); the run itself is safe") from None
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)
    return rows.count


class _Counted:
    """Rows, and how many were taken."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Rows:
        for row in self._rows:
            self.count += 1
            yield row


def _format(path: Path, format: str | None) -> str:
    found = format or FORMATS.get(path.suffix.lower())
    if found is None:
        raise ExportError(f"{path}: name a file that ends in {', '.join(FORMATS)}, or say the format")
    if found not in _WRITERS:
        raise ExportError(f"{found!r} is no format of an export; name one of {', '.join(_WRITERS)}")
    return found


def _rows(store: Store, traces: bool) -> Rows:
    """Rows as plain data; `trace` is a text of JSON."""
    for record in store.records():
        row = record.as_dict()
        if traces:
            row["trace"] = store.trace(record.id).model_dump_json()
        yield row


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_jsonl(rows: _Counted, file: BinaryIO, traces: bool) -> None:
    for row in rows:
        trace = row.pop("trace", None)
        line = json.dumps(row, ensure_ascii=False, allow_nan=False)
        if trace is not None:
            line = f'{line[:-1]}, "trace": {trace}}}'
        file.write(line.encode() + b"\n")


def _write_csv(rows: _Counted, file: BinaryIO, traces: bool) -> None:
    text = TextIOWrapper(file, "utf-8", newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*FIELDS, *(["trace"] if traces else [])])
    for row in rows:
        table.writerow([_csv_cell(name, value) for name, value in row.items()])
    text.flush()
    text.detach()


def _csv_cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _JSON or isinstance(value, list):
        return dumps(value)
    return cell(value.replace("\0", "")) if isinstance(value, str) else str(value)


def _write_parquet(rows: _Counted, file: BinaryIO, traces: bool) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(traces)
    every = iter(rows)
    with pq.ParquetWriter(file, schema, compression="zstd") as table:
        while block := list(islice(every, TRACES_AT_ONCE if traces else ROWS_AT_ONCE)):
            for row in block:
                row.update({name: dumps(row[name]) for name in _JSON if row[name] is not None})
            table.write_table(pa.Table.from_pylist(block, schema))


def _schema(traces: bool) -> Any:
    import pyarrow as pa

    kinds = {
        "position": pa.int64(),
        "images": pa.list_(pa.string()),
        "names": pa.list_(pa.string()),
        "answers": pa.list_(pa.string()),
        "box": pa.list_(pa.float64()),
        "attempts": pa.int64(),
        "calls": pa.int64(),
        "seconds": pa.float64(),
        "plan_seconds": pa.float64(),
        "run_seconds": pa.float64(),
    }
    columns = [(name, kinds.get(name, pa.string())) for name in FIELDS]
    return pa.schema([*columns, *([("trace", pa.string())] if traces else [])])


_JSON = ("value",)

_WRITERS: dict[str, Callable[[_Counted, BinaryIO, bool], None]] = {
    "jsonl": _write_jsonl,
    "parquet": _write_parquet,
    "csv": _write_csv,
}
