"""Every value that a program may return becomes plain data that survives JSON."""

import asyncio
import datetime
import decimal
import json
import math
import random
from typing import Any, Literal

import numpy as np
import pytest

from agent.trace import EXACT, Answer, MaskValue, PatchValue, PictureValue, TextValue, Trace, restore, text_of
from agent.values import (
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_TEXT,
    Encoder,
    Undecodable,
    decode,
    is_kept,
    outlines,
    pixels_of,
    run_lengths,
)
from models.picture import Picture, Region
from tests.agent.conftest import make_picture
from tools import ImagePatch, Mask

PLAIN = [None, True, False, 0, -3, 2.5, "text", "", "żółć 🐶", [], [1, [2, "a"]], {}, {"a": {"b": [1]}}]


@pytest.mark.parametrize("value", PLAIN)
def test_plain_data_stays(value: Any) -> None:
    encoded = Encoder().encode(value)
    assert encoded == value
    assert type(encoded) is type(value)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ((1, (2, 3)), [1, [2, 3]]),
        ({3, 1, 2}, [1, 2, 3]),
        ({1: "a", None: "b"}, {"1": "a", "None": "b"}),
        (np.int64(3), 3),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (math.inf, TextValue(text="inf")),
        (math.nan, TextValue(text="nan")),
        (10**400, TextValue(text="an integer of 1329 bits")),
        (datetime.timedelta(1), TextValue(text="1 day, 0:00:00")),
        (object, TextValue(text="<type>")),
        ("\ud800", "?"),
        ({"type": "patch", "box": 1}, TextValue(text="{'type': 'patch', 'box': 1}")),
    ],
)
def test_the_rest_is_made_plain(value: Any, encoded: Any) -> None:
    assert Encoder().encode(value) == encoded


def test_special_values() -> None:
    picture = make_picture()
    pixels = np.zeros((80, 100), bool)
    pixels[20:40, 10:31] = True
    encoder = Encoder([picture])
    assert encoder.encode(picture) == PictureValue(picture=picture.key)
    assert encoder.encode([ImagePatch.of(Region(picture, (1, 2, 30, 40)))]) == [
        PatchValue(picture=picture.key, box=(1, 2, 30, 40))
    ]
    mask = encoder.encode(Mask(picture, pixels))
    assert isinstance(mask, MaskValue)
    assert (mask.picture, mask.box, mask.area) == (picture.key, (10, 20, 31, 40), 420)
    assert sum(mask.counts[1::2]) == 420
    assert sorted(mask.polygons[0]) == [(10, 20), (10, 39), (30, 20), (30, 39)]
    assert encoder.made == []


def test_pictures_that_were_not_known_are_collected_once() -> None:
    known, made = make_picture(), make_picture(shade=3)
    encoder = Encoder([known])
    encoder.encode({"a": [known, made], "b": ImagePatch(made)})
    assert encoder.made == [made]


def test_long_values_say_what_is_missing() -> None:
    text = Encoder().encode("a" * (MAX_TEXT + 5))
    assert text.endswith(f"... ({MAX_TEXT + 5} characters)")
    items = Encoder().encode(list(range(MAX_ITEMS + 5)))
    assert items[-1] == TextValue(text=f"... ({MAX_ITEMS + 5} items)")
    assert len(Encoder().encode({i: i for i in range(MAX_ITEMS + 5)})) == MAX_ITEMS + 1


def test_a_list_in_itself_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)
    json.dumps(Encoder().encode(endless), default=str)


SHARED = ["x" * 60_000] * 10_000


@pytest.mark.parametrize(
    "value",
    [
        SHARED,
        [SHARED] * 1000,
        [[[1.5] * 9000] * 9000] * 9000,
        {"type": "patch", "x": SHARED},
        {tuple(SHARED): 1},
        {tuple(SHARED), 3},
        [{"k" * 60_000 + str(n): 1 for n in range(1000)}] * 1000,
    ],
    ids=range(7),
)
def test_what_is_small_in_a_program_and_huge_outside(value: Any) -> None:
    """Lists hold the same text many times over: in full these are gigabytes."""
    encoder = Encoder()
    for _ in range(20):  # calls of one program
        encoded = encoder.encode(value)
    assert len(Trace(**EMPTY, value=encoder.encode(value)).model_dump_json()) < 70 << 20
    del encoded
    assert encoder.encode("short") in ("short", TextValue(text="... (too much for a trace)"))
    assert encoder.encode_answer([1, "an answer"]) == [1, "an answer"]


EMPTY: dict[str, Any] = {"question": "q", "pictures": [], "attempts": [], "status": "answered"}


