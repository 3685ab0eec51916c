"""Heads that are shown where to look."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from distill.checkpoints import load_base
from distill.looking import WORTH, Looks, heads_of

PLACES = {"named": {(0, 9): 2, (1, 12): 0}, "sought": {(0, 8): 2, (0, 11): 5, (1, 10): 3}}
"""Where the heads of two packs should look: from (pack, place) at a thing."""

LENGTH = 16


@pytest.fixture
def student(fresh_student: Path) -> tuple[Any, dict[str, Tensor]]:
    """One whose heads are watched, and two packs: who speaks, a picture of seven tokens, words."""
    model, _ = load_base(fresh_student, "float32")
    torch.manual_seed(0)
    tokens = torch.randint(10, 200, (2, LENGTH))
    tokens[:, 1:8] = model.config.image_token_index
    packs = {"input_ids": tokens, "pixel_values": torch.randn(2, 7, model.config.vision_config.hidden_size)}
    for name, places in PLACES.items():
        packs[name] = torch.full((2, LENGTH), -1)
        for at, thing in places.items():
            packs[name][at] = thing
    return model, packs


def run(model: Any, packs: dict[str, Tensor]) -> Any:
    return model.model(
        input_ids=packs["input_ids"],
        pixel_values=packs["pixel_values"],
        attention_mask=torch.zeros(2, 1, LENGTH, LENGTH).masked_fill(~causal()[:, None], -torch.inf),
        use_cache=False,
        output_attentions=True,
    )


def causal() -> Tensor:
    return torch.ones(2, LENGTH, LENGTH, dtype=torch.bool).tril()


def test_what_they_lose_is_that_of_the_attention_they_pay(student: tuple[Any, dict[str, Tensor]]) -> None:
    model, packs = student
    model.set_attn_implementation("eager")
    looks = Looks(model)
    paid = run(model, packs).attentions
    lost = looks.losses(packs, causal())
    assert set(lost) == set(PLACES) == set(WORTH)
    for name, (layer, head) in heads_of(len(paid)).items():
        shares = [paid[layer][pack, head, place, 1 + thing] for (pack, place), thing in PLACES[name].items()]
        assert lost[name].item() == pytest.approx(-torch.stack(shares).log().mean().item(), rel=1e-4)


def test_they_learn_to_look(student: tuple[Any, dict[str, Tensor]]) -> None:
    model, packs = student
    looks = Looks(model)
    optimizer = torch.optim.AdamW(model.model.language_model.parameters(), 3e-3)
    losses = []
    for _ in range(25):
        run(model, packs)
        lost = torch.stack(list(looks.losses(packs, causal()).values())).sum()
        losses.append(lost.item())
        optimizer.zero_grad()
        lost.backward()
        optimizer.step()
    assert losses[-1] < losses[0] / 4


def test_where_nothing_is_pointed_at_nothing_is_lost(student: tuple[Any, dict[str, Tensor]]) -> None:
    model, packs = student
    looks = Looks(model)
    run(model, packs)
    packs["sought"] = torch.full_like(packs["sought"], -1)
    assert set(looks.losses(packs, causal())) == {"named"}


@pytest.mark.parametrize(
    ("layers", "named", "sought"),
    [(1, (0, 0), (0, -1)), (2, (0, 0), (0, -1)), (5, (1, 0), (3, -1)), (7, (2, 0), (5, -1))],
)
def test_there_are_such_heads_in_any_decoder(layers: int, named: tuple[int, int], sought: tuple[int, int]) -> None:
    assert heads_of(layers) == {"named": named, "sought": sought}
