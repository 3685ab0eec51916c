"""The fields of a row, and what may stand in them."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.program import MAX_QUESTION
from agent.runs.question_format import BadField, suggestion
from agent.runs.row import PictureData, PictureSource, Row
from agent.trace import EXACT, text_of
from models.picture import Box
from models.video import SUFFIXES, is_video

FIELDS = (
    "id",
    "image",
    "images",
    "question",
    "answer",
    "answers",
    "program",
    "family",
    "group",
    "box",
    "split",
    "video",
)

MAX_NAME = 1_000
"""Characters that an id, a family, a group or a split may have."""

_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")


def unknown_field(names: Iterable[Any]) -> str:
    """What is wrong with the names of fields, in one line; empty if they are all known."""
    for name in names:
        if name not in FIELDS:
            shown = " ".join(str(name).split())[:60]
            hint = suggestion(shown, FIELDS) or f" (known: {', '.join(FIELDS)})"
            return f"unknown field `{shown}`{hint}"
    return ""


def absent(value: Any) -> bool:
    """Whether a field is not there for all purposes: null, an empty text or list, or the NaN of a table."""
    return value is None or value == "" or value == [] or (isinstance(value, float) and math.isnan(value))


def row_of(fields: Mapping[str, Any], id: str, base: Path, place: str) -> Row:
    """A row from its fields.

    Args:
        fields: by the names in `FIELDS`.
        id: what the row is called, read before (`id_of`) or made.
        base: what relative paths of pictures are relative to.
        place: where the row stands, to name pictures by that come without a name.

    Raises:
        BadField: something is wrong with it. Whether picture files exist is not looked at.
    """
    problem = unknown_field(fields)
    if problem:
        raise BadField(problem)
    return Row(
        id=id,
        question=_question(fields.get("question")),
        images=_images(fields, base, place),
        answers=_answers(fields),
        box=_box(fields.get("box")),
        program=None if absent(fields.get("program")) else _text("program", fields["program"]),
        family=_name("family", fields.get("family")),
        group=_name("group", fields.get("group")),
        split=_name("split", fields.get("split")),
    )


def id_of(fields: Mapping[str, Any]) -> str:
    """The row's own id; empty if it has none. Raises BadField."""
    return _name("id", fields.get("id"))


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadField(f"`{field}` must be a text, not {_kind(value)}")
    if "\0" in value:
        raise BadField(f"`{field}` contains a NUL byte")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadField(f"`{field}` is not UTF-8 text (character {error.start + 1})") from None
    return value


def _name(field: str, value: Any) -> str:
    if absent(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise BadField(f"`{field}` must be a text or a whole number, not {_kind(value)}")
    text = " ".join(_text(field, value).split())
    if len(text) > MAX_NAME:
        raise BadField(f"`{field}` has {len(text):,} characters; at most {MAX_NAME:,} are allowed")
    return text


def _question(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        raise BadField("there is no question")
    text = " ".join(_text("question", value).split())
    if not text:
        raise BadField("the question is empty")
    if len(text) > MAX_QUESTION:
        raise BadField(f"the question has {len(text):,} characters; at most {MAX_QUESTION:,} are allowed")
    return text


def _one_of(fields: Mapping[str, Any], one: str, several: str) -> tuple[str, Any]:
    """The name and value of the one that is there. Raises BadField if both are."""
    given = [(name, fields[name]) for name in (one, several) if not absent(fields.get(name))]
    if len(given) == 2:
        raise BadField(f"there are both `{one}` and `{several}`; give one of them")
    return given[0] if given else (one, None)


def _images(fields: Mapping[str, Any], base: Path, place: str) -> tuple[PictureSource, ...]:
    field, value = _one_of(fields, "image", "images")
    if not absent(fields.get("video")):
        if value is not None:
            raise BadField(f"there are both `video` and `{field}`; give one of them")
        return (_video(fields["video"], base, place),)
    if value is None:
        raise BadField("there is no picture; give `image`, `images` or `video`")
    each = value if isinstance(value, list | tuple) else [value]
    names = [place] if len(each) == 1 else [f"{place}, picture {n}" for n in range(1, len(each) + 1)]
    return tuple(_image(field, one, base, name) for one, name in zip(each, names, strict=True))


def _video(value: Any, base: Path, name: str) -> Path:
    """A video is named, never held by the file of questions: it may be large."""
    source = _image("video", value, base, name) if isinstance(value, str | Path) else None
    if not isinstance(source, Path):
        raise BadField(f"`video` must be the path of a video file, not {_kind(value)}")
    if not is_video(source):
        raise BadField(f"`video` is {source.name[:60]}; a video file ends in {', '.join(sorted(SUFFIXES))}")
    return source


def _image(field: str, value: Any, base: Path, name: str) -> PictureSource:
    if isinstance(value, Path):
        return Path(_text(field, str(value)))
    if isinstance(value, bytes):
        return PictureData(value, name)
    if isinstance(value, Mapping):
        extra = set(value) - {"bytes", "path"}
        if extra:
            raise BadField(f"`{field}` must be a path, or an object with `bytes` and `path`, and has `{min(extra)}`")
        path = value.get("path")
        if isinstance(value.get("bytes"), bytes):
            return PictureData(value["bytes"], name if absent(path) else _text(field, path))
        value = path
    if absent(value):
        raise BadField(f"`{field}` has a picture that is empty")
    text = _text(field, value)
    if _ADDRESS.match(text):
        raise BadField(f"`{field}` is an address ({text[:60]}); fetch the picture and give its file")
    return base / text


def _answers(fields: Mapping[str, Any]) -> tuple[str, ...]:
    field, value = _one_of(fields, "answer", "answers")
    if value is None:
        return ()
    each = value if isinstance(value, list | tuple) else [value]
    return tuple(_answer(field, one) for one in each)


def _answer(field: str, value: Any) -> str:
    """As an answer of the agent is written: `yes` and `no`, a number, a text."""
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return text_of(value, EXACT)
    if not isinstance(value, str):
        raise BadField(f"`{field}` must be a text, a number, true or false, or a list of them, not {_kind(value)}")
    return _text(field, value)


def _box(value: Any) -> Box | None:
    if absent(value):
        return None
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or len(value) != 4:
        raise BadField("`box` must be four numbers: x1, y1, x2, y2")
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in value):
        raise BadField("`box` must be four numbers: x1, y1, x2, y2")
    try:
        x1, y1, x2, y2 = (float(v) for v in value)
    except OverflowError:
        raise BadField("`box` has a number that is too large") from None
    if not all(math.isfinite(v) for v in (x1, y1, x2, y2)) or x1 >= x2 or y1 >= y2:
        raise BadField("`box` must be x1, y1, x2, y2 with x1 < x2 and y1 < y2 (pixels, origin top left)")
    return x1, y1, x2, y2


def _kind(value: Any) -> str:
    kinds: list[tuple[type | tuple[type, ...], str]] = [
        (bool, "true or false"),
        ((int, float), "a number"),
        (str, "a text"),
        (bytes, "bytes"),
        (Mapping, "an object"),
        ((list, tuple), "a list"),
    ]
    return next(
        (name for kind, name in kinds if isinstance(value, kind)),
        "nothing" if value is None else str(type(value).__name__),
    )
