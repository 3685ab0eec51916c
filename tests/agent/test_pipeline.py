"""Questions in a stream: taken as there is room, read once, planned together, and each answered whatever happens."""

import faulthandler
import gc
import os
import queue
import threading
import time
import weakref
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from agent import Answer, Planner, Program, QueryError, Task, VisualAgent, pipeline
from agent.pipeline import READING
from agent.running.monty_sandbox import MontySandbox
from agent.running.queues import Policy, Queues
from models.loading import CheckpointError
from models.picture import Picture, PictureError
from tests.agent.conftest import FakeKit, FakeSpecialist, make_picture
from tests.agent.planning.fake_chat import FakeChat
from tools import Vocabulary

SOON = 30.0
"""Seconds after which a test is hung, however busy the computer is."""

BODY = 'd = p.find("dog")\nreturn len(d)'
COUNT = Program('def execute_command(image):\n    return len(ImagePatch(image).find("dog"))\n')
SEVEN = Program("def execute_command(image):\n    return 7\n")
ASKS = Program('def execute_command(image):\n    return ImagePatch(image).simple_query("What is this?")\n')


@pytest.fixture(autouse=True)
def told_when_it_hangs() -> Iterator[None]:
    faulthandler.dump_traceback_later(3 * SOON)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def make(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> Iterator[Callable[..., VisualAgent]]:
    """Makes an agent over fake specialists. Its sandbox is shared; nothing may be left of what it was asked."""
    made: list[VisualAgent] = []

    def agent(model: Any = None, live: int = 512, **specialists: Any) -> VisualAgent:
        planner = Planner(model or FakeChat(replies=lambda text: BODY), vocabulary, "question", "fake")
        made.append(VisualAgent({**kit, **specialists}, planner, vocabulary, sandbox=sandbox))
        made[-1].engine.live = live
        return made[-1]

    yield agent
    for one in made:
        assert_at_rest(one)
        one.planner.close()
        one._check.close()


def assert_at_rest(agent: VisualAgent) -> None:
    until(lambda: not any(thread.name.startswith("sightscript") for thread in threading.enumerate()))
    engine = agent.engine
    assert (engine._alive, engine._feeding, len(engine._tickets), len(engine._queues)) == (0, 0, 0, 0)


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.002)


class Gate(FakeSpecialist):
    """Answers nothing before it is opened."""

    def __init__(self, answer: Any) -> None:
        super().__init__(answer)
        self.reached, self.opened = threading.Event(), threading.Event()

    def run(self, requests: Any) -> Any:
        self.reached.set()
        assert self.opened.wait(SOON)
        return super().run(requests)


class Consumer(threading.Thread):
    """Takes answers in a thread of its own."""

    def __init__(self, agent: VisualAgent, tasks: Iterable[Task]) -> None:
        super().__init__(name="consumer")
        self.agent, self.tasks = agent, tasks
        self.answers: list[tuple[Task, Answer]] = []
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.answers.extend(self.agent.answers(self.tasks))
        except BaseException as error:
            self.error = error

    def wait(self) -> list[tuple[Task, Answer]]:
        self.join(2 * SOON)
        assert not self.is_alive()
        if self.error is not None:
            raise self.error
        return self.answers


def counted(tasks: Iterable[Task], taken: list[Task]) -> Iterator[Task]:
    for task in tasks:
        taken.append(task)
        yield task


def write(folder: Path, shades: Iterable[int]) -> list[Path]:
    paths = []
    for shade in shades:
        paths.append(folder / f"{shade}.png")
        make_picture(shade=shade).image.save(paths[-1])
    return paths


# ------------------------------------------------------------------ a stream of answers


def test_every_task_is_answered_once_and_comes_back(make: Any) -> None:
    tasks = [Task(f"How many {place}?", (make_picture(shade=place),), tag=place) for place in range(50)]
    answers = list(make().answers(tasks))
    assert {task for task, _ in answers} == set(tasks)
    assert len(answers) == 50
    assert {answer.value for _, answer in answers} == {2}
    assert all(answer.trace.question == task.question for task, answer in answers)


