"""Chat models that llama.cpp runs inside this process: three times as fast on a CPU as plain transformers.

The server that the `xllamacpp` wheel brings listens on a socket of its own; it is given a UNIX socket in a folder that
only this user can enter, so that no port is opened.
"""

import json
import os
import queue
import re
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr

from models import planner_format, planner_grammar
from models.llm import LocalChat, chunk_of, result_of
from models.loading import CheckpointError, first_line
from models.lora_gguf import gguf_adapter, gguf_merged

AGAIN, WARMTH = 6, 0.7
"""Where a program does not speak of what the question names, so many others are drawn at this temperature."""

_SUBJECT = re.compile(r"\n+(?:Pictures: (\d+)|About: the (video|album))\s*$")


class LlamaCppChat(LocalChat):
    """A GGUF model, with a LoRA adapter if one is given. Prompts that come together run in parallel."""

    base: Path
    """A GGUF file, or a folder that holds exactly one."""
    adapter: Path | None = None
    """Folder of a PEFT LoRA adapter for the base; it is converted once and kept in the cache folder."""
    merge: bool = False
    """Run one model with the adapter merged into it, kept in the cache folder, and not the adapter beside its base."""
    bare_question: bool = False
    """The model was trained on `models.planner_format`: it is shown the question of the last message and nothing else,
    and writes the body of a program. Otherwise the chat template inside the GGUF file is used."""
    grammar: str | None = None
    """GBNF that every text must follow. Without it, and with `bare_question` and an adapter that has the fixed texts of
    `models.planner_grammar` beside it, each question gets a grammar of its own words."""
    parallel: int = Field(4, ge=1)
    """Prompts that run at the same time."""
    context: int = Field(1024, ge=16)
    """Tokens of prompt and answer, for each of them."""
    threads: int = Field(0, ge=0)
    """Of the CPU; 0 takes all that this process may use."""
    on_gpu: bool = False

    _server: Any = PrivateAttr()
    _folder: tempfile.TemporaryDirectory[str] = PrivateAttr()
    _texts: dict[str, list[str]] = PrivateAttr(default_factory=dict)
    _words: frozenset[str] = PrivateAttr(frozenset())
    _answers: frozenset[str] = PrivateAttr(frozenset())

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        import xllamacpp

        file = gguf_file(self.base)
        adapter = None
        if self.adapter and self.merge:
            file = gguf_merged(self.adapter, file)
        elif self.adapter:
            adapter = gguf_adapter(self.adapter, file)
        if self.adapter and self.bare_question:
            self._texts = planner_grammar.read_texts(self.adapter)
            self._words = planner_grammar.read_words(self.adapter)
            self._answers = planner_grammar.read_answers(self.adapter)
        # The path of a UNIX socket may have about 100 characters; a long TMPDIR would not fit.
        self._folder = tempfile.TemporaryDirectory(prefix="sight-", dir="/tmp" if os.path.isdir("/tmp") else None)
        own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        params = xllamacpp.CommonParams()
        params.model.path = str(file)
        params.hostnames = [str(Path(self._folder.name) / "llama.sock")]
        params.verbosity = -1
        params.ui = False
        params.offline = True
        params.cache_ram_mib = 0
        params.n_parallel = self.parallel
        params.n_ctx = self.context * self.parallel
        params.n_gpu_layers = -1 if self.on_gpu else 0
        for cpu in (params.cpuparams, params.cpuparams_batch):
            cpu.n_threads = self.threads or own
        if adapter is not None:
            params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
        try:
            self._server = xllamacpp.Server(params)
        except (RuntimeError, ValueError, OSError) as error:
            raise CheckpointError(f"{file}: llama.cpp cannot load it ({first_line(error)})") from None
        # A server that is dropped before its loop has begun never ends; after one answer the loop is running.
        self._checked(self._server.handle_completions({"prompt": "a", "n_predict": 1}))

    @property
    def _llm_type(self) -> str:
        return "sightscript-llama-cpp"

    def generate_batch(
        self,
        prompts: Sequence[Sequence[BaseMessage]],
        stop: list[str] | None = None,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[ChatResult]:
        sampling = {"temperature": temperature, "seed": seed}
        bodies = [{**self._body(messages, stop), **sampling} for messages in prompts]
        results = self._complete_all(bodies)
        if self._words and temperature == 0.0:
            questions = [split_question(self.conversation(messages)[-1]["content"])[0] for messages in prompts]
            results = self._to_the_point(questions, bodies, results)
        return results

    def _complete_all(self, bodies: Sequence[dict[str, Any]]) -> list[ChatResult]:
        if len(bodies) == 1:
            return [self._complete(bodies[0])]
        with ThreadPoolExecutor(max_workers=self.parallel) as pool:
            return list(pool.map(self._complete, bodies))

    def _to_the_point(
        self, questions: Sequence[str], bodies: Sequence[dict[str, Any]], results: Sequence[ChatResult]
    ) -> list[ChatResult]:
        """The results; in place of a program that does not speak of what its question names, the likeliest of a few
        others that speaks of more. A small model passes over a word that it does not know at times, or takes half of
        it ("treasure" for a treasure chest), and mostly knows better in another draw."""

        def silent(place: int, result: ChatResult) -> int:
            return len(planner_grammar.unspoken(questions[place], text_of_result(result), self._words))

        chosen = list(results)
        for place, missing in [(at, silent(at, one)) for at, one in enumerate(results)]:
            if missing:
                whole = planner_grammar.body_grammar(questions[place], self._texts, self._words, self._answers)
                draws = [{**bodies[place], "temperature": WARMTH, "seed": seed} for seed in range(1, AGAIN + 1)]
                draws.append({**bodies[place], "grammar": whole})
                others = [
                    (silent(place, one), -_likelihood(one), at, one) for at, one in enumerate(self._complete_all(draws))
                ]
                least = min(others)
                if least[0] < missing:
                    chosen[place] = least[-1]
        return chosen

    def _body(self, messages: Sequence[BaseMessage], stop: list[str] | None) -> dict[str, Any]:
        """A request in the form of the server's completions."""
        turns = self.conversation(messages)
        body: dict[str, Any] = {"temperature": 0.0, "max_tokens": self.max_new_tokens, "cache_prompt": False}
        if stop:
            body["stop"] = stop
        if self.grammar is not None:
            body["grammar"] = self.grammar
        if not self.bare_question:
            return {**body, "messages": turns, "logprobs": True, "top_logprobs": 1}
        question, subject = split_question(turns[-1]["content"])
        if self._texts and self.grammar is None:
            body["grammar"] = planner_grammar.body_grammar(question, self._texts, answers=self._answers)
        return {**body, "prompt": planner_format.encode_prompt(question, subject), "logprobs": 1}

    def _call(self, body: dict[str, Any], *callback: Any) -> Any:
        chat = "messages" in body
        handle = self._server.handle_chat_completions if chat else self._server.handle_completions
        return handle(body, *callback)

    def _complete(self, body: dict[str, Any]) -> ChatResult:
        choice = self._checked(self._call(body))["choices"][0]
        chances = [token["logprob"] for token in (choice.get("logprobs") or {}).get("content") or ()]
        info = {"finish_reason": choice["finish_reason"]}
        if chances:
            info["logprob"] = sum(chances) / len(chances)
        return result_of(text_of(choice), info)

    def _checked(self, reply: Any) -> dict[str, Any]:
        reply = json.loads(reply) if isinstance(reply, str) else reply
        if "error" in reply:
            error = reply["error"]
            if error.get("type") == "exceed_context_size_error":
                raise ValueError(
                    f"the prompt has {error['n_prompt_tokens']} tokens, more than the {error['n_ctx']} "
                    f"that {self.name_of_model} is set to read"
                )
            raise ValueError(f"{self.name_of_model}: {error.get('message', 'llama.cpp refused the prompt')}")
        return dict(reply)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        if self._words:  # only a whole program can be told to be beside the point
            yield chunk_of(text_of_result(self.generate_batch([messages], stop)[0]), run_manager)
            return
        body = {**self._body(messages, stop), "stream": True}
        pieces: queue.Queue[Any] = queue.Queue()
        given_up = threading.Event()

        def take(piece: Any) -> bool:
            pieces.put(piece)
            return given_up.is_set()  # True ends the generation

        def work() -> None:
            try:
                self._call(body, take)
            except BaseException as error:  # raised again in the thread that reads
                pieces.put(error)
            pieces.put(None)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            while (piece := pieces.get()) is not None:
                if isinstance(piece, BaseException):
                    raise piece
                for choice in self._checked(piece).get("choices", ()):
                    if text := text_of(choice):
                        yield chunk_of(text, run_manager)
        finally:
            given_up.set()
            thread.join()


def text_of_result(result: ChatResult) -> str:
    """The text of a whole answer."""
    return str(result.generations[0].message.content)


def _likelihood(result: ChatResult) -> float:
    """Mean log-probability of its tokens."""
    return float((result.generations[0].generation_info or {}).get("logprob", 0.0))


def text_of(choice: dict[str, Any]) -> str:
    """The text in a choice of a (chat) completion, whole or a streamed piece."""
    holder = choice.get("message") or choice.get("delta") or choice
    return str(holder.get("content") or holder.get("text") or "")


def split_question(text: str) -> tuple[str, planner_format.Subject]:
    """The question and what it is about in a message such as `Which one is red?\\n\\nPictures: 2` or `What appears
    after the dog leaves?\\n\\nAbout: the video`."""
    match = _SUBJECT.search(text)
    if match is None:
        return text, 1
    medium: planner_format.Subject = "video" if match[2] == "video" else "album"
    return text[: match.start()], int(match[1]) if match[1] else medium


def gguf_file(path: Path) -> Path:
    """The GGUF file that a path names, or the only one in the folder.

    Raises:
        CheckpointError: there is none, or more than one.
    """
    if path.is_file():
        return path
    files = sorted(path.glob("*.gguf"))
    if len(files) != 1:
        found = f"{len(files)} GGUF files" if files else "no GGUF file"
        raise CheckpointError(f"{path}: {found} in it; name one of them with `file:` in the preset")
    return files[0]
