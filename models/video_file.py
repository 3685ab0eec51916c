"""The frames of a video file by their number, exactly, through PyAV (the libraries of FFmpeg).

A file is read through once without decoding, to learn when each frame is shown and from which ones decoding may start.
A frame is then decoded from the nearest such one before it, or from where the last decoding stopped.
"""

import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.picture import MAX_PIXELS, PictureError

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

SUFFIXES = frozenset(
    ".mp4 .m4v .mov .mkv .webm .avi .mpg .mpeg .ts .mts .m2ts .wmv .asf .flv .ogv .3gp .3g2".split()  # noqa: SIM905
)
"""Endings of the names of video files."""

MAX_FRAMES = 1_000_000
"""Videos with more frames than this are refused: nine hours at 30 frames a second."""

DEMUXERS = "mov,matroska,avi,mpegts,mpeg,asf,flv,ogg"
"""What a file may be. Others, such as playlists, could make FFmpeg read files that nobody named."""

EXTRA = "videos need PyAV; install it with: pip install 'sightscript[video]'"

_AHEAD = 12
"""Frames that are decoded in passing rather than looked for anew."""

_UNNUMBERED = ("vp8",)
"""Codecs with packets that are never shown: only decoding tells which."""


class VideoError(PictureError):
    """A file that cannot be used as a video, or a frame that cannot be had. One line that says what to do."""


def video_installed() -> bool:
    """Whether PyAV is there, which the extra `video` brings."""
    return find_spec("av") is not None


