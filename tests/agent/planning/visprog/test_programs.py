"""The programs in `tests/data/visprog`: what they give, and that they read, print and read the same."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from agent import Program, VisualAgent
from agent.planning.visprog import MODULES, TASK_SETS, check_program, parse, print_program
from agent.planning.visprog.modules import END, MARK, table
from tests.agent.planning.visprog.conftest import cases, pictures

ALL = [pytest.param(case, id=f"{task_set}: {case['name']}") for task_set in TASK_SETS for case in cases(task_set)]
ASKED = [pytest.param(case, id=case["name"]) for task_set in ("gqa", "nlvr") for case in cases(task_set)]


@pytest.mark.parametrize("case", ASKED)
def test_answers(case: dict[str, Any], oracle_agent: VisualAgent) -> None:
    answer = oracle_agent.run(Program(case["program"]), pictures(case))
    if "abstains" in case:
        assert (answer.status, answer.reason) == ("abstained", case["abstains"])
    else:
        assert (answer.status, answer.value, type(answer.value)) == ("answered", case["answer"], type(case["answer"]))


@pytest.mark.parametrize("case", ALL)
def test_round_trip(case: dict[str, Any]) -> None:
    steps, problems = check_program(case["program"])
    assert not problems
    printed = print_program(steps)
    assert parse(printed) == (steps, [])
    assert print_program(parse(printed)[0]) == printed
    written = [line for line in case["program"].splitlines() if line and not line.startswith("#")]
    assert [line.replace('"', "'") for line in printed.splitlines()] == [line.replace('"', "'") for line in written]


def test_every_module_at_least_twice() -> None:
    programs = [case["program"] for task_set in TASK_SETS for case in cases(task_set)]
    used = Counter(step.module for program in programs for step in parse(program)[0])
    assert len(programs) >= 60
    assert {name for name in MODULES if used[name] < 2} == set()


def test_the_documentation_has_the_modules_as_they_are() -> None:
    page = (Path(__file__).parents[4] / "docs" / "visprog.md").read_text("utf-8")
    assert table() == page.partition(f"{MARK}\n")[2].partition(END)[0]
    example = page.partition("```\n")[2].partition("```")[0]
    assert check_program(example)[1] == []
