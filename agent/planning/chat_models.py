"""Finds the language model that a person names: `openai:gpt-5`, `ollama:qwen3`, a folder, or the preset's own."""

import importlib
import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.planning.planner import Style
from models.loading import CheckpointError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.rate_limiters import BaseRateLimiter

    from models.presets import Kit


class PlannerError(ValueError):
    """A planner that cannot be had. The message is one line and says what to do."""


@dataclass(frozen=True)
class Provider:
    """A service with a LangChain package of its own."""

    module: str
    chat_class: str
    key: str = ""
    """Environment variable that must hold the key, if the service wants one."""
    example: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the chat class, beside model and temperature."""

    @property
    def package(self) -> str:
        """As pip knows it."""
        return self.module.replace("_", "-")


MAX_RETRIES = 6
"""How often the provider's own client asks again, later and later, when the service is busy or out of reach."""

PROVIDERS = {
    "openai": Provider(
        "langchain_openai", "ChatOpenAI", "OPENAI_API_KEY", "openai:gpt-5", {"max_retries": MAX_RETRIES}
    ),
    "anthropic": Provider(
        "langchain_anthropic",
        "ChatAnthropic",
        "ANTHROPIC_API_KEY",
        "anthropic:claude-sonnet-4-5",
        {"max_retries": MAX_RETRIES},
    ),
    "ollama": Provider("langchain_ollama", "ChatOllama", "", "ollama:qwen3"),
}

CHOICES = (
    "`embedded` (the preset's own), `openai:MODEL`, `anthropic:MODEL`, `ollama:MODEL`, or `local:FOLDER` "
    "with a transformers checkpoint"
)


@dataclass(frozen=True)
class PlannerModel:
    """A chat model, how it is to be asked, and its name in traces."""

    model: "BaseChatModel"
    style: Style
    name: str


def planner_model(
    spec: str | None,
    kit: "Kit | None" = None,
    device: str | None = None,
    dtype: str | None = None,
    rate: float | None = None,
) -> PlannerModel:
    """The chat model that a person names.

    Args:
        spec: `PROVIDER:MODEL`, `local:FOLDER`, an existing folder, or `embedded` or None for the planner of the preset.
        kit: whose preset is meant by `embedded`; the default preset if None.
        device: for a model that runs here.
        dtype: for a model that runs here.
        rate: requests a second to a service at most; as many as it takes if None.

    Raises:
        PlannerError: there is no such planner, its package is not installed, its key is missing, or a rate was given
            for a model that runs here.
        CheckpointError, PresetError: the preset's planner cannot be loaded.
    """
    scheme, colon, rest = ("embedded" if spec is None else spec).partition(":")
    if scheme in PROVIDERS and colon:
        return _provided(PROVIDERS[scheme], f"{scheme}:{rest}", rest.strip(), rate)
    if rate is not None:
        raise PlannerError("a planner rate is for planners behind a service, such as openai:MODEL; leave it out here")
    if spec is None or spec == "embedded":
        return _embedded(kit, device, dtype)
    folder = Path(rest if scheme == "local" and colon else spec).expanduser()
    if scheme == "local" and colon and not rest.strip():
        raise PlannerError("name the folder of the planner, as in local:models/qwen")
    if folder.is_dir() and spec.strip():
        return _local(folder, device, dtype)
    if scheme == "local" and colon:
        raise PlannerError(f"planner {spec}: there is no folder {folder}")
    if scheme in PROVIDERS:
        raise PlannerError(f"planner {spec}: say which model, as in {PROVIDERS[scheme].example}")
    raise PlannerError(f"unknown planner {spec!r}; choose {CHOICES}")


def _embedded(kit: "Kit | None", device: str | None, dtype: str | None) -> PlannerModel:
    from models.presets import Kit, load_preset

    kit = kit or Kit(load_preset("embedded"), device, dtype)
    model = kit.planner()
    settings = kit.preset.planner
    assert settings is not None
    return PlannerModel(
        model, settings.style, settings.label if not settings.adapter else f"{settings.label} + {settings.adapter}"
    )


def _provided(provider: Provider, spec: str, name: str, rate: float | None) -> PlannerModel:
    if not name:
        raise PlannerError(f"planner {spec}: say which model, as in {provider.example}")
    if importlib.util.find_spec(provider.module) is None:
        raise PlannerError(f"planner {spec}: needs a package that is not installed; `pip install {provider.package}`")
    if provider.key and not os.environ.get(provider.key):
        raise PlannerError(f"planner {spec}: needs a key; set the environment variable {provider.key}")
    chat_class: Any = getattr(importlib.import_module(provider.module), provider.chat_class)
    try:
        return PlannerModel(
            chat_class(model=name, temperature=0, rate_limiter=_limiter(rate), **provider.options), "full", spec
        )
    except Exception as error:
        text = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise PlannerError(f"planner {spec}: {text[:300]}") from None


def _limiter(rate: float | None) -> "BaseRateLimiter | None":
    if rate is None:
        return None
    if not 0 < rate < float("inf"):
        raise PlannerError(f"the planner rate must be a positive number of requests a second, not {rate}")
    from langchain_core.rate_limiters import InMemoryRateLimiter

    return InMemoryRateLimiter(requests_per_second=rate, check_every_n_seconds=min(0.1, 0.1 / rate))


def _local(folder: Path, device: str | None, dtype: str | None) -> PlannerModel:
    from models.device import choose_device, choose_dtype
    from models.llm import load_chat
    from models.presets.settings import PlannerSettings

    if not (folder / "config.json").is_file():
        raise PlannerError(
            f"planner {folder}: no config.json in it; a planner's folder holds a transformers checkpoint"
        )
    chosen = choose_device(device)
    settings = PlannerSettings.model_validate(
        {"class": "TransformersChat", "checkpoint": str(folder), "max_new_tokens": 512}
    )
    try:
        return PlannerModel(load_chat(settings, chosen, choose_dtype(chosen, dtype)), "full", f"local:{folder.name}")
    except CheckpointError as error:
        raise PlannerError(f"planner {error}") from None
