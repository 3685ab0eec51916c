"""What every sandbox must do. A second backend passes `CHECKS` or is none.

Each check is a function of `make`, which makes a closed sandbox for a surface and limits. See `test_conformance.py` for
how they are run.
"""

import pickle
import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from agent.program import Problem
from agent.running.sandbox import Finished, Limits, Parked, Sandbox, Surface
from tests.agent.running.fakes import SURFACE, Image, ImagePatch, drive
from tools.declaration import ToolError

Make = Callable[[Surface, Limits], Sandbox]
IMAGE = Image()


def program(*lines: str) -> str:
    return "def execute_command(image):\n" + "".join(f"    {line}\n" for line in lines)


def run(make: Make, *lines: str, limits: Limits | None = None) -> Any:
    """How a program of these lines ends, with the tools of the fakes."""
    with make(SURFACE, limits or Limits()) as sandbox:
        return drive(sandbox, program(*lines), IMAGE)


def parked(state: Parked | Finished) -> Parked:
    assert isinstance(state, Parked), state
    return state


def finished(state: Parked | Finished) -> Finished:
    assert isinstance(state, Finished), state
    return state


def problem(state: Any, kind: str) -> Problem:
    assert state.problem is not None, state
    assert state.value is None
    assert state.problem.kind == kind, state.problem
    assert "\n" not in state.problem.message
    found: Problem = state.problem
    return found


# Values


def check_plain_values_come_back(make: Make) -> None:
    ran = run(make, "return [None, True, 3, -2.5, 'é\\n', b'x', (1, 2), {'a': [1]}, {1, 2}, 10 ** 30, '']")
    assert ran.value == [None, True, 3, -2.5, "é\n", b"x", (1, 2), {"a": [1]}, {1, 2}, 10**30, ""]
    assert [type(item) for item in ran.value[:4]] == [type(None), bool, int, float]


def check_host_objects_come_back_as_themselves(make: Make) -> None:
    with make(SURFACE, Limits()) as sandbox:
        assert finished(sandbox.start(program("return image"), [IMAGE])).value is IMAGE
        value = finished(sandbox.start(program("return [(image, {'a': image})], {1: [image]}"), [IMAGE])).value
        assert value[0][0][0] is value[0][0][1]["a"] is value[1][1][0] is IMAGE


def check_host_objects_are_passed_to_tools_at_any_depth(make: Make) -> None:
    patch = ImagePatch(IMAGE)
    with make(SURFACE, Limits()) as sandbox:
        state = parked(sandbox.start(program("return llm_query([image], context={'p': (image, [image])})"), [patch]))
        assert state.call.name == "llm_query"
        assert state.call.args == ([patch],)
        assert state.call.args[0][0] is patch
        assert state.call.kwargs["context"]["p"][1][0] is patch


def check_results_of_tools_may_hold_host_objects(make: Make) -> None:
    patch = ImagePatch(IMAGE)
    with make(SURFACE, Limits()) as sandbox:
        state = parked(sandbox.start(program("r = llm_query('x')", "return r['p'][1], r['p'][1].left"), [IMAGE]))
        done = finished(sandbox.resume(state, {"p": [1, patch]}))
        assert done.value[0] is patch
        assert done.value[1] == 0


def check_attributes_of_host_objects(make: Make) -> None:
    ran = run(
        make, "p = ImagePatch(image, 1, 2, 30, 40)", "return p.left, p.lower, p.right, p.upper, p.width, p.height"
    )
    assert ran.value == (1, 2, 30, 40, 29, 38)
    assert ran.log == [("ImagePatch", (("image", "one"), 1, 2, 30, 40), {})]


def check_attributes_may_be_host_objects(make: Make) -> None:
    ran = run(make, "p = ImagePatch(image)", "return p.original_image.width, p.original_image")
    assert ran.value == (640, ("image", "one"))


def check_unknown_attributes_do_not_exist(make: Make) -> None:
    for name in ("things", "_things", "log", "box", "name", "nothing"):
        ran = run(make, f"return ImagePatch(image).{name}")
        assert "AttributeError" in problem(ran, "runtime").message


