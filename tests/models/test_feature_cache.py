import threading

import numpy as np
import pytest
import torch

from models.feature_cache import FeatureCache, size_of


def block(bytes_: int) -> torch.Tensor:
    return torch.zeros(bytes_, dtype=torch.uint8)


def test_sizes() -> None:
    assert size_of(torch.zeros(3, 5)) == 60
    assert size_of(np.zeros((4, 2))) == 64
    assert size_of((torch.zeros(2), [torch.zeros(1)])) == 64 + 8 + 64 + 4
    assert size_of({"a": torch.zeros(4)}) == 16
    assert size_of("abc") == 67


def test_the_least_recently_used_go_first() -> None:
    cache: FeatureCache[torch.Tensor] = FeatureCache(100)
    for name in "abc":
        cache.put(name, block(30))
    assert cache.get("a") is not None
    cache.put("d", block(40))
    assert [name in cache for name in "abcd"] == [True, False, True, True]
    assert cache.bytes == 100
    assert len(cache) == 3


def test_bounds_and_counts() -> None:
    cache: FeatureCache[torch.Tensor] = FeatureCache(100)
    cache.put("big", block(101))
    assert cache.get("big") is None
    cache.put("x", block(60))
    cache.put("x", block(80))
    assert cache.bytes == 80
    assert cache.get("x") is not None
    assert (cache.hits, cache.misses) == (1, 1)
    cache.put("x", block(200))
    assert "x" not in cache
    assert cache.bytes == 0
    cache.put("y", block(10))
    cache.clear()
    assert (len(cache), cache.bytes, cache.hits) == (0, 0, 1)
    with pytest.raises(ValueError):
        FeatureCache(-1)


def test_many_threads() -> None:
    cache: FeatureCache[torch.Tensor] = FeatureCache(1000)

    def work(seed: int) -> None:
        order = np.random.default_rng(seed).integers(0, 50, 500)
        for number in order.tolist():
            found = cache.get(number)
            assert found is None or found.numel() == number
            cache.put(number, block(number))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.hits + cache.misses == 4000
    assert cache.bytes == sum(number for number in range(50) if number in cache) <= 1000
