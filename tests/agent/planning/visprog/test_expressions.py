"""EVAL's expressions: what they come to, and what is no expression."""

from typing import Any

import pytest

from agent.planning.visprog.compiler import HELPERS
from agent.planning.visprog.expressions import ExpressionError, parse_expression, python_of, slots
from tools.functions import coerce_to_numeric

STATE = {
    "A": 2,
    "B": 3,
    "Y": "yes",
    "N": "no",
    "RED": "red",
    "BLUE": "blue",
    "TWO": "two",
    "D": "3",
    "L": ["red", "green"],
}


def outcome(text: str) -> Any:
    """What the Python of an expression gives, with the helpers that stand before a compiled program."""
    scope: dict[str, Any] = {**STATE, "coerce_to_numeric": coerce_to_numeric}
    for source in HELPERS.values():
        exec(source, scope)
    return eval(python_of(parse_expression(text), str), scope)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{A} + {B}", 5),
        ("{A} - {B} * 2", -4),
        ("({A} - {B}) * 2", -2),
        ("{B} / {A}", 1.5),
        ("{B} // {A} + {B} % {A}", 2),
        ("-{A} + 0.5", -1.5),
        ("{A} + {TWO}", 4),
        ("{A} + {D}", 5),
        ("{Y} + {Y}", 2),
        ("{A} == 2", True),
        ("{TWO} == 2", True),
        ("{RED} == 2", False),
        ("{D} == {B}", True),
        ("{RED} == 'red'", True),
        ("{RED} != {BLUE}", True),
        ("{A} <= {B}", True),
        ("{A} >= 3", False),
        ("{Y} == 'yes'", True),
        ("{N} == 'yes'", False),
        ("{N} == no", True),
        ("{Y} and {N}", False),
        ("{Y} or {N}", True),
        ("{Y} xor {N}", True),
        ("{Y} xor {Y}", False),
        ("not {N} and {Y}", True),
        ("not not {N}", False),
        ("{A} == 2 xor {B} == 3", False),
        ("{N} and {N} or {Y}", True),
        ("{Y} or {Y} and {N}", True),
        ("{RED} and {A}", True),
        ("'yes' if {A} > 0 else 'no'", True),
        ("'top' if {A} > 5 else 'bottom'", "bottom"),
        ("'none' if {A} == 0 else 'one' if {A} == 1 else 'many'", "many"),
        ("'{A} and {Y}'", "2 and yes"),
        ("''", ""),
        ("{RED} in {L}", True),
        ("{BLUE} not in {L}", True),
        ("'re' in {RED}", True),
        ("True", True),
        ("{ A }", 2),
    ],
)
def test_values(text: str, value: Any) -> None:
    found = outcome(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", ["{RED} + 1", "{RED} > 0", "-{RED}"])
def test_no_number_in_a_text(text: str) -> None:
    with pytest.raises(ValueError, match="there is no number in the text 'red'"):
        outcome(text)


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("", "the expression is empty", 0),
        ("{A} +", "the expression ends too early", 5),
        ("{A} = 2", "`=` compares nothing; write `==`", 4),
        ("{A} {B}", "`B` cannot stand here in the expression", 5),
        ("ANSWER0 > 0", "a variable is written {ANSWER0}, a text in quotes", 0),
        ("{A} == 'red", "a text in the expression is not closed", 7),
        ("{A.real}", "`{` and `}` enclose one variable, as in {ANSWER0}", 0),
        ("{A} > 0 > 1", "compare two things at a time, joined by `and`", 8),
        ("'a' if {A}", "an `if` in an expression needs its `else`", 10),
        ("({A}", "a parenthesis is not closed", 0),
        ("len({A})", "`len` cannot stand here", 0),
        ("{A}.real", "`.` has no meaning in an expression", 3),
        ("[{A}][0]", "`[` has no meaning in an expression", 0),
        ("lambda: 1", "`lambda` cannot stand here", 0),
        ("{A} ** 9", "`*` cannot stand here", 5),
    ],
)
def test_no_expression(text: str, message: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert message in str(caught.value)
    assert caught.value.position == position


def test_variables() -> None:
    found = [(slot.name, slot.position) for slot in slots(parse_expression("'{A} x' if {B} > {A} else {C}"))]
    assert found == [("A", 2), ("B", 12), ("A", 18), ("C", 27)]
