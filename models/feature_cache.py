"""A cache of features, bounded by their size in memory: the least recently used go first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
import torch

Value = TypeVar("Value")


def size_of(value: Any) -> int:
    """Bytes held by the tensors and arrays in a value; containers are searched, anything else counts 64 bytes."""
    if isinstance(value, torch.Tensor):
        return value.element_size() * value.nelement()
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, str | bytes):
        return 64 + len(value)
    if isinstance(value, Mapping):
        return sum(size_of(item) for item in value.values())
    if isinstance(value, Sequence):
        return 64 + sum(size_of(item) for item in value)
    return 64


class FeatureCache(Generic[Value]):
    """Least-recently-used cache with a limit in bytes. All methods may be called from several threads.

    A value larger than the whole cache is not kept; callers hold the value that they have just computed, so that
    nothing depends on whether it was kept.
    """

    def __init__(self, max_bytes: int) -> None:
        if max_bytes < 0:
            raise ValueError(f"a cache cannot hold {max_bytes} bytes")
        self.max_bytes = max_bytes
        self.bytes = 0
        self.hits = 0
        self.misses = 0
        self._items: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """The value kept for `key`, or None. Counts as a use, and as a hit or a miss."""
        with self._lock:
            found = self._items.get(key)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            self._items.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Value) -> None:
        """Keep `value`, dropping the least recently used ones until all fit."""
        size = size_of(value)
        with self._lock:
            if key in self._items:
                self.bytes -= self._items.pop(key)[1]
            if size > self.max_bytes:
                return
            self._items[key] = (value, size)
            self.bytes += size
            while self.bytes > self.max_bytes:
                _, (_, freed) = self._items.popitem(last=False)
                self.bytes -= freed

    def clear(self) -> None:
        """Forget all values. The counts of hits and misses stay."""
        with self._lock:
            self._items.clear()
            self.bytes = 0

    def __contains__(self, key: Hashable) -> bool:
        """Whether a value is kept. Counts neither as a use nor as a hit."""
        with self._lock:
            return key in self._items

    def __len__(self) -> int:
        with self._lock:
            return len(self._items)
