"""Training of the embedded depth estimator on the exact depth of scenes."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.embedded.depth import SIDE, SightDepthConfig, SightDepthForDepthEstimation, image_processor
from models.embedded.detector import SightDetectorForObjectDetection
from models.embedded.training.scenes import endless, normalise
from models.embedded.training.timed import Batch, Recipe, save
from models.embedded.world.art import Art

PICTURES = 12
"""In a batch."""
THINGS = 3.0
"""Weight of a pixel of a thing; one of the ground or the sky has 1."""


class Batches:
    """Endless batches of pictures and their depth, resized to the square."""

    def __init__(self, art: Art, seed: int, pictures: int = PICTURES) -> None:
        self.samples = endless(art, seed)
        self.pictures = pictures

    def __iter__(self) -> Iterator[Batch]:
        while True:
            samples = [next(self.samples) for _ in range(self.pictures)]
            images = [cv2.resize(sample.image, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for sample in samples]
            depths = [cv2.resize(s.rendered.depth, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST) for s in samples]
            owners = [cv2.resize(s.rendered.owner, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST) for s in samples]
            yield {
                "pixel_values": normalise(torch.from_numpy(np.stack(images))),
                "depth": torch.from_numpy(np.stack(depths)),
                "weight": torch.from_numpy(np.where(np.stack(owners) >= 0, THINGS, 1.0).astype(np.float32)),
            }


def losses(model: nn.Module, batch: Batch, progress: float) -> dict[str, Tensor]:
    """The absolute error, smooth near zero; `_things` is the mean absolute error on things."""
    predicted = model(batch["pixel_values"]).predicted_depth
    weight, depth = batch["weight"], batch["depth"]
    error = F.smooth_l1_loss(predicted, depth, beta=0.1, reduction="none")
    things = weight > 1
    measured = (predicted.detach() - depth).abs()[things].mean() if things.any() else error.new_zeros(())
    return {"depth": (error * weight).sum() / weight.sum(), "_things": measured}


def export(model: nn.Module, record: dict[str, Any], folder: Path) -> None:
    """Write the weights, in half precision, and the processor."""
    save(model, folder)
    image_processor().save_pretrained(folder)
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def recipe(art: Art, weights: Path, seed: int) -> Recipe:
    """The depth estimator's recipe. It starts from the detector's pyramid, which must have been trained before."""
    model = SightDepthForDepthEstimation(SightDepthConfig())
    detector = SightDetectorForObjectDetection.from_pretrained(weights.parent / "detector")
    model.pyramid.load_state_dict(detector.proposals.state_dict(), strict=False)
    return Recipe(model, Batches(art, seed), losses, partial(export, folder=weights), rate=1.5e-3)
