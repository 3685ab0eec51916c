"""More wordings of the forms about places: relations, chains, sides and distances, as very different people say them.

Chat with a reason, two sentences, dictation, commands to a machine, tag questions, formal and broken English.
"""

from distill.questions.forms import filled, patterns
from distill.questions.relations import DIRECTIONS, with_direction

_TEXTS = {
    "left_or_right": """
        output left or right: the {a} with respect to the {b}
        i am facing the {b}. do i look left or right to see the {a}
        to get from the {b} to the {a}, do i go left or right
        is it the left or the right of the {b} where the {a} (is|stands)
        my (son|friend) says the {a} is left of the {b}, i say right. who is correct, left or right
        compare the {a} with the {b}. is the first one further left or further right
        im drawing a copy, do i put the {a} to the left or to the right of the {b}
        (return|print|answer) left or right for the {a} as seen from the {b}
        {b} as the reference: {a} left or right
        the {a} stands either left or right of the {b}. which is it
        starting at the {b}, in which direction is the {a}, left or right
        relative to the {b}, the {a} is on the left or on the right
        on which hand of the {b} is the {a}, the left or the right
        is the {a} on the left-hand side or on the right-hand side of the {b}
        do we find the {a} to the left or to the right of the {b}
        (choose|pick) one, left or right of the {b}, for the {a}
        state whether the {a} is situated to the left or to the right of the {b}
        i dont know if the {a} is left or right of the {b}, can you (look|check)
        find the {b}, now is the {a} to its left or to its right
        would the {a} be left of the {b} or would it be right of it
        left of the {b} or right of the {b}: {a}
        um so the {a}, is that on the left of the {b} or like on the right
    """,
    "above_or_below": """
        output above or below: the {a} with respect to the {b}
        i have found the {b}. is the {a} above it or below it
        do i (have to|need to) look above or below the {b} to see the {a}
        is the {a} higher up than the {b} or lower down, say above or below
        my (son|friend) says the {a} is above the {b}, i say below. who is right, above or below
        im drawing a copy, does the {a} go above or below the {b}
        (return|print|answer) above or below for the {a} as seen from the {b}
        {b} as the reference: {a} above or below
        the {a} is either above or below the {b}. which is it
        relative to the {b}, the {a} is above or below
        vertically, is the {a} above or below the {b}
        do we find the {a} above the {b} or below it
        (choose|pick) one, above or below the {b}, for the {a}
        state whether the {a} is situated above or below the {b}
        i cant tell if the {a} is above or below the {b}, can you (look|check)
        find the {b}, now is the {a} above or below that
        would the {a} be above the {b} or would it be below
        the {a} and the {b}: is the first one above or below the second
        above the {b} or below the {b}: {a}
        did they put the {a} above or below the {b}
        was the {a} placed above or below the {b}
    """,
    "half_left_or_right": """
        output left or right for the {a}
        cut the picture down the middle. is the {a} in the left or the right piece
        i am looking for the {a}, should i look on the left or on the right
        split the $picture into a left and a right half, which one has the {a} in it
        is it the left half or the right half that (has|shows|contains) the {a}
        (return|print|answer) left or right: side of the picture with the {a}
        the {a} is either on the left or on the right. which is it
        left half or right half, the {a}
        horizontally, is the {a} in the left half or the right half
        which half of the photo is the {a} in, the left one or the right one
        did they put the {a} on the left or on the right of the picture
        um the {a}, is that on the left or like on the right side
        state the side of the picture, left or right, on which the {a} is situated
        (choose|pick) one, left side or right side of the picture, for the {a}
        does the {a} belong to the left half or to the right half of the picture
        i see {a~}. is it on the left or on the right
        is the {a} left of the middle or right of the middle
        for my (notes|list): is the {a} left side or right side
        i forgot, was the {a} on the left or the right side of the picture
        do we have the {a} on the left-hand side or the right-hand side
    """,
    "half_top_or_bottom": """
        output top or bottom for the {a}
        cut the picture in an upper and a lower half. which one has the {a}, top or bottom
        i am looking for the {a}, should i look at the top or at the bottom
        is it the top half or the bottom half that (has|shows|contains) the {a}
        (return|print|answer) top or bottom: part of the picture with the {a}
        the {a} is either at the top or at the bottom. which is it
        vertically, is the {a} in the top half or the bottom half
        did they put the {a} at the top or at the bottom of the picture
        um the {a}, is that at the top or like at the bottom
        state the half of the picture, top or bottom, in which the {a} is situated
        (choose|pick) one, top or bottom of the picture, for the {a}
        does the {a} belong to the top half or to the bottom half
        i see {a~}. is it at the top or at the bottom
        top half or bottom half, the {a}
        is the {a} high up or low down in the picture, top or bottom
        for my (notes|list): is the {a} top or bottom
        i forgot, was the {a} at the top or the bottom
        do we have the {a} in the upper part or the lower part, top or bottom
        should i scroll to the top or to the bottom to see the {a}
    """,
    "where": """
        i (cant|cannot) find the {a}, (help|where is it|where do i look)
        give me the location of the {a}
        {a} location
        {a}: where
        return the position of the {a}
        look at the picture. where is the {a} in it
        im (describing|explaining) this to a blind friend, where should i say the {a} is
        the {a} must be somewhere, but where
        in which quarter of the picture do we find the {a}
        (what|which) (area|region|section|quadrant) of the $picture has the {a} in it
        there is {a~} here. where exactly is it
        where did the {a} end up
        where on earth is the {a}
        where in the picture is the {a} situated
        please indicate the place where the {a} can be found
        can you help me (find|locate|spot) the {a}
        ive been looking for the {a} and i dont see it, where is it
        where does the {a} (stand|sit|appear|show up)
        find the {a} and say where it is
        where was the {a} (put|placed|drawn)
        could you describe where the {a} is
        which quadrant is the {a} in
        where to find {a}
        the location of the {a} in this photo please
        (to|in) which corner do i have to look to see the {a}
        mommy where is the {a}
        id love to know where the {a} is
        do you have any idea where the {a} is
        so we have {a~}, and where would that be
    """,
    "between": """
        output yes if the {a} is between the {b} and the {c}
        id be interested in whether the {a} is between the {b} and the {c}
        the {a} is between the {b} and the {c}, (isnt it|am i right|correct)
        look at the {b} and the {c}. is the {a} between the two
        is the {b} on one side of the {a} and the {c} on the other
        going from the {b} to the {c}, do i pass the {a}
        does the {a} separate the {b} from the {c}
        {a} between {b} and {c}, (true or false|yes or no|correct)
        they say the {a} is in between the {b} and the {c}. is that (right|so|true)
        the {b}, the {c}, and the {a} in between, is that what we see
        has the {a} been placed between the {b} and the {c}
        can you confirm that the {a} is between the {b} and the {c}
        is it the {a} which is between the {b} and the {c}
        between the {b} and the {c}, is that where the {a} is
        does the {a} have the {b} on one side and the {c} on the other
        is the {a} in the gap between the {b} and the {c}
        did someone put the {a} between the {b} and the {c}
        im checking the order, is the {a} between the {b} and the {c}
    """,
    "if_then_count": """
        first look for {a~}. if there is one, how many {b+}, and if there is none, how many {c+}
        return the number of {b+} if there is {a~}, else the number of {c+}
        depending on whether there is {a~}, count the {b+} or else the {c+}
        do we have {a~}? if so, how many {b+}, if not, how many {c+}
        when {a~} is in the picture i need the number of {b+}, otherwise that of the {c+}
        i want the {b} count if there is {a~} and the {c} count if there is not
        if the picture (has|shows|contains) {a~}, count the {b+}, else count the {c+}
        {a~} there? then how many {b+}. no {a}? then how many {c+}
        provided that there is {a~}, state the number of {b+}; failing that, the number of {c+}
        see {a~}? count {b+}. dont see {a~}? count {c+}
        check for {a~}: if yes tell me how many {b+}, if no tell me how many {c+}
        with {a~} in it count up the {b+}, without one count up the {c+}
    """,
    "colour_of_both": """
        there are two {a+}, {k} and {m}. is the {k} one left of the {m} one
        output yes if the {k} {a} is to the left of the {m} {a}
        the {k} {a} is left of the {m} one, (isnt it|right|correct)
        compare the {k} {a} and the {m} {a}, is the {k} one further left
        is the {k} {a} further to the left than the {m} {a}
        of the {k} and the {m} {a}, is the {k} one on the left
        id be interested in whether the {k} {a} is to the left of the {m} one
        {k} {a} left of {m} {a}, true or false
        going from left to right, does the {k} {a} come before the {m} one
        does the {m} {a} have the {k} one to its left
        i think the {k} {a} is on the left of the {m} {a}, am i right
        do we see the {k} {a} on the left-hand side of the {m} one
    """,
    "next_thing": """
        return the thing next to the {a}
        output the name of whatever is closest to the {a}
        look at the {a}. what is right beside it
        im sitting by the {a}, so what am i next to
        what have they put (next to|beside|near) the {a}
        the {a} is not alone, what is next to it
        closest to the {a}: what is it
        {a} neighbor
        what is the (object|item) alongside the {a}
        there is a thing near the {a}, what would that be
        id be interested in what is (next to|beside) the {a}
        what is it that is (next to|beside|close to) the {a}
        which (object|item) has been placed (next to|beside) the {a}
        what else is there (close by|near|next to) the {a}
        i found the {a}, and what is that thing beside it
        if i reached out from the {a}, which thing would i touch first
        if you were the {a}, what would be next to you
        (name|identify) the nearest neighbo(u|)r of the {a}
        what keeps the {a} company
        what does the {a} have for a neighbor
        for my (list|notes): what is beside the {a}
        can you make out the thing next to the {a}
        see the {a}, what is that next to it
        whats that (next to|beside|near) the {a}
        what (object|item) lies in the immediate vicinity of the {a}
    """,
    "other_nearest": """
        the {a} is one of the {g+}. which of the others is (closest|nearest) to it
        return the other {g} closest to the {a}
        leaving the {a} itself out, which {g} is (closest|nearest) to it
        excluding the {a}, what is the (closest|nearest) {g} to it
        not counting the {a} itself, what {g} is (nearest|closest) to it
        what is the next {g} to the {a}, not the {a} itself
        which of the remaining {g+} is (nearest|closest) to the {a}
        id be interested in which other {g} is next to the {a}
        among the other {g+}, which one has the smallest distance to the {a}
        the {a} has another {g} near it, which one
        what other {g} do you see (beside|next to|near) the {a}
        which {g} apart from itself is the {a} closest to
        the other {g} (next to|closest to) the {a} is what
        what different {g} is right by the {a}
    """,
    "is_next": """
        output yes if the {a} is next to the {b}
        id be interested in whether there is {a~} (next to|near) the {b}
        look at the {b}. is that {a~} beside it
        the {a} is next to the {b}, (isnt it|am i right|correct)
        the {b} has {a~} next to it, (right|true|doesnt it)
        is {a~} what is closest to the {b}
        the thing next to the {b} is {a~}, (right|true|is it)
        did they put {a~} (next to|beside) the {b}
        is the {a} in the immediate vicinity of the {b}
        {a} (next to|beside) {b}, (true or false|yes or no)
        does the {b} stand (beside|next to) {a~}
        would you say that the {a} is (near|close to|beside) the {b}
        im checking the pairs, is the {a} next to the {b}
        (was {a~}|has {a~} been) placed beside the {b}
        is it {a~} that is right beside the {b}
        can you confirm that {a~} is next to the {b}
        do the {a} and the {b} stand side by side
        is the {a} a neighbor of the {b}
        i believe the one beside the {b} is {a~}, is that so
        the {b}'s nearest neighbor is {a~}, right
        whatever is next to the {b}, is it {a~}
    """,
    "next_colour": """
        there is something (next to|beside|near) the {b}. what color is it
        return the color of the thing nearest to the {b}
        look at the {b}. what color is the thing right beside it
        id be interested in the color of whatever is (next to|beside) the {b}
        what color is the object (closest to|beside|next to) the {b}
        the object beside the {b}: what color
        which color has the thing (next to|beside|near) the {b}
        $tell the color of the thing (next to|beside) the {b}
        what color is that thing next to the {b}
        im painting it, what color do i need for the thing beside the {b}
        thing next to {b} color
        what is the color of the {b}'s (neighbor|closest neighbor)
        the thing beside the {b} comes in what color
        what color would you say the thing near the {b} is
        find the thing closest to the {b} and say what color it is
    """,
    "things_between": """
        return the {g} between the {b} and the {c}
        the {b} is on one side and the {c} on the other. what {g} is in between
        look at the {b} and the {c}. (what|which) {g} is between the two
        id be interested in which {g} is between the {b} and the {c}
        there is {g~} between the {b} and the {c}. what is it
        going from the {b} to the {c}, what {g} do i pass
        what has been put between the {b} and the {c}
        what separates the {b} from the {c}
        what {g} is in the gap between the {b} and the {c}
        {g} between {b} and {c}
        i see something between the {b} and the {c}, what is that
        what do the {b} and the {c} have between them
        $tell what {g} is between the {b} and the {c}
        which {g} is flanked by the {b} and the {c}
        with the {b} on one side and the {c} on the other, which {g} is it
        whats that in between the {b} and the {c}
        in the space between the {b} and the {c}, what {g} do you see
    """,
    "count_between": """
        return the number of {a+} between the {b} and the {c}
        look at the {b} and the {c}. how many {a+} are between the two
        im counting the {a+} from the {b} to the {c}, how many are in between
        id be interested in how many {a+} are between the {b} and the {c}
        {a+} between {b} and {c}: how many
        how many {a+} do the {b} and the {c} have between them
        how many {a+} separate the {b} from the {c}
        going from the {b} to the {c}, how many {a+} do i pass
        $tell how many {a+} are between the {b} and the {c}
        how many of the {a+} are in between the {b} and the {c}
        the {a+} between the {b} and the {c}, how many is that
        what number of {a+} lies between the {b} and the {c}
        between {b} and {c} how many {a+}
    """,
    "any_between": """
        output yes if there is {a~} between the {b} and the {c}
        look at the {b} and the {c}. is there {a~} in between
        id be interested in whether any {a} is between the {b} and the {c}
        there is {a~} between the {b} and the {c}, (isnt there|right|correct)
        any {a+} between {b} and {c}
        do the {b} and the {c} have {a~} between them
        going from the {b} to the {c}, do i pass {a~}
        is the {b} separated from the {c} by {a~}
        did they put any {a+} between the {b} and the {c}
        between the {b} and the {c}, is there any {a} at all
        can you (find|spot|see) {a~} between the {b} and the {c}
        is there at least one {a} between the {b} and the {c}
        in the space between the {b} and the {c}, do we have {a~}
        i think i see {a~} between the {b} and the {c}, is that so
    """,
    "middle": """
        return the {g} in the middle
        look at the center of the picture. (what|which) {g} is there
        id be interested in what is in the (middle|center)
        what have they put in the (middle|center) of the picture
        there is {g~} in the (middle|center). what is it
        center of the picture: what {g}
        what does the middle of the picture (show|contain)
        going by the middle of the photo, what {g} is that
        (what|which) {g} is closest to the (middle|center) of the picture
        what is the central {g}
        im looking straight at the middle, what do i see
        whats that in the middle
        what is the (object|item) in the (middle|center)
        what takes up the (middle|center) of the picture
        the thing right in the center, what is it
        $tell (what|which) {g} is in the (middle|center)
        what {g} did they place (in the middle|in the center|centrally)
        what occupies the center of the image
    """,
    "middle_colour": """
        return the color of the {a} in the middle
        there is {a~} in the (middle|center). what color is it
        id be interested in the color of the {a} in the (middle|center)
        look at the {a} in the middle of the picture. what color does it have
        the central {a} is what color
        what color is the {a} that is closest to the (middle|center) of the picture
        of the {a+}, what color is the (middle one|one in the middle)
        middle {a} color
        whats the color of the {a} in the (middle|center)
        $tell the color of the {a} in the (middle|center)
        the middle {a}: what color
        what color did they give the {a} in the middle
        what is the color of the {a} right in the center
    """,
}

