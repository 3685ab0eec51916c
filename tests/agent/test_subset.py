"""What is refused in programs, and whether the lists of what the sandbox knows are true."""

# ruff: noqa: E501

import ast
import builtins
import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic_monty import Monty, MontyError

from agent.language import (
    CODE,
    ERRORS,
    KNOWN_ERRORS,
    LACKING,
    MODULES,
    OUTSIDE,
    SPECIAL,
    Reading,
    read_program,
)
from agent.program import Problem
from agent.subset import REFUSED, subset_problems

DOCUMENT = Path(__file__).parents[2] / "docs" / "sandbox.md"
TOOLS = ("find", "exists", "compute_depth", "llm_query")


@pytest.fixture(scope="module")
def works() -> Iterator[Callable[[str], bool]]:
    """Whether the sandbox can run some code, as it is, without anything of ours."""
    with Monty(max_processes=1) as pool:

        def run(code: str) -> bool:
            with pool.checkout(limits={"max_feed_duration_secs": 1.0, "max_memory": 64 << 20}) as session:
                try:
                    session.feed_run(code, print_callback=lambda stream, text: None)
                except MontyError:
                    return False
                return True

        yield run


def test_the_document_shows_the_same_table() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", DOCUMENT.read_text(), re.M)
    shown = dict(rows)
    for refusal in REFUSED:
        assert shown[refusal.construct] == refusal.instead
    start = rows.index(("refused", "instead"))
    assert [row[0] for row in rows[start + 1 : start + 1 + len(REFUSED)]] == [one.construct for one in REFUSED]


@pytest.mark.parametrize("refusal", REFUSED, ids=lambda refusal: refusal.construct)
def test_each_example_is_refused_for_its_own_reason(refusal) -> None:
    problems = subset_problems(refusal.example, TOOLS)
    assert problems
    assert all(problem.kind == "subset" for problem in problems)
    assert all(refusal.construct in problem.message for problem in problems)
    assert problems[0].span is not None
    assert problems[0].span.line <= len(refusal.example.splitlines())


@pytest.mark.parametrize(
    "line",
    [
        "x = [p for p in image]; y = any(p.exists('a') for p in x)",
        "x = 'a'.lower(); y = str.upper; z = {}.get",
        "lower = 3; return lower",
        "vars = 3; dir = 4; return vars + dir",
        "open = [1]; return open",
        "def property(x): return x\n    return property(3)",
        "class Box(object):\n        pass\n    return Box()",
        "class Box:\n        'A box.'\n        size = 3\n        def __init__(self, x: object) -> object:\n            self.x = x\n    return 1",
        "class Box:\n        def translate(self):\n            return 1\n    return Box().translate()",
        "return type(image).__name__, image.__class__.__name__",
        "if __name__ == '__main__':\n        pass",
        "import math, re\n    from collections import Counter, defaultdict\n    from typing import List, Optional",
        "import math as m\n    return m.sqrt(4)",
        "raise ValueError('one text')",
        "raise KeyError(3)",
        "try:\n        pass\n    except (IndexError, ZeroDivisionError) as error:\n        raise RuntimeError from error",
        "x, y = 1, 2\n    del x, y",
        "d = {}\n    del d['a'], d['b']['c']",
        "getattr(image, 'left'); hasattr(image, 'find'); getattr(image, 'lower'); hasattr(image, name)",
        "import re\n    return re.sub('a', 'b', image)",
        "x = (n := 3)\n    return [m for y in [1] if (m := y)]",
        "import functools\n    return functools.reduce(lambda a, b: a.find(b), [1])",
        "import itertools\n    return list(itertools.chain(*[p.find('a') for p in image]))",
        "from itertools import groupby\n    return groupby(image, lambda p: p.left)",
        "print('yield, async and __import__ are only words here')",
        "class Box:\n        def __call__(self):\n            return image.find('x')\n        def look(self):\n            return image.find('x')",
    ],
)  # fmt: skip
def test_what_is_fine(line: str) -> None:
    assert subset_problems(f"def execute_command(image):\n    {line}\n", TOOLS) == []


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("import os.path", "os.path"),
        ("import math, torch", "torch"),
        ("from . import tools", "."),
        ("from PIL import Image", "PIL"),
        ("from math import *", "math.*"),
        ("from functools import wraps, partial", "functools.wraps"),
        ("import collections as c\n    return c.OrderedDict()", "c.OrderedDict"),
        ("return f'{open}'", "open"),
        ("return [x for x in vars(image)]", "vars"),
        ("return (lambda: image.__class__.__mro__)()", "__mro__"),
        ("return __builtins__", "__builtins__"),
        ("return f.__name__", "__name__"),
        ("return hasattr(image, '__dict__')", "__dict__"),
        ("async def f():\n        pass", "async"),
        ("return [x async for x in image]", "async"),
        ("del (x, y)", "del"),
        ("del (x)", "del"),
        ("del x, (y)", "del"),
        ("return iter(lambda: llm_query('x'), 'no')", "iter"),
        ("from collections import defaultdict\n    return defaultdict(lambda: llm_query('x'))", "collections"),
        ("import itertools as it\n    return list(it.starmap(image.find, ['a']))", "itertools"),
    ],
)
def test_what_is_not(line: str, named: str) -> None:
    problems = subset_problems(f"def execute_command(image):\n    {line}\n", TOOLS)
    assert problems
    assert named in problems[0].message
    assert "\n" not in problems[0].message


