"""What counts as right, whom the majority follows, and which of several programs is taken."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from agent.runs.record import Record
from agent.trace import Attempt, PatchValue, PictureRecord, Step, Trace
from distill.candidates import Asked, Candidate, RunReader
from distill.plans import Drawn
from distill.verify import (
    ABSTAINED,
    FAILED,
    MINORITY,
    NO_MAJORITY,
    NO_REPLY,
    NOT_READ,
    REFUSED,
    SAME_ON_SWAPPED,
    SAW_NOTHING,
    VERIFIED,
    WRONG,
    is_right,
    label_of,
    majority,
    share_by_draws,
    verify,
)

PICTURE = "a" * 64


def record(answer: str = "", answers: tuple[str, ...] = ("2",), **fields: Any) -> Record:
    told: dict[str, Any] = {
        "id": "q#1", "position": 0, "question": "How many dogs?", "family": "", "group": "q", "split": "",
        "images": (PICTURE,), "names": ("a.png",), "answers": answers, "box": None,
        "status": "answered" if answer else "failed", "answer": answer, "value": answer, "reason": "", "kind": "",
        "program": "p", "author": "", "attempts": 1, "calls": 1, "seconds": 0.0, "plan_seconds": 0.0,
        "run_seconds": 0.0, "finished": "",
    }  # fmt: skip
    return Record(**told | fields)


class Reader:
    """Stands for a run: traces in which something was found, or nothing was called."""

    def __init__(self, swaps: int = 0, generated: bool = True, looked: bool = True) -> None:
        self.swaps, self.generated = swaps, generated
        patch = PatchValue(picture=PICTURE, box=(0, 0, 10, 10))
        find = Step(index=0, tool="ImagePatch.find", span=None, arguments={"self": patch, "object_name": "dog"})
        knows = Step(index=0, tool="llm_query", span=None, arguments={"query": "how many legs has a dog"}, result="4")
        attempt = Attempt(program="p", author="", steps=[find if looked else knows])
        pictures = [PictureRecord(key=PICTURE, name="a.png", width=10, height=10)]
        self.told = Trace(question="", pictures=pictures, images=[PICTURE], attempts=[attempt], status="answered")
        self.run = self

    def trace(self, id: str) -> Trace:
        return self.told


def candidate(
    said: Record, *places: int, reader: Reader | None = None, logprob: float | None = None, drawn: Drawn | None = None,
    swaps: tuple[str, ...] = (),
) -> Candidate:  # fmt: skip
    return Candidate(said, places or (0,), logprob, drawn or Drawn("p", ""), cast(RunReader, reader or Reader()), swaps)


def asked(*candidates: Candidate, draws: int | None = None) -> Asked:
    return Asked("q", "How many dogs?", candidates, draws or sum(len(one.places) for one in candidates))


@pytest.mark.parametrize(
    ("answer", "labels", "right"),
    [
        ("2", ("2",), True),
        ("two", ("2",), True),
        ("The dog.", ("dog",), True),
        ("dog, cat", ("cat, dog",), True),
        ("yes", ("True",), True),
        ("3", ("2",), False),
        ("dogs", ("dog",), False),
        ("red", ("blue", "red"), True),
        ("red", ("red",) * 3 + ("pink",) * 7, True),
        ("red", ("red",) * 1 + ("pink",) * 9, False),
        ("don't know", ("dont know",), True),
    ],
)
def test_answers_are_compared_as_vqa_does(answer: str, labels: tuple[str, ...], right: bool) -> None:
    assert is_right(record(answer, labels)) is right


def test_an_abstention_is_right_where_nothing_can_be_said() -> None:
    assert is_right(record(status="abstained", answers=("unanswerable",)))
    assert is_right(record(status="abstained", answers=("abstain",)))
    assert label_of(record(answers=("abstain",))) == "unanswerable"
    assert not is_right(record(status="abstained", answers=("2",)))
    assert not is_right(record(answers=("",)))


def test_a_region_is_right_by_half_of_its_overlap() -> None:
    value = PatchValue(picture=PICTURE, box=(0.0, 0.0, 10.0, 10.0))
    assert is_right(record("a region", (), box=(0.0, 0.0, 10.0, 8.0), value=value))
    assert not is_right(record("a region", (), box=(20.0, 0.0, 30.0, 8.0), value=value))


def test_a_judge_is_asked_where_words_differ() -> None:
    calls = []

    def judge(question: str, answer: str, labels: Any) -> bool:
        calls.append((question, answer, tuple(labels)))
        return True

    assert is_right(record("sofa", ("couch",)), judge)
    assert is_right(record("couch", ("couch",)), judge)
    assert not is_right(record(answers=("couch",)), judge)
    assert not is_right(record(status="abstained", answers=("couch",)), judge)
    assert calls == [("How many dogs?", "sofa", ("couch",))]


def test_every_way_to_fall_short_has_its_reason() -> None:
    found = verify(
        asked(
            candidate(record("2"), 0, 1),
            candidate(record("3"), 2),
            candidate(record("2"), 3, reader=Reader(looked=False)),
            candidate(record("2"), 4, reader=Reader(swaps=2), swaps=("2", "2")),
            candidate(record("2"), 5, reader=Reader(swaps=2), swaps=("2", "4")),
            candidate(record("2"), 6, reader=Reader(swaps=2), swaps=("2",)),
            candidate(record(), 7),
            candidate(record(), 8, drawn=Drawn("p", "", problem="syntax")),
            candidate(record(), 9, drawn=Drawn("", "", error="service down")),
            candidate(record(status="abstained"), 10),
        )
    )
    assert found.verdicts == (
        VERIFIED, WRONG, SAW_NOTHING, SAME_ON_SWAPPED, VERIFIED, VERIFIED, FAILED, REFUSED, NO_REPLY, ABSTAINED,
    )  # fmt: skip
    assert found.by_draw == (True, True, False, False, False, True, True, False, False, False, False)
    assert (found.label, found.labelled, found.reason) == ("2", True, VERIFIED)


def test_a_question_is_told_how_near_its_programs_came() -> None:
    blind = candidate(record("2"), reader=Reader(looked=False))
    assert verify(asked(candidate(record()), blind, candidate(record("3")))).reason == SAW_NOTHING
    assert verify(asked(candidate(record(images=("",), kind="input")))).reason == NOT_READ


def test_the_likeliest_is_taken_and_of_equals_the_shortest() -> None:
    likely = candidate(record("2", program="a long program"), 0, logprob=-0.1)
    others = [candidate(record("2", program="short"), 1, logprob=-0.5), candidate(record("2"), 2, logprob=-0.2)]
    assert verify(asked(*others, likely)).chosen is likely
    short = candidate(record("2", program="short"), 0)
    assert verify(asked(candidate(record("2", program="a long program"), 1), short)).chosen is short


def test_without_labels_the_majority_of_all_draws_decides() -> None:
    none: tuple[str, ...] = ()
    two, three, failed = record("2", none), record("3", none), record("", none)
    found = verify(asked(candidate(two, 0, 1, 2), candidate(three, 3), candidate(failed, 4)))
    assert (found.label, found.labelled, found.verdicts) == ("2", False, (VERIFIED, MINORITY, FAILED))
    tie = asked(candidate(two, 0, 1), candidate(three, 2, 3))
    assert (majority(tie), verify(tie).verdicts) == ("", (NO_MAJORITY, NO_MAJORITY))
    assert majority(asked(candidate(two, 0), candidate(failed, 1))) == ""
    words = asked(candidate(record("Two", none), 0), candidate(two, 1), candidate(three, 2))
    assert majority(words) == "Two"


def test_labels_can_be_left_out_of_account() -> None:
    wrong = asked(candidate(record("3"), 0, 1), candidate(record("2"), 2))
    assert verify(wrong).label == "2"
    found = verify(wrong, use_labels=False)
    assert (found.label, found.labelled) == ("3", False)


def test_one_answer_that_nobody_confirmed_is_no_majority() -> None:
    alone = record("2", ())
    assert majority(asked(candidate(alone, reader=Reader(generated=False)))) == ""
    assert majority(asked(candidate(alone, reader=Reader(generated=True)))) == "2"


def test_share_by_draws_is_the_mean_over_all_choices() -> None:
    assert share_by_draws([(True, False), (False, False)], 2) == [0.25, 0.5]
    assert share_by_draws([(True, False, False)], 3) == pytest.approx([1 / 3, 2 / 3, 1])
    assert share_by_draws([], 2) == [0, 0]


def test_verdicts_of_a_real_run_agree_with_its_answers(generated: Path) -> None:
    with RunReader(generated) as reader:
        for one in reader.questions():
            found = verify(one)
            for candidate, verdict in zip(one.candidates, found.verdicts, strict=True):
                if verdict in (VERIFIED, SAW_NOTHING, SAME_ON_SWAPPED):
                    assert is_right(candidate.record)
                    assert not is_right(replace(candidate.record, answers=("something else",)))
                if verdict == SAME_ON_SWAPPED:
                    assert len(candidate.swaps) == reader.swaps
