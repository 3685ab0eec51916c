"""A batch on a bad day: every kind of bad row beside good ones, interruptions, full disks, planners that break."""

import json
import os
import shutil
import signal
import struct
import subprocess
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent.agent import VisualAgent
from agent.pipeline import READING
from agent.planning.planner import Planner
from agent.program import QueryError
from agent.running.monty_sandbox import MontySandbox
from agent.running.sandbox import Limits, Surface
from agent.runs.batch import Progress, run_batch
from agent.runs.picture_folder import PictureFolder
from agent.runs.question_files import read_questions
from agent.runs.record import Record
from agent.runs.row import BadRow, PictureData, Row
from agent.runs.run_error import RunError
from agent.runs.store import Store
from agent.trace import Trace
from tests.agent.conftest import FakeKit, make_picture
from tests.agent.planning.fake_chat import FakeChat
from tests.agent.running.hostile_programs import ATTRIBUTES, PROGRAMS
from tests.agent.runs.conftest import make_settings
from tools import Vocabulary, tool

COUNT = 'def execute_command(image):\n    return len(ImagePatch(image).find("dog"))\n'
NAMED = "def execute_command(image):\n    return ImagePatch(image).simple_query({!r})\n"
BODY = 'd = p.find("dog")\nreturn len(d)'
REPAIRED = "What is repaired?"
TIMES = {"seconds", "plan_seconds", "run_seconds", "check_seconds", "load_seconds", "finished"}
PLACES = {"position", "batch", "cached"}
"""What may differ when a row stands elsewhere or runs in other company."""


@tool
async def crack(word: str) -> str:
    """Breaks for some words."""
    if word == "raise":
        raise OSError("the tool's own server is gone")
    if word == "loop":
        held: list[Any] = []
        held.append(held)
        return held  # type: ignore[return-value]
    return word


@pytest.fixture(scope="module")
def larger(vocabulary: Vocabulary) -> Vocabulary:
    return vocabulary.with_tools([crack])


@pytest.fixture(scope="module")
def box(larger: Vocabulary) -> Iterator[MontySandbox]:
    with MontySandbox(Surface.of(larger), Limits(seconds=2.0)) as one:
        yield one


def plan(question: str) -> str:
    """What the planner says to a question."""
    if "nonsense" in question:
        return "Certainly! The answer depends on many things (("
    if "silence" in question:
        return ""
    if "busy" in question:
        raise ConnectionError("429: too many requests")
    return BODY


class Once(FakeChat):
    """Writes a program that must be repaired, the first time it is asked for one."""

    def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
        if messages[-1].text == REPAIRED and "seed" not in kwargs:
            return FakeChat(replies=["return p.nothing"])._generate(messages)
        return super()._generate(messages, *args, **kwargs)


@pytest.fixture
def make(larger: Vocabulary, box: MontySandbox, kit: FakeKit) -> Iterator[Callable[..., VisualAgent]]:
    """Makes an agent over fake specialists. Its sandbox is shared."""
    made: list[VisualAgent] = []

    def agent(model: Any = None, **specialists: Any) -> VisualAgent:
        planner = Planner(model or Once(replies=plan), larger, "question", "fake")
        made.append(VisualAgent({**kit, **specialists}, planner, larger, sandbox=box))
        return made[-1]

    yield agent
    for one in made:
        one.planner.close()


