"""Draws what needs no art: plain shapes, and signs and banners with a text."""

from functools import cache, lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from models.embedded.world.lexicon import COLOURS
from models.embedded.world.texts import lines_of

_SHAPE_SIDE = 128


@cache
def outline(name: str) -> np.ndarray:
    """Corners of a shape in the unit square, `(N, 2)`, filling it."""
    if name == "triangle":
        corners = np.array([(0.5, 0), (1, 1), (0, 1)])
    elif name in ("square", "rectangle"):  # how much wider than high is the thing's own matter
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
    elif name in ("pentagon", "hexagon"):
        sides, first = (5, -np.pi / 2) if name == "pentagon" else (6, 0.0)
        angles = first + np.arange(sides) * 2 * np.pi / sides
        corners = np.stack([np.cos(angles), np.sin(angles)], 1)
    elif name == "semicircle":
        t = np.linspace(np.pi, 2 * np.pi, 48)
        corners = np.stack([np.cos(t), np.sin(t)], 1)
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
def draw_shape(name: str, colour: str, shade: float) -> np.ndarray:
    """A drawn shape: `(128, 128, 4)` uint8 premultiplied RGBA, with a darker rim and a soft light from above."""
    side, shift = _SHAPE_SIDE, 4
    points = np.round((outline(name) * (side - 7) + 3) * (1 << shift)).astype(np.int32)
    alpha = np.zeros((side, side), np.uint8)
    cv2.fillPoly(alpha, [points], 255, cv2.LINE_AA, shift)
    cv2.polylines(alpha, [points], True, 255, 5, cv2.LINE_AA, shift)
    rgb = np.array(COLOURS[colour], np.float32) * (1 + 0.08 * shade)
    light = np.linspace(1.06, 0.9, side, dtype=np.float32)[:, None, None]
    body = np.clip(rgb[None, None] * light, 0, 255) * np.ones((side, side, 1), np.float32)
    rim = tuple(float(v) for v in (rgb * 0.72 if colour != "black" else rgb + 45))
    cv2.polylines(body, [points], True, rim, 5, cv2.LINE_AA, shift)
    return np.dstack([(body * alpha[..., None] / 255).astype(np.uint8), alpha])


BOARD = 0.64
"""Height of a sign's board, as a share of the whole sign; the rest is its post."""
_POST = (120, 84, 52)
_DARK, _LIGHT = (24, 24, 30), (250, 250, 246)
_FINER = 3
"""Signs are drawn this many times larger and shrunk, for smooth edges."""


def draw_sign(name: str, text: str, colour: str, shade: float, width: int, height: int) -> np.ndarray:
    """A sign (a board on a post) or a banner (a strip of cloth) with a text, at its size.

    Args:
        name: "sign" or "banner".
        text: what is written on it, see `texts.lines_of`.
        colour: of the board.
        shade: lighter (up to 1) or darker (down to -1).
        width, height: of the whole, in pixels.

    Returns:
        `(height, width, 4)` uint8 premultiplied RGBA.
    """
    wide, high = width * _FINER, height * _FINER
    board: tuple[int, int, int] = tuple(round(min(255, c * (1 + 0.08 * shade))) for c in COLOURS[colour])  # type: ignore[assignment]
    bright = 0.299 * board[0] + 0.587 * board[1] + 0.114 * board[2]
    ink = _DARK if bright > 118 else _LIGHT
    image = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    rim = max(2, round(0.02 * wide))
    if name == "banner":
        notch = high // 2
        pen.polygon(
            [
                (0, 0),
                (wide - 1, 0),
                (wide - 1 - notch // 2, notch),
                (wide - 1, high - 1),
                (0, high - 1),
                (notch // 2, notch),
            ],
            fill=board,
            outline=ink,
            width=rim // 2,
        )
        room = (0.8 * notch, 0.1 * high, wide - 0.8 * notch, 0.9 * high)
    else:
        below = round(BOARD * high)
        pen.rectangle((round(0.46 * wide), below - 1, round(0.54 * wide), high - 1), fill=_POST)
        pen.rounded_rectangle((0, 0, wide - 1, below), radius=round(0.06 * wide), fill=board, outline=ink, width=rim)
        room = (0.07 * wide, 0.08 * high, 0.93 * wide, below - 0.08 * high)
    _write(pen, lines_of(name, text), room, ink)
    small = cv2.resize(np.asarray(image.convert("RGBa")), (width, height), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small)


def _write(
    pen: ImageDraw.ImageDraw, lines: tuple[str, ...], room: tuple[float, float, float, float], ink: tuple[int, int, int]
) -> None:
    """Lines of text as large as fits into a room, in the middle of it."""
    x1, y1, x2, y2 = room
    each = (y2 - y1) / len(lines)
    probe = _font(100)
    widest = max(probe.getlength(line) for line in lines)
    size = max(6, int(min(100 * (x2 - x1) / widest, each * 1.1)))
    for row, line in enumerate(lines):
        middle = ((x1 + x2) / 2, y1 + each * (row + 0.5))
        pen.text(middle, line, fill=ink, font=_font(size), anchor="mm", stroke_width=size / 40, stroke_fill=ink)


@lru_cache(maxsize=256)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
    return font
