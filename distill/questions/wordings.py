"""More wordings of the forms: as people type them in a hurry, in chat, and in formal English.

They stand apart from the forms' first patterns because those hold out a fifth of their own (see `Form.first`).
"""

# ruff: noqa: E501  -- a pattern is one line

from dataclasses import replace

from distill.questions.forms import Form, filled, patterns
from distill.questions.relations import DIRECTIONS, with_direction

_TEXTS = {
    "exists": """
        there is {a~} [somewhere|somewhere in there]
        there are {a+}
        the picture (has|contains|shows) {a~}
        the picture (has|contains|shows) {a+}
        got any {a+}
        have you got any {a+}
        {a~} or not
        {a+} or no {a+}
        any {a} at all
        anything like {a~}
        is there such a thing as {a~}
        is not there {a~}
        are not there any {a+}
        is {a~} part of (this|the picture)
        is one of the things {a~}
        did (they|you|someone) (put|draw) {a~} in
        can {a+} be found
        would i find {a~}
        do i see {a~}
        see {a~}
        see any {a+}
        have a look, is there {a~}
        is there {a~} to be found
        is there some sort of {a}
        does the picture (include|feature|depict) {a+}
        i think (i see|there is) {a~}, is that so
        what about {a~}, is there one
        look for {a~}
        find any {a+}
        are {a+} in (it|there|this picture)
        is {a~} in (it|there|this picture)
        there is at least one {a}
    """,
    "absent": """
        is there not {a~}
        are there not {a+}
        does the picture not (contain|show|have) {a~}
        is no {a} (present|visible|shown|to be seen)
        there is no {a}
        there are no {a+}
        not a single {a}
        no {a} at all
        does the picture lack {a~}
        is it without {a+}
        so no {a+}
        is it a picture without {a+}
        the picture (has|shows|contains) no {a+}
        is there zero {a+}
    """,
    "anyone": """
        are there (any |)(people|persons|humans)
        any (people|humans) (around|in it|)
        is (someone|anyone) around
        anyone there
        is it (someone|anyone) i can see
        is a human being in it
    """,
    "count": """
        how many {a+} there are
        how many {a+} you (see|can see|find)
        how many {a+} have we got
        how many {a+} (total|overall|all in all)
        how many {a+} is that
        how many {a+} in there
        how many {a+} can you (count|see|find|spot)
        how many {a+} did you (count|see|find)
        how many are {a+}
        {a+} how many
        {a+}: how many
        {a} (number|total)
        total (number of|) {a+}
        how many {a+} (show up|turn up|are to be seen)
        how many of these are {a+}
        what is the (overall|exact) number of {a+}
        count {a+}
        could you count up all the {a+}
        i need the number of {a+}
        i count {a+}. how many should i get
        give me a count of the {a+}
        how many {a+} live here
        do a count of the {a+}
        there are how many {a+}
        how big is the number of {a+}
        the number of {a+} is
        how much {a+} (are there|is there)
    """,
    "at_least": """
        there are at least {n} {a+}
        {n} {a+} or more
        there are {n} or more {a+}
        is it {n} {a+} or more
        are the {a+} {n} or more
        do we have at least {n} {a+}
        no fewer than {n} {a+}
        a minimum of {n} {a+}
    """,
    "more_than": """
        there are more than {n} {a+}
        over {n} {a+}
        do we have more than {n} {a+}
        are the {a+} more than {n}
        there are over {n} {a+}
        have we got more than {n} {a+}
    """,
    "fewer_than": """
        there are (fewer|less) than {n} {a+}
        under {n} {a+}
        do we have (fewer|less) than {n} {a+}
        are the {a+} (fewer|less) than {n}
        not even {n} {a+}
    """,
    "exactly": """
        there are exactly {n} {a+}
        there are {n} {a+}
        are there {n} {a+}
        exactly {n} {a+}
        are the {a+} {n} in number
        is {n} the number of {a+}
        do we have exactly {n} {a+}
        are they {n} {a+}
        i count {n} {a+}, (is that right|correct)
        {n} {a+}, (right|true|correct)
    """,
    "only_one": """
        there is only one {a}
        there is exactly one {a}
        there is just the one {a}
        is it just one {a}
        only one {a}
        is the {a} alone of its kind
        a single {a}
    """,
    "more": """
        there are more {a+} than {b+}
        {a+} more than {b+}
        do we have more {a+} than {b+}
        is it more {a+} than {b+}
        do {a+} outnumber {b+}
        have we got more {a+} than {b+}
        the {a+} outnumber the {b+}
        are the {a+} more than the {b+}
        is there more {a} than {b}
        more {a+} then {b+}
    """,
    "fewer": """
        there are (fewer|less) {a+} than {b+}
        do we have (fewer|less) {a+} than {b+}
        are the {a+} (fewer|less) than the {b+}
        are {a+} outnumbered by {b+}
        (fewer|less) {a+} then {b+}
        not as many {a+} as {b+}
    """,
    "as_many": """
        there are as many {a+} as {b+}
        there is the same number of {a+} and {b+}
        equal numbers of {a+} and {b+}
        as many {a+} as {b+}
        is it the same amount of {a+} and {b+}
        are there equal numbers of {a+} and {b+}
        does the number of {a+} equal the number of {b+}
        equally many {a+} and {b+}
        {a+} and {b+}: same number
    """,
    "which_more": """
        more {a+} or more {b+}
        more {a+} or {b+}
        {a+} or {b+}, (which|what) (is|are) there more of
        (which|what) is there more of, {a+} or {b+}
        are there more of the {a+} or of the {b+}
        which is the (bigger|larger) group, {a+} or {b+}
        who is in the majority, the {a+} or the {b+}
        which are there more, {a+} or {b+}
        who wins on numbers, the {a+} or the {b+}
        which outnumbers which, {a+} or {b+}
    """,
    "which_fewer": """
        fewer {a+} or fewer {b+}
        {a+} or {b+}, which are there fewer of
        which is the smaller group, {a+} or {b+}
        who is in the minority, the {a+} or the {b+}
        what are there less of, {a+} or {b+}
    """,
    "sum": """
        {a+} and {b+} together, how many
        {a+} plus {b+}
        how many {a+} and {b+} all together
        number of {a+} and {b+}
        if i count {a+} and {b+}, what do i get
        the number of {a+} plus the number of {b+}
        how many are there of {a+} and {b+} (combined|together|in all)
        how many {a+} or {b+} are there
        sum of {a+} and {b+}
        how many {a+} and how many {b+} together
        add the {a+} and the {b+}
        {a+} + {b+}
    """,
    "sum3": """
        {a+}, {b+} and {c+} together, how many
        {a+} plus {b+} plus {c+}
        how many {a+}, {b+} and {c+} all together
        {a+}, {b+} and {c+} combined
        number of {a+}, {b+} and {c+}
    """,
    "difference": """
        how many more {a+} than {b+}
        {a+} minus {b+}
        how many {a+} have no {b}
        how many {a+} do not get {a~} {b}
        how many {a+} will be without {b~} if each {b} goes to one {a}
        by what number do {a+} exceed {b+}
        how many {a+} remain if you take away as many as there are {b+}
        every {b} (takes|eats|gets) one {a}. how many are left
        if every {b} (takes|eats|grabs|gets) one {a}, how many {a+} (stay|remain|are left)
        how many spare {a+} after giving one to each {b}
        {a+} - {b+}
        the {a+} are how many more than the {b+}
        how many {a+} too many for the {b+}
        how many extra {a+} compared with {b+}
    """.replace("        how many {a+} do not get {a~} {b}\n", ""),
    "gap": """
        how much do the numbers of {a+} and {b+} differ
        difference of {a+} and {b+}
        {a+} and {b+}: what is the difference in number
        how different are the numbers of {a+} and {b+}
        what is the gap between the {a} count and the {b} count
        the difference between how many {a+} and how many {b+}
    """,
    "fewer_by": """
        how many fewer {a+} than {b+}
        how many less {a+} than {b+}
        how many {a+} short of the {b+}
        how many {b+} go without {a~}
        how many {b+} (get|have) no {a} if every {a} is given away
        how many more {a+} do we need to have as many as {b+}
        how many {a+} must (be added|come) so there are as many as {b+}
        how many {a+} do we lack for the {b+}
    """,
    "share": """
        {a+} per {b}
        each {b} gets how many {a+}
        how many {a+} for each {b}
        how many {a+} does one {b} get
        how many {a+} (does|will) (each|every|a|one) {b} end up with
        split the {a+} between the {b+}, how many each
        split the {a+} (evenly|equally|fairly) (among|between) the {b+}
        (split|shared|divided) (evenly|equally|fairly), how many {a+} (per|for each|for every) {b}
        {a+} divided by {b+}
        how many {a+} apiece for the {b+}
        how many {a+} apiece would the {b+} get
        if the {a+} are (divided|split|shared|handed out) (evenly|equally|fairly) (among|between|to) the {b+}, how many (each|per {b}|does each get|does one {b} get)
        what does each {b} get if they (share|split|divide) the {a+}
        the {b+} share all the {a+} (fairly|equally|evenly). how many each
        the {b+} (split|divide) the {a+} (fairly|equally|evenly) (among|between) them, how many (each|per {b})
        what is a fair share of {a+} (per|for each) {b}
        hand out the {a+} to the {b+}, the same number to each. how many is that
        everyone of the {b+} is to have the same number of {a+}. how many
        how many {a+} would each {b} get if they shared them [out] (fairly|evenly|equally)
        how many {a+} would each {b} get
        number of {a+} for each {b}
        could you (split|divide) the {a+} among the {b+} and tell me how many each gets
        every {b} gets an equal share of {a+}, how many
        fairly shared, how many {a+} (per|for a|for each) {b}
    """,
    "left_over": """
        how many {a+} are left [over] if the {b+} (share|split|divide) them (fairly|equally|evenly)
        {a+} (split|shared|divided) among the {b+}, what is left [over]
        split the {a+} (evenly|equally|fairly) between the {b+}, how many (remain|are left)
        what remains after each {b} got its fair share of {a+}
        how many {a+} can not be shared (equally|evenly|fairly) among the {b+}
        what is the remainder of {a+} divided by {b+}
        will any {a+} be left over when the {b+} share them, how many
        if all {b+} get equally many {a+}, how many stay (behind|over)
        leftover {a+} after sharing with the {b+}
    """,
    "enough": """
        one {a} for (each|every) {b}, is that possible
        enough {a+} for (all|) the {b+}
        is there enough {a} for all {b+}
        does every {b} get {a~}
        does each {b} have {a~}
        can all (the |){b+} get {a~}
        are there at least as many {a+} as {b+}
        could each of the {b+} have {a~} of their own
        would there be {a~} for every {b}
    """,
    "times": """
        {n} times the {a+}
        every {a} (weighs|costs|pays) {n}, what is that (in all|in total|together)
        each {a} gets {n} (cookies|coins|stickers), how many (do i need|is that)
        each {a} needs {n} (bowls|hats|bags|seats), how many (in all|do i need|is that)
        how many (cookies|coins|treats) do i need to give each {a} {n}
        if i give {n} (cookies|coins|treats) to each {a}, how many is that
        the {a+} cost {n} each. what do they cost together
        what do {a+} cost together at {n} each
    """,
    "colour": """
        what color is the {a} (over there|there|you see)
        what color the {a} is
        the {a}: what color
        color of the {a}
        the color of the {a}
        the {a} is which color
        tell the color of {a~}
        which color is (that|this) {a}
        what color is (that|this) {a}
        what color {a} is (that|this|it)
        what is the color (on|for) the {a}
        what shade is the {a}
        what color would you call the {a}
        what color does the {a} seem to be
        {a} is what color
        in which color did they (paint|draw) the {a}
        is the {a} red, blue, or which color
        {a}, what color
        what color did they make the {a}
        i see {a~}, what color is it
        how would you describe the color of the {a}
    """,
    "is_colour": """
        the {a} is {k}
        is (that|this) {a} {k}
        is it {a~} that is {k}
        is {a} {k}
        the {a} is {k}, is it not
        is the {a} not {k} in color, or is it {k}
        is the {a} of {k} color
        is it {k}, the {a}
        does the {a} have {k} as its color
        {k} is the color of the {a}
        am i right that the {a} is {k}
        is the color {k} for the {a}
        is the {a} (all|mostly|really|actually) {k}
        the {a} looks {k}, right
    """.replace("        is the {a} not {k} in color, or is it {k}\n", ""),
    "which_colour": """
        {k} or {m} {a}
        is it {k} or {m}, the {a}
        the {a} is {k} or {m}
        {a}: {k} or {m}
        which is it, is the {a} {k} or {m}
        is (that|this) {a} {k} or {m}
        the {a}, is it {k} or {m}
        what is the color of the {a}, {k} or {m}
    """,
    "what_is_colour": """
        the {k} thing is what
        what is that {k} thing
        what is it that is {k}
        which one is {k}
        what thing is {k}
        {k} thing: what is it
        something is {k}, what
        what could the {k} thing be
        what has the color {k}
        i see something {k}. what is it
    """,
    "what_is_colour_kind": """
        which is the {k} {g}
        what is that {k} {g}
        {k} {g}: what is it
        the one {g} that is {k} is what
        i see {a~} {k} {g}. what is it
        what sort of {g} is {k}
        what could the {k} {g} be
    """.replace("        i see {a~} {k} {g}. what is it\n", ""),
    "both": """
        there is {a~} and {b~}
        {a~} and {b~}
        both {a+} and {b+}
        there are both {a+} and {b+}
        {a~} as well as {b~}
        is there {a~} and is there {b~}
        do {a~} and {b~} appear together
        can i see {a~} and {b~}
        are {a+} and {b+} both in there
        the picture (shows|has|contains) {a~} and {b~}
        {a+} and also {b+}
    """,
    "either": """
        there is {a~} or {b~}
        {a~} or {b~}
        either {a~} or {b~}
        is there either {a~} or {b~}
        see any {a+} or {b+}
        do we have {a~} or {b~}
        is one of them {a~} or {b~}
        {a+} or {b+} in it
    """,
    "neither": """
        there is neither {a~} nor {b~}
        no {a} and no {b}
        neither {a+} nor {b+}
        are {a+} and {b+} both absent
        there are no {a+} and no {b+}
        is it free of {a+} and {b+}
    """,
    "without": """
        there is {a~} but no {b}
        {a~} but no {b}
        {a~} without {b~}
        is there {a~} and no {b}
        {a+}, but not any {b+}
        does it have {a+} but no {b+}
    """,
    "all_colour": """
        are the {a+} {k}
        every {a} is {k}
        all [the] {a+} are {k}
        is each and every {a} {k}
        all {a+} {k}
        are they all {k}, the {a+}
        the {a+} are all {k}
        is {k} the color of all {a+}
        do all the {a+} look {k}
        are {a+} {k}
        the {a+} are {k}
    """,
    "any_colour": """
        there is {a~} that is {k}
        at least one {a} is {k}
        some {a+} are {k}
        is there {a~} in {k}
        any {k} ones among the {a+}
        is there a {k} one among the {a+}
        one of the {a+} is {k}
        is any of these {a+} {k}
        are there {k} ones among the {a+}
    """,
    "no_colour": """
        none of the {a+} (is|are) {k}
        no {a} is {k}
        there is no {a} that is {k}
        not one {a} is {k}
        is there not one {k} {a}
    """,
    "count_colour": """
        how many {k} ones among the {a+}
        how many of these {a+} are {k}
        of these {a+} how many are {k}
        number of {a+} that are {k}
        how many {a+} are of {k} color
        among the {a+}, how many are {k}
        how many {a+} are {k} in color
        {a+} that are {k}: how many
    """,
    "count_not_colour": """
        number of {a+} that are not {k}
        how many non-{k} {a+} are there
        of the {a+}, how many are not {k}
        leaving out the {k} ones, how many {a+}
        how many {a+} without the {k} ones
        {a+} that are not {k}: how many
    """,
    "only_kind": """
        there are no other {g+} than {a+}
        is it only {a+} as far as {g+} go
        the only {g+} are {a+}
        all the {g+} are {a+}
        every {g} is {a~}
        nothing but {a+} among the {g+}
        are there {g+} only of the kind {a}
    """,
    "other_kind": """
        any {g+} (other than|besides|apart from) {a+}
        any other {g+} (than|besides) the {a+}
        is there some other {g} than the {a}
        are there {g+} which are not {a+}
        other {g+} besides the {a+}
        there is {g~} that is not {a~}
        are there more {g+} than just {a+}
    """,
    "count_other": """
        how many {g+} besides {a+}
        how many {g+} if you do not count the {a+}
        how many {g+} without the {a+}
        number of {g+} other than {a+}
        {g+} minus {a+}
        if the {a+} (left|leave|go away|are removed), how many {g+} (would be left|are left|remain)
        remove all {a+}. how many {g+} are left
        how many {g+} would remain without the {a+}
        excluding {a+}, how many {g+}
        how many {g+} remain if all the {a+} leave
    """,
    "same_colour": """
        the {a} and the {b} are the same color
        the {a} has the same color as the {b}
        are the {a} and the {b} alike in color
        is the {a} as {b} in color, the same one
        {a} and {b}: same color
        same color for the {a} and the {b}
        is the {b} colored like the {a}
        is the color of {a} and {b} the same
        do {a} and {b} have the same color
    """.replace("        is the {a} as {b} in color, the same one\n", ""),
    "other_colour": """
        the {a} and the {b} have different colors
        are {a} and {b} of different color
        different colors for the {a} and the {b}
        is the {b} colored differently from the {a}
        do the {a} and the {b} not have the same color
    """,
    "all_same_colour": """
        all [the] {a+} are the same color
        same color for all the {a+}
        do the {a+} match in color
        are all these {a+} alike in color
        is there only one color of {a+}
    """,
    "colours_of": """
        number of colors of the {a+}
        how many colors do the {a+} come in
        how many different colors are the {a+}
        how many colors do i see on the {a+}
    """,
    "what_kind": """
        what {g} is (present|visible)
        what {g} does the picture (contain|show)
        what {g} is that
        what {g}
        which {g}
        what {g} is in it
        {g}: what is it
        which {g} is (shown|there|that)
        i see {g~}, which one
        what {g} am i looking at
        the {g} is what
        what would you call that {g}
        which {g} is it
        what is that {g}
        what is the {g} (there|in it|exactly)
    """,
    "kinds": """
        what {g+} do you see
        which {g+}
        what {g+} can i see
        list {g+}
        what {g+} are in it
        {g+}: which ones
        the {g+} are what
        enumerate the {g+}
        what sorts of {g+} do we have
        which {g+} appear
        what all {g+} are there
        all {g+} please
        what {g+} have we got
        which different {g+} are there
    """,
    "count_kinds": """
        number of kinds of {g+}
        how many kinds of {g} (do you see|have we got)
        how many different kinds of {g}
        how many sorts of {g} in total
        how many different {g+} do you see
    """,
    "everything": """
        what all is there
        what things do you see
        what is there
        what have we got
        everything you see
        list all you see
        what is to be seen
        tell me everything in the picture
        what objects are there
        contents of the picture
        say what you see
        what am i looking at
        what does it show
    """,
    "count_things": """
        how many things
        how many things in all
        how many objects
        total number of things
        count it all
        how many different objects do you see in total
        number of objects
    """,
    "is_a": """
        the {g} is {a~}
        is that {g} {a~}
        is the {g} {a~} or something else
        {g}: is it {a~}
        do you think the {g} is {a~}
    """,
    "background": """
        what place is shown
        where are we
        where is it
        where does it play
        which place
        what place is it
        background
        what is the backdrop
        what is the scene set in
        where are these things
        what surroundings are these
        what kind of place do we see
        in which surroundings is this
        what does the background show
        where would you say this is
        what environment is shown
    """,
    "is_background": """
        are we (at|in|on) [the|a] {w}
        the background is [the|a] {w}
        is it (at|in) [the|a] {w}
        is it {w~} in the background
        is [the|a] {w} shown behind
        is the place [the|a] {w}
        does it play (at|in) [the|a] {w}
        this is {w~}
        are the surroundings [the|a] {w}
        is it set (at|in) [the|a] {w}
        is this [the|a] {w}
    """,
    "text_on": """
        what word is on the {a}
        the {a} says what
        {a} text
        what text does the {a} (have|show|carry)
        what is on the {a} in writing
        what words does the {a} show
        the writing on the {a} is
        can you read the {a}
        read the {a}
        could you read me the {a}
        which word does the {a} show
        what is printed on the {a}
        what message is on the {a}
    """,
    "text": """
        what does it say
        what word is that
        any text, and what is it
        what is written
        what word is written there
        which word do you read
        can you read it out
        what letters are there
        what does the writing say
        read what is written
    """,
    "says": """
        does the (sign|text|writing) say {t}
        is {t} what it says
        is {t} what is written
        does it read {t}
        the sign says {t}
        is the text {t}
        is {t} on the sign
        is the word on the sign {t}
    """,
    "left_or_right": """
        {a}: left or right of the {b}
        on which side of the {b} is the {a}
        left or right of the {b}, where is the {a}
        where is the {a}, left or right of the {b}
        which side is the {a} on as seen from the {b}, left or right
        is the {a} to the left or the right of the {b}
    """,
    "above_or_below": """
        {a}: above or below the {b}
        above or below the {b}, where is the {a}
        where is the {a}, above or below the {b}
        is the {a} higher or lower than the {b}, above or below
        is the {a} above the {b} or below
    """,
    "half_left_or_right": """
        {a}: left or right
        where is the {a}, left or right
        left or right, where is the {a}
        is the {a} left or right
        which half is the {a} in, left or right
        which side is the {a} on
    """,
    "half_top_or_bottom": """
        {a}: top or bottom
        where is the {a}, top or bottom
        is the {a} at the top or the bottom
        up or down, is the {a} at the top or at the bottom
        top or bottom, where is the {a}
    """,
    "where": """
        where is (that|this) {a}
        {a}, where
        where the {a} is
        where do i find the {a}
        which corner is the {a} in
        which part of the picture is the {a} in
        whereabouts is the {a}
        where did they put the {a}
        point me to the {a}
        the {a} is where
        where should i look for the {a}
        position of the {a}
        where has the {a} gone
        where abouts can i see the {a}
    """,
    "between": """
        the {a} is between the {b} and the {c}
        is {a} between {b} and {c}
        is the {a} in the middle between the {b} and the {c}
        are the {b} and the {c} on either side of the {a}
        is the {a} flanked by the {b} and the {c}
        does the {a} come between the {b} and the {c}
    """,
    "next_thing": """
        what is (right next to|close by|nearby|near to|around|by) the {a}
        nearest thing to the {a}
        what is the {a} (next to|near|close to)
        which thing is (next to|near|close to) the {a}
        {a}: what is next to it
        what has the {a} (next to|near) it
        what is in the {a}'s neighborhood
        who is (next to|near|close to) the {a}
        the thing (next to|closest to|nearest to) the {a} is what
        what is the {a} standing next to
        what is closest by the {a}
        what sits next to the {a}
        what is there next to the {a}
    """,
    "other_nearest": """
        which other {g} is (near|next to) the {a}
        other {g} (nearest|closest) to the {a}
        which of the other {g+} is closest to the {a}
        what {g} other than itself is closest to the {a}
        closest other {g} to the {a}
    """,
    "if_then_count": """
        is there {a~}? then count the {b+}, otherwise the {c+}
        number of {b+} if there is {a~}, otherwise number of {c+}
        if there is {a~} how many {b+}, otherwise how many {c+}
        how many {b+} if you see {a~}, how many {c+} if not
        in case there is {a~} count {b+}, if there is none count {c+}
    """,
    "colour_of_both": """
        the {k} {a} is left of the {m} one
        is the {m} {a} right of the {k} one
        is the {k} one of the {a+} left of the {m} one
        is the {m} {a} to the right of the {k} {a}
        does the {k} {a} come left of the {m} {a}
    """,
    "which_has": """
        where do you see {a~}
        where is {a~}
        where is there {a~}
        which one has {a~}
        {a~} is in which one
        which [picture] is the one with {a~}
        which picture with {a~}
        find {a~}, in which picture is it
        which of them has {a~}
        where can {a~} be found
        in which of them is there {a~}
        picture with {a~}
        show me which has the {a}
    """,
    "which_lacks": """
        which one has no {a}
        where is there no {a}
        which of them lacks {a~}
        which picture lacks {a~}
        the one without {a~} is which
        picture without {a~}
    """,
    "which_most": """
        where are [there] the most {a+}
        which has the most {a+}
        which of them has the most {a+}
        which picture is the one with the most {a+}
        most {a+} in which picture
        more {a+} where, in which picture
        which has more {a+}
        where do you see more {a+}
        which of the 2 has more {a+}
        who has more {a+}, which picture
        where are there more {a+}
        picture with most {a+}
    """,
    "which_least": """
        where are [there] the fewest {a+}
        which has the fewest {a+}
        which has fewer {a+}
        which of them has the fewest {a+}
        where do you see fewer {a+}
        which of the 2 has fewer {a+}
        fewest {a+} in which picture
    """,
    "total": """
        all {a+} together
        total {a+}
        how many {a+} in the pictures
        how many {a+} in both
        how many {a+} in all of them
        how many {a+} do you see in both pictures
        sum of {a+} in both pictures
        how many {a+} between the 2 pictures
        number of {a+} in (all|both|the) pictures
        count {a+} over (all|both) pictures
        count all the {a+}
        how many {a+} do they show together
        {a+} in total
        combined, how many {a+}
        counting all pictures, how many {a+}
    """,
    "in_all": """
        (each|every) (box|picture) (has|contains) {a~}
        all (the |)(boxes|pictures) (have|contain) {a~}
        {a~} in both
        {a~} in all of them
        do they all (have|show) {a~}
        do both have {a~}
        both pictures (have|show|contain) {a~}
        there is {a~} in (both|each|every) picture
        all pictures (have|show|contain) {a~}
        do both pictures have {a+}
        does each of them (have|show) {a~}
        is {a~} in both pictures
        are there {a+} in both
        {a+} in each picture
        is {a~} common to (both|all) pictures
    """,
    "in_any": """
        there is a (box|picture) with {a~}
        is there a (box|picture) with {a~}
        {a~} in any of them
        does any of them (have|show) {a~}
        does either [picture] (have|show) {a~}
        does either of them (have|show|contain) {a~}
        is there {a~} in either [picture|of them]
        {a~} in at least one of them
        any {a+} in (these|either|any of these)
        at least one picture (has|shows|contains) {a~}
        there is {a~} in one of the pictures
        one of the pictures (has|shows) {a~}
        is {a~} to be seen in any of them
    """,
    "in_none": """
        none of the pictures (has|have|show|shows) {a~}
        no picture (has|shows|contains) {a~}
        is there no {a} in any of them
        {a~} in none of them
        there is no {a} in (either|any) picture
    """,
    "how_many_pictures": """
        how many have {a~}
        how many of them (have|show|contain) {a~}
        how many of the pictures have {a+}
        number of pictures with {a~}
        on how many pictures do you see {a~}
        how many pictures with {a~}
    """,
    "more_in": """
        there are more {a+} in {I} than in {J}
        {I} has more {a+} than {J}
        more {a+} in {I} or not, compared to {J}
        do i see more {a+} in {I} than in {J}
        are {a+} more numerous in {I} than in {J}
    """,
    "fewer_in": """
        there are fewer {a+} in {I} than in {J}
        {I} has fewer {a+} than {J}
        does {I} have less {a+} than {J}
        fewer {a+} in {I} than in {J}
    """,
    "difference_in": """
        how many more {a+} in {I} than {J}
        {a+} in {I} minus {a+} in {J}
        how many extra {a+} does {I} have compared to {J}
        by how many {a+} is {I} ahead of {J}
        how many {a+} more has {I} than {J}
    """,
    "same_number": """
        equally many {a+} in both
        do both have the same number of {a+}
        as many {a+} in one picture as in the other
        is the {a} count the same in both
        there are equally many {a+} in (both|all) pictures
    """,
    "same_background": """
        same background
        same place
        is it the same place in both
        do they have the same background
        are both at the same place
        is the place the same
    """,
    "which_background": """
        which one is (at|in) [the|a] {w}
        where is [the|a] {w} in the background
        which picture shows [the|a] {w}
        which one was taken (at|in) [the|a] {w}
        picture at the {w}
    """,
    "which_colour_has": """
        which has {a~} that is {k}
        where is the {a} {k}
        in which is the {a} {k}
        which one has {a~} in {k}
        which shows the {a} in {k}
    """,
}

