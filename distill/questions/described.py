"""Forms about things of a described kind: what can fly, something to eat, a thing that tells the time.

A kind is looked for by what the detector has a word for: one phrase, a few phrases together, or one phrase without a
few others. People describe a kind in four ways, each of which fits other sentences, so each has forms of its own. The
truth of each stands beside it: where something is in the picture of which it can be disputed that it belongs, the
question is not asked.
"""

# ruff: noqa: E501  -- a program and a pattern are one line each

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from distill.questions.forms import Form, patterns
from distill.questions.view import SIDE_MARGIN, SIZE_RATIO, Unclear, View, colour_of, extreme
from models.embedded.world import lexicon
from models.embedded.world.scene import Thing

Slots = dict[str, str]

WHAT = 'simple_query("what is this?")'
WHAT_COLOUR = 'simple_query("what color is it?")'


@dataclass(frozen=True)
class Kind:
    """A kind of things and how it is spoken of."""

    phrases: tuple[str, ...]
    """What a program looks for."""
    called: tuple[str, ...] = ()
    """In the plural: "how many ... are there"."""
    which: tuple[str, ...] = ()
    """After "something": "is there anything ..."."""
    does: tuple[str, ...] = ()
    """After "what": "what ..."."""
    do: tuple[str, ...] = ()
    """After "how many of them"."""
    disputed: tuple[str, ...] = ()
    """Nouns and categories of which it can be disputed that they belong."""
    without: tuple[str, ...] = ()
    """What does not belong, although the phrase is true of it."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _kind(
    phrases: str, called: str = "", which: str = "", does: str = "", do: str = "", disputed: str = "", without: str = ""
) -> Kind:
    return Kind(*(_words(text) for text in (phrases, called, which, does, do, disputed, without)))


def _used(phrases: str, verb: str, disputed: str = "", called: str = "", more: str = "") -> Kind:
    """A kind that people name by what they do with it: "to eat", "you can eat"."""
    who = ("you", "i", "we", "one", "people", "someone")
    each = [(verb_.strip(), one) for verb_ in verb.split(",") for one in who]
    return Kind(
        _words(phrases),
        (*_words(called), *(f"things {one} can {verb_}" for verb_, one in each), *(f"things to {v.strip()}" for v in verb.split(","))),
        (*_words(more), *(f"{one} can {verb_}" for verb_, one in each), *(f"to {v.strip()}" for v in verb.split(",")) , *(f"that {one} could {verb_}" for verb_, one in each)),
        tuple(f"{can} {one} {verb_}" for verb_, one in each for can in ("can", "could")),
        tuple(f"{can} {one} {verb_}" for verb_, one in each for can in ("can", "could")),
        _words(disputed),
    )  # fmt: skip


ONE = (
    _used("food", "eat, munch, have for lunch, have for dinner, snack on, put in your mouth and eat",
          "mushroom, pumpkin, fish, crab, lobster, octopus, cow, pig, sheep, chicken, duck, drink, pill, shell, leaf, nest",
          "edible things, eatable things, foods, snacks, things that are edible, things to eat for lunch, pieces of food, bits of food",
          "edible, eatable, tasty to eat, that is edible, that can be eaten, that is food, good to eat, for lunch, for dinner, for a hungry person"),
    _kind("food", "", "", "is edible, can be eaten, is food, counts as food", "are edible, can be eaten, are food, count as food",
          "mushroom, pumpkin, fish, crab, lobster, octopus, cow, pig, sheep, chicken, duck, drink, pill, shell, leaf, nest"),
    _used("clothing", "wear, put on, dress in", "ring, crown, glasses, watch, handbag, backpack, headphones, medal, ribbon, umbrella, parachute, santa claus",
          "wearable things, items of clothing, articles of clothing, pieces of clothing, wearables",
          "wearable, that is worn, that can be worn, that is clothing, people wear"),
    _kind("clothing", "", "", "is worn, can be worn, is clothing, do people wear", "are worn, can be worn, are clothing, do people wear",
          "ring, crown, glasses, watch, handbag, backpack, headphones, medal, ribbon, umbrella, parachute, santa claus"),
    _used("vehicle", "drive, travel in, ride in, get around with, go places in, drive around in",
          "horse, camel, elephant, sled, skateboard, shopping cart, parachute, balloon, wheel",
          "means of transport, means of transportation, transport vehicles, forms of transport, machines you can drive",
          "for travelling, for transport, that takes you places, that carries people, that transports people, drivable"),
    _kind("animal", "critters, beasts, living creatures", "that is an animal, that belongs in a zoo or on a farm, with animal life", "is an animal, counts as an animal", "are animals, count as animals",
          "person, robot, alien, ghost, snowman, shell, bone, skull, feather, teddy bear, nest"),
    _kind("person", "human beings, folks, humans, people", "that is human, that is a person, that is a human being", "is a person, is human, is a human being", "are human, are people, are human beings, are persons",
          "robot, alien, ghost, snowman, skull, teddy bear"),
    _kind("insect", "bugs, creepy crawlies, six-legged animals", "that is an insect, that is a bug, with six legs", "is an insect, is a bug, has six legs", "are insects, are bugs, have six legs",
          "spider, scorpion, snail, shell"),
    _kind("bird", "feathered animals, animals with feathers, things with feathers, animals with a beak, creatures with feathers", "with feathers, with a beak, that has feathers, that has a beak", "has feathers, has a beak", "have feathers, have a beak, have beaks",
          "feather, octopus, turtle, arrow, nest, dinosaur"),
    _kind("farm animal", "animals that live on a farm, animals from a farm, animals of a farmer, barnyard animals, animals you find on a farm, animals a farmer keeps", "that lives on a farm, you find on a farm, a farmer keeps, from the farm, that lives in a barn", "lives on a farm, belongs on a farm, lives in a barn", "live on a farm, belong on a farm, live in a barn",
          "dog, cat, duck, tractor, rabbit, mouse, swan, bee, egg, camel, carrot, corn, turtle"),
    _kind("sea animal", "animals that live in the sea, animals of the ocean, ocean animals, ocean creatures, underwater animals, animals that live in the ocean, water animals, animals from the sea", "that lives in the sea, that lives in the ocean, that lives underwater, from the ocean, living in the sea", "lives in the sea, lives in the ocean, lives underwater, comes from the sea", "live in the sea, live in the ocean, live underwater, come from the sea",
          "turtle, penguin, shell, duck, swan, frog, crocodile, hippo, beaver, flamingo, snail, boat, person, anchor"),
    _kind("plant", "growing things, things that grow in the ground, green plants, things that grow in a garden", "that grows in the ground, that is a plant, that needs sun and water to grow, you can plant, growing", "grows in the ground, is a plant", "grow in the ground, are plants",
          "mushroom, leaf, food, pumpkin"),
    _used("tool", "build with, repair things with, fix things with, work with in a workshop",
          "ladder, paintbrush, magnet, key, lock, gear, flashlight, bucket, broom, pencil, paperclip, toothbrush",
          "things from a toolbox, things for a handyman, things that belong in a toolbox, things a carpenter uses", "from a toolbox, that belongs in a toolbox, a carpenter uses, for repairs"),
    _used("musical instrument", "make music with, play music on, play music with", "bell, microphone, headphones, phone, television, laptop",
          "things that make music, things for making music, things for a band, things for an orchestra, things a musician plays", "that makes music, for making music, a musician plays, a band would use, for an orchestra"),
    _used("drink", "drink", "cup, teapot, coconut, bucket, water drop, watermelon", "drinkable things, things for a thirsty person", "drinkable, for a thirsty person, that can be drunk, thirsty people would like"),
    _used("dessert", "eat for dessert, have for dessert", "fruit, pancake, croissant, pretzel, popcorn, coconut",
          "sweet things, sweet treats, sugary things, treats, sweet foods, sweet snacks, things with lots of sugar", "sweet, sugary, for dessert, with a lot of sugar, for someone with a sweet tooth"),
    _kind("electronic device", "electronics, electronic things, electrical things, things that need electricity, electric things, electrical devices, things that run on electricity, things that need power, things you plug in", "electronic, electric, electrical, that needs electricity, that runs on electricity, that needs power, you plug in, that works with electricity, that needs a battery", "needs electricity, runs on electricity, needs power, is electronic, works with electricity, do you plug in", "need electricity, run on electricity, need power, are electronic, work with electricity",
          "light bulb, flashlight, robot, clock, microphone, headphones, guitar, battery, toothbrush, watch, vehicle, ferris wheel, piano, lightning bolt"),
    _kind("building", "things people can live or work in, things with walls and a roof, places with a roof", "with walls and a roof, people built to live or work in, that is a building", "has walls and a roof, is a building", "have walls and a roof, are buildings",
          "tent, nest, door, ferris wheel"),
    _kind("shape", "geometric figures, geometrical figures, figures from geometry", "geometric, from geometry, that is just a shape, that is only a shape", "is geometric, is just a shape, is only a shape", "are geometric, are just shapes, are only shapes", "dice, ball, sign"),
    _kind("umbrella", "things against the rain, things that keep the rain off", "that keeps the rain off, that keeps you dry, against the rain, to keep you dry, for a rainy day, to hold over your head in the rain", "keeps the rain off, keeps you dry in the rain, protects from rain, helps against the rain", "keep the rain off, keep you dry in the rain, protect from rain",
          "coat, boot, hat, tent, building, cloud"),
    _used("pencil", "write with, write a letter with", "paintbrush, palette, laptop, phone", "things for writing", "for writing, that writes, to write a note with"),
    _used("book", "read", "sign, banner, envelope, phone, laptop, television", "things for reading, things with pages", "with pages, that has pages, for reading"),
    _used("bed", "sleep in, sleep on, lie down in at night", "couch, tent, nest, chair, bathtub", "things for sleeping", "for sleeping, for a tired person"),
    _used("camera", "take pictures with, take photos with", "phone, laptop, television", "things for taking photos", "for taking pictures, that takes photos"),
    _used("phone", "call someone with, make a call with, phone someone with", "laptop, television, camera, watch", "things for calling", "for calling someone, that rings when someone calls"),
    _used("broom", "sweep with, sweep the floor with", "paintbrush, bucket, toothbrush", "things for sweeping", "for sweeping, that sweeps the floor"),
    _used("key", "open a lock with, unlock a door with", "door, lock, saw, axe, hammer", "things for unlocking", "that opens a lock, for unlocking doors"),
    _used("bathtub", "take a bath in, bathe in", "bucket, toilet, boat", "things for a bath", "for a bath, you fill with water to bathe"),
    _used("ladder", "climb up to the roof with, reach high places with", "tree, rock, chair, box", "things for climbing up", "with rungs, that has rungs"),
    _used("mirror", "look at yourself in, see yourself in", "phone, camera, water drop, television", "things that show your reflection", "that shows your reflection, that reflects your face"),
)  # fmt: skip
"""Kinds that one phrase stands for."""

UNION = (
    _kind("bird, bee, butterfly, bat, airplane, helicopter, rocket", "things that can fly, flying things, things that fly, things able to fly, things which can fly", "that can fly, that flies, that is able to fly, flying, able to fly, which can fly, that could fly", "can fly, flies, could fly, is able to fly, is flying", "can fly, fly, could fly, are able to fly",
          "penguin, chicken, chick, ladybug, ant, caterpillar, ufo, kite, balloon, parachute, ghost, feather, leaf, santa claus, astronaut, alien, cloud, snowflake, dinosaur, robot"),
    _kind("bird, bee, butterfly, bat, airplane", "things with wings, winged things, things that have wings", "with wings, that has wings, that has got wings", "has wings, has got wings, do you see wings on", "have wings, have got wings",
          "ladybug, ant, caterpillar, ufo, rocket, helicopter, kite, dinosaur, ghost, feather, person, building"),
    _kind("airplane, helicopter, rocket, ufo", "flying machines, machines that fly, aircraft, vehicles that fly, flying vehicles, vehicles that can fly", "a pilot flies, that is a flying machine, that flies and is a machine", "is a flying machine, is an aircraft", "are flying machines, are aircraft",
          "kite, balloon, parachute, robot"),
    _kind("dog, cat", "pets, house pets, animals people keep at home, pet animals, household pets, animals kept as pets", "that is a pet, people keep as a pet, that lives with people at home, you would keep as a pet", "is a pet, makes a good pet, do people keep as a pet, lives at home with people", "are pets, make good pets, do people keep as pets",
          "rabbit, mouse, fish, parrot, turtle, horse, snake, frog, spider, squirrel, bird, pig, lion, tiger, fox, monkey, octopus"),
    _kind("animal, person, plant", "living things, living beings, living beings or plants, things that are alive, things that live", "alive, living, that is alive, that lives, that is living, with a life, that breathes or grows", "is alive, lives, is living, is a living thing", "are alive, live, are living, are living things",
          "mushroom, leaf, food, pumpkin, snowman, robot, ghost, alien, skull, nest, feather, shell, bone, teddy bear, fire, sun"),
    _kind("clock, watch", "things that tell the time, things that show the time, timepieces", "that tells the time, that shows the time, to tell the time, you can read the time from, telling the time, that tells you how late it is", "tells the time, shows the time, tells you how late it is, says what time it is", "tell the time, show the time",
          "hourglass, phone, laptop, television, sun"),
    _used("chair, couch", "sit on, take a seat on, sit down on", "bed, toilet, bathtub, horse, rock, bicycle, motorcycle, scooter, box, bucket, tractor, camel, elephant, sled, shopping cart, skateboard",
          "seats, things for sitting, places to sit", "for sitting, that is a seat, for tired legs"),
    _used("horse, bicycle, motorcycle, scooter", "ride, ride on", "camel, elephant, skateboard, sled, car, bus, train, tractor, truck, boat, airplane, helicopter, rocket, ufo, ambulance, zebra, dolphin, whale, pig, shopping cart, ferris wheel, dinosaur",
          "", "for riding, with a saddle or handlebars"),
    _used("toy, ball, dice", "play with, play a game with, have fun playing with",
          "balloon, game controller, skateboard, scooter, sled, musical instrument, robot, gift, dartboard, kid, baby, animal",
          "things for playing, things a child plays with, things from a toy box, things children play with", "for playing, a child plays with, for children to play with, from a toy box"),
    _used("ball, skateboard, dartboard", "do sports with, play sports with",
          "sled, trophy, medal, bicycle, scooter, shoe, kite, horse, boat, sword, shirt, yo-yo, parachute",
          "sports things, things for sports, sports equipment, sport things, sports gear, sporting goods", "for sports, for playing sports, an athlete uses, that is for sport"),
    _used("light bulb, candle, flashlight", "light up a room with, see in the dark with", "sun, moon, star, fire, lightning bolt, phone, laptop, television, electronic device, vehicle, pumpkin",
          "things that give light, sources of light, things that shine in the dark, things for lighting up a room", "that gives light, that makes light, that lights up, for a dark room, for light"),
    _used("scissors, saw, axe, sword", "cut with, cut something with", "screwdriver, shell, tooth, paperclip, crab",
          "sharp things, things that cut, things with a blade, cutting tools", "sharp, that cuts, with a blade, for cutting, that has a blade"),
    _used("handbag, backpack, suitcase", "pack your things in, carry your things in", "box, basket, bucket, shopping cart, money bag, envelope, gift, vehicle",
          "bags, bags of any kind, things for carrying stuff", "to pack for a trip, that is a bag, for carrying stuff"),
    _used("cup, drink", "drink from, drink out of", "teapot, bucket, vase, trophy, coconut, bathtub", "things for drinking, drinking vessels", "for drinking, that holds a drink"),
    _kind("fruit, vegetable", "healthy foods, healthy things to eat, fruits or vegetables, vegetables or fruits, healthy snacks", "healthy to eat, healthy, that is fruit or vegetable, from the vegetable aisle, with vitamins", "is healthy to eat, is a fruit or a vegetable", "are healthy to eat, are fruit or vegetables",
          "salad, avocado, coconut, tomato, chili pepper, egg, drink, mushroom, pumpkin, sushi, bread, cheese, fish, sandwich"),
    _kind("hamburger, pizza, hot dog, french fry", "fast foods, fast food items, pieces of fast food, fast food meals", "from a fast food restaurant, that is fast food, fast food", "is fast food, comes from a fast food restaurant", "are fast food, come from a fast food restaurant",
          "taco, donut, popcorn, sandwich, ice cream, candy, sushi, chicken, salad, pancake, pie, drink"),
    _kind("ring, crown", "jewels, pieces of jewelry, jewelry items, shiny jewels", "that is jewelry, a jeweler sells, made of gold to wear", "is jewelry, does a jeweler sell", "are jewelry, does a jeweler sell",
          "watch, medal, ribbon, diamond, glasses, coin, trophy, heart"),
    _kind("sun, cloud, rainbow, snowflake, lightning bolt", "weather things, signs of weather, things to do with weather, weather symbols", "about the weather, to do with the weather, that is weather", "has to do with the weather, is about the weather", "have to do with the weather, are about the weather",
          "moon, star, umbrella, water drop, snowman, fire, globe"),
)  # fmt: skip
"""Kinds that a few phrases stand for together. No two of them are true of the same thing."""

WITHOUT = {
    "wild": _kind("animal", "wild animals, animals that live in the wild, animals that are not tame, jungle animals or other wild animals, zoo animals, undomesticated animals", "that lives in the wild, wild, that is a wild animal, you would see on a safari", "lives in the wild, is a wild animal, is wild", "live in the wild, are wild animals, are wild",
                  "rabbit, mouse, fish, parrot, turtle, duck, insect, frog, squirrel, bird, camel, person, spider, snail, raccoon, crab, lobster, snake, scorpion", "farm animal, dog, cat"),
    "wheeled": _kind("vehicle", "things with wheels, wheeled things, things that have wheels, things on wheels, vehicles with wheels", "with wheels, that has wheels, on wheels, that rolls on wheels, that has got wheels, that needs tires", "has wheels, has got wheels, rolls on wheels, needs tires", "have wheels, have got wheels, roll on wheels",
                     "airplane, helicopter, skateboard, shopping cart, wheel, suitcase, chair, sled, robot, gear, ferris wheel, bed", "boat, airplane, helicopter, rocket, ufo"),
    "dead": _kind("thing", "things that are not alive, lifeless things, non-living things, nonliving things, things that are not living, dead objects, inanimate things", "that is not alive, lifeless, not alive, not living, that does not live, inanimate", "is not alive, is not living, is lifeless, does not live", "are not alive, are not living, do not live, are lifeless",
                  "mushroom, leaf, food, pumpkin, snowman, robot, ghost, alien, skull, nest, feather, shell, bone, teddy bear, fire, sun", "animal, person, plant"),
    "furry": _kind("animal", "furry animals, animals with fur, furry things, things with fur, fluffy animals, fuzzy animals, hairy animals", "furry, with fur, that has fur, fluffy, that is furry, with soft fur", "has fur, is furry, has soft fur, is covered in fur", "have fur, are furry, are covered in fur",
                   "pig, elephant, hippo, rhino, dinosaur, person, scorpion, teddy bear, coat, octopus, caterpillar, peach, coconut, kiwi, jellyfish",
                   "bird, sea animal, insect, frog, turtle, snake, crocodile, snail, spider"),
}  # fmt: skip
"""Kinds that a phrase stands for, but for those of which others are true as well."""


def _texts(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


_COUNT = {
    "called": """
        how many {u} are there [$pic]
        how many {u} (do you see|can you see|can you find|can you count) [$pic]
        how many {u}
        how many {u} (in total|altogether|in all)
        number of {u}
        $count [(all|all the|the)] {u}
        $tell how many {u} there are
        what is the number of {u}
        $pic, how many {u} are there
        how many of the things are {u}
        how many of (these|them) are {u}
        {u}: how many
        (the|this) picture $has how many {u}
        there are how many {u}
        total number of {u}
        give me the number of {u}
    """,
    "do": """
        how many things {u} [$pic]
        how many of the things {u}
        how many of (them|these) {u}
        how many {u}
        how many (things|objects) (here|there) {u}
        of (all |)the things, how many {u}
        $tell how many things {u}
        how many things in the picture {u}
        how many different things {u}
    """,
}
_ANY = {
    "called": """
        are there any {u} [$pic]
        are there {u} [$pic]
        do you see any {u}
        can you (see|find|spot) [any] {u}
        any {u} [$pic]
        $check $whether there are any {u}
        does (the|this) $picture $containing [any] {u}
        there are {u}, (right|true)
        are any {u} (visible|present|to be seen)
        got any {u}
        {u} in it
        are any of the things {u}
    """,
    "which": """
        is there (anything|something) {u} [$pic]
        is (anything|something) there {u}
        do you see (anything|something) {u}
        (anything|something) {u}
        can you (see|find|spot) (anything|something) {u}
        is there (a thing|an object|one thing) {u}
        does (the|this) $picture $containing (anything|something) {u}
        $check $whether there is (anything|something) {u}
        any thing {u} [$pic]
        got anything {u}
        there is something {u}, (right|true)
        is there (at least one thing|some object) {u}
        i need something {u}, is there one
        would i find (anything|something) {u}
    """,
    "does": """
        is there (anything|something) [here] that {u}
        does it have anything that {u}
        anything [in the picture] that {u}
        do you see (anything|something) that {u}
        $check $whether anything there {u}
        is there a thing which {u}
    """,
}
_LIST = {
    "called": """
        (what|which) {u} are there [$pic]
        (what|which) {u} (do you see|can you see|can you find)
        $name (the|all|all the) {u}
        list (the|all|all the) {u} [$pic]
        what are the {u} [$pic]
        which of the things are {u}
        which (things|objects) are {u}
        give me (all the|the|a list of) {u}
        the {u} are what
        what kinds of {u} do you see
        {u}: which ones
        $tell which {u} there are
    """,
    "which": """
        what is there {u}
        what (do you see|can you see|can you find) {u}
        what is the thing {u}
        which (thing|object) is the one {u}
        $name (the thing|everything|what is there) {u}
        list everything {u}
        there is something {u}. what is it
        (show|find) me something {u}, what is it
        i (want|need|am looking for) something {u}, what is there
        the thing {u} is what
        what have we got {u}
    """,
    "does": """
        what {u} [$pic]
        (what|which) thing {u}
        which of (the things|these|them|these things) {u}
        which one {u}
        which object {u}
        what in the picture {u}
        what here {u}
        $tell what {u}
    """,
}
_COLOUR = """
    $whatcolour is the (thing|one|object) {u} [$pic]
    what is the $colour of the (thing|one|object) {u}
    (which|what) $colour does the (thing|one) {u} have
    $colour of the thing {u}
    the (thing|one) {u} is what $colour
    $tell the $colour of the (thing|object) {u}
    there is something {u}. $whatcolour is it
    $whatcolour is that thing {u}
    $name the $colour of the thing {u}
