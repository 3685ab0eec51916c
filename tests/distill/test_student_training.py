"""Training of the student's base: what it is taught, what it keeps, and that it ends as a checkpoint like any other."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from distill import student_training
from distill.checkpoints import load_base
from distill.conversation import parts
from distill.example import IMAGE
from distill.respondent import Respondent
from distill.student import StudentSize
from distill.student_training import (
    MOST_PICTURES,
    WIDEST,
    Course,
    Lesson,
    Memory,
    Teacher,
    lessons_beside,
    make_base,
    said_about,
)
from models.embedded.world.art import Art, ArtError
from models.embedded.world.scene import SceneSpec, make_scene

SMALL = StudentSize(regions=6, ground=1, width=64, layers=2, heads=2, vocabulary=500)


@pytest.fixture(scope="module")
def art() -> Art:
    try:
        return Art.load()
    except ArtError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(student_training, "VOCABULARY", 8)
        make_base(folder, SMALL, 0)
    return folder


@pytest.fixture(scope="module")
def taught(base: Path, art: Art) -> tuple[Teacher, Memory]:
    model, processor = load_base(base, "float32")
    teacher = Teacher(processor, model.config.image_seq_length, art)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(student_training, "FIRST", 3)
        lesson = teacher.lesson(7)
        again = teacher.lesson(7)
    assert all(np.array_equal(getattr(lesson, name), getattr(again, name)) for name in lesson.__dataclass_fields__)
    memory = Memory(model.model.vision_tower, 40, processor.tokenizer.pad_token_id)
    memory.take(lesson)
    return teacher, memory


def test_scenes_are_asked_about_and_told() -> None:
    scene = make_scene(3, "train", SceneSpec(things=[("circle", "red", 2), ("dog", None, 1)]))
    told = said_about((scene,), 1)
    asked = [messages for messages in told if messages[0]["content"].endswith("single word or phrase.")]
    assert len(asked) >= 20
    assert len(told) > len(asked)
    assert all(messages[-1]["role"] == "assistant" and messages[-1]["content"] for messages in told)
    texts = " ".join(message["content"] for messages in told for message in messages)
    assert "2 circles" in texts
    assert told == said_about((scene,), 1) != said_about((scene,), 2)


def test_several_scenes_are_asked_about_together() -> None:
    scenes = tuple(make_scene(seed, "train", SceneSpec(things=[("dog", None, seed)])) for seed in (1, 2))
    told = said_about(scenes, 1)
    assert told
    assert all(messages[0]["content"].count(IMAGE) == 2 for messages in told)


def test_rows_are_what_the_processor_makes_of_them(taught: tuple[Teacher, Memory]) -> None:
    teacher, _ = taught
    scene = make_scene(3, "train", SceneSpec(things=[("dog", None, 2)]))
    told = said_about((scene,), 1)
    rows, lengths, kept = teacher._rows(told)
    picture = Image.new("RGB", (320, 240), (9, 9, 9))
    for row, length, at in zip(rows, lengths, kept, strict=True):
        text = teacher.processor.apply_chat_template([parts(one) for one in told[at]], tokenize=False)
        whole = teacher.processor(text=text, images=[picture], add_special_tokens=False, return_tensors="pt")
        tokens = np.where(row < 0, -1 - row, row)[:length]
        assert tokens.tolist() == whole["input_ids"][0].tolist()
        said = teacher.processor.tokenizer.decode([-1 - token for token in row if token < 0])
        assert said == "".join(one["content"] + "</s>" for one in told[at] if one["role"] == "assistant")
        assert length <= WIDEST


def test_memory_holds_what_the_tower_sees(taught: tuple[Teacher, Memory], base: Path) -> None:
    teacher, memory = taught
    model, processor = load_base(base, "float32")
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8))
    squares, sizes = teacher._squares([image])
    lesson = Lesson(
        squares, sizes, np.zeros((1, WIDEST), np.int16), np.array([9]), np.array([[0] + [-1] * (MOST_PICTURES - 1)])
    )
    before = memory.known
    memory.take(lesson)
    pixels = processor.image_processor([image], return_tensors="pt")["pixel_values"]
    expected = model.model.vision_tower(pixels).last_hidden_state[0]
    torch.testing.assert_close(memory.scenes[before].float(), expected, atol=2e-2, rtol=2e-2)
    memory.known, memory.count = before, memory.count - 1


def test_batches_give_each_row_its_pictures(taught: tuple[Teacher, Memory]) -> None:
    teacher, memory = taught
    image = teacher.processor.tokenizer.convert_tokens_to_ids(student_training.IMAGE)
    for batch in memory.batches(16):
        tokens, labels = batch["input_ids"], batch["labels"]
        assert (tokens >= 0).all()
        assert tokens.shape == labels.shape
        assert (labels != -100).any(1).all()
        assert int((tokens == image).sum()) == len(batch["pixel_values"]) * teacher.tokens
        assert torch.equal(tokens[labels != -100], labels[labels != -100])


@pytest.mark.parametrize("workers", [0, 1])
def test_lessons_are_made_as_they_are_used_up(
    base: Path, art: Art, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_training, "FIRST", 2)
    monkeypatch.setattr(student_training, "ABOUT_EACH", 4)
    model, processor = load_base(base, "float32")
    memory = Memory(model.model.vision_tower, 60, processor.tokenizer.pad_token_id)
    teacher = Teacher(processor, model.config.image_seq_length, art)
    course = Course(memory, lessons_beside(teacher, workers, 0), batch=2, replay=1.0)
    batches = iter(course)
    for _ in range(60):
        next(batches)
    assert course.drawn == 120
    assert memory.known > 4


def test_it_trains_goes_on_and_can_be_asked(
    base: Path, art: Art, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_training, "FIRST", 2)
    command = ["--start", str(base), "--work", str(tmp_path), "--out", str(tmp_path / "out"), "--batch", "8"]
    command += ["--scenes", "80", "--minutes", "5", "--save-steps", "10"]
    for steps in (10, 20):
        student_training.main([*command, "--steps", str(steps)])
    told = json.loads((tmp_path / "out" / "lessons.json").read_text())
    assert told["steps"] == 20
    assert told["scenes"] <= 80
    before, after = (load_base(folder, "float32")[0].state_dict() for folder in (base, tmp_path / "out"))
    changed = {name for name in before if not torch.equal(before[name].half(), after[name].half())}
    assert changed
    assert not any("vision_tower" in name for name in changed)
    reply = Respondent.load(tmp_path / "out", "cpu").say([("How many dogs?", [Image.new("RGB", (90, 60))])], "answer")[
        0
    ]
    assert 0 <= reply.confidence <= 1


class Broken:
    def lesson(self, seed: int) -> Lesson:
        raise ValueError("no scene")


def test_a_lesson_that_cannot_be_made_ends_the_training() -> None:
    take = lessons_beside(Broken(), 1, 0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no scene"):
        take(True)


def test_a_start_that_is_missing_is_one_line(tmp_path: Path, art: Art, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        student_training.main(["--start", str(tmp_path / "none"), "--work", str(tmp_path)])
    assert "none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"), [("--batch 0", "1 or more"), ("--scenes 10", "--scenes"), ("--minutes 0", "--minutes")]
)
def test_what_cannot_be_is_refused(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        student_training.main(words.split())
    assert said in capsys.readouterr().err
