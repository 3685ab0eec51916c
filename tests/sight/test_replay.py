"""`sight replay`: a stored program run again, recorded, live or changed."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agent import Limits, VisualAgent
from agent.agent import Task
from agent.program import Program
from agent.runs.record import Record
from agent.runs.row import BadRow, Row
from agent.runs.settings import RunSettings
from agent.runs.store import Store
from models.embedded.oracle import oracle_kit
from sight.cli import cli
from tests.sight.conftest import FAILS, ITEM, NO_DOG, SHARE, assert_bad_input, invoke

LOOP = """def execute_command(image):
    count = 0
    while count < 10**12:
        count += 1
    return count
"""
PROGRAMS = {"share": SHARE, "dog": NO_DOG, "fails": FAILS, "loop": LOOP}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A run that was answered by perfect specialists, with a row that could not be asked."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    limits = Limits(seconds=0.3)
    settings = RunSettings("q.jsonl", "jsonl", "0", "embedded", "embedded", asdict(limits), {"tools": {}})
    rows = [Row(name, f"{name}?", (ITEM.path,), program=source) for name, source in PROGRAMS.items()]
    tasks = [Task(row.question, (ITEM.path,), Program(row.program or "", "a test"), tag=row) for row in rows]
    with (
        VisualAgent(oracle_kit({ITEM.picture: ITEM.truth}), limits=limits) as agent,
        Store.open(folder, settings) as store,
    ):
        for position, (task, answer) in enumerate(agent.answers(tasks)):
            store.put(Record.of(task.tag, position, answer), answer.pictures)
        store.put(Record.refused(BadRow("line 5", "q.jsonl, line 5", "this is no JSON"), 5))
    return str(folder)


@pytest.mark.parametrize(
    ("row", "code", "answer"),
    [("share", 0, "4"), ("dog", 3, "abstained: there is no dog in the picture"), ("fails", 1, "failed: the program")],
)
def test_from_the_record_no_model_is_needed(run: str, no_models: None, row: str, code: int, answer: str) -> None:
    found = invoke("replay", run, row)
    assert found.exit_code == code, found.stderr
    assert f"Stored    {answer}" in found.stdout
    assert f"Now       {answer}" in found.stdout
    assert "the same" in found.stdout
    assert "from the record, 0 run\n" in found.stdout
    quiet = invoke("replay", run, row, "-q")
    assert quiet.stdout.startswith(answer)
    assert quiet.stdout.count("\n") == 1


def test_recorded_steps_are_marked(run: str, oracle: Callable[..., None]) -> None:
    oracle()
    found = invoke("replay", run, "share", "--from-step", "3")
    assert found.exit_code == 0, found.stderr
    assert found.stdout.count("record\n") == 2
    assert "Steps     2 from the record, 1 run\n" in found.stdout


def test_json(run: str, no_models: None) -> None:
    told = json.loads(invoke("replay", run, "share", "--json").stdout)
    assert (told["answer"], told["status"], [step["recorded"] for step in told["steps"]]) == (4, "answered", [True] * 3)
    assert told["replay"] == {
        "before": {"answer": 4, "status": "answered", "reason": ""},
        "same": True,
        "recorded": 3,
        "live": 0,
        "missed": 0,
        "diverged_at": None,
        "changed": [],
    }


def test_live(run: str, oracle: Callable[..., None]) -> None:
    oracle()
    told = json.loads(invoke("replay", run, "share", "--live", "--json").stdout)
    assert (told["answer"], told["replay"]["recorded"], told["replay"]["live"]) == (4, 0, 3)


def test_a_page(run: str, no_models: None, tmp_path: Path) -> None:
    found = invoke("replay", run, "share", "--html", str(tmp_path / "page.html"))
    assert "Page: " in found.stdout
    assert (tmp_path / "page.html").read_text().count("from the record, nothing ran") == 3


def test_a_changed_program(run: str, no_models: None, tmp_path: Path) -> None:
    file = tmp_path / "changed.py"
    file.write_text(SHARE.replace("//", "-"))
    found = invoke("replay", run, "share", "--edit", str(file))
    assert found.exit_code == 0, found.stderr
    assert "Stored    4\nNow       6\nSteps     3 from the record, 0 run\n" in found.stdout


def test_a_changed_program_from_stdin(run: str, oracle: Callable[..., None]) -> None:
    oracle()
    source = SHARE.replace("return ", 'return len(patch.find("table")) + ')
    found = CliRunner().invoke(cli, ["replay", run, "share", "--edit", "-", "--json"], input=source)
    told = json.loads(found.stdout)["replay"]
    assert (told["recorded"], told["live"], told["diverged_at"], told["changed"]) == (3, 1, 2, [2, 3, 4])


def test_the_limits_are_those_of_the_run(run: str, no_models: None) -> None:
    told = json.loads(invoke("replay", run, "loop", "--json").stdout)
    assert "more than 0.3 s" in told["reason"]
    assert told["replay"]["same"]


BAD_INPUT: dict[str, tuple[list[str], str]] = {
    "no run": (["@/nothing", "share"], "there is no such run"),
    "a folder that is no run": (["@", "share"], "this is no run"),
    "unknown row": (["RUN", "shrae"], "there is no row 'shrae', or it has not ended yet; did you mean 'share'?"),
    "a row without a program": (["RUN", "line 5"], "has no program (q.jsonl, line 5: this is no JSON)"),
    "step 0": (["RUN", "share", "--from-step", "0"], "--from-step"),
    "step out of range": (["RUN", "share", "--from-step", "5"], "has 3 steps; it can go on from one between 1 and 4"),
    "live and recorded": (["RUN", "share", "--live", "--from-step", "2"], "choose one"),
    "no program file": (["RUN", "share", "--edit", "@/none.py"], "cannot be read"),
    "a program that is wrong": (["RUN", "share", "--edit", "@/wrong.py"], "wrong.py: line 1:"),
    "unknown preset": (["RUN", "share", "--preset", "embeded"], "did you mean 'embedded'"),
    "page in no folder": (["RUN", "share", "--html", "@/none/page.html"], "there is no folder"),
}


@pytest.mark.parametrize(("arguments", "expected"), BAD_INPUT.values(), ids=BAD_INPUT.keys())
def test_bad_input(run: str, no_models: None, tmp_path: Path, arguments: list[str], expected: str) -> None:
    (tmp_path / "wrong.py").write_text("import os\n" + SHARE)
    given = [run if one == "RUN" else one.replace("@", str(tmp_path)) for one in arguments]
    assert_bad_input(invoke("replay", *given), expected)


def test_a_picture_that_is_gone(run: str, no_models: None, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    for file in (copy / "pictures").rglob("*.*"):
        file.unlink()
    assert_bad_input(invoke("replay", str(copy), "share"), "picture")


def test_the_run_stays_as_it_is(run: str, oracle: Callable[..., None]) -> None:
    def content() -> dict[str, Any]:
        with Store.open(run) as store:
            return {record.id: (record, store.trace(record.id)) for record in store.records()}

    oracle()
    before = content()
    invoke("replay", run, "share", "--live")
    assert content() == before
