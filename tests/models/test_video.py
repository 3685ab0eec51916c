"""Frames of video files: the right ones, at the right time, whatever the order in which they are asked for."""

import itertools
import pickle
import random
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from models import video_file
from models.picture import Picture, PictureError
from models.video import Frame, Video, VideoError, is_video, open_visual

from .clips import HEIGHT, WIDTH, number_of, numbered, write_clip

av = pytest.importorskip("av", reason="the extra `video` is not installed")

FRAMES = 70
STEADY = [40 * number for number in range(FRAMES)]
_RNG = random.Random(0)
UNEVEN = list(itertools.accumulate(_RNG.choice((20, 40, 40, 90, 333)) for _ in range(FRAMES)))
"""Milliseconds at which the frames are shown, the first not at 0."""

FILES = [
    (".mp4", "mpeg4", {}),
    (".mp4", "libx264", {"bf": "3", "preset": "veryfast"}),
    (".mkv", "libx264", {"bf": "2", "preset": "veryfast", "x264-params": "open-gop=1"}),
    (".ts", "libx264", {"bf": "2", "preset": "veryfast"}),
    (".webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8"}),
    (".webm", "libvpx", {"deadline": "realtime", "auto-alt-ref": "1", "lag-in-frames": "16"}),
    (".mkv", "ffv1", {}),
]


@pytest.mark.parametrize("stamps", [STEADY, UNEVEN], ids=["constant rate", "variable rate"])
@pytest.mark.parametrize(("suffix", "codec", "options"), FILES, ids=[f"{one[1]}{one[0]}" for one in FILES])
def test_every_frame_in_any_order_is_the_one_asked_for(tmp_path, suffix, codec, options, stamps):
    video = Video.open(write_clip(tmp_path / f"clip{suffix}", stamps, codec=codec, options=options))
    assert len(video) == FRAMES
    order = list(range(FRAMES))
    random.Random(1).shuffle(order)
    assert [number_of(np.asarray(video.frame(index).image)) for index in order] == order
    assert video.times == pytest.approx([(stamp - stamps[0]) / 1000 for stamp in stamps], abs=1.1e-3)
    assert 0.01 < video.duration - video.times[-1] < 0.4


def test_a_constant_rate_of_an_old_container(tmp_path):
    video = Video.open(write_clip(tmp_path / "clip.avi", STEADY))
    assert [number_of(np.asarray(video.frame(index).image)) for index in (69, 0, 33, 34, 12)] == [69, 0, 33, 34, 12]
    assert video.times == pytest.approx([stamp / 1000 for stamp in STEADY])


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", UNEVEN)


def test_a_frame_is_a_picture_that_is_decoded_when_somebody_looks(clip):
    video = Video.open(clip)
    frame = video.frame(7)
    assert isinstance(frame, Picture)
    assert (frame.width, frame.height, frame.whole.box) == (WIDTH, HEIGHT, (0.0, 0.0, WIDTH, HEIGHT))
    assert frame.name == f"{clip}, frame 7 ({frame.time:.2f} s)"
    assert len(frame.key) == 64
    assert not frame.looked_at
    assert number_of(np.asarray(frame.image)) == 7
    assert frame.looked_at
    assert number_of(np.asarray(frame.whole.crop())) == 7


def test_keys_tell_frames_and_files_apart(clip, tmp_path):
    video, again = Video.open(clip), Video.open(shutil.copy(clip, tmp_path / "copy.mp4"))
    other = Video.open(write_clip(tmp_path / "other.mp4", STEADY))
    assert video == again
    assert video.frame(3) == again.frame(3)
    assert len({one.frame(index).key for one in (video, again, other) for index in range(FRAMES)}) == 2 * FRAMES
    assert video.poster.key == video.key


def test_a_video_and_its_frames_can_be_pickled(clip):
    frame = pickle.loads(pickle.dumps(Video.open(clip).frame(5)))
    assert isinstance(frame, Frame)
    assert number_of(np.asarray(frame.image)) == 5


def test_decoded_frames_are_bounded_in_memory(clip, monkeypatch):
    from models import video as module

    monkeypatch.setattr(module, "_DECODED", module._Decoded())
    monkeypatch.setattr(module, "CACHE", 5 * WIDTH * HEIGHT * 3)
    video = Video.open(clip)
    for index in range(FRAMES):
        video.pixels(index)
    assert module._DECODED.bytes == module.CACHE


def test_a_picture_on_its_side_is_put_upright(tmp_path):
    image = np.zeros((64, 128, 3), np.uint8)
    image[:, 64:] = 255  # the right half is white
    video = Video.open(write_clip(tmp_path / "phone.mov", [0, 40], images=[image, image], rotation=90))
    assert (video.width, video.height) == (64, 128)
    upright = np.asarray(video.frame(0).image)
    assert upright[:48].mean() > 230  # turned counterclockwise, the right half is above
    assert upright[80:].mean() < 25


def test_the_file_says_whether_it_is_a_video(clip, tmp_path):
    assert is_video("a/b/CLIP.MP4")
    assert not is_video("clip.gif")
    assert isinstance(open_visual(clip), Video)
    Image.new("RGB", (9, 9)).save(tmp_path / "p.png")
    assert isinstance(open_visual(tmp_path / "p.png"), Picture)


# --- what is wrong with a file ----------------------------------------------------------------------------------------


def sound(path):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)


def empty(path):
    with av.open(str(path), "w", format="avi") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        container.start_encoding()


