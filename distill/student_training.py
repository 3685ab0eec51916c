"""Training of the embedded student's base: a student that has learned to look before any program teaches it.

    python -m distill.student_training --minutes 60                              on two CPU cores
    python -m distill.student_training --minutes 10 --batch 2048 --workers 12    on a GPU

It learns from lessons (`distill.lessons`) that are made while it trains, so that it hardly sees a question twice:
labels of picture-book scenes cost nothing. `--teach answer,instruction` leaves rationales out, as for a twin that is to
be compared with: it has the same answers in every step. What comes of it is a checkpoint like any other; its folder may
stand as `base` in a configuration of `sight distill run`. Training resumes from the last checkpoint in `work/student`.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from models import torchvision_ops

torchvision_ops.install()

# ruff: noqa: E402
from transformers import TrainingArguments
from transformers.trainer_callback import PrinterCallback

from distill.checkpoints import GoesOn, disk_errors, last_checkpoint, load_base, to_the_end
from distill.clock import Clock, TimedTrainer
from distill.demonstration import Demonstrator
from distill.lessons import FIRST, MOST_PICTURES, Lesson, place_of, said_about
from distill.looking import WORTH, Looks
from distill.muon import optimizer_of
from distill.packs import PACKED, Memory, losses
from distill.questions.binding import make_questions
from distill.samples import TARGETS
from distill.student import StudentSize, build_student, pointers_of
from distill.trainable import VISION, TrainError, all_but
from distill.trainer import OnLog, Teller, settle
from models.loading import CheckpointError

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "work" / "student"

LESSONS = "lessons.json"
"""Beside a base: steps, scenes, rows, and the log of its training."""

VOCABULARY = 1200
"""Questions whose scenes' texts the tokenizer is made of."""

BEGINNING = 4
"""Batches' worth of rows that there are before a training begins."""

PATIENCE = 600.0
"""Seconds that are waited for a lesson which nobody here is making."""


# ---------------------------------------------------------------------- what is learned from


class Shelf:
    """A folder of lessons that grows while others learn from it."""

    def __init__(self, folder: Path, maker: subprocess.Popen[bytes] | None = None) -> None:
        """`maker` is the process that makes them, if this one has begun it."""
        self.folder, self.maker, self.read = folder, maker, 0

    def take(self, memory: Memory, rows: int) -> None:
        """Put what is new into a memory, and wait until it has so many rows.

        Raises:
            TrainError: they will not come.
        """
        waited = time.monotonic()
        while not memory.full:
            path = place_of(self.folder, self.read)
            if path.is_file():
                memory.take(Lesson.load(path))
                self.read += 1
            elif memory.count >= rows:
                return
            elif self.maker is not None and self.maker.poll():
                raise TrainError("the process that makes lessons has failed; it says above why")
            elif time.monotonic() - waited > PATIENCE:
                raise TrainError(
                    f"{self.folder} has too few lessons, and for {PATIENCE:.0f} s no new one came; "
                    "`python -m distill.lessons` makes them, or --workers 1"
                )
            else:
                time.sleep(0.1)


@contextmanager
def lessons_beside(student: Path, folder: Path, workers: int) -> Iterator[Shelf]:
    """Lessons that so many processes make as long as this lasts; with 0, somebody else does."""
    if not workers:
        yield Shelf(folder)
        return
    command = [sys.executable, "-m", "distill.lessons", "--student", str(student), "--out", str(folder)]
    command += ["--count", str(10**6), "--workers", str(workers - 1)]
    maker = subprocess.Popen(command)
    try:
        yield Shelf(folder, maker)
    finally:
        maker.terminate()
        maker.wait()


class Course(IterableDataset[dict[str, Any]]):
    """Endless steps from a memory that grows: answers and instruction data, and rationales where those are taught."""

    def __init__(self, memory: Memory, shelf: Shelf, batch: int, teach: Sequence[str]) -> None:
        self.memory, self.shelf, self.batch, self.teach, self.drawn = memory, shelf, batch, teach, 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        packed = min(PACKED, self.batch)
        packs = self.batch // packed
        while True:
            self.shelf.take(self.memory, BEGINNING * self.batch)
            for step in self.memory.batches(packs, self.teach, packed):
                self.drawn += packs * packed
                yield step


# ---------------------------------------------------------------------- training


