"""The picture-book world: words, layouts, pixels against their truth, and the gallery. No art is needed but where it
says so."""

import json
import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from models.embedded.gallery import decode_mask, encode_mask, gallery_item, load_gallery
from models.embedded.world import art as art_module
from models.embedded.world.art import FOLDER, STYLES, Art, ArtError, natural_colour, pieces
from models.embedded.world.gallery_scenes import ENTRIES, answer
from models.embedded.world.lexicon import (
    BACKGROUNDS,
    CATEGORIES,
    COLOURS,
    NOUNS,
    Phrase,
    canonical,
    canonical_background,
    describes,
    forms,
    is_a,
    names_of,
    nouns_of,
    plural,
    singular,
)
from models.embedded.world.render import render
from models.embedded.world.scene import (
    HORIZON,
    SKY,
    Scene,
    SceneError,
    SceneSpec,
    ground_depth,
    make_scene,
    size_class,
)
from models.embedded.world.transfer import HELD_OUT_PAIRS, held_out_pair
from models.picture import area, overlap

needs_art = pytest.mark.skipif(
    not (FOLDER / "sheets.npz").is_file(), reason="the art is not prepared (python -m models.embedded.world.art)"
)

SHAPES = SceneSpec(
    things=[("circle", "red", 2), ("star", "blue", 1), ("heart", "pink", 1), ("square", None, 3)], background="room"
)


# --- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "colour", "size", "name"),
    [
        ("dog", None, None, "dog"),
        ("Dogs", None, None, "dog"),
        ("red cars", "red", None, "car"),
        ("the small blue star", "blue", "small", "star"),
        ("a blue, tiny star", "blue", "small", "star"),
        ("large huge", None, "big", None),
        ("kids", None, None, "kid"),
        ("children", None, None, "kid"),
        ("people", None, None, "person"),
        ("cupcakes", None, None, "muffin"),
        ("mice", None, None, "mouse"),
        ("cacti", None, None, "cactus"),
        ("cactuses", None, None, "cactus"),
        ("loaves of bread", None, None, "bread"),
        ("hot dogs", None, None, "hot dog"),
        ("green things", "green", None, "thing"),
        ("objects", None, None, "thing"),
        ("orange", "orange", None, "thing"),
        ("violet flowers", "purple", None, "flower"),
        ("a photo of a dog", None, None, "dog"),
        ("red colored cars", "red", None, "car"),
        ("pieces of furniture", None, None, "furniture"),
        ("grey squirrels", "gray", None, "squirrel"),
        ("a teal oval", "teal", None, "oval"),
        ("bunches of grapes", None, None, "grape"),
        ("the pair of scissors", None, None, "scissors"),
        ("glasses of milk", None, None, "glass of milk"),
        ("two yo-yos", None, None, None),
        ("yo-yos", None, None, "yo-yo"),
        ("wolves", None, None, "wolf"),
        ("beverages", None, None, "drink"),
    ],
)
def test_phrases_are_read(phrase: str, colour: str | None, size: str | None, name: str | None) -> None:
    assert canonical(phrase) == (Phrase(colour, size, name) if name else None)


@pytest.mark.parametrize(
    "phrase", ["", "unicorn", "golden car", "dog house", "striped cat", "dogcat", "the", "!?", "狗"]
)
def test_phrases_without_meaning_are_none(phrase: str) -> None:
    assert canonical(phrase) is None


def test_every_form_is_read_back_and_no_word_has_two_meanings() -> None:
    owners: dict[str, str] = {}
    for entry in (*NOUNS, *CATEGORIES):
        for form in forms(entry.name):
            assert canonical(form) == Phrase(None, None, entry.name)
            assert owners.setdefault(form, entry.name) == entry.name
        for single, many in ((entry.name, entry.plural), *entry.synonyms):
            assert plural(single) == many
            assert canonical(singular(many)) == canonical(single)


@pytest.mark.parametrize("word", ["vase", "kettle", "dish", "moss", "toy", "city", "cup of tea", "potato", "cat house"])
def test_inflection_goes_both_ways(word: str) -> None:
    assert plural(word) != word
    assert singular(plural(word)) == word
    assert singular(word) == word


