"""A LoRA adapter as PEFT saves it (https://arxiv.org/abs/2106.09685), as a GGUF file that llama.cpp reads: the adapter
alone, to be run beside its base, or both merged, which is faster where the model is small.

Only the Llama family is known: there, llama.cpp keeps the rows of the query and key matrices in the order of the
original Llama code, not in that of transformers, and the adapter's rows must be put in the same order.
"""

import hashlib
import json
import math
import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from models.loading import CheckpointError, first_line

_KEY = re.compile(r"(?:base_model\.model\.)?(model\.layers\.\d+\.[a-z_.]+)\.lora_(A|B)(?:\.default)?\.weight")
MERGED = 2
"""Merged models that are kept."""
ABANDONED = 3600
"""Seconds after which nobody writes to half a file any more: whoever did was killed."""
_UNKNOWN = ("use_rslora", "use_dora", "rank_pattern", "alpha_pattern", "modules_to_save", "fan_in_fan_out")


def gguf_adapter(folder: Path, base: Path) -> Path:
    """The GGUF file of a PEFT adapter, written to the cache folder if it is not there yet.

    Args:
        folder: holds `adapter_config.json` and `adapter_model.safetensors`.
        base: GGUF file of the base model, architecture `llama`.

    Raises:
        CheckpointError: the adapter cannot be read, or has features that cannot be converted.
    """
    return _kept("lora", convert, folder, base)


def gguf_merged(folder: Path, base: Path) -> Path:
    """The GGUF file of the base with a PEFT adapter merged into it, written to the cache folder if it is not there yet.
    Older ones are removed: each is as large as a model. Arguments and errors as for `gguf_adapter`."""
    target = _kept("merged", merge, folder, base)
    others = sorted(target.parent.glob("merged-*.gguf"), key=_age)
    for old in [file for file in others if file != target][MERGED - 1 :]:
        old.unlink(missing_ok=True)  # whoever runs it has it open
    for half in target.parent.glob("*.partial"):
        if _age(half) > ABANDONED:
            half.unlink(missing_ok=True)
    return target


def _age(file: Path) -> float:
    """Seconds since a file was written; without end if another process has just removed it."""
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _kept(kind: str, write: Callable[[Path, Path, Path], None], folder: Path, base: Path) -> Path:
    weights = folder / "adapter_model.safetensors"
    try:
        digest = hashlib.sha256((folder / "adapter_config.json").read_bytes() + weights.read_bytes())
    except OSError as error:
        raise CheckpointError(f"{folder}: no LoRA adapter in it ({first_line(error)})") from None
    state = base.stat()
    digest.update(f"1 {base.name} {state.st_size} {state.st_mtime_ns}".encode())
    target = cache_folder() / f"{kind}-{digest.hexdigest()[:24]}.gguf"
    if not target.exists():
        # Written under another name first, so that a second process never reads half a file.
        handle, partial = tempfile.mkstemp(suffix=".partial", dir=target.parent)
        os.close(handle)
        try:
            write(folder, base, Path(partial))
            os.replace(partial, target)
        finally:
            Path(partial).unlink(missing_ok=True)
    return target


