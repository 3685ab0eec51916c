"""Fake specialists that answer from a table, and one sandbox for all tests of the agent."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image

from agent.planning.check import Check
from agent.running.monty_sandbox import MontySandbox
from agent.running.sandbox import Limits, Surface
from models.picture import Picture, overlap
from models.requests import Ask, Detection, Match, Request, SpecialistError
from tools import Vocabulary, default_vocabulary


class FakeSpecialist:
    """Answers by a function, and remembers what it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.batches: list[list[Request[Any]]] = []

    def run(self, requests: Sequence[Request[Any]]) -> list[Any]:
        self.batches.append(list(requests))
        return [self.answer(request) for request in requests]


Things = dict[str, list[tuple[float, float, float, float]]]


class FakeKit(dict[str, FakeSpecialist]):
    """A kit over a table of things: phrase to boxes (`xyxy`), by the picture's name."""

    def __init__(self, things: dict[str, Things] | Things) -> None:
        super().__init__()
        self.things: Any = things
        self["detector"] = FakeSpecialist(self._detect)
        self["clip"] = FakeSpecialist(self._match)
        self["vlm"] = FakeSpecialist(self._ask)
        self["depth"] = FakeSpecialist(
            lambda request: np.tile(np.arange(request.picture.height, 0.0, -1.0), (request.picture.width, 1)).T
        )
        self["llm"] = FakeSpecialist(lambda request: f"about {request.text.splitlines()[0]}")

    def _detect(self, request: Any) -> list[Detection]:
        table = self.things.get(request.region.picture.name, self.things)
        boxes = [box for box in table.get(request.phrase, []) if overlap(box, request.region.box)]
        return [Detection(box, 0.9) for box in boxes]

    def _match(self, request: Match) -> list[float]:
        # a thing has the property that is named first if it stands in the left half
        left = request.region.box[0] < request.region.picture.width / 2
        return [float(left == (place == 0)) for place in range(len(request.texts))]

    def _ask(self, request: Ask) -> str:
        if "broken" in request.question:
            raise ValueError("this question breaks the model")
        if "unanswerable" in request.question:
            return SpecialistError("the vlm cannot answer this")  # type: ignore[return-value]
        return f"{request.question.rstrip('?').split()[-1]} at {request.region.box[0]:.0f}"


def make_picture(name: str = "picture", shade: int = 200, size: tuple[int, int] = (100, 80)) -> Picture:
    """A plain picture; another shade is another picture."""
    return Picture(Image.new("RGB", size, (shade, shade, 255)), name)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return default_vocabulary()


@pytest.fixture(scope="session")
def sandbox(vocabulary: Vocabulary) -> Iterator[MontySandbox]:
    with MontySandbox(Surface.of(vocabulary), Limits(seconds=2.0)) as one:
        yield one


@pytest.fixture(scope="session")
def check(vocabulary: Vocabulary) -> Iterator[Check]:
    with Check(vocabulary) as one:
        yield one


@pytest.fixture
def picture() -> Picture:
    return make_picture()


@pytest.fixture
def kit() -> FakeKit:
    return FakeKit(
        {"dog": [(10, 10, 30, 30), (50, 40, 80, 70)], "kid": [(5, 40, 20, 75)], "muffin": [(40, 5, 50, 15)] * 4}
    )
