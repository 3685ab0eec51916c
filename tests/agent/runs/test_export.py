"""A run as a file, and back."""

import csv
import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from agent.runs import export as exporting
from agent.runs.export import ExportError, export
from agent.runs.record import FIELDS, Record, plain
from agent.runs.run_error import RunError
from agent.runs.store import Store
from agent.trace import PatchValue, Trace
from tests.agent.conftest import make_picture
from tests.agent.runs.conftest import make_answer, make_row, make_settings

EVIL = '=HYPERLINK("http://x")\n,;"\'\u2028</script>\x1b\ud800é\x00'


@pytest.fixture
def odd(tmp_path: Path) -> Store:
    """A run with hostile texts and a region as answer."""
    picture = make_picture("a.png")
    region = [PatchValue(picture=picture.key, box=(1.0, 2.0, 3.0, 4.0)), {"k": [1.5, None, True, "x"]}]
    row = make_row(0, Path("a.png"), question=EVIL, answers=(EVIL, "2"), family=EVIL, box=(0.5, 1.0, 2.0, 3.0))
    with Store.open(tmp_path / "odd", make_settings()) as store:
        store.put(Record.of(row, 0, make_answer("How many?", [picture], region)))
        store.put(Record.of(replace(row, id="two"), 1, make_answer("How many?", [picture], EVIL.replace("\ud800", ""))))
    return Store.open(tmp_path / "odd")


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


@pytest.mark.parametrize("run", ["stored", "odd"])
def test_jsonl_round_trip(run: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    store: Store = request.getfixturevalue(run)
    path = tmp_path / "out.jsonl"
    count = export(store, path, traces=True)
    found = lines_of(path)
    assert count == len(found) == sum(store.counts().values())
    records = list(store.records())
    assert [Record.from_dict({name: row[name] for name in FIELDS}) for row in found] == records
    assert [Trace.model_validate(row["trace"]) for row in found] == [store.trace(record.id) for record in records]
    assert list(found[0]) == [*FIELDS, "trace"]


@pytest.mark.parametrize("run", ["stored", "odd"])
def test_parquet_round_trip(run: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    store: Store = request.getfixturevalue(run)
    path = tmp_path / "out.parquet"
    count = export(store, path, traces=True)
    found = pq.read_table(path).to_pylist()
    assert count == len(found)
    for row, record in zip(found, store.records(), strict=True):
        assert (row["value"] is None) == (record.value is None)
        row["value"] = json.loads(row["value"]) if row["value"] else None
        assert Record.from_dict({name: row[name] for name in FIELDS}) == record
        assert Trace.model_validate_json(row["trace"]) == store.trace(record.id)


def test_csv_round_trip(odd: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert export(odd, path, traces=True) == 2
    with path.open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    record = odd.record("q0000")
    assert list(found[0]) == [*FIELDS, "trace"]
    assert found[0]["id"] == "q0000"
    assert found[0]["question"] == "'" + record.question.replace("\0", "")  # a spreadsheet takes it for a formula else
    assert json.loads(found[0]["answers"]) == list(record.answers)
    assert json.loads(found[0]["value"]) == plain(record.value)
    assert json.loads(found[0]["box"]) == [0.5, 1.0, 2.0, 3.0]
    assert float(found[0]["seconds"]) == record.seconds
    assert Trace.model_validate_json(found[0]["trace"]) == odd.trace("q0000")


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "csv"])
def test_without_traces(stored: Store, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    assert export(stored, path) == 6
    if ending == "parquet":
        assert pq.read_schema(path).names == list(FIELDS)
    else:
        assert "attempts" in path.read_text().splitlines()[0]
        assert '"trace"' not in path.read_text()


def test_format_is_given(stored: Store, tmp_path: Path) -> None:
    export(stored, tmp_path / "out.txt", "jsonl")
    assert len(lines_of(tmp_path / "out.txt")) == 6


def test_many_row_groups(stored: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 4)
    export(stored, tmp_path / "out.parquet")
    file = pq.ParquetFile(tmp_path / "out.parquet")
    assert file.num_row_groups == 2
    assert [row["position"] for row in file.read().to_pylist()] == list(range(6))


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "csv"])
def test_an_empty_run(tmp_path: Path, ending: str) -> None:
    with Store.open(tmp_path / "run", make_settings()) as store:
        assert export(store, tmp_path / f"out.{ending}") == 0
    if ending == "parquet":
        assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


def test_complaints(stored: Store, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"ends in \.jsonl"):
        export(stored, tmp_path / "out.xlsx")
    with pytest.raises(ExportError, match="'xml' is no format"):
        export(stored, tmp_path / "out.jsonl", "xml")
    with pytest.raises(ExportError, match="No such file or directory"):
        export(stored, tmp_path / "nowhere" / "out.jsonl")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ExportError, match="cannot be written"):
        export(stored, tmp_path / "folder.csv")
    assert issubclass(ExportError, RunError)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "csv"])
def test_a_full_disk_leaves_what_was_there(
    stored: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    path = tmp_path / f"out.{ending}"
    path.write_text("of before")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportError, match="No space left"):
        export(stored, path)
    assert path.read_text() == "of before"
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]


def test_permissions_are_those_of_any_new_file(stored: Store, tmp_path: Path) -> None:
    export(stored, tmp_path / "out.jsonl")
    (tmp_path / "other").write_text("")
    assert (tmp_path / "out.jsonl").stat().st_mode == (tmp_path / "other").stat().st_mode
