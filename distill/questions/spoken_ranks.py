"""Spoken wordings of the forms that rank things or change a picture: superlatives, sizes, depth and editing.

They are chatty, terse, indirect, formal or broken ones, as very different people type or dictate them.
"""

# ruff: noqa: E501  -- a pattern is one line

from distill.questions.forms import filled, patterns
from distill.questions.relations import DIRECTIONS, with_direction

_TEXTS = {
    "left_or_right_bigger": """
        two {a+}, one left and one right. which is bigger
        compare the {a} on the left with the {a} on the right, which one is (bigger|larger)
        return left or right, whichever {a} is (bigger|larger)
        the (bigger|larger) {a}, is that the left or the right one
        does the left or the right {a} take up more (space|room)
        say left or right: (bigger|larger) {a}
        would you say the left {a} is (bigger|larger) or the right one
        left {a} vs right {a}, (bigger|larger) one
        i need to know which side has the (bigger|larger) {a}, the left or the right
        is it the left {a} or the right {a} that is (bigger|larger)
        of the two {a+}, is the left one or the right one bigger
        id be interested in whether the left {a} is the bigger one or the right {a}
    """,
    "edit_blur": """
        blur (all|everything) else, (just|only) not the {a}
        can we get that (blurry|blurred) background look on the {a}
        i need a (profile picture|portrait) with the {a} sharp and (the rest|everything else) blurry
        the {a} sharp, the rest blurry
        (make|let) the {a} be the only thing in focus
        the background is (distracting|messy|ugly), blur it and leave the {a} [alone]
        apply a (gaussian blur|blur filter) to everything outside the {a}
        everything around the {a} should be (blurry|blurred|out of focus|soft)
        dont touch the {a}, but blur the rest [of it]
        (set|pull) the focus on the {a} and let the rest go blurry
        could you make it so that you only see the {a} clearly and the rest is blurry
        it would be nice if the background behind the {a} was (blurred|out of focus)
        blur background, keep {a}
        {a} in focus, background blurred [please]
        the {a} is what matters, so please blur what is around it
        (take|shoot) it like with a (wide|big) aperture, only the {a} sharp
        blur filter on [the] whole picture (minus|without) the {a}
        like on the iphone portrait mode, with the {a} as the subject
        the background of the {a} is to be blurred
        for privacy, blur everything (aside from|save for|besides) the {a}
        unsharp the background but {a} must stay sharp
        i would like to have the area around the {a} out of focus
    """,
    "edit_blur_two": """
        the {a} and the {b} sharp, the rest blurry
        blur background, keep {a} and {b}
        dont blur the {a} or the {b}, blur the rest
        i need both the {a} and the {b} in focus and everything else (blurry|blurred)
        {a} and {b} in focus, background blurred [please]
        everything around the {a} and the {b} should be (blurry|blurred|out of focus)
        could you make it so that you only see the {a} and the {b} clearly and the rest is blurry
        the background is distracting, blur it and leave the {a} and the {b} alone
        apply a blur to everything outside the {a} and the {b}
        it would be nice if the {a} and the {b} were sharp and the background was not
        give the {a} and the {b} a (blurry|blurred) background
        blur out the background, but both {a} and {b} must stay sharp
        set the focus on both the {a} and the {b} and let the rest go blurry
    """,
    "edit_pop": """
        (all|everything) grey, (just|only) not the {a}
        grayscale (all|everything) [else], {a} stays in $colour
        like in (sin city|an old film), black and white but the {a} keeps its $colour
        i want that effect where everything is black and white and only the {a} has $colour
        dont touch the {a}, but make the rest black and white
        take all the $colour out, but leave it in the {a}
        the rest should be (grey|gray|black and white), the {a} stays (as it is|in $colour)
        {a} in $colour, rest (grey|gray|black and white)
        (remove|drop) the saturation (outside|of everything outside) the {a}
        could you make it so that the {a} is the only thing with [any] $colour
        i need a poster where everything but the {a} is (grey|gray|black and white)
        everything (other than|besides|around) the {a} is to be (desaturated|rendered in grayscale)
        bleach the colors of everything except the {a}
        set saturation to zero (outside|except for) the {a}
        (the|this) $picture in black and white, please, but not the {a}
        color only {a}, other things gray
        let the {a} be the only [spot of] $colour in a (grey|gray|black and white) $picture
        no $colour anywhere but on the {a}
        turn off the colors for everything except the {a}
        it would look (cool|nice|great) if only the {a} was in $colour and the rest (grey|gray|black and white)
        preserve the $colour of the {a} and convert the remainder to (grayscale|black and white)
        black and white background, {a} in $colour
    """,
    "edit_pop_two": """
        {a} and {b} in $colour, rest (grey|gray|black and white)
        everything grey, just not the {a} and the {b}
        dont touch the {a} and the {b}, but make the rest black and white
        take all the $colour out, but leave it in the {a} and the {b}
        i want everything black and white and only the {a} and the {b} in $colour
        the rest should be grey, both the {a} and the {b} stay in $colour
        could you make it so that the {a} and the {b} are the only things with any $colour
        grayscale everything, but {a} and {b} stay in $colour
        no $colour anywhere but on the {a} and the {b}
        selective $colour on both the {a} and the {b}
        preserve the colors of the {a} and of the {b} and convert the remainder to grayscale
        black and white background, with the {a} and the {b} in $colour
        set the saturation to zero outside the {a} and the {b}
    """,
    "edit_replace": """
        (id|i would) rather have {b~} there than the {a}
        the {a} goes, {b~} comes [in its place]
        out with the {a}, in with {b~}
        lose the {a} and put {b~} there
        {b~} where the {a} (is|used to be)
        i (dont|do not) like the {a}, can it be {b~}
        what if the {a} (was|were) {b~}, show me
        pretend the {a} is {b~} and show me that
        for a joke, make it look like the {a} is {b~}
        the {a} (is to be|must be|has to be) replaced (with|by) {b~}
        exchange {a} against {b~}
        change {a} with {b~} please
        photoshop {b~} in (for|instead of) the {a}
        (have|get) the {a} swapped (out|) for {b~}
        show the same $picture, but with {b~} where the {a} is
        could we have {b~} there and not the {a}
        remove the {a} and insert {b~} (in its place|there|instead)
        (can|could) the {a} become {b~}
        use {b~} in the {a}'s place
        abracadabra, the {a} becomes {b~}
        do a version with {b~} rather than the {a}
        we need {b~} at the spot of the {a}
        morph the {a} into {b~}
        swap: {a}, {b}
        object replacement, {a} becomes {b}
    """,
    "edit_remove": """
        the {a} has to go
        can the {a} go (away|)
        i (dont|do not) want to see the {a} [any more]
        could we have this without the {a}
        lose the {a}
        the {a} is (in the way|ruining it|distracting), (take|edit) it out
        remove {a} from picture
        someone put the {a} there by mistake, please (delete|remove) it
        make it look like the {a} was never there
        pretend there is no {a} and show me
        do (a version|the same $picture) without the {a}
        the {a} is to be (removed|deleted|erased)
        object removal: {a}
        (scrub|wipe|clear) the {a} (out|away)
        id like to have the {a} (removed|erased|gone)
        retouch (the|this) $picture, the {a} should not be on it
        away with the {a}
        all {a+} out, please
        patch over the {a} so that nobody can see it was there
        {a} gone please
    """,
    "edit_recolour": """
        id rather have the {a} in {k}
        {k} for the {a} please
        the {a} (is to be|must be|has to be) (painted|colored|coloured) {k}
        what if the {a} was {k}, show me
        can the {a} be {k} instead
        can we see how the {a} looks in {k}
        change {a} color to {k}
        set the {a}'s $colour to {k}
        i dont like the $colour of the {a}, make it {k}
        do a version where the {a} is {k}
        same $picture but with the {a} in {k}
        give the {a} a coat of {k} paint
        switch the $colour of the {a} over to {k}
        let me see the {a} in {k}
        the $colour of the {a} should become {k}
        tint the {a} {k}
        pretend the {a} is {k} and show me that
    """,
    "edit_emoji": """
        can the {a} get {e~} [on top]
        could we have {e~} on the {a}
        i (dont|do not) want the {a} to be recognised, so put {e~} over it
        slap {e~} on the {a}
        (insert|drop) {e~} (over|onto) the {a}
        for fun, stick {e~} on top of the {a}
        the {a} is to be covered (with|by) {e~}
        emoji for the {a}: {e~}
        make the {a} wear {e~}
        {e~}, right on the {a}
        mask the {a} with {e~}
        the {a} would look (funny|better|great) with {e~} on it
        show the {a} with {e~} on top
        do a version with {e~} sitting on the {a}
        put emoji on {a}, {e~}
        every {a} gets {e~}
        hide who the {a} is by placing {e~} on it
        my kid wants {e~} on the {a}
        add an emoji to the {a}, {e~} would be good
        let there be {e~} over the {a}
    """,
    "edit_tag": """
        {a}: add label
        can the {a} get a label
        i need the {a} (labelled|labeled|tagged) for my (report|class|slides)
        write what it is on the {a}
        write (next to|on) the {a} what it is
        the {a+} are to be (labelled|labeled|annotated)
        every {a} gets (a label|a name tag)
        could we have the {a} with its name (written on it|next to it)
        stick a name tag on the {a}
        attach (a label|a caption|a name) to (each|every) {a}
        label {a} please
        find (the|all the) {a+} and (label|tag) them
        for the (children|kids|students), write the word on the {a}
        annotate: {a}
        do a version where the {a} has (a label|its name) on it
        (overlay|print) the name on the {a}
        id like to have text on the {a} saying what it is
        a (label|tag) is missing on the {a}, add it
    """,
    "edit_tag_two": """
        {a} and {b}: add labels
        every {a} and every {b} gets a label
        can the {a} and the {b} get (labels|name tags)
        i need both the {a} and the {b} (labelled|labeled|tagged)
        label {a} and {b} please
        stick a name tag on the {a} and on the {b}
        find the {a} and the {b} and (label|tag) them both
        the {a} and the {b} are to be (labelled|labeled|annotated)
        write on the {a} and the {b} what they are
        could we have the {a} and the {b} with their names on them
        attach a caption to the {a} and one to the {b}
        for the kids, write the words on the {a} and the {b}
        not only the {a} but also the {b} should (have|get) a label
    """,
    "edit_tag_all": """
        i want a label on everything [you can see]
        every (thing|object) gets a (label|name tag)
        for my (class|students|kids), write on each thing what it is
        find all the objects and (label|tag) them
        everything (labelled|labeled|tagged) [please]
        all objects are to be (labelled|labeled|annotated)
        label all what is there
        detect everything and draw the labels
        can everything get a name tag
        stick a label on every single thing
        could we have this with the names of all things written on it
        show all objects with their names
        do a version where every object has its name on it
        a labelled version of (the|this) $picture
        write next to each thing what it is called
    """,
    "edit_highlight": """
        i (cant|can not) find the {a}, (mark|circle|highlight) it for me
        mark where the {a} is
        show me with a (box|frame|circle) where the {a} is
        {a}: (mark|highlight)
        can you make me notice the {a} by (framing|highlighting) it
        box in (the|all the) {a+}
        the {a+} are to be (highlighted|marked|outlined)
        let the {a} be (highlighted|marked|framed)
        every {a} gets a (box|frame|border) around it
        bounding box on the {a}
        bounding boxes for all [the] {a+}
        use a marker on the {a}
        the {a} should be the bright part and the rest (dark|dimmed)
        put a spotlight on the {a}
        for my slides i need the {a} (highlighted|circled)
        draw attention to the {a} by (marking|outlining) it
        could we have a (ring|rectangle|line) around the {a}
        highlight {a} please
        turn down the lights on everything except the {a}
        make it so that (i see|one sees) at once where the {a} is, (mark|highlight) it
        do a version with the {a} outlined
    """,
    "edit_highlight_side": """
        {d} {a}: (mark|highlight)
        mark where the {d} {a} is
        point the {d} {a} out by highlighting it
        can the {d} {a} get a (box|frame) around it
        show me with a (box|frame|circle) which {a} is the {d}
        bounding box on the {d} {a}
        the {d} {a} is to be (highlighted|marked|outlined)
        let only the {d} {a} be (highlighted|framed)
        not all of them, just the {d} {a} should be (marked|highlighted)
        i mean the {d} {a}, (mark|circle|highlight) that one
        highlight {d} {a} please
        could we have a (ring|rectangle|line) around the {d} {a}
        put a spotlight on the {d} {a}
        box in the {d} {a}
    """,
    "edit_crop": """
        {a} cutout
        i only need the part with the {a}, crop it
        cut away everything around the {a}
        crop {a} please
        can i get the {a} bigger, zoom in on it
        make a thumbnail of just the {a}
        give me the {a} as its own $picture
        cut (the|this) $picture down to the {a}
        enlarge the part where the {a} is
        could we have a detail view of the {a}
        (the|this) $picture is to be cropped to the {a}
        zoom on the {a}
        clip out the {a}
        take a closer look at the {a} and show it to me
        get me closer to the {a}
        trim off the edges so that only the {a} is left
        for the catalogue, crop out the {a} alone
    """,
    "edit_blur_tag": """
        blur the background and (label|tag) the {a}
        the {a} sharp with a label, the rest blurry
        first blur everything around the {a}, then (label|tag) it
        portrait mode for the {a}, and write its name on it
        can the {a} have a label and a (blurry|blurred) background
        i want everything but the {a} blurred, and a name tag on the {a}
        focus on the {a} and put a label on it
        {a}: blur background, add label
        two things: blur what is behind the {a}, and (label|tag) the {a}
        add a label to the {a}, and everything else should be (blurry|out of focus)
        the background of the {a} is to be blurred and the {a} (labelled|labeled)
        write the name on the {a} and make everything around it blurry
    """,
    "edit_replace_pop": """
        first replace the {a} with {b~}, then make everything but the {b} (grey|gray|black and white)
        {b~} instead of the {a}, and only the {b} in $colour
        out with the {a}, in with {b~}, and grey everywhere else
        two things: the {a} becomes {b~}, and only the {b} keeps its $colour
        (id|i would) like {b~} where the {a} is, with the rest in black and white
        let the {a} become {b~} and $colour pop the {b}
        {a} to {b}, then rest black and white
        the {a} is to be replaced by {b~} and all but the {b} rendered in grayscale
        make the {a} {b~} and take the $colour from everything else
        exchange the {a} for {b~}, then leave only the {b} in $colour
        could we have {b~} there rather than the {a}, and everything but the {b} in grey
        transform the {a} into {b~} and desaturate all but the {b}
    """,
    "edit_replace_two": """
        first replace the {a} with {b~}, then (mark|highlight) the {c}
        {b~} instead of the {a}, and a (box|frame) around the {c}
        out with the {a}, in with {b~}, and highlight the {c}
        two things: the {a} becomes {b~}, and the {c} gets (highlighted|marked)
        id like {b~} where the {a} is, and the {c} (highlighted|outlined)
        let the {a} become {b~} and outline the {c}
        draw a frame around the {c} and make the {a} {b~}
        the {a} is to be replaced by {b~} and the {c} to be highlighted
        could we have {b~} there rather than the {a}, and the {c} circled
        (mark|circle) the {c}, and swap the {a} for {b~}
        exchange the {a} for {b~}, and also put a box around the {c}
        transform the {a} into {b~} and make the {c} stand out
    """,
}

