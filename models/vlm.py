"""Short answers about a region, by any vision-language chat model of transformers' `AutoModelForImageTextToText`."""

from pathlib import Path
from typing import Any

import torch
from PIL import Image

from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.loading import CheckpointError, load_model, load_processor
from models.picture import Region
from models.requests import Ask, SpecialistError

LEAST_SIDE = 28
"""Pixels. Smaller regions are put on a larger ground: some image processors refuse slivers."""


class Vlm(Adapter[Ask, str]):
    """A chat model that sees, behind `run`: one text an `Ask`. Answers are kept, since decoding is greedy."""

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        prompt: str = "{} Answer with one word or a short phrase.",
        max_new_tokens: int = 24,
        min_new_tokens: int = 0,
        whole: int | None = None,
        batch_size: int = 4,
        cache_mb: int = 8,
    ) -> None:
        """
        Args:
            prompt: text shown to the model after the picture; `{}` is the question.
            max_new_tokens, min_new_tokens: bounds of an answer's length.
            whole: side in pixels of the square that whole pictures are given in, for a model that takes any size and
                whose processor makes small squares of regions; None for the processor's size.
            cache_mb: limit of the kept answers, in MiB.
        """
        super().__init__(batch_size)
        self.model = model
        self.processor = processor
        self.prompt = prompt
        self.max_new_tokens = max_new_tokens
        self.min_new_tokens = min_new_tokens
        self.whole = whole
        self.answers: FeatureCache[str] = FeatureCache(cache_mb << 20)
        processor.tokenizer.padding_side = "left"
        processor.tokenizer.pad_token = processor.tokenizer.pad_token or processor.tokenizer.eos_token
        for name in ("temperature", "top_p", "top_k", "min_p"):  # greedy decoding warns of them
            setattr(model.generation_config, name, None)

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, **options: Any) -> "Vlm":
        """Read a checkpoint from its folder. Raises CheckpointError."""
        from transformers import AutoModelForImageTextToText

        processor = load_processor(folder)
        if not getattr(processor, "chat_template", None):
            raise CheckpointError(f"{folder}: its processor has no chat template, so it cannot be asked questions")
        return cls(load_model(AutoModelForImageTextToText, folder, device, dtype), processor, **options)

    def refuse(self, request: Ask) -> SpecialistError | None:
        return None if request.question.strip() else SpecialistError("the vision-language model was asked nothing")

    def answer(self, requests: list[Ask]) -> list[str]:
        wanted = {(request.region.key, request.question): (request.region, request.question) for request in requests}
        known = {key: kept for key in wanted if (kept := self.answers.get(key)) is not None}
        new = [key for key in wanted if key not in known]
        # One batch has pictures of one size: whole ones come last where they are shown larger.
        new.sort(key=lambda key: self._side(wanted[key][0]) is not None)
        small = sum(self._side(wanted[key][0]) is None for key in new)
        pairs = [wanted[key] for key in new]
        told = [text for part in (pairs[:small], pairs[small:]) for text in self.forward(part, self._ask)]
        for key, text in zip(new, told, strict=True):
            known[key] = text
            self.answers.put(key, text)
        return [known[request.region.key, request.question] for request in requests]

    def _ask(self, pairs: list[tuple[Region, str]]) -> list[str]:
        texts = [
            self.processor.apply_chat_template(
                [
                    {
                        "role": "user",
                        "content": [{"type": "image"}, {"type": "text", "text": self.prompt.format(question)}],
                    }
                ],
                add_generation_prompt=True,
            )
            for _, question in pairs
        ]
        images = [[grounded(region.crop())] for region, _ in pairs]
        side = self._side(pairs[0][0])
        size = {} if side is None else {"size": {"height": side, "width": side}}
        inputs = self.processor(text=texts, images=images, padding=True, return_tensors="pt", **size)
        inputs = inputs.to(self.model.device, self.model.dtype)
        output = self.model.generate(
            **inputs,
            max_new_tokens=self.max_new_tokens,
            min_new_tokens=self.min_new_tokens,
            do_sample=False,
            pad_token_id=self.processor.tokenizer.pad_token_id,
        )
        new = output[:, inputs["input_ids"].shape[1] :]
        return [text.strip() for text in self.processor.tokenizer.batch_decode(new, skip_special_tokens=True)]

    def _side(self, region: Region) -> int | None:
        """Of the square that a region is shown in, where it is not the processor's."""
        return self.whole if region.is_whole else None


def grounded(image: Image.Image) -> Image.Image:
    """The image, or, where a side is shorter than `LEAST_SIDE`, the image in the middle of a grey ground."""
    width, height = image.size
    least = max(LEAST_SIDE, max(width, height) // 50)
    if min(width, height) >= least:
        return image
    ground = Image.new("RGB", (max(width, least), max(height, least)), (127, 127, 127))
    ground.paste(image, ((ground.width - width) // 2, (ground.height - height) // 2))
    return ground
