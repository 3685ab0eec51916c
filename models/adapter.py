"""What all adapters share: one `run` over many requests, split into forward passes that fit."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

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

    def forward(self, items: Sequence[Item], function: Callable[[list[Item]], Sequence[Value]]) -> list[Value]:
        """Apply `function` to the items, `batch_size` at a time, and note the largest pass in `last_forward`.

        A pass for which the memory of the device is not enough is tried again with half as many.
        """
        values: list[Value] = []
        size = self.batch_size
        while len(values) < len(items):
            batch = list(items[len(values) : len(values) + size])
            try:
                values += function(batch)
            except torch.OutOfMemoryError:
                if len(batch) == 1:
                    raise
                size = len(batch) // 2
                continue
            self.last_forward = max(self.last_forward, len(batch))
        return values
