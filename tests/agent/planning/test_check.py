"""What the check accepts and refuses, before anything runs."""

# Programs stand on one line each, however long.
# ruff: noqa: E501

import ast
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from agent.planning.check import Check
from agent.planning.check import check as check_once
from agent.planning.examples import Example, curated
from tools import Vocabulary
from tools import vocabulary as vocabulary_of

HEAD = "def execute_command(image):\n    p = ImagePatch(image)\n"


def body(text: str) -> str:
    return HEAD + textwrap.indent(textwrap.dedent(text).strip("\n"), "    ") + "\n"


GOOD = {
    "count": body('return len(p.find("dog"))'),
    "attribute": body('return p.find("dog")[0].left'),
    "tool in a sort key": body('dogs = p.find("dog")\ndogs.sort(key=lambda d: d.compute_depth())\nreturn dogs[-1]'),
    "best match may be none": body('return best_image_match(p.find("dog"), ["a big dog"]).simple_query("What is it?")'),
    "index of the best match": body('return best_image_match(p.find("dog"), ["a big dog"], return_index=True) + 1'),
    "coerced number": body('return coerce_to_numeric(p.simple_query("How many?")) + 1'),
    "max by count": body('c = [d.simple_query("color?") for d in p.find("dog")]\nreturn max(set(c), key=c.count)'),
    "max of a dict": body('d = {"a": 1}\nreturn max(d, key=d.get)'),
    "annotated with another type": 'def execute_command(image) -> str:\n    return ImagePatch(image).exists("dog")\n',
    "the name image used for the patch": 'def execute_command(image):\n    image = ImagePatch(image)\n    return image.find("dog")\n',
    "helper functions": 'def left(d):\n    return d.left\n\ndef execute_command(image):\n    return min(ImagePatch(image).find("dog"), key=left)\n',
    "several pictures": 'def execute_command(images):\n    return [len(ImagePatch(i).find("dog")) for i in images]\n',
    "default parameters": 'def execute_command(image, thing="dog"):\n    return ImagePatch(image).exists(thing)\n',
    "imports": 'import math\nfrom collections import Counter\n' + body('return Counter([math.floor(d.left) for d in p.find("dog")]).most_common(1)[0][0]'),
    "typing names without an import": 'def execute_command(image) -> List[ImagePatch]:\n    return ImagePatch(image).find("dog")\n',
    "while true with return": body('n = 0\nwhile True:\n    n += 1\n    if n > 3:\n        return n'),
    "all branches return": body('if p.exists("dog"):\n    return "dog"\nelif p.exists("cat"):\n    return "cat"\nelse:\n    return "none"'),
    "ends by abstaining": body('for dog in p.find("dog"):\n    return dog\nabstain("there is no dog")'),
    "try and except": body('try:\n    return p.find("dog")[0]\nexcept IndexError:\n    return "none"'),
    "yes and no": body('return bool_to_yesno(p.verify_property("dog", "black"))'),
    "exists compared with a bool": body('return p.exists("dog") == True'),
    "f-string and format": body('return f"{len(p.find(\'dog\')):d} dogs"'),
    "keyword arguments": body('return p.verify_property(object_name="dog", attribute="red")'),
    "crop of a crop": body('return p.crop(0, 0, p.horizontal_center, p.upper).find("dog")[0].crop(1, 1, 5, 5).width'),
    "mask": body('return p.segment("dog").cut_out().segment().area'),
    "match statement": body('match len(p.find("dog")):\n    case 0:\n        return "none"\n    case _:\n        return "some"'),
    "nested function": body('def far(d):\n    return distance(d, p)\nreturn max(p.find("dog"), key=far)'),
    "map and filter": body('return list(map(str, filter(None, [d.left for d in p.find("dog")])))'),
    "builtins that the type checker does not know": body('return callable(len) and hasattr(p, "left") and getattr(p, "left") > 0'),
    "attributes of its own": body('for d in p.find("dog"):\n    d.label = d.simple_query("name?")\n    return d.label\nreturn "none"'),
    "walrus": body('if (dogs := p.find("dog")):\n    return dogs[0]\nreturn "none"'),
}  # fmt: skip


