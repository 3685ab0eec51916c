"""The nouns that questions are about: singular and plural forms, everyday words, made-up words, and what is held out.

The planner must copy nouns that it never saw. So training mixes the world's own nouns with everyday words of any kind
and with made-up ones, and some of each kind are held out of training for good.
"""

import random
import zlib
from functools import lru_cache

from models.plain_question import plain_question

IRREGULAR = {
    "person": "people",
    "man": "men",
    "woman": "women",
    "child": "children",
    "mouse": "mice",
    "goose": "geese",
    "foot": "feet",
    "tooth": "teeth",
    "leaf": "leaves",
    "loaf": "loaves",
    "knife": "knives",
    "wolf": "wolves",
    "calf": "calves",
    "shelf": "shelves",
    "scarf": "scarves",
    "half": "halves",
    "thief": "thieves",
    "elf": "elves",
    "potato": "potatoes",
    "tomato": "tomatoes",
    "mango": "mangoes",
    "hero": "heroes",
    "volcano": "volcanoes",
    "cactus": "cacti",
    "octopus": "octopuses",
    "ox": "oxen",
    "sheep": "sheep",
    "fish": "fish",
    "deer": "deer",
    "squid": "squid",
    "shrimp": "shrimp",
    "salmon": "salmon",
    "moose": "moose",
    "aircraft": "aircraft",
    "bread": "bread",
    "fruit": "fruit",
    "rice": "rice",
    "sushi": "sushi",
    "broccoli": "broccoli",
    "garlic": "garlic",
    "cheese": "cheese",
    "bacon": "bacon",
    "furniture": "furniture",
    "clothing": "clothing",
    "food": "food",
    "scissors": "scissors",
    "glasses": "glasses",
    "sunglasses": "sunglasses",
    "jeans": "jeans",
    "shorts": "shorts",
    "headphones": "headphones",
    "binoculars": "binoculars",
    "pants": "pants",
    "trousers": "trousers",
    "spaghetti": "spaghetti",
    "quiz": "quizzes",
    "bus": "buses",
    "corn": "corn",
    "dice": "dice",
}
"""Plurals that no rule gives. The key is the last word of the noun: a snowman's plural is found under "man"."""


@lru_cache(maxsize=16384)
def plural(noun: str) -> str:
    """The plural of a noun of one or more words: `slice of pizza` -> `slices of pizza`."""
    noun, of, rest = noun.partition(" of ")
    head, space, last = noun.rpartition(" ")
    return head + space + _plural_word(last) + of + rest


