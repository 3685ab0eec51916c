"""Forms about reckoning with what is there: what is not counted, what each takes, prices, seats and portions of any
size, who comes and who goes. The truth of each stands beside it."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from collections.abc import Callable

from distill.questions.forms import Form, patterns
from distill.questions.view import Unclear, View, enough
from models.embedded.world.lexicon import canonical, nouns_of

Slots = dict[str, str]

_FEW = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_UP_TO_TWENTY = {
    **_FEW,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "eighteen": 18,
    "twenty": 20,
}
_LARGE = {"seven": 7, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fifteen": 15, "nineteen": 19, "twenty": 20, "twenty five": 25, "thirty": 30,
          "thirty five": 35, "forty": 40, "forty five": 45, "fifty": 50, "sixty": 60, "seventy five": 75, "eighty": 80, "ninety nine": 99, "one hundred": 100}  # fmt: skip
_DIGITS = (7, 8, 12, 14, 17, 18, 22, 24, 28, 36, 48, 55, 65, 72, 89, 120, 125, 150, 199, 200, 250, 300, 450, 500, 999)


def _said(words: dict[str, int], least: int = 1) -> tuple[tuple[str, str], ...]:
    """Each number in words and in digits, with how the program has it."""
    return tuple((text, str(value)) for word, value in words.items() if value >= least for text in (word, str(value)))


def _portions() -> tuple[tuple[str, str], ...]:
    """A few of the things as a question says it, `one {a}` or `two of the {a+}`, and the number in the program."""
    return tuple(
        (f"{number} {noun}", value)
        for number, value in _said(_FEW)
        if int(value) < 5
        for noun in ("{a}" if value == "1" else "{a+}", "of the {a+}")
    )


_SECOND = _said(_FEW, 2)
_UP_TO_FIVE = tuple(pair for pair in _said(_FEW) if int(pair[1]) < 5)
_EACH = _said(_UP_TO_TWENTY, 2)
_PRICES = (*_said(_LARGE), *((str(value), str(value)) for value in _DIGITS))
_CHEAP = _said(_UP_TO_TWENTY, 2)
_MONEY = tuple(pair for pair in _PRICES if 10 <= int(pair[1]) <= 100)
_VALUES = dict((*_portions(), *_said(_UP_TO_TWENTY), *_PRICES))
"""Numbers of the forms' own, as the question says them."""

_COINS = "(dollars|euros|pounds|bucks|francs|cents|yen)"
_ONE = "(the girl|anna|my sister|mum|the first guest|one kid|one of us|lisa|my friend)"
_OTHER = "(the boy|tom|my brother|dad|the second guest|another|the other one|paul|grandma)"
_WENT = "(left|went away|flew away|ran off|were taken away|got sold|were lost|disappeared)"
_CAME = "(came|came along|arrived|turned up|joined|were brought)"
_GONE = "(are eaten|get eaten|are taken|are taken away|are removed|are sold|leave|go away|go home|disappear|are gone)"
_COME = "(come|come along|arrive|join|are added|turn up|appear)"

