"""Configurations of a whole distillation."""

from pathlib import Path

import pytest

from distill.config import EMBEDDED, SEEING, ConfigError, Student, read_config
from distill.generation import Generation
from distill.student import StudentSize
from distill.student_training import BaseTraining
from distill.train import TrainSettings

SHIPPED = sorted((Path(__file__).parents[2] / "distill" / "configs").glob("*.yaml"))

SCENES = "out: work/x\nquestions: {scenes: {}}\n"


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_ones_are_right(file: Path):
    config = read_config(file)
    assert config.questions.scenes is not None
    begun = {
        "small": EMBEDDED,
        "many_labels": EMBEDDED,
        "looking": Student(regions=20, layers=7),
        "two_rounds": "embedded:student",
    }
    assert config.base == begun.get(file.stem, SEEING)
    assert (config.lessons is not None) == (file.stem == "looking")
    if config.lessons is not None:
        BaseTraining(**config.lessons.model_dump(exclude={"twin"}))
    if config.fresh is not None:
        measures = config.fresh.model_dump()
        measures.pop("seed")
        StudentSize(**measures)
    TrainSettings("base", **config.train.model_dump())
    Generation(**config.generate.model_dump())
    if file.stem != "small":
        assert config.questions.scenes.train >= 20_000
        assert config.questions.scenes.test >= 2_000


def test_there_is_a_small_and_a_large_one():
    assert {"small", "large"} <= {file.stem for file in SHIPPED}


def test_paths_start_at_the_file(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text("out: work/x\npreset: mine/preset.yaml\nquestions: {file: q.jsonl, images: pictures}\n")
    config = read_config(file)
    assert config.questions.file == tmp_path / "q.jsonl"
    assert config.questions.images == tmp_path / "pictures"
    assert config.preset == str(tmp_path / "mine" / "preset.yaml")
    assert config.out == Path("work/x")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "must be a mapping"),
        ("a: [", "not valid YAML"),
        ("questions: {scenes: {}}", "the key 'out' is missing"),
        (SCENES + "rounds: 2", "unknown key 'rounds'"),
        (SCENES + "train: {lr: 1}", "unknown key 'train.lr'"),
        (SCENES + "base: {ground: 0}", "ground"),
        (SCENES + "base: embedded:vlm\nlessons: {}", "lessons are for a base that is made anew"),
        (SCENES + "train: {targets: [label]}", "train.targets"),
        (SCENES + "train: {targets: []}", "train.targets"),
        (SCENES + "generate: {samples: 0}", "generate.samples: "),
        (SCENES + "generate: {samples: 3, temperature: 0}", "all the same"),
        (SCENES + "generate: {drawn: {dev: 3}}", "generate.drawn.dev"),
        (SCENES + "train: {lora: 8}", "write `lora: 0`"),
        (SCENES + "base: {width: 100}", "cannot be shared out"),
        (SCENES + "build: {labels: some}", "build.labels: "),
        (SCENES + "build: {val: 0.5, test: 0.6}", "must leave some for train"),
        ("out: x\nquestions: {}", "name either `scenes` or a `file`"),
        ("out: x\nquestions: {scenes: {}, file: a.jsonl}", "name either `scenes` or a `file`"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(text: str, wrong: str, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_config(file)
    assert wrong in str(caught.value)
    assert str(caught.value).startswith(f"{file}: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(tmp_path / "none.yaml")
