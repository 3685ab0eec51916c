"""Training of the embedded SAM on the visible masks of things, prompted by boxes and by points."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from models.embedded.detector import SightDetectorForObjectDetection
from models.embedded.segmenter import CONFIG, build_sam
from models.embedded.training.scenes import endless, fit, stack
from models.embedded.training.timed import Batch, Recipe
from models.embedded.world.art import Art

PICTURES = 8
"""In a batch."""
PROMPTS = 4
"""Things of each picture."""
POINTS = 0.25
"""Share of the batches that are prompted by a point instead of a box."""


class Batches:
    """Endless batches: pictures, prompts and masks at the decoder's resolution."""

    def __init__(self, art: Art, seed: int, side: int = CONFIG["image_size"], pictures: int = PICTURES) -> None:
        self.samples = endless(art, seed)
        self.random = np.random.default_rng(seed)
        self.side = side
        self.pictures = pictures

    def __iter__(self) -> Iterator[Batch]:
        while True:
            yield self.batch()

    def batch(self) -> Batch:
        side, random = self.side, self.random
        images: list[np.ndarray] = []
        boxes, points, masks = [], [], []
        while len(images) < self.pictures:
            sample = next(self.samples)
            if not sample.things:
                continue
            image, factor = fit(sample.image, side)
            chosen = random.integers(len(sample.things), size=PROMPTS)
            if len(sample.things) >= PROMPTS:
                chosen = random.permutation(len(sample.things))[:PROMPTS]
            images.append(image)
            box = np.array([sample.things[i].box for i in chosen], np.float32) * factor
            jitter = random.normal(0, 0.04, box.shape).clip(-0.12, 0.12)
            sizes = np.tile(box[:, 2:] - box[:, :2], 2)
            boxes.append(torch.from_numpy((box + jitter * sizes).astype(np.float32)))
            seen = [sample.rendered.masks[i] for i in chosen]
            points.append(torch.from_numpy(np.stack([self._point(mask) for mask in seen]) * np.float32(factor)))
            masks.append(torch.from_numpy(np.stack([self._shrink(mask) for mask in seen])))
        pixels, _ = stack(images)
        square = torch.zeros(len(images), 3, side, side)
        square[:, :, : pixels.shape[2], : pixels.shape[3]] = pixels
        return {
            "pixels": square,
            "boxes": torch.stack(boxes),
            "points": torch.stack(points),
            "masks": torch.stack(masks),
            "by_point": bool(random.random() < POINTS),
        }

    def _point(self, mask: np.ndarray) -> np.ndarray:
        """A pixel of the mask, well inside at times: `(x, y)`."""
        inner = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8))
        rows, columns = np.nonzero(inner if inner.any() and self.random.random() < 0.7 else mask)
        pick = self.random.integers(len(rows))
        return np.array([columns[pick] + 0.5, rows[pick] + 0.5], np.float32)

    def _shrink(self, mask: np.ndarray) -> np.ndarray:
        """The share of each pixel of the decoder's map, half the side, that the mask covers: float32, 0 to 1."""
        low = self.side // 2
        height, width = mask.shape
        factor = low / max(height, width)
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        return np.pad(small, ((0, low - small.shape[0]), (0, low - small.shape[1])))


def losses(sam: nn.Module, batch: Batch, progress: float) -> dict[str, Tensor]:
    """Focal and dice losses of the masks, as in the paper, and the squared error of the predicted IoU. `_iou` is
    measured."""
    embeddings = sam.image_encoder(batch["pixels"])  # type: ignore[operator]
    logits, quality, truth = [], [], []
    for embedding, boxes, points, masks in zip(
        embeddings, batch["boxes"], batch["points"], batch["masks"], strict=True
    ):
        by_point = batch["by_point"]
        prompt = (points[:, None], torch.ones(len(points), 1, dtype=torch.int)) if by_point else None
        sparse, dense = sam.prompt_encoder(points=prompt, boxes=None if by_point else boxes, masks=None)  # type: ignore[operator]
        low, iou = sam.mask_decoder(  # type: ignore[operator]
            image_embeddings=embedding[None],
            image_pe=sam.prompt_encoder.get_dense_pe(),  # type: ignore[union-attr, operator]
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=by_point,
        )
        logits.append(low)
        quality.append(iou)
        truth.append(masks[:, None].expand(-1, low.shape[1], -1, -1))
    masks, target, predicted = torch.cat(logits).float(), torch.cat(truth), torch.cat(quality).float()
    probability = masks.sigmoid()
    near = torch.cat([surroundings(boxes / 2, masks.shape[-1]) for boxes in batch["boxes"]])[:, None]
    entropy = F.binary_cross_entropy_with_logits(masks, target, reduction="none")
    entropy = (entropy * near).sum((2, 3)) / near.sum((2, 3))
    dice = 1 - (2 * (probability * target).sum((2, 3)) + 1) / ((probability + target).sum((2, 3)) + 1)
    total = entropy + dice
    best = total.argmin(1, keepdim=True)  # of several masks only the best one learns
    with torch.no_grad():
        seen, true = masks > 0, target > 0.5
        iou = (seen & true).sum((2, 3)) / (seen | true).sum((2, 3)).clamp(min=1)
    return {
        "entropy": entropy.gather(1, best).mean(),
        "dice": dice.gather(1, best).mean(),
        "quality": F.mse_loss(predicted, iou),
        "_iou": iou.gather(1, best).mean(),
    }


def surroundings(boxes: Tensor, side: int) -> Tensor:
    """Weights of pixels, `(N, side, side)`: 1 in the boxes and a quarter of their size around them, 0.05 elsewhere."""
    margin = (boxes[:, 2:] - boxes[:, :2]) / 4 + 1
    low, high = boxes[:, :2] - margin, boxes[:, 2:] + margin
    steps = torch.arange(side, device=boxes.device) + 0.5
    x = (steps >= low[:, :1]) & (steps <= high[:, :1])
    y = (steps >= low[:, 1:]) & (steps <= high[:, 1:])
    return torch.where(y[:, :, None] & x[:, None, :], 1.0, 0.05)


def export(sam: nn.Module, record: dict[str, Any], folder: Path) -> None:
    """Write the weights, in half precision, and the constants."""
    folder.mkdir(parents=True, exist_ok=True)
    half = {k: (v.half() if v.is_floating_point() else v).contiguous() for k, v in sam.state_dict().items()}
    save_file(half, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=1) + "\n")
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def recipe(art: Art, weights: Path, seed: int) -> Recipe:
    """The segmenter's recipe; exports a folder that `models.segmenter` reads.

    It starts from the detector's pyramid, which must have been trained before.
    """
    sam = build_sam(CONFIG)
    detector = SightDetectorForObjectDetection.from_pretrained(weights.parent / "detector")
    sam.image_encoder.patch_embed.pyramid.load_state_dict(detector.proposals.state_dict(), strict=False)
    return Recipe(sam, Batches(art, seed), losses, partial(export, folder=weights), rate=1.2e-3)
