"""Training of the embedded VLM, in the two stages of LLaVA (Liu et al., NeurIPS 2023); it starts with CLIP's tower.

First the projector learns alone, on captions, so that the decoder's language comes to no harm while what it is shown
makes no sense yet; then all learn to answer questions, the tower more slowly. A decoder that starts from nothing has no
language to be kept, and gets some first: a short stage in which it sees no picture.

Answers tell a tower little of where things are in a whole picture. Heads that are thrown away afterwards name what each
cell of it shows, its colour and its size.
"""

import json
import multiprocessing
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from transformers import LlavaForConditionalGeneration, PreTrainedTokenizerFast, VisionTextDualEncoderModel

from models.embedded.training.clip import cut, jittered, settle
from models.embedded.training.questions import (
    Asked,
    caption_of,
    caption_of_scene,
    question_words,
    teach_scene,
    teach_thing,
)
from models.embedded.training.scenes import Replay, Sample, cells, endless, normalise
from models.embedded.training.sheets import mixed
from models.embedded.training.start import Start, grown, grown_embedding
from models.embedded.training.timed import Batch, Recipe, save
from models.embedded.vlm import LONGEST, WHOLE, answer_tokenizer, build_vlm, vlm_processor
from models.embedded.world.art import Art
from models.embedded.world.lexicon import COLOURS, NOUNS, SIZES
from models.vlm import LEAST_SIDE

PICTURES = 4
"""In a batch."""
QUESTIONS, WHOLE_QUESTIONS = 2, 4
"""About each cut-out and about each whole picture."""
PATCH = 8
"""Side in pixels of what one image token stands for."""
LANGUAGE, PROJECTOR = 0.06, 0.05
"""Shares of the schedule in which a fresh decoder learns without pictures, and in which the projector learns alone."""
IGNORED = -100
"""Label of tokens that are not part of an answer, and of cells that a head is not asked about."""
STAGES = ("language", "projector", "questions")
_NOUNS = {noun.name: i for i, noun in enumerate(NOUNS)}


class Stages:
    """Which part of the schedule is on. It begins with "language" for a fresh decoder, else with "projector". Worker
    processes that were forked from this one see it change."""

    def __init__(self, fresh: bool) -> None:
        self.fresh = fresh
        self._now = multiprocessing.get_context("fork").Value("b", 0)
        self.at(0.0)

    @property
    def now(self) -> str:
        return STAGES[self._now.value]

    def at(self, progress: float) -> str:
        """Note how far the schedule is, 0 to 1: "language", "projector" or "questions"."""
        first = LANGUAGE if self.fresh else 0.0
        self._now.value = 0 if progress < first else 1 if progress < first + PROJECTOR else 2
        return self.now


