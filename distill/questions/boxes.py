"""Forms for statements about several pictures at once, true or false: boxes and what is in them.

What is in one box is told by finding things, `FILLED`, or by its colours alone, as of a tower: `stacks.py`. All forms of
such statements are joined here, with those of `towers.py` and `touching.py`. No scene of the world settles them.
"""

# ruff: noqa: E501  -- a program and a pattern are one line each

from dataclasses import replace

from distill.questions.forms import Form
from distill.questions.stacks import COLOURED
from distill.questions.statements import (
    BOXES,
    COLOURS_OF,
    ITEMS,
    THINGS_A,
    THINGS_B,
    THINGS_C,
    Predicate,
    about_all,
    quantified,
    quantities,
)
from distill.questions.touching import TOUCHING
from distill.questions.towers import ALL_BLOCKS, ONE_TOWER, TOWERS_COMPARED

FAMILIES = ("boxes", "towers", "touching")
"""Families of these forms. Their nouns are their own, and no scene of the world settles them."""

# --- boxes told by their colours alone ---------------------------------------------------------------------------

_FOUND = frozenset(("height", "size", "holds", "number", "only", "lacks", "count_top", "count_bottom"))
"""Not said of boxes: what `FILLED` says by finding."""

_BOX_PHRASES = {
    "two_counts": """
        {u} {k} and {w} {m} {B+} [in it]
        {u} {k} and {w} {m} {B}
        both {u} {k} and {w} {m} {B+}
    """,
    "both_colours": """
        {k} and {m} {B+}
        {k~} and {m~} one
        {B+} in {k} and in {m}
    """,
    "size_count": """
        {z} of which {u} (is|are) {k}
        {z} (and|where|,) [the] {u} (are|is) {k} [in color]
        {z} (, |)(and|of which) {u} of them (is|are) {k}
        {z} [and|but] {u} (which|that) (is|are) {k}
        {z} and the {u} {B+} are {k} [in color]
    """,
    "without": """
        {u} {k} (but|and) no {m} {B}
        {u} {k} (and|but) without {m~} {B}
        no {m} {B}, with {u} {k} {B}
    """,
}

_BOX_WEIGHTS = {
    **dict.fromkeys(
        ("only", "only_two", "one_colour", "colours", "same", "size_only", "size_not", "size_only_two"), 1.0
    ),
    **dict.fromkeys(("colours_count", "without", "size_of_two", "count_others", "size_different", "three_counts"), 1.2),
    **dict.fromkeys(("size_colours", "size_count", "size_top", "two_counts", "both_colours", "size_one_colour"), 1.2),
}
"""What is said of boxes rather than of towers; the rest is rare."""


def _in_boxes(predicate: Predicate) -> Predicate:
    """The same of a box; without what the forms of `FILLED` say by finding."""
    weight = predicate.weight * _BOX_WEIGHTS.get(predicate.name, 0.15)
    phrases = _BOX_PHRASES.get(predicate.name, predicate.phrases)
    return replace(predicate, weight=weight, phrases=phrases)


_COLOURED_BOXES = tuple(
    form
    for one in COLOURED
    if one.name not in _FOUND
    for form in quantified("coloured", "boxes", _in_boxes(one), {"X": BOXES, "B": ITEMS})
)

# --- boxes of anything -------------------------------------------------------------------------------------------

_HERE = {"a": THINGS_A, "b": THINGS_B, "c": THINGS_C}
_AMOUNT = {
    "z": quantities("{a}", "{a+}", 6, loose=True),
    "y": quantities("{b}", "{b+}", 5),
}  # fmt: skip
_SOME = "(at least one|at least 1|atleast one|some)"

