"""Plain sheets: shapes in pure colours on one colour, as drawn by programs and seen in small pictures.

The world's scenes are painted and their shapes have rims and soft light. What charts, diagrams and other people's test
pictures show is plainer: one shape on a pale sheet, a grid of shapes, stacks that touch, shapes at the very edge, at 30
to 120 pixels. The detector, CLIP and the VLM are to know them as well.
"""

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from models.embedded.training.scenes import Sample
from models.embedded.world.drawing import outline
from models.embedded.world.lexicon import nouns_of
from models.embedded.world.render import Rendered
from models.embedded.world.scene import Scene, Thing
from models.embedded.world.things import size_class

COLOURS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "red": ((255, 0, 0), (225, 35, 35), (255, 40, 0)),
    "green": ((0, 255, 0), (0, 128, 0), (44, 162, 60)),
    "blue": ((0, 0, 255), (0, 153, 255), (36, 96, 224)),
    "yellow": ((255, 255, 0), (250, 214, 30)),
    "black": ((0, 0, 0), (30, 30, 34)),
    "gray": ((128, 128, 128), (150, 150, 150)),
    "teal": ((0, 128, 128), (20, 150, 140)),
    "brown": ((165, 42, 42), (128, 78, 40), (139, 69, 19)),
    "purple": ((128, 0, 128), (132, 54, 190)),
    "orange": ((255, 140, 0), (250, 130, 20)),
    "pink": ((255, 105, 180), (250, 130, 186)),
    "white": ((255, 255, 255),),
}
"""What each colour is in pictures that programs draw, and in this world."""

COMMON = ("circle", "square", "triangle", "rectangle")
PLAIN = 0.2
"""Share of the pictures of a training that are plain sheets."""
_FINER = 4
"""Sheets are drawn this many times larger and shrunk, for soft edges."""
_CONTRAST = 110
"""Least difference of a shape from its sheet, summed over the channels."""
_LEAST = 4.0
"""Pixels of the smallest shape of a grid."""

Placed = tuple[float, float, float, float]


def sheets(seed: int) -> Iterator[Sample]:
    """Plain sheets without end. Another seed gives others."""
    random = np.random.default_rng(seed)
    layouts: tuple[Callable[[np.random.Generator, float, float], list[Placed]], ...] = (_one, _grid, _strewn, _stacks)
    while True:
        side = float(random.integers(30, 121))
        width, height = side, round(side * float(random.choice([1.0, 1.0, random.uniform(0.7, 1.3)])))
        places = layouts[int(random.choice(4, p=[0.4, 0.25, 0.2, 0.15]))](random, width, height)
        yield _draw(random, int(width), height, places)


def mixed(samples: Iterator[Sample], seed: int) -> Iterator[Sample]:
    """Scenes with plain sheets among them; none without a thing."""
    random, plain = np.random.default_rng(seed), sheets(seed)
    while True:
        sample = next(plain if random.random() < PLAIN else samples)
        if sample.things:
            yield sample


def _one(random: np.random.Generator, width: float, height: float) -> list[Placed]:
    w, h = random.uniform(0.1, 0.42, 2) * min(width, height)
    x, y = random.uniform(0, width - w), random.uniform(0, height - h)
    return [(x, y, w, h)]


def _grid(random: np.random.Generator, width: float, height: float) -> list[Placed]:
    rows, columns = random.integers(2, 5, 2)
    w, h = width / columns, height / rows
    placed = []
    for row in range(rows):
        for column in range(columns):
            if random.random() < 0.8:
                size = max(_LEAST, random.uniform(0.4, 0.95) * min(w, h))
                middle = (column + 0.5) * w, (row + 0.5) * h
                placed.append((middle[0] - size / 2, middle[1] - size / 2, size, size))
    return placed


