"""Wordings of the forms about presence, numbers, comparisons and sums, as very different people say and type them.

Added after those in `casual.py`.
"""

# ruff: noqa: E501  -- a pattern is one line

from distill.questions.forms import filled, patterns

_TEXTS = {
    "exists": """
        tell me yes or no, (do you see|is there) {a~} $inthe
        look at (the|this) $picture. (is there {a~} in it|do you see {a~})
        there is {a~} in (there|it), (isnt there|right)
        {a+} are in there, arent they
        id be (interested|curious) to know whether there is {a~} $pic
        output (yes|true) if there is {a~}, (else|otherwise) (no|false)
        return (true|yes) if at least one {a} is (present|found|visible)
        does anything $inthe (count as|qualify as) {a~}
        my (son|daughter|kid|friend|wife|husband|boss) (says|claims|insists) there is {a~} $pic, (is that true|is that right|is it so|true)
        im (trying to find|hunting for|searching for) {a~}. (is there one|any luck|do you see one)
        (can|could) you [please] check for {a+} $pic
        presence of {a+}
        {a+}: present or not
        is (the|this) $picture one with {a~} [in it]
        would (a child|someone|somebody) looking at this (see|find|notice) {a~}
        is there perhaps {a~} (hiding|hidden|tucked away) [somewhere|in there]
        did i just see {a~} (in there|here)
        i cant (find|see) any {a+}. (are there any|is there one|do you see one)
        exists {a~} (here|$inthe)
        there is {a} (here|$inthe) yes or no
        we (need|require) {a~} for (the task|the poster|the story|the ad), (does it have one|is there one)
        for my (checklist|list|notes|report): is there {a~} [or not]
        i (want|need) to be sure. is there {a~} $pic
        are you able to (see|find|detect|spot) (a single {a}|any {a+}|{a~}) $pic
        (detect|scan for) {a+}[ and (say|answer) yes or no]
        is at least one {a} (depicted|displayed|pictured|included|featured) $pic
        among the things $inthe, is there {a~}
        would you agree that there is {a~} $pic
        as far as you can (see|tell), is there {a~} $pic
        is that {a~} i see (there|in it)
        it has {a~} [in it], (doesnt it|right|does it not)
        any (sign|trace) of {a+}
        do any {a+} (appear|exist|occur|show up) $pic
        {a+} (in|on) (the|this) $picture, true or false
        i was told there (would be|is) {a~} $pic, (is there|is it so|do you see one)
        so do we (have|see) any {a+} or (not|no)
        is {a~} among (these things|the things|what you see|the objects shown)
        kindly (confirm|indicate|let me know) whether {a~} is (present|shown|depicted|visible) $pic
        whether or not there is {a~} (here|$inthe)
        ok so im checking a bunch of (pictures|photos) for {a+}, does this one have (any|one)
        is it possible to (see|find|spot|make out) {a~} $pic
        would you say (there is|you see|this shows) {a~}
        take a look and say (if|whether) you (can see|see|find|can find) (any {a+}|{a~})
        im (scared|afraid) of {a+}, are there any [here]
        i (love|like|collect) {a+}. (is there one|are there any) (here|in it)
    """,
    "absent": """
        is it a fact that (there are no {a+}|no {a} is there)
        i (cant|can not) see any {a+}. is it true that there are none
        return true if there is no {a}
        {a+}: none, (right|true|correct)
        can you confirm [that] (there is no {a}|there are no {a+})
        is {a~} nowhere to be (seen|found) $pic
        am i right that there (is no {a}|are no {a+})
        i (say|believe|think) there are no {a+} here. (am i right|is that correct|do you agree)
        im (afraid of|allergic to) {a+}, is it really free of them
        zero {a+}, (correct|right|true)
        is it the case that not one {a} is (shown|pictured|there)
        have the {a+} been left out
        is the number of {a+} (zero|0)
        is there a (total|complete) absence of {a+}
        look (carefully|closely). is there really no {a}
        no {a} anywhere, (right|correct|true)
        would you say that (the|this) $picture has no {a+}
        there is not any {a} (here|in it), (correct|true)
    """,
    "anyone": """
        there is (someone|somebody) in (it|there), (right|isnt there)
        can a (human|person|human being) be seen $pic
        a person in it, yes or no
        look at (the|this) $picture. is (somebody|someone|anyone) in it
        any (person|human being) in sight
        return true if a (person|human) is (visible|present)
        do (people|humans) (appear|show up) $pic
        i want to be sure because of privacy, is (anyone|anybody) (in it|visible)
        is even one (person|human) (there|shown)
        people: present or not
        did (anyone|somebody) get into (the|this) (photo|picture|shot)
        (could|can) you [please] check for people
        (someone|anybody) in the (shot|frame)
        im curious whether (somebody|anybody) is (in it|there)
    """,
    "nobody": """
        is it empty of people
        no people [at all], right
        are there no (people|humans|persons) $pic
        is (the|this) $picture (without|free of) (people|humans)
        not a (single person|human being|soul) in sight
        return true if no (person|human) is (visible|present)
        no one (in it|there|around), (right|true)
        is it true that not a single (person|human) is (there|in it)
        there (is nobody|is no one|are no people) (in it|to be seen)
        can you confirm that (nobody|no one) is (in it|there)
        are people (absent|missing) $inthe
        i see (nobody|no one). is (that|it) (so|right)
        is the number of people (zero|0)
        does the picture show (no people|nobody)
    """,
    "count": """
        im (making an inventory|taking stock|filling in a form|doing a survey), how many {a+} (do we have|are there|does it have)
        look at (the|this) $picture and (count|tell me the number of) (the|all the) {a+}
        return the (number|count) of {a+}
        output (only|just) the number of {a+} [as an integer|as a digit]
        id be (interested|curious) to (know|hear) how many {a+} there are $pic
        whats your count of the {a+}
        what (quantity|amount) of {a+} (is there|is shown|do you see) $pic
        quantity of {a+}
        {a+}, what (number|quantity)
        the {a+} $inthe, how many (are they|are there|would that be)
        (can|could|would) you [please] give me the (exact|precise|total) (number|count) of {a+}
        my (son|daughter|teacher|friend|boss) (asks|wants to know|would like to know) how many {a+} there are
        if (i|you|we) count all [the] {a+}, (what|how many) do (i|you|we) (get|come to|arrive at)
        lets count the {a+}. how many (are there|do we get|do you get)
        one two three, how many {a+} are there
        go through (the|this) $picture and count (each|every) {a}
        how many (instances|examples|specimens) of {a~} $there
        how many is the number of {a+}
        how much is the (number|quantity) of {a+} $pic
        {a+} are how many (here|$inthe)
        number of (visible|detected|depicted|shown) {a+}
        there are some {a+} $pic, how many
        i (see|can see|notice) (some|several) {a+}, (how many exactly|but how many|how many is it)
        i (lost|keep losing) count of the {a+}, how many (are there|is it)
        how many {a+} could (you|one|somebody) point (at|to) $pic
        how many {a+} would (i|a person|someone|one) (see|find|count) $pic
        of the things $inthe, how many (are|would you call) {a+}
        complete the sentence: the number of {a+} is
        i (have|need) to (write down|report|enter) the number of {a+}. (what is it|what do i put|what should i write)
        how many {a+} (were|have been) (drawn|put|placed) (in it|here|there)
        how many {a+} is (the|this) $picture showing
        tally [up] [all] the {a+}
        quick count of [all] the {a+}
        the total of {a+} (comes to|amounts to) what
        in your (count|opinion|view), how many {a+} are (there|here)
        so like how many {a+} are (actually|really|even) (there|in there|in it)
        please (determine|establish|work out|figure out) (how many {a+} there are|the number of {a+}) $pic
        may i ask how many {a+} (are shown|are depicted|can be seen|there are)
        ok now the {a+}. how many (of those|of them|are there)
        for the {a+}, give me a (number|count|figure)
        how many are there of (the|these|those) {a+}
        how numerous are the {a+}
        how many {a+} make an appearance $pic
        we need to know the number of {a+} before we (start|order|leave), how many (are there|is it)
    """,
    "at_least": """
        is it safe to say there are at least {n} {a+}
        i need at least {n} {a+}, (are there that many|do we have that many)
        does the {a} count reach {n}
        do the {a+} (add up|come|amount) to at least {n}
        (return|output|answer) (yes|true) if the number of {a+} is {n} or (more|higher|greater)
        we have {n} {a+} or more, (dont we|right)
        {n} {a+} at least, (right|yes or no|is that so)
        are {n} or more {a+} (visible|shown|depicted|present) $pic
        would you count {n} {a+} or more
        the rule says at least {n} {a+}. (is that met|do we meet it|is it fulfilled)
        look at the {a+}. are there {n} of them or more
        are there {n} {a+} if not more
        im checking the stock, do we have not less than {n} {a+}
        is the {a} (count|number|total) {n} or (higher|above|greater|more)
        can you see {n} {a+} at the [very] least
        {a+}: at least {n}, (true|yes or no)
    """,
    "more_than": """
        does the {a} count (exceed|go over|pass|surpass) {n}
        is the number of {a+} in excess of {n}
        {a+}: more than {n}
        id say there are more than {n} {a+}, (do you agree|am i right)
        i (bet|guess) it is more than {n} {a+}. (am i right|true)
        return true if the number of {a+} is above {n}
        only {n} {a+} are allowed. are there more than that
        do i have to count past {n} for the {a+}
        there are more {a+} than {n}, (right|arent there)
        is the {a} (total|count) (above|over|beyond|bigger than) {n}
        look at all the {a+}. (is it|are they) more than {n}
        could there be more than {n} {a+} in (here|there)
        more {a+} than {n}
        are you seeing more than {n} {a+} [or not]
        i thought there were only {n} {a+}, are there more [than that]
    """,
    "fewer_than": """
        is the {a} count (below|under|lower than) {n}
        return true if the number of {a+} is (below|smaller than) {n}
        does the number of {a+} (stay|lie|remain) (below|under) {n}
        {a+}: (fewer|less) than {n}
        we (need|wanted|ordered) {n} {a+}. are there (fewer|less) than that
        id say there are (fewer|less) than {n} {a+}, (do you agree|am i right)
        are there not even {n} {a+}
        is it (fewer|less) than {n} {a+} (that we see|in there)
        do the {a+} fail to reach {n}
        would you count (fewer|less) than {n} {a+}
        there are (fewer|less) {a+} than {n}, right
        look at the {a+}. are there (fewer|less) than {n} of them
        have we got (fewer|less) {a+} than {n}
        is the number of {a+} short of {n}
    """,
    "exactly": """
        is it {n} {a+} (on the dot|exactly|precisely)
        {n} {a+}, no more and no less
        is the {a} count (exactly|precisely) {n}
        does counting the {a+} give {n}
        i counted {n} {a+}. (did i count right|is it correct|can you confirm|do you get the same)
        return true if the number of {a+} (equals|is exactly) {n}
        the (list|label|form|invoice) says {n} {a+}. (does that match|is that right|does it agree with the picture)
        there should be {n} {a+}. is that the case
        would it be right to say there are exactly {n} {a+}
        {a+}: exactly {n}
        my (son|kid|daughter|colleague) says there are {n} {a+}, is (that|it) (right|true)
        do the {a+} (number|total|add up to|come to) exactly {n}
        are we looking at exactly {n} {a+}
        {n} is how many {a+} there are, (correct|true|right)
        can you (confirm|verify) that there are {n} {a+}
        are there {n} {a+}, neither more nor fewer
    """,
    "only_one": """
        is there one and only one {a}
        does the {a} count equal one
        return true if there is exactly one {a}
        i see one {a}. is (it|that) the only one
        there is one {a} and no other, (right|true)
        is it the sole {a} $pic
        is there a lone {a}
        is there no second {a} besides the one i see
        {a}: only one, (true|right)
        just the one {a}, right
        is a single {a} all (there is|we have)
        one {a}, not more, (correct|true)
        can you confirm that there is only one {a}
        of {a+}, is there only one
        would you say there is only one {a}
        i think it is just one {a} there, am i right
    """,
    "more": """
        is there a (surplus|majority) of {a+} over {b+}
        would you say (there are|you see) more {a+} than {b+}
        if you count both, do the {a+} come out ahead of the {b+}
        return true if {a+} are more than {b+}
        i (think|believe|guess) there are more {a+} than {b+}, (am i right|do you agree|is that so)
        does the number of {a+} (exceed|surpass|top) the number of {b+}
        are the {b+} outnumbered by the {a+}
        look at the {a+} and the {b+}. are there more {a+}
        there are more {a+} than {b+} (in it|there), (arent there|right)
        {a+} versus {b+}: are the {a+} more
        is the {a} count (higher|bigger|greater|above) than the {b} count
        there are a few {b+}. are the {a+} more in number
        my (son|daughter|friend) says there are more {a+} than {b+}. true
        are {a+} present in (larger|greater) numbers than {b+}
        is more {a+} there than {b+}, yes or no
        when it comes to numbers, do the {a+} beat the {b+}
    """,
    "fewer": """
        is there a smaller number of {a+} than of {b+}
        would you say there are (fewer|less) {a+} than {b+}
        return true if {a+} are (fewer|less) than {b+}
        i (think|believe) there are (fewer|less) {a+} than {b+}, (am i right|do you agree)
        are the {a+} in the minority compared to the {b+}
        does the number of {a+} (stay|lie|fall) (below|under) that of {b+}
        is the {a} count (lower|smaller|less) than the {b} count
        look at the {a+} and the {b+}. are there fewer {a+}
        {a+} versus {b+}: are the {a+} (fewer|less)
        are there not as many {a+} as [there are] {b+}
        there are (fewer|less) {a+} than {b+} (in it|there), (right|arent there)
        if you count both, do you get (fewer|less) {a+} than {b+}
        are {a+} present in smaller numbers than {b+}
        is less {a+} there than {b+}, yes or no
    """,
    "as_many": """
        is there a tie between {a+} and {b+} in number
        if you count both, do you get the same for {a+} and {b+}
        return true if the {a} count equals the {b} count
        {a+} and {b+}, are they equally many
        is it even between {a+} and {b+} as to how many there are
        i think there are as many {a+} as {b+}, (am i right|is that so|do you agree)
        are {a+} and {b+} the same in (number|quantity)
        do we have equal (amounts|quantities|numbers) of {a+} and {b+}
        count the {a+} and then the {b+}. is it the same number
        is the amount of {a+} identical to the amount of {b+}
        there are just as many {a+} as {b+}, arent there
        do {a+} and {b+} balance out in number
        are there neither more {a+} nor more {b+}
        can the {a+} and {b+} be paired off one to one with none of either left over
        my teacher wants to know whether there are as many {a+} as {b+}
        number of {a+} = number of {b+}, true or false
    """,
    "which_more": """
        if i count the {a+} and the {b+}, which (comes out higher|wins|gives more)
        in terms of numbers, who is ahead, {a+} or {b+}
        {a+} versus {b+}: which (is|are) more
        there are {a+} and there are {b+}. which are there more of
        of {a+} and {b+}, which (are there|do you see|is there) more of
        count {a+} and {b+} and (tell me|say) which is more
        return the one there is more of: {a+} or {b+}
        do the {a+} or the {b+} have the (higher|larger|bigger) count
        which of the two is in greater supply, {a+} or {b+}
        im wondering if there are more {a+} or more {b+}
        what is there the greater number of, {a+} or {b+}
        who are there more of, the {a+} or the {b+}
        which is it we have more of, {a+} or {b+}
        my bet is on the {a+}, but are there more {a+} or {b+}
        larger number: {a+} or {b+}
        between {a+} and {b+}, what is (more numerous|the larger group|more common)
    """,
    "which_fewer": """
        if i count the {a+} and the {b+}, which comes out lower
        {a+} versus {b+}: which (is|are) (fewer|less)
        there are {a+} and there are {b+}. which are there fewer of
        of {a+} and {b+}, which (are there|do you see) (fewer|less) of
        count {a+} and {b+} and (tell me|say) which is (less|fewer)
        return the one there is less of: {a+} or {b+}
        do the {a+} or the {b+} have the (lower|smaller) count
        which one has the (lower|smaller) number, {a+} or {b+}
        smaller number: {a+} or {b+}
        between {a+} and {b+}, what is (less numerous|the smaller group|less common|rarer)
        which of the two is rarer, {a+} or {b+}
        do you see less {a+} or less {b+}
        which do we have (fewer|less) of, {a+} or {b+}
        im wondering if there are fewer {a+} or fewer {b+}
    """,
    "sum": """
        put the {a+} and the {b+} together, how many (is that|do you have)
        i need one number for {a+} and {b+} [together]
        return the sum of the {a} count and the {b} count
        {a+} and {b+}, one total
        what do you get when you add the {a+} and the {b+} [together]
        count the {a+}, then count the {b+}, and add (them|the two numbers)
        im counting {a+} and {b+} as one group, how many (are there|is that)
        there are {a+} and there are {b+}. how many altogether
        what do the {a+} and {b+} (add up|come|amount) to
        how many would it be, {a+} and {b+} taken as one
        if {a+} and {b+} count alike, how many (do we have|are there)
        id like the combined count of {a+} and {b+}
        joint number of {a+} and {b+}
        how many things are there that are either {a+} or {b+}
        {a+} as well as {b+}, how many [in total]
        not only the {a+}, count the {b+} too. how many [in total]
    """,
    "sum3": """
        put the {a+}, the {b+} and the {c+} together, how many is that
        return the sum of the {a} count, the {b} count and the {c} count
        {a+}, {b+}, {c+}, one total
        what do the {a+}, {b+} and {c+} (add up|come|amount) to
        what do you get when you add {a+}, {b+} and {c+}
        there are {a+}, {b+} and {c+}. how many altogether
        id like the combined (count|number) of {a+}, {b+} and {c+}
        how many things are {a+}, {b+} or {c+}
        {a+} + {b+} + {c+}
        if i count the {a+}, the {b+} and the {c+}, what do i get
        sum of {a+}, {b+} and {c+}
        taken together, how many {a+}, {b+} and {c+} do you see
    """,
    "difference": """
        how much more {a+} than {b+} (do we have|are there)
        return the {a} count minus the {b} count
        take the number of {b+} (away|off) from the number of {a+}
        what is the surplus of {a+} over {b+}
        there are more {a+} than {b+}. (how many more|by how many|by how much)
        by how many are there more {a+} than {b+}
        count the {a+} and take away the {b+}
        if you subtract the {b+} from the {a+}, what (is left|do you get)
        i know there are more {a+} than {b+}, but how many more
        what lead do the {a+} have over the {b+} in number
        how many {a+} are left over once each {b} has taken one
        pair every {b} with {a~}. how many {a+} are left [over|alone]
        number of {a+} less the number of {b+}
        the {a+} exceed the {b+} by how many
        give one {a} to every {b}, how many {a+} do i keep
        in comparison with the {b+}, how many more {a+} do you count
    """,
    "gap": """
        how far is the {a} count from the {b} count
        return the absolute difference of the {a} count and the {b} count
        {a+} vs {b+}, difference in number
        count the {a+} and the {b+}. how big is the difference
        what is the numerical difference between {a+} and {b+}
        how many apart are the {a+} and the {b+} in number
        id like the difference in count between {a+} and {b+}
        by what number do the {a+} and the {b+} differ
        how large is the gap between the number of {a+} and the number of {b+}
        are {a+} and {b+} unequal in number, and by how many
        between how many {a+} and how many {b+} there are, whats the difference
        no matter which is more, how much do {a+} and {b+} differ in number
    """,
    "fewer_by": """
        there are (fewer|less) {a+} than {b+}. (how many fewer|by how many)
        return the {b} count minus the {a} count
        by how many do the {b+} outnumber the {a+}
        i know there are fewer {a+} than {b+}, but how many fewer
        what is the shortage of {a+} compared to {b+}
        how far behind are the {a+} in number compared with the {b+}
        one {a} for each {b}, how many {a+} (are missing|are we short|do i still need)
        each {b} (takes|gets|wants) one {a}. how many {b+} (get nothing|go empty handed|end up without one)
        every {b} should get {a~}, how many {a+} (are lacking|do we still need|must we buy)
        how many {b+} will be left without {a~}
        how many {a+} do i have to (buy|add|get) to match the {b+}
        in comparison with the {b+}, how many fewer {a+} do you count
        the {a+} are how many fewer than the {b+}
        to have as many {a+} as {b+}, how many {a+} need to be added
    """,
    "share": """
        im handing out the {a+} to the {b+}, how many (for each|does each one get|can i give each)
        return the number of {a+} divided by the number of {b+}
        all {b+} should get equally many {a+}. how many (is that each|does one get)
        give every {b} the same number of {a+}, how many [at most] can that be
        if we deal out the {a+} to the {b+}, how many (does|will) each (hold|have|get)
        suppose the {b+} want to share the {a+} without fighting, how many each
        {a+} for {b+}, how many each
        how many {a+} would be a fair share for (one|each|a) {b}
        at most how many {a+} can every {b} have if all get the same
        the {a+} belong to the {b+}, and they share fairly. how many does each own
        can you help me (divide|split) the {a+} fairly, how many goes to each {b}
        how should i (split|distribute) the {a+} so every {b} gets the same, how many each
        to how many {a+} is (each|every) {b} entitled if it is fair
        number of {a+} that each {b} (gets|receives) in a fair division
        there are {b+} and there are {a+}. how many {a+} (for each|per|to each) {b}
        the {b+} are hungry for the {a+}. how many can each have, all the same
        distribute the {a+} (evenly|equally|fairly) (over|among|to) the {b+}. how many (each|does one {b} get)
        with equal shares, how many {a+} (per|for one|for every) {b}
        what number of {a+} (does|will) (each|every) {b} receive if they are shared out evenly
        how much {a+} (gets|can get) (each|every) {b}
        each {b} may take the same number of {a+}, how many may it take
        share out the {a+}, one round after another, to the {b+}. how many does each {b} have in the end
        assign the {a+} to the {b+} in equal numbers, how many to each
        so if the {b+} split up all the {a+} like evenly, how many would each one of them get
        number of {a+} divided by number of {b+}
    """,
    "left_over": """
        return the number of {a+} modulo the number of {b+}
        give every {b} the same number of {a+}, as many as possible. how many (are left|stay behind|remain)
        im handing out the {a+} evenly to the {b+}, how many (will i have left|do i keep|are left over)
        {a+} modulo {b+}
        how many {a+} does nobody get when the {b+} share them (equally|evenly|fairly)
        distribute the {a+} (evenly|equally|fairly) among the {b+}. what is the rest
        remainder when the {a+} are divided among the {b+}
        the {b+} split the {a+} into equal shares, how many do not fit
        after an even split of the {a+} among the {b+}, how many are over
        how many {a+} cant be given out if all {b+} must get the same number
        if each {b} gets the same whole number of {a+}, how many are left in the end
        with the {a+} dealt out fairly to all {b+}, how many spare ones are there
        what rest is there if you divide the {a+} by the {b+}
        the {b+} share the {a+} and none may get more than another. how many {a+} stay over
    """,
    "enough": """
        if each {b} takes one {a}, is there enough
        i want to hand one {a} to every {b}, do i have enough
        return true if the number of {a+} is at least the number of {b+}
        do the {a+} (go round|go around|suffice) for all the {b+}
        does the number of {a+} cover all the {b+}
        will there be {a~} left for the last {b} if all take one
        every {b} wants {a~}. (are there enough|is it enough|does it work out)
        would all the {b+} be served with one {a} each
        there are enough {a+} for the {b+}, (arent there|right)
        are there sufficient {a+} to supply each {b} with one
        no {b} goes without {a~}, is that so
        can i give {a~} to each {b} without running out
        are the {a+} sufficient in number for the {b+}
        one {a} per {b}, do we have enough
        do i have to buy no more {a+} to give each {b} one
        is it enough {a+} so every {b} takes one
    """,
    "times": """
        return the number of {a+} times {n}
        count the {a+} and multiply by {n}
        every {a} is worth {n} points, whats the (total|score)
        i (pay|give|owe) {n} (coins|dollars|euros) for each {a}, how much is that
        number of {a+} multiplied by {n}
        if there were {n} times as many {a+}, how many would there be
        {n} (cookies|stickers|sweets) for every {a}, how many (in all|do i need|is that in total)
        suppose each {a} (brings|has|holds) {n} (balloons|flags|coins). how many is that in total
        the {a+} get {n} (treats|points|stars) each, how many is that together
        for each {a} i need {n} (screws|nails|labels|boxes), how many do i need
        what is the number of {a+} taken {n} times
        one {a} takes {n} minutes, how many minutes for all of them
        how many points do i get if each {a} gives {n}
    """,
    "left_after": """
        return the number of {a+} minus {n} times the number of {b+}
        hand {n} {a+} to every {b}. how many do i have left
        for each {b} take away {n} {a+}, how many (remain|are left)
        how many {a+} stay on the table when each {b} has had {n}
        the {b+} are greedy and each one grabs {n} {a+}, how many are left then
        i have to give {n} {a+} to every {b}, how many {a+} do i keep
        each of the {b+} (needs|receives|is given) {n} {a+}, how many are left over
        once all {b+} have (eaten|taken|got) {n} {a+} apiece, how many are left
        at {n} {a+} per {b}, how many {a+} would (be left|remain|be over)
        after every {b} helps itself to {n} {a+}, what number is left
        {n} {a+} go to each {b}. what is left of them
        let every {b} have {n} {a+}. how many remain
        if all of the {b+} walk off with {n} {a+} each, how many {a+} are still here
        subtract {n} {a+} for every {b}, how many does that leave
    """,
    "take_away": """
        return the number of {a+} minus {n}
        imagine {n} {a+} (gone|leaving|removed). how many (are left|do you still see|remain)
        you take {n} of the {a+} (home|away|out), how many (are still there|does that leave)
        there are some {a+} and {n} (leave|go away|vanish), how many now
        cover up {n} {a+} with your hand. how many can you still see
        {n} {a+} fewer would be how many
        count the {a+} and subtract {n}
        (i|we|they) (lose|sell|give away|throw out|use up) {n} of the {a+}, how many (do i have|are left|remain)
        say {n} of those {a+} (went missing|got lost|broke), how many would there still be
        how many {a+} does it leave when you take {n} out
        less {n}, how many {a+} are there
        if there were {n} fewer {a+}, how many would there be
        {n} out of the {a+} are gone. how many have stayed
        with {n} {a+} gone, how many (remain|are there|would be left)
    """,
    "take_kind": """
        imagine {n} of the {a+} gone. how many {g+} are left
        with {n} {a+} gone, how many {g+} (remain|are there)
        take {n} of the {a+} (away|out), how many {g+} does that leave
        of all the {g+}, {n} {a+} (leave|vanish), how many {g+} are still there
        there are {g+}, and {n} of the {a+} are lost. how many {g+} now
        count the {g+} but leave out {n} {a+}
        after {n} {a+} have left, what is the number of {g+}
        if there were {n} fewer {a+}, how many {g+} would there be
        how many {g+} do i still see with {n} of the {a+} covered up
        someone (took|stole|bought) {n} of the {a+}. what number of {g+} is left
        say {n} {a+} went missing, how many {g+} would be left in total
        less {n} of the {a+}, how many {g+} are there
    """,
    "lack": """
        return {n} minus the number of {a+}
        im supposed to have {n} {a+}. how many (are missing|are still missing|do i still need)
        (we|i) ordered {n} {a+}, how many (did not arrive|are missing here)
        how many more {a+} to reach {n}
        there should be {n} {a+}, how many are (missing|not there)
        the goal is {n} {a+}, how many (to go|are still lacking)
        how many {a+} must be added to get {n}
        to get {n} {a+} in total, how many more (should|must|do) i (draw|bring|buy)
        i collect {a+} and want {n} of them, how many more do i need
        how many {a+} are we away from {n}
        the recipe (calls for|says) {n} {a+}. how many more do i need
        {n} minus the {a+}
        until it is {n} {a+}, how many more
    """,
    "add_more": """
        return the number of {a+} plus {n}
        imagine {n} more {a+}. how many (would that be|are there then)
        count the {a+} and add {n}
        {n} more {a+} and we have how many
        someone (brings|puts|throws in|adds) {n} (more|extra) {a+}, how many (is it|are there) then
        let {n} more {a+} join. how many (altogether|in total)
        i already have {n} {a+} at home, how many with these
        if i drew {n} {a+} more, how many would (there|it) be
        what do you get if you put {n} (more|extra) {a+} to those already there
        the {a+} here plus {n} others, how many
        after {n} (more|other) {a+} come along, how many (will there be|do we have)
        there are some {a+} and {n} more come, how many now
        increase the number of {a+} by {n}
        say we got {n} {a+} on top of these, how many is that
    """,
    "needed": """
        return {n} times the number of {b+} minus the number of {a+}
        every {b} should get {n} {a+}, how many more do i have to (buy|get|bring)
        i want {n} {a+} for each {b}. how many (am i short|are lacking|are still missing)
        {n} {a+} per {b}, how many (are missing|more do i need)
        we promised each {b} {n} {a+}, how many do we still need
        what is the shortage of {a+} when every {b} needs {n}
        to have {n} {a+} per {b}, how many must be added
        how many extra {a+} are required to supply each {b} with {n}
        at {n} {a+} for each {b}, how many {a+} do we lack
        the {b+} need {n} {a+} each, how many more have to come
        how many {a+} do i have to add until every {b} has {n}
        not every {b} can have {n} {a+}. how many are missing for that
    """,
    "enough_each": """
        return true if there are {n} {a+} or more for every {b}
        every {b} wants {n} {a+}. (are there enough|is it enough|does it work out)
        i want to give {n} {a+} to each {b}, do i have enough
        {n} {a+} per {b}, do we have enough
        if each {b} takes {n} {a+}, are there enough
        would the {a+} go round if every {b} took {n}
        can i hand out {n} {a+} to every {b} without running out
        at {n} {a+} for each {b}, do the {a+} suffice
        are there sufficient {a+} to supply each {b} with {n}
        do the {a+} last if every one of the {b+} gets {n}
        is the number of {a+} enough to allow {n} for each {b}
        there are enough {a+} for each {b} to get {n}, (arent there|right)
    """,
    "half": """
        return the number of {a+} divided by two
        count the {a+} and halve (it|the number)
        number of {a+} halved
        i only want half of the {a+}, how many do i get
        if we split the {a+} fifty fifty, how many do you get
        half the {a+} for me and half for you, how many do i get
        cut the number of {a+} in half
        50 percent of the {a+} is how many
        one half of the {a+}, what number is it
        you and i share the {a+} equally, how many do i get
        how many {a+} are in one half of them
        half of these {a+} belong to my brother, how many (is that|are his)
    """,
    "twice": """
        return true if the {a} count is two times the {b} count
        does the number of {a+} equal two times the number of {b+}
        for every {b}, do we have exactly two {a+}
        two times as many {a+} as {b+}, (right|true|yes or no)
        is the amount of {a+} double the amount of {b+}
        if you double the {b+}, do you get the number of {a+}
        i think there are twice as many {a+} as {b+}, (am i right|is that so)
        count the {a+} and the {b+}. is it double for the {a+}
        are the {a+} exactly double the {b+} in number
        would it be correct to say there are twice as many {a+} as {b+}
        are {a+} and {b+} in the ratio two to one
        is the {b} count times two the same as the {a} count
    """,
    "three_more": """
        if i count {a+}, {b+} and {c+}, which comes out highest
        count the {a+}, {b+} and {c+} and tell me which is the most
        return the most numerous: {a+}, {b+} or {c+}
        there are {a+}, {b+} and {c+}. which are there most of
        between {a+}, {b+} and {c+}, who has the majority
        {a+} vs {b+} vs {c+}, which is most
        which do we have the most of, {a+}, {b+} or {c+}
        who wins in numbers, {a+}, {b+} or {c+}
        which of the three is the largest group, {a+}, {b+} or {c+}
        im wondering what there is most of, {a+}, {b+} or {c+}
        highest number: {a+}, {b+} or {c+}
        is it the {a+}, the {b+} or the {c+} that there are most of
        what occurs most [often], {a+}, {b+} or {c+}
    """,
    "any_thing_colour": """
        look at (the|this) $picture. is something in it {k}
        return true if a thing is {k}
        at least one thing is {k}, (right|isnt it|true)
        {k} things: present or not
        did they use {k} on any of the things
        is there a single {k} (thing|object|item)
        does any (thing|object|item) (come in|have the color) {k}
        there is something {k} in it, isnt there
        im looking for something {k}, (is there anything|do you see anything)
        can {k} things be found $pic
        i (love|like) {k}. is there anything in that color
        is one of the (things|objects|items) {k}
        can you check for {k} (things|objects|items)
    """,
    "count_things_colour": """
        return the number of {k} (things|objects|items)
        how many (objects|items) (are in|come in|have) {k}
        look at the colors. how many things are {k}
        im sorting by color, how many {k} (things|items|objects) do we have
        of all the (things|objects|items), how many are {k}
        {k} things, how many
        tally [up] the {k} (things|objects|items)
        there are some {k} things. how many
        quantity of {k} (objects|items|things)
        how many (objects|items|things) can you find that are {k}
        how many times do you see a {k} thing
        id be curious how many (objects|things) there are in {k}
        if i pick out all that is {k}, how many things do i have
    """,
    "more_colour": """
        return true if {k} {a+} are more than {m} {a+}
        among the {a+}, are there more {k} ones than {m} ones
        of the {a+}, are more {k} than {m}
        i think there are more {k} {a+} than {m} ones, (am i right|do you agree)
        is {k} more common than {m} among the {a+}
        are the {m} {a+} outnumbered by the {k} ones
        look at the {a+}. are more of them {k} than {m}
        {k} {a+} versus {m} {a+}: are the {k} ones more
        do the {a+} tend more to {k} than {m}, i mean by number
        does the count of {k} {a+} exceed the count of {m} {a+}
        if you sort the {a+} by color, is the {k} pile bigger than the {m} one
        would you say you see more {k} {a+} than {m} {a+}
    """,
    "which_more_colour": """
        if i sort the {a+} by color, which pile is bigger, {k} or {m}
        among the {a+}, is {k} or {m} more common
        of the {a+}, are more {k} or more {m}
        return the more frequent color of the {a+}, {k} or {m}
        count the {k} and the {m} {a+} and tell me which color has more
        which color wins among the {a+}, {k} or {m}
        look at the {a+}. do you see more {k} or more {m} ones
        {a+}: more {k} or more {m}
        {k} {a+} versus {m} {a+}, which color is ahead
        which (is|are) more numerous, the {k} {a+} or the {m} ones
        what color do more {a+} have, {k} or {m}
        im wondering if there are more {k} {a+} or {m} ones
    """,
    "sum_colour": """
        return the number of {k} {a+} plus the number of {m} {a+}
        put the {k} {a+} and the {m} {a+} together, how many is that
        {k} {a+} and {m} {a+}, one total
        what do the {k} {a+} and the {m} ones add up to
        i only want {k} and {m} {a+}, how many are those in total
        there are {k} and {m} {a+}. how many altogether
        of the {a+}, how many have the color {k} or {m}
        count only {a+} that are {k} or {m}
        number of {a+} that are {k} or {m}
        if you add the {k} {a+} to the {m} {a+}, what do you get
        id like the combined count of {k} and {m} {a+}
        {k} {a+} + {m} {a+}
    """,
    "any_edible": """
        im (hungry|starving), is there (anything|something) to eat
        could (somebody|a hungry person) find (anything|something) to eat here
        return true if (something|anything) is edible
        food: present or not
        there is something to eat, isnt there
        would i find something to bite into
        look at (the|this) $picture. is some of it food
        do they have (anything|something) to eat
        any food [around|in sight|in there]
        does (any|some) of it (count as food|taste good)
        i need lunch. does it show (anything|something) i can eat
        does the picture show any food [items]
    """,
    "count_edible": """
        return the number of edible (things|objects|items)
        im (hungry|starving), how many things can i eat
        how many food items (are there|do you see|are shown)
        number of food items
        look at the things. how many are food
        how many (objects|items) could be eaten
        how many things would you call food
        of all the things, how many can be eaten
        how many (things|items) belong in the kitchen as food
        tally the food items
        i want to eat all of the food, how many things is that
        how much food is there, in number of things
    """,
    "any_wearable": """
        im cold, is there (anything|something) to (wear|put on)
        return true if (something|anything) is wearable
        clothes: present or not
        there is something to wear, isnt there
        would i find something to (wear|put on)
        look at (the|this) $picture. are there clothes in it
        do they have (anything|something) to wear
        any (clothes|clothing|garments) [around|in sight|in there]
        i have nothing to wear. is there something for me
        does (any|some) of it belong in a (wardrobe|closet) as clothing
        does the picture show any (clothes|clothing)
        is there a piece of clothing
    """,
    "count_wearable": """
        return the number of wearable (things|objects|items)
        im packing clothes, how many things to wear are there
        how many pieces of clothing (are there|do you see|are shown)
        number of (clothing items|pieces of clothing)
        look at the things. how many are clothes
        how many (objects|items) could be worn
        how many things would you call clothing
        of all the things, how many can be worn
        how many garments do you (see|count|find)
        tally the clothes
        how many items of clothing are there in total
        how many of these would go in a (wardrobe|closet) as clothes
    """,
    "any_drivable": """
        i need a ride, is there (anything|something) to (drive|ride in)
        return true if (something|anything) is a vehicle
        vehicles: present or not
        there is something to drive, isnt there
        would i find something to (drive|travel with)
        look at (the|this) $picture. is some kind of vehicle in it
        do they have (anything|something) to (drive|travel with)
        any (vehicle|vehicles) [around|in sight|in there]
        is some means of transport (visible|shown|there)
        i have to get home. is there a vehicle for me
        does the picture show any (vehicle|vehicles)
        is there a vehicle of any (kind|sort)
    """,
    "count_drivable": """
        return the number of vehicles
        how many means of transport (are there|do you see|are shown)
        im checking the traffic, how many vehicles are there
        number of vehicles [of any kind]
        look at the things. how many are vehicles
        how many (objects|items) could be driven
        how many things would you call a vehicle
        of all the things, how many can be driven
        how many vehicles do you (see|count|find)
        tally the vehicles
        how many vehicles of (any|whatever) kind are there in total
        in how many of these things could one ride
    """,
    "more_described": """
        look at all the things. are there more things {u} than ones {v}
        return true if there are more things {u} than things {v}
        i think there are more things {u} than things {v}, (am i right|do you agree)
        does the number of things {u} exceed the number of things {v}
        would you say you see more things {u} than things {v}
        are things {v} outnumbered by things {u}
        if you count the things {u} and the things {v}, are the first ones more
        compared to things {v}, are there more things {u}
        is there more stuff {u} than stuff {v}
        there are more things {u} than things {v}, arent there
        do we have more (objects|items) {u} than (objects|items) {v}
        are (objects|items) {u} more numerous than (objects|items) {v}
    """,
    "packs": """
        return the number of {a+} divided by {r}, rounded down
        im packing the {a+} into bags of {r}, how many (full bags|bags can i fill)
        a (bag|box|tray|pack) holds {r} {a+}. how many can i fill completely
        {r} {a+} fit in a box, how many boxes can be filled
        sell the {a+} in packs of {r}, how many packs (is that|do you have)
        bundle the {a+} by {r}, how many full bundles
        how many complete (sets|bundles|teams|rows) of {r} do the {a+} make
        the {a+} come {r} to a pack, how many packs do we see
        i put {r} {a+} on each plate, how many plates can i fill
        how often can i take away {r} of the {a+}
        everyone gets {r} {a+}, for how many people is that enough
        arranged in rows of {r}, how many full rows do the {a+} give
    """,
    "pairs": """
        return the number of pairs of {a+}
        the {a+} pair up, how many pairs do they form
        how many (full|complete) pairs can be formed from the {a+}
        {a+} two by two, how many pairs
        if i match up the {a+} two at a time, how many pairs do i get
        sort the {a+} into pairs. how many (is that|are there|do you get)
        there are {a+}. how many pairs of them
        {a+} in twos, how many twos
        pairs of {a+}: how many
        im packing {a+} in pairs, how many pairs will i have
        the {a+} hold hands two and two, how many pairs is that
        how many sets of two can be made from the {a+}
        how many pairs will the {a+} give
    """,
    "is_pair": """
        return true if there are exactly two {a+}
        is it just the two {a+}
        are there two {a+}, not more and not less
        the {a+} are a pair, arent they
        {a+}: a pair, yes or no
        i see a pair of {a+}, (am i right|is that so)
        do the {a+} come as a pair
        is the {a} count that of a pair
        can we speak of a pair of {a+} here
        are we looking at a pair of {a+}
        would you say the {a+} are a pair
        do we have one pair of {a+} exactly
    """,
    "even": """
        return true if the {a} count is even
        {a+}: even, yes or no
        is the number of {a+} divisible by (two|2)
        if the {a+} pair up, does everyone find a partner
        can you halve the number of {a+} without a remainder
        i think the number of {a+} is even, (am i right|do you agree)
        count the {a+}. is it an even number
        the number of {a+} is even, isnt it
        do all {a+} have a partner when they walk two by two
        can my sister and i split the {a+} evenly so that none remains
        are there evenly many {a+}, so that they go into pairs
        would two people get the same number of {a+} with nothing left
    """,
    "odd": """
        return true if the {a} count is odd
        {a+}: odd, yes or no
        is the number of {a+} not divisible by (two|2)
        if the {a+} pair up, does one stay alone
        do you get a remainder when you halve the number of {a+}
        i think the number of {a+} is odd, (am i right|do you agree)
        count the {a+}. is it an odd number
        the number of {a+} is odd, isnt it
        is there one {a} too many to make pairs
        does one {a} remain if two people split the {a+} evenly
        would one {a} be over if they walked two by two
        is it an odd number of {a+} we have here
    """,
    "double": """
        return two times the number of {a+}
        count the {a+} and double it
        imagine twice as many {a+}. how many (is that|would you see)
        number of {a+} times two
        two times the {a+}, how many
        what number is twice the {a} count
        (i|we) want to order double the {a+}, how many is that
        every {a} splits in two, how many {a+} are there then
        a mirror shows all the {a+} again, how many with the mirror images
        if you saw each {a} double, how many would you see
        the same number of {a+} again comes along, how many in total
        the {a+} counted twice makes how many
        multiply the {a+} by two
    """,
    "dozen": """
        return true if there are twelve {a+} or more
        a recipe needs a dozen {a+}, are there enough
        does the number of {a+} reach a dozen
        is the {a} count at least a dozen
        i want a dozen {a+}, do they have that many
        can you count a dozen {a+}
        can a box for a dozen {a+} be filled [completely]
        there are a dozen {a+} at least, arent there
        {a+}: a dozen or more, yes or no
        do we have a full dozen {a+}
        are the {a+} sufficient for a dozen
        will i get a dozen {a+} out of these
    """,
    "dozen_lack": """
        return twelve minus the number of {a+}
        a box holds a dozen {a+}. how many are missing to fill it
        to fill up a dozen, how many more {a+}
        there should be a dozen {a+}, how many (are missing|are not there)
        what is the number of {a+} still lacking to a dozen
        i ordered a dozen {a+}, how many did not come
        how many more {a+} to reach a dozen
        we are not at a dozen {a+} yet, how many to go
        a recipe needs a dozen {a+}, how many more must i buy
        how many {a+} are we away from a dozen
        until it is a dozen {a+}, how many more
        the dozen of {a+} is not full, how many are lacking
    """,
    "half_gone": """
        imagine half of the {a+} (gone|removed|sold). how many (remain|are there)
        with half the {a+} gone, how many (remain|are left)
        (i|we|they) (lose|give away|throw out|hide) half of the {a+}, how many are left
        return half of the number of {a+}
        every second {a} (leaves|is removed|disappears), how many stay
        take half of the {a+} (away|out). how many does that leave
        cover up half of the {a+}, how many can you still see
        if only half of the {a+} stay, how many is that
        say 50 percent of the {a+} disappear, how many would be left
        one half of the {a+} went missing, how many do we still have
        how many {a+} does it leave when half of them go
        my friend gets half of the {a+}, how many are left for me
        only half of the {a+} are mine, how many is that
    """,
    "gone_sum": """
        return the {a} count plus the {b} count minus {n}
        imagine {n} of the {a+} and {b+} gone. how many are left [in total]
        take the {a+} and the {b+} together and remove {n}, how many remain
        with {n} of the {a+} and {b+} gone, how many of them remain
        count the {a+} and {b+} together and subtract {n}
        out of all the {a+} and {b+}, {n} are lost, how many are still there
        (i|we|they) sell {n} of the {a+} and {b+}, how many are left altogether
        there are {a+} and {b+}, and {n} of them vanish. how many stay
        {a+} plus {b+} minus {n}
        how many of the {a+} and {b+} are left after {n} are gone
        the {a+} and the {b+} make one group and {n} leave it, how many remain
        someone takes {n} things out of the {a+} and {b+}, how many are left
    """,
    "bring": """
        return the {a} count plus {n} times the {b} count
        imagine each {b} with {n} more {a+}. how many {a+} in total
        let every {b} bring {n} {a+} to those here. how many {a+} then
        for each {b} add {n} {a+}, how many {a+} (is that|do you get)
        all the {b+} show up with {n} extra {a+} each, how many {a+} are there now
        add {n} {a+} per {b} to the {a+} here, how many
        every {b} puts {n} more {a+} on the pile, how many {a+} lie there then
        if {n} {a+} are added for every {b}, how many {a+} will we have
        say each {b} donates {n} more {a+}, how many {a+} do we end up with
        the {a+} here plus {n} new ones from every {b}, how many {a+}
        how many {a+} in total once every {b} has brought {n} more
        each of the {b+} adds {n} {a+} to the ones in the picture, how many {a+} altogether
    """,
    "price_two": """
        return {n} times the {a} count plus {r} times the {b} count
        i buy all the {a+} for {n} each and all the {b+} for {r} each, what do i pay
        {a+} at {n} (dollars|euros|pounds) each plus {b+} at {r} each, what is the bill
        whats the bill if {a+} are {n} and {b+} are {r} apiece
        the shop asks {n} (dollars|euros|coins) for {a~} and {r} for {b~}. how much for everything
        i sell every {a} for {n} and every {b} for {r}, how much money do i make
        one {a}: {n}, one {b}: {r}. total
        {a~} is {n} (bucks|dollars|euros|pounds), {b~} is {r}. how much for all of them
        how much money do i need for all {a+} and {b+} when {a~} costs {n} and {b~} costs {r}
        {a~} counts {n} points and {b~} {r} points, how many points altogether
        say {a+} go for {n} and {b+} for {r} each, what would the lot cost
        paying {n} for each {a} and {r} for each {b}, how much will i spend
    """,
    "price": """
        return the price of all {a+} at {n} each
        i buy all the {a+} for {n} (dollars|euros|pounds|bucks) each, what do i pay
        im in a shop, {a+} are {n} (dollars|euros|pounds) apiece. how much for all
        whats the bill for the {a+} at {n} apiece
        the shop asks {n} (dollars|euros|coins) for each {a}. how much for all of them
        one {a}: {n} (dollars|euros|pounds|cents). all of them
        how much money do i need to buy all the {a+} when each is {n} (dollars|euros|coins)
        {a+}, {n} (bucks|dollars|euros|pounds) a piece, what would the lot cost
        say {a+} go for {n} each, what are they worth together
        paying {n} (dollars|euros|coins) for each {a}, how much will i spend [in all|in total]
        what is the value of all the {a+} if each is worth {n} (dollars|euros|coins)
        i earn {n} (dollars|euros|coins) for every {a}, how much do i earn
        the {a+} cost {n} apiece, total cost
        for every {a} you pay {n} (cents|dollars|euros), how much in all
        at a price of {n} (dollars|euros|pounds) per {a}, what does the customer owe for all
    """,
    "more_than_sum": """
        return true if the {a} count exceeds the {b} count plus the {c} count
        put the {b+} and {c+} together. are there still more {a+}
        i think there are more {a+} than {b+} and {c+} together, am i right
        does the number of {a+} exceed that of {b+} and {c+} combined
        even if you add the {b+} and the {c+}, are the {a+} more
        {a+} versus {b+} plus {c+}: are the {a+} more
        are the {b+} and the {c+} together outnumbered by the {a+}
        there are more {a+} than {b+} and {c+} taken together, (arent there|right)
        would you say the {a+} are more than {b+} and {c+} put together
        is the {a} count higher than the {b} and {c} counts added up
        do {a+} beat {b+} and {c+} combined when it comes to numbers
        do we have more {a+} than {b+} and {c+} in total
    """,
    "half_as_many": """
        return true if the {a} count is half the {b} count
        does the number of {a+} equal half the number of {b+}
        if you halve the {b+}, do you get the number of {a+}
        i think there are half as many {a+} as {b+}, (am i right|is that so)
        is the amount of {a+} half the amount of {b+}
        for every {a}, are there exactly two {b+}
        count the {a+} and the {b+}. is it half for the {a+}
        are the {a+} exactly half of the {b+} in number
        would it be correct to say there are half as many {a+} as {b+}
        are {a+} and {b+} in the ratio one to two
        does doubling the {a+} give the number of {b+}
        {a+} half the number of {b+}, yes or no
    """,
}

