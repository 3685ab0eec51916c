"""Questions about picture-book clips with their true answers, computed from the clip and never by running a program."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from distill.questions.binding import ABSTAIN
from distill.questions.forms import Form
from distill.questions.grammar import say_thing, write_program, write_question
from distill.questions.scoring import written
from distill.questions.video import FORMS
from distill.questions.view import Absent, Unclear
from models.embedded.world.clips import Actor, Clip, make_clip
from models.embedded.world.lexicon import canonical, describes, noun
from models.embedded.world.scene import Split

Truth = bool | int | float | str
Slots = dict[str, str]

APART = 3
"""Frames between two moments of which one is called the earlier."""
MOVED = 0.12
"""Share of the picture that a thing must have moved to be called moving."""
SECONDS = 0.3
"""How far off a time may be, for a person."""

_MISSING = 0.08
"""How often a word is drawn that names nothing in the clip."""


@dataclass(frozen=True)
class ClipQuestion:
    """A question about a clip whose true answer is known."""

    text: str
    clip: Clip
    answer: Truth
    """Or ABSTAIN."""
    program: str
    """The canonical body, in the planner's text format."""
    form: str

    def is_right(self, status: str, value: Any, seconds: float = SECONDS) -> bool:
        """Whether an answer is the true one; times may be so many seconds off."""
        if self.answer == ABSTAIN:
            return status == "abstained"
        if status != "answered":
            return False
        if isinstance(self.answer, float):
            return isinstance(value, int | float) and abs(value - self.answer) <= seconds
        return written(value) == written(self.answer)


class ClipView:
    """A clip as a careful person sees it."""

    def __init__(self, clip: Clip) -> None:
        self.clip, self.end = clip, clip.frames

    def all(self, phrase: str) -> list[Actor]:
        """Raises Unclear if the phrase may be true of others, or the world does not know it."""
        read = canonical(phrase)
        told = [describes(read, actor.thing) for actor in self.clip.actors] if read else [None]
        if None in told:
            raise Unclear(phrase)
        return [actor for actor, true in zip(self.clip.actors, told, strict=True) if true]

    def some(self, phrase: str) -> list[Actor]:
        found = self.all(phrase)
        if not found:
            raise Absent(phrase)
        return found

    def one(self, phrase: str) -> Actor:
        found = self.some(phrase)
        if len(found) > 1:
            raise Unclear(phrase)
        return found[0]

    def count(self, phrase: str, frame: int) -> int:
        return sum(actor.at(frame) is not None for actor in self.all(phrase))

    def times(self, phrase: str) -> list[tuple[int, int]]:
        """When at least one of them is there: first frames, and those behind the last. Raises Absent."""
        there = [any(actor.at(frame) for actor in self.some(phrase)) for frame in range(self.end)]
        starts = [frame for frame in range(self.end) if there[frame] and not (frame and there[frame - 1])]
        ends = [
            frame + 1 for frame in range(self.end) if there[frame] and not (frame + 1 < self.end and there[frame + 1])
        ]
        return list(zip(starts, ends, strict=True))

    def comes(self, phrase: str) -> int:
        """The frame in which it comes into view. Raises Unclear if it was there from the start."""
        start = self.times(phrase)[0][0]
        if start == 0:
            raise Unclear("it was always there")
        return start

    def leaves(self, phrase: str) -> int:
        end = self.times(phrase)[-1][1]
        if end == self.end:
            raise Unclear("it does not leave")
        return end


def _apart(one: int, other: int) -> None:
    if abs(one - other) < APART:
        raise Unclear("too close to call")


def _still(v: ClipView, phrase: str) -> Actor:
    """One that is there once: what comes again cannot be followed."""
    actor = v.one(phrase)
    if len(actor.shown) > 1:
        raise Unclear("it comes twice")
    return actor


def _moves(v: ClipView, phrase: str, axis: int, sign: int) -> bool:
    share = _still(v, phrase).move[axis] / (v.clip.background.width, v.clip.background.height)[axis]
    if abs(share) < MOVED:
        raise Unclear("it does not move that way")
    return share * sign > 0


