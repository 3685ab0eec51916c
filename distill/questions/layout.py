"""More forms about where things are: what is in a half, a corner or the middle, what is next to or between others, what
is in front or behind, and pairs of any two things. The truth of each stands beside it."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from collections.abc import Callable
from functools import partial

from distill.questions.forms import Form, patterns
from distill.questions.relations import (
    DIRECTIONS,
    WHAT,
    WHAT_COLOUR,
    Direction,
    pick,
    with_direction,
)
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
from models.embedded.world.scene import Thing

Slots = dict[str, str]

_ON = {"left": "(on|to|at) the [far |] left [side|half|part]", "right": "(on|to|at) the [far |] right [side|half|part]",
       "above": "(at|on|near) the top", "below": "(at|on|near) the bottom"}  # fmt: skip
_FURTHER = {"left": "(further [to the] left|more [to the] left)", "right": "(further [to the] right|more [to the] right)",
            "above": "(higher [up]|further up)", "below": "(lower [down]|further down)"}  # fmt: skip


def _directional(d: Direction) -> tuple[Form, ...]:
    axis, sign, n = d.axis, d.sign, d.name
    nearest = f'c = p.find("{{b}}")[0]\nreturn min([x for x in p.find("thing") if x.{axis} {sign} c.{axis}], key=lambda x: distance(x, c)).'
    on, further = _ON[n], _FURTHER[n]
    return (
        Form(f"pair_{n}", "relation", f'return any(x.{axis} {sign} y.{axis} for x in p.find("{{a}}") for y in p.find("{{b}}"))', with_direction(d, """
            is there {a~} @rel {b~}
            is {a~} @rel {b~}
            are there any {a+} @rel {b~}
            are any {a+} @rel {b~}
            there is {a~} @rel {b~}
            do you see {a~} @rel {b~}
            {a~} @rel {b~}
            whether there is {a~} @rel {b~}
            can you find {a~} @rel {b~}
            is some {a} @rel some {b}
            does any {a} (stand|lie|sit) @rel {b~}
            is there {a~} that is @rel {b~}
            at least one {a} is @rel {b~}
        """), weight=0.5, split_as="pair_side"),
        Form(f"which_{n}", "relation", f'return "{{a}}" if p.find("{{a}}")[0].{axis} {sign} p.find("{{b}}")[0].{axis} else "{{b}}"', patterns(f"""
            which is {further}, the {{a}} or the {{b}}
            what is {further}, the {{a}} or the {{b}}
            is the {{a}} or the {{b}} {further}
            the {{a}} or the {{b}}, which is {further}
            of the {{a}} and the {{b}}, which one is {further}
            {further}: {{a}} or {{b}}
            who is {further}, the {{a}} or the {{b}}
            which one is {further}, {{a}} or {{b}}
            which is {further} in the picture, the {{a}} or the {{b}}
        """), weight=0.3, split_as="which_side"),
        Form(f"things_{n}", "place", f'return ", ".join(sorted(set([x.{WHAT} for x in p.find("{{g}}") if x.{axis} {sign} p.{axis}])))', patterns(f"""
            (what|which) {{g+}} are {on}
            (what|which) {{g+}} are in the {d.side} half [of the picture]
            (what|which) {{g+}} (do you see|can you see|are there) {on}
            list (the|all) {{g+}} {on}
            name (the|all) {{g+}} in the {d.side} half
            what are the {{g+}} {on}
            (which|what) {{g+}} does the {d.side} half [of the picture] (show|contain)
            {{g+}} {on}
            all [the] {{g+}} in the {d.side} half, what are they
        """), weight=0.3, split_as="things_side"),
        Form(f"thing_colour_{n}", "chain", nearest + WHAT_COLOUR, with_direction(d, """
            what color is the thing @rel the {b}
            what color is the one @rel the {b}
            what is the color of the thing @rel the {b}
            what color is (what is|whatever is|that which is) @rel the {b}
            the thing @rel the {b} is what color
            which color does the thing @rel the {b} have
            color of the thing @rel the {b}
            name the color of the thing @rel the {b}
        """), weight=0.25, split_as="thing_colour_side"),
        Form(f"is_thing_{n}", "relation", nearest + 'exists("{a}")', with_direction(d, """
            is the thing @rel the {b} {a~}
            is the (one|item|object) @rel the {b} {a~}
            is what is @rel the {b} {a~}
            is that thing @rel the {b} {a~}
            the thing @rel the {b} is {a~}, (right|true)
            is it {a~} that is @rel the {b}
            whether the thing @rel the {b} is {a~}
            the thing @rel the {b}, is it {a~}
            is the thing that is @rel the {b} {a~}
            is the next thing @rel the {b} {a~}
        """), weight=0.25, split_as="is_thing_side"),
        Form(f"anything_{n}", "relation", f'c = p.find("{{b}}")[0]\nreturn any(x.{axis} {sign} c.{axis} for x in p.find("thing"))', with_direction(d, """
            is there (anything|something) @rel the {b}
            is (anything|something) @rel the {b}
            (anything|something) @rel the {b}
            do you see (anything|something) @rel the {b}
            does the {b} have (anything|something) @rel it
            are there (any things|things) @rel the {b}
            whether there is (anything|something) @rel the {b}
            is there (anything|something) at all @rel {b}
            can you see (anything|something) @rel the {b}
            anything [standing|lying] @rel {b}
        """), weight=0.2, split_as="anything_side"),
        Form(f"count_anything_{n}", "relation", f'c = p.find("{{b}}")[0]\nreturn len([x for x in p.find("thing") if x.{axis} {sign} c.{axis}])', with_direction(d, """
            how many things are @rel the {b}
            how many things @rel the {b}
            how many things are there @rel the {b}
            how many things do you see @rel the {b}
            number of things @rel the {b}
            count (everything|all things|the things) @rel the {b}
            how many (things|objects|items) does the {b} have @rel it
            how many (objects|items) are @rel the {b}
        """), weight=0.15, split_as="count_anything_side"),
        Form(f"is_most_{n}", "superlative", f'return {pick(d)}(p.find("{{g}}"), key=lambda x: x.{axis}).exists("{{a}}")', with_direction(d, """
            is the {a} the @most {g}
            is the @most {g} {a~}
            is the {a} the {g} @ismost
            whether the {a} is the @most {g}
            is {a~} the @most of the {g+}
            of the {g+}, is the {a} the @most [one]
            the {a} is the @most {g}, (right|true|correct)
            is the {g} @ismost {a~}
            would you say the {a} is the @most {g}
        """), weight=0.2, split_as="is_most_side"),
        Form(f"biggest_{n}", "chain", f'c = p.find("{{b}}")[0]\nreturn max([x for x in p.find("{{g}}") if x.{axis} {sign} c.{axis}], key=lambda x: x.width * x.height).{WHAT}', with_direction(d, """
            what is the biggest {g} @rel the {b}
            which {g} @rel the {b} is [the] biggest
            of the {g+} @rel the {b}, which is [the] biggest
            name the biggest {g} @rel the {b}
            the biggest {g} @rel the {b} is what
            among the {g+} @rel the {b} which one is biggest
        """), weight=0.12, split_as="biggest_side"),
    )  # fmt: skip


def _depths(name: str, sign: str, front: str) -> tuple[Form, ...]:
    there = f'c = p.find("{{b}}")[0].compute_depth()\nreturn @(x.compute_depth() {sign} c for x in p.find("{{a}}"))'
    return (
        Form(f"any_{name}", "depth", there.replace("@", "any"), patterns(f"""
            is there {{a~}} {front} the {{b}}
            are there any {{a+}} {front} the {{b}}
            do you see {{a~}} {front} the {{b}}
            is any {{a}} {front} the {{b}}
            are there {{a+}} {front} the {{b}}
            any {{a+}} {front} the {{b}}
            whether there is {{a~}} {front} the {{b}}
            there is {{a~}} {front} the {{b}}
            does the {{b}} have {{a~}} {front} it
            {front} the {{b}}, is there {{a~}}
        """), weight=0.3, split_as="any_depth"),
        Form(f"anything_{name}", "depth", there.replace("@", "any").replace("{a}", "thing"), patterns(f"""
            is there (anything|something) {front} the {{b}}
            is (anything|something) {front} the {{b}}
            (anything|something) {front} the {{b}}
            do you see (anything|something) {front} the {{b}}
            does the {{b}} have (anything|something) {front} it
            whether there is (anything|something) {front} the {{b}}
            are there (any things|things) {front} the {{b}}
            anything {front} {{b}}
            is there something standing {front} the {{b}}
        """), weight=0.25, split_as="anything_depth"),
        Form(f"count_{name}", "depth", there.replace("@", "sum"), patterns(f"""
            how many {{a+}} are {front} the {{b}}
            how many {{a+}} are there {front} the {{b}}
            how many {{a+}} (can you see|do you see|stand) {front} the {{b}}
            number of {{a+}} {front} the {{b}}
            count the {{a+}} {front} the {{b}}
            {front} the {{b}} there are how many {{a+}}
            how many of the {{a+}} are {front} the {{b}}
            how many {{a+}} does the {{b}} have {front} it
        """), weight=0.3, split_as="count_depth"),
        Form(f"is_{name}most", "depth", f'return {"min" if sign == "<" else "max"}(p.find("{{g}}"), key=lambda x: x.compute_depth()).exists("{{a}}")', patterns(f"""
            is the {{a}} the {{g}} {"nearest to" if sign == "<" else "furthest from"} (the camera|us|me|the viewer)
            is the {{a}} the {"nearest" if sign == "<" else "furthest"} of the {{g+}}
            is the {{a}} {"in front of" if sign == "<" else "behind"} all (the |)other {{g+}}
            of the {{g+}}, is the {{a}} {"closest to" if sign == "<" else "furthest from"} (the camera|us)
            is the {{g}} {"nearest to" if sign == "<" else "furthest from"} (the camera|us) {{a~}}
            whether the {{a}} is the {"foremost" if sign == "<" else "rearmost"} {{g}}
        """), weight=0.15, split_as="is_depth_most"),
    )  # fmt: skip


_AMONG = 'a = p.find("{b}")[0].horizontal_center\nb = p.find("{c}")[0].horizontal_center\nreturn '
_INSIDE = "min(a, b) < x.horizontal_center < max(a, b)"
_RIGHT_BESIDE = {
    "left": "(left of|to the left of)", "right": "(right of|to the right of)",
    "above": "(above|over)", "below": "(below|under)",
}  # fmt: skip
"""What follows "directly"."""


def _next_to(d: Direction, one: str, other: str, places: int = 1) -> str:
    """That `one` is on a side of `other`, in the same row or column, less than half the picture away; or more than half
    of it, which in a grid of three is two places."""
    ahead, behind = (other, one) if d.sign == "<" else (one, other)
    along, across = ("width", "height") if d.axis == "horizontal_center" else ("height", "width")
    level = "vertical_center" if d.axis == "horizontal_center" else "horizontal_center"
    away = f"{ahead}.{d.axis} - {behind}.{d.axis}"
    near = f"0 < {away} < p.{along} / 2" if places == 1 else f"{away} > p.{along} / 2"
    return f"abs({one}.{level} - {other}.{level}) < p.{across} / 9 and {near}"


_NEXT = 'c = p.find("{b}")[0]\nreturn sorted(p.find("thing"), key=lambda x: distance(x, c))[1].'

FORMS = (
    *(form for d in DIRECTIONS for form in _directional(d)),
    *_depths("front", "<", "(in front of|before|nearer than|closer than)"),
    *_depths("behind", ">", "(behind|in back of|further back than|further away than)"),
    Form("is_next", "distance", _NEXT + 'exists("{a}")', patterns("""
        is the {a} (next to|right next to|near|close to|by|near to) the {b}
        is there {a~} (next to|right next to|near|close to|by) the {b}
        is the {a} (next to|close to|near) the {b} in the picture
        does the {b} have {a~} (next to|near|beside) it
        do you see {a~} (next to|near|close to) the {b}
        {a~} (next to|near) the {b}
        is the {b}'s (nearest|closest) neighbor {a~}
        are the {a} and the {b} (next to each other|side by side|neighbors)
        is the thing (next to|nearest to|closest to) the {b} {a~}
        whether the {a} is (next to|near) the {b}
        does the {a} (stand|sit|lie) (next to|near|close to) the {b}
        the {a} is (next to|near) the {b}, (right|true)
    """), weight=0.8),
    Form("next_colour", "chain", _NEXT + WHAT_COLOUR, patterns("""
        what color is the thing (next to|near|by|closest to|nearest to) the {b}
        what color is the one (next to|closest to) the {b}
        what is the color of the thing (next to|near|closest to) the {b}
        what color is (what is|whatever is) (next to|near) the {b}
        what color is the {b}'s (nearest|closest) neighbor
        which color does the thing (next to|nearest to) the {b} have
        the thing (next to|near) the {b} is what color
        color of the thing closest to the {b}
    """), weight=0.4),
    Form("things_between", "relation", f'{_AMONG}[x for x in p.find("{{g}}") if {_INSIDE}][0].{WHAT}', patterns("""
        what is between the {b} and the {c}
        (what|which) {g} is between the {b} and the {c}
        what {g} (stands|lies|sits|can you see|do you see) between the {b} and the {c}
        name the {g} between the {b} and the {c}
        between the {b} and the {c} is (what|which) {g}
        what kind of {g} is between the {b} and the {c}
        the {g} between the {b} and the {c} is what
        which {g} is in the middle of the {b} and the {c}
    """), weight=0.5),
    Form("count_between", "relation", f'{_AMONG}len([x for x in p.find("{{a}}") if {_INSIDE}])', patterns("""
        how many {a+} are between the {b} and the {c}
        how many {a+} are there between the {b} and the {c}
        number of {a+} between the {b} and the {c}
        count the {a+} between the {b} and the {c}
        between the {b} and the {c} there are how many {a+}
        how many {a+} (do you see|stand|lie) between the {b} and the {c}
    """), weight=0.25),
    Form("any_between", "relation", f'{_AMONG}any({_INSIDE} for x in p.find("{{a}}"))', patterns("""
        is there {a~} between the {b} and the {c}
        are there any {a+} between the {b} and the {c}
        do you see {a~} between the {b} and the {c}
        is any {a} between the {b} and the {c}
        {a~} between the {b} and the {c}
        whether there is {a~} between the {b} and the {c}
        there is {a~} between the {b} and the {c}
    """), weight=0.25),
    Form("middle", "place", f'return min(p.find("{{g}}"), key=lambda x: abs(x.horizontal_center - p.horizontal_center)).{WHAT}', patterns("""
        (what|which) {g} is in the (middle|center) [of the picture]
        what is in the (middle|center) [of the picture]
        what {g} (do you see|can you see|stands) in the (middle|center)
        name the {g} in the (middle|center)
        the {g} in the (middle|center) is what
        what is the {g} in the (middle|center)
        which {g} is the middle one
        what kind of {g} is in the (middle|center)
        (middle|center) {g} is what
    """), weight=0.5),
    Form("middle_colour", "place", f'return min(p.find("{{a}}"), key=lambda x: abs(x.horizontal_center - p.horizontal_center)).{WHAT_COLOUR}', patterns("""
        what color is the {a} in the (middle|center) [of the picture]
        what color is the middle {a}
        what is the color of the (middle {a}|{a} in the middle)
        color of the {a} in the (middle|center)
        the middle {a} is what color
        which color does the {a} in the (middle|center) have
        the {a} in the (middle|center), what color is it
    """), weight=0.3),
    *(
        Form(f"corner_{name}", "place", f'return {pick_}(p.find("{{g}}"), key=lambda x: x.horizontal_center {sign} x.vertical_center).{WHAT}', patterns(f"""
            (what|which) {{g}} is in the {said} [corner] [of the picture]
            what is in the {said} [corner]
            what {{g}} (do you see|can you see|can be seen) in the {said} [corner]
            name the {{g}} in the {said} corner
            the {{g}} in the {said} [corner] is what
            what kind of {{g}} is in the {said} [corner]
            what {{g}} is at the {said}
            in the {said} corner, what {{g}} is there
        """), weight=0.2, split_as="corner")
        for name, pick_, sign, said in (
            ("upper_left", "min", "-", "(top left|upper left|top left-hand)"),
            ("upper_right", "max", "+", "(top right|upper right|top right-hand)"),
            ("lower_left", "min", "+", "(bottom left|lower left|bottom left-hand)"),
            ("lower_right", "max", "-", "(bottom right|lower right|bottom right-hand)"),
        )
    ),
    *(
        Form(f"is_{name}", "superlative", f'return {pick_}(p.find("{{g}}"), key=lambda x: {key}).exists("{{a}}")', patterns(f"""
            is the {{a}} the {most} {{g}}
            is the {most} {{g}} {{a~}}
            is {{a~}} the {most} {{g}}
            whether the {{a}} is the {most} {{g}}
            is the {{a}} {most} of all [the] {{g+}}
            of the {{g+}}, is the {{a}} the {most} [one]
            the {{a}} is the {most} {{g}}, (right|true|correct)
            is the {{a}} {more} than (all|every|any) other {{g}}
            is no {{g}} {more} than the {{a}}
        """), weight=0.3, split_as="is_size")
        for name, pick_, key, most, more in (
            ("biggest", "max", "x.width * x.height", "biggest", "bigger"),
            ("smallest", "min", "x.width * x.height", "(smallest|tiniest)", "smaller"),
            ("tallest", "max", "x.height", "tallest", "taller"),
        )
    ),
    *(
        Form(f"beside_{d.name}", "relation", f'return any({_next_to(d, "x", "y")} for x in p.find("{{a}}") for y in p.find("{{b}}"))', patterns(f"""
            is there {{a~}} (directly|immediately|right) {_RIGHT_BESIDE[d.name]} {{b~}}
            is {{a~}} (directly|immediately|right) {_RIGHT_BESIDE[d.name]} {{b~}}
            there is {{a~}} (directly|immediately) {_RIGHT_BESIDE[d.name]} {{b~}}
            whether there is {{a~}} (directly|right) {_RIGHT_BESIDE[d.name]} {{b~}}
            are there {{a+}} (directly|immediately) {_RIGHT_BESIDE[d.name]} {{b~}}
            do you see {{a~}} (directly|right|immediately) {_RIGHT_BESIDE[d.name]} {{b~}}
        """), weight=0.3, split_as="beside_side")
        for d in DIRECTIONS
    ),
    *(
        Form(f"two_places_{d.name}", "relation", f'return any({_next_to(d, "x", "y", places=2)} for x in p.find("{{a}}") for y in p.find("{{b}}"))', patterns(f"""
            is there {{a~}} (two|2) (places|cells|squares|steps) {_RIGHT_BESIDE[d.name]} {{b~}}
            is {{a~}} (two|2) (places|cells|steps) {_RIGHT_BESIDE[d.name]} {{b~}}
            there is {{a~}} (two|2) (places|cells|fields) {_RIGHT_BESIDE[d.name]} {{b~}}
            do you see {{a~}} two (places|spots|cells) {_RIGHT_BESIDE[d.name]} {{b~}}
            can you find {{a~}} two (places|steps) {_RIGHT_BESIDE[d.name]} {{b~}}
            is any {{a}} two places {_RIGHT_BESIDE[d.name]} {{b~}}
            whether there is {{a~}} two places {_RIGHT_BESIDE[d.name]} {{b~}}
        """), weight=0.2, split_as="two_places_side")
        for d in DIRECTIONS
    ),
    *(
        Form(f"beside_{one.name}_of_{two.name}", "relation", f'return any({_next_to(one, "x", "y")} and {_next_to(two, "y", "z")} for x in p.find("{{a}}") for y in p.find("thing") for z in p.find("{{b}}"))', patterns(f"""
            is there {{a~}} (directly|immediately|right) {_RIGHT_BESIDE[one.name]} (a thing|something|anything) that is (directly|immediately|right) {_RIGHT_BESIDE[two.name]} {{b~}}
            is there {{a~}} (directly|immediately) {_RIGHT_BESIDE[one.name]} (a thing|an object) (directly|immediately) {_RIGHT_BESIDE[two.name]} {{b~}}
            is {{a~}} (directly|right) {_RIGHT_BESIDE[one.name]} (a thing|something) that is (directly|right) {_RIGHT_BESIDE[two.name]} {{b~}}
            do you see {{a~}} (directly|immediately) {_RIGHT_BESIDE[one.name]} (what|something that|an object that) is (directly|immediately) {_RIGHT_BESIDE[two.name]} {{b~}}
            there is {{a~}} directly {_RIGHT_BESIDE[one.name]} (something|a thing) which is directly {_RIGHT_BESIDE[two.name]} {{b~}}
            can you find {{a~}} directly {_RIGHT_BESIDE[one.name]} (an item|a thing) that is directly {_RIGHT_BESIDE[two.name]} {{b~}}
            are there {{a+}} directly {_RIGHT_BESIDE[one.name]} (something|a thing) directly {_RIGHT_BESIDE[two.name]} {{b~}}
        """), weight=0.1, split_as="beside_of")
        for one in DIRECTIONS
        for two in DIRECTIONS
    ),
)  # fmt: skip


# --- truth -------------------------------------------------------------------------------------------------------


def _others(view: View, phrase: str, *marks: Thing) -> list[Thing]:
    found = view.all(phrase)
    if any(mark in found for mark in marks):
        raise Unclear("the same thing")
    return found


def _pair(view: View, slots: Slots, side: str) -> bool:
    """Whether any `a` is on that side of any `b`, each pair of which must be clear."""
    ones, others = view.all(slots["a"]), view.all(slots["b"])
    if not ones or not others or any(thing in others for thing in ones):
        raise Unclear("nothing to compare")
    found = [view.is_on(side, one, other) for one in ones for other in others]
    return any(found)


def _which(view: View, slots: Slots, side: str) -> str:
    one, other = view.one(slots["a"]), view.one(slots["b"])
    return slots["a"] if view.is_on(side, one, other) else slots["b"]


def _things(view: View, slots: Slots, side: str) -> str:
    found = {thing.noun for thing in view.all(slots["g"]) if view.is_on(side, thing)}
    if not found:
        raise Unclear("nothing there")
    return ", ".join(sorted(found))


def _nearest_there(view: View, side: str, mark: Thing) -> Thing:
    found = [thing for thing in view.all("thing") if thing is not mark and view.is_on(side, thing, mark)]
    if not found:
        raise Absent("nothing there")
    return _nearest(view, mark, found)


def _thing_colour(view: View, slots: Slots, side: str) -> str:
    return colour_of(_nearest_there(view, side, view.one(slots["b"])))


def _is_thing(view: View, slots: Slots, side: str) -> bool:
    mark = view.one(slots["b"])
    return _nearest_there(view, side, mark) in _others(view, slots["a"], mark)


def _anything(view: View, slots: Slots, side: str) -> int:
    mark = view.one(slots["b"])
    return sum(view.is_on(side, thing, mark) for thing in view.all("thing") if thing is not mark)


def _some_there(view: View, slots: Slots, side: str) -> bool:
    return _anything(view, slots, side) > 0


def _anything_deep(view: View, slots: Slots, near: bool) -> bool:
    mark = view.one(slots["b"])
    others = [thing for thing in view.all("thing") if thing is not mark]
    for thing in others:
        apart(thing.depth, mark.depth, margin=DEPTH_MARGIN)
    return any((thing.depth < mark.depth) == near for thing in others)


def _nearest(view: View, mark: Thing, among: list[Thing]) -> Thing:
    if len(among) == 1:
        return among[0]
    return extreme(among, lambda thing: view.gap(thing, mark), margin=GAP_MARGIN, least=True)


def _neighbour(view: View, mark: Thing) -> Thing:
    others = [thing for thing in view.all("thing") if thing is not mark]
    if not others:
        raise Unclear("it is alone")
    return _nearest(view, mark, others)


def _is_next(view: View, slots: Slots) -> bool:
    mark = view.one(slots["b"])
    wanted = _others(view, slots["a"], mark)
    if not wanted:
        raise Unclear(slots["a"])
    nearest = _neighbour(view, mark)
    if nearest not in wanted and min(view.gap(thing, mark) for thing in wanted) < 4 * GAP_MARGIN:
        raise Unclear("near as well")
    if nearest in wanted and view.gap(nearest, mark) > 3 * GAP_MARGIN:
        raise Unclear("the nearest, and yet not near")
    return nearest in wanted


def _furthest(view: View, phrase: str, side: str) -> Thing:
    axis = 0 if side in ("left", "right") else 1
    span = view.scene.width if axis == 0 else view.scene.height
    return extreme(
        view.some(phrase), lambda t: t.center[axis] / span, margin=SIDE_MARGIN, least=side in ("left", "above")
    )


def _is_most(view: View, slots: Slots, side: str) -> bool:
    return _member(view, slots, _furthest(view, slots["g"], side))


def _biggest_there(view: View, slots: Slots, side: str) -> str:
    mark = view.one(slots["b"])
    found = [thing for thing in _others(view, slots["g"], mark) if view.is_on(side, thing, mark)]
    if not found:
        raise Absent(slots["g"])
    return (found[0] if len(found) == 1 else extreme(found, lambda t: t.area, ratio=SIZE_RATIO)).noun


def _count_depth(view: View, slots: Slots, near: bool) -> int:
    mark = view.one(slots["b"])
    found = _others(view, slots["a"], mark)
    for thing in found:
        apart(thing.depth, mark.depth, margin=DEPTH_MARGIN)
    return sum((thing.depth < mark.depth) == near for thing in found)


def _member(view: View, slots: Slots, chosen: Thing) -> bool:
    """Whether what was chosen of `g` is the `a` that is asked about, which must be one of them."""
    members, group = view.all(slots["a"]), view.all(slots["g"])
    if not members or any(thing not in group for thing in members):
        raise Unclear("not of that kind")
    return chosen in members


def _between(view: View, slots: Slots, phrase: str) -> list[Thing]:
    one, other = view.one(slots["b"]), view.one(slots["c"])
    if one is other:
        raise Unclear("the same thing")
    left, right = (one, other) if view.is_on("left", one, other) else (other, one)
    found = [thing for thing in view.all(phrase) if thing not in (one, other)]
    if len(found) < len(view.all(phrase)) and phrase != "thing":
        raise Unclear("the same thing")
    return [t for t in found if not view.is_on("left", t, left) and view.is_on("left", t, right)]


def _one_between(view: View, slots: Slots) -> str:
    found = _between(view, slots, slots["g"])
    if not found:
        raise Absent("nothing between")
    if len(found) > 1:
        raise Unclear("several between")
    return found[0].noun


def _middle(view: View, phrase: str) -> Thing:
    half = view.scene.width / 2
    return extreme(
        view.some(phrase), lambda t: abs(t.center[0] - half) / view.scene.width, margin=SIDE_MARGIN, least=True
    )


def _corner(view: View, slots: Slots, corner: str) -> str:
    up, _, side = corner.partition("_")
    high = "above" if up == "upper" else "below"
    found = [t for t in view.some(slots["g"]) if view.is_on(high, t) and view.is_on(side, t)]
    if len(found) != 1:
        raise Unclear("no single thing there")
    _apart_in_corner(view, slots["g"], found[0], up, side)
    return found[0].noun


def _apart_in_corner(view: View, phrase: str, found: Thing, up: str, side: str) -> None:
    """Raises Unclear if another thing is about as near to the corner."""
    x, y = (0 if side == "left" else view.scene.width), (0 if up == "upper" else view.scene.height)
    away = [abs(t.center[0] - x) + abs(t.center[1] - y) for t in view.all(phrase) if t is not found]
    own = abs(found.center[0] - x) + abs(found.center[1] - y)
    if away and min(away) < own + SIDE_MARGIN * view.scene.width:
        raise Unclear("another is as near to the corner")


_SIZES: dict[str, tuple[Callable[[Thing], float], float, bool]] = {
    "is_biggest": (lambda t: t.area, SIZE_RATIO, False),
    "is_smallest": (lambda t: t.area, SIZE_RATIO, True),
    "is_tallest": (lambda t: t.box[3] - t.box[1], SIZE_RATIO**0.5, False),
}


def _is_size(view: View, slots: Slots, name: str) -> bool:
    measure, ratio, least = _SIZES[name]
    return _member(view, slots, extreme(view.some(slots["g"]), measure, ratio=ratio, least=least))


SIDES = tuple(d.name for d in DIRECTIONS)
CORNERS = ("upper_left", "upper_right", "lower_left", "lower_right")

Truth = Callable[[View, Slots], bool | int | str]


def _by_side(stem: str, truth: Callable[..., bool | int | str]) -> dict[str, Truth]:
    return {f"{stem}_{side}": partial(truth, side=side) for side in SIDES}


TRUTH: dict[str, Truth] = {
    **_by_side("pair", _pair),
    **_by_side("which", _which),
    **_by_side("things", _things),
    **_by_side("thing_colour", _thing_colour),
    **_by_side("is_thing", _is_thing),
    **_by_side("anything", _some_there),
    **_by_side("count_anything", _anything),
    "anything_front": lambda v, s: _anything_deep(v, s, True),
    "anything_behind": lambda v, s: _anything_deep(v, s, False),
    **_by_side("is_most", _is_most),
    **_by_side("biggest", _biggest_there),
    **{f"corner_{corner}": partial(_corner, corner=corner) for corner in CORNERS},
    **{name: partial(_is_size, name=name) for name in _SIZES},
    "any_front": lambda v, s: _count_depth(v, s, True) > 0,
    "any_behind": lambda v, s: _count_depth(v, s, False) > 0,
    "count_front": lambda v, s: _count_depth(v, s, True),
    "count_behind": lambda v, s: _count_depth(v, s, False),
    "is_frontmost": lambda v, s: _member(v, s, _by_depth(v, s, True)),
    "is_behindmost": lambda v, s: _member(v, s, _by_depth(v, s, False)),
    "is_next": _is_next,
    "next_colour": lambda v, s: colour_of(_neighbour(v, v.one(s["b"]))),
    "things_between": _one_between,
    "count_between": lambda v, s: len(_between(v, s, s["a"])),
    "any_between": lambda v, s: bool(_between(v, s, s["a"])),
    "middle": lambda v, s: _middle(v, s["g"]).noun,
    "middle_colour": lambda v, s: colour_of(_middle(v, s["a"])),
}  # fmt: skip
"""By the name of the form. That something is right beside something else can be disputed in the world's scenes."""


def _by_depth(view: View, slots: Slots, near: bool) -> Thing:
    return extreme(view.some(slots["g"]), lambda t: t.depth, margin=DEPTH_MARGIN, least=near)
