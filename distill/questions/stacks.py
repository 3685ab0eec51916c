"""What is said of a stack of colours, from the bottom up: of a tower of blocks, or of a box told by its colours alone.

The predicates are said of towers in `towers.py` and of boxes in `boxes.py`. `t` is the list of colours in a program, and
`B` in a pattern is what has a colour, a block or an item.
"""

# ruff: noqa: E501  -- a program and a pattern are one line each

from distill.questions.statements import COLOURS_OF, WORDS, Pairs, Predicate, quantities

_SIZES = {"z": quantities("{B}", "{B+}", 6, loose=True)}

_NUMBERS: Pairs = tuple(
    (f"{said} {number}".strip(), f"{sign} {value}")
    for said, sign in (("", "=="), ("", "=="), ("exactly", "=="), ("only", "=="), ("at least", ">="))
    for value in (1, 2, 3, 4)
    for number in (WORDS[value], str(value))
)

_PLACES: Pairs = (
    *(("second", "1:2"), ("second", "1:2"), ("third", "2:3"), ("fourth", "3:4"), ("2nd", "1:2"), ("3rd", "2:3")),
    *(("first", ":1"), ("middle", "1:-1"), ("middle", "1:-1")),
)

BASE = "(at|at|at|on|as|in) [the|its] (base|base|bottom)"
TOP = "(at|at|on|as|in) [the|its] top"
"""Where a block is in a stack."""
OVER = "(over|above|on|on top of|directly above|directly over|right above|right on top of)"
UNDER = "(under|below|beneath|underneath|directly below|right beneath)"
"""Where a block is of another one."""

