"""What a student learned: programs, student, twin, base, a blind one and the majority on the same held-out questions.

    evaluate("data", "evaluation", Systems(student="student", twin="twin"), agent)

Everything that was said is kept in the folder, so that an evaluation that was stopped goes on when it is called again.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from agent.agent import VisualAgent
from agent.runs.intervals import Figure, mcnemar, mean, proportion
from agent.runs.settings import RunSettings
from distill.answering import Asking, Cost, OnProgress, Reply, held_out, same
from distill.checkpoints import checkpoint_of, disk_errors, sign_of
from distill.dataset import DatasetError, load
from distill.evaluation_report import write_report
from distill.selective import Point, curve, thinned
from distill.statements import conclusion, is_true, statements
from distill.trainable import TrainError
from models.embedded.world.scene import Scene
from models.picture import Picture
from models.student import read_threshold

TIMED = 20
"""Questions that are asked one at a time, for the seconds that a person waits."""


@dataclass(frozen=True)
class Systems:
    """What is compared. Folders of `sight distill train`, or checkpoints."""

    student: str
    twin: str | None = None
    """Trained on labels alone."""
    base: str | None = None
    """Before any training; the one that the student's record names, if None."""
    blind: str | None = None
    """Trained without pictures; if None, the student itself is shown grey."""


@dataclass(frozen=True)
class Result:
    """One row of the report."""

    name: str
    told: str
    """What it is, in a few words."""
    accuracy: Figure
    families: dict[str, Figure]
    consistent: Figure | None = None
    """Of the rationales, those that end with the same answer that is given without one."""
    true: Figure | None = None
    """Of the statements in rationales that can be checked, those that are true of what the picture shows."""
    unchecked: int = 0
    """Statements that cannot be."""
    cost: Cost = field(default_factory=Cost)
    right: dict[str, bool] = field(default_factory=dict, repr=False)
    """By question."""


@dataclass(frozen=True)
class Difference:
    """The student less another system, on the same questions."""

    other: str
    difference: Figure
    """Of the accuracies, with a paired bootstrap interval."""
    only_student: int
    only_other: int
    p: float
    """McNemar's exact test, two-sided."""

    @property
    def better(self) -> bool:
        """Whether the student is better, and by more than chance (95 %)."""
        return self.difference.low > 0


@dataclass(frozen=True)
class Evaluation:
    """Everything that the report tells."""

    data: str
    questions: int
    results: tuple[Result, ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    curve: tuple[Point, ...] = ()
    """What comes of each confidence from which on the student answers, and below which a program does."""
    threshold: float | None = None
    """The one that was found on the split `val` (`distill.calibration`)."""

    def result(self, name: str) -> Result | None:
        return next((one for one in self.results if one.name == name), None)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"differences": [asdict(one) | {"better": one.better} for one in self.differences]}


def evaluate(
    data: str | Path,
    folder: str | Path,
    systems: Systems,
    agent: VisualAgent | None = None,
    *,
    preset: str = "",
    scenes: Mapping[str, Scene] | None = None,
    limit: int | None = None,
    timed: int = TIMED,
    batch: int = 16,
    device: str | None = None,
    rationales: bool = True,
    on_progress: OnProgress | None = None,
) -> Evaluation:
    """Ask all systems the questions of the split `test`, and write `report.md`, `report.json` and the figures.

    Args:
        data: a data set of `sight distill build`; its training split gives the majority's answers.
        folder: of the report and of everything that was said.
        systems: the models.
        agent: writes and runs programs; without one the report has no row of them.
        preset: name of the agent's, for the report and the run of its answers.
        scenes: what pictures show, by key, to check rationales against; without them no statement is checked.
        limit: the first so many questions only.
        timed: questions that are asked one at a time as well.
        batch: questions a forward pass.
        device: `cpu`, `cuda`, `cuda:N` or `mps`; the best one here if None.
        rationales: ask models for them too; without, many more questions are asked in the same time.
        on_progress: told how far it is.

    Raises:
        DatasetError: there is no such data set, or its test split has no questions.
        CheckpointError, TrainError: a model cannot be read, its training has not ended, the folder holds another
            evaluation, or the disk is full.
        RunError: the run of the programs cannot be written.
    """
    data, folder = Path(data), Path(folder)
    rows = load(data)
    asked = held_out(rows["test"], limit)
    if not asked:
        raise DatasetError(f"{data}: its split `test` has no questions; give more pictures, or a larger share to test")
    models = _models(systems)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _same(folder, str(rows["test"]._fingerprint), models, preset if agent else None, rationales)
        work = _Evaluating(Asking(folder, asked, timed, batch, device, on_progress), scenes or {})
        seconds = {name: work.asking.clocked(place, blind) for name, (place, blind, _) in models.items()}
        results: list[Result] = []
        written: tuple[dict[str, Reply], Cost] | None = None
        if agent is not None:
            settings = run_settings(data, str(rows["test"]._fingerprint), preset, "test")
            written = work.asking.programs(agent, settings)
            results.append(work.result("programs", f"preset {preset}" if preset else "the agent", *written))
        points: list[Point] = []
        threshold = read_threshold(checkpoint_of(systems.student))
        for name, (place, blind, told) in models.items():
            replies, cost = work.asking.model(name, place, blind, rationales, seconds[name])
            results.append(work.result(name, told, replies, cost))
            if name == "student" and written is not None:
                points = thinned(work.curve((replies, cost), written))
                if threshold is not None:
                    results.append(work.auto((replies, cost), written, threshold))
        results.append(work.majority(rows["train"]))
        student = next(one for one in results if one.name == "student")
        found = Evaluation(
            data.name,
            len(asked),
            tuple(results),
            tuple(difference(student, one) for one in results if one is not student),
            tuple(_notes(systems, agent, scenes, threshold, rationales)),
            tuple(points),
            threshold,
        )
        write_report(found, folder)
    return found