GOOD = 24


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with pictures, good and bad."""
    for number in range(6):
        make_picture(shade=20 + 30 * number).image.save(tmp_path / f"{number}.png")
    whole = (tmp_path / "0.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) * 2 // 3])
    (tmp_path / "bomb.png").write_bytes(bomb(60_000))
    return tmp_path


def bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels a side."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def good_rows() -> list[str]:
    """Lines of rows that go well: planned, given, repaired and abstaining."""
    rows: list[dict[str, Any]] = []
    for number in range(GOOD):
        row: dict[str, Any] = {"id": f"good {number}", "image": f"{number % 6}.png", "question": f"How many {number}?"}
        if number % 4 == 1:
            row["program"] = COUNT
        elif number % 4 == 2:
            row["program"] = NAMED.format(f"What is {number}?")
        elif number % 8 == 3:
            row["program"] = 'def execute_command(image):\n    return ImagePatch(image).find("cow")[0].left\n'
        elif number % 8 == 7:
            row["question"] = REPAIRED
        rows.append(row)
    return [json.dumps(row) for row in rows]


def bad(id: str, **fields: Any) -> str:
    return json.dumps({"id": id, "image": "0.png", "question": "How many?"} | fields)


ENDLESS = "def execute_command(image):\n    n = 0\n    while n >= 0:\n        n += 1\n    return n\n"
BAD: dict[str, tuple[str, str, str]] = {
    "missing picture": (bad("bad 1", image="none.png"), "input", "none.png: there is no such file"),
    "corrupt picture": (bad("bad 2", image="cut.png"), "input", "cut.png: the picture is damaged or cut off"),
    "decompression bomb": (bad("bad 3", image="bomb.png"), "input", "the picture is too large"),
    "one of two pictures missing": (bad("bad 4", image=None, images=["1.png", "none.png"]), "input", "none.png"),
    "unknown field": (bad("bad 5", quesiton="What?"), "input", "unknown field `quesiton`; did you mean `question`"),
    "empty question": (bad("bad 6", question=" "), "input", "the question is empty"),
    "malformed JSON": ('{"id": "bad 7", "image": ', "input", "malformed JSON"),
    "duplicate id": (bad("good 3"), "input", "the id `good 3` is taken by an earlier row"),
    "hostile program": (bad("bad 9", program=ATTRIBUTES[0].source), "subset", "line 3: "),
    "hostile program at run time": (
        bad("bad 10", program=COUNT.replace('find("dog")', 'find("dog" * 10**9)')),
        "limit",
        "memory",
    ),
    "program that never ends": (bad("bad 11", program=ENDLESS), "limit", "the program stopped: "),
    "planner returns nonsense": (bad("bad 12", question="nonsense"), "syntax", "(attempt 3 of 3)"),
    "planner says nothing": (bad("bad 13", question="silence"), "empty", "the reply is empty"),
    "planner is rate-limited": (bad("bad 14", question="busy"), "planner", "429: too many requests"),
    "tool raises": (
        bad("bad 15", program=COUNT.replace("len(", 'len(crack("raise")) + len(')),
        "tool",
        "the tool crack broke",
    ),
    "tool returns a knot": (
        bad("bad 16", program=COUNT.replace("len(", 'len(crack("loop")) + len(')),
        "tool",
        "which no program can hold",
    ),
    "specialist raises": (bad("bad 17", program=NAMED.format("broken")), "tool", "this question breaks the model"),
    "specialist refuses": (bad("bad 18", program=NAMED.format("unanswerable")), "tool", "the vlm cannot answer this"),
    "program does not fit": (bad("bad 19", program="def f(): return 1\n"), "entry", "execute_command"),
    "program raises": (bad("bad 20", program=COUNT.replace("len(", "1 / 0 + len(")), "runtime", "ZeroDivisionError"),
}
"""A line of the file, and of which kind and with which words the row ends."""


def read(folder: Path, lines: list[str], name: str = "questions.jsonl") -> Iterator[Row | BadRow]:
    (folder / name).write_text("\n".join(lines) + "\n")
    return read_questions(folder / name)


def content(store: Store) -> dict[str, tuple[Any, Any]]:
    """All of a run that does not depend on times and company, by id."""
    found = {}
    for record in store.records():
        told = {name: value for name, value in record.as_dict().items() if name not in TIMES | PLACES}
        found[record.id] = (told, _timeless(store.trace(record.id).model_dump(mode="json")))
    return found


def _timeless(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _timeless(value) for name, value in data.items() if name not in TIMES | PLACES}
    return [_timeless(item) for item in data] if isinstance(data, list) else data


def run(agent: VisualAgent, rows: Any, place: Path, **options: Any) -> dict[str, tuple[Any, Any]]:
    with Store.open(place, make_settings()) as store:
        run_batch(agent, rows, store, **options)
        assert store._connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return content(store)


# ------------------------------------------------------------------ bad rows among good ones


def test_bad_rows_say_why_and_cost_the_others_nothing(make: Any, folder: Path) -> None:
    good = good_rows()
    mixed = list(good)
    for place, (line, _, _) in enumerate(BAD.values()):
        mixed.insert(4 + 2 * place, line)
    alone = run(make(), read(folder, good, "good.jsonl"), folder / "alone")
    among = run(make(), read(folder, mixed), folder / "among")
    assert len(alone) == GOOD
    assert {id: among[id] for id in alone} == alone
    assert Counter(record["status"] for record, _ in alone.values()) == {"answered": GOOD - 3, "abstained": 3}
    assert {alone[f"good {number}"][0]["attempts"] for number in (7, 15, 23)} == {2}
    rest = [record for id, (record, _) in among.items() if id not in alone]
    assert len(rest) == len(BAD)
    for (line, kind, words), record in zip(BAD.values(), rest, strict=True):
        assert (record["kind"], words in record["reason"]) == (kind, True), record
        assert "\n" not in record["reason"]
        assert record["status"] == "failed"
        if "taken" not in words and "JSON" not in words:
            assert record["id"] == json.loads(line)["id"]


def test_hostile_programs_cost_the_others_nothing(make: Any, folder: Path) -> None:
    lines = []
    for number, hostile in enumerate(PROGRAMS[::6]):
        program = hostile.source.encode("utf-8", "replace").decode().replace("\0", "")
        lines += [bad(f"hostile {number}", program=program), bad(f"good {number}", program=COUNT)]
    found = run(make(), read(folder, lines), folder / "run")
    assert len(found) == len(lines)
    for id, (record, _) in found.items():
        if id.startswith("good"):
            assert record["value"] == 2
        elif record["status"] == "failed":
            assert record["kind"] not in ("", "tool", "planner")
            assert "could not be" not in record["reason"]  # the host itself was not surprised


def test_a_row_keeps_the_pictures_that_could_be_read(make: Any, folder: Path) -> None:
    run(make(), read(folder, [BAD["one of two pictures missing"][0]]), folder / "run")
    with Store.open(folder / "run") as store:
        record = store.record("bad 4")
        assert record.images == (make_picture(shade=50).key, "")
        assert list(store.answer("bad 4").pictures) == [record.images[0]]


@pytest.mark.parametrize(
    "expression",
    [
        "float('nan')",
        "[float('inf'), -float('inf')]",
        "10 ** 5000",
        "-(10 ** 400)",
        "'x' * 300000",
        "'\\x00 \\x1b[31m </script> \\u202e'",
        "{'type': 'patch', 'picture': 'none', 'box': [0, 0, 1, 1]}",
        "{1: {(2, 3): {4}}, None: True}",
        "[[] for i in range(30000)]",
        "__import__",
        "ImagePatch(image).find('dog')",
        "image",
        "deep(60)",
        "{(10 ** 5000, 1): {10 ** 5000, 3}, 10 ** 4400: 1}",
        "['x' * 60000] * 10000",
        "{'type': 'patch', 'x': ['x' * 60000] * 10000}",
        "[['x' * 60000] * 1000] * 1000",
        "{('x' * 60000,) * 10000: 1}",
        "{('x' * 60000,) * 10000, 3}",
        "()",
        "''",
    ],
)
def test_whatever_a_program_returns_can_be_kept(make: Any, folder: Path, expression: str) -> None:
    source = (
        f"def deep(n):\n    return [deep(n - 1)] if n else 0\n\ndef execute_command(image):\n    return {expression}\n"
    )
    lines = [bad("odd", program=source), good_rows()[0]]
    found = run(make(), read(folder, lines), folder / "run")
    assert found["good 0"][0]["value"] == 2
    with Store.open(folder / "run") as store:
        assert store.trace("odd").model_dump(mode="json") == Trace.model_validate(found["odd"][1]).model_dump(
            mode="json"
        ) | _times_of(store.trace("odd"))


def _times_of(trace: Trace) -> dict[str, Any]:
    told = trace.model_dump(mode="json")
    return {name: told[name] for name in ("seconds", "attempts")}


@pytest.mark.parametrize(
    "row",
    [
        Row("half \ud800", "What \ud800?", (Path("0.png"),), family="\udfff"),
        Row("half program", "q", (Path("0.png"),), program="def execute_command(image):\n    return '\ud800'\n"),
        Row("void program", "q", (Path("0.png"),), program=""),
        Row("no picture", "q", ()),
        Row("no picture but a program", "", (), program=COUNT),
        Row("no name", "q", (Path("a\0b.png"),)),
        Row("a folder", "q", (Path(),)),
        Row("a long name", "q", (Path("x" * 5000),)),
        Row("bytes", "q", (PictureData(b"GIF89a", "cell"),)),
        Row("long", "why " * 1000, (Path("0.png"),)),
        Row("long program", "q", (Path("0.png"),), program="#" * 200_000),
        Row("deep program", "q", (Path("0.png"),), program="(" * 3000 + ")" * 3000),
        Row("many pictures", "q", (Path("0.png"),) * 50, program="def execute_command(image):\n    return 1\n"),
    ],
    ids=lambda row: row.id.encode("ascii", "replace").decode(),
)
def test_odd_rows_end_as_rows(
    make: Any, folder: Path, row: Row, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Such as no reader of question files gives, but a program that calls `run_batch` may."""
    monkeypatch.chdir(folder)
    good = Row("good", "How many?", (folder / "1.png",))
    with Store.open(folder / "run", make_settings()) as store:
        progress = run_batch(make(), [good, row, replace(good, id="second")], store)
        assert (progress.done, progress.answered) == (3, 3 if row.id.startswith("many") else progress.answered)
        records = {record.position: record for record in store.records()}
    assert [records[place].value for place in (0, 2)] == [2, 2]
    assert records[1].status != "failed" or records[1].reason
    assert not caplog.records


