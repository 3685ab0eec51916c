"""What language models replied, kept on disk: a stage that was stopped asks nothing twice and ends with the same."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from distill.dataset import DatasetError, dataset_errors

BATCH = 32
"""Conversations that a model is given together, and that are lost at most if it is stopped."""


class Replies:
    """A language model that remembers what it said."""

    def __init__(self, model: BaseChatModel, name: str, file: str | Path) -> None:
        """
        Args:
            model: any chat model.
            name: of the model; another one is asked anew.
            file: where replies are kept, made if need be.

        Raises:
            DatasetError: the file cannot be written.
        """
        self.model, self.name, self.file = model, name, Path(file)
        with dataset_errors(self.file.parent):
            self.file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._kept = sqlite3.connect(self.file)
            with self._kept:
                self._kept.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, text TEXT NOT NULL)")
        except sqlite3.Error as error:
            raise DatasetError(f"{self.file}: replies cannot be kept here ({error})") from error

    def ask(self, conversations: Sequence[Sequence[BaseMessage]]) -> list[str]:
        """What the model says to each conversation, asked or remembered.

        Raises:
            DatasetError: the model gives no reply, or the disk is full.
        """
        keys = [self._key(one) for one in conversations]
        known = {key: text for key in set(keys) if (text := self._find(key)) is not None}
        new = {key: list(one) for key, one in zip(keys, conversations, strict=True) if key not in known}
        waiting = list(new.items())
        for start in range(0, len(waiting), BATCH):
            part = waiting[start : start + BATCH]
            try:
                replies = self.model.batch([messages for _, messages in part])
            except Exception as error:
                line = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
                raise DatasetError(f"the language model {self.name} gave no reply: {line}") from error
            known.update((key, reply.text) for (key, _), reply in zip(part, replies, strict=True))
            self._keep({key: known[key] for key, _ in part})
        return [known[key] for key in keys]

    def _key(self, messages: Sequence[BaseMessage]) -> str:
        told: list[Any] = [self.name, *((one.type, one.text) for one in messages)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def _find(self, key: str) -> str | None:
        found = self._kept.execute("SELECT text FROM replies WHERE key = ?", (key,)).fetchone()
        return None if found is None else str(found[0])

    def _keep(self, replies: dict[str, str]) -> None:
        try:
            with self._kept:
                self._kept.executemany("INSERT OR REPLACE INTO replies VALUES (?, ?)", replies.items())
        except sqlite3.Error as error:
            raise DatasetError(f"{self.file}: replies cannot be kept ({error}); make room and run again") from error

    def close(self) -> None:
        self._kept.close()
