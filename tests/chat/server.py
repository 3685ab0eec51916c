"""The app as other programs meet it: on a free port, over perfect specialists and a planner that writes as told."""

import base64
import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from agent import Planner, VisualAgent
from agent.running.sandbox import Limits
from chat.agents import Agents
from models.embedded.gallery import GalleryItem, gallery_item
from models.embedded.oracle import oracle_kit
from tools import default_vocabulary

pytest.importorskip("mcp", reason="the mcp package is not installed: pip install mcp")

from chat.doors import doors
from chat.serving import serve

NAMES = ("muffins_and_kids", "pets_left", "fruit", "red_cars")


class Writer(BaseChatModel):
    """A chat model that writes the program which a function gives for the last message, and remembers what it read."""

    write: Callable[[str], str]
    read: list[list[BaseMessage]] = []

    @property
    def _llm_type(self) -> str:
        return "writer"

    def _generate(self, messages: list[BaseMessage], *others: Any, **options: Any) -> ChatResult:
        self.read.append(messages)
        question = str(messages[-1].content).rpartition("Question about ")[2]
        text = f"```python\n{self.write(question).strip()}\n```"
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])


def count(question: str) -> str:
    """A program that counts the last word of a question."""
    noun = question.rstrip("?").split()[-1].removesuffix("s")
    return f'def execute_command(image):\n    return len(ImagePatch(image).find("{noun}"))\n'


def oracle_agent(write: Callable[[str], str] = count, names: Sequence[str] = NAMES, **kit: Any) -> VisualAgent:
    """An agent over the gallery's ground truth; `kit` replaces specialists."""
    vocabulary = default_vocabulary()
    items = [gallery_item(name) for name in names]
    planner = Planner(Writer(write=write), vocabulary, "full", "writer")
    specialists = oracle_kit({one.picture: one.truth for one in items}) | kit
    return VisualAgent(specialists, planner, vocabulary, Limits(seconds=0.5), repairs=0)


@contextlib.contextmanager
def serving(agent: VisualAgent, login: str | None = None) -> Iterator[str]:
    """The address of an app with next to no window, and the doors for other programs over an agent."""
    import gradio as gr

    with gr.Blocks(analytics_enabled=False) as window:
        box = gr.Textbox()
        box.change(lambda text: text, box, box, api_name="inside")  # an event that must not be offered
    try:
        yield serve(window, quiet=True, ssr_mode=False, **doors(Agents.of(agent), login=login), **_auth(login))
    finally:
        window.close(verbose=False)
        agent.close()


@contextlib.contextmanager
def serving_window(agent: VisualAgent, folder: Path) -> Iterator[str]:
    """The address of the whole app over an agent; feedback goes to a folder."""
    from chat.window import launch_options, window

    made = window(agent, folder / "feedback")
    blocks = made.blocks()
    try:
        yield serve(
            blocks.queue(default_concurrency_limit=16),
            quiet=True,
            allowed_paths=[str(made.shelf.folder)],
            **launch_options(),
            **doors(made.agents),
        )
    finally:
        blocks.close(verbose=False)
        made.close()


def _auth(login: str | None) -> dict[str, Any]:
    return {"auth": tuple(login.split(":", 1))} if login else {}


def data_url(item: GalleryItem | str) -> str:
    item = gallery_item(item) if isinstance(item, str) else item
    return "data:image/webp;base64," + base64.b64encode(item.path.read_bytes()).decode()


def eventually(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not (now := true()) and time.monotonic() < end:
        threading.Event().wait(0.02)
    return now