class StudentTrainer(GoesOn, TimedTrainer):
    """Cross-entropy of each row divided by its tokens, as in `distill.trainer`; logits only where something is said.
    What rationales lose is added to what answers lose: an example has both; so is what heads lose that are shown where
    to look."""

    warm_up = 200

    def __init__(self, looks: Looks, **options: Any) -> None:
        super().__init__(**options)
        self._looks = looks
        self._lost: dict[str, list[Tensor]] = defaultdict(list)

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        settle(model)
        with self.accelerator.autocast():  # which it does by itself for `model.forward` alone
            lost = losses(model, inputs, self._looks)
        for name, one in lost.items():
            self._lost[f"{name}_loss"].append(one.detach())
        loss = torch.stack([WORTH.get(name, 1.0) * one for name, one in lost.items()]).sum()
        return (loss, lost) if return_outputs else loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        apart = {name: round(torch.stack(some).mean().item(), 4) for name, some in self._lost.items()}
        self._lost.clear()
        super().log(logs | apart, start_time)


@dataclass(frozen=True)
class BaseTraining:
    """How a base is trained."""

    teach: tuple[str, ...] = TARGETS
    """What is taught, of `distill.samples.TARGETS`; not rationales alone."""
    minutes: float = 60.0
    """Wall-clock time of all calls together, at most."""
    steps: int = 1_000_000
    """At most."""
    batch: int = 128
    """Answers and instruction data in a step, in whole packs of `distill.packs.PACKED`."""
    rate: float = 1e-3
    """Highest learning rate."""
    workers: int = 1
    """Processes that make lessons meanwhile; 0: somebody else does."""
    scenes: int = 20_000
    """Scenes that are remembered, at most."""
    compile: bool = False
    """The decoder's layers; wants a compiler of C++, or a GPU."""
    seed: int = 0
    save_steps: int = 1000
    """Steps between checkpoints."""

    def __post_init__(self) -> None:
        """Raises ValueError for what cannot be."""
        if min(self.batch, self.steps, self.save_steps) < 1 or self.workers < 0:
            raise ValueError("batch, steps and save-steps are 1 or more, workers 0 or more")
        if set(self.teach) - set(TARGETS) or set(self.teach) <= {"rationale"}:
            raise ValueError(f"teach is one or more of {', '.join(TARGETS)}, and not rationales alone")
        if self.scenes < MOST_PICTURES * FIRST:
            raise ValueError(f"scenes is {MOST_PICTURES * FIRST} or more, room for a lesson")
        if self.minutes <= 0:
            raise ValueError("minutes is more than 0")


def make_base(folder: Path, size: StudentSize, seed: int) -> None:
    """Write a student that has learned nothing yet, with the words of some scenes' questions, rationales and
    instructions.

    Raises:
        TrainError: no canonical program can be run.
    """
    texts = []
    with Demonstrator() as demonstrator:
        for first in make_questions(VOCABULARY, "train", seed):
            for _, said in said_about(first.scenes, seed, demonstrator):
                texts += [message["content"] for message in said]
    model, processor = build_student(texts, size, seed=seed)
    with to_the_end(folder) as part:
        model.half().save_pretrained(part)  # a tower has been so, and what is fresh needs no more
        processor.save_pretrained(part)


