"""A long run killed again and again with SIGKILL and resumed each time: are its rows those of a run left in peace?

    python -m benchmarks.endurance                     300 questions, 20 kills, a table on the screen
    python -m benchmarks.endurance --json out/endurance.json

Questions are about drawn scenes, most with their programs given, the others planned. After every kill the database is
checked, and what was stored before must be there unchanged. Once, a second writer tries its luck. The exit code is 1 if
anything was lost, doubled or changed. Numbers that a model computes may differ in their last digits: those depend on
what else was in the same forward pass.
"""

import argparse
import json
import math
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from agent.runs.run_error import RunError
from agent.runs.store import Store

ROOT = Path(__file__).parent.parent

PATIENCE = 900.0
"""Seconds without a new row after which a run is taken to hang."""

DIGITS = 1e-5
"""By which part of itself a model's number may differ."""

POLL = 0.05
"""Seconds between two looks at how many rows there are."""

TIMES = {"seconds", "plan_seconds", "run_seconds", "check_seconds", "load_seconds", "finished"}
COMPANY = {"batch", "cached"}
"""What a step was computed together with, which depends on what else is under way."""

Content = dict[str, Any]
"""Everything of a run that must not depend on times, by id: record and trace as JSON data."""


class EnduranceError(RuntimeError):
    """The run did not do what it must; one line."""


@dataclass(frozen=True)
class Kill:
    """One attempt that was killed."""

    rows: int
    """Stored when it was killed, those of earlier attempts included."""
    fresh: int
    """Stored by this attempt."""
    seconds: float
    """From the start of the process to the kill."""
    integrity: str
    """What `PRAGMA integrity_check` said."""
    workers: int
    """Processes of its sandbox that were there when it was killed; they must end by themselves."""


@dataclass
class Figures:
    questions: int
    seconds: float = 0.0
    """Of the run left in peace."""
    statuses: dict[str, int] = field(default_factory=dict)
    kills: list[Kill] = field(default_factory=list)
    last_seconds: float = 0.0
    """Of the attempt that was left to end."""
    second_writer: str = ""
    """What it was told."""
    lost: list[str] = field(default_factory=list)
    """Ids that only the run left in peace has."""
    extra: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """Ids whose records or traces differ."""
    last_digits: int = 0
    """Rows in whose traces a model's numbers differ in their last digits."""
    pictures: bool = False
    """Whether both runs hold the same pictures, each whole."""

    @property
    def good(self) -> bool:
        return not (self.lost or self.extra or self.changed) and self.pictures


def content(folder: Path) -> Content:
    """What a run holds. Raises EnduranceError if a row is there twice, or a trace cannot be read."""
    with sqlite3.connect(folder / "run.sqlite") as database:
        twice = database.execute("SELECT id FROM rows GROUP BY id HAVING COUNT(*) > 1").fetchall()
        halves = database.execute("SELECT COUNT(*) FROM rows LEFT JOIN traces USING (number) WHERE data IS NULL")
        if twice or halves.fetchone()[0]:
            raise EnduranceError(f"rows that are there twice: {twice}, or rows without a trace")
    database.close()
    found = {}
    with Store.open(folder) as store:
        for record in store.records():
            told = [record.as_dict(), store.trace(record.id).model_dump(mode="json")]
            found[record.id] = timeless(told)
    return found


def timeless(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: timeless(value) for name, value in data.items() if name not in TIMES | COMPANY}
    return [timeless(item) for item in data] if isinstance(data, list) else data


