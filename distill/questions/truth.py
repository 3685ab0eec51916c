"""The true answer of every form about a scene, computed from the scene itself and never by running a program.

`answer(form, slots, scenes)` gives `True`, a number or a text; it raises `Absent` where the honest answer is to abstain
and `Unclear` where the question should not be asked.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

from distill.questions import amounts, arrangement, described, layout, likeness, reckoning, sums, surroundings
from distill.questions.forms import Form
from distill.questions.view import (
    DEPTH_MARGIN,
    GAP_MARGIN,
    SIDE_MARGIN,
    SIZE_RATIO,
    Absent,
    Unclear,
    View,
    apart,
    colour_of,
    extreme,
)
from models.embedded.world.lexicon import canonical, canonical_background
from models.embedded.world.scene import Scene, Thing

T = TypeVar("T")
Truth = bool | int | str
Slots = dict[str, str]

OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}


def answer(form: Form, slots: Slots, scenes: list[Scene], place: int = 0) -> Truth:
    """The true answer.

    Args:
        form: the meaning.
        slots: words for the form's slots, numbers as digits; picture indices as texts.
        scenes: one scene a picture.
        place: which picture a question about one picture is about.

    Raises:
        Absent: something that the question presupposes is not there, or no picture can answer it.
        Unclear: no undisputed answer, or a form that no scene of this world can settle (written text).
    """
    views = [View(scene) for scene in scenes]
    if form.family == "unanswerable":
        raise Absent("no picture can answer this")
    if form.name in SEVERAL:
        return SEVERAL[form.name](views, slots)
    view = views[place]
    for table in TABLES:
        if form.name in table:
            return table[form.name](view, slots)
    stem, _, tail = form.name.rpartition("_")
    if tail in OPPOSITE and stem in SIDED:
        return SIDED[stem](view, slots, tail)
    if stem in ("closest", "furthest"):
        return _distance(view, slots, stem, tail)
    if stem in ("near", "far"):
        return _depth(view, slots, stem, tail)
    if stem in ("biggest", "smallest", "tallest", "widest"):
        return _size(view, slots, stem, tail)
    if stem.startswith(("second", "third")):
        return _ordinal(view, slots, stem, tail)
    raise Unclear(f"the world cannot settle {form.name}")


def _both_kinds(v: View, s: Slots) -> bool:
    """Whether a thing is of both kinds; one of the one kind must not touch one of the other."""
    ones, others = v.all(s["a"]), v.all(s["b"])
    if any(thing in others for thing in ones):
        return True
    if any(v.gap(one, other) == 0 for one in ones for other in others):
        raise Unclear("they touch")
    return False


# --- counting and logic ------------------------------------------------------------------------------------------


def _at_least_one(count: int, phrase: str) -> int:
    if count == 0:
        raise Absent(phrase)
    return count


def _differ(one: int, other: int) -> None:
    if one == other:
        raise Unclear("a tie")


def _surplus(more: int, fewer: int) -> int:
    if more <= fewer:
        raise Unclear("there are no more of them")
    return more - fewer


def _which(v: View, s: Slots, more: bool) -> str:
    a, b = v.count(s["a"]), v.count(s["b"])
    _differ(a, b)
    return s["a"] if (a > b) == more else s["b"]


def _colours(v: View, s: Slots) -> list[bool]:
    """For each thing called `a`, whether its colour is `k`."""
    return [colour_of(thing) == s["k"] for thing in v.some(s["a"])]


def _kinds(v: View, s: Slots) -> list[str]:
    return sorted({thing.noun for thing in v.some(s["g"])})


def _of_kind(v: View, s: Slots) -> tuple[int, int]:
    """How many `g` and how many `a` among them; every `a` must be a `g`."""
    group, members = v.some(s["g"]), v.some(s["a"])
    if any(thing not in group for thing in members):
        raise Unclear("not of that kind")
    return len(group), len(members)


def _set_of_one_colour(v: View, s: Slots, among: str) -> str:
    found = [thing for thing in v.all(among) if colour_of(thing) == s["k"]]
    if not found:
        raise Absent(s["k"])
    if len(found) > 1:
        raise Unclear(s["k"])
    return found[0].noun


def _is_background(name: str, v: View) -> bool:
    read = canonical_background(name)
    if read is None:
        raise Unclear(name)
    return read == v.scene.background


def _which_colour(v: View, s: Slots) -> str:
    colour = colour_of(v.one(s["a"]))
    if colour not in (s["k"], s["m"]):
        raise Unclear("neither colour")
    return colour


def _is_a(v: View, s: Slots) -> bool:
    read = canonical(s["a"])
    if read is None:
        raise Unclear(s["a"])
    thing = v.one(s["g"])
    return thing in v.all(s["a"])


def _where(v: View, s: Slots) -> str:
    thing = v.one(s["a"])
    return ("top" if v.is_on("above", thing) else "bottom") + (" left" if v.is_on("left", thing) else " right")


def _between(v: View, s: Slots) -> bool:
    thing, one, other = v.one(s["a"]), v.one(s["b"]), v.one(s["c"])
    return v.is_on("left", thing, one) != v.is_on("left", thing, other)


def _nearest_other(v: View, thing: Thing, among: list[Thing]) -> str:
    others = [other for other in among if other is not thing]
    return extreme(others, lambda other: v.gap(thing, other), margin=GAP_MARGIN, least=True).noun


def _if_then(v: View, s: Slots) -> int:
    b, c = v.count(s["b"]), v.count(s["c"])
    _differ(b, c)
    return b if v.count(s["a"]) else c


def _two_colours(v: View, s: Slots) -> bool:
    if s["k"] == s["m"]:
        raise Unclear("one colour")
    return v.is_on("left", v.one(f"{s['k']} {s['a']}"), v.one(f"{s['m']} {s['a']}"))


SINGLE: dict[str, Callable[[View, Slots], Truth]] = {
    "exists": lambda v, s: v.count(s["a"]) > 0,
    "absent": lambda v, s: v.count(s["a"]) == 0,
    "anyone": lambda v, s: v.count("person") > 0,
    "nobody": lambda v, s: v.count("person") == 0,
    "count": lambda v, s: v.count(s["a"]),
    "at_least": lambda v, s: v.count(s["a"]) >= int(s["n"]),
    "more_than": lambda v, s: v.count(s["a"]) > int(s["n"]),
    "fewer_than": lambda v, s: v.count(s["a"]) < int(s["n"]),
    "exactly": lambda v, s: v.count(s["a"]) == int(s["n"]),
    "only_one": lambda v, s: v.count(s["a"]) == 1,
    "more": lambda v, s: v.count(s["a"]) > v.count(s["b"]),
    "fewer": lambda v, s: v.count(s["a"]) < v.count(s["b"]),
    "as_many": lambda v, s: v.count(s["a"]) == v.count(s["b"]),
    "which_more": lambda v, s: _which(v, s, True),
    "which_fewer": lambda v, s: _which(v, s, False),
    "sum": lambda v, s: v.count(s["a"]) + v.count(s["b"]),
    "sum3": lambda v, s: v.count(s["a"]) + v.count(s["b"]) + v.count(s["c"]),
    "difference": lambda v, s: _surplus(v.count(s["a"]), v.count(s["b"])),
    "gap": lambda v, s: abs(v.count(s["a"]) - v.count(s["b"])),
    "fewer_by": lambda v, s: _surplus(v.count(s["b"]), v.count(s["a"])),
    "share": lambda v, s: v.count(s["a"]) // _at_least_one(v.count(s["b"]), s["b"]),
    "left_over": lambda v, s: v.count(s["a"]) % _at_least_one(v.count(s["b"]), s["b"]),
    "enough": lambda v, s: v.count(s["a"]) >= len(_present(lambda w, t: w.some(t["b"]), v, s)),
    "times": lambda v, s: v.count(s["a"]) * int(s["n"]),
    "colour": lambda v, s: colour_of(v.one(s["a"])),
    "is_colour": lambda v, s: colour_of(v.one(s["a"])) == s["k"],
    "which_colour": _which_colour,
    "what_is_colour": lambda v, s: _set_of_one_colour(v, s, "thing"),
    "what_is_colour_kind": lambda v, s: _set_of_one_colour(v, s, s["g"]),
    "both": lambda v, s: v.count(s["a"]) > 0 and v.count(s["b"]) > 0,
    "either": lambda v, s: v.count(s["a"]) > 0 or v.count(s["b"]) > 0,
    "xor": lambda v, s: (v.count(s["a"]) > 0) != (v.count(s["b"]) > 0),
    "neither": lambda v, s: v.count(s["a"]) + v.count(s["b"]) == 0,
    "without": lambda v, s: v.count(s["a"]) > 0 and v.count(s["b"]) == 0,
    "all_colour": lambda v, s: all(_colours(v, s)),
    "any_colour": lambda v, s: any(_present(_colours, v, s)),
    "coloured_is_colour": lambda v, s: any(colour_of(thing) == s["k"] for thing in v.all(s["j"])),
    "both_kinds": lambda v, s: _both_kinds(v, s),
    "no_colour": lambda v, s: not any(_present(_colours, v, s)),
    "count_colour": lambda v, s: sum(_present(_colours, v, s)),
    "count_not_colour": lambda v, s: _present(_colours, v, s).count(False),
    "only_kind": lambda v, s: _present(_of_kind, v, s)[0] == _of_kind(v, s)[1],
    "other_kind": lambda v, s: _present(_of_kind, v, s)[0] > _of_kind(v, s)[1],
    "count_other": lambda v, s: _present(_of_kind, v, s)[0] - _of_kind(v, s)[1],
    "same_colour": lambda v, s: colour_of(v.one(s["a"])) == colour_of(v.one(s["b"])),
    "other_colour": lambda v, s: colour_of(v.one(s["a"])) != colour_of(v.one(s["b"])),
    "all_same_colour": lambda v, s: len({colour_of(t) for t in _two(v, s["a"])}) == 1,
    "colours_of": lambda v, s: len({colour_of(t) for t in _two(v, s["a"])}),
    "what_kind": lambda v, s: v.one(s["g"]).noun,
    "kinds": lambda v, s: ", ".join(_present(_kinds, v, s)),
    "count_kinds": lambda v, s: len(_present(_kinds, v, s)),
    "everything": lambda v, s: ", ".join(sorted({thing.noun for thing in v.scene.things})),
    "count_things": lambda v, s: len(v.scene.things),
    "is_a": _is_a,
    "background": lambda v, s: v.scene.background,
    "is_background": lambda v, s: _is_background(s["w"], v),
    "left_or_right": lambda v, s: "left" if v.is_on("left", v.one(s["a"]), v.one(s["b"])) else "right",
    "above_or_below": lambda v, s: "above" if v.is_on("above", v.one(s["a"]), v.one(s["b"])) else "below",
    "half_left_or_right": lambda v, s: "left" if v.is_on("left", v.one(s["a"])) else "right",
    "half_top_or_bottom": lambda v, s: "top" if v.is_on("above", v.one(s["a"])) else "bottom",
    "where": _where,
    "between": _between,
    "if_then_count": _if_then,
    "colour_of_both": _two_colours,
    "next_thing": lambda v, s: _nearest_other(v, v.one(s["a"]), list(v.scene.things)),
    "other_nearest": lambda v, s: _nearest_other(v, v.one(s["a"]), _of_kind(v, s) and v.all(s["g"])),
}
"""By the name of the form."""

TABLES: tuple[dict[str, Callable[[View, Slots], Truth]], ...] = (
    SINGLE,
    amounts.TRUTH,
    layout.TRUTH,
    described.TRUTH,
    sums.TRUTH,
    likeness.TRUTH,
    reckoning.TRUTH,
    surroundings.TRUTH,
    arrangement.TRUTH,
)
"""Truths of forms about one picture, by the name of the form."""


def _present(truth: Callable[[View, Slots], T], v: View, s: Slots) -> T:
    """A truth that is disputable where nothing is there ("how many of the dogs are red?" without a dog)."""
    try:
        return truth(v, s)
    except Absent as absent:
        raise Unclear(str(absent)) from None


def _two(v: View, phrase: str) -> list[Thing]:
    found = v.all(phrase)
    if len(found) < 2:
        raise Unclear(phrase)
    return found


# --- sides -------------------------------------------------------------------------------------------------------


def _there(v: View, things: list[Thing], side: str, mark: Thing) -> list[Thing]:
    """Those on a side of the mark; every other thing must clearly not be."""
    return [thing for thing in things if thing is not mark and v.is_on(side, thing, mark)]


def _only(found: list[Thing], phrase: str) -> Thing:
    if not found:
        raise Absent(phrase)
    if len(found) > 1:
        raise Unclear(phrase)
    return found[0]


def _others(v: View, phrase: str, mark: Thing) -> list[Thing]:
    """Things called so, the mark not among them."""
    found = v.all(phrase)
    if mark in found:
        raise Unclear("the same thing")
    return found


def _nearest_there(v: View, side: str, mark: Thing, among: list[Thing], phrase: str) -> str:
    found = _there(v, among, side, mark)
    if not found:
        raise Absent(phrase)
    if len(found) == 1:
        return found[0].noun
    return extreme(found, lambda thing: v.gap(thing, mark), margin=GAP_MARGIN, least=True).noun


def _extreme_side(v: View, things: list[Thing], side: str) -> Thing:
    axis = 0 if side in ("left", "right") else 1
    span = v.scene.width if axis == 0 else v.scene.height
    return extreme(things, lambda t: t.center[axis] / span, margin=SIDE_MARGIN, least=side in ("left", "above"))


def _majority(v: View, s: Slots, side: str) -> bool:
    mark = v.one(s["b"])
    things = _others(v, s["a"], mark)
    here = len(_there(v, things, side, mark))
    if not things or 2 * here == len(things):
        raise Unclear("a tie")
    return 2 * here > len(things)


def _all_there(v: View, s: Slots, side: str) -> bool:
    mark = v.one(s["b"])
    things = _others(v, s["a"], mark)
    if not things:
        raise Absent(s["a"])
    return len(_there(v, things, side, mark)) == len(things)


def _largest_there(v: View, s: Slots, side: str) -> bool:
    mark = v.one(s["b"])
    return v.is_on(side, extreme(_others(v, s["g"], mark), lambda t: t.area, ratio=SIZE_RATIO), mark)


SIDED: dict[str, Callable[[View, Slots, str], Truth]] = {
    "is": lambda v, s, d: v.is_on(d, v.one(s["a"]), v.one(s["b"])),
    "any": lambda v, s, d: bool(_there(v, _others(v, s["a"], v.one(s["b"])), d, v.one(s["b"]))),
    "count": lambda v, s, d: len(_there(v, _others(v, s["a"], v.one(s["b"])), d, v.one(s["b"]))),
    "what": lambda v, s, d: _only(_there(v, _others(v, s["g"], v.one(s["b"])), d, v.one(s["b"])), s["g"]).noun,
    "thing": lambda v, s, d: _nearest_there(v, d, v.one(s["b"]), list(v.scene.things), "thing"),
    "colour": lambda v, s, d: colour_of(_only(_there(v, _others(v, s["a"], v.one(s["b"])), d, v.one(s["b"])), s["a"])),
    "most": lambda v, s, d: _extreme_side(v, v.some(s["g"]), d).noun,
    "most_colour": lambda v, s, d: colour_of(_extreme_side(v, v.some(s["a"]), d)),
    "most_is": lambda v, s, d: colour_of(_extreme_side(v, v.some(s["a"]), d)) == s["k"],
    "half": lambda v, s, d: v.is_on(d, v.one(s["a"])),
    "count_half": lambda v, s, d: sum(v.is_on(d, thing) for thing in v.all(s["a"])),
    "more": _majority,
    "all": _all_there,
    "largest": _largest_there,
    "nearest": lambda v, s, d: _nearest_there(v, d, v.one(s["b"]), _others(v, s["g"], v.one(s["b"])), s["g"]),
}
"""By the stem of the form's name; the rest of it is the side."""


