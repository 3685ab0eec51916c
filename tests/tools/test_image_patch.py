import itertools
import pickle

import numpy as np
import pytest

from models.picture import Picture, Region
from models.requests import SpecialistError
from tools import ImagePatch, ToolError, default_vocabulary, drive
from tools.image_patch import to_box, to_program

from .conftest import CARS, HEIGHT, WIDTH

VOCABULARY = default_vocabulary()


def call(kit, name, *args, **kwargs):
    return drive(VOCABULARY.call(name, args, kwargs), kit)


def corners(patch):
    return patch.left, patch.lower, patch.right, patch.upper


# --- coordinates ------------------------------------------------------------------------------------------------------


def test_program_coordinates_start_at_the_bottom_left(picture):
    patch = ImagePatch.of(Region(picture, (10, 60, 50, 90)))
    assert corners(patch) == (10, 10, 50, 40)
    assert (patch.width, patch.height, patch.horizontal_center, patch.vertical_center) == (40, 30, 30.0, 25.0)


def test_coordinates_survive_the_way_into_a_program_and_back(picture):
    xs, ys = (0, 1, 57, 199, 200), (0, 1, 33, 99, 100)
    for (x1, x2), (y1, y2) in itertools.product(itertools.combinations(xs, 2), itertools.combinations(ys, 2)):
        box = (float(x1), float(y1), float(x2), float(y2))
        assert to_box(to_program(box, HEIGHT), HEIGHT) == box
        patch = ImagePatch.of(Region(picture, box))
        assert patch.region.box == box
        assert ImagePatch(picture, *corners(patch)).region.box == box
        assert ImagePatch(patch).region.box == box


def test_boxes_between_pixels_are_snapped_once(picture):
    patch = ImagePatch.of(Region(picture, (10.4, 20.6, 30.4, 40.6)))
    again = ImagePatch(picture, *corners(patch))
    assert all(isinstance(value, int) for value in corners(patch))
    assert patch.region == again.region
    assert patch.region.crop().size == (patch.width, patch.height)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), (0, 0, WIDTH, HEIGHT)),
        ((10, 20, 60, 70), (10, 20, 60, 70)),
        ((10.4, 20.0, 59.6, 70.2), (10, 20, 60, 70)),
        ((None, 50, None, None), (0, 50, WIDTH, HEIGHT)),
        ((-30, -5, 60, 70), (0, 0, 60, 70)),
        ((150, 20, 900, 900), (150, 20, WIDTH, HEIGHT)),
    ],
)
def test_construction_from_a_picture(picture, kit, arguments, expected):
    assert corners(call(kit, "ImagePatch", picture, *arguments)) == expected


def test_construction_from_a_patch_keeps_coordinates_of_the_picture(picture, kit):
    patch = ImagePatch(picture, 10, 20, 60, 70)
    assert corners(call(kit, "ImagePatch", patch)) == (10, 20, 60, 70)
    assert corners(call(kit, "ImagePatch", patch, left=30)) == (30, 20, 60, 70)
    assert corners(call(kit, "ImagePatch", image=patch, left=100, lower=0, right=120, upper=9)) == (100, 0, 120, 9)


def test_crop_counts_in_the_original_picture_and_is_not_widened(picture, kit):
    patch = ImagePatch(picture, 10, 20, 60, 70)
    assert corners(call(kit, "ImagePatch.crop", patch, 30, 30, 40, 40)) == (30, 30, 40, 40)


@pytest.mark.parametrize("box", [(50, 10, 50, 40), (60, 10, 50, 40), (10, 40, 50, 40), (10, 40, 50, 20)])
def test_a_box_without_area_is_refused(picture, kit, box):
    with pytest.raises(ToolError, match="has no area; left < right and lower < upper"):
        call(kit, "ImagePatch.crop", ImagePatch(picture), *box)


@pytest.mark.parametrize("box", [(200, 0, 300, 50), (-20, 0, 0, 50), (0, 100, 50, 120), (0, -9, 50, 0)])
def test_a_box_outside_the_picture_is_refused(picture, kit, box):
    with pytest.raises(ToolError, match="lies outside the picture, which is 200 x 100 pixels"):
        call(kit, "ImagePatch", picture, *box)


def test_every_patch_has_an_identity_of_its_own_that_survives_pickling(picture):
    a, b = ImagePatch(picture), ImagePatch(picture)
    assert a.id != b.id
    restored = pickle.loads(pickle.dumps(a))
    assert restored.id == a.id
    assert restored.region == a.region


# --- asking -----------------------------------------------------------------------------------------------------------


