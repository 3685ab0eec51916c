"""The window in a real browser: served once for a module. Without a browser, these tests are skipped."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.browser import NoBrowser, find_chromium, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.chat.browser.person import Person, Served


@pytest.fixture(scope="module")
def chromium() -> Path:
    try:
        return find_chromium()
    except NoBrowser as error:
        if "SIGHT_CHROMIUM" in os.environ:  # somebody means to have these tests
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def served(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Served]":
    from tests.chat.browser.person import Served

    with contextlib.closing(Served(tmp_path_factory.mktemp("chat") / "feedback")) as one:
        yield one


@pytest.fixture(scope="module")
def browser(chromium: Path) -> "Iterator[Browser]":
    with opened() as one:
        yield one


@pytest.fixture(scope="module")
def regular(served: "Served", browser: "Browser") -> "Iterator[Person]":
    from tests.chat.browser.person import Person

    with contextlib.closing(Person(browser, served.address)) as one:
        yield one


@pytest.fixture
def person(regular: "Person") -> "Iterator[Person]":
    """Somebody who has just come. Whatever should not happen in a page fails the test."""
    yield regular.comes()
    troubles = list(regular.troubles)
    regular.goes()
    assert troubles == []


@pytest.fixture
def people(served: "Served", browser: "Browser") -> "Iterator[Callable[..., Person]]":
    """Somebody else, each time it is called; options are those of a browser's context."""
    from tests.chat.browser.person import Person

    here: list[Person] = []

    def made(**options: Any) -> Person:
        here.append(Person(browser, served.address, **options))
        return here[-1].comes()

    yield made
    for one in here:
        one.close()
    assert [trouble for one in here for trouble in one.troubles] == []
