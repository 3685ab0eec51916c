"""The student before the programs: it is asked first, and its answer stands where it is sure.

`program` never asks it, `student` always takes its answer, and `auto` takes it from a confidence on that was found on
validation questions (`models.student`); below, a program is written. What it said, and whether that was taken, is in
the trace either way.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from agent.pipeline import Asked, read_picture
from agent.program import QueryError
from agent.running.execution import line_of
from agent.trace import UNANSWERABLE, StudentRecord
from models.picture import Picture
from models.presets import Preset, PresetError
from models.video import Video

if TYPE_CHECKING:
    from models.student import Reply, Student

By: TypeAlias = Literal["program", "student", "auto"]
"""Who answers."""

BY: tuple[By, ...] = get_args(By)


def check_student(preset: Preset, by: By) -> None:
    """Raises PresetError if a preset has no student, and one is to be asked."""
    if by != "program" and preset.student is None:
        raise PresetError(
            f"preset {preset.name} has no student, so only programs can answer; `sight distill train` makes one, and a "
            "preset names it with a `student:` line"
        )


class StudentStage:
    """Takes questions on their way to the planner past the student. Threads may share one."""

    def __init__(self, student: "Callable[[], Student]", by: By, explain: bool = False) -> None:
        """
        Args:
            student: gives the model, loading it if need be.
            by: `student` or `auto`.
            explain: it says why, too, where its answer is taken.
        """
        self.student, self.by, self.explain = student, by, explain

    def through(self, asked: Iterable[Asked], many: bool = True) -> Iterator[Asked]:
        """The same questions in the same order; those that the student answers have ended.

        Args:
            asked: questions that nobody has begun with.
            many: take as many at a time as the student's batch holds.

        Raises:
            PresetError, CheckpointError: there is no student, or it cannot be loaded.
            QueryError: it is not known from what confidence on it may answer.
        """
        source = iter(asked)
        for first in source:
            model = self.student()
            if self.by == "auto" and model.threshold is None:
                raise QueryError(
                    "it is not known when the student is sure enough: `sight distill calibrate` finds its threshold, "
                    "or write `threshold: 0.8` below `student:` in the preset"
                )
            chunk = [first, *islice(source, model.batch_size - 1 if many else 0)]
            self._ask(model, [one for one in chunk if self._is_for_it(one)])
            yield from chunk

    def _is_for_it(self, asked: Asked) -> bool:
        """Not given programs, nor, if there is a choice, questions that lean on earlier ones."""
        return asked.task.program is None and (self.by == "student" or not asked.task.history)

    def _ask(self, model: "Student", chunk: list[Asked]) -> None:
        """Let the student answer those whose pictures can be read; the others the pipeline refuses."""
        pictures: dict[Asked, tuple[Picture, ...]] = {}
        for asked in chunk:
            read = _read(asked) if asked.question else None
            if read is None:
                continue
            seen = tuple(one for one in read if isinstance(one, Picture))
            if seen and len(seen) == len(read):
                pictures[asked] = seen
            elif self.by == "student":
                self._failed(asked, "the student sees pictures, and nothing else; ask with `auto`, or for a program")
        if not pictures:
            return
        began = time.perf_counter()
        shown = {one: (one.question, [picture.image for picture in pictures[one]]) for one in pictures}
        try:
            replies = dict(zip(shown, model.replies(list(shown.values())), strict=True))
            taken = [one for one, reply in replies.items() if self.by == "student" or self._sure(model, reply)]
            said = model.rationales([shown[one] for one in taken]) if self.explain and taken else [""] * len(taken)
        except Exception as error:
            for asked in pictures:
                self._failed(asked, f"the student broke: {line_of(error)}")
            return
        each = (time.perf_counter() - began) / len(pictures)
        rationales = dict(zip(taken, said, strict=True))
        for asked, reply in replies.items():
            asked.student = StudentRecord(
                answer=reply.text,
                confidence=reply.confidence,
                threshold=model.threshold if self.by == "auto" else None,
                taken=asked in rationales,
                seconds=each,
                rationale=rationales.get(asked, ""),
            )
            if asked not in rationales:
                continue
            asked.images = pictures[asked]
            if reply.text == UNANSWERABLE:
                asked.status, asked.reason = "abstained", "the student says that this cannot be answered"
            elif reply.text:
                asked.status, asked.value = "answered", reply.text
            else:
                asked.fail("student", "the student said nothing")

    @staticmethod
    def _sure(model: "Student", reply: "Reply") -> bool:
        return bool(reply.text) and reply.confidence >= (model.threshold or 0.0)

    def _failed(self, asked: Asked, reason: str) -> None:
        asked.student = StudentRecord(answer="", confidence=0.0, taken=self.by == "student", error=reason)
        if self.by == "student":
            asked.fail("student", reason)


def _read(asked: Asked) -> tuple[Picture | Video, ...] | None:
    """Its pictures; None if one of them cannot be read. They are not kept with the question: if it goes on to the
    planner, many others come before it."""
    if asked.images:
        return asked.images
    try:
        return tuple(read_picture(one) for one in asked.task.images)
    except Exception:  # a callable of the caller's may raise anything; the pipeline tells what
        return None
