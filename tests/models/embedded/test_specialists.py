"""The shipped checkpoints: they load as any checkpoint does, are small, and see what the gallery shows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.clip import Clip
from models.embedded.gallery import GalleryItem, load_gallery
from models.embedded.training import clip, depth, detector, segmenter, vlm
from models.embedded.training.timed import TimedTrainer
from models.embedded.world.art import Art, ArtError
from models.picture import Picture, Region, iou
from models.presets import Kit, load_preset
from models.requests import Ask, Depth, Detect, Match, Segment
from models.vlm import Vlm

WEIGHTS = Path("models/embedded/weights").resolve()
ROLES = ("detector", "clip", "segmenter", "vlm", "depth")
MIB = 1 << 20


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit(load_preset("embedded"), device="cpu")


@pytest.fixture(scope="module")
def gallery() -> dict[str, GalleryItem]:
    return {item.name: item for item in load_gallery()}


@pytest.mark.parametrize("role", ROLES)
def test_weights_are_small_and_their_training_is_recorded(role: str) -> None:
    files = list((WEIGHTS / role).iterdir())
    assert {"config.json", "model.safetensors", "training.json"} <= {file.name for file in files}
    assert max(file.stat().st_size for file in files) <= 16 * MIB
    record = json.loads((WEIGHTS / role / "training.json").read_text())
    assert record["steps"] > 0


def test_all_weights_together_are_small() -> None:
    assert sum(f.stat().st_size for role in ROLES for f in (WEIGHTS / role).iterdir()) < 35 * MIB


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("muffins_and_kids", "muffins"),
        ("muffins_and_kids", "kid"),
        ("farm", "sheep"),
        ("farm", "animals"),
        ("farm", "red tractor"),
        ("fruit", "apples"),
    ],
)
def test_detector_finds_all_that_a_phrase_names(
    kit: Kit, gallery: dict[str, GalleryItem], name: str, phrase: str
) -> None:
    item = gallery[name]
    true = [thing.box for thing in item.scene.find(phrase)]
    found = [d.box for d in kit["detector"].run([Detect(item.picture.whole, phrase)])[0]]
    assert len(true) > 0
    assert len(found) == len(true)
    assert all(max(iou(box, other) for other in true) > 0.6 for box in found)


def test_detector_counts_nearly_everything(kit: Kit, gallery: dict[str, GalleryItem]) -> None:
    asked = [(item, noun) for item in gallery.values() for noun in sorted({t.noun for t in item.scene.things})]
    found = kit["detector"].run([Detect(item.picture.whole, noun) for item, noun in asked])
    right = [len(boxes) == len(item.scene.find(noun)) for boxes, (item, noun) in zip(found, asked, strict=True)]
    assert np.mean(right) > 0.9


def test_detector_finds_little_that_is_not_there(kit: Kit, gallery: dict[str, GalleryItem]) -> None:
    words = ("elephant", "guitar", "snowman", "pizza", "unicorn", "stapler")
    asked = [(item, word) for item in gallery.values() for word in words if not item.scene.find(word)]
    found = kit["detector"].run([Detect(item.picture.whole, word) for item, word in asked])
    assert sum(bool(detections) for detections in found) <= 0.05 * len(asked)


def test_clip_names_things_colours_and_places(kit: Kit, gallery: dict[str, GalleryItem]) -> None:
    names = tuple(sorted({thing.noun for item in gallery.values() for thing in item.scene.things}))
    things = [(Region(item.picture, t.box), t) for item in gallery.values() for t in item.scene.things]
    scores = kit["clip"].run([Match(region, names) for region, _ in things])
    right = [names[int(np.argmax(s))] == thing.noun for s, (_, thing) in zip(scores, things, strict=True)]
    assert np.mean(right) > 0.85
    places = ("beach", "snow", "night", "forest", "city", "desert", "field", "room")
    settings = kit["clip"].run([Match(item.picture.whole, places) for item in gallery.values()])
    right = [places[int(np.argmax(s))] == i.scene.background for s, i in zip(settings, gallery.values(), strict=True)]
    assert np.mean(right) > 0.85


def test_vlm_says_what_it_sees(kit: Kit, gallery: dict[str, GalleryItem]) -> None:
    things = [(Region(item.picture, t.box), t) for item in gallery.values() for t in item.scene.things]
    said = kit["vlm"].run([Ask(region, "what is this?") for region, _ in things])
    assert np.mean([answer == thing.noun for answer, (_, thing) in zip(said, things, strict=True)]) > 0.75
    coloured = [(region, thing.colour) for region, thing in things if thing.colour]
    said = kit["vlm"].run([Ask(region, "what color is it?") for region, _ in coloured])
    assert np.mean([answer == colour for answer, (_, colour) in zip(said, coloured, strict=True)]) > 0.75
    places = kit["vlm"].run([Ask(item.picture.whole, "what is the background?") for item in gallery.values()])
    assert np.mean([a == i.scene.background for a, i in zip(places, gallery.values(), strict=True)]) > 0.75


def test_segmenter_cuts_things_out(kit: Kit, gallery: dict[str, GalleryItem]) -> None:
    item = gallery["muffins_and_kids"]
    masks = kit["segmenter"].run([Segment(Region(item.picture, thing.box)) for thing in item.scene.things])
    ious = [(m.pixels & true).sum() / (m.pixels | true).sum() for m, true in zip(masks, item.truth.masks, strict=True)]
    assert np.mean(ious) > 0.7


def test_depth_knows_what_is_farther(kit: Kit, gallery: dict[str, GalleryItem]) -> None:
    right = []
    for item in gallery.values():
        depth_map = kit["depth"].run([Depth(item.picture)])[0]
        assert depth_map.shape == (item.picture.height, item.picture.width)
        middles = [
            float(np.median(depth_map[int(t.box[1]) : int(t.box[3]), int(t.box[0]) : int(t.box[2])]))
            for t in item.scene.things
        ]
        true = [thing.depth for thing in item.scene.things]
        for i in range(len(true)):
            right += [(middles[i] > middles[j]) == (true[i] > true[j]) for j in range(i) if abs(true[i] - true[j]) > 1]
    assert np.mean(right) > 0.85


def test_sizes_that_nobody_expects_are_no_error(kit: Kit) -> None:
    for size in ((1, 1), (3, 400), (700, 20)):
        picture = Picture.from_image(np.full((*size, 3), 90, np.uint8))
        assert isinstance(kit["detector"].run([Detect(picture.whole, "dog")])[0], list)
        assert len(kit["clip"].run([Match(picture.whole, ("dog", "cat"))])[0]) == 2
        assert isinstance(kit["vlm"].run([Ask(picture.whole, "what is this?")])[0], str)
        assert kit["depth"].run([Depth(picture)])[0].shape == size
        assert kit["segmenter"].run([Segment(picture.whole)])[0].pixels.shape == size


def test_whole_pictures_are_given_larger_alone_or_beside_regions(gallery: dict[str, GalleryItem]) -> None:
    one, other = gallery["farm"].picture, gallery["fruit"].picture
    region = Region(one, gallery["farm"].scene.things[0].box)
    cpu = torch.device("cpu")
    small, large = (Clip.load(WEIGHTS / "clip", cpu, torch.float32, whole=side) for side in (None, 64))
    asked = [Match(one.whole, ("a dog", "beach")), Match(region, ("a dog",)), Match(other.whole, ("a dog",))]
    together = large.run(asked)
    for scores, request in zip(together, asked, strict=True):
        alone = Clip.load(WEIGHTS / "clip", cpu, torch.float32, whole=64).run([request])[0]
        assert scores == pytest.approx(alone, abs=1e-3)
    assert together[1] == pytest.approx(small.run(asked)[1], abs=1e-3)
    assert together[0] != pytest.approx(small.run(asked)[0], abs=1e-3)
    vlm_options: dict[str, Any] = {"prompt": "{}", "batch_size": 4, "whole": 64}
    told = Vlm.load(WEIGHTS / "vlm", cpu, torch.float32, **vlm_options)
    questions = [Ask(one.whole, "what is the background?"), Ask(region, "what is this?"), Ask(other.whole, "name this")]
    alone_answers = [Vlm.load(WEIGHTS / "vlm", cpu, torch.float32, **vlm_options).run([q])[0] for q in questions]
    assert told.run(questions) == alone_answers


@pytest.mark.parametrize("module", [detector, clip, vlm, segmenter, depth], ids=lambda module: module.__name__)
def test_every_recipe_trains_and_exports(module: object, tmp_path: Path) -> None:
    try:
        art = Art.load()
    except ArtError as error:
        pytest.skip(str(error))
    weights = tmp_path / "weights"
    weights.mkdir()
    role = module.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
    for other in ("detector", "clip"):
        if other != role:
            (weights / other).symlink_to(WEIGHTS / other)
    recipe = module.recipe(art, weights / role, seed=1)  # type: ignore[attr-defined]
    before = {name: value.clone() for name, value in recipe.model.state_dict().items()}
    TimedTrainer(recipe, tmp_path / "run", minutes=5, steps=2).run()
    changed = [name for name, value in recipe.model.state_dict().items() if not torch.equal(value, before[name])]
    assert len(changed) > 0.3 * len(before)
    assert (weights / role / "model.safetensors").stat().st_size < 16 * MIB
    assert json.loads((weights / role / "training.json").read_text())["steps"] == 2