def cut(path):
    whole = write_clip(path.with_name("whole.mp4"), STEADY).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])  # the index of an MP4 stands at its end


BROKEN = {
    "there is no such file": lambda path: None,
    "the file is empty (0 bytes)": lambda path: path.write_bytes(b""),
    "not a video that can be read, or damaged (": lambda path: path.write_bytes(b"no video at all " * 500),
    "damaged (": cut,
    "this is a folder": lambda path: path.mkdir(),
    "there is no video in this file, only audio": sound,
    "the clip is empty: there is no frame in it": empty,
}


@pytest.mark.parametrize("message", BROKEN)
def test_a_broken_file_is_told_in_one_line(tmp_path, message):
    path = tmp_path / ("clip.mkv" if "audio" in message else "clip.avi" if "clip is empty" in message else "clip.mp4")
    BROKEN[message](path)
    with pytest.raises(VideoError) as caught:
        Video.open(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, PictureError)


def test_a_playlist_is_no_video(tmp_path, clip):
    """It could name other files, or addresses."""
    path = tmp_path / "list.mp4"
    path.write_text(f"#EXTM3U\n#EXTINF:1,\n{clip}\n#EXT-X-ENDLIST\n")
    with pytest.raises(VideoError, match="not a video that can be read"):
        Video.open(path)


def test_frames_that_are_too_large(clip, monkeypatch):
    monkeypatch.setattr(video_file, "MAX_PIXELS", WIDTH * HEIGHT - 1)
    with pytest.raises(VideoError, match=f"frames of {WIDTH} x {HEIGHT} pixels are too large"):
        Video.open(clip)


def test_too_many_frames(clip, monkeypatch):
    monkeypatch.setattr(video_file, "MAX_FRAMES", 50)
    with pytest.raises(VideoError, match="more than 50 frames; cut the video first"):
        Video.open(clip)


def test_without_pyav_it_is_told_how_to_get_it(clip, monkeypatch):
    monkeypatch.setattr(video_file, "find_spec", lambda name: None)
    with pytest.raises(VideoError, match=r"videos need PyAV; install it with: pip install 'sightscript\[video\]'"):
        Video.open(clip)


@pytest.mark.parametrize("index", [-1, FRAMES, 10**9])
def test_a_frame_that_is_not_there(clip, index):
    with pytest.raises(VideoError, match=f"there is no frame {index}; frames count from 0 to {FRAMES - 1}"):
        Video.open(clip).frame(index)


def test_damage_in_the_middle_costs_only_the_frames_there(tmp_path):
    path = write_clip(tmp_path / "clip.mkv", STEADY, codec="libx264", options={"preset": "veryfast"}, gop=10)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 400] = bytes(400)
    path.write_bytes(data)
    video = Video.open(path)
    right = 0
    for index in range(len(video)):
        try:
            right += number_of(np.asarray(video.frame(index).image)) == round(video.times[index] / 0.04)
        except VideoError as error:
            assert "the file is damaged there" in str(error)  # noqa: PT017
    assert right > FRAMES / 2


# --- against FFmpeg itself --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="the program ffmpeg is not installed")
@pytest.mark.parametrize("stamps", [STEADY, UNEVEN], ids=["constant rate", "variable rate"])
@pytest.mark.parametrize(("suffix", "codec", "options"), FILES, ids=[f"{one[1]}{one[0]}" for one in FILES])
def test_frames_and_times_are_those_of_ffmpeg(tmp_path, suffix, codec, options, stamps):
    path = write_clip(tmp_path / f"clip{suffix}", stamps, codec=codec, options=options)
    raw = ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    made = subprocess.run(["ffmpeg", "-v", "error", "-i", path, *raw], capture_output=True, check=True).stdout
    theirs = np.frombuffer(made, np.uint8).reshape(-1, HEIGHT, WIDTH, 3)
    video = Video.open(path)
    assert len(video) == len(theirs)
    order = random.Random(2).sample(range(len(video)), len(video))
    worst = max(float(np.abs(video.pixels(index).astype(int) - theirs[index]).max()) for index in order)
    assert worst <= 2  # rounding of colours differs between versions of FFmpeg
    asked = ["-select_streams", "v", "-show_entries", "frame=best_effort_timestamp_time", "-of", "csv=p=0"]
    told = subprocess.run(["ffprobe", "-v", "error", *asked, path], capture_output=True, check=True, text=True).stdout
    times = np.array([float(line.strip(",")) for line in told.split()])
    assert video.times == pytest.approx(times - times[0], abs=1e-5)


@pytest.mark.slow
def test_ten_minutes_in_bounded_memory(tmp_path):
    psutil = pytest.importorskip("psutil")
    images = (numbered(number % 1024, 320, 240) for number in range(15_000))
    path = write_clip(tmp_path / "long.mp4", range(0, 600_000, 40), images=_Lazy(images, 15_000), gop=50)
    before = psutil.Process().memory_info().rss
    video = Video.open(path)
    for index in [*range(0, 15_000, 50), *random.Random(0).sample(range(15_000), 100)]:
        assert number_of(np.asarray(video.frame(index).image)) == index % 1024
    assert video.duration == pytest.approx(600, abs=0.1)
    assert psutil.Process().memory_info().rss - before < 500 << 20


class _Lazy:
    """Images that are made one after the other; the first may be looked at beforehand."""

    def __init__(self, images, count):
        self.first = next(images)
        self.rest, self.count = images, count

    def __getitem__(self, index):
        return self.first

    def __iter__(self):
        return itertools.chain([self.first], self.rest)

    def __len__(self):
        return self.count
