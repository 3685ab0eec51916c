"""Rows that are forgotten, to be asked again."""

from pathlib import Path

import pytest

from agent.runs.record import Record
from agent.runs.row import Row
from agent.runs.store import RunError, Store
from agent.trace import Answer
from tests.agent.runs.conftest import make_settings


def test_dropped_rows_can_be_put_again(run_folder: Path, rows: list[Row], answers: list[Answer]) -> None:
    with Store.open(run_folder, make_settings()) as store:
        failed = [record.id for record in store.records(status="failed")]
        assert failed == ["q0003", "q0004", "line 6"]
        assert store.drop([*failed, "never there"]) == 3
        assert store.done() == {"q0000", "q0001", "q0002"}
        assert store.counts() == {"answered": 2, "abstained": 1, "failed": 0}
        with pytest.raises(RunError, match="there is no row 'q0003'"):
            store.trace("q0003")
        store.put(Record.of(rows[3], 3, answers[3]), answers[3].pictures)
    with Store.open(run_folder) as store:
        assert store.trace("q0003") == answers[3].trace
        assert [record.id for record in store.records()] == ["q0000", "q0001", "q0002", "q0003"]
        assert store.answer("q0000").trace == answers[0].trace


def test_nothing_to_drop(run_folder: Path) -> None:
    with Store.open(run_folder, make_settings()) as store:
        assert store.drop([]) == 0
        assert len(store.done()) == 6


def test_a_run_that_is_read_keeps_its_rows(stored: Store) -> None:
    with pytest.raises(RunError, match="reading only"):
        stored.drop(["q0003"])
    assert len(stored.done()) == 6
