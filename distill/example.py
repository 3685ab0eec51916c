"""One question of the data set, and the rows it becomes: the two prompts of Visual Program Distillation.

Hu, Stretcu et al., "Visual Program Distillation", CVPR 2024: one model learns the answer under one suffix and the
rationale under another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Target: TypeAlias = Literal["answer", "rationale", "instruction"]
"""What the assistant says in a row. `instruction` are conversations, descriptions, detections and captions."""

SPLITS = ("train", "val", "test")

ANSWER_SUFFIX = "Answer with a single word or phrase."
RATIONALE_SUFFIX = "Explain the rationale to answer the question."
SUFFIXES: dict[str, str] = {"answer": ANSWER_SUFFIX, "rationale": RATIONALE_SUFFIX}

IMAGE = "<image>"
"""Stands in a message for one picture, in the order of `images`."""

Message: TypeAlias = dict[str, str]
"""`{"role": "user" or "assistant", "content": ...}`"""


@dataclass(frozen=True)
class PictureFile:
    """A picture of the data set, as a file that a reader can decode."""

    key: str
    """`models.picture.Picture.key`."""
    data: bytes
    extension: str
    """`png`, `jpg`, ..."""

    @property
    def name(self) -> str:
        return f"{self.key}.{self.extension}"


@dataclass(frozen=True)
class Example:
    """A question with its right answer, and the program and rationale that were found for it."""

    id: str
    """Unique in the data set."""
    question: str
    images: tuple[PictureFile, ...]
    label: str
    """The right answer; without labels, what most programs said."""
    split: str
    program: str = ""
    trace: str = ""
    """JSON of the verified program's trace without times: what `distill.rationale` told; empty if none is verified."""
    rationale: str = ""
    """Empty if no program is verified."""
    source: str = ""
    """Name of the questions."""
    family: str = ""

    @property
    def verified(self) -> bool:
        return bool(self.rationale)


def prompt(question: str, target: str, pictures: int = 1) -> str:
    """What the user says: a place for each picture, the question, and below it the suffix that asks for this target.

    Args:
        target: `answer` or `rationale`.
        pictures: how many the question is about.
    """
    return f"{IMAGE}\n" * pictures + f"{question}\n{SUFFIXES[target]}"


def rows_of(example: Example) -> Iterator[dict[str, Any]]:
    """The rows of an example: its answer, and its rationale if a program was verified.

    Their ids are `ID/answer` and `ID/rationale`. The fields are those of `distill.dataset.FEATURES`.
    """
    said: dict[Target, str] = {"answer": example.label}
    if example.verified:
        said["rationale"] = example.rationale
    for target, text in said.items():
        messages = [
            {"role": "user", "content": prompt(example.question, target, len(example.images))},
            {"role": "assistant", "content": text},
        ]
        yield row(
            f"{example.id}/{target}",
            example.images,
            messages,
            target,
            label=example.label,
            program=example.program,
            trace=example.trace,
            verified=example.verified,
            source=example.source,
            family=example.family,
            split=example.split,
        )


def row(
    id: str,
    images: Sequence[PictureFile],
    messages: Sequence[Message],
    target: Target,
    *,
    split: str,
    label: str = "",
    program: str = "",
    trace: str = "",
    verified: bool = False,
    source: str = "",
    family: str = "",
) -> dict[str, Any]:
    """A row of the data set. Messages are user's and assistant's by turns; in the first is a place for each picture."""
    return {
        "id": id,
        "images": [{"bytes": one.data, "path": one.name} for one in images],
        "messages": list(messages),
        "target": target,
        "label": label,
        "program": program,
        "trace": trace,
        "verified": verified,
        "source": source,
        "family": family,
        "split": split,
    }


def example_of(row: Mapping[str, Any]) -> str:
    """Id of the example that a row belongs to: both its targets have it."""
    return str(row["id"]).rpartition("/")[0]
