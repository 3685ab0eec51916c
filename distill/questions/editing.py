"""Forms that ask for a changed picture: blurred, grey but for one thing, with a thing replaced, covered, named or marked.

The answer is a picture, so its truth is not a word: `TARGETS` says, for each form, which tool belongs to the question and
on which things of a scene it must act, computed from the scene and never by running a program.
"""

# ruff: noqa: E501  -- a program and a pattern are one line each

from collections.abc import Callable
from dataclasses import dataclass

from distill.questions.forms import Form
from distill.questions.forms import patterns as _patterns
from distill.questions.view import SIDE_MARGIN, Absent, Unclear, View, extreme
from models.embedded.world.scene import Scene, Thing

_PIECES = {
    "$please": "[please|can you|could you|I want you to]",
    "$make": "(make|turn|render|show)",
    "$grey": "(grey|gray|black and white|colorless|colourless)",
    "$except": "(except|but|apart from|other than|but for|except for)",
    "$restof": "(the rest [of (the|this) $picture]|everything else|the surroundings|all else)",
    "$bg": "(background|backdrop)",
    "$blur": "(blur|defocus|soften|blur out)",
    "$swap": "(replace|swap|exchange|substitute)",
    "$remove": "(remove|delete|erase|get rid of|take away|take out|wipe out)",
    "$put": "(put|place|stick|paste|add|draw)",
    "$label": "(label|tag|caption|annotate)",
    "$mark": "(highlight|mark|emphasize|emphasise|point out)",
    "$them": "(the|all the|all)",
}
"""Pieces that the patterns of this file share, beside those of `wording.SHARED`; longer names first when replaced."""


def patterns(text: str) -> tuple[str, ...]:
    for name in sorted(_PIECES, key=len, reverse=True):
        text = text.replace(name, _PIECES[name])
    return _patterns(text)


_EMOJI: dict[str, tuple[str | tuple[str, str], ...]] = {
    "e": (
        "smiling face", "smiley", "smile", "happy face", "laughing face", "laughing emoji", "crying face", "sad face",
        "angry face", "grumpy face", "surprised face", "winking face", "cool face", "heart", "star", "crown", "thumbs up",
    )
}  # fmt: skip
"""The tool knows these names and more."""

BACKGROUND = (
    Form("edit_blur", "editing", 'return p.blur_background(p.find("{a}"))', patterns("""
        $please blur the $bg behind the {a}
        $blur everything $except the {a}
        $blur the $bg but (keep|leave) the {a} sharp
        (keep|leave) the {a} (sharp|in focus|crisp) and $blur $restof
        $make $restof blurry but not the {a}
        $make the $bg of the {a} (blurry|blurred|out of focus)
        put the {a} in focus [and blur the rest]
        $please focus on the {a}
        give the {a} a (blurry|blurred) $bg
        portrait mode for the {a}
        apply (portrait mode|bokeh|a bokeh effect) to the {a}
        blurred $bg for the {a}
        I want (only|just) the {a} (sharp|in focus)
        $pic, $blur (everything|all) $except the {a}
        a (picture|version|photo) with only the {a} in focus
        hide the $bg of the {a} (in a blur|with a blur|by blurring it)
        blur around the {a}
        can the {a} be in focus and the rest (blurry|blurred)
        $blur everything that is not {a~}
        depth of field effect on the {a}
    """), weight=1.2),
    Form("edit_blur_two", "editing", 'return p.blur_background(p.find("{a}") + p.find("{b}"))', patterns("""
        $please $blur everything $except the {a} and the {b}
        blur the $bg behind the {a} and the {b}
        keep the {a} and the {b} (sharp|in focus) and $blur $restof
        focus on the {a} and the {b}
        $blur $restof but not the {a} and the {b}
        (only|just) the {a} and the {b} should be (sharp|in focus)
        $make $restof blurry but (keep|leave) the {a} and the {b}
        portrait mode for the {a} and the {b}
    """), weight=0.35),
    Form("edit_pop", "editing", 'return p.color_pop(p.find("{a}"))', patterns("""
        $please $make everything $grey $except the {a}
        $make (the|this) $picture $grey $except the {a}
        (color|colour) pop (the|on the|for the|of the) {a}
        (color|colour) pop the {a} $pic
        keep (only|just) the {a} in (color|colour)
        leave the {a} in (color|colour) and (turn|make) $restof $grey
        (take|remove|drain) the (color|colour) from $restof but not from the {a}
        only the {a} should (be|stay) (coloured|colored|in color|in colour)
        $grey everywhere $except the {a}
        desaturate $restof and keep the {a}
        convert (the|this) $picture to (black and white|grayscale|greyscale) but keep the {a} (coloured|colored)
        I want only the {a} in (color|colour)
        selective (color|colour) on the {a}
        make the {a} stand out by greying $restof
        everything $grey but the {a}, please
        black and white with the {a} in (color|colour)
        a $grey $picture with (a coloured|a colored|only the coloured) {a}
        grey out everything $except the {a}
        gray out $restof, not the {a}
        make the colors of the {a} pop
    """), weight=1.2),
    Form("edit_pop_two", "editing", 'return p.color_pop(p.find("{a}") + p.find("{b}"))', patterns("""
        $please $make everything $grey $except the {a} and the {b}
        (color|colour) pop the {a} and the {b}
        keep the {a} and the {b} in (color|colour) and $make $restof $grey
        leave only the {a} and the {b} in (color|colour)
        only the {a} and the {b} should be (coloured|colored|in color|in colour)
        grey out everything $except the {a} and the {b}
        black and white with the {a} and the {b} in (color|colour)
        desaturate $restof but not the {a} and the {b}
    """), weight=0.35),
)  # fmt: skip