FORMS: tuple[Form, ...] = (
    Form("count_mistaken", "count", 'return len(p.find("{a}"))', patterns("""
        how many {a+} (are there|do you see|can you see) [$pic], (the|a) {b} is no {a}
        how many {a+} (are there|do you see), {b+} are (no|not) {a+}
        the {b} is (not {a~}|no {a}), so how many {a+} $there
        {b+} do not count as {a+}. how many {a+} (are there|do you see)
        how many {a+} $there, and do not (take|mistake) the {b} for one
        $count the {a+}, but {b~} is no {a}
        without mistaking {b~} for {a~}, how many {a+} are there
        how many {a+} are there, bearing in mind that {b~} is not one
        real {a+} only, {b+} are something else: how many
        how many {a+} is it, {b+} being a different thing
        i mean {a+}, which {b+} are not. how many do you see
        (a|the) {b} does not pass for {a~}. how many {a+} (then|are there)
        number of {a+}, given that no {b} is one
        do not confuse {a+} with {b+}: how many {a+} (are there|do you see)
        what is the number of {a+} if {b~} (does not qualify as one|is not called {a~})
        how many {a+}, the {b} does not count because it is no {a}
    """), weight=0.4),
    Form("two_takers", "arithmetic", 'return len(p.find("{a}")) - {r} - {q}', patterns(f"""
        if {_ONE} (eats|takes|gets|has) {{r}} and {_OTHER} (eats|takes|gets|has) {{q}}, how many [{{a+}}] (are left|remain)
        {_ONE} (eats|takes|buys|gets) {{r}} and {_OTHER} {{q}}. how many (are left|remain)
        {_ONE} (ate|took|got) {{r}}, {_OTHER} (ate|took|got) {{q}}, how many {{a+}} (are left|remain|are still there)
        how many {{a+}} are left (if|when|after) {_ONE} (takes|eats|gets) {{r}} and {_OTHER} {{q}}
        i (eat|take|use) {{r}} (now|today|this morning) and {{q}} (later|tomorrow|in the evening), how many (are left|do i have left)
        give {{r}} to {_ONE} and {{q}} to {_OTHER}, how many do i keep
        take away {{r}}, then take away {{q}} more. what is left
        (i|we) lose {{r}} and (someone|a thief) steals {{q}}, how many (remain|are left)
        suppose {_ONE} grabs {{r}} and {_OTHER} grabs {{q}}: what number of {{a+}} is left
        what is left of the {{a+}} (once|after) {_ONE} has had {{r}} and {_OTHER} {{q}}
        with {{r}} for {_ONE} and {{q}} for {_OTHER}, how many {{a+}} (stay|are over)
        {{r}} for {_ONE}, {{q}} for {_OTHER} and the rest for me. how many do i get
        how many {{a+}} minus {{r}} and minus another {{q}}
        first {{r}} (got|went) lost and then {{q}} (broke|disappeared), how many {{a+}} are still there
        {_ONE} wants {{r}}, {_OTHER} wants {{q}}, how many does that leave
    """), weight=0.5, fixed={"r": _portions(), "q": _UP_TO_FIVE}),
    Form("come_and_go", "arithmetic", 'return len(p.find("{a}")) - {r} + {q}', patterns(f"""
        if {{r}} {_WENT} and {{q}} (others|new ones) {_CAME}, how many {{a+}} (are there|would there be) (now|then|in the end)
        {{r}} {_WENT} and {{q}} came back. how many (are there|{{a+}} are there now)
        {{r}} {_WENT}, then {{q}} more {_CAME}, how many (are there|is that) (now|then|in the end)
        how many {{a+}} would there be (if|after) {{r}} {_WENT} and {{q}} {_CAME}
        take away {{r}} and (add|put back) {{q}}, how many (are there|do i have)
        how many {{a+}} minus {{r}} plus {{q}}
        i (sold|gave away|lost) {{r}} and (bought|got|found) {{q}} new ones. how many do i have now
        subtract {{r}}, add {{q}}: what is the number of {{a+}} then
        suppose {{r}} {_WENT} but {{q}} {_CAME} instead, how many {{a+}} is that
        first {{r}} {_WENT}, after that {{q}} {_CAME}. what is the number of {{a+}} in the end
        with {{r}} gone and {{q}} new ones there, how many {{a+}} (are there|do we have)
        {{r}} out, {{q}} in, how many {{a+}} now
        what becomes of the number of {{a+}} when {{r}} go and {{q}} come
        we (remove|throw out) {{r}} and replace them by {{q}} others, how many {{a+}} are there then
    """), weight=0.4, fixed={"r": _portions(), "q": _UP_TO_FIVE}),
    Form("add_kind", "arithmetic", 'return len(p.find("{g}")) + {n}', patterns(f"""
        if {{n}} more {{a+}} {_COME}, how many {{g+}} (are there|would there be|will there be|is that) [in total|altogether]
        {{n}} more {{a+}} {_COME}. how many {{g+}} (are there|do we have) (now|then|in total)
        how many {{g+}} (will there be|would there be|are there) (if|when|once) {{n}} more {{a+}} {_COME}
        how many {{g+}} would there be with {{n}} more {{a+}}
        (i|we) (add|bring|buy|draw) {{n}} {{a+}}, how many {{g+}} (are there|do we have) then
        with {{n}} extra {{a+}}, what is the number of {{g+}}
        (add|put in) {{n}} {{a+}} and count the {{g+}} again, how many (are there|is that)
        suppose {{n}} more {{a+}} {_COME}, what number of {{g+}} is that
        {{n}} {{a+}} join the other {{g+}}. how many {{g+}} in all
        what would be the total of {{g+}} after {{n}} {{a+}} have joined
        all the {{g+}} plus {{n}} {{a+}} more, how many is that
        there come {{n}} {{a+}} on top. the {{g+}} are then how many
        how many {{g+}} altogether, counting {{n}} {{a+}} that are still to come
    """), weight=0.4),
    Form("come_two_kinds", "arithmetic", 'return len(p.find("{g}")) + {n} + {r}', patterns(f"""
        if {{n}} more {{a+}} and {{r}} more {{b+}} {_COME}, how many {{g+}} (are there|will there be|would there be) [in total|altogether]
        {{n}} more {{a+}} and {{r}} more {{b+}} {_COME}. how many {{g+}} (are there|will there be|is that) (now|then)
        how many {{g+}} (will there be|would there be) (if|when) {{n}} {{a+}} and {{r}} {{b+}} {_COME}
        (i|we) (add|bring|buy) {{n}} {{a+}} and {{r}} {{b+}}, how many {{g+}} do we have
        with {{n}} more {{a+}} and {{r}} more {{b+}}, how many {{g+}} (are there|would that be)
        first {{n}} more {{a+}} {_COME}, then {{r}} more {{b+}}. how many {{g+}} in the end
        add {{n}} {{a+}} and {{r}} {{b+}} to the {{g+}}, what is the total
        all the {{g+}} plus {{n}} {{a+}} plus {{r}} {{b+}}, how many is that
        suppose {{n}} {{a+}} and {{r}} {{b+}} join in, what number of {{g+}} is that
        what would be the number of {{g+}} after {{n}} {{a+}} and {{r}} {{b+}} have joined
        how many {{g+}} once {{n}} extra {{a+}} and {{r}} extra {{b+}} are here
        {{n}} {{a+}} come from one side and {{r}} {{b+}} from the other, how many {{g+}} altogether
        the {{g+}} get company of {{n}} {{a+}} and {{r}} {{b+}}. how many {{g+}} now
    """), weight=0.3, fixed={"r": _SECOND}),
    Form("take_all_kind", "arithmetic", 'return len(p.find("{g}")) - len(p.find("{a}"))', patterns(f"""
        if all the {{a+}} {_GONE}, how many {{g+}} (are left|remain|stay)
        (someone|a thief|my friend|the boy) (takes|took|eats|ate|buys) all the {{a+}}, how many {{g+}} (are left|remain)
        all [of] the {{a+}} {_GONE}. how many {{g+}} are (left|still there)
        how many {{g+}} (are left|remain|would be left) (if|when|after|once) all the {{a+}} {_GONE}
        how many {{g+}} (are left|remain) (if|when) (i|we|you) take (away all the|every) {{a}}
        take (away|out) every {{a}}, how many {{g+}} (are left|remain)
        suppose the {{a+}} all {_GONE}, what number of {{g+}} is left
        every single {{a}} is (gone|taken|sold). how many {{g+}} are there still
        what remains of the {{g+}} in number once no {{a}} is there any more
        i (sell|hide|give away|remove) all my {{a+}}, how many {{g+}} do i have left
        with all the {{a+}} gone, how many {{g+}} (remain|stay behind|are there)
        the {{a+}} {_GONE}, every one of them. how many {{g+}} does that leave
        if (somebody|she|he) (took|grabbed|bought) the {{a+}}, all of them, how many {{g+}} would be left
        all {{a+}} out, how many {{g+}} stay
    """), weight=0.4),
    Form("count_including", "count", 'return len(p.find("{g}"))', patterns("""
        how many {g+} (are there|do you see) [in total|altogether] including the {a+}
        how many {g+} (are there|do you see), the {a+} included
        including the {a+}, how many {g+} $there [in total|in all]
        how many {g+} in (total|all), {a+} and all
        $count all the {g+}, the {a+} too
        how many {g+} (are there|is that) if (you|i|we) (count|include) the {a+} as well
        the {a+} count as {g+} too, so how many {g+} are there
        how many {g+} altogether, (counting in|not leaving out) the {a+}
        what is the total of {g+}, with the {a+} among them
        number of {g+} with the {a+} counted in
        {a+} included, the {g+} are how many
        (seeing|given) that {a~} is {g~} as well, how many {g+} are there in all
        without (forgetting|leaving out) the {a+}, how many {g+} are there
        taking the {a+} along, how many {g+} (are there|do you get)
        how many {g+} (are there|do you see), and please count the {a+} among them
    """), weight=0.3),
    Form("more_than_rest", "compare", 'return 2 * len(p.find("{a}")) > len(p.find("{g}"))', patterns("""
        are there more {a+} than all [the] other {g+} (together|combined|put together)
        are there more {a+} than (other {g+}|{g+} of any other kind) (together|combined|in total)
        do the {a+} outnumber all the other {g+} (together|combined)
        more {a+} than all the other {g+} (together|combined)
        are the {a+} more than the rest of the {g+} (together|)
        is the number of {a+} (greater|bigger|higher) than that of all other {g+} (together|)
        do you see more {a+} than the rest of the {g+}
        $check $whether there are more {a+} than all the other {g+} together
        there are more {a+} than the rest of the {g+} put together, (right|true|correct)
        leaving the {a+} aside, are the other {g+} all together fewer than the {a+}
        put all the other {g+} together: are the {a+} still more
        are all the other {g+} together fewer than the {a+}
        would the {a+} win a vote against all the other {g+}
        are the {a+} a bigger group than the remaining {g+} taken together
    """), weight=0.3),
    Form("each_many", "arithmetic", 'return len(p.find("{a}")) * {r}', patterns("""
        every {a} (eats|drinks|needs|uses) {r} (portions|meals|snacks|litres|pieces) (a|per) day, how many (portions|meals|snacks|litres|pieces) (per|a) day (is that|for all of them)
        each {a} (eats|needs|gets|uses) {r} (treats|portions|pieces|screws|pills), how many (are needed|do i need) for (all the|the) {a+}
        if (each|every|one) {a} (eats|needs|takes) {r} (a|per) day, how many do (all the {a+}|they) (eat|need|take) (a|per) day
        how many (treats|portions|pieces|parts) do the {a+} (need|eat|get) (together|in total|in all) (if|when) each (needs|eats|gets) {r}
        the {a+} (need|eat|use|get) {r} (treats|portions|pieces) each. how many is that (together|in total|a day)
        (each|every) {a} (weighs|measures) {r} (kilos|pounds|grams|tons|meters), what do they (weigh|measure) (together|in total)
        at {r} (portions|pieces|litres|points) per {a}, how many (do i need|must i order|in all) for the {a+}
        every {a} (wears|has|carries|comes with) {r} (stickers|spots|labels|parts), how many (are there|is that) on all the {a+}
        i have to give (each|every) {a} {r} (pills|treats|portions|drops), how many do i have to bring
        how many (minutes|hours) does it take to (wash|clean|feed|check|draw) the {a+} if (each|one) takes {r} (minutes|hours)
        one {a} (makes|gives|brings|earns) {r} (points|litres|coins) a day, what do all of them (make|give|bring|earn)
        for {r} (guests|visitors|people) per {a}, how many (guests|visitors|people) are there with all the {a+}
        feeding one {a} takes {r} (portions|handfuls). how many for all
        (each|every) {a} (holds|contains|hides) {r} (treats|coins|surprises), how many (are|is that) in all the {a+} together
        {r} (drops|grams|labels) go on each {a}, how many for all the {a+}
    """), weight=0.5, fixed={"r": _EACH}),
    Form("seats", "arithmetic", 'return len(p.find("{a}")) * {r}', patterns("""
        {r} (people|passengers|persons) fit (in|into|on) (each|one|every) {a}, how many (people|) can (ride|sit|travel) in (the|all the) {a+} [together|in total]
        if {r} (people|kids|persons) fit (in|into|on) (each|one|a) {a}, how many fit (in|into|on) all of them
        (each|every) {a} (seats|takes|holds|carries|has room for) {r} (people|passengers|persons), how many (people|) can come along [in total]
        how many (people|passengers|kids) (fit in|can ride in|can sit on) the {a+} if (each|one) (takes|seats|has room for) {r}
        with {r} (seats|places) in (each|every) {a}, how many (seats|places) (are there|do we have) in all
        there is room for {r} (people|kids|guests) in one {a}. for how many is there room in all the {a+}
        how many seats do the {a+} have (together|in total|in all) with {r} in each
        {r} to a {a}, how many (people|of us) can the {a+} take
        (a|one) {a} has {r} seats. how many (people|passengers|guests) find a seat in the {a+}
        all the {a+} are full with {r} (people|passengers|riders) each, how many (people|passengers|riders) is that
        what is the capacity of all the {a+} if one carries {r} (people|persons|passengers)
        (our class|our group|the club) goes by {a}, {r} (to|in) each: how many (people|kids) can come
        how big may the group be when {r} fit in each of the {a+}
        {r} (kids|people|friends) sit (in|on) each {a} and no place is free, how many (kids|people|friends) are that
    """), weight=0.3, fixed={"r": _EACH}),
    Form("price_many", "arithmetic", 'return len(p.find("{a}")) * {r}', patterns(f"""
        (each|one|every) {{a}} costs {{r}} {_COINS}, what do (they|all the {{a+}}) cost (together|altogether|in total)
        (the {{a+}} cost|the price is) {{r}} {_COINS} for each {{a}}, how much is the whole lot
        if one {{a}} is {{r}} {_COINS}, (how much|what) are all the {{a+}} together
        how much (must|do) i pay for (all the|the) {{a+}} when (one|each) costs {{r}} {_COINS}
        what is the total price of the {{a+}} at {{r}} {_COINS} (apiece|for one)
        {{r}} {_COINS} is what (one|each) {{a}} costs, and i want all of them. how much is it
        the price tag on each {{a}} says {{r}}. how much (money|) for all
        (the shop|she|he) wants {{r}} {_COINS} for (one|every) {{a}}, what do i pay for all that are there
        how much (money|) do i (get|make|earn) (for|with) all the {{a+}} if i get {{r}} {_COINS} (for each|apiece)
        renting (a|one) {{a}} costs {{r}} {_COINS}, how much is it to rent all of them
        what are all the {{a+}} worth (together|) if (a single one|one) is worth {{r}} {_COINS}
        it is {{r}} {_COINS} (a|per) {{a}}. what does the whole group cost
        to buy every {{a}} here at {{r}} {_COINS} each, how much money does it take
        a ticket for (one|each) {{a}} is {{r}} {_COINS}, how much are the tickets for all the {{a+}}
        how expensive are the {{a+}} altogether, one being {{r}} {_COINS}
    """), weight=0.5, fixed={"r": _PRICES}),
    Form("afford", "arithmetic", 'return {q} >= len(p.find("{a}")) * {r}', patterns(f"""
        can i (buy|afford|get) all the {{a+}} with {{q}} {_COINS} if (one|each) costs {{r}}
        (a|one) {{a}} costs {{r}} {_COINS} and i have {{q}}, (is that enough|do i have enough) for all (of them|the {{a+}})
        each {{a}} costs {{r}} {_COINS}. can i (buy|afford) all of them with {{q}} {_COINS}
        i have {{q}} {_COINS}, (each|one) {{a}} is {{r}}. (can i buy them all|is it enough for all of them)
        (is|are) {{q}} {_COINS} enough (for|to buy) all the {{a+}} at {{r}} each
        do {{q}} {_COINS} (suffice|do) for the {{a+}} if each (costs|is) {{r}}
        with {{q}} {_COINS} in my pocket, can i pay for every {{a}} at {{r}} {_COINS} (apiece|each)
        at {{r}} {_COINS} per {{a}}, do i get all of them for {{q}}
        will {{q}} {_COINS} pay for all the {{a+}} when one costs {{r}}
        $check $whether {{q}} {_COINS} are enough for all the {{a+}} at {{r}} each
        would i have enough money for the {{a+}} with {{q}}, the price being {{r}} for one
        my budget is {{q}} {_COINS} and (a|one) {{a}} costs {{r}}, does it cover all the {{a+}}
        could (we|you|she|he) buy all the {{a+}} for {{q}} {_COINS}, given that one is {{r}}
        all the {{a+}} at {{r}} {_COINS} each, can that be paid with {{q}}
    """), weight=0.4, fixed={"r": _CHEAP, "q": _MONEY}),
)  # fmt: skip

