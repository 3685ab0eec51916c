"""Makes programs in the style of ViperGPT's examples run in a sandbox that knows only a part of Python.

`rewrite` splices small pieces into the source, guided by its syntax tree: no line is added, moved or lost, and every
splice is recorded, so that positions in the rewritten source map back to the source as it was written. What the pieces
call stands in `prelude`. A program with nothing to rewrite is left as it is, byte for byte.
"""

import ast
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from agent.language import KNOWN_ERRORS, Reading
from agent.language import RESERVED as PREFIX
from agent.program import Span
from agent.running.fstrings import expressions

NATIVE = (str, list, dict, set, tuple, bytes, int, float, frozenset)
"""Types whose methods are no values in the sandbox: `key=d.get`, `key=str.lower` and `f = s.upper` need a splice."""

KINDS = {
    name: tuple(kind.__name__ for kind in NATIVE if callable(getattr(kind, name, None)))
    for name in sorted({name for kind in NATIVE for name in dir(kind) if not name.startswith("_")})
    if any(callable(getattr(kind, name, None)) for kind in NATIVE)
}
"""Method name to the native types that have it."""

KIND_NAMES = frozenset(kind.__name__ for kind in NATIVE)
CLASS_METHODS = frozenset({"fromkeys", "fromhex", "maketrans", "from_bytes"})
LAZY = frozenset({"any", "all", "next"})


@dataclass(frozen=True)
class Splice:
    """Bytes `start` to `end` of the source replaced by `text`, on behalf of the expression at `anchor` (bytes)."""

    start: int
    end: int
    text: str
    anchor: tuple[int, int]
    closing: bool = False


@dataclass(frozen=True)
class Rewritten:
    """A program as the sandbox gets it, and the way back to the source as it was written."""

    original: str
    text: str
    splices: tuple[Splice, ...] = ()
    """In the order of the text, without overlaps."""

    @cached_property
    def _starts(self) -> list[tuple[int, int]]:
        """`(position in the rewritten bytes, index)` of every splice, ascending."""
        starts, shift = [], 0
        for splice in self.splices:
            starts.append(splice.start + shift)
            shift += len(splice.text.encode()) - (splice.end - splice.start)
        return list(zip(starts, range(len(starts)), strict=True))

    @cached_property
    def _lines(self) -> tuple[bytes, list[int]]:
        return line_starts(self.original)

    @cached_property
    def _new_lines(self) -> tuple[bytes, list[int]]:
        return line_starts(self.text)

    def origin(self, position: int) -> tuple[int, tuple[int, int] | None]:
        """Where byte `position` of the rewritten text came from.

        Returns:
            The byte offset in the original, and the anchor of the splice that the position is inside of, if it is.
        """
        index = bisect_right(self._starts, (position, len(self.splices))) - 1
        if index < 0:
            return position, None
        start, splice = self._starts[index][0], self.splices[index]
        over = position - start - len(splice.text.encode())
        return (splice.start, splice.anchor) if over < 0 else (splice.end + over, None)

    def span(self, start: int, end: int) -> Span | None:
        """Positions in the original of bytes `start` to `end` of the rewritten text; None if they lie beyond it."""
        source, lines = self._lines
        first, anchor = self.origin(start)
        begin = anchor[0] if anchor else first
        last, anchor = self.origin(max(end - 1, start))
        finish = anchor[1] if anchor else last + 1
        if begin >= len(source) or finish > len(source):
            return None
        return Span(*_place(source, lines, begin), *_place(source, lines, max(finish, begin)))

    def inserted(self, position: int) -> bool:
        """Whether byte `position` of the rewritten text was spliced in."""
        return self.origin(position)[1] is not None

    def offset(self, line: int, column: int) -> int:
        """Byte offset in the rewritten text of a line (from 1) and a column in characters (from 0)."""
        text, lines = self._new_lines
        if line > len(lines):
            return len(text)
        start = lines[line - 1]
        end = lines[line] if line < len(lines) else len(text)
        return start + len(text[start:end].decode()[:column].encode())


def _place(source: bytes, lines: list[int], offset: int) -> tuple[int, int]:
    """Line (from 1) and column in characters (from 0) of a byte offset."""
    line = bisect_right(lines, offset) - 1
    return line + 1, len(source[lines[line] : offset].decode(errors="replace"))