_ENDS = {
    "left": ("left", "far left", "further (left|to the left)", "left to right"),
    "right": ("right", "far right", "further (right|to the right)", "right to left"),
    "above": ("top", "very top", "higher up", "top to bottom"),
    "below": ("bottom", "very bottom", "(lower down|further down)", "bottom to top"),
}
"""`@end`, `@farend`, `@further` and `@scan` by the name of the direction."""

_SIDED = {
    "most": """
        {g}, @most one
        going (through it|) from @scan, which {g} comes first
        which {g} is (closest|nearest) to the @end edge [of it]
        look at all the {g+}. which one is @ismost
        (return|output|print) (the name|the kind) of the @most {g}
        my (kid|son|daughter|friend) (wants to know|asks) what the @most {g} is
        which {g} (sits|is) @further than (all the other {g+}|all the others|the rest)
        the {g} at the @farend, what (is it|would that be|could that be)
        would you be so kind as to name the {g} that is @ismost
        i need to (know|write down) which {g} is @ismost, (for my notes|for a report|for my list)
        so there are (some|several|a few) {g+}, what is the @most one
        which {g} would i (reach|come to|see) first coming from the @end
        what (sort|type) of {g} is at the @farend
        of the {g+} shown, the @most one is what exactly
        the @most of the {g+} is called what
        give (me|us) a name for the {g} that is @ismost
        id be interested in what the @most {g} is
        please specify the {g} which is (situated|positioned) @ismost
        which {g} it is @ismost
        first {g} from the @end
        (any idea|could you work out) what that @most {g} is
        pick [out] the @most {g} and tell me what it is
        what is the first thing (coming|starting|counting) from the @end
    """,
    "most_colour": """
        {a}, @most one: $colour
        going [through it] from @scan, what $colour is the first {a}
        look at the {a+}. what $colour is the one that is @ismost
        (return|output|print) the $colour of the @most {a}
        im (painting|drawing) this myself, what $colour do i need for the @most {a}
        what $colour would you call the {a} at the @farend
        the {a} that is @ismost, whats its $colour
        in (what|which) $colour is the @most {a} (shown|painted|drawn)
        i (cant|can not) make out the $colour of the {a} at the @farend, (can you|what is it)
        there are (several|a few|some) {a+}, i mean the @most one, what $colour is it
        please describe the @most {a} by its $colour
        i am color blind, what $colour is the {a} that is @ismost
        what $colour (was|is) used for the @most {a}
        the @most {a} comes in (what|which) $colour
        take the {a} nearest to the @end edge and (give|tell) me its $colour
        say color of @most {a}
        first {a} from the @end, what $colour is that
        the $colour of (whichever {a}|the {a} that) is @further than the (others|rest)
        (id|i would) (like|love) to have the $colour of the @most {a}
        that {a} over at the @farend, which $colour is it in
        the $colour that the @most {a} has, please
        the @most {a} looks (what|which) $colour to you
    """,
    "most_is": """
        the @most {a}: {k} or not
        going from @scan, is the first {a} {k}
        look at the {a+}. is the one that is @ismost {k}
        (return true|return yes|output yes|say yes) if the @most {a} is {k}
        i think the {a} that is @ismost is {k}, am i right
        could the {a} at the @farend be {k}
        can (i|we) say that the @most {a} is {k}
        its {k}, the @most {a}, isnt it
        i have a note here that the @most {a} is {k}, is that correct
        the {a} at the @farend, is it {k}
        does the @most {a} have {k} as its $colour
        someone (says|said|claims) the @most {a} is {k}. true or false
        yes or no, is the {a} that is @ismost {k}
        id be interested in whether the @most {a} is {k}
        is it a {k} one, the {a} at the @farend
        is the {a} closest to the @end edge {k}
        please confirm that the @most {a} is {k}
        {k} is the $colour of the @most {a}, (right|correct|is it not)
        @most {a} is {k} yes or no
        is the {a} that is @further than the others {k}
        has the @most {a} got a {k} $colour
    """,
    "is_most": """
        look at the {g+}. is the {a} the @most one
        (return true|output yes|say yes) if the {a} is the @most {g}
        going from @scan, is the first {g} {a~}
        i think the @most {g} is {a~}, am i right
        is it the {a} that is @ismost among the {g+}
        the @most {g} is {a~}, isnt it
        id be interested in whether the {a} is the @most of the {g+}
        yes or no: the {a} is @ismost of all the {g+}
        does the {a} (sit|stand) @further than all other {g+}
        please confirm that the @most {g} is {a~}
        is the {g} closest to the @end edge {a~}
        someone said the {a} is the @most {g}. true or false
        $check $whether the @most {g} is {a~}
    """,
}

