"""Which split a question belongs to: by its pictures, so that no picture of the test split is trained on."""

import hashlib
from collections.abc import Iterable, Mapping

from distill.example import SPLITS

SHARES = {"val": 0.05, "test": 0.1}
"""Of the pictures whose questions name no split."""

_NAMES = {"test": ("test",), "val": ("val", "dev", "minival"), "train": ("train",)}
"""How the names of a split begin in published data sets: `testdev_balanced`, `testA`, `val2014`, `trainval`."""


def assign(
    questions: Iterable[tuple[str, tuple[str, ...], str]], shares: Mapping[str, float] = SHARES, seed: int = 0
) -> tuple[dict[str, str], int]:
    """Give every question a split. Questions that share a picture, directly or through others, are in the same one.

    Args:
        questions: id, keys of the pictures, and the split that the question names, or an empty text.
        shares: of `val` and `test`, where no split is named.
        seed: decides, with the pictures, where no split is named: the same pictures go to the same split in any run.

    Returns:
        Split by id, and how many questions name another split than the one they got: of those that share pictures, one
        of `test` draws the others with it, and one of `val` those of `train`.
    """
    asked = list(questions)
    above: dict[str, str] = {}

    def root(key: str) -> str:
        while above.setdefault(key, key) != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for _, keys, _ in asked:
        for key in keys[1:]:
            one, other = sorted((root(keys[0]), root(key)))
            above[other] = one
    named: dict[str, str] = {}
    for _, keys, split in asked:
        known = named_split(split)
        if known is not None:
            group = root(keys[0])
            named[group] = max(known, named.get(group, known), key=SPLITS.index)
    found: dict[str, str] = {}
    moved = 0
    for id, keys, split in asked:
        group = root(keys[0])
        found[id] = named[group] if group in named else _drawn(group, shares, seed)
        moved += named_split(split) not in (None, found[id])
    return found, moved


def named_split(name: str) -> str | None:
    """The split that a name of a data set's own means; None if it means none."""
    word = name.strip().lower()
    return next((split for split, starts in _NAMES.items() if word.startswith(starts)), None)


def _drawn(group: str, shares: Mapping[str, float], seed: int) -> str:
    place = int(hashlib.sha256(f"{seed} {group}".encode()).hexdigest()[:12], 16) / 16**12
    if place < shares.get("test", 0):
        return "test"
    return "val" if place < shares.get("test", 0) + shares.get("val", 0) else "train"
