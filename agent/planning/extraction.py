"""Takes the program out of what a language model wrote: fenced blocks, bare functions, text around, or a body alone."""

import ast
import re
import textwrap

from agent.language import parse
from agent.program import ENTRY, Problem

_FENCE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*\n(.*?)(?:^[ \t]*\1[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_ENTRY = re.compile(rf"^[ \t]*(?:async[ \t]+)?def[ \t]+{ENTRY}\b", re.MULTILINE)
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_START = re.compile(r"^(?:import |from \w|def |class |@|[A-Za-z_]\w* *=[^=])", re.MULTILINE)


def extract(text: str, parameter: str = "image") -> str | Problem:
    """The program in a reply.

    Of several candidates the last one that defines `execute_command` is taken, because models correct themselves
    downwards; a block that parses goes before one that does not. A body without a signature gets one.

    Args:
        text: what the model wrote.
        parameter: name of the parameter that a bare body gets: `image`, or `images` where there are several.

    Returns:
        Python source ending with a line break, or a Problem of kind `empty` where there is no program in the text.
    """
    text = _THOUGHT.sub("", text).replace("\r\n", "\n").replace("\u00a0", " ").strip("\n")
    if not text.strip():
        return Problem("empty", "the reply is empty; it must hold a Python program")
    blocks = [_even(match[3]) for match in _FENCE.finditer(text)]
    defining = [block for block in blocks if _ENTRY.search(block)]
    if defining:
        parsing = [block for block in defining if _parses(block)]
        return _closed((parsing or defining)[-1])
    if _ENTRY.search(text):
        return _closed(_bare(text))
    for body in reversed([block for block in blocks if block.strip()] or [text]):
        wrapped = _wrap(body, parameter)
        if wrapped is not None:
            return wrapped
    if blocks:
        return _closed(blocks[-1])
    return Problem("empty", f"there is no program in the reply; it must define {ENTRY}({parameter})")


def _bare(text: str) -> str:
    """The function, and what belongs to it, in text without fences."""
    found = _ENTRY.search(text)
    assert found is not None
    start = min((match.start() for match in _START.finditer(text, 0, found.start())), default=found.start())
    lines = _even(text[start:]).rstrip().split("\n")
    # words after the program are cut off from the end, line by line, until the rest parses
    for end in range(len(lines), 0, -1):
        source = "\n".join(lines[:end])
        if _ENTRY.search(source) and _parses(source):
            return source
    if start != found.start():
        return _bare(text[found.start() :])
    return "\n".join(lines)


def _wrap(body: str, parameter: str) -> str | None:
    """A function around a body that returns something, or None where the text is no body."""
    body = _even(body)
    source = f"def {ENTRY}({parameter}):\n{textwrap.indent(body, '    ')}"
    if not _parses(source):
        return None
    returns = any(isinstance(node, ast.Return) for node in ast.walk(parse(source)))
    return _closed(source) if returns else None


def _even(text: str) -> str:
    """Without the indentation that all lines share, and without empty lines around."""
    return textwrap.dedent(text.expandtabs(4)).strip("\n")


def _parses(source: str) -> bool:
    try:
        parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _closed(source: str) -> str:
    return source.rstrip() + "\n"