_SIDED = {
    "is": """
        the {a} is @rel the {b}
        is the {a} @rel {b}
        {a} @rel {b}
        is the {a} on the @side side of the {b}
        is (that|this) {a} @rel the {b}
        the {a} @rel the {b}, true
        is it the {a} that is @rel the {b}
        does the {a} come @rel the {b}
        whether the {a} is @rel the {b}
        is the {a} somewhere @rel the {b}
    """,
    "any": """
        there is {a~} @rel the {b}
        {a~} @rel the {b}
        are some {a+} @rel the {b}
        is some {a} @rel the {b}
        does any {a} (stand|lie|sit) @rel the {b}
        whether there is {a~} @rel the {b}
        at least one {a} is @rel the {b}
        see any {a+} @rel the {b}
    """,
    "count": """
        how many {a+} @rel the {b}
        {a+} @rel the {b}: how many
        how many {a+} do you see @rel the {b}
        how many {a+} you can see @rel the {b}
        how many {a+} (stand|lie|sit) @rel the {b}
        how many {a+} there are @rel the {b}
        count all {a+} @rel the {b}
    """,
    "what": """
        what {g} @rel the {b}
        which {g} is it @rel the {b}
        what sort of {g} is @rel the {b}
        which {g} do i see @rel the {b}
        {g} @rel the {b}: which
        which {g} sits @rel the {b}
    """,
    "thing": """
        what @rel the {b}
        what else is @rel the {b}
        what comes @rel the {b}
        thing @rel the {b}
        what is there @rel the {b}
        what can i see @rel the {b}
        what is that @rel the {b}
        which thing do you see @rel the {b}
        who is @rel the {b}
        what sits @rel the {b}
        what is the thing @rel the {b} called
    """,
    "colour": """
        color of {a} @rel {b}
        the color of the {a} @rel the {b}
        what color {a} is @rel the {b}
        the {a} @rel the {b}, what color is it
        which color is the {a} @rel the {b}
        there is {a~} @rel the {b}, what color
    """,
    "most": """
        @most {g}
        which is the @most {g}
        what {g} is @ismost
        the {g} @ismost is what
        which {g} is (on|at) the @side [side]
        the {g} on the @side is what
        what is the {g} on the @side
        which one of the {g+} is @ismost
        what {g} is on the @side [side]
        what {g} is on the (far |)@side side
    """,
    "most_colour": """
        color of {a} @ismost
        the color of the @most {a}
        what color is the {a} on the @side [side]
        which color is the @most {a}
        the {a} on the @side, what color is it
        of the {a+}, what color is the @most one
        what color is the @most of the {a+}
        the {a} @ismost is what color
    """,
    "most_is": """
        the @most {a} is {k}
        is the {a} on the @side [side] {k}
        is the @most of the {a+} {k}
        is the {a} @ismost a {k} one
        is {k} the color of the @most {a}
    """,
    "half": """
        the {a} is (on|in) the @side half
        is the {a} (on|at|to) the @side
        is the {a} (on|in) the @side half of it
        {a} on the @side side
        {a} in the @side half
        do you see the {a} on the @side side
        is the {a} on the @side hand
    """.replace("        is the {a} on the @side hand\n", ""),
    "count_half": """
        how many {a+} on the @side side
        how many {a+} in the @side half
        how many {a+} are (on|at|to) the @side
        number of {a+} (on|in) the @side half
        {a+} in the @side half: how many
    """,
    "more": """
        most [of the] {a+} are @rel the {b}
        more than half of the {a+} are @rel the {b}
        whether most {a+} are @rel the {b}
        do most {a+} (stand|lie|sit) @rel the {b}
    """,
    "all": """
        all [the] {a+} are @rel the {b}
        every {a} is @rel the {b}
        whether all {a+} are @rel the {b}
        is each and every {a} @rel the {b}
        all {a+} @rel the {b}
    """,
    "largest": """
        the biggest {g} is @rel the {b}
        is the biggest of the {g+} @rel the {b}
        whether the biggest {g} is @rel the {b}
        biggest {g} @rel the {b}, true
    """,
    "nearest": """
        nearest {g} @rel the {b}
        which {g} is the first @rel the {b}
        what is the closest of the {g+} @rel the {b}
        the nearest {g} @rel the {b} is what
    """,
}

