"""What pydantic-monty says went wrong, as a problem of the program as it was written."""

import re

from pydantic_monty import MontyCrashedError, MontyError, MontyRuntimeError, MontySyntaxError

from agent.program import Problem, Span
from agent.running.sandbox import Limits
from agent.running.shim import Rewritten

PROGRAM_FILE = "<python-input-1>"
"""What the sandbox calls the program; the prelude is input 0."""

MAX_MESSAGE = 300
"""Characters of a message."""

MAX_FRAMES = 12
"""Lines of a traceback; of a longer one the middle is left out."""


def problem_of(error: MontyError, rewritten: Rewritten, limits: Limits, thrown: str | None = None) -> Problem:
    """The problem of a program that ended with an error of the sandbox.

    Args:
        thrown: the last error of a tool that the program was sent, to tell whether this is the same one.
    """
    if isinstance(error, MontyCrashedError) and not error.timed_out:
        return Problem(
            "limit", "the process that ran the program was killed; the program may have used too much memory"
        )
    text = one_line(str(error))
    span, detail = _trace(error, rewritten)
    kind, _, rest = text.partition(": ")
    if isinstance(error, MontySyntaxError):
        return Problem("syntax", text, span)
    if out_of_time(error):
        return Problem("limit", f"the program computed for more than {limits.seconds:g} s", span, detail)
    if kind == "MemoryError":
        exceeded = re.search(r"> (\d+) bytes$", rest)
        if exceeded and int(exceeded[1]) != limits.memory_mb << 20:  # the only other thing that is counted in bytes
            return Problem("limit", f"the program printed more than {limits.output_kb} KB", span, detail)
        return Problem("limit", f"the program used more than {limits.memory_mb} MB of memory", span, detail)
    if kind == "RecursionError":
        return Problem("limit", f"the program nested more than {limits.recursion} calls in each other", span, detail)
    if "cannot suspend in this synchronous context" in rest:
        message = "a tool was called from inside a native function, which cannot wait for it; call it in a loop first"
        return Problem("subset", message, span, detail)
    if kind == "NotImplementedError" and "monty syntax parser" in rest:
        return Problem("subset", re.sub(r".*does not yet support", "programs cannot use", rest), span)
    if thrown is not None and text == f"RuntimeError: {thrown}":
        return Problem("tool", thrown, span, detail)
    if rest.startswith("unhashable type"):
        text += "; keep such objects in a list"
    return Problem("runtime", text, span, detail and f"{detail}{text}")


def out_of_time(error: MontyError) -> bool:
    """Whether a program reached the limit of its time, and said so itself or was killed."""
    if isinstance(error, MontyCrashedError):
        return bool(error.timed_out)
    return str(error).startswith("TimeoutError: ") and "time limit exceeded" in str(error)


def one_line(text: str) -> str:
    """Text of a program, fit to be shown: one line of printable characters that ends somewhere."""
    text = " ".join(text.split())
    text = "".join(sign if sign.isprintable() else "?" for sign in text)
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 3] + "..."


def _trace(error: MontyError, rewritten: Rewritten) -> tuple[Span | None, str]:
    """The innermost place of an error in the program as it was written, and the way there, line by line."""
    if not isinstance(error, MontyRuntimeError | MontySyntaxError):
        return None, ""
    places: list[tuple[Span, str]] = []
    for frame in error.traceback():
        if frame.filename != PROGRAM_FILE:
            continue
        start = rewritten.offset(frame.line, frame.column - 1)
        end = rewritten.offset(frame.end_line, frame.end_column - 1)
        span = rewritten.span(start, max(end, start + 1))
        if span is not None and not (places and rewritten.inserted(start) and frame.function_name == "<lambda>"):
            places.append((span, frame.function_name or "<module>"))
    if not places:
        return None, ""
    lines = rewritten.original.split("\n")
    half = MAX_FRAMES // 2
    shown = places if len(places) <= MAX_FRAMES else [*places[:half], *places[-half:]]
    way = [f"line {span.line}, in {name}\n    {lines[span.line - 1].strip()[:200]}\n" for span, name in shown]
    if len(shown) < len(places):
        way.insert(half, f"... {len(places) - len(shown)} more\n")
    return places[-1][0], "".join(way)
