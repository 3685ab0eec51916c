"""What is refused in programs on purpose, before anything runs.

Programs run in a sandbox that knows most of Python but not all of it (`agent.language`). What it does not know is
refused by reading the program, so that nobody waits for five tool calls to learn that the sixth line could never run.
`REFUSED` is the whole list; `docs/sandbox.md` shows the same one.
"""

import ast
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from agent.language import (
    CODE,
    ERRORS,
    KNOWN_ERRORS,
    LACKING,
    MEMBERS,
    MODULES,
    OPEN_METHODS,
    OUTSIDE,
    RESERVED,
    SPECIAL,
    Reading,
    read_program,
)
from agent.program import Problem, Span


@dataclass(frozen=True)
class Refusal:
    """One construct that programs cannot use."""

    construct: str
    instead: str
    """What to do, as an order."""
    example: str
    """A short program that uses it."""
    nodes: tuple[type[ast.AST], ...]
    """Node types that may be such a construct."""
    applies: Callable[[Reading, Any], bool] = lambda reading, node: True
    """Whether a node of these types is one."""
    names: Callable[[Any], str] | None = None
    """What in particular was used, for the message."""

    def message(self, node: ast.AST) -> str:
        what = f", here `{self.names(node)}`" if self.names else ""
        return f"programs cannot use {self.construct}{what}: {self.instead}"


def _inherits(reading: Reading, node: ast.ClassDef) -> bool:
    return bool(node.keywords) or any(not reading.builtin(base, ("object",)) for base in node.bases)


def _odd_class_body(reading: Reading, node: ast.stmt) -> bool:
    simple = (ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.Pass)
    for part in node.body if isinstance(node, ast.ClassDef) else ():
        text = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
        if not isinstance(part, simple) and not text:
            return True
    return False


def _special_method(reading: Reading, node: ast.FunctionDef) -> bool:
    return _is_special(node.name) and node.name not in SPECIAL and reading.in_class(node)


def _closed_name(reading: Reading, node: ast.Name | ast.Attribute) -> bool:
    """`x.__class__` and `type(x).__name__` are rewritten; everything else of that kind is closed."""
    if isinstance(node, ast.Name):
        return _is_special(node.id) and node.id not in reading.bound and node.id not in ("__name__", "__debug__")
    if not _is_special(node.attr) or node.attr == "__class__":
        return False
    if node.attr == "__name__":
        of_type = isinstance(node.value, ast.Call) and reading.builtin(node.value.func, ("type",))
        return not of_type and not (isinstance(node.value, ast.Attribute) and node.value.attr == "__class__")
    return True


def _foreign_import(reading: Reading, node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.Import):
        return any(one.name not in MODULES for one in node.names)
    return bool(node.level) or node.module not in MODULES


def _lacking_import(reading: Reading, node: ast.ImportFrom | ast.Attribute) -> bool:
    if isinstance(node, ast.ImportFrom):
        return not _foreign_import(reading, node) and bool(_lacking_name(node))
    module = reading.modules.get(node.value.id) if isinstance(node.value, ast.Name) else None
    return module in MODULES and node.attr not in MODULES[module] and not _is_special(node.attr)


def _lacking_name(node: Any) -> str:
    if isinstance(node, ast.Attribute):
        return ast.unparse(node)
    known = MODULES.get(node.module, frozenset())
    return ", ".join(f"{node.module}.{one.name}" for one in node.names if one.name not in known)


def _member_by_name(reading: Reading, node: ast.Call) -> bool:
    if not reading.builtin(node.func, ("getattr", "hasattr")) or len(node.args) < 2:
        return False
    name = node.args[1]
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        return False
    return _is_special(name.value) or (name.value in MEMBERS and name.value not in reading.own | {"lower", "upper"})


def _witness(reading: Reading, node: ast.GeneratorExp) -> bool:
    call = reading.parents[node]
    lazy = isinstance(call, ast.Call) and reading.builtin(call.func, ("any", "all", "next"))
    return lazy and any(isinstance(part, ast.NamedExpr) for part in ast.walk(node))


def _error_arguments(reading: Reading, node: ast.Call) -> bool:
    several = len(node.args) > 1 or bool(node.keywords) or any(isinstance(one, ast.Starred) for one in node.args)
    return several and reading.builtin(node.func, ERRORS)


def _tool_inside_native(reading: Reading, node: ast.Call) -> bool:
    sentinel = reading.builtin(node.func, ("iter",)) and len(node.args) == 2
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return (sentinel or reading.native_call(node)) and any(map(reading.passes_tool, given))


def _tool_in_special(reading: Reading, node: ast.FunctionDef) -> bool:
    closed = _is_special(node.name) and node.name not in OPEN_METHODS and reading.in_class(node)
    return closed and any(map(reading.is_tool, ast.walk(node)))


