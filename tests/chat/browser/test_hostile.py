"""What people should not bring, ask or write: each is answered in a line, and nothing of it gets into the page."""

import re
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from models.embedded.gallery import gallery_item
from tests.chat.browser.person import HOSTILE, MUFFINS, Person, expect

INJECTED = """() => {
    const wrong = ["script", "iframe", "object", "embed", "base", "[onerror]", "[onload]", "[onclick]", "img[src=x]"];
    wrong.push('a[href^="javascript"]');
    return [...document.querySelectorAll(wrong.map((one) => `.gradio-container ${one}`))].map((one) => one.outerHTML);
}"""


def nothing_injected(person: Person) -> None:
    assert person.page.evaluate(INJECTED) == []


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def enormous() -> bytes:
    """A PNG of 30,000 x 30,000 pixels in a few KB."""
    row = zlib.compress(b"\0" * 30_000_000, 9)
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def with_exif(size: int) -> bytes:
    """The picture of muffins with so many bytes of EXIF and comments."""
    exif, words, buffer = Image.Exif(), PngInfo(), BytesIO()
    exif[0x010E] = "<script>alert(4)</script>" + "x" * size
    words.add_text("Comment", "<script>alert(5)</script>" * 1000, zip=True)
    gallery_item("muffins_and_kids").picture.image.save(buffer, "PNG", exif=exif, pnginfo=words)
    return buffer.getvalue()


def file(name: str, data: bytes, kind: str = "image/png") -> dict[str, object]:
    return {"name": name, "mimeType": kind, "buffer": data}


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(6)"><script>alert(7)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(8)</script><img src=x onerror=alert(9)></body></html>"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("drawing.png", SVG, "drawing.png: not a picture"),
        ("page.png", HTML, "page.png: not a picture"),
        ("page.svg", SVG, "page.svg: not a picture"),
        ("enormous.png", enormous(), "enormous.png: the picture is too large"),
        ("cut.webp", MUFFINS.read_bytes()[:4000], "cut.webp"),
    ],
    ids=["svg", "html", "svg-as-itself", "pixels", "cut-off"],
)
def test_what_is_no_picture_is_refused_in_a_line(person: Person, name: str, data: bytes, told: str) -> None:
    reply = person.asks("How many kids?", file(name, data))
    expect(reply).to_have_class(re.compile("refused"))
    expect(reply).to_contain_text(told)
    assert "/tmp" not in reply.inner_text()
    nothing_injected(person)
    expect(person.asks("How many kids?", MUFFINS).locator(".value")).to_have_text("2")


def test_a_huge_exif_block_does_no_harm(person: Person) -> None:
    reply = person.asks("How many kids?", file("photo.png", with_exif(6_000_000)))
    expect(reply.locator(".value")).to_have_text("2")
    nothing_injected(person)


