"""Training of the embedded student's base: a student that has learned to look before any program teaches it.

    python -m distill.student_training --minutes 60                              on one CPU core
    python -m distill.student_training --minutes 10 --batch 2048 --workers 12    on a GPU

Scenes are drawn, looked at once by the frozen tower, and asked about while it trains, so that it hardly sees a question
twice: labels of picture-book scenes cost nothing. Beside questions there is instruction data, which
`distill.instruction` makes here of what is in a scene. What comes of it is a checkpoint like any other; its folder may
stand as `base` in a configuration of `sight distill run`. Training resumes from the last checkpoint in `work/student`.
"""

import argparse
import copy
import itertools
import json
import queue
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from models import torchvision_ops

torchvision_ops.install()

# ruff: noqa: E402
from transformers import TrainingArguments

from agent.trace import UNANSWERABLE
from distill.checkpoints import load_base
from distill.clock import Clock, TimedTrainer
from distill.conversation import parts
from distill.example import Message, PictureFile, prompt
from distill.instruction import Seen, rows_of_picture
from distill.questions.binding import ABSTAIN, make_questions, questions_about
from distill.student import IMAGE, StudentSize, build_student
from distill.trainable import VISION, all_but
from distill.trainer import per_sample, settle
from models.embedded.regions import picture_sizes
from models.embedded.world.art import Art, ArtError
from models.embedded.world.lexicon import NOUNS
from models.embedded.world.render import render
from models.embedded.world.scene import Scene
from models.loading import CheckpointError

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "work" / "student"

FIRST = 32
"""Questions whose scenes make a lesson."""

ABOUT_EACH = 30
"""Questions about the scenes of each of them."""

WIDEST = 160
"""Tokens of a row, those of its pictures included. Longer rows are left out."""

MOST_PICTURES = 3
"""Of a row."""

VOCABULARY = 1200
"""Questions whose scenes' texts the tokenizer is made of."""

ALIKE = 8
"""Batches whose rows are drawn together and shared out by length."""


@dataclass(frozen=True)
class Lesson:
    """Scenes, and what is asked and said about them. Tokens that are to be said are kept as `-1 - token`."""

    pictures: np.ndarray
    """`(P, S, S, 3)` uint8, each picture in the upper left corner of a square."""
    sizes: np.ndarray
    """`(P, 2)`, their heights and widths."""
    rows: np.ndarray
    """`(R, WIDEST)` int16, padded on the right."""
    lengths: np.ndarray
    """`(R,)`"""
    shown: np.ndarray
    """`(R, MOST_PICTURES)`: places of a row's pictures, -1 where there is none."""


NextLesson: TypeAlias = Callable[[bool], Lesson | None]
"""Gives a lesson; None where none is ready and none must be."""

# ---------------------------------------------------------------------- what is taught