_RANKED = {
    "kind": """
        {g}, {nth} from the @end
        (please|you|) go from @scan. what is the {nth} {g}
        return the name of the {nth} {g} from the @end
        starting (at|from) the @end, what {g} comes {nth}
        the {g} that is {nth} from the @end, what is it
        look at the row of {g+}. which one is {nth} from the @end
        if i count the {g+} from @scan, what is number {num}
        number {num} of the {g+}, counted from the @end, is what
        id be interested in what the {nth} {g} from the @end is
        i need the name of the {nth} {g} from the @end
        which {g} do i come to {nth} when going from @scan
        what kind of {g} is {nth} from the @end
        please specify the {g} in {nth} position from the @end
    """,
    "colour": """
        {a}, {nth} from the @end: $colour
        return the $colour of the {nth} {a} from the @end
        starting (at|from) the @end, what $colour is {a} number {num}
        the {a} that is {nth} from the @end, whats its $colour
        count from @scan to the {nth} {a} and tell me its $colour
        going from @scan, the {nth} {a} has what $colour
        i mean the {nth} {a} from the @end, what $colour is it
        in what $colour is the {nth} {a} from the @end (shown|painted)
        id be interested in the $colour of the {nth} {a} from the @end
        please describe the {nth} {a} from the @end by its $colour
        say color of {nth} {a} from @end
        what $colour would you call the {nth} {a} from the @end
        the {a} in {nth} position from the @end is which $colour
    """,
}

