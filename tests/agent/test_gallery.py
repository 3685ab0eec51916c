"""The whole chain but its models: ViperGPT-style programs on the gallery's scenes, over specialists that know the truth."""

# Programs stand on one line each, however long.
# ruff: noqa: E501

import pytest

from agent import Answer, Planner, VisualAgent
from models.embedded.gallery import GalleryQuestion, load_gallery
from models.embedded.oracle import oracle_kit
from tests.agent.planning.fake_chat import FakeChat
from tools import Vocabulary

COLOURS = '["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white"]'

# (item, question): the body of a program that answers it
BODIES = {
    ("muffins_and_kids", "How many muffins can each kid have for it to be fair?"): 'return len(p.find("muffin")) // len(p.find("kid"))',
    ("muffins_and_kids", "What color is the dog?"): 'return p.find("dog")[0].simple_query("What color is it?")',
    ("farm", "How many animals are there?"): 'return len(p.find("animal"))',
    ("farm", "What color is the tractor?"): f'return p.find("tractor")[0].best_text_match({COLOURS})',
    ("farm", "Are there more sheep than cows?"): 'return len(p.find("sheep")) > len(p.find("cow"))',
    ("beach_day", "What is the background?"): 'return p.simple_query("What is the background?")',
    ("penguins", "Is there a snowman?"): 'return bool_to_yesno(p.exists("snowman"))',
    ("penguins", "What color is the scarf?"): 'return p.find("scarf")[0].simple_query("What color is the scarf?")',
    ("spooky_night", "Are there more pumpkins than ghosts?"): 'return len(p.find("pumpkin")) > len(p.find("ghost"))',
    ("spooky_night", "Is there a sun in the picture?"): 'return p.exists("sun")',
    ("red_cars", "How many red cars are there?"): 'return len([c for c in p.find("car") if c.verify_property("car", "red")])',
    ("forest_animals", "Which animal is the furthest to the left?"): 'return min(p.find("animal"), key=lambda a: a.horizontal_center).simple_query("What animal is this?")',
    ("forest_animals", "Which animal is closest to the bear?"): (
        'bear = p.find("bear")[0]\n'
        'others = [a for a in p.find("animal") if not a.exists("bear")]\n'
        'others.sort(key=lambda a: distance(a, bear))\n'
        'return others[0].simple_query("What animal is this?")'
    ),
    ("living_room", "Is the cat to the left of the television?"): 'return p.find("cat")[0].horizontal_center < p.find("television")[0].horizontal_center',
    ("living_room", "Is there a dog or a cat?"): 'return p.exists("dog") or p.exists("cat")',
    ("fruit", "How many more apples than bananas are there?"): 'return len(p.find("apple")) - len(p.find("banana"))',
    ("balloons", "Are all balloons red?"): 'return all(b.verify_property("balloon", "red") for b in p.find("balloon"))',
    ("balloons", "What color is the kite?"): f'return p.find("kite")[0].best_text_match({COLOURS})',
    ("balloons", "How many balloons are not red?"): 'return sum(1 for b in p.find("balloon") if not b.verify_property("balloon", "red"))',
    ("traffic", "What is the biggest vehicle?"): 'return max(p.find("vehicle"), key=lambda v: v.width * v.height).simple_query("What is this?")',
    ("traffic", "Is the dog to the right of the truck?"): 'return p.find("dog")[0].left > p.find("truck")[0].left',
    ("sky", "What is the highest vehicle?"): 'v = p.find("vehicle")\nv.sort(key=lambda x: x.vertical_center)\nreturn v[-1].simple_query("What vehicle is this?")',
    ("birthday", "If every kid takes one gift, how many gifts are left?"): 'return len(p.find("gift")) - len(p.find("kid"))',
    ("dogs_far_and_near", "What color is the dog closest to the camera?"): 'return min(p.find("dog"), key=lambda d: d.compute_depth()).simple_query("What color is the dog?")',
    ("dogs_far_and_near", "What color is the dog furthest away?"): 'd = p.find("dog")\nd.sort(key=lambda x: x.compute_depth())\nreturn d[-1].simple_query("What color is the dog?")',
    ("pets_left", "Which picture has more cats?"): 'n = [len(q.find("cat")) for q in ps]\nreturn f"picture {n.index(max(n)) + 1}"',
    ("pets_left", "How many dogs are there in total?"): 'return sum(len(q.find("dog")) for q in ps)',
    ("pets_right", "Which animal is closest to the horse?"): 'horse = p.find("horse")[0]\nreturn min(p.find("animal"), key=lambda a: distance(a, horse)).simple_query("What animal is this?")',
}  # fmt: skip


@pytest.fixture(scope="module")
def answers(vocabulary: Vocabulary) -> dict[tuple[str, str], Answer]:
    """All questions of the table, answered side by side."""
    items = {item.name: item for item in load_gallery()}
    asked = {
        (item.name, one.question): one
        for item in items.values()
        for one in item.questions
        if (item.name, one.question) in BODIES
    }
    order: list[tuple[tuple[str, str], GalleryQuestion]] = list(asked.items())
    bodies = {one.question: BODIES[key] for key, one in order}
    assert len(bodies) == len(order)
    planner = Planner(FakeChat(replies=lambda text: bodies[text.split("\n")[0]]), vocabulary, "question")
    kit = oracle_kit({item.picture: item.truth for item in items.values()})
    with VisualAgent(kit, planner, vocabulary) as agent:
        queries = [
            {"question": one.question, "images": [items[name].picture for name in one.pictures]} for _, one in order
        ]
        found = agent.batch(queries)
    return {key: answer for (key, _), answer in zip(order, found, strict=True)}


@pytest.mark.parametrize("key", BODIES, ids=lambda key: f"{key[0]}: {key[1]}")
def test_answers_as_the_gallery_says(answers: dict[tuple[str, str], Answer], key: tuple[str, str]) -> None:
    name, question = key
    truth = next(
        one.answer for item in load_gallery() if item.name == name for one in item.questions if one.question == question
    )
    answer = answers[key]
    if truth is None:
        assert answer.status == "abstained", answer.reason
        assert answer.reason.startswith("there is no ")
    else:
        assert answer.status == "answered", answer.reason
        assert str(answer) == truth


def test_tool_calls_of_different_pictures_were_batched(answers: dict[tuple[str, str], Answer]) -> None:
    first_finds = [
        next(step for step in answer.trace.steps if step.tool == "ImagePatch.find")
        for answer in answers.values()
        if any(step.tool == "ImagePatch.find" for step in answer.trace.steps)
    ]
    assert max(step.batch for step in first_finds) >= 8


def test_traces_survive_json(answers: dict[tuple[str, str], Answer]) -> None:
    for answer in answers.values():
        assert Answer.model_validate_json(answer.model_dump_json()).trace.model_dump() == answer.trace.model_dump()
