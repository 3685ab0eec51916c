"""Training of the student's base: what it keeps of its lessons, and that it ends as a checkpoint like any other."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from distill import lessons, student, student_training
from distill.checkpoints import load_base
from distill.lessons import WIDEST, Lesson, make_lessons, place_of
from distill.respondent import Respondent
from distill.samples import TARGETS
from distill.student_training import ALIKE, LESSONS, Course, Memory, Shelf, Together, optimizer_of
from distill.trainable import TrainError
from models.embedded.world.art import Art

NUMBER = {target: number for number, target in enumerate(TARGETS)}


@pytest.fixture(scope="module")
def shelf(fresh_student: Path, art: Art, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lessons")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lessons, "FIRST", 3)
        make_lessons(fresh_student, folder, 2)
    return folder


@pytest.fixture
def memory(fresh_student: Path) -> Memory:
    model, processor = load_base(fresh_student, "float32")
    config = model.config
    pad = processor.tokenizer.pad_token_id
    return Memory(config.image_seq_length, config.vision_config.hidden_size, 120, pad, torch.device("cpu"))


def test_a_memory_holds_all_lessons(memory: Memory, shelf: Path) -> None:
    one, other = (Lesson.load(place_of(shelf, number)) for number in (0, 1))
    memory.take(one)
    memory.take(other)
    assert memory.known == len(one.scenes) + len(other.scenes)
    assert memory.count == len(one.rows) + len(other.rows) == sum(memory.counts.values())
    assert torch.equal(memory.scenes[len(one.scenes) : memory.known], other.scenes)
    width = other.rows.shape[1]
    assert torch.equal(memory.rows[len(one.rows) : memory.count, :width], other.rows)
    assert (memory.rows[len(one.rows) : memory.count, width:] == memory.rows[-1, -1]).all()
    for target, number in NUMBER.items():
        at = memory.places[target][: memory.counts[target]].long()
        assert torch.equal(at, torch.cat((one.targets, other.targets)).eq(number).nonzero()[:, 0])


@pytest.mark.parametrize("targets", [("answer", "instruction"), ("rationale",)])
def test_batches_give_each_row_its_pictures(
    memory: Memory, shelf: Path, fresh_student: Path, targets: tuple[str, ...]
) -> None:
    model, processor = load_base(fresh_student, "float32")
    memory.take(Lesson.load(place_of(shelf, 0)))
    image = processor.tokenizer.convert_tokens_to_ids(student.IMAGE)
    asked = {"answer": "single word or phrase.", "rationale": "Explain the rationale"}
    for batch in memory.batches(16, targets):
        tokens, labels = batch["input_ids"], batch["labels"]
        assert (tokens >= 0).all()
        assert tokens.shape == labels.shape
        assert tokens.shape[1] <= WIDEST
        assert (labels != -100).any(1).all()
        assert int((tokens == image).sum()) == len(batch["pixel_values"]) * model.config.image_seq_length
        assert torch.equal(tokens[labels != -100], labels[labels != -100])
        for text in processor.tokenizer.batch_decode(tokens):
            assert (asked["rationale"] in text) == (targets == ("rationale",))


def test_a_step_has_rationales_beside_the_answers(memory: Memory, shelf: Path) -> None:
    steps = iter(Course(memory, Shelf(shelf), 8, TARGETS))
    for _ in range(2 * ALIKE):
        step = next(steps)
        assert len(step["input_ids"]) == 8
        assert len(step["rationales"]["input_ids"]) == 2
    alone = next(iter(Course(memory, Shelf(shelf), 8, ("answer",))))
    assert "rationales" not in alone


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


def test_optimizers_together_go_on(fresh_student: Path) -> None:
    model, _ = load_base(fresh_student, "float32")
    both = optimizer_of(model, 1e-3, muon=True)
    assert isinstance(both, Together)
    matrices, rest = both.parts
    assert all(one.ndim == 2 for group in matrices.param_groups for one in group["params"])
    trained = sum(len(group["params"]) for group in both.param_groups)
    assert trained == sum(one.requires_grad for one in model.parameters())
    for one in model.parameters():
        one.grad = torch.ones_like(one)
    both.step()
    again = optimizer_of(model, 1e-3, muon=True)
    again.load_state_dict(both.state_dict())
    for group in again.param_groups:
        group["lr"] = 0.5
    assert isinstance(again, Together)
    assert [group["lr"] for part in again.parts for group in part.param_groups] == [0.5, 0.5]
    kept = next(iter(matrices.state.values()))["momentum_buffer"]
    assert torch.equal(next(iter(again.parts[0].state.values()))["momentum_buffer"], kept)
    assert not isinstance(optimizer_of(model, 1e-3, muon=False), Together)
    assert rest.param_groups


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
