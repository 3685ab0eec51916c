"""Questions about cut-outs and pictures, with their short answers, for training the embedded VLM and measuring it."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.embedded.world import lexicon
from models.embedded.world.lexicon import BACKGROUNDS, CATEGORIES, COLOURS, NOUNS, SIZES, canonical, describes, is_a
from models.embedded.world.scene import Scene, Thing

_WORDINGS: Mapping[str, tuple[str, ...]] = {
    "what": (
        "what is this?", "what is it?", "what is that?", "what is this thing?", "what object is this?",
        "what is shown here?", "name this", "what do you see?", "which thing is this?", "what is it called?",
        "what can you see here?", "which object is shown?", "what is the object?", "what is the name of this thing?",
        "what does this show?", "tell me what this is", "what thing is that?", "what is the thing in the picture?",
        "what is seen here?", "identify this",
    ),
    "kind": (
        "what kind of {} is this?", "what {} is this?", "which {} is it?", "what type of {} is it?",
        "what {} is shown?", "what sort of {} is this?", "which type of {} is this?", "what kind of {} can you see?",
        "what {} do you see?", "which {} is shown here?", "what {} is that?", "name the {}", "what is the {}?",
        "which sort of {} is it?", "what is this {} called?", "what kind of {} does it show?",
    ),
    "colour": (
        "what color is it?", "what color is this?", "what colour is it?", "what is its color?", "which color is it?",
        "what is the color?", "what color does it have?", "what color is the {}?", "what is the color of the {}?",
        "what colour is the {}?", "which color does the {} have?", "what color are the {}?", "name its color",
        "what color does the {} have?", "tell me its color", "in what color is the {}?", "of what color is the {}?",
        "tell me what color the {} is", "what is the {}'s color?", "which colour is this {}?",
    ),
    "is": (
        "is this a {}?", "is it a {}?", "is that a {}?", "is this the {}?", "are these {}?", "is there a {}?",
        "is this thing a {}?", "does this show a {}?", "is it the {}?", "is what you see a {}?", "are those {}?",
        "could this be a {}?", "is the thing here a {}?", "would you call it a {}?",
    ),
    "is colour": (
        "is it {}?", "is this {}?", "is the thing {}?", "is the object {}?", "is its color {}?", "does it look {}?",
        "is {} its color?", "is it of {} color?", "is what you see {}?", "is this thing {}?", "are these {}?",
    ),
    "size": (
        "what size is the {}?", "how big is the {}?", "how large is the {}?", "what is the size of the {}?",
        "is the {} small, medium or big?", "how big does the {} seem?", "which size does the {} have?",
        "what size does the {} have?", "say how big the {} is", "of what size is the {}?", "what is the {}'s size?",
        "tell me how large the {} is", "how small is the {}?", "how large is the {} in the picture?",
    ),
    "is size": (
        "is the {} {}?", "is the {} {} or not?", "does the {} seem {}?", "would you say that the {} is {}?",
        "can the {} be called {}?", "is the {} a {} one?", "is the {} in the picture {}?",
    ),
    "exists": (
        "is there a {}?", "are there any {}?", "can you see a {}?", "does the picture show a {}?",
        "is there any {} here?", "can you find a {}?", "is a {} shown?", "does it contain a {}?", "are there {}?",
        "is there a {} in the image?", "are {} shown here?", "can a {} be seen?", "does the image have a {}?",
        "do you find a {} here?", "is a {} to be seen?",
    ),
    "place": (
        "what is the background?", "where is this?", "what is in the background?", "where was this picture taken?",
        "what kind of place is this?", "what place is shown?", "what is the scene?", "where are they?",
        "what scene is this?", "which place is this?", "what background is there?", "what sort of place do you see?",
        "name the background", "what is behind the things?", "in which place are the things?", "where are we?",
        "what is the setting?", "which scene is shown?", "what does the background show?", "what kind of scene is it?",
        "tell me the place", "what background can you see?", "which background is shown?", "where does it take place?",
        "which place does the image show?", "what is the background of the picture?", "describe the background",
        "what background does it have?",
    ),
    "is place": (
        "is this a {}?", "is it the {}?", "is the background a {}?", "was the picture taken at the {}?", "is it {}?",
        "is the place a {}?", "is this place the {}?", "does the picture show the {}?", "are we at the {}?",
        "is the background {}?", "are the things at the {}?", "is the {} in the background?",
        "is it a picture of a {}?", "is this scene the {}?", "does the background show a {}?",
    ),
    "caption": (
        "describe this", "describe the picture", "caption this image", "say what you see", "what is in the picture?",
        "describe what is shown", "write a caption", "tell me what you see", "what does the picture show?",
    ),
}  # fmt: skip
_MORE_WORDINGS: Mapping[str, tuple[str, ...]] = {
    "colour of one": (
        "what color is the {}?", "what is the color of the {}?", "what colour is the {}?",
        "which color does the {} have?", "what color does the {} have?", "in what color is the {}?",
        "tell me what color the {} is", "what is the {}'s color?", "of what color is the {}?",
    ),
    "is one's colour": (
        "is the {} {}?", "does the {} look {}?", "is the color of the {} {}?", "is the {} in the picture {}?",
        "is the {}'s color {}?",
    ),
    "which one": (
        "what {} is there?", "which {} is in the picture?", "what {} can you see?", "what {} is shown?",
        "what kind of {} is there?", "which {} is it?", "what {} is in the image?", "what is the {}?",
        "which {} does the picture show?", "name the {}",
    ),
    "how many": (
        "how many {} are there?", "how many {} can you see?", "how many {} does the picture show?",
        "what is the number of {}?", "how many {} are in the image?", "count the {}",
    ),
}  # fmt: skip
"""For training alone: what nobody measures apart."""
_BEFORE = ("please, ", "tell me, ", "look: ", "say, ", "now, ", "in this picture, ", "in the image, ", "hey, ")
"""Said before a question at times."""
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
MOST_COUNTED = 5
"""Things of a kind that are asked for by number, at most."""
UNSURE_COLOUR = "several colors"
"""The answer where no one colour can be named."""


@dataclass(frozen=True)
class Asked:
    """One question and its answer."""

    kind: str
    """what, kind, colour, size, yes-no, place, caption or count."""
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
    ground = [scene.background] if scene.background in BACKGROUNDS else []
    said = " and ".join([f"a {thing.noun}" for thing in seen] + ground)
    return Asked("caption", _say("caption", random, held_out), said)


def teach_thing(thing: Thing, random: np.random.Generator) -> Asked:
    """A question of a training about a cut-out: as `about_thing`, with more that want a name."""
    if random.random() > 0.15:
        return _loosely(about_thing(thing, random), random)
    if random.random() < 0.5:
        return _loosely(Asked("what", _say("what", random, False), thing.noun), random)
    broader = lexicon.noun(thing.noun).categories or ("thing",)
    return _loosely(Asked("kind", _say("kind", random, False, _pick(broader, random)), thing.noun), random)


def teach_scene(scene: Scene, random: np.random.Generator) -> Asked:
    """A question of a training about a whole picture: as `about_scene`, and about the one thing of its kind, what is
    there in a colour, and numbers. Plain sheets have no background to be asked about."""
    real = scene.background in BACKGROUNDS
    draw = random.random()
    asked: Asked | None = None
    if real and draw < 0.45:
        asked = about_scene(scene, random)
    elif draw < 0.57:
        asked = _about_size(scene, random, False)
    elif draw < 0.82:
        asked = (_colour_of_one, _which_one, _how_many)[random.integers(3)](scene, random)
    elif draw < 0.95:
        asked = _exists_in_colour(scene, random)
    return _loosely(asked or _exists(scene, random, False), random)


def question_words() -> list[str]:
    """Every word of the wordings of a training, in alphabetical order."""
    texts = [text for table in (_WORDINGS, _MORE_WORDINGS) for some in table.values() for text in some]
    return sorted({word for text in (*texts, *_BEFORE) for word in re.findall(r"[a-z]+", text)})


def _loosely(asked: Asked, random: np.random.Generator) -> Asked:
    """As people write: at times with a word before, at times without the mark."""
    question = asked.question
    if random.random() < 0.1:
        question = _pick(_BEFORE, random) + question
    if random.random() < 0.15:
        question = question.rstrip("?")
    return replace(asked, question=question)


def _ones(scene: Scene) -> list[tuple[str, Thing]]:
    """Names, nouns and categories, of which a picture holds one thing."""
    named: dict[str, list[Thing]] = defaultdict(list)
    for thing in scene.things:
        for name in (thing.noun, *lexicon.noun(thing.noun).categories):
            named[name].append(thing)
    return [(name, things[0]) for name, things in named.items() if len(things) == 1]


def _colour_of_one(scene: Scene, random: np.random.Generator) -> Asked | None:
    ones = _ones(scene)
    if not ones:
        return None
    name, thing = ones[int(random.integers(len(ones)))]
    if random.random() < 0.6 or thing.colour is None:
        said = _pick(_MORE_WORDINGS["colour of one"], random).format(name)
        return Asked("colour", said, thing.colour or UNSURE_COLOUR)
    colour = thing.colour if random.random() < 0.5 else _pick([c for c in COLOURS if c != thing.colour], random)
    said = _pick(_MORE_WORDINGS["is one's colour"], random).format(name, colour)
    return Asked("yes-no", said, "yes" if colour == thing.colour else "no")


def _which_one(scene: Scene, random: np.random.Generator) -> Asked | None:
    """What the one thing of a category, or of a colour and a category, is."""
    ones = [(name, thing) for name, thing in _ones(scene) if name != thing.noun]
    if len(scene.things) == 1:
        ones.append(("thing", scene.things[0]))
    coloured = Counter(thing.colour for thing in scene.things)
    if None not in coloured:
        alone = [thing for thing in scene.things if coloured[thing.colour] == 1]
        ones += [(f"{t.colour} {broader}", t) for t in alone for broader in lexicon.noun(t.noun).categories[:1]]
    if not ones:
        return None
    name, thing = ones[int(random.integers(len(ones)))]
    return Asked("kind", _pick(_MORE_WORDINGS["which one"], random).format(name), thing.noun)


def _how_many(scene: Scene, random: np.random.Generator) -> Asked | None:
    counts = Counter(
        name for thing in scene.things for name in (thing.noun, *lexicon.noun(thing.noun).categories)
    )  # fmt: skip
    few = [name for name, count in counts.items() if count <= MOST_COUNTED]
    if not few:
        return None
    name = _pick(few, random)
    said = _pick(_MORE_WORDINGS["how many"], random).format(lexicon.plural(name))
    return Asked("count", said, str(counts[name]))


def _exists_in_colour(scene: Scene, random: np.random.Generator) -> Asked | None:
    """Whether there is a thing of a name and a colour; what is not there differs in one of both, or in both."""
    coloured = [thing for thing in scene.things if thing.colour]
    if not coloured:
        return None
    thing = coloured[int(random.integers(len(coloured)))]
    colour, name = str(thing.colour), _pick((thing.noun, *lexicon.noun(thing.noun).categories), random)
    if random.random() < 0.5:
        kind = random.random()
        colour = _pick(tuple(COLOURS), random) if kind < 0.7 else colour
        name = _pick([n.name for n in NOUNS], random) if kind > 0.5 else name
    read = canonical(f"{colour} {name}")
    true = None if read is None else [describes(read, one) for one in scene.things]
    if true is None or (not any(true) and None in true):
        return None
    return Asked("yes-no", _say("exists", random, False, f"{colour} {name}"), "yes" if any(true) else "no")


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
