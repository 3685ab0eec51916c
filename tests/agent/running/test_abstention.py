"""Which failures are honest abstentions, and which are the program's own fault. All run in the real sandbox."""

# Programs stand on one line each, however long.
# ruff: noqa: E501

import ast
import textwrap

import pytest

from agent.planning.examples import curated
from agent.program import Problem, Program, Span
from agent.running.abstention import reason_of
from agent.running.engine import Engine, Job
from agent.running.monty_sandbox import MontySandbox
from agent.trace import SpanRecord, Step
from tests.agent.conftest import FakeKit, make_picture
from tools import Vocabulary

NO_COW = "there is no cow in the picture"

ABSTAIN = {
    # the picture shows two dogs, one kid and four muffins; the dog on the left is `red`, the other is not
    "index": ('return p.find("cow")[0]', NO_COW),
    "index of a name": ('cows = p.find("cow")\nreturn cows[0].left', NO_COW),
    "index at the end": ('return p.find("cow")[-1]', NO_COW),
    "index after sorting": ('cows = p.find("cow")\ncows.sort(key=lambda c: c.left)\nreturn cows[0]', NO_COW),
    "index after sorting by a tool": ('cows = p.find("cow")\ncows.sort(key=lambda c: c.compute_depth())\nreturn cows[-1]', NO_COW),
    "index of sorted": ('return sorted(p.find("cow"), key=lambda c: c.left)[0]', NO_COW),
    "index of a slice": ('return p.find("cow")[:2][0]', NO_COW),
    "index of a list": ('return list(p.find("cow"))[0]', NO_COW),
    "index of a reversed slice": ('return p.find("cow")[::-1][0]', NO_COW),
    "index on a later line": ('cows = p.find("cow")\ndogs = p.find("dog")\nx = dogs[0].left\nreturn cows[0].left - x', NO_COW),
    "one of two on a line": ('dogs, cows = 1, 2\ncows = p.find("cow")\ndogs = p.find("dog")\nreturn dogs[0].left < cows[0].left', NO_COW),
    "argument of a tool": ('a = p.find("dog")[0]\nreturn distance(a, p.find("cow")[0])', NO_COW),
    "keyword": ('return p.find(object_name="cow")[0]', NO_COW),
    "name in a variable": ('thing = "cow"\nreturn p.find(thing)[0]', NO_COW),
    "in a helper": ('def first(name):\n    return p.find(name)[0]\nreturn first("cow").left', NO_COW),
    "in a comprehension": ('return [p.find(name)[0].left for name in ("dog", "cow")]', NO_COW),
    "in a loop": ('out = []\nfor name in ("dog", "cow"):\n    out.append(p.find(name)[0].left)\nreturn out', NO_COW),
    "in a branch": ('if p.exists("dog"):\n    cows = p.find("cow")\n    return cows[0]\nreturn 1', NO_COW),
    "f-string": ('return f"{p.find(\'cow\')[0].left} px"', NO_COW),
    "pop": ('cows = p.find("cow")\nreturn cows.pop()', NO_COW),
    "pop the first": ('cows = p.find("cow")\nreturn cows.pop(0).left', NO_COW),
    "walrus": ('return (cows := p.find("cow"))[0]', NO_COW),
    "annotated": ('cows: list = p.find("cow")\nreturn cows[0]', NO_COW),
    "renamed": ('cows = p.find("cow")\nherd = cows\nreturn herd[0]', NO_COW),
    "max": ('return max(p.find("cow"), key=lambda c: c.width)', NO_COW),
    "min of a name": ('cows = p.find("cow")\nreturn min(cows, key=lambda c: c.compute_depth()).left', NO_COW),
    "max without a key": ('return max([c.left for c in p.find("cow")])', NO_COW),
    "max of a generator": ('return max(c.left for c in p.find("cow"))', NO_COW),
    "min inside a call": ('d = p.find("dog")[0]\nreturn distance(d, min(p.find("cow"), key=lambda c: distance(c, d)))', NO_COW),
    "unpacking": ('cow, = p.find("cow")\nreturn cow', NO_COW),
    "unpacking two": ('a, b = p.find("kid")\nreturn a', "there is only one kid in the picture"),
    "unpacking a slice": ('a, b = p.find("cow")[:2]\nreturn a', NO_COW),
    "division": ('return len(p.find("muffin")) / len(p.find("cow"))', NO_COW),
    "whole division": ('m = p.find("muffin")\nc = p.find("cow")\nreturn len(m) // len(c)', NO_COW),
    "remainder": ('return len(p.find("muffin")) % len(p.find("cow"))', NO_COW),
    "division by a counted name": ('n = len(p.find("cow"))\nm = len(p.find("muffin"))\nreturn m // n', NO_COW),
    "division in int": ('return int(len(p.find("muffin")) / len(p.find("cow")))', NO_COW),
    "augmented division": ('x = 10\nx /= len(p.find("cow"))\nreturn x', NO_COW),
    "mean": ('cows = p.find("cow")\nreturn sum(c.left for c in cows) / len(cows)', NO_COW),
    "division by counted ones": ('return 4 / sum(1 for c in p.find("cow"))', NO_COW),
    "best match of none": ('return best_image_match(p.find("cow"), ["a big cow"]).simple_query("What?")', NO_COW),
    "best match by name": ('cows = p.find("cow")\nbest = best_image_match(list_patches=cows, content=["x"])\nreturn best.left', NO_COW),
    "max with default": ('return max(p.find("cow"), key=lambda c: c.left, default=None).left', NO_COW),
    "next": ('return next(iter(p.find("cow"))).left', NO_COW),
    "first or none": ('cows = p.find("cow")\ncow = cows[0] if cows else None\nreturn cow.left', NO_COW),
    "second of one": ('kids = p.find("kid")\nreturn kids[1]', "there is only one kid in the picture"),
    "second last of one": ('return p.find("kid")[-2]', "there is only one kid in the picture"),
    "third of two": ('dogs = p.find("dog")\ndogs.sort(key=lambda d: d.left)\nreturn dogs[2]', "only two were found in the picture as 'dog', fewer than the question needs"),
    "property filter": ('k = [k for k in p.find("muffin") if k.verify_property("muffin", "blue")]\nd = [d for d in p.find("dog") if d.left > 40 and d.verify_property("dog", "red")]\nreturn d[0]', "none of what was found as 'dog' in the picture is as the question asks"),
    "property filter alone": ('right = [d for d in p.crop(50, 0, 100, 80).find("dog") if d.verify_property("dog", "red")]\nreturn right[0]', "there is no red dog in that part of the picture"),
    "filter of nothing": ('red = [c for c in p.find("cow") if c.verify_property("cow", "red")]\nreturn red[0]', NO_COW),
    "position filter": ('return [d for d in p.find("dog") if d.left > 90][0]', "none of what was found as 'dog' in the picture is as the question asks"),
    "filter function": ('return list(filter(lambda d: d.left > 90, p.find("dog")))[0]', "none of what was found as 'dog' in the picture is as the question asks"),
    "gathered in a loop": ('big = []\nfor c in p.find("cow"):\n    if c.width > 3:\n        big.append(c)\nreturn big[0]', NO_COW),
    "gathered and none fits": ('big = []\nfor d in p.find("dog"):\n    if d.width > 300:\n        big.append(d)\nreturn max(big, key=lambda d: d.left)', "none of what was found as 'dog' in the picture is as the question asks"),
    "joined lists": ('both = p.find("cow") + p.find("sheep")\nreturn both[0]', NO_COW),
    "nested find": ('hats = [h for k in p.find("kid") for h in k.find("hat")]\nreturn hats[0]', "there is no hat in that part of the picture"),
    "nested find in two places": ('hats = [h for d in p.find("dog") for h in d.find("hat")]\nreturn hats[0]', "there is no hat in those parts of the picture"),
    "two finds of one chain": ('return p.find("dog")[0].find("hat")[0]', "there is no hat in that part of the picture"),
    "loops without comprehension": ('hats = []\nfor k in p.find("kid"):\n    for h in k.find("hat"):\n        hats.append(h)\nreturn hats[0]', "there is no hat in that part of the picture"),
    "over names": ('things = []\nfor name in ["cow", "cow"]:\n    for c in p.find(name):\n        things.append(c)\nreturn things[0]', NO_COW),
    "gathered anew for each name": ('out = []\nfor name in ["dog", "cow"]:\n    mine = [x for q in [p] for x in q.find(name) if x.width > 3]\n    out.append(mine[0])\nreturn out', NO_COW),
    "filter in a comprehension variable of the same name": ('dogs = p.find("cow")\nx = [dogs for dogs in (1, 2)]\nreturn dogs[0]', NO_COW),
    "nested find, outer empty": ('hats = [h for k in p.find("cow") for h in k.find("hat")]\nreturn hats[0]', NO_COW),
    "in a crop": ('kid = p.find("kid")[0]\nreturn kid.find("hat")[0]', "there is no hat in that part of the picture"),
    "in a crop of a loop": ('return [k.find("hat")[0] for k in p.find("kid")]', "there is no hat in that part of the picture"),
    "in half a picture": ('return p.crop(0, 0, 50, 80).find("cow")[0]', "there is no cow in that part of the picture"),
    "plural": ('return p.find("cows")[0]', "there are no cows in the picture"),
    "irregular plural": ('return p.find("old people")[0]', "there are no old people in the picture"),
    "ends in s": ('return p.find("bus")[0]', "there is no bus in the picture"),
    "article": ('return p.find("apple")[0]', "there is no apple in the picture"),
    "tool call over two lines": ('return p.find(\n    "cow"\n)[0].left', NO_COW),
    "non-latin letters before": ('x = "żółć"; return (x, p.find("cow")[0])', NO_COW),
}  # fmt: skip

