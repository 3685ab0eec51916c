"""Every value that a program may return becomes plain data that survives JSON."""

import datetime
import json
import math
from typing import Any

import numpy as np
import pytest

from agent.trace import Answer, MaskValue, PatchValue, PictureValue, TextValue, Trace, restore, text_of
from agent.values import MAX_ITEMS, MAX_TEXT, Encoder, outlines
from models.picture import Region
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
        (datetime.timedelta(1), TextValue(text="<timedelta>")),
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
