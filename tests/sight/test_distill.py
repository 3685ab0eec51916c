"""`sight distill generate` and `build`: what they write, and what they say to bad input."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from agent import VisualAgent
from agent.runs.store import Store
from distill.dataset import fingerprint, load
from tests.distill.conftest import ShapeWorld, make_world
from tests.sight.conftest import ROOT, assert_bad_input, invoke


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> ShapeWorld:
    return make_world(tmp_path_factory.mktemp("cli") / "shapes", scenes=6)


@pytest.fixture
def oracle_agent(shapes: ShapeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """`VisualAgent.from_preset` gives an agent over ground truth."""
    monkeypatch.setattr(VisualAgent, "from_preset", classmethod(lambda cls, *args, **more: shapes.agent()))


@pytest.mark.usefixtures("oracle_agent")
def test_questions_become_a_data_set(shapes: ShapeWorld, tmp_path: Path) -> None:
    run, data = tmp_path / "run", tmp_path / "data"
    made = invoke("distill", "generate", str(shapes.file), "--out", str(run), "--swaps", "2", "--seed", "3")
    assert made.exit_code == 0, made.output
    assert "different programs" in made.stderr
    assert f"sight distill build {run}" in made.stderr
    again = invoke("distill", "generate", str(shapes.file), "--out", str(run), "--swaps", "2", "--seed", "3")
    assert again.exit_code == 0
    assert "going on with" in again.stderr
    assert_bad_input(
        invoke("distill", "generate", str(shapes.file), "--out", str(run), "--swaps", "2"), "begun with other settings"
    )
    built = invoke("distill", "build", str(run), "--out", str(data), "--licence", "public domain", "--no-llava")
    assert built.exit_code == 0, built.output
    assert "with a verified program" in built.stderr
    assert len(load(data)["train"])
    assert "public domain" in (data / "README.md").read_text()
    assert not (data / "llava").exists()
    with Store.open(run) as store:
        assert store.settings.options["samples"] == 5
        assert store.settings.options["temperature"] == 0.5


@pytest.mark.usefixtures("oracle_agent")
def test_one_program_is_drawn_without_chance(shapes: ShapeWorld, tmp_path: Path) -> None:
    made = invoke("distill", "generate", str(shapes.file), "-o", str(tmp_path / "run"), "-k", "1", "--limit", "3", "-q")
    assert (made.exit_code, made.stderr) == (0, "")
    with Store.open(tmp_path / "run") as store:
        assert store.settings.options["temperature"] == 0
        assert sum(store.counts().values()) == 3


@pytest.mark.usefixtures("oracle_agent")
def test_only_the_first_of_a_split_get_programs(shapes: ShapeWorld, tmp_path: Path) -> None:
    asked = [json.loads(line) for line in shapes.file.read_text().splitlines()]
    file = shapes.file.with_name("split.jsonl")
    file.write_text("".join(json.dumps(row | {"split": "train"}) + "\n" for row in asked))
    made = invoke("distill", "generate", str(file), "-o", str(tmp_path / "run"), "--drawn", "train=2", "-k", "1", "-q")
    assert (made.exit_code, made.stderr) == (0, "")
    built = invoke("distill", "build", str(tmp_path / "run"), "--out", str(tmp_path / "data"), "--no-llava", "-q")
    assert built.exit_code == 0, built.stderr
    rows = [row for split in load(tmp_path / "data").values() for row in split.remove_columns("images")]
    assert sum(row["target"] == "answer" for row in rows) == len(asked)
    with Store.open(tmp_path / "run") as store:
        run = [store.record(id) for id in store.done()]
    assert sum(bool(record.program) for record in run) == 2 < len(run)


@pytest.mark.usefixtures("no_models")
def test_bad_input_is_told_before_models_are_loaded(shapes: ShapeWorld, tmp_path: Path) -> None:
    run, out = str(tmp_path / "run"), ("--out", str(tmp_path / "out"))
    (tmp_path / "nothing.jsonl").write_text("")
    for arguments, expected in {
        ("generate", str(tmp_path / "gone.jsonl"), *out): "there is no such file",
        ("generate", str(tmp_path / "nothing.jsonl"), *out): "there is no question in it",
        ("generate", str(shapes.file), *out, "--temperature", "0"): "at temperature 0 are all the same",
        ("generate", str(shapes.file), *out, "--drawn", "train=many"): "--drawn: 'train=many' is none; write SPLIT=N",
        ("generate", str(shapes.file), *out, "--several", "5"): "--several: '5' is none",
        ("generate", str(shapes.file), *out, "--judge", "embedded"): "writes programs and nothing else",
        ("build", run, *out): "there is no such run",
        ("build", run, *out, "--val", "0.6", "--test", "0.6"): "must leave some for train",
        ("build", run, *out, "--rewrite", "nobody"): "unknown planner 'nobody'",
    }.items():
        assert_bad_input(invoke("distill", *arguments), expected)


@pytest.mark.usefixtures("oracle_agent")
def test_bad_runs_are_told(shapes: ShapeWorld, tmp_path: Path) -> None:
    unlabelled = shapes.folder / "unlabelled.jsonl"
    rows = [json.loads(line) for line in shapes.file.read_text().splitlines()[:2]]
    unlabelled.write_text("".join(json.dumps({k: v for k, v in row.items() if k != "answer"}) + "\n" for row in rows))
    run, out = str(tmp_path / "run"), ("--out", str(tmp_path / "data"))
    invoke("distill", "generate", str(unlabelled), "--out", run, "-k", "2", "--swaps", "0")
    refused = invoke("distill", "build", run, *out, "--labels", "require")
    assert_bad_input(refused, "no question of this run has a right answer")
    for picture in (tmp_path / "run" / "pictures").glob("*/*.png"):
        picture.unlink()
    assert_bad_input(invoke("distill", "build", run, *out, "--labels", "use"), "")


PROGRAM = """
import sys
from pathlib import Path
from tests.distill.conftest import generate_run, make_world
world = make_world(Path(sys.argv[1]), scenes=6)
print("ready", flush=True)
generate_run(world, Path(sys.argv[2]))
print("done", flush=True)
"""


@pytest.mark.slow
def test_killed_again_and_again_it_ends_with_the_same(tmp_path: Path) -> None:
    def begin(run: Path) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "world"), str(run)]
        options: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True, "cwd": ROOT, "env": {**os.environ}}
        return subprocess.Popen(command, **options)

    whole = begin(tmp_path / "whole")
    assert whole.communicate(timeout=300)[0].split() == ["ready", "done"]
    kills = 0
    for wait in (0.1, 0.5, 1.0, 1.5, 2.0, 3.0):
        process = begin(tmp_path / "killed")
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(wait)
        kills += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    assert kills
    assert "done" in begin(tmp_path / "killed").communicate(timeout=300)[0]
    for name in ("whole", "killed"):
        assert invoke("distill", "build", str(tmp_path / name), "--out", str(tmp_path / f"{name}.data")).exit_code == 0
    assert fingerprint(tmp_path / "whole.data") == fingerprint(tmp_path / "killed.data")


@pytest.mark.slow
def test_the_embedded_preset(tmp_path: Path) -> None:
    from models.embedded.gallery import load_gallery

    lines = [
        {"image": str(item.path), "question": one.question, "answer": one.answer or "unanswerable"}
        for item in load_gallery()[:4]
        for one in item.questions[:2]
        if one.pictures == (item.name,)
    ]
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    made = invoke("distill", "generate", str(tmp_path / "questions.jsonl"), "-o", str(tmp_path / "run"), "-k", "2")
    assert made.exit_code == 0, made.output
    built = invoke("distill", "build", str(tmp_path / "run"), "-o", str(tmp_path / "data"), "--test", "0", "--val", "0")
    assert built.exit_code == 0, built.output
    counts = json.loads((tmp_path / "data" / "counts.json").read_text())
    assert counts["questions"] == len(lines)
    assert counts["reasons"]["verified"] >= 1
    told = [row for row in load(tmp_path / "data")["train"] if row["target"] == "rationale"]
    assert all(row["messages"][1]["content"].endswith(f"{row['label']}.") for row in told)
