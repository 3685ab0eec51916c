"""Records: what is kept of an answer, why it failed, JSON in and out."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent.runs.record import FIELDS, Record
from agent.runs.row import BadRow, PictureData, Row
from agent.trace import Answer, MaskValue, PatchValue
from models.picture import Picture
from tests.agent.conftest import make_picture
from tests.agent.runs.conftest import make_answer, make_row


def test_an_answered_row(rows: list[Row], answers: list[Answer]) -> None:
    record = Record.of(rows[0], 7, answers[0])
    picture = Picture.open(rows[0].images[0])  # type: ignore[arg-type]
    assert (record.id, record.position, record.question, record.family) == ("q0000", 7, rows[0].question, "counting")
    assert (record.images, record.names) == ((picture.key,), (str(rows[0].images[0]),))
    assert (record.status, record.answer, record.value, record.reason, record.kind) == ("answered", "2", 2, "", "")
    assert (record.program, record.author) == (answers[0].program, "fake planner")
    assert (record.attempts, record.calls) == (1, 2)
    assert (record.seconds, record.plan_seconds, record.run_seconds) == (0.5, 0.125, 0.375)
    assert record.finished.endswith("+00:00")
    assert record.trace is answers[0].trace


def test_calls_and_times_are_those_of_all_attempts(rows: list[Row]) -> None:
    answer = make_answer("q", [make_picture()], 2)
    attempts = [answer.trace.attempts[0].model_copy(update={"program": "first"}), *answer.trace.attempts]
    twice = answer.model_copy(update={"trace": answer.trace.model_copy(update={"attempts": attempts})})
    record = Record.of(rows[0], 0, twice)
    assert (record.attempts, record.calls, record.plan_seconds, record.run_seconds) == (2, 4, 0.25, 0.75)
    assert record.program == answer.program


def test_why_a_row_failed(rows: list[Row], answers: list[Answer]) -> None:
    kinds = [Record.of(row, 0, answer).kind for row, answer in zip(rows, answers, strict=True)]
    assert kinds == ["", "", "", "runtime", "input"]


def test_a_refused_row() -> None:
    record = Record.refused(BadRow("line 3", "q.csv, line 3", "the question is empty", ""), 2)
    assert (record.status, record.kind, record.position) == ("failed", "input", 2)
    assert record.reason == "q.csv, line 3: the question is empty"
    assert record.trace is not None
    assert record.trace.attempts == []
    assert record.trace.reason == record.reason


def test_pictures_of_a_row_are_told_in_its_order() -> None:
    one, two = make_picture("one", 10), make_picture("two", 20)
    row = Row("r", "q", (PictureData(b"", "two"), PictureData(b"", "one"), Path("two again")))
    record = Record.of(row, 0, make_answer("q", [two, one, two], 1))
    assert record.images == (two.key, one.key, two.key)
    assert record.names == ("two", "one", "two again")


def test_of_two_pictures_one_cannot_be_read() -> None:
    answer = make_answer("q", [make_picture()], status="failed", reason="bad.png: no picture")
    read = answer.trace.model_copy(update={"images": ["", make_picture().key], "attempts": []})
    row = Row("r", "q", (Path("bad"), Path("good")))
    record = Record.of(row, 0, answer.model_copy(update={"trace": read}))
    assert (record.images, record.kind) == (("", make_picture().key), "input")


def test_a_trace_that_does_not_tell_its_pictures() -> None:
    """As one that was made by hand."""
    row = Row("r", "q", (Path("a"), Path("b")))
    assert Record.of(row, 0, make_answer("q", [], status="failed", reason="no")).images == ("", "")


def test_a_program_with_half_a_character_can_be_stored() -> None:
    answer = make_answer("q", [make_picture()], 1, program="def execute_command(image): return '\ud800'")
    assert Record.of(make_row(0, Path("a.png")), 0, answer).program.endswith("'\\ud800'")


@pytest.mark.parametrize(
    "value",
    [
        True,
        2.5,
        2**900,
        "lamp\u0000 «ü» 🐶",
        [1, [None, "a"], {"b": [False]}],
        PatchValue(picture="k", box=(1.0, 2.0, 3.0, 4.5)),
        {"best": [MaskValue(picture="k", box=(0.0, 0.0, 5.0, 5.0), area=9, polygons=[[(0.0, 1.0), (2.0, 3.0)]])]},
    ],
)
def test_json_in_and_out(rows: list[Row], value: object) -> None:
    record = Record.of(rows[3], 3, make_answer("q", [make_picture()], value))
    text = json.dumps(record.as_dict(), allow_nan=False)
    back = Record.from_dict(json.loads(text))
    assert back == record
    assert type(back.value) is type(record.value)
    assert back.trace is None
    assert tuple(record.as_dict()) == FIELDS


def test_records_of_other_values_differ(rows: list[Row], answers: list[Answer]) -> None:
    record = Record.of(rows[0], 0, answers[0])
    assert record != replace(record, answer="3")
    assert record == replace(record, trace=None)


def test_a_name_that_is_no_unicode_can_be_stored() -> None:
    picture = make_picture("caf\udce9.png")
    record = Record.of(make_row(0, Path("caf\udce9.png")), 0, make_answer("q", [picture], 1))
    assert record.names == ("caf\\udce9.png",)
    assert record.images == (picture.key,)
    json.dumps(record.as_dict(), ensure_ascii=False).encode()
