"""`sight distill run` and `sight distill calibrate`: all stages from one file, and when a student is to be believed."""

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from sight.console import calm
from sight.distill import EPILOG, Quiet, group
from sight.distill_models import Data, EvaluationProgress
from sight.exit_codes import OK, STOPPED
from sight.inputs import short
from sight.options import Device, Planner, Verbose, agent_of

if TYPE_CHECKING:
    from distill.loop import Loop

commands = typer.Typer()
"""Holds nothing: the commands here belong to the group `distill`."""

EVERY = 10.0
"""Seconds between two lines of progress."""


@group.command(epilog=EPILOG)
def run(
    config: Annotated[Path, typer.Argument(metavar="CONFIG.yaml", help="What is to be done; see distill/configs/.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FOLDER", help="For everything; else what CONFIG names.")
    ] = None,
    device: Device = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Do all of it: questions, programs, data, students, report, and a second round. Goes on where it stopped."""
    from distill.config import read_config

    asked = read_config(config)
    changed = {name: value for name, value in (("out", out), ("device", device)) if value is not None}
    asked = asked.model_copy(update=changed)
    with calm(verbose) as stderr:
        from distill.loop import run as begin

        lines = _Lines(stderr, quiet)
        try:
            found = begin(asked, lines.progress, lines.stage)
        except KeyboardInterrupt:
            print(f"sight: stopped; the same command goes on with what {short(asked.out)} lacks", file=stderr)
            raise typer.Exit(STOPPED) from None
    if not quiet:
        _print(found)
    raise typer.Exit(OK)


class _Lines:
    """A line for each stage, and one now and then in between."""

    def __init__(self, stderr: TextIO, silent: bool) -> None:
        self.stderr, self.silent = stderr, silent
        self._next = 0.0

    def stage(self, name: str, folder: Path, kept: bool) -> None:
        self._next = time.monotonic()  # what a stage begins with may take long
        self._print(f"{name}: {short(folder)}{', done before' if kept else ''}")

    def progress(self, stage: str, text: str) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            self._print(f"  {stage}: {text}")

    def _print(self, text: str) -> None:
        if not self.silent:
            print(text, file=self.stderr, flush=True)


def _print(found: "Loop") -> None:
    import json

    for report in found.reports:
        told = json.loads((report / "report.json").read_text(encoding="utf-8"))
        for one in told["results"]:
            accuracy = one["accuracy"]
            typer.echo(f"{one['name']:9} {accuracy['value']:6.1%}  ({accuracy['low']:.1%} to {accuracy['high']:.1%})")
        typer.echo(f"Report: {short(report / 'report.md')}")
    typer.echo(f"Stages: {short(found.out / 'README.md')}")


@group.command(epilog=EPILOG)
def calibrate(
    data: Data,
    student: Annotated[Path, typer.Option("--student", metavar="STUDENT", help="Folder of a training.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FOLDER", help="Keeps what was said; else in STUDENT.")
    ] = None,
    preset: Annotated[str, typer.Option("--preset", metavar="NAME|FILE", help="Of the programs' models.")] = "embedded",
    planner: Planner = None,
    programs: Annotated[
        bool, typer.Option("--programs/--no-programs", help="Compare with programs; else be right in 95 %.")
    ] = True,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="The first N questions.")] = None,
    batch: Annotated[int, typer.Option("--batch", metavar="N", min=1, help="Questions a forward pass.")] = 16,
    device: Device = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Find on validation questions when a student is to be believed, for `--engine auto`, and write it beside it."""
    with calm(verbose) as stderr, contextlib.ExitStack() as stack:
        from distill.dataset import load

        load(data)
        from distill.calibration import calibrate as find

        agent: Any = stack.enter_context(agent_of(preset, planner, None, device, None)) if programs else None
        try:
            found = find(
                data, student, agent, folder=out, preset=f"{preset}, planner {planner}" if planner else preset,
                limit=limit, batch=batch, device=device, on_progress=None if quiet else EvaluationProgress(stderr),
            )  # fmt: skip
        except KeyboardInterrupt:
            print("sight: stopped; the same command goes on", file=stderr)
            raise typer.Exit(STOPPED) from None
    if not quiet:
        others = "programs for the others" if programs else "of what it answers"
        typer.echo(
            f"from {found.threshold:.3f} on the student answers {found.answered:.1%} of {found.questions:,} questions; "
            f"accuracy {found.accuracy.value:.1%}, {others} (the student alone: {found.student:.1%})"
        )
    raise typer.Exit(OK)
