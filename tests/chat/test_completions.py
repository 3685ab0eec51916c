"""The agent behind OpenAI's chat completions: asked through OpenAI's own client, and through bare HTTP."""

import base64
import io
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from agent import VisualAgent
from chat import completions, enclosed
from chat.agents import BusyError
from chat.uploads import UploadLimits
from models.embedded.gallery import gallery_item
from models.requests import Detection
from tests.chat.server import Writer, data_url, eventually, oracle_agent, serving

openai = pytest.importorskip("openai", reason="the openai client is not installed: pip install openai")

MUFFINS = data_url("muffins_and_kids")


def write(question: str) -> str:
    """A program that counts the last word of a question; words that are no noun bring other ends."""
    noun = question.rstrip("?").split()[-1].removesuffix("s")
    if noun == "dog":
        return 'def execute_command(image):\n    return ImagePatch(image).find("dog")[0].simple_query("What color?")\n'
    if noun == "forever":
        return "def execute_command(image):\n    n = 1\n    while n:\n        n += 1\n    return n\n"
    if noun == "both":
        return 'def execute_command(images):\n    return [len(ImagePatch(one).find("muffin")) for one in images]\n'
    return f'def execute_command(image):\n    return len(ImagePatch(image).find("{noun}"))\n'


@pytest.fixture(scope="module")
def agent() -> VisualAgent:
    return oracle_agent(write)


@pytest.fixture(scope="module")
def address(agent: VisualAgent) -> Iterator[str]:
    with serving(agent) as one:
        yield one


@pytest.fixture(scope="module")
def client(address: str) -> Any:
    return openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0, timeout=30)


def user(text: str, *pictures: str) -> dict[str, Any]:
    parts = [{"type": "image_url", "image_url": {"url": one}} for one in pictures]
    return {"role": "user", "content": [*parts, {"type": "text", "text": text}] if pictures else text}


def ask(client: Any, *messages: dict[str, Any], **more: Any) -> Any:
    return client.chat.completions.create(**{"model": "sightscript", "messages": list(messages), **more})


def read_by(agent: VisualAgent) -> list[Any]:
    """What the planner was told last."""
    model = agent.planner.model
    assert isinstance(model, Writer)
    return model.read[-1]


# ---------------------------------------------------------------------- answers


