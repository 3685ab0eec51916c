"""How soon the chat is there, and how soon the first question is answered: embedded preset, seen in a real browser.

    python -m benchmarks.chat_ready                        a table on the screen
    python -m benchmarks.chat_ready --json out/chat_ready.json

Each round starts the app twice, as `make chat` does, in a process of its own. The first time somebody waits for the
models and then takes an example; the second time somebody takes it as soon as the page is there. Needs Chromium
(`make browser`).
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
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.browser import NoBrowser, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).parent.parent
MILLISECONDS = 120_000
QUESTION = "How many muffins"

FIGURES = {
    "address answers": "from the start until the address answers",
    "models loaded": "from the start until the badge says that the models are there",
    "page shown": "from opening the page until the examples are there",
    "first program": "models loaded: from the click on an example until its program is shown",
    "first answer": "models loaded: from the click until the answer",
    "second answer": "the next question about the same picture",
    "early answer": "from the start until the answer, if asked as soon as there is a page",
}


@dataclass(frozen=True)
class App:
    address: str
    began: float
    """On the clock of `time.perf_counter`."""


@contextlib.contextmanager
def app() -> Iterator[App]:
    """The app in a process of its own, as soon as its address answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        command = [sys.executable, "app.py", "--port", str(port), "--feedback", f"{folder}/feedback"]
        environment = os.environ | {"GRADIO_TEMP_DIR": f"{folder}/uploads"}
        began = time.perf_counter()
        with log.open("wb") as lines:
            process = subprocess.Popen(command, cwd=ROOT, stdout=lines, stderr=subprocess.STDOUT, env=environment)
        try:
            address = f"http://127.0.0.1:{port}/"
            while not _answers(address):
                if process.poll() is not None:
                    sys.exit(f"chat_ready: the app ended at once: {log.read_text(errors='replace')[-500:]}")
                time.sleep(0.05)
            yield App(address, began)
        finally:
            process.terminate()
            process.wait(30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def patient(browser: "Browser", figures: dict[str, float]) -> None:
    """Somebody who waits for the models."""
    with app() as running:
        figures["address answers"] = time.perf_counter() - running.began
        with _page(browser, running.address, figures) as page:
            page.locator("#badge.ready").wait_for()
            figures["models loaded"] = time.perf_counter() - running.began
            clicked = time.perf_counter()
            page.locator("#examples button", has_text=QUESTION).click()
            figures["first program"] = _until(page.locator("#chat .thought-group", has_text="Program").first, clicked)
            figures["first answer"] = _until(page.locator("#chat .reply.answered").first, clicked)
            page.locator("#ask .submit-button").wait_for()
            page.locator("#ask textarea").fill("How many kids are there?")
            asked = time.perf_counter()
            page.locator("#ask .submit-button").click()
            figures["second answer"] = _until(page.locator("#chat .reply.answered").nth(1), asked)


def hasty(browser: "Browser", figures: dict[str, float]) -> None:
    """Somebody who does not."""
    with app() as running, _page(browser, running.address, {}) as page:
        page.locator("#examples button", has_text=QUESTION).click()
        figures["early answer"] = _until(page.locator("#chat .reply.answered").first, running.began)


@contextlib.contextmanager
def _page(browser: "Browser", address: str, figures: dict[str, float]) -> "Iterator[Page]":
    with contextlib.closing(browser.new_context()) as context:
        context.set_default_timeout(MILLISECONDS)
        page = context.new_page()
        began = time.perf_counter()
        page.goto(address)
        page.locator("#examples button").first.wait_for()
        figures["page shown"] = time.perf_counter() - began
        yield page


def _until(what: "Locator", began: float) -> float:
    what.wait_for()
    return time.perf_counter() - began


def measured(times: int, say: Callable[[str], None]) -> list[dict[str, float]]:
    """Seconds of each round. Raises NoBrowser."""
    rounds = []
    with opened() as browser:
        for number in range(times):
            say(f"round {number + 1} of {times}")
            figures: dict[str, float] = {}
            patient(browser, figures)
            hasty(browser, figures)
            rounds.append(figures)
    return rounds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    if options.times < 1:
        parser.error("--times must be at least 1")
    try:
        rounds = measured(options.times, lambda text: print(text, file=sys.stderr))
    except NoBrowser as error:
        sys.exit(f"chat_ready: {error}")

    table = Table("Seconds", "Median", "Slowest", "What")
    for name, about in FIGURES.items():
        seconds = [one[name] for one in rounds]
        table.add_row(name, f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}", about)
    Console().print(table)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        data = {"cores": os.cpu_count(), "load": os.getloadavg()[0], "rounds": rounds}
        options.json.write_text(json.dumps(data, indent=1))


if __name__ == "__main__":
    main()
