"""What it costs how OpenMP's threads wait for each other: seconds of a program and of the student, beside an idle
computer and beside a process that wants a core too.

    python -m benchmarks.waiting                     a table on the screen
    python -m benchmarks.waiting --json out/waiting.json

They wait by spinning for so many rounds, then sleep (`GOMP_SPINCOUNT`); `models/__init__.py` chooses the number.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent

SPINS = (0, 500, 2_000, 20_000, 300_000)
"""300,000 is what libgomp does if it is told nothing."""

BUSY = "while True: pass"


def seconds_a_question(by: str, questions: int) -> float:
    """Mean seconds of questions of the gallery, one after another, models loaded, in this process."""
    from agent import VisualAgent
    from models.embedded.gallery import load_gallery

    items = load_gallery()
    pictures = {item.name: item.picture for item in items}
    asked = [(one.question, [pictures[name] for name in one.pictures]) for item in items for one in item.questions]
    seconds = []
    with VisualAgent.from_preset("embedded", by=by) as agent:
        agent.ask(*asked[0])
        for question, shown in asked[:: max(1, len(asked) // questions)][:questions]:
            began = time.perf_counter()
            agent.ask(question, shown)
            seconds.append(time.perf_counter() - began)
    return mean(seconds)


def measured(by: str, spin: int, busy: bool, questions: int) -> float:
    """The same in a process of its own, which is told how long to spin. A process has one of the two alone: where more
    OpenMP threads live than there are cores, libgomp hardly spins at all."""
    neighbour = subprocess.Popen([sys.executable, "-c", BUSY]) if busy else None
    try:
        command = [sys.executable, "-m", "benchmarks.waiting", "--questions", str(questions), "--here", by]
        environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": str(spin)}
        told = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    finally:
        if neighbour is not None:
            neighbour.kill()
            neighbour.wait()
    return float(told.strip().splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--questions", type=int, default=20, metavar="N")
    parser.add_argument("--here", choices=("student", "program"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(seconds_a_question(options.here, options.questions))
        return
    rows = [
        {
            "spin": spin,
            "busy": busy,
            **{by: measured(by, spin, busy, options.questions) for by in ("student", "program")},
        }
        for spin in SPINS
        for busy in (False, True)
    ]
    table = Table("rounds", "beside", "a program, s", "the student, s", title=f"{options.questions} questions")
    for row in rows:
        beside = "a busy process" if row["busy"] else "nothing"
        table.add_row(f"{row['spin']:,}", beside, f"{row['program']:.2f}", f"{row['student']:.3f}")
    Console().print(table)
    if options.json is not None:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