# --- distance, depth, size, order --------------------------------------------------------------------------------


def _told(thing: Thing, s: Slots, what: str) -> Truth:
    """What is asked of the thing that was singled out: its name, its colour, or whether it has a colour."""
    if what == "kind":
        return thing.noun
    return colour_of(thing) if what == "colour" else colour_of(thing) == s["k"]


def _named(s: Slots, what: str) -> str:
    return s["g"] if what == "kind" else s["a"]


def _distance(v: View, s: Slots, name: str, what: str) -> Truth:
    near = name == "closest"
    if what in ("than", "which"):
        a, b, c = v.one(s["a"]), v.one(s["b"]), v.one(s["c"])
        if a is b or c in (a, b):
            raise Unclear("the same thing")
        one, other = v.gap(a, c), v.gap(b, c)
        apart(one, other, margin=GAP_MARGIN)
        holds = (one < other) == near
        return holds if what == "than" else s["a"] if holds else s["b"]
    mark = v.one(s["b"])
    things = _others(v, _named(s, what), mark)
    if not things:
        raise Absent(_named(s, what))
    return _told(extreme(things, lambda t: v.gap(t, mark), margin=GAP_MARGIN, least=near), s, what)


def _depth(v: View, s: Slots, name: str, what: str) -> Truth:
    near = name == "near"
    if what in ("than", "which"):
        a, b = v.one(s["a"]), v.one(s["b"])
        apart(a.depth, b.depth, margin=DEPTH_MARGIN)
        holds = (a.depth < b.depth) == near
        return holds if what == "than" else s["a"] if holds else s["b"]
    return _told(extreme(v.some(_named(s, what)), lambda t: t.depth, margin=DEPTH_MARGIN, least=near), s, what)


