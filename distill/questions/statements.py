"""What statements about several pictures at once are made of: quantifiers over boxes, `quantified`, numbers of something,
`quantities`, the nouns of boxes and of what is in them, and the share of training draws that all get, `SCALE`.

The predicates of one box that a quantifier takes stand in `stacks.py` and `boxes.py`. Where only colours and heights
matter, a box is told as the list of its colours from the bottom up, which is what a tower is.
"""

# ruff: noqa: E501  -- a program and a pattern are one line each

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from distill.questions.forms import Form, patterns
from distill.questions.nouns import COLOURS, EVERYDAY, HELD_OUT, made_up
from models.embedded.world import lexicon

Pairs = tuple[str | tuple[str, str], ...]

SCALE = 0.142
"""What the weights of these statements are multiplied by: all together they get about 15 % of the training draws."""

TRUE = "(is it true that|is it true that|is it true that|is it true that|is it correct that|is it right that|is it the case that|true or false:|$check $whether|)"
"""Before a statement; patterns have it as `@true`."""
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
"""Numbers in the question, by their value."""

_COMPARED = (
    *(("", "=="), ("", "=="), ("exactly", "=="), ("exactly", "=="), ("only", "=="), ("just", "=="), ("precisely", "==")),
    *(("at least", ">="), ("at least", ">="), ("at most", "<="), ("more than", ">"), ("less than", "<"), ("fewer than", "<")),
)  # fmt: skip
_OF = "(with|with|that has|that have|which has|which have|, which has|having|containing|that contains|where there is)"
_HAVE = "(has|has|have|contains|contain|shows)"


def quantities(
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
        for digits in (WORDS[number], str(number))
        if (said, digits) != ("", "one") or not one_is_any
    ]
    if loose:
        pairs += [(f"a single {one}", "== 1"), (f"single {one}", "== 1"), (f"only one {one}", "== 1")]
        pairs += [(f"{word} {many}", "> 1") for word in ("multiple", "several", "multiple")]
        pairs += [(f"{word} {many}", "> 2") for word in ("many", "a lot of", "lots of")]
        pairs += [
            (f"{digits} {many} at most", f"<= {value}")
            for value in range(2, 5)
            for digits in (WORDS[value], str(value))
        ]
        pairs += [
            (f"{word} or more {many}", f">= {number}") for number in (2, 3) for word in (WORDS[number], str(number))
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


COLOURS_OF: Pairs = tuple(
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
"""Numbers of colours, in the question and in the program."""

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
"""What the pictures are called."""
ITEMS: Pairs = (*("item",) * 4, *("object",) * 3, "thing", "shape", "figure")
"""What is in them, when nothing else is said of it than a colour or a number."""
_SEED = 1126
THINGS_A, THINGS_B, THINGS_C = _things(_SEED), _things(_SEED + 1), _things(_SEED + 2)
"""What may be in a box: for the slots a, b and c."""


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
    {TRUE} there (is|is|isa|is as) (a|a|a|one|at least one|at least 1|some|) {{X}} {_OF} @
    {TRUE} there is (a|one|at least one) {{X}} (with|that has|which has) @ [in it|in total]
    {TRUE} (one of the|one of the|one|at least one|at least one of the|a|some) {{X}} {_HAVE} @
    {TRUE} (one|at least one|any|some) of the [three|3|grey|two] {{X+}} {_HAVE} @
    (is there|can you see|do you see) (a|any|one|some|at least one) {{X}} {_OF} @
    (does|do) (any|one|one of the|at least one) {{X}} (have|contain|show) @
    {TRUE} in (one|at least one|one of the|a) {{X}} there (is|are) @
    {TRUE} there (is|are) @ in (one|a|one of the|at least one) {{X}}
    {TRUE} (one|a|at least one) {{X}} (with|having) @
    {TRUE} (a|the) {{X}} {_OF} @ (exists|is there|can be seen)
"""
_NUMBER = f"""
    {TRUE} there (is|are) {{v}} {_OF} @
    {TRUE} there (is|are) {{v}} (with|that have|which has|that contain|that contains) @ [in it|in them|each]
    {TRUE} {{v}} {_HAVE} @
    (is|are) there {{v}} {_OF} @
    (do|does) {{v}} (have|contain|show) @
    {TRUE} (in|for) {{v}} there (is|are) @
    {TRUE} @ (is|are) (found|to be seen|there) in {{v}}
"""
_NONE = f"""
    {TRUE} there (is|are) no {{X}} {_OF} @
    {TRUE} (no|none of the|not one) {{X}} {_HAVE} @
    {TRUE} none of the [three|3|grey] {{X+}} {_HAVE} @
    {TRUE} there (is not|isn't) (a|any|one|a single) {{X}} {_OF} @
    is there no {{X}} {_OF} @
    {TRUE} there are no {{X+}} (with|that have|which have) @
"""
_ALL = f"""
    {TRUE} (each|every) {{X}} {_HAVE} @
    {TRUE} (all|all the|all of the|all three|all 3|both) {{X+}} (have|has|contain) @
    {TRUE} there (is|are) @ in (each|every) {{X}}
    {TRUE} there (is|are) @ in (all|all the|all three|both) {{X+}}
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


def quantified(scope: str, family: str, predicate: Predicate, fixed: Mapping[str, Pairs]) -> Iterable[Form]:
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
        own = predicate.own.get(name, "").replace("@true", TRUE)
        says = patterns(text.replace("@", f"({phrases})")) + patterns(own)
        if not says or (not own and predicate.weight * _SHARES[name] < _RAREST):
            continue
        slots: dict[str, Pairs] = {**fixed, **predicate.fixed}
        noun = "X" if name == "number" else "k} {X" if predicate.name == "only" else "k} {B"
        if name in ("number", "counted"):
            slots["v"] = quantities(f"{{{noun}}}", f"{{{noun}+}}", 3, one_is_any=True)
        if name == "number":
            slots["v"] += tuple((f"{words} of the three {{X+}}", sign) for words, sign in _OF_THREE)
        program = begins + programs["number" if name == "counted" else name]
        weight = predicate.weight * _SHARES[name] * SCALE * (1.6 if own and text else 1.0)
        yield Form(
            f"{scope}_{name}_{predicate.name}",
            family,
            program,
            says,
            weight,
            fixed=used_slots(slots, says),
            several=True,
        )


def used_slots(slots: Mapping[str, Pairs], says: Iterable[str]) -> dict[str, Pairs]:
    """The slots that the patterns name, or that what is said for one of them names."""
    text = " ".join(says)
    told = [
        pair[0] for slot, pairs in slots.items() if f"{{{slot}" in text for pair in pairs if isinstance(pair, tuple)
    ]
    text = " ".join((text, *told))
    return {slot: pairs for slot, pairs in slots.items() if f"{{{slot}" in text}


def about_all(name: str, program: str, weight: float, says: str, **fixed: Pairs) -> Form:
    """A form about all boxes or towers together, or about some beside others."""
    told = patterns(says.replace("@true", TRUE))
    return Form(name, "boxes", program, told, weight * SCALE, fixed=fixed, several=True)