def test_answers_come_as_they_are_done(make: Any, kit: FakeKit) -> None:
    gate = Gate(kit["vlm"].answer)
    agent = make(vlm=gate)
    slow, quick = Task("slow?", (make_picture(),), ASKS), Task("quick?", (make_picture(),), SEVEN)
    with closing(agent.answers([slow, quick])) as answers:
        assert next(answers)[0] is quick
        gate.opened.set()
        assert next(answers)[0] is slow


def test_no_tasks_no_answers(make: Any) -> None:
    assert list(make().answers([])) == []


def test_programs_are_repaired_inside_a_stream(make: Any) -> None:
    class Learning(FakeChat):
        def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
            wrong = "odd" in messages[-1].text and "seed" not in kwargs
            return FakeChat(replies=["return p.nothing" if wrong else BODY])._generate(messages)

    tasks = [Task(f"{'odd' if place % 3 else 'even'} {place}?", (make_picture(),), tag=place) for place in range(30)]
    attempts = {task.tag: len(answer.trace.attempts) for task, answer in make(Learning(replies=[])).answers(tasks)}
    assert attempts == {place: 2 if place % 3 else 1 for place in range(30)}


def test_a_plan_alone(make: Any) -> None:
    plan = make().plan("How many dogs?")
    assert (plan.problems, plan.error) == ((), "")
    assert "p = ImagePatch(image)" in plan.program.source
    assert "for i in images" in make().plan("How many dogs?", 3).program.source
    with pytest.raises(QueryError, match="empty"):
        make().plan(" ")


# ------------------------------------------------------------------ why a question failed

KINDS: dict[str, tuple[Task, str, str]] = {
    "no picture": (Task("What?", ()), "input", "there is no picture"),
    "no picture for a program": (Task("What?", (), COUNT), "input", "there is no picture"),
    "empty question": (Task(" ", (make_picture(),)), "input", "the question is empty"),
    "long question": (Task("why " * 1000, (make_picture(),)), "input", "at most 2000"),
    "missing file": (Task("What?", ("none.png",)), "input", "none.png: there is no such file"),
    "no picture at all": (Task("What?", (3,)), "input", "not int"),  # type: ignore[arg-type]
    "planner out of reach": (Task("busy", (make_picture(),)), "planner", "429"),
    "planner out of reach at a repair": (Task("tired", (make_picture(),)), "planner", "429"),
    "nonsense": (Task("nonsense", (make_picture(),)), "syntax", "(attempt 3 of 3)"),
    "wrong name": (Task("wrong", (make_picture(),)), "name", "(attempt 3 of 3)"),
    "wrong given program": (Task("", (make_picture(),), Program("x = 1\n")), "entry", "the program cannot be run: "),
    "program that raises": (
        Task("", (make_picture(),), Program("def execute_command(image):\n    return 1 / 0\n")),
        "runtime",
        "ZeroDivisionError",
    ),
    "program that returns nothing": (
        Task("", (make_picture(),), Program("def execute_command(image):\n    return {}.get(1)\n")),
        "runtime",
        "the program returned nothing",
    ),
    "specialist that refuses": (
        Task("", (make_picture(),), Program(ASKS.source.replace("What is this?", "unanswerable"))),
        "tool",
        "the vlm cannot answer this",
    ),
    "answered": (Task("", (make_picture(),), SEVEN), "", ""),
    "abstained": (
        Task("", (make_picture(),), Program('def execute_command(image):\n    abstain("it is dark")\n    return 1\n')),
        "",
        "it is dark",
    ),
}


class Moody(FakeChat):
    def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
        text = messages[-1].text
        if text == "busy" or (text == "tired" and "seed" in kwargs):
            raise ConnectionError("429: too many requests")
        said = {"nonsense": "Certainly! (", "wrong": "return p.nothing", "tired": "return p.nothing"}
        return FakeChat(replies=[said.get(text, BODY)])._generate(messages)


def test_why_a_question_failed(make: Any) -> None:
    found = dict(make(Moody(replies=[])).answers(task for task, _, _ in KINDS.values()))
    for name, (task, kind, words) in KINDS.items():
        answer = found[task]
        assert (name, answer.kind, words in answer.reason) == (name, kind, True), answer.reason
        assert (answer.status == "failed") == bool(kind)
        assert answer.trace.kind == kind


