"""Statements about boxes and towers: their programs, run with perfect eyes on boxes made by hand."""

import random
import re

import pytest

from agent.program import Program
from agent.running.engine import Engine, Job
from agent.running.monty_sandbox import MontySandbox
from agent.running.sandbox import Limits, Surface
from distill.questions import boxes, statements
from distill.questions.binding import can_settle
from distill.questions.grammar import BY_NAME, FORMS, draw, fixed_texts, write_program
from models.embedded.oracle import Oracle, blank_picture
from models.embedded.world.scene import Scene, Thing
from models.planner_format import decode_body
from models.planner_grammar import words_of
from tests.models.test_planner_grammar import fits
from tools import default_vocabulary


def thing(shape: str, colour: str, left: float, top: float, side: float = 20) -> Thing:
    box = (left, top, left + side, top + side)
    place = tuple(round(value) for value in box)
    return Thing(shape, "shape", shape, colour, False, 0.0, False, place, box, 5.0, "medium")  # type: ignore[arg-type]


def box(*things: Thing) -> Scene:
    return Scene(0, "test", 100, 100, "plain", things)


def tower(*colours: str) -> Scene:
    """From the base up."""
    return box(*(thing("square", colour, 40, 80 - 20 * level) for level, colour in enumerate(colours)))


TOWERS = (tower("black", "blue", "black"), tower("yellow"), tower("black", "yellow", "yellow", "blue"))
BOXES = (
    box(thing("circle", "black", 0, 40), thing("triangle", "blue", 50, 30)),
    box(thing("square", "yellow", 80, 80), thing("square", "yellow", 40, 40), thing("circle", "blue", 30, 0)),
    box(thing("circle", "yellow", 40, 40)),
)

STATEMENTS = [
    ("towers_any_top", {"k": "yellow"}, True),
    ("towers_none_bottom", {"k": "blue"}, True),
    ("towers_number_bottom", {"k": "black", "v": "== 2"}, True),
    ("towers_counted_bottom", {"k": "yellow", "v": ">= 2"}, False),
    ("towers_any_size", {"z": "== 3"}, True),
    ("towers_any_size", {"z": "== 2"}, False),
    ("towers_any_over", {"k": "blue", "m": "yellow"}, True),
    ("towers_any_over", {"k": "yellow", "m": "blue"}, False),
    ("towers_any_twice", {"k": "yellow"}, True),
    ("towers_any_twice", {"k": "black"}, False),
    ("towers_any_size_bottom", {"k": "black", "z": ">= 4"}, True),
    ("towers_any_size_top", {"k": "black", "z": ">= 4"}, False),
    ("towers_any_only", {"k": "yellow"}, True),
    ("towers_any_colours", {"w": "== 3"}, True),
    ("towers_any_place", {"k": "blue", "h": "1:2"}, True),
    ("towers_any_below_top", {"k": "black"}, False),
    ("towers_any_between_two", {"k": "blue", "m": "black"}, True),
    ("towers_same_bottom", {}, True),
    ("towers_same_height", {}, False),
    ("blocks_of_colour", {"k": "yellow", "v": "== 3"}, True),
]
INSIDE = [
    ("boxes_any_amount", {"a": "yellow square", "z": "== 2"}, True),
    ("boxes_any_amount", {"a": "thing", "z": ">= 4"}, False),
    ("boxes_any_pair", {"a": "black circle", "b": "blue triangle"}, True),
    ("boxes_any_pair", {"a": "black circle", "b": "yellow square"}, False),
    ("boxes_all_has", {"a": "circle"}, True),
    ("boxes_number_amount", {"a": "thing", "z": "== 1", "v": "== 1"}, True),
    ("boxes_any_only_kind", {"a": "yellow circle"}, True),
    ("boxes_any_all_are", {"a": "circle", "z": "== 2"}, False),
    ("boxes_amount", {"a": "circle", "z": "== 3"}, True),
    ("coloured_any_only_two", {"k": "yellow", "m": "blue"}, True),
    ("coloured_any_size_count", {"k": "yellow", "z": "== 3", "u": "== 2"}, True),
    ("touch_any", {"a": "black circle", "S": "x.left"}, True),
    ("touch_any", {"a": "black circle", "S": "x.lower"}, False),
    ("apart_any", {"a": "blue triangle", "S": "x.lower"}, True),
    ("blocks", {"v": "== 6"}, True),
    ("touch_each_other", {"a": "yellow square", "b": "yellow square"}, False),
]


@pytest.mark.parametrize(("told", "scenes"), [(STATEMENTS, TOWERS), (INSIDE, BOXES)])
def test_programs_are_right(told: list[tuple[str, dict[str, str], bool]], scenes: tuple[Scene, ...]) -> None:
    oracle = Oracle()
    pictures = tuple(blank_picture(scene) for scene in scenes)
    for picture, scene in zip(pictures, scenes, strict=True):
        oracle.add(picture, scene)
    jobs = [Job(Program(decode_body(write_program(BY_NAME[form], slots), 3)), pictures) for form, slots, _ in told]
    vocabulary = default_vocabulary()
    with MontySandbox(Surface.of(vocabulary), Limits()) as sandbox:
        outcomes = Engine(oracle.kit(), vocabulary, sandbox).run(jobs)
    for (form, slots, expected), outcome in zip(told, outcomes, strict=True):
        assert outcome.value is expected, (form, slots, outcome.value, outcome.problem)


def test_every_slot_of_a_program_is_told_by_every_pattern() -> None:
    """Or the planner would have to guess it."""
    for form in boxes.FORMS:
        slots = set(re.findall(r"\{(\w)\}", form.program))
        for pattern in form.patterns:
            told = pattern
            for _ in range(2):
                told += "".join(
                    pair[0]
                    for slot, pairs in form.fixed.items()
                    if re.search(rf"\{{{slot}[+~]?\}}", told)
                    for pair in pairs
                    if isinstance(pair, tuple)
                )
            missing = {slot for slot in slots if not re.search(rf"\{{{slot}[+~]?\}}", told)}
            assert not missing, (form.name, pattern, missing)


def test_every_pattern_names_what_its_program_quotes() -> None:
    rng = random.Random(7)
    texts = fixed_texts()
    for form in boxes.FORMS:
        for index in range(len(form.patterns)):
            sample = draw(form, index, rng)
            for quoted in re.findall(r'"([^"]*)"', sample.program):
                assert fits(sample.text, quoted, texts), (sample.text, quoted, words_of(sample.text))


def test_numbers_agree_with_the_programs() -> None:
    pairs = dict(statements.quantities("block", "blocks", 3, loose=True))
    assert pairs["at least two blocks"] == ">= 2"
    assert pairs["exactly 1 block"] == "== 1"
    assert pairs["fewer than three blocks"] == "< 3"
    assert pairs["a single block"] == "== 1"


def test_no_scene_settles_them_and_they_are_a_share_of_all() -> None:
    assert not any(can_settle(form) for form in boxes.FORMS)
    share = sum(form.weight for form in boxes.FORMS) / sum(form.weight for form in FORMS)
    assert 0.05 < share < 0.4
    assert {form.family for form in boxes.FORMS} == set(boxes.FAMILIES)