def check_host_objects_know_their_class_and_themselves(make: Make) -> None:
    ran = run(
        make,
        "p, q = ImagePatch(image), ImagePatch(image)",
        "kinds = isinstance(p, ImagePatch), isinstance(3, ImagePatch), type(p) is ImagePatch",
        "return *kinds, p == p, p == q, q in [p, q]",
    )
    assert ran.value == (True, False, True, True, False, True)


def check_a_list_of_pictures_as_argument(make: Make) -> None:
    with make(SURFACE, Limits()) as sandbox:
        done = finished(
            sandbox.start("def execute_command(images):\n    return images[::-1]\n", [[IMAGE, Image("two")]])
        )
        assert [one.name for one in done.value] == ["two", "one"]


def check_arguments_that_cannot_enter_are_refused_to_the_host(make: Make) -> None:
    with make(SURFACE, Limits()) as sandbox, pytest.raises(TypeError, match="an object of class object"):
        sandbox.start(program("return 1"), [object()])


def check_results_that_no_program_can_hold(make: Make) -> None:
    with make(SURFACE, Limits()) as sandbox:
        state = parked(sandbox.start(program("return llm_query('x')"), [IMAGE]))
        told = problem(sandbox.resume(state, threading.Lock()), "tool")
        assert "llm_query" in told.message
        assert finished(sandbox.start(program("return 1"), [IMAGE])).value == 1


def check_values_that_mean_nothing_outside(make: Make) -> None:
    lines = ("class A:", "    pass", "return A()"), ("return lambda: 1",), ("return len",), ("return ImagePatch",)
    for body in (*lines, ("a = []", "a.append(a)", "return a"), ("return ValueError('x')",)):
        told = problem(run(make, *body), "runtime")
        assert "returned" in told.message, told


def check_objects_of_the_program_are_not_given_to_tools(make: Make) -> None:
    ran = run(make, "class A:", "    pass", "return llm_query(A())")
    assert "llm_query" in problem(ran, "runtime").message
    assert ran.log == []


# Calls


def check_the_order_and_shape_of_calls(make: Make) -> None:
    ran = run(
        make,
        "p = ImagePatch(image)",
        "for d in p.find(object_name='dog'):",
        "    d.verify_property('dog', attribute='black')",
        "return best_image_match([p], ['dog'], return_index=True)",
    )
    names = [name for name, *_ in ran.log]
    assert names == ["ImagePatch", "ImagePatch.find", *["ImagePatch.verify_property"] * 2, "best_image_match"]
    assert ran.log[1][2] == {"object_name": "dog"}
    assert ran.log[2][1:] == ((("patch", 520, 10, 600, 90), "dog"), {"attribute": "black"})


def check_positions_of_calls_are_those_of_the_source(make: Make) -> None:
    source = program(
        "# é: positions count characters",
        "p = ImagePatch(image)",
        "é = 'ä'; dogs = sorted(p.find('dog'), key=lambda d: d.compute_depth())",
        "return f'é {any(d.exists(\"x\") for d in dogs)}'",
    )
    with make(SURFACE, Limits()) as sandbox:
        ran = drive(sandbox, source, IMAGE)
    rows = source.split("\n")
    texts = [rows[span.line - 1][span.column : span.end_column] for span in ran.spans]
    depth = "d.compute_depth()"
    assert texts == ["ImagePatch(image)", "p.find('dog')", depth, depth, 'd.exists("x")', 'd.exists("x")']


def check_errors_of_tools_can_be_caught(make: Make) -> None:
    with make(SURFACE, Limits()) as sandbox:
        source = program("try:", "    return llm_query('x')", "except RuntimeError as e:", "    return str(e)")
        state = parked(sandbox.start(source, [IMAGE]))
        assert finished(sandbox.throw(state, ToolError("ask about an object"))).value == "ask about an object"


def check_errors_of_tools_that_are_not_caught(make: Make) -> None:
    with make(SURFACE, Limits()) as sandbox:
        state = parked(sandbox.start(program("x = 1", "return llm_query('x')"), [IMAGE]))
        told = problem(sandbox.throw(state, ToolError("ask about an object")), "tool")
        assert told.message == "ask about an object"
        assert told.span is not None
        assert told.span.line == 3


