"""The expressions of EVAL: `{A} + {B}`, `{A} == 1 and {B}`, `'yes' if {A} > 0 else 'no'`.

VisProg fills the variables into the text and gives it to Python's `eval`. Here a grammar of its own reads it, and the
tree becomes Python for the sandbox:

    choice     = either ["if" either "else" choice]
    either     = exclusive {"or" exclusive}
    exclusive  = both {"xor" both}
    both       = negation {"and" negation}
    negation   = "not" negation | comparison
    comparison = sum [("==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in") sum]
    sum        = product {("+" | "-") product}
    product    = sign {("*" | "/" | "//" | "%") sign}
    sign       = "-" sign | atom
    atom       = number | text | "{" NAME "}" | "True" | "False" | "yes" | "no" | "(" choice ")"

Variables inside quotes are filled in as words: `'{A} and {B}'`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

MAX_DEPTH = 50
"""Parentheses and choices inside each other."""

MAX_TOKENS = 150
"""Names, numbers, texts and signs of an expression."""

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>\d+\.\d+|\d+)
      | (?P<text>'[^']*'|"[^"]*")
      | \{\s*(?P<variable>[A-Za-z_]\w*)\s*\}
      | (?P<word>[A-Za-z_]\w*)
      | (?P<sign>==|!=|<=|>=|//|[-+*/%<>()])
    )""",
    re.VERBOSE,
)
_SLOT = re.compile(r"\{\s*([A-Za-z_]\w*)\s*\}")

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")
TRUTHS = {"True": True, "true": True, "yes": True, "False": False, "false": False, "no": False}