def test_find_returns_patches_most_certain_first(picture, kit):
    found = call(kit, "ImagePatch.find", ImagePatch(picture), "car")
    assert [patch.region.box for patch in found] == [CARS["blue"], CARS["red"], CARS["green"]]
    assert call(kit, "ImagePatch.find", ImagePatch(picture), "dog") == []


def test_find_in_a_crop_gives_coordinates_of_the_original_picture(picture, kit):
    left_half = ImagePatch(picture, 0, 0, 60, HEIGHT)
    (car,) = call(kit, "ImagePatch.find", left_half, "car")
    assert corners(car) == (10, 10, 50, 40)
    assert kit["detector"].asked[0].region == left_half.region


def test_phrases_reach_the_detector_on_one_line(picture, kit):
    call(kit, "ImagePatch.find", ImagePatch(picture), "  red \n car ")
    assert kit["detector"].asked[0].phrase == "red car"


@pytest.mark.parametrize(("name", "expected"), [("car", True), ("red car", True), ("dog", False)])
def test_exists(picture, kit, name, expected):
    assert call(kit, "ImagePatch.exists", ImagePatch(picture), name) is expected


@pytest.mark.parametrize("method", ["find", "exists"])
@pytest.mark.parametrize(
    ("name", "message"), [("  ", "got an empty text"), ("car " * 90, "got 359 characters (at most 200)")]
)
def test_names_are_words_or_short_phrases(picture, kit, method, name, message):
    with pytest.raises(ToolError) as caught:
        call(kit, f"ImagePatch.{method}", ImagePatch(picture), name)
    assert str(caught.value).startswith(f"{method}() ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("colour", "attribute", "expected"),
    [
        ("red", "red", True),
        ("red", "blue", False),
        ("blue", "blue", True),
        ("blue", "Blue", True),
        ("green", "red", False),
        ("red", "painted red", True),
        ("blue", "painted red", False),
    ],
)
def test_verify_property_of_a_found_object(picture, kit, colour, attribute, expected):
    (car,) = (p for p in call(kit, "ImagePatch.find", ImagePatch(picture), "car") if p.region.box == CARS[colour])
    kit["detector"].batches.clear()
    assert call(kit, "ImagePatch.verify_property", car, "car", attribute) is expected
    assert kit["detector"].batches == [], "the patch is known to be a car, so it need not be looked for again"
    (request,) = kit["clip"].asked
    assert request.region.box == CARS[colour]
    assert request.texts[0].lower() == f"{attribute} car".lower()


def test_verify_property_looks_for_the_object_first(picture, kit):
    whole = ImagePatch(picture)
    assert call(kit, "ImagePatch.verify_property", whole, "car", "blue") is True, "the surest car is the blue one"
    assert kit["clip"].asked[0].region.box == CARS["blue"]
    assert call(kit, "ImagePatch.verify_property", whole, "dog", "blue") is False
    assert len(kit["clip"].asked) == 1, "no dog, nothing to compare"


@pytest.mark.parametrize(
    ("found_as", "name", "again"),
    [
        ("car", "car", False),
        ("red car", "car", False),
        ("cars", "car", False),
        ("car", "the car", False),
        ("vehicle", "car", True),
        ("scar", "car", True),
        ("car door", "car", True),
        ("", "car", True),
    ],
)
def test_when_the_object_is_looked_for_again(picture, kit, found_as, name, again):
    patch = ImagePatch.of(Region(picture, CARS["red"]), found_as)
    call(kit, "ImagePatch.verify_property", patch, name, "red")
    assert bool(kit["detector"].batches) is again


@pytest.mark.parametrize(
    ("colour", "attribute", "expected"),
    [
        ("green", "small", True),
        ("green", "tiny", True),
        ("green", "big", False),
        ("blue", "large", True),
        ("blue", "small", False),
        ("red", "medium", True),
        ("red", "big", False),
    ],
)
def test_sizes_are_measured_and_not_guessed_from_a_crop(picture, kit, colour, attribute, expected):
    # The cars cover 0.5 %, 6 % and 10 % of the picture.
    car = call(kit, "ImagePatch.find", ImagePatch(picture), f"{colour} car")[0]
    assert call(kit, "ImagePatch.verify_property", car, "car", attribute) is expected
    assert kit["clip"].batches == []


