"""The parts of the throughput benchmark. Each runs in a process of its own, so that its memory is its own.

measure("engine", Setup(folder="...", preset="embedded"))      runs `engine` in a child process and gives its figures
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from agent.program import Program
from agent.running.engine import Engine
from agent.running.execution import Job, Outcome
from agent.running.monty_sandbox import MontySandbox
from agent.running.sandbox import Limits, Surface
from benchmarks.meters import Gpu, Meters, Sampler, traffic_table
from benchmarks.one_at_a_time import Ending, OneAtATime, without_caches
from benchmarks.stack_samples import Profile
from benchmarks.workload import Item, read, truths
from models.device import DeviceError
from models.embedded.oracle import Oracle
from models.picture import Picture
from models.presets import CheckpointError, Kit, PresetError
from tools import default_vocabulary

ROOT = Path(__file__).parent.parent

WARM_UP = """
def execute_command(image):
    p = ImagePatch(image)
    return [p.exists("dog"), p.simple_query("what is this?"), p.best_text_match(["dog", "cat"]), p.compute_depth()]
"""
"""Lets each of the models that programs about pictures ask run once."""

ASKED = ("detector", "vlm", "clip", "depth")
"""Their roles."""

MAPPED = """
def execute_command(image):
    p = ImagePatch(image)
    return len(p.find("animal")) > len(p.find("person"))
"""
"""The one program that is run on many pictures: "are there more animals than people?"."""


@dataclass(frozen=True)
class Setup:
    """What a part is to run, and on what."""

    folder: str
    """What `benchmarks.workload.draw` made."""
    preset: str = "embedded"
    device: str | None = None
    dtype: str | None = None
    truth: bool = False
    """Models compute what they would, and then the truth takes the place of their results: for random weights."""
    only: tuple[str, ...] = ()
    """Ids of the questions to run; all if empty."""
    profile: bool = False

    def items(self) -> list[Item]:
        return [item for item in read(Path(self.folder)) if not self.only or item.id in self.only]


class WatchedKit(Mapping[str, Any]):
    """The specialists of a preset, each under the meters from when it is loaded."""

    def __init__(self, setup: Setup, meters: Meters) -> None:
        """Loads those that are asked. Raises PresetError, CheckpointError and DeviceError."""
        self._kit = Kit(setup.preset, setup.device, setup.dtype)
        self._meters = meters
        self._watched: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._oracle: Oracle | None = None
        if setup.truth:
            shown = truths(Path(setup.folder))
            self._oracle = Oracle({Picture.open(path): truth for path, truth in shown})
        for role in ASKED:
            self[role]

    def __getitem__(self, role: str) -> Any:
        with self._lock:
            if role not in self._watched:
                specialist = self._meters.watch(role, self._kit[role])
                if self._oracle is not None:
                    _answer_truly(specialist, self._oracle.kit()[role])
                self._watched[role] = specialist
            return self._watched[role]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kit)

    def __len__(self) -> int:
        return len(self._kit)


def _answer_truly(specialist: Any, oracle: Any) -> None:
    compute = specialist.answer

    def answer(requests: list[Any]) -> Any:
        compute(requests)
        return oracle.run(requests)

    specialist.answer = answer


# --- the parts -------------------------------------------------------------------------------------------------------


def one_at_a_time(setup: Setup) -> dict[str, Any]:
    """Every question alone, in plain `exec`, nothing kept."""
    meters = Meters()
    way = OneAtATime(WatchedKit(setup, meters), default_vocabulary())
    with Sampler() as memory:
        way.run(WARM_UP, (_plain_picture(),))
        meters.clear()
        way.calls = 0
        endings: dict[str, Ending] = {}
        with ExitStack() as stack:
            gpu = _gpu(setup, stack)
            began = time.perf_counter()
            for item in setup.items():
                endings[item.id] = way.run(item.program, (Picture.open(item.picture),))
            seconds = time.perf_counter() - began
    return _figures(endings, seconds, way.calls, meters, memory, gpu)


def engine(setup: Setup) -> dict[str, Any]:
    """All questions through the engine: in the sandbox, calls batched, features kept."""
    meters = Meters()
    with Sampler() as memory, ExitStack() as stack:
        way = stack.enter_context(_Way(setup, meters))
        gpu = _gpu(setup, stack)
        profile = stack.enter_context(Profile(setup.profile))
        endings: dict[str, Ending] = {}
        calls = 0
        began = time.perf_counter()
        for job, outcome in way.engine.stream(_jobs(setup.items())):
            endings[job.program.author] = ending_of(outcome)
            calls += len(outcome.steps)
        seconds = time.perf_counter() - began
        stack.close()
    figures = _figures(endings, seconds, calls, meters, memory, gpu)
    return figures | ({"profile": profile.report()} if setup.profile else {})


def engine_alone(setup: Setup) -> dict[str, Any]:
    """Every question through the engine by itself, with batches of one and nothing kept from others: tells what the
    batching changes from what the engine changes."""
    meters = Meters()
    with Sampler() as memory, _Way(setup, meters) as way:
        for role in list(meters.traffic):
            without_caches(way.kit[role]).batch_size = 1
        began = time.perf_counter()
        endings = {}
        calls = 0
        for item in setup.items():
            (outcome,) = way.engine.run(_jobs([item]))
            endings[item.id] = ending_of(outcome)
            calls += len(outcome.steps)
        seconds = time.perf_counter() - began
    return _figures(endings, seconds, calls, meters, memory, None)


class _Way:
    """An engine over a preset's specialists, models loaded and run once."""

    def __init__(self, setup: Setup, meters: Meters) -> None:
        vocabulary = default_vocabulary()
        self.kit = WatchedKit(setup, meters)
        self.meters = meters
        self.sandbox = MontySandbox(Surface.of(vocabulary), Limits())
        meters.watch_sandbox(self.sandbox)
        self.engine = Engine(self.kit, vocabulary, self.sandbox)

    def __enter__(self) -> "_Way":
        self.sandbox.open()
        self.engine.run([Job(Program(WARM_UP), (_plain_picture(),))] * 8)  # so many start every worker of the sandbox
        self.meters.clear()
        return self

    def __exit__(self, *_: object) -> None:
        self.sandbox.close()


