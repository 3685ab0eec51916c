"""`sight replay`: the program of a stored row run again, to see why it answered as it did, or what would mend it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sight.console import calm, new_console, printable, show_answer, spinner
from sight.exit_codes import CODES, EPILOG
from sight.inputs import MAX_PROGRAM, check_writable, read_program
from sight.options import Device, Dtype, Html, InputError, Json, Quiet, Tools, Verbose, agent_of
from sight.runs import Run, open_run

if TYPE_CHECKING:
    from agent.runs.replay import Replay
    from agent.trace import Answer

MAX_LISTED = 12
"""Numbers of steps that are listed."""

commands = typer.Typer()


@commands.command(epilog=EPILOG)
def replay(
    run: Run,
    row: Annotated[str, typer.Argument(metavar="ID", help="The row.")],
    from_step: Annotated[
        int | None,
        typer.Option("--from-step", metavar="K", min=1, help="Take the steps before K from the record; run the rest."),
    ] = None,
    edit: Annotated[
        str | None,
        typer.Option("--edit", metavar="FILE", help="Run the program in this file instead; `-` reads it from stdin."),
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Take nothing from the record.")] = False,
    preset: Annotated[
        str | None, typer.Option("--preset", metavar="NAME|FILE", help="Other models than those of the run.")
    ] = None,
    json: Json = False,
    html: Html = None,
    device: Device = None,
    dtype: Dtype = None,
    tools: Tools = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Run the program of a stored row again. The run itself stays as it is.

    Calls that equal a recorded one get its result, so that a program which was not changed needs no model.
    """
    if live and from_step is not None:
        raise InputError("--live takes nothing from the record, --from-step K the steps before K; choose one")
    source = None if edit is None else _source(edit)
    check_writable(html)
    with open_run(run) as store:
        settings = store.settings
        stored = settings.options
        with (
            calm(verbose) as stderr,
            agent_of(
                preset or settings.preset,
                None,
                _limits(settings.limits),
                device,
                dtype or stored.get("dtype"),
                tools or list(stored.get("tools") or ()),
            ) as agent,
        ):
            from agent.runs.replay import replay as again

            problems = agent.check(source) if source is not None else []
            if problems:
                raise InputError(f"{'stdin' if edit == '-' else edit}: {problems[0]}")
            with spinner(stderr, quiet or json, "running the program"):
                found = again(agent, store, row, None if from_step is None else from_step - 1, source, live)
    show_answer(found.after, json, quiet, html, replay=_record(found))
    if not json and not quiet:
        _print_comparison(found)
    raise typer.Exit(CODES[found.after.status])


def _source(file: str) -> str:
    if file != "-":
        return read_program(Path(file))
    try:
        source = sys.stdin.read(MAX_PROGRAM + 1)
    except UnicodeDecodeError:
        raise InputError("stdin: not a text in UTF-8; give it a program") from None
    if len(source) > MAX_PROGRAM:
        raise InputError("stdin: too large for a program")
    return source


def _limits(stored: dict[str, float]) -> Any:
    from agent.running.sandbox import Limits

    try:
        return Limits(**stored)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise InputError(f"the limits of the run cannot be used ({error})") from None


def _record(found: "Replay") -> dict[str, Any]:
    """What `--json` tells of a replay besides the answer. Steps are numbered from 1."""
    before = found.before
    return {
        "before": {"answer": before.value, "status": before.status, "reason": before.reason},
        "same": found.same,
        "recorded": found.recorded,
        "live": found.live,
        "missed": found.missed,
        "diverged_at": None if found.diverged_at is None else found.diverged_at + 1,
        "changed": [place + 1 for place in found.changed],
    }


def _print_comparison(found: "Replay") -> None:
    """The stored answer beside the new one, and where the results came from."""
    from rich.text import Text

    console = new_console()
    style = "green" if found.same else "yellow"
    console.print()
    console.print(Text.assemble(("Stored    ", "bold"), _words(found.before)))
    same = "  the same" if found.same else ""
    console.print(Text.assemble(("Now       ", "bold"), (_words(found.after), style), (same, "dim")))
    notes = [f"{found.recorded} from the record, {found.live} run"]
    if found.changed:
        listed = ", ".join(str(place + 1) for place in found.changed[:MAX_LISTED])
        more = f" and {len(found.changed) - MAX_LISTED} more" if len(found.changed) > MAX_LISTED else ""
        notes.append(f"not as stored: {listed}{more}")
    if found.diverged_at is not None:
        notes.append(f"the program goes another way from step {found.diverged_at + 1} on")
    if found.missed:
        notes.append(f"{found.missed} run again because too little of the result was kept")
    console.print(Text.assemble(("Steps     ", "bold"), "; ".join(notes)))


def _words(answer: "Answer") -> str:
    return printable(" ".join(str(answer).split()))
