"""What questions for a changed picture ask for: every form has a target, computed from the scene."""

import ast

import pytest

from distill.questions.editing import FORMS, TARGETS, targets
from distill.questions.forms import Form
from distill.questions.grammar import BY_NAME, write_program
from distill.questions.view import Absent, Unclear
from models.embedded.world.scene import Scene, SceneSpec, make_scene
from models.planner_format import decode_body

SLOTS = {"a": "dog", "b": "cat", "c": "car", "k": "blue", "e": "heart", "d": "0"}
TOOLS = {"blur_background", "color_pop", "replace", "emoji", "tag", "highlight"}


@pytest.fixture(scope="module")
def scene() -> Scene:
    return make_scene(3, "test", SceneSpec(things=[("dog", None, 2), ("car", "red", 1)]))


def test_every_form_has_a_target() -> None:
    assert set(TARGETS) == {form.name for form in FORMS}
    assert all(BY_NAME[form.name].program == form.program for form in FORMS)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_target_is_what_the_program_calls(form: Form, scene: Scene) -> None:
    slots = dict(SLOTS)
    if form.name in ("edit_blur_two", "edit_pop_two", "edit_tag_two"):
        slots["b"] = "car"
    if form.name == "edit_crop":
        slots["a"] = "car"
    edits = targets(form, slots, scene)
    calls = [
        node
        for node in ast.walk(ast.parse(decode_body(write_program(form, slots))))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TOOLS
    ]
    calls.sort(key=lambda node: node.lineno)
    assert [node.func.attr for node in calls] == [edit.tool for edit in edits if edit.tool != "crop"]  # type: ignore[attr-defined]
    for node, edit in zip(calls, edits, strict=False):
        said = [argument.value for argument in node.args[1:] if isinstance(argument, ast.Constant)]
        assert said == ([edit.text] if edit.text else [])
        assert edit.things


def test_which_things_are_meant(scene: Scene) -> None:
    assert {thing.noun for thing in targets(BY_NAME["edit_pop"], SLOTS, scene)[0].things} == {"dog"}
    assert len(targets(BY_NAME["edit_tag_all"], SLOTS, scene)[0].things) == 3
    both = targets(BY_NAME["edit_tag_two"], SLOTS | {"b": "car"}, scene)[0].things
    assert sorted(thing.noun for thing in both) == ["car", "dog", "dog"]
    left, right = (targets(BY_NAME["edit_highlight_side"], SLOTS | {"d": d}, scene)[0].things[0] for d in ("0", "-1"))
    assert left.center[0] < right.center[0]


@pytest.mark.parametrize(
    ("name", "slots", "error"),
    [
        ("edit_blur", {"a": "cat"}, Absent),
        ("edit_replace", {"a": "cat"}, Absent),
        ("edit_crop", {"a": "dog"}, Unclear),
        ("edit_highlight_side", {"a": "car"}, Unclear),
        ("edit_replace_pop", {"a": "dog", "b": "car"}, Unclear),
        ("edit_tag", {"a": "whatsit"}, Unclear),
    ],
)
def test_what_cannot_be_done(name: str, slots: dict[str, str], error: type[Exception], scene: Scene) -> None:
    with pytest.raises(error):
        targets(BY_NAME[name], SLOTS | slots, scene)
