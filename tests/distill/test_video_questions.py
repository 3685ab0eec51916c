"""Questions about picture-book clips: their truth, and programs that come to it with perfect specialists."""

import numpy as np
import pytest

from agent import VisualAgent
from agent.pipeline import Task
from agent.program import Program
from distill.questions.binding import ABSTAIN
from distill.questions.video import FORMS
from distill.questions.video_truth import TRUTH, ClipView, make_clip_questions
from models.embedded.oracle import Oracle
from models.embedded.world.clips import HEIGHT, WIDTH, Actor, make_clip, write_clip
from models.planner_format import decode_body
from models.video import Video

pytest.importorskip("av", reason="the extra `video` is not installed")

QUESTIONS = 60


def test_every_form_has_its_truth():
    assert set(TRUTH) == {form.name for form in FORMS}


def test_clips_are_the_same_for_a_seed_and_differ_between_splits():
    assert make_clip(3, "test") == make_clip(3, "test")
    assert make_clip(3, "test") != make_clip(3, "train")


@pytest.mark.parametrize("seed", range(12))
def test_things_of_a_clip_stay_inside_and_apart(seed):
    clip = make_clip(seed, "val")
    for frame in range(clip.frames):
        boxes = [thing.place for thing in clip.scene(frame).things]
        for place, (x1, y1, x2, y2) in enumerate(boxes):
            assert 0 <= x1 < x2 <= WIDTH
            assert 0 <= y1 < y2 <= HEIGHT
            assert all(x2 <= a1 or a2 <= x1 or y2 <= b1 or b2 <= y1 for a1, b1, a2, b2 in boxes[place + 1 :])


def test_an_actor_comes_moves_and_leaves():
    thing = make_clip(0).actors[0].thing
    actor = Actor(thing, ((5, 16),), (100, 0))
    assert [actor.at(frame) is not None for frame in (4, 5, 15, 16)] == [False, True, True, False]
    there = [actor.at(frame) for frame in (5, 10, 15)]
    assert [one.place[0] - thing.place[0] for one in there if one] == [0, 50, 100]


def test_clips_come_with_both_kinds_of_frame_rates():
    clips = [make_clip(seed, "val") for seed in range(30)]
    uneven = [clip for clip in clips if len(set(np.diff(clip.stamps))) > 1]
    assert 3 <= len(uneven) <= 20


def test_the_file_of_a_clip_has_its_frames_and_times(tmp_path):
    clip = next(clip for clip in map(make_clip, range(50)) if len(set(np.diff(clip.stamps))) > 1)
    video = Video.open(write_clip(clip, tmp_path / "clip.mp4", blank))
    assert len(video) == clip.frames
    assert video.times == pytest.approx([clip.time(frame) for frame in range(clip.frames)], abs=1e-3)


def blank(scene):
    """Frames are known by their number: an oracle needs no pixels."""
    return np.full((scene.height, scene.width, 3), 128, np.uint8)


def test_reference_programs_are_right_with_perfect_specialists(tmp_path):
    questions = make_clip_questions(QUESTIONS, "test", seed=1)
    assert len({question.form for question in questions}) > 20
    assert any(question.answer == ABSTAIN for question in make_clip_questions(150, "test", seed=2))
    oracle, tasks = Oracle(), []
    for number, question in enumerate(questions):
        file = Video.open(write_clip(question.clip, tmp_path / f"{number}.mp4", blank))
        video = Video(file._file, f"clip {number}", file.name)  # blank files may be equal
        for index in range(len(video)):
            oracle.add(video.frame(index), question.clip.scene(index))
        tasks.append(Task(question.text, (video,), Program(decode_body(question.program, "video")), tag=question))
    wrong = []
    with VisualAgent(oracle.kit()) as agent:
        for task, answer in agent.answers(tasks):
            if not task.tag.is_right(answer.status, answer.value, seconds=0.051):
                wrong.append((task.tag.form, task.question, task.tag.answer, str(answer), task.tag.program))
    assert not wrong


def test_a_view_tells_when_things_are_there():
    clip = next(clip for clip in map(make_clip, range(99)) if len(clip.actors) > 2 and clip.actors[0].shown[0][0] > 0)
    view = ClipView(clip)
    assert view.times("thing")[-1][1] == max(actor.shown[-1][1] for actor in clip.actors)
    assert view.count("thing", 0) == sum(actor.shown[0][0] == 0 for actor in clip.actors)
