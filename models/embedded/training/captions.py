"""Captions of whole scenes, true ones and such as are wrong in one place. Two wordings are kept for measuring."""

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
_FILLING_WORDS = """
about above actually after again ah all almost along also always am and another any anyone are around as artist at be
because been before being below best bright by came card cheerful clearly come composition could cute depicted depicts
did displays do does drew during each else enjoy even ever every everybody everything example exactly fine first for
found frame from full fun funny gather gets give glad good got great had happens has have having her here his holds
how hey i illustration imagine in includes indeed inside into is it its just kind last let like lists look lots lovely
made mainly make many me meet mix more most mostly much must my near never new next nice now of old on once only onto
or our out over page paint pair part perhaps photograph piece place pleasant pretty print quite really right scene
seems seen set setting share shot side simple sketch so some something somewhere stand stands story such surroundings
take taken tells than that their them then these they think this those though through to together today under up upon
us very view visible was we well were what when where which while who whole will within work world would yes your
"""
_FILLING = tuple(_FILLING_WORDS.split())
"""Words that say nothing about a scene, for made-up wordings. None of the telling ones of the held-out wordings."""
_HELD_OUT_WORDINGS = ("a drawing with {things} in it, {place}", "you can see {things}; the background is {background}")


def caption(scene: Scene, random: np.random.Generator, held_out: bool = False) -> str:
    """What a picture shows: up to five kinds of things with numbers and, at times, colours, and its background.

    Args:
        scene: what to tell of.
        random: source of chance.
        held_out: in a wording that training never uses.
    """
    return _told(scene, random, _HELD_OUT_WORDINGS if held_out else _wordings(random))


def wrong_caption(scene: Scene, random: np.random.Generator) -> str:
    """A caption in which the background, or one or two kinds of things, are others than in the picture."""
    present = {thing.noun for thing in scene.things}
    if random.random() < 0.25 or not present:
        others = [name for name in BACKGROUNDS if name != scene.background]
        return _told(replace(scene, background=str(random.choice(others))), random, _wordings(random))
    kinds = random.permutation(_largest(scene))[: 1 + int(random.random() < 0.4)]
    swaps = {}
    for kind in kinds:
        new = NOUNS[random.integers(len(NOUNS))].name
        while new in present or any(lexicon.is_a(name, new) or lexicon.is_a(new, name) for name in present):
            new = NOUNS[random.integers(len(NOUNS))].name
        swaps[kind] = new
    things = tuple(replace(thing, noun=swaps.get(thing.noun, thing.noun)) for thing in scene.things)
    return _told(replace(scene, things=things), random, _wordings(random))


def _wordings(random: np.random.Generator) -> Sequence[str]:
    """Those of training or, as often, one made up: words that say nothing before, between and after what counts, so
    that none learns to go by a wording."""
    if random.random() < 0.5:
        return _WORDINGS

    def filling(most: int) -> str:
        words = " ".join(random.choice(_FILLING, random.integers(most + 1)))
        return words + str(random.choice(("", "", "", ",", ":", ";", ".")))

    parts = ["{things}", str(random.choice(("{place}", "{background}", "the {background}")))]
    if random.random() < 0.4:
        parts.reverse()
    return [f"{filling(3)} {parts[0]} {filling(2)} {parts[1]} {filling(1)}".replace(" ,", ",").strip()]


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
