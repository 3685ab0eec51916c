"""Planners that write VisProg's language: what they are told, and what is taken of what they reply."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from agent import Planner, Program, Query, VisualAgent
from agent.planning.check import Check
from agent.planning.visprog import MODULES, TASK_SETS
from agent.planning.visprog.modules import modules_of
from agent.planning.visprog.prompt import ModeError, extract_visprog, system_text, visprog_examples
from agent.program import Problem
from models.picture import Picture
from models.requests import Mask
from tests.agent.conftest import FakeKit, FakeSpecialist, make_picture
from tests.agent.planning.fake_chat import FakeChat
from tools import Vocabulary

EXAMPLES = [
    pytest.param(example, task_set, id=f"{task_set}: {example.question[:50]}")
    for task_set in TASK_SETS
    for example in visprog_examples(task_set)
]
COUNT = "BOX0=LOC(image=IMAGE,object='dog')\nANSWER0=COUNT(box=BOX0)\nFINAL_RESULT=RESULT(var=ANSWER0)\n"


@pytest.fixture
def visual(kit: FakeKit, vocabulary: Vocabulary) -> Iterator[Any]:
    """Makes an agent whose planner writes VisProg's language as it is told."""
    made: list[VisualAgent] = []

    def make(replies: Any, mode: str = "gqa") -> VisualAgent:
        model = FakeChat(replies=replies)
        made.append(VisualAgent(kit, Planner(model, vocabulary, name="fake", mode=mode), vocabulary))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize(("example", "task_set"), EXAMPLES)
def test_examples_pass_the_check(example: Any, task_set: str, check: Check) -> None:
    from agent.planning.visprog import check_program

    steps, problems = check_program(example.program)
    assert not problems
    assert {step.module for step in steps} <= {module.name for module in modules_of(task_set)}


def test_there_are_enough_examples() -> None:
    for task_set in TASK_SETS:
        examples = visprog_examples(task_set)
        assert len({example.question for example in examples}) == len(examples) >= 8
    programs = "".join(example.program for task_set in TASK_SETS for example in visprog_examples(task_set))
    unseen = {"CROP_INFRONT", "CROP_INFRONTOF", "CROP_AHEAD"}  # other names of CROP_FRONTOF
    assert {name for name in MODULES if f"={name}(" not in programs} == unseen


@pytest.mark.parametrize("mode", TASK_SETS)
def test_the_prompt_tells_the_modules_of_the_set(mode: str) -> None:
    text = system_text(mode)
    told = {name for name in MODULES if f"- {name}(" in text}
    assert told == {module.name for module in modules_of(mode)}
    assert "{" not in text.replace("{ANSWER0}", "")
    assert ("LEFT and RIGHT" in text) == (mode == "nlvr")


def test_the_conversation(visual: Any) -> None:
    agent = visual([f"Here it is:\n```\n{COUNT}```"])
    answer = agent.ask("How many dogs are there?", make_picture())
    assert (answer.status, answer.value, answer.program) == ("answered", 2, COUNT)
    (messages,) = agent.planner.model.asked
    assert isinstance(messages[0], SystemMessage)
    assert messages[-1].text == "Question: How many dogs are there?"
    assert messages[-3].text == "Question: How many apples are there?"
    assert isinstance(messages[-2], AIMessage)
    assert sum(isinstance(message, HumanMessage) for message in messages) == 9


def test_a_program_that_the_check_refuses_is_repaired(visual: Any) -> None:
    agent = visual([f"```\n{COUNT.replace('LOC', 'FINDALL')}```", f"```\n{COUNT}```"])
    answer = agent.ask("How many dogs are there?", make_picture())
    assert answer.value == 2
    first, second = answer.trace.attempts
    assert first.problem is not None
    assert first.problem.message.startswith("there is no module FINDALL")
    told = agent.planner.model.asked[1][-1].text
    assert "line 1: there is no module FINDALL" in told
    assert "BOX0=FINDALL(image=IMAGE,object='dog')" in told
    assert second.problem is None


def test_a_program_that_stops_is_repaired(visual: Any) -> None:
    wrong = "A=VQA(image=IMAGE,question='How many dogs?')\nB=EVAL(expr='{A} / 0')\nFINAL_RESULT=RESULT(var=B)\n"
    agent = visual([wrong, COUNT])
    assert agent.ask("How many dogs are there?", make_picture()).value == 2
    assert "line 2: ZeroDivisionError: division by zero" in agent.planner.model.asked[1][-1].text


