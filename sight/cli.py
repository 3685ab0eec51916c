"""The `sight` command: its parts, and what becomes of an error.

A part of this package with commands has a `commands = typer.Typer()` that holds them, and is named in `PARTS`.
"""

import os
import re
import sys
from importlib import import_module
from importlib.metadata import requires
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from sight.console import printable
from sight.exit_codes import BAD_INPUT, BROKEN, EPILOG, FAILED, STOPPED

PARTS = (
    "ask",
    "batch",
    "runs",
    "map",
    "search",
    "anomaly",
    "replay",
    "distill",
    "distill_models",
    "distill_loop",
    "bench",
    "about",
)
"""Modules with commands, in the order of the help."""

INPUT_ERRORS = {
    "models.picture": "PictureError",
    "models.picture_index": "PictureIndexError",
    "models.presets": "PresetError",
    "models.loading": "CheckpointError",
    "models.device": "DeviceError",
    "agent.program": "QueryError",
    "agent.planning.chat_models": "PlannerError",
    "agent.planning.visprog.prompt": "ModeError",
    "agent.runs.question_format": "QuestionFileError",
    "agent.runs.run_error": "RunError",
    "tools.declaration": "DeclarationError",
    "distill.config": "ConfigError",
    "distill.dataset": "DatasetError",
    "models.embedded.world.art": "ArtError",
    "distill.trainable": "TrainError",
}
"""Errors that speak of bad input, by module."""


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
            if isinstance(error, ModuleNotFoundError) and (extra := extra_with(error.name or "")):
                needed = f"this needs a package that is not installed ({error.name})"
                _end(BAD_INPUT, f"{needed}: pip install 'sightscript[{extra}]'")
            if ctx.meta.get("verbose"):
                import traceback

                traceback.print_exc()
            hint = "" if ctx.meta.get("verbose") else " (-v shows where)"
            lines = str(error).strip().splitlines()
            _end(BROKEN, f"unexpected {type(error).__name__}: {lines[0][:300] if lines else 'no message'}{hint}")


def _input_errors() -> tuple[type[Exception], ...]:
    """Of the modules that are loaded; what is not loaded has raised nothing."""
    return tuple(getattr(sys.modules[module], name) for module, name in INPUT_ERRORS.items() if module in sys.modules)


def extra_with(module: str) -> str | None:
    """The extra of this package that brings a module, as pyproject.toml declares them; None if none does."""
    package = module.partition(".")[0].lower()
    for requirement in requires("sightscript") or ():
        found = re.match(r"""([\w.-]+).*\bextra == ["']([\w-]+)["']""", requirement)
        if found and found[1].lower().replace("-", "_") == package and found[2] != "dev":
            return found[2]
    return None


def _end(code: int, message: str) -> NoReturn:
    typer.echo("sight: " + " ".join(printable(message).split()), err=True)
    raise typer.Exit(code) from None


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
for part in PARTS:
    cli.add_typer(import_module(f"sight.{part}").commands)


def main() -> None:
    """Entry point of the `sight` command."""
    try:
        cli(prog_name="sight")
    except KeyboardInterrupt:
        typer.echo("sight: stopped", err=True)
        sys.exit(STOPPED)
