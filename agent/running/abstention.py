"""Tells a program that stumbled over something absent from one that is wrong.

`dogs[0]` where `find("dog")` found nothing is no mistake of the planner's: the honest answer is that there is no dog.
From the place where a program stopped, its syntax tree and the results of its tool calls this module works out whether
an empty `find` was the cause. Where that is not certain, it says nothing, and the program counts as failed.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.program import Problem, Span
from agent.trace import PatchValue, Step
from models.picture import Picture

FIND = "ImagePatch.find"
"""The tool whose empty result means that something is absent."""

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PLURALS = ("people", "men", "women", "children", "mice", "geese", "feet", "teeth", "sheep")


def reason_of(source: str, problem: Problem, steps: Sequence[Step], pictures: Sequence[Picture]) -> str | None:
    """Why there is no honest answer, such as "there is no dog in the picture", or None if the program is to blame.

    Args:
        source: the program.
        problem: what stopped it, of kind `runtime`; its message begins with the name of the exception.
        steps: its tool calls.
        pictures: those that came with the question, in order.
    """
    if problem.span is None:
        return None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    name = re.match(r"\w+", problem.message)
    stumble = _STUMBLES.get(name[0] if name else "")
    if stumble is None:
        return None
    places = _Places(tree, source, steps)
    exact, around = places.marked(problem.span)
    candidates = [found for node in exact for found in stumble(node, problem.message)]
    candidates = candidates or [found for node in around for found in stumble(node, problem.message)]
    wants = [places.want(thing, wanted) for thing, wanted in candidates]
    reasons = {want.told(pictures) if want else None for want in wants}
    # several candidates that disagree leave the cause open
    return reasons.pop() if len(reasons) == 1 else None


Candidates = Iterator[tuple[ast.expr, int]]
"""Expressions that would explain the failure if they hold fewer things than the number beside them."""


def _index(node: ast.AST, message: str) -> Candidates:
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Load):
        yield node.value, _needed(node.slice)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "pop":
        yield node.func.value, _needed(node.args[0]) if node.args else 1


def _needed(index: ast.expr) -> int:
    """How many things a list must hold for this index: 3 for `[2]`, 2 for `[-2]`, 1 where it is not written out."""
    negative = isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub)
    number = index.operand if isinstance(index, ast.UnaryOp) else index
    if isinstance(number, ast.Constant) and isinstance(number.value, int):
        return max(1, number.value if negative else number.value + 1)
    return 1


def _value(node: ast.AST, message: str) -> Candidates:
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("max", "min")
        and len(node.args) == 1
        and "empty" in message
    ):
        yield node.args[0], 1
    if isinstance(node, ast.Assign) and "not enough values to unpack" in message:
        for target in node.targets:
            if isinstance(target, ast.Tuple | ast.List) and not any(isinstance(e, ast.Starred) for e in target.elts):
                yield node.value, len(target.elts)


def _division(node: ast.AST, message: str) -> Candidates:
    if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
        yield (node.right if isinstance(node, ast.BinOp) else node.value), _COUNTED


def _attribute(node: ast.AST, message: str) -> Candidates:
    if isinstance(node, ast.Attribute) and "NoneType" in message and f"'{node.attr}'" in message:
        yield node.value, _CHOSEN


def _next(node: ast.AST, message: str) -> Candidates:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "next" and len(node.args) == 1:
        yield node.args[0], 1


_COUNTED = -1
"""The expression is a number: how many things there are."""
_CHOSEN = -2
"""The expression is one thing, chosen from a list, or None if the list was empty."""

_STUMBLES = {
    "IndexError": _index,
    "ValueError": _value,
    "ZeroDivisionError": _division,
    "AttributeError": _attribute,
    "StopIteration": _next,
}


@dataclass(frozen=True)
class _Source:
    """Where the things in a list come from: calls of `find`, and whether something was sieved out on the way."""

    calls: tuple[ast.Call, ...]
    sieved: bool = False
    adjective: str = ""
    """The property asked for, if the sieve is one `verify_property`."""
    gathered: bool = False
    """Whether the calls may have run several times for the one list."""


@dataclass(frozen=True)
class _Want:
    """Something that was looked for and is not there, or not often enough."""

    step: Step
    noun: str
    wanted: int
    found: int
    unfit: bool = False
    """Found, but none of them is as the program wants it."""

    def told(self, pictures: Sequence[Picture]) -> str:
        where = self._where(pictures)
        plural = _is_plural(self.noun)
        if self.unfit:
            return f"none of what was found as {self.noun!r} {where} is as the question asks"
        if self.found == 0:
            return f"there {'are' if plural else 'is'} no {self.noun} {where}"
        if self.found == 1:
            return f"there is only one {self.noun} {where}"
        number = _NUMBERS[self.found] if self.found < len(_NUMBERS) else str(self.found)
        return f"only {number} were found {where} as {self.noun!r}, fewer than the question needs"

    def _where(self, pictures: Sequence[Picture]) -> str:
        receiver = self.step.arguments.get("self")
        if not isinstance(receiver, PatchValue):
            return "in the picture"
        number = next((i for i, picture in enumerate(pictures) if picture.key == receiver.picture), None)
        which = "picture"
        same = sum(picture.key == receiver.picture for picture in pictures)
        if len(pictures) > 1 and number is not None and same == 1:
            which = f"{_ORDINALS[number]} picture" if number < len(_ORDINALS) else f"picture number {number + 1}"
        if number is not None:
            whole = (0.0, 0.0, float(pictures[number].width), float(pictures[number].height))
            if tuple(receiver.box) == whole:
                return f"in the {which}"
        return f"in that part of the {which}"


def _is_plural(noun: str) -> bool:
    last = noun.split()[-1].lower() if noun.split() else ""
    return last in _PLURALS or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


class _Places:
    """The syntax tree of a program, and what its tool calls gave."""

    def __init__(self, tree: ast.Module, source: str, steps: Sequence[Step]) -> None:
        self.lines = source.split("\n")
        self.steps = steps
        self.parents: dict[ast.AST, ast.AST] = {}
        for parent in ast.walk(tree):
            for child in ast.iter_child_nodes(parent):
                self.parents[child] = parent
        self.tree = tree

    # ------------------------------------------------------------------ where it stopped

    def marked(self, span: Span) -> tuple[list[ast.AST], list[ast.AST]]:
        """The nodes that a span marks exactly, and those that it may mean otherwise: all inside it, and the assignment
        whose target or value it is."""
        start, end = (span.line, span.column), (span.end_line, span.end_column)
        placed = [(node, at) for node in ast.walk(self.tree) if (at := self._at(node))]
        exact = [node for node, at in placed if at == (start, end)]
        inside = [node for node, at in placed if start <= at[0] and at[1] <= end and node not in exact]
        top = exact[0] if exact else None
        inside = [node for node in inside if not self._deferred(node, top)]
        assigning = [parent for node in exact if isinstance(parent := self.parents.get(node), ast.Assign | ast.AugAssign)]
        return exact, [*inside, *assigning]

    def _deferred(self, node: ast.AST, top: ast.AST | None) -> bool:
        """A lambda's body inside the marked place did not fail there: it would have been marked itself."""
        while node is not top and (parent := self.parents.get(node)) is not None:
            if isinstance(parent, ast.Lambda) and parent is not top and node is parent.body:
                return True
            node = parent
        return False

    def _at(self, node: ast.AST) -> tuple[tuple[int, int], tuple[int, int]] | None:
        if not isinstance(node, ast.expr | ast.stmt) or node.end_lineno is None or node.end_col_offset is None:
            return None
        start = (node.lineno, self._column(node.lineno, node.col_offset))
        return start, (node.end_lineno, self._column(node.end_lineno, node.end_col_offset))

    def _column(self, line: int, offset: int) -> int:
        """Characters, where the syntax tree counts bytes."""
        return len(self.lines[line - 1].encode()[:offset].decode("utf-8", "ignore"))

    # ------------------------------------------------------------------ what was wanted there

    def want(self, node: ast.expr, wanted: int) -> _Want | None:
        """What is missing, if the list that `node` stands for surely holds fewer than `wanted` things."""
        if wanted == _COUNTED:
            source, wanted = self._counted(node, node), 1
        elif wanted == _CHOSEN:
            source, wanted = self._chosen(node), 1
        else:
            source = self._list(node, node)
        if source is None or not source.calls:
            return None
        wants = [self._missing(call, source, wanted) for call in source.calls]
        if len(wants) == 1:
            return wants[0]
        # several lists were joined, or nested: the first that is empty explains it only if all that ran are empty
        found = [want for want in wants if want is not None]
        return found[0] if found and all(w is None or w.found == 0 for w in wants) and None not in wants else None

    def _missing(self, call: ast.Call, source: _Source, wanted: int) -> _Want | None:
        steps = [step for step in self.steps if step.tool == FIND and step.error is None and self._made(call, step)]
        if not steps:
            return None
        counts = [len(step.result) for step in steps if isinstance(step.result, list)]
        if len(counts) != len(steps):
            return None
        noun = steps[-1].arguments.get("object_name")
        if not isinstance(noun, str) or not noun.strip():
            return None
        noun = noun.strip()
        found = sum(counts) if source.gathered else counts[-1]
        if found == 0:
            return _Want(steps[-1], noun, wanted, 0)
        if source.sieved and wanted == 1:
            if source.adjective and source.adjective not in noun:
                return _Want(steps[-1], f"{source.adjective} {noun}", wanted, 0)
            return _Want(steps[-1], noun, wanted, found, unfit=True)
        if not source.sieved and found < wanted:
            return _Want(steps[-1], noun, wanted, found)
        return None

    def _made(self, call: ast.Call, step: Step) -> bool:
        at = self._at(call)
        return step.span is not None and at is not None and (step.span.line, step.span.column) == at[0]

    # ------------------------------------------------------------------ where a list comes from

    def _list(self, node: ast.expr, use: ast.AST, depth: int = 0) -> _Source | None:
        """The `find` calls whose results the list is made of, or None where that is not certain."""
        if depth > 12:
            return None
        if isinstance(node, ast.Call):
            return self._made_by(node, use, depth)
        if isinstance(node, ast.Name):
            return self._named(node, use, depth)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            return _sieve(self._list(node.value, use, depth + 1)) if _cuts(node.slice) else self._list(node.value, use, depth + 1)
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            return self._comprehension(node, use, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return _join(self._list(node.left, use, depth + 1), self._list(node.right, use, depth + 1))
        if isinstance(node, ast.NamedExpr):
            return self._list(node.value, use, depth + 1)
        return None

    def _made_by(self, node: ast.Call, use: ast.AST, depth: int) -> _Source | None:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "find":
            return _Source((node,))
        if isinstance(node.func, ast.Name) and node.args:
            name = node.func.id
            if name in ("sorted", "list", "tuple", "reversed", "enumerate", "iter", "set") and not _is_starred(node.args[0]):
                return self._list(node.args[0], use, depth + 1)
            if name == "map" and len(node.args) == 2:
                return self._list(node.args[1], use, depth + 1)
            if name == "filter" and len(node.args) == 2:
                return _sieve(self._list(node.args[1], use, depth + 1), _asked(node.args[0]))
        return None

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, use: ast.AST, depth: int) -> _Source | None:
        sources = [self._list(part.iter, use, depth + 1) for part in node.generators]
        conditions = [test for part in node.generators for test in part.ifs]
        if len(sources) == 1:
            source = sources[0]
        else:
            source = self._nested(sources)
        if source is None:
            return None
        return _sieve(source, _property(conditions)) if conditions else source

    def _nested(self, sources: list[_Source | None]) -> _Source | None:
        """`for kid in kids for hat in kid.find("hat")`: the first of the lists that is empty explains it."""
        for source in sources:
            if source is None or len(source.calls) != 1:
                return None
            ran = any(step.tool == FIND and self._made(source.calls[0], step) for step in self.steps)
            if not ran:
                return None
            gathered = _Source(source.calls, source.sieved, source.adjective, gathered=True)
            want = self._missing(source.calls[0], gathered, 1)
            if want is not None:
                return gathered
        return None

    def _named(self, node: ast.Name, use: ast.AST, depth: int) -> _Source | None:
        bound = self._binding(node, use)
        if bound is None:
            return None
        if isinstance(bound, ast.List) and not bound.elts:
            return self._filled(node, depth)
        if any(self._changes(call, node.id) for call in ast.walk(self._scope(node))):
            return None
        return self._list(bound, bound, depth + 1)

    def _filled(self, node: ast.Name, depth: int) -> _Source | None:
        """`found = []` and then `found.append(x)` inside `for x in p.find(...)`."""
        sources: list[_Source] = []
        for call in ast.walk(self._scope(node)):
            if not self._changes(call, node.id):
                continue
            assert isinstance(call, ast.Call)
            loops, tests = self._enclosing(call)
            if not loops or not isinstance(call.func, ast.Attribute) or call.func.attr != "append":
                return None
            source = self._nested([self._list(loop.iter, loop, depth + 1) for loop in loops]) if len(loops) > 1 else (
                self._list(loops[0].iter, loops[0], depth + 1)
            )
            if source is None:
                return None
            sources.append(_Source(source.calls, True, _property(tests), source.gathered) if tests else source)
        return _join(*sources) if sources else None

    def _enclosing(self, node: ast.AST) -> tuple[list[ast.For], list[ast.expr]]:
        """The loops around a node, outermost first, and the conditions on the way to it."""
        loops: list[ast.For] = []
        tests: list[ast.expr] = []
        while not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module):
            parent = self.parents[node]
            if isinstance(parent, ast.For) and node in parent.body:
                loops.insert(0, parent)
                if any(isinstance(inner, ast.Continue | ast.Break) for inner in ast.walk(parent)):
                    tests.append(ast.Constant(True))
            if isinstance(parent, ast.If):
                tests.append(parent.test if node in parent.body else ast.UnaryOp(ast.Not(), parent.test))
            node = parent
        return loops, tests

    @staticmethod
    def _changes(node: ast.AST, name: str) -> bool:
        """Whether a node is a call that changes how many things the named list holds."""
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == name
            and node.func.attr in ("append", "extend", "insert", "remove", "pop", "clear")
            and not (node.func.attr == "pop")
        )

    # ------------------------------------------------------------------ numbers and chosen things

    def _counted(self, node: ast.expr, use: ast.AST, depth: int = 0) -> _Source | None:
        """Where a number that is zero comes from, if it counts things."""
        if depth > 12:
            return None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
            if node.func.id == "len":
                return self._list(node.args[0], use, depth + 1)
            if node.func.id in ("int", "float", "abs"):
                return self._counted(node.args[0], use, depth + 1)
            if node.func.id == "sum" and _counts_ones(node.args[0]):
                return self._list(node.args[0], use, depth + 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return _join(self._counted(node.left, use, depth + 1), self._counted(node.right, use, depth + 1))
        if isinstance(node, ast.Name):
            bound = self._binding(node, use)
            return None if bound is None else self._counted(bound, bound, depth + 1)
        return None

    def _chosen(self, node: ast.expr, depth: int = 0) -> _Source | None:
        """Where a thing that is None comes from, if it was chosen from a list."""
        if isinstance(node, ast.Name) and depth < 12:
            bound = self._binding(node, node)
            return None if bound is None else self._chosen(bound, depth + 1)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "best_image_match":
                listed = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "list_patches"), None)
                return self._emptied(listed, node)
            if node.func.id in ("max", "min", "next") and (default := _default(node)) is not None:
                return self._emptied(node.args[0], node) if _is_none(default) else None
        if isinstance(node, ast.IfExp) and _is_none(node.orelse) and isinstance(node.body, ast.Subscript):
            return self._emptied(node.body.value, node)
        return None

    def _emptied(self, node: ast.expr | None, use: ast.AST) -> _Source | None:
        return None if node is None else self._list(node, use)

    # ------------------------------------------------------------------ names

    def _scope(self, node: ast.AST) -> ast.AST:
        while not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            node = self.parents[node]
        return node

    def _binding(self, name: ast.Name, use: ast.AST) -> ast.expr | None:
        """The expression that the name surely stood for at `use`: its last assignment before it, if that is on every way
        there and no other could have come between."""
        scope = self._scope(use)
        writes: list[ast.Name] = []
        for node in ast.walk(scope):
            if not _binds(node, name.id):
                continue
            inner = self._inner(node, scope)
            if inner is not None:
                # the variable of a comprehension or lambda is another one, unless this is where it is used
                if inner in self._up(use, scope):
                    return None
            elif isinstance(node, ast.Name):
                writes.append(node)
            else:
                return None
        statement = self._statement(use)
        line = statement.lineno
        before = [node for node in writes if self._statement(node) is not statement and node.lineno <= line]
        after = [node for node in writes if node.lineno > line]
        loops = [parent for parent in self._up(use, scope) if isinstance(parent, ast.For | ast.While)]
        if any(loop in self._up(node, scope) for node in after for loop in loops):
            return None
        if not before:
            return None
        last = max(before, key=lambda node: (node.lineno, node.col_offset))
        assigned = self.parents[last]
        if not isinstance(assigned, ast.Assign | ast.AnnAssign | ast.NamedExpr) or assigned.value is None:
            return None
        block = self.parents[self._statement(last)]
        if block is not scope and block not in self._up(use, scope):
            return None
        if isinstance(block, ast.If) and not _same_branch(block, self._statement(last), self._up(use, scope), statement):
            return None
        return assigned.value

    def _inner(self, node: ast.AST, scope: ast.AST) -> ast.AST | None:
        """The comprehension, lambda or nested function whose own variable a node binds, if it is not the scope's."""
        for parent in self._up(node, scope):
            if isinstance(parent, ast.Lambda | ast.FunctionDef | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
                if isinstance(self.parents[node], ast.NamedExpr) and not isinstance(parent, ast.Lambda | ast.FunctionDef):
                    continue
                return parent
        return None

    def _statement(self, node: ast.AST) -> ast.stmt:
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def _up(self, node: ast.AST, scope: ast.AST) -> list[ast.AST]:
        """The nodes around this one, innermost first, below the scope."""
        around = []
        while node is not scope and node in self.parents:
            node = self.parents[node]
            if node is not scope:
                around.append(node)
        return around


def _binds(node: ast.AST, name: str) -> bool:
    """Whether a node gives the name a value: assignments as `ast.Name` nodes, and what is not understood as others."""
    if isinstance(node, ast.Name):
        return node.id == name and isinstance(node.ctx, ast.Store | ast.Del)
    if isinstance(node, ast.arg):
        return node.arg == name
    return isinstance(node, ast.Global | ast.Nonlocal) and name in node.names


def _same_branch(block: ast.If, write: ast.stmt, around: list[ast.AST], statement: ast.stmt) -> bool:
    """Whether the use lies in the same branch of the `if` as the assignment."""
    branch = block.body if write in block.body else block.orelse
    return any(node in branch for node in [statement, *around])


def _sieve(source: _Source | None, adjective: str = "") -> _Source | None:
    if source is None:
        return None
    return _Source(source.calls, True, "" if source.sieved else adjective, source.gathered)


def _join(*sources: _Source | None) -> _Source | None:
    if any(source is None for source in sources):
        return None
    known = [source for source in sources if source is not None]
    if len(known) == 1:
        return known[0]
    calls = tuple(call for source in known for call in source.calls)
    return _Source(calls, any(source.sieved for source in known), "", any(source.gathered for source in known))


def _property(tests: Sequence[ast.expr]) -> str:
    """The attribute that one `verify_property` asks for; an empty text for any other condition."""
    if len(tests) != 1:
        return ""
    test = tests[0]
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and test.func.attr == "verify_property":
        texts = [a.value for a in test.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        named = [k.value.value for k in test.keywords if k.arg == "attribute" and isinstance(k.value, ast.Constant)]
        return str(named[0]) if named else texts[-1] if len(texts) in (1, 2) else ""
    return ""


def _asked(function: ast.expr) -> str:
    return _property([function.body]) if isinstance(function, ast.Lambda) else ""


def _cuts(part: ast.Slice) -> bool:
    """Whether a slice may drop things. `[:3]` and `[::-1]` of a list that holds something hold something."""
    if part.lower is None and part.upper is None:
        return False
    upper = part.upper
    return not (part.lower is None and isinstance(upper, ast.Constant) and isinstance(upper.value, int) and upper.value > 0)


def _counts_ones(node: ast.expr) -> bool:
    return isinstance(node, ast.GeneratorExp | ast.ListComp) and isinstance(node.elt, ast.Constant) and node.elt.value == 1


def _default(node: ast.Call) -> ast.expr | None:
    named = next((keyword.value for keyword in node.keywords if keyword.arg == "default"), None)
    if isinstance(node.func, ast.Name) and node.func.id == "next" and len(node.args) == 2:
        return node.args[1]
    return named


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_starred(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred)
