"""Hostile programs: none leaks, none runs on past its limit, none harms the host or the program after it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from agent.running import monty_sandbox
from agent.running.monty_sandbox import MontySandbox
from agent.running.sandbox import Finished, Limits, Parked, Surface
from tests.agent.running.fakes import FUNCTIONS, SURFACE, Image, ImagePatch, answer, drive
from tests.agent.running.hostile_programs import PROGRAMS, Hostile

SECRET = "swordfish-7294-lighthouse"
LIMITS = Limits(seconds=0.25, memory_mb=24, recursion=100, calls=20, output_kb=8, state_mb=2)
MARK = Path("/tmp/sight_was_here")
MEGABYTE = 1 << 20


class SecretPatch(ImagePatch):
    """A patch that knows more than it may tell."""

    secret = SECRET

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._secret = SECRET

    def reveal(self) -> str:
        return SECRET


def tools(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The tools of the fakes, with patches that hold a secret; some fail with texts that hold one."""
    if name == "ImagePatch":
        return SecretPatch(*args, **kwargs)
    if name == "llm_query" and str(args[0]).startswith("fail"):
        raise OSError(f"[Errno 2] no such file: '/home/someone/{SECRET}'")
    if name == "ImagePatch.crop" and isinstance(args[1], str):
        raise ValueError(f"could not convert {SECRET} in /opt/models/weights.bin")
    value = answer(name, args, kwargs)
    if isinstance(value, list):
        return [SecretPatch(item.image, *item.box) if isinstance(item, ImagePatch) else item for item in value]
    return value


class Held:
    name, type, constructible = "ImagePatch", SecretPatch, True
    attributes = SURFACE.classes["ImagePatch"].attributes
    methods = SURFACE.classes["ImagePatch"].methods


HOSTILE_SURFACE = Surface(frozenset(FUNCTIONS), {**SURFACE.classes, "ImagePatch": Held()}, SURFACE.prelude)


@pytest.fixture(scope="module", autouse=True)
def planted() -> Iterator[None]:
    os.environ["SIGHT_SECRET"] = SECRET
    MARK.unlink(missing_ok=True)
    yield
    del os.environ["SIGHT_SECRET"]
    assert not MARK.exists()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[MontySandbox]:
    me = psutil.Process()
    before = {child.pid for child in me.children(recursive=True)}
    with MontySandbox(HOSTILE_SURFACE, LIMITS, workers=1) as sandbox:
        assert drive(sandbox, "def execute_command(image):\n    return 1\n", Image()).value == 1
        yield sandbox
        workers = [child for child in me.children(recursive=True) if child.pid not in before]
        assert workers
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert not alive


def attack(sandbox: MontySandbox, hostile: Hostile) -> Any:
    began = time.perf_counter()
    ran = drive(sandbox, hostile.source, Image(), tools=tools)
    took = time.perf_counter() - began
    assert took < LIMITS.seconds + monty_sandbox.GRACE + 60  # the machine may be busy
    told = (ran.value, ran.output, ran.log, ran.problem)
    shown = [str(told), repr(told), str(ran.problem and ran.problem.detail)]
    for text in shown:
        assert SECRET not in text
        assert "/home/" not in text
        assert "site-packages" not in text
        assert "0x7f" not in text
    if ran.problem is not None:
        assert ran.value is None
        assert len(ran.problem.message) < 500
        assert ran.problem.message.isprintable()
        assert len(ran.problem.detail) < 5000
    after = drive(
        sandbox, "def execute_command(image):\n    return len(ImagePatch(image).find('dog'))\n", Image(), tools=tools
    )
    assert (after.value, after.problem) == (2, None)
    return ran


@pytest.mark.parametrize("hostile", PROGRAMS, ids=lambda hostile: hostile.name)
def test_as_it_comes(sandbox: MontySandbox, hostile: Hostile) -> None:
    """With the reader of programs in front: what it refuses never runs."""
    ran = attack(sandbox, hostile)
    assert ran.problem is not None or hostile.value is not ...


