"""Scenes of the picture-book world: what is where, laid out from a seed, without any art.

    scene = make_scene(7)                                             a random scene
    scene = make_scene(7, spec=SceneSpec(things=[("muffin", None, 8), ("kid", None, 2)], background="field"))

`things.py` tells what a scene is, `choosing.py` which things it holds, `placing.py` where they stand.
"""

import math
import random

from models.embedded.world.art import STYLES
from models.embedded.world.choosing import LEAST_FOR_TEXT, choose
from models.embedded.world.lexicon import BACKGROUNDS
from models.embedded.world.placing import place
from models.embedded.world.things import (
    FAR,
    HORIZON,
    LONGEST,
    NEAR,
    SHORTEST,
    SIZE_CLASSES,
    SKY,
    Scene,
    SceneError,
    SceneSpec,
    Split,
    Thing,
    ground_depth,
    size_class,
)

__all__ = [
    "FAR", "HORIZON", "LONGEST", "NEAR", "SHORTEST", "SIZE_CLASSES", "SKY", "Scene", "SceneError", "SceneSpec", "Split",
    "Thing", "ground_depth", "make_scene", "size_class",
]  # fmt: skip

_USUAL_FORMATS = ((320, 240), (320, 240), (360, 270), (400, 300), (320, 320), (384, 288), (480, 360), (400, 280))

_FORMATS = (9 / 16, 2 / 3, 3 / 4, 1.0, 4 / 3, 4 / 3, 3 / 2, 16 / 9)
"""Width by height of other pictures."""
_OTHER_FORMATS = 0.4
"""Share of pictures of another format than the usual ones."""


def _other_format(seed: int, split: Split) -> tuple[int, int] | None:
    """Width and height of a picture of another format, 64 to 640 pixels wide; None for a usual one.

    Drawn apart from the scene, which is laid out as ever where the size is given.
    """
    rng = random.Random(f"format/{split}:{seed}")
    if rng.random() >= _OTHER_FORMATS:
        return None
    aspect = rng.choice(_FORMATS)
    longer = math.exp(rng.uniform(math.log(96), math.log(640)))
    return max(64, round(longer * min(1.0, aspect))), max(64, round(longer * min(1.0, 1 / aspect)))


def make_scene(seed: int, split: Split = "train", spec: SceneSpec | None = None) -> Scene:
    """Lay out a scene. The same arguments give the same scene, and no two splits share one.

    Args:
        seed: any integer.
        split: "train", "val" or "test".
        spec: what the scene must hold; None for 2 to 10 random things.

    Returns:
        The scene, with the boxes of whole things.

    Raises:
        SceneError: the spec names something unknown, or more than fits.
    """
    if split not in ("train", "val", "test"):
        raise SceneError(f"{split!r} is not a split; use train, val or test")
    rng = random.Random(f"{split}:{seed}")
    spec = spec or SceneSpec(others=(2, 10))
    if spec.background is not None and spec.background not in BACKGROUNDS:
        raise SceneError(f"{spec.background!r} is not a background; use one of {', '.join(BACKGROUNDS)}")
    if spec.style is not None and spec.style not in STYLES:
        raise SceneError(f"{spec.style!r} is not a style; use one of {', '.join(STYLES)}")
    usual = rng.choice(_USUAL_FORMATS)
    other = _other_format(seed, split) if spec.width is None and spec.height is None else None
    width, height = other or (spec.width or usual[0], spec.height or usual[1])
    background = spec.background or rng.choice(tuple(BACKGROUNDS))
    style = spec.style or (rng.choice(STYLES) if rng.random() < 0.6 else None)
    wanted = choose(rng, spec, split, style, width, max(1, width * height // 2500) if other else None)
    sizes = [(width, height), usual] if other else [(width, height)]
    if other and width < LEAST_FOR_TEXT and any(want.look.text for want in wanted):
        sizes = [usual]
    for size in sizes:
        for _ in range(40):
            things = place(rng, wanted, *size, spec)
            if len(things) == len(wanted):
                return Scene(seed, split, *size, background, tuple(things))
    raise SceneError(f"{len(wanted)} things do not fit in {width} x {height} pixels; ask for fewer or smaller ones")
