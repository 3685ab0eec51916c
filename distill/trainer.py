"""The loss of Visual Program Distillation inside TRL's `SFTTrainer`.

For an example with label `y` and rationale `r`, Hu, Stretcu et al. ("Visual Program Distillation", CVPR 2024) minimise

    CE(f(x, q, answer suffix), y) + CE(f(x, q, rationale suffix), r)

each divided by its number of tokens, the two unweighted; without a rationale, the first alone. Both are rows of the
data set and are drawn independently: a batch is any mix of rows, and its loss is the mean over rows of the mean over
tokens, times rows per example. Its expectation over batches is the mean over examples of the loss above, and a batch
shows more pictures than it would if the two targets of an example had to stand in the same one.

Rationales are several times as long as answers, so rows of like length go into a batch (`Alike`): in batches at random
more than half of all tokens would be padding.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import Sampler
from transformers import TrainerCallback
from transformers.trainer_pt_utils import get_length_grouped_indices
from trl import SFTTrainer
from trl.trainer import utils

from distill.checkpoints import GoesOn
from distill.clock import Clock
from distill.samples import TARGETS

_scores_apart = utils._use_triton
utils._use_triton = lambda device: device.type == "cpu" or _scores_apart(device)
"""TRL sends every token through a model's head where there is no Triton, lest a compiler sees new shapes. A CPU
compiles nothing, and few tokens of a question with its answer are learned: nearly half of a step went into the head."""


OnLog = Callable[[str, int, int, dict[str, float]], None]
"""Called with the stage, the step, the number of steps, and losses by name."""


class Teller(TrainerCallback):  # type: ignore[misc]
    """Passes losses on."""

    def __init__(self, stage: str, tell: OnLog | None) -> None:
        self.stage, self.tell = stage, tell

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        if self.tell and state.is_world_process_zero:
            losses = {name: float(value) for name, value in (logs or {}).items() if name.endswith("loss")}
            self.tell(self.stage, state.global_step, state.max_steps, losses)


class Alike(Sampler[int]):
    """Rows in an order in which those of a batch are of like length, and batches come at random."""

    def __init__(self, lengths: Sequence[int], batch: int, seed: int) -> None:
        """
        Args:
            lengths: of the rows, in whatever unit.
            batch: rows of a step, over accumulated batches and processes.
            seed: with the number of the epoch, decides the order.
        """
        self.lengths, self.batch, self.seed, self.epoch = list(lengths), batch, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the trainer before each pass."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch)
        order = get_length_grouped_indices(self.lengths, self.batch, generator=generator)
        batches = [order[start : start + self.batch] for start in range(0, len(order), self.batch)]
        rest = [batches.pop()] if len(batches[-1]) < self.batch else []  # a short batch elsewhere would move the others
        shuffled = [batches[place] for place in torch.randperm(len(batches), generator=generator).tolist()]
        return iter([row for batch in [*shuffled, *rest] for row in batch])


class DistillTrainer(GoesOn, SFTTrainer):
    """Trains on the samples of `distill.samples`."""

    model_accepts_loss_kwargs: bool

    def __init__(self, *args: Any, rows_per_example: float = 1.0, minutes: float = 0.0, **kwargs: Any) -> None:
        """
        Args:
            rows_per_example: samples of the training split, divided by its examples.
            minutes: end after so many, and let the rate fall by the time, if that is sooner than by the steps; 0: not.
        """
        super().__init__(*args, **kwargs)
        self.rows_per_example = rows_per_example
        self.minutes = minutes
        if minutes:
            self.add_callback(Clock(minutes))
        self.model_accepts_loss_kwargs = True  # compute_loss divides by the samples of all accumulated batches

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """As usual; with a limit in minutes, one that has come to its end by then."""
        if not self.minutes:
            return super().create_scheduler(num_training_steps, optimizer)
        if getattr(self, "lr_scheduler", None) is None:
            warm: int = self.args.get_warmup_steps(num_training_steps)

            def share(step: int) -> float:
                if step < warm:
                    return step / warm
                clock: Clock = next(one for one in self.callback_handler.callbacks if isinstance(one, Clock))
                done: float = max((step - warm) / max(1, num_training_steps - warm), clock.share)
                return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))

            self.lr_scheduler = LambdaLR(optimizer or self.optimizer, share)
            self._created_lr_scheduler = True
        return self.lr_scheduler

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        lengths = (train_dataset or self.train_dataset).with_format(None)["length"]
        step = self.args.train_batch_size * self.args.gradient_accumulation_steps * self.args.world_size
        return Alike(lengths, step, self.args.data_seed or self.args.seed)

    def get_batch_samples(self, epoch_iterator: Iterator[Any], num_batches: int, device: Any) -> tuple[list[Any], Any]:
        """The batches of a step, and how many samples they hold (Trainer would count tokens)."""
        batches, _ = super().get_batch_samples(epoch_iterator, num_batches, device)
        count = torch.tensor(sum(len(batch["labels"]) for batch in batches), device=device)
        if self.args.average_tokens_across_devices and self.args.world_size > 1:
            count = self.accelerator.gather(count).sum()
        return batches, count

    def compute_loss(
        self, model: nn.Module, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The mean over samples of the mean over their tokens, times rows per example.

        Args:
            inputs: what `distill.samples.Collator` makes.
            num_items_in_batch: samples of the whole step, over accumulated batches and processes; None for those given.
        """
        mode = "train" if self.model.training else "eval"
        settle(model)
        target: Tensor = inputs["target"]
        outputs = model(**{k: v for k, v in inputs.items() if k != "target"}, use_cache=False, fused_lm_head=True)
        each = per_sample(outputs.log_probs, outputs.label_mask)
        samples = len(each) if num_items_in_batch is None else num_items_in_batch
        loss = self.rows_per_example * each.sum() / samples
        if self.args.average_tokens_across_devices and num_items_in_batch is not None:
            loss = loss * self.accelerator.num_processes  # gradients are averaged over processes
        for place, loss_of in zip(target.tolist(), each.detach().tolist(), strict=True):
            self._metrics[mode][f"{TARGETS[place]}_loss"].append(loss_of)  # their mean is logged
        right = outputs.is_top1.sum() / outputs.label_mask.sum().clamp(min=1)
        self._metrics[mode]["token_accuracy"].append(right.item())
        return (loss, outputs) if return_outputs else loss


def per_sample(log_probs: Tensor, mask: Tensor) -> Tensor:
    """Cross-entropy of each sample, divided by its number of tokens.

    Args:
        log_probs: `(B, T)` float, natural logarithms of the probabilities of the right tokens.
        mask: `(B, T)` bool, true for tokens of the target.

    Returns:
        `(B,)` float; 0 for a sample without such tokens.
    """
    return -(log_probs * mask).sum(1) / mask.sum(1).clamp(min=1)


def settle(model: nn.Module) -> None:
    """Keep the running statistics of batch normalisation as they are: an adapter would not hold them, and a few
    pictures a batch are too few to measure them by."""
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()
