"""The student in the chat: beside the program, and in its place."""

from collections.abc import Callable
from typing import Any

import pytest

from agent import VisualAgent
from agent.trace import Answer, PictureRecord, StudentRecord, Trace
from chat.conversation import Exchange
from chat.messages import answer_html
from chat.workbench import comparison_html, directly
from models.embedded.gallery import gallery_item
from models.student import Reply

TOLD = "There are 2 kids: [10, 10, 20, 20], [30, 10, 40, 20]. So the answer is <2>."


class Student:
    """Says the same of everything, and remembers how many pictures it was shown."""

    shown = 0

    def replies(self, asked: list[Any]) -> list[Reply]:
        self.shown = len(asked[0][1])
        return [Reply("2", 0.75)]

    def rationales(self, asked: list[Any]) -> list[str]:
        return [TOLD]


class Kit(dict[str, Any]):
    one = Student()

    def student(self) -> Student:
        return self.one

    def checkpoints(self) -> dict[str, str]:
        return {"student": "ours:student"}


@pytest.mark.parametrize(("pictures", "explain"), [(1, True), (2, True), (1, False)])
def test_it_is_asked_beside_the_program(agent: Callable[..., VisualAgent], pictures: int, explain: bool) -> None:
    made = agent()
    made.kit, made.explain = Kit(made.kit), explain
    picture = gallery_item("muffins_and_kids").picture
    exchange = Exchange("How many kids?", (picture,) * pictures)
    columns = directly(made, exchange)
    vlm, student = columns
    assert vlm.status == ("answered" if pictures == 1 else "abstained")
    assert (student.answer, student.model, student.status) == ("2", "ours:student", "answered")
    assert student.meta.startswith("75% sure · ")
    assert Kit.one.shown == pictures
    table = comparison_html(exchange, columns)
    assert ("There are 2 kids. So the answer is &lt;2&gt;." in table) is explain


def test_its_reply_says_why() -> None:
    student = StudentRecord(answer="2", confidence=0.75, taken=True, rationale=TOLD)
    record = PictureRecord(key="a", name="a.png", width=100, height=100)
    options: dict[str, Any] = {"pictures": [record], "images": ["a"], "attempts": [], "student": student}
    trace = Trace(question="How many kids?", status="answered", value="2", **options)
    shown = answer_html(Answer(value="2", status="answered", reason="", trace=trace))
    assert "There are 2 kids. So the answer is &lt;2&gt;." in shown
    assert "[10, 10" not in shown
    assert "the student, 75% sure" in shown
