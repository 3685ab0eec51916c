"""What `sight distill run` is to do, as a YAML file: questions, programs, data, training, measuring, a second round.

Strict: an unknown key is an error. `distill/configs/` has a small and a large one.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from distill.recipe import Labels

Count = Annotated[int, Field(ge=1)]
Many = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]

EMBEDDED = "embedded"
"""A base that is made anew: `distill.student`."""

SEEING = "embedded:vlm"
"""A base that can see already, grown for the words of the data set: `distill.seeing_base`."""


class ConfigError(ValueError):
    """A configuration that cannot be used. The message is one line and says what to do."""


class Part(BaseModel):
    """Base of all parts."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Scenes(Part):
    """Questions about picture-book scenes, with their right answers."""

    train: Count = 20_000
    val: Count = 1_000
    test: Count = 2_000
    per_picture: Count = 4
    scenes_each: Count = 8
    """Of the split `train`: the scenes that a question is asked about."""
    more: Many = 0
    """Further questions about each picture of the split `train`, at the end of the file: the others do not change."""
    seed: int = 0


class Questions(Part):
    """Either scenes, or a file that `sight batch` reads."""

    scenes: Scenes | None = None
    file: Path | None = None
    format: str | None = None
    images: Path | None = None
    split: str = ""
    limit: Count | None = None
    shows: Path | None = None
    """`scenes.jsonl` for a file: what the pictures show, to check rationales against."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.scenes is None) == (self.file is None):
            raise ValueError("name either `scenes` or a `file`")
        return self


class Lessons(Part):
    """What a base that is made anew learns before any program teaches it: `distill.student_training.BaseTraining`."""

    minutes: Positive = 10.0
    steps: Count = 1_000_000
    batch: Count = 2048
    rate: Positive = 2e-3
    workers: Count = 12
    scenes: Annotated[int, Field(ge=100)] = 250_000
    compile: bool = True
    save_steps: Count = 1000
    twin: bool = True
    """The twin's base has lessons of its own, without rationales: as many steps."""


class Drawing(Part):
    """As `sight distill generate`."""

    samples: Count = 5
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.5
    swaps: Many = 5
    seed: int = 0
    several: dict[Literal["train", "val", "test"], Many] = {}
    """Of a split, the first so many questions get `samples` programs, and the others the likeliest. Not named: all."""
    drawn: dict[Literal["train", "val", "test"], Many] = {}
    """Of a split, the first so many questions get programs, the others teach their labels alone. Not named: all."""

    @model_validator(mode="after")
    def _different(self) -> Self:
        if self.samples > 1 and self.temperature == 0:
            raise ValueError("several programs at temperature 0 are all the same; raise it, or draw one")
        return self


class Building(Part):
    """As `sight distill build`."""

    labels: Labels = "use"
    instructions: bool = True
    parquet: bool = False
    llava: bool = False
    val: Share = 0.05
    test: Share = 0.1
    seed: int = 0
    licence: str = ""

    @model_validator(mode="after")
    def _left(self) -> Self:
        if self.val + self.test >= 1:
            raise ValueError("the shares of val and test must leave some for train")
        return self


class Student(Part):
    """A base made anew: `distill.student.StudentSize`."""

    regions: Count = 16
    ground: Count = 2
    width: Count = 192
    layers: Count = 5
    heads: Count = 6
    vocabulary: Count = 4096
    context: Count = 768
    dropout: Share = 0.0
    seed: int = 0

    @model_validator(mode="after")
    def _shared_out(self) -> Self:
        if self.width % self.heads or self.width // self.heads % 2:
            raise ValueError(f"a width of {self.width} cannot be shared out among {self.heads} heads, evenly each")
        return self


class Training(Part):
    """As `sight distill train`; the fields are those of `distill.train.TrainSettings`."""

    targets: Annotated[tuple[Literal["answer", "rationale", "instruction"], ...], Field(min_length=1)] = (
        "answer", "rationale", "instruction",
    )  # fmt: skip
    """Rows that the student learns from, and the blind one; its twin learns from answers."""
    lora: Many = 0
    frozen: tuple[str, ...] = ("vision",)
    align_epochs: Annotated[float, Field(ge=0)] = 0.0
    align_rate: Positive = 1e-3
    epochs: Positive = 1.0
    steps: Annotated[int, Field(ge=-1)] = -1
    batch: Count = 16
    accumulate: Count = 1
    rate: Positive = 1e-3
    warmup: Share = 0.03
    decay: Annotated[float, Field(ge=0)] = 0.05
    save_every: Count = 500
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    minutes: Annotated[float, Field(ge=0)] = 0.0
    workers: Many = 4
    keep: Share = 0.0
    recompute: bool = False
    seed: int = 0

    @model_validator(mode="after")
    def _kept(self) -> Self:
        if self.keep and self.lora:
            raise ValueError("an adapter keeps the base as it is; with `keep`, write `lora: 0`")
        return self


