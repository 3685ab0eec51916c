"""`sight batch`: rows are answered and kept, a stopped run goes on, and what cannot be run is told in one line."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.runs.picture_folder import PictureFolder
from agent.runs.record import Record
from agent.runs.store import RunError, Store
from models.embedded.gallery import FOLDER, load_gallery
from sight.batch import _impatient
from tests.sight.conftest import (
    FAILS,
    NO_DOG,
    OTHERS,
    PICTURE,
    QUESTION,
    ROOT,
    SHARE,
    VISPROG_SHARE,
    assert_bad_input,
    invoke,
    run,
)

FARM, CARS = (str(item.path) for item in OTHERS)
SHEEP = """def execute_command(image):
    return len(ImagePatch(image).find("sheep"))
"""
RED_CARS = """def execute_command(image):
    return len([car for car in ImagePatch(image).find("car") if car.verify_property("car", "red")])
"""
ROWS: list[dict[str, Any]] = [
    {"id": "share", "image": PICTURE, "question": QUESTION, "answer": "4", "program": SHARE},
    {"id": "sheep", "image": FARM, "question": "How many sheep?", "program": SHEEP, "family": "count"},
    {"id": "cars", "image": CARS, "question": "How many red cars?", "answer": "2", "program": RED_CARS},
    {"id": "dog", "image": PICTURE, "question": "What color is the dog?", "program": NO_DOG},
]
BROKEN: list[dict[str, Any]] = [
    {"id": "wrong", "image": PICTURE, "question": "What?", "program": FAILS},
    {"id": "gone", "image": "gone.png", "question": "What?", "program": SHARE},
    {"id": "odd", "image": PICTURE, "quesiton": "What?"},
]


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def records(folder: Path) -> list[Record]:
    with Store.open(folder) as store:
        return list(store.records())


def content(folder: Path) -> list[tuple[Any, ...]]:
    """What must be the same however often a run was stopped."""
    return [(one.id, one.position, one.status, one.answer, one.reason, one.program) for one in records(folder)]


# ------------------------------------------------------------------ bad input


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions")
    write(folder / "good.jsonl", ROWS)
    (folder / "empty.jsonl").write_text("")
    (folder / "odd.xyz").write_bytes(b"\x00\x01\x02" * 99)
    (folder / "empty").mkdir()
    (folder / "other").mkdir()
    (folder / "other" / "run.sqlite").write_text("no database, though it is named like one")
    return folder


BAD_INPUT: dict[str, tuple[list[str], str]] = {
    "no questions": (["--out", "@/run"], "QUESTIONS"),
    "no run": (["@/good.jsonl"], "--out"),
    "missing questions": (["@/none.jsonl", "--out", "@/run"], "there is no such file"),
    "empty questions": (["@/empty.jsonl", "--out", "@/run"], "there is no question in it"),
    "questions of no kind": (["@/odd.xyz", "--out", "@/run"], "name its format"),
    "an empty folder": (["@/empty", "--out", "@/run"], "no questions in this folder"),
    "unknown format": (["@/good.jsonl", "--out", "@/run", "--format", "gqaa"], "did you mean `gqa`"),
    "no folder of pictures": (["@/good.jsonl", "--out", "@/run", "--images", "@/none"], "no such folder of pictures"),
    "unknown split": (["@/good.jsonl", "--out", "@/run", "--split", "val"], "val"),
    "unknown preset": (["@/good.jsonl", "--out", "@/run", "--preset", "embeded"], "did you mean 'embedded'"),
    "unknown planner": (["@/good.jsonl", "--out", "@/run", "--planner", "gpt"], "unknown planner 'gpt'"),
    "unknown device": (["@/good.jsonl", "--out", "@/run", "--device", "tpu"], "unknown device 'tpu'"),
    "unknown limit": (["@/good.jsonl", "--out", "@/run", "--limits", "second=2"], "'second=2'"),
    "missing tools": (["@/good.jsonl", "--out", "@/run", "--tools", "@/none.py"], "no such file"),
    "no program alive": (["@/good.jsonl", "--out", "@/run", "--live", "0"], "--live"),
    "no row": (["@/good.jsonl", "--out", "@/run", "--limit", "0"], "--limit"),
    "repairs below none": (["@/good.jsonl", "--out", "@/run", "--repairs", "-1"], "--repairs"),
    "run that is a file": (["@/good.jsonl", "--out", "@/good.jsonl"], "a run is a folder"),
    "run that is something else": (["@/good.jsonl", "--out", "@/other"], "run.sqlite"),
}


@pytest.mark.usefixtures("no_models")
@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input(case: str, files: Path) -> None:
    arguments, expected = BAD_INPUT[case]
    assert_bad_input(invoke("batch", *(argument.replace("@", str(files)) for argument in arguments)), expected)
    assert not (files / "run").exists()


# ------------------------------------------------------------------ good input, over perfect specialists


def test_rows_are_answered_and_kept(oracle: Callable[..., None], tmp_path: Path) -> None:
    oracle()
    result = invoke("batch", write(tmp_path / "questions.jsonl", ROWS), "--out", str(tmp_path / "run"))
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    *progress, last = result.stderr.splitlines()
    assert last.startswith(f"{tmp_path / 'run'}: 3 answered, 1 abstained, 0 failed (4 rows in ")
    assert all(" of 4 rows: " in line for line in progress)  # told every few seconds, if it takes so long
    assert [(one.id, one.status, one.answer) for one in records(tmp_path / "run")] == [
        ("share", "answered", "4"),
        ("sheep", "answered", str(sum(thing.noun == "sheep" for thing in OTHERS[0].scene.things))),
        ("cars", "answered", "2"),
        ("dog", "abstained", ""),
    ]
    shown = invoke("show", str(tmp_path / "run"), "share")
    assert 'patch.find("muffin")' in shown.stdout
    assert "100.0%" in invoke("score", str(tmp_path / "run")).stdout


def test_a_row_in_visprogs_language(oracle: Callable[..., None], tmp_path: Path) -> None:
    oracle()
    rows = [
        {"id": "share", "image": PICTURE, "question": QUESTION, "answer": "4", "program": VISPROG_SHARE},
        {"id": "wrong", "image": PICTURE, "question": QUESTION, "program": "A=CROP_NOT(image=IMAGE)\n"},
    ]
    result = invoke("batch", write(tmp_path / "questions.jsonl", rows), "--out", str(tmp_path / "run"))
    assert result.exit_code == 1, result.output
    share, wrong = records(tmp_path / "run")
    assert (share.status, share.answer, share.program) == ("answered", "4", VISPROG_SHARE)
    assert wrong.reason.startswith("the program cannot be run: line 1: there is no module CROP_NOT")
    assert "ANSWER2=EVAL" in invoke("show", str(tmp_path / "run"), "share").stdout
    replayed = invoke("replay", str(tmp_path / "run"), "share")
    assert replayed.exit_code == 0, replayed.output
    assert "ANSWER2 = 4" in replayed.stdout


def test_programs_are_written_where_none_is_given(oracle: Callable[..., None], tmp_path: Path) -> None:
    oracle(SHARE)
    rows = [{"image": PICTURE, "question": QUESTION}, {"image": PICTURE, "question": f"{QUESTION} Really?"}]
    result = invoke("batch", write(tmp_path / "questions.jsonl", rows), "--out", str(tmp_path / "run"), "-q")
    assert result.exit_code == 0, result.output
    assert [(one.answer, one.author) for one in records(tmp_path / "run")] == [("4", "fake")] * 2


def test_bad_rows_leave_the_others_alone(oracle: Callable[..., None], tmp_path: Path) -> None:
    oracle()
    run_folder = str(tmp_path / "run")
    result = invoke("batch", write(tmp_path / "questions.jsonl", ROWS[:1] + BROKEN + ROWS[1:]), "--out", run_folder)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == f"3 rows failed; see them with: sight show {run_folder} --status failed"
    assert [one.status for one in records(tmp_path / "run")] == [
        "answered",
        *["failed"] * 3,
        *["answered"] * 2,
        "abstained",
    ]
    failed = {one.id: one.reason for one in records(tmp_path / "run") if one.status == "failed"}
    assert "line 2" in failed["wrong"]
    assert "there is no such file" in failed["gone"]
    assert "did you mean `question`" in failed["odd"]
    listed = invoke("show", run_folder, "--status", "failed").stdout
    assert all(id in listed for id in failed)


def test_a_second_call_goes_on(oracle: Callable[..., None], tmp_path: Path) -> None:
    oracle()
    questions, whole, parts = write(tmp_path / "questions.jsonl", ROWS), tmp_path / "whole", tmp_path / "parts"
    assert invoke("batch", questions, "--out", str(whole)).exit_code == 0
    assert invoke("batch", questions, "--out", str(parts), "--limit", "2").exit_code == 0
    assert [one.id for one in records(parts)] == ["share", "sheep"]
    second = invoke("batch", questions, "--out", str(parts))
    assert second.exit_code == 0
    assert second.stderr.splitlines()[0] == f"going on with {parts}, where 2 rows are done"
    assert "3 answered, 1 abstained, 0 failed (2 rows in " in second.stderr
    third = invoke("batch", questions, "--out", str(parts))
    assert third.exit_code == 0
    assert third.stderr.splitlines()[-1].endswith("3 answered, 1 abstained, 0 failed (nothing was left to do)")
    assert content(parts) == content(whole)


def test_failed_rows_are_asked_again(oracle: Callable[..., None], tmp_path: Path) -> None:
    oracle()
    questions, folder = write(tmp_path / "questions.jsonl", [*ROWS, *BROKEN[:2]]), tmp_path / "run"
    assert invoke("batch", questions, "--out", str(folder)).exit_code == 1
    (tmp_path / "gone.png").write_bytes(Path(PICTURE).read_bytes())
    still = invoke("batch", questions, "--out", str(folder))
    assert (still.exit_code, "nothing was left to do" in still.stderr) == (1, True)
    again = invoke("batch", questions, "--out", str(folder), "--retry-failed")
    assert again.exit_code == 1
    assert "2 rows that failed are asked again" in again.stderr
    assert "4 answered, 1 abstained, 1 failed (2 rows in " in again.stderr
    assert {one.id: one.answer for one in records(folder)}["gone"] == "4"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--limits", "calls=9"], "limits.calls: 200, now 9"),
        (["--repairs", "0"], "options.repairs: 2, now 0"),
        (["--dtype", "float32"], "options.dtype: none, now float32"),
    ],
)
def test_other_settings_are_refused(
    oracle: Callable[..., None], tmp_path: Path, arguments: list[str], expected: str
) -> None:
    oracle()
    questions = write(tmp_path / "questions.jsonl", ROWS[:1])
    assert invoke("batch", questions, "--out", str(tmp_path / "run")).exit_code == 0
    other = invoke("batch", questions, "--out", str(tmp_path / "run"), *arguments)
    assert_bad_input(other, expected)
    assert len(records(tmp_path / "run")) == 1


def test_a_full_disk_ends_the_run_in_one_line(
    oracle: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    oracle()
    questions, folder, put = write(tmp_path / "questions.jsonl", ROWS), tmp_path / "run", PictureFolder.keep_file
    kept: list[str] = []

    def full_at_the_third(self: PictureFolder, key: str, file: Any) -> str | None:
        kept.append(key)
        if len(kept) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return put(self, key, file)

    with monkeypatch.context() as patch:
        patch.setattr(PictureFolder, "keep_file", full_at_the_third)
        assert_bad_input(invoke("batch", questions, "--out", str(folder)), "the disk is full")
    assert len(records(folder)) < len(ROWS)
    assert invoke("batch", questions, "--out", str(folder)).exit_code == 0
    assert sorted(one.id for one in records(folder)) == sorted(row["id"] for row in ROWS)


def test_changed_questions_are_refused(oracle: Callable[..., None], tmp_path: Path) -> None:
    oracle()
    questions = write(tmp_path / "questions.jsonl", ROWS[:1])
    assert invoke("batch", questions, "--out", str(tmp_path / "run")).exit_code == 0
    write(tmp_path / "questions.jsonl", ROWS[:2])
    assert_bad_input(invoke("batch", questions, "--out", str(tmp_path / "run")), "it was changed")


def test_a_changed_file_of_tools_is_refused(oracle: Callable[..., None], tmp_path: Path) -> None:
    oracle()
    questions, tools = write(tmp_path / "questions.jsonl", ROWS[:1]), tmp_path / "own.py"
    tools.write_text(OWN_TOOL)
    words = ["batch", questions, "--out", str(tmp_path / "run"), "--tools", str(tools)]
    assert invoke(*words).exit_code == 0
    assert invoke(*words).exit_code == 0
    tools.write_text(OWN_TOOL.replace("width", "height"))
    assert_bad_input(invoke(*words), f"options.tools.{tools}")


OWN_TOOL = """from tools import ImagePatch, tool