COLOURED = (
    Predicate("bottom", 't[:1] == ["{k}"]', f"""
        (a|1|one|) {{k}} {{B}} {BASE}
        {{k~}} (base|bottom)
        {{k}} {{B+}} {BASE}
        {{k}} (base|bottom)
        {{k~}} {{B}} that is the (base|bottom)
        a (base|bottom) {{B}} that is {{k}}
    """, 2.6),
    Predicate("top", 't[-1:] == ["{k}"]', f"""
        (a|1|one|) {{k}} {{B}} {TOP}
        {{k~}} top
        {{k}} {{B+}} {TOP}
        {{k}} top
        {{k~}} {{B}} that is the (top|highest)
        a top {{B}} that is {{k}}
    """, 2.4),
    Predicate("size", "len(t) {z}", """
        {z}
        {z} [each]
        {z} (in it|on it|in total)
    """, 2.6, _SIZES),
    Predicate("height", "len(t) == {n}", """
        {n} {B+} (each|stacked|on top of each other)
        (height|a height of) {n} [{B+}]
        {n} {B} [in it]
        {n} (levels|floors)
        (a|the) total of {n} {B+}
    """, 0.4),
    Predicate("holds", '"{k}" in t', """
        {k~} {B}
        (at least one|at least 1|at leats 1|some|any) {k} {B}
        {k} {B+}
        {k~} {B} (somewhere|in it)
    """, 1.0),
    Predicate("number", 't.count("{k}") {y}', """
        {y}
        {y} in it
    """, 1.6, {"y": quantities("{k} {B}", "{k} {B+}", 4)}),
    Predicate("only", 'set(t) == {"{k}"}', """
        (only|nothing but|just) {k} [color] {B+}
        only {k} in it
        {B+} that are all {k}
        {B+} which are only {k}
        only {B+} of {k} color
        no other color than {k}
    """, 1.0),
    Predicate("only_two", 'set(t) == {"{k}", "{m}"}', """
        (only|just|nothing but) {k} and {m} {B+} [in it]
        {B+} of only {k} and {m} [color|colors|colour]
        only {B+} of {k} and {m} (color|colour|colors)
        {k} and {m} {B+} only
        either {k} or {m} {B+} [only]
    """, 1.6),
    Predicate("one_colour", "len(set(t)) == 1", """
        (only|just|exactly|a|) (one|1|single) (color|colour)
        {B+} of (the same|one|only one|a single|one and the same|same) (color|colour)
        all {B+} of the same (color|colour)
        {B+} (that|which) (all have|have|are) the same (color|colour)
    """, 0.8),
    Predicate("colours", "len(set(t)) {w}", """
        {B+} of {w}
        {B+} (in|with|having) {w}
        {w}
        {B+} of all {w}
    """, 1.3, {"w": COLOURS_OF}),
    Predicate("over", '("{m}", "{k}") in zip(t, t[1:])', f"""
        {{k~}} {{B}} {OVER} [of] (a|a|a|the|) {{m}} {{B}}
        {{k~}} {{B}} {OVER} {{m~}} (one|{{B}})
        {{m~}} {{B}} {UNDER} (a|the) {{k}} {{B}}
        {{k~}} {{B}} (stacked|placed|sitting|standing) {OVER} {{m~}} {{B}}
    """, 2.0),
    Predicate("twice", '("{k}", "{k}") in zip(t, t[1:])', f"""
        {{k~}} {{B}} {OVER} (a|another) {{k}} {{B}}
        (2|two|at least 2|at least two) {{k}} {{B+}} (stacked together|attached with each other|attached to each other|stacked|next to each other|one above the other)
        {{k~}} {{B}} {UNDER} (a|another) {{k}} {{B}}
    """, 1.0),
    Predicate("same", "any(t.count(x) {w} for x in t)", """
        {w} of the same (color|colour)
        {w} of same color
        {w} with the same (color|colour)
        {w} (that|which) (have|has|are) the same (color|colour)
    """, 0.7, {"w": tuple((f"{said}{number} {{B+}}", f">= {value}") for value, numbers in ((2, ("two", "2")), (3, ("three", "3")), (4, ("four", "4"))) for number in numbers for said in ("", "", "at least "))}),
    Predicate("place", 't[{h}] == ["{k}"]', """
        {k~} {B} as the {h} (from the base|from the bottom|)
        (a|the) {h} {B} that is {k}
        {k} {h} {B}
        {k~} {B} (in|at) the {h} (level|place|position|row)
        {k} {B+} as the {h} (level|{B})
    """, 0.8, {"h": _PLACES},
    own={"any": """
        @true (the|a) {h} {B} [from the base] of (a|the) {X} (is|looks) {k}
        @true (the|a) {h} {B} of (a|the|one) {X} from the (base|bottom) is {k}
        @true there is (a|) {X} (which is|where|that has) the {h} {B} [from the base] [is|as] {k}
    """}),
    Predicate("below_top", 't[-2:-1] == ["{k}"]', f"""
        {{k~}} {{B}} [right|just|directly] {UNDER} the (top|highest|top most) {{B}}
        {{k~}} {{B}} [right|directly] {UNDER} the {{B}} (on|at) [the] top
        {{k~}} {{B}} as the second from the top
    """, 0.5),
    Predicate("bottom_top", 't[:1] == ["{k}"] and t[-1:] == ["{m}"]', f"""
        {{k~}} base and [a|an] {{m}} top
        {{m~}} {{B}} {TOP} and {{k~}} {{B}} {BASE}
        {{k~}} {{B}} {BASE} and {{m~}} {{B}} {TOP}
        {{m~}} top and [a] {{k}} (base|bottom)
        a base that is {{k}} and a top that is {{m}}
    """, 0.7),
    Predicate("bottom_over", 't[:1] == ["{m}"] and ("{k}", "{k}") in zip(t, t[1:])', f"""
        {{k~}} {{B}} {OVER} {{k~}} {{B}} and {{m~}} {{B}} {BASE}
        {{m~}} {{B}} {BASE} and {{k~}} {{B}} {OVER} {{k~}} {{B}}
    """, 0.2),
    Predicate("size_bottom", 'len(t) {z} and t[:1] == ["{k}"]', f"""
        {{z}} (and|with|having|that has) (a|) {{k}} {{B}} {BASE}
        {{z}} (and|with|having) {{k~}} base
        {{z}} where the base is {{k}}
        {{z}} and the (base|bottom) [{{B}}] is {{k}}
        {{k~}} base and {{z}}
    """, 1.4, _SIZES),
    Predicate("size_top", 'len(t) {z} and t[-1:] == ["{k}"]', f"""
        {{z}} (and|with|having|that has) (a|) {{k}} {{B}} {TOP}
        {{z}} (and|with|having) {{k~}} (top|{{B}} on top|one on top)
        {{z}} where the top is {{k}}
        {{z}} and the top [{{B}}] is {{k}}
        {{k~}} top and {{z}}
    """, 1.4, _SIZES),
    Predicate("size_not_top", 'len(t) {z} and t[-1:] != ["{k}"]', f"""
        {{z}} (not having|without|and not|not with) {{k~}} {{B}} {TOP}
        {{z}} and no {{k}} {{B}} {TOP}
        {{z}} where the top is not {{k}}
    """, 0.3, _SIZES),
    Predicate("size_only", 'len(t) {z} and set(t) == {"{k}"}', """
        {z} (which is|which are|that are|that is) of {k} (color|colour)
        {z} (and|,) (all|they all|all of them|it) (are|is) {k}
        {z} and the (color|colour) is {k}
        {z} (that|which) (is|are) [both|all|only] {k}
        only {z} (of {k} color|that is {k}|which is {k})
        {z} and only {k} (color|{B+})
    """, 1.0, _SIZES),
    Predicate("size_not", 'len(t) {z} and "{k}" not in t', """
        {z} (that|which) (is|are) not {k}
        {z} and no {k} (one|{B})
        {z} (and|but) (none|none of them) is {k}
        {z} without {k~} {B}
    """, 0.5, _SIZES),
    Predicate("size_only_two", 'len(t) {z} and set(t) == {"{k}", "{m}"}', """
        {z} of [only] {k} and {m} [color|colors|colour]
        {z} (with|having) only {k} and {m} color
        {z} and the colors are {k} and {m}
        {z} and only {k} and {m} {B+}
        only {z}, {k} and {m}
    """, 1.1, _SIZES),
    Predicate("size_one_colour", "len(t) {z} and len(set(t)) == 1", """
        {z} of (only one|a single|just one) (color|colour)
        {z} and (only|just) one color
        {z}, all of the same color
        {z} (that|which) (has|have) a single color
    """, 0.6, _SIZES),
    Predicate("size_colours", "len(t) {z} and len(set(t)) == {n}", """
        {z} of {n} [different] (colors|color|colours)
        {z} of all {n} [different] colors
        {z} having {B+} of [all] {n} colors
        {z} (in|with|and) {n} [different] (colors|color)
        {z} and (it has|the it has|they have) {n} (colors|color)
    """, 1.2, {**_SIZES, "n": (("two", "2"), ("2", "2"), ("three", "3"), ("3", "3"), ("three", "3"), ("four", "4"))}),
    Predicate("size_count", 'len(t) {z} and t.count("{k}") {u}', """
        {z} of which {u} (is|are) {k} [{B+}]
        {z} (and|where|,) [the] {u} (are|is) {k} [in color]
        {z} of which {u} {B} (is|are) {k}
        {z} (, |)(and|of which) {u} of them (is|are) {k}
        {z} [and|but] {u} (which|that) (is|are) {k}
        {z} and the {u} {B+} are {k} [in color]
        {z} including {u} {k} {B+}
    """, 1.3, {**_SIZES, "u": tuple((f"{said} {number}".strip(), f"{sign} {value}") for said, sign in (("", "=="), ("", "=="), ("exactly", "=="), ("at least", ">="), ("only", "==")) for value in (1, 2, 3) for number in (WORDS[value], str(value)))}),
    Predicate("size_over", 'len(t) {z} and ("{m}", "{k}") in zip(t, t[1:])', f"""
        {{z}} (and|with|having|that has|which has) {{k~}} {{B}} {OVER} (a|the) {{m}} {{B}}
        {{z}} (where|and) {{k~}} {{B}} is {OVER} {{m~}} {{B}}
        {{z}} and {{m~}} {{B}} {UNDER} {{k~}} {{B}}
    """, 0.8, _SIZES),
    Predicate("two_counts", 't.count("{k}") {u} and t.count("{m}") {w}', """
        {u} {k} {B+} and {w} {m} {B+}
        {u} {k} {B} and {w} {m} {B}
        {u} {k} and {w} {m} {B+} [in it]
        {u} {k} and {w} {m} {B}
        both {u} {k} {B} and {w} {m} {B}
    """, 1.6, dict.fromkeys("uw", _NUMBERS)),
    Predicate("three_counts", 't.count("{k}") {u} and t.count("{m}") {w} and t.count("{r}") {s}', """
        {u} {k} {B+} and {w} {m} {B+} and {s} {r} {B+}
        {u} {k}, {w} {m} and {s} {r} {B+}
        {u} {k}, {w} {m} and {s} {r} {B}
        {u} {k} {B}, {w} {m} {B} and {s} {r} {B}
        {u} {k} {B+}, {w} {m} {B} and {s} {r} {B+}
    """, 0.7, {**dict.fromkeys("uws", _NUMBERS), "r": ("yellow", "black", "blue", "red", "green", "white", "orange")}),
    Predicate("count_others", 't.count("{k}") {u} and len(t) - t.count("{k}") {w}', """
        {u} {k} {B+} and {w} other {B+}
        {u} {k} {B} and {w} {B+} of (another color|other colors|a different color)
        {u} {k} {B} and {w} that (are|is) not {k}
        {u} {k} and {w} other {B+}
    """, 0.4, dict.fromkeys("uw", _NUMBERS)),
    Predicate("size_of_two", 'len(t) {u} and set(t) == {"{k}", "{m}"}', """
        {u} {k} and {m} {B+} [in total]
        only {u} {k} and {m} {B+}
        {u} {B+}, {k} and {m}
        {u} {B+} in {k} and {m}
    """, 0.4, {"u": _NUMBERS}),
    Predicate("size_different", "len(t) {z} and len(set(t)) == len(t)", """
        {z} of [all] different (color|colors|colours)
        {z} (and|,) all of different colors
        {z} with different colors
        {z} and no two of the same color
    """, 0.5, _SIZES),
    Predicate("colours_count", 'len(set(t)) {w} and t.count("{k}") {u}', """
        {B+} of {w} and {u} {k} {B}
        {B+} of {w} and {u} {k} {B+}
        {B+} of {w} of which {u} (is|are) {k}
        {u} {k} {B+} and {B+} of {w}
    """, 0.5, {"w": COLOURS_OF, "u": _NUMBERS}),
    Predicate("without", '"{m}" not in t and t.count("{k}") {u}', """
        {u} {k} {B+} (but|and) no {m} {B}
        {u} {k} {B} (and|but) without {m~} {B}
        no {m} {B} and {u} {k} {B+}
        no {m} {B}, with {u} {k} {B}
    """, 0.4, {"u": _NUMBERS}),
    Predicate("lacks", '"{k}" not in t', """
        no {k} {B} [in it]
        (not a|no single|not one) {k} {B}
        no {k} {B+}
        only {B+} that are not {k}
    """, 0.7),
    Predicate("stacked_same", "any(x == y for x, y in zip(t, t[1:]))", f"""
        (2|two|at least two|at least 2) {{B+}} stacked together of the same (color|colour)
        (2|two) {{B+}} of the same (color|colour) (stacked together|on top of each other|next to each other)
        a {{B}} {OVER} (a|another) {{B}} of the same (color|colour)
        (2|two) {{B+}} stacked that have the same color
    """, 0.5),
    Predicate("between_same", 'any(y == "{k}" and x == z for x, y, z in zip(t, t[1:], t[2:]))', """
        {k~} {B} (between|in between) [the] (two|2) {B+} of [the] same color
        {k~} {B} between (two|2) {B+} (that|which) have the same color
        (two|2) {B+} of the same color around {k~} {B}
        {k~} {B} (between|in between) {B+} of one color
    """, 0.5),
    Predicate("between_two", '("{m}", "{k}", "{m}") in zip(t, t[1:], t[2:])', """
        {k~} {B} (between|in between) (two|2|the two|) {m} {B+}
        {k~} {B} between {m~} {B} and another {m} {B}
        {k~} {B} (between|in between) a {m} {B+}
        (two|2) {m} {B+} with {k~} {B} between them
    """, 0.5, own={"any": """
        @true there is {k~} {B} (between|in between) (two|2|a|the|) {m} {B+}
        @true {k~} {B} is between (two|2) {m} {B+}
    """}),
    Predicate("size_place", 'len(t) {z} and t[{h}] == ["{k}"]', """
        {z} and {k~} {B} as [the|a] {h} {B}
        {z} (and|where) the {h} {B} is {k}
        {z} with {k~} {B} (in|as) the {h} [place]
        {z} having {k~} {h} {B}
    """, 0.5, {**_SIZES, "h": _PLACES}, own={"any": """
        @true the {X} with {z} has {k~} {B} as (a|the) {h} {B}
        @true the {X} with {z} has {k~} {B} in the {h}
        @true the {h} {B} of the {X} with {z} is {k}
    """}),
    Predicate("size_below_top", 'len(t) {z} and t[-2:-1] == ["{k}"]', f"""
        {{z}} and {{k~}} {{B}} {UNDER} the {{B}} (on|at) [the] top
        {{z}} with {{k~}} {{B}} {UNDER} the (top|highest) {{B}}
        {{z}} where the {{B}} {UNDER} the top is {{k}}
    """, 0.4, _SIZES),
    Predicate("size_bottom_top", 'len(t) {z} and t[:1] == ["{k}"] and t[-1:] == ["{m}"]', f"""
        {{z}} where the base is {{k}} and the top is {{m}}
        {{z}} and {{k~}} base and {{m~}} top
        {{z}} and {{m~}} {{B}} {TOP} and {{k~}} {{B}} {BASE}
        {{z}} with {{k~}} {{B}} {BASE} and {{m~}} {{B}} {TOP}
    """, 0.4, _SIZES),
    Predicate("count_top", 't.count("{k}") {y} and t[-1:] == ["{k}"]', f"""
        {{y}} (which|that) is {TOP}
        {{y}}, (which|that) is {TOP}
        {{y}} and {{k~}} top
        {{y}} (and|where) it is {TOP}
    """, 0.3, {"y": quantities("{k} {B}", "{k} {B+}", 3)}),
    Predicate("count_bottom", 't.count("{k}") {y} and t[:1] == ["{k}"]', f"""
        {{y}} (which|that) is {BASE}
        {{y}}, (which|that) is {BASE}
        {{y}} and {{k~}} base
        {{y}} (and|where) it is {BASE}
    """, 0.2, {"y": quantities("{k} {B}", "{k} {B+}", 3)}),
    Predicate("both_colours", '"{k}" in t and "{m}" in t', """
        {k~} {B} and {m~} {B}
        {k} and {m} {B+}
        (both|at least) {k~} and {m~} {B}
        {k~} and {m~} one
    """, 0.6),
)  # fmt: skip
"""What is said of the colours of one tower or box, and of how many there are."""
