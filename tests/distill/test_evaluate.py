"""Evaluation: every row of the report, on a small world of shapes that an oracle knows."""

import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from agent import Planner, VisualAgent
from distill.answering import held_out, same
from distill.build import build
from distill.calibration import calibrate
from distill.checkpoints import checkpoint_of
from distill.conversation import GREY
from distill.dataset import DatasetError, load, write
from distill.evaluate import Evaluation, Systems, difference, evaluate
from distill.example import rows_of
from distill.respondent import Respondent
from distill.statements import conclusion, is_true, read_scenes, statements, write_scenes
from distill.train import TrainSettings, train
from distill.trainable import TrainError
from models.embedded.world.art import Art
from models.embedded.world.render import render
from models.embedded.world.scene import Scene, SceneSpec, make_scene
from models.llama_cpp import split_question
from models.picture import Picture
from models.student import read_threshold
from tests.distill.conftest import ShapeWorld, WeighedPlanner, make_examples
from tests.models import tiny
from tools import default_vocabulary

SYSTEMS = ["programs", "student", "auto", "twin", "base", "blind", "majority"]


class RightPlanner(WeighedPlanner):
    """Writes the right program."""

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **options: Any) -> ChatResult:
        question, _ = split_question(messages[-1].text)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.programs[question]))])


def agent_of(world: ShapeWorld) -> VisualAgent:
    """With the right program for every question, over perfect specialists."""
    vocabulary = default_vocabulary()
    model = RightPlanner(programs={one.text: one.program for one in world.questions})
    return VisualAgent(world.oracle.kit(), Planner(model, vocabulary, "question", "right"), vocabulary)


