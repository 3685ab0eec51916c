"""The command line: `sight ask IMAGE... "QUESTION"`, `sight run`, `sight tools`, `sight doctor`, `sight demo`.

Nothing heavy is imported before it is needed, so that `sight --help` and every complaint about bad input are quick.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TextIO

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from rich.console import Console

    from agent.agent import VisualAgent
    from agent.running.sandbox import Limits
    from agent.trace import Answer
    from models.picture import Picture

OK, FAILED, BAD_INPUT, ABSTAINED, BROKEN, STOPPED = 0, 1, 2, 3, 70, 130
CODES = {"answered": OK, "abstained": ABSTAINED, "failed": FAILED}
DEMO = "muffins_and_kids"
MAX_PROGRAM = 1_000_000
"""Bytes of a program file that are read at most."""

EPILOG = (
    "Exit codes: 0 answered, 3 abstained (the pictures cannot tell), 1 failed, 2 bad input, 70 an error in Sightscript "
    "itself, 130 interrupted."
)


class InputError(typer.TyperException):
    """What a person gave cannot be used. The message is one line and says what to do."""


class _Commands(TyperGroup):
    """Turns whatever goes wrong into one line on stderr and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, SystemExit):
            raise
        except KeyboardInterrupt:
            _end(STOPPED, "stopped")
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(FAILED) from None
        except typer.TyperException as error:
            text = error.format_message() if hasattr(error, "format_message") else str(error)
            _end(BAD_INPUT, text)
        except Exception as error:
            if isinstance(error, _input_errors()):
                _end(BAD_INPUT, str(error))
            if ctx.meta.get("verbose"):
                import traceback

                traceback.print_exc()
            hint = "" if ctx.meta.get("verbose") else " (-v shows where)"
            lines = str(error).strip().splitlines()
            _end(BROKEN, f"unexpected {type(error).__name__}: {lines[0][:300] if lines else 'no message'}{hint}")


def _input_errors() -> tuple[type[Exception], ...]:
    """The errors that speak of bad input, of the modules that are loaded; what is not loaded has raised nothing."""
    homes = {
        "models.picture": "PictureError",
        "models.presets": "PresetError",
        "models.loading": "CheckpointError",
        "models.device": "DeviceError",
        "agent.program": "QueryError",
        "agent.planning.chat_models": "PlannerError",
        "tools.declaration": "DeclarationError",
    }
    return tuple(getattr(sys.modules[module], name) for module, name in homes.items() if module in sys.modules)


def _end(code: int, message: str) -> NoReturn:
    typer.echo("sight: " + " ".join(_printable(message).split()), err=True)
    raise typer.Exit(code) from None


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c.isspace() else c.encode("unicode_escape").decode("ascii") for c in text)


def _remember(ctx: typer.Context, value: bool) -> bool:
    ctx.meta["verbose"] = value
    return value


cli = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Ask questions about pictures. A planner writes a program, vision models are its tools, a sandbox runs it.",
    epilog=EPILOG,
)

Images = Annotated[list[str], typer.Argument(metavar="IMAGE...", help="PNG, JPEG, WebP, GIF, BMP or TIFF files.")]
Preset = Annotated[
    str, typer.Option("--preset", metavar="NAME|FILE", help="Which models: a preset's name or a YAML file.")
]
Planner = Annotated[
    str | None,
    typer.Option(
        "--planner",
        metavar="NAME",
        help="Who writes programs: openai:MODEL, anthropic:MODEL, ollama:MODEL, local:FOLDER; else the preset's own.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page with all steps to this file.")]
