"""Several people at once: each gets the answers to its own questions, in the window and as a program."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

import app
from agent import VisualAgent
from benchmarks.people import Browser, Person, complete, live_together, people, words_key, words_of
from models.embedded.gallery import GalleryQuestion, gallery_item
from models.embedded.oracle import Oracle
from tests.chat.server import oracle_agent, serving_window

POOL = [
    GalleryQuestion(f"How many {noun}s?", None, (item,))
    for item, noun in (
        ("muffins_and_kids", "muffin"),
        ("fruit", "banana"),
        ("muffins_and_kids", "kid"),
        ("fruit", "apple"),
        ("pets_left", "dragon"),
        ("muffins_and_kids", "tree"),
    )
]
EXPECTED = dict(zip(map(words_key, POOL), ("8", "2", "2", "5", "0", "0"), strict=True))


@pytest.fixture(scope="module")
def crowd() -> list[Person]:
    return people(6, 2, pool=POOL)


@pytest.fixture(scope="module")
def agent(crowd: list[Person]) -> VisualAgent:
    oracle = Oracle()
    for picture in (picture for person in crowd for question in person.questions for picture in question.pictures):
        oracle.add(picture, gallery_item(picture.name).truth)
    return oracle_agent(**oracle.kit())


@pytest.fixture(scope="module")
def address(agent: VisualAgent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving_window(agent, tmp_path_factory.mktemp("people")) as one:
        yield one


def test_everybody_has_other_pictures(crowd: list[Person]) -> None:
    keys = [picture.key for person in crowd for question in person.questions for picture in question.pictures]
    assert len(set(keys)) == len(keys) == 12
    assert {person.way for person in crowd} == {"window", "completions"}


def test_no_error_and_no_mix_up(crowd: list[Person], address: str) -> None:
    replies = live_together(crowd, address, EXPECTED)
    assert [reply.error for reply in replies] == [""] * 12
    assert [(reply.question, reply.words, reply.strange) for reply in replies] == [
        (question.text, EXPECTED[words_key(question.gallery)], "") for person in crowd for question in person.questions
    ]
    assert not any(reply.mixed_up for reply in replies)
    assert all(0 < reply.seconds < 60 for reply in replies)


def test_a_mix_up_would_be_seen(crowd: list[Person], address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = crowd[1].questions
    with httpx.Client(base_url=address, timeout=30) as client:
        trace = complete(client, other)
        assert words_of(complete(client, mine, stream=True)) == EXPECTED[words_key(mine.gallery)]
        monkeypatch.setattr("benchmarks.people.complete", lambda *given, **more: trace)
        confused = Person(0, "completions", [mine])
        confused.live(address, EXPECTED)
        assert confused.replies[0].strange == f"the answer is to {other.text!r}"
        browser = Browser(client)
        browser._asked.append("What did I never ask?")
        assert browser.ask(mine)[1].startswith("the window shows the questions ")
    wrong = Person(0, "window", [mine])
    wrong.live(address, {words_key(mine.gallery): "17"})
    assert wrong.replies[0].mixed_up


def test_what_goes_wrong_is_an_error_of_the_reply(crowd: list[Person], tmp_path: Path) -> None:
    for way in ("window", "completions"):
        person = Person(0, way, crowd[0].questions)  # type: ignore[arg-type]
        person.live("http://127.0.0.1:1", EXPECTED)
        assert all(reply.error.startswith("ConnectError") for reply in person.replies)
        assert not any(reply.mixed_up for reply in person.replies)


def test_only_this_computer_is_listened_to(address: str) -> None:
    listening = [one.laddr for one in psutil.Process().net_connections("inet") if one.status == psutil.CONN_LISTEN]
    assert int(address.rpartition(":")[2]) in {one.port for one in listening}
    assert {one.ip for one in listening} == {"127.0.0.1"}
    options = inspect.signature(app.chat).parameters
    assert (options["host"].default, options["share"].default) == ("127.0.0.1", False)
