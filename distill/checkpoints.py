"""Models that are trained, and what a training leaves on the disk: read, written to the end, refused in one line."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from distill.dataset import DatasetError, dataset_errors
from distill.trainable import TrainError
from models.folding import fold_norms
from models.loading import load_model, load_processor, locate

PLAIN_TEMPLATE = (
    "{% for message in messages %}{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}IMAGE_TOKEN{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}"
    "{% if message['role'] == 'assistant' %}END_TOKEN{% else %}{{ '\n' }}{% endif %}{% endfor %}"
)
"""For processors without a chat template, as PaliGemma's: pictures, the text, a new line; what is said and the end."""


def load_base(folder: Path, dtype: str = "auto", device: str = "cpu") -> tuple[Any, Any]:
    """A model to be trained and its processor, with a chat template.

    Args:
        folder: the checkpoint.
        dtype: `float32`, `bfloat16`, or `auto`: bfloat16 where there is a GPU.
        device: where the model is put; a trainer moves it itself.

    Raises:
        CheckpointError: it cannot be read, or its processor cannot be.
        TrainError: it has no processor of pictures.
    """
    processor = load_processor(folder)
    if not hasattr(processor, "image_processor") or not hasattr(processor, "tokenizer"):
        raise TrainError(
            f"{folder}: this checkpoint has no processor for pictures beside texts; name an image-text-to-text model, "
            "with its processor"
        )
    if not getattr(processor, "chat_template", None):
        image = getattr(processor, "image_token", None) or "<image>"
        end = processor.tokenizer.eos_token
        processor.chat_template = PLAIN_TEMPLATE.replace("IMAGE_TOKEN", image).replace("END_TOKEN", end)
    from transformers import AutoModelForImageTextToText

    half = dtype == "bfloat16" or (dtype == "auto" and torch.cuda.is_available())
    kind = torch.bfloat16 if half else torch.float32
    return load_model(AutoModelForImageTextToText, folder, torch.device(device), kind, trainable=True), processor


class GoesOn:
    """Before a `Trainer`: one whose weights are trained themselves goes on from those of its checkpoint.

    transformers writes the weights of some models (LLaVA's) under other names than they have in memory, and its trainer
    then finds none of them, says so in the log, and begins anew with the optimizer of an old training.
    """

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        trained: Any = self.model if model is None else model  # type: ignore[attr-defined]
        sharded = getattr(self, "is_fsdp_enabled", False) or getattr(self, "is_deepspeed_enabled", False)
        if sharded or not Path(resume_from_checkpoint, "model.safetensors").is_file():
            super()._load_from_checkpoint(resume_from_checkpoint, model)  # type: ignore[misc]
            return
        saved = type(trained).from_pretrained(resume_from_checkpoint, dtype=trained.dtype)
        trained.load_state_dict(saved.state_dict())


def load_trained(folder: str | Path, dtype: str = "auto", device: str = "cpu") -> tuple[Any, Any]:
    """A student with its processor, ready to answer: the folder of a training, a PEFT adapter, or any checkpoint.

    Raises:
        CheckpointError: there is none that can be read.
        TrainError: its training has not ended, or it has no processor of pictures.
    """
    folder = found = Path(folder)
    if (folder / "training.json").is_file():
        found = folder / "model" if (folder / "model").is_dir() else folder / "adapter"
        if not found.is_dir():
            raise TrainError(f"{folder}: this training has not ended; the command that began it goes on with it")
    if not (found / "adapter_config.json").is_file():
        model, processor = load_base(locate(str(found)), dtype, device)
        return _ready(model), processor
    from peft import PeftModel

    model, processor = load_base(base_of(found), dtype, device)
    return _ready(PeftModel.from_pretrained(model, str(found)).merge_and_unload()), processor


def _ready(model: Any) -> Any:
    fold_norms(model.eval())
    return model


def checkpoint_of(folder: str | Path) -> Path:
    """Where the whole model of a student is: `model/` in the folder of a training, else the folder itself."""
    folder = Path(folder)
    return folder / "model" if (folder / "training.json").is_file() else folder


def base_of(adapter: Path) -> Path:
    """The checkpoint that an adapter was trained on. Raises CheckpointError if it is not here."""
    aligned = adapter.parent / "aligned"  # moves with the adapter
    if aligned.is_dir():
        return aligned
    named = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"]
    return locate(named)


def sign_of(place: str | Path) -> str:
    """What tells a model from another that was put in the same place: names, sizes and times of its files of weights
    and settings. Nothing of a hub id, whose name tells it."""
    digest = hashlib.sha256()
    for file in sorted(Path(place).rglob("*")):
        if file.suffix in (".safetensors", ".bin") or file.name in ("config.json", "adapter_config.json"):
            state = file.stat()
            digest.update(f"{file.relative_to(place)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def last_checkpoint(folder: Path) -> str | None:
    """The last checkpoint that was written to its end; one that was cut off is removed."""
    whole: dict[int, Path] = {}
    for path in folder.glob("checkpoint-*"):
        try:
            # written last
            whole[int(json.loads((path / "trainer_state.json").read_text())["global_step"])] = path
        except (OSError, ValueError, KeyError):
            if is_first():
                shutil.rmtree(path, ignore_errors=True)
    return str(whole[max(whole)]) if whole else None


def is_first() -> bool:
    """Whether this is the first of the processes that train together, which writes for all."""
    return int(os.environ.get("RANK", "0")) == 0


@contextmanager
def to_the_end(folder: Path) -> Iterator[Path]:
    """A folder to write to, which gets its name when all is written. The first process alone renames it."""
    part = folder.with_name(folder.name + ".part")
    if is_first():
        shutil.rmtree(part, ignore_errors=True)
    yield part
    if is_first():
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Tell a full disk, or one that cannot be written, as a TrainError; the libraries tell it in several ways."""
    try:
        with dataset_errors(folder):
            yield
    except TrainError:
        raise
    except Exception as error:
        text = str(error)
        if any(sign in text for sign in _FULL):
            raise TrainError(
                f"{folder}: the disk is full; the last whole checkpoint is safe. Make room and run the command again"
            ) from error
        if isinstance(error, DatasetError) and isinstance(error.__cause__, OSError):
            raise TrainError(text) from error
        raise


_FULL = ("disk is full", "No space left", "os error 28", "inline_container")
"""As the data set's errors, the system, safetensors and torch tell it."""