def train_base(
    start: Path, lessons: Path, work: Path, out: Path, settings: BaseTraining, on_log: OnLog | None = None
) -> int:
    """Train a base.

    Args:
        start: the checkpoint that it begins as, made by `make_base` or trained already.
        lessons: the folder of the lessons, which others may use as well.
        work: where checkpoints are kept; training goes on from the last.
        out: the folder of what comes of it; `LESSONS` beside the weights tells how it went.
        settings: how.
        on_log: told the loss every 50 steps.

    Returns:
        Steps that it took.

    Raises:
        CheckpointError: `start` cannot be read.
        TrainError: lessons do not come or are damaged, or the disk is full.
    """
    model, processor = load_base(start, "float32")
    all_but(model, (VISION,))
    gpu = torch.cuda.is_available()
    if gpu:
        model.cuda()
        torch.backends.cuda.matmul.allow_tf32 = True
    if settings.compile:
        for layer in model.model.language_model.layers:
            layer.compile(dynamic=True)
    last = last_checkpoint(work / "checkpoints")
    drawn = int(last.rpartition("-")[2]) if last else 0  # who goes on draws others than at the beginning
    config, words = model.config, processor.tokenizer
    measures = config.image_seq_length, config.vision_config.hidden_size, settings.scenes
    ends = words.pad_token_id, words.eos_token_id
    pointers = pointers_of(words, config.vision_config.regions)
    memory = Memory(*measures, *ends, pointers, model.device, settings.seed + drawn)
    arguments = TrainingArguments(
        output_dir=str(work / "checkpoints"),
        per_device_train_batch_size=1,  # the batches are made in `Memory.batches`
        max_steps=settings.steps,
        learning_rate=settings.rate,
        max_grad_norm=1.0,
        bf16=gpu,
        use_cpu=not gpu,
        logging_steps=50,
        logging_nan_inf_filter=False,  # would wait for the GPU in every step
        save_steps=settings.save_steps,
        save_total_limit=2,
        report_to=[],
        remove_unused_columns=False,
        ignore_data_skip=True,
        accelerator_config={"dispatch_batches": False},  # would cut off the pictures of rows that have several
        dataloader_pin_memory=False,
        disable_tqdm=True,
        seed=settings.seed,
    )
    with disk_errors(work), lessons_beside(start, lessons, settings.workers) as shelf:
        course = Course(memory, shelf, settings.batch, settings.teach)
        trainer = StudentTrainer(
            Looks(model),
            model=model,
            args=arguments,
            data_collator=lambda some: some[0],
            train_dataset=course,
            optimizers=(optimizer_of(model, settings.rate), None),
            callbacks=[Clock(settings.minutes), Teller("lessons", on_log)],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train(resume_from_checkpoint=last)
    steps: int = trainer.state.global_step
    told = {"steps": steps, "scenes": memory.known, "rows": memory.counts, "drawn": course.drawn}
    # nobody needs a pass of the decoder to hear that a reply of "yes" is over
    model.generation_config.eos_token_id = [words.eos_token_id, *memory.closing]
    with disk_errors(out), to_the_end(out) as part:
        model.half().save_pretrained(part)
        processor.save_pretrained(part)
        (part / LESSONS).write_text(json.dumps(told | {"log": trainer.state.log_history}, indent=1) + "\n")
    return steps


def _say(stage: str, step: int, steps: int, losses: dict[str, float]) -> None:
    print(f"step {step:,}:", ", ".join(f"{name} {value:.4f}" for name, value in losses.items()), flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Entry point."""
    usual = BaseTraining()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teach", default=",".join(TARGETS), help="what is taught, of " + ", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=usual.minutes, help="of all calls together, at most")
    parser.add_argument("--steps", type=int, default=usual.steps, help="at most")
    parser.add_argument("--batch", type=int, default=usual.batch, help="answers and instruction data in a step")
    parser.add_argument("--rate", type=float, default=usual.rate, help="highest learning rate")
    parser.add_argument(
        "--workers", type=int, default=usual.workers, help="processes that make lessons meanwhile; 0: others do"
    )
    parser.add_argument("--scenes", type=int, default=usual.scenes, help="scenes that are remembered, at most")
    parser.add_argument(
        "--compile", action="store_true", help="the decoder's layers; wants a compiler of C++, or a GPU"
    )
    parser.add_argument("--seed", type=int, default=usual.seed, help="of the fresh weights, and of what is drawn")
    parser.add_argument("--save-steps", type=int, default=usual.save_steps, help="steps between checkpoints")
    parser.add_argument("--lessons", type=Path, default=WORK / "lessons", help="the folder of the lessons")
    parser.add_argument("--start", type=Path, help="a student to train further; a fresh one by default")
    parser.add_argument("--regions", type=int, default=20)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--layers", type=int, default=7)
    parser.add_argument("--heads", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--out", type=Path, default=WORK / "base")
    options = parser.parse_args(arguments)
    options.teach = tuple(options.teach.split(","))
    if options.threads < 1:
        parser.error("--threads is 1 or more")
    try:
        settings = BaseTraining(**{field.name: getattr(options, field.name) for field in fields(BaseTraining)})
        size = StudentSize(regions=options.regions, width=options.width, layers=options.layers, heads=options.heads)
    except ValueError as error:
        parser.error(str(error))
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    start = options.start or options.work / "begin"
    try:
        if options.start is None and not start.is_dir():
            make_base(start, size, options.seed)
        train_base(start, options.lessons, options.work, options.out, settings, _say)
    except (CheckpointError, TrainError) as error:
        parser.exit(2, f"student_training: {error}\n")
    print(options.out)


if __name__ == "__main__":
    main()
