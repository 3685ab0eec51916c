"""The data set on disk: what is written is read, and equal rows give equal bytes."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from datasets import load_from_disk

from distill.dataset import FEATURES, DatasetError, fingerprint, load, write
from distill.example import ANSWER_SUFFIX, RATIONALE_SUFFIX, example_of, rows_of
from tests.distill.conftest import make_examples


def test_what_is_written_is_read(dataset_folder: Path) -> None:
    data = load(dataset_folder)
    assert {name: len(split) for name, split in data.items()} == {"train": 18, "val": 6, "test": 6}
    rows = [row for example in make_examples() for row in rows_of(example) if row["split"] == "val"]
    assert data["val"]["id"][:] == [row["id"] for row in rows]
    first = data["val"][0]
    assert first["images"][0].mode == "RGB"
    assert first["messages"][0]["content"].startswith("<image>\nHow many ")
    assert first["messages"][0]["content"].endswith(ANSWER_SUFFIX)
    assert first["messages"][1] == {"role": "assistant", "content": first["label"]}
    second = data["val"][1]
    assert example_of(first) == example_of(second)
    assert (first["target"], second["target"]) == ("answer", "rationale")
    assert second["messages"][0]["content"].endswith(RATIONALE_SUFFIX)
    assert second["verified"]
    assert set(load_from_disk(str(dataset_folder))["train"].features) == set(FEATURES)


def test_equal_rows_give_equal_bytes(dataset_folder: Path, tmp_path: Path) -> None:
    rows = [row for example in make_examples() for row in rows_of(example)]
    write(tmp_path / "again", rows)
    assert fingerprint(tmp_path / "again") == fingerprint(dataset_folder)
    load(tmp_path / "again")["train"].map(lambda row: {"length": len(row["label"])})
    assert list((tmp_path / "again" / "train").glob("cache-*"))
    assert fingerprint(tmp_path / "again") == fingerprint(dataset_folder)
    write(tmp_path / "other", rows[:-1])
    assert fingerprint(tmp_path / "other") != fingerprint(dataset_folder)


def test_shards_and_empty_splits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distill.dataset.BATCH", 4)
    monkeypatch.setattr("distill.dataset.SHARD_BYTES", 50_000)
    rows = [row for example in make_examples() for row in rows_of(example) if row["split"] == "train"]
    assert write(tmp_path / "data", rows, parquet=True) == {"train": 18, "val": 0, "test": 0}
    assert len(list((tmp_path / "data" / "train").glob("*.arrow"))) > 1
    data = load(tmp_path / "data")
    assert data["train"]["id"][:] == [row["id"] for row in rows]
    assert len(data["test"]) == 0
    files = sorted((tmp_path / "data" / "parquet").iterdir())
    assert [id for file in files for id in pq.read_table(file)["id"].to_pylist()] == [row["id"] for row in rows]


def test_what_is_no_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is no data set here"):
        load(tmp_path)
