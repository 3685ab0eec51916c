"""An index of pictures: what is taken in, what is dropped, what is found, and what cannot go wrong."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from PIL import Image

from models import picture_indexing
from models.picture_index import (
    DATABASE,
    HIDDEN,
    PROBE,
    PictureIndex,
    PictureIndexError,
    connect,
    fact,
    find_index,
    problems,
)
from models.picture_indexing import write_index
from models.requests import Detection, Nearest, SpecialistError

from ..tools.conftest import Fake

RGB = {"red": (220, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 220), "grey": (128, 128, 128)}
WORDS = ("red", "green", "blue")


def embed(request):
    """Colours as vectors: of a region its mean colour, of a text those that it names."""
    if isinstance(request.what, str):
        vector = np.array([word in request.what for word in WORDS], float) + 0.01
    else:
        vector = np.asarray(request.what.crop(), float).mean((0, 1)) - 25
    return np.append(vector / np.linalg.norm(vector), 0.0).astype(np.float32)


def detect(request):
    """The right half of every picture."""
    picture = request.region.picture
    return [Detection((picture.width / 2, 0, picture.width, picture.height), 0.9)]


@pytest.fixture
def kit():
    return {"clip": Fake(embed), "detector": Fake(detect)}


def paint(path: Path, left: str, right: str | None = None) -> Path:
    image = Image.new("RGB", (40, 20), RGB[left])
    image.paste(RGB[right or left], (20, 0, 40, 20))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)
    return path


@pytest.fixture
def album(tmp_path):
    root = tmp_path / "album"
    paint(root / "red.png", "red")
    paint(root / "green.png", "green")
    paint(root / "deep" / "mixed.png", "red", "blue")
    paint(root / "grey.png", "grey")
    return root


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*.png"))


def write(root: Path, kit, folder: Path | None = None, **more):
    return write_index(folder or root / HIDDEN, root, files(root), kit, "colours", **more)


def counts(progress):
    return progress.added, progress.unchanged, progress.skipped, progress.removed


def names(index: PictureIndex, *phrases: str, count: int = 10) -> list[str]:
    vectors = np.stack([embed(type(PROBE[0])(phrase)) for phrase in phrases])
    return [path.name for path, _ in index.search(vectors, count)]


def test_pictures_are_found_by_their_parts(album, kit):
    assert counts(write(album, kit)) == (4, 0, 0, 0)
    index = PictureIndex(album)
    assert index.pictures == 4
    assert index.maker.regions == "objects"
    assert names(index, "green")[0] == "green.png"
    assert names(index, "blue")[0] == "mixed.png"  # its right half alone is blue
    assert names(index, "red", "blue")[0] == "mixed.png"
    assert names(index, "red", count=1) == ["red.png"]
    assert len(names(index, "red")) == 4


def test_only_what_is_new_is_looked_at(album, kit):
    write(album, kit)
    asked = len(kit["clip"].asked)
    assert counts(write(album, kit)) == (0, 4, 0, 0)
    assert len(kit["clip"].asked) == asked + len(PROBE)

    paint(album / "blue.png", "blue")
    (album / "green.png").rename(album / "renamed.png")
    (album / "grey.png").unlink()
    os.utime(album / "red.png", ns=(1, 1))  # touched, but of the same content
    assert counts(write(album, kit)) == (1, 3, 0, 2)
    index = PictureIndex(album)
    assert names(index, "green")[0] == "renamed.png"
    assert set(names(index, "blue", count=2)) == {"blue.png", "mixed.png"}
    assert index.pictures == 4

    paint(album / "red.png", "green", "blue")  # another content under the same name
    assert counts(write(album, kit)) == (1, 3, 0, 0)
    assert "red.png" in names(PictureIndex(album), "green", "blue", count=1)


def test_copies_are_found_once(album, kit):
    shutil.copy(album / "green.png", album / "copy.png")
    write(album, kit)
    index = PictureIndex(album)
    assert index.pictures == 4
    assert names(index, "green", count=2).count("copy.png") == 1
    assert "green.png" not in names(index, "green")


def test_broken_files_are_passed_over_and_named(album, kit):
    (album / "broken.png").write_bytes(b"no picture")
    (album / "empty.png").write_bytes(b"")
    cut = (album / "red.png").read_bytes()[:60]
    (album / "cut.png").write_bytes(cut)
    for expected in ((4, 0, 3, 0), (0, 4, 3, 0)):
        assert counts(write(album, kit)) == expected
    told = dict(problems(album / HIDDEN, 9))
    assert set(told) == {"broken.png", "empty.png", "cut.png"}
    assert told["empty.png"] == "the file is empty (0 bytes)"
    paint(album / "broken.png", "blue")
    assert counts(write(album, kit)) == (1, 4, 2, 0)


def test_a_picture_that_the_model_cannot_take_is_told(album, kit):
    kit["clip"] = Fake(
        lambda request: (
            SpecialistError("too grey")
            if not isinstance(request.what, str) and request.what.picture.name.endswith("grey.png")
            else embed(request)
        )
    )
    assert counts(write(album, kit)) == (3, 0, 1, 0)
    assert problems(album / HIDDEN, 9) == [("grey.png", "too grey")]


@pytest.mark.parametrize(("regions", "vectors"), [("whole", 1), ("tiles", 14), ("objects", 2)])
def test_the_parts_that_have_vectors(album, kit, regions, vectors):
    write(album, kit, regions=regions)
    assert len(kit["clip"].asked) == len(PROBE) + 4 * vectors
    with pytest.raises(PictureIndexError, match="was made with regions"):
        write(album, kit, regions="whole" if regions == "tiles" else "tiles")
    assert counts(write(album, kit)) == (0, 4, 0, 0)


def test_without_a_detector_tiles_are_taken(album, kit):
    del kit["detector"]
    write(album, kit)
    assert PictureIndex(album).maker.regions == "tiles"


def test_an_index_beside_its_pictures_and_one_elsewhere(album, kit, tmp_path):
    write(album, kit)
    write(album, kit, tmp_path / "elsewhere")
    moved = album.rename(tmp_path / "moved")
    inside = PictureIndex(moved)
    assert all(path.exists() for path, _ in inside.search(np.eye(4, dtype=np.float32)[:1], 9))
    request = Nearest(np.eye(4, dtype=np.float32)[:1], np.stack([embed(one) for one in PROBE]), 9)
    assert len(inside.run([request])[0]) == 4
    assert PictureIndex(tmp_path / "elsewhere").run([request]) == [[]]  # its pictures are not where they were


def test_an_index_of_another_model(album, kit):
    write(album, kit)
    other = {**kit, "clip": Fake(lambda request: embed(request)[::-1].copy())}
    with pytest.raises(PictureIndexError, match=r"was made with colours, and the clip in use is another model \(new\)"):
        write_index(album / HIDDEN, album, files(album), other, "new")
    probe = np.stack([embed(one)[::-1] for one in PROBE])
    for wrong in (probe, np.ones((2, 7), np.float32)):
        (answer,) = PictureIndex(album).run([Nearest(np.eye(4, dtype=np.float32)[:1], wrong, 3)])
        assert isinstance(answer, SpecialistError)
        assert "was made with colours, and the clip in use is another model" in str(answer)


def test_an_index_of_another_folder(album, kit, tmp_path):
    write(album, kit, tmp_path / "index")
    other = paint(tmp_path / "other" / "a.png", "red").parent
    with pytest.raises(PictureIndexError, match=r"this is an index of .*album; name another folder"):
        write(other, kit, tmp_path / "index")


def test_what_is_no_index(album, kit, tmp_path):
    with pytest.raises(PictureIndexError, match="there is no such folder"):
        find_index(tmp_path / "nowhere")
    with pytest.raises(PictureIndexError, match="there is no index in it; make one with `sight index "):
        find_index(album)
    write_index(tmp_path / "empty", album, [], kit, "colours")
    with pytest.raises(PictureIndexError, match="the index is empty"):
        PictureIndex(tmp_path / "empty")


@pytest.mark.parametrize("damage", ["text", "cut", "other"])
def test_a_damaged_index(album, kit, damage):
    write(album, kit)
    database = album / HIDDEN / DATABASE
    whole = database.read_bytes()
    if damage == "other":
        database.unlink()
        import sqlite3

        with sqlite3.connect(database) as connection:
            connection.execute("CREATE TABLE something (x)")
    else:
        database.write_bytes(b"this is no database, it is text" * 9 if damage == "text" else whole[: len(whole) // 2])
    expected = "something else" if damage == "other" else "the index is damaged .* delete this folder"
    for use in (lambda: names(PictureIndex(album), "red"), lambda: write(album, kit)):
        with pytest.raises(PictureIndexError, match=expected):
            use()


def test_a_later_version(album, kit):
    write(album, kit)
    with connect(album / HIDDEN, write=True) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(PictureIndexError, match="later version"):
        PictureIndex(album)


def test_two_writers(album, kit):
    write(album, kit)
    with FileLock(album / HIDDEN / "writer.lock"), pytest.raises(PictureIndexError, match="another process"):
        write(album, kit)


def test_a_folder_that_cannot_be_written(album, kit):
    (album / "file").write_text("")
    with pytest.raises(PictureIndexError, match="cannot be written"):
        write(album, kit, album / "file")


def test_the_graph_finds_what_a_comparison_of_all_finds(album, kit, monkeypatch):
    random = np.random.default_rng(0)
    for number in range(60):
        pixels = np.full((8, 8, 3), random.integers(30, 250, 3), np.uint8)
        Image.fromarray(pixels).save(album / f"{number}.png")
    paint(album / "another.png", "green", "red")
    write(album, kit)
    plain = PictureIndex(album)
    assert plain._graph is None
    queries = [("red",), ("green", "blue"), ("red", "blue")]
    expected = [names(plain, *query, count=5) for query in queries]

    monkeypatch.setattr(picture_indexing, "GRAPH_FROM", 50)
    paint(album / "yet another.png", "grey", "grey")
    write(album, kit)
    graphed = PictureIndex(album)
    assert len(graphed._graph) >= 100
    assert [names(graphed, *query, count=5) for query in queries] == expected
    assert names(graphed, "green", "red", count=1) == ["another.png"]
    assert len(list((album / HIDDEN).glob("graph-*"))) == 1

    # What is dropped from the index is not found in the graph; what is new is found beside it.
    (album / "another.png").unlink()
    paint(album / "late.png", "blue", "green")
    monkeypatch.setattr(picture_indexing, "GRAPH_FROM", 1000)
    write(album, kit)
    late = PictureIndex(album)
    assert "another.png" not in names(late, "green", "red", count=99)
    assert names(late, "blue", "green", count=1) == ["late.png"]

    # A graph that is damaged or gone costs time, not pictures.
    (graph,) = (album / HIDDEN).glob("graph-*")
    graph.write_bytes(graph.read_bytes()[:100])
    assert names(PictureIndex(album), "blue", "green", count=1) == ["late.png"]
    graph.unlink()
    without = PictureIndex(album)
    assert [names(without, *query, count=5) for query in queries] == [names(late, *q, count=5) for q in queries]


def test_a_graph_of_pictures_that_are_mostly_gone_is_made_anew(album, kit, monkeypatch):
    monkeypatch.setattr(picture_indexing, "GRAPH_FROM", 4)
    write(album, kit)
    for path in files(album):
        path.unlink()
    for number in range(5):
        paint(album / f"new{number}.png", "red", "blue" if number % 2 else "green").touch()
        image = Image.open(album / f"new{number}.png")
        image.putpixel((0, 0), (number, 0, 0))
        image.save(album / f"new{number}.png")
    write(album, kit)
    with connect(album / HIDDEN) as connection:
        assert fact(connection, "graph")["vectors"] == 10


KILLED = """
import sys, time
from pathlib import Path
from models.picture_indexing import write_index
from tests.models.test_picture_index import detect, embed, files
from tests.tools.conftest import Fake

