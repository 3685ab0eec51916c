"""What a student learned: programs, student, twin, base, a blind one and the majority on the same held-out questions.

    evaluate("data", "evaluation", Systems(student="student", twin="twin"), agent)

Everything that was said is kept in the folder, so that an evaluation that was stopped goes on when it is called again.
"""

import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from agent.agent import VisualAgent
from agent.runs.batch import run_batch
from agent.runs.intervals import Figure, mcnemar, mean, proportion
from agent.runs.row import PictureData, Row
from agent.runs.scorers import plain, said
from agent.runs.settings import RunSettings
from agent.runs.store import Store
from agent.runs.vqa_answers import normalised
from distill.checkpoints import disk_errors
from distill.dataset import DatasetError, load
from distill.evaluation_report import write_report
from distill.example import ANSWER_SUFFIX, IMAGE, example_of
from distill.rationale import tell, text_of_rationale
from distill.respondent import Respondent
from distill.statements import conclusion, is_true, statements
from distill.trainable import TrainError
from models.embedded.world.scene import Scene
from models.picture import Picture

TIMED = 20
"""Questions that are asked one at a time, for the seconds that a person waits."""

CHUNK = 64
"""Questions whose replies are kept together."""


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
class Asked:
    """A held-out question."""

    id: str
    question: str
    images: tuple[Image.Image, ...]
    label: str
    family: str


@dataclass(frozen=True)
class Reply:
    """What a system said to one question."""

    answer: str
    rationale: str = ""


@dataclass(frozen=True)
class Cost:
    """What a system takes, measured in this call."""

    alone: Figure | None = None
    """Seconds a question, asked one at a time, the first left out; of the answer alone."""
    together: float | None = None
    """Seconds a question, many at a time; None if all replies were there already."""
    memory_mb: float | None = None
    """Resident memory gained (on a GPU: its memory at most), MiB, models and one question after the other."""


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

    def result(self, name: str) -> Result | None:
        return next((one for one in self.results if one.name == name), None)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"differences": [asdict(one) | {"better": one.better} for one in self.differences]}


OnProgress = Callable[[str, int, int], None]
"""Called with the system, the questions that are done, and how many there are."""


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
        _same(folder, str(rows["test"]._fingerprint), models, preset if agent else None)
        work = _Evaluating(folder, asked, scenes or {}, timed, batch, device, on_progress or (lambda *told: None))
        results = []
        if agent is not None:
            results.append(work.programs(agent, data, preset, str(rows["test"]._fingerprint)))
        for name, (place, blind, told) in models.items():
            results.append(work.model(name, place, blind, told))
        results.append(work.majority(held_out(rows["train"])))
        student = next(one for one in results if one.name == "student")
        found = Evaluation(
            data.name,
            len(asked),
            tuple(results),
            tuple(difference(student, one) for one in results if one is not student),
            tuple(_notes(systems, agent, scenes)),
        )
        write_report(found, folder)
    return found


def held_out(rows: Any, limit: int | None = None) -> list[Asked]:
    """The questions of a split: its rows with the target `answer`, without the suffix."""
    targets = rows["target"]
    chosen = [place for place, target in enumerate(targets) if target == "answer"][:limit]
    found = []
    for row in rows.select(chosen):
        text = row["messages"][0]["content"].replace(f"{IMAGE}\n", "").removesuffix(ANSWER_SUFFIX).strip()
        found.append(Asked(example_of(row), text, tuple(row["images"]), row["label"], row["family"]))
    return found


def same(answer: str, label: str) -> bool:
    """Whether two answers are the same, each normalised as `exact` and VQA do."""
    return plain(answer) == plain(label) or normalised(answer) == normalised(label)


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


def _notes(systems: Systems, agent: VisualAgent | None, scenes: Mapping[str, Scene] | None) -> Iterator[str]:
    if agent is None:
        yield "Programs were not run."
    if systems.twin is None:
        yield "No twin that was trained on labels alone was given."
    if systems.blind is None:
        yield "No model that was trained without pictures was given; the student is shown grey instead."
    if not scenes:
        yield "It is not known what the pictures show, so no statement was checked."


def _same(folder: Path, fingerprint: str, models: Mapping[str, tuple[str, bool, str]], preset: str | None) -> None:
    """Note what is evaluated. Raises TrainError if something else was begun here."""
    mine = {"test": fingerprint, "preset": preset, **{name: str(Path(place)) for name, (place, _, _) in models.items()}}
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


