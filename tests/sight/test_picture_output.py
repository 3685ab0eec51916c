"""`-o FILE`: the picture that is the answer, in a file."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agent.trace import Answer, PatchValue, PictureValue, Trace
from models.picture import Picture
from sight.options import InputError
from sight.picture_output import check_output, write_output

PICTURE = Picture.from_image(np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8), "new")
WHOLE = PictureValue(picture=PICTURE.key)
PART = PatchValue(picture=PICTURE.key, box=(10, 5, 30, 25))


def answer(value: object, status: str = "answered") -> Answer:
    trace = Trace(question="", pictures=[], attempts=[], status=status, value=value)  # type: ignore[arg-type]
    made = Answer(value=value, status=status, reason="there is no dog", trace=trace)  # type: ignore[arg-type]
    made.pictures[PICTURE.key] = PICTURE
    return made


@pytest.mark.parametrize("name", ["out.png", "out.webp", "OUT.PNG"])
@pytest.mark.parametrize("value", [WHOLE, [WHOLE]])
def test_a_picture_is_written_as_it_is(name: str, value: object, tmp_path: Path) -> None:
    write_output(answer(value), tmp_path / name)
    assert (np.asarray(Image.open(tmp_path / name).convert("RGB")) == np.asarray(PICTURE.image)).all()


def test_a_jpeg_is_about_the_same(tmp_path: Path) -> None:
    write_output(answer(WHOLE), tmp_path / "out.jpg")
    assert Image.open(tmp_path / "out.jpg").size == (60, 40)


def test_of_a_region_its_part_is_written(tmp_path: Path) -> None:
    write_output(answer(PART), tmp_path / "out.png")
    assert (np.asarray(Image.open(tmp_path / "out.png")) == np.asarray(PICTURE.image)[5:25, 10:30]).all()


@pytest.mark.parametrize(
    ("value", "told"),
    [(3, "'3'"), (None, "'nothing'"), ([WHOLE, PART], "a list of 2"), (PictureValue(picture="gone"), "'a picture'")],
)
def test_what_is_no_picture_is_told_in_one_line(value: object, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the answer is no picture") as error:
        write_output(answer(value), tmp_path / "out.png")
    assert told in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out.png").exists()


def test_without_an_answer_nothing_is_written(tmp_path: Path) -> None:
    write_output(answer(None, "abstained"), tmp_path / "out.png")
    write_output(answer(WHOLE), None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("out.gif", "must end in .png, .webp, .jpg, .jpeg"),
        ("out", "must end in"),
        ("none/out.png", "there is no folder"),
    ],
)
def test_files_that_cannot_be(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        check_output(tmp_path / name)