def test_an_answer(client: Any) -> None:
    answer = ask(client, {"role": "system", "content": "Be brief."}, user("How many muffins?", MUFFINS))
    (choice,) = answer.choices
    assert (choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", "8", "stop")
    assert choice.message.reasoning_content == write("How many muffins?")
    assert (answer.object, answer.model, answer.usage) == ("chat.completion", "sightscript", None)
    told = answer.sightscript
    assert (told["status"], told["value"], told["reason"]) == ("answered", 8, "")
    assert [step["tool"] for step in told["trace"]["attempts"][0]["steps"]] == ["ImagePatch", "ImagePatch.find"]
    assert told["trace"]["pictures"][0]["width"] == 400


def test_pieces_of_an_answer(client: Any) -> None:
    chunks = list(ask(client, user("How many kids?", MUFFINS), stream=True, stream_options={"include_usage": True}))
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert deltas[0].role == "assistant"
    program = "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas)
    assert program == write("How many kids?")
    assert "".join(delta.content or "" for delta in deltas) == "2"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert chunks[-1].sightscript["trace"]["status"] == "answered"
    assert not any(hasattr(chunk, "sightscript") for chunk in chunks[:-1])
    assert len({chunk.id for chunk in chunks}) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_no_answer_says_so_in_words(client: Any, stream: bool) -> None:
    answer = ask(client, user("What color is the dog?", MUFFINS), stream=stream)
    if stream:
        chunks = list(answer)
        words, told = "".join(one.choices[0].delta.content or "" for one in chunks), chunks[-1].sightscript
        assert chunks[-1].choices[0].finish_reason == "stop"
    else:
        words, told = answer.choices[0].message.content, answer.sightscript
        assert answer.choices[0].finish_reason == "stop"
    assert words == "No answer: there is no dog in the picture"
    assert (told["status"], told["reason"]) == ("abstained", "there is no dog in the picture")


def test_a_program_that_never_ends(client: Any) -> None:
    answer = ask(client, user("Count forever?", MUFFINS))
    assert answer.choices[0].message.content.startswith("Failed: the program stopped:")
    assert answer.sightscript["status"] == "failed"


def test_several_pictures(client: Any) -> None:
    answer = ask(client, user("How many on both?", MUFFINS, data_url("fruit")))
    assert answer.choices[0].message.content == "8, 0"


def test_what_is_not_wanted_is_left_out(client: Any) -> None:
    body = {"sightscript": {"trace": False, "reasoning": False}}
    answer = ask(client, user("How many muffins?", MUFFINS), extra_body=body)
    assert answer.sightscript["trace"] is None
    assert not hasattr(answer.choices[0].message, "reasoning_content")
    chunks = list(ask(client, user("How many muffins?", MUFFINS), extra_body=body, stream=True))
    assert not any(hasattr(one.choices[0].delta, "reasoning_content") for one in chunks)


def test_harmless_parameters_are_taken(client: Any) -> None:
    harmless: dict[str, Any] = {
        "temperature": 0.7, "top_p": 0.9, "seed": 3, "max_tokens": 5, "n": 1, "tools": [], "logprobs": False,
        "response_format": {"type": "text"}, "user": "ann", "presence_penalty": 0.5, "stop": ["\n"],
    }  # fmt: skip
    assert ask(client, user("How many muffins?", MUFFINS), **harmless).choices[0].message.content == "8"


def test_stop_ends_the_words(client: Any) -> None:
    answer = ask(client, user("How many on both?", MUFFINS, MUFFINS), stop=",")
    assert answer.choices[0].message.content == "8"
    assert answer.sightscript["value"] == [8, 8]


# ---------------------------------------------------------------------- earlier turns


def test_a_follow_up_is_about_the_latest_pictures(client: Any, agent: VisualAgent) -> None:
    before = [user("How many zeppelins?", data_url("fruit")), {"role": "assistant", "content": "0"}]
    first = user("How many muffins?", MUFFINS)
    answer = ask(client, *before, first)
    messages = [*before, first, answer.choices[0].message.model_dump(exclude_none=True)]
    assert ask(client, *messages, user("And how many kids?")).choices[0].message.content == "2"
    told = [str(message.content) for message in read_by(agent)[-3:]]
    assert told[0].endswith("How many muffins?")
    assert write("How many muffins?").strip() in told[1]
    assert told[2].startswith("The answer was: 8")
    assert not any("zeppelin" in str(message.content) for message in read_by(agent))


def test_turns_without_their_program_are_told_in_words(client: Any, agent: VisualAgent) -> None:
    turns = [user("How many muffins?", MUFFINS), {"role": "assistant", "content": [{"type": "text", "text": "8"}]}]
    assert ask(client, *turns, user("And how many kids?")).choices[0].message.content == "2"
    told = str(read_by(agent)[-1].content)
    assert told.startswith("An earlier question about the same pictures: How many muffins?\nThe answer was: 8")
    assert "``````" not in "".join(str(message.content) for message in read_by(agent)).replace("\n", "")


def test_the_embedded_planner_says_that_it_knows_no_earlier_turns() -> None:
    agent = oracle_agent()
    agent.planner.style = "question"
    with serving(agent) as address, openai.OpenAI(base_url=f"{address}/v1", api_key="any") as client:
        turns = [user("How many muffins?", MUFFINS), {"role": "assistant", "content": "8"}]
        answer = ask(client, *turns, user("And how many of them are red?"))
    assert "ask it in full" in answer.choices[0].message.content
    assert answer.sightscript["status"] == "failed"


# ---------------------------------------------------------------------- refusals


def png(width: int, height: int) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


SVG = "data:image/png;base64," + base64.b64encode(b"<svg onload='alert(1)'></svg>").decode()
ASK = {"messages": [user("How many muffins?", MUFFINS)]}


@pytest.mark.parametrize(
    ("change", "status", "words", "param"),
    [
        ({"model": "gpt-4o"}, 404, "there is no model 'gpt-4o' here; there is 'sightscript' and 'embedded'", "model"),
        ({"n": 2}, 400, "n: it must be 1", "n"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, 400, "tools: they cannot be given", "tools"),
        ({"response_format": {"type": "json_object"}}, 400, "response_format: it must be text", "response_format"),
        ({"logprobs": True}, 400, "logprobs: log probabilities are not known", "logprobs"),
        ({"messages": []}, 400, "messages: List should have at least 1 item", "messages"),
        ({"messages": [user("What?")]}, 400, "there is no picture", "messages"),
        ({"messages": [user(" ", MUFFINS)]}, 400, "the question is empty", "messages"),
        ({"messages": [user("x" * 2001, MUFFINS)]}, 400, "has 2001 characters", "messages"),
        (
            {"messages": [*ASK["messages"], {"role": "assistant", "content": "8"}]},
            400, "the last message must be a user's", "messages",
        ),
        (
            {"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}]},
            400, "messages[0]: Input tag 'tool'", "messages[0]",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"link": "x"}}]}]},
            400, "messages[0].content[0].image_url.url: Field required", "messages[0].content[0].image_url.url",
        ),
        (
            {"messages": [user("What?", "https://example.org/a.png")]},
            400, "nothing is fetched from example.org", "messages[0].content[0].image_url",
        ),
        (
            {"messages": [user("What?", "http://127.0.0.1:1/gradio_api/file=/etc/passwd")]},
            400, "nothing is fetched from 127.0.0.1:1", "messages[0].content[0].image_url",
        ),
        (
            {"messages": [user("What?", MUFFINS, SVG)]},
            400, "picture 2: not a picture in a supported format", "messages[0].content[1].image_url",
        ),
        (
            {"messages": [user("What?", "data:image/png,abc")]},
            400, "must be base64", "messages[0].content[0].image_url",
        ),
        ({"messages": [user("What?", "/etc/hostname")]}, 400, "this is no base64", "messages[0].content[0].image_url"),
        (
            {"messages": [user("What?", png(20_001, 1))]},
            400, "20001 x 1 pixels is too large", "messages[0].content[0].image_url",
        ),
        ({"messages": [user("What?", *[png(1, 1)] * 9)]}, 400, "9 pictures are too many", "messages"),
    ],
)  # fmt: skip
def test_refusals(client: Any, change: dict[str, Any], status: int, words: str, param: str) -> None:
    for stream in (False, True):
        with pytest.raises(openai.APIStatusError) as raised:
            ask(client, **{**ASK, **change, "stream": stream})
        assert raised.value.status_code == status
        body = raised.value.response.json()["error"]
        assert words in body["message"]
        assert "\n" not in body["message"]
        assert (body["param"], body["type"]) == (param, "invalid_request_error")


