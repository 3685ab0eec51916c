"""Forms about how things are arranged: between two of a kind, rows, order from left to right, which of several stands
where. The truth of each stands beside it."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise

from distill.questions.forms import Form, patterns
from distill.questions.relations import (
    ABOVE,
    BELOW,
    DIRECTIONS,
    LEFT,
    OPPOSITE,
    RIGHT,
    WHAT,
    WHAT_COLOUR,
    Direction,
    pick,
    with_direction,
)
from distill.questions.view import GAP_MARGIN, SIDE_MARGIN, Absent, Unclear, View, colour_of, extreme
from models.embedded.world.scene import Thing

Slots = dict[str, str]

BESIDE = {
    "left": "(left of|to the left of|on the left of)", "right": "(right of|to the right of|on the right of)",
    "above": "(above|over|on top of)", "below": "(below|under|underneath|beneath)",
}  # fmt: skip
"""What follows "directly"."""

ENDS = {
    "leftmost": (LEFT, "(leftmost|left-most|furthest left)", "(at|on) the [far] left", (RIGHT, ABOVE, BELOW)),
    "rightmost": (RIGHT, "(rightmost|right-most|furthest right)", "(at|on) the [far] right", (LEFT, ABOVE, BELOW)),
    "topmost": (ABOVE, "(topmost|top|highest|uppermost)", "at the [very] top", (LEFT, RIGHT, BELOW)),
    "lowest": (BELOW, "(lowest|bottom|bottommost)", "at the [very] bottom", (LEFT, RIGHT, ABOVE)),
}
"""By name: where the outermost one is, how it is called, how one says where it is, and what can be next to it."""

ROWS = {
    "below": (BELOW, "upper", "(bottom|lowest|lower|front|nearest|closest)", "(at|on) the bottom"),
    "above": (ABOVE, "lower", "(top|highest|upper|back|furthest|rear)", "(at|on) the top"),
}
"""By side: where the row is, the border that the others of it do not pass, and how it is called."""

ORDERS = {
    "left": (LEFT, "x.horizontal_center", "from left to right", "left"),
    "right": (RIGHT, "-x.horizontal_center", "from right to left", "right"),
    "down": (ABOVE, "-x.vertical_center", "from top to bottom", "top"),
}
"""By name: where one begins, what one sorts by, how one says it, and the beginning of it."""

_ORDERED = 'f = sorted(p.find("{a}"), key=lambda x: x.horizontal_center)\nreturn '
_INSIDE = "f[0].horizontal_center < x.horizontal_center < f[-1].horizontal_center"


def _by_end(name: str, d: Direction) -> Form:
    end, most, place, _ = ENDS[name]
    rel = BESIDE[d.name]
    return Form(f"by_{name}_{d.name}", "chain", f'c = {pick(end)}(p.find("{{a}}"), key=lambda x: x.{end.axis})\nreturn min([x for x in p.find("thing") if x.{d.axis} {d.sign} c.{d.axis}], key=lambda x: distance(x, c)).{WHAT}', patterns(f"""
        what is [directly|right] {rel} the {most} {{a}} $pic
        what is [just|directly|immediately] {rel} the {{a}} {place}
        what is [directly|right] {rel} the {{a}} that is {place}
        what (do you see|can you see|is there) [right|directly] {rel} the {most} {{a}}
        (what|which) (thing|object|item) is [directly|just] {rel} the {most} {{a}}
        $name the (thing|object) [directly|right] {rel} the {most} {{a}}
        [directly|right] {rel} the {most} {{a}} there is what
        find the {most} {{a}}. what is [directly|right] {rel} it
        take the {{a}} {place}, what is [directly|just] {rel} it
        there is something {rel} the {{a}} {place}. what is it
        the {most} {{a}} has what [directly|right] {rel} it
        what (stands|lies|sits) [directly|just] {rel} the {most} one of the {{a+}}
        of the {{a+}}, take the {most} one. what is {rel} it
    """), weight=0.06, split_as="by_end")  # fmt: skip


def _directional(d: Direction) -> tuple[Form, ...]:
    axis, sign, n = d.axis, d.sign, d.name
    one, other = ("max", "min") if sign == "<" else ("min", "max")
    return (
        Form(f"colour_by_one_{n}", "chain", f'f = p.find("{{a}}")\nc = [x for x in f if x.verify_property("{{a}}", "{{k}}")][0]\nreturn min([x for x in f if x.{axis} {sign} c.{axis}], key=lambda x: distance(x, c)).{WHAT_COLOUR}', patterns(f"""
            $whatcolour is the {{a}} [just|directly|right] {BESIDE[n]} the {{k}} one $pic
            what is the $colour of the {{a}} [just|directly] {BESIDE[n]} the {{k}} one
            $whatcolour is the {{a}} that is [right|directly] {BESIDE[n]} the {{k}} one
            the {{a}} [directly|right] {BESIDE[n]} the {{k}} one is what $colour
            which $colour does the {{a}} [just|immediately] {BESIDE[n]} the {{k}} one have
            $tell the $colour of the {{a}} [directly|just] {BESIDE[n]} the {{k}} one
            of the {{a+}}, $whatcolour is the one [directly|just] {BESIDE[n]} the {{k}} one
            [directly|right] {BESIDE[n]} the {{k}} {{a}} is another {{a}}. $whatcolour is it
            there is {{a~}} {BESIDE[n]} the {{k}} one, $whatcolour is it
            $whatcolour is the next {{a}} {BESIDE[n]} the {{k}} one
            look at the {{k}} {{a}}. $whatcolour is the {{a}} [directly|right] {BESIDE[n]} it
            {BESIDE[n]} the {{k}} {{a}}, $whatcolour is the next {{a}}
            $colour of the {{a}} [directly|right] {BESIDE[n]} the {{k}} one
        """), weight=0.12, split_as="colour_by_one"),
        Form(f"all_half_{n}", "place", f'f = p.find("{{a}}")\nif not f:\n return abstain("there is no {{a}}")\nreturn all(x.{axis} {sign} p.{axis} for x in f)', with_direction(d, """
            are all [of] the {a+} (on|in) the @side (half|side|part) of the $picture
            are all [of] the {a+} (in|on) the @side (half|side)
            are the {a+} all (in|on) the @side (half|side|part) [of the $picture]
            is every {a} (in|on) the @side (half|side) [of the $picture]
            is each [of the] {a} in the @side half
            do all the {a+} (stand|lie|appear) (in|on) the @side half of the $picture
            $check $whether all the {a+} are in the @side half of the $picture
            every {a} is in the @side half, (right|true|correct)
            are there {a+} only (in|on) the @side half of the $picture
            is it true that all the {a+} are (in|on) the @side half
            can all [of] the {a+} be found (in|on) the @side (half|side) of the $picture
            is no {a} outside the @side half [of the $picture]
            if i (look at|keep) only the @side half, do i (see|keep) all the {a+}
        """), weight=0.12, split_as="all_half"),
        Form(f"many_{n}", "relation", f'return {one}([x.{axis} for x in p.find("{{a}}")]) {sign} {other}([x.{axis} for x in p.find("{{b}}")])', with_direction(d, """
            are the {a+} @rel the {b+} $pic
            are all [of] the {a+} @rel all [of] the {b+}
            are the {a+} (standing|lying|placed|located) @rel the {b+}
            $check $whether the {a+} are @rel the {b+}
            do the {a+} (stand|lie|appear) @rel the {b+}
            the {a+} are @rel the {b+}, (right|true|correct|aren't they)
            is it true that the {a+} are @rel the {b+}
            would you say the {a+} are @rel the {b+}
            are {a+} @rel {b+}
            is every {a} @rel every {b}
            can the {a+} be found @rel the {b+}
            is each {a} @rel each of the {b+}
            do you see the {a+} @rel the {b+}
            @rel the {b+}, is that where the {a+} are
        """), weight=0.15, split_as="many_side"),
    )  # fmt: skip


def _row(side: str) -> Form:
    d, border, which, place = ROWS[side]
    return Form(f"row_{side}", "count", f'c = {pick(d)}(p.find("{{a}}"), key=lambda x: x.vertical_center)\nreturn len([x for x in p.find("{{a}}") if x.vertical_center {d.sign} c.{border}])', patterns(f"""
        how many {{a+}} are in the {which} row $pic
        how many {{a+}} are there in the {which} row
        how many {{a+}} (do you see|can you see|stand|lie) in the {which} row
        $count the {{a+}} in the {which} row
        what is the number of {{a+}} in the {which} row
        the {which} row of {{a+}}, how many are (in it|there)
        in the {which} row, how many {{a+}} are there
        how many {{a+}} does the {which} row have
        how many of the {{a+}} are in the {which} row
        $tell how many {{a+}} are in the {which} row
        the {{a+}} are in rows. how many are in the {which} one
        how many {{a+}} (make|form|make up) the {which} row
        how many {{a+}} are in the row {place}
        how long is the {which} row of {{a+}}, I mean how many are in it
    """), weight=0.3, split_as="row")  # fmt: skip


def _in_order(name: str) -> Form:
    _, key, way, begin = ORDERS[name]
    return Form(f"in_order_{name}", "naming", f'return " then ".join([x.{WHAT} for x in sorted(p.find("{{g}}"), key=lambda x: {key})])', patterns(f"""
        $name the {{g+}} {way} $pic
        (what|which) {{g+}} (are there|do you see|can you see) {way}
        list [all] the {{g+}} {way}
        list the {{g+}} in order {way}
        {way}, what are the {{g+}}
        {way}, which {{g+}} (are there|do you see)
        in which order do the {{g+}} (stand|come|appear) {way}
        what is the order of the {{g+}} {way}
        $tell the {{g+}} one after the other {way}
        read out the {{g+}} {way}
        starting (from|at) the {begin}, what are the {{g+}} in order
        go {way} and name every {{g}}
        what do you see {way}
        name everything {way}
        [all] the {{g+}} in order {way}
    """), weight=0.25, split_as="in_order")  # fmt: skip


FORMS: tuple[Form, ...] = (
    Form("between_pair", "relation", f'{_ORDERED}[x for x in p.find("{{g}}") if {_INSIDE}][0].{WHAT}', patterns("""
        what is [in] between the two {a+} $pic
        (what|which) {g} is [in] between the two {a+}
        (what|which) {g} (stands|lies|sits|do you see|can you see) between the two {a+}
        $name the {g} between the two {a+}
        between the two {a+} is (what|which) {g}
        what do the two {a+} have between them
        the {g} between the two {a+} is what
        what kind of {g} is between the two {a+}
        there is something between the (two|pair of) {a+}. what is it
        what is in the middle of the two {a+}
        which {g} has {a~} on (both sides|either side|each side)
        what separates the two {a+}
        there are two {a+}. (what|which) {g} is between them
        $tell (what|which) {g} is between the two {a+}
    """), weight=0.4),
    Form("between_pair_colour", "chain", f'{_ORDERED}[x for x in p.find("{{b}}") if {_INSIDE}][0].{WHAT_COLOUR}', patterns("""
        $whatcolour is the {b} [in] between the two {a+} $pic
        what is the $colour of the {b} between the two {a+}
        $tell the $colour of the {b} between the two {a+}
        the {b} between the two {a+} is what $colour
        which $colour does the {b} between the two {a+} have
        $whatcolour is the {b} that is [in] between the two {a+}
        between the two {a+} there is {b~}. $whatcolour is it
        $whatcolour is the {b} in the middle of the two {a+}
        $colour of the {b} between the two {a+}
        there are two {a+} with {b~} between them, what $colour is the {b}
        $whatcolour is the {b} with {a~} on (both sides|either side|each side)
        the two {a+} have {b~} between them. what $colour is it
        what $colour has the {b} between the pair of {a+}
    """), weight=0.25),
    Form("between_colour", "chain", f'a = p.find("{{b}}")[0].horizontal_center\nb = p.find("{{c}}")[0].horizontal_center\nreturn [x for x in p.find("{{a}}") if min(a, b) < x.horizontal_center < max(a, b)][0].{WHAT_COLOUR}', patterns("""
        $whatcolour is the {a} [in] between the {b} and the {c} $pic
        what is the $colour of the {a} between the {b} and the {c}
        $tell the $colour of the {a} between the {b} and the {c}
        the {a} between the {b} and the {c} is what $colour
        which $colour does the {a} between the {b} and the {c} have
        $whatcolour is the {a} that is [in] between the {b} and the {c}
        between the {b} and the {c} there is {a~}. $whatcolour is it
        $whatcolour is the {a} in the middle of the {b} and the {c}
        $colour of the {a} between the {b} and the {c}
        there is {a~} between the {b} and the {c}, $whatcolour is it
        $whatcolour is the {a} (standing|lying|sitting) between the {b} and the {c}
        $name the $colour of the {a} between the {b} and the {c}
        the {b} and the {c} have {a~} between them. what $colour is it
    """), weight=0.3),
    *(_row(side) for side in ROWS),
    *(_in_order(name) for name in ORDERS),
    Form("which_of_three", "place", _ORDERED + '"left" if f[0].verify_property("{a}", "{k}") else "middle" if f[1].verify_property("{a}", "{k}") else "right"', patterns("""
        which {a} is {k}, the left, the middle or the right one $pic
        which [one] of the three {a+} is {k}, [the] left, [the] middle or [the] right [one]
        is the {k} {a} the left, the middle or the right one
        is the {k} {a} on the left, in the middle or on the right of the three
        the {k} {a}, is it the left one, the middle one or the right one
        left, middle or right: which {a} is {k}
        of the three {a+}, which one is {k}: left, middle or right
        $tell $whether the left, the middle or the right {a} is {k}
        is it the left, middle or right {a} that is {k}
        there are three {a+}. which one is {k}, left, middle or right
        which place does the {k} {a} have among the three, left, middle or right
        in which place is the {k} one of the three {a+}: left, middle or right
        is the left {a}, the middle {a} or the right {a} {k}
        where is the {k} one of the three {a+}, left, middle or right
    """), weight=0.3),
    Form("is_three_middle", "superlative", 'return sorted(p.find("{g}"), key=lambda x: x.horizontal_center)[1].exists("{a}")', patterns("""
        is the {a} the middle one of the three {g+}
        of the three {g+}, is the {a} the one in the middle
        is the {a} in the middle of the three {g+}
        there are three {g+}. is the {a} the middle one
        is the middle one of the three {g+} {a~}
        is {a~} the middle one of three {g+}
        $check $whether the {a} is the middle one of the three {g+}
        does the {a} stand in the middle of the three {g+}
        the {a} is the middle one of the three {g+}, (right|true|correct)
        are there one {g} on the left and one {g} on the right of the {a}
        does the {a} have {g~} on its left and {g~} on its right
        among the three {g+}, is the {a} in the middle
        would you say the {a} is the middle one of the three {g+}
    """), weight=0.25),
    Form("both_sides", "relation", 'c = p.find("{b}")[0]\nf = [x.horizontal_center < c.horizontal_center for x in p.find("{a}")]\nreturn any(f) and not all(f)', patterns("""
        are there {a+} on (both sides|either side) of the {b} $pic
        do you see {a+} on (both sides|either side) of the {b}
        does the {b} have {a+} on both [of its] sides
        is there {a~} on (each|either) side of the {b}
        are there {a+} to the left and to the right of the {b}
        is there {a~} on the left and {a~} on the right of the {b}
        $check $whether there are {a+} on both sides of the {b}
        there are {a+} on both sides of the {b}, (right|true|correct)
        does the {b} have {a~} on each side
        are there {a+} both left and right of the {b}
        is it true that there are {a+} on both sides of the {b}
        on both sides of the {b}, are there {a+}
        is the {b} flanked by {a+} on both sides
        can you see {a~} on each side of the {b}
    """), weight=0.35),
    *(_by_end(name, d) for name, (*_, sides) in ENDS.items() for d in sides),
    *(form for d in DIRECTIONS for form in _directional(d)),
)  # fmt: skip

WITHIN: tuple[str, ...] = ("is_three_middle",)
"""Forms about a kind within a category, `a` within `g`."""


# --- truth -------------------------------------------------------------------------------------------------------

_MOST_IN_ORDER = 6
"""So many things at most are listed in order."""


def _between(view: View, one: Thing, other: Thing, phrase: str) -> list[Thing]:
    """Things called so that are clearly between two in width, those two not among them."""
    left, right = (one, other) if view.is_on("left", one, other) else (other, one)
    found = [thing for thing in _several(view, phrase, 1) if thing not in (one, other)]
    return [t for t in found if not view.is_on("left", t, left) and view.is_on("left", t, right)]


def _one(found: list[Thing], phrase: str) -> Thing:
    if not found:
        raise Absent(phrase)
    if len(found) > 1:
        raise Unclear(phrase)
    return found[0]


def _several(view: View, phrase: str, least: int = 2) -> list[Thing]:
    """Things so many of which there must be for anybody to ask."""
    found = view.all(phrase)
    if len(found) < least:
        raise Unclear(phrase)
    return found


def _so_many(view: View, phrase: str, number: int) -> list[Thing]:
    """As many things as the question says."""
    found = _several(view, phrase, number)
    if len(found) > number:
        raise Unclear(phrase)
    return found


def _between_pair(view: View, slots: Slots, phrase: str) -> Thing:
    """What is between the two `a`."""
    one, other = _so_many(view, slots["a"], 2)
    return _one(_between(view, one, other, phrase), phrase)


def _between_two(view: View, slots: Slots) -> Thing:
    one, other = view.one(slots["b"]), view.one(slots["c"])
    if one is other or any(mark in view.all(slots["a"]) for mark in (one, other)):
        raise Unclear("the same thing")
    return _one(_between(view, one, other, slots["a"]), slots["a"])


def _row_of(view: View, slots: Slots, side: str) -> int:
    """How many are level with the lowest (or highest) one: the others must be clearly beyond it, and about as large."""
    things = _several(view, slots["a"], 3)
    end = (max if side == "below" else min)(things, key=lambda thing: thing.center[1])
    tall = end.box[3] - end.box[1]
    count = 0
    for thing in things:
        own = thing.box[3] - thing.box[1]
        common = min(thing.box[3], end.box[3]) - max(thing.box[1], end.box[1])
        level = abs(thing.center[1] - end.center[1]) < 0.3 * tall and common > 0.6 * max(own, tall)
        if not level and common > 0:
            raise Unclear("neither level nor clear of it")
        count += level
    if count < 2:
        raise Unclear("no row")
    return count


def _in_sequence(view: View, things: Iterable[Thing], side: str) -> list[Thing]:
    """Things in their order from a side; each must be clearly beyond the one before."""
    axis = 0 if side in ("left", "right") else 1
    found = sorted(things, key=lambda thing: thing.center[axis], reverse=side in ("right", "below"))
    for one, other in pairwise(found):
        view.is_on(side, one, other)
    return found


def _listed(view: View, slots: Slots, name: str) -> str:
    things = _several(view, slots["g"])
    if len(things) > _MOST_IN_ORDER or len({thing.noun for thing in things}) < 2:
        raise Unclear("too much to put in order, or no order that one could tell")
    return " then ".join(thing.noun for thing in _in_sequence(view, things, ORDERS[name][0].name))


def _of_colour(things: list[Thing], colour: str) -> Thing:
    """The only one of a colour; the colour of each must be clear."""
    found = [thing for thing in things if colour_of(thing) == colour]
    if len(found) != 1:
        raise Unclear(colour)
    return found[0]


def _which_of_three(view: View, slots: Slots) -> str:
    things = _in_sequence(view, _so_many(view, slots["a"], 3), "left")
    return ("left", "middle", "right")[things.index(_of_colour(things, slots["k"]))]


def _is_middle(view: View, slots: Slots) -> bool:
    things, members = _in_sequence(view, _so_many(view, slots["g"], 3), "left"), view.all(slots["a"])
    if len(members) != 1 or members[0] not in things:
        raise Unclear("not one of them")
    return things[1] is members[0]


def _both_sides(view: View, slots: Slots) -> bool:
    mark, things = view.one(slots["b"]), _several(view, slots["a"])
    if mark in things:
        raise Unclear("the same thing")
    return len({view.is_on("left", thing, mark) for thing in things}) == 2


def _nearest_there(view: View, side: str, mark: Thing, phrase: str) -> Thing:
    found = [thing for thing in view.all(phrase) if thing is not mark and view.is_on(side, thing, mark)]
    if not found:
        raise Absent(phrase)
    nearest = found[0] if len(found) == 1 else extreme(found, lambda t: view.gap(t, mark), GAP_MARGIN, least=True)
    across, down = (abs(nearest.center[axis] - mark.center[axis]) for axis in (0, 1))
    if (across < down) == (side in ("left", "right")):
        raise Unclear("hardly on that side")
    return nearest


def _by_outermost(view: View, slots: Slots, name: str, side: str) -> str:
    end = ENDS[name][0]
    axis, span = (0, view.scene.width) if end in (LEFT, RIGHT) else (1, view.scene.height)
    things = _several(view, slots["a"])
    mark = extreme(things, lambda t: t.center[axis] / span, SIDE_MARGIN, least=end in (LEFT, ABOVE))
    return _nearest_there(view, side, mark, "thing").noun


def _colour_by_one(view: View, slots: Slots, side: str) -> str:
    mark = _of_colour(_several(view, slots["a"]), slots["k"])
    return colour_of(_nearest_there(view, side, mark, slots["a"]))


def _all_half(view: View, slots: Slots, side: str) -> bool:
    found = [view.is_on(side, thing) for thing in view.some(slots["a"], least=2)]
    return all(found)


def _many(view: View, slots: Slots, side: str) -> bool:
    """Whether each `a` is on that side of each `b`; it must not be so of most of them alone."""
    ones, others = _several(view, slots["a"]), _several(view, slots["b"])
    if any(thing in others for thing in ones):
        raise Unclear("the same thing")
    found = [view.is_on(side, one, other) for one in ones for other in others]
    if not all(found) and 2 * sum(found) >= len(found):
        raise Unclear("most of them")
    return all(found)


SIDES = tuple(OPPOSITE)

TRUTH: dict[str, Callable[[View, Slots], bool | int | str]] = {
    "between_pair": lambda v, s: _between_pair(v, s, s["g"]).noun,
    "between_pair_colour": lambda v, s: colour_of(_between_pair(v, s, s["b"])),
    "between_colour": lambda v, s: colour_of(_between_two(v, s)),
    **{f"row_{side}": partial(_row_of, side=side) for side in ROWS},
    **{f"in_order_{name}": partial(_listed, name=name) for name in ORDERS},
    "which_of_three": _which_of_three,
    "is_three_middle": _is_middle,
    "both_sides": _both_sides,
    **{f"by_{name}_{d.name}": partial(_by_outermost, name=name, side=d.name) for name, (*_, sides) in ENDS.items() for d in sides},
    **{f"colour_by_one_{side}": partial(_colour_by_one, side=side) for side in SIDES},
    **{f"all_half_{side}": partial(_all_half, side=side) for side in SIDES},
    **{f"many_{side}": partial(_many, side=side) for side in SIDES},
}  # fmt: skip
"""By the name of the form."""
