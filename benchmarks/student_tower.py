"""Where the two thresholds of a student's vision tower (`models.embedded.regions`) stand: from what objectness on a box
is a thing, and how alike two things of a noun look.

    python -m benchmarks.student_tower --questions 300

Pictures are those of questions of the split `val`. A box is that of a thing if they overlap by half (IoU).
"""

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from distill.checkpoints import load_base
from distill.questions.binding import make_questions
from models.embedded.regions import COMPANY, PERIODS, PLACE
from models.embedded.world.art import Art
from models.embedded.world.render import render
from models.picture import iou

LEAST = 0.1
"""Objectness of the boxes that are looked at."""

OBJECTNESS = 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8
LIKE = 0.35, 0.45, 0.5, 0.55, 0.6, 0.65, 0.75


@dataclass(frozen=True)
class Seen:
    """What the tower sees in a picture."""

    objectness: Tensor
    """`(N,)` of each box."""
    looks: Tensor
    """`(N, D)`, of length 1."""
    things: list[int]
    """The thing that each box shows, -1 for none."""
    nouns: list[str]
    """Of all things in the picture."""


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
            told = tower(pixels).last_hidden_state[0, : tower.config.regions, :-COMPANY]
        told = told[told[:, -2] > 0]
        waves = told[:, -PLACE : 8 * len(PERIODS) - PLACE].unflatten(1, (4, 2, -1))
        shares = torch.atan2(waves[:, :, 0, 0], waves[:, :, 1, 0]) * PERIODS[0] / (2 * math.pi)
        size = torch.tensor([drawn.scene.width, drawn.scene.height] * 2)
        things = drawn.scene.things
        shown = []
        for box in (shares * size).tolist():
            overlaps = [iou(tuple(box), thing.box) for thing in things]
            best = max(range(len(things)), key=overlaps.__getitem__, default=-1)
            shown.append(best if best >= 0 and overlaps[best] >= 0.5 else -1)
        looks = functional.normalize(told[:, :-PLACE], dim=-1)
        found.append(Seen(told[:, -3], looks, shown, [thing.noun for thing in things]))
    return found


def by_objectness(pictures: list[Seen]) -> list[dict[str, Any]]:
    """For each threshold: boxes a picture, the share of them that are things, and of the things that have a box."""
    things = sum(len(one.nouns) for one in pictures)
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


def by_likeness(pictures: list[Seen]) -> list[dict[str, Any]]:
    """For each threshold: of the things that were found, the share that is like as many as have its noun."""
    rows = []
    for least in LIKE:
        right = count = 0
        for one in pictures:
            at = [place for place, thing in enumerate(one.things) if thing >= 0]
            nouns = [one.nouns[one.things[place]] for place in at]
            like = (one.looks[at] @ one.looks[at].T > least).sum(1).tolist()
            right += sum(some == nouns.count(noun) for some, noun in zip(like, nouns, strict=True))
            count += len(at)
        rows.append({"cosine": least, "right": right / count})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--student", type=Path, default=Path("models/embedded/weights/student"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    pictures = seen_in(options.questions, options.student)
    objectness, likeness = by_objectness(pictures), by_likeness(pictures)
    print(f"{len(pictures)} pictures, {sum(len(one.nouns) for one in pictures)} things\n")
    print("objectness   boxes a picture   of them things, %   things found, %")
    for row in objectness:
        found = f"{100 * row['things']:17.1f}   {100 * row['found']:15.1f}"
        print(f"{row['objectness']:10}   {row['boxes']:15.1f}   {found}")
    print("\ncosine   things like as many as have their noun, %")
    for row in likeness:
        print(f"{row['cosine']:6}   {100 * row['right']:41.1f}")
    if options.json:
        told = {"pictures": len(pictures), "objectness": objectness, "likeness": likeness}
        options.json.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
