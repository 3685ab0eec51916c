"""The benchmarks on data of others: how their questions are read, and what their pictures show."""

import json

import numpy as np
import pytest

from agent import VisualAgent
from agent.planning.check import Check
from agent.planning.planner import Plan
from agent.program import Problem, Program
from benchmarks import easy_vqa, nlvr, shapes
from benchmarks.outside import Case, Verdict, figures_of, judge, plan_once, thing
from models.embedded.oracle import Oracle, blank_picture
from models.embedded.world.scene import Scene
from models.planner_format import decode_body
from tools import default_vocabulary


@pytest.mark.parametrize(
    ("query", "question"),
    [
        ("is a red shape red", "Is there a red shape that is red?"),
        ("is a green shape a triangle", "Is there a green shape that is a triangle?"),
        ("is a circle below a square", "Is there a circle directly below a square?"),
        ("is a blue shape right of a circle", "Is there a blue shape directly to the right of a circle?"),
        ("is a circle below below a red shape", "Is there a circle two places below a red shape?"),
        (
            "is a square left of right of a green shape",
            "Is there a square directly to the left of a thing that is directly to the right of a green shape?",
        ),
    ],
)
def test_queries_of_shapes_in_english(query: str, question: str) -> None:
    assert shapes.english(query) == question


@pytest.mark.parametrize("query", ["", "are there circles", "is a circle above above above a square"])
def test_what_is_no_query_of_shapes(query: str) -> None:
    with pytest.raises(ValueError, match="not a query of SHAPES"):
        shapes.english(query)


def test_the_grid_of_shapes_is_read() -> None:
    pixels = np.zeros((30, 30, 3), np.uint8)
    pixels[2:8, 2:8] = (0, 0, 255)
    for row in range(6):  # a triangle, point up
        pixels[12 + row, 25 - row // 2 - 1 : 25 + row // 2 + 1] = (255, 40, 0)
    y, x = np.mgrid[:10, :10]
    pixels[20:, 10:20][(x - 4.5) ** 2 + (y - 4.5) ** 2 < 13] = (0, 255, 0)
    things = shapes.scene_of(pixels).things
    assert [(t.noun, t.colour) for t in things] == [("square", "blue"), ("triangle", "red"), ("circle", "green")]
    assert things[0].box == (2, 2, 8, 8)


@pytest.mark.parametrize(
    ("question", "family"),
    [
        ("what is the red shape?", "shape"),
        ("what color is the triangle?", "colour"),
        ("is there not a teal shape in the image?", "negated"),
        ("is no circle present?", "negated"),
        ("does the image contain a rectangle?", "yes/no"),
    ],
)
def test_families_of_easy_vqa(question: str, family: str) -> None:
    assert easy_vqa.family(question) == family


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ([("what shape is present?", "circle"), ("what color is the shape?", "teal")], ("circle", "teal")),
        ([("what is the red shape?", "triangle")], ("triangle", "red")),
        ([("what is the color of the rectangle?", "gray")], ("rectangle", "gray")),
        ([("what shape is present?", "circle"), ("is there a red shape?", "no")], None),
    ],
)
def test_what_the_pictures_of_easy_vqa_show(asked: list[tuple[str, str]], shown: tuple[str, str] | None) -> None:
    scene = easy_vqa.scene_of(asked)
    assert (None if scene is None else (scene.things[0].noun, scene.things[0].colour)) == shown


def test_a_box_of_nlvr() -> None:
    items = [{"x_loc": 90, "y_loc": 80, "size": 20, "type": "square", "color": "#0099ff"}]
    (one,) = nlvr.scene_of(items).things
    assert (one.noun, one.colour, one.size, one.box) == ("square", "blue", "medium", (90, 80, 100, 100))


def test_programs_by_hand_pass_the_check_and_are_of_the_sentences_that_were_drawn() -> None:
    rows = [json.loads(line) for line in nlvr.PROGRAMS.read_text().splitlines()]
    assert len({row["group"] for row in rows}) == nlvr.SENTENCES
    check = Check(default_vocabulary())
    try:
        assert {row["group"]: check(row["program"]) for row in rows if check(row["program"])} == {}
    finally:
        check.close()


class Writer:
    """A planner that writes what it is told to, and counts."""

    def __init__(self, bodies: dict[str, list[str]]) -> None:
        self.bodies, self.asked = bodies, 0

    def batch(self, drafts: list) -> list:
        plans = []
        for draft in drafts:
            self.asked += 1
            body = self.bodies[draft.query.question][len(draft.failed)]
            problems = () if body else (Problem("empty", "no program"),)
            plans.append(Plan(Program(decode_body(body, 1)), problems))
        return plans


def test_equal_questions_are_planned_once_and_bad_programs_again() -> None:
    scene = Scene(0, "test", 64, 64, "field", (thing("circle", "red", (8.0, 8.0, 30.0, 30.0)),))
    picture = blank_picture(scene)
    cases = [
        Case(str(n), "f", question, (picture,), (scene,), label, "g")
        for n, (question, label) in enumerate(
            [("Is there a circle?", "yes"), ("Is there a square?", "yes"), ("Is there a circle?", "yes")]
        )
    ]
    circle, square = 'return p.exists("circle")', 'return p.exists("square")'
    writer = Writer({"Is there a circle?": ["", circle], "Is there a square?": [square]})
    programs = plan_once(writer, cases)  # type: ignore[arg-type]
    assert writer.asked == 3
    oracle = Oracle({picture: scene})
    with VisualAgent(oracle.kit()) as agent:
        verdicts = judge(agent, cases, programs)
    assert [v.right for v in verdicts] == [v.right_with_truth for v in verdicts] == [True, False, True]
    figures = figures_of(verdicts)
    assert figures["right"] == pytest.approx(2 / 3)
    assert figures["consistent"] == 0
    assert figures["families"]["f"]["questions"] == 3


def test_shares_leave_out_what_is_not_known() -> None:
    verdict = Verdict("1", "f", "q", "yes", "answered", "yes", True, None, "", "", "")
    assert figures_of([verdict])["right_with_truth"] is None
