"""The tools as programs use them, through the check, the sandbox and the engine."""

import pytest

from agent import VisualAgent
from models.requests import Detection
from tests.models.clips import write_clip
from tools import default_vocabulary
from tools.prompt import examples

from .conftest import CARS, Fake, detect

VOCABULARY = default_vocabulary()
EXAMPLES = [
    pytest.param(source, id=f"{one.qualified}-{number}")
    for one in VOCABULARY.tools.values()
    for number, source in enumerate(examples(one))
]


@pytest.fixture(scope="module")
def agent():
    kit: dict = {}
    with VisualAgent(kit, vocabulary=VOCABULARY) as made:
        yield made


@pytest.fixture
def run(agent, kit, picture):
    agent.kit.clear()
    agent.kit.update(kit)
    return lambda source: agent.run(source, picture)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clips") / "street.mp4", range(0, 4800, 40))


def in_time(request):
    """Three cars; in a video all things are there for 3.6 seconds, and then there are objects."""
    time = getattr(request.region.picture, "time", 0.0)
    there = (time >= 3.6) == (request.phrase == "object") if time else request.phrase != "object"
    return [Detection(box, 0.9) for box in CARS.values()] if there else []


@pytest.mark.parametrize("source", EXAMPLES)
def test_every_example_of_the_prompt_runs(agent, run, source, clip):
    agent.kit["detector"] = Fake(in_time)
    agent.kit["vlm"] = Fake(lambda request: "four")
    answer = agent.run(source, clip) if "VideoSegment" in source else run(source)
    assert (answer.status, answer.reason) == ("answered", "")
    assert answer.value is not None


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('[c.left for c in p.find("car")]', [80, 10, 150]),
        ('p.find("red car")[0] == p.find("red car")[0]', False),
        ('[c for c in [p.find("car")] if c[0] in c][0][1].verify_property("car", "red")', True),
        ("(p.original_image.width, p.crop(0, 0, 9, 9).original_image.height)", [200, 100]),
        ("ImagePatch(p.crop(0, 0, 9, 9).original_image).width", 200),
        ("ImagePatch(p.crop(3, 4, 9, 9)).lower", 4),
        ('p.segment("red car").cut_out().left', 10),
        ('best_image_match(p.find("car"), ["red car"], return_index=True)', 1),
        ('best_image_match(p.find("dog"), ["poodle"]) is None', True),
        ('distance(p.find("red car")[0], p.find("blue car")[0])', 30.0),
        ('sorted(p.find("car"), key=lambda c: c.compute_depth())[0].verify_property("car", "red")', True),
        ("math.floor(2.5) + coerce_to_numeric('three')", 5),
    ],
)
def test_values(run, body, value):
    answer = run(f"def execute_command(image):\n    p = ImagePatch(image)\n    return {body}\n")
    assert answer.reason == ""
    assert answer.value == value


def test_a_wrong_call_can_be_caught_by_the_program_and_is_told_otherwise(run):
    wrong = "def execute_command(image):\n    p = ImagePatch(image)\n    {}\n"
    answer = run(wrong.format('return p.crop(9, 9, 3, 3).exists("car")'))
    assert answer.status == "failed"
    assert "(9, 9, 3, 3) has no area; left < right and lower < upper" in answer.reason
    caught = "try:\n        return p.crop(9, 9, 3, 3)\n    except Exception:\n        return 'caught'"
    assert run(wrong.format(caught)).value == "caught"


@pytest.mark.parametrize("body", ['p.segment("dog").area', 'abstain("there is no dog in the picture")'])
def test_abstention_ends_the_program_and_cannot_be_caught(agent, run, body):
    agent.kit["detector"] = Fake(detect)
    answer = run(
        f"def execute_command(image):\n    p = ImagePatch(image)\n    try:\n        {body}\n"
        "    except BaseException:\n        return 'caught'\n    return 'went on'\n"
    )
    assert (answer.status, answer.reason) == ("abstained", "there is no dog in the picture")
