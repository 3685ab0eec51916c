"""`sight index` and `sight search`: a folder of many pictures, and those of them that a text describes."""

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sight.console import calm, new_console, printable, spinner
from sight.exit_codes import OK, STOPPED
from sight.inputs import check_writable, short
from sight.options import Device, Dtype, InputError, Preset, Quiet, Verbose

if TYPE_CHECKING:
    from models.picture_indexing import Progress
    from tools.search import Found

TOLD = 3
"""Broken pictures that are named."""

EPILOG = "Exit codes: 0 done, 2 bad input, 70 an error in Sightscript itself, 130 interrupted; what is done is kept."

commands = typer.Typer()


@commands.command("index", epilog=EPILOG)
def index_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Pictures, in this folder and all within.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="INDEX", help="Folder of the index; else FOLDER/.sight-index."),
    ] = None,
    regions: Annotated[
        Literal["objects", "tiles", "whole"] | None,
        typer.Option(
            "--regions", help="What has vectors beside the whole picture: things found by the detector, tiles, nothing."
        ),
    ] = None,
    preset: Preset = "embedded",
    device: Device = None,
    dtype: Dtype = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Look at a folder of pictures, so that they can be searched. Running it again takes in what has changed."""
    from agent.runs.picture_lists import PictureListError, find_pictures
    from models.picture_index import HIDDEN
    from models.presets import Kit, load_preset

    if not folder.is_dir():
        what = "this is a file; name the folder" if folder.exists() else "there is no such folder"
        raise InputError(f"{folder}: {what}")
    if out is not None and out.exists() and not out.is_dir():
        raise InputError(f"--out: {out} is a file; name a folder")
    try:
        files = find_pictures([str(folder)])
    except PictureListError as error:
        raise InputError(str(error)) from None
    place = out or folder / HIDDEN
    kit = Kit(load_preset(preset), device, dtype)
    with calm(verbose) as stderr:
        from models.picture_indexing import Progress, write_index

        progress = Progress(len(files))
        try:
            with spinner(stderr, quiet, f"loading the models for {len(files):,} pictures") as tell:

                def told(now: Progress) -> None:
                    nonlocal progress
                    progress = now
                    tell(f"{now.done:,} of {now.total:,} pictures, {now.added:,} of them new")

                progress = write_index(
                    place, folder, files, kit, kit.checkpoints().get("clip", "no clip"), regions, told
                )
        except KeyboardInterrupt:
            typer.echo(
                f"sight: stopped after {progress.done:,} of {len(files):,} pictures; run it again to go on", err=True
            )
            raise typer.Exit(STOPPED) from None
    if not quiet:
        _tell_index(place, progress)
    raise typer.Exit(OK)


def _tell_index(place: Path, progress: "Progress") -> None:
    from agent.rendering.captions import duration

    counts = [f"{progress.added:,} new", f"{progress.unchanged:,} as before"]
    counts += [f"{number:,} {what}" for number, what in ((progress.removed, "gone"),) if number]
    typer.echo(f"{short(place)}: {', '.join(counts)}, in {duration(progress.seconds)}")
    if progress.skipped:
        from models.picture_index import problems

        typer.echo(f"{progress.skipped:,} files cannot be read and are passed over:")
        for path, problem in problems(place, TOLD):
            typer.echo(printable(f"  {path}: {problem}"))
        if progress.skipped > TOLD:
            typer.echo(f"  and {progress.skipped - TOLD:,} more")


@commands.command("search", epilog=EPILOG)
def search_command(
    query: Annotated[str, typer.Argument(metavar='"QUERY"', help='What to look for, such as "two dogs on a beach".')],
    index: Annotated[
        Path,
        typer.Option("--index", "-i", metavar="INDEX", help="An index, or the folder of pictures that has one in it."),
    ],
    number: Annotated[
        int, typer.Option("--number", "-k", metavar="N", min=1, max=1000, help="How many pictures at most.")
    ] = 10,
    fast: Annotated[
        bool, typer.Option("--fast", help="By the kept vectors alone: do not look at the candidates again.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Where the page of thumbnails goes.")
    ] = Path("out/search.html"),
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    preset: Preset = "embedded",
    device: Device = None,
    dtype: Dtype = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the names of files alone.")] = False,
    verbose: Verbose = False,
) -> None:
    """Find the pictures of an index that fit a text best: by kept vectors first, then by looking at the candidates.

    Prints a table, and writes a page of thumbnails.
    """
    if not query.strip():
        raise InputError("the query is empty; say what the pictures should show")
    if html is not None:
        if html == Path("out/search.html"):
            with contextlib.suppress(OSError):
                html.parent.mkdir(parents=True, exist_ok=True)
        check_writable(html)
    from models.presets import load_preset

    chosen = load_preset(preset)
    with calm(verbose) as stderr, spinner(stderr, quiet or json, "searching"):
        from models.picture_index import PictureIndex
        from models.presets import Kit
        from models.requests import SpecialistError
        from tools.driver import drive
        from tools.search import find_images

        opened = PictureIndex(index)
        kit = Kit(chosen, device, dtype)
        specialists = {role: kit[role] for role in ("clip", "detector", "vlm") if role in kit} | {"index": opened}
        began = time.monotonic()
        try:
            found = drive(find_images(query, number, look=not fast), specialists)
        except SpecialistError as error:
            raise InputError(str(error)) from None
        seconds = time.monotonic() - began
    if html is not None:
        _write_page(html, query, found)
    if json:
        _print_json(query, found, seconds)
    elif quiet:
        for one in found:
            typer.echo(printable(one.picture.name))
    else:
        _print_table(found, fast)
        typer.echo(f"\n{len(found)} of {opened.pictures:,} pictures, in {seconds:.1f} s")
        if html is not None:
            typer.echo(f"Page: {short(html)}")
    raise typer.Exit(OK)


def _print_table(found: "Sequence[Found]", fast: bool) -> None:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("", justify="right")
    table.add_column("cosine" if fast else "score", justify="right")
    table.add_column("picture", overflow="fold")
    if not fast:
        table.add_column("seen", overflow="fold")
    for rank, one in enumerate(found, 1):
        cells = [str(rank), f"{one.score:.2f}", printable(short(Path(one.picture.name)))]
        table.add_row(*cells, *([] if fast else [_seen(one)]))
    new_console().print(table)


def _seen(one: "Found") -> str:
    counts: dict[str, int] = {}
    for phrase, _ in one.boxes:
        counts[phrase] = counts.get(phrase, 0) + 1
    return ", ".join(f"{phrase} × {number}" if number > 1 else phrase for phrase, number in counts.items())


def _print_json(query: str, found: "Sequence[Found]", seconds: float) -> None:
    import json

    pictures: list[dict[str, Any]] = [
        {
            "picture": one.picture.name,
            "score": round(one.score, 4),
            "boxes": [{"phrase": phrase, "box": [round(at, 1) for at in box]} for phrase, box in one.boxes],
        }
        for one in found
    ]
    typer.echo(json.dumps({"query": query, "pictures": pictures, "seconds": round(seconds, 3)}, ensure_ascii=False))


def _write_page(html: Path, query: str, found: "Sequence[Found]") -> None:
    from agent.rendering.contact_sheet import ContactSheet
    from agent.rendering.evidence import Evidence

    try:
        with ContactSheet(query, eyebrow="Pictures searched for", done="found") as sheet:
            for rank, one in enumerate(found):
                sheet.add(
                    rank,
                    Path(one.picture.name).name,
                    "answered",
                    "Best first",
                    reason=f"{rank + 1}. score {one.score:.2f}",
                    evidence=[Evidence(phrase, box) for phrase, box in one.boxes],
                    picture=one.picture,
                    link=Path(one.picture.name).absolute().as_uri(),
                )
            sheet.write(html)
    except OSError as error:
        raise InputError(f"--html: {html} cannot be written ({error.strerror})") from None
