"""The command line: bad input, exit codes, and what goes to stdout and stderr."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from langchain_core.language_models import FakeListChatModel
from PIL import Image
from typer.testing import CliRunner, Result

from agent import Planner, VisualAgent
from models.embedded.gallery import gallery_item
from models.embedded.oracle import oracle_kit
from sight.cli import cli
from sight.exit_codes import BAD_INPUT as BAD_INPUT_CODE
from tools import default_vocabulary

ROOT = Path(__file__).parents[2]
ITEM = gallery_item("muffins_and_kids")
PICTURE = str(ITEM.path)
QUESTION = "How many muffins can each kid have for it to be fair?"

SHARE = """def execute_command(image):
    patch = ImagePatch(image)
    return len(patch.find("muffin")) // len(patch.find("kid"))
"""
NO_DOG = """def execute_command(image):
    return ImagePatch(image).find("dog")[0].simple_query("What color is it?")
"""
FAILS = """def execute_command(image):
    return {}["nothing"]
"""


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


# ------------------------------------------------------------------ bad input


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files that cannot be used."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "text.png").write_text("this is no picture\n" * 20)
    Image.effect_noise((300, 200), 60).convert("RGB").save(folder / "whole.jpg")
    data = (folder / "whole.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(data[: len(data) // 2])
    Image.new("1", (30_000, 30_000)).save(folder / "huge.png")
    (folder / "empty.png").write_bytes(b"")
    Image.new("RGB", (8, 8)).save(folder / "odd.ppm")
    (folder / "key.yaml").write_text("extends: embedded\ndetektor:\n  checkpoint: embedded:detector\n")
    (folder / "option.yaml").write_text(
        "extends: embedded\ndetector:\n  checkpoint: embedded:detector\n  treshold: 0.1\n"
    )
    (folder / "list.yaml").write_text("- 1\n")
    (folder / "good.py").write_text(SHARE)
    (folder / "syntax.py").write_text("def execute_command(image)\n    return 1\n")
    (folder / "entry.py").write_text("def answer(image):\n    return 1\n")
    (folder / "import.py").write_text("import os\n\ndef execute_command(image):\n    return os.getcwd()\n")
    (folder / "name.py").write_text("def execute_command(image):\n    return ImagePatch(image).fnid('dog')\n")
    (folder / "binary.py").write_bytes(b"\xff\xfe\x00\x01" * 9)
    (folder / "void.py").write_bytes(b"")
    return folder


BAD_INPUT: dict[str, tuple[list[str], str]] = {
    "missing file": (["ask", "@/none.png", "What?"], "there is no such file"),
    "folder": (["ask", "@", "What?"], "this is a folder"),
    "text renamed .png": (["ask", "@/text.png", "What?"], "not a picture in a supported format"),
    "truncated JPEG": (["ask", "@/cut.jpg", "What?"], "damaged or cut off"),
    "30,000 x 30,000 pixels": (["ask", "@/huge.png", "What?"], "too large"),
    "0 bytes": (["ask", "@/empty.png", "What?"], "empty (0 bytes)"),
    "unsupported format": (["ask", "@/odd.ppm", "What?"], "not a picture in a supported format (PNG, JPEG"),
    "second picture bad": (["ask", PICTURE, "@/text.png", "What?"], "text.png: not a picture"),
    "empty question": (["ask", PICTURE, ""], "the question is empty"),
    "blank question": (["ask", PICTURE, " \n\t"], "the question is empty"),
    "long question": (["ask", PICTURE, "why " * 1000], "at most 2000"),
    "nothing at all": (["ask"], "IMAGE"),
    "no question": (["ask", PICTURE], "IMAGE"),
    "unknown preset": (["ask", PICTURE, "What?", "--preset", "embeded"], "did you mean 'embedded'"),
    "missing preset file": (["ask", PICTURE, "What?", "--preset", "@/none.yaml"], "there is no such file"),
    "preset with a wrong role": (["ask", PICTURE, "What?", "--preset", "@/key.yaml"], "did you mean 'detector'"),
    "preset with a wrong key": (["ask", PICTURE, "What?", "--preset", "@/option.yaml"], "did you mean 'threshold'"),
    "preset that is a list": (["run", "@/good.py", PICTURE, "--preset", "@/list.yaml"], "must be a mapping"),
    "unknown planner": (["ask", PICTURE, "What?", "--planner", "gpt"], "unknown planner 'gpt'"),
    "planner without a package": (
        ["ask", PICTURE, "What?", "--planner", "openai:gpt-5"],
        "pip install langchain-openai",
    ),
    "planner folder missing": (["ask", PICTURE, "What?", "--planner", "local:@/none"], "there is no folder"),
    "unknown device": (["ask", PICTURE, "What?", "--device", "tpu"], "unknown device 'tpu'"),
    "unknown dtype": (["ask", PICTURE, "What?", "--dtype", "int3"], "unknown dtype 'int3'"),
    "unknown limit": (["ask", PICTURE, "What?", "--limits", "second=2"], "'second=2'"),
    "limit without a number": (["ask", PICTURE, "What?", "--limits", "calls"], "write NAME=N"),
    "limit that is no number": (["ask", PICTURE, "What?", "--limits", "calls=many"], "whole number"),
    "limit of zero": (["ask", PICTURE, "What?", "--limits", "seconds=0"], "positive"),
    "limit of nan": (["ask", PICTURE, "What?", "--limits", "seconds=nan"], "positive"),
    "page in no folder": (["ask", PICTURE, "What?", "--html", "@/none/page.html"], "there is no folder"),
    "page that is a folder": (["ask", PICTURE, "What?", "--html", "@"], "is a folder"),
    "unknown option": (["ask", PICTURE, "What?", "--colour"], "No such option: --colour"),
    "unknown command": (["look"], "No such command 'look'"),
    "missing program": (["run", "@/none.py", PICTURE], "cannot be read"),
    "program with a syntax error": (["run", "@/syntax.py", PICTURE], "line 1: invalid syntax"),
    "program without execute_command": (["run", "@/entry.py", PICTURE], "execute_command"),
    "program outside the subset": (["run", "@/import.py", PICTURE], "line 1: "),
    "program with a wrong name": (["run", "@/name.py", PICTURE], "line 2: "),
    "program that is no text": (["run", "@/binary.py", PICTURE], "not a text in UTF-8"),
    "empty program": (["run", "@/void.py", PICTURE], "the program is empty"),
    "program without pictures": (["run", "@/good.py"], "IMAGE"),
    "program on a bad picture": (["run", "@/good.py", "@/cut.jpg"], "damaged or cut off"),
    "doctor of an unknown preset": (["doctor", "--preset", "none"], "there is no preset 'none'"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input(case: str, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a model was loaded before the input was checked")

    monkeypatch.setattr("models.presets.Kit._load", loaded)
    arguments, expected = BAD_INPUT[case]
    result = invoke(*(argument.replace("@", str(files)) for argument in arguments))
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("sight: ")
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith("\n")
    assert expected in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_page_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    result = invoke("ask", PICTURE, "What?", "--html", str(tmp_path / "page.html"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be written" in result.stderr


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sight", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT, **options)


@pytest.mark.parametrize("case", ["truncated JPEG", "unknown preset", "program with a syntax error", "unknown option"])
def test_bad_input_in_a_process_of_its_own(case: str, files: Path) -> None:
    arguments, expected = BAD_INPUT[case]
    result = run(*(argument.replace("@", str(files)) for argument in arguments))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert expected in result.stderr


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom sight.cli import cli\ntry: cli(['--help'], prog_name='sight')\nexcept SystemExit: pass\n"
        "print(sorted(m for m in ('torch', 'numpy', 'PIL', 'pydantic', 'langchain_core', 'rich') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert "Exit codes: 0 answered, 3 abstained" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


# ------------------------------------------------------------------ good input, over perfect specialists


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
            return VisualAgent(
                oracle_kit({ITEM.picture: ITEM.truth}), Planner(model, vocabulary, "full", "fake"), vocabulary, limits
            )

        monkeypatch.setattr(VisualAgent, "from_preset", classmethod(made))

    return install


def test_ask_answers(oracle: Any, capfd: pytest.CaptureFixture[str]) -> None:
    oracle(SHARE)
    result = invoke("ask", PICTURE, QUESTION)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "library" not in result.stdout
    assert "native noise" not in "".join(capfd.readouterr())
    for words in (QUESTION, 'patch.find("muffin")', "8 × muffin", "2 × kid", "│  4", "answered in"):
        assert words in result.stdout


def test_json_is_one_object_and_nothing_else(oracle: Any) -> None:
    oracle(SHARE)
    result = invoke("ask", PICTURE, QUESTION, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    record = json.loads(result.stdout)
    assert set(record) == {"answer", "status", "reason", "program", "steps", "seconds"}
    assert (record["answer"], record["status"], record["reason"]) == (4, "answered", "")
    assert [step["tool"] for step in record["steps"]] == ["ImagePatch", "ImagePatch.find", "ImagePatch.find"]
    assert record["seconds"] > 0
    assert record["program"].strip() == SHARE.strip()


@pytest.mark.parametrize(
    ("program", "code", "status", "words"),
    [
        (SHARE, 0, "answered", "4"),
        (NO_DOG, 3, "abstained", "there is no dog in the picture"),
        (FAILS, 1, "failed", "line 2"),
    ],
)
def test_exit_codes(oracle: Any, program: str, code: int, status: str, words: str) -> None:
    oracle(program)
    quiet = invoke("ask", PICTURE, "What color is the dog?", "--quiet")
    assert quiet.exit_code == code
    assert words in quiet.stdout
    assert quiet.stdout.count("\n") == 1
    machine = invoke("ask", PICTURE, "What color is the dog?", "--json")
    assert machine.exit_code == code
    record = json.loads(machine.stdout)
    assert record["status"] == status
    assert words in (record["reason"] or str(record["answer"]))


def test_run_a_program_and_write_a_page(oracle: Any, tmp_path: Path) -> None:
    oracle()
    program, target = tmp_path / "share.py", tmp_path / "page.html"
    program.write_bytes(b"\xef\xbb\xbf" + SHARE.replace("\n", "\r\n").encode())
    result = invoke("run", str(program), PICTURE, "--html", str(target))
    assert result.exit_code == 0, result.output
    assert "8 × muffin" in result.stdout
    assert result.stdout.splitlines()[-1] == f"Page: {target}"
    assert 'class="answer answered"' in target.read_text("utf-8")


def test_limits_reach_the_sandbox(oracle: Any, tmp_path: Path) -> None:
    oracle()
    (tmp_path / "share.py").write_text(SHARE)
    result = invoke("run", str(tmp_path / "share.py"), PICTURE, "--limits", "calls=2, seconds=1.5", "--json")
    assert result.exit_code == 1
    assert "2" in json.loads(result.stdout)["reason"]


def test_demo(oracle: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    oracle(SHARE)
    monkeypatch.chdir(tmp_path)
    result = invoke("demo")
    assert result.exit_code == 0, result.output
    assert QUESTION in result.stdout
    assert result.stdout.splitlines()[-1] == f"Page: {Path('out/demo.html')}"
    assert (tmp_path / "out" / "demo.html").stat().st_size > 20_000


def test_an_unexpected_error_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError("first line\nsecond line")

    monkeypatch.setattr(VisualAgent, "from_preset", broken)
    result = invoke("ask", PICTURE, "What?")
    assert (result.exit_code, result.stdout) == (70, "")
    assert result.stderr == "sight: unexpected ZeroDivisionError: first line (-v shows where)\n"
    verbose = invoke("ask", PICTURE, "What?", "-v")
    assert verbose.exit_code == 70
    assert "Traceback" in verbose.stderr
    assert "in broken" in verbose.stderr


def test_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(VisualAgent, "from_preset", interrupted)
    result = invoke("ask", PICTURE, "What?")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "sight: stopped\n")


def test_interrupt_of_a_process(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "def execute_command(image):\n    n = 0\n    while n >= 0:\n        n += 1\n    return n\n"
    )
    command = [sys.executable, "-m", "sight", "run", str(tmp_path / "slow.py"), PICTURE, "--limits", "seconds=60"]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, **pipes)
    deadline = time.monotonic() + 60
    while process.poll() is None and not psutil.Process(process.pid).children() and time.monotonic() < deadline:
        time.sleep(0.1)  # until the sandbox has its process
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does on Ctrl-C
    try:
        output, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, output) == (130, "")
    assert errors == "sight: stopped\n"


# ------------------------------------------------------------------ tools, doctor


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
    listed = CliRunner().invoke(cli, ["tools", *with_tool])
    assert "def how_wide(patch: ImagePatch) -> int:" in listed.stdout
    words = ["run", str(tmp_path / "program.py"), str(tmp_path / "picture.png"), "-q"]
    assert CliRunner().invoke(cli, [*words, *with_tool]).stdout.strip() == "37"
    assert CliRunner().invoke(cli, words).exit_code == BAD_INPUT_CODE


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "no such file"), ("import nothing_of_this_name", "cannot be loaded"), ("x = 1", "no tool")],
)
def test_a_file_of_tools_that_is_none(tmp_path: Path, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / "own.py").write_text(text)
    done = CliRunner().invoke(cli, ["tools", "--tools", str(tmp_path / "own.py")])
    assert done.exit_code == BAD_INPUT_CODE
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
