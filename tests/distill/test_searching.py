"""Questions about an album: their truth over scenes, and the programs that should find it."""

import random

import pytest

from distill.questions.grammar import BY_NAME, write_question
from distill.questions.searching import ANY_OF, FORMS, FOUND, TRUTH, album_answer
from distill.questions.view import Absent, Unclear
from models.embedded.world.scene import SceneSpec, make_scene

SPECS = (
    SceneSpec(things=[("dog", None, 2), ("apple", "red", 1)], background="beach"),
    SceneSpec(things=[("dog", None, 1), ("car", "blue", 3)], background="night"),
    SceneSpec(things=[("car", "red", 1)], background="beach"),
    SceneSpec(things=[("cat", None, 3)], background="forest"),
)


@pytest.fixture(scope="module")
def album():
    return [make_scene(seed, "val", spec) for seed, spec in enumerate(SPECS)]


@pytest.mark.parametrize(
    ("form", "slots", "truth"),
    [
        ("album_with", {"a": "dog"}, {0, 1}),
        ("album_with", {"a": "blue car"}, {1}),
        ("album_with", {"a": "horse"}, set()),
        ("album_both", {"a": "dog", "b": "car"}, {1}),
        ("album_without", {"a": "car", "b": "dog"}, {2}),
        ("album_number", {"a": "dog", "n": "2"}, {0}),
        ("album_more", {"a": "car", "b": "dog"}, {1, 2}),
        ("album_place", {"w": "beach"}, {0, 2}),
        ("album_at", {"a": "car", "w": "beach"}, {2}),
        ("album_one", {"a": "dog"}, {0, 1}),
        ("album_one", {"a": "horse"}, Absent),
        ("album_one_number", {"a": "cat", "n": "3"}, {3}),
        ("album_one_number", {"a": "cat", "n": "2"}, Absent),
        ("album_most", {"a": "car"}, {1}),
        ("album_most", {"a": "horse"}, Absent),
        ("album_count", {"a": "dog"}, 2),
        ("album_count_place", {"w": "forest"}, 1),
        ("album_any", {"a": "horse"}, False),
        ("album_any", {"a": "animal"}, True),
        ("album_total", {"a": "car"}, 4),
        ("album_colour", {"a": "car", "b": "dog"}, Unclear),  # three cars
        ("album_colour", {"a": "apple", "b": "dog"}, "red"),
        ("album_where", {"a": "cat"}, "forest"),
        ("album_where", {"a": "car"}, Unclear),
        ("album_what", {"a": "cat"}, "cat"),
        ("album_with", {"a": "quux"}, Unclear),
        ("album_place", {"w": "kitchen"}, Unclear),
    ],
)
def test_the_truth_about_an_album(album, form, slots, truth):
    if truth in (Absent, Unclear):
        with pytest.raises(truth):
            album_answer(BY_NAME[form], slots, album)
    else:
        assert album_answer(BY_NAME[form], slots, album) == truth


def test_every_form_has_a_truth():
    assert {form.name for form in FORMS} == set(TRUTH)
    assert set(TRUTH) >= FOUND | ANY_OF
    assert all(form.about == "album" for form in FORMS)


def test_wordings_read_like_questions():
    rng = random.Random(1)
    slots = {"a": "dog", "b": "apple", "n": "two", "w": "beach"}
    for form in FORMS:
        for template in range(len(form.patterns)):
            for _ in range(10):
                text, _ = write_question(form, template, slots, rng, noise=0)
                assert "$" not in text
                assert len(text.split()) > 1