@pytest.mark.parametrize(("mode", "count"), [("nlvr", 1), ("gqa", 2), ("edit", 3)])
def test_another_number_of_pictures(visual: Any, mode: str, count: int) -> None:
    agent = visual([COUNT], mode)
    answer = agent.ask("Are there dogs?", [make_picture(shade=100 + n) for n in range(count)])
    wants = "two pictures, LEFT and RIGHT" if mode == "nlvr" else "one picture"
    assert (answer.status, answer.kind) == ("failed", "planner")
    assert answer.reason == f"the mode {mode} is about {wants}; this question has {count}"
    assert not agent.planner.model.asked


def test_earlier_questions_are_told(visual: Any) -> None:
    from agent.program import Turn

    agent = visual([COUNT])
    query = Query("How many are there?", (make_picture(),), history=(Turn("Are there dogs?", COUNT, "yes"),))
    agent.invoke(query)
    assert (
        "Before, about the same picture: Are there dogs?\nThe answer was: yes" in agent.planner.model.asked[0][-1].text
    )


@pytest.mark.parametrize(
    ("reply", "program"),
    [
        (COUNT, COUNT),
        (f"```\n{COUNT}```", COUNT),
        (f"<think>X=Y(z)</think>```visprog\n{COUNT}\n```\nDone.", COUNT),
        (f"Program:\n{COUNT}", COUNT),
        (
            "First:\n```\nA=SEG(image=IMAGE)\n```\nNo, better:\n```text\n  " + COUNT.replace("\n", "\n  ") + "\n```",
            COUNT,
        ),
        (f"```\n{COUNT}", COUNT),
    ],
)
def test_extraction(reply: str, program: str) -> None:
    assert extract_visprog(reply) == program


@pytest.mark.parametrize("reply", ["", "I cannot see the picture.", "```python\nprint(1)\n```"])
def test_no_program(reply: str) -> None:
    found = extract_visprog(reply)
    assert isinstance(found, Problem)
    assert found.kind == "empty"


def test_modes_that_cannot_be_had(vocabulary: Vocabulary) -> None:
    with pytest.raises(ModeError, match="unknown mode 'vqa'; choose gqa, nlvr, edit, knowledge"):
        Planner(FakeChat(replies=[]), vocabulary, mode="vqa")
    with pytest.raises(ModeError, match="this planner writes Python only; for --mode gqa name a chat model"):
        Planner(FakeChat(replies=[]), vocabulary, style="question", mode="gqa")
    with pytest.raises(ModeError, match="writes Python only"):
        VisualAgent.from_preset("embedded", mode="edit")


@pytest.fixture(scope="module")
def willing(vocabulary: Vocabulary) -> Iterator[VisualAgent]:
    """An agent whose specialists find two of everything and have an answer to all."""
    kit = FakeKit({"dog": [(10, 10, 30, 30), (50, 40, 80, 70)]})
    kit["detector"] = FakeSpecialist(lambda request: kit._detect(replace(request, phrase="dog")))
    kit["vlm"] = FakeSpecialist(lambda request: "2" if "many" in request.question else "yes")
    kit["segmenter"] = FakeSpecialist(_box_mask)
    kit["inpaint"] = FakeSpecialist(lambda request: noise(request.prompt))
    kit["llm"] = FakeSpecialist(lambda request: "red" if " 1 " in request.text else "red, blue")
    with VisualAgent(kit, vocabulary=vocabulary) as agent:
        yield agent


@pytest.mark.parametrize(("example", "task_set"), EXAMPLES)
def test_examples_run(example: Any, task_set: str, willing: VisualAgent) -> None:
    pictures = [noise(f"picture {place}") for place in range(example.pictures)]
    answer = willing.run(Program(example.program), pictures)
    assert (answer.status, answer.reason) == ("answered", "")
    if task_set in ("edit", "knowledge"):
        assert answer.pictures[answer.value.picture].key != pictures[0].key


def noise(name: str) -> Picture:
    """A picture that nothing leaves as it is; another name is another picture."""
    pixels = np.random.default_rng(len(name)).integers(0, 256, (80, 100, 3), np.uint8)
    return Picture.from_image(pixels, name)


def _box_mask(request: Any) -> Mask:
    x1, y1, x2, y2 = request.region.pixels
    pixels = np.zeros((request.region.picture.height, request.region.picture.width), bool)
    pixels[y1:y2, x1:x2] = True
    return Mask(pixels, 1.0)
