"""Forms about amounts that people ask for beside plain counting: what is left over, what is missing, most of them, legs
and wheels, and which kind or colour there is most of. The truth of each stands beside it."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from distill.questions.forms import Form, patterns
from distill.questions.view import SIZE_RATIO, Unclear, View, colour_of, enough, extreme

Slots = dict[str, str]

WHAT = 'simple_query("what is this?")'
WHAT_COLOUR = 'simple_query("what color is it?")'

LEGS = {
    "4": ("dog", "cat", "lion", "tiger", "fox", "bear", "rabbit", "mouse", "horse", "zebra", "deer", "cow", "pig",
          "sheep", "giraffe", "elephant", "frog", "turtle", "donkey", "goat", "camel", "chair"),
    "2": ("chicken", "penguin", "duck", "owl", "flamingo", "parrot", "bird", "person", "man", "woman", "kid", "boy",
          "girl", "child", "goose", "eagle"),
    "6": ("bee", "butterfly", "ladybug", "ant", "insect"),
    "8": ("spider", "octopus"),
}  # fmt: skip
WHEELS = {
    "4": ("car", "taxi", "bus", "ambulance", "van", "tractor", "truck", "jeep"),
    "2": ("bicycle", "motorcycle", "bike", "scooter"),
}
_TAKE = "(eats|takes|gets|grabs|uses|wants|buys|has|picks|steals|carries off)"
_GONE = "(leave|go away|are taken away|are removed|disappear|are gone|get eaten|are eaten|run away|fly away|are sold|break|go home)"


def _legs(part: str, table: dict[str, tuple[str, ...]]) -> tuple[Form, ...]:
    return tuple(
        Form(f"{part}_{number}", "arithmetic", f'return len(p.find("{{a}}")) * {number}', patterns(f"""
            how many {part} do the {{a+}} have [together|in total|in all|altogether]
            how many {part} do all the {{a+}} have
            total (number of |){part} of the {{a+}}
            count the {part} of (all |)the {{a+}}
            number of {{a}} {part}
            if you count the {part} of the {{a+}}, how many (are there|is that)
            how many {{a}} {part} are there
            what is the total number of {part} on (all|) the {{a+}}
            {part} of the {{a+}} added up
            the {{a+}} have how many {part} (together|in total)
        """), weight=0.12, fixed={"a": names}, split_as=part)
        for number, names in table.items()
    )  # fmt: skip


USES = (
    ("edible", "food", "(eat|have for lunch|have for dinner|snack on|munch)", "edible", "(food to eat|food|a snack)"),
    ("wearable", "clothing", "(wear|put on|dress in)", "wearable", "(clothes|clothing|an outfit)"),
    ("drivable", "vehicle", "(drive|ride in|travel with|go places with)", "drivable", "(means of transport|transportation)"),
)  # fmt: skip
"""Kinds that people name by what is done with them."""


def _uses(name: str, kind: str, do: str, able: str, noun: str) -> tuple[Form, ...]:
    return (
        Form(f"any_{name}", "existence", f'return p.exists("{kind}")', patterns(f"""
            is there (anything|something) to {do}
            (anything|something) to {do}
            is there (anything|something) [that] (i|you|one|we|people) (can|could) {do}
            can (i|you|one|we) {do} (anything|something)
            is (anything|something) {able}
            do you see (anything|something) {able}
            is there any {noun}
            are any of the things {able}
            can any of it be used to {do}
        """), weight=0.2, split_as="any_use"),
        Form(f"count_{name}", "count", f'return len(p.find("{kind}"))', patterns(f"""
            how many things can (i|you|one|we) {do}
            how many things are {able}
            how many {able} things (are there|do you see)
            count (everything|all the things|the things) (you|one|i) (can|could) {do}
            count (all that|everything that) is {able}
            how many of these (can|could) (i|you|we) {do}
            number of {able} things
            how many things are there to {do}
        """), weight=0.2, split_as="count_use"),
        Form(f"list_{name}", "naming", f'return ", ".join(sorted(set([x.{WHAT} for x in p.find("{kind}")])))', patterns(f"""
            what can (i|you|one|we) {do}
            which (things|of these|of the things) can (i|you|one|we) {do}
            what is {able}
            which things are {able}
            what is there to {do}
            list (everything|all things) (you|one|i) can {do}
            name (what|all that|everything that) is {able}
            what could (i|you|one|we) {do}
        """), weight=0.2, split_as="list_use"),
    )  # fmt: skip


FORMS = (
    Form("left_after", "arithmetic", 'return len(p.find("{a}")) - {n} * len(p.find("{b}"))', patterns(f"""
        if (each|every) {{b}} {_TAKE} {{n}} {{a+}}, how many (are left|remain|{{a+}} are left|{{a+}} remain|are left over)
        each {{b}} {_TAKE} {{n}} {{a+}}. how many (are left|remain|{{a+}} are left|stay behind)
        the {{b+}} (eat|take|get|grab) {{n}} {{a+}} each, how many (are left|remain|will be left)
        how many {{a+}} (are left|remain|stay|would be left) (if|when|after) (each|every) {{b}} {_TAKE} {{n}}
        say all the {{b+}} (eat|take|get) {{n}} {{a+}} each. what is left
        every {{b}} (ate|took|got) {{n}} {{a+}}, how many {{a+}} still there
        how many {{a+}} after giving {{n}} to each {{b}}
        suppose every {{b}} {_TAKE} {{n}} {{a+}}: how many are (left|not taken)
        what remains of the {{a+}} if each {{b}} {_TAKE} {{n}}
        give each {{b}} {{n}} {{a+}}, how many are (left|still there)
    """), weight=0.7),
    Form("take_away", "arithmetic", 'return len(p.find("{a}")) - {n}', patterns(f"""
        if {{n}} {{a+}} {_GONE}, how many (are left|remain|{{a+}} are left|stay)
        how many {{a+}} (are left|remain|would be left) if {{n}} {_GONE}
        {{n}} {{a+}} {_GONE}. how many are left
        (someone|a thief|i|my friend) (takes|took|eats|ate|removes|steals) {{n}} {{a+}}, how many (are left|remain)
        take away {{n}} {{a+}}, how many (are left|remain)
        how many {{a+}} minus {{n}}
        i (take|eat|remove|hide) {{n}} of the {{a+}}. what is left
        {{n}} of the {{a+}} {_GONE}, how many stay
        without {{n}} of them, how many {{a+}} would there be
        subtract {{n}} from the number of {{a+}}
        how many {{a+}} will be there once {{n}} {_GONE}
    """), weight=0.7),
    Form("take_kind", "arithmetic", 'return len(p.find("{g}")) - {n}', patterns(f"""
        if {{n}} of the {{a+}} {_GONE}, how many {{g+}} (are left|remain|stay)
        {{n}} {{a+}} {_GONE}. how many {{g+}} are (left|still there)
        how many {{g+}} (are left|remain) (if|when|after) {{n}} of the {{a+}} {_GONE}
        how many {{g+}} would there be without {{n}} of the {{a+}}
        (i|we) (take|remove|eat) {{n}} {{a+}}, how many {{g+}} remain
        suppose {{n}} {{a+}} {_GONE}, what number of {{g+}} is left
    """), weight=0.4),
    Form("lack", "arithmetic", 'return {n} - len(p.find("{a}"))', patterns("""
        i (need|want|would like) {n} {a+}, how many (are missing|do i lack|more do i need)
        how many {a+} are missing to make {n}
        how many more {a+} until there are {n}
        we need {n} {a+}. how many more (must we get|have to be found)
        how many {a+} short of {n}
        to have {n} {a+}, how many must i add
        {n} {a+} are needed, how many more is that
    """), weight=0.4),
    Form("which_is_colour", "attribute", 'return "{a}" if p.find("{a}")[0].verify_property("{a}", "{k}") else "{b}"', patterns("""
        which is {k}, the {a} or the {b}
        what is {k}, the {a} or the {b}
        is the {a} or the {b} {k}
        which one of the {a} and the {b} is {k}
        {k}: the {a} or the {b}
        the {a} or the {b}, which is {k}
        which has the color {k}, the {a} or the {b}
    """), weight=0.4),
    Form("everything_but", "naming", f'return ", ".join(sorted(set([x.{WHAT} for x in p.find("{{g}}") if not x.exists("{{a}}")])))', patterns("""
        what {g+} are there (besides|other than|apart from) (the |){a+}
        which {g+} are not {a+}
        what other {g+} are there (besides|than|apart from) (the |){a+}
        list the {g+} (other than|except|without) the {a+}
        which {g} is not {a~}
        (besides|apart from) the {a+}, what {g+} do you see
        what (else|other things) can you see (besides|apart from) the {a+}
        what else is there (besides|other than|except) the {a+}
        anything (else |)(besides|other than) {a+}, and what
    """), weight=0.5),
    Form("left_or_right_bigger", "size", 'f = sorted(p.find("{a}"), key=lambda x: x.horizontal_center)\nreturn "left" if f[0].width * f[0].height > f[-1].width * f[-1].height else "right"', patterns("""
        is the left or the right {a} (bigger|larger)
        which {a} is (bigger|larger), left or right
        which of the {a+} is the bigger one, the one on the left or the one on the right
        is the bigger {a} on the left or on the right
        the left {a} or the right {a}: which is bigger
        on which side is the bigger {a}, left or right
    """), weight=0.25),
    Form("add_more", "arithmetic", 'return len(p.find("{a}")) + {n}', patterns("""
        if {n} more {a+} (come|arrive|are added|join|appear|show up|were there), how many (are there|would there be|is that) [in total|altogether]
        {n} more {a+} (come|arrive|are added|join). how many (are there|now)
        how many {a+} would there be (with|if there were|if you add|if i add) {n} more
        (add|put) {n} more {a+}, how many (are there|is that|do i have)
        how many {a+} plus {n}
        i (add|draw|bring|buy) {n} (more|extra|other) {a+}. how many now
        what is the number of {a+} plus {n}
        {n} (other|extra) {a+} join them, how many {a+} (in total|altogether)
        add {n} to the number of {a+}
        with {n} extra {a+} how many would that make
    """), weight=0.5),
    Form("needed", "arithmetic", 'return {n} * len(p.find("{b}")) - len(p.find("{a}"))', patterns("""
        how many more {a+} (are needed|do we need|would be needed|do you need) (so that|for|to give) (each|every) {b} [to have|has|can have|gets] {n}
        how many {a+} are missing (so that|if|for) (each|every) {b} (gets|is to get|needs|should have|to have) {n}
        if each {b} (needs|wants|should get) {n} {a+}, how many (are missing|more are needed|more do we need)
        each {b} (needs|wants) {n} {a+}. how many are missing
        how many {a+} short are we if every {b} (wants|needs|gets) {n}
        to give each {b} {n} {a+} how many more must (we|i) buy
    """), weight=0.4),
    Form("enough_each", "arithmetic", 'return len(p.find("{a}")) >= {n} * len(p.find("{b}"))', patterns("""
        are there enough {a+} (for|so that) (each|every) {b} [can have|to have|to get|gets] {n}
        can (each|every) {b} (have|get|take|eat) {n} {a+}
        could all the {b+} (have|get|take) {n} {a+} each
        is it possible to give each {b} {n} {a+}
        enough {a+} for {n} per {b}
        do the {a+} suffice for {n} (per|for each|for every) {b}
        will there be {n} {a+} for every {b}
        would {n} {a+} for each {b} be possible
    """), weight=0.4),
    Form("half", "arithmetic", 'return len(p.find("{a}")) // 2', patterns("""
        how many are half of the {a+}
        what is half the number of {a+}
        if half [of] the {a+} (leave|go|are eaten|disappear), how many (are left|remain)
        half of the {a+} is how many
        how many {a+} make (up |)half of them
        divide the number of {a+} by 2
        if i take half the {a+} how many do i have
        the {a+} are split into 2 equal groups, how many in each
    """), weight=0.3),
    Form("twice", "compare", 'return len(p.find("{a}")) == 2 * len(p.find("{b}"))', patterns("""
        are there twice as many {a+} as {b+}
        is the number of {a+} (double|twice) the number of {b+}
        are there double as many {a+} as {b+}
        there are twice as many {a+} as {b+}, (right|true)
        twice as many {a+} as {b+}
        do the {a+} count double the {b+}
        are there 2 {a+} for (each|every) {b}
        is the {a} count double that of the {b+}
    """), weight=0.3),
    Form("three_more", "compare", 'return max(("{a}", "{b}", "{c}"), key=lambda n: len(p.find(n)))', patterns("""
        (what|which) are there (most|more) of, {a+}, {b+} or {c+}
        are there more {a+}, {b+} or {c+}
        which (is|are) the most (numerous|common), {a+}, {b+} or {c+}
        {a+}, {b+} or {c+}, what is there most of
        of {a+}, {b+} and {c+}, which are there the most of
        which (group|one) is (the |)biggest in number: {a+}, {b+} or {c+}
        do you see more {a+}, more {b+} or more {c+}
        which has the highest count, {a+}, {b+} or {c+}
        most of what: {a+}, {b+}, {c+}
    """), weight=0.5),
    Form("commonest", "naming", f'n = [x.{WHAT} for x in p.find("{{g}}")]\nreturn max(n, key=n.count)', patterns("""
        (what|which) {g} (is there|are there|do you see) (most|the most) of
        (what|which) {g} (appears|shows up|occurs) most [often]
        what is the most (common|frequent) {g}
        which {g} is the most (common|numerous|frequent)
        most of the {g+} are what
        what are most of the {g+}
        which kind of {g} (do you see most often|is in the majority|is there most of)
        the most common {g}
        what kind of {g} are there the most of
        (what|which) are there most of among the {g+}
    """), weight=0.5),
    Form("commonest_colour", "same", f'n = [x.{WHAT_COLOUR} for x in p.find("{{a}}")]\nreturn max(n, key=n.count)', patterns("""
        what color are most of the {a+}
        what is the most (common|frequent) color (of|among) the {a+}
        most of the {a+} are (what|which) color
        which color do most [of the] {a+} have
        what color is the majority of the {a+}
        which color (is most common|occurs most) among the {a+}
        what is the main color of the {a+}
        what color are the most {a+}
    """), weight=0.4),
    Form("colours_list", "attribute", f'return ", ".join(sorted(set([x.{WHAT_COLOUR} for x in p.find("{{a}}")])))', patterns("""
        what color are the {a+}
        what colors are the {a+}
        what colors do the {a+} have
        which colors are the {a+}
        what color (do|have) the {a+} have
        name the colors of the {a+}
        list the colors of (all the |the |){a+}
        in (what|which) colors are the {a+}
        the {a+} are what color
        what are the colors of the {a+}
        color of the {a+}
        {a+}: what colors
        which colors can you see on the {a+}
        what are the {a+} colored
        the colors of the {a+} are
    """), weight=1.0),
    Form("what_are_colour", "attribute", f'return ", ".join(sorted(set([x.{WHAT} for x in p.find("{{k}} {{g}}")])))', patterns("""
        (what|which) {g+} are {k}
        which of the {g+} are {k}
        list (the|all|all the) {k} {g+}
        name (the|all|all the) {k} {g+}
        what are the {k} {g+}
        what {k} {g+} (are there|do you see|can you find)
        give me all {k} {g+}
        which {g+} have the color {k}
        what all is {k} among the {g+}
        every {k} {g}, what are they
    """), weight=0.5),
    Form("any_thing_colour", "existence", 'return p.exists("{k} thing")', patterns("""
        is there (anything|something) {k}
        is (anything|something) {k}
        do you see (anything|something) {k}
        anything {k}
        is there (anything|something) (that is|of the color|in) {k}
        does anything have the color {k}
        is {k} (one of the colors|among the colors)
        are there any {k} things
        can you (see|find|spot) (anything|something) {k}
        are any of the things {k}
        got anything {k}
    """), weight=0.5),
    Form("count_things_colour", "count", 'return len(p.find("{k} thing"))', patterns("""
        how many things are {k}
        how many {k} things (are there|do you see)
        number of {k} things
        count (everything|all) that is {k}
        how many things have the color {k}
        how many of the things are {k}
        count the {k} things
        how much {k} stuff is there
        what is the number of {k} things
    """), weight=0.4),
    Form("more_colour", "compare", 'return len(p.find("{k} {a}")) > len(p.find("{m} {a}"))', patterns("""
        are there more {k} {a+} than {m} (ones|{a+})
        are more [of the] {a+} {k} than {m}
        more {k} {a+} than {m} ones
        do the {k} {a+} outnumber the {m} (ones|{a+})
        is the number of {k} {a+} (greater|bigger|higher) than that of {m} (ones|{a+})
        there are more {k} than {m} {a+}, (true|right)
        do you see more {k} than {m} {a+}
        are there more {k} than {m} {a+}
    """), weight=0.5),
    Form("which_more_colour", "compare", 'return "{k}" if len(p.find("{k} {a}")) > len(p.find("{m} {a}")) else "{m}"', patterns("""
        are there more {k} or [more] {m} {a+}
        are more [of the] {a+} {k} or {m}
        are most [of the] {a+} {k} or {m}
        which {a+} are there more of, {k} or {m} [ones]
        {k} or {m} {a+}: what is there more of
        which color has more {a+}, {k} or {m}
        more {k} {a+} or more {m} ones
        what do you see more of, {k} {a+} or {m} ones
    """), weight=0.4),
    Form("sum_colour", "arithmetic", 'return len(p.find("{k} {a}")) + len(p.find("{m} {a}"))', patterns("""
        how many {k} and {m} {a+} are there [together|in total|altogether]
        how many {a+} are {k} or {m}
        how many of the {a+} are either {k} or {m}
        count the {k} and the {m} {a+}
        number of {k} and {m} {a+} together
        {k} plus {m} {a+} makes how many
        how many {a+} are {k} and how many {m}, taken together
        total of {k} {a+} and {m} ones
    """), weight=0.3),
    Form("most_colour", "logic", 'return 2 * len(p.find("{k} {a}")) > len(p.find("{a}"))', patterns("""
        are most [of the] {a+} {k}
        is the majority of [the] {a+} {k}
        are more than half of the {a+} {k}
        are the {a+} mostly {k}
        are the most {a+} {k}
        most {a+} are {k}, (right|true|correct)
        do most [of the] {a+} have the color {k}
        whether most of the {a+} are {k}
    """), weight=0.4),
    Form("most_kind", "logic", 'return 2 * len(p.find("{a}")) > len(p.find("{g}"))', patterns("""
        are most [of the] {g+} {a+}
        is the majority of [the] {g+} {a+}
        are more than half of the {g+} {a+}
        are the {g+} mostly {a+}
        most {g+} are {a+}, (right|true|correct)
        do the {a+} make up most of the {g+}
        whether most of the {g+} are {a+}
        are {a+} in the majority among the {g+}
    """), weight=0.4),
    *_legs("legs", LEGS),
    *_legs("wheels", WHEELS),
    *(form for use in USES for form in _uses(*use)),
)  # fmt: skip


def _colours(view: View, phrase: str, least: int = 1) -> list[str]:
    found = view.all(phrase)
    if len(found) < least:
        raise Unclear(phrase)
    return [colour_of(thing) for thing in found]


def _most(values: Iterable[str]) -> str:
    (first, most), *rest = Counter(values).most_common()
    if most < 2 or (rest and rest[0][1] == most):
        raise Unclear("no clear majority")
    return first


def _three(view: View, slots: Slots) -> str:
    counts = sorted(((view.count(slots[name]), slots[name]) for name in "abc"), reverse=True)
    if counts[0][0] == counts[1][0]:
        raise Unclear("a tie")
    return counts[0][1]


def _coloured(view: View, slots: Slots, colour: str, noun: str = "a") -> int:
    return _all_colours(view, slots[noun]).count(slots[colour])


def _all_colours(view: View, phrase: str) -> list[str]:
    """The colours of every thing called so, none of which may be mixed."""
    return [colour_of(thing) for thing in view.all(phrase)]


def _known(view: View, slots: Slots) -> bool:
    things = view.all("thing")
    return any(thing.colour == slots["k"] for thing in things) or any(colour_of(t) == slots["k"] for t in things)


def _clear_thing_colours(view: View, slots: Slots) -> int:
    return sum(colour_of(thing) == slots["k"] for thing in view.all("thing"))


def _more_colour(view: View, slots: Slots) -> str:
    one, other = _coloured(view, slots, "k"), _coloured(view, slots, "m")
    if one == other:
        raise Unclear("a tie")
    return slots["k"] if one > other else slots["m"]


def _above_half(part: int, whole: int) -> bool:
    if not whole or 2 * part == whole:
        raise Unclear("half of them")
    return 2 * part > whole


def _kinds(view: View, slots: Slots) -> str:
    kinds = {thing.noun for thing in view.all(slots["g"]) if colour_of(thing) == slots["k"]}
    if not kinds:
        raise Unclear("none")
    return ", ".join(sorted(kinds))


def _majority(view: View, slots: Slots) -> bool:
    group, members = view.all(slots["g"]), view.all(slots["a"])
    if any(thing not in group for thing in members):
        raise Unclear("not of that kind")
    return _above_half(len(members), len(group))


def _parts(view: View, slots: Slots, number: str, table: dict[str, tuple[str, ...]]) -> int:
    if slots["a"] not in table[number]:
        raise Unclear(slots["a"])
    return int(number) * view.amount(slots["a"])


def _any_of(view: View, slots: Slots, kind: str) -> bool:
    return view.count(kind) > 0


def _count_of(view: View, slots: Slots, kind: str) -> int:
    return view.count(kind)


def _list_of(view: View, slots: Slots, kind: str) -> str:
    return ", ".join(sorted({thing.noun for thing in view.present(kind)}))


def _take_kind(view: View, slots: Slots) -> int:
    group, members = view.all(slots["g"]), view.all(slots["a"])
    if any(thing not in group for thing in members):
        raise Unclear("not of that kind")
    enough(len(members) - int(slots["n"]))
    return len(group) - int(slots["n"])


def _which_is_colour(view: View, slots: Slots) -> str:
    found = [view.all(slots[name]) for name in "ab"]
    if any(len(things) != 1 for things in found):
        raise Unclear("not one of each")
    one, other = (colour_of(things[0]) == slots["k"] for things in found)
    if one == other:
        raise Unclear("both or neither")
    return slots["a"] if one else slots["b"]


def _others(view: View, slots: Slots) -> str:
    members = view.all(slots["a"])
    if not members or any(thing not in view.all(slots["g"]) for thing in members):
        raise Unclear("not of that kind")
    found = {thing.noun for thing in view.all(slots["g"]) if thing not in members}
    if not found:
        raise Unclear("no others")
    return ", ".join(sorted(found))


def _bigger_side(view: View, slots: Slots) -> str:
    found = sorted(view.all(slots["a"]), key=lambda thing: thing.center[0])
    if len(found) != 2:
        raise Unclear("not two")
    view.is_on("left", found[0], found[1])
    return "left" if extreme(found, lambda t: t.area, ratio=SIZE_RATIO) is found[0] else "right"


def _even(count: int) -> int:
    if count % 2:
        raise Unclear("no half")
    return count


TRUTH: dict[str, Callable[[View, Slots], bool | int | str]] = {
    "left_after": lambda v, s: enough(v.amount(s["a"]) - int(s["n"]) * v.amount(s["b"])),
    "take_away": lambda v, s: enough(v.amount(s["a"]) - int(s["n"])),
    "add_more": lambda v, s: v.amount(s["a"]) + int(s["n"]),
    "needed": lambda v, s: enough(int(s["n"]) * v.amount(s["b"]) - v.amount(s["a"]), 1),
    "enough_each": lambda v, s: v.amount(s["a"]) >= int(s["n"]) * v.amount(s["b"]),
    "half": lambda v, s: _even(v.amount(s["a"])) // 2,
    "twice": lambda v, s: v.amount(s["a"]) == 2 * v.amount(s["b"]),
    "three_more": _three,
    "commonest": lambda v, s: _most(thing.noun for thing in v.present(s["g"])),
    "commonest_colour": lambda v, s: _most(_colours(v, s["a"], 2)),
    "colours_list": lambda v, s: ", ".join(sorted(set(_colours(v, s["a"], 2)))),
    "what_are_colour": _kinds,
    "any_thing_colour": _known,
    "count_things_colour": _clear_thing_colours,
    "more_colour": lambda v, s: _coloured(v, s, "k") > _coloured(v, s, "m"),
    "which_more_colour": _more_colour,
    "sum_colour": lambda v, s: _coloured(v, s, "k") + _coloured(v, s, "m"),
    "most_colour": lambda v, s: _above_half(_coloured(v, s, "k"), v.count(s["a"])),
    "most_kind": _majority,
    **{f"legs_{number}": partial(_parts, number=number, table=LEGS) for number in LEGS},
    **{f"wheels_{number}": partial(_parts, number=number, table=WHEELS) for number in WHEELS},
    "take_kind": _take_kind,
    "lack": lambda v, s: enough(int(s["n"]) - v.amount(s["a"]), 1),
    "which_is_colour": _which_is_colour,
    "everything_but": _others,
    "left_or_right_bigger": _bigger_side,
    **{f"any_{name}": partial(_any_of, kind=kind) for name, kind, *_ in USES},
    **{f"count_{name}": partial(_count_of, kind=kind) for name, kind, *_ in USES},
    **{f"list_{name}": partial(_list_of, kind=kind) for name, kind, *_ in USES},
}  # fmt: skip
"""By the name of the form."""
