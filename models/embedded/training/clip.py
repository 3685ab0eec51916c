"""Training of the embedded CLIP on cut-out things and on whole pictures, against all phrases that do not describe
them."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import PreTrainedTokenizerFast, VisionTextDualEncoderModel

from models.embedded.clip import (
    GREY,
    LONGEST_TEXT,
    SIDE,
    WHOLE,
    brought_up,
    build_clip,
    save_processor,
    start_from_detector,
)
from models.embedded.detector import SightDetectorForObjectDetection
from models.embedded.phrases import PhraseSampler
from models.embedded.training.captions import caption, wrong_caption
from models.embedded.training.scenes import Replay, Sample, cells, endless, normalise
from models.embedded.training.sheets import mixed
from models.embedded.training.start import Start, grow_text_tower, grown
from models.embedded.training.timed import Batch, Recipe, save
from models.embedded.world.art import Art
from models.embedded.world.lexicon import BACKGROUNDS, NOUNS

PICTURES = 12
"""In a batch."""
CELLS = 3
"""Cells of a whole picture, at most, that are to be named for each thing in it."""
_PLACES = ("{}", "a {}", "the {}", "in the {}", "on the {}", "at the {}", "a picture of a {}")


def cut(image: np.ndarray, box: tuple[float, ...], side: int = SIDE) -> np.ndarray:
    """A box of a picture, in whole pixels, fitted into the middle of a grey square: `(side, side, 3)` uint8."""
    height, width = image.shape[:2]
    left, top = min(max(0, int(box[0])), width - 2), min(max(0, int(box[1])), height - 2)
    right, bottom = min(width, max(left + 2, round(box[2]))), min(height, max(top + 2, round(box[3])))
    part = image[top:bottom, left:right]
    factor = side / max(part.shape[:2])
    size = (max(1, round(part.shape[1] * factor)), max(1, round(part.shape[0] * factor)))
    resized = cv2.resize(part, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    ground = np.full((side, side, 3), GREY, np.uint8)
    x, y = (side - size[0]) // 2, (side - size[1]) // 2
    ground[y : y + size[1], x : x + size[0]] = resized
    return ground


def jittered(box: tuple[float, ...], random: np.random.Generator, spread: float = 0.05) -> tuple[float, ...]:
    """A box as a detector might give it."""
    wide, high = box[2] - box[0], box[3] - box[1]
    noise = random.normal(0, spread, 4).clip(-3 * spread, 3 * spread)
    return tuple(float(v + n * s) for v, n, s in zip(box, noise, (wide, high, wide, high), strict=True))


class Batches:
    """Endless batches: cut-outs, whole pictures; phrases, backgrounds and captions; what is true of what."""

    def __init__(
        self, art: Art, seed: int, tokenizer: PreTrainedTokenizerFast, scenes: int = PICTURES, replay: int = 1
    ) -> None:
        self.random = np.random.default_rng(seed)
        self.samples = Replay(mixed(endless(art, seed), seed), replay, self.random)
        self.phrases = PhraseSampler(seed)
        self.tokenizer = tokenizer
        self.scenes = scenes

    def __iter__(self) -> Iterator[Batch]:
        while True:
            samples = self.samples.take(self.scenes)
            if any(sample.scene.background in BACKGROUNDS for sample in samples):
                yield self.batch(samples)

    def batch(self, samples: list[Sample]) -> Batch:
        """The things of all pictures are cut out; all but plain sheets are seen whole."""
        random = self.random
        samples = sorted(samples, key=lambda sample: sample.scene.background not in BACKGROUNDS)
        things = [thing for sample in samples for thing in sample.things]
        owners = np.repeat(np.arange(len(samples)), [len(sample.things) for sample in samples])
        cuts = [cut(samples[i].image, jittered(thing.box, random)) for i, thing in zip(owners, things, strict=True)]
        seen = [sample for sample in samples if sample.scene.background in BACKGROUNDS]
        wholes = [cut(s.image, (0, 0, s.image.shape[1], s.image.shape[0]), WHOLE) for s in seen]
        said = self.phrases.sample(things, described=max(160, 2 * len(samples)), strangers=16)
        places = [(name, str(word)) for name, others in BACKGROUNDS.items() for word in (name, random.choice(others))]
        place_texts = [_PLACES[random.integers(len(_PLACES))].format(word) for _, word in places]
        captions = [caption(s.scene, random) for s in seen] + [wrong_caption(s.scene, random) for s in seen]
        texts = [*said.texts, *place_texts, *captions]
        truth = np.full((len(cuts) + len(wholes), len(texts)), -1, np.int8)
        phrases, end = len(said.texts), len(said.texts) + len(places)
        truth[: len(cuts), :phrases] = said.truth
        for row, sample in enumerate(seen):
            of_any = said.truth[owners == row]
            truth[len(cuts) + row, :phrases] = np.where((of_any == 1).any(0), 1, np.where((of_any == -1).any(0), -1, 0))
            truth[len(cuts) + row, phrases:end] = [name == sample.scene.background for name, _ in places]
        tokens = self.tokenizer(texts, padding=True, truncation=True, max_length=LONGEST_TEXT, return_tensors="pt")
        at, shown = self._cells(seen)
        return {
            "cuts": torch.from_numpy(np.stack(cuts)),
            "wholes": torch.from_numpy(np.stack(wholes) if seen else np.empty((0, WHOLE, WHOLE, 3), np.uint8)),
            "truth": torch.from_numpy(truth),
            "nouns": torch.tensor([_NOUNS[thing.noun] for thing in things]),
            "cells": torch.from_numpy(at),
            "cell_nouns": torch.from_numpy(shown),
            "input_ids": tokens["input_ids"],
            "attention_mask": tokens["attention_mask"],
        }

    def _cells(self, seen: list[Sample]) -> tuple[np.ndarray, np.ndarray]:
        """Some cells of the grids of whole pictures that show a thing: their places among all cells of all pictures,
        and the nouns."""
        at: list[int] = []
        nouns: list[int] = []
        for row, sample in enumerate(seen):
            owner = cells(sample, WHOLE).ravel()
            for index, thing in enumerate(sample.things):
                own = np.flatnonzero(owner == index)
                for place in self.random.permutation(own)[:CELLS].tolist():
                    at.append(row * len(owner) + place)
                    nouns.append(_NOUNS[thing.noun])
        return np.array(at, np.int64), np.array(nouns, np.int64)


_NOUNS = {noun.name: i for i, noun in enumerate(NOUNS)}


def losses(model: nn.Module, batch: Batch, progress: float) -> dict[str, Tensor]:
    """`noun`, `phrase`, `inside`, `background`: each true phrase against all false ones, for every cut-out and picture.
    `caption`: each picture among the captions and each caption among the pictures. `cell`: the noun of what a cell of a
    whole picture shows, which tells the tower where the things are that a caption names. `_right`: nouns that come
    first; `_caption`: captions that come first."""
    vision = model.vision_model
    grids = vision(normalise(batch["wholes"]))  # type: ignore[operator]
    shown = grids.last_hidden_state.flatten(0, 1)[batch["cells"]]
    pooled = vision(normalise(batch["cuts"])).pooler_output, grids.pooler_output, shown  # type: ignore[operator]
    seen = model.visual_projection(torch.cat(pooled))  # type: ignore[operator]
    text = model.get_text_features(batch["input_ids"], batch["attention_mask"]).pooler_output  # type: ignore[operator]
    with torch.autocast(seen.device.type, enabled=False):  # logits of 50 in bfloat16 would be known to a quarter
        cosine = F.normalize(seen.float(), dim=-1) @ F.normalize(text.float(), dim=-1).T
        logits = cosine * model.logit_scale.exp().clamp(max=50)  # type: ignore[operator, union-attr]
    truth = batch["truth"]
    logits, named = logits.split((len(truth), len(shown)))
    against = logits.masked_fill(truth != 0, -torch.inf).logsumexp(1, keepdim=True)
    each = F.softplus(against - logits)
    true = (truth == 1).float()
    # Nouns come once for every thing and colours seldom, so each kind is averaged by itself.
    nouns, places = len(NOUNS), 2 * len(BACKGROUNDS)
    rows, pictures = len(batch["nouns"]), len(batch["wholes"])
    phrases = truth.shape[1] - places - 2 * pictures

    def mean(part: tuple[slice, slice]) -> Tensor:
        result: Tensor = (each[part] * true[part]).sum() / true[part].sum().clamp(min=1)
        return result

    told = logits[rows:, phrases + places :]
    own = torch.arange(pictures, device=told.device)
    right = (logits[:rows, :nouns].argmax(1) == batch["nouns"]).float().mean()
    return {
        "noun": mean((slice(0, rows), slice(0, nouns))),
        "phrase": mean((slice(0, rows), slice(nouns, phrases))),
        "inside": 0.5 * mean((slice(rows, None), slice(0, phrases))),
        "background": 0.3 * mean((slice(rows, None), slice(phrases, phrases + places))),
        "caption": 0.5 * (F.cross_entropy(told, own) + F.cross_entropy(told[:, :pictures].T, own)),
        "cell": 0.5 * F.cross_entropy(named[:, :nouns], batch["cell_nouns"]),
        "_right": right.detach(),
        "_caption": (told.argmax(1) == own).float().mean(),
    }


def export(model: nn.Module, record: dict[str, Any], folder: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    """Write the weights, in half precision, and the processor."""
    save(model, folder)
    save_processor(folder, tokenizer)
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def recipe(
    art: Art, weights: Path, seed: int, start: Start | None = None, scenes: int = PICTURES, replay: int = 1
) -> Recipe:
    """CLIP's recipe.

    Args:
        art: the prepared art.
        weights: where to export to.
        seed: of the scenes and phrases.
        scenes: in a batch.
        replay: times that each scene is shown.
        start: earlier weights to go on from. Without, it starts from the towers of the detector beside `weights`, which
            must have been trained before.
    """
    if start is None:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(weights.parent / "detector")
        model = build_clip(len(tokenizer))
        start_from_detector(model, SightDetectorForObjectDetection.from_pretrained(weights.parent / "detector"))
    else:
        tokenizer, pieces_of_words = grown(PreTrainedTokenizerFast.from_pretrained(start.folder))
        model = brought_up(VisionTextDualEncoderModel.from_pretrained(start.folder))
        grow_text_tower(model.text_model, pieces_of_words)
        model.train()
    settle(model.vision_model)
    batches = partial(Batches, art, tokenizer=tokenizer, scenes=scenes, replay=replay)
    return Recipe(
        model,
        batches(seed),
        losses,
        partial(export, folder=weights, tokenizer=tokenizer),
        rate=8e-4 if start is None else 6e-4,
        rates={"text_": 0.5, "vision_model.gather": 2.0},
        average=0.995,
        seeded=batches,
    )


def settle(tower: nn.Module) -> None:
    """Keep the statistics of batch normalisation as they are: cut-outs and whole pictures have different ones, so that
    either would be trained with its own and used with a mixture."""
    for module in tower.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval().train = lambda mode=True, kept=module: kept  # type: ignore[method-assign, misc]