FILLED = (
    Predicate("has", 'p.exists("{a}")', f"""
        {{a~}}
        {_SOME} {{a}}
        {{a+}}
        {{a~}} in it
        at least {{a~}}
    """, 1.2, _HERE),
    Predicate("amount", 'len(p.find("{a}")) {z}', """
        {z}
        {z} (in it|in total)
        [the] {z}
    """, 6.0, {**_HERE, **_AMOUNT}),
    Predicate("pair", 'p.exists("{a}") and p.exists("{b}")', f"""
        {{a~}} and {{b~}} [in it]
        [{_SOME}] {{a}} and {_SOME} {{b}}
        {{a~}} and {_SOME} {{b}}
        both {{a~}} and {{b~}}
        {{a+}} and {{b+}}
    """, 3.0, _HERE),
    Predicate("has_amount", 'p.exists("{a}") and len(p.find("{b}")) {y}', f"""
        {{a~}} and {{y}} [in it]
        {_SOME} {{a}} and [a] {{y}}
        {{y}} and {{a~}}
        {{y}} and {_SOME} {{a}}
        {{y}}, one of which is {{a~}}
    """, 2.5, {**_HERE, **_AMOUNT}),
    Predicate("two_amounts", 'len(p.find("{a}")) {z} and len(p.find("{b}")) {y}', """
        {z} and {y} [in it]
        {z} and [also] {y}
        (both|the) {z} and {y}
        {z}, {y}
    """, 2.0, {**_HERE, **_AMOUNT}),
    Predicate("trio", 'p.exists("{a}") and p.exists("{b}") and p.exists("{c}")', f"""
        {{a~}}, {{b~}} and {{c~}} [in it]
        {{a~}} and {{b~}} and {{c~}}
        {_SOME} {{a}}, {_SOME} {{b}} and [{_SOME}|a] {{c}}
        {{a~}}, {{b~}} and {_SOME} {{c}}
    """, 1.2, _HERE),
    Predicate("pair_amount", 'p.exists("{a}") and p.exists("{b}") and len(p.find("{c}")) {w}', f"""
        {{a~}}, {{b~}} and {{w}}
        {_SOME} {{a}}, {_SOME} {{b}} and [a] {{w}}
        {{a~}} and {{b~}} and {{w}}
    """, 0.8, {**_HERE, "w": quantities("{c}", "{c+}", 4)}),
    Predicate("amount_only", 'len(p.find("{a}")) {z} and len(p.find("thing")) == len(p.find("{a}"))', """
        only {z} and nothing else
        nothing but {z}
        {z} and (no other items|no other things|nothing else)
    """, 0.4, {**_HERE, **_AMOUNT}),
    Predicate("only_kind", 'len(p.find("thing")) == len(p.find("{a}")) > 0', """
        only {a+} [in it]
        (nothing but|just) {a+}
        (all|everything) being {a+}
        {a+} only
    """, 1.0, _HERE),
    Predicate("one_is", 'len(p.find("thing")) {z} and p.exists("{a}")', """
        {z} (one of which|of which one|of which at least one|where one|of which 1) is {a~}
        {z} and (one of them|one|at least one) is {a~}
        {z} including {a~}
        {z} and there is {a~}
        {z}, {a~} among them
    """, 2.0, {**_HERE, "z": quantities("{B}", "{B+}", 6, loose=True), "B": ITEMS}),
    Predicate("all_are", 'len(p.find("thing")) {z} and len(p.find("{a}")) == len(p.find("thing"))', """
        {z} and (they are|it is|they are both|all are|all of them are) {a+}
        {z} (which|that) are (both|all) {a+}
        {z} and (it is|it's) {a~}
        {z}, all {a+}
        {z} which is {a~}
    """, 0.8, {**_HERE, "z": quantities("{B}", "{B+}", 4, loose=True), "B": ITEMS}),
    Predicate("only_kinds", 'p.exists("{a}") and p.exists("{b}") and len(p.find("thing")) == len(p.find("{a}")) + len(p.find("{b}"))', """
        only {a+} and {b+} [in it]
        (only|just) {a} and {b}
        nothing but {a+} and {b+}
        {a+} and {b+} only
    """, 0.6, _HERE),
    Predicate("kind_and_colours", 'p.exists("{a}") and len(set([x.simple_query("what color is it?") for x in p.find("thing")])) {w}', """
        {B+} of {w} and {a~}
        {B+} of all {w} and {a~}
        {a~} and {B+} of {w}
        {B+} of {w} of which one is {a~}
    """, 0.8, {**_HERE, "w": COLOURS_OF, "B": ITEMS}),
    Predicate("some_are", 'len(p.find("thing")) {z} and len(p.find("{a}")) {y}', """
        {z} of which {y}
        {z} and {y} [among them]
        {z} including {y}
        {z} and there (is|are) {y}
    """, 0.8, {**_HERE, "z": quantities("{B}", "{B+}", 6, loose=True), "y": quantities("{a}", "{a+}", 3), "B": ITEMS}),
    Predicate("lacks", 'not p.exists("{a}")', """
        no {a} [in it]
        not (a|any|a single) {a}
        no {a+}
        neither one nor more {a+}
    """, 0.8, _HERE),
    Predicate("has_not", 'p.exists("{a}") and not p.exists("{b}")', """
        {a~} (but|and) no {b}
        {a~} (but|and) not {b~}
        {a+} but no {b+}
        {a~} and without {b~}
    """, 0.5, _HERE),
    Predicate("more_than", 'len(p.find("{a}")) > len(p.find("{b}"))', """
        more {a+} than {b+}
        (a greater|a larger|a higher) number of {a+} than [of] {b+}
        more {a+} than there are {b+}
    """, 0.5, _HERE),
)  # fmt: skip

