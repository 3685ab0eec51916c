"""`sight show`, `sight score` and `sight export` of a run that is there, and of what is none."""

import json
from pathlib import Path

import pytest

from agent.runs.scorers import SCORERS
from agent.runs.store import Store
from tests.sight.conftest import assert_bad_input, invoke


@pytest.fixture
def not_runs(tmp_path: Path) -> Path:
    """A folder of things that are no run."""
    (tmp_path / "file").write_text("no run")
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "run.sqlite").write_text("no database, though it is named like one")
    return tmp_path


BAD_INPUT: dict[str, tuple[list[str], str]] = {
    "no such run": (["show", "@/none"], "there is no such run"),
    "a file": (["show", "@/file"], "a run is a folder"),
    "an empty folder": (["show", "@/empty"], "this is no run"),
    "a damaged database": (["show", "@/other"], "run.sqlite"),
    "nothing named": (["show"], "RUN"),
    "an unknown row": (["show", "@run", "q9"], "there is no row 'q9'"),
    "an unknown status": (["show", "@run", "--status", "wrong"], "choose one of answered, abstained, failed"),
    "a row and a status": (["show", "@run", "q0000", "--status", "failed"], "not both"),
    "no row to list": (["show", "@run", "--limit", "0"], "--limit"),
    "pages where a file is": (["show", "@run", "--html", "@/file"], "file"),
    "score of no run": (["score", "@/empty"], "this is no run"),
    "an unknown scorer": (["score", "@run", "--scorer", "bleu"], "there is no scorer 'bleu'"),
    "a scorer without labels": (["score", "@run", "--scorer", "number", "--against", "@/none"], "no such run"),
    "score into no folder": (["score", "@run", "-o", "@/none/score.json"], "there is no folder"),
    "export of no run": (["export", "@/none", "-o", "@/rows.jsonl"], "there is no such run"),
    "export to nowhere": (["export", "@run"], "--output"),
    "export to a folder": (["export", "@run", "-o", "@/empty"], "is a folder"),
    "export of an unknown kind": (["export", "@run", "-o", "@/rows.docx"], "rows.docx"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input(case: str, not_runs: Path, run_folder: Path) -> None:
    arguments, expected = BAD_INPUT[case]
    words = (argument.replace("@run", str(run_folder)).replace("@", str(not_runs)) for argument in arguments)
    assert_bad_input(invoke(*words), expected)


# ------------------------------------------------------------------ show


def test_rows_of_a_status_are_listed(run_folder: Path) -> None:
    result = invoke("show", str(run_folder), "--status", "failed")
    assert (result.exit_code, result.stderr) == (0, "")
    words = " ".join(result.stdout.split())
    for expected in ("q0003", "q0004", "line 6", "IndexError", "this is no JSON"):
        assert expected in words
    assert "q0000" not in words
    assert result.stdout.splitlines()[-1].endswith(f"{run_folder} q0003")


def test_rows_of_a_family_as_json(run_folder: Path) -> None:
    result = invoke("show", str(run_folder), "--family", "attributes", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    rows = json.loads(result.stdout)["rows"]
    with Store.open(run_folder) as store:
        assert rows == [record.as_dict() for record in store.records(family="attributes")]
    assert [row["id"] for row in rows] == ["q0001", "q0002"]


def test_long_lists_are_cut(run_folder: Path) -> None:
    result = invoke("show", str(run_folder), "--status", "failed", "--limit", "1")
    assert "q0003" in result.stdout
    assert "q0004" not in result.stdout
    assert "and more" in result.stdout
    assert invoke("show", str(run_folder), "--family", "none of this name").stdout == "there are no such rows\n"


def test_a_row_is_shown_step_by_step(run_folder: Path, tmp_path: Path) -> None:
    result = invoke("show", str(run_folder), "q0000", "--html", str(tmp_path / "row.html"))
    assert (result.exit_code, result.stderr) == (0, "")
    for expected in ("How many dogs are there? (0)", "len(dogs)", 'find("dog")', "answered in"):
        assert expected in result.stdout
    assert "How many dogs are there? (0)" in (tmp_path / "row.html").read_text("utf-8")
    record = json.loads(invoke("show", str(run_folder), "q0000", "--json").stdout)
    assert (record["answer"], record["status"], len(record["steps"])) == (2, "answered", 2)


def test_a_row_that_could_not_be_asked(run_folder: Path) -> None:
    result = invoke("show", str(run_folder), "line 6")
    assert result.exit_code == 0
    assert "this is no JSON: write one object a line" in " ".join(result.stdout.split())


# ------------------------------------------------------------------ score


def test_score(run_folder: Path, tmp_path: Path) -> None:
    result = invoke("score", str(run_folder), "--scorer", "exact", "-o", str(tmp_path / "score.json"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Scorer  exact, version 1")
    rows = {line.split()[0]: line.split() for line in result.stdout.splitlines() if line.strip()}
    assert rows["attributes"][1:4] == ["2", "1", "0.0%"]
    assert rows["counting"][1:4] == ["2", "1", "50.0%"]
    assert rows["all"][1:4] == ["4", "2", "25.0%"]
    assert "2 rows without a label" in result.stdout
    written = json.loads((tmp_path / "score.json").read_text("utf-8"))
    assert written["scorer"]["name"] == "exact"
    assert [row["id"] for row in written["rows"]] == ["q0000", "q0001", "q0002", "q0004"]
    assert written["settings"]["planner"] == "embedded"
    assert json.loads(invoke("score", str(run_folder), "--scorer", "exact", "--json").stdout) == written


def test_score_against_another_run(run_folder: Path) -> None:
    result = invoke("score", str(run_folder), "--against", str(run_folder))
    assert (result.exit_code, result.stderr) == (0, "")
    for expected in ("On the 4 rows of both", "difference +0.0%", "p = 1 (McNemar)", "right in the first only 0"):
        assert expected in result.stdout


# ------------------------------------------------------------------ summary, export


def test_summary(run_folder: Path) -> None:
    result = invoke("show", str(run_folder))
    assert (result.exit_code, result.stderr) == (0, "")
    for expected in ("6 rows", "2 answered", "1 abstained", "3 failed", "there is no cat in the picture", "Slowest"):
        assert expected in result.stdout
    assert result.stdout.splitlines()[-1].endswith(f"sight show {run_folder} --status failed")
    summary = json.loads(invoke("show", str(run_folder), "--json").stdout)
    assert summary["statuses"] == {"answered": 2, "abstained": 1, "failed": 3}


def test_pages(run_folder: Path, tmp_path: Path) -> None:
    result = invoke("show", str(run_folder), "--html", str(tmp_path / "pages"))
    assert (result.exit_code, result.stderr) == (0, "")
    page = Path(result.stdout.splitlines()[-1].removeprefix("Pages: "))
    assert page.parent == tmp_path / "pages"
    assert "How many dogs are there? (0)" in page.read_text("utf-8")


def test_export(run_folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "rows.jsonl"
    result = invoke("export", str(run_folder), "-o", str(target), "--traces")
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"6 rows: {target}\n", "")
    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    with Store.open(run_folder) as store:
        for row, record in zip(rows, store.records(), strict=True):
            assert row.pop("trace") == store.trace(record.id).model_dump(mode="json")
            assert row == record.as_dict()
    other = tmp_path / "rows.txt"
    assert invoke("export", str(run_folder), "-o", str(other), "--format", "csv").exit_code == 0
    assert other.read_text("utf-8").startswith("id,position,question,")


def test_the_help_names_the_scorers() -> None:
    words = " ".join(invoke("score", "--help").stdout.split())
    assert f"{', '.join(list(SCORERS)[:-1])} or {list(SCORERS)[-1]}" in words