def line_starts(text: str) -> tuple[bytes, list[int]]:
    """The text as UTF-8, and the byte offset of the start of each line."""
    source = text.encode()
    starts = [0]
    for line in source.split(b"\n")[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return source, starts


def rewrite(
    source: str,
    reading: Reading,
    functions: frozenset[str] = frozenset(),
    classes: frozenset[str] = frozenset(),
) -> Rewritten:
    """Rewrite a program for the sandbox.

    Args:
        source: Python with "\\n" as its only line end.
        reading: of the same source.
        functions: names of host functions, which may be passed on as values.
        classes: names of host classes that programs may construct.
    """
    shim = _Shim(source, reading, functions, classes)
    shim.visit(reading.nodes)
    return Rewritten(source, *_join(source, shim.splices)) if shim.splices else Rewritten(source, source)


def _join(source: str, splices: list[Splice]) -> tuple[str, tuple[Splice, ...]]:
    """Apply splices. At one place closing pieces come first, inner before outer; then opening ones, outer before inner;
    then what replaces text. (Visiting outer expressions first gives the order within a kind.)"""

    def order(item: tuple[int, Splice]) -> tuple[int, int, int]:
        index, splice = item
        if splice.closing:
            return splice.start, 0, -index
        return splice.start, 1 if splice.start == splice.end else 2, index

    ordered = [splice for _, splice in sorted(enumerate(splices), key=order)]
    data, pieces, done = source.encode(), [], 0
    for splice in ordered:
        pieces += [data[done : splice.start], splice.text.encode()]
        done = splice.end
    pieces.append(data[done:])
    return b"".join(pieces).decode(), tuple(ordered)


class _Shim:
    """Collects the splices of one program."""

    def __init__(self, source: str, reading: Reading, functions: frozenset[str], classes: frozenset[str]) -> None:
        self.source, self.lines = line_starts(source)
        self.base = 0
        """Added to the positions of nodes; not 0 inside f-strings, whose expressions are parsed a second time."""
        self.reading = reading
        self.functions, self.classes = functions - reading.bound, classes - reading.bound
        self.splices: list[Splice] = []
        self.called: set[int] = set()
        """Ids of nodes that stand before the parentheses of a call, or are generators that a call takes care of."""
        self.done: set[int] = set()
        """Ids of nodes inside f-strings, which are parsed again."""
        self.parsed: list[ast.expr] = []
        """Expressions of f-strings, kept so that no other node gets the id of one of theirs."""
        self.quote = "'"

    def visit(self, nodes: Iterable[ast.AST]) -> None:
        """Collect the splices of nodes, of which every one comes before those inside it."""
        for node in nodes:
            handler = self.HANDLERS.get(type(node))
            if handler is not None and id(node) not in self.done:
                handler(self, node)

    def at(self, node: ast.AST) -> tuple[int, int]:
        """Bytes of the source that a node covers."""
        place: Any = node
        start = self.lines[place.lineno - 1] + place.col_offset
        return start + self.base, self.lines[place.end_lineno - 1] + place.end_col_offset + self.base

    def scan(self, position: int, marks: str) -> int:
        """The next of `marks` from `position` on, where only blanks, comments and parentheses can come before it."""
        while chr(self.source[position]) not in marks:
            if self.source[position] == ord("#"):
                position = self.source.index(b"\n", position)
            position += 1
        return position

    def replace(self, start: int, end: int, text: str, anchor: tuple[int, int], closing: bool = False) -> None:
        """Record a splice. Line ends inside what is replaced are kept, so that all lines stay where they are."""
        text += "\n" * self.source.count(b"\n", start, end)
        self.splices.append(Splice(start, end, text, anchor, closing))

    def wrap(self, node: ast.AST, before: str, after: str, anchor: tuple[int, int]) -> None:
        start, end = self.at(node)
        self.replace(start, start, before, anchor)
        self.replace(end, end, after, anchor, closing=True)

    # Calls

    def _call(self, node: ast.Call) -> None:
        self.called.add(id(node.func))
        anchor = self.at(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "sort" and not node.args and node.keywords:
            self._sort(node.func, anchor)
        elif self.reading.builtin(node.func, LAZY) and node.args and isinstance(node.func, ast.Name):
            self._lazy(node.func, node.args[0], anchor)
        elif self.reading.builtin(node.func, KNOWN_ERRORS) and len(node.args) == 1:
            self._error(node.args[0], anchor)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self._function_argument(node.func, argument)
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp) and not node.keywords:
            self._sole_generator(node.func, node.args[0])

    def _sole_generator(self, function: ast.expr, generator: ast.GeneratorExp) -> None:
        """`f(E for T in I)`, whose parentheses may be those of the call. To what is built in, a list is as good."""
        if id(generator) not in self.called and isinstance(function, ast.Name) and function.id in self.reading.bound:
            start, end = self.at(generator)
            self.replace(start, start + 1, f"({PREFIX}iter([", (start, end))
            self.replace(end - 1, end, "]))", (start, end))
        self.called.add(id(generator))

    def _error(self, argument: ast.expr, anchor: tuple[int, int]) -> None:
        """Errors of the sandbox hold a text and nothing else."""
        text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        if not text and not isinstance(argument, ast.JoinedStr | ast.GeneratorExp):
            self.wrap(argument, f"{PREFIX}text(", ")", anchor)

    def _sort(self, method: ast.Attribute, anchor: tuple[int, int]) -> None:
        """`X.sort(key=...)` to `_sight_sort(X, key=...)`."""
        self.replace(anchor[0], anchor[0], f"{PREFIX}sort(", anchor)
        dot = self.scan(self.at(method.value)[1], ".")
        self.replace(dot, self.scan(self.at(method)[1], "(") + 1, ", ", anchor)

    def _lazy(self, function: ast.Name, source: ast.expr, anchor: tuple[int, int]) -> None:
        """`any(E for T in I if C)` to a loop that asks for one `E` at a time; likewise `all`, `next`, `map` in them."""
        if isinstance(source, ast.GeneratorExp):
            self._turns(source, anchor)
        elif (
            isinstance(source, ast.Call)
            and self.reading.builtin(source.func, ("map", "filter"))
            and not source.keywords
        ):
            start, end = self.at(source.func)
            self.replace(start, end, f"{PREFIX}lazy_{self.source[start:end].decode()}", anchor)
        else:
            return
        self.replace(*self.at(function), f"{PREFIX}{function.id}", anchor)

    def _turns(self, generator: ast.GeneratorExp, anchor: tuple[int, int]) -> None:
        """Turn a generator expression into a function that computes its next element, as a list of one or none."""
        start, end = self.at(generator)
        self.called.add(id(generator))
        self.replace(start, start + 1, f"(lambda {PREFIX}state: [", anchor)
        self.replace(end - 1, end, "])", anchor)
        for level, loop in enumerate(generator.generators):
            self.wrap(loop.iter, f"{PREFIX}one({PREFIX}state, {level}, lambda: ", ")", anchor)
            if level + 1 < len(generator.generators):
                for condition in loop.ifs:
                    self.wrap(condition, f"{PREFIX}if({PREFIX}state, {level}, lambda: ", ")", anchor)

    def _function_argument(self, function: ast.expr, argument: ast.expr) -> None:
        """Give a tool that is passed on as a value a call of its own in the program, whose position can be told."""
        if not isinstance(argument, ast.Name | ast.Attribute):
            return
        if isinstance(argument, ast.Name):
            if argument.id in self.functions or (
                argument.id in self.classes and self.reading.builtin(function, ("map",))
            ):
                call = f"(lambda *{PREFIX}a, **{PREFIX}k: "
                self.wrap(argument, call, f"(*{PREFIX}a, **{PREFIX}k))", self.at(argument))
        elif argument.attr in self.reading.tools:
            call = f"(lambda {PREFIX}f: lambda *{PREFIX}a, **{PREFIX}k: {PREFIX}f(*{PREFIX}a, **{PREFIX}k))("
            self.wrap(argument, call, ")", self.at(argument))

    # Values

    def _generator(self, node: ast.GeneratorExp) -> None:
        """A generator that is kept for later: an iterator over a list, so that `next` works on it."""
        if id(node) not in self.called:
            start, end = self.at(node)
            self.replace(start, start + 1, f"{PREFIX}iter([", (start, end))
            self.replace(end - 1, end, "])", (start, end))

    def _attribute(self, node: ast.Attribute) -> None:
        """`X.lower` as a value: a method of a text, or an attribute of a patch. Only the run can tell. And
        `str.lower(X)`, and `X.__class__`."""
        anchor = self.at(node)
        of_type = self.reading.builtin(node.value, KIND_NAMES) and node.attr not in CLASS_METHODS
        if node.attr == "__class__" and isinstance(node.ctx, ast.Load):
            self.replace(anchor[0], anchor[0], f"{PREFIX}type(", anchor)
            self.replace(self.scan(self.at(node.value)[1], "."), anchor[1], ")", anchor)
        elif isinstance(node.ctx, ast.Load) and node.attr in KINDS and (of_type or id(node) not in self.called):
            kinds = ", ".join(f"{PREFIX}{kind}" for kind in KINDS[node.attr])
            call = f"lambda {PREFIX}o, *{PREFIX}a, **{PREFIX}k: {PREFIX}o.{node.attr}(*{PREFIX}a, **{PREFIX}k)"
            self.replace(anchor[0], anchor[0], f"{PREFIX}member(", anchor)
            dot = self.scan(self.at(node.value)[1], ".")
            name = f"{self.quote}{node.attr}{self.quote}"
            self.replace(dot, anchor[1], f", {name}, ({kinds},), {call})", anchor)

    # Statements

    def _delete(self, node: ast.Delete) -> None:
        """`del x, d[k]` to `x = None; _sight_del(d, k)`."""
        start, _ = anchor = self.at(node)
        first = self.at(node.targets[0])[0]
        self.replace(start, first, "", anchor)
        for index, target in enumerate(node.targets):
            begin, end = self.at(target)
            if isinstance(target, ast.Subscript):
                self.replace(begin, begin, f"{PREFIX}del(", anchor)
                bracket = self.scan(self.at(target.value)[1], "[")
                self.replace(bracket, bracket + 1, ", ", anchor)
                if isinstance(target.slice, ast.Slice):
                    self._slice(target.slice, bracket + 1, anchor)
                elif isinstance(target.slice, ast.Tuple):
                    self.wrap(target.slice, "(", ")", anchor)
                self.replace(end - 1, end, ")", anchor)
            else:
                self.replace(end, end, " = None", anchor, closing=True)
            if index + 1 < len(node.targets):
                comma = self.scan(end, ",")
                self.replace(comma, comma + 1, ";", anchor)

    def _slice(self, node: ast.Slice, place: int, anchor: tuple[int, int]) -> None:
        """`a:b:c` to `slice(a, b, c)`; `place` is right behind the bracket."""
        self.replace(place, place, f"{PREFIX}slice(", anchor)
        for part in (node.lower, node.upper, node.step):
            if part is None:
                self.replace(place, place, "None", anchor)
            else:
                place = self.at(part)[1]
            place = self.scan(place, ":]")
            if self.source[place] == ord("]"):
                break
            self.replace(place, place + 1, ",", anchor)
            place += 1
        place = self.scan(place, "]")
        self.replace(place, place, ")", anchor)

    def _class(self, node: ast.ClassDef) -> None:
        """`class A(object):` and `class A():` to `class A:`."""
        if not node.keywords and all(self.reading.builtin(base, ("object",)) for base in node.bases):
            start = self.at(node)[0]
            name = start + len("class") + self.source[start + len("class") :].index(node.name.encode())
            place = self.scan(name + len(node.name.encode()), "(:")
            if self.source[place] == ord("("):
                last = self.at(node.bases[-1])[1] if node.bases else place + 1
                end = self.scan(last, ")") + 1
                self.replace(place, end, "", (start, end))

    def _pattern(self, node: ast.MatchValue | ast.MatchClass) -> None:
        """`case Colour.index:` must stay a dotted name."""
        self.done.update(map(id, ast.walk(node.value if isinstance(node, ast.MatchValue) else node.cls)))

    # f-strings

    def _f_string(self, node: ast.JoinedStr) -> None:
        """Before Python 3.12 the positions inside f-strings cannot be trusted, so the expressions are found again."""
        if sys.version_info >= (3, 12):
            return
        inside = list(ast.walk(node))
        self.done.update(map(id, inside))
        if not any(map(self._matters, inside)):
            return
        outer = self.lines, self.base, self.quote
        for start, text, quote, expression in expressions(self.source, *self.at(node), node):
            self.lines, self.base = line_starts(f"({text})")[1], start - 1
            self.quote = '"' if quote == "'" else "'"
            self.parsed.append(expression)
            self.visit(ast.walk(expression))
            self.lines, self.base, self.quote = outer

    def _matters(self, node: ast.AST) -> bool:
        """Whether something near a node of an f-string may have to be rewritten."""
        if isinstance(node, ast.Name):
            return node.id in LAZY or node.id in KNOWN_ERRORS or node.id in self.functions or node.id in self.classes
        return isinstance(node, ast.Attribute | ast.GeneratorExp)

    HANDLERS: ClassVar[dict[type, Callable[["_Shim", Any], None]]] = {
        ast.Call: _call,
        ast.GeneratorExp: _generator,
        ast.Attribute: _attribute,
        ast.Delete: _delete,
        ast.ClassDef: _class,
        ast.MatchValue: _pattern,
        ast.MatchClass: _pattern,
        ast.JoinedStr: _f_string,
    }
