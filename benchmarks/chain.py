"""How often the whole chain is right: planner, tools and the embedded models, over pictures of held-out scenes.

    python -m benchmarks.chain                    500 held-out questions, one after another, as a person would ask them
    python -m benchmarks.chain --questions 100 --json out/chain.json

Beside the whole chain stand two mixed ones over the same questions, to tell whose fault a wrong answer is: the planner
with oracle specialists, and the reference programs with the embedded models. Scenes are drawn, so the art must have
been prepared (`python -m models.embedded.world.art`).
"""

import argparse
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from agent import VisualAgent
from agent.program import Program, Query
from agent.running.engine import Job, Outcome
from distill.questions.binding import Question, make_questions
from distill.questions.scoring import is_right, written
from models.embedded.oracle import Oracle
from models.embedded.world.art import Art, ArtError
from models.embedded.world.render import Rendered, render
from models.picture import Picture
from models.planner_format import decode_body

CHAINS = ("whole chain", "oracle specialists", "reference programs")


@dataclass(frozen=True)
class Run:
    """One question through one chain."""

    chain: str
    question: str
    family: str
    template: str
    expected: str
    status: str
    got: str
    right: bool
    seconds: float
    program: str
    reason: str


@dataclass(frozen=True)
class Drawn:
    """A question with its pictures."""

    question: Question
    pictures: tuple[Picture, ...]
    truths: tuple[Rendered, ...]


def draw(questions: Sequence[Question], art: Art) -> list[Drawn]:
    drawn = []
    for question in questions:
        truths = tuple(render(scene, art) for scene in question.scenes)
        drawn.append(Drawn(question, tuple(Picture.from_image(truth.image) for truth in truths), truths))
    return drawn


def whole_chain(agent: VisualAgent, drawn: Sequence[Drawn], chain: str, one_by_one: bool = True) -> Iterator[Run]:
    """Ask the agent. One by one, the seconds are those a person waits; in a batch, the mean."""
    if one_by_one:
        for one in drawn:
            began = time.perf_counter()
            answer = agent.ask(one.question.text, one.pictures)
            yield _run(
                chain, one, answer.status, answer.value, time.perf_counter() - began, answer.program, answer.reason
            )
        return
    began = time.perf_counter()
    answers = agent.batch([Query(one.question.text, one.pictures) for one in drawn])
    seconds = (time.perf_counter() - began) / len(drawn)
    for one, answer in zip(drawn, answers, strict=True):
        yield _run(chain, one, answer.status, answer.value, seconds, answer.program, answer.reason)


def reference_programs(agent: VisualAgent, drawn: Sequence[Drawn]) -> list[Run]:
    """Run the grammar's own programs with the agent's specialists."""
    sources = [decode_body(one.question.program, len(one.pictures)) for one in drawn]
    return given_programs(agent, drawn, sources, CHAINS[2])


def given_programs(agent: VisualAgent, drawn: Sequence[Drawn], sources: Sequence[str], chain: str) -> list[Run]:
    """Run a program for each question with the agent's specialists; nothing is planned or repaired."""
    jobs = (Job(Program(source), one.pictures) for source, one in zip(sources, drawn, strict=True))
    began = time.perf_counter()
    outcomes = agent.engine.run(jobs)
    seconds = (time.perf_counter() - began) / len(drawn)
    runs = []
    for one, source, outcome in zip(drawn, sources, outcomes, strict=True):
        reason = outcome.abstention or str(outcome.problem or "")
        runs.append(_run(chain, one, _status(outcome), outcome.value, seconds, source, reason))
    return runs


def oracle_of(drawn: Sequence[Drawn]) -> Oracle:
    """Specialists that know what the pictures show."""
    return Oracle({p: truth for one in drawn for p, truth in zip(one.pictures, one.truths, strict=True)})


def _status(outcome: Outcome) -> str:
    if outcome.abstention is not None:
        return "abstained"
    return "failed" if outcome.problem is not None or outcome.value is None else "answered"


