"""Files of questions: every format, and every row that a person may have got wrong."""

import csv
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from agent.program import MAX_QUESTION
from agent.runs.json_members import LONGEST, Malformed, members
from agent.runs.question_files import (
    QuestionFileError,
    count_questions,
    fingerprint,
    format_names,
    format_of,
    read_questions,
)
from agent.runs.row import BadRow, PictureData, Row

GOOD: dict[str, Any] = {"image": "a.png", "question": "Is there a dog?"}


def png(width: int = 8) -> bytes:
    from io import BytesIO

    buffer = BytesIO()
    Image.new("RGB", (width, 6), "red").save(buffer, "PNG")
    return buffer.getvalue()


def write(path: Path, *rows: Any) -> Path:
    """A JSONL file; a row that is a text or bytes is written as it is."""
    lines = [
        row if isinstance(row, bytes) else (row if isinstance(row, str) else json.dumps(row)).encode() for row in rows
    ]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def only(path: Path, **options: Any) -> Row | BadRow:
    rows = list(read_questions(path, **options))
    assert len(rows) == 1
    return rows[0]


# ------------------------------------------------------------------ the same rows in every format

ROWS: list[dict[str, Any]] = [
    {"id": "a", "image": "a.png", "question": "Is there a dog?", "answer": True, "family": "existence"},
    {
        "id": "b",
        "images": ["a.png", "sub/b.png"],
        "question": "How many\n dogs?",
        "answers": ["2", "two"],
        "group": "g",
    },
    {"id": "c", "image": "/else/c.png", "question": "Find the dog.", "box": [1.5, 2.0, 30.0, 40.0], "split": "val"},
    {
        "id": "d",
        "image": "a.png",
        "question": "Größe?",
        "answer": "2.5",
        "program": "def execute_command(p):\n    return 1",
    },
]


def expected(folder: Path) -> list[Row]:
    a, b = folder / "a.png", folder / "sub" / "b.png"
    return [
        Row("a", "Is there a dog?", (a,), ("yes",), family="existence"),
        Row("b", "How many dogs?", (a, b), ("2", "two"), group="g"),
        Row("c", "Find the dog.", (Path("/else/c.png"),), box=(1.5, 2.0, 30.0, 40.0), split="val"),
        Row("d", "Größe?", (a,), ("2.5",), program="def execute_command(p):\n    return 1"),
    ]


def as_jsonl(folder: Path) -> Path:
    return write(folder / "questions.jsonl", *ROWS)


def as_json(folder: Path) -> Path:
    (folder / "questions.json").write_text(json.dumps(ROWS, indent=1))
    return folder / "questions.json"


def as_csv(folder: Path, name: str = "questions.csv", delimiter: str = ",", encoding: str = "utf-8") -> Path:
    fields = ["id", "image", "images", "question", "answer", "answers", "program", "family", "group", "box", "split"]
    with (folder / name).open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, fields, delimiter=delimiter)
        writer.writeheader()
        for row in ROWS:
            flat = {k: "|".join(v) if k in ("images", "answers") else v for k, v in row.items()}
            writer.writerow(flat | ({"box": "1.5, 2, 30 40"} if "box" in row else {}))
    return folder / name


def as_tsv(folder: Path) -> Path:
    return as_csv(folder, "questions.tsv", "\t")


def as_semicolons(folder: Path) -> Path:
    return as_csv(folder, "questions.csv", ";", "utf-8-sig")


def as_parquet(folder: Path) -> Path:
    table = [row | ({"answer": "yes"} if row.get("answer") is True else {}) for row in ROWS]
    names = {name for row in ROWS for name in row}
    pq.write_table(pa.Table.from_pylist([dict.fromkeys(names) | row for row in table]), folder / "questions.parquet")
    return folder / "questions.parquet"


def as_dataset(folder: Path) -> Path:
    table = [row | ({"answer": "yes"} if row.get("answer") is True else {}) for row in ROWS]
    names = {name for row in ROWS for name in row}
    datasets.Dataset.from_list([dict.fromkeys(names) | row for row in table]).save_to_disk(str(folder / "saved"))
    return folder / "saved"


WRITERS: dict[str, Callable[[Path], Path]] = {
    "jsonl": as_jsonl,
    "json": as_json,
    "csv": as_csv,
    "tsv": as_tsv,
    "semicolons": as_semicolons,
    "parquet": as_parquet,
    "datasets": as_dataset,
}


