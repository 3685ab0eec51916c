"""A LoRA adapter as PEFT saves it (https://arxiv.org/abs/2106.09685), as a GGUF file that llama.cpp reads.

Only the Llama family is known: there, llama.cpp keeps the rows of the query and key matrices in the order of the
original Llama code, not in that of transformers, and the adapter's rows must be put in the same order.
"""

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path

import numpy as np

from models.loading import CheckpointError, first_line

_KEY = re.compile(r"(?:base_model\.model\.)?(model\.layers\.\d+\.[a-z_.]+)\.lora_(A|B)(?:\.default)?\.weight")
_UNKNOWN = ("use_rslora", "use_dora", "rank_pattern", "alpha_pattern", "modules_to_save", "fan_in_fan_out")


def gguf_adapter(folder: Path, base: Path) -> Path:
    """The GGUF file of a PEFT adapter, written to the cache folder if it is not there yet.

    Args:
        folder: holds `adapter_config.json` and `adapter_model.safetensors`.
        base: GGUF file of the base model, architecture `llama`.

    Raises:
        CheckpointError: the adapter cannot be read, or has features that cannot be converted.
    """
    weights = folder / "adapter_model.safetensors"
    try:
        digest = hashlib.sha256((folder / "adapter_config.json").read_bytes() + weights.read_bytes())
    except OSError as error:
        raise CheckpointError(f"{folder}: no LoRA adapter in it ({first_line(error)})") from None
    digest.update(f"1 {base.name} {base.stat().st_size}".encode())
    target = cache_folder() / f"lora-{digest.hexdigest()[:24]}.gguf"
    if not target.exists():
        # Written under another name first, so that a second process never reads half a file.
        handle, partial = tempfile.mkstemp(suffix=".partial", dir=target.parent)
        os.close(handle)
        try:
            convert(folder, base, Path(partial))
            os.replace(partial, target)
        finally:
            Path(partial).unlink(missing_ok=True)
    return target


def cache_folder() -> Path:
    """Folder for files that can be made again: `$XDG_CACHE_HOME/sightscript`; a temporary one if that is read-only."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sightscript"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    return folder if writable else Path(tempfile.mkdtemp(prefix="sightscript-"))


def convert(folder: Path, base: Path, target: Path) -> None:
    """Write the GGUF file of a PEFT adapter. Raises CheckpointError as `gguf_adapter` does."""
    import gguf
    from safetensors.numpy import load_file

    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    unknown = [key for key in _UNKNOWN if config.get(key)]
    if config.get("peft_type") != "LORA" or unknown:
        what = ", ".join(unknown) or f"peft_type {config.get('peft_type')!r}"
        raise CheckpointError(f"{folder}: llama.cpp cannot run this adapter ({what}); merge it into its base instead")
    heads, key_heads, blocks = _shape(base)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, blocks)
    writer = gguf.GGUFWriter(target, arch="llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(config["lora_alpha"]))
    try:
        tensors = load_file(folder / "adapter_model.safetensors")
    except Exception as error:  # safetensors raises its own kinds
        raise CheckpointError(f"{folder}: its weights cannot be read ({first_line(error)})") from None
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
        writer.add_tensor(f"{name}.weight.lora_{match[2].lower()}", np.ascontiguousarray(tensor))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def reorder(rows: np.ndarray, heads: int) -> np.ndarray:
    """Rows of a query or key matrix, `(out, r)`, from transformers' order of rotary pairs to that of llama.cpp."""
    out, rank = rows.shape
    return rows.reshape(heads, 2, out // heads // 2, rank).swapaxes(1, 2).reshape(out, rank)


def _shape(base: Path) -> tuple[int, int, int]:
    """Numbers of query heads, key heads and blocks of a GGUF model."""
    import gguf

    try:
        fields = gguf.GGUFReader(base).fields
        if fields["general.architecture"].contents() != "llama":
            raise CheckpointError(f"{base}: LoRA adapters are converted for the architecture llama only")
        heads, key_heads, blocks = (
            int(fields[f"llama.{key}"].contents())
            for key in ("attention.head_count", "attention.head_count_kv", "block_count")
        )
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"{base}: not a readable GGUF file ({first_line(error)})") from None
    return heads, key_heads, blocks
