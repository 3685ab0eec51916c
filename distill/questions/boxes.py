"""Forms for statements about several pictures at once, true or false: boxes, what is in them and what it touches, and
towers of blocks, one in a picture.

Most are made of a quantifier over the boxes and a predicate of one box. Where only colours and heights matter, a box is
told as the list of its colours from the bottom up, which is what a tower is. No scene of the world settles them.
"""

# ruff: noqa: E501  -- a program and a pattern are one line each

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from distill.questions.forms import Form, patterns
from distill.questions.nouns import COLOURS, EVERYDAY, HELD_OUT, made_up
from models.embedded.world import lexicon

Pairs = tuple[str | tuple[str, str], ...]

SCALE = 0.142
"""What the weights below are multiplied by: all these forms together get about 15 % of the training draws."""

FAMILIES = ("boxes", "towers", "touching")
"""Families of these forms. Their nouns are their own, and no scene of the world settles them."""

_SEED = 1126
_TRUE = "(is it true that|is it true that|is it true that|is it true that|is it correct that|is it right that|is it the case that|true or false:|$check $whether|)"
"""Before a statement."""
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COMPARED = (
    *(("", "=="), ("", "=="), ("exactly", "=="), ("exactly", "=="), ("only", "=="), ("just", "=="), ("precisely", "==")),
    *(("at least", ">="), ("at least", ">="), ("at most", "<="), ("more than", ">"), ("less than", "<"), ("fewer than", "<")),
)  # fmt: skip
_OF = "(with|with|that has|that have|which has|which have|, which has|having|containing|that contains|where there is)"
_HAVE = "(has|has|have|contains|contain|shows)"


def _quantities(
    one: str, many: str, most: int, loose: bool = False, one_is_any: bool = False
) -> tuple[tuple[str, str], ...]:
    """Numbers of something with a comparison, in the question and in the program: `("at least two blocks", ">= 2")`.

    Args:
        one: what is counted, in singular; it may hold slots.
        many: the same in plural.
        most: the greatest number.
        loose: with "multiple" and the like.
        one_is_any: "one box" is not a number: another form tells whether there is any.
    """
    pairs = [
        (f"{said} {digits} {one if number == 1 else many}".strip(), f"{sign} {number}")
        for said, sign in _COMPARED
        for number in range(1, most + 1)
        if number > 1 or sign not in ("<", ">=")
        for digits in (_WORDS[number], str(number))
        if (said, digits) != ("", "one") or not one_is_any
    ]
    if loose:
        pairs += [(f"a single {one}", "== 1"), (f"single {one}", "== 1"), (f"only one {one}", "== 1")]
        pairs += [(f"{word} {many}", "> 1") for word in ("multiple", "several", "multiple")]
        pairs += [(f"{word} {many}", "> 2") for word in ("many", "a lot of", "lots of")]
        pairs += [
            (f"{digits} {many} at most", f"<= {value}")
            for value in range(2, 5)
            for digits in (_WORDS[value], str(value))
        ]
        pairs += [
            (f"{word} or more {many}", f">= {number}") for number in (2, 3) for word in (_WORDS[number], str(number))
        ]
    return tuple(pairs)


def _things(seed: int) -> Pairs:
    """What may be in a box: shapes and items with a colour or a size, half of the time; any noun, of the world, everyday
    or made up, else."""
    rng = random.Random(seed)
    shapes = ("circle", "square", "triangle", "item", "object", "item", "object", "thing", "shape", "figure")
    everyday = [word for word in EVERYDAY if word not in HELD_OUT]
    pairs: list[str | tuple[str, str]] = []

    def add(words: str) -> None:
        for name in ("item", "object"):
            if words.split()[-1] == name:
                pairs.append((words, words.removesuffix(name) + "thing"))
                return
        pairs.append(words)

    for colour in (*COLOURS, *("yellow", "black", "blue") * 4):
        for shape in shapes:
            add(f"{colour} {shape}")
    for shape in shapes * 5:
        add(shape)
    for shape in shapes * 3:
        size = rng.choice(("small", "big", "medium", "large", "tiny"))
        add(f"{size} {rng.choice(('', *COLOURS))} {shape}".replace("  ", " "))
    for _ in range(130):
        noun = (
            rng.choice(lexicon.NOUNS).name
            if rng.random() < 0.4
            else rng.choice(everyday)
            if rng.random() < 0.6
            else made_up(rng)
        )
        pairs.append(f"{rng.choice(COLOURS)} {noun}" if rng.random() < 0.45 else noun)
    return tuple(pairs)


