"""What a scene of the picture-book world is: things before a background, with their truth.

    Scene.from_json(scene.to_json()) == scene

The ground is a plane seen from above eye level: what stands lower in the picture is nearer and larger. Boxes are
`xyxy` pixels, origin top left. Until a scene is rendered its boxes are those of whole things; `render` returns the same
scene with the boxes of what can be seen.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from models.embedded.world.lexicon import Phrase, canonical, describes
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
    """"fluent", "noto", "twemoji", "shape" for drawn shapes, or "sign" for what bears text."""
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
    text: str | None = None
    """What is written on it, in capitals."""

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
        """Plain data. A thing's `text` is left out where there is none."""
        fields = asdict(self)
        for thing in fields["things"]:
            if thing["text"] is None:
                del thing["text"]
        return fields

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
    texts: Sequence[str] = ()
    """What is written on signs and banners, in the order of `things`; the rest is drawn from the split's words."""
    tinted: float = 0.15
    """Share of the other things that are recoloured, of those that can be."""
    unseen: bool = False
    """Most of the other things come in a style in which training never shows their noun (`held_out_pair`)."""


def size_class(box: Box, width: int, height: int) -> str | None:
    """The size class of a box in a picture, None between classes."""
    share = (box[2] - box[0]) * (box[3] - box[1]) / (width * height)
    return next((name for name, (low, high) in SIZE_CLASSES.items() if low <= share <= high), None)


def ground_depth(y: float, height: int) -> float:
    """Depth of the ground at row `y`; SKY above the horizon."""
    horizon = HORIZON * height
    return SKY if y < horizon else FAR - (FAR - NEAR) * min(1.0, (y - horizon) / (height - horizon))
