import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from langchain_core.messages import HumanMessage

from models import lora_gguf, planner_format
from models.llama_cpp import LlamaCppChat, gguf_file, split_question
from models.llm import TransformersChat
from models.loading import CheckpointError
from tests.models import tiny

CPU = torch.device("cpu")
PROMPTS = ["how many dogs are there?", "is the cat left of the red ball?", "x"]


@pytest.fixture(scope="module")
def base(checkpoint: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folder of a tiny Llama, and its GGUF file."""
    folder = tiny.llama(
        tmp_path_factory.mktemp("llama"),
        hidden_size=64,
        intermediate_size=96,
        num_attention_heads=4,
        num_key_value_heads=2,
    )
    return folder, tiny.gguf_of(folder, folder / "tiny.gguf")


@pytest.fixture(scope="module")
def adapter(base: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.adapter(tmp_path_factory.mktemp("adapter"), base[0], 0.3)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "sightscript"


def load(base: Path, **options: Any) -> LlamaCppChat:
    sizes = {"max_new_tokens": 12, "threads": 1, "context": 256, "parallel": 3}
    return LlamaCppChat(**{"name_of_model": "tiny", "base": base, **sizes, **options})


def logprobs(chat: LlamaCppChat, prompt: str) -> dict[int, float]:
    """Log-probabilities of the likeliest first tokens."""
    # The grammar does not change the probabilities; it only keeps the token from being a piece of a character.
    body = {"prompt": prompt, "n_predict": 1, "temperature": 0, "n_probs": 20, "grammar": "root ::= [a-z]"}
    reply = chat._server.handle_completions(body)
    return {one["id"]: one["logprob"] for one in reply["choices"][0]["logprobs"]["content"][0]["top_logprobs"]}


def expected(folder: Path, adapter: Path | None, prompt: str) -> torch.Tensor:
    chat = TransformersChat.load(folder, CPU, torch.float32, adapter=adapter)
    with torch.inference_mode():
        return chat.model(**chat.tokenizer(prompt, return_tensors="pt")).logits[0, -1].log_softmax(-1)


@pytest.mark.parametrize("way", ["alone", "beside", "merged"])
def test_it_computes_what_transformers_and_peft_compute(base: tuple[Path, Path], adapter: Path, way: str) -> None:
    chosen = None if way == "alone" else adapter
    chat = load(base[1], adapter=chosen, merge=way == "merged")
    for prompt in PROMPTS:
        truth = expected(base[0], chosen, prompt)
        found = logprobs(chat, prompt)
        assert len(found) == 20
        for token, value in found.items():
            assert value == pytest.approx(truth[token].item(), abs=0.02)


def test_the_adapter_and_the_order_of_its_rows_matter(
    base: tuple[Path, Path], adapter: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The tolerance above would notice a missing adapter, and one whose rows were left as they are."""
    truth = expected(base[0], adapter, PROMPTS[0])
    without = logprobs(load(base[1]), PROMPTS[0])
    assert max(abs(value - truth[token].item()) for token, value in without.items()) > 0.2
    monkeypatch.setattr(lora_gguf, "reorder", lambda rows, heads: rows)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    unordered = logprobs(load(base[1], adapter=adapter), PROMPTS[0])
    assert max(abs(value - truth[token].item()) for token, value in unordered.items()) > 0.05


def test_greedy_texts_are_those_of_transformers(base: tuple[Path, Path], adapter: Path) -> None:
    stock = TransformersChat.load(base[0], CPU, torch.float32, adapter=adapter, max_new_tokens=12)
    chat = load(base[1], adapter=adapter)
    for mine, theirs in zip(chat.batch(PROMPTS), stock.batch(PROMPTS), strict=True):
        assert mine.content == theirs.content
        assert mine.response_metadata["finish_reason"] == theirs.response_metadata["finish_reason"]


def test_batch_and_stream_give_what_invoke_gives(base: tuple[Path, Path], adapter: Path) -> None:
    for options in ({}, {"bare_question": True}):
        chat = load(base[1], adapter=adapter, **options)
        alone = [chat.invoke(prompt) for prompt in PROMPTS]
        assert [reply.content for reply in chat.batch(PROMPTS * 2)] == [reply.content for reply in alone] * 2
        for prompt, reply in zip(PROMPTS, alone, strict=True):
            pieces = [piece.content for piece in chat.stream(prompt)]
            assert len(pieces) > 1
            # Random weights write bytes that are no text; a stream leaves out a last character that was begun only.
            assert "".join(map(str, pieces)).rstrip("\ufffd") == str(reply.content).rstrip("\ufffd")
        assert all(-20 < reply.response_metadata["logprob"] < 0 for reply in alone)


def test_a_bare_question_is_shown_in_the_planners_format(base: tuple[Path, Path]) -> None:
    chat = load(base[1], bare_question=True)
    for message, prompt in (
        ("how many  dogs?", planner_format.encode_prompt("how many dogs?")),
        ("which one is red?\nPictures: 3", planner_format.encode_prompt("which one is red?", 3)),
    ):
        assert chat._body([HumanMessage(message)], None)["prompt"] == prompt
    assert split_question("Pictures: 2 of them?") == ("Pictures: 2 of them?", 1)
    assert split_question("find a beach\nAbout: the album") == ("find a beach", "album")
    assert split_question("who leaves?\n\nAbout: the video") == ("who leaves?", "video")


def test_stop_and_grammar(base: tuple[Path, Path]) -> None:
    chat = load(base[1], grammar='root ::= "yes" | "no"')
    text = str(chat.invoke("is it?").content)
    assert text in ("yes", "no")
    assert chat.invoke("is it?", stop=[text[1]]).content == text[0]


def test_a_stream_that_is_left_ends_the_generation(base: tuple[Path, Path]) -> None:
    chat = load(base[1], max_new_tokens=200, parallel=1)
    stream = chat.stream("tell me everything")
    next(stream)
    stream.close()
    assert chat.invoke("x").content


def test_prompts_that_are_too_long(base: tuple[Path, Path]) -> None:
    chat = load(base[1], context=64)
    with pytest.raises(ValueError, match=r"the prompt has \d+ tokens, more than the"):
        chat.invoke("x " * 300)
    with pytest.raises(ValueError, match=r"the prompt has \d+ tokens, more than the"):
        list(chat.stream("x " * 300))


def test_no_port_is_opened_and_nothing_is_said(base: tuple[Path, Path], capfd: pytest.CaptureFixture[str]) -> None:
    def listening() -> set[str]:
        if not Path("/proc/self/net/tcp").exists():
            pytest.skip("no /proc here")
        mine = {os.readlink(entry) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()}
        tables = [Path("/proc/self/net", name) for name in ("tcp", "tcp6")]
        rows = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
        return {row[1] for row in rows if f"socket:[{row[9]}]" in mine and row[3] == "0A"}

    before = listening()
    chat = load(base[1])
    chat.invoke("hello")
    assert listening() == before
    folder = Path(chat._folder.name)
    assert folder.stat().st_mode & 0o077 == 0
    assert capfd.readouterr() == ("", "")


def test_the_converted_adapter_is_kept(base: tuple[Path, Path], adapter: Path, cache: Path) -> None:
    first = lora_gguf.gguf_adapter(adapter, base[1])
    assert [first] == list(cache.iterdir())
    written = first.stat().st_mtime_ns
    assert lora_gguf.gguf_adapter(adapter, base[1]) == first
    assert first.stat().st_mtime_ns == written


def test_merged_models_are_kept_but_not_all(
    base: tuple[Path, Path], adapter: Path, cache: Path, tmp_path: Path
) -> None:
    merged = []
    cache.mkdir(parents=True, exist_ok=True)
    abandoned, fresh = cache / "a.partial", cache / "b.partial"
    for half in (abandoned, fresh):
        half.touch()
    os.utime(abandoned, (1, 1))
    for number in range(lora_gguf.MERGED + 1):
        folder = tmp_path / str(number)
        shutil.copytree(adapter, folder)
        config = json.loads((folder / "adapter_config.json").read_text())
        (folder / "adapter_config.json").write_text(json.dumps({**config, "lora_alpha": 1 + number}))
        merged.append(lora_gguf.gguf_merged(folder, base[1]))
        os.utime(merged[-1], (number, number))
        assert lora_gguf.gguf_merged(folder, base[1]) == merged[-1]
    assert len({file.name for file in merged}) == len(merged)
    assert sorted(cache.iterdir()) == sorted([*merged[-lora_gguf.MERGED :], fresh])


def test_a_merged_model_has_eight_bits_where_its_base_has_four(
    base: tuple[Path, Path], adapter: Path, tmp_path: Path
) -> None:
    """And says nearly the same as the base with the adapter beside it."""
    import gguf
    from gguf.quants import quantize

    kinds, coarse = gguf.GGMLQuantizationType, tmp_path / "coarse.gguf"
    reader, writer = gguf.GGUFReader(base[1]), gguf.GGUFWriter(coarse, arch="llama")
    for field in reader.fields.values():
        if field.name != "general.architecture" and not field.name.startswith("GGUF."):
            inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), field.types[0], inner)
    for tensor in reader.tensors:
        kind = kinds.Q4_1 if "ffn" in tensor.name and "norm" not in tensor.name else tensor.tensor_type
        data = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        writer.add_tensor(tensor.name, quantize(data, kind), raw_dtype=kind)
    lora_gguf._write(writer)
    merged = gguf.GGUFReader(lora_gguf.gguf_merged(adapter, coarse))
    was = {tensor.name: tensor.tensor_type for tensor in gguf.GGUFReader(coarse).tensors}
    changed = {tensor.name for tensor in merged.tensors if tensor.tensor_type != was[tensor.name]}
    assert changed
    assert all("ffn" in name for name in changed)
    assert {tensor.tensor_type for tensor in merged.tensors if tensor.name in changed} == {kinds.Q8_0}
    beside = logprobs(load(coarse, adapter=adapter), PROMPTS[0])
    together = logprobs(load(coarse, adapter=adapter, merge=True), PROMPTS[0])
    for token in beside.keys() & together.keys():
        assert together[token] == pytest.approx(beside[token], abs=0.05)