BOXES: Pairs = (
    *("box",) * 8,
    *("grey box",) * 3,
    "gray box",
    "grey square",
    "grey square",
    "square",
    *("picture",) * 2,
    "image",
    "photo",
    "frame",
    "panel",
)
ITEMS: Pairs = (*("item",) * 4, *("object",) * 3, "thing", "shape", "figure")
TOWERS: Pairs = (*("tower",) * 9, "stack", "pile", "column")
BLOCKS: Pairs = (*("block",) * 10, "item", "object", "square", "cube", "brick", "box")
THINGS_A, THINGS_B, THINGS_C = _things(_SEED), _things(_SEED + 1), _things(_SEED + 2)


@dataclass(frozen=True)
class Predicate:
    """Something that is true or not of one box: of `p`, the picture, or of `t`, its colours from the bottom up."""

    name: str
    program: str
    phrases: str
    """What stands after "a box with", one a line."""
    weight: float
    fixed: Mapping[str, Pairs] = field(default_factory=dict, hash=False)
    own: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Statements of its own by quantifier, one a line; those of `counted` are about so many blocks, `{v}`, that are so."""

    def __hash__(self) -> int:
        return hash(self.name)


LISTED = (
    'c = [[x.simple_query("what color is it?") for x in sorted(p.find("thing"), key=lambda x: x.lower)] for p in ps]\n'
)
"""The colours of what is in each box, from the bottom up."""

_ANY = f"""
    {_TRUE} there (is|is|isa|is as) (a|a|a|one|at least one|at least 1|some|) {{X}} {_OF} @
    {_TRUE} there is (a|one|at least one) {{X}} (with|that has|which has) @ [in it|in total]
    {_TRUE} (one of the|one of the|one|at least one|at least one of the|a|some) {{X}} {_HAVE} @
    {_TRUE} (one|at least one|any|some) of the [three|3|grey|two] {{X+}} {_HAVE} @
    (is there|can you see|do you see) (a|any|one|some|at least one) {{X}} {_OF} @
    (does|do) (any|one|one of the|at least one) {{X}} (have|contain|show) @
    {_TRUE} in (one|at least one|one of the|a) {{X}} there (is|are) @
    {_TRUE} there (is|are) @ in (one|a|one of the|at least one) {{X}}
    {_TRUE} (one|a|at least one) {{X}} (with|having) @
    {_TRUE} (a|the) {{X}} {_OF} @ (exists|is there|can be seen)
"""
_NUMBER = f"""
    {_TRUE} there (is|are) {{v}} {_OF} @
    {_TRUE} there (is|are) {{v}} (with|that have|which has|that contain|that contains) @ [in it|in them|each]
    {_TRUE} {{v}} {_HAVE} @
    (is|are) there {{v}} {_OF} @
    (do|does) {{v}} (have|contain|show) @
    {_TRUE} (in|for) {{v}} there (is|are) @
    {_TRUE} @ (is|are) (found|to be seen|there) in {{v}}
