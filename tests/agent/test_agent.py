"""`VisualAgent` end to end over fake specialists and a fake chat model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import agent as package
from agent import Answer, Limits, Planner, Program, Query, QueryError, Step, Trace, VisualAgent
from agent.pipeline import Writing
from agent.trace import PatchValue
from models.picture import PictureError
from tests.agent.conftest import FakeKit, FakeSpecialist, make_picture
from tests.agent.planning.fake_chat import FakeChat
from tools import Vocabulary


def source(expression: str) -> str:
    return f"def execute_command(image):\n    p = ImagePatch(image)\n    return {expression}\n"


@pytest.fixture
def visual(kit: FakeKit, vocabulary: Vocabulary) -> Iterator[Any]:
    """Makes an agent whose planner replies as told."""
    made: list[VisualAgent] = []

    def make(replies: Any, **options: Any) -> VisualAgent:
        planner = (
            None
            if replies is None
            else Planner(FakeChat(replies=replies), vocabulary, options.pop("style", "full"), "fake")
        )
        made.append(VisualAgent(kit, planner, vocabulary, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


# ------------------------------------------------------------------ answers


def test_answers(visual: Any) -> None:
    picture = make_picture()
    answer = visual([source('len(p.find("dog"))')]).ask("How many dogs are there?", picture)
    assert (answer.status, answer.value, answer.reason, str(answer)) == ("answered", 2, "", "2")
    assert answer.program == source('len(p.find("dog"))')
    trace = answer.trace
    assert (trace.question, trace.models) == ("How many dogs are there?", {"planner": "fake"})
    assert [record.key for record in trace.pictures] == [picture.key]
    assert answer.pictures == {picture.key: picture}
    (attempt,) = trace.attempts
    assert (attempt.author, attempt.problem, attempt.result) == ("fake", None, 2)
    assert [step.tool for step in trace.steps] == ["ImagePatch", "ImagePatch.find"]
    assert min(attempt.plan_seconds, attempt.check_seconds, attempt.run_seconds) > 0
    parts = (attempt.plan_seconds, attempt.check_seconds, attempt.load_seconds, attempt.run_seconds)
    assert trace.seconds == pytest.approx(sum(parts))


@pytest.mark.parametrize(
    ("expression", "value", "text"),
    [
        ('p.exists("dog")', True, "yes"),
        ('p.exists("cow")', False, "no"),
        ("0", 0, "0"),
        ('""', "", ""),
        ("[]", [], "none"),
        ('[d.left for d in p.find("dog")]', [10, 50], "10, 50"),
        ('p.simple_query("What is this?")', "this at 0", "this at 0"),
    ],
)
def test_values_in_words(visual: Any, expression: str, value: Any, text: str) -> None:
    answer = visual([source(expression)]).ask("What?", make_picture())
    assert answer.status == "answered"
    assert (answer.value, str(answer)) == (value, text)


def test_a_patch_is_a_value(visual: Any) -> None:
    picture = make_picture()
    answer = visual([source('p.find("dog")[0]')]).ask("Where is the dog?", picture)
    assert answer.value == PatchValue(picture=picture.key, box=(10, 10, 30, 30), phrase="dog")


def test_abstains(visual: Any) -> None:
    agent = visual(
        [
            source('p.find("cow")[0].simple_query("What?")'),
            'def execute_command(image):\n    abstain("it is too dark")\n',
        ]
    )
    answer = agent.ask("What does the cow do?", make_picture())
    assert (answer.status, answer.value, answer.reason) == ("abstained", None, "there is no cow in the picture")
    assert len(answer.trace.attempts) == 1
    assert answer.trace.attempts[0].problem is not None
    assert str(answer) == "abstained: there is no cow in the picture"
    told = agent.ask("What?", make_picture())
    assert (told.status, told.reason, told.trace.attempts[0].problem) == ("abstained", "it is too dark", None)


def test_the_trace_survives_json(visual: Any) -> None:
    answer = visual([source("p.finds()"), source('p.find("dog")[0]')]).ask("Where is the dog?", make_picture())
    read = Trace.model_validate_json(answer.trace.model_dump_json())
    assert read.model_dump(mode="json") == answer.trace.model_dump(mode="json")
    assert len(read.attempts) == 2


# ------------------------------------------------------------------ repair


def test_a_program_that_fails_the_check_is_repaired(visual: Any) -> None:
    agent = visual([source('p.finds("dog")'), source('len(p.find("dog"))')])
    answer = agent.ask("How many dogs?", make_picture())
    assert answer.value == 2
    first, second = answer.trace.attempts
    assert first.problem is not None
    assert (first.problem.kind, first.problem.span.line if first.problem.span else 0, first.steps) == ("name", 3, [])
    assert second.problem is None
    told = agent.planner.model.asked[1][-1].text
    assert "finds" in told
    assert "line 3" in told


def test_a_program_that_raises_is_repaired(visual: Any) -> None:
    agent = visual([source('{"a": 1}[p.simple_query("x")]'), source("1")])
    answer = agent.ask("What?", make_picture())
    assert answer.value == 1
    first = answer.trace.attempts[0]
    assert first.problem is not None
    assert first.problem.kind == "runtime"
    assert "KeyError" in first.problem.message
    assert [step.tool for step in first.steps] == ["ImagePatch", "ImagePatch.simple_query"]
    assert "KeyError" in agent.planner.model.asked[1][-1].text


def test_a_program_that_returns_nothing_is_repaired(visual: Any) -> None:
    agent = visual([source('[d.left for d in p.find("dog")].sort()'), source("7")])
    answer = agent.ask("What?", make_picture())
    assert (answer.value, len(answer.trace.attempts)) == (7, 2)


def test_gives_up_after_two_repairs(visual: Any) -> None:
    agent = visual([source(f"nothing{i}") for i in range(4)])
    answer = agent.ask("What?", make_picture())
    assert answer.status == "failed"
    assert len(answer.trace.attempts) == 3
    assert answer.reason == "the program cannot be run: line 3: Name `nothing2` used when not defined (attempt 3 of 3)"
    assert len(agent.planner.model.asked) == 3


@pytest.mark.parametrize("repairs", [0, 1, 4])
def test_the_number_of_repairs_can_be_set(visual: Any, repairs: int) -> None:
    answer = visual(lambda text: source("1 / 0"), repairs=repairs).ask("What?", make_picture())
    assert len(answer.trace.attempts) == repairs + 1
    assert answer.status == "failed"
    assert "ZeroDivisionError" in answer.reason


def test_none_is_a_failure_at_last(visual: Any) -> None:
    answer = visual(lambda text: source("{}.get(1)")).ask("What?", make_picture())
    assert (answer.status, answer.value) == ("failed", None)
    assert answer.reason.startswith("the program returned nothing")


def test_a_reply_without_a_program_stays_in_the_trace(visual: Any) -> None:
    answer = visual(["I would rather not.", source("1")]).ask("What?", make_picture())
    assert answer.value == 1
    first = answer.trace.attempts[0]
    assert first.program == "I would rather not."
    assert first.problem is not None
    assert first.problem.kind == "empty"


def test_a_planner_that_cannot_be_reached_is_a_failure(visual: Any) -> None:
    answer = visual([ConnectionError("no route to host")]).ask("What?", make_picture())
    assert answer.status == "failed"
    assert answer.reason == "the planner fake gave no reply: ConnectionError: no route to host"
    assert answer.trace.attempts == []


def test_a_broken_specialist_is_not_repaired(visual: Any, kit: FakeKit) -> None:
    answer = visual([source('p.simple_query("unanswerable")')]).ask("What?", make_picture())
    assert (answer.status, answer.reason) == ("failed", "the vlm cannot answer this")
    assert len(answer.trace.attempts) == 1


def test_the_embedded_style(visual: Any) -> None:
    agent = visual(['return p.finds("dog")', 'd = p.find("dog")\nreturn len(d)'], style="question")
    answer = agent.ask("how many dogs ?", make_picture())
    assert (answer.value, len(answer.trace.attempts)) == (2, 2)
    assert [message.text for asked in agent.planner.model.asked for message in asked] == ["how many dogs ?"] * 2


# ------------------------------------------------------------------ given programs


def test_runs_a_given_program_without_a_planner(visual: Any) -> None:
    agent = visual(None)
    answer = agent.run(source('len(p.find("dog"))'), make_picture())
    assert (answer.status, answer.value, answer.trace.question) == ("answered", 2, "")
    assert answer.trace.attempts[0].author == "a person"
    with pytest.raises(QueryError, match="no planner"):
        agent.ask("What?", make_picture())


@pytest.mark.parametrize(
    ("program", "kind"),
    [
        ("def execute_command(image", "syntax"),
        ("def f(image):\n    return 1\n", "entry"),
        ("", "empty"),
        (source("1 / 0"), "runtime"),
    ],
)
def test_a_given_program_is_not_repaired(visual: Any, program: str, kind: str) -> None:
    agent = visual([source("1")])
    answer = agent.run(Program(program, "me"), make_picture(), question="What?")
    assert answer.status == "failed"
    (attempt,) = answer.trace.attempts
    assert attempt.problem is not None
    assert (attempt.problem.kind, attempt.author, attempt.program) == (kind, "me", program)
    assert agent.planner.model.asked == []
    assert "\n" not in answer.reason


def test_limits(visual: Any) -> None:
    agent = visual(None, limits=Limits(calls=3))
    answer = agent.run(source("[p.exists(str(i)) for i in range(9)]"), make_picture())
    assert answer.status == "failed"
    assert "more than 3 tool calls" in answer.reason


# ------------------------------------------------------------------ as a Runnable


def test_invoke_takes_a_query_or_a_dict(visual: Any) -> None:
    agent = visual(lambda text: source('len(p.find("dog"))'))
    assert agent.invoke(Query("How many?", (make_picture(),))).value == 2
    assert agent.invoke({"question": "How many?", "images": [make_picture()]}).value == 2
    chain = agent | (lambda answer: answer.value + 1)
    assert chain.invoke({"question": "How many?", "images": make_picture()}) == 3


def test_batch_runs_all_at_once(visual: Any, kit: FakeKit) -> None:
    def reply(text: str) -> str:
        if "cannot be used" in text:
            return source('"repaired"')
        word = text.rstrip("?").split()[-1]
        return {"fails": source("p.nothing"), "cows": source('p.find("cow")[0]')}.get(
            word, source(f'len(p.find("{word}"))')
        )

    agent = visual(reply)
    words = ["dog", "fails", "muffin", "cows", "kid", "dog"]
    answers = agent.batch([{"question": f"How many {word}?", "images": make_picture()} for word in words])
    assert [answer.value for answer in answers] == [2, "repaired", 4, None, 1, 2]
    assert answers[3].status == "abstained"
    assert [len(batch) for batch in kit["detector"].batches] == [4]  # dog twice is one request
    assert agent.batch([]) == []


def test_batch_with_bad_input(visual: Any) -> None:
    agent = visual(lambda text: source("1"))
    inputs = [{"question": "What?", "images": make_picture()}, {"question": " ", "images": make_picture()}]
    with pytest.raises(QueryError, match="empty"):
        agent.batch(inputs)
    first, second = agent.batch(inputs, return_exceptions=True)
    assert first.value == 1
    assert isinstance(second, QueryError)
    assert len(agent.planner.model.asked) == 1


def test_stream_tells_what_happens(visual: Any) -> None:
    agent = visual([source("p.nothing"), source('len(p.find("dog"))')])
    told = list(agent.stream({"question": "How many?", "images": make_picture()}))
    events = [event for event in told if not isinstance(event, Writing)]
    assert isinstance(told[0], Writing)
    assert [type(event) for event in events] == [Program, Program, Step, Step, Answer]
    assert events[1].source == source('len(p.find("dog"))')
    assert events[-1].trace.steps == events[2:4]


def test_leaving_a_stream_cancels_the_program(visual: Any, kit: FakeKit) -> None:
    agent = visual([source("[p.exists(str(i)) for i in range(190)]")])
    for event in agent.stream({"question": "What?", "images": make_picture()}):
        if isinstance(event, Step) and event.index == 3:
            break
    assert len(kit["detector"].batches) < 190
    assert agent.run(source("1"), make_picture()).value == 1


def test_stream_raises_for_bad_input_at_once(visual: Any) -> None:
    with pytest.raises(QueryError):
        visual([]).stream({"question": "", "images": make_picture()})


def test_an_error_while_streaming_reaches_the_reader(visual: Any) -> None:
    with pytest.raises(QueryError, match="no planner"):
        list(visual(None).stream({"question": "What?", "images": make_picture()}))


# ------------------------------------------------------------------ input


def test_pictures_of_every_kind(visual: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (30, 20)).save(path)
    array = np.zeros((20, 30, 3), np.uint8)
    agent = visual(None)
    one = "def execute_command(image):\n    return image.width\n"
    for image in (path, str(path), Image.open(path), array, make_picture(size=(30, 20)), [path]):
        assert agent.run(one, image).value == 30
    many = "def execute_command(images):\n    return len(images)\n"
    answer = agent.run(many, [path, array, make_picture()])
    assert answer.value == 3
    assert len(answer.trace.pictures) == 2  # file and array show the same


@pytest.mark.parametrize(
    ("input", "error", "part"),
    [
        ({"question": "", "images": make_picture()}, QueryError, "empty"),
        ({"question": "a" * 3000, "images": make_picture()}, QueryError, "at most 2000"),
        ({"question": "What?", "images": []}, QueryError, "no picture"),
        ({"question": "What?", "images": "missing.png"}, PictureError, "no such file"),
        ({"question": "What?", "images": 3}, PictureError, "not int"),
        ({"question": "What?", "images": np.zeros((3, 3))}, PictureError, "uint8"),
        ({"question": "What?"}, QueryError, "one of them is missing"),
        ({"question": "What?", "images": make_picture(), "image": 1}, QueryError, "unknown: image"),
        ({"question": 3, "images": make_picture()}, QueryError, "must be a text"),
        ("What?", QueryError, "not str"),
    ],
)
def test_bad_input(visual: Any, input: Any, error: type[Exception], part: str) -> None:
    with pytest.raises(error, match=part):
        visual([]).invoke(input)


# ------------------------------------------------------------------ its life


def test_close_and_use_again(visual: Any) -> None:
    agent = visual(None)
    with agent:
        assert agent.run(source("1"), make_picture()).value == 1
    assert agent.run(source("2"), make_picture()).value == 2


def test_a_planner_is_made_when_it_is_needed(kit: FakeKit, vocabulary: Vocabulary) -> None:
    made: list[Planner] = []

    def make() -> Planner:
        made.append(Planner(FakeChat(replies=lambda text: source("1")), vocabulary))
        return made[-1]

    with VisualAgent(kit, make, vocabulary) as agent:
        agent.run(source("1"), make_picture())
        assert made == []
        assert agent.ask("What?", make_picture()).value == agent.ask("What?", make_picture()).value == 1
        assert len(made) == 1


def test_secrets_of_the_host_do_not_reach_an_answer(visual: Any, kit: FakeKit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that abstains with a text of its own cannot smuggle out what sits in the environment."""
    monkeypatch.setenv("SECRET_FOR_TESTS", "correct-horse-battery")
    answer = visual(None).run('def execute_command(image):\n    abstain("correct-horse-battery")\n', make_picture())
    assert "correct-horse" not in answer.reason


def test_what_comes_with_the_package() -> None:
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError):
        package.nothing  # noqa: B018


def test_a_specialist_sees_one_batch_for_a_batch_of_questions(visual: Any, kit: FakeKit) -> None:
    kit["vlm"] = FakeSpecialist(lambda request: "red")
    agent = visual(lambda text: source('p.find("dog")[0].simple_query("What color?")'))
    answers = agent.batch(
        [{"question": "What colour is the dog?", "images": make_picture(shade=shade)} for shade in range(6)]
    )
    assert [answer.value for answer in answers] == ["red"] * 6
    assert [len(batch) for batch in kit["vlm"].batches] == [6]
