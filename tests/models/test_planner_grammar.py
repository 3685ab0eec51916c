"""The grammar under which the embedded planner writes: every true program fits it, misspelt copies do not."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from models.embedded.world.inflection import plural
from models.llm import LocalChat
from models.loading import CheckpointError, smollm2
from models.planner_grammar import (
    MOST_WORDS,
    NAMELESS,
    body_grammar,
    numbers_of,
    read_answers,
    read_texts,
    read_words,
    texts_for,
    unspoken,
    words_of,
)

WEIGHTS = Path(__file__).parents[2] / "models" / "embedded" / "weights" / "planner"


def fits(question: str, quoted: str, texts: Mapping[str, Sequence[str]] | None = None) -> bool:
    """Whether the grammar allows a text between quotes, by a regular expression that says the same."""
    words = words_of(question)
    word, name = ("|".join(map(re.escape, some)) for some in (words, [one for one in words if one not in NAMELESS]))
    phrase = f"(?:(?:{name})(?: (?:{word})){{0,{MOST_WORDS - 1}}}|(?:{word})(?: (?:{word})){{1,{MOST_WORDS - 1}}})"
    patterns = [phrase]
    patterns += [
        "".join(phrase if p == "{}" else re.escape(p) for p in re.split(r"(\{\})", text))
        for text in texts_for(question, texts or {})
    ]
    return any(re.fullmatch(pattern, quoted) for pattern in patterns)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("if each bike costs 200 euros", {"200"}),
        ("two hundred and fifty dollars a boat", {"250"}),
        ("twenty five kids, and 3 dogs", {"25"}),
        ("a hundrd for one of 1,500", {"1500"}),
        ("five or six of them", set()),
        ("two dozen eggs", {"24"}),
    ],
)
def test_numbers_of_several_digits_are_those_of_the_question(question: str, numbers: set[str]) -> None:
    assert set(numbers_of(question)) == {"12", "30", "50", "100"} | numbers


@pytest.mark.parametrize(
    ("question", "quoted", "allowed"),
    [
        ("How many muffins can each kid have?", "muffin", True),
        ("How many muffins can each kid have?", "kid", True),
        ("which is taller: the map or the ruler?", "ruler", True),
        ("which is taller: the map or the ruler?", "rule", False),
        ("how many slices of pizza are there", "slice of pizza", True),
        ("are there any women near the knives", "woman", True),
        ("are there any women near the knives", "knife", True),
        ("the cat's hat", "cat", True),
        ("a jack-o'-lantern", "jack-o'-lantern", True),
        ("two cherries on a bus", "cherry", True),
        ("two cherries on a bus", "bus", True),
        ("Is there a dog?", "what color is it?", False),
        ("Whether the thing by the ruler is a plate", "plate", True),
        ("Whether the thing by the ruler is a plate", "whether", False),
        ("a label for the glass of milk", "for", False),
        ("a label for the glass of milk", "glass of milk", True),
        ("what has the of", "has the of", True),
    ],
)
def test_phrases_are_words_of_the_question(question: str, quoted: str, allowed: bool) -> None:
    assert fits(question, quoted) is allowed


def test_fixed_texts_and_their_places() -> None:
    texts: dict[str, list[str]] = {"what color is it?": [], "no picture shows a {}": []}
    assert fits("Is the dog red?", "what color is it?", texts)
    assert fits("Which picture shows a dog?", "no picture shows a dog", texts)
    assert not fits("Which picture shows a dog?", "no picture shows a cat", texts)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who is on the left?", "person"),
        ("whos next to the dog", "person"),
        ("Is there nobody in the picture?", "person"),
        ("is anone there", "person"),
        ("How many people are there?", "person"),
        ("What can I have for lunch?", "food"),
        ("Anything edible?", "food"),
        ("what could one put on", "clothing"),
        ("is there something to ride in?", "vehicle"),
        ("What is the colour of the pier?", None),
        ("Make the goldfish a carriage", None),
        ("Does the perch lie above the dog?", None),
    ],
)
def test_a_kind_is_looked_for_only_where_it_may_be_meant(question: str, kind: str | None) -> None:
    kinds: dict[str, list[str]] = {"person": [], "food": [], "clothing": [], "vehicle": []}
    assert texts_for(question, {**kinds, "what is this?": []}) == [*filter(None, [kind]), "what is this?"]
    inside = body_grammar(question, kinds).splitlines()[1]
    assert [one for one in kinds if f'"{one}"' in inside] == [*filter(None, [kind])]


@pytest.mark.parametrize(
    ("question", "text", "allowed"),
    [
        ("Is there anything that can fly?", "bird", True),
        ("how many of them are flyng", "bird", True),
        ("is one of them a goldfish?", "bird", False),
        ("What can I carry water in?", "handbag", True),
        ("Is the miner wider than the pier?", "handbag", False),
        ("is somebody hungry", "food", True),
        ("the animals that a farmer keeps", "cow", True),
        ("is the farmer on the left", "cow", False),
    ],
)
def test_a_text_with_words_of_its_own_stands_where_one_of_them_is_said(question: str, text: str, allowed: bool) -> None:
    texts = {
        "bird": ["fly", "flies", "flying", "wings"],
        "handbag": ["carry"],
        "food": ["lunch"],
        "cow": ["farmer keeps"],
    }
    assert (text in texts_for(question, texts)) is allowed
    assert fits(question, text, texts) is allowed


@pytest.mark.parametrize("noun", ["box", "puppy", "leaf", "match", "hero", "child", "ice cream", "quiz", "blicket"])
def test_plurals_lead_back_to_their_noun(noun: str) -> None:
    assert fits(f"how many {plural(noun)} are there", noun)


def test_the_grammar_quotes_what_it_must() -> None:
    grammar = body_grammar('say "hi" \\ to a dog', {"a {} \\ b": []})
    assert grammar.splitlines()[0].startswith("root ::=")
    assert json.dumps("a ") + " phrase " + json.dumps(" \\ b") in grammar


def test_what_programs_only_answer_with_is_not_looked_for() -> None:
    rules = dict(
        line.split(" ::= ")
        for line in body_grammar("where is it", {"below": [], "tool": []}, answers=frozenset(["below"])).splitlines()
    )
    assert '"below"' in rules["inside"]
    assert '"below"' not in rules["first"]
    assert '"tool"' in rules["first"]


KNOWN = frozenset(["how", "many", "are", "there", "left", "of", "the", "is", "where", "has", "in", "this", "picture"])


@pytest.mark.parametrize(
    ("question", "body", "missing"),
    [
        ("How many treasure chests are there?", 'return len(p.find("treasure"))', ["chests"]),
        ("How many treasure chests are there?", 'return len(p.find("treasure chest"))', []),
        ("Where has the yogurt gone", 'return p.exists("thing")', ["yogurt"]),
        ("Where has the yogurt gone", 'return abstain("that is outside the picture")', []),
        ("How mnay puppies are there in tihs picture", 'return len(p.find("puppy"))', []),
    ],
)
def test_what_a_program_passes_over(question: str, body: str, missing: list[str]) -> None:
    assert [one for one in unspoken(question, body, KNOWN) if one != "gone"] == missing


def test_words_that_follow_each_other_can_be_kept_together() -> None:
    question = "How many treasure chests are there left of the mug?"
    apart, whole = body_grammar(question, {}), body_grammar(question, {}, KNOWN)
    assert '"treasure"' in apart
    assert '"treasure chest"' in whole
    assert '"treasure"' not in whole
    assert '"mug"' in whole


def test_no_file_no_texts(tmp_path: Path) -> None:
    assert read_texts(tmp_path) == {}
    assert read_words(tmp_path) == frozenset()
    assert read_answers(tmp_path) == frozenset()


@pytest.fixture(scope="module")
def planner() -> LocalChat:
    from models.presets import Kit, load_preset

    try:
        smollm2()
    except CheckpointError:
        pytest.skip("SmolLM2 is not installed; `make` installs it")
    assert read_texts(WEIGHTS)
    assert read_words(WEIGHTS)
    found = Kit(load_preset("embedded")).planner()
    assert isinstance(found, LocalChat)
    return found


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("How many touxpeenks are there?", ["touxpeenk"]),  # a noun of a few letters that never was a word
        ("Where are fewest treasure chests?\n\nPictures: 2", ["treasure chest"]),  # greedily, it is "treasure"
    ],
)
def test_the_embedded_planner_copies_what_the_base_would_misspell(
    planner: LocalChat, question: str, quoted: list[str]
) -> None:
    """On the shipped weights."""
    text = str(planner.invoke(question).content)
    assert list(dict.fromkeys(re.findall(r'"([^"]*)"', text)))[: len(quoted)] == quoted
    assert "".join(str(piece.content) for piece in planner.stream(question)) == text
