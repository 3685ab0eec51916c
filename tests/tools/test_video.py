"""`VideoSegment` over specialists that know what is in which frame."""

import pytest

from models.requests import Detection, Prompt
from models.video import Video
from tools import Abstention, ToolError, drive
from tools.video import MAX_LISTED, SAMPLES, TRACKED, VideoSegment, _chosen

from ..models.clips import write_clip

pytest.importorskip("av", reason="the extra `video` is not installed")

FRAMES = 200
THERE = {
    "dog": [(37, 141)],
    "cat": [(0, 20), (100, 200)],
    "sky": [(0, 200)],
    "bird": [(90, 91)],  # a slip of the detector
    "bee": [(103, 112)],  # shorter than two of the frames that are looked at first
}


def detect(request):
    index = request.region.picture.index
    if request.phrase == "ball":  # goes from left to right; a second one stands still from frame 120
        balls = [Detection((index / 2, 10.0, index / 2 + 20, 30.0), 0.9)]
        return balls + ([Detection((100.0, 60.0, 120.0, 80.0), 0.8)] if index >= 120 else [])
    there = any(start <= index < end for start, end in THERE.get(request.phrase, ()))
    return [Detection((10.0, 10.0, 60.0, 60.0), 0.9)] if there else []


class Detector:
    def __init__(self):
        self.batches = []

    def run(self, requests):
        self.batches.append(len(requests))
        return [detect(request) for request in requests]


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return Video.open(write_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", range(0, 40 * FRAMES, 40)))


@pytest.fixture
def segment(video):
    return VideoSegment(video)


@pytest.fixture
def kit():
    return {"detector": Detector()}


def test_the_whole_and_its_parts(segment):
    assert (segment.start, segment.end, segment.num_frames) == (0, 200, 200)
    assert (segment.start_time, segment.end_time, segment.duration) == (0, 8, 8)
    part = drive(segment.trim(50, 100), {})
    assert (part.start, part.end, part.num_frames) == (50, 100, 50)
    assert (part.start_time, part.end_time, part.duration) == (2, 4, 2)
    inner = drive(part.trim(10, 20), {})  # counted from the part's own first frame, as in ViperGPT
    assert (inner.start, inner.end) == (60, 70)
    assert drive(inner.frame_from_index(3), {}).time == 2.52
    assert drive(inner.frame_from_index(-1), {}).time == 2.76


@pytest.mark.parametrize(("start", "end", "kept"), [(-5, 10, (0, 10)), (190, 999, (190, 200)), (None, 7, (0, 7))])
def test_what_lies_outside_is_cut_off_as_in_vipergpt(segment, start, end, kept):
    part = drive(segment.trim(start, end), {})
    assert (part.start, part.end) == kept


@pytest.mark.parametrize(("start", "end"), [(10, 10), (20, 10), (200, None), (0, 0), (5, -3)])
def test_a_part_without_frames(segment, start, end):
    with pytest.raises(ToolError, match=r"there is no frame from .* start must be smaller than end"):
        drive(segment.trim(start, end), {})


@pytest.mark.parametrize("index", [200, -201, 10**12])
def test_a_frame_out_of_range(segment, index):
    with pytest.raises(ToolError, match="the segment has 200 frames, from 0 to 199"):
        drive(segment.frame_from_index(index), {})


def test_frames_are_handles_that_nobody_has_decoded(tmp_path):
    video = Video.open(write_clip(tmp_path / "clip.mp4", range(0, 4000, 40)))
    frames = drive(VideoSegment(video).frame_iterator(), {})
    assert [frame.time for frame in frames] == pytest.approx([0.04 * index for index in range(100)])
    assert video.looked <= {0}


def test_long_segments_are_not_listed_in_silence(segment, monkeypatch):
    monkeypatch.setattr("tools.video.MAX_LISTED", 150)
    with pytest.raises(ToolError, match=r"at most 150 frames, and the segment has 200; use sample\(\), find\(\)"):
        drive(segment.frame_iterator(), {})
    assert MAX_LISTED == 2_000


@pytest.mark.parametrize(("count", "times"), [(1, [4]), (2, [0, 7.96]), (3, [0, 4, 7.96]), (5, [0, 2, 4, 5.96, 7.96])])
def test_samples_are_even_and_hold_both_ends(segment, count, times):
    assert [frame.time for frame in drive(segment.sample(count), {})] == times


@pytest.mark.parametrize("count", [0, -1, 65])
def test_no_more_samples_than_there_may_be(segment, count):
    with pytest.raises(ToolError, match="sample\\(\\) gives 1 to 64 frames"):
        drive(segment.sample(count), {})


@pytest.mark.parametrize(
    ("name", "parts"), [(name, parts) for name, parts in THERE.items() if name != "bird"] + [("cow", []), ("bird", [])]
)
def test_find_is_exact_to_the_frame(segment, kit, name, parts):
    found = drive(segment.find(name), kit)
    assert [(part.start, part.end) for part in found] == parts


def test_find_asks_in_few_batches(segment, kit):
    drive(segment.find("cat"), kit)
    assert kit["detector"].batches[0] == SAMPLES
    assert len(kit["detector"].batches) <= 2 + (FRAMES // SAMPLES).bit_length()
    assert sum(kit["detector"].batches) < SAMPLES + 20


def test_find_within_a_part_counts_frames_of_the_video(segment, kit):
    (part,) = drive(drive(segment.trim(120), {}).find("dog"), kit)
    assert (part.start, part.end) == (120, 141)


def test_tracks_are_told_apart_and_come_in_the_order_of_time(segment, kit):
    moving, still = drive(segment.track("ball"), kit)
    assert kit["detector"].batches == [TRACKED]
    assert len(moving) == TRACKED
    assert [patch.time for patch in moving] == sorted(patch.time for patch in moving)
    assert moving[0].horizontal_center == 10
    assert moving[-1].horizontal_center == 109.5
    assert still[0].time >= 4.8
    assert {patch.horizontal_center for patch in still} == {110}
    assert drive(segment.track("cow"), kit) == []


@pytest.mark.parametrize(("reply", "answer"), [("2", "blue"), ("Option 1.", "red"), ("it is green", "green")])
def test_select_answer(segment, reply, answer):
    asked = []

    class Model:
        def run(self, requests):
            asked.extend(requests)
            return [reply]

    told = drive(
        segment.select_answer({"colour": "dark"}, "Which  colour?", ["red", "blue", "green"]), {"llm": Model()}
    )
    assert told == answer
    (request,) = asked
    assert isinstance(request, Prompt)
    assert "- colour: dark" in request.text
    assert "Question: Which colour?\n1. red\n2. blue\n3. green\n" in request.text


@pytest.mark.parametrize("reply", ["7", "none of them", "red or blue"])
def test_a_model_that_does_not_choose(segment, reply):
    class Model:
        def run(self, requests):
            return [reply]

    with pytest.raises(Abstention, match="chose none of the options"):
        drive(segment.select_answer({}, "Which?", ["red", "blue"]), {"llm": Model()})


def test_select_answer_without_a_question_or_options(segment):
    with pytest.raises(ToolError, match="needs a question"):
        drive(segment.select_answer({}, " "), {})
    with pytest.raises(ToolError, match="at least one option"):
        drive(segment.select_answer({}, "Which?", []), {})


@pytest.mark.parametrize(
    ("there", "parts"),
    [((1,), [(1, 2)]), ((0, 2, 4), [(0, 1), (2, 3), (4, 5)]), ((0, 1, 3), [(0, 2), (3, 4)]), ((), [])],
)
def test_of_a_short_part_every_frame_counts(segment, there, parts):
    class Seen:
        def run(self, requests):
            box = [Detection((10.0, 10.0, 60.0, 60.0), 0.9)]
            return [box if request.region.picture.index in there else [] for request in requests]

    found = drive(drive(segment.trim(0, 5), {}).find("dog"), {"detector": Seen()})
    assert [(part.start, part.end) for part in found] == parts


@pytest.mark.parametrize(("reply", "chosen"), [("2 dogs", 2), ("3 Dogs.", 0), ("2", 1), ("2.", 1)])
def test_an_option_with_a_number_in_it(reply, chosen):
    assert _chosen(reply, ["3 dogs", "1 dog", "2 dogs"]) == chosen
