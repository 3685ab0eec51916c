"""Forms about a video: what is seen when, how it moves, what comes and goes. Truth: `video_truth.py`."""

# ruff: noqa: E501  -- a program and a pattern are one line each

from distill.questions.forms import Form
from distill.questions.forms import patterns as _patterns

_PIECES = {
    "$vid": "[(in|during) (the|this) (video|clip|film|movie|recording)]",
    "$invid": "(in|during) (the|this) (video|clip|film|movie|recording)",
    "$clip": "(the|this) (video|clip|film|movie)",
    "$atend": "(at the end [of (the|this) (video|clip|film)]|in the (last|final) frame|when (the|this) (video|clip|film) ends|by the end [of (the|this) (video|clip)])",
    "$atstart": "(at the (start|beginning) [of (the|this) (video|clip|film)]|in the first frame|when (the|this) (video|clip|film) (starts|begins))",
    "$come": "(appear|show up|come into view|come in|turn up|enter|arrive)",
    "$came": "(appears|shows up|comes into view|comes in|turns up|enters|arrives)",
    "$leave": "(leave|disappear|vanish|go away|go out of (view|sight)|go)",
    "$left": "(leaves|disappears|vanishes|goes away|goes out of (view|sight)|is gone|has left|has gone)",
    "$move": "(move|go|travel|drift|head)",
    "$moves": "(moves|goes|travels|drifts|heads)",
    "$moving": "(moving|going|travelling|drifting|heading)",
}
"""Pieces that the patterns of this file share, beside those of `wording.SHARED`; longer names first when replaced."""


def patterns(text: str) -> tuple[str, ...]:
    for name in sorted(_PIECES, key=len, reverse=True):
        text = text.replace(name, _PIECES[name])
    return _patterns(text)


_WHAT = 'simple_query("what is this?")'
_LAST = "v.frame_from_index(-1)"
_FIRST = "v.frame_from_index(0)"
_TRACK = 't = v.track("{a}")[0]\n'

PRESENCE = (
    Form("video_exists", "video", 'return bool(v.find("{a}"))', patterns("""
        is there {a~} $invid
        does {a~} $come $invid
        do you see {a~} [at any (time|point|moment)] $invid
        does {a~} ever $come [$invid]
        does $clip show {a~}
        $check $whether {a~} $came $invid
        can {a~} be seen at (any|some) (time|point|moment) [$invid]
        (is|was) there ever {a~} [$invid]
        are there any {a+} $invid
        is {a~} (shown|seen|visible) (at any time|at some point|anywhere|in any frame) $vid
        at any (time|point), is there {a~} [$invid]
        any {a+} $invid
    """), weight=0.5, about="video"),
    Form("video_exists_end", "video", f'return {_LAST}.exists("{{a}}")', patterns("""
        is there {a~} $atend
        is there (still|yet) {a~} $atend
        is the {a} still there $atend
        do you see {a~} $atend
        $atend, is there {a~}
        can {a~} be seen $atend
        $check $whether {a~} is [still] there $atend
        does $clip end with {a~}
        does the last frame show {a~}
        is {a~} (visible|in view|present) $atend
        are there any {a+} [left] $atend
    """), weight=0.43, about="video"),
    Form("video_exists_start", "video", f'return {_FIRST}.exists("{{a}}")', patterns("""
        is there {a~} $atstart
        is the {a} there $atstart
        do you see {a~} $atstart
        $atstart, is there {a~}
        can {a~} be seen $atstart
        $check $whether {a~} is [already] there $atstart
        does $clip (start|begin|open) with {a~}
        does the first frame show {a~}
        is {a~} (visible|in view|present) $atstart
        is {a~} there (from the start|right away|from the beginning|already at the start)
    """), weight=0.29, about="video"),
    Form("video_stays", "video", 'return v.find("{a}")[0].num_frames == v.num_frames', patterns("""
        is the {a} there (all the time|the whole time|throughout)
        does the {a} stay (the whole time|all the time|from start to end|throughout) [$invid]
        is the {a} (visible|in view|seen|present) (the whole time|throughout|from start to finish|in every frame) $vid
        does the {a} never leave [$invid]
        $check $whether the {a} is there (from beginning to end|in every frame|the whole time)
        can you see the {a} (the whole time|all the time|in every frame|throughout $clip)
        is the {a} shown for the whole (video|clip|film)
        the {a} is there from start to end, (right|true|correct)
    """), weight=0.25, about="video"),
)  # fmt: skip

