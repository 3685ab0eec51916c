"""Wordings as very different people type or dictate them: colours, kinds, texts and the rest.

Terse searches, chatty messages, two sentences, tags, commands of machines, and English of all sorts. They came after
those in `casual.py`.
"""

# ruff: noqa: E501  -- a pattern is one line

from distill.questions.forms import filled, patterns

_TEXTS = {
    "colour": """
        return the $colour of the {a}
        output only the $colour of the {a}, (nothing else|one word)
        im (painting|knitting|redrawing) the {a} for a friend, (what|which) $colour do i need
        id be interested in the $colour (the {a} has|of the {a})
        could you have a look at the {a} and say what $colour it is
        i cant tell, what $colour is that {a} supposed to be
        im colour blind, (what|which) $colour is the {a}
        my (son|daughter|wife|husband|boss) wants to know what $colour the {a} is
        {a} $colour please
        colour of {a} (needed|wanted)
        look at the {a}. (what|which) $colour (is it|do you see)
        theres {a~} in there, right, so what $colour is it
        what would be the $colour of this {a} here
        the {a} has been painted in (what|which) $colour
        by the way what $colour was the {a} [again]
        for the {a} (write|put|note) down the $colour
        kids, (who can tell me|can anyone say) what $colour the {a} is
        please describe the {a} with one $colour word
        which paint (would i|do i|should i) take to draw the {a} just like this
        i need to fill in the form: {a}, $colour
        the {a} is of which $colour
        (blue|green|black|white), (yellow|pink|brown) or what is that {a}
        what $colour would i have to search for to find this {a}
        what is {a} $colour
        to me the {a} looks strange, what $colour is it really
        guess the $colour of the {a}
        it would help to know (what|which) $colour the {a} has
        give the {a} $colour
        with (what|which) $colour is the {a} shown
        so theres this {a} and i was wondering what $colour it is
        in terms of $colour, what is the {a} [like]
        im trying to match the {a}, (which|what) $colour is it
        {a} - $colour
    """,
    "is_colour": """
        the {a} is {k}, (isnt it|is it|yeah|no)
        check: {a} is {k}
        output yes if the {a} is {k}[, otherwise no|, no if not]
        return true if the $colour of the {a} is {k}
        id say the {a} is {k}, (am i right|do you agree|would you agree)
        my (friend|sister|brother|teacher) says the {a} is {k}, is (that|he|she) right
        take a look at the {a}. is it {k}
        im looking for {k} paint for the {a}, is it {k}
        could it be that the {a} is {k}
        is that {k} i see on the {a}
        {a} {k} [yes no]
        {k} as $colour of the {a}, (correct|right|true or not)
        can you confirm [that] the {a} is {k}
        please verify that we have the {a} in {k}
        as for the {a}, is it {k}
        is the {a} painted {k}
        is {k} the right word for the $colour of the {a}
        the {a} there, that is {k}, right
        i wonder is the {a} {k}
        was the {a} (drawn|painted|made) in {k}
        the label says {k} {a}. is (the {a} really {k}|that what the picture shows)
        if i say the {a} is {k}, am i right
        would {k} be (the right|a fair) description of the {a}
        you can see the {a} there, so is it {k} or isnt it
        is $colour of {a} {k}
        hmm the {a}, {k}, yes
        i think {k} for the {a}, is it so
        the order was a {k} {a}, is the {a} {k}
        would you agree that the {a} is {k} [in colour]
        {a} is supposed to be {k}, is it
        does {k} fit the {a}
    """,
    "which_colour": """
        pick one for the {a}: {k} or {m}
        i cant decide if the {a} is {k} or {m}
        we are arguing whether the {a} is {k} or {m}, who is right
        {a} $colour {k} or {m}
        choose the $colour of the {a} from {k}, {m}
        answer with {k} or {m}: $colour of the {a}
        my friend says the {a} is {k} and i say {m}. which [is it]
        what fits the {a} better, {k} or {m}
        is that {a} there more on the {k} side or {m}
        take a look at the {a}. {k} or {m}
        shall i write {k} or {m} for the {a}
        between {k} and {m}, which [$colour] is the {a}
        was the {a} painted {k} or was it {m}
        if you had to choose {k} or {m} for the {a}
        the {a} came in {k} and {m}, which one is this
        do you see the {a} as {k} or as {m}
        {k} or rather {m}, that {a}
    """,
    "what_is_colour": """
        name the object whose $colour is {k}
        output the name of the {k} object
        something there is {k}. (tell me what|what might it be|what is that)
        i see something {k} but cant make it out, what is it
        {k} object name
        i spy with my little eye something {k}
        whats that {k} thingy
        the thing in {k} there, what do you call it
        what is it that shines so {k}
        can you (identify|recognise|recognize) the {k} object
        what would that {k} thing be
        whats painted {k}
        which of these things is the {k} one
        which item is in {k}
        my kid points at the {k} thing and asks what it is
        what is coloured {k}
        the {k} thing, whats it called
        {k} one, what is it
        the only {k} thing is what
    """,
    "what_is_colour_kind": """
        the {k} {g} there, what is it called
        name the {g} whose $colour is {k}
        output what the {k} {g} is
        i see a {k} {g} but what is it
        one {g} is {k}. which one
        whats the {k} {g} called
        there is a {k} {g}. what is it
        what {g} do you see that is {k}
        of the {g+}, which one is {k}
        can you (identify|recognise|recognize) the {k} {g}
        {k} {g} identification
        which is the {g} in {k}
        my kid likes the {k} {g}, what is it
        so that {k} {g}, what would that be
        what is it, the {k} {g}
        among the {g+} which one comes in {k}
        {k} {g}, which kind
        i spy a {k} {g}, what is it
    """,
    "both": """
        i need {a~} and {b~}, (have we got both|are both there|do you have the two)
        output yes if there (is|are) {a~} and {b~}, otherwise no
        return true only if both {a~} and {b~} are (present|shown|found)
        there is {a~} and there is {b~}, (right|correct|isnt there)
        {a~} is in there and so is {b~}, (true|right)
        im checking the delivery: {a~} and {b~}, both there
        can i tick off {a~} and {b~} [both]
        apart from {a~}, is there {b~} too
        take a look. can you find {a~} and also {b~}
        {a} + {b}, (both there|both in it|yes or no)
        have a look for {a~} and {b~}, are they both there
        id like to know if {a~} and {b~} can both be seen
        besides {a~}, do you (also see|see) {b~}
        not only {a~} but also {b~}, right
        is there {a~} somewhere and {b~} somewhere too
        are there (at least one|one or more) {a} and (at least one|one or more) {b}
        do {a+} and {b+} both (occur|appear|turn up|show up)
        on the list there is {a~} and {b~}, do we have the two
        {a} and {b} present
        {a} yes and {b} yes, is that right
        does it have {a~} plus {b~}
        there should be {a~} and {b~}, is that so
        i can see {a~}, and is {b~} there as well
        are both things there, {a~} and {b~}
        can one find {a~} as well as {b~}
        did they put in both {a~} and {b~}
        did you spot {a~} and {b~}
        would i find both {a~} and {b~}
        neither {a~} nor {b~} is missing, right
        verify the presence of {a~} and {b~}
        is it the case that both {a~} and {b~} are depicted
        {a~}, {b~}: both in it
    """,
    "either": """
        {a} or {b}, doesnt matter which, is one there
        output yes if there is {a~} or {b~}
        return true if {a~} or {b~} is (present|found|shown)
        i could use {a~} or {b~}, (have we got one of them|is there one)
        take a look. is there {a~} or maybe {b~}
        {a} or {b} present
        is there at least {a~} or at least {b~}
        one or the other, {a~} or {b~}, is it there
        got {a~} or {b~}
        id be happy with {a~} or {b~}, do you see any
        can {a~} or {b~} be (seen|found|spotted)
        there is {a~} or {b~}, (right|isnt there)
        any of these: {a}, {b}
        would i find {a~} or {b~}
        if not {a~}, is there {b~} at least
        does (any {a} or {b}|{a~} or {b~}) (appear|occur|show up)
        did you spot {a~} or {b~}
        is one of the two there, {a~} or {b~} (or even both|or both)
        i wonder if theres {a~} or {b~} in it
    """,
    "xor": """
        {a~} or {b~}, but only one of the two
        output yes if there is {a~} or {b~} but not both
        of {a~} and {b~}, is exactly one (present|there|shown)
        is one of {a~} and {b~} there and the other missing
        just one of the two: {a} or {b}, not both
        there is {a~} or {b~} and not both, right
        is it one or the other, {a~} or {b~}, but not the two together
        exclusive or: {a}, {b}
        return true if exactly one of {a} and {b} occurs
        {a~} without {b~} or {b~} without {a~}
        do we have only one of these two, {a~} and {b~}
        is there {a~} or else {b~}, never both
    """,
    "neither": """
        output yes if there is no {a} and no {b}
        return true if neither {a~} nor {b~} is (present|found|shown)
        im allergic to both, so is there no {a} and no {b}
        you see no {a} and no {b}, right
        {a} and {b} both missing
        not {a~} and not {b~} either
        am i right that {a~} is missing and {b~} too
        can i be sure there is neither {a~} nor {b~}
        there isnt {a~} or {b~}, (is there|right)
        i see no {a}, and no {b} either, right
        zero {a+} and zero {b+}
        do {a+} and {b+} both fail to appear
        is it without any {a} or {b}
        are {a+} as well as {b+} absent
        confirm that there are no {a+} and no {b+}
        there is not one {a} and not one {b}, true
        is it so that neither {a~} nor {b~} can be seen
    """,
    "without": """
        output yes if there is {a~} and no {b}
        return true if {a~} is (present|found) but {b~} is not
        {a} yes but {b} no
        there is {a~} but {b~} is missing, right
        i want {a~} but no {b}, is it like that
        can you see {a~} and no {b} at all
        {a~} is there and {b~} isnt, (right|true|correct)
        {a} present, {b} absent
        is {b~} missing although there is {a~}
        do we have {a~} but not {b~}
        is it {a~} only, with no {b} around
        {a~} is there, but is {b~} missing
        i see {a~} but no {b}, correct
        {a+} with no {b+}
        the list says {a~} but no {b}, does that fit
        does {a~} appear while {b~} does not
        did they put in {a~} and leave out {b~}
    """,
    "all_colour": """
        output yes if every {a} is {k}
        return true if all {a+} are {k}
        the {a+} are all {k}, (arent they|right|yes)
        is there no {a} that isnt {k}
        im sorting: are all the {a+} {k}
        {a+} all {k} (yes or no|or not)
        can you confirm that every {a} is {k}
        take a look at the {a+}. is every one {k}
        {k} {a+}, all of them
        all {a+} here in {k}
        is {k} the $colour of each {a}
        are the {a+} entirely {k}, (no exceptions|i mean all of them)
        are the {a+} {k} or is there one in another $colour
        do the {a+} all come in {k}
        is everything that is {a~} {k}
        my kid says all {a+} are {k}, is it true
        are the {a+} only {k} ones
        whichever {a} i look at, is it {k}
        did they paint all the {a+} {k}
        have all {a+} been (painted|drawn) {k}
    """,
    "any_colour": """
        output yes if (any|at least one) {a} is {k}
        return true if some {a} is {k}
        i need one {a} that is {k}, is there one
        do i see {a~} there that is {k}
        are there {a+} and is one of them {k}
        look at the {a+}. is there a {k} one
        does any {a} come in {k}
        among the {a+}, is any {k}
        a {k} one among the {a+}, is there
        {a+}: any {k} ones
        one of the {a+} is {k}, (isnt it|right)
        did they paint any {a} {k}
        of the {a+} is at least one {k}
        got {a~} in {k}
        do we have any {a+} in {k}
        is even one {a} {k}
        i wonder if theres {a~} in {k}
    """,
    "coloured_is_colour": """
        could {j~} be {k}
        output yes if {j~} is {k}
        return true if some {j} is {k}
        is there {j~} and is it {k}
        of the {j+}, is any {k}
        look at the {j+}. is one of them {k}
        {j} that is {k}
        there is {j~} that is {k}, right
        any {j+} that are {k}
        i wonder if {j~} can be found that is {k}
        do we have {j~} that is also {k}
        is at least one {j} {k}
    """,
    "both_kinds": """
        output yes if some {a} is {b~}
        return true if any {a} is {b~}
        of the {a+}, is any {b~}
        is at least one {a} {b~}
        look at the {a+}. is one of them {b~}
        there is {a~} that is {b~}, right
        among the {a+}, is there one that is {b~}
        do any of the {a+} count as {b+}
        could any {a} be called {b~}
        are any of the {a+} {b+}
        is {b~} among the {a+}
        do we have {a~} that is {b~}
    """,
    "no_colour": """
        output yes if no {a} is {k}
        return true if there is no {k} {a}
        i dont want {k} {a+}, is none of them {k}
        not one of the {a+} is {k}, (right|is it)
        are there {a+} but none in {k}
        does no {a} come in {k}
        look at the {a+}. is none of them {k}
        zero {k} {a+}
        among the {a+}, is there not a {k} one
        no {k} {a+}, (right|correct|true)
        did they paint no {a} {k}
        is {k} missing among the {a+}
        can we say that none of the {a+} are {k}
        is there a total lack of {k} {a+}
    """,
    "count_colour": """
        return the number of {a+} that are {k}
        output how many {a+} are {k}, digits only
        im sorting the {a+} by $colour, how many are {k}
        {a+} in {k}, how many
        how many {a+} come in {k}
        look at the {a+}. how many are {k}
        how many {a+} did they paint {k}
        {k} {a+} count
        how many times do you see {a~} that is {k}
        i need to know how many of those {a+} are {k}
        put down the number of {a+} that are {k}
        what is the count of {a+} being {k}
        we only need {k} ones, how many {a+} is that
        kids, how many of the {a+} are {k}
        and how many {a+} would be {k}
        tally of {k} {a+}
        how many {a+} in {k} have we got
    """,
    "count_not_colour": """
        return the number of {a+} that are not {k}
        output how many {a+} are not {k}
        look at the {a+}. how many are not {k}
        ignore the {k} ones and count the {a+}
        how many {a+} come in another $colour than {k}
        skip {a+} that are {k}, how many are left
        how many {a+} are in some $colour other than {k}
        if i throw out the {k} {a+}, how many {a+} do i keep
        {a+} not {k}, how many
        i dont want {k} ones, so how many {a+} remain
        how many of these {a+} arent {k}
        take away the {k} {a+}. how many {a+} remain
        how many {a+} except the {k} ones
        count of {a+} minus the {k} ones
        how many {a+} failed to be {k}
    """,
    "only_kind": """
        output yes if every {g} is {a~}
        return true if there are no {g+} except {a+}
        the {g+} are all {a+}, (arent they|right)
        is there not one {g} that isnt {a~}
        whichever {g} i look at, is it {a~}
        look at the {g+}. is every one {a~}
        if there is {g~}, is it always {a~}
        {g+}: only {a+}, nothing else
        can you confirm that all {g+} are {a+}
        when it comes to {g+}, is it just {a+}
        i see {a+}, but are those all the {g+} there are
        do the {g+} consist of {a+} only
        {a+} and no other {g+}, right
        is it {a+} and nothing else
        are there {a+} alone and nothing else in it
        apart from {a+} there is nothing, right
        is it just a bunch of {a+}
        does it show {a+} only
    """,
    "other_kind": """
        output yes if there is a {g} that is not {a~}
        return true if some {g} is not {a~}
        there are {a+}, but any other {g+} too
        not counting the {a+}, is there any {g}
        if i take away the {a+}, is there still {g~}
        are {a+} not the only {g+}
        look at the {g+}. is one of them not {a~}
        leaving {a+} aside, do you see any {g+}
        is there any {g} except [the] {a+}
        i know about the {a+}, but are there other {g+}
        does at least one {g} differ from {a~}
        besides the {a+}, is any other {g} there
        i see {a+}, is there something else [too|as well]
        there is more to see than {a+}, right
        is there anything in it aside from {a+}
        does it show anything apart from {a+}
        got any {g+} that arent {a+}
    """,
    "count_other": """
        return the number of {g+} that are not {a+}
        output how many {g+} are not {a+}
        im not interested in {a+}, how many {g+} does that leave
        ignore the {a+} and count the {g+}
        look at the {g+}. how many are not {a+}
        skip the {a+}. how many {g+} do you get
        take the {a+} away and tell me how many {g+} are left
        of all {g+}, how many arent {a+}
        {g+} that arent {a+}, how many
        {g+} without {a+}, count
        how many {g+} except {a+}
        if we ignore {a+}, how many {g+} do we have
        all {g+} but the {a+}, how many is that
        how many {g+} aside from {a+}
        the {a+} dont count, so how many {g+}
        how many things would there be without the {a+}
        how many things are something other than {a~}
        ignoring the {a+}, how many things remain
    """,
    "same_colour": """
        output yes if the {a} and the {b} have the same $colour
        return true if $colour of {a} equals $colour of {b}
        look at the {a} and the {b}. same $colour
        the {a} is the same $colour as the {b}, (isnt it|right)
        do the {a} and the {b} go together $colour wise, i mean the same $colour
        is it one and the same $colour for the {a} and the {b}
        i want to know if {a} and {b} were painted with the same $colour
        could i paint the {a} and the {b} from one pot of paint
        is the {b} painted in the $colour of the {a}
        {a} {b} same $colour yes no
        compare {a} and {b}: is the $colour equal
        would you say the {a} and the {b} match in $colour
        whatever $colour the {a} has, does the {b} have it too
        is there no difference in $colour between the {a} and the {b}
        id like the {a} to match the {b}, are they the same $colour
        does the {b} come in the same $colour as the {a}
        $colour of {a} and $colour of {b}, same thing
    """,
    "other_colour": """
        output yes if the {a} and the {b} differ in $colour
        return true if the $colour of the {a} is not the $colour of the {b}
        look at the {a} and the {b}. are they different colors
        the {a} isnt the same $colour as the {b}, (is it|right)
        is there a difference in $colour between the {a} and the {b}
        do i need two different paints for the {a} and the {b}
        {a} {b} different $colour
        compare {a} and {b}: does the $colour differ
        were the {a} and the {b} painted in different colo(|u)rs
        does the {a} come in another $colour than the {b}
        {a} and {b} dont match in $colour, right
        would you say the {a} and {b} are not the same $colour
        is {a} of other $colour than {b}
        is the $colour of the {a} not that of the {b}
        can you tell the {a} from the {b} by $colour
    """,
    "all_same_colour": """
        output yes if all {a+} have one $colour
        return true if the {a+} do not differ in $colour
        look at the {a+}. are they all the same $colour
        the {a+} are all the same $colour, (arent they|right)
        do i need just one paint for all the {a+}
        are the {a+} uniform in $colour
        is there no difference in $colour among the {a+}
        {a+} same $colour (or not|yes or no)
        did they paint all the {a+} the same $colour
        do the {a+} come in just one $colour
        does every {a} look the same in $colour
        whichever {a} i take, is it the same $colour
        compare the {a+}: is the $colour always the same
        were the {a+} all made in one $colour
    """,
    "colours_of": """
        return the number of different colo(|u)rs of the {a+}
        output how many colo(|u)rs the {a+} have
        look at the {a+}. how many different colo(|u)rs are there
        how many paints would i need for the {a+}
        {a+}, how many colo(|u)rs
        im sorting the {a+} by $colour, how many piles do i get
        in how many different colo(|u)rs did they paint the {a+}
        how many colo(|u)rs do you count among the {a+}
        the {a+} show how many different colo(|u)rs
        how varied are the {a+}, how many colo(|u)rs
        how many $colour variants of the {a} are there
        $tell how many colo(|u)rs the {a+} come in
    """,
    "what_kind": """
        (return|output) the kind of {g} [shown]
        i see {g~} but cant tell the kind, what is it
        my (kid|son|daughter) asks what {g} this is
        take a look at the {g}. what is it
        can you (identify|recognise|recognize) the {g}
        can you (identify|recognise|recognize) this {g}
        what sort of {g} would this be
        theres {g~} there, right, so which one is it
        {g} identification
        {g} id please
        name that {g}
        im no expert, what {g} is it
        which {g} has been (drawn|painted|shown)
        what {g} did they (draw|paint|put)
        i never saw such {g~}, what is it
        id be interested in what {g} that is
        could you say which {g} is depicted
        do you (happen to know|know by chance) what {g} it is
        the {g} there, how do you call it
        how do you call this {g} in english
        what exactly is the {g}
        so we have {g~}, and it is what
        what does one call {g~} like that
        kids, who knows what {g} this is
        for the list: what {g} is it
        fill in the blank: the {g} is a
        whats that {g} there called
        guess which {g} it is
        be more precise, what {g} is it
        which particular {g} (is it|do we have)
        the {g} you see is a what
        someone drew {g~}. which one is it supposed to be
        it says {g}, but what {g} is it
    """,
    "kinds": """
        return a list of all {g+}
        output all {g+}, (separated by commas|comma separated)
        im making an inventory, (what|which) {g+} do we have
        write down (all|every one of) the {g+} [you see]
        id be interested in which {g+} are (in there|shown|there)
        take a look. (what|which) {g+} can you find
        {g+} list
        {g+}, list them all
        {g+}, all of them, which are they
        could you go through the {g+} and name them
        kids, what {g+} can we find
        my kid wants to know (what|which) {g+} there are
        there are some {g+}. (which|which ones|what are they)
        i can see {g+}, but which ones [are they]
        can you (identify|recognise|recognize) the {g+}
        what are all these {g+} [called]
        which {g+} have been (drawn|painted|put there)
        what {g+} did they (draw|put in|include)
        for the catalogue please note all {g+}
        run through the {g+} for me
        (what|which) {g+} made it into (the|this) $picture
        each kind of {g} please
        what {g+} would i find
        what {g+} is there
        name me every {g} you can spot
        tell me which are the {g+}
        what do we have in the way of {g+}
        as far as {g+} go, what is there
        what can you see in terms of {g+}
        spell out the {g+} you see
        whats there by way of {g+}
        please provide a list of the {g+} (shown|depicted)
        so there are {g+} and i want to know which ones
    """,
    "count_kinds": """
        return the number of different kinds of {g}
        output how many different {g+} there are
        im sorting the {g+} by kind, how many piles do i get
        look at the {g+}. how many different sorts are there
        counting each kind once, how many {g+} are there
        how many species or kinds of {g} can you tell apart
        {g+}, how many different kinds
        how varied are the {g+}, how many kinds
        if i count every sort of {g} only once, how many is that
        how many names do i need for all the different {g+}
        kids, how many different kinds of {g+} can you find
        into how many kinds do the {g+} fall
        tally of different {g} kinds
    """,
    "everything": """
        return a list of all objects
        output the names of all things, comma separated
        im making an inventory, what do we have
        make a list of everything in (the|this) $picture
        take a look. what do you see
        can you tell me whats to be found in (the|this) $picture
        i cant see the $picture, what is on it
        im blind, please tell me what is in (the|this) $picture
        write a caption, what is shown
        what objects are depicted
        name all you can recognise
        go through (the|this) $picture and name the things
        kids, what can we find in (the|this) $picture
        list contents
        picture contents
        identify all the objects
        which objects did they put in (the|this) $picture
        whats on this $picture
        what items can be made out
        so what is in this $picture that i sent you
        give an overview of the objects
    """,
    "count_things": """
        return the number of objects
        output the object count
        how much stuff is there, i mean how many things
        object count
        im making an inventory, how many objects do we have
        take a look. how many things can you count
        how many items all together, no matter what
        whatever they are, how many things do you see
        count every single object
        how many things did they put in there
        tally of all objects
        whats the overall number of things
        kids, how many things can you see
        how many objects of any kind
    """,
    "is_a": """
        output yes if the {g} is {a~}
        return true if the {g} is {a~}
        look at the {g}. is it {a~}
        that {g} is {a~}, (isnt it|right)
        my friend says the {g} is {a~}, is that right
        id say the {g} is {a~}, am i right
        can you confirm that the {g} is {a~}
        could the {g} be {a~}
        i see {g~}, is it {a~}
        there is {g~}. is it {a~}
        is the {g} supposed to be {a~}
        by {g} do we mean {a~}
        the {g} here, would that be {a~}
        {g} = {a}, yes or no
        is this {g} by any chance {a~}
        {a} as the {g}, correct
    """,
    "background": """
        return the background
        output the setting in one word
        take a look behind the things. what is the background
        what can be seen in the back, i mean the background
        where would i have to stand to take (the|this) $picture, what kind of place
        what (scene|scenery|landscape) did they (paint|draw) behind the things
        ignore the objects, (what|which) place is it
        apart from the objects, what is the setting
        im sorting photos by place, where is this one
        id be interested in where this was shot, what kind of place
        background type
        background please
        background: what is it
        scene type
        setting of the $picture
        whats back there [behind all of it]
        which setting did they choose for (the|this) $picture
        could you say what sort of place we are looking at
        in front of what are the things shown
        what are the things standing in front of
        against which background are the things
        what is (going on|shown) in the background
        what does it look like behind the objects
        kids, where are we here, what place is it
        my kid asks where all these things are
        classify the scene
        what place does the $picture show
        so this $picture, where is it set
        guess the place
        where do you think it was taken
        where do we find ourselves
        what location would you write under (the|this) $picture
        what kind of area is it
        if i walked into (the|this) $picture, where would i be
        in what place it is
    """,
    "is_background": """
        output yes if the background is [the|a] {w}
        return true if the setting is [the|a] {w}
        the background is {w~}, (isnt it|right|yes or no)
        look at the background. is it {w~}
        {w} background
        background {w} (yes or no|or not)
        is that [the|a] {w} behind the things
        could this be (at|in) [the|a] {w}
        my friend says this is (at|in) [the|a] {w}, is that right
        id say we are (at|in) [the|a] {w}, am i right
        do the things stand in front of [the|a] {w}
        can you confirm that this was shot (at|in) [the|a] {w}
        im sorting photos by place, does this one go under {w}
        are the things shown (at|in) [the|a] {w}
        does it look like [the|a] {w} in the back
        did they choose [the|a] {w} as the background
        does (the|this) $picture have {w~} for a background
        are they (at|in) [the|a] {w}
        is it some {w} that we see behind everything
        scene: {w}, correct
    """,
    "text_on": """
        return the text on the {a}
        output the words on the {a}
        there is something written on the {a}. what does it say
        i cant read the {a}, what does it say
        i forgot my glasses, what is on the {a}, the writing i mean
        transcribe the {a}
        ocr the {a}
        look at the {a}. what do you read there
        type out what the {a} says
        whats it say on that {a}
        which letters are on the {a}
        what did they (write|print|paint) on the {a}, which word
        spell what is written on the {a}
        writing on {a}
        the {a} has a word on it, which
        what would i read if i looked at the {a}
        the text of the {a} please
        can you make out the words on the {a}
    """,
    "text": """
        return all text
        output the text as it is written
        i cant read it, what does it say
        i forgot my glasses, can you read it to me
        ocr [this|please]
        extract the text
        type out the words
        take a look. what is written there
        there is some writing. what does it say
        which word did they write
        spell out what is written
        text please
        the writing says what
        what is the text in (the|this) $picture
        can you make out the words
        whats it say there
        what would i read there
        put the text of (the|this) $picture in your answer
    """,
    "says": """
        output yes if the text contains {t}
        return true if the word {t} is found
        it says {t}, (doesnt it|right)
        look at the text. does it say {t}
        is that {t} what i read there
        can you confirm that it says {t}
        search the text for {t}, is it there
        word {t} present
        do you read {t} anywhere
        did somebody write {t} there
        i think it says {t}, am i right
        would i find the word {t} in the text
        is it {t} that is written there
        do the letters spell {t}
        {t}, is that word on it
        does the writing include {t}
    """,
    "which_is_colour": """
        one of them is {k}, is it the {a} or the {b}
        output which is {k}: {a} or {b}
        is it the {a} that is {k} or the {b}
        {a} or {b}, who is {k}
        look at the {a} and the {b}. which one is {k}
        of the {a} and the {b}, which comes in {k}
        pick the {k} one, {a} or {b}
        did they paint the {a} {k} or the {b}
        i remember something {k}, was it the {a} or the {b}
        {k} one: {a} or {b}
        the {k} one is the {a} or the {b}
        between {a} and {b} which is the {k} one
    """,
    "everything_but": """
        return all {g+} except the {a+}
        output the {g+} that are not {a+}
        im not interested in the {a+}, what other {g+} are there
        ignore the {a+}. which {g+} remain
        look at the {g+}. which ones are not {a+}
        all {g+} but the {a+}, name them
        skip the {a+} and name the {g+}
        if you take the {a+} away, what {g+} are left
        {g+} that arent {a+}, which ones
        not counting {a+}, what {g+} can you see
        i know about the {a+}, what other {g+} are there
        what {g+} would be left without the {a+}
        aside from {a+}, what is there to see
        ignoring the {a+}, what remains
        leave out the {a+} and list the rest
        {a+} aside, name the {g+}
    """,
    "commonest": """
        return the most frequent {g}
        output the {g} that occurs most often
        look at the {g+}. which kind is there most of
        which {g} wins by number
        of the {g+}, which has the highest count
        {g+}, most common one
        what {g} is there in the greatest number
        which {g} would you say is the most common one
        what do most of the {g+} turn out to be
        the {g} seen most often is what
        im making statistics, what is the most frequent {g}
        among the {g+} which is in the majority
        kids, which {g} can you see the most of
    """,
    "commonest_colour": """
        return the most frequent $colour of the {a+}
        output the $colour most {a+} have
        look at the {a+}. what $colour is most of them
        which $colour wins among the {a+}
        which $colour do you see most often on the {a+}
        {a+}, most common $colour
        in what $colour did they paint most of the {a+}
        the majority of the {a+} is what $colour
        $tell the most common $colour of the {a+}
        what $colour dominates among the {a+}
        what is the typical $colour of the {a+}, the one most of them have
        the greatest number of {a+} come in which $colour
    """,
    "colours_list": """
        return all colo(|u)rs of the {a+}
        output the colo(|u)rs of the {a+}, comma separated
        im painting the {a+}, which colo(|u)rs do i need
        look at the {a+}. what colo(|u)rs do you see
        what colo(|u)rs do the {a+} come in
        in which colo(|u)rs did they paint the {a+}
        {a+}, all colo(|u)rs please
        $tell all the colo(|u)rs the {a+} have
        there are {a+}, (right, so|and) what colo(|u)rs are they
        id be interested in the colo(|u)rs of the {a+}
        what colo(|u)rs are these {a+}
        and the {a+}, what colo(|u)rs
        which colo(|u)rs can be found among the {a+}
        what different colo(|u)rs of {a+} are there
        {a+} $colour list
        {a+} are of which colo(|u)rs
        kids, what colo(|u)rs are the {a+}
        the {a+} have been painted in which colo(|u)rs
        write down the colo(|u)rs of the {a+}
    """,
    "what_are_colour": """
        return a list of the {k} {g+}
        output all {g+} that are {k}
        look at the {g+}. which ones are {k}
        which {g+} come in {k}
        {k} {g+}, list them
        {k} {g+}: which ones
        im collecting {k} {g+}, what do you have
        which {g+} did they paint {k}
        of all the {g+}, which ones are {k}
        there are {k} {g+}. what are they
        write down all {g+} that are {k}
        the {k} {g+} are what
        kids, which {g+} are {k}
        {g+} in {k}, which ones do you see
        go through the {g+} and name the {k} ones
    """,
    "most_colour": """
        output yes if most {a+} are {k}
        return true if over half of the {a+} are {k}
        look at the {a+}. are most of them {k}
        {a+} mostly {k} (or not|yes or no)
        most of the {a+} are {k}, arent they
        did they paint most of the {a+} {k}
        is more than every second {a} {k}
        would you say the {a+} are for the most part {k}
        are the {k} {a+} in the majority among the {a+}
        is {k} the $colour of most {a+}
        do the {k} ones make up over half of the {a+}
        do most {a+} come in {k}
    """,
    "most_kind": """
        output yes if most {g+} are {a+}
        return true if over half of the {g+} are {a+}
        look at the {g+}. are most of them {a+}
        {g+} mostly {a+} (or not|yes or no)
        most of the {g+} are {a+}, arent they
        would you say the {g+} are for the most part {a+}
        is more than every second {g} {a~}
        do {a+} make up over half of the {g+}
        are the {g+} {a+} for the most part
        of the {g+}, are more than half {a+}
        does it show mostly {a+}
        is the bigger part of the {g+} {a+}
        out of all {g+}, do the {a+} form the majority
    """,
    "who": """
        return a list of the people
        output which people are shown
        take a look. who is in it
        who are all these people, (man, woman, boy or girl|men, women, boys or girls)
        people in it, who
        what kinds of people are in (the|this) $picture
        is it a man, a woman, or who
        there is somebody there. who is it, a man, a woman, a boy or a girl
        men, women, boys, girls: who is there
        list the people you see
        which sorts of people do we have here
        whos there
        whos all in (the|this) $picture
        what people can you spot
    """,
    "which_has": """
        return the index of the picture with {a~}
        output the $picture that (has|shows|contains) {a~}
        im looking for my {a}, in which $picture is it
        take a look at the pictures. which one shows {a~}
        one of them has {a~}. which [one]
        {a~} is in one of the pictures, (but which|which one)
        whats the $picture with {a~} in it
        {a}, which $picture
        {a} which one
        in what $picture can i see {a~}
        i remember there was {a~}, which $picture was that
        which $picture should i open to see {a~}
        to see {a~}, which $picture do i look at
        point me to the $picture with {a~}
        where did you spot {a~}, which $picture
        do you see {a~}, and in which $picture
        the one with {a~} in it is which
        could you tell me in which of these {a~} can be found
        kids, which $picture has {a~} in it
        pick the $picture that has {a~}
        which $picture would you give me for {a~}
    """,
    "which_lacks": """
        return the index of the picture without {a~}
        output the $picture that has no {a}
        take a look at the pictures. which one has no {a}
        one of them has no {a}. which [one]
        {a} missing in which $picture
        pick the $picture that doesnt have {a~}
        which $picture isnt showing {a~}
        im allergic to {a+}, which $picture is without
        in what $picture can i not find {a~}
        the one with no {a} in it is which
        no {a}, which $picture
        which one did they leave the {a} out of
        point me to the $picture with no {a}
        somewhere the {a} was forgotten, in which $picture
        kids, which $picture has no {a}
    """,
    "which_most": """
        return the index of the picture with the most {a+}
        output the $picture with the highest number of {a+}
        count the {a+} in each. which has the most
        look for {a+}. where are there the most
        im after {a+}, which $picture gives me the most
        {a+}: which $picture wins
        which $picture beats the others in {a+}
        most {a+}, which one
        pick the $picture that has the most {a+}
        in terms of {a+}, which $picture is ahead
        which $picture is richest in {a+}
        where would i find the most {a+}
        comparing the pictures, where are more {a+}
        kids, in which $picture can you count the most {a+}
        whichever has the most {a+}, which is it
        which of them shows the maximum number of {a+}
        {a+} are most numerous in which $picture
    """,
    "which_least": """
        return the index of the picture with the fewest {a+}
        output the $picture with the lowest number of {a+}
        count the {a+} in each. which has the fewest
        look for {a+}. where are there the fewest
        i dont like {a+}, which $picture has the least of them
        fewest {a+}, which one
        pick the $picture that has the fewest {a+}
        in terms of {a+}, which $picture comes last
        which $picture is poorest in {a+}
        where would i find the fewest {a+}
        comparing the pictures, where are fewer {a+}
        kids, in which $picture can you count the fewest {a+}
        which of them shows the minimum number of {a+}
        {a+} are rarest in which $picture
    """,
    "total": """
        return the total number of {a+}
        output the sum of {a+} over all pictures
        im making an inventory, how many {a+} do the pictures have in total
        look at all the pictures. how many {a+} are there
        count the {a+} in each and add them up
        {a+} total count
        {a+}, all pictures, how many
        how many {a+} in the whole set
        if you put the pictures together how many {a+} would there be
        how many {a+} do i have across everything
        grand total of {a+}
        take all pictures, how many {a+} is that
        when you add them all up, how many {a+}
        overall number of {a+}
        how many {a+} if i count every $picture
        the pictures have how many {a+} in all
        kids, how many {a+} can you find if you look at every $picture
        summing over the pictures, how many {a+} do we get
        i need the {a} count for all the pictures together
    """,
    "in_all": """
        output yes if every $picture has {a~}
        return true if {a~} is in all of the pictures
        look at all of them. does each one have {a~}
        every $picture has {a~}, (right|doesnt it)
        {a} in every one
        {a} in all, yes or no
        can i find {a~} no matter which $picture i take
        is there no $picture without {a~}
        do they all have {a~} in them
        im checking the set, is {a~} in each of them
        whichever $picture i open, is there {a~}
        is {a~} something all pictures have
        confirm that {a~} is in every $picture
        does {a~} turn up in (each|every) one of them
        did they put {a~} in every $picture
        do the pictures have {a~} in common
        does each and every $picture show {a~}
    """,
    "in_any": """
        output yes if any $picture has {a~}
        return true if {a~} is in at least one of the pictures
        look at all of them. does any have {a~}
        one of them has {a~}, (right|doesnt it)
        im looking for {a~}, is it in any of these
        {a} in any, yes or no
        can i find {a~} in one of these
        is there some $picture with {a~} in it
        does {a~} turn up in any $picture
        did they put {a~} in any of them
        is {a~} (somewhere|anywhere) in these pictures
        do i get to see {a~} in one $picture at least
        do we have {a~} in one of the pictures
        going through the pictures, do you see {a~} anywhere
        in any of them, is there {a~}
        there are pictures, is {a~} in one
    """,
    "in_none": """
        output yes if no $picture has {a~}
        return true if {a~} is in none of the pictures
        look at all of them. is there no {a} at all
        none of them has {a~}, (right|do they)
        {a} in none, yes or no
        is there not one $picture with {a~}
        does {a~} not turn up in any $picture
        did they leave {a+} out of every $picture
        im allergic to {a+}, is every $picture without
        zero {a+} in all the pictures
        going through the pictures, is there never {a~}
        whichever $picture i open, is there no {a}
        is not even one $picture showing {a~}
    """,
    "how_many_pictures": """
        return the number of pictures with {a~}
        output how many pictures show {a~}
        look at all of them. how many have {a~}
        im sorting the pictures, how many have {a~}
        how many pictures did they put {a~} in
        {a}: in how many pictures
        how often, i mean in how many pictures, do you see {a~}
        how many of these would i find {a~} in
        out of these pictures, how many have {a~} in them
        count how many of the pictures have {a~}
        kids, in how many pictures is there {a~}
        how many pictures come with {a~}
        in how many of them does {a~} turn up
    """,
    "more_in": """
        output yes if {I} has more {a+} than {J}
        return true if there are more {a+} in {I} than in {J}
        count the {a+}. are there more in {I} than in {J}
        {I} has more {a+} than {J}, (right|doesnt it)
        does {I} beat {J} in {a+}
        is {I} ahead of {J} when it comes to {a+}
        compare {I} with {J}: more {a+} in {I}
        would i find more {a+} in {I} than in {J}
        in {I} there are more {a+} than in {J}, correct
        when i want {a+}, is {I} better than {J}, i mean are there more
        are the {a+} in {I} greater in number than those in {J}
        did they put more {a+} in {I} than in {J}
        is it more {a+} in {I} than {J}
    """,
    "fewer_in": """
        output yes if {I} has fewer {a+} than {J}
        return true if there are fewer {a+} in {I} than in {J}
        count the {a+}. are there fewer in {I} than in {J}
        {I} has fewer {a+} than {J}, (right|doesnt it)
        is {I} behind {J} when it comes to {a+}
        compare {I} with {J}: fewer {a+} in {I}
        would i find fewer {a+} in {I} than in {J}
        in {I} there are fewer {a+} than in {J}, correct
        are the {a+} in {I} smaller in number than those in {J}
        did they put fewer {a+} in {I} than in {J}
        is it less {a+} in {I} than {J}
        does {I} lose to {J} in the number of {a+}
    """,
    "difference_in": """
        return the number of {a+} in {I} minus that in {J}
        output how many more {a+} {I} has than {J}
        count the {a+}. how many more are in {I} than in {J}
        take the {a+} in {I} and subtract the ones in {J}
        by how many {a+} does {I} beat {J}
        {I} has more {a+} than {J}. how many more
        what is the surplus of {a+} in {I} over {J}
        how many {a+} would i add to {J} to have as many as in {I}
        how many {a+} would {I} have to lose to have as many as {J}
        {a+}: {I} minus {J}
        with how many {a+} does {I} lead over {J}
        there are how many more {a+} in {I} than in {J}
    """,
    "same_number": """
        output yes if every $picture has the same number of {a+}
        return true if the {a} counts are equal
        count the {a+} in each. is it always the same number
        the number of {a+} is the same everywhere, right
        does every $picture have as many {a+} as the others
        {a+}: same number in each $picture
        is it a draw when we count the {a+}
        do the pictures agree in the number of {a+}
        are the {a+} equal in number in all pictures
        did they put the same number of {a+} in each $picture
        compare the pictures: same {a} count
        no matter which $picture i take, is the number of {a+} the same
    """,
    "same_colour_in": """
        output yes if the {a} in {I} has the same $colour as the one in {J}
        look at the {a} in {I} and the {a} in {J}. same $colour
        the {a} in {I} and the {a} in {J} are the same $colour, right
        did the {a} keep its $colour from {I} to {J}
        compare the {a} in {I} and in {J}: same $colour
        does the {a} of {I} match the {a} of {J} in $colour
        {a} in {I}, {a} in {J}, same $colour
        between {I} and {J}, does the {a} stay the same $colour
        is it the same $colour for the {a} in {I} and the one in {J}
        was the {a} painted in one and the same $colour in {I} and {J}
        whatever $colour the {a} has in {I}, is it also the $colour in {J}
        return true if $colour of {a} in {I} equals $colour of {a} in {J}
    """,
    "same_background": """
        output yes if all the pictures have the same background
        return true if the backgrounds are equal
        look at the backgrounds. are they the same
        the background is the same everywhere, right
        background identical (yes or no|or not)
        compare the backgrounds: same or not
        did they use one background for all of them
        is it all shot in one place
        are we in the same kind of place every time
        did the background stay the same from one $picture to the other
        do the pictures play in the same setting
        is the scenery behind the things always the same
        no change of background, right
    """,
    "which_background": """
        return the index of the picture with [the|a] {w} as background
        output the $picture that was shot (at|in) [the|a] {w}
        look at the backgrounds. which one is [the|a] {w}
        one of them is (at|in) [the|a] {w}. which [one]
        {w} background, which $picture
        which $picture is set (at|in) [the|a] {w}
        pick the $picture with [the|a] {w} behind the things
        im looking for the $picture from the {w}, which is it
        which $picture plays (at|in) [the|a] {w}
        whats the one with [the|a] {w} in the back
        in which $picture are we (at|in) [the|a] {w}
        point me to the one (at|in) [the|a] {w}
        for which $picture did they choose [the|a] {w} as background
    """,
    "which_colour_has": """
        return the index of the picture in which the {a} is {k}
        output the $picture where the {a} is {k}
        look at the {a} in each. where is it {k}
        one of them has the {a} in {k}. which [one]
        {a} {k}, which $picture
        pick the $picture with the {a} in {k}
        im looking for the {a} in {k}, which $picture
        where did they paint the {a} {k}, in which $picture
        whats the one where the {a} is {k}
        the {a} comes in {k} in which of them
        point me to the $picture where {a~} is {k}
        which $picture do i open to see the {a} in {k}
        kids, in which $picture is the {a} {k}
    """,
    "same_kind": """
        output yes if the {g} is the same in each $picture
        return true if every $picture shows the same {g}
        look at the {g} in each. is it always the same kind
        the {g} is the same everywhere, right
        does the {g} stay the same kind from one $picture to the other
        compare the {g+}: same kind in every $picture
        did they use the same kind of {g} in all of them
        is it one kind of {g} all the way through
        no matter which $picture i take, is it the same {g}
        {g} identical in all pictures
        do all the pictures agree on the {g}
        whichever $picture i open, do i get the same {g}
    """,
    "more_across": """
        output yes if {I} has more {a+} than {J} has {b+}
        return true if the {a+} in {I} outnumber the {b+} in {J}
        do the {a+} in {I} outnumber the {b+} in {J}
        count the {a+} in {I} and the {b+} in {J}. are the {a+} more
        the {a+} in {I} are more than the {b+} in {J}, right
        compare {a+} in {I} with {b+} in {J}: more {a+}
        {I} has more {a+} than there are {b+} in {J}, true
        are the {a+} of {I} more numerous than the {b+} of {J}
        would i count more {a+} in {I} than {b+} in {J}
        is it more {a+} in {I} than it is {b+} in {J}
        did they put more {a+} in {I} than {b+} in {J}
        against the {b+} in {J}, are there more {a+} in {I}
    """,
    "as_many_across": """
        output yes if {I} has as many {a+} as {J} has {b+}
        return true if the number of {a+} in {I} equals that of {b+} in {J}
        count the {a+} in {I} and the {b+} in {J}. same number
        {I} has just as many {a+} as there are {b+} in {J}, right
        compare {a+} in {I} with {b+} in {J}: equally many
        are the {a+} in {I} and the {b+} in {J} equal in number
        would i count the same number of {a+} in {I} as {b+} in {J}
        same number of {a+} in {I} and {b+} in {J}
        is it a draw between {a+} in {I} and {b+} in {J}
        exactly as many {a+} in {I} as there are {b+} in {J}, true
        did they put as many {a+} in {I} as {b+} in {J}
        do i get equal numbers for {a+} in {I} and {b+} in {J}
    """,
    "sum_across": """
        return the number of {a+} in {I} plus the number of {b+} in {J}
        output the sum of {a+} in {I} and {b+} in {J}
        count the {a+} in {I} and the {b+} in {J}. how many in all
        {a+} of {I} and {b+} of {J}, how many altogether
        if i take the {a+} from {I} and the {b+} from {J}, how many do i have
        put the {a+} of {I} with the {b+} of {J}, how many is that
        combined count of {a+} in {I} and {b+} in {J}
        {a+} in {I} + {b+} in {J}
        what do the {a+} in {I} and the {b+} in {J} add up to
        how many things do i get with the {a+} from {I} and the {b+} from {J}
        taken together, how many {a+} in {I} and {b+} in {J}
        adding {a+} in {I} and {b+} in {J} gives what
    """,
    "share_across": """
        return how many {a+} of {I} each {b} of {J} gets
        output {a+} in {I} per {b} in {J}
        hand out the {a+} in {I} to the {b+} in {J}. how many does each get
        the {b+} in {J} want the {a+} from {I}, how many for each
        i give the {a+} in {I} to the {b+} in {J}, the same to each, how many is that each
        splitting the {a+} of {I} fairly between the {b+} of {J}, how many each
        to be fair, how many of the {a+} in {I} may each {b} in {J} take
        how many {a+} of {I} come to each {b} of {J}
        dividing {a+} in {I} by {b+} in {J} gives each how many
        every {b} in {J} should get equally many {a+} from {I}, how many
        what is the share of {a+} in {I} for one {b} in {J}
        how many {a+} from {I} could every {b} in {J} get if it is even
    """,
    "one_exactly": """
        output yes if some $picture has exactly {n} {a+}
        return true if there is a $picture with exactly {n} {a+}
        look at each. does one have exactly {n} {a+}
        one of them has exactly {n} {a+}, right
        can i find a $picture with just {n} {a+}
        is there one $picture where i count exactly {n} {a+}
        did they put exactly {n} {a+} in one of them
        exactly {n} {a+} in some box
        im looking for a box with exactly {n} {a+}, is there one
        is it {n} {a+} in any box
        some box holds exactly {n} {a+}
        {n} {a+} exactly in at least one $picture
    """,
    "one_at_least": """
        output yes if some $picture has at least {n} {a+}
        return true if there is a $picture with {n} or more {a+}
        look at each. does one have at least {n} {a+}
        one of them has at least {n} {a+}, right
        can i find a $picture with no fewer than {n} {a+}
        is there one $picture where i count at least {n} {a+}
        did they put at least {n} {a+} in one of them
        at least {n} {a+} in some box
        im looking for a box with at least {n} {a+}, is there one
        some box holds {n} or more {a+}
        any box with at least {n} {a+}
        {n} or more {a+} in at least one $picture
    """,
    "one_both": """
        output yes if some $picture has both {a~} and {b~}
        return true if {a~} and {b~} are in the same $picture
        look at each. does one have {a~} and {b~} together
        one of them has both {a~} and {b~}, right
        can i find {a~} and {b~} in one and the same $picture
        do {a~} and {b~} ever share a $picture
        any box with {a~} and {b~} in it
        im looking for a box with {a~} and {b~}, is there one
        some box holds {a~} along with {b~}
        {a} and {b} in the same box, yes or no
        do {a~} and {b~} turn up together in any $picture
        did they put {a~} and {b~} in the same $picture
    """,
    "one_exactly_both": """
        output yes if some $picture has exactly {n} {a+} and {b~}
        return true if there is a $picture with exactly {n} {a+} and {b~}
        look at each. does one have exactly {n} {a+} and {b~} too
        one of them has exactly {n} {a+} and {b~}, right
        can i find a $picture with exactly {n} {a+} along with {b~}
        any box with exactly {n} {a+} plus {b~}
        im looking for a box with {n} {a+} and {b~}, is there one
        some box holds {n} {a+} together with {b~}
        is there {b~} in a box with exactly {n} {a+}
        did they put exactly {n} {a+} and {b~} in the same box
        {n} {a+} and {b~} in the same box, yes or no
        there is {b~} together with exactly {n} {a+} in one $picture
    """,
    "all_exactly": """
        output yes if every $picture has exactly {n} {a+}
        return true if each $picture has {n} {a+}
        look at each. do they all have exactly {n} {a+}
        they all have {n} {a+}, right
        is it {n} {a+} in every single $picture
        do i count exactly {n} {a+} whichever $picture i take
        did they put exactly {n} {a+} in every box
        {n} {a+} per $picture, is that so
        every single box holds {n} {a+}
        the number of {a+} is {n} in every box
        no box has more or fewer than {n} {a+}
        always exactly {n} {a+}, in each $picture
    """,
    "pictures_exactly": """
        output yes if exactly {n} pictures show {a~}
        return true if the number of pictures with {a~} is {n}
        count the pictures with {a~}. is it {n}
        is the number of pictures with {a~} exactly {n}
        the number of boxes with {a~} is {n}, right
        {a~} turns up in exactly {n} of the pictures
        do i find {a~} in exactly {n} of them
        did they put {a~} in exactly {n} of the boxes
        of the pictures, exactly {n} have {a~}
        {a~} in exactly {n} of the boxes, yes or no
        is it {n} of the pictures that show {a~}, no more and no less
        could it be that exactly {n} of the pictures have {a~}
    """,
    "total_exactly": """
        output yes if there are {n} {a+} over all pictures
        return true if the total of {a+} is {n}
        add up the {a+} of all pictures. is it {n}
        is it {n} {a+} if i count all the pictures
        all in all there are {n} {a+}, right
        do the {a+} of all pictures add up to {n}
        does the whole set have exactly {n} {a+}
        the {a+} in all boxes come to {n}
        taken together the pictures have exactly {n} {a+}
        {n} {a+} overall, (right|yes or no)
        do we get exactly {n} {a+} over all boxes
        did they use {n} {a+} altogether
    """,
    "total_at_least": """
        output yes if there are at least {n} {a+} over all pictures
        return true if the total of {a+} is at least {n}
        add up the {a+} of all pictures. is it at least {n}
        is it {n} {a+} or more if i count all the pictures
        all in all there are at least {n} {a+}, right
        do the {a+} of all pictures add up to at least {n}
        does the whole set have at least {n} {a+}
        the {a+} in all boxes come to {n} or more
        taken together the pictures have at least {n} {a+}
        at least {n} {a+} overall, (right|yes or no)
        do we get {n} or more {a+} over all boxes
        i need {n} {a+} from all the pictures together, are there at least that many
    """,
    "one_only_colour": """
        output yes if some $picture has only {k} things
        return true if in one $picture every thing is {k}
        look at each. is there one where everything is {k}
        one of them has only {k} things, right
        can i find a $picture that is {k} things only
        any box in which each thing is {k}
        im looking for a box with just {k} things, is there one
        some box holds {k} things only
        is there one where all the things are {k}
        did they fill one box with {k} things only
        are all the things {k} in at least one $picture
        all {k} in one box, yes or no
    """,
    "no_weight": """
        {a} weight
        return the mass of the {a} [in kilograms]
        put the {a} on a scale. what would it show
        how much would i have to carry if i took the {a}
        is the {a} light enough to (carry|lift)
        im shipping the {a}, how many kilos is it
        does the {a} weigh more than the {b}
        {a} in kg
        whats the {a} weigh
        which one is lighter, {a} or {b}
        would the {a} break the scale
        i need to know how much the {a} weighs for the (delivery|flight|post)
        is the {a} too heavy for me
    """,
    "no_name": """
        {a} name, what did the owner choose
        whats the {a}'s first name
        how is the {a} called, i mean by name
        what do i have to shout so that the {a} comes
        the {a}, whats its given name
        by what name does the {a} go
        did somebody give the {a} a name
        is the {a}'s name (lucy|charlie|max|emma)
        my kid wants to know the name of the {a}, like max or bella
        which name is in the {a}'s passport
        i think i know that {a}, isnt that (lucy|peter|anna)
        what is the last name of the {a}
        tell me the nickname of the {a}
    """,
    "no_price": """
        {a} price
        return the price of the {a} in (dollars|euros|pounds)
        how many (dollars|euros|bucks|pounds) is the {a}
        im thinking of buying the {a}, how much is it
        would the {a} fit my budget
        can i get the {a} for (ten|twenty|fifty) (dollars|euros)
        which is cheaper, {a} or {b}
        whats the {a} going for
        is the {a} on sale
        what do they charge for the {a}
        how much did somebody spend on the {a}
        does the {a} cost more than the {b}
        whats that {a} worth nowadays
    """,
    "no_age": """
        {a} age
        return the age of the {a} in years
        how many candles will be on the {a}'s next cake
        whats the {a}'s birth year
        is the {a} (new|old|an antique)
        does the {a} have many years behind it, how old is it
        in which year did they (make|build|buy) the {a}
        is the {a} younger than the {b}
        who is older, {a} or {b}
        from which century is the {a}
        what age would the {a} be
        when will the {a} turn (ten|eighteen|fifty)
        how long ago was the {a} born
    """,
    "no_time": """
        date of the $picture
        return the date when the $picture was taken
        what day did they shoot (the|this) $picture
        how old is (the|this) $picture
        was (the|this) $picture shot in the (morning|evening|afternoon)
        im sorting my photos by year, which year is this one
        what was the date when you made it
        what hour of the day is it
        is (the|this) $picture from (this year|last week|the nineties)
        is it (monday|sunday|a weekend|christmas day) here
        in which century was this taken
        when did someone take (the|this) $picture
    """,
    "no_author": """
        photographer name
        return the name of the artist
        who shot (the|this) $picture
        im writing the credits, who made (the|this) $picture
        which (artist|painter|photographer) do i have to thank
        whose work is (the|this) $picture
        did (a child|a professional|an artist|a computer) make (the|this) $picture
        who holds the copyright
        who pressed the button
        with (what|which) (phone|lens|program|brush) was (the|this) $picture made
        was it you who made (the|this) $picture
        who do i credit for (the|this) $picture
        whos the painter
    """,
    "no_future": """
        predict what the {a} does next
        and then what will the {a} do
        what comes after this
        where is the {a} heading later
        in five minutes, where will the {a} be
        is the {a} going to (leave|fall|win|jump|stay)
        does the {a} end up with the {b}
        what will (the|this) $picture look like tomorrow
        will the {b} catch the {a}
        tell me how the story goes on
        what are the {a}'s plans for (tomorrow|tonight|the weekend)
        how long will the {a} stay
        next step of the {a}
    """,
    "no_past": """
        what was the {a} doing a minute ago
        tell me the history of the {a}
        who put the {a} where it is
        how did the {a} end up like this
        since when is the {a} there
        was the {a} there (yesterday|an hour ago|last year)
        where did they get the {a} from
        what did the {a} have for breakfast
        what led to this
        has the {a} (moved|just arrived|been to school|slept well)
        what was here before the {a}
        did someone (drop|leave|lose|forget) the {a}
        from which place did the {a} come here
    """,
    "no_thought": """
        {a} mood
        whats on the {a}'s mind
        what goes on in the head of the {a}
        is the {a} in a good mood
        would the {a} like to (go home|play|sleep|meet the {b})
        does the {a} look forward to (lunch|christmas|tomorrow)
        what is the {a} hoping for
        what does the {a} think of the {b}
        is the {a} jealous of the {b}
        does the {a} remember the {b}
        is the {a} (scared|excited|worried|proud|nervous)
        whats the {a}'s favorite (toy|color|food)
        what would the {a} say to the {b} if it could
    """,
    "no_sense": """
        {a} taste
        {a} smell
        if i bite into the {a}, what do i taste
        if i touch the {a}, is it (soft|rough|smooth|sticky)
        would my nose like the {a}
        is the {a} (bitter|spicy|juicy|crunchy|yummy|stinky)
        does the {a} stink
        how does it feel to touch the {a}
        what is the scent of the {a}
        which smells better, {a} or {b}
        is the {a} more (tasty|sour|sweet) than the {b}
        would you say the {a} tastes good
    """,
    "no_sound": """
        {a} sound
        what noise is the {a} making
        does the {a} make (a noise|a sound|any noise)
        if i listen closely, what do i hear
        how many decibels is the {a}
        is the {a} as loud as (thunder|a car|a drum)
        what are they talking about
        whats the {a} singing
        is somebody (shouting|singing|talking|whispering)
        turn up the volume, what do you hear
        play the sound of the {a}
        can you hear the {a} from here
    """,
    "no_temperature": """
        {a} temperature
        temperature in (celsius|fahrenheit)
        would i burn my fingers on the {a}
        what would a thermometer say
        do i need (a coat|a jacket|shorts) there, is it cold
        is it below zero
        how many degrees does the {a} have
        is the {a} colder than the {b}
        has the {a} cooled down
        is the {a} freezing
        is it a hot day there
        which is hotter, {a} or {b}
    """,
    "no_owner": """
        {a} owner
        return the owner of the {a}
        whos the {a}'s owner
        does anybody own the {a}
        i found the {a}, whose is it
        to which family does the {a} belong
        who do i give the {a} back to
        did somebody buy the {a} or is it rented
        is it my neighbor who owns the {a}
        does the {b} own the {a}
        is that {a} mine or yours
        who paid for the {a}
    """,
    "no_speed": """
        {a} speed
        return the speed of the {a} in (km|miles) per hour
        how many (miles|kilometers) an hour does the {a} go
        would the {a} beat the {b} in a race
        what is the top speed of the {a}
        is the {a} in a hurry
        is the {a} standing still or moving
        who is quicker, {a} or {b}
        does the {a} move faster than the {b}
        is the {a} speeding up or slowing down
        how long would the {a} take to get to the {b}
        is the {a} over the speed limit
    """,
    "no_outside": """
        whats not in the $picture
        what was cut off at the edge of the $picture
        what would i see if the $picture were bigger
        what does the photographer have behind him
        open the {a}. what is in it
        what does the {a} have inside
        look behind the camera. what is there
        how many {a+} are there that we cannot see
        what is beyond the edge of the $picture
        who is standing next to the photographer
        what is buried under the ground
        what is going on outside the frame
        what hides within the {a}
    """,
    "no_material": """
        {a} material
        return the material of the {a}
        whats the {a} made out of
        is the {a} (wooden|metal|plastic|silver|paper|woolen)
        what did they make the {a} from
        what is in the {a}, cotton, wool or what
        could the {a} be made of (stone|leather|rubber|gold)
        from what stuff is the {a}
        which ingredients are in the {a}
        is that real (gold|leather|wood|silver) on the {a}
        by what process was the {a} produced
        does the {a} contain any (metal|plastic|wood)
    """,
    "no_measure": """
        {a} size in (cm|inches|feet)
        return the height of the {a} in (meters|feet)
        measure the {a} in (cm|inches)
        take a ruler. how many (inches|centimeters) is the {a}
        would the {a} fit through (my door|a letterbox|a window)
        how many (meters|feet|steps) is it from the {a} to the {b}
        what is the length of the {a} in (cm|inches|feet)
        how many liters fit in the {a}
        what clothing size does the {a} wear
        is the {a} taller than (two meters|six feet|ten feet)
        whats the diameter of the {a} in (cm|inches)
        what is the distance between the {a} and the {b} in (meters|feet|miles)
        how many calories would i get from the {a}
    """,
    "no_brand": """
        {a} brand
        return the brand of the {a}
        who makes that kind of {a}, which company
        im buying the same {a}, which brand is it
        is that a (famous|well known|cheap) brand of {a}
        where can i buy this {a}
        whats the make of that {a}
        which label or company is behind the {a}
        is the {a} handmade or from a factory
        what type number does the {a} have
        did they make the {a} in (italy|china|france)
        is the {a} a (purebred|copy|limited edition)
        which designer did the {a}
    """,
    "no_opinion": """
        {a} rating
        give the {a} a score
        would you say the {a} is (pretty|ugly|cute|cool)
        i think the {a} is (cute|ugly|lovely), do you agree
        whats your opinion on the {a}
        which do you like better, {a} or {b}
        which would you rather have, the {a} or the {b}
        is the {a} prettier than the {b}
        do you find the {a} (charming|boring|scary|elegant)
        does the {a} look (good|nice|silly|great)
        what is the (coolest|cutest|nicest|best) {g}
        should i hang this up in my (room|kitchen|office)
        is it worth buying the {a}
        do you prefer the {a} or the {b}
    """,
    "no_country": """
        gps position
        return the gps coordinates
        which (town|country|city) was (the|this) $picture shot in
        im planning a holiday, which country is this in
        could it be (spain|france|brazil|rome|tokyo)
        is (the|this) $picture from (europe|asia|africa|america)
        whats the street name
        which road leads there
        name the country
        what is the passport of the {a}, which country
        does the {a} come from (france|china|spain)
        how far is it from (here|paris|my home) to this place
        show it to me on a map
    """,
    "no_relation": """
        are {a} and {b} (family|friends|colleagues|neighbors)
        how are the {a} and the {b} related
        relationship of {a} and {b}
        is the {b} the {a}'s (child|mother|brother|boss|wife|husband)
        what is the {a} to the {b}, a friend or family
        has the {a} any (children|brothers|friends)
        what is the profession of the {a}
        where does the {a} work
        since when do the {a} and the {b} know each other
        are the {a} and the {b} in love
        what gender is the {a}
        have the {a} and the {b} ever met before
        is the {a} the (boss|teacher|sister) of the {b}
    """,
    "no_purpose": """
        reason for the {a}
        explain why the {a} is there
        why on earth is there {a~}
        what do you need the {a} for
        what is the {a} there for
        what is the {a} supposed to do
        what was the idea behind the {a}
        who had the idea to put the {a} there
        why did they choose a {k} {a}
        why is that {a} {k} and not another color
        what does it mean that there is {a~}
        whats the sense of the {a}
        i dont understand why there is {a~}, why
        what does (the|this) $picture want to tell us
    """,
    "no_health": """
        {a} health
        is the {a} feeling well
        has the {a} (a cold|a fever|broken a bone|been fed)
        does the {a} need (a vet|a doctor|new batteries|repair)
        can i still (use|eat|wear) the {a}
        is the {a} past its (best|sell-by date)
        would the {a} (bite|hurt|poison|attack) me
        did the {a} get hurt
        is the {a} (pregnant|tired out|well fed|vaccinated)
        is there anything wrong with the {a}
        is the {a} in good (shape|condition|health)
        does the {a} function
    """,
    "no_gibberish": """
        (fjdk|wqeoi|zxcv|uiop|sdkfj) [sldkf|mnbv|qpwo]
        (hm|hmm|uh|er|eh|ugh) (hm|hmm|uh|well|so)
        (the|a) of (from|with|than) (is|are) (the|a)
        (how|why|what|where) (how|why|what|where) (how|why|what|where)
        (lalala|tralala|hahaha|hihihi|yadda yadda)
        (abc|abcd|abcdef) [def|123|xyz]
        (one two three|1 2 3|12345|0000)
        (never mind|forget it|wait|hold on|oops|sorry wrong window)
        (test|testing) [test|testing|one two]
        (colour the is how|many the what of|see you is where picture)
        (ok|okay|yes|no|maybe|sure) (then|cool|fine|great)
        (zzz|brr|tsk|grr|pff) [zzz|brr|tsk]
    """,
    "no_chat": """
        (good morning|good evening|greetings) [to you|my friend]
        (sing|write) me (a song|a poem) [about {a+}]
        how does one (cook|build|repair|train|draw) {a~}
        what is the (plural|opposite|spelling) of {a}
        how do you spell {a}
        what is the word for {a} in (french|german|spanish)
        are you (a robot|human|real|alive)
        what can you do
        who made you
        what is (nine minus four|ten times ten|the square root of nine)
        who won the (world cup|election|match) [last year]
        tell me something about {a+}
        why do {a+} exist
        do {a+} (sleep|dream|bite|swim) [in general]
        recommend me (a book|a film|a restaurant)
        how long do {a+} live
        what is the fastest {g} on earth
        which {g} is the most expensive in the world
        whats the news today
        set a timer for (five|ten) minutes
        i am (bored|tired|happy|hungry)
        have a nice (day|weekend|evening)
        where can i learn about {a+}
    """,
}

