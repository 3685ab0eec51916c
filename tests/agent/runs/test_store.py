"""The store: rows, traces and pictures go in and come out; it is begun, resumed, read beside, refused."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from agent.runs import store as store_module
from agent.runs.database import MIGRATIONS
from agent.runs.record import Record
from agent.runs.row import BadRow, Row
from agent.runs.store import RunError, RunSettings, Store
from agent.trace import Answer
from models.picture import FORMATS, Picture
from tests.agent.conftest import make_picture
from tests.agent.runs.conftest import make_answer, make_row, make_settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "run", make_settings()) as one:
        yield one


def make_record(number: int, **fields: Any) -> Record:
    row = make_row(number, Path("a.png"))
    return replace(Record.of(row, number, make_answer(row.question, [make_picture()], number)), **fields)


def one_line(error: pytest.ExceptionInfo[RunError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


# ---------------------------------------------------------------------- in and out


def test_what_was_put_comes_out(stored: Store, rows: list[Row], answers: list[Answer]) -> None:
    assert stored.total == 6
    assert stored.counts() == {"answered": 2, "abstained": 1, "failed": 3}
    assert stored.done() == {"q0000", "q0001", "q0002", "q0003", "q0004", "line 6"}
    for position, (row, answer) in enumerate(zip(rows, answers, strict=True)):
        record = stored.record(row.id)
        assert record == replace(Record.of(row, position, answer), finished=record.finished)
        assert record.trace is None
        assert stored.trace(row.id) == answer.trace
        again = stored.answer(row.id)
        assert again == answer
        assert again.pictures == answer.pictures
        assert [again.pictures[key].name for key in again.pictures] == [p.name for p in answer.trace.pictures]
    assert stored.answer("line 6").reason == stored.record("line 6").reason


def test_records_by_status_family_and_order(stored: Store) -> None:
    def ids(*args: Any, **named: Any) -> list[str]:
        return [record.id for record in stored.records(*args, **named)]

    assert ids() == ["q0000", "q0001", "q0002", "q0003", "q0004", "line 6"]
    assert ids("failed") == ["q0003", "q0004", "line 6"]
    assert ids(family="attributes") == ["q0001", "q0002"]
    assert ids("answered", "attributes") == ["q0001"]
    assert ids(order="seconds", limit=3) == ["q0002", "q0003", "q0000"]
    assert ids(family="") == ["line 6"]
    assert ids(limit=0) == []


def test_rows_come_in_the_order_of_the_file_whenever_they_ended(store: Store) -> None:
    for number in (5, 1, 3):
        store.put(make_record(number))
    assert [record.position for record in store.records()] == [1, 3, 5]


def test_unknown_ids_and_pictures(stored: Store) -> None:
    for read in (stored.record, stored.trace, stored.answer):
        with pytest.raises(RunError, match="there is no row 'q9'") as error:
            read("q9")
        one_line(error)
    with pytest.raises(RunError, match="no picture 'abc' is stored"):
        stored.picture("abc")


def test_a_row_comes_once(store: Store) -> None:
    store.put(make_record(0))
    with pytest.raises(RunError, match="row 'q0000' is stored already"):
        store.put(make_record(0, answer="another"))
    store.put(make_record(1))
    assert [record.answer for record in store.records()] == ["0", "1"]


def test_a_record_that_was_read_has_no_trace_to_put(stored: Store, store: Store) -> None:
    with pytest.raises(ValueError, match="without its trace"):
        store.put(stored.record("q0000"))


def test_total_is_unknown_at_first(store: Store) -> None:
    assert store.total is None
    store.set_total(3)
    store.set_total(4)
    assert store.total == 4


def test_a_stream_of_records_is_of_one_moment(store: Store) -> None:
    for number in range(3):
        store.put(make_record(number))
    stream = store.records()
    next(stream)
    store.put(make_record(3))
    assert len(list(stream)) == 2
    assert len(list(store.records())) == 4


def test_texts_of_any_kind(store: Store) -> None:
    picture = make_picture("caf\udce9.png")
    odd = "'; DROP TABLE rows; -- \u0000 🐶 \udcff"
    row = make_row(0, Path("caf\udce9.png"), question=odd, answers=(odd,), family=odd, group=odd)
    store.put(Record.of(row, 0, make_answer("q", [picture], odd[:-1])), {picture.key: picture})
    record = store.record("q0000")
    assert record.question == odd[:-1] + "\\udcff"
    assert record.value == odd[:-1]
    assert store.trace("q0000").pictures[0].name == "caf\\udce9.png"
    assert store.picture(picture.key) == picture
    store.put(Record.refused(BadRow("l\udcff", "w", "r", "q"), 1))
    assert "l\\udcff" in store.done()


def test_threads_share_a_store(store: Store) -> None:
    def work(first: int) -> None:
        for number in range(first, 100, 4):
            picture = make_picture(shade=number % 10)
            store.put(make_record(number), {picture.key: picture})
            store.counts(), store.record(f"q{number:04}")

    threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [record.position for record in store.records()] == list(range(100))


# ---------------------------------------------------------------------- pictures


def files_of(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "pictures").rglob("*") if path.is_file())


def test_question_pictures_are_copied_and_made_ones_kept_without_loss(run_folder: Path, rows: list[Row]) -> None:
    originals = {Path(row.images[0]).read_bytes() for row in rows[:4]}  # type: ignore[arg-type]
    copies = [path.read_bytes() for path in (run_folder / "pictures").glob("*/*.png")]
    assert len(copies) == 3
    assert set(copies) == originals
    made = list((run_folder / "pictures").glob("*/*.webp"))
    assert len(made) == 3
    for path in made:
        assert path.parent.name == path.name[:2]
        assert Picture.open(path).key == path.stem


@pytest.mark.parametrize("format", FORMATS)
def test_a_copy_has_the_extension_of_its_true_format(tmp_path: Path, store: Store, format: str) -> None:
    file = tmp_path / "misnamed.dat"
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (20, 30, 3), np.uint8)).save(file, format)
    picture = Picture.open(file)
    store.put(make_record(0), {picture.key: picture}, {picture.key: file})
    store.put(make_record(1), files={picture.key: file.read_bytes()})
    (kept,) = (store.folder / "pictures").glob("*/*")
    extension = {"JPEG": "jpg", "TIFF": "tif"}.get(format, format.lower())
    assert kept.name == f"{picture.key}.{extension}"
    assert kept.read_bytes() == file.read_bytes()
    assert store.picture(picture.key) == picture
    assert store.picture(picture.key).name == str(file)


@pytest.mark.parametrize(
    ("width", "height", "suffix"), [(1, 1, ".webp"), (313, 97, ".webp"), (16_383, 2, ".webp"), (16_384, 2, ".png")]
)
def test_a_made_picture_keeps_every_pixel(store: Store, width: int, height: int, suffix: str) -> None:
    rng = np.random.default_rng(width)
    noise = Image.fromarray(rng.integers(0, 256, (height, width, 3), np.uint8))
    noise.info.update(transparency=(0, 0, 0), icc_profile=b"x" * 100, exif=b"Exif\x00\x00", gamma=0.5)
    picture = Picture(noise, "noise")
    store.put(make_record(0), {picture.key: picture})
    (kept,) = (store.folder / "pictures").glob("*/*")
    assert kept.suffix == suffix
    found = store.picture(picture.key)
    assert found.key == picture.key
    assert found.name == "noise"


def test_an_upright_copy_of_a_turned_photograph(tmp_path: Path, store: Store) -> None:
    rng = np.random.default_rng(1)
    image = Image.fromarray(rng.integers(0, 255, (20, 30, 3), np.uint8))
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned a quarter
    file = tmp_path / "turned.jpg"
    image.save(file, exif=exif)
    picture = Picture.open(file)
    assert (picture.width, picture.height) == (20, 30)
    store.put(make_record(0), {picture.key: picture}, {picture.key: file})
    assert store.picture(picture.key) == picture


def test_equal_pictures_are_kept_once(store: Store) -> None:
    for number in range(3):
        picture = make_picture(f"name {number}")
        store.put(make_record(number), {picture.key: picture})
    assert len(files_of(store.folder)) == 1


def test_a_file_that_is_gone_is_kept_from_its_pixels(tmp_path: Path, store: Store) -> None:
    picture = make_picture()
    store.put(make_record(0), {picture.key: picture}, {picture.key: tmp_path / "gone.png"})
    assert store.picture(picture.key) == picture
    other = make_picture(shade=1)
    with pytest.raises(RunError, match=r"gone\.png: the picture cannot be copied"):
        store.put(make_record(1), files={other.key: tmp_path / "gone.png"})
    assert store.done() == {"q0000"}


def test_a_changed_picture_is_noticed(run_folder: Path, stored: Store, answers: list[Answer]) -> None:
    key = answers[0].trace.pictures[0].key
    (kept,) = (run_folder / "pictures").glob(f"*/{key}.*")
    make_picture(shade=7).image.save(kept)
    for read in (lambda: stored.picture(key), lambda: stored.answer("q0000")):
        with pytest.raises(RunError, match="the file was changed since it was stored") as error:
            read()
        assert str(kept) in one_line(error)
    kept.write_bytes(kept.read_bytes()[:60])
    with pytest.raises(RunError, match="damaged or cut off"):
        stored.picture(key)
    kept.unlink()
    with pytest.raises(RunError, match="there is no such file"):
        stored.picture(key)
    assert stored.trace("q0000") == answers[0].trace


def test_what_a_killed_writer_left_half_written_is_swept(run_folder: Path) -> None:
    left = run_folder / "pictures" / ".writing-1-2"
    left.write_bytes(b"half")
    Store.open(run_folder).close()
    assert left.exists()
    Store.open(run_folder, make_settings()).close()
    assert not left.exists()


# ---------------------------------------------------------------------- begun, resumed, refused


def test_a_run_is_resumed_with_equal_settings(run_folder: Path) -> None:
    later = make_settings(version="9.9", created="2030-01-01")
    with Store.open(run_folder, later) as store:
        assert store.settings == make_settings()
        assert len(store.done()) == 6
        store.put(make_record(17))
        assert len(store.done()) == 7
    with Store.open(str(run_folder)) as store:
        assert store.settings == make_settings()
        assert store.settings.limits == {"seconds": 10.0, "calls": 100}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"planner": "ollama:qwen3"}, "planner: embedded, now ollama:qwen3"),
        ({"source": "other.csv"}, "questions: questions.jsonl, now other.csv"),
        ({"fingerprint": "1" * 64}, "content of the questions' file: it was changed"),
        ({"limits": {"seconds": 20.0, "calls": 100}}, "limits.seconds: 10.0, now 20.0"),
        ({"options": {"dtype": "float32"}}, "options.repairs: 2, now none"),
        ({"format": "csv", "preset": "hub"}, "format: jsonl, now csv; preset: embedded, now hub"),
    ],
)
def test_a_run_is_not_resumed_with_other_settings(run_folder: Path, fields: dict[str, Any], told: str) -> None:
    with pytest.raises(RunError) as error:
        Store.open(run_folder, make_settings(**fields))
    assert f"begun with other settings ({told})" in one_line(error)
    Store.open(run_folder, make_settings()).close()  # nothing was left locked or changed


def test_settings_survive_json() -> None:
    settings = make_settings(options={"tools": ["a.py"], "none": None, "deep": {"x": 1.5}})
    assert RunSettings.from_json(settings.to_json()) == settings
    tuples = make_settings(options={"tools": ("a.py",), "none": None, "deep": {"x": 1.5}})
    assert settings.differences(tuples) == []
    for text in ("", "3", "{}", '{"colour": "red"}'):
        with pytest.raises(ValueError):
            RunSettings.from_json(text)


def test_reading_needs_a_run(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("text")
    (tmp_path / "empty").mkdir()
    for folder, told in (
        (tmp_path / "none", "there is no such run"),
        (file, "a run is a folder"),
        (tmp_path / "empty", "this is no run"),
    ):
        with pytest.raises(RunError, match=told) as error:
            Store.open(folder)
        assert str(folder) in one_line(error)
    assert not (tmp_path / "none").exists()
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_file_is_no_place_for_a_run(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("text")
    for place in (file, file / "below"):
        with pytest.raises(RunError, match="this is a file, and a run is a folder"):
            Store.open(place, make_settings())
    assert file.read_text() == "text"


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "run.sqlite")
    database.execute("CREATE TABLE precious (x)")
    database.close()
    with pytest.raises(RunError, match="a database of something else"):
        Store.open(tmp_path, make_settings())
    with pytest.raises(RunError, match="this is no run"):
        Store.open(tmp_path)
    database = sqlite3.connect(tmp_path / "run.sqlite")
    assert database.execute("SELECT name FROM sqlite_schema").fetchall() == [("precious",)]
    database.close()


def test_a_creation_that_was_cut_short_is_begun_again(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "run.sqlite")
    database.execute("PRAGMA journal_mode = WAL")
    database.close()
    with pytest.raises(RunError, match="this is no run"):
        Store.open(tmp_path)
    with Store.open(tmp_path, make_settings()) as store:
        store.put(make_record(0))


def test_a_later_schema_is_refused(run_folder: Path) -> None:
    database = sqlite3.connect(run_folder / "run.sqlite")
    assert database.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    database.close()
    for settings in (None, make_settings()):
        with pytest.raises(RunError, match=r"a later version of the program \(schema 2, here 1\); update"):
            Store.open(run_folder, settings)


def test_reading_puts_nothing(stored: Store) -> None:
    for write in (lambda: stored.put(make_record(9)), lambda: stored.set_total(9)):
        with pytest.raises(RunError, match="open for reading only"):
            write()
    assert "q0009" not in stored.done()


# ---------------------------------------------------------------------- beside other processes

CHILD = """
import sys
from pathlib import Path
from agent.runs.store import Store
from tests.agent.runs.conftest import make_settings
from tests.agent.runs.test_store import make_record
with Store.open(sys.argv[1], make_settings()) as store:
    store.put(make_record(0))
    print("one", flush=True)
    sys.stdin.readline()
    store.put(make_record(1))
    print("two", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has put a row into `tmp_path / "run"`, and puts one more for the first line it is told."""
    command = [sys.executable, "-c", CHILD, str(tmp_path / "run")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "one\n"
        yield process
        process.kill()


def told(process: "subprocess.Popen[str]") -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go on\n")
    process.stdin.flush()
    return process.stdout.readline()


def test_a_run_is_read_while_another_process_writes(tmp_path: Path, writer: "subprocess.Popen[str]") -> None:
    with Store.open(tmp_path / "run") as store:
        assert store.done() == {"q0000"}
        stream = store.records()
        next(stream)
        assert told(writer) == "two\n"
        assert list(stream) == []
        assert store.done() == {"q0000", "q0001"}
        assert store.trace("q0001") == make_record(1).trace


def test_a_second_writer_is_told_who_the_first_is(tmp_path: Path, writer: "subprocess.Popen[str]") -> None:
    with pytest.raises(RunError) as error:
        Store.open(tmp_path / "run", make_settings())
    folder = tmp_path / "run"
    assert one_line(error) == (
        f"another `sight batch` (process {writer.pid}) is writing {folder}; wait for it or stop it"
    )
    assert told(writer) == "two\n"  # it was not disturbed
    told(writer)
    assert writer.wait(timeout=30) == 0
    with Store.open(folder, make_settings()) as store:
        assert len(store.done()) == 2


def test_the_lock_of_a_killed_writer_is_free_at_once(tmp_path: Path, writer: "subprocess.Popen[str]") -> None:
    writer.kill()
    writer.wait()
    with Store.open(tmp_path / "run", make_settings()) as store:
        assert (tmp_path / "run" / "lock.pid").read_text() == f"{os.getpid()}\n"
        assert store.done() == {"q0000"}


def test_one_process_cannot_write_twice_either(store: Store) -> None:
    with pytest.raises(RunError, match=rf"process {os.getpid()}\) is writing"):
        Store.open(store.folder, make_settings())
    store.close()
    Store.open(store.folder, make_settings()).close()


# ---------------------------------------------------------------------- damage


def test_a_damaged_database_is_told(run_folder: Path) -> None:
    database = run_folder / "run.sqlite"
    whole = database.read_bytes()
    database.write_bytes(b"This is no database at all. " * 1000)
    for settings in (None, make_settings()):
        with pytest.raises(RunError, match=r"run\.sqlite: the database is damaged .*\.recover") as error:
            Store.open(run_folder, settings)
        one_line(error)
    database.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
    with pytest.raises(RunError, match="the database is damaged"), Store.open(run_folder) as store:
        list(store.records())


def test_damaged_settings_are_told(run_folder: Path) -> None:
    database = sqlite3.connect(run_folder / "run.sqlite")
    with database:
        database.execute("UPDATE run SET value = '{' WHERE name = 'settings'")
    database.close()
    with pytest.raises(RunError, match="the settings of the run cannot be read"):
        Store.open(run_folder)


def test_a_damaged_trace_is_told(run_folder: Path) -> None:
    database = sqlite3.connect(run_folder / "run.sqlite")
    with database:
        database.execute("UPDATE traces SET data = x'00'")
    database.close()
    with Store.open(run_folder) as store:
        with pytest.raises(RunError, match="the trace of row 'q0000' cannot be read"):
            store.trace("q0000")
        assert store.record("q0000").answer == "2"


def test_a_folder_that_was_moved_away_is_told(store: Store, tmp_path: Path) -> None:
    store.put(make_record(0))
    shutil.rmtree(store.folder / "pictures")
    picture = make_picture()
    with pytest.raises(RunError, match="it is not there any more"):
        store.put(make_record(1), {picture.key: picture})
    store.put(make_record(2))
    assert store.done() == {"q0000", "q0002"}


def test_the_store_says_what_it_is(store: Store) -> None:
    database = sqlite3.connect(store.folder / "run.sqlite")
    assert database.execute("PRAGMA application_id").fetchone() == (int.from_bytes(b"SIGT", "big"),)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    assert store_module.RunError is RunError
