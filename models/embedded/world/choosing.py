"""Which things a scene holds and how each looks, before any of them has a place."""

import random
from dataclasses import dataclass

from models.embedded.world.art import STYLES, pieces
from models.embedded.world.lexicon import COLOURS, NOUNS, SIZES, Noun, canonical, describes, noun, nouns_of
from models.embedded.world.texts import checked, draw_text
from models.embedded.world.things import SceneError, SceneSpec, Split, Thing
from models.embedded.world.transfer import HELD_OUT_PAIRS, seen_style

_SCATTERED = tuple(entry for entry in NOUNS if entry.art)
_SHAPES = tuple(entry for entry in NOUNS if not entry.art and not entry.written)
_WRITTEN = tuple(entry for entry in NOUNS if entry.written)
_SHAPE_SHARE, _WRITTEN_SHARE, _UNSEEN_SHARE = 0.08, 0.03, 0.6
LEAST_FOR_TEXT = 240
"""Pixels. In narrower pictures nothing bears text: nobody could read it."""
_ASPECTS = {
    "rectangle": (0.5, 0.6, 1.6, 1.8, 2.0),
    "oval": (0.6, 1.5, 1.7, 1.9),
    "semicircle": (2.0,),
    "pentagon": (1.05,),
    "hexagon": (1.15,),
    "sign": (1.25, 1.4),
    "banner": (2.8, 3.2),
}
"""Width by height of what is drawn; 1 for the others."""


@dataclass(frozen=True)
class Look:
    noun: Noun
    style: str
    art: str
    colour: str | None
    tinted: bool
    aspect: float
    text: str | None = None


@dataclass(frozen=True)
class Wanted:
    look: Look
    size: str | None
    group: int
    """Entry of the spec that it belongs to, -1 for others."""


def _drawn(rng: random.Random, entry: Noun, colour: str | None, split: Split, text: str | None) -> Look:
    """What needs no art: a shape, or something that bears text."""
    colour = colour or rng.choice(tuple(COLOURS))
    aspect = rng.choice(_ASPECTS[entry.name]) if entry.name in _ASPECTS else 1.0
    if entry.written:
        return Look(entry, "sign", entry.name, colour, False, aspect, text or draw_text(rng, split))
    return Look(entry, "shape", entry.name, colour, False, aspect)


def _look(rng: random.Random, entry: Noun, style: str, colour: str | None, tinted: float) -> Look:
    """A piece of art for a noun, in the colour asked for: in its own colour if it has one such piece, else tinted. If
    none is asked for, tinted with that probability."""
    table = pieces()
    if colour is not None:
        natural = [art for art in entry.art if table[style, art][1] == colour]
        if natural and (not entry.tintable or rng.random() < 0.6):
            art = rng.choice(natural)
            return Look(entry, style, art, colour, False, table[style, art][0])
        if not entry.tintable:
            raise SceneError(f"a {entry.name} is never shown in {colour}")
    art = rng.choice(entry.art)
    aspect, natural_colour = table[style, art]
    if colour is None and tinted and entry.tintable and rng.random() < tinted:
        colour = rng.choice([name for name in COLOURS if name != natural_colour])
    if colour is None or colour == natural_colour:
        return Look(entry, style, art, natural_colour, False, aspect)
    return Look(entry, style, art, colour, True, aspect)


def _pick(rng: random.Random, may_write: bool) -> Noun:
    draw = rng.random()
    if draw < _SHAPE_SHARE:
        return rng.choice(_SHAPES)
    return rng.choice(_WRITTEN if may_write and draw < _SHAPE_SHARE + _WRITTEN_SHARE else _SCATTERED)


def choose(
    rng: random.Random, spec: SceneSpec, split: Split, style: str | None, width: int, most: int | None = None
) -> list[Wanted]:
    """The things of a scene.

    Args:
        rng: the scene's source of chance.
        spec: what it must hold.
        split: tells which words may stand on signs.
        style: of everything; None for one of each thing's own.
        width: of the picture in pixels.
        most: others at most, where the picture is small.

    Raises:
        SceneError: the spec names something unknown, or avoids everything.
    """
    texts = [checked(text) for text in reversed(spec.texts)]

    def look_of(entry: Noun, colour: str | None, tinted: float, asked: bool = False) -> Look:
        chosen = style or rng.choice(STYLES)  # drawn for every thing, so that seeds mean what they always did
        if entry.art:
            return _look(rng, entry, seen_style(entry.name, chosen), colour, tinted)
        text = texts.pop() if asked and entry.written and texts else None
        return _drawn(rng, entry, colour, split, text)

    wanted: list[Wanted] = []
    for group, asked in enumerate(spec.things):
        name, colour, count = asked[:3]
        size = asked[3] if len(asked) > 3 else None
        read = canonical(name)
        if read is None or read.name == "thing" or read.colour or read.size:
            raise SceneError(f"{name!r} is not a noun or category of this world")
        if colour is not None and colour not in COLOURS:
            raise SceneError(f"{colour!r} is not a colour of this world; use one of {', '.join(COLOURS)}")
        if size is not None and size not in SIZES:
            raise SceneError(f"{size!r} is not a size; use one of {', '.join(SIZES)}")
        able = [n for n in nouns_of(read.name) if colour is None or n.tintable or _natural(n, colour)]
        if not able:
            raise SceneError(f"a {read.name} is never shown in {colour}")
        for _ in range(count):
            wanted.append(Wanted(look_of(rng.choice(able), colour, 0.0, asked=True), size, group))
    if texts:
        raise SceneError(f"there is no sign or banner for {texts[-1]!r}; ask for one a text")
    phrases = [canonical(asked[0]) for asked in spec.things] + [canonical(name) for name in spec.avoid]
    low, high = spec.others if isinstance(spec.others, tuple) else (spec.others, spec.others)
    count = rng.randint(low, high)
    for _ in range(count if most is None else min(count, max(low, most))):
        for _ in range(200):
            if spec.unseen and rng.random() < _UNSEEN_SHARE:
                name, other = rng.choice(HELD_OUT_PAIRS)
                look = _look(rng, noun(name), other, None, tinted=0.0)
            else:
                look = look_of(_pick(rng, width >= LEAST_FOR_TEXT), None, spec.tinted)
            thing = described(look)
            if all(describes(read, thing) is False for read in phrases if read is not None):
                wanted.append(Wanted(look, None, -1))
                break
        else:
            raise SceneError("nothing is left that the other things could be; avoid less")
    return wanted


def _natural(entry: Noun, colour: str) -> bool:
    return all(any(pieces()[style, art][1] == colour for art in entry.art) for style in STYLES)


def described(look: Look) -> Thing:
    """A thing before it has a place; its size is unknown."""
    nowhere = (0, 0, 0, 0)
    name, style, art = look.noun.name, look.style, look.art
    return Thing(name, style, art, look.colour, look.tinted, 0.0, False, nowhere, nowhere, 0.0, None, look.text)
