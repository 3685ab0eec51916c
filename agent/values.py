"""Values of programs as the plain data of a trace, without pixels or objects of the host, and back."""

import math
import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, Literal, get_args, get_origin

import cv2
import numpy as np

from agent.trace import MaskValue, PatchValue, PictureValue, Plain, SegmentValue, TextValue
from models.picture import Picture, Region
from models.video import Video
from tools.image_patch import ImagePatch
from tools.mask import Mask
from tools.video import VideoSegment

MAX_TEXT = 65_536
"""Characters of one text that a trace keeps; a longer one ends with a word on how much is missing."""

MAX_ITEMS = 10_000
"""Items of one list or dict that a trace keeps."""

MAX_BYTES = 64 << 20
"""Bytes of memory, roughly, of all values that one trace keeps, and of its answer. In the sandbox a text takes up no
more memory when it is in a list a thousand times; here each is a text of its own."""

MAX_DEPTH = 30
"""Levels of nesting that a trace keeps. Also ends lists that hold themselves."""

_FULL = TextValue(text="... (too much for a trace)")

_HUGE = 1024
"""Bits of an integer of which only the length is told."""

_ITEM = 40
"""Bytes of memory of a number and its place in a list."""

_KINDS = ("patch", "mask", "picture", "segment", "text")


class Encoder:
    """Turns values into `agent.trace.Value`s, and collects the pictures that they name.

    Plain data stays what it is. `ImagePatch`, masks, pictures and videos become `PatchValue`, `MaskValue` and
    `PictureValue`, `VideoSegment` a `SegmentValue`; tuples and sets become lists; anything else becomes a `TextValue`.
    """

    def __init__(self, pictures: Iterable[Picture | Video] = ()) -> None:
        """
        Args:
            pictures: those that the trace knows already, because they came with the question.
        """
        self._known = {picture.key for picture in pictures}
        self._made: dict[str, Picture] = {}
        self._room = MAX_BYTES
        self._answering = False

    @property
    def made(self) -> list[Picture]:
        """Pictures met so far that did not come with the question, in the order they were met."""
        return list(self._made.values())

    def encode(self, value: Any) -> Any:
        """The value as plain data. Never raises, whatever a program returns."""
        return self._encode(value, 0)

    def encode_answer(self, value: Any) -> Any:
        """The last value, for which there is room however much was kept before. A patch of a whole picture that the
        program made (an edited one, say) is that picture."""
        self._room = MAX_BYTES
        self._answering = True
        try:
            return self._encode(value, 0)
        finally:
            self._answering = False

    def _encode(self, value: Any, depth: int) -> Any:
        if self._room <= 0:
            return _FULL
        self._room -= _ITEM
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, int):
            return int(value) if value.bit_length() < _HUGE else TextValue(text=_of_bits(value))
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else TextValue(text=str(value))
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, ImagePatch):
            if self._answering and value.region.is_whole and value.region.picture.key not in self._known:
                return PictureValue(picture=self._key(value.region.picture))
            return PatchValue(picture=self._key(value.region.picture), box=value.region.box, phrase=value.phrase)
        if isinstance(value, Mask):
            return self._mask(value)
        if isinstance(value, Picture):
            return PictureValue(picture=self._key(value))
        if isinstance(value, Video):
            return PictureValue(picture=value.key)
        if isinstance(value, VideoSegment):
            times = (value.start_time, value.end_time)
            return SegmentValue(video=value.video.key, start=value.start, end=value.end, times=times)
        if depth >= MAX_DEPTH:
            return TextValue(text="...")
        if isinstance(value, list | tuple | set | frozenset):
            items = sorted(value, key=_in_words) if isinstance(value, set | frozenset) else list(value)
            kept = [self._encode(item, depth + 1) for item in items[:MAX_ITEMS]]
            return kept if len(items) <= MAX_ITEMS else [*kept, TextValue(text=f"... ({len(items)} items)")]
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        if isinstance(value, Decimal | date | time | timedelta):
            return TextValue(text=str(value))
        return TextValue(text=f"<{type(value).__name__}>")

    def _mapping(self, value: Mapping[Any, Any], depth: int) -> Any:
        if value.get("type") in _KINDS:  # read back from JSON it would pass for one of the special records
            told = ", ".join(f"{_in_words(key)}: {_in_words(item)}" for key, item in islice(value.items(), 20))
            return TextValue(text=self._text(f"{{{told}}}"))
        encoded: dict[str, Any] = {}
        for key, item in islice(value.items(), MAX_ITEMS):
            name = self._text(key if isinstance(key, str) else _in_words(key))
            if name in encoded or (not isinstance(key, str) and name in value):  # 1 beside "1"
                name = self._text(f"{type(key).__name__} {_in_words(key)}")
            encoded[name] = self._encode(item, depth + 1)
        return encoded if len(value) <= MAX_ITEMS else {**encoded, "...": TextValue(text=f"({len(value)} items)")}

    def _key(self, picture: Picture) -> str:
        if picture.key not in self._known:
            self._made.setdefault(picture.key, picture)
        return picture.key

    def _text(self, text: str) -> str:
        kept = _text(text)
        self._room -= len(kept)
        return kept

    def _mask(self, mask: Mask) -> MaskValue:
        counts = run_lengths(mask.pixels)
        self._room -= _ITEM * len(counts)
        return MaskValue(
            picture=self._key(mask.region.picture),
            box=mask.region.box,
            area=int(mask.area),
            polygons=outlines(mask.pixels),
            counts=counts,
        )