FAIL = {
    "own list": "return [][0]",
    "own list by name": "cows = []\nreturn cows[0]",
    "index beyond what was found, computed": 'dogs = p.find("dog")\ni = 5\nreturn dogs[i]',
    "index of a text": 'return "cow"[9]',
    "split": 'return p.simple_query("what is it").split()[9]',
    "own division": "return 1 / 0",
    "division by another number": 'n = len(p.find("cow"))\nreturn 3 / (n * 2)',
    "division by a difference": 'return 3 / (len(p.find("dog")) - 2)',
    "division by a position": 'return 3 / (p.find("dog")[0].left - 10)',
    "max of own list": "return max([])",
    "max of a filtered own list": "return max([x for x in (1, 2) if x > 5])",
    "dictionary": 'd = {"cow": 1}\nreturn d["dog"]',
    "attribute of None": "x = None\nreturn x.left",
    "None from a function": "def f():\n    pass\nreturn f().left",
    "a list that exists, of another find": 'cows = p.find("cow")\ndogs = p.find("dog")\nnames = []\nreturn names[0]',
    "raised": 'if not p.exists("cow"):\n    raise ValueError("no cow")\nreturn 1',
    "number from a text": 'return int(p.simple_query("what is it"))',
    "reassigned in a branch": 'things = p.find("cow")\nif p.exists("dog"):\n    things = []\nreturn things[0]',
    "a loop that may have changed it": 'things = p.find("cow")\nout = 0\nfor i in range(2):\n    if i:\n        out = things[0]\n    things = []\nreturn out',
    "parameter": 'def f(things):\n    return things[0]\nreturn f([])',
    "emptied": 'dogs = p.find("dog")\ndogs.clear()\nreturn dogs[0]',
    "popped until empty": 'dogs = p.find("dog")\nwhile True:\n    dogs.pop()',
    "shadowed find": 'class Box:\n    def find(self, name):\n        return []\nreturn Box().find("cow")[0]',
    "assertion": 'assert p.exists("cow")\nreturn 1',
    "not enough values of a text": 'a, b = "cow",\nreturn a',
    "continued": 'out = []\nfor c in (1, 2):\n    continue\nreturn out[0]',
    "index in a dict of lists": 'd = {"cow": p.find("cow")}\nreturn d["cow"][0]',
}  # fmt: skip


