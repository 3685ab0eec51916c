"""`sight index`, `sight search` and `sight anomaly`: what they print and write over the embedded preset, and bad input
in one line, before any model is loaded."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from models.embedded.gallery import gallery_item
from tests.sight.conftest import assert_bad_input, invoke

CASES = {
    "no such folder": (("index", "@/nowhere"), "there is no such folder"),
    "a file": (("index", "@/a.png"), "this is a file; name the folder"),
    "an empty folder": (("index", "@/empty"), "there is no picture in"),
    "an index that is a file": (("index", "@", "--out", "@/a.png"), "--out: "),
    "an empty query": (("search", " ", "--index", "@"), "the query is empty"),
    "no index": (("search", "a dog", "--index", "@", "--html", "@/x.html"), "there is no index in it; make one with"),
    "k": (("search", "a dog", "--index", "@", "-k", "0"), "greater than or equal to 1"),
    "asking without an index": (("ask", "how many dogs?"), "IMAGE"),
    "asking an index that is not there": (("ask", "--index", "@", "how many dogs?"), "there is no index in it"),
    "no normal picture": (("anomaly", "@/a.png", "--normal", "@/empty"), "there is no picture in"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input(case: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    arguments, expected = CASES[case]
    assert_bad_input(invoke(*(argument.replace("@", str(tmp_path)) for argument in arguments)), expected)


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("album")
    for name in ("farm", "muffins_and_kids", "red_cars"):
        shutil.copy(gallery_item(name).path, folder)
    (folder / "broken.png").write_bytes(b"no picture")
    first = invoke("index", str(folder))
    assert first.exit_code == 0
    assert "3 new, 0 as before" in first.output
    assert "broken.png" in first.output
    return folder


def test_an_index_is_kept_and_follows_its_folder(album: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(album, tmp_path / "album")
    (copy / "red_cars.webp").unlink()
    shutil.copy(gallery_item("balloons").path, copy)
    again = invoke("index", str(copy))
    assert again.exit_code == 0
    assert "1 new, 2 as before, 1 gone" in again.output


def test_what_is_searched_for_comes_first(album: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    told = invoke("search", "two cows", "--index", str(album), "-k", "2", "--json", "--html", str(page))
    assert told.exit_code == 0
    found = json.loads(told.stdout)["pictures"]
    assert Path(found[0]["picture"]).name == "farm.webp"
    assert {box["phrase"] for box in found[0]["boxes"]} == {"cows"}
    written = page.read_text(encoding="utf-8")
    assert "farm.webp" in written
    assert "2 found" in written
    names = invoke("search", "a muffin", "--index", str(album), "-k", "1", "--quiet", "--html", str(page)).stdout
    assert Path(names.strip()).name == "muffins_and_kids.webp"


def test_a_question_about_the_album(album: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("def execute_command():\n    return [p for p in search_images('cow') if p.exists('cow')]\n")
    told = invoke("run", str(program), "--index", str(album))
    assert told.exit_code == 0
    assert "farm.webp" in told.stdout


def test_a_picture_unlike_the_normal_ones(album: Path, tmp_path: Path) -> None:
    normal, odd = str(album / "farm.webp"), str(album / "red_cars.webp")
    told = invoke("anomaly", normal, odd, "--normal", normal, "--out", str(tmp_path / "maps"), "--quiet")
    assert told.exit_code == 0
    rows = [line.split("\t") for line in told.stdout.strip().splitlines()]
    assert [Path(name).name for _, name in rows] == ["red_cars.webp", "farm.webp"]
    assert float(rows[1][0]) < 1e-3 < float(rows[0][0])
    assert len(list((tmp_path / "maps").glob("*.png"))) == 2