CHANGING = (
    Form("edit_replace", "editing", 'return p.replace(p.find("{a}"), "{b}")', patterns("""
        $please replace the {a} with {b~}
        $swap the {a} (with|for) {b~}
        replace the {a} by {b~} $pic
        turn the {a} into {b~}
        change the {a} (to|into) {b~}
        make the {a} {b~}
        put {b~} where the {a} is
        put {b~} in place of the {a}
        (put|show|draw) {b~} instead of the {a}
        I (want|would like|'d like) {b~} instead of the {a}
        {b~} instead of the {a}
        {b~} in place of the {a}, please
        transform the {a} into {b~}
        what would it look like with {b~} instead of the {a}
        edit (the|this) $picture so that the {a} becomes {b~}
        let the {a} be {b~}
        substitute {b~} for the {a}
        convert the {a} into {b~}
        can you change the {a} into {b~}
        where the {a} is, (paint|draw|put) {b~}
        paint {b~} over the {a}
        {a} to {b}
        swap out the {a} for {b~}
        replace every {a} with {b~}
        $pic, the {a} should be {b~}
    """), weight=1.7),
    Form("edit_remove", "editing", 'return p.replace(p.find("{a}"), "background")', patterns("""
        $please $remove the {a}
        $remove the {a} from (the|this) $picture
        $remove $them {a+}
        make the {a} (disappear|vanish|go away)
        (show|give) me (the|this) $picture without the {a}
        (the|this) $picture without the {a}
        I don't want the {a} in (the|this) $picture
        (cut|edit|paint) the {a} out of (the|this) $picture
        clean (the|this) $picture of {a+}
        let the {a} (disappear|vanish)
        fill in the background where the {a} is
        how would it look without the {a}
        no more {a}, please
        there should be no {a} $pic
        photoshop the {a} out
        hide the {a} behind the background
    """), weight=0.9),
    Form("edit_recolour", "editing", 'return p.replace(p.find("{a}"), "{k} {a}")', patterns("""
        $please (paint|color|colour|dye) the {a} {k}
        make the {a} {k}
        turn the {a} {k}
        change the $colour of the {a} to {k}
        change the {a}'s $colour to {k}
        give the {a} a {k} $colour
        recolor the {a} {k}
        recolour the {a} in {k}
        I (want|would like) the {a} to be {k}
        the {a} should be {k}
        paint the {a} in {k}
        replace the {a} with a {k} {a}
    """), weight=0.6),
)  # fmt: skip