"""
_NONE = f"""
    {_TRUE} there (is|are) no {{X}} {_OF} @
    {_TRUE} (no|none of the|not one) {{X}} {_HAVE} @
    {_TRUE} none of the [three|3|grey] {{X+}} {_HAVE} @
    {_TRUE} there (is not|isn't) (a|any|one|a single) {{X}} {_OF} @
    is there no {{X}} {_OF} @
    {_TRUE} there are no {{X+}} (with|that have|which have) @
"""
_ALL = f"""
    {_TRUE} (each|every) {{X}} {_HAVE} @
    {_TRUE} (all|all the|all of the|all three|all 3|both) {{X+}} (have|has|contain) @
    {_TRUE} there (is|are) @ in (each|every) {{X}}
    {_TRUE} there (is|are) @ in (all|all the|all three|both) {{X+}}
    (does|do) (each|every) {{X}} (have|contain|show) @
    do (all|all the|all three|both) {{X+}} (have|contain|show) @
"""
_OF_THREE = tuple(
    (f"{said} {digits}".strip(), f"{sign} {number}")
    for said, sign in _COMPARED[::2]
    for number, digits in ((1, "one"), (2, "two"), (2, "two"), (2, "2"))
    if number > 1 or said in ("exactly", "only", "just")
)
_SHARES = {"any": 1.0, "number": 0.55, "none": 0.15, "all": 0.2, "counted": 0.5}


_RAREST = 0.1
"""A quantifier that would come up less often with a predicate is left out."""


def _quantified(scope: str, family: str, predicate: Predicate, fixed: Mapping[str, Pairs]) -> Iterable[Form]:
    """The predicate of one box, of none, of all and of some number of them."""
    listed = "for t in c" if scope != "boxes" else "for p in ps"
    begins = LISTED if scope != "boxes" else ""
    holds = predicate.program
    programs = {
        "any": f"return any({holds} {listed})",
        "number": f"return [{holds} {listed}].count(True) {{v}}",
        "none": f"return not any({holds} {listed})",
        "all": f"return all({holds} {listed})",
    }
    phrases = "|".join(patterns(predicate.phrases))
    for name, text in (("any", _ANY), ("number", _NUMBER), ("none", _NONE), ("all", _ALL), ("counted", "")):
        own = predicate.own.get(name, "").replace("@true", _TRUE)
        says = patterns(text.replace("@", f"({phrases})")) + patterns(own)
        if not says or (not own and predicate.weight * _SHARES[name] < _RAREST):
            continue
        slots: dict[str, Pairs] = {**fixed, **predicate.fixed}
        noun = "X" if name == "number" else "k} {X" if predicate.name == "only" else "k} {B"
        if name in ("number", "counted"):
            slots["v"] = _quantities(f"{{{noun}}}", f"{{{noun}+}}", 3, one_is_any=True)
        if name == "number":
            slots["v"] += tuple((f"{words} of the three {{X+}}", sign) for words, sign in _OF_THREE)
        program = begins + programs["number" if name == "counted" else name]
        weight = predicate.weight * _SHARES[name] * SCALE * (1.6 if own and text else 1.0)
        yield Form(
            f"{scope}_{name}_{predicate.name}", family, program, says, weight, fixed=_used(slots, says), several=True
        )


def _used(slots: Mapping[str, Pairs], says: Iterable[str]) -> dict[str, Pairs]:
    """The slots that the patterns name, or that what is said for one of them names."""
    text = " ".join(says)
    told = [
        pair[0] for slot, pairs in slots.items() if f"{{{slot}" in text for pair in pairs if isinstance(pair, tuple)
    ]
    text = " ".join((text, *told))
    return {slot: pairs for slot, pairs in slots.items() if f"{{{slot}" in text}


_SIZES = {"z": _quantities("{B}", "{B+}", 6, loose=True)}

_NUMBERS: Pairs = tuple(
    (f"{said} {number}".strip(), f"{sign} {value}")
    for said, sign in (("", "=="), ("", "=="), ("exactly", "=="), ("only", "=="), ("at least", ">="))
    for value in (1, 2, 3, 4)
    for number in (_WORDS[value], str(value))
)
_COLOURS_OF: Pairs = tuple(
    (said.format(number), f"{sign} {value}")
    for value, numbers in ((2, ("two", "2")), (3, ("three", "3")))
    for number in numbers
    for said, sign in (
        ("{} different colors", "=="),
        ("{} colors", "=="),
        ("only {} different colors", "=="),
        ("exactly {} colors", "=="),
        ("{} different color", "=="),
        ("{} color", "=="),
        ("at least {} colors", ">="),
        ("at most {} different colors", "<="),
        ("{} different colours", "=="),
    )
)
_PLACES: Pairs = (
    *(("second", "1:2"), ("second", "1:2"), ("third", "2:3"), ("fourth", "3:4"), ("2nd", "1:2"), ("3rd", "2:3")),
    *(("first", ":1"), ("middle", "1:-1"), ("middle", "1:-1")),
)

# --- colours from the bottom up: towers, and boxes told by colours alone -----------------------------------------

_BASE = "(at|at|at|on|as|in) [the|its] (base|base|bottom)"
_TOP = "(at|at|on|as|in) [the|its] top"
_OVER = "(over|above|on|on top of|directly above|directly over|right above|right on top of)"
_UNDER = "(under|below|beneath|underneath|directly below|right beneath)"

COLOURED = (
    Predicate("bottom", 't[:1] == ["{k}"]', f"""
        (a|1|one|) {{k}} {{B}} {_BASE}
        {{k~}} (base|bottom)
        {{k}} {{B+}} {_BASE}
        {{k}} (base|bottom)
        {{k~}} {{B}} that is the (base|bottom)
        a (base|bottom) {{B}} that is {{k}}
    """, 2.6),
    Predicate("top", 't[-1:] == ["{k}"]', f"""
        (a|1|one|) {{k}} {{B}} {_TOP}
        {{k~}} top
        {{k}} {{B+}} {_TOP}
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
    """, 1.6, {"y": _quantities("{k} {B}", "{k} {B+}", 4)}),
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
    """, 1.3, {"w": _COLOURS_OF}),
    Predicate("over", '("{m}", "{k}") in zip(t, t[1:])', f"""
        {{k~}} {{B}} {_OVER} [of] (a|a|a|the|) {{m}} {{B}}
        {{k~}} {{B}} {_OVER} {{m~}} (one|{{B}})
        {{m~}} {{B}} {_UNDER} (a|the) {{k}} {{B}}
        {{k~}} {{B}} (stacked|placed|sitting|standing) {_OVER} {{m~}} {{B}}
    """, 2.0),
    Predicate("twice", '("{k}", "{k}") in zip(t, t[1:])', f"""
        {{k~}} {{B}} {_OVER} (a|another) {{k}} {{B}}
        (2|two|at least 2|at least two) {{k}} {{B+}} (stacked together|attached with each other|attached to each other|stacked|next to each other|one above the other)
        {{k~}} {{B}} {_UNDER} (a|another) {{k}} {{B}}
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
        {{k~}} {{B}} [right|just|directly] {_UNDER} the (top|highest|top most) {{B}}
        {{k~}} {{B}} [right|directly] {_UNDER} the {{B}} (on|at) [the] top
        {{k~}} {{B}} as the second from the top
    """, 0.5),
    Predicate("bottom_top", 't[:1] == ["{k}"] and t[-1:] == ["{m}"]', f"""
        {{k~}} base and [a|an] {{m}} top
        {{m~}} {{B}} {_TOP} and {{k~}} {{B}} {_BASE}
        {{k~}} {{B}} {_BASE} and {{m~}} {{B}} {_TOP}
        {{m~}} top and [a] {{k}} (base|bottom)
        a base that is {{k}} and a top that is {{m}}
    """, 0.7),
    Predicate("bottom_over", 't[:1] == ["{m}"] and ("{k}", "{k}") in zip(t, t[1:])', f"""
        {{k~}} {{B}} {_OVER} {{k~}} {{B}} and {{m~}} {{B}} {_BASE}
        {{m~}} {{B}} {_BASE} and {{k~}} {{B}} {_OVER} {{k~}} {{B}}
    """, 0.2),
    Predicate("size_bottom", 'len(t) {z} and t[:1] == ["{k}"]', f"""
        {{z}} (and|with|having|that has) (a|) {{k}} {{B}} {_BASE}
        {{z}} (and|with|having) {{k~}} base
        {{z}} where the base is {{k}}
        {{z}} and the (base|bottom) [{{B}}] is {{k}}
        {{k~}} base and {{z}}
    """, 1.4, _SIZES),
    Predicate("size_top", 'len(t) {z} and t[-1:] == ["{k}"]', f"""
        {{z}} (and|with|having|that has) (a|) {{k}} {{B}} {_TOP}
        {{z}} (and|with|having) {{k~}} (top|{{B}} on top|one on top)
        {{z}} where the top is {{k}}
        {{z}} and the top [{{B}}] is {{k}}
        {{k~}} top and {{z}}
    """, 1.4, _SIZES),
    Predicate("size_not_top", 'len(t) {z} and t[-1:] != ["{k}"]', f"""
        {{z}} (not having|without|and not|not with) {{k~}} {{B}} {_TOP}
        {{z}} and no {{k}} {{B}} {_TOP}
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
    """, 1.3, {**_SIZES, "u": tuple((f"{said} {number}".strip(), f"{sign} {value}") for said, sign in (("", "=="), ("", "=="), ("exactly", "=="), ("at least", ">="), ("only", "==")) for value in (1, 2, 3) for number in (_WORDS[value], str(value)))}),
    Predicate("size_over", 'len(t) {z} and ("{m}", "{k}") in zip(t, t[1:])', f"""
        {{z}} (and|with|having|that has|which has) {{k~}} {{B}} {_OVER} (a|the) {{m}} {{B}}
        {{z}} (where|and) {{k~}} {{B}} is {_OVER} {{m~}} {{B}}
        {{z}} and {{m~}} {{B}} {_UNDER} {{k~}} {{B}}
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
    """, 0.5, {"w": _COLOURS_OF, "u": _NUMBERS}),
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
        a {{B}} {_OVER} (a|another) {{B}} of the same (color|colour)
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
        {{z}} and {{k~}} {{B}} {_UNDER} the {{B}} (on|at) [the] top
        {{z}} with {{k~}} {{B}} {_UNDER} the (top|highest) {{B}}
        {{z}} where the {{B}} {_UNDER} the top is {{k}}
    """, 0.4, _SIZES),
    Predicate("size_bottom_top", 'len(t) {z} and t[:1] == ["{k}"] and t[-1:] == ["{m}"]', f"""
        {{z}} where the base is {{k}} and the top is {{m}}
        {{z}} and {{k~}} base and {{m~}} top
        {{z}} and {{m~}} {{B}} {_TOP} and {{k~}} {{B}} {_BASE}
        {{z}} with {{k~}} {{B}} {_BASE} and {{m~}} {{B}} {_TOP}
    """, 0.4, _SIZES),
    Predicate("count_top", 't.count("{k}") {y} and t[-1:] == ["{k}"]', f"""
        {{y}} (which|that) is {_TOP}
        {{y}}, (which|that) is {_TOP}
        {{y}} and {{k~}} top
        {{y}} (and|where) it is {_TOP}
    """, 0.3, {"y": _quantities("{k} {B}", "{k} {B+}", 3)}),
    Predicate("count_bottom", 't.count("{k}") {y} and t[:1] == ["{k}"]', f"""
        {{y}} (which|that) is {_BASE}
        {{y}}, (which|that) is {_BASE}
        {{y}} and {{k~}} base
        {{y}} (and|where) it is {_BASE}
    """, 0.2, {"y": _quantities("{k} {B}", "{k} {B+}", 3)}),
    Predicate("both_colours", '"{k}" in t and "{m}" in t', """
        {k~} {B} and {m~} {B}
        {k} and {m} {B+}
        (both|at least) {k~} and {m~} {B}
        {k~} and {m~} one
    """, 0.6),
)  # fmt: skip

_TOWERS_ONLY: dict[str, dict[str, str]] = {
    "bottom": {
        "any": f"""
            @true there is (a|at least one|) {{k}} {{B}} (as|at|that is) the (base|bottom) of (a|at least one|one|any) {{X}}
            @true the (base|bottom) of (a|one|one of the) {{X}} is {{k}}
            @true (a|one) {{X}} (has|with) [only] {{k~}} base
            is there {{k~}} {{B}} {_BASE} of (a|any) {{X}}
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
            is there {{k~}} {{B}} {_TOP} of (a|any) {{X}}
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
            @true there is {{k~}} {{B}} that is (attached to|attach to|{_OVER}) {{m~}} {{B}}
            @true there is (a|at least one|as|) {{k}} {{B}} {_OVER} (a|the) {{m}} {{B}}
            @true there is (a|at least one) {{m}} {{B}} {_UNDER} (a|the) {{k}} {{B}}
            is there {{k~}} {{B}} {_OVER} {{m~}} {{B}}
            @true (one|a) {{k}} {{B}} is {_OVER} {{m~}} {{B}}
        """,
        "counted": f"""
            @true there (is|are) {{v}} {_OVER} (a|the) {{m}} {{B}}
            @true {{v}} (is|are) {_OVER} (a|the) {{m}} {{B}}
            (is|are) there {{v}} {_OVER} (a|the) {{m}} {{B}}
        """,
        "none": f"""
            @true there (is|are) no {{k}} {{B}} {_OVER} (a|the|any) {{m}} {{B}}
        """,
    },
    "twice": {
        "any": f"""
            @true there is (a|at least one|as|) {{k}} {{B}} {_OVER} (a|another) {{k}} {{B}}
            @true there are (2|two) {{k}} {{B+}} (stacked together|attached with each other|on top of each other)
            is there {{k~}} {{B}} {_OVER} (a|another) {{k}} {{B}}
        """,
        "none": f"""
            @true there (is|are) no {{k}} {{B}} {_OVER} (a|another) {{k}} {{B}}
        """,
    },
    "size_bottom": {
        "any": f"""
            @true there is [a] {{z}} {{X}} (that|where|and) the base is {{k}}
            @true the base of a {{z}} {{X}} is {{k}}
            @true there is (a|at least one|) {{k}} {{B}} (as|at) the (base|bottom) of a {{X}} (with|of|that has) {{z}}
            @true the {{X}} (with|of) {{z}} (has|have) (a|) {{k}} {{B}} {_BASE}
            @true the base of (a|the) {{X}} (with|of) {{z}} is {{k}}
            @true (one of the|one|a) {{X}} with {{z}} has {{k~}} {{B}} {_BASE}
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
            @true the {{X}} (with|of) {{z}} (has|have) (a|) {{k}} {{B}} {_TOP}
            @true the top of (a|the) {{X}} (with|of) {{z}} is {{k}}
            @true (one of the|one|a) {{X}} with {{z}} has {{k~}} {{B}} {_TOP}
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
            @true (the|one of the|a) {{X}} with {{z}} has {{k~}} {{B}} {_OVER} (a|the) {{m}} {{B}}
        """,
    },
    "size_colours": {
        "any": """
            @true (the|one of the|a) {X} with {z} has {B+} of {n} [different] (colors|color)
        """,
    },
}  # fmt: skip


def _in_towers(predicate: Predicate) -> Predicate:
    return replace(predicate, own={**predicate.own, **_TOWERS_ONLY.get(predicate.name, {})})


def _in_boxes(predicate: Predicate) -> Predicate:
    """The same of a box; without what the forms of `FILLED` say by finding."""
    weight = predicate.weight * _BOX_WEIGHTS.get(predicate.name, 0.15)
    phrases = _BOX_PHRASES.get(predicate.name, predicate.phrases)
    return replace(predicate, weight=weight, phrases=phrases)


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

# --- boxes of anything -------------------------------------------------------------------------------------------

_HERE = {"a": THINGS_A, "b": THINGS_B, "c": THINGS_C}
_AMOUNT = {
    "z": _quantities("{a}", "{a+}", 6, loose=True),
    "y": _quantities("{b}", "{b+}", 5),
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
    """, 0.8, {**_HERE, "w": _quantities("{c}", "{c+}", 4)}),
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
    """, 2.0, {**_HERE, "z": _quantities("{B}", "{B+}", 6, loose=True), "B": ITEMS}),
    Predicate("all_are", 'len(p.find("thing")) {z} and len(p.find("{a}")) == len(p.find("thing"))', """
        {z} and (they are|it is|they are both|all are|all of them are) {a+}
        {z} (which|that) are (both|all) {a+}
        {z} and (it is|it's) {a~}
        {z}, all {a+}
        {z} which is {a~}
    """, 0.8, {**_HERE, "z": _quantities("{B}", "{B+}", 4, loose=True), "B": ITEMS}),
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
    """, 0.8, {**_HERE, "w": _COLOURS_OF, "B": ITEMS}),
    Predicate("some_are", 'len(p.find("thing")) {z} and len(p.find("{a}")) {y}', """
        {z} of which {y}
        {z} and {y} [among them]
        {z} including {y}
        {z} and there (is|are) {y}
    """, 0.8, {**_HERE, "z": _quantities("{B}", "{B+}", 6, loose=True), "y": _quantities("{a}", "{a+}", 3), "B": ITEMS}),
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

