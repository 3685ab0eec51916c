"""Training of the embedded inpainting pipeline: codec, text encoder and painter together.

A sample is a window of a scene, a mask in its middle, and a thing pasted into the mask that the prompt names. Things
are of one style and one piece of art a noun, upright and not mirrored, so that there is something definite to learn in
the quarter of an hour that a processor has for it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.embedded.inpaint import (
    CONTEXT,
    NOTHING,
    SHARE,
    SIDE,
    TEMPLATE,
    build_modules,
    build_scheduler,
    build_tokenizer,
    save_pipeline,
    template_of,
)
from models.embedded.training.scenes import normalise
from models.embedded.training.timed import Batch, Recipe
from models.embedded.world.art import Art, pieces
from models.embedded.world.drawing import draw_shape
from models.embedded.world.lexicon import COLOURS, NOUNS, Noun, forms
from models.embedded.world.render import Rendered, render, tint
from models.embedded.world.scene import SceneError, SceneSpec, make_scene

PAINTABLE = tuple(noun for noun in NOUNS if noun.art or "shape" in noun.categories)
"""Signs are not: they are for reading."""
SAMPLES = 16
"""Windows in a batch."""
LOOKS = 128
"""Things in a batch of which only the template is learned, which costs next to nothing."""
STYLE = "fluent"
REMOVED, TINTED, COLOUR_SAID = 0.07, 0.15, 0.3
"""Shares: windows without a thing, things in another colour, own colours that are said."""


_NO_LOOK = np.zeros((TEMPLATE, TEMPLATE, 4), np.float32), 0.0


@dataclass(frozen=True)
class Sample:
    """One window, `SIDE` pixels square."""

    image: np.ndarray
    """`(S, S, 3)` uint8 RGB, as it should become."""
    mask: np.ndarray
    """`(S, S)` bool, what is to be painted."""
    prompt: str
    template: np.ndarray
    """`(32, 32, 4)` float32, premultiplied RGBA: the thing alone."""
    shape: float
    """Logarithm of its width over its height."""


class Samples:
    """Endless samples, several from each rendered scene."""

    def __init__(self, art: Art, seed: int, each: int = 8) -> None:
        self.art = art
        self.random = np.random.default_rng(seed)
        self.each = each

    def __iter__(self) -> Iterator[Sample]:
        while True:
            try:
                scene = make_scene(
                    int(self.random.integers(1 << 40)), "train", SceneSpec(others=(0, 5), width=320, height=240)
                )
            except SceneError:
                continue
            rendered = render(scene, self.art)
            for _ in range(self.each):
                yield self._sample(rendered)

    def _sample(self, rendered: Rendered) -> Sample:
        random = self.random
        removed = random.random() < REMOVED
        noun = PAINTABLE[random.integers(len(PAINTABLE))]
        sprite, prompt = (None, str(random.choice(NOTHING))) if removed else self._thing(noun)
        template, shape = (
            (np.zeros((TEMPLATE, TEMPLATE, 4), np.float32), 0.0) if sprite is None else template_of(sprite)
        )
        spread = 0.12 if random.random() < 0.6 else 0.6
        aspect = float(np.clip(np.exp(shape + random.normal(0, spread)), 0.4, 2.5))
        long = SIDE / CONTEXT
        wide, high = round(long * min(1.0, aspect)), round(long * min(1.0, 1 / aspect))
        window = self._window(rendered, removed)
        left, top = (SIDE - wide) // 2, (SIDE - high) // 2
        mask = self._mask(left, top, wide, high)
        if sprite is not None:
            paste(window, sprite, mask, (left, top, wide, high))
        return Sample(window, mask, prompt, template, shape)

    def _thing(self, noun: Noun) -> tuple[np.ndarray, str]:
        """A sprite, `(h, w, 4)` uint8 premultiplied RGBA, and what it is called."""
        random = self.random
        said: str | None
        if not noun.art:
            said = str(random.choice(list(COLOURS)))
            sprite = draw_shape(noun.name, said, 0.0)
        else:
            sprite = self.art.sprites[STYLE, noun.art[0]]
            own = pieces()[STYLE, noun.art[0]][1]
            said = own if random.random() < COLOUR_SAID else None
            if noun.tintable and random.random() < TINTED:
                said = str(random.choice([one for one in COLOURS if one != own]))
                sprite = tint(sprite, said, 0.0)
        names = singulars(noun)
        name = names[0] if random.random() < 0.6 else str(random.choice(names))
        words = f"{said} {name}" if said else name
        if random.random() < 0.5:
            words = ("an " if words[0] in "aeiou" else "a ") + words
        return sprite, words

    def look(self) -> tuple[np.ndarray, float, str]:
        """A thing's template, its shape and its name."""
        sprite, prompt = self._thing(PAINTABLE[self.random.integers(len(PAINTABLE))])
        return *template_of(sprite), prompt

    def _window(self, rendered: Rendered, free: bool) -> np.ndarray:
        """A square of a scene at the model's size; with `free`, one whose middle shows the background alone."""
        random = self.random
        height, width = rendered.image.shape[:2]
        for _ in range(12 if free else 2):
            side = int(random.integers(48, 160))
            x, y = int(random.integers(0, width - side + 1)), int(random.integers(0, height - side + 1))
            margin = round(side * (1 - 1 / CONTEXT) / 2)
            middle = rendered.owner[y + margin : y + side - margin, x + margin : x + side - margin]
            if (middle < 0).mean() > 0.97:
                break
        part = rendered.image[y : y + side, x : x + side]
        shrinks = side > SIDE
        window: np.ndarray = cv2.resize(
            part, (SIDE, SIDE), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        )
        return window

    def _mask(self, left: int, top: int, wide: int, high: int) -> np.ndarray:
        """A box, or a rounded one: between a box and an ellipse."""
        random = self.random
        mask = np.zeros((SIDE, SIDE), bool)
        if random.random() < 0.5:
            mask[top : top + high, left : left + wide] = True
            return mask
        power = float(random.uniform(2.2, 5))
        y, x = np.mgrid[:SIDE, :SIDE] + 0.5
        u, v = (x - left - wide / 2) / (wide / 2), (y - top - high / 2) / (high / 2)
        rounded: np.ndarray = np.abs(u) ** power + np.abs(v) ** power <= 1
        return rounded


