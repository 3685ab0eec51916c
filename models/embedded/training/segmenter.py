"""Training of the embedded SAM on the visible masks of things, prompted by boxes and by points."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from models.embedded.detector import SightDetectorForObjectDetection
from models.embedded.segmenter import CONFIG, build_sam
from models.embedded.training.scenes import endless, fit, stack
from models.embedded.training.timed import Batch, Recipe
from models.embedded.world.art import Art
from models.picture import Box
from models.segmenter import decode, window

BOXES = 24
"""Things in a batch that are prompted by a box."""
POINTS = 12
"""And by a point."""


class Batches:
    """Endless batches: windows of pictures, a prompt in each, and its mask at the decoder's resolution.

    Args:
        boxes: windows prompted by a box; they are those that the segmenter cuts out for it.
        points: windows prompted by a point; the thing is anything from nearly all to an eighth of them.
    """

    def __init__(
        self, art: Art, seed: int, side: int = CONFIG["image_size"], boxes: int = BOXES, points: int = POINTS
    ) -> None:
        self.samples = endless(art, seed)
        self.random = np.random.default_rng(seed)
        self.side = side
        self.boxes = boxes
        self.points = points

    def __iter__(self) -> Iterator[Batch]:
        while True:
            yield self.batch()

    def batch(self) -> Batch:
        things = self._things()
        boxed = [self._boxed(*next(things)) for _ in range(self.boxes)]
        pointed = [self._pointed(*next(things)) for _ in range(self.points)]
        images, prompts, masks = zip(*boxed, *pointed, strict=True)
        pixels, _ = stack(list(images))
        square = torch.zeros(len(images), 3, self.side, self.side)
        square[:, :, : pixels.shape[2], : pixels.shape[3]] = pixels
        return {
            "pixels": square,
            "boxes": torch.from_numpy(np.stack(prompts[: self.boxes])),
            "points": torch.from_numpy(np.stack(prompts[self.boxes :])),
            "masks": torch.from_numpy(np.stack(masks)),
        }

    def _things(self) -> Iterator[tuple[np.ndarray, Box, np.ndarray]]:
        """Pictures, boxes of things in them, visible masks."""
        while True:
            sample = next(self.samples)
            for thing, mask in zip(sample.things, sample.rendered.masks, strict=True):
                if mask.any():
                    yield sample.image, thing.box, mask

    def _boxed(self, image: np.ndarray, box: Box, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        box = self._jittered(box)
        (picture, seen), (left, top, factor) = self._cut(image, mask, window(box, image.shape[:2], CONFIG["zoom"]))
        return picture, (np.array(box, np.float32) - np.array([left, top] * 2, np.float32)) * np.float32(factor), seen

    def _pointed(self, image: np.ndarray, box: Box, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        x, y = self._point(mask)
        if self.random.random() < 0.5:  # a first look: the point in the middle
            reach = max(box[2] - box[0], box[3] - box[1]) * np.exp(self.random.uniform(np.log(1.2), np.log(4.0)))
            around = window((x - reach, y - reach, x + reach, y + reach), image.shape[:2], 1.0)
        else:  # a second one: the window fits the thing
            around = window(self._jittered(box), image.shape[:2], float(self.random.uniform(1.3, 2.2)))
        (picture, seen), (left, top, factor) = self._cut(image, mask, around)
        return picture, np.array([(x - left) * factor, (y - top) * factor], np.float32), seen

    def _cut(
        self, image: np.ndarray, mask: np.ndarray, around: tuple[int, int, int, int]
    ) -> tuple[tuple[np.ndarray, np.ndarray], tuple[float, float, float]]:
        """A window of picture and mask in the model's scale; its left and top, and the factor to that scale."""
        x1, y1, x2, y2 = around
        picture, factor = fit(np.ascontiguousarray(image[y1:y2, x1:x2]), self.side)
        return (picture, self._shrink(mask[y1:y2, x1:x2])), (x1, y1, factor)

    def _jittered(self, box: Box) -> Box:
        """A box as a detector might give it."""
        sides = np.array([box[2] - box[0], box[3] - box[1]] * 2)
        x1, y1, x2, y2 = np.array(box) + self.random.normal(0, 0.04, 4).clip(-0.12, 0.12) * sides
        return float(x1), float(y1), float(x2), float(y2)

    def _point(self, mask: np.ndarray) -> tuple[float, float]:
        """A pixel of the mask, well inside at times: `(x, y)`."""
        inner = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8))
        rows, columns = np.nonzero(inner if inner.any() and self.random.random() < 0.7 else mask)
        pick = self.random.integers(len(rows))
        return columns[pick] + 0.5, rows[pick] + 0.5

    def _shrink(self, mask: np.ndarray) -> np.ndarray:
        """The share of each pixel of the decoder's map, half the side, that the mask covers: float32, 0 to 1."""
        low = self.side // 2
        height, width = mask.shape
        factor = low / max(height, width)
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        small = cv2.resize(mask.astype(np.float32), size, interpolation=how)
        return np.pad(small, ((0, low - small.shape[0]), (0, low - small.shape[1])))