class Measuring(Part):
    """As `sight distill eval`, and `calibrate` before it."""

    limit: Count | None = None
    """The first so many questions of `val` and of `test`."""
    timed: Many = 20
    batch: Count = 16
    programs: bool = True


class Again(Part):
    """The second round: programs with the first student among their specialists."""

    vlm: bool = True
    """The first student answers `simple_query`."""
    planner_minutes: Annotated[float, Field(ge=0)] = 0.0
    """So long the planner is trained on its own verified programs first; 0 leaves it as it is."""


class Config(Part):
    """A whole distillation."""

    out: Path
    """Folder for everything; from where the command is called."""
    questions: Questions
    preset: str = "embedded"
    planner: str | None = None
    device: str | None = None
    generate: Drawing = Drawing()
    build: Building = Building()
    base: str | Student = EMBEDDED
    """`embedded`, the measures of an embedded one, `embedded:vlm`, or a checkpoint: a folder or a hub id."""
    lessons: Lessons | None = None
    """What a base that is made anew learns from before; nothing by default."""
    train: Training = Training()
    twin: Literal["same steps", "same epochs", "none"] = "same steps"
    """The student that learns from labels alone makes as many steps as the student, or sees its rows as often."""
    blind: bool = True
    """Train one that sees grey."""
    evaluate: Measuring = Measuring()
    again: Again | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.fresh is not None and self.train.lora:
            raise ValueError("a base that is made anew has nothing an adapter could be added to; write `lora: 0`")
        if self.fresh is not None and self.train.frozen != ("vision",):
            raise ValueError("the tower of an embedded base is not trained; leave `frozen` out")
        if self.lessons is not None and self.fresh is None:
            raise ValueError("lessons are for a base that is made anew; leave `base` out, or write its measures")
        return self

    @property
    def fresh(self) -> Student | None:
        """The measures of a base that is to be made; None for a checkpoint."""
        if isinstance(self.base, Student):
            return self.base
        return Student() if self.base == EMBEDDED else None


def read_config(file: str | Path) -> Config:
    """Read and validate a configuration. Relative paths of questions, pictures and presets start at its folder.

    Raises:
        ConfigError: it is missing, no YAML, or something in it is wrong.
    """
    file = Path(file)
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: not valid YAML ({' '.join(str(error).split())[:160]})") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{file}: it must be a mapping, such as `questions: {{scenes: {{}}}}`")
    try:
        found = Config.model_validate({str(key): value for key, value in data.items()})
    except ValidationError as error:
        raise ConfigError(f"{file}: {_explain(error)}") from None
    return found.model_copy(
        update={"questions": _anchored(found.questions, file.parent), "preset": _preset(found, file)}
    )


def _anchored(questions: Questions, folder: Path) -> Questions:
    paths = {name: getattr(questions, name) for name in ("file", "images", "shows")}
    return questions.model_copy(update={name: folder / path for name, path in paths.items() if path is not None})


def _preset(found: Config, file: Path) -> str:
    return str(file.parent / found.preset) if found.preset.endswith((".yaml", ".yml")) else found.preset


def _explain(error: ValidationError) -> str:
    """The first thing that is wrong, in one line."""
    errors = error.errors()
    first = next((one for one in errors if "str" not in one["loc"]), errors[0])  # of `base`, what a mapping lacks
    where = ".".join(str(part) for part in first["loc"] if part not in ("str", "Student"))
    if first["type"] == "extra_forbidden":
        return f"unknown key {where!r}"
    if first["type"] == "missing":
        return f"the key {where!r} is missing"
    text = str(first["msg"]).removeprefix("Value error, ")
    return f"{where or 'as a whole'}: {text[:1].lower()}{text[1:]}"


def told(part: Any) -> Any:
    """A part as JSON knows it: what a stage's key is made of."""
    return part.model_dump(mode="json") if isinstance(part, BaseModel) else part
