"""How often the embedded planner understands people: hand-written questions about the gallery, with oracle specialists.

    python -m benchmarks.human_questions                   tests/data/human_questions.jsonl, a test set only
    python -m benchmarks.human_questions --json out/human.json
    python -m benchmarks.human_questions --questions tests/data/gallery_questions.jsonl
                                                  330 that a language model wrote as people do, to choose by

Every specialist answers from the ground truth of the gallery's pictures, so an answer that is wrong is the planner's
fault (or the vocabulary's: what no program can say). Right is what `agent.runs.scorers.exact` calls right; a question
labelled `abstain` is right if the agent abstained, and one that failed is never right.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from agent import VisualAgent
from agent.planning.planner import Planner
from agent.program import Query
from agent.runs.question_files import read_questions
from agent.runs.row import Row
from agent.runs.scorers import UNANSWERABLE, plain
from distill.planner_measures import load_planner_model
from models.embedded.gallery import load_gallery
from models.embedded.oracle import Oracle
from models.llm import LocalChat
from models.loading import locate
from models.picture import Picture
from tools import default_vocabulary

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "tests" / "data" / "human_questions.jsonl"


@dataclass(frozen=True)
class Verdict:
    """What came of one question."""

    id: str
    question: str
    family: str
    labels: tuple[str, ...]
    status: str
    got: str
    right: bool
    program: str
    reason: str


def judge(model: LocalChat, file: Path = FILE, every: int = 1) -> list[Verdict]:
    """Answer every question of the file, or one in so many, with oracle specialists."""
    rows = [row for row in read_questions(file, images=ROOT) if isinstance(row, Row)][::every]
    oracle = Oracle()
    pictures = {}
    for item in load_gallery():
        pictures[item.path] = item.picture
        oracle.add(item.picture, item.truth)
    vocabulary = default_vocabulary()
    queries = [Query(row.question, tuple(_picture(source, pictures) for source in row.images)) for row in rows]
    with VisualAgent(oracle.kit(), Planner(model, vocabulary, "question", model.name_of_model), vocabulary) as agent:
        answers = agent.batch(queries)
    verdicts = []
    for row, answer in zip(rows, answers, strict=True):
        got = str(answer) if answer.status == "answered" else UNANSWERABLE
        right = answer.status != "failed" and plain(got) in {plain(label) for label in row.answers}
        verdicts.append(
            Verdict(
                id=row.id,
                question=row.question,
                family=row.family,
                labels=row.answers,
                status=answer.status,
                got=got,
                right=right,
                program=answer.program,
                reason=answer.reason,
            )
        )
    return verdicts


def _picture(source: Any, pictures: dict[Path, Picture]) -> Picture:
    return pictures[Path(source)]


def show(verdicts: Sequence[Verdict], console: Console) -> dict[str, Any]:
    """Print the table; returns the figures."""
    by_family: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_family[verdict.family].append(verdict)
    table = Table("family", "questions", "right", title="Human questions, embedded planner, oracle specialists")
    families = {}
    for family, group in sorted(by_family.items()):
        share = sum(v.right for v in group) / len(group)
        families[family] = {"questions": len(group), "right": share}
        table.add_row(family, str(len(group)), f"{share:.1%}")
    right = sum(v.right for v in verdicts) / len(verdicts)
    none, some = ([v for v in verdicts if (v.family == "unanswerable") == which] for which in (True, False))
    figures = {
        "questions": len(verdicts),
        "right": right,
        "failed": sum(v.status == "failed" for v in verdicts),
        "unanswerable_abstained": sum(v.status == "abstained" for v in none) / max(1, len(none)),
        "answerable_abstained": sum(v.status == "abstained" for v in some) / max(1, len(some)),
        "families": families,
    }
    table.add_section()
    table.add_row("all", str(len(verdicts)), f"{right:.1%}")
    console.print(table)
    console.print(
        f"unanswerable ones abstained: {figures['unanswerable_abstained']:.1%}; answerable ones wrongly abstained: "
        f"{figures['answerable_abstained']:.1%}; failed: {figures['failed']}"
    )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, help="folder of another adapter than the one that ships")
    parser.add_argument("--questions", type=Path, default=FILE, help="file of other questions about the gallery")
    parser.add_argument("--threads", type=int, default=0, help="of llama.cpp; 0 takes all")
    parser.add_argument("--json", type=Path, help="write the figures and every verdict here")
    parser.add_argument("--every", type=int, default=1, help="ask one question in so many")
    options = parser.parse_args()
    model = load_planner_model(options.adapter or locate("embedded:planner"), options.threads)
    verdicts = judge(model, options.questions, options.every)
    figures = show(verdicts, Console())
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        rows = {"figures": figures, "verdicts": [asdict(v) for v in verdicts]}
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