_AMONG = {
    "share_among": """
        return the number of {a+} divided by {r}
        we are {r} {who_}, and we share the {a+}. how many do i get
        im handing out the {a+} evenly to {r} {who}, how many does each get
        all {r} {who} should get equally many {a+}, how many each
        with {r} {who} at the table, how many {a+} (per person|for each)
        give {r} {who} the same number of {a+}, how many for each at most
        {r} equal shares of the {a+}, how big is one
        if we deal out the {a+} to {r} {who}, how many does each hold
        distribute the {a+} (evenly|equally|fairly) (over|among) {r} {who}. how many each
        suppose {r} {who} split up all the {a+} without fighting, how many each
        cut the {a+} into {r} equal groups, how many are in a group
        how many {a+} is a fair share for one of {r} {who_}
        {r} {who_} found the {a+} and share them fairly, how many does one get
        the {a+} are for {r} {who}, how many may each take if all take the same
        to be fair to {r} {who}, how many {a+} should each get
    """,
    "left_among": """
        return the number of {a+} modulo {r}
        im handing out the {a+} evenly to {r} {who}, how many (will i have left|do i keep)
        give {r} {who} the same number of {a+}, as many as possible. how many remain
        what is the rest if you divide the {a+} by {r}
        {a+} modulo {r}
        distribute the {a+} (evenly|equally|fairly) among {r} {who}. what is the rest
        how many {a+} does nobody get when {r} {who} share them evenly
        after an even split of the {a+} among {r} {who}, how many are over
        make {r} equal groups of the {a+}, how many do not fit
        with the {a+} dealt out fairly to {r} {who}, how many spare ones are there
        remainder of the {a+} shared by {r}
        how many {a+} cant be given out if {r} {who} must all get the same number
    """,
    "needed_for": """
        return {r} minus the number of {a+}
        {r} {who_} are coming, how many more {a+} must i (buy|get|bring)
        every one of {r} {who_} should get {a~}, how many {a+} do i still need
        i want one {a} for each of {r} {who_}. how many am i short
        we are {r} {who_} and each wants {a~}, how many are missing
        with {r} {who} and one {a} for each, how many are lacking
        the {a+} do not suffice for {r} {who}, how many must be added
        what is the shortage of {a+} when {r} {who} need one each
        {r} {a+} are wanted, how many are lacking
        to give {r} {who} {a~} each, how many more have to come
        one {a} per person and {r} {who}, how many more do we need
        how many of {r} {who_} go without {a~} if each takes one
    """,
    "enough_for": """
        return true if the number of {a+} is at least {r}
        {r} {who_} are coming, are there enough {a+}
        we are {r} {who_} and each wants {a~}, do we have enough
        i want to hand one {a} to each of {r} {who_}, do i have enough
        if {r} {who} take one {a} each, is it enough
        do the {a+} (go round|go around|suffice) for {r} {who}
        would {r} {who} be served with one {a} each
        there are enough {a+} for {r} {who}, (arent there|right)
        are there sufficient {a+} to supply {r} {who} with one each
        can i give {a~} to each of {r} {who_} without running out
        one {a} per person and {r} {who}, does it work out
        for {r} {who}, are the {a+} sufficient in number
    """,
    "eaters": """
        return the number of {a+} minus {r} times {q}
        hand {q} {a+} to each of {r} {who_}. how many do i have left
        {r} {who_} come by and each one grabs {q} {a+}, how many are left then
        with {q} {a+} for each of {r} {who_}, how many {a+} (remain|are over)
        imagine {r} {who} each with {q} of the {a+}. how many are left
        i have to give {q} {a+} to {r} {who} each, how many do i keep
        let {r} {who} have {q} {a+} each. how many remain
        once {r} {who} have helped themselves to {q} {a+} apiece, what number is left
        {q} {a+} go to each of {r} {who_}, what is left of them
        if {r} {who} walk off with {q} {a+} each, how many {a+} are still here
        we are {r} {who_} and each of us eats {q} {a+}, how many are left
        how many {a+} stay on the table when {r} {who} have taken {q} each
    """,
}

