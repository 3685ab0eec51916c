"""The parts of `sight bench embedded`: one function each, from a `Bench` to figures by name."""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from rich.console import Console

from agent import VisualAgent
from benchmarks import chain as chains
from benchmarks import planner as planners
from distill.questions.binding import make_questions
from distill.questions.grammar import unseen_samples
from models.embedded import evaluate
from models.embedded.world.art import Art
from models.loading import locate
from models.picture import Region
from models.presets import Kit, load_preset
from models.requests import Ask, Depth, Detect, Match, Read, Segment

Figures = dict[str, Any]
WEIGHTS = Path(evaluate.__file__).with_name("weights")
CHUNK = 100
"""Questions of the whole chain that are drawn and answered together."""
TIMED = 48
"""Questions that the planner's seconds are the median of."""


class Bench:
    """What the parts share: settings, and models that are loaded once."""

    def __init__(self, questions: int, scenes: int, console: Console) -> None:
        self.questions, self.scenes, self.console = questions, scenes, console
        self._stack = ExitStack()

    @cached_property
    def art(self) -> Art:
        """Raises ArtError."""
        return Art.load()

    @cached_property
    def agent(self) -> VisualAgent:
        return self._stack.enter_context(VisualAgent.from_preset("embedded"))

    @cached_property
    def kit(self) -> Kit:
        return Kit(load_preset("embedded"))

    @cached_property
    def shown(self) -> list[evaluate.Shown]:
        """Scenes of the test split."""
        return evaluate.scenes(self.scenes, "test")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _specialist(role: str) -> Callable[[Bench], Figures]:
    return lambda bench: evaluate.MEASURES[role](bench.kit, bench.shown)


def planner(bench: Bench) -> Figures:
    """Held-out wordings with oracle specialists, and nouns that training never saw."""
    model = planners.load_planner_model(locate("embedded:planner"))
    verdicts, seconds = planners.judge(make_questions(bench.questions, "test", 0), model)
    copies = planners.judge_copies(unseen_samples(max(20, bench.questions), 0), model)
    figures = planners.show(verdicts, copies, seconds, bench.console)
    wrong = [
        {"question": v.question, "expected": v.expected, "got": v.got or v.status} for v in verdicts if not v.right
    ]
    return {
        "held-out wordings": figures["right"],
        "nouns never seen": figures["copied"],
        **figures,
        "status": dict(figures["status"]),
        "wrong": wrong,
    }


def human(bench: Bench) -> Figures:
    """Questions that people typed about the gallery's pictures; the truth about these is the oracle's."""
    from benchmarks import human_questions

    verdicts = human_questions.judge(planners.load_planner_model(locate("embedded:planner")))
    return human_questions.show(verdicts, bench.console)


def seconds(bench: Bench) -> Figures:
    """How long the planner takes for a question: alone, and sixteen at a time. Programs are written and checked."""
    questions = make_questions(TIMED, "test", 1)
    planning = bench.agent.planner
    bench.agent.plan("How many dogs are there?")  # loads it
    alone = []
    for question in questions:
        began = time.perf_counter()
        bench.agent.plan(question.text, question.pictures)
        alone.append(time.perf_counter() - began)
    drafts = [chains.Query(q.text, (evaluate.Picture.from_image(np.zeros((1, 1, 3), np.uint8)),)) for q in questions]
    together = []
    for start in range(0, TIMED, 16):
        began = time.perf_counter()
        planning.batch(drafts[start : start + 16])
        together.append((time.perf_counter() - began) / 16)
    return {
        "median": statistics.median(alone),
        "95th percentile": sorted(alone)[int(0.95 * (TIMED - 1))],
        "batch": statistics.median(together),
    }


