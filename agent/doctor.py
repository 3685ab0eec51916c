"""What this computer has to run on, and whether the sandbox holds."""

import contextlib
import os
import platform
import time
from importlib.util import find_spec

from agent.running.monty_sandbox import MontySandbox
from agent.running.sandbox import Finished, Limits, Surface
from tools import default_vocabulary
from tools.vocabulary import EXTRAS

QUICK = "def execute_command(n):\n    return sum(range(n))\n"
ENDLESS = "def execute_command(n):\n    while True:\n        n += 1\n"


def computer(device: str | None = None, dtype: str | None = None) -> list[tuple[str, str]]:
    """Facts by name: Python, torch, memory, and the device that models would run on.

    Raises:
        DeviceError: the device or dtype cannot be had.
    """
    import torch

    from models.device import choose_device, choose_dtype

    chosen = choose_device(device)
    numbers = str(choose_dtype(chosen, dtype)).removeprefix("torch.")
    name = f" ({torch.cuda.get_device_name(chosen)})" if chosen.type == "cuda" else ""
    return [
        ("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        ("torch", f"{torch.__version__}, {torch.get_num_threads()} threads"),
        ("memory", _memory()),
        ("device", f"{chosen}{name}, {numbers}"),
    ]


def extras() -> list[tuple[str, str]]:
    """Tools that need a package of their own, by that package: whether it is there, or how to get it."""
    return [
        (package, "installed" if find_spec(package) else f"not installed: pip install '{wanted}'")
        for package, wanted in EXTRAS.values()
    ]


def _memory() -> str:
    with contextlib.suppress(ValueError, OSError, AttributeError):  # not every system tells
        page = os.sysconf("SC_PAGE_SIZE")
        total, free = (os.sysconf(name) * page / 1e9 for name in ("SC_PHYS_PAGES", "SC_AVPHYS_PAGES"))
        return f"{total:.1f} GB, {free:.1f} GB of it unused"
    return "unknown"


def sandbox_test() -> tuple[bool, str]:
    """Run a program in the sandbox, and one that must be stopped. Whether both went well, and what to tell."""
    try:
        with MontySandbox(Surface.of(default_vocabulary()), Limits(seconds=0.2)) as sandbox:
            sandbox.start(QUICK, [1])
            began = time.perf_counter()
            quick = sandbox.start(QUICK, [10])
            took = time.perf_counter() - began
            endless = sandbox.start(ENDLESS, [10])
    except Exception as error:
        return False, f"does not start: {' '.join(str(error).split())[:200]}"
    if not isinstance(quick, Finished) or quick.problem is not None or quick.value != 45:
        return False, "is broken: a plain program does not end as it should"
    if not isinstance(endless, Finished) or endless.problem is None or endless.problem.kind != "limit":
        return False, "is broken: an endless program is not stopped"
    return True, f"works: a program ran in {took * 1e3:.1f} ms, an endless one was stopped"
