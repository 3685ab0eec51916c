"""Questions become runs with several programs each: the first stage of the distillation.

A run of this kind is a folder like any other run (`sight show` reads it) with a row for every different program,
`ID#1`, `ID#2` and so on, of the group `ID`. Beside the database lie `plans/`, what was drawn, and `swapped/`, a run of
its own: programs that were right, on pictures of other questions.

Every stage can be stopped and goes on where it was. Programs are drawn for the same questions together whenever that
happens, so that a planner whose draws follow from its seed draws the same again. A question that is asked of several
pictures, word for word, is drawn for once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from agent.agent import VisualAgent
from agent.pipeline import Task
from agent.program import Program, Query, QueryError
from agent.runs.batch import Batch, Progress
from agent.runs.row import BadRow, PictureData, Row
from agent.runs.settings import RunSettings
from agent.runs.store import Store
from distill.candidates import NOT_DRAWN, SWAPPED, Asked, Candidate, RunReader, row_id, swap_id
from distill.plans import Drawn, Planned, Plans
from distill.swapping import Pool
from distill.verify import VERIFIED, Judge, unmoved, verify
from models.picture import Picture
from models.video import is_video

SAMPLES, TEMPERATURE = 5, 0.5
"""Programs a question and the temperature they are drawn at, as in Visual Program Distillation."""

SWAPS = 5
"""Other pictures that a right program is tried on at most; it stops at the first that changes its answer."""

CHUNK = 128
"""Questions whose programs are drawn together, and kept in one file."""


PlannerKey = tuple[str, int, bool, int]
"""A question, the number of its pictures, whether a video is among them, and how many programs it is to have."""


@dataclass(frozen=True)
class Generation:
    """How programs are drawn."""

    samples: int = SAMPLES
    temperature: float = TEMPERATURE
    swaps: int = SWAPS
    seed: int = 0
    several: Mapping[str, int] = field(default_factory=dict)
    """Of a split, the first so many questions get `samples` programs, and the others one, the likeliest. A split that
    is not named: all."""
    drawn: Mapping[str, int] = field(default_factory=dict)
    """Of a split, the first so many questions get programs, and the others teach their labels alone. A split that is
    not named: all."""

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise ValueError(f"a question needs at least one program, not {self.samples}")
        if not 0 <= self.temperature <= 2:
            raise ValueError(f"the temperature is between 0 and 2, not {self.temperature}")
        if self.samples > 1 and self.temperature == 0:
            raise ValueError("several programs at temperature 0 are all the same; raise it, or draw one")
        if self.swaps < 0:
            raise ValueError(f"the number of swapped pictures cannot be {self.swaps}")
        if (least := min((*self.several.values(), *self.drawn.values()), default=0)) < 0:
            raise ValueError(f"the number of questions with programs cannot be {least}")

    def draws(self, split: str, place: int) -> int:
        """Programs for a question: the `place`-th of its split, from 0."""
        if place >= self.drawn.get(split, place + 1):
            return 0
        return self.samples if place < self.several.get(split, place + 1) else 1


def generate(
    agent: VisualAgent,
    questions: Callable[[], Iterable[Row | BadRow]],
    store: Store,
    how: Generation,
    on_progress: Callable[[str, Progress], None] | None = None,
    judge: Judge | None = None,
    on_draw: Callable[[int], None] | None = None,
) -> None:
    """Draw programs for questions, run them, and run the right ones again on swapped pictures.

    Stopped at any moment, Ctrl-C and kill included, a call with the same arguments goes on.

    Args:
        agent: plans and runs. Its planner is loaded only where a question has no program of its own.
        questions: gives the rows, in the order of their file. A row with a program has that one and no other.
        store: the run, open for writing, whose settings `settings_of` made.
        how: as in the settings of the store.
        on_progress: told the stage, `programs` or `swapped`, and how far it is, after every row.
        judge: decides, for the swapped pictures, where an answer is the label in other words.
        on_draw: told, before the planner is asked, for how many questions; it may be long before they are run.

    Raises:
        RunError: the store cannot be written, as on a full disk.
        QueryError, PresetError, CheckpointError: the planner cannot be loaded.
    """
    tell = on_progress or (lambda stage, progress: None)
    plans = Plans(store.folder)
    batch = Batch(store, lambda progress: tell("programs", progress), store.done())
    rows = _numbered(agent, questions(), plans, store, how, on_draw or (lambda asked: None))
    tasks = (
        Task(row.question, _images(row), Program(row.program or "", author), tag=(position, row))
        for (position, row), author in _fresh(batch, rows)
    )
    with closing(agent.answers(tasks)) as answers:
        for task, answer in answers:
            position, row = task.tag
            batch.keep(position, row, answer)
    store.set_total(sum(store.counts().values()))
    if how.swaps:
        settings = replace(store.settings, options={**store.settings.options, "stage": SWAPPED})
        with Store.open(store.folder / SWAPPED, settings) as swapped:
            _swap(agent, store.folder, swapped, how, judge, tell)


def settings_of(settings: RunSettings, how: Generation, limit: int | None = None) -> RunSettings:
    """Settings of a run of questions, with how programs are drawn and for how many of the questions."""
    drawn = {"samples": how.samples, "temperature": how.temperature, "swaps": how.swaps, "seed": how.seed}
    shares = {"several": dict(how.several), "drawn": dict(how.drawn)}
    told = {name: share for name, share in shares.items() if share}  # else a run begun before these options goes on
    return replace(settings, options={**settings.options, **drawn, **told, "limit": limit})


# ---------------------------------------------------------------------- programs


def _numbered(
    agent: VisualAgent,
    questions: Iterable[Row | BadRow],
    plans: Plans,
    store: Store,
    how: Generation,
    on_draw: Callable[[int], None],
) -> Iterator[tuple[tuple[int, Row | BadRow], str]]:
    """A row for each different program, with its position, and who wrote it."""
    numbered = enumerate(questions)
    known: dict[PlannerKey, tuple[Drawn, ...]] = {}
    places: Counter[str] = Counter()
    for number, chunk in enumerate(iter(lambda: list(islice(numbered, CHUNK)), [])):
        asked = [row for _, row in chunk if isinstance(row, Row)]
        draws = {}
        for one in asked:
            draws[one.id] = how.draws(one.split, places[one.split])
            places[one.split] += 1
        planned = {one.id: one for one in _planned(agent, asked, draws, plans, number, store, how, known, on_draw)}
        for at, row in chunk:
            if isinstance(row, BadRow):
                yield (at * how.samples, row), ""
                continue
            for place, drawn in planned[row.id].different().items():
                told = replace(row, id=row_id(row.id, place), program=drawn.program, group=row.id)
                yield (at * how.samples + place, told), drawn.author


def _fresh(batch: Batch, rows: Iterable[tuple[tuple[int, Row | BadRow], str]]) -> Iterator[tuple[tuple[int, Row], str]]:
    for numbered, author in rows:
        for fresh in batch.fresh([numbered]):
            yield fresh, author


def _planned(
    agent: VisualAgent,
    rows: list[Row],
    draws: Mapping[str, int],
    plans: Plans,
    number: int,
    store: Store,
    how: Generation,
    known: dict[PlannerKey, tuple[Drawn, ...]],
    on_draw: Callable[[int], None],
) -> list[Planned]:
    """The programs of a chunk: those that were kept, or drawn now. Where the planner gave no reply, it is asked
    again.

    Args:
        draws: how many programs each row gets.
        known: the programs of earlier chunks, by what was asked; those of this one are added.
    """
    kept = plans.read(number)
    if kept is not None and not any(one.error for planned in kept for one in planned.drawn):
        planned = kept
    else:
        planned = _draw(agent, rows, draws, how, how.seed + number * how.samples, known, on_draw)
        if kept is not None:
            store.drop(row_id(one.id, place) for one in kept for place, drawn in enumerate(one.drawn) if drawn.error)
        plans.write(number, planned)
    for row, one in zip(rows, planned, strict=True):
        if row.program is None and not any(drawn.error for drawn in one.drawn):
            known.setdefault(_planner_key(row, draws[row.id]), one.drawn)
    return planned


def _draw(
    agent: VisualAgent,
    rows: list[Row],
    draws: Mapping[str, int],
    how: Generation,
    seed: int,
    known: Mapping[PlannerKey, tuple[Drawn, ...]],
    on_draw: Callable[[int], None],
) -> list[Planned]:
    given: dict[PlannerKey, tuple[Drawn, ...]] = {}
    queries: dict[PlannerKey, Query] = {}
    for row in rows:
        key = _planner_key(row, draws[row.id])
        if row.program is not None or key in known or key in given:
            continue
        try:
            if any(isinstance(one, Path) and is_video(one) for one in row.images):
                raise QueryError("students are trained on pictures; a row about a video is left out")
            if draws[row.id]:
                queries[key] = Query(row.question, (_BLANK,) * len(row.images))
            else:
                given[key] = (Drawn("", "", problem=NOT_DRAWN),)
        except QueryError as error:
            given[key] = (Drawn("", "", problem=str(error)),)
    if queries:
        on_draw(len(queries))
    for count in sorted({key[-1] for key in queries}, reverse=True):
        some = {key: query for key, query in queries.items() if key[-1] == count}
        temperature = how.temperature if count == how.samples else 0.0
        plans = agent.planner.sample(list(some.values()), count, temperature, seed)
        for key, drawn in zip(some, plans, strict=True):
            given[key] = tuple(Drawn.of(plan) for plan in drawn)
    found = {**given, **known}
    return [
        Planned(
            row.id,
            found[_planner_key(row, draws[row.id])] if row.program is None else (Drawn(row.program, "a person"),),
        )
        for row in rows
    ]


def _planner_key(row: Row, draws: int) -> PlannerKey:
    """What a planner is told of a question, which sees no picture, and how often it is asked."""
    return row.question, len(row.images), any(isinstance(one, Path) and is_video(one) for one in row.images), draws


_BLANK = Picture.from_image(np.zeros((1, 1, 3), np.uint8), "none")
"""A planner is told how many pictures there are, and no more."""


def _images(row: Row) -> tuple[Path | Callable[[], Picture], ...]:
    return tuple(one.read if isinstance(one, PictureData) else one for one in row.images)


# ---------------------------------------------------------------------- other pictures


def _swap(
    agent: VisualAgent,
    run: Path,
    swapped: Store,
    how: Generation,
    judge: Judge | None,
    tell: Callable[[str, Progress], None],
) -> None:
    """Run the programs that would be verified on other pictures, until each has said something else."""

    @cache
    def pool() -> Pool:
        with RunReader(run) as reader:
            return Pool(reader.questions(), how.seed)

    for number in range(how.swaps):
        with RunReader(run) as reader:
            batch = Batch(swapped, lambda progress: tell(SWAPPED, progress), swapped.done())
            tasks = (
                Task(row.question, _images(row), Program(row.program or "", author), tag=(position, row))
                for (position, row), author in _fresh(batch, _swapped_rows(reader, pool, number, judge))
            )
            with closing(agent.answers(tasks)) as answers:
                for task, answer in answers:
                    position, row = task.tag
                    batch.keep(position, row, answer)
    swapped.set_total(sum(swapped.counts().values()))


def _swapped_rows(
    reader: RunReader, pool: Callable[[], Pool], number: int, judge: Judge | None
) -> Iterator[tuple[tuple[int, Row], str]]:
    """The programs that said the same on all pictures so far, with the next one; what was tried once was right."""
    for asked in reader.questions():
        for one in _untried(asked, judge) if number == 0 else asked.candidates:
            if len(one.swaps) != number or not unmoved(one):
                continue
            others = pool().swaps(one, number + 1)
            if len(others) > number:
                record = one.record
                images = tuple(reader.run.picture_file(key) for key in others[number])
                row = Row(swap_id(record.id, number), record.question, images, program=record.program, group=record.id)
                yield (record.position * reader.swaps + number, row), record.author


def _untried(asked: Asked, judge: Judge | None) -> Iterator[Candidate]:
    """The programs that would be verified, by the labels or by the majority, so that either can be built."""
    ways = zip(verify(asked, judge).verdicts, verify(asked, judge, use_labels=False).verdicts, strict=True)
    for one, verdicts in zip(asked.candidates, ways, strict=True):
        if VERIFIED in verdicts:
            yield one
