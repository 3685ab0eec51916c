"""What a data set is made of."""

from dataclasses import dataclass
from typing import Literal

from distill import splits

Labels = Literal["use", "require", "ignore"]
"""Labels are used where a question has one; a run must have some; or train and val go by the majority of the programs
whatever is known, and the labels are kept for the test split alone."""


@dataclass(frozen=True)
class Recipe:
    """What a data set is made of."""

    labels: Labels = "use"
    instructions: bool = True
    """Conversations, descriptions, detections and captions too."""
    parquet: bool = True
    llava: bool = True
    val: float = splits.SHARES["val"]
    test: float = splits.SHARES["test"]
    seed: int = 0
    licence: str = ""
    """Of the pictures."""

    def __post_init__(self) -> None:
        if not (0 <= self.val < 1 and 0 <= self.test < 1 and self.val + self.test < 1):
            raise ValueError(f"the shares of val and test must leave some for train, not {self.val} and {self.test}")
