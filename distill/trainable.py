"""Which weights of a vision-language model are trained: parts by name, LoRA adapters, or a projector alone."""

import re
from collections.abc import Sequence
from typing import Any

from torch import nn

PROJECTOR = r"multi_modal_projector|multimodal_projector|mm_projector|connector|merger|qformer"
"""Names of what turns the vision tower's features into tokens: LLaVA's and PaliGemma's, SmolVLM's, Qwen's, BLIP-2's."""

VISION = r"vision|visual|image_encoder"
"""Names of vision towers."""


class TrainError(ValueError):
    """A training that cannot begin or go on. The message is one line and says what to do."""


def only(model: nn.Module, pattern: str) -> int:
    """Train the parameters whose names match, and nothing else. Returns how many numbers they hold.

    Raises:
        TrainError: no name matches.
    """
    chosen = matching(model, pattern)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in chosen)
    return sum(parameter.numel() for name, parameter in model.named_parameters() if name in chosen)


def all_but(model: nn.Module, frozen: Sequence[str]) -> int:
    """Train all parameters but those whose names match one of the patterns. Returns how many numbers they hold.

    Raises:
        TrainError: a pattern matches no name, or nothing is left to train.
    """
    for parameter in model.parameters():
        parameter.requires_grad_(True)
    for pattern in frozen:
        chosen = matching(model, pattern)
        for name, parameter in model.named_parameters():
            if name in chosen:
                parameter.requires_grad_(False)
    count = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    if not count:
        raise TrainError(f"all parts of the model are frozen ({', '.join(frozen)}); leave one to train")
    return count


def linear_layers(model: Any, frozen: Sequence[str]) -> list[str]:
    """Names of the linear layers that get an adapter: attention and MLP of every block, but not those whose names match
    a pattern, nor the projector or the output layer.

    Raises:
        TrainError: a pattern matches no name, or nothing is left to train.
    """
    for pattern in frozen:
        matching(model, pattern)
    out = model.get_output_embeddings()
    excluded = re.compile("|".join([PROJECTOR, *frozen]))
    names = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and module is not out and not excluded.search(name)
    ]
    if not names:
        raise TrainError(f"no linear layer is left for an adapter (frozen: {', '.join(frozen)}); freeze less")
    return names


def matching(model: nn.Module, pattern: str) -> set[str]:
    """Names of the parameters that a regular expression is found in.

    Raises:
        TrainError: there is none, or it is no regular expression.
    """
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise TrainError(f"{pattern!r} is no regular expression ({error})") from None
    names = {name for name, _ in model.named_parameters() if wanted.search(name)}
    if not names:
        raise TrainError(f"no part of the model is called {pattern!r}; its parts are {', '.join(parts(model))}")
    return names


def parts(model: nn.Module) -> list[str]:
    """The model's large parts by name, as far down as there is more than one."""
    prefix, module = "", model
    while len(children := dict(module.named_children())) == 1 or "model" in children:
        name = "model" if "model" in children else next(iter(children))
        prefix, module = f"{prefix}{name}.", children[name]
    return [f"{prefix}{name}" for name in children]
