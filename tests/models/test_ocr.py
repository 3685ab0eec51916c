from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw, ImageFont

from models.ocr import Ocr
from models.picture import Picture, Region
from models.requests import Read


@pytest.fixture(scope="module")
def ocr() -> Ocr:
    return Ocr.load(Path(), torch.device("cpu"), torch.float32, side=320)


@pytest.fixture(scope="module")
def sign() -> Picture:
    image = Image.new("RGB", (320, 200), "white")
    draw = ImageDraw.Draw(image)
    draw.text((120, 30), "BAKERY", "black", ImageFont.load_default(36))
    draw.text((20, 130), "Open 24 hours", "black", ImageFont.load_default(30))
    return Picture.from_image(image)


def test_lines_from_top_to_bottom_with_their_boxes(ocr: Ocr, sign: Picture) -> None:
    first, second = ocr.run([Read(sign.whole)])[0]
    assert first.text == "BAKERY"
    assert second.text.replace(" ", "") == "Open24hours"
    assert first.box[0] == pytest.approx(120, abs=12)
    assert first.box[1] == pytest.approx(38, abs=14)
    assert second.box[1] > first.box[3]
    assert 0.5 <= first.score <= 1


def test_a_region_is_read_alone_and_mapped_back(ocr: Ocr, sign: Picture) -> None:
    whole = ocr.run([Read(sign.whole)])[0]
    (line,) = ocr.run([Read(Region(sign, (100, 10, 320, 90)))])[0]
    assert line.text == "BAKERY"
    assert line.box == pytest.approx(whole[0].box, abs=8)


def test_nothing_to_read_and_the_cache(ocr: Ocr) -> None:
    blank = Picture.from_image(Image.new("RGB", (64, 48), "white"))
    assert ocr.run([Read(blank.whole), Read(Region(blank, (0, 0, 1, 1)))]) == [[], []]
    assert ocr.last_forward == 1
    assert ocr.run([Read(blank.whole)]) == [[]]
    assert ocr.last_forward == 0


def test_it_is_quiet(ocr: Ocr, capfd: pytest.CaptureFixture[str]) -> None:
    ocr.run([Read(Picture.from_image(Image.new("RGB", (50, 41), "grey")).whole)])
    assert capfd.readouterr() == ("", "")
