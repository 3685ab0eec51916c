"""Scenes with questions whose right answers are known, an agent over perfect specialists, and a small data set."""

import contextlib
import hashlib
import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from PIL import Image

from agent import Planner, VisualAgent
from agent.runs.question_files import read_questions
from agent.runs.settings import RunSettings
from agent.runs.store import Store
from distill import lessons, student_training
from distill.checkpoints import load_base
from distill.dataset import write
from distill.example import Example, PictureFile, rows_of
from distill.generation import Generation, generate, settings_of
from distill.lessons import make_lessons
from distill.packs import Memory
from distill.questions.binding import ABSTAIN, Question, questions_about
from distill.student import StudentSize, pointers_of
from distill.student_training import make_base
from models.embedded.oracle import Oracle
from models.embedded.world.art import Art, ArtError
from models.embedded.world.render import render
from models.embedded.world.scene import SceneSpec, Split, make_scene
from models.llama_cpp import split_question
from models.picture import Picture
from tests.agent.runs.conftest import small_disk
from tools import default_vocabulary

__all__ = ["small_disk"]

KINDS = ("circle", "star", "square", "triangle")
SPLIT_OF: tuple[Split, ...] = ("train", "train", "train", "train", "train", "train", "val", "val", "test", "test")


def picture_file(picture: Picture) -> PictureFile:
    """A PNG of a picture."""
    buffer = BytesIO()
    picture.image.save(buffer, "PNG")
    return PictureFile(picture.key, buffer.getvalue(), "png")


def make_examples() -> list[Example]:
    """Ten pictures, each with a question how many of a kind there are (verified, with boxes in the rationale), and one
    whether there is a kind (its label alone)."""
    art = Art.none()
    examples = []
    for number, split in enumerate(SPLIT_OF):
        kind, count = KINDS[number % len(KINDS)], 1 + number % 3
        scene = make_scene(number, split, SceneSpec(things=[(kind, None, count)], others=0))
        picture = Picture(Image.fromarray(render(scene, art).image), f"scene {number}")
        file = picture_file(picture)
        boxes = sorted(
            tuple(
                round(100 * side / size) for side, size in zip(thing.box, (scene.width, scene.height) * 2, strict=True)
            )
            for thing in scene.find(kind)
        )
        listed = ", ".join(f"[{', '.join(map(str, box))}]" for box in boxes)
        plural = f"{count} {kind}s" if count > 1 else f"1 {kind}"
        program = f'def execute_command(image):\n    return len(ImagePatch(image).find("{kind}"))\n'
        told = f"There {'are' if count > 1 else 'is'} {plural}: {listed}. So the answer is {count}."
        counting = Example(
            f"count-{number}", f"How many {kind}s are there?", (file,), str(count), split, program, "{}", told,
            "tests", "count",
        )  # fmt: skip
        present = Example(
            f"exists-{number}", f"Is there a {kind}?", (file,), "yes", split, source="tests", family="exists"
        )
        examples += [counting, present]
    return examples


@pytest.fixture(scope="session")
def art() -> Art:
    """What things of the world look like; the test is skipped where that has not been prepared."""
    try:
        return Art.load()
    except ArtError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def fresh_student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded student, smaller than any that ships, which has learned nothing yet."""
    folder = tmp_path_factory.mktemp("student") / "fresh"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(student_training, "VOCABULARY", 8)
        make_base(folder, StudentSize(regions=6, ground=1, width=64, layers=2, heads=2, vocabulary=500), 0)
    return folder


@pytest.fixture(scope="session")
def shelf(fresh_student: Path, art: Art, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lessons")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lessons, "FIRST", 3)
        patch.setattr(lessons, "ABOUT_EACH", 30)
        make_lessons(fresh_student, folder, 2)
    return folder


@pytest.fixture
def memory(fresh_student: Path) -> Memory:
    """Room for 120 scenes that it sees."""
    return memory_for(fresh_student)


def memory_for(student: Path) -> Memory:
    """Room for 120 scenes that a student sees."""
    model, processor = load_base(student, "float32")
    config, words = model.config, processor.tokenizer
    ends = words.pad_token_id, words.eos_token_id
    pointers = pointers_of(words, config.vision_config.regions)
    return Memory(config.image_seq_length, config.vision_config.hidden_size, 120, *ends, pointers, torch.device("cpu"))


@pytest.fixture(scope="session")
def dataset_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of 30 rows about ten pictures: 18 train, 6 val, 6 test."""
    folder = tmp_path_factory.mktemp("dataset") / "data"
    write(folder, (row for example in make_examples() for row in rows_of(example)))
    return folder


