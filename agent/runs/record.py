"""How a row of a batch ended: everything about it but its trace, flat, so that a million can be read quickly."""

import json
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Self

from pydantic import BaseModel

from agent.runs.row import BadRow, PictureData, Row
from agent.trace import EXACT, INPUT, Answer, Status, Trace, Value, restore, text_of
from models.picture import Box


@dataclass(frozen=True)
class Record:
    """A row that has ended. Times are in seconds."""

    id: str
    position: int
    """Of the row in its file, from 0."""
    question: str
    family: str
    group: str
    split: str
    images: tuple[str, ...]
    """Keys of its pictures (`models.picture.Picture.key`), `""` for one that could not be read."""
    names: tuple[str, ...]
    """Their files, as given."""
    answers: tuple[str, ...]
    """Right answers, as in `Row`."""
    box: Box | None
    """The right region: `xyxy` pixels of the first picture, origin top left."""
    status: Status
    answer: str
    """In words (`agent.trace.text_of`); empty where there is none."""
    value: Value
    """The answer as the trace holds it."""
    reason: str
    """Why there is no answer; empty where there is one."""
    kind: str
    """Why it failed, as in `agent.trace.Trace`."""
    program: str
    author: str
    attempts: int
    """Programs that were written."""
    calls: int
    """Tool calls of all attempts."""
    seconds: float
    plan_seconds: float
    run_seconds: float
    finished: str
    """ISO time, UTC."""
    trace: Trace | None = field(default=None, repr=False, compare=False)
    """Of one that has just ended. A record that was read from a store has none: `Store.trace` reads it."""

    @classmethod
    def of(cls, row: Row, position: int, answer: Answer) -> Self:
        """The record of a row that was asked."""
        trace = answer.trace
        names = tuple(source.name if isinstance(source, PictureData) else str(source) for source in row.images)
        return cls(
            id=readable(row.id),
            position=position,
            question=readable(row.question),
            family=readable(row.family),
            group=readable(row.group),
            split=readable(row.split),
            images=tuple(trace.images) or ("",) * len(names),
            names=tuple(readable(name) for name in names),
            answers=tuple(readable(one) for one in row.answers),
            box=row.box,
            status=answer.status,
            answer=text_of(answer.value, EXACT) if answer.status == "answered" else "",
            value=answer.value,
            reason=readable(answer.reason),
            kind=answer.kind,
            program=readable(trace.program),
            author=trace.attempts[-1].author if trace.attempts else "",
            attempts=len(trace.attempts),
            calls=sum(len(attempt.steps) for attempt in trace.attempts),
            seconds=trace.seconds,
            plan_seconds=sum(attempt.plan_seconds for attempt in trace.attempts),
            run_seconds=sum(attempt.run_seconds for attempt in trace.attempts),
            finished=_now(),
            trace=trace,
        )

    @classmethod
    def refused(cls, bad: BadRow, position: int) -> Self:
        """The record of a row that could not be asked: failed, of kind `input`."""
        reason, question = readable(f"{bad.where}: {bad.reason}"), readable(bad.question)
        return cls(
            id=readable(bad.id),
            position=position,
            question=question,
            family="",
            group="",
            split="",
            images=(),
            names=(),
            answers=(),
            box=None,
            status="failed",
            answer="",
            value=None,
            reason=reason,
            kind=INPUT,
            program="",
            author="",
            attempts=0,
            calls=0,
            seconds=0.0,
            plan_seconds=0.0,
            run_seconds=0.0,
            finished=_now(),
            trace=Trace(question=question, pictures=[], attempts=[], status="failed", reason=reason, kind=INPUT),
        )

    def as_dict(self) -> dict[str, Any]:
        """All but the trace as plain JSON data. Regions and masks in `value` are dicts with a `type`."""
        found = {name: getattr(self, name) for name in FIELDS}
        return {name: plain(value) for name, value in found.items()}

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> Self:
        """What `as_dict` made. Raises KeyError and TypeError if a field is missing or unknown."""
        box = found["box"]
        told = found | {name: tuple(found[name]) for name in ("images", "names", "answers")}
        return cls(**told | {"box": None if box is None else tuple(box), "value": restore(found["value"])})


FIELDS = tuple(one.name for one in fields(Record) if one.name != "trace")
"""Names of what a record holds, in order; without the trace."""


def plain(value: Any) -> Any:
    """A `Value` as JSON data: its special records as dicts."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def readable(text: str) -> str:
    """Text without lone surrogates, which neither SQLite nor UTF-8 can hold: a file name that is no UTF-8 has them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def dumps(value: Any) -> str:
    """JSON in one line, for a column of the store."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
