"""Scenes of the picture-book world: what is where, laid out from a seed, without any art.

    scene = make_scene(7)                                             a random scene
    scene = make_scene(7, spec=SceneSpec(things=[("muffin", None, 8), ("kid", None, 2)], background="field"))
    Scene.from_json(scene.to_json()) == scene

The ground is a plane seen from above eye level: what stands lower in the picture is nearer and larger. Boxes are
`xyxy` pixels, origin top left. Until a scene is rendered its boxes are those of whole things; `render` returns the same
scene with the boxes of what can be seen.
"""

import json
import math
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from models.embedded.world.art import STYLES, pieces
from models.embedded.world.lexicon import (
    BACKGROUNDS,
    COLOURS,
    NOUNS,
    SIZES,
    Noun,
    Phrase,
    canonical,
    describes,
    nouns_of,
)
from models.picture import Box

Split = Literal["train", "val", "test"]

HORIZON = 0.42
"""Height of the horizon, as a share of the picture from its top."""
NEAR, FAR, SKY = 1.0, 10.0, 12.0
"""Depth at the lower edge, at the horizon, and of sky and back wall. Larger is farther."""
SHORTEST, LONGEST = 24.0, 130.0
"""Longest side of a thing, in pixels of a picture 320 pixels wide; larger pictures have larger things."""
SIZE_CLASSES = {"small": (0.0, 0.014), "medium": (0.024, 0.05), "big": (0.08, 1.0)}
"""Share of the picture that the box covers. Between the classes no size is named."""


class SceneError(ValueError):
    """A scene that cannot be made: an unknown word or more than fits. One line for a person."""


@dataclass(frozen=True)
class Thing:
    """One thing in a scene."""

    noun: str
    """Canonical name, see `lexicon.NOUNS`."""
    style: str
    """"fluent", "noto", "twemoji", or "shape" for drawn shapes."""
    art: str
    """Code points of its art, or the name of its shape."""
    colour: str | None
    """The colour that a person would name, or None if it has several."""
    tinted: bool
    """Shown in a colour that is not its own."""
    shade: float
    """Lighter (up to 1) or darker (down to -1) variant of a tint or of a shape's colour."""
    flip: bool
    """Mirrored left to right."""
    place: tuple[int, int, int, int]
    """The whole thing in pixels, hidden parts included."""
    box: Box
    """What can be seen of it."""
    depth: float
    """How far it is, from NEAR to SKY; larger is farther."""
    size: str | None
    """Size class by the share of the picture, None between classes."""

    @property
    def area(self) -> float:
        """Area of the visible box in square pixels."""
        return (self.box[2] - self.box[0]) * (self.box[3] - self.box[1])

    @property
    def center(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True)
class Scene:
    """Things before a background, farthest first: a later thing hides an earlier one."""

    seed: int
    split: str
    width: int
    height: int
    background: str
    """Name, see `lexicon.BACKGROUNDS`."""
    things: tuple[Thing, ...]

    def find(self, phrase: str | Phrase) -> list[Thing]:
        """The things of which the phrase is surely true, none for a phrase that the world does not know."""
        read = canonical(phrase) if isinstance(phrase, str) else phrase
        return [] if read is None else [thing for thing in self.things if describes(read, thing)]

    def unsure(self, phrase: str | Phrase) -> list[Thing]:
        """The things for which the world does not know whether the phrase is true (mixed colours, sizes between)."""
        read = canonical(phrase) if isinstance(phrase, str) else phrase
        return [] if read is None else [thing for thing in self.things if describes(read, thing) is None]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any] | str) -> "Scene":
        """Inverse of `to_json`; takes the text of a JSON object as well."""
        fields = dict(json.loads(data) if isinstance(data, str) else data)
        things = tuple(Thing(**{**t, "place": tuple(t["place"]), "box": tuple(t["box"])}) for t in fields["things"])
        return cls(**{**fields, "things": things})


