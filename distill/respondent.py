"""A vision-language model that is asked questions with one of the two suffixes, many at a time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from distill.checkpoints import load_trained
from distill.conversation import seen
from distill.example import SUFFIXES, Target
from models.device import choose_device
from models.student import RATIONALE_TOKENS, Reply, generate

MOST_TOKENS: dict[str, int] = {"answer": 16, "rationale": RATIONALE_TOKENS}
"""Of a reply, by what is asked for."""


class Respondent:
    """Answers greedily, so that the same question gets the same reply."""

    def __init__(self, model: Any, processor: Any, blind: bool = False, batch: int = 16) -> None:
        """
        Args:
            blind: shown grey instead of pictures.
            batch: questions in one forward pass.
        """
        self.model, self.processor, self.blind, self.batch = model, processor, blind, batch
        processor.tokenizer.padding_side = "left"
        processor.tokenizer.pad_token = processor.tokenizer.pad_token or processor.tokenizer.eos_token
        for name in ("temperature", "top_p", "top_k", "min_p"):  # greedy decoding warns of them
            setattr(model.generation_config, name, None)

    @classmethod
    def load(cls, folder: str | Path, device: str | None = None, blind: bool = False, batch: int = 16) -> "Respondent":
        """The student in a folder of `distill.train`, or any checkpoint. Raises CheckpointError, TrainError and
        DeviceError."""
        model, processor = load_trained(folder, device=str(choose_device(device)))
        return cls(model, processor, blind, batch)

    def say(self, questions: Sequence[tuple[str, Sequence[Image.Image]]], target: Target) -> list[Reply]:
        """Replies to questions with their pictures, in order. `target` is `answer` or `rationale`."""
        replies: list[Reply] = []
        for start in range(0, len(questions), self.batch):
            replies += self._forward(questions[start : start + self.batch], target)
        return replies

    @torch.inference_mode()
    def _forward(self, questions: Sequence[tuple[str, Sequence[Image.Image]]], target: Target) -> list[Reply]:
        texts = [f"{question}\n{SUFFIXES[target]}" for question, _ in questions]
        shown = [[seen(image, self.blind) for image in images] for _, images in questions]
        return generate(self.model, self.processor, texts, shown, MOST_TOKENS[target])
