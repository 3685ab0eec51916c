"""Which other pictures a program is tried on, to see whether its answer depends on the picture at all.

A program that asks for dogs says "no" on most pictures, and rightly. So pictures are preferred about which somebody
asked with the same words: there it has something to find.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from distill.candidates import Asked

COMMON = 0.05
"""Words in more than this share of the questions say nothing about what is in a picture."""

LISTED = 200
"""Questions that are kept for a word; among more the choice would be no better."""

_WORD = re.compile(r"[^\W\d_]{3,}")


class Pool:
    """The pictures of all questions, and the words they were asked about with."""

    def __init__(self, questions: Iterable[Asked], seed: int = 0) -> None:
        """
        Args:
            questions: those with a picture that cannot be read are left out.
            seed: decides among pictures that are equally good.
        """
        self.seed = seed
        self._pictures: list[tuple[str, ...]] = []
        self._ids: list[str] = []
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        self._of_size: defaultdict[int, list[int]] = defaultdict(list)
        counts: Counter[str] = Counter()
        for asked in questions:
            if not asked.readable:
                continue
            place = len(self._pictures)
            self._pictures.append(asked.record.images)
            self._ids.append(asked.id)
            self._of_size[len(asked.record.images)].append(place)
            for word in set(_words(asked.question)):
                counts[word] += 1
                if len(self._with[word]) < LISTED:
                    self._with[word].append(place)
        most = max(2.0, COMMON * len(self._pictures))
        for word, count in counts.items():
            if count > most:
                del self._with[word]

    def swaps(self, asked: Asked, count: int) -> list[tuple[str, ...]]:
        """Pictures of other questions to try a question's programs on: as many to a question, none of its own.

        Args:
            asked: any question.
            count: how many; fewer where there are no more.

        Returns:
            Keys of pictures, the best first. The same pool and seed give the same.
        """
        own = asked.record.images
        shared: Counter[int] = Counter()
        for word in set(_words(asked.question)):
            shared.update(self._with.get(word, ()))
        ranked = sorted(
            (place for place in shared if len(self._pictures[place]) == len(own)),
            key=lambda place: (-shared[place], self._draw(asked.id, place)),
        )
        chosen: dict[tuple[str, ...], None] = {}
        for place in (*ranked, *self._others(asked, len(own), count)):
            pictures = self._pictures[place]
            if len(chosen) < count and not set(pictures) & set(own):
                chosen.setdefault(pictures)
        return list(chosen)

    def _others(self, asked: Asked, pictures: int, count: int) -> Sequence[int]:
        """More than enough places, drawn from all."""
        places = self._of_size[pictures]
        if len(places) <= LISTED:
            return sorted(places, key=lambda place: self._draw(asked.id, place))
        return [places[int(self._draw(asked.id, number)[:12], 16) % len(places)] for number in range(8 * count)]

    def _draw(self, id: str, number: int) -> str:
        other = self._ids[number] if number < len(self._ids) else str(number)
        return hashlib.sha256(f"{self.seed} {id} {other}".encode()).hexdigest()


def _words(text: str) -> list[str]:
    return [word[:-1] if word.endswith("s") else word for word in _WORD.findall(text.lower())]
