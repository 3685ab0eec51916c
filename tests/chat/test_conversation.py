"""One person's talk: how answers come about, follow-ups, stopping, and how it is all told in messages."""

import re
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from agent import VisualAgent
from chat.conversation import PICTURE_BOOK, PICTURE_BOOK_ABSTAINED, SMALL_PLANNER, Conversation, Exchange
from chat.follow_up import in_full, refers_back, spoken_of
from chat.messages import fenced, messages, plain
from chat.uploads import Shelf
from models.embedded.gallery import gallery_item
from models.picture import Picture
from models.requests import SpecialistError
from tests.chat.conftest import SHARE
from tests.sight.conftest import VISPROG_SHARE

ITEM = gallery_item("muffins_and_kids")
QUESTION = "How many muffins can each kid have?"
NO_DOG = 'def execute_command(image):\n    return ImagePatch(image).find("dog")[0].simple_query("What color is it?")\n'
BROKEN = "def execute_command(image):\n    return ImagePatch(image).fnid('``` <b>')\n"
LOOP = "def execute_command(image):\n    n = 0\n    while True:\n        n += 1\n    return n\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shelf")


def ask(conversation: Conversation, agent: VisualAgent, question: str, *pictures: Picture) -> Exchange:
    exchange = conversation.begin(question, pictures)
    for _ in conversation.ask(agent, exchange):
        pass
    assert exchange.ended
    return exchange


def titles(shown: Sequence[gr.ChatMessage]) -> list[str]:
    return [str(message.metadata.get("title", "")).replace("\\", "") for message in shown]


# ---------------------------------------------------------------------- answering


def test_a_question_is_told_as_it_is_answered(agent: Any, shelf: Shelf) -> None:
    conversation = Conversation()
    exchange = conversation.begin(QUESTION, [ITEM.picture])
    assert titles(messages(conversation, shelf)) == ["", "Writing the program"]
    seen: list[tuple[str, ...]] = []
    for _ in conversation.ask(agent(SHARE), exchange):
        now = tuple(titles(messages(conversation, shelf)))
        if not seen or seen[-1] != now:
            seen.append(now)
    assert seen[-1] == (
        "",
        "Program by fake",
        "3 steps",
        "ImagePatch(picture) → picture",
        'picture.find("muffin") → 8 × muffin',
        'picture.find("kid") → 2 × kid',
        "",
    )
    last = messages(conversation, shelf)
    assert last[0].role == "user"
    assert last[0].content.endswith(QUESTION)
    assert last[1].content.startswith("```python\ndef execute_command(image):")
    assert {message.metadata.get("parent_id") for message in last[3:6]} == {last[2].metadata["id"]}
    assert '<div class="value">4</div>' in last[-1].content
    assert exchange.answer is not None
    assert exchange.answer.value == 4


def test_the_program_is_shown_while_it_is_written(agent: Any, shelf: Shelf) -> None:
    conversation = Conversation()
    exchange = conversation.begin(QUESTION, [ITEM.picture])
    written = set()
    for _ in conversation.ask(agent(f"```python\n{SHARE}```"), exchange):
        shown = messages(conversation, shelf)
        if titles(shown)[-1] == "Writing the program":
            written.add(shown[-1].content)
    assert exchange.writing == ""
    programs = [text.removeprefix("```python\n").removesuffix("\n```").rstrip() for text in written]
    assert [text for text in programs if not SHARE.startswith(text)] == []


def test_steps_show_what_they_saw_and_are_drawn_once(agent: Any, shelf: Shelf) -> None:
    conversation = Conversation()
    exchange = conversation.begin(QUESTION, [ITEM.picture])
    stages = [
        {m.metadata["id"]: m.content for m in messages(conversation, shelf) if "parent_id" in m.metadata}
        for _ in conversation.ask(agent(SHARE), exchange)
    ]
    final = stages[-1]
    found = next(content for name, content in final.items() if name.endswith("-1"))
    assert 'alt="What step 2 looked at: 8 × muffin"' in found
    drawn = Image.open(re.findall(r"file=([^\"]+)", found)[0]).convert("RGB")
    colours = drawn.getcolors(drawn.width * drawn.height) or []
    assert sum(count for count, (r, g, b) in colours if abs(r - 43) < 25 and abs(g - 107) < 25 and b > 200) > 500
    for stage in stages:
        assert all(content == final[name] for name, content in stage.items())
    assert len(list(shelf.folder.iterdir())) == 3  # the question's picture and two steps, however often they are told