def check_errors_of_the_host_are_sanitised(make: Make) -> None:
    with make(SURFACE, Limits()) as sandbox:
        state = parked(sandbox.start(program("return llm_query('x')"), [IMAGE]))
        told = problem(sandbox.throw(state, KeyError("/home/anna/.ssh/id_rsa")), "tool")
        assert told.message == "the tool failed (KeyError)"


def check_unknown_functions_are_unknown(make: Make) -> None:
    ran = run(make, "return find_everything(image)")
    assert problem(ran, "runtime").message == "NameError: name 'find_everything' is not defined"


def check_classes_that_cannot_be_made(make: Make) -> None:
    assert "Image" in problem(run(make, "return Image('x')"), "runtime").message


def check_methods_as_values(make: Make) -> None:
    ran = run(
        make,
        "p = ImagePatch(image)",
        "f, g = p.exists, getattr(p, 'find')",
        "p = None",
        "return f('dog'), len(g('dog')), hasattr(image, 'find'), list(map(llm_query, ['a']))",
    )
    assert ran.value == (True, 2, False, ["answer to a"])


def check_methods_of_the_class(make: Make) -> None:
    ran = run(make, "p = ImagePatch(image)", "return ImagePatch.exists(p, 'dog'), ImagePatch.exists(3, 'dog')")
    assert "TypeError" in problem(ran, "runtime").message
    assert len(ran.log) == 2


# Parking


def check_programs_are_resumed_in_any_order(make: Make) -> None:
    with make(SURFACE, Limits()) as sandbox:
        source = program("a = llm_query('a')", "b = llm_query('b')", "return [image.name if False else a, b]")
        states = {i: parked(sandbox.start(source, [IMAGE])) for i in range(50)}
        order = random.Random(0)
        done: dict[int, Any] = {}
        turns = [i for i in states for _ in range(2)]
        order.shuffle(turns)
        for i in turns:
            state = sandbox.resume(states[i], (i, states[i].call.args[0]))
            if isinstance(state, Parked):
                states[i] = state
            else:
                done[i] = state.value
        assert done == {i: [(i, "a"), (i, "b")] for i in range(50)}


def check_a_parked_program_may_be_forked(make: Make) -> None:
    with make(SURFACE, Limits()) as sandbox:
        state = parked(sandbox.start(program("a = [llm_query('a')]", "a.append(llm_query('b'))", "return a"), [IMAGE]))
        ends = []
        for first in (1, 2):
            after = parked(sandbox.resume(state, first))
            ends += [finished(sandbox.resume(after, second)).value for second in (3, 4)]
        assert ends == [[1, 3], [1, 4], [2, 3], [2, 4]]


def check_a_parked_program_is_bytes(make: Make) -> None:
    source = program("p = ImagePatch(image)", "x = llm_query('a')", "return p.find('dog') if x else p, image")
    with make(SURFACE, Limits()) as sandbox:
        first = parked(sandbox.start(source, [IMAGE]))
        state = parked(sandbox.resume(first, ImagePatch(IMAGE, 0, 0, 300, 300)))
        assert 0 < state.size < 64 * 1024
        stored = pickle.dumps(state)
    with make(SURFACE, Limits()) as other:
        restored: Parked = pickle.loads(stored)
        assert restored.call == state.call
        after = parked(other.resume(restored, True))
        assert after.call.name == "ImagePatch.find"
        assert after.call.args[0].box == (0, 0, 300, 300)
        assert after.call.span == state.call.span.__class__(4, 11, 4, 24)
        done = finished(other.resume(after, []))
        assert done.value[0] == []
        assert done.value[1].name == "one"


def check_programs_do_not_see_each_other(make: Make) -> None:
    with make(SURFACE, Limits()) as sandbox:
        first = program(
            "global left", "left = 'secret'", "import random", "random.seed(5)", "llm_query('a')", "return left"
        )
        state = parked(sandbox.start(first, [IMAGE]))
        for _ in range(4):
            other = finished(sandbox.start(program("return left"), [IMAGE]))
            assert "NameError" in problem(other, "runtime").message
        assert finished(sandbox.resume(state, None)).value == "secret"


