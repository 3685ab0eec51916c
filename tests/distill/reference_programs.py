"""Reference programs, run with perfect specialists, against the truth that the question grammar gives."""

from collections.abc import Iterable

from distill.demonstration import Demonstrator
from distill.questions.binding import Question
from distill.questions.scoring import is_right


def assert_truth_agrees(questions: Iterable[Question]) -> None:
    """Assert that the canonical program of each question gives its true answer, or abstains where that is the truth."""
    asked = list(questions)
    with Demonstrator() as demonstrator:
        traces = demonstrator.traces(asked)
    for question, trace in zip(asked, traces, strict=True):
        assert is_right(question, trace.status, trace.value), (question, trace.value, trace.reason)
