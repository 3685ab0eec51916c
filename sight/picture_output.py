"""`-o FILE`: the picture that is the answer, written to a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sight.inputs import check_writable
from sight.options import InputError

if TYPE_CHECKING:
    from PIL import Image

    from agent.trace import Answer

FORMATS = {".png": "PNG", ".webp": "WEBP", ".jpg": "JPEG", ".jpeg": "JPEG"}
"""By ending. PNG keeps every pixel as it is."""

Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write the picture that is the answer to this .png, .webp or .jpg file."
    ),
]


def check_output(file: Path | None) -> None:
    """Raises InputError if no picture can be written there."""
    if file is None:
        return
    if file.suffix.lower() not in FORMATS:
        raise InputError(f"-o: {file} must end in {', '.join(FORMATS)}")
    check_writable(file, "-o")


def write_output(answer: "Answer", file: Path | None) -> None:
    """Write the picture that an answer is: an edited or found picture, or the part of one that a region covers.

    Does nothing without a file, and where there is no answer.

    Raises:
        InputError: the answer is no picture, or the file cannot be written.
    """
    if file is None or answer.status != "answered":
        return
    image = _image_of(answer, answer.value)
    kind = FORMATS[file.suffix.lower()]
    options: dict[str, Any] = {"quality": 95} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    try:
        image.save(file, kind, **options)
    except OSError as error:
        raise InputError(f"-o: {file} cannot be written ({error.strerror or error})") from None


def _image_of(answer: "Answer", value: Any) -> "Image.Image":
    from agent.trace import MaskValue, PatchValue, PictureValue

    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, PictureValue | PatchValue | MaskValue) or value.picture not in answer.pictures:
        what = f"a list of {len(value)}" if isinstance(value, list) else f"{str(answer)[:80]!r}"
        raise InputError(
            f"-o: the answer is no picture, it is {what}; ask for an edit or for one thing, or leave -o out"
        )
    picture = answer.pictures[value.picture]
    if isinstance(value, PictureValue):
        return picture.image
    from models.picture import Region

    return Region(picture, value.box).crop()
