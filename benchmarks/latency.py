"""How long a question takes on the embedded preset, and how much memory: models loaded, cold start, `sight --help`.

    python -m benchmarks.latency                     a table on the screen
    python -m benchmarks.latency --json out/latency.json

Each cold start is a new process; the table gives the median of a few, the file all of them.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def timed(command: list[str], times: int) -> list[float]:
    """Wall seconds of a command, each run a new process."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return seconds


def warm_questions(preset: str) -> tuple[list[dict[str, object]], float]:
    """Every question of the gallery, one after another, after one that loads the models.

    Returns:
        A record a question (seconds by part, answer, expected), and the peak resident memory in MB, of this process
        and of the sandbox's workers together.
    """
    from agent import VisualAgent
    from models.embedded.gallery import load_gallery

    records: list[dict[str, object]] = []
    with VisualAgent.from_preset(preset) as agent:
        items = load_gallery()
        pictures = {item.name: item.picture for item in items}
        agent.ask(items[-1].questions[0].question, items[-1].picture)
        for item in items:
            for question in item.questions:
                start = time.perf_counter()
                answer = agent.ask(question.question, [pictures[name] for name in question.pictures])
                seconds = time.perf_counter() - start
                attempts = answer.trace.attempts
                records.append(
                    {
                        "question": question.question,
                        "answer": str(answer),
                        "expected": question.answer,
                        "seconds": seconds,
                        "plan": sum(a.plan_seconds for a in attempts),
                        "check": sum(a.check_seconds for a in attempts),
                        "run": sum(a.run_seconds for a in attempts),
                    }
                )
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return records, (own + workers) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="embedded")
    parser.add_argument("--threads", type=int, help="threads of torch (default: all cores)")
    parser.add_argument("--cold", type=int, default=3, help="cold starts to time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()

    from rich.console import Console
    from rich.table import Table

    sight = str(Path(sys.executable).with_name("sight"))
    gallery = sorted((ROOT / "models" / "embedded" / "gallery").glob("*.webp"))
    helping = timed([sight, "--help"], 5)
    cold = timed([sight, "ask", str(gallery[0]), "how many dogs are there?", "--preset", options.preset], options.cold)
    if options.threads:
        import torch

        torch.set_num_threads(options.threads)
    records, memory = warm_questions(options.preset)

    seconds = sorted(float(str(r["seconds"])) for r in records)
    parts = {part: statistics.median(float(str(r[part])) for r in records) for part in ("plan", "check", "run")}
    figures = {
        "questions": len(records),
        "median_seconds": statistics.median(seconds),
        "p95_seconds": seconds[int(0.95 * (len(seconds) - 1))],
        "median_by_part": parts,
        "cold_ask_seconds": cold,
        "help_seconds": helping,
        "peak_memory_mb": memory,
    }
    table = Table(title=f"Latency, preset {options.preset}")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("bar", justify="right")
    table.add_row("a question, models loaded, median", f"{figures['median_seconds']:.2f} s", "2 s")
    table.add_row("a question, models loaded, 95th percentile", f"{figures['p95_seconds']:.2f} s", "")
    for part, value in parts.items():
        table.add_row(f"  of it: {part}, median", f"{value:.2f} s", "")
    table.add_row(f"sight ask, cold start, median of {len(cold)}", f"{statistics.median(cold):.1f} s", "12 s")
    table.add_row("sight --help, median of 5", f"{statistics.median(helping):.2f} s", "0.5 s")
    table.add_row("peak memory", f"{memory:.0f} MB", "2,500 MB")
    Console().print(table)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({**figures, "records": records}, indent=1) + "\n")


if __name__ == "__main__":
    main()
