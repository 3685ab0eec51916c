"""What the sandbox costs: starting a program, each tool call, and a thousand programs that wait.

    python -m benchmarks.sandbox                     a table on the screen
    python -m benchmarks.sandbox --json out.json     and the figures in a file

Plain `exec` in this process, which protects from nothing, is measured in the same run for comparison. A time is that of
the best of several rounds, each the mean of many runs: what else the machine does can only make a round slower.
"""

import argparse
import gc
import itertools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from agent.running.monty_sandbox import MontySandbox
from agent.running.sandbox import Finished, Parked, Sandbox, Surface
from models.picture import Picture
from tools import default_vocabulary
from tools.image_patch import ImagePatch

BARS = {"start": 1.0, "start_again": 1.0, "call": 0.6, "call_alone": 0.6, "parked_mb": 50.0}
"""What the sandbox may cost: milliseconds, and megabytes for a thousand parked programs."""

FOUND = 3
"""Patches that every call of `find` gives back."""

START = """def execute_command(image):
    # How many dogs are to the left of number {number}?
    dogs = image.find("dog")
    dogs.sort(key=lambda dog: dog.horizontal_center)
    if len(dogs) == 0:
        return "none"
    near = [dog for dog in dogs if dog.left < {number}]
    return f"{{len(near)}} of {{len(dogs)}}"
"""
CALLS = """def execute_command(image):
    for i in range({calls}):
        dogs = image.find(f"dog {{i}} of {number}")
    return len(dogs)
"""


class Bench:
    """One sandbox with the tools as they are shipped, and answers that cost nothing."""

    def __init__(self, rounds: int, runs: int) -> None:
        self.rounds, self.runs = rounds, runs
        self.surface = Surface.of(default_vocabulary())
        picture = Picture.from_image(np.zeros((240, 320, 3), np.uint8))
        self.patch = ImagePatch.of(picture.whole)
        self.answer = [ImagePatch.of(picture.whole) for _ in range(FOUND)]
        self._numbers = itertools.count()

    def sources(self, template: str, count: int, **values: Any) -> list[str]:
        """Programs that differ in a number, so that nothing prepared for one serves the next."""
        return [template.format(number=next(self._numbers), **values) for _ in range(count)]

    def timed(self, round_of: Callable[[], tuple[float, int]]) -> float:
        """Milliseconds a piece: the best of the rounds, each of which gives `(seconds, pieces)`."""
        round_of()
        gc.collect()
        return min(1000 * seconds / pieces for seconds, pieces in (round_of() for _ in range(self.rounds)))

    # With the sandbox

    def start(self, sandbox: Sandbox, again: bool = False) -> float:
        """From source to the first tool call. `again`: a source that the sandbox has seen before."""
        known = self.sources(START, 1)

        def one_round() -> tuple[float, int]:
            sources = known * self.runs if again else self.sources(START, self.runs)
            began = time.perf_counter()
            for source in sources:
                assert isinstance(sandbox.start(source, [self.patch]), Parked)
            return time.perf_counter() - began, self.runs

        return self.timed(one_round)

    def call(self, sandbox: Sandbox, programs: int) -> float:
        """From the answer of one tool call to the next call, with so many programs that take turns."""
        calls = max(2, min(150, self.runs // programs))

        def one_round() -> tuple[float, int]:
            states = [sandbox.start(source, [self.patch]) for source in self.sources(CALLS, programs, calls=calls)]
            began = time.perf_counter()
            for _ in range(calls - 1):
                states = [sandbox.resume(state, self.answer) for state in states if isinstance(state, Parked)]
            took = time.perf_counter() - began
            for state in states:
                assert isinstance(state, Parked)
                assert sandbox.resume(state, self.answer) == Finished(FOUND)
            return took, (calls - 1) * programs

        return self.timed(one_round)

    def parked(self, sandbox: Sandbox, programs: int) -> dict[str, float]:
        """Memory of programs that wait at their second call: bytes of their states, and what the processes grow by."""
        gc.collect()
        before = _memory()
        began = time.perf_counter()
        states: list[Any] = []
        for source in self.sources(CALLS, programs, calls=2):
            first = sandbox.start(source, [self.patch])
            assert isinstance(first, Parked)
            states.append(sandbox.resume(first, [ImagePatch.of(self.patch.region) for _ in range(FOUND)]))
        seconds = time.perf_counter() - began
        gc.collect()
        return {
            "parked_mb": (_memory() - before) / 2**20,
            "parked_states_mb": sum(state.size for state in states) / 2**20,
            "parked_seconds": seconds,
        }

    # Without

    def exec_start(self) -> float:
        def one_round() -> tuple[float, int]:
            sources = self.sources(START, self.runs)
            began = time.perf_counter()
            for source in sources:
                scope: dict[str, Any] = {}
                exec(compile(source, "program", "exec"), scope)
                scope["execute_command"](_Patch(self.answer))
            return time.perf_counter() - began, self.runs

        return self.timed(one_round)

    def exec_call(self) -> float:
        def one_round() -> tuple[float, int]:
            scope: dict[str, Any] = {}
            exec(compile(CALLS.format(number=0, calls=self.runs), "program", "exec"), scope)
            began = time.perf_counter()
            scope["execute_command"](_Patch(self.answer))
            return time.perf_counter() - began, self.runs

        return self.timed(one_round)


class _Patch:
    def __init__(self, answer: list[ImagePatch]) -> None:
        self.answer = answer

    def find(self, name: str) -> list[ImagePatch]:
        return list(self.answer)


def _memory() -> int:
    """Resident bytes of this process and all below it."""
    return sum(process.memory_info().rss for process in _processes())


def _processes() -> Iterator[psutil.Process]:
    me = psutil.Process()
    yield me
    yield from me.children(recursive=True)


def measure(rounds: int = 7, runs: int = 200, programs: int = 1000) -> dict[str, float]:
    """All figures: milliseconds, and megabytes where the name ends in `_mb`."""
    bench = Bench(rounds, runs)
    with MontySandbox(bench.surface) as sandbox:
        return {
            "start": bench.start(sandbox),
            "start_again": bench.start(sandbox, again=True),
            "call": bench.call(sandbox, 50),
            "call_alone": bench.call(sandbox, 1),
            **bench.parked(sandbox, programs),
            "exec_start": bench.exec_start(),
            "exec_call": bench.exec_call(),
        }


ROWS = (
    ("start a program (to its first tool call)", "start", "exec_start", "ms"),
    ("start a program whose source was seen before", "start_again", "exec_start", "ms"),
    ("a tool call, 50 programs taking turns", "call", "exec_call", "ms"),
    ("a tool call, one program alone", "call_alone", "exec_call", "ms"),
    ("1,000 parked programs: memory", "parked_mb", "", "MB"),
    ("  of which their states", "parked_states_mb", "", "MB"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    figures = measure(options.rounds, options.runs)
    table = Table(title="The sandbox")
    for head in ("", "measured", "at most", "plain exec"):
        table.add_column(head, justify="left" if not head else "right")
    for label, name, other, unit in ROWS:
        bar = BARS.get(name)
        colour = "" if bar is None else "green" if figures[name] < bar else "red"
        value = f"{figures[name]:.3g} {unit}"
        beside = f"{figures[other]:.3g} {unit}" if other else ""
        table.add_row(label, f"[{colour}]{value}[/]" if colour else value, f"{bar:g} {unit}" if bar else "", beside)
    Console().print(table)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
