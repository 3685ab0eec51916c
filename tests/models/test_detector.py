from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from models.detector import Detector, clipped
from models.picture import Region, area, overlap
from models.requests import Detect, Detection, SpecialistError
from tests.models import tiny

CPU = torch.device("cpu")
ARCHITECTURES = [("owl", 1), ("owl", 2), ("grounding_dino",), ("sight_detector",)]


@pytest.fixture(params=ARCHITECTURES, ids=lambda which: "-".join(map(str, which)))
def folder(request: pytest.FixtureRequest, checkpoint: Callable[..., Path]) -> Path:
    return checkpoint(*request.param)


def load(folder: Path, **options: Any) -> Detector:
    return Detector.load(folder, CPU, torch.float32, **{"threshold": 0.0, "nms": 1.0, **options})


def same(a: list[Detection], b: list[Detection]) -> None:
    assert len(a) == len(b)
    for x, y in zip(a, b, strict=True):
        assert x.score == pytest.approx(y.score, abs=1e-5)
        assert x.box == pytest.approx(y.box, abs=1e-3)


def requests() -> list[Detect]:
    small, wide = tiny.picture(1), tiny.picture(2, 80, 40)
    asked = ((small, "dog"), (wide, "cat"), (small, "a red cat"), (wide, "dog"))
    return [Detect(picture.whole, phrase) for picture, phrase in asked]


def test_detections_lie_in_the_picture_by_falling_score(folder: Path) -> None:
    detector = load(folder)
    for request, found in zip(requests(), detector.run(requests()), strict=True):
        assert isinstance(found, list)
        assert found
        width, height = request.region.picture.image.size
        scores = [detection.score for detection in found]
        assert scores == sorted(scores, reverse=True)
        for detection in found:
            x1, y1, x2, y2 = detection.box
            assert 0 <= x1 < x2 <= width
            assert 0 <= y1 < y2 <= height
            assert 0 <= detection.score <= 1


def test_a_batch_gives_what_single_calls_give(folder: Path) -> None:
    together = load(folder).run(requests())
    for request, found in zip(requests(), together, strict=True):
        same(found, load(folder).run([request])[0])


def test_small_passes_give_what_large_ones_give(folder: Path) -> None:
    for a, b in zip(load(folder, batch_size=1).run(requests()), load(folder).run(requests()), strict=True):
        same(a, b)


def test_seen_pictures_and_phrases_are_not_computed_again(folder: Path) -> None:
    detector = load(folder)
    first = detector.run(requests())
    assert detector.last_forward >= 1
    assert detector.run(requests()) == first
    assert detector.last_forward == 0


@pytest.mark.parametrize("name", [("owl", 1), ("owl", 2), ("sight_detector",)])
def test_a_new_phrase_in_a_seen_picture_needs_no_pass_over_it(
    name: tuple[Any, ...], checkpoint: Callable[..., Path]
) -> None:
    detector = load(checkpoint(*name))
    passes = []
    embed = detector._embed_pictures
    detector._embed_pictures = lambda inputs: (  # type: ignore[method-assign]
        passes.append(len(inputs["pixel_values"])) or embed(inputs)
    )
    picture = tiny.picture(1)
    detector.run([Detect(picture.whole, "dog"), Detect(picture.whole, "cat")])
    assert passes == [1]
    detector.run([Detect(picture.whole, "horse")])
    assert passes == [1]
    assert detector.last_forward == 0


def test_owl_features_apart_give_what_the_whole_model_gives(checkpoint: Callable[..., Path]) -> None:
    detector = load(checkpoint("owl", 2), prompt="{}", max_detections=1000)
    picture = tiny.picture(2, 80, 40)
    inputs = detector.processor(images=picture.image, text=[["cat"]], padding="max_length", return_tensors="pt")
    with torch.no_grad():
        outputs = detector.model(**inputs)
    process = detector.processor.post_process_grounded_object_detection
    (stock,) = process(outputs, threshold=0.0, target_sizes=[(40, 80)])
    order = stock["scores"].argsort(descending=True)
    expected = [
        Detection(clipped(tuple(box), (0, 0, 80, 40)), score)
        for box, score in zip(stock["boxes"][order].tolist(), stock["scores"][order].tolist(), strict=True)
    ]
    expected = [d for d in expected if d.box[2] - d.box[0] >= 1 and d.box[3] - d.box[1] >= 1]
    found = detector.run([Detect(picture.whole, "cat")])[0]
    assert len(found) > 3
    same(found, expected)


def test_look_picture_keeps_what_lies_at_least_half_in_the_region(folder: Path) -> None:
    detector = load(folder)
    picture = tiny.picture(1)
    region = Region(picture, (0, 0, 40, 30))
    everywhere, inside = detector.run([Detect(picture.whole, "dog"), Detect(region, "dog")])
    expected = [d for d in everywhere if overlap(d.box, region.box) >= 0.5 * area(d.box)]
    assert len(expected) < len(everywhere)
    assert [d.score for d in inside] == [d.score for d in expected]
    for detection in inside:
        assert detection.box == clipped(detection.box, region.box)


def test_look_region_maps_boxes_back_to_the_picture(folder: Path) -> None:
    detector = load(folder, look="region")
    picture = tiny.picture(1)
    region = Region(picture, (20, 12, 60, 44))
    cut_out = type(picture).from_image(region.crop())
    in_region, alone = detector.run([Detect(region, "dog"), Detect(cut_out.whole, "dog")])
    assert in_region
    moved = [(d.box[0] + 20, d.box[1] + 12, d.box[2] + 20, d.box[3] + 12) for d in alone]
    same(in_region, [Detection(box, d.score) for box, d in zip(moved, alone, strict=True)])


def test_threshold_and_suppression(folder: Path) -> None:
    picture = tiny.picture(1)
    found = load(folder).run([Detect(picture.whole, "dog")])[0]
    middle = (found[0].score + found[-1].score) / 2
    strict = load(folder, threshold=middle).run([Detect(picture.whole, "dog")])[0]
    same(strict, [d for d in found if d.score > middle])
    apart = load(folder, nms=0.1).run([Detect(picture.whole, "dog")])[0]
    assert 0 < len(apart) <= len(found)
    assert len(load(folder, max_detections=2).run([Detect(picture.whole, "dog")])[0]) == 2


def test_one_pixel_regions_and_empty_phrases(folder: Path) -> None:
    detector = load(folder, look="region")
    picture = tiny.picture(1)
    sliver, empty, fine = detector.run(
        [Detect(Region(picture, (5, 0, 6, 48)), "dog"), Detect(picture.whole, "  "), Detect(picture.whole, "dog. cat")]
    )
    assert isinstance(sliver, list)
    assert isinstance(empty, SpecialistError)
    assert isinstance(fine, list)


def test_threshold_of_the_checkpoint(checkpoint: Callable[..., Path]) -> None:
    folder = checkpoint("sight_detector")
    assert Detector.load(folder, CPU, torch.float32).threshold == 0.0
    assert Detector.load(checkpoint("owl", 2), CPU, torch.float32).threshold == 0.2


def test_a_cache_too_small_changes_nothing(folder: Path) -> None:
    for a, b in zip(load(folder, cache_mb=0).run(requests()), load(folder).run(requests()), strict=True):
        same(a, b)
