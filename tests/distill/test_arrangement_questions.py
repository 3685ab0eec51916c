"""Questions about arrangement: truth by hand, and canonical programs that agree with it under perfect specialists."""

import random

import pytest

from distill.questions.arrangement import FORMS, TRUTH
from distill.questions.binding import Question, bind
from distill.questions.grammar import BY_NAME
from distill.questions.truth import answer
from distill.questions.view import Absent, Unclear
from models.embedded.world.scene import Scene
from tests.distill.reference_programs import assert_truth_agrees
from tests.distill.scenes import scene, thing

LEAST = 15
"""Questions of every form that are bound and run."""


YARD = scene(
    thing("cat", 60, 60, "red"),
    thing("dog", 160, 65, "brown"),
    thing("cat", 340, 70, "black"),
    thing("book", 30, 250, "red"),
    thing("book", 110, 255, "blue"),
    thing("book", 250, 170, "green"),
    thing("apple", 255, 260, "yellow"),
)
"""Two cats with a dog between them at the top; two books in a row at the bottom and one above an apple."""

HERD = scene(
    thing("horse", 50, 50, "red"),
    thing("lion", 200, 60, "white"),
    thing("elephant", 350, 50, "gray"),
    thing("apple", 60, 200, "red"),
    thing("apple", 120, 200, "green"),
    thing("pear", 250, 230, "yellow"),
    thing("pear", 330, 240, "yellow"),
)
"""Three animals in a row above two apples and two pears."""

SHELF = scene(
    thing("book", 50, 150),
    thing("cat", 150, 150, "red"),
    thing("horse", 300, 150),
    thing("cat", 370, 40, "black"),
    thing("pear", 200, 40),
    thing("apple", 120, 260),
)
"""A cat between a book and a horse; a pear high up, an apple at the bottom."""

PAIR = scene(thing("cat", 60, 60), thing("cat", 160, 60), thing("apple", 300, 200, "red"), thing("pear", 200, 20))
"""Two cats with nothing between them, and nothing higher than the pear."""


@pytest.mark.parametrize(
    ("form", "slots", "shown", "expected"),
    [
        ("between_pair", {"a": "cat", "g": "animal"}, YARD, "dog"),
        ("between_pair_colour", {"a": "cat", "b": "dog"}, YARD, "brown"),
        ("between_colour", {"a": "cat", "b": "book", "c": "horse"}, SHELF, "red"),
        ("row_below", {"a": "book"}, YARD, 2),
        ("row_above", {"a": "animal"}, HERD, 3),
        ("in_order_left", {"g": "animal"}, HERD, "horse then lion then elephant"),
        ("in_order_right", {"g": "animal"}, HERD, "elephant then lion then horse"),
        ("in_order_down", {"g": "fruit"}, SHELF, "pear then apple"),
        ("which_of_three", {"a": "book", "k": "blue"}, YARD, "middle"),
        ("which_of_three", {"a": "book", "k": "green"}, YARD, "right"),
        ("which_of_three", {"a": "book", "k": "red"}, YARD, "left"),
        ("is_three_middle", {"a": "lion", "g": "animal"}, HERD, True),
        ("is_three_middle", {"a": "horse", "g": "animal"}, HERD, False),
        ("both_sides", {"a": "cat", "b": "dog"}, YARD, True),
        ("both_sides", {"a": "pear", "b": "lion"}, HERD, False),
        ("by_leftmost_right", {"a": "cat"}, YARD, "dog"),
        ("by_rightmost_left", {"a": "cat"}, PAIR, "cat"),
        ("by_rightmost_below", {"a": "book"}, YARD, "apple"),
        ("by_topmost_below", {"a": "book"}, YARD, "apple"),
        ("colour_by_one_right", {"a": "book", "k": "red"}, YARD, "blue"),
        ("colour_by_one_left", {"a": "book", "k": "blue"}, YARD, "red"),
        ("all_half_above", {"a": "cat"}, YARD, True),
        ("all_half_left", {"a": "cat"}, YARD, False),
        ("many_left", {"a": "apple", "b": "pear"}, HERD, True),
        ("many_right", {"a": "apple", "b": "pear"}, HERD, False),
        ("many_above", {"a": "cat", "b": "book"}, YARD, True),
        ("many_below", {"a": "cat", "b": "book"}, YARD, False),
    ],
)
def test_truth_by_hand(form: str, slots: dict[str, str], shown: Scene, expected: object) -> None:
    assert answer(BY_NAME[form], slots, [shown]) == expected


