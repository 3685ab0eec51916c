"""Questions about a video, all the way: reading, planning, running, trace, page, store, replay."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from agent import VisualAgent
from agent.pipeline import Task
from agent.planning.examples import Shelf
from agent.planning.planner import Planner
from agent.planning.prompt import full_messages, question_prompt, system_text
from agent.program import Program, Query, QueryError
from agent.rendering.page import page
from agent.rendering.terminal import terminal_view
from agent.runs.batch import run_batch
from agent.runs.question_files import read_questions
from agent.runs.replay import replay
from agent.runs.run_error import RunError
from agent.runs.run_pages import write_run_page
from agent.runs.store import Store
from agent.trace import PatchValue, SegmentValue, Trace
from models.picture import Picture, PictureError
from models.requests import Detection
from models.video import Video
from tests.agent.planning.fake_chat import FakeChat
from tests.agent.runs.conftest import make_settings
from tests.models.clips import number_of, write_clip
from tools import default_vocabulary

pytest.importorskip("av", reason="the extra `video` is not installed")

PROGRAM = """def execute_command(video):
    v = VideoSegment(video)
    part = v.find("dog")[0]
    return part.frame_from_index(0).find("dog")[0]
"""


class Detector:
    """Looks at the pixels: there is a dog in the frames 20 to 59."""

    def run(self, requests):
        found = []
        for request in requests:
            number = number_of(np.asarray(request.region.picture.image))
            there = 20 <= number < 60 and request.phrase == "dog"
            found.append([Detection((20.0, 20.0, 60.0, 60.0), 0.9)] if there else [])
        return found


@pytest.fixture
def clip(tmp_path):
    return write_clip(tmp_path / "clip.mp4", range(0, 4000, 40))


@pytest.fixture(scope="module")
def agent():
    with VisualAgent({"detector": Detector()}) as made:
        yield made


def test_the_answer_its_trace_and_its_page(agent, clip):
    answer = agent.run(PROGRAM, clip, "Where is the dog?")
    assert answer.status == "answered", answer.reason
    assert isinstance(answer.value, PatchValue)
    trace = Trace.model_validate_json(answer.trace.model_dump_json())
    assert trace == answer.trace
    asked, frame = trace.pictures
    assert (asked.video.frames, asked.video.seconds, asked.key) == (100, 4.0, trace.images[0])
    assert (frame.frame.index, frame.frame.time, frame.frame.video) == (20, 0.8, asked.key)
    assert answer.value.picture == frame.key
    assert trace.steps[1].result == [SegmentValue(video=asked.key, start=20, end=60, times=(0.8, 2.4))]
    tools = ["VideoSegment", "VideoSegment.find", "VideoSegment.frame_from_index", "ImagePatch.find"]
    assert [step.tool for step in trace.steps] == tools
    drawn = page(trace, answer.pictures.values())
    assert "frame at 0.80 s" in drawn
    assert "<h2>Video</h2>" in drawn
    console = Console(width=240, file=io.StringIO())
    with console.capture() as captured:
        console.print(terminal_view(trace, 100))
    told = captured.get()
    assert "Video" in told
    assert "100 frames, 4 s)" in told
    assert 'video 0–4 s.find("dog")' in told


def test_find_looks_at_few_frames_and_batches_them(agent, clip):
    answer = agent.run("def execute_command(video):\n    return VideoSegment(video).find('dog')[0].start_time", clip)
    assert answer.value == 0.8
    assert answer.trace.steps[-1].batch == 32
    assert [record.name for record in answer.trace.pictures if record.frame] == []  # none is named by the program


def test_what_is_absent_is_told_as_of_a_video(agent, clip):
    for body in ('v.find("cat")[0].start_time', 'v.track("cat")[0][0].time', 'v.frame_from_index(-1).find("cat")[0]'):
        answer = agent.run(f"def execute_command(video):\n    v = VideoSegment(video)\n    return {body}\n", clip)
        assert (answer.status, answer.reason) == ("abstained", "there is no cat in the video")


def test_frames_of_many_programs_share_batches(clip):
    sizes = []

    class Counting(Detector):
        def run(self, requests):
            sizes.append(len(requests))
            return super().run(requests)

    nouns = ("dog", "cat", "cow", "hen")
    tasks = [Task("", (clip,), Program(PROGRAM.replace("dog", noun)), tag=noun) for noun in nouns]
    with VisualAgent({"detector": Counting()}) as agent:
        answers = {task.tag: answer.status for task, answer in agent.answers(tasks)}
    assert answers == {"dog": "answered", "cat": "abstained", "cow": "abstained", "hen": "abstained"}
    assert max(sizes) > 32


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("v.frame_from_index(100)", "line 3: frame_from_index(100): the segment has 100 frames, from 0 to 99"),
        ("v.trim(50, 20)", "line 3: there is no frame from 50 up to 20; the segment has 100 frames"),
        ("v.find('')", "line 3: find() needs a word or a short phrase as object_name, got an empty text"),
        ("v.sample(1000)", "line 3: sample() gives 1 to 64 frames, not 1000"),
        ("ImagePatch(video)", "line 3: ImagePatch() takes image as an Image or an ImagePatch, got a Video"),
    ],
)
def test_wrong_calls_are_told_in_one_line(agent, clip, body, reason):
    answer = agent.run(f"def execute_command(video):\n    v = VideoSegment(video)\n    return {body}\n", clip)
    assert answer.status == "failed"
    assert reason in answer.reason
    assert "\n" not in answer.reason


def test_a_damaged_place_fails_the_question_and_says_so(tmp_path):
    path = write_clip(tmp_path / "clip.mkv", range(0, 4000, 40), codec="ffv1", gop=1)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    path.write_bytes(data)
    with VisualAgent({"detector": Detector()}) as agent:
        try:
            answer = agent.run(PROGRAM.replace("dog", "cat"), path)
        except PictureError as error:  # the container itself does not survive it
            assert "damaged" in str(error)  # noqa: PT017
            return
    assert answer.status in ("abstained", "failed")
    assert "Traceback" not in answer.reason


def test_check_knows_videos(agent):
    (problem,) = agent.check("def execute_command(video):\n    return video.find('dog')\n")
    assert problem.message == "`video` is a video and has no `find`; use VideoSegment(video).find"
    (problem,) = agent.check("def execute_command(video):\n    return VideoSegment(video).fnd('dog')\n")
    assert "fnd" in problem.message


def test_what_can_be_asked_together(clip):
    video, picture = Video.open(clip), Picture.from_image(np.zeros((9, 9, 3), np.uint8))
    assert Query("When?", (video,)).subject == "video"
    for images in ((video, picture), (video, video)):
        with pytest.raises(QueryError, match="one video or about pictures"):
            Query("When?", images)
    with pytest.raises(QueryError, match="one video or about pictures"), VisualAgent({}) as agent:
        agent.run(PROGRAM, [clip, clip])


def test_what_planners_are_told(clip):
    query = Query("When does the dog appear?", (Video.open(clip),))
    assert question_prompt(query) == "When does the dog appear?\n\nAbout: the video"
    words = default_vocabulary().prompt()
    told = full_messages(query, words, Shelf())
    assert "def execute_command(video)" in told[0].text
    assert told[-1].text == "Question about a video, `video`: When does the dog appear?"
    assert all("VideoSegment" in message.text for message in told[1:-1] if message.type == "ai")
    assert "For a video" not in system_text("class ImagePatch: ...")


def test_a_planner_of_bare_questions_gets_the_videos_head(clip):
    model = FakeChat(replies=['return v.find("dog")[0].end_time'])
    planner = Planner(model, default_vocabulary(), "question")
    with VisualAgent({"detector": Detector()}, planner) as agent:
        answer = agent.ask("When does the dog leave?", clip)
    assert answer.program.startswith("def execute_command(video):\n    v = VideoSegment(video)\n")
    assert answer.value == 2.4


def test_batch_store_pages_and_replay(agent, clip, tmp_path):
    lines = [
        {"id": "a", "video": "clip.mp4", "question": "Where is the dog?", "program": PROGRAM},
        {"id": "b", "video": "none.mp4", "question": "Where?", "program": PROGRAM},
        {"id": "c", "video": "clip.txt", "question": "Where?", "program": PROGRAM},
        {"id": "d", "video": "clip.mp4", "image": "p.png", "question": "Where?", "program": PROGRAM},
    ]
    source = tmp_path / "questions.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    settings = make_settings()
    with Store.open(tmp_path / "run", settings) as store:
        run_batch(agent, read_questions(source), store)
    with Store.open(tmp_path / "run") as store:
        told = {record.id: (record.status, record.reason) for record in store.records()}
        assert told["a"] == ("answered", "")
        assert told["b"] == ("failed", f"{tmp_path / 'none.mp4'}: there is no such file")
        assert "`video` is clip.txt; a video file ends in .3g2" in told["c"][1]
        assert "there are both `video` and `image`" in told["d"][1]
        assert list((tmp_path / "run" / "pictures").rglob("*.*")) == []  # neither the video nor its frames are copied
        answer = store.answer("a")
        assert number_of(np.asarray(answer.pictures[answer.value.picture].image)) == 20
        again = replay(agent, store, "a")
        assert (again.same, again.live, again.changed) == (True, 0, ())
        live = replay(agent, store, "a", live=True)
        assert (live.same, live.recorded) == (True, 0)
        write_run_page(store, tmp_path / "pages")
        assert "frame at 0.80 s" in next((tmp_path / "pages" / "traces").glob("a*.html")).read_text()
        clip.unlink()
        write_run_page(store, tmp_path / "pages")
        with pytest.raises(RunError, match=r"clip.mp4: the video is gone, or was changed since the question was asked"):
            replay(agent, store, "a")
