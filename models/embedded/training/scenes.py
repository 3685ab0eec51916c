"""Endless rendered training scenes, and how pictures become tensors."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import cv2
import numpy as np
import torch
from torch import Tensor

from models.embedded.world.art import Art
from models.embedded.world.lexicon import COLOURS, NOUNS, noun
from models.embedded.world.render import Rendered, render
from models.embedded.world.scene import Scene, SceneError, SceneSpec, Split, Thing, make_scene

TINTED = (0.15, 0.6)
"""Shares of the things that are recoloured in a scene: as scenes are by themselves, and where colours are asked for."""

S = TypeVar("S")


@dataclass(frozen=True)
class Sample:
    """A rendered scene, fitted into the detector's square."""

    scene: Scene
    """With visible boxes in pixels of the original picture."""
    image: np.ndarray
    """`(H, W, 3)` uint8 RGB, original size."""
    rendered: Rendered

    @property
    def things(self) -> tuple[Thing, ...]:
        return self.scene.things


def any_spec(random: np.random.Generator, dense: bool = True, favoured: Sequence[str] = ()) -> SceneSpec:
    """What a training scene holds: mostly a random crowd, at times several of one kind or plain shapes only.

    Args:
        random: source of chance.
        dense: up to 14 things instead of 10.
        favoured: nouns that come more often, for weights that have yet to learn them.
    """
    kind = random.random()
    most = 14 if dense else 10
    tinted = float(random.choice(TINTED))
    if kind < 0.72:
        if favoured and kind < 0.48:
            some = random.choice(favoured, 4, replace=False).tolist()
            return SceneSpec(things=[(name, None, 1) for name in some], others=(1, most - 5), tinted=tinted)
        return SceneSpec(others=(3, most), tinted=tinted)
    if kind < 0.92:
        name = NOUNS[random.integers(len(NOUNS))].name
        if favoured and random.random() < 0.7:
            name = str(random.choice(favoured))
        coloured = noun(name).tintable and random.random() < tinted
        colour = str(random.choice(tuple(COLOURS))) if coloured else None
        arrange: Literal["row", "scatter"] = "row" if random.random() < 0.5 else "scatter"
        several = (name, colour, int(random.integers(2, 8)))
        return SceneSpec(things=[several], others=(1, 6), arrange=arrange, tinted=tinted)
    if kind < 0.97:
        return SceneSpec(things=[("shape", None, int(random.integers(3, most)))])
    return SceneSpec(others=(0, 2))


def endless(
    art: Art, seed: int, split: Split = "train", dense: bool = True, favoured: Sequence[str] = ()
) -> Iterator[Sample]:
    """Rendered scenes without end. Another seed gives other scenes. `favoured`: see `any_spec`."""
    random = np.random.default_rng(seed)
    while True:
        try:
            scene = make_scene(int(random.integers(1 << 40)), split, any_spec(random, dense, favoured))
        except SceneError:
            continue  # more things were drawn than fit
        rendered = render(scene, art)
        yield Sample(rendered.scene, _compress(rendered.image, random), rendered)


class Replay(Generic[S]):
    """Scenes of which each is shown several times, at other moments: to draw one takes longer than to learn from it.

    Args:
        samples: without end.
        times: that each is shown.
        random: source of chance.
    """

    def __init__(self, samples: Iterator[S], times: int, random: np.random.Generator) -> None:
        self.samples = samples
        self.times = times
        self.random = random
        self._kept: list[tuple[S, int]] = []

    def take(self, count: int) -> list[S]:
        """So many, no two of them the same: `1 / times` of them new, all where there are not enough others."""
        old = min(len(self._kept), count - math.ceil(count / self.times))
        drawn = set(self.random.choice(len(self._kept), old, replace=False).tolist()) if old else set()
        again = [self._kept[i] for i in sorted(drawn)]
        new = [(next(self.samples), self.times) for _ in range(count - old)]
        shown = again + new
        self._kept = [one for i, one in enumerate(self._kept) if i not in drawn]
        self._kept += [(sample, left - 1) for sample, left in shown if left > 1]
        return [sample for sample, _ in shown]


def held_out(
    art: Art, count: int, split: Split = "val", first: int = 0, spec: SceneSpec | None = None
) -> Iterator[Sample]:
    """The scenes `first`, `first + 1` ... of a split, as users' pictures would be: 2 to 10 things, a fifth of them with
    JPEG artefacts.

    Args:
        art: the prepared art.
        count: how many.
        split: "val" or "test".
        first: seed of the first one.
        spec: what they hold; None for random things.
    """
    for seed in range(first, first + count):
        rendered = render(make_scene(seed, split, spec), art)
        yield Sample(rendered.scene, _compress(rendered.image, np.random.default_rng(seed)), rendered)


def _compress(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """JPEG artefacts, at times."""
    if random.random() > 0.2:
        return image
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(50, 96))])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.ascontiguousarray(decoded[..., ::-1])


def fit(image: np.ndarray, side: int) -> tuple[np.ndarray, float]:
    """Scale a picture so that its longer side is `side` pixels; the picture and the factor."""
    height, width = image.shape[:2]
    factor = side / max(height, width)
    if factor == 1:
        return image, 1.0
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR), factor


def cells(sample: Sample, side: int, patch: int = 8) -> np.ndarray:
    """Which thing is in the middle of each cell of a picture that is fitted into the middle of a square.

    Args:
        sample: the picture.
        side: of the square in pixels, as `training.clip.cut` fits it.
        patch: side of a cell.

    Returns:
        `(side / patch, side / patch)` int16: index in `sample.things`; -1 for the background and -2 beside the picture.
    """
    height, width = sample.image.shape[:2]
    factor = side / max(height, width)
    middles = (np.arange(side // patch) + 0.5) * patch
    rows, columns = (
        np.floor((middles - (side - round(extent * factor)) // 2) / factor).astype(int) for extent in (height, width)
    )
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))[None]
    owner = sample.rendered.owner[rows.clip(0, height - 1)[:, None], columns.clip(0, width - 1)[None]]
    return np.where(inside, owner, -2).astype(np.int16)


def stack(images: list[np.ndarray], multiple: int = 32) -> tuple[Tensor, Tensor]:
    """Pictures of several sizes as one batch.

    Args:
        images: each `(H, W, 3)` uint8 RGB.
        multiple: height and width of the batch are multiples of it.

    Returns:
        `(B, 3, H, W)` float from -1 to 1, pictures at the top left, zeros beyond; and `(B, 2)` float, height and width.
    """
    height = -(-max(image.shape[0] for image in images) // multiple) * multiple
    width = -(-max(image.shape[1] for image in images) // multiple) * multiple
    batch = torch.zeros(len(images), 3, height, width)
    for row, image in zip(batch, images, strict=True):
        row[:, : image.shape[0], : image.shape[1]] = normalise(torch.from_numpy(np.ascontiguousarray(image)))
    return batch, torch.tensor([image.shape[:2] for image in images], dtype=torch.float32)


def normalise(image: Tensor) -> Tensor:
    """`(..., H, W, 3)` uint8 to `(..., 3, H, W)` float from -1 to 1."""
    return image.movedim(-1, -3).float().div_(127.5).sub_(1.0)
