"""Training a student: TRL's `SFTTrainer` with LoRA adapters or full weights, on any image-text-to-text model.

    train("data", "student", TrainSettings(base="HuggingFaceTB/SmolVLM-256M-Instruct"))

The defaults are those of Hu, Stretcu et al., "Visual Program Distillation" (CVPR 2024): LoRA of rank 8 on all attention
and MLP layers, AdamW with betas 0.9 and 0.98, a learning rate of 1e-4 that falls along a cosine after 1 % warm-up.
Before that, the projector may be trained alone, as in the first stage of LLaVA (Liu et al., NeurIPS 2023).

A training that was killed goes on from its last whole checkpoint when it is called again.
"""

import json
import os
import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import torch
from datasets import DatasetDict

from models import torchvision_ops

torchvision_ops.install()  # peft and trl import every model class of transformers

# ruff: noqa: E402
from peft import LoraConfig, PeftModel
from transformers.trainer_callback import PrinterCallback
from trl import SFTConfig

from distill.checkpoints import base_of, disk_errors, is_first, last_checkpoint, load_base, to_the_end
from distill.dataset import load
from distill.example import SPLITS, example_of
from distill.samples import Collator, samples_of
from distill.seeing import look, tower_of
from distill.trainable import PROJECTOR, VISION, TrainError, all_but, linear_layers, only
from distill.trainer import DistillTrainer, OnLog, Teller
from distill.training_record import draw_curve, model_card
from models.loading import locate

RECORD = "training.json"
"""Settings of a training, the data set's fingerprint, and whether it has ended."""

VALIDATION = 256
"""Samples of the validation split that the loss is measured on, at most."""


@dataclass(frozen=True)
class TrainSettings:
    """What is trained, on which rows, and how. A training goes on only with the same settings."""

    base: str
    """A checkpoint of transformers' `AutoModelForImageTextToText`: a folder, a hub id, or `embedded:NAME`."""
    targets: tuple[str, ...] = ("answer", "rationale", "instruction")
    """Rows to train on. `("answer",)` makes the twin that learns from labels alone."""
    blind: bool = False
    """Show grey instead of pictures: what can be answered from the question alone."""
    lora: int = 8
    """Rank of the adapters; 0 trains the weights themselves."""
    frozen: tuple[str, ...] = (VISION,)
    """Regular expressions: parts of the model that stay as they are."""
    align_epochs: float = 0.0
    """Passes over the instruction rows (over all rows, if there are none) with the projector alone, before the rest."""
    align_rate: float = 1e-3
    epochs: float = 1.0
    steps: int = -1
    """End after so many steps, whatever `epochs` says; -1 does not."""
    batch: int = 8
    """Rows a device and forward pass."""
    accumulate: int = 1
    """Forward passes a step."""
    rate: float = 1e-4
    """Highest learning rate."""
    warmup: float = 0.01
    """Share of the steps over which the rate grows."""
    decay: float = 0.0
    save_every: int = 200
    """Steps between checkpoints."""
    dtype: str = "auto"
    """`float32`, `bfloat16`, or `auto`: bfloat16 on a GPU and float32 elsewhere. Where the weights themselves are
    trained, they are float32 in any case, and bfloat16 is what is computed in."""
    minutes: float = 0.0
    """End after so many minutes, in all calls together; the rate has fallen by then. 0: when the steps are made."""
    workers: int = 4
    """Processes that read rows ahead of a GPU; a training on a CPU has none."""
    keep: float = 0.0
    """Share of the base in what comes of it: the weights are averaged at the end. A base that knows much already
    forgets less so (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022). Not with adapters."""
    recompute: bool = True
    """On a GPU, compute what the backward pass needs once more: slower, in less memory."""
    seed: int = 0


@dataclass(frozen=True)
class Trained:
    """What a training left."""

    folder: Path
    adapter: Path | None
    """PEFT adapter with the processor; None where the weights themselves were trained."""
    model: Path | None
    """The whole model with its processor, adapters merged into it; None if that was not asked for."""
    steps: int
    losses: dict[str, float]
    """The last that were measured, by name."""


