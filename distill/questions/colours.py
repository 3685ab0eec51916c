"""Forms about colours, and about several conditions at once: logic, sameness."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from distill.questions.forms import Form, patterns
from distill.questions.nouns import COLOURS

_WHAT_COLOUR = 'simple_query("what color is it?")'
COLOUR = (
    Form("colour", "attribute", f'return p.find("{{a}}")[0].{_WHAT_COLOUR}', patterns("""
        $whatcolour is the {a} $pic
        $whatcolour does the {a} have
        $whatcolour is {a~} $pic
        what is the $colour of the {a} $pic
        what is the {a}'s $colour
        $tell (what|which) $colour the {a} (is|has)
        $tell the $colour of the {a}
        $name the $colour of the {a} $pic
        the {a} is (what|which) $colour
        $colour of the {a} $pic
        $colour of {a}
        which $colour has the {a}
        (of what|of which|in what|in which) $colour is the {a} [painted|shown|drawn]
        what $colour would you say the {a} is
        how is the {a} (coloured|colored)
        describe the $colour of the {a}
        {a} $colour
        what is the {a} (coloured|colored) like, which $colour
        (there is|I see) {a~} $pic. $whatcolour is it
        do you know $whatcolour the {a} is
    """), weight=2.6),
    Form("is_colour", "attribute", 'return p.find("{a}")[0].verify_property("{a}", "{k}")', patterns("""
        is the {a} {k} $pic
        is the {a} $pic {k}
        is the $colour of the {a} {k}
        does the {a} (look|seem|appear) {k}
        is the {a} {k} (in|of) $colour
        $check $whether the {a} is {k}
        is {k} the $colour of the {a}
        is it true that the {a} is {k}
        would you say (that|) the {a} is {k}
        the {a} is {k}, (right|true|isn't it|correct)
        has the {a} got {k} $colour
        (yes or no|true or false): the {a} is {k}
        is the {a}'s $colour {k}
        do you think the {a} is {k}
    """), weight=1.4),
    Form("which_colour", "attribute", 'return p.find("{a}")[0].best_text_match(["{k}", "{m}"])', patterns("""
        is the {a} {k} or {m} $pic
        is the {a} $pic (more|rather|) {k} or {m}
        is the $colour of the {a} {k} or {m}
        $tell $whether the {a} is {k} or {m}
        {k} or {m}: which is the {a}
        which $colour is the {a}, {k} or {m}
        would you say the {a} is {k} or {m}
        does the {a} look {k} or {m}
        what is the {a}, {k} or {m}
        is the {a} {k}, or is it {m}
    """), weight=0.7),
    Form("what_is_colour", "attribute", 'return p.find("{k} thing")[0].simple_query("what is this?")', patterns("""
        what is the {k} (thing|object|item) $pic
        what {k} (thing|object|item) $there $pic
        which (thing|object|item) $pic is {k}
        what is {k} $pic
        $name the {k} (thing|object|item) $pic
        $tell what the {k} (thing|object) is
        what (do you see|can you see) that is {k}
        what kind of (thing|object) is the {k} one
        there is something {k} $pic. what is it
        the {k} (thing|object) is what
        which object has the $colour {k}
    """), weight=0.7),
    Form("what_is_colour_kind", "attribute", 'return p.find("{k} {g}")[0].simple_query("what is this?")', patterns("""
        what is the {k} {g} $pic
        (what|which) {g} $pic is {k}
        what kind of {g} is the {k} one
        which {g} is {k}
        $name the {k} {g} $pic
        what {k} {g} $there
        $tell (what|which) {g} is {k}
        the {k} {g} is what (kind|sort)
        which {g} has the $colour {k}
    """), weight=0.6),
)  # fmt: skip

LOGIC = (
    Form("both", "logic", 'return p.exists("{a}") and p.exists("{b}")', patterns("""
        are there both {a~} and {b~} $pic
        is there {a~} and {b~} $pic
        are there {a+} and {b+} $pic
        does (the|this) $picture $containing both {a~} and {b~}
        does (the|this) $picture $containing {a~} and {b~}
        do you see {a~} and {b~} $pic
        do you see {a~} as well as {b~} $pic
        $check $whether there is {a~} and also {b~}
        can you find both {a+} and {b+} $pic
        is there {a~}, and {b~} too
        are {a~} and {b~} both (visible|present|shown) $pic
        both {a~} and {b~} $pic
        is there {a~} together with {b~} $pic
    """), weight=1.2),
    Form("either", "logic", 'return p.exists("{a}") or p.exists("{b}")', patterns("""
        is there {a~} or {b~} $pic
        are there any {a+} or {b+} $pic
        does (the|this) $picture $containing {a~} or {b~}
        do you see {a~} or {b~} $pic
        is there at least one of {a~} and {b~}
        $check $whether there is {a~} or {b~}
        can you find {a~} or at least {b~}
        is {a~} or {b~} (visible|present|shown) $pic
        any {a+} or {b+} $pic
        is there {a~}, or {b~}, or both
        is there something that is {a~} or {b~}
    """), weight=0.9),
    Form("xor", "logic", 'return p.exists("{a}") != p.exists("{b}")', patterns("""
        is there either {a~} or {b~} but not both $pic
        is there exactly one of {a~} and {b~} $pic
        do you see {a~} or {b~}, but not both
        does (the|this) $picture $containing either {a~} or {b~} and not both
        is only one of the two, {a~} or {b~}, (there|shown|present)
        $check $whether there is {a~} or {b~} but not both
        either {a~} or {b~} $pic, not both
        are there either {a+} or {b+}, not both together
    """), weight=0.4),
    Form("neither", "logic", 'return not (p.exists("{a}") or p.exists("{b}"))', patterns("""
        is there neither {a~} nor {b~} $pic
        are there neither {a+} nor {b+} $pic
        does (the|this) $picture $containing neither {a~} nor {b~}
        are both {a+} and {b+} missing $pic
        is it true that there is no {a} and no {b} $pic
        is there no {a} and no {b} either
        do you see neither {a~} nor {b~}
        $check $whether there is neither {a~} nor {b~}
        is (the|this) $picture without {a+} and without {b+}
        neither {a+} nor {b+} $pic, (right|true)
    """), weight=0.6),
    Form("without", "logic", 'return p.exists("{a}") and not p.exists("{b}")', patterns("""
        is there {a~} but no {b} $pic
        are there {a+} but no {b+} $pic
        does (the|this) $picture $containing {a~} but no {b}
        do you see {a~} but not {b~}
        is there {a~} without {b~} $pic
        $check $whether there is {a~} and no {b}
        is there {a~} and not {b~}
        {a+} but no {b+} $pic
        is there {a~} while there is no {b}
    """), weight=0.7),
    Form("all_colour", "logic", 'f = p.find("{a}")\nif not f:\n return abstain("there is no {a}")\nreturn all(x.verify_property("{a}", "{k}") for x in f)', patterns("""
        are all [of] the {a+} {k} $pic
        is every {a} {k} $pic
        are the {a+} all {k}
        is each [of the] {a} {k}
        do all [the] {a+} (have|share) the $colour {k}
        are all {a+} $pic {k}
        $check $whether all [the] {a+} are {k}
        is it true that (every {a} is|all {a+} are) {k}
        are the {a+} $pic {k}, every (one|single one) of them
        is the $colour of every {a} {k}
        every {a} is {k}, (right|true|correct)
        are the {a+} without exception {k}
    """), weight=0.9),
    Form("any_colour", "logic", 'return p.exists("{k} {a}")', patterns("""
        are any [of the] {a+} {k} $pic
        is any [of the] {a} {k}
        is one of the {a+} {k}
        are some [of the] {a+} {k}
        is at least one [of the] {a} {k}
        do any [of the] {a+} have the $colour {k}
        $check $whether any {a} is {k}
        is there {a~} that is {k} $pic
        is there {a~} which is {k} $pic
        are there {a+} that are {k} $pic
        is some {a} {k}
    """), weight=0.8),
    Form("coloured_is_colour", "logic", 'return any(x.verify_property("{j}", "{k}") for x in p.find("{j}"))', patterns("""
        is there {j~} that is {k} $pic
        is there {j~} which is {k} $pic
        are there {j+} that are {k} $pic
        is any {j} {k}
        do you see {j~} that is {k}
        $check $whether there is {j~} that is {k}
        there is {j~} which is {k}
        can you find {j~} that is {k}
    """), weight=0.25, fixed={"j": tuple(f"{colour} {word}" for colour in COLOURS for word in ("shape", "thing"))}),
    Form("both_kinds", "logic", 'return any(x.exists("{b}") for x in p.find("{a}"))', patterns("""
        is there {a~} that is {b~} $pic
        is there {a~} which is {b~} $pic
        are there {a+} that are {b+} $pic
        is any {a} {b~}
        do you see {a~} that is {b~}
        $check $whether there is {a~} that is {b~}
        there is {a~} which is {b~}
        can you find {a~} that is also {b~}
        is (one|any) of the {a+} {b~}
    """), weight=0.4),
    Form("no_colour", "logic", 'return not p.exists("{k} {a}")', patterns("""
        (is|are) none of the {a+} {k} $pic
        is no {a} {k}
        is there no {a} that is {k} $pic
        is it true that no {a} is {k}
        is not a single {a} {k}
        $check $whether none of the {a+} (is|are) {k}
        are there no {a+} which are {k}
        none of the {a+} (is|are) {k}, (right|true)
        is it right that none of the {a+} has the $colour {k}
    """), weight=0.5),
    Form("count_colour", "logic", 'return len(p.find("{k} {a}"))', patterns("""
        how many [of the] {a+} are {k} $pic
        how many of the {a+} $pic are {k}
        how many {a+} have the $colour {k}
        what number of [the] {a+} are {k}
        $tell how many of the {a+} are {k}
        of the {a+}, how many are {k}
        $count the {a+} that are {k}
        how many {a+} that are {k} $there
        how many {a+} (look|appear) {k}
        of all the {a+} $pic, how many are {k}
    """), weight=0.8),
    Form("count_not_colour", "logic", 'return len(p.find("{a}")) - len(p.find("{k} {a}"))', patterns("""
        how many [of the] {a+} are not {k} $pic
        how many of the {a+} $pic are not {k}
        how many {a+} have a $colour other than {k}
        how many {a+} that are not {k} $there
        $count the {a+} that are not {k}
        $tell how many {a+} are not {k}
        how many {a+} are there besides the {k} ones
        apart from the {k} ones, how many {a+} are there
    """), weight=0.5),
    Form("only_kind", "logic", 'return len(p.find("{g}")) == len(p.find("{a}"))', patterns("""
        are the {a+} the only {g+} $pic
        is the {a} the only {g} $pic
        are {a+} the only {g+} $pic
        are all [of] the {g+} {a+}
        is every {g} {a~}
        are there (only|just) {a+} and no other {g+} $pic
        are there no {g+} other than {a+} $pic
        is there no {g} besides the {a} $pic
        $check $whether all [the] {g+} are {a+}
        is each {g} $pic {a~}
        (besides|apart from) {a+}, are there no {g+} $pic
    """), weight=0.8),
    Form("other_kind", "logic", 'return len(p.find("{g}")) > len(p.find("{a}"))', patterns("""
        are there any {g+} other than {a+} $pic
        are there [any] other {g+} besides the {a} $pic
        is there a[ny] {g} that is not {a~} $pic
        is there another {g} besides the {a} $pic
        (besides|apart from) the {a+}, are there (other|any other) {g+}
        do you see any {g+} other than {a+}
        $check $whether there are {g+} other than {a+}
        are some of the {g+} not {a+}
        does (the|this) $picture show {g+} other than {a+}
    """), weight=0.6),
    Form("count_other", "logic", 'return len(p.find("{g}")) - len(p.find("{a}"))', patterns("""
        how many {g+} other than {a+} are there $pic
        how many {g+} are not {a+} $pic
        how many of the {g+} are not {a+}
        how many other {g+} are there besides the {a+}
        not counting the {a+}, how many {g+} are there
        apart from the {a+}, how many {g+} $there
        $count the {g+} that are not {a+}
        $tell how many {g+} are not {a+}
        leaving out the {a+}, how many {g+} $there $pic
    """), weight=0.6),
)  # fmt: skip

SAMENESS = (
    Form("same_colour", "same", f'return p.find("{{a}}")[0].{_WHAT_COLOUR} == p.find("{{b}}")[0].{_WHAT_COLOUR}', patterns("""
        (are|do) the {a} and the {b} (the same|of the same|have the same) $colour
        is the {a} the same $colour as the {b}
        does the {a} have the same $colour as the {b}
        do the {a} and the {b} share (a|the same|one) $colour
        is the $colour of the {a} the same as (that|the $colour) of the {b}
        are the {a} and [the] {b} (alike|equal|identical) in $colour
        do the colo(|u)rs of the {a} and the {b} match
        does the {a} match the {b} in $colour
        $check $whether the {a} and the {b} have the same $colour
        is the {a} as {b} coloured, I mean the same $colour
        same $colour: {a} and {b}
    """), weight=0.9),
    Form("other_colour", "same", f'return p.find("{{a}}")[0].{_WHAT_COLOUR} != p.find("{{b}}")[0].{_WHAT_COLOUR}', patterns("""
        (are|do) the {a} and the {b} (different in|of different|have different|differ in) $colour
        is the {a} a different $colour (than|from) the {b}
        does the {a} have a different $colour (than|from) the {b}
        is the $colour of the {a} different from (that|the $colour) of the {b}
        is the {a} (not the same|another) $colour (as|than) the {b}
        do the {a} and the {b} differ in $colour
        $check $whether the {a} and the {b} have different colors
        are the colo(|u)rs of the {a} and the {b} different
    """), weight=0.6),
    Form("all_same_colour", "same", f'return len(set([x.{_WHAT_COLOUR} for x in p.find("{{a}}")])) == 1', patterns("""
        are all [of] the {a+} the same $colour $pic
        do all [of] the {a+} have the same $colour $pic
        are the {a+} all of one $colour
        do the {a+} share (one|a single|the same) $colour
        is every {a} the same $colour
        $check $whether all the {a+} are the same $colour
        are the {a+} $pic (of the same|of one|the same) $colour
        have the {a+} all got the same $colour
    """), weight=0.5),
    Form("colours_of", "same", f'return len(set([x.{_WHAT_COLOUR} for x in p.find("{{a}}")]))', patterns("""
        how many (different|distinct) colo(|u)rs do the {a+} have $pic
        in how many (different|distinct|) colo(|u)rs are the {a+}
        how many colo(|u)rs of {a+} $there $pic
        the {a+} come in how many colo(|u)rs
        what is the number of (different|distinct) colo(|u)rs among the {a+}
        $count the (different|distinct) colo(|u)rs of the {a+}
        how many (different|) $colour(s|) of {a+} do you see
    """), weight=0.4),
)  # fmt: skip

FORMS = COLOUR + LOGIC + SAMENESS