@tool
async def how_wide(patch: ImagePatch) -> int:
    \"\"\"Returns the width of the patch.\"\"\"
    return patch.width
"""


# ------------------------------------------------------------------ in processes of their own

SLOW = """def execute_command(image):
    n = 0
    while n < 1000000:
        n += 1
    return n
"""


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sight", "batch", *arguments]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, **pipes)


def wait_for_rows(folder: Path, number: int, process: "subprocess.Popen[str]") -> int:
    """Until so many rows are stored. Returns how many are."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with Store.open(folder) as store:
                rows = len(store.done())
            if rows >= number:
                return rows
        except RunError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"no {number} rows came: {process.communicate(timeout=30)}")


def test_interrupt_and_a_second_writer(tmp_path: Path) -> None:
    rows = [{"id": f"r{n}", "image": PICTURE, "question": "How long?", "program": SLOW} for n in range(60)]
    questions, folder = write(tmp_path / "questions.jsonl", rows), tmp_path / "run"
    words = [questions, "--out", str(folder), "--limits", "seconds=30", "--live", "2"]
    process = start(*words)
    try:
        wait_for_rows(folder, 2, process)
        second = run("batch", *words)
        assert (second.returncode, second.stdout) == (2, "")
        assert second.stderr == (
            f"sight: another `sight batch` (process {process.pid}) is writing {folder}; wait for it or stop it\n"
        )
        shown = run("show", str(folder), "--json")  # while it is being written
        assert json.loads(shown.stdout)["statuses"]["answered"] >= 2
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does on Ctrl-C
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    stored = len(records(folder))
    assert (process.returncode, output) == (130, "")
    assert errors.splitlines()[-1] == f"sight: stopped after {stored} rows; run the same command again to go on"
    assert 2 <= stored < 60
    again = run("batch", *words[:-2], "--limit", str(stored + 2))
    assert again.returncode == 0, again.stderr
    assert again.stderr.startswith(f"going on with {folder}, where {stored} rows are done\n")
    assert {one.answer for one in records(folder)} == {"1000000"}
    assert len({one.id for one in records(folder)}) == len(records(folder)) >= stored