_RANKS = (("second", "(second|2nd)", "(two|2)"), ("third", "(third|3rd)", "(three|3)"))

_SIZES = {
    "kind": """
        {g}, {most} one
        which {g} {best} $pic
        look at all the {g+}. which one is the {most}
        (return|output|print) the name of the {most} {g}
        we are measuring the {g+}, which is the {most} of them
        the {g} that {best} is what
        compare the {g+} by {dim} and name the {most} [one]
        if you sort the {g+} by {dim}, which one is the {most}
        i need the name of the {most} {g} [for my list]
        what would you say is the {most} {g} $pic
        my (son|daughter|friend|kid) asks what the {most} {g} is
        the {most} of these {g+}, what is it (called|exactly)
        which {g} is {more} than (all the others|all the rest|all the other {g+}|any other {g})
        id be interested in which {g} is the {most}
        please specify the {most} {g} (visible|shown|depicted)
        there are (several|a few|some) {g+}. whats the {most} one
        pick [out] the {most} {g} and tell me what it is
        what is name of {most} {g}
        (any idea|could you work out) what the {most} {g} is
        that {g}, i mean the {most} one, what is it
        name me just one {g}, the {most}
        what (thing|object) {best}
        what is it that {best}
    """,
    "colour": """
        the {most} {a}: $colour
        look at the {a+}. what $colour is the {most} one
        (return|output|print) the $colour of the {most} {a}
        the {a} that {best}, what $colour is it
        $colour of whichever {a} is [the] {most}
        in (what|which) $colour is the {most} {a} (shown|painted|drawn)
        im (drawing|painting) this myself, what $colour do i need for the {most} {a}
        there are (several|a few|some) {a+}, i mean the {most} one, what $colour is it
        compare the {a+} by {dim} and give me the $colour of the {most}
        i am color blind, what $colour is the {most} {a}
        what $colour would you call the {most} {a}
        please describe the {most} {a} by its $colour
        the {most} {a} comes in (what|which) $colour
        the {most} {a}, whats its $colour
        what $colour (was|is) used for the {most} {a}
        id like to have the $colour of the {a} which is {more} than the others
        pick the {most} {a}. what $colour is it
        say color of {most} {a}
        i (cant|can not) make out the $colour of the {most} {a}, what is it
        the $colour that the {most} {a} has, please
        what $colour is {a}, the {most} one
        the {most} {a} looks (what|which) $colour to you
    """,
    "is": """
        the {most} {a}: {k} or not
        look at the {a+}. is the {most} one {k}
        (return true|return yes|output yes|say yes) if the {most} {a} is {k}
        i think the {most} {a} is {k}, am i right
        could the {most} {a} be {k}
        can (i|we) say that the {most} {a} is {k}
        its {k}, the {most} {a}, isnt it
        i have a note here that the {most} {a} is {k}, is that correct
        the {a} that {best}, is it {k}
        does the {most} {a} have {k} as its $colour
        someone (says|said|claims) the {most} {a} is {k}. true or false
        yes or no, is the {most} {a} {k}
        id be interested in whether the {most} {a} is {k}
        is it a {k} one, the {most} {a}
        is the {a} which is {more} than the others {k}
        please confirm that the {most} {a} is {k}
        {k} is the $colour of the {most} {a}, (right|correct|is it not)
        {most} {a} is {k} yes or no
        has the {most} {a} got a {k} $colour
        compare the {a+} by {dim}. is the {most} {k}
        would you call the {most} {a} {k}
    """,
    "than": """
        {a} vs {b}: is the {a} {more}
        put the {a} and the {b} side by side. is the {a} the {more} one
        does the {a} {take} than the {b}
        is the {dim} of the {a} {cmp} than that of the {b}
        (return true|return yes|output yes|say yes) if the {a} is {more} than the {b}
        look at the {a} and the {b}. is the {a} {more}
        i think the {a} is {more} than the {b}, am i right
        can (i|we|you) say that the {a} is {more} than the {b}
        is it {more} than the {b}, the {a}
        someone (told me|said) the {a} is {more} than the {b}. is that (so|true)
        the {a} {takes} than the {b}, (right|correct|doesnt it)
        please confirm [that] the {a} is {more} than the {b}
        yes or no, is the {a} {more} than the {b}
        when i compare the {a} with the {b}, is the {a} the {more} one
        id be interested in whether the {a} is {more} than the {b}
        is {a} {wrong} than {b}
        could it be that the {a} is {more} than the {b}
        is the {a} any {more} than the {b}
        the {a} looks {more} to me than the {b}, do you agree
        measure the {a} and the {b}. does the {a} come out {more}
        only if the {a} is {more} than the {b} say yes
        would (we|people) call the {a} {more} than the {b}
    """,
    "which": """
        compare the {a} and the {b}, which is {more}
        the {a} and the {b}: (name|tell me) the {more} one
        (return|output|print) the {more} of the {a} and the {b}
        (which|what|which one) {takes}, the {a} or the {b}
        does the {a} or the {b} {take}
        we (cant|can not) agree, is the {a} {more} or the {b}
        look at the {a} and the {b}. which [one] is {more}
        {a} and {b}, {more} one
        whose {dim} is {cmp}, the {a}'s or the {b}'s
        out of the {a} and the {b}, the {more} one would be (which|what)
        pick the {more} one: {a} or {b}
        i need to (know|write down) which of the two is {more}, the {a} or the {b}
        say {a} or {b}, whichever is {more}
        (what|which|who) is {wrong}, {a} or {b}
        if you had to choose, is the {a} or the {b} {more}
        is the {more} one the {a} or the {b}
        the {more} of the two, {a} and {b}, is which
        would you say the {a} is {more} or the {b} is
        which has the {cmp} {dim}, the {a} or the {b}
        put {a} and {b} side by side and name the {more} one
        id be interested in which one is {more}, the {a} or the {b}
        only one of the {a} and the {b} can be {more}, which is it
    """,
}

