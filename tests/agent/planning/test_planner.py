"""Prompts, drafts and repairs over a fake chat model."""

import threading
import time
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from agent.planning.planner import RETRY_TEMPERATURE, Draft, Planner
from agent.planning.prompt import Failed, message_texts, question_prompt
from agent.program import Problem, Query, Span, Turn
from tests.agent.conftest import make_picture
from tests.agent.planning.fake_chat import FakeChat
from tools import Vocabulary

GOOD = 'def execute_command(image):\n    return ImagePatch(image).exists("dog")\n'


def query(question: str = "Is there a dog?", pictures: int = 1) -> Query:
    return Query(question, tuple(make_picture(shade=shade) for shade in range(pictures)))


def test_writes_and_checks_a_program(vocabulary: Vocabulary) -> None:
    planner = Planner(FakeChat(replies=[f"Here:\n```python\n{GOOD}```"]), vocabulary, name="openai:gpt")
    plan = planner.invoke(query())
    assert (plan.program.source, plan.program.author, plan.problems, plan.error) == (GOOD, "openai:gpt", (), "")
    assert plan.plan_seconds > 0
    assert plan.check_seconds > 0
    planner.close()


def test_the_prompt_holds_tools_rules_examples_and_the_question(vocabulary: Vocabulary) -> None:
    planner = Planner(FakeChat(replies=[]), vocabulary, examples=3)
    messages = planner.messages(Draft(query("How many muffins can each child have?")))
    texts = message_texts(messages)
    assert [one["role"] for one in texts] == ["system", *["human", "ai"] * 3, "human"]
    system = texts[0]["text"]
    for tool in vocabulary.tools.values():
        assert tool.name in system
    assert "abstain(" in system
    assert "{" not in system.split("```")[0]
    assert "How many muffins can each kid have" in texts[-3]["text"]  # the most similar example stands last
    assert texts[-1]["text"] == "Question about one picture, `image`: How many muffins can each child have?"


def test_several_pictures_get_examples_of_their_own(vocabulary: Vocabulary) -> None:
    planner = Planner(FakeChat(replies=[]), vocabulary, examples=2)
    messages = planner.messages(Draft(query("In which picture are more dogs?", 2)))
    assert "the list `images`" in messages[-1].text
    assert all("execute_command(images)" in messages[place].text for place in (2, 4))


@pytest.mark.parametrize("k", [0, 1, 8, 1000])
def test_the_number_of_examples_can_be_set(vocabulary: Vocabulary, k: int) -> None:
    from agent.planning.examples import curated

    messages = Planner(FakeChat(replies=[]), vocabulary, examples=k).messages(Draft(query()))
    assert len(messages) == 2 + 2 * min(k, sum(example.pictures not in ("album", "video") for example in curated()))


def test_a_repair_is_told_the_program_and_what_was_wrong(vocabulary: Vocabulary) -> None:
    failed = Failed(GOOD, (Problem("name", "no attribute `finds`", Span(2, 11, 2, 20)),))
    messages = Planner(FakeChat(replies=[]), vocabulary, examples=0).messages(Draft(query(), (failed,)))
    assert GOOD.strip() in messages[-2].text
    assert "line 2: no attribute `finds`" in messages[-1].text
    assert 'return ImagePatch(image).exists("dog")' in messages[-1].text


def test_what_fails_the_check_is_told(vocabulary: Vocabulary) -> None:
    planner = Planner(FakeChat(replies=[GOOD.replace("exists", "exist"), "I can't.", ""]), vocabulary)
    refused = planner.invoke(query())
    assert refused.problems[0].kind == "name"
    nothing = planner.invoke(query())
    assert nothing.problems[0].kind == "empty"
    assert nothing.program.source == "I can't."
    assert planner.invoke(query()).problems[0].kind == "empty"


def test_a_model_that_raises_is_told_in_one_line(vocabulary: Vocabulary) -> None:
    plan = Planner(FakeChat(replies=[ConnectionError("no route\nto host")]), vocabulary, name="openai:x").invoke(
        query()
    )
    assert plan.error == "the planner openai:x gave no reply: ConnectionError: no route"
    assert plan.problems == ()


