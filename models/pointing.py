"""How a model's text points at things: by boxes, or, within a student, by pointers to what its vision tower sees.

    There are 2 dogs: [10, 24, 31, 60], [55, 20, 78, 61].        # what people and data sets read
    There are 2 dogs: <thing 2>, <thing 5>.                      # what the student is taught, and writes

A decoder knows about where a thing is, its tower exactly; so the decoder says which one it means, a token long, and the
tower where that is. Regions as tokens of a text are those of Ma et al., "Groma: Localized Visual Tokenization for
Grounding Multimodal Large Language Models" (ECCV 2024).
"""

import re
from collections.abc import Sequence

from models.picture import Box, iou

SCALE = 100
"""What the sides of a picture count in texts: short to write, and the same for a picture of any size."""

POINTER = "<thing {}>"
"""Things of a picture are counted from the left, from 1."""

SAME = 0.5
"""Intersection over union from which a box is that of a thing. Boxes are told in hundredths, and specialists' boxes are
never exact."""

_BOX = re.compile(r" ?\[(\d+), (\d+), (\d+), (\d+)\]")
_POINTER = re.compile(r" ?<thing (\d+)>")
_LISTED = re.compile(r"<thing \d+>(?:, <thing \d+>)+")
_PLACE = re.compile(r"\bin$", re.IGNORECASE)
"""Before the part of a picture that a sentence speaks of ("In [0, 0, 50, 100], there is no dog"), which is no thing."""
_PICTURE = re.compile(r"\bpicture (\d+)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"\.\s+(?=[A-Z])")


def box_text(box: Box, size: tuple[float, float]) -> str:
    """A box as students read and write it: `[12, 0, 50, 100]`, in hundredths of the picture, origin top left.

    Args:
        box: `xyxy`, in pixels.
        size: width and height of the picture, in pixels.
    """
    sides = (size[0], size[1], size[0], size[1])
    return f"[{', '.join(str(round(SCALE * min(max(at / side, 0), 1))) for at, side in zip(box, sides, strict=True))}]"


def with_pointers(text: str, pictures: Sequence[Sequence[Box]]) -> str:
    """A text with a pointer in place of each box of a thing.

    Of things that are told one after the other, the pointers rise: they are told from left to right, and sides that are
    near each other may come the other way round in the boxes. A box that overlaps no thing enough stays. So do the part
    of a picture that a sentence speaks of, and a box that may be in any of several pictures.

    Args:
        text: with boxes as `box_text` writes them.
        pictures: of each picture that it is about, the boxes of its things from left to right, `xyxy` in shares of its
            width and height.
    """

    def point(found: re.Match[str]) -> str:
        at = _picture(text, found, len(pictures))
        if at is None or _PLACE.search(text[: found.start()]):
            return found[0]
        sides = tuple(int(side) / SCALE for side in found.groups())
        box: Box = (sides[0], sides[1], sides[2], sides[3])
        fits = [iou(box, thing) for thing in pictures[at]]
        best = max(range(len(fits)), key=fits.__getitem__, default=None)
        if best is None or fits[best] < SAME:
            return found[0]
        return f" {POINTER.format(best + 1)}"

    return _LISTED.sub(_in_order, _BOX.sub(point, text))


def with_boxes(text: str, pictures: Sequence[Sequence[Box]]) -> str:
    """The other way: a text with the box of each thing that it points at. What points at nothing is left out.

    Args:
        text, pictures: as for `with_pointers`.
    """

    def place(found: re.Match[str]) -> str:
        at, thing = _picture(text, found, len(pictures)) or 0, int(found[1]) - 1
        if at >= len(pictures) or not 0 <= thing < len(pictures[at]):
            return ""
        return f" {box_text(pictures[at][thing], (1, 1))}"

    return _POINTER.sub(place, text)


def _in_order(found: re.Match[str]) -> str:
    return ", ".join(POINTER.format(number) for number in sorted(int(one[1]) for one in _POINTER.finditer(found[0])))


def _picture(text: str, found: re.Match[str], count: int) -> int | None:
    """The place of the picture that is pointed into: the one that the sentence named last, else the next that it
    names, else the only one there is."""
    if count == 1:
        return 0
    before = _SENTENCE_END.split(text[: found.start()])[-1]
    after = _SENTENCE_END.split(text[found.end() :])[0]
    named = _PICTURE.findall(before)[-1:] or _PICTURE.findall(after)[:1]
    at = int(named[0]) - 1 if named else -1
    return at if 0 <= at < count else None
