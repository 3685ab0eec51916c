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
    written: bool = False
    """Bears a word or two."""


@dataclass(frozen=True)
class Category:
    name: str
    plural: str
    synonyms: tuple[tuple[str, str], ...] = ()


def _pairs(words: str) -> tuple[tuple[str, str], ...]:
    return tuple((word.strip(), plural(word.strip())) for word in words.split(",") if word.strip())


# name | synonyms | categories | code points of the art | flags: ^ aloft, = never tinted, " bears text
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
kite | | toy | 1fa81 | ^
teddy bear | teddy | toy | 1f9f8
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
rectangle | | shape | | ^
oval | ellipse | shape | | ^
pentagon | | shape | | ^
hexagon | | shape | | ^
semicircle | half circle | shape | | ^
sign | signboard, signpost | | | "
banner | | | | ^"
wolf | | animal | 1f43a
gorilla | ape | animal | 1f98d
goat | | farm animal, animal | 1f410
camel | dromedary | animal | 1f42b 1f42a
rhino | rhinoceros | animal | 1f98f
squirrel | chipmunk | animal | 1f43f-fe0f
bat | | animal | 1f987 | ^
raccoon | | animal | 1f99d
beaver | | animal | 1f9ab
swan | | bird, animal | 1f9a2
eagle | | bird, animal | 1f985 | ^
chick | baby chick | bird, farm animal, animal | 1f424 1f425
shark | | sea animal, animal | 1f988
lobster | | sea animal, animal | 1f99e
jellyfish | | sea animal, animal | 1fabc
ant | | insect, animal | 1f41c
scorpion | | animal | 1f982
caterpillar | | insect, animal | 1f41b
shell | seashell | | 1f41a
feather | | | 1fab6
grape | bunch of grapes | fruit, food | 1f347
cherry | | fruit, food | 1f352
peach | | fruit, food | 1f351
kiwi | kiwi fruit | fruit, food | 1f95d
coconut | | food | 1f965
avocado | | food | 1f951
tomato | | food | 1f345
potato | | vegetable, food | 1f954
cucumber | | vegetable, food | 1f952
chili pepper | chilli, chili | food | 1f336-fe0f
pancake | | food | 1f95e
sandwich | | food | 1f96a
taco | | food | 1f32e
sushi | | food | 1f363
popcorn | | food | 1f37f
french fry | fries, chip | food | 1f35f
salad | | food | 1f957
pie | | dessert, food | 1f967
glass of milk | milk | drink | 1f95b
wine glass | wine, glass of wine | drink | 1f377
beer mug | beer, mug of beer | drink | 1f37a
scooter | kick scooter | vehicle | 1f6f4
sled | sledge, sleigh | | 1f6f7
skateboard | | | 1f6f9
parachute | | | 1fa82 | ^
wheel | tire, tyre | | 1f6de
shopping cart | shopping trolley | | 1f6d2
tulip | | flower, plant | 1f337
clover | four-leaf clover, shamrock | plant | 1f340
potted plant | houseplant | plant | 1fab4
baby | | person | 1f476 | =
police officer | cop | adult, person | 1f46e | =
firefighter | | adult, person | 1f9d1-200d-1f692 | =
chef | | adult, person | 1f9d1-200d-1f373 | =
astronaut | spaceman | adult, person | 1f9d1-200d-1f680 | =
santa claus | santa, father christmas | adult, person | 1f385 | =
alien | | | 1f47d
skull | | | 1f480
pants | trousers, jeans | clothing | 1f456
sock | | clothing | 1f9e6
boot | | clothing | 1f462
tie | necktie | clothing | 1f454
glasses | eyeglasses, spectacles | | 1f453
suitcase | luggage | | 1f9f3
basket | | | 1f9fa
toothbrush | | | 1faa5
screwdriver | | tool | 1fa9b
scissors | pair of scissors | tool | 2702-fe0f
gear | cogwheel | | 2699-fe0f
flashlight | torch | | 1f526
magnifying glass | magnifier | | 1f50d
pill | capsule | | 1f48a
paintbrush | | | 1f58c-fe0f
paperclip | paper clip | | 1f4ce
envelope | letter | | 2709-fe0f
yo-yo | yoyo | toy | 1fa80
puzzle piece | puzzle, jigsaw piece | toy | 1f9e9
game controller | gamepad | electronic device | 1f3ae
volleyball | | ball | 1f3d0
medal | | | 1f3c5
ribbon | | | 1f380
violin | fiddle | musical instrument | 1f3bb
microphone | mic | | 1f3a4
headphones | | | 1f3a7
mirror | | | 1fa9e
door | | | 1f6aa
factory | | building | 1f3ed
hospital | | building | 1f3e5
school | | building | 1f3eb
ferris wheel | | | 1f3a1
volcano | | | 1f30b
rock | stone, boulder | | 1faa8
lightning bolt | lightning | | 26a1 | ^
water drop | drop of water, droplet | | 1f4a7
coin | | | 1fa99
money bag | bag of money | | 1f4b0
bone | | | 1f9b4
tooth | | | 1f9b7
nest | | | 1faba
vase | amphora | | 1f3fa
hourglass | | | 231b
battery | | | 1f50b
palette | paint palette | | 1f3a8
dartboard | dart board | | 1f3af
sword | dagger | | 1f5e1-fe0f
shield | | | 1f6e1-fe0f
anchor | | | 2693
flag | | | 1f6a9
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
drink | beverage
toy | plaything
"""


def _nouns() -> tuple[Noun, ...]:
    nouns = []
    for line in _TABLE.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")] + [""]
        name, synonyms, categories, art, flags = cells[:5]
        broader = tuple(c.strip() for c in categories.split(",") if c.strip())
        nouns.append(
            Noun(
                name, plural(name), _pairs(synonyms), broader, tuple(art.split()),
                "^" in flags, "=" not in flags, '"' in flags,
            )
        )  # fmt: skip
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
    "gray": (132, 132, 136),
    "teal": (8, 128, 128),
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
