"""What becomes of an error that is nobody's input: a package that an extra would have brought."""

import pytest

from sight.cli import extra_with
from tests.sight.conftest import assert_bad_input, invoke


@pytest.mark.parametrize(
    ("module", "extra"),
    [
        ("peft", "train"),
        ("trl.trainer", "train"),
        ("ray", "ray"),
        ("av", "video"),
        ("gradio", "chat"),
        ("torch", None),
        ("nobody", None),
    ],
)
def test_the_extra_that_brings_a_module(module: str, extra: str | None) -> None:
    assert extra_with(module) == extra


def test_a_package_that_is_missing_is_one_line_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*args: object) -> None:
        raise ModuleNotFoundError("No module named 'peft'", name="peft")

    monkeypatch.setattr("agent.doctor.computer", missing)
    assert_bad_input(invoke("doctor"), "(peft): pip install 'sightscript[train]'")