_SIDED = {
    "is": """
        output yes if the {a} is @rel the {b} [and no otherwise]
        look at the {a} and the {b}. is the first one @rel the second [one]
        id be interested in whether the {a} is @rel the {b}
        the {a} stands @rel the {b}, (doesnt it|or does it not)
        my (sister|friend|boss|daughter) says the {a} is @rel the {b}, is that (right|so)
        im checking the layout. the {a} should be @rel the {b}, is it
        find the {b}. is the {a} @rel it
        taking the {b} as the reference, does the {a} lie @rel it
        has the {a} been (placed|put|drawn) @rel the {b}
        (can you|could you|please) confirm that the {a} is @rel the {b}
        is it the case that the {a} is @rel the {b}
        what i want to know is, is the {a} @rel the {b}
        did they (put|draw|place) the {a} @rel the {b}
        true or false: the {a} is @rel the {b}
        i (believe|think|guess) the {a} is @rel the {b}, am i right
        the {a}, you know, is that like @rel the {b} or not
        here is {a~} and here is {b~}. is the {a} @rel the {b}
        for the caption, can i write that the {a} is @rel the {b}
        comparing the {a} to the {b}, is it the {a} that lies @rel the {b}
        do we have the {a} @rel the {b}
        is @rel the {b} the (place|spot) where we find the {a}
        would it be correct to say that the {a} is @rel the {b}
        check position: {a} @rel {b}
        the {b} has the {a} @rel it, (right|true|correct)
    """,
    "any": """
        output yes if there is {a~} @rel the {b}
        look at the {b}. is there {a~} @rel it
        id be interested in whether there are any {a+} @rel the {b}
        there is {a~} @rel the {b}, (isnt there|right|correct)
        there are {a+} @rel the {b}, (arent there|right)
        im (looking|searching) for {a~} @rel the {b}, is there one
        my (friend|boss|son) says there is {a~} @rel the {b}, is that (so|true)
        did they (put|draw|place) {a~} @rel the {b}
        if i look @rel the {b}, will i (see|find) {a~}
        starting from the {b}, do we have any {a} @rel it
        have any {a+} been placed @rel the {b}
        true or false: there is {a~} @rel the {b}
        i think i see {a~} @rel the {b}, am i right
        does at least one {a} appear @rel the {b}
        can i find {a~} anywhere @rel the {b}
        is there maybe {a~} @rel the {b}
        where the {b} is, are there any {a+} @rel it
        do any of the {a+} stand @rel the {b}
        the {b} has {a~} @rel it, (right|true|doesnt it)
        is there a single {a} @rel the {b}
        any sign of {a~} @rel the {b}
        is {a~} (visible|present) @rel the {b}
    """,
    "count": """
        return the number of {a+} @rel the {b}
        look at the {b}. how many {a+} are @rel it
        im making a list, how many {a+} do we have @rel the {b}
        id be interested in how many {a+} there are @rel the {b}
        {a+} @rel {b} how many
        find the {b} and count the {a+} @rel it
        the {a+} @rel the {b}, how many (is that|are there|of them)
        what is the {a} count @rel the {b}
        how many {a+} did they (put|draw|place) @rel the {b}
        if i only count the {a+} @rel the {b}, what do i get
        what number of {a+} is located @rel the {b}
        how many {a+} would you say are @rel the {b}
        {a} count @rel {b}
        i need to know how many {a+} are @rel the {b}
        there are some {a+} @rel the {b}. how many
        how many {a+} can you (find|spot|count) @rel the {b}
        please state the number of {a+} (situated|located) @rel the {b}
        so how many of those {a+} are @rel the {b}
        starting at the {b}, how many {a+} are @rel it
        we have how many {a+} @rel the {b}
    """,
    "what": """
        return the {g} @rel the {b}
        look at the {b}. (what|which) {g} is @rel it
        id be interested in (what|which) {g} is @rel the {b}
        find the {b} and tell me what {g} is @rel it
        i see {g~} @rel the {b} but (which|what) is it
        {g} @rel {b}
        which {g} did they (put|place|draw) @rel the {b}
        what {g} would that be @rel the {b}
        what {g} has been placed @rel the {b}
        the {b} has {g~} @rel it, (what is it|what kind)
        what {g} do we have @rel the {b}
        im labelling the {g+}, what is the one @rel the {b}
        that {g} @rel the {b}, what is it
        please identify the {g} (situated|located) @rel the {b}
        which of the {g+} is @rel the {b}
        what type of {g} can you (see|spot|find) @rel the {b}
        whats the {g} @rel the {b}
        which {g} will i find @rel the {b}
    """,
    "thing": """
        return the (thing|object|item) @rel the {b}
        look at the {b}. what is @rel it
        id be interested in what is @rel the {b}
        find the {b} and tell me what is @rel it
        i see something @rel the {b} but (cant|cannot) make it out, what is it
        what have they (put|placed|drawn) @rel the {b}
        what did they (put|place|draw) @rel the {b}
        whats that thing @rel the {b}
        the {b} has something @rel it, what would that be
        im labelling everything, what do i write for the thing @rel the {b}
        please identify the (object|item) (situated|located) @rel the {b}
        if i look @rel the {b}, what do i (see|find)
        what might that be @rel the {b}
        what has been placed @rel the {b}
        what is the (object|item|thing) that (stands|lies|sits) @rel the {b}
        here is {b~}. and @rel it, what is that
        what can you (make out|spot|find) @rel the {b}
        starting at the {b}, what is the next thing @rel it
        the (object|item) @rel the {b}: what is it
        can you (name|identify) the thing @rel the {b}
        what are we looking at @rel the {b}
        object @rel {b}
        what thing did the artist put @rel the {b}
        um what is that there @rel the {b}
    """,
    "colour": """
        return the $colour of the {a} @rel the {b}
        look at the {b}. what $colour is the {a} @rel it
        id be interested in the $colour of the {a} @rel the {b}
        i see {a~} @rel the {b}. what $colour would you call it
        the {a} @rel the {b}: what $colour
        what $colour did they (paint|make) the {a} @rel the {b}
        find the {a} @rel the {b} and say what $colour it is
        there is {b~}, and the {a} @rel it is what $colour
        what $colour would you say the {a} @rel the {b} is
        im painting it, what $colour do i need for the {a} @rel the {b}
        the {b} has {a~} @rel it. what $colour is that {a}
        please state the $colour of the {a} located @rel the {b}
        {a} @rel {b} $colour
        that {a} @rel the {b}, which $colour is it
        can you see what $colour the {a} @rel the {b} is
        $colour wise, what is the {a} @rel the {b}
    """,
    "half": """
        output yes if the {a} is in the @side half
        look at the @side half of the picture. is the {a} there
        id be interested in whether the {a} is (in|on) the @side (half|part|side)
        the {a} is on the @side side, (isnt it|correct|or is it not)
        cut the picture in two. is the {a} in the @side half
        my (friend|son|boss) says the {a} is in the @side half, is that (right|so)
        if i only look at the @side half, do i (still see|see|find) the {a}
        does the @side half of the picture (contain|show|have) the {a}
        is the @side side where the {a} is
        (has the {a} been|was the {a}) (placed|put|drawn) (on|in) the @side (half|side)
        did they put the {a} (on|in) the @side (side|half|part)
        true or false: the {a} is in the @side half
        i think the {a} is on the @side side, am i right
        can you confirm that the {a} is (in|on) the @side (half|part)
        im sorting them by side, does the {a} belong to the @side half
        is the {a} one of the things in the @side half
        we have the {a} on the @side side, (right|true)
        is it the @side half that the {a} is in
        would you find the {a} in the @side part of the photo
        the @side half shows the {a}, (right|true|doesnt it)
        if i cover everything but the @side half, is the {a} still visible
        {a} (on|in) the @side (side|half), (true or false|correct)
    """,
    "count_half": """
        return the number of {a+} in the @side half
        look at the @side half of the picture. how many {a+} are there
        id be interested in how many {a+} are (in|on) the @side (half|side)
        cut the picture in two. how many {a+} are in the @side half
        if i only look at the @side half, how many {a+} do i see
        how many {a+} does the @side half (show|contain|have)
        {a} count, @side half
        the {a+} on the @side side, how many (is that|are there|of them)
        how many {a+} did they put (on|in) the @side (side|half)
        im counting only the @side half, how many {a+} should i get
        what number of {a+} is located in the @side half of the image
        there are some {a+} on the @side side. how many
        how many of those {a+} are on the @side side
        i need to know how many {a+} are in the @side part of the picture
        we have how many {a+} on the @side side
        @side half only: how many {a+}
        find all {a+} in the @side half and count them
        so on the @side side we have how many {a+}
    """,
    "all": """
        output yes if all {a+} are @rel the {b}
        look at the {a+}. are all of them @rel the {b}
        id be interested in whether all the {a+} are @rel the {b}
        the {a+} are all @rel the {b}, (arent they|am i right|correct)
        does every single {a} (stand|lie|sit) @rel the {b}
        take the {b}. does every {a} lie @rel it
        did they put all the {a+} @rel the {b}
        there is no {a} that is not @rel the {b}, right
        do we have all of the {a+} @rel the {b}
        can you confirm that every {a} is @rel the {b}
        true or false: all {a+} are @rel the {b}
        is it true for each {a} that it is @rel the {b}
        every one of the {a+} @rel the {b}, yes or no
        im checking the rows, are all {a+} @rel the {b}
        without exception, are the {a+} @rel the {b}
    """,
    "more": """
        output yes if most {a+} are @rel the {b}
        look at the {a+}. are most of them @rel the {b}
        id be interested in whether most of the {a+} are @rel the {b}
        most {a+} are @rel the {b}, (arent they|right|correct)
        are the {a+} mostly @rel the {b}
        are the {a+} for the most part @rel the {b}
        did they put most of the {a+} @rel the {b}
        is it true that the majority of {a+} is @rel the {b}
        true or false: most of the {a+} are @rel the {b}
        can you confirm that more than half the {a+} are @rel the {b}
        do we have the majority of the {a+} @rel the {b}
        is the bulk of the {a+} @rel the {b}
        would you say most {a+} are @rel the {b}
    """,
    "largest": """
        output yes if the (biggest|largest) {g} is @rel the {b}
        look for the (biggest|largest) {g}. is it @rel the {b}
        id be interested in whether the (biggest|largest) {g} is @rel the {b}
        of all {g+}, is the (biggest|largest) one @rel the {b}
        did they put the (biggest|largest) {g} @rel the {b}
        can you confirm that the (biggest|largest) {g} is @rel the {b}
        true or false: the (biggest|largest) {g} is @rel the {b}
        take the (biggest|largest) of the {g+}, does it (stand|lie|sit) @rel the {b}
        is it the (biggest|largest) {g} that is @rel the {b}
        the (biggest|largest) {g}, is it @rel the {b}
        do we have the (biggest|largest) {g} @rel the {b}
        i think the (biggest|largest) {g} is @rel the {b}, am i right
        the {b} has the (biggest|largest) {g} @rel it, right
    """,
    "nearest": """
        return the (nearest|closest) {g} @rel the {b}
        look at the {b}. what is the (nearest|closest) {g} @rel it
        id be interested in which {g} is the (nearest|closest) @rel the {b}
        starting at the {b}, what is the first {g} @rel it
        of all {g+} @rel the {b}, which has the smallest distance to it
        im looking for the (nearest|closest) {g} @rel the {b}, which is it
        what {g} would you meet first @rel the {b}
        $tell which {g} @rel the {b} is the (nearest|closest) [one]
        there are {g+} @rel the {b}. which one is (nearest|closest) to it
        consider only the {g+} @rel the {b}, which is the (nearest|closest)
        the {g} @rel the {b} that is (nearest|closest) to it is what
        which one of the {g+} @rel the {b} is the least far from it
    """,
    "pair": """
        output yes if there is {a~} @rel {b~}
        id be interested in whether there is {a~} @rel {b~}
        there is {a~} @rel {b~}, (isnt there|right|correct)
        is there any {a} which is @rel any {b}
        look at the {a+} and the {b+}. is one of the {a+} @rel one of the {b+}
        did they (put|draw|place) {a~} @rel {b~}
        does the picture (show|contain|have) {a~} @rel {b~}
        true or false: there is {a~} @rel {b~}
        i think i see {a~} @rel {b~}, am i right
        can you confirm that {a~} is @rel {b~}
        im looking for {a~} @rel {b~}, is there one
        do we have {a~} anywhere @rel {b~}
        has some {a} been placed @rel some {b}
        any {a+} @rel {b~}
        is at least one {a} @rel at least one {b}
        does {a~} appear @rel {b~}
        is it possible to (find|spot) {a~} @rel {b~}
        {a~} that is @rel {b~}, is there (such a thing|one)
        do you see {b~} with {a~} @rel it
        is there {b~} that has {a~} @rel it
    """,
    "things": """
        return [all] the {g+} in the @side half
        look at the @side half of the picture. what {g+} are there
        id be interested in what is in the @side half
        if i only look at the @side half, what {g+} do i see
        cut the picture in two. what is in the @side half
        im making a list of the {g+} in the @side half, what goes on it
        which {g+} did they put in the @side half
        (tell me|say) all the {g+} that are in the @side half
        can you (list|name) the {g+} in the @side part of the picture
        what {g+} do we have in the @side half
        describe what there is in the @side half
        enumerate the {g+} in the @side half of the image
        what does the @side half of the picture (show|contain)
        the {g+} in the @side half, which are they
        @side half: what {g+}
        what is everything that is in the @side half
        in the @side half, what {g+} can you (make out|see|find)
    """,
    "thing_colour": """
        return the color of the (thing|object|item) @rel the {b}
        look at the {b}. what color is the thing @rel it
        there is something @rel the {b}. what color is it
        id be interested in the color of the thing @rel the {b}
        what color is the (object|item) @rel the {b}
        the (object|item) @rel the {b}: what color
        what color is that thing @rel the {b}
        thing @rel {b} color
        what color did they make the thing @rel the {b}
        find the thing @rel the {b} and say what color it is
        $tell the color of the thing @rel the {b}
        im painting it, what color do i need for the thing @rel the {b}
        whats the color of the thing @rel the {b}
        the {b} has something @rel it. what color is that
        the thing that is @rel the {b} has what color
    """,
    "is_thing": """
        output yes if the thing @rel the {b} is {a~}
        look at the {b}. is the thing @rel it {a~}
        there is something @rel the {b}. is it {a~}
        id be interested in whether the thing @rel the {b} is {a~}
        the thing @rel the {b}, that is {a~}, (isnt it|right)
        i (think|believe) the thing @rel the {b} is {a~}, am i right
        true or false: the thing @rel the {b} is {a~}
        can you confirm that the (object|item|thing) @rel the {b} is {a~}
        would you call the thing @rel the {b} {a~}
        does the thing @rel the {b} (look like|seem to be) {a~}
        my (friend|son) says that thing @rel the {b} is {a~}, is that so
        whatever is @rel the {b}, is it {a~}
        the (object|item) @rel the {b}: is it {a~}
        could the thing @rel the {b} be {a~}
        is that (object|item) @rel the {b} {a~} or (not|something else)
    """,
    "anything": """
        output yes if there is (anything|something) @rel the {b}
        look at the {b}. is there (anything|something) @rel it
        id be interested in whether there is anything @rel the {b}
        there is something @rel the {b}, (isnt there|right|correct)
        did they (put|place|draw) anything @rel the {b}
        im checking the space @rel the {b}, is there anything
        if i look @rel the {b}, do i see anything
        can (i|we) find anything @rel the {b}
        has (anything|something) been placed @rel the {b}
        true or false: there is something @rel the {b}
        is there any (object|item|thing) @rel the {b}
        is there (an object|a thing|an item) @rel the {b}
        do we have (anything|something) @rel the {b}
        does (anything|something) (stand|lie|sit|appear) @rel the {b}
        is there even one thing @rel the {b}
    """,
    "count_anything": """
        return the number of (things|objects|items) @rel the {b}
        look at the {b}. how many things are @rel it
        id be interested in how many things there are @rel the {b}
        things @rel {b}, how many
        im counting everything @rel the {b}, what number should i get
        how many things did they put @rel the {b}
        what number of (things|objects) is located @rel the {b}
        how many things in all are @rel the {b}
        $tell how many (things|objects|items) are @rel the {b}
        starting at the {b}, how many things are @rel it
        there are some things @rel the {b}. how many
        find the {b} and count everything that is @rel it
        we have how many things @rel the {b}
    """,
    "biggest": """
        return the (biggest|largest) {g} @rel the {b}
        look at the {g+} @rel the {b}. which one is the (biggest|largest)
        id be interested in what is the (biggest|largest) {g} @rel the {b}
        which is the largest of the {g+} @rel the {b}
        $tell which {g} @rel the {b} is the (biggest|largest)
        there are {g+} @rel the {b}. what is the (biggest|largest) [one|of them]
        consider only the {g+} @rel the {b}, which is the (biggest|largest)
        what kind of {g} is the (biggest|largest) one @rel the {b}
        im looking for the (biggest|largest) {g} @rel the {b}, what is it
        (biggest|largest) {g} @rel {b}
        find the {b}. of the {g+} @rel it, what is the (biggest|largest)
        whats the (biggest|largest) {g} @rel the {b}
        which {g} @rel the {b} takes up the most (space|room)
    """,
}

