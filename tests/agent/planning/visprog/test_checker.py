"""What is wrong with programs of VisProg's language, and where."""

import ast
import random
from typing import Any

import pytest
import yaml

from agent.planning.check import Check
from agent.planning.visprog import TASK_SETS, check_program, compile_source, parse, print_program
from agent.program import PYTHON, VISPROG, language_of
from tests.agent.planning.visprog.conftest import FOLDER, cases

BROKEN = yaml.safe_load((FOLDER / "broken.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["error"][:60]) for case in BROKEN])
def test_broken(case: dict[str, Any]) -> None:
    problem = check_program(case["program"])[1][0]
    assert problem.message == case["error"]
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == (case["line"], case["column"])
    assert problem.span.end_column > problem.span.column


def test_all_that_is_wrong_is_told() -> None:
    source = "A=LOK(image=IMAGE)\nB=COUNT(box=A\nC=COUNT(box=B)\nD=COUNT(box=X)\nFINAL_RESULT=RESULT(var=E)\n"
    told = [str(problem) for problem in check_program(source)[1]]
    assert told == [
        "line 1: there is no module LOK; did you mean LOC?",
        "line 2: invalid syntax: '(' was never closed",
        "line 4: the variable X is not defined",
        "line 5: the variable E is not defined",
    ]


def test_positions_are_characters_of_the_line() -> None:
    (problem,) = check_program("    A=VQA(image=IMAGE,question='Où est l’été?',size=É)\n  B=RESULT(var=A)\n")[1]
    assert problem.span is not None
    line = "    A=VQA(image=IMAGE,question='Où est l’été?',size=É)"
    assert line[problem.span.column : problem.span.end_column] == "size=É"


def test_only_line_ends_end_lines() -> None:
    source = "A=VQA(image=IMAGE,question='one\u2028two')\r\nB=VQA(image=IMAGE)\r\nFINAL_RESULT=RESULT(var=A)\r\n"
    (problem,) = check_program(source)[1]
    assert str(problem).startswith("line 2: VQA needs question")


@pytest.mark.parametrize("source", ["", "\n\n", "# nothing\n"])
def test_empty(source: str) -> None:
    (problem,) = check_program(source)[1]
    assert (problem.kind, problem.span) == ("empty", None)


@pytest.mark.parametrize(
    "line",
    [
        "A=" + "(" * 5000,
        "A=VQA(image=" + "-" * 9000 + "1)",
        "A=LOC(image=IMAGE,object='" + "x" * 20_000 + "')",
        "\x00=\x01",
    ],
)
def test_hostile_lines(line: str) -> None:
    problems = check_program(f"{line}\nFINAL_RESULT=RESULT(var=A)\n")[1]
    assert problems[0].kind == "syntax"
    assert problems[0].span is not None
    assert problems[0].span.line == 1


def test_hostile_expressions() -> None:
    for text in ("(" * 5000, "not " * 4000 + "1", "-" * 5000 + "1", "1" + "+1" * 2000):
        source = f"A=EVAL(expr='{text}')\nFINAL_RESULT=RESULT(var=A)\n"
        assert all(problem.kind == "syntax" for problem in check_program(source)[1])


def test_mutilated_programs() -> None:
    """Whatever is done to a program, it is refused or it compiles to Python that can be read."""
    chance = random.Random(0)
    programs = [case["program"] for task_set in TASK_SETS for case in cases(task_set)]
    signs = "(){}=,'\"+-<>!. \n\\#A0é\t"
    accepted = 0
    for _ in range(400):
        source = list(chance.choice(programs))
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(source))
            source[place : place + chance.randint(0, 2)] = chance.choice(["", chance.choice(signs)])
        text = "".join(source)
        problems = check_program(text)[1]
        assert all(one.span is None or 1 <= one.span.line <= len(text.splitlines()) for one in problems)
        if not problems:
            accepted += 1
            ast.parse(compile_source(text).python)
            steps = parse(text)[0]
            assert parse(print_program(steps)) == (steps, [])
    assert 20 < accepted < 380


def test_too_long() -> None:
    source = "A=VQA(image=IMAGE,question='What is this?')\n" * 300 + "FINAL_RESULT=RESULT(var=A)\n"
    assert "301 steps" in check_program(source)[1][0].message


@pytest.mark.parametrize(
    ("source", "language"),
    [
        ("BOX0=LOC(image=IMAGE,object='dog')\n", VISPROG),
        ("# a comment\n\n  answer = VQA(image = IMAGE)\n", VISPROG),
        ("BOX0=loc(image=IMAGE)\n", VISPROG),
        ("def execute_command(image):\n    BOX0=LOC(image=IMAGE)\n    return BOX0\n", PYTHON),
        ("p = ImagePatch(image)\nreturn p.find('dog')\n", PYTHON),
        ("import os\nX=Y()\n", PYTHON),
        ("Here is no program.", PYTHON),
        ("", PYTHON),
    ],
)
def test_language(source: str, language: str) -> None:
    assert language_of(source) == language


def test_the_check_speaks_of_the_tools_at_hand(check: Check) -> None:
    source = "OBJ0=FACEDET(image=IMAGE)\nIMAGE0=COLORPOP(image=IMAGE,object=OBJ0)\nFINAL_RESULT=RESULT(var=IMAGE0)\n"
    assert not check_program(source)[1]
    without = check_program(source, check.tools - {"ImagePatch.color_pop"})[1]
    (problem,) = without
    assert str(problem).startswith("line 2: COLORPOP needs the tool ImagePatch.color_pop, which is not at hand; `sight")


def test_the_check_reads_both_languages(check: Check) -> None:
    assert check("ANSWER0=VQA(image=IMAGE,question='What is this?')\nFINAL_RESULT=RESULT(var=ANSWER0)\n") == []
    assert check("def execute_command(image):\n    return ImagePatch(image).simple_query('What is this?')\n") == []
    (problem,) = check("ANSWER0=VQA(image=IMAGE)\nFINAL_RESULT=RESULT(var=ANSWER0)\n")
    assert str(problem).startswith("line 1: VQA needs question")
