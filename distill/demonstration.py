"""Questions about scenes, answered by their canonical programs with specialists that know the scene: the traces are
what a program that makes no mistake would leave, and nobody has to draw or to look at a picture for them.

    with Demonstrator() as demonstrator:
        traces = demonstrator.traces(questions)
"""

from collections.abc import Sequence
from typing import Self

from agent.program import Program
from agent.running.engine import Engine, Job
from agent.running.execution import Outcome
from agent.running.monty_sandbox import MontySandbox
from agent.running.sandbox import Limits, Surface
from agent.trace import UNANSWERABLE, Attempt, PictureRecord, Status, Trace
from distill.questions.binding import ABSTAIN, Question
from distill.questions.scoring import is_right
from distill.rationale import tell, text_of_rationale
from distill.trainable import TrainError
from models.embedded.oracle import Oracle, blank_picture
from models.picture import Picture
from models.planner_format import decode_body
from tools import default_vocabulary

AUTHOR = "question grammar"
"""Of canonical programs, in their traces."""


class Demonstrator:
    """Runs canonical programs, in a sandbox that it keeps open."""

    def __init__(self) -> None:
        self._vocabulary = default_vocabulary()
        self._sandbox = MontySandbox(Surface.of(self._vocabulary), Limits(), workers=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._sandbox.close()

    def traces(self, questions: Sequence[Question]) -> list[Trace]:
        """What the canonical program of each question does."""
        oracle, pictures, jobs = Oracle(), dict[int, Picture](), list[Job]()
        for question in questions:
            for scene in question.scenes:
                if id(scene) not in pictures:
                    pictures[id(scene)] = blank_picture(scene)
                    oracle.add(pictures[id(scene)], scene)
            program = Program(decode_body(question.program, question.pictures))
            jobs.append(Job(program, tuple(pictures[id(scene)] for scene in question.scenes)))
        outcomes = Engine(oracle.kit(), self._vocabulary, self._sandbox, movers=1).run(jobs)
        return [_trace(*one) for one in zip(questions, jobs, outcomes, strict=True)]

    def rationales(self, questions: Sequence[Question]) -> list[str]:
        """What each trace says in words (`distill.rationale`); empty where the program is not right.

        Raises:
            TrainError: no program could be run at all.
        """
        traces = self.traces(questions)
        if traces and all(trace.status == "failed" for trace in traces):
            raise TrainError(f"canonical programs cannot be run here: {traces[0].reason}")
        told = []
        for question, trace in zip(questions, traces, strict=True):
            right = is_right(question, trace.status, trace.value)
            told.append(text_of_rationale(tell(trace, label_of(question))) if right else "")
        return told


def label_of(question: Question) -> str:
    """The true answer as a student is taught it."""
    return UNANSWERABLE if question.answer == ABSTAIN else question.answer


def _trace(question: Question, job: Job, outcome: Outcome) -> Trace:
    status: Status = "answered" if outcome.problem is None else "failed"
    if outcome.abstention is not None:
        status = "abstained"
    shown = {picture.key: picture for picture in (*job.images, *outcome.pictures)}
    attempt = Attempt(program=job.program.source, author=AUTHOR, steps=list(outcome.steps), result=outcome.record)
    return Trace(
        question=question.text,
        pictures=[PictureRecord.of(picture) for picture in shown.values()],
        images=[picture.key for picture in job.images],
        attempts=[attempt],
        status=status,
        value=outcome.record if status == "answered" else None,
        reason=outcome.abstention or str(outcome.problem or ""),
    )
