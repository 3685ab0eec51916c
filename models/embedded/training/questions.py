"""Questions about cut-outs and pictures, with their short answers, for training the embedded VLM and measuring it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.embedded.world import lexicon
from models.embedded.world.lexicon import BACKGROUNDS, CATEGORIES, COLOURS, NOUNS, canonical, describes
from models.embedded.world.scene import Scene, Thing

UNSURE_COLOUR = "several colors"
"""The answer where no one colour can be named."""

_WHAT = (
    "what is this?", "what is it?", "what is that?", "what is this thing?", "what object is this?",
    "what is shown here?", "name this", "what do you see?", "which thing is this?",
)  # fmt: skip
_COLOUR = (
    "what color is it?", "what color is this?", "what colour is it?", "what is its color?", "which color is it?",
    "what is the color?", "what color does it have?", "what color is the {}?", "what is the color of the {}?",
    "what colour is the {}?", "which color does the {} have?", "what color are the {}?",
)  # fmt: skip
_KIND = (
    "what kind of {} is this?",
    "what {} is this?",
    "which {} is it?",
    "what type of {} is it?",
    "what {} is shown?",
)
_IS = ("is this a {}?", "is it a {}?", "is that a {}?", "is this the {}?", "are these {}?", "is there a {}?")
_IS_COLOUR = ("is it {}?", "is this {}?", "is the thing {}?", "is the object {}?")
_PLACE = (
    "what is the background?", "where is this?", "what is in the background?", "where was this picture taken?",
    "what kind of place is this?", "what place is shown?", "what is the scene?",
    "where are they?", "what scene is this?",
)  # fmt: skip
_IS_PLACE = (
    "is this a {}?",
    "is it the {}?",
    "is the background a {}?",
    "was the picture taken at the {}?",
    "is it {}?",
)
_CAPTION = (
    "describe this",
    "describe the picture",
    "caption this image",
    "say what you see",
    "what is in the picture?",
)


@dataclass(frozen=True)
class Asked:
    """One question and its answer."""

    kind: str
    """what, kind, colour, yes-no, place or caption."""
    question: str
    answer: str


def about_thing(thing: Thing, random: np.random.Generator) -> Asked:
    """A question about a cut-out that shows one thing. More than half of them want a yes or no: to compare what is said
    with what is seen is harder to learn than to name it."""
    draw = random.random()
    if draw < 0.12:
        return Asked("what", _pick(_WHAT, random), thing.noun)
    if draw < 0.18:
        broader = lexicon.noun(thing.noun).categories or ("thing",)
        return Asked("kind", _pick(_KIND, random).format(_form(_pick(broader, random), random)), thing.noun)
    if draw < 0.27:
        names = (thing.noun, *lexicon.noun(thing.noun).categories)
        question = _pick(_COLOUR, random).format(_form(_pick(names, random), random))
        return Asked("colour", question, thing.colour or UNSURE_COLOUR)
    if draw < 0.92:
        return _yes_or_no(thing, random)
    return Asked("caption", _pick(_CAPTION, random), f"a {thing.colour + ' ' if thing.colour else ''}{thing.noun}")


def about_scene(scene: Scene, random: np.random.Generator) -> Asked:
    """A question about a whole picture."""
    draw = random.random()
    if draw < 0.55:
        return Asked("place", _pick(_PLACE, random), scene.background)
    if draw < 0.8:
        true = random.random() < 0.5
        others = [name for name in BACKGROUNDS if name != scene.background]
        name = scene.background if true else _pick(others, random)
        words = (name, *BACKGROUNDS[name])
        return Asked("yes-no", _pick(_IS_PLACE, random).format(_pick(words, random)), "yes" if true else "no")
    seen = sorted(scene.things, key=lambda thing: -thing.area)[:2]
    return Asked("caption", _pick(_CAPTION, random), " and ".join([f"a {t.noun}" for t in seen] + [scene.background]))


def _yes_or_no(thing: Thing, random: np.random.Generator) -> Asked:
    wanted = random.random() < 0.5
    for _ in range(40):
        draw = random.random()
        name = _pick([n.name for n in NOUNS], random) if draw < 0.6 else _pick([c.name for c in CATEGORIES], random)
        if random.random() < (0.75 if wanted else 0.3):
            name = _pick((thing.noun, *lexicon.noun(thing.noun).categories), random)
        colour = thing.colour if random.random() < 0.5 and thing.colour else _pick(tuple(COLOURS), random)
        with_colour = random.random() < 0.35
        if with_colour and random.random() < 0.5:
            phrase, pattern = colour, _pick(_IS_COLOUR, random)
        else:
            words = _form(name, random)
            phrase, pattern = (f"{colour} {words}" if with_colour else words), _pick(_IS, random)
        read = canonical(phrase)
        true = describes(read, thing) if read is not None else None
        if true is not None and true == wanted:
            return Asked("yes-no", pattern.format(phrase), "yes" if true else "no")
    return Asked("what", _WHAT[0], thing.noun)


def _form(name: str, random: np.random.Generator) -> str:
    forms = lexicon.forms(name)
    return forms[0] if random.random() < 0.6 else _pick(forms, random)


def _pick(options: Sequence[str], random: np.random.Generator) -> str:
    return options[int(random.integers(len(options)))]
