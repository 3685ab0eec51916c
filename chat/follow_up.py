"""Whether a question can be understood by itself, and how it might be asked in full.

Planners that were trained on the bare question know nothing of what was said before. A question that evidently refers
back is not given to them: they would answer something else.
"""

import re
from collections.abc import Sequence

from agent.trace import Step

_WORD = re.compile(r"[a-z']+")

_BACK = {"it", "its", "they", "them", "their", "theirs", "he", "she", "him", "her", "hers", "his"}
"""Pronouns that stand for something named before, unless the question names something itself first."""

_SHOWN = {"this", "that", "these", "those"}
"""Point back where no noun follows: "are those red?", but not "is this picture dark?"."""

_GLUE = frozenset(
    _WORD.findall(
        "a an the and or but so then of in on at to by for with from into than as is are was were be been do "
        "does did has have can could should would will there here what which who whose where when why how "
        "many much any some all both each every no not only also too one ones more most less least about same "
        "other others another else again still me you i we please tell say show find count yes ok okay now "
        "left right top bottom above below far near first second last next red green blue yellow orange "
        "purple pink brown black white grey gray big small large little bigger smaller larger taller shorter "
        "closer nearer farther higher lower older younger darker brighter biggest smallest largest tallest "
        "shortest farthest nearest closest oldest color colour colors colours size kind sort number"
    )
)
"""Words that name no thing."""

_OPENING = re.compile(r"^(and|but|or|so|what about|how about|what of|same for|also|then)\b", re.I)

MAX_OFFERS = 3


def refers_back(question: str) -> bool:
    """Whether a question evidently speaks of something said before: "and how many of them are red?", "what about the
    cats?", "is it sleeping?".

    It does if it opens as a continuation ("and", "what about"), if a pronoun comes before it has named anything, or if
    it names nothing at all.
    """
    question = question.strip()
    if _OPENING.match(question):
        return True
    words = _WORD.findall(question.lower())
    named = False
    for place, word in enumerate(words):
        bare = word.removesuffix("'s")
        following = words[place + 1] if place + 1 < len(words) else ""
        if not named:
            expletive = bare == "it" and following in ("raining", "snowing", "sunny", "dark", "night", "day", "daytime")
            if bare in _BACK and not expletive:
                return True
            if bare in _SHOWN and (not following or following in _GLUE):
                return True
        named = named or (bare not in _GLUE and bare not in _BACK and bare not in _SHOWN)
    return not named


def spoken_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """What the program of an earlier question looked for, in order: "muffin", "kid"."""
    found: dict[str, None] = {}
    for step in steps:
        name = step.arguments.get("object_name")
        if isinstance(name, str) and name.strip():
            found.setdefault(" ".join(name.split()))
    return tuple(found)


def in_full(question: str, earlier: str, things: Sequence[str]) -> tuple[str, ...]:
    """Ways to ask a question by itself, to be offered to a person.

    Args:
        question: one that refers back.
        earlier: the question before it.
        things: what that was about (`spoken_of`).
    """
    text = re.sub(r"^(and|but|so|then|also|or)[\s,]+", "", question.strip(), flags=re.I)
    topic = re.match(r"^(?:what|how) about (?:the |a |an )?(.+?)\s*\??$|^what of (?:the )?(.+?)\s*\??$", text, re.I)
    offers: dict[str, None] = {}
    for thing in things:
        plural = _plural(thing)
        if topic:
            new = topic[1] or topic[2]
            for old in (plural, thing):
                if re.search(rf"\b{re.escape(old)}\b", earlier, re.I):
                    offers.setdefault(_sentence(re.sub(rf"\b{re.escape(old)}\b", new, earlier, flags=re.I)))
                    break
            continue
        replaced = re.sub(r"\b(of )(them|these|those)\b", rf"\1the {plural}", text, count=1, flags=re.I)
        if replaced == text:
            replaced = re.sub(r"\b(they|them|these|those)\b", f"the {plural}", text, count=1, flags=re.I)
        if replaced == text:
            replaced = re.sub(r"\b(it|he|she|him|this|that)\b", f"the {thing}", text, count=1, flags=re.I)
        if replaced != text:
            offers.setdefault(_sentence(replaced))
    return tuple(offers)[:MAX_OFFERS]


def _plural(noun: str) -> str:
    if noun.endswith(("s", "sheep", "fish", "people", "children", "men")):
        return noun + ("" if not noun.endswith("ss") else "es")
    if noun.endswith(("x", "ch", "sh")):
        return noun + "es"
    return noun[:-1] + "ies" if re.search(r"[^aeiou]y$", noun) else noun + "s"


def _sentence(text: str) -> str:
    text = " ".join(text.split()).rstrip("?").rstrip()
    return text[:1].upper() + text[1:] + "?"
