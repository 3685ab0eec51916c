"""A program as HTML: numbered lines, highlighted syntax, and the stretches that its steps ran."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise

from agent.trace import SpanRecord

_CLASSES = (
    ("Token.Comment", "tc"),
    ("Token.Literal.String", "ts"),
    ("Token.Literal.Number", "tn"),
    ("Token.Name.Function", "tf"),
    ("Token.Name.Builtin", "tb"),
    ("Token.Name.Class", "tf"),
    ("Token.Keyword.Constant", "tn"),
    ("Token.Keyword", "tk"),
    ("Token.Operator.Word", "tk"),
    ("Token.Operator", "to"),
    ("Token.Punctuation", "to"),
)
"""Token types of Pygments and the classes of the style sheet, the first match counts."""


def listing(
    source: str,
    spans: Sequence[SpanRecord | None] = (),
    marks: Mapping[int, str] | None = None,
    wrong: SpanRecord | None = None,
    name: str = "program",
) -> str:
    """An ordered list with one item a line.

    Args:
        source: The program.
        spans: Where each step stands, by its position. A stretch carries the positions in `data-steps`, so that a
            script can light it up.
        marks: HTML for the margin, by line (from 1).
        wrong: A stretch to underline, because something is wrong with it.
        name: What the list is called for people who do not see it.
    """
    lines = source.split("\n")
    if lines and not lines[-1].strip():
        lines.pop()
    kinds = _kinds(source)
    covers = _covers(spans, len(lines))
    items = []
    for number, line in enumerate(lines, 1):
        steps = sorted({index for _, _, index in covers.get(number, ())})
        bad = wrong is not None and wrong.line <= number <= max(wrong.end_line, wrong.line)
        classes = "ln" + (" wrong" if bad else "") + (" ran" if steps else "")
        margin = (marks or {}).get(number, "")
        inside = "".join(_runs(line, kinds[number - 1] if number <= len(kinds) else [], covers.get(number, [])))
        items.append(
            f'<li class="{classes}" data-line="{number}"><span class="no" aria-hidden="true">{number}</span>'
            f'<code>{inside or " "}</code><span class="margin">{margin}</span></li>'
        )
    return f'<ol class="listing" aria-label="{escape(name)}">{"".join(items)}</ol>'


def _kinds(source: str) -> list[list[str]]:
    """The class of every character, by line."""
    from pygments.lexers.python import PythonLexer

    lines: list[list[str]] = [[]]
    for kind, text in PythonLexer(stripnl=False, stripall=False, ensurenl=False).get_tokens(source):
        dotted = str(kind)
        css = next((css for prefix, css in _CLASSES if dotted.startswith(prefix)), "")
        for character in text:
            if character == "\n":
                lines.append([])
            else:
                lines[-1].append(css)
    return lines


def _covers(spans: Sequence[SpanRecord | None], count: int) -> dict[int, list[tuple[int, int, int]]]:
    """By line: `(first column, end column, step)` of the stretches on it."""
    covers: dict[int, list[tuple[int, int, int]]] = {}
    for index, span in enumerate(spans):
        if span is None:
            continue
        for number in range(max(span.line, 1), min(span.end_line, count) + 1):
            first = span.column if number == span.line else 0
            end = span.end_column if number == span.end_line else 1 << 20
            covers.setdefault(number, []).append((first, end, index))
    return covers


def _runs(line: str, kinds: list[str], covers: list[tuple[int, int, int]]) -> Iterator[str]:
    """Stretches of a line whose characters have the same class and the same steps, as spans."""
    distinct = sorted({(first, min(end, len(line))) for first, end, _ in covers})
    edges = sorted({0, len(line), *(min(c, len(line)) for pair in distinct for c in pair)})
    by_stretch: dict[tuple[int, int], list[int]] = {}
    for first, end, index in covers:
        by_stretch.setdefault((first, min(end, len(line))), []).append(index)
    for start, stop in pairwise(edges):
        steps = sorted({i for (a, b), group in by_stretch.items() if a <= start and stop <= b for i in group})
        inside = "".join(_tokens(line[start:stop], kinds[start:stop]))
        yield f'<span class="st" data-steps="{" ".join(map(str, steps))}">{inside}</span>' if steps else inside


def _tokens(text: str, kinds: list[str]) -> Iterator[str]:
    if len(kinds) != len(text):
        yield escape(text)
        return
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or kinds[at] != kinds[start]:
            piece = escape(text[start:at])
            yield f'<span class="{kinds[start]}">{piece}</span>' if kinds[start] else piece
            start = at
