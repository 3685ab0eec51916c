"""The whole distillation from one configuration: questions, programs, data, students, measures, and a second round.

    report = run(read_config("distill/configs/small.yaml"))

Every stage goes on where it stopped, and is not done again as long as nothing that it depends on has changed
(`distill.stages`).
"""

import json
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from agent.agent import VisualAgent
from agent.running.sandbox import Limits
from agent.runs.question_files import fingerprint, format_of, read_questions
from agent.runs.settings import RunSettings
from agent.runs.store import Store
from distill.build import build
from distill.calibration import CURVE, calibrate
from distill.checkpoints import checkpoint_of
from distill.config import SEEING, Config, ConfigError, Lessons, Student, told
from distill.dataset import dataset_errors, load
from distill.evaluate import Systems, evaluate
from distill.generation import Generation, generate, settings_of
from distill.planner_round import retrain
from distill.questions.export import QUESTIONS, SCENES, export
from distill.recipe import Recipe
from distill.seeing_base import seeing_base_for
from distill.stages import Done, Stages, content_of
from distill.statements import read_scenes
from distill.student import StudentSize, build_student
from distill.student_training import LESSONS, BaseTraining, make_base, train_base
from distill.train import TrainSettings, train
from models.loading import CheckpointError, locate
from models.presets import load_preset
from models.student import CONFIDENCE

SUMMARY, REPORT = "loop.json", "README.md"

OnProgress = Callable[[str, str], None]
"""Called with the stage and how far it is, often."""


@dataclass(frozen=True)
class Loop:
    """What a run has made."""

    out: Path
    stages: tuple[Done, ...]
    students: tuple[Path, ...]
    """Of each round, the folder of its training."""
    reports: tuple[Path, ...]
    """Of each round, the folder of its evaluation."""


def run(
    config: Config,
    on_progress: OnProgress | None = None,
    on_stage: Callable[[str, Path, bool], None] | None = None,
) -> Loop:
    """Do everything that was not done yet.

    Args:
        config: what is to be done.
        on_progress: told how far a stage is.
        on_stage: told a stage that begins, its folder, and whether it was done before.

    Returns:
        Where everything is. `README.md` in the folder lists it.

    Raises:
        ConfigError: the preset's planner cannot be trained, though that was asked for.
        What the stages raise: QuestionFileError, RunError, DatasetError, CheckpointError, TrainError, PresetError,
        PlannerError, ArtError.
    """
    out = config.out
    with dataset_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    work = _Loop(config, Stages(out, on_stage), on_progress or (lambda stage, text: None))
    questions = work.questions()
    student, report, data = work.round("", questions, config.preset)
    students, reports = [student.folder], [report.folder]
    if config.again is not None:
        preset = work.preset_again(student, data)
        student, report, _ = work.round("2", questions, preset)
        students.append(student.folder)
        reports.append(report.folder)
    found = Loop(out, tuple(work.stages.done), tuple(students), tuple(reports))
    with dataset_errors(out):
        _summarise(found)
    return found


@dataclass(frozen=True)
class _Base:
    """Checkpoints that trainings begin with."""

    student: str
    key: str
    """Of what they are made of."""
    twin: str | None = None
    """The twin's, if it is another one."""
    untrained: str | None = None
    """What the student's was before it had learned anything, if that is known."""


def _measures(size: Student) -> tuple[StudentSize, int]:
    """How large a student is, and the seed of its weights."""
    measures = told(size)
    seed: int = measures.pop("seed")
    return StudentSize(**measures), seed