def said_about(scenes: tuple[Scene, ...], seed: int) -> list[list[Message]]:
    """Questions about scenes of the split `train` with their answers, and about one scene instruction data."""
    told = []
    for one in questions_about(scenes, ABOUT_EACH, seed):
        label = UNANSWERABLE if one.answer == ABSTAIN else one.answer
        asked = prompt(one.text, "answer", len(scenes))
        told.append([{"role": "user", "content": asked}, {"role": "assistant", "content": label}])
    if len(scenes) == 1:
        picture = PictureFile(f"{scenes[0].seed} {seed}", b"", "png")
        rows = rows_of_picture(picture, _seen(scenes[0], random.Random(picture.key)), "", "train")
        told += [messages for row in rows if isinstance(messages := row["messages"], list)]
    return told


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

    def lesson(self, seed: int) -> Lesson:
        """The same seed gives the same lesson."""
        images: list[Image.Image] = []
        told: list[list[Message]] = []
        shown: list[list[int]] = []
        for first in make_questions(FIRST, "train", seed):
            drawn = [render(scene, self.art) for scene in first.scenes]
            about = said_about(tuple(one.scene for one in drawn), seed)
            places = list(range(len(images), len(images) + len(drawn)))
            images += [Image.fromarray(one.image) for one in drawn]
            told += about
            shown += [places] * len(about)
        rows, lengths, kept = self._rows(told)
        seen = [(shown[at] + [-1] * MOST_PICTURES)[:MOST_PICTURES] for at in kept]
        return Lesson(*self._squares(images), rows, lengths, np.array(seen, np.int64))

    def _squares(self, images: Sequence[Image.Image]) -> tuple[np.ndarray, np.ndarray]:
        reader = self.processor.image_processor
        squares, sizes = [], []
        for image in images:
            pixels = reader([image], return_tensors="pt")["pixel_values"]
            sizes.append(picture_sizes(pixels)[0])
            squares.append(((pixels[0] * 0.5 + 0.5) * 255).round().to(torch.uint8).permute(1, 2, 0))
        return torch.stack(squares).numpy(), torch.stack(sizes).long().numpy()

    def _rows(self, told: Sequence[Sequence[Message]]) -> tuple[np.ndarray, np.ndarray, list[int]]:
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
        rows = np.full((len(found), WIDEST), tokenizer.pad_token_id, np.int16)
        for place, row in enumerate(found):
            rows[place, : len(row)] = row
        return rows, np.array([len(row) for row in found]), kept


class Lessons(IterableDataset[Lesson]):
    """Endless lessons; each process makes its own."""

    def __init__(self, teacher: Teacher, seed: int) -> None:
        self.teacher, self.seed = teacher, seed

    def __iter__(self) -> Iterator[Lesson]:
        worker = get_worker_info()
        start, step = (worker.id, worker.num_workers) if worker else (0, 1)
        if worker:
            torch.set_num_threads(1)
        for number in itertools.count(start, step):
            yield self.teacher.lesson(self.seed * 1_000_003 + number)


# ---------------------------------------------------------------------- what is remembered


