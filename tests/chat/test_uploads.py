"""What people may bring: sizes, kinds, hostile files; and what is deleted when."""

import os
import struct
import subprocess
import sys
import time
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chat.uploads import GRADIO_FOLDER, Shelf, Sweeper, UploadLimits, looks_like_photograph, own_folder, read_uploads
from models.embedded.gallery import load_gallery
from models.picture import Picture, PictureError


def png(width: int, height: int, *extra: bytes) -> bytes:
    """A PNG that claims a size, without the pixels for it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + b"".join(extra)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


def small_jpeg(**options: object) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (64, 48), "red").save(buffer, "JPEG", **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("words.png", b"no picture", "not a picture in a supported format"),
        ("page.png", b"<!doctype html><script>alert(1)</script>", "not a picture in a supported format"),
        ("drawing.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "not a picture in a supported"),
        ("void.jpg", b"", "the file is empty"),
        ("gone.png", None, "the upload did not arrive"),
        ("huge.png", png(30_000, 30_000), "is too large; at most 50 million pixels and 20000 on a side"),
        ("long.png", png(30_000, 10), "30000 x 10 pixels is too large"),
        ("large.png", png(9_000, 9_000), "9000 x 9000 pixels is too large"),
        ("cut.png", png(100, 100), "damaged or cut off"),
        ("heavy.png", b"x" * (2 << 20), "2 MB is too large; at most 1 MB are taken"),
    ],
)
def test_a_bad_upload_is_one_clear_line(tmp_path: Path, name: str, data: bytes | None, expected: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    began = time.perf_counter()
    with pytest.raises(PictureError) as caught:
        read_uploads([tmp_path / name], UploadLimits(megabytes=1))
    text = str(caught.value)
    assert text.startswith(f"{name}: ")
    assert expected in text
    assert "\n" not in text
    assert str(tmp_path) not in text
    assert time.perf_counter() - began < 2  # nothing large was decoded


def test_too_many_pictures() -> None:
    with pytest.raises(PictureError, match="9 pictures are too many for one question; at most 8"):
        read_uploads(["a.png"] * 9)


def test_a_large_block_of_exif_does_no_harm(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "x" * 60_000
    exif[0x0112] = 6  # to be turned by 90 degrees
    blocks = b"".join(b"\xff\xe1" + struct.pack(">H", 65_000) + b"\0" * 64_998 for _ in range(100))
    plain = small_jpeg(exif=exif)
    (tmp_path / "camera.jpg").write_bytes(plain[:2] + blocks + plain[2:])
    (picture,) = read_uploads([tmp_path / "camera.jpg"])
    assert {picture.width, picture.height} == {48, 64}


def test_names_are_those_of_the_person(tmp_path: Path) -> None:
    (tmp_path / "my <b>cat.jpg").write_bytes(small_jpeg())
    (picture,) = read_uploads([tmp_path / "my <b>cat.jpg"])
    assert picture.name == "my <b>cat.jpg"


def test_scenes_are_told_from_photographs() -> None:
    assert not any(looks_like_photograph(item.picture) for item in load_gallery())
    grain = np.random.default_rng(0).normal(128, 12, (300, 400, 3)).clip(0, 255).astype(np.uint8)
    assert looks_like_photograph(Picture.from_image(grain))
    assert not looks_like_photograph(Picture.from_image(np.zeros((8, 8, 3), np.uint8)))


def test_a_shelf_keeps_small_pictures_and_lets_them_go(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    path = shelf.keep(Image.new("RGB", (2000, 1000), "blue"))
    assert Image.open(path).size == (480, 240)
    assert shelf.keep(Image.new("RGB", (2000, 1000), "blue")) == path
    assert shelf.sweep(60) == 0
    os.utime(path, (time.time() - 120, time.time() - 120))
    assert shelf.sweep(60) == 1
    assert not Path(path).exists()
    shelf.close()
    assert not shelf.folder.exists()
    assert shelf.sweep(0) == 0
    assert Path(shelf.keep(Image.new("RGB", (10, 10)))).exists()


def test_each_process_has_its_own_folder_of_uploads() -> None:
    """Another app that ends deletes what it was sent, and files are named by content alone."""
    code = "from chat.uploads import own_folder; print(own_folder(), own_folder().stat().st_mode & 0o777)"
    environment = {name: value for name, value in os.environ.items() if name != GRADIO_FOLDER}
    told = [
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    folders = [line.split()[0] for line in told]
    assert folders[0] != folders[1]
    assert [line.split()[1] for line in told] == [str(0o700)] * 2
    assert not any(Path(folder).exists() for folder in folders)


def test_a_folder_of_uploads_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GRADIO_FOLDER, str(tmp_path))
    assert own_folder() == tmp_path


def test_the_sweeper_works_until_it_is_closed() -> None:
    calls: list[float] = []
    sweeper = Sweeper(lambda: calls.append(time.monotonic()), 0.02)
    while len(calls) < 2:
        time.sleep(0.01)
    sweeper.close()
    count = len(calls)
    time.sleep(0.1)
    assert len(calls) == count