def test_the_second_interrupt_ends_the_process() -> None:
    before = signal.getsignal(signal.SIGINT)
    with _impatient(io.StringIO()):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is before
    code = (
        "import signal, sys\nfrom sight.batch import _impatient\nwith _impatient(sys.stderr):\n"
        "    try:\n        signal.raise_signal(signal.SIGINT)\n"
        "    except KeyboardInterrupt:\n        signal.raise_signal(signal.SIGINT)\n    print('still here')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (-signal.SIGINT, "")
    assert done.stderr.strip() == "stopping, which may take a while; Ctrl-C again stops at once"


# ------------------------------------------------------------------ the embedded preset


def test_questions_of_the_gallery() -> None:
    """The file that ships holds what the gallery's pictures ask."""
    rows = [json.loads(line) for line in (FOLDER / "questions.jsonl").read_text().splitlines()]
    expected = [(item.name, question) for item in load_gallery() for question in item.questions]
    assert len({row["id"] for row in rows}) == len(rows) == len(expected)
    for row, (name, question) in zip(rows, expected, strict=True):
        assert row["id"].startswith(f"{name}-")
        assert row["question"] == question.question
        assert row["answer"] == (question.answer or "unanswerable")
        assert row.get("images", [row.get("image")]) == [f"{one}.webp" for one in question.pictures]


def test_the_embedded_preset(tmp_path: Path) -> None:
    """Planner and models as they ship, in a process of its own."""
    done = run("batch", str(FOLDER / "questions.jsonl"), "--out", str(tmp_path / "run"), "--limit", "6")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    found = records(tmp_path / "run")
    assert len(found) == 6
    assert all("embedded:planner" in one.author for one in found)
    assert sum(one.answers == ((one.answer or "unanswerable"),) for one in found) >= 5
