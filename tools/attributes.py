"""Visual properties and what each is told apart from: `red` from the other colours, `open` from `closed`.

CLIP compares, it does not judge: whether a car is red is decided by asking which colour fits it best. A word belongs to
at most one group; words of one entry mean the same and are never held against each other.
"""

COLOURS = (
    ("red",), ("orange",), ("yellow",), ("green",), ("blue",), ("purple", "violet"), ("pink",), ("brown",),
    ("black",), ("white",), ("gray", "grey"),
)  # fmt: skip

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
    (("big", "large", "huge"), ("small", "little", "tiny"), ("medium", "medium-sized")),
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

GROUPS = (COLOURS, MATERIALS, SHAPES, POSTURES, MOODS, PATTERNS, *OPPOSITES)


def alternatives(attribute: str) -> tuple[str, ...]:
    """What else could be true in place of an attribute, best-known words only.

    `red` -> the other colours; `wearing red` -> `wearing orange` and so on. An attribute with no word of the tables has
    one alternative, the empty text: the object without any attribute.
    """
    lowered = attribute.lower()
    for group in GROUPS:
        for entry in group:
            for word in entry:
                if f" {word} " not in f" {lowered} ":
                    continue
                others = [other[0] for other in group if other is not entry]
                return tuple(f" {lowered} ".replace(f" {word} ", f" {other} ").strip() for other in others)
    return ("",)
