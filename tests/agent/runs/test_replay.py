"""A stored program run again: recorded, live from some step on, or changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.agent import Task, VisualAgent
from agent.program import Program
from agent.running.monty_sandbox import MontySandbox
from agent.runs.record import Record
from agent.runs.replay import Replay, replay
from agent.runs.row import BadRow, Row
from agent.runs.run_error import RunError
from agent.runs.store import Store
from agent.trace import Answer, PictureValue
from models.loading import CheckpointError
from tests.agent.conftest import FakeKit, make_picture
from tests.agent.runs.conftest import make_settings
from tools import Vocabulary, tool

ENTRY = "def execute_command(image):\n    patch = ImagePatch(image)\n"
PROGRAMS = {
    "count": ENTRY + '    return len(patch.find("dog"))\n',
    "ask": ENTRY + '    dogs = patch.find("dog")\n    return [dog.simple_query("Where?") for dog in dogs]\n',
    "absent": ENTRY + '    return patch.find("cat")[0].simple_query("Where?")\n',
    "abstains": ENTRY + '    return patch.segment("cat").area\n',
    "wrong": ENTRY + '    return patch.find("dog")[0] + 1\n',
    "broken": ENTRY + '    return patch.simple_query("broken")\n',
    "unchecked": "import os\n" + ENTRY + "    return 1\n",
    "twins": "def execute_command(images):\n    return [len(ImagePatch(one).find('dog')) for one in images]\n",
    "edited": ENTRY + '    return patch.tag(patch.find("dog")).highlight(patch)\n',
    "pair": ENTRY + "    return corners(patch)[0]\n",
}


@tool
async def corners(patch: "Any") -> tuple[int, int]:
    """Returns the left and the lower border."""
    return patch.left + 7, patch.lower


class NoModels(dict[str, Any]):
    """A kit in which nothing can be loaded, and which knows what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[str] = []

    def __missing__(self, role: str) -> Any:
        self.wanted.append(role)
        raise CheckpointError(f"{role}: nothing may be loaded here")


@pytest.fixture
def agent(kit: FakeKit, vocabulary: Vocabulary, sandbox: MontySandbox) -> VisualAgent:
    return VisualAgent(kit, vocabulary=vocabulary, sandbox=sandbox)


@pytest.fixture
def bare(vocabulary: Vocabulary, sandbox: MontySandbox) -> VisualAgent:
    return VisualAgent(NoModels(), vocabulary=vocabulary, sandbox=sandbox)


@pytest.fixture
def store(tmp_path: Path, agent: VisualAgent) -> Iterator[Store]:
    """A run with one row a program, and rows that have none."""
    file = tmp_path / "picture.png"
    make_picture().image.save(file)
    rows = [
        Row(name, f"Question {name}?", (file, file) if name == "twins" else (file,), program=source)
        for name, source in PROGRAMS.items()
        if name != "pair"
    ]
    folder = tmp_path / "run"
    with Store.open(folder, make_settings()) as writing:
        tasks = [Task(row.question, row.images, Program(row.program or "", "fake"), tag=row) for row in rows]  # type: ignore[arg-type]
        for position, (task, answer) in enumerate(agent.answers(tasks)):
            writing.put(Record.of(task.tag, position, answer), answer.pictures, {make_picture().key: file})
        writing.put(Record.refused(BadRow("line 9", "q.jsonl, line 9", "no JSON"), 9))
    with Store.open(folder) as reading:
        yield reading


def test_the_rows_are_what_they_should_be(store: Store) -> None:
    status = {record.id: record.status for record in store.records()}
    assert {name for name, one in status.items() if one == "abstained"} == {"absent", "abstains"}
    assert {name for name, one in status.items() if one == "failed"} == {"wrong", "broken", "unchecked", "line 9"}


@pytest.mark.parametrize("id", [name for name in PROGRAMS if name not in ("broken", "pair")])
def test_without_options_the_answer_is_the_same_and_no_model_is_loaded(
    store: Store, bare: VisualAgent, id: str
) -> None:
    found = replay(bare, store, id)
    assert found.same
    assert (found.after.value, found.after.status, found.after.reason) == (
        found.before.value,
        found.before.status,
        found.before.reason,
    )
    assert (found.changed, found.live, found.missed, found.diverged_at) == ((), 0, 0, None)
    assert found.recorded == len(found.before.trace.steps)
    assert found.after.trace.attempts[-1].author == "fake"
    assert isinstance(bare.kit, NoModels)
    assert bare.kit.wanted == []


def test_a_picture_that_was_given_twice_is_given_twice(store: Store, bare: VisualAgent) -> None:
    assert replay(bare, store, "twins").after.value == [2, 2]


def test_an_edited_picture_is_kept_and_comes_back(store: Store, bare: VisualAgent) -> None:
    value = store.answer("edited").value
    assert isinstance(value, PictureValue)
    assert store.picture(value.picture).key == value.picture
    assert replay(bare, store, "edited").after.value == value


def test_from_a_step_on_the_models_answer(store: Store, agent: VisualAgent, kit: FakeKit) -> None:
    kit["vlm"].answer = lambda request: "elsewhere"
    found = replay(agent, store, "ask", first=3)
    assert found.after.value == ["Where at 10", "elsewhere"]
    assert [step.recorded for step in found.after.trace.steps] == [True, True, True, False]
    assert (found.recorded, found.live, found.changed, found.same) == (3, 1, (3,), False)