# --- what touches the wall of a box ------------------------------------------------------------------------------

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
_TOUCH = "(touching|touching|closely touching|nearly touching|almost touching|attached to|in contact with)"
_TOUCHES = f"(is|are) {_TOUCH}"
_S = "{S} [of (a|the|its) {X}]"
_TOUCHING = {"a": THINGS_A, "b": THINGS_B, "S": SIDES, "X": BOXES}
_NEAR, _APART = "{S} < p.width / 30", "{S} >= p.width / 30"
_THOSE = 'for p in ps for x in p.find("{a}")'
_AMOUNT_A = {"y": _quantities("{a}", "{a+}", 6, one_is_any=True)}


def _touch(name: str, program: str, weight: float, says: str, **fixed: Pairs) -> Form:
    told = patterns(
        says.replace("@true", _TRUE).replace("@touches", _TOUCHES).replace("@touch", _TOUCH).replace("@side", _S)
    )
    return Form(
        name, "touching", program, told, weight * SCALE, fixed=_used({**_TOUCHING, **fixed}, told), several=True
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
    """, z=_quantities("{b}", "{b+}", 5, loose=True)),
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
    """, w=_COLOURS_OF, B=ITEMS),
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

# --- all boxes together, and boxes beside each other -------------------------------------------------------------