_WHICH = """
    output the one that is {more}, the {a} or the {b}
    look at the {a} and the {b}. which one is {more}
    id be interested in which is {more}, the {a} or the {b}
    {a} vs {b}, which is {more}
    compare the {a} and the {b}: which is {more}
    which of the two is {more}, the {a} or the {b}
    did they put the {a} or the {b} {more}
    $tell which is {more}, the {a} or the {b}
    is it the {a} or the {b} that is {more}
    whats {more}, {a} or {b}
    we have {a~} and {b~}. which one is {more}
    the {a} and the {b}, which of them (lies|stands|is placed) {more}
    which one would you say is {more}, {a} or {b}
"""

_MORE_SIDE = {
    "left": "(further [to the] left|more to the left)",
    "right": "(further [to the] right|more to the right)",
    "above": "(higher [up]|further up)",
    "below": "(lower [down]|further down)",
}

_CORNER = """
    return the {g} in the {corner} corner
    look at the {corner} corner. (what|which) {g} is there
    id be interested in what is in the {corner} corner
    there is {g~} in the {corner} [corner]. what is it
    {corner} corner: what {g}
    what did they put in the {corner} corner
    whats in the {corner} [corner]
    what does the {corner} corner of the picture (show|contain)
    which {g} sits in the {corner} [corner] of the picture
    $tell (what|which) {g} is in the {corner} [corner]
    which {g} is closest to the {corner} corner
    im starting in the {corner} corner, what {g} do i see there
    {g} in {corner} corner
    the {corner} corner has {g~} in it, what kind
    what do we have in the {corner} corner
"""

