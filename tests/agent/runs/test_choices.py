"""Questions with options: asked, read, and which of them an answer names."""

import pytest

from agent.runs.choices import named, options_of, with_options
from agent.runs.scorers import SCORERS, plain
from agent.runs.scoring import score
from tests.agent.runs.test_scoring import row

OPTIONS = ("it fell", "It is hungry", "a toy", "two dogs")


def test_options_are_read_as_they_were_asked():
    asked = with_options("Why does it cry?", OPTIONS)
    assert asked == "Why does it cry? Options: (A) it fell (B) It is hungry (C) a toy (D) two dogs"
    assert options_of(asked) == OPTIONS
    assert options_of(asked.replace(" Options:", "\n Options: ")) == OPTIONS


@pytest.mark.parametrize("question", ["Why?", "Options: (A) x", "Why? Options: red; blue", "Why? Options: (B) x (C) y"])
def test_other_questions_have_none(question):
    assert options_of(question) == ()


@pytest.mark.parametrize(
    ("answer", "option"),
    [
        ("it fell", "it fell"),
        ("It fell.", "it fell"),
        ("(B) it is hungry", "It is hungry"),
        ("toy", "a toy"),
        ("C", "a toy"),
        ("(d)", "two dogs"),
        ("b.", "It is hungry"),
        ("E", None),
        ("it slept", None),
        ("", None),
        ("unanswerable", None),
    ],
)
def test_an_answer_names_an_option(answer, option):
    assert named(answer, OPTIONS, plain) == option


def test_the_scorer_is_chosen_where_every_question_has_options():
    question = with_options("Why?", OPTIONS)
    answers = {"1": "a toy", "2": "C", "3": "it fell"}
    records = [row(id, said, ["a toy"], question=question) for id, said in answers.items()]
    records.append(row("4", "", ["a toy"], status="abstained", question=question))
    found = score(records)
    assert (found.scorer, found.chosen) == ("choice", "all questions list their options")
    assert found.overall.accuracy.value == pytest.approx(0.5)
    assert [SCORERS["choice"].credit(record) for record in records] == [1, 1, 0, 0]
    assert score([*records, row("5", "a toy", ["a toy"])]).scorer == "exact"
