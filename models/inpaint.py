"""Painting a part of a picture anew: any inpainting checkpoint of diffusers' `AutoPipelineForInpainting` (latent
diffusion, https://arxiv.org/abs/2112.10752, and its successors).

The model sees a square window around the mask, at its own size. What it paints is put back inside the mask alone, with
a soft edge on the inner side: outside, not one pixel changes, whatever the model did.
"""

from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from PIL import Image

from models.adapter import Adapter
from models.diffusion import load_pipeline, paint
from models.picture import Picture
from models.requests import Inpaint, SpecialistError

FEATHER = 0.025
"""Width of the soft edge, as a share of the mask's longer side."""


class Window(NamedTuple):
    """A square, in pixels of a picture, origin top left; it may reach beyond the picture."""

    left: int
    top: int
    side: int


class Inpainter(Adapter[Inpaint, Picture]):
    """An inpainting pipeline behind `run`: one picture, of the size of the old one, a request."""

    def __init__(
        self,
        pipeline: Any,
        *,
        prompt: str = "{}",
        negative: str | None = None,
        side: int = 512,
        context: float = 2.0,
        steps: int = 30,
        guidance: float = 7.5,
        strength: float = 1.0,
        batch_size: int = 1,
    ) -> None:
        """
        Args:
            prompt: text shown to the model; `{}` is the prompt of the request.
            negative: what should not be seen, for models that can be told.
            side: of the square that the model paints, in pixels; a multiple of 8, for the embedded one of 16.
            context: side of the window, in longer sides of the mask's box: how much of the surroundings is seen.
            steps: of the sampler.
            guidance: scale of classifier-free guidance; 1 is none.
            strength: 1 forgets what was under the mask, less keeps something of it.
        """
        super().__init__(batch_size)
        self.pipeline = pipeline
        self.prompt = prompt
        self.side = side
        self.context = context
        self.wishes = {
            "negative_prompt": negative,
            "num_inference_steps": steps,
            "guidance_scale": guidance,
            "strength": strength,
        }

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, **options: Any) -> "Inpainter":
        """Read a checkpoint from its folder. Raises CheckpointError."""
        return cls(load_pipeline("AutoPipelineForInpainting", folder, device, dtype), **options)

    def refuse(self, request: Inpaint) -> SpecialistError | None:
        if request.mask.shape != (request.picture.height, request.picture.width):
            return SpecialistError("the mask to paint in has not the size of its picture")
        if not request.mask.any():
            return SpecialistError("the mask to paint in is empty")
        return None if request.prompt.strip() else SpecialistError("painting needs a prompt, got an empty text")

    def answer(self, requests: list[Inpaint]) -> list[Picture | SpecialistError]:
        return self.forward(requests, self._paint)

    def _paint(self, requests: list[Inpaint]) -> list[Picture | SpecialistError]:
        windows = [window_around(request.mask, self.context) for request in requests]
        images = [self._seen(one.picture, window) for one, window in zip(requests, windows, strict=True)]
        masks = [self._masked(one.mask, window) for one, window in zip(requests, windows, strict=True)]
        wishes: dict[str, Any] = {**self.wishes, "image": images, "mask_image": masks}
        if wishes["negative_prompt"] is not None:
            wishes["negative_prompt"] = [wishes["negative_prompt"]] * len(requests)
        prompts = [self.prompt.replace("{}", request.prompt) for request in requests]
        try:
            painted = paint(self.pipeline, prompts, [request.seed for request in requests], self.side, **wishes)
        except SpecialistError as error:
            return [error for _ in requests]
        return [put_back(*one) for one in zip(requests, windows, painted, strict=True)]

    def _seen(self, picture: Picture, window: Window) -> Image.Image:
        part = cut(np.asarray(picture.image), window, cv2.BORDER_REPLICATE)
        return Image.fromarray(resized(part, self.side))

    def _masked(self, mask: np.ndarray, window: Window) -> Image.Image:
        part = cut(mask.astype(np.uint8) * 255, window, cv2.BORDER_CONSTANT)
        # A pixel of the model that is masked in part is masked: nothing of the old thing may be seen.
        return Image.fromarray(np.where(resized(part, self.side) > 48, 255, 0).astype(np.uint8))


def window_around(mask: np.ndarray, context: float) -> Window:
    """The square with the mask's box in its middle, `context` times as long as the longer side of the box.

    Args:
        mask: `(H, W)` bool with at least one pixel inside.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    x, y = (columns[0] + columns[-1] + 1) / 2, (rows[0] + rows[-1] + 1) / 2
    long = max(columns[-1] - columns[0], rows[-1] - rows[0]) + 1
    side = max(8, round(long * context))
    return Window(round(x - side / 2), round(y - side / 2), side)


def cut(pixels: np.ndarray, window: Window, beyond: int) -> np.ndarray:
    """The window's pixels, `(S, S)` or `(S, S, 3)`; `beyond` is how OpenCV fills what lies outside the picture."""
    height, width = pixels.shape[:2]
    left, top, side = window
    x1, y1, x2, y2 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    inside = np.ascontiguousarray(pixels[y1:y2, x1:x2])
    if inside.shape[:2] == (side, side):
        return inside
    edges = (y1 - top, top + side - y2, x1 - left, left + side - x2)
    extended: np.ndarray = cv2.copyMakeBorder(inside, *edges, beyond, value=0)
    return extended


def resized(square: np.ndarray, side: int) -> np.ndarray:
    """A square of pixels at another size."""
    shrinks = square.shape[0] > side
    result: np.ndarray = cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return result


def put_back(request: Inpaint, window: Window, painted: np.ndarray) -> Picture:
    """The picture with what was painted inside the mask, its edge blended with what was there."""
    old = np.asarray(request.picture.image)
    height, width = old.shape[:2]
    left, top, side = window
    x1, y1, x2, y2 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    new = resized(np.ascontiguousarray(painted), side)[y1 - top : y2 - top, x1 - left : x2 - left]
    mask = request.mask[y1:y2, x1:x2]
    share = edge_weights(mask)[..., None]
    result = old.copy()
    before = old[y1:y2, x1:x2]
    mixed = np.rint(before * (1 - share) + new * share).astype(np.uint8)
    result[y1:y2, x1:x2] = np.where(mask[..., None], mixed, before)
    return Picture.from_image(result, f"{request.picture.name} with {request.prompt}")


def edge_weights(mask: np.ndarray) -> np.ndarray:
    """Share of the new pixels, `(H, W)` float32: 0 outside the mask, rising to 1 over its soft edge."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    long = max(columns[-1] - columns[0], rows[-1] - rows[0]) + 1
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    share: np.ndarray = np.clip(depth / max(1.0, FEATHER * long), 0, 1).astype(np.float32)
    return share