def test_a_file_that_is_too_large_is_refused(person: Person, tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(b"\x89PNG" + bytes(31 << 20))
    person('#ask input[type="file"]').set_input_files(tmp_path / "large.png")
    expect(person(".toast-body")).to_contain_text(re.compile("exceed.* 30.*large.png", re.I | re.S))
    expect(person("#ask .thumbnail-item")).to_have_count(0)
    expect(person.takes("How many muffins").locator(".value")).to_have_text("4")


def test_html_in_a_file_name(person: Person) -> None:
    reply = person.asks("How many kids?", file("<img src=x onerror=alert(1)>.png", SVG))
    expect(reply).to_contain_text("not a picture")
    nothing_injected(person)


def test_a_question_of_a_hundred_thousand_characters(person: Person) -> None:
    reply = person.asks("How many kids are there? " * 4000, MUFFINS)
    expect(reply).to_have_class(re.compile("refused"))
    expect(reply).to_contain_text("characters; at most")
    shown = person("#chat .user-row").inner_text()
    assert len(shown) < 1000
    expect(person.asks("How many kids?", MUFFINS).locator(".value")).to_have_text("2")


def test_html_and_script_in_a_question(person: Person) -> None:
    reply = person.asks(f"{HOSTILE} How many kids?", MUFFINS)
    expect(reply.locator(".value")).to_have_text("2")
    expect(person("#chat .user-row")).to_contain_text('<img src="x" onerror="alert(1)"><script>alert(2)</script>')
    expect(person("#chat .user-row strong, #chat .user-row a")).to_have_count(0)
    person.asks("How many muffins?")
    person.opens("Compare")
    person("#compare-run").click()
    expect(person("#comparison .column")).to_have_count(2)
    nothing_injected(person)


def test_html_and_script_in_a_sign(person: Person) -> None:
    reply = person.asks("What does the sign say?", MUFFINS)
    expect(reply.locator(".value")).to_contain_text('<img src="x" onerror="alert(1)"><script>alert(2)</script>')
    expect(person("#steps")).to_contain_text("onerror")
    person("#chat .thought-group .title", has_text="2 steps").click()
    read = person("#chat .thought-group .title", has_text="read_text")
    read.click()
    expect(person("#chat .thought-group .thought-group")).to_have_count(2)
    person.page.wait_for_timeout(300)
    nothing_injected(person)
    person("#feedback-right").click()
    expect(person("#feedback-said")).to_contain_text("Kept as right")
    person.opens("Compare")
    person("#compare-run").click()
    expect(person("#comparison .column")).to_have_count(2)
    nothing_injected(person)


def test_the_page_of_a_hostile_answer_is_harmless(person: Person, tmp_path: Path) -> None:
    person.asks(f"{HOSTILE} What does the sign say?", MUFFINS)
    with person.page.expect_download() as got:
        person("#save-page").click()
    assert re.fullmatch(r"[a-z0-9-]+\.html", got.value.suggested_filename)
    got.value.save_as(tmp_path / "page.html")
    page = person.context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.locator("h1")).to_contain_text("<script>alert(2)</script>")
    assert page.locator("[onerror], img[src=x], iframe").count() == 0
    assert dialogs == []
    page.close()


def test_html_in_a_program_and_in_its_error(person: Person) -> None:
    person.takes("How many muffins")
    person.opens("Program")
    person.writes(f"def execute_command(image):\n    # </code></pre>``` {HOSTILE[:40]}\n    return {HOSTILE!r}\n")
    reply = person.runs_again()
    expect(reply.locator(".value")).to_contain_text("<script>alert(2)</script>")
    nothing_injected(person)
    person.writes(f"def execute_command(image):\n    raise ValueError({HOSTILE!r})\n")
    reply = person.runs_again()
    expect(reply).to_have_class(re.compile("failed"))
    expect(reply).to_contain_text("<script>alert(2)</script>")
    expect(person("#problems .ln.wrong")).to_have_attribute("data-line", "2")
    nothing_injected(person)


def test_a_program_that_never_ends_is_ended(person: Person) -> None:
    reply = person.asks("How long is a loop?", MUFFINS)
    expect(reply).to_have_class(re.compile("failed"))
    expect(reply).to_contain_text("the program computed for more than 2 s")
    person.opens("Program")
    expect(person("#problems .notice")).to_contain_text("more than 2 s")


def test_a_program_that_calls_without_end_is_ended(person: Person) -> None:
    person.takes("How many muffins")
    person.opens("Program")
    person.writes('def execute_command(image):\n    while True:\n        ImagePatch(image).find("kid")\n    return 1\n')
    reply = person.runs_again()
    expect(reply).to_have_class(re.compile("failed"))
    expect(reply).to_contain_text("calls")
    person.opens("Steps")
    assert person("#steps .card").count() <= 200
    expect(person("#chat")).to_contain_text("200 steps")


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc/passwd", "/proc/self/environ", "pyproject.toml"])
def test_no_other_file_is_served(person: Person, path: str) -> None:
    response = person.context.request.get(f"{person.address}gradio_api/file={path}")
    assert response.status in (403, 404)
    assert "root:" not in response.text()
