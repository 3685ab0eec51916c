"""The pages of a stored run: an index, and a page for each trace that is wanted."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from agent.runs.record import Record
from agent.runs.row import BadRow
from agent.runs.run_error import RunError
from agent.runs.run_pages import file_name, write_run_page
from agent.runs.store import Store
from tests.agent.conftest import make_picture
from tests.agent.runs.conftest import make_answer, make_row, make_settings
from tests.agent.test_rendering import EVIL, Parsed
from tests.agent.test_run_page import data_of


def test_write(stored: Store, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    index = write_run_page(stored, tmp_path / "deep" / "pages", progress=lambda *now: told.append(now))
    assert index == tmp_path / "deep" / "pages" / "index.html"
    assert told == [(n, 6) for n in range(1, 7)]
    document = index.read_text("utf-8")
    found = data_of(document)
    assert found["id"] == [*(f"q{n:04}" for n in range(5)), "line 6"]
    assert found["credit"] == [1.0, 0.0, 0.0, None, 0.0, None]
    assert found["label"] == ["2", "no", "hat", "(1, 2) to (30, 40)", "2", ""]
    assert found["answer"][2] == "there is no cat in the picture"
    assert len(found["pictures"]) == 3
    assert found["picture"][0] == found["picture"][3] >= 0
    assert found["picture"][4:] == [-1, -1]
    for link, question in zip(found["link"], found["question"], strict=True):
        trace = (index.parent / link).read_text("utf-8")
        assert question in unescape(trace)
    assert "25.0%" in document  # one of four labelled rows
    assert "2 rows without a label are not judged" in document
    assert sorted(path.name for path in index.parent.iterdir()) == ["index.html", "traces"]


def test_write_to_a_file(stored: Store, tmp_path: Path) -> None:
    index = write_run_page(stored, tmp_path / "run.html")
    assert index == tmp_path / "run.html"
    assert (tmp_path / data_of(index.read_text("utf-8"))["link"][0]).is_file()
    assert (tmp_path / "run_traces").is_dir()


def test_limit_takes_what_went_wrong_first(stored: Store, tmp_path: Path) -> None:
    index = write_run_page(stored, tmp_path / "pages", limit=4)
    found = data_of(index.read_text("utf-8"))
    linked = [id for id, link in zip(found["id"], found["link"], strict=True) if link]
    assert linked == ["q0002", "q0003", "q0004", "line 6"]  # three failed, one abstained
    assert len(list((tmp_path / "pages" / "traces").iterdir())) == 4
    assert "4 rows have a page of their own" in index.read_text("utf-8")
    index = write_run_page(stored, tmp_path / "more", limit=5)
    found = data_of(index.read_text("utf-8"))
    assert found["link"][1]  # the wrong one before the right one
    assert not found["link"][0]


def test_pictures_that_are_gone(run_folder: Path, tmp_path: Path) -> None:
    for file in (run_folder / "pictures").rglob("*.png"):
        file.unlink()
    with Store.open(run_folder) as store:
        document = write_run_page(store, tmp_path / "pages").read_text("utf-8")
    assert data_of(document)["pictures"] == []
    assert "3 pictures are gone" in document


def test_hostile_rows(tmp_path: Path) -> None:
    picture = make_picture(EVIL)
    row = make_row(0, Path(EVIL), question=EVIL, family=EVIL, answers=(EVIL,))
    with Store.open(tmp_path / "run", make_settings(source=EVIL, planner=EVIL)) as store:
        store.put(Record.of(replace(row, id="../../etc/passwd"), 0, make_answer("?", [picture], EVIL)))
        store.put(Record.of(replace(row, id=EVIL), 1, make_answer("?", [picture], None, "failed", EVIL, EVIL)))
        store.put(Record.refused(BadRow(f"{EVIL} 2", EVIL, EVIL, EVIL), 2))
        index = write_run_page(store, tmp_path / "pages")
    document = index.read_text("utf-8")
    kinds = [tag for tag, _ in Parsed(document).elements]
    assert kinds.count("script") == 2
    assert "img" not in kinds
    found = data_of(document)
    assert found["id"] == ["../../etc/passwd", EVIL, f"{EVIL} 2"]
    assert all(re.fullmatch(r"traces/[a-z0-9][a-z0-9-]*\.html", link) for link in found["link"])
    assert len(list((tmp_path / "pages" / "traces").iterdir())) == 3


@pytest.mark.parametrize(
    "id",
    ["", ".", "..", "a/b", "A", "con", "nul.txt", "com1", "a" * 200, "é", "x.", "-x", "a\x00b", "a b", "\ud800"],
)
def test_file_names_that_no_system_minds(id: str) -> None:
    name = file_name(id)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}-[0-9a-f]{12}\.html", name)
    assert file_name(name.removesuffix(".html")) != name  # a row that is named like the page of another


def test_file_names_differ() -> None:
    ids = ["q0001", "Q0001", "q_1", "q-1", "q 1", "q/1", "q.1", "n123-test", "a", "a "]
    assert file_name("q0001") == "q0001.html"
    assert file_name("n123-test") == "n123-test.html"
    assert len({file_name(id).lower() for id in ids}) == len(ids)


def test_a_folder_that_cannot_be_made(stored: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="pages cannot be written"):
        write_run_page(stored, tmp_path / "file")


def test_a_run_without_rows_or_labels(tmp_path: Path) -> None:
    with Store.open(tmp_path / "run", make_settings()) as store:
        assert "no rows yet" in write_run_page(store, tmp_path / "none").read_text("utf-8")
        picture = make_picture("a.png")
        store.put(Record.of(make_row(0, Path("a.png"), answers=()), 0, make_answer("?", [picture], 2)))
        document = write_run_page(store, tmp_path / "one").read_text("utf-8")
    assert "No right answers are known" in document
    assert data_of(document)["credit"] == [None]