@pytest.fixture(scope="module")
def built(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "data"
    build([generated], folder)
    return folder


@pytest.fixture(scope="module")
def trained(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A student, its twin and a blind one, of three steps each."""
    base = tiny.llava(tmp_path_factory.mktemp("base"))
    folder = tmp_path_factory.mktemp("trained")
    more: dict[str, Any] = {"twin": {"targets": ("answer",)}, "blind": {"blind": True}, "student": {}}
    for name, settings in more.items():
        settings = TrainSettings(**{"base": str(base), "steps": 3, "batch": 4, "rate": 0.02, **settings})
        train(built, folder / name, settings, merge=name == "student")
    return {name: str(folder / name) for name in more}


@pytest.fixture(scope="module")
def scenes(world: ShapeWorld) -> dict[str, Scene]:
    found = {}
    for question in world.questions:
        for scene in question.scenes:
            drawn = render(scene, Art.none())
            found[Picture.from_image(drawn.image, "scene").key] = drawn.scene
    return found


@pytest.fixture(scope="module")
def evaluated(
    world: ShapeWorld,
    built: Path,
    trained: dict[str, str],
    scenes: dict[str, Scene],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Evaluation, Path]:
    folder = tmp_path_factory.mktemp("evaluated") / "report"
    with agent_of(world) as agent:
        calibrate(built, trained["student"], agent, preset="oracle", device="cpu")
        found = evaluate(
            built, folder, Systems(**trained), agent, preset="oracle", scenes=scenes, timed=3, batch=4, device="cpu"
        )
    return found, folder


# ---------------------------------------------------------------------- the report


def test_calibration_clocks_the_student_and_programs(
    built: Path, trained: dict[str, str], world: ShapeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    told: list[Any] = []
    monkeypatch.setattr("distill.calibration._write", lambda place, found, points: told.extend(points))
    with agent_of(world) as agent:
        calibrate(built, trained["student"], agent, preset="oracle", device="cpu", folder=tmp_path)
    seconds = [one.seconds for one in told]
    assert len(seconds) > 1
    assert all(one is not None and one > 0 for one in seconds)


def test_every_system_has_its_row(evaluated: tuple[Evaluation, Path], built: Path):
    found, _ = evaluated
    assert [one.name for one in found.results] == SYSTEMS
    asked = held_out(load(built)["test"])
    assert found.questions == len(asked) > 3
    for one in found.results:
        assert one.accuracy.rows == found.questions
        assert sum(figure.rows for figure in one.families.values()) == found.questions
        assert set(one.right) == {question.id for question in asked}
        assert one.accuracy.value == pytest.approx(sum(one.right.values()) / found.questions)
    assert not found.notes


def test_programs_over_perfect_specialists_tell_the_truth(evaluated: tuple[Evaluation, Path]):
    programs = evaluated[0].result("programs")
    assert programs is not None
    assert programs.accuracy.value > 0.8
    assert programs.consistent is not None
    assert programs.consistent.value == 1.0
    assert programs.true is not None
    assert programs.true.rows > 3
    assert programs.true.value == 1.0


def test_costs_are_measured(evaluated: tuple[Evaluation, Path]):
    for one in evaluated[0].results:
        if one.name != "majority":
            assert one.cost.alone is not None
            assert one.cost.alone.value > 0
            assert one.cost.together is not None
            assert one.cost.memory_mb is not None


def test_the_student_is_compared_with_every_other(evaluated: tuple[Evaluation, Path]):
    found, _ = evaluated
    assert [gap.other for gap in found.differences] == [name for name in SYSTEMS if name != "student"]
    student, programs = found.result("student"), found.result("programs")
    assert student is not None
    assert programs is not None
    (gap,) = (gap for gap in found.differences if gap.other == "programs")
    assert gap.difference.value == pytest.approx(student.accuracy.value - programs.accuracy.value)
    assert (gap.only_student - gap.only_other) / found.questions == pytest.approx(gap.difference.value)
    assert difference(student, student).difference.value == 0
    assert not difference(student, student).better


def test_the_report_tells_it_all(evaluated: tuple[Evaluation, Path]):
    found, folder = evaluated
    text = (folder / "report.md").read_text()
    for name in SYSTEMS:
        assert f"| **{name}**: " in text
    for family in found.results[0].families:
        assert f"| {family} | " in text
    assert "of the programs' accuracy" in text
    data = json.loads((folder / "report.json").read_text())
    assert [one["name"] for one in data["results"]] == [one.name for one in found.results]
    assert all(len(one["right"]) == found.questions for one in data["results"])
    for name in ("families.png", "seconds.png", "auto.png"):
        assert (folder / name).stat().st_size > 5000


def test_a_bad_student_is_not_believed(evaluated: tuple[Evaluation, Path], trained: dict[str, str]):
    """After three steps the student is nearly always wrong and the programs nearly always right."""
    found, _ = evaluated
    kept = json.loads((checkpoint_of(trained["student"]) / "confidence.json").read_text())
    assert kept["threshold"] == found.threshold == read_threshold(checkpoint_of(trained["student"]))
    assert kept["accuracy"]["value"] >= max(kept["programs"], kept["student"])
    auto, programs = found.result("auto"), found.result("programs")
    assert auto is not None
    assert programs is not None
    ends = {one.answered: one.accuracy.value for one in found.curve}
    assert ends[0.0] == programs.accuracy.value
    assert ends[1.0] == next(one for one in found.results if one.name == "student").accuracy.value
    assert auto.accuracy.rows == found.questions


def test_it_goes_on_with_what_is_missing(
    evaluated: tuple[Evaluation, Path], built: Path, trained: dict[str, str], world: ShapeWorld,
    scenes: dict[str, Scene], monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    found, folder = evaluated
    replies = (folder / "student.jsonl").read_bytes()
    lines = replies.splitlines(keepends=True)
    (folder / "student.jsonl").write_bytes(b"".join(lines[:-2]) + lines[-2][:20])
    said: list[int] = []
    say = Respondent.say

    def counted(self: Respondent, questions: Any, target: Any) -> list[str]:
        said.append(len(questions))
        return say(self, questions, target)

    monkeypatch.setattr(Respondent, "say", counted)
    with agent_of(world) as agent:
        again = evaluate(
            built, folder, Systems(**trained), agent, preset="oracle", scenes=scenes, timed=0, batch=4, device="cpu"
        )
    assert said == [2, 2]
    assert (folder / "student.jsonl").read_bytes() == replies
    assert [one.right for one in again.results] == [one.right for one in found.results]
    with pytest.raises(TrainError, match="another blind, preset, student"):
        evaluate(built, folder, Systems(trained["twin"]), timed=0, device="cpu")


def test_without_twin_programs_and_scenes_it_is_said(built: Path, trained: dict[str, str], tmp_path: Path):
    found = evaluate(built, tmp_path, Systems(trained["student"]), limit=3, timed=0, device="cpu")
    assert [one.name for one in found.results] == ["student", "base", "blind", "majority"]
    assert len(found.notes) == 4
    assert found.questions == 3
    assert all(note in (tmp_path / "report.md").read_text() for note in found.notes)


def test_the_blind_see_grey(trained: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    respondent = Respondent.load(trained["student"], "cpu", blind=True)
    shown: list[Any] = []
    processor = respondent.processor

    class Watched:
        def __call__(self, text: Any, images: Any, **options: Any) -> Any:
            shown.extend(image for row in images for image in row)
            return processor(text=text, images=images, **options)

        def __getattr__(self, name: str) -> Any:
            return getattr(processor, name)

    respondent.processor = Watched()
    one, other = tiny.picture(1).image, tiny.picture(2).image
    replies = respondent.say([("What?", [one]), ("What?", [other])], "answer")
    assert replies[0] == replies[1]
    assert all(image.getcolors() == [(image.width * image.height, GREY)] for image in shown)


def test_a_data_set_without_held_out_questions_is_refused(trained: dict[str, str], tmp_path: Path):
    write(tmp_path / "data", (row for one in make_examples() if one.split == "train" for row in rows_of(one)))
    with pytest.raises(DatasetError, match="no questions") as error:
        evaluate(tmp_path / "data", tmp_path / "out", Systems(trained["student"]))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("answer", "label", "is_same"),
    [("Two", "2", True), ("a red car", "Red car.", True), ("true", "yes", True), ("3", "2", False), ("", "no", False)],
)
def test_answers_are_compared_as_scorers_do(answer: str, label: str, is_same: bool):
    assert same(answer, label) == is_same


# ---------------------------------------------------------------------- statements


@pytest.fixture(scope="module")
def scene() -> Scene:
    things = [("circle", "red", 2), ("star", "blue", 1)]
    return render(make_scene(3, "test", SceneSpec(things=things, others=0)), Art.none()).scene  # type: ignore[arg-type]


def hundredths(scene: Scene, noun: str, by: int = 0) -> list[str]:
    """The boxes of its things, moved to the right by so much."""
    sizes = (scene.width, scene.height) * 2
    boxes = [[round(100 * side / size) for side, size in zip(t.box, sizes, strict=True)] for t in scene.find(noun)]
    return [f"[{a + by}, {b}, {c + by}, {d}]" for a, b, c, d in boxes]


def test_what_is_so_is_true(scene: Scene):
    circles, (star,) = ", ".join(hundredths(scene, "circle")), hundredths(scene, "star")
    told = (
        f"There are 2 circles: {circles}. There is 1 star: {star}. There is no dog. There is a star. "
        f"There is a blue star. The star {star} is blue. The star {star} is not red. 2 circles are red: {circles}. "
        "So the answer is 2."
    )
    told = f"The region {star} is a star. The star {star} is a blue star. The background is {scene.background}. {told}"
    found = statements(told)
    assert len(found) == 11
    assert [is_true(one, [scene]) for one in found] == [True] * 11
    assert conclusion(told) == "2"


def test_what_is_not_so_is_false(scene: Scene):
    circles, (star,) = hundredths(scene, "circle"), hundredths(scene, "star")
    away = ", ".join(hundredths(scene, "circle", 50))
    told = [
        "There are 3 circles", "There is no star", "There is a dog", f"There are 2 circles: {away}",
        f"There are 2 circles: {circles[0]}, {circles[0]}", f"The star {star} is red", f"The star {star} is not blue",
        f"2 circles are blue: {', '.join(circles)}", "There is 1 red star", "In picture 2, there is no dog",
        f"The thing {star} is a circle", "The star [0, 0, 1, 1] is blue", f"The star {circles[0]} is a star",
        f"The background is {'beach' if scene.background != 'beach' else 'field'}",
    ]  # fmt: skip
    assert [is_true(one, [scene]) for one in told] == [False] * len(told)


def test_what_cannot_be_told_is_not_counted(scene: Scene):
    told = ['Asked "What is it?" of the picture: a star', "There are 2 gizmos", "The depth of the picture: 3", "Well"]
    assert [is_true(one, [scene]) for one in told] == [None] * 4


def test_statements_may_speak_of_a_region_or_of_another_picture(scene: Scene):
    other = render(make_scene(4, "test", SceneSpec(things=[("square", None, 1)], others=0)), Art.none()).scene
    assert is_true("In picture 2, there is a square", [scene, other])
    assert is_true("In picture 1, there is a square", [scene, other]) is False
    (star,) = hundredths(scene, "star")
    assert is_true(f"In {star}, there is 1 star", [scene])
    assert is_true("In [0, 0, 0, 0], there is a star", [scene]) is False


def test_conclusions():
    assert conclusion("There is no dog. So this is unanswerable.") == "unanswerable"
    assert conclusion("There are 2 dogs. So the answer is a red car.") == "a red car"
    assert conclusion("There are 2 dogs.") is None
    assert conclusion("") is None


def test_scenes_are_kept(scene: Scene, tmp_path: Path):
    write_scenes(tmp_path / "scenes.jsonl", {"key": scene})
    assert read_scenes(tmp_path / "scenes.jsonl") == {"key": scene}
    (tmp_path / "other.jsonl").write_text('{"picture": 1}\n')
    for name, told in (("none.jsonl", "cannot be read"), ("other.jsonl", "no scenes")):
        with pytest.raises(DatasetError, match=told):
            read_scenes(tmp_path / name)
