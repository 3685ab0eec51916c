"""Forms about likeness: their truth by hand, and that programs with perfect specialists agree with it."""

import random

import pytest

from distill.questions.binding import bind
from distill.questions.grammar import BY_NAME
from distill.questions.likeness import FORMS, TRUTH
from distill.questions.truth import answer
from distill.questions.view import Absent, Unclear
from models.embedded.world.scene import Scene
from tests.distill.reference_programs import assert_truth_agrees
from tests.distill.scenes import thing

GARDEN = Scene(
    0,
    "val",
    600,
    400,
    "meadow",
    (
        thing("dog", 60, 60, "brown"),
        thing("dog", 200, 60, "black", side=80),
        thing("cat", 330, 60, "white", side=30),
        thing("bus", 520, 80, "red", side=140),
        thing("apple", 60, 330, "red", side=20),
        thing("apple", 130, 330, "green", side=22),
        thing("apple", 200, 330, "red", side=20),
        thing("chair", 300, 330, "black", side=60),
        thing("umbrella", 420, 330, None, side=100),
        thing("kite", 540, 330, "blue", side=104),
    ),
)


@pytest.mark.parametrize(
    ("form", "slots", "expected"),
    [
        ("count_like", {"a": "apple", "b": "bus"}, 2),
        ("count_like", {"a": "animal", "b": "chair"}, 1),
        ("count_like", {"a": "lion", "b": "bus"}, Unclear),
        ("count_like", {"a": "dog", "b": "bus"}, Unclear),
        ("count_like", {"a": "apple", "b": "lion"}, Absent),
        ("count_like", {"a": "animal", "b": "cat"}, Unclear),
        ("count_like", {"a": "apple", "b": "umbrella"}, Unclear),
        ("which_like", {"g": "animal", "b": "chair"}, "dog"),
        ("which_like", {"g": "fruit", "b": "bus"}, Unclear),
        ("which_like", {"g": "animal", "b": "bus"}, Unclear),
        ("which_like", {"g": "thing", "b": "chair"}, Unclear),
        ("which_like", {"g": "animal", "b": "lion"}, Absent),
        ("extreme_like", {"a": "dog", "b": "chair", "s": "biggest"}, True),
        ("extreme_like", {"a": "dog", "b": "chair", "s": "tiniest"}, False),
        ("extreme_like", {"a": "apple", "b": "bus", "s": "largest"}, Unclear),
        ("extreme_like", {"a": "dog", "b": "lion", "s": "smallest"}, Absent),
        ("extreme_like", {"a": "cat", "b": "bus", "s": "smallest"}, Unclear),
        ("single_kind", {"g": "animal"}, "cat"),
        ("single_kind", {"g": "thing"}, "bus, cat, chair, kite, umbrella"),
        ("single_kind", {"g": "fruit"}, Unclear),
        ("single_kind", {"g": "vehicle"}, Unclear),
        ("kind_by_number", {"g": "animal", "r": "two"}, "dog"),
        ("kind_by_number", {"g": "thing", "r": "3"}, "apple"),
        ("kind_by_number", {"g": "animal", "r": "three"}, Unclear),
        ("single_colour", {"a": "apple"}, "green"),
        ("single_colour", {"a": "dog"}, "black, brown"),
        ("single_colour", {"a": "cat"}, Unclear),
        ("single_colour", {"a": "thing"}, Unclear),
        ("three_sizes", {"a": "cat", "b": "bus", "c": "chair", "s": "biggest"}, "bus"),
        ("three_sizes", {"a": "cat", "b": "bus", "c": "chair", "s": "tiniest"}, "cat"),
        ("three_sizes", {"a": "cat", "b": "kite", "c": "umbrella", "s": "largest"}, Unclear),
        ("three_sizes", {"a": "dog", "b": "kite", "c": "bus", "s": "largest"}, Unclear),
        ("three_sizes", {"a": "cat", "b": "animal", "c": "bus", "s": "largest"}, Unclear),
        ("three_sizes", {"a": "cat", "b": "bus", "c": "lion", "s": "largest"}, Absent),
        ("left_sized", {"a": "dog", "s": "bigger"}, False),
        ("left_sized", {"a": "dog", "s": "tinier"}, True),
        ("left_sized", {"a": "apple", "s": "bigger"}, Unclear),
        ("left_sized", {"a": "lion", "s": "bigger"}, Unclear),
        ("right_sized", {"a": "dog", "s": "larger"}, True),
        ("right_sized", {"a": "dog", "s": "smaller"}, False),
        ("count_sized", {"a": "animal", "b": "chair", "s": "bigger"}, 1),
        ("count_sized", {"a": "animal", "b": "chair", "s": "smaller"}, 2),
        ("count_sized", {"a": "apple", "b": "cat", "s": "larger"}, 0),
        ("count_sized", {"a": "kite", "b": "umbrella", "s": "larger"}, Unclear),
        ("count_sized", {"a": "animal", "b": "cat", "s": "larger"}, Unclear),
        ("count_sized", {"a": "apple", "b": "lion", "s": "larger"}, Absent),
        ("any_sized", {"a": "animal", "b": "chair", "s": "bigger"}, True),
        ("any_sized", {"a": "apple", "b": "cat", "s": "bigger"}, False),
        ("any_sized", {"a": "lion", "b": "cat", "s": "bigger"}, Unclear),
        ("any_sized", {"a": "apple", "b": "lion", "s": "tinier"}, Absent),
        ("sides_like", {"a": "dog"}, False),
        ("sides_like", {"a": "apple"}, Unclear),
        ("sides_like", {"a": "cat"}, Unclear),
    ],
)
def test_truth_by_hand(form: str, slots: dict[str, str], expected: object) -> None:
    if expected is Absent or expected is Unclear:
        with pytest.raises(expected):  # type: ignore[call-overload]  # one of the two
            answer(BY_NAME[form], slots, [GARDEN])
    else:
        assert answer(BY_NAME[form], slots, [GARDEN]) == expected


def test_kinds_of_each_other_are_not_told_apart() -> None:
    street = Scene(0, "val", 400, 300, "city", (thing("taxi", 60, 60), thing("car", 200, 60), thing("bus", 330, 60)))
    with pytest.raises(Unclear):
        answer(BY_NAME["single_kind"], {"g": "vehicle"}, [street])


def test_one_that_touches_the_other_is_not_asked_about() -> None:
    pile = Scene(0, "val", 400, 300, "city", (thing("dog", 60, 60, "red"), thing("cat", 90, 60, "red")))
    with pytest.raises(Unclear):
        answer(BY_NAME["which_like"], {"g": "animal", "b": "dog"}, [pile])


def test_every_form_has_its_truth() -> None:
    assert {form.name for form in FORMS} == set(TRUTH)


def test_truth_agrees_with_programs_and_perfect_specialists() -> None:
    rng = random.Random(3)
    questions = []
    for name in TRUTH:
        form = BY_NAME[name]
        bound = [bind(form, rng.randrange(len(form.patterns)), "val", rng) for _ in range(30)]
        found = [question for question in bound if question is not None]
        assert len(found) >= 15, name
        questions += found
    assert_truth_agrees(questions)
