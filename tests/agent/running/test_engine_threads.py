"""Jobs handed in one by one, cancelled at any moment, from many threads: each ends once, and the engine lives on."""

# Programs stand on one line each, however long.
# ruff: noqa: E501

import faulthandler
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from agent.program import Program
from agent.running.engine import Engine, Job, Outcome, Ticket
from agent.running.monty_sandbox import MontySandbox
from agent.running.queues import Policy
from agent.running.sandbox import Surface
from agent.trace import Step
from models.requests import Detect, Request
from tests.agent.conftest import FakeKit, FakeSpecialist, make_picture
from tools import Vocabulary, tool

SOON = 30.0
"""Seconds after which a test is hung, however busy the computer is."""

THREADS = ("sightscript_serve", "sightscript_move")

COUNT = 'def execute_command(image):\n    return len(ImagePatch(image).find("dog"))\n'
MANY = 'def execute_command(image):\n    p = ImagePatch(image)\n    return len([1 for i in range(20) if p.exists("dog")])\n'
NOTHING = "def execute_command(image):\n    return 7\n"


@pytest.fixture(autouse=True)
def told_when_it_hangs() -> Iterator[None]:
    faulthandler.dump_traceback_later(3 * SOON)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def engine(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> Iterator[Engine]:
    one = Engine(kit, vocabulary, sandbox)
    yield one
    assert_at_rest(one)


@pytest.fixture
def make(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> Iterator[Callable[..., Engine]]:
    made: list[Engine] = []

    def engine(**options: Any) -> Engine:
        made.append(Engine({**kit, **options.pop("kit", {})}, vocabulary, sandbox, **options))
        return made[-1]

    yield engine
    for one in made:
        assert_at_rest(one)


def assert_at_rest(engine: Engine) -> None:
    """Nothing is left of the jobs, and the threads end."""
    until(lambda: not any(engine._threads.values()))
    until(lambda: not any(thread.name in THREADS for thread in threading.enumerate()))
    assert not engine._tickets
    assert not engine._waiting
    assert (engine._alive, engine._moving, engine._feeding, len(engine._queues)) == (0, 0, 0, 0)


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.002)


class Endings:
    """Takes in how jobs end, and counts how often."""

    def __init__(self) -> None:
        self.told: SimpleQueue[Any] = SimpleQueue()

    def __call__(self, result: Outcome | BaseException) -> None:
        self.told.put(result)

    def next(self) -> Any:
        return self.told.get(timeout=SOON)

    def none(self) -> bool:
        return self.told.empty()


class Gate(FakeSpecialist):
    """Answers nothing before it is opened."""

    def __init__(self, answer: Any) -> None:
        super().__init__(answer)
        self.reached, self.opened = threading.Event(), threading.Event()

    def run(self, requests: Sequence[Request[Any]]) -> list[Any]:
        self.reached.set()
        assert self.opened.wait(SOON)
        return super().run(requests)


def job(source: str = COUNT, shade: int = 200, **options: Any) -> Job:
    return Job(Program(source), (make_picture(shade=shade),), **options)


def is_cancelled(outcome: Any) -> bool:
    return outcome.broken and outcome.problem.kind == "limit" and outcome.problem.message.startswith("cancelled")


# ------------------------------------------------------------------ handing in


def test_a_job_is_taken_in_and_told_once(engine: Engine) -> None:
    ended = Endings()
    ticket = engine.submit(job(), ended)
    assert ended.next().value == 2
    assert (ticket.ended, ended.none()) == (True, True)


def test_the_threads_end_and_begin_again(engine: Engine) -> None:
    for _ in range(3):
        assert engine.run([job()])[0].value == 2
        assert_at_rest(engine)


def test_jobs_can_be_handed_in_by_whoever_is_told_of_an_end(engine: Engine) -> None:
    ended = Endings()
    left = 50

    def again(result: Outcome | BaseException) -> None:
        nonlocal left
        left -= 1
        if left:
            engine.submit(job(shade=left), again)
        else:
            ended(result)

    engine.submit(job(), again)
    assert ended.next().value == 2


def test_a_finish_that_raises_harms_nobody(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    def fail(result: Outcome | BaseException) -> None:
        raise KeyboardInterrupt("somebody else's")

    ended = Endings()
    with caplog.at_level(logging.ERROR):
        for number in range(5):
            engine.submit(job(shade=number), fail)
        engine.submit(job(), ended)
        assert ended.next().value == 2
        until(lambda: len(caplog.records) == 5)
    assert engine.run([job()])[0].value == 2


def test_a_finish_may_wait_for_somebody_who_asks_the_engine(engine: Engine) -> None:
    """It is not called under the engine's lock."""
    values: list[Any] = []

    def other() -> None:
        values.append(engine.run([job(NOTHING)])[0].value)

    done = threading.Event()

    def finish(result: Outcome | BaseException) -> None:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(SOON)
        done.set()

    engine.submit(job(), finish)
    assert done.wait(2 * SOON)
    assert values == [7]


def test_no_thread_can_be_started(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make()

    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    ended = Endings()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="can't start"):
            engine.submit(job(), ended)
    assert engine.run([job()])[0].value == 2
    assert ended.none()


def test_an_interrupt_while_threads_start(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C may come when a thread has been started and before anybody could note that."""
    engine = make()
    start = threading.Thread.start

    def interrupted(self: threading.Thread) -> None:
        start(self)
        raise KeyboardInterrupt

    ended = Endings()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", interrupted)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                engine.submit(job(), ended)
    assert engine.run([job(MANY, shade) for shade in range(10)])[0].value == 20
    assert ended.none()


@pytest.mark.parametrize("urgent", [False, True])
def test_an_interrupt_while_a_job_is_taken_in(make: Any, monkeypatch: pytest.MonkeyPatch, urgent: bool) -> None:
    engine = make()
    ended = Endings()

    def interrupted(ticket: Ticket) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(engine, "_turn", interrupted)
        with pytest.raises(KeyboardInterrupt):
            engine.submit(job(urgent=urgent), ended)
    assert_at_rest(engine)
    assert engine.run([job()])[0].value == 2
    assert ended.none()


# ------------------------------------------------------------------ cancelling


def test_cancelled_before_there_was_room(make: Any, kit: FakeKit) -> None:
    gate = Gate(kit["detector"].answer)
    engine = make(kit={"detector": gate}, live=1)
    first, second, third = Endings(), Endings(), Endings()
    engine.submit(job(), first)
    waiting = engine.submit(job(), second)
    engine.submit(job(shade=9), third)
    assert gate.reached.wait(SOON)
    engine.cancel(waiting)
    outcome = second.next()
    assert is_cancelled(outcome)
    assert outcome.steps == ()
    gate.opened.set()
    assert (first.next().value, third.next().value) == (2, 2)


def test_cancelled_before_it_moved(make: Any) -> None:
    """The only thread that moves programs is held up by the callback of another job."""
    engine = make(movers=1)
    reached, opened = threading.Event(), threading.Event()

    def hold(step: Step) -> None:
        reached.set()
        assert opened.wait(SOON)

    first, second = Endings(), Endings()
    engine.submit(job(on_step=hold), first)
    assert reached.wait(SOON)
    ticket = engine.submit(job(), second)
    engine.cancel(ticket)
    assert is_cancelled(second.next())
    opened.set()
    assert first.next().value == 2


def test_cancelled_while_its_request_waits(make: Any, kit: FakeKit) -> None:
    engine = make(policy=Policy(lull=3600))
    gone, stays = Endings(), Endings()
    with engine.feeding():
        ticket = engine.submit(job(shade=1), gone)
        engine.submit(job(shade=2), stays)
        until(lambda: len(engine._queues) == 2)
        engine.cancel(ticket)
        outcome = gone.next()
        assert is_cancelled(outcome)
        assert [step.tool for step in outcome.steps] == ["ImagePatch"]
        assert len(engine._queues) == 1
    assert stays.next().value == 2
    assert [len(batch) for batch in kit["detector"].batches] == [1]


def test_cancelled_while_a_model_computes_for_it(make: Any, kit: FakeKit) -> None:
    gate = Gate(kit["detector"].answer)
    engine = make(kit={"detector": gate})
    ended = [Endings() for _ in range(3)]
    with engine.feeding():
        tickets = [engine.submit(job(shade=place), one) for place, one in enumerate(ended)]
    assert gate.reached.wait(SOON)
    engine.cancel(tickets[1])
    assert is_cancelled(ended[1].next())  # at once, though the model is still at work
    gate.opened.set()
    assert (ended[0].next().value, ended[2].next().value) == (2, 2)
    assert ended[1].none()


def test_cancelled_while_it_moves(make: Any) -> None:
    engine = make()
    reached, opened = threading.Event(), threading.Event()

    def hold(step: Step) -> None:
        reached.set()
        assert opened.wait(SOON)

    ended = Endings()
    ticket = engine.submit(job(on_step=hold), ended)
    assert reached.wait(SOON)
    engine.cancel(ticket)
    assert ended.none()
    opened.set()
    outcome = ended.next()
    assert is_cancelled(outcome)
    assert len(outcome.steps) == 1


def test_cancelled_after_its_end(engine: Engine) -> None:
    ended = Endings()
    ticket = engine.submit(job(), ended)
    assert ended.next().value == 2
    engine.cancel(ticket)
    engine.cancel(ticket, ticket)
    assert ended.none()


def test_cancelled_twice(make: Any, kit: FakeKit) -> None:
    gate = Gate(kit["detector"].answer)
    engine = make(kit={"detector": gate})
    ended = Endings()
    ticket = engine.submit(job(), ended)
    assert gate.reached.wait(SOON)
    engine.cancel(ticket)
    engine.cancel(ticket)
    gate.opened.set()
    assert is_cancelled(ended.next())
    assert ended.none()


def test_cancelled_by_whoever_is_told_of_another_end(make: Any, kit: FakeKit) -> None:
    gate = Gate(kit["vlm"].answer)
    engine = make(kit={"vlm": gate})
    ended = Endings()
    asks = job('def execute_command(image):\n    return ImagePatch(image).simple_query("What?")\n')
    slow = engine.submit(asks, ended)
    assert gate.reached.wait(SOON)
    engine.submit(job(NOTHING), lambda result: engine.cancel(slow))
    assert is_cancelled(ended.next())
    gate.opened.set()


def test_many_are_cancelled_without_starting_the_next_ones(make: Any, kit: FakeKit) -> None:
    gate = Gate(kit["detector"].answer)
    engine = make(kit={"detector": gate}, live=2)
    ended = Endings()
    tickets = [engine.submit(job(shade=place), ended) for place in range(100)]
    assert gate.reached.wait(SOON)
    engine.cancel(*tickets)
    outcomes = [ended.next() for _ in tickets]
    gate.opened.set()
    assert all(is_cancelled(outcome) for outcome in outcomes)
    assert sum(bool(outcome.steps) for outcome in outcomes) <= 2
    assert sum(ticket.started for ticket in tickets) <= 2


@pytest.mark.parametrize("raises_at", [1, 2])
def test_a_job_that_cannot_say_whether_it_is_cancelled(make: Any, raises_at: int) -> None:
    """Asked before the program moves, and again before a model works for it."""
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        if asked == raises_at:
            raise ZeroDivisionError
        return False

    engine = make()
    ended, other = Endings(), Endings()
    engine.submit(job(shade=1), other)
    engine.submit(job(cancelled=cancelled), ended)
    assert isinstance(ended.next(), ZeroDivisionError)
    assert other.next().value == 2


@tool
async def stubborn(word: str) -> str:
    """Does not let itself be closed."""
    try:
        await Detect(make_picture().whole, word)
    except GeneratorExit:
        await Detect(make_picture().whole, "cow")
    return word


def test_a_tool_that_does_not_let_itself_be_closed(kit: FakeKit, vocabulary: Vocabulary) -> None:
    larger = vocabulary.with_tools([stubborn])
    gate = Gate(kit["detector"].answer)
    with MontySandbox(Surface.of(larger)) as sandbox:
        engine = Engine({"detector": gate}, larger, sandbox)
        ended = Endings()
        ticket = engine.submit(job('def execute_command(image):\n    return stubborn("dog")\n'), ended)
        assert gate.reached.wait(SOON)
        engine.cancel(ticket)
        assert is_cancelled(ended.next())
        gate.opened.set()
        assert_at_rest(engine)


# ------------------------------------------------------------------ what goes wrong below


class Odd:
    """A specialist that breaks its contract."""

    def __init__(self, way: str) -> None:
        self.way = way

    @property
    def last_forward(self) -> Any:
        if self.way == "cannot tell its batch":
            raise ValueError("no batch yet")
        return "three" if self.way == "tells a batch that is no number" else 1

    def run(self, requests: Sequence[Request[Any]]) -> Any:
        if self.way == "exits":
            raise SystemExit(3)
        if self.way == "gives nothing":
            return None
        if self.way == "gives a generator":
            return (None for _ in requests)
        return [[] for _ in requests]


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("exits", "detector: SystemExit: 3"),
        ("gives nothing", "detector: TypeError: object of type 'NoneType' has no len()"),
        ("gives a generator", "detector: TypeError: object of type 'generator' has no len()"),
        ("cannot tell its batch", "the program could not be run on: ValueError: no batch yet"),
        ("tells a batch that is no number", "the program could not be run on: TypeError"),
    ],
)
def test_a_specialist_that_breaks_its_contract(make: Any, way: str, words: str) -> None:
    engine = make(kit={"detector": Odd(way)})
    outcomes = engine.run([job(shade=1), job(NOTHING), job(shade=2), job(MANY)])
    assert [outcome.value for outcome in outcomes] == [None, 7, None, None]
    for place in (0, 2, 3):
        problem = outcomes[place].problem
        assert problem is not None
        assert (problem.kind, problem.message.startswith(words)) == ("tool", True), problem
        assert outcomes[place].broken
    engine.kit["detector"] = FakeKit({})["detector"]
    assert engine.run([job()])[0].value == 0


def test_a_kit_that_exits(make: Any) -> None:
    class Exiting(dict[str, Any]):
        def __getitem__(self, role: str) -> Any:
            raise SystemExit("no more memory")

    engine = make()
    engine.kit = Exiting()
    (outcome,) = engine.run([job()])
    assert outcome.problem is not None
    assert outcome.problem.message == "SystemExit: no more memory"


def test_requests_that_cannot_be_compared(kit: FakeKit, vocabulary: Vocabulary) -> None:
    class Sulking(Request[Any]):
        role = "detector"

        def __hash__(self) -> int:
            return 1

        def __eq__(self, other: object) -> bool:
            raise RuntimeError("no comment")

    @tool
    async def sulk() -> int:
        """Asks what cannot be compared."""
        await Sulking()
        return 1

    larger = vocabulary.with_tools([sulk])
    with MontySandbox(Surface.of(larger)) as sandbox:
        engine = Engine({"detector": FakeSpecialist(lambda request: [])}, larger, sandbox)
        outcomes = engine.run([job("def execute_command(image):\n    return sulk()\n") for _ in range(3)])
        assert {str(outcome.problem) for outcome in outcomes} == {
            "line 2: the program could not be run on: RuntimeError: no comment"
        }
        assert engine.run([job(NOTHING)])[0].value == 7
        assert_at_rest(engine)


def test_things_that_are_no_pictures(engine: Engine) -> None:
    outcomes = engine.run([job(), Job(Program(COUNT), ("a.png",)), job(NOTHING)])  # type: ignore[arg-type]
    assert [outcome.value for outcome in outcomes] == [2, None, 7]
    assert outcomes[1].problem is not None
    assert outcomes[1].problem.message.startswith("the program could not be run on: AttributeError")


@pytest.mark.parametrize("method", ["start", "resume"])
def test_a_sandbox_that_breaks(make: Any, sandbox: MontySandbox, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """As a Rust extension that panics, with an error that is no Exception."""

    class Panic(BaseException):
        pass

    works = getattr(sandbox, method)
    number = 0

    def break_once(*args: Any) -> Any:
        nonlocal number
        number += 1
        if number == 2:
            raise Panic("attempt to subtract with overflow")
        return works(*args)

    monkeypatch.setattr(sandbox, method, break_once)
    outcomes = make(movers=1).run([job(shade=shade) for shade in range(4)])
    broken = [outcome for outcome in outcomes if outcome.broken]
    assert [outcome.value for outcome in outcomes if not outcome.broken] == [2] * 3
    assert [str(outcome.problem).endswith("Panic: attempt to subtract with overflow") for outcome in broken] == [True]


# ------------------------------------------------------------------ streams


def test_a_stream_takes_jobs_as_there_is_room(make: Any) -> None:
    engine = make(live=3)
    taken = 0

    def jobs() -> Iterator[Job]:
        nonlocal taken
        for shade in range(60):
            taken += 1
            yield job(shade=shade)

    ahead = []
    for told, (_, outcome) in enumerate(engine.stream(jobs())):
        assert outcome.value == 2
        ahead.append(taken - told)
    assert (len(ahead), taken) == (60, 60)
    assert max(ahead) <= 2 * 3


def test_a_stream_tells_each_job_as_it_ends(make: Any, kit: FakeKit) -> None:
    gate = Gate(kit["detector"].answer)
    engine = make(kit={"detector": gate})
    quick, slow = job(NOTHING), job()
    told = engine.stream([slow, quick])
    first = next(told)
    assert (first[0], first[1].value) == (quick, 7)
    gate.opened.set()
    ((last, outcome),) = told
    assert (last, outcome.value) == (slow, 2)


def test_leaving_a_stream_cancels_what_is_under_way(make: Any, kit: FakeKit) -> None:
    gate = Gate(kit["detector"].answer)
    engine = make(kit={"detector": gate}, live=4)
    with closing(engine.stream(job(NOTHING if place == 2 else COUNT, place) for place in range(100))) as told:
        assert next(told)[1].value == 7
        assert gate.reached.wait(SOON)
    until(lambda: not engine._tickets)
    gate.opened.set()


def test_an_iterator_of_jobs_that_raises(make: Any, kit: FakeKit) -> None:
    gate = Gate(kit["detector"].answer)
    engine = make(kit={"detector": gate})

    def jobs() -> Iterator[Job]:
        yield job()
        raise OSError("the list is gone")

    with pytest.raises(OSError, match="the list is gone"):
        engine.run(jobs())
    until(lambda: not engine._tickets)
    gate.opened.set()


def test_jobs_are_read_in_the_thread_that_iterates(engine: Engine) -> None:
    threads = set()

    def jobs() -> Iterator[Job]:
        for shade in range(5):
            threads.add(threading.current_thread())
            yield job(shade=shade)

    engine.run(jobs())
    assert threads == {threading.current_thread()}


def test_steps_of_a_job_come_in_order_though_threads_differ(engine: Engine) -> None:
    told: list[list[int]] = [[] for _ in range(20)]
    jobs = [
        job(MANY, place, on_step=lambda step, place=place: told[place].append(step.index)) for place in range(len(told))
    ]
    outcomes = engine.run(jobs)
    assert [outcome.value for outcome in outcomes] == [20] * 20
    assert told == [list(range(21))] * 20


# ------------------------------------------------------------------ company and urgency


def test_while_jobs_are_being_handed_in_requests_wait_for_company(make: Any, kit: FakeKit) -> None:
    engine = make(policy=Policy(lull=3600))
    ended = Endings()
    with engine.feeding():
        for shade in range(5):
            engine.submit(job(shade=shade), ended)
            until(lambda shade=shade: len(engine._queues) == shade + 1)
        assert kit["detector"].batches == []
    assert [ended.next().value for _ in range(5)] == [2] * 5
    assert [len(batch) for batch in kit["detector"].batches] == [5]


def test_a_full_batch_waits_for_nobody(make: Any, kit: FakeKit) -> None:
    engine = make(policy=Policy(full=3, most=4, lull=3600))
    ended = Endings()
    with engine.feeding():
        for shade in range(3):
            engine.submit(job(shade=shade), ended)
        assert [ended.next().value for _ in range(3)] == [2] * 3


def test_a_batch_is_never_larger_than_the_policy_allows(make: Any, kit: FakeKit) -> None:
    engine = make(policy=Policy(full=3, most=4))
    assert [outcome.value for outcome in engine.run(job(shade=shade) for shade in range(30))] == [2] * 30
    assert max(len(batch) for batch in kit["detector"].batches) <= 4


def test_an_urgent_job_is_not_kept_waiting_by_a_full_house(make: Any, kit: FakeKit) -> None:
    """A model is at work for one of a crowd. An urgent job comes: it is started though no more may be alive, and its
    request is answered before those of the crowd that are not with the model yet."""
    gate = Gate(kit["detector"].answer)
    engine = make(kit={"detector": gate}, live=8, policy=Policy(full=2, most=2))
    order: list[str] = []
    told = Endings()

    def crowd(result: Outcome | BaseException) -> None:
        order.append("crowd")
        told(result)

    def person(result: Outcome | BaseException) -> None:
        order.append("person")
        told(result)

    with engine.feeding():
        for shade in range(20):
            engine.submit(job(shade=shade), crowd)
        assert gate.reached.wait(SOON)
        until(lambda: len(engine._queues) == 6)
    engine.submit(job(shade=99, urgent=True), person)
    until(lambda: len(engine._queues) == 7)
    gate.opened.set()
    for _ in range(21):
        assert told.next().value == 2
    assert order.index("person") <= 3  # the two that were with the model, and one that went along
    shades = [[request.region.picture.image.getpixel((0, 0))[0] for request in batch] for batch in gate.batches]
    assert 99 in shades[1]


def test_an_urgent_program_moves_before_others(make: Any) -> None:
    """One thread moves programs; while it is held up, many come and one that is urgent."""
    engine = make(movers=1)
    reached, opened = threading.Event(), threading.Event()

    def hold(step: Step) -> None:
        reached.set()
        assert opened.wait(SOON)

    order: list[str] = []
    told = Endings()

    def note(name: str) -> Callable[[Outcome | BaseException], None]:
        return lambda result: (order.append(name), told(result))[-1]

    engine.submit(job(on_step=hold), note("first"))
    assert reached.wait(SOON)
    for _ in range(5):
        engine.submit(job(NOTHING), note("other"))
    engine.submit(job(NOTHING, urgent=True), note("person"))
    opened.set()
    for _ in range(7):
        told.next()
    assert order[0] == "person"


def test_an_urgent_request_does_not_wait_for_programs_that_move(make: Any) -> None:
    """One thread is held up for good: nothing is ever quiet, and still the urgent program is answered."""
    engine = make(movers=2)
    reached, opened = threading.Event(), threading.Event()

    def hold(step: Step) -> None:
        reached.set()
        assert opened.wait(SOON)

    first, person = Endings(), Endings()
    engine.submit(job(on_step=hold), first)
    assert reached.wait(SOON)
    engine.submit(job(MANY, urgent=True), person)
    assert person.next().value == 20
    assert first.none()
    opened.set()
    assert first.next().value == 2


# ------------------------------------------------------------------ a storm


def test_a_storm_of_threads_and_cancels(make: Any, kit: FakeKit) -> None:
    """64 threads hand in jobs of all kinds and cancel at random moments, for two seconds: every job ends once, what was
    not cancelled ends as it must, and nothing is left."""

    class Weather(FakeSpecialist):
        def run(self, requests: Sequence[Request[Any]]) -> list[Any]:
            time.sleep(random.random() * 0.004)
            if random.random() < 0.1:
                raise ValueError("a storm")
            return super().run(requests)

    engine = make(kit={"detector": Weather(kit["detector"].answer)}, live=24, policy=Policy(full=8, most=16))
    expected = {COUNT: 2, MANY: 20, NOTHING: 7, "def execute_command(image):\n    return 1 / 0\n": None}
    failures: list[str] = []
    jobs = 0
    lock = threading.Lock()
    end = time.monotonic() + 2.0

    def sail(seed: int) -> None:
        nonlocal jobs
        chance = random.Random(seed)
        while time.monotonic() < end:
            source = chance.choice(list(expected))
            ended = Endings()
            urgent = chance.random() < 0.2
            ticket: Ticket = engine.submit(job(source, chance.randrange(8), urgent=urgent), ended)
            cancels = chance.random() < 0.5
            if cancels:
                time.sleep(chance.random() * 0.02)
                engine.cancel(ticket)
            with lock:
                jobs += 1
            try:
                outcome = ended.next()
            except Empty:
                failures.append(f"lost: {ticket}")
                return
            stormy = outcome.problem is not None and "a storm" in outcome.problem.message
            right = outcome.value == expected[source] or stormy or (cancels and is_cancelled(outcome))
            if not right or not ended.none():
                failures.append(f"{outcome} of {source}")

    threads = [threading.Thread(target=sail, args=(seed,)) for seed in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * SOON)
    assert not any(thread.is_alive() for thread in threads)
    assert failures == []
    assert jobs >= 64
