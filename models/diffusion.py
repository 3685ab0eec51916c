"""What the two painters share: reading a pipeline of diffusers from its folder, and calling it with what it takes."""

import importlib
import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from models import torchvision_ops
from models.loading import LOADING, CheckpointError, first_line
from models.requests import SpecialistError

PACKAGE = "diffusers"
"""Without it, the tools that paint are not in the vocabulary."""

OURS = "models.embedded.inpaint"
"""Where the modules of the embedded pipeline are declared."""


def load_pipeline(auto_class: str, folder: Path, device: torch.device, dtype: torch.dtype) -> Any:
    """Read a pipeline with one of diffusers' Auto classes (`AutoPipelineForInpainting`, `AutoPipelineForText2Image`).

    Raises:
        CheckpointError: diffusers is not installed, or the folder is no pipeline of this kind.
    """
    torchvision_ops.install()
    try:
        import diffusers
    except ImportError as error:
        raise CheckpointError(
            f"{folder}: painting needs diffusers ({first_line(error)}); `pip install diffusers==0.42.1`"
        ) from None
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    if not (folder / "model_index.json").is_file():
        raise CheckpointError(f"{folder}: no diffusers pipeline (there is no model_index.json in it)")
    if f'"{OURS}"' in (folder / "model_index.json").read_text(encoding="utf-8"):
        importlib.import_module(OURS)  # diffusers takes modules that are loaded already, and no others
    try:
        # Code that comes with a checkpoint is never run.
        with LOADING:
            pipeline = getattr(diffusers, auto_class).from_pretrained(
                folder, dtype=dtype, local_files_only=True, trust_remote_code=False
            )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, AttributeError, TypeError) as error:
        raise CheckpointError(f"{folder}: cannot be read as {auto_class} ({first_line(error)})") from None
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)


def paint(
    pipeline: Any, prompts: Sequence[str], seeds: Sequence[int], side: int | None, **wishes: Any
) -> list[np.ndarray]:
    """Run a pipeline once.

    Args:
        prompts: one a picture.
        seeds: one a picture; noise is drawn on the CPU, so that it is the same on every device.
        side: of the square that is painted, in pixels; the pipeline's own if None.
        wishes: more arguments; those that the pipeline does not know are left out.

    Returns:
        One `(H, W, 3)` uint8 RGB array a prompt.

    Raises:
        SpecialistError: the pipeline cannot paint this.
    """
    known = inspect.signature(pipeline.__call__).parameters
    sizes = {} if side is None else {"height": side, "width": side}
    arguments = {name: value for name, value in (wishes | sizes).items() if name in known and value is not None}
    generators = [torch.Generator("cpu").manual_seed(seed % (1 << 63)) for seed in seeds]
    try:
        images = pipeline(prompt=list(prompts), generator=generators, output_type="pil", **arguments).images
    except torch.OutOfMemoryError:
        raise
    except (ValueError, TypeError, RuntimeError) as error:
        raise SpecialistError(f"{type(pipeline).__name__} could not paint this ({first_line(error)})") from None
    return [np.asarray(image.convert("RGB") if isinstance(image, Image.Image) else image) for image in images]
