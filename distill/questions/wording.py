"""Wordings: a small pattern language for questions, and the noise of how people type.

A pattern stands for many surface forms:

| piece | means |
|---|---|
| `(a|b|c)` | one of these |
| `[a|b]` | one of these or nothing |
| `$name` | a shared piece, see `SHARED` |
| `{a}` `{a+}` `{a~}` | a noun: as it is, plural, with `a` or `an`; any other slot is its text |
"""

import random
import re
from functools import lru_cache

from distill.questions.nouns import article, plural

SHARED = {
    "pic": "[(in|on) (the|this) (picture|image|photo|pic|scene)|here]",
    "there": "(are there|do you see|can you see|can you spot|can I see|are visible|do you find|you can see)",
    "inthe": "(in|on) (the|this) (picture|image|photo|photograph|scene)",
    "picture": "(picture|image|photo|photograph|scene)",
    "tell": "([please] tell me|[please] say|can you tell [me]|could you tell me|I('d| would) like to know|"
    "do you know|I want to know|let me know)",
    "check": "(check|see|tell me|find out|say|verify|determine|I wonder|let me know|can you tell|do you know)",
    "whether": "(if|whether)",
    "count": "(count|count up|number|add up)",
    "colour": "(color|colour)",
    "whatcolour": "(what color|what colour|which color|which colour)",
    "isthere": "(is there|can you see|do you see|can I see|do you spot|can you find|does it have|does it show|"
    "can you spot)",
    "containing": "(contain|show|have|include|feature|depict)",
    "has": "(has|have|contains|includes|shows)",
    "camera": "(the camera|the viewer|us|me|the photographer)",
    "name": "(name|identify|tell me|say|give me|state)",
}
"""Pieces that many patterns share."""

_SLOT = re.compile(r"\{(\w+)([+~]?)\}")
_SPACES = re.compile(r"\s+")
_ARTICLE = re.compile(r"\b(the|an?) (?!few\b|lot\b)")

Node = str | tuple["Node", ...] | list["Node"]
"""A parsed pattern: text, a tuple of nodes in sequence, or a list of nodes to choose from."""


class PatternError(ValueError):
    """A pattern that cannot be read, or a slot that has no value."""


def choose(pattern: str, rng: random.Random) -> str:
    """One wording of a pattern: every alternative is chosen, the slots are still open.

    Raises:
        PatternError: unbalanced brackets or an unknown `$name`.
    """
    return _SPACES.sub(" ", _choose(_parse(pattern), rng)).strip()


def fill(wording: str, slots: dict[str, str]) -> str:
    """A wording with words in its slots, in lower case and without a mark at the end.

    Raises:
        PatternError: a slot that `slots` does not give.
    """

    def word(match: re.Match[str]) -> str:
        name, form = match.groups()
        if name not in slots:
            raise PatternError(f"no value for {{{name}}} in {wording!r}")
        value = slots[name]
        if form == "+":
            return plural(value)
        return f"{article(value)} {value}" if form == "~" else value

    text = wording
    while _SLOT.search(text):
        text = _SLOT.sub(word, text)
    return _SPACES.sub(" ", text).replace(" ,", ",").strip(", ")


def _choose(node: Node, rng: random.Random) -> str:
    if isinstance(node, str):
        return node
    if isinstance(node, tuple):
        return "".join(_choose(part, rng) for part in node)
    return _choose(rng.choice(node), rng)


@lru_cache(maxsize=65536)
def _parse(pattern: str) -> Node:
    node, end = _sequence(pattern, 0, "")
    if end != len(pattern):
        raise PatternError(f"unbalanced brackets in {pattern!r}")
    return node


def _sequence(text: str, at: int, closing: str) -> tuple[Node, int]:
    """Parse alternatives from `at` up to `closing`; gives a choice where there are several."""
    options: list[Node] = []
    parts: list[Node] = []
    while at < len(text) and not (closing and text[at] == closing):
        letter = text[at]
        if letter in "([":
            node, at = _sequence(text, at + 1, ")" if letter == "(" else "]")
            if at >= len(text):
                raise PatternError(f"unbalanced brackets in {text!r}")
            if letter == "[":
                chosen = node if isinstance(node, list) else [node]
                node = [*chosen, *([""] * len(chosen))]
            parts.append(node)
            at += 1
        elif letter in ")]":
            raise PatternError(f"unbalanced brackets in {text!r}")
        elif letter == "|":
            options.append(tuple(parts))
            parts = []
            at += 1
        elif letter == "$":
            name = re.match(r"[a-z]+", text[at + 1 :])
            if name is None or name[0] not in SHARED:
                raise PatternError(f"unknown shared piece in {text!r}")
            parts.append(_parse(SHARED[name[0]]))
            at += 1 + len(name[0])
        else:
            stop = at
            while stop < len(text) and text[stop] not in "()[]|$":
                stop += 1
            parts.append(text[at:stop])
            at = stop
    options.append(tuple(parts))
    return (options[0] if len(options) == 1 else options), at


