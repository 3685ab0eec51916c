"""More arithmetic that people ask for: sharing among so many, pairs and dozens, prices, and legs, wings and eyes of
several kinds together. The truth of each stands beside it."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from collections.abc import Callable
from functools import partial

from distill.questions.amounts import LEGS, WHEELS
from distill.questions.forms import Form, patterns
from distill.questions.view import Unclear, View, enough

Slots = dict[str, str]

_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_NUMBERS = tuple((said, str(value)) for word, value in _WORDS.items() for said in (word, str(value)))
"""A second number, in the question and in the program."""
_VALUES = dict(_NUMBERS)
_WHO = "(kids|children|friends|people|of us|boys|girls|persons|guests|students)"
_EATEN = "(are eaten|get eaten|are taken|are taken away|are removed|leave|go away|go home|disappear|run away|fly away|are sold)"
_COINS = "(dollars|euros|pounds|cents|coins|bucks)"

PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "wings": {"2": ("chicken", "penguin", "duck", "owl", "flamingo", "parrot", "bird", "eagle", "swan", "airplane", "bat", "hen", "plane")},
    "eyes": {"2": ("dog", "cat", "lion", "tiger", "monkey", "fox", "bear", "panda", "rabbit", "horse", "zebra", "cow", "pig", "sheep", "giraffe", "elephant", "owl", "penguin", "person", "kid", "boy", "girl", "man", "woman", "frog", "duck")},
    "ears": {"2": ("dog", "cat", "lion", "tiger", "monkey", "fox", "bear", "panda", "koala", "rabbit", "mouse", "horse", "zebra", "cow", "pig", "sheep", "giraffe", "elephant", "person", "kid", "boy", "girl", "man", "woman", "kangaroo")},
    "hands": {"2": ("boy", "girl", "man", "woman", "kid", "person", "child", "adult")},
    "feet": {"2": ("boy", "girl", "man", "woman", "kid", "person", "child", "adult", "penguin", "duck", "chicken")},
    "corners": {"3": ("triangle",), "4": ("square", "rectangle", "diamond"), "5": ("pentagon",), "6": ("hexagon",)},
    "sides": {"3": ("triangle",), "4": ("square", "rectangle", "diamond"), "5": ("pentagon",), "6": ("hexagon",)},
}  # fmt: skip
"""Parts of things beside legs and wheels: how many one thing has of them, and which things do."""

_PART = """
    how many # do the {a+} have [together|in total|in all|altogether]
    how many # do all [of] the {a+} have [together|in total|in all]
    how many # are there on (all |)the {a+}
    how many {a} # are there [in total|in all|altogether]
    total number of # of the {a+}
    count the # of (all |)the {a+}
    number of # on the {a+}
    if you count all the # of the {a+}, how many (are there|is that|do you get)
    the {a+} have how many # (together|in total|in all)
    how many # have the {a+} got
    how many # (in all|in total|altogether) on the {a+}
"""
_PAIR = """
    how many # do the {a+} and the {b+} have [together|in total|in all|altogether]
    how many # do the {a+} and {b+} have (together|in total|in all|altogether|combined)
    how many # do all [of] the {a+} and {b+} have
    how many # are there if you count those of the {a+} and of the {b+}
    count the # of the {a+} and the {b+}
    total number of # of the {a+} and [the] {b+}
    the {a+} and {b+} together have how many #
    how many # (in all|in total|altogether) on the {a+} and {b+}
    what is the total number of # of all [the] {a+} and {b+}
    how many # on the {a+} plus the {b+}
