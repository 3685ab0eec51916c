"""A summary as text in a terminal."""

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from agent.rendering.captions import duration
from agent.rendering.terminal import STYLES, printable
from agent.runs.summary import ABSTAINED, Kind, Summary

BAR = 40
"""Columns of the bar of statuses."""

MAX_FAMILIES = 30
"""Families listed; the rest are told as one line."""


def summary_view(summary: Summary) -> RenderableType:
    """What a person wants to know of a run, for `rich.console.Console.print`."""
    parts: list[RenderableType] = [_rows(summary), _bar(summary)]
    if summary.rows:
        parts += ["", _facts(summary)]
    if any(family.name for family in summary.families):
        parts += ["", _families(summary)]
    for kind in summary.kinds:
        parts += ["", _kind(kind)]
    if summary.slowest:
        parts += ["", _slowest(summary)]
    return Group(*parts)


def _rows(summary: Summary) -> Text:
    of = f" of {summary.total:,}" if summary.total is not None and summary.total != summary.rows else ""
    text = Text.assemble((f"{summary.rows:,}{of} rows", "bold"))
    for status, count in summary.statuses.items():
        share = f" ({count / summary.rows:.1%})" if summary.rows else ""
        text.append("   ").append(f"{count:,} {status}", STYLES[status]).append(share, "dim")
    return text


def _bar(summary: Summary) -> Text:
    text = Text()
    begin = 0
    for status, count in summary.statuses.items():
        begin += count
        end = round(BAR * begin / summary.rows) if summary.rows else 0
        text.append("█" * (end - len(text)), STYLES[status])
    return text


def _facts(summary: Summary) -> Table:
    settings = summary.settings
    speed = f"{summary.rate:.3g} rows a second" if summary.rate >= 1 else f"{_each(summary)} a row"
    pauses = f", with {_count(summary.pauses, 'pause')}" if summary.pauses else ""
    limits = ", ".join(f"{name} {number:g}" for name, number in settings.limits.items())
    options = ", ".join(
        f"{name} {value}" for name, value in settings.options.items() if value not in (None, "", [], {})
    )
    facts = [
        ("Questions", f"{settings.source} ({settings.format})"),
        ("Planner", settings.planner),
        ("Preset", settings.preset),
        ("Models", ", ".join(f"{role} {model}" for role, model in summary.models.items() if role != "planner")),
        ("Limits", limits),
        ("Options", options),
        (
            "Time",
            f"{duration(summary.worked)}, {speed}; from {_clock(summary.began)} to {_clock(summary.ended)}{pauses}",
        ),
        (
            "A row",
            f"{summary.calls:.1f} calls, {summary.attempts:.2f} programs, median {duration(summary.median_seconds)}",
        ),
    ]
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, fact in facts:
        if fact:
            table.add_row(name, Text(printable(fact)))
    return table


def _each(summary: Summary) -> str:
    return duration(summary.worked / summary.rows)


def _clock(time: str) -> str:
    return time[:16].replace("T", " ")


def _families(summary: Summary) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("Family", overflow="fold")
    for heading in ("Rows", "Answered", "Abstained", "Failed"):
        table.add_column(heading, justify="right", no_wrap=True)
    for family in summary.families[:MAX_FAMILIES]:
        counts = (family.rows, family.answered, family.abstained, family.failed)
        table.add_row(Text(printable(family.name) or "(none)"), *(f"{count:,}" if count else "·" for count in counts))
    rest = len(summary.families) - MAX_FAMILIES
    if rest > 0:
        table.add_row(Text(f"and {_count(rest, 'family', 'families')} more", "dim"))
    return table


def _kind(kind: Kind) -> RenderableType:
    abstained = kind.name == ABSTAINED
    style = STYLES["abstained" if abstained else "failed"]
    heading = "Abstained" if abstained else f"Failed: {printable(kind.name)}"
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for reason in kind.reasons:
        ids = ", ".join(reason.ids) + (", …" if reason.rows > len(reason.ids) else "")
        line = Text(printable(" ".join(reason.text.split())) or "no reason was given")
        table.add_row(f"{reason.rows:,}", line.append(f"  {printable(ids)}", "dim"))
    rest = kind.rows - sum(reason.rows for reason in kind.reasons)
    if rest:
        table.add_row(f"{rest:,}", Text("for other reasons", "dim"))
    return Group(Text.assemble((heading, f"bold {style}"), (f"  {_count(kind.rows, 'row')}", "dim")), table)


def _slowest(summary: Summary) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=24)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for row in summary.slowest:
        question = " ".join(row.question.split())
        table.add_row(duration(row.seconds), Text(printable(row.id), STYLES[row.status]), Text(printable(question)))
    return Group(Text("Slowest", "bold"), table)


def _count(number: int, noun: str, nouns: str = "") -> str:
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
