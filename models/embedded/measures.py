"""Measures of detections against the truth: average precision, counts, wrong yeses."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from models.picture import Box, iou


@dataclass
class Hits:
    """Detections of one phrase or of many, each right or wrong, and how many there were to find."""

    scores: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    wanted: int = 0

    def add(self, found: Sequence[tuple[Box, float]], true: Sequence[Box], unsure: Sequence[Box] = ()) -> None:
        """Match the detections of one phrase in one picture with the truth, best first, at IoU 0.5.

        Args:
            found: boxes and scores.
            true: boxes that are to be found, each once.
            unsure: boxes of which nobody can say whether the phrase is true: finding one is neither right nor wrong.
        """
        self.wanted += len(true)
        left = list(true)
        for box, score in sorted(found, key=lambda item: -item[1]):
            best = max(left, key=lambda other: iou(box, other), default=None)
            if best is not None and iou(box, best) >= 0.5:
                left.remove(best)
            elif any(iou(box, other) >= 0.5 for other in unsure):
                continue
            else:
                best = None
            self.scores.append(score)
            self.right.append(best is not None)

    def average_precision(self) -> float:
        """Area under the precision-recall curve, with precision made monotonous as in COCO. NaN if nothing was
        wanted."""
        if not self.wanted:
            return float("nan")
        order = np.argsort(-np.array(self.scores), kind="stable")
        right = np.array(self.right, bool)[order]
        recall = np.cumsum(right) / self.wanted
        precision = np.cumsum(right) / np.arange(1, len(right) + 1)
        precision = np.maximum.accumulate(precision[::-1])[::-1]
        return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def mean_average_precision(hits: Sequence[Hits]) -> float:
    """Mean over those of which there was something to find."""
    return float(np.nanmean([h.average_precision() for h in hits]))
