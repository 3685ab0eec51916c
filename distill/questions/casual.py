"""Still more wordings of the forms: loose, short and elliptic ones, as people ask who look at the picture together.

They came after those in `wordings.py` and hold out a fifth of their own (see `Form.then`).
"""

# ruff: noqa: E501  -- a pattern is one line

from dataclasses import replace

from distill.questions.forms import Form, filled, patterns
from distill.questions.relations import DIRECTIONS, with_direction

_TEXTS = {
    "exists": """
        do they have {a~}
        {a} yes or no
        there any {a+}
        you see any {a+}
        you see {a~} somewhere
        is {a~} somewhere around
        is there by any chance {a~}
        any {a+} around
        would you find {a~}
        anybody see {a~}
        is there maybe {a~}
        is anything here {a~}
        is any of (these|them|the things) {a~}
        is there (something|anything) that is {a~}
        are any of the things {a+}
        is one of (these|them) {a~}
    """,
    "count": """
        how many {a+} you got
        how many {a+} all in
        {a+}, how many of them
        how many of the {a} do you see
        whats the {a} number
        can you say how many {a+}
        how many {a+} would you say
        how many {a+} are we looking at
        so how many {a+} then
        how many {a+} in all the picture
        count me the {a+}
        how many {a+} are on it
        how many of them are {a+}
        how many things are {a+}
        how many of the things are {a+}
        how many things that are {a+} do you see
    """,
    "which_more": """
        {a+} or {b+}, which more
        who is more, {a+} or {b+}
        do {a+} or {b+} win
        is it {a+} or {b+} there are more of
        what is more, {a+} or {b+}
        which one has the higher number, {a+} or {b+}
    """,
    "colour": """
        what is color of {a}
        what is the color of that {a}
        what color has {a}
        what color got the {a}
        color {a}
        color the {a} is
        tell color of {a}
        and the {a}, what color
        what about the {a}, what color is it
        what kind of color is the {a}
        what color would the {a} be
        that {a} is what color
        what color did the {a} get
        whats the {a}'s color
        what color is {a} in there
        which color for the {a}
        {a} has what color
        what would you say is the color of the {a}
    """,
    "is_colour": """
        {k} {a} or not
        is that a {k} color on the {a}
        {a} is {k}, yes or no
        would you call the {a} {k}
        {a} in {k}, right
        is the {a} {k} or some other color
        does the {a} come in {k}
    """,
    "what_is_colour": """
        what is the {k} one
        the {k} one is what
        which thing has {k} color
        the thing that is {k}, what is it
        what is that {k} thing there
        name what is {k}
        what is this {k} thing
        whats {k}
    """,
    "same_colour": """
        {a} and {b} same color
        are the {a} and {b} the same color or not
        is the {a} same color as the {b}
        is the {a}'s color also the {b}'s color
        {a} same color as {b}
    """,
    "kinds": """
        what {g+} do we have here
        what {g+} you see
        so which {g+} are there
        tell me the {g+}
        what kind of {g+} are in it
        what {g+} can be seen
        what {g+} all do you see
        which of (these|them|the things) are {g+}
        which things are {g+}
        (which|what) thing is {g~}
        which of (these|them|the things) is {g~}
        which one is {g~}
        what (here|there) is {g~}
        what is {g~} in the picture
        what do you see that is {g~}
    """,
    "count_other": """
        how many things are not {a+}
        how many (of the things|of these|of them) are not {a+}
        how many things that are not {a+} (are there|do you see)
        things that are not {a+}, how many
        how many things (besides|other than|apart from) [the] {a+}
        count (everything|all) that is not {a~}
        number of things that are not {a+}
    """,
    "other_kind": """
        is there (anything|something) that is not {a~}
        is there (anything|something) (other than|besides|apart from) [the] {a+}
        (anything|something) (other than|besides|apart from) [the] {a+}
        do you see (anything|something) that is not {a~}
        (anything|something) that is not {a~}
        is there (anything|something) else [there] besides [the] {a+}
    """,
    "only_kind": """
        is everything {a~}
        are they all {a+}
        are all (the things|of them|of these) {a+}
        nothing but {a+}
        only {a+} in it
        are there only {a+}
        is there nothing but {a+}
        everything is {a~}, (right|true)
    """,
    "everything_but": """
        what is not {a~}
        which (things|of them|of these|of the things) are not {a+}
        which one is not {a~}
        what do you see that is not {a~}
        which thing is no {a}
        list everything that is not {a~}
        which things do not belong to the {a+}
    """,
    "most_kind": """
        are most of (the things|them|these) {a+}
        is most of it {a+}
        are more than half of the things {a+}
        is it mostly {a+}
        are there mostly {a+}
        are {a+} more than half of everything
    """,
    "what_kind": """
        what {g} do we have here
        what {g} would that be
        whats the {g}
        so what {g} is it
        what kind of {g} would you say it is
        that {g} is what
    """,
    "everything": """
        what do we see
        what have you got there
        whats all in there
        what stuff is there
        tell me all you can see
        what all do you see
    """,
    "left_or_right": """
        what side of the {b} is the {a}
        {a} left or right of {b}
        which way is the {a} from the {b}, left or right
        from the {b}, is the {a} left or right
        the {a} is on which side of the {b}
        is {a} left or right from {b}
        which side of {b} is {a} at
    """,
    "above_or_below": """
        {a} above or below {b}
        the {a} is above the {b} or below it
        from the {b}, is the {a} up or down, above or below
        is {a} over or under {b}, so above or below
        above or below the {b}, the {a}
    """,
    "half_left_or_right": """
        which side is {a}
        which side is the {a}
        what side is the {a} on
        on what side do you see the {a}
        the {a} is on which side
        left side or right side for the {a}
        {a} on the left or the right
        is the {a} more to the left or to the right
        whats the side of the {a}, left or right
        to which side is the {a}
    """,
    "half_top_or_bottom": """
        {a} up or down, top or bottom
        is the {a} up at the top or down at the bottom
        is the {a} in the top or the bottom
        {a} at top or at bottom
        is the {a} more at the top or more at the bottom
        is {a} top or bottom
    """,
    "where": """
        where {a}
        where would i find the {a}
        where do you see the {a}
        where can the {a} be seen
        where at is the {a}
        in what part is the {a}
        in which corner can i find the {a}
        what corner is the {a} in
        where about is {a}
    """,
    "next_thing": """
        who is next to the {a}
        who is beside {a}
        what is next to {a}
        whats by the {a}
        what is near {a}
        what is the closest thing to {a}
        what is right by the {a}
        who is closest to the {a}
        what is close to {a}
        who stands next to the {a}
        what do i see next to the {a}
        the thing beside {a}
        next to the {a} is what
        what is the neighbor of the {a}
        who does the {a} stand next to
        which thing is closest to {a}
        what is nearest {a}
    """,
    "is_next": """
        is {a} next to {b}
        {a} by the {b}
        is the {a} right by the {b}
        is {a~} the closest thing to the {b}
        is that {a~} next to the {b}
        is what is next to the {b} {a~}
        is the one next to the {b} {a~}
        is the {a} close to {b}
    """,
    "next_colour": """
        what color is the thing beside {b}
        whats the color of the thing near the {b}
        color of the thing next to {b}
        what color is the one beside the {b}
        the {b}'s neighbor, what color is it
    """,
    "middle": """
        what is in the middle
        whats in the center
        what is right in the middle
        what thing is in the middle
        in the middle is what
        who is in the middle
        what do you see in the middle
        middle thing
    """,
    "things_between": """
        what is in between {b} and {c}
        what comes between the {b} and the {c}
        whats between {b} and {c}
        who is between the {b} and the {c}
        what thing is between {b} and {c}
        between {b} and {c} is what
    """,
    "background": """
        where are they
        where is all this
        what place would this be
        whats behind it all
        what is the place
        whats the scenery like
    """,
}

