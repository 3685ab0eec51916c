"""How the picture-book world reads phrases and names things.

    NOUNS, CATEGORIES, COLOURS, SIZES, BACKGROUNDS      the tables, from `words.py`
    canonical("the small blue stars")                   -> Phrase(colour="blue", size="small", name="star")
    is_a("boy", "kid"), nouns_of("animal")              the hierarchy
    names_of(thing)                                     every phrase that truly describes a thing
    describes(phrase, thing)                            True, False or None (the world does not know)

A *name* is the canonical singular of a noun or of a category. Nothing here needs the art.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from models.embedded.world import inflection
from models.embedded.world.inflection import plural
from models.embedded.world.words import BACKGROUNDS, CATEGORIES, COLOURS, NOUNS, SIZES, Category, Noun

__all__ = [
    "ANYTHING", "BACKGROUNDS", "CATEGORIES", "COLOURS", "NOUNS", "SIZES", "Category", "Describable", "Noun", "Phrase",
    "canonical", "canonical_background", "describes", "forms", "is_a", "is_name", "is_noun", "names_of", "noun",
    "nouns_of", "plural", "singular",
]  # fmt: skip

ANYTHING = "thing"
_THING_WORDS = ("thing", "things", "object", "objects", "item", "items", "one", "ones")
_COLOUR_WORDS = {name: name for name in COLOURS} | {"violet": "purple", "grey": "gray"}
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


def singular(word: str) -> str:
    """The singular of a noun phrase, by the tables or else by rule. A singular stays as it is."""
    word = word.strip().lower()
    return _SINGULAR_OF[word] if word in _SINGULAR_OF else inflection.singular(word)


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
