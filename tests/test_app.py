"""The chat window: what it shows of a question, over perfect specialists and a planner that writes what it is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from langchain_core.language_models import FakeListChatModel
from PIL import Image

import app
from agent import Planner, VisualAgent
from models.embedded.gallery import gallery_item
from models.embedded.oracle import oracle_kit
from tools import default_vocabulary

ITEM = gallery_item("muffins_and_kids")
PICTURE = str(ITEM.path)
SHARE = """def execute_command(image):
    patch = ImagePatch(image)
    return len(patch.find("muffin")) // len(patch.find("kid"))
"""
NO_DOG = 'def execute_command(image):\n    return ImagePatch(image).find("dog")[0].simple_query("What color is it?")\n'
BROKEN = "def execute_command(image):\n    return ImagePatch(image).fnid('``` <b>')\n"


@pytest.fixture
def agent() -> Iterator[Any]:
    made: list[VisualAgent] = []

    def make(*replies: str) -> VisualAgent:
        vocabulary = default_vocabulary()
        planner = Planner(FakeListChatModel(responses=list(replies)), vocabulary, "full", "fake")
        made.append(VisualAgent(oracle_kit({ITEM.picture: ITEM.truth}), planner, vocabulary))
        return made[-1]

    yield make
    for one in made:
        one.close()


def ask(agent: VisualAgent, text: str, files: list[str], history: Any = ()) -> list[list[gr.ChatMessage]]:
    return list(app.converse(agent, {"text": text, "files": files}, history))


def titles(messages: list[gr.ChatMessage]) -> list[str]:
    return [message.metadata.get("title", "").replace("\\", "") for message in messages]


def test_a_question_is_told_as_it_is_answered(agent: Any) -> None:
    stages = ask(agent(SHARE), "How many muffins can each kid have?", [PICTURE])
    assert titles(stages[0]) == ["Writing a program"]
    assert stages[0][0].metadata["status"] == "pending"
    assert titles(stages[1]) == ["Program by fake"]
    assert [len(stage) for stage in stages] == [1, 1, 3, 4, 5, 6]  # program; then a heading and a step more each time
    last = stages[-1]
    assert titles(last) == [
        "Program by fake",
        "Ran it: 3 tool calls",
        "ImagePatch(picture) → picture",
        'picture.find("muffin") → 8 × muffin',
        'picture.find("kid") → 2 × kid',
        "",
    ]
    assert last[0].content.startswith("```python\ndef execute_command(image):")
    assert {message.metadata.get("parent_id") for message in last[2:5]} == {last[1].metadata["id"]}
    assert last[-1].content.startswith("## 4\nanswered in")


def test_steps_show_what_they_saw(agent: Any) -> None:
    stages = ask(agent(SHARE), "How many muffins can each kid have?", [PICTURE])
    found = stages[-1][3].content
    assert isinstance(found, gr.Image)
    assert found is stages[-2][3].content  # drawn once
    drawn = Image.open(found.value["path"]).convert("RGB")
    assert drawn.size == (480, 360)
    colours = drawn.getcolors(drawn.width * drawn.height) or []
    assert sum(count for count, (r, g, b) in colours if abs(r - 43) < 25 and abs(g - 107) < 25 and b > 200) > 500


def test_no_answer_has_its_reason(agent: Any) -> None:
    last = ask(agent(NO_DOG), "What color is the dog?", [PICTURE])[-1]
    assert "there is no dog in the picture" in last[-1].content
    assert "abstained" in last[-1].content


def test_programs_that_were_refused_are_shown_too(agent: Any) -> None:
    last = ask(agent(BROKEN, SHARE), "How many?", [PICTURE])[-1]
    assert titles(last)[:2] == ["Program 1 by fake", "Program 2 by fake"]
    assert last[0].content.startswith("````python\n")  # the program cannot close its block
    assert "fnid" in last[0].content.split("````")[2]
    assert last[-1].content.startswith("## 4")


def test_a_follow_up_is_about_the_latest_pictures(agent: Any) -> None:
    def turn(role: str, text: str, *files: str) -> dict[str, Any]:
        parts = [{"type": "file", "file": {"path": path}} for path in files]
        return {"role": role, "content": [*parts, {"type": "text", "text": text}]}

    answer = turn("assistant", "4", "crop.webp")
    history = [turn("user", "How many?", "old.png"), answer, turn("user", "And here?", PICTURE, "b.png"), answer]
    assert app.latest_files(history[:2]) == ["old.png"]
    assert app.latest_files([*history, turn("user", "Why?"), answer]) == [PICTURE, "b.png"]
    last = ask(agent(SHARE), "And how many now?", [], [turn("user", "How many?", PICTURE), answer])[-1]
    assert last[-1].content.startswith("## 4")


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("words.png", b"no picture", "words.png: not a picture in a supported format"),
        ("void.jpg", b"", "void.jpg: the file is empty"),
        ("gone.png", None, "gone.png: the upload did not arrive"),
    ],
)
def test_a_bad_upload_is_one_clear_line(
    agent: Any, tmp_path: Path, name: str, data: bytes | None, expected: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    (stage,) = ask(agent(SHARE), "What?", [str(tmp_path / name)])
    (message,) = stage
    text = message.content.replace("\\", "")
    assert expected in text
    assert "\n" not in text
    assert str(tmp_path) not in text


def test_without_picture_or_question(agent: Any) -> None:
    assert "no picture yet" in ask(agent(SHARE), "What?", [])[0][0].content
    assert "the question is empty" in ask(agent(SHARE), "  ", [PICTURE])[0][0].content


def test_leaving_stops_the_program(agent: Any) -> None:
    stream = app.converse(agent(SHARE), {"text": "How many?", "files": [PICTURE]}, [])
    next(stream)
    next(stream)
    stream.close()  # returns only when the agent's thread has ended


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "# a *b* [c](http://d) `e` $f$ ![g](h)", "a\n\n| b |"])
def test_plain_text_is_no_markdown(text: str) -> None:
    shown = app.plain(text)
    assert "<" not in shown
    assert "\n" not in shown
    for place, character in enumerate(shown):
        if character in "*`[]()#$!|":
            assert shown[place - 1] == "\\"


def test_the_window_builds_and_asks_nothing_of_the_network(agent: Any) -> None:
    window = app.build(agent(SHARE), "Preset: embedded")
    config = window.get_config_file()
    kinds = {component["type"] for component in config["components"]}
    assert {"chatbot", "multimodaltextbox"} <= kinds
    assert config.get("analytics_enabled") is False
    theme = app.theme()
    assert "http" not in "".join(sheet for sheet in theme._stylesheets if sheet)
    assert all(Path(file).is_file() for one in app.examples() for file in one["files"])
    assert len({one["text"] for one in app.examples()}) == len(app.EXAMPLES)
