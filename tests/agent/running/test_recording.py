"""Recorded results in place of tool calls: the same value, no model, and nothing that was not recorded."""

# Programs stand on one line each, however long.
# ruff: noqa: E501

from typing import Any

import numpy as np
import pytest

from agent.program import Program
from agent.running.engine import Engine
from agent.running.execution import Job, Outcome
from agent.running.monty_sandbox import MontySandbox
from agent.running.recording import Recalled, Recording
from agent.trace import Attempt, ProblemRecord, Step, TextValue, Trace
from agent.values import Encoder
from models.picture import Picture
from models.requests import Mask as MaskResult
from tests.agent.conftest import FakeKit, FakeSpecialist, make_picture
from tools import ImagePatch, Vocabulary

ENTRY = "def execute_command(image):\n    patch = ImagePatch(image)\n"
DOGS = ENTRY + '    dogs = patch.find("dog")\n    return [dog.simple_query("Where?") for dog in dogs]\n'


@pytest.fixture
def kit(kit: FakeKit) -> FakeKit:
    def segment(request: Any) -> MaskResult:
        pixels = np.zeros((80, 100), bool)
        x1, y1, x2, y2 = request.region.pixels
        ys, xs = np.mgrid[:80, :100]
        pixels[y1:y2, x1:x2] = ((xs - (x1 + x2) / 2) ** 2 + (ys - (y1 + y2) / 2) ** 2 < 60)[y1:y2, x1:x2]
        return MaskResult(pixels, 0.9)

    kit["segmenter"] = FakeSpecialist(segment)
    return kit


