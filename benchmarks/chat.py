"""Many people at once before the chat: waiting times, errors, mix-ups, and the server's memory.

    python -m benchmarks.chat                                 20 people with 10 questions each; starts the app itself
    python -m benchmarks.chat --people 5 --questions 4 --json out/chat.json
    python -m benchmarks.chat --address http://127.0.0.1:7860      before an app that runs already

First every question is asked alone, one after the other. Then all people ask at the same time, half of them through the
window as browsers do, half as programs through chat completions. Everybody has pictures of their own, which differ from
the gallery's in a pixel or two, so that nothing is remembered from others and a mix-up shows. An answer that is not the
one given alone is asked for once more with nobody about, to tell a mix-up from a close decision of a model.
"""

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.people import PATIENCE, Person, Reply, complete, live_together, people, words_key, words_of

ROOT = Path(__file__).parent.parent
STARTING = 300.0
"""Seconds that the app may take to start."""


@dataclass(frozen=True)
class Look:
    """One look at the server's memory."""

    seconds: float
    """Since the people began."""
    megabytes: float
    """Resident, of the process and its children."""


@contextlib.contextmanager
def app(options: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The app in a process of its own, on a free port: its address and the number of the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "app.py", "--port", str(port), "--feedback", f"{folder}/feedback", *options]
        log = Path(folder, "log")
        environment = os.environ | {"GRADIO_TEMP_DIR": f"{folder}/uploads"}
        with log.open("w") as out:
            process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=environment)
            try:
                address = f"http://127.0.0.1:{port}"
                _wait_for(address, process, log)
                yield address, process.pid
            finally:
                process.terminate()
                process.wait(30)


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + STARTING
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{address}/v1/models").status_code == 200:
                return
        time.sleep(0.5)
    sys.exit(f"chat: the app did not start:\n{log.read_text()[-2000:]}")


class Memory:
    """A thread that looks at the memory of a process and its children every second."""

    def __init__(self, process: int | None) -> None:
        self.looks: list[Look] = []
        self._process = psutil.Process(process) if process else None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="memory", daemon=True)

    def __enter__(self) -> "Memory":
        self._began = time.perf_counter()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        while self._process is not None:
            self.looks.append(Look(time.perf_counter() - self._began, resident_mb(self._process)))
            if self._over.wait(1.0):
                return

    def quarters(self) -> list[float]:
        """Mean memory in each quarter of the time; empty where nothing is known."""
        size = len(self.looks) / 4
        parts = [self.looks[int(n * size) : int((n + 1) * size)] for n in range(4)]
        return [statistics.mean(look.megabytes for look in part) for part in parts] if all(parts) else []


def resident_mb(process: psutil.Process) -> float:
    total = 0
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += one.memory_info().rss
    return total / 2**20


def alone(address: str, crowd: Sequence[Person]) -> tuple[dict[str, str], list[float]]:
    """What is answered when nobody else asks, by `words_key`, and how long each took. The gallery's own pictures are
    shown, so that people's are new to the server."""
    expected: dict[str, str] = {}
    seconds: list[float] = []
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        for question in (question for person in crowd for question in person.questions):
            key = words_key(question.gallery)
            if key not in expected:
                began = time.perf_counter()
                expected[key] = words_of(complete(client, question.plain()))
                seconds.append(time.perf_counter() - began)
    return expected, seconds


def again(address: str, crowd: Sequence[Person], replies: Sequence[Reply]) -> list[Reply]:
    """The replies, those with other words than expected compared once more with what their own pictures bring alone."""
    questions = [question for person in crowd for question in person.questions]
    checked = []
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        for question, reply in zip(questions, replies, strict=True):
            if reply.mixed_up and not reply.strange:
                reply = replace(reply, expected=words_of(complete(client, question)))
            checked.append(reply)
    return checked


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share of all stays at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def figures(replies: Sequence[Reply], undisturbed: Sequence[float], wall: float, memory: Memory) -> dict[str, Any]:
    """Everything measured, as plain data."""
    told: dict[str, Any] = {
        "people": len({reply.person for reply in replies}),
        "questions": len(replies),
        "cores": os.cpu_count(),
        "errors": sum(bool(reply.error) for reply in replies),
        "mixed_up": sum(reply.mixed_up for reply in replies),
        "wall_seconds": wall,
        "questions_a_second": len(replies) / wall,
        "alone_seconds": {"median": statistics.median(undisturbed), "p95": percentile(undisturbed, 0.95)},
        "memory_mb": {"quarters": memory.quarters(), "peak": max((one.megabytes for one in memory.looks), default=0.0)},
    }
    for way in ("all", *dict.fromkeys(reply.way for reply in replies)):
        waited = [reply.seconds for reply in replies if way in ("all", reply.way)]
        told[f"waiting_{way}"] = {
            "median": statistics.median(waited),
            "p90": percentile(waited, 0.9),
            "p95": percentile(waited, 0.95),
            "p99": percentile(waited, 0.99),
            "most": max(waited),
        }
    return told


