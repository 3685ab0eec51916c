"""Training of the student's base: that it waits for lessons, goes on, and ends as a checkpoint like any other."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from distill import student_training
from distill.checkpoints import load_base
from distill.lessons import place_of
from distill.packs import Memory
from distill.respondent import Respondent
from distill.samples import TARGETS
from distill.student_training import LESSONS, BaseTraining, Shelf, train_base
from distill.trainable import TrainError
from models.embedded.world.art import Art


def test_what_answers_and_rationales_lose_is_told_apart(fresh_student: Path, shelf: Path, tmp_path: Path) -> None:
    told: list[dict[str, float]] = []
    settings = BaseTraining(minutes=5, steps=4, batch=8, workers=0, scenes=120)
    train_base(fresh_student, shelf, tmp_path / "work", tmp_path / "out", settings, lambda *now: told.append(now[3]))
    assert {"plain_loss", "rationale_loss", "named_loss", "sought_loss"} <= set(told[-1])


def test_lessons_are_waited_for(memory: Memory, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        place_of(tmp_path, 0).write_bytes(place_of(shelf, 0).read_bytes())

    monkeypatch.setattr(student_training.time, "sleep", nap)
    Shelf(tmp_path).take(memory, 5)
    assert len(naps) == 1
    assert memory.count > 5


def test_lessons_that_do_not_come_are_not_waited_for_for_ever(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_training, "PATIENCE", 0.2)
    with pytest.raises(TrainError, match=r"too few lessons.*python -m distill.lessons"):
        Shelf(tmp_path).take(memory, 5)


def test_a_maker_that_fails_ends_the_training(tmp_path: Path, art: Art, memory: Memory) -> None:
    with (
        student_training.lessons_beside(tmp_path / "none", tmp_path, 1) as shelf,
        pytest.raises(TrainError, match="has failed"),
    ):
        shelf.take(memory, 5)


def test_it_trains_goes_on_and_can_be_asked(fresh_student: Path, shelf: Path, tmp_path: Path) -> None:
    command = ["--start", str(fresh_student), "--work", str(tmp_path), "--lessons", str(shelf), "--workers", "0"]
    command += ["--batch", "8", "--scenes", "120", "--minutes", "5", "--save-steps", "10"]
    for name, steps, teach in (("whole", 20, TARGETS), ("twin", 20, ("answer", "instruction"))):
        out = ["--work", str(tmp_path / f"{name}.work"), "--out", str(tmp_path / name)]
        student_training.main([*command, *out, "--steps", str(steps), "--teach", ",".join(teach)])
        told = json.loads((tmp_path / name / LESSONS).read_text())
        assert told["steps"] == steps
        assert told["drawn"] >= 8 * steps
        before, after = (load_base(folder, "float32")[0].state_dict() for folder in (fresh_student, tmp_path / name))
        changed = {key for key in before if not torch.equal(before[key].half(), after[key].half())}
        assert changed
        assert not any("vision_tower" in key for key in changed)
        asked = [("How many dogs?", [Image.new("RGB", (90, 60))])]
        assert 0 <= Respondent.load(tmp_path / name, "cpu").say(asked, "answer")[0].confidence <= 1


def test_who_goes_on_does_not_draw_the_first_rows_again(
    fresh_student: Path, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws: list[list[float]] = []

    class Noted(Memory):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            draws.append(torch.rand(3, generator=self.draws["plain"]).tolist())

    monkeypatch.setattr(student_training, "Memory", Noted)
    for steps in (2, 4):
        settings = BaseTraining(minutes=5, steps=steps, batch=8, workers=0, scenes=120, save_steps=2)
        train_base(fresh_student, shelf, tmp_path / "work", tmp_path / "out", settings)
    assert draws[0] != draws[1]


def test_it_goes_on_with_the_weights_of_its_checkpoint(fresh_student: Path, shelf: Path, tmp_path: Path) -> None:
    command = ["--start", str(fresh_student), "--work", str(tmp_path), "--lessons", str(shelf), "--workers", "0"]
    command += [
        "--batch",
        "8",
        "--scenes",
        "120",
        "--minutes",
        "5",
        "--save-steps",
        "6",
        "--out",
        str(tmp_path / "out"),
    ]
    student_training.main([*command, "--steps", "6", "--rate", "1e-2"])
    half = load_base(tmp_path / "out", "float32")[0].state_dict()
    student_training.main([*command, "--steps", "7", "--rate", "1e-9"])
    end = load_base(tmp_path / "out", "float32")[0].state_dict()
    begun = load_base(fresh_student, "float32")[0].state_dict()
    name = next(key for key in half if key.endswith("layers.0.mlp.up_proj.weight"))
    assert not torch.allclose(begun[name], half[name], atol=1e-4)
    assert torch.allclose(end[name], half[name], atol=1e-4)


def test_a_start_that_is_missing_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        student_training.main(["--start", str(tmp_path / "none"), "--work", str(tmp_path)])
    assert "none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--batch 0", "1 or more"),
        ("--scenes 10", "scenes"),
        ("--minutes 0", "minutes"),
        ("--teach rationale", "not rationales alone"),
        ("--teach words", "one or more of"),
        ("--threads 0", "--threads"),
    ],
)
def test_what_cannot_be_is_refused(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        student_training.main(words.split())
    assert said in capsys.readouterr().err
