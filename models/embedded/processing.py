"""Pictures and phrases in, boxes out: the processor of the embedded detector."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import BatchFeature, DetrImageProcessor, PreTrainedTokenizerFast, ProcessorMixin
from transformers.utils import ModelOutput

from models.torchvision_ops import suppressed


class SightDetectorProcessor(ProcessorMixin):
    """Fits pictures into a square (longer side to the full size, zeros below or to the right) and reads phrases."""

    def __init__(
        self, image_processor: Any = None, tokenizer: Any = None, threshold: float = 0.3, **kwargs: Any
    ) -> None:
        self.threshold = threshold
        super().__init__(image_processor, tokenizer, **kwargs)

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerFast, side: int) -> "SightDetectorProcessor":
        """The processor for pictures of this size."""
        images = DetrImageProcessor(
            size={"shortest_edge": side, "longest_edge": side},
            pad_size={"height": side, "width": side},
            image_mean=[0.5, 0.5, 0.5],
            image_std=[0.5, 0.5, 0.5],
        )
        return cls(images, tokenizer)

    def __call__(self, images: Any = None, text: Any = None, **kwargs: Any) -> BatchFeature:
        """Make the inputs of the model.

        Args:
            images: one picture or a list of them (Pillow, or arrays `(H, W, 3)` uint8).
            text: phrases, one list for every picture (all padded to the longest list), or a list for a single picture.

        Returns:
            `pixel_values` `(B, 3, H, W)` and `pixel_mask` `(B, H, W)`; `input_ids` and `attention_mask` `(B * K, L)`.
        """
        if images is None and text is None:
            raise ValueError("give pictures, phrases or both")
        data: dict[str, Any] = {}
        if text is not None:
            lists = [[text]] if isinstance(text, str) else [text] if text and isinstance(text[0], str) else list(text)
            most = max(map(len, lists))
            phrases = [phrase for some in lists for phrase in [*some, *[""] * (most - len(some))]]
            data.update(self.tokenizer(phrases, padding=True, truncation=True, return_tensors="pt"))
            data.pop("token_type_ids", None)
        if images is not None:
            data.update(self.image_processor(images, return_tensors="pt"))
        return BatchFeature(data)

    def post_process_grounded_object_detection(
        self,
        outputs: ModelOutput,
        threshold: float | None = None,
        target_sizes: Tensor | Sequence[tuple[int, int]] | None = None,
        text_labels: Sequence[Sequence[str]] | None = None,
        nms_threshold: float = 0.5,
    ) -> list[dict[str, Any]]:
        """Detections of each picture, best first.

        Args:
            outputs: of the model.
            threshold: least score; None for the calibrated one.
            target_sizes: `(height, width)` of each original picture. Without it boxes are shares of the square.
            text_labels: the phrases of each picture.
            nms_threshold: of boxes of one phrase that overlap by more than this IoU only the best stays.

        Returns:
            For each picture `scores` `(N,)`, `labels` `(N,)` (indices of phrases), `boxes` `(N, 4)` `xyxy` pixels of
            the original picture, and `text_labels` (None if no phrases were given).
        """
        logits, boxes = outputs["logits"], outputs["pred_boxes"]
        least = self.threshold if threshold is None else threshold
        for given, name in ((target_sizes, "target_sizes"), (text_labels, "text_labels")):
            if given is not None and len(given) != len(logits):
                raise ValueError(f"{name} must have one entry for each of the {len(logits)} pictures")
        # numpy: there are few rows, and many programs' threads wait for their turn between two steps of torch
        scores = logits.sigmoid().float().cpu().numpy()
        centres, sizes = np.split(boxes.float().cpu().numpy(), 2, axis=-1)
        corners = np.concatenate((centres - sizes / 2, centres + sizes / 2), -1)
        results = []
        for i in range(len(logits)):
            placed = corners[i]
            if target_sizes is not None:
                height, width = (float(v) for v in target_sizes[i])
                limits = np.array((width, height, width, height), placed.dtype)
                placed = np.minimum((placed * max(height, width)).clip(min=0), limits)
            rows, labels = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
            for label in range(scores.shape[2]):
                index = np.flatnonzero(scores[i, :, label] >= least)
                index = index[np.argsort(-scores[i, index, label], kind="stable")]
                index = index[suppressed(placed[index], nms_threshold)]
                rows.append(index)
                labels.append(np.full_like(index, label))
            row, label_of = np.concatenate(rows), np.concatenate(labels)
            found = scores[i, row, label_of]
            order = np.argsort(-found, kind="stable")
            results.append(
                {
                    "scores": torch.from_numpy(found[order]).to(logits.device),
                    "labels": torch.from_numpy(label_of[order]).to(logits.device),
                    "boxes": torch.from_numpy(placed[row[order]]).to(logits.device),
                    "text_labels": [text_labels[i][k] for k in label_of[order]] if text_labels is not None else None,
                }
            )
        return results
