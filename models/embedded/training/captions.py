"""Captions of whole scenes, true ones and such as are wrong in one place. The last wordings are kept for measuring."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.embedded.world import lexicon
from models.embedded.world.lexicon import BACKGROUNDS, COLOURS, NOUNS, plural
from models.embedded.world.scene import Scene

MOST = 5
"""Kinds of things that a caption names, the largest."""
_NUMBERS = ("no", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PLACES = ("on the {}", "in the {}", "at the {}", "a {} with", "before a {}", "{}:")
_WORDINGS = (
    "{things} {place}", "{place} {things}", "a picture of {things} {place}", "{things}, {background}",
    "there is {things} {place}", "{background} and {things}",
    "{place} there are {things}", "an image of {things}, {place}", "{things} are shown {place}",
    "here are {things} {place}",
    "a {background} scene: {things}", "this shows {things} {place}", "{things}, and behind them the {background}",
    "we find {things} {place}", "photo: {things}. place: {background}", "{things}. {background}.",
    "look, {things} {place}",
    "behind {things} there is the {background}", "the place is the {background}; it holds {things}",
    "i spot {things} {place}", "in this cartoon {things} stand {place}", "{things} before a {background} backdrop",
    "what it shows: {things}; where: {background}", "somebody painted {things} {place}",
)  # fmt: skip
_HELD_OUT_WORDINGS = ("a drawing with {things} in it, {place}", "you can see {things}; the background is {background}")


def caption(scene: Scene, random: np.random.Generator, held_out: bool = False) -> str:
    """What a picture shows: up to five kinds of things with numbers and, at times, colours, and its background.

    Args:
        scene: what to tell of.
        random: source of chance.
        held_out: in a wording that training never uses.
    """
    return _told(scene, random, _HELD_OUT_WORDINGS if held_out else _WORDINGS)


def wrong_caption(scene: Scene, random: np.random.Generator) -> str:
    """A caption in which the background, or one or two kinds of things, are others than in the picture."""
    present = {thing.noun for thing in scene.things}
    if random.random() < 0.25 or not present:
        others = [name for name in BACKGROUNDS if name != scene.background]
        return _told(replace(scene, background=str(random.choice(others))), random, _WORDINGS)
    kinds = random.permutation(_largest(scene))[: 1 + int(random.random() < 0.4)]
    swaps = {}
    for kind in kinds:
        new = NOUNS[random.integers(len(NOUNS))].name
        while new in present or any(lexicon.is_a(name, new) or lexicon.is_a(new, name) for name in present):
            new = NOUNS[random.integers(len(NOUNS))].name
        swaps[kind] = new
    things = tuple(replace(thing, noun=swaps.get(thing.noun, thing.noun)) for thing in scene.things)
    return _told(replace(scene, things=things), random, _WORDINGS)


def _told(scene: Scene, random: np.random.Generator, wordings: Sequence[str]) -> str:
    kinds = _largest(scene)
    parts = [_group(scene, name, random) for name in (random.permutation(kinds).tolist() if kinds else [])]
    things = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else "nothing"
    place = str(random.choice(_PLACES)).format(scene.background)
    return str(random.choice(wordings)).format(things=things, place=place, background=scene.background)


def _largest(scene: Scene) -> list[str]:
    areas: Counter[str] = Counter()
    for thing in scene.things:
        areas[thing.noun] = max(areas[thing.noun], int(thing.area))
    return [name for name, _ in areas.most_common(MOST)]


def _group(scene: Scene, name: str, random: np.random.Generator) -> str:
    members = [thing for thing in scene.things if thing.noun == name]
    colours = {thing.colour for thing in members}
    colour = next(iter(colours)) if len(colours) == 1 else None
    words = f"{colour} " if colour in COLOURS and random.random() < 0.4 else ""
    number = _NUMBERS[min(len(members), len(_NUMBERS) - 1)]
    return f"{number} {words}{name if len(members) == 1 else plural(name)}"