class _Evaluating:
    def __init__(
        self,
        folder: Path,
        asked: Sequence[Asked],
        scenes: Mapping[str, Scene],
        timed: int,
        batch: int,
        device: str | None,
        tell: OnProgress,
    ) -> None:
        self.folder, self.asked, self.timed, self.batch = folder, asked, timed, batch
        self.device, self.tell = device, tell
        self.scenes = {
            one.id: [scenes.get(Picture.from_image(image, one.id).key) for image in one.images] for one in asked
        } if scenes else {}  # fmt: skip

    # ------------------------------------------------------------------ programs

    def programs(self, agent: VisualAgent, data: Path, preset: str, fingerprint: str) -> Result:
        """The row of the programs. Their rationales are told from their traces."""
        before = _memory()
        alone = self._one_at_a_time(lambda one: agent.ask(one.question, list(one.images)))
        rows = [
            Row(one.id, one.question, tuple(PictureData(_png(image), one.id) for image in one.images), (one.label,),
                family=one.family)
            for one in self.asked
        ]  # fmt: skip
        settings = RunSettings(str(data), "datasets", fingerprint, preset, "", options={"split": "test"})
        with Store.open(self.folder / "programs", settings) as store:
            store.set_total(len(rows))
            progress = run_batch(agent, rows, store, lambda now: self.tell("programs", now.done, len(rows)))
            new = progress.done - progress.resumed
            replies = {}
            for one in self.asked:
                record = store.record(one.id)
                answer = "" if record.status == "failed" else said(record)
                told = tell(store.trace(one.id), answer) if answer else ()
                replies[one.id] = Reply(answer, text_of_rationale(told))
        cost = Cost(alone, progress.seconds / new if new else None, _memory() - before)
        return self._result("programs", f"preset {preset}" if preset else "the agent", replies, cost)

    # ------------------------------------------------------------------ models

    def model(self, name: str, place: str, blind: bool, told: str) -> Result:
        """The row of a model."""
        before = _memory()
        respondent = Respondent.load(place, self.device, blind, self.batch)
        alone = self._one_at_a_time(lambda one: respondent.say([(one.question, one.images)], "answer"))
        memory = _memory() - before
        replies, seconds, new = self._replies(name, respondent)
        return self._result(name, told, replies, Cost(alone, seconds / new if new else None, memory))

    def _replies(self, name: str, respondent: Respondent) -> tuple[dict[str, Reply], float, int]:
        """All replies, the seconds that answers took now, and how many were given now."""
        file = self.folder / f"{name}.jsonl"
        known = _kept(file)
        missing = [one for one in self.asked if one.id not in known]
        seconds = 0.0
        with file.open("a", encoding="utf-8") as kept:
            for start in range(0, len(missing), CHUNK):
                part = missing[start : start + CHUNK]
                questions = [(one.question, one.images) for one in part]
                began = time.perf_counter()
                answers = respondent.say(questions, "answer")
                seconds += time.perf_counter() - began
                rationales = respondent.say(questions, "rationale")
                for one, answer, rationale in zip(part, answers, rationales, strict=True):
                    known[one.id] = Reply(answer, rationale)
                    kept.write(json.dumps({"id": one.id, **asdict(known[one.id])}, ensure_ascii=False) + "\n")
                kept.flush()
                self.tell(name, len(self.asked) - len(missing) + start + len(part), len(self.asked))
        return {one.id: known[one.id] for one in self.asked}, seconds, len(missing)

    def majority(self, training: Sequence[Asked]) -> Result:
        """The row of the answer that is most frequent in training, by family."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for one in training:
            counts[one.family][one.label] += 1
            counts[""][one.label] += 1
        usual = {family: most.most_common(1)[0][0] for family, most in counts.items()}
        replies = {one.id: Reply(usual.get(one.family, usual.get("", ""))) for one in self.asked}
        return self._result("majority", "the most frequent answer of each family", replies, Cost(memory_mb=0.0))

    # ------------------------------------------------------------------ figures

    def _one_at_a_time(self, ask: Callable[[Asked], Any]) -> Figure | None:
        """Seconds a question, after one that is not counted: it loads what is loaded when first needed."""
        if not self.timed:
            return None
        step = max(1, len(self.asked) // self.timed)
        chosen = self.asked[::step][: self.timed]
        ask(chosen[0])
        seconds = []
        for one in chosen:
            began = time.perf_counter()
            ask(one)
            seconds.append(time.perf_counter() - began)
        return mean(seconds)

    def _result(self, name: str, told: str, replies: Mapping[str, Reply], cost: Cost) -> Result:
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


def _kept(file: Path) -> dict[str, Reply]:
    """Replies of earlier calls. A line that was cut off is dropped."""
    known: dict[str, Reply] = {}
    whole = []
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                found = json.loads(line)
                known[found["id"]] = Reply(found["answer"], found["rationale"])
            except (ValueError, KeyError, TypeError):
                break
            whole.append(line)
        file.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
    return known


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _memory() -> float:
    """Resident memory of this process now, in MiB; on a GPU the most that was allocated there."""
    if torch.cuda.is_available():
        found = torch.cuda.max_memory_allocated() / 2**20
        torch.cuda.reset_peak_memory_stats()
        return found
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS
