"""What the embedded student learns from before any program of a planner teaches it: scenes as its tower sees them, and
what is asked and told about them.

    python -m distill.lessons --student FOLDER --out FOLDER --count 200                 on one CPU core
    python -m distill.lessons --student FOLDER --out FOLDER --count 4000 --workers 12   where a GPU looks at them

A lesson is a file: some three dozen scenes, as many as 120 questions about each with their answers, the rationales of
canonical programs (`distill.demonstration`) for some of them, and instruction data, which `distill.instruction` makes
here of what is in a scene. The same number gives the same lesson. `distill.student_training` learns from a folder of
them while it grows.
"""

import argparse
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from distill.checkpoints import disk_errors, load_base
from distill.conversation import parts, pointed
from distill.demonstration import Demonstrator, label_of
from distill.example import IMAGE, Message, PictureFile, Target, prompt
from distill.instruction import KINDS, Seen, rows_of_picture
from distill.questions.binding import crowd, make_questions, questions_about
from distill.samples import TARGETS
from distill.trainable import TrainError
from models.embedded.regions import picture_sizes
from models.embedded.world.art import Art, ArtError
from models.embedded.world.lexicon import NOUNS
from models.embedded.world.render import render
from models.embedded.world.scene import Scene
from models.loading import CheckpointError

FIRST = 32
"""Questions whose scenes make a lesson, but for crowds."""

ABOUT_EACH = 120
"""Questions about the scenes of each of them. To draw and look at a scene takes as long as eighty questions, and new
questions about scenes that a student knows are as hard for it as those about others (docs/distill.md)."""

ABOUT_SEVERAL = 24
"""Questions about scenes that are shown together: they are rarely asked, and their rows are long."""

PATIENCE = 4
"""Draws of words for a meaning before another has its turn, with which families come up as often as in a test."""

CROWDED = 3
"""One of so many scenes is a `crowd`: a question asks for five of a kind at most, a person's picture may have more."""

EXPLAINED = 4
"""One of so many is told with its rationale, too."""

WIDEST = 200
"""Tokens of a row, those of its pictures included. Longer rows are left out."""

MOST_PICTURES = 3
"""Of a row."""

