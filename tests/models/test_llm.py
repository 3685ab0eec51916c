from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from models.llm import Llm, TransformersChat, cut, until_stop
from models.loading import CheckpointError
from models.requests import Prompt, SpecialistError
from tests.models import tiny

CPU = torch.device("cpu")
PROMPTS = ["hi", "a rather longer text than the first", "and a third"]


@pytest.fixture
def chat(checkpoint: Callable[..., Path]) -> TransformersChat:
    return TransformersChat.load(checkpoint("llama"), CPU, torch.float32, max_new_tokens=10)


def test_batch_is_one_padded_pass_and_gives_what_invoke_gives(chat: TransformersChat) -> None:
    alone = [chat.invoke(prompt) for prompt in PROMPTS]
    rows = []
    generate = chat.model.generate
    chat.model.generate = lambda **inputs: rows.append(len(inputs["input_ids"])) or generate(**inputs)
    together = chat.batch(PROMPTS)
    assert rows == [3]
    assert [reply.content for reply in together] == [reply.content for reply in alone]
    for one, other in zip(alone, together, strict=True):
        assert one.response_metadata["logprob"] == pytest.approx(other.response_metadata["logprob"], abs=1e-4)
    chat.batch_size = 2
    assert [reply.content for reply in chat.batch(PROMPTS)] == [reply.content for reply in alone]
    assert rows == [3, 2, 1]
    assert chat.batch([]) == []


def test_logprob_is_the_mean_over_the_answers_tokens(chat: TransformersChat) -> None:
    reply = chat.invoke("hi")
    turns = [{"role": "user", "content": "hi"}]
    text = chat.tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    prompt = chat.tokenizer(text, add_special_tokens=False, return_tensors="pt").input_ids
    with torch.inference_mode():
        whole = chat.model.generate(input_ids=prompt, max_new_tokens=10, do_sample=False, pad_token_id=0)
        logits = chat.model(whole).logits[0].log_softmax(-1)
    chosen = [logits[i - 1, whole[0, i]].item() for i in range(prompt.shape[1], whole.shape[1])]
    assert reply.response_metadata["logprob"] == pytest.approx(sum(chosen) / len(chosen), abs=1e-4)
    assert reply.response_metadata["finish_reason"] in ("stop", "length")


def test_streaming_gives_the_same_text(chat: TransformersChat) -> None:
    pieces = [str(piece.content) for piece in chat.stream("hi")]
    assert len(pieces) > 1
    assert "".join(pieces) == chat.invoke("hi").content
    stream = chat.stream("hi")
    next(stream)
    stream.close()


def test_callbacks_see_every_input_of_a_batch(chat: TransformersChat) -> None:
    class Watch(BaseCallbackHandler):
        def __init__(self) -> None:
            self.started: list[str] = []
            self.ended = 0

        def on_chat_model_start(self, serialized: Any, messages: Any, **kwargs: Any) -> None:
            self.started.append(messages[0][-1].content)

        def on_llm_end(self, response: Any, **kwargs: Any) -> None:
            self.ended += 1

    watch = Watch()
    chat.batch(PROMPTS, {"callbacks": [watch]})
    assert watch.started == PROMPTS
    assert watch.ended == 3


def test_conversations_and_stop(chat: TransformersChat) -> None:
    messages = [SystemMessage("be brief"), HumanMessage("hi"), AIMessage("hello"), HumanMessage("and?")]
    assert [turn["role"] for turn in chat.conversation(messages)] == ["system", "user", "assistant", "user"]
    text = str(chat.invoke(messages).content)
    assert text
    middle = text[len(text) // 2]
    assert chat.invoke(messages, stop=[middle]).content == text[: text.find(middle)]
    assert "".join(str(p.content) for p in chat.stream(messages, stop=[middle])) == text[: text.find(middle)]
    picture = HumanMessage([{"type": "image_url", "image_url": {"url": "x"}}])
    with pytest.raises(ValueError, match="read text only"):
        chat.invoke([picture])


def test_what_it_cannot_do(chat: TransformersChat, checkpoint: Callable[..., Path]) -> None:
    with pytest.raises(NotImplementedError, match="cannot call tools"):
        chat.bind_tools([])
    with pytest.raises(ValueError, match=r"the prompt has \d+ tokens"):
        chat.invoke("x " * 300)
    assert isinstance(chat.batch(["x " * 300], return_exceptions=True)[0], ValueError)
    with pytest.raises(CheckpointError, match="chat template"):
        TransformersChat.load(checkpoint("siglip2"), CPU, torch.float32)


def test_a_prompt_that_is_too_long_costs_only_itself(chat: TransformersChat) -> None:
    prompts = ["one", "x " * 300, "two", "three", "y " * 300]
    answers = chat.batch(prompts, return_exceptions=True)
    assert [isinstance(answer, ValueError) for answer in answers] == [False, True, False, False, True]
    assert [answers[place].content for place in (0, 2, 3)] == [
        chat.invoke(prompts[place]).content for place in (0, 2, 3)
    ]
    with pytest.raises(ValueError, match=r"the prompt has \d+ tokens"):
        chat.batch(prompts)


def test_an_adapter_changes_what_it_says(
    chat: TransformersChat, checkpoint: Callable[..., Path], tmp_path: Path
) -> None:
    adapter = tiny.adapter(tmp_path, checkpoint("llama"), 0.5)
    other = TransformersChat.load(checkpoint("llama"), CPU, torch.float32, adapter=adapter, max_new_tokens=10)
    assert other.invoke("hi").content != chat.invoke("hi").content


def test_pieces_up_to_a_stop() -> None:
    assert cut("one two", ["two", "ne"]) == ("o", True)
    assert cut("one", None) == ("one", False)
    assert "".join(until_stop(iter(["ab", "cd", "ef"]), ["de"])) == "abc"
    assert "".join(until_stop(iter(["ab", "cd", "ef"]), ["x"])) == "abcdef"
    assert list(until_stop(iter(["ab", "cd"]), None)) == ["ab", "cd"]


def test_the_specialist_keeps_answers_and_asks_in_batches() -> None:
    llm = Llm(FakeListChatModel(responses=[" one ", "two", "three"]), batch_size=2)
    found = llm.run([Prompt("a"), Prompt("b"), Prompt("a"), Prompt(" "), Prompt("c")])
    assert found[0] == found[2]
    assert isinstance(found[3], SpecialistError)
    assert sorted(str(text) for text in (found[0], found[1], found[4])) == ["one", "three", "two"]
    assert llm.last_forward == 2
    assert llm.run([Prompt("b")]) == [found[1]]
    assert llm.last_forward == 0


def test_a_prompt_that_fails_is_an_error_in_its_place(chat: TransformersChat) -> None:
    answers = Llm(chat, batch_size=1).run([Prompt("hi"), Prompt("x " * 300)])
    assert isinstance(answers[0], str)
    assert isinstance(answers[1], SpecialistError)
    assert "the prompt has" in str(answers[1])
