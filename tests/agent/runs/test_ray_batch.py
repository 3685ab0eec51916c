"""Batches on a local Ray with two workers: the same rows as without Ray, whoever is killed meanwhile."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from typer.testing import CliRunner

pytest.importorskip("ray.data", reason="the extra `ray` is not installed: pip install 'sightscript[ray]'")

from agent.agent import VisualAgent
from agent.runs import ray_batch
from agent.runs.batch import Progress, run_batch
from agent.runs.question_files import QuestionFileError, read_questions
from agent.runs.ray_batch import run_ray_batch
from agent.runs.ray_cluster import Share, check_address, connected, share_of
from agent.runs.ray_worker import AgentSettings, Worker
from agent.runs.row import BadRow, PictureData, Row
from agent.runs.run_error import RunError
from agent.runs.store import Store
from models.device import DeviceError
from models.embedded.gallery import gallery_item
from sight.cli import cli
from tests.agent.runs.conftest import make_settings
from tools.declaration import DeclarationError

FARM, CARS, KIDS = (gallery_item(name).path for name in ("farm", "red_cars", "muffins_and_kids"))

COUNT = "def execute_command(image):\n    return len(ImagePatch(image).find({!r}))\n"
CUT_OUT = 'def execute_command(image):\n    return ImagePatch(image).find("kid")[0].segment().cut_out()\n'
NO_DOG = 'def execute_command(image):\n    return ImagePatch(image).find("dog")[0].simple_query("What color is it?")\n'
FAILS = 'def execute_command(image):\n    return {}["nothing"]\n'
LOOP = "def execute_command(image):\n    n = 0\n    while n < 200000:\n        n += 1\n    return {} + n - n\n"
WHO = "def execute_command(image):\n    return who()\n"
CRASH = "def execute_command(image):\n    return crash(ImagePatch(image))\n"

TOOLS = '''
import os
import signal

from tools import ImagePatch, tool


@tool
async def crash(patch: ImagePatch) -> int:
    """Ends the process, as a bug in a driver does."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@tool
async def who() -> int:
    """Returns the number of the process that answers."""
    return os.getpid()
