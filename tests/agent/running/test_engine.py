"""Many programs at once: batches, isolation of errors, steps."""

# Programs stand on one line each, however long.
# ruff: noqa: E501

import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest

from agent.program import Program
from agent.running.engine import Engine, Job, Outcome
from agent.running.monty_sandbox import MontySandbox
from agent.trace import MaskValue, PatchValue, PictureValue, Step
from models.loading import CheckpointError
from models.picture import Picture
from models.requests import Detect, Match, Request, SpecialistError, Together
from models.requests import Mask as MaskResult
from tests.agent.conftest import FakeKit, FakeSpecialist, make_picture
from tools import Vocabulary, tool

COUNT = 'def execute_command(image):\n    return len(ImagePatch(image).find("dog"))\n'


def run(engine: Engine, source: str, *images: Picture) -> Outcome:
    return engine.run([Job(Program(source), images or (make_picture(),))])[0]


@pytest.fixture
def engine(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> Engine:
    return Engine(kit, vocabulary, sandbox)


def test_a_program_runs_to_its_value(engine: Engine) -> None:
    outcome = run(engine, COUNT)
    assert (outcome.value, outcome.problem, outcome.abstention) == (2, None, None)
    assert [step.tool for step in outcome.steps] == ["ImagePatch", "ImagePatch.find"]


def test_requests_of_many_programs_are_one_batch(engine: Engine, kit: FakeKit) -> None:
    outcomes = engine.run(Job(Program(COUNT), (make_picture(shade=shade),)) for shade in range(20))
    assert [outcome.value for outcome in outcomes] == [2] * 20
    assert [len(batch) for batch in kit["detector"].batches] == [20]
    assert outcomes[0].steps[1].batch == 20


def test_different_tools_share_a_specialist(engine: Engine, kit: FakeKit) -> None:
    """`find`, `exists` and `verify_property` all ask the detector."""
    tools = ('find("dog")', 'exists("dog")', 'verify_property("dog", "red")')
    jobs = [
        Job(
            Program(f"def execute_command(image):\n    return ImagePatch(image).{one}\n"), (make_picture(shade=10 * i),)
        )
        for i, one in enumerate(tools)
    ]
    engine.run(jobs)
    assert [len(batch) for batch in kit["detector"].batches] == [3]


def test_equal_requests_are_asked_once(engine: Engine, kit: FakeKit) -> None:
    outcomes = engine.run(Job(Program(COUNT), (make_picture(),)) for _ in range(5))
    assert [outcome.value for outcome in outcomes] == [2] * 5
    assert [len(batch) for batch in kit["detector"].batches] == [1]


def test_the_longest_queue_goes_first(engine: Engine, kit: FakeKit) -> None:
    order: list[str] = []
    for role in ("detector", "vlm"):
        answer = kit[role].answer
        kit[role].answer = lambda request, role=role, answer=answer: (order.append(role), answer(request))[1]
    ask = 'def execute_command(image):\n    return ImagePatch(image).simple_query("What is this?")\n'
    jobs = [Job(Program(COUNT), (make_picture(shade=1),))]
    jobs += [Job(Program(ask), (make_picture(shade=10 + shade),)) for shade in range(3)]
    engine.run(jobs)
    assert order == ["vlm", "vlm", "vlm", "detector"]


def test_together_is_one_batch_and_keeps_its_order(engine: Engine, kit: FakeKit) -> None:
    source = 'def execute_command(image):\n    dogs = ImagePatch(image).find("dog")\n    return best_image_match(dogs, ["left dog"], return_index=True)\n'
    assert run(engine, source).value == 0
    assert [len(batch) for batch in kit["clip"].batches] == [2]
    turned = source.replace('find("dog")\n', 'find("dog")[::-1]\n')
    assert run(engine, turned).value == 1


def test_few_are_alive_at_once_and_all_are_run(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> None:
    engine = Engine(kit, vocabulary, sandbox, live=3)
    outcomes = engine.run(Job(Program(COUNT), (make_picture(shade=shade),)) for shade in range(10))
    assert [outcome.value for outcome in outcomes] == [2] * 10
    assert max(len(batch) for batch in kit["detector"].batches) == 3


def test_programs_that_need_no_tool_do_not_hold_up_the_others(
    kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox
) -> None:
    sources = ["def execute_command(image):\n    return 7\n", COUNT] * 3
    outcomes = Engine(kit, vocabulary, sandbox, live=2).run(
        Job(Program(source), (make_picture(),)) for source in sources
    )
    assert [outcome.value for outcome in outcomes] == [7, 2] * 3


def test_no_jobs_no_outcomes(engine: Engine) -> None:
    assert engine.run([]) == []


# ------------------------------------------------------------------ errors stay where they belong


def test_one_request_that_breaks_the_model_costs_only_its_program(engine: Engine, kit: FakeKit) -> None:
    ask = 'def execute_command(image):\n    return ImagePatch(image).simple_query("{}")\n'
    questions = ["what is this", "broken", "unanswerable", "where is it"]
    outcomes = engine.run(
        Job(Program(ask.format(question)), (make_picture(shade=i),)) for i, question in enumerate(questions)
    )
    assert [outcome.value for outcome in outcomes] == ["this at 0", None, None, "it at 0"]
    assert [outcome.broken for outcome in outcomes] == [False, True, True, False]
    assert outcomes[1].problem is not None
    assert outcomes[1].problem.message == "vlm: ValueError: this question breaks the model"
    assert outcomes[1].problem.span is not None
    assert outcomes[1].problem.span.line == 2
    assert outcomes[2].problem is not None
    assert outcomes[2].problem.message == "the vlm cannot answer this"


def test_a_program_cannot_swallow_a_broken_specialist(engine: Engine) -> None:
    source = 'def execute_command(image):\n    try:\n        return ImagePatch(image).simple_query("broken")\n    except Exception:\n        return "fine"\n'
    outcome = run(engine, source)
    assert outcome.value is None
    assert outcome.broken


def test_a_missing_checkpoint_is_told_in_its_own_words(
    kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox
) -> None:
    class Lazy(dict[str, Any]):
        def __missing__(self, role: str) -> Any:
            raise CheckpointError("org/model: not on this computer; get it with `hf download org/model`")

    outcome = run(Engine(Lazy(), vocabulary, sandbox), COUNT)
    assert outcome.broken
    assert outcome.problem is not None
    assert outcome.problem.message == "org/model: not on this computer; get it with `hf download org/model`"
    assert outcome.steps[-1].error == outcome.problem.message


def test_a_role_that_nobody_fills(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> None:
    del kit["detector"]
    outcome = run(Engine(kit, vocabulary, sandbox), COUNT)
    assert outcome.problem is not None
    assert "detector" in outcome.problem.message
    assert "preset" in outcome.problem.message


def test_a_specialist_that_forgets_a_result(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> None:
    class Forgetful:
        def run(self, requests: Sequence[Request[Any]]) -> list[Any]:
            return []

    outcome = run(Engine({"detector": Forgetful()}, vocabulary, sandbox), COUNT)
    assert outcome.problem is not None
    assert "0 results for 1 requests" in outcome.problem.message


def test_a_wrong_argument_goes_into_the_program_which_may_catch_it(engine: Engine) -> None:
    caught = 'def execute_command(image):\n    try:\n        ImagePatch(image).find("")\n    except Exception as error:\n        return "caught"\n    return "no"\n'
    outcome = run(engine, caught)
    assert outcome.value == "caught"
    assert outcome.steps[1].error is not None
    assert "empty text" in outcome.steps[1].error
    uncaught = run(engine, "def execute_command(image):\n    return ImagePatch(image).crop(5, 5, 1, 1)\n")
    assert uncaught.problem is not None
    assert "no area" in uncaught.problem.message
    assert not uncaught.broken


def test_programs_that_fail_do_not_disturb_the_others(engine: Engine) -> None:
    sources = [
        COUNT,
        "def execute_command(image):\n    return 1 / 0\n",
        "def execute_command(image",
        "def execute_command(image):\n    while True: pass\n",
        COUNT,
    ]
    outcomes = engine.run(Job(Program(source), (make_picture(),)) for source in sources)
    assert [outcome.problem.kind if outcome.problem else None for outcome in outcomes] == [
        None,
        "runtime",
        "syntax",
        "limit",
        None,
    ]


@tool
async def bugged(word: str) -> str:
    """Breaks for some words."""
    if word == "await":
        await Detect  # type: ignore[misc]
    if word == "key":
        return {}[word]  # type: ignore[no-any-return]
    return word


@pytest.mark.parametrize("word", ["await", "key"])
def test_a_broken_tool_is_no_fault_of_the_program(kit: FakeKit, vocabulary: Vocabulary, word: str) -> None:
    from agent.running.sandbox import Surface

    larger = vocabulary.with_tools([bugged])
    source = f'def execute_command(image):\n    try:\n        return bugged("{word}")\n    except Exception:\n        return "hidden"\n'
    with MontySandbox(Surface.of(larger)) as sandbox:
        outcome = run(Engine(kit, larger, sandbox), source)
    assert outcome.broken
    assert outcome.problem is not None
    assert outcome.problem.message.startswith("the tool bugged broke: ")


@tool
async def nested(patch_count: int) -> list[list[float]]:
    """Awaits requests inside requests."""
    whole = make_picture().whole
    inner = Together(tuple(Match(whole, (str(number),)) for number in range(patch_count)))
    nothing: list[Any] = await Together(())
    both: list[Any] = await Together((inner, Detect(whole, "dog")))
    return [len(nothing), [len(scores) for scores in both[0]], len(both[1])]  # type: ignore[list-item]


def test_requests_inside_requests(kit: FakeKit, vocabulary: Vocabulary) -> None:
    from agent.running.sandbox import Surface

    larger = vocabulary.with_tools([nested])
    with MontySandbox(Surface.of(larger)) as sandbox:
        outcome = run(Engine(kit, larger, sandbox), "def execute_command(image):\n    return nested(3)\n")
    assert outcome.value == [0, [1, 1, 1], 2]
    assert [len(batch) for batch in kit["clip"].batches] == [3]


# ------------------------------------------------------------------ abstaining


def test_abstaining_ends_the_program(engine: Engine) -> None:
    source = 'def execute_command(image):\n    try:\n        abstain("there is no cow")\n    except Exception:\n        return 3\n    return 4\n'
    outcome = run(engine, source)
    assert (outcome.value, outcome.abstention, outcome.problem) == (None, "there is no cow", None)
    assert outcome.steps[-1].arguments == {"reason": "there is no cow"}


def test_an_empty_find_is_an_abstention(engine: Engine) -> None:
    outcome = run(engine, 'def execute_command(image):\n    return ImagePatch(image).find("cow")[0].left\n')
    assert outcome.abstention == "there is no cow in the picture"
    assert outcome.problem is not None  # where it stumbled is kept for the trace


# ------------------------------------------------------------------ steps


def test_steps_hold_arguments_by_name_and_encoded_values(engine: Engine) -> None:
    picture = make_picture()
    outcome = run(
        engine,
        'def execute_command(image):\n    p = ImagePatch(image, 0, 0, 50, 80)\n    return p.verify_property("dog", attribute="red")\n',
        picture,
    )
    made, asked = outcome.steps
    assert made.arguments == {
        "image": PictureValue(picture=picture.key),
        "left": 0,
        "lower": 0,
        "right": 50,
        "upper": 80,
    }
    assert made.result == PatchValue(picture=picture.key, box=(0, 0, 50, 80))
    assert asked.arguments == {"self": made.result, "object_name": "dog", "attribute": "red"}
    assert (made.index, asked.index) == (0, 1)
    assert asked.span is not None
    assert (asked.span.line, asked.span.column) == (3, 11)
    assert asked.seconds > 0


def test_steps_are_told_as_they_happen(engine: Engine) -> None:
    seen: list[Step] = []
    outcome = engine.run([Job(Program(COUNT), (make_picture(),), on_step=seen.append)])[0]
    assert tuple(seen) == outcome.steps


def test_batch_and_cache_are_what_the_specialist_says(
    kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox
) -> None:
    class Counting(FakeSpecialist):
        last_forward = 0

        def run(self, requests: Sequence[Request[Any]]) -> list[Any]:
            self.last_forward = 0 if self.batches else 4
            return super().run(requests)

    kit["detector"] = Counting(kit["detector"].answer)
    source = 'def execute_command(image):\n    p = ImagePatch(image)\n    return [p.exists("dog"), p.exists("cat"), p.horizontal_center]\n'
    first, second, third = run(Engine(kit, vocabulary, sandbox), source).steps
    assert (first.batch, first.cached) == (1, False)
    assert (second.batch, second.cached) == (4, False)
    assert (third.batch, third.cached) == (1, True)


def test_loading_a_model_is_no_time_of_a_step(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> None:
    class SlowKit(dict[str, Any]):
        def __getitem__(self, role: str) -> Any:
            time.sleep(0.3)
            return super().__getitem__(role)

    began = time.monotonic()
    outcome = run(Engine(SlowKit(kit), vocabulary, sandbox), COUNT)
    took = time.monotonic() - began
    assert outcome.loading >= 0.3
    assert outcome.steps[1].seconds <= outcome.seconds <= took - outcome.loading


def test_cut_outs_are_collected(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> None:
    import numpy as np

    pixels = np.zeros((80, 100), bool)
    pixels[10:30, 10:30] = True
    kit["segmenter"] = FakeSpecialist(lambda request: MaskResult(pixels, 0.9))
    picture = make_picture()
    outcome = run(
        Engine(kit, vocabulary, sandbox),
        'def execute_command(image):\n    return ImagePatch(image).segment("dog").cut_out()\n',
        picture,
    )
    (made,) = outcome.pictures
    mask = outcome.steps[1].result
    assert isinstance(mask, MaskValue)
    assert (mask.picture, mask.area, mask.box) == (picture.key, 400, (10, 10, 30, 30))
    assert outcome.record == PatchValue(picture=made.key, box=(10, 10, 30, 30))
    assert made.key != picture.key


def test_several_pictures_arrive_as_a_list(engine: Engine) -> None:
    source = "def execute_command(images):\n    return [image.width for image in images]\n"
    assert run(engine, source, make_picture(), make_picture(size=(60, 40))).value == [100, 60]


# ------------------------------------------------------------------ cancelling, threads


def test_a_cancelled_program_is_dropped_and_the_others_go_on(engine: Engine) -> None:
    steps: list[Step] = []
    long = 'def execute_command(image):\n    p = ImagePatch(image)\n    for i in range(150):\n        p.exists(f"thing {i}")\n    return 1\n'
    jobs = [
        Job(Program(long), (make_picture(),), steps.append, lambda: len(steps) > 5),
        Job(Program(COUNT), (make_picture(),)),
    ]
    dropped, other = engine.run(jobs)
    assert dropped.problem is not None
    assert dropped.problem.message.startswith("cancelled")
    assert len(dropped.steps) < 10
    assert other.value == 2


def test_a_callback_that_raises_ends_the_run_and_the_engine_lives_on(engine: Engine) -> None:
    def refuse(step: Step) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.run([Job(Program(COUNT), (make_picture(),), refuse)])
    assert run(engine, COUNT).value == 2


def test_threads_share_an_engine(engine: Engine) -> None:
    values: list[Any] = []
    threads = [threading.Thread(target=lambda: values.append(run(engine, COUNT).value)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values == [2] * 8


def test_specialist_error_in_a_kit_keeps_its_text(vocabulary: Vocabulary, sandbox: MontySandbox) -> None:
    class Refusing(dict[str, Any]):
        def __getitem__(self, role: str) -> Any:
            raise SpecialistError("the GPU is gone")

    outcome = run(Engine(Refusing(), vocabulary, sandbox), COUNT)
    assert outcome.problem is not None
    assert outcome.problem.message == "the GPU is gone"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("return {'a': 1}.values()", [1]),
        ("return [{'a': 1}.keys(), {'a': 1}.items()]", [["a"], [("a", 1)]]),
    ],
)
def test_views_of_a_dict_are_lists(engine: Engine, body: str, value: Any) -> None:
    assert run(engine, f"def execute_command(image):\n    {body}\n").value == value


def test_a_match_is_no_answer(engine: Engine) -> None:
    problem = run(engine, "import re\ndef execute_command(image):\n    return re.match('a', 'a')\n").problem
    assert problem is not None
    assert "return its text" in problem.message


def test_what_a_program_makes_has_an_end(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures on the host are not in the program's own memory, which is limited."""
    picture = make_picture()
    size = picture.width * picture.height / 1e6
    body = "    p = ImagePatch(image)\n    for i in range(6):\n        p = p.tag(p, str(i))\n    return p.width\n"
    source = f"def execute_command(image):\n{body}"
    monkeypatch.setattr("agent.running.execution.MADE_MEGAPIXELS", 6.5 * size)
    assert run(engine, source, picture).value == picture.width
    monkeypatch.setattr("agent.running.execution.MADE_MEGAPIXELS", 3.5 * size)
    outcome = run(engine, source, picture)
    assert outcome.problem is not None
    assert outcome.problem.kind == "limit"
    assert len([step for step in outcome.steps if step.tool == "ImagePatch.tag"]) == 4


def test_old_line_ends_and_a_stumble(engine: Engine) -> None:
    problem = run(engine, "def execute_command(image):\r    d = []\r    return d[0]\r").problem
    assert problem is not None
    assert (problem.kind, problem.span and problem.span.line) == ("runtime", 3)