"""


def _part(part: str) -> tuple[Form, ...]:
    return tuple(
        Form(f"{part}_{number}", "arithmetic", f'return len(p.find("{{a}}")) * {number}', patterns(_PART.replace("#", part)),
             weight=0.12 if part not in ("corners", "sides") else 0.05, fixed={"a": names}, split_as="parts")
        for number, names in PARTS[part].items()
    )  # fmt: skip


_PAIRS = (("legs", "4", "2"), ("legs", "4", "4"), ("legs", "2", "2"), ("legs", "2", "4"), ("legs", "4", "6"), ("legs", "2", "6"),
          ("legs", "4", "8"), ("wheels", "4", "2"), ("wheels", "4", "4"), ("wheels", "2", "4"))  # fmt: skip
_TABLES = {"legs": LEGS, "wheels": WHEELS}


def _pair(part: str, one: str, other: str) -> Form:
    table = _TABLES[part]
    program = f'return len(p.find("{{a}}")) * {one} + len(p.find("{{b}}")) * {other}'
    return Form(f"{part}_{one}_{other}", "arithmetic", program, patterns(_PAIR.replace("#", part)), weight=0.12,
                fixed={"a": table[one], "b": table[other]}, split_as=f"{part}_pair")  # fmt: skip


FORMS: tuple[Form, ...] = (
    Form("share_among", "arithmetic", 'return len(p.find("{a}")) // {r}', patterns(f"""
        if {{r}} {_WHO} share the {{a+}} [(equally|fairly|evenly)], how many (does each get|each|for each|does each one get|does each have)
        {{r}} {_WHO} share the {{a+}} [(equally|fairly|evenly)]. how many (does each get|each|for each)
        {{r}} {_WHO} want to share the {{a+}}, how many (does each get|each|per person)
        share the {{a+}} (between|among) {{r}} {_WHO}, how many (each|for each|does each get)
        how many {{a+}} (does|would|will) each [one] get if {{r}} {_WHO} share them [(equally|fairly|evenly)]
        how many {{a+}} each (for|if there are) {{r}} {_WHO}
        split the {{a+}} (between|among) {{r}} {_WHO}: how many each
        divide the {{a+}} (equally |evenly |)(among|between) {{r}}, how many (each|does each get)
        the {{a+}} are (split|shared|divided) (between|among|by) {{r}} {_WHO}. how many does each get
        the {{a+}} are put into {{r}} equal (groups|piles|bags|boxes), how many (in each|per group|are in each one)
        how many {{a+}} per person for {{r}} {_WHO}
        {{a+}} divided by {{r}}
        when {{r}} {_WHO} (split|share) the {{a+}} fairly what does each one get
        there are {{r}} {_WHO} and they share the {{a+}}, how many does each get
        i (split|divide) the {{a+}} into {{r}} equal (groups|piles|parts), how many are in each
        give the {{a+}} to {{r}} {_WHO} so that all get the same, how many each
    """), weight=0.9, fixed={"r": _NUMBERS}),
    Form("left_among", "arithmetic", 'return len(p.find("{a}")) % {r}', patterns(f"""
        if {{r}} {_WHO} share the {{a+}} (equally|fairly|evenly), how many are left [over]
        {{r}} {_WHO} share the {{a+}} (equally|fairly|evenly). how many are left over
        how many {{a+}} are left over (if|when|after) {{r}} {_WHO} share them [(equally|fairly|evenly)]
        share the {{a+}} (equally|fairly|evenly) (between|among) {{r}} {_WHO}: how many are left over
        divide the {{a+}} by {{r}}, what is the remainder
        the {{a+}} are put into {{r}} equal (groups|piles|bags), how many are left over
        what is left over if {{r}} {_WHO} split the {{a+}} evenly
        split the {{a+}} (fairly|evenly) into {{r}}, how many (remain|are left over)
    """), weight=0.4, fixed={"r": _NUMBERS}),
    Form("packs", "arithmetic", 'return len(p.find("{a}")) // {r}', patterns("""
        how many (bags|boxes|groups|packs|baskets|piles) of {r} (can i make|can you make|do you get|do they make) (from|with|out of) the {a+}
        if {r} {a+} go in (each|one|a) (bag|box|pack|basket), how many full (bags|boxes|packs|baskets) (are there|do i get|can i fill)
        how many groups of {r} {a+} can you make
        how many (full|whole) (bags|boxes|packs) of {r} {a+} (are there|is that)
        the {a+} are packed {r} to a (box|bag|pack). how many full ones
        how many times can i take {r} {a+}
        how many times {r} {a+} are there
        how many kids can get {r} {a+} each
    """), weight=0.3, fixed={"r": _NUMBERS}),
    Form("pairs", "arithmetic", 'return len(p.find("{a}")) // 2', patterns("""
        how many pairs of {a+} (are there|do you see|can you make|is that|can be made)
        how many pairs (of|do) the {a+} make
        how many pairs of {a+}
        the {a+} make how many pairs
        if the {a+} (line up|walk|stand|go) in pairs, how many pairs (are there|is that)
        number of pairs of {a+}
        put the {a+} in pairs, how many pairs
        how many {a} pairs (are there|can you make)
        how many couples of {a+}
        in pairs, how many pairs of {a+}
    """), weight=0.5),
    Form("is_pair", "count", 'return len(p.find("{a}")) == 2', patterns("""
        is there a pair of {a+} [$pic]
        are the {a+} a pair
        do you see a pair of {a+}
        are there a couple of {a+}, I mean exactly two
        are there just two {a+} [$pic]
        is it a pair of {a+}
        do the {a+} make one pair and no more
        a pair of {a+}, (right|true)
    """), weight=0.2),
    Form("even", "arithmetic", 'return len(p.find("{a}")) % 2 == 0', patterns("""
        is the number of {a+} even
        is there an even number of {a+} [$pic]
        are there an even number of {a+}
        even number of {a+}
        do the {a+} come out even in pairs
        can the {a+} be put in pairs with none left over
        can the {a+} be split into two equal groups
        can two kids share the {a+} equally with none left over
        can all the {a+} be paired up
        is the {a} count even
    """), weight=0.4),
    Form("odd", "arithmetic", 'return len(p.find("{a}")) % 2 == 1', patterns("""
        is the number of {a+} odd
        is there an odd number of {a+} [$pic]
        are there an odd number of {a+}
        odd number of {a+}
        is one {a} left over if you put the {a+} in pairs
        is the {a} count odd
        does one {a} have no partner if they pair up
        is one of the {a+} left without a partner when they go in pairs
    """), weight=0.2),
    Form("double", "arithmetic", 'return len(p.find("{a}")) * 2', patterns("""
        what is (double|twice) the number of {a+}
        double the number of {a+}
        if the number of {a+} doubles, how many (are there|is that)
        twice as many {a+} would be how many
        how many {a+} (would there be|are there|is that) if there were twice as many
        if there were twice as many {a+}, how many would there be
        how many would there be with double the {a+}
        if every {a} had a twin, how many {a+} (would there be|in total)
        if each {a} (brings|brought) a friend, how many would there be
        (double|twice) the {a+} is how many
    """), weight=0.4),
    Form("dozen", "count", 'return len(p.find("{a}")) >= 12', patterns("""
        are there at least a dozen {a+} [$pic]
        is there a dozen {a+} or more
        do you see a dozen {a+}
        are there a dozen {a+}
        a dozen {a+} or more, (right|true)
        do the {a+} make a dozen
        are there enough {a+} (for|to make) a dozen
        can i get a dozen {a+}
    """), weight=0.12),
    Form("dozen_lack", "arithmetic", 'return 12 - len(p.find("{a}"))', patterns("""
        how many more {a+} (do i need|are needed|do you need|would make) (for|to make|to have) a dozen
        how many {a+} are missing (to make|for|to have) a dozen
        how many more {a+} until a dozen
        how many {a+} short of a dozen
        i need a dozen {a+}, how many are missing
        to have a dozen {a+} how many more are needed
        how many {a+} must be added to make a dozen
        a dozen minus the {a+}
    """), weight=0.2),
    Form("needed_for", "arithmetic", 'return {r} - len(p.find("{a}"))', patterns(f"""
        {{r}} {_WHO} want (one|a) {{a}} each, how many [more] are missing
        there are {{r}} {_WHO}, how many more {{a+}} are needed so that each gets one
        how many more {{a+}} do we need for {{r}} {_WHO}
        how many more {{a+}} are needed for {{r}} {_WHO} to have one each
        if {{r}} {_WHO} each (want|need|take) one {{a}}, how many get none
        {{r}} {_WHO} each want {{a~}}. how many go without
        how many {_WHO} out of {{r}} get no {{a}}
        how many {{a+}} are missing for {{r}} {_WHO}
        how many more {{a+}} to get to {{r}}
        how many more {{a+}} (are needed|do i need|do you need) to (make|have|get) {{r}}
        how many more {{a+}} would make {{r}}
    """), weight=0.5, fixed={"r": _NUMBERS}),
    Form("enough_for", "arithmetic", 'return len(p.find("{a}")) >= {r}', patterns(f"""
        are there enough {{a+}} for {{r}} {_WHO}
        is there enough {{a}} for {{r}} {_WHO}
        enough {{a+}} for {{r}} {_WHO}
        can {{r}} {_WHO} [each] (have|get|take) (a|one) {{a}} each
        could {{r}} {_WHO} each have (a|one|their own) {{a}}
        is there one {{a}} for each of {{r}} {_WHO}
        if {{r}} {_WHO} want (a|one) {{a}} each, are there enough
        {{r}} {_WHO} come, do they all get {{a~}}
        do we have enough {{a+}} for {{r}}
        will {{r}} {_WHO} all get {{a~}}
    """), weight=0.5, fixed={"r": _NUMBERS}),
    Form("eaters", "arithmetic", 'return len(p.find("{a}")) - {r} * {q}', patterns(f"""
        if {{r}} {_WHO} (eat|take|get|grab) {{q}} {{a+}} each, how many (are left|remain)
        {{r}} {_WHO} (eat|take|get|grab|ate|took) {{q}} {{a+}} each. how many are left
        how many {{a+}} are left (if|when|after) {{r}} {_WHO} (eat|take|get) {{q}} each
        {{r}} {_WHO} each (eat|take|get) {{q}} {{a+}}, how many (are left|remain|are still there)
        after {{r}} {_WHO} took {{q}} {{a+}} each, how many remain
        i give {{r}} {_WHO} {{q}} {{a+}} each. how many do i have left
        what is left of the {{a+}} if {{r}} {_WHO} take {{q}} each
        how many {{a+}} remain once {{r}} {_WHO} have had {{q}} each
    """), weight=0.3, fixed={"r": _NUMBERS, "q": _NUMBERS}),
    Form("half_gone", "arithmetic", 'return len(p.find("{a}")) // 2', patterns(f"""
        if half of the {{a+}} {_EATEN}, how many are left
        half of the {{a+}} {_EATEN}. how many are left
        how many {{a+}} are left (if|when|after) half of them {_EATEN}
        half the {{a+}} are gone, how many remain
        someone takes half the {{a+}}, how many are left
        i (eat|take|sell) half [of] the {{a+}}. how many (are left|do i have left)
        what is half of the {{a+}}
        half as many {{a+}} is how many
        how much is half of all the {{a+}}
        half of the {{a+}}, how many is that
    """), weight=0.4),
    Form("gone_sum", "arithmetic", 'return len(p.find("{a}")) + len(p.find("{b}")) - {n}', patterns(f"""
        if {{n}} of the {{a+}} and {{b+}} {_EATEN}, how many are left
        {{n}} of the {{a+}} and {{b+}} {_EATEN}. how many remain
        how many {{a+}} and {{b+}} are left if {{n}} of them {_EATEN}
        take {{n}} away from the {{a+}} and {{b+}}, how many are left
        how many {{a+}} and {{b+}} together minus {{n}}
        the {{a+}} and {{b+}} together, less {{n}}, is how many
        add the {{a+}} and the {{b+}} and take away {{n}}
        what is left of the {{a+}} and {{b+}} without {{n}} of them
    """), weight=0.3),
    Form("bring", "arithmetic", 'return len(p.find("{a}")) + {n} * len(p.find("{b}"))', patterns("""
        if each {b} (brings|buys|adds|gets|finds) {n} more {a+}, how many {a+} (are there|would there be|in total)
        each {b} (brings|buys|adds|finds) {n} (more|extra|new) {a+}. how many {a+} now
        how many {a+} (would there be|are there) if (each|every) {b} (brought|brings|added) {n} more
        every {b} (brings|has) {n} more {a+}, how many {a+} altogether
        if the {b+} bring {n} {a+} each, how many {a+} are there then in total
        how many {a+} after each {b} adds {n}
        the {b+} each bring {n} {a+}, how many {a+} will there be
        with {n} more {a+} from each {b}, how many {a+}
    """), weight=0.25),
    Form("price_two", "arithmetic", 'return len(p.find("{a}")) * {n} + len(p.find("{b}")) * {r}', patterns(f"""
        each {{a}} costs {{n}} {_COINS} and each {{b}} costs {{r}}, (how much is everything|what is the total|what do they cost together|how much in total)
        if (a|one|each) {{a}} costs {{n}} and (a|one|each) {{b}} costs {{r}}, (how much|what) do (they|all of them) cost (together|in all|in total)
        the {{a+}} cost {{n}} {_COINS} each and the {{b+}} {{r}} {_COINS} each. what is the total
        what do i pay for all the {{a+}} at {{n}} each and all the {{b+}} at {{r}} each
        how much are the {{a+}} and the {{b+}} if {{a+}} are {{n}} each and {{b+}} {{r}} each
        {{n}} {_COINS} per {{a}} and {{r}} {_COINS} per {{b}}, how much is that
        total price: {{a+}} {{n}} each, {{b+}} {{r}} each
        {{a+}} are {{n}} {_COINS}, {{b+}} are {{r}} {_COINS}, what do all cost
    """), weight=0.4, fixed={"r": _NUMBERS}),
    Form("price", "arithmetic", 'return len(p.find("{a}")) * {n}', patterns(f"""
        (each|one|every) {{a}} costs {{n}} {_COINS}, how much (are they all|do they all cost|is that|do i pay|for all of them|altogether)
        if (each|one|a single) {{a}} costs {{n}} {_COINS}, (how much|what) (do|would) (all the {{a+}}|they) cost
        {{a+}} cost {{n}} {_COINS} each, how much (for all of them|is it in total|do i pay|is that altogether)
        how much do the {{a+}} cost if one costs {{n}} [{_COINS}]
        how much for all the {{a+}} at {{n}} {_COINS} each
        what do i pay for all the {{a+}} if each costs {{n}} [{_COINS}]
        how much money do i get if i sell (each|every) {{a}} for {{n}} [{_COINS}]
        total price of the {{a+}} at {{n}} [{_COINS}] each
        one {{a}} is {{n}} {_COINS}. what are all of them
        (all|) the {{a+}} together, at {{n}} {_COINS} (each|apiece), cost how much
        {{n}} {_COINS} per {{a}}, what is the total
        i sell the {{a+}} for {{n}} {_COINS} each. how much do i make
    """), weight=0.6),
    Form("more_than_sum", "compare", 'return len(p.find("{a}")) > len(p.find("{b}")) + len(p.find("{c}"))', patterns("""
        are there more {a+} than {b+} and {c+} (together|combined|put together)
        are there more {a+} than {b+} plus {c+}
        do the {a+} outnumber the {b+} and [the] {c+} (together|combined)
        more {a+} than {b+} and {c+} (together|combined)
        is the number of {a+} bigger than that of {b+} and {c+} (together|combined)
        are the {a+} more than the {b+} and {c+} together
        do you see more {a+} than {b+} and {c+} together
        $check $whether there are more {a+} than {b+} and {c+} together
    """), weight=0.25),
    Form("half_as_many", "compare", 'return 2 * len(p.find("{a}")) == len(p.find("{b}"))', patterns("""
        are there half as many {a+} as {b+}
        is the number of {a+} half the number of {b+}
        are the {a+} half as many as the {b+}
        half as many {a+} as {b+}
        there are half as many {a+} as {b+}, (right|true)
        is the {a} count half that of the {b+}
        $check $whether there are half as many {a+} as {b+}
        do the {a+} number half of the {b+}
    """), weight=0.25),
    *(form for part in PARTS for form in _part(part)),
    *(_pair(*row) for row in _PAIRS),
)  # fmt: skip


# --- truth -------------------------------------------------------------------------------------------------------


def _number(slots: Slots, name: str = "r") -> int:
    return int(_VALUES[slots[name]])


def _half(view: View, slots: Slots) -> int:
    if (count := view.amount(slots["a"])) % 2:
        raise Unclear("no half")
    return count // 2


def _parts(view: View, slots: Slots, numbers: tuple[str, ...]) -> int:
    return sum(int(number) * view.amount(slots[name]) for name, number in zip("ab", numbers, strict=False))


def _dozen(view: View, slots: Slots) -> bool:
    if (count := view.amount(slots["a"])) > 12:
        raise Unclear("more than a dozen")
    return count == 12


TRUTH: dict[str, Callable[[View, Slots], bool | int | str]] = {
    "share_among": lambda v, s: enough(v.amount(s["a"]) // _number(s), 1),
    "left_among": lambda v, s: v.amount(s["a"]) % _number(s),
    "packs": lambda v, s: enough(v.amount(s["a"]) // _number(s), 1),
    "pairs": lambda v, s: enough(v.amount(s["a"]) // 2, 1),
    "is_pair": lambda v, s: v.amount(s["a"]) == 2,
    "even": lambda v, s: v.amount(s["a"]) % 2 == 0,
    "odd": lambda v, s: v.amount(s["a"]) % 2 == 1,
    "double": lambda v, s: v.amount(s["a"]) * 2,
    "dozen": _dozen,
    "dozen_lack": lambda v, s: enough(12 - v.amount(s["a"]), 1),
    "needed_for": lambda v, s: enough(_number(s) - v.amount(s["a"]), 1),
    "enough_for": lambda v, s: v.amount(s["a"]) >= _number(s),
    "eaters": lambda v, s: enough(v.amount(s["a"]) - _number(s) * _number(s, "q")),
    "half_gone": _half,
    "gone_sum": lambda v, s: enough(v.amount(s["a"]) + v.amount(s["b"]) - int(s["n"])),
    "bring": lambda v, s: v.amount(s["a"]) + int(s["n"]) * v.amount(s["b"]),
    "price": lambda v, s: v.amount(s["a"]) * int(s["n"]),
    "price_two": lambda v, s: v.amount(s["a"]) * int(s["n"]) + v.amount(s["b"]) * _number(s),
    "more_than_sum": lambda v, s: v.amount(s["a"]) > v.amount(s["b"]) + v.amount(s["c"]),
    "half_as_many": lambda v, s: 2 * v.amount(s["a"]) == v.amount(s["b"]),
    **{f"{part}_{number}": partial(_parts, numbers=(number,)) for part, table in PARTS.items() for number in table},
    **{f"{part}_{one}_{other}": partial(_parts, numbers=(one, other)) for part, one, other in _PAIRS},
}  # fmt: skip
"""By the name of the form."""