_NEAR_FAR = {
    "kind": """
        the {most} {g} {to} the {b}
        which is the {most} {g} {to} the {b}
        {most} {g} {to} {b}
        which {g} is {most} {to} it, the {b}
        who of the {g+} is {most} {to} the {b}
        among the {g+}, which is {most} {to} the {b}
        what {g} do i find {most} {to} the {b}
    """,
    "colour": """
        color of the {a} {most} {to} the {b}
        what color is the {most} {a} {to} the {b}
        the {most} {a} {to} the {b} is what color
        of all {a+}, what color is the one {most} {to} the {b}
        which color is the {a} that is {most} {to} the {b}
    """,
    "is": """
        the {a} {most} {to} the {b} is {k}
        is the {most} {a} {to} the {b} {k}
        is {k} the color of the {a} {most} {to} the {b}
        of the {a+}, is the one {most} {to} the {b} {k}
    """,
    "than": """
        the {a} is {more} {to} the {c} than the {b}
        is {a} {more} {to} {c} than {b}
        {a} {more} {to} the {c} than the {b}
        whether the {a} is {more} {to} the {c} than the {b}
        is it the {a} that is {more} {to} the {c} than the {b}
    """,
    "which": """
        who is {more} {to} the {c}, the {a} or the {b}
        {a} or {b}, which is {more} {to} the {c}
        what is {more} {to} the {c}, {a} or {b}
        {more} {to} the {c}: {a} or {b}
        between the {a} and the {b}, which is {more} {to} the {c}
        which one do you see {more} {to} the {c}, the {a} or the {b}
    """,
}

