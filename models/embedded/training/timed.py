"""Training by the clock: `TimedTrainer`, a transformers Trainer whose schedule runs over minutes, not steps.

On a shared CPU nobody knows how many steps an hour has. The learning rate warms up and falls along a cosine over the
time that the recipe is given, a moving average of the weights is kept and is what gets exported, and a snapshot every
few minutes lets a run that was cut off go on.

On a GPU the drawing of scenes is what takes time: worker processes draw whole batches, each from a seed of its own.
"""

import json
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import PreTrainedModel, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_callback import PrinterCallback, ProgressCallback
from transformers.trainer_utils import get_last_checkpoint

from models.device import bfloat16_is_fast

Batch = Mapping[str, Any]


@dataclass
class Recipe:
    """How one specialist is trained."""

    model: nn.Module
    batches: Iterable[Batch]
    """Endless; each a whole batch."""
    losses: Callable[[nn.Module, Batch, float], dict[str, Tensor]]
    """Losses of a batch by name, already weighted: their sum is minimised. The number is the share of the schedule
    done. Names with a leading underscore are only reported."""
    export: Callable[[nn.Module, dict[str, Any]], None]
    """Write the weights; the averaged model is given, and a record of the training (minutes, steps)."""
    rate: float = 1e-3
    rates: Mapping[str, float] | None = None
    """Factors on the rate for parameters whose name starts with the key."""
    decay: float = 0.02
    clip: float = 5.0
    average: float = 0.998
    seeded: Callable[[int], Iterable[Batch]] | None = None
    """`batches` from a seed, for worker processes; None for a recipe that has this one stream."""
    record: Mapping[str, Any] = field(default_factory=dict)
    """What else the record of the training says: what it started from, for instance."""


