"""What the tokens of a student's tower tell of a thing among the others."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models.embedded.gallery import load_gallery
from models.embedded.regions import COMPANY, MOST_LIKE, PLACE, SightPictureProcessor, _told, company
from models.presets import Kit, load_preset

DOG, OTHER_DOG, CAT = torch.tensor([[1.0, 0, 0], [0.8, 0.6, 0], [0, 0, 1]])
SIZE = torch.tensor([240.0, 320.0])
NAMES = ["leftmost", "topmost", "smallest", "rightmost", "lowest", "largest"]


def tokens(looks: list[Tensor], boxes: list[tuple[float, ...]], empty: int = 2) -> Tensor:
    """Tokens of one picture, without what is told of their company."""
    told = _told(torch.stack(looks), torch.tensor(boxes), SIZE, torch.ones(len(boxes)))
    return functional.pad(told, (0, 0, 0, empty))[None]


def said(told: Tensor) -> list[tuple[int, int, set[str], set[str]]]:
    """Of each thing: how many are like it, how many of them left of it, what it is among them and among all."""
    found = []
    for one in told:
        counts, lefts, flags = one.split((MOST_LIKE, MOST_LIKE, 12))
        ends = [{name for name, flag in zip(NAMES, some, strict=True) if flag} for some in flags.split(6)]
        found.append((int(counts.argmax()) + 1, int(lefts.argmax()), ends[0], ends[1]))
    return found


def test_things_are_told_how_many_there_are_and_how_they_compare() -> None:
    boxes = [(0.0, 100, 40, 140), (50.0, 0, 150, 100), (200.0, 200, 220, 220)]
    told = company(tokens([DOG, CAT, OTHER_DOG], boxes))[0]
    assert told.shape == (5, COMPANY)
    assert not told[3:].any()
    assert said(told[:3]) == [
        (2, 0, {"leftmost", "topmost", "largest"}, {"leftmost"}),
        (1, 0, set(NAMES), {"topmost", "largest"}),
        (2, 1, {"rightmost", "lowest", "smallest"}, {"rightmost", "lowest", "smallest"}),
    ]


@pytest.mark.parametrize("count", [1, 9, 10, 12])
def test_more_than_can_be_told_apart_are_told_as_the_most(count: int) -> None:
    boxes = [(20.0 * at, 0, 20.0 * at + 10, 10) for at in range(count)]
    told = said(company(tokens([DOG] * count, boxes))[0, :count])
    assert {one[0] for one in told} == {min(count, MOST_LIKE)}
    assert [one[1] for one in told] == [min(at, MOST_LIKE - 1) for at in range(count)]


def test_pictures_without_things_have_no_company() -> None:
    assert not company(torch.zeros(2, 4, 3 + PLACE)).any()


def test_the_shipped_tower_counts_eight_muffins_and_two_kids() -> None:
    student = Kit(load_preset("embedded"), device="cpu").student()
    assert isinstance(student.processor.image_processor, SightPictureProcessor)
    image = next(item for item in load_gallery() if item.name == "muffins_and_kids").picture.image
    pixels = student.processor.image_processor([image], return_tensors="pt")["pixel_values"]
    tower = student.model.model.vision_tower
    with torch.inference_mode():
        things = tower(pixels).last_hidden_state[0, : tower.config.regions]
    there = things[:, -COMPANY - 2] > 0
    counts = [one[0] for one in said(things[there, -COMPANY:])]
    assert counts.count(8) == 8
    assert counts.count(2) == 2