@pytest.mark.parametrize("name", WRITERS)
def test_same_rows_in_every_format(tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path)
    base = path if path.is_dir() else tmp_path
    assert list(read_questions(path)) == expected(base)
    named = {"semicolons": "csv"}.get(name, name)
    assert format_of(path) == named
    assert list(read_questions(str(path), named)) == expected(base)
    assert count_questions(path) == 4
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    assert list(read_questions(path, images=pictures)) == expected(pictures)


@pytest.mark.parametrize("name", WRITERS)
def test_fingerprint(tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path)
    before = fingerprint(path)
    if path.is_file():
        assert before == hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "a.png").write_bytes(png())
    assert fingerprint(path) == before
    assert fingerprint(path, split="x" if path.is_file() else "") == before or path.is_file()
    data = path if path.is_file() else next(path.glob("*.arrow"))
    data.write_bytes(data.read_bytes() + b" ")
    assert fingerprint(path) != before


def test_rows_without_ids_are_called_by_their_place(tmp_path: Path) -> None:
    path = write(tmp_path / "q.jsonl", GOOD, "", "   ", GOOD | {"id": 7}, {"nothing": 1}, GOOD)
    rows = list(read_questions(path))
    assert [row.id for row in rows] == ["0", "7", "line 5", "3"]
    assert count_questions(path) == 4


def test_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n\r\n" + json.dumps(GOOD).encode())
    assert [type(row) for row in read_questions(path)] == [Row, Row]
    assert count_questions(path) == 2
    path = tmp_path / "q.csv"
    path.write_bytes(b"\xef\xbb\xbfimage,question\r\na.png,Why?\r\n")
    assert only(path) == Row("0", "Why?", (tmp_path / "a.png",))


def test_json_list_with_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "q.json").write_bytes(b"\xef\xbb\xbf" + json.dumps([GOOD]).encode())
    assert isinstance(only(tmp_path / "q.json"), Row)


@pytest.mark.parametrize(
    ("answer", "told"),
    [(True, "yes"), (False, "no"), (3, "3"), (3.0, "3"), (0.25, "0.25"), ("True", "True"), (" a b", " a b")],
)
def test_answers_are_written_as_the_agent_answers(tmp_path: Path, answer: Any, told: str) -> None:
    row = only(write(tmp_path / "q.jsonl", GOOD | {"answer": answer}))
    assert isinstance(row, Row)
    assert row.answers == (told,)


@pytest.mark.parametrize("empty", [None, "", []])
def test_empty_fields_are_as_good_as_none(tmp_path: Path, empty: Any) -> None:
    fields = dict.fromkeys(("id", "images", "answer", "answers", "program", "family", "group", "box", "split"), empty)
    assert only(write(tmp_path / "q.jsonl", GOOD | fields)) == Row("0", "Is there a dog?", (tmp_path / "a.png",))


def test_question_as_long_as_allowed(tmp_path: Path) -> None:
    row = only(write(tmp_path / "q.jsonl", GOOD | {"question": "y" * MAX_QUESTION}))
    assert isinstance(row, Row)


# ------------------------------------------------------------------ bad rows