def _newcomer(v: ClipView, slots: Slots, among: str) -> str:
    """What comes first after something has left."""
    left = v.leaves(slots["a"])
    new = [actor for actor in v.all(among) if actor.shown[0][0] >= left]
    again = [actor for actor in v.all(among) if any(start >= left for start, _ in actor.shown[1:])]
    if again:
        raise Unclear("something comes again")
    return _first_to_come(new, among)


def _first_to_come(new: Sequence[Actor], among: str) -> str:
    if not new:
        raise Absent(among)
    ranked = sorted(new, key=lambda actor: actor.shown[0][0])
    if len(ranked) > 1:
        _apart(ranked[0].shown[0][0], ranked[1].shown[0][0])
    return ranked[0].thing.noun


def _last_to_come(v: ClipView) -> str:
    if any(len(actor.shown) > 1 for actor in v.clip.actors):
        raise Unclear("something comes again")
    ranked = sorted(v.clip.actors, key=lambda actor: -actor.shown[0][0])
    if len(ranked) < 2 or ranked[0].shown[0][0] == 0:
        raise Unclear("nothing comes")
    _apart(ranked[0].shown[0][0], ranked[1].shown[0][0])
    return ranked[0].thing.noun


def _names(v: ClipView, frame: int) -> str:
    names = sorted({thing.noun for thing in v.clip.scene(frame).things})
    if not names:
        raise Unclear("nothing is there")
    return ", ".join(names)


def _earlier(v: ClipView, s: Slots, when: Callable[[ClipView, str], int]) -> bool:
    a, b = when(v, s["a"]), when(v, s["b"])
    _apart(a, b)
    return a < b


def _most(v: ClipView, phrase: str) -> int:
    counts = [v.count(phrase, frame) for frame in range(v.end)]
    if counts.count(max(counts)) < v.end / 8 or not max(counts):
        raise Unclear("for too short a time")
    return max(counts)


def _total(v: ClipView, phrase: str) -> int:
    if any(len(actor.shown) > 1 for actor in v.some(phrase)):
        raise Unclear("one comes twice")
    return len(v.some(phrase))


def _change(v: ClipView, phrase: str, sign: int) -> bool:
    last, first = v.count(phrase, v.end - 1), v.count(phrase, 0)
    if not v.some(phrase):
        raise Unclear(phrase)
    return (last - first) * sign > 0


def _colour(v: ClipView, phrase: str) -> str:
    colour = _still(v, phrase).thing.colour
    if colour is None:
        raise Unclear("colour")
    return colour


def _start(v: ClipView, phrase: str) -> int:
    return v.times(phrase)[0][0]


