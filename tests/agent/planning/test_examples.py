"""The curated examples, and which of them resemble a question."""

import pytest

from agent.planning.examples import Example, Shelf, curated


def test_there_are_enough_and_no_two_alike() -> None:
    examples = curated()
    assert len(examples) >= 30
    assert (
        len({example.question for example in examples})
        == len({example.program for example in examples})
        == len(examples)
    )
    assert sum(isinstance(example.pictures, int) and example.pictures > 1 for example in examples) >= 4
    assert sum(example.pictures == "video" for example in examples) >= 8


@pytest.mark.parametrize("example", curated(), ids=lambda example: example.question[:40])
def test_the_signature_fits_the_number_of_pictures(example: Example) -> None:
    parameter = {1: "image", "album": "", "video": "video"}.get(example.pictures, "images")
    assert example.program.startswith(f"def execute_command({parameter}):\n")


@pytest.mark.parametrize(
    ("question", "pictures", "nearest"),
    [
        (
            "How many cookies can every child have so that it is fair?",
            1,
            "How many muffins can each kid have for it to be fair?",
        ),
        ("Is there a horse?", 1, "Is there a dog?"),
        ("are there more bikes than cars", 1, "Are there more cats than dogs?"),
        ("What color is the truck?", 1, "What colour is the bus?"),
        ("Which kid is farthest away?", 1, "Which of the kids is farthest away?"),
        ("What does the label say?", 1, "What does the sign say?"),
        ("In which picture are there more ducks?", 2, "In which of the pictures are there more sheep?"),
        ("Is there a lamp in both?", 2, "Is there a clock in both pictures?"),
    ],
)
def test_the_nearest_is_of_the_same_shape(question: str, pictures: int, nearest: str) -> None:
    assert Shelf().nearest(question, 4, pictures)[-1].question == nearest


def test_words_that_no_example_knows() -> None:
    assert len(Shelf().nearest("zzz qqq", 5)) == 5
    assert Shelf([]).nearest("Is there a dog?", 5) == []
    assert Shelf().nearest("Is there a dog?", 0) == []


def test_videos_have_examples_of_their_own() -> None:
    shown = Shelf().nearest("When does the train come into view?", 8, "video")
    assert {example.pictures for example in shown} == {"video"}
    assert shown[-1].question == "When does the dog appear?"
    assert all(example.pictures != "video" for example in Shelf().nearest("When does the dog appear?", 99))
