"""Where models run, and with which numbers: CUDA, Apple's MPS or the CPU; float32, bfloat16 or float16."""

import torch

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


class DeviceError(ValueError):
    """A device or number type that cannot be had here. The message is one line and says what to do."""


def choose_device(name: str | None = None) -> torch.device:
    """The device to run on.

    Args:
        name: `cpu`, `cuda`, `cuda:1`, `mps`, or None or `auto` for the best one that is here.

    Raises:
        DeviceError: the device is unknown or not present.
    """
    if name in (None, "auto"):
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise DeviceError(f"unknown device {name!r}; choose auto, cpu, cuda, cuda:N or mps") from None
    if device.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if (device.index or 0) >= count:
            have = f"there are {count} CUDA devices" if count else "there is no CUDA device"
            raise DeviceError(f"{have} on this computer, {name!r} cannot be used; choose auto or cpu")
    elif device.type == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("there is no Apple GPU (mps) on this computer; choose auto or cpu")
    elif device.type not in ("cpu", "mps"):
        raise DeviceError(f"models do not run on {device.type!r} here; choose auto, cpu, cuda or mps")
    return device


def choose_dtype(device: torch.device, name: str | None = None) -> torch.dtype:
    """The type of a model's numbers.

    Args:
        device: where the model will run.
        name: `float32`, `bfloat16` or `float16`; None or `auto` gives float32 on the CPU, bfloat16 on CUDA devices
            that have it, else float16.

    Raises:
        DeviceError: the name is unknown.
    """
    if name in (None, "auto"):
        if device.type == "cpu":
            return torch.float32
        return torch.bfloat16 if device.type == "cuda" and torch.cuda.is_bf16_supported() else torch.float16
    if name not in DTYPES:
        raise DeviceError(f"unknown dtype {name!r}; choose auto, {', '.join(DTYPES)}")
    return DTYPES[name]


def bfloat16_is_fast(device: torch.device) -> bool:
    """Whether training should use bfloat16: on a GPU, and on a processor that has instructions for it.

    Others only emulate it: with AVX2 alone a convolution takes six times as long as in float32.
    """
    if device.type != "cpu":
        return True
    has = torch.cpu.get_capabilities()
    return any(has.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
