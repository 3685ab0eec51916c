"""What the tokens of a student's tower tell of a thing beside what it looks like."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models.embedded.company import COMPANY, LOUD, MOST, SIDES
from models.embedded.gallery import load_gallery
from models.embedded.regions import (
    PLACE,
    THERE,
    SightPictureProcessor,
    SightRegionsConfig,
    SightRegionsModel,
    _told,
    boxes_of,
)
from models.embedded.world.lexicon import is_a
from models.presets import Kit, load_preset

DOG, CAT = torch.eye(4)[:2]
SIZE = torch.tensor([240.0, 320.0])
BOXES = [(0.0, 100, 40, 140), (50.0, 0, 150, 100), (200.0, 200, 220, 220)]


@pytest.fixture(scope="module")
def tower() -> SightRegionsModel:
    config = SightRegionsConfig(
        projection_dim=4,
        nouns=["dog", "cat"],
        colours=["red", "blue"],
        vision_config={"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2},
    )
    made = SightRegionsModel(config)
    made.labels.copy_(torch.tensor([[9.0, 0, 0, 0, 0], [0, 9, 0, 0, 0.5], [0, 0, 9, 0, 0], [0, 0, 0, 9, 0]]))
    made.short[0, 0] = made.short[1, 1] = 1
    made.categories.copy_(torch.tensor([[0, 0], [-1, -1]]))
    return made


def tokens(looks: list[Tensor], boxes: list[tuple[float, ...]], empty: int = 2) -> Tensor:
    """Tokens of one picture, without what follows from them."""
    told = _told(torch.stack(looks), torch.tensor(boxes), SIZE, torch.ones(len(boxes)))
    return functional.pad(told, (0, 0, 0, empty))[None]


def test_things_are_called_and_counted_by_what_they_look_like(tower: SightRegionsModel) -> None:
    red, blue = torch.eye(4)[2:]
    looks = [DOG + 0.3 * red, CAT + 0.3 * blue + 0.9 * DOG, 0.7 * DOG + blue]
    known = tower.known(tokens(looks, BOXES))[0]
    assert known.shape == (5, 4 + 2 + COMPANY + tower.config.regions)
    assert tower.config.seen_size + known.shape[1] == tower.config.hidden_size
    assert not known[3:].any()
    assert torch.equal(known[:3, :4], 2 * torch.stack((DOG, CAT, DOG)))
    assert known[:3, 4:6].tolist() == [[LOUD, 0], [0, LOUD], [0, LOUD]]
    assert (known[:3, 6 : 6 + MOST].argmax(1) + 1).tolist() == [2, 1, 2]
    assert torch.equal(known[:, -tower.config.regions :][:, :3], LOUD * torch.eye(5)[:, :3])


@pytest.mark.parametrize("size", [(240.0, 320.0), (320.0, 100.0)])
def test_boxes_are_read_back_from_their_waves(size: tuple[float, float]) -> None:
    told = _told(torch.stack([DOG, CAT]), torch.tensor(BOXES[:2]), torch.tensor(size), torch.ones(2))
    found = boxes_of(functional.pad(told, (0, 0, 0, 1))[None, :, -PLACE:].half().float())
    assert torch.allclose(found[0, :2] * size[0], torch.tensor(BOXES[:2]), atol=1.5)


@pytest.mark.parametrize("size", [(240.0, 320.0), (320.0, 100.0)])
def test_what_can_be_pointed_at_is_told_in_shares(tower: SightRegionsModel, size: tuple[float, float]) -> None:
    told = _told(torch.stack([DOG, CAT]), torch.tensor(BOXES[:2]), torch.tensor(size), torch.ones(2))
    one, none = tower.boxes(torch.stack((functional.pad(told, (0, 7, 0, 3)), torch.zeros(5, told.shape[1] + 7))).half())
    height, width = size
    expected = torch.tensor(BOXES[:2]) / torch.tensor((width, height, width, height))
    assert torch.allclose(one, expected.clamp(max=1), atol=2e-3)
    assert none.shape == (0, 4)


def test_pictures_without_things_have_nothing_to_know(tower: SightRegionsModel) -> None:
    assert not tower.known(torch.zeros(2, 4, tower.config.seen_size)).any()


def test_the_shipped_tower_knows_eight_muffins_and_two_kids() -> None:
    student = Kit(load_preset("embedded"), device="cpu").student()
    assert isinstance(student.processor.image_processor, SightPictureProcessor)
    image = next(item for item in load_gallery() if item.name == "muffins_and_kids").picture.image
    pixels = student.processor.image_processor([image], return_tensors="pt")["pixel_values"]
    tower = student.model.model.vision_tower
    with torch.inference_mode():
        things = tower(pixels).last_hidden_state[0, : tower.config.regions]
    things = things[things[:, tower.config.seen_size + THERE] > 0].float()
    names = things[:, tower.config.seen_size :][:, : tower.config.projection_dim]
    company = things[:, : -tower.config.regions][:, -COMPANY:]
    nouns = tower.labels[: len(tower.config.nouns), :-1].float()
    found = [tower.config.nouns[at] for at in (names @ nouns.T).argmax(1).tolist()]
    alike, narrow = (company[:, at : at + MOST].argmax(1).add(1).tolist() for at in (0, 2 * MOST + SIDES))
    assert [many for noun, many in zip(found, alike, strict=True) if noun == "muffin"] == [8] * 8
    assert [many for noun, many in zip(found, narrow, strict=True) if is_a(noun, "kid")] == [2, 2]
