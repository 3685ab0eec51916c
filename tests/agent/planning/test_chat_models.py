"""Planners by name: what is missing is said in one line."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from agent.planning.chat_models import MAX_RETRIES, PROVIDERS, PlannerError, planner_model


@pytest.fixture
def no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    modules = {provider.module for provider in PROVIDERS.values()}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name in modules else found(name, *rest)
    )


@pytest.fixture
def fake_packages(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The providers' packages as they would be if installed, so far as they are used here."""
    made: dict[str, Any] = {}

    def chat_class(name: str) -> Any:
        def make(**options: Any) -> Any:
            if options["model"] == "refused":
                raise ValueError("unknown model\nin detail")
            made[name] = options
            return object()

        return make

    for provider in PROVIDERS.values():
        module: Any = ModuleType(provider.module)
        module.__spec__ = importlib.util.spec_from_loader(provider.module, None)
        setattr(module, provider.chat_class, chat_class(provider.chat_class))
        monkeypatch.setitem(sys.modules, provider.module, module)
        if provider.key:
            monkeypatch.setenv(provider.key, "a key")
    return made


@pytest.mark.parametrize(
    ("spec", "package"),
    [
        ("openai:gpt-5", "langchain-openai"),
        ("anthropic:claude", "langchain-anthropic"),
        ("ollama:qwen3", "langchain-ollama"),
    ],
)
@pytest.mark.usefixtures("no_packages")
def test_a_missing_package_is_named(spec: str, package: str) -> None:
    with pytest.raises(PlannerError, match=f"pip install {package}") as caught:
        planner_model(spec)
    assert "\n" not in str(caught.value)
    assert spec in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "key"), [("openai:gpt-5", "OPENAI_API_KEY"), ("anthropic:claude", "ANTHROPIC_API_KEY")]
)
def test_a_missing_key_is_named(
    spec: str, key: str, fake_packages: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(key)
    with pytest.raises(PlannerError, match=key):
        planner_model(spec)


@pytest.mark.parametrize(
    ("spec", "chat_class", "model"),
    [
        ("openai:gpt-5", "ChatOpenAI", "gpt-5"),
        ("anthropic:claude", "ChatAnthropic", "claude"),
        ("ollama:qwen3:8b", "ChatOllama", "qwen3:8b"),
    ],
)
def test_a_provider_is_asked_for_its_model(
    spec: str, chat_class: str, model: str, fake_packages: dict[str, Any]
) -> None:
    found = planner_model(spec)
    assert (found.style, found.name) == ("full", spec)
    assert fake_packages[chat_class]["model"] == model


def test_requests_to_a_service_are_retried_and_kept_to_a_rate(fake_packages: dict[str, Any]) -> None:
    planner_model("openai:gpt-5", rate=5)
    assert fake_packages["ChatOpenAI"]["max_retries"] == MAX_RETRIES
    assert fake_packages["ChatOpenAI"]["rate_limiter"].requests_per_second == 5
    planner_model("openai:gpt-5")
    assert fake_packages["ChatOpenAI"]["rate_limiter"] is None


@pytest.mark.parametrize(
    ("spec", "rate", "told"),
    [
        ("openai:gpt-5", 0, "positive number"),
        ("openai:gpt-5", float("inf"), "positive number"),
        ("embedded", 5, "behind a service"),
        (None, 5, "behind a service"),
        ("local:folder", 5, "behind a service"),
    ],
)
@pytest.mark.usefixtures("fake_packages")
def test_rates_that_make_no_sense(spec: str | None, rate: float, told: str) -> None:
    with pytest.raises(PlannerError, match=told):
        planner_model(spec, rate=rate)


def test_what_a_provider_refuses_is_one_line(fake_packages: dict[str, Any]) -> None:
    with pytest.raises(PlannerError, match=r"^planner openai:refused: unknown model$"):
        planner_model("openai:refused")


@pytest.mark.parametrize("spec", ["gpt-5", "openia:gpt-5", "", "no/such/folder", "http://localhost:1"])
def test_an_unknown_planner_lists_the_choices(spec: str) -> None:
    with pytest.raises(PlannerError) as caught:
        planner_model(spec)
    for choice in ("embedded", "openai:MODEL", "anthropic:MODEL", "ollama:MODEL", "local:FOLDER"):
        assert choice in str(caught.value)


@pytest.mark.parametrize("spec", ["openai:", "openai", "anthropic: "])
def test_a_provider_without_a_model(spec: str) -> None:
    with pytest.raises(PlannerError, match="say which model, as in"):
        planner_model(spec)


def test_a_folder_that_is_not_there() -> None:
    with pytest.raises(PlannerError, match="there is no folder"):
        planner_model("local:/no/such/folder")
    with pytest.raises(PlannerError, match="name the folder"):
        planner_model("local:")


@pytest.mark.parametrize("prefix", ["local:", ""])
def test_a_folder_that_is_no_checkpoint(prefix: str, tmp_path: Path) -> None:
    with pytest.raises(PlannerError, match=r"no config\.json"):
        planner_model(f"{prefix}{tmp_path}")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(PlannerError):
        planner_model(f"{prefix}{tmp_path}")