def check_from_several_threads(make: Make) -> None:
    source = program("n = 0", "for i in range(5):", "    n += llm_query(str(i))", "return n")
    with make(SURFACE, Limits()) as sandbox:
        ends: list[Any] = []

        def work(number: int) -> None:
            ends.append((number, drive(sandbox, source, IMAGE, tools=lambda *call: number).value))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(ends) == [(number, 5 * number) for number in range(8)]


def check_it_opens_itself_and_closes_twice(make: Make) -> None:
    sandbox = make(SURFACE, Limits())
    try:
        state = parked(sandbox.start(program("return llm_query('a')"), [IMAGE]))
    finally:
        sandbox.close()
        sandbox.close()
    with sandbox:
        sandbox.open()
        assert finished(sandbox.resume(state, 4)).value == 4


# Limits


def check_time(make: Make) -> None:
    began = time.perf_counter()
    told = problem(run(make, "while True:", "    pass", limits=Limits(seconds=0.2)), "limit")
    assert told.message == "the program computed for more than 0.2 s"
    assert time.perf_counter() - began < 2


def check_time_counts_over_all_resumes(make: Make) -> None:
    ran = run(
        make,
        "for i in range(100):",
        "    llm_query('a')",
        "    for j in range(500000):",
        "        pass",
        limits=Limits(seconds=0.2),
    )
    assert problem(ran, "limit").message == "the program computed for more than 0.2 s"
    assert len(ran.log) >= 1


def check_waiting_for_a_tool_is_free(make: Make) -> None:
    with make(SURFACE, Limits(seconds=0.2)) as sandbox:
        state = parked(sandbox.start(program("return llm_query('a')"), [IMAGE]))
        time.sleep(0.4)
        assert finished(sandbox.resume(state, 1)).value == 1


def check_memory(make: Make) -> None:
    told = problem(run(make, "return len([0] * 10 ** 8)", limits=Limits(memory_mb=16)), "limit")
    assert told.message == "the program used more than 16 MB of memory"
    told = problem(run(make, "a = []", "while True:", "    a.append('x' * 1000)", limits=Limits(memory_mb=16)), "limit")
    assert told.message == "the program used more than 16 MB of memory"


def check_recursion(make: Make) -> None:
    lines = "def f(n):", "    return f(n - 1) if n else 0", "return f(%d)"
    assert run(make, *lines[:2], lines[2] % 40, limits=Limits(recursion=60)).value == 0
    told = problem(run(make, *lines[:2], lines[2] % 80, limits=Limits(recursion=60)), "limit")
    assert told.message == "the program nested more than 60 calls in each other"


def check_tool_calls(make: Make) -> None:
    lines = (
        "n = 0",
        "while True:",
        "    try:",
        "        n += 1",
        "        llm_query('a')",
        "    except BaseException:",
        "        pass",
    )
    ran = run(make, *lines, limits=Limits(calls=7))
    assert problem(ran, "limit").message == "the program made more than 7 tool calls"
    assert ran.problem.span is not None
    assert ran.problem.span.line == 6
    assert len(ran.log) == 7
    assert run(make, "for i in range(7):", "    llm_query('a')", "return 1", limits=Limits(calls=7)).value == 1


def check_output(make: Make) -> None:
    told = problem(run(make, "while True:", "    print('x' * 500)", limits=Limits(output_kb=4)), "limit")
    assert told.message == "the program printed more than 4 KB"
    lines = "for i in range(8):", "    print('x' * 999)", "    llm_query('a')", "return 1"
    assert "printed" in problem(run(make, *lines, limits=Limits(output_kb=4)), "limit").message
    assert run(make, *lines, limits=Limits(output_kb=8)).output == ("x" * 999 + "\n") * 8


