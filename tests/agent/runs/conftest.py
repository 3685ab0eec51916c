"""Rows, answers with traces and pictures, and a stored run with a row of each status: all made without a model."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.runs.record import Record
from agent.runs.row import BadRow, Row
from agent.runs.store import RunSettings, Store
from agent.trace import (
    INPUT,
    Answer,
    Attempt,
    PatchValue,
    PictureRecord,
    ProblemRecord,
    SpanRecord,
    Status,
    Step,
    Trace,
)
from models.picture import Picture
from tests.agent.conftest import make_picture

PROGRAM = '''def execute_command(image) -> int:
    """How many dogs are there?"""
    dogs = image.find("dog")
    return len(dogs)
'''


def make_answer(
    question: str,
    pictures: Sequence[Picture],
    value: Any = None,
    status: Status = "answered",
    reason: str = "",
    kind: str = "",
    seconds: float = 0.5,
    program: str = PROGRAM,
) -> Answer:
    """An answer after one program with two steps, the second of which made a cut-out of the first picture.

    Args:
        pictures: of the question; if there are none, nothing ran and the trace has no attempt.
        kind: of the problem that ended the program. If empty there is none, and what failed was the input.
    """
    records = [_record(picture, "query") for picture in pictures]
    made: list[Picture] = []
    attempts: list[Attempt] = []
    if pictures:
        first = pictures[0]
        cutout = Picture(first.image.crop((10, 10, 40, 50)), f"{first.name}, cut out")
        if cutout.key not in {picture.key for picture in pictures}:
            made = [cutout]
            records.append(_record(cutout, "program"))
        patch = PatchValue(picture=first.key, box=(0.0, 0.0, float(first.width), float(first.height)))
        dog = PatchValue(picture=first.key, box=(10.0, 10.0, 40.0, 50.0))
        span = SpanRecord(line=3, column=11, end_line=3, end_column=28)
        steps = [
            Step(
                index=0,
                tool="ImagePatch.find",
                span=span,
                arguments={"self": patch, "object_name": "dog"},
                result=[dog],
                seconds=0.2,
                batch=8,
            ),
            Step(
                index=1,
                tool="ImagePatch.simple_query",
                span=span,
                arguments={"self": PatchValue(picture=cutout.key, box=(0.0, 0.0, 30.0, 40.0)), "question": "What?"},
                result="a dog",
                seconds=0.1,
                cached=True,
            ),
        ]
        problem = ProblemRecord(kind=kind, message=reason.partition(": ")[2] or reason, span=span) if kind else None
        attempts = [
            Attempt(
                program=program,
                author="fake planner",
                problem=problem,
                steps=steps,
                result=value,
                plan_seconds=seconds / 4,
                run_seconds=seconds * 3 / 4,
            )
        ]
    trace = Trace(
        question=question,
        pictures=records,
        images=[picture.key for picture in pictures],
        attempts=attempts,
        status=status,
        value=value,
        reason=reason,
        kind=kind or (INPUT if status == "failed" else ""),
        seconds=seconds if attempts else 0.0,
        models={"detector": "fake", "planner": "fake"},
    )
    answer = Answer(value=value, status=status, reason=reason, trace=trace)
    answer.pictures.update({picture.key: picture for picture in (*made, *pictures)})
    return answer


def make_row(number: int, picture: Path, **fields: Any) -> Row:
    """Row `q0007`, of family `counting` unless another is given."""
    told = {"question": f"How many dogs are there? ({number})", "answers": ("2",), "family": "counting"} | fields
    return Row(id=f"q{number:04}", images=(picture,), **told)


def make_settings(**fields: Any) -> RunSettings:
    told: dict[str, Any] = {
        "source": "questions.jsonl",
        "format": "jsonl",
        "fingerprint": "0" * 64,
        "preset": "embedded",
        "planner": "embedded",
        "limits": {"seconds": 10.0, "calls": 100},
        "options": {"dtype": "float32", "repairs": 2},
        "version": "0.1.0",
        "created": "2025-01-01T00:00:00+00:00",
    }
    return RunSettings(**told | fields)


def _record(picture: Picture, source: Any) -> PictureRecord:
    return PictureRecord(key=picture.key, name=picture.name, width=picture.width, height=picture.height, source=source)


@pytest.fixture
def picture_files(tmp_path: Path) -> list[Path]:
    """Three PNG files of plain pictures, 100 x 80 pixels, and one that is no picture."""
    files = []
    for shade in (60, 120, 180):
        files.append(tmp_path / f"shade {shade}.png")
        make_picture(shade=shade).image.save(files[-1])
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    return [*files, broken]


@pytest.fixture
def rows(picture_files: list[Path]) -> list[Row]:
    """Five rows: two that will be answered, one abstained, one whose program fails, one with a broken picture."""
    first, second, third, broken = picture_files
    return [
        make_row(0, first),
        make_row(1, second, question="Is the dog red?", answers=("no",), family="attributes", group="red"),
        make_row(2, third, question="What is on the cat?", answers=("hat",), family="attributes", group="red"),
        make_row(3, first, box=(1.0, 2.0, 30.0, 40.0), answers=()),
        make_row(4, broken),
    ]


@pytest.fixture
def answers(rows: list[Row]) -> list[Answer]:
    """One for each of `rows`."""
    pictures = [Picture.open(row.images[0]) for row in rows[:4] if isinstance(row.images[0], Path)]
    asked = [row.question for row in rows]
    return [
        make_answer(asked[0], pictures[:1], 2, seconds=0.5),
        make_answer(asked[1], pictures[1:2], True, seconds=0.25),
        make_answer(asked[2], pictures[2:3], None, "abstained", "there is no cat in the picture", seconds=2.0),
        make_answer(
            asked[3], pictures[3:4], None, "failed", "the program stopped: IndexError: list index", "runtime", 1.0
        ),
        make_answer(asked[4], [], None, "failed", "broken.png: not a picture in a supported format"),
    ]


@pytest.fixture
def run_folder(tmp_path: Path, rows: list[Row], answers: list[Answer]) -> Path:
    """A finished run of `rows` and a sixth row, `line 6`, that could not be asked."""
    folder = tmp_path / "run"
    with Store.open(folder, make_settings()) as store:
        store.set_total(6)
        for position, (row, answer) in enumerate(zip(rows, answers, strict=True)):
            files = {record.key: Path(record.name) for record in answer.trace.pictures if record.source == "query"}
            store.put(Record.of(row, position, answer), answer.pictures, files)
        bad = BadRow("line 6", "questions.jsonl, line 6", "this is no JSON: write one object a line", "Is it?")
        store.put(Record.refused(bad, 5))
    return folder


@pytest.fixture
def stored(run_folder: Path) -> Iterator[Store]:
    """`run_folder`, open for reading."""
    with Store.open(run_folder) as store:
        yield store


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 700 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=700k", "none", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here (needs root on Linux)")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
