"""`sight bench embedded`: what it refuses, what it keeps, and a part or two of the real thing."""

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from benchmarks import embedded
from benchmarks.embedded_parts import PARTS
from models.embedded.world.art import Art, ArtError
from sight import bench
from sight.cli import cli


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(cli, ["bench", "embedded", *map(str, arguments)])


def test_every_bar_belongs_to_a_part_and_every_part_has_one() -> None:
    assert {bar.part for bar in embedded.BARS} == set(PARTS) == set(bench.PARTS)
    assert len({(bar.part, bar.figure) for bar in embedded.BARS}) == len(embedded.BARS)


@pytest.mark.parametrize(
    ("bar", "value", "passes"),
    [
        (embedded.Bar("depth", "x", "", least=0.95), 0.95, True),
        (embedded.Bar("depth", "x", "", least=0.95), 0.949, False),
        (embedded.Bar("depth", "x", "", most=0.05), 0.05, True),
        (embedded.Bar("depth", "x", "", most=0.05), 0.051, False),
        (embedded.Bar("depth", "x", ""), 0.5, None),
        (embedded.Bar("depth", "x", "", least=0.95), None, None),
    ],
)
def test_bars(bar: embedded.Bar, value: float | None, passes: bool | None) -> None:
    assert bar.passes(value) is passes


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--only", "detectr"), "no such part: detectr; choose of detector"),
        (("--only", "weights", "--picture", "table.png"), "table.png must end in .svg"),
        (("--questions", "0"), "--questions"),
    ],
)
def test_bad_input(arguments: tuple[str, ...], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_part_is_written_and_the_others_in_the_file_stay(tmp_path: Path) -> None:
    file, svg = tmp_path / "out" / "figures.json", tmp_path / "table.svg"
    file.parent.mkdir()
    file.write_text(json.dumps({"parts": {"depth": {"figures": {"order of two things right": 0.5}}}}))
    result = run("--only", "weights", "--json", file, "--picture", svg)
    assert result.exit_code == 1, result.output  # the depth of that file misses its bar
    record = json.loads(file.read_text())
    assert record["parts"]["depth"]["figures"] == {"order of two things right": 0.5}
    sizes = record["parts"]["weights"]["figures"]
    assert 0 < sizes["segmenter, MB"] < sizes["MB"] < 60
    assert "FAIL" in result.output
    assert "pass" in result.output
    drawn = svg.read_text()
    assert "FAIL" in drawn
    assert "http" not in drawn.replace("http://www.w3.org/", "").replace("https://www.textualize.io", "")


def test_a_file_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    file.write_text("no JSON")
    result = run("--only", "weights", "--json", file)
    assert result.exit_code == 2
    assert "holds no figures of an earlier run" in result.stderr


def test_families_stand_side_by_side() -> None:
    right = {"whole chain": 0.5, "oracle chain": 1.0, "reference programs": 0.75}
    record = {"parts": {"chain": {"figures": {"right": 0.5, "families": {"count": {"questions": 4, "right": right}}}}}}
    console = Console(width=120)
    with console.capture() as told:
        embedded.show(record, console)
    table = embedded.families_of(record)
    assert table is not None
    assert [column.header for column in table.columns] == ["family", "questions", *right]
    assert [list(column.cells) for column in table.columns][2:] == [["50.0 %"], ["100.0 %"], ["75.0 %"]]
    assert "Right answers by question family" in told.get()
    assert embedded.families_of({"parts": {}}) is None


def test_a_specialist_is_measured(tmp_path: Path) -> None:
    try:
        Art.load()
    except ArtError as error:
        pytest.skip(str(error))
    file = tmp_path / "figures.json"
    result = run("--only", "depth", "--scenes", 3, "--json", file)
    assert result.exit_code in (0, 1), result.output
    assert 0.5 < json.loads(file.read_text())["parts"]["depth"]["figures"]["order of two things right"] <= 1
