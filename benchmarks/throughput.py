"""How many programs a second: the engine beside one program at a time, and what very many programs cost.

    python -m benchmarks.throughput --json out/throughput.json --plot out/throughput.png
    python -m benchmarks.throughput --questions 100 --pictures 10 --map-pictures 100 --growth 100 1000     a quick look
    python -m benchmarks.throughput --parts engine --profile                                where the time goes

Four parts, each in processes of their own:
  sequential   every question alone, in plain `exec`, each call one request and one forward pass, nothing kept: as
               ViperGPT runs its programs;
  engine       the same questions through the engine: in the sandbox, calls of many programs batched, features kept;
  map          one program over many pictures, as `sight map` runs it;
  growth       programs whose tools answer at once: what the engine and the sandbox cost by themselves.

Both ways must give equal results. Where they do not, the question is run again through the engine by itself, with
batches of one: if it then agrees with the sequential way, the difference comes from floating-point numbers that a batch
rounds otherwise, and a decision stood on edge; if not, the engine is wrong. Scenes are drawn, so the art must have been
prepared (`python -m models.embedded.world.art`).
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.growth import Crowd
from benchmarks.parts import Setup, measure
from benchmarks.workload import Item, draw
from distill.questions.binding import ABSTAIN
from distill.questions.scoring import written
from models.embedded.world.art import ArtError

PARTS = ("sequential", "engine", "map", "growth")

Figures = dict[str, Any]

Runner = Callable[[str, Any], Figures]
"""Runs a part of `benchmarks.parts`, given its setup."""


# --- comparing -------------------------------------------------------------------------------------------------------


def mismatches(sequential: Figures, engine: Figures) -> list[str]:
    """Ids of the questions that did not end alike: with the same status and the same value."""
    ours, theirs = engine["endings"], sequential["endings"]
    return [name for name in theirs | ours if theirs.get(name) != ours.get(name)]


def explain(names: Sequence[str], sequential: Figures, engine: Figures, alone: Figures) -> list[Figures]:
    """Each question that did not end alike, with the reason: `batching` or `engine`."""
    return [
        {
            "id": name,
            "sequential": sequential["endings"].get(name),
            "engine": engine["endings"].get(name),
            "engine_alone": alone["endings"].get(name),
            "cause": "batching" if alone["endings"].get(name) == sequential["endings"].get(name) else "engine",
        }
        for name in names
    ]


def share_right(items: Sequence[Item], figures: Figures) -> float:
    """How many ended with the true answer. A program that stumbled over something absent counts as abstaining."""
    right = 0
    for item in items:
        ending = figures["endings"][item.id]
        if item.answer == ABSTAIN:
            right += ending["how"] != "answered"
        else:
            right += ending["how"] == "answered" and written(ending["value"]) == item.answer
    return right / len(items)


# --- showing ---------------------------------------------------------------------------------------------------------


def show(figures: Mapping[str, Any], console: Console) -> None:
    """Print the tables of whatever was measured."""
    ways = {name: figures[name] for name in PARTS[:3] if name in figures}
    if ways:
        console.print(_ways_table(ways, figures))
        console.print(_tools_table(ways))
    if "mismatches" in figures:
        _show_mismatches(figures, console)
    if "growth" in figures:
        console.print(_growth_table(figures["growth"]))
        if (ratio := growth_ratio(figures["growth"])) is not None:
            console.print(f"10,000 programs take {ratio:.1f} times as long as 1,000 (bar: under 11)")
    for name, profile in figures.get("profiles", {}).items():
        _show_profile(name, profile, console)


def _ways_table(ways: Mapping[str, Figures], figures: Mapping[str, Any]) -> Table:
    table = Table("", *ways, title="Throughput", caption=figures["caption"])

    def row(label: str, key: str, form: str) -> None:
        values = [way.get(key) for way in ways.values()]
        if any(value is not None for value in values):
            table.add_row(label, *("-" if value is None else form.format(value) for value in values))

    row("programs", "programs", "{:,}")
    row("pictures", "pictures", "{:,}")
    row("seconds", "seconds", "{:.1f}")
    row("programs a second", "programs_per_second", "{:.1f}")
    row("tool calls a second", "calls_per_second", "{:.1f}")
    row("seconds a picture", "seconds_per_picture", "{:.4f}")
    row("wall time inside models", "model_share", "{:.1%}")
    row("wall time inside specialists", "specialist_share", "{:.1%}")
    row("wall time with the sandbox at work", "sandbox_share", "{:.1%}")
    row("GPU busy", "gpu_busy", "{:.1%}")
    row("peak memory, MB", "peak_memory_mb", "{:,.0f}")
    row("right answers", "right", "{:.1%}")
    row("times the sequential way", "ratio", "{:.1f}")
    return table


def _tools_table(ways: Mapping[str, Figures]) -> Table:
    table = Table(
        "specialist", title="Requests a run; pictures a forward pass; seconds, and how many of them inside the model"
    )
    for name in ways:
        table.add_column(name, justify="right")
    roles = dict.fromkeys(role for way in ways.values() for role in way["tools"])
    for role in roles:
        cells = []
        for way in ways.values():
            tool = way["tools"].get(role)
            passes = f"{tool['batch']:.1f} in {tool['passes']:,.0f} passes" if tool else ""
            spent = f"{tool['seconds']:.1f} s, {tool['model_seconds']:.1f} inside" if tool else ""
            cells.append(f"{tool['gathered']:.1f} in {tool['runs']:,.0f} runs\n{passes}\n{spent}" if tool else "-")
        table.add_row(role, *cells)
    return table


def _show_mismatches(figures: Mapping[str, Any], console: Console) -> None:
    found = figures["mismatches"]
    count = figures["engine"]["programs"]
    if not found:
        console.print(f"equal results: all {count} programs ended with the same status and value both ways")
        return
    causes = [one["cause"] for one in found]
    console.print(
        f"{len(found)} of {count} programs did not end alike: {causes.count('batching')} by rounding inside a batch "
        f"(alone, the engine agrees), {causes.count('engine')} by the engine itself"
    )
    for one in found:
        console.print(f"  {one['id']}: {one['cause']}; sequential {one['sequential']}, engine {one['engine']}")


def _growth_table(rows: Sequence[Figures]) -> Table:
    table = Table("programs", "outcomes", "seconds", "programs a second", "tool calls", "memory growth, MB")
    table.title = "Growth, with tools that cost nothing"
    for row in rows:
        table.add_row(
            f"{row['programs']:,}",
            "kept" if row["kept"] else "dropped",
            f"{row['seconds']:.2f}",
            f"{row['programs_per_second']:.0f}",
            f"{row['calls']:,}",
            f"{row['memory_growth_mb']:.0f}",
        )
    return table


def growth_ratio(rows: Sequence[Figures]) -> float | None:
    """Seconds of 10,000 programs over those of 1,000, outcomes dropped; None if one was not measured."""
    seconds = {row["programs"]: row["seconds"] for row in rows if not row["kept"]}
    return seconds[10_000] / seconds[1_000] if {1_000, 10_000} <= set(seconds) else None


def _show_profile(name: str, profile: Mapping[str, Any], console: Console) -> None:
    console.print(f"\nWhere the time of {name} goes, share of all looks at each kind of thread", soft_wrap=True)
    for thread, looks in profile.items():
        states = ", ".join(f"{state} {share:.0%}" for state, share in looks["states"].items())
        console.print(f"{thread}: {states}; CPU {looks['cpu']:.0%}", highlight=False, soft_wrap=True)
        for kind in ("own", "within"):
            for function, share in looks[kind].items():
                if share >= 0.01:
                    console.print(f"  {kind:<6} {share:6.1%}  {function}", highlight=False, soft_wrap=True)


def plot(rows: Sequence[Figures], path: Path) -> None:
    """Seconds and memory over the number of programs, both axes logarithmic, with a straight line to compare.

    Raises:
        ImportError: matplotlib is not installed.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (times, memory) = pyplot.subplots(1, 2, figsize=(10, 4))
    for kept, label in ((False, "outcomes dropped"), (True, "outcomes kept")):
        chosen = sorted((row for row in rows if row["kept"] == kept), key=lambda row: row["programs"])
        if chosen:
            counts = [row["programs"] for row in chosen]
            times.loglog(counts, [row["seconds"] for row in chosen], "o-", label=label)
            memory.semilogx(counts, [row["memory_growth_mb"] for row in chosen], "o-", label=label)
    dropped = [row for row in rows if not row["kept"]] or list(rows)
    first = min(dropped, key=lambda row: row["programs"])
    counts = sorted({row["programs"] for row in rows})
    line = [first["seconds"] * count / first["programs"] for count in counts]
    times.loglog(counts, line, ":", color="grey", label="linear")
    times.set(title="Time", xlabel="programs", ylabel="seconds")
    memory.set(title="Memory above the start", xlabel="programs", ylabel="MiB", ylim=(0, None))
    times.legend()
    memory.legend()
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


