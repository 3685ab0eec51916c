"""Canonical programs run with specialists that know the scene."""

import pytest

from distill.demonstration import Demonstrator, label_of
from distill.questions.binding import ABSTAIN, Question, questions_about
from distill.trainable import TrainError
from models.embedded.world.scene import SceneSpec, make_scene

SCENE = make_scene(3, "train", SceneSpec(things=[("dog", None, 2), ("circle", "red", 1)]))


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return questions_about(SCENE, 40, seed=1)


def test_programs_are_right_and_told(questions: list[Question]) -> None:
    with Demonstrator() as demonstrator:
        traces = demonstrator.traces(questions)
        told = demonstrator.rationales(questions)
    assert [trace.question for trace in traces] == [one.text for one in questions]
    for question, trace, rationale in zip(questions, traces, told, strict=True):
        assert trace.status == ("abstained" if question.unanswerable else "answered")
        assert trace.images == [trace.pictures[0].key]
        assert rationale.rstrip(".").endswith(label_of(question))
    dogs = [rationale for rationale in told if "There are 2 dogs: [" in rationale]
    assert dogs


def test_a_label_is_what_students_say() -> None:
    dog = Question("?", (SCENE,), "dog", "", "naming", "x", 0, "?")
    assert label_of(dog) == "dog"
    assert label_of(Question("?", (SCENE,), ABSTAIN, "", "unanswerable", "x", 0, "?")) == "unanswerable"


def test_a_program_that_is_wrong_is_not_told(questions: list[Question]) -> None:
    wrong = [Question(one.text, one.scenes, "zebra", one.program, one.family, one.form, 0, "?") for one in questions]
    with Demonstrator() as demonstrator:
        assert set(demonstrator.rationales(wrong)) == {""}


def test_a_sandbox_that_runs_nothing_is_no_secret(questions: list[Question], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONTY_BIN", "/nowhere/monty")
    with Demonstrator() as demonstrator, pytest.raises(TrainError, match="cannot be run here"):
        demonstrator.rationales(questions[:3])
