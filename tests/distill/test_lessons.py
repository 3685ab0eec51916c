"""Lessons of a student: what is told, the rows that it becomes, and the files."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image

from distill import lessons
from distill.checkpoints import load_base
from distill.conversation import parts
from distill.demonstration import Demonstrator
from distill.example import IMAGE
from distill.lessons import WIDEST, Drawn, Lesson, Teacher, make_lessons, place_of, said_about
from distill.samples import TARGETS
from distill.trainable import TrainError
from models.embedded.regions import SightRegionsModel
from models.embedded.world.art import Art
from models.embedded.world.scene import SceneSpec, make_scene
from models.loading import load_processor
from models.pointing import with_boxes, with_pointers


@pytest.fixture(scope="module")
def demonstrator() -> Iterator[Demonstrator]:
    with Demonstrator() as one:
        yield one


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "FIRST", 3)
    monkeypatch.setattr(lessons, "ABOUT_EACH", 12)


@pytest.fixture(scope="module")
def tower(fresh_student: Path) -> SightRegionsModel:
    return load_base(fresh_student, "float32")[0].model.vision_tower.eval()


@pytest.fixture(scope="module")
def teacher(fresh_student: Path, art: Art) -> Teacher:
    model, processor = load_base(fresh_student, "float32")
    return Teacher(processor, model.config.image_seq_length, art)


def test_scenes_are_asked_about_and_told(demonstrator: Demonstrator) -> None:
    scene = make_scene(3, "train", SceneSpec(things=[("circle", "red", 2), ("dog", None, 1)]))
    told = said_about((scene,), 1, demonstrator)
    asked = {target: [messages for of, messages in told if of == target] for target in TARGETS}
    assert len(asked["answer"]) >= 20
    assert len(asked["rationale"]) == -(-len(asked["answer"]) // lessons.EXPLAINED)
    assert asked["instruction"]
    for messages in asked["answer"]:
        assert messages[0]["content"].endswith("single word or phrase.")
    for messages in asked["rationale"]:
        question = messages[0]["content"].split("\n")[1]
        (answer,) = (one[1]["content"] for one in asked["answer"] if one[0]["content"].split("\n")[1] == question)
        assert messages[1]["content"].rstrip(".").endswith(answer)
    assert all(messages[-1]["role"] == "assistant" and messages[-1]["content"] for _, messages in told)
    texts = " ".join(message["content"] for _, messages in told for message in messages)
    assert "2 circles" in texts
    assert told == said_about((scene,), 1, demonstrator) != said_about((scene,), 2, demonstrator)


def test_several_scenes_are_asked_about_together(demonstrator: Demonstrator) -> None:
    scenes = tuple(make_scene(seed, "train", SceneSpec(things=[("dog", None, seed)])) for seed in (1, 2))
    told = said_about(scenes, 1, demonstrator)
    explained = -(-lessons.ABOUT_SEVERAL // lessons.EXPLAINED)
    assert Counter(target for target, _ in told) == {"answer": lessons.ABOUT_SEVERAL, "rationale": explained}
    assert all(messages[0]["content"].count(IMAGE) == 2 for _, messages in told)


def test_rows_are_what_the_processor_makes_of_them(teacher: Teacher, demonstrator: Demonstrator) -> None:
    scene = make_scene(3, "train", SceneSpec(things=[("dog", None, 2)]))
    told = [messages for _, messages in said_about((scene,), 1, demonstrator)]
    rows, lengths, kept = teacher._rows(told)
    picture = Image.new("RGB", (320, 240), (9, 9, 9))
    assert len(kept) > len(told) / 2
    for row, length, at in zip(rows, lengths, kept, strict=True):
        text = teacher.processor.apply_chat_template([parts(one) for one in told[at]], tokenize=False)
        whole = teacher.processor(text=text, images=[picture], add_special_tokens=False, return_tensors="pt")
        tokens = [token if token >= 0 else -1 - token for token in row[:length].tolist()]
        assert tokens == whole["input_ids"][0].tolist()
        said = teacher.processor.tokenizer.decode([-1 - token for token in row.tolist() if token < 0])
        assert said == "".join(one["content"] + "</s>" for one in told[at] if one["role"] == "assistant")
        assert length <= WIDEST


def test_a_lesson_is_the_same_each_time(
    teacher: Teacher, demonstrator: Demonstrator, few: None, tower: SightRegionsModel
) -> None:
    one, again, other = (teacher.looked(teacher.lesson(number, demonstrator), tower) for number in (7, 7, 8))
    assert all(torch.equal(getattr(one, name), getattr(again, name)) for name in one.__dataclass_fields__)
    assert one.rows.shape != other.rows.shape or not torch.equal(one.rows, other.rows)
    assert set(one.targets.tolist()) == {0, 1, 2}
    assert int(one.shown.max()) == len(one.scenes) - 1


def test_one_scene_of_three_is_a_crowd(
    teacher: Teacher, demonstrator: Demonstrator, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    monkeypatch.setattr(lessons, "said_about", lambda scenes, *rest: shown.append(scenes) or said_about(scenes, *rest))
    teacher.lesson(7, demonstrator)
    most = [max(Counter(thing.noun for thing in scenes[0].things).values()) for scenes in shown]
    assert most[0] >= 4 > max(most[1:])


def test_it_holds_what_the_tower_sees(teacher: Teacher, fresh_student: Path, tower: SightRegionsModel) -> None:
    processor = load_processor(fresh_student)
    image = Image.effect_noise((300, 200), 90).convert("RGB")
    told = [("answer", [{"role": "user", "content": "?"}, {"role": "assistant", "content": "yes"}])]
    lesson = teacher.looked(Drawn(*teacher._squares([image]), told, [[0]]), tower)
    pixels = processor.image_processor([image], return_tensors="pt")["pixel_values"]
    expected = tower(pixels).last_hidden_state[0]
    torch.testing.assert_close(lesson.scenes[0].float(), expected, atol=2e-2, rtol=2e-2)


def test_it_points_at_what_the_tower_sees(
    teacher: Teacher, demonstrator: Demonstrator, few: None, tower: SightRegionsModel
) -> None:
    drawn = teacher.lesson(7, demonstrator)
    lesson = teacher.looked(drawn, tower)
    decode = teacher.processor.tokenizer.decode
    boxes = [found.tolist() for found in tower.boxes(lesson.scenes)]
    pointers = 0
    for row, shown in zip(lesson.rows, lesson.shown, strict=True):
        text = decode([-1 - token for token in row.tolist() if token < 0])
        pointers += text.count("<thing ")
        seen = [boxes[place] for place in shown.tolist() if place >= 0]
        assert with_pointers(with_boxes(text, seen), seen) == text.replace("<thing", " <thing")
    assert pointers > 10


@pytest.mark.parametrize("workers", [0, 1])
def test_a_folder_grows_and_keeps_what_it_has(
    fresh_student: Path, tmp_path: Path, art: Art, few: None, workers: int
) -> None:
    make_lessons(fresh_student, tmp_path, 1)
    first = place_of(tmp_path, 0)
    before = first.stat().st_mtime_ns
    make_lessons(fresh_student, tmp_path, 2, workers)
    assert first.stat().st_mtime_ns == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [place_of(tmp_path, n).name for n in (0, 1)]
    one, other = (Lesson.load(place_of(tmp_path, number)) for number in (0, 1))
    assert len(one.rows) == len(one.lengths) == len(one.targets)
    assert not torch.equal(one.scenes[0], other.scenes[0])


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    path = place_of(tmp_path, 0)
    path.write_bytes(b"no lesson")
    with pytest.raises(TrainError, match=r"000000.safetensors is no lesson.*delete it"):
        Lesson.load(path)


def test_a_full_disk_is_told(fresh_student: Path, art: Art, few: None, small_disk: Path) -> None:
    with pytest.raises(TrainError, match="the disk is full"):
        make_lessons(fresh_student, small_disk / "lessons", 40)
    kept = sorted((small_disk / "lessons").glob("*.safetensors"))
    assert kept
    assert all(len(Lesson.load(path).rows) for path in kept)


@pytest.mark.parametrize(("words", "said"), [("--count 0", "--count"), ("--workers -1", "--workers")])
def test_what_cannot_be_is_refused(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        lessons.main(["--student", "x", "--out", "y", *words.split()])
    assert said in capsys.readouterr().err


def test_a_student_that_is_missing_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        lessons.main(["--student", str(tmp_path / "none"), "--out", str(tmp_path)])
    assert capsys.readouterr().err.startswith("lessons: ")