BAD: dict[str, tuple[Any, str]] = {
    "unknown field": ({"imgae": "a.png", "question": "Why?"}, "unknown field `imgae`; did you mean `image`?"),
    "unknown field like none": (GOOD | {"zzz": 1}, "unknown field `zzz` (known: id, image, "),
    "no question": ({"image": "a.png"}, "there is no question"),
    "empty question": (GOOD | {"question": ""}, "the question is empty"),
    "blank question": (GOOD | {"question": " \n "}, "the question is empty"),
    "long question": (GOOD | {"question": "y" * (MAX_QUESTION + 1)}, "2,001 characters; at most 2,000"),
    "question a number": (GOOD | {"question": 5}, "`question` must be a text, not a number"),
    "question a list": (GOOD | {"question": ["Why?"]}, "`question` must be a text, not a list"),
    "no picture": ({"question": "Why?"}, "there is no picture; give `image`, `images` or `video`"),
    "empty list of pictures": ({"question": "Why?", "images": []}, "there is no picture"),
    "picture a number": (GOOD | {"image": 5}, "`image` must be a text, not a number"),
    "second picture empty": ({"question": "Why?", "images": ["a.png", ""]}, "`images` has a picture that is empty"),
    "picture an object": (GOOD | {"image": {"url": "a"}}, "`image` must be a path, or an object with `bytes` and"),
    "address": (
        GOOD | {"image": "https://example.org/a.png"},
        "`image` is an address (https://example.org/a.png)",
    ),
    "image and images": (GOOD | {"images": ["b.png"]}, "both `image` and `images`"),
    "answer and answers": (GOOD | {"answer": "a", "answers": ["b"]}, "both `answer` and `answers`"),
    "answer an object": (GOOD | {"answer": {"a": 1}}, "`answer` must be a text, a number, true or false, or a list"),
    "answer in it null": (GOOD | {"answers": ["a", None]}, "or a list of them, not nothing"),
    "id a list": (GOOD | {"id": ["a"]}, "`id` must be a text or a whole number, not a list"),
    "id true": (GOOD | {"id": True}, "`id` must be a text or a whole number, not true or false"),
    "long id": (GOOD | {"id": "y" * 1001}, "`id` has 1,001 characters"),
    "program a number": (GOOD | {"program": 1}, "`program` must be a text, not a number"),
    "family a list": (GOOD | {"family": ["a"]}, "`family` must be a text or a whole number, not a list"),
    "box of three": (GOOD | {"box": [1, 2, 3]}, "`box` must be four numbers"),
    "box of texts": (GOOD | {"box": ["1", "2", "3", "4"]}, "`box` must be four numbers"),
    "box turned": (GOOD | {"box": [30, 2, 3, 4]}, "with x1 < x2 and y1 < y2"),
    "box immense": (GOOD | {"box": [0, 0, 10**400, 4]}, "`box` has a number that is too large"),
    "box a text": (GOOD | {"box": "1,2,3,4"}, "`box` must be four numbers"),
    "NUL in the question": (GOOD | {"question": "a\0b"}, "`question` contains a NUL byte"),
    "NUL in the path": (GOOD | {"image": "a\0.png"}, "`image` contains a NUL byte"),
    "NUL in the line": (b'{"image": "a.png", "quest\0ion": "Why?"}', "malformed JSON"),
    "half a character": (b'{"image": "a.png", "question": "\\ud800?"}', "`question` is not UTF-8 text (character 1)"),
    "Latin-1": (
        '{"image": "ä.png", "question": "Why?"}'.encode("latin-1"),
        "not UTF-8 text (byte 12); save the",
    ),
    "malformed": ('{"image": "a.png", "question": "Why?"', "malformed JSON: expecting ',' delimiter"),
    "no JSON": ("Is there a dog?", "malformed JSON: expecting value"),
    "two objects": (json.dumps(GOOD) * 2, "malformed JSON: extra data"),
    "a list": ([GOOD], "a row must be an object"),
    "a field twice": ('{"image": "a.png", "image": "b.png", "question": "Why?"}', "`image` occurs twice"),
    "NaN": ('{"image": "a.png", "question": "Why?", "answer": NaN}', "the number NaN is not allowed"),
    "nested": ("[" * 100_000, "malformed JSON: nested too deeply"),
    "digits": ('{"answer": ' + "9" * 5000 + "}", "malformed JSON: exceeds the limit"),
    "surrogate in a name": (b'{"a\\ud800\\n": 1, "question": "\\udcff"}', "unknown field `a?` (known: id,"),
    "long line": (b'{"question": "' + b"y" * (LONGEST + 9) + b'"}', "the line is longer than 1,048,576 bytes"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_row_says_why_and_takes_no_other_with_it(tmp_path: Path, name: str) -> None:
    row, reason = BAD[name]
    path = write(tmp_path / "q.jsonl", GOOD | {"id": "before"}, row, GOOD | {"id": "after"})
    before, bad, after = read_questions(path)
    assert isinstance(before, Row)
    assert isinstance(after, Row)
    assert isinstance(bad, BadRow)
    assert reason in bad.reason
    assert "\n" not in bad.reason + bad.id
    assert len(bad.reason) < 300
    (bad.id + bad.where + bad.reason + bad.question).encode()
    assert (bad.id, bad.where) == ("line 2", "q.jsonl, line 2")
    assert count_questions(path) == 3


@pytest.mark.parametrize("name", [name for name, (row, _) in BAD.items() if isinstance(row, dict)])
def test_bad_row_of_a_json_list(tmp_path: Path, name: str) -> None:
    row, reason = BAD[name]
    (tmp_path / "q.json").write_text(json.dumps([GOOD, row, GOOD]))
    _, bad, after = read_questions(tmp_path / "q.json")
    assert isinstance(bad, BadRow)
    assert reason in bad.reason
    assert bad.where == "q.json, row 2"
    assert isinstance(after, Row)


def test_bad_row_keeps_its_id_and_question(tmp_path: Path) -> None:
    bad = only(write(tmp_path / "q.jsonl", {"id": "x", "question": "Why?"}))
    assert bad == BadRow("x", "q.jsonl, line 1", "there is no picture; give `image`, `images` or `video`", "Why?")


def test_second_row_of_the_same_id_is_bad(tmp_path: Path) -> None:
    twice, line = GOOD | {"id": "a"}, GOOD | {"id": "line 2"}
    path = write(tmp_path / "q.jsonl", twice, twice, line, twice, GOOD | {"id": "4"}, GOOD)
    rows = list(read_questions(path))
    assert [(row.id, type(row).__name__) for row in rows] == [
        ("a", "Row"),
        ("line 2", "BadRow"),
        ("line 3", "BadRow"),
        ("line 4", "BadRow"),
        ("4", "Row"),
        ("5", "Row"),
    ]
    bad = [row.reason for row in rows if isinstance(row, BadRow)]
    assert bad == [f"the id `{id}` is taken by an earlier row" for id in ("a", "line 2", "a")]
    assert len({row.id for row in rows}) == len(rows)


def test_id_that_a_nameless_row_took(tmp_path: Path) -> None:
    path = write(tmp_path / "q.jsonl", GOOD | {"id": "1"}, GOOD, GOOD | {"id": "1 (2)"})
    assert [row.id for row in read_questions(path)] == ["1", "1 (2)", "line 3"]


def test_ids_are_the_same_at_each_reading(tmp_path: Path) -> None:
    path = write(tmp_path / "q.jsonl", *(row for row, _ in BAD.values()), *(row for row, _ in BAD.values()))
    first = [row.id for row in read_questions(path)]
    assert first == [row.id for row in read_questions(path)]
    assert len(set(first)) == len(first)


# ------------------------------------------------------------------ JSON lists


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ('[\n {\n  "a": "1,\n  "b": [2]\n },\n {\n  "a": 3\n }\n]', ["malformed", None]),
        ('[{"a": 1}, {"a": 2,}, {"a": 3}]', [None, "malformed", None]),
        ('[{"a": 1}, {"a": [2}, {"a": 3}]', [None, "malformed", None]),
        ('[{"a": 1}, {"a": "2}, \n{"a": 3}]', [None, "malformed", None]),
        ('[{"a": "}]{"}, {a: "\\"}"}, {"a": 3}]', [None, "malformed", None]),
        ('[{"a": 1}}, {"a": 3}]', [None, "a `}` too many", None]),
        ('[{"a": 1}, {"a": 3}', [None, None, "the file ends in the middle"]),
        ('[{"a": 1}, {"a":', [None, "the file ends in the middle"]),
        ('[{"a": 1}, "x', [None, "the file ends in the middle"]),
        ("[", ["the file ends in the middle"]),
        ("[1, 22, -3.5e2, null, true]", [None] * 5),
        ("[]", []),
        ('[{"a": "' + "y" * LONGEST + '"}, {"a": 3}]', ["longer than 1,048,576 characters", None]),
        ('[{"a": "' + "y" * (LONGEST - 50) + '"}, {"a": 3}]', [None, None]),
        ("[" + "9" * 300_000 + ", 1]", ["exceeds the limit", None]),
    ],
)
def test_members_of_a_list(tmp_path: Path, text: str, reasons: list[str | None]) -> None:
    (tmp_path / "q.json").write_text(text)
    got = [value for _, value in members(tmp_path / "q.json")]
    assert [isinstance(value, Malformed) for value in got] == [reason is not None for reason in reasons]
    for value, reason in zip(got, reasons, strict=True):
        assert reason is None or reason in value.reason


