"""Training of the embedded CLIP on cut-out things and on whole pictures, against all phrases that do not describe
them."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
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
from models.embedded.world.scene import Scene

PICTURES = 12
"""In a batch."""
PATCH = 8
"""Pixels of a side of a cell of the tower's grid."""
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


@dataclass(frozen=True)
class Shown:
    """What is shown of a scene, as pixels or as a tower tells them: its things cut out, the whole, cells of that."""

    scene: Scene
    cuts: Tensor
    """`(T, SIDE, SIDE, 3)` uint8, or `(T, C)`."""
    wholes: Tensor
    """`(1, WHOLE, WHOLE, 3)` uint8, or `(1, C)`; of a plain sheet none, `(0, ...)`."""
    cells: Tensor
    """`(N,)` int64, places in the grid of the whole; or `(N, C)`, what is there."""
    cell_nouns: Tensor
    """`(N,)` int64, the nouns that cells show."""

    @property
    def nouns(self) -> list[int]:
        return [_NOUNS[thing.noun] for thing in self.scene.things]


class Batches:
    """Endless batches: cut-outs, whole pictures; phrases, backgrounds and captions; what is true of what.

    Args:
        art: the prepared art.
        seed: of everything.
        tokenizer: of the texts.
        scenes: in a batch.
        replay: times that each scene is shown.
        tower: one that does not learn, which looks at each scene once: batches hold its vectors in place of pixels.
    """

    def __init__(
        self,
        art: Art,
        seed: int,
        tokenizer: PreTrainedTokenizerFast,
        scenes: int = PICTURES,
        replay: int = 1,
        tower: nn.Module | None = None,
    ) -> None:
        self.random = np.random.default_rng(seed)
        shown = map(self._shown, mixed(endless(art, seed), seed))
        self.shown = Replay(map(partial(_looked, tower), shown) if tower else shown, replay, self.random)
        self.phrases = PhraseSampler(seed)
        self.tokenizer = tokenizer
        self.scenes = scenes

    def __iter__(self) -> Iterator[Batch]:
        while True:
            some = self.shown.take(self.scenes)
            if any(len(one.wholes) for one in some):
                yield self.batch(some)

    def batch(self, some: list[Shown]) -> Batch:
        """The things of all pictures are cut out; all but plain sheets are seen whole."""
        random = self.random
        some = sorted(some, key=lambda one: not len(one.wholes))
        things = [thing for one in some for thing in one.scene.things]
        owners = np.repeat(np.arange(len(some)), [len(one.scene.things) for one in some])
        whole = [one for one in some if len(one.wholes)]
        said = self.phrases.sample(things, described=max(160, 2 * len(some)), strangers=16)
        places = [(name, str(word)) for name, others in BACKGROUNDS.items() for word in (name, random.choice(others))]
        place_texts = [_PLACES[random.integers(len(_PLACES))].format(word) for _, word in places]
        captions = [caption(one.scene, random) for one in whole] + [wrong_caption(one.scene, random) for one in whole]
        phrases, end = len(said.texts), len(said.texts) + len(places)
        cuts = len(things)
        truth = np.full((cuts + len(whole), end + len(captions)), -1, np.int8)
        truth[:cuts, :phrases] = said.truth
        for row, one in enumerate(whole):
            of_any = said.truth[owners == row]
            truth[cuts + row, :phrases] = np.where((of_any == 1).any(0), 1, np.where((of_any == -1).any(0), -1, 0))
            truth[cuts + row, phrases:end] = [name == one.scene.background for name, _ in places]
        batch = {
            "cuts": torch.cat([one.cuts for one in some]),
            "wholes": torch.cat([one.wholes for one in some]),
            "cells": torch.cat(self._cells(whole)),
            "truth": torch.from_numpy(truth),
            "nouns": torch.tensor([noun for one in some for noun in one.nouns]),
            "cell_nouns": torch.cat([one.cell_nouns for one in some]),
        }
        for name, texts in (("phrases", [*said.texts, *place_texts]), ("captions", captions)):
            tokens = self.tokenizer(texts, padding=True, truncation=True, max_length=LONGEST_TEXT, return_tensors="pt")
            batch |= {name: tokens["input_ids"], f"{name}_mask": tokens["attention_mask"]}
        return batch

    def _shown(self, sample: Sample) -> Shown:
        image, things = sample.image, sample.things
        cuts = [cut(image, jittered(thing.box, self.random)) for thing in things]
        whole = np.empty((0, WHOLE, WHOLE, 3), np.uint8)
        at: list[int] = []
        nouns: list[int] = []
        if sample.scene.background in BACKGROUNDS:
            whole = cut(image, (0, 0, image.shape[1], image.shape[0]), WHOLE)[None]
            owner = cells(sample, WHOLE).ravel()
            for index, thing in enumerate(things):
                own = self.random.permutation(np.flatnonzero(owner == index))[:CELLS].tolist()
                at += own
                nouns += [_NOUNS[thing.noun]] * len(own)
        shown = np.stack(cuts), whole, np.array(at, np.int64), np.array(nouns, np.int64)
        return Shown(sample.scene, *map(torch.from_numpy, shown))

    def _cells(self, whole: list[Shown]) -> list[Tensor]:
        """Places among the cells of all pictures, or what is there."""
        each = (WHOLE // PATCH) ** 2
        return [one.cells if one.cells.ndim == 2 else one.cells + row * each for row, one in enumerate(whole)]


@torch.inference_mode()
def _looked(tower: nn.Module, shown: Shown) -> Shown:
    """What a tower tells of it."""
    cuts = tower(normalise(shown.cuts)).pooler_output
    if not len(shown.wholes):
        return replace(shown, cuts=cuts, wholes=cuts[:0], cells=cuts[:0])
    whole = tower(normalise(shown.wholes))
    return replace(shown, cuts=cuts, wholes=whole.pooler_output, cells=whole.last_hidden_state[0, shown.cells])


_NOUNS = {noun.name: i for i, noun in enumerate(NOUNS)}


def losses(model: nn.Module, batch: Batch, progress: float) -> dict[str, Tensor]:
    """`noun`, `phrase`, `inside`, `background`: each true phrase against all false ones, for every cut-out and picture.
    `caption`: each picture among the captions and each caption among the pictures. `cell`: the noun of what a cell of a
    whole picture shows, which tells the tower where the things are that a caption names. `_right`: nouns that come
    first; `_caption`: captions that come first."""
    pooled = batch["cuts"], batch["wholes"], batch["cells"]
    if batch["cuts"].ndim == 4:
        vision = model.vision_model
        grids = vision(normalise(batch["wholes"]))  # type: ignore[operator]
        shown = grids.last_hidden_state.flatten(0, 1)[batch["cells"]]
        pooled = vision(normalise(batch["cuts"])).pooler_output, grids.pooler_output, shown  # type: ignore[operator]
    seen = model.visual_projection(torch.cat(pooled))  # type: ignore[operator]
    told = [
        model.get_text_features(batch[name], batch[f"{name}_mask"]).pooler_output  # type: ignore[operator]
        for name in ("phrases", "captions")
    ]
    text = torch.cat(told)
    with torch.autocast(seen.device.type, enabled=False):  # logits of 50 in bfloat16 would be known to a quarter
        cosine = F.normalize(seen.float(), dim=-1) @ F.normalize(text.float(), dim=-1).T
        logits = cosine * model.logit_scale.exp().clamp(max=50)  # type: ignore[operator, union-attr]
    truth = batch["truth"]
    logits, named = logits.split((len(truth), len(batch["cells"])))
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

    captions = logits[rows:, phrases + places :]
    own = torch.arange(pictures, device=captions.device)
    right = (logits[:rows, :nouns].argmax(1) == batch["nouns"]).float().mean()
    return {
        "noun": mean((slice(0, rows), slice(0, nouns))),
        "phrase": mean((slice(0, rows), slice(nouns, phrases))),
        "inside": 0.5 * mean((slice(rows, None), slice(0, phrases))),
        "background": 0.3 * mean((slice(rows, None), slice(phrases, phrases + places))),
        "caption": 0.5 * (F.cross_entropy(captions, own) + F.cross_entropy(captions[:, :pictures].T, own)),
        "cell": 0.5 * F.cross_entropy(named[:, :nouns], batch["cell_nouns"]),
        "_right": right.detach(),
        "_caption": (captions.argmax(1) == own).float().mean(),
    }


def export(model: nn.Module, record: dict[str, Any], folder: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    """Write the weights, in half precision, and the processor."""
    save(model, folder)
    save_processor(folder, tokenizer)
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def recipe(
    art: Art,
    weights: Path,
    seed: int,
    start: Start | None = None,
    scenes: int = PICTURES,
    replay: int = 1,
    look_once: bool = False,
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
        look_once: the vision tower does not learn, and looks at each scene once, however often that is shown.
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
    tower = None
    if look_once:
        model.vision_model.requires_grad_(False)
        tower = deepcopy(model.vision_model).eval()
    batches = partial(Batches, art, tokenizer=tokenizer, scenes=scenes, replay=replay, tower=tower)
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
