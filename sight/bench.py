"""`sight bench`: the measurements that the documents quote, for whoever has the project's folder."""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from sight.console import new_console
from sight.exit_codes import FAILED, OK
from sight.options import InputError, Verbose

commands = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Measure what is here: minutes for a part, an hour or two for all.")
commands.add_typer(group, name="bench")

PARTS = (
    "detector", "clip", "vlm", "segmenter", "depth", "ocr", "planner", "human", "seconds", "chain", "speed", "weights",
)  # fmt: skip
"""Of `sight bench embedded`, as `benchmarks.embedded_parts` has them."""


@group.callback()
def callback() -> None:
    """Measure what is here: minutes for a part, an hour or two for all."""


@group.command()
def embedded(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="PART", help=f"Parts, one an option or parted by commas: {', '.join(PARTS)}."),
    ] = None,
    questions: Annotated[int, typer.Option(min=1, help="For the planner and for the whole chain.")] = 1000,
    scenes: Annotated[int, typer.Option(min=1, help="Of the test split, for the specialists.")] = 200,
    json: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Keep all figures there; written after each part, others stay."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE.svg", help="The table as a picture.")
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Measure the embedded preset: every specialist, the planner and the whole chain, each with its bar.

    Needs the folder of the project and the prepared art (`python -m models.embedded.world.art`).

    Exits with 0 if every figure that was measured passes its bar, else with 1.
    """
    wanted = [name for text in only or () for name in text.replace(",", " ").split()]
    if unknown := sorted(set(wanted) - set(PARTS)):
        raise InputError(f"--only: no such part: {', '.join(unknown)}; choose of {', '.join(PARTS)}")
    if picture and picture.suffix != ".svg":
        raise InputError(f"--picture: {picture} must end in .svg")
    bench = _benchmark("embedded")
    from models.embedded.world.art import ArtError

    console = new_console()
    try:
        record = bench.measure(wanted, questions, scenes, json, picture, console)
    except ArtError as error:
        raise InputError(f"this benchmark draws scenes: {error}") from None
    except ValueError as error:
        if json and "JSON" in type(error).__name__:
            raise InputError(f"--json: {json} holds no figures of an earlier run; name another file") from None
        raise
    bench.show(record, console)
    missed = [bar for bar in bench.BARS if bar.passes(bench.value_of(record, bar)) is False]
    raise typer.Exit(FAILED if missed else OK)


def _benchmark(name: str) -> Any:
    """A module of the folder `benchmarks`, which is not installed. Raises InputError without it."""
    root = Path(__file__).resolve().parents[1]
    if find_spec("benchmarks") is None and (root / "benchmarks" / f"{name}.py").is_file():
        sys.path.insert(0, str(root))
    if find_spec("benchmarks") is None:
        raise InputError("the benchmarks come with the project's folder, not with the package; clone it and ask there")
    return import_module(f"benchmarks.{name}")
