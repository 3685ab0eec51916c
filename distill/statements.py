"""Statements of a rationale, and whether they are true of what a picture shows.

Understood are the sentences of `distill.rationale` that speak of things, their number, their boxes and properties, and
the conclusion; whatever else a rationale says cannot be checked, and is counted as that.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.trace import UNANSWERABLE
from distill.dataset import DatasetError
from models.embedded.world.lexicon import Phrase, canonical, canonical_background, describes
from models.embedded.world.scene import Scene, Thing
from models.picture import Box, iou, overlap
from models.pointing import SAME, SCALE

_BOX = re.compile(r"\[(-?\d+), (-?\d+), (-?\d+), (-?\d+)\]")
_PLACE = re.compile(r"^in (?:picture (?P<picture>\d+)|(?P<box>\[[^\]]*\])), ", re.IGNORECASE)
_COUNT = re.compile(r"^there (?:is|are) (?P<count>\d+|no|an?) (?P<noun>[^:\[\]]+?)(?:: (?P<boxes>.*))?$", re.IGNORECASE)
_ONE = re.compile(r"^the (?P<noun>[^\[\]]+?)(?P<box> \[[^\]]*\]) is (?P<no>not )?(?P<quality>[^\[\]]+)$", re.IGNORECASE)
_MANY = re.compile(
    r"^(?P<count>\d+) (?P<noun>[^\[\]]+?) are (?P<no>not )?(?P<quality>[^:\[\]]+): (?P<boxes>.*)$", re.IGNORECASE
)
_BACKGROUND = re.compile(r"^the background is (?P<place>[^\[\]]+)$", re.IGNORECASE)
_ANSWER = re.compile(r"so the answer is (?P<answer>.+?)\.?$", re.IGNORECASE)
_NO_ANSWER = re.compile(rf"\bthis is {UNANSWERABLE}\.?$", re.IGNORECASE)


def conclusion(rationale: str) -> str | None:
    """The answer that a rationale ends with; None if it ends with none."""
    text = " ".join(rationale.split())
    if _NO_ANSWER.search(text):
        return UNANSWERABLE
    found = _ANSWER.search(text)
    return found["answer"] if found else None


def statements(rationale: str) -> list[str]:
    """The sentences of a rationale, without its conclusion and without full stops."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Za-z\d])", " ".join(rationale.split()))
    return [text.rstrip(".") for text in sentences if text and not _ANSWER.search(text) and not _NO_ANSWER.search(text)]


def is_true(statement: str, scenes: Sequence[Scene]) -> bool | None:
    """Whether a statement is true of the pictures of a question.

    A number is true if there are exactly so many; a box, if it overlaps a thing of that kind by half (intersection over
    union), each another one.

    Args:
        statement: one of `statements`.
        scenes: one a picture.

    Returns:
        None if that cannot be told: the statement is of another kind, or speaks of what the world has no word for.
    """
    scene, within = scenes[0], None
    while place := _PLACE.match(statement):
        statement = statement[place.end() :]
        if place["picture"] is not None:
            number = int(place["picture"])
            if not 1 <= number <= len(scenes):
                return False
            scene = scenes[number - 1]
        else:
            boxes = _boxes(place["box"], scene)
            if not boxes:
                return None
            within = boxes[0]
    if found := _COUNT.match(statement):
        return _count_is_true(found, scene, within)
    if found := _BACKGROUND.match(statement):
        place_name = canonical_background(found["place"])
        return None if place_name is None else place_name == scene.background
    if found := _ONE.match(statement):
        return _quality_is_true(found, _boxes(found["box"], scene), scene)
    if found := _MANY.match(statement):
        boxes = _boxes(found["boxes"], scene)
        return len(boxes) == int(found["count"]) and _quality_is_true(found, boxes, scene)
    return None


def _count_is_true(found: re.Match[str], scene: Scene, within: Box | None) -> bool | None:
    phrase = canonical(found["noun"])
    if phrase is None:
        return None
    pool = [thing for thing in scene.things if within is None or overlap(thing.box, within) >= 0.5 * _area(thing.box)]
    sure = [thing for thing in pool if describes(phrase, thing)]
    unsure = sum(describes(phrase, thing) is None for thing in pool)
    count = found["count"].lower()
    if count in ("a", "an"):
        right: bool | None = True if sure else (None if unsure else False)
    else:
        said = 0 if count == "no" else int(count)
        right = said == len(sure) if not unsure else (None if len(sure) <= said <= len(sure) + unsure else False)
    if right is not True or not found["boxes"]:
        return right
    return _placed(_boxes(found["boxes"], scene), sure)


def _quality_is_true(found: re.Match[str], boxes: Sequence[Box], scene: Scene) -> bool | None:
    quality, name = found["quality"], found["noun"]
    named = re.match(r"an? ", quality)  # "the animal [..] is a dog"
    phrase = canonical(quality if named else f"{quality} {name}")
    noun = canonical("thing" if name == "region" else name)
    if phrase is None or noun is None or not boxes:
        return None
    verdicts = [_has(phrase, noun, box, scene) for box in boxes]
    if any(verdict is None for verdict in verdicts):
        return None
    return all(verdict is (found["no"] is None) for verdict in verdicts)


def _has(phrase: Phrase, noun: Phrase, box: Box, scene: Scene) -> bool | None:
    """Whether a phrase is true of the thing of that kind that a box shows; False if there is no such thing."""
    kinds = [(describes(noun, thing), thing) for thing in scene.things if iou(thing.box, box) >= SAME]
    shown = max((one for one in kinds if one[0] is not False), key=lambda one: iou(one[1].box, box), default=None)
    if shown is None:
        return False
    return None if shown[0] is None else describes(phrase, shown[1])


def _placed(boxes: Sequence[Box], things: Sequence[Thing]) -> bool:
    """Whether every box is that of a thing, each of another one."""
    free = list(things)
    for box in boxes:
        best = max(free, key=lambda thing: iou(thing.box, box), default=None)
        if best is None or iou(best.box, box) < SAME:
            return False
        free.remove(best)
    return True


def _boxes(text: str, scene: Scene) -> list[Box]:
    """The boxes that a text tells in hundredths, in pixels."""
    found = [tuple(int(side) / SCALE for side in match.groups()) for match in _BOX.finditer(text)]
    return [(a * scene.width, b * scene.height, c * scene.width, d * scene.height) for a, b, c, d in found]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


# ---------------------------------------------------------------------- scenes on the disk


def write_scenes(file: Path, scenes: Mapping[str, Scene]) -> None:
    """Write what pictures show, as JSON lines.

    Args:
        scenes: by key of the picture (`models.picture.Picture.key`), with the boxes of what can be seen.
    """
    lines = (json.dumps({"picture": key, "scene": scene.to_json()}) for key, scene in scenes.items())
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_scenes(file: Path) -> dict[str, Scene]:
    """What `write_scenes` wrote.

    Raises:
        DatasetError: the file is not there, or holds something else.
    """
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return {line["picture"]: Scene.from_json(line["scene"]) for line in lines}
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError):
        raise DatasetError(f'{file}: these are no scenes; a line is {{"picture": KEY, "scene": ...}}') from None
