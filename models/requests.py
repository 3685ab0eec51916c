"""What a specialist can be asked, and what it answers: one frozen request type a role.

A specialist takes a list of requests and returns a list of results of the same length (`Specialist.run`). A tool awaits
a request (`found = await Detect(region, "dog")`); whoever drives the tool gathers the requests of many tools, runs each
specialist once over all of them, and sends the results back.
"""

import hashlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np

from models.picture import Box, Picture, Region

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)
Request_contra = TypeVar("Request_contra", contravariant=True)

ROLES = ("detector", "clip", "segmenter", "vlm", "depth", "ocr", "llm", "inpaint", "text_to_image")
"""Every role a specialist can fill. Presets, `sight doctor` and the engine's queues go by these names. An open index of
pictures answers as `index`, which no preset names."""


class SpecialistError(RuntimeError):
    """A specialist could not answer one request. The message is one line for a person."""


class Request(Generic[Result]):
    """Base of all requests. Awaiting one inside a tool gives its result."""

    role: ClassVar[str]

    def __await__(self) -> Generator["Request[Result]", Any, Result]:
        result: Result = yield self
        return result


@dataclass(frozen=True)
class Together(Request[list[Any]]):
    """Several requests at once: `await Together((Match(a, t), Match(b, t)))` gives their results in order."""

    role: ClassVar[str] = "together"
    requests: tuple[Request[Any], ...]


@dataclass(frozen=True)
class Detection:
    box: Box
    """`xyxy` pixels of the whole picture, origin top left."""
    score: float
    """0 to 1."""


@dataclass(frozen=True)
class Detect(Request[list[Detection]]):
    """Where in the region is `phrase`? Detections by falling score, possibly none."""

    role: ClassVar[str] = "detector"
    region: Region
    phrase: str


@dataclass(frozen=True)
class Match(Request[list[float]]):
    """How well does each text describe the region? One cosine similarity (-1 to 1) times the model's logit scale a
    text, comparable within one model only; softmax over them gives probabilities."""

    role: ClassVar[str] = "clip"
    region: Region
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Fit(Request[float]):
    """How likely is it, from 0 to 1, that a text describes the region?"""

    role: ClassVar[str] = "clip"
    region: Region
    text: str


@dataclass(frozen=True)
class Embed(Request[np.ndarray]):
    """The vector of a region or of a text, `(D,)` float32 of length 1. Of one model, the dot product of a region's and
    a text's is their cosine similarity."""

    role: ClassVar[str] = "clip"
    what: Region | str


@dataclass(frozen=True)
class Mask:
    pixels: np.ndarray
    """`(H, W)` bool, of the whole picture."""
    score: float
    """The model's own estimate of its IoU, 0 to 1."""

    @property
    def area(self) -> int:
        """In pixels."""
        return int(self.pixels.sum())


@dataclass(frozen=True)
class Segment(Request[Mask]):
    """The mask of the object that fills the region's box, or of the one at a point."""

    role: ClassVar[str] = "segmenter"
    region: Region
    point: tuple[float, float] | None = None
    """`(x, y)`, pixels of the whole picture from the top left: in place of the box, the region then only names the
    picture."""


@dataclass(frozen=True)
class Ask(Request[str]):
    """A short answer to a question about the region."""

    role: ClassVar[str] = "vlm"
    region: Region
    question: str


@dataclass(frozen=True)
class Confirm(Request[float]):
    """How likely is it, from 0 to 1, that the answer to a yes-or-no question about the region is yes?"""

    role: ClassVar[str] = "vlm"
    region: Region
    question: str


@dataclass(frozen=True)
class Caption(Request[str]):
    """A sentence about what the region shows."""

    role: ClassVar[str] = "vlm"
    region: Region


@dataclass(frozen=True)
class Locate(Request[list[Detection]]):
    """Where in the region is what a text describes, as a vision-language model writes it? In the order in which it
    wrote them, possibly none; the score is how sure it was of what it wrote."""

    role: ClassVar[str] = "vlm"
    region: Region
    text: str
    single: bool = False
    """The text refers to one thing, which may be anything but a kind of object: "the man on the left"."""


@dataclass(frozen=True)
class Depth(Request[np.ndarray]):
    """`(H, W)` float32, how far each pixel of the picture is: larger is farther. Units are the model's own."""

    role: ClassVar[str] = "depth"
    picture: Picture


@dataclass(frozen=True)
class TextLine:
    text: str
    box: Box
    """`xyxy` pixels of the whole picture, origin top left."""
    score: float


@dataclass(frozen=True)
class Read(Request[list[TextLine]]):
    """The lines of text in the region, from top to bottom."""

    role: ClassVar[str] = "ocr"
    region: Region


@dataclass(frozen=True)
class Prompt(Request[str]):
    """A language model's answer to a text."""

    role: ClassVar[str] = "llm"
    text: str


@dataclass(frozen=True, eq=False)
class Inpaint(Request[Picture]):
    """The picture with the masked pixels painted anew, as the prompt says. All others stay as they are, exactly."""

    role: ClassVar[str] = "inpaint"
    picture: Picture
    mask: np.ndarray
    """`(H, W)` bool, of the whole picture; at least one pixel is True."""
    prompt: str
    """What is to be seen there, such as `a black cat`."""
    seed: int = 0
    """The same seed gives the same picture."""

    @cached_property
    def key(self) -> tuple[str, str, str, int]:
        """What equal requests have in common."""
        mask = hashlib.sha256(np.packbits(self.mask).tobytes()).hexdigest()
        return self.picture.key, mask, self.prompt, self.seed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Inpaint) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True)
class Generate(Request[Picture]):
    """A picture of what the prompt says."""

    role: ClassVar[str] = "text_to_image"
    prompt: str
    seed: int = 0


@dataclass(frozen=True)
class Candidate:
    picture: Picture
    score: float
    """Mean over the phrases of the best cosine of any of the picture's vectors, -1 to 1."""


@dataclass(frozen=True, eq=False)
class Nearest(Request[list[Candidate]]):
    """Which pictures of the open index are nearest to some phrases? Best first."""

    role: ClassVar[str] = "index"
    phrases: np.ndarray
    """`(P, D)` float32, of length 1: vectors of the phrases, by the CLIP that made the index."""
    probe: np.ndarray
    """`(2, D)`: the vectors by which an index knows its model (`models.picture_index.PROBE`)."""
    count: int


class Specialist(Protocol[Request_contra, Result_co]):
    """A model behind one batch method. Features of pictures and phrases already seen are kept in a bounded cache."""

    def run(self, requests: Sequence[Request_contra]) -> Sequence[Result_co | SpecialistError]:
        """Answer every request, in order. One that cannot be answered gets a SpecialistError in its place."""
        ...
