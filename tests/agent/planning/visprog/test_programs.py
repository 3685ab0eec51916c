"""The programs in `tests/data/visprog`: what they give, and that they read, print and read the same."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent import Program, VisualAgent
from agent.planning.check import Check
from agent.planning.visprog import MODULES, TASK_SETS, check_program, compile_source, parse, print_program
from agent.planning.visprog.modules import END, MARK, table
from models.embedded.gallery import GalleryItem, gallery_item
from models.embedded.world.scene import Thing
from models.picture import iou
from tests.agent.planning.visprog.conftest import cases, pictures

ALL = [pytest.param(case, id=f"{task_set}: {case['name']}") for task_set in TASK_SETS for case in cases(task_set)]
ASKED = [pytest.param(case, id=case["name"]) for task_set in ("gqa", "nlvr") for case in cases(task_set)]


@pytest.mark.parametrize("case", ASKED)
def test_answers(case: dict[str, Any], oracle_agent: VisualAgent) -> None:
    answer = oracle_agent.run(Program(case["program"]), pictures(case))
    if "abstains" in case:
        assert (answer.status, answer.reason) == ("abstained", case["abstains"])
    else:
        assert (answer.status, answer.value, type(answer.value)) == ("answered", case["answer"], type(case["answer"]))


@pytest.mark.parametrize("case", ALL)
def test_round_trip(case: dict[str, Any]) -> None:
    steps, problems = check_program(case["program"])
    assert not problems
    printed = print_program(steps)
    assert parse(printed) == (steps, [])
    assert print_program(parse(printed)[0]) == printed
    written = [line for line in case["program"].splitlines() if line and not line.startswith("#")]
    assert [line.replace('"', "'") for line in printed.splitlines()] == [line.replace('"', "'") for line in written]


@pytest.mark.parametrize("case", ALL)
def test_the_python_passes_the_check(case: dict[str, Any], check: Check) -> None:
    assert check(compile_source(case["program"]).python) == []


def test_every_module_at_least_twice() -> None:
    programs = [case["program"] for task_set in TASK_SETS for case in cases(task_set)]
    used = Counter(step.module for program in programs for step in parse(program)[0])
    assert len(programs) >= 60
    assert {name for name in MODULES if used[name] < 2} == set()


def test_the_documentation_has_the_modules_as_they_are() -> None:
    page = (Path(__file__).parents[4] / "docs" / "visprog.md").read_text("utf-8")
    assert table() == page.partition(f"{MARK}\n")[2].partition(END)[0]
    example = page.partition("```\n")[2].partition("```")[0]
    assert check_program(example)[1] == []


# ------------------------------------------------------------------ editing and tagging


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in cases("edit")])
def test_edits(case: dict[str, Any], oracle_agent: VisualAgent) -> None:
    item = gallery_item(case["picture"])
    answer = oracle_agent.run(Program(case["program"]), item.picture)
    if "abstains" in case:
        assert answer.status == "abstained"
        assert answer.reason.startswith(case["abstains"])
        return
    assert answer.status == "answered", answer.reason
    steps = [step for step in answer.trace.steps if step.tool in EDITING]
    lines = [line.partition("=")[2].partition("(")[0] for line in case["program"].splitlines()]
    assert [lines[step.span.line - 1] for step in steps if step.span] == [EDITING[step.tool] for step in steps]
    before = np.asarray(item.picture.image)
    for step, nouns in zip(steps, case["edits"], strict=True):
        chosen = [thing_at(item, patch.box) for patch in step.arguments["patches"]]
        assert sorted(map(str, nouns)) == sorted(named(item.scene.things[index], nouns) for index in chosen)
        after = np.asarray(answer.pictures[step.result.picture].image)
        mask = np.logical_or.reduce([item.truth.masks[index] for index in chosen])
        boxes = np.zeros_like(mask)
        for index in chosen:
            x1, y1, x2, y2 = (round(value) for value in item.scene.things[index].box)
            boxes[max(0, y1 - 9) : y2 + 9, max(0, x1 - 9) : x2 + 9] = True
        CHANGES[step.tool](before, after, mask, boxes)
        before = after
    assert answer.value.picture == steps[-1].result.picture


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in cases("knowledge")])
def test_tags(case: dict[str, Any], oracle_agent: VisualAgent) -> None:
    item = gallery_item(case["picture"])
    answer = oracle_agent.run(Program(case["program"]), item.picture)
    assert answer.status == "answered", answer.reason
    step = answer.trace.steps[-1]
    assert step.tool == "ImagePatch.tag"
    names = [item.scene.things[thing_at(item, patch.box)] for patch in step.arguments["patches"]]
    found = list(zip(step.arguments["labels"], (named(thing, case["tags"].values()) for thing in names), strict=True))
    assert dict(found) == case["tags"]
    assert len(found) == case.get("count", len(case["tags"]))
    changed = np.asarray(answer.pictures[answer.value.picture].image) != np.asarray(item.picture.image)
    assert 0 < changed.any(-1).mean() < 0.6


def thing_at(item: GalleryItem, box: Any) -> int:
    """The thing whose box is most like this one."""
    return max(range(len(item.scene.things)), key=lambda index: iou(item.scene.things[index].box, box))


def named(thing: Thing, names: Iterable[str]) -> str:
    """Which of the names is this thing's: with its colour, if they have one."""
    coloured = f"{thing.colour} {thing.noun}"
    return coloured if coloured in names else thing.noun


def only_grey_outside(before: Any, after: Any, mask: Any, boxes: Any) -> None:
    assert (after[mask] == before[mask]).all()
    outside = after[~mask]
    assert (outside == outside[:, :1]).all()


def blurred_outside(before: Any, after: Any, mask: Any, boxes: Any) -> None:
    assert (after[mask] == before[mask]).all()
    assert (after[~mask] != before[~mask]).any(-1).mean() > 0.3


def changed_inside(before: Any, after: Any, mask: Any, boxes: Any) -> None:
    assert (after[mask] != before[mask]).any(-1).mean() > 0.5
    assert (after[~boxes] == before[~boxes]).all()


EDITING = {
    "ImagePatch.color_pop": "COLORPOP",
    "ImagePatch.blur_background": "BGBLUR",
    "ImagePatch.emoji": "EMOJI",
    "ImagePatch.replace": "REPLACE",
}
CHANGES = {
    "ImagePatch.color_pop": only_grey_outside,
    "ImagePatch.blur_background": blurred_outside,
    "ImagePatch.emoji": changed_inside,
    "ImagePatch.replace": changed_inside,
}
