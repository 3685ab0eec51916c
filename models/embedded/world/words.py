"""The tables of the picture-book world: every noun with its art, categories, colours, sizes and backgrounds."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.embedded.world.inflection import plural


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