def _replacing_function(reading: Reading, node: ast.Call) -> bool:
    """`re.sub(pattern, lambda m: ..., text)`."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "sub":
        return False
    return any(isinstance(one, ast.Lambda) for one in [*node.args, *(part.value for part in node.keywords)])


def _odd_delete(reading: Reading, node: ast.Delete) -> bool:
    """A target that is no name and no subscript, or that has parentheses around it: what stands between tells."""
    if any(not isinstance(target, ast.Name | ast.Subscript) for target in node.targets):
        return True
    places = [
        (node.lineno, node.col_offset + len("del ")),
        *((one.end_lineno, one.end_col_offset) for one in node.targets),
    ]
    gaps = [
        one.lineno != line or one.col_offset - (column or 0) > len(", ")
        for one, (line, column) in zip(node.targets, places, strict=False)
    ]
    return any(gaps) or (node.end_lineno, node.end_col_offset) != places[-1]


_NAMED: dict[type[ast.AST], str] = {
    ast.Name: "id",
    ast.arg: "arg",
    ast.keyword: "arg",
    ast.Attribute: "attr",
    ast.FunctionDef: "name",
    ast.ClassDef: "name",
    ast.alias: "asname",
    ast.ExceptHandler: "name",
    ast.MatchAs: "name",
    ast.MatchStar: "name",
}


def _reserved(reading: Reading, node: ast.AST) -> bool:
    return (getattr(node, _NAMED[type(node)]) or "").startswith(RESERVED)


def _is_base(reading: Reading, node: ast.Name) -> bool:
    """`object` as a base or a type, where it means nothing; and decorators, which have a word of their own."""
    parent = reading.parents.get(node)
    return isinstance(parent, ast.ClassDef | ast.FunctionDef | ast.arg)


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4


def _entry(lines: str) -> str:
    return f"def execute_command(image):\n    {lines}\n"


REFUSED: tuple[Refusal, ...] = (
    Refusal(
        "generator functions (`yield`)",
        "collect the values in a list and return it",
        "def patches(image):\n    yield ImagePatch(image)\n" + _entry("return list(patches(image))"),
        (ast.Yield, ast.YieldFrom),
    ),
    Refusal(
        "`async` and `await`",
        "call tools plainly, they are batched anyway",
        "async def look(image):\n    return 1\n" + _entry("return 1"),
        (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await, ast.comprehension),
        lambda reading, node: bool(getattr(node, "is_async", True)),
    ),
    Refusal(
        "classes with a base class, exceptions of one's own included",
        'leave out the base, and raise a built-in error such as ValueError("...")',
        "class Missing(Exception):\n    pass\n" + _entry("raise Missing()"),
        (ast.ClassDef,),
        _inherits,
        lambda node: node.name,
    ),
    Refusal(
        "decorators on methods, such as `property` and `staticmethod`",
        "write a plain method, or a function outside of the class",
        "class Box:\n    @property\n    def area(self):\n        return 1\n" + _entry("return Box().area"),
        (ast.FunctionDef,),
        lambda reading, node: bool(node.decorator_list) and reading.in_class(node),
        lambda node: node.name,
    ),
    Refusal(
        "class bodies with more than methods and variables",
        "move the rest out of the class",
        "class Box:\n    class Inner:\n        pass\n" + _entry("return 1"),
        (ast.ClassDef,),
        _odd_class_body,
        lambda node: node.name,
    ),
    Refusal(
        "special methods that the sandbox does not call, such as `__len__` and `__lt__`",
        "give the method a plain name and call it",
        "class Box:\n    def __len__(self):\n        return 1\n" + _entry("return len(Box())"),
        (ast.FunctionDef,),
        _special_method,
        lambda node: node.name,
    ),
    Refusal(
        "attributes and names with double underscores",
        "use a plain attribute or a built-in function (`type(x).__name__` is possible)",
        _entry("return image.__dict__"),
        (ast.Name, ast.Attribute),
        _closed_name,
        lambda node: node.attr if isinstance(node, ast.Attribute) else node.id,
    ),
    Refusal(
        "modules that are not in the sandbox",
        "tools need no import; of Python there are " + ", ".join(name for name in MODULES if name != "__future__"),
        "import numpy\n" + _entry("return 1"),
        (ast.Import, ast.ImportFrom),
        _foreign_import,
        lambda node: (
            node.module or "." if isinstance(node, ast.ImportFrom) else ", ".join(one.name for one in node.names)
        ),
    ),
    Refusal(
        "parts of modules that the sandbox lacks, and `import *`",
        "write it out in plain Python",
        "from collections import OrderedDict\n" + _entry("return 1"),
        (ast.ImportFrom, ast.Attribute),
        _lacking_import,
        _lacking_name,
    ),
    Refusal(
        "files, the keyboard and the interpreter (`open`, `input`, `exit`)",
        "leave it out; a program has its pictures and tools, nothing else",
        _entry('return open("notes.txt").read()'),
        (ast.Name,),
        lambda reading, node: node.id in OUTSIDE and node.id not in reading.bound,
        lambda node: node.id,
    ),
    Refusal(
        "built-in functions that the sandbox lacks or closes, such as `eval`, `vars` and `super`",
        "write out what the program should do",
        _entry('return eval("1 + 1")'),
        (ast.Name,),
        lambda reading, node: node.id in CODE and reading.builtin(node, CODE) and not _is_base(reading, node),
        lambda node: node.id,
    ),
    Refusal(
        "rare built-in exceptions and warnings",
        "use ValueError or RuntimeError",
        _entry('raise BufferError("no")'),
        (ast.Name,),
        lambda reading, node: node.id in ERRORS and node.id not in KNOWN_ERRORS and node.id not in reading.bound,
        lambda node: node.id,
    ),
    Refusal(
        "exceptions with several arguments",
        "give the error one text",
        _entry('raise ValueError("no dog", 0)'),
        (ast.Call,),
        _error_arguments,
        lambda node: node.func.id,
    ),
    Refusal(
        "methods of built-in types that the sandbox lacks, such as `translate` and `is_integer`",
        "write it out in plain Python",
        _entry('return "a-b".translate({45: 32})'),
        (ast.Attribute,),
        lambda reading, node: node.attr in LACKING and node.attr not in reading.own,
        lambda node: node.attr,
    ),
    Refusal(
        "`getattr` and `hasattr` on methods of built-in types and on double underscores",
        "write the attribute with a dot, or test with isinstance",
        _entry('return getattr("dog", "title")()'),
        (ast.Call,),
        _member_by_name,
        lambda node: node.args[1].value,
    ),
    Refusal(
        "`del` of an attribute or of a group in brackets",
        "set it to None, or delete one thing after the other",
        "class Box:\n    pass\n" + _entry("b = Box()\n    b.x = 1\n    del b.x\n    return 1"),
        (ast.Delete,),
        _odd_delete,
    ),
    Refusal(
        "`:=` inside `any(...)`, `all(...)` and `next(...)`",
        "write a for loop",
        _entry("return any((n := x) > 1 for x in [1, 2])"),
        (ast.GeneratorExp,),
        _witness,
    ),
    Refusal(
        "tools that are called by functions of itertools, collections and bisect, or by `iter`",
        "call the tool in a loop or a comprehension first",
        "import itertools\n"
        + _entry(
            "dogs = ImagePatch(image).find('dog')\n    return itertools.groupby(dogs, lambda d: d.exists('tail'))"
        ),
        (ast.Call,),
        _tool_inside_native,
    ),
    Refusal(
        "tools in special methods, other than `__init__` and `__call__`",
        "call the tool in a plain method",
        "class Dog:\n    def __str__(self):\n        return llm_query('a name')\n" + _entry("return str(Dog())"),
        (ast.FunctionDef,),
        _tool_in_special,
        lambda node: node.name,
    ),
    Refusal(
        "a function as the replacement in `re.sub`",
        "loop over re.finditer",
        "import re\n" + _entry('return re.sub("a", lambda m: "b", "aa")'),
        (ast.Call,),
        _replacing_function,
    ),
    Refusal(
        "`except*`",
        "use `except`",
        _entry("try:\n        return 1\n    except* ValueError:\n        pass"),
        (ast.TryStar,),
    ),
    Refusal(
        f"names that begin with `{RESERVED}`",
        "choose another name",
        _entry(f"{RESERVED}x = 1\n    return {RESERVED}x"),
        tuple(_NAMED),
        _reserved,
    ),
)
"""Every construct that is refused on purpose."""

_BY_NODE: dict[type, list[Refusal]] = {}
for _refusal in REFUSED:
    for _node in _refusal.nodes:
        _BY_NODE.setdefault(_node, []).append(_refusal)


def subset_problems(source: str | ast.Module, tools: Collection[str] = ()) -> list[Problem]:
    """Everything in a program that is refused on purpose, in the order of its lines.

    Args:
        source: the program, or its syntax tree. A program that has none has no problems of this kind.
        tools: names of functions and methods that are answered by the host. Without them, nothing that only matters
            where tools are called is found.
    """
    tree = source if isinstance(source, ast.Module) else read_program(source)
    return [] if isinstance(tree, Problem) else refusals(Reading(tree, tools))


def refusals(reading: Reading) -> list[Problem]:
    """`subset_problems` of a program that has been read."""
    found: dict[tuple[int, int, str], Problem] = {}
    for node in reading.nodes:
        for refusal in _BY_NODE.get(type(node), ()):
            if refusal.applies(reading, node):
                span = _span(node, reading)
                problem = Problem("subset", refusal.message(node), span)
                found.setdefault((span.line, span.column, refusal.construct), problem)
    return [found[key] for key in sorted(found)]


def _span(node: ast.AST, reading: Reading) -> Span:
    """Where a node stands; of a statement with a body its first line, of a node without a place that of its parent."""
    place: Any = node
    while not hasattr(place, "lineno"):
        place = reading.parents.get(place)
        if place is None:
            return Span(1, 0, 1, 0)
    if hasattr(place, "body") and isinstance(place, ast.stmt):
        return Span(place.lineno, place.col_offset, place.lineno, place.col_offset + len(type(place).__name__))
    return Span(
        place.lineno, place.col_offset, place.end_lineno or place.lineno, place.end_col_offset or place.col_offset
    )
