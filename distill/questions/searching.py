"""Forms about the album, the pictures of an open index, and the truth of each over scenes.

A program searches first and then looks at what was found, so that its answer holds only what it has seen for itself.
"""

# ruff: noqa: E501  -- a program and a pattern are one line each

from collections.abc import Callable, Sequence

from distill.questions.forms import Form
from distill.questions.forms import patterns as _patterns
from distill.questions.view import Absent, Unclear, View, colour_of
from models.embedded.world.lexicon import canonical_background
from models.embedded.world.scene import Scene

_PIECES = {
    "$pics": "(pictures|photos|images|photographs|pics|shots)",
    "$apic": "(a|one) (picture|photo|image|photograph|pic|shot)",
    "$thepic": "the (picture|photo|image|photograph|shot)",
    "$album": "[(in|from) (my|the|this|our) (album|collection|library|folder|archive|photos|pictures)|of mine|I have]",
    "$inalbum": "(in|from|among|across) (my|the|this|our|all my|all the) (album|collection|library|folder|photos|pictures|images)",
    "$find": "(find|find me|show|show me|get|get me|give me|look for|search for|fetch|bring up|pull up|dig out|I want|I need|I am looking for|let me see)",
    "$all": "[all|all the|all my|my|every one of my]",
    "$of": "(with|of|showing|that show|containing|that contain|featuring|that have)",
}
"""Pieces that the patterns of this file share, beside those of `wording.SHARED`; longer names first when replaced."""


def patterns(text: str) -> tuple[str, ...]:
    for name in sorted(_PIECES, key=len, reverse=True):
        text = text.replace(name, _PIECES[name])
    return _patterns(text)


_PLACE = 'p.simple_query("what is the background?") == "{w}"'
_NONE = 'return abstain("no picture shows a {a}")'

ALL = (
    Form("album_with", "search", 'return [p for p in search_images("{a}", 50) if p.exists("{a}")]', patterns("""
        $find $all $pics $of {a~} [$album]
        $find $all $pics $of {a+} [$album]
        $all $pics $of {a~} [please]
        {a} $pics
        $pics of {a+}
        which (of my|of the|of these) $pics (show|contain|have|feature) {a~}
        (which|what) $pics (show|contain|have) {a+} [$album]
        (in|on) which (of my|of the) $pics (is there|can you see|do you see|is) {a~}
        where $inalbum (do I have|are there|do you find) {a+}
        $tell which (of my|of the) $pics (have|show|contain) {a~}
        search [$inalbum] for {a+}
        search (my|the) (album|collection|photos|pictures) for {a~}
        (list|name|select|pick|pick out|filter) (the|all|my|all my) $pics $of {a~}
        everything (I have|you have|there is) with {a~} (in it|on it)
        (go|look) through my $pics and (find|pick out|collect) (those|the ones) $of {a~}
        $pics that (have|got) {a~} in (them|it)
        do I have $pics of {a+}, show me
        all the ones $of {a~}
    """), weight=1.8, about="album"),
    Form("album_both", "search", 'return [p for p in search_images("{a} and {b}", 50) if p.exists("{a}") and p.exists("{b}")]', patterns("""
        $find $all $pics $of [both] {a~} and {b~} [$album]
        $find $all $pics of {a+} and {b+} together
        $all $pics $of {a~} and {b~}
        which (of my|of the) $pics (show|contain|have) both {a~} and {b~}
        (which|what) $pics (show|contain|have) {a~} and also {b~} [$album]
        $tell which of my $pics (have|show) {a~} as well as {b~}
        {a} and {b} in (one|the same) (picture|photo|image)
        search for {a~} together with {b~}
        (in|on) which of (my|the) $pics are there both {a~} and {b~}
        (list|pick out|select) (the|all) $pics where {a~} and {b~} (are|can be) seen together
        {a} with {b} $pics
        where do {a~} and {b~} (occur|appear|come) together $inalbum
    """), weight=0.8, about="album"),
    Form("album_without", "search", 'return [p for p in search_images("{a}", 50) if p.exists("{a}") and not p.exists("{b}")]', patterns("""
        $find $all $pics $of {a~} but (no|without|without any) {b} [$album]
        $find $all $pics $of {a~} and no {b}
        which (of my|of the) $pics (show|contain|have) {a~} but (no|not a) {b}
        $pics $of {a+} without {b+}
        $tell which of my $pics have {a~} but no {b} [in them]
        (list|select|pick out) the $pics with {a~} where there is no {b}
        search for {a+} but leave out (those|the ones) with {b~}
        {a~} without {b~}, which of my $pics
    """), weight=0.45, about="album"),
    Form("album_number", "search", 'return [p for p in search_images("{a}", 50) if len(p.find("{a}")) == {n}]', patterns("""
        $find $all $pics (with|of|showing) exactly {n} {a+} [$album]
        which (of my|of the) $pics (show|contain|have) (exactly|precisely|just) {n} {a+}
        $tell which (of my|of the) $pics have exactly {n} {a+}
        (list|select|pick out) the $pics where there are exactly {n} {a+}
        $all $pics with {n} {a+}, no more and no fewer
        (in|on) which of my $pics do you (count|see) exactly {n} {a+}
        $pics (in|on) which the number of {a+} is {n}
    """), weight=0.6, about="album"),
    Form("album_more", "search", 'return [p for p in search_images("{a} and {b}", 50) if len(p.find("{a}")) > len(p.find("{b}"))]', patterns("""
        $find $all $pics with more {a+} than {b+} [$album]
        which (of my|of the) $pics (show|contain|have) more {a+} than {b+}
        $tell which of my $pics have more {a+} than {b+}
        (list|select|pick out) the $pics where there are more {a+} than {b+}
        (in|on) which $pics do {a+} outnumber {b+}
        $pics (in|on) which the {a+} outnumber the {b+}
        $pics with fewer {b+} than {a+}
    """), weight=0.4, about="album"),
    Form("album_place", "search", f'return [p for p in search_images("{{w}}", 50) if {_PLACE}]', patterns("""
        $find $all $pics (taken (at|in) [the|a]|from the|of [the|a]) {w} [$album]
        which (of my|of the) $pics (show|were taken (at|in)) [the|a] {w}
        $tell which (of my|of the) $pics (show|were taken (at|in)) [the|a] {w}
        $all {w} $pics
        $pics with [the|a] {w} (as|in) the background
        search [$inalbum] for [the|a] {w}
        (list|select|pick out) the $pics that (show|are set (at|in)) [the|a] {w}
        everything (taken|I took|shot) (at|in) [the|a] {w}
        where $inalbum is the background [the|a] {w}
    """), weight=0.8, about="album"),
    Form("album_at", "search", f'return [p for p in search_images("{{a}} and {{w}}", 50) if p.exists("{{a}}") and {_PLACE}]', patterns("""
        $find $all $pics of {a~} (at|in) the {w} [$album]
        $find $all $pics with {a~} and [the|a] {w} (as|in) the background
        which (of my|of the) $pics show {a~} (at|in) the {w}
        $tell which of my $pics show {a~} (at|in) the {w}
        {a} (at|in) the {w}, [all] $pics
        search for {a~} (at|in) the {w}
        $pics of {a+} (at|in) [the|a] {w}
        $pics taken (at|in) the {w} that have {a~} in them
    """), weight=0.7, about="album"),
)  # fmt: skip