def test_one_failure_in_a_batch_leaves_the_others(vocabulary: Vocabulary) -> None:
    def reply(text: str) -> str:
        if "cat" in text:
            raise ConnectionError("busy")
        return GOOD

    plans = Planner(FakeChat(replies=reply), vocabulary).batch([query(), query("Is there a cat?"), query()])
    assert [bool(plan.error) for plan in plans] == [False, True, False]
    assert [plan.program.source for plan in plans] == [GOOD, "", GOOD]


def test_first_drafts_and_repairs_may_come_together(vocabulary: Vocabulary) -> None:
    chat = FakeChat(replies=lambda text: GOOD.replace("dog", "repaired" if "cannot be used" in text else "first"))
    failed = Failed(GOOD, (Problem("runtime", "KeyError"),))
    plans = Planner(chat, vocabulary).batch([Draft(query(), (failed,)), query(), Draft(query(), (failed, failed))])
    assert ["repaired" in plan.program.source for plan in plans] == [True, False, True]


# ------------------------------------------------------------------ a planner that was trained on the bare question


def test_style_question_is_given_the_bare_question(vocabulary: Vocabulary) -> None:
    chat = FakeChat(replies=['return p.exists("dog")', 'return [len(p.find("dog")) for p in ps]'])
    planner = Planner(chat, vocabulary, style="question")
    one, two = planner.invoke(query("is there  a dog ?")), planner.invoke(query("how many dogs in each?", 2))
    assert [[message.text for message in asked] for asked in chat.asked] == [
        ["is there a dog ?"],
        ["how many dogs in each?\nPictures: 2"],
    ]
    assert one.program.source == 'def execute_command(image):\n    p = ImagePatch(image)\n    return p.exists("dog")\n'
    assert two.program.source.startswith("def execute_command(images):\n    ps = [ImagePatch(i) for i in images]\n")
    assert (one.problems, two.problems) == ((), ())


def test_style_question_nests_by_one_space(vocabulary: Vocabulary) -> None:
    chat = FakeChat(replies=['d = p.find("dog")\nif d:\n return d[0]\nreturn "none"<|im_end|>'])
    plan = Planner(chat, vocabulary, style="question").invoke(query())
    assert "    if d:\n        return d[0]\n    return" in plan.program.source
    assert plan.problems == ()


def test_style_question_repairs_by_sampling_again(vocabulary: Vocabulary) -> None:
    """It was never trained to read errors: it gets the same question, another seed, and a temperature."""
    chat = FakeChat(replies=["return p.exists('dog')"] * 3)
    planner = Planner(chat, vocabulary, style="question")
    failed = Failed("x", (Problem("syntax", "x"),))
    authors = [planner.invoke(Draft(query(), (failed,) * tries)).program.author for tries in range(3)]
    assert authors == ["FakeChat", "FakeChat, sample 2 at temperature 0.7", "FakeChat, sample 3 at temperature 0.7"]
    assert chat.options == [
        {},
        {"temperature": RETRY_TEMPERATURE, "seed": 1},
        {"temperature": RETRY_TEMPERATURE, "seed": 2},
    ]
    assert {message.text for asked in chat.asked for message in asked} == {"Is there a dog?"}


def test_style_question_empty_reply(vocabulary: Vocabulary) -> None:
    plan = Planner(FakeChat(replies=[" \n"]), vocabulary, style="question").invoke(query())
    assert plan.problems[0].kind == "empty"


def test_unknown_style(vocabulary: Vocabulary) -> None:
    with pytest.raises(ValueError, match="full or question"):
        Planner(FakeChat(replies=[]), vocabulary, style="long")  # type: ignore[arg-type]


def test_question_prompt() -> None:
    assert question_prompt(query("Is it?")) == "Is it?"
    assert question_prompt(query("Is it?", 3)) == "Is it?\nPictures: 3"


def test_it_is_a_runnable(vocabulary: Vocabulary) -> None:
    chain = Planner(FakeChat(replies=[GOOD]), vocabulary) | (lambda plan: plan.program.source)
    assert chain.invoke(query()) == GOOD


def test_requests_to_a_service_run_side_by_side_up_to_a_number(vocabulary: Vocabulary) -> None:
    lock, at_once = threading.Lock(), [0, 0]

    def reply(text: str) -> str:
        with lock:
            at_once[0] += 1
            at_once[1] = max(at_once)
        time.sleep(0.05)
        with lock:
            at_once[0] -= 1
        return "def execute_command(image):\n    return 1\n"

    planner = Planner(FakeChat(replies=reply), vocabulary, concurrency=3)
    plans = planner.batch([Query(f"how many of {number}?", (make_picture(),)) for number in range(9)])
    planner.close()
    assert [plan.problems for plan in plans] == [()] * 9
    assert at_once[1] == 3


