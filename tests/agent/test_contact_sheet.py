"""Contact sheets: grouped and sorted by answer, self-contained, safe against what names and answers hold."""

import base64
import hashlib
import os
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agent.rendering.answer_groups import group_of, group_order, most_frequent, natural_key
from agent.rendering.contact_sheet import LONGEST, ContactSheet, thumbnail
from agent.rendering.evidence import Evidence
from agent.trace import MaskValue, PatchValue, PictureValue
from models.picture import Picture, PictureError
from tests.agent.conftest import make_picture
from tests.agent.test_rendering import EVIL, Parsed

PATCH = PatchValue(picture="k", box=(1, 2, 3, 4))
MASK = MaskValue(picture="k", box=(1, 2, 3, 4), area=3, polygons=[])

Entry = tuple[str, str, Any]
"""Name, status and value."""


def sheet_of(folder: Path, *entries: Entry, **options: Any) -> str:
    with ContactSheet(options.pop("question", "How many dogs?"), **options) as sheet:
        for position, (name, status, value) in enumerate(entries):
            reason = "" if status == "answered" else f"why {name} {status}"
            sheet.add(position, name, status, value, reason, picture=make_picture(name, position % 200))  # type: ignore[arg-type]
        size = sheet.write(folder / "sheet.html")
    assert size == (folder / "sheet.html").stat().st_size
    assert os.listdir(folder) == ["sheet.html"]
    return (folder / "sheet.html").read_text("utf-8")


def sections(text: str) -> dict[str, list[str]]:
    """Names of files, by title of the section."""
    found = {}
    for part in re.findall(r'<section class="group.*?</section>', text, re.S):
        title = re.search(r"<h2>(.*?)<small>", part)
        assert title is not None
        found[title[1]] = re.findall(r'<p class="file">(.*?)</p>', part)
    return found


# ------------------------------------------------------------------ groups


def test_answers_that_are_the_same() -> None:
    assert group_of("answered", True) == group_of("answered", "yes") == ("answered", "yes")
    assert group_of("answered", 3) == group_of("answered", "3") == ("answered", "3")
    assert group_of("answered", PATCH) == group_of("answered", [MASK]) == ("answered", "a region")
    assert group_of("answered", [PATCH, MASK]) == ("answered", "2 regions")
    assert group_of("answered", [PictureValue(picture="k")] * 2) == ("answered", "2 pictures")
    assert group_of("answered", []) == ("answered", "none")
    assert group_of("answered", ["red", PATCH])[1].startswith("red, a region at")
    assert group_of("abstained", None) == ("abstained", "")


def test_the_order_of_answers() -> None:
    words = ["yes", "no", "-2", "0", "1.5", "3", "10", "2e3"]
    words += ["a region", "Blue", "red", "room 9", "room 10", "yes, red"]
    expected = [("answered", text) for text in words] + [("abstained", ""), ("failed", "")]
    assert sorted(set(expected), key=group_order) == expected


def test_natural_order() -> None:
    many = "1" * 5000
    assert sorted(["b10", "B9", "b²", many, "a", "٣"], key=natural_key) == ["٣", many, "a", "B9", "b10", "b²"]


def test_the_most_frequent_are_told_in_order() -> None:
    counts = {("answered", str(n)): n for n in range(30)} | {("failed", ""): 1}
    told = most_frequent(counts, 3)  # type: ignore[arg-type]
    assert told == [(("answered", "27"), 27), (("answered", "28"), 28), (("answered", "29"), 29), (("failed", ""), 1)]


# ------------------------------------------------------------------ the page


def test_pictures_are_grouped_and_sorted(tmp_path: Path) -> None:
    text = sheet_of(
        tmp_path,
        ("f.png", "failed", None),
        ("a.png", "answered", 10),
        ("b.png", "answered", 9),
        ("c.png", "abstained", None),
        ("d.png", "answered", "no"),
        ("e.png", "answered", True),
        ("g.png", "answered", 9),
    )
    assert list(sections(text).items()) == [
        ("yes", ["e.png"]),
        ("no", ["d.png"]),
        ("9", ["b.png", "g.png"]),
        ("10", ["a.png"]),
        ("Abstained", ["c.png"]),
        ("Failed", ["f.png"]),
    ]
    assert "why f.png failed" in text
    assert "<h1>How many dogs?</h1>" in text
    parsed = Parsed(text)
    assert parsed.open == ["html"] or parsed.open == []
    bars = [a for tag, a in parsed.elements if tag == "button" and a.get("class", "").startswith("bar ")]  # type: ignore[union-attr]
    assert [bar["data-group"] for bar in bars] == list("012345")
    assert text.count('loading="lazy"') == 7