def mapping(setup: Setup) -> dict[str, Any]:
    """One program over every picture of the folder, as `sight map` runs it: files are read, traces and answers made."""
    from agent import VisualAgent
    from agent.agent import Task

    meters = Meters()
    with Sampler() as memory, ExitStack() as stack:
        agent = stack.enter_context(VisualAgent(WatchedKit(setup, meters)))
        meters.watch_sandbox(agent.sandbox)
        agent.run(WARM_UP, _plain_picture())
        meters.clear()
        paths = list(dict.fromkeys(item.picture for item in setup.items()))
        program = Program(MAPPED)
        gpu = _gpu(setup, stack)
        began = time.perf_counter()
        tasks = (Task("are there more animals than people?", (path,), program, tag=path.name) for path in paths)
        endings: dict[str, Ending] = {}
        calls = 0
        for task, answer in agent.answers(tasks):
            endings[str(task.tag)] = Ending(answer.status, answer.value)
            calls += sum(len(attempt.steps) for attempt in answer.trace.attempts)
        seconds = time.perf_counter() - began
        stack.close()
    return _figures(endings, seconds, calls, meters, memory, gpu)


def ending_of(outcome: Outcome) -> Ending:
    """The engine's outcome in the words of `one_at_a_time`."""
    problem = outcome.problem
    if problem is None:
        return Ending("answered", outcome.record) if outcome.abstention is None else Ending("abstained")
    name = re.match(r"\w+", problem.message)
    return Ending(name[0] if problem.kind == "runtime" and name else problem.kind)


def _jobs(items: Iterable[Item]) -> Iterator[Job]:
    """The id of a question travels as the author of its program."""
    for item in items:
        yield Job(Program(item.program, author=item.id), (Picture.open(item.picture),))


def _plain_picture() -> Picture:
    import numpy as np

    return Picture.from_image(np.full((240, 320, 3), 200, np.uint8), "plain")


def _gpu(setup: Setup, stack: ExitStack) -> Gpu | None:
    on_cuda = setup.device is not None and setup.device.startswith("cuda")
    return stack.enter_context(Gpu(int(setup.device.partition(":")[2] or 0))) if on_cuda and setup.device else None


def _figures(
    endings: Mapping[str, Ending], seconds: float, calls: int, meters: Meters, memory: Sampler, gpu: Gpu | None
) -> dict[str, Any]:
    return {
        "programs": len(endings),
        "seconds": seconds,
        "programs_per_second": len(endings) / seconds,
        "calls": calls,
        "calls_per_second": calls / seconds,
        "model_share": meters.model.seconds / seconds,
        "specialist_share": meters.specialist.seconds / seconds,
        "sandbox_share": meters.sandbox.seconds / seconds,
        "peak_memory_mb": memory.peak_mb,
        "gpu_busy": gpu.busy if gpu else None,
        "tools": traffic_table(meters.traffic),
        "endings": {name: to_jsonable_python(asdict(ending)) for name, ending in endings.items()},
    }


# --- processes -------------------------------------------------------------------------------------------------------


def measure(part: str, setup: Any) -> dict[str, Any]:
    """Run a part in a child process.

    Args:
        part: name of a function of this module, or `growth`.
        setup: what it takes, a dataclass.

    Raises:
        RuntimeError: the child failed; it has said why on its standard error.
    """
    with tempfile.TemporaryDirectory(prefix="sight-benchmark-") as folder:
        result = Path(folder) / "result.json"
        command = [sys.executable, "-m", "benchmarks.parts", part, json.dumps(asdict(setup)), str(result)]
        paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        ended = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}, check=False)
        if ended.returncode or not result.exists():
            raise RuntimeError(f"the part {part} failed (exit code {ended.returncode}); see above")
        figures: dict[str, Any] = json.loads(result.read_text())
        return figures


def main() -> None:
    part, setup, result = sys.argv[1:]
    fields = json.loads(setup)
    if part == "growth":
        from benchmarks.growth import Crowd, growth

        figures = growth(Crowd(**fields))
    else:
        fields["only"] = tuple(fields["only"])
        try:
            figures = PARTS[part](Setup(**fields))
        except (PresetError, CheckpointError, DeviceError) as error:
            sys.exit(str(error))
    Path(result).write_text(json.dumps(figures))


PARTS = {function.__name__: function for function in (one_at_a_time, engine, engine_alone, mapping)}

if __name__ == "__main__":
    main()
