"""`sight tools` and `sight doctor`."""

from pathlib import Path

import pytest
from PIL import Image

from tests.sight.conftest import invoke
from tools import default_vocabulary


def test_tools() -> None:
    result = invoke("tools")
    assert result.exit_code == 0
    assert result.stdout.strip() == default_vocabulary().prompt().strip()
    assert invoke("tools", "--stubs").stdout.strip() == default_vocabulary().stubs().strip()


def test_doctor_tells_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: embedded\ndepth:\n  checkpoint: nobody/nothing\n")
    result = invoke("doctor", "--preset", str(tmp_path / "mine.yaml"), "--device", "cpu")
    assert result.exit_code == 1, result.output
    for words in ("cpu, float32", "works: a program ran in", "nobody/nothing", "depth: "):
        assert words in result.stdout


OWN_TOOL = """from tools import ImagePatch, tool


@tool
async def how_wide(patch: ImagePatch) -> int:
    \"\"\"Returns the width of the patch.\"\"\"
    return patch.width
"""


def test_tools_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(OWN_TOOL)
    (tmp_path / "program.py").write_text("def execute_command(image):\n    return how_wide(ImagePatch(image))\n")
    Image.new("RGB", (37, 20)).save(tmp_path / "picture.png")
    with_tool = ["--tools", str(tmp_path / "own.py")]
    listed = invoke("tools", *with_tool)
    assert "def how_wide(patch: ImagePatch) -> int:" in listed.stdout
    words = ["run", str(tmp_path / "program.py"), str(tmp_path / "picture.png"), "-q"]
    assert invoke(*words, *with_tool).stdout.strip() == "37"
    assert invoke(*words).exit_code == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "no such file"), ("import nothing_of_this_name", "cannot be loaded"), ("x = 1", "no tool")],
)
def test_a_file_of_tools_that_is_none(tmp_path: Path, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / "own.py").write_text(text)
    done = invoke("tools", "--tools", str(tmp_path / "own.py"))
    assert done.exit_code == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
