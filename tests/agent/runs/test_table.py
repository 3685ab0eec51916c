"""Tables: what is in them, in which order, and what they do in a spreadsheet or on a full disk."""

import csv
import json
import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from agent.rendering.evidence import Evidence
from agent.runs.table import COLUMNS, Table, TableError, TableRow, cell
from agent.trace import PatchValue

DOG = Evidence("dog", (1.0, 2.5, 30.0, 40.0))


def row(name: str = "a.png", value: Any = 3, **changes: Any) -> TableRow:
    return TableRow(
        Path(name), **{"status": "answered", "value": value, "evidence": (DOG,), "seconds": 0.25, **changes}
    )


def failed(name: str, reason: str) -> TableRow:
    return TableRow(Path(name), "failed", None, reason)


def write(path: Path, *rows: TableRow | None, **options: Any) -> Path:
    with Table(path, **options) as table:
        for position, one in enumerate(rows):
            table.put(position, one)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_csv(tmp_path: Path) -> None:
    rows = read_csv(write(tmp_path / "t.csv", row(), row("é ü.png", True), failed("c.png", "it is\nbroken")))
    assert [tuple(one) for one in rows] == [COLUMNS] * 3
    assert rows[0] == {
        "picture": "a.png",
        "status": "answered",
        "answer": "3",
        "reason": "",
        "evidence": '[{"name": "dog", "box": [1, 2.5, 30, 40]}]',
        "seconds": "0.250",
    }
    assert (rows[1]["picture"], rows[1]["answer"]) == ("é ü.png", "yes")
    assert (rows[2]["status"], rows[2]["answer"], rows[2]["reason"], rows[2]["evidence"]) == (
        "failed", "", "it is\nbroken", "",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1", "-", "+49 30 1"])
def test_no_cell_becomes_a_formula(tmp_path: Path, text: str) -> None:
    assert cell(text) == f"'{text}"
    (one,) = read_csv(write(tmp_path / "t.csv", row(f"{text}.png", text, reason=text)))
    assert one["answer"] == one["reason"] == f"'{text}"
    assert one["picture"][0] in "'\\"


def test_control_characters_are_spelled_out(tmp_path: Path) -> None:
    (one,) = read_csv(write(tmp_path / "t.csv", row(value="\r=1\0\x1b[0m", reason="one\r\ntwo")))
    assert (one["answer"], one["reason"]) == ("\\r=1\\x00\\x1b[0m", "one\\r\ntwo")


@pytest.mark.parametrize("text", ["-3", "+2", "-0.5", "1e-9", "-1.5E+3", "a=b", "'", "", "yes"])
def test_numbers_and_plain_texts_stay(text: str) -> None:
    assert cell(text) == text


def test_names_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9\x1b[31m\n.png")
    told = "caf\\xe9\\x1b[31m\\n.png"
    assert read_csv(write(tmp_path / "t.csv", row(name)))[0]["picture"] == told
    assert json.loads(write(tmp_path / "t.jsonl", row(name)).read_text())["picture"] == told
    assert pq.read_table(write(tmp_path / "t.parquet", row(name)))["picture"].to_pylist() == [told]
    lines = BytesIO()
    with Table(lines, "lines") as table:
        table.put(0, row(name, "two\nlines\x1b"))
    assert lines.getvalue().decode() == f"{told}: two\\nlines\\x1b\n"


def test_lone_surrogates_in_answers(tmp_path: Path) -> None:
    assert read_csv(write(tmp_path / "t.csv", row(value="\udc80")))[0]["answer"] == "\\udc80"
    assert json.loads(write(tmp_path / "t.jsonl", row(value="\udc80")).read_text())["answer"] == "\udc80"
    assert pq.read_table(write(tmp_path / "t.parquet", row(value="\udc80")))["answer"].to_pylist() == ["\\udc80"]


def test_jsonl_keeps_kinds(tmp_path: Path) -> None:
    patch = PatchValue(picture="k", box=(1, 2, 3, 4))
    path = write(tmp_path / "t.jsonl", row(), row(value=True), row(value=[patch]), failed("d.png", "why"))
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [tuple(one) for one in rows] == [COLUMNS] * 4
    assert rows[0]["answer"] == 3
    assert rows[1]["answer"] is True
    assert rows[2]["answer"] == [patch.model_dump(mode="json")]
    assert (rows[3]["answer"], rows[3]["reason"], rows[3]["evidence"]) == (None, "why", [])
    assert rows[0]["evidence"] == [{"name": "dog", "box": [1, 2.5, 30, 40]}]


def test_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.runs.table.ROWS_AT_ONCE", 2)
    path = write(tmp_path / "t.parquet", row(), row(value="x"), failed("c.png", "why"))
    assert pq.ParquetFile(path).num_row_groups == 2
    table = pq.read_table(path)
    assert tuple(table.column_names) == COLUMNS
    assert table["answer"].to_pylist() == ["3", "x", ""]
    assert table["evidence"].to_pylist() == [[{"name": "dog", "box": [1.0, 2.5, 30.0, 40.0]}]] * 2 + [[]]
    assert table["seconds"].to_pylist() == [0.25, 0.25, 0.0]


def test_parquet_without_rows(tmp_path: Path) -> None:
    table = pq.read_table(write(tmp_path / "t.parquet"))
    assert (table.num_rows, tuple(table.column_names)) == (0, COLUMNS)


def test_a_list_has_names_byte_for_byte(tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9\n=.png")
    assert write(tmp_path / "t.txt", row("b.png"), row("a.png")).read_bytes() == b"b.png\na.png\n"
    assert write(tmp_path / "t.lst", row(odd), null=True).read_bytes() == b"caf\xe9\n=.png\0"


def test_rows_come_in_the_order_of_the_pictures(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with Table(path) as table:
        for position in (3, 0, 4, 2):
            table.put(position, row(f"{position}.png"))
        assert table.written == 1
        table.put(1, None)
        assert table.written == 4
        table.put(9, row("9.png"))
        table.put(7, row("7.png"))
    assert [one["picture"] for one in read_csv(path)] == [f"{n}.png" for n in (0, 2, 3, 4, 7, 9)]


def test_a_table_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("the old one")
    with Table(path) as table:
        table.put(0, row())
        assert path.read_text() == "the old one"
    assert len(read_csv(path)) == 1
    assert os.listdir(tmp_path) == ["t.csv"]
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask


def test_what_is_done_is_kept_when_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"

    def interrupted() -> None:
        with Table(path) as table:
            for position in (1, 0, 5):
                table.put(position, row(f"{position}.png"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [one["picture"] for one in read_csv(path)] == ["0.png", "1.png", "5.png"]


def test_a_stream_gets_rows_as_they_come() -> None:
    stream = BytesIO()
    with Table(stream) as table:
        table.put(0, row())
        assert stream.getvalue().count(b"\n") == 2
    stream.write(b"it is still open")


def test_an_unknown_ending(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"must be one of \.csv, \.jsonl, \.parquet"):
        Table(tmp_path / "t.xlsx")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"cannot be written \(No such file"):
        Table(tmp_path / "none" / "t.csv")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_full_disk(form: str) -> None:
    with (
        open("/dev/full", "wb", buffering=0) as full,
        pytest.raises(TableError, match="No space left"),
        Table(full, form) as table,
    ):
        table.put(0, row())
