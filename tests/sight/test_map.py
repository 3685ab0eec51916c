"""`sight map`: real specialists over the gallery with given programs, and perfect ones with written programs."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from models.embedded.gallery import load_gallery
from tests.sight.conftest import PICTURE, ROOT, SHARE, assert_bad_input, invoke, run

GALLERY = str(Path(PICTURE).parent)
COUNT = """def execute_command(image):
    return len(ImagePatch(image).find("dog"))
"""
MORE = """def execute_command(image):
    return len(ImagePatch(image).find("dog")) > 1
"""
BROKEN = """def execute_command(image):
    return {}[len(ImagePatch(image).find("dog"))]
"""


@pytest.fixture
def count(tmp_path: Path) -> str:
    (tmp_path / "count.py").write_text(COUNT)
    return str(tmp_path / "count.py")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Four pictures and two files that are none, with hostile names."""
    folder = tmp_path / "photos"
    folder.mkdir()
    names = {
        "img10.webp": "dogs_far_and_near",
        "img2.webp": "pets_right",
        "=cmd|' C calc'!A0.webp": "farm",
        "<img src=x onerror=alert(1)>\x1b[31m\n.webp": "muffins_and_kids",
    }
    for name, item in names.items():
        shutil.copy(Path(GALLERY) / f"{item}.webp", folder / name)
    (folder / "broken.png").write_text("no picture")
    (folder / "notes.md").write_text("no picture either")
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# ------------------------------------------------------------------ bad input

