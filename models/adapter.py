"""What all adapters share: one `run` over many requests, split into forward passes that fit."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

import torch

from models.requests import SpecialistError

Req = TypeVar("Req")
Res = TypeVar("Res")
Item = TypeVar("Item")
Value = TypeVar("Value")


class Adapter(ABC, Generic[Req, Res]):
    """Base of the specialists that hold a model. `run` may be called from several threads; one at a time runs."""

    def __init__(self, batch_size: int) -> None:
        """`batch_size` is the number of pictures (or prompts) in one forward pass, at least 1."""
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size}")
        self.batch_size = batch_size
        self.last_forward = 0
        """Pictures in the largest forward pass of the last `run`; 0 if everything came from caches."""
        self._lock = threading.RLock()

    def run(self, requests: Sequence[Req]) -> list[Res | SpecialistError]:
        """Answer every request, in order. One that cannot be answered gets a SpecialistError in its place."""
        with self._lock, torch.inference_mode():
            self.last_forward = 0
            answers: list[Res | SpecialistError | None] = [self.refuse(request) for request in requests]
            asked = [index for index, answer in enumerate(answers) if answer is None]
            for index, answer in zip(asked, self.answer([requests[index] for index in asked]), strict=True):
                answers[index] = answer
            return [answer for answer in answers if answer is not None]

    def refuse(self, request: Req) -> SpecialistError | None:
        """Why a request makes no sense, or None."""
        return None

    @abstractmethod
    def answer(self, requests: list[Req]) -> "Sequence[Res | SpecialistError]":
        """Answers to requests that were not refused, in order."""

    def forward(
        self,
        items: Sequence[Item],
        compute: Callable[[Any], Sequence[Value]],
        prepare: Callable[[list[Item]], Any] | None = None,
    ) -> list[Value]:
        """Apply `compute` to the items, `batch_size` at a time, and note the largest pass in `last_forward`.

        With `prepare`, `compute` gets what that makes of the items, and the next batch is prepared in another thread
        while this one is computed. A pass for which the memory of the device is not enough is tried again with half as
        many.
        """
        prepare = prepare or _as_they_are
        values: list[Value] = []
        size = self.batch_size
        batch = list(items[:size])
        ready = prepare(batch) if batch else None
        while batch:
            start = len(values)
            following = list(items[start + len(batch) : start + len(batch) + size])
            ahead = _PREPARING.submit(prepare, following) if following and prepare is not _as_they_are else None
            try:
                values += compute(ready)
            except torch.OutOfMemoryError:
                if len(batch) == 1:
                    raise
                size = len(batch) // 2
                batch = batch[:size]
                ready = prepare(batch)
                continue
            self.last_forward = max(self.last_forward, len(batch))
            batch, ready = following, ahead.result() if ahead else following
        return values


_PREPARING = ThreadPoolExecutor(1, "sightscript-prepare")
"""One thread for all adapters: only one of them has its turn on a device. It starts with the first use."""


def _as_they_are(items: Any) -> Any:
    return items
