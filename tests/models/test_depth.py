from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from models.depth import DepthEstimator
from models.requests import Depth
from tests.models import tiny

CPU = torch.device("cpu")


def load(folder: Path, **options: object) -> DepthEstimator:
    return DepthEstimator.load(folder, CPU, torch.float32, **options)


def requests() -> list[Depth]:
    sizes = ((1, 64, 48), (2, 80, 40), (3, 64, 48), (4, 1, 60))
    return [Depth(tiny.picture(*size)) for size in sizes]


def test_maps_have_the_size_of_the_picture(checkpoint: Callable[..., Path]) -> None:
    estimator = load(checkpoint("depth_anything"))
    for request, depth in zip(requests(), estimator.run(requests()), strict=True):
        assert depth.shape == (request.picture.height, request.picture.width)
        assert depth.dtype == np.float32
        assert np.isfinite(depth).all()
    assert estimator.last_forward == 2
    estimator.run(requests())
    assert estimator.last_forward == 0


def test_a_batch_gives_what_single_calls_give(checkpoint: Callable[..., Path]) -> None:
    folder = checkpoint("depth_anything")
    for request, depth in zip(requests(), load(folder).run(requests()), strict=True):
        assert depth == pytest.approx(load(folder).run([request])[0], abs=1e-5)


def test_larger_is_farther_for_disparity_too(checkpoint: Callable[..., Path]) -> None:
    folder = checkpoint("depth_anything")
    given = load(folder).run(requests()[:1])[0]
    turned = load(folder, orientation="disparity").run(requests()[:1])[0]
    assert given.std() > 0
    assert turned == pytest.approx(given.max() - given, abs=1e-6)
    assert turned.min() == 0
