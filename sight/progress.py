"""How far a batch is: a bar at a terminal, else a line every few seconds."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

if TYPE_CHECKING:
    from agent.runs.batch import Progress as BatchProgress

EVERY = 10.0
"""Seconds between two lines, where there is no terminal."""

SURE = 10
"""Rows of a call from which its rate means something: the first wait for models to load."""


class ProgressDisplay:
    """Shows each `Progress` that it is called with, on stderr. Remembers the latest."""

    def __init__(
        self,
        stderr: TextIO,
        silent: bool = False,
        words: "Callable[[BatchProgress], str] | None" = None,
    ) -> None:
        """
        Args:
            stderr: where to show it; a bar is drawn if this is a terminal.
            silent: show nothing, only remember.
            words: a `Progress` in one line; `sentence` if None.
        """
        self._words = words or sentence
        self.latest: BatchProgress | None = None
        self.stderr, self.silent = stderr, silent
        self._bar: Any = None
        self._next = time.monotonic() + EVERY
        if not silent and stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
            from rich.table import Column

            text = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=False))
            columns = (SpinnerColumn(), BarColumn(bar_width=16), text)
            self._bar = Progress(*columns, console=Console(file=stderr, highlight=False), transient=True)

    def __call__(self, progress: "BatchProgress") -> None:
        self.latest = progress
        if self._bar is not None:
            self._bar.update(
                self._task, total=progress.total, completed=progress.done, description=self._words(progress)
            )
        elif not self.silent and time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            print(self._words(progress), file=self.stderr, flush=True)

    def tell(self, text: str) -> None:
        """Print a line that stays."""
        if self._bar is not None and self._bar.live.is_started:
            self._bar.console.print(text, markup=False, soft_wrap=True)
        else:
            print(text, file=self.stderr, flush=True)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("loading models", total=None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()


def sentence(progress: "BatchProgress") -> str:
    """`120 of 300 rows: 90 answered, 25 abstained, 5 failed; 1.4 a second, 2 min 8 s left`."""
    from agent.rendering.captions import duration

    rows = f"{progress.done:,} rows" if progress.total is None else f"{progress.done:,} of {progress.total:,} rows"
    words = f"{rows}: {outcomes(progress)}"
    if progress.done - progress.resumed < SURE:
        return words
    words += f"; {rate(progress.rate)}"
    return words if progress.left is None else f"{words}, {duration(progress.left)} left"


def outcomes(progress: "BatchProgress") -> str:
    return f"{progress.answered:,} answered, {progress.abstained:,} abstained, {progress.failed:,} failed"


def rate(rows: float) -> str:
    """Rows a second, in the unit in which a person can read it."""
    if rows >= 0.95:
        return f"{rows:,.1f} a second"
    return f"{rows * 60:,.1f} a minute" if rows * 60 >= 0.95 else f"{rows * 3600:,.1f} an hour"
