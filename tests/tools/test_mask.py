import numpy as np
import pytest

from models.picture import Region
from models.requests import Mask as MaskResult
from tools import Abstention, ImagePatch, ToolError, default_vocabulary, drive

from .conftest import CARS, HEIGHT, RGB, WIDTH

VOCABULARY = default_vocabulary()


def call(kit, name, *args, **kwargs):
    return drive(VOCABULARY.call(name, args, kwargs), kit)


def test_mask_of_a_patch(picture, kit):
    # The patch is wider than the car in it.
    mask = call(kit, "ImagePatch.segment", ImagePatch(picture, 5, 5, 60, 50))
    assert mask.area == 40 * 30
    assert (mask.left, mask.lower, mask.right, mask.upper) == (10, 10, 50, 40)
    assert (mask.width, mask.height) == (40, 30)
    assert kit["detector"].batches == []


def test_mask_of_a_phrase_is_that_of_the_surest_detection(picture, kit):
    mask = call(kit, "ImagePatch.segment", ImagePatch(picture), "car")
    assert mask.region.box == CARS["blue"]
    assert call(kit, "ImagePatch.segment", ImagePatch(picture), "red car").region.box == CARS["red"]


def test_an_absent_object_leaves_the_question_unanswered(picture, kit):
    with pytest.raises(Abstention, match="there is no dog in the picture") as caught:
        call(kit, "ImagePatch.segment", ImagePatch(picture), "dog")
    assert caught.value.reason == "there is no dog in the picture"


def test_an_empty_mask_is_refused(picture, kit):
    kit["segmenter"].answer = lambda request: MaskResult(np.zeros((HEIGHT, WIDTH), bool), 0.1)
    with pytest.raises(ToolError, match="no outline"):
        call(kit, "ImagePatch.segment", ImagePatch(picture))


def test_cut_out_shows_the_object_alone_at_the_same_place(picture, kit):
    pixels = np.zeros((HEIGHT, WIDTH), bool)
    pixels[70:80, 20:30] = True
    pixels[75:80, 30:40] = True
    kit["segmenter"].answer = lambda request: MaskResult(pixels, 0.9)
    patch = ImagePatch.of(Region(picture, CARS["red"]))
    mask = call(kit, "ImagePatch.segment", patch)
    cut = call(kit, "Mask.cut_out", mask)
    assert (cut.left, cut.lower, cut.right, cut.upper) == (20, 20, 40, 30)
    seen = np.asarray(cut.region.crop())
    assert (seen[pixels[70:80, 20:40]] == RGB["red"]).all()
    assert (seen[~pixels[70:80, 20:40]] == 255).all()
    assert cut.region.picture != picture
    assert cut.region.picture.name == "cut-out of street.png"
    assert mask.area == 150