def check_state(make: Make) -> None:
    lines = "a = [str(i) * 100 for i in range(5000)]", "llm_query('a')", "return len(a)"
    told = problem(run(make, *lines, limits=Limits(state_mb=1)), "limit")
    assert told.message == "the program keeps more than 1 MB while it waits for a tool"
    assert run(make, *lines).value == 5000


def check_the_next_program_works_after_each_limit(make: Make) -> None:
    bodies = ["while True: pass", "a = 'x' * 10 ** 10", "x = 3", "for i in range(9): llm_query('a')"]
    with make(SURFACE, Limits(seconds=0.1, calls=5)) as sandbox:
        for body in bodies:
            drive(sandbox, program(body), IMAGE)
            assert drive(sandbox, program("return llm_query('a')"), IMAGE).value == "answer to a"


# Problems


def check_syntax(make: Make) -> None:
    told = problem(run(make, "return (1"), "syntax")
    assert told.span is not None
    assert told.span.line == 2
    for source in (
        "def execute_command(image):\n  return 1\n   return 2\n",
        "x = \x00",
        "def execute_command(",
        "\ud800",
    ):
        with make(SURFACE, Limits()) as sandbox:
            problem(drive(sandbox, source, IMAGE), "syntax")


def check_mistakes_that_only_a_compiler_sees(make: Make) -> None:
    for line in ("break", "nonlocal x", "def f(a, a): pass"):
        problem(run(make, line), "syntax")


def check_entry(make: Make) -> None:
    sources = (
        "",
        "x = 1\n",
        "def main(image):\n    return 1\n",
        "def execute_command():\n    return 1\n",
        "def execute_command(image, query):\n    return 1\n",
        "def execute_command(image, *, mode):\n    return 1\n",
        "class A:\n    def execute_command(image):\n        return 1\n",
    )
    with make(SURFACE, Limits()) as sandbox:
        for source in sources:
            assert "execute_command" in problem(drive(sandbox, source, IMAGE), "entry").message
        for head in ("image, query=''", "*images", "image, /", "image, *rest, mode=1, **more"):
            assert drive(sandbox, f"def execute_command({head}):\n    return 1\n", IMAGE).value == 1


def check_tracebacks_speak_of_the_source(make: Make) -> None:
    source = (
        "def helper(xs):\n"
        "    # é\n"
        "    return 'é' + sorted(xs, key=lambda x: 1 / x)[0]\n"
        "\n"
        "def execute_command(image):\n"
        "    return helper([1, 0])\n"
    )
    with make(SURFACE, Limits()) as sandbox:
        told = problem(drive(sandbox, source, IMAGE), "runtime")
    assert told.message == "ZeroDivisionError: division by zero"
    assert (told.span.line, told.span.column, told.span.end_column) == (3, 42, 47) if told.span else False
    assert "line 6, in execute_command\n    return helper([1, 0])\n" in told.detail
    assert "line 3, in helper\n" in told.detail
    assert "_sight_" not in told.detail
    assert told.detail.endswith("ZeroDivisionError: division by zero")


def check_output_is_kept_when_a_program_fails(make: Make) -> None:
    ran = run(make, "print('first')", "llm_query('x')", "print('second', 2)", "return 1 / 0")
    assert problem(ran, "runtime").span.line == 5  # type: ignore[union-attr]
    assert ran.output == "first\nsecond 2\n"


def check_messages_are_one_printable_line(make: Make) -> None:
    told = problem(run(make, "raise ValueError('a\\nb\\x1b[31m' + 'c' * 5000)"), "runtime")
    assert told.message.startswith("ValueError: a b?[31mccc")
    assert len(told.message) <= 300


# Determinism


def check_programs_are_deterministic(make: Make) -> None:
    lines = (
        "import random, time, datetime",
        "began = time.time()",
        "time.sleep(30)",
        "return random.random(), random.choice('abc'), began, time.time() - began, str(datetime.datetime.now())",
    )
    began = time.perf_counter()
    first, second = run(make, *lines).value, run(make, *lines).value
    assert first == second
    assert first[3] == 0
    assert time.perf_counter() - began < 5


CHECKS: Sequence[Callable[[Make], None]] = [
    value for name, value in list(globals().items()) if name.startswith("check_")
]