def test_members_across_chunks(tmp_path: Path) -> None:
    """Values of all lengths, so that the window ends in every kind of place."""
    values = [{"n": n, "text": 'q"\\,]}' * (n % 977), "list": [n, [n], {"x": None}]} for n in range(3_000)] + list(
        range(90_000)
    )
    (tmp_path / "q.json").write_text(json.dumps(values))
    assert [value for _, value in members(tmp_path / "q.json")] == values
    (tmp_path / "o.json").write_text(
        json.dumps({"before": values[:50], "here": {str(n): v for n, v in enumerate(values)}})
    )
    assert [value for _, value in members(tmp_path / "o.json", "here", "object")] == values


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"a": 1, "b": 2}', ["a", "b"]),
        ('{"a": 1, b: 2, "c": 3}', ["a", "", "c"]),
        ('{"a" 1, "c": 3}', ["", "c"]),
        ('{"a": 1, "c": 3', ["a", "c", ""]),
        ('{"a": 1], "c": 3}', ["a", "", "c"]),
        ("{}", []),
    ],
)
def test_members_of_an_object(tmp_path: Path, text: str, names: list[str]) -> None:
    (tmp_path / "q.json").write_text(text)
    got = list(members(tmp_path / "q.json", kind="object"))
    assert [name for name, _ in got] == names
    assert [isinstance(value, Malformed) for _, value in got] == [not name for name in names]


