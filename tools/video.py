"""`VideoSegment`: ViperGPT's view of a video, and what makes programs about videos short: `find`, `track`, `sample`.

A frame is an `ImagePatch`. It is decoded when a specialist looks at it, and the frames that a tool looks at are asked
for together, so that they are batched with those of other programs. No tool looks at more frames than it says here.
"""

import itertools
import re
from collections.abc import Collection, Sequence
from typing import Any

from models.picture import Region
from models.requests import Detect, Prompt, Together
from models.video import Frame, Video
from tools.declaration import Abstention, HostClass, ToolError, host_class, tool
from tools.image_patch import ImagePatch, phrase_of

SAMPLES = 32
"""Frames that `find` looks at before it narrows down where the object comes and goes."""

TRACKED = 24
"""Frames that `track` looks at."""

MAX_SAMPLE = 64
"""Frames that `sample` gives at most."""

MAX_LISTED = 2_000
"""Frames that `frame_iterator` gives at most."""

MAX_FACTS = 20_000
"""Characters of what `select_answer` tells the language model."""

REACH, GROWTH, GAP = 0.8, 3.0, 2
"""An object is taken for the same in two frames if its centre has moved by at most so many of its diagonals a frame, if
its area has changed by at most this factor, and if the second is among so many frames after the first."""

_ids = itertools.count(1)

VIDEO = HostClass("Video", Video)
"""What a program receives: it has no attributes and no tools of its own."""

FRAME = HostClass("VideoFrame", Frame, ("width", "height"))
"""The whole picture that a patch of a frame was taken from."""


