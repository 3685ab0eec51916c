"""Where the things in a list come from: follows an expression back to the calls of `find` that filled it.

Static and cautious. An answer of None means that it is not certain: a name may have been assigned elsewhere, a list may
have been changed, or the way is not understood.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

Place: TypeAlias = tuple[int, int, int, int]
"""First line and column, last line and column: lines from 1, columns (characters) from 0, the end exclusive."""

MAX_DEPTH = 12
"""Steps that are followed back."""

_KEEPING = ("sorted", "list", "tuple", "reversed", "enumerate", "iter", "set")
"""Functions whose result is empty exactly if their first argument is."""

_CHANGING = ("append", "extend", "insert", "remove", "clear")
"""Methods after which a list may hold less or more. `pop` is not one: what it empties has been found."""

_OWN_NAMES = (ast.Lambda, ast.FunctionDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Origin:
    """The calls of `find` that a list is made of, and what happened to the things on the way."""

    calls: tuple[ast.Call, ...]
    nested: bool = False
    """The calls stand in loops inside each other, outermost first: the first that finds nothing empties the list.
    Otherwise the list is the sum of their results."""
    gathered: bool = False
    """Each call may have run several times for the one list."""
    sieved: bool = False
    """Some of the things may have been left out."""
    adjective: str = ""
    """The property that the sieve asked for, if it was one `verify_property`."""

    def sieve(self, adjective: str = "") -> "Origin":
        return replace(self, sieved=True, adjective="" if self.sieved else adjective)


class Origins:
    """The syntax tree of a program, with the origins of its expressions."""

    def __init__(self, tree: ast.Module, source: str) -> None:
        self.tree = tree
        self.parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
        self._lines = [line.encode() for line in re.split(r"\r\n|\r|\n", source)]  # as Python's parser counts them

    def place(self, node: ast.AST) -> Place | None:
        """Where a node stands; None for those that have no place."""
        if not isinstance(node, ast.expr | ast.stmt) or node.end_lineno is None or node.end_col_offset is None:
            return None
        start, end = self._column(node.lineno, node.col_offset), self._column(node.end_lineno, node.end_col_offset)
        return node.lineno, start, node.end_lineno, end

    def _column(self, line: int, offset: int) -> int:
        # syntax trees count bytes
        return len(self._lines[line - 1][:offset].decode("utf-8", "ignore"))

    # ------------------------------------------------------------------ lists, numbers, chosen things

    def of_list(self, node: ast.expr, use: ast.AST | None = None, depth: int = 0) -> Origin | None:
        """Where the things in a list come from.

        Args:
            node: an expression that stands for a list, or for something that is looped over.
            use: where it is used, if not where it stands.
        """
        use = use or node
        if depth > MAX_DEPTH:
            return None
        if isinstance(node, ast.Call):
            return self._of_call(node, use, depth)
        if isinstance(node, ast.Name):
            return self._of_name(node, use, depth)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            whole = self.of_list(node.value, use, depth + 1)
            return whole.sieve() if whole and _cuts(node.slice) else whole
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            tests = [test for part in node.generators for test in part.ifs]
            loops = self._of_loops([part.iter for part in node.generators], [use] * len(node.generators), depth)
            return loops.sieve(_property(tests)) if loops and tests else loops
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return _join([self.of_list(node.left, use, depth + 1), self.of_list(node.right, use, depth + 1)])
        if isinstance(node, ast.NamedExpr):
            return self.of_list(node.value, use, depth + 1)
        return None

    def of_count(self, node: ast.expr, use: ast.AST | None = None, depth: int = 0) -> Origin | None:
        """Where the things come from that a number counts."""
        use = use or node
        if depth > MAX_DEPTH:
            return None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
            if node.func.id == "len" or (node.func.id == "sum" and _counts_ones(node.args[0])):
                return self.of_list(node.args[0], use, depth + 1)
            if node.func.id in ("int", "float", "abs"):
                return self.of_count(node.args[0], use, depth + 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return _join([self.of_count(node.left, use, depth + 1), self.of_count(node.right, use, depth + 1)])
        if isinstance(node, ast.Name):
            bound = self._binding(node, use)
            return None if bound is None else self.of_count(bound, bound, depth + 1)
        return None

    def of_choice(self, node: ast.expr, depth: int = 0) -> Origin | None:
        """The list from which a thing was chosen that is None if the list is empty."""
        if isinstance(node, ast.Name) and depth < MAX_DEPTH:
            bound = self._binding(node, node)
            return None if bound is None else self.of_choice(bound, depth + 1)
        listed: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            named = {keyword.arg: keyword.value for keyword in node.keywords}
            name, count = node.func.id, len(node.args)
            if name == "best_image_match":
                listed = node.args[0] if node.args else named.get("list_patches")
            elif name in ("max", "min") and count == 1:
                listed = node.args[0] if _is_none(named.get("default")) else None
            elif name == "next" and count == 2:
                listed = node.args[0] if _is_none(node.args[1]) else None
        elif isinstance(node, ast.IfExp) and _is_none(node.orelse) and isinstance(node.body, ast.Subscript):
            listed = node.body.value
        return None if listed is None else self.of_list(listed, node)

    def _of_call(self, node: ast.Call, use: ast.AST, depth: int) -> Origin | None:
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("find", "track"):
            return Origin((node,))
        if not isinstance(node.func, ast.Name) or not node.args or isinstance(node.args[0], ast.Starred):
            return None
        name = node.func.id
        if name in _KEEPING:
            return self.of_list(node.args[0], use, depth + 1)
        if name in ("map", "filter") and len(node.args) == 2:
            listed = self.of_list(node.args[1], use, depth + 1)
            test = node.args[0]
            asked = _property([test.body]) if isinstance(test, ast.Lambda) else ""
            return listed.sieve(asked) if listed and name == "filter" else listed
        return None

    def _of_loops(self, lists: Sequence[ast.expr], uses: Sequence[ast.AST], depth: int) -> Origin | None:
        """Of loops inside each other, outermost first. A loop over anything else only repeats those inside it."""
        found = [self.of_list(one, use, depth + 1) for one, use in zip(lists, uses, strict=True)]
        known = [origin for origin in found if origin is not None]
        if found[-1] is None or any(len(origin.calls) != 1 for origin in known[: 0 if len(found) == 1 else None]):
            return None
        if len(found) == 1:
            return found[0]
        sieved = any(origin.sieved for origin in known)
        return Origin(tuple(origin.calls[0] for origin in known), nested=True, gathered=True, sieved=sieved)

    def _of_name(self, node: ast.Name, use: ast.AST, depth: int) -> Origin | None:
        bound = self._binding(node, use)
        if bound is None:
            return None
        changes = [call for call in ast.walk(self._scope(node)) if _changes(call, node.id)]
        if isinstance(bound, ast.List) and not bound.elts:
            return _join([self._of_appended(call, depth) for call in changes])
        return None if changes else self.of_list(bound, bound, depth + 1)

    def _of_appended(self, call: ast.AST, depth: int) -> Origin | None:
        """`found.append(x)` inside `for x in p.find(...)`, where `found` was empty before."""
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "append":
            return None
        loops, tests = self._around(call)
        if not loops:
            return None
        origin = self._of_loops([loop.iter for loop in loops], loops, depth)
        return origin.sieve(_property(tests)) if origin and tests else origin

    def _around(self, node: ast.AST) -> tuple[list[ast.For], list[ast.expr]]:
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

    # ------------------------------------------------------------------ names

    def _scope(self, node: ast.AST) -> ast.AST:
        while not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            node = self.parents[node]
        return node

    def _binding(self, name: ast.Name, use: ast.AST) -> ast.expr | None:
        """The expression that the name surely stood for at `use`: its last assignment before it, if that is on every
        way there and no other could have come between."""
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
        if isinstance(block, ast.If) and not _same_branch(
            block, self._statement(last), self._up(use, scope), statement
        ):
            return None
        return assigned.value

    def _inner(self, node: ast.AST, scope: ast.AST) -> ast.AST | None:
        """The comprehension, lambda or nested function whose own variable a node binds, if it is not the scope's."""
        for parent in self._up(node, scope):
            if isinstance(parent, _OWN_NAMES):
                if isinstance(self.parents[node], ast.NamedExpr) and not isinstance(
                    parent, ast.Lambda | ast.FunctionDef
                ):
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


def _changes(node: ast.AST, name: str) -> bool:
    """Whether a node is a call that changes how many things the named list holds."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == name
        and node.func.attr in _CHANGING
    )


def _join(origins: Sequence[Origin | None]) -> Origin | None:
    """Of lists that were put together. Not certain if one of them is not."""
    known = [origin for origin in origins if origin is not None]
    if len(known) != len(origins) or not known:
        return None
    if len(known) == 1:
        return known[0]
    if any(origin.nested for origin in known):
        return None
    calls = tuple(call for origin in known for call in origin.calls)
    return Origin(calls, False, any(one.gathered for one in known), any(one.sieved for one in known))


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


def _cuts(part: ast.Slice) -> bool:
    """Whether a slice may drop things. `[:3]` and `[::-1]` of a list that holds something hold something."""
    if part.lower is None and part.upper is None:
        return False
    upper = part.upper
    return not (
        part.lower is None and isinstance(upper, ast.Constant) and isinstance(upper.value, int) and upper.value > 0
    )


def _counts_ones(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.GeneratorExp | ast.ListComp) and isinstance(node.elt, ast.Constant) and node.elt.value == 1
    )


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
