"""What the gallery shows and asks.

Every answer is computed from the ground truth of its scenes, none is typed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.embedded.world.lexicon import canonical
from models.embedded.world.scene import Scene, SceneSpec, Thing

Answer = Callable[..., str | None]
"""From the scenes of a question, in order, to its answer; None where they cannot tell."""


@dataclass(frozen=True)
class Question:
    text: str
    answer: Answer
    also: tuple[str, ...] = ()
    """Further items that it is about."""


@dataclass(frozen=True)
class Entry:
    name: str
    seed: int
    spec: SceneSpec
    questions: tuple[Question, ...]


# --- answers from truth ------------------------------------------------------------------------------------------


def count(scene: Scene, phrase: str) -> int:
    return len(scene.find(phrase))


def yes(truth: bool) -> str:
    return "yes" if truth else "no"


def only(scene: Scene, phrase: str) -> Thing:
    """The one thing of this description; ValueError if there are several or none."""
    (thing,) = scene.find(phrase)
    return thing


def how_many(phrase: str) -> Answer:
    return lambda scene: str(count(scene, phrase))


def is_there(phrase: str) -> Answer:
    return lambda scene: yes(bool(scene.find(phrase)))


def colour_of(phrase: str) -> Answer:
    return lambda scene: only(scene, phrase).colour if scene.find(phrase) else None


def background(scene: Scene) -> str:
    return scene.background


def more(a: str, b: str) -> Answer:
    return lambda scene: yes(count(scene, a) > count(scene, b))


def by(phrase: str, key: Callable[[Thing], float], what: str = "noun") -> Callable[[Scene], str]:
    """The noun (or another field) of the thing with the smallest key; the runner-up must be clearly behind."""

    def answer(scene: Scene) -> str:
        ranked = sorted(scene.find(phrase), key=key)
        if len(ranked) > 1 and abs(key(ranked[0]) - key(ranked[1])) < 0.04 * abs(key(ranked[1])):
            raise ValueError(f"the two best {phrase} are too close to call")
        return str(getattr(ranked[0], what))

    return answer


def gap(a: Thing, b: Thing) -> float:
    """Distance between the edges of two boxes, in pixels."""
    dx = max(a.box[0] - b.box[2], b.box[0] - a.box[2], 0.0)
    dy = max(a.box[1] - b.box[3], b.box[1] - a.box[3], 0.0)
    return float(np.hypot(dx, dy))


def nearest(phrase: str, to: str) -> Answer:
    def answer(scene: Scene) -> str:
        target = only(scene, to)
        return by(phrase, lambda thing: gap(thing, target) + 1e9 * (thing is target))(scene)

    return answer


def fair(scene: Scene) -> str:
    """Muffins a kid; an equal share must come out even."""
    share, rest = divmod(count(scene, "muffin"), count(scene, "kid"))
    if rest:
        raise ValueError("the muffins cannot be shared fairly")
    return str(share)


def x(thing: Thing) -> float:
    return thing.center[0]


def y(thing: Thing) -> float:
    return thing.center[1]


# --- the scenes --------------------------------------------------------------------------------------------------


def _spec(
    background: str, things: str, style: str = "fluent", arrange: Literal["scatter", "row"] = "scatter"
) -> SceneSpec:
    """A scene of things written as "3 red apples, 1 big bus"."""
    wanted = []
    for part in things.split(", "):
        number, _, words = part.partition(" ")
        phrase = canonical(words)
        if phrase is None:
            raise ValueError(f"the world does not know {words!r}")
        wanted.append((phrase.name, phrase.colour, int(number), phrase.size))
    return SceneSpec(wanted, background, style=style, width=400, height=300, arrange=arrange)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "muffins_and_kids",
        5,
        _spec("field", "8 medium muffin, 2 big kid", arrange="row"),
        (
            Question("How many muffins can each kid have for it to be fair?", fair),
            Question("How many kids are there?", how_many("kid")),
            Question("What color is the dog?", colour_of("dog")),
        ),
    ),
    Entry(
        "farm",
        8,
        _spec("field", "2 cow, 3 sheep, 1 pig, 1 big red tractor"),
        (
            Question("How many animals are there?", how_many("animal")),
            Question("What color is the tractor?", colour_of("tractor")),
            Question("Are there more sheep than cows?", more("sheep", "cow")),
        ),
    ),
    Entry(
        "beach_day",
        23,
        _spec("beach", "1 big red umbrella, 2 crab, 1 big palm tree, 1 boat, 2 ice cream"),
        (
            Question("What is the background?", background),
            Question("What color is the umbrella?", colour_of("umbrella")),
            Question("How many crabs are on the beach?", how_many("crab")),
        ),
    ),
    Entry(
        "penguins",
        17,
        _spec("snow", "4 penguin, 1 big snowman, 1 gift, 1 green scarf"),
        (
            Question("How many penguins can you see?", how_many("penguin")),
            Question("Is there a snowman?", is_there("snowman")),
            Question("What color is the scarf?", colour_of("scarf")),
        ),
    ),
    Entry(
        "spooky_night",
        20,
        _spec("night", "2 ghost, 3 pumpkin, 1 owl, 1 moon, 1 big castle"),
        (
            Question("Are there more pumpkins than ghosts?", more("pumpkin", "ghost")),
            Question("How many birds are there?", how_many("bird")),
            Question("Is there a sun in the picture?", is_there("sun")),
        ),
    ),
    Entry(
        "red_cars",
        10,
        _spec("city", "2 red car, 1 blue car, 1 yellow car, 1 big bus, 1 bicycle"),
        (
            Question("How many red cars are there?", how_many("red car")),
            Question("How many vehicles are there?", how_many("vehicle")),
            Question("Is there a green car?", is_there("green car")),
        ),
    ),
    Entry(
        "desert",
        7,
        _spec("desert", "3 cactus, 1 snake, 1 medium sun, 1 big tent"),
        (
            Question("Where is this?", background),
            Question("How many cacti are there?", how_many("cactus")),
            Question("What is the leftmost plant?", by("plant", x)),
        ),
    ),
    Entry(
        "forest_animals",
        7,
        _spec("forest", "1 big bear, 1 deer, 1 fox, 1 owl, 2 mushroom"),
        (
            Question("Which animal is the furthest to the left?", by("animal", x)),
            Question("Which animal is closest to the bear?", nearest("animal", "bear")),
            Question("How many mushrooms are there?", how_many("mushroom")),
        ),
    ),
    Entry(
        "living_room",
        11,
        _spec("room", "1 big couch, 1 medium television, 1 black cat, 2 cup, 1 clock"),
        (
            Question("What color is the cat?", colour_of("cat")),
            Question(
                "Is the cat to the left of the television?", lambda s: yes(x(only(s, "cat")) < x(only(s, "television")))
            ),
            Question("Is there a dog or a cat?", lambda s: yes(bool(s.find("dog") or s.find("cat")))),
        ),
    ),
    Entry(
        "fruit",
        40,
        _spec("room", "3 red apple, 2 green apple, 2 banana, 1 pear, 1 pineapple"),
        (
            Question("Are there more red apples than green apples?", more("red apple", "green apple")),
            Question("How many fruits are there?", how_many("fruit")),
            Question(
                "How many more apples than bananas are there?", lambda s: str(count(s, "apple") - count(s, "banana"))
            ),
        ),
    ),
    Entry(
        "shapes",
        7,
        _spec("snow", "2 blue circle, 1 red square, 1 green triangle, 1 yellow star, 1 pink heart, 1 blue diamond"),
        (
            Question("How many blue shapes are there?", how_many("blue shape")),
            Question("What color is the heart?", colour_of("heart")),
            Question("What shape is the furthest to the right?", by("shape", lambda t: -x(t))),
        ),
    ),
    Entry(
        "balloons",
        35,
        _spec("field", "3 red balloon, 1 yellow balloon, 2 blue balloon, 1 big kid"),
        (
            Question("How many balloons are not red?", lambda s: str(count(s, "balloon") - count(s, "red balloon"))),
            Question("Are all balloons red?", lambda s: yes(count(s, "balloon") == count(s, "red balloon"))),
            Question("What color is the kite?", colour_of("kite")),
        ),
    ),
    Entry(
        "picnic",
        28,
        _spec("field", "2 hamburger, 1 pizza, 1 hot dog, 2 donut, 1 cookie, 1 ladybug"),
        (
            Question("How many desserts are there?", how_many("dessert")),
            Question("Are there any animals?", is_there("animal")),
            Question(
                "Are there as many hamburgers as donuts?", lambda s: yes(count(s, "hamburger") == count(s, "donut"))
            ),
        ),
    ),
    Entry(
        "traffic",
        14,
        _spec("city", "1 big truck, 1 motorcycle, 2 bicycle, 1 ambulance, 1 dog"),
        (
            Question("What is the biggest vehicle?", by("vehicle", lambda t: -t.area)),
            Question("How many bicycles are there?", how_many("bicycle")),
            Question("Is the dog to the right of the truck?", lambda s: yes(x(only(s, "dog")) > x(only(s, "truck")))),
        ),
    ),
    Entry(
        "band",
        8,
        _spec("room", "1 guitar, 1 big drum, 1 trumpet, 1 piano, 2 boy"),
        (
            Question("How many musical instruments are there?", how_many("musical instrument")),
            Question("Are there more musical instruments than boys?", more("musical instrument", "boy")),
            Question("Is there a violin?", is_there("violin")),
        ),
    ),
    Entry(
        "sky",
        6,
        _spec("field", "1 medium airplane, 1 medium helicopter, 1 medium rocket, 2 cloud, 1 house"),
        (
            Question("What is the rightmost vehicle?", by("vehicle", lambda t: -x(t))),
            Question("How many clouds are in the sky?", how_many("cloud")),
            Question("What is the highest vehicle?", by("vehicle", y)),
        ),
    ),
    Entry(
        "garden",
        12,
        _spec("field", "2 rose, 2 medium sunflower, 2 butterfly, 1 bee, 1 ladybug"),
        (
            Question("How many insects are there?", how_many("insect")),
            Question("How many flowers are there?", how_many("flower")),
            Question("Are there butterflies and bees?", lambda s: yes(bool(s.find("butterfly") and s.find("bee")))),
        ),
    ),
    Entry(
        "birthday",
        4,
        _spec("room", "5 gift, 1 medium cake, 3 big kid", arrange="row"),
        (
            Question(
                "If every kid takes one gift, how many gifts are left?",
                lambda s: str(count(s, "gift") - count(s, "kid")),
            ),
            Question("Is there a cake?", is_there("cake")),
            Question("How many people are there?", how_many("person")),
        ),
    ),
    Entry(
        "wardrobe",
        4,
        _spec("room", "1 orange shirt, 1 purple dress, 1 coat, 1 hat, 2 red shoe"),
        (
            Question("What color is the dress?", colour_of("dress")),
            Question("Is the shirt orange?", lambda s: yes(only(s, "shirt").colour == "orange")),
            Question("Are the two shoes the same color?", lambda s: yes(len({t.colour for t in s.find("shoe")}) == 1)),
        ),
    ),
    Entry(
        "workshop",
        14,
        _spec("room", "2 hammer, 1 saw, 1 axe, 1 wrench, 1 bucket, 1 big ladder"),
        (
            Question("How many tools are there?", how_many("tool")),
            Question("Is there a screwdriver?", is_there("screwdriver")),
            Question("What color is the bucket?", colour_of("bucket")),
        ),
    ),
    Entry(
        "sea_life",
        6,
        _spec("beach", "1 big whale, 1 dolphin, 1 octopus, 3 fish, 1 crab"),
        (
            Question("How many sea animals are there?", how_many("sea animal")),
            Question("What is the biggest animal?", by("animal", lambda t: -t.area)),
            Question("Which animal is closest to the octopus?", nearest("animal", "octopus")),
        ),
    ),
    Entry(
        "books",
        17,
        _spec("room", "3 red book, 2 blue book, 1 green book, 1 pencil", style="twemoji"),
        (
            Question("Are there more red books than blue books?", more("red book", "blue book")),
            Question("How many books are there?", how_many("book")),
            Question("What color is the laptop?", colour_of("laptop")),
        ),
    ),
    Entry(
        "dogs_far_and_near",
        51,
        _spec("field", "1 big brown dog, 1 medium white dog, 1 small black dog", style="noto"),
        (
            Question("What color is the dog closest to the camera?", by("dog", lambda t: t.depth, "colour")),
            Question("What color is the dog furthest away?", by("dog", lambda t: -t.depth, "colour")),
            Question("How many dogs are there?", how_many("dog")),
        ),
    ),
    Entry(
        "city_birds",
        1,
        _spec("city", "2 parrot, 1 flamingo, 2 duck, 1 cat", style="noto"),
        (
            Question("How many birds are there?", how_many("bird")),
            Question("How many animals are not birds?", lambda s: str(count(s, "animal") - count(s, "bird"))),
            Question("What is the background?", background),
        ),
    ),
    Entry(
        "pets_left",
        8,
        _spec("room", "3 cat, 1 dog, 1 big bed"),
        (
            Question(
                "Which picture has more cats?",
                lambda a, b: f"picture {1 if count(a, 'cat') > count(b, 'cat') else 2}",
                ("pets_right",),
            ),
            Question(
                "How many dogs are there in total?",
                lambda a, b: str(count(a, "dog") + count(b, "dog")),
                ("pets_right",),
            ),
            Question("How many cats are there?", how_many("cat")),
        ),
    ),
    Entry(
        "pets_right",
        8,
        _spec("field", "1 cat, 3 dog, 1 big tree"),
        (
            Question("How many dogs are there?", how_many("dog")),
            Question("Is there a horse?", is_there("horse")),
            Question(
                "Which animal is closest to the horse?",
                lambda s: None if not s.find("horse") else nearest("animal", "horse")(s),
            ),
        ),
    ),
)


def answer(question: Question, name: str, scenes: dict[str, Scene]) -> str | None:
    """The answer to a question of the item `name`, from the true scenes of all items."""
    return question.answer(*(scenes[item] for item in (name, *question.also)))