@dataclass(frozen=True)
class SceneSpec:
    """What a scene must hold. Whatever is left open is drawn from the seed."""

    things: Sequence[tuple[str, str | None, int] | tuple[str, str | None, int, str | None]] = ()
    """(noun or category, colour or None, how many[, size or None])."""
    background: str | None = None
    others: int | tuple[int, int] = (0, 0)
    """How many more things, or a range; they are never described by the names in `things`."""
    avoid: Sequence[str] = ()
    """Phrases that must not be true, nor possibly true, of the other things."""
    style: str | None = None
    """One style for everything."""
    width: int | None = None
    height: int | None = None
    arrange: Literal["scatter", "row"] = "scatter"
    """"row": the things of an entry stand side by side, alike in size, the first entry in front."""


def size_class(box: Box, width: int, height: int) -> str | None:
    """The size class of a box in a picture, None between classes."""
    share = (box[2] - box[0]) * (box[3] - box[1]) / (width * height)
    return next((name for name, (low, high) in SIZE_CLASSES.items() if low <= share <= high), None)


def ground_depth(y: float, height: int) -> float:
    """Depth of the ground at row `y`; SKY above the horizon."""
    horizon = HORIZON * height
    return SKY if y < horizon else FAR - (FAR - NEAR) * min(1.0, (y - horizon) / (height - horizon))


# --- choosing ----------------------------------------------------------------------------------------------------

_SCATTERED = tuple(entry for entry in NOUNS if entry.art)
_SHAPES = tuple(entry for entry in NOUNS if not entry.art)
_TINT_SHARE, _SHAPE_SHARE = 0.15, 0.08


@dataclass(frozen=True)
class _Look:
    noun: Noun
    style: str
    art: str
    colour: str | None
    tinted: bool
    aspect: float


def _look(rng: random.Random, entry: Noun, style: str, colour: str | None, may_tint: bool) -> _Look:
    """A piece of art for a noun, in the colour asked for: in its own colour if it has one such piece, else tinted."""
    if not entry.art:
        return _Look(entry, "shape", entry.name, colour or rng.choice(tuple(COLOURS)), False, 1.0)
    table = pieces()
    if colour is not None:
        natural = [art for art in entry.art if table[style, art][1] == colour]
        if natural and (not entry.tintable or rng.random() < 0.6):
            art = rng.choice(natural)
            return _Look(entry, style, art, colour, False, table[style, art][0])
        if not entry.tintable:
            raise SceneError(f"a {entry.name} is never shown in {colour}")
    art = rng.choice(entry.art)
    aspect, natural_colour = table[style, art]
    if colour is None and may_tint and entry.tintable and rng.random() < _TINT_SHARE:
        colour = rng.choice([name for name in COLOURS if name != natural_colour])
    if colour is None or colour == natural_colour:
        return _Look(entry, style, art, natural_colour, False, aspect)
    return _Look(entry, style, art, colour, True, aspect)


def _pick(rng: random.Random) -> Noun:
    return rng.choice(_SHAPES if rng.random() < _SHAPE_SHARE else _SCATTERED)


@dataclass(frozen=True)
class _Wanted:
    look: _Look
    size: str | None
    group: int
    """Entry of the spec that it belongs to, -1 for others."""


def _wanted(rng: random.Random, spec: SceneSpec, style: str | None) -> list[_Wanted]:
    def styled() -> str:
        return style or rng.choice(STYLES)

    wanted: list[_Wanted] = []
    for group, entry in enumerate(spec.things):
        name, colour, count = entry[:3]
        size = entry[3] if len(entry) > 3 else None
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
            wanted.append(_Wanted(_look(rng, rng.choice(able), styled(), colour, may_tint=False), size, group))
    phrases = [canonical(entry[0]) for entry in spec.things] + [canonical(name) for name in spec.avoid]
    low, high = spec.others if isinstance(spec.others, tuple) else (spec.others, spec.others)
    for _ in range(rng.randint(low, high)):
        for _ in range(200):
            look = _look(rng, _pick(rng), styled(), None, may_tint=True)
            thing = _described(look)
            if all(describes(read, thing) is False for read in phrases if read is not None):
                wanted.append(_Wanted(look, None, -1))
                break
        else:
            raise SceneError("nothing is left that the other things could be; avoid less")
    return wanted


