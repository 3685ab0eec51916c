"""From what confidence on a student is to be believed: found on the split `val`, and written beside the student.

    calibrate("data", "student", agent)

`sight ask --engine auto` reads it from there.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.agent import VisualAgent
from agent.runs.intervals import Figure
from distill.answering import Asking, OnProgress, held_out, same
from distill.checkpoints import checkpoint_of, disk_errors, sign_of
from distill.dataset import DatasetError, load
from distill.evaluate import run_settings
from distill.selective import BELIEVABLE, Point, choose, curve, plot, thinned
from distill.trainable import TrainError
from models.student import CONFIDENCE

CURVE = "confidence.png"
"""Beside it: what comes of each threshold."""

TIMED = 10
"""Questions that are asked one at a time, for the seconds of the curve."""


@dataclass(frozen=True)
class Calibration:
    """What was found."""

    threshold: float
    answered: float
    """Share of the validation questions that the student answers from this confidence on."""
    accuracy: Figure
    """With programs for the others; without an agent, of what the student answers."""
    student: float
    """Accuracy of the student alone."""
    programs: float | None
    """Accuracy of the programs alone."""
    questions: int
    data: str


def calibrate(
    data: str | Path,
    student: str | Path,
    agent: VisualAgent | None = None,
    *,
    folder: str | Path | None = None,
    preset: str = "",
    limit: int | None = None,
    batch: int = 16,
    device: str | None = None,
    on_progress: OnProgress | None = None,
) -> Calibration:
    """Ask the validation questions, and write `confidence.json` into the student's checkpoint, with a picture of the
    curve beside it.

    Args:
        data: a data set of `sight distill build`.
        student: the folder of a training, or a checkpoint.
        agent: writes and runs programs for the same questions. Without one, the threshold is the one from which on the
            student is right in `distill.selective.BELIEVABLE` of its answers.
        folder: keeps what was said, of each student and each questions apart; `calibration` in the student's folder if
            None. A call that was stopped goes on.
        preset: name of the agent's.
        limit: the first so many questions only.
        batch: questions a forward pass.

    Raises:
        DatasetError: there is no such data set, or its split `val` has no questions.
        CheckpointError, TrainError: the student cannot be read, or its training has not ended, or the disk is full.
        RunError: the run of the programs cannot be written.
    """
    data, student = Path(data), Path(student)
    rows = load(data)
    asked = held_out(rows["val"], limit)
    if not asked:
        raise DatasetError(f"{data}: its split `val` has no questions; build with a larger share of them (--val)")
    place = checkpoint_of(student)
    if not place.is_dir():
        raise TrainError(f"{student}: there is no whole model in it; train without --no-merge, and to the end")
    about = hashlib.sha256(f"{rows['val']._fingerprint} {sign_of(student)}".encode()).hexdigest()[:16]
    folder = (Path(folder) if folder is not None else student / "calibration") / about
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        asking = Asking(folder, asked, TIMED, batch, device, on_progress)
        alone = asking.clocked(str(student))
        programs: list[bool] | None = None
        seconds: float | None = None
        if agent is not None:
            theirs, took = asking.programs(agent, run_settings(data, str(rows["val"]._fingerprint), preset, "val"))
            programs = [same(theirs[one.id].answer, one.label) for one in asked]
            seconds = took.alone.value if took.alone else None
        mine, _ = asking.model("student", str(student), rationales=False, alone=alone)
        right = [same(mine[one.id].answer, one.label) for one in asked]
        points = curve(
            [mine[one.id].confidence or 0.0 for one in asked],
            right,
            programs,
            alone.value if alone else None,
            seconds,
        )
        chosen = choose(points, programs is not None)
        found = Calibration(
            chosen.threshold,
            chosen.answered,
            chosen.accuracy,
            sum(right) / len(right),
            None if programs is None else sum(programs) / len(programs),
            len(asked),
            data.name,
        )
        _write(place, found, thinned(points))
    return found


def _write(place: Path, found: Calibration, points: list[Point]) -> None:
    rule = (
        f"the answers from here on are right in {BELIEVABLE:.0%}, or as often as may be"
        if found.programs is None
        else "most of the questions are answered rightly if programs answer below it"
    )
    told = {
        **asdict(found),
        "rule": rule,
        "split": "val",
        "curve": [[one.threshold, round(one.answered, 4), round(one.accuracy.value, 4)] for one in points],
    }
    beside = place / f".{CONFIDENCE}.writing"
    beside.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    beside.replace(place / CONFIDENCE)
    plot(points, found.threshold, place / CURVE, f"{found.questions:,} validation questions")
