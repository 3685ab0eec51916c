"""Trainings that end by the clock, however often they are killed."""

import math
import time
from typing import Any

import torch

from models import torchvision_ops

torchvision_ops.install()  # transformers imports peft, which imports every model class

# ruff: noqa: E402
from transformers import Trainer, TrainerCallback
from transformers.trainer_callback import ExportableState


class Clock(TrainerCallback, ExportableState):  # type: ignore[misc]
    """Ends a training when its time is spent. What earlier calls took, up to the checkpoint that a training goes on
    from, is counted."""

    def __init__(self, minutes: float) -> None:
        self.minutes, self.spent = minutes, 0.0
        self.began: float | None = None

    @property
    def share(self) -> float:
        """Of the time, from 0 on."""
        now = 0.0 if self.began is None else time.monotonic() - self.began
        return (self.spent + now) / (60 * self.minutes)

    def state(self) -> dict[str, Any]:
        """What goes into a checkpoint."""
        return {"args": {"minutes": self.minutes}, "attributes": {"spent": self.share * 60 * self.minutes}}

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        # Not by `restore_callback_states_from_checkpoint`: that restores `minutes`, too, which may be others by now.
        kept = state.stateful_callbacks.get(type(self).__name__)
        self.spent = kept["attributes"]["spent"] if kept else 0.0
        self.began = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self.share >= 1:
            control.should_training_stop = True


class TimedTrainer(Trainer):
    """With a `Clock` among its callbacks, its learning rate has come to its end when the time has."""

    warm_up = 20
    """Steps in which the learning rate rises."""

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """A short warm-up, then half a cosine down to 2 %, by steps done or time gone, whichever is farther: a machine
        that turns out slower than planned still ends with an annealed model."""
        if getattr(self, "lr_scheduler", None) is None:

            def rate(step: int) -> float:
                clock: Clock = next(one for one in self.callback_handler.callbacks if isinstance(one, Clock))
                progress = min(1.0, max(clock.share, step / num_training_steps))
                return min(1.0, (step + 1) / self.warm_up) * (0.02 + 0.49 * (1 + math.cos(math.pi * progress)))

            self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer or self.optimizer, rate)
        return self.lr_scheduler
