"""The record of how a question was answered: plain data, versioned, JSON in and out.

Pictures are named by the hash of their content; values are encoded so that a trace holds no pixels
(see `encode` and `agent/rendering/`). Boxes are `xyxy` pixels of the picture they name, origin top left.
"""

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError

from models.picture import Picture
from models.video import Frame, Video

VERSION = 1

Status: TypeAlias = Literal["answered", "abstained", "failed"]

UNANSWERABLE = "unanswerable"
"""What an abstention says, as VizWiz labels a question that its picture cannot answer."""

INPUT, PLANNER = "input", "planner"
"""Why a question failed, where no problem of a program is to blame: it cannot be asked, or no program was written."""


class Plain(BaseModel):
    """Base of all records: frozen, and strict about unknown keys so that a changed format is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def restore(value: Any) -> Any:
    """Turn the records that JSON made into plain dicts back into `PatchValue`, `MaskValue` and so on, at any depth.

    A dict that names such a type but has not its fields stays a dict.
    """
    if isinstance(value, dict):
        kind = _SPECIAL.get(value["type"]) if isinstance(value.get("type"), str) else None
        try:
            return kind.model_validate(value) if kind else {key: restore(item) for key, item in value.items()}
        except ValidationError:
            return {key: restore(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [restore(item) for item in value]
    return value


Restored: TypeAlias = Annotated[Any, BeforeValidator(restore)]
"""A `Value` in a record, the same whether it was just made or read from JSON."""


class VideoRecord(Plain):
    """What makes a video of a picture's record."""

    frames: int
    seconds: float


class FrameRecord(Plain):
    """Where a picture stands in a video."""

    video: str
    """Key of the video."""
    index: int
    """From 0."""
    time: float
    """Seconds after the first frame."""


class PictureRecord(Plain):
    """A picture or a video that the trace speaks of."""

    key: str
    """SHA-256 of the pixels (`models.picture.Picture.key`), or of a video's file (`models.video.Video.key`)."""
    name: str
    width: int
    height: int
    source: Literal["query", "program"] = "query"
    """Given with the question, or made by the program (a cut-out, a frame of a video)."""
    video: VideoRecord | None = None
    """Of a video."""
    frame: FrameRecord | None = None
    """Of a frame of one."""

    @classmethod
    def of(cls, picture: Picture | Video, source: Literal["query", "program"] = "query") -> Self:
        """The record of a picture, a frame or a video."""
        video = VideoRecord(frames=len(picture), seconds=picture.duration) if isinstance(picture, Video) else None
        frame = None
        if isinstance(picture, Frame):
            frame = FrameRecord(video=picture.video.key, index=picture.index, time=picture.time)
        size = {"width": picture.width, "height": picture.height}
        return cls(key=picture.key, name=picture.name, **size, source=source, video=video, frame=frame)


class PatchValue(Plain):
    """An `ImagePatch`: a box in a picture."""

    type: Literal["patch"] = "patch"
    picture: str
    box: tuple[float, float, float, float]
    phrase: str = ""
    """What it was found as; some tools answer differently by it (`tools.image_patch.ImagePatch.of`)."""


class MaskValue(Plain):
    """A mask: its box, its area in pixels, its outlines as polygons to be drawn, and its exact pixels."""

    type: Literal["mask"] = "mask"
    picture: str
    box: tuple[float, float, float, float]
    area: int
    polygons: list[list[tuple[float, float]]]
    counts: list[int] = []
    """COCO's run lengths (Lin et al., ECCV 2014, "Microsoft COCO: Common Objects in Context"): the pixels of the whole
    picture column by column from its top left corner, so many outside, so many inside, and so on by turns. Empty in
    traces that were written without them."""


class PictureValue(Plain):
    """A whole picture, as a program receives it."""

    type: Literal["picture"] = "picture"
    picture: str


class SegmentValue(Plain):
    """A `VideoSegment`."""

    type: Literal["segment"] = "segment"
    video: str
    """Key of the video."""
    start: int
    end: int
    """Frames, the end exclusive."""
    times: tuple[float, float]
    """Start and end in seconds after the video's first frame."""


class TextValue(Plain):
    """Anything that is not plain data, as text."""

    type: Literal["text"] = "text"
    text: str


Special: TypeAlias = Annotated[
    PatchValue | MaskValue | PictureValue | SegmentValue | TextValue, Field(discriminator="type")
]
Value: TypeAlias = "Special | bool | int | float | str | list[Any] | dict[str, Any] | None"
"""Plain data stays as it is; lists and dicts may hold the special records."""


_SPECIAL: dict[str, type[Plain]] = {
    "patch": PatchValue,
    "mask": MaskValue,
    "picture": PictureValue,
    "segment": SegmentValue,
    "text": TextValue,
}


class SpanRecord(Plain):
    """Lines from 1, columns (characters) from 0, end exclusive: positions in the attempt's program."""

    line: int
    column: int
    end_line: int
    end_column: int


