"""Things that are alike and things that are alone: of the same colour as another, the only one of a kind, the largest of
three; what is left out of a count; and arithmetic about what comes and goes. The truth of each stands beside it."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from distill.questions.forms import Form, patterns
from distill.questions.view import SIZE_RATIO, Unclear, View, colour_of, extreme
from models.embedded.world.lexicon import canonical_background
from models.embedded.world.scene import Thing

Slots = dict[str, str]

WHAT = 'simple_query("what is this?")'
COLOUR = 'simple_query("what color is it?")'

_EXTREMES = {
    "biggest": ("max", "x.width * x.height", "(biggest|largest)"),
    "smallest": ("min", "x.width * x.height", "(smallest|tiniest)"),
    "leftmost": ("min", "x.horizontal_center", "(leftmost|left-most|furthest left)"),
    "rightmost": ("max", "x.horizontal_center", "(rightmost|right-most|furthest right)"),
    "highest": ("max", "x.vertical_center", "(highest|topmost|top)"),
    "lowest": ("min", "x.vertical_center", "(lowest|bottommost|bottom)"),
}
"""How a program takes one thing of several, and how it is said."""

_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12, "twenty": 20,
          "15": 15, "25": 25, "40": 40, "50": 50, "60": 60, "75": 75, "100": 100, "120": 120, "150": 150, "200": 200,
          "250": 250, "300": 300, "500": 500}  # fmt: skip
_NUMBERS = tuple((said, str(value)) for word, value in _WORDS.items() for said in dict.fromkeys((word, str(value))))
"""Numbers of any size, in the question and in the program."""
_FEW = tuple((said, str(value)) for word, value in list(_WORDS.items())[:4] for said in (word, str(value)))
_ONES = (("one", "1"), ("a single", "1"), ("1", "1"), *_FEW[:4])
_VALUES = dict(_NUMBERS) | dict(_ONES)

_PLACES = ("beach", "city", "forest", "desert", "meadow", "snow", "night", "farm")

_SIDES = {
    "left": ("max", "horizontal_center", "<", "min", "(to the left of|left of|on the left of)"),
    "right": ("min", "horizontal_center", ">", "max", "(to the right of|right of|on the right of)"),
    "above": ("min", "vertical_center", ">", "max", "(above|over|higher than|higher up than)"),
    "below": ("max", "vertical_center", "<", "min", "(below|under|lower than|beneath|underneath)"),
}


def _like(name: str) -> Form:
    choose, key, said = _EXTREMES[name]
    program = f'return {choose}(p.find("{{a}}"), key=lambda x: {key}).{COLOUR} == p.find("{{b}}")[0].{COLOUR}'
    return Form(f"{name}_like", "same", program, patterns(f"""
        is the {said} {{a}} the same colo(r|ur) as the {{b}}
        has the {said} {{a}} the same colo(r|ur) as the {{b}}
        does the {said} {{a}} have the same colo(r|ur) as the {{b}}
        do the {said} {{a}} and the {{b}} have the same colo(r|ur)
        are the {said} {{a}} and the {{b}} of the same colo(r|ur)
        is the {{b}} the same colo(r|ur) as the {said} {{a}}
        does the {{b}} match the {said} {{a}} in colo(r|ur)
        {said} {{a}} same colo(r|ur) as the {{b}}?
        the {said} {{a}} and the {{b}}, same colo(r|ur)?
        is the colo(r|ur) of the {said} {{a}} (that|the one) of the {{b}}
    """), weight=0.12, split_as="extreme_like")  # fmt: skip


def _of_three(name: str) -> Form:
    choose, key, said = _EXTREMES[name]
    measured = key.replace("x.", "p.find(n)[0].")
    program = f'return {choose}(("{{a}}", "{{b}}", "{{c}}"), key=lambda n: {measured})'
    return Form(f"three_{name}", "superlative", program, patterns(f"""
        which is the {said}, the {{a}}, the {{b}} or the {{c}}
        which is {said}, {{a}}, {{b}} or {{c}}
        which is the {said}: {{a}}, {{b}} or {{c}}
        which of the {{a}}, the {{b}} and the {{c}} is the {said}
        what is {said}, the {{a}}, the {{b}} or the {{c}}
        of the {{a}}, the {{b}} and the {{c}}, which is the {said}
        {{a}}, {{b}} or {{c}}, which is the {said}
        {{a}} or {{b}} or {{c}}: which one is the {said}
        (which|what) is the {said} among the {{a}}, {{b}} and {{c}}
        is the {{a}}, the {{b}} or the {{c}} the {said}
        tell me which is the {said}, the {{a}}, the {{b}} or the {{c}}
        who is the {said}, the {{a}}, the {{b}} or the {{c}}
    """), weight=0.15, split_as="three_extreme")  # fmt: skip


def _wholly(side: str) -> Form:
    one, axis, sign, other, said = _SIDES[side]
    program = f'return {one}(p.find("{{a}}"), key=lambda x: x.{axis}).{axis} {sign} {other}(p.find("{{b}}"), key=lambda x: x.{axis}).{axis}'
    return Form(f"wholly_{side}", "relation", program, patterns(f"""
        are the {{a+}} {said} the {{b+}}
        are all [of] the {{a+}} {said} (the|all the|all of the) {{b+}}
        are the {{a+}} (all|all of them) {said} the {{b+}}
        {{a+}} {said} the {{b+}}?
        do the {{a+}} stand {said} the {{b+}}
        are the {{a+}} to be found {said} the {{b+}}
        is it true that the {{a+}} are {said} the {{b+}}
        the {{a+}} are {said} the {{b+}}, (right|true|correct|yes)
        is every {{a}} {said} every {{b}}
        can one say that the {{a+}} are {said} the {{b+}}
        the {{a+}}, are they {said} the {{b+}}
    """), weight=0.25, split_as="wholly")  # fmt: skip


FORMS = (
    Form("count_like", "same", f'c = p.find("{{b}}")[0].{COLOUR}\nreturn len([x for x in p.find("{{a}}") if x.{COLOUR} == c])', patterns("""
        how many {a+} (are|have) the same colo(r|ur) as the {b}
        how many [of the] {a+} match the {b} in colo(r|ur)
        how many {a+} are of the colo(r|ur) of the {b}
        how many {a+} have the {b}'s colo(r|ur)
        how many {a+} are colored like the {b}
        how many of the {a+} share the colo(r|ur) of the {b}
        count the {a+} that are the same colo(r|ur) as the {b}
        (number of|how many) {a+} in the colo(r|ur) of the {b}
        {a+} with the same colo(r|ur) as the {b}, how many
        how many {a+} look like the {b} in colo(r|ur)
        the {b} has a color, how many {a+} have it too
        how many {a+} are as colored as the {b}
    """), weight=0.5),
    Form("which_like", "same", f'c = p.find("{{b}}")[0].{COLOUR}\nreturn [x for x in p.find("{{g}}") if x.{COLOUR} == c and not x.exists("{{b}}")][0].{WHAT}', patterns("""
        (which|what) {g} (is|has) the same colo(r|ur) as the {b}
        (which|what) other {g} (is|has) the same colo(r|ur) as the {b}
        (which|what) {g} matches the {b} in colo(r|ur)
        (which|what) {g} shares the colo(r|ur) of the {b}
        what else is the same colo(r|ur) as the {b}
        what [thing] is of the same colo(r|ur) as the {b}
        what has the same colo(r|ur) as the {b}
        which {g} is colored like the {b}
        which {g} has the {b}'s colo(r|ur)
        find me the {g} that is the same colo(r|ur) as the {b}
        the {b} and which {g} have the same colo(r|ur)
        name the {g} with the colo(r|ur) of the {b}
    """), weight=0.4),
    Form("any_like", "same", f'c = p.find("{{b}}")[0].{COLOUR}\nreturn any(x.{COLOUR} == c for x in p.find("{{a}}"))', patterns("""
        is there {a~} [that is] the same colo(r|ur) as the {b}
        is there {a~} of the same colo(r|ur) as the {b}
        are there [any] {a+} (in|of|with) the same colo(r|ur) as the {b}
        is any [of the] {a+} the same colo(r|ur) as the {b}
        does any {a} have the same colo(r|ur) as the {b}
        does any {a} match the {b} in colo(r|ur)
        is one of the {a+} colored like the {b}
        do any {a+} share the {b}'s colo(r|ur)
        do you see {a~} in the colo(r|ur) of the {b}
        any {a} with the {b}'s colo(r|ur)
    """), weight=0.25),
    Form("single_kind", "naming", f'n = [x.{WHAT} for x in p.find("{{g}}")]\nreturn [x for x in n if n.count(x) == 1][0]', patterns("""
        (which|what) {g} is there (only|just|exactly) one of
        of (which|what) {g} is there (only|just|exactly) one
        (which|what) {g} (appears|occurs|shows up|is there) only once
        (which|what) {g} comes up (once|a single time)
        which {g} is the only one of its kind
        which {g} is alone of its kind
        there is only one of which {g}
        (which|what) {g} is not there (twice|several times|more than once)
        name the {g} that there is one of
        (which|what) {g} has no second one of its kind
        what [thing] is there (only|just) one of
        what is there a single one of
    """), weight=0.35),
    Form("kind_by_number", "naming", f'n = [x.{WHAT} for x in p.find("{{g}}")]\nreturn [x for x in n if n.count(x) == {{r}}][0]', patterns("""
        (which|what) {g} are there {r} of
        of (which|what) {g} are there [exactly] {r}
        (which|what) {g} (appears|occurs|shows up|is there) {r} times
        there are {r} of which {g}
        (which|what) {g} comes in (the number of|a group of) {r}
        {r} of which {g} are there
        name the {g} that there are {r} of
        (which|what) {g} do you see {r} of
        what are there {r} of
        what do you count {r} of
    """), weight=0.35, fixed={"r": _FEW}),
    Form("single_colour", "same", f'n = [x.{COLOUR} for x in p.find("{{a}}")]\nreturn [x for x in n if n.count(x) == 1][0]', patterns("""
        (which|what) colo(r|ur) is there (only|just) one {a} of
        (which|what) {a} colo(r|ur) is there (only|just|exactly) one of
        of (which|what) colo(r|ur) is there (only|just) one {a}
        (which|what) colo(r|ur) does only one {a} have
        (which|what) colo(r|ur) (comes up|appears|occurs) only once among the {a+}
        only one {a} has its own colo(r|ur), which
        what is the colo(r|ur) that only one of the {a+} has
        (which|what) colo(r|ur) has the odd one out among the {a+}
        among the {a+}, which colo(r|ur) is there once
        in which colo(r|ur) is there a single {a}
    """), weight=0.3),
    Form("count_not_counting", "count", 'return len([x for x in p.find("{a}") if not x.exists("{b}")])', patterns("""
        how many {a+}, not counting [the] {b+}
        how many {a+} are there, not counting the {b+}
        how many {a+} (without|excluding|minus|leaving out|ignoring) the {b+}
        how many {a+} are there if you (do not count|leave out|ignore|forget) the {b+}
        how many {a+} ([the] {b+} do not count|[the] {b+} don't count)
        how many {a+}, no {b+}
        how many {a+} do you see (the {b} is no {a}|a {b} is no {a})
        how many {a+} but not {b+}
        count the {a+} (but not|without) the {b+}
        (number of|how many) {a+} that are not {b+}
        not counting the {b+}, how many {a+} are there
        leaving out the {b+}, how many {a+}
        {a+} only, not the {b+}: how many
        how many real {a+}, so no {b+}
    """), weight=0.5),
    Form("day_or_night", "background", 'return "night" if p.simple_query("what is the background?") == "night" else "day"', patterns("""
        is it day or night [$pic]
        is it night or day [$pic]
        is this (by day|at day) or (by|at) night
        (day or night|night or day)
        is it (daytime or nighttime|daytime or night|nighttime or daytime) [$pic]
        does it (play|happen|take place) by day or by night
        is the scene set during the day or (at|during the) night
        which is it, day or night
        would you say it is day or night [there]
        was it day or night
        what time of day is it, day or night
        is it dark outside or day
    """), weight=0.25, whole=True),
    Form("background_among", "background", 'return p.simple_query("what is the background?")', patterns("""
        is this {w~}, {u~} or {v~}
        is it {u~} or {w~}
        is this {w~} or {u~}
        (what|which) kind of place is this, {u~}, {w~} or {v~}
        does it play in {w~} or in {u~}
        are we in {u~} or in {w~}
        what is it, {v~}, {u~} or {w~}
        is the background {w~} or {u~}
        what is in the background, {u~} or {w~}
        which place is it: {u~}, {v~} or {w~}
        {w~} or {u~}?
        is the scene {u~}, {w~} or {v~}
    """), weight=0.3, whole=True, fixed=dict.fromkeys("uv", _PLACES)),
    Form("between_two", "relation", f'f = sorted(p.find("{{a}}"), key=lambda x: x.horizontal_center)\nreturn [x for x in p.find("{{g}}") if f[0].horizontal_center < x.horizontal_center < f[-1].horizontal_center and not x.exists("{{a}}")][0].{WHAT}', patterns("""
        what is between the (two|2) {a+}
        what (stands|lies|sits|is there) between the (two|2|) {a+}
        (which|what) {g} is between the (two|2|both) {a+}
        (which|what) {g} do you see between the (two|) {a+}
        what do the two {a+} have between them
        what is in the middle of the two {a+}
        between the (two|) {a+}, what is there
        (which|what) {g} is in between the {a+}
        name the {g} between the (two|) {a+}
        the two {a+} have which {g} between them
    """), weight=0.35),
    Form("add_two", "arithmetic", 'return len(p.find("{a}")) + {n} + {q}', patterns("""
        {q} more boy and {n} more girls (come|join|arrive), how many {a+} will there be
        if {n} more boys and {q} more girls come, how many {a+} are there [then|in all|altogether]
        if {n} {a+} come and then {q} more, how many {a+} are there [then|in all|altogether]
        {n} {a+} and {q} others join them, how many {a+} is that
        first {n} {a+} come, then {q} more, how many {a+} are there now
        {n} {a+} arrive and then {q} more, how many {a+} in the end
        i add {n} {a+} and you add {q}, how many {a+} do we have
        {n} more {a+} today and {q} tomorrow, how many is that
        with {n} more {a+} from me and {q} from you, how many are there
        a boy brings {n} more {a+} and a girl {q}, how many {a+} will there be
    """), weight=0.25, fixed={"q": _ONES}),
    Form("taken_twice", "arithmetic", 'return len(p.find("{a}")) - {n} - {q}', patterns("""
        if (the girl|one kid|a boy|dad) eats {n} {a+} and (the boy|another|a girl|mom) eats {q}, how many are left
        (the boy|one of us|a kid) takes {n} {a+} and (the girl|the other|somebody) takes {q}, how many remain
        if one takes {n} {a+} and another takes {q}, how many are left [over]
        i take {n} {a+} and you take {q}, how many {a+} are left
        first {n} {a+} go, then {q} more, how many stay
        {n} {a+} are eaten and {q} are given away, how many {a+} are left
        if {n} of the {a+} leave and then {q} more, how many remain
        i eat {q} {a+}, my sister {n}, what is left
        someone takes {n} {a+}, then somebody else takes {q} more. how many are left
        after {q} {a+} are sold and {n} are stolen, how many remain
    """), weight=0.3, fixed={"q": _ONES}),
    Form("each_by_number", "arithmetic", 'return len(p.find("{a}")) * {r}', patterns("""
        (each|every|one) {a} (costs|is worth) {r} (dollars|euros|pounds|cents|coins|bucks), (what do they cost together|what are they all worth|how much is that)
        if (each|every) {a} is worth {r} (dollars|euros|points), what are the {a+} worth [together]
        at {r} (dollars|euros|cents) a {a}, how much are the {a+}
        suppose every {a} eats {r} (apples|cookies|sweets|fish|nuts) a day, how many do they need [a day|for one day]
        (each|every) {a} needs {r} (apples|cookies|things|fish|books), how many must i buy
        {r} people fit in (each|every) {a}, how many (can ride|fit) in the {a+}
        {r} people can sit on each {a}, how many people can sit [down]
        (each|every) {a} weighs {r} (kilos|kg|pounds|grams), what do the {a+} weigh together
        (each|every) {a} gets {r} (apples|coins|sweets|cookies|things), how many is that
        if one {a} takes {r} (minutes|hours|days), how long do the {a+} take
        i pay {r} for each {a}, what do i pay
        {r} points for every {a}, how many points
        if there were {r} times as many {a+}, how many would there be
        every {a} lays {r} eggs, how many eggs
        every {a} carries {r} (apples|coins|things|points|books), how many are carried
    """), weight=0.6, fixed={"r": _NUMBERS}),
    Form("no_inside", "unanswerable", 'return abstain("a picture does not show what is inside")', patterns("""
        what is inside [of] the {a}
        how many {b+} are inside [of] the {a}
        is there {b~} inside [of] the {a}
        who is inside [of] the {a}
        what is hidden inside the {a}
        what do the {a+} have inside
        what flavo(r|ur) is inside the {a}
        how many people are sitting inside the {a}
        how many passengers are on [board of] the {a}
        what does the {a} look like (on the|from) inside
        what is the {a} filled with
        what has the {a} got in it
    """), weight=0.35),
    *(_like(name) for name in _EXTREMES),
    *(_of_three(name) for name in _EXTREMES),
    *(_wholly(side) for side in _SIDES),
)  # fmt: skip


# --- the truth ----------------------------------------------------------------------------------------------------


def _alike(view: View, slots: Slots) -> tuple[str, list[Thing]]:
    """The colour of `b`, and the other things called `a`, each of one colour."""
    other = view.one(slots["b"])
    found = [thing for thing in view.some(slots["a"]) if thing is not other]
    for thing in found:
        colour_of(thing)
    return colour_of(other), found


def _count_like(view: View, slots: Slots) -> int:
    colour, found = _alike(view, slots)
    return sum(colour_of(thing) == colour for thing in found)


def _some_like(view: View, slots: Slots) -> int:
    if not (count := _count_like(view, slots)):
        raise Unclear("none, as nearly always")
    return count


def _which_like(view: View, slots: Slots) -> str:
    colour = colour_of(other := view.one(slots["b"]))
    found = [one for one in view.some(slots["g"]) if one is not other and one.colour in (colour, None)]
    if len(found) != 1:
        raise Unclear("not one")
    colour_of(found[0])
    return found[0].noun


_RANKS: dict[str, tuple[Callable[[Thing], float], bool, float]] = {
    "biggest": (lambda t: t.area, False, SIZE_RATIO),
    "smallest": (lambda t: t.area, True, SIZE_RATIO),
    "leftmost": (lambda t: t.center[0], True, 1.0),
    "rightmost": (lambda t: t.center[0], False, 1.0),
    "highest": (lambda t: t.center[1], True, 1.0),
    "lowest": (lambda t: t.center[1], False, 1.0),
}
"""By what a thing of several is the most so, whether the least of it counts, and how much more it must have."""


def _ranked(view: View, things: Sequence[Thing], name: str) -> Thing:
    value, least, ratio = _RANKS[name]
    margin = 0.0 if ratio > 1 else 0.07 * (view.scene.width if name in ("leftmost", "rightmost") else view.scene.height)
    return extreme(things, value, margin, ratio, least)


def _extreme_like(view: View, slots: Slots, name: str) -> bool:
    return colour_of(_ranked(view, view.some(slots["a"], 2), name)) == colour_of(view.one(slots["b"]))


def _three(view: View, slots: Slots, name: str) -> str:
    things = {slot: view.one(slots[slot]) for slot in "abc"}
    best = _ranked(view, list(things.values()), name)
    return next(slots[slot] for slot, thing in things.items() if thing is best)


def _of_number(names: Sequence[str], number: int) -> str:
    found = [name for name, count in Counter(names).items() if count == number]
    if len(found) != 1 or len(set(names)) < 2:
        raise Unclear("not one")
    return found[0]


def _not_counting(view: View, slots: Slots) -> int:
    found, others = view.some(slots["a"]), view.some(slots["b"])
    if any(view.gap(one, other) == 0 for one in found for other in others if one is not other):
        raise Unclear("they touch")
    return sum(thing not in others for thing in found)


def _background_among(view: View, slots: Slots) -> str:
    named = {canonical_background(slots[name]) for name in "uvw"}
    if len(named) < 3 or view.scene.background not in named:
        raise Unclear("none of these, or the same twice")
    return str(view.scene.background)


def _between_two(view: View, slots: Slots) -> str:
    ends = sorted(view.some(slots["a"], 2), key=lambda thing: thing.center[0])
    if len(ends) != 2:
        raise Unclear("not two")
    rest = [one for one in view.some(slots["g"]) if one not in ends]
    inner = [one for one in rest if view.is_on("right", one, ends[0]) and view.is_on("left", one, ends[1])]
    if not inner:
        raise Unclear("nothing between them")
    if len(inner) > 1:
        raise Unclear("several")
    return inner[0].noun


def _added(view: View, slots: Slots) -> int:
    return len(view.some(slots["a"])) + int(slots["n"]) + int(_VALUES[slots["q"]])


def _taken(view: View, slots: Slots) -> int:
    left = len(view.some(slots["a"])) - int(slots["n"]) - int(_VALUES[slots["q"]])
    if left < 0:
        raise Unclear("fewer than none")
    return left


def _wholly_on(view: View, slots: Slots, side: str) -> bool:
    return all(view.is_on(side, one, other) for one in view.some(slots["a"], 2) for other in view.some(slots["b"], 2))


TRUTH: dict[str, Callable[[View, Slots], bool | int | str]] = {
    "count_like": _some_like,
    "which_like": _which_like,
    "any_like": lambda v, s: _count_like(v, s) > 0,
    "single_kind": lambda v, s: _of_number([thing.noun for thing in v.some(s["g"], 2)], 1),
    "kind_by_number": lambda v, s: _of_number([thing.noun for thing in v.some(s["g"], 2)], int(_VALUES[s["r"]])),
    "single_colour": lambda v, s: _of_number([colour_of(thing) for thing in v.some(s["a"], 2)], 1),
    "count_not_counting": _not_counting,
    "day_or_night": lambda v, s: "night" if v.scene.background == "night" else "day",
    "background_among": _background_among,
    "between_two": _between_two,
    "add_two": _added,
    "taken_twice": _taken,
    "each_by_number": lambda v, s: len(v.some(s["a"])) * int(_VALUES[s["r"]]),
    **{f"{name}_like": partial(_extreme_like, name=name) for name in _EXTREMES},
    **{f"three_{name}": partial(_three, name=name) for name in _EXTREMES},
    **{f"wholly_{side}": partial(_wholly_on, side=side) for side in _SIDES},
}
"""By the name of the form."""
