"""What a person gets wrong: one line on stderr, exit code 2, and no model loaded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.models.clips import write_clip
from tests.sight.conftest import PICTURE, ROOT, SHARE, assert_bad_input, invoke, run


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
    (folder / "crop.visprog").write_text("A=CROP_NOT(image=IMAGE)\nFINAL_RESULT=RESULT(var=A)\n")
    (folder / "open.txt").write_text("A=VQA(image=IMAGE,question='What is this?')\nB=COUNT(box=A)\n")
    (folder / "void.py").write_bytes(b"")
    (folder / "text.mp4").write_text("this is no video\n" * 200)
    (folder / "empty.mkv").write_bytes(b"")
    clip = write_clip(folder / "clip.mp4", range(0, 400, 40))
    (folder / "cut.mp4").write_bytes(clip.read_bytes()[:2000])
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
    "missing video": (["ask", "@/none.mp4", "When?"], "none.mp4: there is no such file"),
    "text renamed .mp4": (["ask", "@/text.mp4", "When?"], "not a video that can be read, or damaged"),
    "truncated MP4": (["ask", "@/cut.mp4", "When?"], "damaged"),
    "video of 0 bytes": (["ask", "@/empty.mkv", "When?"], "empty (0 bytes)"),
    "a video and a picture": (["ask", "@/clip.mp4", PICTURE, "When?"], "one video or about pictures"),
    "two videos": (["ask", "@/clip.mp4", "@/clip.mp4", "When?"], "one video or about pictures"),
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
    "VisProg: unknown module": (
        ["run", "@/crop.visprog", PICTURE],
        "line 1: there is no module CROP_NOT",
    ),
    "VisProg: wrong kind": (["run", "@/open.txt", PICTURE], "open.txt: line 2: COUNT takes things or names as box"),
    "unknown mode": (["ask", PICTURE, "What?", "--mode", "vqa"], "choose gqa, nlvr, edit, knowledge"),
    "mode of a planner that has none": (["ask", PICTURE, "What?", "--mode", "gqa"], "this planner writes Python only"),
    "program without pictures": (["run", "@/good.py"], "IMAGE"),
    "program on a bad picture": (["run", "@/good.py", "@/cut.jpg"], "damaged or cut off"),
    "doctor of an unknown preset": (["doctor", "--preset", "none"], "there is no preset 'none'"),
}


@pytest.mark.usefixtures("no_models")
@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input(case: str, files: Path) -> None:
    arguments, expected = BAD_INPUT[case]
    assert_bad_input(invoke(*(argument.replace("@", str(files)) for argument in arguments)), expected)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_page_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    result = invoke("ask", PICTURE, "What?", "--html", str(tmp_path / "page.html"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be written" in result.stderr


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