class VideoFile:
    """An open file. Any thread may ask for a frame; one at a time decodes."""

    def __init__(self, path: Path) -> None:
        """Open the file, number its frames and decode the first.

        Raises:
            VideoError: PyAV is missing; the file is missing, empty, no video, without a picture or without a frame,
                damaged, too large or too long.
        """
        if not video_installed():
            raise VideoError(f"{path}: {EXTRA}")
        self.path = path
        self._lock = threading.Lock()
        self._frames: Iterator[VideoFrame] = iter(())
        self._at = -1
        """The frame that was decoded last."""
        self._container, self._stream = self._open()
        width, height = self._stream.width, self._stream.height
        if width * height > MAX_PIXELS:
            raise VideoError(
                f"{path}: frames of {width} x {height} pixels are too large (at most {MAX_PIXELS // 1_000_000} million "
                "pixels); make them smaller first"
            )
        self.times: np.ndarray
        """`(N,)` float64: when each frame is shown, in seconds after the first; strictly rising."""
        self.duration: float
        """Until the last frame ends, in seconds after the first is shown."""
        self._number()
        self.height: int
        self.width: int
        self.height, self.width = self.pixels(0).shape[:2]

    # ------------------------------------------------------------------ what is in it

    def _open(self) -> tuple[Any, Any]:
        import av

        path = self.path
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            raise VideoError(f"{path}: there is no such file") from None
        except OSError as error:
            raise VideoError(f"{path}: cannot be read ({error.strerror})") from None
        if path.is_dir():
            raise VideoError(f"{path}: this is a folder; name a video file")
        if not size:
            raise VideoError(f"{path}: the file is empty (0 bytes)")
        only = {"protocol_whitelist": "file", "format_whitelist": DEMUXERS}
        try:
            container = av.open(f"file:{path.resolve()}", options=only)
        except (av.error.FFmpegError, OSError) as error:
            raise VideoError(f"{path}: not a video that can be read, or damaged ({_line(error)})") from None
        shown = [one for one in container.streams.video if not one.disposition & one.disposition.attached_pic]
        if not shown:
            raise VideoError(f"{path}: there is no video in this file, only {_others(container)}")
        stream = shown[0]
        stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        return container, stream

    def _number(self) -> None:
        """Learn the frames of the file, without decoding them where that can be done."""
        import av

        shown: list[tuple[int | None, bool]] = []
        last = 0
        try:
            for packet in self._container.demux(self._stream):
                if packet.size and not packet.is_discard:
                    shown.append((packet.pts, packet.is_keyframe))
                    last = packet.duration or last
                if len(shown) > MAX_FRAMES:
                    raise VideoError(f"{self.path}: more than {MAX_FRAMES:,} frames; cut the video first")
        except av.error.FFmpegError as error:
            raise VideoError(f"{self.path}: the video is damaged ({_line(error)})") from None
        stamps = sorted(pts for pts, _ in shown if pts is not None)
        self.stamps: np.ndarray | None = None
        """`(N,)` int64: presentation stamps in the stream's unit; None if frames can only be counted."""
        self._rewind()
        unit = float(self._stream.time_base or 0)
        plain = len(set(stamps)) == len(shown) and self._stream.codec_context.name not in _UNNUMBERED and unit > 0
        if plain and stamps:
            self.stamps = np.array(stamps, np.int64)
            self.keys = np.flatnonzero(np.isin(self.stamps, [pts for pts, key in shown if key and pts is not None]))
            self.times = (self.stamps - self.stamps[0]) * unit
        else:
            self.times = self._counted(unit)
        if not len(self.times):
            raise VideoError(f"{self.path}: the clip is empty: there is no frame in it")
        usual = float(np.median(np.diff(self.times))) if len(self.times) > 1 else self._pause()
        self.duration = float(self.times[-1]) + (last * unit or usual)

    def _pause(self) -> float:
        """Seconds from frame to frame, as the file says; a 25th where it says nothing."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(1 / rate) if rate else 0.04

    def _counted(self, unit: float) -> np.ndarray:
        """Times of the frames of a file without stamps, by decoding all of it once."""
        found: list[int | None] = []
        while (frame := self._next()) is not None:
            found.append(frame.pts)
            if len(found) > MAX_FRAMES:
                raise VideoError(f"{self.path}: more than {MAX_FRAMES:,} frames; cut the video first")
        self._rewind()
        stamps = np.array([-1 if pts is None else pts for pts in found], np.int64)
        if unit > 0 and None not in found and np.all(np.diff(stamps) > 0):
            return np.asarray((stamps - stamps[:1]) * unit)
        return np.arange(len(found)) * self._pause()

    # ------------------------------------------------------------------ decoding

    def pixels(self, index: int) -> np.ndarray:
        """A frame as `(H, W, 3)` uint8 RGB, upright.

        Args:
            index: from 0.

        Raises:
            VideoError: there is no such frame, or the file is damaged there.
        """
        if not 0 <= index < len(self.times):
            raise VideoError(f"{self.path}: there is no frame {index}; frames count from 0 to {len(self.times) - 1}")
        with self._lock:
            frame = self._frame(index)
            array = frame.to_ndarray(format="rgb24", interpolation="BICUBIC")
            turns = round(frame.rotation / 90) % 4
        return np.ascontiguousarray(np.rot90(array, turns))

    def _frame(self, index: int) -> "VideoFrame":
        if self.stamps is None:
            if index <= self._at:
                self._rewind()
            while (frame := self._next()) is not None:
                self._at += 1
                if self._at == index:
                    return frame
            raise self._lost(index)
        start = int(np.searchsorted(self.keys, index, side="right")) - 1
        key = int(self.keys[start]) if start >= 0 else 0
        if not (self._at < index and (key <= self._at + 1 or index - self._at <= _AHEAD)):
            self._seek(key)
        frame = self._find(index)
        step = 1
        while frame is None and start >= 0:  # decoding began too late: some files are found imprecisely
            start = max(start - step, -1)
            step *= 2
            if start < 0:
                self._rewind()
            else:
                self._seek(int(self.keys[start]))
            frame = self._find(index)
        if frame is None:
            raise self._lost(index)
        return frame

    def _find(self, index: int) -> "VideoFrame | None":
        """Decode on until the frame is there; None if it has been passed."""
        assert self.stamps is not None
        wanted = int(self.stamps[index])
        while (frame := self._next()) is not None:
            if frame.pts is None or frame.pts < wanted:
                continue
            self._at = int(np.searchsorted(self.stamps, frame.pts))
            return frame if frame.pts == wanted else None
        self._at = len(self.times)
        return None

    def _next(self) -> "VideoFrame | None":
        """The next frame that can be decoded; None at the end. Damaged packets are passed over."""
        import av

        while True:
            try:
                return next(self._frames, None)
            except av.error.EOFError:
                return None
            except av.error.FFmpegError:
                # a generator that has raised is at its end; the container goes on behind the damaged packet
                self._frames = self._container.decode(self._stream)

    def _seek(self, key: int) -> None:
        import av

        assert self.stamps is not None
        try:
            self._container.seek(int(self.stamps[key]), stream=self._stream, backward=True)
        except av.error.FFmpegError:
            self._rewind()
            return
        self._frames = self._container.decode(self._stream)
        self._at = key - 1

    def _rewind(self) -> None:
        """Begin again with a freshly opened file, which works for every kind of it."""
        self._container.close()
        self._container, self._stream = self._open()
        self._frames = self._container.decode(self._stream)
        self._at = -1

    def _lost(self, index: int) -> VideoError:
        return VideoError(f"{self.path}: frame {index} cannot be decoded; the file is damaged there")


def _others(container: Any) -> str:
    kinds = sorted({one.type for one in container.streams} - {"video"})
    return " and ".join(kinds) or "nothing that can be shown"


def _line(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return " ".join(str(text).split())[:200]
