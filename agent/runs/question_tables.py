"""The formats whose rows have our own fields: JSONL, a JSON list, CSV and TSV, Parquet, a saved Hugging Face data
set."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from agent.runs.json_members import LONGEST, MANY, Malformed, members, parse
from agent.runs.question_fields import FIELDS, unknown_field
from agent.runs.question_format import (
    Entry,
    QuestionFileError,
    QuestionFormat,
    Source,
    no_such_split,
    question_format,
    several_splits,
)

_BATCH = 64
"""Rows of a table in memory at once: they may hold pictures."""

_BLANK = " \t\r\n\v\f"
_OTHER_TEXT = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x1f\x8b": "compressed (gzip)", b"PK": "a zip archive"}


class BadLine(Exception):
    """A line of a text file that cannot be read, and why."""


class Lines:
    """The lines of a text file, one at a time: UTF-8, with or without a byte order mark. A line too long for memory is
    passed over. Raises BadLine where one cannot be read; the next call goes on behind it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.number = file, 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self.file.readline(LONGEST + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > LONGEST:
            while line and not line.endswith(b"\n"):
                line = self.file.readline(LONGEST)
            raise BadLine(f"the line is longer than {LONGEST:,} bytes")
        try:
            return line.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise BadLine(f"the line is not UTF-8 text (byte {error.start + 1}); save the file as UTF-8") from None


def _open(path: Path) -> BinaryIO:
    """A text file to be read. Raises QuestionFileError if it cannot be, or is none."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise QuestionFileError(f"{path}: cannot be read ({error.strerror})") from None
    head = file.read(2)
    file.seek(0)
    if head in _OTHER_TEXT:
        file.close()
        raise QuestionFileError(f"{path}: the file is {_OTHER_TEXT[head]}; save it as UTF-8 text")
    return file


class Table(QuestionFormat):
    """What the formats with our own fields have in common."""

    suffixes: ClassVar[tuple[str, ...]] = ()

    def found(self, folder: Path) -> list[Path]:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in self.suffixes and path.is_file())

    def recognises(self, path: Path, head: bytes) -> bool:
        return path.suffix.lower() in self.suffixes

    def files(self, source: Source) -> list[Path]:
        if not source.path.is_dir():
            return [source.path]
        found = self.found(source.path)
        if len(found) != 1:
            names = f"; name one of {', '.join(path.name for path in found[:9])}" if found else ""
            raise QuestionFileError(
                f"{source.path}: {len(found)} files of questions as {self.name} in this folder{names}"
            )
        return found


@question_format("jsonl")
class JSONL(Table):
    """An object a line."""

    suffixes = (".jsonl", ".ndjson")

    def entries(self, source: Source) -> Iterator[Entry]:
        path = self.files(source)[0]
        with _open(path) as file:
            lines = Lines(file)
            while True:
                try:
                    line = next(lines)
                except StopIteration:
                    return
                except BadLine as bad:
                    yield Entry(path, f"line {lines.number}", problem=str(bad))
                    continue
                if line := line.strip(_BLANK):
                    yield _object(path, f"line {lines.number}", parse(line))

    def count(self, source: Source) -> int | None:
        count, last = 0, b""
        with _open(self.files(source)[0]) as file:
            if file.read(3) != b"\xef\xbb\xbf":
                file.seek(0)
            while chunk := file.read(1 << 20):
                *lines, last = (last + chunk).split(b"\n")
                count += sum(1 for line in lines if line.strip())
                if len(last) > LONGEST:
                    last = b"too long"
        return count + bool(last.strip())


@question_format("json")
class JSONList(Table):
    """One list of objects."""

    suffixes = (".json",)

    def entries(self, source: Source) -> Iterator[Entry]:
        path = self.files(source)[0]
        _open(path).close()
        for place, value in members(path):
            yield _object(path, f"row {int(place) + 1}", value)

    def count(self, source: Source) -> int | None:
        path = self.files(source)[0]
        return sum(1 for _ in members(path)) if path.stat().st_size <= MANY else None


@question_format("csv")
class CSV(Table):
    """A header, and a line a row. Comma, or semicolon where the header has it. Several pictures are parted by `|` or
    `;`, several answers by `|`, the numbers of a box by commas or spaces."""

    suffixes = (".csv",)
    delimiters: ClassVar[str] = ",;\t"

    def entries(self, source: Source) -> Iterator[Entry]:
        path = self.files(source)[0]
        with _open(path) as file:
            lines = Lines(file)
            header, delimiter = self._header(path, lines)
            for where, cells, problem in _rows(lines, delimiter):
                if problem:
                    yield Entry(path, where, problem=problem)
                elif len(cells) != len(header):
                    problem = f"the row has {len(cells)} fields, the header {len(header)}"
                    yield Entry(path, where, dict(zip(header, cells, strict=False)), problem)
                else:
                    yield _typed(path, where, dict(zip(header, cells, strict=True)))

    def count(self, source: Source) -> int | None:
        path = self.files(source)[0]
        with _open(path) as file:
            lines = Lines(file)
            _, delimiter = self._header(path, lines)
            return sum(1 for _ in _rows(lines, delimiter))

    def _header(self, path: Path, lines: Lines) -> tuple[list[str], str]:
        try:
            line = next(lines, "")
        except BadLine as bad:
            raise QuestionFileError(f"{path}: {bad}") from None
        split = {
            mark: [cell.strip() for cell in next(csv.reader([line], delimiter=mark), [])] for mark in self.delimiters
        }
        delimiter = max(self.delimiters, key=lambda mark: sum(name in FIELDS for name in split[mark]))
        _check_columns(path, split[delimiter])
        return split[delimiter], delimiter


@question_format("tsv")
class TSV(CSV):
    """As CSV, with tabs."""

    suffixes = (".tsv",)
    delimiters = "\t"


def _rows(lines: Lines, delimiter: str) -> Iterator[tuple[str, list[str], str]]:
    """Where each row is, its cells, and what is wrong with it."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        where = f"line {lines.number + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except BadLine as bad:
            yield f"line {lines.number}", [], str(bad)
        except csv.Error as error:
            hint = "; was a quote not closed?" if "limit" in str(error) or "end of data" in str(error) else ""
            yield where, [], f"malformed CSV: {error}{hint}"
        else:
            if cells and any(cell.strip() for cell in cells):
                yield where, cells, ""


def _typed(path: Path, where: str, cells: dict[str, str]) -> Entry:
    fields: dict[str, Any] = {name: cell for name, cell in cells.items() if cell != ""}
    for name in ("image", "images"):
        if name in fields:
            fields[name] = [part.strip() for part in fields[name].replace(";", "|").split("|")]
    if "answers" in fields:
        fields["answers"] = [_truth(part.strip()) for part in fields["answers"].split("|")]
    if "answer" in fields:
        fields["answer"] = _truth(fields["answer"])
    if "box" in fields:
        try:
            fields["box"] = [float(v) for v in fields["box"].strip("[]() ").replace(",", " ").split()]
        except ValueError:
            return Entry(path, where, fields, "`box` must be four numbers: x1, y1, x2, y2")
    return Entry(path, where, fields)


def _truth(cell: str) -> Any:
    """A table has no types: what programs write for true and false is meant as that."""
    return {"True": True, "true": True, "TRUE": True, "False": False, "false": False, "FALSE": False}.get(cell, cell)


@question_format("parquet")
class Parquet(Table):
    """A Parquet file, or a folder of them in the order of their names. Pictures as paths, as bytes of a picture file,
    or as `{bytes, path}`."""

    suffixes = (".parquet",)

    def recognises(self, path: Path, head: bytes) -> bool:
        return head.startswith(b"PAR1")

    def files(self, source: Source) -> list[Path]:
        found = self.found(source.path) if source.path.is_dir() else [source.path]
        if not found:
            raise QuestionFileError(f"{source.path}: there is no .parquet file in this folder")
        return found

    def entries(self, source: Source) -> Iterator[Entry]:
        import pyarrow as pa

        for path in self.files(source):
            place = 0
            table = self._table(path)
            try:
                for batch in table.iter_batches(batch_size=_BATCH, columns=_columns(table)):
                    for fields in batch.to_pylist():
                        place += 1
                        yield Entry(path, f"row {place}", fields)
            except (OSError, pa.ArrowException) as error:
                raise QuestionFileError(f"{path}: damaged behind row {place} ({_line(error)})") from None

    def count(self, source: Source) -> int | None:
        return sum(int(self._table(path).metadata.num_rows) for path in self.files(source))

    def _table(self, path: Path) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.ParquetFile(path)
        except (OSError, pa.ArrowException) as error:
            raise QuestionFileError(f"{path}: cannot be read as Parquet ({_line(error)})") from None
        _check_columns(path, _columns(table))
        return table


@question_format("datasets")
class SavedDataset(Table):
    """A folder that `Dataset.save_to_disk` or `DatasetDict.save_to_disk` of Hugging Face `datasets` wrote. Columns of
    the feature Image hold encoded pictures or paths; a ClassLabel gives its name."""

    splits_rows = False

    def found(self, folder: Path) -> list[Path]:
        parts = [folder / split for split in self._splits(folder)] or [folder]
        return [file for part in parts for file in self._arrow_files(part)]

    def recognises(self, path: Path, head: bytes) -> bool:
        return False

    def files(self, source: Source) -> list[Path]:
        found = self._arrow_files(self._part(source))
        if not found:
            raise QuestionFileError(
                f"{source.path}: this is no folder that `save_to_disk` of Hugging Face datasets wrote"
            )
        return found

    def entries(self, source: Source) -> Iterator[Entry]:
        import pyarrow as pa

        files = self.files(source)
        part, place = self._part(source), 0
        split = {"split": part.name} if part != source.path else {}
        dataset = self._load(part)
        _check_columns(part, dataset.column_names)
        try:
            for table in dataset.with_format("arrow").iter(batch_size=_BATCH):
                for fields in table.to_pylist():
                    place += 1
                    named = {name: _named(dataset.features[name], value) for name, value in fields.items()}
                    yield Entry(files[0].parent, f"row {place}", split | named)
        except (OSError, pa.ArrowException) as error:
            raise QuestionFileError(f"{part}: damaged behind row {place} ({_line(error)})") from None

    def count(self, source: Source) -> int | None:
        self.files(source)
        return len(self._load(self._part(source)))

    def _load(self, part: Path) -> Any:
        import datasets

        try:
            return datasets.load_from_disk(str(part))
        except Exception as error:
            raise QuestionFileError(f"{part}: cannot be read as a saved data set ({_line(error)})") from None

    def _part(self, source: Source) -> Path:
        splits = self._splits(source.path)
        if not splits:
            own = _json(source.path / "state.json").get("_split")
            if source.split and source.split != own:
                raise no_such_split(source.path, source.split, [own] if isinstance(own, str) else [])
            return source.path
        if not source.split and len(splits) > 1:
            raise several_splits(source.path, splits)
        if source.split and source.split not in splits:
            raise no_such_split(source.path, source.split, splits)
        return source.path / (source.split or splits[0])

    def _splits(self, folder: Path) -> list[str]:
        read = _json(folder / "dataset_dict.json").get("splits", [])
        return [split for split in read if isinstance(split, str)] if isinstance(read, list) else []

    def _arrow_files(self, part: Path) -> list[Path]:
        """Data files in the order of the rows."""
        named = _json(part / "state.json").get("_data_files", [])
        return [part / str(one["filename"]) for one in named if isinstance(one, dict) and "filename" in one]


def _object(path: Path, where: str, value: Any) -> Entry:
    if isinstance(value, Malformed):
        return Entry(path, where, problem=value.reason)
    if not isinstance(value, dict):
        return Entry(path, where, problem='a row must be an object: {"image": ..., "question": ...}')
    return Entry(path, where, value)


def _check_columns(path: Path, names: list[str]) -> None:
    """Raises QuestionFileError where every row would be bad, so that it is said once."""
    problem = unknown_field(names)
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        problem = f"there are two columns `{twice}`"
    elif not problem and "question" not in names:
        problem = "there is no column `question`"
    elif not problem and not {"image", "images", "video"} & set(names):
        problem = "there is no column `image` or `images` (or `video`)"
    if problem:
        raise QuestionFileError(f"{path}: {problem.replace('unknown field', 'unknown column')}")


def _columns(table: Any) -> list[str]:
    """The columns of a Parquet file, without the index that pandas adds."""
    return [name for name in table.schema_arrow.names if not re.fullmatch(r"__index_level_\d+__", name)]


def _named(feature: Any, value: Any) -> Any:
    """A value of a data set; the number of a class becomes its name."""
    if hasattr(feature, "int2str") and isinstance(value, int):
        return feature.int2str(value) if value >= 0 else None
    return value


def _json(path: Path) -> Mapping[str, Any]:
    """A small JSON object; an empty one if there is none."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