"""
_EXTREME = """
    what is the @ (thing|object|one) {u} [$pic]
    which is the @ thing {u}
    which (thing|object) {u} is (the |)@
    of the things {u}, which (one |)is (the |)@
    the @ (thing|one) {u} is what
    $name the @ thing {u}
    @ thing {u}
    what (is|do you call) the @ thing {u}
    $tell which is the @ thing {u}
"""
_EXTREMES = (
    ("leftmost", "min", "x.horizontal_center", "(leftmost|most left|furthest left|left-most)"),
    ("rightmost", "max", "x.horizontal_center", "(rightmost|most right|furthest right|right-most)"),
    ("biggest", "max", "x.width * x.height", "(biggest|largest)"),
    ("smallest", "min", "x.width * x.height", "(smallest|tiniest)"),
)
_MORE = """
    are there more things {u} than (things|ones) {v}
    do you see more things {u} than things {v}
    more things {u} than things {v}
    does (the|this) $picture have more things {u} than things {v}
    $check $whether there are more things {u} than things {v}
    is the number of things {u} (higher|bigger|greater) than that of things {v}
    do the things {u} outnumber the (things|ones) {v}
    there are more things {u} than things {v}, (right|true)
"""

_COUNTED = {"one": "len(p.find({u}))", "some": "sum(len(p.find(n)) for n in ({u}))"}
_PRESENT = {"one": "p.exists({u})", "some": "any(p.exists(n) for n in ({u}))"}
_FOUND = {"one": "p.find({u})", "some": "[x for n in ({u}) for x in p.find(n)]"}
_EACH = {"one": "for x in p.find({u})", "some": "for n in ({u}) for x in p.find(n)"}
KINDS = {"one": ONE, "some": UNION}

Pairs = tuple[tuple[str, str], ...]


_BROAD, _NARROW = 72, 8
"""About how often a kind stands among the sayings of a form, with many nouns or with one."""
_CATEGORIES = frozenset(category.name for category in lexicon.CATEGORIES)
_INVERTED = re.compile(r"(can|could|do|does) (you|i|we|one|people|someone|a) ")


def _said(kinds: tuple[Kind, ...], way: str, name: str = "") -> Pairs:
    """What each kind is called in this way, with the phrases of the program; a kind of few sayings has them repeated, so
    that it comes up as often as others. "Anything that can you eat" is no English."""
    pairs: list[tuple[str, str]] = []
    for kind in kinds:
        own = [said for said in getattr(kind, way) if not (name.startswith("any_") and _INVERTED.match(said))]
        broad = len(kind.phrases) > 1 or kind.phrases[0] in _CATEGORIES
        times = max(1, (_BROAD if broad else _NARROW) // len(own)) if own else 0
        pairs += [(said, _texts(kind.phrases)) for said in own] * times
    return tuple(pairs)


def _described(number: str) -> tuple[Form, ...]:
    kinds = KINDS[number]
    forms = [
        *((f"count_{number}_{way}", "count", f"return {_COUNTED[number]}", text, way, 1.1) for way, text in _COUNT.items()),
        *((f"any_{number}_{way}", "existence", f"return {_PRESENT[number]}", text, way, 0.9) for way, text in _ANY.items()),
        *((f"list_{number}_{way}", "naming", f'return ", ".join(sorted(set([x.{WHAT} {_EACH[number]}])))', text, way, 0.7) for way, text in _LIST.items()),
        (f"color_{number}", "attribute", f"return {_FOUND[number]}[0].{WHAT_COLOUR}", _COLOUR, "which", 0.6),
        *((f"{name}_{number}", "superlative", f"return {pick}({_FOUND[number]}, key=lambda x: {key}).{WHAT}", _EXTREME.replace("@", said), "which", 0.25) for name, pick, key, said in _EXTREMES),
    ]  # fmt: skip
    return tuple(
        Form(name, family, program, patterns(text), weight, fixed={"u": _said(kinds, way, name)}, split_as=name if "most" not in name else f"most_{number}")
        for name, family, program, text, way, weight in forms
    )  # fmt: skip


def _kinds_without(name: str, kind: Kind) -> tuple[Form, ...]:
    (phrase,) = kind.phrases
    found, others = f'p.find("{phrase}")', _texts(kind.without)
    some = f"{found} if not any(x.exists(n) for n in ({others}))"
    count = f"len({found}) - sum(len(p.find(n)) for n in ({others}))"
    rows = (
        *((f"count_{name}_{way}", "count", f"return {count}", text, way) for way, text in _COUNT.items()),
        *((f"any_{name}_{way}", "existence", f"return {count} > 0", text, way) for way, text in _ANY.items() if way != "does"),
        *((f"list_{name}_{way}", "naming", f'return ", ".join(sorted(set([x.{WHAT} for x in {some}])))', text, way) for way, text in _LIST.items() if way != "which" and name != "dead"),
    )  # fmt: skip
    return tuple(
        Form(form, family, program, patterns(text), 0.16, fixed={"u": getattr(kind, way)}, split_as=f"{family}_{way}")
        for form, family, program, text, way in rows
    )


FORMS: tuple[Form, ...] = (
    *(form for number in KINDS for form in _described(number)),
    *(form for name, kind in WITHOUT.items() for form in _kinds_without(name, kind)),
    Form("more_described", "compare", "return len(p.find({u})) > len(p.find({v}))", patterns(_MORE), 0.5,
         fixed={"u": _said(ONE, "which"), "v": _said(ONE, "which")}),
    Form("who", "naming", f'return ", ".join(sorted(set([x.{WHAT} for x in p.find("person")])))', patterns("""
        who (is there|is in it|can you see|do you see|is visible) [$pic]
        who is $inthe
        who is (this|that|shown)
        (which|what) people (are there|do you see)
        name (all |)the people
        list everyone
        who all is there
        who can be seen
        (which|what) (humans|persons) do you see
        who are (they|these people|the people)
    """), 0.5, fixed={"a": ("boy", "girl", "man", "woman")}),
)  # fmt: skip


# --- truth -------------------------------------------------------------------------------------------------------

_BY_SAYING: dict[str, Kind] = {}
for _one in (*ONE, *UNION):
    for _saying in (*_one.called, *_one.which, *_one.does, *_one.do):
        if _BY_SAYING.setdefault(_saying, _one).phrases != _one.phrases:
            raise ValueError(f"{_saying!r} is said of two kinds")


def members(view: View, kind: Kind) -> list[Thing]:
    """The things of a kind.

    Raises:
        Unclear: something is there of which it can be disputed.
    """
    here = view.all("thing")
    if any(lexicon.is_a(thing.noun, name) for thing in here for name in kind.disputed):
        raise Unclear("it can be disputed")

    def is_one(thing: Thing, names: tuple[str, ...]) -> bool:
        return any(lexicon.is_a(thing.noun, name) for name in names)

    return [thing for thing in here if is_one(thing, kind.phrases) and not is_one(thing, kind.without)]


def _counted(view: View, slots: Slots, kind: Kind | None = None) -> int:
    return len(members(view, kind or _BY_SAYING[slots["u"]]))


def _present(view: View, slots: Slots, kind: Kind | None = None) -> bool:
    return _counted(view, slots, kind) > 0


def _listed(view: View, slots: Slots, kind: Kind | None = None) -> str:
    found = members(view, kind or _BY_SAYING[slots["u"]])
    if not found:
        raise Unclear("none")
    return ", ".join(sorted({thing.noun for thing in found}))


def _colour(view: View, slots: Slots) -> str:
    found = members(view, _BY_SAYING[slots["u"]])
    if len(found) != 1:
        raise Unclear("not one")
    return colour_of(found[0])


def _most(view: View, slots: Slots, name: str) -> str:
    found = members(view, _BY_SAYING[slots["u"]])
    if name in ("biggest", "smallest"):
        return extreme(found, lambda t: t.area, ratio=SIZE_RATIO, least=name == "smallest").noun
    span = view.scene.width
    return extreme(found, lambda t: t.center[0] / span, margin=SIDE_MARGIN, least=name == "leftmost").noun


def _more(view: View, slots: Slots) -> bool:
    ones, others = (members(view, _BY_SAYING[slots[name]]) for name in ("u", "v"))
    if not ones or not others or any(thing in others for thing in ones):
        raise Unclear("not two kinds")
    return len(ones) > len(others)


def _who(view: View, slots: Slots) -> str:
    return _listed(
        view, slots, Kind(("person",), disputed=("animal", "robot", "alien", "ghost", "snowman", "teddy bear"))
    )


Truth = Callable[[View, Slots], bool | int | str]


def _truths() -> dict[str, Truth]:
    truths: dict[str, Truth] = {"more_described": _more, "who": _who}
    about: dict[str, Callable[..., bool | int | str]] = {"count": _counted, "any": _present, "list": _listed}
    for form in FORMS:
        stem, _, rest = form.name.partition("_")
        name = rest.partition("_")[0]
        if stem in about:
            truths[form.name] = partial(about[stem], kind=WITHOUT.get(name))
        elif stem == "color":
            truths[form.name] = _colour
        elif stem in dict.fromkeys(name for name, *_ in _EXTREMES):
            truths[form.name] = partial(_most, name=stem)
    return truths


TRUTH: dict[str, Truth] = _truths()
"""By the name of the form."""
