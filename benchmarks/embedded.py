"""Every figure of the embedded preset, with its bar: what `sight bench embedded` prints.

    python -m benchmarks.embedded --only segmenter depth --json out/embedded.json --picture out/embedded.svg

Its parts (`benchmarks.embedded_parts`) run one by one, and the file is written after each, so that a stop keeps what
was done; parts that are named with `--only` replace those in the file, the others stay in it. Needs the prepared art.
"""

import argparse
import json
import os
import platform
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

Figures = dict[str, Any]
Unit = Literal["share", "seconds", "ms", "MB", "percent"]


@dataclass(frozen=True)
class Bar:
    """One line of the table: a figure of a part, and what it must reach."""

    part: str
    figure: str
    says: str
    least: float | None = None
    most: float | None = None
    unit: Unit = "share"

    @property
    def wanted(self) -> str:
        if self.least is not None:
            return f"at least {told(self.least, self.unit)}"
        return f"at most {told(self.most, self.unit)}" if self.most is not None else "report"

    def passes(self, value: float | None) -> bool | None:
        """None where there is no bar or no figure."""
        if value is None or (self.least is None and self.most is None):
            return None
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


def told(value: float | None, unit: Unit) -> str:
    if value is None:
        return "-"
    if unit == "percent":
        return f"{100 * value:.1f} %"
    if unit == "share":
        return f"{value:.3f}"
    return f"{value:.2f} s" if unit == "seconds" else f"{value:.1f} {unit}"


SPECIALISTS = ("detector", "clip", "segmenter", "vlm", "depth", "ocr")
BARS = (
    Bar("detector", "AP50, all nouns", "AP50 over all nouns", least=0.90),
    Bar("detector", "AP50, attribute phrases", 'AP50 of attribute phrases ("red car", "small star")', least=0.80),
    Bar("detector", "wrong yes, absent noun", "`exists` on absent nouns: wrong yes", most=0.05, unit="percent"),
    Bar("detector", "AP50, nouns in a style never seen", "AP50 of (noun, style) pairs never seen"),
    Bar("detector", "AP50, the same nouns in seen styles", "the same nouns in styles that were seen"),
    Bar("clip", "noun of a true box, top 1", "crop naming among all nouns, top 1", least=0.92),
    Bar("clip", "picture of a caption, recall at 1 of 200", "picture of a caption, recall at 1 of 200", least=0.85),
    Bar("clip", "caption of a picture, recall at 1 of 200", "caption of a picture, recall at 1 of 200", least=0.85),
    Bar("segmenter", "mean IoU from true boxes", "mean IoU from a box", least=0.88),
    Bar("segmenter", "mean IoU from points", "mean IoU from a point", least=0.80),
    Bar("vlm", "right, all", "what / colour / size / background / yes-no, mean of the kinds", least=0.90),
    Bar("depth", "order of two things right", "order of two objects", least=0.95),
    Bar("ocr", "read exactly", "signs read exactly", least=0.90),
    Bar("planner", "held-out wordings", "held-out wordings, oracle specialists", least=0.97),
    Bar("planner", "nouns never seen", "nouns never seen: all copied", least=0.97),
    Bar("human", "right", "human questions about the gallery, oracle specialists", least=0.85),
    Bar("seconds", "median", "seconds to plan a question, batch 1, median", most=1.0, unit="seconds"),
    Bar("seconds", "batch", "seconds to plan a question, batch 16", unit="seconds"),
    Bar("chain", "right", "whole chain, all families", least=0.88),
    Bar("chain", "oracle", "the same programs with oracle specialists"),
    Bar("chain", "reference", "reference programs with the embedded models"),
    Bar("chain", "unanswerable_abstained", "unanswerable questions abstained", least=0.90),
    Bar("chain", "answerable_abstained", "answerable ones wrongly abstained", most=0.05, unit="percent"),
    *(
        Bar("speed", f"{role}, batch {n}", f"{role}: a picture, batch {n}", unit="ms")
        for role in SPECIALISTS
        for n in (1, 16)
    ),
    Bar("weights", "MB", "all files of weights together", most=60.0, unit="MB"),
)
"""The acceptance table, in its order."""


