import zlib

import numpy as np
import pytest

from models.picture import Picture
from models.picture_index import PROBE
from models.requests import Candidate, Confirm, Detection, Embed, Nearest, SpecialistError
from tools import ToolError, drive, vocabulary
from tools.search import LEAST, LOOKED_AT, Wanted, chance_of, find_images, read_query

from .conftest import Fake

VOCABULARY = vocabulary(["tools.search"])


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("a dog", [("dog", 1)]),
        ("dogs", [("dogs", None)]),
        ("two dogs and a red car on a beach", [("dogs", 2), ("red car", 1), ("beach", 1)]),
        ("3 cats, the moon", [("cats", 3), ("moon", None)]),
        ("Children playing in the snow", [("Children playing", None), ("snow", None)]),
        ("a cat next to a tree", [("cat", 1), ("tree", 1)]),
        ("a boat in front of the island", [("boat", 1), ("island", None)]),
        ("show me all pictures of two horses", [("horses", 2)]),
        ("pictures that show a dog", [("dog", 1)]),
        ("a couple of dogs", [("of dogs", 2)]),
        ("dog and dog", [("dog", None)]),
        ("an ice-cream", [("ice-cream", 1)]),
        ("and", [("and", None)]),
        ("one", [("one", None)]),
        ("pictures", [("pictures", None)]),
        ("island", [("island", None)]),
        ("no people", [("people", 0)]),
    ],
)
def test_the_parts_of_a_query(query, wanted):
    assert [(one.phrase, one.count) for one in read_query(query)] == wanted


@pytest.mark.parametrize(
    ("count", "scores", "chance"),
    [
        (None, [], LEAST),
        (None, [0.9, 0.4], 0.9),
        (1, [0.9, 0.8], 0.9),
        (2, [0.9, 0.8], 0.8),
        (2, [0.9], LEAST),
        (2, [0.9, 0.8, 0.5], 0.8 * 0.5),
        (0, [], 1.0),
        (0, [0.9], 0.1),
    ],
)
def test_how_likely_a_picture_shows_so_many(count, scores, chance):
    found = [Detection((0, 0, 9, 9), score) for score in scores]
    assert chance_of(Wanted("dogs", count), found) == pytest.approx(chance)


def picture(name, **holds):
    """A picture that stands for what it holds: how many of what."""
    made = Picture.from_image(np.full((9, 9, 3), zlib.crc32(name.encode()) % 251, np.uint8), name)
    object.__setattr__(made, "holds", holds)
    return made


ALBUM = [
    picture("one dog", dog=1),
    picture("two dogs", dog=2),
    picture("three dogs at the beach", dog=3, beach=1),
    picture("nothing"),
]


def kit():
    def detect(request):
        name = request.phrase.removesuffix("s")
        return [] if name == "beach" else [Detection((0, 0, 9, 9), 0.9)] * request.region.picture.holds.get(name, 0)

    def confirm(request):
        assert isinstance(request, Confirm)
        return 0.95 if "beach" in request.question and "beach" in request.region.picture.holds else 0.1

    def nearest(request):
        return [Candidate(one, 0.9 - place / 10) for place, one in enumerate(ALBUM[: request.count])]

    return {
        "clip": Fake(lambda request: np.ones(4, np.float32) / 2),
        "detector": Fake(detect),
        "vlm": Fake(confirm),
        "index": Fake(nearest),
    }


def search(specialists, *args):
    return drive(VOCABULARY.call("search_images", args, {}), specialists)


def test_the_candidates_are_looked_at():
    specialists = kit()
    found = search(specialists, "two dogs", 3)
    assert [patch.region.picture.name for patch in found] == ["two dogs", "three dogs at the beach", "one dog"]
    assert all(patch.region.is_whole for patch in found)
    (asked,) = specialists["index"].asked
    assert asked.count == LOOKED_AT
    assert asked.phrases.shape == (1, 4)
    assert asked.probe.shape == (2, 4)
    assert [one.what for one in specialists["clip"].asked[:1]] == ["dogs"]
    assert specialists["clip"].asked[1:] == list(PROBE)


def test_what_no_detector_sees_the_language_model_is_asked_about():
    specialists = kit()
    found = search(specialists, "a dog on the beach", 1)
    assert [patch.region.picture.name for patch in found] == ["three dogs at the beach"]
    assert {one.question for one in specialists["vlm"].asked} == {"is this beach?"}


def test_without_a_closer_look_the_order_is_that_of_the_vectors():
    specialists = kit()
    found = drive(find_images("two dogs", 2, look=False), specialists)
    assert [one.picture.name for one in found] == ["one dog", "two dogs"]
    assert not specialists["detector"].asked
    assert specialists["index"].asked[0].count == 2


def test_what_was_seen_is_told():
    found = drive(find_images("two dogs", 1), kit())
    assert found[0].boxes == (("dogs", (0, 0, 9, 9)),) * 2
    assert found[0].score == pytest.approx(np.log(0.9) + 4 * 0.8)


def test_nothing_found():
    specialists = {**kit(), "index": Fake(lambda request: [])}
    assert search(specialists, "a dog") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((" ",), "search_images() needs a word or a short phrase as query, got an empty text"),
        (("dog", 0), "search_images() takes k from 1 to 1000, got 0"),
        (("dog", 1001), "search_images() takes k from 1 to 1000, got 1001"),
        ((3,), "search_images() takes query as text, got a number"),
    ],
)
def test_calls_of_no_use(arguments, message):
    with pytest.raises(ToolError) as raised:
        search(kit(), *arguments)
    assert str(raised.value) == message


def test_an_index_of_another_model_is_told():
    specialists = {**kit(), "index": Fake(lambda request: SpecialistError("made with another model"))}
    with pytest.raises(SpecialistError, match="another model"):
        search(specialists, "dog")


def test_requests_are_what_they_say():
    assert Nearest.role == "index"
    assert Embed.role == "clip"
