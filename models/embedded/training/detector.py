"""Training of the embedded detector: proposals, and the naming of regions, in one model and one run."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import PreTrainedTokenizerFast

from models.embedded.detector import SightDetectorConfig, SightDetectorForObjectDetection
from models.embedded.phrases import PhraseSampler, phrase_tokenizer
from models.embedded.processing import SightDetectorProcessor
from models.embedded.proposals import iou_matrix, proposal_loss, strongest
from models.embedded.training.scenes import Replay, Sample, endless, fit, normalise
from models.embedded.training.sheets import mixed
from models.embedded.training.start import Start, grow_text_tower, grown
from models.embedded.training.timed import Batch, Recipe, save
from models.embedded.world.art import Art, pieces
from models.embedded.world.lexicon import NOUNS

PICTURES = 12
"""In a batch."""
SCALE = 14.0
"""Of unit vectors before the softmax over pieces, as the square root of their width."""
_DRAWN = {("sign" if noun.written else "shape", noun.name) for noun in NOUNS if not noun.art}
PIECES = {key: i for i, key in enumerate(sorted({*pieces(), *_DRAWN}))}
SETTLE = 0.08
"""Share of the schedule in which features that were trained before are kept from a head that knows nothing yet."""
FALSE_REGIONS = 2
"""Regions a picture that hold no thing, drawn at random."""
PROPOSED = 4
"""At most so many regions of a picture that were proposed and hold no thing, or a part of one."""


class Batches:
    """Endless batches: pictures, boxes, phrases and their truth."""

    def __init__(
        self,
        art: Art,
        seed: int,
        config: SightDetectorConfig,
        tokenizer: Any,
        favoured: Sequence[str] = (),
        scenes: int = PICTURES,
        replay: int = 1,
    ) -> None:
        self.random = np.random.default_rng(seed)
        self.samples = Replay(mixed(endless(art, seed, favoured=favoured), seed), replay, self.random)
        self.phrases = PhraseSampler(seed)
        self.config = config
        self.tokenizer = tokenizer
        self.scenes = scenes

    def __iter__(self) -> Iterator[Batch]:
        while True:
            yield self.batch(self.samples.take(self.scenes))

    def batch(self, samples: list[Sample]) -> Batch:
        """The things of all pictures in one row: `regions`, `owners`, `slots`, `nouns`, `pieces`, `truth`. What each
        picture has, filled up to the longest: `boxes` and `real`, `false_regions` and `false_real`."""
        side = self.config.image_size
        images, boxes, astray = [], [], []
        for sample in samples:
            wanted = side if self.random.random() < 0.8 else int(self.random.integers(side * 3 // 4, side + 1))
            image, factor = fit(sample.image, wanted)
            images.append(image)
            boxes.append(torch.tensor([thing.box for thing in sample.things]) * factor)
            astray.append(self._astray(boxes[-1], torch.tensor(image.shape[:2])))
        things = [thing for sample in samples for thing in sample.things]
        said = self.phrases.sample(things, described=max(160, 2 * len(samples)))
        tokens = self.tokenizer(said.texts, padding=True, return_tensors="pt")
        padded, real = _filled(boxes)
        false_regions, false_real = _filled(astray)
        return {
            "images": _sheet(images),
            "sizes": torch.tensor([image.shape[:2] for image in images], dtype=torch.float32),
            "boxes": padded,
            "real": real,
            "regions": self._jitter(torch.cat(boxes)),
            "owners": real.nonzero()[:, 0],
            "slots": real.nonzero()[:, 1],
            "false_regions": false_regions,
            "false_real": false_real,
            "nouns": torch.tensor([_NOUNS[thing.noun] for thing in things]),
            "pieces": torch.tensor([PIECES[thing.style, thing.art] for thing in things]),
            "truth": torch.from_numpy(said.truth),
            "input_ids": tokens["input_ids"],
            "attention_mask": tokens["attention_mask"],
        }

    def _jitter(self, boxes: Tensor) -> Tensor:
        """Boxes as a proposal network might give them: moved and scaled a little."""
        size = boxes[:, 2:] - boxes[:, :2]
        noise = torch.from_numpy(self.random.normal(0, 0.055, (len(boxes), 2, 2)).clip(-0.15, 0.15).astype(np.float32))
        return torch.cat((boxes[:, :2] + noise[:, 0] * size, boxes[:, 2:] + noise[:, 1] * size), 1)

    def _astray(self, boxes: Tensor, size: Tensor) -> Tensor:
        """Boxes that meet no true one by more than a third."""
        random = self.random
        height, width = size.tolist()
        sides = np.exp(random.uniform(np.log(20), np.log(140), FALSE_REGIONS * 3))
        x, y = random.uniform(0, width, len(sides)), random.uniform(0, height, len(sides))
        drawn = torch.from_numpy(np.stack((x - sides / 2, y - sides / 2, x + sides / 2, y + sides / 2), 1)).float()
        return drawn[iou_matrix(drawn, boxes).amax(1) < 0.3][:FALSE_REGIONS]


_NOUNS = {noun.name: i for i, noun in enumerate(NOUNS)}


def _filled(boxes: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Boxes of pictures as one `(B, N, 4)`, N at least 1, and which of them there are, `(B, N)` bool."""
    most = max(1, *map(len, boxes))
    filled = torch.stack([F.pad(found, (0, 0, 0, most - len(found))) for found in boxes])
    return filled, torch.arange(most) < torch.tensor([len(found) for found in boxes])[:, None]