def difference(student: Result, other: Result) -> Difference:
    """The student less another system, question by question."""
    pairs = [(student.right[id], other.right[id]) for id in student.right]
    only_student = sum(mine and not theirs for mine, theirs in pairs)
    only_other = sum(theirs and not mine for mine, theirs in pairs)
    gap = mean([float(mine) - float(theirs) for mine, theirs in pairs])
    return Difference(other.name, gap, only_student, only_other, mcnemar(only_student, only_other))


# ---------------------------------------------------------------------- the systems


def _models(systems: Systems) -> dict[str, tuple[str, bool, str]]:
    """Name -> folder, whether it is shown grey, and what it is."""
    base = systems.base
    record = Path(systems.student) / "training.json"
    if base is None and record.is_file():
        base = json.loads(record.read_text(encoding="utf-8"))["settings"]["base"]
    found = {"student": (systems.student, False, "answers and rationales")}
    if systems.twin is not None:
        found["twin"] = (systems.twin, False, "labels alone")
    if base is not None:
        found["base"] = (base, False, "before any training")
    told = "trained without pictures" if systems.blind else "the student, shown grey"
    found["blind"] = (systems.blind or systems.student, True, told)
    return found


def _notes(
    systems: Systems,
    agent: VisualAgent | None,
    scenes: Mapping[str, Scene] | None,
    threshold: float | None,
    rationales: bool,
) -> Iterator[str]:
    if agent is None:
        yield "Programs were not run."
    elif threshold is None:
        yield "When to believe the student was not found out (`sight distill calibrate`), so there is no row `auto`."
    if systems.twin is None:
        yield "No twin that was trained on labels alone was given."
    if systems.blind is None:
        yield "No model that was trained without pictures was given; the student is shown grey instead."
    if not rationales:
        yield "Models were asked for answers alone, not for rationales."
    elif not scenes:
        yield "It is not known what the pictures show, so no statement was checked."


def _same(
    folder: Path, fingerprint: str, models: Mapping[str, tuple[str, bool, str]], preset: str | None, rationales: bool
) -> None:
    """Note what is evaluated. Raises TrainError if something else was begun here."""
    mine = {
        "test": fingerprint, "preset": preset, "rationales": rationales,
        **{name: str(Path(place)) for name, (place, _, _) in models.items()},
        **{f"weights of {name}": sign_of(place) for name, (place, _, _) in models.items()},
    }  # fmt: skip
    file = folder / "evaluation.json"
    if file.is_file():
        theirs = json.loads(file.read_text(encoding="utf-8"))
        different = sorted(name for name in mine.keys() & theirs.keys() if mine[name] != theirs[name])
        if different:
            raise TrainError(
                f"{folder}: an evaluation was begun here with another {', '.join(different)}; choose another folder"
            )
        mine = theirs | mine
    file.write_text(json.dumps(mine, indent=1) + "\n", encoding="utf-8")


def run_settings(data: Path, fingerprint: str, preset: str, split: str) -> RunSettings:
    """Of the run of programs on one split of a data set."""
    return RunSettings(str(data), "datasets", fingerprint, preset, "", options={"split": split})


