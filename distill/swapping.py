"""Which other pictures a program is tried on, to see whether its answer depends on the picture at all.

A program that asks for dogs says "no" on most pictures, and rightly. So those pictures are preferred of which it is
known, from the steps of all programs of the run, that a tool says something else there than on the program's own.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeAlias

from agent.trace import PatchValue, Trace
from distill.candidates import Asked, Candidate, looks

LISTED = 100
"""Questions that are kept for each thing that a tool said; among more the choice would be no better."""

DRAWN = 20
"""Questions drawn for each one wanted, where nothing is known: some are about the program's own picture."""

PRESENCE = 3
"""What it counts that something is there on one of two pictures alone; any other difference counts 1."""

Fact: TypeAlias = tuple[Hashable, Hashable]
"""What was asked (place of the picture, tool, texts), and what the tool said."""


class Pool:
    """The pictures of all questions of a run, and what tools said of them."""

    def __init__(self, questions: Iterable[Asked], seed: int = 0) -> None:
        """
        Args:
            questions: those with a picture that cannot be read are left out.
            seed: decides among pictures that are equally good.
        """
        self.seed = seed
        self._pictures: list[tuple[str, ...]] = []
        self._known: defaultdict[Hashable, defaultdict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._of_size: defaultdict[int, list[int]] = defaultdict(list)
        places: dict[tuple[str, ...], int] = {}
        for asked in questions:
            if not asked.readable:
                continue
            pictures = asked.record.images
            if pictures not in places:
                places[pictures] = len(self._pictures)
                self._pictures.append(pictures)
                self._of_size[len(pictures)].append(places[pictures])
            told = {fact for one in asked.candidates for fact in facts(one.trace)}
            for thing, said in sorted(told, key=repr):
                listed = self._known[thing][said]
                if len(listed) < LISTED and places[pictures] not in listed:
                    listed.append(places[pictures])

    def swaps(self, candidate: Candidate, count: int) -> list[tuple[str, ...]]:
        """Pictures of other questions to try a program on: as many to a question, none of its own.

        Args:
            candidate: a program that ran.
            count: how many; fewer where there are no more.

        Returns:
            Keys of pictures, the best first. The same pool and seed give the same.
        """
        own = candidate.record.images
        better: Counter[int] = Counter()
        for thing, said in set(facts(candidate.trace)):
            for other, listed in self._known.get(thing, {}).items():
                if other != said:
                    better.update(dict.fromkeys(listed, PRESENCE if {said, other} == {"yes", "no"} else 1))
        name = f"{self.seed} {candidate.record.question} {' '.join(own)}"
        ranked = sorted(
            (place for place in better if len(self._pictures[place]) == len(own)),
            key=lambda place: (-better[place], self._draw(name, self._pictures[place])),
        )
        chosen: list[tuple[str, ...]] = []
        for place in (*ranked, *self._drawn(name, len(own), count)):
            pictures = self._pictures[place]
            if len(chosen) < count and pictures not in chosen and not set(pictures) & set(own):
                chosen.append(pictures)
        return chosen

    def _drawn(self, name: str, pictures: int, count: int) -> Sequence[int]:
        places = self._of_size[pictures]
        if len(places) <= DRAWN * count:
            return sorted(places, key=lambda place: self._draw(name, self._pictures[place]))
        return [places[int(self._draw(name, (str(n),))[:12], 16) % len(places)] for n in range(DRAWN * count)]

    @staticmethod
    def _draw(name: str, pictures: tuple[str, ...]) -> str:
        return hashlib.sha256(f"{name} {' '.join(pictures)}".encode()).hexdigest()


def facts(trace: Trace) -> Iterator[Fact]:
    """What tools said of whole pictures. That there is something is the same whether it was looked for or counted."""
    sizes = {record.key: (float(record.width), float(record.height)) for record in trace.pictures}
    for step in trace.steps:
        patch = step.arguments.get("self")
        if not looks(step) or not isinstance(patch, PatchValue) or patch.picture not in trace.images:
            continue
        if patch.box != (0.0, 0.0, *sizes[patch.picture]):
            continue
        texts = tuple(repr(value) for name, value in step.arguments.items() if name != "self")
        place = trace.images.index(patch.picture)
        if isinstance(step.result, list):
            yield (place, "there is", texts), "yes" if step.result else "no"
            yield (place, step.tool, texts), len(step.result)
        elif step.tool.endswith(".exists"):
            yield (place, "there is", texts), "yes" if step.result else "no"
        else:
            yield (place, step.tool, texts), repr(step.result)