_SIZES = {
    "kind": """
        the {most} {g}
        {most} {g}
        which is the {most} {g}
        what {g} is {most}
        which one of the {g+} is {most}
        among the {g+}, what is the {most} one
        who is the {most} of the {g+}
        what is the {most} of (all |)the {g+}
        which {g} is the {most} of all
    """,
    "colour": """
        color of the {most} {a}
        the color of the {most} {a}
        which color is the {most} {a}
        what color is the {most} of the {a+}
        the {a} that is {most}, what color is it
        the {most} of the {a+} is what color
    """,
    "is": """
        the {most} {a} is {k}
        is the {most} of the {a+} {k}
        is {k} the color of the {most} {a}
        is the {most} one of the {a+} {k}
    """,
    "than": """
        the {a} is {more} than the {b}
        {a} {more} than {b}
        is (that|this) {a} {more} than (that|this) {b}
        whether the {a} is {more} than the {b}
        is the {a} {more} then the {b}
        is the {a} the {more} one of the {a} and the {b}
        is {a~} {more} than the {b}
    """,
    "which": """
        what is {more}, the {a} or the {b}
        {a} or {b}, which is {more}
        {more}: {a} or {b}
        who is {more}, the {a} or the {b}
        what is {more}, {a} or {b}
        which one is the {more} one, the {a} or the {b}
        the {more} one of the {a} and the {b} is which
        is it the {a} or the {b} that is {more}
    """,
}

