"""Which files names stand for."""

import os
from pathlib import Path

import pytest

from agent.runs.picture_lists import PictureListError, find_pictures, means_pictures


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "img10.jpg", "img2.JPG", "Img1.png", "notes.md", ".hidden.png", "more/b.webp", "more/.trash/c.png",
        "more/deep/a.tiff", "odd[1].png", "Is it a dog?.png",
    ):  # fmt: skip
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "photos"


def names(*asked: str) -> list[str]:
    return [str(path) for path in find_pictures(asked)]


def test_a_folder_is_searched_in_natural_order(photos: Path) -> None:
    found = ["Img1.png", "img2.JPG", "img10.jpg", "Is it a dog?.png", "odd[1].png", "more/b.webp", "more/deep/a.tiff"]
    assert names("photos") == [f"photos/{name}" for name in found]
    assert names(str(photos)) == [str(photos / name) for name in found]


def test_a_pattern(photos: Path) -> None:
    assert names("photos/img*") == ["photos/img2.JPG", "photos/img10.jpg"]
    assert names("photos/**/*.t*") == ["photos/more/deep/a.tiff"]
    assert "photos/more/b.webp" in names("photos/*")
    assert "photos/notes.md" not in names("photos/*")


def test_a_file_whose_name_is_also_a_pattern(photos: Path) -> None:
    assert names("photos/odd[1].png") == ["photos/odd[1].png"]


def test_files_come_as_they_are_named_and_once(photos: Path) -> None:
    (photos / "link").symlink_to("more")
    asked = ["photos/img10.jpg", "photos/../photos/img10.jpg", "photos/Img1.png", "photos", str(photos / "img2.JPG")]
    found = names(*asked)
    assert found[:3] == ["photos/img10.jpg", "photos/Img1.png", "photos/img2.JPG"]
    assert len(found) == 7
    assert names("photos/notes.md") == ["photos/notes.md"]


@pytest.mark.parametrize("name", ["list.txt", "list.LST", "@list", "@list.txt"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\0"])
def test_a_list(photos: Path, tmp_path: Path, name: str, end: str) -> None:
    lines = ["photos/img10.jpg", "", "photos/missing.png", "photos/more"]
    (tmp_path / name.lstrip("@")).write_bytes(b"\xef\xbb\xbf" + end.join(lines).encode())
    expected = ["photos/img10.jpg", "photos/missing.png", "photos/more/b.webp", "photos/more/deep/a.tiff"]
    assert names(name) == expected


def test_names_that_are_no_utf8(photos: Path, tmp_path: Path) -> None:
    path = os.fsencode(photos) + b"/caf\xe9\nau lait.png"
    open(path, "wb").close()
    assert Path(os.fsdecode(path)) in find_pictures([str(photos)])
    (tmp_path / "list.txt").write_bytes(path + b"\0")
    assert find_pictures(["list.txt"]) == [Path(os.fsdecode(path))]


BAD = {
    "photos/none.png": "there is no such file or folder",
    "photos/none*": "nothing matches this pattern",
    "photos/more/.trash/../../empty": "there is no picture in",
    "@none": "there is no such list",
    "@photos": "this is a folder",
    "prose.txt": "no line of this list names a file that is there; the first is 'It was a dark",
    "void.txt": "no line of this list",
    "nul\0.png": "there is no such file or folder",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_names(photos: Path, tmp_path: Path, name: str) -> None:
    (photos / "empty").mkdir()
    (tmp_path / "prose.txt").write_text("It was a dark\nand stormy night\n")
    (tmp_path / "void.txt").write_text("\n\n")
    with pytest.raises(PictureListError) as caught:
        find_pictures([name])
    assert BAD[name] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_folder_among_others_is_nothing(photos: Path) -> None:
    (photos / "empty").mkdir()
    assert names("photos/empty", "photos/img10.jpg") == ["photos/img10.jpg"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read(photos: Path) -> None:
    (photos / "more").chmod(0)
    with pytest.raises(PictureListError, match="more: cannot be read"):
        find_pictures(["photos"])


def test_what_means_pictures(photos: Path) -> None:
    for text in ("photos", "photos/*.jpg", "@list", "missing.JPG", "a list.txt", "photos/Is it a dog?.png"):
        assert means_pictures(text), text
    for text in ("Are there more dogs than people?", "more dogs than people", "is it [blue]?", "", "a\0?"):
        assert not means_pictures(text), text