TRUTH: dict[str, Callable[[ClipView, Slots], Truth]] = {
    "video_exists": lambda v, s: bool(v.all(s["a"])),
    "video_exists_end": lambda v, s: v.count(s["a"], v.end - 1) > 0,
    "video_exists_start": lambda v, s: v.count(s["a"], 0) > 0,
    "video_stays": lambda v, s: v.times(s["a"])[0] == (0, v.end),
    "video_count_end": lambda v, s: v.count(s["a"], v.end - 1),
    "video_count_start": lambda v, s: v.count(s["a"], 0),
    "video_count_all": lambda v, s: _total(v, s["a"]),
    "video_most_at_once": lambda v, s: _most(v, s["a"]),
    "video_times": lambda v, s: len(v.times(s["a"])),
    "video_more_end": lambda v, s: _change(v, s["a"], 1),
    "video_fewer_end": lambda v, s: _change(v, s["a"], -1),
    "video_count_when": lambda v, s: v.count(s["b"], v.comes(s["a"])),
    "video_exists_when": lambda v, s: v.count(s["b"], v.comes(s["a"])) > 0,
    "video_when_comes": lambda v, s: v.clip.time(v.comes(s["a"])),
    "video_when_leaves": lambda v, s: v.clip.time(v.leaves(s["a"])),
    "video_how_long": lambda v, s: sum(v.clip.time(end) - v.clip.time(start) for start, end in v.times(s["a"])),
    "video_length": lambda v, s: v.clip.time(v.end),
    "video_which_first": lambda v, s: s["a"] if _earlier(v, s, _start) else s["b"],
    "video_which_leaves_first": lambda v, s: s["a"] if _earlier(v, s, ClipView.leaves) else s["b"],
    "video_before": lambda v, s: _earlier(v, s, _start),
    "video_after": lambda v, s: not _earlier(v, s, _start),
    "video_moves_left": lambda v, s: _moves(v, s["a"], 0, -1),
    "video_moves_right": lambda v, s: _moves(v, s["a"], 0, 1),
    "video_moves_up": lambda v, s: _moves(v, s["a"], 1, -1),
    "video_moves_down": lambda v, s: _moves(v, s["a"], 1, 1),
    "video_way_across": lambda v, s: "left" if _moves(v, s["a"], 0, -1) else "right",
    "video_way_along": lambda v, s: "up" if _moves(v, s["a"], 1, -1) else "down",
    "video_comes_after": lambda v, s: _newcomer(v, s, "thing"),
    "video_kind_comes_after": lambda v, s: _newcomer(v, s, s["g"]),
    "video_last_to_come": lambda v, s: _last_to_come(v),
    "video_what_end": lambda v, s: _names(v, v.end - 1),
    "video_what_start": lambda v, s: _names(v, 0),
    "video_colour": lambda v, s: _colour(v, s["a"]),
    "video_background": lambda v, s: v.clip.background.background,
}
"""The answer of each form. Raises Absent where the honest answer is to abstain, Unclear where nobody should ask."""


def make_clip_questions(
    count: int, split: Split = "test", seed: int = 0, forms: Iterable[Form] = FORMS
) -> list[ClipQuestion]:
    """Questions about clips with their true answers, forms by their weights, wordings of the split.

    Args:
        count: how many, each about a clip of its own.
        seed: the same seed gives the same questions.
    """
    chosen = list(forms)
    rng = random.Random(f"clip questions {split} {seed}")
    made: list[ClipQuestion] = []
    number = 0
    while len(made) < count:
        form = rng.choices(chosen, [one.weight for one in chosen])[0]
        for _ in range(30):
            number += 1
            question = ask(form, make_clip(seed * 1_000_000 + number, split), rng)
            if question is not None:
                made.append(question)
                break
    return made


def ask(form: Form, clip: Clip, rng: random.Random, tries: int = 12) -> ClipQuestion | None:
    """A question of this form about the clip; None if no words were found with which it has a clear answer."""
    view = ClipView(clip)
    for _ in range(tries):
        slots = _slots(view, rng)
        answer: Truth
        try:
            answer = TRUTH[form.name](view, slots)
        except Unclear:
            continue
        except Absent:
            if rng.random() < 0.6:  # those are the easiest to draw
                continue
            answer = ABSTAIN
        template = rng.choice(form.templates("test" if clip.split == "test" else "train"))
        text, _ = write_question(form, template, say_thing(slots, rng), rng)
        return ClipQuestion(text, clip, answer, write_program(form, slots), form.name)
    return None


def _slots(view: ClipView, rng: random.Random) -> Slots:
    words: list[str] = []
    while len(words) < 2:
        actor = rng.choice(view.clip.actors)
        kind = rng.random()
        word = actor.thing.noun
        categories = noun(actor.thing.noun).categories
        if kind < _MISSING:
            word = rng.choice(make_clip(rng.randrange(1 << 30), "train").actors).thing.noun
        elif kind < 0.2 and categories:
            word = rng.choice(categories)
        elif kind < 0.3 and actor.thing.colour:
            word = f"{actor.thing.colour} {word}"
        if word not in words:
            words.append(word)
        elif len(view.clip.actors) < 2:
            words.append("dog" if word != "dog" else "cat")
    group = noun(rng.choice(view.clip.actors).thing.noun).categories
    return {"a": words[0], "b": words[1], "g": rng.choice(group) if group else "thing"}