class TimedTrainer(Trainer):
    """Trains a recipe for a number of minutes.

    Args:
        recipe: what to train.
        folder: where snapshots and the curve (`curve.jsonl`) are kept.
        minutes: length of the schedule. Time spent before an interruption counts.
        resume: go on from the last snapshot in `folder`, if there is one.
        export_every: minutes between exports of the averaged weights; the last one is at the end.
        steps: stop after so many.
        workers: processes that make the batches; with none the training makes them itself.
        seed: of the workers' batches; the next ones are those of the next workers.
    """

    def __init__(
        self,
        recipe: Recipe,
        folder: Path,
        minutes: float,
        resume: bool = True,
        export_every: float = 1e9,
        steps: int = -1,
        workers: int = 0,
        seed: int = 0,
    ) -> None:
        if workers and recipe.seeded is None:
            raise ValueError("this recipe makes its batches in one stream: train it without workers")
        torch.set_flush_denormal(True)  # numbers that small cost a CPU three times the time and are worth nothing
        self.recipe = recipe
        self.clock = Clock(minutes)
        self.resume = get_last_checkpoint(str(folder)) if resume and folder.is_dir() else None
        self.workers = workers
        self.seed = seed
        self._sums: dict[str, Tensor] = {}
        self._seen = 0
        arguments = TrainingArguments(
            output_dir=str(folder),
            max_steps=steps if steps > 0 else 10_000_000,
            learning_rate=recipe.rate,
            max_grad_norm=recipe.clip,
            logging_steps=20,
            save_strategy="no",
            save_total_limit=1,
            report_to=[],
            disable_tqdm=True,
            remove_unused_columns=False,
            ignore_data_skip=True,
            dataloader_pin_memory=False,
            logging_nan_inf_filter=False,  # it waits for the GPU in every step
        )
        super().__init__(recipe.model, arguments)
        self.remove_callback(PrinterCallback)
        self.remove_callback(ProgressCallback)
        self.keeper = Keeper(self.clock, recipe, folder, export_every)
        self.add_callback(self.keeper)
        self.model_accepts_loss_kwargs = False

    def run(self) -> None:
        """Train, then export."""
        if self.resume:
            print(f"going on from {self.resume}", flush=True)
        self.train(resume_from_checkpoint=self.resume)

    def get_train_dataloader(self) -> Any:
        pinned = self.args.device.type == "cuda"
        if not self.workers:
            return torch.utils.data.DataLoader(_Endless(self.recipe.batches), batch_size=None, pin_memory=pinned)
        return torch.utils.data.DataLoader(
            _Endless(self.recipe.batches, self.recipe.seeded, self.seed),
            batch_size=None,
            num_workers=self.workers,
            pin_memory=pinned,
            prefetch_factor=2,
            multiprocessing_context="fork",  # the art is read once, and what stage is on is shared
            worker_init_fn=_alone,
        )

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        if self.optimizer is None:  # type: ignore[has-type]
            groups: dict[tuple[float, float], list[nn.Parameter]] = {}
            for name, parameter in self.recipe.model.named_parameters():
                if parameter.requires_grad:
                    factor = next((f for key, f in (self.recipe.rates or {}).items() if name.startswith(key)), 1.0)
                    decay = self.recipe.decay if parameter.ndim > 1 else 0.0
                    groups.setdefault((factor, decay), []).append(parameter)
            self.optimizer = torch.optim.AdamW(
                [
                    {"params": parameters, "lr": self.recipe.rate * factor, "weight_decay": decay}
                    for (factor, decay), parameters in groups.items()
                ],
                betas=(0.9, 0.98),
                fused=self.args.device.type == "cuda",
            )
        return self.optimizer

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None, **kwargs: Any) -> Any:
        if self.lr_scheduler is None:  # type: ignore[has-type]
            clock = self.clock
            self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(
                optimizer or self.optimizer, lambda step: min(1.0, (step + 1) / 100) * clock.factor()
            )
        return self.lr_scheduler

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        # The weights of a snapshot are the keeper's to write: a plain module with tied ones cannot be written here.
        Path(output_dir or self.args.output_dir).mkdir(parents=True, exist_ok=True)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: nn.Module | None = None) -> None:
        # Some architectures rename their weights when they are saved; a snapshot holds them as they are.
        self.recipe.model.load_state_dict(torch.load(Path(resume_from_checkpoint) / "weights.pt", weights_only=True))

    def compute_loss(self, model: nn.Module, inputs: Any, return_outputs: bool = False, **kwargs: Any) -> Any:
        device = self.args.device
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16_is_fast(device)):
            losses = self.recipe.losses(model, inputs, self.clock.share())
        for name, value in losses.items():
            # Summed where they are: to read a number is to wait for the GPU.
            self._sums[name] = self._sums.get(name, 0.0) + value.detach().float()
        self._seen += 1
        minimised = [value for name, value in losses.items() if not name.startswith("_")]
        total = sum(minimised, torch.zeros((), device=self.args.device))
        return (total, losses) if return_outputs else total

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        if "loss" in logs:
            logs = {key: value for key, value in logs.items() if key in ("loss", "grad_norm", "learning_rate")}
            logs |= {name: float(value) / max(1, self._seen) for name, value in self._sums.items()}
            logs["minutes"] = self.clock.spent() / 60
            self._sums, self._seen = {}, 0
        super().log(logs, start_time)


class Clock:
    """Time spent on a training, over interruptions."""

    def __init__(self, minutes: float) -> None:
        self.minutes = minutes
        self.before = 0.0
        self.start = time.monotonic()

    def spent(self) -> float:
        """Seconds."""
        return self.before + time.monotonic() - self.start

    def share(self) -> float:
        """Of the whole schedule, 0 to 1."""
        return min(1.0, self.spent() / (60 * self.minutes))

    def factor(self) -> float:
        """Of the learning rate: the falling half of a cosine."""
        return 0.002 + 0.998 * 0.5 * (1 + math.cos(math.pi * self.share()))