# --- measuring -------------------------------------------------------------------------------------------------------


def compare(setup: Setup, items: Sequence[Item], parts: Sequence[str], run: Runner = measure) -> Figures:
    """The same questions both ways, or one of them.

    Args:
        setup, items: what `benchmarks.workload.draw` made, and where.
        parts: `sequential`, `engine` or both.
        run: runs a part by name.
    """
    figures: Figures = {}
    pictures = len({item.picture for item in items})
    for name, part in (("sequential", "one_at_a_time"), ("engine", "engine")):
        if name in parts:
            figures[name] = way = run(part, setup)
            way |= {"pictures": pictures, "seconds_per_picture": way["seconds"] / pictures}
            way["right"] = share_right(items, way)
    if "sequential" in figures and "engine" in figures:
        names = mismatches(figures["sequential"], figures["engine"])
        figures["engine"]["ratio"] = figures["sequential"]["seconds"] / figures["engine"]["seconds"]
        alone = run("engine_alone", replace(setup, only=tuple(names))) if names else {"endings": {}}
        figures["mismatches"] = explain(names, figures["sequential"], figures["engine"], alone)
    return figures


def measure_map(setup: Setup, pictures: int, run: Runner = measure) -> Figures:
    """One program over so many pictures."""
    figures = run("mapping", setup)
    return figures | {"pictures": pictures, "seconds_per_picture": figures["seconds"] / pictures}


