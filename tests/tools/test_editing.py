"""Editing tools on a drawn picture: what changes, what must not, and every call that makes no sense."""

import cv2
import numpy as np
import pytest

from models.picture import Picture, Region
from models.requests import Mask as MaskResult
from tools import Abstention, ImagePatch, ToolError, default_vocabulary, drive
from tools.editing import DIMMED, blurred, chosen_of, fitted
from tools.emoji import PLACES, emoji_named, nearest_name
from tools.painting import room

from .conftest import CARS, HEIGHT, WIDTH, Fake

VOCABULARY = default_vocabulary()


def call(kit, name, *args, **kwargs):
    return drive(VOCABULARY.call(f"ImagePatch.{name}", args, kwargs), kit)


def pixels(patch: ImagePatch) -> np.ndarray:
    return np.asarray(patch.region.picture.image)


def inside(*names: str) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    for name in names:
        x1, y1, x2, y2 = (int(v) for v in CARS[name])
        mask[y1:y2, x1:x2] = True
    return mask


@pytest.fixture
def cars(picture) -> dict[str, ImagePatch]:
    return {name: ImagePatch.of(Region(picture, box), f"{name} car") for name, box in CARS.items()}


@pytest.fixture
def whole(picture) -> ImagePatch:
    return ImagePatch(picture)


def test_colour_pop_keeps_the_things_and_greys_the_rest(whole, cars, kit):
    result = call(kit, "color_pop", whole, [cars["red"], cars["green"]])
    assert result.region.is_whole
    assert (result.width, result.height) == (WIDTH, HEIGHT)
    mask, old, new = inside("red", "green"), pixels(whole), pixels(result)
    assert (new[mask] == old[mask]).all()
    grey = np.asarray(whole.region.picture.image.convert("L"))
    assert (new[~mask] == grey[~mask][:, None]).all()
    assert (new[inside("blue")] != old[inside("blue")]).any()


def test_blur_keeps_the_things_and_nothing_of_them_bleeds(whole, cars, kit):
    old, mask = pixels(whole), inside("red")
    new = pixels(call(kit, "blur_background", whole, cars["red"]))
    assert (new[mask] == old[mask]).all()
    assert (new[~mask] == blurred(old, mask)[~mask]).all()
    ring = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & ~mask
    assert (new[ring] == old[ring]).all()  # white stays white beside the red car
    assert (new[~mask] != old[~mask]).any()


def test_highlight_frames_the_things_and_dims_the_rest(whole, cars, kit):
    new, old = pixels(call(kit, "highlight", whole, cars["blue"])), pixels(whole)
    assert (new[40, 100] == old[40, 100]).all()
    assert (new[75, 30] == np.rint(old[75, 30] * DIMMED)).all()
    assert (new[20:60, 80:130] != old[20:60, 80:130]).any()  # the frame


def test_tags_are_above_the_things(whole, cars, kit):
    new, old = pixels(call(kit, "tag", whole, [cars["red"]])), pixels(whole)
    changed = (new != old).any(axis=2)
    assert changed[:60].any()
    assert not changed[:, 150:].any()
    named = pixels(call(kit, "tag", whole, [cars["red"]], ["the red car"]))
    assert (named != new).any()
    assert (pixels(call(kit, "tag", whole, [cars["red"], cars["blue"]], "car")) != old).any()


def test_things_without_a_name_are_asked_for_one(whole, picture, kit):
    things = [ImagePatch.of(Region(picture, CARS["red"]), "thing"), ImagePatch.of(Region(picture, CARS["blue"]), "car")]
    kit["vlm"] = Fake(lambda request: "car")
    call(kit, "tag", whole, things)
    assert [request.region.box for request in kit["vlm"].asked] == [CARS["red"]]


@pytest.mark.parametrize("name", PLACES)
def test_every_emoji_is_put_on_the_thing(name, whole, cars, kit):
    new, old = pixels(call(kit, "emoji", whole, cars["blue"], name)), pixels(whole)
    assert (new != old).any()
    assert not (new != old)[:, :70].any()


def test_a_patch_as_an_emoji(whole, cars, kit):
    new = pixels(call(kit, "emoji", whole, cars["blue"], cars["red"]))
    assert (new[40, 100] == (220, 30, 30)).all()
    assert (new[20, 81] == (30, 30, 220)).all()  # the red car is flatter than the blue one


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("smiling face", "smiling face"),
        ("a Smiley", "smiling face"),
        ("sad face", "crying face"),
        ("grumpy face", "angry face"),
        ("laughing emoji", "laughing face"),
        ("cool_face", "cool face"),
        ("👑", "crown"),
        ("thumbs up", "thumbs up"),
        ("face", None),
        ("walrus", None),
    ],
)
def test_words_for_emoji(words, name):
    found = emoji_named(words)
    assert (found.name if found else None) == name