def table(told: dict[str, Any]) -> Table:
    shown = Table(title=f"{told['people']} people, {told['questions']} questions, {told['cores']} cores")
    shown.add_column("what")
    shown.add_column("measured", justify="right")
    shown.add_column("bar", justify="right")
    shown.add_row("errors", str(told["errors"]), "0")
    shown.add_row("mix-ups", str(told["mixed_up"]), "0")
    for name, values in told.items():
        if name.startswith("waiting_"):
            way = name.removeprefix("waiting_")
            shown.add_row(f"waiting, {way}: median", f"{values['median']:.1f} s", "")
            shown.add_row(f"waiting, {way}: 95th percentile", f"{values['p95']:.1f} s", "20 s" if way == "all" else "")
            shown.add_row(f"waiting, {way}: longest", f"{values['most']:.1f} s", "")
    shown.add_row("alone: median", f"{told['alone_seconds']['median']:.2f} s", "")
    shown.add_row("alone: 95th percentile", f"{told['alone_seconds']['p95']:.2f} s", "")
    shown.add_row("questions a second, together", f"{told['questions_a_second']:.2f}", "")
    quarters = told["memory_mb"]["quarters"]
    if quarters:
        shown.add_row("server's memory by quarters", " ".join(f"{one:.0f}" for one in quarters) + " MB", "steady")
        shown.add_row("server's memory at most", f"{told['memory_mb']['peak']:.0f} MB", "")
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--questions", type=int, default=10, help="of each of them")
    parser.add_argument("--rounds", type=int, default=1, help="one crowd after another, to see the memory")
    parser.add_argument("--through", choices=("both", "window", "completions"), default="both")
    parser.add_argument("--think", type=float, default=0.0, metavar="SECONDS", help="between an answer and a question")
    parser.add_argument("--address", help="of an app that runs already; its memory is not measured")
    parser.add_argument("--app", default="", metavar="OPTIONS", help='of the app that is started: "--preset hub-cpu"')
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()

    ways = ("window", "completions") if options.through == "both" else (options.through,)
    crowds = [
        people(options.people, options.questions, ways, options.think, first=round * options.people)
        for round in range(options.rounds)
    ]
    crowd = [person for one in crowds for person in one]
    serving: Any = contextlib.nullcontext((options.address, None)) if options.address else app(options.app.split())
    with serving as (address, process):
        expected, undisturbed = alone(address, crowd)
        with Memory(process) as memory:
            began = time.perf_counter()
            replies = [reply for one in crowds for reply in live_together(one, address, expected)]
            wall = time.perf_counter() - began
        replies = again(address, crowd, replies)
    told = figures(replies, undisturbed, wall, memory)
    console = Console()
    console.print(table(told))
    for what, count in Counter(one.error or one.strange for one in replies if one.error or one.strange).most_common(10):
        console.print(f"{count} x {what[:200]}", markup=False)
    for reply in replies:
        if reply.mixed_up and not reply.strange:
            console.print(
                f"person {reply.person}: {reply.question} {reply.words}, alone {reply.expected}", markup=False
            )
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        records = {"memory": [asdict(one) for one in memory.looks], "replies": [asdict(one) for one in replies]}
        options.json.write_text(json.dumps({**told, **records}, indent=1) + "\n")
    sys.exit(bool(told["errors"] or told["mixed_up"]))


if __name__ == "__main__":
    main()
