"""What docs/adding_a_tool.md says, done to the letter: its code is taken from the page and run."""

import importlib
import re
from pathlib import Path

import pytest

import tools
from models.requests import Detection
from tools import ToolError, drive

from .conftest import CARS, Fake

PAGE = (Path(tools.__file__).parent.parent / "docs" / "adding_a_tool.md").read_text()
FILE, USE, AGENT = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def place(tmp_path, monkeypatch, picture, kit):
    """The page's folder: my_tools.py and a picture in it; specialists that see the three cars as balloons."""
    (tmp_path / "my_tools.py").write_text(FILE)
    picture.image.save(tmp_path / "balloons.png")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    kit["detector"] = Fake(lambda request: [Detection(box, 0.9) for box in CARS.values()])
    kit["vlm"] = Fake(lambda request: "Blue" if request.region.box[0] == 80 else "red")
    monkeypatch.setattr("models.presets.Kit", lambda name: kit)
    return {"kit": kit}


def test_the_page(place, capsys):
    exec(USE, place)
    printed = capsys.readouterr().out
    assert "def tally(patches: list[ImagePatch], question: str) -> dict[str, int]:" in printed
    assert printed.endswith("{'red': 1}\n")
    assert "def tally(patches: _Sequence[ImagePatch], question: str) -> dict[str, int]: ..." in place["words"].stubs()
    with pytest.raises(ToolError, match="tally\\(\\) takes patches as a list of ImagePatch objects, got an ImagePatch"):
        place["words"].call("tally", (place["patch"], "What?"), {})
    with pytest.raises(ToolError, match="needs a question"):
        drive(place["words"].call("tally", ([], " "), {}), place["kit"])
    by_name = {one.name: one for one in place["words"].langchain(place["kit"])}
    arguments = {"patches": [{"picture": "balloons.png"}], "question": "What color is this?"}
    assert by_name["tally"].invoke(arguments) == {"red": 1}


def test_the_tool_in_a_program(place, capsys):
    exec(USE, place)
    place["kit"]["vlm"].batches.clear()
    exec(AGENT, place)
    answer = place["answer"]
    assert (answer.status, answer.value) == ("answered", {"red": 2, "blue": 1})
    assert [step.tool for step in answer.trace.steps] == ["ImagePatch", "ImagePatch.find", "tally"]
    assert [len(batch) for batch in place["kit"]["vlm"].batches] == [3], "one batch for all patches"
