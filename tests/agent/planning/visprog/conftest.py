"""Programs of VisProg's language in files, run over specialists that know the gallery's scenes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent import VisualAgent
from models.embedded.gallery import load_gallery
from models.embedded.oracle import Oracle
from models.picture import Picture
from tests.agent.conftest import FakeSpecialist
from tools import Vocabulary

FOLDER = Path(__file__).parents[3] / "data" / "visprog"


def cases(task_set: str) -> list[dict[str, Any]]:
    """The programs of a task set, each with its picture or pictures and what it gives."""
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{task_set}.yaml").read_text("utf-8"))
    return found


def pictures(case: dict[str, Any]) -> tuple[Picture, ...]:
    items = {item.name: item.picture for item in load_gallery()}
    return tuple(items[name] for name in case.get("pictures", [case.get("picture")]))


@pytest.fixture(scope="module")
def oracle_agent(vocabulary: Vocabulary) -> Iterator[VisualAgent]:
    """An agent whose specialists know the gallery, and whose language model knows the lists of the cases."""
    oracle = Oracle({item.picture: item.truth for item in load_gallery()})
    knows = {query: names for case in cases("knowledge") for query, names in case["knows"].items()}
    kit: dict[str, Any] = dict(oracle.kit())
    kit["llm"] = FakeSpecialist(lambda request: next(n for q, n in knows.items() if f" {q}." in request.text))
    with VisualAgent(kit, vocabulary=vocabulary) as agent:
        yield agent
