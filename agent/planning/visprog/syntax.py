"""Reads programs of VisProg's language (Gupta and Kembhavi, CVPR 2023, "Visual Programming: Compositional visual
reasoning without training") into a tree, and writes trees as text again.

A program is a line a step: `BOX0=LOC(image=IMAGE,object='dog')`. Each line is one assignment of one call with named
arguments, and an argument is a variable, a text, a whole number or None. Lines are read by Python's own parser, which
evaluates nothing; whatever else it understands is refused here, with line and column. Empty lines and comments are
allowed and are no part of the tree.
"""

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from agent.language import parse as parse_python
from agent.program import Problem, Span

MAX_LINE = 10_000
"""Characters of a line."""

SHAPE = "NAME=MODULE(argument=value,...)"


@dataclass(frozen=True)
class Variable:
    """The name of an earlier result, or of a picture."""

    name: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Literal:
    value: str | int | None
    span: Span = field(compare=False)


Value: TypeAlias = Variable | Literal


@dataclass(frozen=True)
class Argument:
    name: str
    value: Value
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Step:
    """One line: `target=module(arguments)`."""

    target: str
    module: str
    arguments: tuple[Argument, ...]
    span: Span = field(compare=False)
    module_span: Span = field(compare=False)

    def argument(self, name: str) -> Value | None:
        """The value of an argument, or None if it is left out."""
        return next((one.value for one in self.arguments if one.name == name), None)

    def __str__(self) -> str:
        arguments = ",".join(f"{one.name}={_written(one.value)}" for one in self.arguments)
        return f"{self.target}={self.module}({arguments})"


def parse(source: str) -> tuple[list[Step], list[Problem]]:
    """The steps of a program, and what is wrong with the lines that are none. Names and kinds are not looked at."""
    steps: list[Step] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines_of(source), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            steps.append(_Line(line, number).step())
        except _Refusal as refusal:
            problems.append(refusal.problem)
    return steps, problems


def lines_of(source: str) -> list[str]:
    """Only line ends end a line, not what else Unicode has for that inside a text."""
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def print_program(steps: list[Step]) -> str:
    """The text of a program, as VisProg's authors write it. Inverse of `parse`."""
    return "".join(f"{step}\n" for step in steps)


class _Refusal(Exception):
    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.problem = Problem("syntax", message, span)


class _Line:
    """One line of a program, and where it stands."""

    def __init__(self, line: str, number: int) -> None:
        self.number = number
        self.text = line.lstrip()
        self.indent = len(line) - len(self.text)
        self.text = self.text.rstrip()
        self.whole = Span(number, self.indent, number, self.indent + len(self.text))

    def step(self) -> Step:
        """Raises _Refusal."""
        if len(self.text) > MAX_LINE:
            raise _Refusal(f"the line has {len(self.text)} characters; at most {MAX_LINE} are allowed", self.whole)
        if any(ord(sign) < 32 and sign != "\t" for sign in self.text):
            raise _Refusal("the line holds a control character", self.whole)
        body = self._body()
        if len(body) != 1:
            place = self._span(body[1]) if body else self.whole
            raise _Refusal("a line holds one step; write the next one on a line of its own", place)
        statement = body[0]
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            raise _Refusal(f"a step is an assignment, {SHAPE}", self._span(statement))
        target, call = statement.targets[0], statement.value
        if not isinstance(target, ast.Name):
            raise _Refusal(f"a step gives its result one plain name, {SHAPE}", self._span(target))
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            raise _Refusal(f"a step calls one module, {SHAPE}", self._span(call))
        for node in (target, call.func):
            if not node.id.isascii():
                raise _Refusal(f"the name `{node.id}` has other signs than letters, digits and _", self._span(node))
        for given in call.args:
            raise _Refusal(f"an argument needs its name: {call.func.id}(name=value)", self._span(given))
        arguments = tuple(self._argument(keyword, call.func.id) for keyword in call.keywords)
        return Step(target.id, call.func.id, arguments, self._span(statement), self._span(call.func))

    def _body(self) -> list[ast.stmt]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)  # of backslashes in a text
                statements: list[ast.stmt] = parse_python(self.text).body
                return statements
        except SyntaxError as error:
            ended = self._ended_text()
            column = max((error.offset or 1) - 1, 0) if ended is None else ended
            column = self.indent + min(column, len(self.text) - 1)
            message = (
                error.msg if ended is None else "a quote inside a text ends it; use the other kind around the text"
            )
            place = Span(self.number, column, self.number, self.whole.end_column if ended is None else column + 1)
            raise _Refusal(f"invalid syntax: {message}", place) from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise _Refusal(f"the line cannot be read: {error}", self.whole) from None

    def _ended_text(self) -> int | None:
        """The quote that ends a text too early, as in `'Disney's'`: the slip that models make most."""
        before = None
        with suppress(tokenize.TokenError, SyntaxError):
            for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
                if before is not None and token.start == before.end and token.type in (tokenize.NAME, tokenize.STRING):
                    return before.end[1] - 1
                before = token if token.type == tokenize.STRING else None
        return None

    def _argument(self, keyword: ast.keyword, module: str) -> Argument:
        if keyword.arg is None:
            raise _Refusal(f"an argument needs its name: {module}(name=value)", self._span(keyword.value))
        span = Span(self.number, self._column(keyword.col_offset), self.number, self._span(keyword.value).end_column)
        return Argument(keyword.arg, self._value(keyword.value), span)

    def _value(self, node: ast.expr) -> Value:
        span = self._span(node)
        if isinstance(node, ast.Name):
            return Variable(node.id, span)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            number = node.operand.value
            if type(number) is int:
                return Literal(-number, span)
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str | None) or type(node.value) is int:
                return Literal(node.value, span)  # type: ignore[arg-type]
            raise _Refusal("a value is a text, a whole number, None or a variable", span)
        if isinstance(node, ast.Call):
            raise _Refusal("a step holds one call; give this one a name on a line before", span)
        if isinstance(node, ast.JoinedStr):
            raise _Refusal("write a plain text; EVAL fills in its {VARIABLES} without an `f`", span)
        raise _Refusal("a value is a text, a whole number, None or a variable; calculate with EVAL", span)

    def _span(self, node: ast.expr | ast.stmt) -> Span:
        end = node.end_col_offset if node.end_col_offset is not None else len(self.text.encode())
        return Span(self.number, self._column(node.col_offset), self.number, self._column(end))

    def _column(self, offset: int) -> int:
        """In characters of the whole line; syntax trees count bytes."""
        return self.indent + len(self.text.encode()[:offset].decode("utf-8", "ignore"))


def _written(value: Value) -> str:
    if isinstance(value, Variable):
        return value.name
    if not isinstance(value.value, str):
        return str(value.value)
    text = value.value
    # as VisProg's authors do: single quotes, unless there is one in the text
    return repr(text)


def variables(steps: list[Step]) -> Iterator[Variable]:
    """The variables that stand as arguments, in order."""
    for step in steps:
        yield from (one.value for one in step.arguments if isinstance(one.value, Variable))