@pytest.mark.parametrize("source", GOOD.values(), ids=GOOD.keys())
def test_accepts(check: Check, source: str) -> None:
    assert [str(problem) for problem in check(source)] == []


@pytest.fixture(scope="module")
def album_check() -> Iterator[Check]:
    with Check(vocabulary_of(["tools.search"])) as with_search:
        yield with_search


@pytest.mark.parametrize("example", curated(), ids=lambda example: example.question[:40])
def test_accepts_every_example_of_the_prompt(check: Check, album_check: Check, example: Example) -> None:
    fit = album_check if example.pictures == "album" else check
    assert [str(problem) for problem in fit(example.program)] == []


BAD = {
    # name: (source, kind, line, part of the message)
    "syntax": ("def execute_command(image:\n    return 1\n", "syntax", 1, "was never closed"),
    "indentation": ("def execute_command(image):\nreturn 1\n", "syntax", 2, "expected an indented block"),
    "nul": ("def execute_command(image):\n    return '\0'\n", "syntax", None, ""),
    "empty": ("\n\n", "empty", None, "empty"),
    "no entry": ("def main(image):\n    return 1\n", "entry", None, "it defines main"),
    "no function": ("x = 1\n", "entry", None, "does not define execute_command"),
    "two parameters": ("def execute_command(image, query):\n    return query\n", "entry", 1, "exactly one argument"),
    "no parameter": ("def execute_command():\n    return 1\n", "entry", 1, "exactly one argument"),
    "async": ("async def execute_command(image):\n    return 1\n", "entry", 1, "async"),
    "no return": (body('p.find("dog")'), "entry", 1, "returns nothing"),
    "bare return": (body('p.find("dog")\nreturn'), "entry", 1, "returns nothing"),
    "one branch without return": (body('if p.exists("dog"):\n    return "yes"'), "entry", 3, "without a `return`"),
    "loop without return after": (body('for d in p.find("dog"):\n    return d'), "entry", 3, "without a `return`"),
    "unknown method": (body('return p.finds("dog")'), "name", 3, "did you mean `find`"),
    "unknown attribute": (body('return p.find("dog")[0].center_x'), "name", 3, "center_x"),
    "method of a list": (body('return p.find("dog").left'), "name", 3, "list[ImagePatch]"),
    "unknown function": (body('return best_match(p.find("dog"), ["x"])'), "name", 3, "best_match"),
    "unknown name": (body("return dogs"), "name", 3, "dogs"),
    "undefined in a helper": (f'def f(p):\n    return q\n\n{body("return f(p)")}', "name", 2, "`q`"),
    "too many arguments": (body('return p.find("dog", 3)'), "type", 3, "positional arguments"),
    "missing argument": (body("return p.find()"), "type", 3, "object_name"),
    "unknown keyword": (body('return p.find(name="dog")'), "type", 3, "`name`"),
    "wrong type of argument": (body("return p.find(3)"), "type", 3, "str"),
    "list instead of a name": (body('return p.find(["dog", "cat"])'), "type", 3, "str"),
    "text plus number": (body('return "a" + len(p.find("dog"))'), "type", 3, "+"),
    "patch compared with a number": (body('return p.find("dog") > 3'), "type", 3, ">"),
    "iterating a patch": (body("return [x for x in p]"), "type", 3, "not iterable"),
    "index of a patch": (body("return p[0]"), "type", 3, "subscript"),
    "calling a patch": (body("return p()"), "type", 3, "not callable"),
    "picture used as a patch": ('def execute_command(image):\n    return image.find("dog")\n', "type", 2, "ImagePatch(image).find"),
    "numpy": ("import numpy as np\n" + body("return np.mean([1])"), "subset", 1, "numpy"),
    "module without a member": ("from collections import Bag\n" + body("return Bag()"), "subset", 1, "Bag"),
    "open": (body('return open("x").read()'), "subset", 3, "open"),
    "exists is no text": (body('if p.exists("dog") == "yes":\n    return 1\nreturn 2'), "type", 3, "True or False"),
    "property is no text": (body('return p.verify_property("dog", "red") in ["yes", "true"]'), "type", 3, "True or False"),
    "answer is no number": (body('return p.simple_query("How many?") == 3'), "type", 3, "gives a text"),
    "method not called": (body("if p.exists:\n    return 1\nreturn 2"), "type", 3, "call it"),
    "tool redefined": (f'def distance(a, b):\n    return 0\n\n{body("return distance(p, p)")}', "name", 1, "name of a tool"),
    "nested entry": ("def f():\n    def execute_command(image):\n        return 1\n", "entry", None, "does not define"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "kind", "line", "part"), BAD.values(), ids=BAD.keys())
