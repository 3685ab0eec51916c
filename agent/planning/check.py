"""Reads a program before anything runs: syntax, entry point, the sandbox's subset, names and types.

Types are checked against the stubs that the vocabulary writes of itself, by the type checker inside pydantic-monty.
What it reports is kept only where the program would surely go wrong: a value that *may* be None is left to the run,
because published programs are full of them.
"""

import ast
import builtins
import difflib
import json
import re
import threading
from collections.abc import Collection, Iterator
from itertools import pairwise
from types import TracebackType
from typing import Any

from pydantic_monty import Monty, MontyCrashedError, MontyError, MontyTypingError

from agent.language import parse
from agent.planning.visprog import check_program
from agent.program import ENTRY, VISPROG, Problem, Span, language_of
from agent.subset import subset_problems
from tools.vocabulary import Vocabulary

SEARCH = "search_images"
"""The tool that makes a program without a picture sensible."""

MAX_SOURCE = 100_000
"""Characters a program may have."""

TRUSTED = {
    "unresolved-attribute": "name",
    "unresolved-reference": "name",
    "unresolved-import": "name",
    "unresolved-global": "name",
    "missing-argument": "type",
    "too-many-positional-arguments": "type",
    "unknown-argument": "type",
    "parameter-already-assigned": "type",
    "invalid-argument-type": "type",
    "not-iterable": "type",
    "not-subscriptable": "type",
    "call-non-callable": "type",
    "unsupported-operator": "type",
    "invalid-syntax": "syntax",
}
"""Rules of the type checker that refuse a program, and the kind of problem each is. What it says of annotations (an
invalid return type, an invalid assignment) does not stop a program from running, and some of its overloads are stricter
than Python, so the other rules only speak in a type checker."""

_PROBE = "__type_check_only__\n"
"""An undefined name before the program: the type checker always finds this fault, so the snippet is never executed."""