BAD_INPUT: dict[str, tuple[list[str], str]] = {
    "nothing": (["map"], "PICTURES"),
    "no picture": (["map", "How many dogs?"], "there is no picture"),
    "no question": (["map", PICTURE, GALLERY], "this is a file, and the question comes first"),
    "an empty question": (["map", " ", GALLERY], "the question is empty"),
    "an empty condition": (["map", "--where", "", GALLERY], "--where: the question is empty"),
    "an empty folder": (["map", "How many dogs?", "@/empty"], "there is no picture in"),
    "a missing picture": (["map", "How many dogs?", "@/none.png"], "there is no such file or folder"),
    "a pattern without a match": (["map", "How many dogs?", "@/*.bmp"], "nothing matches"),
    "a missing list": (["map", "How many dogs?", "@@/none"], "there is no such list"),
    "a missing program": (["map", "--program", "@/none.py", PICTURE], "cannot be read"),
    "a program that fails its check": (["map", "--program", "@/name.py", PICTURE], "name.py: line 2: "),
    "an unknown ending": (["map", "Dogs?", PICTURE, "-o", "@/t.xlsx"], "must be one of .csv, .jsonl"),
    "a table in no folder": (["map", "Dogs?", PICTURE, "-o", "@/none/t.csv"], "-o: there is no folder"),
    "a table that is a folder": (["map", "Dogs?", PICTURE, "-o", "@/folder.csv"], "-o: "),
    "a page in no folder": (["map", "Dogs?", PICTURE, "--html", "@/none/p.html"], "--html: there is no folder"),
    "copies to a file": (["map", "Dogs?", PICTURE, "--copy-to", "@/name.py"], "is a file; name a folder"),
    "an unknown preset": (["map", "Dogs?", PICTURE, "--preset", "embeded"], "did you mean 'embedded'"),
    "a run that is none": (["map", "Dogs?", PICTURE, "--run", "@/name.py"], "name.py"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input(case: str, tmp_path: Path, no_models: None) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "name.py").write_text("def execute_command(image):\n    return ImagePatch(image).fnid('dog')\n")
    arguments, expected = BAD_INPUT[case]
    assert_bad_input(invoke(*(re.sub("@(?=/)", str(tmp_path), one) for one in arguments)), expected)


# ------------------------------------------------------------------ the embedded preset


def test_a_given_program_over_a_folder(
    count: str, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = invoke("map", "--program", count, "photos", "-o", "t.csv", "--html", "sheet.html")
    assert result.exit_code == 1, result.output
    names = [
        "photos/<img src=x onerror=alert(1)>\\x1b[31m\\n.webp", "photos/=cmd|' C calc'!A0.webp", "photos/broken.png",
        "photos/img2.webp", "photos/img10.webp",
    ]  # fmt: skip
    table = rows(tmp_path / "t.csv")
    assert [row["picture"] for row in table] == names
    assert [row["status"] for row in table] == ["answered", "answered", "failed", "answered", "answered"]
    assert "not a picture" in table[2]["reason"]
    for row in table:
        boxes = json.loads(row["evidence"] or "[]")
        assert len(boxes) == int(row["answer"] or 0)
        for box in boxes:
            assert box["name"] == "dog"
            x1, y1, x2, y2 = box["box"]
            assert 0 <= x1 < x2 <= 400
            assert 0 <= y1 < y2 <= 300
    assert sum(int(row["answer"] or 0) for row in table) >= 4
    for words in ("Program", 'find("dog")', "t.csv: 5 rows", "sheet.html: 0.", "5 pictures in "):
        assert words in result.stderr
    assert "failed: 1 picture\n" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr
    page = (tmp_path / "sheet.html").read_text("utf-8")
    assert page.count('class="tile"') == 5
    assert 'href="photos/%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E%1B%5B31m%0A.webp"' in page
    assert "<img src=x" not in page


def test_a_condition_lists_pictures(tmp_path: Path) -> None:
    """In a process of its own, where stdout and stderr are true ones."""
    (tmp_path / "more.py").write_text(MORE)
    names = [f"{GALLERY}/{name}.webp" for name in ("farm", "dogs_far_and_near", "sky")]
    (tmp_path / "list.txt").write_text("\n".join(names))
    result = run("map", "--where", "Is there more than one dog?", str(tmp_path / "list.txt"))
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{GALLERY}/dogs_far_and_near.webp\n"
    assert "passed over, the condition does not hold: 2 pictures" in result.stderr
    assert "def execute_command" in result.stderr


def test_stdout_carries_a_table_and_nothing_else(count: str) -> None:
    result = run("map", "--program", count, PICTURE, "-o", "-", "-q")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "picture,status,answer,reason,evidence,seconds"
    assert lines[1].startswith(f"{PICTURE},answered,")
    assert len(lines) == 2


@pytest.mark.slow
def test_a_reader_that_leaves(count: str) -> None:
    command = f"{sys.executable} -m sight map --program {count} {GALLERY} {GALLERY}/../gallery/*.webp -o - -q | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, cwd=ROOT)
    assert (result.stdout, result.stderr) == ("picture,status,answer,reason,evidence,seconds\n", "")


def test_interrupted_in_the_middle(tmp_path: Path) -> None:
    """What is done is in the table, and a run goes on where it stopped."""
    (tmp_path / "slow.py").write_text(
        "def execute_command(image):\n    p = ImagePatch(image)\n"
        "    for n in range(4):\n        p.crop(0, 0, 100 + 60 * n, 100).find('dog')\n    return 1\n"
    )
    pictures = tmp_path / "photos"
    pictures.mkdir()
    for number in range(30):
        for item in load_gallery():
            shutil.copy(item.path, pictures / f"{number}_{item.path.name}")
    folder, table = tmp_path / "run", tmp_path / "t.csv"
    command = [
        sys.executable, "-m", "sight", "map", "--program", str(tmp_path / "slow.py"), str(pictures),
        "--run", str(folder), "-o", str(table),
    ]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True) as process:
        deadline = time.monotonic() + 100
        while process.poll() is None and time.monotonic() < deadline and _stored(folder) < 5:
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    found = re.search(r"sight: stopped after (\d+) of 780 pictures; run the same command again", errors)
    assert found is not None, errors
    assert 0 < int(found[1]) < 780
    kept = rows(table)
    # the picture that was being written down when it was interrupted may be told and not be in the table yet
    assert int(found[1]) - 1 <= len(kept) <= int(found[1]) <= _stored(folder)
    assert {row["answer"] for row in kept} == {"1"}


def _stored(folder: Path) -> int:
    from agent.runs.run_error import RunError
    from agent.runs.store import Store

    try:
        with Store.open(folder) as store:
            return sum(store.counts().values())
    except RunError:
        return 0


# ------------------------------------------------------------------ written programs, over perfect specialists


def test_a_question(oracle: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    oracle(BROKEN, SHARE)
    result = invoke("map", "How many muffins each?", PICTURE, "-o", "t.jsonl")
    assert result.exit_code == 0, result.output
    assert result.stdout == "4: 1 picture\n"
    assert f"It stopped on {PICTURE}: line 2: KeyError: 0" in result.stderr.replace("\n", " ").replace("  ", " ")
    assert "Writing another one, 1 of 2." in result.stderr
    (row,) = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()]
    assert (row["answer"], row["status"]) == (4, "answered")
    assert [one["name"] for one in row["evidence"]] == ["muffin"] * 8 + ["kid"] * 2


def test_no_program(oracle: Any) -> None:
    oracle(BROKEN)
    result = invoke("map", "How many dogs?", PICTURE, "-q")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("sight: no program for 'How many dogs?' could be had in 3 attempts")
    assert result.stderr.count("\n") == 1


def test_answers_are_told_where_nothing_is_written(oracle: Any) -> None:
    oracle(SHARE)
    result = invoke("map", "How many muffins each?", PICTURE, "-q")
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{PICTURE}: 4\n", "")


def test_a_question_and_a_condition(oracle: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(PICTURE, tmp_path / "a.webp")
    oracle("def execute_command(image):\n    return ImagePatch(image).exists('kid')\n", SHARE)
    words = ["map", "How many each?", "a.webp", "--where", "Is there a kid?", "--run", "run", "-o", "t.parquet"]
    for _ in range(2):  # the second finds everything stored, the programs too
        result = invoke(*words, "--copy-to", "kept")
        assert result.exit_code == 0, result.output
        assert pq.read_table("t.parquet")["answer"].to_pylist() == ["4"]
        assert os.listdir("kept") == ["a.webp"]
    assert "nothing was left to do" in result.stderr
    other = invoke("map", "How many kids?", "a.webp", "--where", "Is there a kid?", "--run", "run")
    assert other.exit_code == 2
    assert "begun with another question: 'How many each?'" in other.stderr


def test_names_with_a_zero_byte(oracle: Any, tmp_path: Path) -> None:
    oracle("def execute_command(image):\n    return ImagePatch(image).exists('kid')\n")
    odd = tmp_path / "two\nlines.webp"
    shutil.copy(PICTURE, odd)
    result = invoke("map", "--where", "Is there a kid?", str(odd), "-o", "-", "-0", "-q")
    assert (result.exit_code, result.stdout) == (0, f"{odd}\0")


def test_help_tells_it() -> None:
    result = invoke("map", "--help")
    assert result.exit_code == 0
    for words in ("--where", "--program", "--html", "--run", "--copy-to"):
        assert words in result.stdout
