"""Simulated people who use a running chat: through the window, as a browser does, or as a program that asks for chat
completions. Each checks that what comes back is about its own questions and its own pictures."""

import base64
import html
import json
import re
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Literal, TypeAlias

import httpx

from agent.rendering.captions import Captions
from agent.trace import Trace
from models.embedded.gallery import GalleryQuestion, gallery_item, load_gallery
from models.picture import Picture

Way: TypeAlias = Literal["window", "completions"]

PATIENCE = 300.0
"""Seconds after which a person gives up."""

_REPLY = re.compile(r'<div class="reply (\w+)"><div class="value[^"]*">(.*?)</div>', re.DOTALL)


@dataclass(frozen=True)
class Question:
    """One question of one person."""

    gallery: GalleryQuestion
    pictures: tuple[Picture, ...]
    """They differ in a pixel or two from everybody else's."""

    @property
    def text(self) -> str:
        return self.gallery.question

    def plain(self) -> "Question":
        """The question about the gallery's own pictures."""
        return Question(self.gallery, tuple(gallery_item(name).picture for name in self.gallery.pictures))

    def files(self) -> list[bytes]:
        """The pictures as PNG files."""
        return [_png(picture) for picture in self.pictures]


@dataclass(frozen=True)
class Reply:
    """What came back for a question."""

    person: int
    way: Way
    question: str
    seconds: float
    """From asking to the whole answer."""
    words: str = ""
    expected: str = ""
    """What the agent answers when nobody else asks."""
    error: str = ""
    strange: str = ""
    """What in it was not the person's own."""

    @property
    def mixed_up(self) -> bool:
        return bool(self.strange) or (not self.error and self.words != self.expected)


