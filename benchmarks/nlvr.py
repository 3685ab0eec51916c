"""NLVR (Suhr et al., ACL 2017, CC-BY-4.0), development split: 989 times true or false, of 267 crowd-written sentences
about three grey boxes of coloured shapes, by programs that the embedded planner writes.

    python -m benchmarks.nlvr
    python -m benchmarks.nlvr --by-hand      only the upper bound

A program sees the three boxes as three pictures, from left to right; the sentence is asked as "Is it true that ...?".
There is no bar; a majority vote is right in 55.3 %. Consistent is a sentence that is right for all of its pictures.

The upper bound: programs written by hand for 50 sentences (`nlvr_programs.jsonl`), which were drawn by a fixed seed and
written before any result was seen, run with the preset's models and with the truth (`structured_rep`).
"""

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from agent import VisualAgent
from agent.program import Program
from agent.runs.datasets.benchmark import is_it_true
from benchmarks.outside import DATA, Case, arguments, judge, planned_and_judged, report, save, thing
from models.embedded.world.scene import Scene
from models.picture import Picture

PROGRAMS = Path(__file__).with_name("nlvr_programs.jsonl")
SENTENCES, SEED = 50, 0
SIDE = 100
"""Of a box, in pixels."""
LEFT = (0, 150, 300)
"""Where the boxes begin."""
COLOURS = {"yellow": "yellow", "black": "black", "#0099ff": "blue"}
SIZES = {10: "small", 20: "medium", 30: "big"}


def scene_of(items: Sequence[Mapping[str, Any]]) -> Scene:
    """One box, from its `structured_rep`: `x_loc, y_loc, size, type, color`, origin at the top left."""
    things = []
    for item in items:
        x, y, size = float(item["x_loc"]), float(item["y_loc"]), item["size"]
        box = (max(0.0, x), max(0.0, y), min(float(SIDE), x + size), min(float(SIDE), y + size))
        things.append(thing(item["type"], COLOURS[item["color"].lower()], box, SIZES[size]))
    return Scene(0, "test", SIDE, SIDE, "plain", tuple(things))


def cases(folder: Path, count: int | None = None) -> list[Case]:
    """The development split. Raises FileNotFoundError."""
    made = []
    for number, line in enumerate((folder / "dev.jsonl").read_text().splitlines()):
        if count is not None and number >= count:
            break
        row = json.loads(line)
        whole = Picture.open(folder / row["image"])
        boxes = tuple(
            Picture.from_image(whole.image.crop((left, 0, left + SIDE, SIDE)), f"box {place}")
            for place, left in enumerate(LEFT, 1)
        )
        scenes = tuple(scene_of(items) for items in row["structured_rep"])
        family = "towers" if "tower" in row["sentence"].lower() else "boxes"
        label = "yes" if row["label"] in (True, "true") else "no"
        group = row["id"].rpartition("-")[0]
        made.append(Case(row["id"], family, is_it_true(row["sentence"]), boxes, scenes, label, group))
    return made


def sample(cases: Sequence[Case]) -> list[str]:
    """The groups that programs were written for."""
    return random.Random(SEED).sample(sorted({case.group for case in cases}), SENTENCES)


def by_hand(cases: Sequence[Case]) -> tuple[list[Case], dict[Any, Program]]:
    """The cases of the chosen sentences, and their programs."""
    sources = {}
    for line in PROGRAMS.read_text().splitlines():
        row = json.loads(line)
        sources[row["group"]] = row["program"]
    chosen = [case for case in cases if case.group in sources]
    return chosen, {(case.question, 3): Program(sources[case.group]) for case in chosen}


def main() -> None:
    parser = arguments(__doc__, DATA / "nlvr")
    parser.add_argument("--by-hand", action="store_true", help="the programs written by hand only")
    options = parser.parse_args()
    try:
        asked = cases(options.data, options.questions)
    except FileNotFoundError as error:
        print(f"skipped: NLVR is not there ({error.filename}); --data names its folder")
        return
    console = Console()
    chosen, programs = by_hand(asked)
    with VisualAgent.from_preset(options.preset) as agent:
        bound = judge(agent, chosen, programs)
    upper = report(f"NLVR, dev, programs by hand for {len(programs)} sentences", bound, console, options.failures)
    if options.by_hand:
        save(options.json, {"by_hand": upper}, bound)
        return
    figures, verdicts = planned_and_judged("NLVR, dev", asked, options.preset, console, options.failures)
    groups: dict[str, int] = defaultdict(int)
    for case in asked:
        groups[case.label] += 1
    figures["majority"] = max(groups.values()) / len(asked)
    save(options.json, {**figures, "by_hand": upper}, verdicts)


if __name__ == "__main__":
    main()
