"""A real browser without a screen, for the tests and the screenshots of the chat window.

    with opened() as browser:
        page = browser.new_page()

It is the system's Chromium (`make browser`, or `SIGHT_CHROMIUM=/path/to/chromium`), driven by Playwright. Playwright's
own browsers are not used, since they are downloaded.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb")
"""Chromium's own sandbox needs rights that containers seldom have; only pages of this computer are opened."""


class NoBrowser(RuntimeError):
    """Playwright or a browser is missing. The message is one line that says how to get it."""


def find_chromium() -> Path:
    """The browser's program. Raises NoBrowser."""
    named = os.environ.get("SIGHT_CHROMIUM", "")
    if named:
        if not os.access(named, os.X_OK):
            raise NoBrowser(f"SIGHT_CHROMIUM names {named}, which is no program that can be run")
        return Path(named)
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise NoBrowser("no Chromium found: `make browser` installs it (as root), or name one in SIGHT_CHROMIUM")
    return Path(found)


@contextlib.contextmanager
def opened() -> "Iterator[Browser]":
    """A browser, closed at the end. Raises NoBrowser."""
    chromium = find_chromium()
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NoBrowser("Playwright is not installed: .venv/bin/pip install -e '.[dev]'") from None
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS), timeout=60_000)
        except Error as error:
            raise NoBrowser(f"{chromium} does not start: {error.message.splitlines()[0]}") from None
        try:
            yield browser
        finally:
            browser.close()
