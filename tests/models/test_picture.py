"""Pictures and regions: what is accepted, what is refused and with which words, and how boxes are clipped."""

import io

import numpy as np
import pytest
from PIL import Image

from models.picture import MAX_PIXELS, Picture, PictureError, Region, area, iou, overlap


def encoded(image: Image.Image, format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


SAMPLE = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF"])
def test_supported_formats_open_as_rgb(tmp_path, format):
    path = tmp_path / f"picture.{format.lower()}"
    path.write_bytes(encoded(SAMPLE, format))
    picture = Picture.open(path)
    assert picture.image.mode == "RGB"
    assert (picture.width, picture.height) == (60, 40)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"this is a text, not a picture", "not a picture"),
        (encoded(SAMPLE, "JPEG")[:300], "damaged or cut off"),
        (encoded(SAMPLE, "PNG")[:200], "damaged or cut off"),
        (encoded(SAMPLE, "PPM"), "not a picture in a supported format"),
        (encoded(Image.new("1", (30_000, 30_000)), "PNG"), "too large"),
    ],
    ids=["empty", "text", "truncated-jpeg", "truncated-png", "unsupported", "huge"],
)
def test_broken_files_are_refused_in_one_line(tmp_path, data, words):
    path = tmp_path / "broken.png"
    path.write_bytes(data)
    with pytest.raises(PictureError, match=words) as caught:
        Picture.open(path)
    assert "\n" not in str(caught.value)
    assert "broken.png" in str(caught.value)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(PictureError, match="no such file"):
        Picture.open(tmp_path / "nothing.png")
    with pytest.raises(PictureError, match="folder"):
        Picture.open(tmp_path)


def test_the_limit_is_on_pixels_not_bytes():
    side = int(MAX_PIXELS**0.5) + 1
    with pytest.raises(PictureError, match="too large"):
        Picture.from_bytes(encoded(Image.new("1", (side, side)), "PNG"))


def test_exif_orientation_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by 90 degrees
    assert Picture.from_bytes(encoded(SAMPLE, "JPEG", exif=exif.tobytes())).image.size == (40, 60)


def test_transparency_becomes_white():
    picture = Picture.from_image(Image.new("RGBA", (4, 4), (255, 0, 0, 0)))
    assert picture.image.getpixel((0, 0)) == (255, 255, 255)


def test_equality_is_by_content():
    one, other = Picture.from_image(SAMPLE, "a"), Picture.from_image(SAMPLE.copy(), "b")
    assert one == other
    assert hash(one) == hash(other)
    assert one != Picture.from_image(SAMPLE.transpose(Image.Transpose.FLIP_LEFT_RIGHT))


@pytest.mark.parametrize("array", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)])
def test_arrays_of_another_shape_or_type_are_refused(array):
    with pytest.raises(PictureError, match="uint8"):
        Picture.from_image(array)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((10, 5, 20, 15), (10, 5, 20, 15)),
        ((-5, -5, 100, 100), (0, 0, 60, 40)),
        ((70, 50, 90, 60), (59, 39, 60, 40)),
        ((-9, -9, -1, -1), (0, 0, 1, 1)),
        ((10, 10, 10, 10), (10, 10, 11, 11)),
    ],
)
def test_regions_are_clipped_and_never_empty(box, expected):
    region = Region(Picture.from_image(SAMPLE), box)
    assert region.box == expected
    assert region.crop().size == (expected[2] - expected[0], expected[3] - expected[1])


def test_box_measures():
    a, b = (0.0, 0.0, 10.0, 10.0), (5.0, 5.0, 15.0, 15.0)
    assert overlap(a, b) == 25
    assert area(a) == 100
    assert iou(a, b) == pytest.approx(25 / 175)
    assert iou(a, (20.0, 20.0, 30.0, 30.0)) == 0


def test_sixteen_bits_become_eight() -> None:
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    pixels = np.asarray(Picture.from_bytes(encoded(Image.fromarray(ramp), "PNG")).image)
    assert (pixels[..., 0] == np.arange(256)[:, None]).all()


@pytest.mark.parametrize("mode", ["I", "F"])
def test_a_picture_whose_range_is_not_known_is_refused(mode: str) -> None:
    with pytest.raises(PictureError, match="32 bits a pixel"):
        Picture.from_image(Image.new(mode, (8, 8)), "depth.tiff")
