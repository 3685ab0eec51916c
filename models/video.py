"""The videos that programs look at: `Video`, and `Frame`, a picture in one that is decoded when somebody looks."""

import hashlib
import threading
from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from models.picture import Picture
from models.video_file import SUFFIXES, VideoError, VideoFile

CACHE = 192 << 20
"""Bytes of decoded frames, of all videos together, that are kept for the next one who looks."""


class _Decoded:
    """Frames that were decoded, the least recently used of which go first. May be used from several threads."""

    def __init__(self) -> None:
        self.bytes = 0
        self._frames: OrderedDict[tuple[str, int], np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, int]) -> np.ndarray | None:
        with self._lock:
            found = self._frames.get(key)
            if found is not None:
                self._frames.move_to_end(key)
            return found

    def put(self, key: tuple[str, int], pixels: np.ndarray) -> None:
        with self._lock:
            if key not in self._frames:
                self._frames[key] = pixels
                self.bytes += pixels.nbytes
            while self.bytes > CACHE:
                self.bytes -= self._frames.popitem(last=False)[1].nbytes


_DECODED = _Decoded()


class Video:
    """A video file, known by the hash of its content. Its frames are decoded when somebody looks at them.

    Two videos are equal when their files are. It can be pickled: what arrives opens the file again.
    """

    def __init__(self, file: VideoFile, key: str, name: str) -> None:
        self._file = file
        self.key = key
        """SHA-256 of the file, as 64 hex digits."""
        self.name = name
        self.looked: set[int] = set()
        """Frames that were decoded, by number."""

    @classmethod
    def open(cls, path: str | Path) -> "Video":
        """Open a video file: its frames are counted, and the first is decoded.

        Raises:
            VideoError: the extra `video` is not installed, or the file cannot be used (see `VideoFile`).
        """
        file = VideoFile(Path(path))
        try:
            with Path(path).open("rb") as opened:
                key = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            raise VideoError(f"{path}: cannot be read ({error.strerror})") from None
        return cls(file, key, str(path))

    @property
    def path(self) -> Path:
        return self._file.path

    @property
    def width(self) -> int:
        """Of every frame, in pixels; upright, as a player shows it."""
        return self._file.width

    @property
    def height(self) -> int:
        return self._file.height

    @property
    def duration(self) -> float:
        """In seconds, from when the first frame is shown to the end of the last."""
        return self._file.duration

    @property
    def times(self) -> np.ndarray:
        """`(N,)` float64: when each frame is shown, in seconds after the first. Right for variable frame rates."""
        return self._file.times

    def __len__(self) -> int:
        """How many frames there are."""
        return len(self._file.times)

    def frame(self, index: int) -> "Frame":
        """The handle of a frame, which costs nothing. Raises VideoError if there is no such frame."""
        if not 0 <= index < len(self):
            raise VideoError(f"{self.name}: there is no frame {index}; frames count from 0 to {len(self) - 1}")
        return Frame(self, index)

    @property
    def poster(self) -> "Poster":
        """The first frame, to stand for the video where a picture is drawn."""
        return Poster(self, 0)

    def pixels(self, index: int) -> np.ndarray:
        """A frame as `(H, W, 3)` uint8 RGB. Raises VideoError if the file is damaged there, or gone."""
        kept = _DECODED.get((self.key, index))
        if kept is None:
            kept = self._file.pixels(index)
            if kept.shape[:2] != (self.height, self.width):  # a stream may change its size on the way
                size = (self.width, self.height)
                kept = np.asarray(Image.fromarray(kept).resize(size, Image.Resampling.BICUBIC))
            _DECODED.put((self.key, index), kept)
        self.looked.add(index)
        return kept

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Video) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __reduce__(self) -> tuple[Any, ...]:
        return _opened, (self.path, self.name)

    def __repr__(self) -> str:
        return f"Video({self.name!r}, {len(self)} frames, {self.duration:.2f} s)"


class Frame(Picture):
    """A frame of a video: a picture whose pixels are decoded when they are asked for, and not held.

    Its key is made of the video's and of its number, so that it is known without being decoded.
    """

    video: Video
    index: int
    """From 0."""

    def __init__(self, video: Video, index: int) -> None:
        object.__setattr__(self, "video", video)
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "name", f"{video.name}, frame {index} ({self.time:.2f} s)")

    @property
    def image(self) -> Image.Image:  # type: ignore[override]
        """Raises VideoError if the file is damaged at this place, or gone."""
        return Image.fromarray(self.video.pixels(self.index))

    @property
    def time(self) -> float:
        """When it is shown, in seconds after the video's first frame."""
        return float(self.video.times[self.index])

    @property
    def looked_at(self) -> bool:
        """Whether its pixels were asked for."""
        return self.index in self.video.looked

    @property
    def width(self) -> int:
        return self.video.width

    @property
    def height(self) -> int:
        return self.video.height

    @cached_property
    def key(self) -> str:
        """SHA-256 of the video's key and the number of the frame, as 64 hex digits."""
        return hashlib.sha256(f"{self.video.key}:{self.index}".encode()).hexdigest()

    def __reduce__(self) -> tuple[Any, ...]:
        return Frame, (self.video, self.index)


class Poster(Frame):
    """The first frame under the key and name of its video."""

    def __init__(self, video: Video, index: int) -> None:
        super().__init__(video, index)
        object.__setattr__(self, "name", video.name)

    @property
    def key(self) -> str:  # type: ignore[override]
        return self.video.key


def is_video(path: str | Path) -> bool:
    """Whether a file is a video, by its name."""
    return Path(path).suffix.lower() in SUFFIXES


def open_visual(path: str | Path) -> Picture | Video:
    """A picture, or a video where the name of the file says so. Raises PictureError."""
    return Video.open(path) if is_video(path) else Picture.open(path)


def _opened(path: Path, name: str) -> Video:
    video = Video.open(path)
    video.name = name
    return video
