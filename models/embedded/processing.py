"""Pictures and phrases in, boxes out: the processor of the embedded detector."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import BatchFeature, DetrImageProcessor, PreTrainedTokenizerFast, ProcessorMixin
from transformers.utils import ModelOutput

from models.embedded.detector import suppress


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
        results = []
        for i in range(len(logits)):
            scores = logits[i].sigmoid()
            centre, size = boxes[i].split(2, -1)
            corners = torch.cat((centre - size / 2, centre + size / 2), -1)
            if target_sizes is not None:
                height, width = (float(v) for v in target_sizes[i])
                limits = corners.new_tensor((width, height, width, height))
                corners = torch.minimum((corners * max(height, width)).clamp(min=0), limits)
            found: list[tuple[Tensor, Tensor, Tensor]] = []
            for label in range(scores.shape[1]):
                index = (scores[:, label] >= least).nonzero().squeeze(1)
                index = index[scores[index, label].argsort(descending=True)]
                index = index[suppress(corners[index], nms_threshold)]
                found.append((scores[index, label], torch.full_like(index, label), corners[index]))
            all_scores, labels, all_boxes = (torch.cat(part) for part in zip(*found, strict=True))
            order = all_scores.argsort(descending=True)
            results.append(
                {
                    "scores": all_scores[order],
                    "labels": labels[order],
                    "boxes": all_boxes[order],
                    "text_labels": [text_labels[i][int(k)] for k in labels[order]] if text_labels is not None else None,
                }
            )
        return results
