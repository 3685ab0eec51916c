"""SHAPES (Andreas et al., "Neural Module Networks", CVPR 2016): 1,024 questions of its validation split about coloured
shapes in a grid of 3 x 3, answered by programs that the embedded planner writes.

    python -m benchmarks.shapes

The bar is 0.90. The queries are logical forms: `is a triangle above right of a square` means that a triangle lies above
something that lies to the right of a square. They are put into English by this grammar, and the planner sees only that:

    query      is X REST             Is there X REST?
    X          a (circle | square | triangle), a (red | green | blue) shape
    REST       X                     Is there X that is a Y? / ... that is COLOUR?
               REL X                 REL X
               REL REL X             the same REL twice: two places REL X; else REL a thing that is REL X
    REL        directly above, directly below, directly to the left of, directly to the right of

"Directly", because in the data a relation holds between neighbours in the grid only. The pictures are stored blue
first, as OpenCV reads them. What they show is read off the grid, for the chain with the truth.
"""

import re
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks.outside import DATA, Case, arguments, planned_and_judged, save, thing
from models.embedded.world.scene import Scene, Thing
from models.picture import Picture

CELL = 10
"""Pixels of a place in the grid."""
COLOURS = ("red", "green", "blue")
RELATIONS = {
    "above": "directly above",
    "below": "directly below",
    "left": "directly to the left of",
    "right": "directly to the right of",
}
AGAIN = {"above": "above", "below": "below", "left": "to the left of", "right": "to the right of"}


def english(query: str) -> str:
    """A query as a question, see the module's text. Raises ValueError for one that is not of this grammar."""
    words = re.fullmatch(r"is (an? \w+(?: shape)?) (.+)", query)
    if words is None:
        raise ValueError(f"not a query of SHAPES: {query!r}")
    subject, rest = words.groups()
    relations = []
    while (found := re.match(r"(above|below|left of|right of) ", rest)) is not None:
        relations.append(found[1].split()[0])
        rest = rest[found.end() :]
    if not relations:
        return f"Is there {subject} that is {rest}?"
    if len(relations) == 1:
        return f"Is there {subject} {RELATIONS[relations[0]]} {rest}?"
    if len(relations) != 2:
        raise ValueError(f"not a query of SHAPES: {query!r}")
    first, second = relations
    if first == second:
        return f"Is there {subject} two places {AGAIN[first]} {rest}?"
    return f"Is there {subject} {RELATIONS[first]} a thing that is {RELATIONS[second]} {rest}?"


def scene_of(pixels: np.ndarray) -> Scene:
    """What the grid holds.

    Args:
        pixels: `(30, 30, 3)` uint8 RGB, shapes on black.
    """
    things: list[Thing] = []
    for top in range(0, pixels.shape[0], CELL):
        for left in range(0, pixels.shape[1], CELL):
            cell = pixels[top : top + CELL, left : left + CELL].astype(int)
            bright = cell.max(2)
            if bright.max() < 60:
                continue
            mask = bright > bright.max() / 2
            rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
            # Edges are soft: where a square's row and column meet, its corner has the product of their brightness.
            seen = bright > 0.15 * bright.max()
            part = bright[seen.any(1)][:, seen.any(0)] / bright.max()
            middle = len(part) // 2
            square = part[0, 0] > 0.85 * part[0, middle] * part[middle, 0]
            heavy_below = bright[CELL // 2 :].sum() > 1.15 * bright[: CELL // 2].sum()
            shape = "triangle" if heavy_below else "square" if square else "circle"
            colour = COLOURS[int(cell[mask].mean(0).argmax())]
            box = (left + columns[0], top + rows[0], left + columns[-1] + 1, top + rows[-1] + 1)
            x1, y1, x2, y2 = (float(v) for v in box)
            things.append(thing(shape, colour, (x1, y1, x2, y2)))
    return Scene(0, "test", pixels.shape[1], pixels.shape[0], "plain", tuple(things))


def cases(folder: Path, split: str = "val", count: int | None = None) -> list[Case]:
    """A split. Raises FileNotFoundError."""
    stored = np.load(folder / f"{split}.input.npy")
    queries = (folder / f"{split}.query_str.txt").read_text().splitlines()
    labels = (folder / f"{split}.output").read_text().split()
    made = []
    for number, (blue_first, query, label) in enumerate(zip(stored, queries, labels, strict=True)):
        if count is not None and number >= count:
            break
        pixels = np.ascontiguousarray(blue_first[..., ::-1])
        answer = "yes" if label == "true" else "no"
        question = english(query.strip())
        family = question.count("directly") + ("two places" in question)
        kind = ("one shape", "one relation", "two relations")[min(2, family + ("two places" in question))]
        made.append(Case(str(number), kind, question, (Picture.from_image(pixels),), (scene_of(pixels),), answer))
    return made


def main() -> None:
    options = arguments(__doc__, DATA / "shapes").parse_args()
    try:
        asked = cases(options.data, count=options.questions)
    except FileNotFoundError as error:
        print(f"skipped: SHAPES is not there ({error.filename}); --data names its folder")
        return
    figures, verdicts = planned_and_judged("SHAPES, val", asked, options.preset, Console(), options.failures)
    save(options.json, figures, verdicts)


if __name__ == "__main__":
    main()
