"""What a student's vision tower (`models.embedded.regions`) knows of pictures: from what objectness on a box is a
thing, and how often things are called, coloured and counted rightly.

    python -m benchmarks.student_tower --questions 300

Pictures are those of questions of the split `val`. A box is that of a thing if they overlap by half (IoU).
"""

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from distill.checkpoints import load_base
from distill.questions.binding import make_questions
from models.embedded.company import MOST
from models.embedded.regions import PLACE, SURE, THERE, boxes_of
from models.embedded.world.art import Art
from models.embedded.world.render import render
from models.embedded.world.scene import Scene
from models.picture import iou

LEAST = 0.1
"""Objectness of the boxes that are looked at."""

OBJECTNESS = 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8


@dataclass(frozen=True)
class Seen:
    """What the tower sees in a picture."""

    objectness: Tensor
    """`(N,)` of each box."""
    told: list[tuple[str, str, int]]
    """The noun and colour of each, and how many are said to be of its noun."""
    things: list[int]
    """The thing that each box shows, -1 for none."""
    scene: Scene


def seen_in(questions: int, student: Path) -> list[Seen]:
    """The pictures of so many questions, through the tower of a student."""
    model, processor = load_base(student, "float32")
    tower, art = model.model.vision_tower.eval(), Art.load()
    tower.config.proposal_threshold = LEAST
    found = []
    for scene in (scene for one in make_questions(questions, "val", 3) for scene in one.scenes):
        drawn = render(scene, art)
        pixels = processor.image_processor([Image.fromarray(drawn.image)], return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            every = tower(pixels).last_hidden_state[0, : tower.config.regions]
        seen, known = every.split((tower.config.seen_size, tower.config.hidden_size - tower.config.seen_size), 1)
        there = seen[:, THERE] > 0
        seen, known = seen[there], known[there]
        boxes = boxes_of(seen[None, :, -PLACE:])[0] * drawn.scene.height
        things = drawn.scene.things
        shown = []
        for box in boxes.tolist():
            overlaps = [iou(tuple(box), thing.box) for thing in things]
            best = max(range(len(things)), key=overlaps.__getitem__, default=-1)
            shown.append(best if best >= 0 and overlaps[best] >= 0.5 else -1)
        found.append(Seen(seen[:, SURE], _told(tower, known), shown, drawn.scene))
    return found


def _told(tower: Any, known: Tensor) -> list[tuple[str, str, int]]:
    """What `SightRegionsModel.known` says of things, in words."""
    nouns, colours, size = tower.config.nouns, tower.config.colours, tower.config.projection_dim
    named = (known[:, :size] @ tower.labels[: len(nouns), :-1].T).argmax(1)
    coloured = known[:, size : size + len(colours)].argmax(1)
    counted = known[:, size + len(colours) :][:, :MOST].argmax(1) + 1
    rows = zip(named.tolist(), coloured.tolist(), counted.tolist(), strict=True)
    return [(nouns[noun], colours[colour], count) for noun, colour, count in rows]


def by_objectness(pictures: list[Seen]) -> list[dict[str, Any]]:
    """For each threshold: boxes a picture, the share of them that are things, and of the things that have a box."""
    things = sum(len(one.scene.things) for one in pictures)
    rows = []
    for least in OBJECTNESS:
        kept = [(one.objectness > least).tolist() for one in pictures]
        shown = [
            [thing for thing, above in zip(one.things, some, strict=True) if above]
            for one, some in zip(pictures, kept, strict=True)
        ]
        boxes = sum(map(len, shown))
        rows.append(
            {
                "objectness": least,
                "boxes": boxes / len(pictures),
                "things": sum(thing >= 0 for some in shown for thing in some) / boxes,
                "found": sum(len(set(some) - {-1}) for some in shown) / things,
            }
        )
    return rows


def by_words(pictures: list[Seen]) -> dict[str, float]:
    """Of the things that were found, the shares that are called, coloured (if a colour of theirs is known) and counted
    rightly."""
    right: dict[str, list[bool]] = {"noun": [], "colour": [], "count": []}
    for one in pictures:
        nouns = Counter(thing.noun for thing in one.scene.things)
        for (noun, colour, count), place in zip(one.told, one.things, strict=True):
            if place >= 0:
                thing = one.scene.things[place]
                right["noun"].append(noun == thing.noun)
                right["count"].append(count == nouns[thing.noun])
                if thing.colour:
                    right["colour"].append(colour == thing.colour)
    return {name: sum(some) / len(some) for name, some in right.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--student", type=Path, default=Path("models/embedded/weights/student"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    pictures = seen_in(options.questions, options.student)
    objectness, words = by_objectness(pictures), by_words(pictures)
    print(f"{len(pictures)} pictures, {sum(len(one.scene.things) for one in pictures)} things\n")
    print("objectness   boxes a picture   of them things, %   things found, %")
    for row in objectness:
        found = f"{100 * row['things']:17.1f}   {100 * row['found']:15.1f}"
        print(f"{row['objectness']:10}   {row['boxes']:15.1f}   {found}")
    print("\nof the things found, right are")
    for name, share in words.items():
        print(f"{name:6}   {100 * share:5.1f} %")
    if options.json:
        told = {"pictures": len(pictures), "objectness": objectness, "words": words}
        options.json.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