# ------------------------------------------------------------------ progress


def test_progress_adds_up(make: Any, folder: Path) -> None:
    lines = good_rows() + [line for line, _, _ in list(BAD.values())[:9]]
    told: list[Progress] = []
    with Store.open(folder / "run", make_settings()) as store:
        store.set_total(len(lines))
        last = run_batch(make(), read(folder, lines), store, told.append)
        assert store.counts() == {"answered": last.answered, "abstained": last.abstained, "failed": last.failed}
        again: list[Progress] = []
        nothing = run_batch(make(), read(folder, lines), store, again.append)
    assert [one.done for one in told] == list(range(1, len(lines) + 1))
    assert all(one.answered + one.abstained + one.failed == one.done for one in told)
    assert all(before.seconds <= after.seconds for before, after in pairwise(told))
    assert {(one.total, one.resumed) for one in told} == {(len(lines), 0)}
    assert all(one.left is not None and one.rate > 0 for one in told)
    assert (told[-1].left, last.done, last.failed) == (0, len(lines), 9)
    assert again == []
    assert (nothing.done, nothing.resumed, nothing.rate) == (len(lines), len(lines), 0)


# ------------------------------------------------------------------ stopping and going on


def test_a_second_call_asks_nobody(make: Any, folder: Path, kit: FakeKit) -> None:
    first = run(make(), read(folder, good_rows()), folder / "run")
    asked = sum(len(specialist.batches) for specialist in kit.values())
    model = FakeChat(replies=plan)
    assert run(make(model), read(folder, good_rows()), folder / "run") == first
    assert model.asked == []
    assert sum(len(specialist.batches) for specialist in kit.values()) == asked


