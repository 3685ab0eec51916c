"""The window in a real browser over the embedded preset, as `make chat` opens it."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import app
from tests.chat.browser.person import MUFFINS, Person, expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LOADING = 300_000
"""Milliseconds that a first reply may take: models are imported and loaded, and the planner's adapter is merged."""


@pytest.fixture(scope="module")
def address(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    window = app.made("embedded", None, "", "cpu", None, 60, tmp_path_factory.mktemp("chat") / "feedback", True)
    blocks = app.launched(window)
    window.preload()
    yield blocks.local_url
    blocks.close(verbose=False)
    window.close()


@pytest.fixture(scope="module")
def regular(address: str, browser: "Browser") -> Iterator[Person]:
    with contextlib.closing(Person(browser, address, LOADING)) as one:
        yield one


def test_who_comes_early_is_answered_when_the_models_are_there(person: Person) -> None:
    reply = person.takes("How many muffins")
    expect(reply.locator(".value")).to_have_text("4")
    expect(person("#badge")).to_have_class(re.compile("ready"))
    person("#badge summary").click()
    told = person("#badge .models")
    expect(told).to_contain_text("picture-book scenes only")
    expect(told).to_contain_text("embedded:detector")
    expect(told).to_contain_text("planner")
    expect(told).to_contain_text("cpu")


def test_a_follow_up_that_the_planner_cannot_understand_is_offered_in_full(person: Person) -> None:
    person.asks("How many muffins are there?", MUFFINS)
    reply = person.asks("And how many of them are red?")
    expect(reply).to_have_class(re.compile("declined"))
    expect(reply).to_contain_text("ask it in full")
    offer = person("#chat .options button")
    expect(offer).to_have_text("How many of the muffins are red?")
    with person.next() as reply:
        offer.click()
    expect(reply.locator(".value")).to_be_visible()
    person.opens("Program")
    expect(person("#program .cm-content")).to_contain_text('find("')


def test_the_limits_of_a_program_can_be_set(person: Person) -> None:
    person.takes("How many muffins")
    person.opens("Settings")
    person("#setting-calls input").fill("2")
    person("#setting-apply").click()
    expect(person("#setting-said")).to_contain_text("from your next question on")
    reply = person.takes("How many muffins")
    expect(reply).to_have_class(re.compile("failed"))
    expect(reply).to_contain_text("2 tool calls")
    person.opens("Settings")
    person("#setting-calls input").fill("0")
    person("#setting-apply").click()
    expect(person("#setting-said .bad")).to_contain_text("Tool calls must be a number above 0")
    person("#setting-preset input").fill("nowhere")
    person("#setting-preset input").press("Enter")
    person("#setting-calls input").fill("100")
    person("#setting-apply").click()
    expect(person("#setting-said .bad")).to_contain_text("still in use: embedded")


def test_single_models_are_asked_beside_the_program(person: Person) -> None:
    person.takes("What color is the umbrella")
    person.opens("Compare")
    person("#compare-run").click()
    columns = person("#comparison .column")
    expect(columns).to_have_count(3)
    expect(columns.nth(0).locator(".value")).to_have_text(person("#chat .reply .value").inner_text())
    for place, name in ((1, "embedded:vlm"), (2, "embedded:student")):
        expect(columns.nth(place)).to_contain_text(name)
        expect(columns.nth(place).locator(".value")).to_have_text(re.compile("[a-z]"))