_CORNERS = {
    "upper_left": "(top left|upper left|top left-hand)",
    "upper_right": "(top right|upper right|top right-hand)",
    "lower_left": "(bottom left|lower left|bottom left-hand)",
    "lower_right": "(bottom right|lower right|bottom right-hand)",
}

_NEAR_FAR = {
    "kind": """
        return the {g} {most} {to} the {b}
        look at the {b}. (what|which) {g} is {most} {to} it
        id be interested in which {g} is {most} {to} the {b}
        im standing at the {b}, which {g} is {most} {to} me
        measure from the {b}. which {g} is [the] {most}
        of all the {g+} (we have|you see|there are), which is {most} {to} the {b}
        find the {b} and tell me which {g} is {most} {to} it
        whats the {most} {g} {to} the {b}
        {b}: {most} {g}
        which one of the {g+} is the {most} one {to} the {b}
        compare the distances. which {g} is {most} {to} the {b}
        what {g} did they (put|place) {most} {to} the {b}
        going by distance, what {g} is {most} {to} the {b}
        please identify the {g} located {most} {to} the {b}
        there are {g+} and there is {b~}. which of the {g+} is {most} {to} the {b}
        if you were the {b}, which {g} would be {most} {to} you
        the {b} has which {g} {most} {to} it
        from the {b}'s point of view, which {g} is {most}
        can you see which {g} is {most} {to} the {b}
        which {g} would you say is {most} {to} the {b}
        output which {g} has been placed {most} {to} the {b}
        um which {g} is it that is {most} {to} the {b}
    """,
    "colour": """
        return the $colour of the {a} {most} {to} the {b}
        look at the {b}. what $colour is the {a} {most} {to} it
        id be interested in the $colour of the {a} {most} {to} the {b}
        find the {a} that is {most} {to} the {b}. what $colour is it
        the {a} {most} {to} the {b}: what $colour
        im standing at the {b}, what $colour is the {a} {most} {to} me
        among the {a+}, which $colour has the one {most} {to} the {b}
        what $colour did they (paint|make) the {a} {most} {to} the {b}
        {a} {most} {to} {b} $colour
        can you see what $colour the {a} {most} {to} the {b} is
        there are {a+}, and the one {most} {to} the {b} is what $colour
        what $colour would you say the {a} {most} {to} the {b} is
        please state the $colour of the {a} which is {most} {to} the {b}
        that {a} {most} {to} the {b}, what $colour is it
        take the {a} with the {least} distance to the {b}, what $colour is it
    """,
    "is": """
        output yes if the {a} {most} {to} the {b} is {k}
        look at the {b}. is the {a} {most} {to} it {k}
        id be interested in whether the {a} {most} {to} the {b} is {k}
        find the {a} that is {most} {to} the {b}. is it {k}
        the {a} {most} {to} the {b}, is it {k}
        the {a} {most} {to} the {b} is {k}, (isnt it|am i right)
        true or false: the {a} {most} {to} the {b} is {k}
        would you call the {a} {most} {to} the {b} {k}
        i think the {a} {most} {to} the {b} is {k}, is that so
        among the {a+}, is the one {most} {to} the {b} {k}
        can you confirm that the {a} {most} {to} the {b} is {k}
        did they (paint|make) the {a} {most} {to} the {b} {k}
        does the {a} {most} {to} the {b} have the color {k}
        {k} or not: the {a} {most} {to} the {b}
    """,
    "than": """
        output yes if the {a} is {more} {to} the {c} than the {b}
        look at the {c}. is the {a} {more} {to} it than the {b} is
        id be interested in whether the {a} is {more} {to} the {c} than the {b}
        of the {a} and the {b}, is it the {a} that is {more} {to} the {c}
        true or false: the {a} is {more} {to} the {c} than the {b} is
        i think the {a} is {more} {to} the {c} than the {b}, am i right
        the {a} is {more} {to} the {c} than the {b} is, (isnt it|correct)
        can you confirm that the {a} is {more} {to} the {c} than the {b}
        measured from the {c}, is the {a} {more} than the {b}
        im standing at the {c}, is the {a} {more} {to} me than the {b}
        would you say the {a} is {more} {to} the {c} than the {b}
        comparing the {a} and the {b}, is the {a} {more} {to} the {c}
        did they put the {a} {more} {to} the {c} than the {b}
        does the {a} lie {more} {to} the {c} than the {b} does
    """,
    "which": """
        output the one that is {more} {to} the {c}, the {a} or the {b}
        look at the {c}. which is {more} {to} it, the {a} or the {b}
        id be interested in which is {more} {to} the {c}, the {a} or the {b}
        im standing at the {c}, is the {a} or the {b} {more} {to} me
        {a} vs {b}, which is {more} {to} the {c}
        compare the {a} and the {b}: which is {more} {to} the {c}
        is it the {a} or is it the {b} that is {more} {to} the {c}
        measured from the {c}, what is {more}, the {a} or the {b}
        whats {more} {to} the {c}, {a} or {b}
        which of the two is {more} {to} the {c}, the {a} or the {b}
        did they put the {a} or the {b} {more} {to} the {c}
        we have {a~} and {b~}. which one is {more} {to} the {c}
        starting at the {c}, which is {more}, the {a} or the {b}
        which one would you say is {more} {to} the {c}, {a} or {b}
        does the {a} or the {b} lie {more} {to} the {c}
    """,
}