def paste(window: np.ndarray, sprite: np.ndarray, mask: np.ndarray, place: tuple[int, int, int, int]) -> None:
    """Draw a sprite into a window as large as the mask's box lets it be, as `models.embedded.inpaint.put` does; what
    would be outside of the mask is cut off."""
    left, top, wide, high = place
    scale = SHARE * min(wide / sprite.shape[1], high / sprite.shape[0])
    w, h = max(2, round(sprite.shape[1] * scale)), max(2, round(sprite.shape[0] * scale))
    shrinks = scale < 1
    small = cv2.resize(sprite, (w, h), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    x, y = left + (wide - w) // 2, top + (high - h) * 2 // 3
    seen = mask[y : y + h, x : x + w, None]
    under = window[y : y + h, x : x + w].astype(np.uint16)
    alpha = np.where(seen, small[..., 3:], 0).astype(np.uint16)
    mixed = under * (255 - alpha) // 255 + np.where(seen, small[..., :3], 0)
    window[y : y + h, x : x + w] = np.minimum(mixed, 255).astype(np.uint8)


@lru_cache(maxsize=512)
def singulars(noun: Noun) -> tuple[str, ...]:
    """The noun's name and its synonyms, in the singular."""
    return (noun.name, *(single for single, _ in noun.synonyms if single in forms(noun.name)))


class Batches:
    """Endless batches: windows with their masks, and templates, the windows' own first, each with its tokens."""

    def __init__(self, art: Art, seed: int, tokenizer: Any, size: int = SAMPLES) -> None:
        self.source = Samples(art, seed)
        self.tokenizer = tokenizer
        self.size = size

    def __iter__(self) -> Iterator[Batch]:
        samples = iter(self.source)
        while True:
            windows = [next(samples) for _ in range(self.size)]
            looks = [(one.template, one.shape, one.prompt) for one in windows]
            looks += [self.source.look() for _ in range(LOOKS)]
            tokens = self.tokenizer(
                [prompt for _, _, prompt in looks], padding="max_length", truncation=True, return_tensors="pt"
            )
            yield {
                "images": normalise(torch.from_numpy(np.stack([one.image for one in windows]))),
                "masks": torch.from_numpy(np.stack([one.mask for one in windows])).float()[:, None],
                "input_ids": tokens["input_ids"],
                "templates": torch.from_numpy(np.stack([look for look, _, _ in looks])).movedim(-1, 1),
                "shapes": torch.tensor([shape for _, shape, _ in looks]),
            }


class Losses:
    """What is minimised: see `__call__`."""

    def __init__(self) -> None:
        self.alphas: Tensor = build_scheduler().alphas_cumprod

    def __call__(self, model: nn.Module, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Of the codec: absolute error of pixels. Of the words: squared error of templates and of their shapes. Of the
        painter: squared error of the clean latents, inside the mask above all. `_from_noise` is that of late times."""
        codec, painter = model.vae, model.unet
        images, masks = batch["images"], batch["masks"]
        with torch.no_grad():
            clean = codec.encode(images).latents  # type: ignore[union-attr, operator]
            seen = codec.encode(images * (masks < 0.5)).latents  # type: ignore[union-attr, operator]
        decoded = codec.decode(clean).sample  # type: ignore[union-attr, operator]
        small = F.interpolate(masks, size=clean.shape[-2:])  # the pipeline shrinks masks this way
        count = len(clean)
        # Half of the times at the noisy end, where the words decide.
        late, any_time = torch.randint(700, 1000, (count,)), torch.randint(0, 1000, (count,))
        times = torch.where(torch.rand(count) < 0.5, late, any_time)
        alphas = self.alphas[times].to(clean)[:, None, None, None]
        noisy = alphas.sqrt() * clean + (1 - alphas).sqrt() * torch.randn_like(clean)
        words = model.text_encoder(batch["input_ids"]).last_hidden_state  # type: ignore[operator]
        look, shape = painter.template(words)  # type: ignore[union-attr, operator]
        predicted = painter(torch.cat([noisy, small, seen], 1), times, words[:count]).sample  # type: ignore[operator]
        error = (predicted - clean).square().mean(1, keepdim=True)
        noise = (times >= 900).to(clean)[:, None, None, None] * small
        return {
            "codec": F.l1_loss(decoded, images),
            "look": 10 * F.mse_loss(look, batch["templates"]),
            "shape": F.mse_loss(shape, batch["shapes"]),
            "inside": (error * small).sum() / small.sum(),
            "outside": 0.05 * (error * (1 - small)).sum() / (1 - small).sum(),
            "_from_noise": ((error * noise).sum() / noise.sum().clamp(min=1)).detach(),
        }


def export(modules: nn.Module, record: dict[str, Any], folder: Path, tokenizer: Any) -> None:
    """Write the pipeline, in half precision, and the record."""
    assert isinstance(modules, nn.ModuleDict)
    save_pipeline(modules, tokenizer, folder)
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def recipe(art: Art, weights: Path, seed: int) -> Recipe:
    """The inpainting pipeline's recipe; exports a folder that `models.inpaint` reads.

    A tokenizer that is in the folder already is kept, so that a run which was cut off can go on after the lexicon grew.
    """
    from transformers import CLIPTokenizer

    kept = weights / "tokenizer"
    tokenizer = CLIPTokenizer.from_pretrained(kept) if kept.is_dir() else build_tokenizer()
    modules = build_modules(tokenizer)
    batches = Batches(art, seed, tokenizer)
    modules.vae.fit(next(iter(batches))["images"])  # type: ignore[operator, union-attr]
    modules.unet.start(modules.vae)  # type: ignore[operator, union-attr]
    return Recipe(
        modules,
        batches,
        Losses(),
        partial(export, folder=weights, tokenizer=tokenizer),
        rate=2e-3,
        clip=1.0,
        average=0.995,
    )
