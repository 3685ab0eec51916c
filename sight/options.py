"""Options that several commands share, and the agent that is made of them."""

import contextlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from agent.agent import VisualAgent
    from agent.running.sandbox import Limits


class Engine(StrEnum):
    """Who answers."""

    program = "program"
    student = "student"
    auto = "auto"


class InputError(typer.TyperException):
    """What a person gave cannot be used. The message is one line and says what to do."""


def _remember(ctx: typer.Context, value: bool) -> bool:
    ctx.meta["verbose"] = value
    return value


Images = Annotated[list[str], typer.Argument(metavar="IMAGE...", help="PNG, JPEG, WebP, GIF, BMP or TIFF files.")]
AnyImages = Annotated[
    list[str] | None,
    typer.Argument(metavar="IMAGE", help="PNG, JPEG, WebP, GIF, BMP or TIFF files; none with --index."),
]
Index = Annotated[
    Path | None,
    typer.Option(
        "--index",
        metavar="INDEX",
        help="Pictures that programs may search: an index made by `sight index`, or the folder that has one in it.",
    ),
]
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
Mode = Annotated[
    str | None,
    typer.Option(
        "--mode",
        metavar="NAME",
        help="Let a chat model write VisProg's language, as for gqa, nlvr, edit or knowledge; else it writes Python.",
    ),
]
Answerer = Annotated[
    Engine,
    typer.Option(
        "--engine",
        help="Who answers: a program, the preset's student, or the student where it is sure, else a program.",
    ),
]
Explain = Annotated[bool, typer.Option("--explain", help="Let the student say why, too; programs show it in any case.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page with all steps to this file.")]
LimitList = Annotated[
    str,
    typer.Option(
        "--limits",
        metavar="NAME=N,...",
        help="What a program may use: seconds=2,memory_mb=64,recursion=200,calls=200,output_kb=64,state_mb=8",
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


def parse_limits(text: str) -> "Limits | None":
    """The limits that `--limits` names. Raises InputError."""
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


def stored_options(preset: str, dtype: str | None, tools: list[str] | None, **more: Any) -> dict[str, Any]:
    """What a run keeps of the options besides their names, because answers depend on it: `RunSettings.options`.

    Files of one's own are told by a hash of what is in them, so that a run is not resumed with others by mistake.

    Raises:
        PresetError: there is no such preset, or something in it is wrong.
        InputError: a file of tools cannot be read.
    """
    from models.presets import load_preset, shipped_presets

    told: dict[str, Any] = {"dtype": dtype, **more}
    if preset not in shipped_presets():
        told["preset_content"] = _hash(load_preset(preset).model_dump_json().encode())
    try:
        # a tool may also be named as a module, which has no file here
        told["tools"] = {name: _hash(Path(name).read_bytes()) if Path(name).is_file() else "" for name in tools or ()}
    except OSError as error:
        raise InputError(f"--tools: {error.filename} cannot be read ({error.strerror})") from None
    return told


def _hash(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()[:16]


@contextlib.contextmanager
def agent_of(
    preset: str,
    planner: str | None,
    limits: "Limits | None",
    device: str | None,
    dtype: str | None,
    tools: list[str] | None = None,
    **more: Any,
) -> "Iterator[VisualAgent]":
    """An agent as the options say, closed at the end. `more` goes to `VisualAgent.from_preset`.

    Raises PresetError, PlannerError, DeviceError and DeclarationError, before any checkpoint is loaded.
    """
    from models.presets import load_preset

    load_preset(preset)  # complains before the agent's imports, which take a second or two
    from agent.agent import VisualAgent

    if device or dtype:
        from models.device import choose_device, choose_dtype

        choose_dtype(choose_device(device), dtype)
    with VisualAgent.from_preset(preset, planner, limits, device, dtype, tools=tools or (), **more) as agent:
        yield agent
