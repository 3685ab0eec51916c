"""What comes of believing the student from some confidence on."""

from pathlib import Path

import pytest

from distill.selective import BELIEVABLE, NEVER, STEPS, choose, curve, plot, thinned

CONFIDENCES = [0.9, 0.8, 0.8, 0.3, 0.1]
RIGHT = [True, True, False, True, False]
PROGRAMS = [True, False, True, True, True]


def test_every_point_is_counted_as_by_hand():
    points = curve(CONFIDENCES, RIGHT, PROGRAMS, 0.1, 1.0)
    told = [(one.threshold, round(one.answered, 2), round(5 * one.accuracy.value), one.seconds) for one in points]
    assert told == [
        (0.1, 1.0, 3, pytest.approx(0.1)),
        (0.3, 0.8, 4, pytest.approx(0.3)),
        (0.8, 0.6, 4, pytest.approx(0.5)),  # those that are equally sure stand or fall together
        (0.9, 0.2, 4, pytest.approx(0.9)),
        (NEVER, 0.0, 4, pytest.approx(1.1)),  # the student is asked, and not believed
    ]
    assert choose(points, True).threshold == 0.3  # of equals the one at which the student answers most


def test_without_programs_the_answers_must_be_believable():
    points = curve([0.9, 0.8, 0.7, 0.6], [True, True, True, False])
    assert [round(one.accuracy.value, 2) for one in points] == [0.75, 1.0, 1.0, 1.0]
    assert choose(points, False).threshold == 0.7
    hopeless = curve([0.9, 0.8, 0.7], [False, True, False])
    assert max(one.accuracy.value for one in hopeless) < BELIEVABLE
    assert choose(hopeless, False).threshold == 0.8


def test_a_student_that_is_always_wrong_is_never_asked():
    points = curve([1.0, 0.5], [False, False], [True, True])
    chosen = choose(points, True)
    assert chosen.threshold > 1
    assert (chosen.answered, chosen.accuracy.value) == (0.0, 1.0)


def test_without_questions_there_is_no_curve():
    with pytest.raises(ValueError, match="no questions"):
        curve([], [])


def test_long_curves_are_thinned_and_keep_their_ends(tmp_path: Path):
    many = curve([place / 1000 for place in range(1000)], [place > 300 for place in range(1000)])
    few = thinned(many)
    assert len(few) == STEPS
    assert (few[0], few[-1]) == (many[0], many[-1])
    for points, name in ((few, "shares"), (curve(CONFIDENCES, RIGHT, PROGRAMS, 0.1, 1.0), "seconds")):
        plot(points, points[1].threshold, tmp_path / f"{name}.png", "a test")
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
