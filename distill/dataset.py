"""The data set on disk: a folder that Hugging Face `datasets` reads with `load_from_disk`, and Parquet for elsewhere.

The same rows give the same bytes, whenever they are written and by whom, so that two folders can be compared by hash.
"""

import errno
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import DatasetDict, DatasetInfo, Features, Image, List, Value, load_from_disk
from datasets.arrow_writer import ArrowWriter

from distill.example import SPLITS

FEATURES = Features(
    {
        "id": Value("string"),
        "images": List(Image()),
        "messages": List({"role": Value("string"), "content": Value("string")}),
        "target": Value("string"),
        "label": Value("string"),
        "program": Value("string"),
        "trace": Value("string"),
        "verified": Value("bool"),
        "source": Value("string"),
        "family": Value("string"),
        "split": Value("string"),
    }
)
"""Of a row; `distill.example.row` makes one."""

BATCH = 64
"""Rows a record batch: what a reader loads at once, and far below the 2 GiB that Arrow's binary columns hold."""

SHARD_BYTES = 400 << 20
"""Size at which a further file is begun."""


class DatasetError(ValueError):
    """A data set that cannot be made, written or read. The message is one line and says what to do."""


@contextmanager
def dataset_errors(folder: Path) -> Iterator[None]:
    """Tell errors of the disk as DatasetErrors about `folder`."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        number = getattr(error, "errno", None)
        where = getattr(error, "filename", None) or folder
        if number in (errno.ENOSPC, errno.EDQUOT):
            text = f"{folder}: the disk is full; make room and run the same command again"
        elif number in (errno.EACCES, errno.EPERM, errno.EROFS):
            text = f"{where}: no permission to write or read here; choose a folder of your own"
        else:
            text = f"{where}: cannot be written or read ({getattr(error, 'strerror', None) or error})"
        raise DatasetError(text) from error


def write(folder: str | Path, rows: Iterable[Mapping[str, Any]], parquet: bool = False) -> Counter[str]:
    """Write rows as a data set. They are taken one by one and never held together.

    Args:
        folder: in which `train`, `val` and `test` are made.
        rows: as `distill.example.row` makes them; each goes to the split that it names.
        parquet: write `parquet/SPLIT-00000.parquet` and so on as well.

    Returns:
        Rows by split.

    Raises:
        DatasetError: the disk is full or the folder cannot be written.
        ValueError: a row names an unknown split.
    """
    folder = Path(folder)
    with dataset_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            splits = {name: stack.enter_context(_Split(folder, name, parquet)) for name in SPLITS}
            for row in rows:
                if row["split"] not in splits:
                    raise ValueError(
                        f"row {row['id']!r}: the split is one of {', '.join(SPLITS)}, not {row['split']!r}"
                    )
                splits[row["split"]].add(row)
        (folder / "dataset_dict.json").write_text(json.dumps({"splits": list(SPLITS)}), encoding="utf-8")
    return Counter({name: split.rows for name, split in splits.items()})


class _Split:
    """One split being written, in the layout of `Dataset.save_to_disk`, whose own fingerprints are drawn at random."""

    def __init__(self, folder: Path, name: str, parquet: bool) -> None:
        self.folder, self.name = folder / name, name
        self.parquet = folder / "parquet" if parquet else None
        self.rows = 0
        self.shards: list[str] = []
        self.digest = hashlib.sha256()
        self._size = 0
        self._batch: list[Mapping[str, Any]] = []
        self._arrow: ArrowWriter | None = None
        self._parquet: pq.ParquetWriter | None = None

    def __enter__(self) -> "_Split":
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        if self.parquet is not None:
            self.parquet.mkdir(exist_ok=True)
        return self

    def add(self, row: Mapping[str, Any]) -> None:
        self._batch.append(row)
        if len(self._batch) == BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._arrow is None:
            self._begin()
        assert self._arrow is not None
        columns = {name: [row[name] for row in self._batch] for name in FEATURES}
        table = pa.table(columns, schema=FEATURES.arrow_schema)
        self._arrow.write_table(table, writer_batch_size=BATCH)
        if self._parquet is not None:
            self._parquet.write_table(table, row_group_size=BATCH)
        for row in self._batch:
            self.digest.update(json.dumps([row[name] for name in FEATURES], default=_hash).encode())
        self.rows += len(self._batch)
        self._size += table.nbytes
        self._batch = []
        if self._size > SHARD_BYTES:
            self._end()

    def _begin(self) -> None:
        self.shards.append(f"data-{len(self.shards):05d}.arrow")
        self._size = 0
        self._arrow = ArrowWriter(
            features=FEATURES, path=str(self.folder / self.shards[-1]), writer_batch_size=BATCH, fingerprint=self.name
        )
        if self.parquet is not None and self._batch:  # readers of the hub refuse a file without rows
            path = self.parquet / f"{self.name}-{len(self.shards) - 1:05d}.parquet"
            schema = FEATURES.arrow_schema
            # a picture comes with every question about it: dictionaries keep it once in a row group
            self._parquet = pq.ParquetWriter(path, schema, compression="zstd", dictionary_pagesize_limit=SHARD_BYTES)

    def _end(self) -> None:
        arrow, parquet = self._arrow, self._parquet
        self._arrow = self._parquet = None
        if arrow is not None:
            arrow.finalize()
        if parquet is not None:
            parquet.close()

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        if kind is not None:
            for writer in (self._arrow, self._parquet):
                if writer is not None:
                    writer.close()
            return
        if self._batch or not self.shards:
            self._flush()
        self._end()
        state: dict[str, Any] = {
            "_data_files": [{"filename": name} for name in self.shards],
            "_fingerprint": self.digest.hexdigest()[:16],
            "_format_columns": None,
            "_format_kwargs": {},
            "_format_type": None,
            "_output_all_columns": False,
            "_split": self.name,
        }
        info = asdict(DatasetInfo(features=FEATURES))
        (self.folder / "state.json").write_text(json.dumps(state, indent=2, sort_keys=True), encoding="utf-8")
        (self.folder / "dataset_info.json").write_text(
            json.dumps({name: info[name] for name in sorted(info)}, indent=2), encoding="utf-8"
        )


def _hash(data: Any) -> str:
    return hashlib.sha256(data).hexdigest()


def load(folder: str | Path) -> DatasetDict:
    """The splits `train`, `val` and `test` of a data set; pictures are decoded when a row is taken.

    Raises:
        DatasetError: the folder holds none, or rows of another kind.
    """
    folder = Path(folder)
    if not (folder / "dataset_dict.json").is_file():
        raise DatasetError(f"{folder}: there is no data set here; `sight distill build` makes one")
    with dataset_errors(folder):
        try:
            found = load_from_disk(str(folder))
        except (ValueError, KeyError, TypeError) as error:
            raise DatasetError(f"{folder}: the data set cannot be read ({str(error).splitlines()[0]})") from error
    for name in SPLITS:
        if name not in found or set(found[name].features) != set(FEATURES):
            raise DatasetError(f"{folder}: this data set was not made by `sight distill build`; its rows are others")
    return found


def fingerprint(folder: str | Path) -> str:
    """SHA-256 over the names and contents of all files of a data set: equal for equal data sets.

    What `datasets` caches beside them while a model is trained (`cache-*.arrow`) is no part of the data set.
    """
    folder = Path(folder)
    digest = hashlib.sha256()
    files = (Path(root) / name for root, _, names in os.walk(folder) for name in names)
    for path in sorted(path for path in files if not path.name.startswith("cache-")):
        with path.open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}\t{content}\n".encode())
    return digest.hexdigest()
