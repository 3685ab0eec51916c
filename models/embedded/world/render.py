"""Draws scenes: `render(scene, art)` gives pixels and exact ground truth in a few milliseconds.

Backgrounds and shapes are drawn; everything else is pasted from the prepared art. All drawing is deterministic.
"""

import random
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import cv2
import numpy as np

from models.embedded.world.art import Art, ArtError
from models.embedded.world.backgrounds import draw_background
from models.embedded.world.drawing import draw_shape, draw_sign
from models.embedded.world.lexicon import COLOURS
from models.embedded.world.things import Scene, ground_depth


@dataclass(frozen=True, eq=False)
class Rendered:
    """A scene with its pixels and its truth."""

    scene: Scene
    """With boxes of what can be seen."""
    image: np.ndarray
    """`(H, W, 3)` uint8 RGB."""
    owner: np.ndarray
    """`(H, W)` int16: index in `scene.things` of the thing seen at each pixel, -1 for the background."""

    @cached_property
    def masks(self) -> list[np.ndarray]:
        """One `(H, W)` bool a thing: where it can be seen."""
        return [self.owner == index for index in range(len(self.scene.things))]

    @cached_property
    def depth(self) -> np.ndarray:
        """`(H, W)` float32, larger is farther."""
        return depth_map(self.scene, self.owner)


def depth_map(scene: Scene, owner: np.ndarray) -> np.ndarray:
    """Depth of every pixel: that of the thing seen there, else of the ground or the sky. `(H, W)` float32."""
    ground = np.array([ground_depth(y + 0.5, scene.height) for y in range(scene.height)], np.float32)
    depths = np.array([thing.depth for thing in scene.things] + [0.0], np.float32)
    return np.where(owner >= 0, depths[owner], ground[:, None])


@lru_cache(maxsize=512)
def _ramp(colour: str, shade: float) -> np.ndarray:
    """`(256, 3)` uint8: what each grey becomes in a colour."""
    red, green, blue = COLOURS[colour]
    grey = np.arange(256, dtype=np.float32)[:, None] / 255
    target = np.array([red, green, blue], np.float32)[None]
    if colour == "black":
        ramp = 18 + 12 * shade + 78 * grey**1.2 + 0 * target
    elif colour == "white":
        ramp = 168 + 6 * shade + 87 * grey**0.8 + 0 * target
    else:
        # Dark yellow is brown to the eye, and so are its neighbours: their shadows stay light.
        floor = {"yellow": 0.66, "orange": 0.56, "pink": 0.56}.get(colour, 0.42)
        ramp = target * (1 + 0.1 * shade) * (floor + (1.14 - floor) * grey)
        ramp += (255 - ramp) * np.clip((grey - 0.86) / 0.14, 0, 1) * 0.55
    return np.clip(ramp, 0, 255).astype(np.uint8)


def tint(sprite: np.ndarray, colour: str, shade: float) -> np.ndarray:
    """Recolour a premultiplied RGBA sprite by its greys, spread to the full range; a fifth of its own colours stays."""
    alpha = sprite[..., 3]
    grey = cv2.cvtColor(sprite[..., :3], cv2.COLOR_RGB2GRAY)
    solid = grey[alpha > 200]
    low, high = np.percentile(solid, (3, 97)) if solid.size else (0, 255)
    middle = float(solid.mean()) if solid.size else 128.0
    stretch = 150.0 / max(60.0, float(high - low))
    levels = np.clip((grey.astype(np.float32) - middle) * stretch + 150, 0, 255).astype(np.uint8)
    ramp = _ramp(colour, round(shade, 1))[levels].astype(np.uint16)
    premultiplied = ramp * alpha[..., None] // 255
    keep = 1 if colour in ("black", "white", "gray") else 2
    mixed = (premultiplied * (16 - keep) + sprite[..., :3].astype(np.uint16) * keep) >> 4
    return np.dstack([np.minimum(mixed, alpha[..., None]).astype(np.uint8), alpha])


def _sprite(scene: Scene, index: int, art: Art) -> np.ndarray:
    """One thing at its size, `(h, w, 4)` uint8 premultiplied RGBA."""
    thing = scene.things[index]
    x1, y1, x2, y2 = thing.place
    if thing.style == "sign":
        return draw_sign(thing.art, thing.text or "", thing.colour or "white", round(thing.shade, 1), x2 - x1, y2 - y1)
    if thing.style == "shape":
        sprite = draw_shape(thing.art, thing.colour or "red", round(thing.shade, 1))
    else:
        try:
            sprite = art.sprites[thing.style, thing.art]
        except KeyError:
            raise ArtError(
                f"there is no {thing.style} art for {thing.noun!r}; run: python -m models.embedded.world.art"
            ) from None
    smaller = sprite.shape[0] >= y2 - y1
    sprite = cv2.resize(sprite, (x2 - x1, y2 - y1), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    if thing.tinted and thing.colour:
        sprite = tint(sprite, thing.colour, thing.shade)
    return sprite[:, ::-1] if thing.flip else sprite


def render(scene: Scene, art: Art) -> Rendered:
    """Draw a scene.

    Args:
        scene: as laid out by `make_scene` or read from JSON.
        art: the prepared art (`Art.load()`); `Art.none()` is enough for scenes of drawn shapes.

    Returns:
        Pixels and truth; its scene has the boxes of what can be seen.

    Raises:
        ArtError: a thing's art is missing.
    """
    image = draw_background(scene.background, scene.width, scene.height, random.Random(f"{scene.split}/{scene.seed}"))
    owner = np.full((scene.height, scene.width), -1, np.int16)
    for index, thing in enumerate(scene.things):
        sprite = _sprite(scene, index, art)
        x1, y1, x2, y2 = thing.place
        alpha = sprite[..., 3]
        under = image[y1:y2, x1:x2]
        rest = cv2.merge([255 - alpha] * 3)
        cv2.add(cv2.multiply(under, rest, scale=1 / 255), np.ascontiguousarray(sprite[..., :3]), dst=under)
        image[y1:y2, x1:x2] = under
        owner[y1:y2, x1:x2][alpha > 127] = index
    things = []
    for index, thing in enumerate(scene.things):
        x1, y1, x2, y2 = thing.place
        seen = owner[y1:y2, x1:x2] == index
        rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
        box = (float(x1 + columns[0]), float(y1 + rows[0]), float(x1 + columns[-1] + 1), float(y1 + rows[-1] + 1))
        things.append(replace(thing, box=box))
    return Rendered(replace(scene, things=tuple(things)), image, owner)