_SIDED = {
    "is": """
        {a} @rel {b}, yes or no
        so is the {a} @rel the {b}
        is it @rel the {b}, the {a}
        {a} is @rel {b}
        the {a}, is it @rel the {b}
    """,
    "any": """
        any {a} @rel {b}
        got any {a+} @rel the {b}
        is {a~} somewhere @rel the {b}
        @rel the {b}, any {a+}
        is one of the {a+} @rel the {b}
    """,
    "thing": """
        what is @rel {b}
        whats @rel the {b}
        who do you see @rel the {b}
        thing @rel {b}
        what do we have @rel the {b}
        who stands @rel the {b}
        what is right @rel the {b}
        what is the first thing @rel the {b}
        @rel the {b} is what
        what would be @rel the {b}
    """,
    "colour": """
        color {a} @rel {b}
        what color is {a} @rel {b}
        the {a} that is @rel the {b}, what color
        whats the color of the {a} @rel the {b}
        {a} @rel the {b}, what color
    """,
    "most": """
        what is @ismost
        which is @ismost
        which thing is @ismost
        what thing is all the way (on|at) the @side
        @most thing
        what is the very @most thing
        who is @ismost
        what comes @ismost
        the @most one is what
        whats @ismost
    """,
    "most_colour": """
        color @most {a}
        whats the color of the {a} @ismost
        what color is the very @most {a}
        what color {a} is @ismost
        @most {a}, what color
    """,
    "half": """
        {a} on @side side or not
        so is the {a} on the @side
        is the {a} over on the @side [side]
        is {a} in @side half
        do i find the {a} on the @side [side]
        is the {a} somewhere on the @side [side]
    """,
    "count_half": """
        how many {a+} on @side side
        @side side, how many {a+}
        on the @side [side] how many {a+}
        how many {a+} over on the @side [side]
        how many {a+} can you see on the @side [side]
    """,
    "things": """
        what do you see on the @side side
        what can you see (on|in|at) the @side (side|half|part)
        what all is (on|in) the @side (side|half)
        list what is (on|in) the @side (side|half)
        what things are (on|in) the @side (side|half)
        what is there to see (on|in) the @side (side|half)
        everything (on|in) the @side (side|half)
        name all (on|in) the @side (side|half)
        which things do you see on the @side side
    """,
    "pair": """
        {a~} @rel {b~}, yes or no
        is one {a} @rel one {b}
        any {a} @rel any {b}
        is there maybe {a~} @rel {b~}
        got {a~} @rel {b~}
    """,
}

