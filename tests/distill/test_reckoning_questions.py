"""Questions that reckon with what is there: truth by hand, what is not asked, and programs that give the truth."""

import random

import pytest

from distill.questions import reckoning
from distill.questions.binding import Question, bind
from distill.questions.forms import Form
from distill.questions.grammar import BY_NAME, draw
from distill.questions.truth import answer
from distill.questions.view import Unclear
from models.planner_grammar import numbers_of
from tests.distill.reference_programs import assert_truth_agrees
from tests.distill.test_questions import scene, thing

FORMS = [BY_NAME[form.name] for form in reckoning.FORMS]

FARM = scene(
    *(thing("cow", 40 + 60 * at, 200, "brown") for at in range(4)),
    thing("sheep", 60, 100, "white"),
    thing("pig", 160, 100, "pink"),
    thing("bus", 300, 60, "red", side=100),
    thing("bicycle", 360, 250, "blue"),
)


@pytest.mark.parametrize(
    ("form", "slots", "expected"),
    [
        ("count_mistaken", {"a": "cow", "b": "bus"}, 4),
        ("count_mistaken", {"a": "dog", "b": "sheep"}, 0),
        ("two_takers", {"a": "cow", "r": "one {a}", "q": "two"}, 1),
        ("two_takers", {"a": "animal", "r": "2 of the {a+}", "q": "4"}, 0),
        ("come_and_go", {"a": "cow", "r": "three {a+}", "q": "two"}, 3),
        ("come_and_go", {"a": "cow", "r": "4 {a+}", "q": "1"}, 1),
        ("add_kind", {"g": "animal", "a": "cow", "n": "2"}, 8),
        ("add_kind", {"g": "animal", "a": "lion", "n": "1"}, 7),
        ("come_two_kinds", {"g": "animal", "a": "cow", "b": "lion", "n": "2", "r": "three"}, 11),
        ("take_all_kind", {"g": "animal", "a": "cow"}, 2),
        ("take_all_kind", {"g": "thing", "a": "animal"}, 2),
        ("count_including", {"g": "vehicle", "a": "bicycle"}, 2),
        ("more_than_rest", {"g": "animal", "a": "cow"}, True),
        ("more_than_rest", {"g": "thing", "a": "cow"}, False),
        ("each_many", {"a": "cow", "r": "twelve"}, 48),
        ("seats", {"a": "vehicle", "r": "20"}, 40),
        ("price_many", {"a": "cow", "r": "thirty five"}, 140),
        ("price_many", {"a": "bus", "r": "999"}, 999),
        ("afford", {"a": "cow", "r": "five", "q": "20"}, True),
        ("afford", {"a": "cow", "r": "6", "q": "twenty"}, False),
    ],
)
def test_truth_by_hand(form: str, slots: dict[str, str], expected: object) -> None:
    assert answer(BY_NAME[form], slots, [FARM]) == expected


@pytest.mark.parametrize(
    ("form", "slots"),
    [
        ("count_mistaken", {"a": "animal", "b": "cow"}),  # a cow is one
        ("count_mistaken", {"a": "vehicle", "b": "car"}),  # so it is, though none is there
        ("count_mistaken", {"a": "cow", "b": "kite"}),  # no kite to be mistaken
        ("count_mistaken", {"a": "cow", "b": "blicket"}),
        ("two_takers", {"a": "cow", "r": "three {a+}", "q": "two"}),  # not so many are there
        ("two_takers", {"a": "lion", "r": "one {a}", "q": "one"}),
        ("come_and_go", {"a": "sheep", "r": "two {a+}", "q": "two"}),
        ("add_kind", {"g": "vehicle", "a": "cow", "n": "2"}),
        ("add_kind", {"g": "cow", "a": "cow", "n": "2"}),
        ("come_two_kinds", {"g": "animal", "a": "cow", "b": "bus", "n": "2", "r": "2"}),
        ("come_two_kinds", {"g": "animal", "a": "cow", "b": "farm animal", "n": "2", "r": "2"}),
        ("take_all_kind", {"g": "animal", "a": "bus"}),
        ("take_all_kind", {"g": "animal", "a": "lion"}),
        ("count_including", {"g": "animal", "a": "lion"}),
        ("more_than_rest", {"g": "animal", "a": "farm animal"}),  # there are no others
        ("each_many", {"a": "lion", "r": "ten"}),
        ("seats", {"a": "lion", "r": "ten"}),
        ("price_many", {"a": "lion", "r": "ten"}),
        ("afford", {"a": "lion", "r": "2", "q": "20"}),
    ],
)
def test_what_can_be_disputed_is_not_asked(form: str, slots: dict[str, str]) -> None:
    with pytest.raises(Unclear):
        answer(BY_NAME[form], slots, [FARM])


def test_a_few_of_the_things_are_said_with_their_noun() -> None:
    form, rng = BY_NAME["two_takers"], random.Random(1)
    texts = [draw(form, index, rng).text for index in range(len(form.patterns)) for _ in range(5)]
    assert not any("{" in text for text in texts)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_numbers_of_a_form_are_ones_that_the_planner_may_write(form: Form) -> None:
    for said, value in (pair for pairs in form.fixed.values() for pair in pairs):
        assert len(value) == 1 or value in numbers_of(f"it costs {said} each")


def _questions(form: Form, count: int = 15) -> list[Question]:
    rng = random.Random(form.name)
    drawn = (bind(form, rng.randrange(len(form.patterns)), "val", rng) for _ in range(2 * count))
    return [question for question in drawn if question is not None][:count]


def test_truth_agrees_with_the_programs_and_perfect_specialists() -> None:
    questions = [question for form in FORMS for question in _questions(form)]
    assert len(questions) == 15 * len(FORMS)
    assert_truth_agrees(questions)
    answers = {question.answer for question in questions}
    assert {"yes", "no"} < answers
    assert len(answers) > 20