def _plural_word(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    for end in ("woman", "man"):
        if word.endswith(end) and len(word) > len(end) + 1 and word != "human":
            return word[: -len(end)] + IRREGULAR[end]
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def article(noun: str) -> str:
    """`a` or `an`, by the first letter."""
    vowel = noun[:1] in "aeio" or (noun[:1] == "u" and not noun.startswith(("uni", "use", "ut", "uk")))
    return "an" if vowel else "a"


EVERYDAY = tuple(
    word.strip()
    for word in """
    backpack, suitcase, handbag, wallet, purse, umbrella, raincoat, jacket, sweater, shirt, skirt, sock, shoe, boot,
    sandal, slipper, glove, mitten, scarf, hat, cap, helmet, crown, ring, necklace, bracelet, earring, watch, belt,
    tie, button, zipper, pocket, ribbon, blanket, pillow, mattress, bed, crib, cradle, sofa, couch, armchair, chair,
    stool, bench, table, desk, shelf, bookshelf, cupboard, wardrobe, drawer, dresser, mirror, lamp, lantern, candle,
    chandelier, curtain, carpet, rug, doormat, door, doorbell, window, wall, roof, chimney, staircase, ladder,
    elevator, balcony, fence, gate, mailbox, letter, envelope, stamp, postcard, parcel, box, crate, barrel, basket,
    bucket, bottle, jar, jug, mug, cup, teacup, saucer, plate, bowl, fork, knife, spoon, chopstick, teapot, kettle,
    pan, pot, wok, oven, stove, toaster, blender, microwave, fridge, freezer, dishwasher, sink, faucet, tap, bathtub,
    shower, toilet, towel, sponge, brush, toothbrush, comb, razor, soap, shampoo, broom, mop, vacuum cleaner, dustpan,
    iron, hanger, washing machine, clothesline, needle, thimble, thread, sewing machine, hammer, screwdriver, wrench,
    saw, drill, axe, nail, screw, bolt, nut, hook, rope, chain, lock, key, padlock, toolbox, shovel, rake, hoe,
    wheelbarrow, lawnmower, hose, sprinkler, watering can, flowerpot, vase, bouquet, rose, tulip, daisy, sunflower,
    orchid, lily, cactus, fern, bush, hedge, tree, palm tree, pine cone, acorn, branch, log, stump, root, leaf, petal,
    seed, mushroom, rock, stone, pebble, boulder, brick, tile, plank, statue, fountain, pond, bridge, tunnel, tower,
    castle, palace, temple, church, mosque, windmill, lighthouse, skyscraper, cottage, cabin, hut, tent, igloo, barn,
    stable, silo, greenhouse, garage, gas station, bus stop, train station, airport, harbour, dock, pier, playground,
    slide, swing, seesaw, sandbox, merry-go-round, ferris wheel, roller coaster, circus tent, stage, screen,
    projector, television, radio, telephone, phone, smartphone, laptop, computer, keyboard, monitor, printer, scanner,
    tablet, camera, tripod, microphone, loudspeaker, headphones, remote control, joystick, console, battery, charger,
    plug, socket, cable, antenna, satellite, rocket, spaceship, robot, drone, telescope, microscope, magnifying glass,
    compass, globe, map, flag, clock, alarm clock, hourglass, stopwatch, calendar, notebook, book, dictionary,
    magazine, newspaper, pencil, pen, marker, crayon, paintbrush, easel, painting, poster, picture frame, ruler,
    eraser, stapler, paperclip, scissors, glue stick, tape, thumbtack, folder, clipboard, blackboard, whiteboard,
    chalk, schoolbag, lunchbox, piggy bank, coin, banknote, cash register, shopping cart, shopping bag, price tag,
    receipt, ticket, trophy, medal, certificate, dice, domino, chess piece, playing card, puzzle, jigsaw, yo-yo, kite,
    balloon, ball, football, basketball, baseball, tennis ball, golf ball, bowling pin, hockey stick, tennis racket,
    surfboard, skateboard, snowboard, ski, sled, ice skate, roller skate, scooter, bicycle, tricycle, motorcycle, car,
    taxi, van, truck, pickup truck, fire truck, ambulance, police car, bus, school bus, tram, train, locomotive,
    subway, airplane, helicopter, glider, hot air balloon, parachute, boat, sailboat, canoe, kayak, raft, ferry, ship,
    submarine, yacht, anchor, oar, paddle, life jacket, buoy, tractor, bulldozer, crane, excavator, forklift, trailer,
    caravan, wagon, carriage, wheel, tire, tyre, steering wheel, seat belt, engine, headlight, license plate,
    traffic light, traffic cone, stop sign, street lamp, parking meter, fire hydrant, manhole, sidewalk, crosswalk,
    billboard, sign, signpost, trash can, dumpster, recycling bin, garden gnome, scarecrow, snowman, snowflake,
    icicle, cloud, rainbow, sun, moon, star, planet, comet, volcano, mountain, hill, island, waterfall, wave, shell,
    starfish, coral, seaweed, sandcastle, beach ball, deck chair, parasol, ice cube, ice cream, popsicle, lollipop,
    candy, chocolate bar, cookie, biscuit, brownie, cupcake, muffin, cake, birthday cake, pie, tart, donut, doughnut,
    croissant, bagel, pretzel, bun, baguette, loaf, slice of bread, sandwich, hamburger, burger, hot dog, pizza, taco,
    burrito, kebab, sausage, steak, meatball, drumstick, ham, bacon, egg, fried egg, omelette, pancake, waffle,
    cheese, yogurt, milk carton, butter, jam jar, honey pot, cereal box, salad, soup, noodle, dumpling, spring roll,
    rice ball, potato, french fry, carrot, onion, garlic, tomato, cucumber, pepper, chili pepper, eggplant, zucchini,
    pumpkin, cabbage, lettuce, broccoli, cauliflower, radish, turnip, beet, leek, pea, bean, corn cob, olive, avocado,
    apple, pear, peach, plum, cherry, apricot, grape, strawberry, raspberry, blueberry, blackberry, banana, orange,
    lemon, lime, grapefruit, pineapple, coconut, kiwi, mango, melon, watermelon, papaya, fig, pomegranate, walnut,
    peanut, almond, chestnut, coffee cup, wine glass, beer mug, milkshake, juice box, soda can, straw, napkin, tray,
    cork, corkscrew, can opener, whisk, ladle, spatula, rolling pin, cutting board, grater, colander, measuring cup,
    apron, oven mitt, dog, puppy, cat, kitten, rabbit, bunny, hamster, guinea pig, mouse, rat, squirrel, hedgehog,
    fox, wolf, bear, polar bear, panda, koala, kangaroo, lion, tiger, leopard, cheetah, jaguar, elephant, rhino,
    hippo, giraffe, zebra, camel, llama, alpaca, horse, foal, pony, donkey, mule, cow, bull, calf, ox, buffalo, bison,
    sheep, lamb, goat, pig, piglet, boar, deer, moose, reindeer, monkey, gorilla, chimpanzee, sloth, bat, beaver,
    otter, seal, walrus, whale, dolphin, shark, goldfish, fish, eel, octopus, squid, crab, lobster, shrimp, snail,
    slug, worm, caterpillar, butterfly, moth, bee, wasp, fly, mosquito, dragonfly, ladybug, beetle, ant, spider,
    grasshopper, cricket, scorpion, frog, toad, lizard, gecko, snake, crocodile, alligator, turtle, tortoise,
    dinosaur, dragon, unicorn, bird, sparrow, robin, pigeon, dove, crow, raven, magpie, parrot, canary, owl, eagle,
    hawk, falcon, vulture, seagull, pelican, penguin, flamingo, stork, heron, swan, duck, duckling, goose, chicken,
    hen, rooster, chick, turkey, peacock, ostrich, nest, birdhouse, cage, aquarium, leash, collar, bone, dog house,
    saddle, horseshoe, feather, paw, wing, tail, horn, antler, tooth, person, man, woman, boy, girl, kid, child, baby,
    toddler, teenager, adult, grandfather, grandmother, guy, lady, gentleman, student, teacher, doctor, nurse,
    dentist, chef, cook, waiter, waitress, farmer, gardener, baker, butcher, barber, painter, singer, dancer, actor,
    musician, drummer, pianist, guitarist, juggler, clown, magician, acrobat, astronaut, pilot, sailor, soldier,
    knight, king, queen, prince, princess, pirate, wizard, witch, ghost, zombie, vampire, mermaid, fairy, elf, angel,
    superhero, firefighter, police officer, judge, lawyer, mechanic, plumber, electrician, carpenter,
    construction worker, miner, fisherman, cyclist, runner, swimmer, skier, skater, surfer, climber, hiker, golfer,
    tourist, passenger, pedestrian, driver, customer, shopper, bride, groom, twin, stroller, high chair,
    rocking horse, teddy bear, doll, dollhouse, puppet, toy car, toy train, building block, marble, drum, guitar,
    violin, cello, piano, trumpet, trombone, flute, clarinet, saxophone, accordion, harp, harmonica, xylophone,
    tambourine, bell, whistle, gong, music stand, record player, thermometer, syringe, pill, bandage, stethoscope,
    wheelchair, crutch, stretcher, scale, dumbbell, treadmill, trampoline, punching bag, dart, dartboard, bow, arrow,
    sword, shield, spear, cannon, treasure chest, flashlight, torch, match, lighter, campfire, fireplace,
    sleeping bag, hammock, canteen, fishing rod, net, snorkel, diving mask, goggle, whirlpool, cobweb, beehive,
    anthill, bubble, firework, gift, present, christmas tree, wreath, stocking, jack-o'-lantern, mask, costume, wig,
    moustache, lipstick, perfume bottle, nail polish, hair dryer, sunglasses, contact lens, cufflink, walking stick,
    fan, heater, radiator, air conditioner, solar panel, wind turbine, power line, pylon, pipe, valve, gear, spring,
    magnet, light bulb, light switch, fuse, test tube, beaker, flask, funnel, pipette, crystal, diamond, gemstone,
    pearl, gold bar, skull, skeleton, fossil, mummy, pyramid, sphinx, totem, canyon, glacier, geyser, cave, cliff,
    dune, oasis, vineyard, orchard, haystack, beanstalk, scallop, oyster, clam, cinnamon roll, eclair, macaron,
    marshmallow, gummy bear, jelly bean, granola bar, popcorn box, nacho, falafel, samosa, quiche, lasagna, ravioli,
    circle, square, triangle, rectangle, oval, hexagon, pentagon, diamond shape, heart, cross, spiral, sphere, cube,
    cylinder, cone
    """.replace("\n", " ").split(",")
)
"""Some 900 everyday words and pairs of words, singular."""

CATEGORY_WORDS = (
    "animal", "bird", "insect", "vehicle", "fruit", "vegetable", "food", "person", "plant", "flower",
    "building", "tool", "toy", "instrument", "sea creature", "farm animal", "dessert", "drink", "shape",
    "piece of furniture",
)  # fmt: skip
"""Words that stand for many kinds of things."""

COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray", "teal")
"""The colours that questions in training mostly ask for: the world's."""

RARE_COLOURS = (
    "grey", "turquoise", "beige", "golden", "silver", "cyan", "violet", "maroon", "striped",
    "spotted",
)  # fmt: skip

_HELD_OUT_SEED = 71
_HELD_OUT_SHARE = 12


def _held_out() -> frozenset[str]:
    words = sorted(set(EVERYDAY))
    return frozenset(random.Random(_HELD_OUT_SEED).sample(words, len(words) // _HELD_OUT_SHARE))


HELD_OUT = _held_out()
"""Everyday nouns that never occur in training questions, except those that are the world's own."""

_ONSETS = (
    "b", "bl", "br", "c", "ch", "cr", "d", "dr", "f", "fl", "g", "gl", "gr", "h", "j", "k", "kl", "l", "m", "n",
    "p", "pl", "qu", "r", "s", "sk", "sl", "sn", "sp", "st", "t", "tr", "v", "w", "wh", "y", "z", "zw",
)  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "ee", "oo", "ai", "ou", "y")
_CODAS = (
    "", "", "b", "ck", "d", "ff", "g", "k", "l", "m", "n", "nk", "p", "r", "rb", "rt", "st", "t", "x", "zz", "ket",
    "ble", "mer", "lo", "ra",
)  # fmt: skip


def made_up(rng: random.Random, held_out: bool = False) -> str:
    """A word that is in no dictionary, 3 to 10 letters, such as `blicket`.

    One in ten of all such words never comes up in training: with `held_out`, only those do.
    """
    while True:
        word = rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS)
        for _ in range(rng.choice((0, 1, 1, 2))):
            word += rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS)
        fits = 3 <= len(word) <= 10 and not word.endswith(("s", "y", "man"))
        if fits and (zlib.crc32(word.encode()) % 10 == 0) == held_out and word not in EVERYDAY and _stays(word):
            return word


def _stays(word: str) -> bool:
    """Whether no form of it is taken for a word of the world that was spelt badly ("hamer")."""
    said = f"{word} {plural(word)}"
    return plain_question(said) == said