def test_no_answer_has_its_reason(agent: Any, shelf: Shelf) -> None:
    conversation = Conversation()
    ask(conversation, agent(NO_DOG), "What color is the dog?", ITEM.picture)
    last = messages(conversation, shelf)[-1].content
    assert "There is no dog in the picture" in last
    assert 'class="reply abstained"' in last


def test_programs_that_were_refused_are_shown_too(agent: Any, shelf: Shelf) -> None:
    conversation = Conversation()
    exchange = ask(conversation, agent(BROKEN, SHARE), "How many?", ITEM.picture)
    shown = messages(conversation, shelf)
    assert [title for title in titles(shown) if title.startswith("Program")] == [
        "Program 1 by fake",
        "Program 2 by fake",
    ]
    assert shown[1].content.startswith("````python\n")  # the program cannot close its block
    assert "fnid" in shown[1].content.split("````")[2]
    assert exchange.answer is not None
    assert exchange.answer.value == 4


def test_a_program_that_loops_is_stopped_by_its_limit(agent: Any, shelf: Shelf) -> None:
    conversation = Conversation()
    exchange = ask(conversation, agent(LOOP, seconds=0.2), "Loop?", ITEM.picture)
    assert exchange.answer is not None
    assert exchange.answer.status == "failed"
    assert "the program computed for more than 0.2 s" in exchange.in_words
    assert "computed for more than 0.2 s" in messages(conversation, shelf)[-1].content


@pytest.mark.parametrize(
    ("question", "pictures", "expected"),
    [
        ("What?", 0, "there is no picture yet"),
        ("  ", 1, "the question is empty"),
        ("x" * 100_000, 1, "the question has 100000 characters; at most 2000 are allowed"),
    ],
)
def test_what_cannot_be_asked_is_one_line(
    agent: Any, shelf: Shelf, question: str, pictures: int, expected: str
) -> None:
    conversation = Conversation()
    exchange = ask(conversation, agent(SHARE), question, *[ITEM.picture] * pictures)
    assert expected in exchange.refused
    assert "\n" not in exchange.refused
    assert sum(len(str(message.content)) for message in messages(conversation, shelf)) < 3000


# ---------------------------------------------------------------------- follow-ups


@pytest.mark.parametrize(
    "question",
    [
        "and how many of them are red?",
        "And the blue ones?",
        "what about the cats?",
        "how about the ones on the left?",
        "is it sleeping?",
        "What color is it?",
        "are those red?",
        "How many are red?",
        "How many?",
        "Which one is bigger?",
        "so what?",
    ],
)
def test_questions_that_refer_back(question: str) -> None:
    assert refers_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "How many muffins can each kid have?",
        "Is there a dog?",
        "Is the dog sleeping on its bed?",
        "is the cat left of it?",
        "is this picture dark?",
        "is it raining?",
        "Which of the two pictures has more dogs?",
        "how many people are there, and how many of them wear hats?",
        "What does the sign say?",
        "Why is the kid sad?",
        "android or iphone?",
    ],
)
def test_questions_that_stand_by_themselves(question: str) -> None:
    assert not refers_back(question)


def test_a_question_asked_in_full() -> None:
    assert in_full("and how many of them are red?", QUESTION, ("muffin", "kid")) == (
        "How many of the muffins are red?",
        "How many of the kids are red?",
    )
    assert in_full("what about the cats?", "How many dogs are there?", ("dog",)) == ("How many cats are there?",)
    assert in_full("Is it red?", "Where is the box?", ("box",)) == ("Is the box red?",)
    assert in_full("How many?", "Where?", ("box",)) == ()


def test_a_planner_of_bare_questions_does_not_guess(agent: Any, shelf: Shelf) -> None:
    conversation = Conversation()
    asked = agent('p = ImagePatch(image)\nreturn len(p.find("muffin")) // len(p.find("kid"))', style="question")
    ask(conversation, asked, QUESTION, ITEM.picture)
    exchange = ask(conversation, asked, "and how many of them are red?")
    assert exchange.answer is None
    assert "reads every question by itself" in exchange.refused
    assert exchange.offers == ("How many of the muffins are red?", "How many of the kids are red?")
    offered = messages(conversation, shelf)[-1].options
    assert [option["value"] for option in offered] == list(exchange.offers)
    assert exchange.pictures == (ITEM.picture,)


