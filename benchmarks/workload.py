"""Pictures and questions for measuring speed: drawn once into a folder, so that every part reads the same files.

    drawn = draw(folder, questions=1000, pictures=100)      needs the prepared art
    read(folder) == drawn                                   needs nothing else

Scenes are of the test split, drawn as PNG files. Questions are of all families that ask about one picture; each has its
reference program and its true answer.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from PIL import Image

from distill.questions.binding import questions_about
from models.embedded.world import lexicon
from models.embedded.world.art import Art
from models.embedded.world.render import Rendered, render
from models.embedded.world.scene import Scene, SceneError, SceneSpec, make_scene
from models.planner_format import decode_body

INDEX, SCENES = "questions.json", "scenes.json"

TRIES = 50
"""Scenes drawn for one picture before it is taken that none has enough questions in it."""

_NAMES = tuple(noun.name for noun in lexicon.NOUNS)


@dataclass(frozen=True)
class Item:
    """One question: a picture, a program, and what is true."""

    id: str
    picture: Path
    question: str
    program: str
    """Full source."""
    answer: str
    """As `distill.questions.scoring.written` has it, or `abstain`."""
    family: str


def draw(
    folder: Path,
    questions: int,
    pictures: int,
    seed: int = 0,
    art: Art | None = None,
    nouns: Sequence[str] | None = None,
) -> list[Item]:
    """Draw pictures and questions about them into a folder, the questions shared out evenly among the pictures.

    Args:
        folder: is made if it is not there.
        questions: at least one a picture.
        pictures: how many, no two alike.
        seed: the same seed gives the same pictures and questions.
        art: the prepared art if None; `Art.none()` is enough where all nouns are drawn shapes.
        nouns: what the pictures may show; everything there is if None.

    Raises:
        ArtError: the art has not been prepared.
        ValueError: fewer questions than pictures, or more a picture than a scene can settle.
    """
    if pictures < 1 or questions < pictures:
        raise ValueError(f"{questions} questions cannot be asked about {pictures} pictures; ask one of each at least")
    folder.mkdir(parents=True, exist_ok=True)
    shares = [questions // pictures + (index < questions % pictures) for index in range(pictures)]
    art = art or Art.load()
    items: list[Item] = []
    scenes: dict[str, Scene] = {}
    for index, (scene, share) in enumerate(zip(_scenes(shares, nouns or _NAMES, seed), shares, strict=True)):
        path = folder / f"picture-{index:05}.png"
        truth = render(scene, art)
        Image.fromarray(truth.image).save(path, compress_level=1)
        np.savez_compressed(path.with_suffix(".npz"), owner=truth.owner)
        scenes[path.name] = truth.scene
        for number, asked in enumerate(questions_about(scene, share, seed)):
            name = f"{path.stem}-{number}"
            items.append(Item(name, path, asked.text, decode_body(asked.program), asked.answer, asked.family))
    random.Random(seed).shuffle(items)  # questions about one picture come far apart, as in most question files
    (folder / SCENES).write_text(json.dumps({name: scene.to_json() for name, scene in scenes.items()}))
    (folder / INDEX).write_text(json.dumps([{**asdict(item), "picture": item.picture.name} for item in items]))
    return items


def read(folder: Path) -> list[Item]:
    """What `draw` put into a folder."""
    return [
        Item(**{**{field.name: row[field.name] for field in fields(Item)}, "picture": folder / row["picture"]})
        for row in json.loads((folder / INDEX).read_text())
    ]


def truths(folder: Path) -> Iterator[tuple[Path, Rendered]]:
    """Every picture with what it shows."""
    for name, fields_of in json.loads((folder / SCENES).read_text()).items():
        path = folder / name
        with np.load(path.with_suffix(".npz")) as arrays, Image.open(path) as image:
            yield path, Rendered(Scene.from_json(fields_of), np.asarray(image.convert("RGB")), arrays["owner"])


def _scenes(shares: Sequence[int], nouns: Sequence[str], seed: int) -> Iterator[Scene]:
    """One scene a share, with at least that many questions in it."""
    rng = random.Random(f"throughput {seed}")
    for share in shares:
        for _ in range(TRIES):
            names = rng.sample(nouns, min(len(nouns), rng.choice((4, 5, 6))))
            things = [(name, None, rng.randint(1, 4) if place < 2 else 1) for place, name in enumerate(names)]
            try:
                scene = make_scene(rng.randrange(10**9), "test", SceneSpec(things=things))
            except SceneError:
                continue
            if len(questions_about(scene, share, seed)) == share:
                yield scene
                break
        else:
            raise ValueError(f"a scene does not settle {share} different questions; take more pictures")