COUNTING = (
    Form("video_count_end", "video", f'return len({_LAST}.find("{{a}}"))', patterns("""
        how many {a+} are there $atend
        how many {a+} are (left|still there) $atend
        $atend, how many {a+} are there
        how many {a+} do you see $atend
        $count the {a+} $atend
        what is the number of {a+} $atend
        number of {a+} $atend
        how many {a+} does the (last|final) frame show
        how many {a+} (remain|are visible|can be seen|are in view) $atend
        $tell how many {a+} there are $atend
        with how many {a+} does $clip end
        $clip ends with how many {a+}
    """), weight=0.58, about="video"),
    Form("video_count_start", "video", f'return len({_FIRST}.find("{{a}}"))', patterns("""
        how many {a+} are there $atstart
        $atstart, how many {a+} are there
        how many {a+} do you see $atstart
        $count the {a+} $atstart
        what is the number of {a+} $atstart
        number of {a+} $atstart
        how many {a+} does the first frame show
        how many {a+} (are visible|can be seen|are in view) $atstart
        $tell how many {a+} there are $atstart
        with how many {a+} does $clip (start|begin)
        how many {a+} are there (to begin with|at first|initially) $vid
    """), weight=0.4, about="video"),
    Form("video_count_all", "video", 'return len(v.track("{a}"))', patterns("""
        how many {a+} are there $invid
        how many {a+} $come $invid
        how many (different|individual|separate) {a+} are (seen|shown) $vid
        how many {a+} are there (in all|altogether|in total|overall) $invid
        $count all the {a+} $invid
        what is the total number of {a+} $invid
        how many {a+} does $clip show [altogether|in total|in all]
        $tell how many {a+} there are $invid
        how many {a+} can be seen over the whole (video|clip|film)
        over the whole (video|clip|film), how many {a+} are there
    """), weight=0.5, about="video"),
    Form("video_most_at_once", "video", 'return max([len(f.find("{a}")) for f in v.sample()])', patterns("""
        what is the (largest|greatest|highest|maximum) number of {a+} [seen] at (once|the same time|one time) [$invid]
        how many {a+} are there at most at (once|the same time|any one time) [$invid]
        what is the most {a+} [seen] at (once|the same time|any moment) [$invid]
        at most how many {a+} are (in view|visible|there) at (once|the same time|any moment)
        how many {a+} at (once|the same time) at most $vid
        $tell the largest number of {a+} seen together [$invid]
        the maximum of {a+} in any frame
        how many {a+} does the fullest frame show
    """), weight=0.29, about="video"),
    Form("video_times", "video", 'return len(v.find("{a}"))', patterns("""
        how (many times|often) does the {a} $come [$invid]
        how (many times|often) does {a~} $come [$invid]
        how (many times|often) (is the {a} seen|do you see the {a}) [$invid]
        $count how (often|many times) the {a} $came
        $tell how (often|many times) the {a} $came [$invid]
        the {a} $came how (often|many times) [$invid]
        on how many occasions (is the {a} seen|does the {a} appear) [$invid]
        in how many (parts|stretches) of $clip is the {a} (visible|seen|there)
    """), weight=0.29, about="video"),
    Form("video_more_end", "video", f'return len({_LAST}.find("{{a}}")) > len({_FIRST}.find("{{a}}"))', patterns("""
        are there more {a+} at the end than at the (start|beginning) [of $clip]
        does the number of {a+} (grow|increase|go up|rise) [$invid]
        do the {a+} become more [$invid]
        is the number of {a+} (greater|larger|higher) at the end than at the (start|beginning)
        $check $whether there are more {a+} at the end than at the (start|beginning)
        are there more {a+} in the last frame than in the first
        more {a+} at the end than at the (start|beginning)
        does $clip end with more {a+} than it (starts|begins|started) with
    """), weight=0.22, about="video"),
    Form("video_fewer_end", "video", f'return len({_LAST}.find("{{a}}")) < len({_FIRST}.find("{{a}}"))', patterns("""
        are there (fewer|less) {a+} at the end than at the (start|beginning) [of $clip]
        does the number of {a+} (shrink|decrease|go down|fall|drop) [$invid]
        do the {a+} become (fewer|less) [$invid]
        is the number of {a+} (smaller|lower) at the end than at the (start|beginning)
        $check $whether there are (fewer|less) {a+} at the end than at the (start|beginning)
        are there (fewer|less) {a+} in the last frame than in the first
        (fewer|less) {a+} at the end than at the (start|beginning)
        does $clip end with (fewer|less) {a+} than it (starts|begins|started) with
    """), weight=0.22, about="video"),
    Form("video_count_when", "video", 'return len(v.find("{a}")[0].frame_from_index(0).find("{b}"))', patterns("""
        how many {b+} are there when the {a} $came
        when the {a} $came, how many {b+} are there
        how many {b+} do you see when the {a} $came
        $count the {b+} at the moment the {a} $came
        how many {b+} are (in view|visible) (when|as soon as) the {a} $came
        the {a} $came: how many {b+} are there then
        $tell how many {b+} there are when the {a} $came
        at the moment (when|that) the {a} $came, how many {b+} can be seen
    """), weight=0.25, about="video"),
    Form("video_exists_when", "video", 'return v.find("{a}")[0].frame_from_index(0).exists("{b}")', patterns("""
        is there {b~} when the {a} $came
        when the {a} $came, is there {b~}
        is the {b} [already] there when the {a} $came
        do you see {b~} when the {a} $came
        $check $whether the {b} is [already] there when the {a} $came
        is {b~} (in view|visible|present) at the moment the {a} $came
        as the {a} $came, can {b~} be seen
    """), weight=0.22, about="video"),
)  # fmt: skip

