"""Reference programs, run with perfect specialists, against the truth that the question grammar gives."""

from collections.abc import Iterable

from agent.program import Program
from agent.running.engine import Engine, Job
from agent.running.monty_sandbox import MontySandbox
from agent.running.sandbox import Limits, Surface
from distill.questions.binding import Question
from distill.questions.scoring import is_right
from models.embedded.oracle import Oracle, blank_picture
from models.planner_format import decode_body
from tools import default_vocabulary


def assert_truth_agrees(questions: Iterable[Question]) -> None:
    """Assert that the canonical program of each question gives its true answer, or abstains where that is the truth."""
    asked = list(questions)
    oracle = Oracle()
    jobs = []
    for question in asked:
        pictures = tuple(blank_picture(scene) for scene in question.scenes)
        for picture, scene in zip(pictures, question.scenes, strict=True):
            oracle.add(picture, scene)
        jobs.append(Job(Program(decode_body(question.program, question.pictures)), pictures))
    vocabulary = default_vocabulary()
    with MontySandbox(Surface.of(vocabulary), Limits()) as sandbox:
        outcomes = Engine(oracle.kit(), vocabulary, sandbox).run(jobs)
    for question, outcome in zip(asked, outcomes, strict=True):
        failed = outcome.problem is not None and outcome.abstention is None
        status = "abstained" if outcome.abstention is not None else "failed" if failed else "answered"
        assert is_right(question, status, outcome.value), (question, outcome.value, outcome.problem, outcome.abstention)
