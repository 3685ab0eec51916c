"""Pictures that a frozen vision tower has looked at once, for all epochs and all questions about them.

Only towers that take their own tokens in place of pixels can do without looking again. The embedded student's
(`models.embedded.regions`) does: a picture is then a few kilobytes, and most of the work of a training is saved. The
embedded VLM's does: a picture is 130 kilobytes, and it need not be decoded, which a GPU would wait for.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset, Image, List
from PIL import Image as Pictures
from safetensors.torch import load_file, save_file
from torch import Tensor

from distill.conversation import seen
from models.embedded.regions import SightRegionsModel
from models.embedded.tower import SightVisionModel

BATCH = 32
"""Pictures that are looked at together."""

KEPT = "seen.safetensors"


@dataclass(frozen=True)
class Seen:
    """A picture as the tower tells it."""

    tokens: Tensor
    """`(N, C)` float16."""


Tower = SightRegionsModel | SightVisionModel
"""Takes pixels, or the tokens that it made of them before."""


def tower_of(model: Any) -> Tower | None:
    """A model's vision tower, if it takes tokens and is frozen."""
    tower = getattr(getattr(model, "model", None), "vision_tower", None)
    if not isinstance(tower, SightRegionsModel | SightVisionModel) or any(p.requires_grad for p in tower.parameters()):
        return None
    return tower


ORIENTATION = 0x0112
"""EXIF's tag of how a picture lies: from 5 on, on its side."""


def undecoded(rows: Dataset) -> Dataset:
    """The rows with their pictures as files, `{"bytes": ..., "path": ...}`."""
    return rows.cast_column("images", List(Image(decode=False)))


def name_of(file: Mapping[str, Any], blind: bool) -> str:
    """What a picture goes by: its file's name, or, for who sees grey, its size."""
    if not blind:
        return str(file["path"])
    with Pictures.open(BytesIO(file["bytes"])) as image:
        lying = image.getexif().get(ORIENTATION, 1) > 4
        return f"{image.height}x{image.width}" if lying else f"{image.width}x{image.height}"


def look(
    model: Any,
    processor: Any,
    splits: Sequence[Dataset],
    blind: bool,
    folder: Path,
    on_progress: Callable[[int, int], None] | None = None,
) -> dict[str, Tensor]:
    """Let a frozen tower look at every picture of some rows, or read what it saw in an earlier call.

    Args:
        model: whose `tower_of` is not None.
        splits: rows of a data set.
        blind: shown grey.
        folder: keeps what was seen.
        on_progress: told the pictures that were looked at, and how many there are.

    Returns:
        `name_of` a picture -> its tokens, `(N, C)` float16.
    """
    tower = tower_of(model)
    assert tower is not None
    signs = signs_of(tower)
    known = _read(folder / KEPT, signs)
    missing = {name for name, _ in _files(splits, blind)} - known.keys()
    new = ((name, file) for name, file in _files(splits, blind) if name in missing and name not in known)
    with torch.inference_mode():
        for some in iter(lambda: dict(islice(new, BATCH)), {}):
            pictures = [seen(Pictures.open(BytesIO(file)), blind) for file in some.values()]
            pixels = processor.image_processor(pictures, return_tensors="pt")["pixel_values"]
            tokens = tower(pixels.to(tower.device, tower.dtype)).last_hidden_state.half().cpu()
            known.update((name, one.clone()) for name, one in zip(some, tokens, strict=True))
            if on_progress:
                on_progress(len(known.keys() & missing), len(missing))
    if missing:
        known |= _read(folder / KEPT, signs)  # what another training has looked at meanwhile
        keep(folder, known, signs)
    return known


def signs_of(tower: Tower) -> dict[str, str]:
    """What tells one tower from another."""
    state = hashlib.sha256()
    for value in tower.state_dict().values():
        state.update(value.cpu().float().numpy().tobytes())
    return {
        "seen": "upright",
        "tower": state.hexdigest(),
        "config": hashlib.sha256(tower.config.to_json_string().encode()).hexdigest(),
    }


def keep(folder: Path, known: Mapping[str, Tensor], signs: Mapping[str, str]) -> None:
    """Write what a tower saw, for later calls of `look`."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{KEPT}.writing"
    save_file(dict(known), beside, metadata=dict(signs))
    beside.replace(folder / KEPT)


def _files(splits: Sequence[Dataset], blind: bool) -> Iterator[tuple[str, bytes]]:
    """Every picture of every row, as often as it comes."""
    for rows in splits:
        for row in undecoded(rows.select_columns(["images"])):
            yield from ((name_of(file, blind), file["bytes"]) for file in row["images"])


def _read(file: Path, signs: Mapping[str, str]) -> dict[str, Tensor]:
    """What was kept, if the same tower saw it."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(file), "pt") as opened:
            if (opened.metadata() or {}) != dict(signs):
                return {}
        return load_file(file)
    except (OSError, SafetensorError):
        return {}
