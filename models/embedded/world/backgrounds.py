"""The eight backgrounds, drawn: gradients for sky and ground and a few strokes that make each known at a glance.

What is drawn here is never a thing of the scene, so nothing may look like one: no sun, no moon, no single tree.
"""

import random
from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

from models.embedded.world.lexicon import BACKGROUNDS
from models.embedded.world.things import HORIZON

Colour = tuple[int, int, int]


def _jitter(rng: random.Random, colour: Colour, amount: int = 14) -> Colour:
    return tuple(min(255, max(0, c + rng.randint(-amount, amount))) for c in colour)  # type: ignore[return-value]


def _bands(image: np.ndarray, horizon: int, colours: tuple[Colour, Colour, Colour, Colour]) -> None:
    """Two vertical gradients: sky from the first colour to the second, ground from the third to the fourth."""
    height = image.shape[0]
    for top, bottom, low, high in ((0, horizon, *colours[:2]), (horizon, height, *colours[2:])):
        ramp = np.linspace(0, 1, bottom - top, dtype=np.float32)[:, None]
        rows = np.array(low, np.float32) * (1 - ramp) + np.array(high, np.float32) * ramp
        image[top:bottom] = cv2.repeat(rows.astype(np.uint8)[:, None], 1, image.shape[1])


def _waves(image: np.ndarray, y: float, height: float, colour: Colour, rng: random.Random) -> None:
    """Fill everything from a wavy line at `y` down to the lower edge."""
    width = image.shape[1]
    xs = np.linspace(0, width, 25)
    phase, turns = rng.uniform(0, 6.28), rng.uniform(1.0, 2.6)
    ys = y + height * np.sin(xs / width * 6.28 * turns + phase) + 0.4 * height * np.sin(xs / width * 17 + phase)
    points = np.concatenate([np.stack([xs, ys], 1), [[width, image.shape[0]], [0, image.shape[0]]]])
    cv2.fillPoly(image, [np.round(points).astype(np.int32)], colour, cv2.LINE_AA)


def _beach(image: np.ndarray, horizon: int, rng: random.Random) -> None:
    height, width = image.shape[:2]
    _bands(image, horizon, ((120, 196, 244), (206, 236, 250), (30, 134, 186), (88, 196, 208)))
    for _ in range(9):
        y = rng.randint(horizon + 3, int(height * 0.58))
        x, length = rng.randint(0, width), rng.randint(10, 34)
        cv2.line(image, (x, y), (x + length, y), (150, 214, 226), 1, cv2.LINE_AA)
    shore = height * rng.uniform(0.58, 0.64)
    _waves(image, shore - 4, 4, (240, 250, 250), rng)
    state = rng.getstate()
    sand = _jitter(rng, (240, 216, 164), 8)
    rng.setstate(state)
    _waves(image, shore + 2, 4, sand, rng)
    _speckle(image, int(shore + 10), (222, 192, 138), 40, rng)


def _speckle(image: np.ndarray, top: int, colour: Colour, count: int, rng: random.Random) -> None:
    height, width = image.shape[:2]
    for _ in range(count):
        x, y = rng.randint(0, width - 1), rng.randint(top, height - 1)
        cv2.line(image, (x, y), (x + 2, y), colour, 1)


def _snow(image: np.ndarray, horizon: int, rng: random.Random) -> None:
    height = image.shape[0]
    _bands(image, horizon, ((172, 196, 222), (222, 232, 242), (244, 248, 252), (222, 232, 244)))
    _waves(image, horizon - 6, 7, (232, 240, 248), rng)
    _waves(image, height * 0.58, 9, (240, 246, 251), rng)
    _waves(image, height * 0.78, 8, (228, 238, 248), rng)
    _speckle(image, 2, (252, 254, 255), 70, rng)


def _night(image: np.ndarray, horizon: int, rng: random.Random) -> None:
    height, width = image.shape[:2]
    _bands(image, horizon, ((12, 16, 48), (40, 48, 98), (26, 44, 58), (14, 26, 38)))
    for _ in range(60):
        image[rng.randint(0, horizon - 8), rng.randint(0, width - 1)] = (226, 228, 246)
    _waves(image, horizon - 4, 6, (22, 38, 58), rng)
    _waves(image, height * 0.66, 8, (16, 31, 45), rng)


def _forest(image: np.ndarray, horizon: int, rng: random.Random) -> None:
    height, width = image.shape[:2]
    _bands(image, horizon, ((170, 208, 178), (118, 170, 126), (72, 112, 58), (46, 80, 42)))
    for shade, top, step in (((104, 150, 112), 0.10, 15), ((74, 122, 84), 0.20, 19)):
        x = -10.0
        while x < width + 10:
            peak = height * (top + rng.uniform(-0.05, 0.06))
            half = step * rng.uniform(0.8, 1.3) * width / 320
            corners = np.array([(x - half, horizon + 8), (x, peak), (x + half, horizon + 8)])
            cv2.fillPoly(image, [np.round(corners).astype(np.int32)], shade, cv2.LINE_AA)
            x += half * 1.05
    _waves(image, horizon + 3, 3, (72, 112, 58), rng)
    _speckle(image, horizon + 14, (94, 134, 72), 50, rng)