def same(a: Any, b: Any) -> bool:
    """Whether data is equal but for the last digits of its numbers."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(value, b[name]) for name, value in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=DIGITS, abs_tol=DIGITS)
    return bool(type(a) is type(b) and a == b)


def pictures(folder: Path) -> set[str]:
    """Keys of the pictures of a run, each read and compared with its key. Raises RunError."""
    with sqlite3.connect(folder / "run.sqlite") as database:
        keys = {key for (key,) in database.execute("SELECT key FROM pictures")}
    database.close()
    with Store.open(folder) as store:
        return {store.picture(key).key for key in keys}


def integrity(folder: Path) -> str:
    database = sqlite3.connect(folder / "run.sqlite")
    try:
        return ", ".join(line for (line,) in database.execute("PRAGMA integrity_check"))
    finally:
        database.close()


def rows_of(folder: Path) -> int:
    try:
        with Store.open(folder) as store:
            return sum(store.counts().values())
    except RunError:  # it is just being made
        return 0


def endure(
    command: Sequence[str], folder: Path, questions: int, kills: int, seed: int, tell: Any = lambda line: None
) -> Figures:
    """Run a command to its end, then again in another folder with kills, and compare.

    Args:
        command: of a process that answers so many questions and keeps them in the folder named behind it.
        folder: where both runs go, as `whole` and `parts`.
        questions: rows of a whole run.
        kills: how often the second run is killed, at most as often as it has questions.
        seed: of the moments.
        tell: called with a line about every attempt.

    Raises:
        EnduranceError: a process failed or hung, a database was damaged, or rows were doubled.
    """
    chance = random.Random(seed)
    whole, parts = folder / "whole", folder / "parts"
    began = time.perf_counter()
    _left_alone([*command, str(whole)])
    figures = Figures(questions, time.perf_counter() - began)
    expected = content(whole)
    with Store.open(whole) as store:
        figures.statuses = dict(store.counts())
    if len(expected) != questions:
        raise EnduranceError(f"{questions} questions gave {len(expected)} rows")
    tell(f"left in peace: {questions} rows in {figures.seconds:.0f} s")
    before: Content = {}
    for left in range(kills, 0, -1):
        share = (questions - len(before)) / (left + 1)
        wanted = len(before) + max(1, min(round(share * chance.uniform(0.1, 1.3)), questions - len(before) - left))
        kill, told = _killed([*command, str(parts)], parts, wanted, chance.random(), second=not figures.second_writer)
        figures.second_writer = figures.second_writer or told
        now = content(parts)
        if kill.integrity != "ok" or any(now.get(id) != row for id, row in before.items()):
            raise EnduranceError(f"after {kill.rows} rows: {kill.integrity}, or a stored row was lost or changed")
        kill = Kill(len(now), len(now) - len(before), kill.seconds, kill.integrity, kill.workers)
        figures.kills.append(kill)
        before = now
        tell(f"kill {len(figures.kills)}: after {kill.seconds:.1f} s, {kill.fresh} new rows, {kill.rows} in all")
    began = time.perf_counter()
    _left_alone([*command, str(parts)])
    figures.last_seconds = time.perf_counter() - began
    found = content(parts)
    figures.lost = sorted(expected.keys() - found.keys())
    figures.extra = sorted(found.keys() - expected.keys())
    differing = sorted(id for id in expected.keys() & found.keys() if expected[id] != found[id])
    figures.changed = [id for id in differing if not same(expected[id], found[id])]
    figures.last_digits = len(differing) - len(figures.changed)
    figures.pictures = pictures(whole) == pictures(parts) and integrity(parts) == "ok"
    return figures


def _left_alone(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in (0, 1):  # 1: some rows failed
        raise EnduranceError(f"exit code {done.returncode}: {done.stderr.strip()[-400:]}")


def _killed(command: Sequence[str], folder: Path, wanted: int, chance: float, second: bool) -> tuple[Kill, str]:
    """Start a process, wait until so many rows are stored and a moment longer, and kill it.

    Returns:
        The kill, and what a second writer was told if one was tried.
    """
    began = time.perf_counter()
    told = ""
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            rows, changed = 0, began
            while rows < wanted:
                time.sleep(POLL)
                now = rows_of(folder)
                if process.poll() is not None:
                    errors.seek(0)
                    raise EnduranceError(f"it ended by itself, after {now} rows: {errors.read().strip()[-400:]}")
                if now != rows:
                    rows, changed = now, time.perf_counter()
                elif time.perf_counter() - changed > PATIENCE:
                    raise EnduranceError(f"it hangs after {rows} rows")
            if second:
                told = _refused(command, process)
            time.sleep(chance * POLL)
            children = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(signal.SIGKILL)
            process.wait()
            seconds = time.perf_counter() - began
        finally:
            process.kill()
            process.wait()
    _, alive = psutil.wait_procs(children, timeout=30)
    if alive:
        raise EnduranceError(f"processes outlive their parent: {', '.join(child.name() for child in alive)}")
    return Kill(rows, 0, seconds, integrity(folder), len(children)), told


def _refused(command: Sequence[str], first: "subprocess.Popen[bytes]") -> str:
    """What a second writer of the same run is told. Raises EnduranceError if it is not refused."""
    first.send_signal(signal.SIGSTOP)  # or it might have ended before the second one has loaded its libraries
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    first.send_signal(signal.SIGCONT)
    line = done.stderr.strip()
    if done.returncode != 2 or f"process {first.pid}" not in line or "\n" in line:
        raise EnduranceError(f"a second writer was not refused: exit code {done.returncode}, {line[-400:]}")
    return line


# ------------------------------------------------------------------ the benchmark


def write_questions(folder: Path, questions: int, pictures: int, planned: float, seed: int) -> Path:
    """Draw scenes, and write a file of questions about them. Raises ArtError where the art has not been prepared."""
    from benchmarks.workload import draw

    chance = random.Random(seed)
    path = folder / "questions.jsonl"
    with path.open("w") as file:
        for item in draw(folder / "pictures", questions, pictures, seed):
            row = {"id": item.id, "image": str(item.picture), "question": item.question, "family": item.family}
            given = {} if chance.random() < planned else {"program": item.program}
            file.write(json.dumps(row | given | {"answer": item.answer}) + "\n")
    return path


def show(figures: Figures, console: Console) -> None:
    table = Table("kill", "seconds", "new rows", "rows", "integrity_check", "workers", title="Killed and resumed")
    for number, kill in enumerate(figures.kills, 1):
        table.add_row(*map(str, (number, f"{kill.seconds:.1f}", kill.fresh, kill.rows, kill.integrity, kill.workers)))
    console.print(table)
    console.print(
        f"{figures.questions} questions ({', '.join(f'{n} {status}' for status, n in figures.statuses.items())}), "
        f"{len(figures.kills)} kills: {len(figures.lost)} rows lost, {len(figures.extra)} too many, "
        f"{len(figures.changed)} changed ({figures.last_digits} in a number's last digits), pictures "
        f"{'the same' if figures.pictures else 'NOT the same'}"
    )
    console.print(f"second writer: {figures.second_writer}", highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--pictures", type=int, default=60)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--planned", type=float, default=0.2, help="share of the questions that come without a program")
    parser.add_argument("--seed", type=int, default=0, help="of scenes, questions and moments")
    parser.add_argument("--preset", default="embedded")
    parser.add_argument(
        "--folder", type=Path, help="keep everything here, an empty folder; a temporary one if left out"
    )
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    if not 0 < options.kills < options.questions:
        sys.exit("endurance: there must be more questions than kills, and at least one kill")
    folder = options.folder or Path(tempfile.mkdtemp(prefix="endurance-"))
    folder.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    try:
        path = write_questions(folder, options.questions, options.pictures, options.planned, options.seed)
        command = [sys.executable, "-m", "sight", "batch", str(path), "--preset", options.preset, "--quiet", "--out"]
        figures = endure(command, folder, options.questions, options.kills, options.seed, console.print)
    except (RuntimeError, ValueError) as error:
        sys.exit(f"endurance: {error}")
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    show(figures, Console())
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(asdict(figures) | {"good": figures.good}, indent=1) + "\n")
    sys.exit(0 if figures.good else 1)


if __name__ == "__main__":
    main()
