"""A language model puts rationales into prose; what it adds to them is found and refused.

Every number, box and name in the prose must be in the statements that a trace was told in (`distill.rationale`), in
the question or in the answer. Other words must be among those that say how statements hang together.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from langchain_core.messages import HumanMessage, SystemMessage

from agent.runs.scorers import number_in
from distill.replies import Replies

_SYSTEM = (
    "You rewrite the findings of a vision program as a short explanation of the answer, in one to three plain "
    "sentences. Use only what the findings say. Keep every box such as [12, 30, 45, 80] exactly as it is, keep the "
    "numbers, and add no number, thing, colour or place. End with the answer. Reply with the explanation alone."
)

_CONNECTING = """
    a about according account across after all also altogether among amount an and another answer any are area
    as at away based be because been before being between both box boxes but by can compare compared comparing
    conclude conclusion contain contains correct correspond corresponding count counted counting depth
    describe detected determine did difference differ different distribute divide divided do does done each
    either equal equally equals every evenly everything examine example exist exists explain explanation fewer find
    for found from further get gets give given gives greater had half has have having hence here how
    identified if image in indicate indicates information is it item items its itself just kind larger largest
    leave leaves leaving less lie lies located location look looking made make makes many match matches mean
    means more most must next no none nor not nothing number object objects observe observed obtain of on one
    only or other others out over overall part per photo picture pictures place placed position positioned
    present question region regions remain remaining respectively result resulting same scene see seen share
    shared shares show showing shown shows since size small smaller smallest so some split still subtract
    subtracting sum taken than that the their them then there therefore these they thing things this those
    through thus to together total unanswerable up us value visible was we were what when where whereas
    whether which while whole whose with within without would yes yield yields
"""
_PLAIN = frozenset(_CONNECTING.split())
"""Words that bring no fact of their own."""

_BOX = re.compile(r"\[[^\]]*\]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@dataclass(frozen=True)
class Rewritten:
    """A rationale in prose, or the one it was made of."""

    text: str
    unfounded: tuple[str, ...] = ()
    """What the prose had that the findings have not, for which it was refused; `text` is as it was then."""


def rewrite(replies: Replies, rationales: Sequence[tuple[str, str, str]]) -> list[Rewritten]:
    """Put rationales into prose.

    Args:
        replies: the language model.
        rationales: question, answer and told rationale of each.

    Returns:
        One for each, in order: the prose, or the rationale as it was where the prose says what it must not.

    Raises:
        DatasetError: the model gives no reply.
    """
    asked = [
        [SystemMessage(_SYSTEM), HumanMessage(f"Question: {question}\nAnswer: {answer}\nFindings: {told}")]
        for question, answer, told in rationales
    ]
    rewritten = []
    for (question, answer, told), reply in zip(rationales, replies.ask(asked), strict=True):
        text = " ".join(reply.split())
        wrong = unfounded(text, told, question, answer)
        rewritten.append(Rewritten(told, wrong) if wrong else Rewritten(text))
    return rewritten


def unfounded(text: str, told: str, question: str, answer: str) -> tuple[str, ...]:
    """What a text says that its findings do not: boxes, numbers and names; empty if there is nothing.

    A text that is empty, or that leaves the answer out, is unfounded as a whole.
    """
    if not text.strip():
        return ("it is empty",)
    wrong: list[str] = []
    boxes = set(map(_even, _BOX.findall(told)))
    wrong += [box for box in _BOX.findall(text) if _even(box) not in boxes]
    bare, ground = _BOX.sub(" ", text), f"{_BOX.sub(' ', told)} {question} {answer}"
    known = set(_numbers(ground))
    wrong += [f"{number:g}" for number in _numbers(bare) if number not in known]
    names = {_stem(word) for word in _words(ground)}
    wrong += [
        word for word in _words(bare) if word not in _PLAIN and _stem(word) not in names and number_in(word) is None
    ]
    missing = {_stem(word) for word in _words(answer)} - {_stem(word) for word in _words(bare)}
    missing_numbers = set(_numbers(answer)) - set(_numbers(bare))
    if missing or missing_numbers:
        wrong.append(f"the answer {answer} is left out")
    return tuple(dict.fromkeys(wrong))


def _even(box: str) -> str:
    return ",".join(_NUMBER.findall(box))


def _numbers(text: str) -> Iterator[float]:
    yield from (float(number) for number in _NUMBER.findall(text))
    yield from (number for word in _words(text) if (number := number_in(word)) is not None and word != "one")


def _words(text: str) -> list[str]:
    return [word.removesuffix("'s") for word in _WORD.findall(text.lower())]


def _stem(word: str) -> str:
    """Singular and plural, and the forms of a verb, are one word."""
    for end in ("ies", "es", "s", "ing", "ed", "y"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word.removesuffix(end)
    return word
