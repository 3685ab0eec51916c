"""Forms about several pictures at once. `ps` is the list of pictures; answers name a picture as `picture 2`."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from distill.questions.forms import Form, patterns

_WHAT_COLOUR = 'simple_query("what color is it?")'

FORMS = (
    Form("which_has", "several", 'for i, p in enumerate(ps):\n if p.exists("{a}"):\n  return f"picture {i + 1}"\nreturn abstain("no picture shows a {a}")', patterns("""
        (in which|which|in what|what) $picture (is there|is|shows|has|contains|do you see) {a~}
        (in which|which) $picture (has|shows|contains|is) the {a}
        which (of the|of these) (pictures|images|photos) (has|shows|contains) {a~}
        where is the {a}, in which $picture
        $tell which $picture (has|shows|contains) {a~}
        find the $picture with {a~}
        the {a} is in which $picture
        (in|on) which (one|one of the pictures|one of these images) is there {a~}
        which one (has|shows|contains) {a~}
        which $picture can {a~} be seen in
        {a~} is (shown|visible|to be seen) in which of the (pictures|images|photos)
    """), weight=1.6, several=True),
    Form("which_lacks", "several", 'for i, p in enumerate(ps):\n if not p.exists("{a}"):\n  return f"picture {i + 1}"\nreturn abstain("every picture shows a {a}")', patterns("""
        (which|what) $picture (has|shows|contains) no {a}
        (which|what) $picture does not (have|show|contain) {a~}
        in which $picture is there no {a}
        which of (the|these) (pictures|images|photos) is without {a~}
        find the $picture without {a~}
        $tell which $picture has no {a}
        in which one are there no {a+}
        from which $picture is the {a} missing
    """), weight=0.7, several=True),
    Form("which_most", "several", 'n = [len(p.find("{a}")) for p in ps]\nreturn f"picture {n.index(max(n)) + 1}"', patterns("""
        (which|what) $picture (has|shows|contains) (the most|most|more) {a+}
        in which $picture are there (the most|most|more) {a+}
        which of (the|these) (pictures|images|photos) (has|shows|contains) (the most|the largest number of) {a+}
        where are there (most|the most|more) {a+}, in which $picture
        $tell which $picture has the most {a+}
        find the $picture with (the most|most) {a+}
        which one (has|shows) (the most|more|most) {a+}
        the most {a+} are in which $picture
        in which $picture do you see the (largest|highest|greatest) number of {a+}
    """), weight=1.1, several=True),
    Form("which_least", "several", 'n = [len(p.find("{a}")) for p in ps]\nreturn f"picture {n.index(min(n)) + 1}"', patterns("""
        (which|what) $picture (has|shows|contains) (the fewest|fewest|fewer|the least|less) {a+}
        in which $picture are there (the fewest|fewest|fewer|the least) {a+}
        which of (the|these) (pictures|images|photos) (has|shows|contains) (the fewest|the smallest number of) {a+}
        $tell which $picture has the (fewest|least) {a+}
        find the $picture with (the fewest|fewest|the least) {a+}
        which one (has|shows) (the fewest|fewer|the least) {a+}
        in which $picture do you see the (smallest|lowest) number of {a+}
    """), weight=0.6, several=True),
    Form("total", "several", 'return sum(len(p.find("{a}")) for p in ps)', patterns("""
        how many {a+} are there in (total|all|all the pictures|all pictures together|both pictures|both|the pictures)
        how many {a+} are there (altogether|in all|in total) [in (the|these) (pictures|images|photos)]
        what is the total number of {a+} [in (the|these|all|both) (pictures|images|photos)]
        how many {a+} do the (pictures|images|photos) show (together|in total|altogether)
        $count the {a+} in all [the] (pictures|images|photos)
        how many {a+} do you see across (all|the|all the|both) (pictures|images|photos)
        $tell how many {a+} there are in (all|the|these|both) (pictures|images|photos)
        add up the {a+} of (all|both|the) (pictures|images|photos)
        over all (pictures|images|photos), how many {a+} are there
        how many {a+} are there
        how many {a+} $there
        (all|both) (pictures|images|photos) taken together, how many {a+} are there
    """), weight=1.5, several=True),
    Form("in_all", "several", 'return all(p.exists("{a}") for p in ps)', patterns("""
        (is|are) there {a~} in (both|all|all the|all of the|each of the|both of the|all these) (pictures|images|photos)
        is there {a~} in (each|every) $picture
        do (all|both|all of|both of) (the|these) (pictures|images|photos) (show|have|contain) {a~}
        does (each|every) $picture (show|have|contain) {a~}
        can {a~} be seen in (all|both|all the) (pictures|images|photos)
        $check $whether (all|both) (pictures|images|photos) (show|contain|have) {a~}
        are there {a+} in (both|all|all the) (pictures|images|photos)
        do you see {a~} in (both|each one|every one|all of them|both of them)
        is {a~} (shown|visible) in every $picture
    """), weight=1.0, several=True),
    Form("in_any", "several", 'return any(p.exists("{a}") for p in ps)', patterns("""
        is there {a~} in any [one] of the (pictures|images|photos)
        is there {a~} in (either|one|at least one) of the (pictures|images|photos)
        does any [one] of (the|these) (pictures|images|photos) (show|have|contain) {a~}
        do any of (the|these) (pictures|images|photos) (show|have|contain) {a~}
        can {a~} be seen in any $picture
        $check $whether any $picture (shows|contains|has) {a~}
        are there any {a+} in (the|these) (pictures|images|photos)
        do you see {a~} anywhere in (the|these) (pictures|images|photos)
        is there {a~}
        are there any {a+}
        does at least one $picture (show|have|contain) {a~}
    """), weight=1.0, several=True),
    Form("in_none", "several", 'return not any(p.exists("{a}") for p in ps)', patterns("""
        (is|are) there no {a} in any of the (pictures|images|photos)
        (does|do) (none|neither) of (the|these) (pictures|images|photos) (show|have|contain) {a~}
        is there {a~} in none of the (pictures|images|photos)
        $check $whether (none|neither) of the (pictures|images|photos) (shows|contains|has) {a~}
        are all [of] the (pictures|images|photos) (without|free of) {a+}
        is it true that no $picture shows {a~}
        are {a+} missing from (all|both) (pictures|images|photos)
    """), weight=0.4, several=True),
    Form("how_many_pictures", "several", 'return len([p for p in ps if p.exists("{a}")])', patterns("""
        how many [of the|of these] (pictures|images|photos) (show|have|contain) {a~}
        in how many (pictures|images|photos) is there {a~}
        in how many [of the|of these] (pictures|images|photos) (do you see|can you see|can one see) {a~}
        what number of (pictures|images|photos) (show|have|contain) {a~}
        $count the (pictures|images|photos) (with|that show|that have) {a~}
        $tell how many (pictures|images|photos) show {a~}
        {a~} is in how many of the (pictures|images|photos)
    """), weight=0.6, several=True),
    Form("more_in", "several", 'return len(ps[{i}].find("{a}")) > len(ps[{j}].find("{a}"))', patterns("""
        are there more {a+} in {I} than in {J}
        does {I} (have|show|contain) more {a+} than {J}
        do you see more {a+} in {I} than in {J}
        $check $whether there are more {a+} in {I} than in {J}
        is the number of {a+} (greater|larger|higher) in {I} than in {J}
        compared to {J}, are there more {a+} in {I}
        more {a+} in {I} than in {J}
    """), weight=0.9, several=True),
    Form("fewer_in", "several", 'return len(ps[{i}].find("{a}")) < len(ps[{j}].find("{a}"))', patterns("""
        are there (fewer|less) {a+} in {I} than in {J}
        does {I} (have|show|contain) (fewer|less) {a+} than {J}
        do you see (fewer|less) {a+} in {I} than in {J}
        $check $whether there are (fewer|less) {a+} in {I} than in {J}
        is the number of {a+} (smaller|lower) in {I} than in {J}
        compared to {J}, are there (fewer|less) {a+} in {I}
    """), weight=0.4, several=True),
    Form("difference_in", "several", 'return len(ps[{i}].find("{a}")) - len(ps[{j}].find("{a}"))', patterns("""
        how many more {a+} are there in {I} than in {J}
        how many more {a+} does {I} (have|show|contain) than {J}
        $tell how many more {a+} are in {I} than in {J}
        by how many {a+} does {I} exceed {J}
        how many {a+} more are there in {I} compared to {J}
        subtract the number of {a+} in {J} from the number in {I}
    """), weight=0.5, several=True),
    Form("same_number", "several", 'return len(set([len(p.find("{a}")) for p in ps])) == 1', patterns("""
        do (both|all|the|all the|these) (pictures|images|photos) (show|have|contain) the same number of {a+}
        is the number of {a+} the same in (both|all|all the) (pictures|images|photos)
        are there (as many|equally many|the same number of) {a+} in (each|every) $picture
        do (both|all|the) (pictures|images|photos) have equally many {a+}
        $check $whether the number of {a+} is the same in (both|all) (pictures|images|photos)
        same number of {a+} in (both|all|each of the) (pictures|images|photos)
    """), weight=0.5, several=True),
    Form("same_colour_in", "several", f'return ps[{{i}}].find("{{a}}")[0].{_WHAT_COLOUR} == ps[{{j}}].find("{{a}}")[0].{_WHAT_COLOUR}', patterns("""
        is the {a} in {I} the same $colour as the (one|{a}) in {J}
        does the {a} in {I} have the same $colour as the (one|{a}) in {J}
        is the $colour of the {a} in {I} the same as in {J}
        do the {a+} in {I} and in {J} have the same $colour
        $check $whether the {a} in {I} has the same $colour as the one in {J}
        has the {a} the same $colour in {I} and [in] {J}
        are the {a+} of {I} and {J} the same $colour
    """), weight=0.6, several=True),
    Form("same_background", "several", 'return len(set([p.simple_query("what is the background?") for p in ps])) == 1', patterns("""
        (is|do) (both|all|the|these) (pictures|images|photos) (have|show) the same background
        is the background the same in (both|all|all the) (pictures|images|photos)
        are (all|both|the|these) (pictures|images|photos) [taken] (in|at) the same place
        $check $whether (both|all) (pictures|images|photos) have the same background
        were (the|these) (pictures|images|photos) taken (in|at) the same place
        same background in (both|all) (pictures|images|photos)
        do (both|all|the) (pictures|images|photos) share (one|the same|a) background
    """), weight=0.5, several=True),
    Form("which_background", "several", 'for i, p in enumerate(ps):\n if p.simple_query("what is the background?") == "{w}":\n  return f"picture {i + 1}"\nreturn abstain("no picture shows a {w}")', patterns("""
        (which|what) $picture (has|shows) {w~} [as its background|in the background]
        which $picture was taken (at|in) [the|a] {w}
        in which $picture is the background {w~}
        $tell which $picture has {w~} in the background
        which of (the|these) (pictures|images|photos) is (at|in) [the|a] {w}
        find the $picture with [the|a] {w} [in the background]
    """), weight=0.4, several=True),
    Form("which_colour_has", "several", 'for i, p in enumerate(ps):\n if p.exists("{k} {a}"):\n  return f"picture {i + 1}"\nreturn abstain("no picture shows a {k} {a}")', patterns("""
        in which $picture is the {a} {k}
        (which|what) $picture (has|shows|contains) {a~} that is {k}
        which of (the|these) (pictures|images|photos) has the {a} in {k}
        the {a} is {k} in which $picture
        $tell in which $picture the {a} is {k}
        in which one is the {a} {k}
        find the $picture where the {a} is {k}
    """), weight=0.5, several=True),
    Form("same_kind", "several", 'return len(set([p.find("{g}")[0].simple_query("what is this?") for p in ps])) == 1', patterns("""
        (is|are) the {g} the same in (both|all|all the) (pictures|images|photos)
        do (both|all|the|these) (pictures|images|photos) show the same [kind of] {g}
        is it the same (kind of|) {g} in (each|every) $picture
        $check $whether the {g} is the same in (both|all) (pictures|images|photos)
        same {g} in (both|all) (pictures|images|photos)
        is the same {g} shown in (each|every) of the (pictures|images|photos)
    """), weight=0.3, several=True),
    Form("more_across", "several", 'return len(ps[{i}].find("{a}")) > len(ps[{j}].find("{b}"))', patterns("""
        are there more {a+} in {I} than {b+} in {J}
        does {I} (have|show) more {a+} than {J} (has|shows) {b+}
        is the number of {a+} in {I} greater than the number of {b+} in {J}
        there are more {a+} in {I} than {b+} in {J}
        more {a+} in {I} than {b+} in {J}
        do you see more {a+} in {I} than you see {b+} in {J}
    """), weight=0.4, several=True),
    Form("as_many_across", "several", 'return len(ps[{i}].find("{a}")) == len(ps[{j}].find("{b}"))', patterns("""
        are there as many {a+} in {I} as {b+} in {J}
        is the number of {a+} in {I} (equal to|the same as) the number of {b+} in {J}
        does {I} have as many {a+} as {J} has {b+}
        do the {a+} in {I} and the {b+} in {J} (match|agree) in number
        are the {a+} of {I} just as many as the {b+} of {J}
        as many {a+} in {I} as {b+} in {J}
    """), weight=0.4, several=True),
    Form("sum_across", "several", 'return len(ps[{i}].find("{a}")) + len(ps[{j}].find("{b}"))', patterns("""
        how many {a+} in {I} and {b+} in {J} are there together
        the {a+} in {I} plus the {b+} in {J}, how many
        add the {a+} in {I} to the {b+} in {J}
        number of {a+} in {I} plus number of {b+} in {J}
        how many are the {a+} of {I} and the {b+} of {J} together
        total of {a+} in {I} and {b+} in {J}
    """), weight=0.3, several=True),
    Form("share_across", "several", 'return len(ps[{i}].find("{a}")) // len(ps[{j}].find("{b}"))', patterns("""
        how many {a+} from {I} can each {b} in {J} have
        if the {b+} in {J} share the {a+} in {I}, how many does each get
        share the {a+} in {I} among the {b+} in {J}, how many each
        how many {a+} in {I} for each {b} in {J}
        each {b} in {J} gets how many of the {a+} in {I}
        {a+} in {I} per {b} in {J}
    """), weight=0.25, several=True),
    Form("one_exactly", "several", 'return any(len(p.find("{a}")) == {n} for p in ps)', patterns("""
        there is (a|one|some) (box|picture) with [exactly] {n} {a+}
        is there a (box|picture) with [exactly] {n} {a+}
        (at least |)one (box|picture) (has|contains) [exactly] {n} {a+}
        does any (box|picture) (have|contain) [exactly] {n} {a+}
        one of the (boxes|pictures) has [exactly] {n} {a+}
        {n} {a+} are in one (box|picture)
    """), weight=0.4, several=True),
    Form("one_at_least", "several", 'return any(len(p.find("{a}")) >= {n} for p in ps)', patterns("""
        there is a (box|picture) with at least {n} {a+}
        is there a (box|picture) with at least {n} {a+}
        at least one (box|picture) has {n} or more {a+}
        does any (box|picture) (have|contain) at least {n} {a+}
        one of the (boxes|pictures) has at least {n} {a+}
        there is a (box|picture) with {n} or more {a+}
    """), weight=0.3, several=True),
    Form("one_both", "several", 'return any(p.exists("{a}") and p.exists("{b}") for p in ps)', patterns("""
        there is a (box|picture) with {a~} and {b~}
        is there a (box|picture) with both {a~} and {b~}
        one (box|picture) (has|contains) {a~} and {b~}
        does any (box|picture) (have|contain) both {a~} and {b~}
        at least one (box|picture) (has|contains) both {a~} and {b~}
        are {a~} and {b~} together in one (box|picture)
        is there a (box|picture) that shows {a~} and {b~}
    """), weight=0.4, several=True),
    Form("one_exactly_both", "several", 'return any(len(p.find("{a}")) == {n} and p.exists("{b}") for p in ps)', patterns("""
        there is a (box|picture) with {n} {a+} and {b~}
        is there a (box|picture) with {n} {a+} and {b~}
        there is a (box|picture) with {b~} and {n} {a+}
        one (box|picture) has {n} {a+} and {b~}
        does any (box|picture) contain {n} {a+} and {b~}
        one of the (boxes|pictures) has {b~} and exactly {n} {a+}
    """), weight=0.2, several=True),
    Form("all_exactly", "several", 'return all(len(p.find("{a}")) == {n} for p in ps)', patterns("""
        (each|every) (box|picture) has [exactly] {n} {a+}
        all (boxes|pictures) have [exactly] {n} {a+}
        does (each|every) (box|picture) (have|contain) [exactly] {n} {a+}
        there are [exactly] {n} {a+} in (each|every) (box|picture)
        do all [the] (boxes|pictures) (have|contain) {n} {a+}
        are there {n} {a+} in each (box|picture)
    """), weight=0.2, several=True),
    Form("pictures_exactly", "several", 'return len([p for p in ps if p.exists("{a}")]) == {n}', patterns("""
        [exactly] {n} (boxes|pictures) (have|contain|show) {a~}
        there are [exactly] {n} (boxes|pictures) with {a~}
        are there [exactly] {n} (boxes|pictures) with {a~}
        do [exactly] {n} (boxes|pictures) (have|show) {a~}
        in exactly {n} of the (boxes|pictures) there is {a~}
        is {a~} in exactly {n} of the (boxes|pictures)
    """), weight=0.2, several=True),
    Form("total_exactly", "several", 'return sum(len(p.find("{a}")) for p in ps) == {n}', patterns("""
        there are [exactly] {n} {a+} [in total|in all|altogether]
        are there [exactly] {n} {a+} [in total|in all|altogether]
        there are {n} {a+} in all (boxes|pictures) together
        is the total number of {a+} {n}
        do the (boxes|pictures) (show|have) {n} {a+} (altogether|in total)
        exactly {n} {a+} in total
    """), weight=0.4, several=True),
    Form("total_at_least", "several", 'return sum(len(p.find("{a}")) for p in ps) >= {n}', patterns("""
        there are at least {n} {a+} [in total|in all|altogether]
        are there at least {n} {a+} [in total|in all|altogether]
        there are {n} or more {a+} [in total]
        is the total number of {a+} at least {n}
        do the (boxes|pictures) show at least {n} {a+} (altogether|in total)
        at least {n} {a+} in total
    """), weight=0.3, several=True),
    Form("one_only_colour", "several", 'return any(len(p.find("thing")) == len(p.find("{k} thing")) > 0 for p in ps)', patterns("""
        there is a (box|picture) with only {k} (things|items|objects|shapes)
        is there a (box|picture) with only {k} (things|items|objects)
        in one (box|picture) (everything|all) is {k}
        one (box|picture) (has|contains) only {k} (things|items|objects)
        there is a (box|picture) with nothing but {k} (things|items)
        is everything {k} in one of the (boxes|pictures)
    """), weight=0.2, several=True),
)  # fmt: skip