_MEASURES: dict[str, tuple[Callable[[Thing], float], float, bool]] = {
    "biggest": (lambda t: t.area, SIZE_RATIO, False),
    "smallest": (lambda t: t.area, SIZE_RATIO, True),
    "tallest": (lambda t: t.box[3] - t.box[1], SIZE_RATIO**0.5, False),
    "widest": (lambda t: t.box[2] - t.box[0], SIZE_RATIO**0.5, False),
}


def _size(v: View, s: Slots, name: str, what: str) -> Truth:
    measure, ratio, least = _MEASURES[name]
    if what in ("than", "which"):
        a, b = v.one(s["a"]), v.one(s["b"])
        apart(measure(a), measure(b), ratio=ratio)
        holds = (measure(a) < measure(b)) == least
        return holds if what == "than" else s["a"] if holds else s["b"]
    return _told(extreme(v.some(_named(s, what)), measure, ratio=ratio, least=least), s, what)


def _ordinal(v: View, s: Slots, name: str, what: str) -> Truth:
    word, _, side = name.partition("_")
    things = sorted(v.some(_named(s, what)), key=lambda t: t.center[0], reverse=side == "right")
    for one, other in pairwise(things):
        v.is_on("left", one, other)
    index = 1 if word == "second" else 2
    if len(things) <= index:
        raise Absent(f"no {word} one")
    return _told(things[index], s, what)


