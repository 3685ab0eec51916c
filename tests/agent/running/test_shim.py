"""The shim: what is left alone, what is spliced, and whether positions find their way back."""

# ruff: noqa: E501

import ast
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.language import Reading, read_program
from agent.program import Span
from agent.running.fstrings import expressions
from agent.running.monty_sandbox import MontySandbox
from agent.running.shim import Rewritten, line_starts, rewrite
from tests.agent.running.fakes import SURFACE, Image, drive, run_in_cpython

PROGRAMS = sorted((Path(__file__).parent / "viper_programs").glob("*.py"))


def rewritten(source: str) -> Rewritten:
    tree = read_program(source)
    assert isinstance(tree, ast.Module), tree
    return rewrite(source, Reading(tree, SURFACE.tools), SURFACE.functions, frozenset({"ImagePatch"}))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[MontySandbox]:
    with MontySandbox(SURFACE, workers=1) as sandbox:
        yield sandbox


# What is left alone

PLAIN = [
    "",
    "x = 1\n",
    "def execute_command(image):\n    p = ImagePatch(image)\n    return len(p.find('dog')) > p.left\n",
    "return_ = [x for x in sorted(y) if any([z])]\nprint(f'{return_!r:>{10}} {{}} {return_[0].left}')\n",
    "xs.sort()\nxs.sort(reverse)\nmax(xs, key=lambda x: x.left)\nx.lower()\nstr(1).upper()\n",
    "def any(x): return x\nany([x for x in y])\nany(map(f, y))\n",
    "key = d.get('a')\nx.lower = 3\nx.append(f.g.h)\n",
    "class A:\n    count = 1\n    def sort(self): pass\n",
    "match x:\n    case A.count | Colour.index: pass\n    case Box(lower=1): pass\n",
    "# any(x for x in y); del z\n'''del x\nany(x for x in y)'''\n",
    "x = f'del {{any(x for x in y)}}'\nraise ValueError('text')\nraise ValueError(f'{x}')\nraise ValueError\n",
    "é = 'ü'  # ß\nreturn_ = é + 'ß'\n",
    "total = sum(x for x in y) + len(list(z for z in y))\n",
    "@decorator\ndef f(a, *b, c=1, **d) -> 'x': return lambda: (yield_)\n",
]


@pytest.mark.parametrize("source", PLAIN)
def test_a_program_with_nothing_to_rewrite_is_unchanged(source: str) -> None:
    assert rewritten(source).text == source
    assert rewritten(source).splices == ()


# What is spliced

SPLICED = {
    "xs.sort(key=f)": "_sight_sort(xs, key=f)",
    "(xs).sort(reverse=True)": "_sight_sort((xs), reverse=True)",
    "a[0].b.sort ( key = f )": "_sight_sort(a[0].b,  key = f )",
    "del x": "x = None",
    "del x, d[k], e[0][1]": "x = None; _sight_del(d, k); _sight_del(e[0], 1)",
    "del d[1:]": "_sight_del(d, _sight_slice(1,None))",
    "del d[:]": "_sight_del(d, _sight_slice(None,None))",
    "del d[::2], e[a:b:c]": "_sight_del(d, _sight_slice(None,None,2)); _sight_del(e, _sight_slice(a,b,c))",
    "del d[1, 2]": "_sight_del(d, (1, 2))",
    "any(x for x in y)": "_sight_any(lambda _sight_state: [x for x in _sight_one(_sight_state, 0, lambda: y)])",
    "next((x for x in y), 1)": "_sight_next((lambda _sight_state: [x for x in _sight_one(_sight_state, 0, lambda: y)]), 1)",
    "any(map(f, y))": "_sight_any(_sight_lazy_map(f, y))",
    "x = (y for y in z)": "x = _sight_iter([y for y in z])",
    "x.__class__": "_sight_type(x)",
    "class A(object): pass": "class A: pass",
    "class A(): pass": "class A: pass",
    "ValueError(3)": "ValueError(_sight_text(3))",
    "f(llm_query)": "f((lambda *_sight_a, **_sight_k: llm_query(*_sight_a, **_sight_k)))",
}


