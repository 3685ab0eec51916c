"""`sight map`: one question about many pictures, by one program."""

import contextlib
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, TextIO

import typer

from sight.batch import OWN_PLANNER
from sight.console import calm, printable
from sight.exit_codes import FAILED, OK, STOPPED
from sight.inputs import check_writable, read_program, short
from sight.options import (
    Device,
    Dtype,
    InputError,
    LimitList,
    Planner,
    Preset,
    Tools,
    Verbose,
    agent_of,
    parse_limits,
    stored_options,
)
from sight.progress import ProgressDisplay, rate

if TYPE_CHECKING:
    from agent.agent import VisualAgent
    from agent.runs.batch import Progress
    from agent.runs.mapping import Given, Refused, Written
    from agent.runs.store import Store
    from sight.map_outputs import Destinations, Outputs

EPILOG = (
    "Exit codes: 0 every picture answered or abstained, 1 some pictures failed, or no program could be had, 2 bad "
    "input, 70 an error in Sightscript itself, 130 interrupted; what is done is kept."
)

commands = typer.Typer()


@commands.command("map", epilog=EPILOG)
def map_command(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar='["QUESTION"] PICTURES...',
            help="What to ask of every picture; then files, folders, patterns, or lists with a path a line (@LIST, "
            "*.txt, *.lst). No question with --program; with --where it may be left out.",
            show_default=False,
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", metavar="FILE", help="Table: .csv, .jsonl, .parquet; .txt names alone; - stdout."),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option("--where", metavar='"QUESTION"', help="Keep only pictures for which the answer to this is yes."),
    ] = None,
    program: Annotated[
        Path | None, typer.Option("--program", metavar="FILE", help="Run this program instead of asking a question.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page of thumbnails, sorted by answer.")
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", metavar="RUN", help="Keep answers, traces and pictures in this folder, and go on there."),
    ] = None,
    copy_to: Annotated[
        Path | None, typer.Option("--copy-to", metavar="FOLDER", help="Copy the pictures that were kept into it.")
    ] = None,
    null: Annotated[
        bool, typer.Option("--null", "-0", help="End names in a list with a zero byte instead of a line end.")
    ] = False,
    preset: Preset = "embedded",
    planner: Planner = None,
    device: Device = None,
    dtype: Dtype = None,
    limits: LimitList = "",
    tools: Tools = None,
    repairs: Annotated[
        int, typer.Option("--repairs", metavar="N", min=0, help="How often a failed program goes back to the planner.")
    ] = 2,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print answers alone.")] = False,
    verbose: Verbose = False,
) -> None:
    """Ask one question of many pictures. One program is written, shown, and run on every picture."""
    allowed = parse_limits(limits)
    question, names = _question(words, where, program)
    source = read_program(program) if program else None
    from agent.runs.picture_lists import PictureListError, find_pictures
    from agent.runs.table import TableError
    from sight.map_outputs import Destinations, Outputs

    to = Destinations(out, html, copy_to, null, run)
    try:
        _check(to)
        pictures = find_pictures(names)
    except (PictureListError, TableError) as error:
        raise InputError(str(error)) from None
    stdout = _true_stdout()
    with calm(verbose) as stderr, agent_of(preset, planner, allowed, device, dtype, tools, repairs=repairs) as agent:
        from agent.running.sandbox import Limits
        from agent.runs.mapping import MappingError, run_settings
        from agent.runs.store import Store

        show = _Show(stderr, quiet)
        try:
            condition = _program(agent, where, pictures, True, run, show) if where else None
            asked = _program(agent, question, pictures, False, run, show) if question else None
            if source is not None:
                asked = _given(agent, source, program, show)
            options = stored_options(preset, dtype, tools, repairs=repairs)
            settings = run_settings(
                asked, condition, preset, planner or OWN_PLANNER, asdict(allowed or Limits()), **options
            )
            with Store.open(run, settings) if run else contextlib.nullcontext() as store:
                outputs = Outputs(to, asked, condition, stdout)
                code = _run(agent, pictures, asked, condition, store, outputs, ProgressDisplay(stderr, quiet, _words))
        except MappingError as error:
            print(f"sight: {printable(str(error))}", file=stderr, flush=True)
            raise typer.Exit(FAILED) from None
        except TableError as error:
            raise InputError(str(error)) from None
        _tell(outputs, stdout, stderr, quiet)
    raise typer.Exit(code)


# ---------------------------------------------------------------------- input


def _question(words: list[str], where: str | None, program: Path | None) -> tuple[str | None, list[str]]:
    """The question, if there is one, and the names of pictures."""
    from agent.runs.picture_lists import means_pictures

    if where is not None and not where.strip():
        raise InputError("--where: the question is empty; ask for yes or no")
    if program is not None or (where is not None and means_pictures(words[0])):
        return None, words
    question, names = words[0], words[1:]
    if os.path.exists(question):
        raise InputError(f'{question}: this is a file, and the question comes first: sight map "QUESTION" PICTURES...')
    if not question.strip():
        raise InputError("the question is empty; ask something about the pictures")
    if not names:
        raise InputError(f"there is no picture; name files or folders after the question {question!r}")
    return question, names