def slow(request):
    time.sleep(0.01)
    return embed(request)

root = Path(sys.argv[1])
print("begun", flush=True)
write_index(root / ".sight-index", root, files(root), {"clip": Fake(slow), "detector": Fake(detect)}, "colours",
            tell=lambda progress: print(progress.done, flush=True))
"""


def test_a_writer_that_is_killed_goes_on_where_it_was(album, kit):
    for number in range(90):
        image = Image.new("RGB", (8, 8), RGB["grey"])
        image.putpixel((0, 0), (number, 0, 0))
        image.save(album / f"{number}.png")
    done = 0
    for moment in (0.15, 0.4, 0.7):
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(KILLED), str(album)], stdout=subprocess.PIPE, text=True, cwd="."
        )
        assert process.stdout.readline() == "begun\n"
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (album / HIDDEN / DATABASE).exists():
            with connect(album / HIDDEN, write=True) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                now = connection.execute("SELECT COUNT(*) FROM files").fetchone()[0]
            assert now >= done
            done = now
    progress = write(album, kit)
    assert counts(progress) == (94 - done, done, 0, 0)
    killed = [names(PictureIndex(album), *query, count=20) for query in (("red",), ("green", "blue"))]
    shutil.rmtree(album / HIDDEN)
    write(album, kit)
    assert [names(PictureIndex(album), *query, count=20) for query in (("red",), ("green", "blue"))] == killed