_DEPTHS = {
    "kind": """
        which {g} is (the |){most} [one]
        the {most} {g}
        which {g} is {where}
        what {g} is {most} {to} us
        which of the {g+} is {where}
        the {g} {where} is what
    """,
    "colour": """
        what color is the {a} {where}
        what color is the {most} {a}
        color of the {most} {a}
        the {a} {where} is what color
        which color is the {a} {most} {to} us
    """,
    "than": """
        the {a} is {front} the {b}
        is {a} {front} {b}
        is the {a} {more} than the {b}
        whether the {a} is {front} the {b}
        the {a} is {more} {to} the camera than the {b}
        is the {a} standing {front} the {b}
    """,
    "which": """
        which is {more}, the {a} or the {b}
        what is {more}, {a} or {b}
        who is {more} {to} the camera, the {a} or the {b}
        {a} or {b}, which is {more} {to} the camera
        is it the {a} or the {b} that is {more} {to} the camera
        which one is {more} {to} us, the {a} or the {b}
    """,
}

_ORDINALS = {
    "colour": """
        color of the {word} {a} from the {side}
        the {word} {a} from the {side} is what color
        which color is the {word} {a} from the {side}
        {word} {a} from the {side}, what color
    """,
    "kind": """
        which is the {word} {g} from the {side}
        {word} {g} from the {side}
        what is {word} from the {side} among the {g+}
        from the {side}, what is the {word} {g}, by name
    """,
}