_WHO = (
    ("{who_}", "(kids|children|friends|people|guests|players|pupils|students)"),
    ("{who}", "(kids|children|friends|people|guests|players|pupils|students|of us)"),
)

_PARTS = """
    return the number of {part} of all [the] {a+}
    the {a+} all show their {part}. how many {part} is that
    how many {part} belong to (the|all the) {a+}
    look at the {a+}. how many {part} do they have (in total|altogether|together|in all)
    add up the {part} of [all] the {a+}
    each {a} has its {part}, how many {part} are there in total
    all the {part} of the {a+}, how many
    i want to draw the {a+}, how many {part} must i draw (in total|altogether)
    taking all the {a+} together, how many {part} (are there|do you get|do they have)
    count {part}, not {a+}. how many {part} do all the {a+} have
    {a} {part}, how many in total
    my teacher asks how many {part} all the {a+} have (together|in total)
    the number of {part} the {a+} have between them
"""

_TWO_PARTS = """
    return the total number of {part} of all {a+} and {b+}
    add up the {part} of all the {a+} and all the {b+}
    the {a+} and the {b+} all count their {part}, how many is that together
    how many {part} belong to the {a+} and the {b+}
    look at the {a+} and the {b+}. how many {part} do they have (in total|altogether|together)
    taking {a+} and {b+} together, how many {part} (are there|do you get)
    {a} {part} plus {b} {part}, how many
    all the {part} of the {a+} and of the {b+}, how many
    i want to draw the {a+} and the {b+}, how many {part} must i draw
    the sum of the {part} of the {a+} and the {b+}
    my teacher asks how many {part} the {a+} and {b+} have altogether
    the number of {part} that {a+} and {b+} have between them
"""