def _sheet(images: list[np.ndarray], multiple: int = 32) -> Tensor:
    """Pictures at the top left of `(B, H, W, 3)` uint8, whose sides are multiples of a number."""
    height, width = (-(-max(image.shape[axis] for image in images) // multiple) * multiple for axis in (0, 1))
    sheet = torch.zeros(len(images), height, width, 3, dtype=torch.uint8)
    for row, image in zip(sheet, images, strict=True):
        row[: image.shape[0], : image.shape[1]] = torch.from_numpy(np.ascontiguousarray(image))
    return sheet


def _pixels(images: Tensor, sizes: Tensor) -> Tensor:
    """What `_sheet` made as the model takes it: `(B, 3, H, W)` float from -1 to 1, zeros beside the pictures."""
    rows, columns = (torch.arange(extent, device=sizes.device) for extent in images.shape[1:3])
    inside = (rows < sizes[:, :1])[:, :, None] & (columns < sizes[:, 1:])[:, None]
    return normalise(images) * inside[:, None]


class Trainee(nn.Module):
    """The detector, with a head that tells every piece of art apart: that is easier to learn, and the features that it
    needs are those that names need."""

    def __init__(self, model: SightDetectorForObjectDetection, settle: float = 0.0) -> None:
        """
        Args:
            model: the detector.
            settle: share of the schedule in which the new head learns from the features and not they from it.
        """
        super().__init__()
        self.model = model
        self.settle = settle
        self.pieces = nn.Linear(model.config.projection_dim, len(PIECES))


def losses(trainee: nn.Module, batch: Batch, progress: float) -> dict[str, Tensor]:
    """The proposals' losses, `phrase` (a sigmoid for every region and phrase), `noun` (a softmax over the nouns),
    `piece` (over the pieces of art).

    `_right` is the share of regions whose noun comes first.
    """
    assert isinstance(trainee, Trainee)
    model = trainee.model
    pixel_values, boxes, real = _pixels(batch["images"], batch["sizes"]), batch["boxes"], batch["real"]
    objectness, found = model.proposals(pixel_values)
    proposed = proposal_loss(objectness, found, boxes, real)

    candidates, sure = strongest(objectness.detach(), found.detach(), 40, 0.1)
    iou = iou_matrix(boxes, candidates) * real[:, :, None] * sure.isfinite()[:, None]
    regions = _met(candidates, iou, batch)
    wrong, owners = _nothing(candidates, sure.isfinite() & (iou.amax(1) < 0.45), batch)
    of_all = torch.cat((batch["owners"], owners))
    embeds = model.embed_regions(pixel_values, torch.cat((regions, wrong)), of_all, batch["sizes"])
    things, nothing = embeds.split((len(regions), len(wrong)))
    text = model.get_text_features(batch["input_ids"], batch["attention_mask"])
    logits = model.phrase_logits(torch.cat((things, nothing)), text).float()
    truth = F.pad(batch["truth"], (0, 0, 0, len(nothing)))
    known = (truth >= 0).float()
    entropy = F.binary_cross_entropy_with_logits(logits, truth.clamp(min=0).float(), reduction="none") * known
    seen = things.detach() if progress < trainee.settle else things
    told = F.cross_entropy(trainee.pieces(seen * SCALE).float(), batch["pieces"])
    named = F.cross_entropy(logits[: len(things), : len(NOUNS)], batch["nouns"])
    with torch.no_grad():
        right = (logits[: len(things), : len(NOUNS)].argmax(1) == batch["nouns"]).float().mean()
    return {
        "objectness": proposed["objectness"],
        "box": 2.0 * proposed["box"],
        "phrase": entropy.sum() / (truth == 1).sum().clamp(min=1) * 2.0,
        "noun": named,
        "piece": told,
        "_right": right,
    }


def _met(candidates: Tensor, iou: Tensor, batch: Batch) -> Tensor:
    """The regions of the things, every second one replaced by the best proposal for its true box, if there is a fair
    one: it is learnt from what is really proposed."""
    best, index = iou.max(2)
    owners, slots = batch["owners"], batch["slots"]
    taken = (best[owners, slots] >= 0.5) & (torch.rand(len(owners), device=iou.device) < 0.5)
    return torch.where(taken[:, None], candidates[owners, index[owners, slots]], batch["regions"])


def _nothing(candidates: Tensor, wrong: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """Regions that hold no thing, and the pictures they lie in: what was proposed wrongly, best first, and what was
    drawn at random, of each picture `PROPOSED` at most."""
    regions = torch.cat((candidates, batch["false_regions"]), 1)
    there = torch.cat((wrong, batch["false_real"]), 1)
    owners, slots = (there & (there.cumsum(1) <= PROPOSED)).nonzero(as_tuple=True)
    return regions[owners, slots], owners


def export(model: nn.Module, record: dict[str, Any], folder: Path, processor: SightDetectorProcessor) -> None:
    """Write the weights, in half precision, and the processor."""
    assert isinstance(model, Trainee)
    save(model.model, folder)
    processor.save_pretrained(folder)
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def recipe(
    art: Art, weights: Path, seed: int, start: Start | None = None, scenes: int = PICTURES, replay: int = 1
) -> Recipe:
    """The detector's recipe; exports a folder that `from_pretrained` reads.

    Args:
        art: the prepared art.
        weights: where to export to.
        seed: of the scenes and phrases.
        start: earlier weights to go on from; None for fresh ones.
        scenes: in a batch.
        replay: times that each scene is shown.
    """
    if start is None:
        tokenizer = phrase_tokenizer()
        detector = SightDetectorForObjectDetection(SightDetectorConfig(text_config={"vocab_size": len(tokenizer)}))
    else:
        tokenizer, pieces_of_words = grown(PreTrainedTokenizerFast.from_pretrained(start.folder))
        detector = SightDetectorForObjectDetection.from_pretrained(start.folder)
        grow_text_tower(detector.text_model, pieces_of_words)
        detector.train()
    config = detector.config
    favoured = start.new_nouns if start else ()
    batches = partial(Batches, art, config=config, tokenizer=tokenizer, favoured=favoured, scenes=scenes, replay=replay)
    return Recipe(
        model=Trainee(detector, 0.0 if start is None else SETTLE),
        batches=batches(seed),
        losses=losses,
        export=partial(export, folder=weights, processor=SightDetectorProcessor.of(tokenizer, config.image_size)),
        rate=2e-3 if start is None else 1.2e-3 if start.new_nouns else 5e-4,
        rates={"model.text_": 0.5} if start is None else {"model.text_": 0.5, "pieces": 4.0},
        average=0.998 if start is None else 0.995,
        seeded=batches,
    )
