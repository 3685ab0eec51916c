import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.loading import CheckpointError
from models.picture import Region
from models.requests import Mask, Segment
from models.segmenter import Segmenter
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
