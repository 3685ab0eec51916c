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
from models.embedded.proposals import iou_matrix, peaks, proposal_loss
from models.embedded.training.scenes import Sample, endless, fit, stack
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
        pictures: int = PICTURES,
        favoured: Sequence[str] = (),
    ) -> None:
        self.samples = mixed(endless(art, seed, favoured=favoured), seed)
        self.random = np.random.default_rng(seed)
        self.phrases = PhraseSampler(seed)
        self.config = config
        self.tokenizer = tokenizer
        self.pictures = pictures

    def __iter__(self) -> Iterator[Batch]:
        while True:
            yield self.batch([next(self.samples) for _ in range(self.pictures)])

    def batch(self, samples: list[Sample]) -> Batch:
        side = self.config.image_size
        images, boxes, regions = [], [], []
        for sample in samples:
            wanted = side if self.random.random() < 0.8 else int(self.random.integers(side * 3 // 4, side + 1))
            image, factor = fit(sample.image, wanted)
            images.append(image)
            truth = torch.tensor([thing.box for thing in sample.things]) * factor
            boxes.append(truth)
            regions.append(self._jitter(truth))
        pixel_values, sizes = stack(images)
        said = self.phrases.sample([thing for sample in samples for thing in sample.things])
        tokens = self.tokenizer(said.texts, padding=True, return_tensors="pt")
        nouns = {noun.name: i for i, noun in enumerate(NOUNS)}
        return {
            "pixel_values": pixel_values,
            "sizes": sizes,
            "boxes": boxes,
            "regions": regions,
            "false_regions": [self._astray(truth, size) for truth, size in zip(boxes, sizes, strict=True)],
            "nouns": torch.tensor([nouns[thing.noun] for sample in samples for thing in sample.things]),
            "pieces": torch.tensor([PIECES[thing.style, thing.art] for sample in samples for thing in sample.things]),
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
    pixel_values, boxes = batch["pixel_values"], batch["boxes"]
    objectness, found = model.proposals(pixel_values)
    proposed = proposal_loss(objectness, found, boxes)

    true_regions, false_regions = list(batch["regions"]), list(batch["false_regions"])
    for i, (candidates, _) in enumerate(peaks(objectness.detach(), found.detach(), 40, 0.1)):
        if len(candidates):
            true_regions[i], wrong = _met(candidates, boxes[i], true_regions[i])
            false_regions[i] = torch.cat((wrong[:PROPOSED], false_regions[i]))[:PROPOSED]
    counts = [len(b) for b in true_regions]
    regions = [torch.cat(pair) for pair in zip(true_regions, false_regions, strict=True)]
    embeds = model.embed_regions(pixel_values, regions, batch["sizes"]).split([len(r) for r in regions])
    things = torch.cat([e[:count] for e, count in zip(embeds, counts, strict=True)])
    nothing = torch.cat([e[count:] for e, count in zip(embeds, counts, strict=True)])
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


def _met(candidates: Tensor, truth: Tensor, regions: Tensor) -> tuple[Tensor, Tensor]:
    """Learn from what is really proposed.

    Returns:
        The regions, every second one replaced by the best proposal for its true box, if there is a fair one; and the
        proposals that meet no true box, best first.
    """
    iou, index = iou_matrix(truth, candidates).max(1)
    taken = (iou >= 0.5) & (torch.rand(len(truth)) < 0.5)
    return torch.where(taken[:, None], candidates[index], regions), candidates[
        iou_matrix(candidates, truth).amax(1) < 0.45
    ]


def export(model: nn.Module, record: dict[str, Any], folder: Path, processor: SightDetectorProcessor) -> None:
    """Write the weights, in half precision, and the processor."""
    assert isinstance(model, Trainee)
    save(model.model, folder)
    processor.save_pretrained(folder)
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def recipe(art: Art, weights: Path, seed: int, start: Start | None = None) -> Recipe:
    """The detector's recipe; exports a folder that `from_pretrained` reads.

    Args:
        art: the prepared art.
        weights: where to export to.
        seed: of the scenes and phrases.
        start: earlier weights to go on from; None for fresh ones.
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
    return Recipe(
        model=Trainee(detector, 0.0 if start is None else SETTLE),
        batches=Batches(art, seed, config, tokenizer, favoured=start.new_nouns if start else ()),
        losses=losses,
        export=partial(export, folder=weights, processor=SightDetectorProcessor.of(tokenizer, config.image_size)),
        rate=2e-3 if start is None else 1.2e-3 if start.new_nouns else 5e-4,
        rates={"model.text_": 0.5} if start is None else {"model.text_": 0.5, "pieces": 4.0},
        average=0.998 if start is None else 0.995,
    )
