"""Where the time of a process with several threads goes: stacks are looked at from outside, every few milliseconds.

Unlike `cProfile` it sees all threads; unlike it, it counts looks and not calls. A look can happen only when a thread
lets go of the interpreter, so that functions which wait or call into C are seen more often than they should be.
"""

import re
import sys
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any, Self

import psutil

ROOT = Path(__file__).parent.parent
EVERY = 0.003
"""Seconds between two looks."""

CPU_EVERY = 20
"""Looks between two readings of the threads' CPU time."""

MODELS = ("torch", "transformers", "onnxruntime", "torchvision", "segment_anything")
"""Packages in which a thread counts as busy with a model."""

WAITING = {"threading.py": ("wait", "join"), "queue.py": ("get",)}
"""Where a thread only waits."""


class Profile:
    """Looks at all other threads while it is open."""

    def __init__(self, wanted: bool = True) -> None:
        """`wanted`: False makes it do nothing."""
        self.looks = 0
        self._wanted = wanted
        self._seconds = 0.0
        self._states: dict[str, Counter[str]] = defaultdict(Counter)
        self._own: dict[str, Counter[str]] = defaultdict(Counter)
        self._within: dict[str, Counter[str]] = defaultdict(Counter)
        self._over = threading.Event()
        self._cpu: dict[tuple[str, int], tuple[float, float]] = {}
        """Seconds of CPU of each thread when it was first seen and when it was last seen."""
        self._thread = threading.Thread(target=self._work, name="profile", daemon=True)

    def __enter__(self) -> Self:
        self._seconds = -time.perf_counter()
        if self._wanted:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._over.set()
        if self._wanted:
            self._thread.join()
        self._seconds += time.perf_counter()

    def report(self) -> dict[str, Any]:
        """By kind of thread, shares of all looks: what it was at, and, outside models, in which function (`own`) and
        below which functions of the project (`within`). A wait inside C code, as for another process, counts as
        working; `cpu`, seconds of CPU a second, tells. Threads of one kind are added up, so that shares may exceed 1.
        """
        return {
            thread: {
                "states": _shares(states, self.looks),
                "cpu": sum(last - first for (name, _), (first, last) in self._cpu.items() if name == thread)
                / self._seconds,
                "own": _shares(self._own[thread], self.looks, 15),
                "within": _shares(self._within[thread], self.looks, 40),
            }
            for thread, states in self._states.items()
        }

    def _work(self) -> None:
        me = threading.get_ident()
        while not self._over.wait(EVERY):
            threads = threading.enumerate()
            names = {thread.ident: thread.name for thread in threads}
            if self.looks % CPU_EVERY == 0:
                self._read_cpu({thread.native_id: _kind(thread.name) for thread in threads})
            self.looks += 1
            for ident, frame in sys._current_frames().items():
                name = names.get(ident, "unknown")
                if ident != me and name != "memory":
                    self._look(_kind(name), frame)

    def _read_cpu(self, kinds: dict[int | None, str]) -> None:
        for thread in psutil.Process().threads():
            if thread.id in kinds:
                now = thread.user_time + thread.system_time
                key = (kinds[thread.id], thread.id)
                self._cpu[key] = (self._cpu.get(key, (now, now))[0], now)

    def _look(self, thread: str, frame: FrameType) -> None:
        stack: list[CodeType] = []
        at: FrameType | None = frame
        while at is not None:
            stack.append(at.f_code)
            at = at.f_back
        state = _state(stack)
        self._states[thread][state] += 1
        if state == "working":
            self._own[thread][_name(stack[0])] += 1
            for name in dict.fromkeys(_name(code) for code in stack if code.co_filename.startswith(str(ROOT))):
                self._within[thread][name] += 1


def _kind(name: str) -> str:
    """Threads of a pool go by one name."""
    return re.sub(r"[-_ ]\d+$| \(.*\)$", "", name)


def _state(stack: list[CodeType]) -> str:
    if any(f"/{package}/" in code.co_filename for code in stack for package in MODELS):
        return "in a model"
    waits = WAITING.get(Path(stack[0].co_filename).name, ())
    return "waiting" if stack[0].co_name in waits else "working"


def _name(code: CodeType) -> str:
    path = Path(code.co_filename)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) and ".venv" not in path.parts else path.name
    return f"{shown}:{code.co_qualname}"


def _shares(counts: Counter[str], looks: int, most: int | None = None) -> dict[str, float]:
    return {name: count / max(1, looks) for name, count in counts.most_common(most)}