def measure_growth(counts: Sequence[int]) -> list[Figures]:
    """Each count with outcomes dropped, and the largest with outcomes kept."""
    return [measure("growth", crowd) for crowd in (*map(Crowd, sorted(counts)), Crowd(max(counts), keep=True))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--map-pictures", type=int, default=1000)
    parser.add_argument("--growth", type=int, nargs="+", default=[100, 1000, 10_000], metavar="PROGRAMS")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--preset", default="embedded", help="a preset's name, or a YAML file")
    parser.add_argument("--device", help="cpu, cuda, cuda:N or mps (default: the best that is here)")
    parser.add_argument("--dtype", help="of all models, whatever the preset says")
    parser.add_argument(
        "--truth",
        action="store_true",
        help="let the models compute, but answer from ground truth: for presets with random weights "
        "(benchmarks.random_checkpoints)",
    )
    parser.add_argument("--profile", action="store_true", help="run again, looking at where the engine's own time goes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="draw the growth there")
    options = parser.parse_args()
    if min(options.growth) < 1 or options.map_pictures < 1:
        parser.error("--growth and --map-pictures take numbers of at least 1")
    preset = str(Path(options.preset).resolve()) if Path(options.preset).exists() else options.preset
    caption = f"preset {options.preset}, {options.device or 'best device'}, {os.cpu_count()} cores" + (
        ", results replaced by the truth" if options.truth else ""
    )
    figures: Figures = {"caption": caption, "machine": platform.platform(), "options": _plain(options)}
    with tempfile.TemporaryDirectory(prefix="sight-throughput-") as folder:
        setup = Setup(folder, preset, options.device, options.dtype, options.truth)
        profiles: Figures = {}
        try:
            if {"sequential", "engine"} & set(options.parts):
                asked = replace(setup, folder=f"{folder}/questions")
                items = draw(Path(asked.folder), options.questions, options.pictures, options.seed)
                figures |= compare(asked, items, options.parts)
                if options.profile:
                    profiles["the engine"] = measure("engine", replace(asked, profile=True))["profile"]
            if "map" in options.parts:
                mapped = replace(setup, folder=f"{folder}/map")
                draw(Path(mapped.folder), options.map_pictures, options.map_pictures, options.seed + 1)
                figures["map"] = measure_map(mapped, options.map_pictures)
            if "growth" in options.parts:
                figures["growth"] = measure_growth(options.growth)
                if options.profile:
                    crowd = Crowd(min(1000, max(options.growth)), profile=True)
                    profiles["programs with free tools"] = measure("growth", crowd)["profile"]
        except ArtError as error:
            sys.exit(f"this benchmark draws scenes: {error}")
        except (ValueError, RuntimeError) as error:
            sys.exit(f"throughput: {error}")
    figures |= {"profiles": profiles} if profiles else {}
    show(figures, Console())
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    if options.plot and "growth" in figures:
        try:
            plot(figures["growth"], options.plot)
        except ImportError:
            sys.exit("drawing needs matplotlib: pip install 'sightscript[train]'")


def _plain(options: argparse.Namespace) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Path) else value for name, value in vars(options).items()}


if __name__ == "__main__":
    main()