MOST_ROWS = ABOUT_EACH + -(-ABOUT_EACH // EXPLAINED) + len(KINDS)
"""About the scenes of one question."""

Told: TypeAlias = tuple[Target, list[Message]]
"""A conversation, and what the assistant says in it."""


@dataclass(frozen=True)
class Lesson:
    """Scenes, and what is asked and said about them. Tokens that are to be said are kept as `-1 - token`."""

    scenes: Tensor
    """`(P, N, C)` half, what the tower sees of each."""
    rows: Tensor
    """`(R, L)` int16, padded on the right."""
    lengths: Tensor
    """`(R,)` int16"""
    shown: Tensor
    """`(R, MOST_PICTURES)` int16: places of a row's scenes, -1 where there is none."""
    targets: Tensor
    """`(R,)` uint8, places in `distill.samples.TARGETS`."""

    def save(self, path: Path) -> None:
        """Written to the end or not at all."""
        part = path.with_suffix(".part")
        save_file({name: getattr(self, name) for name in self.__dataclass_fields__}, part)
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Lesson":
        """Raises TrainError if there is no lesson in the file."""
        try:
            return cls(**load_file(path))
        except (SafetensorError, OSError, TypeError) as error:
            raise TrainError(f"{path} is no lesson of a student ({error}); delete it to have it made again") from None


@dataclass(frozen=True)
class Drawn:
    """A lesson whose scenes nobody has looked at yet."""

    pictures: Tensor
    """`(P, S, S, 3)` uint8, each picture in the upper left corner of a square."""
    sizes: Tensor
    """`(P, 2)`, their heights and widths."""
    told: list[Told]
    shown: list[list[int]]
    """Of each that is told, the places of its pictures."""


# ---------------------------------------------------------------------- what is told


def said_about(scenes: tuple[Scene, ...], seed: int, demonstrator: Demonstrator) -> list[Told]:
    """Questions about scenes of the split `train` with their answers, the rationales of some of them, and about one
    scene instruction data."""
    count = ABOUT_EACH if len(scenes) == 1 else ABOUT_SEVERAL
    questions = questions_about(scenes, count, seed, patience=PATIENCE)
    told: list[Told] = []
    for one in questions:
        told.append(("answer", _asked("answer", one.text, label_of(one), len(scenes))))
    explained = questions[::EXPLAINED]
    for one, rationale in zip(explained, demonstrator.rationales(explained), strict=True):
        if rationale:
            told.append(("rationale", _asked("rationale", one.text, rationale, len(scenes))))
    if len(scenes) == 1:
        picture = PictureFile(f"{scenes[0].seed} {seed}", b"", "png")
        rows = rows_of_picture(picture, _seen(scenes[0], random.Random(picture.key)), "", "train")
        told += [("instruction", messages) for row in rows if isinstance(messages := row["messages"], list)]
    return told


def _asked(target: Target, question: str, said: str, pictures: int) -> list[Message]:
    return [
        {"role": "user", "content": prompt(question, target, pictures)},
        {"role": "assistant", "content": said},
    ]


def _seen(scene: Scene, rng: random.Random) -> Seen:
    """All that is in a scene, from left to right, and something that is not."""
    seen = Seen((scene.width, scene.height))
    for thing in sorted(scene.things, key=lambda one: one.box[0]):
        seen.things[thing.noun] = (*seen.things.get(thing.noun, ()), thing.box)
        if thing.colour:
            seen.qualities[thing.noun, thing.box] = (thing.colour,)
    seen.things.setdefault(rng.choice(NOUNS).name, ())
    return seen


class Teacher:
    """Makes lessons."""

    def __init__(self, processor: Any, tokens: int, art: Art) -> None:
        """`tokens` of a picture."""
        self.processor, self.tokens, self.art = processor, tokens, art

    def lesson(self, number: int, demonstrator: Demonstrator) -> Drawn:
        """The same number gives the same lesson."""
        images: list[Image.Image] = []
        told: list[Told] = []
        shown: list[list[int]] = []
        for at, first in enumerate(make_questions(FIRST, "train", number)):
            crowded = at % CROWDED == 0 and len(first.scenes) == 1
            scenes = (crowd("train", random.Random(f"crowd {number} {at}")),) if crowded else first.scenes
            drawn = [render(scene, self.art) for scene in scenes]
            about = said_about(tuple(one.scene for one in drawn), number, demonstrator)
            places = list(range(len(images), len(images) + len(drawn)))
            images += [Image.fromarray(one.image) for one in drawn]
            told += about
            shown += [places] * len(about)
        return Drawn(*self._squares(images), told, shown)

    @torch.inference_mode()
    def looked(self, drawn: Drawn, tower: Any) -> Lesson:
        """What a `SightRegionsModel` sees of a lesson, and the rows, which point at it."""
        squares = drawn.pictures.to(tower.device).permute(0, 3, 1, 2).float().div(127.5).sub(1)
        side = torch.arange(squares.shape[-1], device=tower.device)
        sizes = drawn.sizes.to(tower.device)
        inside = (side < sizes[:, :1])[:, :, None] & (side < sizes[:, 1:])[:, None]
        scenes = tower((squares * inside[:, None]).contiguous()).last_hidden_state.half().cpu()
        things = [boxes.tolist() for boxes in tower.boxes(scenes)]
        pointing = [
            pointed(messages, [things[place] for place in places])
            for (_, messages), places in zip(drawn.told, drawn.shown, strict=True)
        ]
        rows, lengths, kept = self._rows(pointing)
        shown = [(drawn.shown[at] + [-1] * MOST_PICTURES)[:MOST_PICTURES] for at in kept]
        targets = [TARGETS.index(drawn.told[at][0]) for at in kept]
        return Lesson(
            scenes,
            torch.from_numpy(rows),
            torch.tensor(lengths, dtype=torch.int16),
            torch.tensor(shown, dtype=torch.int16),
            torch.tensor(targets, dtype=torch.uint8),
        )

    def _squares(self, images: Sequence[Image.Image]) -> tuple[Tensor, Tensor]:
        reader = self.processor.image_processor
        squares, sizes = [], []
        for image in images:
            pixels = reader([image], return_tensors="pt")["pixel_values"]
            sizes.append(picture_sizes(pixels)[0])
            squares.append(((pixels[0] * 0.5 + 0.5) * 255).round().to(torch.uint8).permute(1, 2, 0))
        return torch.stack(squares), torch.stack(sizes).long()

    def _rows(self, told: Sequence[Sequence[Message]]) -> tuple[np.ndarray, list[int], list[int]]:
        """Rows, their lengths, and which of the conversations they are."""
        tokenizer, each = self.processor.tokenizer, IMAGE * self.tokens
        pieces, said = [], []
        for messages in told:
            for message in messages:
                said.append(message["role"] == "assistant")
                if said[-1]:
                    pieces.append(message["content"] + tokenizer.eos_token)
                else:
                    asked = [parts(message)]
                    text = self.processor.apply_chat_template(asked, add_generation_prompt=True, tokenize=False)
                    pieces.append(text.replace(IMAGE, each))
        tokens = iter(zip(tokenizer(pieces, add_special_tokens=False)["input_ids"], said, strict=True))
        found, kept = [], []
        for at, messages in enumerate(told):
            row: list[int] = []
            for ids, speaks in itertools.islice(tokens, len(messages)):
                row += [-1 - id for id in ids] if speaks else ids
            if len(row) <= WIDEST:
                found.append(row)
                kept.append(at)
        lengths = [len(row) for row in found]
        rows = np.full((len(found), max(lengths, default=1)), tokenizer.pad_token_id, np.int16)
        for place, row in enumerate(found):
            rows[place, : len(row)] = row
        return rows, lengths, kept


# ---------------------------------------------------------------------- a folder of them


def place_of(folder: Path, number: int) -> Path:
    """The file of a lesson."""
    return folder / f"{number:06d}.safetensors"


class Lessons(IterableDataset[Drawn]):
    """Lessons from one number up to another; processes share them out."""

    def __init__(self, teacher: Teacher, numbers: range) -> None:
        self.teacher, self.numbers = teacher, numbers

    def __iter__(self) -> Iterator[Drawn]:
        worker = get_worker_info()
        if worker:
            torch.set_num_threads(1)
        with Demonstrator() as demonstrator:
            for number in self.numbers[worker.id :: worker.num_workers] if worker else self.numbers:
                yield self.teacher.lesson(number, demonstrator)


def make_lessons(student: Path, out: Path, count: int, workers: int = 0) -> None:
    """Write the first `count` lessons for a student, but for those that are there already.

    Args:
        student: a checkpoint of `distill.student`, for its tower and its tokenizer.
        out: the folder; `place_of` says what a file is called. They come one after the other.
        count: how many there are at the end.
        workers: processes that draw; with 0 it is done here.

    Raises:
        CheckpointError: the student cannot be read.
        ArtError: the art of the world's things is not there.
        TrainError: the disk is full, or no canonical program can be run.
    """
    model, processor = load_base(student, "float32")
    out.mkdir(parents=True, exist_ok=True)
    start = next(number for number in itertools.count() if not place_of(out, number).is_file())
    teacher = Teacher(processor, model.config.image_seq_length, Art.load())
    lessons = DataLoader(
        Lessons(teacher, range(start, count)),
        batch_size=None,
        num_workers=workers,
        prefetch_factor=2 if workers else None,
        multiprocessing_context="spawn" if workers else None,  # a fork of threads that a sandbox has begun would hang
    )
    drawn = iter(lessons)
    tower = model.model.vision_tower.eval().requires_grad_(False)
    if torch.cuda.is_available():
        tower.cuda()
    with disk_errors(out):
        for number, one in enumerate(drawn, start):
            teacher.looked(one, tower).save(place_of(out, number))


def main(arguments: list[str] | None = None) -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--student", type=Path, required=True, help="a checkpoint, for its tower and its tokenizer")
    parser.add_argument("--out", type=Path, required=True, help="a folder; lessons that are in it stay")
    parser.add_argument("--count", type=int, default=200, help="lessons that there are at the end")
    parser.add_argument("--workers", type=int, default=0, help="processes that draw; 0: it is done here")
    options = parser.parse_args(arguments)
    if options.count < 1 or options.workers < 0:
        parser.error("--count is 1 or more, --workers 0 or more")
    torch.set_num_threads(1)
    try:
        make_lessons(options.student, options.out, options.count, options.workers)
    except (ArtError, CheckpointError, TrainError) as error:
        parser.exit(2, f"lessons: {error}\n")


if __name__ == "__main__":
    main()