def _natural(entry: Noun, colour: str) -> bool:
    return all(any(pieces()[style, art][1] == colour for art in entry.art) for style in STYLES)


def _described(look: _Look) -> Thing:
    """A thing before it has a place; its size is unknown."""
    nowhere = (0, 0, 0, 0)
    name, style, art = look.noun.name, look.style, look.art
    return Thing(name, style, art, look.colour, look.tinted, 0.0, False, nowhere, nowhere, 0.0, None)


# --- placing -----------------------------------------------------------------------------------------------------

_MOST_HIDDEN = 0.25


def _side(rng: random.Random, nearness: float, size: str | None, aspect: float, width: int, height: int) -> float:
    """Longest side in pixels: log-uniform, larger when nearer, within the size class if one is asked for."""
    if size is None:
        spread = 0.6 * nearness + 0.4 * rng.random()
        return SHORTEST * math.pow(LONGEST / SHORTEST, spread) * width / 320
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


Place = tuple[int, int, int, int]


def _scattered(
    rng: random.Random, want: _Wanted, taken: list[Place], width: int, height: int, crowd: float, gap: float
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
            side = max(SHORTEST * width / 320, side * crowd * (0.985**attempt))
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


def _in_rows(rng: random.Random, wanted: list[_Wanted], width: int, height: int) -> list[tuple[_Wanted, Place, float]]:
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


def _layout(rng: random.Random, wanted: list[_Wanted], width: int, height: int, spec: SceneSpec) -> list[Thing]:
    """A place for everything, farthest first; an empty list if something found none."""
    crowd = max(0.55, min(1.0, 7.0 / len(wanted))) if len(wanted) > 7 else 1.0
    gap = 0.0 if rng.random() < 0.5 else 2.0
    placed: list[tuple[_Wanted, Place, float]] = []
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
            _described(want.look),
            shade=round(rng.uniform(-1.0, 1.0), 3),
            flip=rng.random() < 0.5,
            place=place,
            box=(float(place[0]), float(place[1]), float(place[2]), float(place[3])),
            depth=round(depth, 3),
            size=size_class(place, width, height),
        )
        for want, place, depth in placed
    ]
    return sorted(things, key=lambda thing: -thing.depth)


_SHAPES_OF_PICTURES = ((320, 240), (320, 240), (360, 270), (400, 300), (320, 320), (384, 288), (480, 360), (400, 280))


def make_scene(seed: int, split: Split = "train", spec: SceneSpec | None = None) -> Scene:
    """Lay out a scene. The same arguments give the same scene, and no two splits share one.

    Args:
        seed: any integer.
        split: "train", "val" or "test".
        spec: what the scene must hold; None for 2 to 10 random things.

    Returns:
        The scene, with the boxes of whole things.

    Raises:
        SceneError: the spec names something unknown, or more than fits.
    """
    if split not in ("train", "val", "test"):
        raise SceneError(f"{split!r} is not a split; use train, val or test")
    rng = random.Random(f"{split}:{seed}")
    spec = spec or SceneSpec(others=(2, 10))
    if spec.background is not None and spec.background not in BACKGROUNDS:
        raise SceneError(f"{spec.background!r} is not a background; use one of {', '.join(BACKGROUNDS)}")
    if spec.style is not None and spec.style not in STYLES:
        raise SceneError(f"{spec.style!r} is not a style; use one of {', '.join(STYLES)}")
    width, height = rng.choice(_SHAPES_OF_PICTURES)
    width, height = spec.width or width, spec.height or height
    background = spec.background or rng.choice(tuple(BACKGROUNDS))
    style = spec.style or (rng.choice(STYLES) if rng.random() < 0.6 else None)
    wanted = _wanted(rng, spec, style)
    for _ in range(40):
        things = _layout(rng, wanted, width, height, spec)
        if len(things) == len(wanted):
            return Scene(seed, split, width, height, background, tuple(things))
    raise SceneError(f"{len(wanted)} things do not fit in {width} x {height} pixels; ask for fewer or smaller ones")