class Undecodable(ValueError):
    """A value of a trace that is less than what the program had. The message says what is missing."""


def decode(record: Any, pictures: Mapping[str, Picture | Video], make: Callable[[Plain], Any] | None = None) -> Any:
    """The value that `Encoder.encode` was given, as far as its record tells.

    Plain data stays what it is: what was a tuple or a set is a list, and keys of dicts are texts.

    Args:
        record: as in a `Step` or a `Trace` (`agent.trace.Value`).
        pictures: by key, those that came with the question, videos among them, and those that the program made.
        make: makes the host's object of a special record; `host_object` if None.

    Raises:
        Undecodable: the record holds a mere text in place of an object or a number, was cut off, names a picture that
            is not at hand, or is a mask without its pixels.
    """
    if isinstance(record, Plain):
        return make(record) if make else host_object(record, pictures)
    if isinstance(record, str) and len(record) > MAX_TEXT:
        raise Undecodable(f"only the beginning of a text was kept: {record[-40:]}")
    if isinstance(record, list | tuple):
        return [decode(item, pictures, make) for item in record]
    if isinstance(record, Mapping):
        return {key: decode(item, pictures, make) for key, item in record.items()}
    return record


def host_object(
    record: Plain, pictures: Mapping[str, Picture | Video]
) -> ImagePatch | Mask | Picture | Video | VideoSegment:
    """A new `ImagePatch`, `Mask` or `VideoSegment`, or the picture or video itself, for its record. Raises Undecodable
    as `decode` does."""
    if isinstance(record, TextValue):
        raise Undecodable(f"only words were kept of it: {record.text[:80]}")
    if not isinstance(record, PatchValue | MaskValue | PictureValue | SegmentValue):
        raise Undecodable(f"a {type(record).__name__} is no value of a program")
    key = record.video if isinstance(record, SegmentValue) else record.picture
    picture = pictures.get(key)
    if picture is None:
        raise Undecodable(f"the picture {key[:12]} is not at hand")
    if isinstance(record, PictureValue):
        return picture
    if isinstance(record, SegmentValue) and isinstance(picture, Video):
        return VideoSegment(picture, record.start, record.end)
    if isinstance(record, SegmentValue) or isinstance(picture, Video):
        raise Undecodable(f"{picture.name} is not what the record says")
    if isinstance(record, PatchValue):
        return ImagePatch.of(Region(picture, record.box), record.phrase)
    return Mask(picture, pixels_of(record.counts, picture.width, picture.height))


def is_kept(hint: Any) -> bool:
    """Whether `decode` gives back values of this declared type as they were: lists, not tuples; keys that are texts.

    Args:
        hint: the type of a tool's result, as `tools.hints.written` has them.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return True
    if hint is Any or tuple in (hint, origin) or (origin is dict and arguments[0] is not str):
        return False
    return all(is_kept(one) for one in arguments)


def run_lengths(mask: np.ndarray) -> list[int]:
    """The pixels of a mask as COCO's run lengths.

    Args:
        mask: `(H, W)` bool.

    Returns:
        How many pixels are outside, then inside, then outside and so on, column by column from the top left. Their sum
        is `H * W`.
    """
    flat = mask.ravel(order="F")
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    counts: list[int] = np.diff(np.concatenate(([0], edges, [flat.size]))).tolist()
    return [0, *counts] if flat.size and flat[0] else counts


def pixels_of(counts: Sequence[int], width: int, height: int) -> np.ndarray:
    """The mask that has these run lengths. Inverse of `run_lengths`.

    Returns:
        `(H, W)` bool, with at least one pixel inside.

    Raises:
        Undecodable: there are no run lengths, or they are not those of a mask of this size.
    """
    if not counts:
        raise Undecodable("only the outlines of a mask were kept, not its pixels")
    if min(counts) < 0 or sum(counts) != width * height or not any(counts[1::2]):
        raise Undecodable(f"the run lengths are not those of a mask of {width} x {height} pixels")
    inside = np.arange(len(counts)) % 2 == 1
    return np.ascontiguousarray(np.repeat(inside, counts).reshape((height, width), order="F"))


def outlines(mask: np.ndarray) -> list[list[tuple[float, float]]]:
    """The outer outlines of a mask as polygons, largest first.

    Args:
        mask: `(H, W)` bool.

    Returns:
        Polygons of `(x, y)` pixels, origin top left, each within one pixel of the true outline.
    """
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    polygons = sorted((cv2.approxPolyDP(contour, 0.75, True) for contour in found), key=cv2.contourArea, reverse=True)
    return [[(float(x), float(y)) for x, y in polygon.reshape(-1, 2)] for polygon in polygons]


class _Short(reprlib.Repr):
    """`repr` of the beginning: in full, collections may be gigabytes, and Python refuses to write very long numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother = 4, 200, 200
        self.maxdict = self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = 20

    def repr_int(self, x: int, level: int) -> str:
        return repr(x) if x.bit_length() < _HUGE else _of_bits(x)


_SHORT = _Short()


def _in_words(value: Any) -> str:
    return repr(value) if isinstance(value, str) else _SHORT.repr(value)


def _of_bits(number: int) -> str:
    return f"an integer of {number.bit_length()} bits"


def _text(text: str) -> str:
    """Text that survives JSON: no lone surrogates, and no more of it than a person would ever read."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}... ({len(text)} characters)"