# ------------------------------------------------------------------ tables


def csv_file(folder: Path, text: str | bytes) -> Path:
    (folder / "q.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / "q.csv"


def test_csv_bad_rows(tmp_path: Path) -> None:
    text = b"id,image,question,box,answer\n" + b"".join(
        line + b"\n"
        for line in (
            b"a,a.png,Why?,,True",
            b"b,a.png,Why",
            b"c,a.png,Why?,1 2 x 4,",
            b"d,a.png,,,",
            b"e,a.png,Why\xe4?,,",
            b'f,a.png,"Why"x,,',
            b",,,,",
            b"g,a.png,a\0b,,",
            b"h,a.png," + b"y" * (LONGEST + 9) + b",,",
            b'i,"a.png; b.png","Why,\nthen?",[1;2],no',
            b'j,a.png,Why?,"[1, 2, 3.5, 4]",no',
            b"a,a.png,Why?,,",
            b'k,a.png,"Why?,,',
        )
    )
    path = csv_file(tmp_path, text)
    rows = list(read_questions(path))
    assert count_questions(path) == len(rows)
    told = {row.id: row.reason if isinstance(row, BadRow) else "" for row in rows}
    assert told == {
        "a": "",
        "b": "the row has 3 fields, the header 5",
        "c": "`box` must be four numbers: x1, y1, x2, y2",
        "d": "there is no question",
        "line 6": "the line is not UTF-8 text (byte 12); save the file as UTF-8",
        "line 7": "malformed CSV: ',' expected after '\"'",
        "g": "`question` contains a NUL byte",
        "line 10": "the line is longer than 1,048,576 bytes",
        "i": "`box` must be four numbers: x1, y1, x2, y2",
        "j": "",
        "line 14": "the id `a` is taken by an earlier row",
        "line 15": "malformed CSV: unexpected end of data; was a quote not closed?",
    }
    last = next(row for row in rows if row.id == "j")
    assert isinstance(last, Row)
    assert (last.box, last.answers) == ((1.0, 2.0, 3.5, 4.0), ("no",))


def test_csv_quote_that_is_never_closed_does_not_fill_memory(tmp_path: Path) -> None:
    lines = "".join(f"a.png,Question {n}?\n" for n in range(20_000))
    rows = list(read_questions(csv_file(tmp_path, f'image,question\na.png,"Why?\n{lines}')))
    assert isinstance(rows[0], BadRow)
    assert "was a quote not closed?" in rows[0].reason
    assert sum(isinstance(row, Row) for row in rows) > 10_000


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("imgae,question", "unknown column `imgae`; did you mean `image`?"),
        ("image,question,image", "there are two columns `image`"),
        ("image,answer", "there is no column `question`"),
        ("id,question", "there is no column `image` or `images` (or `video`)"),
        ("", "there is no column `question`"),
        ("\n", "there is no column `question`"),
    ],
)
def test_wrong_columns_are_told_once(tmp_path: Path, header: str, reason: str) -> None:
    with pytest.raises(QuestionFileError, match=re.escape(reason)):
        read_questions(csv_file(tmp_path, f"{header}\na.png,Why?\n"))


