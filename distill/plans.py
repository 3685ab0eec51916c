"""The programs that were drawn for each question, kept beside a run in files that are written whole or not at all."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from agent.planning.planner import Plan
from agent.runs.run_error import RunError, disk_errors

FOLDER = "plans"


@dataclass(frozen=True)
class Drawn:
    """One program as the planner drew it."""

    program: str
    author: str
    logprob: float | None = None
    """Mean log-probability of its tokens; None where the planner does not tell it."""
    problem: str = ""
    """Why the check refused it."""
    error: str = ""
    """Why the planner gave none."""

    @classmethod
    def of(cls, plan: Plan) -> Self:
        # further digits differ with how many prompts a planner reads at once
        logprob = None if plan.logprob is None else round(plan.logprob, 2)
        problem = str(plan.problems[0]) if plan.problems else ""
        return cls(plan.program.source, plan.program.author, logprob, problem, plan.error)


@dataclass(frozen=True)
class Planned:
    """A question's programs, in the order in which they were drawn."""

    id: str
    drawn: tuple[Drawn, ...]

    def different(self) -> dict[int, Drawn]:
        """Every program once, by the place (from 0) at which it was drawn first."""
        first: dict[str, int] = {}
        for place, one in enumerate(self.drawn):
            first.setdefault(one.program, place)
        return {place: self.drawn[place] for place in first.values()}


class Plans:
    """The folder `plans` of a run: a file for every so many questions."""

    def __init__(self, run: Path) -> None:
        self.folder = run / FOLDER

    def read(self, number: int) -> list[Planned] | None:
        """The questions of a file; None if it was not written yet. Raises RunError if it is damaged."""
        path = self._path(number)
        with disk_errors(self.folder):
            if not path.is_file():
                return None
            text = path.read_text(encoding="utf-8")
        try:
            return [_planned(json.loads(line)) for line in text.splitlines()]
        except (ValueError, KeyError, TypeError) as error:
            raise RunError(f"{path}: the file is damaged ({error}); delete it, and generate again") from None

    def write(self, number: int, planned: Sequence[Planned]) -> None:
        """Raises RunError, as on a full disk."""
        path = self._path(number)
        beside = path.with_suffix(".writing")
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lines = [json.dumps(asdict(one), ensure_ascii=True) + "\n" for one in planned]
            try:
                beside.write_text("".join(lines), encoding="utf-8")
                os.replace(beside, path)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise

    def all(self) -> Iterator[Planned]:
        """All questions that have programs, in the order of their file."""
        number = 0
        while (planned := self.read(number)) is not None:
            yield from planned
            number += 1

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.jsonl"


def _planned(found: dict[str, Any]) -> Planned:
    return Planned(str(found["id"]), tuple(Drawn(**one) for one in found["drawn"]))