_COUNT_CALLED = """
    return the (number|count) of {u}
    im making an inventory, how many {u} (do we have|are there)
    look at (the|this) $picture. how many {u} (are in it|do you see)
    how many {u} would (you|one|someone) (find|count|see) $pic
    id be curious to (know|hear) how many {u} there are
    of all the things, how many (are|would you call) {u}
    {u}, how many (are there|of those|do you see)
    tally [up] the {u}
    quantity of {u}
    if (i|you|we) count [all] the {u}, how many do (i|you|we) get
    how many {u} have we got
    how many {u} did they put in
    there are some {u}. how many (are there|exactly)
    i keep losing count of the {u}, how many are there
    my (teacher|son|daughter) wants to know how many {u} there are
    please (determine|work out|figure out) the number of {u}
    what (quantity|number) of {u} (is shown|do you see) $pic
    so how many {u} are (actually|really) in there
    how many {u} all in all
    may i ask how many {u} (are shown|can be seen)
"""

_COUNT_DO = """
    look at (the|all the) things. how many [of them] {u}
    im making a list, how many (things|items) {u}
    exactly how many (things|objects|items) {u}
    in total how many (things|items) {u}
    out of everything (here|there|you see), how many {u}
    go through the things one by one. how many {u}
    the question is how many (things|of the things) {u}
    im curious, how many (things|of them|of these) {u}
    my (teacher|son|daughter) asks: how many (things|of them) {u}
    what number of (things|objects|items) {u}
    how many objects (that i see|shown|$inthe) {u}
    so how many of all those things {u}
    count them for me: how many {u}
    among the things $inthe, how many {u}
"""

