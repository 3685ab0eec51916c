"""What very many programs cost by themselves: tools answer at once, so that only the engine and the sandbox work."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agent.program import Program
from agent.running.engine import Engine
from agent.running.execution import Job
from agent.running.monty_sandbox import MontySandbox
from agent.running.sandbox import Limits, Surface
from benchmarks.meters import Sampler
from benchmarks.stack_samples import Profile
from models.picture import Picture
from models.requests import Detection, Request
from tools import default_vocabulary

PICTURES = 10

PROGRAMS = (
    'return len(p.find("thing {n}"))',
    'return bool_to_yesno(p.exists("thing {n}"))',
    'return p.find("thing {n}")[0].simple_query("what is it?")',
    'return len([x for x in p.find("thing {n}") if x.verify_property("thing {n}", "red")])',
    'return min(p.find("thing {n}"), key=lambda x: x.compute_depth()).horizontal_center',
    'return len(p.find("thing {n}")) - len(p.find("other {n}"))',
)
"""Bodies. With its number in it each program is a new one, so that nothing of another's preparation serves it."""


@dataclass(frozen=True)
class Crowd:
    """How many programs, and what becomes of their outcomes."""

    programs: int
    keep: bool = False
    """Outcomes are kept in a list; else each is dropped as it comes."""
    profile: bool = False


class Free:
    """A specialist that answers everything alike, at once."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def run(self, requests: Sequence[Request[Any]]) -> list[Any]:
        return [self.answer] * len(requests)


def free_kit() -> dict[str, Free]:
    """Two things in every picture, both red, both `yes`."""
    two = [Detection((10.0, 10.0, 60.0, 60.0), 0.9), Detection((80.0, 20.0, 120.0, 90.0), 0.8)]
    return {
        "detector": Free(two),
        "clip": Free([2.0, *[1.0] * 9]),
        "vlm": Free("yes"),
        "depth": Free(np.ones((120, 160), np.float32)),
    }


def jobs(count: int, first: int = 0) -> Iterator[Job]:
    """So many different programs, made as they are asked for."""
    pictures = [Picture.from_image(np.full((120, 160, 3), shade, np.uint8)) for shade in range(PICTURES)]
    for number in range(first, first + count):
        body = PROGRAMS[number % len(PROGRAMS)].format(n=number)
        source = f"def execute_command(image):\n    p = ImagePatch(image)\n    {body}\n"
        yield Job(Program(source), (pictures[number % PICTURES],))


def growth(crowd: Crowd) -> dict[str, Any]:
    """Run so many programs.

    Returns:
        Seconds, calls, and how much the memory of this process and the sandbox's workers grew, in MiB, over what it was
        when a first hundred programs had run.
    """
    vocabulary = default_vocabulary()
    with MontySandbox(Surface.of(vocabulary), Limits()) as sandbox:
        engine = Engine(free_kit(), vocabulary, sandbox)
        for _ in engine.stream(jobs(100)):
            pass
        kept = []
        calls = failed = 0
        with Sampler() as memory, Profile(crowd.profile) as profile:
            began = time.perf_counter()
            for ended in engine.stream(jobs(crowd.programs, 100)):
                calls += len(ended[1].steps)
                failed += ended[1].problem is not None
                if crowd.keep:
                    kept.append(ended)
            seconds = time.perf_counter() - began
    if failed:
        raise RuntimeError(f"{failed} of {crowd.programs} programs with free tools failed")
    figures = {
        "programs": crowd.programs,
        "kept": crowd.keep,
        "seconds": seconds,
        "programs_per_second": crowd.programs / seconds,
        "calls": calls,
        "start_memory_mb": memory.start_mb,
        "memory_growth_mb": memory.growth_mb,
    }
    return figures | ({"profile": profile.report()} if crowd.profile else {})