def _city(image: np.ndarray, horizon: int, rng: random.Random) -> None:
    height, width = image.shape[:2]
    _bands(image, horizon, ((150, 186, 220), (214, 224, 232), (150, 152, 156), (112, 114, 120)))
    x = -8
    while x < width:
        wide = rng.randint(22, 44) * width // 320
        top = int(horizon * rng.uniform(0.22, 0.75))
        grey = rng.randint(136, 172)
        cv2.rectangle(image, (x, top), (x + wide - 2, horizon), (grey - 12, grey, grey + 14), -1)
        for wy in range(top + 6, horizon - 6, 10):
            for wx in range(x + 4, x + wide - 7, 8):
                cv2.rectangle(image, (wx, wy), (wx + 3, wy + 4), (grey + 26, grey + 34, grey + 40), -1)
        x += wide
    cv2.rectangle(image, (0, horizon), (width, horizon + height // 24), (186, 184, 178), -1)
    middle = int(height * 0.76)
    for x in range(rng.randint(-40, 0), width, 60):
        cv2.rectangle(image, (x, middle), (x + 28, middle + 3), (226, 222, 200), -1)


def _desert(image: np.ndarray, horizon: int, rng: random.Random) -> None:
    height = image.shape[0]
    _bands(image, horizon, ((250, 196, 120), (255, 230, 180), (232, 182, 108), (214, 154, 84)))
    _waves(image, horizon - 10, 11, (226, 172, 98), rng)
    _waves(image, height * 0.55, 12, (218, 160, 86), rng)
    _waves(image, height * 0.76, 11, (208, 148, 76), rng)


def _field(image: np.ndarray, horizon: int, rng: random.Random) -> None:
    height, width = image.shape[:2]
    _bands(image, horizon, ((124, 192, 246), (214, 236, 252), (136, 204, 92), (96, 172, 66)))
    _waves(image, horizon - 7, 8, (118, 188, 92), rng)
    _waves(image, height * 0.56, 7, (126, 200, 86), rng)
    _waves(image, height * 0.8, 6, (108, 184, 74), rng)
    for _ in range(36):
        x, y = rng.randint(0, width - 1), rng.randint(horizon + 16, height - 2)
        cv2.line(image, (x, y), (x - 2, y - 5), (84, 156, 60), 1, cv2.LINE_AA)
        cv2.line(image, (x, y), (x + 2, y - 5), (84, 156, 60), 1, cv2.LINE_AA)


def _room(image: np.ndarray, horizon: int, rng: random.Random) -> None:
    height, width = image.shape[:2]
    wall = rng.choice(((238, 226, 204), (214, 226, 234), (232, 214, 214), (220, 230, 212)))
    darker: Colour = tuple(c - 10 for c in wall)  # type: ignore[assignment]
    floor = horizon + height // 12
    _bands(image, floor, (wall, wall, (190, 142, 96), (160, 112, 70)))
    for x in range(rng.randint(0, 20), width, 40):
        cv2.rectangle(image, (x, 0), (x + 19, floor), darker, -1)
    cv2.rectangle(image, (0, floor - 7), (width, floor), (250, 246, 238), -1)
    for k in range(1, 7):
        y = floor + int((height - floor) * (k / 7) ** 1.5)
        cv2.line(image, (0, y), (width, y), (142, 98, 60), 1, cv2.LINE_AA)
    for x in range(-width, 2 * width, 46):
        cv2.line(image, (width // 2 + (x - width // 2) // 2, floor), (x, height), (142, 98, 60), 1, cv2.LINE_AA)


_DRAWERS: dict[str, Callable[[np.ndarray, int, random.Random], None]] = {
    "beach": _beach, "snow": _snow, "night": _night, "forest": _forest,
    "city": _city, "desert": _desert, "field": _field, "room": _room,
}  # fmt: skip
assert set(_DRAWERS) == set(BACKGROUNDS)


_LEAST_WIDTH = 240
"""Pixels. Narrower backgrounds are drawn larger and shrunk, so that they show as much."""


@lru_cache(maxsize=256)
def _drawn(name: str, width: int, height: int, variant: int) -> np.ndarray:
    finer = -(-_LEAST_WIDTH // width)
    image = np.empty((height * finer, width * finer, 3), np.uint8)
    _DRAWERS[name](image, round(HORIZON * height * finer), random.Random(f"{name}{variant}"))
    return image if finer == 1 else cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def draw_background(name: str, width: int, height: int, rng: random.Random) -> np.ndarray:
    """A background, `(height, width, 3)` uint8 RGB: one of 64 variants, a little lighter or darker, maybe mirrored."""
    image = _drawn(name, width, height, rng.randrange(64))
    if rng.random() < 0.5:
        image = image[:, ::-1]
    drawn: np.ndarray = cv2.convertScaleAbs(image, alpha=rng.uniform(0.94, 1.04), beta=rng.uniform(-6, 6))
    return drawn
