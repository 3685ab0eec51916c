"""The plain form of a question: what is taken off, and what must never be touched."""

import pytest

from distill.questions.grammar import TRAINING_NOUNS, UNSEEN_NOUNS, WORLD_CATEGORIES, WORLD_NOUNS
from distill.questions.nouns import COLOURS, plural
from models.plain_question import plain_question


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("How many dogs are there?", "how many dogs are there"),
        ("Hey, could you tell me howmany Dogs r in this pic plz??", "how many dogs are in the picture"),
        ("WHAT'S the colour of the cat", "what is the color of the cat"),
        ("I'd like to know whether the colsest dog is red", "whether the closest dog is red"),
        ("check if there is a cat on the photo", "whether there is a cat"),
        ("if each dog eats two cakes, how many are left?", "if each dog eats 2 cakes, how many are left"),
        ("Please count the dogs, thanks", "count the dogs"),
        ("in this image, is there a cat", "is there a cat"),
        ("where in the picture is the cat?", "where in the picture is the cat"),
        ("what is in the picture?", "what is in the picture"),
        ("is the tree in the left half of the image", "is the tree in the left half of the picture"),
        ("how many pumkins are there", "how many pumpkins are there"),
        ("isn't there a dog?", "is there a dog"),
        ("Is the deer orange, or is it gray?", "is the deer orange or gray"),
        ("are there mre cats on teh imae", "are there more cats"),
        ("what's the largest animal here?", "which animal is the biggest"),
        ("how many mushrums and elaphants", "how many mushrooms and elephants"),
        ("is the shipping container red", "is the shipping container red"),
        ("wich dog is rigt of teh towre", "which dog is right of the tower"),
        ("put a box aronud it", "put a box around it"),
        ("do cats makke up most of the animals", "do cats make up most of the animals"),
        ("the red one", "the red one"),
        ("“Is it  a ‘dog’?”", "\"is it a 'dog'?\""),
    ],
)
def test_what_is_taken_off(question: str, plain: str) -> None:
    assert plain_question(question) == plain
    assert plain_question(plain) == plain


@pytest.mark.parametrize("question", ["hello", "please", "thanks!", "???", "so", "hi there"])
def test_something_is_always_left(question: str) -> None:
    assert plain_question(question).strip()


def test_no_noun_or_colour_is_taken_for_a_slip() -> None:
    for noun in (*WORLD_NOUNS, *WORLD_CATEGORIES, *TRAINING_NOUNS, *UNSEEN_NOUNS):
        for form in (noun, plural(noun)):
            assert plain_question(f"is the {form} red").startswith(f"is the {form} "), noun
    for colour in COLOURS:
        assert plain_question(f"is it {colour}") == f"is it {colour}"