WITHIN: tuple[str, ...] = ("add_kind", "come_two_kinds", "take_all_kind", "count_including", "more_than_rest")
"""Forms about a kind within a category, `a` within `g`."""


# --- truth -------------------------------------------------------------------------------------------------------


def _nouns(phrase: str) -> set[str]:
    """The nouns of all things that may be called so."""
    if (read := canonical(phrase)) is None:
        raise Unclear(phrase)
    return {noun.name for noun in nouns_of(read.name)}


def _number(slots: Slots, name: str) -> int:
    return int(_VALUES[slots[name]])


def _mistaken(view: View, slots: Slots) -> int:
    if _nouns(slots["a"]) & _nouns(slots["b"]):
        raise Unclear("one may be a kind of the other")
    view.amount(slots["b"])
    return view.count(slots["a"])


def _joined(view: View, slots: Slots, names: str) -> int:
    """How many `g` there are; what joins them must be kinds of it, of which none is a kind of another."""
    kinds = [_nouns(slots[name]) for name in names]
    if any(not kind < _nouns(slots["g"]) for kind in kinds) or (len(kinds) > 1 and kinds[0] & kinds[1]):
        raise Unclear("not of that kind")
    return view.amount(slots["g"])


def _of_kind(view: View, slots: Slots) -> tuple[int, int]:
    """How many `g` and how many `a` among them; every `a` must be a `g`, and there must be one."""
    _joined(view, slots, "a")
    return view.count(slots["g"]), view.amount(slots["a"])