@pytest.mark.parametrize(
    ("found_as", "options", "prefix", "texts", "best"),
    [
        ("car", ["red", "blue"], None, ("red car", "blue car"), "red"),
        ("", ["red", "blue"], None, ("red thing", "blue thing"), "red"),
        ("blue car", ["blue", "red"], None, ("blue", "red"), "red"),
        ("car", ["black taxi", "red bus"], None, ("black taxi", "red bus"), "red bus"),
        ("car", ["blue", "red"], "a car painted", ("a car painted blue", "a car painted red"), "red"),
        ("car", ("red", "black"), None, ("red car", "black car"), "red"),
        ("car", [1, 2.5], None, ("1", "2.5"), "1"),
    ],
)
def test_best_text_match(picture, kit, found_as, options, prefix, texts, best):
    patch = ImagePatch.of(Region(picture, CARS["red"]), found_as)
    assert call(kit, "ImagePatch.best_text_match", patch, options, prefix) == best
    assert kit["clip"].asked[0].texts == texts


def test_best_text_match_measures_sizes(picture, kit):
    for colour, size in (("green", "tiny"), ("red", "medium"), ("blue", "large")):
        patch = ImagePatch.of(Region(picture, CARS[colour]))
        assert call(kit, "ImagePatch.best_text_match", patch, ["large", "medium", "tiny"]) == size
    assert kit["clip"].batches == []


def test_best_text_match_needs_options(picture, kit):
    with pytest.raises(ToolError, match="at least one option"):
        call(kit, "ImagePatch.best_text_match", ImagePatch(picture), [])


@pytest.mark.parametrize("question", [None, "", "  "])
def test_simple_query_without_a_question(picture, kit, question):
    answer = call(kit, "ImagePatch.simple_query", ImagePatch(picture), question)
    assert answer == f"What is this? at (0, 0, {WIDTH}, {HEIGHT})"


def test_simple_query_asks_about_the_crop(picture, kit):
    patch = ImagePatch(picture, 10, 20, 60, 70)
    assert call(kit, "ImagePatch.simple_query", patch, "What color?") == "What color? at (10, 30, 60, 80)"


def test_depth_is_larger_farther_away_and_computed_for_the_whole_picture(picture, kit):
    depths = {
        colour: call(kit, "ImagePatch.compute_depth", ImagePatch.of(Region(picture, CARS[colour]))) for colour in CARS
    }
    assert depths["red"] < depths["blue"] < depths["green"]
    assert all(type(depth) is float for depth in depths.values())
    assert len(set(kit["depth"].asked)) == 1, "one request a picture, so that it can be kept"
    rows = np.linspace(9, 1, HEIGHT, dtype=np.float32)[60:90]
    assert depths["red"] == pytest.approx(float(np.median(rows)))


def test_overlaps_with(picture, kit):
    patch = ImagePatch(picture, 50, 50, 100, 90)
    for box, expected in [
        ((0, 0, 60, 60), True),
        ((100, 50, 120, 60), True),
        ((60, 60, 70, 70), True),
        ((0, 0, 49, 99), False),
        ((50, 0, 100, 49), False),
    ]:
        assert call(kit, "ImagePatch.overlaps_with", patch, *box) is expected


def test_read_text(picture, kit):
    assert call(kit, "ImagePatch.read_text", ImagePatch(picture)) == "NO\nPARKING"
    kit["ocr"].answer = lambda request: []
    assert call(kit, "ImagePatch.read_text", ImagePatch(picture)) == ""


def test_llm_query_of_a_patch(picture, kit):
    assert call(kit, "ImagePatch.llm_query", ImagePatch(picture), "Why?") == "heard: Why?"
    short = call(kit, "ImagePatch.llm_query", ImagePatch(picture), "Why?", long_answer=False)
    assert short == "heard: Why?\nAnswer in one or two words, nothing else."
    with pytest.raises(ToolError, match="needs a question"):
        call(kit, "ImagePatch.llm_query", ImagePatch(picture), " ")


def test_print_image_asks_nobody(picture, kit):
    assert call(kit, "ImagePatch.print_image", ImagePatch(picture), (64, 64)) is None
    assert not any(fake.batches for fake in kit.values())


def test_what_a_specialist_cannot_do_is_said(picture, kit):
    with pytest.raises(SpecialistError, match="out of order"):
        call(kit, "ImagePatch.find", ImagePatch(picture), "broken")


def test_a_one_pixel_picture(kit):
    picture = Picture.from_image(np.zeros((1, 1, 3), np.uint8))
    assert corners(call(kit, "ImagePatch", picture)) == (0, 0, 1, 1)


def test_what_fits_no_better_than_the_rest_is_not_so(picture, kit):
    kit["clip"].answer = lambda request: [1.0] * len(request.texts)
    assert call(kit, "ImagePatch.verify_property", ImagePatch(picture), "car", "red") is False
