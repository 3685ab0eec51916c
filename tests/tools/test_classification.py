import math

import pytest

from models.requests import Fit, Match
from tools import ImagePatch, ToolError, default_vocabulary, drive

from .conftest import CARS, HEIGHT, Fake, match

VOCABULARY = default_vocabulary()


def call(kit, name, *args, **kwargs):
    return drive(VOCABULARY.call(f"ImagePatch.{name}", args, kwargs), kit)


@pytest.fixture
def car(picture):
    x1, y1, x2, y2 = CARS["red"]
    return ImagePatch(picture, x1, HEIGHT - y2, x2, HEIGHT - y1)


def test_the_best_label(kit, car):
    assert call(kit, "classify", car, ["blue", "red", "green"]) == "red"
    assert call(kit, "classify", car, ["only one"]) == "only one"


def test_labels_are_put_into_templates(kit, car):
    assert call(kit, "classify", car, ["blue", "red"], ["a {} car", "the {} one"]) == "red"
    (asked,) = kit["clip"].asked
    assert asked.texts == ("a blue car", "the blue one", "a red car", "the red one")
    call(kit, "classify", car, ["a { b"], "say {}")
    assert kit["clip"].asked[-1].texts == ("say a { b",)


def test_of_several_templates_the_mean_counts(car):
    scores = {"a x": 1.0, "the x": 5.0, "a y": 4.0, "the y": 3.0}
    kit = {"clip": Fake(lambda request: [scores[text] for text in request.texts])}
    assert call(kit, "classify", car, ["x", "y"], "a {}") == "y"
    assert call(kit, "classify", car, ["x", "y"], ["a {}", "the {}"]) == "y"
    assert call(kit, "classify", car, ["x", "y"], "the {}") == "x"
    shares = call(kit, "label_probabilities", car, ["x", "y"], ["a {}", "the {}"])
    assert shares["y"] / shares["x"] == pytest.approx(math.exp(0.5))


def test_probabilities_of_labels(kit, car):
    shares = call(kit, "label_probabilities", car, ["blue", "red"])
    assert list(shares) == ["blue", "red"]
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["red"] > 0.99


def test_how_well_one_text_fits(car):
    kit = {"clip": Fake(lambda request: 0.75 if request == Fit(car.region, "a red car") else 0.1)}
    assert call(kit, "match_probability", car, " a red  car") == 0.75


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), "classify() needs at least one label, got an empty list"),
        ((["a", " "],), "classify() needs a word or a short phrase as labels, got an empty text"),
        ((["a"], "a photo"), "classify() needs a template with {} once in it"),
        ((["a"], "{} and {}"), "classify() needs a template with {} once in it"),
        ((["a"], []), "classify() needs at least one template"),
        ((["a"] * 300, ["{}"] * 10), "classify() takes at most 2000 labels times templates, got 3000"),
        ((3,), "classify() takes labels as a list of text, got a number"),
    ],
)
def test_arguments_of_no_use(kit, car, arguments, message):
    with pytest.raises(ToolError) as raised:
        call(kit, "classify", car, *arguments)
    assert str(raised.value).startswith(message)


def test_the_scores_are_those_of_best_text_match(kit, car):
    assert match(Match(car.region, ("red",))) == [0.0]
    assert call(kit, "classify", car, ["red", "blue"]) == call(kit, "best_text_match", car, ["red", "blue"])