'''

TIMES = {"seconds", "plan_seconds", "run_seconds", "check_seconds", "load_seconds", "finished"}
COMPANY = {"batch", "cached"}
"""What differs from run to run: how long it took, and with which other rows a call shared a batch."""

HERE = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}

Run = Callable[..., Progress]


def row(id: str, program: str, picture: Path | PictureData = FARM, **more: Any) -> Row:
    return Row(id, f"What of {id}?", (picture,), program=program, **more)


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    with connected(workers=2):
        yield


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "run", make_settings()) as one:
        yield one


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def run(store: Store, told: list[str]) -> Run:
    """Runs rows with two workers, into `store`."""

    def run(rows: list[Row | BadRow], agent: AgentSettings | None = None, **more: Any) -> Progress:
        store.set_total(len(rows))
        settings = {"workers": 2, "tell": told.append} | more
        return run_ray_batch(agent or AgentSettings(), partial(iter, rows), store, **settings)

    return run


def without_times(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: without_times(value) for key, value in data.items() if key not in TIMES | COMPANY}
    return [without_times(one) for one in data] if isinstance(data, list) else data


def content(store: Store) -> list[Any]:
    """Rows, traces and pictures of a run, without what differs from run to run."""
    rows = []
    for record in store.records():
        trace = store.trace(record.id)
        pictures = {one.key: store.picture(one.key).name for one in trace.pictures}
        rows.append((without_times(record.as_dict()), without_times(trace.model_dump(mode="json")), pictures))
    return rows


def assert_whole(store: Store, rows: list[Any]) -> None:
    """Every row is there once, and the database is sound."""
    with closing(sqlite3.connect(store.folder / "run.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT id FROM rows ORDER BY position").fetchall() == [(one.id,) for one in rows]


def workers() -> list[psutil.Process]:
    """The processes of workers that live."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if process.cmdline()[:1] and process.cmdline()[0].startswith("ray::Worker"):
                found.append(process)
        except psutil.Error:
            pass
    return found


# ------------------------------------------------------------------ the same as without Ray


def test_the_same_rows_as_without_ray(run: Run, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("near.webp").write_bytes(FARM.read_bytes())
    Path("broken.png").write_bytes(b"no picture")
    rows: list[Row | BadRow] = [
        row("sheep", COUNT.format("sheep"), answers=("4",), family="count"),
        row("near", COUNT.format("sheep"), Path("near.webp")),
        row("inside", COUNT.format("car"), PictureData(CARS.read_bytes(), "cars, row 3"), box=(1.0, 2.0, 3.0, 4.0)),
        row("cut", CUT_OUT, KIDS),
        BadRow("odd", "questions.jsonl, line 5", "unknown field `quesiton`"),
        row("dog", NO_DOG, KIDS),
        row("wrong", FAILS),
        row("broken", COUNT.format("car"), Path("broken.png")),
        Row("two", "Which?", (FARM, Path("gone.png"), CARS), program=COUNT.format("car")),
        Row("none", "Which?", (), program=COUNT.format("car")),
        *(row(f"loop {number}", LOOP.format(number)) for number in range(20)),
    ]
    seen: list[Progress] = []
    agent = AgentSettings(folder=str(tmp_path))
    progress = run(rows, agent, on_progress=seen.append, limit=28)
    assert [one.done for one in seen] == list(range(1, 29))
    assert (progress.answered, progress.abstained, progress.failed) == (22, 1, 5)
    progress = run(rows, agent)  # goes on
    assert (progress.resumed, progress.done) == (28, 30)
    assert run(rows, agent).resumed == 30
    with Store.open(tmp_path / "other", make_settings()) as other, VisualAgent.from_preset() as agent:
        run_batch(agent, rows, other)
        assert content(store) == content(other)
        # the very same files, too
        files = [
            {path.name: path.read_bytes() for path in (one.folder / "pictures").rglob("*.*")} for one in (store, other)
        ]
        assert files[0] == files[1]
        assert len(files[0]) == 4
    assert_whole(store, rows)


# ------------------------------------------------------------------ workers that end


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    """By the command line, which uses the Ray that this process is connected to."""
    tools, questions, folder = tmp_path / "own.py", tmp_path / "questions.jsonl", tmp_path / "run"
    tools.write_text(TOOLS)
    programs = {"who": WHO} | {f"r{number}": LOOP.format(number) for number in range(80)}
    asked = [{"id": id, "image": str(FARM), "question": "?", "program": program} for id, program in programs.items()]
    questions.write_text("".join(json.dumps(one) + "\n" for one in asked))
    killed: list[int] = []

    def kill_one() -> None:
        while not killed:
            time.sleep(0.05)
            with suppress(RunError), Store.open(folder) as reading:
                killed.append(int(reading.record("who").value))  # it has more rows than this one
                os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one, daemon=True)
    killer.start()
    words = ["--out", str(folder), "--workers", "2", "--tools", str(tools), "--limits", "seconds=60"]
    result = CliRunner().invoke(cli, ["batch", "--ray", str(questions), *words])
    assert result.exit_code == 0, result.output
    killer.join(timeout=1)
    assert killed
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("a worker")]
    assert re.fullmatch(r"a worker ended, because its process crashed or was killed; \d+ rows? asked again", line)
    assert "81 answered, 0 abstained, 0 failed (81 rows in " in result.stderr
    with Store.open(folder) as stored:
        assert_whole(stored, [Row(id, "", ()) for id in programs])
        assert [one.answer for one in stored.records()][1:] == [str(number) for number in range(80)]


@pytest.mark.slow
def test_a_row_that_kills_its_workers_fails_alone(run: Run, store: Store, told: list[str], tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(TOOLS)
    rows: list[Row | BadRow] = [row(f"r{number}", LOOP.format(number)) for number in range(12)]
    rows[4] = row("poison", CRASH)
    progress = run(rows, AgentSettings(tools=("own.py",), folder=str(tmp_path)))
    assert (progress.answered, progress.failed) == (11, 1)
    poison = store.record("poison")
    assert poison.kind == "worker"
    assert poison.reason == (
        "3 workers ended while they answered this, the last when it had no other row; that was because its process "
        "crashed or was killed"
    )
    assert (poison.question, poison.images, poison.names) == ("What of poison?", ("",), (str(FARM),))
    assert len(told) == 3
    assert told[-1].endswith("; 1 row given up")
    assert_whole(store, rows)


@pytest.mark.slow
def test_workers_that_always_end(run: Run, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_batch, "HOPELESS", 2)
    (tmp_path / "own.py").write_text("import os\nimport signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    agent = AgentSettings(tools=("own.py",), folder=str(tmp_path))
    with pytest.raises(RunError, match="2 workers in a row ended") as error:
        run([row("r", COUNT.format("car"))], agent, workers=1)
    assert "\n" not in str(error.value)
    assert told == ["a worker ended, because its process crashed or was killed; it had no rows"]


@pytest.mark.slow
def test_an_interrupt_stops_all(run: Run, store: Store) -> None:
    rows: list[Row | BadRow] = [row(f"r{number}", LOOP.format(number)) for number in range(200)]

    def interrupt(progress: Progress) -> None:
        if progress.done == 3:
            threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGINT)).start()

    with pytest.raises(KeyboardInterrupt):
        run(rows, on_progress=interrupt)
    stored = len(store.done())
    assert 3 <= stored < 200
    deadline = time.monotonic() + 10
    while workers() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not workers()
    progress = run(rows, limit=stored + 5)
    assert (progress.resumed, progress.answered) == (stored, progress.done)


# ------------------------------------------------------------------ what cannot be run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("agent", "kind", "words"),
    [
        (AgentSettings(device="tpu"), DeviceError, "unknown device 'tpu'"),
        (AgentSettings(tools=("none.py",)), DeclarationError, "none.py"),
    ],
)
def test_agents_that_cannot_be_made(
    run: Run, agent: AgentSettings, kind: type[Exception], words: str, told: list[str]
) -> None:
    with pytest.raises(kind, match=words) as error:
        run([row("r", COUNT.format("car"))], agent, workers=1)
    assert "\n" not in str(error.value)
    assert told == []


def test_a_folder_that_a_worker_does_not_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # the worker sets it, in a process of its own
    with pytest.raises(RunError, match="all machines must see the folder"):
        Worker(AgentSettings(folder="/nowhere/at/all"), 1).load()


def test_questions_that_cannot_be_read(store: Store, tmp_path: Path) -> None:
    read = partial(read_questions, tmp_path / "none.jsonl")
    with pytest.raises(QuestionFileError, match="there is no such file") as error:
        run_ray_batch(AgentSettings(), read, store, workers=1)
    assert "\n" not in str(error.value)


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of a server that says nothing at all."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_wrong_addresses_are_told_soon(mute: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.runs.ray_cluster.KNOCK", 0.2)
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    for address, words in {
        "nonsense": "this is no address",
        "host:99999": "this is no address",
        "ray://host:10001": "ray job submit",
        "127.0.0.1:1": "nobody answers there",
        "auto": "nobody answers there",
        f"127.0.0.1:{mute}": "nobody answers there",
        "no-such-host.invalid:6379": "nobody answers there",
    }.items():
        with pytest.raises(RunError, match=words) as error:
            check_address(address)
        assert str(error.value).startswith(f"--ray {address}: " if address != "auto" else "--ray 127.0.0.1:1: ")


def test_something_else_at_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        with pytest.raises(RunError, match="what answers there is not Ray"):
            check_address(f"127.0.0.1:{server.getsockname()[1]}")


def test_a_cluster_says_that_it_is_there(cluster: None) -> None:
    import ray

    check_address(ray.get_runtime_context().gcs_address)


def test_ray_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(json.dumps({"image": str(FARM), "question": "How many sheep?"}))
    words = ["sight", "batch", "--ray", "questions.jsonl", "--out", "run"]
    code = f"import sys\nsys.modules['ray'] = None\nsys.argv = {words!r}\nfrom sight.cli import main\nmain()"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=HERE, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("sight: --ray needs a package that is not installed (ray): pip install 'sightscript[ray]'\n")
    assert not (tmp_path / "run").exists()


# ------------------------------------------------------------------ shares


@pytest.mark.parametrize(
    ("nodes", "workers", "on_gpu", "expected"),
    [
        ([{"CPU": 2.0}], None, False, Share(1, 2, 0)),
        ([{"CPU": 2.0}], 2, False, Share(2, 1, 0)),
        ([{"CPU": 16.0}], None, False, Share(4, 4, 0)),
        ([{"CPU": 6.0}, {"CPU": 6.0}], 3, False, Share(3, 3, 0)),
        ([{"CPU": 6.0}, {"CPU": 6.0}], 2, False, Share(2, 6, 0)),
        ([{"CPU": 16.0, "GPU": 4.0}, {"CPU": 64.0}], None, True, Share(4, 4, 1)),
        ([{"CPU": 16.0, "GPU": 4.0}, {"CPU": 8.0, "GPU": 1.0}], 2, True, Share(2, 8, 1)),
    ],
)
def test_shares(nodes: list[dict[str, float]], workers: int | None, on_gpu: bool, expected: Share) -> None:
    assert share_of(nodes, workers, on_gpu) == expected


@pytest.mark.parametrize(
    ("nodes", "workers", "on_gpu", "words"),
    [
        ([{"CPU": 2.0}], 3, False, "each needs a CPU, and the cluster has 2 CPUs"),
        ([{"CPU": 8.0, "GPU": 1.0}], 2, True, "each needs a GPU and a CPU, and the cluster has 1 GPUs and 8 CPUs"),
        ([], 1, False, "the cluster has 0 CPUs"),
    ],
)
def test_no_room(nodes: list[dict[str, float]], workers: int, on_gpu: bool, words: str) -> None:
    with pytest.raises(RunError, match=words):
        share_of(nodes, workers, on_gpu)