def train(
    data: str | Path, folder: str | Path, settings: TrainSettings, merge: bool = True, on_log: OnLog | None = None
) -> Trained:
    """Train a student, or go on with a training that was killed.

    Args:
        data: a data set of `sight distill build`.
        folder: gets `adapter/`, `model/`, `loss.png`, `README.md` (the model card), `training.json`, `checkpoints/`.
        settings: what is trained, and how.
        merge: with LoRA, write the whole model too.
        on_log: told losses as they are measured.

    Returns:
        Where the student is. If the training has ended before, nothing is done, but for what `merge` asks for.

    Raises:
        DatasetError: there is no such data set, or its rows have no pictures.
        CheckpointError: the base model is not here, cannot be read, or has no processor that can be.
        TrainError: the base model reads no pictures, there is nothing to train on, the folder holds a training with
            other settings, `keep` is asked for with adapters, or the disk is full.
    """
    if settings.keep and (settings.lora or int(os.environ.get("WORLD_SIZE", "1")) > 1):
        raise TrainError("weights are averaged where one process trains them all: with keep, write lora 0")
    data, folder = Path(data), Path(folder)
    rows = load(data)
    base = locate(settings.base)
    with disk_errors(folder):
        ended = _begin(folder, settings, rows)
        if ended is not None and (ended.model or not merge or not is_first()):
            return ended
        if ended is not None:
            return replace(ended, model=_merge(folder, settings))
        if settings.align_epochs > 0:
            base = _align(base, data, rows, folder, settings, on_log)
        model, processor = load_base(base, settings.dtype if settings.lora else "float32")
        before = {} if not settings.keep else {name: value.clone() for name, value in model.state_dict().items()}
        adapter = None
        if settings.lora:
            adapter = LoraConfig(
                r=settings.lora,
                lora_alpha=2 * settings.lora,
                lora_dropout=0.0,
                target_modules=linear_layers(model, settings.frozen),
            )
        else:
            all_but(model, settings.frozen)
        trainer = _trainer(
            "main", model, processor, data, rows, settings.targets, folder, settings, adapter, on_log,
            rate=settings.rate, epochs=settings.epochs, steps=settings.steps, minutes=settings.minutes,
        )  # fmt: skip
        trainer.train(resume_from_checkpoint=last_checkpoint(Path(trainer.args.output_dir)))
        if before:
            keep(trainer.model, before, settings.keep)
        return _end(trainer, processor, folder, settings, rows, data.name, merge)


# ---------------------------------------------------------------------- stages


def _align(
    base: Path, data: Path, rows: DatasetDict, folder: Path, settings: TrainSettings, on_log: OnLog | None
) -> Path:
    """Train the projector alone. Returns the folder of the model with it."""
    aligned = folder / "aligned"
    if aligned.is_dir():
        return aligned
    model, processor = load_base(base, settings.dtype if settings.lora else "float32")
    only(model, PROJECTOR)
    told = "instruction" in settings.targets and "instruction" in rows["train"].unique("target")
    trainer = _trainer(
        "align", model, processor, data, rows, ("instruction",) if told else settings.targets, folder, settings, None,
        on_log, rate=settings.align_rate, epochs=settings.align_epochs, steps=-1, minutes=0.0,
    )  # fmt: skip
    trainer.train(resume_from_checkpoint=last_checkpoint(Path(trainer.args.output_dir)))
    with to_the_end(aligned) as part:
        trainer.save_model(str(part))
        (part / "history.json").write_text(json.dumps(trainer.state.log_history))
    trainer.accelerator.wait_for_everyone()
    return aligned


def _trainer(
    stage: str, model: Any, processor: Any, data: Path, rows: DatasetDict, targets: tuple[str, ...], folder: Path,
    settings: TrainSettings, adapter: LoraConfig | None, on_log: OnLog | None,
    *, rate: float, epochs: float, steps: int, minutes: float,
) -> DistillTrainer:  # fmt: skip
    if minutes and int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise TrainError("several processes would not end at the same step; give steps or epochs in place of minutes")
    looked, boxes, tower = None, None, tower_of(model)
    if tower is not None:
        tell = None if on_log is None else (lambda done, total: on_log("looking", done, total, {}))
        kept = data.with_name(f"{data.name}.seen")  # for all who learn from these pictures
        looked = look(model, processor, [rows["train"], rows["val"]], settings.blind, kept, tell)
        boxes = getattr(tower, "boxes", None)
    samples = samples_of(rows["train"], targets, settings.blind, looked, boxes)
    if not len(samples):
        raise TrainError(f"the data set has no row to train on with a target of {', '.join(targets)}")
    light = rows["train"].select_columns(["id", "target"])
    examples = len({example_of(row) for row in light if row["target"] in targets})
    validation = samples_of(rows["val"], targets, settings.blind, looked, boxes)
    every = max(1, -(-len(validation) // VALIDATION))
    gpu = torch.cuda.is_available()
    arguments = SFTConfig(
        output_dir=str(folder / "checkpoints" / stage),
        per_device_train_batch_size=settings.batch,
        per_device_eval_batch_size=settings.batch,
        gradient_accumulation_steps=settings.accumulate,
        num_train_epochs=epochs,
        max_steps=steps,
        learning_rate=rate,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warmup,
        weight_decay=settings.decay,
        adam_beta1=0.9,
        adam_beta2=0.98,
        max_grad_norm=1.0,
        bf16=settings.dtype == "bfloat16" or (settings.dtype == "auto" and gpu),
        use_cpu=not gpu,
        gradient_checkpointing=gpu and settings.recompute,
        max_length=None,
        router_aux_loss_coef=0.0,
        eval_strategy="steps" if len(validation) else "no",
        eval_steps=settings.save_every,
        prediction_loss_only=True,
        save_steps=settings.save_every,
        save_total_limit=2,
        logging_steps=max(1, min(10, settings.save_every)),
        remove_unused_columns=False,
        dataloader_num_workers=settings.workers if gpu else 0,
        dataloader_persistent_workers=gpu and settings.workers > 0,
        dataloader_pin_memory=gpu,
        disable_tqdm=True,
        report_to=[],
        seed=settings.seed,
        data_seed=settings.seed,
    )
    trainer = DistillTrainer(
        model=model,
        args=arguments,
        data_collator=Collator(processor, model.config.model_type),
        train_dataset=samples,
        eval_dataset=validation.select(range(0, len(validation), every)) if len(validation) else None,
        processing_class=processor,
        peft_config=adapter,
        callbacks=[Teller(stage, on_log)],
        rows_per_example=len(samples) / examples,
        minutes=minutes,
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


@torch.no_grad()
def keep(model: Any, before: Mapping[str, torch.Tensor], share: float) -> None:
    """Average a model's weights with those it had before, of which `share` is kept."""
    for name, value in model.named_parameters():  # those that are tied once
        value.lerp_(before[name].to(value), share)


# ---------------------------------------------------------------------- the folder


def _begin(folder: Path, settings: TrainSettings, rows: DatasetDict) -> Trained | None:
    """Note the settings; what was left, if the training has ended.

    Raises:
        TrainError: a training with other settings was begun here.
    """
    mine = json.loads(json.dumps(asdict(settings) | {"data": fingerprint(rows)}))
    file = folder / RECORD
    if file.is_file():
        try:
            noted = json.loads(file.read_text(encoding="utf-8"))
            theirs, ended = noted["settings"], noted["ended"]
        except (ValueError, KeyError, TypeError):
            raise TrainError(f"{file}: not the record of a training; choose another folder") from None
        different = [name for name in mine if theirs.get(name) != mine[name]]
        if different:
            raise TrainError(
                f"{folder}: a training was begun here with another "
                + ", ".join(f"{name} ({theirs.get(name)}, now {mine[name]})" for name in different)
                + "; choose another folder, or the settings it was begun with"
            )
        if ended:
            paths = {name: path if (path := folder / name).is_dir() else None for name in ("adapter", "model")}
            return Trained(folder, steps=ended["steps"], losses=ended["losses"], **paths)
    elif is_first():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"settings": mine, "ended": None}, indent=1) + "\n", encoding="utf-8")
    return None


