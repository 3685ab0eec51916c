"""What is measured while programs run: time inside models, batches, memory, and how busy a GPU is.

Nothing here changes what a specialist answers. Calls are timed where they enter a model; calls inside each other, or at
the same time in several threads, count once. What onnxruntime computes for the OCR is counted with its specialist only.
"""

import functools
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import psutil
import torch

from models.adapter import Adapter

ENTRIES = (
    "generate",
    "get_image_features",
    "get_text_features",
    "image_embedder",
    "box_predictor",
    "class_predictor",
    "score",
)
"""Methods by which adapters enter a model, beside its own `forward` and those of its parts."""

MEMORY_EVERY, GPU_EVERY = 0.05, 0.1
"""Seconds between two looks at the memory and at the GPU."""


class Busy:
    """Seconds in which at least one call is under way, in whatever thread."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls = 0
        """Calls that were made while no other was under way."""
        self._depth = 0
        self._began = 0.0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            if self._depth == 0:
                self._began = time.perf_counter()
                self.calls += 1
            self._depth += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with self._lock:
            self._depth -= 1
            if self._depth == 0:
                self.seconds += time.perf_counter() - self._began

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed."""

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return call


@dataclass
class Traffic:
    """What one specialist was given to do."""

    runs: int = 0
    requests: int = 0
    passes: int = 0
    """Forward passes over pictures (or, of a language model, prompts)."""
    pictures: int = 0
    seconds: float = 0.0
    """Inside `run`, added up over threads."""
    model: Busy = field(default_factory=Busy)
    """Inside its model."""

    @property
    def gathered(self) -> float:
        """Requests in one run, on average."""
        return self.requests / self.runs if self.runs else 0.0

    @property
    def batch(self) -> float:
        """Pictures in one forward pass, on average."""
        return self.pictures / self.passes if self.passes else 0.0


@dataclass
class Meters:
    """Everything that is read off while programs run."""

    model: Busy = field(default_factory=Busy)
    """Inside models: forward passes, generation, features."""
    specialist: Busy = field(default_factory=Busy)
    """Inside `Specialist.run`: preparing pictures and reading results included."""
    sandbox: Busy = field(default_factory=Busy)
    """Inside the sandbox's `start`, `resume` and `throw`, waiting for its worker included."""
    traffic: dict[str, Traffic] = field(default_factory=dict)

    def watch_sandbox(self, sandbox: Any) -> None:
        """Time a sandbox."""
        for name in ("start", "resume", "throw"):
            setattr(sandbox, name, self.sandbox.timed(getattr(sandbox, name)))

    def watch(self, role: str, specialist: Any) -> Any:
        """Time a specialist and count its batches; returns it. What it holds must be loaded."""
        traffic = self.traffic.setdefault(role, Traffic())
        run = specialist.run

        @functools.wraps(run)
        def timed_run(requests: Sequence[Any]) -> Any:
            traffic.runs += 1
            traffic.requests += len(requests)
            began = time.perf_counter()
            try:
                with self.specialist:
                    return run(requests)
            finally:
                traffic.seconds += time.perf_counter() - began

        specialist.run = timed_run
        if isinstance(specialist, Adapter):
            self._count_passes(specialist, traffic)
        for value in list(vars(specialist).values()):
            self._watch_model(value, traffic)
        return specialist

    def clear(self) -> None:
        """Begin to count anew, as after a warm-up. No call may be under way."""
        for traffic in self.traffic.values():
            model = traffic.model
            vars(traffic).update(vars(Traffic()) | {"model": model})
        for busy in (self.model, self.specialist, self.sandbox, *(one.model for one in self.traffic.values())):
            busy.seconds, busy.calls = 0.0, 0

    def _count_passes(self, adapter: Any, traffic: Traffic) -> None:
        forward = adapter.forward

        @functools.wraps(forward)
        def counted(items: Sequence[Any], compute: Callable[[Any], Sequence[Any]], *others: Any) -> Any:
            def one_pass(ready: Any) -> Sequence[Any]:
                values = compute(ready)
                traffic.passes += 1
                traffic.pictures += len(values)
                return values

            return forward(items, one_pass, *others)

        adapter.forward = counted

    def _watch_model(self, model: Any, traffic: Traffic) -> None:
        def timed(function: Callable[..., Any]) -> Callable[..., Any]:
            return self.model.timed(traffic.model.timed(function))

        if isinstance(model, torch.nn.Module):
            for part in (model, *model.children()):
                part.forward = timed(part.forward)
            for name in ENTRIES:
                if callable(getattr(model, name, None)):
                    setattr(model, name, timed(getattr(model, name)))
        elif hasattr(model, "generate_batch"):  # a chat model, a pydantic object that takes no new attributes
            object.__setattr__(model, "generate_batch", timed(model.generate_batch))


class Sampler:
    """A thread that looks at the memory of this process and its children, and keeps the most that it saw."""

    def __init__(self) -> None:
        self.start_mb = self.peak_mb = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self.start_mb = self.peak_mb = memory_mb()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        self.peak_mb = max(self.peak_mb, memory_mb())

    @property
    def growth_mb(self) -> float:
        return self.peak_mb - self.start_mb

    def _work(self) -> None:
        while not self._over.wait(MEMORY_EVERY):
            self.peak_mb = max(self.peak_mb, memory_mb())


def memory_mb() -> float:
    """Resident memory of this process and all its children, in MiB."""
    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20


class Gpu:
    """How busy the GPU is, as `nvidia-smi` tells: the share of time in which a kernel was running.

    Where there is no `nvidia-smi`, nothing is known.
    """

    def __init__(self, index: int = 0) -> None:
        self.shares: list[float] = []
        self._index = index
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        if shutil.which("nvidia-smi") is None:
            return self
        query = ["nvidia-smi", f"--id={self._index}", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]
        self._process = subprocess.Popen(
            [*query, f"--loop-ms={int(1000 * GPU_EVERY)}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._process is None:
            return
        self._process.terminate()
        printed, _ = self._process.communicate()
        self.shares = [float(line) / 100 for line in printed.split() if line.isdigit()]

    @property
    def busy(self) -> float | None:
        """0 to 1; None if nothing was told."""
        return sum(self.shares) / len(self.shares) if self.shares else None


def traffic_table(traffic: Mapping[str, Traffic]) -> dict[str, dict[str, float]]:
    """Plain data, one row a role that was asked anything."""
    return {
        role: {
            "runs": one.runs,
            "requests": one.requests,
            "gathered": one.gathered,
            "passes": one.passes,
            "pictures": one.pictures,
            "batch": one.batch,
            "seconds": one.seconds,
            "model_seconds": one.model.seconds,
        }
        for role, one in traffic.items()
        if one.requests
    }