def _more() -> dict[str, tuple[str, ...]]:
    more = {name: patterns(text) for name, text in _TEXTS.items()}
    for d in DIRECTIONS:
        more |= {f"{stem}_{d.name}": with_direction(d, text) for stem, text in _SIDED.items()}
    for name, most, than, to in (
        ("closest", "(closest|nearest)", "(closer|nearer)", "to"),
        ("furthest", "(furthest|most distant)", "further", "[away] from"),
    ):
        more |= {f"{name}_{kind}": filled(text, most=most, more=than, to=to) for kind, text in _NEAR_FAR.items()}
    for name, most, than in (
        ("biggest", "(biggest|largest)", "(bigger|larger)"),
        ("smallest", "(smallest|tiniest)", "(smaller|tinier)"),
        ("tallest", "tallest", "taller"),
        ("widest", "widest", "wider"),
    ):
        more |= {f"{name}_{kind}": filled(text, most=most, more=than) for kind, text in _SIZES.items()}
    for name, most, than, to, front, where in (
        ("near", "(nearest|closest|foremost)", "(nearer|closer)", "to", "(in front of|before)", "(in [the] front|in the foreground)"),
        ("far", "(furthest|most distant|rearmost)", "further [away|back]", "from", "(behind|further back than)", "(in the back|at the back|furthest away)"),
    ):  # fmt: skip
        more |= {
            f"{name}_{kind}": filled(text, most=most, more=than, to=to, front=front, where=where)
            for kind, text in _DEPTHS.items()
        }
    for word in ("second", "third"):
        for side in ("left", "right"):
            said = f"({word}|{'2nd' if word == 'second' else '3rd'})"
            more |= {f"{word}_{side}_{kind}": filled(text, word=said, side=side) for kind, text in _ORDINALS.items()}
    return more


MORE = _more()
"""Patterns by the name of the form."""


def more_wordings(form: Form) -> Form:
    """The form with its further patterns, if it has any."""
    more = tuple(one for one in MORE.get(form.name, ()) if one not in form.patterns)
    return replace(form, patterns=form.patterns + more, first=len(form.patterns)) if more else form
