"""Pictures of a run, each kept once under the hash of its content."""

import itertools
import os
from io import BytesIO
from pathlib import Path

from PIL import Image

from agent.runs.run_error import RunError
from models.picture import FORMATS, Picture, PictureError

EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif", "BMP": "bmp", "TIFF": "tif"}

_WEBP_SIDE = 16_383


class PictureFolder:
    """`ab/<key>.<ext>` in a folder, `ab` being the first two digits of the key.

    A picture is written to a file beside and then renamed, so that a file with its final name is always whole, whenever
    the process is killed. Nothing waits for the disk itself: after a power cut the last pictures may be cut off, which
    `read` notices.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count()

    def sweep(self) -> None:
        """Delete what a killed writer left half written. Only the writer may call it."""
        for left in self.folder.glob(".writing-*"):
            left.unlink(missing_ok=True)

    def keep_file(self, key: str, file: Path | bytes) -> str | None:
        """Keep a copy of a picture file.

        Returns:
            Path within the folder; None if the file is gone or is no picture any more.

        Raises:
            OSError: the folder cannot be written.
        """
        try:
            data = file if isinstance(file, bytes) else file.read_bytes()
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                extension = EXTENSIONS[image.format or ""]
        except (OSError, SyntaxError, KeyError):
            return None
        return self._write(key, extension, data)

    def keep(self, picture: Picture) -> str:
        """Keep a picture without loss, as WebP, or PNG where it is too large for that.

        Returns:
            Path within the folder.

        Raises:
            OSError: the folder cannot be written.
        """
        return self._write(picture.key, *encoded(picture))

    def read(self, key: str, file: str, name: str) -> Picture:
        """Read a picture.

        Args:
            file: path within the folder, as `keep` returned it.
            name: of the picture.

        Raises:
            RunError: the file is gone, damaged, or holds other pixels than those that were stored.
        """
        path = self.folder / file
        try:
            picture = Picture.open(path)
        except PictureError as error:
            raise RunError(f"{error}; it is a picture of a run: bring it back, or ask the question again") from None
        if picture.key != key:
            raise RunError(f"{path}: the file was changed since it was stored; bring back the one that was there")
        return Picture(picture.image, name)

    def _write(self, key: str, extension: str, data: bytes) -> str:
        file = f"{key[:2]}/{key}.{extension}"
        beside = self.folder / f".writing-{os.getpid()}-{next(self._numbers)}"
        try:
            beside.write_bytes(data)
            try:
                os.replace(beside, self.folder / file)
            except FileNotFoundError:
                (self.folder / key[:2]).mkdir(parents=True, exist_ok=True)
                os.replace(beside, self.folder / file)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        return file


def encoded(picture: Picture) -> tuple[str, bytes]:
    """A file that holds a picture without loss, WebP or where it is too large for that PNG: extension and content."""
    image = Image.frombytes("RGB", picture.image.size, picture.image.tobytes())  # pixels alone: no EXIF, no profile
    buffer = BytesIO()
    if max(image.size) > _WEBP_SIDE:
        image.save(buffer, "PNG", compress_level=1)
        return "png", buffer.getvalue()
    image.save(buffer, "WEBP", lossless=True, quality=0, method=0)  # both say how long to try, not how exact
    return "webp", buffer.getvalue()
