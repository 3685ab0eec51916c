"""Runs with several programs a question: what is drawn and run, and what becomes of a run that is stopped."""

from collections import Counter
from pathlib import Path

from agent.runs.store import Store
from distill.candidates import SWAPPED, RunReader
from distill.plans import Plans
from distill.verify import SAME_ON_SWAPPED, SAW_NOTHING, VERIFIED, WRONG, verify
from tests.distill.conftest import ShapeWorld


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
