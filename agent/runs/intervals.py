"""How sure a figure is: intervals at 95 %, and whether two runs differ by more than chance."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

RESAMPLES = 1000
"""Resamples of a bootstrap; at a fixed seed, so that the same rows give the same interval."""

SEED = 0

FEW = 500
"""Different values up to which it is quicker to draw how often each comes than to draw row by row."""

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Figure:
    """A measured number with its 95 % interval."""

    value: float
    low: float
    high: float
    rows: int
    """How many rows (or groups of rows) it was measured on."""
    method: str
    """`wilson`, or `bootstrap` with the number of resamples."""


def proportion(right: int, rows: int) -> Figure:
    """So many right of so many, with Wilson's interval (Wilson 1927), which stays inside 0 to 1 and is sound for few
    rows and for proportions near the ends.

    Raises:
        ValueError: `rows` is not positive, or `right` not from 0 to `rows`.
    """
    if rows <= 0 or not 0 <= right <= rows:
        raise ValueError(f"{right} of {rows} is no proportion")
    p, square = right / rows, _Z * _Z / rows
    middle = (p + square / 2) / (1 + square)
    half = _Z / (1 + square) * math.sqrt(p * (1 - p) / rows + square / (4 * rows))
    # at the ends the formula is exactly p, but for the last bit
    low, high = 0.0 if right == 0 else middle - half, 1.0 if right == rows else middle + half
    return Figure(p, low, high, rows, "wilson")


def mean(values: Sequence[float]) -> Figure:
    """The mean, with a percentile bootstrap interval. Raises ValueError without values."""
    return _bootstrap(np.asarray(values, dtype=np.float64), float)


def root_mean_square(errors: Sequence[float]) -> Figure:
    """The root of the mean of the squares, with a percentile bootstrap interval. Raises ValueError without values."""
    return _bootstrap(np.square(np.asarray(errors, dtype=np.float64)), math.sqrt)


def _bootstrap(values: np.ndarray, of: Callable[[float], float]) -> Figure:
    """A growing function of a mean, and the 2.5 % and 97.5 % percentiles of it over resamples (Efron 1979).

    Args:
        values: `(rows,)` float64.
        of: From the mean of as many values, drawn with replacement, to the figure.
    """
    rows = len(values)
    if not rows:
        raise ValueError("there is nothing to resample")
    chance = np.random.default_rng(SEED)
    different, counts = np.unique(values, return_counts=True)
    if len(different) <= FEW:
        means = chance.multinomial(rows, counts / rows, RESAMPLES) @ different / rows
    else:
        means = np.array([values[chance.integers(rows, size=rows)].mean() for _ in range(RESAMPLES)])
    low, high = np.percentile(means, (2.5, 97.5))
    return Figure(of(float(values.mean())), of(float(low)), of(float(high)), rows, f"bootstrap {RESAMPLES}")


def mcnemar(only_a: int, only_b: int) -> float:
    """Two-sided p of McNemar's exact test (McNemar 1947): how often a fair coin, thrown for each row that only one run
    had right, falls at least as unevenly. 1 where the runs never differ."""
    thrown, fewer = only_a + only_b, min(only_a, only_b)
    if not thrown:
        return 1.0
    heads = np.arange(1, fewer + 1, dtype=np.float64)
    logs = np.concatenate([[0.0], np.cumsum(np.log((thrown - heads + 1) / heads))]) - thrown * math.log(2)
    return min(1.0, 2 * math.fsum(np.exp(logs)))
