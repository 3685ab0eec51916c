"""How often the embedded planner's programs are right, apart from the models that look at pictures.

    python -m benchmarks.planner                  1,200 held-out questions with oracle specialists, 1,000 unseen nouns
    python -m benchmarks.planner --json out/planner.json
    python -m benchmarks.planner --wordings tests/data/typed_wordings.jsonl --copies 1 --others 1
                                                  the same meanings in wordings as strangers might type them

The wordings never occur in training and the scenes are of the test split. Every specialist answers from ground truth
(`models.embedded.oracle`), so an answer that is wrong is the planner's fault. Copying is measured on questions whose
nouns never occur in training, everyday and made-up ones.
"""

import argparse
import json
import platform
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from agent import VisualAgent
from agent.planning.planner import Planner
from agent.program import Query
from agent.trace import Answer
from distill.planner_measures import Share, held_out_samples, load_planner_model, nouns_of, same_programs, write
from distill.questions.binding import Question, can_settle, make_questions
from distill.questions.forms import Form
from distill.questions.grammar import BY_NAME, Sample, unseen_samples
from distill.questions.scoring import is_right, written
from distill.questions.wordings import read_wordings
from models.embedded.oracle import Oracle, blank_picture
from models.llm import LocalChat
from models.loading import locate
from models.planner_format import decode_body, encode_body
from tools import default_vocabulary

CHUNK = 200


@dataclass(frozen=True)
class Verdict:
    """What came of one question."""

    question: str
    pictures: int
    family: str
    template: str
    expected: str
    status: str
    got: str
    right: bool
    same_program: bool
    attempts: int
    program: str
    reason: str


def forms_in(file: Path) -> list[Form]:
    """The forms with nothing but the patterns of a file (`distill.questions.wordings`), each as often as without it."""
    return [
        replace(form, patterns=(pattern,), weight=form.weight / len(patterns), first=0, then=(), trained_from=0)
        for name, patterns in read_wordings(file).items()
        for form in [BY_NAME[name]]
        for pattern in patterns
    ]


def judge(questions: Sequence[Question], model: LocalChat) -> tuple[list[Verdict], float]:
    """Answer every question with oracle specialists.

    Returns:
        A verdict a question, and the seconds a question took, planning and running together.
    """
    oracle = Oracle()
    vocabulary = default_vocabulary()
    verdicts: list[Verdict] = []
    began = time.perf_counter()
    with VisualAgent(oracle.kit(), Planner(model, vocabulary, "question", model.name_of_model), vocabulary) as agent:
        for start in range(0, len(questions), CHUNK):
            chunk = questions[start : start + CHUNK]
            queries = []
            for question in chunk:
                pictures = tuple(blank_picture(scene) for scene in question.scenes)
                for picture, scene in zip(pictures, question.scenes, strict=True):
                    oracle.add(picture, scene)
                queries.append(Query(question.text, pictures))
            verdicts += [verdict_of(q, a) for q, a in zip(chunk, agent.batch(queries), strict=True)]
    return verdicts, (time.perf_counter() - began) / len(questions)


def verdict_of(question: Question, answer: Answer) -> Verdict:
    return Verdict(
        question=question.text,
        pictures=question.pictures,
        family=question.family,
        template=question.template,
        expected=question.answer,
        status=answer.status,
        got=written(answer.value) if answer.status == "answered" else "",
        right=is_right(question, answer.status, answer.value),
        same_program=answer.program.strip() == decode_body(question.program, question.pictures).strip(),
        attempts=len(answer.trace.attempts),
        program=answer.program,
        reason=answer.reason,
    )


@dataclass(frozen=True)
class Copy:
    """Whether a program names exactly what the reference program names."""

    question: str
    expected: list[str]
    got: list[str]
    right: bool
    same_program: bool


def judge_copies(samples: Sequence[Sample], model: LocalChat) -> list[Copy]:
    """Whether nouns that never occur in training arrive in the programs, letter by letter and in the singular."""
    copies = []
    for sample, text in zip(samples, write(samples, model), strict=True):
        body = encode_body(decode_body(text, sample.subject))
        expected, got = nouns_of(sample.program), nouns_of(body)
        copies.append(Copy(sample.text, expected, got, expected == got, body == sample.program))
    return copies