def test_categories_of_nouns_exist_and_are_transitive() -> None:
    known = {noun.name for noun in NOUNS} | {category.name for category in CATEGORIES}
    by_name = {noun.name: noun for noun in NOUNS}
    for noun in NOUNS:
        assert set(noun.categories) <= known
        for category in noun.categories:
            assert set(by_name[category].categories if category in by_name else ()) <= set(noun.categories)
    for category in CATEGORIES:
        assert len(nouns_of(category.name)) >= 2
    assert len(NOUNS) >= 250
    assert [noun.name for noun in NOUNS[:172:171]] == ["dog", "arrow"]  # append only


@pytest.mark.parametrize(
    ("narrow", "wide", "truth"),
    [
        ("boy", "kid", True),
        ("man", "kid", False),
        ("taxi", "car", True),
        ("car", "taxi", False),
        ("dog", "thing", True),
    ],
)
def test_hierarchy(narrow: str, wide: str, truth: bool) -> None:
    assert is_a(narrow, wide) is truth


def test_backgrounds_are_read() -> None:
    assert canonical_background("in the woods") == "forest"
    assert canonical_background("a snowy field") == "snow"
    assert canonical_background("indoors") == "room"
    assert canonical_background("moon base") is None


def test_names_of_a_thing_are_true_of_it() -> None:
    for seed in range(40):
        for thing in make_scene(seed).things:
            names = names_of(thing)
            assert len(names) == len(set(names))
            assert {"thing", "objects", thing.noun} <= set(names)
            for name in names:
                phrase = canonical(name)
                assert phrase is not None
                assert describes(phrase, thing) is True, name


def test_what_is_not_known_of_a_thing_is_none() -> None:
    thing = replace(make_scene(1, spec=SHAPES).find("star")[0], colour=None, size=None)
    assert describes(Phrase("blue", None, "star"), thing) is None
    assert describes(Phrase(None, "big", "shape"), thing) is None
    assert describes(Phrase("blue", None, "dog"), thing) is False
    assert describes(Phrase(None, None, "shape"), thing) is True


# --- layouts -----------------------------------------------------------------------------------------------------


def test_scenes_depend_on_nothing_but_their_arguments() -> None:
    assert make_scene(5) == make_scene(5)
    assert len({make_scene(5, split).things for split in ("train", "val", "test")}) == 3


def test_pictures_have_many_sizes_and_formats() -> None:
    sizes = [(scene.width, scene.height) for scene in map(make_scene, range(400))]
    usual = {(320, 240), (360, 270), (400, 300), (384, 288), (480, 360), (320, 320), (400, 280)}
    assert 0.5 < np.mean([size in usual for size in sizes]) < 0.75
    assert min(width for width, _ in sizes) < 90
    assert max(width for width, _ in sizes) > 550
    assert all(64 <= side <= 640 for size in sizes for side in size)
    assert np.mean([height > width for width, height in sizes]) > 0.08
    given = make_scene(3, spec=replace(SHAPES, width=90, height=120))
    assert (given.width, given.height) == (90, 120)


def test_scenes_survive_json() -> None:
    for seed in range(30):
        scene = make_scene(seed, "val")
        assert Scene.from_json(json.dumps(scene.to_json())) == scene


def test_layouts_keep_their_promises() -> None:
    backgrounds, nouns = set(), set()
    for seed in range(300):
        scene = make_scene(seed)
        assert 2 <= len(scene.things) <= 10
        backgrounds.add(scene.background)
        for thing in scene.things:
            nouns.add(thing.noun)
            x1, y1, x2, y2 = thing.place
            assert 0 <= x1 < x2 <= scene.width
            assert 0 <= y1 < y2 <= scene.height
            assert thing.size == size_class(thing.box, scene.width, scene.height)
            assert thing.colour is None or thing.colour in COLOURS
            if thing.depth < SKY - 1:
                assert y2 > HORIZON * scene.height
                assert thing.depth == pytest.approx(ground_depth(y2, scene.height), abs=1e-3)
        for a, b in combinations(scene.things, 2):
            assert overlap(a.box, b.box) <= 0.25 * min(area(a.box), area(b.box)) + 1e-6
        depths = [thing.depth for thing in scene.things]
        assert depths == sorted(depths, reverse=True)
    assert backgrounds == set(BACKGROUNDS)
    assert len(nouns) > 250


def test_nearer_things_are_lower_and_tend_to_be_larger() -> None:
    things = [
        (t.depth, t.area / (s.width * s.height)) for s in map(make_scene, range(300)) for t in s.things if t.depth < 10
    ]
    depth, share = np.array(things).T
    assert np.corrcoef(depth, np.log(share))[0, 1] < -0.5


