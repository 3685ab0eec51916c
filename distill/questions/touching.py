"""Forms for statements about what touches a side or a corner of its box, or something else in it, true or false."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from distill.questions.forms import Form, patterns
from distill.questions.statements import (
    BOXES,
    COLOURS_OF,
    ITEMS,
    SCALE,
    THINGS_A,
    THINGS_B,
    TRUE,
    Pairs,
    quantities,
    used_slots,
)

_WALL = "min(x.left, x.lower, p.width - x.right, p.height - x.upper)"
_LEFT_RIGHT = "min(x.left, p.width - x.right)"
_CORNER = f"max({_LEFT_RIGHT}, min(x.lower, p.height - x.upper))"
SIDES: Pairs = (
    *((f"{the} {name}", _WALL) for the in ("the", "the", "an", "any", "a") for name in ("edge", "edge", "wall", "wall", "side", "border")),
    *((f"{the} {name}", _CORNER) for the in ("the", "a", "a", "any") for name in ("corner", "corner", "corner")),
    *((f"the {name}", "x.lower") for name in ("base", "base", "bottom", "bottom", "bottom", "bottom edge", "bottom base", "bottom wall", "floor", "bottom side", "lower edge")),
    *((f"the {name}", "p.height - x.upper") for name in ("roof", "roof", "top", "top", "top edge", "ceiling", "top wall", "upper edge")),
    *((f"{the}{name}", "p.width - x.right") for the in ("the ", "the ", "") for name in ("right wall", "right edge", "right side", "right wall")),
    *((f"{the}{name}", "x.left") for the in ("the ", "the ", "") for name in ("left wall", "left edge", "left side")),
    *((f"the {name}", f"max({axis}, {other})") for name, axis, other in (
        ("bottom right corner", "p.width - x.right", "x.lower"), ("bottom-right corner", "p.width - x.right", "x.lower"), ("bottom left corner", "x.left", "x.lower"),
        ("top right corner", "p.width - x.right", "p.height - x.upper"), ("top left corner", "x.left", "p.height - x.upper"),
        ("lower left corner", "x.left", "x.lower"), ("upper right corner", "p.width - x.right", "p.height - x.upper"))),
    *(("the left corner", "max(x.left, min(x.lower, p.height - x.upper))"), ("the right corner", "max(p.width - x.right, min(x.lower, p.height - x.upper))")),
)  # fmt: skip
"""Sides and corners, and how far `x` is from each."""
_TOUCH = "(touching|touching|closely touching|nearly touching|almost touching|attached to|in contact with)"
_TOUCHES = f"(is|are) {_TOUCH}"
_S = "{S} [of (a|the|its) {X}]"
_TOUCHING = {"a": THINGS_A, "b": THINGS_B, "S": SIDES, "X": BOXES}
_NEAR, _APART = "{S} < p.width / 30", "{S} >= p.width / 30"
_THOSE = 'for p in ps for x in p.find("{a}")'
_AMOUNT_A = {"y": quantities("{a}", "{a+}", 6, one_is_any=True)}


def _touch(name: str, program: str, weight: float, says: str, **fixed: Pairs) -> Form:
    """A form about what touches a side: `@side` in a pattern, `{S}` in a program."""
    told = patterns(
        says.replace("@true", TRUE).replace("@touches", _TOUCHES).replace("@touch", _TOUCH).replace("@side", _S)
    )
    return Form(
        name, "touching", program, told, weight * SCALE, fixed=used_slots({**_TOUCHING, **fixed}, told), several=True
    )


TOUCHING = (
    _touch("touch_any", f"return any({_NEAR} {_THOSE})", 5.0, """
        @true there is [as] {a~} @touch @side [with its side]
        @true there is (a|at least one|one|some|at least 1) {a} @touch @side
        @true [at least one|one|some] {a} @touches @side
        @true the {a} @touches @side [with its side]
        is there {a~} @touch @side
        @true there is (a|one|at least one) {X} (with|that has|where there is) {a~} @touch {S}
        @true (one of the|one|a) {X} (has|contains) {a~} @touch {S}
        @true there is {a~} (in|at|near) @side
        (does|do) (any|one) {a} touch @side
        @true there (is|are) {a+} @touch @side
    """),
    _touch("touch_number", f"return [{_NEAR} {_THOSE}].count(True) {{y}}", 5.0, """
        @true there (is|are) {y} @touch @side
        @true there (is|are) {y} (that|which) @touches @side
        @true {y} @touches @side
        @true {y} touch @side
        (is|are) there {y} @touch @side
        do {y} touch @side
        @true in total there (is|are) {y} @touch @side
        @true there (is|are) {y} (in|at|near) {S}
    """, **_AMOUNT_A),
    _touch("touch_none", f"return not any({_NEAR} {_THOSE})", 1.6, """
        @true there (is|are) no {a} @touch @side
        @true the is no {a} @touch @side
        @true (none of the|no) {a+} @touches @side
        @true no {a} @touches @side
        @true there (is not|isn't) (a|any) {a} @touch @side
        is there no {a} @touch @side
        @true not a single {a} @touches @side
    """),
    _touch("touch_all", f"return all({_NEAR} {_THOSE})", 0.6, """
        @true all [the|of the] {a+} @touches @side
        @true (each|every) {a} @touches @side
        do all [the] {a+} touch @side
        @true the {a+} @touches @side
        @true the {a+} are all @touch @side
    """),
    _touch("apart_any", f"return any({_APART} {_THOSE})", 3.0, """
        @true there is (a|at least one|one|some|at least 1|) {a} not @touch @side
        @true there is {a~} (that|which) is not @touch @side
        @true [the|one|a] {a} is not @touch @side
        is there {a~} not @touch @side
        @true there is a {X} with {a~} not @touch {S}
        @true (one of the|one|a) {X} has {a~} not @touch {S}
        @true there are {a+} not @touch @side
    """),
    _touch("apart_number", f"return [{_APART} {_THOSE}].count(True) {{y}}", 3.5, """
        @true there (is|are) {y} not @touch @side
        @true there (is|are) {y} (that|which) (is|are) not @touch @side
        @true {y} (is|are) not @touch @side
        (is|are) there {y} not @touch @side
        do {y} not touch @side
        @true in total there (is|are) {y} not @touch @side
    """, **_AMOUNT_A),
    _touch("one_touch_number", f'return any([{_NEAR} for x in p.find("{{a}}")].count(True) {{y}} for p in ps)', 2.0, """
        @true there is (a|one|at least one) {X} (with|that has|with has|which has|having) {y} @touch {S}
        @true (one of the|one|at least one|a) {X} (has|contains) {y} @touch {S}
        @true one of the {X+} has {y} @touch {S}
        is there a {X} with {y} @touch {S}
        @true in one {X} there (is|are) {y} @touch {S}
        @true in (one|a) {X} {y} @touches {S}
    """, **_AMOUNT_A),
    _touch("one_touch_other", f'return any({_NEAR} and not x.verify_property("{{a}}", "{{k}}") {_THOSE})', 0.4, """
        @true there is {a~} @touch @side (which|that) is not {k}
        @true there is a {X} with {a~} @touch {S} (which|that) is not {k}
        @true one of the {X+} has {a~} @touch {S} which is not {k}
        is there {a~} @touch {S} that is not {k}
        @true {a~} that is not {k} @touches {S}
    """),
    _touch("one_touch_none", f'return any(p.exists("{{a}}") and all({_APART} for x in p.find("{{a}}")) for p in ps)', 0.5, """
        @true there is a {X} where none of the {a+} @touches {S}
        @true there is a {X} with {a+} [but] none @touch {S}
        @true in one {X} none of the {a+} @touches {S}
        @true there is a {X} (in which|where) no {a} @touches {S}
        @true one of the {X+} has {a+} not @touch {S}
    """),
    _touch("amount_touch", f'return any(len(p.find("{{b}}")) {{z}} and any({_NEAR} for x in p.find("{{a}}")) for p in ps)', 1.6, """
        @true there is (a|one|) {X} with {z} and {a~} @touch {S}
        @true there is a {X} (that has|which has|having) {z} and {a~} @touch {S}
        @true one of the {X} has {z} of which [at least] one is @touch {S} and {a~}
        @true there is a {X} with {a~} @touch {S} and {z}
        is there a {X} with {z} and {a~} @touch {S}
    """, z=quantities("{b}", "{b+}", 5, loose=True)),
    _touch("touch_and_above", f'return any({_NEAR} and any(y.lower > x.lower for y in p.find("{{b}}")) {_THOSE})', 1.0, """
        @true there is a {X} with {a~} @touch {S} and {b~} [right|directly|just] on top of it
        @true there is a {X} with {a~} @touch {S} and {b~} on top
        @true there is a {X} where {a~} is @touch {S} with {b~} on top of it
        @true (one of the|one) {X} has {a~} @touch {S} and {b~} above it
        @true there is a {X} with {b~} [directly] on top of the {a} @touch {S}
    """),
    _touch("colours_touch", f'return any(len(set([x.simple_query("what color is it?") for x in p.find("thing")])) {{w}} and any({_NEAR} for x in p.find("{{a}}")) for p in ps)', 0.6, """
        @true there is a {X} with {B+} of {w} and {a~} @touch {S}
        @true there is a {X} (that has|which has|having) {B+} of {w} and {a~} @touch {S}
        @true (one of the|one) {X} has {B+} of {w} and {a~} @touch {S}
        is there a {X} with {B+} of {w} and {a~} @touch {S}
    """, w=COLOURS_OF, B=ITEMS),
    _touch("touch_same", 'return any(-0.5 < distance(x, y) < p.width / 30 for p in ps for x in p.find("{a}") for y in p.find("{a}"))', 0.6, """
        @true there are (two|2) {a+} (touching|touching each other|attached to each other)
        @true there is a {X} with (two|2) {a+} touching each other
        @true (two|2) {a+} are (touching|touching each other)
        are there (two|2) {a+} touching each other
        @true there are {a+} that touch each other
    """),
    _touch("touch_each_other", 'return any(-0.5 < distance(x, y) < p.width / 30 for p in ps for x in p.find("{a}") for y in p.find("{b}"))', 0.8, """
        @true there is {a~} (touching|attached to|next to|closely touching|near) {b~}
        @true there is a {X} with {a~} (touching|attached to|closely touching) {b~}
        @true {a~} and {b~} are (touching|touching each other)
        @true there is a {X} where {a~} and {b~} are touching each other
        is there {a~} touching {b~}
        @true (a|the|one) {a} is (touching|in contact with) {b~}
    """),
)  # fmt: skip