_DEPTHS = {
    "kind": """
        {g}, {most} one
        look at all the {g+}. which one is {mostcam}
        (return|output|print) the name of the {g} {mostcam}
        which {g} would i reach {order} if i walked into (the|this) $picture
        the {g} with the {least} distance to (the camera|us), what is it
        judging by (depth|distance), which {g} is {mostcam}
        from where (i stand|we stand|the photo was taken), which {g} is the {most} [one]
        which {g} is {morecam} than (all the others|the rest|all the other {g+})
        i need to (know|write down) which {g} is {mostcam}, for my notes
        my (son|daughter|friend|kid) asks which {g} is {mostcam}
        there are (several|a few|some) {g+}, what is the one {mostcam}
        id be interested in which {g} is {mostcam}
        please specify the {g} which is (situated|positioned) {mostcam}
        what (sort|type) of {g} is {mostcam}
        would you be so kind as to name the {g} that is {mostcam}
        of the {g+} shown, the one {mostcam} is what exactly
        that {g} {spot}, what is it
        what is name of {g} {mostcam}
        pick [out] the {g} {mostcam} and tell me what it is
        {g} with {shallow} depth
        which {g} stay most {end}
        what do i see {spot}, which {g} is it
        what (thing|object) has the {least} distance to (the camera|us)
    """,
    "colour": """
        {a}, the {most} one: $colour
        look at the {a+}. what $colour is the one {mostcam}
        (return|output|print) the $colour of the {a} {mostcam}
        what $colour is the {a} with the {least} distance to (the camera|us)
        the {a} {spot}, whats its $colour
        im (painting|drawing) this myself, what $colour do i need for the {a} {mostcam}
        what $colour would you call the {a} {mostcam}
        in (what|which) $colour is the {a} {mostcam} (shown|painted|drawn)
        i (cant|can not) make out the $colour of the {a} {mostcam}, what is it
        there are (several|a few|some) {a+}, i mean the {most} one, what $colour is it
        please describe the {a} {mostcam} by its $colour
        i am color blind, what $colour is the {a} {mostcam}
        what $colour (was|is) used for the {a} {spot}
        the {a} {mostcam} comes in (what|which) $colour
        take the {a} {mostcam} and (give|tell) me its $colour
        say color of {most} {a}
        the $colour of whichever {a} is {mostcam}
        (id|i would) (like|love) to have the $colour of the {a} {mostcam}
        which $colour does the {a} have that is {morecam} than the others
        {a} with {shallow} depth, what $colour
        the {a} that i would reach {order} if i walked in there, what $colour is it
    """,
    "than": """
        {a} vs {b}: is the {a} {more}
        is the distance to (the camera|us) {cmp} for the {a} than for the {b}
        (return true|return yes|output yes|say yes) if the {a} is {rel} the {b}
        look at the {a} and the {b}. is the {a} the {more} one
        i think the {a} is {rel} the {b}, am i right
        can (i|we|you) say that the {a} is {morecam} than the {b}
        is it {rel} the {b} that the {a} (is|stands)
        someone (told me|said) the {a} is {rel} the {b}. is that (so|true)
        please confirm [that] the {a} is {rel} the {b}
        yes or no, is the {a} {morecam} than the {b}
        would i reach the {a} {sooner} than the {b} if i walked into (the|this) $picture
        id be interested in whether the {a} is {rel} the {b}
        could it be that the {a} is {morecam} than the {b}
        is the {a} placed {rel} the {b}, seen from here
        the {a} looks {morecam} than the {b} to me, do you agree
        does the depth of the {a} come out {shallower} than that of the {b}
        when i compare the {a} with the {b}, is the {a} {morecam}
        from where the photo was taken, is the {a} {more} than the {b}
        has the {a} {cmp} distance than {b}
        the {a} is more {end} than {b}, right
        was the {a} put {rel} the {b}
    """,
    "which": """
        compare the {a} and the {b}, which is {morecam}
        the {a} and the {b}: (name|tell me) the {more} one
        (return|output|print) the {more} of the {a} and the {b}
        which has the {cmp} distance to (the camera|us), the {a} or the {b}
        we (cant|can not) agree, is the {a} {morecam} or the {b}
        look at the {a} and the {b}. which [one] is {morecam}
        {a} and {b}, {more} one
        out of the {a} and the {b}, the one {morecam} would be (which|what)
        pick the {more} one: {a} or {b}
        i need to (know|write down) which of the two is {morecam}, the {a} or the {b}
        say {a} or {b}, whichever is {morecam}
        if you had to choose, is the {a} or the {b} {morecam}
        is the {more} one the {a} or the {b}
        would you say the {a} is {morecam} or the {b} is
        what would i reach {sooner}, the {a} or the {b}, if i walked into (the|this) $picture
        which stands {rel} the other, the {a} or the {b}
        judging by (depth|distance), is it the {a} or the {b} that is {more}
        id be interested in which one is {morecam}, the {a} or the {b}
        what is more {end}, {a} or {b}
        from where the photo was taken, which is {more}, the {a} or the {b}
        only one of the {a} and the {b} can be {morecam}, which is it
        whose depth is {shallower}, the {a}'s or the {b}'s
    """,
}

