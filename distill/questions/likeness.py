"""Forms about likeness and difference: of the same colour as another, the only one of a kind or a colour, comparisons
within a kind, the largest of three. The truth of each stands beside it."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import permutations

from distill.questions.forms import Form, patterns
from distill.questions.view import SIZE_RATIO, Absent, Unclear, View, apart, colour_of, extreme
from models.embedded.world.lexicon import is_a
from models.embedded.world.scene import Thing

Slots = dict[str, str]

_WHAT = 'simple_query("what is this?")'
_COLOUR = 'simple_query("what color is it?")'
_SORTED = 'f = sorted(p.find("{a}"), key=lambda x: x.horizontal_center)\nreturn '
_OF_B = f'c = p.find("{{b}}")[0].{_COLOUR}\nreturn '

_MOST = (("biggest", "max"), ("largest", "max"), ("smallest", "min"), ("tiniest", "min"))
"""How the thing of an extreme size is called, and how a program takes it."""
_MORE = (("bigger", ">"), ("larger", ">"), ("smaller", "<"), ("tinier", "<"))
"""How a size is compared, in the question and in the program."""
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5}
_NUMBERS = tuple((said, str(value)) for word, value in _WORDS.items() for said in (word, str(value)))
_VALUES = dict(_NUMBERS)


def _of_number(what: str, noun: str, number: str) -> str:
    """A program that lists what as many of the things are called (or what their colour is) as the number says."""
    return f'n = [x.{what} for x in p.find("{noun}")]\nreturn ", ".join(sorted(set([x for x in n if n.count(x) == {number}])))'


def _sized(name: str, one: str, other: str) -> Form:
    """Whether the one on a side is bigger (or smaller) than the one on the other side."""
    first, second = ("f[0]", "f[-1]") if one == "left" else ("f[-1]", "f[0]")
    program = f"{_SORTED}{first}.width * {first}.height {{s}} {second}.width * {second}.height"
    return Form(name, "size", program, patterns(f"""
        is the {one} {{a}} {{s}} than the {other} (one|{{a}})
        is the {{a}} on the {one} {{s}} than the (one|{{a}}) on the {other}
        is the {one} one of the [two] {{a+}} {{s}} than the {other} one
        $check $whether the {one} {{a}} is {{s}} than the {other} one
        of the two {{a+}}, is the {one} one {{s}}
        is the {one} {{a}} the {{s}} one of the two
        does the {one} {{a}} look {{s}} than the {other} one
        the {one} {{a}} is {{s}} than the {other} one, (right|true|isn't it)
        is it true that the {{a}} on the {one} is {{s}} than that on the {other}
        compared to the {other} {{a}}, is the {one} one {{s}}
        would you say [that] the {{a}} on the {one} is the {{s}} one
        {one} {{a}} {{s}} than {other} {{a}}
        is the {{s}} {{a}} the one on the {one}
        has the {one} {{a}} a {{s}} size than the {other} {{a}}
    """), weight=0.2, fixed={"s": _MORE}, split_as="side_sized")  # fmt: skip


FORMS: tuple[Form, ...] = (
    Form("count_like", "same", f'{_OF_B}len([x for x in p.find("{{a}}") if x.{_COLOUR} == c])', patterns("""
        how many {a+} (are|have) the same $colour as the {b} $pic
        how many [of the] {a+} match the {b} in $colour
        how many [of the] {a+} share the $colour of the {b}
        how many {a+} have the {b}'s $colour
        how many {a+} are colored like the {b}
        $count the {a+} that are the same $colour as the {b}
        $tell how many {a+} are of the same $colour as the {b}
        what is the number of {a+} in the $colour of the {b}
        {a+} with the same $colour as the {b}: how many
        of the {a+}, how many are as colored as the {b} is
        the {b} has a $colour, how many {a+} have it too
        in how many {a+} do you find the $colour of the {b} again
        (take|look at) the $colour of the {b}. how many {a+} have it
        how many {a+} go with the {b} in $colour
    """), weight=0.4),
    Form("which_like", "same", f'{_OF_B}[x for x in p.find("{{g}}") if x.{_COLOUR} == c and not x.exists("{{b}}")][0].{_WHAT}', patterns("""
        (which|what) [other] {g} (is|has) the same $colour as the {b} $pic
        (which|what) {g} matches the {b} in $colour
        (which|what) {g} shares the $colour of the {b}
        what else is the same $colour as the {b}
        what has the same $colour as the {b}
        which {g} is colored like the {b}
        which {g} has the {b}'s $colour
        find [me] the {g} that is the same $colour as the {b}
        $name the {g} with the $colour of the {b}
        the {b} and which [other] {g} have the same $colour
        $tell what other {g} comes in the $colour of the {b}
        there is (a|another) {g} of the same $colour as the {b}. what is it
        where else do you find the $colour of the {b}, on which {g}
        (what|which {g}) is (colored|coloured) just like the {b}
    """), weight=0.35),
    Form("extreme_like", "same", f'return {{s}}(p.find("{{a}}"), key=lambda x: x.width * x.height).{_COLOUR} == p.find("{{b}}")[0].{_COLOUR}', patterns("""
        (is|has) the {s} {a} the same $colour as the {b} $pic
        does the {s} {a} have the same $colour as the {b}
        (do|are) the {s} {a} and the {b} (have|of) the same $colour
        is the {b} the same $colour as the {s} {a}
        does the {b} match the {s} {a} in $colour
        is the $colour of the {s} {a} (that|also that|the same as that) of the {b}
        $check $whether the {s} {a} has the $colour of the {b}
        the {s} {a} and the {b}, are they (alike|equal) in $colour
        is the {s} of the {a+} colored like the {b}
        {s} {a} same $colour as the {b}
        of the {a+} take the {s}: is it the same $colour as the {b}
        the {b} has the $colour of the {s} {a}, (right|true|hasn't it)
        do the colo(|u)rs of the {b} and the {s} {a} match
        does the {s} {a} share its $colour with the {b}
    """), weight=0.35, fixed={"s": _MOST}),
    Form("single_kind", "naming", _of_number(_WHAT, "{g}", "1"), patterns("""
        (which|what) {g} is there (only|just|exactly) one of $pic
        of (which|what) {g} is there (only|just|exactly) one
        (which|what) {g} (appears|occurs|shows up|is there) only once
        (which|what) {g} comes up (once|a single time) and no more
        (which|what) {g} is the only one of its kind
        which of the {g+} is alone of its kind
        there is only one of which {g}
        (which|what) {g} is not there (twice|several times|more than once)
        $name the {g} that there is just one of
        (which|what) {g} has no second one of its kind
        what [thing] is there (only|just) one of $pic
        $tell what there is (only one|a single one) of
        which {g+} are there no two of
        of which kinds of {g+} is there one each, and not more
    """), weight=0.4),
    Form("kind_by_number", "naming", _of_number(_WHAT, "{g}", "{r}"), patterns("""
        (which|what) {g} are there [exactly] {r} of $pic
        (which|what) {g+} are there {r} of
        of (which|what) {g} are there [exactly|just] {r}
        (which|what) {g} (appears|occurs|shows up|is there) {r} times
        there are {r} of which {g}
        (which|what) {g} comes in (the number of|a group of) {r}
        {r} of which {g} are there
        $name the {g} that there are {r} of
        (which|what) {g} do you (see|count|find) {r} of
        what are there [exactly] {r} of $pic
        what do you (count|see) {r} of
        $tell of what {g} there are {r}
        count each kind of {g}. which one gives {r}
        the {g} of which there are {r} is what
    """), weight=0.35, fixed={"r": _NUMBERS}),
    Form("single_colour", "same", _of_number(_COLOUR, "{a}", "1"), patterns("""
        $whatcolour is there (only|just|exactly) one {a} of
        (which|what) {a} $colour is there (only|just) one of $pic
        of $whatcolour is there (only|just|exactly) one {a}
        $whatcolour does (only|just) one {a} have
        $whatcolour (comes up|appears|occurs) only once among the {a+}
        only one {a} has a $colour of its own, which $colour
        what is the $colour that only one of the {a+} has
        $whatcolour is the odd one out among the {a+}
        in $whatcolour is there a single {a}
        $tell the $colour that just one {a} has
        one {a} is not colored like any other {a}. $whatcolour is it
        $name the $colour of the {a} that differs from the other {a+}
        $whatcolour of {a} is not there twice
        the {a+} come in colo(|u)rs, of which $colour is there but one
    """), weight=0.3),
    Form("three_sizes", "size", 'return {s}(("{a}", "{b}", "{c}"), key=lambda n: p.find(n)[0].width * p.find(n)[0].height)', patterns("""
        which is the {s}, the {a}, the {b} or the {c}
        which is {s}, {a}, {b} or {c}
        which is the {s}: {a}, {b} or {c}
        which [one] of the {a}, the {b} and the {c} is the {s}
        what is {s}, the {a}, the {b} or the {c}
        of the {a}, the {b} and the {c}, which [one] is the {s}
        {a}, {b} or {c}, which is the {s}
        {a} or {b} or {c}: which one is the {s}
        (which|what) is the {s} among the {a}, {b} and {c}
        is the {a}, the {b} or the {c} the {s}
        $tell which is the {s}, the {a}, the {b} or the {c}
        $name the {s} of these three: {a}, {b}, {c}
        the {s} one of the {a}, the {b} and the {c} is which
        compare the {a}, the {b} and the {c}: which is the {s}
    """), weight=0.4, fixed={"s": _MOST}),
    _sized("left_sized", "left", "right"),
    _sized("right_sized", "right", "left"),
    Form("count_sized", "size", 'c = p.find("{b}")[0]\nreturn len([x for x in p.find("{a}") if x.width * x.height {s} c.width * c.height])', patterns("""
        how many {a+} are {s} than the {b} $pic
        how many of the {a+} are {s} than the {b}
        $count the {a+} that are {s} than the {b}
        what is the number of {a+} {s} than the {b}
        how many {a+} (look|appear|seem) {s} than the {b}
        of the {a+}, how many are {s} than the {b}
        $tell how many {a+} are {s} than the {b}
        how many {s} {a+} are there if you compare them with the {b}
        compared to the {b}, how many {a+} are {s}
        {a+} {s} than the {b}: how many
        measured against the {b}, how many of the {a+} are {s}
        there are {a+} {s} than the {b}, how many
        than the {b}, how many {a+} are {s}
        how many {a+} with a {s} size than the {b} do you see
    """), weight=0.3, fixed={"s": _MORE}),
    Form("any_sized", "size", 'c = p.find("{b}")[0]\nreturn any(x.width * x.height {s} c.width * c.height for x in p.find("{a}"))', patterns("""
        is any {a} {s} than the {b} $pic
        is any of the {a+} {s} than the {b}
        are any {a+} {s} than the {b}
        is there {a~} [that is] {s} than the {b}
        is one of the {a+} {s} than the {b}
        is at least one {a} {s} than the {b}
        $check $whether any {a} is {s} than the {b}
        do you see {a~} that is {s} than the {b}
        does any {a} look {s} than the {b}
        are there {a+} which are {s} than the {b}
        compared to the {b}, is (any|some) {a} {s}
        any {a} {s} than the {b}
        (some|one) {a} is {s} than the {b}, (right|true)
        can {a~} be found that is {s} than the {b}
    """), weight=0.25, fixed={"s": _MORE}),
    Form("sides_like", "same", f"{_SORTED}f[0].{_COLOUR} == f[-1].{_COLOUR}", patterns("""
        are the {a} on the left and the one on the right [of] the same $colour
        (are|do|have) the left {a} and the right (one|{a}) the same $colour
        is the left {a} the same $colour as the right one
        is the right {a} the same $colour as the left one
        does the {a} on the left have the $colour of the {a} on the right
        do the left and [the] right {a} (match in $colour|have the same $colour)
        $check $whether the left {a} has the same $colour as the right one
        is the {a} on the right colored like the one on the left
        do the colo(|u)rs of the left {a} and the right {a} match
        left {a} and right {a}: same $colour
        the {a} (to|at) the left and the one (to|at) the right, are they alike in $colour
        the left and the right {a} are of one $colour, (right|true)
        is the $colour of the left {a} (that|also that) of the right {a}
        have both {a+}, left and right, got the same $colour
    """), weight=0.3),
)  # fmt: skip

WITHIN: tuple[str, ...] = ()
"""Forms about a kind within a category, `a` within `g`."""


# --- truth -------------------------------------------------------------------------------------------------------


def _others(view: View, phrase: str, mark: Thing) -> list[Thing]:
    found = view.present(phrase)
    if mark in found:
        raise Unclear("the same thing")
    return found


def _count_like(view: View, slots: Slots) -> int:
    mark = view.one(slots["b"])
    colours = [colour_of(thing) for thing in _others(view, slots["a"], mark)]
    if colour_of(mark) not in colours:
        raise Unclear("none, as nearly always")
    return colours.count(colour_of(mark))


def _which_like(view: View, slots: Slots) -> str:
    colours = [(colour_of(thing), thing) for thing in view.present(slots["g"], 2)]
    mark = view.one(slots["b"])
    found = [thing for colour, thing in colours if colour == colour_of(mark) and thing is not mark]
    if len(found) != 1:
        raise Unclear("none or several")
    if view.gap(found[0], mark) == 0:
        raise Unclear("they touch")
    return found[0].noun


def _extreme(things: Sequence[Thing], said: str) -> Thing:
    return extreme(things, lambda t: t.area, ratio=SIZE_RATIO, least=dict(_MOST)[said] == "min")


def _exceeds(one: Thing, other: Thing, said: str) -> bool:
    """Whether one is bigger (or smaller, as is said) than the other, clearly."""
    apart(one.area, other.area, ratio=SIZE_RATIO)
    return (one.area > other.area) == (dict(_MORE)[said] == ">")


def _extreme_like(view: View, slots: Slots) -> bool:
    mark = view.one(slots["b"])
    return colour_of(_extreme(view.some(slots["a"], 2), slots["s"])) == colour_of(mark)


def _of_which(names: Sequence[str], number: int) -> str:
    """What there are so many of; there must be something else to set it off."""
    counts = Counter(names)
    found = sorted(name for name, count in counts.items() if count == number)
    if not found or len(counts) < 2:
        raise Unclear("of nothing, or nothing else")
    return ", ".join(found)


def _kinds(view: View, slots: Slots) -> list[str]:
    names = [thing.noun for thing in view.present(slots["g"], 2)]
    if any(is_a(one, other) for one, other in permutations(set(names), 2)):
        raise Unclear("kinds of each other")
    return names


def _three(view: View, slots: Slots) -> str:
    found = {slot: view.all(slots[slot]) for slot in "abc"}
    things = [thing for one in found.values() for thing in one]
    if any(len(one) > 1 for one in found.values()) or len({id(thing) for thing in things}) < len(things):
        raise Unclear("several, or the same thing")
    if len(things) < 3:
        raise Absent("one of the three")
    chosen = _extreme(things, slots["s"])
    return next(slots[slot] for slot, one in found.items() if chosen in one)


def _two_sides(view: View, phrase: str) -> tuple[Thing, Thing]:
    """The left and the right one of two."""
    found = view.present(phrase)
    if len(found) != 2:
        raise Unclear("not two")
    one, other = found
    return (one, other) if view.is_on("left", one, other) else (other, one)


def _left_sized(view: View, slots: Slots) -> bool:
    left, right = _two_sides(view, slots["a"])
    return _exceeds(left, right, slots["s"])


def _right_sized(view: View, slots: Slots) -> bool:
    left, right = _two_sides(view, slots["a"])
    return _exceeds(right, left, slots["s"])


def _sides_like(view: View, slots: Slots) -> bool:
    left, right = _two_sides(view, slots["a"])
    return colour_of(left) == colour_of(right)


def _count_sized(view: View, slots: Slots) -> int:
    mark = view.one(slots["b"])
    return sum([_exceeds(thing, mark, slots["s"]) for thing in _others(view, slots["a"], mark)])


TRUTH: dict[str, Callable[[View, Slots], bool | int | str]] = {
    "count_like": _count_like,
    "which_like": _which_like,
    "extreme_like": _extreme_like,
    "single_kind": lambda v, s: _of_which(_kinds(v, s), 1),
    "kind_by_number": lambda v, s: _of_which(_kinds(v, s), int(_VALUES[s["r"]])),
    "single_colour": lambda v, s: _of_which([colour_of(thing) for thing in v.present(s["a"], 2)], 1),
    "three_sizes": _three,
    "left_sized": _left_sized,
    "right_sized": _right_sized,
    "count_sized": _count_sized,
    "any_sized": lambda v, s: _count_sized(v, s) > 0,
    "sides_like": _sides_like,
}
"""By the name of the form."""