def test_the_first_question_about_new_pictures_is_never_declined(agent: Any) -> None:
    conversation = Conversation()
    asked = agent('return len(ImagePatch(image).find("kid"))', style="question")
    ask(conversation, asked, QUESTION, ITEM.picture)
    assert ask(conversation, asked, "How many?", ITEM.picture).answer is not None


def test_a_chat_model_is_told_what_was_said(agent: Any) -> None:
    conversation = Conversation()
    asked = agent(SHARE, 'def execute_command(image):\n    return len(ImagePatch(image).find("kid"))\n')
    first = ask(conversation, asked, QUESTION, ITEM.picture)
    second = ask(conversation, asked, "and how many of them are there?")
    assert second.history == tuple(second.history)
    assert [(turn.question, turn.answer) for turn in second.history] == [(QUESTION, "4")]
    assert second.answer is not None
    assert second.answer.value == 2
    assert spoken_of(first.steps[0]) == ("muffin", "kid")
    third = ask(conversation, asked, "How many?", ITEM.picture)
    assert third.history == ()


# ---------------------------------------------------------------------- stopping


class Slow:
    """A detector that takes until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def run(self, requests: Sequence[Any]) -> list[Any]:
        self.begun.set()
        self.go.wait(20)
        return [SpecialistError("too late") for _ in requests]


def test_stopping_does_not_wait_for_a_model(agent: Any, shelf: Shelf) -> None:
    slow = Slow()
    conversation = Conversation()
    exchange = conversation.begin(QUESTION, [ITEM.picture])
    asking = conversation.ask(agent(SHARE, detector=slow), exchange)
    thread = threading.Thread(target=lambda: [None for _ in asking])
    thread.start()
    assert slow.begun.wait(20)
    while not exchange.programs:  # the detector may begin before the conversation has been told of the program
        time.sleep(0.01)
    began = time.perf_counter()
    conversation.stop()
    thread.join(5)
    assert not thread.is_alive()
    assert time.perf_counter() - began < 1
    slow.go.set()
    assert exchange.stopped
    assert exchange.answer is None
    assert "Stopped" in messages(conversation, shelf)[-1].content
    assert titles(messages(conversation, shelf))[1] == "Program by fake"


def test_stopping_a_loop_frees_the_agent(agent: Any) -> None:
    asked = agent(LOOP, SHARE)
    conversation = Conversation()
    exchange = conversation.begin("Loop?", [ITEM.picture])
    thread = threading.Thread(target=lambda: [None for _ in conversation.ask(asked, exchange)])
    thread.start()
    while not exchange.programs:
        time.sleep(0.01)
    conversation.stop()
    thread.join(5)
    assert exchange.stopped
    after = ask(conversation, asked, QUESTION, ITEM.picture)
    assert after.answer is not None
    assert after.answer.value == 4


def test_leaving_stops_the_program(agent: Any) -> None:
    conversation = Conversation()
    asking: Any = conversation.ask(agent(LOOP), conversation.begin("Loop?", [ITEM.picture]))
    next(asking)
    asking.close()
    assert conversation.exchanges[-1].ended


# ---------------------------------------------------------------------- programs by hand


def test_a_changed_program_takes_equal_calls_from_the_record(agent: Any, shelf: Shelf) -> None:
    conversation, asked = Conversation(), agent(SHARE)
    before = ask(conversation, asked, QUESTION, ITEM.picture)
    again = conversation.begin_again(before, SHARE.replace("//", "+"))
    for _ in conversation.run(asked, again, before):
        pass
    assert again.answer is not None
    assert again.answer.value == 10
    assert all(step.recorded for step in again.answer.trace.steps)
    shown = messages(conversation, shelf)
    assert titles(shown)[-7:-4] == ["", "Program by hand", "3 steps"]
    assert "3 steps, 3 of them from the record" in shown[-1].content


def test_a_program_may_be_put_into_visprogs_language(agent: Any, shelf: Shelf) -> None:
    conversation, asked = Conversation(), agent(SHARE)
    before = ask(conversation, asked, QUESTION, ITEM.picture)
    again = conversation.begin_again(before, VISPROG_SHARE)
    for _ in conversation.run(asked, again, before):
        pass
    assert again.answer is not None
    assert (again.answer.value, again.answer.program) == (4, VISPROG_SHARE)
    assert [(step.recorded, step.span and step.span.line) for step in again.answer.trace.steps] == [
        (True, 1),
        (True, 1),
        (True, 2),
    ]
    assert "from the record" in messages(conversation, shelf)[-1].content


# ---------------------------------------------------------------------- what is kept, what is forgotten


def test_forgotten_pictures_are_asked_for_again(agent: Any, shelf: Shelf) -> None:
    conversation, asked = Conversation(), agent(SHARE)
    ask(conversation, asked, QUESTION, ITEM.picture)
    conversation.forget()
    assert conversation.pictures == ()
    exchange = ask(conversation, asked, "How many kids are there?")
    assert "deleted after their time" in exchange.refused
    assert len(messages(conversation, shelf)) > 2


def test_a_long_talk_keeps_its_latest_pictures(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    size = ITEM.picture.width * ITEM.picture.height * 3
    monkeypatch.setattr("chat.conversation.MAX_PICTURE_BYTES", int(2.5 * size))
    conversation = Conversation()
    pictures = [Picture.from_image(Image.new("RGB", ITEM.picture.image.size, (n, n, n)), f"{n}.png") for n in range(4)]
    for picture in pictures:
        conversation.begin("What?", [picture]).ended = True
    assert [bool(one.pictures) for one in conversation.exchanges] == [False, False, True, True]


def test_photographs_are_warned_of(agent: Any) -> None:
    import numpy as np

    asked = agent(SHARE, SHARE)
    asked.kit = _Labelled(asked.kit)
    noise = Picture.from_image(np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8), "photo.jpg")
    assert ask(Conversation(), asked, QUESTION, noise).notes == (PICTURE_BOOK,)
    assert ask(Conversation(), asked, QUESTION, ITEM.picture).notes == ()


def test_why_there_is_no_answer_is_told_once(agent: Any) -> None:
    asked = agent(NO_DOG)
    asked.kit = _Labelled(asked.kit)
    conversation = Conversation()
    first, second = (ask(conversation, asked, "What color is the dog?", ITEM.picture) for _ in range(2))
    assert (first.notes, second.notes) == ((PICTURE_BOOK_ABSTAINED,), ())


def test_a_planner_that_writes_nothing_useful_is_told_of(agent: Any) -> None:
    asked = agent("return nonsense(image)", style="question")
    exchange = ask(Conversation(), asked, "What color is the dog?", ITEM.picture)
    assert exchange.notes == (SMALL_PLANNER,)


class _Labelled(dict):
    """A kit that tells what it is made of."""

    def checkpoints(self) -> dict[str, str]:
        return {"detector": "embedded:detector"}


# ---------------------------------------------------------------------- text of others


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "# a *b* [c](http://d) `e` $f$ ![g](h)", "a\n\n| b |"])
def test_plain_text_is_no_markdown(text: str) -> None:
    shown = plain(text)
    assert "<" not in shown
    assert "\n" not in shown
    for place, character in enumerate(shown):
        if character in "*`[]()#$!|":
            assert shown[place - 1] == "\\"


def test_a_program_cannot_leave_its_block() -> None:
    shown = fenced("a = '```'\n````\n<script>")
    assert shown.startswith("`````python\n")
    assert shown.endswith("\n`````")


def test_a_hostile_answer_stays_text(agent: Any, shelf: Shelf) -> None:
    hostile = "<img src=x onerror=alert(1)>\n\n<script>alert(2)</script>"
    conversation = Conversation()
    ask(conversation, agent(f"def execute_command(image):\n    return {hostile!r}\n"), hostile, ITEM.picture)
    shown = messages(conversation, shelf)
    told = "".join(message.content for message in shown if "```" not in message.content)
    assert "<img src=x" not in told
    assert "<script" not in told
    assert shown[-1].content.count("\n") == 0
