"""A run on a bad day: killed in the middle, a full disk, a folder that cannot be written."""

import errno
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from agent.runs.record import Record
from agent.runs.store import RunError, Store
from models.picture import Picture
from tests.agent.runs.conftest import make_answer, make_row, make_settings

ROOT = Path(__file__).parents[3]


def noise(number: int, side: int = 48) -> Picture:
    rng = np.random.default_rng(number)
    return Picture(Image.fromarray(rng.integers(0, 256, (side, side, 3), np.uint8)), f"noise {number}")


def put(store: Store, number: int) -> None:
    """Put row `number`, with a picture of its own and a cut-out of that; every second also with a file of it."""
    picture = noise(number)
    row = make_row(number, Path(picture.name))
    answer = make_answer(row.question, [picture], number)
    file = store.folder.parent / "noise.png"
    picture.image.save(file)
    files = {picture.key: file} if number % 2 else {}
    store.put(Record.of(row, number, answer), answer.pictures, files)


def put_until(store: Store, last: int, put: Callable[[Store, int], None]) -> None:
    for number in range(len(store.done()), last):
        put(store, number)


def check_prefix(folder: Path) -> int:
    """Check that a run holds its first rows, whole and each once. Returns how many."""
    database = sqlite3.connect(folder / "run.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.close()
    with Store.open(folder) as store:
        records = list(store.records())
        assert [record.id for record in records] == [f"q{number:04}" for number in range(len(records))]
        for number, record in enumerate(records):
            answer = store.answer(record.id)
            expected = make_answer(record.question, [noise(number)], number)
            assert answer == expected
            assert answer.pictures == expected.pictures
            assert len(answer.pictures) == 2
        return len(records)


# ---------------------------------------------------------------------- killed

CHILD = """
import sys
from agent.runs.store import Store
from tests.agent.runs.conftest import make_settings
from tests.agent.runs.test_store_disk import put
store = Store.open(sys.argv[1], make_settings())
number = len(store.done())
print(number - 1, flush=True)
while True:
    put(store, number)
    print(number, flush=True)
    number += 1
"""


def test_a_run_that_is_killed_again_and_again_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    chance = random.Random(4)
    rows = []
    for _ in range(6):
        command = [sys.executable, "-c", CHILD, str(folder)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(1 + chance.randrange(8))]
            time.sleep(chance.random() * 0.02)
            process.kill()
            said += process.stdout.readlines()
        told = [int(line) for line in said if line.endswith("\n")]
        rows.append(check_prefix(folder))
        assert rows[-1] >= told[-1] + 1  # what had been put was there
    assert rows == sorted(rows)
    assert rows[-1] >= 10
    with Store.open(folder, make_settings()) as store:
        put(store, rows[-1])
    check_prefix(folder)
    assert not list((folder / "pictures").glob(".writing-*"))


# ---------------------------------------------------------------------- a full disk


def test_a_full_disk_ends_the_run_in_one_line_and_loses_nothing(small_disk: Path) -> None:
    folder = small_disk / "run"
    with Store.open(folder, make_settings()) as store:
        with pytest.raises(RunError, match="the disk is full; what was stored before is safe") as error:
            put_until(store, 1000, put)
        assert "\n" not in str(error.value)
        count = store.counts()["answered"]
        assert 0 < count < 1000
    assert check_prefix(folder) == count
    room = small_disk / "room"
    room.write_bytes(bytes(shutil.disk_usage(small_disk).free))
    with pytest.raises(RunError, match="the disk is full"), Store.open(folder, make_settings()) as store:
        put(store, count)
    with pytest.raises(RunError, match="the disk is full"):
        Store.open(small_disk / "another", make_settings())
    room.unlink()
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    with Store.open(folder, make_settings()) as store:
        assert store.counts()["answered"] == count
        put(store, count)
        put(store, count + 1)
    assert check_prefix(folder) == count + 2


def test_a_database_that_finds_no_room_ends_the_run_in_one_line(small_disk: Path) -> None:
    """As above, but with rows that have no pictures, so that SQLite itself meets the end of the disk."""

    def put_text(store: Store, number: int) -> None:
        row = make_row(number, Path("a.png"), question=f"{number} " + "long " * 300)
        store.put(Record.of(row, number, make_answer(row.question, [noise(0)], number)))

    folder = small_disk / "run"
    with Store.open(folder, make_settings()) as store:
        with pytest.raises(RunError, match="the disk is full") as error:
            put_until(store, 1000, put_text)
        assert isinstance(error.value.__cause__, sqlite3.Error)
        before = store.done()
    with Store.open(folder) as store:
        assert store.done() == before
        assert [store.trace(id).value for id in sorted(before)] == list(range(len(before)))


def test_no_room_for_a_row(tmp_path: Path) -> None:
    """Where no disk can be mounted: SQLite is told that the disk ends here."""
    with Store.open(tmp_path / "run", make_settings()) as store:
        put(store, 0)
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(RunError, match="the disk is full; what was stored before is safe") as error:
            put_until(store, 1000, put)
        assert isinstance(error.value.__cause__, sqlite3.Error)
        count = len(store.done())
        store._connection.execute("PRAGMA max_page_count = 100000")
        put(store, count)
    assert check_prefix(tmp_path / "run") == count + 1


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_no_room_for_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    with Store.open(tmp_path / "run", make_settings()) as store:
        put(store, 0)

        def fail(path: Path, data: bytes) -> int:
            with path.open("wb") as file:
                file.write(data[: len(data) // 2])
            raise OSError(code, os.strerror(code), str(path))

        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_bytes", fail)
            with pytest.raises(RunError, match="the disk is full"):
                put(store, 1)
        assert store.done() == {"q0000"}
        assert not list((tmp_path / "run" / "pictures").glob(".writing-*"))
        put(store, 1)
    assert check_prefix(tmp_path / "run") == 2


# ---------------------------------------------------------------------- not to be written


@pytest.fixture
def locked_disk(tmp_path: Path) -> Iterator[Any]:
    """A folder, and how to make all that is in it impossible to write."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:

        def forbid() -> None:
            for path in [place, *place.rglob("*")]:
                path.chmod(0o555 if path.is_dir() else 0o444)

        yield place, forbid
        for path in [place, *place.rglob("*")]:
            path.chmod(0o755)
        return
    if subprocess.run(["mount", "-t", "tmpfs", "none", str(place)], capture_output=True).returncode:
        pytest.skip("root may write everywhere, and no disk can be mounted here that forbids it")
    try:
        yield place, lambda: subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_folder_that_cannot_be_written_can_be_read(locked_disk: Any) -> None:
    place, forbid = locked_disk
    with Store.open(place / "run", make_settings()) as store:
        put(store, 0)
    forbid()
    with Store.open(place / "run") as store:
        assert [record.id for record in store.records()] == ["q0000"]
        assert store.answer("q0000") == make_answer(store.record("q0000").question, [noise(0)], 0)
    for folder in (place / "run", place / "new"):
        with pytest.raises(RunError, match=r"no permission|Read-only") as error:
            Store.open(folder, make_settings())
        assert "\n" not in str(error.value)


def test_a_run_left_in_the_middle_that_cannot_be_written(locked_disk: Any, tmp_path: Path) -> None:
    """A copy of a run that is being written has a log, which a reader must be able to work in."""
    place, forbid = locked_disk
    with Store.open(tmp_path / "run", make_settings()) as store:
        for number in range(3):
            put(store, number)
        shutil.copytree(tmp_path / "run", place / "run")
        assert (place / "run" / "run.sqlite-wal").stat().st_size
        (place / "run" / "run.sqlite-shm").unlink()
    forbid()
    with pytest.raises(RunError) as error:
        Store.open(place / "run")
    assert "\n" not in str(error.value)
    assert "copy it to" in str(error.value)
    shutil.copytree(place / "run", tmp_path / "copy")
    for path in [tmp_path / "copy", *(tmp_path / "copy").rglob("*")]:
        path.chmod(0o755)
    assert check_prefix(tmp_path / "copy") == 3