def show(verdicts: Sequence[Verdict], copies: Sequence[Copy], seconds: float, console: Console) -> dict[str, Any]:
    """Print the tables; returns the figures."""
    by_family: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_family[verdict.family].append(verdict)
    table = Table("family", "questions", "right", "same program", title="Embedded planner with oracle specialists")
    families = {}
    for family, group in sorted(by_family.items()):
        right, same = sum(v.right for v in group), sum(v.same_program for v in group)
        families[family] = {"questions": len(group), "right": right / len(group)}
        table.add_row(family, str(len(group)), f"{right / len(group):.1%}", f"{same / len(group):.1%}")
    share = sum(v.right for v in verdicts) / len(verdicts)
    abstained = [v for v in verdicts if v.expected == "abstain"]
    figures = {
        "questions": len(verdicts),
        "right": share,
        "same_program": sum(v.same_program for v in verdicts) / len(verdicts),
        "status": Counter(v.status for v in verdicts),
        "unanswerable": len(abstained),
        "unanswerable_abstained": sum(v.status == "abstained" for v in abstained) / max(1, len(abstained)),
        "first_attempt": sum(v.attempts == 1 for v in verdicts) / len(verdicts),
        "families": families,
        "unseen_nouns": len(copies),
        "copied": sum(c.right for c in copies) / max(1, len(copies)),
        "seconds_per_question_batched": seconds,
        "python": platform.python_version(),
        "machine": platform.processor() or platform.machine(),
    }
    table.add_section()
    table.add_row("all", str(len(verdicts)), f"{share:.1%}", f"{figures['same_program']:.1%}")
    console.print(table)
    console.print(f"unanswerable: {figures['unanswerable_abstained']:.1%} of {len(abstained)} abstained")
    console.print(f"unseen nouns: {figures['copied']:.1%} of {len(copies)} questions copied them all")
    console.print(f"{seconds:.2f} s a question, batched")
    return figures


def show_others(count: int, seed: int, model: LocalChat, console: Console) -> dict[str, Share]:
    """Families whose answers are no words about a scene: how often the program is the canonical one."""
    samples = [s for s in held_out_samples(8 * count, seed) if not can_settle(BY_NAME[s.form])][:count]
    if not samples:
        return {}
    figures = same_programs(samples, model)
    table = Table("family", "same program", title="Edits, videos, the album, written text: programs alone")
    for name, share in figures.items():
        table.add_row(name, str(share))
    console.print(table)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=1200)
    parser.add_argument("--copies", type=int, default=1000)
    parser.add_argument("--others", type=int, default=200, help="questions about edits, videos and the album")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--wordings", type=Path, help="ask in the wordings of this file, which training never sees")
    parser.add_argument("--adapter", type=Path, help="folder of another adapter than the one that ships")
    parser.add_argument("--threads", type=int, default=0, help="of llama.cpp; 0 takes all")
    parser.add_argument("--json", type=Path, help="write the figures and every verdict here")
    parser.add_argument("--wrong", action="store_true", help="print what went wrong")
    options = parser.parse_args()
    model = load_planner_model(options.adapter or locate("embedded:planner"), options.threads)
    forms = forms_in(options.wordings) if options.wordings else None
    verdicts, seconds = judge(make_questions(options.questions, "test", options.seed, forms), model)
    copies = judge_copies(unseen_samples(options.copies, options.seed), model)
    figures = show(verdicts, copies, seconds, Console())
    figures["same_programs_by_family"] = show_others(options.others, options.seed, model, Console())
    if options.wrong:
        for verdict in verdicts:
            if not verdict.right:
                print(
                    f"[{verdict.template}] {verdict.question} ({verdict.pictures})\n  expected {verdict.expected!r}, "
                    f"{verdict.status} {verdict.got!r} {verdict.reason}\n{verdict.program}"
                )
        for copy in copies:
            if not copy.right:
                print(f"{copy.question}\n  expected {copy.expected}, got {copy.got}")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        figures["same_programs_by_family"] = {n: asdict(s) for n, s in figures["same_programs_by_family"].items()}
        rows = {"figures": figures, "verdicts": [asdict(v) for v in verdicts], "copies": [asdict(c) for c in copies]}
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