class _Loop:
    def __init__(self, config: Config, stages: Stages, tell: OnProgress) -> None:
        self.config, self.stages, self.tell = config, stages, tell

    # ------------------------------------------------------------------ questions

    def questions(self) -> Done:
        asked = self.config.questions
        if asked.scenes is not None:
            scenes = asked.scenes

            def draw(folder: Path) -> dict[str, Any]:
                self.tell("questions", f"drawing pictures for {scenes.train + scenes.val + scenes.test:,} questions")
                counts: Any = {"train": scenes.train, "val": scenes.val, "test": scenes.test}
                each, more = scenes.scenes_each, scenes.more
                made = export(folder, counts, scenes.per_picture, scenes.seed, scenes_each=each, more=more)
                return asdict(made)

            return self.stages.do("questions", told(scenes) | {"version": version("sightscript")}, (), draw)
        assert asked.file is not None
        settings = {
            "file": str(asked.file), "format": asked.format, "images": str(asked.images), "split": asked.split,
            "content": fingerprint(asked.file, asked.format, asked.images, asked.split),
        }  # fmt: skip

        def note(folder: Path) -> None:
            folder.mkdir(parents=True, exist_ok=True)  # the questions stay where they are

        return self.stages.do("questions", settings, (), note)

    def place(self, questions: Done) -> tuple[Path, str | None, Path | None, str]:
        """Where the questions are, as `read_questions` takes it."""
        asked = self.config.questions
        if asked.file is None:
            return questions.folder / QUESTIONS, "jsonl", None, ""
        return asked.file, asked.format, asked.images, asked.split

    # ------------------------------------------------------------------ a round

    def round(self, number: str, questions: Done, preset: str) -> tuple[Done, Done, Done]:
        """All stages from programs to the report. Returns student, report and data."""
        config = self.config
        programs = self.generate(number, questions, preset)
        data = self.build(number, programs)
        base = self.base(number, data)
        student = self.train(f"student{number}", data, base.student, base.key, {})
        steps = {"steps": student.told["steps"], "epochs": 1.0} if config.twin == "same steps" else {}
        twin = blind = None
        if config.twin != "none":
            alone = {"targets": ("answer",), **steps}
            twin = self.train(f"twin{number}", data, base.twin or base.student, base.key, alone, student.key)
        if config.blind:
            blind = self.train(f"blind{number}", data, base.student, base.key, {"blind": True})
        measure = told(config.evaluate)
        sure = self.stages.do(
            f"calibrate{number}", measure, (student.key, programs.key), lambda folder: self._calibrate(
                folder, data, student, preset)
        )  # fmt: skip
        if (sure.folder / CONFIDENCE).is_file():  # of these settings; other ones may have written theirs since
            shutil.copy(sure.folder / CONFIDENCE, checkpoint_of(student.folder) / CONFIDENCE)
        others = [one for one in (twin, blind) if one is not None]
        systems = Systems(
            str(student.folder),
            str(twin.folder) if twin else None,
            base.untrained or base.student,
            str(blind.folder) if blind else None,
        )
        shows = config.questions.shows if config.questions.file else None
        report = self.stages.do(
            f"report{number}", measure | ({"shows": content_of([shows])} if shows else {}),
            (sure.key, *(one.key for one in others)),
            lambda folder: self._evaluate(folder, data, systems, preset, questions),
        )  # fmt: skip
        return student, report, data

    def generate(self, number: str, questions: Done, preset: str) -> Done:
        config, drawing = self.config, self.config.generate
        settings = told(drawing) | {
            "preset": content_of_preset(preset), "planner": config.planner, "limit": config.questions.limit,
        }  # fmt: skip
        how = Generation(**{name: getattr(drawing, name) for name in type(drawing).model_fields})
        place = self.place(questions)

        def draw(folder: Path) -> dict[str, Any]:
            run = RunSettings(
                source=str(place[0].resolve()), format=format_of(place[0], place[1]), fingerprint=fingerprint(*place),
                preset=preset, planner=config.planner or "embedded", limits=asdict(Limits()),
                version=version("sightscript"), created=datetime.now(UTC).isoformat(timespec="seconds"),
            )  # fmt: skip
            limit = config.questions.limit
            with ExitStack() as stack:
                agent = stack.enter_context(self._agent(preset))
                store = stack.enter_context(Store.open(folder, settings_of(run, how, limit)))
                generate(
                    agent, lambda: islice(read_questions(*place), limit), store, how,
                    lambda stage, now: self.tell("programs", f"{now.done:,} {stage}, {now.rate:.1f} a second"),
                    on_draw=lambda asked: self.tell("programs", f"drawing programs for {asked:,} questions"),
                )  # fmt: skip
                return {"programs": sum(store.counts().values())}

        return self.stages.do(f"programs{number}", settings, (questions.key,), draw)

    def build(self, number: str, programs: Done) -> Done:
        part = self.config.build
        recipe = Recipe(**{field.name: getattr(part, field.name) for field in fields(Recipe)})

        def make(folder: Path) -> dict[str, Any]:
            counts = build(
                [programs.folder], folder, recipe,
                on_progress=lambda done, total: self.tell("data", f"{done:,} of {total:,} questions"),
            )  # fmt: skip
            return {"questions": counts.questions, "verified": counts.reasons["verified"], "rows": dict(counts.rows)}

        return self.stages.do(f"data{number}", told(part), (programs.key,), make)

    def base(self, number: str, data: Done) -> "_Base":
        """What students begin as."""
        if self.config.lessons is not None:
            return self.taught(self.config.lessons)
        if self.config.base == SEEING:
            return self.seeing(number, data)
        size = self.config.fresh
        if size is None:
            base = str(self.config.base)
            return _Base(base, content_of([locate(base)]))

        def make(folder: Path) -> None:
            rows = load(data.folder)["train"].select_columns(["messages"])
            texts = (message["content"] for row in rows for message in row["messages"])
            measures, seed = _measures(size)
            model, processor = build_student(texts, measures, seed=seed)
            model.half().save_pretrained(folder)  # a tower has been so, and what is fresh needs no more
            processor.save_pretrained(folder)

        settings = {**told(size), "detector": content_of([locate("embedded:detector")])}
        done = self.stages.do(f"base{number}", settings, (data.key,), make)
        return _Base(str(done.folder), done.key)

    def seeing(self, number: str, data: Done) -> "_Base":
        """The embedded VLM, grown for the words of the data set."""

        def make(folder: Path) -> dict[str, Any]:
            model, processor = seeing_base_for(data.folder)
            model.save_pretrained(folder)
            processor.save_pretrained(folder)
            return {"tokens": len(processor.tokenizer)}

        settings = {"base": SEEING, "vlm": content_of([locate(SEEING)])}
        done = self.stages.do(f"base{number}", settings, (data.key,), make)
        return _Base(str(done.folder), done.key)

    def taught(self, lessons: Lessons) -> "_Base":
        """A student that has had lessons, its twin that had them without rationales, and what both were before."""
        size = self.config.fresh
        assert size is not None
        settings = BaseTraining(**{name: value for name, value in told(lessons).items() if name != "twin"})

        def make(folder: Path) -> dict[str, Any]:
            begin = folder / "begin"
            if not begin.is_dir():
                self.tell("lessons", "making a student that knows nothing")
                make_base(begin, *_measures(size))
            made: dict[str, int] = {}
            for name in ("student", "twin") if lessons.twin else ("student",):
                how = settings
                if name == "twin":  # as many steps, however long they take
                    teach = tuple(target for target in settings.teach if target != "rationale")
                    how = replace(settings, teach=teach, steps=made["student"], minutes=10 * settings.minutes)
                if not (folder / name).is_dir():

                    def tell(stage: str, step: int, steps: int, losses: dict[str, float], of: str = name) -> None:
                        last = ", ".join(f"{loss} {value:.3f}" for loss, value in losses.items())
                        self.tell(stage, f"the {of}'s: step {step:,}{': ' if last else ''}{last}")

                    train_base(begin, folder / "lessons", folder / f"{name}.work", folder / name, how, tell)
                made[name] = json.loads((folder / name / LESSONS).read_text(encoding="utf-8"))["steps"]
            return {"steps": made["student"]}

        detector = content_of([locate("embedded:detector")])
        key = {**told(size), **told(lessons), "detector": detector, "version": version("sightscript")}
        done = self.stages.do("lessons", key, (), make)
        twin = str(done.folder / "twin") if lessons.twin else None
        return _Base(str(done.folder / "student"), done.key, twin, str(done.folder / "begin"))

    def train(self, name: str, data: Done, base: str, base_key: str, changed: dict[str, Any], *more: str) -> Done:
        part = self.config.train
        usual = TrainSettings(base, **{one: getattr(part, one) for one in type(part).model_fields})
        settings = replace(usual, **changed)

        def go(folder: Path) -> dict[str, Any]:
            def tell(stage: str, step: int, steps: int, losses: dict[str, float]) -> None:
                last = ", ".join(f"{loss} {value:.3f}" for loss, value in losses.items())
                self.tell(name, f"{stage}: {step:,} of {steps:,}{': ' if last else ''}{last}")

            found = train(data.folder, folder, settings, on_log=tell)
            return {"steps": found.steps, "losses": found.losses}

        key = asdict(settings) | {"base": base_key}
        return self.stages.do(name, json.loads(json.dumps(key)), (data.key, base_key, *more), go)

    def _calibrate(self, folder: Path, data: Done, student: Done, preset: str) -> dict[str, Any]:
        measure = self.config.evaluate
        with ExitStack() as stack:
            agent = stack.enter_context(self._agent(preset)) if measure.programs else None
            found = calibrate(
                data.folder, student.folder, agent, folder=folder, preset=preset, limit=measure.limit,
                batch=measure.batch, device=self.config.device, on_progress=self._questions("calibrate"),
            )  # fmt: skip
        for name in (CONFIDENCE, CURVE):
            shutil.copy(checkpoint_of(student.folder) / name, folder / name)
        return asdict(found)

    def _evaluate(self, folder: Path, data: Done, systems: Systems, preset: str, questions: Done) -> dict[str, Any]:
        measure, asked = self.config.evaluate, self.config.questions
        shows = questions.folder / SCENES if asked.file is None else asked.shows
        with ExitStack() as stack:
            agent = stack.enter_context(self._agent(preset)) if measure.programs else None
            found = evaluate(
                data.folder, folder, systems, agent, preset=preset, scenes=read_scenes(shows) if shows else None,
                limit=measure.limit, timed=measure.timed, batch=measure.batch, device=self.config.device,
                on_progress=self._questions("report"),
            )  # fmt: skip
        return {one.name: round(one.accuracy.value, 4) for one in found.results}

    def _questions(self, stage: str) -> Callable[[str, int, int], None]:
        return lambda system, done, total: self.tell(stage, f"{system}: {done:,} of {total:,} questions")

    def _agent(self, preset: str) -> VisualAgent:
        return VisualAgent.from_preset(preset, self.config.planner, device=self.config.device)

    # ------------------------------------------------------------------ the second round

    def preset_again(self, student: Done, data: Done) -> str:
        """The preset of the second round: the student as `vlm`, and the planner that has learned from itself."""
        again = self.config.again
        assert again is not None
        path = self.config.preset
        roles: dict[str, Any] = {"extends": path if not Path(path).is_file() else str(Path(path).resolve())}
        if again.vlm:
            roles["vlm"] = {
                "checkpoint": str(checkpoint_of(student.folder).resolve()),
                "licence": "Apache-2.0",
                "prompt": "{}\nAnswer with a single word or phrase.",
                "max_new_tokens": 32,
                "batch_size": 16,
                "note": "the student of the first round",
            }
        on = [student.key]
        if again.planner_minutes:
            planner = load_preset(path).planner
            adapter = getattr(planner, "adapter", None)
            if planner is None or not adapter or self.config.planner:
                raise ConfigError(
                    "again.planner_minutes: only the embedded planner can be trained on its own programs; write 0, or "
                    "leave `planner` out"
                )
            start = locate(str(adapter))
            settings = {"minutes": again.planner_minutes, "adapter": content_of([start])}
            trained = self.stages.do(
                "planner2", settings, (data.key,),
                lambda folder: retrain(data.folder, start, folder, again.planner_minutes),
            )  # fmt: skip
            on.append(trained.key)
            roles["planner"] = planner.model_dump(mode="json", by_alias=True) | {
                "adapter": str((trained.folder / "adapter").resolve()),
                "note": "trained on its own verified programs",
            }

        def write(folder: Path) -> None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "preset.yaml").write_text(yaml.safe_dump(roles, sort_keys=False), encoding="utf-8")

        made = self.stages.do("preset2", {"again": told(again), "extends": roles["extends"]}, on, write)
        return str(made.folder / "preset.yaml")