def test_too_large(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(enclosed.TooLargeError, match="at most 1 MB"):
        enclosed.read_enclosed("data:image/png;base64," + "A" * (1 << 21), "p", UploadLimits(megabytes=1))
    monkeypatch.setattr(completions, "MAX_REQUEST_MB", 1)
    data = json.dumps({"model": "sightscript", **ASK, "padding": "x" * (2 << 20)}).encode()
    answer = httpx.post(f"{address}/v1/chat/completions", content=data)
    assert answer.status_code == 413
    assert "at most 1 MB" in answer.json()["error"]["message"]

    def pieces() -> Iterator[bytes]:  # without a length that could be believed
        yield from (data[place : place + 65536] for place in range(0, len(data), 65536))

    assert httpx.post(f"{address}/v1/chat/completions", content=pieces()).status_code == 413


def test_what_is_no_request(address: str) -> None:
    answer = httpx.post(f"{address}/v1/chat/completions", content=b"{]")
    assert answer.status_code == 400
    assert "Invalid JSON" in answer.json()["error"]["message"]
    assert httpx.get(f"{address}/v1/chat/completions").status_code == 405


def test_too_many_at_once_are_sent_away(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("WAITING", 0), ("MAX_HELD_MB", 0)):
        with monkeypatch.context() as patch:
            patch.setattr(completions, name, most)
            with pytest.raises(openai.RateLimitError, match="try again in a while"):
                ask(client, **ASK)
    assert ask(client, **ASK).choices[0].message.content == "8"


def test_an_agent_that_cannot_be_had(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: Any) -> None:
        raise BusyError("the models of hub-cpu are in use; wait")

    monkeypatch.setattr("chat.agents.Agents.using", refuse)
    for stream in (False, True):
        with pytest.raises(openai.APIError, match="the models of hub-cpu are in use"):
            list(ask(client, **ASK, stream=stream))


def test_models(client: Any) -> None:
    assert [model.id for model in client.models.list()] == ["sightscript", "embedded"]
    assert client.models.retrieve("embedded").object == "model"
    with pytest.raises(openai.NotFoundError, match="no model 'nope'"):
        client.models.retrieve("nope")


# ---------------------------------------------------------------------- who may ask


def test_with_a_login() -> None:
    with serving(oracle_agent(), login="ann:horse") as address:
        url = f"{address}/v1"
        with openai.OpenAI(base_url=url, api_key="ann:horse") as client:
            assert ask(client, **ASK).choices[0].message.content == "8"
        for key in ("ann:horses", "ann", "x"):
            with openai.OpenAI(base_url=url, api_key=key) as client:
                with pytest.raises(openai.AuthenticationError, match="asks for a login"):
                    ask(client, **ASK)
                with pytest.raises(openai.AuthenticationError):
                    client.models.list()
        assert httpx.get(f"{url}/models", auth=("ann", "horse")).status_code == 200
        refused = httpx.get(f"{url}/models", auth=("ann", "cow"))
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic ")
        assert refused.json()["error"]["code"] == "invalid_api_key"
        assert httpx.get(f"{url}/models").status_code == 401
        assert httpx.get(f"{url}/models", headers={"Authorization": "Basic %%%"}).status_code == 401


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://127.0.0.1:9", 200), ("http://localhost:7860", 200), ("https://evil.example", 403), ("null", 403)],
)
def test_pages_of_other_sites_may_not_ask(address: str, origin: str, status: int) -> None:
    for path in ("v1/models", "gradio_api/mcp/"):
        assert httpx.get(f"{address}/{path}", headers={"Origin": origin}).status_code == status


