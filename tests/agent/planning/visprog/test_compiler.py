"""Programs of VisProg's language through the agent: steps, values, problems and reasons at their lines."""

from collections.abc import Iterator

import pytest

from agent import Program, VisualAgent
from agent.planning.visprog import MODULES, compile_source, compiled
from agent.planning.visprog.compiler import DEPTHS, EDITS, SIDES
from agent.rendering.page import page
from tests.agent.conftest import FakeKit, FakeSpecialist, make_picture
from tools import Vocabulary


@pytest.fixture(scope="module")
def agent(vocabulary: Vocabulary) -> Iterator[VisualAgent]:
    kit = FakeKit({"dog": [(10, 10, 30, 30), (50, 40, 80, 70)]})
    kit["vlm"] = FakeSpecialist(lambda request: "many" if request.question == "How many?" else kit._ask(request))
    with VisualAgent(kit, vocabulary=vocabulary) as one:
        yield one


def program(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


COUNTING = """\
# how many dogs there are, and more than one?
BOX0=LOC(image=IMAGE,object='dog')
ANSWER0=COUNT(box=BOX0)

IMAGE0=CROP(image=IMAGE,box=BOX0)
ANSWER1=VQA(image=IMAGE0,question='What is this?')
ANSWER2=EVAL(expr="{ANSWER0} > 1")
FINAL_RESULT=RESULT(var=ANSWER2)
"""


def test_steps_stand_at_their_lines(agent: VisualAgent) -> None:
    answer = agent.run(Program(COUNTING), make_picture())
    assert (answer.status, answer.value) == ("answered", True)
    assert answer.program == COUNTING
    lines = COUNTING.splitlines()
    told = [(step.tool, step.span.line if step.span else 0) for step in answer.trace.steps]
    assert told == [
        ("ImagePatch", 2),
        ("ImagePatch.find", 2),
        ("ImagePatch.crop", 5),
        ("ImagePatch.simple_query", 6),
    ]
    for step in answer.trace.steps:
        assert step.span is not None
        assert step.span.line == step.span.end_line
        assert lines[step.span.line - 1][step.span.column : step.span.end_column] == lines[step.span.line - 1]
    assert answer.trace.attempts[0].output == "ANSWER0 = 2\nANSWER2 = yes\n"


def test_the_page_shows_every_line(agent: VisualAgent) -> None:
    shown = page(agent.run(Program(COUNTING), make_picture()).trace)
    assert "= 2</span>" in shown
    assert "= yes</span>" in shown
    assert "line 5, IMAGE0" in shown
    assert "Printed" not in shown


def test_the_crop_is_widened(agent: VisualAgent) -> None:
    source = program(
        "BOX0=LOC(image=IMAGE,object='dog')",
        "IMAGE0=CROP(image=IMAGE,box=BOX0)",
        "FINAL_RESULT=RESULT(var=IMAGE0)",
    )
    answer = agent.run(Program(source), make_picture())
    assert answer.value.box == (5, 5, 35, 35)


def test_a_half_is_cropped_as_it_is(agent: VisualAgent) -> None:
    for place, box in {
        "TOP": (0, 0, 100, 40),
        "BOTTOM": (0, 40, 100, 80),
        "LEFT": (0, 0, 50, 80),
        "RIGHT": (50, 0, 100, 80),
    }.items():
        source = program(
            f"BOX0=LOC(image=IMAGE,object='{place}')",
            "IMAGE0=CROP(image=IMAGE,box=BOX0)",
            "FINAL_RESULT=RESULT(var=IMAGE0)",
        )
        assert agent.run(Program(source), make_picture()).value.box == box


def test_what_is_not_there(agent: VisualAgent) -> None:
    source = program(
        "BOX0=LOC(image=IMAGE,object='cow')",
        "IMAGE0=CROP_ABOVE(image=IMAGE,box=BOX0)",
        "ANSWER0=VQA(image=IMAGE0,question='What?')",
        "FINAL_RESULT=RESULT(var=ANSWER0)",
    )
    answer = agent.run(Program(source), make_picture())
    assert (answer.status, answer.reason) == ("abstained", "there is no cow in the picture")
    problem = answer.trace.attempts[0].problem
    assert problem is not None
    assert problem.span is not None
    assert (problem.span.line, problem.detail.splitlines()[0]) == (2, "line 2")


def test_a_problem_of_a_run_is_told_at_its_line(agent: VisualAgent) -> None:
    source = program(
        "ANSWER0=VQA(image=IMAGE,question='What is this?')",
        "ANSWER1=EVAL(expr='{ANSWER0} / 0')",
        "FINAL_RESULT=RESULT(var=ANSWER1)",
    )
    answer = agent.run(Program(source), make_picture())
    assert answer.status == "failed"
    assert answer.reason == "the program stopped: line 2: ZeroDivisionError: division by zero"
    source = source.replace("What is this?", "What colour is red?").replace("/ 0", "+ 1")
    kit_says = agent.run(Program(source.replace("is red", "is it, unanswerable")), make_picture())
    assert kit_says.reason == "the vlm cannot answer this"


def test_no_number_in_an_answer(agent: VisualAgent) -> None:
    source = program(
        "ANSWER0=VQA(image=IMAGE,question='How many?')",
        "ANSWER1=EVAL(expr='{ANSWER0} + 1')",
        "FINAL_RESULT=RESULT(var=ANSWER1)",
    )
    answer = agent.run(Program(source), make_picture())
    assert answer.reason == "the program stopped: line 2: ValueError: there is no number in the text 'many'"


@pytest.mark.parametrize(
    ("picture", "count", "reason"),
    [
        ("IMAGE", 2, "the program is about one picture, IMAGE; of two, read LEFT and RIGHT"),
        ("LEFT", 1, "the program compares two pictures, LEFT and RIGHT; give it two"),
        ("RIGHT", 3, "the program compares two pictures, LEFT and RIGHT; give it two"),
    ],
)
def test_one_or_two_pictures(agent: VisualAgent, picture: str, count: int, reason: str) -> None:
    source = program(
        f"ANSWER0=VQA(image={picture},question='What is this?')",
        "FINAL_RESULT=RESULT(var=ANSWER0)",
    )
    answer = agent.run(Program(source), [make_picture(shade=100 + n) for n in range(count)])
    assert answer.status == "failed"
    assert answer.reason == f"the program stopped: line 1: ValueError: {reason}"


def test_left_and_right(agent: VisualAgent) -> None:
    source = program(
        "ANSWER0=VQA(image=RIGHT,question='What is this?')",
        "FINAL_RESULT=RESULT(var=ANSWER0)",
    )
    left, right = make_picture("left", 10), make_picture("right", 20)
    answer = agent.run(Program(source), [left, right])
    assert answer.trace.steps[-1].arguments["self"].picture == right.key


def test_a_refused_program_fails_with_its_line(agent: VisualAgent) -> None:
    answer = agent.run(
        Program(
            program(
                "A=CROP_NOT(image=IMAGE)",
                "FINAL_RESULT=RESULT(var=A)",
            )
        ),
        make_picture(),
    )
    assert answer.status == "failed"
    assert answer.reason.startswith(
        "the program cannot be run: line 1: there is no module CROP_NOT; did you mean one of"
    )
    assert not answer.trace.steps


def test_names_of_all_kinds(agent: VisualAgent) -> None:
    """Variables that are called like tools, functions and helpers of the compiled Python."""
    names = [
        "len",
        "value",
        "said",
        "image",
        "ImagePatch",
        "execute_command",
        "_sight_x",
        "__X__",
        "print",
        "variable_X",
    ]
    lines = [f"{name}=VQA(image=IMAGE,question='What is {place}?')" for place, name in enumerate(names)]
    joined = " ".join(f"{{{name}}}" for name in names)
    source = "\n".join([*lines, f"A=EVAL(expr='\"{joined}\"')", "FINAL_RESULT=RESULT(var=A)"])
    answer = agent.run(Program(source), make_picture())
    assert answer.value == " ".join(f"{place} at 0" for place in range(len(names)))


def test_a_name_may_be_given_again(agent: VisualAgent) -> None:
    source = program(
        "BOX0=LOC(image=IMAGE,object='dog')",
        "IMAGE=CROP_RIGHTOF(image=IMAGE,box=BOX0)",
        "BOX0=LOC(image=IMAGE,object='dog')",
        "BOX0=COUNT(box=BOX0)",
        "FINAL_RESULT=RESULT(var=BOX0)",
    )
    assert agent.run(Program(source), make_picture()).value == 2


def test_all_modules_compile() -> None:
    crops = {*SIDES, *DEPTHS}
    assert crops < set(MODULES)
    assert set(EDITS) < set(MODULES)
    assert len(MODULES) == 25
    for name in sorted(crops):
        source = program(
            "B=LOC(image=IMAGE,object='dog')",
            f"I={name}(image=IMAGE,box=B)",
            "FINAL_RESULT=RESULT(var=I)",
        )
        assert compile_source(source).python.count("\n") == len(compile_source(source).spans)


def test_python_is_left_alone() -> None:
    program = Program("def execute_command(image):\n    return 1\n")
    assert compiled(program) is program
    assert program.python == program.source
    broken = Program("A=NOTHING(image=IMAGE)\n")
    assert compiled(broken) is broken