def value_of(record: Mapping[str, Any], bar: Bar) -> float | None:
    """A figure in a record; recalls are found whatever number of pictures they were measured on."""
    figures = record.get("parts", {}).get(bar.part, {}).get("figures", {})
    if bar.figure in figures:
        return float(figures[bar.figure])
    start = re.sub(r" of \d+$", "", bar.figure)
    return next((float(v) for k, v in figures.items() if start != bar.figure and k.startswith(start)), None)


def table_of(record: Mapping[str, Any]) -> Table:
    """The figures that there are, with their bars."""
    table = Table(title="The embedded preset, measured", title_justify="left")
    table.add_column("part")
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_column("bar", justify="right")
    table.add_column("")
    last = ""
    for bar in BARS:
        if bar.part not in record.get("parts", {}):
            continue
        if last and last != bar.part:
            table.add_section()
        value = value_of(record, bar)
        verdict = {True: "[green]pass[/]", False: "[red]FAIL[/]", None: ""}[bar.passes(value)]
        table.add_row(bar.part if last != bar.part else "", bar.says, told(value, bar.unit), bar.wanted, verdict)
        last = bar.part
    return table


def families_of(record: Mapping[str, Any]) -> Table | None:
    """The chains side by side, a question family a row; None if that part was not run."""
    families = record.get("parts", {}).get("chain", {}).get("figures", {}).get("families")
    if not families:
        return None
    table = Table(title="Right answers by question family", title_justify="left")
    table.add_column("family")
    table.add_column("questions", justify="right")
    chains = list(next(iter(families.values()))["right"])
    for chain in chains:
        table.add_column(chain, justify="right")
    for family, row in sorted(families.items()):
        cells = [f"{100 * row['right'][chain]:.1f} %" for chain in chains]
        table.add_row(family, str(row["questions"]), *cells)
    return table


def show(record: Mapping[str, Any], console: Console) -> None:
    console.print(table_of(record))
    if (families := families_of(record)) is not None:
        console.print(families)


def picture(record: Mapping[str, Any], file: Path) -> None:
    """The tables as an SVG file, by rich. Fonts are those of the reader's computer: none is fetched."""
    from rich._export_format import CONSOLE_SVG_FORMAT

    with open(os.devnull, "w") as nowhere:
        console = Console(record=True, width=118, file=nowhere)
        show(record, console)
    form = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    file.parent.mkdir(parents=True, exist_ok=True)
    console.save_svg(str(file), title="sight bench embedded", code_format=form)


def measure(
    only: Sequence[str], questions: int, scenes: int, file: Path | None, svg: Path | None, console: Console
) -> dict[str, Any]:
    """Run parts, in order, and keep the record up to date.

    Args:
        only: names of parts; all of them if empty.
        questions: for the planner and for the whole chain.
        scenes: of the test split, for the specialists.
        file: the record, read first if it is there, and written after each part.
        svg: where the picture goes.

    Raises:
        ArtError: the art was not prepared.
    """
    from benchmarks.embedded_parts import PARTS, Bench

    record: dict[str, Any] = json.loads(file.read_text()) if file and file.is_file() else {}
    record["machine"] = {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()}
    parts = record.setdefault("parts", {})
    with Bench(questions, scenes, console) as bench:
        for name in only or PARTS:
            began = time.perf_counter()
            figures = PARTS[name](bench)
            seconds = round(time.perf_counter() - began, 1)
            parts[name] = {"seconds": seconds, "questions": questions, "scenes": scenes, "figures": figures}
            if file:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(json.dumps(record, indent=1) + "\n")
            if svg:
                picture(record, svg)
            for bar in (bar for bar in BARS if bar.part == name):
                console.print(f"{name:10s} {bar.says:62s} {told(value_of(record, bar), bar.unit):>9s}", markup=False)
    return record


def main() -> None:
    from benchmarks.embedded_parts import PARTS
    from models.embedded.world.art import ArtError

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    console = Console()
    try:
        record = measure(options.only, options.questions, options.scenes, options.json, options.picture, console)
    except ArtError as error:
        sys.exit(f"this benchmark draws scenes: {error}")
    show(record, console)


if __name__ == "__main__":
    main()