def test_places_of_emoji(picture):
    region = Region(picture, CARS["blue"])
    middle = {}
    for name in ("heart", "crown", "sunglasses"):
        small, (left, top) = fitted(emoji_named(name), region)
        assert abs(left + small.width / 2 - 105) <= 1
        middle[name] = top + small.height / 2
    assert middle["crown"] < middle["sunglasses"] < middle["heart"]
    assert nearest_name("smily") == "smiling face"


def test_replace_paints_in_the_grown_hull_of_each_thing(whole, cars, kit):
    result = call(kit, "replace", whole, [cars["red"], cars["blue"]], " a  dog ", seed=5)
    asked = kit["inpaint"].asked
    assert [(request.prompt, request.seed) for request in asked] == [("a dog", 5)] * 2
    assert asked[1].picture.name == "painted"  # one after the other
    grown = room(inside("red")) | room(inside("blue"))
    new, old = pixels(result), pixels(whole)
    assert (new[grown] == (1, 2, 3)).all()
    assert (new[~grown] == old[~grown]).all()
    assert (inside("red") <= room(inside("red"))).all()


def test_the_prompt_of_generate_image(kit):
    made = drive(VOCABULARY.call("generate_image", ("a dog",), {}), kit)
    assert (made.width, made.height) == (8, 8)
    with pytest.raises(ToolError, match="needs a prompt"):
        drive(VOCABULARY.call("generate_image", ("  ",), {}), kit)


def test_edits_can_be_chained_with_patches_of_the_first_picture(whole, cars, kit):
    first = call(kit, "color_pop", whole, cars["red"])
    second = pixels(call(kit, "highlight", first, cars["red"]))
    assert (second[75, 30] == pixels(whole)[75, 30]).all()


EDITS = {
    "blur_background": (),
    "color_pop": (),
    "highlight": (),
    "tag": (),
    "emoji": ("heart",),
    "replace": ("dog",),
}


@pytest.mark.parametrize("nothing", [[], None])
@pytest.mark.parametrize("name", EDITS)
def test_without_patches_the_question_is_left_unanswered(name, nothing, whole, kit):
    with pytest.raises(Abstention, match=r"there is nothing to .* in the picture") as caught:
        call(kit, name, whole, nothing, *EDITS[name])
    assert "\n" not in caught.value.reason


@pytest.mark.parametrize("name", EDITS)
def test_patches_of_another_picture_are_refused(name, whole, kit):
    other = ImagePatch(Picture.from_image(np.zeros((10, 10, 3), np.uint8)))
    with pytest.raises(ToolError, match="of another image, of 10 x 10 pixels"):
        call(kit, name, whole, [other], *EDITS[name])


@pytest.mark.parametrize("name", [name for name in EDITS if name not in ("tag", "emoji")])
def test_an_empty_mask_is_one_line(name, whole, cars, kit):
    kit["segmenter"].answer = lambda request: MaskResult(np.zeros((HEIGHT, WIDTH), bool), 0.1)
    with pytest.raises(ToolError, match="the mask is empty"):
        call(kit, name, whole, cars["red"], *EDITS[name])


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("replace", ("",), "replace() needs a prompt"),
        ("replace", (" \n ",), "replace() needs a prompt"),
        ("replace", ("x" * 501,), "at most 500 characters, got 501"),
        ("emoji", ("walrus",), "emoji() has no 'walrus'; use one of smiling face"),
        ("emoji", ("hart",), "did you mean 'heart'?"),
        ("emoji", ("",), "emoji() needs a word"),
        ("tag", (["a", "b"],), "one label for each patch: got 1 patches and 2 labels"),
        ("tag", ([" "],), "tag() needs a word"),
    ],
)
def test_calls_that_make_no_sense(name, arguments, message, whole, cars, kit):
    with pytest.raises(ToolError) as caught:
        call(kit, name, whole, [cars["red"]], *arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_whole_picture_stands_for_all_of_its_pixels(whole, kit):
    assert (pixels(call(kit, "color_pop", whole, whole)) == pixels(whole)).all()
    assert kit["segmenter"].batches == []
    assert chosen_of("tag", "label", whole, whole) == [whole]
