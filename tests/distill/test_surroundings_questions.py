"""Where and when a picture is set: truth by hand, and the canonical programs under perfect specialists."""

import random

import pytest

from distill.questions.binding import bind
from distill.questions.grammar import BY_NAME, draw
from distill.questions.surroundings import FORMS, TRUTH
from distill.questions.truth import answer
from distill.questions.view import Absent, Unclear
from models.embedded.world.scene import Scene
from tests.distill.reference_programs import assert_truth_agrees
from tests.distill.scenes import scene, thing

BEACH = scene(
    *(thing("cloud", 60, 50), thing("cloud", 150, 40), thing("airplane", 250, 60), thing("boat", 330, 140)),
    *(thing("dog", 60, 250), thing("dog", 150, 250), thing("cat", 250, 260)),
    background="beach",
)
NIGHT = scene(thing("owl", 60, 60), thing("moon", 200, 50), thing("deer", 300, 250), background="night")
ROOM = scene(thing("dog", 60, 250), thing("balloon", 200, 80), background="room")
WOODS = scene(thing("deer", 60, 250), thing("fox", 200, 250), thing("owl", 300, 60), background="forest")


@pytest.mark.parametrize(
    ("form", "slots", "shown", "expected"),
    [
        ("day_or_night", {}, NIGHT, "night"),
        ("day_or_night", {}, WOODS, "day"),
        ("is_dark", {}, NIGHT, True),
        ("is_dark", {}, BEACH, False),
        ("is_daytime", {}, NIGHT, False),
        ("is_daytime", {}, BEACH, True),
        ("indoors_or_outdoors", {}, ROOM, "indoors"),
        ("indoors_or_outdoors", {}, NIGHT, "outdoors"),
        ("is_indoors", {}, ROOM, True),
        ("is_indoors", {}, BEACH, False),
        ("is_outdoors", {}, ROOM, False),
        ("is_outdoors", {}, WOODS, True),
        ("which_place", {"r": "city", "u": "forest", "v": "garden"}, WOODS, "forest"),
        ("which_place", {"r": "seaside", "u": "park", "v": "kitchen"}, BEACH, "beach"),
        ("count_at", {"a": "cloud", "l": "in the sky"}, BEACH, 2),
        ("count_at", {"a": "animal", "l": "at the beach"}, BEACH, 3),
        ("count_at", {"a": "dog", "l": "on the ground"}, BEACH, 2),
        ("count_at", {"a": "boat", "l": "in the water"}, BEACH, 1),
        ("count_at", {"a": "cow", "l": "in the woods"}, WOODS, 0),
        ("exists_at", {"a": "rainbow", "l": "in the sky"}, BEACH, False),
        ("exists_at", {"a": "moon", "l": "in the sky"}, NIGHT, True),
        ("exists_at", {"a": "balloon", "l": "in the room"}, ROOM, True),
        ("exists_at", {"a": "dog", "l": "on the floor"}, ROOM, True),
        ("exists_at", {"a": "fox", "l": "in the forest"}, WOODS, True),
        ("kinds_at", {"g": "animal", "l": "at the beach"}, BEACH, "cat, dog"),
        (
            "kinds_at",
            {"g": "vehicle", "l": "in the sky"},
            scene(thing("helicopter", 60, 50), background="city"),
            "helicopter",
        ),
    ],
)
def test_truth_by_hand(form: str, slots: dict[str, str], shown: Scene, expected: object) -> None:
    assert answer(BY_NAME[form], slots, [shown]) == expected


@pytest.mark.parametrize(
    ("form", "slots", "shown"),
    [
        ("day_or_night", {}, ROOM),
        ("is_dark", {}, scene(thing("sun", 60, 60), background="night")),
        ("is_daytime", {}, scene(thing("moon", 60, 60), background="field")),
        ("which_place", {"r": "city", "u": "desert", "v": "garden"}, WOODS),
        ("count_at", {"a": "dog", "l": "in the woods"}, BEACH),
        ("count_at", {"a": "dog", "l": "in the sky"}, BEACH),
        ("count_at", {"a": "dog", "l": "in the water"}, BEACH),
        ("count_at", {"a": "boat", "l": "on the ground"}, BEACH),
        ("count_at", {"a": "vehicle", "l": "in the sky"}, BEACH),
        ("count_at", {"a": "cloud", "l": "at the beach"}, BEACH),
        ("exists_at", {"a": "balloon", "l": "on the floor"}, ROOM),
        ("exists_at", {"a": "balloon", "l": "in the sky"}, ROOM),
        ("exists_at", {"a": "blicket", "l": "in the room"}, ROOM),
        ("exists_at", {"a": "fish", "l": "in the water"}, WOODS),
        ("kinds_at", {"g": "animal", "l": "in the forest"}, WOODS),
        ("kinds_at", {"g": "vehicle", "l": "in the woods"}, WOODS),
    ],
)
def test_what_can_be_disputed_is_not_asked(form: str, slots: dict[str, str], shown: Scene) -> None:
    with pytest.raises(Unclear):
        answer(BY_NAME[form], slots, [shown])


@pytest.mark.parametrize("form", ["no_strength", "no_hidden"])
def test_what_no_picture_shows_has_no_answer(form: str) -> None:
    with pytest.raises(Absent):
        answer(BY_NAME[form], {"a": "dog", "b": "cat", "g": "animal"}, [BEACH])


def test_every_form_has_a_truth_or_none_at_all() -> None:
    for form in FORMS:
        assert (form.name in TRUTH) != (form.family == "unanswerable"), form.name


def test_places_that_are_asked_about_together_differ() -> None:
    form, rng = BY_NAME["which_place"], random.Random(1)
    for _ in range(50):
        said = draw(form, 0, rng).text.lower()
        assert said.count(" or ") == 1, said


def test_truth_agrees_with_programs_and_perfect_specialists() -> None:
    rng = random.Random(12)
    questions = []
    for form in FORMS:
        asked = []
        for template in form.templates("train") * 4:
            question = bind(form, template, "val", rng) if len(asked) < 15 else None
            asked += [question] if question is not None else []
        assert len(asked) == 15, form.name
        questions += asked
    assert_truth_agrees(questions)
    answers = {form.name: {one.answer for one in questions if one.form == form.name} for form in FORMS}
    for name in ("is_dark", "is_daytime", "is_indoors", "is_outdoors", "exists_at"):
        assert answers[name] == {"yes", "no"}, name
