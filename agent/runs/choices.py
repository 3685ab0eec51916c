"""Questions with options to choose from: how they are asked, and which option an answer names."""

import re
from collections.abc import Callable, Sequence

_ASKED = re.compile(r"^(?P<question>.*\S)\s+Options: (?P<options>\(A\) .*)$", re.DOTALL)
_LETTER = re.compile(r"\(([A-Z])\) ")
_NAMED = re.compile(r"^\(?([A-Za-z])\)?(?:[.:)]|\s|$)")


def with_options(question: str, options: Sequence[str]) -> str:
    """The question with its options: `Why? Options: (A) it fell (B) it is hungry`."""
    listed = " ".join(f"({chr(65 + place)}) {' '.join(option.split())}" for place, option in enumerate(options))
    return f"{question} Options: {listed}"


def options_of(question: str) -> tuple[str, ...]:
    """The options in a question; none if it is asked in another way. Inverse of `with_options`."""
    asked = _ASKED.match(" ".join(question.split()))
    if asked is None:
        return ()
    _, *parts = _LETTER.split(f"{asked['options']} ")
    letters, options = parts[::2], tuple(part.strip() for part in parts[1::2])
    return options if letters == [chr(65 + place) for place in range(len(letters))] else ()


def named(answer: str, options: Sequence[str], plain: Callable[[str], str]) -> str | None:
    """The option that an answer names: by its words, by its letter, or by both; None if it names none, or several.

    Args:
        plain: how texts are compared.
    """
    said = plain(re.sub(r"^\(?[A-Z]\)\s+(?=\S)", "", answer.strip()))
    same = [option for option in options if plain(option) == said]
    if len(set(same)) == 1:
        return same[0]
    letter = _NAMED.match(answer.strip()) if len(answer.strip()) <= 4 else None
    if letter is not None and ord(letter[1].upper()) - 65 < len(options):
        return options[ord(letter[1].upper()) - 65]
    return None