def test_held_out_pairs_are_shown_only_when_asked_for() -> None:
    assert len(HELD_OUT_PAIRS) > 20
    assert len({name for name, _ in HELD_OUT_PAIRS}) == len(HELD_OUT_PAIRS)  # no noun lacks two styles
    assert not any(held_out_pair(noun.name, style) for noun in NOUNS[:172] for style in STYLES)
    name, style = HELD_OUT_PAIRS[0]
    assert held_out_pair(name, style)
    with pytest.raises(KeyError):
        held_out_pair("unicorn", "noto")
    asked = [SceneSpec(things=[(name, None, 3)], style=style), SceneSpec(others=(4, 10), style=style)]
    for split in ("train", "val", "test"):
        scenes = [make_scene(seed, split, spec) for spec in asked for seed in range(60)]
        assert not any(held_out_pair(t.noun, t.style) for s in scenes for t in s.things if t.style in STYLES)
    unseen = [t for seed in range(60) for t in make_scene(seed, "test", SceneSpec(others=(4, 8), unseen=True)).things]
    pairs = [(t.noun, t.style) for t in unseen if t.style in STYLES and held_out_pair(t.noun, t.style)]
    assert len(pairs) > 0.4 * len(unseen)
    assert len(set(pairs)) > 20


def test_signs_bear_words_and_training_shows_none_of_the_others() -> None:
    spec = SceneSpec(things=[("sign", None, 1), ("banner", "blue", 1)], others=2)
    shown = {split: set() for split in ("train", "test")}  # type: ignore[var-annotated]
    for split, texts in shown.items():
        for seed in range(150):
            scene = make_scene(seed, split, spec)
            assert scene.width >= 240
            texts |= {thing.text for thing in scene.things if thing.text is not None}
            assert all((thing.text is not None) == (thing.noun in ("sign", "banner")) for thing in scene.things)
            assert not any(thing.flip for thing in scene.things if thing.text)
    assert not shown["train"] & shown["test"]
    assert min(map(len, shown.values())) > 25
    scene = make_scene(4, spec=replace(spec, texts=("Wet paint", "zoo")))
    assert [scene.find(name)[0].text for name in ("sign", "banner")] == ["WET PAINT", "ZOO"]
    assert Scene.from_json(scene.to_json()) == scene
    assert all("text" in thing for thing in scene.to_json()["things"] if thing["noun"] == "sign")


def test_scenes_of_before_there_were_texts_are_read() -> None:
    scene = make_scene(1, spec=SHAPES)
    assert not any("text" in thing for thing in scene.to_json()["things"])
    assert Scene.from_json(scene.to_json()) == scene


def test_a_spec_is_kept() -> None:
    spec = SceneSpec(
        things=[("muffin", None, 8), ("kid", None, 2), ("car", "red", 1, "big")],
        background="field",
        others=3,
        avoid=["animal"],
    )
    for seed in range(20):
        scene = make_scene(seed, "test", spec)
        assert scene.background == "field"
        assert len(scene.things) == 14
        assert len(scene.find("muffins")) == 8
        assert len(scene.find("kids")) == 2
        assert len(scene.find("big red cars")) == len(scene.find("cars")) == 1
        assert not scene.find("animals")


def test_others_may_not_even_possibly_match() -> None:
    spec = SceneSpec(things=[("dog", None, 1)], others=8, avoid=["red thing"])
    for seed in range(20):
        scene = make_scene(seed, "test", spec)
        others = [thing for thing in scene.things if thing.noun != "dog"]
        assert len(others) == 8
        assert all(thing.colour not in (None, "red") for thing in others)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (SceneSpec(things=[("unicorn", None, 1)]), "'unicorn' is not a noun"),
        (SceneSpec(things=[("dog", "turquoise", 1)]), "'turquoise' is not a colour"),
        (SceneSpec(things=[("dog", None, 1, "gigantic")]), "'gigantic' is not a size"),
        (SceneSpec(things=[("boy", "blue", 1)]), "boy is never shown in blue"),
        (SceneSpec(things=[("dog", None, 1)], background="moon"), "'moon' is not a background"),
        (SceneSpec(things=[("dog", None, 1)], style="oil"), "'oil' is not a style"),
        (SceneSpec(things=[("whale", None, 40, "big")]), "do not fit"),
        (SceneSpec(things=[("sign", None, 1)], texts=["CAFÉ"]), "cannot be put on a sign"),
        (SceneSpec(things=[("sign", None, 1)], texts=["far too long for it"]), "at most 14"),
        (SceneSpec(things=[("dog", None, 1)], texts=["zoo"]), "no sign or banner for 'ZOO'"),
    ],
)
def test_a_wrong_spec_is_refused_in_one_line(spec: SceneSpec, words: str) -> None:
    with pytest.raises(SceneError, match=re.escape(words)) as caught:
        make_scene(0, spec=spec)
    assert "\n" not in str(caught.value)


