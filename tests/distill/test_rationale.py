"""Rationales: what a trace says, and no more."""

import re
from pathlib import Path
from typing import Any

import pytest

from agent.trace import Attempt, PatchValue, PictureRecord, Step, Trace
from distill.candidates import RunReader
from distill.rationale import tell, text_of_rationale
from distill.rewriting import unfounded
from distill.verify import verify
from models.pointing import box_text

A, B = "a" * 64, "b" * 64
WHOLE = PatchValue(picture=A, box=(0.0, 0.0, 200.0, 100.0))


def patch(*box: float, picture: str = A, phrase: str = "muffin") -> PatchValue:
    return PatchValue(picture=picture, box=(box[0], box[1], box[2], box[3]), phrase=phrase)


def trace(*steps: tuple[str, dict[str, Any], Any], images: tuple[str, ...] = (A,), reason: str = "") -> Trace:
    made = [
        Step(index=n, tool=tool, span=None, arguments=arguments, result=result)
        for n, (tool, arguments, result) in enumerate(steps)
    ]
    return Trace(
        question="?",
        pictures=[PictureRecord(key=key, name="p", width=200, height=100) for key in (A, B)],
        images=list(images),
        attempts=[Attempt(program="p", author="", steps=made)],
        status="abstained" if reason else "answered",
        reason=reason,
    )


def find(phrase: str, *found: PatchValue, of: PatchValue = WHOLE) -> tuple[str, dict[str, Any], Any]:
    return "ImagePatch.find", {"self": of, "object_name": phrase}, list(found)


def test_counts_and_boxes_are_told() -> None:
    told = tell(
        trace(find("muffin", patch(20, 10, 40, 30), patch(100, 50, 200, 100)), find("kid", patch(0, 0, 20, 20))), "2"
    )
    assert text_of_rationale(told) == (
        "There are 2 muffins: [10, 10, 20, 30], [50, 50, 100, 100]. There is 1 kid: [0, 0, 10, 20]. So the answer is 2."
    )
    assert [one.steps for one in told] == [(0,), (1,), ()]


def test_calls_for_each_region_are_told_together() -> None:
    first, second, third = patch(0, 0, 20, 20), patch(20, 0, 40, 20), patch(40, 0, 60, 20)
    blue = {"object_name": "muffin", "attribute": "blue"}
    steps = [("ImagePatch.verify_property", {"self": one, **blue}, one is not third) for one in (first, second, third)]
    told = tell(trace(*steps), "2")
    assert [one.text for one in told[:-1]] == [
        "2 muffins are blue: [0, 0, 10, 20], [10, 0, 20, 20].",
        "The muffin [20, 0, 30, 20] is not blue.",
    ]
    assert {one.steps for one in told[:-1]} == {(0, 1, 2)}


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (("ImagePatch.exists", {"self": WHOLE, "object_name": "owl"}, True), "There is an owl."),
        (("ImagePatch.exists", {"self": WHOLE, "object_name": "owl"}, False), "There is no owl."),
        (find("dog", of=patch(0, 0, 100, 100)), "In [0, 0, 50, 100], there is no dog."),
        (
            ("ImagePatch.simple_query", {"self": patch(0, 0, 20, 20), "question": "What color is it?"}, "red"),
            "The muffin [0, 0, 10, 20] is red.",
        ),
        (
            ("ImagePatch.simple_query", {"self": patch(0, 0, 9, 9, phrase="tool"), "question": "what is this?"}, "axe"),
            "The tool [0, 0, 4, 9] is an axe.",
        ),
        (
            ("ImagePatch.simple_query", {"self": patch(0, 0, 20, 20), "question": "What color is the muffin?"}, "red"),
            "The muffin [0, 0, 10, 20] is red.",
        ),
        (
            ("ImagePatch.simple_query", {"self": patch(0, 0, 20, 20), "question": "What color is the hat?"}, "red"),
            'Asked "What color is the hat?" of the muffin [0, 0, 10, 20]: red.',
        ),
        (
            ("ImagePatch.simple_query", {"self": patch(0, 0, 20, 20), "question": "Who baked it?"}, "a kid"),
            'Asked "Who baked it?" of the muffin [0, 0, 10, 20]: a kid.',
        ),
        (
            ("ImagePatch.simple_query", {"self": WHOLE, "question": "What is this?"}, "a party"),
            'Asked "What is this?" of the picture: a party.',
        ),
        (
            ("ImagePatch.best_text_match", {"self": WHOLE, "option_list": ["day", "night"]}, "day"),
            "Of day and night, the best match of the picture: day.",
        ),
        (
            ("ImagePatch.compute_depth", {"self": patch(0, 0, 20, 20)}, 5.1899),
            "The depth of the muffin [0, 0, 10, 20]: 5.2.",
        ),
        (("llm_query", {"query": "legs of a dog"}, "four"), "Llm query (legs of a dog): four."),
        (("brightness", {"patch": WHOLE}, 0.5), "Brightness: 0.5."),
        (
            ("best_image_match", {"list_patches": [patch(0, 0, 20, 20)], "content": ["a hat"]}, patch(0, 0, 20, 20)),
            "A hat fits best the region [0, 0, 10, 20].",
        ),
    ],
)  # fmt: skip
def test_each_tool_has_its_sentence(step: Any, said: str) -> None:
    assert tell(trace(step), "x")[0].text == said


