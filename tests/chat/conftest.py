"""Agents over perfect specialists, whose planner writes what it is told to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel

from agent import Limits, Planner, VisualAgent
from models.embedded.gallery import gallery_item
from models.embedded.oracle import oracle_kit
from tools import default_vocabulary

SHARE = """def execute_command(image):
    patch = ImagePatch(image)
    return len(patch.find("muffin")) // len(patch.find("kid"))
"""


@pytest.fixture
def agent() -> Iterator[Callable[..., VisualAgent]]:
    """Makes an agent: replies of the planner in order; its style; the limit of a program's own computing; and what to
    put in place of perfect specialists."""
    made: list[VisualAgent] = []

    def make(*replies: str, style: Any = "full", seconds: float = 2.0, **specialists: Any) -> VisualAgent:
        item = gallery_item("muffins_and_kids")
        vocabulary = default_vocabulary()
        planner = Planner(FakeListChatModel(responses=list(replies or (SHARE,))), vocabulary, style, "fake")
        kit = {**oracle_kit({item.picture: item.truth}), **specialists}
        made.append(VisualAgent(kit, planner, vocabulary, Limits(seconds=seconds)))
        return made[-1]

    yield make
    for one in made:
        one.close()