_DESCRIBED = {
    "called": """
        {u}: list them
        {u} please, all of them
        return a list of all {u}
        output all {u}, comma separated
        im making an inventory, which {u} do we have
        look at all the things. which ones are {u}
        there are {u}. which [ones]
        id be interested in which {u} there are
        kids, what {u} can we find
        write down the {u}
        what {u} would i find
        in terms of {u}, what do we have
        could you name me the {u}
    """,
    "which": """
        is there something {u}, and if so what
        look for something {u}. what do you find
        name what you see {u}
        return the name of the thing {u}
        im after something {u}, what do you have
        can you find the thing {u} and tell me what it is
        which of the things would be the one {u}
        do you see anything {u}, what is it
        kids, who can find something {u}, what is it
        something {u}: what
        id like to have something {u}, what would that be
        what can i find {u}
    """,
    "does": """
        output what {u}
        look at the things. which one {u}
        which of all these things {u}
        id be interested in what {u}
        kids, what {u}
        i want to know which thing {u}
        there is a thing here, which one {u}
        of all the things you see, what {u}
        can you name what {u}
        what thing here {u}
        of what you see there, which thing {u}
        and what {u}
    """,
    "color": """
        return the $colour of the thing {u}
        i see something {u}, what $colour is it
        look at the thing {u}. what $colour is it
        what $colour would you say the thing {u} is
        im painting the thing {u}, which $colour do i need
        the object {u}: what $colour
        the thing {u} has what $colour
        thing {u} $colour
        in which $colour did they paint the thing {u}
        find something {u} and tell me its $colour
        how is the thing {u} colo(|u)red
        id be interested in the $colour of the thing {u}
        kids, what $colour is the thing {u}
    """,
}