# --- several pictures --------------------------------------------------------------------------------------------


def _picture(flags: list[bool]) -> str:
    """The one picture of which something holds, as `picture 2`."""
    if not any(flags):
        raise Absent("no picture")
    if sum(flags) > 1:
        raise Unclear("several pictures")
    return f"picture {flags.index(True) + 1}"


def _record(views: list[View], s: Slots, best: Callable[[list[int]], int]) -> str:
    counts = [view.count(s["a"]) for view in views]
    return _picture([count == best(counts) for count in counts])


def _pair(views: list[View], s: Slots) -> tuple[int, int]:
    return views[int(s["i"])].count(s["a"]), views[int(s["j"])].count(s["a"])


def _has_colour(v: View, s: Slots) -> bool:
    return any(colour_of(thing) == s["k"] for thing in v.all(s["a"]))


def _across(views: list[View], s: Slots) -> tuple[int, int]:
    return views[int(s["i"])].count(s["a"]), views[int(s["j"])].count(s["b"])


def _one_of_colour(views: list[View], colour: str) -> bool:
    """Whether in one picture everything has the colour; every thing's colour must be clear."""
    colours = [{colour_of(thing) for thing in view.some("thing")} for view in views]
    return {colour} in colours


SEVERAL: dict[str, Callable[[list[View], Slots], Truth]] = {
    "which_has": lambda vs, s: _picture([v.count(s["a"]) > 0 for v in vs]),
    "which_lacks": lambda vs, s: _picture([v.count(s["a"]) == 0 for v in vs]),
    "which_most": lambda vs, s: _record(vs, s, max),
    "which_least": lambda vs, s: _record(vs, s, min),
    "total": lambda vs, s: sum(v.count(s["a"]) for v in vs),
    "in_all": lambda vs, s: all(v.count(s["a"]) > 0 for v in vs),
    "in_any": lambda vs, s: any(v.count(s["a"]) > 0 for v in vs),
    "in_none": lambda vs, s: all(v.count(s["a"]) == 0 for v in vs),
    "how_many_pictures": lambda vs, s: sum(v.count(s["a"]) > 0 for v in vs),
    "more_in": lambda vs, s: _pair(vs, s)[0] > _pair(vs, s)[1],
    "fewer_in": lambda vs, s: _pair(vs, s)[0] < _pair(vs, s)[1],
    "difference_in": lambda vs, s: _surplus(*_pair(vs, s)),
    "same_number": lambda vs, s: len({v.count(s["a"]) for v in vs}) == 1,
    "same_colour_in": lambda vs, s: colour_of(vs[int(s["i"])].one(s["a"])) == colour_of(vs[int(s["j"])].one(s["a"])),
    "same_background": lambda vs, s: len({v.scene.background for v in vs}) == 1,
    "which_background": lambda vs, s: _picture([_is_background(s["w"], v) for v in vs]),
    "which_colour_has": lambda vs, s: _picture([_has_colour(v, s) for v in vs]),
    "more_across": lambda vs, s: _across(vs, s)[0] > _across(vs, s)[1],
    "as_many_across": lambda vs, s: _across(vs, s)[0] == _across(vs, s)[1],
    "sum_across": lambda vs, s: sum(_across(vs, s)),
    "share_across": lambda vs, s: _across(vs, s)[0] // _at_least_one(_across(vs, s)[1], s["b"]),
    "one_exactly": lambda vs, s: any(v.count(s["a"]) == int(s["n"]) for v in vs),
    "one_at_least": lambda vs, s: any(v.count(s["a"]) >= int(s["n"]) for v in vs),
    "one_both": lambda vs, s: any(v.count(s["a"]) > 0 and v.count(s["b"]) > 0 for v in vs),
    "one_exactly_both": lambda vs, s: any(v.count(s["a"]) == int(s["n"]) and v.count(s["b"]) > 0 for v in vs),
    "all_exactly": lambda vs, s: all(v.count(s["a"]) == int(s["n"]) for v in vs),
    "pictures_exactly": lambda vs, s: sum(v.count(s["a"]) > 0 for v in vs) == int(s["n"]),
    "total_exactly": lambda vs, s: sum(v.count(s["a"]) for v in vs) == int(s["n"]),
    "total_at_least": lambda vs, s: sum(v.count(s["a"]) for v in vs) >= int(s["n"]),
    "one_only_colour": lambda vs, s: _one_of_colour(vs, s["k"]),
    "same_kind": lambda vs, s: len({v.one(s["g"]).noun for v in vs}) == 1,
}
"""By the name of the form."""