# ---------------------------------------------------------------------- leaving


class Slow:
    """A detector that waits until it may go on, and knows how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.entered, self.go = threading.Event(), threading.Event()

    def run(self, requests: Any) -> list[list[Detection]]:
        self.asked += len(requests)
        self.entered.set()
        self.go.wait(20)
        return [[] for _ in requests]


STEPS = "def execute_command(image):\n    return [ImagePatch(image).exists(f'thing {n}') for n in range(50)]\n"


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_stops_its_program(stream: bool) -> None:
    slow = Slow()
    agent = oracle_agent(lambda question: STEPS, detector=slow)
    with serving(agent) as address:
        body = {"model": "sightscript", **ASK, "stream": stream}
        try:
            with (
                pytest.raises(httpx.ReadTimeout),
                httpx.stream("POST", f"{address}/v1/chat/completions", json=body, timeout=2) as answer,
            ):
                answer.read()
            assert slow.entered.wait(10)
            slow.go.set()
            assert eventually(lambda: agent.engine._alive == 0)
            assert slow.asked < 5
        finally:
            slow.go.set()


def test_questions_at_the_same_time_are_not_mixed_up(client: Any) -> None:
    muffins, fruit = MUFFINS, data_url("fruit")
    apples = sum(thing.noun == "apple" for thing in gallery_item("fruit").scene.things)
    wanted = [("muffin", muffins, "8"), ("kid", muffins, "2"), ("apple", fruit, str(apples))] * 5
    answers: dict[int, str] = {}

    def work(place: int) -> None:
        noun, picture, _ = wanted[place]
        answers[place] = ask(client, user(f"How many {noun}s?", picture)).choices[0].message.content

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(wanted))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answers[place] for place in range(len(wanted))] == [right for _, _, right in wanted]


# ---------------------------------------------------------------------- what the page says

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "chat.md").read_text()


def blocks(language: str, mark: str) -> list[str]:
    return [block for block in re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL) if mark in block]


def test_the_python_of_the_page_works(
    address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (example,) = blocks("python", "import")
    exec(example.replace("http://127.0.0.1:7860", address).replace("can each kid have for it to be fair", ""), {})
    assert capsys.readouterr().out.startswith("8\ndef execute_command(image):")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_of_the_page_works(address: str) -> None:
    (example,) = blocks("sh", "curl")
    example = example.replace("http://127.0.0.1:7860", address).replace("kids are there", "muffins")
    done = subprocess.run(["bash", "-c", example], cwd=ROOT, capture_output=True, text=True, timeout=30)
    told = [json.loads(line[6:]) for line in done.stdout.splitlines() if line.startswith("data: {")]
    assert "".join(one["choices"][0]["delta"].get("content", "") for one in told) == "8"
    assert told[-1]["sightscript"] == {
        "status": "answered", "reason": "", "value": 8, "program": write("How many muffins?"), "notes": [],
        "trace": None,
    }  # fmt: skip
    assert done.stdout.endswith("data: [DONE]\n\n")