def test_of_several_pictures_it_is_told_which() -> None:
    second = PatchValue(picture=B, box=(0.0, 0.0, 200.0, 100.0))
    told = tell(
        trace(find("dog", of=WHOLE), find("dog", patch(0, 0, 20, 20, picture=B), of=second), images=(A, B)), "1"
    )
    assert [one.text for one in told[:2]] == [
        "In picture 1, there is no dog.",
        "In picture 2, there is 1 dog: [0, 0, 10, 20].",
    ]


def test_calls_for_each_picture_say_which() -> None:
    asked = {"question": "What is the background?"}
    second = PatchValue(picture=B, box=(0.0, 0.0, 200.0, 100.0))
    steps = [("ImagePatch.simple_query", {"self": one, **asked}, "night") for one in (WHOLE, second)]
    hat = {"object_name": "cat", "attribute": "black"}
    steps += [("ImagePatch.verify_property", {"self": patch(0, 0, 20, 20, picture=B), **hat}, True)]  # type: ignore[list-item]
    told = tell(trace(*steps, images=(A, B)), "night")
    assert [one.text for one in told[:-1]] == [
        "In picture 1, the background is night.",
        "In picture 2, the background is night.",
        "In picture 2, the cat [0, 0, 10, 20] is black.",
    ]


def test_an_abstention_says_why_once() -> None:
    told = tell(trace(find("dog"), reason="there is no dog in the picture"), "unanswerable")
    assert text_of_rationale(told) == "There is no dog. So this is unanswerable."
    told = tell(trace(find("dog", patch(0, 0, 20, 20)), reason="it cannot be seen whose it is"), "unanswerable")
    assert told[-1].text == "It cannot be seen whose it is. So this is unanswerable."


def test_the_same_is_said_once_and_much_is_cut_short() -> None:
    assert len(tell(trace(find("dog"), find("dog")), "0")) == 2
    many = tell(trace(*(find(f"thing {n}") for n in range(40))), "0")
    assert len(many) == 13
    found = [patch(n, 0, n + 10, 10) for n in range(0, 60, 5)]
    assert "There are 12 muffins: among them [0," in tell(trace(find("muffin", *found)), "12")[0].text


def test_every_statement_of_a_run_is_in_its_steps(generated: Path) -> None:
    with RunReader(generated) as reader:
        verified = [found for one in reader.questions() if (found := verify(one)).chosen is not None]
        assert verified
        for found in verified:
            assert found.chosen is not None
            record = found.chosen.trace
            sizes = {one.key: (one.width, one.height) for one in record.pictures}
            boxes = {
                box_text(value.box, sizes[value.picture])
                for step in record.steps
                for value in [step.arguments.get("self"), *(step.result if isinstance(step.result, list) else [])]
                if isinstance(value, PatchValue)
            }
            *told, conclusion = tell(record, found.label)
            assert told
            assert found.label in conclusion.text
            for sentence in told:
                assert sentence.steps
                assert set(re.findall(r"\[[^\]]*\]", sentence.text)) <= boxes
                steps = [step for step in record.steps if step.index in sentence.steps]
                for number in re.findall(r"There are (\d+)", sentence.text):
                    assert len(steps[0].result) == int(number)


TOLD = "There are 8 muffins: [1, 2, 3, 4], [5, 6, 7, 8]. There are 2 kids: [9, 9, 20, 20]. So the answer is 4."
FAIR = "How many muffins does each kid get?"


@pytest.mark.parametrize(
    "text",
    [
        "The picture shows eight muffins and two kids, so each kid gets 4 muffins.",
        "There are 8 muffins, for example [1, 2, 3, 4]; shared equally between 2 kids that makes four each.",
        "Each of the two kids [9,9,20,20] gets 4.",
    ],
)
def test_prose_that_says_what_was_found_is_taken(text: str) -> None:
    assert unfounded(text, TOLD, FAIR, "4") == ()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("There are 8 muffins and 3 kids, so 4 each.", "3"),
        ("There are 8 muffins and seven kids, so 4 each.", "7"),
        ("There are 8 muffins at [1, 2, 3, 5], so 4 each.", "[1, 2, 3, 5]"),
        ("There are 8 blueberry muffins, so 4 each.", "blueberry"),
        ("The kids on the left get 4 muffins.", "left"),
        ("There are 8 muffins and 2 kids.", "the answer 4 is left out"),
        ("  ", "it is empty"),
    ],
)
def test_prose_that_adds_something_is_refused(text: str, wrong: str) -> None:
    assert wrong in unfounded(text, TOLD, FAIR, "4")