LimitList = Annotated[
    str,
    typer.Option(
        "--limits",
        metavar="NAME=N,...",
        help="What a program may use: seconds=2,memory_mb=64,recursion=200,calls=200,output_kb=64",
    ),
]
Device = Annotated[
    str | None, typer.Option("--device", metavar="NAME", help="cpu, cuda, cuda:N or mps; else the best one here.")
]
Dtype = Annotated[
    str | None, typer.Option("--dtype", metavar="NAME", help="float32, bfloat16 or float16, for all models.")
]
Tools = Annotated[
    list[str] | None,
    typer.Option("--tools", metavar="FILE", help="A Python file with tools of your own; may be given several times."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the answer alone.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", callback=_remember, help="Show logs, and a traceback where something breaks.")
]


@cli.command(epilog=EPILOG)
def ask(
    images: Images,
    question: Annotated[
        str, typer.Argument(metavar='"QUESTION"', help="What to ask about them.", show_default=False)
    ] = "",
    preset: Preset = "embedded",
    planner: Planner = None,
    json: Json = False,
    html: Html = None,
    limits: LimitList = "",
    device: Device = None,
    dtype: Dtype = None,
    tools: Tools = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Answer a question about one or more pictures."""
    query = _query(question, images)
    _writable(html)
    settings = parse_limits(limits)
    with _calm(verbose) as stderr, _agent(preset, planner, settings, device, dtype, tools) as agent:
        answer = _stream(agent, query, stderr, quiet or json)
    _show(answer, json, quiet, html)
    raise typer.Exit(CODES[answer.status])


@cli.command(epilog=EPILOG)
def run(
    program: Annotated[Path, typer.Argument(metavar="PROGRAM.py", help="A file that defines execute_command(image).")],
    images: Images,
    preset: Preset = "embedded",
    json: Json = False,
    html: Html = None,
    limits: LimitList = "",
    device: Device = None,
    dtype: Dtype = None,
    tools: Tools = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Run a given program on pictures. It is checked first and runs in the sandbox, like any other."""
    source = _source(program)
    pictures = [_open(file) for file in images]
    _writable(html)
    settings = parse_limits(limits)
    with _calm(verbose) as stderr, _agent(preset, None, settings, device, dtype, tools) as agent:
        from agent.program import Program

        problems = agent.check(source)
        if problems:
            raise InputError(f"{program}: {problems[0]}")
        with _spinner(stderr, quiet or json, "running the program"):
            answer = agent.run(Program(source, "hand"), pictures)
    _show(answer, json, quiet, html)
    raise typer.Exit(CODES[answer.status])


@cli.command("tools")
def list_tools(
    tools: Tools = None,
    stubs: Annotated[bool, typer.Option("--stubs", help="As type stubs, which programs are checked against.")] = False,
) -> None:
    """Print the tools that programs may call, as the planner sees them."""
    from tools import vocabulary

    words = vocabulary(tools or ())
    typer.echo((words.stubs() if stubs else words.prompt()).rstrip("\n"))


@cli.command()
def doctor(preset: Preset = "embedded", device: Device = None, dtype: Dtype = None, verbose: Verbose = False) -> None:
    """Tell what is here, and what is missing.

    Python, device, memory, the sandbox, and which checkpoints of a preset are found.

    Exits with 0 if questions can be answered, else with 1.
    """
    from models.presets import Kit, load_preset

    kit = Kit(load_preset(preset), device, dtype)
    with _calm(verbose):
        from agent.doctor import computer, sandbox_test

        rows = computer(device, dtype)
        works, told = sandbox_test()
        states = kit.describe()
    from rich.table import Table

    console = _console()
    facts = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, value in [*rows, ("sandbox", told)]:
        facts.add_row(f"[bold]{name}[/]", value)
    console.print(facts)
    roles = Table(title=f"Preset {kit.preset.name}", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in ("", "role", "checkpoint", "licence", "memory"):
        roles.add_column(heading, overflow="fold")
    for state in states:
        memory = f"{state.memory_mb} MB" if state.memory_mb else ""
        roles.add_row(
            "[green]✓[/]" if state.found else "[red]✗[/]", state.role, state.checkpoint, state.licence, memory
        )
    console.print("", roles)
    missing = [state for state in states if not state.found]
    for state in missing:
        console.print(f"[red]✗[/] {state.role}: {state.detail}", soft_wrap=True)
    needed = sum(state.memory_mb or 0 for state in states)
    console.print(
        f"\n{len(states) - len(missing)} of {len(states)} checkpoints found; all loaded take about {needed} MB"
    )
    raise typer.Exit(OK if not missing and works else FAILED)


@cli.command(epilog=EPILOG)
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
    query = _query(item.questions[0].question, [_short(item.path)])
    _writable(html)
    with _calm(verbose) as stderr, _agent(preset, planner, None, device, dtype) as agent:
        answer = _stream(agent, query, stderr, False)
    _show(answer, False, False, html)
    raise typer.Exit(CODES[answer.status])


# ---------------------------------------------------------------------- input


def _short(path: Path) -> str:
    """A path as a person in this folder would write it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _open(file: str) -> "Picture":
    from models.picture import Picture

    return Picture.open(file)


def _query(question: str, files: list[str]) -> Any:
    from agent.program import Query, QueryError

    if not question.strip():
        raise QueryError("the question is empty; ask something about the picture")
    return Query(question, tuple(_open(file) for file in files))


def _source(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_PROGRAM:
            raise InputError(f"{path}: too large for a program ({path.stat().st_size // 1000} kB)")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name a file with a program") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text in UTF-8; name a file with a program") from None


def parse_limits(text: str) -> "Limits | None":
    if not text.strip():
        return None
    from dataclasses import fields

    from agent.running.sandbox import Limits

    kinds = {field.name: field.type for field in fields(Limits)}
    values: dict[str, float] = {}
    for part in text.split(","):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if name not in kinds or not equals:
            raise InputError(f"--limits: {part.strip()!r} is none; write NAME=N, with a name of {', '.join(kinds)}")
        try:
            values[name] = float(number) if kinds[name] in (float, "float") else int(number)
        except ValueError:
            kind = "a number" if kinds[name] in (float, "float") else "a whole number"
            raise InputError(f"--limits: {name} must be {kind}, not {number!r}") from None
    try:
        return Limits(**values)  # type: ignore[arg-type]
    except ValueError as error:
        raise InputError(f"--limits: {error}") from None


def _writable(path: Path | None) -> None:
    if path is None:
        return
    if path.is_dir():
        raise InputError(f"--html: {path} is a folder; name a file")
    if not path.absolute().parent.is_dir():
        raise InputError(f"--html: there is no folder {path.parent}; make it first")
    if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise InputError(f"--html: {path} cannot be written; name another file")


# ---------------------------------------------------------------------- work


@contextlib.contextmanager
def _agent(
    preset: str,
    planner: str | None,
    limits: "Limits | None",
    device: str | None,
    dtype: str | None,
    tools: list[str] | None = None,
) -> "Iterator[VisualAgent]":
    from models.presets import load_preset

    load_preset(preset)  # complains before the agent's imports, which take a second or two
    from agent.agent import VisualAgent

    if device or dtype:
        from models.device import choose_device, choose_dtype

        choose_dtype(choose_device(device), dtype)
    with VisualAgent.from_preset(preset, planner, limits, device, dtype, tools=tools or ()) as agent:
        yield agent


@contextlib.contextmanager
def _calm(verbose: bool) -> Iterator[TextIO]:
    """Keep what libraries print, C++ ones included, off stdout and stderr. Yields the true stderr.

    stdout must carry nothing but the answer, or `--json` would be of no use.
    """
    if verbose:
        yield sys.stderr
        return
    import logging
    import warnings

    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    true = sys.stderr
    sys.stdout.flush()
    kept = {descriptor: os.dup(descriptor) for descriptor in (1, 2)}
    level = logging.root.manager.disable
    with (
        open(os.devnull, "w") as nowhere,
        os.fdopen(os.dup(2), "w", buffering=1) as stderr,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            for descriptor in kept:
                os.dup2(nowhere.fileno(), descriptor)
            yield stderr if true.isatty() else true
        finally:
            for descriptor, copy in kept.items():
                os.dup2(copy, descriptor)
                os.close(copy)
            logging.disable(level)


@contextlib.contextmanager
def _spinner(stderr: TextIO, silent: bool, text: str) -> Iterator[Any]:
    """A sign of life while a person waits at a terminal. Yields a function that changes the text."""
    if silent or not stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(file=stderr, highlight=False).status(text) as status:
        yield lambda text: status.update(escape(_printable(text)))


def _stream(agent: "VisualAgent", query: Any, stderr: TextIO, silent: bool) -> "Answer":
    from agent.program import Program
    from agent.trace import Answer

    count = 0
    stream: Any = agent.stream(query)
    with _spinner(stderr, silent, "writing a program") as tell, contextlib.closing(stream) as events:
        for event in events:
            if isinstance(event, Answer):
                return event
            if isinstance(event, Program):
                count = 0
                tell("running the program")
            else:
                count += 1
                tell(f"running the program, {count} tool calls so far")
    raise RuntimeError("the agent stopped without an answer")


def _show(answer: "Answer", json: bool, quiet: bool, html: Path | None) -> None:
    if html:
        from agent.rendering.page import page

        try:
            html.write_text(page(answer.trace, answer.pictures.values()), encoding="utf-8")
        except OSError as error:
            raise InputError(f"--html: {html} cannot be written ({error.strerror})") from None
    if json:
        from agent.rendering.record import json_record

        typer.echo(json_record(answer))
    elif quiet:
        typer.echo(_printable(str(answer)))
    else:
        from agent.rendering.terminal import print_trace

        print_trace(answer.trace, _console())
        if html:
            typer.echo(f"\nPage: {_short(html)}")


def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False)


def main() -> None:
    """Entry point of the `sight` command."""
    try:
        cli(prog_name="sight")
    except KeyboardInterrupt:
        typer.echo("sight: stopped", err=True)
        sys.exit(STOPPED)


if __name__ == "__main__":
    main()
