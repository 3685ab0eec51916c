"""The student: one vision-language model that answers in one go, and says how sure it is.

How sure it is of an answer is the probability of the whole of it, the product of those of its tokens, from 0 to 1, as
selective question answering over pictures does it (Whitehead et al., "Reliable Visual Question Answering", ECCV 2022).
From which value on it is to be believed stands beside the checkpoint, in `confidence.json` (`sight distill calibrate`
finds it on validation questions).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from PIL import Image

from models.loading import CheckpointError
from models.picture import Region
from models.pointing import with_boxes
from models.vlm import Vlm, greedy, grounded, look

CONFIDENCE = "confidence.json"
"""Beside a checkpoint: `{"threshold": ...}` and how it was found."""


RATIONALE_TOKENS = 320
"""Longest rationale, in tokens."""


@dataclass(frozen=True)
class Reply:
    """What a student says."""

    text: str
    confidence: float
    """0 to 1."""


class Student(Vlm):
    """A trained student behind `run`, as any vision-language model, and behind `replies`, which takes several pictures
    and tells the confidence."""

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        rationale: str = "{}\nExplain the rationale to answer the question.",
        threshold: float | None = None,
        **options: Any,
    ) -> None:
        """
        Args:
            rationale: text shown to the model in place of `prompt` where it is to say why; `{}` is the question.
            threshold: confidence from which an answer may stand for a program's; None if it is not known.
            options: as for `Vlm`.
        """
        super().__init__(model, processor, **options)
        self.rationale = rationale
        self.threshold = threshold

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, **options: Any) -> Self:
        """Read a checkpoint, and the threshold beside it if `threshold` is not among the options.

        Raises:
            CheckpointError: there is none, or its threshold cannot be read.
        """
        if options.get("threshold") is None:
            options["threshold"] = read_threshold(folder)
        loaded: Self = super().load(folder, device, dtype, **options)  # type: ignore[assignment]
        return loaded

    def replies(self, asked: Sequence[tuple[str, Sequence[Image.Image]]]) -> list[Reply]:
        """Answers to questions, each about one or more pictures, in order. Threads take turns.

        Args:
            asked: questions in a person's words, and pictures.
        """
        with self._lock, torch.inference_mode():
            self.last_forward = 0
            return self.forward(list(asked), self._reply)

    def rationales(self, asked: Sequence[tuple[str, Sequence[Image.Image]]]) -> list[str]:
        """Why it answers as it does, in its own words. It was taught them beside the answers, and says them without
        having its answer before it: they may come to another one.

        Args:
            asked: as for `replies`.
        """
        with self._lock, torch.inference_mode():
            return [one.text for one in self.forward(list(asked), self._explain)]

    def _ask(self, pairs: list[tuple[Region, str]]) -> list[str]:
        return [one.text for one in self._reply([(question, [region.crop()]) for region, question in pairs])]

    def _reply(self, asked: Sequence[tuple[str, Sequence[Image.Image]]]) -> list[Reply]:
        return self._say(self.prompt, asked, self.max_new_tokens, self.min_new_tokens)

    def _explain(self, asked: Sequence[tuple[str, Sequence[Image.Image]]]) -> list[Reply]:
        return self._say(self.rationale, asked, RATIONALE_TOKENS)

    def _say(
        self, prompt: str, asked: Sequence[tuple[str, Sequence[Image.Image]]], most: int, least: int = 0
    ) -> list[Reply]:
        texts = [prompt.format(question) for question, _ in asked]
        pictures = [[grounded(one.convert("RGB")) for one in images] for _, images in asked]
        return generate(self.model, self.processor, texts, pictures, most, least)


def generate(
    model: Any,
    processor: Any,
    texts: Sequence[str],
    pictures: Sequence[Sequence[Image.Image]],
    most: int,
    least: int = 0,
) -> list[Reply]:
    """Greedy replies of a chat model that sees, in one forward pass. Where it points at things, it tells their boxes.

    Args:
        model: of transformers' `AutoModelForImageTextToText`.
        processor: with a chat template, padding on the left.
        texts: what the user says below the pictures.
        pictures: RGB, those of each text.
        most, least: tokens of a reply.
    """
    prompts = [
        processor.apply_chat_template(
            [{"role": "user", "content": [*[{"type": "image"}] * len(images), {"type": "text", "text": text}]}],
            add_generation_prompt=True,
            tokenize=False,
        )
        for text, images in zip(texts, pictures, strict=True)
    ]
    inputs = processor(
        text=prompts,
        images=[list(images) for images in pictures],
        padding=True,
        add_special_tokens=False,
        return_tensors="pt",
    )
    inputs = inputs.to(model.device, model.dtype)
    things = look(model, inputs, [len(images) for images in pictures])
    start = inputs["input_ids"].shape[1]
    context = getattr(model.config.get_text_config(), "max_position_embeddings", None) or 1 << 30
    tokenizer = processor.tokenizer
    room = max(1, min(most, context - start))
    output = greedy(model, inputs, tokenizer.pad_token_id, room, least, output_scores=True)
    written = output.sequences[:, start:]
    chances = model.compute_transition_scores(output.sequences, output.scores, normalize_logits=True).float()
    end = model.generation_config.eos_token_id
    ends = torch.isin(written, torch.tensor([] if end is None else end, dtype=written.dtype, device=written.device))
    counted = (ends.long().cumsum(1) - ends.long() == 0).float()  # the first end is part of the reply
    whole = (chances.nan_to_num(neginf=-100.0) * counted).sum(1)
    said = tokenizer.batch_decode(written, skip_special_tokens=True)
    said = [with_boxes(text, seen) for text, seen in zip(said, things, strict=True)]
    return [
        Reply(" ".join(text.split()), math.exp(min(0.0, chance)))
        for text, chance in zip(said, whole.tolist(), strict=True)
    ]


def read_threshold(folder: Path) -> float | None:
    """The threshold beside a checkpoint; None if there is none.

    Raises:
        CheckpointError: the file is damaged.
    """
    file = folder / CONFIDENCE
    if not file.is_file():
        return None
    try:
        return float(json.loads(file.read_text(encoding="utf-8"))["threshold"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{file}: cannot be read ({type(error).__name__}); calibrate the student again") from None
