"""The words of the picture-book world: nouns, categories, colours, sizes and backgrounds, and how phrases are read.

    NOUNS, CATEGORIES, COLOURS, SIZES, BACKGROUNDS      the tables
    canonical("the small blue stars")                   -> Phrase(colour="blue", size="small", name="star")
    is_a("boy", "kid"), nouns_of("animal")              the hierarchy
    names_of(thing)                                     every phrase that truly describes a thing
    describes(phrase, thing)                            True, False or None (the world does not know)

A *name* is the canonical singular of a noun or of a category. Nothing here needs the art.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol


@dataclass(frozen=True)
class Noun:
    """A kind of thing. `art` holds Unicode code points as in emoji file names; empty for shapes that are drawn."""

    name: str
    plural: str
    synonyms: tuple[tuple[str, str], ...]
    """Other names, as (singular, plural)."""
    categories: tuple[str, ...]
    """Broader names that are true of every such thing, nearest first."""
    art: tuple[str, ...]
    aloft: bool = False
    """Found in the sky (or on a wall) rather than on the ground."""
    tintable: bool = True
    """May be shown in another colour than its own."""


@dataclass(frozen=True)
class Category:
    name: str
    plural: str
    synonyms: tuple[tuple[str, str], ...] = ()


_IRREGULAR = {
    "man": "men", "woman": "women", "person": "people", "child": "children", "mouse": "mice", "leaf": "leaves",
    "fish": "fish", "sheep": "sheep", "deer": "deer", "scarf": "scarves", "dice": "dice", "aircraft": "aircraft",
    "clothing": "clothes", "fruit": "fruits", "broccoli": "broccoli", "corn": "corn", "bread": "bread",
    "furniture": "furniture", "goose": "geese", "foot": "feet", "tooth": "teeth", "knife": "knives", "wolf": "wolves",
    "food": "food", "cactus": "cacti", "loaf": "loaves", "ox": "oxen",
    "snowman": "snowmen", "die": "dice", "cattle": "cattle",
}  # fmt: skip
_O_AS_IN_PIANO = ("piano", "rhino", "photo", "hippo", "dino", "flamingo", "ufo")
_SINGULARS = {plural: single for single, plural in _IRREGULAR.items()}


def plural(word: str) -> str:
    """The plural of an English noun phrase; its last word, or the one before "of", is inflected."""
    if " of " in word:
        first, _, rest = word.partition(" of ")
        return f"{plural(first)} of {rest}"
    head, _, last = word.rpartition(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif re.search(r"(s|x|z|ch|sh|[^aeiou]o)$", last) and last not in _O_AS_IN_PIANO:
        last += "es"
    elif re.search(r"[^aeiou]y$", last):
        last = last[:-1] + "ies"
    else:
        last += "s"
    return f"{head} {last}".strip()


def singular(word: str) -> str:
    """The singular of an English noun phrase; its last word is inflected. A singular stays as it is."""
    word = word.strip().lower()
    if word in _SINGULAR_OF:
        return _SINGULAR_OF[word]
    head, _, last = word.rpartition(" ")
    if last in _SINGULARS:
        last = _SINGULARS[last]
    elif re.search(r"(ss|us|is)$", last) or len(last) < 4:
        pass
    elif last.endswith("ies"):
        last = last[:-3] + "y"
    elif re.search(r"(s|x|z|ch|sh|o)es$", last):
        last = last[:-2]
    elif last.endswith("s"):
        last = last[:-1]
    return f"{head} {last}".strip()


def _pairs(words: str) -> tuple[tuple[str, str], ...]:
    return tuple((word.strip(), plural(word.strip())) for word in words.split(",") if word.strip())


# name | synonyms | categories | code points of the art | flags: ^ aloft, = never tinted
_TABLE = """
dog | puppy, doggy | animal | 1f436 1f415 1f429
cat | kitten, kitty | animal | 1f431 1f408
lion | | animal | 1f981
tiger | | animal | 1f42f 1f405
monkey | chimp | animal | 1f435 1f412
fox | | animal | 1f98a
bear | | animal | 1f43b
panda | panda bear | animal | 1f43c
koala | | animal | 1f428
rabbit | bunny, hare | animal | 1f430 1f407
mouse | | animal | 1f42d 1f401
horse | pony | farm animal, animal | 1f434 1f40e
zebra | | animal | 1f993
deer | stag | animal | 1f98c
cow | cattle | farm animal, animal | 1f42e 1f404
pig | piglet, hog | farm animal, animal | 1f437 1f416
sheep | lamb | farm animal, animal | 1f411
giraffe | | animal | 1f992
elephant | | animal | 1f418
hippo | hippopotamus | animal | 1f99b
kangaroo | | animal | 1f998
chicken | hen | bird, farm animal, animal | 1f414
penguin | | bird, animal | 1f427
duck | | bird, animal | 1f986
owl | | bird, animal | 1f989 | ^
flamingo | | bird, animal | 1f9a9
parrot | | bird, animal | 1f99c | ^
frog | toad | animal | 1f438
crocodile | alligator | animal | 1f40a
turtle | tortoise | animal | 1f422
snake | serpent | animal | 1f40d
dinosaur | dino | animal | 1f995 1f996
whale | | sea animal, animal | 1f433 1f40b
dolphin | | sea animal, animal | 1f42c
fish | | sea animal, animal | 1f41f 1f420
octopus | | sea animal, animal | 1f419
crab | | sea animal, animal | 1f980
snail | | animal | 1f40c
butterfly | | insect, animal | 1f98b | ^
bee | bumblebee, honeybee | insect, animal | 1f41d | ^
ladybug | ladybird | insect, animal | 1f41e
spider | | animal | 1f577-fe0f
apple | | fruit, food | 1f34e 1f34f
banana | | fruit, food | 1f34c
lemon | | fruit, food | 1f34b
pear | | fruit, food | 1f350
pineapple | | fruit, food | 1f34d
strawberry | | fruit, food | 1f353
watermelon | melon | fruit, food | 1f349
carrot | | vegetable, food | 1f955
corn | corncob, ear of corn | vegetable, food | 1f33d
broccoli | | vegetable, food | 1f966
eggplant | aubergine | vegetable, food | 1f346
mushroom | toadstool | | 1f344
pumpkin | jack-o-lantern | | 1f383
bread | loaf of bread | food | 1f35e
croissant | | food | 1f950
pretzel | | food | 1f968
cheese | | food | 1f9c0
egg | | food | 1f95a
hamburger | burger, cheeseburger | food | 1f354
pizza | slice of pizza, pizza slice | food | 1f355
hot dog | hotdog | food | 1f32d
ice cream | ice cream cone | dessert, food | 1f366
donut | doughnut | dessert, food | 1f369
cookie | biscuit | dessert, food | 1f36a
cake | birthday cake | dessert, food | 1f382
muffin | cupcake | dessert, food | 1f9c1
lollipop | | dessert, food | 1f36d
candy | sweet | dessert, food | 1f36c
car | automobile | vehicle | 1f697 1f699
taxi | cab | car, vehicle | 1f695 | =
bus | | vehicle | 1f68c 1f68d
truck | lorry | vehicle | 1f69a
train | locomotive | vehicle | 1f682 1f686
bicycle | bike | vehicle | 1f6b2
motorcycle | motorbike | vehicle | 1f3cd-fe0f
tractor | | vehicle | 1f69c
ambulance | | vehicle | 1f691 | =
boat | ship | vehicle | 26f5 1f6a2
airplane | plane, aeroplane, jet | vehicle | 2708-fe0f 1f6e9-fe0f | ^
helicopter | chopper | vehicle | 1f681 | ^
rocket | spaceship, rocket ship | vehicle | 1f680 | ^
ufo | flying saucer | vehicle | 1f6f8 | ^
tree | | plant | 1f333 1f332
palm tree | palm | tree, plant | 1f334
cactus | | plant | 1f335
flower | blossom | plant | 1f33a 1f338 1f33c
rose | | flower, plant | 1f339
sunflower | | flower, plant | 1f33b | =
leaf | maple leaf | | 1f341
boy | | kid, person | 1f466 | =
girl | | kid, person | 1f467 | =
man | guy | adult, person | 1f9d4 1f474 | =
woman | lady | adult, person | 1f469-200d-1f9b1 1f475 | =
snowman | | | 26c4 | =
robot | | | 1f916
ghost | | | 1f47b | ^=
shirt | t-shirt | clothing | 1f455
dress | | clothing | 1f457
coat | jacket | clothing | 1f9e5
shoe | sneaker | clothing | 1f45f
hat | | clothing | 1f3a9 1f452
scarf | | clothing | 1f9e3
glove | | clothing | 1f9e4
ring | | | 1f48d
crown | | | 1f451
handbag | purse | | 1f45c
backpack | rucksack, school bag | | 1f392
umbrella | parasol | | 2602-fe0f 2614
watch | wristwatch | | 231a
hammer | | tool | 1f528
axe | hatchet | tool | 1fa93
saw | handsaw | tool | 1fa9a
wrench | spanner | tool | 1f527
key | | | 1f511
lock | padlock | | 1f512
magnet | | | 1f9f2
ladder | | | 1fa9c
broom | | | 1f9f9
bucket | pail | | 1faa3
pencil | | | 270f-fe0f
soccer ball | | ball | 26bd | =
basketball | | ball | 1f3c0 | =
baseball | | ball | 26be | =
balloon | | | 1f388 | ^
kite | | | 1fa81 | ^
teddy bear | teddy | | 1f9f8
dice | die | | 1f3b2
drum | | musical instrument | 1f941
guitar | | musical instrument | 1f3b8
trumpet | | musical instrument | 1f3ba
piano | | musical instrument | 1f3b9 | =
trophy | | | 1f3c6
gift | present, gift box | | 1f381
bell | | | 1f514
house | home | building | 1f3e0
castle | palace | building | 1f3f0
church | chapel | building | 26ea
tent | | | 26fa
chair | | furniture | 1fa91
bed | | furniture | 1f6cf-fe0f
couch | sofa | furniture | 1f6cb-fe0f
toilet | | | 1f6bd
bathtub | bath, tub | | 1f6c1
clock | alarm clock | | 23f0
light bulb | bulb | | 1f4a1 | =
candle | | | 1f56f-fe0f
book | | | 1f4d5 1f4d7 1f4d8
laptop | computer | electronic device | 1f4bb
phone | smartphone, mobile phone, cell phone | electronic device | 1f4f1
television | tv, tv set | electronic device | 1f4fa
camera | | electronic device | 1f4f7
box | package, parcel, cardboard box | | 1f4e6
spoon | | | 1f944
cup | mug, cup of coffee | | 2615
teapot | | | 1fad6
sun | | | 2600-fe0f 1f31e | ^=
moon | crescent moon | | 1f319 | ^=
cloud | | | 2601-fe0f | ^=
rainbow | | | 1f308 | ^=
snowflake | | | 2744-fe0f | ^=
fire | flame | | 1f525 | =
globe | earth, planet earth | | 1f30d 1f30e | =
circle | disc | shape | | ^
square | | shape | | ^
triangle | | shape | | ^
star | | shape | | ^
heart | | shape | | ^
diamond | rhombus | shape | | ^
cross | plus sign | shape | | ^
arrow | | shape | | ^
"""

_CATEGORIES = """
animal | creature
farm animal |
bird |
insect |
sea animal | sea creature, marine animal
fruit | piece of fruit
vegetable | veggie
dessert | sweet treat
food | food item
vehicle |
plant |
person | human, human being
kid | child
adult | grown-up
clothing | garment, piece of clothing
tool |
ball |
musical instrument | instrument
building |
furniture | piece of furniture
electronic device | gadget
shape |
"""


def _nouns() -> tuple[Noun, ...]:
    nouns = []
    for line in _TABLE.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")] + [""]
        name, synonyms, categories, art, flags = cells[:5]
        broader = tuple(c.strip() for c in categories.split(",") if c.strip())
        nouns.append(
            Noun(name, plural(name), _pairs(synonyms), broader, tuple(art.split()), "^" in flags, "=" not in flags)
        )
    return tuple(nouns)


NOUNS: tuple[Noun, ...] = _nouns()
"""Every noun, in a fixed order (append only: weights and seeds depend on it)."""

CATEGORIES: tuple[Category, ...] = tuple(
    Category(name.strip(), plural(name.strip()), _pairs(synonyms))
    for name, synonyms in (line.split("|") for line in _CATEGORIES.strip().splitlines())
)

COLOURS: Mapping[str, tuple[int, int, int]] = {
    "red": (222, 38, 38),
    "orange": (250, 130, 20),
    "yellow": (250, 214, 30),
    "green": (44, 162, 60),
    "blue": (36, 96, 224),
    "purple": (132, 54, 190),
    "pink": (250, 130, 186),
    "brown": (128, 78, 40),
    "black": (30, 30, 34),
    "white": (246, 246, 246),
}
"""Name -> RGB, 0 to 255."""

SIZES = ("small", "medium", "big")

BACKGROUNDS: Mapping[str, tuple[str, ...]] = {
    "beach": ("seaside", "seashore", "sandy beach", "shore"),
    "snow": ("winter", "snowy field", "snowy landscape", "ice"),
    "night": ("night sky", "dark night", "nighttime"),
    "forest": ("woods", "woodland"),
    "city": ("town", "street", "city street"),
    "desert": ("sand dunes", "dunes"),
    "field": ("grass", "meadow", "lawn", "grassland", "park"),
    "room": ("indoors", "inside", "living room"),
}
"""Name -> other names."""

ANYTHING = "thing"
_THING_WORDS = ("thing", "things", "object", "objects", "item", "items", "one", "ones")
_COLOUR_WORDS = {name: name for name in COLOURS} | {"violet": "purple"}
_SIZE_WORDS = {
    "small": "small", "little": "small", "tiny": "small", "medium": "medium", "medium-sized": "medium",
    "big": "big", "large": "big", "huge": "big",
}  # fmt: skip
_FILLERS = frozenset(
    ("the", "a", "an", "all", "any", "some", "every", "each", "this", "that", "these", "those", "my", "our",
     "another", "of", "picture", "image", "photo", "scene")
)  # fmt: skip

_BY_NAME = {noun.name: noun for noun in NOUNS}
_CATEGORY_BY_NAME = {category.name: category for category in CATEGORIES}


def _names() -> tuple[dict[str, str], dict[str, str]]:
    names: dict[str, str] = dict.fromkeys(_THING_WORDS, ANYTHING)
    singulars: dict[str, str] = {}
    entries: list[Noun | Category] = [*NOUNS, *CATEGORIES]
    for entry in entries:
        for single, many in ((entry.name, entry.plural), *entry.synonyms):
            for form in (single, many):
                bare = " ".join(word for word in form.split() if word not in _FILLERS)
                for word in (form, bare):
                    if names.setdefault(word, entry.name) != entry.name:
                        raise ValueError(f"the word {word!r} means both {names[word]!r} and {entry.name!r}")
                singulars[form] = single
    return names, singulars


_NAMES, _SINGULAR_OF = _names()


@dataclass(frozen=True)
class Phrase:
    """A noun phrase, read: `name` is a noun's, a category's, or "thing"."""

    colour: str | None
    size: str | None
    name: str


class Describable(Protocol):
    """What a phrase can be true of; `models.embedded.world.scene.Thing` is one."""

    @property
    def noun(self) -> str: ...
    @property
    def colour(self) -> str | None: ...
    @property
    def size(self) -> str | None: ...


def noun(name: str) -> Noun:
    """The noun of this canonical name. Raises KeyError with the name if there is none."""
    return _BY_NAME[name]


def is_noun(name: str) -> bool:
    return name in _BY_NAME


def is_name(name: str) -> bool:
    """Whether this is the canonical name of a noun or a category."""
    return name in _BY_NAME or name in _CATEGORY_BY_NAME


@lru_cache(maxsize=4096)
def canonical(phrase: str) -> Phrase | None:
    """Read a noun phrase: determiners, sizes, colours, then a noun, synonym or category in singular or plural.

    Returns:
        None if the world does not know the noun or an adjective.
    """
    words = [word for word in re.findall(r"[a-z][a-z'-]*", phrase.lower()) if word not in _FILLERS]
    colour = size = None
    while words:
        rest = " ".join(words)
        if (name := _NAMES.get(rest) or _NAMES.get(singular(rest))) is not None:
            return Phrase(colour, size, name)
        word = words.pop(0)
        if word in _COLOUR_WORDS and colour is None:
            colour = _COLOUR_WORDS[word]
        elif word in _SIZE_WORDS and size is None:
            size = _SIZE_WORDS[word]
        elif word not in ("colored", "coloured", "sized"):
            return None
    return Phrase(colour, size, ANYTHING) if colour or size else None


def canonical_background(phrase: str) -> str | None:
    """The background that a phrase such as "a snowy field" or "in the woods" names, or None."""
    text = " ".join(word for word in re.findall(r"[a-z]+", phrase.lower()) if word not in _FILLERS | {"in", "on", "at"})
    for name, others in BACKGROUNDS.items():
        if text == name or text in others:
            return name
    return None


def is_a(noun_name: str, name: str) -> bool:
    """Whether every `noun_name` is a `name` (a noun, a category or "thing")."""
    return name in (noun_name, ANYTHING) or name in _BY_NAME[noun_name].categories


@lru_cache(maxsize=512)
def nouns_of(name: str) -> tuple[Noun, ...]:
    """The nouns that are a `name`: one for a noun without narrower ones, several for a category."""
    return tuple(entry for entry in NOUNS if is_a(entry.name, name))


def forms(name: str) -> tuple[str, ...]:
    """Every word for a canonical name, singulars and plurals, the name itself first."""
    if name == ANYTHING:
        return _THING_WORDS[:4]
    entry: Noun | Category = _BY_NAME[name] if name in _BY_NAME else _CATEGORY_BY_NAME[name]
    return tuple(dict.fromkeys(form for pair in ((entry.name, entry.plural), *entry.synonyms) for form in pair))


def describes(phrase: Phrase, thing: Describable) -> bool | None:
    """Whether a phrase is true of a thing; None where its colour is mixed or its size lies between two classes."""
    if not is_a(thing.noun, phrase.name):
        return False
    known: bool | None = True
    for said, seen in ((phrase.colour, thing.colour), (phrase.size, thing.size)):
        if said is not None and seen is None:
            known = None
        elif said is not None and said != seen:
            return False
    return known


@lru_cache(maxsize=16384)
def _names_of(noun_name: str, colour: str | None, size: str | None) -> tuple[str, ...]:
    own = forms(noun_name)
    broader = [form for category in _BY_NAME[noun_name].categories for form in forms(category)]
    names = [*own, *broader, *forms(ANYTHING)]
    adjectives = [f"{a} " for a in (colour, size) if a] + ([f"{size} {colour} "] if colour and size else [])
    return (*names, *(adjective + name for adjective in adjectives for name in names))


def names_of(thing: Describable) -> tuple[str, ...]:
    """Every phrase that is true of a thing: noun, synonyms, categories, "thing", in singular and plural, alone first
    and then with its colour and size where they are known."""
    return _names_of(thing.noun, thing.colour, thing.size)