def _run(chain: str, one: Drawn, status: str, value: Any, seconds: float, program: str, reason: str) -> Run:
    question = one.question
    got = written(value) if status == "answered" else ""
    right = is_right(question, status, value)
    return Run(
        chain,
        question.text,
        question.family,
        question.template,
        question.answer,
        status,
        got,
        right,
        seconds,
        program,
        reason,
    )


def figures_of(runs: Sequence[Run]) -> dict[str, Any]:
    """Shares and times of one chain."""
    seconds = sorted(run.seconds for run in runs)
    open_ones = [run for run in runs if run.expected == "abstain"]
    answerable = [run for run in runs if run.expected != "abstain"]
    return {
        "questions": len(runs),
        "right": _share(run.right for run in runs),
        "answerable_right": _share(run.right for run in answerable),
        "answerable_abstained": _share(run.status == "abstained" for run in answerable),
        "failed": _share(run.status == "failed" for run in runs),
        "unanswerable": len(open_ones),
        "unanswerable_abstained": _share(run.status == "abstained" for run in open_ones),
        "median_seconds": statistics.median(seconds),
        "p95_seconds": seconds[int(0.95 * (len(seconds) - 1))],
    }


def _share(flags: Iterator[bool] | Any) -> float:
    listed = list(flags)
    return sum(listed) / max(1, len(listed))


def show(runs: Mapping[str, Sequence[Run]], console: Console) -> dict[str, Any]:
    """Print the tables; returns the figures of every chain."""
    table = Table("family", "questions", *runs, title="Right answers over held-out scenes")
    groups: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for chain, rows in runs.items():
        for run in rows:
            groups[run.family][chain].append(run.right)
    for family, chains in sorted(groups.items()):
        count = max(len(flags) for flags in chains.values())
        table.add_row(family, str(count), *(f"{_share(chains[chain]):.1%}" if chains[chain] else "-" for chain in runs))
    figures = {chain: figures_of(rows) for chain, rows in runs.items()}
    table.add_section()
    total = str(max(len(rows) for rows in runs.values()))
    table.add_row("all", total, *(f"{figures[chain]['right']:.1%}" for chain in runs))
    console.print(table)
    for chain, row in figures.items():
        console.print(
            f"{chain}: {row['right']:.1%} right; {row['unanswerable_abstained']:.1%} of {row['unanswerable']} "
            f"unanswerable abstained, {row['answerable_abstained']:.1%} of the others too; {row['failed']:.1%} failed; "
            f"median {row['median_seconds']:.2f} s, 95 % under {row['p95_seconds']:.2f} s"
        )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--preset", default="embedded")
    parser.add_argument("--chains", nargs="+", choices=CHAINS, default=CHAINS)
    parser.add_argument("--json", type=Path, help="write the figures and every run here")
    options = parser.parse_args()
    try:
        art = Art.load()
    except ArtError as error:
        sys.exit(f"this benchmark draws scenes: {error}")
    drawn = draw(make_questions(options.questions, "test", options.seed), art)
    runs: dict[str, list[Run]] = {}
    with VisualAgent.from_preset(options.preset) as agent:
        if CHAINS[0] in options.chains:
            agent.ask("How many dogs are there?", drawn[0].pictures[:1])  # loads planner and detector
            runs[CHAINS[0]] = list(whole_chain(agent, drawn, CHAINS[0]))
        if CHAINS[1] in options.chains:
            with VisualAgent(oracle_of(drawn).kit(), agent.planner, agent.vocabulary) as perfect:
                runs[CHAINS[1]] = list(whole_chain(perfect, drawn, CHAINS[1], one_by_one=False))
        if CHAINS[2] in options.chains:
            runs[CHAINS[2]] = reference_programs(agent, drawn)
    figures = show(runs, Console())
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        rows = {"figures": figures, "runs": [asdict(run) for group in runs.values() for run in group]}
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