class Step(Plain):
    """One tool call of a program."""

    index: int
    tool: str
    """Qualified name, such as `ImagePatch.find` or `best_image_match`."""
    span: SpanRecord | None
    arguments: dict[str, Restored]
    """By parameter name; the receiver of a method is `self`."""
    result: Restored = None
    error: str | None = None
    seconds: float = 0.0
    """From the call to its result, waiting for the batch included."""
    batch: int = 1
    """Requests in the largest forward pass that this step took part in."""
    cached: bool = False
    """True if no model had to run, because all features were kept."""
    recorded: bool = False
    """True if nothing ran: the result was taken from an earlier trace."""


class ProblemRecord(Plain):
    kind: str
    message: str
    span: SpanRecord | None = None
    detail: str = ""


class Attempt(Plain):
    """One program, from its writing to its end."""

    program: str
    author: str
    problem: ProblemRecord | None = None
    """Why it was refused by the check or stopped while it ran; none if it ended well."""
    steps: list[Step] = []
    output: str = ""
    """What the program printed."""
    result: Restored = None
    plan_seconds: float = 0.0
    check_seconds: float = 0.0
    load_seconds: float = 0.0
    """Waiting for models to load, which the other times leave out."""
    run_seconds: float = 0.0


class StudentRecord(Plain):
    """What a student said before a program was thought of."""

    answer: str
    confidence: float
    """0 to 1: the probability of all its tokens one after the other."""
    threshold: float | None = None
    """Confidence from which on its answer is taken; None where it is taken in any case."""
    taken: bool
    """Whether this is the answer. If not, a program was written."""
    seconds: float = 0.0
    """Of many that were asked together, their time divided by their number."""
    error: str = ""
    """Why it said nothing."""
    rationale: str = ""
    """Why it answers so, in its own words, if it was asked and its answer was taken. Boxes are `[x1, y1, x2, y2]` in
    hundredths of the picture's width and height."""

    def __str__(self) -> str:
        if self.error:
            return self.error
        said = f"“{self.answer}”, {self.confidence:.0%} sure" if self.answer else "nothing"
        if self.threshold is None:
            return said
        than = f"{self.threshold:.0%}"
        if not self.answer:
            return "nothing; a program answers"
        return f"{said}, at least {than}: taken" if self.taken else f"{said}, less than {than}: a program answers"


class Trace(Plain):
    """Everything that happened on the way from a question to its answer."""

    version: int = VERSION
    question: str
    pictures: list[PictureRecord]
    """Each once: those of the question, as far as they could be read, and those that programs made."""
    images: list[str] = []
    """The question's pictures in its order: their keys, `""` for one that could not be read."""
    attempts: list[Attempt]
    student: StudentRecord | None = None
    """What the student said, if it was asked."""
    status: Status
    value: Restored = None
    reason: str = ""
    """Why there is no answer; empty when there is one."""
    kind: str = ""
    """Why it failed: `INPUT`, `PLANNER`, an `agent.program.ProblemKind`, `student`, or `worker` if it ended the
    processes that were to answer it (`agent.runs.ray_batch`); empty if it did not fail."""
    seconds: float = 0.0
    models: dict[str, str] = {}
    """Role to checkpoint, of the specialists and the planner."""

    @property
    def program(self) -> str:
        """Source of the last attempt, or an empty text where nothing was written."""
        return self.attempts[-1].program if self.attempts else ""

    @property
    def steps(self) -> list[Step]:
        """Steps of the last attempt."""
        return self.attempts[-1].steps if self.attempts else []


class Answer(Plain):
    """The answer to a question, or an honest word on why there is none."""

    value: Restored
    status: Status
    reason: str
    trace: Trace
    _pictures: dict[str, Picture] = PrivateAttr(default_factory=dict)

    @property
    def program(self) -> str:
        return self.trace.program

    @property
    def kind(self) -> str:
        return self.trace.kind

    @property
    def pictures(self) -> dict[str, Picture]:
        """The pictures that the trace names, by key, for those who draw it. Not part of the JSON: an answer that was
        read back has none."""
        return self._pictures

    def __str__(self) -> str:
        return text_of(self.value) if self.status == "answered" else f"{self.status}: {self.reason}"


EXACT = 12
"""Digits of a number that is compared with another, as `text_of` writes it."""


def text_of(value: Any, digits: int = 4) -> str:
    """A value in a person's words: yes and no for booleans, numbers of so many digits, lists with commas."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    if isinstance(value, PatchValue | MaskValue):
        return "a region at ({:.0f}, {:.0f}) to ({:.0f}, {:.0f})".format(*value.box)
    if isinstance(value, PictureValue):
        return "a picture"
    if isinstance(value, SegmentValue):
        return "{:.4g} s to {:.4g} s".format(*value.times)
    if isinstance(value, TextValue):
        return value.text
    if isinstance(value, dict) and isinstance(special := restore(value), Plain):
        return text_of(special, digits)
    if isinstance(value, list | tuple):
        return ", ".join(text_of(item, digits) for item in value) if value else "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {text_of(item, digits)}" for key, item in value.items())
    return str(value)