@dataclass
class Person:
    """Somebody with a list of questions, asked one after the other."""

    number: int
    way: Way
    questions: Sequence[Question]
    think: float = 0.0
    """Seconds between an answer and the next question."""
    replies: list[Reply] = field(default_factory=list)

    def live(self, address: str, expected: Mapping[str, str]) -> None:
        """Ask everything. Never raises: what goes wrong is in the replies.

        Args:
            address: of the app.
            expected: words of the answer by `words_key` of the question.
        """
        with httpx.Client(base_url=address, timeout=PATIENCE) as client:
            browser: Browser | None = None
            for question in self.questions:
                began, words, strange, error = time.perf_counter(), "", "", ""
                try:
                    if self.way == "window":
                        browser = browser or Browser(client)
                        words, strange = browser.ask(question)
                    else:
                        trace = complete(client, question, stream=bool(self.number % 4 // 2))
                        words, strange = words_of(trace), _strange(trace, question)
                except Exception as problem:
                    error = f"{type(problem).__name__}: {problem}"
                seconds = time.perf_counter() - began
                wanted = expected.get(words_key(question.gallery), "")
                reply = Reply(self.number, self.way, question.text, seconds, words, wanted, error, strange)
                self.replies.append(reply)
                time.sleep(self.think)


def people(
    count: int,
    each: int,
    ways: Sequence[Way] = ("window", "completions"),
    think: float = 0.0,
    pool: Sequence[GalleryQuestion] | None = None,
    first: int = 0,
) -> list[Person]:
    """So many people with so many questions each, numbered from `first`. They use the ways by turns, and begin at
    different places of the pool, which is the gallery if None."""
    pool = pool or [question for item in load_gallery() for question in item.questions]
    made = []
    for number in range(count):
        start = number * len(pool) // count
        chosen = [pool[(start + place) % len(pool)] for place in range(each)]
        own = [_own(question, first + number, place) for place, question in enumerate(chosen)]
        made.append(Person(first + number, ways[number % len(ways)], own, think))
    return made


def _own(question: GalleryQuestion, person: int, place: int) -> Question:
    pictures = []
    for name in question.pictures:
        image = gallery_item(name).picture.image.copy()
        for x, value in enumerate((person, place)):  # a dark pixel or two in the corner make it another picture
            image.putpixel((x, 0), (value % 32, value // 32, 7))
        pictures.append(Picture.from_image(image, name))
    return Question(question, tuple(pictures))


def _png(picture: Picture) -> bytes:
    buffer = BytesIO()
    picture.image.save(buffer, "PNG")
    return buffer.getvalue()


def live_together(crowd: Sequence[Person], address: str, expected: Mapping[str, str]) -> list[Reply]:
    """All at the same time, a thread each. Returns their replies."""
    threads = [threading.Thread(target=person.live, args=(address, expected), daemon=True) for person in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [reply for person in crowd for reply in person.replies]


def words_key(question: GalleryQuestion) -> str:
    return "\n".join((question.question, *question.pictures))


def words_of(trace: Trace) -> str:
    """The answer as the window shows it."""
    text = Captions(trace).answer(trace.value) if trace.status == "answered" else trace.reason
    text = " ".join(text.split())
    return text if trace.status == "answered" else text[:1].upper() + text[1:]


# ---------------------------------------------------------------------- as a program


def complete(client: httpx.Client, question: Question, stream: bool = False) -> Trace:
    """Ask for a chat completion, and give back its trace. Raises httpx.HTTPError and ValueError."""
    addresses = ["data:image/png;base64," + base64.b64encode(data).decode() for data in question.files()]
    parts: list[dict[str, Any]] = [{"type": "image_url", "image_url": {"url": one}} for one in addresses]
    messages = [{"role": "user", "content": [*parts, {"type": "text", "text": question.text}]}]
    body = {"model": "sightscript", "messages": messages, "stream": stream}
    if not stream:
        told = client.post("/v1/chat/completions", json=body).raise_for_status().json()
        return Trace.model_validate(told["sightscript"]["trace"])
    with client.stream("POST", "/v1/chat/completions", json=body) as response:
        events = list(_events(response.raise_for_status()))
    if "sightscript" not in events[-1]:
        raise ValueError(f"the stream ended without an answer: {json.dumps(events[-1])[:300]}")
    return Trace.model_validate(events[-1]["sightscript"]["trace"])


def _strange(trace: Trace, question: Question) -> str:
    if trace.question != " ".join(question.text.split()):
        return f"the answer is to {trace.question!r}"
    return "" if trace.images == [one.key for one in question.pictures] else "the answer is about other pictures"


def _events(response: httpx.Response) -> Iterator[dict[str, Any]]:
    for line in response.iter_lines():
        if line.startswith("data:") and line != "data: [DONE]":
            yield json.loads(line[5:])


# ---------------------------------------------------------------------- as a browser


class Browser:
    """The window as a browser uses it: files are uploaded, events joined to Gradio's queue, news listened to.

    `gradio_client` cannot do it, as the events of the window are not meant for programs.
    """

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._session = uuid.uuid4().hex
        config = client.get("/config").raise_for_status().json()
        self._prefix = config["api_prefix"]
        places = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
        events = config["dependencies"]
        self._box, self._chat = places["ask"], places["chat"]
        chain = [next(one for one in events if [self._box, "submit"] in one["targets"])]
        while following := [one for one in events if one["trigger_after"] == chain[-1]["id"]]:
            chain.append(following[0])
        self._chain = chain
        self._asked: list[str] = []

    def ask(self, question: Question) -> tuple[str, str]:
        """The words of the answer, and what in the conversation was not this person's. Raises httpx.HTTPError and
        ValueError."""
        files = [("files", (f"{place}.png", data, "image/png")) for place, data in enumerate(question.files())]
        paths = self._client.post(f"{self._prefix}/upload", files=files).raise_for_status().json()
        meta = {"_type": "gradio.FileData"}
        message = {"text": question.text, "files": [{"path": one, "meta": meta} for one in paths]}
        self._asked.append(question.text)
        messages: list[dict[str, Any]] = []
        for event in self._chain:
            data = [message if place == self._box else None for place in event["inputs"]]
            output = self._queued(event["id"], data)
            if self._chat in event["outputs"]:
                value = output[event["outputs"].index(self._chat)]
                messages = value if isinstance(value, list) else messages
        said = [_bare(_text(one)) for one in messages if one["role"] == "user"]
        strange = "" if said == [_bare(one) for one in self._asked] else f"the window shows the questions {said}"
        replies = _REPLY.findall(_text(messages[-1])) if messages else []
        if not replies:
            raise ValueError(f"the window shows no answer: {json.dumps(messages[-1:])[:300]}")
        return html.unescape(replies[-1][1]), strange

    def _queued(self, event: int, data: list[Any]) -> list[Any]:
        """Have an event of the window run. What it brings at its end."""
        body = {"data": data, "fn_index": event, "session_hash": self._session, "trigger_id": self._box}
        joined = self._client.post(f"{self._prefix}/queue/join", json=body).raise_for_status().json()
        listening = self._client.stream("GET", f"{self._prefix}/queue/data", params={"session_hash": self._session})
        with listening as response:
            for news in _events(response.raise_for_status()):
                if news.get("event_id") == joined["event_id"] and news["msg"] == "process_completed":
                    if not news["success"]:
                        raise ValueError(f"the window reports an error: {json.dumps(news['output'])[:300]}")
                    brought: list[Any] = news["output"]["data"]
                    return brought
        raise ValueError("the window ended the connection")


def _text(message: Mapping[str, Any]) -> str:
    """The words of a message of Gradio's chatbot."""
    content = message["content"]
    parts = content if isinstance(content, list) else [content]
    return "\n".join(one if isinstance(one, str) else str(one.get("text", "")) for one in parts)


def _bare(text: str) -> str:
    """The words of a message without pictures and marks: the window escapes what would be Markdown."""
    return " ".join(re.findall(r"\w+", html.unescape(re.sub(r"<[^>]*>", " ", text)).lower()))
