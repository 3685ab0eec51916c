"""Boxes and pointers in texts."""

import pytest

from models.picture import Box
from models.pointing import box_text, with_boxes, with_pointers

ONE: list[Box] = [(0.1, 0.1, 0.2, 0.3), (0.5, 0.5, 0.6, 0.7), (0.8, 0.1, 0.95, 0.4)]
OTHER: list[Box] = [(0.0, 0.6, 0.3, 0.9)]


@pytest.mark.parametrize(
    ("box", "size", "text"),
    [
        ((0, 24, 160, 240), (320, 240), "[0, 10, 50, 100]"),
        ((-3, 0, 400, 240), (320, 240), "[0, 0, 100, 100]"),  # not beyond the picture
        ((0.126, 0.5, 0.5, 1.0), (1, 1), "[13, 50, 50, 100]"),
    ],
)
def test_boxes_are_told_in_hundredths(box: Box, size: tuple[int, int], text: str):
    assert box_text(box, size) == text


@pytest.mark.parametrize(
    ("with_boxes_in_it", "points"),
    [
        ("There is 1 dog: [50, 50, 60, 70].", "There is 1 dog: <thing 2>."),
        ("There are 2 dogs: [10, 10, 20, 30], [80, 10, 95, 40]. The dog [80, 10, 95, 40] is red.",
         "There are 2 dogs: <thing 1>, <thing 3>. The dog <thing 3> is red."),
        ("There is no dog. So the answer is no.", "There is no dog. So the answer is no."),
        # of no thing, or no box
        ("There is 1 cat: [1, 1, 5, 5], [10, 10, 20].", "There is 1 cat: [1, 1, 5, 5], [10, 10, 20]."),
        # the part that a sentence speaks of is no thing, what is found there is
        ("In [10, 10, 20, 30], there is 1 dog: [10, 10, 20, 30].", "In [10, 10, 20, 30], there is 1 dog: <thing 1>."),
    ],
)  # fmt: skip
def test_boxes_become_pointers_and_pointers_boxes(with_boxes_in_it: str, points: str):
    assert with_pointers(with_boxes_in_it, [ONE]) == points
    assert with_boxes(points, [ONE]) == with_boxes_in_it


def test_pointers_rise_where_things_are_told_one_after_the_other():
    swapped = (
        "There are 3 dogs: [80, 10, 95, 40], [10, 10, 20, 30], [50, 50, 60, 70]. The dogs [80, 10, 95, 40] and more."
    )
    points = "There are 3 dogs: <thing 1>, <thing 2>, <thing 3>. The dogs <thing 3> and more."
    assert with_pointers(swapped, [ONE]) == points


def test_the_box_need_not_be_the_same():
    assert with_pointers("The dog [51, 49, 60, 70] is red.", [ONE]) == "The dog <thing 2> is red."
    assert with_pointers("The dog [55, 50, 65, 70] is red.", [ONE]) == "The dog [55, 50, 65, 70] is red."


@pytest.mark.parametrize(
    ("with_boxes_in_it", "points"),
    [
        ("In picture 2, there is 1 dog: [0, 60, 30, 90].", "In picture 2, there is 1 dog: <thing 1>."),
        ("In picture 1, there is 1 dog: [10, 10, 20, 30].", "In picture 1, there is 1 dog: <thing 1>."),
        ("In picture 1, there is 1 dog: [0, 60, 30, 90].", "In picture 1, there is 1 dog: [0, 60, 30, 90]."),
        ("The depth of the dog [0, 60, 30, 90] in picture 2: 3.", "The depth of the dog <thing 1> in picture 2: 3."),
        # named after it, but of another thing
        ("In picture 1, the dog [10, 10, 20, 30] is red. In picture 2, there is no dog.",
         "In picture 1, the dog <thing 1> is red. In picture 2, there is no dog."),
        ("The dog [10, 10, 20, 30] is red.", "The dog [10, 10, 20, 30] is red."),  # which picture's?
        ("In picture 7, there is 1 dog: [10, 10, 20, 30].", "In picture 7, there is 1 dog: [10, 10, 20, 30]."),
    ],
)  # fmt: skip
def test_the_picture_is_the_one_that_the_sentence_names(with_boxes_in_it: str, points: str):
    assert with_pointers(with_boxes_in_it, [ONE, OTHER]) == points
    assert with_boxes(points, [ONE, OTHER]) == with_boxes_in_it


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("There is 1 dog:<thing 2>.", "There is 1 dog: [50, 50, 60, 70]."),  # as a tokenizer may write it
        ("There is 1 dog: <thing 9>. So the answer is 1.", "There is 1 dog:. So the answer is 1."),
        ("There is 1 dog: <thing 0>.", "There is 1 dog:."),
    ],
)
def test_what_points_at_nothing_is_left_out(text: str, becomes: str):
    assert with_boxes(text, [ONE]) == becomes


def test_where_nothing_is_seen_a_text_stays_as_it_is():
    assert with_pointers("There is 1 dog: [9, 9, 19, 29].", [[]]) == "There is 1 dog: [9, 9, 19, 29]."
