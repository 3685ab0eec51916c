"""Forward passes: batches, preparing ahead, and halving when memory runs out."""

import threading

import pytest
import torch

from models.adapter import Adapter


class Doubling(Adapter[int, int]):
    """Doubles numbers; `fits` of them go into the memory of its device."""

    def __init__(self, batch_size: int, fits: int = 100) -> None:
        super().__init__(batch_size)
        self.fits = fits
        self.passes: list[int] = []
        self.preparing: list[str] = []

    def answer(self, requests: list[int]) -> list[int]:
        return self.forward(requests, self.compute, self.prepare)

    def prepare(self, items: list[int]) -> list[int]:
        self.preparing.append(threading.current_thread().name)
        return [item + 1 for item in items]

    def compute(self, prepared: list[int]) -> list[int]:
        if len(prepared) > self.fits:
            raise torch.OutOfMemoryError("too many")
        self.passes.append(len(prepared))
        return [2 * (item - 1) for item in prepared]


@pytest.mark.parametrize(
    ("batch_size", "fits", "count", "passes"),
    [
        (4, 100, 0, []),
        (4, 100, 3, [3]),
        (4, 100, 10, [4, 4, 2]),
        (8, 3, 10, [2, 2, 2, 2, 2]),
        (5, 1, 4, [1, 1, 1, 1]),
        (4, 4, 8, [4, 4]),
    ],
)
def test_passes_fit_and_results_keep_their_order(batch_size: int, fits: int, count: int, passes: list[int]) -> None:
    adapter = Doubling(batch_size, fits)
    assert adapter.run(list(range(count))) == [2 * item for item in range(count)]
    assert adapter.passes == passes
    assert adapter.last_forward == max(passes, default=0)


def test_the_next_batch_is_prepared_in_another_thread() -> None:
    adapter = Doubling(2)
    adapter.run(list(range(6)))
    here = threading.current_thread().name
    assert adapter.preparing[0] == here
    assert len(adapter.preparing) == 3
    assert here not in adapter.preparing[1:]


def test_an_item_that_does_not_fit_alone_is_an_error() -> None:
    with pytest.raises(torch.OutOfMemoryError):
        Doubling(4, 0).run([1, 2, 3])
