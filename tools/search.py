"""`search_images`: the pictures of an open index that a query describes. Retrieve fast, then look closely (Geigle et
al., TACL 2022, "Retrieve Fast, Rerank Smart").

CLIP's kept vectors give some candidates. Each of those is then looked at: for every phrase of the query the detector
says how many such things it sees, and what it sees in no candidate (a beach, a party) the vision-language model is
asked about. Vectors know nothing of numbers, so that "two dogs" is decided here.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.picture import Box, Picture
from models.picture_index import PROBE
from models.requests import Candidate, Confirm, Detect, Detection, Embed, Nearest, Together
from tools.declaration import ToolError, tool
from tools.image_patch import ImagePatch, phrase_of

MAX_RESULTS = 1_000

LOOKED_AT = 30
"""Candidates that are looked at closely, or as many as are asked for."""

VECTORS_COUNT = 4.0
"""How much the cosines count beside the logarithms of probabilities; chosen on 120 captions of 60 validation scenes."""

LEAST = 0.02
"""Probability of what a model does not see at all: it may be mistaken."""

_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "no",
            "a an one single",
            "two couple pair both",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
        )
    )
    for word in words.split()
}
_PARTS = re.compile(
    r"\s*(?:[,;.!?]|\b(?:and|with|plus|together|beside|behind|near|between|before|in front of|next to|on top of|on|in|"
    r"at|under|above|below|over|by|from|while|or)\b)\s*",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"^(?:(?:please|find|show|search|look|for|me|all|any|some|the|of|my|picture|pictures|photo|photos|image|images|"
    r"that|which|there|is|are|has|have|shows?|showing|containing|contains?)\s+)+(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Wanted:
    """A part of a query: what, and how many."""

    phrase: str
    count: int | None = None
    """None where the query does not say."""


def read_query(query: str) -> list[Wanted]:
    """What a query asks for: `two dogs and a red car on a beach` is two `dogs`, one `red car`, one `beach`."""
    found: dict[str, Wanted] = {}
    for part in _PARTS.split(query):
        words = _TALK.sub("", part.strip()).split()
        count = None
        while len(words) > 1 and (words[0].lower() in _NUMBERS or words[0].isdigit() or words[0].lower() == "the"):
            first = words.pop(0).lower()
            count = int(first) if first.isdigit() else _NUMBERS.get(first, count)
        phrase = " ".join(words)
        if phrase and phrase.lower() not in _TALKED:
            found.setdefault(phrase.lower(), Wanted(phrase, count))
    return list(found.values()) or [Wanted(query.strip())]


_TALKED = frozenset(("there", "it", "them", "together", "picture", "pictures", "photo", "photos", "image", "images"))


@tool
async def search_images(query: str, k: int = 50) -> list[ImagePatch]:
    """Returns up to k pictures of the album that fit the query best, the best first. They need not fit: check what
    matters.

    Examples:
        # Show me pictures of a dog on the beach
        def execute_command():
            found = search_images("a dog on the beach", 50)
            return [picture for picture in found if picture.exists("dog")]
    """
    phrase_of("search_images", "query", query)
    if not 1 <= k <= MAX_RESULTS:
        raise ToolError(f"search_images() takes k from 1 to {MAX_RESULTS}, got {k}")
    return [ImagePatch.of(found.picture.whole) for found in await find_images(query, k)]


@dataclass(frozen=True)
class Found:
    """A picture that fits a query."""

    picture: Picture
    score: float
    """Before the closer look the mean of cosines; after it `VECTORS_COUNT` times that, plus the mean of the logarithms
    of the probabilities of the query's parts."""
    boxes: tuple[tuple[str, Box], ...] = ()
    """What the detector found for each phrase; `xyxy` pixels, origin top left."""


async def find_images(query: str, k: int, look: bool = True) -> list[Found]:
    """The `k` pictures of the open index that fit a query best; without `look`, by their vectors alone."""
    count = max(k, LOOKED_AT) if look else k
    found = [Found(one.picture, one.score) for one in await retrieve(query, count)]
    return (await look_at(query, found))[:k] if look and found else found


async def retrieve(query: str, count: int) -> list[Candidate]:
    """The pictures whose vectors are nearest to the phrases of a query, best first."""
    phrases = [wanted.phrase for wanted in read_query(query)]
    vectors = await Together((*(Embed(phrase) for phrase in phrases), *PROBE))
    found: list[Candidate] = await Nearest(np.stack(vectors[: len(phrases)]), np.stack(vectors[len(phrases) :]), count)
    return found


async def look_at(query: str, found: Sequence[Found]) -> list[Found]:
    """The candidates in the order in which they fit the query when one looks at them."""
    wanted = read_query(query)
    seen = await Together(tuple(Detect(one.picture.whole, part.phrase) for part in wanted for one in found))
    scores = np.zeros((len(wanted), len(found)))
    boxes: list[list[tuple[str, Box]]] = [[] for _ in found]
    for row, part in enumerate(wanted):
        detected: list[list[Detection]] = seen[row * len(found) : (row + 1) * len(found)]
        if any(detected):
            chances = [chance_of(part, some) for some in detected]
        else:
            question = f"is this {part.phrase}?"
            chances = await Together(tuple(Confirm(one.picture.whole, question) for one in found))
        scores[row] = [math.log(min(max(chance, LEAST), 1.0)) for chance in chances]
        for place, some in enumerate(detected):
            boxes[place] += [(part.phrase, one.box) for one in some]
    means = scores.mean(0) + VECTORS_COUNT * np.array([one.score for one in found])
    order = sorted(range(len(found)), key=lambda place: (-means[place], place))
    return [Found(found[place].picture, float(means[place]), tuple(boxes[place])) for place in order]


def chance_of(wanted: Wanted, found: Sequence[Detection]) -> float:
    """How likely a picture shows what is wanted, by what the detector found for it, surest first."""
    count = wanted.count if wanted.count is not None else 1
    if count == 0:
        return max(LEAST, math.prod(1 - one.score for one in found))
    if len(found) < count:
        return LEAST
    chance = min(one.score for one in found[:count])
    if wanted.count is not None and count > 1:
        # More than were asked for speak against it, the surer they are.
        chance *= math.prod(1 - one.score for one in found[count:])
    return max(LEAST, chance)
