"""What a thing is told of the others in its picture."""

import random

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models.embedded.company import (
    COMPANY,
    EVERY,
    GROUPS,
    LOUD,
    MOST,
    NEAR,
    NEIGHBOURS,
    SHORT,
    SIDES,
    company,
    gaps,
)
from models.picture import Picture
from tools.functions import distance
from tools.image_patch import ImagePatch

NAMES = torch.eye(SHORT)
SIDE = ["left", "above", "smaller", "higher", "right", "below", "larger", "lower"]
NEIGHBOUR = ["left", "above", "right", "below", "nearest", "farthest"]

DOG, CAT, HAT = 0, 1, 2
ANIMAL = 0
RED, BLUE = 0, 1

YARD = [
    # noun, narrowest category, widest, colour, left, top, right, bottom
    (DOG, ANIMAL, ANIMAL, RED, 0.0, 0.5, 0.2, 0.7),
    (CAT, ANIMAL, ANIMAL, BLUE, 0.3, 0.0, 0.7, 0.4),
    (DOG, ANIMAL, ANIMAL, BLUE, 0.8, 0.8, 0.9, 0.9),
    (HAT, -1, -1, RED, 1.0, 0.1, 1.3, 0.4),
]


def told_of(things: list[tuple[float, ...]], empty: int = 2) -> Tensor:
    """`(N + empty, COMPANY)`"""
    table = functional.pad(torch.tensor(things), (0, 0, 0, empty))
    noun, narrow, wide, colour = table[:, :4].long().T
    groups = torch.stack((noun, narrow, wide, colour, 10 * noun + colour))[:, None]
    there = torch.arange(len(table))[None] < len(things)
    return company(groups, table[None, :, 4:], there, NAMES[noun][None])[0]


class Said:
    """One thing's numbers, read back."""

    def __init__(self, told: Tensor) -> None:
        flags, names = told.split((COMPANY - NEIGHBOURS * SHORT, NEIGHBOURS * SHORT))
        assert set(flags.tolist()) <= {0.0, LOUD}
        *groups, rest = flags.split([2 * MOST + SIDES] * GROUPS + [EVERY + SIDES * MOST + 2 * MOST + 2])
        self.groups = [self._group(one) for one in groups]
        every, beyond, kinds, often, wide_kinds, wide_often = rest.split((EVERY, SIDES * MOST, MOST, 1, MOST, 1))
        self.every = int(every.argmax()) + 1
        self.beyond = dict(zip(SIDE, beyond.view(SIDES, MOST).argmax(1).tolist(), strict=True))
        self.kinds, self.often = int(kinds.argmax()) + 1, bool(often)
        self.wide = (int(wide_kinds.argmax()) + 1, bool(wide_often)) if wide_kinds.any() else None
        self.near = {
            side: int(one.argmax()) if one.any() else None
            for side, one in zip(NEIGHBOUR, names.view(NEIGHBOURS, SHORT), strict=True)
        }
        assert names.view(NEIGHBOURS, SHORT).norm(dim=1).max().item() in (0, pytest.approx(NEAR * SHORT**0.5))

    def _group(self, told: Tensor) -> tuple[int, int, set[str]] | None:
        count, left, ends = told.split((MOST, MOST, SIDES))
        if not count.any():
            return None
        none = {name for name, flag in zip(SIDE, ends.tolist(), strict=True) if flag}
        return int(count.argmax()) + 1, int(left.argmax()), none


def test_a_thing_is_told_of_its_noun_its_categories_and_its_colour() -> None:
    told = told_of(YARD)
    assert told.shape == (6, COMPANY)
    assert not told[4:].any()
    dog, cat, other, hat = map(Said, told[:4])
    noun, narrow, wide, colour, both = dog.groups
    assert noun == (2, 0, {"left", "above", "higher", "larger"})
    assert narrow == wide == (3, 0, {"left"})
    assert colour == (2, 0, {"left", "smaller", "below", "lower"})
    assert both == (1, 0, set(SIDE))
    assert cat.groups[0] == (1, 0, set(SIDE))
    assert cat.groups[1] == (3, 1, {"above", "larger", "higher"})
    assert other.groups[0] == (2, 1, {"right", "below", "smaller", "lower"})
    assert hat.groups[1] is None
    assert hat.groups[2] is None


def test_a_thing_is_told_how_many_there_are_beside_it_and_which_are_most_frequent() -> None:
    dog, cat, _, hat = map(Said, told_of(YARD)[:4])
    assert dog.every == cat.every == hat.every == 4
    assert dog.beyond == {
        "left": 0, "above": 2, "smaller": 1, "higher": 2, "right": 3, "below": 1, "larger": 2, "lower": 1,
    }  # fmt: skip
    assert [one.kinds for one in (dog, cat, hat)] == [3, 3, 3]
    assert [one.often for one in (dog, cat, hat)] == [True, False, False]
    assert (dog.wide, cat.wide, hat.wide) == ((2, True), (2, False), None)


def test_a_thing_is_told_what_stands_next_to_it() -> None:
    dog, cat, _, hat = map(Said, told_of(YARD)[:4])
    assert dog.near == {"left": None, "above": CAT, "right": CAT, "below": DOG, "nearest": CAT, "farthest": HAT}
    assert cat.near == {"left": DOG, "above": None, "right": HAT, "below": DOG, "nearest": DOG, "farthest": DOG}
    assert hat.near["right"] is None


@pytest.mark.parametrize("count", [1, 9, 10, 12, 22])
def test_more_than_can_be_told_apart_are_told_as_the_most(count: int) -> None:
    said = [Said(one) for one in told_of([(DOG, -1, -1, RED, at, 0.0, at + 0.5, 1.0) for at in range(count)])[:count]]
    assert {one.every for one in said} == {min(count, EVERY)}
    assert {one.groups[0][0] for one in said if one.groups[0]} == {min(count, MOST)}
    assert [one.beyond["left"] for one in said] == [min(at, MOST - 1) for at in range(count)]


def test_a_lone_thing_has_no_neighbours_and_nothing_has_no_company() -> None:
    told = told_of(YARD[:1])
    assert set(Said(told[0]).near.values()) == {None}
    assert not told[1:].any()
    nowhere = torch.zeros(1, 3, dtype=torch.bool)
    groups, boxes = torch.zeros(GROUPS, 1, 3, dtype=torch.long), torch.zeros(1, 3, 4)
    assert not company(groups, boxes, nowhere, NAMES[None, :3]).any()


def test_gaps_are_what_programs_call_distance() -> None:
    rng = random.Random(0)
    sides = [[rng.randrange(90) for _ in range(2)] for _ in range(12)]
    boxes = [(x, y, x + rng.randrange(3, 40), y + rng.randrange(3, 40)) for x, y in sides]
    found = gaps(torch.tensor(boxes).float()[None])[0]
    image = Picture.from_image(np.zeros((200, 200, 3), np.uint8))
    patches = [ImagePatch(image, left=a, lower=200 - d, right=c, upper=200 - b) for a, b, c, d in boxes]
    for one in range(12):
        for other in range(12):
            assert found[one, other] == pytest.approx(distance(patches[one], patches[other]), abs=1e-4)
