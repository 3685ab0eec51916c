"""Where the things of a scene stand."""

import math
import random
from dataclasses import replace

from models.embedded.world.choosing import Wanted, described
from models.embedded.world.lexicon import SIZES
from models.embedded.world.things import (
    HORIZON,
    LONGEST,
    SHORTEST,
    SIZE_CLASSES,
    SKY,
    SceneSpec,
    Thing,
    ground_depth,
    size_class,
)

SMALLEST = 16.0
"""Longest side of a thing in pixels, in the smallest pictures."""
LEAST_WRITTEN = 0.3
"""Longest side of what bears text, as a share of the picture's width, so that it can be read."""

Place = tuple[int, int, int, int]


def _side(rng: random.Random, nearness: float, size: str | None, aspect: float, width: int, height: int) -> float:
    """Longest side in pixels: log-uniform, larger when nearer, within the size class if one is asked for."""
    if size is None:
        spread = 0.6 * nearness + 0.4 * rng.random()
        return max(SMALLEST, SHORTEST * math.pow(LONGEST / SHORTEST, spread) * width / 320)
    low, high = SIZE_CLASSES[size]
    low, high = max(low * 1.1, 0.007), min(high * 0.95, 0.17)
    share = math.exp(rng.uniform(math.log(low), math.log(high)))
    return math.sqrt(share * width * height / (min(aspect, 1 / aspect)))


def _free(place: tuple[int, int, int, int], taken: list[tuple[int, int, int, int]], gap: float) -> bool:
    """Whether a place hides at most a quarter of every place taken, in all, and is hidden at most a quarter.

    A positive `gap` (in pixels) forbids touching altogether.
    """
    x1, y1, x2, y2 = place
    own = (x2 - x1) * (y2 - y1)
    total = 0.0
    for a1, b1, a2, b2 in taken:
        wide, high = min(x2, a2) - max(x1, a1), min(y2, b2) - max(y1, b1)
        if gap and wide > -gap and high > -gap:
            return False
        if wide > 0 and high > 0:
            total += wide * high
            if total > 0.2 * own or wide * high > 0.12 * (a2 - a1) * (b2 - b1):
                return False
    return True


def _scattered(
    rng: random.Random, want: Wanted, taken: list[Place], width: int, height: int, crowd: float, gap: float
) -> tuple[Place, float] | None:
    """A free place for one thing, and its depth; None if 60 tries found none."""
    look, horizon = want.look, HORIZON * height
    for attempt in range(60):
        aloft = look.noun.aloft and rng.random() < 0.8
        nearness = rng.random()
        if want.size is not None:
            nearness = {"small": 0.6 * nearness, "medium": 0.1 + 0.8 * nearness, "big": 0.3 + 0.7 * nearness}[want.size]
        side = _side(rng, nearness, want.size, look.aspect, width, height)
        if want.size is None:
            side = max(SMALLEST, SHORTEST * width / 320, side * crowd * (0.985**attempt))
            if look.text is not None:
                side = max(side, LEAST_WRITTEN * width)
        wide, high = max(8, round(side * min(1.0, look.aspect))), max(8, round(side * min(1.0, 1 / look.aspect)))
        if aloft:
            y1 = rng.randint(1, max(2, max(1, int(horizon * 1.15) - high)))
            y2 = y1 + high
            depth = SKY - 1.0 + 0.5 * rng.random()
        else:
            y2 = round(horizon + (0.08 + 0.92 * nearness) * (height - horizon)) - 1
            y1 = y2 - high
            depth = ground_depth(y2, height)
        if y1 < 1 or y2 > height - 1 or wide > width - 4:
            continue
        x1 = rng.randint(1, width - wide - 1)
        place = (x1, y1, x1 + wide, y2)
        right_size = want.size is None or size_class(place, width, height) == want.size
        if right_size and _free(place, taken, gap):
            return place, depth
    return None


def _in_rows(rng: random.Random, wanted: list[Wanted], width: int, height: int) -> list[tuple[Wanted, Place, float]]:
    """The groups side by side, in rows of at most five, the first group in front; an empty list if they do not fit."""
    placed = []
    base = height - round(0.03 * height)
    for group in sorted({want.group for want in wanted}):
        members = [want for want in wanted if want.group == group]
        columns = math.ceil(len(members) / math.ceil(len(members) / 5))
        side = _side(rng, 0.5, members[0].size or "medium", 1.0, width, height)
        side = min(side, 0.8 * width / columns)
        slot = min(0.94 * width / columns, side * rng.uniform(1.25, 1.7))
        for start in range(0, len(members), columns):
            row = members[start : start + columns]
            left, top = (width - slot * len(row)) / 2, base
            for index, want in enumerate(row):
                aspect = want.look.aspect
                wide, high = round(side * min(1.0, aspect)), round(side * min(1.0, 1 / aspect))
                x1 = round(left + slot * (index + 0.5) - wide / 2 + rng.uniform(-0.05, 0.05) * slot)
                y2 = base - rng.randint(0, round(0.06 * side))
                if y2 - high < 1 or y2 < HORIZON * height + 4:
                    return []
                top = min(top, y2 - high)
                placed.append((want, (x1, y2 - high, x1 + wide, y2), ground_depth(y2, height)))
            base = top - 3
    return placed


def place(rng: random.Random, wanted: list[Wanted], width: int, height: int, spec: SceneSpec) -> list[Thing]:
    """A place for everything, farthest first; an empty list if something found none.

    Args:
        rng: the scene's source of chance.
        wanted: what there is.
        width, height: of the picture in pixels.
        spec: tells how things are arranged.
    """
    crowd = max(0.55, min(1.0, 7.0 / len(wanted))) if len(wanted) > 7 else 1.0
    gap = 0.0 if rng.random() < 0.5 else 2.0
    placed: list[tuple[Wanted, Place, float]] = []
    rest = wanted
    if spec.arrange == "row":
        placed = _in_rows(rng, [want for want in wanted if want.group >= 0], width, height)
        rest = [want for want in wanted if want.group < 0]
        if len(placed) + len(rest) != len(wanted):
            return []
    for want in sorted(rest, key=lambda w: SIZES.index(w.size) if w.size else 1, reverse=True):
        found = _scattered(rng, want, [place for _, place, _ in placed], width, height, crowd, gap)
        if found is None:
            return []
        placed.append((want, *found))
    things = [
        replace(
            described(want.look),
            shade=round(rng.uniform(-1.0, 1.0), 3),
            flip=rng.random() < 0.5 and want.look.text is None,
            place=place,
            box=(float(place[0]), float(place[1]), float(place[2]), float(place[3])),
            depth=round(depth, 3),
            size=size_class(place, width, height),
        )
        for want, place, depth in placed
    ]
    return sorted(things, key=lambda thing: -thing.depth)
