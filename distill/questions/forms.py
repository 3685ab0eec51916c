"""What a question can mean: `Form`, one meaning with one canonical program and many wordings.

The forms themselves stand in the modules that `grammar.MODULES` names; the truth of each about a scene, in `truth.py`.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

_SPLIT_SEED = 20_26
_HELD_OUT_SHARE = 0.2


@dataclass(frozen=True)
class Form:
    """One meaning.

    A *template* is one pattern of one form; a fifth of every form's templates are held out of training.
    """

    name: str
    family: str
    program: str
    """The body in the planner's text format (one space a level), with `{slot}` places. `p` is the picture, `ps` the
    list of pictures, `v` the video; about the album there is nothing but functions."""
    patterns: tuple[str, ...]
    weight: float = 1.0
    about: Literal["pictures", "video", "album"] = "pictures"
    fixed: dict[str, tuple[str | tuple[str, str], ...]] = field(default_factory=dict, hash=False)
    """Slots of the form's own: what each is drawn from, a text or a pair (in the question, in the program)."""
    several: bool = False
    """Asked about a list of pictures."""
    whole: bool = False
    """Asked about the whole picture, so that no word such as "in the second picture" can be put before it."""
    split_as: str = ""
    """Forms with the same name here hold out the templates at the same places (left and right, say)."""
    first: int = 0
    """So many patterns were there before others were added, if any were. Either part holds out its own fifth, so that a
    template that was held out stays so."""

    then: tuple[int, ...] = ()
    """Where patterns begin that were added still later, each part with a fifth of its own."""

    trained_from: int = 0
    """From here on patterns are for training alone: what is held out stays as it was before they came. 0: none are."""

    newest: int = 0
    """Where the patterns begin that came last of all, if any came later than the form."""

    def __hash__(self) -> int:
        return hash(self.name)

    @cached_property
    def held_out(self) -> frozenset[int]:
        """Indices of the templates that never occur in training: at least one, drawn by a fixed seed."""
        marks = sorted({0, self.first, *self.then, self.trained_from or len(self.patterns)})
        rng = random.Random(f"{_SPLIT_SEED} {self.split_as or self.name}")
        parts = [range(start, end) for start, end in pairwise(marks)]
        return frozenset(i for part in parts for i in rng.sample(part, max(1, round(len(part) * _HELD_OUT_SHARE))))

    def templates(self, split: str) -> list[int]:
        """Indices of the templates of a split, `train` or `test`."""
        return [i for i in range(len(self.patterns)) if (i in self.held_out) == (split == "test")]


def patterns(text: str) -> tuple[str, ...]:
    """One pattern a line."""
    return tuple(line.strip() for line in text.strip().splitlines() if line.strip())


def told_and_meant(texts: Iterable[str | tuple[str, str]]) -> list[tuple[str, str]]:
    """Each text of a form's own slot (`Form.fixed`) as the question has it and as the program does."""
    return [(text, text) if isinstance(text, str) else text for text in texts]
