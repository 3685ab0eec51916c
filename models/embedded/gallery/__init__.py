"""The gallery: picture-book scenes that ship with the project, with their ground truth and example questions.

    for item in load_gallery():
        print(item.path, item.scene.background, [q.question for q in item.questions])

Made by `python -m models.embedded.world.gallery`; read without any art.
"""

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from models.embedded.world.render import Rendered
from models.embedded.world.scene import Scene
from models.picture import Picture

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class GalleryQuestion:
    question: str
    answer: str | None
    """None if the pictures cannot tell, so that abstaining is right."""
    pictures: tuple[str, ...]
    """Names of the items it is about, in order."""


@dataclass(frozen=True)
class GalleryItem:
    """One picture of the gallery."""

    name: str
    path: Path
    scene: Scene
    questions: tuple[GalleryQuestion, ...]
    runs: tuple[tuple[int, ...], ...]
    """The mask of each thing as run lengths, see `encode_mask`."""

    @cached_property
    def picture(self) -> Picture:
        return Picture.open(self.path)

    @cached_property
    def truth(self) -> Rendered:
        """Pixels and exact ground truth, as an oracle takes them."""
        scene = self.scene
        owner = np.full((scene.height, scene.width), -1, np.int16)
        for index, runs in enumerate(self.runs):
            owner[decode_mask(runs, scene.width, scene.height)] = index
        return Rendered(scene, np.asarray(self.picture.image), owner)


def encode_mask(mask: np.ndarray) -> tuple[int, ...]:
    """Lengths of the alternating runs of a `(H, W)` bool mask in reading order, the first of False (maybe 0)."""
    flat = mask.reshape(-1)
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate([[0], edges, [flat.size]]))
    return (*((0,) if flat[0] else ()), *(int(run) for run in runs))


def decode_mask(runs: tuple[int, ...], width: int, height: int) -> np.ndarray:
    """Inverse of `encode_mask`: `(height, width)` bool."""
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(height, width)


@lru_cache(maxsize=1)
def load_gallery() -> tuple[GalleryItem, ...]:
    """Every item, in order."""
    items = []
    for entry in json.loads((FOLDER / "gallery.json").read_text())["items"]:
        questions = tuple(GalleryQuestion(q["question"], q["answer"], tuple(q["pictures"])) for q in entry["questions"])
        runs = tuple(tuple(int(n, 36) for n in mask.split()) for mask in entry["masks"])
        scene = Scene.from_json(entry["scene"])
        items.append(GalleryItem(entry["name"], FOLDER / entry["file"], scene, questions, runs))
    return tuple(items)


def gallery_item(name: str) -> GalleryItem:
    """The item of this name. Raises KeyError if there is none."""
    return {item.name: item for item in load_gallery()}[name]
