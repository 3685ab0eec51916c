"""Answers to one question about many pictures: which are the same, and in what order they are told."""

import math
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from agent.rendering.captions import mentions_in
from agent.trace import PictureValue, Status, text_of

AnswerGroup: TypeAlias = tuple[Status, str]
"""Status and answer in words; all abstentions are one group, and so are all failures: their words are empty."""

_RUNS = re.compile(r"\d+|\D+")


def group_of(status: Status, value: Any) -> AnswerGroup:
    """The group of an answer.

    Regions count: "a region", "3 regions"; where they lie is different in every picture.

    Args:
        status: of the answer.
        value: as plain data (`agent.trace.Value`).
    """
    if status != "answered":
        return status, ""
    items = value if isinstance(value, list) else [value]
    regions = list(mentions_in(items))
    if regions and len(regions) == len(items):
        noun = "picture" if all(isinstance(one, PictureValue) for one in regions) else "region"
        return status, f"a {noun}" if len(items) == 1 else f"{len(items)} {noun}s"
    return status, text_of(value)


def group_order(group: AnswerGroup) -> tuple[int, float, tuple[tuple[bool, int, str], ...]]:
    """What to sort groups by: yes, no, numbers by their size, texts; then the abstained, then the failed."""
    status, words = group
    if status != "answered":
        return (4 if status == "abstained" else 5), 0.0, ()
    lower = words.strip().casefold()
    if lower in ("yes", "no"):
        return 0, float(lower == "no"), ()
    try:
        number = float(lower)
    except ValueError:
        number = math.nan
    if not math.isnan(number):
        return 1, number, ()
    return 2, 0.0, natural_key(words)


def natural_key(text: str) -> tuple[tuple[bool, int, str], ...]:
    """What to sort texts by so that "img10" comes after "img2", and capitals do not matter."""
    runs = _RUNS.findall(text.casefold())
    # Python reads at most 4300 digits as a number
    return tuple((False, int(run), run) if run.isdecimal() and len(run) < 4000 else (True, 0, run) for run in runs)


def most_frequent(counts: Mapping[AnswerGroup, int], shown: int) -> list[tuple[AnswerGroup, int]]:
    """The groups with the most pictures, at most `shown` of them, in the order of their answers; and the abstained and
    the failed, however few."""
    answered = [group for group in counts if group[0] == "answered"]
    told = sorted(answered, key=lambda group: -counts[group])[:shown]
    told += [group for group in counts if group[0] != "answered"]
    return [(group, counts[group]) for group in sorted(told, key=group_order)]