_USABLE = {
    "edible": ("(eat|snack on|munch|have for lunch)", "edible", "(im hungry|im starving|its lunch time)"),
    "wearable": ("(wear|put on|dress in)", "wearable", "(im cold|im getting dressed|im going out)"),
    "drivable": ("(drive|ride in|travel with|go places with)", "drivable", "(im going on a trip|i have to travel|i want to go away)"),
}  # fmt: skip
_USE = """
    {why}, what can i {use}
    {why}. is there anything to {use}, and what
    return all objects one can {use}
    output the names of the {able} things
    anything i can {use}, and what is it
    anything {able}, and what
    {able} things list
    look at the things. which ones can i {use}
    is there something i could {use}, what is it
    kids, what could we {use}
    of all that you see, what could one {use}
    what do we have to {use}
    if i wanted something to {use}, what would there be
"""


def _more() -> dict[str, tuple[str, ...]]:
    more = {name: patterns(text) for name, text in _TEXTS.items()}
    for stem in ("one", "some", "wild", "wheeled", "furry"):
        for way in ("called", "which", "does") if stem in ("one", "some") else ("called", "does"):
            more[f"list_{stem}_{way}"] = patterns(_DESCRIBED[way])
    for stem in ("one", "some"):
        more[f"color_{stem}"] = patterns(_DESCRIBED["color"])
    for name, (use, able, why) in _USABLE.items():
        more[f"list_{name}"] = filled(_USE, use=use, able=able, why=why)
    return more


MORE = _more()
"""Patterns by the name of the form."""