def _more_than_rest(view: View, slots: Slots) -> bool:
    group, members = _of_kind(view, slots)
    if group == members:
        raise Unclear("no others")
    return members > group - members


TRUTH: dict[str, Callable[[View, Slots], bool | int | str]] = {
    "count_mistaken": _mistaken,
    "two_takers": lambda v, s: enough(v.amount(s["a"]) - _number(s, "r") - _number(s, "q")),
    "come_and_go": lambda v, s: enough(v.amount(s["a"]) - _number(s, "r")) + _number(s, "q"),
    "add_kind": lambda v, s: _joined(v, s, "a") + int(s["n"]),
    "come_two_kinds": lambda v, s: _joined(v, s, "ab") + int(s["n"]) + _number(s, "r"),
    "take_all_kind": lambda v, s: _of_kind(v, s)[0] - _of_kind(v, s)[1],
    "count_including": lambda v, s: _of_kind(v, s)[0],
    "more_than_rest": _more_than_rest,
    "each_many": lambda v, s: v.amount(s["a"]) * _number(s, "r"),
    "seats": lambda v, s: v.amount(s["a"]) * _number(s, "r"),
    "price_many": lambda v, s: v.amount(s["a"]) * _number(s, "r"),
    "afford": lambda v, s: v.amount(s["a"]) * _number(s, "r") <= _number(s, "q"),
}
"""By the name of the form."""
