import pydantic_monty
import pytest

from tools import Abstention, ImagePatch, ToolError, default_vocabulary, drive
from tools.functions import bool_to_yesno, coerce_to_numeric, distance

VOCABULARY = default_vocabulary()


def call(kit, name, *args, **kwargs):
    return drive(VOCABULARY.call(name, args, kwargs), kit)


NUMBERS = [
    ("3", 3),
    ("3 dogs", 3),
    ("about 12.5 metres", 12.5),
    ("-4", -4),
    ("minus -4.5 degrees", -4.5),
    ("10-15", 10),
    ("10 to 15", 10),
    ("$1,200.50", 1200.5),
    ("1,000,000 people", 1_000_000),
    ("25to26", 25),
    ("x7", 7),
    ("three", 3),
    ("Twenty-one", 21),
    ("a hundred and five", 105),
    ("two thousand and twelve", 2012),
    ("three hundred thousand", 300_000),
    ("zero", 0),
    ("There are 3.", 3),
    ("2,3", 2),
    ("one, two or three", 1),
    ("one thousand, two hundred", 1200),
    ("about 1,200, I think", 1200),
    ("it is seven or eight", 7),
    (7, 7),
    (7.5, 7.5),
    ("many", "many"),
    ("", ""),
    ("someone", "someone"),
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_coerce_to_numeric(text, number):
    assert coerce_to_numeric(text) == number
    assert type(coerce_to_numeric(text)) is type(number)


def test_coerce_to_numeric_may_insist_on_a_number():
    assert coerce_to_numeric("3 dogs", no_string=True) == 3
    with pytest.raises(ValueError, match="no number in the text 'many'"):
        coerce_to_numeric("many", no_string=True)


BOXES = [
    ((0, 0, 10, 10), (20, 0, 30, 10), 10.0),
    ((0, 0, 10, 10), (13, 14, 30, 30), 5.0),
    ((13, 14, 30, 30), (0, 0, 10, 10), 5.0),
    ((0, 0, 10, 10), (0, 25, 10, 30), 15.0),
    ((0, 0, 10, 10), (0, 0, 10, 10), -1.0),
    ((0, 0, 10, 10), (5, 0, 15, 10), -1 / 3),
    ((0, 0, 10, 10), (10, 0, 20, 10), 0.0),
]


@pytest.mark.parametrize(("a", "b", "expected"), BOXES)
def test_distance_between_edges_negative_iou_when_they_overlap(picture, a, b, expected):
    assert distance(ImagePatch(picture, *a), ImagePatch(picture, *b)) == pytest.approx(expected)


@pytest.mark.parametrize(("a", "b", "expected"), [(3, 5, 2), (5.5, 3, 2.5), (-1, -4, 3)])
def test_distance_between_numbers(a, b, expected):
    assert distance(a, b) == expected


def test_bool_to_yesno():
    assert [bool_to_yesno(value) for value in (True, False)] == ["yes", "no"]


def test_inline_tools_give_the_same_inside_the_sandbox(picture):
    prelude = VOCABULARY.prelude()
    patches = [(ImagePatch(picture, *a), ImagePatch(picture, *b)) for a, b, _ in BOXES]
    attributes = ("left", "lower", "right", "upper", "width", "height")
    held = [[pydantic_monty.ClassInstance(patch, eager_attrs=attributes) for patch in pair] for pair in patches]
    program = (
        "([coerce_to_numeric(t) for t in texts], [distance(a, b) for a, b in pairs], distance(3, 5.5),"
        " [bool_to_yesno(b) for b in (True, False)], math.floor(2.5))"
    )
    with pydantic_monty.Monty(max_processes=1) as pool, pool.checkout() as session:
        session.feed_run(prelude)
        numbers, distances, gap, words, floor = session.feed_run(
            program, inputs={"texts": [text for text, _ in NUMBERS], "pairs": held}
        )
    assert numbers == [number for _, number in NUMBERS]
    assert distances == [distance(a, b) for a, b in patches]
    assert (gap, words, floor) == (2.5, ["yes", "no"], 2)


def test_inline_tools_can_be_called_like_others(picture, kit):
    assert call(kit, "distance", 3, 5) == 2
    assert call(kit, "coerce_to_numeric", "two") == 2


def test_best_image_match(picture, kit):
    cars = call(kit, "ImagePatch.find", ImagePatch(picture), "car")
    assert call(kit, "best_image_match", cars, ["red car"]) is cars[1]
    assert call(kit, "best_image_match", cars, "red car", return_index=True) == 1
    assert call(kit, "best_image_match", cars, ["green car", "car"]) is cars[2], "the mean over all texts counts"
    assert [len(batch) for batch in kit["clip"].batches] == [3, 3, 3], "all patches in one batch"


def test_best_image_match_of_nothing_is_none(kit):
    assert call(kit, "best_image_match", [], ["red car"]) is None
    assert kit["clip"].batches == []


def test_best_image_match_needs_a_text(picture, kit):
    with pytest.raises(ToolError, match="at least one text"):
        call(kit, "best_image_match", [ImagePatch(picture)], [])


def test_llm_query(kit):
    assert call(kit, "llm_query", "Who?") == "heard: Who?"
    assert call(kit, "llm_query", "Who?", "A dog barks.", False) == (
        "heard: A dog barks.\n\nWho?\nAnswer in one or two words, nothing else."
    )


@pytest.mark.parametrize(
    ("reason", "said"), [("no dog", "no dog"), (" no \n dog ", "no dog"), ("", "the program gave no reason")]
)
def test_abstain(kit, reason, said):
    with pytest.raises(Abstention) as caught:
        call(kit, "abstain", reason)
    assert caught.value.reason == str(caught.value) == said