@pytest.mark.parametrize("stop_after", [1, 7, GOOD + 3])
def test_an_interrupt_loses_nothing_and_changes_nothing(make: Any, folder: Path, stop_after: int) -> None:
    lines = good_rows() + [BAD[name][0] for name in ("missing picture", "duplicate id", "specialist raises")]
    whole = run(make(), read(folder, lines), folder / "whole")

    def interrupt(progress: Progress) -> None:
        if progress.done == stop_after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(make(), read(folder, lines), folder / "parts", on_progress=interrupt)
    with Store.open(folder / "parts") as store:
        kept = content(store)
    assert len(kept) == stop_after
    assert kept.items() <= whole.items() if stop_after == 1 else all(whole[id] == kept[id] for id in kept)
    assert run(make(), read(folder, lines), folder / "parts") == whole


def test_ctrl_c_while_a_model_is_at_work(make: Any, folder: Path, kit: FakeKit) -> None:
    """The signal comes while the batch waits. What had ended is kept, and nothing else is begun."""
    lines = [bad(f"r{number}", image=f"{number % 6}.png", program=NAMED.format(f"{number}?")) for number in range(40)]
    stopped, one_kept = threading.Event(), threading.Event()
    kept: list[str] = []
    runs: list[Any] = []

    class Slow:
        def run(self, requests: Any) -> Any:
            runs.append(requests)
            if not stopped.is_set() and len(runs) > 1 and one_kept.wait(60):
                stopped.set()
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            return kit["vlm"].run(requests)

    def note(progress: Any) -> None:
        kept.append("row")
        one_kept.set()

    agent = make(vlm=Slow())
    agent.engine.live = 4
    with pytest.raises(KeyboardInterrupt):
        run(agent, read(folder, lines), folder / "run", on_progress=note)
    assert stopped.is_set()
    with Store.open(folder / "run") as store:
        assert len(store.done()) == len(kept) < 40
    assert len(run(make(), read(folder, lines), folder / "run")) == 40


