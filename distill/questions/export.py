"""Writes questions about picture-book scenes as a file of questions with its pictures.

    python -m distill.questions.export --count 20000 --out work/questions

`FOLDER/questions.jsonl` is what `sight batch` and `sight distill generate` read; `scenes.jsonl` has what can be seen on
every picture, for whoever measures against the truth. The same numbers give the same files, byte for byte; a call that
was stopped goes on with the pictures that are missing.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, TextIO

from PIL import Image

from agent.trace import UNANSWERABLE
from distill.questions.binding import ABSTAIN, Question, ask_about, make_questions, questions_about, scenes_like
from models.embedded.world.art import Art, ArtError
from models.embedded.world.render import Rendered, render
from models.embedded.world.scene import Scene, Split
from models.picture import Picture

QUESTIONS, SCENES, LICENCES = "questions.jsonl", "scenes.jsonl", "LICENCES.md"
PICTURES = "pictures"

VAL, TEST = 1_000, 2_000
"""Questions of the splits beside `train`."""

PER_PICTURE = 4
"""Questions about one picture; those about several pictures have theirs for themselves."""

SCENES_EACH = 8
"""Scenes that each question of the split `train` is asked about, word for word: a planner reads it once."""

KEPT_ALIKE = 0.4
"""Share of the questions that are kept whose answer is the one that they had about the first scene."""

BATCH = 100
"""First questions that are made together."""

CREDITS = Path(__file__).resolve().parents[2] / "models" / "embedded" / "ART_CREDITS.md"


@dataclass(frozen=True)
class Exported:
    """What was written."""

    questions: int
    pictures: int


def questions_of(
    split: Split, count: int, per_picture: int = PER_PICTURE, seed: int = 0, scenes_each: int = 1
) -> Iterator[Question]:
    """Questions about scenes of a split, those about one scene one after another; streamed, the same for the same seed.

    Args:
        count: how many.
        per_picture: questions about one picture, at most.
        scenes_each: scenes that a question is asked about, at most; fewer where its answer would be disputable.
    """
    made = 0
    for batch in range(count):
        for first in make_questions(min(BATCH, count - made), split, seed * 1_000_003 + batch):
            about = [first]
            if first.pictures == 1 and per_picture > 1:
                more = questions_about(first.scenes[0], per_picture, seed)
                about += [one for one in more if one.text != first.text][: per_picture - 1]
            about += _again(about, scenes_each - 1, random.Random(f"again {split} {seed} {batch} {first.text}"))
            for question in about[: count - made]:
                made += 1
                yield question
            if made == count:
                return


def _again(asked: list[Question], scenes: int, rng: random.Random) -> list[Question]:
    """The questions about one scene, asked about so many others. Most that get another answer are kept, and of the rest
    a part; a question without an answer is the same everywhere."""
    again = []
    for _ in range(scenes):
        shown = scenes_like(asked[0], rng)
        if shown is None:
            continue
        for question in asked:
            one = ask_about(question, shown, rng) if question.family != "unanswerable" else None
            if one is not None and (one.answer != question.answer or rng.random() < KEPT_ALIKE):
                again.append(one)
    return again


def further(asked: Iterable[Question], each: int, seed: int = 0) -> Iterator[Question]:
    """Further questions about scenes that something was asked about: labels cost nothing there, and no new picture has
    to be drawn or looked at.

    Args:
        asked: questions; those about several scenes are passed over.
        each: questions about each scene, at most; fewer where one was asked already.
        seed: the same questions and seed give the same further ones.
    """
    texts: dict[Scene, set[str]] = {}
    for question in asked:
        if question.pictures == 1:
            texts.setdefault(question.scenes[0], set()).add(question.text)
    for scene, known in texts.items():
        # with the seed itself those come that `questions_of` has asked
        yield from (one for one in questions_about(scene, each, seed + 1) if one.text not in known)


def export(
    folder: str | Path,
    counts: Mapping[Split, int],
    per_picture: int = PER_PICTURE,
    seed: int = 0,
    art: Art | None = None,
    scenes_each: int = SCENES_EACH,
    more: int = 0,
) -> Exported:
    """Write questions, scenes and pictures.

    Args:
        folder: to write in; made if need be.
        counts: questions by split.
        per_picture: questions about one picture, at most.
        seed: the same numbers give the same files.
        art: to draw with; the prepared one if None.
        scenes_each: scenes that a question of the split `train` is asked about, at most.
        more: further questions about each picture of the split `train`, at most, at the end of the file.

    Returns:
        How many there are.

    Raises:
        ArtError: the art was not prepared.
        OSError: the folder cannot be written.
    """
    art = art or Art.load()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pictures: set[str] = set()
    written: Counter[Split] = Counter()
    first: list[Question] = []
    with ExitStack() as stack:
        questions = stack.enter_context(_Whole(folder / QUESTIONS))
        scenes = stack.enter_context(_Whole(folder / SCENES))

        def write(question: Question, split: Split) -> None:
            names = []
            for scene in question.scenes:
                name = picture_name(scene)
                names.append(name)
                if name not in pictures:
                    pictures.add(name)
                    drawn = render(scene, art)
                    _keep(folder / name, drawn)
                    key = Picture.from_image(drawn.image).key
                    _line(scenes, {"picture": key, "image": name, "scene": drawn.scene.to_json()})
            _line(questions, _row(f"{split}-{written[split]:06d}", question, names, split))
            written[split] += 1

        for split, count in counts.items():
            for question in questions_of(split, count, per_picture, seed, scenes_each if split == "train" else 1):
                write(question, split)
                if split == "train" and more:
                    first.append(question)
        for question in further(first, more, seed):  # last, so that the others are the same without them
            write(question, "train")
    shutil.copyfile(CREDITS, folder / LICENCES)
    return Exported(written.total(), len(pictures))


def picture_name(scene: Scene) -> str:
    """Path of a scene's picture within the folder: scenes that differ have different ones."""
    digest = hashlib.sha256(repr(scene).encode()).hexdigest()[:16]
    return f"{PICTURES}/{scene.split}/{digest[:2]}/{digest}.png"