def test_problems_come_in_the_order_of_lines() -> None:
    source = "import os\nx = eval('1')\n\ndef f():\n    yield open('x')\n"
    assert [problem.span.line for problem in subset_problems(source) if problem.span] == [1, 2, 5, 5]


def test_a_tree_will_do_and_no_tree_is_no_problem_of_this_kind() -> None:
    assert len(subset_problems(ast.parse("import os"))) == 1
    assert subset_problems("return (") == []


def test_reading_a_program_that_is_none() -> None:
    problem = read_program("x = 1\nreturn ((\n")
    assert isinstance(problem, Problem)
    assert problem.kind == "syntax"
    assert problem.message == "invalid syntax: '(' was never closed"
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == (2, 8)


def test_reading_warns_nobody(recwarn: pytest.WarningsRecorder) -> None:
    assert isinstance(read_program(r"x = '\d'"), ast.Module)
    assert not recwarn.list


def test_bound_names() -> None:
    source = (
        "import a.b as c, d.e\nfrom f import g as h\nfor i, (j, *k) in l: pass\ndef m(n, /, o=p, *q, r, **s): pass\n"
        "class t: pass\ntry: pass\nexcept u as v: pass\nwith w as x: pass\n(y := z)\n"
        "match aa:\n    case {'x': bb, **cc}: pass\n    case [dd, *ee]: pass\n    case ff(gg=hh): pass\n"
    )
    bound = {*"cdhijkmnoqrstvxy", "bb", "cc", "dd", "ee", "hh"}
    assert Reading(ast.parse(source)).bound == bound


# The lists, measured again


def test_modules(works: Callable[[str], bool]) -> None:
    for module, names in MODULES.items():
        assert works(f"from {module} import {', '.join(sorted(names))}"), module


def test_modules_that_python_has_and_the_list_has_not(works: Callable[[str], bool]) -> None:
    """Nothing of a plain module is left out by mistake."""
    for module in ("collections", "copy", "functools", "itertools", "math", "bisect"):
        names = getattr(importlib.import_module(module), "__all__", None) or dir(importlib.import_module(module))
        left_out = {name for name in names if not name.startswith("_")} - MODULES[module]
        assert [name for name in sorted(left_out) if works(f"from {module} import {name}")] == []


def test_built_in_functions(works: Callable[[str], bool]) -> None:
    usable = {name for name in dir(builtins) if not name.startswith("_")} - OUTSIDE - CODE - ERRORS
    shadowed = {"callable"}  # part of the prelude
    assert [name for name in sorted(usable - shadowed) if not works(name)] == []


