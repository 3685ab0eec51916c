"""What people say of answers, kept in a run: the question, its pictures and trace, and the right answer as its label.

A confirmed answer is its own label, a corrected one has the correction, and one that is only called wrong has none.
`Store.records()` of such a run reads as that of any other, so that what trains on labelled rows trains on these.
"""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeAlias

from agent.runs.record import Record
from agent.runs.row import PictureData, Row
from agent.runs.run_error import RunError
from agent.runs.settings import RunSettings
from agent.runs.store import Store
from agent.trace import text_of
from chat.conversation import Conversation, Exchange
from chat.follow_up import refers_back

Verdict: TypeAlias = Literal["right", "wrong"]

FAMILIES = {"right": "confirmed", "wrong": "rejected"}
"""`Record.family` of what was called right and wrong; of what was put right it is `corrected`."""

MAX_CORRECTION = 500
"""Characters."""

_SETTINGS = RunSettings(
    source="chat",
    format="feedback",
    fingerprint="",
    preset="as each trace tells",
    planner="as each trace tells",
)


def default_folder() -> Path:
    """Where feedback goes if no run is named: a folder of the person's own."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "sightscript" / "feedback"


class Feedback:
    """The run that feedback is kept in. Opened with the first word, and then held until `close`. Threads may share it.

    Args:
        folder: of the run; it is made if need be.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder) if folder else default_folder()
        self._store: Store | None = None
        self._next = 0
        self._lock = threading.Lock()

    def keep(self, conversation: Conversation, exchange: Exchange, verdict: Verdict, correction: str = "") -> Record:
        """Keep a verdict; one on the same exchange takes the place of that before it.

        Args:
            correction: the right answer, if the person knows it.

        Raises:
            RunError: the run cannot be written, or belongs to something else.
            ValueError: there is nothing to judge, or the correction is too long. One line.
        """
        answer = exchange.answer
        if answer is None:
            raise ValueError("there is no answer to judge")
        if not exchange.pictures:
            raise ValueError("the pictures of this question were deleted after their time, so it cannot be kept")
        correction = " ".join(correction.split())
        if len(correction) > MAX_CORRECTION:
            raise ValueError(f"the right answer may have {MAX_CORRECTION} characters, not {len(correction)}")
        row = Row(
            id=exchange.id,
            question=exchange.question,
            images=tuple(PictureData(b"", picture.name) for picture in exchange.pictures),
            answers=self._label(exchange, verdict, correction),
            family="corrected" if verdict == "wrong" and correction else FAMILIES[verdict],
            group=conversation.id,
        )
        made = {picture.key: picture for picture in exchange.pictures} | answer.pictures
        with self._lock:
            store = self._open()
            store.drop([row.id])
            record = Record.of(row, self._next, answer)
            store.put(record, made)
            self._next += 1
        exchange.verdict, exchange.correction = verdict, correction
        return record

    @staticmethod
    def _label(exchange: Exchange, verdict: Verdict, correction: str) -> tuple[str, ...]:
        if exchange.history and refers_back(exchange.question):
            return ()  # without what was said before, the question has no right answer
        if correction and verdict == "wrong":
            return (correction,)
        answer = exchange.answer
        if verdict == "right" and answer is not None and answer.status == "answered":
            return (text_of(answer.value),)
        return ()

    def _open(self) -> Store:
        if self._store is None:
            settings = RunSettings(**{**vars(_SETTINGS), "created": datetime.now(UTC).isoformat(timespec="seconds")})
            self._store = Store.open(self.folder, settings)
            self._next = 1 + max((record.position for record in self._store.records()), default=-1)
        return self._store

    def check(self) -> None:
        """See that the run can be written, if it is there already. Raises RunError."""
        if (self.folder / "run.sqlite").exists():
            with self._lock:
                self._open()

    def close(self) -> None:
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


__all__ = ["FAMILIES", "Feedback", "RunError", "Verdict", "default_folder"]
