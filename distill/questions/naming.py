"""Forms about what things are called: kinds, the background, written text."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from distill.questions.forms import Form, patterns

NAMING = (
    Form("what_kind", "naming", 'return p.find("{g}")[0].simple_query("what is this?")', patterns("""
        (what|which) {g} is (this|that|it)
        (what|which) {g} is $inthe
        what kind of {g} is (this|that|it|$inthe)
        what {g} (can you see|do you see|is shown|is there|is visible) $pic
        what (type|sort|kind) of {g} $there $pic
        $name the {g} $pic
        $tell (what|which) {g} (this is|that is|there is)
        what is the {g} $pic
        what is the {g} called
        which {g} does (the|this) $picture (show|have|contain|depict)
        the {g} $pic is (what|which) (kind|one|sort)
        there is {g~} $pic. what is it
    """), weight=1.2),
    Form("kinds", "naming", 'return ", ".join(sorted(set([x.simple_query("what is this?") for x in p.find("{g}")])))', patterns("""
        (what|which) {g+} $there $pic
        (what|which) {g+} are $inthe
        list (the|all the|all) {g+} $pic
        $name (all|all the|every one of the) {g+} $pic
        what (kinds|types|sorts) of {g+} $there $pic
        $tell (what|which) {g+} there are $pic
        which {g+} does (the|this) $picture (show|contain|have)
        give me (a list of|all) the {g+} $pic
        what are the {g+} $pic
        which (kinds|types) of {g} can be seen $pic
    """), weight=0.8),
    Form("count_kinds", "naming", 'return len(set([x.simple_query("what is this?") for x in p.find("{g}")]))', patterns("""
        how many (kinds|types|sorts|species) of {g+} $there $pic
        how many different {g+} $there $pic
        how many (kinds|types|sorts) of {g} $there $pic
        what is the number of different (kinds|types|sorts) of {g+}
        $count the (kinds|types|sorts) of {g+} $pic
        $tell how many (kinds|types) of {g} there are $pic
        how many (distinct|different) (kinds|types) of {g+} does (the|this) $picture show
        the {g+} $pic are of how many (kinds|types)
    """), weight=0.5),
    Form("everything", "naming", 'return ", ".join(sorted(set([x.simple_query("what is this?") for x in p.find("thing")])))', patterns("""
        what (can you see|do you see|can be seen|is there to see) $pic
        what is $inthe
        what (things|objects|items) $there $pic
        list (everything|all things|all objects|the objects|the things) $pic
        what does (the|this) $picture (show|contain|depict)
        $name (all|all the|the) (things|objects) $pic
        describe (the|this) $picture
        what (is|are) shown $pic
        $tell what (is|you see|can be seen) $inthe
        what is (in here|visible|depicted)
    """), weight=0.5, whole=True),
    Form("count_things", "naming", 'return len(p.find("thing"))', patterns("""
        how many (things|objects|items) $there $pic
        what is the number of (things|objects|items) $pic
        $count (the things|all things|all objects|everything) $pic
        number of (things|objects|items) $pic
        $tell how many (things|objects) there are $pic
        how many (things|objects|items) does (the|this) $picture (show|contain|have)
        how many (things|objects|items) (are|can be seen) $inthe
    """), weight=0.4),
    Form("is_a", "naming", 'return p.find("{g}")[0].exists("{a}")', patterns("""
        is the {g} {a~} $pic
        is the {g} $pic {a~}
        is (this|that) {g} {a~}
        $check $whether the {g} is {a~}
        would you say the {g} is {a~}
        is the {g} (really|actually) {a~}
        the {g} is {a~}, (right|true|isn't it)
        is it true that the {g} is {a~}
        is {a~} what the {g} is
    """), weight=0.5),
)  # fmt: skip

BACKGROUND = (
    Form("background", "background", 'return p.simple_query("what is the background?")', patterns("""
        what is the background $pic
        what is in the background [of (the|this) $picture]
        where (is this|are we|was this taken|is the scene)
        what (place|location|setting|environment) is this
        what kind of (place|background|scene|setting|landscape|environment) is (this|that|it|shown)
        what is the (place|setting|scene|location|scenery|background) of (the|this) $picture
        (which|what) background does (the|this) $picture have
        $tell what the background is
        $tell where this is
        where does (this|the scene) take place
        what is behind (everything|all the things|the things|it all)
        describe the (background|setting|place)
        in what (place|kind of place|setting) (is this|are we)
        background of (the|this) $picture
        where was (the|this) $picture taken
        what sort of (scenery|place|background) do you see
    """), weight=1.2, whole=True),
    Form("is_background", "background", 'return p.simple_query("what is the background?") == "{w}"', patterns("""
        is the background {w~}
        is this {w~}
        are we (at|in) the {w}
        is this (at|in) [the|a] {w}
        was (the|this) $picture taken (at|in) [the|a] {w}
        does (this|the scene) take place (at|in) [the|a] {w}
        is [the] {w} in the background
        $check $whether the background is [the|a] {w}
        is the (setting|scene|place|scenery) {w~}
        does the background show [the|a] {w}
        would you say this is {w~}
        is (the|this) $picture set (at|in) [the|a] {w}
    """), weight=0.9, whole=True),
)  # fmt: skip

TEXT = (
    Form("text_on", "text", 'return p.find("{a}")[0].read_text()', patterns("""
        what does the {a} say
        what is written on the {a} $pic
        read the {a} [to me]
        what (text|word|words) is on the {a}
        what does it say on the {a}
        $tell what the {a} says
        read [me] the (text|words|writing) on the {a}
        (which|what) (text|words) can you read on the {a}
        what is the (text|writing|label|inscription) on the {a}
        what can you read on the {a}
        what has been written on the {a}
    """), weight=0.7),
    Form("text", "text", "return p.read_text()", patterns("""
        what does it say $pic
        what (text|words|writing) $there $pic
        read (the|this) (text|picture|writing) [$pic]
        what is written $inthe
        what does the (text|writing) say
        $tell what is written $pic
        which (words|letters) can you read $pic
        read out what is written $pic
        what can be read $pic
        transcribe the text $pic
    """), weight=0.5, whole=True),
    Form("says", "text", 'return "{t}" in p.read_text().lower()', patterns("""
        does it say {t} $pic
        does (the|this) $picture say {t}
        is the word {t} (written|to be read) $pic
        can you read the word {t} $pic
        is there the text {t} $pic
        does the word {t} (appear|occur) $pic
        $check $whether it says {t}
        is {t} written (anywhere|somewhere) $pic
    """), weight=0.4, whole=True),
)  # fmt: skip

FORMS = NAMING + BACKGROUND + TEXT
