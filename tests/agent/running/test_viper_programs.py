"""Programs as ViperGPT's prompts teach them: the sandbox gives what plain CPython gives, with the same tool calls."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.running.monty_sandbox import MontySandbox
from agent.subset import REFUSED, subset_problems
from tests.agent.running.fakes import SURFACE, THINGS, Image, drive, run_in_cpython

PROGRAMS = sorted((Path(__file__).parent / "viper_programs").glob("*.py"))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[MontySandbox]:
    with MontySandbox(SURFACE, workers=1) as sandbox:
        yield sandbox


def test_there_are_fifty() -> None:
    assert len(PROGRAMS) >= 50


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_same_result_and_same_calls_as_cpython(sandbox: MontySandbox, path: Path) -> None:
    source = path.read_text()
    image = Image()
    given = [image, Image("two", 320, 240, THINGS[2:])] if "(images)" in source else image
    expected = run_in_cpython(source, given)
    ran = drive(sandbox, source, given)
    assert ran.problem is None
    assert ran.value == expected.value
    assert ran.log == expected.log
    assert len(expected.log) >= 1
    assert not subset_problems(source, SURFACE.tools)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_every_call_is_placed_in_the_program(sandbox: MontySandbox, path: Path) -> None:
    """The text at the position of a call names the tool, or is what stands for it (a bound method, a variable)."""
    source = path.read_text()
    lines = source.split("\n")
    image = Image()
    ran = drive(sandbox, source, [image, image] if "(images)" in source else image)
    for (name, *_), span in zip(ran.log, ran.spans, strict=True):
        assert span is not None, name
        rows = lines[span.line - 1 : span.end_line]
        rows[-1] = rows[-1][: span.end_column]
        rows[0] = rows[0][span.column :]
        text = "\n".join(rows)
        known_as = {name.rpartition(".")[2], "look", "ask", "function"}
        assert any(word in text for word in known_as), (name, text)


@pytest.mark.parametrize("refusal", REFUSED, ids=lambda refusal: refusal.construct)
def test_refused_constructs_are_told_before_any_tool_is_called(sandbox: MontySandbox, refusal) -> None:
    ran = drive(sandbox, refusal.example, Image())
    assert ran.log == []
    assert ran.problem is not None
    assert ran.problem.kind == "subset"
    assert ran.problem.span is not None
    assert refusal.construct in ran.problem.message
    assert refusal.instead in ran.problem.message
    assert "\n" not in ran.problem.message