_ANY_CALLED = """
    look at (the|this) $picture. are there {u} in it
    return true if there are [any] {u}
    there are {u} in (it|there), arent there
    {u}: present or not
    im looking for {u}, (are there any|do you see any)
    do we have any {u} (here|in it|at all)
    would (i|one|someone) find any {u} (here|there|$inthe)
    does it (show|have) any {u}
    can {u} be (seen|found|spotted) $pic
    i (cant|dont) see any {u}. are there any
    id be (curious|interested) to know whether there are any {u}
    have they got [any] {u} in there
    {u}, yes or no
    are there such things as {u} $pic
    are {u} among the things [shown|you see]
    kindly (confirm|indicate) whether any {u} are (present|shown|visible)
    my (son|daughter|friend) says there are {u} $pic, is that (true|right)
    can you check for {u}
"""

_ANY_WHICH = """
    look at (the|this) $picture. do you see something {u}
    return true if there is (something|anything) {u}
    there is something {u} in (it|there), isnt there
    is (one|any) of the (things|objects|items) something {u}
    im (looking for|searching for|after) something {u}. (is there anything|do you see anything)
    do we have (anything|something) {u} (here|in it)
    would (someone|one) find (something|anything) {u} $inthe
    does it show (something|anything) {u}
    can (something|anything) {u} be (seen|found|spotted) $inthe
    i cant see anything {u}. is there something
    id be (curious|interested) to know whether there is anything {u}
    have they got (anything|something) {u} in there
    something {u}, yes or no
    do you (notice|spot) a thing {u}
    is a single thing {u} (shown|there|visible)
    kindly (confirm|indicate) whether there is something {u}
    my (son|daughter|friend) says there is something {u} $pic, is that (true|right)
    do they have anything {u}
    are there (things|any things|objects) {u}
"""