def test_very_long_numbers_wherever_they_are() -> None:
    long = 10**5000
    words = f"an integer of {long.bit_length()} bits"
    encoded = Encoder().encode([{long: 1}, {long, 2}, {(long, 1): 2}, {"type": "patch", "x": long}])
    assert encoded == [
        {words: 1},
        [2, TextValue(text=words)],
        {f"({words}, 1)": 2},
        TextValue(text=f"{{'type': 'patch', 'x': {words}}}"),
    ]


@pytest.mark.parametrize("value", [*PLAIN, (1, math.inf), {"type": "mask"}, "\ud800", make_picture()])
def test_what_is_encoded_survives_json(value: Any) -> None:
    encoded = Encoder().encode(value)
    trace = Trace(question="q", pictures=[], attempts=[], status="answered", value=encoded)
    answer = Answer(value=encoded, status="answered", reason="", trace=trace)
    read = Answer.model_validate_json(answer.model_dump_json())
    assert text_of(restore(read.value)) == text_of(encoded)


def test_outlines_of_several_pieces_largest_first() -> None:
    pixels = np.zeros((50, 50), bool)
    pixels[2:5, 2:5] = True
    pixels[10:40, 10:40] = True
    first, second = outlines(pixels)
    assert sorted(first) == [(10, 10), (10, 39), (39, 10), (39, 39)]
    assert sorted(second) == [(2, 2), (2, 4), (4, 2), (4, 4)]
    assert outlines(np.zeros((5, 5), bool)) == []


# ------------------------------------------------------------------ and back

PICTURES = [make_picture(), make_picture(shade=3, size=(37, 53))]
BY_KEY = {picture.key: picture for picture in PICTURES}


def random_mask(dice: random.Random, picture: Picture) -> Mask:
    """From a single pixel to noise, touching the borders or not."""
    noise = np.random.default_rng(dice.getrandbits(32))
    pixels = noise.random((picture.height, picture.width)) < dice.choice([0.02, 0.5, 0.98, 1.0])
    if dice.random() < 0.5:
        left, top = dice.randrange(picture.width), dice.randrange(picture.height)
        pixels[:top], pixels[:, :left] = False, False
    pixels[dice.randrange(picture.height), dice.randrange(picture.width)] = True
    return Mask(picture, pixels)


def random_value(dice: random.Random, depth: int = 0) -> Any:
    """Anything that a tool may give a program and that a trace can hold."""
    picture = dice.choice(PICTURES)
    x, y = dice.randrange(picture.width), dice.randrange(picture.height)
    box = (x, y, dice.randint(x + 1, picture.width), dice.randint(y + 1, picture.height))
    plain = [None, True, False, dice.randint(-(10**30), 10**30), dice.uniform(-1e300, 1e300), 0.1 + 0.2, -0.0, 5e-324]
    texts = ["", "muffin", "\x00 \n \t", "żółć 🐶", "a" * MAX_TEXT]
    made = [picture, ImagePatch.of(Region(picture, box), dice.choice(["", "kid"])), random_mask(dice, picture)]
    nested: list[Any] = []
    if depth < 4:
        items = [random_value(dice, depth + 1) for _ in range(dice.randrange(4))]
        nested = [items, {dice.choice("abcdef") * (n + 1): item for n, item in enumerate(items)}]
    return dice.choice([dice.choice(plain), dice.choice(texts), dice.choice(made), *nested])


def facts(value: Any) -> Any:
    """A value in a form that can be compared: what programs can tell of the objects in it, and exact types."""
    if isinstance(value, ImagePatch):
        return ("patch", value.region.key, value.phrase, value.left, value.lower, value.right, value.upper)
    if isinstance(value, Mask):
        return ("mask", value.picture.key, value.area, value.region.key, value.pixels.tobytes(), value.pixels.shape)
    if isinstance(value, list):
        return [facts(item) for item in value]
    if isinstance(value, dict):
        return {key: facts(item) for key, item in value.items()}
    return type(value), value, repr(value)


@pytest.mark.parametrize("seed", range(200))
def test_what_was_encoded_and_stored_comes_back(seed: int) -> None:
    value = random_value(random.Random(seed))
    trace = Trace(question="q", pictures=[], attempts=[], status="answered", value=Encoder(PICTURES).encode(value))
    read = Trace.model_validate_json(trace.model_dump_json())
    assert facts(decode(read.value, BY_KEY)) == facts(value)
    assert Encoder(PICTURES).encode(decode(read.value, BY_KEY)) == trace.value


def test_a_cut_out_comes_back_pixel_for_pixel() -> None:
    picture = PICTURES[1]
    mask = random_mask(random.Random(4), picture)
    cut = asyncio.run(mask.cut_out())
    again = decode(Encoder([picture]).encode(mask), BY_KEY)
    assert asyncio.run(again.cut_out()).original_image == cut.original_image
    with pytest.raises(Undecodable, match="not at hand"):
        decode(Encoder([picture]).encode(cut), BY_KEY)
    made = {cut.original_image.key: cut.original_image}
    assert decode(Encoder([picture]).encode(cut), made).region == cut.region