_ASIDE = {
    "any": """
        got {a~} {rel} the {b}
        look at the {b}. is there {a~} {rel} it
        (return true|output yes|say yes) if there is {a~} {rel} the {b}
        i think there is {a~} {rel} the {b}, am i right
        {rel} {b}, any {a}
        there is {a~} {rel} the {b}, isnt there
        could there be {a~} {rel} the {b}
        id be interested in whether there is {a~} {rel} the {b}
        (at least|) one {a} {rel} the {b}, yes or no
        please confirm that there is {a~} {rel} the {b}
        someone said {a~} is {rel} the {b}. is that true
        im checking the {b}, does {a~} stand {rel} it
        the {b}: {a~} {rel} it or not
        does any of the {a+} stand {rel} the {b}
    """,
    "anything": """
        look at the {b}. is there anything {rel} it
        (return true|output yes|say yes) if (anything|something) is {rel} the {b}
        i think there is something {rel} the {b}, am i right
        {rel} {b}, (something|anything) there
        the {b} has something {rel} it, right
        can you see whether anything stands {rel} the {b}
        could there be (anything|something) {rel} the {b}
        id be interested in whether anything is {rel} the {b}
        has anything been placed {rel} the {b}
        yes or no, (something|anything) {rel} the {b}
        the {b}: is any (thing|object) {rel} it
        please check that {b}, is something {rel} it
        is (any object|at least one thing) {rel} the {b}
    """,
    "count": """
        look at the {b}. how many {a+} are {rel} it
        (return|output|print) the number of {a+} {rel} the {b}
        {a+} {rel} the {b}, how many
        the {b}: how many {a+} are {rel} it
        id be interested in how many {a+} are {rel} the {b}
        i need to write down how many {a+} are {rel} the {b}
        whats the count of {a+} {rel} the {b}
        how many {a+} have been placed {rel} the {b}
        how many {a+} stay {rel} {b}
        take the {b} and count how many {a+} are {rel} it
        the {a+} that are {rel} the {b}, how many are they
        do you know how many {a+} there are {rel} the {b}
        there are {a+} {rel} the {b}, but how many
    """,
    "most": """
        look at the {g+}. is the one {mostcam} {a~}
        (return true|output yes|say yes) if the {a} is the {g} {mostcam}
        i think the {g} {mostcam} is {a~}, am i right
        is it the {a} that is {mostcam} of all the {g+}
        the {g} {mostcam} is {a~}, isnt it
        id be interested in whether the {a} is the {most} of the {g+}
        yes or no: the {a} is the {most} {g}
        please confirm that the {g} {mostcam} is {a~}
        is the {a} {morecam} than all the other {g+}
        someone said the {a} is the {most} {g}. true or false
        would you say the {a} is the {g} {mostcam}
        does the {a} have the {least} distance to the camera of all the {g+}
    """,
}