_PLACES = {
    "left": "(left of|to the left of)",
    "right": "(right of|to the right of)",
    "above": "(above|over)",
    "below": "(below|under|beneath)",
}

_BESIDE = """
    output yes if there is {a~} directly {rel} {b~}
    there is {a~} directly {rel} {b~}, (isnt there|right|correct)
    id be interested in whether there is {a~} (directly|immediately) {rel} {b~}
    true or false: there is {a~} (directly|immediately) {rel} {b~}
    did they (put|place|draw) {a~} directly {rel} {b~}
    does the picture (show|contain|have) {a~} (directly|immediately) {rel} {b~}
    can you (find|spot|see) {a~} (directly|immediately) {rel} {b~}
    is any {a} (directly|immediately) {rel} any {b}
    do you see {b~} with {a~} (directly|immediately) {rel} it
    im looking for {a~} directly {rel} {b~}, is there one
    is there {b~} that has {a~} directly {rel} it
    {a~} (directly|immediately) {rel} {b~}, yes or no
"""

_TWO_PLACES = """
    output yes if there is {a~} two (places|cells) {rel} {b~}
    there is {a~} two (places|cells) {rel} {b~}, (isnt there|right|correct)
    id be interested in whether there is {a~} two (places|steps) {rel} {b~}
    true or false: there is {a~} (two|2) (places|cells|steps) {rel} {b~}
    did they (put|place|draw) {a~} two (places|cells) {rel} {b~}
    does the picture (show|contain|have) {a~} two (places|cells) {rel} {b~}
    do you see {b~} with {a~} two (places|steps) {rel} it
    im looking for {a~} two (places|cells) {rel} {b~}, is there one
    are there {a+} (two|2) (places|cells|spots) {rel} {b~}
    is there {b~} that has {a~} two (places|cells) {rel} it
    {a~} (two|2) (places|cells|steps) {rel} {b~}, yes or no
    if i start at {b~} and go two places {to}, do i land on {a~}
"""