class Check:
    """Tells what is wrong with a program. Keeps a type-checking process, so use it as a context manager or `close` it.

    May be used from several threads.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        """
        Args:
            vocabulary: the tools that programs may call.
        """
        self.stubs: str = vocabulary.stubs()
        self.tools = frozenset(vocabulary.tools)
        self.functions = frozenset(tool.name for tool in vocabulary.tools.values() if tool.owner is None)
        self.methods = frozenset(tool.name for tool in vocabulary.tools.values() if tool.owner is not None)
        self.classes = frozenset(vocabulary.classes)
        self.attributes = frozenset(name for held in vocabulary.classes.values() for name in held.attributes)
        self._lock = threading.Lock()
        self._pool: Monty | None = None
        self._checkout: Any = None
        self._session: Any = None

    def __call__(self, source: str, given: bool = False) -> list[Problem]:
        """What is wrong with the program, in the order of its lines; an empty list if nothing is.

        Args:
            source: the program.
            given: it comes from a person, who may know that its end is never reached without a `return`.
        """
        if len(source) > MAX_SOURCE:
            return [Problem("syntax", f"the program has {len(source)} characters; at most {MAX_SOURCE} are allowed")]
        if not source.strip():
            return [Problem("empty", f"the program is empty; it must define {ENTRY}(image)")]
        if language_of(source) == VISPROG:
            return check_program(source, self.tools)[1]  # the Python of one without problems needs no check
        try:
            tree = parse(source)
        except SyntaxError as error:
            return [Problem("syntax", f"invalid syntax: {error.msg}", _span_of_error(error))]
        except (ValueError, RecursionError, MemoryError) as error:
            return [Problem("syntax", f"the program cannot be read: {error}")]
        problems = [*_entry(tree, SEARCH in self.functions), *subset_problems(tree, self.functions | self.methods)]
        if not problems:
            problems = [*self._types(source, tree), *self._own(tree)]
            if not given:
                problems += _open_end(tree)
        unique = {(problem.span.line if problem.span else 0, problem.message): problem for problem in problems}
        return [unique[key] for key in sorted(unique)]

    # ------------------------------------------------------------------ the type checker

    def _types(self, source: str, tree: ast.Module) -> list[Problem]:
        with self._lock:
            error = self._fault(source)
        if isinstance(error, MontyTypingError):
            # programs may give patches attributes of their own, which live in the sandbox only
            own = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
            found = [_problem(entry, own) for entry in json.loads(str(error))]
            return [self._hinted(problem) for problem in found if problem is not None]
        # the parser of the sandbox refuses what its type checker could read
        return [Problem("subset", str(error).split("\n")[0].removeprefix("NotImplementedError: "))]

    def _fault(self, source: str) -> MontyError:
        """What the type checker says. A process that ends under a program gets a successor once: it may be that
        somebody killed it, and no fault of the program."""
        crash: MontyError | None = None
        while True:
            try:
                self._open().feed_run(_PROBE + source)
            except MontyTypingError as error:
                return error
            except MontyError as error:
                self._shut()
                if crash is not None or not isinstance(error, MontyCrashedError):
                    return error
                crash = error
            else:
                raise RuntimeError("the type checker accepted an undefined name")

    def _open(self) -> Any:
        if self._session is None:
            self._pool = Monty(max_processes=1)
            self._pool.__enter__()
            self._checkout = self._pool.checkout(
                type_check=True,
                type_check_stubs=self.stubs,
                type_check_format="json",
                limits={"max_feed_duration_secs": 1.0, "max_memory": 64 << 20},
            )
            self._session = self._checkout.__enter__()
        return self._session

    def _shut(self) -> None:
        checkout, pool, self._checkout, self._pool, self._session = self._checkout, self._pool, None, None, None
        if checkout is not None:
            checkout.__exit__(None, None, None)
        if pool is not None:
            pool.__exit__(None, None, None)

    def close(self) -> None:
        """End the type-checking process. The next check starts another one."""
        with self._lock:
            self._shut()

    def __enter__(self) -> "Check":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _hinted(self, problem: Problem) -> Problem:
        """With the nearest known name beside an unknown one."""
        unknown = re.search(r"has no attribute `(\w+)`|[Nn]ame `(\w+)` used when not defined", problem.message)
        if unknown is None:
            return problem
        attribute, name = unknown.groups()
        known = self.methods | self.attributes if attribute else self.functions | self.classes | set(dir(builtins))
        near = difflib.get_close_matches(attribute or name, sorted(known), 1, 0.6)
        hint = f" (did you mean `{near[0]}`?)" if near and near[0] != (attribute or name) else ""
        return Problem(problem.kind, problem.message + hint, problem.span)

    # ------------------------------------------------------------------ what the type checker does not see

    def _own(self, tree: ast.Module) -> Iterator[Problem]:
        used = {getattr(parent, field) for parent in ast.walk(tree) for field in _VALUE_FIELDS.get(type(parent), ())}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == ENTRY:
                yield from self._result(node)
                yield from self._parameter(node)
            elif isinstance(node, ast.Compare):
                yield from self._comparison(node)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in self.classes | self.functions:
                yield Problem(
                    "name", f"`{node.name}` is the name of a tool; give your own one another name", _span(node)
                )
            elif isinstance(node, ast.Attribute) and node.attr in self.methods and self._unused_method(node, used):
                yield Problem("type", f"`{node.attr}` is a method: call it, `{node.attr}(...)`", _span(node))

    def _result(self, entry: ast.FunctionDef) -> Iterator[Problem]:
        returns = [node for node in _own_nodes(entry) if isinstance(node, ast.Return)]
        raises = any(isinstance(node, ast.Raise) for node in _own_nodes(entry))
        calls = {
            node.func.id for node in _own_nodes(entry) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        nothing = all(node.value is None or _is_none(node.value) for node in returns)
        if nothing and not raises and "abstain" not in calls:
            yield Problem("entry", f"{ENTRY} returns nothing; end it with `return` and the answer", _span(entry))

    def _parameter(self, entry: ast.FunctionDef) -> Iterator[Problem]:
        """The picture itself has no tools: `image.find(...)` is the slip that models make most."""
        if not _parameters(entry):
            return
        parameter = _parameters(entry)[0].arg
        rebound = any(
            isinstance(node, ast.Name) and node.id == parameter and not isinstance(node.ctx, ast.Load)
            for node in ast.walk(entry)
        )
        if rebound:
            return
        wrapper = "VideoSegment" if parameter == "video" and "VideoSegment" in self.classes else "ImagePatch"
        kind = "video" if wrapper == "VideoSegment" else "picture"
        for node in ast.walk(entry):
            if (
                not isinstance(node, ast.Attribute)
                or not isinstance(node.value, ast.Name)
                or node.value.id != parameter
            ):
                continue
            if node.attr in self.methods | self.attributes - {"width", "height"}:
                instead = f"{wrapper}({parameter}).{node.attr}"
                message = f"`{parameter}` is a {kind} and has no `{node.attr}`; use {instead}"
                yield Problem("type", message, _span(node))

    def _comparison(self, node: ast.Compare) -> Iterator[Problem]:
        """`p.exists("dog") == "yes"` is legal Python and always false."""
        sides = [node.left, *node.comparators]
        for (left, right), operator in zip(pairwise(sides), node.ops, strict=True):
            if not isinstance(operator, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
                continue
            for call, other in ((left, right), (right, left)):
                method = _called(call)
                texts = other.elts if isinstance(other, ast.List | ast.Tuple | ast.Set) else [other]
                if method in ("exists", "verify_property", "overlaps_with") and texts and all(map(_is_text, texts)):
                    yield Problem(
                        "type",
                        f"`{method}` gives True or False, never a text; use it without a comparison",
                        _span(node),
                    )
                elif method in ("simple_query", "best_text_match", "read_text") and _is_number(other):
                    message = f"`{method}` gives a text, never a number or a bool; compare it with a text"
                    yield Problem("type", message, _span(node))

    def _unused_method(self, node: ast.Attribute, used: Collection[ast.AST]) -> bool:
        """`if dog.exists:` and the like: a method where a value is meant."""
        if node.attr in self.attributes:
            return False
        return node in used


_VALUE_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.If: ("test",),
    ast.While: ("test",),
    ast.IfExp: ("test",),
    ast.Return: ("value",),
    ast.Compare: ("left",),
    ast.FormattedValue: ("value",),
    ast.Subscript: ("value",),
    ast.For: ("iter",),
    ast.comprehension: ("iter",),
}
"""Where a value is meant, by the node that it stands in."""


def check(source: str, vocabulary: Vocabulary) -> list[Problem]:
    """What is wrong with one program. For many, keep a `Check`."""
    with Check(vocabulary) as one:
        return one(source)


# ---------------------------------------------------------------------- the entry point


def _entry(tree: ast.Module, album: bool) -> Iterator[Problem]:
    """What is wrong with the entry point. With an album to search it may take no picture."""
    found = [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == ENTRY
    ]
    if not found:
        others = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        hint = f"; it defines {', '.join(others)}" if others else ""
        yield Problem("entry", f"the program does not define {ENTRY}(image){hint}")
        return
    entry = found[-1]
    if isinstance(entry, ast.AsyncFunctionDef):
        yield Problem("entry", f"{ENTRY} must be a plain function, without `async`", _span(entry))
        return
    parameters = _parameters(entry)
    required = len(parameters) - len(entry.args.defaults)
    keyword_only = [
        a.arg for a, default in zip(entry.args.kwonlyargs, entry.args.kw_defaults, strict=True) if default is None
    ]
    if (not parameters and not album) or required > 1 or keyword_only:
        message = f"{ENTRY} must take exactly one argument: the picture, the list of pictures, or the video"
        yield Problem("entry", message, _span(entry))


def _open_end(tree: ast.Module) -> Iterator[Problem]:
    """An entry point that returns something on some ways and nothing on others."""
    entry = next(node for node in reversed(tree.body) if isinstance(node, ast.FunctionDef) and node.name == ENTRY)
    returns = [node for node in _own_nodes(entry) if isinstance(node, ast.Return) and node.value is not None]
    if returns and _falls_through(entry.body):
        message = f"{ENTRY} can end without a `return`; every way through it must return the answer"
        yield Problem("entry", message, _span(entry.body[-1]))


def _parameters(entry: ast.FunctionDef) -> list[ast.arg]:
    return [*entry.args.posonlyargs, *entry.args.args]


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def _falls_through(body: list[ast.stmt]) -> bool:
    """Whether the end of a block can be reached. A loop over things may end, `while True` without a break does not."""
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise | ast.Continue | ast.Break):
        return False
    if isinstance(last, ast.If):
        return not last.orelse or _falls_through(last.body) or _falls_through(last.orelse)
    if isinstance(last, ast.With):
        return _falls_through(last.body)
    if isinstance(last, ast.Try):
        if last.finalbody and not _falls_through(last.finalbody):
            return False
        bodies = [last.orelse or last.body, *(handler.body for handler in last.handlers)]
        return any(_falls_through(part) for part in bodies)
    if isinstance(last, ast.While):
        endless = isinstance(last.test, ast.Constant) and bool(last.test.value)
        return not endless or any(isinstance(node, ast.Break) for node in ast.walk(last))
    if isinstance(last, ast.Match):
        catches_all = any(
            isinstance(c.pattern, ast.MatchAs) and c.pattern.pattern is None and c.guard is None for c in last.cases
        )
        return not catches_all or any(_falls_through(case.body) for case in last.cases)
    return not (isinstance(last, ast.Expr) and _called(last.value) == "abstain")


# ---------------------------------------------------------------------- small readings of nodes


def _called(node: ast.expr) -> str:
    """Name of the function or method that an expression calls, or an empty text."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            return node.func.attr
        if isinstance(node.func, ast.Name):
            return node.func.id
    return ""


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _span(node: Any) -> Span:
    """Where a node stands. Of a function or class, its first line."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return Span(node.lineno, node.col_offset, node.lineno, node.col_offset + len(f"def {node.name}"))
    return Span(node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)


def _span_of_error(error: SyntaxError) -> Span | None:
    if not error.lineno:
        return None
    column = max(0, (error.offset or 1) - 1)
    end_line = error.end_lineno or error.lineno
    end_column = max(0, (error.end_offset or 0) - 1)
    return Span(
        error.lineno, column, end_line, end_column if (end_line, end_column) > (error.lineno, column) else column + 1
    )


def _problem(entry: dict[str, Any], own: set[str]) -> Problem | None:
    """A finding of the type checker, or None where it may well run. `own` are attributes that the program sets."""
    kind = TRUSTED.get(entry["code"])
    message = str(entry["message"])
    start, end = entry["location"], entry["end_location"]
    if kind is None or entry["severity"] != "error" or start["row"] == 1 or _may_run(entry["code"], message, own):
        return None
    # the probe stands on the first line; rows count from 1, columns too
    span = Span(start["row"] - 1, start["column"] - 1, end["row"] - 1, end["column"] - 1)
    return Problem(kind, message, span)  # type: ignore[arg-type]


def _may_run(code: str, message: str, own: set[str]) -> bool:
    """Whether the program may well run: the finding is about one member of a union, about a built-in function that the
    sandbox has and the type checker does not know, or about an attribute that the program itself sets."""
    name = re.search(r"ttribute `(\w+)`|[Nn]ame `(\w+)`", message)
    if name is not None and (name[1] in own if name[1] else hasattr(builtins, name[2])):
        return True
    if "in union" in message or "may be" in message or "possibly" in message.lower():
        return True
    types = re.findall(r"`([^`]*)`", message)
    if code == "invalid-argument-type":
        found = re.search(r"found `([^`]*)`", message)
        return found is not None and (" | " in found[1] or "Unknown" in found[1])
    return code in (
        "unsupported-operator",
        "not-subscriptable",
        "not-iterable",
        "call-non-callable",
        "unresolved-attribute",
    ) and any(" | " in text for text in types)