class Batches:
    """Endless batches: cut-outs and whole pictures, questions about each, and answers. Captions only, while the
    projector learns alone."""

    def __init__(
        self,
        art: Art,
        seed: int,
        tokenizer: PreTrainedTokenizerFast,
        stages: Stages,
        favoured: Sequence[str] = (),
        scenes: int = PICTURES,
        replay: int = 1,
    ) -> None:
        self.random = np.random.default_rng(seed)
        self.samples = Replay(mixed(endless(art, seed, favoured=favoured), seed), replay, self.random)
        self.tokenizer = tokenizer
        self.stages = stages
        self.scenes = scenes

    def __iter__(self) -> Iterator[Batch]:
        while True:
            yield self.batch(self.samples.take(self.scenes))

    def batch(self, samples: list[Sample]) -> Batch:
        """`cuts` and `wholes`, each with `pixel_values`, tokens and labels, several rows a picture; for `wholes` also
        what each cell shows."""
        random = self.random
        only_captions = self.stages.now == "projector"
        ask_thing, ask_scene = (caption_of, caption_of_scene) if only_captions else (teach_thing, teach_scene)
        things = [(sample, thing) for sample in samples for thing in sample.things]
        cuts = [grounded_cut(sample.image, jittered(thing.box, random)) for sample, thing in things]
        wholes = [cut(s.image, (0, 0, s.image.shape[1], s.image.shape[0]), WHOLE) for s in samples]
        return {
            "cuts": self._part(cuts, [ask_thing(t, random) for _, t in things for _ in range(QUESTIONS)]),
            "wholes": {
                **self._part(wholes, [ask_scene(s.scene, random) for s in samples for _ in range(WHOLE_QUESTIONS)]),
                "cells": torch.from_numpy(np.stack([_told(sample) for sample in samples])),
            },
        }

    def _part(self, images: list[np.ndarray], asked: list[Asked]) -> Batch:
        side = images[0].shape[0]
        return {
            "pixel_values": torch.from_numpy(np.stack(images)),
            "yes_no": torch.tensor([one.kind == "yes-no" for one in asked]),
            **self.encode(asked, (side // PATCH) ** 2),
        }

    def encode(self, asked: list[Asked], image_tokens: int) -> dict[str, Tensor]:
        """Token ids of conversations, padded at the right, and labels: the answers and their ends."""
        tokenizer = self.tokenizer
        head, image, tail = (tokenizer.convert_tokens_to_ids(name) for name in ("<user>", "<image>", "<assistant>"))
        questions = tokenizer([one.question for one in asked], add_special_tokens=False)["input_ids"]
        answers = tokenizer([f"{one.answer}</s>" for one in asked], add_special_tokens=False)["input_ids"]
        prompts = [[head, *[image] * image_tokens, *question, tail] for question in questions]
        rows = [prompt + answer for prompt, answer in zip(prompts, answers, strict=True)]
        labels = [[IGNORED] * len(prompt) + answer for prompt, answer in zip(prompts, answers, strict=True)]
        longest = max(map(len, rows))
        pad = tokenizer.pad_token_id
        return {
            "input_ids": torch.tensor([row + [pad] * (longest - len(row)) for row in rows]),
            "labels": torch.tensor([row + [IGNORED] * (longest - len(row)) for row in labels]),
        }


def _told(sample: Sample) -> np.ndarray:
    """What each cell of a whole picture shows: `(3, N)` int64, noun (one more for the ground), colour and size of the
    thing there; `IGNORED` where there is none to be told."""
    owner = cells(sample, WHOLE, PATCH).ravel()
    table = [(_NOUNS[t.noun], _index(tuple(COLOURS), t.colour), _index(SIZES, t.size)) for t in sample.things]
    beside, ground = (IGNORED,) * 3, (len(NOUNS), IGNORED, IGNORED)
    told: np.ndarray = np.array([*table, beside, ground], np.int64)[owner].T  # -2 is the last but one, -1 the last
    return told


def _index(options: Sequence[str], one: str | None) -> int:
    return IGNORED if one is None else options.index(one)


class Trainee(nn.Module):
    """The VLM, with heads that name what the cells of a whole picture show."""

    def __init__(self, llava: LlavaForConditionalGeneration) -> None:
        super().__init__()
        self.llava = llava
        width = llava.config.vision_config.hidden_size
        self.heads = nn.ModuleList(nn.Linear(width, size) for size in (len(NOUNS) + 1, len(COLOURS), len(SIZES)))


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


def losses(trainee: nn.Module, batch: Batch, progress: float, stages: Stages) -> dict[str, Tensor]:
    """`cuts` and `wholes`: the cross-entropy of the answers' tokens. `cells`: what the cells of whole pictures show.
    `_right`, `_whole`, `_yes_no`: answers all of whose tokens come first, about cut-outs, about whole pictures, and
    those that want a yes or no."""
    assert isinstance(trainee, Trainee)
    stage = stages.at(progress)
    freeze(trainee.llava, stage)
    cuts, cut_right, _ = _answers(trainee.llava, batch["cuts"], blind=stage == "language")
    wholes, whole_right, grid = _answers(trainee.llava, batch["wholes"], blind=stage == "language")
    polar = torch.cat((cut_right[batch["cuts"]["yes_no"]], whole_right[batch["wholes"]["yes_no"]]))
    return {
        "cuts": cuts,
        "wholes": wholes,
        "cells": 0.3 * _named(trainee, grid, batch["wholes"]["cells"]),
        "_right": cut_right.mean(),
        "_whole": whole_right.mean(),
        "_yes_no": polar.mean() if len(polar) else cut_right.new_zeros(()),
    }


def _named(trainee: Trainee, grid: Tensor, told: Tensor) -> Tensor:
    """The heads' cross-entropies, those of nouns, colours and sizes added up. The ground, of which there is most,
    counts a tenth."""
    total = grid.new_zeros((), dtype=torch.float32)
    for head, wanted in zip(trainee.heads, told.unbind(1), strict=True):
        logits = head(grid).flatten(0, 1).float()
        weight = torch.ones(logits.shape[1], device=logits.device)
        if logits.shape[1] > len(NOUNS):
            weight[-1] = 0.1
        entropy = nn.functional.cross_entropy(logits, wanted.flatten(), weight, ignore_index=IGNORED, reduction="sum")
        counted = weight[wanted.clamp(min=0)] * (wanted != IGNORED)
        total = total + entropy / counted.sum().clamp(min=1)
    return total


TRAINED = {
    "language": ("model.language_model",),
    "projector": ("model.multi_modal_projector",),
    "questions": ("model.language_model", "model.multi_modal_projector", "model.vision_tower"),
}
"""Parameters that learn in a stage, by how their names start."""


def freeze(model: nn.Module, stage: str) -> None:
    """Let only those parameters learn that a stage trains."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(TRAINED[stage]))


def _answers(model: nn.Module, part: Batch, blind: bool) -> tuple[Tensor, Tensor, Tensor]:
    """The loss of one part of a batch, for each question whether it was answered right (0 or 1), and the grids."""
    ids = part["input_ids"]
    grid = model.model.vision_tower(normalise(part["pixel_values"])).last_hidden_state  # type: ignore[union-attr, operator]
    image = model.model.multi_modal_projector(grid)  # type: ignore[union-attr, operator]
    image = image.repeat_interleave(len(ids) // len(image), 0)
    embeds = model.get_input_embeddings()(ids)  # type: ignore[operator]
    # Every row begins with one token and the picture's. What pads it comes after all else, so it needs no mask.
    tokens = image.shape[1]
    shown = (image * 0 if blind else image).to(embeds.dtype)
    embeds = torch.cat((embeds[:, :1], shown, embeds[:, 1 + tokens :]), 1)
    hidden = model.model.language_model(inputs_embeds=embeds, use_cache=False).last_hidden_state  # type: ignore[union-attr, operator]
    target = part["labels"][:, 1:]
    answered = target != IGNORED
    logits = model.lm_head(hidden[:, :-1][answered]).float()  # type: ignore[operator]
    loss = nn.functional.cross_entropy(logits, target[answered])
    wrong = logits.new_zeros(len(ids))
    wrong.index_add_(0, answered.nonzero()[:, 0], (logits.argmax(-1) != target[answered]).float())
    return loss, (wrong == 0).float(), grid


def grid_alone(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a tower without those that gather its grid: the decoder sees the grid itself."""
    return {name: value for name, value in state.items() if not name.startswith("gather.")}


def export(trainee: nn.Module, record: dict[str, Any], folder: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    """Write the weights, in half precision, and the processor."""
    assert isinstance(trainee, Trainee)
    save(trainee.llava, folder)
    vlm_processor(tokenizer).save_pretrained(folder)
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def recipe(
    art: Art, weights: Path, seed: int, start: Start | None = None, scenes: int = PICTURES, replay: int = 1
) -> Recipe:
    """The VLM's recipe.

    Args:
        art: the prepared art.
        weights: where to export to.
        seed: of the scenes and questions.
        start: earlier weights to go on from. Without, it starts with the eyes of the CLIP beside `weights`, which must
            have been trained.
        scenes: in a batch.
        replay: times that each scene is shown.
    """
    if start is None:
        tokenizer = answer_tokenizer()
        model = build_vlm(tokenizer)
        with torch.no_grad():
            # At the usual start a picture hardly changes what the decoder sees, and it learns to ignore it.
            model.model.multi_modal_projector.linear_1.weight.mul_(8)
            model.model.multi_modal_projector.linear_2.weight.mul_(8)
        clip = VisionTextDualEncoderModel.from_pretrained(weights.parent / "clip")
        model.model.vision_tower.load_state_dict(grid_alone(clip.vision_model.state_dict()))
    else:
        known = PreTrainedTokenizerFast.from_pretrained(start.folder)
        tokenizer, pieces_of_words = grown(known, question_words())
        model = LlavaForConditionalGeneration.from_pretrained(start.folder)
        grown_rows = grown_embedding(model.get_input_embeddings().weight.data, pieces_of_words)
        model.resize_token_embeddings(len(grown_rows), mean_resizing=False)
        model.get_input_embeddings().weight.data.copy_(grown_rows)
        model.config.text_config.max_position_embeddings = tokenizer.model_max_length = LONGEST
    model.train()
    settle(model.model.vision_tower)
    stages = Stages(fresh=start is None)
    favoured = start.new_nouns if start else ()
    batches = partial(Batches, art, tokenizer=tokenizer, stages=stages, favoured=favoured, scenes=scenes, replay=replay)
    return Recipe(
        Trainee(model),
        batches(seed),
        partial(losses, stages=stages),
        partial(export, folder=weights, tokenizer=tokenizer),
        rate=1.2e-3,
        rates={"llava.model.vision_tower": 0.25},
        clip=1.0,
        average=0.995,
        seeded=batches,
    )