def test_live_takes_nothing(store: Store, agent: VisualAgent, kit: FakeKit) -> None:
    before = len(kit["detector"].batches)
    found = replay(agent, store, "count", live=True)
    assert (found.recorded, found.live, found.same, found.changed) == (0, 2, True, ())
    assert len(kit["detector"].batches) == before + 1
    assert replay(agent, store, "count", first=0).live == 2


def test_a_changed_program(store: Store, agent: VisualAgent, kit: FakeKit) -> None:
    changed = PROGRAMS["ask"].replace("[dog.simple_query", "len(patch.find('kid')), [dog.simple_query")
    asked = len(kit["vlm"].batches)
    found = replay(agent, store, "ask", source=changed)
    assert found.after.value == [1, ["Where at 10", "Where at 50"]]
    assert len(kit["vlm"].batches) == asked
    assert (found.recorded, found.live, found.diverged_at, found.changed) == (4, 1, 2, (2, 3, 4))
    assert found.after.trace.attempts[-1].author == "a person"
    assert found.after.program == changed


def test_a_changed_program_that_needs_nothing_new(store: Store, bare: VisualAgent) -> None:
    found = replay(bare, store, "ask", source=PROGRAMS["ask"].replace("in dogs", "in dogs[1:]"))
    assert found.after.value == ["Where at 50"]
    assert found.live == 0


def test_a_changed_program_is_checked(store: Store, bare: VisualAgent) -> None:
    found = replay(bare, store, "count", source="import os\n" + PROGRAMS["count"])
    assert found.after.status == "failed"
    assert found.after.reason.startswith("the program cannot be run: line 1:")
    assert found.recorded == found.live == 0


def test_a_program_that_could_not_be_run_is_mended(store: Store, agent: VisualAgent) -> None:
    assert replay(agent, store, "unchecked", source=PROGRAMS["count"]).after.value == 2
    assert replay(agent, store, "wrong", source=PROGRAMS["wrong"].replace("[0] + 1", "[0].left")).after.value == 10


def test_what_was_broken_is_tried_again(store: Store, agent: VisualAgent, kit: FakeKit) -> None:
    again = replay(agent, store, "broken")
    assert (again.after.status, again.same, again.live, again.recorded) == ("failed", True, 1, 1)
    kit["vlm"].answer = lambda request: "mended"
    assert replay(agent, store, "broken").after.value == "mended"


def test_results_that_are_more_than_a_trace_keeps_are_made_again(
    tmp_path: Path, kit: FakeKit, vocabulary: Vocabulary
) -> None:
    file = tmp_path / "picture.png"
    make_picture().image.save(file)
    with VisualAgent(kit, vocabulary=vocabulary.with_tools([corners])) as agent:
        ((_, answer),) = agent.answers([Task("?", (file,), Program(PROGRAMS["pair"]))])
        with Store.open(tmp_path / "run", make_settings()) as store:
            store.put(Record.of(Row("pair", "?", (file,)), 0, answer), answer.pictures)
            found = replay(agent, store, "pair")
    assert (found.after.value, found.missed, found.recorded, found.live) == (7, 1, 1, 1)


# ------------------------------------------------------------------ what cannot be replayed


@pytest.mark.parametrize(
    ("id", "options", "expected"),
    [
        ("cuont", {}, "there is no row 'cuont', or it has not ended yet; did you mean 'count'?"),
        ("nothing like it", {}, "there is no row 'nothing like it', or it has not ended yet"),
        ("line 9", {}, "row 'line 9' has no program (q.jsonl, line 9: no JSON)"),
        ("line 9", {"source": PROGRAMS["count"]}, "row 'line 9' has no picture"),
        ("count", {"first": 3}, "row 'count' has 2 steps; it can go on from one between 1 and 3"),
        ("count", {"first": -1}, "row 'count' has 2 steps"),
    ],
)
def test_one_line_says_why_not(
    store: Store, bare: VisualAgent, id: str, options: dict[str, Any], expected: str
) -> None:
    with pytest.raises(RunError) as caught:
        replay(bare, store, id, **options)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_picture_that_is_gone(store: Store, bare: VisualAgent) -> None:
    for file in (store.folder / "pictures").rglob("*.*"):
        file.unlink()
    with pytest.raises(RunError):
        replay(bare, store, "count")


def test_the_store_is_not_changed(store: Store, agent: VisualAgent) -> None:
    before = store.record("ask"), store.trace("ask")
    replay(agent, store, "ask", source=PROGRAMS["count"])
    assert (store.record("ask"), store.trace("ask")) == before


def test_what_counts_as_the_same(store: Store) -> None:
    def answer(**fields: Any) -> Answer:
        told: dict[str, Any] = {"value": 1, "status": "answered", "reason": ""} | fields
        return Answer(**told, trace=store.trace("count"))

    assert Replay(answer(), answer()).same
    assert not Replay(answer(), answer(value=2)).same
    assert not Replay(answer(), answer(status="failed")).same
    assert not Replay(answer(status="abstained", reason="no dog"), answer(status="abstained", reason="no cat")).same
    assert Replay(answer(status="failed", reason="x (attempt 3 of 3)"), answer(status="failed", reason="x")).same
