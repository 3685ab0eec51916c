"""Stages with a memory."""

from pathlib import Path
from typing import Any

import pytest

from distill.stages import Stages, content_of, key_of


class Work:
    """Counts how often it is done."""

    def __init__(self, breaks: bool = False) -> None:
        self.times, self.breaks = 0, breaks

    def __call__(self, folder: Path) -> dict[str, Any]:
        self.times += 1
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"call {self.times}").touch()
        if self.breaks:
            raise KeyboardInterrupt
        return {"files": len(list(folder.iterdir()))}


def chain(out: Path, first: Work, second: Work, settings: Any = 1, heard: list[Any] | None = None) -> list[Path]:
    stages = Stages(out, None if heard is None else lambda name, folder, kept: heard.append((name, kept)))
    one = stages.do("first", settings, (), first)
    two = stages.do("second", {"a": 1}, (one.key,), second)
    return [one.folder, two.folder]


def test_what_was_done_is_not_done_again(tmp_path: Path):
    first, second = Work(), Work()
    heard: list[Any] = []
    folders = chain(tmp_path, first, second, heard=heard)
    assert chain(tmp_path, first, second, heard=heard) == folders
    assert (first.times, second.times) == (1, 1)
    assert heard == [("first", False), ("second", False), ("first", True), ("second", True)]


def test_a_change_reaches_everything_that_stands_on_it_and_can_be_taken_back(tmp_path: Path):
    first, second = Work(), Work()
    before = chain(tmp_path, first, second)
    after = chain(tmp_path, first, second, settings=2)
    assert not set(before) & set(after)
    assert (first.times, second.times) == (2, 2)
    assert chain(tmp_path, first, second) == before
    assert (first.times, second.times) == (2, 2)


def test_a_stage_that_was_stopped_goes_on_in_its_folder(tmp_path: Path):
    first = Work()
    with pytest.raises(KeyboardInterrupt):
        chain(tmp_path, first, Work(breaks=True))
    stages = Stages(tmp_path)
    one = stages.do("first", 1, (), first)
    again = Work()
    again.times = 1
    two = stages.do("second", {"a": 1}, (one.key,), again)
    assert first.times == 1
    assert (two.kept, two.told) == (False, {"files": 2})


def test_a_folder_that_was_deleted_is_made_again(tmp_path: Path):
    first, second = Work(), Work()
    folder = chain(tmp_path, first, second)[1]
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    chain(tmp_path, first, second)
    assert (first.times, second.times) == (1, 2)


def test_contents_count_and_places_do_not(tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "file").write_text("one")
    assert content_of([tmp_path / "a"]) == content_of([tmp_path / "b"])
    (tmp_path / "b" / "deep" / "file").write_text("two")
    assert content_of([tmp_path / "a"]) != content_of([tmp_path / "b"])
    assert key_of("a", {"x": 1, "y": 2}) == key_of("a", {"y": 2, "x": 1}) != key_of("b", {"x": 1, "y": 2})
