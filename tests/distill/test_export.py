"""Questions about picture-book scenes as files."""

import json
from pathlib import Path

import pytest

from agent.runs.question_files import read_questions
from agent.runs.row import Row
from distill.dataset import fingerprint
from distill.questions import export as module
from distill.questions.binding import ABSTAIN, Question
from distill.questions.export import QUESTIONS, SCENES, export, main, questions_of
from distill.questions.grammar import BY_NAME
from distill.questions.scoring import written
from distill.questions.truth import answer
from models.embedded.world.scene import Scene
from models.picture import Picture

COUNTS = {"train": 12, "val": 4, "test": 4}


@pytest.fixture(autouse=True)
def plain_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of one colour: the art of the scenes is not in the repository."""
    import numpy as np

    from models.embedded.world.render import Rendered

    def render(scene: Scene, art: object) -> Rendered:
        image = np.full((scene.height, scene.width, 3), scene.seed % 256, np.uint8)
        return Rendered(scene, image, np.zeros(image.shape[:2], np.int16))

    monkeypatch.setattr(module, "render", render)
    monkeypatch.setattr(module.Art, "load", classmethod(lambda cls: cls.none()))


def test_the_file_holds_the_questions(tmp_path: Path) -> None:
    made = export(tmp_path, {"train": 12, "val": 4, "test": 4}, per_picture=3, scenes_each=2)
    rows = list(read_questions(tmp_path / QUESTIONS))
    assert len({row.id for row in rows}) == len(rows) == 20
    scenes = [json.loads(line) for line in (tmp_path / SCENES).read_text().splitlines()]
    assert made.questions == len(rows)
    assert len(scenes) == made.pictures == len({one["image"] for one in scenes})
    keys = {one["picture"] for one in scenes}
    of_picture = {one["image"]: Scene.from_json(one["scene"]) for one in scenes}
    each = {"train": 2, "val": 1, "test": 1}
    expected = [one for split in each for one in questions_of(split, COUNTS[split], 3, 0, each[split])]  # type: ignore[arg-type]
    for row, question in zip(rows, expected, strict=True):
        assert isinstance(row, Row)
        assert (row.question, row.family) == (question.text, question.family)
        assert row.answers == ("unanswerable" if question.answer == ABSTAIN else question.answer,)
        for path, scene in zip(row.images, question.scenes, strict=True):
            assert isinstance(path, Path)
            assert of_picture[path.relative_to(tmp_path).as_posix()] == scene
            assert scene.split == row.split
            assert Picture.open(path).key in keys
    assert (tmp_path / "LICENCES.md").is_file()


def test_the_same_numbers_give_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(tmp_path / "a", {"train": 9})
    left = 2
    keep = module._keep

    def stop(*args: object) -> None:
        nonlocal left
        keep(*args)  # type: ignore[arg-type]
        left -= 1
        if not left:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "_keep", stop)
    with pytest.raises(KeyboardInterrupt):
        export(tmp_path / "b", {"train": 9})
    assert not (tmp_path / "b" / QUESTIONS).exists()
    monkeypatch.setattr(module, "_keep", keep)
    export(tmp_path / "b", {"train": 9})
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")
    export(tmp_path / "c", {"train": 9}, seed=1)
    assert fingerprint(tmp_path / "c") != fingerprint(tmp_path / "a")


def test_further_questions_need_no_further_picture(tmp_path: Path) -> None:
    counts = {"train": 12, "val": 4}
    few = export(tmp_path / "few", counts, per_picture=3, scenes_each=2)  # type: ignore[arg-type]
    many = export(tmp_path / "many", counts, per_picture=3, scenes_each=2, more=5)  # type: ignore[arg-type]
    assert many.pictures == few.pictures
    first, rows = (
        [json.loads(line) for line in (tmp_path / name / QUESTIONS).read_text().splitlines()]
        for name in ("few", "many")
    )
    added = rows[len(first) :]
    assert rows[: len(first)] == first
    assert {row["split"] for row in added} == {"train"}
    assert (few.questions, many.questions) == (len(first), len(rows)) == (16, 16 + len(added))
    assert len({row["id"] for row in rows}) == len(rows)
    alone = {image for row in first[:12] if len(row["images"]) == 1 for image in row["images"]}
    assert {row["images"][0] for row in added} == alone
    assert len(added) > 3 * len(alone)
    assert len({(row["question"], *row["images"]) for row in rows}) == len(rows)


def test_questions_stream() -> None:
    first = [one.text for one, _ in zip(questions_of("train", 1_000_000), range(8), strict=False)]
    assert first == [one.text for one, _ in zip(questions_of("train", 1_000_000), range(8), strict=False)]


def test_a_question_is_asked_about_several_scenes() -> None:
    asked = list(questions_of("train", 400, scenes_each=8))
    by_text: dict[str, list[Question]] = {}
    for one in asked:
        by_text.setdefault(one.text, []).append(one)
    assert len(by_text) < 0.5 * len(asked)
    assert max(len(same) for same in by_text.values()) <= 8
    answers = [len({one.answer for one in same}) for same in by_text.values() if len(same) > 2]
    assert sum(several > 1 for several in answers) > 0.6 * len(answers)  # whoever does not look is often wrong
    for same in by_text.values():
        assert len({one.program for one in same}) == 1
        assert len({one.scenes for one in same}) == len(same)
        for one in same:
            if one.answer != ABSTAIN:
                assert written(answer(BY_NAME[one.form], one.slots, list(one.scenes), one.index)) == one.answer


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "3", "--val", "1", "--test", "0", "--out", str(tmp_path / "q")]) == 0
    assert "4 questions about" in capsys.readouterr().out
    (tmp_path / "file").write_text("")
    assert main(["--count", "3", "--val", "0", "--test", "0", "--out", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(SystemExit):
        main(["--count", "-1", "--out", str(tmp_path / "q")])
    with pytest.raises(SystemExit):
        main(["--count", "1", "--more", "-1", "--out", str(tmp_path / "q")])
