import itertools

import pytest

from tools import attributes
from tools.attributes import alternatives, is_attribute, nearest_size, size_named, size_of


@pytest.mark.parametrize("colour", [entry[0] for entry in attributes.COLOURS])
def test_a_colour_is_told_apart_from_all_other_colours(colour):
    others = alternatives(colour)
    assert colour not in others
    assert {colour, *others} == {entry[0] for entry in attributes.COLOURS}


@pytest.mark.parametrize(
    ("attribute", "first"),
    [
        ("open", ("closed",)),
        ("closed", ("open",)),
        ("violet", ("red", "orange")),
        ("gray", ("red", "orange")),
        ("Wearing Red", ("wearing orange", "wearing yellow")),
        ("dark red", ("dark orange", "dark yellow")),
        ("dark", ("light",)),
        ("lying down", ("standing", "sitting")),
        ("chocolate", ("",)),
        ("shredded", ("",)),
    ],
)
def test_alternatives(attribute, first):
    assert alternatives(attribute)[: len(first)] == first


def test_words_of_one_meaning_are_never_held_against_each_other():
    for group in (attributes.COLOURS, attributes.MATERIALS, attributes.POSTURES, attributes.MOODS):
        for entry in group:
            for word in entry:
                assert not set(alternatives(word)) & set(entry), word


def test_a_word_belongs_to_one_group_of_the_large_ones():
    groups = (attributes.COLOURS, attributes.MATERIALS, attributes.SHAPES, attributes.POSTURES, attributes.MOODS)
    words = [{word for entry in group for word in entry} for group in groups]
    for a, b in itertools.combinations(words, 2):
        assert not a & b


@pytest.mark.parametrize(
    ("text", "expected"), [("red", True), (" Lying Down", True), ("gold", True), ("dog", False), ("", False)]
)
def test_is_attribute(text, expected):
    assert is_attribute(text) is expected


@pytest.mark.parametrize(
    ("text", "size"), [("small", "small"), ("huge", "big"), ("Medium", "medium"), ("red", None), ("", None)]
)
def test_size_named(text, size):
    assert size_named(text) == size


@pytest.mark.parametrize(("share", "size"), [(0.001, "small"), (0.03, "medium"), (0.2, "big"), (1.0, "big")])
def test_size_of(share, size):
    assert size_of(share) == size


@pytest.mark.parametrize(
    ("sizes", "share", "nearest"),
    [
        (["big", "small"], 0.2, 0),
        (["big", "small"], 0.001, 1),
        (["big", "small"], 0.02, 1),
        (["big", "small"], 0.06, 0),
        (["big", "medium", "small"], 0.03, 1),
        (["medium", "small"], 0.5, 0),
        (["medium", "big"], 0.0001, 0),
    ],
)
def test_nearest_size(sizes, share, nearest):
    assert nearest_size(sizes, share) == nearest
