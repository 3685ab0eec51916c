"""Forms about where things are and how large, near or far: relations, sides, distance, depth, superlatives, chains."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from dataclasses import dataclass

from distill.questions.forms import Form, patterns

WHAT = 'simple_query("what is this?")'
WHAT_COLOUR = 'simple_query("what color is it?")'


@dataclass(frozen=True)
class Direction:
    name: str
    axis: str
    sign: str
    relation: str
    """Pattern of "left of"."""
    side: str
    """Pattern of the adjective in "the left side"."""
    most: str
    """Pattern of "leftmost"."""
    is_most: str
    """Pattern of what follows "which dog is ..."."""


LEFT = Direction("left", "horizontal_center", "<", "((to|on) the left (of|side of)|left of|to the left-hand side of|left from)",
                 "(left|left-hand)", "(leftmost|left-most|most left|furthest left|farthest left)",
                 "((the |)(furthest|farthest|most) to the left|leftmost|on the far left)")  # fmt: skip
RIGHT = Direction("right", "horizontal_center", ">", "((to|on) the right (of|side of)|right of|to the right-hand side of|right from)",
                  "(right|right-hand)", "(rightmost|right-most|most right|furthest right|farthest right)",
                  "((the |)(furthest|farthest|most) to the right|rightmost|on the far right)")  # fmt: skip
ABOVE = Direction("above", "vertical_center", ">", "(above|over|higher than|higher up than|on top of)", "(top|upper)",
                  "(topmost|top-most|highest|uppermost)", "((the |)(highest|furthest up|farthest up)|topmost|nearest to the top)")  # fmt: skip
BELOW = Direction("below", "vertical_center", "<", "(below|under|beneath|underneath|lower than|lower down than)", "(bottom|lower)",
                  "(lowest|bottommost|bottom-most|lowermost)", "((the |)(lowest|furthest down|farthest down)|bottommost|nearest to the bottom)")  # fmt: skip
DIRECTIONS = (LEFT, RIGHT, ABOVE, BELOW)
OPPOSITE = {"left": RIGHT, "right": LEFT, "above": BELOW, "below": ABOVE}


def with_direction(d: Direction, text: str) -> tuple[str, ...]:
    fills = {"@rel": d.relation, "@side": d.side, "@most": d.most, "@ismost": d.is_most}
    for key in sorted(fills, key=len, reverse=True):
        text = text.replace(key, fills[key])
    return patterns(text)


def pick(d: Direction) -> str:
    return "min" if d.sign == "<" else "max"


def _directional(d: Direction) -> tuple[Form, ...]:
    axis, sign, n = d.axis, d.sign, d.name
    there = f'c = p.find("{{b}}")[0]\nreturn [x for x in p.find("{{a}}") if x.{axis} {sign} c.{axis}][0].'
    kinds = f'c = p.find("{{b}}")[0]\nreturn [x for x in p.find("{{g}}") if x.{axis} {sign} c.{axis}][0].'
    nearest = f'c = p.find("{{b}}")[0]\nreturn min([x for x in p.find("{{@}}") if x.{axis} {sign} c.{axis}], key=lambda x: distance(x, c)).'
    extreme = f'return {pick(d)}(p.find("{{@}}"), key=lambda x: x.{axis}).'
    return (
        Form(f"is_{n}", "relation", f'return p.find("{{a}}")[0].{axis} {sign} p.find("{{b}}")[0].{axis}', with_direction(d, """
            is the {a} @rel the {b} $pic
            is the {a} $pic @rel the {b}
            is the {a} (located|placed|positioned|situated|standing|sitting) @rel the {b}
            $check $whether the {a} is @rel the {b}
            is it true that the {a} is @rel the {b}
            does the {a} (stand|lie|sit|appear) @rel the {b}
            the {a} is @rel the {b}, (right|true|correct|isn't it)
            @rel the {b}, is that where the {a} is
            would you say the {a} is @rel the {b}
            do you see the {a} @rel the {b}
            can the {a} be found @rel the {b}
            is {a} @rel {b}
        """), weight=0.7, split_as="is_side"),
        Form(f"any_{n}", "relation", f'c = p.find("{{b}}")[0]\nreturn any(x.{axis} {sign} c.{axis} for x in p.find("{{a}}"))', with_direction(d, """
            is there {a~} @rel the {b} $pic
            are there any {a+} @rel the {b} $pic
            do you see {a~} @rel the {b}
            are there {a+} @rel the {b} $pic
            is any {a} @rel the {b}
            $check $whether there is {a~} @rel the {b}
            does the {b} have {a~} @rel it
            can you (see|find|spot) any {a+} @rel the {b}
            @rel the {b}, is there {a~}
            any {a+} @rel the {b} $pic
        """), weight=0.4, split_as="any_side"),
        Form(f"count_{n}", "relation", f'c = p.find("{{b}}")[0]\nreturn len([x for x in p.find("{{a}}") if x.{axis} {sign} c.{axis}])', with_direction(d, """
            how many {a+} are @rel the {b} $pic
            how many {a+} are there @rel the {b}
            how many {a+} $there @rel the {b}
            what is the number of {a+} @rel the {b}
            $count the {a+} @rel the {b}
            $tell how many {a+} are @rel the {b}
            @rel the {b}, how many {a+} are there
            how many of the {a+} are @rel the {b}
            how many {a+} can be seen @rel the {b}
            number of {a+} @rel the {b}
            how many {a+} does the {b} have @rel it
        """), weight=0.5, split_as="count_side"),
        Form(f"what_{n}", "relation", kinds + WHAT, with_direction(d, """
            (what|which) {g} is @rel the {b} $pic
            what is the {g} @rel the {b}
            what kind of {g} is @rel the {b}
            $name the {g} @rel the {b}
            which {g} (can be seen|do you see|stands|is located) @rel the {b}
            $tell (what|which) {g} is @rel the {b}
            @rel the {b} is which {g}
            the {g} @rel the {b} is (what|which kind)
            there is {g~} @rel the {b}. what is it
            what {g} does the {b} have @rel it
        """), weight=0.4, split_as="what_side"),
        Form(f"thing_{n}", "relation", nearest.replace("{@}", "thing") + WHAT, with_direction(d, """
            what is @rel the {b} $pic
            what (do you see|can you see|can be seen|is there) @rel the {b}
            $name what is @rel the {b}
            (what|which) (thing|object|item) is @rel the {b}
            what (stands|lies|sits|is located) @rel the {b}
            what does the {b} have @rel it
            @rel the {b} there is what
            there is something @rel the {b}. what is it
            $tell what is @rel the {b}
            what is the (thing|object) @rel the {b}
        """), weight=0.4, split_as="thing_side"),
        Form(f"colour_{n}", "chain", there + WHAT_COLOUR, with_direction(d, """
            $whatcolour is the {a} @rel the {b} $pic
            what is the $colour of the {a} @rel the {b}
            $tell the $colour of the {a} @rel the {b}
            which $colour does the {a} @rel the {b} have
            the {a} @rel the {b} is what $colour
            $whatcolour is the {a} that is @rel the {b}
            there is {a~} @rel the {b}. $whatcolour is it
            $colour of the {a} @rel the {b}
            $name the $colour of the {a} that is @rel the {b}
            what $colour has the {a} @rel the {b}
        """), weight=0.4, split_as="colour_side"),
        Form(f"most_{n}", "superlative", extreme.replace("{@}", "{g}") + WHAT, with_direction(d, """
            what is the @most {g} $pic
            (what|which) {g} is @ismost $pic
            what kind of {g} is the @most one
            $name the @most {g} $pic
            $tell what the @most {g} is
            the @most {g} is what
            which of the {g+} is @ismost
            what do you call the @most {g}
            which {g} is the @most one
            of all [the] {g+}, which (one|) is @ismost
        """), weight=0.4, split_as="most_side"),
        Form(f"most_colour_{n}", "superlative", extreme.replace("{@}", "{a}") + WHAT_COLOUR, with_direction(d, """
            $whatcolour is the @most {a} $pic
            what is the $colour of the @most {a}
            $whatcolour is the {a} that is @ismost
            $tell the $colour of the @most {a}
            the @most {a} is what $colour
            which $colour does the @most {a} have
            $colour of the @most {a}
            $whatcolour is the {a} @ismost
            what $colour has the @most {a}
        """), weight=0.4, split_as="most_colour_side"),
        Form(f"most_is_{n}", "superlative", extreme.replace("{@}", "{a}") + 'verify_property("{a}", "{k}")', with_direction(d, """
            is the @most {a} {k} $pic
            is the {a} that is @ismost {k}
            does the @most {a} look {k}
            $check $whether the @most {a} is {k}
            is the $colour of the @most {a} {k}
            is it true that the @most {a} is {k}
            the @most {a} is {k}, (right|true|isn't it)
        """), weight=0.25, split_as="most_is_side"),
        Form(f"half_{n}", "place", f'return p.find("{{a}}")[0].{axis} {sign} p.{axis}', with_direction(d, """
            is the {a} (on|in) the @side (half|side|part) of the $picture
            is the {a} (on|in) the @side (half|side|part)
            is the {a} in the @side half of this $picture
            $check $whether the {a} is (on|in) the @side (half|side|part) of the $picture
            does the {a} (stand|appear|lie) (in|on) the @side half of the $picture
            can the {a} be found (in|on) the @side (half|side) of the $picture
            the {a} is (in|on) the @side half, (right|true)
            would you say the {a} is in the @side half of the $picture
        """), weight=0.35, split_as="half_side"),
        Form(f"count_half_{n}", "place", f'return len([x for x in p.find("{{a}}") if x.{axis} {sign} p.{axis}])', with_direction(d, """
            how many {a+} are (on|in) the @side (half|side|part) of the $picture
            how many {a+} $there (on|in) the @side (half|side) of the $picture
            what is the number of {a+} in the @side half
            $count the {a+} (on|in) the @side (half|side) of the $picture
            (on|in) the @side (half|side) of the $picture, how many {a+} are there
            $tell how many {a+} are in the @side half of the $picture
            how many of the {a+} are in the @side half
        """), weight=0.35, split_as="count_half_side"),
        Form(f"more_{n}", "chain", f'c = p.find("{{b}}")[0]\nf = [x.{axis} {sign} c.{axis} for x in p.find("{{a}}")]\nreturn f.count(True) > f.count(False)', with_direction(d, f"""
            are there more {{a+}} @rel the {{b}} than {OPPOSITE[n].relation} it
            are more [of the] {{a+}} @rel the {{b}} than {OPPOSITE[n].relation} it
            are most [of the] {{a+}} @rel the {{b}}
            do you see more {{a+}} @rel the {{b}} than {OPPOSITE[n].relation} it
            $check $whether there are more {{a+}} @rel the {{b}} than {OPPOSITE[n].relation} it
            are more than half of the {{a+}} @rel the {{b}}
            is the majority of the {{a+}} @rel the {{b}}
        """), weight=0.15, split_as="more_side"),
        Form(f"all_{n}", "chain", f'c = p.find("{{b}}")[0]\nf = p.find("{{a}}")\nif not f:\n return abstain("there is no {{a}}")\nreturn all(x.{axis} {sign} c.{axis} for x in f)', with_direction(d, """
            are all [of] the {a+} @rel the {b} $pic
            is every {a} @rel the {b}
            are the {a+} all @rel the {b}
            is each [of the] {a} @rel the {b}
            $check $whether all the {a+} are @rel the {b}
            every {a} is @rel the {b}, (right|true)
            do all the {a+} (stand|lie|appear) @rel the {b}
        """), weight=0.2, split_as="all_side"),
        Form(f"largest_{n}", "chain", f'c = max(p.find("{{g}}"), key=lambda x: x.width * x.height)\nreturn c.{axis} {sign} p.find("{{b}}")[0].{axis}', with_direction(d, """
            is the (biggest|largest) {g} @rel the {b} $pic
            $check $whether the (biggest|largest) {g} is @rel the {b}
            does the (biggest|largest) {g} (stand|appear|lie) @rel the {b}
            is the {g} that is (biggest|largest) @rel the {b}
            is it true that the (largest|biggest) {g} is @rel the {b}
            the (biggest|largest) {g} is @rel the {b}, (right|true)
        """), weight=0.15, split_as="largest_side"),
        Form(f"nearest_{n}", "chain", nearest.replace("{@}", "{g}") + WHAT, with_direction(d, """
            (what|which) is the (nearest|closest) {g} @rel the {b}
            (what|which) {g} @rel the {b} is (nearest|closest) to it
            of the {g+} @rel the {b}, which is (nearest|closest) [to it]
            $name the (nearest|closest) {g} @rel the {b}
            which {g} comes first @rel the {b}
            among the {g+} @rel the {b}, which one is the (nearest|closest) [to it]
        """), weight=0.15, split_as="nearest_side"),
    )  # fmt: skip


SIDES = tuple(form for d in DIRECTIONS for form in _directional(d))

PLACES = (
    Form("left_or_right", "relation", 'return "left" if p.find("{a}")[0].horizontal_center < p.find("{b}")[0].horizontal_center else "right"', patterns("""
        is the {a} [to the] left or [to the] right of the {b}
        is the {a} on the left or [on] the right [side] of the {b}
        on (which|what) side of the {b} is the {a}, left or right
        (which|what) side of the {b} is the {a} on
        $tell $whether the {a} is left or right of the {b}
        left or right: where is the {a} relative to the {b}
        seen from the {b}, is the {a} on the left or the right
        is the {a} right or left of the {b}
        to which side of the {b} is the {a}
    """), weight=0.6),
    Form("above_or_below", "relation", 'return "above" if p.find("{a}")[0].vertical_center > p.find("{b}")[0].vertical_center else "below"', patterns("""
        is the {a} above or below the {b}
        is the {a} over or under the {b}, I mean above or below
        $tell $whether the {a} is above or below the {b}
        above or below: where is the {a} relative to the {b}
        is the {a} below or above the {b} $pic
        (which is it|which one is right), is the {a} above the {b} or below it
        seen from the {b}, is the {a} above or below
    """), weight=0.5),
    Form("half_left_or_right", "place", 'return "left" if p.find("{a}")[0].horizontal_center < p.horizontal_center else "right"', patterns("""
        is the {a} (on|in) the left or [(on|in)] the right (half|side) of the $picture
        (in|on) (which|what) (half|side) of the $picture is the {a}, left or right
        (which|what) side of the $picture is the {a} on
        on (which|what) side of the $picture is the {a}
        $tell $whether the {a} is on the left or right side of the $picture
        is the {a} on the left or on the right
        left or right half: where is the {a}
    """), weight=0.4),
    Form("half_top_or_bottom", "place", 'return "top" if p.find("{a}")[0].vertical_center > p.vertical_center else "bottom"', patterns("""
        is the {a} (at|in) the top or [(at|in)] the bottom [half|part] of the $picture
        in (which|what) half of the $picture is the {a}, top or bottom
        is the {a} (near|at) the top or the bottom
        $tell $whether the {a} is in the top or the bottom half
        top or bottom half: where is the {a}
        is the {a} at the bottom or at the top of the $picture, say top or bottom
    """), weight=0.3),
    Form("where", "place", 'c = p.find("{a}")[0]\ny = "top" if c.vertical_center > p.vertical_center else "bottom"\nreturn y + (" left" if c.horizontal_center < p.horizontal_center else " right")', patterns("""
        where is the {a} $pic
        where (in|on) the $picture is the {a}
        where can (I|you|one) (see|find) the {a}
        in (which|what) (corner|quarter|part) of the $picture is the {a}
        $tell where the {a} is
        where do you see the {a}
        (find|locate|spot) the {a} for me
        show me where the {a} is
        what is the (position|location|place) of the {a}
        where would I (look for|find) the {a}
        where about is the {a}
    """), weight=0.9),
    Form("between", "relation", 'x, y, z = [p.find(n)[0].horizontal_center for n in ("{b}", "{a}", "{c}")]\nreturn x < y < z or z < y < x', patterns("""
        is the {a} between the {b} and the {c}
        is the {a} (in|) between the {b} and the {c} $pic
        $check $whether the {a} is between the {b} and the {c}
        does the {a} (stand|lie|sit) between the {b} and the {c}
        do the {b} and the {c} have the {a} between them
        is the {a} in the middle of the {b} and the {c}
        are the {b} and the {c} on (different|opposite) sides of the {a}
    """), weight=0.4),
)  # fmt: skip

_DISTANCE = (
    ("closest", "min", "<", "(closest|nearest)", "(closer|nearer)"),
    ("furthest", "max", ">", "(furthest|farthest|most distant)", "(further|farther)"),
)


def _distances(name: str, pick: str, sign: str, most: str, more: str) -> tuple[Form, ...]:
    to = "to" if name == "closest" else "[away] from"
    found = f'c = p.find("{{b}}")[0]\nreturn {pick}(p.find("{{@}}"), key=lambda x: distance(x, c)).'
    return (
        Form(f"{name}_kind", "distance", found.replace("{@}", "{g}") + WHAT, patterns(f"""
            (what|which) {{g}} is {most} {to} the {{b}} $pic
            what is the {most} {{g}} {to} the {{b}}
            what is the {{g}} {most} {to} the {{b}}
            what kind of {{g}} is {most} {to} the {{b}}
            $name the {{g}} {most} {to} the {{b}}
            which of the {{g+}} is [the] {most} {to} the {{b}}
            $tell which {{g}} is {most} {to} the {{b}}
            the {{g}} {most} {to} the {{b}} is what
            {most} {to} the {{b}}: which {{g}} is it
            which {{g}} is at the {"smallest" if name == "closest" else "largest"} distance from the {{b}}
            {"(what|which) {g} is (next to|beside|by|near) the {b}" if name == "closest" else "which {g} is the least close to the {b}"}
            {"(what|which) {g} stands next to the {b}" if name == "closest" else "which {g} keeps most away from the {b}"}
        """), weight=0.8, split_as="distance_kind"),
        Form(f"{name}_colour", "chain", found.replace("{@}", "{a}") + WHAT_COLOUR, patterns(f"""
            $whatcolour is the {{a}} {most} {to} the {{b}} $pic
            what is the $colour of the {{a}} [that is] {most} {to} the {{b}}
            $tell the $colour of the {{a}} {most} {to} the {{b}}
            the {{a}} {most} {to} the {{b}} is what $colour
            which $colour does the {{a}} {most} {to} the {{b}} have
            of the {{a+}}, what $colour is the one {most} {to} the {{b}}
            $whatcolour is the {most} {{a}} {to} the {{b}}
            {"$whatcolour is the {a} (next to|beside|near) the {b}" if name == "closest" else "$whatcolour is the {a} least close to the {b}"}
        """), weight=0.7, split_as="distance_colour"),
        Form(f"{name}_is", "chain", found.replace("{@}", "{a}") + 'verify_property("{a}", "{k}")', patterns(f"""
            is the {{a}} {most} {to} the {{b}} {{k}}
            is the {{a}} that is {most} {to} the {{b}} {{k}}
            $check $whether the {{a}} {most} {to} the {{b}} is {{k}}
            does the {{a}} {most} {to} the {{b}} look {{k}}
            is the $colour of the {{a}} {most} {to} the {{b}} {{k}}
            the {{a}} {most} {to} the {{b}} is {{k}}, (right|true)
        """), weight=0.4, split_as="distance_is"),
        Form(f"{name}_than", "distance", f'c = p.find("{{c}}")[0]\nreturn distance(p.find("{{a}}")[0], c) {sign} distance(p.find("{{b}}")[0], c)', patterns(f"""
            is the {{a}} {more} {to} the {{c}} than the {{b}} [is] $pic
            $check $whether the {{a}} is {more} {to} the {{c}} than the {{b}}
            is it true that the {{a}} is {more} {to} the {{c}} than the {{b}}
            compared to the {{b}}, is the {{a}} {more} {to} the {{c}}
            does the {{a}} stand {more} {to} the {{c}} than the {{b}} does
            the {{a}} is {more} {to} the {{c}} than the {{b}}, (right|true)
            is the distance between the {{a}} and the {{c}} {"smaller" if name == "closest" else "larger"} than between the {{b}} and the {{c}}
        """), weight=0.5, split_as="distance_than"),
        Form(f"{name}_which", "distance", f'c = p.find("{{c}}")[0]\nreturn "{{a}}" if distance(p.find("{{a}}")[0], c) {sign} distance(p.find("{{b}}")[0], c) else "{{b}}"', patterns(f"""
            which is {more} {to} the {{c}}, the {{a}} or the {{b}}
            (what|which one) is {more} {to} the {{c}}: the {{a}} or the {{b}}
            is the {{a}} or the {{b}} {more} {to} the {{c}}
            the {{a}} or the {{b}}, which is {more} {to} the {{c}}
            of the {{a}} and the {{b}}, which is {more} {to} the {{c}}
            $tell $whether the {{a}} or the {{b}} is {more} {to} the {{c}}
            is the {{c}} {more} {to} the {{a}} or [to] the {{b}}
            what is the {{c}} {more} {to}, the {{a}} or the {{b}}
        """), weight=0.6, split_as="distance_which"),
    )  # fmt: skip


DISTANCE = tuple(form for row in _DISTANCE for form in _distances(*row))

_DEPTH = (
    ("near", "min", "<", "(nearest|closest)", "(nearer|closer)", "to", "(in front of|before|nearer than|closer than)"),
    ("far", "max", ">", "(farthest|furthest|most distant)", "(farther|further)", "[away] from", "(behind|further back than|farther away than|further away than)"),
)  # fmt: skip


def _depths(name: str, pick: str, sign: str, most: str, more: str, to: str, front: str) -> tuple[Form, ...]:
    found = f'return {pick}(p.find("{{@}}"), key=lambda x: x.compute_depth()).'
    place = "foremost" if name == "near" else "rearmost"
    return (
        Form(f"{name}_kind", "depth", found.replace("{@}", "{g}") + WHAT, patterns(f"""
            (what|which) {{g}} is {most} {to} $camera $pic
            what is the {most} {{g}} {to} $camera
            what kind of {{g}} is {most} {to} $camera
            $name the {{g}} {most} {to} $camera
            which of the {{g+}} is {most} {to} $camera
            which {{g}} is furthest {"in front" if name == "near" else "back"} $pic
            the {{g}} {most} {to} $camera is what
            $tell which {{g}} is {most} {to} $camera
            (what|which) is the {place} {{g}}
        """), weight=0.6, split_as="depth_kind"),
        Form(f"{name}_colour", "depth", found.replace("{@}", "{a}") + WHAT_COLOUR, patterns(f"""
            $whatcolour is the {{a}} {most} {to} $camera $pic
            what is the $colour of the {{a}} [that is] {most} {to} $camera
            $tell the $colour of the {{a}} {most} {to} $camera
            the {{a}} {most} {to} $camera is what $colour
            which $colour does the {place} {{a}} have
            of the {{a+}}, what $colour is the one {most} {to} $camera
            $whatcolour is the {{a}} that is furthest {"in front" if name == "near" else "back"}
        """), weight=0.5, split_as="depth_colour"),
        Form(f"{name}_than", "depth", f'return p.find("{{a}}")[0].compute_depth() {sign} p.find("{{b}}")[0].compute_depth()', patterns(f"""
            is the {{a}} {more} {to} $camera than the {{b}} $pic
            is the {{a}} {front} the {{b}}
            $check $whether the {{a}} is {more} {to} $camera than the {{b}}
            $check $whether the {{a}} is {front} the {{b}}
            does the {{a}} stand {front} the {{b}}
            is it true that the {{a}} is {more} {to} $camera than the {{b}}
            the {{a}} is {front} the {{b}}, (right|true)
            compared to the {{b}}, is the {{a}} {more} {to} $camera
            is the {{b}} {"further away" if name == "near" else "nearer"} than the {{a}}
        """), weight=0.5, split_as="depth_than"),
        Form(f"{name}_which", "depth", f'return "{{a}}" if p.find("{{a}}")[0].compute_depth() {sign} p.find("{{b}}")[0].compute_depth() else "{{b}}"', patterns(f"""
            which is {more} {to} $camera, the {{a}} or the {{b}}
            what is {more} {to} $camera: the {{a}} or the {{b}}
            is the {{a}} or the {{b}} {more} {to} $camera
            the {{a}} or the {{b}}, which is {more} {to} $camera
            of the {{a}} and the {{b}}, which is {more} {to} $camera
            $tell $whether the {{a}} or the {{b}} is {more} {to} $camera
            which is further {"in front" if name == "near" else "back"}, the {{a}} or the {{b}}
        """), weight=0.5, split_as="depth_which"),
    )  # fmt: skip


DEPTH = tuple(form for row in _DEPTH for form in _depths(*row))

_SIZES = (
    ("biggest", "max", ">", "x.width * x.height", "(biggest|largest|most big|hugest)", "(bigger|larger)"),
    (
        "smallest",
        "min",
        "<",
        "x.width * x.height",
        "(smallest|tiniest|littlest|least big)",
        "(smaller|less big|tinier)",
    ),
    ("tallest", "max", ">", "x.height", "tallest", "taller"),
    ("widest", "max", ">", "x.width", "(widest|broadest)", "(wider|broader)"),
)


def _sizes(name: str, pick: str, sign: str, key: str, most: str, more: str) -> tuple[Form, ...]:
    found = f'return {pick}(p.find("{{@}}"), key=lambda x: {key}).'
    a, b = key.replace("x.", "a."), key.replace("x.", "b.")
    share = 1.0 if "*" in key else 0.4
    than = f"{a} {sign} {b}"
    pair = 'a = p.find("{a}")[0]\nb = p.find("{b}")[0]\n'
    return (
        Form(f"{name}_kind", "superlative", found.replace("{@}", "{g}") + WHAT, patterns(f"""
            what is the {most} {{g}} $pic
            (what|which) {{g}} is [the] {most} $pic
            what kind of {{g}} is the {most} one
            $name the {most} {{g}} $pic
            $tell what the {most} {{g}} is
            the {most} {{g}} $pic is what
            which of the {{g+}} is [the] {most}
            of all [the] {{g+}}, which [one] is [the] {most}
            which {{g}} (looks|appears) {most}
        """), weight=0.5 * share, split_as="size_kind"),
        Form(f"{name}_colour", "superlative", found.replace("{@}", "{a}") + WHAT_COLOUR, patterns(f"""
            $whatcolour is the {most} {{a}} $pic
            what is the $colour of the {most} {{a}} $pic
            $tell the $colour of the {most} {{a}}
            the {most} {{a}} is what $colour
            which $colour does the {most} {{a}} have
            $whatcolour is the {{a}} that is [the] {most}
            of the {{a+}}, what $colour is the {most} [one]
            $colour of the {most} {{a}}
        """), weight=0.6 * share, split_as="size_colour"),
        Form(f"{name}_is", "superlative", found.replace("{@}", "{a}") + 'verify_property("{a}", "{k}")', patterns(f"""
            is the {most} {{a}} {{k}} $pic
            is the {{a}} that is {most} {{k}}
            does the {most} {{a}} look {{k}}
            $check $whether the {most} {{a}} is {{k}}
            is the $colour of the {most} {{a}} {{k}}
            is it true that the {most} {{a}} is {{k}}
            the {most} {{a}} is {{k}}, (right|true|isn't it)
        """), weight=0.35 * share, split_as="size_is"),
        Form(f"{name}_than", "size", f"{pair}return {than}", patterns(f"""
            is the {{a}} {more} than the {{b}} $pic
            $check $whether the {{a}} is {more} than the {{b}}
            does the {{a}} look {more} than the {{b}}
            is it true that the {{a}} is {more} than the {{b}}
            compared to the {{b}}, is the {{a}} {more}
            the {{a}} is {more} than the {{b}}, (right|true|isn't it)
            would you say the {{a}} is {more} than the {{b}}
            is {{a}} {more} than {{b}}
            has the {{a}} a {more} shape than the {{b}}
        """), weight=0.6 * share, split_as="size_than"),
        Form(f"{name}_which", "size", f'{pair}return "{{a}}" if {than} else "{{b}}"', patterns(f"""
            which is {more}, the {{a}} or the {{b}}
            (what|which one) is {more}: the {{a}} or the {{b}}
            is the {{a}} or the {{b}} {more}
            the {{a}} or the {{b}}, which [one] is {more}
            of the {{a}} and the {{b}}, which is {more}
            $tell $whether the {{a}} or the {{b}} is {more}
            between the {{a}} and the {{b}}, which one is {more}
            which looks {more}, the {{a}} or the {{b}}
        """), weight=0.6 * share, split_as="size_which"),
    )  # fmt: skip


SIZE = tuple(form for row in _SIZES for form in _sizes(*row))

_ORDINAL = (
    ("second_left", "1", "(second|2nd)", "left", ""),
    ("third_left", "2", "(third|3rd)", "left", ""),
    ("second_right", "-2", "(second|2nd)", "right", ""),
    ("third_right", "-3", "(third|3rd)", "right", ""),
)


def _ordinals(name: str, index: str, word: str, side: str, _: str) -> tuple[Form, ...]:
    found = f'return sorted(p.find("{{@}}"), key=lambda x: x.horizontal_center)[{index}].'
    return (
        Form(f"{name}_colour", "superlative", found.replace("{@}", "{a}") + WHAT_COLOUR, patterns(f"""
            $whatcolour is the {word} {{a}} from the {side} $pic
            what is the $colour of the {word} {{a}} from the {side}
            $tell the $colour of the {word} {{a}} from the {side}
            counting from the {side}, $whatcolour is the {word} {{a}}
            from the {side}, what $colour is the {word} {{a}}
            which $colour does the {word} {{a}} from the {side} have
        """), weight=0.2, split_as="ordinal_colour"),
        Form(f"{name}_kind", "superlative", found.replace("{@}", "{g}") + WHAT, patterns(f"""
            what is the {word} {{g}} from the {side} $pic
            (what|which) {{g}} is [the] {word} from the {side}
            $name the {word} {{g}} from the {side}
            counting from the {side}, what is the {word} {{g}}
            from the {side}, which is the {word} {{g}}
            the {word} {{g}} from the {side} is what
        """), weight=0.2, split_as="ordinal_kind"),
    )  # fmt: skip


ORDINAL = tuple(form for row in _ORDINAL for form in _ordinals(*row))

CHAINS = (
    Form("if_then_count", "chain", 'return len(p.find("{b}" if p.exists("{a}") else "{c}"))', patterns("""
        if there is {a~}, how many {b+} are there, otherwise how many {c+}
        if there is {a~} count the {b+}, (otherwise|else|if not) [count] the {c+}
        how many {b+} are there if there is {a~}, or else how many {c+}
        if you see {a~}, tell me the number of {b+}, otherwise the number of {c+}
        should there be {a~}, count the {b+}; if not, the {c+}
        count {b+} when there is {a~}, else count {c+}
    """), weight=0.4),
    Form("colour_of_both", "chain", 'return p.find("{k} {a}")[0].horizontal_center < p.find("{m} {a}")[0].horizontal_center', patterns("""
        is the {k} {a} (to the |)left of the {m} one
        is the {k} {a} left of the {m} {a}
        $check $whether the {k} {a} is (to the |)left of the {m} one
        does the {k} {a} stand left of the {m} one
        is the {k} {a} on the left side of the {m} one
        is it true that the {k} {a} is left of the {m} {a}
    """), weight=0.3),
    Form("next_thing", "distance", f'c = p.find("{{a}}")[0]\nreturn sorted(p.find("thing"), key=lambda x: distance(x, c))[1].{WHAT}', patterns("""
        what is (next to|beside|by|near|close to) the {a} $pic
        what is (closest|nearest) to the {a} $pic
        (what|which) (thing|object|item) is (closest|nearest) to the {a}
        $name what is (next to|nearest to|closest to) the {a}
        what (stands|lies|sits) (next to|beside|near) the {a}
        $tell what is (next to|beside|closest to) the {a}
        what do you see (next to|beside|near) the {a}
        the {a} is (next to|beside) what
        what is the (closest|nearest) (thing|object|item) to the {a}
        what is the {a}'s (closest|nearest) neighbo(u|)r
        there is something (next to|beside) the {a}. what is it
    """), weight=0.8),
    Form("other_nearest", "chain", f'c = p.find("{{a}}")[0]\nreturn sorted(p.find("{{g}}"), key=lambda x: distance(x, c))[1].{WHAT}', patterns("""
        (what|which) other {g} is (closest|nearest) to the {a}
        which is the (closest|nearest) other {g} to the {a}
        (besides|apart from) the {a} itself, which {g} is (closest|nearest) to it
        $name the other {g} (closest|nearest) to the {a}
        what other {g} is (next to|beside) the {a}
        the {a} is {g~}. which other {g} is (nearest|closest) to it
        of the other {g+}, which is (closest|nearest) to the {a}
    """), weight=0.6),
)  # fmt: skip

FORMS = SIDES + PLACES + DISTANCE + DEPTH + SIZE + ORDINAL + CHAINS
