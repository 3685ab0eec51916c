"""Whether an answer is right."""

from typing import Any

from distill.questions.binding import ABSTAIN, Question


def written(value: Any) -> str:
    """A program's value as `Question.answer` is written: `yes`, `no`, a number, a name in lower case; names of a list
    sorted and parted by `, `."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list | tuple):
        value = ", ".join(written(item) for item in value)
    text = " ".join(str(value).lower().split())
    return ", ".join(sorted(part.strip() for part in text.split(","))) if "," in text else text


def is_right(question: Question, status: str, value: Any) -> bool:
    """Whether an answer is the true one.

    Args:
        status: `answered`, `abstained` or `failed`. Only `abstained` is right for an unanswerable question, and
            `failed` never is.
        value: what the program returned.
    """
    if question.answer == ABSTAIN:
        return status == "abstained"
    return status == "answered" and written(value) == question.answer