class ExpressionError(ValueError):
    """What is wrong with an expression, in one line, and at which of its characters."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True)
class Slot:
    """A variable."""

    name: str
    position: int


@dataclass(frozen=True)
class Number:
    value: int | float


@dataclass(frozen=True)
class Truth:
    value: bool


@dataclass(frozen=True)
class Words:
    """A text with variables in it."""

    parts: tuple[str | Slot, ...]


@dataclass(frozen=True)
class Operation:
    """`sign` of two operands; `not` and the minus of a number have one."""

    sign: str
    operands: tuple["Expression", ...]


@dataclass(frozen=True)
class Choice:
    """`then if test else otherwise`."""

    test: "Expression"
    then: "Expression"
    otherwise: "Expression"


Expression: TypeAlias = Slot | Number | Truth | Words | Operation | Choice


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def parse_expression(text: str) -> Expression:
    """The tree of an expression. Raises ExpressionError."""
    return _Parser(text).whole()


def slots(tree: Expression) -> Iterator[Slot]:
    """The variables of an expression, in its order."""
    if isinstance(tree, Slot):
        yield tree
    elif isinstance(tree, Words):
        yield from (part for part in tree.parts if isinstance(part, Slot))
    elif isinstance(tree, Operation):
        for operand in tree.operands:
            yield from slots(operand)
    elif isinstance(tree, Choice):
        for part in (tree.then, tree.test, tree.otherwise):
            yield from slots(part)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(islice(self._tokens(), MAX_TOKENS + 1))
        self.place = 0
        self.depth = 0

    def _tokens(self) -> Iterator[_Token]:
        position = 0
        while self.text[position:].strip():
            match = _TOKEN.match(self.text, position)
            if match is None or match.lastgroup is None:
                position += len(self.text[position:]) - len(self.text[position:].lstrip())
                yield _Token("unreadable", self.text[position], position)
                return
            yield _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup))
            position = match.end()
        yield _Token("end", "", len(self.text))

    def _unreadable(self, position: int) -> str:
        sign = self.text[position]
        if sign in "'\"":
            return "a text in the expression is not closed"
        if sign == "{":
            return "`{` and `}` enclose one variable, as in {ANSWER0}"
        if sign == "=":
            return "`=` compares nothing; write `==`"
        return f"`{sign}` has no meaning in an expression"

    # ------------------------------------------------------------------ the grammar

    def whole(self) -> Expression:
        if len(self.tokens) > MAX_TOKENS:
            raise ExpressionError("the expression is too long; give parts of it names of their own", 0)
        if self.tokens[0].kind == "end":
            raise ExpressionError("the expression is empty", 0)
        tree = self._choice()
        if self._next.kind != "end":
            raise self._unexpected()
        return tree

    def _choice(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("the expression is nested too deep", self._next.position)
        then = self._either()
        if self._taken("if"):
            test = self._either()
            if not self._taken("else"):
                raise ExpressionError("an `if` in an expression needs its `else`", self._next.position)
            then = Choice(test, then, self._choice())
        self.depth -= 1
        return then

    def _chain(self, signs: tuple[str, ...], inner: Callable[[], Expression]) -> Expression:
        tree = inner()
        while sign := self._taken(*signs):
            tree = Operation(sign, (tree, inner()))
        return tree

    def _either(self) -> Expression:
        return self._chain(("or",), lambda: self._chain(("xor",), lambda: self._chain(("and",), self._negation)))

    def _negation(self) -> Expression:
        negations = 0
        while self._taken("not"):
            negations += 1
        tree = self._comparison()
        return tree if not negations else Operation("not", (tree,)) if negations % 2 else Operation("truth", (tree,))

    def _comparison(self) -> Expression:
        left = self._sum()
        sign = self._taken(*COMPARISONS)
        if sign == "" and self._next.text == "not" and self.tokens[self.place + 1].text == "in":
            self.place += 2
            sign = "not in"
        if not sign:
            return left
        right = self._sum()
        if self._next.text in COMPARISONS:
            raise ExpressionError("compare two things at a time, joined by `and`", self._next.position)
        return Operation(sign, (left, right))

    def _sum(self) -> Expression:
        return self._chain(("+", "-"), lambda: self._chain(("*", "//", "/", "%"), self._sign))

    def _sign(self) -> Expression:
        negative = False
        while self._taken("-"):
            negative = not negative
        atom = self._atom()
        return Operation("minus", (atom,)) if negative else atom

    def _atom(self) -> Expression:
        token = self._next
        self.place += 1
        if token.kind == "number":
            return Number(float(token.text) if "." in token.text else int(token.text))
        if token.kind == "variable":
            return Slot(token.text, token.position)
        if token.kind == "text":
            return self._words(token)
        if token.kind == "word" and token.text in TRUTHS:
            return Truth(TRUTHS[token.text])
        if token.text == "(" and token.kind == "sign":
            inside = self._choice()
            if not self._taken(")"):
                raise ExpressionError("a parenthesis is not closed", token.position)
            return inside
        self.place -= 1
        raise self._unexpected()

    def _words(self, token: _Token) -> Expression:
        text, start = token.text[1:-1], token.position + 1
        if text.strip().lower() in ("yes", "no"):
            return Truth(text.strip().lower() == "yes")
        parts: list[str | Slot] = []
        done = 0
        for match in _SLOT.finditer(text):
            parts += [text[done : match.start()], Slot(match[1], start + match.start(1))]
            done = match.end()
        parts.append(text[done:])
        return Words(tuple(part for part in parts if part != ""))

    @property
    def _next(self) -> _Token:
        return self.tokens[self.place]

    def _taken(self, *signs: str) -> str:
        """The next token if it is one of these, which is then behind; else an empty text."""
        token = self._next
        if token.kind in ("sign", "word") and token.text in signs:
            self.place += 1
            return token.text
        return ""

    def _unexpected(self) -> ExpressionError:
        token = self._next
        if token.kind == "end":
            return ExpressionError("the expression ends too early", token.position)
        if token.kind == "unreadable":
            return ExpressionError(self._unreadable(token.position), token.position)
        hint = ""
        if token.kind == "word" and token.text not in ("if", "else", "and", "or", "xor", "not", "in"):
            hint = f"; a variable is written {{{token.text}}}, a text in quotes"
        return ExpressionError(f"`{token.text}` cannot stand here in the expression{hint}", token.position)


# ---------------------------------------------------------------------- Python

NUMERIC = ("+", "-", "*", "/", "//", "%", "<", "<=", ">", ">=")
"""Operators whose operands are read as numbers."""


def python_of(tree: Expression, name: Callable[[str], str]) -> str:
    """An expression as Python, in terms of `value` and `said` (see `compiler`) and the tool `coerce_to_numeric`.

    Args:
        name: what a variable is called in Python.
    """
    if isinstance(tree, Slot):
        return f"value({name(tree.name)})"
    if isinstance(tree, Number | Truth):
        return repr(tree.value)
    if isinstance(tree, Words):
        parts = [f"said({name(part.name)})" if isinstance(part, Slot) else repr(part) for part in tree.parts]
        return f"({' + '.join(parts)})" if len(parts) > 1 else "".join(parts) or "''"
    if isinstance(tree, Choice):
        then, test, otherwise = (python_of(one, name) for one in (tree.then, tree.test, tree.otherwise))
        return f"({then} if {test} else {otherwise})"
    return _operation(tree, name)


def _operation(tree: Operation, name: Callable[[str], str]) -> str:
    plain = [python_of(one, name) for one in tree.operands]
    if tree.sign == "not":
        return f"(not {plain[0]})"
    if tree.sign == "truth":
        return f"bool({plain[0]})"
    if tree.sign == "minus":
        return f"(-{_number(tree.operands[0], plain[0])})"
    if tree.sign in ("and", "or"):
        return f"(bool({plain[0]}) {tree.sign} bool({plain[1]}))"
    if tree.sign == "xor":
        return f"(bool({plain[0]}) != bool({plain[1]}))"
    if tree.sign in NUMERIC:
        left, right = (_number(one, text) for one, text in zip(tree.operands, plain, strict=True))
        return f"({left} {tree.sign} {right})"
    if tree.sign in ("==", "!=") and any(map(_is_number, tree.operands)):
        # an answer may be "two" or "2 dogs"; one without a number in it is equal to none
        plain = [
            text if _is_number(one) else f"coerce_to_numeric({text})"
            for one, text in zip(tree.operands, plain, strict=True)
        ]
    return f"({plain[0]} {tree.sign} {plain[1]})"


def _number(tree: Expression, text: str) -> str:
    """Python for an operand that has to be a number; the call fails where there is none in it."""
    return text if _is_number(tree) or isinstance(tree, Truth) else f"coerce_to_numeric({text}, True)"


def _is_number(tree: Expression) -> bool:
    if isinstance(tree, Operation):
        return tree.sign in ("+", "-", "*", "/", "//", "%", "minus")
    return isinstance(tree, Number)
