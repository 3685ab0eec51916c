"""Driving one tool alone: run the specialists it asks for, one request after another.

The engine drives many at a time and gathers their requests; this is for tests, LangChain tools and a Python prompt.
"""

from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from models.requests import Request, Specialist, SpecialistError, Together

T = TypeVar("T")


def drive(coroutine: Coroutine[Any, Any, T], kit: Mapping[str, Specialist]) -> T:
    """Run a tool's coroutine to its end.

    Arguments:
        coroutine: From `Vocabulary.call`, or a tool called directly.
        kit: Specialists by role; only those that the tool asks for are touched.

    Returns:
        What the tool returns.

    Raises:
        ToolError, Abstention, SpecialistError: as the tool raises them.
    """
    answer: Any = None
    failure: SpecialistError | None = None
    try:
        while True:
            request = coroutine.throw(failure) if failure else coroutine.send(answer)
            answer, failure = None, None
            try:
                answer = answer_request(request, kit)
            except SpecialistError as error:
                failure = error
    except StopIteration as end:
        result: T = end.value
        return result


def answer_request(request: Request[Any], kit: Mapping[str, Specialist]) -> Any:
    """Answer one request; the parts of a `Together` go to each specialist in one batch.

    Raises:
        SpecialistError: a specialist could not answer.
    """
    parts = request.requests if isinstance(request, Together) else (request,)
    answers: dict[int, Any] = {}
    for role in dict.fromkeys(part.role for part in parts):
        places = [place for place, part in enumerate(parts) if part.role == role]
        answers.update(zip(places, kit[role].run([parts[place] for place in places]), strict=True))
    for place in range(len(parts)):
        if isinstance(answers[place], SpecialistError):
            raise answers[place]
    return [answers[place] for place in range(len(parts))] if isinstance(request, Together) else answers[0]
