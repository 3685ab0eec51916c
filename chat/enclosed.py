"""Pictures enclosed in a request of another program: `data:` URLs, base64, or files that it uploaded before."""

import base64
import binascii
from pathlib import Path
from urllib.parse import unquote, urlsplit

from chat.uploads import UploadLimits, read_upload, read_uploads
from models.picture import Picture, PictureError

FILE_ROUTE = "/gradio_api/file="
"""What comes before the path in the address of an upload."""

EXAMPLE = "data:image/png;base64,..."


class TooLargeError(PictureError):
    """More bytes than are taken."""


def read_enclosed(
    enclosed: str, name: str, limits: UploadLimits | None = None, uploads: str | Path | None = None
) -> Picture:
    """Decode a picture that stands in a request. Nothing is fetched from anywhere.

    Args:
        enclosed: a `data:` URL, the base64 text of a file, or, with `uploads`, the path or address of a file there.
        name: of the picture, for messages and traces.
        limits: of size and pixels.
        uploads: the folder of files that were uploaded to this app. Files elsewhere are not read.

    Raises:
        TooLargeError: it has more bytes than are taken.
        PictureError: it is an address, no picture, damaged, or has too many pixels. One line.
    """
    limits = limits or UploadLimits()
    if uploads is not None and (path := _uploaded(enclosed, Path(uploads))):
        (picture,) = read_uploads([path], limits)
        return picture
    if enclosed[:8].lower().startswith(("http://", "https://")):
        place = urlsplit(enclosed).netloc or "there"
        raise PictureError(f"{name}: nothing is fetched from {place}; send the picture itself, as {EXAMPLE}")
    return read_upload(_decoded(enclosed, name, limits), name, limits)


def _decoded(enclosed: str, name: str, limits: UploadLimits) -> bytes:
    text = enclosed
    if enclosed[:5].lower() == "data:":
        head, _, text = enclosed.partition(",")
        if not head.lower().rstrip().endswith(";base64"):
            raise PictureError(f"{name}: a data: URL of a picture must be base64, as {EXAMPLE}")
    most = limits.megabytes << 20
    if len(text) > most // 3 * 4 + 4096:  # what is left out by this are line breaks
        raise TooLargeError(f"{name}: {(len(text) * 3 // 4) >> 20} MB is too large; at most {limits.megabytes} MB")
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise PictureError(f"{name}: this is no base64; send the picture as {EXAMPLE}") from None
    if len(data) > most:
        raise TooLargeError(f"{name}: {len(data) >> 20} MB is too large; at most {limits.megabytes} MB")
    return data


def _uploaded(enclosed: str, uploads: Path) -> Path | None:
    """The file in the folder of uploads that is meant, if one is."""
    if len(enclosed) > 4096:
        return None
    path = Path(unquote(enclosed.split(FILE_ROUTE, 1)[1]) if FILE_ROUTE in enclosed else enclosed)
    try:
        real, folder = path.resolve(), uploads.resolve()
        return real if path.is_absolute() and real.is_relative_to(folder) and real.is_file() else None
    except (OSError, ValueError):
        return None