# --- pixels ------------------------------------------------------------------------------------------------------


def test_drawn_shapes_have_their_colour_box_and_depth() -> None:
    for seed in range(12):
        drawn = render(make_scene(seed, "test", SHAPES), Art.none())
        scene = drawn.scene
        assert drawn.image.shape == (scene.height, scene.width, 3)
        assert drawn.image.dtype == np.uint8
        for thing, mask in zip(scene.things, drawn.masks, strict=True):
            rows, columns = np.nonzero(mask)
            assert thing.box == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            assert np.allclose(drawn.depth[mask], thing.depth)
            middle = np.median(drawn.image[mask], axis=0)
            nearest = min(COLOURS, key=lambda name: float(np.abs(middle - COLOURS[name]).sum()))
            assert nearest == thing.colour
        assert np.all(sum(mask.astype(int) for mask in drawn.masks) <= 1)


@pytest.mark.parametrize("name", ["sign", "banner"])
@pytest.mark.parametrize("colour", ["white", "black", "yellow", "blue", "gray"])
def test_a_text_is_drawn_on_its_board(name: str, colour: str) -> None:
    spec = SceneSpec(things=[(name, colour, 1)], background="field", texts=["ZOO"], width=320, height=240)
    drawn = render(make_scene(2, "test", spec), Art.none())
    other = render(make_scene(2, "test", replace(spec, texts=["FARM"])), Art.none())
    (thing,) = drawn.scene.things
    assert (thing.text, thing.colour) == ("ZOO", colour)
    assert thing.box == other.scene.things[0].box
    assert not np.array_equal(drawn.image, other.image)
    board = drawn.image[drawn.masks[0]].astype(int)
    near = np.abs(board - COLOURS[colour]).sum(1) < 60
    assert 0.4 < near.mean() < 0.95
    assert (np.abs(board - COLOURS[colour]).sum(1) > 250).mean() > 0.05  # the letters


def test_rectangles_and_ovals_are_not_squares_and_circles() -> None:
    for seed in range(10):
        scene = make_scene(
            seed, "test", SceneSpec(things=[("rectangle", None, 2), ("oval", None, 2), ("square", None, 1)])
        )
        for thing in scene.things:
            x1, y1, x2, y2 = thing.place
            stretched = max((x2 - x1) / (y2 - y1), (y2 - y1) / (x2 - x1))
            assert (stretched > 1.3) == (thing.noun != "square")


def test_drawing_is_deterministic_and_backgrounds_differ() -> None:
    spec = replace(SHAPES, width=320, height=240)
    first = [render(make_scene(3, "test", replace(spec, background=b)), Art.none()).image for b in BACKGROUNDS]
    again = [render(make_scene(3, "test", replace(spec, background=b)), Art.none()).image for b in BACKGROUNDS]
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one, other)
    for one, other in combinations(first, 2):
        assert np.abs(one.astype(int) - other).mean() > 4


def test_missing_art_is_said() -> None:
    scene = make_scene(0, spec=SceneSpec(things=[("dog", None, 1)]))
    with pytest.raises(ArtError, match=r"'dog'.*models\.embedded\.world\.art"):
        render(scene, Art.none())
    with pytest.raises(ArtError, match="prepare the art"):
        Art.load("/nonexistent")


def test_pieces_are_known_for_every_noun_and_style() -> None:
    table = pieces()
    for noun in NOUNS:
        for art in noun.art:
            for style in STYLES:
                aspect, colour = table[style, art]
                assert 0.2 < aspect < 5
                assert colour is None or colour in COLOURS
    assert table["fluent", "1f34c"][1] == "yellow"


