"""The embedded student base: ordinary loading, a vision tower that is taken over, training, a preset that names it."""

from pathlib import Path

import pytest
import torch

from distill.checkpoints import load_base, load_trained
from distill.student import StudentSize, build_student
from distill.train import TrainSettings, train
from models.loading import WEIGHTS
from models.presets import Kit, PresetError, load_preset
from models.requests import Ask
from models.vlm import Vlm
from tests.models import tiny

SMALL = StudentSize(side=64, width=48, layers=2, heads=2, vocabulary=400)
TEXTS = ["How many circles are there? There are 2 circles: [3, 14, 15, 92]. So the answer is 2."] * 20


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("student")
    model, processor = build_student(TEXTS, SMALL)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def test_it_loads_as_any_checkpoint(base: Path):
    vlm = Vlm.load(base, torch.device("cpu"), torch.float32, max_new_tokens=4)
    answers = vlm.run([Ask(tiny.picture(seed).whole, "How many circles are there?") for seed in (1, 2)])
    assert all(isinstance(answer, str) for answer in answers)
    inputs = vlm.processor(text="<user><image>Hi<assistant>", images=tiny.picture().image, return_tensors="pt")
    places = inputs["input_ids"] == vlm.model.config.image_token_index
    assert int(places.sum()) == SMALL.image_tokens == 16


def test_its_tokenizer_writes_anything_and_digit_by_digit(base: Path):
    _, processor = load_base(base)
    tokenizer = processor.tokenizer
    for text in (TEXTS[0], "Ünïcode: 3.14 — yes!\n\tnew line", "A  B"):
        assert tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=True) == text
    assert len(tokenizer("1492", add_special_tokens=False)["input_ids"]) == 4
    assert len(tokenizer(" circles", add_special_tokens=False)["input_ids"]) == 1


def test_the_tower_takes_over_what_the_vlm_has_learned(base: Path):
    model, _ = load_base(base)
    other, _ = load_base(WEIGHTS / "vlm")
    mine, theirs = (one.model.vision_tower.state_dict() for one in (model, other))
    assert theirs.keys() < mine.keys()
    assert all(torch.equal(mine[name], value) for name, value in theirs.items())
    fresh, _ = build_student(TEXTS, SMALL, tower=None)
    assert not torch.equal(fresh.model.vision_tower.state_dict()["layers.1.0.weight"], mine["layers.1.0.weight"])


def test_the_same_texts_and_seed_give_the_same_student(base: Path):
    model, processor = build_student(TEXTS, SMALL)
    again, other = build_student(TEXTS, SMALL)
    assert all(torch.equal(value, again.state_dict()[name]) for name, value in model.state_dict().items())
    assert processor.tokenizer.get_vocab() == other.tokenizer.get_vocab()


@pytest.mark.parametrize("lora", [4, 0])
def test_it_is_trained_as_any_model(lora: int, base: Path, dataset_folder: Path, tmp_path: Path):
    settings = TrainSettings(str(base), lora=lora, frozen=("vision_tower",), steps=5, batch=4, rate=0.01)
    found = train(dataset_folder, tmp_path, settings)
    assert found.steps == 5
    before, after = load_base(base)[0].state_dict(), load_trained(tmp_path)[0].state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert any("language_model" in name for name in changed)
    assert not any("vision_tower" in name for name in changed)  # its running statistics neither


def test_a_preset_may_name_it(base: Path, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(f"extends: embedded\nstudent:\n  checkpoint: {base}\n  max_new_tokens: 4\n")
    kit = Kit(load_preset(file), "cpu")
    assert "student" not in kit  # programs cannot ask it
    (state,) = (state for state in kit.describe() if state.role == "student")
    assert state.found
    student = kit.student()
    assert student.prompt == "{} Answer with a single word or phrase."
    assert isinstance(student.run([Ask(tiny.picture().whole, "How many circles are there?")])[0], str)
    with pytest.raises(PresetError, match="mine has no student"):
        Kit(load_preset(_without(tmp_path)), "cpu").student()


def _without(folder: Path) -> Path:
    (folder / "none").mkdir()
    file = folder / "none" / "mine.yaml"
    file.write_text("extends: embedded\nstudent: null\n")
    return file