_NEAR_FAR = {
    "kind": """
        {g} {most} {to} {b}
        who is {most} {to} the {b}, which {g}
        which {g} is the one {most} {to} {b}
        what {g} is {most} {to} {b}
        the {g} that is {most} {to} {b}
    """,
    "colour": """
        color of {a} {most} {to} {b}
        what color is {a} {most} {to} {b}
        the {a} {most} {to} {b}, what color
        whats the color of the {a} {most} {to} the {b}
    """,
}

_SIZES = {
    "kind": """
        what is the {most} thing
        whats the {most}
        which is the {most}
        what is {most}
        which one is {most}
        {most} one
        {most} thing
        who is the {most}
        which thing is the {most} of them all
        what is the {most} of all
        what is the {most} in the picture
        whats the {most} {g}
        what {g} is the {most} one
    """,
    "colour": """
        whats the color of the {most} {a}
        {most} {a} what color
        color {most} {a}
        what color is {most} {a}
        what color is the {a} that is the {most}
    """,
    "than": """
        {a} is {more} than {b}
        so is the {a} {more} than the {b}
        is that {a} {more} than the {b}
        {a} {more} than {b}, yes or no
    """,
    "which": """
        who is {more}, {a} or {b}
        {a} or {b}, who is {more}
        whats {more}, {a} or {b}
        is {a} {more} or {b}
        {a} vs {b}, which is {more}
    """,
}

_DEPTHS = {
    "kind": """
        what is {where}
        who is {where}
        which thing is {where}
        which is {most} {to} us
        what thing is {most} {to} us
        whats {where}
        what is {most} {to} (me|us|the camera)
    """,
    "than": """
        {a} {front} {b}
        is {a} {more} than {b}
        the {a}, is it {front} the {b}
        {a} {front} the {b}, yes or no
        so is the {a} {front} the {b}
    """,
}


def _more() -> dict[str, tuple[str, ...]]:
    more = {name: patterns(text) for name, text in _TEXTS.items()}
    for d in DIRECTIONS:
        more |= {f"{stem}_{d.name}": with_direction(d, text) for stem, text in _SIDED.items()}
    for name, most, to in (
        ("closest", "(closest|nearest)", "to"),
        ("furthest", "furthest", "[away] from"),
    ):
        more |= {f"{name}_{kind}": filled(text, most=most, to=to) for kind, text in _NEAR_FAR.items()}
    for name, most, than in (
        ("biggest", "(biggest|largest)", "(bigger|larger)"),
        ("smallest", "(smallest|tiniest)", "smaller"),
        ("tallest", "tallest", "taller"),
        ("widest", "widest", "wider"),
    ):
        more |= {f"{name}_{kind}": filled(text, most=most, more=than) for kind, text in _SIZES.items()}
    for name, most, than, to, front, where in (
        ("near", "(nearest|closest)", "(nearer|closer)", "to", "in front of", "(in [the] front|at the front|in the foreground)"),
        ("far", "furthest", "further away", "from", "behind", "(in the back|at the back|at the very back|furthest back)"),
    ):  # fmt: skip
        more |= {
            f"{name}_{kind}": filled(text, most=most, more=than, to=to, front=front, where=where)
            for kind, text in _DEPTHS.items()
        }
    return more


MORE = _more()
"""Patterns by the name of the form."""


def casual_wordings(form: Form) -> Form:
    """The form with its loose patterns, if it has any."""
    more = tuple(one for one in MORE.get(form.name, ()) if one not in form.patterns)
    if not more:
        return form
    place = len(form.patterns)
    whole = form.patterns + more
    return replace(form, patterns=whole, then=(place,)) if form.first else replace(form, patterns=whole, first=place)