def _check(to: "Destinations") -> None:
    """Raises InputError and TableError if something cannot be written, before anything is loaded."""
    from sight.map_outputs import STDOUT

    to.form(False)
    if to.out is not None and to.out != STDOUT:
        check_writable(Path(to.out), "-o")
    check_writable(to.html)
    if to.copy_to is not None and not to.copy_to.is_dir():
        check_writable(to.copy_to, "--copy-to")
        if to.copy_to.exists():
            raise InputError(f"--copy-to: {to.copy_to} is a file; name a folder")
    if to.run is not None and to.run.exists() and not to.run.is_dir():
        raise InputError(f"--run: {to.run} is a file; name a folder")


def _true_stdout() -> BinaryIO:
    """stdout, also where `calm` keeps libraries from it."""
    try:
        return os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    except OSError:
        return sys.stdout.buffer


# ---------------------------------------------------------------------- programs


class _Show:
    """Shows programs on stderr, before they run."""

    def __init__(self, stderr: TextIO, silent: bool) -> None:
        from rich.console import Console

        self._console = None if silent else Console(file=stderr, highlight=False)

    def __call__(self, event: "Written | Refused") -> None:
        from agent.runs.mapping import Written
        from agent.runs.table import name_of

        if isinstance(event, Written):
            self.program(event.question, event.program.source, event.program.author)
        else:
            where = f" on {name_of(event.picture)}" if event.picture else ""
            self._print(f"It stopped{where}: {event.problem}")
            self._print(f"Writing another one, {event.repair} of {event.repairs}.\n")

    def program(self, title: str, source: str, author: str) -> None:
        from agent.rendering.terminal import printable as inert
        from agent.rendering.terminal import program_view
        from agent.trace import Attempt

        if self._console is not None:
            self._console.print(program_view(Attempt(program=source, author=author), inert(title)), "")

    def _print(self, text: str) -> None:
        if self._console is not None:
            self._console.print(printable(text), markup=False, soft_wrap=True)


def _program(
    agent: "VisualAgent", question: str, pictures: Sequence[Path], yes_no: bool, run: Path | None, show: _Show
) -> "Given":
    """The program of a question: the one that the run was begun with, or a new one.

    Raises MappingError and RunError.
    """
    from agent.runs.mapping import CONDITION, QUESTION, stored_program, write_program

    stored = stored_program(run, question, CONDITION if yes_no else QUESTION) if run else None
    if stored is None:
        return write_program(agent, question, pictures, yes_no, show)
    assert stored.program is not None
    show.program(stored.question, stored.program.source, stored.program.author)
    return stored


def _given(agent: "VisualAgent", source: str, file: Path | None, show: _Show) -> "Given":
    from agent.program import Program
    from agent.runs.mapping import Given

    problems = agent.check(source)
    if problems:
        raise InputError(f"{file}: {problems[0]}")
    show.program("Program", source, "hand")
    return Given("", Program(source, "hand"))


# ---------------------------------------------------------------------- work


def _run(
    agent: "VisualAgent",
    pictures: Sequence[Path],
    asked: "Given | None",
    condition: "Given | None",
    store: "Store | None",
    outputs: "Outputs",
    display: ProgressDisplay,
) -> int:
    """Run the programs on all pictures. Returns the exit code."""
    from agent.rendering.captions import duration
    from agent.runs.batch import Progress
    from agent.runs.mapping import map_pictures

    began = time.monotonic()
    counts = {"answered": 0, "abstained": 0, "failed": 0}
    resumed = 0

    def progress() -> Progress:
        done = sum(counts.values())
        return Progress(len(pictures), done, **counts, resumed=resumed, seconds=time.monotonic() - began)

    try:
        with outputs, display, contextlib.closing(map_pictures(agent, pictures, asked, condition, store)) as results:
            for one in results:
                counts[one.answer.status] += 1
                resumed += one.stored
                outputs.take(one)
                display(progress())
    except KeyboardInterrupt:
        again = f"; run the same command again to go on with {short(store.folder)}" if store else ""
        display.tell(f"sight: stopped after {progress().done:,} of {len(pictures):,} pictures{again}")
        return STOPPED
    ended = progress()
    fresh = ended.done - ended.resumed
    if not display.silent:
        took = f"in {duration(ended.seconds)}, {rate(ended.rate)}"
        display.tell(f"{fresh:,} pictures {took}" if fresh else "nothing was left to do: all pictures were stored")
    return FAILED if counts["failed"] else OK


def _words(progress: "Progress") -> str:
    """`120 of 300 pictures: 90 answered, 25 abstained, 5 failed; 1.4 a second, 2 min 8 s left`."""
    from agent.rendering.captions import duration

    counts = f"{progress.answered:,} answered, {progress.abstained:,} abstained, {progress.failed:,} failed"
    words = f"{progress.done:,} of {progress.total:,} pictures: {counts}; {rate(progress.rate)}"
    return words if progress.left is None else f"{words}, {duration(progress.left)} left"


def _tell(outputs: "Outputs", stdout: BinaryIO, stderr: TextIO, quiet: bool) -> None:
    """How often each answer was given, and what was written. stdout carries nothing but names or a table if it carries
    those."""
    if not quiet:
        lines = [printable(line) for line in outputs.summary()]
        if outputs.form in ("csv", "list") and outputs.on_stdout:
            print(*lines, sep="\n", file=stderr, flush=True)
        else:
            apart = "\n" if outputs.on_stdout and lines else ""
            stdout.write((apart + "".join(f"{line}\n" for line in lines)).encode())
        for line in outputs.files:
            print(printable(line), file=stderr, flush=True)
    stdout.flush()