class Runner:
    """Runs programs with specialists, and again with none."""

    def __init__(self, kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> None:
        self.picture = make_picture()
        self.kit = kit
        self.engine = Engine(kit, vocabulary, sandbox)
        self.bare = Engine({}, vocabulary, sandbox)

    def run(self, source: str, recording: Recording | None = None, bare: bool = False) -> Outcome:
        engine = self.bare if bare else self.engine
        return engine.run([Job(Program(source), (self.picture,), recording=recording)])[0]

    def pictures(self, outcome: Outcome) -> dict[str, Picture]:
        return {picture.key: picture for picture in (self.picture, *outcome.pictures)}

    def trace(self, source: str, outcome: Outcome) -> Trace:
        """As the agent writes it, and as it is read back."""
        problem = None
        if outcome.problem is not None:
            told = {name: getattr(outcome.problem, name) for name in ("kind", "message", "detail")}
            problem = ProblemRecord(**told)
        attempt = Attempt(
            program=source,
            author="test",
            problem=problem,
            steps=list(outcome.steps),
            result=outcome.record,
        )
        status: Any = "abstained" if outcome.abstention is not None else "failed" if problem else "answered"
        trace = Trace(
            question="q", pictures=[], attempts=[attempt], status=status, value=outcome.record,
            reason=outcome.abstention or "",
        )  # fmt: skip
        return Trace.model_validate_json(trace.model_dump_json())

    def calls(self) -> int:
        return sum(len(batch) for one in self.kit.values() for batch in one.batches)


@pytest.fixture
def runner(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> Runner:
    return Runner(kit, vocabulary, sandbox)


PROGRAMS = {
    "patches and texts": DOGS,
    "numbers": ENTRY
    + '    return [patch.compute_depth(), patch.find("dog")[1].compute_depth(), patch.exists("cat")]\n',
    "phrases": ENTRY + '    return [dog.verify_property("dog", "red") for dog in patch.find("dog")]\n',
    "best of several": ENTRY
    + '    dogs = patch.find("dog")\n    best = best_image_match(dogs, ["left dog"])\n    return [dogs.index(best), best == dogs[0], patch.find("dog")[0] == dogs[0]]\n',
    "masks": ENTRY
    + '    masks = [dog.segment() for dog in patch.find("dog")]\n    return [mask.area for mask in masks] + masks\n',
    "cut-outs": ENTRY
    + '    cut = patch.find("dog")[0].segment().cut_out()\n    return [cut.simple_query("What colour?"), cut, cut.original_image]\n',
    "a caught error": ENTRY
    + '    try:\n        patch.crop(5, 5, 1, 1)\n    except Exception as error:\n        return [str(error), patch.find("kid")]\n',
    "an uncaught error": ENTRY + "    return patch.crop(5, 5, 1, 1)\n",
    "nothing there": ENTRY + '    return patch.find("cat")[0]\n',
    "a tool that abstains": ENTRY + '    return patch.segment("cat").area\n',
    "no answer at all": ENTRY + '    patch.find("dog")\n',
}


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS.keys())
@pytest.mark.parametrize("positional", [False, True], ids=["by call", "by position"])
def test_a_recorded_run_is_the_same_without_any_model(runner: Runner, source: str, positional: bool) -> None:
    before = runner.run(source)
    first = len(before.steps) if positional else None
    recording = Recording.of(runner.trace(source, before), runner.pictures(before), first)
    after = runner.run(source, recording, bare=True)
    assert (after.record, after.abstention, after.broken) == (before.record, before.abstention, before.broken)
    assert after.problem == before.problem
    untimed = {"seconds", "batch", "cached", "recorded"}
    assert [s.model_dump(exclude=untimed) for s in after.steps] == [s.model_dump(exclude=untimed) for s in before.steps]
    assert all(step.recorded for step in after.steps)
    assert not any(step.recorded for step in before.steps)
    assert (recording.missed, recording.diverged_at) == (0, None)


def test_only_the_first_steps(runner: Runner) -> None:
    before = runner.run(DOGS)
    asked = runner.calls()
    runner.kit["vlm"].answer = lambda request: "elsewhere"
    recording = Recording(before.steps, runner.pictures(before), first=3)
    after = runner.run(DOGS, recording)
    assert [step.recorded for step in after.steps] == [True, True, True, False]
    assert after.value == [before.value[0], "elsewhere"]
    assert runner.calls() == asked + 1
    assert recording.diverged_at is None


@pytest.mark.parametrize("first", [0, 1, 2, 3, 4, 9])
def test_how_many_are_taken(runner: Runner, first: int) -> None:
    before = runner.run(DOGS)
    after = runner.run(DOGS, Recording(before.steps, runner.pictures(before), first))
    assert [step.recorded for step in after.steps] == [index < first for index in range(4)]
    assert after.value == before.value


def test_recording_stops_where_the_program_goes_another_way(runner: Runner) -> None:
    before = runner.run(DOGS)
    changed = DOGS.replace('find("dog")', 'find("kid")')
    recording = Recording(before.steps, runner.pictures(before), first=4)
    after = runner.run(changed, recording)
    assert recording.diverged_at == 1
    assert [step.recorded for step in after.steps] == [True, False, False]
    assert after.value == runner.run(changed).value


def test_a_changed_program_takes_equal_calls_wherever_they_are(runner: Runner) -> None:
    before = runner.run(DOGS)
    changed = (
        ENTRY
        + '    kids = patch.find("kid")\n    dogs = patch.find("dog")[::-1]\n    return [len(kids), *[dog.simple_query("Where?") for dog in dogs]]\n'
    )
    recording = Recording(before.steps, runner.pictures(before))
    after = runner.run(changed, recording)
    assert [step.recorded for step in after.steps] == [True, False, True, True, True]
    assert after.value == [1, *before.value[::-1]]
    assert recording.diverged_at == 1


@pytest.mark.parametrize(
    "changed",
    [
        DOGS.replace('"Where?"', '"where?"'),
        DOGS.replace("ImagePatch(image)", "ImagePatch(image, 0, 0, 99, 80)"),
        DOGS.replace('find("dog")', 'find("Dog")'),
    ],
)
def test_what_differs_a_little_is_another_call(runner: Runner, changed: str) -> None:
    before = runner.run(DOGS)
    after = runner.run(changed, Recording(before.steps, runner.pictures(before)))
    assert after.record == runner.run(changed).record
    assert not all(step.recorded for step in after.steps)


def test_the_phrase_of_a_patch_tells_calls_apart(runner: Runner) -> None:
    """`verify_property` looks again for an object of another name."""
    runner.kit.things["puppy"] = runner.kit.things["dog"][::-1]
    source = ENTRY + '    return patch.find("dog")[0].verify_property("dog", "red")\n'
    changed = source.replace('find("dog")[0]', 'find("puppy")[1]')
    before = runner.run(source)
    after = runner.run(changed, Recording(before.steps, runner.pictures(before)))
    assert [step.recorded for step in after.steps] == [True, False, False]


def test_another_picture_is_another_call(runner: Runner, vocabulary: Vocabulary, sandbox: MontySandbox) -> None:
    before = runner.run(DOGS)
    recording = Recording(before.steps, runner.pictures(before))
    after = runner.engine.run([Job(Program(DOGS), (make_picture(shade=9),), recording=recording)])[0]
    assert not any(step.recorded for step in after.steps)


# ------------------------------------------------------------------ equal calls with unequal results

VOTES = "def execute_command(image):\n    return [llm_query('Yes or no?') for _ in range({})]\n"


@pytest.fixture
def moody(runner: Runner) -> Runner:
    answers = iter(f"answer {number}" for number in range(99))
    runner.kit["llm"].answer = lambda request: next(answers)
    return runner


def test_equal_calls_keep_their_order(moody: Runner) -> None:
    before = moody.run(VOTES.format(3))
    assert before.value == ["answer 0", "answer 1", "answer 2"]
    assert moody.run(VOTES.format(3), Recording(before.steps, {}), bare=True).value == before.value
    assert moody.run(VOTES.format(2), Recording(before.steps, {}), bare=True).value == before.value[:2]


def test_more_calls_than_recorded_are_made_where_answers_vary(moody: Runner) -> None:
    before = moody.run(VOTES.format(2))
    after = moody.run(VOTES.format(4), Recording(before.steps, {}))
    assert after.value == ["answer 0", "answer 1", "answer 2", "answer 3"]
    assert [step.recorded for step in after.steps] == [True, True, False, False]


def test_more_calls_than_recorded_are_taken_where_answers_are_the_same(runner: Runner) -> None:
    before = runner.run(VOTES.format(2))
    after = runner.run(VOTES.format(4), Recording(before.steps, {}), bare=True)
    assert after.value == before.value * 2


# ------------------------------------------------------------------ errors, and what was lost

BROKEN = ENTRY + '    return [patch.find("dog")[0].simple_query("Where?"), patch.simple_query("broken")]\n'


@pytest.mark.parametrize("first", [None, 9])
def test_a_specialist_that_was_broken_is_asked_again(runner: Runner, first: int | None) -> None:
    before = runner.run(BROKEN)
    assert before.broken
    recording = Recording.of(runner.trace(BROKEN, before), runner.pictures(before), first)
    runner.kit["vlm"].answer = lambda request: "mended"
    after = runner.run(BROKEN, recording)
    assert after.value == ["Where at 10", "mended"]
    assert [step.recorded for step in after.steps] == [True, True, True, False]
    assert (recording.missed, recording.diverged_at) == (0, None)


def test_a_tool_that_was_broken_runs_again(runner: Runner) -> None:
    steps = [Step(index=0, tool="llm_query", span=None, arguments={"query": "?"}, error="the tool llm_query broke: x")]
    problem = ProblemRecord(kind="tool", message="the tool llm_query broke: x")
    attempt = Attempt(program="", author="test", problem=problem, steps=steps)
    trace = Trace(question="q", pictures=[], attempts=[attempt], status="failed")
    assert Recording.of(trace, {}).recall(0, "llm_query", {"query": "?"}) is None


def test_a_picture_that_is_gone_is_made_again(runner: Runner) -> None:
    source = PROGRAMS["cut-outs"]
    before = runner.run(source)
    recording = Recording(before.steps, {runner.picture.key: runner.picture})
    after = runner.run(source, recording)
    assert after.record == before.record
    assert [step.recorded for step in after.steps] == [True, True, True, False, True]
    assert recording.missed == 1


def test_results_of_which_only_words_were_kept_are_made_again() -> None:
    steps = [
        Step(index=0, tool="one", span=None, arguments={}, result=TextValue(text="nan")),
        Step(index=1, tool="two", span=None, arguments={"value": TextValue(text="<Thing>")}, result=2),
        Step(index=2, tool="three", span=None, arguments={}, result=3),
    ]
    recording = Recording(steps, {}, first=3)
    assert recording.recall(0, "one", {}) is None
    assert recording.recall(1, "two", {"value": TextValue(text="<Thing>")}) is None
    assert recording.recall(2, "three", {}) == Recalled(3)
    assert (recording.missed, recording.diverged_at) == (2, None)


def test_a_tool_that_gives_more_than_a_trace_keeps_runs_again() -> None:
    steps = [Step(index=0, tool="one", span=None, arguments={}, result=[1, 2])]
    recording = Recording(steps, {}, unkept=["one"])
    assert recording.recall(0, "one", {}) is None
    assert recording.missed == 1


def test_an_error_without_words_is_an_error() -> None:
    recording = Recording([Step(index=0, tool="one", span=None, arguments={}, error="")], {})
    assert recording.recall(0, "one", {}) == Recalled(error="")


def test_a_trace_without_a_program_recalls_nothing() -> None:
    recording = Recording.of(Trace(question="q", pictures=[], attempts=[], status="failed"), {})
    assert recording.recall(0, "one", {}) is None
    assert recording.diverged_at is None


def test_the_receiver_of_a_method_is_not_its_result(runner: Runner) -> None:
    """A live `find` makes new patches, even one like the patch it looked in."""
    source = ENTRY + '    dog = patch.find("dog")[0]\n    return dog == dog.find("dog")[0]\n'
    before = runner.run(source)
    assert before.value is False
    assert runner.run(source, Recording(before.steps, runner.pictures(before)), bare=True).value is False


def test_objects_that_come_back_are_the_same_ones() -> None:
    picture = make_picture()
    patches = [ImagePatch(picture, 0, 0, 9, 9), ImagePatch(picture, 1, 1, 9, 9)]
    encode = Encoder([picture]).encode
    arguments = {"list_patches": encode(patches), "content": ["dog"]}
    step = Step(index=0, tool="best_image_match", span=None, arguments=arguments, result=encode(patches[1]))
    pictures = {picture.key: picture}
    found = Recording([step], pictures).recall(0, "best_image_match", arguments, (patches, ["dog"]))
    assert found is not None
    assert found.value is patches[1]
    copied = Recording([step], pictures).recall(0, "best_image_match", arguments)
    assert copied is not None
    assert copied.value not in patches
