"""Scores: every scorer on cases that were worked out by hand, and what a figure is told with."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pytest

from agent.runs import intervals
from agent.runs.intervals import mcnemar, mean, proportion, root_mean_square
from agent.runs.record import Record
from agent.runs.run_error import RunError
from agent.runs.scorers import SCORERS, box_of, number_in, overlap_of, plain, scorer, truth
from agent.runs.scoring import Score, ScoreError, compare, fingerprint, score
from agent.runs.settings import RunSettings
from agent.runs.vqa_answers import accuracy, normalised
from agent.trace import MaskValue, PatchValue

KEY = "a" * 64


def row(
    id: str = "1",
    answer: Any = "",
    labels: Sequence[str] = (),
    status: Any = "answered",
    value: Any = None,
    **more: Any,
) -> Record:
    known: dict[str, Any] = {
        "position": 0, "question": "What is it?", "family": "", "group": "", "split": "", "images": (KEY,),
        "names": ("one.png",), "box": None, "reason": "", "kind": "", "program": "", "author": "", "attempts": 1,
        "calls": 1, "seconds": 1.0, "plan_seconds": 0.5, "run_seconds": 0.5, "finished": "",
    }  # fmt: skip
    told = {"id": id, "answer": answer, "answers": tuple(labels), "status": status, "value": value}
    return Record(**{**known, **told, **more})


def judge(name: str, record: Record) -> float:
    return SCORERS[name].credit(record)


# ---------------------------------------------------------------------- exact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes", "yes"),
        (" The  Red Car. ", "red car"),
        ("an apple", "apple"),
        ("a", "a"),
        ("Two", "2"),
        ("3.0", "3"),
        (".5", "0.5"),
        ("1,000", "1000"),
        ("True", "yes"),
        ("false", "no"),
        ("“dog”", "dog"),
        ("dog, cat", "cat, dog"),
        ("the dog,a cat", "cat, dog"),
        ("ＤＯＧ", "dog"),
        ("Straße", "strasse"),
        ("rock 'n' roll", "rock 'n' roll"),
        ("u.s.", "u.s"),
        ("", ""),
        ("abstain", "unanswerable"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("record", "credit"),
    [
        (row(answer="yes", labels=["Yes"]), 1),
        (row(answer="2", labels=["two"]), 1),
        (row(answer="cat, dog", labels=["dog, cat"]), 1),
        (row(answer="couch", labels=["sofa", "couch"]), 1),
        (row(answer="dogs", labels=["dog"]), 0),
        (row(answer="", labels=["dog"]), 0),
        (row(status="abstained", labels=["dog"]), 0),
        (row(status="abstained", labels=["unanswerable"]), 1),
        (row(status="abstained", labels=["abstain"]), 1),
        (row(answer="dog", labels=["unanswerable"]), 0),
    ],
)
def test_exact(record: Record, credit: float) -> None:
    assert judge("exact", record) == credit


# ---------------------------------------------------------------------- VQA


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the examples of https://visualqa.org/evaluation
        ("dont", "don't"),
        ("100,978", "100978"),
        ("2:50 pm", "2:50 pm"),
        ("girl's", "girl's"),
        ("A Dog", "dog"),
        ("the red bus.", "red bus"),
        ("3.5", "3.5"),
        ("two", "2"),
        # what the script does besides
        ("none", "0"),
        ("ten", "10"),
        ("eleven", "eleven"),
        ("couldnt've", "couldn't've"),
        ("couldn'tve", "couldn't've"),
        ("couldntve", "couldntve"),
        ("im", "im"),
        ("somebody'd", "somebodyd"),
        ("black-and-white", "black and white"),
        ("black - white", "black white"),
        ("red,blue", "red blue"),
        ("red, blue", "red blue"),
        ("yes!", "yes"),
        ("1,000-2,000", "10002000"),
        ("left/right", "left right"),
        ("u.s.a.", "usa"),
        ("the", ""),
    ],
)
def test_vqa_normalisation(text: str, expected: str) -> None:
    assert normalised(text) == expected


@pytest.mark.parametrize(
    ("answer", "labels", "credit"),
    [
        ("yes", ["yes"] * 10, 1.0),
        ("no", ["yes"] * 10, 0.0),
        # n alike of ten: n ways leave one of them out, 10 - n leave another out
        ("yes", ["yes"] * 1 + ["no"] * 9, 9 * (1 / 3) / 10),
        ("yes", ["yes"] * 2 + ["no"] * 8, (2 * (1 / 3) + 8 * (2 / 3)) / 10),
        ("yes", ["yes"] * 3 + ["no"] * 7, (3 * (2 / 3) + 7) / 10),
        ("yes", ["yes"] * 4 + ["no"] * 6, 1.0),
        ("Two dogs", ["2 dogs"] * 5 + ["dogs"] * 5, 1.0),
        ("a dog.", ["dog"] * 9 + ["cat"], 1.0),
        # where all agree the script only ignores case
        ("a dog", ["dog"] * 10, 0.0),
        ("DOG\n", ["dog"] * 10, 1.0),
        ("two", ["2"] * 10, 0.0),
        # too few people to leave one out
        ("dog", ["dog"], 1.0),
        ("dog", ["cat", "a dog", "dogs"], 1.0),
        ("cow", ["cat", "dog", "dogs"], 0.0),
        ("dog", ["dog"] * 3 + ["cat"], (3 * (2 / 3) + 1) / 4),
    ],
)
def test_vqa_accuracy(answer: str, labels: list[str], credit: float) -> None:
    assert accuracy(answer, labels) == pytest.approx(credit)
    assert judge("vqa", row(answer=answer, labels=labels)) == pytest.approx(credit)


def test_vqa_abstention_is_an_answer_that_vizwiz_knows() -> None:
    labels = ["unanswerable"] * 8 + ["dog"] * 2
    assert judge("vqa", row(status="abstained", labels=labels)) == 1.0
    assert judge("vqa", row(status="abstained", labels=["dog"] * 10)) == 0.0


# ---------------------------------------------------------------------- NLVR


@pytest.mark.parametrize(
    ("text", "expected"),
    [("yes", True), ("True", True), ("no.", False), ("FALSE", False), ("1", True), ("0", False), ("dog", None)],
)
def test_truth(text: str, expected: bool | None) -> None:
    assert truth(text) is expected


def test_nlvr_consistency() -> None:
    told = [
        row("1", "yes", ["True"], group="a"),
        row("2", "no", ["False"], group="a"),
        row("3", "yes", ["True"], group="b"),
        row("4", "yes", ["False"], group="b"),
        row("5", "yes", ["True"], group="c"),
        row("6", status="failed", labels=["False"], group="c"),
        row("7", "no", ["False"], group="d"),
        row("8", "dog", ["False"]),
    ]
    result = score(told, "nlvr")
    assert result.overall.accuracy.value == 5 / 8
    assert result.overall.also["consistency"].value == 2 / 4  # a and d
    assert result.overall.also["consistency"].rows == 4
    assert score([row("8", "no", ["False"])], "nlvr").overall.also == {}


# ---------------------------------------------------------------------- boxes


def patch(*box: float, picture: str = KEY) -> PatchValue:
    return PatchValue(picture=picture, box=box)


@pytest.mark.parametrize(
    ("value", "overlap"),
    [
        (patch(0, 0, 10, 10), 1.0),
        (patch(0, 0, 10, 5), 0.5),
        (patch(5, 0, 15, 10), 50 / 150),
        (patch(20, 20, 30, 30), 0.0),
        (patch(0, 0, 10, 10, picture="b" * 64), 0.0),
        ([patch(0, 0, 10, 10)], 1.0),
        ([patch(0, 0, 10, 10), patch(0, 0, 10, 10)], 0.0),
        ([], 0.0),
        ([0, 0, 10, 10], 1.0),
        ([0.0, 0.0, 10.0, 8.0], 0.8),
        ([10, 10, 0, 0], 0.0),
        ([True, 0, 10, 10], 0.0),
        ({"type": "patch", "picture": KEY, "box": [0, 0, 10, 10]}, 1.0),
        (MaskValue(picture=KEY, box=(0, 0, 10, 6), area=9, polygons=[]), 0.6),
        ("the left one", 0.0),
        (7, 0.0),
        (None, 0.0),
    ],
)
def test_overlap(value: Any, overlap: float) -> None:
    record = row(value=value, box=(0.0, 0.0, 10.0, 10.0))
    assert overlap_of(record) == pytest.approx(overlap)
    assert judge("iou", record) == float(overlap >= 0.5)


def test_box_of_names_its_picture() -> None:
    assert box_of(patch(1, 2, 3, 4)) == (KEY, (1, 2, 3, 4))
    assert box_of([1, 2, 3, 4]) == ("", (1, 2, 3, 4))
    assert box_of([1, 2, 3]) is None


def test_iou_tells_the_mean() -> None:
    box = (0.0, 0.0, 10.0, 10.0)
    told = [
        row("1", value=patch(0, 0, 10, 10), box=box),
        row("2", value=patch(0, 0, 10, 4), box=box),
        row("3", status="failed", box=box),
        row("4", value=patch(0, 0, 10, 10)),
    ]
    result = score(told, "iou")
    assert (result.overall.accuracy.value, result.overall.rows, result.unlabelled) == (1 / 3, 3, 1)
    assert result.overall.also["mean IoU"].value == pytest.approx(1.4 / 3)
    json.dumps(result.as_dict(), allow_nan=False)


# ---------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", 3), ("-2.5", -2.5), ("+4", 4), ("1,234", 1234), ("1,234,567", 1234567), ("seven", 7), ("Twenty", 20),
        ("1e3", 1000), (".5", 0.5), ("3.", 3), ("3 dogs", None), ("1,23", None), ("", None), ("nan", None),
        ("inf", None), ("9" * 400, None), ("1e999", None), ("٣", 3),
    ],
)  # fmt: skip
def test_number_in(text: str, expected: float | None) -> None:
    assert number_in(text) == expected


@pytest.mark.parametrize(
    ("record", "credit"),
    [
        (row(answer="3", value=3, labels=["3"]), 1),
        (row(answer="3", value=3.0, labels=["three"]), 1),
        (row(answer="Three.", value="Three.", labels=["3"]), 1),
        (row(answer="4", value=4, labels=["3"]), 0),
        (row(answer="yes", value=True, labels=["1"]), 0),
        (row(answer="", value="", labels=["0"]), 0),
        (row(answer="1e300", value=1e300, labels=["3"]), 0),
        (row(status="abstained", labels=["0"]), 0),
        (row(answer="2", value=2, labels=["2", "3", "3"]), 0),
        (row(answer="3", value=3, labels=["2", "3", "3"]), 1),
    ],
)
def test_number(record: Record, credit: float) -> None:
    assert judge("number", record) == credit


def test_number_root_mean_square_error() -> None:
    told = [
        row("1", "3", ["3"], value=3),
        row("2", "7", ["4"], value=7),
        row("3", "some", ["4"], value="some"),
        row("4", status="failed", labels=["9"]),
    ]
    result = score(told, "number")
    figure = result.overall.also["RMSE of numbers answered"]
    assert (figure.value, figure.rows) == (pytest.approx(math.sqrt(9 / 2)), 2)
    assert result.overall.accuracy.value == 1 / 4
    assert result.overall.accuracy_of_answered is not None
    assert result.overall.accuracy_of_answered.value == 1 / 3
    wordless = score([row("1", "many", ["3"], value="many")], "number")
    assert wordless.overall.also == {}


# ---------------------------------------------------------------------- the whole


def mixed() -> list[Record]:
    return [
        row("1", "yes", ["yes"], family="exists", position=0),
        row("2", "no", ["yes"], family="exists", position=1),
        row("3", status="abstained", labels=["dog"], family="name", position=2),
        row("4", status="failed", labels=["cat"], family="name", position=3),
        row("5", "cat", ["cat"], family="name", position=4),
        row("6", "cat", position=5),
    ]


def test_counting() -> None:
    result = score(reversed(mixed()), "exact")
    whole = result.overall
    assert (whole.rows, whole.answered, whole.abstained, whole.failed) == (5, 3, 1, 1)
    assert whole.accuracy.value == 2 / 5
    assert whole.coverage.value == 3 / 5
    assert whole.accuracy_of_answered is not None
    assert whole.accuracy_of_answered.value == 2 / 3
    assert result.unlabelled == 1
    assert [(tally.family, tally.rows, tally.accuracy.value) for tally in result.families] == [
        ("exists", 2, 1 / 2),
        ("name", 3, 1 / 3),
    ]
    assert [(r.id, r.credit) for r in result.rows] == [("1", 1), ("2", 0), ("3", 0), ("4", 0), ("5", 1)]


def test_nothing_answered() -> None:
    result = score([row("1", status="failed", labels=["yes"])], "exact")
    assert (result.overall.accuracy.value, result.overall.accuracy_of_answered) == (0, None)
    assert result.families == ()


def test_a_failed_row_is_wrong_whatever_it_says() -> None:
    assert score([row("1", "yes", ["yes"], status="failed")], "exact").overall.accuracy.value == 0


def test_written_out() -> None:
    settings = RunSettings("q.jsonl", "jsonl", "f" * 64, "embedded", "embedded", {"seconds": 2.0})
    told = score(mixed(), "exact", asdict(settings)).as_dict()
    again = json.loads(json.dumps(told, allow_nan=False))
    assert again["scorer"]["name"] == "exact"
    assert again["scorer"]["version"] == 1
    assert len(again["scorer"]["rules"]) == 5
    assert again["settings"]["limits"] == {"seconds": 2.0}
    assert [entry["id"] for entry in again["rows"]] == ["1", "2", "3", "4", "5"]
    assert {entry["credit"] for entry in again["rows"]} == {0.0, 1.0}
    assert again["questions"] == fingerprint(mixed()[:5])
    assert again["overall"]["accuracy"]["method"] == "wilson"


def test_fingerprint_is_of_the_questions_alone() -> None:
    asked = fingerprint(mixed())
    assert fingerprint(reversed(mixed())) == asked
    assert fingerprint([*mixed()[:5], row("6", "dog", status="failed", names=("/else/where/one.png",))]) == asked
    assert fingerprint(mixed()[:5]) != asked
    assert fingerprint([*mixed()[:5], row("6", labels=["cat"])]) != asked


@pytest.mark.parametrize(
    ("records", "name", "why"),
    [
        ([row("1", labels=["yes"]), row("2", labels=["dog"])], "exact", "texts"),
        ([row("1", labels=["3"]), row("2", labels=["four"])], "number", "numbers"),
        ([row("1", labels=["yes"] * 10)], "vqa", "several people"),
        ([row(str(n), labels=["True"], group=str(n // 2)) for n in range(4)], "nlvr", "groups"),
        ([row(str(n), labels=["yes"], group=str(n // 2)) for n in range(5)], "nlvr", "4 of 5 in groups"),
        (
            [row(str(n), labels=["yes"], group=str(n // 2)) for n in range(4)] + [row("dog", labels=["dog"])],
            "exact",
            "",
        ),
        ([row(str(n), labels=["True"], group=str(n)) for n in range(4)], "exact", "texts"),
        ([row("1", labels=["dog"], box=(0, 0, 1, 1)), row("2", box=(0, 0, 1, 1))], "iou", "2 of 2"),
    ],
)
def test_auto(records: list[Record], name: str, why: str) -> None:
    result = score(records)
    assert result.scorer == name
    assert why in result.chosen


def test_complaints() -> None:
    with pytest.raises(ScoreError, match="name one of auto, exact, choice, vqa, nlvr, iou, number"):
        score(mixed(), "bleu")
    with pytest.raises(ScoreError, match="no row has a label; name right answers"):
        score([row("1", "yes")])
    with pytest.raises(ScoreError, match="'iou' can judge"):
        score(mixed(), "iou")
    assert issubclass(ScoreError, RunError)


def test_a_scorer_of_ones_own() -> None:
    @scorer("first letter", version=1, measure="accuracy", rules=["the first letter counts"])
    def first_letter(record: Record) -> float:
        return float(any(record.answer[:1] == label[:1] for label in record.answers))

    try:
        assert score([row("1", "dog", ["dig"])], "first letter").overall.accuracy.value == 1
        with pytest.raises(ValueError, match="already"):
            scorer("exact", version=2, measure="", rules=[])(first_letter)
    finally:
        del SCORERS["first letter"]


# ---------------------------------------------------------------------- intervals


def test_wilson() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I
    for right, rows, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        figure = proportion(right, rows)
        assert (figure.low, figure.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert proportion(29, 29).high == 1.0
    for right, rows in [(1, 0), (3, 2), (-1, 2)]:
        with pytest.raises(ValueError):
            proportion(right, rows)


@pytest.mark.parametrize("few", [500, 0])
def test_bootstrap(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(intervals, "FEW", few)
    values = [0.0, 0.3, 0.6, 0.9, 1.0] * 40
    figure = mean(values)
    assert figure.value == pytest.approx(0.56)
    half = 1.96 * 0.3720 / math.sqrt(200)  # normal approximation of the mean's interval
    assert figure.low == pytest.approx(0.56 - half, abs=0.01)
    assert figure.high == pytest.approx(0.56 + half, abs=0.01)
    assert mean(values) == figure
    assert mean([0.4] * 3).low == mean([0.4] * 3).high == pytest.approx(0.4)
    with pytest.raises(ValueError):
        mean([])


def test_root_mean_square() -> None:
    figure = root_mean_square([3.0, -4.0] * 50)
    assert figure.value == pytest.approx(math.sqrt(12.5))
    half = 1.96 * 3.5 / math.sqrt(100) / (2 * figure.value)  # squares are 9 and 16, half of each; delta method
    assert figure.low == pytest.approx(figure.value - half, abs=0.02)
    assert figure.high == pytest.approx(figure.value + half, abs=0.02)
    assert root_mean_square([2.0]).value == root_mean_square([2.0]).low == 2.0


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [(0, 0, 1.0), (1, 0, 1.0), (0, 3, 0.25), (1, 5, 14 / 64), (5, 1, 14 / 64), (5, 5, 1.0), (3, 20, 2 * 2048 / 2**23)],
)
def test_mcnemar(only_a: int, only_b: int, p: float) -> None:
    # for 3 and 20: 1 + 23 + 253 + 1771 = 2048 of 2 ** 23 throws
    assert mcnemar(only_a, only_b) == pytest.approx(p)


def test_mcnemar_of_many_rows() -> None:
    exact = 2 * sum(math.comb(900, n) for n in range(401)) / 2**900
    assert mcnemar(400, 500) == pytest.approx(exact, rel=1e-9)
    assert 0 <= mcnemar(0, 100_000) < 1e-300


# ---------------------------------------------------------------------- two runs


def run_of(answers: str, labels: Sequence[str] = ("y",) * 8) -> Score:
    rows = [row(str(n), a, [label]) for n, (a, label) in enumerate(zip(answers, labels, strict=True))]
    return score(rows, "exact")


def test_compare() -> None:
    found = compare(run_of("yyyynnnn"), run_of("ynnnyyyn"))
    assert (found.rows, found.both, found.neither, found.left_out) == (8, 1, 1, 0)
    assert (found.only_a, found.only_b) == (("1", "2", "3"), ("4", "5", "6"))
    assert (found.accuracy_a.value, found.accuracy_b.value, found.difference.value) == (0.5, 0.5, 0)
    assert found.p == 1.0
    better = compare(run_of("nnnnnnnn"), run_of("yyyyyynn"))
    assert better.p == pytest.approx(2 / 64)
    assert better.difference.value == 0.75
    assert better.difference.low > 0.3
    json.dumps(better.as_dict(), allow_nan=False)


def test_compare_leaves_out_what_was_not_asked_of_both() -> None:
    a = score([row("1", "y", ["y"]), row("2", "y", ["y"]), row("3", "y", ["y"])], "exact")
    b = score([row("1", "n", ["y"]), row("2", "y", ["n"])], "exact")
    found = compare(a, b)
    assert (found.rows, found.left_out, found.only_a) == (1, 3, ("1",))
    with pytest.raises(ScoreError, match="no row in common"):
        compare(a, score([row("9", "y", ["y"])], "exact"))
    with pytest.raises(ScoreError, match="one run is scored by exact"):
        compare(a, score([row("1", "y", ["y"])], "vqa"))
