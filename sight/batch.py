"""`sight batch`: a file of questions, answered and kept in a folder that a later call goes on with."""

import contextlib
import os
import signal
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from sight.console import calm
from sight.exit_codes import FAILED, OK, STOPPED
from sight.inputs import short
from sight.options import (
    Device,
    Dtype,
    LimitList,
    Planner,
    Preset,
    Tools,
    Verbose,
    agent_of,
    parse_limits,
    stored_options,
)
from sight.progress import ProgressDisplay, outcomes, rate

if TYPE_CHECKING:
    from agent.agent import VisualAgent
    from agent.runs.row import BadRow, Row
    from agent.runs.store import Store

EPILOG = (
    "Exit codes: 0 every row answered or abstained, 1 some rows failed, 2 bad input, or RUN cannot be written, 70 an "
    "error in Sightscript itself, 130 interrupted. The same command goes on where it stopped."
)

OWN_PLANNER = "embedded"
"""As one may call the preset's own planner."""

commands = typer.Typer()


@commands.command(epilog=EPILOG)
def batch(
    questions: Annotated[
        Path, typer.Argument(metavar="QUESTIONS", help="JSONL, CSV or Parquet, a data set's folder, or a benchmark's.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="RUN", help="Folder for answers, traces and pictures.")],
    format: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="Of QUESTIONS, if it cannot be told: gqa, vqav2 ..."),
    ] = None,
    images: Annotated[
        Path | None, typer.Option("--images", metavar="FOLDER", help="Where the pictures are, if not by QUESTIONS.")
    ] = None,
    split: Annotated[str | None, typer.Option("--split", metavar="NAME", help="Of a data set or benchmark.")] = None,
    preset: Preset = "embedded",
    planner: Planner = None,
    device: Device = None,
    dtype: Dtype = None,
    limits: LimitList = "",
    tools: Tools = None,
    repairs: Annotated[
        int, typer.Option("--repairs", metavar="N", min=0, help="How often a failed program goes back to the planner.")
    ] = 2,
    live: Annotated[
        int | None, typer.Option("--live", metavar="N", min=1, help="Programs under way at a time, at most.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="Take the first N rows only, this time.")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Ask rows again that failed in an earlier call.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    verbose: Verbose = False,
) -> None:
    """Answer a file of questions. Every row is kept as soon as it is done; running again resumes."""
    allowed = parse_limits(limits)
    from agent.runs.question_files import count_questions, fingerprint, format_of, read_questions

    place = (questions, format, images, split or "")
    rows = read_questions(*place)
    with calm(verbose) as stderr, agent_of(preset, planner, allowed, device, dtype, tools, repairs=repairs) as agent:
        from dataclasses import asdict
        from datetime import UTC, datetime
        from importlib.metadata import version

        from agent.running.sandbox import Limits
        from agent.runs.settings import RunSettings
        from agent.runs.store import Store

        if live:
            agent.engine.live = live
        folder = None if images is None else str(images.resolve())
        settings = RunSettings(
            source=str(questions.resolve()),
            format=format_of(questions, format),
            fingerprint=fingerprint(*place),
            preset=preset,
            planner=planner or OWN_PLANNER,
            limits=asdict(allowed or Limits()),
            options=stored_options(preset, dtype, tools, repairs=repairs, split=split, images=folder),
            version=version("sightscript"),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        with Store.open(out, settings) as store:
            total = count_questions(*place)
            if total is not None:
                store.set_total(total)
            code = _run(agent, islice(rows, limit), store, ProgressDisplay(stderr, quiet), retry_failed)
            if total is None and limit is None and code != STOPPED:
                store.set_total(sum(store.counts().values()))
    raise typer.Exit(code)


def _run(
    agent: "VisualAgent",
    rows: "Iterable[Row | BadRow]",
    store: "Store",
    display: ProgressDisplay,
    retry_failed: bool,
) -> int:
    """Answer what is not done yet, and tell how it ended. Returns the exit code."""
    from agent.rendering.captions import duration
    from agent.runs.batch import run_batch

    if retry_failed:
        again = store.drop([record.id for record in store.records(status="failed")])
        display.tell(f"{again:,} rows that failed are asked again")
    done = store.done()
    if done:
        display.tell(f"going on with {short(store.folder)}, where {len(done):,} rows are done")
    try:
        with display, _impatient(display.stderr):
            progress = run_batch(agent, rows, store, display, done)
    except KeyboardInterrupt:
        rows_done = display.latest.done - display.latest.resumed if display.latest else 0
        display.tell(f"sight: stopped after {rows_done:,} rows; run the same command again to go on")
        return STOPPED
    fresh = progress.done - progress.resumed
    took = (
        f"{fresh:,} rows in {duration(progress.seconds)}, {rate(progress.rate)}" if fresh else "nothing was left to do"
    )
    display.tell(f"{short(store.folder)}: {outcomes(progress)} ({took})")
    if progress.failed:
        display.tell(
            f"{progress.failed:,} rows failed; see them with: sight show {short(store.folder)} --status failed"
        )
    return FAILED if progress.failed else OK


@contextlib.contextmanager
def _impatient(stderr: TextIO) -> Iterator[None]:
    """The first Ctrl-C is a KeyboardInterrupt, so that the batch ends cleanly; the second ends the process at once."""

    def interrupted(number: int, frame: Any) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        with contextlib.suppress(OSError):  # no `print`: the stream may be in the middle of one
            start = b"\n" if stderr.isatty() else b""
            os.write(stderr.fileno(), start + b"stopping, which may take a while; Ctrl-C again stops at once\n")
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
