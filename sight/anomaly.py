"""`sight anomaly`: pictures beside a few normal ones, and where they differ."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sight.console import calm, new_console, printable, spinner
from sight.exit_codes import OK
from sight.inputs import short
from sight.options import Device, Dtype, InputError, Preset, Quiet, Verbose

if TYPE_CHECKING:
    from models.picture import Picture

commands = typer.Typer()


@commands.command("anomaly")
def anomaly_command(
    pictures: Annotated[
        list[str], typer.Argument(metavar="PICTURES...", help="Files, folders or patterns.", show_default=False)
    ],
    normal: Annotated[
        list[str],
        typer.Option("--normal", "-n", metavar="PICTURES", help="Normal ones; may be given several times."),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FOLDER", help="Write a heat map of each picture there.")
    ] = None,
    preset: Preset = "embedded",
    device: Device = None,
    dtype: Dtype = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Tell how unusual pictures are beside a few normal ones, and show where.

    The score is 0 for a picture that is like one of the normal ones. "usual" is the highest score of a normal picture
    beside the others.
    """
    from agent.runs.picture_lists import PictureListError, find_pictures
    from models.picture import Picture
    from models.presets import Kit, load_preset

    if out is not None and out.exists() and not out.is_dir():
        raise InputError(f"--out: {out} is a file; name a folder")
    try:
        good = [Picture.open(path) for path in find_pictures(normal)]
        asked = [Picture.open(path) for path in find_pictures(pictures)]
    except PictureListError as error:
        raise InputError(str(error)) from None
    kit = Kit(load_preset(preset), device, dtype)
    with calm(verbose) as stderr, spinner(stderr, quiet, "comparing"):
        from models.requests import SpecialistError
        from tools.anomaly import anomaly_map, anomaly_score
        from tools.driver import drive
        from tools.image_patch import ImagePatch

        known = [ImagePatch(one) for one in good]
        try:
            usual = [
                drive(anomaly_score(one, [other for other in known if other is not one]), kit)
                for one in known
                if len(known) > 1
            ]
            scores = [drive(anomaly_score(ImagePatch(one), known), kit) for one in asked]
            maps = [drive(anomaly_map(ImagePatch(one), known), kit) for one in asked] if out is not None else []
        except SpecialistError as error:
            raise InputError(str(error)) from None
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
            for number, (one, shown) in enumerate(zip(asked, maps, strict=True), 1):
                shown.region.picture.image.save(out / f"{number:03d}-{Path(one.name).stem}.png")
        except OSError as error:
            raise InputError(f"--out: {out} cannot be written ({error.strerror})") from None
    _print(asked, scores, max(usual, default=None), quiet)
    if out is not None and not quiet:
        typer.echo(f"Heat maps: {short(out)}")
    raise typer.Exit(OK)


def _print(asked: "list[Picture]", scores: list[float], usual: float | None, quiet: bool) -> None:
    order = sorted(range(len(asked)), key=lambda place: -scores[place])
    if quiet:
        for place in order:
            typer.echo(f"{scores[place]:.4f}\t{printable(asked[place].name)}")
        return
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("score", justify="right")
    table.add_column("picture", overflow="fold")
    for place in order:
        table.add_row(f"{scores[place]:.3f}", printable(short(Path(asked[place].name))))
    new_console().print(table)
    if usual is not None:
        typer.echo(f"\nusual: up to {usual:.3f}")
