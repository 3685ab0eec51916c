"""Draws scenes: `render(scene, art)` gives pixels and exact ground truth in a few milliseconds.

Backgrounds and shapes are drawn; everything else is pasted from the prepared art. All drawing is deterministic.
"""

import random
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache

import cv2
import numpy as np

from models.embedded.world.art import Art, ArtError
from models.embedded.world.backgrounds import draw_background
from models.embedded.world.lexicon import COLOURS
from models.embedded.world.scene import Scene, ground_depth


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


def _tint(sprite: np.ndarray, colour: str, shade: float) -> np.ndarray:
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
    keep = 1 if colour in ("black", "white") else 2
    mixed = (premultiplied * (16 - keep) + sprite[..., :3].astype(np.uint16) * keep) >> 4
    return np.dstack([np.minimum(mixed, alpha[..., None]).astype(np.uint8), alpha])


_SHAPE_SIDE = 128


@cache
def _outline(name: str) -> np.ndarray:
    """Corners of a shape in the unit square, `(N, 2)`, filling it."""
    if name == "triangle":
        corners = np.array([(0.5, 0), (1, 1), (0, 1)])
    elif name == "square":
        corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    elif name == "diamond":
        corners = np.array([(0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)])
    elif name == "cross":
        a, b = 0.34, 0.66
        upper = [(a, 0), (b, 0), (b, a), (1, a), (1, b), (b, b)]
        corners = np.array([*upper, (b, 1), (a, 1), (a, b), (0, b), (0, a), (a, a)])
    elif name == "arrow":
        corners = np.array([(0, 0.32), (0.52, 0.32), (0.52, 0), (1, 0.5), (0.52, 1), (0.52, 0.68), (0, 0.68)])
    elif name == "star":
        angles = -np.pi / 2 + np.arange(10) * np.pi / 5
        radii = np.where(np.arange(10) % 2, 0.4, 1.0)
        corners = np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1)
    elif name == "heart":
        t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        x = 16 * np.sin(t) ** 3
        y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
        corners = np.stack([x, y], 1)
    else:
        t = np.linspace(0, 2 * np.pi, 72, endpoint=False)
        corners = np.stack([np.cos(t), np.sin(t)], 1)
    low, high = corners.min(0), corners.max(0)
    unit: np.ndarray = (corners - low) / (high - low)
    return unit


@lru_cache(maxsize=512)
def _shape(name: str, colour: str, shade: float) -> np.ndarray:
    """A drawn shape: `(128, 128, 4)` uint8 premultiplied RGBA, with a darker rim and a soft light from above."""
    side, shift = _SHAPE_SIDE, 4
    points = np.round((_outline(name) * (side - 7) + 3) * (1 << shift)).astype(np.int32)
    alpha = np.zeros((side, side), np.uint8)
    cv2.fillPoly(alpha, [points], 255, cv2.LINE_AA, shift)
    cv2.polylines(alpha, [points], True, 255, 5, cv2.LINE_AA, shift)
    rgb = np.array(COLOURS[colour], np.float32) * (1 + 0.08 * shade)
    light = np.linspace(1.06, 0.9, side, dtype=np.float32)[:, None, None]
    body = np.clip(rgb[None, None] * light, 0, 255) * np.ones((side, side, 1), np.float32)
    rim = tuple(float(v) for v in (rgb * 0.72 if colour != "black" else rgb + 45))
    cv2.polylines(body, [points], True, rim, 5, cv2.LINE_AA, shift)
    return np.dstack([(body * alpha[..., None] / 255).astype(np.uint8), alpha])


def _sprite(scene: Scene, index: int, art: Art) -> np.ndarray:
    """One thing at its size, `(h, w, 4)` uint8 premultiplied RGBA."""
    thing = scene.things[index]
    if thing.style == "shape":
        sprite = _shape(thing.art, thing.colour or "red", round(thing.shade, 1))
    else:
        try:
            sprite = art.sprites[thing.style, thing.art]
        except KeyError:
            raise ArtError(
                f"there is no {thing.style} art for {thing.noun!r}; run: python -m models.embedded.world.art"
            ) from None
    x1, y1, x2, y2 = thing.place
    smaller = sprite.shape[0] >= y2 - y1
    sprite = cv2.resize(sprite, (x2 - x1, y2 - y1), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    if thing.tinted and thing.colour:
        sprite = _tint(sprite, thing.colour, thing.shade)
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