@pytest.mark.parametrize(
    ("form", "slots", "shown"),
    [
        ("between_pair", {"a": "cat", "g": "fruit"}, PAIR),
        ("between_pair_colour", {"a": "cat", "b": "apple"}, PAIR),
        ("between_colour", {"a": "apple", "b": "tree", "c": "lion"}, HERD),
        ("by_leftmost_above", {"a": "fruit"}, PAIR),
        ("colour_by_one_left", {"a": "book", "k": "red"}, YARD),
        ("all_half_left", {"a": "tree"}, YARD),
    ],
)  # fmt: skip
def test_what_is_not_there_has_no_answer(form: str, slots: dict[str, str], shown: Scene) -> None:
    with pytest.raises(Absent):
        answer(BY_NAME[form], slots, [shown])


@pytest.mark.parametrize(
    ("form", "slots", "shown"),
    [
        ("between_pair", {"a": "book", "g": "thing"}, YARD),  # three of them
        ("between_pair", {"a": "cat", "g": "thing"}, YARD),  # several between
        ("between_pair_colour", {"a": "cat", "b": "horse"}, YARD),
        ("row_below", {"a": "animal"}, scene(thing("cat", 50, 200), thing("dog", 120, 175), thing("cow", 250, 60))),
        ("row_below", {"a": "cat"}, YARD),  # too few for rows
        ("row_above", {"a": "book"}, YARD),  # one alone is no row
        ("in_order_left", {"g": "book"}, YARD),  # all alike
        ("in_order_down", {"g": "animal"}, HERD),  # level
        ("which_of_three", {"a": "book", "k": "white"}, YARD),
        ("which_of_three", {"a": "cat", "k": "red"}, YARD),  # two of them
        ("is_three_middle", {"a": "cat", "g": "animal"}, YARD),  # which cat
        ("is_three_middle", {"a": "apple", "g": "animal"}, HERD),
        ("both_sides", {"a": "tree", "b": "dog"}, YARD),
        ("both_sides", {"a": "book", "b": "apple"}, YARD),  # one is level with it
        ("by_topmost_left", {"a": "cat"}, YARD),  # equally high
        ("by_lowest_right", {"a": "dog"}, YARD),  # the only one
        ("colour_by_one_right", {"a": "cat", "k": "white"}, YARD),
        ("colour_by_one_above", {"a": "book", "k": "blue"}, YARD),  # rather beside it
        ("all_half_left", {"a": "animal"}, HERD),  # one in the very middle
        ("many_left", {"a": "animal", "b": "pear"}, HERD),
        ("many_left", {"a": "dog", "b": "cat"}, YARD),  # one is not several
    ],
)  # fmt: skip
def test_what_can_be_disputed_is_not_asked(form: str, slots: dict[str, str], shown: Scene) -> None:
    with pytest.raises(Unclear):
        answer(BY_NAME[form], slots, [shown])


def test_every_form_has_its_truth() -> None:
    assert set(TRUTH) == {form.name for form in FORMS}


def _bound(name: str, rng: random.Random) -> list[Question]:
    form = BY_NAME[name]
    questions: dict[str, Question] = {}
    for _ in range(40 * LEAST):
        question = bind(form, rng.choice(form.templates("train")), "val", rng)
        if question is not None:
            questions.setdefault(question.text, question)
        if len(questions) == LEAST:
            break
    return list(questions.values())


def test_truth_agrees_with_reference_programs_and_perfect_specialists() -> None:
    rng = random.Random(8)
    questions: list[Question] = []
    for form in FORMS:
        found = _bound(form.name, rng)
        assert len(found) == LEAST, form.name
        assert any(not question.unanswerable for question in found), form.name
        questions += found
    assert_truth_agrees(questions)
