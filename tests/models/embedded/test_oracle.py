"""Oracle specialists: answers from ground truth, with the contract of every specialist."""

import numpy as np
import pytest

from models.embedded.gallery import gallery_item
from models.embedded.oracle import Oracle, blank_picture, main_thing, oracle_kit
from models.embedded.world.art import Art
from models.embedded.world.render import Rendered, render
from models.embedded.world.scene import Scene, SceneSpec, make_scene
from models.picture import Picture, Region, overlap
from models.requests import ROLES, Ask, Depth, Detect, Match, Prompt, Read, Segment, SpecialistError

SPEC = SceneSpec(
    things=[("circle", "red", 2), ("star", "blue", 1, "small"), ("heart", "pink", 1, "big"), ("square", "green", 1)],
    background="beach",
)


@pytest.fixture(scope="module")
def drawn() -> Rendered:
    return render(make_scene(4, "test", SPEC), Art.none())


@pytest.fixture(scope="module")
def picture(drawn: Rendered) -> Picture:
    return Picture.from_image(drawn.image)


@pytest.fixture(scope="module")
def kit(drawn: Rendered, picture: Picture):  # type: ignore[no-untyped-def]
    return oracle_kit({picture: drawn})


def region(drawn: Rendered, picture: Picture, phrase: str) -> Region:
    return Region(picture, drawn.scene.find(phrase)[0].box)


def test_there_is_an_oracle_for_every_role(kit) -> None:  # type: ignore[no-untyped-def]
    assert set(kit) == set(ROLES)
    assert all(specialist.run([]) == [] for specialist in kit.values())


@pytest.mark.parametrize(
    ("phrase", "count"),
    [
        ("circles", 2), ("red circle", 2), ("blue circle", 0), ("shape", 5), ("things", 5), ("tiny blue stars", 1),
        ("big heart", 1), ("small heart", 0), ("dog", 0), ("unicorn", 0), ("green thing", 1), ("discs", 2),
    ],
)  # fmt: skip
def test_detect_finds_what_is_there(kit, drawn: Rendered, picture: Picture, phrase: str, count: int) -> None:  # type: ignore[no-untyped-def]
    (found,) = kit["detector"].run([Detect(picture.whole, phrase)])
    assert len(found) == count
    assert sorted(one.box for one in found) == sorted(thing.box for thing in drawn.scene.find(phrase))
    assert all(one.score == 1.0 for one in found)


def test_detect_keeps_to_its_region(kit, drawn: Rendered, picture: Picture) -> None:  # type: ignore[no-untyped-def]
    star = drawn.scene.find("star")[0]
    x1, y1, x2, y2 = star.box
    most, least = (x1, y1, x1 + 0.7 * (x2 - x1), y2), (x1, y1, x1 + 0.3 * (x2 - x1), y2)
    (inside,), outside = kit["detector"].run(
        [Detect(Region(picture, most), "star"), Detect(Region(picture, least), "star")]
    )
    assert inside.box == pytest.approx(most)
    assert outside == []


def test_match_prefers_what_is_true(kit, drawn: Rendered, picture: Picture) -> None:  # type: ignore[no-untyped-def]
    texts = ("red circle", "blue circle", "red square", "dog", "gray circle", "quux")
    (scores,) = kit["clip"].run([Match(region(drawn, picture, "circle"), texts)])
    assert np.argmax(scores) == 0
    assert scores[0] - max(scores[1:]) > 10
    (colours,) = kit["clip"].run([Match(region(drawn, picture, "star"), ("red", "green", "blue", "a shape", "star"))])
    assert colours.index(max(colours[:3])) == 2
    assert min(colours[2:]) > max(colours[:2])
    (places,) = kit["clip"].run([Match(picture.whole, ("forest", "seaside", "room"))])
    assert np.argmax(places) == 1


def test_segment_gives_the_true_mask(kit, drawn: Rendered, picture: Picture) -> None:  # type: ignore[no-untyped-def]
    requests = [Segment(Region(picture, thing.box)) for thing in drawn.scene.things]
    for mask, truth in zip(kit["segmenter"].run(requests), drawn.masks, strict=True):
        assert np.array_equal(mask.pixels, truth)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is this?", "heart"),
        ("What color is it?", "pink"),
        ("what colour is the heart", "pink"),
        ("What color is the star?", "nothing"),
        ("What is the background?", "beach"),
        ("Where is this?", "beach"),
        ("Is this a heart?", "yes"),
        ("Is it a shape?", "yes"),
        ("is it a dog?", "no"),
        ("is the heart pink?", "yes"),
        ("is the heart blue?", "no"),
        ("is it at the beach?", "yes"),
        ("How big is it?", "big"),
        ("What kind of shape is this?", "heart"),
        ("Is there a star?", "no"),
    ],
)
def test_questions_about_a_thing(kit, drawn: Rendered, picture: Picture, question: str, answer: str) -> None:  # type: ignore[no-untyped-def]
    assert kit["vlm"].run([Ask(region(drawn, picture, "heart"), question)]) == [answer]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many circles are there?", "2"),
        ("how many red things can you see in the picture", "2"),
        ("How many dogs are there?", "0"),
        ("Is there a blue star?", "yes"),
        ("Are there any unicorns?", "no"),
        ("What color is the star?", "blue"),
        ("Is the square green?", "yes"),
    ],
)
def test_questions_about_a_picture(kit, picture: Picture, question: str, answer: str) -> None:  # type: ignore[no-untyped-def]
    assert kit["vlm"].run([Ask(picture.whole, question)]) == [answer]


