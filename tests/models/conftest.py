from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models import torchvision_ops

torchvision_ops.install()


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`checkpoint("owl", 2)` is the folder of a tiny checkpoint, made once a session."""
    from tests.models import tiny

    made: dict[Any, Path] = {}

    def make(name: str, *args: Any) -> Path:
        if (name, *args) not in made:
            folder = tmp_path_factory.mktemp(name)
            made[name, *args] = getattr(tiny, name)(folder, *args)
        return made[name, *args]

    return make


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIGHT_DOWNLOAD", raising=False)