@host_class(constructible=True)
class VideoSegment:
    """A part of a video, and what is known of it. Frames are counted from 0. Its frames are ImagePatches, whose `time`
    says at which second of the video they are shown."""

    def __init__(
        self,
        video: "Video | VideoSegment",
        start: int | None = None,
        end: int | None = None,
    ) -> None:
        """Initializes a VideoSegment: the frames of the video from start up to, and without, end. Without them it is
        the whole video.

        Raises:
            ToolError: there is no frame between start and end.
        """
        within = (0, len(video)) if isinstance(video, Video) else (video.start, video.end)
        # As in ViperGPT, what lies outside is cut off, and numbers count from the segment's own first frame.
        first = within[0] + max(0, start or 0)
        last = within[1] if end is None else min(within[1], within[0] + end)
        if first >= last:
            raise ToolError(
                f"there is no frame from {start or 0} up to {within[1] - within[0] if end is None else end};"
                f" the segment has {within[1] - within[0]} frames, and start must be smaller than end"
            )
        self.video: Video = video if isinstance(video, Video) else video.video
        self._start, self._end = first, last
        self._id = next(_ids)

    @property
    def id(self) -> int:
        return self._id

    @property
    def start(self) -> int:
        """the number of the segment's first frame in the video"""
        return self._start

    @property
    def end(self) -> int:
        """the number of the frame behind the segment's last one"""
        return self._end

    @property
    def num_frames(self) -> int:
        """how many frames the segment has"""
        return self._end - self._start

    @property
    def start_time(self) -> float:
        """the second of the video at which the segment starts"""
        return round(float(self.video.times[self._start]), 3)

    @property
    def end_time(self) -> float:
        """the second of the video at which the segment ends"""
        end = self.video.times[self._end] if self._end < len(self.video) else self.video.duration
        return round(float(end), 3)

    @property
    def duration(self) -> float:
        """how many seconds the segment lasts"""
        return round(self.end_time - self.start_time, 3)

    @tool
    async def frame_from_index(self, index: int) -> ImagePatch:
        """Returns the frame at the position index of the segment; -1 is its last frame.

        Examples:
            # How many cats are there at the end of the video?
            def execute_command(video):
                video_segment = VideoSegment(video)
                return len(video_segment.frame_from_index(-1).find("cat"))
        """
        if not -self.num_frames <= index < self.num_frames:
            raise ToolError(
                f"frame_from_index({index}): the segment has {self.num_frames} frames, from 0 to {self.num_frames - 1}"
            )
        return self._patch(index % self.num_frames)

    @tool
    async def trim(self, start: int | None = None, end: int | None = None) -> "VideoSegment":
        """Returns the part of the segment from the position start up to, and without, the position end.

        Examples:
            # Is there a dog in the second half of the video?
            def execute_command(video):
                video_segment = VideoSegment(video)
                second_half = video_segment.trim(video_segment.num_frames // 2)
                return bool(second_half.find("dog"))
        """
        return VideoSegment(self, start, end)

    @tool
    async def frame_iterator(self) -> list[ImagePatch]:
        """Returns all frames of the segment, at most 2000. As a program has 200 tool calls, use find, track or sample
        rather than to ask something of every frame.

        Examples:
            # What color is the car in the first frame that is shown after second 3?
            def execute_command(video):
                video_segment = VideoSegment(video)
                for frame in video_segment.frame_iterator():
                    if frame.time > 3:
                        return frame.find("car")[0].simple_query("What color is the car?")
                return abstain("the video is shorter than 3 seconds")
        """
        if self.num_frames > MAX_LISTED:
            raise ToolError(
                f"frame_iterator() gives at most {MAX_LISTED} frames, and the segment has {self.num_frames}; use"
                " sample(), find() or track(), or trim() it first"
            )
        return [self._patch(index) for index in range(self.num_frames)]

    @tool
    async def sample(self, count: int = 16) -> list[ImagePatch]:
        """Returns count frames at even distances, at most 64, the first and the last of the segment among them; all
        frames if there are no more.

        Examples:
            # What is the largest number of birds seen at once?
            def execute_command(video):
                video_segment = VideoSegment(video)
                return max([len(frame.find("bird")) for frame in video_segment.sample(16)])
        """
        if not 1 <= count <= MAX_SAMPLE:
            raise ToolError(f"sample() gives 1 to {MAX_SAMPLE} frames, not {count}")
        return [self._patch(index) for index in _evenly(self.num_frames, count)]

    @tool
    async def find(self, object_name: str) -> "list[VideoSegment]":
        """Returns the parts of the segment in which the object is seen, in order; an empty list if it is never seen.
        Looks at 32 evenly spaced frames, and at more of them where the object comes or goes, so that start and end of
        the parts are exact. What is seen for less than a 32nd of the segment may be missed.

        Examples:
            # When does the car appear?
            def execute_command(video):
                video_segment = VideoSegment(video)
                return video_segment.find("car")[0].start_time

            # Does the boy leave before the girl?
            def execute_command(video):
                video_segment = VideoSegment(video)
                return video_segment.find("boy")[-1].end < video_segment.find("girl")[-1].end
        """
        phrase = phrase_of("find", "object_name", object_name)
        looked = await self._seen(_evenly(self.num_frames, SAMPLES), phrase)
        # What a detector sees in one frame and not in those around it, or the other way round, it has imagined.
        between = {middle for index in _lone(looked) for middle in _middles(looked, index)}
        looked |= await self._seen(between - looked.keys(), phrase)
        for index in _lone(looked) if self.num_frames > SAMPLES else ():
            looked[index] = not looked[index]
        while edges := _edges(looked):
            looked |= await self._seen([(before + after) // 2 for before, after in edges], phrase)
        return [VideoSegment(self, first, last) for first, last in _runs(looked, self.num_frames)]

    @tool
    async def track(self, object_name: str) -> list[list[ImagePatch]]:
        """Follows every object that matches object_name through the segment. Returns for each one the list of its
        patches, in the order of time; the objects in the order in which they come into view. Looks at 24 evenly spaced
        frames, or at all if there are fewer. An empty list if there is no such object.

        Examples:
            # Does the ball move to the left?
            def execute_command(video):
                video_segment = VideoSegment(video)
                ball = video_segment.track("ball")[0]
                return ball[-1].horizontal_center < ball[0].horizontal_center

            # What appears after the dog leaves?
            def execute_command(video):
                video_segment = VideoSegment(video)
                left_at = video_segment.find("dog")[-1].end_time
                newcomers = [thing for thing in video_segment.track("object") if thing[0].time >= left_at]
                return newcomers[0][-1].simple_query("What is this?")
        """
        phrase = phrase_of("track", "object_name", object_name)
        frames = [self._patch(index) for index in _evenly(self.num_frames, TRACKED)]
        found = await Together(tuple(Detect(frame.region, phrase) for frame in frames))
        seen = [
            [ImagePatch.of(Region(frame.region.picture, one.box), phrase) for one in detections]
            for frame, detections in zip(frames, found, strict=True)
        ]
        return _tracks(seen)

    @tool
    async def select_answer(self, info: dict[str, Any], question: str, options: list[str] | None = None) -> str:
        """Answers the question with a language model, from what was found out about the video. Returns one of the
        options, if there are any.

        Examples:
            # Why does the baby cry? Options: it fell; it is hungry; it lost its toy
            def execute_command(video):
                video_segment = VideoSegment(video)
                crying = video_segment.find("crying baby")[0]
                before = video_segment.frame_from_index(max(0, crying.start - 10))
                info = {
                    "what the baby does before it cries": before.simple_query("What is the baby doing?"),
                    "what the baby does then": crying.frame_from_index(0).simple_query("What is the baby doing?"),
                }
                options = ["it fell", "it is hungry", "it lost its toy"]
                return video_segment.select_answer(info, "Why does the baby cry?", options)
        """
        if not question.strip():
            raise ToolError("select_answer() needs a question, got an empty text")
        if options is not None and not options:
            raise ToolError("select_answer() needs at least one option, got an empty list")
        facts = "\n".join(f"- {name}: {value}" for name, value in info.items())
        if len(facts) > MAX_FACTS:
            raise ToolError(f"select_answer() takes at most {MAX_FACTS} characters of info, got {len(facts)}")
        told = f"This is known of a video:\n{facts or '- nothing'}\n\nQuestion: {' '.join(question.split())}\n"
        if options is None:
            return (await Prompt(f"{told}Answer in a few words, nothing else.")).strip()
        listed = "\n".join(f"{number}. {option}" for number, option in enumerate(options, 1))
        reply = await Prompt(f"{told}{listed}\nAnswer with the number of the best of these options, nothing else.")
        return options[_chosen(reply, options)]

    def _patch(self, position: int) -> ImagePatch:
        return ImagePatch.of(self.video.frame(self._start + position).whole)

    async def _seen(self, positions: Collection[int], phrase: str) -> dict[int, bool]:
        """Whether the object is in these frames, by position; asked for together."""
        ordered = sorted(positions)
        found = await Together(tuple(Detect(self._patch(index).region, phrase) for index in ordered))
        return {index: bool(detections) for index, detections in zip(ordered, found, strict=True)}

    def __repr__(self) -> str:
        return f"VideoSegment(start={self._start}, end={self._end})"


def _evenly(count: int, wanted: int) -> list[int]:
    """So many positions of `count`, or all, at even distances, first and last among them."""
    if wanted >= count:
        return list(range(count))
    if wanted == 1:
        return [count // 2]
    return [round(place * (count - 1) / (wanted - 1)) for place in range(wanted)]


def _lone(looked: dict[int, bool]) -> list[int]:
    """Positions that differ from both their neighbours, which agree."""
    places = sorted(looked)
    return [
        here
        for before, here, after in zip(places, places[1:], places[2:], strict=False)
        if looked[before] == looked[after] != looked[here]
    ]


def _middles(looked: dict[int, bool], index: int) -> tuple[int, int]:
    """The frames half way to the neighbours of a position."""
    before = max(place for place in looked if place < index)
    after = min(place for place in looked if place > index)
    return (before + index) // 2, (index + after + 1) // 2


def _edges(looked: dict[int, bool]) -> list[tuple[int, int]]:
    """Neighbours of which one sees the object, with frames between them that nobody has looked at."""
    return [
        (before, after)
        for before, after in itertools.pairwise(sorted(looked))
        if looked[before] != looked[after] and after - before > 1
    ]


def _runs(looked: dict[int, bool], count: int) -> list[tuple[int, int]]:
    """Where the object is seen: positions `(first, behind the last)`."""
    runs: list[tuple[int, int]] = []
    first: int | None = None
    for place in sorted(looked):
        if looked[place] and first is None:
            first = place
        elif not looked[place] and first is not None:
            runs.append((first, place))
            first = None
    return runs if first is None else [*runs, (first, count)]


def _tracks(seen: Sequence[Sequence[ImagePatch]]) -> list[list[ImagePatch]]:
    """Join the patches of frames that follow each other to one list an object: the nearest pairs first."""
    tracks: list[list[ImagePatch]] = []
    last: list[int] = []
    """The frame in which each track was seen last."""
    for now, patches in enumerate(seen):
        pairs = [
            (_way(tracks[one][-1], patch), one, other)
            for one in range(len(tracks))
            if now - last[one] <= GAP
            for other, patch in enumerate(patches)
            if _alike(tracks[one][-1], patch, now - last[one])
        ]
        joined: set[int] = set()
        free = set(range(len(patches)))
        for _, one, other in sorted(pairs):
            if one not in joined and other in free:
                joined.add(one)
                free.remove(other)
                tracks[one].append(patches[other])
                last[one] = now
        for other in sorted(free):
            tracks.append([patches[other]])
            last.append(now)
    # As in `find`, what is seen in a single frame of many was imagined.
    return [one for one in tracks if len(one) > 1 or len(seen) < 4]


def _way(one: ImagePatch, other: ImagePatch) -> float:
    """How far the centre has moved, in diagonals of the box."""
    across = one.horizontal_center - other.horizontal_center
    along = one.vertical_center - other.vertical_center
    diagonal = ((one.width + other.width) ** 2 + (one.height + other.height) ** 2) ** 0.5 / 2
    return float((across**2 + along**2) ** 0.5 / diagonal)


def _alike(one: ImagePatch, other: ImagePatch, frames: int) -> bool:
    small, large = sorted((one.width * one.height, other.width * other.height))
    return large <= GROWTH * small and _way(one, other) <= REACH * frames


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".")


def _chosen(reply: str, options: Sequence[str]) -> int:
    """The option that a language model has named by its number or in its words. Raises Abstention."""
    whole = [place for place, option in enumerate(options) if _plain(option) == _plain(reply)]
    if len(whole) == 1:
        return whole[0]
    number = re.search(r"\d+", reply)
    if number and 1 <= int(number[0]) <= len(options):
        return int(number[0]) - 1
    words = " ".join(reply.lower().split())
    named = [place for place, option in enumerate(options) if " ".join(option.lower().split()) in words]
    if len(named) == 1:
        return named[0]
    raise Abstention(f"the language model chose none of the options ({' '.join(reply.split())[:80]})")