def losses(sam: nn.Module, batch: Batch, progress: float) -> dict[str, Tensor]:
    """Cross-entropy and dice losses of the masks, much as in the paper, and the squared error of the predicted IoU.
    `_box` and `_point` are measured IoUs."""
    boxes, points = batch["boxes"], batch["points"]
    embeddings = sam.image_encoder(batch["pixels"])  # type: ignore[operator]
    by_box, by_point = embeddings[: len(boxes)], embeddings[len(boxes) :]
    told = {
        "_box": (*decode(sam, by_box, boxes=boxes), batch["masks"][: len(boxes)]),
        "_point": (*decode(sam, by_point, points=points), batch["masks"][len(boxes) :]),
    }
    parts: dict[str, list[Tensor]] = {"entropy": [], "dice": [], "quality": []}
    measured: dict[str, Tensor] = {}
    for name, (logits, predicted, masks) in told.items():
        logits, target = logits.float(), masks[:, None].expand(-1, logits.shape[1], -1, -1)
        probability = logits.sigmoid()
        entropy = 2 * F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean((2, 3))
        dice = 1 - (2 * (probability * target).sum((2, 3)) + 1) / ((probability + target).sum((2, 3)) + 1)
        best = (entropy + dice).argmin(1, keepdim=True)  # of several masks only the best one learns
        with torch.no_grad():
            seen, true = logits > 0, target > 0.5
            iou = (seen & true).sum((2, 3)) / (seen | true).sum((2, 3)).clamp(min=1)
        parts["entropy"].append(entropy.gather(1, best))
        parts["dice"].append(dice.gather(1, best))
        parts["quality"].append((predicted.float() - iou).square().flatten())
        measured[name] = iou.gather(1, best).mean()
    return {name: torch.cat(values).mean() for name, values in parts.items()} | measured


def export(sam: nn.Module, record: dict[str, Any], folder: Path) -> None:
    """Write the weights, in half precision, and the constants."""
    folder.mkdir(parents=True, exist_ok=True)
    half = {k: (v.half() if v.is_floating_point() else v).contiguous() for k, v in sam.state_dict().items()}
    save_file(half, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=1) + "\n")
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def recipe(art: Art, weights: Path, seed: int) -> Recipe:
    """The segmenter's recipe; exports a folder that `models.segmenter` reads.

    It goes on from the weights that are there, else from the detector's pyramid, which must have been trained before.
    """
    sam = build_sam(CONFIG)
    if (weights / "model.safetensors").is_file():
        kept = load_file(weights / "model.safetensors")
        places, wanted = kept["image_encoder.pos_embed"], sam.image_encoder.pos_embed.shape[1:3]
        resized = F.interpolate(places.float().movedim(-1, 1), size=wanted, mode="bilinear").movedim(1, -1)
        sam.load_state_dict(kept | {"image_encoder.pos_embed": resized})
    else:
        detector = SightDetectorForObjectDetection.from_pretrained(weights.parent / "detector")
        sam.image_encoder.patch_embed.pyramid.load_state_dict(detector.proposals.state_dict(), strict=False)
    return Recipe(sam, Batches(art, seed), losses, partial(export, folder=weights), rate=1e-3)
