"""The command line called in this process or in one of its own, and an agent over perfect specialists."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel
from typer.testing import CliRunner, Result

from agent import Planner, VisualAgent
from models.embedded.gallery import gallery_item
from models.embedded.oracle import oracle_kit
from sight.cli import cli
from tests.agent.runs.conftest import answers, picture_files, rows, run_folder
from tools import default_vocabulary

__all__ = ["answers", "picture_files", "rows", "run_folder"]

ROOT = Path(__file__).parents[2]
ITEM = gallery_item("muffins_and_kids")
OTHERS = (gallery_item("farm"), gallery_item("red_cars"))
PICTURE = str(ITEM.path)
QUESTION = "How many muffins can each kid have for it to be fair?"

SHARE = """def execute_command(image):
    patch = ImagePatch(image)
    return len(patch.find("muffin")) // len(patch.find("kid"))
"""
VISPROG_SHARE = """BOX0=LOC(image=IMAGE,object='muffin')
BOX1=LOC(image=IMAGE,object='kid')
ANSWER0=COUNT(box=BOX0)
ANSWER1=COUNT(box=BOX1)
ANSWER2=EVAL(expr="{ANSWER0} // {ANSWER1}")
FINAL_RESULT=RESULT(var=ANSWER2)
"""
NO_DOG = """def execute_command(image):
    return ImagePatch(image).find("dog")[0].simple_query("What color is it?")
"""
FAILS = """def execute_command(image):
    return {}["nothing"]
"""


def invoke(*arguments: str) -> Result:
    """`sight ARGUMENTS...` in this process."""
    return CliRunner().invoke(cli, list(arguments))


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """`sight ARGUMENTS...` in a process of its own."""
    command = [sys.executable, "-m", "sight", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT, **options)


def assert_bad_input(result: Result, expected: str) -> None:
    """One line that says what is wrong, and nothing else."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("sight: ")
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith("\n")
    assert expected in result.stderr


@pytest.fixture
def no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever loads a model fails."""

    def loaded(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a model was loaded before the input was checked")

    monkeypatch.setattr("models.presets.Kit._load", loaded)


@pytest.fixture
def oracle(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes `VisualAgent.from_preset` give an agent over ground truth whose planner writes what it is told."""

    def install(*replies: str) -> None:
        def made(cls: Any, name: Any, planner: Any = None, limits: Any = None, *rest: Any, **more: Any) -> VisualAgent:
            vocabulary = default_vocabulary()
            model = FakeListChatModel(responses=list(replies))
            print("a library says hello")
            print("a library warns", file=sys.stderr)
            os.write(1, b"native noise\n")
            truths = {item.picture: item.truth for item in (ITEM, *OTHERS)}
            return VisualAgent(oracle_kit(truths), Planner(model, vocabulary, "full", "fake"), vocabulary, limits)

        monkeypatch.setattr(VisualAgent, "from_preset", classmethod(made))

    return install
