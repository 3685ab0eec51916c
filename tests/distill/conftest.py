"""Scenes with questions whose right answers are known, an agent over perfect specialists, and a small data set."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from distill.dataset import write
from distill.example import Example, PictureFile, rows_of
from models.embedded.world.art import Art
from models.embedded.world.render import render
from models.embedded.world.scene import SceneSpec, Split, make_scene
from models.picture import Picture

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
def dataset_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of 30 rows about ten pictures: 18 train, 6 val, 6 test."""
    folder = tmp_path_factory.mktemp("dataset") / "data"
    write(folder, (row for example in make_examples() for row in rows_of(example)))
    return folder