ADDING = (
    Form("edit_emoji", "editing", 'return p.emoji(p.find("{a}"), "{e}")', patterns("""
        $please $put {e~} on the {a}
        $put {e~} (on|over|onto) the {a}'s face
        $put {e~} (over|on top of) $them {a+}
        (cover|hide) the {a} with {e~}
        (cover|hide) the {a}'s face (with|behind) {e~}
        give the {a} {e~}
        {e~} on the {a}
        {e~} for the {a}
        (decorate|adorn) the {a} with {e~}
        hide $them {a+} behind {e~}
        the {a} (needs|should get|should have) {e~}
        anonymise the {a} with {e~}
        {e~} over the face of the {a}
        I want {e~} on the {a}
        overlay {e~} on the {a}
        the {a} with {e~} on it
        paste {e~} onto each {a}
        replace the {a}'s face with {e~}
    """), weight=1.1, fixed=_EMOJI),
    Form("edit_tag", "editing", 'return p.tag(p.find("{a}"))', patterns("""
        $please $label $them {a+}
        $label the {a}
        $label each {a} $pic
        (put|write) (names|labels|a name|a label) on the {a+}
        write the name (on|over|above|next to) the {a}
        add (labels|a label|tags|a tag|name tags) to the {a+}
        give (each|every) {a} a (label|tag|name tag)
        show the {a+} with labels
        name tags for the {a+}
        $label $them {a+} with boxes
        box and label the {a+}
        (put|write) (a caption|captions) on the {a}
        I want $them {a+} (labelled|labeled|tagged)
        labels on the {a+}
        {a+}, (labelled|labeled|tagged)
    """), weight=0.9),
    Form("edit_tag_two", "editing", 'return p.tag(p.find("{a}") + p.find("{b}"))', patterns("""
        $please $label the {a+} and the {b+}
        $label the {a} and the {b}
        $label both the {a} and the {b} $pic
        put (names|labels) on the {a+} and the {b+}
        add (labels|tags) to the {a} and the {b}
        write the names on the {a} and the {b}
        show the {a+} and the {b+} with labels
        labels for the {a+} and the {b+}
    """), weight=0.35),
    Form("edit_tag_all", "editing", 'return p.tag(p.find("thing"))', patterns("""
        $please $label (everything|all) $pic
        $label (all|all the) (things|objects) $pic
        $label (each|every) (thing|object) $pic
        put (names|labels|a label) on (everything|every object|all things)
        write the names (of|on) (everything|all things|all objects)
        (annotate|tag) (the|this) $picture
        add labels to (the|this) $picture
        name everything $pic with labels
        (the|this) $picture with labels
        show what everything is with labels
    """), weight=0.35),
    Form("edit_highlight", "editing", 'return p.highlight(p.find("{a}"))', patterns("""
        $please $mark the {a}
        $mark $them {a+}
        $mark $them {a+} $pic
        draw a (box|frame|rectangle|border|line) around the {a}
        draw (boxes|frames|rectangles) around $them {a+}
        (outline|circle|frame) the {a}
        put a (box|frame|ring) around the {a}
        (outline|circle|frame) (each|every) {a}
        where is the {a}, (mark|highlight|circle) it
        make the {a} (stand out|easy to see|visible)
        dim everything $except the {a}
        darken $restof but not the {a}
        I want the {a} (highlighted|marked|outlined|circled)
        spotlight on the {a}
        a (box|frame) around the {a}
        find the {a} and (mark|highlight|outline) it
        {a} highlighted
        (show|point) me the {a} by (marking|highlighting|outlining) it
    """), weight=1.0),
    Form("edit_highlight_side", "editing", 'return p.highlight(sorted(p.find("{a}"), key=lambda x: x.horizontal_center)[{d}])', patterns("""
        $please $mark the {d} {a}
        draw a (box|frame|rectangle) around the {d} {a}
        (outline|circle|frame) the {d} {a}
        put a (box|frame|ring) around the {d} {a}
        I want the {d} {a} (highlighted|marked|outlined)
        a (box|frame) around the {d} {a}
        find the {d} {a} and (mark|highlight) it
        only $mark the {d} {a} $pic
    """), weight=0.35, fixed={"d": (("leftmost", "0"), ("rightmost", "-1"), ("left-most", "0"), ("right-most", "-1"))}),
    Form("edit_crop", "editing", 'return p.find("{a}")[0]', patterns("""
        $please crop the {a}
        crop (the|this) $picture to the {a}
        cut out the {a}
        cut the {a} out
        zoom in on the {a}
        zoom (into|in to|to) the {a}
        crop to the {a}
        a close-up of the {a}
        show me (only|just) the {a}
        trim (the|this) $picture to the {a}
        (give|show) me a crop of the {a}
        close up on the {a}
    """), weight=0.5),
)  # fmt: skip

SEVERAL_STEPS = (
    Form("edit_blur_tag", "editing", 'q = p.blur_background(p.find("{a}"))\nreturn q.tag(q.find("{a}"))', patterns("""
        blur the $bg behind the {a} and $label it
        blur everything $except the {a} and $label the {a}
        $label the {a} and blur $restof
        $label the {a} and blur the $bg behind it
        keep the {a} sharp, blur $restof and put a label on the {a}
        blurred $bg and a label for the {a}
    """), weight=0.2),
    Form("edit_replace_pop", "editing", 'q = p.replace(p.find("{a}"), "{b}")\nreturn q.color_pop(q.find("{b}"))', patterns("""
        replace the {a} with {b~} and make everything else $grey
        replace the {a} with {b~} and keep only the {b} in (color|colour)
        turn the {a} into {b~} and (color|colour) pop it
        swap the {a} for {b~}, then make all but the {b} $grey
        put {b~} where the {a} is and make $restof $grey
        change the {a} into {b~} and grey out $restof
    """), weight=0.2),
    Form("edit_replace_two", "editing", 'q = p.replace(p.find("{a}"), "{b}")\nreturn q.highlight(q.find("{c}"))', patterns("""
        replace the {a} with {b~} and $mark the {c}
        turn the {a} into {b~} and draw a box around the {c}
        swap the {a} for {b~} and $mark the {c}
        $mark the {c} and replace the {a} with {b~}
        put {b~} in place of the {a}, and a box around the {c}
        change the {a} into {b~}, then $mark the {c}
    """), weight=0.2),
)  # fmt: skip

