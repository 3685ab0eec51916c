"""Forms about what is there and how many: existence, counts, comparisons of counts, arithmetic."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from distill.questions.forms import Form, patterns

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

FORMS = EXISTENCE + ANYONE + COUNTING + COMPARING + ARITHMETIC
