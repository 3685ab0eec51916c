"""Heads of the decoder that are shown where to look.

To point at a thing is to look at it and to say its number. A decoder that is only told whether it has said the right
number takes hours on a CPU to find that out; told where to look, minutes. So one head learns to look, from a pointer
that has been written, back at its thing, and a later one, where a pointer comes next, at the thing that it will point
at. Attention that is taught directly is Liu et al., "Neural Machine Translation with Supervised Attention" (COLING
2016).
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from models import torchvision_ops

torchvision_ops.install()  # transformers' models import torchvision

# ruff: noqa: E402
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

WORTH = {"named": 0.2, "sought": 0.2}
"""What each of these losses counts beside those of what is said: `named`, from a pointer back to its thing, and
`sought`, from where a pointer comes next."""

FIRST_IMAGE = 1
"""Place of a picture's first token in a conversation; before it stands who speaks."""


def heads_of(layers: int) -> dict[str, tuple[int, int]]:
    """The layer of each of the two heads in a decoder of so many layers, and which it is in it: the first early enough
    for what it finds to be used, the second after that and not the last."""
    return {"named": (layers // 3, 0), "sought": (max(0, layers - 2), -1)}


class Looks:
    """What the two heads of a decoder of Llama's kind lose by looking elsewhere."""

    def __init__(self, model: Any) -> None:
        """`model` is a student; what enters the heads' layers is kept from each of its passes."""
        layers = model.model.language_model.layers
        self.heads = {name: (layers[at], head) for name, (at, head) in heads_of(len(layers)).items()}
        self.entered: dict[str, tuple[Tensor, tuple[Tensor, Tensor]]] = {}
        for name, (layer, _) in self.heads.items():

            def keep(layer: Any, given: Any, named: Any, name: str = name) -> None:
                self.entered[name] = given[0] if given else named["hidden_states"], named["position_embeddings"]

            layer.register_forward_pre_hook(keep, with_kwargs=True)

    def losses(self, packs: Mapping[str, Tensor], sees: Tensor) -> dict[str, Tensor]:
        """After a pass: the cross-entropy of each head's attention with the thing that it should look at, where there
        is one.

        Args:
            packs: of `distill.packs.Memory.batches`.
            sees: `(P, L, L)` bool, what each token may look at.
        """
        found = {}
        for name in self.heads:
            slots = packs[name]
            where = (slots >= 0).nonzero(as_tuple=True)
            scores = self._scores(name, where)
            if len(scores):
                scores = scores.masked_fill(~sees[where], -torch.inf)
                found[name] = functional.cross_entropy(scores, FIRST_IMAGE + slots[where])
        return found

    def _scores(self, name: str, where: tuple[Tensor, ...]) -> Tensor:
        """`(K, L)` float: how much the head looks at each token of the pack, from each of these `(pack, place)`."""
        layer, head = self.heads[name]
        hidden, turns = self.entered.pop(name)
        attention, entered = layer.self_attn, layer.input_layernorm(hidden)
        wide = attention.head_dim
        asks, keys = (
            functional.linear(entered, one.weight.unflatten(0, (-1, wide))[head])[:, None]
            for one in (attention.q_proj, attention.k_proj)
        )
        asks, keys = (one[:, 0] for one in apply_rotary_pos_emb(asks, keys, *turns))
        pack, _ = where
        scores: Tensor = torch.einsum("kc,klc->kl", asks[where], keys[pack]).float() * attention.scaling
        return scores