def source_of(body: str) -> str:
    return "def execute_command(image):\n    p = ImagePatch(image)\n" + textwrap.indent(body, "    ") + "\n"


@pytest.fixture
def engine(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> Engine:
    return Engine(kit, vocabulary, sandbox)


@pytest.mark.parametrize(("body", "reason"), ABSTAIN.values(), ids=ABSTAIN.keys())
def test_abstains(engine: Engine, body: str, reason: str) -> None:
    (outcome,) = engine.run([Job(Program(source_of(body)), (make_picture(),))])
    assert outcome.problem is not None
    assert outcome.abstention == reason, (outcome.problem, outcome.problem.span)


@pytest.mark.parametrize("body", FAIL.values(), ids=FAIL.keys())
def test_fails(engine: Engine, body: str) -> None:
    (outcome,) = engine.run([Job(Program(source_of(body)), (make_picture(),))])
    assert outcome.problem is not None, outcome.value
    assert outcome.problem.kind == "runtime"
    assert outcome.abstention is None


def test_names_the_picture_where_there_are_several(vocabulary: Vocabulary, sandbox: MontySandbox) -> None:
    kit = FakeKit({"a": {"dog": [(1, 1, 9, 9)]}, "b": {}, "c": {}})
    pictures = tuple(make_picture(name, shade) for shade, name in enumerate("abc", 100))
    engine = Engine(kit, vocabulary, sandbox)
    each = 'def execute_command(images):\n    return [ImagePatch(image).find("dog")[0] for image in images]\n'
    crop = 'def execute_command(images):\n    return ImagePatch(images[2]).crop(0, 0, 40, 40).find("dog")[0]\n'
    first, second = engine.run(Job(Program(source), pictures) for source in (each, crop))
    assert first.abstention == "there is no dog in the second picture"
    assert second.abstention == "there is no dog in that part of the third picture"
    all_of_them = (
        'def execute_command(images):\n    return [d for i in images[1:] for d in ImagePatch(i).find("dog")][0]\n'
    )
    assert engine.run([Job(Program(all_of_them), pictures)])[0].abstention == "there is no dog in any of the pictures"
    # the same picture twice cannot be told apart
    (twice,) = engine.run([Job(Program(each), (pictures[1], pictures[1]))])
    assert twice.abstention == "there is no dog in the picture"


def test_says_nothing_without_a_place_or_a_program() -> None:
    problem = Problem("runtime", "IndexError: list index out of range")
    assert reason_of("x = 1", problem, [], []) is None
    assert reason_of("x = ", Problem("runtime", problem.message, Span(1, 0, 1, 1)), [], []) is None


def test_no_place_in_any_program_breaks_it(vocabulary: Vocabulary) -> None:
    """Whatever stopped a program, and wherever: there is a reason or there is none, but never an error of our own."""
    step = Step(index=0, tool="ImagePatch.find", span=None, arguments={"object_name": "cow"}, result=[])
    messages = (
        "IndexError: list index out of range",
        "ValueError: max() arg is an empty sequence",
        "ValueError: not enough values to unpack (expected 2, got 0)",
        "ZeroDivisionError: division by zero",
        "AttributeError: 'NoneType' object has no attribute 'left'",
        "StopIteration",
    )
    bodies = [body for body, _ in ABSTAIN.values()] + list(FAIL.values())
    for source in [source_of(body) for body in bodies] + [example.program for example in curated()]:
        places = [
            (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.expr | ast.stmt)
        ]
        finds = [step.model_copy(update={"span": SpanRecord(**vars(Span(*place)))}) for place in places]  # type: ignore[arg-type]
        for place in places:
            for message in messages:
                reason = reason_of(source, Problem("runtime", message, Span(*place)), finds, [make_picture()])  # type: ignore[arg-type]
                assert reason is None or "cow" in reason