def test_refuses(check: Check, source: str, kind: str, line: int | None, part: str) -> None:
    problems = check(source)
    assert problems
    first = problems[0]
    assert (first.kind, first.span.line if first.span else None) == (kind, line), str(first)
    assert part in first.message
    assert "\n" not in first.message


def test_an_open_end_is_left_to_a_person(check: Check) -> None:
    source = body('if p.exists("dog"):\n    return "yes"')
    assert check(source)
    assert check(source, given=True) == []
    assert check(body('p.find("dog")'), given=True)[0].kind == "entry"


VIPER = sorted((Path(__file__).parents[1] / "running" / "viper_programs").glob("*.py"))


@pytest.mark.parametrize("path", VIPER, ids=lambda path: path.stem)
def test_accepts_programs_that_the_sandbox_runs(check: Check, path: Path) -> None:
    assert [str(problem) for problem in check(path.read_text(), given=True)] == []


def test_the_span_marks_the_place_in_characters(check: Check) -> None:
    (problem,) = check(body('x = "é"; return p.finds("dog")'))
    assert problem.span is not None
    line = body('x = "é"; return p.finds("dog")').splitlines()[2]
    assert line[problem.span.column : problem.span.end_column] == "p.finds"


def test_nothing_is_executed(check: Check) -> None:
    """A loop at the top level would cost the time limit if the type checker ran what it reads."""
    assert check("while True:\n    pass\n" + body("return 1")) == []
    # had it run, the process of the type checker would have been replaced and its session lost
    assert check(body("return 2")) == []


def test_programs_do_not_see_each_other(check: Check) -> None:
    assert check("def mine(p):\n    return 1\n\n" + body("return mine(p)")) == []
    assert "mine" in check(body("return mine(p)"))[0].message


def test_every_problem_is_told_in_the_order_of_lines(check: Check) -> None:
    problems = check(body('a = p.finds("x")\nb = nothing\nreturn p.find(a, b, 1)'))
    assert [problem.span.line for problem in problems if problem.span] == [3, 4, 5]


def test_a_huge_program_is_refused_at_once(check: Check) -> None:
    assert "at most" in check("x = 1\n" * 100_000)[0].message


def test_works_after_closing(vocabulary: Vocabulary) -> None:
    one = Check(vocabulary)
    assert one(body("return 1")) == []
    one.close()
    assert one(body("return p.nothing"))
    one.close()


def test_a_process_that_was_killed_is_no_fault_of_the_program(vocabulary: Vocabulary) -> None:
    def children() -> set[psutil.Process]:
        return set(psutil.Process().children(recursive=True))

    before = children()
    with Check(vocabulary) as one:
        for _ in range(3):
            assert one(GOOD["count"]) == []
            (worker,) = children() - before
            worker.kill()
            worker.wait(10)
        assert one(body('return p.finds("dog")'))[0].kind == "name"
    assert children() <= before


def test_one_program(vocabulary: Vocabulary) -> None:
    assert check_once(body("return 1"), vocabulary) == []


def test_many_methods_are_looked_for_in_one_go(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a long program, whose planner repeats a line, takes minutes."""
    walks: list[ast.AST] = []
    walk = ast.walk
    monkeypatch.setattr("ast.walk", lambda node: walks.append(node) or walk(node))
    counts = []
    for lines in (2, 50):
        walks.clear()
        assert list(check._own(ast.parse(body("p.find('a')\n" * lines + "return 1")))) == []
        counts.append(len(walks))
    assert counts[0] == counts[1]