OPENERS = (
    "hey, ",
    "hi, ",
    "ok, ",
    "so ",
    "please: ",
    "question: ",
    "quick question: ",
    "excuse me, ",
    "um, ",
    "hello! ",
    "well, ",
    "and ",
)
CLOSERS = (
    " please",
    ", please",
    " thanks",
    " exactly",
    ", any idea",
    ", do you know",
    " then",
    " now",
    " right now",
    ", I wonder",
)
CONTRACTIONS = (
    (r"\bwhat is\b", "what's"),
    (r"\bwhat is\b", "whats"),
    (r"\bis not\b", "isn't"),
    (r"\bare not\b", "aren't"),
    (r"\bthere is\b", "there's"),
    (r"\bthere is\b", "theres"),
    (r"\bdo not\b", "dont"),
    (r"\bwhere is\b", "where's"),
    (r"\bwhich is\b", "whichs"),
    (r"\bwho is\b", "who's"),
    (r"\byou\b", "u"),
    (r"\bplease\b", "pls"),
    (r"\bare\b", "r"),
    (r"\bpicture\b", "pic"),
    (r"\band\b", "&"),
    (r"\bthan\b", "then"),
    (r"\bto the left\b", "to left"),
    (r"\bto the right\b", "to right"),
    (r"\bhow many\b", "howmany"),
    (r"\bthe\b ", ""),
)


def style(text: str, keep: frozenset[str], rng: random.Random, noise: float = 0.12) -> str:
    """The same question as a person would type it: capital letter, mark at the end, now and then a slip.

    Args:
        text: a surface form as `fill` gives it.
        keep: words that must stay as they are (nouns and colours: the program has to copy them).
        noise: the share of questions with a slip of each kind: an opener or closer, a contraction, a typo; half as many
            leave out all articles.
    """
    asks = not re.match(
        r"(please |pls )?(tell|say|count|name|check|find|give|identify|list|see|let|i |verify|determine|state|"
        r"blur|keep|leave|make|turn|put|replace|swap|remove|delete|paint|label|tag|mark|highlight|draw|crop|cut|cover)\b",
        text,
    )
    ends_free = not text.endswith(("?", ".", "!"))
    if rng.random() < noise and ends_free:
        if rng.random() < 0.5:
            text = rng.choice(OPENERS) + text
        else:
            text += rng.choice(CLOSERS)
    if rng.random() < 1.5 * noise:
        old, new = rng.choice(CONTRACTIONS)
        text = re.sub(old, new, text, count=1)
    if rng.random() < noise / 2:
        text = _ARTICLE.sub("", text)
    if rng.random() < noise:
        text = _slip(text, keep, rng)
    text = re.sub(r"\bi\b(?!')", "I", text)
    if rng.random() < 0.65:
        text = text[:1].upper() + text[1:]
    elif rng.random() < 0.05:
        text = text.upper() if not keep else text
    if ends_free:
        text += rng.choice("??????  ?." if asks else "..  .?")
    return _SPACES.sub(" ", text).strip()


def _slip(text: str, keep: frozenset[str], rng: random.Random) -> str:
    """One typo (swapped, dropped or doubled letter) in a word of four letters or more that need not be copied."""
    words = text.split(" ")
    able = [i for i, word in enumerate(words) if word.isalpha() and len(word) >= 4 and word.lower() not in keep]
    if not able:
        return text
    at = rng.choice(able)
    word = words[at]
    i = rng.randrange(1, len(word) - 1)
    kind = rng.choice(("swap", "drop", "double"))
    if kind == "swap":
        word = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    else:
        word = word[:i] + (word[i + 1 :] if kind == "drop" else word[i] + word[i:])
    words[at] = word
    return " ".join(words)