def test_parquet_pictures(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(
        [
            {"id": 5, "image": {"bytes": png(), "path": "x.png"}, "question": "Why?", "answer": 2.0},
            {"id": 6, "image": {"bytes": png(), "path": None}, "question": "Why?", "answer": float("nan")},
            {"id": 7, "image": {"bytes": None, "path": "y.png"}, "question": "Why?", "answer": None},
            {"id": 8, "image": {"bytes": None, "path": None}, "question": "Why?", "answer": None},
            {"id": 9, "image": None, "question": "Why?", "answer": 1.5},
            {"id": 5, "image": {"bytes": None, "path": "y.png"}, "question": None, "answer": 1.5},
        ]
    )
    pq.write_table(table, tmp_path / "q.parquet")
    rows = list(read_questions(tmp_path / "q.parquet"))
    assert rows[:3] == [
        Row("5", "Why?", (PictureData(png(), "x.png"),), ("2",)),
        Row("6", "Why?", (PictureData(png(), "q.parquet, row 2"),)),
        Row("7", "Why?", (tmp_path / "y.png",)),
    ]
    assert [(row.id, row.reason) for row in rows if isinstance(row, BadRow)] == [
        ("8", "`image` has a picture that is empty"),
        ("9", "there is no picture; give `image`, `images` or `video`"),
        ("row 6", "the id `5` is taken by an earlier row"),
    ]
    picture = rows[0].images[0]  # type: ignore[union-attr]
    assert isinstance(picture, PictureData)
    assert picture.read().width == 8


def test_parquet_of_bytes_and_lists(tmp_path: Path) -> None:
    columns = {
        "images": [[png(), png(9)]],
        "question": ["Same?"],
        "answers": [["yes", "no"]],
        "box": [[1.0, 2.0, 3.0, 4.0]],
    }
    pq.write_table(pa.table(columns), tmp_path / "q.parquet")
    first, second = (
        PictureData(png(), "q.parquet, row 1, picture 1"),
        PictureData(png(9), "q.parquet, row 1, picture 2"),
    )
    assert only(tmp_path / "q.parquet") == Row("0", "Same?", (first, second), ("yes", "no"), (1.0, 2.0, 3.0, 4.0))


def test_parquet_folder_of_shards(tmp_path: Path) -> None:
    for number in (1, 0):
        pq.write_table(
            pa.table({"image": ["a.png"], "question": [f"Which {number}?"]}), tmp_path / f"part-{number}.parquet"
        )
    rows = list(read_questions(tmp_path))
    assert [(row.id, row.question) for row in rows] == [("0", "Which 0?"), ("1", "Which 1?")]
    assert count_questions(tmp_path) == 2


def test_parquet_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "q.parquet"
    path.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(QuestionFileError, match="cannot be read as Parquet"):
        read_questions(path)
    pq.write_table(pa.table({"image": ["a.png"] * 5000, "question": [f"Why {n}?" for n in range(5000)]}), path)
    data = bytearray(path.read_bytes())
    data[4:400] = b"\xff" * 396
    path.write_bytes(data)
    with pytest.raises(QuestionFileError, match="damaged behind row 0"):
        list(read_questions(path))


def test_parquet_that_pandas_wrote(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"image": ["a.png", "b.png"], "question": ["Why?", None], "answer": [1.0, float("nan")]}, [7, 3]
    )
    table.to_parquet(tmp_path / "q.parquet")
    row, bad = read_questions(tmp_path / "q.parquet")
    assert row == Row("0", "Why?", (tmp_path / "a.png",), ("1",))
    assert isinstance(bad, BadRow)
    assert bad.reason == "there is no question"


