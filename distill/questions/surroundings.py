"""Forms about where and when a picture is set: day or night, indoors or outdoors, one place of several, and what is in
the sky, at the beach or on the ground there. The truth of each stands beside it. What is asked about such a place is
asked about the picture: the place is only where it is set."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from collections.abc import Callable

from distill.questions.forms import Form, patterns
from distill.questions.view import Unclear, View
from models.embedded.world.lexicon import canonical_background, noun
from models.embedded.world.scene import Thing

Slots = dict[str, str]

_PLACE = 'p.simple_query("what is the background?")'

TIME = (
    Form("day_or_night", "background", f'return "night" if {_PLACE} == "night" else "day"', patterns("""
        is it day or night $pic
        is it (daytime or nighttime|nighttime or daytime) $pic
        was (the|this) $picture taken (by day or by night|during the day or at night)
        $tell whether it is day or night
        night or day
        is this (a day scene or a night scene|a daytime or a nighttime $picture)
        what time of day is it, day or night
        does this take place (by day or at night|in the daytime or at night)
        is it light or dark (outside|out there)
        would you call this day or night
        is this in daylight or in the dark
        which is it, night or day
        does (the|this) $picture show (the day or the night|day or night)
        is it night already or still day
        have they (shot|drawn|painted) this by day or at night
    """), weight=0.4, whole=True),
    Form("is_dark", "background", f'return {_PLACE} == "night"', patterns("""
        is it dark [outside|out there|already]
        is it (night|nighttime) $pic
        is it already dark (out|outside)
        has (night|darkness) fallen [already]
        was (the|this) $picture taken (at night|in the dark|after dark|after sunset)
        does (the|this) $picture show the night
        $check $whether it is (night|dark outside|dark)
        is this a (night|nighttime) (scene|shot|view)
        is it the middle of the night
        would you say it is (night|dark)
        did they (take|shoot|draw) this (at night|after dark)
        is the sky (dark|black)
        are we out at night
        it is dark out there, (right|isn't it|true)
        do we see everything in the dark
    """), weight=0.4, whole=True),
    Form("is_daytime", "background", f'return {_PLACE} != "night"', patterns("""
        is it (day|daytime) $pic
        is it (bright|light) (outside|out there) [already]
        was (the|this) $picture taken (by day|during the day|in daylight|in the daytime)
        is there daylight $pic
        $check $whether it is (day|daytime|still light)
        is this a (day|daytime|daylight) (scene|shot|view)
        is it still light [outside|out there]
        does this happen (by day|during the day|in broad daylight)
        is the sky (bright|light)
        would you say it is (day|daytime)
        has the day begun
        it is day, (right|isn't it|true)
        did they (take|shoot|draw) this (by day|in the daytime)
        can we see by daylight
    """), weight=0.3, whole=True),
)  # fmt: skip

DOORS = (
    Form("indoors_or_outdoors", "background", f'return "indoors" if {_PLACE} == "room" else "outdoors"', patterns("""
        is this indoors or outdoors
        is it (inside or outside|outside or inside) $pic
        was (the|this) $picture taken (indoors or outdoors|inside or outside)
        are we (inside or outside|indoors or out|indoors or outdoors)
        $tell whether this is (indoors|inside) or (outdoors|outside)
        inside or out
        does this (happen|take place) (indoors or outdoors|outdoors or indoors)
        is the scene (indoors|inside) or (outdoors|outside)
        would you call this an indoor or an outdoor (scene|shot|view)
        are the things inside or (outside|outdoors)
        is it an outdoor or an indoor $picture
        which is it, outdoors or indoors
        is everything (in the open air|out in the open) or (inside|indoors)
        is (the|this) $picture set indoors or out of doors
        do we see an interior or the open air
    """), weight=0.4, whole=True),
    Form("is_indoors", "background", f'return {_PLACE} == "room"', patterns("""
        is this (indoors|inside)
        are we (indoors|inside) $pic
        was (the|this) $picture (taken|shot) (indoors|inside)
        is it an indoor (scene|shot|view)
        $check $whether this is (indoors|inside)
        does this (happen|take place) (indoors|inside)
        is the scene (set|placed) (indoors|inside)
        are the things (indoors|inside)
        would you say we are (indoors|inside)
        this is indoors, (right|isn't it|true)
        is it all (happening|going on) (inside|indoors)
        do we (see|look at) an interior
        are we looking into a room
        did they stay inside for (the|this) $picture
    """), weight=0.3, whole=True, split_as="doors"),
    Form("is_outdoors", "background", f'return {_PLACE} != "room"', patterns("""
        is this (outdoors|outside)
        are we (outdoors|outside|in the open) $pic
        was (the|this) $picture (taken|shot) (outdoors|outside|in the open air)
        is it an outdoor (scene|shot|view)
        $check $whether this is (outdoors|outside)
        does this (happen|take place) (outdoors|outside)
        is the scene (set|placed) (outdoors|outside)
        are the things (outdoors|outside)
        would you say we are (outdoors|outside)
        this is outdoors, (right|isn't it|true)
        is it all (happening|going on) (outside|outdoors)
        do we (see|look at) the open air
        are we out in the open
        did they go outside for (the|this) $picture
    """), weight=0.3, whole=True, split_as="doors"),
)  # fmt: skip

_BUILT = ("beach", "seaside", "city", "town", "street", "room")
_GREEN = ("forest", "woodland", "field", "meadow", "park", "desert")
_OTHER = ("garden", "kitchen", "office", "farm", "snowy field", "courtyard")
"""Places that a question may name together, none the same as one of another row; the answer is of the first two."""

PLACES = (
    Form("which_place", "background", f"return {_PLACE}", patterns("""
        is this {r~} or {u~}
        is it {u~} or {r~} $pic
        are we (looking at|in front of) {r~} or {u~}
        is the background {u~} or {r~}
        what (place|kind of place) is this: {r~}, {u~} or {v~}
        which is it, {u~} or {r~}
        is the place {v~}, {r~} or {u~}
        $tell whether this is {u~} or {r~}
        where are we: {u}, {v} or {r}
        was (the|this) $picture taken (at|in) {r~} or (at|in) {u~}
        does this take place (at|in) {u~} or (at|in) {r~}
        is the setting {r~}, {v~} or {u~}
        would you call this {u~} or {r~}
        do we see {r~} or {u~} in the background
        is that {u~} or rather {r~} behind everything
        (choose|pick) the place: {r}, {u}, {v}
    """), weight=0.5, whole=True, fixed={"r": _BUILT, "u": _GREEN, "v": _OTHER}),
)  # fmt: skip

_SKY = "in the sky"
_WATER = "in the water"
_GROUND = "on the ground"
_SET: dict[str, str] = {
    "at the beach": "beach", "at the seaside": "beach", "in the snow": "snow", "in the woods": "forest",
    "in the forest": "forest", "in the city": "city", "in the street": "city", "on the street": "city", "in the town": "city",
    "in the desert": "desert", "in the field": "field", "in the meadow": "field", "on the grass": "field",
    "on the lawn": "field", "in the park": "field", "in the room": "room", "in this room": "room", "on the floor": "room",
    "in the living room": "room",
}  # fmt: skip
"""Places where a picture may be set, as they are said, and the background that each is."""
_AT = (*(_SKY,) * 4, *(_WATER,) * 2, *(_GROUND,) * 2, *_SET)
_HORIZON, _WET, _DRY = 0.5, 0.57, 0.66
"""What ends above the first, as a share of the height, is in the sky; at the beach what stands above the second is in
the water, and what stands below the third is on dry ground."""

SETTINGS = (
    Form("count_at", "count", 'return len(p.find("{a}"))', patterns("""
        how many {a+} are there {l} [today|now]
        how many {a+} are {l}
        how many {a+} (do you see|can you see|can be seen) {l}
        {l}, how many {a+} (are there|do you see)
        what is the number of {a+} {l}
        $count the {a+} {l}
        $tell how many {a+} there are {l}
        how many {a+} can (i|we|one) (find|spot) {l}
        the {a+} {l}, how many are (they|there)
        how many {a+} are (gathered|to be seen) {l}
        number of {a+} {l}
        take a look what is {l}. how many {a+}
        how many {a+} have (they|we) got {l}
        how many {a+} would (i|you) (meet|find) {l}
        what would you say, how many {a+} {l}
    """), weight=0.5, fixed={"l": _AT}),
    Form("exists_at", "existence", 'return p.exists("{a}")', patterns("""
        is there {a~} {l}
        are there [any] {a+} {l}
        (do|can) you see {a~} {l}
        is {a~} (to be seen|visible) {l}
        {l}, is there {a~}
        $check $whether there is {a~} {l}
        any {a+} {l}
        can (i|we|one) (find|spot) {a~} {l}
        there is {a~} {l}, (right|isn't there|true)
        are {a+} (to be found|to be seen) {l}
        would (i|you) (find|meet|see) {a~} {l}
        is {a~} {l} [today|now]
        have (we|they) got {a~} {l}
        did (someone|they) put {a~} {l}
        has {a~} turned up {l}
    """), weight=0.5, fixed={"l": _AT}),
    Form("kinds_at", "naming", 'return ", ".join(sorted(set([x.simple_query("what is this?") for x in p.find("{g}")])))', patterns("""
        what {g+} are {l}
        (what|which) {g+} are there {l}
        (what|which) {g+} (do you see|can you see|can be seen) {l}
        $name the {g+} {l}
        list (the|all|all the) {g+} {l}
        what (kinds|sorts|types) of {g+} are [there] {l}
        {l}, (what|which) {g+} are there
        $tell which {g+} are {l}
        what are the {g+} {l}
        which {g+} can (i|we|one) (find|spot) {l}
        the {g+} {l}, what are they
        give me (all|a list of) the {g+} {l}
        what {g+} would (i|you) (see|meet) {l}
        which {g+} have (they|we) got {l} [today]
    """), weight=0.4, fixed={"l": _AT}),
)  # fmt: skip

NEVER = (
    Form("no_strength", "unanswerable", 'return abstain("a picture does not show strength")', patterns("""
        how strong is the {a}
        which of the {a+} is the strongest
        is the {a} stronger than the {b}
        who is stronger, the {a} or the {b}
        who would win (a fight|in a fight|if they fought), the {a} or the {b}
        which {g} is the strongest
        could the {a} (carry|lift|pull|beat) the {b}
        $tell which {a} is the strongest
        is the {a} (strong|weak|powerful)
        would the {a} beat the {b} in a fight
        how much (can|could) the {a} (lift|carry|pull)
        which is the weakest of the {a+}
        does the {a} have (a lot of|much) (strength|power)
        how powerful is the {a}
    """), weight=0.33, whole=True),
    Form("no_hidden", "unanswerable", 'return abstain("a picture does not show what is hidden")', patterns("""
        who is (driving|steering) the {a}
        who is (sitting|sleeping|hiding) inside the {a}
        how many (people|persons|passengers) are inside the {a}
        what is hidden behind the {a}
        what is hidden (under|underneath) the {a}
        what does the {a} hide
        is (anyone|anybody|someone|something) inside the {a}
        is the {a} empty or full [inside]
        $tell what is (concealed|hidden) behind the {a}
        how many (passengers|seats) does the {a} have inside
        what does the {a} look like from (behind|the other side|inside)
        what is on the back of the {a}
        what would i find if i looked (inside|under) the {a}
        what is the {a} covering up
        is something hidden (under|behind) the {a}
    """), weight=0.33, whole=True),
)  # fmt: skip

FORMS: tuple[Form, ...] = TIME + DOORS + PLACES + SETTINGS + NEVER

WITHIN: tuple[str, ...] = ()
"""Forms about a kind within a category, `a` within `g`."""


def _is_night(v: View) -> bool:
    """Whether it is night; indoors nobody can tell, nor where the sun shines at night or the moon by day."""
    night = v.scene.background == "night"
    odd = ("sun", "rainbow") if night else ("moon", "star")
    if v.scene.background == "room" or any(v.count(name) for name in odd):
        raise Unclear("day or night")
    return night


def _which_place(v: View, s: Slots) -> str:
    if v.scene.background not in (canonical_background(s["r"]), canonical_background(s["u"])):
        raise Unclear("neither place")
    return v.scene.background


def _at(v: View, phrase: str, place: str) -> list[Thing]:
    """All things called so, which must all be at a place; the picture must be set there."""
    found = v.all(phrase)
    if place in _SET and v.scene.background != _SET[place]:
        raise Unclear("another place")
    if (place == _SKY and v.scene.background == "room") or (place == _WATER and v.scene.background != "beach"):
        raise Unclear(place)
    if not all(_is_at(v, thing, place) for thing in found):
        raise Unclear("some are elsewhere")
    return found


def _is_at(v: View, thing: Thing, place: str) -> bool:
    """Whether a thing is at a place of the picture beyond dispute. What flies is in the sky or in a room."""
    low = thing.box[3] / v.scene.height
    if place == _SKY:
        return noun(thing.noun).aloft and low < _HORIZON
    if v.scene.background == "room" and not place.startswith("on "):
        return True
    if noun(thing.noun).aloft:
        return False
    if place == _WATER:
        return low < _WET
    return place != _GROUND or v.scene.background != "beach" or low > _DRY


def _kinds_at(v: View, s: Slots) -> str:
    found = _at(v, s["g"], s["l"])
    if not found:
        raise Unclear(s["g"])
    return ", ".join(sorted({thing.noun for thing in found}))


TRUTH: dict[str, Callable[[View, Slots], bool | int | str]] = {
    "day_or_night": lambda v, s: "night" if _is_night(v) else "day",
    "is_dark": lambda v, s: _is_night(v),
    "is_daytime": lambda v, s: not _is_night(v),
    "indoors_or_outdoors": lambda v, s: "indoors" if v.scene.background == "room" else "outdoors",
    "is_indoors": lambda v, s: v.scene.background == "room",
    "is_outdoors": lambda v, s: v.scene.background != "room",
    "which_place": _which_place,
    "count_at": lambda v, s: len(_at(v, s["a"], s["l"])),
    "exists_at": lambda v, s: bool(_at(v, s["a"], s["l"])),
    "kinds_at": _kinds_at,
}
"""By the name of the form."""
