"""What the embedded planner may put between quotes: words of the question, or a text that its programs always use.

A small language model sometimes misspells a word that it copies ("ruler" becomes "rule"). Decoding under a grammar
(GBNF, as llama.cpp reads it) rules that out: outside quotes everything is free, inside stands either a phrase made of
the question's own words, in singular or plural, or one of the fixed texts of the question grammar, such as
`what color is it?` or `no picture shows a {}`, with phrases in its places. Of those texts `person`, `food` and the
like stand only where the question may mean them.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from models.embedded.world.inflection import singular
from models.plain_question import plain_question

TEXTS = "texts.json"
"""File in the adapter's folder: a JSON list of the fixed texts, with `{}` where a phrase stands."""

MOST_WORDS = 12
"""Words in a phrase."""

_ONE = frozenset(("a", "an", "one", "each", "every", "another", "this", "that", "say", "says", "word", "text"))
_ALWAYS_PLURAL = frozenset(
    """
    scissors glasses sunglasses jeans shorts headphones binoculars pants trousers clothes pajamas pyjamas tongs pliers
    tweezers dice earphones tights leggings goggles grapes rhinoceros
    lens gas canvas christmas atlas swiss news series species bus
    """.split()  # noqa: SIM905
)

_MEANT = {
    "person": r"\b(?:who|whom|whose|persons?|people|someone|anyone|everyone|no one|humans?|humankind|folks?)\b",
    "food": r"\b(?:food|eat|ate|edib|munch|snack|lunch|dinn?er|supper|breakfast|brunch|meal|dish|hungr|hunger|tast|"
    r"cook|bite|nibbl|chew|swallow|feast|feed|picnic|kitchen|serv|delicious|nutri|diet)",
    "clothing": r"\b(?:cloth|wear|worn|dress|garment|outfit|attire|apparel|put on|fashion|body)",
    "vehicle": r"\b(?:vehic|driv(?:e|es|en|ing|able)\b|rid(?:e|es|ing)\b|travel|transport|traffic|"
    r"trip|go places|wheel|commut|fly|sail|mov)",
}
"""Texts that name a kind of thing, and the words of a plain question that may mean it without naming it."""

_WORD = re.compile(r"[^\W_]+(?:[-'’]+[^\W_]+)*")


def read_texts(folder: Path) -> tuple[str, ...]:
    """The fixed texts beside an adapter; none if there is no such file."""
    file = folder / TEXTS
    return tuple(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else ()


def words_of(question: str) -> list[str]:
    """The words of a question as a program may name them: lower case and in singular. A word that may be a plural is
    not offered as it stands, unless it means one thing only as it is (scissors) or one of it was spoken of. An
    item is also a "thing"."""
    words: dict[str, None] = {}
    before = ""
    for word in _WORD.findall(plain_question(question)):
        stem = re.sub(r"['’]s?$", "", word)
        forms = [one for piece in dict.fromkeys((stem, *stem.split("-"))) for one in _singulars(piece)]
        if before in _ONE or singular(stem) == stem or any(part in _ALWAYS_PLURAL for part in stem.split("-")):
            forms = [stem, *forms]
        words |= dict.fromkeys(form for form in forms if form)
        if {"item", "object"} & set(forms):
            words["thing"] = None
        before = word
    return list(words)


def texts_for(question: str, texts: Sequence[str]) -> list[str]:
    """The fixed texts that may answer a question. A kind of thing, `person` or `food`, is one only where a word may
    mean it: else a word that the model does not know becomes one at times, a pier a person and a goldfish food."""
    plain = plain_question(question)
    return [text for text in dict.fromkeys(texts) if text not in _MEANT or re.search(_MEANT[text], plain)]


def body_grammar(question: str, texts: Sequence[str]) -> str:
    """GBNF of the bodies that may answer a question.

    Args:
        question: what was asked.
        texts: fixed texts, with `{}` where a phrase stands.
    """
    words = " | ".join(_quoted(word) for word in words_of(question)) or '"thing"'
    fixed = " | ".join(_text(text) for text in texts_for(question, texts))
    return "\n".join(
        [
            'root ::= ( [^"] | "\\"" inside "\\"" )*',
            f"inside ::= phrase{' | ' + fixed if fixed else ''}",
            f'phrase ::= word ( " " word ){{0,{MOST_WORDS - 1}}}',
            f"word ::= {words}",
        ]
    )


def _singulars(word: str) -> set[str]:
    """Every reading of a word as a plural; the model chooses the right one."""
    found = {singular(word)}
    if word.endswith("ss"):
        return found
    if word.endswith(("us", "is")):
        return {word, word[:-1]}
    for end, instead in (
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ves", "f"),
        ("ves", "fe"),
        ("men", "man"),
        ("zzes", "z"),
    ):
        if word.endswith(end) and len(word) > len(end) + 1:
            found.add(word.removesuffix(end) + instead)
    return found


def _text(text: str) -> str:
    parts = [_quoted(part) if part != "{}" else "phrase" for part in re.split(r"(\{\})", text) if part]
    return " ".join(parts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