def content_of_preset(name: str) -> str:
    """A preset with the contents of the checkpoints that programs use, as far as they are on this computer."""
    preset, paths = load_preset(name), []
    for role, settings in preset.filled():
        if role == "student":  # programs do not ask it
            continue
        for checkpoint in (settings.checkpoint, getattr(settings, "adapter", None)):
            try:
                if isinstance(checkpoint, str) and not checkpoint.startswith("package:"):
                    paths.append(locate(checkpoint, settings.revision))
            except CheckpointError:  # a hub id that is not here, or a name of another kind: the preset's text tells it
                continue
    told = preset.model_dump_json(exclude={"name", "description", "student"})
    there = [path for path in paths if path.exists()]
    return content_of(there, frozenset((CONFIDENCE, CURVE))) + told


def _summarise(found: Loop) -> None:
    """Write what was made, for people and for programs."""
    stages = [
        {"stage": one.name, "folder": one.folder.name, "seconds": one.seconds, "kept": one.kept, "told": one.told}
        for one in found.stages
    ]
    (found.out / SUMMARY).write_text(json.dumps(stages, indent=1, default=str) + "\n", encoding="utf-8")
    lines = [
        "# A distillation", "", "| stage | folder | seconds | |", "|---|---|---|---|",
        *(f"| {one.name} | `{one.folder.name}` | {one.seconds:,.1f} | {_words(one)} |" for one in found.stages),
        f"| all | | {sum(one.seconds for one in found.stages):,.1f} | |",
        "", *(f"Report: [{path.name}/report.md]({path.name}/report.md)  " for path in found.reports),
        *(f"Student: `{checkpoint_of(path).relative_to(found.out)}`  " for path in found.students), "",
    ]  # fmt: skip
    (found.out / REPORT).write_text("\n".join(lines), encoding="utf-8")


def _words(one: Done) -> str:
    told = []
    for name, value in one.told.items():
        if isinstance(value, int | float):
            told.append(f"{name} {value:,}")
        elif isinstance(value, str):
            told.append(f"{name} {value}")
    return ", ".join(told)