ONE = (
    Form("album_one", "search", f'for p in search_images("{{a}}", 50):\n if p.exists("{{a}}"):\n  return p\n{_NONE}', patterns("""
        $find $apic $of {a~} [$album]
        $find any (picture|photo|image) $of {a~}
        $apic of {a~} [please]
        (is there|have I|do I have) $apic of {a~}, show it [to me]
        can you find [me] $apic $of {a~}
        one of my $pics should have {a~} in it, which one
        there is (a picture|a photo|an image) $of {a~} somewhere, find it
        I remember $apic $of {a~}, where is it
        pick [out] $apic $of {a~} [for me]
        the best (picture|photo|image|shot) of {a~}
        (I need|I'd like|I would like) just one (picture|photo|image) $of {a~}
    """), weight=0.8, about="album"),
    Form("album_one_number", "search", 'for p in search_images("{a}", 50):\n if len(p.find("{a}")) == {n}:\n  return p\nreturn abstain("no picture shows that many")', patterns("""
        $find $apic with {n} {a+} [in it] [$album]
        $find any (picture|photo|image) (with|that has|that shows) {n} {a+}
        $apic with {n} {a+} [please]
        can you find [me] $apic with {n} {a+}
        there is (a picture|a photo|an image) with {n} {a+} somewhere, find it
        pick [out] $apic where there are {n} {a+}
        I remember $apic with {n} {a+} [in it]
        (is there|do I have) $apic with {n} {a+}, show it
    """), weight=0.8, about="album"),
    Form("album_most", "search", f'p = max(search_images("{{a}}", 50), key=lambda x: len(x.find("{{a}}")))\nif p.exists("{{a}}"):\n return p\n{_NONE}', patterns("""
        $find $thepic with the most {a+} [in it] [$album]
        which (of my|of the) $pics (has|shows|contains) the most {a+}
        (in|on) which (of my|of the) $pics are there the most {a+}
        (which|what) (picture|photo|image) has the (largest|highest|greatest) number of {a+}
        $tell which of my $pics has the most {a+}
        $thepic with as many {a+} as possible
        where $inalbum are the most {a+}
        pick [out] $thepic with the most {a+}
        most {a+} in one (picture|photo|image), which is it
    """), weight=0.8, about="album"),
)  # fmt: skip

