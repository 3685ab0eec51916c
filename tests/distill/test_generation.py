"""Runs with several programs a question: what is drawn and run, and what becomes of a run that is stopped."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import pytest
from langchain_core.outputs import ChatResult

from agent import Planner, VisualAgent
from agent.runs.run_error import RunError
from agent.runs.store import Store
from distill.build import build
from distill.candidates import NOT_DRAWN, SWAPPED, RunReader
from distill.generation import CHUNK, Generation
from distill.plans import Plans
from distill.recipe import Recipe
from distill.verify import NO_REPLY, SAME_ON_SWAPPED, SAW_NOTHING, VERIFIED, WRONG, verify
from tests.distill.conftest import ShapeWorld, WeighedPlanner, generate_run
from tools import default_vocabulary


def test_equal_programs_run_once(world: ShapeWorld, generated: Path) -> None:
    planned = list(Plans(generated).all())
    assert [len(one.drawn) for one in planned] == [5] * len(world.questions)
    with Store.open(generated) as store:
        records = list(store.records())
    assert len(records) == sum(len(one.different()) for one in planned) < 5 * len(planned)
    assert {record.author for record in records} == {"weighed"}
    for one in planned:
        own = [record for record in records if record.group == one.id]
        assert [record.id for record in own] == [f"{one.id}#{place + 1}" for place in one.different()]
        assert all(record.answers for record in own)


def test_it_is_told_how_many_questions_the_planner_is_asked(world: ShapeWorld, tmp_path: Path) -> None:
    asked: list[int] = []
    how = Generation(samples=2, swaps=0)
    generate_run(world, tmp_path / "run", how, on_draw=asked.append)
    assert sum(asked) == len(world.questions)
    generate_run(world, tmp_path / "run", how, on_draw=asked.append)
    assert sum(asked) == len(world.questions)  # what was drawn is kept


def test_right_programs_are_tried_on_other_pictures(generated: Path) -> None:
    with Store.open(generated / SWAPPED) as store:
        swapped = list(store.records())
    assert swapped
    with RunReader(generated) as reader:
        assert reader.finished
        asked = {one.id: one for one in reader.questions()}
        verdicts = Counter(verdict for one in asked.values() for verdict in verify(one).verdicts)
        for row in swapped:
            question = asked[row.id.split("#")[0]]
            assert not set(row.images) & set(question.record.images)
            candidate = next(one for one in question.candidates if one.record.id == row.group)
            assert candidate.record.program == row.program
            assert candidate.looked
    assert verdicts[VERIFIED] > 10
    assert verdicts[WRONG]
    assert verdicts[SAW_NOTHING]
    assert verdicts[SAME_ON_SWAPPED]


def test_a_full_disk_is_told_and_what_was_kept_stays(world: ShapeWorld, small_disk: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="the disk is full; what was stored before is safe"):
        generate_run(world, small_disk / "run")
    with Store.open(small_disk / "run") as store:
        rows = sum(store.counts().values())
    assert rows > 0
    shutil.copytree(small_disk / "run", tmp_path / "run")
    generate_run(world, tmp_path / "run")
    with Store.open(tmp_path / "run") as store:
        assert sum(store.counts().values()) > rows


def test_where_the_planner_gave_no_reply_it_is_asked_again(world: ShapeWorld, tmp_path: Path) -> None:
    class Flaky(WeighedPlanner):
        down: ClassVar[bool] = True

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **options: Any) -> ChatResult:
            if Flaky.down and options["seed"] % 2:
                raise ConnectionError("the service is down")
            return super()._generate(messages, stop, run_manager, **options)

    vocabulary = default_vocabulary()
    model = Flaky(programs={one.text: one.program for one in world.questions})
    with VisualAgent(world.oracle.kit(), Planner(model, vocabulary, "question", "weighed"), vocabulary) as agent:
        generate_run(world, tmp_path / "run", agent=agent)
        with RunReader(tmp_path / "run") as reader:
            verdicts = Counter(verdict for one in reader.questions() for verdict in verify(one).verdicts)
            assert verdicts[NO_REPLY] == len(world.questions)
        assert any(one.error for planned in Plans(tmp_path / "run").all() for one in planned.drawn)
        Flaky.down = False
        generate_run(world, tmp_path / "run", agent=agent)
    assert not any(one.error for planned in Plans(tmp_path / "run").all() for one in planned.drawn)
    with RunReader(tmp_path / "run") as reader:
        for one in reader.questions():
            found = verify(one)
            assert NO_REPLY not in found.verdicts
            assert all(
                tried.swaps
                for tried, verdict in zip(one.candidates, found.verdicts, strict=True)
                if verdict == VERIFIED
            )


def test_a_question_with_a_program_of_its_own_is_not_planned(world: ShapeWorld, tmp_path: Path) -> None:
    row = {
        "image": "0.png",
        "question": "How many?",
        "answer": "1",
        "program": "def execute_command(image):\n    return 1\n",
    }
    (world.folder / "given.jsonl").write_text(json.dumps(row) + "\n")
    with VisualAgent(world.oracle.kit()) as agent:
        generate_run(world, tmp_path / "run", file=world.folder / "given.jsonl", agent=agent)
    with RunReader(tmp_path / "run") as reader:
        (asked,) = reader.questions()
        assert [one.record.program for one in asked.candidates] == [row["program"]]
        assert verify(asked).verdicts == (SAW_NOTHING,)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"samples": 0}, "at least one program"),
        ({"temperature": 0.0}, "all the same"),
        ({"temperature": 3.0}, "between 0 and 2"),
        ({"swaps": -1}, "cannot be -1"),
        ({"drawn": {"test": -1}}, "cannot be -1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Generation(**options)


def test_some_questions_get_several_programs_some_one_and_some_none(world: ShapeWorld, tmp_path: Path) -> None:
    how = Generation(samples=3, several={"train": 2, "val": 0}, drawn={"train": 5, "test": 0})
    generate_run(world, tmp_path / "run", how)
    splits = [json.loads(line).get("split", "") for line in world.file.read_text().splitlines()]
    of_train = [place for place, split in enumerate(splits) if split == "train"]
    assert len(of_train) > 5
    expected = {"": 3, "val": 1, "test": 0}
    draws = [expected.get(split, 0) for split in splits]
    for place in of_train[:5]:
        draws[place] = 3 if place in of_train[:2] else 1
    planned = list(Plans(tmp_path / "run").all())
    assert [sum(drawn.problem != NOT_DRAWN for drawn in one.drawn) for one in planned] == draws
    with RunReader(tmp_path / "run") as reader:
        asked = list(reader.questions())
        assert [one.draws for one in asked] == draws
        assert all(one.readable for one in asked)
        assert [verify(one).reason == NOT_DRAWN for one in asked] == [count == 0 for count in draws]
    counts = build([tmp_path / "run"], tmp_path / "data", Recipe(instructions=False))
    assert counts.reasons[NOT_DRAWN] == draws.count(0)
    assert sum(family["questions"] for family in counts.families.values()) == len(draws) - draws.count(0)
    assert counts.programs["drawn"] == sum(draws)
    assert len(counts.by_draws) == 3
    answers = sum(count for name, count in counts.rows.items() if name.endswith("/answer"))
    assert answers == len(draws)


def test_a_question_about_several_pictures_is_drawn_for_once(world: ShapeWorld, tmp_path: Path) -> None:
    class Counting(WeighedPlanner):
        asked: ClassVar[list[str]] = []

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **options: Any) -> ChatResult:
            Counting.asked.append(messages[-1].text)
            return super()._generate(messages, stop, run_manager, **options)

    texts = [one.text for one in world.questions if one.pictures == 1][:3]
    pictures = [world.folder / f"{number % 4}.png" for number in range(4 * CHUNK)]
    file = tmp_path / "again.jsonl"
    rows = [{"image": str(one), "question": texts[at % 3], "answer": "1"} for at, one in enumerate(pictures)]
    rows.append({"images": [str(one) for one in pictures[:2]], "question": texts[0], "answer": "1"})
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    vocabulary = default_vocabulary()
    model = Counting(programs={one.text: one.program for one in world.questions})
    with VisualAgent(world.oracle.kit(), Planner(model, vocabulary, "question", "weighed"), vocabulary) as agent:
        generate_run(world, tmp_path / "run", file=file, agent=agent)
        assert Counter(Counter(Counting.asked).values()) == {5: 4}  # two pictures are another matter than one
        shutil.rmtree(tmp_path / "run")
        generate_run(world, tmp_path / "run", file=file, agent=agent)
    drawn: dict[str, set[Any]] = {}
    for row, planned in zip(rows[:-1], Plans(tmp_path / "run").all(), strict=False):
        drawn.setdefault(str(row["question"]), set()).add(planned.drawn)
    assert [len(found) for found in drawn.values()] == [1, 1, 1]
