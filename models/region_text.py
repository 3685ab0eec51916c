"""Boxes as vision-language models write them: how each family is asked for boxes, and how its text is read.

| family | writes | counts |
|---|---|---|
| `paligemma` | `<loc0102><loc0204><loc0768><loc0900> dog ; ...` | y, x, y, x in 1024ths of the picture |
| `florence` | `dog<loc_102><loc_204><loc_768><loc_900>...` | x, y, x, y in 1000ths |
| `qwen2` | `[{"bbox_2d": [12, 40, 88, 200], "label": "dog"}]` | x, y, x, y in pixels as the model sees the picture |
| `qwen3` | the same | x, y, x, y in 1000ths |
| `gemini` | `[{"box_2d": [40, 12, 200, 88], "label": "dog"}]` | y, x, y, x in 1000ths |
| `percent` | `[12, 40, 88, 100], ...` | x, y, x, y in 100ths: what the students of `distill/` write |

PaliGemma: https://arxiv.org/abs/2407.07726; Florence-2: https://arxiv.org/abs/2311.06242; Qwen2.5-VL:
https://arxiv.org/abs/2502.13923; Qwen3-VL and Gemini: their documentation.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from models.picture import Box

Family = Literal["paligemma", "florence", "qwen2", "qwen3", "gemini", "percent"]

Written = tuple[str, Box]
"""A label, empty where there is none, and a box in `xyxy` shares (0 to 1) of what the model saw."""

Size = tuple[int, int]

_NUMBER = r"\s*(-?\d+(?:\.\d+)?)\s*"
_FOUR = re.compile(rf"[\[(]{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}[\])]")
_PALIGEMMA = re.compile(r"((?:<loc\d{4}>){4})\s*([^<;]*)")
_FLORENCE = re.compile(r"([^<]*)((?:<loc_\d+>)+)")
_OBJECT = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Dialect:
    """How a family is asked for boxes."""

    detect: str
    """Prompt for everything of a kind; `{}` is the kind."""
    ground: str
    """Prompt for the one thing that a text refers to."""
    read: Callable[[str, Size], Iterator[Written]]
    bare: bool = False
    """The prompt is not a turn in a conversation: the model was trained on tasks."""
    ask: str = ""
    """Prompt for a question, where the model is no chat model."""
    caption: str = ""


def read_regions(text: str, family: Family, seen: Size) -> list[Written]:
    """The boxes in a text, in order. What is not one is passed over: a text that was cut off gives those before.

    Args:
        seen: width and height of the picture as the model saw it, which `qwen2` counts in.
    """
    found = []
    for label, box in DIALECTS[family].read(text, seen):
        x1, y1, x2, y2 = (min(max(value, 0.0), 1.0) for value in box)
        if x1 < x2 and y1 < y2:
            found.append((" ".join(label.split()), (x1, y1, x2, y2)))
    return found


def _shares(values: tuple[float, ...], across: float, down: float, swapped: bool = False) -> Box:
    a, b, c, d = values
    x1, y1, x2, y2 = (b, a, d, c) if swapped else (a, b, c, d)
    return x1 / across, y1 / down, x2 / across, y2 / down


def _paligemma(text: str, seen: Size) -> Iterator[Written]:
    for tokens, label in _PALIGEMMA.findall(text):
        yield label, _shares(_numbers(tokens), 1024, 1024, swapped=True)


def _florence(text: str, seen: Size) -> Iterator[Written]:
    text = re.sub(r"</?s>|<pad>", "", text)
    for label, tokens in _FLORENCE.findall(text):
        values = _numbers(tokens)
        for start in range(0, len(values) - 3, 4):
            yield label, _shares(values[start : start + 4], 1000, 1000)


def _json(key: str, swapped: bool, thousandths: bool) -> Callable[[str, Size], Iterator[Written]]:
    def read(text: str, seen: Size) -> Iterator[Written]:
        across, down = (1000.0, 1000.0) if thousandths else (float(seen[0]), float(seen[1]))
        for found in _OBJECT.findall(text):
            try:
                entry: dict[str, Any] = json.loads(found)
            except ValueError:
                continue
            values = entry.get(key, entry.get("bbox_2d", entry.get("box_2d", entry.get("bbox"))))
            if isinstance(values, list) and len(values) == 4 and all(isinstance(v, int | float) for v in values):
                yield str(entry.get("label", "")), _shares(tuple(map(float, values)), across, down, swapped)

    return read


def _percent(text: str, seen: Size) -> Iterator[Written]:
    for values in _FOUR.findall(text):
        yield "", _shares(tuple(map(float, values)), 100, 100)


def _numbers(tokens: str) -> tuple[float, ...]:
    return tuple(float(digits) for digits in re.findall(r"\d+", tokens))


_QWEN = (
    'Locate every {} in the picture and output their boxes in JSON: [{"bbox_2d": [x1, y1, x2, y2], "label": "..."}]. '
    "Output [] if there is none."
)
_QWEN_ONE = 'Locate {} in the picture and output its box in JSON: [{"bbox_2d": [x1, y1, x2, y2], "label": "..."}].'
_GEMINI = (
    'Detect every {} in the picture. Output JSON alone: [{"box_2d": [ymin, xmin, ymax, xmax], "label": "..."}], with '
    "coordinates from 0 to 1000, or [] if there is none."
)
_GEMINI_ONE = (
    'Detect {} in the picture. Output JSON alone, with one entry: [{"box_2d": [ymin, xmin, ymax, xmax], "label": '
    '"..."}], with coordinates from 0 to 1000.'
)

DIALECTS: dict[Family, Dialect] = {
    "paligemma": Dialect("detect {}", "detect {}", _paligemma, True, "answer en {}", "caption en"),
    "florence": Dialect(
        "<OPEN_VOCABULARY_DETECTION>{}",
        "<CAPTION_TO_PHRASE_GROUNDING>{}",
        _florence,
        True,
        caption="<CAPTION>",
    ),
    "qwen2": Dialect(_QWEN, _QWEN_ONE, _json("bbox_2d", swapped=False, thousandths=False)),
    "qwen3": Dialect(_QWEN, _QWEN_ONE, _json("bbox_2d", swapped=False, thousandths=True)),
    "gemini": Dialect(_GEMINI, _GEMINI_ONE, _json("box_2d", swapped=True, thousandths=True)),
    "percent": Dialect("Detect {}.", "Detect {}.", _percent),
}

OF_MODEL_TYPE: dict[str, Family] = {
    "paligemma": "paligemma",
    "florence2": "florence",
    "qwen2_5_vl": "qwen2",
    "qwen3_vl": "qwen3",
    "qwen3_vl_moe": "qwen3",
}
"""What a checkpoint writes, by the `model_type` of its configuration."""
