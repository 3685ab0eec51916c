"""Sampling at a temperature: repeatable by its seed, different by another, and greedy unless asked for."""

import pytest
import torch

from models.llama_cpp import LlamaCppChat
from models.llm import LocalChat, TransformersChat
from tests.models import tiny

PROMPTS = ["hi", "a rather longer text than the first"]


@pytest.fixture(scope="module", params=["transformers", "llama.cpp"])
def chat(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LocalChat:
    folder = tiny.llama(tmp_path_factory.mktemp("llama"), hidden_size=64, intermediate_size=96, num_attention_heads=4)
    if request.param == "transformers":
        return TransformersChat.load(folder, torch.device("cpu"), torch.float32, max_new_tokens=12)
    return LlamaCppChat(
        name_of_model="tiny", base=tiny.gguf_of(folder, folder / "tiny.gguf"), max_new_tokens=12, threads=1, context=256
    )


def texts(chat: LocalChat, **options: float) -> list[str]:
    return [reply.text for reply in chat.batch(list(PROMPTS), **options)]


def test_sampling(chat: LocalChat) -> None:
    greedy = texts(chat)
    assert texts(chat, temperature=0.0, seed=5) == greedy
    first = texts(chat, temperature=1.5, seed=1)
    assert texts(chat, temperature=1.5, seed=1) == first
    assert texts(chat, temperature=1.5, seed=2) != first
    assert first != greedy
    assert texts(chat) == greedy


def test_one_alone(chat: LocalChat) -> None:
    sampled = {chat.invoke("hi", temperature=1.5, seed=seed).text for seed in range(4)}
    assert len(sampled) > 1
    assert chat.invoke("hi", temperature=1.5, seed=1).text == chat.invoke("hi", temperature=1.5, seed=1).text


def test_other_random_numbers_are_left_alone(chat: LocalChat) -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    texts(chat, temperature=1.0, seed=3)
    assert torch.equal(torch.rand(3), expected)
