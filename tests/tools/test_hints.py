from typing import Any, Literal

import pytest

from models.picture import Picture, Region
from tools import DeclarationError, ImagePatch
from tools.hints import Misfit, fit, in_words, written

NAMES = {ImagePatch: "ImagePatch", Picture: "Image"}


@pytest.mark.parametrize(
    ("hint", "source", "words"),
    [
        (str, "str", "text"),
        (float | None, "float | None", "a number or None"),
        (list[str | float], "list[str | float]", "a list of text or numbers"),
        (list[ImagePatch], "list[ImagePatch]", "a list of ImagePatch objects"),
        (tuple[int, int], "tuple[int, int]", "a tuple"),
        (tuple[float, ...], "tuple[float, ...]", "a tuple"),
        (dict[str, list[int]], "dict[str, list[int]]", "a dictionary"),
        (Literal["near", "far"], "Literal['near', 'far']", "one of 'near', 'far'"),
        (Picture, "Image", "an Image"),
        (Any, "Any", "any value"),
        (bool, "bool", "True or False"),
    ],
)
def test_types_in_source_and_in_words(hint, source, words):
    assert written(hint, NAMES) == source
    assert in_words(hint, NAMES) == words


def test_lists_are_sequences_where_a_program_gives_them():
    assert written(list[str | float] | None, NAMES, loose=True) == "_Sequence[str | float] | None"


@pytest.mark.parametrize("hint", [bytes, set[int], list, "text", Region])
def test_other_types_cannot_be_used(hint):
    with pytest.raises(DeclarationError, match="cannot be the type of a tool's parameter or result"):
        written(hint, NAMES)


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        (3, float, 3),
        (3.0, int, 3),
        (True, bool | str, True),
        (3, str | float, 3),
        ("a", list[str] | str, "a"),
        ((1, 2), list[int], [1, 2]),
        ([1, 2], tuple[int, int], (1, 2)),
        ([1, 2, 3], tuple[int, ...], (1, 2, 3)),
        ({"a": (1,)}, dict[str, list[int]], {"a": [1]}),
        ("far", Literal["near", "far"], "far"),
        (None, str | None, None),
        ({1}, Any, {1}),
    ],
)
def test_values_that_fit(value, hint, expected):
    found = fit(value, hint, NAMES)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("value", "hint", "got"),
    [
        (3.5, int, "a number"),
        (True, float, "True or False"),
        (1, bool, "a number"),
        ("3", float, "text"),
        (None, str, "None"),
        ({"a": "b"}, dict[str, int], "a dictionary with text in it"),
        ([["a", 1]], list[list[str]], "a list with a list with a number in it in it"),
        ("middle", Literal["near", "far"], "'middle'"),
        ([1], tuple[int, int], "1 items instead of 2"),
        (b"x", str, "a value of another kind"),
        (10**400, float, "a number of more than 300 digits"),
        (10**400, int, "a number of more than 300 digits"),
    ],
)
def test_values_that_do_not_fit(value, hint, got):
    with pytest.raises(Misfit) as caught:
        fit(value, hint, NAMES)
    assert caught.value.got == got