_ANY_DOES = """
    look at (the|this) $picture. is there a thing that {u}
    return true if there is (something|anything) that {u}
    there is something (in it|there) that {u}, isnt there
    is one of the (things|objects|items) one that {u}
    im looking for something that {u}. is there anything
    do we have (anything|something) that {u}
    would (i|one) find (something|anything) that {u}
    does it show (something|anything) that {u}
    id be curious to know whether there is something which {u}
    have they got anything that {u} in there
    something that {u}, yes or no
    can you (spot|find|see) (a|one) thing that {u}
    is there an object which {u}
    my (son|daughter|friend) says there is something that {u}. is that (true|right)
"""

_ONE_NOUN = (
    *((f"legs_{n}", "legs") for n in (4, 2, 6, 8)),
    *((f"wheels_{n}", "wheels") for n in (4, 2)),
    *((f"{part}_2", part) for part in ("wings", "eyes", "ears", "hands", "feet")),
    *((f"{part}_{n}", part) for part in ("corners", "sides") for n in (3, 4, 5, 6)),
)
_TWO_NOUNS = (
    *((f"legs_{n}", "legs") for n in ("4_2", "4_4", "2_2", "2_4", "4_6", "2_6", "4_8")),
    *((f"wheels_{n}", "wheels") for n in ("4_2", "4_4", "2_4")),
)


def _more() -> dict[str, tuple[str, ...]]:
    more = {name: patterns(text) for name, text in _TEXTS.items()}
    who = {mark.strip("{}"): text for mark, text in _WHO}
    more |= {name: filled(text, **who) for name, text in _AMONG.items()}
    more |= {name: filled(_PARTS, part=part) for name, part in _ONE_NOUN}
    more |= {name: filled(_TWO_PARTS, part=part) for name, part in _TWO_NOUNS}
    for kind in ("one", "some", "wild", "wheeled", "dead", "furry"):
        more |= {
            f"count_{kind}_called": patterns(_COUNT_CALLED),
            f"count_{kind}_do": patterns(_COUNT_DO),
            f"any_{kind}_called": patterns(_ANY_CALLED),
            f"any_{kind}_which": patterns(_ANY_WHICH),
        }
    return more | {f"any_{kind}_does": patterns(_ANY_DOES) for kind in ("one", "some")}


MORE = _more()
"""Patterns by the name of the form."""
