"""Visual properties and what each is told apart from: `red` from the other colours, `open` from `closed`.

CLIP compares, it does not judge: whether a car is red is decided by asking which colour fits it best. A word belongs to
at most one group; words of one entry mean the same and are never held against each other.
"""

import math
from collections.abc import Sequence

COLOURS = (
    ("red",), ("orange",), ("yellow",), ("green",), ("blue",), ("purple", "violet"), ("pink",), ("brown",),
    ("black",), ("white",),
)  # fmt: skip

SHADES = ("gray", "grey", "silver", "gold", "golden", "beige", "tan", "turquoise", "teal", "cyan", "magenta", "maroon")
"""Colours that can be asked for, but are not held against others: a dull or dark red is still red."""

MATERIALS = (
    ("wooden", "wood"), ("metal", "metallic", "steel"), ("plastic",), ("glass",), ("leather",), ("stone",),
    ("paper", "cardboard"), ("brick",), ("concrete",), ("ceramic", "porcelain"), ("fabric", "cloth"),
)  # fmt: skip

SHAPES = (
    ("round", "circular"), ("square",), ("rectangular",), ("triangular",), ("oval",), ("star-shaped",),
    ("heart-shaped",),
)  # fmt: skip

POSTURES = (
    ("standing",), ("sitting", "seated"), ("lying", "lying down"), ("walking",), ("running",), ("jumping",),
    ("flying",), ("sleeping", "asleep"), ("eating",), ("swimming",), ("riding",),
)  # fmt: skip

MOODS = (
    ("happy", "smiling", "laughing"), ("sad", "crying"), ("angry",), ("surprised",), ("tired",), ("scared", "afraid"),
)  # fmt: skip

PATTERNS = (("striped",), ("spotted", "dotted"), ("checkered", "plaid"), ("plain",), ("floral",))

OPPOSITES = (
    (("tall",), ("short",)),
    (("long",), ("short",)),
    (("wide",), ("narrow",)),
    (("thick",), ("thin",)),
    (("fat",), ("thin",)),
    (("young",), ("old", "elderly")),
    (("new",), ("old",)),
    (("open",), ("closed", "shut")),
    (("full",), ("empty",)),
    (("wet",), ("dry",)),
    (("clean",), ("dirty",)),
    (("light",), ("dark",)),
    (("bright",), ("dark",)),
    (("smooth",), ("rough",)),
    (("hard",), ("soft",)),
    (("hot",), ("cold",)),
    (("male",), ("female",)),
    (("ripe",), ("unripe",)),
    (("cooked",), ("raw",)),
    (("broken",), ("intact",)),
    (("curly",), ("straight",)),
    (("lit", "turned on"), ("unlit", "turned off")),
    (("indoors",), ("outdoors",)),
    (("parked",), ("moving",)),
)

SIZES = {
    "small": ("small", "little", "tiny"),
    "medium": ("medium", "medium-sized", "middle-sized"),
    "big": ("big", "large", "huge"),
}
SMALL, BIG = 0.019, 0.065
"""Share of the picture up to which an object is small, and from which it is big."""

_GROUPS = (COLOURS, MATERIALS, SHAPES, POSTURES, MOODS, PATTERNS, *OPPOSITES)

# Longer words first, so that "lying down" is not taken for "lying"; colours before all, so that "dark red" is held
# against "dark blue" and not against "light red".
_WORDS = sorted(
    ((word, entry, group) for group in _GROUPS for entry in group for word in entry),
    key=lambda found: (found[2] is not COLOURS, -len(found[0])),
)


def alternatives(attribute: str) -> tuple[str, ...]:
    """What else could be true in place of an attribute, best-known words only.

    `red` -> the other colours; `wearing red` -> `wearing orange` and so on. An attribute with no word of the tables has
    one alternative, the empty text: the object without any attribute.
    """
    words = f" {attribute.lower()} "
    for shade in SHADES:
        if f" {shade} " in words:
            return tuple(words.replace(f" {shade} ", f" {colour[0]} ").strip() for colour in COLOURS)
    for word, entry, group in _WORDS:
        if f" {word} " in words:
            others = [other[0] for other in group if other is not entry]
            return tuple(words.replace(f" {word} ", f" {other} ").strip() for other in others)
    return ("",)


def is_attribute(text: str) -> bool:
    """Whether a text is a word of the tables, such as `red` or `wooden`."""
    lowered = text.lower().strip()
    return lowered in SHADES or any(lowered == word for word, _, _ in _WORDS)


def size_named(text: str) -> str | None:
    """The size that a text names: `small`, `medium`, `big`; None if it names none."""
    lowered = text.lower().strip()
    return next((size for size, words in SIZES.items() if lowered in words), None)


def size_of(share: float) -> str:
    """The size of an object. A crop looks the same whatever the size of what it shows, so CLIP cannot tell.

    Arguments:
        share: The object's box as a share of the picture, 0 to 1.
    """
    return "small" if share <= SMALL else "big" if share >= BIG else "medium"


def nearest_size(sizes: Sequence[str], share: float) -> int:
    """Index of the size (`small`, `medium` or `big`) that is nearest to that of an object, see `size_of`."""
    middles = {"small": SMALL / 2, "medium": (SMALL * BIG) ** 0.5, "big": BIG * 2}
    if size_of(share) in sizes:
        return sizes.index(size_of(share))
    gaps = [abs(math.log(share) - math.log(middles[size])) for size in sizes]
    return gaps.index(min(gaps))