TIME = (
    Form("video_when_comes", "video", 'return v.find("{a}")[0].start_time', patterns("""
        when does the {a} [first] $come
        when is the {a} first seen [$invid]
        at (what|which) (time|second|moment) does the {a} [first] $come
        after how many seconds does the {a} $come
        how many seconds (does it take|go by|pass) (until|before) the {a} $came
        $tell when the {a} $came
        when can the {a} first be seen [$invid]
        the {a} $came when
        (time|moment) at which the {a} $came
        how long does it take until the {a} $came
        how far into $clip does the {a} $come
        when do (you|we) first see the {a}
        at what second is the {a} there for the first time
    """), weight=0.65, about="video"),
    Form("video_when_leaves", "video", 'return v.find("{a}")[-1].end_time', patterns("""
        when does the {a} $leave
        at (what|which) (time|second|moment) does the {a} $leave
        after how many seconds does the {a} $leave
        when is the {a} last seen [$invid]
        how many seconds (does it take|go by|pass) (until|before) the {a} $left
        $tell when the {a} $left
        until when is the {a} (there|visible|in view)
        the {a} $left when
        until (what|which) second can the {a} be seen
        when do (you|we) see the {a} for the last time
        (time|moment) at which the {a} $left
    """), weight=0.5, about="video"),
    Form("video_how_long", "video", 'return sum([s.duration for s in v.find("{a}")])', patterns("""
        (how long|for how long|how many seconds|for how many seconds) is the {a} (visible|in view|there|on screen|seen) [$invid]
        (how long|for how long|for how many seconds) does the {a} (stay|remain|last) [$invid]
        (how long|for how many seconds) can the {a} be seen [$invid]
        (how long|for how many seconds) do (you|we) see the {a} [$invid]
        what is the total time (that|for which) the {a} is (visible|in view|seen)
        $tell (how long|for how many seconds) the {a} is (visible|there|in view)
        the {a} is (there|in view) for how (long|many seconds)
    """), weight=0.29, about="video"),
    Form("video_length", "video", "return v.duration", patterns("""
        how long is $clip
        how many seconds (long is|does) $clip [last]
        what is the (length|duration) of $clip
        (length|duration) of $clip
        $tell how long $clip is
        how long does $clip last
        for how (long|many seconds) does $clip (run|go on|last|play)
    """), weight=0.14, about="video"),
)  # fmt: skip

