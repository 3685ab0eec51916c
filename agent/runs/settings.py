"""What the answers of a run depend on, kept with it so that it is not resumed as another one by mistake."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

_FREE = ("version", "created")

_TOLD = {"source": "questions", "fingerprint": "content of the questions' file"}


@dataclass(frozen=True)
class RunSettings:
    """Questions, planner, models and limits of a run. JSON in and out."""

    source: str
    """Path of the file or folder of questions."""
    format: str
    """How it was read, such as `jsonl` or `gqa`."""
    fingerprint: str
    """SHA-256 of the file's content, or of a folder's listing."""
    preset: str
    planner: str
    limits: dict[str, float] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    """Anything else that changes answers: dtype, repairs, tools."""
    version: str = ""
    """Of the project, when the run began."""
    created: str = ""
    """ISO time."""

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=True, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError if these are no settings, or those of a later version with other fields."""
        found = json.loads(text)
        names = {one.name for one in fields(cls)}
        if not isinstance(found, dict) or set(found) - names:
            raise ValueError("these are no settings of a run that this version knows")
        try:
            return cls(**found)
        except TypeError as error:
            raise ValueError(f"a setting is missing ({error})") from None

    def differences(self, other: Self) -> list[str]:
        """What is not the same in `other`, for a person: `planner: embedded, now ollama:qwen3`. Project version and
        date may differ."""
        return list(_different(json.loads(self.to_json()), json.loads(other.to_json()), ""))


def _different(mine: dict[str, Any], others: dict[str, Any], prefix: str) -> Iterator[str]:
    for name in sorted(set(mine) | set(others)):
        one, other = mine.get(name), others.get(name)
        if one == other or (not prefix and name in _FREE):
            continue
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _different(one, other, f"{prefix}{name}.")
        elif not prefix and name == "fingerprint":
            yield f"{_TOLD[name]}: it was changed"
        else:
            yield f"{prefix}{_TOLD.get(name, name)}: {_words(one)}, now {_words(other)}"


def _words(value: Any) -> str:
    return "none" if value is None or value == "" else str(value)
