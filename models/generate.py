"""A picture from a text: any checkpoint of diffusers' `AutoPipelineForText2Image`."""

from pathlib import Path
from typing import Any

import torch

from models.adapter import Adapter
from models.diffusion import load_pipeline, paint
from models.picture import Picture
from models.requests import Generate, SpecialistError


class Generator(Adapter[Generate, Picture]):
    """A text-to-image pipeline behind `run`: one picture a request."""

    def __init__(
        self,
        pipeline: Any,
        *,
        prompt: str = "{}",
        negative: str | None = None,
        side: int | None = None,
        steps: int = 30,
        guidance: float = 7.5,
        batch_size: int = 1,
    ) -> None:
        """
        Args:
            prompt: text shown to the model; `{}` is the prompt of the request.
            negative: what should not be seen, for models that can be told.
            side: of the square picture, in pixels; the pipeline's own if None.
            steps: of the sampler.
            guidance: scale of classifier-free guidance; 1 is none.
        """
        super().__init__(batch_size)
        self.pipeline = pipeline
        self.prompt = prompt
        self.side = side
        self.negative = negative
        self.wishes = {"num_inference_steps": steps, "guidance_scale": guidance}

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, **options: Any) -> "Generator":
        """Read a checkpoint from its folder. Raises CheckpointError."""
        return cls(load_pipeline("AutoPipelineForText2Image", folder, device, dtype), **options)

    def refuse(self, request: Generate) -> SpecialistError | None:
        return None if request.prompt.strip() else SpecialistError("a picture needs a prompt, got an empty text")

    def answer(self, requests: list[Generate]) -> list[Picture | SpecialistError]:
        return self.forward(requests, self._paint)

    def _paint(self, requests: list[Generate]) -> list[Picture | SpecialistError]:
        negative = None if self.negative is None else [self.negative] * len(requests)
        prompts = [self.prompt.replace("{}", request.prompt) for request in requests]
        seeds = [request.seed for request in requests]
        try:
            painted = paint(self.pipeline, prompts, seeds, self.side, negative_prompt=negative, **self.wishes)
        except SpecialistError as error:
            return [error for _ in requests]
        return [Picture.from_image(image, one.prompt) for image, one in zip(painted, requests, strict=True)]