ORDER = (
    Form("video_which_first", "video", 'return "{a}" if v.find("{a}")[0].start < v.find("{b}")[0].start else "{b}"', patterns("""
        (which|what) $came first, the {a} or the {b}
        does the {a} or the {b} $come first
        (which|what) is seen first, the {a} or the {b}
        the {a} or the {b}: which $came first
        who is (first|there first), the {a} or the {b}
        $tell (which|what) $came first, the {a} or the {b}
        (which|what) do you see (first|earlier), the {a} or the {b}
        (which|what) $came (earlier|sooner), the {a} or the {b}
        of the {a} and the {b}, which $came first
    """), weight=0.43, about="video"),
    Form("video_which_leaves_first", "video", 'return "{a}" if v.find("{a}")[-1].end < v.find("{b}")[-1].end else "{b}"', patterns("""
        (which|what) $left first, the {a} or the {b}
        does the {a} or the {b} $leave first
        the {a} or the {b}: which $left first
        who $left first, the {a} or the {b}
        $tell (which|what) $left first, the {a} or the {b}
        (which|what) $left (earlier|sooner), the {a} or the {b}
        of the {a} and the {b}, which $left first
    """), weight=0.25, about="video"),
    Form("video_before", "video", 'return v.find("{a}")[0].start < v.find("{b}")[0].start', patterns("""
        does the {a} $come before the {b}
        is the {a} (there|seen) before the {b} [$came]
        does the {a} $come (earlier|sooner) than the {b}
        $check $whether the {a} $came before the {b}
        is it true that the {a} $came before the {b}
        the {a} $came before the {b}, (right|true|correct)
        do you see the {a} before [you see] the {b}
        did the {a} $come before the {b} did
    """), weight=0.32, about="video"),
    Form("video_after", "video", 'return v.find("{a}")[0].start > v.find("{b}")[0].start', patterns("""
        does the {a} $come after the {b}
        is the {a} (there|seen) only after the {b} [$came]
        does the {a} $come later than the {b}
        $check $whether the {a} $came after the {b}
        is it true that the {a} $came after the {b}
        the {a} $came after the {b}, (right|true|correct)
        do you see the {a} after [you see] the {b}
        did the {a} $come after the {b} did
    """), weight=0.25, about="video"),
)  # fmt: skip

MOVES = tuple(
    Form(f"video_moves_{side}", "video", f"{_TRACK}return t[-1].{axis} {sign} t[0].{axis}", patterns(text), weight=0.29, about="video", split_as=split)
    for side, axis, sign, split, text in (
        ("left", "horizontal_center", "<", "video_moves_across", """
            does the {a} $move [to the] left
            is the {a} $moving [to the] left
            does the {a} $move (leftwards|leftward|towards the left)
            $check $whether the {a} $moves [to the] left
            is the {a} farther left at the end than at the (start|beginning)
            do you see the {a} $move [to the] left
            does the {a} $move from right to left
            is it true that the {a} $moves [to the] left
            the {a} $moves [to the] left, (right|true|correct)
        """),
        ("right", "horizontal_center", ">", "video_moves_across", """
            does the {a} $move [to the] right
            is the {a} $moving [to the] right
            does the {a} $move (rightwards|rightward|towards the right)
            $check $whether the {a} $moves [to the] right
            is the {a} farther right at the end than at the (start|beginning)
            do you see the {a} $move [to the] right
            does the {a} $move from left to right
            is it true that the {a} $moves [to the] right
            the {a} $moves [to the] right, (isn't it|true|correct)
        """),
        ("up", "vertical_center", ">", "video_moves_along", """
            does the {a} $move (up|upwards)
            is the {a} $moving (up|upwards)
            does the {a} (rise|climb|ascend|go higher)
            $check $whether the {a} $moves (up|upwards)
            is the {a} higher [up] at the end than at the (start|beginning)
            do you see the {a} $move (up|upwards)
            does the {a} $move from the bottom to the top
            is the {a} (rising|climbing)
        """),
        ("down", "vertical_center", "<", "video_moves_along", """
            does the {a} $move (down|downwards)
            is the {a} $moving (down|downwards)
            does the {a} (fall|sink|descend|go lower)
            $check $whether the {a} $moves (down|downwards)
            is the {a} lower [down] at the end than at the (start|beginning)
            do you see the {a} $move (down|downwards)
            does the {a} $move from the top to the bottom
            is the {a} (falling|sinking)
        """),
    )
)  # fmt: skip

MOTION = (
    *MOVES,
    Form("video_way_across", "video", f'{_TRACK}return "left" if t[-1].horizontal_center < t[0].horizontal_center else "right"', patterns("""
        does the {a} $move [to the] left or [to the] right
        (which|what) (way|direction) does the {a} $move, left or right
        is the {a} $moving left or right
        in (which|what) direction does the {a} $move
        (which|what) (way|direction) (is|does) the {a} (moving|going|go|move)
        to which side does the {a} $move
        where does the {a} $move, [to the] left or [to the] right
        $tell (which|what) (way|direction) the {a} $moves
        direction of the {a}
        left or right: where does the {a} $move
    """), weight=0.5, about="video"),
    Form("video_way_along", "video", f'{_TRACK}return "up" if t[-1].vertical_center > t[0].vertical_center else "down"', patterns("""
        does the {a} $move up or down
        (which|what) (way|direction) does the {a} $move, up or down
        is the {a} $moving up or down
        does the {a} (rise or fall|go higher or lower|climb or sink)
        up or down: where does the {a} $move
        $tell $whether the {a} $moves up or down
        is the {a} (rising or falling|climbing or sinking)
        where does the {a} $move, up or down
    """), weight=0.25, about="video"),
)  # fmt: skip

