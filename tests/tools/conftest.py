"""Specialists for testing tools: each answers truly about one drawn picture, from its pixels where it can."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from models.picture import Box, Picture
from models.requests import (
    Detect,
    Detection,
    Fit,
    Inpaint,
    Mask,
    Match,
    Request,
    Segment,
    SpecialistError,
    TextLine,
)

WIDTH, HEIGHT = 200, 100
RGB = {"red": (220, 30, 30), "blue": (30, 30, 220), "green": (30, 160, 30), "black": (0, 0, 0)}
CARS: dict[str, Box] = {"red": (10, 60, 50, 90), "blue": (80, 20, 130, 60), "green": (150, 10, 160, 20)}
"""Boxes of three cars, `xyxy`, origin top left; the colour is what fills them. The green one is small."""


@dataclass
class Fake:
    """A specialist that answers by a function of one request, and keeps what it was asked."""

    answer: Any
    batches: list[list[Request]] = field(default_factory=list)
    last_forward: int = 0

    def run(self, requests: Sequence[Request]) -> list[Any]:
        self.batches.append(list(requests))
        return [self.answer(request) for request in requests]

    @property
    def asked(self) -> list[Request]:
        return [request for batch in self.batches for request in batch]


def detect(request: Detect) -> list[Detection] | SpecialistError:
    """Cars, most certain first, as far as their middle lies in the region."""
    if request.phrase == "broken":
        return SpecialistError("the detector is out of order")
    words = request.phrase.removesuffix("s").split()
    if words[-1] != "car":
        return []
    x1, y1, x2, y2 = request.region.box
    found = []
    for score, (colour, box) in zip((0.7, 0.9, 0.5), CARS.items(), strict=True):
        inside = x1 <= (box[0] + box[2]) / 2 <= x2 and y1 <= (box[1] + box[3]) / 2 <= y2
        if inside and (len(words) == 1 or colour in words):
            found.append(Detection(box, score))
    return sorted(found, key=lambda one: -one.score)


def match(request: Match | Fit) -> list[float] | float:
    """Minus the distance between the region's mean colour and the colour that a text names; of one text, whether that
    is less than 50."""
    if isinstance(request, Fit):
        return float(match(Match(request.region, (request.text,)))[0] > -50)
    mean = np.asarray(request.region.crop(), float).mean(axis=(0, 1))
    scores = []
    for text in request.texts:
        named = [RGB[word] for word in text.split() if word in RGB]
        scores.append(-float(np.linalg.norm(mean - np.array(named[0] if named else (128, 128, 128)))))
    return scores


def segment(request: Segment) -> Mask:
    """Everything in the region that is not white."""
    pixels = np.zeros((HEIGHT, WIDTH), bool)
    x1, y1, x2, y2 = request.region.pixels
    pixels[y1:y2, x1:x2] = (np.asarray(request.region.crop()) < 250).any(axis=2)
    return Mask(pixels, 0.9)


def inpaint(request: Inpaint) -> Picture:
    """The mask in one colour."""
    pixels = np.array(request.picture.image)
    pixels[request.mask] = (1, 2, 3)
    return Picture.from_image(pixels, "painted")


@pytest.fixture
def picture() -> Picture:
    pixels = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    for colour, (x1, y1, x2, y2) in CARS.items():
        pixels[int(y1) : int(y2), int(x1) : int(x2)] = RGB[colour]
    return Picture.from_image(pixels, "street.png")


@pytest.fixture
def kit() -> dict[str, Fake]:
    rows = np.linspace(9, 1, HEIGHT, dtype=np.float32)  # the lower in the picture, the nearer
    return {
        "detector": Fake(detect),
        "clip": Fake(match),
        "segmenter": Fake(segment),
        "vlm": Fake(lambda request: f"{request.question} at {request.region.pixels}"),
        "depth": Fake(lambda request: np.tile(rows[:, None], (1, WIDTH))),
        "ocr": Fake(lambda request: [TextLine("NO", (0, 0, 9, 9), 1.0), TextLine("PARKING", (0, 9, 9, 18), 1.0)]),
        "llm": Fake(lambda request: f" heard: {request.text} "),
        "inpaint": Fake(inpaint),
        "text_to_image": Fake(lambda request: Picture.from_image(np.zeros((8, 8, 3), np.uint8), request.prompt)),
    }