nested: Any = 7
for _ in range(MAX_DEPTH + 2):
    nested = [nested]


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        (math.nan, "words"),
        ([1, math.inf], "words"),
        (10**400, "words"),
        ({"a": datetime.timedelta(1)}, "words"),
        ({"type": "patch"}, "words"),
        ("a" * (MAX_TEXT + 1), "beginning"),
        (list(range(MAX_ITEMS + 1)), "words"),
        ({i: i for i in range(MAX_ITEMS + 1)}, "words"),
        (nested, "words"),
        (make_picture(shade=77), "not at hand"),
        ([ImagePatch(make_picture(shade=77))], "not at hand"),
    ],
)
def test_what_was_lost_is_not_made_up(value: Any, missing: str) -> None:
    with pytest.raises(Undecodable, match=missing):
        decode(Encoder().encode(value), BY_KEY)


def test_a_mask_of_an_old_trace_has_only_outlines() -> None:
    picture = PICTURES[0]
    found = MaskValue(picture=picture.key, box=(0, 0, 5, 5), area=25, polygons=[[(0, 0), (4, 4), (0, 4)]])
    with pytest.raises(Undecodable, match="only the outlines"):
        decode(restore(found.model_dump(exclude={"counts"})), BY_KEY)


@pytest.mark.parametrize("counts", [[1], [12], [0, 5], [13, -1], [-1, 13], [6, 0, 6], [0, 0, 12], [3, 4, 4]])
def test_run_lengths_of_another_size(counts: list[int]) -> None:
    with pytest.raises(Undecodable, match="run lengths"):
        pixels_of(counts, 3, 4)


def test_run_lengths_are_those_of_coco() -> None:
    """The example of pycocotools' mask.py: `M = [0 0 1 1 1 0 1]` has counts `[2 3 1 1]`, `M = [1 1 1 1 1 1 0]` has
    `[0 6 1]`."""
    assert run_lengths(np.array([[0, 0, 1, 1, 1, 0, 1]], bool)) == [2, 3, 1, 1]
    assert run_lengths(np.array([[1, 1, 1, 1, 1, 1, 0]], bool)) == [0, 6, 1]
    columns = np.array([[0, 1], [0, 1], [1, 0]], bool)
    assert run_lengths(columns) == [2, 3, 1]
    assert np.array_equal(pixels_of([2, 3, 1], width=2, height=3), columns)


@pytest.mark.parametrize(
    ("hint", "kept"),
    [
        (int | None, True),
        (list[ImagePatch] | Mask, True),
        (dict[str, list[float]], True),
        (Literal["a", "b"], True),
        (Any, False),
        (tuple[int, int], False),
        (list[tuple[str, ...]], False),
        (dict[int, str], False),
        (dict[str, Any], False),
        (ImagePatch | tuple[int, int], False),
    ],
)
def test_types_that_a_trace_keeps(hint: Any, kept: bool) -> None:
    assert is_kept(hint) is kept


def test_a_whole_picture_that_a_program_made_is_the_answer_itself() -> None:
    given, made = (Picture.from_image(np.full((4, 6, 3), grey, np.uint8), f"grey {grey}") for grey in (10, 20))
    encoder = Encoder([given])
    assert encoder.encode_answer(ImagePatch(made)) == PictureValue(picture=made.key)
    assert encoder.encode_answer([ImagePatch(made)]) == [PictureValue(picture=made.key)]
    assert isinstance(encoder.encode_answer(ImagePatch(made, 0, 0, 3, 3)), PatchValue)
    assert isinstance(encoder.encode_answer(ImagePatch(given)), PatchValue)
    assert isinstance(encoder.encode(ImagePatch(made)), PatchValue)
    assert encoder.made == [made]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"type": "dog"}, "type: dog"),
        ([{"type": "car", "n": 1}], "type: car, n: 1"),
        ({"type": ["a"], "of": {"type": None}}, "type: a, of: type: nothing"),
        (12345.6, "12345.6"),
        (1 / 3, "0.333333333333"),
        (12.0, "12"),
    ],
)
def test_in_words_and_exactly(value: Any, text: str) -> None:
    assert text_of(value, EXACT) == text


def test_keys_that_look_alike_stay_apart() -> None:
    assert Encoder().encode({1: "a", "1": "b"}) == {"int 1": "a", "1": "b"}
    assert Encoder().encode({"1": "b", 1: "a"}) == {"1": "b", "int 1": "a"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (decimal.Decimal("1.5"), "1.5"),
        (datetime.date(2026, 11, 27), "2026-11-27"),
        (datetime.timedelta(1), "1 day, 0:00:00"),
    ],
)
def test_dates_and_decimals_are_told_in_words(value: Any, text: str) -> None:
    assert Encoder().encode(value) == TextValue(text=text)
