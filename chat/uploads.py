"""Pictures that people bring: what is taken, what it looks like, and when it is deleted."""

import atexit
import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from models.picture import FORMATS, Picture, PictureError
from models.video import is_video

PHOTOGRAPH_FLATNESS = 0.58
"""A picture of which a smaller share is flat looks like a photograph. Picture-book scenes have 0.64 and more,
photographs 0.15 to 0.55; one with a blurred background may have as much as a scene."""

THUMBNAIL = 480
"""Longest side, in pixels, of the pictures in a conversation."""


@dataclass(frozen=True)
class UploadLimits:
    """What a person may bring with one question."""

    pictures: int = 8
    megabytes: int = 30
    """Of one file."""
    megapixels: int = 50
    side: int = 20_000
    """Pixels of the longer side."""

    def __str__(self) -> str:
        return f"at most {self.megapixels} million pixels and {self.side} on a side are taken"


GRADIO_FOLDER = "GRADIO_TEMP_DIR"
"""Environment variable: where Gradio puts what people send."""


def own_folder() -> Path:
    """The folder that uploads arrive in: what `GRADIO_TEMP_DIR` names, or one that is made for this process, which only
    its user can enter, and deleted at its end.

    Gradio's default is one folder for all apps of the computer. Files in it are named by their content, and an app that
    ends deletes what it was sent, although somebody else may just have sent the same picture to another.
    """
    if GRADIO_FOLDER not in os.environ:
        folder = tempfile.mkdtemp(prefix="sightscript-uploads-")
        os.environ[GRADIO_FOLDER] = folder
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(os.environ[GRADIO_FOLDER])


def read_uploads(files: Sequence[str | Path], limits: UploadLimits | None = None) -> tuple[Picture, ...]:
    """Decode pictures that came with a question, named as the person named them.

    Raises:
        PictureError: one is too large, is no picture, or did not arrive; or there are too many. One line that names it.
    """
    limits = limits or UploadLimits()
    if len(files) > limits.pictures:
        raise PictureError(f"{len(files)} pictures are too many for one question; at most {limits.pictures} are taken")
    return tuple(_read(Path(file), limits) for file in files)


def _read(path: Path, limits: UploadLimits) -> Picture:
    name = path.name
    if is_video(path):
        raise PictureError(f"{name}: the chat takes pictures only; for a video use `sight ask VIDEO QUESTION`")
    try:
        size = path.stat().st_size
        if size > limits.megabytes << 20:
            raise PictureError(f"{name}: {size >> 20} MB is too large; at most {limits.megabytes} MB are taken")
        data = path.read_bytes()
    except OSError:
        raise PictureError(f"{name}: the upload did not arrive, or was deleted since; send it again") from None
    return read_upload(data, name, limits)


def read_upload(data: bytes, name: str, limits: UploadLimits | None = None) -> Picture:
    """Decode the bytes of one picture. Raises PictureError as `read_uploads` does."""
    limits = limits or UploadLimits()
    if len(data) > limits.megabytes << 20:
        raise PictureError(f"{name}: {len(data) >> 20} MB is too large; at most {limits.megabytes} MB are taken")
    _check_size(data, name, limits)
    return Picture.from_bytes(data, name)


def _check_size(data: bytes, name: str, limits: UploadLimits) -> None:
    """Refuse a picture by what its header says, before anything is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                width, height = image.size
    except Image.DecompressionBombError:
        raise PictureError(f"{name}: the picture is too large; {limits}; make it smaller first") from None
    except (OSError, SyntaxError, ValueError):
        return  # `Picture.from_bytes` says what is wrong with it
    if max(width, height) > limits.side or width * height > limits.megapixels * 1_000_000:
        raise PictureError(f"{name}: {width} x {height} pixels is too large; {limits}; make it smaller first")


def looks_like_photograph(picture: Picture) -> bool:
    """Whether the picture has the fine grain of a photograph, which picture-book scenes have not."""
    image = picture.image.convert("L")
    image = image.resize((min(picture.width, 256), min(picture.height, 256)), Image.Resampling.BILINEAR)
    steps = np.abs(np.diff(np.asarray(image, np.int16), axis=1))
    return steps.size > 1000 and float((steps <= 1).mean()) < PHOTOGRAPH_FLATNESS


class Shelf:
    """A folder of small pictures that browsers are shown, each under the hash of its content. Threads may share it."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="sightscript-chat-"))
        self.folder.mkdir(parents=True, exist_ok=True)

    def keep(self, image: Image.Image) -> str:
        """Put a picture there, made smaller if need be. Returns the path of its file."""
        if max(image.size) > THUMBNAIL:
            image = image.copy()
            image.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS, reducing_gap=2.0)
        buffer = BytesIO()
        image.save(buffer, "WEBP", quality=86, method=2)
        path = self.folder / f"{hashlib.sha256(buffer.getvalue()).hexdigest()[:24]}.webp"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)  # whoever tidies up temporary files may have taken it
            part = path.with_suffix(f".{threading.get_ident()}")
            part.write_bytes(buffer.getvalue())
            part.replace(path)
        return str(path)

    def sweep(self, seconds: float) -> int:
        """Delete what is older than that. Returns how many files went."""
        if not self.folder.is_dir():
            return 0
        old = [path for path in self.folder.iterdir() if time.time() - _time_of(path) > seconds]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _time_of(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


class Sweeper:
    """Calls a function every so many seconds, in a thread that ends with the process or with `close`."""

    def __init__(self, work: Callable[[], object], seconds: float) -> None:
        self._left = threading.Event()
        self._work, self._seconds = work, seconds
        self._thread = threading.Thread(target=self._run, name="sightscript-sweep", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._left.wait(self._seconds):
            with contextlib.suppress(OSError):
                self._work()

    def close(self) -> None:
        self._left.set()
        self._thread.join(5)