def test_a_file_of_questions_that_breaks_off(make: Any, folder: Path) -> None:
    def rows() -> Iterator[Row | BadRow]:
        yield from read(folder, good_rows()[:8])
        raise RuntimeError("the disk with the questions is gone")

    def interrupted(agent: VisualAgent) -> None:
        with Store.open(folder / "run", make_settings()) as store:
            run_batch(agent, rows(), store)

    with pytest.raises(RuntimeError, match="questions is gone"):
        interrupted(make())
    assert run(make(), read(folder, good_rows()), folder / "run") == run(
        make(), read(folder, good_rows()), folder / "whole"
    )


# ------------------------------------------------------------------ planners that break


def test_a_planner_that_is_out_of_reach_fails_only_those_rows_that_need_it(make: Any, folder: Path) -> None:
    class Gone(FakeChat):
        def batch(self, *args: Any, **kwargs: Any) -> Any:
            raise ConnectionError("no route to host")

    found = run(make(Gone(replies=plan)), read(folder, good_rows()), folder / "run")
    for number in range(GOOD):
        record = found[f"good {number}"][0]
        planned = "program" not in json.loads(good_rows()[number])
        assert (record["kind"], "no route to host" in record["reason"]) == ("planner" if planned else "", planned)


def test_a_question_that_breaks_the_planner_costs_no_other_its_program(
    make: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Planner.messages

    def messages(self: Planner, draft: Any) -> Any:
        if draft.query.question == "How many 8?":
            raise MemoryError("no room for a prompt")
        return write(self, draft)

    whole = run(make(), read(folder, good_rows()), folder / "whole")
    monkeypatch.setattr(Planner, "messages", messages)
    found = run(make(), read(folder, good_rows()), folder / "run")
    record = found.pop("good 8")[0]
    assert (record["kind"], record["reason"]) == ("planner", "the planner broke: MemoryError: no room for a prompt")
    del whole["good 8"]
    assert found == whole


def test_a_planner_that_cannot_be_loaded_ends_the_batch_and_keeps_the_rest(
    folder: Path, larger: Vocabulary, box: MontySandbox, kit: FakeKit
) -> None:
    lines = [line for line in good_rows() if "program" in json.loads(line)]
    agent = VisualAgent(kit, None, larger, sandbox=box)
    run(agent, read(folder, lines), folder / "run")
    with pytest.raises(QueryError, match="this agent has no planner"):
        run(agent, read(folder, good_rows()), folder / "run")
    with Store.open(folder / "run") as store:
        assert store.done() >= {json.loads(line)["id"] for line in lines}


# ------------------------------------------------------------------ full disks


def noisy_rows(folder: Path, count: int) -> list[str]:
    """Rows with pictures that take room, one each."""
    lines = []
    for number in range(count):
        (folder / f"noise {number}.bmp").write_bytes(b"")
        make_noise(number).save(folder / f"noise {number}.bmp")
        lines.append(bad(f"r{number}", image=f"noise {number}.bmp", program=COUNT))
    return lines


def make_noise(number: int) -> Any:
    import numpy as np
    from PIL import Image

    return Image.fromarray(np.random.default_rng(number).integers(0, 256, (64, 64, 3), np.uint8))


def test_a_full_disk(make: Any, folder: Path, small_disk: Path) -> None:
    lines = noisy_rows(folder, 90)
    whole = run(make(), read(folder, lines), folder / "whole")
    told: list[Progress] = []
    with pytest.raises(RunError, match="the disk is full; what was stored before is safe") as error:
        run(make(), read(folder, lines), small_disk / "run", on_progress=told.append)
    assert "\n" not in str(error.value)
    with Store.open(small_disk / "run") as store:
        kept = content(store)
    assert 0 < len(kept) == len(told) < 90
    assert all(whole[id] == kept[id] for id in kept)
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    assert run(make(), read(folder, lines), small_disk / "run") == whole


@pytest.mark.parametrize("what", ["rows", "bad rows"])
def test_no_room_for_a_row(make: Any, folder: Path, what: str) -> None:
    """SQLite is told that the disk ends here."""
    words = "why " * 400
    field = {"question": words} if what == "rows" else {"question": words, "odd": 1}
    lines = [bad(f"r{number}", image="0.png", program=COUNT, **field) for number in range(200)]
    with Store.open(folder / "run", make_settings()) as store:
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages + 20}")
        with pytest.raises(RunError, match="the disk is full"):
            run_batch(make(), read(folder, lines), store)
        before = content(store)
        assert 0 < len(before) < 200
    found = run(make(), read(folder, lines), folder / "run")
    assert len(found) == 200
    assert all(found[id] == before[id] for id in before)


