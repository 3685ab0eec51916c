"""Pictures of the chat window for the documents, taken in a real browser over the embedded preset.

    python -m benchmarks.screenshots            into docs/ (`make screenshots`)
    python -m benchmarks.screenshots --out out

Needs Chromium (`make browser`); nothing is installed here.
"""

import argparse
import contextlib
import io
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from benchmarks.browser import NoBrowser, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
MAX_BYTES = 150_000
MILLISECONDS = 120_000
"""That anything may take; the first question waits for the models."""


@dataclass(frozen=True)
class Shot:
    """A picture: which example is asked, in what window, and what is done before it is taken."""

    name: str
    question: str
    context: dict[str, Any] = field(default_factory=dict)
    follow_up: str = ""
    step: int | None = None
    """The step that is chosen on the work bench."""
    tab: str = "Steps"


DESKTOP = {"viewport": {"width": 1360, "height": 850}, "device_scale_factor": 1.5}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}

SHOTS = (
    Shot("chat-desktop", "How many muffins", DESKTOP, follow_up="How many kids are there?"),
    Shot("chat-phone", "How many muffins", PHONE),
    Shot("chat-dark", "more red apples", DESKTOP | {"color_scheme": "dark"}, step=2),
)


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The address of a window over the embedded preset."""
    import app

    with tempfile.TemporaryDirectory() as folder:
        window = app.made("embedded", None, "", None, None, 60, Path(folder) / "feedback", True)
        blocks = app.launched(window)
        window.preload()
        try:
            yield blocks.local_url
        finally:
            blocks.close(verbose=False)
            window.close()


def taken(browser: "Browser", address: str, shot: Shot) -> Image.Image:
    """One picture, as wide as the window in pixels of the device."""
    with contextlib.closing(browser.new_context(**shot.context)) as context:
        context.set_default_timeout(MILLISECONDS)
        page = context.new_page()
        page.goto(address)
        page.locator("#badge.ready").wait_for()
        page.locator("#examples button", has_text=shot.question).click()
        _answered(page, 1)
        if shot.follow_up:
            page.locator("#ask textarea").fill(shot.follow_up)
            page.locator("#ask .submit-button").click()
            _answered(page, 2)
        page.get_by_role("tab", name=shot.tab, exact=True).click()
        if shot.step is not None:
            page.locator("#steps .card .pick").nth(shot.step - 1).click()
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        page.locator("#bench").evaluate("bench => bench.scrollTo(0, 0)")
        page.mouse.move(0, 0)
        page.wait_for_timeout(1500)  # until what moves and fades has come to rest
        return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def _answered(page: "Page", count: int) -> None:
    page.locator("#chat .reply.answered").nth(count - 1).wait_for()
    page.locator("#ask .submit-button").wait_for()
    page.locator("#downloads").wait_for()


def written(image: Image.Image, path: Path) -> int:
    """The picture as WebP, as good as `MAX_BYTES` allow. Returns its bytes."""
    for quality in range(90, 20, -5):
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=quality, method=6)
        if len(buffer.getvalue()) <= MAX_BYTES:
            path.write_bytes(buffer.getvalue())
            return len(buffer.getvalue())
    raise ValueError(f"{path.name} does not fit into {MAX_BYTES // 1000} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "docs", metavar="FOLDER", help="where they go")
    parser.add_argument("shots", nargs="*", metavar="NAME", help=f"of {', '.join(shot.name for shot in SHOTS)}; or all")
    options = parser.parse_args()
    unknown = set(options.shots) - {shot.name for shot in SHOTS}
    if unknown:
        parser.error(f"no picture is called {', '.join(sorted(unknown))}")
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        with served() as address, opened() as browser:
            for shot in SHOTS:
                if not options.shots or shot.name in options.shots:
                    image = taken(browser, address, shot)
                    path = options.out / f"{shot.name}.webp"
                    print(f"{path}  {image.width} x {image.height}  {written(image, path) / 1000:.0f} kB")
    except NoBrowser as error:
        sys.exit(f"screenshots: {error}")


if __name__ == "__main__":
    main()
