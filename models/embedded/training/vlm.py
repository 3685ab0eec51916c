"""Training of the embedded VLM, in the two stages of LLaVA (Liu et al., NeurIPS 2023); CLIP's tower stays as it is.

First the projector learns alone, on captions, so that the decoder's language comes to no harm while what it is shown
makes no sense yet; then projector and decoder learn to answer questions. A decoder that starts from nothing has no
language to be kept, and gets some first: a short stage in which it sees no picture.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from transformers import LlavaForConditionalGeneration, PreTrainedTokenizerFast, VisionTextDualEncoderModel

from models.embedded.training.clip import cut, jittered
from models.embedded.training.questions import Asked, about_scene, about_thing, caption_of, caption_of_scene
from models.embedded.training.scenes import Sample, endless, normalise
from models.embedded.training.start import Start, grown, grown_embedding
from models.embedded.training.timed import Batch, Recipe, save
from models.embedded.vlm import WHOLE, answer_tokenizer, build_vlm, vlm_processor
from models.embedded.world.art import Art
from models.vlm import LEAST_SIDE

PICTURES = 4
"""In a batch."""
QUESTIONS = 2
"""About each cut-out and each whole picture."""
PATCH = 8
"""Side in pixels of what one image token stands for."""
LANGUAGE, PROJECTOR = 0.06, 0.1
"""Shares of the schedule in which a fresh decoder learns without pictures, and in which the projector learns alone."""
IGNORED = -100
"""Label of tokens that are not part of an answer."""


@dataclass
class Stages:
    """Which part of the schedule is on. It begins with "language" for a fresh decoder, else with "projector"."""

    fresh: bool
    now: str = ""

    def __post_init__(self) -> None:
        self.at(0.0)

    def at(self, progress: float) -> str:
        """Note how far the schedule is, 0 to 1: "language", "projector" or "questions"."""
        first = LANGUAGE if self.fresh else 0.0
        self.now = "language" if progress < first else "projector" if progress < first + PROJECTOR else "questions"
        return self.now


class Batches:
    """Endless batches: cut-outs and whole pictures, questions about each, and answers. Captions only, while the
    projector learns alone."""

    def __init__(
        self, art: Art, seed: int, tokenizer: PreTrainedTokenizerFast, stages: Stages, favoured: Sequence[str] = ()
    ) -> None:
        self.samples = endless(art, seed, favoured=favoured)
        self.random = np.random.default_rng(seed)
        self.tokenizer = tokenizer
        self.stages = stages

    def __iter__(self) -> Iterator[Batch]:
        while True:
            yield self.batch([next(self.samples) for _ in range(PICTURES)])

    def batch(self, samples: list[Sample]) -> Batch:
        """`cuts` and `wholes`, each with `pixel_values`, tokens and labels, `QUESTIONS` rows a picture."""
        random = self.random
        only_captions = self.stages.now == "projector"
        ask_thing, ask_scene = (caption_of, caption_of_scene) if only_captions else (about_thing, about_scene)
        things = [(sample, thing) for sample in samples for thing in sample.things]
        cuts = [grounded_cut(sample.image, jittered(thing.box, random)) for sample, thing in things]
        wholes = [cut(s.image, (0, 0, s.image.shape[1], s.image.shape[0]), WHOLE) for s in samples]
        return {
            "cuts": self._part(cuts, [ask_thing(t, random) for _, t in things for _ in range(QUESTIONS)]),
            "wholes": self._part(wholes, [ask_scene(s.scene, random) for s in samples for _ in range(QUESTIONS)]),
        }

    def _part(self, images: list[np.ndarray], asked: list[Asked]) -> Batch:
        side = images[0].shape[0]
        return {
            "pixel_values": normalise(torch.from_numpy(np.stack(images))),
            "yes_no": torch.tensor([one.kind == "yes-no" for one in asked]),
            **self.encode(asked, (side // PATCH) ** 2),
        }

    def encode(self, asked: list[Asked], image_tokens: int) -> dict[str, Tensor]:
        """Token ids of conversations, padded at the right, and labels: the answers and their ends."""
        tokenizer = self.tokenizer
        image = "<image>" * image_tokens
        rows, labels = [], []
        for one in asked:
            prompt = tokenizer(f"<user> {image} {one.question} <assistant>", add_special_tokens=False)["input_ids"]
            answer = tokenizer(f"{one.answer}</s>", add_special_tokens=False)["input_ids"]
            rows.append(prompt + answer)
            labels.append([IGNORED] * len(prompt) + answer)
        longest = max(map(len, rows))
        pad = tokenizer.pad_token_id
        return {
            "input_ids": torch.tensor([row + [pad] * (longest - len(row)) for row in rows]),
            "attention_mask": torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows]),
            "labels": torch.tensor([row + [IGNORED] * (longest - len(row)) for row in labels]),
        }


def grounded_cut(image: np.ndarray, box: tuple[float, ...]) -> np.ndarray:
    """As `cut`, on a grey ground where a side is short, which is what the adapter gives the model."""
    height, width = image.shape[:2]
    left, top = min(max(0, int(box[0])), width - 2), min(max(0, int(box[1])), height - 2)
    right, bottom = min(width, max(left + 2, round(box[2]))), min(height, max(top + 2, round(box[3])))
    missing = max(0, LEAST_SIDE - (right - left)), max(0, LEAST_SIDE - (bottom - top))
    if not any(missing):
        return cut(image, box)
    x, y = missing[0] // 2, missing[1] // 2
    edges = (y, missing[1] - y, x, missing[0] - x)
    part = cv2.copyMakeBorder(image[top:bottom, left:right], *edges, cv2.BORDER_CONSTANT, value=(127, 127, 127))
    return cut(part, (0, 0, part.shape[1], part.shape[0]))


def losses(model: nn.Module, batch: Batch, progress: float, stages: Stages) -> dict[str, Tensor]:
    """`cuts` and `wholes`: the cross-entropy of the answers' tokens. `_right`, `_whole`, `_yes_no`: answers all of
    whose tokens come first, about cut-outs, about whole pictures, and those that want a yes or no."""
    stage = stages.at(progress)
    freeze(model, stage)
    cuts, cut_right = _answers(model, batch["cuts"], blind=stage == "language")
    wholes, whole_right = _answers(model, batch["wholes"], blind=stage == "language")
    polar = torch.cat((cut_right[batch["cuts"]["yes_no"]], whole_right[batch["wholes"]["yes_no"]]))
    return {
        "cuts": cuts,
        "wholes": 0.6 * wholes,
        "_right": cut_right.mean(),
        "_whole": whole_right.mean(),
        "_yes_no": polar.mean() if len(polar) else cut_right.new_zeros(()),
    }


TRAINED = {"language": ("model.language_model",), "projector": ("model.multi_modal_projector",)}
"""Parameters that learn in a stage, by how their names start; in the last stage both do."""


def freeze(model: nn.Module, stage: str) -> None:
    """Let only those parameters learn that a stage trains."""
    names = TRAINED.get(stage, tuple(name for part in TRAINED.values() for name in part))
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(names))


def _answers(model: nn.Module, part: Batch, blind: bool) -> tuple[Tensor, Tensor]:
    """The loss of one part of a batch, and for each question whether it was answered right (0 or 1)."""
    with torch.no_grad():
        grid = model.model.vision_tower(part["pixel_values"]).last_hidden_state  # type: ignore[union-attr, operator]
    image = model.model.multi_modal_projector(grid).repeat_interleave(QUESTIONS, 0)  # type: ignore[union-attr, operator]
    ids = part["input_ids"]
    embeds = model.get_input_embeddings()(ids)  # type: ignore[operator]
    places = (ids == model.config.image_token_index).unsqueeze(-1)  # type: ignore[union-attr]
    embeds = embeds.masked_scatter(places, (image * 0 if blind else image).to(embeds.dtype))
    hidden = model.model.language_model(inputs_embeds=embeds, attention_mask=part["attention_mask"])  # type: ignore[union-attr, operator]
    target = part["labels"][:, 1:]
    answered = target != IGNORED
    logits = model.lm_head(hidden.last_hidden_state[:, :-1][answered]).float()  # type: ignore[operator]
    loss = nn.functional.cross_entropy(logits, target[answered])
    wrong = torch.zeros(len(ids))
    wrong.index_add_(0, answered.nonzero()[:, 0], (logits.argmax(-1) != target[answered]).float())
    return loss, (wrong == 0).float()


def export(model: nn.Module, record: dict[str, Any], folder: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    """Write the weights, in half precision, and the processor."""
    save(model, folder)
    vlm_processor(tokenizer).save_pretrained(folder)
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def recipe(art: Art, weights: Path, seed: int, start: Start | None = None) -> Recipe:
    """The VLM's recipe.

    Args:
        art: the prepared art.
        weights: where to export to; it looks through the eyes of the CLIP beside it, which must have been trained.
        seed: of the scenes and questions.
        start: earlier weights whose decoder and projector to go on from; None for fresh ones.
    """
    if start is None:
        tokenizer = answer_tokenizer()
        model = build_vlm(tokenizer)
        with torch.no_grad():
            # At the usual start a picture hardly changes what the decoder sees, and it learns to ignore it.
            model.model.multi_modal_projector.linear_1.weight.mul_(8)
            model.model.multi_modal_projector.linear_2.weight.mul_(8)
    else:
        tokenizer, pieces_of_words = grown(PreTrainedTokenizerFast.from_pretrained(start.folder))
        model = LlavaForConditionalGeneration.from_pretrained(start.folder)
        grown_rows = grown_embedding(model.get_input_embeddings().weight.data, pieces_of_words)
        model.resize_token_embeddings(len(grown_rows), mean_resizing=False)
        model.get_input_embeddings().weight.data.copy_(grown_rows)
        model.train()
    clip = VisionTextDualEncoderModel.from_pretrained(weights.parent / "clip")
    model.model.vision_tower.load_state_dict(clip.vision_model.state_dict())
    model.model.vision_tower.eval()
    model.model.vision_tower.train = lambda mode=True: model.model.vision_tower  # its batch statistics are settled
    stages = Stages(fresh=start is None)
    return Recipe(
        model,
        Batches(art, seed, tokenizer, stages, start.new_nouns if start else ()),
        partial(losses, stages=stages),
        partial(export, folder=weights, tokenizer=tokenizer),
        rate=1.2e-3,
        clip=1.0,
        average=0.995,
    )