def test_no_room_for_a_picture(make: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = noisy_rows(folder, 8)
    whole = run(make(), read(folder, lines), folder / "whole")
    kept = Counter[str]()
    write = PictureFolder._write

    def full(self: PictureFolder, key: str, extension: str, data: bytes) -> str:
        kept["pictures"] += 1
        if kept["pictures"] > 3:
            raise OSError(28, os.strerror(28), "somewhere")
        return write(self, key, extension, data)

    with monkeypatch.context() as patch:
        patch.setattr(PictureFolder, "_write", full)
        with pytest.raises(RunError, match="the disk is full"):
            run(make(), read(folder, lines), folder / "run")
    with Store.open(folder / "run") as store:
        assert len(store.done()) == 3
    assert run(make(), read(folder, lines), folder / "run") == whole


def test_a_picture_that_goes_away_while_it_is_asked_about(make: Any, folder: Path, kit: FakeKit) -> None:
    """Its pixels are still there, so the row is kept with them."""
    key = make_picture(shade=20).key

    class Deleting:
        def run(self, requests: Any) -> Any:
            (folder / "0.png").unlink(missing_ok=True)
            return kit["vlm"].run(requests)

    found = run(make(vlm=Deleting()), read(folder, [bad("r", program=NAMED.format("it?"))]), folder / "run")
    assert found["r"][0]["status"] == "answered"
    with Store.open(folder / "run") as store:
        assert store.picture(key).key == key
    shutil.rmtree(folder / "run")
    gone = run(make(), read(folder, [bad("r")]), folder / "run")
    assert gone["r"][0]["reason"].endswith("there is no such file")


# ------------------------------------------------------------------ rows are taken one by one


def test_rows_are_read_as_they_are_needed(make: Any, folder: Path) -> None:
    taken = 0
    done = 0
    ahead: list[int] = []

    def rows() -> Iterator[Row]:
        nonlocal taken
        for number in range(120):
            taken += 1
            ahead.append(taken - done)
            yield Row(str(number), "q", (folder / f"{number % 6}.png",), program=COUNT)

    def count(progress: Progress) -> None:
        nonlocal done
        done = progress.done

    agent = make()
    agent.engine.live = 2
    with Store.open(folder / "run", make_settings()) as store:
        run_batch(agent, rows(), store, count)
    assert taken == done == 120
    assert max(ahead) <= 2 + 64 + READING


def test_rows_that_were_done_are_passed_over_quickly(make: Any, folder: Path) -> None:
    rows = [Row(f"r{number}", "q", (folder / "0.png",), program=COUNT) for number in range(40_000)]
    skip = {row.id for row in rows[:-2]}
    began = time.perf_counter()
    with Store.open(folder / "run", make_settings()) as store:
        assert run_batch(make(), rows, store, skip=skip).done == 2
    assert time.perf_counter() - began < 20


def test_records_do_not_depend_on_the_order_of_the_file(make: Any, folder: Path) -> None:
    lines = good_rows()
    forward = run(make(), read(folder, lines), folder / "forward")
    assert run(make(), read(folder, lines[::-1], "turned.jsonl"), folder / "backward") == forward


def test_the_record_of_a_batch_is_the_record_of_a_question_alone(make: Any, folder: Path) -> None:
    found = run(make(), read(folder, good_rows()), folder / "run")
    agent = make()
    for number in (0, 1, 3):
        row = json.loads(good_rows()[number])
        if "program" in row:
            answer = agent.run(row["program"], folder / row["image"], row["question"])
        else:
            answer = agent.ask(row["question"], folder / row["image"])
        record = Record.of(Row(row["id"], row["question"], (folder / row["image"],)), number, answer)
        told = {name: value for name, value in record.as_dict().items() if name not in TIMES | PLACES}
        assert told == found[row["id"]][0]
