"""What a student points at when it says why, and how it is shown."""

import pytest
from rich.console import Console

from agent.rendering.captions import Captions
from agent.rendering.page import page
from agent.rendering.rationale import pointed_at, without_boxes
from agent.rendering.terminal import terminal_view
from agent.trace import PictureRecord, StudentRecord, Trace

TWO_DOGS = "There are 2 dogs: [0, 0, 50, 50], [50, 50, 100, 100]."
A, B = (PictureRecord(key=name, name=f"{name}.png", width=200, height=100) for name in "ab")


@pytest.mark.parametrize(
    ("rationale", "told", "prose"),
    [
        (
            f"{TWO_DOGS} So the answer is 2.",
            [("dogs", "a", (0, 0, 100, 50)), ("dogs", "a", (100, 50, 200, 100))],
            "There are 2 dogs. So the answer is 2.",
        ),
        (
            "In picture 2, there is 1 cat: [10, 20, 30, 40]. The cat [10, 20, 30, 40] is black. So the answer is yes.",
            [("cat", "b", (20, 20, 60, 40)), ("cat", "b", (20, 20, 60, 40))],
            "In picture 2, there is 1 cat. The cat is black. So the answer is yes.",
        ),
        ("In picture 3, there is 1 cat: [10, 20, 30, 40].", [], "In picture 3, there is 1 cat."),
        ("Nothing is as thin as [10, 20, 10, 40].", [], "Nothing is as thin as."),
        ("[5, 5, 9, 9]", [("region", "a", (10, 5, 18, 9))], ""),
        ("There is no dog. So the answer is 0.", [], "There is no dog. So the answer is 0."),
    ],
)
def test_boxes_are_read_with_what_they_are_of(rationale: str, told: list[tuple], prose: str) -> None:
    found = [
        (name, value.picture, tuple(round(side) for side in value.box)) for name, value in pointed_at(rationale, [A, B])
    ]
    assert found == told
    assert without_boxes(rationale) == prose


def trace_with(rationale: str, **options: object) -> Trace:
    student = StudentRecord(answer="1", confidence=0.9, taken=True, rationale=rationale)
    told = {"status": "answered", "value": "1", **options}
    return Trace(question="How many dogs?", pictures=[A], images=["a"], attempts=[], student=student, **told)


def test_the_page_draws_what_it_points_at_and_leaves_the_numbers_out() -> None:
    trace = trace_with("There are 2 things: [0, 0, 50, 50], [50, 50, 99, 99]. There is 1 dog: [0, 0, 50, 50].")
    assert sorted(one.name for one in Captions(trace).sightings) == ["dog", "things"]
    shown = page(trace)
    assert "There are 2 things. There is 1 dog." in shown
    assert "[0, 0, 50, 50]" not in shown
    assert "dog</b>" in shown


def test_the_terminal_tells_it_as_it_was_said() -> None:
    console = Console(width=100)
    with console.capture() as said:
        console.print(terminal_view(trace_with(TWO_DOGS), 100))
    assert f"Why       {TWO_DOGS}" in said.get()


def test_why_it_cannot_be_answered_is_shown() -> None:
    trace = trace_with("A picture does not tell an age.", status="abstained", value=None, reason="it says so")
    shown = page(trace)
    assert "It says so" in shown
    assert "A picture does not tell an age." in shown


def test_the_students_time_is_told() -> None:
    student = StudentRecord(answer="1", confidence=0.9, taken=True, seconds=0.125)
    assert "<dt>student</dt><dd>125 ms</dd>" in page(trace_with("").model_copy(update={"student": student}))
