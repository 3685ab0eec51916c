"""What is printed, and what is kept from being printed."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import typer

from sight.inputs import short
from sight.options import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from agent.trace import Answer


@contextlib.contextmanager
def calm(verbose: bool) -> Iterator[TextIO]:
    """Keep what libraries print, C++ ones included, off stdout and stderr. Yields the true stderr.

    stdout must carry nothing but the answer, or `--json` would be of no use.
    """
    if verbose:
        yield sys.stderr
        return
    import logging
    import warnings

    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    true = sys.stderr
    sys.stdout.flush()
    kept = {descriptor: os.dup(descriptor) for descriptor in (1, 2)}
    level = logging.root.manager.disable
    with (
        open(os.devnull, "w") as nowhere,
        os.fdopen(os.dup(2), "w", buffering=1) as stderr,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            for descriptor in kept:
                os.dup2(nowhere.fileno(), descriptor)
            yield stderr if _descriptor(true) == 2 else true
        finally:
            for descriptor, copy in kept.items():
                os.dup2(copy, descriptor)
                os.close(copy)
            logging.disable(level)


def _descriptor(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except OSError:
        return None


@contextlib.contextmanager
def spinner(stderr: TextIO, silent: bool, text: str) -> Iterator[Any]:
    """A sign of life while a person waits at a terminal. Yields a function that changes the text."""
    if silent or not stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(file=stderr, highlight=False).status(text) as status:
        yield lambda text: status.update(escape(printable(text)))


def show_answer(answer: "Answer", json: bool, quiet: bool, html: Path | None, **more: Any) -> None:
    """Print an answer as the options ask for, and write its page. `more` is told in JSON only.

    Raises InputError if the page cannot be written.
    """
    if html:
        from agent.rendering.page import page

        try:
            html.write_text(page(answer.trace, answer.pictures.values()), encoding="utf-8")
        except OSError as error:
            raise InputError(f"--html: {html} cannot be written ({error.strerror})") from None
    if json:
        from agent.rendering.record import json_record

        typer.echo(json_record(answer, **more))
    elif quiet:
        typer.echo(printable(str(answer)))
    else:
        from agent.rendering.terminal import print_trace

        print_trace(answer.trace, new_console())
        if html:
            typer.echo(f"\nPage: {short(html)}")


def new_console() -> "Console":
    from rich.console import Console

    return Console(highlight=False)


def printable(text: str) -> str:
    """A text without characters that would move the cursor or change the terminal."""
    return "".join(c if c.isprintable() or c.isspace() else c.encode("unicode_escape").decode("ascii") for c in text)
