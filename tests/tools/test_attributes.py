import itertools

import pytest

from tools import attributes
from tools.attributes import alternatives, size_fits


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
    ("attribute", "share", "expected"),
    [
        ("small", 0.001, True),
        ("small", 0.2, False),
        ("huge", 0.2, True),
        ("big", 0.03, False),
        ("Medium", 0.03, True),
        ("red", 0.03, None),
    ],
)
def test_size_fits(attribute, share, expected):
    assert size_fits(attribute, share) is expected