def test_earlier_turns_are_told_before_a_follow_up(vocabulary: Vocabulary) -> None:
    planner = Planner(FakeChat(replies=[]), vocabulary, examples=0)
    history = (Turn("How many dogs are there?", GOOD, "3"), Turn("Are they red?", GOOD, "no"))
    asked = Query("And brown?", (make_picture(),), history=history)
    told = [(one["role"], one["text"]) for one in message_texts(planner.messages(Draft(asked)))[1:]]
    planner.close()
    assert [role for role, _ in told] == ["human", "ai", "human", "ai", "human"]
    assert told[0][1].endswith("How many dogs are there?")
    assert told[2][1].startswith("The answer was: 3")
    assert told[4][1].startswith("The answer was: no")
    assert told[4][1].endswith("And brown?")


@pytest.mark.parametrize(
    ("style", "reply", "grown"),
    [
        ("full", f"Sure:\n```python\n{GOOD}```\nDone.", GOOD),
        ("question", 'return p.exists("dog")', "return"),
    ],
)
def test_a_program_is_told_as_it_is_written(vocabulary: Vocabulary, style: Any, reply: str, grown: str) -> None:
    planner = Planner(FakeListChatModel(responses=[reply]), vocabulary, style)
    told: list[str] = []
    plan = planner.write(Draft(query()), on_source=told.append)
    planner.close()
    assert (plan.problems, plan.error) == ((), "")
    assert len(told) > 5
    assert grown.split("\n")[0] in told[-1]
    assert "Done" not in told[-1]
    assert told[-1].strip() == plan.program.source.strip()
    assert not any("`" in text for text in told)  # part of the closing fence may have come


def test_a_model_that_breaks_while_it_writes(vocabulary: Vocabulary) -> None:
    planner = Planner(FakeChat(replies=[ValueError("no credit")]), vocabulary, name="openai:gpt")
    plan = planner.write(Draft(query()), on_source=lambda source: None)
    planner.close()
    assert plan.error == "the planner openai:gpt gave no reply: ValueError: no credit"


class Sampled(FakeChat):
    """A service: has a temperature and a seed of its own, and writes them into its program."""

    temperature: float = 0.0
    seed: int | None = None

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
        message = AIMessage(
            f"```\ndef execute_command(image):\n    return {self.temperature + (self.seed or 0) % 2}\n```",
            response_metadata={"logprobs": {"content": [{"logprob": -1.0}, {"logprob": -0.5}]}},
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


class Local(FakeChat):
    """A model that runs here: takes temperature and seed with the call, and tells the mean log-probability."""

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
        text = f"return {kwargs['temperature'] + kwargs['seed']}"
        return ChatResult(
            generations=[ChatGeneration(message=AIMessage(text), generation_info={"logprob": -kwargs["seed"]})]
        )


def test_samples_of_a_service_have_its_temperature_and_seed(vocabulary: Vocabulary) -> None:
    model = Sampled(replies=[])
    with_check = Planner(model, vocabulary)
    plans = with_check.sample([query(), query("How many dogs?")], 3, 0.5, seed=10)
    assert [len(one) for one in plans] == [3, 3]
    assert [plan.program.source.split()[-1] for plan in plans[0]] == ["0.5", "1.5", "0.5"]
    assert [plan.logprob for plan in plans[1]] == [-0.75] * 3
    assert model.temperature == 0.0
    with_check.close()


def test_samples_of_a_model_here(vocabulary: Vocabulary) -> None:
    planner = Planner(Local(replies=[]), vocabulary, "question")
    (plans,) = planner.sample([query()], 2, 0.5, seed=3)
    assert [plan.program.source.split()[-1] for plan in plans] == ["3.5", "4.5"]
    assert [plan.logprob for plan in plans] == [-3.0, -4.0]
    assert planner.sample([], 2, 0.5) == []
    planner.close()


def test_a_sample_without_a_reply_is_a_plan_with_the_reason(vocabulary: Vocabulary) -> None:
    planner = Planner(FakeChat(replies=[RuntimeError("the service is down")]), vocabulary)
    ((plan,),) = planner.sample([query()], 1, 0.5)
    assert "the service is down" in plan.error
    assert plan.logprob is None