class Keeper(TrainerCallback):
    """Averages the weights, stops at the end of the time, takes snapshots, exports, prints and records the curve."""

    def __init__(self, clock: Clock, recipe: Recipe, folder: Path, export_every: float) -> None:
        self.clock = clock
        self.recipe = recipe
        self.folder = folder
        self.export_every = export_every * 60
        self.average: dict[str, Tensor] = {}
        self.saved = self.exported = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        last = get_last_checkpoint(str(self.folder)) if state.global_step else None
        if last:
            self._restore(Path(last))
        else:
            self.average = {k: v.detach().clone() for k, v in self.recipe.model.state_dict().items()}
        self.clock.start = time.monotonic()
        self.saved = self.exported = self.clock.spent()

    def _restore(self, snapshot: Path) -> None:
        where = {name: value.device for name, value in self.recipe.model.state_dict().items()}
        kept = load_file(snapshot / "average.safetensors")
        self.average = {name: value.to(where[name]) for name, value in kept.items()}
        self.clock.before = json.loads((snapshot / "clock.json").read_text())["seconds"]

    def export_snapshot(self) -> None:
        """Export the averaged weights of the last snapshot."""
        last = get_last_checkpoint(str(self.folder))
        if last is None:
            raise SystemExit(f"error: there is no snapshot in {self.folder}; train first")
        self._restore(Path(last))
        self.clock.start = time.monotonic()
        self.write(int(last.rpartition("-")[2]))

    @torch.no_grad()
    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        keep = min(self.recipe.average, (1 + state.global_step) / (10 + state.global_step))
        now = self.recipe.model.state_dict()
        floating = [name for name, value in now.items() if value.is_floating_point()]
        torch._foreach_lerp_([self.average[name] for name in floating], [now[name] for name in floating], 1 - keep)
        for name in now.keys() - set(floating):
            self.average[name].copy_(now[name])
        spent = self.clock.spent()
        if spent - self.saved > 180:
            self.saved = spent
            control.should_save = True
        if self.clock.share() >= 1:
            control.should_training_stop = True
            control.should_save = True
        elif spent - self.exported > self.export_every:
            self.exported = spent
            self.write(state.global_step)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        folder = self.folder / f"checkpoint-{state.global_step}"
        torch.save(self.recipe.model.state_dict(), folder / "weights.pt")
        save_file({k: v.contiguous() for k, v in self.average.items()}, folder / "average.safetensors")
        (folder / "clock.json").write_text(json.dumps({"seconds": self.clock.spent()}))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        if logs and "loss" in logs:
            values = {key: round(value, 5) for key, value in logs.items() if isinstance(value, float)}
            with (self.folder / "curve.jsonl").open("a") as file:
                file.write(json.dumps({"step": state.global_step, **values}) + "\n")
            print(f"{state.global_step:6d} " + " ".join(f"{k} {v:.4g}" for k, v in values.items()), flush=True)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.write(state.global_step)

    def write(self, steps: int) -> None:
        """Export the averaged weights."""
        model = self.recipe.model
        kept = {k: v.detach().clone() for k, v in model.state_dict().items()}
        training = model.training
        model.load_state_dict(self.average)
        model.eval()
        self.recipe.export(model, {"minutes": round(self.clock.spent() / 60, 1), "steps": steps, **self.recipe.record})
        model.load_state_dict(kept)
        model.train(training)
        print(f"exported after {steps} steps", flush=True)


def train_only(model: nn.Module, parts: Sequence[str]) -> None:
    """Let only those parameters learn whose names begin with one of the parts.

    Raises:
        ValueError: no parameter that learns begins so.
    """
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(parameter.requires_grad and name.startswith(tuple(parts)))
    if not any(parameter.requires_grad for parameter in model.parameters()):
        heads = sorted({name.partition(".")[0] for name, _ in model.named_parameters()})
        raise ValueError(f"no parameter begins with {' or '.join(parts)}; there are {', '.join(heads)}")


def save(model: nn.Module, folder: Path) -> None:
    """Write a transformers model in half precision; the model itself stays as it is."""
    assert isinstance(model, PreTrainedModel)
    folder.mkdir(parents=True, exist_ok=True)
    half = {k: v.half() if v.is_floating_point() else v for k, v in model.state_dict().items()}
    model.save_pretrained(folder, state_dict=half)


class _Endless(torch.utils.data.IterableDataset[Batch]):
    """The batches themselves, or in a worker process those of its own seed."""

    def __init__(
        self, batches: Iterable[Batch], seeded: Callable[[int], Iterable[Batch]] | None = None, seed: int = 0
    ) -> None:
        self.batches = batches
        self.seeded = seeded
        self.seed = seed

    def __iter__(self) -> Any:
        worker = torch.utils.data.get_worker_info()
        if worker is None or self.seeded is None:
            return iter(self.batches)
        return iter(self.seeded(self.seed + worker.id))


def _alone(worker: int) -> None:
    """A worker process keeps to one thread."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
