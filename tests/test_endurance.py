"""The endurance benchmark over fake models, and that it notices what it is there to notice."""

import io
import json
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks.endurance import EnduranceError, Figures, content, endure, pictures, same, show
from tests.agent.conftest import make_picture

KILLS = 3
GIVEN = 'def execute_command(image):\n    return [p.left for p in ImagePatch(image).find("dog")]\n'
FAILS = "def execute_command(image):\n    return 1 / 0\n"


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 rows: most planned or given, some that fail, and one that is no row."""
    folder = tmp_path_factory.mktemp("questions")
    lines = []
    for number in range(29):
        make_picture(shade=number % 10 * 20).image.save(folder / f"{number % 10}.png")
        row = {"id": f"r{number}", "image": f"{number % 10}.png", "question": f"How many {number}?"}
        more: list[dict[str, Any]] = [{}, {"program": GIVEN}, {"program": FAILS}, {"image": "none.png"}]
        lines.append(json.dumps(row | more[number % 4 if number % 8 < 4 else number % 2]))
    path = folder / "questions.jsonl"
    path.write_text("\n".join([*lines[:15], "{", *lines[15:]]) + "\n")
    return path


@pytest.fixture(scope="module")
def endured(questions: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Figures, Path]:
    folder = tmp_path_factory.mktemp("endurance")
    command = [sys.executable, "-m", "tests.fake_batch", str(questions)]
    return endure(command, folder, 30, KILLS, seed=1), folder


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_rows(endured: tuple[Figures, Path]) -> None:
    figures, _ = endured
    assert (figures.lost, figures.extra, figures.changed, figures.pictures, figures.good) == ([], [], [], True, True)
    assert [kill.integrity for kill in figures.kills] == ["ok"] * KILLS
    assert all(kill.fresh >= 1 for kill in figures.kills)
    rows = [kill.rows for kill in figures.kills]
    assert rows == sorted(rows)
    assert sum(figures.statuses.values()) == 30
    assert min(figures.statuses["answered"], figures.statuses["failed"]) > 5
    assert "another `sight batch` (process " in figures.second_writer


@pytest.mark.slow
def test_the_table_tells_it(endured: tuple[Figures, Path]) -> None:
    text = io.StringIO()
    show(endured[0], Console(file=text, width=200))
    assert "0 rows lost, 0 too many, 0 changed (0 in a number's last digits), pictures the same" in text.getvalue()
    assert text.getvalue().count("ok") == KILLS


# ------------------------------------------------------------------ what must be noticed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ({"a": [1.0, {"b": 3.1763226}]}, {"a": [1.0, {"b": 3.1763229}]}, True),
        ([1.0], [1.001], False),
        ([1, 2], [1, 2, 3], False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        (1, 1.0, False),
        (True, 1, False),
        ("3.1763226", "3.1763229", False),
        (None, None, True),
    ],
)
def test_only_last_digits_may_differ(a: Any, b: Any, expected: bool) -> None:
    assert same(a, b) is same(b, a) is expected


def damage(sql: str) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        with sqlite3.connect(folder / "run.sqlite") as database:
            database.executescript(sql)
        database.close()

    return work


def forge(folder: Path) -> None:
    (picture, *_) = sorted((folder / "pictures").rglob("*.png"))
    make_picture(shade=77).image.save(picture)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("work", "noticed"),
    [
        (damage("DELETE FROM traces WHERE number = 3"), "without a trace"),
        (damage("UPDATE rows SET answer = '99' WHERE id = 'r1'"), "changed"),
        (damage("DELETE FROM traces WHERE number = 3; DELETE FROM rows WHERE number = 3"), "lost"),
        (forge, "the file was changed"),
    ],
    ids=["trace", "answer", "row", "picture"],
)
def test_damage_is_noticed(
    endured: tuple[Figures, Path], tmp_path: Path, work: Callable[[Path], None], noticed: str
) -> None:
    whole, parts = endured[1] / "whole", tmp_path / "parts"
    shutil.copytree(endured[1] / "parts", parts)
    assert content(parts) == content(whole)
    work(parts)
    if noticed in ("changed", "lost"):
        found, expected = content(parts), content(whole)
        differs = {id for id in expected if found.get(id) != expected[id]}
        assert len(differs) == 1
        assert (differs <= found.keys()) == (noticed == "changed")
    else:
        with pytest.raises((EnduranceError, ValueError), match=noticed):
            assert (content(parts), pictures(parts)) == (content(whole), pictures(whole))


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnduranceError, match=r"exit code 3: no luck"):
        endure([sys.executable, "-c", "import sys; print('no luck', file=sys.stderr); sys.exit(3)"], tmp_path, 4, 1, 0)


@pytest.mark.slow
def test_a_run_with_fewer_rows_than_questions_is_told(endured: tuple[Figures, Path], tmp_path: Path) -> None:
    copy = "import shutil, sys; shutil.copytree(*sys.argv[1:])"
    with pytest.raises(EnduranceError, match="31 questions gave 30 rows"):
        endure([sys.executable, "-c", copy, str(endured[1] / "whole")], tmp_path, 31, 1, 0)


@pytest.mark.slow
def test_a_run_that_ends_before_it_can_be_killed_is_told(endured: tuple[Figures, Path], tmp_path: Path) -> None:
    copy = "import shutil, sys; shutil.copytree(*sys.argv[1:], dirs_exist_ok=True)"
    (tmp_path / "parts").mkdir()
    with pytest.raises(EnduranceError, match=r"it ended by itself|a second writer was not refused"):
        endure([sys.executable, "-c", copy, str(endured[1] / "whole")], tmp_path, 30, 1, 0)
