"""One question of a batch, as a file of questions holds it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from models.picture import Box, Picture


@dataclass(frozen=True)
class PictureData:
    """A picture that lies inside a file of questions (Parquet, a data set), as the bytes of a picture file."""

    data: bytes
    name: str

    def read(self) -> Picture:
        """Decode it. Raises PictureError."""
        return Picture.from_bytes(self.data, self.name)


PictureSource: TypeAlias = Path | PictureData
"""Where a picture of a row comes from. It is read when the row's turn comes."""


@dataclass(frozen=True)
class Row:
    """A question with its pictures, and what is known of the right answer."""

    id: str
    """Unique in its file."""
    question: str
    images: tuple[PictureSource, ...]
    answers: tuple[str, ...] = ()
    """Right answers. Several where several people were asked, as in VQAv2, each as often as it was given."""
    box: Box | None = None
    """The right region, where the answer is one: `xyxy` pixels of the first picture, origin top left."""
    program: str | None = None
    """To be run instead of planning one."""
    family: str = ""
    """Kind of question; figures are told for each."""
    group: str = ""
    """Rows that count together: in NLVR the pictures of one sentence, of which all must be right."""
    split: str = ""


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be asked, and why."""

    id: str
    """Its own, if it could be read and is not taken yet; else `line 7`, made unique if need be."""
    where: str
    """For a person: `questions.jsonl, line 7`."""
    reason: str
    """One line that says what is wrong with it."""
    question: str = ""