_IS_SIZE = """
    look at the {g+}. is the {a} the {most} one
    (return true|output yes|say yes) if the {a} is the {most} {g}
    i think the {most} {g} is {a~}, am i right
    is it the {a} that {best} among the {g+}
    the {most} {g} is {a~}, isnt it
    id be interested in whether the {a} is the {most} of the {g+}
    yes or no: the {a} is the {most} of all the {g+}
    is the {a} {more} than all the other {g+}
    please confirm that the {most} {g} is {a~}
    someone said the {a} is the {most} {g}. true or false
    compare the {g+} by {dim}. is the {a} the {most}
    is the {g} that {best} {a~}
    no {g} is {more} than the {a}, right
    $check $whether the {most} {g} is {a~}
"""

_AMONG = """
    look at the things {u}. which one is the {most}
    (return|output|print) the name of the {most} thing {u}
    the {most} (thing|object) {u}, what (is it|would that be|is it called)
    i need the name of the {most} thing {u}
    id be interested in what the {most} (thing|object) {u} is
    my (kid|friend|son|daughter) asks what the {most} thing {u} is
    among the (things|objects) {u}, what is the {most} one
    pick [out] the {most} thing {u} and tell me what it is
    what would you say is the {most} thing {u} $pic
    there are (several|some|a few) things {u}. whats the {most} one
    (any idea|could you work out) what the {most} (thing|object) {u} is
    im looking for a thing {u}, the {most} one, what is it
    please specify the {most} object {u}
    of everything {u}, what is {most}
"""