FORMS = BACKGROUND + CHANGING + ADDING + SEVERAL_STEPS


@dataclass(frozen=True)
class Edit:
    """One call of an editing tool that a question asks for."""

    tool: str
    """Name of the method; `crop` stands for a patch of the thing itself."""
    things: tuple[Thing, ...]
    """What it must be called on: things of the scene, in any order."""
    text: str = ""
    """The prompt, or the name of the emoji, as the program has it."""


Slots = dict[str, str]


def targets(form: Form, slots: Slots, scene: Scene) -> list[Edit]:
    """What the question asks for about a scene, in the order in which it must be done.

    Args:
        slots: words as the program has them.

    Raises:
        Absent: a thing that is to be edited is not in the scene: the honest end is to abstain.
        Unclear: it cannot be said which things are meant.
        KeyError: the form is none of this file.
    """
    return TARGETS[form.name](View(scene), slots)


def _on(tool: str, *names: str, text: str = "") -> Callable[[View, Slots], list[Edit]]:
    """All things that the slots name; of the text, the slots are filled."""

    def edits(view: View, slots: Slots) -> list[Edit]:
        groups = [view.some(slots[name]) for name in names]
        things = tuple({id(thing): thing for group in groups for thing in group}.values())
        return [Edit(tool, things, text.format(**slots))]

    return edits


def _everything(view: View, slots: Slots) -> list[Edit]:
    if not view.scene.things:
        raise Absent("thing")
    return [Edit("tag", view.scene.things)]


def _at_side(view: View, slots: Slots) -> list[Edit]:
    things = view.some(slots["a"])
    side = "left" if slots["d"] == "0" else "right"
    if len(things) < 2:
        raise Unclear(f"the only {slots['a']} is no {side}most one")
    across = {id(thing): thing.center[0] / view.scene.width for thing in things}
    outermost = extreme(things, lambda thing: across[id(thing)], SIDE_MARGIN, least=side == "left")
    return [Edit("highlight", (outermost,))]


def _crop(view: View, slots: Slots) -> list[Edit]:
    return [Edit("crop", (view.one(slots["a"]),))]


def _then(*parts: Callable[[View, Slots], list[Edit]]) -> Callable[[View, Slots], list[Edit]]:
    return lambda view, slots: [edit for part in parts for edit in part(view, slots)]


def _painted(tool: str, name: str) -> Callable[[View, Slots], list[Edit]]:
    """On the thing that the edit before painted: there must have been none of its kind."""

    def edits(view: View, slots: Slots) -> list[Edit]:
        if view.all(slots[name]):
            raise Unclear(f"there is a {slots[name]} already")
        return [Edit(tool, tuple(view.some(slots["a"])))]

    return edits


TARGETS: dict[str, Callable[[View, Slots], list[Edit]]] = {
    "edit_blur": _on("blur_background", "a"),
    "edit_blur_two": _on("blur_background", "a", "b"),
    "edit_pop": _on("color_pop", "a"),
    "edit_pop_two": _on("color_pop", "a", "b"),
    "edit_replace": _on("replace", "a", text="{b}"),
    "edit_remove": _on("replace", "a", text="background"),
    "edit_recolour": _on("replace", "a", text="{k} {a}"),
    "edit_emoji": _on("emoji", "a", text="{e}"),
    "edit_tag": _on("tag", "a"),
    "edit_tag_two": _on("tag", "a", "b"),
    "edit_tag_all": _everything,
    "edit_highlight": _on("highlight", "a"),
    "edit_highlight_side": _at_side,
    "edit_crop": _crop,
    "edit_blur_tag": _then(_on("blur_background", "a"), _on("tag", "a")),
    "edit_replace_pop": _then(_on("replace", "a", text="{b}"), _painted("color_pop", "b")),
    "edit_replace_two": _then(_on("replace", "a", text="{b}"), _on("highlight", "c")),
}
"""Form -> what it asks for."""
