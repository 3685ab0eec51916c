"""`sight ask`, `sight run` and `sight demo`: exit codes, and what goes to stdout and stderr."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from agent import VisualAgent
from tests.sight.conftest import FAILS, NO_DOG, PICTURE, QUESTION, ROOT, SHARE, VISPROG_SHARE, invoke


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


@pytest.mark.parametrize("name", ["share.visprog", "share.txt"])
def test_run_a_program_in_visprogs_language(oracle: Any, tmp_path: Path, name: str) -> None:
    oracle()
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + VISPROG_SHARE.replace("\n", "\r\n").encode())
    result = invoke("run", str(tmp_path / name), PICTURE, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["answer"] == 4
    shown = invoke("run", str(tmp_path / name), PICTURE)
    assert "LOC(image=IMAGE,object='muffin')" in shown.stdout
    assert "ANSWER2 = 4" in shown.stdout


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


def _computes(process: int) -> bool:
    """Whether a process of it has computed for a while: the sandbox is in the program."""
    return any(child.cpu_times().user > 0.5 for child in psutil.Process(process).children())


def test_interrupt_of_a_process(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "def execute_command(image):\n    n = 0\n    while n >= 0:\n        n += 1\n    return n\n"
    )
    command = [sys.executable, "-m", "sight", "run", str(tmp_path / "slow.py"), PICTURE, "--limits", "seconds=60"]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, **pipes)
    deadline = time.monotonic() + 120
    while process.poll() is None and not _computes(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does on Ctrl-C
    try:
        output, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, output) == (130, "")
    assert errors == "sight: stopped\n"
