"""The expressions inside f-strings and where they stand.

Before Python 3.12 the positions that `ast` gives for them cannot be trusted, so the text is read once more.
"""

import ast
import warnings
from collections.abc import Generator, Iterator

from agent.language import parse


class FStringError(ValueError):
    """An f-string that was not understood."""


def expressions(source: bytes, start: int, end: int, node: ast.JoinedStr) -> Iterator[tuple[int, str, str, ast.expr]]:
    """The expressions of an f-string at bytes `start` to `end`, those in format specifications too.

    Yields:
        The byte where the expression starts, its text, the quote around it, and its tree. The positions in the tree are
        those in the text with a parenthesis before it. An expression that is shown (`{x=}`) is left out.

    Raises:
        FStringError: the text does not give the tree.
    """
    literals = source[start:end].decode("latin-1")  # one character a byte
    try:
        found = list(zip(_found(literals, 0, len(literals)), _fields(node), strict=True))
    except (IndexError, ValueError):
        raise FStringError("the fields of an f-string were not found") from None
    for (first, last, quote), field in found:
        text = source[start + first : start + last].decode()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expression = parse(f"({text})", mode="eval").body
        except SyntaxError:
            raise FStringError("the fields of an f-string were not found") from None
        if ast.dump(expression) != ast.dump(field.value):
            raise FStringError("the fields of an f-string were not found")
        if not literals.startswith("=", last):
            yield start + first, text, quote, expression


def _fields(node: ast.JoinedStr) -> Iterator[ast.FormattedValue]:
    """The replacement fields of an f-string in the order of the text."""
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            yield part
            if isinstance(part.format_spec, ast.JoinedStr):
                yield from _fields(part.format_spec)


def _found(source: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The expressions in the braces of f-strings from `start` to `end`, as `(start, end, quote)`, in order.

    `source` holds one character a byte. Several literals may stand next to each other.
    """
    place = start
    while place < end:
        if source[place] == "#":
            place = source.index("\n", place)
        elif source[place] in "\"'":
            prefix = place
            while prefix > start and source[prefix - 1].isalpha():
                prefix -= 1
            quote = source[place] * 3 if source.startswith(source[place] * 3, place) else source[place]
            formatted = "f" in source[prefix:place].lower()
            raw = "r" in source[prefix:place].lower()
            place = yield from _literal(source, place + len(quote), quote, formatted, raw)
        else:
            place += 1


def _literal(
    source: str, place: int, quote: str, formatted: bool, raw: bool
) -> Generator[tuple[int, int, str], None, int]:
    """The expressions of one literal whose text begins at `place`; returns the place behind its closing quote."""
    while not source.startswith(quote, place):
        if source[place] == "\\" and formatted and source[place + 1] in "{}":  # the brace is one all the same
            place += 1
        elif source[place] == "\\":
            if formatted and source.startswith("\\N{", place) and not raw:
                place = source.index("}", place) + 1
            else:
                place += 2
        elif formatted and source[place] == "{" and source[place + 1] != "{":
            place = yield from _field(source, place + 1, quote)
        elif formatted and source[place] in "{}":
            place += 2
        else:
            place += 1
    return place + len(quote)


def _field(source: str, place: int, quote: str) -> Generator[tuple[int, int, str], None, int]:
    """The expression at `place` and those in its format specification; returns the place behind the closing brace."""
    start, depth = place, 0
    while True:
        sign = source[place]
        if sign in "\"'":
            inner = sign * 3 if source.startswith(sign * 3, place) else sign
            place = source.index(inner, place + len(inner)) + len(inner)
            continue
        if sign in "([{":
            depth += 1
        elif sign in ")]}" and depth:
            depth -= 1
        elif not depth and source[place : place + 2] in ("==", "!=", "<=", ">="):
            place += 1
        elif not depth and sign in ":}!=":
            break
        place += 1
    yield start, place, quote
    while source[place] not in ":}":
        place += 1
    if source[place] == ":":
        place += 1
        while source[place] != "}":
            if source[place] == "{":
                place = yield from _field(source, place + 1, quote)
            else:
                place += 1
    return place + 1