def _whole(name: str, program: str, weight: float, says: str, **fixed: Pairs) -> Form:
    told = patterns(says.replace("@true", _TRUE))
    return Form(name, "boxes", program, told, weight * SCALE, fixed=fixed, several=True)


WHOLE = (
    _whole("boxes_amount", 'return sum(len(p.find("{a}")) for p in ps) {z}', 5.0, """
        @true there (is|are) {z}
        @true there (is|are) {z} (in total|altogether|in all|in the boxes|in all boxes together|in the pictures)
        (is|are) there {z}
        (is|are) there {z} (in total|altogether|in all)
        @true the boxes (have|contain|show) {z} [in total|altogether]
        @true {z} (is|are) there [in total|altogether]
        @true in (total|all) there (is|are) {z}
    """, z=_quantities("{a}", "{a+}", 6, loose=True), a=THINGS_A),
    _whole("boxes_two_amounts", 'return sum(len(p.find("{a}")) for p in ps) {z} and sum(len(p.find("{b}")) for p in ps) {y}', 1.0, """
        @true there (is|are) {z} and {y}
        @true there (is|are) {z} and {y} (in total|altogether|in all)
        (is|are) there {z} and {y} [in total]
        @true the boxes (have|contain) {z} and {y}
        @true in total there (is|are) {z} and {y}
    """, z=_quantities("{a}", "{a+}", 5), y=_quantities("{b}", "{b+}", 5), a=THINGS_A, b=THINGS_B),
    _whole("blocks_of_colour", LISTED + 'return sum(t.count("{k}") for t in c) {v}', 3.0, """
        @true there (is|are) {v}
        @true there (is|are) {v} (in total|altogether|in all|in all the {X+}|in the {X+})
        (is|are) there {v} [in total|altogether]
        @true the {X+} (have|contain|consist of) {v} [in total|altogether]
        @true in (total|all) there (is|are) {v}
        @true there (is|are) {v} in (the|all the|all|all three) {X+} [together]
    """, v=_quantities("{k} block", "{k} blocks", 6, one_is_any=True), X=TOWERS),
    _whole("block_of_colour", LISTED + 'return any("{k}" in t for t in c)', 0.4, """
        @true there is (a|at least one|one|at least 1|some) {k} block [in the {X+}]
        @true there (is|are) {k} blocks [in the {X+}]
        is there a {k} block
        @true (at least one|a|one) {k} block is there
        @true there is (a|at least one) {k} block of (a|at least one) {X}
    """, X=TOWERS),
    _whole("blocks", "return sum(len(p.find(\"thing\")) for p in ps) {v}", 0.4, """
        @true there (is|are) {v} [in total|altogether|in all]
        @true the {X+} (have|contain|consist of) {v} [in total|altogether]
        (is|are) there {v} [in total|altogether]
        @true there (is|are) {v} in (the|all the|all|all three) {X+} [together]
    """, v=_quantities("block", "blocks", 10), X=TOWERS),
    _whole("towers_side_by_side", LISTED + 'return any(c[i] == c[j] and c[i] for i in range(len(c)) for j in range(i))', 0.3, """
        @true (two|2|at least two) [of the] {X+} (look|are) the same
        @true there are (two|2|at least two) {X+} with the same (colors|color) [in the same order]
        are there two {X+} that look the same
        @true two {X+} have the same {B+} in the same order
    """, X=TOWERS, B=BLOCKS),
    _whole("boxes_both", 'return any(p.exists("{a}") for p in ps) and any(p.exists("{b}") for p in ps)', 0.5, """
        @true there is {a~} and {b~}
        @true there is {a~} and (at least one|some) {b}
        @true there (is|are) (at least one|some) {a} and (at least one|some) {b}
        (is|are) there {a~} and {b~}
        @true there are {a+} and {b+}
    """, a=THINGS_A, b=THINGS_B),
    _whole("boxes_any", 'return any(p.exists("{a}") for p in ps)', 0.8, """
        @true there is {a~}
        @true there is (at least one|at least 1|some) {a} [in the boxes]
        @true there (is|are) {a+}
        @true {a~} is there
        @true there is {a~} in (one|a|at least one) (box|grey box|picture)
    """, a=THINGS_A),
    _whole("boxes_same_number", 'n = [len(p.find("{a}")) for p in ps]\nreturn len(set(n)) < len(n)', 0.8, """
        @true there are two {X+} (that has|that have|which have|with) the same number of {a+}
        @true two [of the] {X+} have [exactly] (the same number of|equally many|as many) {a+}
        are there two {X+} with the same number of {a+}
        do two of the {X+} have the same number of {a+}
        @true the same number of {a+} is in two [of the] {X+}
    """, a=THINGS_A, X=BOXES),
    _whole("boxes_all_same_number", 'return len(set([len(p.find("{a}")) for p in ps])) == 1', 0.5, """
        @true (all|all the|all three|both) {X+} have the same number of {a+}
        @true (each|every) {X} has the same number of {a+}
        do all {X+} have the same number of {a+}
        @true the number of {a+} is the same in (all|each|every) {X+}
        @true there (is|are) the same number of {a+} in (each|every) {X}
    """, a=THINGS_A, X=BOXES),
    _whole("towers_same_height", LISTED + "n = [len(t) for t in c]\nreturn len(set(n)) < len(n)", 0.7, """
        @true there are two {X+} (of|with|that have) the same height
        @true two [of the] [three] {X+} (have|has|are of) the same (height|number of blocks)
        are there two {X+} (of|with) the same height
        @true two {X+} are (equally high|as high as each other|equally tall)
        @true there are [at least] two {X+} with the same number of {B+}
    """, X=TOWERS, B=BLOCKS),
    _whole("towers_all_same_height", LISTED + "return len(set([len(t) for t in c])) == 1", 0.6, """
        @true all [the|three|the three|3] {X+} (have|has|are of) the same height
        @true the {X+} are all (equally high|equally tall|of the same height)
        do all [the] {X+} have the same (height|number of {B+})
        @true (each|every) {X} has the same (height|number of {B+})
        are all [the] {X+} of the same height
    """, X=TOWERS, B=BLOCKS),
    _whole("towers_same_bottom", LISTED + "b = [t[0] for t in c if t]\nreturn len(set(b)) < len(b)", 0.9, """
        @true there are [only|at least] two {X+} (that has|that have|which have|with) the same base color
        @true two of the [three] {X+} (has|have) the same (base color|color of the base|color at the base)
        @true there are two {X+} with [a] {B} of [the] same color at [the] base
        are there two {X+} with the same (base|color at the base)
        @true two {X+} have {B+} of the same color at the (base|bottom)
        @true the base of two {X+} has the same color
    """, X=TOWERS, B=BLOCKS),
    _whole("towers_same_top", LISTED + "b = [t[-1] for t in c if t]\nreturn len(set(b)) < len(b)", 0.6, """
        @true there are [only|at least] two {X+} (that has|that have|which have|with) the same top color
        @true two of the [three] {X+} (has|have) the same (top color|color of the top|color at the top)
        @true there are two {X+} with [a] {B} of [the] same color (at|on) [the] top
        are there two {X+} with the same (top|color at the top)
        @true two {X+} have {B+} of the same color at the top
    """, X=TOWERS, B=BLOCKS),
    _whole("towers_all_same_bottom", LISTED + "return len(set([t[0] for t in c if t])) == 1", 0.4, """
        @true all [the|three|the three] {X+} (has|have) the same base color
        @true the (bases|base) of all [the] {X+} (has|have|are) the same color
        do all {X+} have the same (base color|color at the base)
        @true all {X+} have {B+} of the same color at the (base|bottom)
        @true (each|every) {X} has the same color at the base
    """, X=TOWERS, B=BLOCKS),
    _whole("towers_bases", LISTED + 'return [t[0] for t in c if t].count("{k}") == {n} and [t[0] for t in c if t].count("{m}") == {q}', 0.6, """
        @true the (base|bases) of the [three] {X+} are {n} {k} and {q} {m}
        @true {n} {X+} have {k~} base and {q} (have|has) {m~} base
        @true {n} (base|bases) (is|are) {k} and {q} (is|are) {m}
        are {n} of the bases {k} and {q} {m}
    """, X=TOWERS, n=(("two", "2"), ("one", "1"), ("2", "2"), ("1", "1")), q=(("two", "2"), ("one", "1"), ("2", "2"), ("1", "1"))),
    _whole("towers_tops", LISTED + 'return [t[-1] for t in c if t].count("{k}") == {n} and [t[-1] for t in c if t].count("{m}") == {q}', 0.6, """
        @true the (top|tops) of the [three] {X+} are {n} {k} and {q} {m} [blocks]
        @true {n} {X+} have {k~} top and {q} (have|has) {m~} top
        @true {n} tops (is|are) {k} and {q} (is|are) {m}
        are {n} of the tops {k} and {q} {m}
    """, X=TOWERS, n=(("two", "2"), ("one", "1"), ("2", "2"), ("1", "1")), q=(("two", "2"), ("one", "1"), ("2", "2"), ("1", "1"))),
    _whole("towers_only_bases", LISTED + 'return set([t[0] for t in c if t]) == {"{k}", "{m}"}', 0.4, """
        @true the (base|bases) of the [three] {X+} (are|is) [only] {k} and {m} [only]
        @true the {X+} have only {k} and {m} bases
        are the bases of the {X+} only {k} and {m}
        @true all {X+} have either {k} or {m} (base|bases)
    """, X=TOWERS),
)  # fmt: skip

FORMS: tuple[Form, ...] = (
    *(
        form
        for one in COLOURED
        for form in _quantified("towers", "towers", _in_towers(one), {"X": TOWERS, "B": BLOCKS})
    ),
    *(
        form
        for one in COLOURED
        if one.name not in _FOUND
        for form in _quantified("coloured", "boxes", _in_boxes(one), {"X": BOXES, "B": ITEMS})
    ),
    *(form for one in FILLED for form in _quantified("boxes", "boxes", one, {"X": BOXES})),
    *TOUCHING,
    *WHOLE,
)
