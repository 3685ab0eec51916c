"""Curated questions with their programs, and the few of them that resemble a question: what the planner learns from."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml

from models.planner_format import Subject

FILE = Path(__file__).with_name("examples.yaml")

_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Example:
    question: str
    program: str
    pictures: Subject = 1
    """What it is about."""


@cache
def curated() -> tuple[Example, ...]:
    """The examples that come with the project."""
    return tuple(Example(**entry) for entry in yaml.safe_load(FILE.read_text(encoding="utf-8")))


def _is_still(subject: Subject) -> bool:
    return isinstance(subject, int)


def _kind(subject: Subject) -> str:
    return subject if isinstance(subject, str) else "picture" if subject == 1 else "pictures"


class Shelf:
    """Examples, ordered on request by how much they resemble a question.

    Resemblance is the cosine of TF-IDF vectors over words and pairs of words: the shape of a question ("how many ...
    each ...") says more about its program than the things it speaks of, and pairs carry that shape.
    """

    def __init__(self, examples: Sequence[Example] | None = None) -> None:
        self.examples = tuple(curated() if examples is None else examples)
        counts = [Counter(_terms(example.question)) for example in self.examples]
        still = [count for count, example in zip(counts, self.examples, strict=True) if _is_still(example.pictures)]
        # Rare is what is rare in questions about pictures: "appear" must not count for little there because of videos.
        self._still, self._all = _weights(still), _weights(counts)
        self._vectors = [self._vector(count, one.pictures) for count, one in zip(counts, self.examples, strict=True)]

    def nearest(self, question: str, k: int, subject: Subject = 1) -> list[Example]:
        """The `k` examples that resemble the question most, the most similar last, where a model heeds it most.

        Examples about the same as the question (one picture, several, a video, the album) go before others. Those about
        a video or the album are for questions about it alone: they call tools that need not be there otherwise.
        """
        asked = self._vector(Counter(_terms(question)), subject)
        kind = _kind(subject)

        def rank(index: int) -> tuple[bool, float, int]:
            example = self.examples[index]
            similarity = sum(weight * self._vectors[index].get(term, 0.0) for term, weight in asked.items())
            return _kind(example.pictures) == kind, similarity, -index

        fit = [
            index
            for index, example in enumerate(self.examples)
            if _is_still(example.pictures) or _kind(example.pictures) == kind
        ]
        best = sorted(fit, key=rank, reverse=True)[: max(0, k)]
        return [self.examples[index] for index in reversed(best)]

    def _vector(self, count: Counter[str], subject: Subject) -> dict[str, float]:
        weights = self._still if _is_still(subject) else self._all
        raw = {term: number * weights.get(term, 0.0) for term, number in count.items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        return {term: weight / length for term, weight in raw.items() if weight}


def _weights(counts: Sequence[Counter[str]]) -> dict[str, float]:
    seen = Counter(term for count in counts for term in count)
    return {term: math.log((1 + len(counts)) / (1 + number)) + 1 for term, number in seen.items()}


def _terms(question: str) -> list[str]:
    words = _WORD.findall(question.lower().replace("color", "colour"))
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]