def _both(student: Cost, programs: Cost, share: float) -> Cost:
    """Of asking the student, and programs for a share of the questions."""

    def sum_of(mine: float | None, theirs: float | None) -> float | None:
        return None if mine is None or theirs is None else mine + share * theirs

    alone = None
    if student.alone and programs.alone:
        one, other = student.alone, programs.alone
        alone = Figure(
            one.value + share * other.value, one.low + share * other.low, one.high + share * other.high,
            one.rows, one.method,
        )  # fmt: skip
    memory = None if student.memory_mb is None or programs.memory_mb is None else student.memory_mb + programs.memory_mb
    return Cost(alone, sum_of(student.together, programs.together), memory)


class _Evaluating:
    """Makes rows of the report of what was said."""

    def __init__(self, asking: Asking, scenes: Mapping[str, Scene]) -> None:
        self.asking, self.asked = asking, asking.asked
        self.scenes = {
            one.id: [scenes.get(Picture.from_image(image, one.id).key) for image in one.images] for one in self.asked
        } if scenes else {}  # fmt: skip

    def curve(
        self, student: tuple[Mapping[str, Reply], Cost], programs: tuple[Mapping[str, Reply], Cost]
    ) -> list[Point]:
        """What comes of each threshold on these questions."""
        (mine, my_cost), (theirs, their_cost) = student, programs
        return curve(
            [mine[one.id].confidence or 0.0 for one in self.asked],
            [same(mine[one.id].answer, one.label) for one in self.asked],
            [same(theirs[one.id].answer, one.label) for one in self.asked],
            my_cost.alone.value if my_cost.alone else None,
            their_cost.alone.value if their_cost.alone else None,
        )

    def auto(
        self, student: tuple[Mapping[str, Reply], Cost], programs: tuple[Mapping[str, Reply], Cost], threshold: float
    ) -> Result:
        """The row of the student with programs for what it is not sure of, made of what both said."""
        (mine, my_cost), (theirs, their_cost) = student, programs
        sure = {id for id, reply in mine.items() if reply.answer and (reply.confidence or 0.0) >= threshold}
        replies = {id: mine[id] if id in sure else theirs[id] for id in mine}
        share = 1 - len(sure) / len(mine)
        told = f"the student from {threshold:.2f} on ({1 - share:.0%} of the questions), else a program"
        return self.result("auto", told, replies, _both(my_cost, their_cost, share))

    def majority(self, training: Any) -> Result:
        """The row of the answer that is most frequent in training, by family. No picture is decoded."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in training.select_columns(["target", "family", "label"]):
            if row["target"] == "answer":
                counts[row["family"]][row["label"]] += 1
                counts[""][row["label"]] += 1
        usual = {family: most.most_common(1)[0][0] for family, most in counts.items()}
        replies = {one.id: Reply(usual.get(one.family, usual.get("", ""))) for one in self.asked}
        return self.result("majority", "the most frequent answer of each family", replies, Cost(memory_mb=0.0))

    def result(self, name: str, told: str, replies: Mapping[str, Reply], cost: Cost) -> Result:
        right = {one.id: same(replies[one.id].answer, one.label) for one in self.asked}
        families: defaultdict[str, list[bool]] = defaultdict(list)
        for one in self.asked:
            families[one.family].append(right[one.id])
        spoken = [reply for reply in replies.values() if reply.rationale]
        ends = [(conclusion(reply.rationale), reply.answer) for reply in spoken]
        consistent = sum(end is not None and same(end, answer) for end, answer in ends)
        true, unchecked = self._true(replies)
        return Result(
            name,
            told,
            proportion(sum(right.values()), len(right)),
            {family: proportion(sum(found), len(found)) for family, found in sorted(families.items())},
            proportion(consistent, len(ends)) if ends else None,
            proportion(sum(true), len(true)) if true else None,
            unchecked,
            cost,
            right,
        )

    def _true(self, replies: Mapping[str, Reply]) -> tuple[list[bool], int]:
        found: list[bool] = []
        unchecked = 0
        for id, reply in replies.items():
            scenes = [scene for scene in self.scenes.get(id, ()) if scene is not None]
            for statement in statements(reply.rationale):
                verdict = is_true(statement, scenes) if scenes and len(scenes) == len(self.scenes[id]) else None
                if verdict is None:
                    unchecked += 1
                else:
                    found.append(verdict)
        return found, unchecked