def test_natural_colours_are_measured() -> None:
    sprite = np.zeros((10, 10, 4), np.uint8)
    sprite[..., 3] = 255
    sprite[..., :3] = (220, 30, 30)
    assert natural_colour(sprite) == "red"
    sprite[:4, :, :3] = (40, 90, 220)
    assert natural_colour(sprite) is None


def test_a_package_with_another_licence_is_refused(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    for source in art_module.SOURCES.values():
        package = tmp_path / source.file_name / "package"
        package.mkdir(parents=True)
        (package / "package.json").write_text(json.dumps({"license": "GPL-3.0", "version": source.version}))
    monkeypatch.setattr(art_module, "PIECES", tmp_path / "pieces.json")
    with pytest.raises(ArtError, match=r"declares licence GPL-3\.0"):
        art_module.prepare(tmp_path / "out", unpacked=tmp_path)
    assert not (tmp_path / "pieces.json").exists()


@needs_art
def test_drawn_art_fills_its_box_and_tints_are_true() -> None:
    art = Art.load()
    for seed in range(60):
        drawn = render(make_scene(seed, "val"), art)
        for thing, mask in zip(drawn.scene.things, drawn.masks, strict=True):
            assert mask.sum() > 0.12 * thing.area, thing
            if thing.tinted and thing.colour in ("red", "green", "blue", "purple", "black", "white"):
                middle = np.median(drawn.image[mask].astype(int), axis=0)
                nearest = min(COLOURS, key=lambda name: float(np.abs(middle - COLOURS[name]).sum()))
                assert nearest in (thing.colour, "brown" if thing.colour in ("red", "black") else thing.colour), thing


# --- gallery -----------------------------------------------------------------------------------------------------


def test_the_gallery_is_complete_and_small() -> None:
    gallery = load_gallery()
    assert [item.name for item in gallery] == [entry.name for entry in ENTRIES]
    assert len(gallery) >= 24
    assert gallery[0].name == "muffins_and_kids"
    assert gallery[0].questions[0].answer == "4"
    assert {item.scene.background for item in gallery} == set(BACKGROUNDS)
    for item in gallery:
        assert item.path.stat().st_size <= 15 * 1024
        assert 1 <= len(item.questions) <= 3
    answers = [question.answer for item in gallery for question in item.questions]
    assert answers.count(None) >= 3


def test_gallery_answers_follow_from_its_ground_truth() -> None:
    scenes = {item.name: item.scene for item in load_gallery()}
    for entry in ENTRIES:
        item = gallery_item(entry.name)
        for question, stored in zip(entry.questions, item.questions, strict=True):
            assert stored.question == question.text
            assert stored.answer == answer(question, entry.name, scenes)
            assert stored.pictures == (entry.name, *question.also)
        for name, colour, count, *size in entry.spec.things:
            words = " ".join(filter(None, (*size, colour, name)))
            assert len(item.scene.find(words)) == count, (entry.name, words)


def test_gallery_pictures_fit_their_ground_truth() -> None:
    for item in load_gallery():
        assert (item.picture.width, item.picture.height) == (item.scene.width, item.scene.height)
        truth = item.truth
        for thing, mask in zip(item.scene.things, truth.masks, strict=True):
            rows, columns = np.nonzero(mask)
            assert thing.box == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1), (item.name, thing.noun)
            x1, y1, x2, y2 = (int(v) for v in thing.box)
            inside, around = truth.image[mask].astype(int).mean(0), truth.image[y1:y2, x1:x2][~mask[y1:y2, x1:x2]]
            if len(around) > 200:
                # A thing must be seen: what is in the mask differs from what is around it.
                assert np.abs(inside - around.astype(int).mean(0)).sum() > 12, (item.name, thing.noun)


def test_masks_survive_run_lengths() -> None:
    generator = np.random.default_rng(0)
    for mask in (generator.random((7, 9)) < 0.4, np.zeros((3, 4), bool), np.ones((3, 4), bool)):
        assert np.array_equal(decode_mask(encode_mask(mask), mask.shape[1], mask.shape[0]), mask)


@needs_art
def test_the_gallery_is_made_again_alike(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from models.embedded.gallery import FOLDER as SHIPPED
    from models.embedded.world.gallery import make

    make(tmp_path, Art.load())
    assert (tmp_path / "gallery.json").read_text() == (SHIPPED / "gallery.json").read_text()
