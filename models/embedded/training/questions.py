"""Questions about cut-outs and pictures, with their short answers, for training the embedded VLM and measuring it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.embedded.world import lexicon
from models.embedded.world.lexicon import BACKGROUNDS, CATEGORIES, COLOURS, NOUNS, SIZES, canonical, describes, is_a
from models.embedded.world.scene import Scene, Thing

_WORDINGS: Mapping[str, tuple[str, ...]] = {
    "what": (
        "what is this?", "what is it?", "what is that?", "what is this thing?", "what object is this?",
        "what is shown here?", "name this", "what do you see?", "which thing is this?",
    ),
    "kind": (
        "what kind of {} is this?", "what {} is this?", "which {} is it?", "what type of {} is it?",
        "what {} is shown?",
    ),
    "colour": (
        "what color is it?", "what color is this?", "what colour is it?", "what is its color?", "which color is it?",
        "what is the color?", "what color does it have?", "what color is the {}?", "what is the color of the {}?",
        "what colour is the {}?", "which color does the {} have?", "what color are the {}?",
    ),
    "is": ("is this a {}?", "is it a {}?", "is that a {}?", "is this the {}?", "are these {}?", "is there a {}?"),
    "is colour": ("is it {}?", "is this {}?", "is the thing {}?", "is the object {}?"),
    "size": ("what size is the {}?", "how big is the {}?", "how large is the {}?", "what is the size of the {}?"),
    "is size": ("is the {} {}?", "is the {} {} or not?"),
    "exists": ("is there a {}?", "are there any {}?", "can you see a {}?", "does the picture show a {}?"),
    "place": (
        "what is the background?", "where is this?", "what is in the background?", "where was this picture taken?",
        "what kind of place is this?", "what place is shown?", "what is the scene?", "where are they?",
        "what scene is this?",
    ),
    "is place": (
        "is this a {}?", "is it the {}?", "is the background a {}?", "was the picture taken at the {}?", "is it {}?",
    ),
    "caption": (
        "describe this", "describe the picture", "caption this image", "say what you see", "what is in the picture?",
    ),
}  # fmt: skip
_HELD_OUT: Mapping[str, tuple[str, ...]] = {
    "what": ("which object is it?", "what thing do you see here?"),
    "kind": ("which kind of {} do you see?", "what type of {} is shown here?"),
    "colour": ("what color has the {}?", "tell me the color of it"),
    "is": ("is that the {}?", "is the object a {}?"),
    "is colour": ("is that {}?", "is the color {}?"),
    "size": ("tell me the size of the {}", "how large does the {} look?"),
    "is size": ("does the {} look {}?",),
    "exists": ("do you see a {}?", "is a {} in the picture?"),
    "place": ("what place is it?", "which background does the picture have?"),
    "is place": ("is the scene a {}?", "is this picture of the {}?"),
    "caption": ("tell me what is shown",),
}
"""Wordings that training never uses."""
UNSURE_COLOUR = "several colors"
"""The answer where no one colour can be named."""


@dataclass(frozen=True)
class Asked:
    """One question and its answer."""

    kind: str
    """what, kind, colour, size, yes-no, place or caption."""
    question: str
    answer: str


def about_thing(thing: Thing, random: np.random.Generator, held_out: bool = False) -> Asked:
    """A question about a cut-out that shows one thing. More than half of them want a yes or no: to compare what is said
    with what is seen is harder to learn than to name it.

    Args:
        thing: what the cut-out shows.
        random: source of chance.
        held_out: in a wording that training never uses.
    """
    draw = random.random()
    if draw < 0.12:
        return Asked("what", _say("what", random, held_out), thing.noun)
    if draw < 0.18:
        broader = lexicon.noun(thing.noun).categories or ("thing",)
        return Asked("kind", _say("kind", random, held_out, _form(_pick(broader, random), random)), thing.noun)
    if draw < 0.27:
        names = (thing.noun, *lexicon.noun(thing.noun).categories)
        question = _say("colour", random, held_out, _form(_pick(names, random), random))
        return Asked("colour", question, thing.colour or UNSURE_COLOUR)
    if draw < 0.92:
        return _yes_or_no(thing, random, held_out)
    return caption_of(thing, random, held_out)


def caption_of(thing: Thing, random: np.random.Generator, held_out: bool = False) -> Asked:
    """A request for the caption of a cut-out."""
    said = f"a {thing.colour + ' ' if thing.colour else ''}{thing.noun}"
    return Asked("caption", _say("caption", random, held_out), said)


def about_scene(scene: Scene, random: np.random.Generator, held_out: bool = False) -> Asked:
    """A question about a whole picture."""
    draw = random.random()
    if draw < 0.25:
        return Asked("place", _say("place", random, held_out), scene.background)
    if draw < 0.4:
        true = random.random() < 0.5
        others = [name for name in BACKGROUNDS if name != scene.background]
        name = scene.background if true else _pick(others, random)
        words = _pick((name, *BACKGROUNDS[name]), random)
        return Asked("yes-no", _say("is place", random, held_out, words), "yes" if true else "no")
    if draw < 0.7:
        return _about_size(scene, random, held_out) or about_scene(scene, random, held_out)
    if draw < 0.85:
        return _exists(scene, random, held_out)
    return caption_of_scene(scene, random, held_out)


def caption_of_scene(scene: Scene, random: np.random.Generator, held_out: bool = False) -> Asked:
    """A request for the caption of a whole picture: its two largest things and the background."""
    seen = sorted(scene.things, key=lambda thing: -thing.area)[:2]
    said = " and ".join([f"a {thing.noun}" for thing in seen] + [scene.background])
    return Asked("caption", _say("caption", random, held_out), said)


def _about_size(scene: Scene, random: np.random.Generator, held_out: bool) -> Asked | None:
    """About the size of a thing that is the only one of its kind; None if there is none whose size can be told."""
    counts = Counter(thing.noun for thing in scene.things)
    clear = [thing for thing in scene.things if thing.size is not None and counts[thing.noun] == 1]
    if not clear:
        return None
    thing = clear[int(random.integers(len(clear)))]
    if random.random() < 0.6:
        return Asked("size", _say("size", random, held_out, thing.noun), str(thing.size))
    size = str(thing.size) if random.random() < 0.5 else _pick([s for s in SIZES if s != thing.size], random)
    return Asked("yes-no", _say("is size", random, held_out, thing.noun, size), "yes" if size == thing.size else "no")


def _exists(scene: Scene, random: np.random.Generator, held_out: bool) -> Asked:
    true = random.random() < 0.5 and bool(scene.things)
    if true:
        name = _pick([thing.noun for thing in scene.things], random)
    else:
        name = _pick([n.name for n in NOUNS if not any(is_a(t.noun, n.name) for t in scene.things)], random)
    return Asked("yes-no", _say("exists", random, held_out, _form(name, random)), "yes" if true else "no")


def _yes_or_no(thing: Thing, random: np.random.Generator, held_out: bool) -> Asked:
    wanted = random.random() < 0.5
    for _ in range(40):
        draw = random.random()
        name = _pick([n.name for n in NOUNS], random) if draw < 0.6 else _pick([c.name for c in CATEGORIES], random)
        if random.random() < (0.75 if wanted else 0.3):
            name = _pick((thing.noun, *lexicon.noun(thing.noun).categories), random)
        colour = thing.colour if random.random() < 0.5 and thing.colour else _pick(tuple(COLOURS), random)
        with_colour = random.random() < 0.35
        if with_colour and random.random() < 0.5:
            phrase, kind = colour, "is colour"
        else:
            words = _form(name, random)
            phrase, kind = (f"{colour} {words}" if with_colour else words), "is"
        read = canonical(phrase)
        true = describes(read, thing) if read is not None else None
        if true is not None and true == wanted:
            return Asked("yes-no", _say(kind, random, held_out, phrase), "yes" if true else "no")
    return Asked("what", _say("what", random, held_out), thing.noun)


def _say(kind: str, random: np.random.Generator, held_out: bool, *words: str) -> str:
    return _pick((_HELD_OUT if held_out else _WORDINGS)[kind], random).format(*words)


def _form(name: str, random: np.random.Generator) -> str:
    forms = lexicon.forms(name)
    return forms[0] if random.random() < 0.6 else _pick(forms, random)


def _pick(options: Sequence[str], random: np.random.Generator) -> str:
    return options[int(random.integers(len(options)))]