def test_built_in_exceptions(works: Callable[[str], bool]) -> None:
    assert {name for name in ERRORS if works(name)} == KNOWN_ERRORS


def test_methods_that_the_sandbox_lacks(works: Callable[[str], bool]) -> None:
    literals = {
        "str": "'a'",
        "list": "[1]",
        "dict": "{1: 2}",
        "set": "{1}",
        "tuple": "(1,)",
        "int": "(5)",
        "float": "1.5",
    }
    lacking = set()
    for kind, literal in literals.items():
        for name in dir(getattr(builtins, kind)):
            if not name.startswith("_") and callable(getattr(getattr(builtins, kind), name)):
                code = f"try:\n    {literal}.{name}(1, 2, 3, 4, 5, 6, 7)\nexcept AttributeError:\n    raise\nexcept Exception:\n    pass"
                if not works(code):
                    lacking.add(name)
    assert lacking - {"hex"} == LACKING  # bytes have hex, floats have not


USES = {
    "add": "A() + 1", "radd": "1 + A()", "sub": "A() - 1", "rsub": "1 - A()", "mul": "A() * 2", "rmul": "2 * A()",
    "truediv": "A() / 2", "rtruediv": "2 / A()", "floordiv": "A() // 2", "rfloordiv": "2 // A()", "mod": "A() % 2",
    "rmod": "2 % A()", "pow": "A() ** 2", "rpow": "2 ** A()", "matmul": "A() @ 2", "rmatmul": "2 @ A()",
    "and": "A() & 2", "rand": "2 & A()", "or": "A() | 2", "ror": "2 | A()", "xor": "A() ^ 2", "rxor": "2 ^ A()",
    "lshift": "A() << 2", "rlshift": "2 << A()", "rshift": "A() >> 2", "rrshift": "2 >> A()",
    "neg": "-A()", "pos": "+A()", "invert": "~A()", "abs": "abs(A())", "round": "round(A())", "int": "int(A())",
    "float": "float(A())", "eq": "A() == 3", "hash": "hash(A())", "call": "A()()", "getitem": "A()[0]",
    "contains": "3 in A()", "str": "str(A())", "repr": "repr(A())", "iter": "list(A())", "next": "next(A())",
    "setitem": "a = A()\na[0] = 1", "delitem": "a = A()\na[0] = 1", "enter": "A().__enter__", "exit": "A",
    "len": "len(A())", "bool": "bool(A())", "lt": "A() < 3", "le": "A() <= 3", "gt": "A() > 3", "ge": "A() >= 3",
    "format": "f'{A():x}'", "iadd": "a = A()\na += 1", "getattr": "A().nothing", "index": "[1][A()]", "reversed": "reversed(A())",
}  # fmt: skip
"""What makes Python call each special method."""


def test_special_methods(works: Callable[[str], bool]) -> None:
    results = {"hash": "3", "str": "'x'", "repr": "'x'", "iter": "iter([])", "float": "1.5", "len": "0", "index": "0"}
    plain = SPECIAL - {"__init__", "__post_init__", "__doc__", "__slots__", "__match_args__"}
    assert plain <= {f"__{name}__" for name in USES}
    for name, use in USES.items():
        if name in ("delitem", "enter", "exit"):  # `del` is rewritten, `with` has a test of its own
            continue
        called = f"called = []\nclass A:\n    def __{name}__(self, *more):\n        called.append(1)\n        return {results.get(name, '7')}\n"
        assert works(f"{called}{use}\nassert called") == (f"__{name}__" in SPECIAL), name


def test_with_calls_its_methods(works: Callable[[str], bool]) -> None:
    code = "class A:\n    def __enter__(self): return 1\n    def __exit__(self, *e): return True\nwith A() as a:\n    raise ValueError\nassert a == 1"
    assert works(code)