@pytest.mark.parametrize(
    "error",
    [
        PictureError("the camera is off"),
        ValueError("the camera is off"),
        MemoryError("the camera is off"),
        StopIteration("the camera is off"),
        KeyboardInterrupt("the camera is off"),
        SystemExit("the camera is off"),
        GeneratorExit("the camera is off"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("program", [None, SEVEN], ids=["planned", "given"])
def test_a_picture_that_raises_anything(make: Any, error: BaseException, program: Program | None) -> None:
    def camera() -> Picture:
        raise error

    bad, good = Task("What?", (camera,), program), Task("What?", (make_picture,), program)
    answers = dict(make().answers([bad, good]))
    assert answers[good].status == "answered"
    assert (answers[bad].status, answers[bad].kind) == ("failed", "input")
    assert "the camera is off" in answers[bad].reason


@pytest.mark.parametrize(
    "value", [None, 3, [], "none.png", lambda: None], ids=["nothing", "a number", "a list", "a file", "a function"]
)
def test_a_callable_that_gives_no_picture(make: Any, value: Any) -> None:
    ((_, answer),) = make().answers([Task("What?", (lambda: value,))])
    assert (answer.status, answer.kind) == ("failed", "input")


def test_of_several_pictures_those_that_can_be_read_are_kept(make: Any, tmp_path: Path) -> None:
    (path,) = write(tmp_path, [40])
    first = make_picture(shade=90)
    task = Task("What?", (first, tmp_path / "none.png", path, path, tmp_path / "neither.png"))
    ((_, answer),) = make().answers([task])
    second = make_picture(shade=40).key
    assert answer.trace.images == [first.key, "", second, second, ""]
    assert [record.key for record in answer.trace.pictures] == list(answer.pictures) == [first.key, second]
    assert answer.reason == f"{tmp_path / 'none.png'}: there is no such file"  # the first one


def test_the_pictures_of_an_answer_are_told_in_their_order(make: Any) -> None:
    one, two = make_picture(shade=1), make_picture(shade=2)
    program = Program("def execute_command(images):\n    return len(images)\n")
    agent = make()
    ((_, answer),) = agent.answers([Task("", (two, one, two), program)])
    assert answer.trace.images == agent.run(program, [two, one, two]).trace.images == [two.key, one.key, two.key]


def test_a_program_that_cannot_be_checked(make: Any) -> None:
    agent = make()

    def broken(source: str) -> Any:
        if source == COUNT.source:
            raise OSError("no more processes")
        return ()

    agent._pipeline.check = broken
    bad, good = Task("", (make_picture(),), COUNT), Task("", (make_picture(),), SEVEN)
    answers = dict(agent.answers([bad, good]))
    assert answers[good].value == 7
    assert answers[bad].reason == "the program could not be checked: OSError: no more processes"


# ------------------------------------------------------------------ tasks are taken as there is room


def test_tasks_are_taken_as_there_is_room(make: Any, kit: FakeKit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "AHEAD", 3)
    gate = Gate(kit["detector"].answer)
    taken: list[Task] = []
    tasks = [Task("", (make_picture(shade=place),), COUNT) for place in range(100)]
    consumer = Consumer(make(live=2, detector=gate), counted(tasks, taken))
    until(lambda: len(taken) == 5)
    time.sleep(0.1)
    assert len(taken) == 5  # two alive, three ahead
    gate.opened.set()
    assert len(consumer.wait()) == len(taken) == 100


def test_no_more_pictures_are_decoded_than_there_is_memory_for(
    make: Any, kit: FakeKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 100 * 80 * 3
    monkeypatch.setattr(pipeline, "MAX_DECODED", 10 * size)
    gate = Gate(kit["detector"].answer)
    gate.batches = deque(maxlen=0)  # type: ignore[assignment]
    alive: weakref.WeakSet[Picture] = weakref.WeakSet()
    decoded = 0
    most = 0

    def decode(shade: int) -> Callable[[], Picture]:
        def read() -> Picture:
            nonlocal decoded, most
            picture = make_picture(shade=shade)
            alive.add(picture)
            decoded += 1
            most = max(most, len(alive))
            return picture

        return read

    agent = make(detector=gate)
    done = 0

    def consume() -> None:
        nonlocal done
        for _, answer in agent.answers(Task("", (decode(shade),), COUNT) for shade in range(200)):
            done += answer.value == 2

    thread = threading.Thread(target=consume)
    thread.start()
    until(lambda: decoded >= 10)
    time.sleep(0.1)
    assert decoded <= 10 + READING
    gate.opened.set()
    thread.join(2 * SOON)
    assert (done, decoded) == (200, 200)
    gc.collect()
    # beside those under way: the answer that was told last, and the next one
    assert most <= 10 + READING + 2
    assert len(alive) == 0


def test_pictures_larger_than_the_memory_come_one_by_one(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "MAX_DECODED", 1)
    tasks = [Task("How many?", (lambda shade=shade: make_picture(shade=shade),)) for shade in range(30)]
    assert [answer.value for _, answer in make().answers(tasks)] == [2] * 30


def test_whoever_keeps_all_answers_is_not_slowed_down(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an answer holds is the caller's, and counts no more."""
    monkeypatch.setattr(pipeline, "MAX_DECODED", 8 * 100 * 80 * 3)
    chat = FakeChat(replies=lambda text: BODY)
    tasks = [Task("How many?", (lambda shade=shade: make_picture(shade=shade),)) for shade in range(100)]
    agent = make(chat)
    batches: list[int] = []
    plan = agent.planner.batch
    monkeypatch.setattr(agent.planner, "batch", lambda drafts, *args: (batches.append(len(drafts)), plan(drafts))[1])
    kept = list(agent.answers(tasks))
    assert len(kept) == sum(batches) == 100
    assert len(batches) < 60


def test_equal_files_are_decoded_once(make: Any, kit: FakeKit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Counter[Path]()
    read = Picture.open

    def slowly(path: Any) -> Picture:
        opened[Path(path)] += 1
        time.sleep(0.02)
        return read(path)

    monkeypatch.setattr(Picture, "open", slowly)
    gate = Gate(kit["detector"].answer)
    paths = write(tmp_path, [10, 20])
    tasks = [Task("", (str(paths[place % 20 // 10]),), COUNT) for place in range(40)]
    agent = make(detector=gate)
    consumer = Consumer(agent, tasks)
    until(lambda: len(agent.engine._tickets) == 40)
    gate.opened.set()
    assert [answer.value for _, answer in consumer.wait()] == [2] * 40
    assert opened == {paths[0]: 1, paths[1]: 1}


def test_a_file_that_changes_between_questions_is_read_again(make: Any, tmp_path: Path) -> None:
    (path,) = write(tmp_path, [10])
    agent = make()
    keys = []
    for shade in (10, 60):
        make_picture(shade=shade).image.save(path)
        ((_, answer),) = agent.answers([Task("", (path,), SEVEN)])
        keys += answer.trace.images
        del answer
    assert keys == [make_picture(shade=10).key, make_picture(shade=60).key]


# ------------------------------------------------------------------ planning


class Counting(FakeChat):
    """Knows how many questions it was given at once."""

    sizes: list[int] = []
    gate: Any = None

    def batch(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        self.sizes.append(len(inputs))
        assert self.gate is None or self.gate.wait(SOON)
        return super().batch(inputs, *args, **kwargs)


def test_the_planner_is_given_many_at_once(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "DRAFTS", 5)
    chat = Counting(replies=lambda text: BODY, sizes=[])
    tasks = [Task(f"How many {place}?", (make_picture,)) for place in range(42)]
    assert len(list(make(chat).answers(tasks))) == 42
    assert sum(chat.sizes) == 42
    assert max(chat.sizes) == chat.sizes[0] == 5
    assert len(chat.sizes) <= 16


def test_reading_goes_on_while_the_planner_writes(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "DRAFTS", 4)
    gate = threading.Event()
    chat = Counting(replies=lambda text: BODY, sizes=[], gate=gate)
    read = 0

    def picture() -> Picture:
        nonlocal read
        read += 1
        return make_picture()

    consumer = Consumer(make(chat), [Task(f"How many {place}?", (picture,)) for place in range(40)])
    until(lambda: read == 40)
    assert set(chat.sizes) == {4}
    gate.set()
    assert len(consumer.wait()) == 40


def test_given_programs_run_while_the_planner_writes(make: Any) -> None:
    gate = threading.Event()
    chat = Counting(replies=lambda text: BODY, sizes=[], gate=gate)
    tasks = [Task("How many?", (make_picture,)), *(Task("", (make_picture,), SEVEN) for _ in range(20))]
    with closing(make(chat).answers(tasks)) as answers:
        assert [next(answers)[1].value for _ in range(20)] == [7] * 20
        gate.set()
        assert next(answers)[1].value == 2


def test_a_slow_source_does_not_hold_up_the_planner(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SLOW_SOURCE", 0.01)
    taken = 0
    planned_at: list[int] = []

    def tasks() -> Iterator[Task]:
        nonlocal taken
        for place in range(24):
            time.sleep(0.05)
            taken += 1
            yield Task(f"How many {place}?", (make_picture,))

    def reply(text: str) -> str:
        planned_at.append(taken)
        return BODY

    told_at = [taken for _ in make(FakeChat(replies=reply)).answers(tasks())]
    assert len(told_at) == 24
    assert planned_at[0] <= 3
    assert told_at[0] < 24


@pytest.mark.parametrize("error", [CheckpointError("org/model: not on this computer"), queue.Empty(), SystemExit(1)])
def test_a_planner_that_cannot_be_loaded(
    kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox, error: BaseException
) -> None:
    def load() -> Planner:
        raise error

    agent = VisualAgent(kit, load, vocabulary, sandbox=sandbox)
    with pytest.raises(type(error)):
        list(agent.answers(Task(f"How many {place}?", (make_picture(),)) for place in range(20)))
    with pytest.raises(type(error)):
        agent.ask("How many?", make_picture())
    assert [answer.value for _, answer in agent.answers([Task("", (make_picture(),), SEVEN)])] == [7]
    assert_at_rest(agent)
    agent._check.close()


def test_a_source_that_raises(make: Any, kit: FakeKit) -> None:
    gate = Gate(kit["detector"].answer)

    def tasks() -> Iterator[Task]:
        for shade in range(10):
            yield Task("", (make_picture(shade=shade),), COUNT)
        assert gate.reached.wait(SOON)
        raise OSError("the list is gone")

    with pytest.raises(OSError, match="the list is gone"):
        list(make(detector=gate).answers(tasks()))
    gate.opened.set()


# ------------------------------------------------------------------ leaving early


def processes() -> set[int]:
    return {child.pid for child in psutil.Process(os.getpid()).children(recursive=True)}


@pytest.mark.parametrize("after", [0, 1, 7])
def test_leaving_early_leaves_nothing_behind(make: Any, kit: FakeKit, after: int) -> None:
    agent = make(live=4)
    before = processes()
    taken: list[Task] = []
    tasks = [Task(f"How many {place}?", (make_picture,), COUNT if place % 2 else None) for place in range(500)]
    with closing(agent.answers(counted(tasks, taken))) as answers:
        for _ in range(after):
            next(answers)
    assert_at_rest(agent)
    assert len(taken) <= (after + 4 + pipeline.AHEAD if after else 0)
    agent._check.close()
    agent.planner.close()
    until(lambda: len(processes() - before) <= 2)  # the workers of the shared sandbox
    assert [answer.value for _, answer in agent.answers(tasks[:3])] == [2] * 3


def test_leaving_does_not_wait_for_the_planner(make: Any) -> None:
    gate = threading.Event()
    chat = Counting(replies=lambda text: BODY, sizes=[], gate=gate)
    tasks = [Task("", (make_picture,), SEVEN), *(Task(f"How many {place}?", (make_picture,)) for place in range(50))]
    agent = make(chat)
    with closing(agent.answers(tasks)) as answers:
        assert next(answers)[1].value == 7
        until(lambda: chat.sizes)
    until(lambda: not agent.engine._tickets)
    asked = len(chat.sizes)
    gate.set()
    assert_at_rest(agent)
    assert len(chat.sizes) == asked


def test_leaving_does_not_wait_for_a_picture(make: Any) -> None:
    gate, reached = threading.Event(), threading.Event()

    def picture() -> Picture:
        reached.set()
        assert gate.wait(SOON)
        return make_picture()

    agent = make()
    with closing(agent.answers([Task("", (make_picture,), SEVEN), Task("", (picture,), SEVEN)])) as answers:
        assert next(answers)[1].value == 7
        assert reached.wait(SOON)
    gate.set()


def test_leaving_does_not_wait_for_a_model(make: Any, kit: FakeKit) -> None:
    gate = Gate(kit["detector"].answer)
    agent = make(detector=gate)
    tasks = [Task("", (make_picture(shade=place),), COUNT if place < 8 else SEVEN) for place in range(9)]
    with closing(agent.answers(tasks)) as answers:
        assert next(answers)[1].value == 7
        assert gate.reached.wait(SOON)
    until(lambda: not agent.engine._tickets)
    gate.opened.set()


# ------------------------------------------------------------------ many threads


def test_a_person_is_answered_before_a_crowd(make: Any, kit: FakeKit) -> None:
    """A batch is under way, and a model at work for it. A person asks: the answer is there before most of the batch."""
    gate = Gate(kit["detector"].answer)
    agent = make(detector=gate, live=16)
    agent.engine._queues = Queues(Policy(full=2, most=2))
    order: list[str] = []

    def crowd() -> None:
        tasks = (Task("", (make_picture(shade=shade),), COUNT) for shade in range(60))
        order.extend("crowd" for _ in agent.answers(tasks))

    def person() -> None:
        assert agent.ask("How many dogs?", make_picture(shade=99)).value == 2
        order.append("person")

    threads = [threading.Thread(target=crowd)]
    threads[0].start()
    assert gate.reached.wait(SOON)
    until(lambda: len(agent.engine._queues) == 14)
    threads.append(threading.Thread(target=person))
    threads[1].start()
    until(lambda: len(agent.engine._queues) == 15)
    gate.opened.set()
    for thread in threads:
        thread.join(SOON)
    assert len(order) == 61
    shades = [[request.region.picture.image.getpixel((0, 0))[0] for request in batch] for batch in gate.batches]
    assert 99 in shades[1]


def test_threads_share_an_agent(make: Any) -> None:
    """Batches, questions of persons, streams and given programs at once, some left early."""
    agent = make(live=8)
    failures: list[Any] = []

    def guarded(work: Callable[[int], Any]) -> Callable[[int], None]:
        def run(seed: int) -> None:
            try:
                assert work(seed)
            except BaseException as error:
                failures.append(error)

        return run

    def crowd(seed: int) -> bool:
        tasks = [Task(f"How many {place}?", (make_picture(shade=place),)) for place in range(30)]
        return [answer.value for _, answer in agent.answers(tasks)] == [2] * 30

    def person(seed: int) -> bool:
        return [agent.ask("How many?", make_picture(shade=seed)).value for _ in range(5)] == [2] * 5

    def program(seed: int) -> bool:
        return [agent.run(SEVEN, make_picture(shade=seed)).value for _ in range(10)] == [7] * 10

    def watching(seed: int) -> bool:
        *_, last = agent.stream({"question": "How many?", "images": make_picture(shade=seed)})
        return last.value == 2

    def fickle(seed: int) -> bool:
        with closing(agent.answers(Task("How many?", (make_picture(shade=seed),)) for _ in range(50))) as answers:
            return next(answers)[1].value == 2

    def batch(seed: int) -> bool:
        inputs = [{"question": "How many?", "images": make_picture(shade=place)} for place in range(10)]
        return [answer.value for answer in agent.batch(inputs)] == [2] * 10

    kinds = [crowd, person, program, watching, fickle, batch] * 2
    threads = [threading.Thread(target=guarded(work), args=(seed,)) for seed, work in enumerate(kinds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * SOON)
    assert not any(thread.is_alive() for thread in threads)
    assert failures == []


# ------------------------------------------------------------------ very many


def growth(agent: VisualAgent, count: int) -> float:
    """Megabytes that this process grows by from a tenth of so many tasks to the end."""
    picture = make_picture()
    process = psutil.Process()
    before = 0
    done = 0
    for _, answer in agent.answers(Task(f"{place}?", (picture,), SEVEN) for place in range(count)):
        assert answer.value == 7
        done += 1
        if done == count // 10:
            before = process.memory_info().rss
    assert done == count
    return (process.memory_info().rss - before) / 2**20


def test_a_thousand_tasks(make: Any) -> None:
    assert growth(make(), 1_000) < 50


@pytest.mark.slow
def test_ten_thousand_tasks_take_no_more_memory(make: Any) -> None:
    assert growth(make(), 10_000) < 50