_TO = {"left": "to the left", "right": "to the right", "above": "up", "below": "down"}

_BESIDE_OF = """
    output yes if there is {a~} directly {rel} (a thing|something) that is directly {other} {b~}
    there is {a~} directly {rel} (a thing|something) directly {other} {b~}, (isnt there|right|correct)
    id be interested in whether there is {a~} directly {rel} (something|a thing) that is directly {other} {b~}
    true or false: there is {a~} (directly|immediately) {rel} (something|an object) (directly|immediately) {other} {b~}
    whether there is {a~} directly {rel} (something|a thing) that is directly {other} {b~}
    does the picture (show|contain) {a~} directly {rel} (an object|a thing) which is directly {other} {b~}
    something is directly {other} {b~}. is there {a~} directly {rel} it
    do you see (a thing|an object|something) directly {other} {b~} that has {a~} directly {rel} it
    is any {a} (directly|immediately) {rel} (anything|something) that is (directly|immediately) {other} {b~}
    did they put {a~} directly {rel} (something|a thing) that is directly {other} {b~}
    {a~} directly {rel} (a thing|something) directly {other} {b~}, yes or no
    find what is directly {other} {b~}. is {a~} directly {rel} that
"""


def _more() -> dict[str, tuple[str, ...]]:
    more = {name: patterns(text) for name, text in _TEXTS.items()}
    for d in DIRECTIONS:
        more |= {f"{stem}_{d.name}": with_direction(d, text) for stem, text in _SIDED.items()}
        place = _PLACES[d.name]
        more[f"which_{d.name}"] = filled(_WHICH, more=_MORE_SIDE[d.name])
        more[f"beside_{d.name}"] = filled(_BESIDE, rel=place)
        more[f"two_places_{d.name}"] = filled(_TWO_PLACES, rel=place, to=_TO[d.name])
        more |= {
            f"beside_{d.name}_of_{name}": filled(_BESIDE_OF, rel=place, other=other) for name, other in _PLACES.items()
        }
    more |= {f"corner_{name}": filled(_CORNER, corner=corner) for name, corner in _CORNERS.items()}
    for name, most, than, to, least in (
        ("closest", "(closest|nearest)", "(closer|nearer)", "to", "smallest"),
        ("furthest", "(furthest|farthest)", "(further|farther)", "[away] from", "largest"),
    ):
        more |= {
            f"{name}_{kind}": filled(text, most=most, more=than, to=to, least=least) for kind, text in _NEAR_FAR.items()
        }
    return more


MORE = _more()
"""Patterns by the name of the form."""
