"""A run at a glance, and as a terminal shows it."""

import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from agent.runs.record import Record
from agent.runs.row import BadRow
from agent.runs.store import Store
from agent.runs.summary import PAUSE, shape_of, summarise
from agent.runs.summary_view import summary_view
from tests.agent.conftest import make_picture
from tests.agent.runs.conftest import make_answer, make_row, make_settings

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def shown(summary: Any, width: int = 100) -> str:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False).print(summary_view(summary))
    return out.getvalue()


def run_of(folder: Path, records: Iterable[Record]) -> Store:
    with Store.open(folder, make_settings()) as store:
        for record in records:
            store.put(record)
    return Store.open(folder)


def ended(number: int, seconds_after_noon: float, seconds: float = 1.0, **fields: Any) -> Record:
    picture = make_picture("a.png")
    record = Record.of(make_row(number, Path("a.png")), number, make_answer("How many?", [picture], 2, seconds=seconds))
    return replace(record, finished=(NOON + timedelta(seconds=seconds_after_noon)).isoformat(), **fields)


def test_summary(stored: Store) -> None:
    found = summarise(stored)
    assert (found.rows, found.total) == (6, 6)
    assert found.statuses == {"answered": 2, "abstained": 1, "failed": 3}
    families = [(family.name, family.rows, family.answered, family.failed) for family in found.families]
    assert families == [("", 1, 0, 1), ("attributes", 2, 1, 0), ("counting", 3, 1, 2)]
    assert [(kind.name, kind.rows) for kind in found.kinds] == [("input", 2), ("abstained", 1), ("runtime", 1)]
    assert found.kinds[2].reasons[0].ids == ("q0003",)
    assert "IndexError" in found.kinds[2].reasons[0].text
    assert [row.id for row in found.slowest] == ["q0002", "q0003", "q0000", "q0001"]
    assert found.slowest[0].seconds == 2.0
    assert (found.calls, found.attempts) == (2.0, 1.0)
    assert found.models["detector"] == "fake"
    assert found.pauses == 0
    again = json.loads(json.dumps(found.as_dict()))
    assert again["settings"]["planner"] == "embedded"
    assert again["statuses"]["failed"] == 3


def test_an_empty_run(tmp_path: Path) -> None:
    with run_of(tmp_path / "run", []) as store:
        found = summarise(store)
    assert (found.rows, found.total, found.rate, found.kinds, found.slowest) == (0, None, 0.0, (), ())
    assert "0 rows" in shown(found)


def test_rate_of_rows_side_by_side(tmp_path: Path) -> None:
    with run_of(tmp_path / "run", [ended(n, 10.0 + n, 10.0) for n in range(11)]) as store:
        found = summarise(store)
    assert found.worked == pytest.approx(20)
    assert found.rate == pytest.approx(11 / 20)
    assert datetime.fromisoformat(found.began) == NOON
    assert datetime.fromisoformat(found.ended) == NOON + timedelta(seconds=20)


def test_a_stopped_run_has_a_pause(tmp_path: Path) -> None:
    night = [ended(0, 1), ended(1, 2), ended(2, 50_000), ended(3, 50_001)]
    with run_of(tmp_path / "run", night) as store:
        found = summarise(store)
    assert found.pauses == 1
    assert found.worked == pytest.approx(4)
    assert "with 1 pause" in " ".join(shown(found).split())


def test_a_slow_row_is_no_pause(tmp_path: Path) -> None:
    with run_of(tmp_path / "run", [ended(0, 1), ended(1, PAUSE + 100, PAUSE + 99)]) as store:
        found = summarise(store)
    assert found.pauses == 0
    assert found.worked == pytest.approx(PAUSE + 100)


@pytest.mark.parametrize(
    ("reason", "names", "shape"),
    [
        ("a.png: the file is empty (0 bytes)", ("a.png",), "…: the file is empty (# bytes)"),
        ("stopped after 2.5 s and 100 calls", (), "stopped after # s and # calls"),
        ("name 'dog' and \"cat\"", (), "name … and …"),
        ("the planner's program was refused; it isn't one", (), "the planner's program was refused; it isn't one"),
        ("", ("",), ""),
    ],
)
def test_shape_of(reason: str, names: tuple[str, ...], shape: str) -> None:
    assert shape_of(reason, names) == shape


def test_common_reasons_are_counted_together(tmp_path: Path) -> None:
    bad = [Record.refused(BadRow(f"line {n}", f"q.jsonl, line {n}", "this is no JSON"), n) for n in range(30)]
    bad += [Record.refused(BadRow(f"x{n}", "q.jsonl", f"odd {'x' * (n + 1)}"), 30 + n) for n in range(8)]
    with run_of(tmp_path / "run", bad) as store:
        found = summarise(store)
    (kind,) = found.kinds
    assert (kind.reasons[0].rows, kind.reasons[0].ids) == (30, ("line 0", "line 1", "line 2", "line 3", "line 4"))
    assert len(kind.reasons) == 5
    text = shown(found)
    assert "30 " in text
    assert "4  for other reasons" in text


@pytest.mark.parametrize("width", [60, 80, 140])
def test_view(stored: Store, width: int) -> None:
    text = shown(summarise(stored), width)
    assert "6 rows" in text
    assert "2 answered (33.3%)" in text
    assert max(len(line) for line in text.splitlines()) <= width
    for word in ("attributes", "Failed: input", "Abstained", "Slowest", "q0002", "embedded"):
        assert word in text


def test_hostile_text_steers_no_terminal(tmp_path: Path) -> None:
    evil = "\x1b[31m[bold]x[/bold]\r\n\x07"
    bad = BadRow(evil, evil, evil, evil)
    told = [Record.refused(bad, 0), ended(1, 1, id=evil + "2", question=evil, family=evil)]
    with run_of(tmp_path / "run", told) as store:
        text = shown(summarise(store))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[bold]" in text