def test_nothing_is_fetched_and_one_script_may_run(tmp_path: Path) -> None:
    text = sheet_of(tmp_path, ("a.png", "answered", 1), programs=[("Program", "a planner", "def f():\n    return 1\n")])
    parsed = Parsed(text)
    policy = next(a["content"] for tag, a in parsed.elements if tag == "meta" and "http-equiv" in a)
    script = re.search(r"<script>(.*?)</script>", text, re.S)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert policy is not None
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    for tag, attributes in parsed.elements:
        assert tag not in {"link", "iframe", "object", "form", "base"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("src", "href"):
                assert value is not None
                assert value.startswith(("data:image/webp;base64,", "#")), value
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "url(" not in text


def test_hostile_texts_are_inert(tmp_path: Path) -> None:
    evil = EVIL + "\udc80\0"
    with ContactSheet(evil, evil, [(evil, evil, evil)]) as sheet:
        for position, status in enumerate(("answered", "abstained", "failed")):
            box = Evidence(evil, (0.0, 0.0, 5.0, 5.0))
            sheet.add(position, evil, status, evil, evil, (box,), make_picture(), evil)  # type: ignore[arg-type]
        for number in range(60):  # so many that answers share a section, and are told on the tile
            sheet.add(number, evil, "answered", f"{evil}{number}", "", (), None)
        sheet.write(tmp_path / "sheet.html")
    text = (tmp_path / "sheet.html").read_text("utf-8")
    parsed = Parsed(text)
    assert [tag for tag, _ in parsed.elements].count("script") == 1
    assert not [name for _, attributes in parsed.elements for name in attributes if name.startswith("on")]
    assert all(str(a["src"]).startswith("data:") for tag, a in parsed.elements if tag == "img")
    assert "<script>alert" not in text
    assert "61 other answers" in text


def test_thumbnails_are_small_and_boxes_fit_the_picture(tmp_path: Path) -> None:
    wide = Picture(Image.effect_noise((1600, 900), 40).convert("RGB"), "wide")
    with ContactSheet() as sheet:
        boxes = (Evidence("dog", (10, 20, 300, 400)), Evidence("dog", (1, 2, 3, 4)), Evidence("cat", (0, 0, 9, 9)))
        sheet.add(0, "wide.png", "answered", 3, "", boxes, lambda: wide, "../a%20b/wide.png")
        sheet.write(tmp_path / "sheet.html")
    text = (tmp_path / "sheet.html").read_text()
    image = re.search(r'src="data:image/webp;base64,([^"]+)"', text)
    assert image is not None
    with Image.open(BytesIO(base64.b64decode(image[1]))) as small:
        assert small.size == (LONGEST, 180)
    assert 'viewBox="0 0 1600 900"' in text
    assert text.count('d="M10 20H300V400H10zM1 2H3V4H1z"') == 2
    assert '<a href="../a%20b/wide.png" target="_blank" rel="noopener"' in text
    assert ">dog × 2</span>" in text
    assert "A given program, run as it is" in text


@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 5000), (320, 240), (321, 1)])
def test_thumbnails_of_odd_sizes(size: tuple[int, int]) -> None:
    with Image.open(BytesIO(thumbnail(Image.new("RGB", size)))) as small:
        assert max(small.size) == min(LONGEST, max(size))
        assert min(small.size) >= 1


def test_a_picture_that_cannot_be_read_any_more_is_a_grey_field(tmp_path: Path) -> None:
    def gone() -> Picture:
        raise PictureError("a.png: there is no such file")

    with ContactSheet() as sheet:
        sheet.add(0, "a.png", "answered", 3, picture=gone)
        sheet.write(tmp_path / "sheet.html")
    assert '<div class="thumb gone">' in (tmp_path / "sheet.html").read_text()


def test_many_different_answers_share_a_section(tmp_path: Path) -> None:
    entries: list[Entry] = [(f"{n}.png", "answered", f"word {n}") for n in range(50)]
    entries += [(f"dog{n}.png", "answered", "dog") for n in range(3)]
    found = sections(sheet_of(tmp_path, *entries))
    assert list(found) == ["dog", "50 other answers"]
    assert found["50 other answers"] == [f"{n}.png" for n in range(50)]


def test_a_sheet_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.rendering.contact_sheet.MAX_GROUP", 3)
    monkeypatch.setattr("agent.rendering.contact_sheet.MAX_PICTURES", 5)
    entries: list[Entry] = [(f"{n}.png", "answered", n // 10) for n in range(30)]
    text = sheet_of(tmp_path, *entries)
    assert {title: len(names) for title, names in sections(text).items()} == {"0": 3, "1": 2, "2": 0}
    assert "and 7 more, not shown here" in text
    assert "and 10 more, not shown here" in text
    assert "<span>30 pictures</span>" in text


def test_an_empty_sheet(tmp_path: Path) -> None:
    assert sections(sheet_of(tmp_path)) == {}


def test_a_sheet_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with ContactSheet() as sheet:
        sheet.add(0, "a.png", "answered", 3, picture=make_picture())
        (tmp_path / "sheet.html").mkdir()
        with pytest.raises(OSError):
            sheet.write(tmp_path / "sheet.html")
    assert os.listdir(tmp_path) == ["sheet.html"]