def test_saved_dataset_with_pictures_and_splits(tmp_path: Path) -> None:
    features = datasets.Features(
        {
            "image": datasets.Image(),
            "question": datasets.Value("string"),
            "answer": datasets.ClassLabel(names=["no", "yes"]),
        }
    )
    Image.new("RGB", (8, 6)).save(tmp_path / "file.png")

    def part(count: int) -> datasets.Dataset:
        pictures = [Image.new("RGB", (n + 1, 4)) for n in range(count)]
        table = {
            "image": pictures,
            "question": [f"Why {n}?" for n in range(count)],
            "answer": [n % 2 for n in range(count)],
        }
        return datasets.Dataset.from_dict(table, features=features)

    datasets.DatasetDict({"train": part(150), "test": part(2)}).save_to_disk(str(tmp_path / "saved"))
    rows = list(read_questions(tmp_path / "saved", split="train"))
    assert len(rows) == count_questions(tmp_path / "saved", split="train") == 150
    row = rows[149]
    assert isinstance(row, Row)
    assert (row.id, row.question, row.answers, row.split) == ("149", "Why 149?", ("yes",), "train")
    assert isinstance(row.images[0], PictureData)
    assert row.images[0].read().width == 150
    with pytest.raises(QuestionFileError, match="choose one of train, test"):
        read_questions(tmp_path / "saved")
    with pytest.raises(QuestionFileError, match="there is no split `val`; it has train, test"):
        count_questions(tmp_path / "saved", split="val")
    assert fingerprint(tmp_path / "saved", split="train") != fingerprint(tmp_path / "saved", split="test")
    assert [row.split for row in read_questions(tmp_path / "saved" / "test")] == ["", ""]


def test_saved_dataset_keeps_order_over_shards_and_selections(tmp_path: Path) -> None:
    table = {"images": [["a.png", "b.png"]] * 20, "question": [f"Why {n}?" for n in range(20)]}
    chosen = datasets.Dataset.from_dict(table).select(range(19, 3, -1))
    chosen.save_to_disk(str(tmp_path / "saved"), num_shards=3)
    assert [row.question for row in read_questions(tmp_path / "saved")] == [f"Why {n}?" for n in range(19, 3, -1)]


def test_saved_dataset_with_unknown_column(tmp_path: Path) -> None:
    datasets.Dataset.from_dict({"imgae": ["a"], "question": ["Why?"]}).save_to_disk(str(tmp_path / "saved"))
    with pytest.raises(QuestionFileError, match="unknown column `imgae`; did you mean `image`"):
        read_questions(tmp_path / "saved")


# ------------------------------------------------------------------ sources that cannot be read


def test_splits_of_our_own_formats(tmp_path: Path) -> None:
    of_a, of_b = GOOD | {"split": "a"}, GOOD | {"split": "b"}
    path = write(tmp_path / "q.jsonl", of_a, of_b, GOOD, "broken", of_b)
    assert [(row.id, type(row)) for row in read_questions(path, split="b")] == [
        ("1", Row),
        ("line 4", BadRow),
        ("4", Row),
    ]
    assert count_questions(path, split="b") is None
    path = write(tmp_path / "q.jsonl", of_a)
    with pytest.raises(QuestionFileError, match="there is no split `b`; it has a"):
        read_questions(path, split="b")
    with pytest.raises(QuestionFileError, match="there is no split `b`; its rows name none"):
        read_questions(write(tmp_path / "q.jsonl", GOOD), split="b")


