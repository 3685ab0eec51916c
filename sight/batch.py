"""`sight batch`: a file of questions, answered and kept in a folder that a later call goes on with."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO, TypeAlias

import typer
from typer.core import TyperCommand

from sight.console import calm
from sight.exit_codes import FAILED, OK, STOPPED
from sight.inputs import short
from sight.options import (
    Answerer,
    Device,
    Dtype,
    Engine,
    InputError,
    LimitList,
    Mode,
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
    from agent.running.sandbox import Limits
    from agent.runs.batch import Progress
    from agent.runs.ray_feed import Read
    from agent.runs.store import Store

EPILOG = (
    "Exit codes: 0 every row answered or abstained, 1 some rows failed, 2 bad input, or RUN cannot be written, 70 an "
    "error in Sightscript itself, 130 interrupted. The same command goes on where it stopped."
)

OWN_PLANNER = "embedded"
"""As one may call the preset's own planner."""

HERE = "here"
"""What `--ray` means without an address: a cluster of this machine alone."""

Ask: TypeAlias = "Callable[[Store, ProgressDisplay, set[str]], Progress]"
"""Answers the rows that are not done and puts them into the store."""

commands = typer.Typer()


class _BatchCommand(TyperCommand):
    """Lets `--ray` go without an address, which Typer's options cannot: what follows it is one unless it is another
    option or a file that is there, such as QUESTIONS."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        spelled: list[str] = []
        for place, word in enumerate(args):
            spelled.append(word)
            following = args[place + 1 : place + 2]
            if word == "--ray" and (not following or following[0].startswith("-") or Path(following[0]).exists()):
                spelled.append(HERE)
        return super().parse_args(ctx, spelled)


@commands.command(cls=_BatchCommand, epilog=EPILOG)
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
    mode: Mode = None,
    engine: Answerer = Engine.program,
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
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="[ADDRESS]",
            help="Answer with several workers: on this machine, or on the Ray cluster at auto or HOST:PORT.",
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, help="With --ray; else one a GPU, or four CPUs.")
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
    if workers and not ray:
        raise InputError("--workers says how many with --ray; without it there is one")
    asked = {} if engine is Engine.program else {"engine": engine.value}  # earlier runs have no such option
    from agent.runs.question_files import count_questions, fingerprint, format_of, read_questions

    place = (questions, format, images, split or "")
    rows = read_questions(*place)
    with contextlib.ExitStack() as stack:
        display = ProgressDisplay(stack.enter_context(calm(verbose)), quiet)
        ask: Ask
        if ray:
            ask = _workers(
                partial(read_questions, *place), preset, planner, allowed, device, dtype, tools, repairs, live, mode,
                address=None if ray == HERE else ray, workers=workers, limit=limit, tell=display.tell, by=engine.value,
            )  # fmt: skip
        else:
            from agent.runs.batch import run_batch

            agent = stack.enter_context(
                agent_of(preset, planner, allowed, device, dtype, tools, repairs=repairs, mode=mode, by=engine.value)
            )
            if live:
                agent.engine.live = live
            ask = partial(run_batch, agent, islice(rows, limit))
        from dataclasses import asdict
        from datetime import UTC, datetime
        from importlib.metadata import version

        from agent.running.sandbox import Limits
        from agent.runs.settings import RunSettings
        from agent.runs.store import Store

        folder = None if images is None else str(images.resolve())
        settings = RunSettings(
            source=str(questions.resolve()),
            format=format_of(questions, format),
            fingerprint=fingerprint(*place),
            preset=preset,
            planner=planner or OWN_PLANNER,
            limits=asdict(allowed or Limits()),
            options=stored_options(
                preset, dtype, tools, repairs=repairs, split=split, images=folder, mode=mode, **asked
            ),
            version=version("sightscript"),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        with Store.open(out, settings) as store:
            total = count_questions(*place)
            if total is not None:
                store.set_total(total)
            code = _run(ask, store, display, retry_failed)
            if total is None and limit is None and code != STOPPED:
                store.set_total(sum(store.counts().values()))
    raise typer.Exit(code)


def _workers(
    read: "Read",
    preset: str,
    planner: str | None,
    limits: "Limits | None",
    device: str | None,
    dtype: str | None,
    tools: list[str] | None,
    repairs: int,
    live: int | None,
    mode: str | None,
    by: Any,
    address: str | None,
    **more: Any,
) -> Ask:
    """Those of `--ray`; `more` goes to `run_ray_batch`.

    Raises RunError, PresetError and DeclarationError where it can be told before they come that they cannot work.
    """
    from agent.runs.ray_batch import run_ray_batch
    from agent.runs.ray_cluster import check_address
    from agent.runs.ray_worker import AgentSettings
    from models.presets import load_preset
    from tools import vocabulary

    if address is not None:
        check_address(address)
    load_preset(preset)
    vocabulary(tools or ())
    agent = AgentSettings(
        preset, planner, limits, device, dtype, repairs, tuple(tools or ()), live, os.getcwd(), mode, by
    )
    return partial(run_ray_batch, agent, read, address=address, **more)


def _run(ask: Ask, store: "Store", display: ProgressDisplay, retry_failed: bool) -> int:
    """Answer what is not done yet, and tell how it ended. Returns the exit code."""
    from agent.rendering.captions import duration

    if retry_failed:
        again = store.drop([record.id for record in store.records(status="failed")])
        display.tell(f"{again:,} rows that failed are asked again")
    done = store.done()
    if done:
        display.tell(f"going on with {short(store.folder)}, where {len(done):,} rows are done")
    try:
        with display, _impatient(display.stderr):
            progress = ask(store, display, done)
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