class _Whole:
    """A file that gets its name once it is whole."""

    def __init__(self, path: Path) -> None:
        self.path, self.beside = path, path.with_name(f".{path.name}.writing")

    def __enter__(self) -> TextIO:
        self.file = self.beside.open("w", encoding="utf-8", newline="\n")
        return self.file

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        self.file.close()
        if kind is None:
            os.replace(self.beside, self.path)
        else:
            self.beside.unlink(missing_ok=True)


def _keep(path: Path, drawn: Rendered) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    Image.fromarray(drawn.image).save(buffer, "PNG")
    beside = path.with_suffix(".writing")
    beside.write_bytes(buffer.getvalue())
    os.replace(beside, path)


def _line(file: TextIO, told: Mapping[str, Any]) -> None:
    file.write(json.dumps(told, ensure_ascii=False) + "\n")


def _row(id: str, question: Question, pictures: list[str], split: Split) -> dict[str, Any]:
    answer = UNANSWERABLE if question.answer == ABSTAIN else question.answer
    family, text = question.family, question.text
    return {"id": id, "images": pictures, "question": text, "answer": answer, "family": family, "split": split}


def main(arguments: list[str] | None = None) -> int:
    """Entry point. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m distill.questions.export", description="Questions about picture-book scenes, with pictures."
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="to write in")
    parser.add_argument("--count", type=int, default=20_000, help="questions of the split train")
    parser.add_argument("--val", type=int, default=VAL, help="questions of the split val")
    parser.add_argument("--test", type=int, default=TEST, help="questions of the split test")
    parser.add_argument("--per-picture", type=int, default=PER_PICTURE, metavar="N", help="questions about a picture")
    parser.add_argument(
        "--scenes-each",
        type=int,
        default=SCENES_EACH,
        metavar="N",
        help="scenes that a question of train is asked about",
    )
    parser.add_argument(
        "--more", type=int, default=0, metavar="N", help="further questions about each picture of train (default: 0)"
    )
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    counts: dict[Split, int] = {"train": given.count, "val": given.val, "test": given.test}
    least = min(*counts.values(), given.more)
    if least < 0 or not sum(counts.values()) or min(given.per_picture, given.scenes_each) < 1:
        parser.error("the numbers of questions must not be negative, and there must be some")
    try:
        made = export(given.out, counts, given.per_picture, given.seed, scenes_each=given.scenes_each, more=given.more)
    except ArtError as error:
        print(f"export: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"export: {error.filename or given.out}: cannot be written ({error.strerror})", file=sys.stderr)
        return 2
    print(f"{made.questions:,} questions about {made.pictures:,} pictures: {given.out / QUESTIONS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