def _merge(folder: Path, settings: TrainSettings) -> Path:
    """Write the whole model with its processor, the adapter merged into it."""
    model, processor = load_base(base_of(folder / "adapter"), settings.dtype)
    with to_the_end(folder / "model") as part:
        PeftModel.from_pretrained(model, str(folder / "adapter")).merge_and_unload().save_pretrained(part)
        processor.save_pretrained(part)
    return folder / "model"


def _end(
    trainer: DistillTrainer, processor: Any, folder: Path, settings: TrainSettings, rows: DatasetDict, name: str,
    merge: bool,
) -> Trained:  # fmt: skip
    """Write the student, the curve and the card."""
    paths: dict[str, Path | None] = {"adapter": None, "model": None}
    kind = "adapter" if settings.lora else "model"
    paths[kind] = folder / kind
    with to_the_end(folder / kind) as part:
        trainer.save_model(str(part))
        if settings.lora and is_first() and not (folder / "aligned").is_dir():
            _name_base(part, settings.base)
    trainer.accelerator.wait_for_everyone()
    state = trainer.state
    losses = {
        name: entry[name]
        for entry in state.log_history
        for name in entry
        if name.endswith("loss") and name != "train_loss"
    }
    if is_first():
        if settings.lora and merge:
            paths["model"] = _merge(folder, settings)
        stages = {"main": state.log_history}
        aligned = folder / "aligned" / "history.json"
        if aligned.is_file():
            stages = {"align": json.loads(aligned.read_text()), **stages}
        draw_curve(stages, folder / "loss.png")
        counts = {
            split: dict(Counter(target for target in rows[split]["target"] if target in settings.targets))
            for split in SPLITS[:2]
        }
        told = {field.name: getattr(settings, field.name) for field in fields(settings) if field.name != "base"}
        card = model_card(
            settings.base, told, counts, name, fingerprint(rows)[:16], state.global_step, losses, _hardware()
        )
        (folder / "README.md").write_text(card, encoding="utf-8")
        noted = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        noted["ended"] = {"steps": state.global_step, "losses": losses}
        (folder / RECORD).write_text(json.dumps(noted, indent=1) + "\n", encoding="utf-8")
    trainer.accelerator.wait_for_everyone()
    return Trained(folder, steps=state.global_step, losses=losses, **paths)


def _name_base(adapter: Path, base: str) -> None:
    """Name the base as it was named here: the folder of a cache, which peft noted, is on this computer alone."""
    file = adapter / "adapter_config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    path = Path(base).expanduser()
    config["base_model_name_or_path"] = str(path.resolve()) if path.exists() else base
    file.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def fingerprint(rows: DatasetDict) -> str:
    """Of the rows of the splits that are trained on and measured in training."""
    return "-".join(str(rows[split]._fingerprint) for split in SPLITS[:2])


def _hardware() -> str:
    if torch.cuda.is_available():
        return f"{torch.cuda.device_count()} x {torch.cuda.get_device_name()}"
    return f"{torch.get_num_threads()} threads of a CPU ({platform.machine()})"