# --- all boxes together, and boxes beside each other -------------------------------------------------------------

AMOUNTS = (
    about_all("boxes_amount", 'return sum(len(p.find("{a}")) for p in ps) {z}', 5.0, """
        @true there (is|are) {z}
        @true there (is|are) {z} (in total|altogether|in all|in the boxes|in all boxes together|in the pictures)
        (is|are) there {z}
        (is|are) there {z} (in total|altogether|in all)
        @true the boxes (have|contain|show) {z} [in total|altogether]
        @true {z} (is|are) there [in total|altogether]
        @true in (total|all) there (is|are) {z}
    """, z=quantities("{a}", "{a+}", 6, loose=True), a=THINGS_A),
    about_all("boxes_two_amounts", 'return sum(len(p.find("{a}")) for p in ps) {z} and sum(len(p.find("{b}")) for p in ps) {y}', 1.0, """
        @true there (is|are) {z} and {y}
        @true there (is|are) {z} and {y} (in total|altogether|in all)
        (is|are) there {z} and {y} [in total]
        @true the boxes (have|contain) {z} and {y}
        @true in total there (is|are) {z} and {y}
    """, z=quantities("{a}", "{a+}", 5), y=quantities("{b}", "{b+}", 5), a=THINGS_A, b=THINGS_B),
)  # fmt: skip
"""So many things in all boxes together."""

KINDS = (
    about_all("boxes_both", 'return any(p.exists("{a}") for p in ps) and any(p.exists("{b}") for p in ps)', 0.5, """
        @true there is {a~} and {b~}
        @true there is {a~} and (at least one|some) {b}
        @true there (is|are) (at least one|some) {a} and (at least one|some) {b}
        (is|are) there {a~} and {b~}
        @true there are {a+} and {b+}
    """, a=THINGS_A, b=THINGS_B),
    about_all("boxes_any", 'return any(p.exists("{a}") for p in ps)', 0.8, """
        @true there is {a~}
        @true there is (at least one|at least 1|some) {a} [in the boxes]
        @true there (is|are) {a+}
        @true {a~} is there
        @true there is {a~} in (one|a|at least one) (box|grey box|picture)
    """, a=THINGS_A),
    about_all("boxes_same_number", 'n = [len(p.find("{a}")) for p in ps]\nreturn len(set(n)) < len(n)', 0.8, """
        @true there are two {X+} (that has|that have|which have|with) the same number of {a+}
        @true two [of the] {X+} have [exactly] (the same number of|equally many|as many) {a+}
        are there two {X+} with the same number of {a+}
        do two of the {X+} have the same number of {a+}
        @true the same number of {a+} is in two [of the] {X+}
    """, a=THINGS_A, X=BOXES),
    about_all("boxes_all_same_number", 'return len(set([len(p.find("{a}")) for p in ps])) == 1', 0.5, """
        @true (all|all the|all three|both) {X+} have the same number of {a+}
        @true (each|every) {X} has the same number of {a+}
        do all {X+} have the same number of {a+}
        @true the number of {a+} is the same in (all|each|every) {X+}
        @true there (is|are) the same number of {a+} in (each|every) {X}
    """, a=THINGS_A, X=BOXES),
)  # fmt: skip
"""Something is in any box, or as often in two boxes or in all."""

FORMS: tuple[Form, ...] = (
    *ONE_TOWER,
    *_COLOURED_BOXES,
    *(form for one in FILLED for form in quantified("boxes", "boxes", one, {"X": BOXES})),
    *TOUCHING,
    *AMOUNTS,
    *ALL_BLOCKS,
    *KINDS,
    *TOWERS_COMPARED,
)
"""All statements about boxes and towers. What is drawn by a seed depends on their order."""