@pytest.mark.parametrize("source", SPLICED)
def test_splices(source: str) -> None:
    got = rewritten(source).text
    assert ast.dump(ast.parse(got)) == ast.dump(ast.parse(SPLICED[source])), got


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_lines_stay_where_they_are(path: Path) -> None:
    source = path.read_text()
    done = rewritten(source)
    ast.parse(done.text)
    assert done.text.count("\n") == source.count("\n")
    for before, after in zip(source.split("\n"), done.text.split("\n"), strict=True):
        names = set(re.findall(r"\b[a-z]\w+", before)) - {"del", "object", "sort"}
        assert [name for name in names if name not in after] == []


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_every_place_of_the_source_maps_to_itself(path: Path) -> None:
    """Bytes that were not spliced in map to the same bytes of the source, and spans to the same text."""
    source = path.read_text()
    done = rewritten(source)
    old, new = source.encode(), done.text.encode()
    rest = bytearray()
    last = -1
    for position in range(len(new)):
        origin, anchor = done.origin(position)
        if anchor is None:
            assert old[origin] == new[position]
            assert origin > last
            last = origin
            rest.append(new[position])
        else:
            assert anchor[0] <= origin <= anchor[1]
    replaced = b"".join(old[splice.start : splice.end] for splice in done.splices)
    assert sorted(bytes(rest) + replaced) == sorted(old)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_rewriting_what_was_rewritten_changes_nothing_that_runs(
    sandbox: MontySandbox, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = path.read_text()
    again = rewritten(source).text
    monkeypatch.setattr("agent.running.monty_sandbox.refusals", lambda reading: [])
    image = Image()
    given = [image, Image("two")] if "(images)" in source else image
    first, second = drive(sandbox, source, given), drive(sandbox, again, given)
    assert first.problem is None
    assert second.problem is None
    assert first.value == second.value
    assert first.log == second.log


def test_offsets_count_characters_and_bytes() -> None:
    done = rewritten("é = 'ü'; x = any(ß for ß in 'ßä')\ndel é\n")
    place = done.text.encode().index("ß for".encode())
    assert done.span(place, place + 2) == Span(1, 17, 1, 18)
    line = done.text.split("\n")[0]
    assert done.offset(1, line.index("ß for")) == place
    assert done.offset(2, 0) == len(line.encode()) + 1
    assert done.offset(99, 0) == len(done.text.encode())
    assert done.span(len(done.text.encode()), len(done.text.encode()) + 5) is None


def test_what_lies_in_a_splice_maps_to_what_it_stands_for() -> None:
    source = "x = 1\nkey = names.get\n"
    done = rewritten(source)
    start = done.text.index("lambda")
    assert done.inserted(start)
    assert not done.inserted(0)
    assert done.span(start, start + 6) == Span(2, 6, 2, 15)


# f-strings

F_STRINGS = [
    "f'{d.get}'",
    'f"{d.get!r:>{w.count}}" "{d.get}" f\'{x}{{d.get}}{d.get}\'',
    "f'''{\nd.get\n} {  d.get  }'''",
    "rf'\\{d.get}' f'\\{d.get}' fr\"{d.get}\\d\"",
    "f'\\N{BULLET} {d.get} {d[\"a\"].get} {d.get == 1} {d.get != 2}'",
    "f'é {d.get} ß' + f'{é:{d.get}}' + f'{d.get=}'",
    "(f'a {d.get}'  # f'{no}'\n    'b {d.get}'\n    f\"{d.get('a', {'b': d.get})}\")",
    "f'{f\"{d.get}\"} {(lambda x: d.get)(1)} {[i for i in d.get]}'",
    "f'{any(x.get for x in y)}' + f'{max(y, key=lambda x: x.left)}'",
    "F'{d.get:%Y-%m}' f'{d.get!s}' f'{d.get:=^5}' f'{a >= d.get} {a <= b.get} {a == b}'",
]


@pytest.mark.parametrize("source", F_STRINGS)
def test_expressions_in_f_strings(source: str) -> None:
    done = rewritten(source)
    shown = source.count("d.get=")
    wanted = sum(
        isinstance(node, ast.Attribute) and node.attr in ("get", "count") for node in ast.walk(ast.parse(source))
    )
    calls = source.count("d.get('a'")
    assert done.text.count("_sight_member(") == wanted - shown - calls
    restored, shift = done.text.encode(), 0
    for splice in done.splices:
        start = splice.start + shift
        restored = (
            restored[:start]
            + source.encode()[splice.start : splice.end]
            + restored[start + len(splice.text.encode()) :]
        )
    assert restored.decode() == source
    lines = ast.parse(source).body[0].end_lineno
    assert done.text.count("\n") + 1 == lines


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there the tree tells where the expressions stand")
def test_f_strings_of_other_people() -> None:
    """Those of Python's own library: every expression is found where the tree says it is."""
    count = 0
    for path in sorted(Path(ast.__file__).parent.glob("*.py")):
        source = path.read_text()
        tree = read_program(source)
        assert isinstance(tree, ast.Module)
        data, lines = line_starts(source)
        found = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
        nested = {id(part) for node in found for part in ast.walk(node) if part is not node}
        for node in found:
            if id(node) not in nested and node.end_lineno and node.end_col_offset:
                span = lines[node.lineno - 1] + node.col_offset, lines[node.end_lineno - 1] + node.end_col_offset
                count += len(list(expressions(data, *span, node)))
    assert count > 300


# Against CPython

BODIES = {
    "reduce": "import functools\nreturn functools.reduce(lambda a, b: a + llm_query(b), ['a', 'b'])",
    "partial": "import functools\nreturn functools.partial(llm_query, 'x')(), list(map(functools.partial(lambda a, b: llm_query(a + b), 'x'), ['c']))",
    "cache": "import functools\n@functools.lru_cache(maxsize=None)\ndef f(x): return llm_query(x)\nreturn f('a'), f('a')",
    "calls": "class A:\n    def __init__(self, x): self.x = llm_query(x)\n    def __call__(self, i): return llm_query(self.x)\nreturn list(map(A('a'), [1, 2]))",
    "with": "class A:\n    def __enter__(self): return llm_query('a')\n    def __exit__(self, *a): return llm_query('b')\nwith A() as x: pass\nreturn x",
    "comprehensions": "return {llm_query(k): llm_query(v) for k, v in [('a', 'b')]}, {llm_query('x') for i in [1]}, [llm_query(x) for x in 'ab' if llm_query(x)]",
    "defaults": "def f(x=llm_query('d'), *, y=llm_query('e')): return x, y\nreturn f(), (lambda x=llm_query('a'): x)()",
    "decorator": "def deco(f): return llm_query('d')\n@deco\ndef g(): pass\nreturn g",
    "f_string": 'return f\'{llm_query("a"):>20} {llm_query("b")!r}\'',
    "comparison": "return 1 < len(llm_query('a')) < 5 or llm_query('b') and not llm_query('c')",
    "subscripts": "d = {}\nd[llm_query('a')] = llm_query('b')\nd[llm_query('a')] += llm_query('c')\nreturn d, list(range(99))[len(llm_query('a')):]",
    "stars": "a, *b = [llm_query(x) for x in 'abc']\nreturn a, b, llm_query(*[llm_query('a')], **{'context': llm_query('b')})",
    "finally": "try:\n    return llm_query('a')\nfinally:\n    llm_query('b')",
    "min_max": "return min('a', 'b', key=lambda x: llm_query(x)), max('a', 'b', key=llm_query), max([], default=3), min([3, 1], key=lambda x: -x)",
    "join": "return ','.join(llm_query(x) for x in 'ab'), ','.join(map(llm_query, 'ab')), sum(len(llm_query(x)) for x in 'ab')",
    "nested_sorts": "return sorted([[2, 1], [0]], key=lambda r: sorted(r, key=lambda x: len(llm_query(str(x)))))",
    "nested_any": "return any(any(llm_query(x + y) == 'answer to bc' for y in 'cd') for x in 'ab')",
    "any_in_condition": "return [x for x in 'ab' if any(llm_query(x) == 'answer to b' for _ in [1, 2])]",
    "all_not": "return all(not llm_query(x) for x in 'ab'), all(x for x in []), any(x for x in [])",
    "any_of_a_list": "return any([llm_query(x) for x in 'ab'])",
    "own_any": "def any(xs): return [x for x in xs]\nreturn any(llm_query(x) for x in 'ab')",
    "own_map": "def map(f, xs): return f(xs)\nreturn any(map(llm_query, 'ab'))",
    "three_loops": "return next((a, b, c) for a in range(3) if llm_query(f'a{a}') != 'answer to a0' for b in range(a) for c in 'xy' if llm_query(f'{a}{b}{c}') == 'answer to 10y')",
    "next_stops": "try:\n    return next(x for x in [1, 2] if x > 5)\nexcept StopIteration:\n    return 'none'",
    "next_of_things": "it = iter('ab')\nz = zip('ab', 'cd')\ne = enumerate('ab')\nm = map(str, [1, 2])\nf = filter(None, [0, 1])\nr = reversed([1, 2])\nreturn next(it), next(it), next(it, 'end'), next(z), next(e), next(m), next(f), next(r), list(z), list(e)",
    "generator_argument": "def first(xs): return next(xs), list(xs)\nreturn first(x * 2 for x in [1, 2, 3]), first((x for x in 'ab'))",
    "generator_of_generators": "g = ((x, y) for x in range(2) for y in (z for z in range(2)))\nreturn list(g), list(g)",
    "late_binding": "fs = [lambda: llm_query(str(i)) for i in range(2)]\nreturn [f() for f in fs]",
    "early_binding": "fs = []\nfor name in ('ab', 'CD'):\n    fs += [name.upper, name.lower]\nname = None\nreturn [f() for f in fs]",
    "member_errors": "try:\n    x = (3).upper\nexcept AttributeError as e:\n    return str(e)",
    "class_members": "class A:\n    count = 3\n    def index(self): return 4\na = A()\na.title = 5\nf = a.index\nreturn a.count, f(), a.title, A.count",
    "type_members": "return str.upper('a'), list(map(str.strip, [' a '])), sorted('bA', key=str.lower), dict.get({1: 2}, 1), str.join('-', 'ab'), dict.fromkeys('ab', 0)",
    "dict_members": "d = {'a': 2, 'b': 1}\nreturn max(d, key=d.get), sorted(d, key=d.get), list(map(d.get, 'abc')), [f() for f in (d.copy,)]",
    "module_members": "import re, math\nsplit = re.split\nreturn split(',', 'a,b'), list(map(math.sqrt, [4])), math.pi",
    "errors": "out = []\nfor e in (ValueError(3), KeyError('a'), ValueError(), IndexError('x'), RuntimeError(None)):\n    try:\n        raise e\n    except Exception as error:\n        out.append((type(error).__name__, str(error)))\nreturn out",
    "class_of": "return image.__class__ is type(image), 'a'.__class__.__name__, [].__class__([1])",
    "delete_class": "class A:\n    def __init__(self): self.d = {1: 2}\n    def __delitem__(self, k): self.d.pop(k)\na = A()\ndel a[1]\nreturn a.d",
    "delete_errors": "out = []\nfor xs, k in (({}, 'a'), ([], 3)):\n    try:\n        del xs[k]\n    except (KeyError, IndexError) as error:\n        out.append(type(error).__name__)\nreturn out",
    "delete_slices": "a, b, c, d = (list(range(9)) for _ in range(4))\ndel a[-2:], b[::-2], c[3:3], d[1:8:3]\nreturn a, b, c, d",
    "sort_options": "a = [3, 1, 2]\na.sort(key=None)\nb = [(1, 'b'), (1, 'a'), (0, 'c')]\nb.sort(key=lambda x: x[0], reverse=True)\noptions = {'reverse': True}\nc = [1, 2]\nc.sort(**options)\nreturn a, b, c, [1].sort(key=len if 0 else str)",
    "rounding": "return [round(x, n) for x in (2.675, -1.005, 0.5, 1e300, 3, True, -0.001) for n in (0, 1, 2, None, -1)], round(2.5), round(1.5, ndigits=0), round(float('inf'), 2)",
    "callables": "class A: pass\nreturn callable(len), callable(3), callable(lambda: 1), callable(A), callable(str), callable(ImagePatch)",
    "lists_of_iterators": "return list(zip('ab', [1, 2], strict=True)), dict(zip('ab', [1, 2])), dict(enumerate('ab', 1)), [*map(len, ['a'])], tuple(filter(None, [0, 2])), sorted(reversed([1, 2])), sum(map(int, '12'))",
    "unpacked_iterators": "(a, b), *c = enumerate('xyz')\n(d, e) = map(str, [1, 2])\nreturn a, b, c, d, e",
    "match_values": "class Colour:\n    index = 3\n    title = 'x'\nmatch 3:\n    case Colour.title: return 'title'\n    case Colour.index: return 'index'",
    "positional_patterns": "match [1, {'a': 'b'}]:\n    case [int(x), {'a': str(y)}] if x: return x, y",
}


@pytest.mark.parametrize("name", BODIES)
def test_same_as_cpython(sandbox: MontySandbox, name: str) -> None:
    source = "def execute_command(image):\n" + "".join(f"    {line}\n" for line in BODIES[name].split("\n"))
    expected = run_in_cpython(source, Image())
    ran = drive(sandbox, source, Image())
    assert ran.problem is None
    assert ran.value == expected.value
    assert ran.log == expected.log
    assert None not in ran.spans


def test_random_loops_ask_only_for_what_they_need(sandbox: MontySandbox) -> None:
    """`any`, `all` and `next` over random nests of loops and conditions, against CPython, calls included."""
    choose = random.Random(7)
    for _ in range(60):
        depth = choose.randint(1, 3)
        loops, names = "", []
        for level in range(depth):
            name = "abc"[level]
            over = choose.choice(
                ["range(3)", f"range({names[-1]})" if names else "range(4)", "[2, 0, 1]", "{1: 2, 0: 3}", "[]"]
            )
            loops += f" for {name} in {over}"
            names.append(name)
            for _ in range(choose.randint(0, 2)):
                loops += f" if llm_query('{name}', context={name}) and {choose.choice(names)} != {choose.randint(0, 3)}"
        total = " + ".join(names)
        element = choose.choice(
            [f"({total}) % 3 == {choose.randint(0, 2)}", f"llm_query(str({total})) == 'answer to 2'", total]
        )
        call = choose.choice(
            ["any({})", "all({})", "next(({}), None)", "[x for x in [any({})]]", "not all({}) or any({})"]
        )
        body = call.replace("{}", element + loops)
        source = f"def execute_command(image):\n    return {body}\n"
        expected, ran = run_in_cpython(source, Image()), drive(sandbox, source, Image())
        assert ran.problem is None, source
        assert (ran.value, ran.log) == (expected.value, expected.log), source
