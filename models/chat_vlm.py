"""A vision-language model behind a service (GPT, Claude, Gemini and others), through LangChain's chat models."""

import base64
import importlib
import importlib.util
import math
import os
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.loading import CheckpointError, first_line
from models.picture import Region
from models.region_text import DIALECTS, Family, read_regions
from models.requests import Ask, Caption, Confirm, Detection, Locate, SpecialistError

Question: TypeAlias = Ask | Confirm | Caption | Locate

SERVICES = {
    "openai": ("langchain_openai", "ChatOpenAI", "OPENAI_API_KEY", {"logprobs": True, "top_logprobs": 10}),
    "anthropic": ("langchain_anthropic", "ChatAnthropic", "ANTHROPIC_API_KEY", {}),
    "google": ("langchain_google_genai", "ChatGoogleGenerativeAI", "GOOGLE_API_KEY", {}),
    "ollama": ("langchain_ollama", "ChatOllama", "", {}),
}
"""Module, class, environment variable of the key, and options of each service that a preset may name."""

LONGEST = 1024
"""Longest side of a picture that is sent, in pixels."""


class ChatVlm(Adapter[Question, Any]):
    """A chat model that takes pictures, behind `run`, as `models.vlm.Vlm` is. Answers are kept."""

    def __init__(
        self,
        chat: BaseChatModel,
        *,
        prompt: str = "{} Answer with one word or a short phrase.",
        caption: str = "Describe the picture in one sentence.",
        boxes: Family | None = None,
        batch_size: int = 4,
        cache_mb: int = 8,
        **_: Any,
    ) -> None:
        """
        Args:
            chat: any LangChain chat model that takes pictures.
            prompt, caption, boxes: as of `Vlm`.
            batch_size: requests that are under way at once.
        """
        super().__init__(batch_size)
        self.chat, self.prompt, self.caption, self.family = chat, prompt, caption, boxes
        self.answers: FeatureCache[Any] = FeatureCache(cache_mb << 20)

    @classmethod
    def load(cls, name: Path, device: Any, dtype: Any, **options: Any) -> "ChatVlm":
        """The model that a preset calls `SERVICE:MODEL`. Raises CheckpointError."""
        service, _, model = str(name).partition(":")
        available(str(name))
        module, chat_class, _, more = SERVICES[service]
        try:
            chat = getattr(importlib.import_module(module), chat_class)(model=model, temperature=0, **more)
        except Exception as error:
            raise CheckpointError(f"{name}: {first_line(error)}") from None
        return cls(chat, **options)

    def refuse(self, request: Question) -> SpecialistError | None:
        if isinstance(request, Locate):
            if self.family is None:
                return SpecialistError("this vlm has no `boxes:` in its preset, so that its boxes could not be read")
            return None if request.text.strip() else SpecialistError("the model was asked to find nothing")
        if isinstance(request, Ask | Confirm) and not request.question.strip():
            return SpecialistError("the vision-language model was asked nothing")
        return None

    def answer(self, requests: list[Question]) -> list[Any]:
        wanted = {_key(request): request for request in requests}
        known = {key: kept for key in wanted if (kept := self.answers.get(key)) is not None}
        new = [key for key in wanted if key not in known]
        for key, value in zip(new, self.forward([wanted[key] for key in new], self._reply), strict=True):
            known[key] = value
            if not isinstance(value, SpecialistError):
                self.answers.put(key, value)
        return [known[_key(request)] for request in requests]

    def _reply(self, requests: list[Question]) -> list[Any]:
        batch: Callable[..., list[Any]] = self.chat.batch
        replies = batch(
            [[message(request.region, self._prompt(request))] for request in requests],
            {"max_concurrency": self.batch_size},
            return_exceptions=True,
        )
        return [
            SpecialistError(f"the vision-language model could not answer: {first_line(reply)}")
            if isinstance(reply, BaseException)
            else self._read(request, reply)
            for request, reply in zip(requests, replies, strict=True)
        ]

    def _prompt(self, request: Question) -> str:
        if isinstance(request, Caption):
            return self.caption
        if isinstance(request, Confirm):
            return f"{request.question} Answer yes or no."
        if isinstance(request, Ask):
            return self.prompt.format(request.question)
        assert self.family is not None
        dialect = DIALECTS[self.family]
        return (dialect.ground if request.single else dialect.detect).replace("{}", request.text, 1)

    def _read(self, request: Question, reply: Any) -> Any:
        text = str(reply.text).strip()
        if isinstance(request, Confirm):
            return yes_chance(text, reply.response_metadata.get("logprobs"))
        if not isinstance(request, Locate):
            return text
        assert self.family is not None
        x1, y1, x2, y2 = request.region.box
        across, down = x2 - x1, y2 - y1
        found = [
            Detection((x1 + a * across, y1 + b * down, x1 + c * across, y1 + d * down), 1.0)
            for _, (a, b, c, d) in read_regions(text, self.family, _sent_size(request.region))
        ]
        return found[: 1 if request.single else None]


def available(name: str) -> None:
    """Raises CheckpointError if a service is unknown, its package is not installed, or its key is missing."""
    service, _, model = name.partition(":")
    if service not in SERVICES or not model:
        raise CheckpointError(f"{name}: a ChatVlm's checkpoint is SERVICE:MODEL, with one of {', '.join(SERVICES)}")
    module, _, key, _ = SERVICES[service]
    if importlib.util.find_spec(module) is None:
        raise CheckpointError(f"{name}: needs a package; `pip install {module.replace('_', '-')}`")
    if key and not os.environ.get(key):
        raise CheckpointError(f"{name}: needs a key; set the environment variable {key}")


def message(region: Region, text: str) -> HumanMessage:
    """A question about a region, in LangChain's standard content blocks."""
    image = region.crop()
    if max(image.size) > LONGEST:
        image = image.resize(_sent_size(region))
    buffer = BytesIO()
    image.save(buffer, "PNG")
    picture = {"type": "image", "base64": base64.b64encode(buffer.getvalue()).decode(), "mime_type": "image/png"}
    return HumanMessage(content=[picture, {"type": "text", "text": text}])


def _sent_size(region: Region) -> tuple[int, int]:
    width, height = region.crop().size
    scale = min(1.0, LONGEST / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def yes_chance(text: str, logprobs: Any) -> float:
    """How likely a yes was: by the probabilities of the first token where the service tells them, else 1 or 0 by what
    it wrote, and a half where that is neither."""
    chances = {"yes": 0.0, "no": 0.0}
    for entry in ((logprobs or {}).get("content") or [{}])[0].get("top_logprobs") or []:
        word = str(entry["token"]).strip().lower()
        if word in chances:
            chances[word] += math.exp(entry["logprob"])
    if sum(chances.values()) > 0:
        return chances["yes"] / sum(chances.values())
    word = text.lower().lstrip("\"'*_ ")[:3]
    return 1.0 if word.startswith("yes") else 0.0 if word.startswith("no") else 0.5


def _key(request: Question) -> tuple[Any, ...]:
    rest: Sequence[Any] = [value for name, value in vars(request).items() if name != "region"]
    return type(request).__name__, request.region.key, *rest
