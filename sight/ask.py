"""`sight ask`, `sight run` and `sight demo`: one question, with all that led to its answer."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from sight.console import calm, show_answer, spinner
from sight.exit_codes import CODES, EPILOG
from sight.inputs import check_writable, open_picture, read_program, read_query, short
from sight.options import (
    Answerer,
    AnyImages,
    Device,
    Dtype,
    Engine,
    Explain,
    Html,
    Index,
    InputError,
    Json,
    LimitList,
    Mode,
    Planner,
    Preset,
    Quiet,
    Tools,
    Verbose,
    agent_of,
    parse_limits,
)
from sight.picture_output import Output, check_output, write_output

if TYPE_CHECKING:
    from agent.agent import VisualAgent
    from agent.program import Query
    from agent.trace import Answer

DEMO = "muffins_and_kids"

commands = typer.Typer()


@commands.command(epilog=EPILOG)
def ask(
    images: AnyImages = None,
    question: Annotated[
        str, typer.Argument(metavar='"QUESTION"', help="What to ask about them.", show_default=False)
    ] = "",
    preset: Preset = "embedded",
    planner: Planner = None,
    mode: Mode = None,
    index: Index = None,
    engine: Answerer = Engine.program,
    explain: Explain = False,
    json: Json = False,
    html: Html = None,
    output: Output = None,
    limits: LimitList = "",
    device: Device = None,
    dtype: Dtype = None,
    tools: Tools = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Answer a question about one or more pictures, or about those of an index."""
    if not images and index is None:
        raise InputError('IMAGE or question is missing: sight ask IMAGE... "QUESTION" (no IMAGE with --index)')
    if explain and engine is Engine.program:
        raise InputError("--explain is for the student; a program's steps say why (add --engine student or auto)")
    query = read_query(question, images or [], index is not None)
    check_writable(html)
    check_output(output)
    settings = parse_limits(limits)
    with (
        calm(verbose) as stderr,
        agent_of(
            preset, planner, settings, device, dtype, tools, mode=mode, index=index, by=engine.value, explain=explain
        ) as agent,
    ):
        answer = _stream(agent, query, stderr, quiet or json)
    show_answer(answer, json, quiet, html)
    write_output(answer, output)
    raise typer.Exit(CODES[answer.status])


@commands.command(epilog=EPILOG)
def run(
    program: Annotated[
        Path,
        typer.Argument(metavar="PROGRAM", help="Python that defines execute_command(image), or VisProg's language."),
    ],
    images: AnyImages = None,
    preset: Preset = "embedded",
    index: Index = None,
    json: Json = False,
    html: Html = None,
    output: Output = None,
    limits: LimitList = "",
    device: Device = None,
    dtype: Dtype = None,
    tools: Tools = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Run a given program on pictures. It is checked first and runs in the sandbox, like any other."""
    source = read_program(program)
    pictures = [open_picture(file) for file in images or []]
    if not pictures and index is None:
        raise InputError("IMAGE is missing: sight run PROGRAM IMAGE... (no IMAGE with --index)")
    check_writable(html)
    check_output(output)
    settings = parse_limits(limits)
    with calm(verbose) as stderr, agent_of(preset, None, settings, device, dtype, tools, index=index) as agent:
        from agent.program import Program

        problems = agent.check(source)
        if problems:
            raise InputError(f"{program}: {problems[0]}")
        with spinner(stderr, quiet or json, "running the program"):
            answer = agent.run(Program(source, "hand"), pictures)
    show_answer(answer, json, quiet, html)
    write_output(answer, output)
    raise typer.Exit(CODES[answer.status])


@commands.command(epilog=EPILOG)
def demo(
    preset: Preset = "embedded",
    planner: Planner = None,
    html: Html = Path("out/demo.html"),
    device: Device = None,
    dtype: Dtype = None,
    verbose: Verbose = False,
) -> None:
    """Answer a question about muffins and kids.

    Prints the program and its steps, and writes a page about them.
    """
    from models.embedded.gallery import gallery_item

    item = gallery_item(DEMO)
    if html:
        with contextlib.suppress(OSError):
            html.parent.mkdir(parents=True, exist_ok=True)
    query = read_query(item.questions[0].question, [short(item.path)])
    check_writable(html)
    with calm(verbose) as stderr, agent_of(preset, planner, None, device, dtype) as agent:
        answer = _stream(agent, query, stderr, False)
    show_answer(answer, False, False, html)
    raise typer.Exit(CODES[answer.status])


def _stream(agent: "VisualAgent", query: "Query", stderr: TextIO, silent: bool) -> "Answer":
    from agent.program import Program
    from agent.trace import Answer, Step, StudentRecord

    count = 0
    stream: Any = agent.stream(query)
    with (
        spinner(stderr, silent, "writing a program" if agent.by == "program" else "asking the student") as tell,
        contextlib.closing(stream) as events,
    ):
        for event in events:
            if isinstance(event, Answer):
                return event
            if isinstance(event, StudentRecord) and not event.taken:
                tell(f"the student: {event}; writing one")
            elif isinstance(event, Program):
                count = 0
                tell("running the program")
            elif isinstance(event, Step):
                count += 1
                tell(f"running the program, {count} tool calls so far")
    raise RuntimeError("the agent stopped without an answer")
