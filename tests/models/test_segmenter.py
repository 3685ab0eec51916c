import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.loading import CheckpointError
from models.picture import Region
from models.requests import Mask, Segment, SpecialistError
from models.segmenter import Segmenter, window
from tests.models import tiny

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sam") / "tiny.pth"
    torch.save(tiny.sam().state_dict(), file)
    return file


@pytest.fixture
def load(weights: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    import segment_anything

    # The registry's own sizes are hundreds of megabytes; everything else is the ordinary way.
    monkeypatch.setitem(segment_anything.sam_model_registry, "vit_b", tiny.sam)
    return lambda **options: Segmenter.load(weights, CPU, torch.float32, model="vit_b", **options)


def requests() -> list[Segment]:
    one, wide = tiny.picture(1), tiny.picture(2, 80, 40)
    return [
        Segment(Region(one, (5, 5, 30, 40))),
        Segment(wide.whole),
        Segment(Region(one, (20, 10, 60, 30))),
        Segment(Region(wide, (1, 1, 2, 2))),
    ]


def same(a: Any, b: Any) -> None:
    assert isinstance(a, Mask)
    assert isinstance(b, Mask)
    assert a.score == pytest.approx(b.score, abs=1e-5)
    assert (a.pixels != b.pixels).mean() < 0.001


def test_masks_have_the_size_of_the_picture(load: Any) -> None:
    for request, mask in zip(requests(), load().run(requests()), strict=True):
        assert mask.pixels.dtype == np.bool_
        assert mask.pixels.shape == (request.region.picture.height, request.region.picture.width)
        assert 0 <= mask.score <= 1


def test_masks_are_those_of_the_packages_predictor(load: Any) -> None:
    from segment_anything import SamPredictor

    segmenter = load()
    predictor = SamPredictor(segmenter.sam)
    for request in requests():
        predictor.set_image(np.asarray(request.region.picture.image))
        masks, quality, _ = predictor.predict(box=np.array(request.region.box), multimask_output=False)
        same(segmenter.run([request])[0], Mask(masks[0], min(max(float(quality[0]), 0.0), 1.0)))


def test_a_batch_gives_what_single_calls_give(load: Any) -> None:
    for options in ({}, {"batch_size": 4}, {"boxes": 1}, {"cache_mb": 0}):
        for request, mask in zip(requests(), load(**options).run(requests()), strict=True):
            same(mask, load().run([request])[0])


def test_a_point_gives_the_packages_best_mask(load: Any) -> None:
    from segment_anything import SamPredictor

    segmenter = load()
    predictor = SamPredictor(segmenter.sam)
    for point in ((12.0, 30.0), (40.5, 7.5)):
        picture = tiny.picture(1)
        predictor.set_image(np.asarray(picture.image))
        masks, quality, _ = predictor.predict(point_coords=np.array([point]), point_labels=np.array([1]))
        best = int(quality.argmax())
        same(
            segmenter.run([Segment(picture.whole, point)])[0],
            Mask(masks[best], min(max(float(quality[best]), 0.0), 1.0)),
        )


def test_boxes_and_points_are_answered_together(load: Any) -> None:
    for zoom in (None, 1.4):
        asked = [
            *requests(),
            Segment(tiny.picture(1).whole, (12.0, 30.0)),
            Segment(tiny.picture(2, 80, 40).whole, (1, 1)),
        ]
        told = load(zoom=zoom, batch_size=4).run(asked)
        for request, mask in zip(asked, told, strict=True):
            same(mask, load(zoom=zoom).run([request])[0])
            assert mask.pixels.shape == (request.region.picture.height, request.region.picture.width)


def test_a_point_outside_the_picture_is_refused_alone(load: Any) -> None:
    wrong = Segment(tiny.picture(1).whole, (64.0, 3.0))
    told = load().run([requests()[0], wrong])
    assert isinstance(told[0], Mask)
    assert isinstance(told[1], SpecialistError)
    assert "outside the picture (64 x 48)" in str(told[1])


def test_zoom_finds_nothing_outside_its_window(load: Any) -> None:
    picture, box = tiny.picture(1), (20.0, 10.0, 30.0, 22.0)
    left, top, right, bottom = window(box, (48, 64), 1.5)
    pixels = load(zoom=1.5).run([Segment(Region(picture, box))])[0].pixels.copy()
    pixels[top:bottom, left:right] = False
    assert not pixels.any()


@pytest.mark.parametrize(
    ("box", "zoom", "expected"),
    [
        ((20, 10, 30, 22), 1.0, (20, 10, 30, 22)),
        ((20, 10, 30, 22), 1.5, (17, 7, 33, 25)),
        ((0.5, 0.5, 63.5, 47.5), 1.4, (0, 0, 64, 48)),
        ((63, 47, 63.2, 47.2), 1.0, (63, 47, 64, 48)),
    ],
)
def test_window(box: Any, zoom: float, expected: tuple[int, ...]) -> None:
    assert window(box, (48, 64), zoom) == expected


def test_embeddings_are_kept(load: Any) -> None:
    segmenter = load(batch_size=4)
    segmenter.run(requests())
    assert segmenter.last_forward == 2
    segmenter.run([Segment(Region(tiny.picture(1), (0, 0, 9, 9)))])
    assert segmenter.last_forward == 0


def test_bad_checkpoints(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import segment_anything

    with pytest.raises(CheckpointError, match=r"say in the preset which SAM it is"):
        Segmenter.load(weights, CPU, torch.float32)
    with pytest.raises(CheckpointError, match=r"config\.json"):
        Segmenter.load(tmp_path, CPU, torch.float32)
    monkeypatch.setitem(segment_anything.sam_model_registry, "vit_b", tiny.sam)
    broken = tmp_path / "broken.pth"
    broken.write_bytes(os.urandom(100))
    with pytest.raises(CheckpointError, match="not weights of this SAM"):
        Segmenter.load(broken, CPU, torch.float32, model="vit_b")
    torch.save({"x": torch.zeros(1)}, broken)
    with pytest.raises(CheckpointError, match="not weights of this SAM"):
        Segmenter.load(broken, CPU, torch.float32, model="vit_b")
