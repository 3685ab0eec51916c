"""What the embedded planner may put between quotes: words of the question, or a text that its programs always use.

A small language model sometimes misspells a word that it copies ("ruler" becomes "rule"). Decoding under a grammar
(GBNF, as llama.cpp reads it) rules that out: outside quotes everything is free, inside stands either a phrase made of
the question's own words, in singular or plural, or one of the fixed texts of the question grammar, such as
`what color is it?` or `no picture shows a {}`, with phrases in its places.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from models.embedded.world.inflection import singular

TEXTS = "texts.json"
"""File in the adapter's folder: a JSON list of the fixed texts, with `{}` where a phrase stands."""

MOST_WORDS = 12
"""Words in a phrase."""

_WORD = re.compile(r"[^\W_]+(?:[-'’]+[^\W_]+)*")


def read_texts(folder: Path) -> tuple[str, ...]:
    """The fixed texts beside an adapter; none if there is no such file."""
    file = folder / TEXTS
    return tuple(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else ()


def words_of(question: str) -> list[str]:
    """The words of a question as a program may name them: lower case, as they stand and in singular; an object or an
    item is also a "thing"."""
    words: dict[str, None] = {}
    for word in _WORD.findall(question.lower()):
        stem = re.sub(r"['’]s?$", "", word)
        for form in (word, stem, *(one for piece in {stem, *stem.split("-")} for one in _singulars(piece))):
            if form:
                words[form] = None
                if form in ("object", "item"):
                    words["thing"] = None
    return list(words)


def body_grammar(question: str, texts: Sequence[str]) -> str:
    """GBNF of the bodies that may answer a question.

    Args:
        question: what was asked.
        texts: fixed texts, with `{}` where a phrase stands.
    """
    words = " | ".join(_quoted(word) for word in words_of(question)) or '"thing"'
    fixed = " | ".join(_text(text) for text in dict.fromkeys(texts))
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
    found = {word, singular(word)}
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