def _strewn(random: np.random.Generator, width: float, height: float) -> list[Placed]:
    """Anywhere, not over one another, a third of them against an edge."""
    placed: list[Placed] = []
    for _ in range(int(random.integers(2, 10))):
        size = float(random.choice([0.1, 0.2, 0.3])) * min(width, height)
        x, y = random.uniform(0, width - size), random.uniform(0, height - size)
        if random.random() < 0.35:
            x, y = ((0, y), (width - size, y), (x, 0), (x, height - size))[random.integers(4)]
        if all(x + size < a or a + c < x or y + size < b or b + d < y for a, b, c, d in placed):
            placed.append((float(x), float(y), size, size))
    return placed


def _stacks(random: np.random.Generator, width: float, height: float) -> list[Placed]:
    """Towers from the lower edge, a pixel or none between their blocks."""
    placed = []
    size = random.uniform(0.14, 0.24) * min(width, height)
    gap = float(random.choice([0.0, 0.01])) * height
    for place in range(int(random.integers(1, 4))):
        x = (place + random.uniform(0.2, 0.8)) * width / 3 - size / 2
        for level in range(int(random.integers(1, 5))):
            y = height - size - level * (size + gap)
            if y >= 0:
                placed.append((float(np.clip(x, 0, width - size)), y, size, size))
    return placed


def _draw(random: np.random.Generator, width: int, height: int, places: list[Placed]) -> Sample:
    sheet = _sheet(random)
    canvas = np.empty((height * _FINER, width * _FINER, 3), np.uint8)
    canvas[:] = sheet
    owner = np.full((height, width), -1, np.int16)
    things: list[Thing] = []
    others = [noun.name for noun in nouns_of("shape")]
    towers = len(places) > 1 and random.random() < 0.5
    few = random.choice(list(COLOURS), 3, replace=False).tolist()  # a sheet has few colours
    for x, y, w, h in places:
        colour = str(random.choice(few if random.random() < 0.8 else list(COLOURS)))
        shades = COLOURS[colour]
        rgb = np.clip(np.array(shades[random.integers(len(shades))]) + random.integers(-8, 9, 3), 0, 255)
        if np.abs(rgb - sheet.astype(int)).sum() < _CONTRAST:
            continue
        name = str(random.choice(COMMON if random.random() < 0.85 else others))
        name = "square" if towers and random.random() < 0.7 else name
        if name in ("rectangle", "oval") and 0.85 < w / h < 1.18:
            narrower = random.uniform(0.45, 0.85)
            w, h = (w * narrower, h) if random.random() < 0.5 else (w, h * narrower)
        elif name in ("square", "circle"):
            w = h = min(w, h)
        corners = np.round((outline(name) * (w, h) + (x, y)) * _FINER * 16).astype(np.int32)
        cv2.fillPoly(canvas, [corners], rgb.tolist(), cv2.LINE_AA, 4)
        mask = np.zeros((height, width), np.uint8)
        cv2.fillPoly(mask, [corners // _FINER], 1, cv2.LINE_8, 4)
        owner[mask > 0] = len(things)
        limits = max(0.0, x), max(0.0, y), min(float(width), x + w), min(float(height), y + h)
        box = (float(limits[0]), float(limits[1]), float(limits[2]), float(limits[3]))
        place = (round(x), round(y), round(x + w), round(y + h))
        size = size_class(box, width, height)
        things.append(Thing(name, "shape", name, colour, False, 0.0, False, place, box, 5.0, size))
    image = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
    scene = Scene(0, "train", width, height, "plain", tuple(things))
    return Sample(scene, image, Rendered(scene, image, owner))


def _sheet(random: np.random.Generator) -> np.ndarray:
    """The colour of the sheet: pale, black, grey or anything. `(3,)` uint8."""
    kind = random.random()
    if kind < 0.5:
        return random.integers(228, 256, 3).astype(np.uint8)
    if kind < 0.75:
        return np.full(3, random.integers(0, 16), np.uint8)
    if kind < 0.92:
        return np.full(3, random.integers(190, 226), np.uint8)
    return random.integers(0, 256, 3).astype(np.uint8)
