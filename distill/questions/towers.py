"""Forms for statements about towers of blocks, one in a picture, true or false: colours and heights of one tower, blocks of
all towers together, and towers beside each other.

What is true of one tower is a predicate of `stacks.py`; what people say of towers only stands here, such as "there is a blue block
as the base of a tower".
"""

# ruff: noqa: E501  -- a program and a pattern are one line each

from dataclasses import replace

from distill.questions.forms import Form
from distill.questions.stacks import BASE, COLOURED, OVER, TOP, UNDER
from distill.questions.statements import LISTED, Pairs, Predicate, about_all, quantified, quantities

TOWERS: Pairs = (*("tower",) * 9, "stack", "pile", "column")
BLOCKS: Pairs = (*("block",) * 10, "item", "object", "square", "cube", "brick", "box")

_TOWERS_ONLY: dict[str, dict[str, str]] = {
    "bottom": {
        "any": f"""
            @true there is (a|at least one|) {{k}} {{B}} (as|at|that is) the (base|bottom) of (a|at least one|one|any) {{X}}
            @true the (base|bottom) of (a|one|one of the) {{X}} is {{k}}
            @true (a|one) {{X}} (has|with) [only] {{k~}} base
            is there {{k~}} {{B}} {BASE} of (a|any) {{X}}
        """,
        "counted": """
            @true there (is|are) {v} (as|at) the (base|bottom) of (a|the) {X}
            @true there (is|are) {v} (as|at) the (base|bottom) of (a|the) {X+}
            @true there (is|are) {v} that (is|are) the base of a {X}
            (is|are) there {v} (as|at) the (base|bottom) of (a|the) {X}
            @true {v} (is|are) (the|at the) (base|bottom) of a {X}
        """,
        "number": """
            @true there is {k~} {B} as the base of {v}
            @true {v} of the three {X+} (has|have) {k~} base
        """,
        "none": """
            @true there (is|are) no {k} {B} (as|at) the (base|bottom) of (a|any) {X}
            @true (no|none of the) {X} (has|have) {k~} base
        """,
        "all": """
            @true the (bases|base) of (all|the|all the) [three] {X+} (is|are) {k}
            @true there is {k~} {B} (as|at) the base of (each|every) {X}
        """,
    },
    "top": {
        "any": f"""
            @true there is (a|at least one|) {{k}} {{B}} (as|at|on|that is) the top of (a|at least one|one|any) {{X}}
            @true the top of (a|one|one of the) {{X}} is {{k}}
            @true the {{k}} {{B}} is on top
            is there {{k~}} {{B}} {TOP} of (a|any) {{X}}
        """,
        "counted": """
            @true there (is|are) {v} (as|at|on) the top of (a|the) {X}
            @true there (is|are) {v} (as|at|on) the top of (a|the) {X+}
            @true there (is|are) {v} that (is|are) the top of a {X}
            (is|are) there {v} (as|at|on) the top of (a|the) {X}
            @true {v} (is|are) (the|at the|on the) top of a {X}
        """,
        "number": """
            @true there is {k~} {B} as the top of {v}
            @true {v} of the three {X+} (has|have) {k~} top
        """,
        "none": """
            @true there (is|are) no {k} {B} (as|at) the top of (a|any) {X}
            @true (no|none of the) {X} (has|have) {k~} top
        """,
        "all": """
            @true the (tops|top) of (all|the|all the) [three] {X+} (is|are) {k}
            @true there is {k~} {B} (as|at|on) the top of (each|every) {X}
        """,
    },
    "height": {
        "any": """
            @true there is a {n} {B+} {X}
            @true there is a {X} of height {n}
            @true there is a {X} that is {n} {B+} (high|tall)
            @true there is a {n} {B+} {X} (with|having) {n} {B+}
        """,
    },
    "only": {
        "any": """
            @true there is {k~} {X}
            @true one of the [three] {X+} is {k}
            @true (a|one) {X} is [all|completely|entirely|only] {k}
        """,
        "counted": """
            @true there (is|are) {v}
            (is|are) there {v}
            @true we (have|see) {v}
        """,
        "number": """
            @true {v} (is|are) [all|completely|entirely|only] {k}
        """,
    },
    "size": {
        "any": """
            @true there (is|are) [a|an] {z} {X}
            @true (the|one) {X} has {z}
            is there a {z} {X}
        """,
        "number": """
            @true there (is|are) {v} (of|with|having) {z} [each]
            @true {v} (consist|consists) of {z}
        """,
    },
    "size_one_colour": {
        "any": """
            @true there is [a] {z} {X} (and|with|that has|which has) (only one|a single|one) color
            @true there is [a] {z} {X} and only one color
        """,
    },
    "size_only_two": {
        "any": """
            @true there is [a] {z} {X} and the (color|colors) (is|are) {k} and {m}
            @true there is {z} {X} (of|in) {k} and {m}
        """,
    },
    "size_only": {
        "any": """
            @true there is [a] {z} {X} and the color is {k}
            @true there is {X} (with|with has|which has) {z} of {k} color
            @true there is {k~} {X} (with|of|that has|having) {z}
            @true there is {k~} {X} which has {z} [in it]
        """,
    },
    "between_same": {
        "any": """
            @true there is {k~} {B} (between|in between) (two|2) {B+} of the same color
            @true {k~} {B} is between {B+} of the same color
        """,
    },
    "over": {
        "any": f"""
            @true there is {{k~}} {{B}} that is (attached to|attach to|{OVER}) {{m~}} {{B}}
            @true there is (a|at least one|as|) {{k}} {{B}} {OVER} (a|the) {{m}} {{B}}
            @true there is (a|at least one) {{m}} {{B}} {UNDER} (a|the) {{k}} {{B}}
            is there {{k~}} {{B}} {OVER} {{m~}} {{B}}
            @true (one|a) {{k}} {{B}} is {OVER} {{m~}} {{B}}
        """,
        "counted": f"""
            @true there (is|are) {{v}} {OVER} (a|the) {{m}} {{B}}
            @true {{v}} (is|are) {OVER} (a|the) {{m}} {{B}}
            (is|are) there {{v}} {OVER} (a|the) {{m}} {{B}}
        """,
        "none": f"""
            @true there (is|are) no {{k}} {{B}} {OVER} (a|the|any) {{m}} {{B}}
        """,
    },
    "twice": {
        "any": f"""
            @true there is (a|at least one|as|) {{k}} {{B}} {OVER} (a|another) {{k}} {{B}}
            @true there are (2|two) {{k}} {{B+}} (stacked together|attached with each other|on top of each other)
            is there {{k~}} {{B}} {OVER} (a|another) {{k}} {{B}}
        """,
        "none": f"""
            @true there (is|are) no {{k}} {{B}} {OVER} (a|another) {{k}} {{B}}
        """,
    },
    "size_bottom": {
        "any": f"""
            @true there is [a] {{z}} {{X}} (that|where|and) the base is {{k}}
            @true the base of a {{z}} {{X}} is {{k}}
            @true there is (a|at least one|) {{k}} {{B}} (as|at) the (base|bottom) of a {{X}} (with|of|that has) {{z}}
            @true the {{X}} (with|of) {{z}} (has|have) (a|) {{k}} {{B}} {BASE}
            @true the base of (a|the) {{X}} (with|of) {{z}} is {{k}}
            @true (one of the|one|a) {{X}} with {{z}} has {{k~}} {{B}} {BASE}
        """,
        "counted": """
            @true there (is|are) {v} (as|at) the (base|bottom) of a {X} (with|of|that has) {z}
            @true there (is|are) {v} (as|at) the (base|bottom) of {X+} (with|of|that have) {z}
            (is|are) there {v} (as|at) the (base|bottom) of a {X} (with|of|that has) {z}
        """,
        "none": """
            @true there (is|are) no {k} {B} as the base of a {X} (with|of|that has) {z}
        """,
    },
    "size_top": {
        "any": f"""
            @true there is [a] {{z}} {{X}} (that|where|and) the top is {{k}}
            @true the top of a {{z}} {{X}} is {{k}}
            @true there is (a|at least one|) {{k}} {{B}} (as|at|on) the top of a {{X}} (with|of|that has) {{z}}
            @true the {{X}} (with|of) {{z}} (has|have) (a|) {{k}} {{B}} {TOP}
            @true the top of (a|the) {{X}} (with|of) {{z}} is {{k}}
            @true (one of the|one|a) {{X}} with {{z}} has {{k~}} {{B}} {TOP}
        """,
        "counted": """
            @true there (is|are) {v} (as|at) the top of a {X} (with|of|that has) {z}
            @true there (is|are) {v} (as|at) the top of {X+} (with|of|that have) {z}
            (is|are) there {v} (as|at) the top of a {X} (with|of|that has) {z}
        """,
        "none": """
            @true there (is|are) no {k} {B} as the top of a {X} (with|of|that has) {z}
        """,
    },
    "size_over": {
        "any": f"""
            @true (the|one of the|a) {{X}} with {{z}} has {{k~}} {{B}} {OVER} (a|the) {{m}} {{B}}
        """,
    },
    "size_colours": {
        "any": """
            @true (the|one of the|a) {X} with {z} has {B+} of {n} [different] (colors|color)
        """,
    },
}  # fmt: skip


