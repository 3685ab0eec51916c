"""A student that may answer before a program is thought of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel

from agent import Answer, Planner, Program, Task, VisualAgent
from agent.program import QueryError, Turn
from agent.running.monty_sandbox import MontySandbox
from agent.student import By
from agent.trace import StudentRecord, Trace
from models.presets import PresetError
from models.student import Reply
from tests.agent.conftest import FakeKit
from tests.models import tiny
from tools import Vocabulary

THINGS = {"dog": [(0.0, 0.0, 10.0, 10.0), (20.0, 0.0, 30.0, 10.0)]}


class FakeStudent:
    """Sure of what is in its table."""

    batch_size = 2

    def __init__(self, known: dict[str, tuple[str, float]], threshold: float | None = 0.8) -> None:
        self.known, self.threshold = known, threshold
        self.batches: list[list[str]] = []

    def replies(self, asked: Sequence[tuple[str, Sequence[Any]]]) -> list[Reply]:
        self.batches.append([question for question, _ in asked])
        if any("broken" in question for question, _ in asked):
            raise ValueError("this question breaks the model")
        return [Reply(*self.known.get(question, ("cat", 0.1))) for question, _ in asked]

    def rationales(self, asked: Sequence[tuple[str, Sequence[Any]]]) -> list[str]:
        self.batches.append([f"why: {question}" for question, _ in asked])
        return [f"Because of {question}" for question, _ in asked]


class StudentKit(FakeKit):
    def __init__(self, student: FakeStudent) -> None:
        super().__init__(THINGS)
        self.one = student

    def student(self) -> FakeStudent:
        return self.one

    def checkpoints(self) -> dict[str, str]:
        return {"detector": "fake", "student": "ours"}


COUNT, NONE, ODD = "How many dogs are there?", "Who owns the dog?", "How many legs has the dog?"
SURE = {COUNT: ("2", 0.95), NONE: ("unanswerable", 0.9), ODD: ("7", 0.3)}


def agent_by(by: By, vocabulary: Vocabulary, sandbox: MontySandbox, student: FakeStudent | None = None) -> VisualAgent:
    model = FakeListChatModel(responses=['return len(p.find("dog"))'])
    planner = Planner(model, vocabulary, "question", "fake")
    return VisualAgent(StudentKit(student or FakeStudent(SURE)), planner, vocabulary, sandbox=sandbox, by=by)


@pytest.mark.parametrize(
    ("by", "question", "status", "value", "taken", "programs"),
    [
        ("program", COUNT, "answered", 2, None, 1),
        ("student", COUNT, "answered", "2", True, 0),
        ("student", ODD, "answered", "7", True, 0),
        ("student", NONE, "abstained", None, True, 0),
        ("auto", COUNT, "answered", "2", True, 0),
        ("auto", NONE, "abstained", None, True, 0),
        ("auto", ODD, "answered", 2, False, 1),
        ("auto", "Is this broken?", "answered", 2, False, 1),
        ("student", "Is this broken?", "failed", None, True, 0),
    ],
)
def test_who_answers(
    by: By, question: str, status: str, value: Any, taken: bool | None, programs: int, vocabulary: Vocabulary,
    sandbox: MontySandbox,
):  # fmt: skip
    answer = agent_by(by, vocabulary, sandbox).ask(question, tiny.picture())
    assert (answer.status, answer.value, len(answer.trace.attempts)) == (status, value, programs)
    assert (answer.trace.student.taken if answer.trace.student else None) is taken
    assert ("student" in answer.trace.models) is (taken is not None)
    assert Trace.model_validate_json(answer.trace.model_dump_json()) == answer.trace


def test_what_the_student_said_is_told_before_the_program(vocabulary: Vocabulary, sandbox: MontySandbox):
    agent = agent_by("auto", vocabulary, sandbox)
    events = list(agent.stream({"question": ODD, "images": tiny.picture()}))
    said = events[0]
    assert isinstance(said, StudentRecord)
    assert str(said) == "“7”, 30% sure, less than 80%: a program answers"
    assert any(isinstance(event, Program) for event in events)
    assert isinstance(events[-1], Answer)
    events = list(agent.stream({"question": COUNT, "images": tiny.picture()}))
    assert [type(event) for event in events] == [StudentRecord, Answer]


def test_many_are_asked_together_and_only_the_others_get_programs(
    vocabulary: Vocabulary, sandbox: MontySandbox, tmp_path: Path
):
    tiny.picture().image.save(tmp_path / "a.png")
    student = FakeStudent(SURE)
    agent = agent_by("auto", vocabulary, sandbox, student)
    questions = [COUNT, ODD, NONE, COUNT, ODD]
    tasks = [Task(question, (tmp_path / "a.png",), tag=place) for place, question in enumerate(questions)]
    tasks.append(Task(COUNT, (tmp_path / "none.png",), tag=5))
    tasks.append(Task("", (tmp_path / "a.png",), Program('def execute_command(image):\n    return "given"\n'), tag=6))
    answers = {task.tag: answer for task, answer in agent.answers(tasks)}
    assert [str(answers[tag].value) for tag in range(5)] == ["2", "2", "None", "2", "2"]
    assert [len(answers[tag].trace.attempts) for tag in range(5)] == [0, 1, 0, 0, 1]
    assert answers[5].status == "failed"
    assert "none.png" in answers[5].reason
    assert answers[6].value == "given"
    assert answers[6].trace.student is None
    assert student.batches == [[COUNT, ODD], [NONE, COUNT], [ODD]]


def test_a_question_that_leans_on_others_is_not_for_it(vocabulary: Vocabulary, sandbox: MontySandbox):
    history = (Turn(COUNT, "", "2"),)
    (answer,) = agent_by("auto", vocabulary, sandbox).batch([Task(COUNT, (tiny.picture(),), history=history)])
    assert answer.trace.student is None
    assert answer.value == 2


def test_it_says_why_where_its_answer_is_taken(vocabulary: Vocabulary, sandbox: MontySandbox):
    student = FakeStudent(SURE)
    agent = VisualAgent(StudentKit(student), None, vocabulary, sandbox=sandbox, by="auto", explain=True)
    program = Program('def execute_command(image):\n    return "given"\n')
    tasks = [Task(COUNT, (tiny.picture(),)), Task(NONE, (tiny.picture(),)), Task(COUNT, (tiny.picture(),), program)]
    answers = agent.batch(tasks)
    told = [answer.trace.student.rationale if answer.trace.student else None for answer in answers]
    assert told == [f"Because of {COUNT}", f"Because of {NONE}", None]
    assert student.batches == [[COUNT, NONE], [f"why: {COUNT}", f"why: {NONE}"]]
    assert [answer.status for answer in answers] == ["answered", "abstained", "answered"]


def test_it_is_not_asked_why_where_a_program_answers(vocabulary: Vocabulary, sandbox: MontySandbox):
    student = FakeStudent(SURE)
    agent = agent_by("auto", vocabulary, sandbox, student)
    agent.explain = True
    answer = agent.ask(ODD, tiny.picture())
    assert answer.trace.student is not None
    assert answer.trace.student.rationale == ""
    assert student.batches == [[ODD]]


def test_without_a_threshold_nobody_knows_when_it_is_sure(vocabulary: Vocabulary, sandbox: MontySandbox):
    agent = agent_by("auto", vocabulary, sandbox, FakeStudent(SURE, None))
    with pytest.raises(QueryError, match="sight distill calibrate"):
        agent.ask(COUNT, tiny.picture())


def test_a_preset_without_a_student_is_told_at_once(tmp_path: Path):
    (tmp_path / "none.yaml").write_text("extends: embedded\nstudent: null\n")
    with pytest.raises(PresetError, match="none has no student, so only programs can answer"):
        VisualAgent.from_preset(tmp_path / "none.yaml", by="auto")