def _more() -> dict[str, tuple[str, ...]]:
    more = {name: patterns(text) for name, text in _TEXTS.items()}
    for d in DIRECTIONS:
        ends = dict(zip(("@end", "@farend", "@further", "@scan"), _ENDS[d.name], strict=True))
        for stem, text in _SIDED.items():
            for mark, word in ends.items():
                text = text.replace(mark, word)
            more[f"{stem}_{d.name}"] = with_direction(d, text)
        if d.name in ("left", "right"):
            for rank, nth, num in _RANKS:
                for kind, text in _RANKED.items():
                    line = text.replace("@end", ends["@end"]).replace("@scan", ends["@scan"])
                    more[f"{rank}_{d.name}_{kind}"] = filled(line, nth=nth, num=num)
    for name, most, than, wrong, dim, compared, space in (
        ("biggest", "(biggest|largest)", "(bigger|larger)", "more big", "size", "(greater|bigger)", ("the most (space|room)", "more (space|room)")),
        ("smallest", "(smallest|tiniest)", "smaller", "more small", "size", "smaller", ("the least (space|room)", "less (space|room)")),
        ("tallest", "tallest", "taller", "more tall", "height", "greater", ("the greatest height", "more height")),
        ("widest", "(widest|broadest)", "(wider|broader)", "more wide", "width", "greater", ("the greatest width", "more width")),
    ):  # fmt: skip
        has, have = ("takes up", "take up") if dim == "size" else ("has", "have")
        words = {
            "most": most, "more": than, "wrong": wrong, "dim": dim, "cmp": compared,
            "best": f"{has} {space[0]}", "takes": f"{has} {space[1]}", "take": f"{have} {space[1]}",
        }  # fmt: skip
        more |= {f"{name}_{kind}": filled(text, **words) for kind, text in _SIZES.items()}
        if name != "widest":
            more[f"is_{name}"] = filled(_IS_SIZE, **words)
    for name, side, last, words in (
        ("near", "front", "frontmost", {
            "most": "(nearest|closest)", "mostcam": "(nearest|closest) to $camera", "more": "(nearer|closer)",
            "morecam": "(nearer|closer) to $camera", "shallow": "(smallest|lowest)", "shallower": "(smaller|lower)", "least": "(smallest|shortest)", "cmp": "(smaller|shorter)",
            "order": "first", "sooner": "(sooner|earlier)", "spot": "(at the very front|right in front|furthest in front)",
            "end": "in front", "rel": "(in front of|nearer than|closer than)",
        }),
        ("far", "behind", "behindmost", {
            "most": "(furthest|farthest|most distant)", "mostcam": "(furthest|farthest) [away] from $camera",
            "more": "(further away|farther away|more distant)", "morecam": "(further|farther) [away] from $camera",
            "shallow": "(greatest|largest)", "shallower": "(greater|larger)", "least": "(greatest|longest)", "cmp": "(greater|longer)", "order": "last", "sooner": "later",
            "spot": "(at the very back|right at the back|furthest back)", "end": "in the back",
            "rel": "(behind|further back than|further away than)",
        }),
    ):  # fmt: skip
        more |= {f"{name}_{kind}": filled(text, **words) for kind, text in _DEPTHS.items()}
        more |= {f"{stem}_{side}": filled(text, **words) for stem, text in _ASIDE.items() if stem != "most"}
        more[f"is_{last}"] = filled(_ASIDE["most"], **words)
    for name, most in (
        ("leftmost", "(leftmost|left-most|furthest left)"),
        ("rightmost", "(rightmost|right-most|furthest right)"),
        ("biggest", "(biggest|largest)"),
        ("smallest", "(smallest|tiniest)"),
    ):
        more |= {f"{name}_{kind}": filled(_AMONG, most=most) for kind in ("one", "some")}
    return more


MORE = _more()
"""Patterns by the name of the form."""