def _in_towers(predicate: Predicate) -> Predicate:
    """The same, with the statements that are said of towers only."""
    return replace(predicate, own={**predicate.own, **_TOWERS_ONLY.get(predicate.name, {})})


ONE_TOWER: tuple[Form, ...] = tuple(
    form for one in COLOURED for form in quantified("towers", "towers", _in_towers(one), {"X": TOWERS, "B": BLOCKS})
)
"""What is true of some tower, of all, of none or of so many."""

ALL_BLOCKS = (
    about_all("blocks_of_colour", LISTED + 'return sum(t.count("{k}") for t in c) {v}', 3.0, """
        @true there (is|are) {v}
        @true there (is|are) {v} (in total|altogether|in all|in all the {X+}|in the {X+})
        (is|are) there {v} [in total|altogether]
        @true the {X+} (have|contain|consist of) {v} [in total|altogether]
        @true in (total|all) there (is|are) {v}
        @true there (is|are) {v} in (the|all the|all|all three) {X+} [together]
    """, v=quantities("{k} block", "{k} blocks", 6, one_is_any=True), X=TOWERS),
    about_all("block_of_colour", LISTED + 'return any("{k}" in t for t in c)', 0.4, """
        @true there is (a|at least one|one|at least 1|some) {k} block [in the {X+}]
        @true there (is|are) {k} blocks [in the {X+}]
        is there a {k} block
        @true (at least one|a|one) {k} block is there
        @true there is (a|at least one) {k} block of (a|at least one) {X}
    """, X=TOWERS),
    about_all("blocks", "return sum(len(p.find(\"thing\")) for p in ps) {v}", 0.4, """
        @true there (is|are) {v} [in total|altogether|in all]
        @true the {X+} (have|contain|consist of) {v} [in total|altogether]
        (is|are) there {v} [in total|altogether]
        @true there (is|are) {v} in (the|all the|all|all three) {X+} [together]
    """, v=quantities("block", "blocks", 10), X=TOWERS),
    about_all("towers_side_by_side", LISTED + 'return any(c[i] == c[j] and c[i] for i in range(len(c)) for j in range(i))', 0.3, """
        @true (two|2|at least two) [of the] {X+} (look|are) the same
        @true there are (two|2|at least two) {X+} with the same (colors|color) [in the same order]
        are there two {X+} that look the same
        @true two {X+} have the same {B+} in the same order
    """, X=TOWERS, B=BLOCKS),
)  # fmt: skip
"""The blocks of all towers together, and towers with the same blocks."""

