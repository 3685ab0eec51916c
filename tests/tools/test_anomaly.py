import numpy as np
import pytest

from models.picture import Picture
from tools import ImagePatch, ToolError, drive, vocabulary
from tools.anomaly import windows

from .conftest import Fake

VOCABULARY = vocabulary(["tools.anomaly"])


def embed(request):
    colour = np.asarray(request.what.crop(), float).mean((0, 1)) - 100
    return (colour / np.linalg.norm(colour)).astype(np.float32)


def plain(*spots):
    """A green picture with red spots at `(x, y)`, ten pixels wide."""
    pixels = np.full((60, 60, 3), (30, 200, 30), np.uint8)
    for x, y in spots:
        pixels[y : y + 12, x : x + 12] = (230, 20, 20)
    return ImagePatch(Picture.from_image(pixels, "part"))


def call(name, *args):
    return drive(VOCABULARY.call(f"ImagePatch.{name}", args, {}), {"clip": Fake(embed)})


def test_what_is_like_the_normal_ones_is_not_unusual():
    good = [plain(), plain((5, 5))]
    assert call("anomaly_score", plain(), good) == pytest.approx(0, abs=1e-6)
    assert call("anomaly_score", plain((5, 5)), good) == pytest.approx(0, abs=1e-6)
    assert call("anomaly_score", plain((40, 30)), [plain()]) > 0.3


def test_the_place_that_is_unusual():
    found = call("find_anomaly", plain((40, 30)), [plain()])
    x1, y1, x2, y2 = found.region.box
    assert x1 <= 46 <= x2
    assert y1 <= 36 <= y2
    assert found.width < 30


def test_the_heat_map_is_reddest_there():
    shown = call("anomaly_map", plain((40, 30)), [plain()])
    pixels = np.asarray(shown.region.picture.image, float)
    assert shown.region.picture.image.size == (60, 60)
    assert pixels[36, 46, 0] > 200
    assert pixels[5, 5, 0] < 60


def test_only_the_crop_is_coloured():
    patch = plain((40, 30))
    crop = ImagePatch(patch, 30, 0, 60, 60)
    shown = call("anomaly_map", crop, [plain()])
    before = np.asarray(patch.region.picture.image)
    after = np.asarray(shown.region.picture.image)
    assert (before[:, :30] == after[:, :30]).all()
    assert (before[:, 30:] != after[:, 30:]).any()


def test_windows_cover_the_region():
    region = plain().region
    parts = windows(region)
    assert parts[0] == region
    assert len(parts) == 1 + 9 + 25 + 81
    assert {part.box[2] for part in parts} >= {60.0}


def test_nothing_to_compare_with():
    for name in ("anomaly_score", "find_anomaly", "anomaly_map"):
        with pytest.raises(ToolError, match="needs at least one normal picture"):
            call(name, plain(), [])
