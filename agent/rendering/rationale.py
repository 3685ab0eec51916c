"""A student's rationale as a picture shows it: the boxes that it tells, what they are of, and the text without them."""

import re
from collections.abc import Iterator, Sequence

from agent.trace import PatchValue, PictureRecord
from models.region_text import read_regions

_BOX = r"\[\s*\d+\s*,\s*\d+\s*,\s*\d+\s*,\s*\d+\s*\]"
_BOXES = re.compile(rf":?\s*({_BOX}(?:,?\s*(?:and\s+)?{_BOX})*)")
_PICTURE = re.compile(r"\b(?:in )?picture (\d+),?\s*", re.IGNORECASE)
_COUNT = re.compile(r"^\W*(?:(?:there (?:is|are)|the|a|an|no|\d+)\b\s*)+", re.IGNORECASE)


def pointed_at(rationale: str, asked: Sequence[PictureRecord]) -> Iterator[tuple[str, PatchValue]]:
    """What each box of a rationale is of, in the rationale's words, and the region.

    Args:
        rationale: with boxes `[x1, y1, x2, y2]` in hundredths of a picture's width and height.
        asked: the pictures that it speaks of, in order; "picture 2" is the second. A box in one that there is not, or
            one without any area, is passed over.
    """
    at, before = 1, 0
    for told in _BOXES.finditer(rationale):
        words = rationale[before : told.start()]
        before = told.end()
        words = re.split(r"[.;:](?:\s|$)", words)[-1] or words
        if named := _PICTURE.search(words):
            at, words = int(named[1]), words.replace(named[0], "")
        name = " ".join(_COUNT.sub("", words).split())
        if not 1 <= at <= len(asked):
            continue
        record = asked[at - 1]
        for _, (x1, y1, x2, y2) in read_regions(told[1], "percent", (record.width, record.height)):
            if x2 > x1 and y2 > y1:
                box = x1 * record.width, y1 * record.height, x2 * record.width, y2 * record.height
                yield name or "region", PatchValue(picture=record.key, box=box)


def without_boxes(rationale: str) -> str:
    """The sentences of a rationale, for a place where its boxes are drawn."""
    return " ".join(_BOXES.sub("", rationale).split())
