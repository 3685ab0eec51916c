"""Forms about the things in one picture: existence, counting, arithmetic, colours, logic, categories, background."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from distill.questions.forms import Form, patterns
from distill.questions.nouns import COLOURS

EXISTENCE = (
    Form("exists", "existence", 'return p.exists("{a}")', patterns("""
        is there {a~} $pic
        are there any {a+} $pic
        are there {a+} $pic
        $isthere {a~} $pic
        (do|can) you see any {a+} $pic
        does $inthe show {a~}
        does (the|this) $picture $containing {a~}
        does (the|this) $picture $containing any {a+}
        $check $whether there is {a~} $pic
        $check $whether there are any {a+} $pic
        any {a+} $pic
        {a~} $pic
        is {a~} (visible|present|shown|to be seen) $pic
        are any {a+} (visible|present|shown|around) $pic
        (have we got|do we have|have you got) {a~} $pic
        is there (at least one|a single|even one|one or more) {a} $pic
        can {a~} be (seen|found|spotted) $pic
        (I am|I'm) looking for {a~}, is there one
        has (the|this) $picture got {a~} in it
        {a+} present
        does {a~} (appear|show up|occur) $pic
        is it true that there is {a~} $pic
        could there be {a~} somewhere
        (spot|find) {a~} $pic
        is (some|any) {a} (somewhere|anywhere) $pic
        (yes or no|true or false): there is {a~} $pic
    """), weight=4.0),
    Form("absent", "existence", 'return not p.exists("{a}")', patterns("""
        is there no {a} $pic
        are there no {a+} $pic
        is (the|this) $picture (free of|without) {a+}
        is it true that there (is no {a}|are no {a+}) $pic
        are {a+} (missing|absent) (from|in) (the|this) $picture
        does (the|this) $picture (have|show|contain) no {a+}
        is the {a} missing
        $check $whether there (is no {a}|are no {a+}) $pic
        are there not any {a+} $pic
        no {a+} $pic, right
        is it (correct|right) that no {a} is (visible|there|shown)
        there (is no {a}|are no {a+}) $pic, (is that so|true|correct)
    """), weight=0.7),
)  # fmt: skip

ANYONE = (
    Form("anyone", "existence", 'return p.exists("person")', patterns("""
        is there (anyone|anybody|someone|somebody) $pic
        is (anyone|anybody|someone|somebody) there
        do you see (anyone|anybody|someone) $pic
        can you see (anyone|anybody|someone) $pic
        does $inthe show (anyone|anybody|someone)
        $check $whether there is (anyone|anybody|someone) $pic
        is (anyone|anybody) (visible|present|to be seen) $pic
        has (the|this) $picture (anyone|anybody|someone) in it
    """), weight=0.3),
    Form("nobody", "existence", 'return not p.exists("person")', patterns("""
        is there (nobody|no one|no-one) $pic
        is (nobody|no one) there
        is it true that there is (nobody|no one) $pic
        do you see (nobody|no one) $pic
        $check $whether there is (nobody|no one) $pic
        is (nobody|no one) (visible|present|to be seen) $pic
    """), weight=0.15),
)  # fmt: skip

COUNTING = (
    Form("count", "count", 'return len(p.find("{a}"))', patterns("""
        how many {a+} $there $pic
        how many {a+} (are|can be seen|appear|show up) $inthe
        how many {a+} $pic
        how many {a+}
        what is the (number|count|total number|total) of {a+} $pic
        what number of {a+} $there $pic
        number of {a+} $pic
        $count (the|all the|all) {a+} $pic
        $tell how many {a+} there are $pic
        $tell the number of {a+} $pic
        give me (the number|a count) of {a+} $pic
        how many {a+} does (the|this) $picture $containing
        how many {a+} do (you|we) (see|count|find) $pic
        count of {a+}
        can you count the {a+} $pic
        how many (different|individual|separate|single) {a+} $there
        in total how many {a+} (are there|are here)
        {a+} count
        $pic, how many {a+} $there
        there are how many {a+} $pic
        what is the {a} count $pic
        how many of the things $pic are {a+}
        exactly how many {a+} $there $pic
        (the|this) $picture (shows|has|contains) how many {a+}
        how many {a+} (in all|altogether|in total) $pic
        how many times (does|can) {a~} (appear|be seen) $pic
    """), weight=4.5),
    Form("at_least", "count", 'return len(p.find("{a}")) >= {n}', patterns("""
        are there at least {n} {a+} $pic
        is the number of {a+} at least {n}
        do you see at least {n} {a+} $pic
        does (the|this) $picture (show|have|contain) at least {n} {a+}
        are there {n} or more {a+} $pic
        $check $whether there are at least {n} {a+}
        can you find {n} or more {a+} $pic
        at least {n} {a+} $pic
        are there no fewer than {n} {a+}
    """), weight=0.5),
    Form("more_than", "count", 'return len(p.find("{a}")) > {n}', patterns("""
        are there more than {n} {a+} $pic
        is the number of {a+} (greater|larger|more|higher) than {n}
        do you see more than {n} {a+} $pic
        does (the|this) $picture (show|have|contain) more than {n} {a+}
        are there over {n} {a+} $pic
        $check $whether there are more than {n} {a+}
        more than {n} {a+} $pic
        can you count more than {n} {a+}
        do the {a+} number more than {n}
    """), weight=0.5),
    Form("fewer_than", "count", 'return len(p.find("{a}")) < {n}', patterns("""
        are there (fewer|less) than {n} {a+} $pic
        is the number of {a+} (smaller|less|lower) than {n}
        do you see (fewer|less) than {n} {a+} $pic
        does (the|this) $picture (show|have|contain) (fewer|less) than {n} {a+}
        are there under {n} {a+}
        $check $whether there are (fewer|less) than {n} {a+}
        (fewer|less) than {n} {a+} $pic
    """), weight=0.4),
    Form("exactly", "count", 'return len(p.find("{a}")) == {n}', patterns("""
        are there exactly {n} {a+} $pic
        is the number of {a+} (exactly |equal to ){n}
        are there just {n} {a+} $pic
        does (the|this) $picture (show|have|contain) exactly {n} {a+}
        $check $whether there are exactly {n} {a+}
        are there precisely {n} {a+} $pic
        do you (see|count) exactly {n} {a+} $pic
        is it true that there are {n} {a+}
    """), weight=0.5),
    Form("only_one", "count", 'return len(p.find("{a}")) == 1', patterns("""
        is there (only|just|exactly) one {a} $pic
        is there a single {a} and no more $pic
        do you see (only|just|exactly) one {a} $pic
        is the {a} the only one of its kind
        does (the|this) $picture (show|have|contain) (just|only|exactly) one {a}
        $check $whether there is (only|just|exactly) one {a}
        is the number of {a+} one
        one {a} only, (right|true|correct)
    """), weight=0.4),
)  # fmt: skip

COMPARING = (
    Form("more", "compare", 'return len(p.find("{a}")) > len(p.find("{b}"))', patterns("""
        are there more {a+} than {b+} $pic
        do you see more {a+} than {b+} $pic
        is the number of {a+} (greater|larger|higher|bigger) than (the number|that) of {b+}
        does (the|this) $picture (show|have|contain) more {a+} than {b+}
        do the {a+} outnumber the {b+}
        $check $whether there are more {a+} than {b+}
        more {a+} than {b+} $pic
        are {a+} more (numerous|common) than {b+} $pic
        is it true that there are more {a+} than {b+}
        are the {a+} in the majority over the {b+}
        are there a greater number of {a+} than {b+}
        compared to {b+}, are there more {a+}
    """), weight=1.0),
    Form("fewer", "compare", 'return len(p.find("{a}")) < len(p.find("{b}"))', patterns("""
        are there (fewer|less) {a+} than {b+} $pic
        do you see (fewer|less) {a+} than {b+} $pic
        is the number of {a+} (smaller|lower|less) than (the number|that) of {b+}
        does (the|this) $picture (show|have|contain) (fewer|less) {a+} than {b+}
        are the {a+} outnumbered by the {b+}
        $check $whether there are (fewer|less) {a+} than {b+}
        (fewer|less) {a+} than {b+} $pic
        are {a+} less (numerous|common) than {b+} $pic
        is it true that there are (fewer|less) {a+} than {b+}
        compared to {b+}, are there (fewer|less) {a+}
    """), weight=0.7),
    Form("as_many", "compare", 'return len(p.find("{a}")) == len(p.find("{b}"))', patterns("""
        are there as many {a+} as {b+} $pic
        is the number of {a+} (equal to|the same as) the number of {b+}
        are there the same number of {a+} and {b+} $pic
        is there an equal number of {a+} and {b+} $pic
        do you see (just|exactly) as many {a+} as {b+}
        does (the|this) $picture (show|have|contain) as many {a+} as {b+}
        are there equally many {a+} and {b+} $pic
        $check $whether there are as many {a+} as {b+}
        is there one {a} for (each|every) {b}
        same number of {a+} and {b+}
        do the {a+} and the {b+} match in number
        are the {a+} and {b+} equal in number
    """), weight=0.8),
    Form("which_more", "compare", 'return "{a}" if len(p.find("{a}")) > len(p.find("{b}")) else "{b}"', patterns("""
        (which|what) are there more of, {a+} or {b+}
        are there more {a+} or more {b+} $pic
        are there more {a+} or {b+} $pic
        what is there more of $pic, {a+} or {b+}
        which (is|are) more (numerous|common) $pic, {a+} or {b+}
        {a+} or {b+}: which are there more of
        do you see more {a+} or more {b+} $pic
        which do you see more (often|of), the {a+} or the {b+}
        $tell (which|what) there is more of, {a+} or {b+}
        which outnumber the other, the {a+} or the {b+}
    """), weight=0.6),
    Form("which_fewer", "compare", 'return "{a}" if len(p.find("{a}")) < len(p.find("{b}")) else "{b}"', patterns("""
        (which|what) are there fewer of, {a+} or {b+}
        are there fewer {a+} or fewer {b+} $pic
        are there (fewer|less) {a+} or {b+} $pic
        what is there less of $pic, {a+} or {b+}
        which (is|are) less (numerous|common) $pic, {a+} or {b+}
        {a+} or {b+}: which are there fewer of
        $tell which there are fewer of, {a+} or {b+}
    """), weight=0.3),
)  # fmt: skip

ARITHMETIC = (
    Form("sum", "arithmetic", 'return len(p.find("{a}")) + len(p.find("{b}"))', patterns("""
        how many {a+} and {b+} $there $pic
        how many {a+} and {b+} are there (in total|altogether|together|combined|in all) $pic
        what is the (total|sum|combined number|total number) of {a+} and {b+} $pic
        how many {a+} plus {b+} $there $pic
        $count the {a+} and the {b+} $pic
        add the number of {a+} to the number of {b+}
        how many things $pic are {a+} or {b+}
        $tell how many {a+} and {b+} there are (together|in total|altogether)
        counting both {a+} and {b+}, how many are there
        if you count the {a+} and the {b+}, how many (do you get|is that|are there)
        how many are there if you (add|put together) the {a+} and the {b+}
        (number|total) of {a+} and {b+} (together|combined)
        together, how many {a+} and {b+} (do you see|are there)
        the {a+} and the {b+} together make how many
    """), weight=1.0),
    Form("sum3", "arithmetic", 'return len(p.find("{a}")) + len(p.find("{b}")) + len(p.find("{c}"))', patterns("""
        how many {a+}, {b+} and {c+} $there $pic
        how many {a+}, {b+} and {c+} are there (in total|altogether|together)
        what is the total (number|) of {a+}, {b+} and {c+} $pic
        $count the {a+}, {b+} and {c+} $pic
        $tell how many {a+}, {b+} and {c+} there are
        counting {a+}, {b+} and {c+}, how many are there
        add up the {a+}, the {b+} and the {c+}
    """), weight=0.3),
    Form("difference", "arithmetic", 'return len(p.find("{a}")) - len(p.find("{b}"))', patterns("""
        how many more {a+} than {b+} are there $pic
        how many more {a+} than {b+} $there $pic
        by how (many|much) do the {a+} outnumber the {b+}
        how many {a+} (more|extra) are there than {b+}
        what is the number of {a+} minus the number of {b+}
        subtract the number of {b+} from the number of {a+}
        how many {a+} would be left (over|) if (each|every) {b} took one
        if each {b} (takes|gets|eats|uses) one {a}, how many {a+} (are left|remain|are left over)
        $tell how many more {a+} than {b+} there are
        how many {a+} are there in excess of the {b+}
        there are how many more {a+} than {b+}
        how many more {a+} are there (compared to|in comparison to) {b+}
    """), weight=1.0),
    Form("gap", "arithmetic", 'return abs(len(p.find("{a}")) - len(p.find("{b}")))', patterns("""
        what is the difference between the number of {a+} and (the number of |){b+}
        what is the difference in number between {a+} and {b+}
        difference between {a+} and {b+} $pic
        by how many do {a+} and {b+} differ
        $tell the difference between the number of {a+} and the number of {b+}
        how (big|large|great) is the difference between the {a} count and the {b} count
        how far apart are the numbers of {a+} and {b+}
    """), weight=0.4),
    Form("fewer_by", "arithmetic", 'return len(p.find("{b}")) - len(p.find("{a}"))', patterns("""
        how many fewer {a+} than {b+} are there $pic
        how many less {a+} than {b+} are there $pic
        how many fewer {a+} $there than {b+}
        by how many are the {a+} outnumbered by the {b+}
        how many {b+} have no {a} if each {a} goes to one {b}
        $tell how many fewer {a+} than {b+} there are
        how many {a+} are missing so that each {b} (has|gets) one
        how many more {a+} (would be|are) needed (so that|for) every {b} (has|to have) one
    """), weight=0.5),
    Form("share", "arithmetic", 'return len(p.find("{a}")) // len(p.find("{b}"))', patterns("""
        how many {a+} can each {b} have (for it to be fair|so that it is fair|if they share fairly|fairly)
        how many {a+} can each {b} have
        how many {a+} (does|can|would|will|should) (each|every) {b} (get|eat|take|receive|have) [if they are shared (fairly|equally|evenly)]
        how many {a+} are there (for each|per|for every) {b}
        if the {b+} share the {a+} (equally|fairly|evenly), how many does each [one] (get|have)
        share the {a+} (fairly|equally|evenly) among the {b+}: how many (each|for each)
        divide the {a+} (among|between) the {b+}: how many does each get
        (splitting|dividing|sharing) the {a+} (equally|evenly) between the {b+}, how many does each {b} get
        how many {a+} per {b}
        $tell how many {a+} each {b} can have
        if every {b} gets the same number of {a+}, how many (is that|do they each get|can that be)
        the {b+} want to share the {a+}. how many does each get
        what is each {b}'s (fair|equal) share of the {a+}
        to be fair, how many {a+} can each {b} (have|take|get)
        how many whole {a+} (go|can go) to each {b}
        when the {a+} are (split|shared out|divided) among the {b+}, how many does each one get
        how many {a+} can the {b+} each have for it to be fair
    """), weight=1.6),
    Form("left_over", "arithmetic", 'return len(p.find("{a}")) % len(p.find("{b}"))', patterns("""
        if the {b+} share the {a+} (equally|fairly|evenly), how many are left [over]
        how many {a+} (remain|are left over|are left) (after|when) (sharing|dividing|splitting) them (fairly|equally|evenly) among the {b+}
        share the {a+} (fairly|equally) among the {b+}: how many are left [over]
        how many {a+} are left over when every {b} has got the same number
        what is left over when the {b+} share the {a+} (fairly|equally|evenly)
        after the {b+} share out the {a+} (evenly|equally|fairly), how many {a+} remain
        dividing the {a+} equally among the {b+}, what is the remainder
    """), weight=0.5),
    Form("enough", "arithmetic", 'return len(p.find("{a}")) >= len(p.find("{b}"))', patterns("""
        are there enough {a+} for (each|every) {b} [to have one]
        are there enough {a+} for (all|all of|) the {b+}
        can (each|every) {b} have (a|one) {a}
        could (each|every) {b} get (a|one|its own|their own) {a}
        do we have enough {a+} to give one to each {b}
        is there a {a} for (each|every) (one of the|single|) {b}
        $check $whether there are enough {a+} for the {b+}
        will every {b} get {a~}
        would the {a+} be enough for the {b+}
        do the {a+} suffice to give (each|every) {b} one
    """), weight=0.6),
    Form("times", "arithmetic", 'return len(p.find("{a}")) * {n}', patterns("""
        if each {a} (has|carries|holds|eats) {n} (apples|coins|sweets|things|cookies|points), how many (is that|are there) (in all|in total|altogether)
        what is {n} times the number of {a+}
        multiply the number of {a+} by {n}
        if every {a} costs {n} (dollars|euros|pounds|cents|coins), what do (they|all the {a+}) cost together
        if each {a} counts {n} points, how many points (is that|do I get|are there)
        at {n} (dollars|euros|coins) each, how much are all the {a+}
        {n} times as many as the {a+} is how many
    """), weight=0.4),
)  # fmt: skip

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

FORMS = EXISTENCE + ANYONE + COUNTING + COMPARING + ARITHMETIC + COLOUR + LOGIC + SAMENESS + NAMING + BACKGROUND + TEXT