def test_what_has_no_answer_is_an_error_value_in_its_place(kit, picture: Picture) -> None:  # type: ignore[no-untyped-def]
    stranger = Picture.from_image(np.zeros((8, 8, 3), np.uint8))
    first, second, third = kit["vlm"].run(
        [Ask(stranger.whole, "What is this?"), Ask(picture.whole, "Why?"), Ask(picture.whole, "Where is this?")]
    )
    assert isinstance(first, SpecialistError)
    assert "does not know" in str(first)
    assert isinstance(second, SpecialistError)
    assert third == "beach"
    assert isinstance(kit["llm"].run([Prompt("hello")])[0], SpecialistError)
    assert kit["ocr"].run([Read(picture.whole)]) == [[]]


def test_signs_are_read_from_top_to_bottom() -> None:
    spec = SceneSpec(things=[("sign", None, 1), ("banner", None, 1)], texts=["WET PAINT", "NEW BOOKS"])
    scene = make_scene(5, "test", spec)
    picture = blank_picture(scene)
    kit = oracle_kit({picture: scene})
    (sign,), (banner,) = scene.find("sign"), scene.find("banner")
    on_sign, on_banner, all_lines = kit["ocr"].run(
        [Read(Region(picture, sign.box)), Read(Region(picture, banner.box)), Read(picture.whole)]
    )
    assert [line.text for line in on_sign] == ["WET", "PAINT"]  # as they are drawn
    assert [line.text for line in on_banner] == ["NEW BOOKS"]
    assert len(all_lines) == 3
    assert all(overlap(line.box, sign.box) > 0 for line in on_sign)
    said = [Ask(picture.whole, q) for q in ("What does the sign say?", "What is written on the banner?")]
    assert kit["vlm"].run([*said, Ask(picture.whole, "What does the dog say?")]) == [
        "WET PAINT",
        "NEW BOOKS",
        "nothing",
    ]


def test_a_scene_is_enough_for_all_but_masks() -> None:
    scenes = [make_scene(seed, "test") for seed in range(20)]
    pictures = {blank_picture(scene): scene for scene in scenes}
    assert len(pictures) == len(scenes)
    assert blank_picture(scenes[0]).key == blank_picture(scenes[0]).key
    kit = oracle_kit(pictures)
    for blank, scene in pictures.items():
        (found,) = kit["detector"].run([Detect(blank.whole, "thing")])
        assert sorted(one.box for one in found) == sorted(thing.box for thing in scene.things)
        (depth,) = kit["depth"].run([Depth(blank)])
        assert depth.shape == (scene.height, scene.width)
        nearest = scene.things[-1]
        x1, y1, x2, y2 = (int(v) for v in nearest.box)
        assert np.median(depth[y1:y2, x1:x2]) == pytest.approx(nearest.depth)
        assert isinstance(kit["segmenter"].run([Segment(blank.whole)])[0], SpecialistError)


def test_depth_orders_things_as_they_stand() -> None:
    item = gallery_item("dogs_far_and_near")
    (depth,) = oracle_kit({item.picture: item.truth})["depth"].run([Depth(item.picture)])
    medians = []
    for thing in sorted(item.scene.things, key=lambda thing: thing.depth):
        x1, y1, x2, y2 = (int(v) for v in thing.box)
        medians.append(float(np.median(depth[y1:y2, x1:x2])))
    assert medians == sorted(medians)


def test_the_main_thing_is_the_one_that_fills_the_region(drawn: Rendered, picture: Picture) -> None:
    for thing in drawn.scene.things:
        assert main_thing(drawn.scene, Region(picture, thing.box)) == thing
    empty = Scene(0, "test", 320, 240, "city", ())
    blank = blank_picture(empty)
    kit = oracle_kit({blank: empty})
    assert kit["vlm"].run([Ask(blank.whole, "What is this?"), Ask(blank.whole, "what color is it?")]) == [
        "city",
        "nothing",
    ]
    assert kit["detector"].run([Detect(blank.whole, "thing")]) == [[]]


def test_a_picture_of_another_size_is_refused(drawn: Rendered) -> None:
    with pytest.raises(ValueError, match="must be alike"):
        Oracle().add(Picture.from_image(np.zeros((8, 8, 3), np.uint8)), drawn)
