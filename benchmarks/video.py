"""Questions about picture-book clips: how often the chain is right, and what a long video costs.

    python -m benchmarks.video                         50 held-out questions, each about a clip of its own
    python -m benchmarks.video --chains oracle reference      without the planner
    python -m benchmarks.video --long 10               a video of ten minutes: memory and time of find, track and sample

The chains: `oracle` runs the reference programs with perfect specialists (any mistake is the tools'), `reference` runs
them with the embedded models, `whole` has the embedded planner write them as well. Clips are drawn, so the art must
have been prepared (`python -m models.embedded.world.art`).
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from agent import VisualAgent
from agent.pipeline import Task
from agent.program import Program
from distill.questions.video_truth import ClipQuestion, make_clip_questions
from models.embedded.oracle import Oracle
from models.embedded.world.art import Art, ArtError
from models.embedded.world.clips import UNIT, write_clip
from models.embedded.world.render import render
from models.planner_format import decode_body
from models.video import Video

CHAINS = ("oracle", "reference", "whole")

LONG_PROGRAM = """
def execute_command(video):
    v = VideoSegment(video)
    seen = v.find("dog")
    tracks = v.track("dog")
    return [len(seen), len(tracks), len([f for f in v.sample(64) if f.exists("dog")])]
"""


def draw(questions: Sequence[ClipQuestion], art: Art, folder: Path) -> list[Video]:
    """The clip of each question as a file."""
    made = []
    for number, question in enumerate(questions):
        path = write_clip(question.clip, folder / f"{number}.mp4", lambda scene: render(scene, art).image)
        made.append(Video.open(path))
    return made


def oracle_of(questions: Sequence[ClipQuestion], videos: Sequence[Video]) -> Oracle:
    """Perfect specialists for every frame of the clips."""
    oracle = Oracle()
    for question, video in zip(questions, videos, strict=True):
        for index in range(len(video)):
            oracle.add(video.frame(index), question.clip.scene(index))
    return oracle


def run(
    agent: VisualAgent, questions: Sequence[ClipQuestion], videos: Sequence[Video], given: bool
) -> Iterator[dict[str, Any]]:
    """Ask every question, one after another; with the reference programs if `given`."""
    for question, video in zip(questions, videos, strict=True):
        program = Program(decode_body(question.program, "video")) if given else None
        began = time.perf_counter()
        ((_, answer),) = agent.answers([Task(question.text, (video,), program)])
        yield {
            "form": question.form,
            "question": question.text,
            "expected": question.answer,
            "status": answer.status,
            "got": str(answer),
            "right": question.is_right(answer.status, answer.value),
            "seconds": time.perf_counter() - began,
            "steps": len(answer.trace.steps),
            "program": answer.program,
        }


def show(runs: dict[str, list[dict[str, Any]]], console: Console) -> dict[str, Any]:
    groups: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for chain, rows in runs.items():
        for row in rows:
            groups[row["form"]][chain].append(row["right"])
    table = Table("form", "questions", *runs, title="Right answers about held-out clips")
    for form, chains in sorted(groups.items()):
        count = max(len(flags) for flags in chains.values())
        table.add_row(form, str(count), *(f"{sum(chains[chain])}" for chain in runs))
    table.add_section()
    shares = {chain: statistics.mean(row["right"] for row in rows) for chain, rows in runs.items()}
    table.add_row("all", str(max(map(len, runs.values()))), *(f"{shares[chain]:.1%}" for chain in runs))
    console.print(table)
    for chain, rows in runs.items():
        seconds = statistics.median(row["seconds"] for row in rows)
        console.print(f"{chain}: {shares[chain]:.1%} right, median {seconds:.2f} s a question")
        for row in rows:
            if not row["right"]:
                console.print(f"  [dim]{row['form']}: {row['question']} {row['got']!r}, not {row['expected']!r}[/]")
    return {
        chain: {
            "right": shares[chain],
            "questions": len(rows),
            "median_seconds": statistics.median(r["seconds"] for r in rows),
        }
        for chain, rows in runs.items()
    }


def long_video(minutes: float, folder: Path, preset: str, console: Console) -> dict[str, float]:
    """Find, track and sample in a long video of noise and a square that comes and goes."""
    import av

    frames, rng, path = round(minutes * 60 * 25), np.random.default_rng(0), folder / "long.mp4"
    noise = rng.integers(0, 60, (240, 320, 3), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(25), options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.time_base = stream.codec_context.time_base = UNIT
        for index in range(frames):
            image = noise.copy()
            if index // 2500 % 2:
                image[80:160, index % 200 : index % 200 + 80] = (220, 30, 30)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = index * 40, UNIT
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    program = LONG_PROGRAM.replace("dog", "red square")
    with VisualAgent.from_preset(preset) as agent:
        agent.run(
            "def execute_command(image):\n    return ImagePatch(image).exists('dog')", noise
        )  # loads the detector
        process, began = psutil.Process(), time.perf_counter()
        before = peak = process.memory_info().rss
        video = Video.open(path)
        opened = time.perf_counter() - began
        ((_, answer),) = agent.answers([Task("", (video,), Program(program))])
        seconds = time.perf_counter() - began
        peak = max(peak, process.memory_info().rss)
        for index in range(0, frames, 25):
            video.pixels(index)
            peak = max(peak, process.memory_info().rss)
        walked = time.perf_counter() - began - seconds
    figures = {
        "minutes": minutes, "frames": frames, "open_seconds": opened, "program_seconds": seconds,
        "looked_at": len([one for one in answer.trace.pictures if one.frame]), "walk_seconds": walked,
        "growth_mb": (peak - before) / (1 << 20),
    }  # fmt: skip
    table = Table("figure", "", title=f"A video of {minutes:g} minutes ({path.stat().st_size >> 20} MB)")
    for name, value in figures.items():
        table.add_row(name, f"{value:,.1f}")
    console.print(table, f"the program gave {answer}")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--preset", default="embedded")
    parser.add_argument("--chains", nargs="+", choices=CHAINS, default=CHAINS)
    parser.add_argument("--long", type=float, metavar="MINUTES", help="measure a long video instead")
    parser.add_argument("--json", type=Path, help="write the figures and every run here")
    options = parser.parse_args()
    console = Console()
    rows: dict[str, Any]
    with tempfile.TemporaryDirectory() as name:
        if options.long:
            rows = {"long": long_video(options.long, Path(name), options.preset, console)}
        else:
            try:
                art = Art.load()
            except ArtError as error:
                sys.exit(f"this benchmark draws clips: {error}")
            questions = make_clip_questions(options.questions, "test", options.seed)
            videos = draw(questions, art, Path(name))
            runs: dict[str, list[dict[str, Any]]] = {}
            if "oracle" in options.chains:
                with VisualAgent(oracle_of(questions, videos).kit()) as perfect:
                    runs["oracle"] = list(run(perfect, questions, videos, given=True))
            with VisualAgent.from_preset(options.preset) as agent:
                for chain in ("reference", "whole"):
                    if chain in options.chains:
                        runs[chain] = list(run(agent, questions, videos, given=chain == "reference"))
            rows = {"figures": show(runs, console), "runs": runs}
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