def cache_folder() -> Path:
    """Folder for files that can be made again: `$XDG_CACHE_HOME/sightscript`; where that is read-only, one of this user
    among the temporary files."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sightscript"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    return folder if writable else _temporary_folder()


def _temporary_folder() -> Path:
    own = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"sightscript-{own}"
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if not folder.is_symlink() and state.st_mode & 0o077 == 0 and state.st_uid == own:
        return folder
    return Path(tempfile.mkdtemp(prefix="sightscript-"))  # somebody else made that one


def convert(folder: Path, base: Path, target: Path) -> None:
    """Write the GGUF file of a PEFT adapter. Raises CheckpointError as `gguf_adapter` does."""
    import gguf

    alpha, tensors = _adapter(folder, _opened(base), base)
    writer = gguf.GGUFWriter(target, arch="llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for name, pair in tensors.items():
        for part, tensor in pair.items():
            writer.add_tensor(f"{name}.lora_{part.lower()}", np.ascontiguousarray(tensor))
    _write(writer)


def merge(folder: Path, base: Path, target: Path) -> None:
    """Write the GGUF file of a base with a PEFT adapter merged into it.

    What the adapter changes becomes Q8_0, whose error is far smaller than that of a base of 4 bits, and which llama.cpp
    multiplies faster on a CPU; weights that are floats stay so. Raises CheckpointError as `gguf_adapter` does.
    """
    import gguf
    from gguf.quants import dequantize, quantize

    kinds = gguf.GGMLQuantizationType
    reader = _opened(base)
    alpha, tensors = _adapter(folder, reader, base)
    writer = gguf.GGUFWriter(target, arch="llama")
    for field in reader.fields.values():
        if field.name != "general.architecture" and not field.name.startswith("GGUF."):
            inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), field.types[0], inner)
    for tensor in reader.tensors:
        pair, kind = tensors.get(tensor.name), tensor.tensor_type
        if pair is None:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=kind)
            continue
        change = alpha / len(pair["A"]) * (pair["B"] @ pair["A"])
        kind = kind if kind in (kinds.F32, kinds.F16, kinds.BF16) else kinds.Q8_0
        merged = dequantize(tensor.data, tensor.tensor_type) + change
        writer.add_tensor(tensor.name, quantize(merged.astype(np.float32), kind), raw_dtype=kind)
    _write(writer)


def _write(writer: Any) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _adapter(folder: Path, reader: Any, base: Path) -> tuple[float, dict[str, dict[str, np.ndarray]]]:
    """LoRA's alpha, and by the name of the base's tensor the matrices `A`, `(r, in)`, and `B`, `(out, r)`, float32."""
    import gguf
    from safetensors.numpy import load_file

    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    unknown = [key for key in _UNKNOWN if config.get(key)]
    if config.get("peft_type") != "LORA" or unknown:
        what = ", ".join(unknown) or f"peft_type {config.get('peft_type')!r}"
        raise CheckpointError(f"{folder}: llama.cpp cannot run this adapter ({what}); merge it into its base instead")
    heads, key_heads, blocks = _shape(reader, base)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, blocks)
    try:
        tensors = load_file(folder / "adapter_model.safetensors")
    except Exception as error:  # safetensors raises its own kinds
        raise CheckpointError(f"{folder}: its weights cannot be read ({first_line(error)})") from None
    pairs: dict[str, dict[str, np.ndarray]] = {}
    for key, tensor in tensors.items():
        match = _KEY.fullmatch(key)
        name = names.get_name(match[1]) if match else None
        if match is None or name is None:
            raise CheckpointError(f"{folder}: llama.cpp has no place for the adapter's weight {key}")
        tensor = tensor.astype(np.float32)
        if match[2] == "B" and match[1].endswith("q_proj"):
            tensor = reorder(tensor, heads)
        elif match[2] == "B" and match[1].endswith("k_proj"):
            tensor = reorder(tensor, key_heads)
        pairs.setdefault(f"{name}.weight", {})[match[2]] = tensor
    return float(config["lora_alpha"]), pairs


def reorder(rows: np.ndarray, heads: int) -> np.ndarray:
    """Rows of a query or key matrix, `(out, r)`, from transformers' order of rotary pairs to that of llama.cpp."""
    out, rank = rows.shape
    return rows.reshape(heads, 2, out // heads // 2, rank).swapaxes(1, 2).reshape(out, rank)


def _opened(base: Path) -> Any:
    import gguf

    try:
        return gguf.GGUFReader(base)
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{base}: not a readable GGUF file ({first_line(error)})") from None


def _shape(reader: Any, base: Path) -> tuple[int, int, int]:
    """Numbers of query heads, key heads and blocks of a GGUF model."""
    fields = reader.fields
    try:
        if fields["general.architecture"].contents() != "llama":
            raise CheckpointError(f"{base}: LoRA adapters are converted for the architecture llama only")
        heads, key_heads, blocks = (
            int(fields[f"llama.{key}"].contents())
            for key in ("attention.head_count", "attention.head_count_kv", "block_count")
        )
    except (ValueError, KeyError) as error:
        raise CheckpointError(f"{base}: not a readable GGUF file ({first_line(error)})") from None
    return heads, key_heads, blocks