class Memory:
    """Scenes as the tower told them, and all rows about them, on the device."""

    def __init__(self, tower: Any, scenes: int, pad: int) -> None:
        """`tower` is a `SightRegionsModel`; there is room for so many `scenes`."""
        self.tower = copy.deepcopy(tower).eval().requires_grad_(False)
        self.device, self.pad, self.room = tower.device, pad, scenes
        self.scenes = torch.zeros(
            scenes, tower.config.tokens, tower.config.hidden_size, dtype=torch.half, device=self.device
        )
        most = scenes * (ABOUT_EACH + 4)
        self.rows = torch.zeros(most, WIDEST, dtype=torch.int16, device=self.device)
        self.lengths = torch.zeros(most, dtype=torch.int16, device=self.device)
        self.shown = torch.zeros(most, MOST_PICTURES, dtype=torch.int32, device=self.device)
        self.known = self.count = 0

    @property
    def full(self) -> bool:
        return self.known + MOST_PICTURES * FIRST > self.room

    @torch.inference_mode()
    def take(self, lesson: Lesson) -> None:
        """Look at the pictures of a lesson, and keep its rows."""
        squares = torch.from_numpy(lesson.pictures).to(self.device).permute(0, 3, 1, 2).float().div(127.5).sub(1)
        side = torch.arange(squares.shape[-1], device=self.device)
        sizes = torch.from_numpy(lesson.sizes).to(self.device)
        inside = (side < sizes[:, :1])[:, :, None] & (side < sizes[:, 1:])[:, None]
        seen = self.tower((squares * inside[:, None]).contiguous()).last_hidden_state
        count, rows = len(seen), len(lesson.rows)
        self.scenes[self.known : self.known + count] = seen.half()
        self.rows[self.count : self.count + rows] = torch.from_numpy(lesson.rows).to(self.device)
        self.lengths[self.count : self.count + rows] = torch.from_numpy(lesson.lengths).to(self.device)
        shown = torch.from_numpy(lesson.shown).to(self.device)
        self.shown[self.count : self.count + rows] = torch.where(shown < 0, shown, shown + self.known).int()
        self.known, self.count = self.known + count, self.count + rows

    def batches(self, batch: int) -> Iterator[dict[str, Tensor]]:
        """`ALIKE` batches of rows drawn at random, those of a batch of like length."""
        drawn = torch.randint(self.count, (ALIKE * batch,), device=self.device)
        drawn = drawn[self.lengths[drawn].argsort()].view(ALIKE, batch)
        for place in torch.randperm(ALIKE).tolist():
            chosen = drawn[place]
            width = -(-int(self.lengths[chosen].max()) // 8) * 8
            rows = self.rows[chosen, :width].long()
            tokens = torch.where(rows < 0, -1 - rows, rows)
            shown = self.shown[chosen].long()
            yield {
                "input_ids": tokens,
                "labels": torch.where(rows < 0, tokens, -100),
                "pixel_values": self.scenes[shown[shown >= 0]].float(),
            }


class Course(IterableDataset[dict[str, Tensor]]):
    """Endless batches from a memory that grows."""

    def __init__(self, memory: Memory, lessons: NextLesson, batch: int, replay: float) -> None:
        """Lessons are taken as long as rows were drawn `replay` times on the average."""
        self.memory, self.next, self.batch, self.replay, self.drawn = memory, lessons, batch, replay, 0

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        memory = self.memory
        while True:
            while not memory.full and self.drawn >= self.replay * memory.count:
                lesson = self.next(memory.count < 4 * self.batch)
                if lesson is None:
                    break
                memory.take(lesson)
            for batch in memory.batches(self.batch):
                self.drawn += self.batch
                yield batch


def lessons_beside(teacher: Teacher, workers: int, seed: int) -> NextLesson:
    """Lessons that so many processes make while others are learned, or, with 0, that are made when they are wanted."""
    loader = DataLoader(
        Lessons(teacher, seed), batch_size=None, num_workers=workers, prefetch_factor=2 if workers else None
    )
    lessons = iter(loader)
    if not workers:
        return lambda must: next(lessons)
    ready: queue.Queue[Lesson | BaseException] = queue.Queue(maxsize=64)

    def fill() -> None:
        try:
            for lesson in lessons:
                ready.put(lesson)
        except BaseException as error:  # raised again where lessons are taken
            ready.put(error)

    def take(must: bool) -> Lesson | None:
        try:
            lesson = ready.get(block=must)
        except queue.Empty:
            return None
        if isinstance(lesson, BaseException):
            raise lesson
        return lesson

    threading.Thread(target=fill, daemon=True).start()
    return take


# ---------------------------------------------------------------------- training


class StudentTrainer(TimedTrainer):
    """Cross-entropy of each row divided by its tokens, as in `distill.trainer`; logits only where something is said."""

    warm_up = 200

    def compute_loss(
        self, model: Any, inputs: dict[str, Tensor], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        settle(model)
        seen = model.model(input_ids=inputs["input_ids"], pixel_values=inputs["pixel_values"], use_cache=False)
        hidden, targets = seen.last_hidden_state[:, :-1], inputs["labels"][:, 1:]
        at = targets != -100
        logits = model.lm_head(hidden[at]).float()
        each = torch.zeros(at.shape, device=logits.device).masked_scatter(
            at, -functional.cross_entropy(logits, targets[at], reduction="none")
        )
        loss = per_sample(each, at).mean()
        return (loss, {"logits": logits}) if return_outputs else loss


def make_base(folder: Path, size: StudentSize, seed: int) -> None:
    """Write a student that has learned nothing yet, with the words of some scenes' questions and instructions."""
    texts = []
    for first in make_questions(VOCABULARY, "train", seed):
        texts += [message["content"] for said in said_about(first.scenes, seed) for message in said]
    model, processor = build_student(texts, size, seed=seed)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def train(options: argparse.Namespace) -> Path:
    """Train as the options say. Returns the folder of the checkpoint."""
    start = options.start or options.work / "begin"
    if options.start is None and not (start / "config.json").is_file():
        make_base(
            start,
            StudentSize(regions=options.regions, width=options.width, layers=options.layers, heads=options.heads),
            options.seed,
        )
    model, processor = load_base(start, "float32")
    all_but(model, (VISION,))
    teacher = Teacher(processor, model.config.image_seq_length, Art.load())
    lessons = lessons_beside(teacher, options.workers, options.lessons)  # processes begin before a GPU is used
    gpu = torch.cuda.is_available()
    if gpu:
        model.cuda()
        torch.backends.cuda.matmul.allow_tf32 = True
    memory = Memory(model.model.vision_tower, options.scenes, processor.tokenizer.pad_token_id)
    optimizer = torch.optim.AdamW(
        [one for one in model.parameters() if one.requires_grad],
        options.rate,
        betas=(0.9, 0.98),
        weight_decay=0.05,
        fused=gpu,
    )
    arguments = TrainingArguments(
        output_dir=str(options.work / "checkpoints"),
        per_device_train_batch_size=1,  # the batches are made in `Memory.batches`
        max_steps=options.steps,
        learning_rate=options.rate,
        max_grad_norm=1.0,
        bf16=gpu,
        use_cpu=not gpu,
        logging_steps=50,
        save_steps=options.save_steps,
        save_total_limit=2,
        report_to=[],
        remove_unused_columns=False,
        ignore_data_skip=True,
        accelerator_config={"dispatch_batches": False},  # would cut off the pictures of rows that have several
        dataloader_pin_memory=False,
        disable_tqdm=True,
        seed=options.seed,
    )
    course = Course(memory, lessons, options.batch, options.replay)
    trainer = StudentTrainer(
        model=model,
        args=arguments,
        data_collator=lambda some: some[0],
        train_dataset=course,
        optimizers=(optimizer, None),
        callbacks=[Clock(options.minutes)],
    )
    trainer.train(resume_from_checkpoint=any((options.work / "checkpoints").glob("checkpoint-*")))
    model.half().save_pretrained(options.out)
    processor.save_pretrained(options.out)
    told = {"steps": trainer.state.global_step, "scenes": memory.known, "rows": memory.count, "drawn": course.drawn}
    (options.out / "lessons.json").write_text(json.dumps(told | {"log": trainer.state.log_history}, indent=1) + "\n")
    return Path(options.out)


def main(arguments: list[str] | None = None) -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0, help="wall-clock time of all calls together, at most")
    parser.add_argument("--steps", type=int, default=1_000_000, help="at most")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1.5e-3, help="highest learning rate")
    parser.add_argument("--workers", type=int, default=0, help="processes that make lessons beside the training")
    parser.add_argument("--replay", type=float, default=1.0, help="how often a row is drawn before more are made")
    parser.add_argument("--scenes", type=int, default=20_000, help="scenes that are remembered; no more are made then")
    parser.add_argument("--lessons", type=int, default=0, help="seed of the lessons")
    parser.add_argument("--seed", type=int, default=0, help="of the fresh weights")
    parser.add_argument("--start", type=Path, help="a student to train further; a fresh one by default")
    parser.add_argument("--regions", type=int, default=20)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--heads", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--save-steps", type=int, default=1000, help="steps between checkpoints")
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--out", type=Path, default=WORK / "base")
    options = parser.parse_args(arguments)
    if min(options.batch, options.steps, options.threads, options.save_steps) < 1 or options.workers < 0:
        parser.error("--batch, --steps, --threads and --save-steps are 1 or more, --workers 0 or more")
    if options.scenes < MOST_PICTURES * FIRST:
        parser.error(f"--scenes is {MOST_PICTURES * FIRST} or more, room for a lesson")
    if options.minutes <= 0:
        parser.error("--minutes is more than 0")
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    try:
        print(train(options))
    except (ArtError, CheckpointError) as error:
        parser.exit(2, f"student_training: {error}\n")


if __name__ == "__main__":
    main()
