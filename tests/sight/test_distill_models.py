"""`sight distill train` and `sight distill eval`."""

import json
from pathlib import Path

import pytest
from typer.testing import Result

from models import torchvision_ops

torchvision_ops.install()

# ruff: noqa: E402
from distill.dataset import write
from distill.example import rows_of
from tests.distill.conftest import make_examples
from tests.models import tiny
from tests.sight.conftest import assert_bad_input, invoke


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset") / "data"
    write(folder, (row for example in make_examples() for row in rows_of(example)))
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.llava(tmp_path_factory.mktemp("base"))


def test_a_student_is_trained_and_measured(data: Path, base: Path, tmp_path: Path):
    student, report = tmp_path / "student", tmp_path / "report"
    train = ("distill", "train", str(data), "--base", str(base), "--out", str(student), "--steps", "2", "--batch", "4")
    result = invoke(*train)
    assert result.exit_code == 0, result.output
    assert "main: step 2 of 2: " in result.stderr
    assert "2 steps; " in result.stderr
    assert (student / "model" / "config.json").is_file()
    again = invoke(*train)
    assert again.exit_code == 0
    assert "main: step" not in again.stderr
    assert_bad_input(invoke(*train, "--rate", "1"), "another rate")

    measure = ("distill", "eval", str(data), "--student", str(student), "--out", str(report), "--timed", "1")
    result = invoke(*measure, "--no-programs", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [one["name"] for one in found["results"]] == ["student", "base", "blind", "majority"]
    assert found["questions"] == 4
    assert (report / "report.md").is_file()
    assert_bad_input(invoke(*measure, "--no-programs", "--no-rationales"), "an evaluation was begun here with another")

    answers = tmp_path / "answers"
    result = invoke(*measure[:-4], "--out", str(answers), "--timed", "0", "--no-programs", "--no-rationales", "--json")
    assert result.exit_code == 0, result.output
    short = json.loads(result.stdout)
    assert "Models were asked for answers alone, not for rationales." in short["notes"]
    assert [one["consistent"] for one in short["results"]] == [None] * 4
    assert [one["accuracy"]["value"] for one in short["results"]] == [
        one["accuracy"]["value"] for one in found["results"]
    ]


def test_what_cannot_be_trained_is_told_in_one_line(data: Path, base: Path, tmp_path: Path):
    def train(data: Path, base: Path, *more: str) -> Result:
        return invoke("distill", "train", str(data), "--base", str(base), "--out", str(tmp_path / "out"), *more)

    assert_bad_input(train(tmp_path / "none", base), "there is no data set here")
    assert_bad_input(train(data, tmp_path / "none"), "no such file or folder")
    text = tiny.llama(tmp_path / "text")
    assert_bad_input(train(data, text), "no processor for pictures")
    assert_bad_input(train(data, base, "--targets", "answers"), "'answers' is none")
    assert_bad_input(train(data, base, "--dtype", "int8"), "'int8'")
    assert_bad_input(train(data, base, "--freeze", "x", "--freeze-nothing"), "choose one")


def test_what_cannot_be_measured_is_told_in_one_line(data: Path, tmp_path: Path):
    measure = ("distill", "eval", str(data), "--student", str(tmp_path / "none"), "--out", str(tmp_path / "out"))
    assert_bad_input(invoke(*measure, "--no-programs"), "no such file or folder")
    assert_bad_input(invoke(*measure, "--scenes", str(tmp_path / "none.jsonl")), "none.jsonl: cannot be read")
    assert_bad_input(invoke(*measure, "--preset", "nothing"), "there is no preset")