# ------------------------------------------------------------------ a world of shapes, asked about


class WeighedPlanner(FakeListChatModel):
    """Writes the right program for a question about half of the time, and wrong ones of many kinds else: which one
    follows from the question and the seed. Tells log-probabilities."""

    programs: dict[str, str]
    """Bodies of right programs, by question."""
    responses: list[str] = []

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **options: Any) -> ChatResult:
        question, pictures = split_question(messages[-1].text)
        draw = int(hashlib.sha256(f"{question} {options['seed']}".encode()).hexdigest()[:8], 16)
        first = "ps[0]" if pictures > 1 else "p"
        body = [
            self.programs[question],
            self.programs[question],
            self.programs[question] + "\n# once more",
            'return "yes"',
            f'{first}.find("circle")\nreturn "no"',
            f"return len({first}.find('star'))",
            "return [][0]",
            f'return {first}.finds("star")',
        ][draw % 8]
        info = {"logprob": -(draw % 1000) / 1000}
        return ChatResult(generations=[ChatGeneration(message=AIMessage(body), generation_info=info)])


@dataclass(frozen=True)
class ShapeWorld:
    """Questions about pictures of shapes, as a file, with an oracle that knows the pictures."""

    folder: Path
    questions: tuple[Question, ...]
    oracle: Oracle

    @property
    def file(self) -> Path:
        return self.folder / "questions.jsonl"

    def agent(self) -> VisualAgent:
        """Over perfect specialists, with a planner that is right about half of the time."""
        vocabulary = default_vocabulary()
        model = WeighedPlanner(programs={one.text: one.program for one in self.questions})
        planner = Planner(model, vocabulary, "question", "weighed")
        return VisualAgent(self.oracle.kit(), planner, vocabulary)


def make_world(folder: Path, scenes: int = 12, about: int = 3) -> ShapeWorld:
    """A file of questions about so many pictures, two thirds of the split `train`."""
    folder.mkdir(parents=True, exist_ok=True)
    oracle = Oracle()
    lines: list[str] = []
    asked: dict[str, Question] = {}
    for number in range(scenes):
        split: Split = ("train", "val", "test")[number % 3]
        kinds = [KINDS[number % 4], KINDS[(number + 1) % 4], KINDS[(number + 2) % 4]]
        things = [(kind, ("red", "blue", "green")[number % 3], 1 + (number + at) % 3) for at, kind in enumerate(kinds)]
        scene = make_scene(100 + number, split, SceneSpec(things=list(things), others=0))
        drawn = render(scene, Art.none())
        Image.fromarray(drawn.image).save(folder / f"{number}.png")
        oracle.add(Picture.open(folder / f"{number}.png"), drawn)
        for question in questions_about(scene, about, number):
            if question.text in asked:
                continue
            answer = "unanswerable" if question.answer == ABSTAIN else question.answer
            row = {"image": f"{number}.png", "question": question.text, "answer": answer, "family": question.family}
            if number % 4:  # the others are shared out by their pictures
                row["split"] = split
            lines.append(json.dumps({"id": f"q{len(lines)}", **row}))
            asked[question.text] = question
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n")
    return ShapeWorld(folder, tuple(asked.values()), oracle)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> ShapeWorld:
    return make_world(tmp_path_factory.mktemp("world") / "shapes")


def settings_for(file: Path, **options: Any) -> RunSettings:
    """Of a run of a file of questions."""
    return RunSettings(str(file), "jsonl", "0" * 64, "oracle", "weighed", options=options)


USUAL = Generation()


def generate_run(
    world: ShapeWorld,
    run: Path,
    how: Generation = USUAL,
    file: Path | None = None,
    on_progress: Any = None,
    agent: VisualAgent | None = None,
    on_draw: Any = None,
) -> Path:
    """`sight distill generate`, in Python."""
    questions = file or world.file
    with contextlib.ExitStack() as stack:
        asked = agent or stack.enter_context(world.agent())
        store = stack.enter_context(Store.open(run, settings_of(settings_for(questions), how)))
        generate(asked, lambda: read_questions(questions), store, how, on_progress, on_draw=on_draw)
    return run


@pytest.fixture(scope="session")
def generated(world: ShapeWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the world's questions, five programs each."""
    return generate_run(world, tmp_path_factory.mktemp("generated") / "run")
