"""The whole distillation from one file, over perfect specialists."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from agent import VisualAgent
from distill import loop, student_training
from distill.checkpoints import load_base
from distill.config import SEEING, Config, read_config
from distill.loop import content_of_preset, run
from distill.stages import Done, Stages
from distill.student_training import LESSONS
from distill.train import train
from models.embedded.world.art import Art
from models.presets import load_preset
from tests.distill.conftest import ShapeWorld

SMALL = {
    "generate": {"samples": 3, "swaps": 1},
    "base": {"regions": 6, "width": 64, "heads": 2, "layers": 1, "vocabulary": 400},
    "train": {"steps": 2, "batch": 4, "save_every": 1},
    "evaluate": {"timed": 1, "limit": 4},
}


@pytest.fixture(scope="module")
def config(world: ShapeWorld, tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("loop")
    told = {"out": str(folder / "out"), "questions": {"file": str(world.file)}, "again": {"vlm": True}, **SMALL}
    (folder / "config.yaml").write_text(yaml.safe_dump(told))
    return read_config(folder / "config.yaml")


@pytest.fixture(autouse=True)
def oracle(world: ShapeWorld, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Agents over perfect specialists, whatever the preset; which ones were asked for."""
    asked: list[str] = []

    def made(preset: str, *more: Any, **options: Any) -> VisualAgent:
        asked.append(str(preset))
        return world.agent()

    monkeypatch.setattr(VisualAgent, "from_preset", made)
    return asked


@pytest.mark.slow
def test_all_of_it_from_one_file_and_nothing_twice(config: Config, oracle: list[str], monkeypatch: pytest.MonkeyPatch):
    times = 0

    def stopped(*arguments: Any, **options: Any) -> Any:
        nonlocal times
        times += 1
        if times == 2:  # the twin
            raise KeyboardInterrupt
        return train(*arguments, **options)

    monkeypatch.setattr(loop, "train", stopped)
    with pytest.raises(KeyboardInterrupt):
        run(config)
    heard: list[tuple[str, bool]] = []
    found = run(config, on_stage=lambda name, folder, kept: heard.append((name, kept)))
    assert [name for name, _ in heard] == [
        "questions", "programs", "data", "base", "student", "twin", "blind", "calibrate", "report", "preset2",
        "programs2", "data2", "base2", "student2", "twin2", "blind2", "calibrate2", "report2",
    ]  # fmt: skip
    assert [name for name, kept in heard if kept] == ["questions", "programs", "data", "base", "student"]

    rows = {one.name: one for one in found.stages}
    assert set(rows["report"].told) == {"programs", "student", "auto", "twin", "base", "blind", "majority"}
    assert (found.reports[0] / "auto.png").is_file()
    assert (found.students[0] / "model" / "confidence.json").is_file()
    assert rows["twin"].told["steps"] == rows["student"].told["steps"] == 2
    assert 0 < rows["data"].told["verified"] < rows["data"].told["questions"]
    preset = load_preset(rows["preset2"].folder / "preset.yaml")
    assert preset.vlm is not None
    assert Path(preset.vlm.checkpoint) == (found.students[0] / "model").resolve()
    assert str(rows["preset2"].folder / "preset.yaml") in oracle
    told = (found.out / "README.md").read_text()
    assert all(one.folder.name in told for one in found.stages)

    heard.clear()
    run(config, on_stage=lambda name, folder, kept: heard.append((name, kept)))
    assert all(kept for _, kept in heard)
    changed = config.model_copy(update={"train": config.train.model_copy(update={"seed": 1}), "again": None})
    heard.clear()
    monkeypatch.setattr(loop, "calibrate", None)  # as far as the students, which is enough to see
    with pytest.raises(TypeError):
        run(changed, on_stage=lambda name, folder, kept: heard.append((name, kept)))
    assert [name for name, kept in heard if not kept] == ["student", "twin", "blind", "calibrate"]


def test_programs_are_not_drawn_again_for_another_student(tmp_path: Path):
    student, clip = tmp_path / "student.yaml", tmp_path / "clip.yaml"
    student.write_text("extends: embedded\nstudent: {checkpoint: 'embedded:vlm', threshold: 0.5}\n")
    clip.write_text("extends: embedded\nclip: {checkpoint: 'embedded:clip', note: another}\n")
    usual, with_student, with_clip = (content_of_preset(str(name)) for name in ("embedded", student, clip))
    assert usual == with_student != with_clip


def test_the_embedded_vlm_as_base_is_grown_for_the_data_set(config: Config, dataset_folder: Path, tmp_path: Path):
    seeing = config.model_copy(update={"base": SEEING})
    assert seeing.fresh is None
    data = Done("data", "key", dataset_folder, 0.0, True, {})
    base = loop._Loop(seeing, Stages(tmp_path), lambda stage, text: None).base("", data)
    assert Path(base.student).parent == tmp_path
    assert "[" in load_base(Path(base.student))[1].tokenizer.get_vocab()
    kept = Stages(tmp_path)
    assert loop._Loop(seeing, kept, lambda stage, text: None).base("", data) == base
    assert kept.done[0].kept


@pytest.mark.slow
def test_a_base_has_lessons_before(world: ShapeWorld, art: Art, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(student_training, "VOCABULARY", 8)
    lessons = {"minutes": 5, "steps": 3, "batch": 4, "workers": 1, "scenes": 120, "compile": False, "save_steps": 2}
    told = {"out": str(tmp_path / "out"), "questions": {"file": str(world.file)}, **SMALL, "lessons": lessons}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(told | {"blind": False}))
    config = read_config(tmp_path / "config.yaml")
    found = run(config)
    (done,) = (stage.folder for stage in found.stages if stage.name.startswith("lessons"))
    logs = {name: json.loads((done / name / LESSONS).read_text()) for name in ("student", "twin")}
    assert {log["steps"] for log in logs.values()} == {3}
    weights = {name: load_base(done / name, "float32")[0].state_dict() for name in ("begin", "student", "twin")}
    moved = {name: weights[name]["lm_head.weight"] for name in weights}
    assert not torch.equal(moved["student"], moved["begin"])
    assert not torch.equal(moved["student"], moved["twin"])
    report = json.loads((found.reports[0] / "report.json").read_text())
    assert {"student", "twin", "base"} <= {result["name"] for result in report["results"]}
    before = {path: path.stat().st_mtime_ns for path in done.rglob("*") if path.is_file()}
    run(config)
    assert before == {path: path.stat().st_mtime_ns for path in done.rglob("*") if path.is_file()}