def chain(bench: Bench) -> Figures:
    """Planner, tools and models together; beside them the same programs with oracle specialists, and the grammar's own
    programs with the models."""
    runs: dict[str, list[chains.Run]] = {name: [] for name in ("whole chain", "oracle chain", "reference programs")}
    questions = make_questions(bench.questions, "test", 0)
    for start in range(0, len(questions), CHUNK):
        drawn = chains.draw(questions[start : start + CHUNK], bench.art)
        whole = list(chains.whole_chain(bench.agent, drawn, "whole chain", one_by_one=False))
        runs["whole chain"] += whole
        with VisualAgent(chains.oracle_of(drawn).kit(), None, bench.agent.vocabulary) as perfect:
            runs["oracle chain"] += chains.given_programs(perfect, drawn, [r.program for r in whole], "oracle chain")
        runs["reference programs"] += chains.reference_programs(bench.agent, drawn)
        right = sum(run.right for run in runs["whole chain"])
        bench.console.print(f"whole chain: {right} of {start + len(drawn)} right", style="dim")
    figures = chains.figures_of(runs["whole chain"])
    families: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for name, some in runs.items():
        for run in some:
            families[run.family][name].append(run.right)
    return {
        **figures,
        "oracle": _share(runs["oracle chain"]),
        "reference": _share(runs["reference programs"]),
        "families": {
            family: {
                "questions": len(flags["whole chain"]),
                "right": {name: sum(flags[name]) / len(flags[name]) for name in runs},
            }
            for family, flags in families.items()
        },
        "wrong": [
            {"question": r.question, "expected": r.expected, "got": r.got or r.status, "with_truth": o.right}
            for r, o in zip(runs["whole chain"], runs["oracle chain"], strict=True)
            if not r.right
        ],
    }


def _share(runs: Sequence[chains.Run]) -> float:
    return sum(run.right for run in runs) / max(1, len(runs))


def speed(bench: Bench) -> Figures:
    """Milliseconds a new picture, one after another and sixteen at once; one request each. The other parts see the test
    split, so nothing is kept of these pictures."""
    shown = [one for one in evaluate.scenes(36, "val") if one.truth.scene.things][:33]
    requests: dict[str, Callable[[evaluate.Shown], Any]] = {
        "detector": lambda s: Detect(s.picture.whole, "dog"),
        "clip": lambda s: Match(s.picture.whole, ("a dog", "a cat")),
        "segmenter": lambda s: Segment(Region(s.picture, s.truth.scene.things[0].box)),
        "vlm": lambda s: Ask(Region(s.picture, s.truth.scene.things[0].box), "what is this?"),
        "depth": lambda s: Depth(s.picture),
        "ocr": lambda s: Read(s.picture.whole),
    }
    figures: Figures = {}
    for role, request in requests.items():
        specialist: Any = bench.kit[role]
        specialist.run([request(shown[0])])  # loads it
        alone = []
        for one in shown[1:17]:
            began = time.perf_counter()
            specialist.run([request(one)])
            alone.append(time.perf_counter() - began)
        kept, specialist.batch_size = specialist.batch_size, 16
        began = time.perf_counter()
        specialist.run([request(one) for one in shown[17:33]])
        together = (time.perf_counter() - began) / len(shown[17:33])
        specialist.batch_size = kept
        figures[f"{role}, batch 1"] = 1000 * statistics.median(alone)
        figures[f"{role}, batch 16"] = 1000 * together
    return figures


def weights(bench: Bench) -> Figures:
    """All files under `models/embedded/weights`, in millions of bytes; the base of the planner is a package."""
    sizes: dict[str, float] = defaultdict(float)
    for file in WEIGHTS.rglob("*"):
        if file.is_file():
            sizes[file.relative_to(WEIGHTS).parts[0]] += file.stat().st_size / 1e6
    return {"MB": sum(sizes.values()), **{f"{name}, MB": size for name, size in sorted(sizes.items())}}


PARTS: dict[str, Callable[[Bench], Figures]] = {
    **{role: _specialist(role) for role in evaluate.MEASURES},
    "planner": planner,
    "human": human,
    "seconds": seconds,
    "chain": chain,
    "speed": speed,
    "weights": weights,
}
"""In the order in which they run."""