def test_sources_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "two").mkdir()
    for name in ("a.jsonl", "b.csv"):
        (tmp_path / "two" / name).write_text("")
    files: dict[str, tuple[str | bytes, str]] = {
        "object.json": ('{"a": 1}', "the file must be a JSON list, and is not"),
        "text.json": ("hello", "the file must be a JSON list, and is not"),
        "list.json": ("[]", "there is no question in it"),
        "void.jsonl": ("", "there is no question in it"),
        "blank.jsonl": ("\n \n", "there is no question in it"),
        "header.csv": ("image,question\n", "there is no question in it"),
        "utf16.jsonl": (json.dumps(GOOD).encode("utf-16"), "the file is UTF-16; save it as UTF-8 text"),
        "packed.jsonl": (b"\x1f\x8b\x08\x00", "compressed (gzip); save it as UTF-8 text"),
        "what.xyz": ("hello", "it cannot be told what this file is; name its format (one of clevr, csv, datasets"),
    }
    for name, (content, _) in files.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    cases: list[tuple[Path, dict[str, Any], str]] = [
        (tmp_path / name, {}, reason) for name, (_, reason) in files.items()
    ]
    cases += [
        (tmp_path / "none.jsonl", {}, "there is no such file or folder"),
        (tmp_path / "a\0b", {}, "there is no such file or folder"),
        (tmp_path / ("y" * 5000), {}, "this is no path of a file"),
        (Path("/dev/null"), {}, "this is neither a file nor a folder"),
        (tmp_path / "empty", {}, "no questions in this folder in any known format (clevr, csv,"),
        (tmp_path / "two", {}, "this folder fits several formats (jsonl, csv); name one"),
        (tmp_path / "empty", {"format": "datasets"}, "no folder that `save_to_disk` of Hugging Face datasets wrote"),
        (tmp_path / "empty", {"format": "parquet"}, "there is no .parquet file in this folder"),
        (tmp_path / "empty", {"format": "jsonl"}, "0 files of questions as jsonl in this folder"),
        (
            tmp_path / "void.jsonl",
            {"format": "jsnol"},
            "unknown format `jsnol`; did you mean `jsonl`? (formats: clevr,",
        ),
        (
            tmp_path / "void.jsonl",
            {"format": "datasets"},
            "no folder that `save_to_disk` of Hugging Face datasets wrote",
        ),
        (tmp_path / "void.jsonl", {"images": tmp_path / "none"}, "there is no such folder of pictures"),
    ]
    for path, options, reason in cases:
        with pytest.raises(QuestionFileError) as caught:
            read_questions(path, **options)
        assert reason in str(caught.value), path
        assert "\n" not in str(caught.value)


def test_one_file_in_a_folder_is_found(tmp_path: Path) -> None:
    write(tmp_path / "q.jsonl", GOOD)
    (tmp_path / "a.png").write_bytes(png())
    assert only(tmp_path) == Row("0", "Is there a dog?", (tmp_path / "a.png",))
    assert count_questions(tmp_path) == 1


def test_content_tells_the_format_where_the_name_does_not(tmp_path: Path) -> None:
    path = write(tmp_path / "questions.txt", GOOD)
    assert format_of(path) == "jsonl"
    path.write_text(json.dumps([GOOD], indent=1))
    assert format_of(path) == "json"
    pq.write_table(pa.table({"image": ["a.png"], "question": ["Why?"]}), path)
    assert format_of(path) == "parquet"


def test_formats_have_names() -> None:
    assert {"jsonl", "json", "csv", "tsv", "parquet", "datasets", "gqa", "vqav2", "okvqa", "nlvr", "nlvr2"} <= set(
        format_names()
    )
    assert {"clevr", "tallyqa", "refcoco"} <= set(format_names())


# ------------------------------------------------------------------ size


@pytest.mark.parametrize("name", ["q.jsonl", "q.json", "q.csv", "q.parquet"])
def test_many_rows_stream(tmp_path: Path, name: str) -> None:
    """60,000 rows of 1 KB take the memory of their ids' hashes."""
    path = tmp_path / name
    count, tail = 60_000, "y" * 1_000
    if name == "q.parquet":
        columns = {"id": [f"q{n}" for n in range(count)], "image": ["a.png"] * count}
        columns["question"] = [f"Why {n} {tail}?" for n in range(count)]
        pq.write_table(pa.table(columns), path)
    else:
        with path.open("w") as file:
            file.write({"q.json": "[", "q.csv": "id,image,question\n"}.get(name, ""))
            for n in range(count):
                row = {"id": f"q{n}", "image": "a.png", "question": f"Why {n} {tail}?"}
                line = ",".join(row.values()) if name == "q.csv" else json.dumps(row)
                file.write(f"{',' if name == 'q.json' and n else ''}{line}\n")
            file.write("]" if name == "q.json" else "")
    code = (
        "import resource, sys\n"
        "from agent.runs.question_files import read_questions\n"
        "import pyarrow.parquet\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"count = sum(1 for _ in read_questions({str(path)!r}))\n"
        "print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    read, grown = (int(word) for word in done.stdout.split())
    assert read == count
    assert grown < 30_000, f"{grown} KB"


def test_importing_does_not_import_tables() -> None:
    heavy = ("datasets", "pyarrow", "pandas")
    code = f"import sys, agent.runs.question_files\nprint([name for name in {heavy} if name in sys.modules])"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