@pytest.mark.parametrize("hostile", PROGRAMS, ids=lambda hostile: hostile.name)
def test_sandbox_alone(sandbox: MontySandbox, hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the reader: it is there to be helpful, nothing relies on it."""
    monkeypatch.setattr(monty_sandbox, "refusals", lambda reading: [])
    sandbox._ready.cache_clear()
    try:
        ran = attack(sandbox, hostile)
    finally:
        sandbox._ready.cache_clear()
    if ran.problem is not None:
        assert ran.problem.kind in hostile.ends, ran.problem
    elif hostile.value != "harmless":
        assert ran.value == hostile.value


def test_the_host_does_not_grow() -> None:
    """In a process of its own: what else grows or shrinks in this one is not the sandbox's."""
    script = (
        "import gc, psutil\n"
        "from tests.agent.running.fakes import Image, drive\n"
        "from tests.agent.running.hostile_programs import PROGRAMS\n"
        "from tests.agent.running.test_hostile import HOSTILE_SURFACE, LIMITS, MontySandbox, tools\n"
        "with MontySandbox(HOSTILE_SURFACE, LIMITS, workers=1) as sandbox:\n"
        "    drive(sandbox, PROGRAMS[0].source, Image(), tools=tools)\n"
        "    gc.collect()\n"
        "    rss = [psutil.Process().memory_info().rss]\n"
        "    for hostile in PROGRAMS:\n"
        "        drive(sandbox, hostile.source, Image(), tools=tools)\n"
        "        rss.append(psutil.Process().memory_info().rss)\n"
        "    gc.collect()\n"
        "    print(psutil.Process().memory_info().rss - rss[0], max(rss) - rss[0])\n"
    )
    root = Path(__file__).parents[3]
    ended = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    at_the_end, at_most = map(int, ended.stdout.split())
    assert at_the_end < 40 * MEGABYTE
    assert at_most < 100 * MEGABYTE


def test_there_are_enough() -> None:
    assert len(PROGRAMS) >= 60
    assert len({hostile.name for hostile in PROGRAMS}) == len(PROGRAMS)


def test_a_worker_that_is_killed_while_a_program_is_parked(sandbox: MontySandbox) -> None:
    """Nothing is lost: the bytes of the program are on the host."""
    state = sandbox.start("def execute_command(image):\n    return llm_query('a'), llm_query('b')\n", [Image()])
    assert isinstance(state, Parked)
    for child in psutil.Process().children(recursive=True):
        if child.name().startswith("monty"):
            child.send_signal(signal.SIGKILL)
            child.wait(5)
    state = sandbox.resume(state, 1)
    assert isinstance(state, Parked)
    assert sandbox.resume(state, 2) == Finished((1, 2))


@contextmanager
def lone_worker(seconds: float) -> Iterator[tuple[MontySandbox, psutil.Process]]:
    """A sandbox whose only worker has run a program, and that worker."""
    me = psutil.Process()
    before = {child.pid for child in me.children()}
    with MontySandbox(SURFACE, Limits(seconds=seconds), workers=1) as sandbox:
        assert sandbox.start("def execute_command(image):\n    return 1\n", [Image()]) == Finished(1)
        (worker,) = (child for child in me.children() if child.pid not in before)
        yield sandbox, worker


def test_a_worker_that_is_killed_while_it_computes() -> None:
    with lone_worker(seconds=3) as (sandbox, worker):
        killer = threading.Timer(0.4, worker.kill)
        killer.start()
        ended = sandbox.start("def execute_command(image):\n    while True: pass\n", [Image()])
        killer.join()
        assert isinstance(ended, Finished)
        assert ended.problem is not None
        assert ended.problem.kind == "limit"
        assert "killed" in ended.problem.message
        assert sandbox.start("def execute_command(image):\n    return 2\n", [Image()]) == Finished(2)


def test_a_worker_that_is_killed_while_nobody_uses_it() -> None:
    with lone_worker(seconds=2) as (sandbox, worker):
        worker.kill()
        worker.wait(5)
        assert sandbox.start("def execute_command(image):\n    return 2\n", [Image()]) == Finished(2)


def test_time_in_which_the_machine_does_something_else_is_not_the_programs() -> None:
    with lone_worker(seconds=1) as (sandbox, worker):
        timers = [threading.Timer(0.1, worker.suspend), threading.Timer(1.4, worker.resume)]
        for timer in timers:
            timer.start()
        source = "def execute_command(image):\n    n = 0\n    for i in range(2 * 10 ** 6): n += 1\n    return n\n"
        ended = sandbox.start(source, [Image()])
        for timer in timers:
            timer.join()
        assert ended == Finished(2_000_000)


def test_no_process_is_left_when_nobody_closes(tmp_path: Path) -> None:
    """A host that ends without a word takes its workers along."""
    script = (
        "import psutil\n"
        "from agent.running.monty_sandbox import MontySandbox\n"
        "from tests.agent.running.fakes import SURFACE, Image\n"
        "sandbox = MontySandbox(SURFACE)\n"
        "sandbox.start('def execute_command(image):\\n    return llm_query(1)\\n', [Image()])\n"
        "print(*[child.pid for child in psutil.Process().children(recursive=True)])\n"
    )
    root = Path(__file__).parents[3]
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=60, check=True
    )
    pids = [int(pid) for pid in ended.stdout.split()]
    assert pids
    deadline = time.monotonic() + 5
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)
