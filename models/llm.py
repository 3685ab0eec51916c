"""Language models on this computer, as LangChain chat models, and the specialist that answers `Prompt`s with one."""

import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import torch
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import get_config_list
from pydantic import ConfigDict, Field

from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.loading import CheckpointError, load_model, load_processor, locate
from models.requests import Prompt, SpecialistError

if TYPE_CHECKING:
    from models.presets.settings import ChatSettings

_ROLES = {"human": "user", "ai": "assistant", "system": "system"}


class LocalChat(BaseChatModel):
    """Base of the chat models that run here. Decoding is greedy, so that the same prompt gives the same text, unless
    a call names a `temperature` above 0; a `seed` (0 if none) then makes it repeatable.

    `batch` runs all prompts together. A generation's `generation_info` holds `logprob`, the mean log-probability of
    its tokens, and `finish_reason`, `stop` or `length`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name_of_model: str
    """The checkpoint, as a trace names it."""
    max_new_tokens: int = Field(256, ge=1)

    @abstractmethod
    def generate_batch(
        self,
        prompts: Sequence[Sequence[BaseMessage]],
        stop: list[str] | None = None,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[ChatResult]:
        """One result for each conversation, in order. Texts end before the first of the `stop` strings.

        Raises:
            ValueError: a conversation is empty, is longer than the model reads, or holds anything but text.
        """

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        ready: ChatResult | None = kwargs.get("ready")
        return ready if ready is not None else self.generate_batch([messages], stop, *_sampling(kwargs))[0]

    def batch(
        self,
        inputs: list[LanguageModelInput],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[AIMessage]:
        """Answers to all inputs, computed together. Callbacks see every input as a call of its own.

        With `return_exceptions`, an input that cannot be answered has its ValueError in place of an answer, and the
        others are answered in smaller batches.
        """
        if not inputs:
            return []
        configs = get_config_list(config, len(inputs))
        prompts = [self._convert_input(one).to_messages() for one in inputs]
        try:
            results = self.generate_batch(prompts, kwargs.get("stop"), *_sampling(kwargs))
        except ValueError as error:
            if not return_exceptions:
                raise
            if len(inputs) == 1:
                return [error]  # type: ignore[list-item]
            half = len(inputs) // 2
            halves = ((inputs[:half], configs[:half]), (inputs[half:], configs[half:]))
            return [
                answer for some, its in halves for answer in self.batch(some, its, return_exceptions=True, **kwargs)
            ]
        return [
            self.invoke(one, each, ready=result, **kwargs)
            for one, each, result in zip(inputs, configs, results, strict=True)
        ]

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> NoReturn:
        """Not possible: these models write programs, they do not call functions."""
        raise NotImplementedError(f"{self.name_of_model} cannot call tools; use it for programs or plain text")

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.name_of_model, "max_new_tokens": self.max_new_tokens}

    @staticmethod
    def conversation(messages: Sequence[BaseMessage]) -> list[dict[str, str]]:
        """Messages as chat templates take them. Raises ValueError as `generate_batch` does."""
        turns = []
        for message in messages:
            if message.type not in _ROLES or not isinstance(message.text, str):
                raise ValueError(f"a message of type {message.type!r} cannot be shown to a local model")
            if isinstance(message.content, list) and any(
                not isinstance(part, str) and part.get("type") != "text" for part in message.content
            ):
                raise ValueError("local language models read text only; the message holds something else")
            turns.append({"role": _ROLES[message.type], "content": str(message.text)})
        if not turns:
            raise ValueError("there is no message to answer")
        return turns


def _sampling(options: dict[str, Any]) -> tuple[float, int]:
    """Temperature and seed of a call."""
    return float(options.get("temperature") or 0.0), int(options.get("seed") or 0)


def result_of(text: str, info: dict[str, Any]) -> ChatResult:
    """A text and what is known of it, as LangChain holds them."""
    return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text), generation_info=info)])


class TransformersChat(LocalChat):
    """Any causal language model with a chat template that transformers can load."""

    model: Any = Field(exclude=True, repr=False)
    tokenizer: Any = Field(exclude=True, repr=False)
    batch_size: int = Field(8, ge=1)

    @classmethod
    def load(
        cls, folder: Path, device: torch.device, dtype: torch.dtype, adapter: Path | None = None, **options: Any
    ) -> "TransformersChat":
        """Read a checkpoint from its folder, and a PEFT adapter for it.

        Raises:
            CheckpointError: it cannot be read, or has no chat template.
        """
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer = load_processor(folder, AutoTokenizer)
        if not tokenizer.chat_template:
            raise CheckpointError(f"{folder}: it has no chat template, so it is no instruction-following model")
        tokenizer.padding_side = "left"
        tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
        model = load_model(AutoModelForCausalLM, folder, device, dtype)
        if adapter is not None:
            model.load_adapter(str(adapter))
        for name in ("temperature", "top_p", "top_k", "min_p"):  # greedy decoding warns of them
            setattr(model.generation_config, name, None)
        options.setdefault("name_of_model", folder.name)
        return cls(model=model, tokenizer=tokenizer, **options)

    @property
    def _llm_type(self) -> str:
        return "sightscript-transformers"

    def generate_batch(
        self,
        prompts: Sequence[Sequence[BaseMessage]],
        stop: list[str] | None = None,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[ChatResult]:
        results = []
        for start in range(0, len(prompts), self.batch_size):
            inputs = self._inputs(prompts[start : start + self.batch_size])
            with torch.random.fork_rng(enabled=temperature > 0):
                if temperature > 0:
                    torch.manual_seed(seed)
                results += self._forward(inputs, stop, temperature)
        return results

    def _inputs(self, prompts: Sequence[Sequence[BaseMessage]]) -> Any:
        texts = [
            self.tokenizer.apply_chat_template(self.conversation(messages), add_generation_prompt=True, tokenize=False)
            for messages in prompts
        ]
        inputs = self.tokenizer(texts, padding=True, add_special_tokens=False, return_tensors="pt")
        longest = getattr(self.model.config.get_text_config(), "max_position_embeddings", None)
        length = inputs["input_ids"].shape[1]
        if longest is not None and length + self.max_new_tokens > longest:
            raise ValueError(
                f"the prompt has {length} tokens; with {self.max_new_tokens} new ones that is more than the {longest} "
                f"that {self.name_of_model} reads"
            )
        return inputs.to(self.model.device)

    def _options(self, stop: list[str] | None, temperature: float = 0.0) -> dict[str, Any]:
        options: dict[str, Any] = {
            "max_new_tokens": self.max_new_tokens,
            "do_sample": temperature > 0,
            "pad_token_id": self.tokenizer.pad_token_id,
        }
        if temperature > 0:
            options["temperature"] = temperature
        return {**options, "stop_strings": stop, "tokenizer": self.tokenizer} if stop else options

    @torch.inference_mode()
    def _forward(self, inputs: Any, stop: list[str] | None, temperature: float) -> list[ChatResult]:
        output = self.model.generate(
            **inputs, **self._options(stop, temperature), return_dict_in_generate=True, output_logits=True
        )
        new = output.sequences[:, inputs["input_ids"].shape[1] :]
        chances = torch.stack(output.logits, dim=1).float().log_softmax(-1).gather(2, new.unsqueeze(-1)).squeeze(-1)
        ends = self.model.generation_config.eos_token_id
        ends = set(ends if isinstance(ends, list) else [ends])
        results = []
        for tokens, logprobs in zip(new.tolist(), chances.tolist(), strict=True):
            length = next((i + 1 for i, token in enumerate(tokens) if token in ends), len(tokens))
            text = self.tokenizer.decode(tokens[:length], skip_special_tokens=True)
            text, stopped = cut(text, stop)
            done = stopped or tokens[length - 1] in ends
            info = {"logprob": sum(logprobs[:length]) / length, "finish_reason": "stop" if done else "length"}
            results.append(result_of(text, info))
        return results

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        from transformers import StoppingCriteriaList, TextIteratorStreamer

        streamer = TextIteratorStreamer(self.tokenizer, skip_prompt=True, skip_special_tokens=True)
        inputs = self._inputs([messages])
        given_up = threading.Event()
        criteria = StoppingCriteriaList([lambda ids, scores, **_: torch.full((len(ids),), given_up.is_set())])
        problem: list[BaseException] = []

        def work() -> None:
            try:
                with torch.inference_mode():
                    self.model.generate(**inputs, **self._options(stop), streamer=streamer, stopping_criteria=criteria)
            except BaseException as error:  # raised again in the thread that reads
                problem.append(error)
                streamer.end()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            for text in until_stop(streamer, stop):
                yield chunk_of(text, run_manager)
        finally:
            given_up.set()
            thread.join()
        if problem:
            raise problem[0]


def cut(text: str, stop: Sequence[str] | None) -> tuple[str, bool]:
    """The text before the first of the `stop` strings, and whether there was one."""
    places = [at for word in stop or () if (at := text.find(word)) >= 0]
    return (text[: min(places)], True) if places else (text, False)


def until_stop(pieces: Iterator[str], stop: Sequence[str] | None) -> Iterator[str]:
    """Pieces of a text up to the first `stop` string, which may be spread over several pieces."""
    longest = max((len(word) for word in stop or ()), default=0)
    held = ""
    for piece in pieces:
        held, stopped = cut(held + piece, stop)
        ready = len(held) if stopped or longest == 0 else max(0, len(held) - longest + 1)
        if ready:
            yield held[:ready]
            held = held[ready:]
        if stopped:
            return
    if held:
        yield held


def chunk_of(text: str, run_manager: CallbackManagerForLLMRun | None) -> ChatGenerationChunk:
    """A piece of streamed text, after telling the callbacks of it."""
    chunk = ChatGenerationChunk(message=AIMessageChunk(content=text))
    if run_manager is not None:
        run_manager.on_llm_new_token(text, chunk=chunk)
    return chunk


def load_chat(settings: "ChatSettings", device: torch.device, dtype: torch.dtype) -> LocalChat:
    """The chat model that a preset names. Raises CheckpointError."""
    folder = settings.locate()
    adapter = locate(settings.adapter) if settings.adapter else None
    name = f"{settings.label} + {settings.adapter}" if settings.adapter else settings.label
    if settings.kind == "TransformersChat":
        return TransformersChat.load(
            folder,
            device,
            dtype,
            adapter=adapter,
            name_of_model=name,
            max_new_tokens=settings.max_new_tokens,
            batch_size=settings.batch_size,
        )
    from models.llama_cpp import LlamaCppChat

    return LlamaCppChat(
        name_of_model=name,
        base=folder,
        adapter=adapter,
        merge=settings.merge,
        bare_question=getattr(settings, "style", "full") == "question",
        max_new_tokens=settings.max_new_tokens,
        parallel=settings.batch_size,
        context=settings.context,
        threads=settings.threads,
        on_gpu=device.type != "cpu",
    )


class Llm(Adapter[Prompt, str]):
    """A chat model behind `run`: one text a `Prompt`."""

    def __init__(self, chat: BaseChatModel, *, batch_size: int = 8, cache_mb: int = 8) -> None:
        """
        Args:
            chat: any LangChain chat model.
            cache_mb: limit of the kept answers, in MiB.
        """
        super().__init__(batch_size)
        self.chat = chat
        self.answers: FeatureCache[str] = FeatureCache(cache_mb << 20)

    def refuse(self, request: Prompt) -> SpecialistError | None:
        return None if request.text.strip() else SpecialistError("the language model was asked an empty text")

    def answer(self, requests: list[Prompt]) -> list[str | SpecialistError]:
        texts = dict.fromkeys(request.text for request in requests)
        known: dict[str, str | SpecialistError] = {
            text: kept for text in texts if (kept := self.answers.get(text)) is not None
        }
        new = [text for text in texts if text not in known]
        for text, answer in zip(new, self.forward(new, self._ask), strict=True):
            known[text] = answer
            if isinstance(answer, str):
                self.answers.put(text, answer)
        return [known[request.text] for request in requests]

    def _ask(self, texts: list[str]) -> list[str | SpecialistError]:
        ask: Callable[..., list[Any]] = self.chat.batch
        return [
            SpecialistError(f"the language model could not answer: {reply}")
            if isinstance(reply, Exception)
            else str(reply.text).strip()
            for reply in ask(list(texts), return_exceptions=True)
        ]