CHANGE = (
    Form("video_comes_after", "video", f'e = v.find("{{a}}")[-1].end_time\nreturn [t for t in v.track("thing") if t[0].time >= e][0][-1].{_WHAT}', patterns("""
        what $came after the {a} $left
        what $came (once|as soon as|when) the {a} $left
        after the {a} $left, what $came
        (which|what) (thing|object) $came after the {a} $left
        what is the (first|next) (thing|object) to $come after the {a} $left
        what (can be seen|do you see) after the {a} $left that was not there before
        the {a} $left. what $came then
        $tell what $came after the {a} $left
        what (replaces|takes the place of|follows) the {a} after it $left
        when the {a} $left, what $came
        what $came next after the {a} $left
    """), weight=0.65, about="video"),
    Form("video_kind_comes_after", "video", f'e = v.find("{{a}}")[-1].end_time\nreturn [t for t in v.track("{{g}}") if t[0].time >= e][0][-1].{_WHAT}', patterns("""
        (which|what) {g} $came after the {a} $left
        (which|what) {g} $came (once|as soon as|when) the {a} $left
        after the {a} $left, (which|what) {g} $came
        (which|what) (kind|type|sort) of {g} $came after the {a} $left
        the {a} $left. (which|what) {g} $came then
        $tell (which|what) {g} $came after the {a} $left
        (which|what) {g} (follows|comes next) after the {a} $left
    """), weight=0.36, about="video"),
    Form("video_last_to_come", "video", f'return v.track("thing")[-1][-1].{_WHAT}', patterns("""
        what $came last [$invid]
        what is the last (thing|object) to $come [$invid]
        (which|what) (thing|object) $came last [$invid]
        $tell what $came last [$invid]
        what $came (latest|after everything else) [$invid]
        of all (things|objects), which $came last
        what is the last that $came [$invid]
        last (thing|object) to $come [$invid]
    """), weight=0.22, about="video"),
    Form("video_what_end", "video", f'return ", ".join(sorted(set([x.{_WHAT} for x in {_LAST}.find("thing")])))', patterns("""
        what is there $atend
        what can be seen $atend
        what do you see $atend
        (which|what) (things|objects) are there $atend
        what is (left|still there) $atend
        $atend, what can be seen
        what does the (last|final) frame show
        $name the (things|objects) $atend
        list (everything|all things|the things) [that is there|that you see] $atend
    """), weight=0.22, about="video"),
    Form("video_what_start", "video", f'return ", ".join(sorted(set([x.{_WHAT} for x in {_FIRST}.find("thing")])))', patterns("""
        what is there $atstart
        what can be seen $atstart
        what do you see $atstart
        (which|what) (things|objects) are there $atstart
        $atstart, what can be seen
        what does the first frame show
        $name the (things|objects) $atstart
        list (everything|all things|the things) [that is there|that you see] $atstart
    """), weight=0.14, about="video"),
)  # fmt: skip

LOOKS = (
    Form("video_colour", "video", 'return v.track("{a}")[0][-1].simple_query("what color is it?")', patterns("""
        $whatcolour is the {a} $invid
        $whatcolour does the {a} have $invid
        what is the $colour of the {a} $invid
        $whatcolour is the {a} that $came [$invid]
        the $colour of the {a} $invid
        $tell the $colour of the {a} $invid
        $whatcolour is the {a} shown $invid
        the {a} $invid has which $colour
    """), weight=0.25, about="video"),
    Form("video_background", "video", f'return {_FIRST}.simple_query("what is the background?")', patterns("""
        what is the background of $clip
        where does $clip take place
        where (was|is) $clip (taken|filmed|shot|set)
        what (place|setting|scenery) is shown $invid
        in what (place|setting) does $clip (happen|take place|play)
        $tell what is in the background of $clip
        background of $clip
        what is in the background $invid
    """), weight=0.18, about="video"),
)  # fmt: skip

FORMS = PRESENCE + COUNTING + TIME + ORDER + MOTION + CHANGE + LOOKS
