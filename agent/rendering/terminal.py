"""A trace as text in a terminal: question, program, steps, answer."""

from collections.abc import Mapping

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from agent.rendering.captions import Captions, duration
from agent.trace import Attempt, ProblemRecord, Status, Step, Trace

STYLES: Mapping[Status, str] = {"answered": "green", "abstained": "yellow", "failed": "red"}

NARROW = 64
"""Columns below which the table of steps has two columns less."""

MAX_STEPS = 60
"""Steps listed of one program; of the rest only the number is told."""


def terminal_view(trace: Trace, width: int = 80) -> RenderableType:
    """Everything a person wants to see of a trace, for `rich.console.Console.print`, on so many columns."""
    parts: list[RenderableType] = []
    if trace.question:
        parts.append(Text.assemble(("Question  ", "bold"), printable(trace.question)))
    for record in trace.pictures:
        if record.source == "query":
            size, kind = f" ({record.width} x {record.height})", "Picture   "
            if record.video is not None:
                kind = "Video     "
                size = size[:-1] + f", {record.video.frames} frames, {record.video.seconds:.4g} s)"
            parts.append(Text.assemble((kind, "bold"), printable(record.name), (size, "dim")))
    if trace.student is not None:
        parts.append(Text.assemble(("Student   ", "bold"), printable(str(trace.student))))
        if trace.student.rationale:
            parts.append(Text.assemble(("Why       ", "bold"), printable(trace.student.rationale)))
    for number, attempt in enumerate(trace.attempts, 1):
        last = number == len(trace.attempts)
        title = "Program" if len(trace.attempts) == 1 else f"Program {number} of {len(trace.attempts)}"
        parts += ["", program_view(attempt, title)]
        if attempt.steps and last:
            parts += ["", steps_view(trace, attempt, width)]
        if attempt.output:
            parts += ["", Text("Printed", "bold"), Padding(Text(printable(attempt.output.rstrip("\n"))), (0, 0, 0, 2))]
        if attempt.problem is not None:
            parts.append(_problem(attempt.problem))
    parts += ["", answer_view(trace)]
    return Group(*parts)


def program_view(attempt: Attempt, title: str = "Program") -> RenderableType:
    """A program with line numbers; the line of its problem, if it has one, is marked."""
    times = f", {duration(attempt.plan_seconds)}" if attempt.plan_seconds else ""
    heading = Text.assemble((title, "bold"), (f"  written by {printable(attempt.author)}{times}", "dim"))
    wrong = attempt.problem.span if attempt.problem else None
    code = Syntax(
        printable(attempt.program.rstrip("\n")),
        "python",
        theme="ansi_dark",
        background_color="default",
        line_numbers=True,
        word_wrap=True,
        highlight_lines={wrong.line} if wrong else None,
    )
    return Group(heading, code)


def steps_view(trace: Trace, attempt: Attempt, width: int = 80) -> Table:
    """A table with one row a tool call. Times and batches are left out where there is no room."""
    captions = Captions(trace, attempt)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("Line", justify="right", style="dim", no_wrap=True)
    table.add_column("Call", ratio=3, overflow="fold")
    table.add_column("Result", ratio=2, overflow="fold")
    if width >= NARROW:
        table.add_column("Time", justify="right", no_wrap=True)
        table.add_column("Batch", justify="right", style="dim", no_wrap=True)
    for step in attempt.steps[:MAX_STEPS]:
        table.add_row(*_row(captions, step)[: len(table.columns)])
    if len(attempt.steps) > MAX_STEPS:
        table.add_row("", Text(f"and {len(attempt.steps) - MAX_STEPS} more", "dim"))
    return table


def _row(captions: Captions, step: Step) -> tuple[RenderableType, ...]:
    result = Text(printable(captions.result(step)), "red" if step.error is not None else "")
    batch = "record" if step.recorded else "kept" if step.cached else str(step.batch)
    line = str(step.span.line) if step.span else ""
    return line, Text(printable(captions.call(step))), result, duration(step.seconds), batch


def step_line(captions: Captions, step: Step) -> str:
    """One step in one line, as it is told while a program runs."""
    return printable(f"{captions.call(step)} → {captions.result(step)}  ({duration(step.seconds)})")


def answer_view(trace: Trace) -> Panel:
    """The answer, or why there is none."""
    style = STYLES[trace.status]
    words = Captions(trace).answer(trace.value) if trace.status == "answered" else trace.reason
    below = f"{trace.status} in {duration(trace.seconds)}"
    return Panel(
        Text(printable(words), "bold"),
        title=Text("Answer" if trace.status == "answered" else "No answer", style),
        title_align="left",
        subtitle=Text(below, "dim"),
        subtitle_align="right",
        border_style=style,
        padding=(0, 2),
        expand=True,
        width=max(len(below) + 6, min(len(words) + 6, 100)),
    )


def _problem(problem: ProblemRecord) -> Text:
    where = f"line {problem.span.line}: " if problem.span else ""
    return Text.assemble(("  ✗ ", "red"), (printable(where + problem.message), "red"))


def printable(text: str) -> str:
    """A text without what would steer a terminal: escape and other control characters become visible."""
    return "".join(c if c in "\n\t" or c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def print_trace(trace: Trace, console: Console | None = None) -> None:
    """Print a trace. Without a console of one's own: to stdout, plain if that is no terminal."""
    console = console or Console(highlight=False)
    console.print(terminal_view(trace, console.width))
