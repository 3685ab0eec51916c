"""What a careful person sees in a scene: the ground on which the true answers stand.

Nothing here runs a program. Where a person could disagree (two dogs when one is asked about, a near tie, a colour that
is mixed) the question is not asked at all: `Unclear`.
"""

from collections.abc import Callable, Sequence

from models.embedded.world.lexicon import canonical
from models.embedded.world.scene import Scene, Thing

SIDE_MARGIN = 0.07
"""How far apart two centres must be to be left, right, above or below of each other, as a share of the picture."""
SIZE_RATIO = 1.45
"""How much larger something must be to be called larger, by area; the square root of it by height or width."""
DEPTH_MARGIN = 1.2
"""How much farther something must be to be called farther (the world's depth goes from 1 to 12)."""
GAP_MARGIN = 0.06
"""How much closer something must be to be called closer, as a share of the picture's width."""


class Unclear(Exception):
    """The question has no undisputed answer here; another one is drawn."""


class Absent(Exception):
    """The question presupposes something that is not in the picture: the answer is to abstain."""


def enough(count: int, least: int = 0) -> int:
    """The same number. Raises Unclear if it is too small to be asked about."""
    if count < least:
        raise Unclear("there are not enough of them")
    return count


class View:
    """A scene as the truth sees it: pixels, origin top left."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def all(self, phrase: str) -> list[Thing]:
        """Every thing that the phrase is true of.

        Raises:
            Unclear: it may be true of others, or the world does not know the phrase.
        """
        read = canonical(phrase)
        if read is None or self.scene.unsure(read):
            raise Unclear(phrase)
        return self.scene.find(read)

    def count(self, phrase: str) -> int:
        return len(self.all(phrase))

    def one(self, phrase: str) -> Thing:
        """The thing meant by "the dog".

        Raises:
            Absent: there is none.
            Unclear: there are several.
        """
        found = self.all(phrase)
        if not found:
            raise Absent(phrase)
        if len(found) > 1:
            raise Unclear(phrase)
        return found[0]

    def some(self, phrase: str, least: int = 1) -> list[Thing]:
        """The things meant by "the dogs". Raises Absent if there is none, Unclear if fewer than `least`."""
        found = self.all(phrase)
        if not found:
            raise Absent(phrase)
        if len(found) < least:
            raise Unclear(phrase)
        return found

    def present(self, phrase: str, least: int = 1) -> list[Thing]:
        """The things called so. Raises Unclear, not Absent, if there are too few: programs then say none or no."""
        found = self.all(phrase)
        if len(found) < least:
            raise Unclear(phrase)
        return found

    def amount(self, phrase: str) -> int:
        """How many there are. Raises Unclear without any: nobody reckons with none."""
        return len(self.present(phrase))

    def is_on(self, side: str, thing: Thing, other: Thing | None = None) -> bool:
        """Whether a thing is on a side (`left`, `right`, `above`, `below`) of another, or of the picture's middle."""
        x, y = thing.center
        a, b = other.center if other is not None else (self.scene.width / 2, self.scene.height / 2)
        across, down = (x - a) / self.scene.width, (y - b) / self.scene.height
        offset = across if side in ("left", "right") else down
        if abs(offset) < SIDE_MARGIN:
            raise Unclear(side)
        return offset < 0 if side in ("left", "above") else offset > 0

    def gap(self, one: Thing, other: Thing) -> float:
        """Distance between the edges of two boxes as a share of the picture's width, 0 where they touch."""
        across = max(one.box[0] - other.box[2], other.box[0] - one.box[2], 0.0)
        down = max(one.box[1] - other.box[3], other.box[1] - one.box[3], 0.0)
        return float((across**2 + down**2) ** 0.5) / self.scene.width


def colour_of(thing: Thing) -> str:
    """Raises Unclear for a thing of several colours."""
    if thing.colour is None:
        raise Unclear("colour")
    return thing.colour


def extreme(
    things: Sequence[Thing],
    value: Callable[[Thing], float],
    margin: float = 0.0,
    ratio: float = 1.0,
    least: bool = False,
) -> Thing:
    """The thing with the largest (or least) value.

    Raises:
        Unclear: there is only one thing, or the runner-up is within the margin or ratio.
    """
    if len(things) < 2:
        raise Unclear("nothing to compare with")
    ranked = sorted(things, key=value, reverse=not least)
    apart(value(ranked[0]), value(ranked[1]), margin, ratio)
    return ranked[0]


def apart(one: float, other: float, margin: float = 0.0, ratio: float = 1.0) -> None:
    """Raises Unclear unless two values differ by the margin and by the ratio."""
    low, high = sorted((one, other))
    if high - low <= margin or high < low * ratio:
        raise Unclear("too close to call")
