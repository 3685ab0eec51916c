"""Questions that others wrote, about pictures that others drew: planned once each, run with the preset's models and
with the truth, so that it is seen whether a wrong answer is the planner's fault or the models'.

`benchmarks.easy_vqa`, `benchmarks.shapes` and `benchmarks.nlvr` make the cases. Nothing here was trained on.
"""

import argparse
import json
import os
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from agent import VisualAgent
from agent.agent import Task
from agent.planning.planner import Draft, Planner
from agent.planning.prompt import Failed
from agent.program import Program, Query
from distill.questions.scoring import written
from models.embedded.oracle import Oracle
from models.embedded.world.scene import Scene, Thing
from models.picture import Box, Picture

DATA = Path(os.environ.get("SIGHT_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
"""Where the data sets lie that are no packages: beside the project, or in the folder that SIGHT_DATA names."""

PLANNED = 64
"""Questions that are planned together."""


@dataclass(frozen=True)
class Case:
    """One question about one or more pictures, with its label."""

    id: str
    family: str
    question: str
    pictures: tuple[Picture, ...]
    scenes: tuple[Scene, ...]
    """What the pictures show, for the oracle; none where nobody knows."""
    label: str
    """As `distill.questions.scoring.written` writes answers."""
    group: str = ""
    """Cases that are consistent only if all of them are right."""


@dataclass(frozen=True)
class Verdict:
    """What came of one case."""

    id: str
    family: str
    question: str
    label: str
    status: str
    got: str
    right: bool
    right_with_truth: bool | None
    """The same program with oracle specialists; None where the truth is not known."""
    program: str
    reason: str
    group: str


def thing(name: str, colour: str | None, box: Box, size: str | None = None) -> Thing:
    """A drawn shape."""
    x1, y1, x2, y2 = box
    place = (round(x1), round(y1), round(x2), round(y2))
    return Thing(name, "shape", name, colour, False, 0.0, False, place, box, 5.0, size)


def plan_once(planner: Planner, cases: Sequence[Case], repairs: int = 2) -> dict[Hashable, Program]:
    """A program for each question and number of pictures. One that fails the check goes back to the planner, as an
    agent would send it; what fails to the end stays as it is."""
    drafts: dict[Hashable, Draft] = {}
    for case in cases:
        drafts.setdefault((case.question, len(case.pictures)), Draft(Query(case.question, case.pictures)))
    programs: dict[Hashable, Program] = {}
    for attempt in range(repairs + 1):
        left = [key for key in drafts if key not in programs]
        for start in range(0, len(left), PLANNED):
            keys = left[start : start + PLANNED]
            for key, plan in zip(keys, planner.batch([drafts[key] for key in keys]), strict=True):
                if plan.error or (plan.problems and attempt < repairs):
                    failed = Failed(plan.program.source, plan.problems)
                    drafts[key] = Draft(drafts[key].query, (*drafts[key].failed, failed))
                if attempt == repairs or not (plan.problems or plan.error):
                    programs[key] = plan.program
    return programs


def judge(agent: VisualAgent, cases: Sequence[Case], programs: Mapping[Hashable, Program]) -> list[Verdict]:
    """Run every case with the agent's models, and where scenes are known with the truth."""
    real = _run(agent, cases, programs)
    known = [case for case in cases if case.scenes]
    oracle = Oracle()
    for case in known:
        for picture, scene in zip(case.pictures, case.scenes, strict=True):
            oracle.add(picture, scene)
    perfect: dict[str, tuple[str, str, str]] = {}
    if known:
        with VisualAgent(oracle.kit(), None, agent.vocabulary) as other:
            perfect = _run(other, known, programs)
    verdicts = []
    for case in cases:
        status, got, reason = real[case.id]
        truth = _right(case, *perfect[case.id][:2]) if case.id in perfect else None
        program = programs[case.question, len(case.pictures)].source
        right = _right(case, status, got)
        verdicts.append(
            Verdict(
                case.id, case.family, case.question, case.label, status, got, right, truth, program, reason, case.group
            )
        )
    return verdicts


def _run(
    agent: VisualAgent, cases: Sequence[Case], programs: Mapping[Hashable, Program]
) -> dict[str, tuple[str, str, str]]:
    """Status, written answer and reason of each case, by id."""

    def task(case: Case) -> Task:
        readers: list[Callable[[], Picture]] = [lambda picture=picture: picture for picture in case.pictures]  # type: ignore[misc]
        return Task(case.question, tuple(readers), programs[case.question, len(case.pictures)], tag=case.id)

    told = {}
    for done, answer in agent.answers(task(case) for case in cases):
        got = written(answer.value) if answer.status == "answered" else ""
        told[str(done.tag)] = answer.status, got, answer.reason
    return told


def _right(case: Case, status: str, got: str) -> bool:
    return status == "answered" and got == case.label


def figures_of(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Shares of right answers, altogether and by family, and of whole groups where there are any."""
    families: dict[str, list[Verdict]] = defaultdict(list)
    groups: dict[str, list[bool]] = defaultdict(list)
    for verdict in verdicts:
        families[verdict.family].append(verdict)
        if verdict.group:
            groups[verdict.group].append(verdict.right)
    figures: dict[str, Any] = {
        "questions": len(verdicts),
        "right": _share([v.right for v in verdicts]),
        "right_with_truth": _share([v.right_with_truth for v in verdicts]),
        "abstained": _share([v.status == "abstained" for v in verdicts]),
        "failed": _share([v.status == "failed" for v in verdicts]),
        "families": {
            name: {
                "questions": len(some),
                "right": _share([v.right for v in some]),
                "right_with_truth": _share([v.right_with_truth for v in some]),
            }
            for name, some in sorted(families.items())
        },
    }
    if groups:
        figures["groups"] = len(groups)
        figures["consistent"] = _share([all(flags) for flags in groups.values()])
    return figures


def _share(flags: Sequence[bool | None]) -> float | None:
    known = [flag for flag in flags if flag is not None]
    return sum(known) / len(known) if known else None


def report(name: str, verdicts: Sequence[Verdict], console: Console, failures: int = 12) -> dict[str, Any]:
    """Print the table and the commonest failures by question; returns the figures."""
    figures = figures_of(verdicts)
    table = Table("family", "questions", "right", "with the truth", title=name)
    for family, row in figures["families"].items():
        table.add_row(family, str(row["questions"]), _percent(row["right"]), _percent(row["right_with_truth"]))
    table.add_section()
    table.add_row("all", str(figures["questions"]), _percent(figures["right"]), _percent(figures["right_with_truth"]))
    console.print(table)
    if "consistent" in figures:
        console.print(f"consistent: {figures['consistent']:.1%} of {figures['groups']} groups are right as a whole")
    console.print(f"abstained: {figures['abstained']:.1%}; failed: {figures['failed']:.1%}")
    wrong: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if not verdict.right:
            wrong[verdict.question].append(verdict)
    for question, some in sorted(wrong.items(), key=lambda item: -len(item[1]))[:failures]:
        planning = sum(v.right_with_truth is False for v in some)
        said = ", ".join(sorted({v.got or v.status for v in some})[:5])
        console.print(
            f"{len(some)} wrong, {planning} of them with the truth too: {question} (said {said})",
            style="bold",
            markup=False,
        )
        console.print(some[0].program.rstrip(), markup=False, highlight=False)
    return figures


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def arguments(doc: str | None, data: Path | None = None) -> argparse.ArgumentParser:
    """Options that the three scripts share."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="embedded")
    parser.add_argument("--questions", type=int, help="the first so many instead of all")
    parser.add_argument("--failures", type=int, default=12, help="questions with failures to print")
    parser.add_argument("--json", type=Path, help="write the figures and every verdict here")
    if data is not None:
        parser.add_argument("--data", type=Path, default=data, help="folder of the data (default: %(default)s)")
    return parser


def planned_and_judged(
    name: str, cases: Sequence[Case], preset: str, console: Console, failures: int
) -> tuple[dict[str, Any], list[Verdict]]:
    """All of it, with the planner and the models of a preset."""
    with VisualAgent.from_preset(preset) as agent:
        programs = plan_once(agent.planner, cases)
        console.print(f"{len(programs)} different questions planned", style="dim")
        verdicts = judge(agent, cases, programs)
    return report(name, verdicts, console, failures), verdicts


def save(file: Path | None, figures: Mapping[str, Any], verdicts: Sequence[Verdict], **more: Any) -> None:
    """Write figures and verdicts, if a file is named."""
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        rows = {"figures": figures, **more, "verdicts": [asdict(verdict) for verdict in verdicts]}
        file.write_text(json.dumps(rows, indent=1) + "\n")
