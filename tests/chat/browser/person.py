"""A person before the window: a page of a real browser that notes whatever should not happen in it.

The window is served over the gallery's ground truth, with a planner that writes what `PROGRAMS` says and two
specialists that misbehave when asked to.
"""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

import app
from agent import Planner, VisualAgent
from chat.agents import Agents
from chat.feedback import Feedback
from chat.window import Window, WindowOptions
from models.embedded.gallery import gallery_item, load_gallery
from models.embedded.oracle import oracle_kit
from models.requests import Ask, TextLine
from tests.chat.server import Writer, count
from tools import default_vocabulary

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install playwright").expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

MILLISECONDS = 30_000
"""That anything may take: the machine may be busy."""
expect.set_options(timeout=MILLISECONDS)

MUFFINS = gallery_item("muffins_and_kids").path

HOSTILE = '<img src="x" onerror="alert(1)"><script>alert(2)</script>\n\n[a](javascript:alert(3)) **bold** `code` $x$'

SHARE = """def execute_command(image):
    patch = ImagePatch(image)
    muffins = patch.find("muffin")
    return len(muffins) // len(patch.find("kid"))
"""

PROGRAMS = {
    "each kid": SHARE,
    "patiently": """def execute_command(image):
    patch = ImagePatch(image)
    return [patch.simple_query(f"Are you there, {n}?") for n in range(150)]
""",
    "sign": "def execute_command(image):\n    return ImagePatch(image).read_text()\n",
    "loop": "def execute_command(image):\n    n = 1\n    while n:\n        n += 1\n    return n\n",
    "crashes": 'def execute_command(image):\n    found = ImagePatch(image).find("kid")\n    return found[7].left\n',
}
"""By a word of the question; to others the answer is how many there are of its last word."""


class Script(Writer):
    """Writes the program for the last question that was asked, also when it is told to write another one."""

    def _generate(self, messages: list[BaseMessage], *others: Any, **options: Any) -> ChatResult:
        self.read.append(messages)
        asked = [str(one.content) for one in messages if "Question about" in str(one.content)][-1]
        question = asked.rpartition("Question about")[2]
        program = next((source for word, source in PROGRAMS.items() if word in question), None) or count(question)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(f"```python\n{program.strip()}\n```"))])


class Specialist:
    """Another specialist, but for the requests that `answer` has an answer to."""

    last_forward = 0

    def __init__(self, other: Any, answer: Any) -> None:
        self._other, self._answer = other, answer

    def run(self, requests: Any) -> list[Any]:
        return [self._answer(one) or self._other.run([one])[0] for one in requests]


class Served:
    """The window, as `app.py` serves it."""

    def __init__(self, feedback: Path) -> None:
        self.slow_calls = 0
        self.planner = Script(write=count)
        vocabulary = default_vocabulary()
        kit: dict[str, Any] = dict(oracle_kit({one.picture: one.truth for one in load_gallery()}))
        kit["ocr"] = Specialist(kit["ocr"], lambda request: [TextLine(HOSTILE, (10.0, 10.0, 200.0, 60.0), 0.9)])
        kit["vlm"] = Specialist(kit["vlm"], self._slow)
        self.agent = VisualAgent(kit, Planner(self.planner, vocabulary, "full", "writer"), vocabulary)
        self.feedback = feedback
        self.window = Window(Agents.of(self.agent), Feedback(feedback), WindowOptions())
        self.blocks = app.launched(self.window)
        self.window.preload()
        self.address: str = self.blocks.local_url

    def _slow(self, request: Ask) -> str | None:
        if "Are you there" not in request.question:
            return None
        self.slow_calls += 1
        threading.Event().wait(0.2)
        return "yes"

    def close(self) -> None:
        self.blocks.close(verbose=False)
        self.window.close()


class Person:
    """One browser context of its own, with one page. `troubles` is what should not happen in it; a reply may take
    `patience` milliseconds."""

    def __init__(self, browser: "Browser", address: str, patience: int = MILLISECONDS, **options: Any) -> None:
        self.address, self.patience = address, patience
        self.context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}} | options)
        self.context.set_default_timeout(MILLISECONDS)
        self.troubles: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error in the page: {error}"))
        self.page.on("dialog", self._dialog)
        self.context.on("request", self._request)

    def _console(self, message: Any) -> None:
        # Svelte's slide, in gradio's own blocks, overshoots by a hundredth of a pixel where the machine is busy.
        overshot = message.text.startswith("Invalid keyframe value for property height: -0.")
        if message.type in ("error", "warning") and not overshot:
            self.troubles.append(f"console: {message.text}")

    def _dialog(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", "file:")):
            self.troubles.append(f"request to {request.url[:200]}")

    # ------------------------------------------------------------------ what a person does

    def comes(self) -> "Person":
        self.page.goto(self.address)
        expect(self("#examples button").first).to_be_visible()
        return self

    def goes(self) -> None:
        """To another page; what the window says when it is left in the middle does not count."""
        self.page.goto("about:blank")
        self.troubles.clear()

    def __call__(self, selector: str, **options: Any) -> "Locator":
        return self.page.locator(selector, **options)

    def brings(self, *files: Any) -> None:
        """Pictures into the box, and waits until they are there."""
        before = self("#ask .thumbnail-item").count()
        with self.page.expect_file_chooser() as choosing:
            self("#ask .upload-button").click()
        choosing.value.set_files(list(files))
        expect(self("#ask .thumbnail-item")).to_have_count(before + len(files))

    def asks(self, question: str, *files: Any) -> "Locator":
        """A question, with pictures if there are any. Returns the reply."""
        with self.next() as reply:
            if files:
                self.brings(*files)
            self("#ask textarea").fill(question)
            self("#ask .submit-button").click()
        return reply

    def takes(self, question: str) -> "Locator":
        """An example of the gallery, by words of its question. Returns the reply."""
        with self.next() as reply:
            self("#examples button", has_text=question).click()
        return reply

    def runs_again(self) -> "Locator":
        """The program in the editor. Returns the reply."""
        with self.next() as reply:
            self("#program-run").click()
        return reply

    @contextlib.contextmanager
    def next(self) -> "Iterator[Locator]":
        """A reply that is yet to come, and the window at rest again after it."""
        replies = self("#chat .reply")
        number = replies.count()
        yield replies.nth(number)
        expect(replies).to_have_count(number + 1, timeout=self.patience)
        expect(self("#ask .submit-button")).to_be_visible()

    def opens(self, tab: str) -> None:
        self.page.get_by_role("tab", name=tab, exact=True).click()
        expect(self(f"#tab-{tab.lower()}")).to_be_visible()

    def writes(self, program: str) -> None:
        """A program into the editor, in place of what is there."""
        editor = self("#program .cm-content")
        editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(program)
        expect(editor).to_contain_text(program.strip().splitlines()[-1].strip())

    def close(self) -> None:
        self.context.close()
