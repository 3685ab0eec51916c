"""Which pictures a program is tried on: those on which its tools say something else."""

from typing import Any

from agent.trace import Attempt, PatchValue, PictureRecord, Step, Trace
from distill.candidates import Candidate
from distill.swapping import Pool, facts
from tests.distill.test_verify import Reader, asked, candidate, record


def trace(key: str, *steps: tuple[str, dict[str, str], Any]) -> Trace:
    whole = PatchValue(picture=key, box=(0.0, 0.0, 10.0, 10.0))
    made = [
        Step(index=n, tool=tool, span=None, arguments={"self": whole, **arguments}, result=result)
        for n, (tool, arguments, result) in enumerate(steps)
    ]
    pictures = [PictureRecord(key=key, name=key, width=10, height=10)]
    attempts = [Attempt(program="p", author="", steps=made)]
    return Trace(question="?", pictures=pictures, images=[key], attempts=attempts, status="answered")


def found(key: str, phrase: str, count: int) -> Candidate:
    """A program that found so many in a picture."""
    reader = Reader()
    boxes = [PatchValue(picture=key, box=(float(n), 0.0, n + 1.0, 1.0)) for n in range(count)]
    reader.told = trace(key, ("ImagePatch.find", {"object_name": phrase}, boxes))
    return candidate(record(str(count), images=(key,)), reader=reader)


def test_that_something_is_there_is_known_however_it_was_asked() -> None:
    asked_for = {"object_name": "dog"}
    seen = facts(trace("a", ("ImagePatch.exists", asked_for, True)))
    counted = facts(found("a", "dog", 2).trace)
    assert set(seen) & set(counted) == {((0, "there is", ("'dog'",)), "yes")}


def test_pictures_where_tools_say_something_else_come_first() -> None:
    own = found("own", "dog", 0)
    others = [found(f"empty{n}", "dog", 0) for n in range(30)] + [found("dogs", "dog", 2), found("cats", "cat", 1)]
    pool = Pool([asked(one) for one in (own, *others)])
    assert pool.swaps(own, 1) == [("dogs",)]
    swaps = pool.swaps(own, 5)
    assert swaps[0] == ("dogs",)
    assert len(set(swaps)) == 5
    assert ("own",) not in swaps
    assert swaps == Pool([asked(one) for one in (own, *others)]).swaps(own, 5)
    assert pool.swaps(others[-2], 1)[0] not in [("dogs",), ("cats",)]


def test_a_question_about_two_pictures_gets_two() -> None:
    own = candidate(record("2", images=("a", "b")))
    pair = candidate(record("2", images=("c", "d")))
    half = candidate(record("2", images=("b", "e")))
    pool = Pool([asked(one) for one in (own, pair, half, found("single", "dog", 1))])
    assert pool.swaps(own, 3) == [("c", "d")]


def test_there_may_be_no_other_picture() -> None:
    own = found("own", "dog", 1)
    assert Pool([asked(own)]).swaps(own, 2) == []
