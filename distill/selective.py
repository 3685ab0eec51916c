"""When the student is to be believed: of each confidence, what comes of leaving what is below it to programs.

Selective prediction (Geifman and El-Yaniv, "Selective Classification for Deep Neural Networks", NeurIPS 2017) with
programs for what the student had rather not answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.runs.intervals import Figure, proportion

BELIEVABLE = 0.95
"""How often the student's answers must be right where there are no programs to compare them with."""

NEVER = 1.0001
"""The threshold at which the student answers nothing. A confidence may be 1 once it is rounded."""

STEPS = 200
"""Thresholds that are looked at, at most."""


@dataclass(frozen=True)
class Point:
    """What comes of one threshold."""

    threshold: float
    """Confidence from which on the student answers."""
    answered: float
    """Share of the questions that it answers."""
    accuracy: Figure
    """Of the student and the programs together; of the student's own answers, where there are no programs."""
    seconds: float | None = None
    """A question, asked one at a time."""


def curve(
    confidences: Sequence[float],
    right: Sequence[bool],
    programs: Sequence[bool] | None = None,
    student_seconds: float | None = None,
    program_seconds: float | None = None,
) -> list[Point]:
    """A point for every confidence that comes up, from one at which the student answers all to one at which it answers
    none.

    Args:
        confidences: of the student, a question.
        right: whether it is right.
        programs: whether the programs are; without them the accuracy is that of what the student answers.
        student_seconds, program_seconds: of one question. The student is asked every one, also where it is never
            believed.

    Raises:
        ValueError: there are no questions.
    """
    if not confidences:
        raise ValueError("there are no questions to find a threshold on")
    ordered = sorted(zip(confidences, right, programs or right, strict=True), key=lambda one: -one[0])
    left = sum(program for _, _, program in ordered) if programs is not None else 0
    both = None if student_seconds is None or program_seconds is None else student_seconds + program_seconds
    points = [Point(NEVER, 0.0, proportion(left, len(ordered)), both)] if programs is not None else []
    sure = 0
    for place, (confidence, mine, program) in enumerate(ordered, 1):
        sure += mine
        left -= program if programs is not None else 0
        if place < len(ordered) and ordered[place][0] == confidence:
            continue
        answered = place / len(ordered)
        accuracy = proportion(sure + left, len(ordered)) if programs is not None else proportion(sure, place)
        seconds = None
        if student_seconds is not None and program_seconds is not None:
            seconds = student_seconds + (1 - answered) * program_seconds
        points.append(Point(confidence, answered, accuracy, seconds))
    return points[::-1]


def choose(points: Sequence[Point], with_programs: bool) -> Point:
    """The threshold to use: with programs, the one with which most is right, of equals the one at which the student
    answers most; without, the one at which it answers most of those whose answers are right in `BELIEVABLE`, and if
    there is none, the one with which most is right."""
    believable = [one for one in points if one.accuracy.value >= BELIEVABLE]
    if not with_programs and believable:
        return max(believable, key=lambda one: one.answered)
    return max(points, key=lambda one: (one.accuracy.value, one.answered))


def thinned(points: Sequence[Point]) -> list[Point]:
    """At most `STEPS` of them, the ends among them."""
    if len(points) <= STEPS:
        return list(points)
    return [points[round(at * (len(points) - 1) / (STEPS - 1))] for at in range(STEPS)]


def plot(points: Sequence[Point], chosen: float | None, file: Path, told: str) -> None:
    """Accuracy over seconds a question (over the share that the student answers, where no seconds are known), a point
    for every threshold; the chosen one is marked."""
    from matplotlib.figure import Figure as Picture

    timed = [one for one in points if one.seconds is not None]
    shown = timed or list(points)
    figure = Picture(figsize=(6.0, 4.0), layout="constrained")
    axes = figure.add_subplot()
    across = [one.seconds or 0.0 if timed else 100 * one.answered for one in shown]
    values = [100 * one.accuracy.value for one in shown]
    axes.plot(across, values, color="#d0632f", linewidth=1.5)
    axes.fill_between(
        across,
        [100 * one.accuracy.low for one in shown],
        [100 * one.accuracy.high for one in shown],
        color="#d0632f",
        alpha=0.15,
        linewidth=0,
    )
    if chosen is not None:
        at = min(shown, key=lambda one: abs(one.threshold - chosen))
        x = at.seconds or 0.0 if timed else 100 * at.answered
        label = f"calibrated: from {chosen:.2f} on, {at.answered:.0%} answered by the student"
        axes.plot([x], [100 * at.accuracy.value], "o", color="#333333", label=label)
        axes.legend(frameon=False, fontsize="small")
    axes.set(
        xlabel="seconds a question, one at a time" if timed else "answered by the student, %",
        ylabel="accuracy, %",
        title=told,
    )
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=130, metadata={"Software": None})
