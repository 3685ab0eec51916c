"""`sight show`, `sight score` and `sight export`: what is in a run. All can read it while it is still being written."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sight.console import new_console, printable, show_answer, spinner
from sight.exit_codes import CODES
from sight.inputs import check_writable, short
from sight.options import InputError, Json, Verbose

if TYPE_CHECKING:
    from agent.runs.intervals import Figure
    from agent.runs.scoring import Comparison, Score, Tally
    from agent.runs.store import Store

MAX_LISTED = 12
"""Ids that are printed of a list; a JSON file has them all."""

STATUSES = tuple(CODES)

commands = typer.Typer()

Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder that `sight batch` made.")]


def open_run(folder: Path) -> "Store":
    """Open a run to read. Raises RunError."""
    from agent.runs.store import Store

    return Store.open(folder)


# ---------------------------------------------------------------------- show


@commands.command()
def show(
    run: Run,
    row: Annotated[str | None, typer.Argument(metavar="[ID]", help="A row, to see its program and steps.")] = None,
    status: Annotated[
        str | None, typer.Option("--status", metavar="NAME", help="List rows that answered, abstained or failed.")
    ] = None,
    family: Annotated[str | None, typer.Option("--family", metavar="NAME", help="List rows of this family.")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Rows listed at most.")] = 50,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FOLDER", help="Write pages to browse; with an ID, a file for it.")
    ] = None,
    pages: Annotated[
        int, typer.Option("--pages", metavar="N", min=0, help="Rows with a page of their own, failed ones first.")
    ] = 1000,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Tell how a run went.

    Rows by status, family and reason, and the slowest. With --status or --family the rows themselves are listed; with
    an ID one is shown as `sight ask` shows it.
    """
    if status is not None and status not in STATUSES:
        raise InputError(f"--status: there is none named {status!r}; choose one of {', '.join(STATUSES)}")
    if row is not None:
        if status is not None or family is not None:
            raise InputError(f"name the row {row!r}, or rows with --status and --family, not both")
        check_writable(html)
        with open_run(run) as store:
            answer = store.answer(row)
        show_answer(answer, json, False, html)
        return
    with open_run(run) as store:
        if html:
            index = _write_pages(store, html, pages, json)
        if status is not None or family is not None:
            _list(store, status, family, limit, json)
        else:
            _summarise(store, json)
    if html and not json:
        typer.echo(f"\nPages: {short(index)}")


def _write_pages(store: "Store", folder: Path, limit: int, silent: bool) -> Path:
    from agent.runs.run_pages import write_run_page

    with spinner(sys.stderr, silent, "writing pages") as tell:
        return write_run_page(store, folder, limit, lambda done, total: tell(f"{done:,} of {total:,} pages written"))


def _list(store: "Store", status: Any, family: str | None, limit: int, json: bool) -> None:
    """The rows of a status and a family, in the order of the questions."""
    records = list(store.records(status, family, limit=limit + 1))
    if json:
        _print_json({"rows": [record.as_dict() for record in records[:limit]]})
        return
    if not records:
        typer.echo("there are no such rows")
        return
    from rich.table import Table
    from rich.text import Text

    from agent.rendering.captions import duration
    from agent.rendering.terminal import STYLES

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading, options in {
        "row": {"overflow": "fold"},
        "question": {"ratio": 3},
        "": {},
        "answer, or why there is none": {"ratio": 4},
        "time": {"justify": "right", "no_wrap": True},
    }.items():
        table.add_column(heading, **options)  # type: ignore[arg-type]
    for record in records[:limit]:
        table.add_row(
            Text(printable(record.id)),
            Text(printable(record.question)),
            Text(record.status, STYLES[record.status]),
            Text(printable(record.answer if record.status == "answered" else record.reason)),
            duration(record.seconds),
        )
    new_console().print(table)
    if len(records) > limit:
        typer.echo(f"\nand more (--limit {limit * 10} shows more of them)")
    typer.echo(f"\nOne of them, step by step: sight show {_shell(short(store.folder))} {_shell(records[0].id)}")


def _shell(word: str) -> str:
    import shlex

    return shlex.quote(printable(word))


def _summarise(store: "Store", json: bool) -> None:
    from agent.runs.summary import summarise

    summary = summarise(store)
    if json:
        _print_json(summary.as_dict())
        return
    from agent.runs.summary_view import summary_view

    new_console().print(summary_view(summary))
    if summary.statuses["failed"]:
        typer.echo(f"\nThe failed rows: sight show {_shell(short(store.folder))} --status failed")


# ---------------------------------------------------------------------- score