NUMBERS = (
    Form("album_count", "search", 'return len([p for p in search_images("{a}", 100) if p.exists("{a}")])', patterns("""
        how many (of my|of the|of these) $pics (show|contain|have|feature) {a~}
        how many $pics $of {a~} (do I have|are there|have I got|exist)
        how many $pics $of {a+} are there $inalbum
        (in|on) how many of (my|the) $pics (is there|can you see|do you see) {a~}
        (what is the|the) number of $pics $of {a~}
        $count the $pics $of {a~}
        $tell how many of my $pics (show|have) {a~}
        how many of them show {a~}
        how often do I have {a~} $inalbum
    """), weight=0.8, about="album"),
    Form("album_count_place", "search", f'return len([p for p in search_images("{{w}}", 100) if {_PLACE}])', patterns("""
        how many (of my|of the|of these) $pics (show|were taken (at|in)) [the|a] {w}
        how many {w} $pics (do I have|are there|have I got)
        how many $pics (did I take|have I taken|were taken) (at|in) the {w}
        $count the $pics (of|from|taken at) [the|a] {w}
        (what is the|the) number of $pics (of|from|that show) [the|a] {w}
        $tell how many of my $pics show [the|a] {w}
        (in|on) how many of (my|the) $pics is the background [the|a] {w}
    """), weight=0.7, about="album"),
    Form("album_any", "search", 'return any([p.exists("{a}") for p in search_images("{a}", 50)])', patterns("""
        do I have ((a|any) (picture|photo|image)|any $pics) $of {a~}
        is there (a|any) (picture|photo|image) $of {a~} [$inalbum]
        are there any $pics $of {a+} [$inalbum]
        (does|do) (any|one) of (my|the|these) $pics (show|have|contain) {a~}
        have I (got|taken) (a|any) (picture|photo|image) of {a~}
        $check $whether there is a (picture|photo|image) of {a~} $inalbum
        $check $whether any of my $pics (show|have|contain) {a~}
        did I ever (take a (picture|photo) of|photograph) {a~}
        any $pics of {a+}
    """), weight=0.7, about="album"),
    Form("album_total", "search", 'return sum(len(p.find("{a}")) for p in search_images("{a}", 100))', patterns("""
        how many {a+} are there in all (my|the) $pics [together|in total]
        how many {a+} are there (altogether|in total|in all) $inalbum
        what is the total number of {a+} $inalbum
        $count [up] all [the] {a+} $inalbum
        $tell how many {a+} (all my|my|all the) $pics show (together|in total)
        how many {a+} do (my|all my) $pics show (together|in total|altogether)
        add up the {a+} (of|in) all my $pics
    """), weight=0.4, about="album"),
)  # fmt: skip

ABOUT_ONE = (
    Form("album_colour", "search", 'return search_images("{a} and {b}", 1)[0].find("{a}")[0].simple_query("what color is it?")', patterns("""
        $whatcolour is the {a} in $thepic $of {b~}
        (in|on) $thepic with the {b}, $whatcolour is the {a}
        $tell the $colour of the {a} (in|on) $thepic with {b~}
        what is the $colour of the {a} (in|on) $thepic (with|of) the {b}
        find $thepic of {b~} and tell me $whatcolour the {a} (in|on) it is
        $whatcolour does the {a} have (in|on) $thepic that shows {b~}
        the {a} (in|on) $thepic with the {b}, $whatcolour is it
    """), weight=0.45, about="album"),
    Form("album_where", "search", 'return search_images("{a}", 1)[0].simple_query("what is the background?")', patterns("""
        where was $thepic (of|with) the {a} taken
        where did I (photograph|take the (picture|photo) of) the {a}
        what is the background of $thepic (with|of) {a~}
        what is (behind the {a}|in the background) (in|on) $thepic (with|of) the {a}
        find $thepic of the {a} and tell me where it was taken
        $tell where $thepic with the {a} was taken
        (in|at) (which|what) place (is|was) $thepic (of|with) the {a} [taken]
    """), weight=0.45, about="album"),
    Form("album_what", "search", 'return ", ".join(sorted(set([x.simple_query("what is this?") for x in search_images("{a}", 1)[0].find("thing")])))', patterns("""
        what (else is|all is|is) (in|on) $thepic (of|with) the {a}
        what can (you see|be seen) (in|on) $thepic (of|with) the {a}
        (list|name) (everything|all things) (in|on) $thepic (of|with) the {a}
        describe $thepic (of|with) the {a}
        find $thepic of the {a} and tell me what (is in it|it shows)
        $tell what $thepic with the {a} shows
    """), weight=0.3, about="album"),
)  # fmt: skip