def test_a_read_only_home(
    base: tuple[Path, Path], adapter: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert lora_gguf.gguf_adapter(adapter, base[1]).exists()


def test_adapters_that_cannot_be_converted(base: tuple[Path, Path], adapter: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    with pytest.raises(CheckpointError, match="no LoRA adapter in it"):
        load(base[1], adapter=tmp_path)
    for file in adapter.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "adapter_config.json").read_text())
    (tmp_path / "adapter_config.json").write_text(json.dumps({**config, "use_dora": True}))
    with pytest.raises(CheckpointError, match="cannot run this adapter"):
        load(base[1], adapter=tmp_path)
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    weights = load_file(tmp_path / "adapter_model.safetensors")
    weights["base_model.model.vision.lora_A.weight"] = np.zeros((1, 1))
    save_file(weights, tmp_path / "adapter_model.safetensors")
    with pytest.raises(CheckpointError, match=r"no place for the adapter's weight base_model\.model\.vision"):
        load(base[1], adapter=tmp_path)


def test_files_that_are_no_model(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no GGUF file"):
        gguf_file(tmp_path)
    (tmp_path / "a.gguf").write_bytes(b"GGUF nonsense")
    assert gguf_file(tmp_path) == tmp_path / "a.gguf"
    with pytest.raises(CheckpointError, match=r"llama\.cpp cannot load it"):
        load(tmp_path)
    (tmp_path / "b.gguf").write_bytes(b"")
    with pytest.raises(CheckpointError, match="2 GGUF files"):
        gguf_file(tmp_path)