@commands.command()
def score(
    run: Run,
    scorer: Annotated[
        str,
        typer.Option("--scorer", metavar="NAME", help="exact, choice, vqa, nlvr, iou or number; else by the labels."),
    ] = "auto",
    against: Annotated[
        Path | None, typer.Option("--against", metavar="RUN2", help="Compare with another run of the same questions.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.json", help="Write scorer, figures and every row.")
    ] = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Tell how many answers of a run are right.

    Over all rows and by family. Rows that failed or abstained count as wrong; rows without a label are left out and
    counted.
    """
    check_writable(output, "--output")
    from agent.runs.scoring import compare

    mine = _score(run, scorer)
    told: dict[str, Any] = mine.as_dict()
    comparison = None
    if against:
        # the other run is judged as the first one was, or the figures could not be compared
        other = _score(against, mine.scorer)
        comparison = compare(mine, other)
        told |= {"against": other.as_dict(), "comparison": comparison.as_dict()}
    if output:
        _write_json(output, told)
    if json:
        _print_json(told)
        return
    _print_score(mine)
    if comparison and against:
        _print_comparison(comparison, run, against)
    if output:
        typer.echo(f"\nWritten: {short(output)}")


def _score(run: Path, scorer: str) -> "Score":
    from dataclasses import asdict

    from agent.runs.scoring import score

    with open_run(run) as store:
        return score(store.records(), scorer, asdict(store.settings))


def _print_json(told: dict[str, Any]) -> None:
    import json

    typer.echo(json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False))


def _write_json(path: Path, told: dict[str, Any]) -> None:
    import json

    try:
        path.write_text(json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"--output: {path} cannot be written ({error.strerror})") from None


def _print_score(score: "Score") -> None:
    from rich.table import Table

    console = new_console()
    console.print(f"Scorer  {score.scorer}, version {score.version} ({score.chosen})", markup=False, soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("family", overflow="fold")
    for heading in ("rows", "answered", score.measure, "95 % interval", "of answered"):
        table.add_column(heading, justify="right", no_wrap=True)
    tallies = [*score.families, score.overall]
    for tally in tallies:
        table.add_row(*_cells(tally, "all" if tally is score.overall else tally.family or "(none)"))
    console.print("", table)
    for name, figure in score.overall.also.items():
        console.print(f"{name}: {_figure(figure)}", markup=False)
    if score.unlabelled:
        console.print(f"{score.unlabelled:,} rows without a label of this kind are left out")
    console.print(f"Questions  {score.questions[:16]} (the same for every run of the same questions)", style="dim")


def _cells(tally: "Tally", name: str) -> Iterable[str]:
    from rich.markup import escape

    answered = tally.accuracy_of_answered
    yield escape(printable(name))
    yield from (f"{tally.rows:,}", f"{tally.answered:,}")
    yield f"{tally.accuracy.value:.1%}"
    yield f"{tally.accuracy.low:.1%} to {tally.accuracy.high:.1%}"
    yield f"{answered.value:.1%}" if answered else "-"


def _figure(figure: "Figure") -> str:
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f}, of {figure.rows:,})"


def _print_comparison(found: "Comparison", run: Path, against: Path) -> None:
    left_out = f"; {found.left_out:,} rows that only one has are left out" if found.left_out else ""
    lines = [
        "",
        f"On the {found.rows:,} rows of both{left_out}:",
        f"  {short(run)}: {found.accuracy_a.value:.1%}",
        f"  {short(against)}: {found.accuracy_b.value:.1%}",
        f"  difference {found.difference.value:+.1%} ({found.difference.low:+.1%} to {found.difference.high:+.1%}), "
        f"p = {found.p:.3g} (McNemar)",
        f"  both right {found.both:,}, neither {found.neither:,}",
        f"  right in the first only {_ids(found.only_a)}",
        f"  right in the second only {_ids(found.only_b)}",
    ]
    for line in lines:
        typer.echo(printable(line))


def _ids(ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - MAX_LISTED:,} more" if len(ids) > MAX_LISTED else ""
    return f"{len(ids):,}" + (f": {', '.join(ids[:MAX_LISTED])}{more}" if ids else "")


# ---------------------------------------------------------------------- export


@commands.command()
def export(
    run: Run,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="FILE.jsonl, FILE.csv or FILE.parquet.")
    ],
    format: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="jsonl, csv or parquet; else by the file's name.")
    ] = None,
    traces: Annotated[bool, typer.Option("--traces", help="Write the trace of each row too.")] = False,
    verbose: Verbose = False,
) -> None:
    """Write all rows of a run to one file.

    Questions, answers, reasons, programs and times, in the order of the questions.
    """
    check_writable(output, "--output")
    from agent.runs.export import export

    with open_run(run) as store:
        rows = export(store, output, format, traces)
    typer.echo(f"{rows:,} rows: {short(output)}")