FORMS = ALL + ONE + NUMBERS + ABOUT_ONE


# --- truth -------------------------------------------------------------------------------------------------------

Pictures = frozenset[int]
"""Indices of scenes. The truth of the forms in `ALL` is the whole set; of those in `ONE`, any member is right."""
Album = Sequence[View]
Slots = dict[str, str]

FOUND = frozenset(form.name for form in ALL)
ANY_OF = frozenset(form.name for form in ONE)


def album_answer(form: Form, slots: Slots, scenes: Sequence[Scene]) -> Pictures | bool | int | str:
    """The true answer of a form about an album, computed from the scenes and never by running a program.

    Args:
        slots: words for the form's slots, numbers as digits.
        scenes: the album, at most as many as a program looks at.

    Returns:
        Pictures for the forms in `ALL` and `ONE`, else a truth value, a number or a text.

    Raises:
        Absent: the honest answer is to abstain.
        Unclear: the question has no undisputed answer here.
    """
    return TRUTH[form.name]([View(scene) for scene in scenes], slots)


def _where(album: Album, holds: Callable[[View], bool]) -> Pictures:
    return frozenset(index for index, view in enumerate(album) if holds(view))


def _one(album: Album, holds: Callable[[View], bool], what: str) -> Pictures:
    found = _where(album, holds)
    if not found:
        raise Absent(what)
    return found


def _only(album: Album, holds: Callable[[View], bool], what: str) -> View:
    """The picture meant by "the picture of the dog"."""
    found = _one(album, holds, what)
    if len(found) > 1:
        raise Unclear(what)
    return album[next(iter(found))]


def _at(name: str) -> Callable[[View], bool]:
    read = canonical_background(name)
    if read is None:
        raise Unclear(name)
    return lambda view: view.scene.background == read


def _most(album: Album, slots: Slots) -> Pictures:
    counts = [view.count(slots["a"]) for view in album]
    best = max(counts)
    if best == 0:
        raise Absent(slots["a"])
    return frozenset(index for index, count in enumerate(counts) if count == best)


def _colour(album: Album, slots: Slots) -> str:
    view = _only(album, lambda view: bool(view.count(slots["a"]) and view.count(slots["b"])), slots["b"])
    return colour_of(view.one(slots["a"]))


TRUTH: dict[str, Callable[[Album, Slots], Pictures | bool | int | str]] = {
    "album_with": lambda album, s: _where(album, lambda v: v.count(s["a"]) > 0),
    "album_both": lambda album, s: _where(album, lambda v: v.count(s["a"]) > 0 and v.count(s["b"]) > 0),
    "album_without": lambda album, s: _where(album, lambda v: v.count(s["a"]) > 0 and v.count(s["b"]) == 0),
    "album_number": lambda album, s: _where(album, lambda v: v.count(s["a"]) == int(s["n"])),
    "album_more": lambda album, s: _where(album, lambda v: v.count(s["a"]) > v.count(s["b"])),
    "album_place": lambda album, s: _where(album, _at(s["w"])),
    "album_at": lambda album, s: _where(album, lambda v: v.count(s["a"]) > 0 and _at(s["w"])(v)),
    "album_one": lambda album, s: _one(album, lambda v: v.count(s["a"]) > 0, s["a"]),
    "album_one_number": lambda album, s: _one(album, lambda v: v.count(s["a"]) == int(s["n"]), s["a"]),
    "album_most": _most,
    "album_count": lambda album, s: len(_where(album, lambda v: v.count(s["a"]) > 0)),
    "album_count_place": lambda album, s: len(_where(album, _at(s["w"]))),
    "album_any": lambda album, s: bool(_where(album, lambda v: v.count(s["a"]) > 0)),
    "album_total": lambda album, s: sum(v.count(s["a"]) for v in album),
    "album_colour": _colour,
    "album_where": lambda album, s: _only(album, lambda v: v.count(s["a"]) > 0, s["a"]).scene.background,
    "album_what": lambda album, s: ", ".join(
        sorted({thing.noun for thing in _only(album, lambda v: v.count(s["a"]) > 0, s["a"]).scene.things})
    ),
}