TOWERS_COMPARED = (
    about_all("towers_same_height", LISTED + "n = [len(t) for t in c]\nreturn len(set(n)) < len(n)", 0.7, """
        @true there are two {X+} (of|with|that have) the same height
        @true two [of the] [three] {X+} (have|has|are of) the same (height|number of blocks)
        are there two {X+} (of|with) the same height
        @true two {X+} are (equally high|as high as each other|equally tall)
        @true there are [at least] two {X+} with the same number of {B+}
    """, X=TOWERS, B=BLOCKS),
    about_all("towers_all_same_height", LISTED + "return len(set([len(t) for t in c])) == 1", 0.6, """
        @true all [the|three|the three|3] {X+} (have|has|are of) the same height
        @true the {X+} are all (equally high|equally tall|of the same height)
        do all [the] {X+} have the same (height|number of {B+})
        @true (each|every) {X} has the same (height|number of {B+})
        are all [the] {X+} of the same height
    """, X=TOWERS, B=BLOCKS),
    about_all("towers_same_bottom", LISTED + "b = [t[0] for t in c if t]\nreturn len(set(b)) < len(b)", 0.9, """
        @true there are [only|at least] two {X+} (that has|that have|which have|with) the same base color
        @true two of the [three] {X+} (has|have) the same (base color|color of the base|color at the base)
        @true there are two {X+} with [a] {B} of [the] same color at [the] base
        are there two {X+} with the same (base|color at the base)
        @true two {X+} have {B+} of the same color at the (base|bottom)
        @true the base of two {X+} has the same color
    """, X=TOWERS, B=BLOCKS),
    about_all("towers_same_top", LISTED + "b = [t[-1] for t in c if t]\nreturn len(set(b)) < len(b)", 0.6, """
        @true there are [only|at least] two {X+} (that has|that have|which have|with) the same top color
        @true two of the [three] {X+} (has|have) the same (top color|color of the top|color at the top)
        @true there are two {X+} with [a] {B} of [the] same color (at|on) [the] top
        are there two {X+} with the same (top|color at the top)
        @true two {X+} have {B+} of the same color at the top
    """, X=TOWERS, B=BLOCKS),
    about_all("towers_all_same_bottom", LISTED + "return len(set([t[0] for t in c if t])) == 1", 0.4, """
        @true all [the|three|the three] {X+} (has|have) the same base color
        @true the (bases|base) of all [the] {X+} (has|have|are) the same color
        do all {X+} have the same (base color|color at the base)
        @true all {X+} have {B+} of the same color at the (base|bottom)
        @true (each|every) {X} has the same color at the base
    """, X=TOWERS, B=BLOCKS),
    about_all("towers_bases", LISTED + 'return [t[0] for t in c if t].count("{k}") == {n} and [t[0] for t in c if t].count("{m}") == {q}', 0.6, """
        @true the (base|bases) of the [three] {X+} are {n} {k} and {q} {m}
        @true {n} {X+} have {k~} base and {q} (have|has) {m~} base
        @true {n} (base|bases) (is|are) {k} and {q} (is|are) {m}
        are {n} of the bases {k} and {q} {m}
    """, X=TOWERS, n=(("two", "2"), ("one", "1"), ("2", "2"), ("1", "1")), q=(("two", "2"), ("one", "1"), ("2", "2"), ("1", "1"))),
    about_all("towers_tops", LISTED + 'return [t[-1] for t in c if t].count("{k}") == {n} and [t[-1] for t in c if t].count("{m}") == {q}', 0.6, """
        @true the (top|tops) of the [three] {X+} are {n} {k} and {q} {m} [blocks]
        @true {n} {X+} have {k~} top and {q} (have|has) {m~} top
        @true {n} tops (is|are) {k} and {q} (is|are) {m}
        are {n} of the tops {k} and {q} {m}
    """, X=TOWERS, n=(("two", "2"), ("one", "1"), ("2", "2"), ("1", "1")), q=(("two", "2"), ("one", "1"), ("2", "2"), ("1", "1"))),
    about_all("towers_only_bases", LISTED + 'return set([t[0] for t in c if t]) == {"{k}", "{m}"}', 0.4, """
        @true the (base|bases) of the [three] {X+} (are|is) [only] {k} and {m} [only]
        @true the {X+} have only {k} and {m} bases
        are the bases of the {X+} only {k} and {m}
        @true all {X+} have either {k} or {m} (base|bases)
    """, X=TOWERS),
)  # fmt: skip
"""The heights, bases and tops of all towers beside each other."""
