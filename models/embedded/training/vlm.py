"""Training of the embedded VLM: the vision tower of CLIP stays as it is, projector and decoder learn to answer.

In one stage, captions and questions mixed: the decoder starts from nothing, so there is no language to be kept from
harm while the projector learns, which is what LLaVA's first stage is for.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast, VisionTextDualEncoderModel

from models.embedded.training.clip import cut, jittered
from models.embedded.training.questions import Asked, about_scene, about_thing
from models.embedded.training.scenes import Sample, endless, normalise
from models.embedded.training.timed import Batch, Recipe, save
from models.embedded.vlm import answer_tokenizer, build_vlm, vlm_processor
from models.embedded.world.art import Art
from models.vlm import LEAST_SIDE

PICTURES = 4
"""In a batch."""
QUESTIONS = 2
"""About each cut-out."""
IGNORED = -100
"""Label of tokens that are not part of an answer."""


class Batches:
    """Endless batches: cut-outs and whole pictures, questions about each, and answers."""

    def __init__(self, art: Art, seed: int, tokenizer: PreTrainedTokenizerFast, image_tokens: int) -> None:
        self.samples = endless(art, seed)
        self.random = np.random.default_rng(seed)
        self.tokenizer = tokenizer
        self.image_tokens = image_tokens

    def __iter__(self) -> Iterator[Batch]:
        while True:
            yield self.batch([next(self.samples) for _ in range(PICTURES)])

    def batch(self, samples: list[Sample]) -> Batch:
        random = self.random
        cuts, asked = [], []
        for sample in samples:
            for thing in sample.things:
                cuts.append(grounded_cut(sample.image, jittered(thing.box, random)))
                asked += [about_thing(thing, random) for _ in range(QUESTIONS)]
            cuts.append(cut(sample.image, (0, 0, sample.image.shape[1], sample.image.shape[0])))
            asked += [about_scene(sample.scene, random) for _ in range(QUESTIONS)]
        return {
            "pixel_values": normalise(torch.from_numpy(np.stack(cuts))),
            "colour": torch.tensor([one.kind == "colour" for one in asked]),
            **self.encode(asked),
        }

    def encode(self, asked: list[Asked]) -> dict[str, Tensor]:
        """Token ids of conversations, padded at the right, and labels: the answers and their ends."""
        tokenizer = self.tokenizer
        image = "<image>" * self.image_tokens
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


def losses(model: nn.Module, batch: Batch, progress: float) -> dict[str, Tensor]:
    """`answer`: the cross-entropy of the answers' tokens. `_right`: answers all of whose tokens come first."""
    with torch.no_grad():
        grid = model.model.vision_tower(batch["pixel_values"]).last_hidden_state  # type: ignore[union-attr, operator]
    image = model.model.multi_modal_projector(grid).repeat_interleave(QUESTIONS, 0)  # type: ignore[union-attr, operator]
    ids = batch["input_ids"]
    embeds = model.get_input_embeddings()(ids)  # type: ignore[operator]
    places = (ids == model.config.image_token_index).unsqueeze(-1)  # type: ignore[union-attr]
    embeds = embeds.masked_scatter(places, image.to(embeds.dtype))
    hidden = model.model.language_model(inputs_embeds=embeds, attention_mask=batch["attention_mask"])  # type: ignore[union-attr, operator]
    target = batch["labels"][:, 1:]
    answered = target != IGNORED
    logits = model.lm_head(hidden.last_hidden_state[:, :-1][answered]).float()  # type: ignore[operator]
    loss = nn.functional.cross_entropy(logits, target[answered])
    wrong = torch.zeros(len(ids))
    wrong.index_add_(0, answered.nonzero()[:, 0], (logits.argmax(-1) != target[answered]).float())
    return {
        "answer": loss,
        "_right": (wrong == 0).float().mean(),
        "_colour": (wrong[batch["colour"]] == 0).float().mean(),
    }


def export(model: nn.Module, record: dict[str, Any], folder: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    """Write the weights, in half precision, and the processor."""
    save(model, folder)
    vlm_processor(tokenizer).save_pretrained(folder)
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def recipe(art: Art, weights: Path, seed: int) -> Recipe:
    """The VLM's recipe. It looks through the eyes of CLIP, which must have been trained before."""
    tokenizer = answer_tokenizer()
    model = build_vlm(tokenizer)
    clip = VisionTextDualEncoderModel.from_pretrained(weights.parent / "clip")
    model.model.vision_tower.load_state_dict(clip.vision_model.state_dict())
    with (
        torch.no_grad()
    ):  # at the usual start a picture hardly changes what the decoder sees, and it learns to ignore it
        model.model.multi_modal_projector.linear_1.weight.mul_(8)
        model.model.multi_modal_projector.linear_2.weight.mul_(8)
    model.model.vision_tower.requires_grad_(False).eval()
    model.model.vision_tower.train = lambda mode=True: model.model.vision_tower  # its batch statistics are settled
    return Recipe(
        model,
        Batches(art, seed, tokenizer, model.config.image_seq_length),
        losses,
        partial(export, folder=weights, tokenizer=tokenizer),
        rate=1.2e-3,
        clip=1.0,
    )
