"""What the README says to type works, and what it links to exists."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    line.split("  #")[0].strip()
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
    if line.strip() and not line.startswith("#")
]


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_links_lead_somewhere(link: str) -> None:
    if not link.startswith("https://"):
        assert (ROOT / link).exists()


@pytest.mark.parametrize("command", [one for one in COMMANDS if one.startswith("make ")])
def test_make_targets_exist(command: str) -> None:
    target = command.split()[1]
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("command", [one for one in COMMANDS if one.startswith("sight ") and "photo.jpg" not in one])
def test_commands_run(command: str, folder: Path) -> None:
    """Those that need no photograph of one's own, as they stand, one after the other."""
    words = shlex.split(command)
    sight = Path(sys.executable).with_name("sight")
    words = [str(ROOT / word) if shipped(word) else word for word in words[1:]]
    done = subprocess.run([sight, *words], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert (done.stderr if words[0] == "batch" else done.stdout).strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands are given, because some read what others wrote."""
    return tmp_path_factory.mktemp("readme")


def shipped(word: str) -> bool:
    return (ROOT / word).is_file() and not word.startswith("out/")


@pytest.mark.parametrize("command", [one for one in COMMANDS if one.startswith("sight ") and "photo.jpg" in one])
def test_commands_with_a_photograph_are_understood(command: str, tmp_path: Path) -> None:
    """Their pictures are not here; the command line must get as far as saying so."""
    sight = Path(sys.executable).with_name("sight")
    done = subprocess.run([sight, *shlex.split(command)[1:]], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert re.search("there is no such file|cannot be read", done.stderr)


def test_python_example_runs(tmp_path: Path) -> None:
    code = next(block for language, block in BLOCKS if language == "python")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "answered" in done.stdout
