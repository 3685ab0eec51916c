"""The throughput benchmark: both ways end alike, the tables have all rows, and what is measured is what happened."""

import io
import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from rich.console import Console

from benchmarks import random_checkpoints, throughput
from benchmarks.growth import Crowd, growth
from benchmarks.meters import Busy, Gpu, Meters
from benchmarks.one_at_a_time import Ending, OneAtATime, without_caches
from benchmarks.parts import PARTS, Setup, engine, engine_alone, measure, one_at_a_time
from benchmarks.workload import Item, draw, read, truths
from models.adapter import Adapter
from models.embedded.oracle import Oracle
from models.embedded.world import lexicon
from models.embedded.world.art import Art
from models.picture import Picture
from models.presets import Kit
from models.requests import Ask, Depth, Detect, Match
from tools import default_vocabulary

SHAPES = tuple(noun.name for noun in lexicon.nouns_of("shape"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight questions about two pictures of drawn shapes, which need no art."""
    folder = tmp_path_factory.mktemp("questions")
    draw(folder, 8, 2, seed=3, art=Art.none(), nouns=SHAPES)
    return folder


def _here(part: str, setup: Setup) -> dict[str, Any]:
    """Run a part in this process, which has the libraries loaded."""
    figures: dict[str, Any] = json.loads(json.dumps(PARTS[part](setup)))
    return figures


@pytest.fixture(scope="module")
def both(folder: Path) -> dict[str, Any]:
    return throughput.compare(Setup(str(folder), device="cpu"), read(folder), ("sequential", "engine"), _here)


def test_a_drawn_folder_is_read_back(folder: Path, tmp_path: Path) -> None:
    items = read(folder)
    assert len(items) == len({item.id for item in items}) == 8
    assert len({item.picture for item in items}) == 2
    again = draw(tmp_path, 8, 2, seed=3, art=Art.none(), nouns=SHAPES)
    assert [(item.question, item.program, item.answer) for item in again] == [
        (item.question, item.program, item.answer) for item in items
    ]
    for path, truth in truths(folder):
        with Image.open(path) as image:
            assert image.size == (truth.scene.width, truth.scene.height)


def test_too_few_questions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least"):
        draw(tmp_path, 3, 4)


def test_both_ways_end_alike(both: dict[str, Any], folder: Path) -> None:
    assert both["mismatches"] == []
    assert both["sequential"]["endings"] == both["engine"]["endings"]
    assert set(both["engine"]["endings"]) == {item.id for item in read(folder)}
    assert {ending["how"] for ending in both["engine"]["endings"].values()} >= {"answered"}
    assert both["sequential"]["calls"] == both["engine"]["calls"] > 8


def test_only_the_engine_batches_and_keeps(both: dict[str, Any]) -> None:
    alone, batched = both["sequential"]["tools"]["detector"], both["engine"]["tools"]["detector"]
    assert alone["gathered"] == alone["batch"] == 1
    assert alone["passes"] == alone["requests"] > 2, "each call is a forward pass of its own"
    assert batched["pictures"] == 2, "a picture is looked at once"
    assert batched["gathered"] > 1


def test_shares_are_shares(both: dict[str, Any]) -> None:
    for way in (both["sequential"], both["engine"]):
        assert 0 < way["model_share"] < way["specialist_share"] <= 1
        assert way["peak_memory_mb"] > 100
        for tool in way["tools"].values():
            assert 0 <= tool["model_seconds"] <= tool["seconds"]
        assert sum(tool["model_seconds"] for tool in way["tools"].values()) == pytest.approx(
            way["model_share"] * way["seconds"], rel=0.05
        )
    assert both["sequential"]["sandbox_share"] == 0 < both["engine"]["sandbox_share"] <= 1


def test_a_difference_is_reported_with_its_cause(both: dict[str, Any]) -> None:
    name, other = list(both["engine"]["endings"])[:2]
    flipped = {**both["engine"]["endings"], name: {"how": "answered", "value": "7"}, other: {"how": "IndexError"}}
    names = throughput.mismatches(both["sequential"], {"endings": flipped})
    assert set(names) == {name, other}
    alone = {"endings": {name: both["sequential"]["endings"][name], other: {"how": "IndexError"}}}
    found = throughput.explain(names, both["sequential"], {"endings": flipped}, alone)
    assert {one["id"]: one["cause"] for one in found} == {name: "batching", other: "engine"}
    shown = _shown({**both, "mismatches": found, "caption": "here"})
    assert "2 of 8 programs did not end alike: 1 by rounding inside a batch" in shown
    assert name in shown


def test_the_engine_by_itself_ends_alike(both: dict[str, Any], folder: Path) -> None:
    chosen = tuple(item.id for item in read(folder))[:3]
    alone = engine_alone(Setup(str(folder), device="cpu", only=chosen))
    assert alone["endings"] == {name: both["sequential"]["endings"][name] for name in chosen}
    assert {tool["batch"] for tool in alone["tools"].values()} <= {0.0, 1.0}


def test_truth_takes_the_place_of_results(folder: Path) -> None:
    setup = Setup(str(folder), device="cpu", truth=True)
    figures = engine(setup)
    assert throughput.share_right(read(folder), figures) == 1
    assert figures["tools"]["detector"]["passes"] > 0, "the models computed all the same"
    assert figures["endings"] == one_at_a_time(setup)["endings"]


def test_random_checkpoints_go_through_the_same_code(folder: Path, tmp_path: Path) -> None:
    preset = random_checkpoints.make(tmp_path, "tiny")
    figures = engine(Setup(str(folder), str(preset), device="cpu", truth=True))
    assert throughput.share_right(read(folder), figures) == 1
    assert figures["tools"]["detector"]["pictures"] == 2
    assert 0 < figures["model_share"] < 1
    kit = Kit(preset, device="cpu")
    picture = Picture.open(read(folder)[0].picture)
    scores: Any
    depth: Any
    (scores,) = kit["clip"].run([Match(picture.whole, ("a circle", "a square"))])
    assert len(scores) == 2
    (depth,) = kit["depth"].run([Depth(picture)])
    assert depth.shape == (picture.height, picture.width)
    (text,) = kit["vlm"].run([Ask(picture.whole, "what is this?")])
    assert isinstance(text, str)


def test_the_table_has_all_rows(both: dict[str, Any], folder: Path) -> None:
    mapped = throughput.measure_map(Setup(str(folder), device="cpu"), 2, _here)
    assert mapped["programs"] == 2
    assert mapped["tools"]["detector"]["pictures"] == 2
    grown = [growth(Crowd(40)), growth(Crowd(40, keep=True))]
    assert [row["calls"] for row in grown] == [sum((2, 2, 3, 4, 4, 3)) * 6 + sum((2, 2, 3, 4))] * 2
    shown = _shown({**both, "map": mapped, "growth": grown, "caption": "here"})
    for label in (
        "programs a second",
        "tool calls a second",
        "seconds a picture",
        "wall time inside models",
        "wall time inside specialists",
        "wall time with the sandbox at work",
        "peak memory, MB",
        "right answers",
        "times the sequential way",
        "equal results: all 8 programs",
        "detector",
        "memory growth, MB",
    ):
        assert label in shown, label
    json.dumps({**both, "map": mapped, "growth": grown})


def test_growth_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    rows = [
        {"programs": count, "kept": kept, "seconds": count / 300, "memory_growth_mb": count / 100}
        for count, kept in ((100, False), (1000, False), (10_000, False), (10_000, True))
    ]
    throughput.plot(rows, tmp_path / "new" / "growth.png")
    with Image.open(tmp_path / "new" / "growth.png") as image:
        assert image.width > 800
    assert throughput.growth_ratio(rows) == pytest.approx(10)
    assert throughput.growth_ratio(rows[:2]) is None


def test_a_part_runs_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = measure("growth", Crowd(10, profile=True))
    assert figures["programs"] == 10
    assert any(name.startswith("sightscript_move") for name in figures["profile"])
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(RuntimeError, match="growth failed"):
        measure("growth", Crowd(1))


# --- one at a time ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def way(folder: Path) -> OneAtATime:
    oracle = Oracle({Picture.open(path): truth for path, truth in truths(folder)})
    return OneAtATime(oracle.kit(), default_vocabulary())


def _run(way: OneAtATime, item: Item, body: str) -> Ending:
    source = f"def execute_command(image):\n    p = ImagePatch(image)\n    {body}\n"
    return way.run(source, (Picture.open(item.picture),))


def test_programs_end_in_every_way(way: OneAtATime, folder: Path) -> None:
    item = read(folder)[0]
    assert _run(way, item, "return isinstance(p, ImagePatch) and p == ImagePatch(image)") == Ending("answered", False)
    assert _run(way, item, "return {1: (p.width, [p.left])}").value == {"1": [_width(item), [0]]}
    assert _run(way, item, 'return p.find("unicorn")[0]') == Ending("IndexError")
    assert _run(way, item, 'return abstain("I would rather not")') == Ending("abstained")
    assert _run(way, item, 'return p.find("")') == Ending("tool")
    assert _run(way, item, 'return llm_query("why?")') == Ending("tool")
    assert _run(way, item, "return p.crop(0, 0, 10, 20)").value.box == (0, _height(item) - 20, 10, _height(item))
    assert _run(way, item, 'return best_image_match([x for x in p.find("shape")], ["shape"]) in [p]').value is False
    assert _run(way, item, "return p.original_image.width").value == _width(item)
    assert way.run("def f(", ()) == Ending("SyntaxError")
    assert way.run("def execute_command(image):\n    return Mask(image)", (Picture.open(item.picture),)) == Ending(
        "TypeError"
    )


def _width(item: Item) -> int:
    return Picture.open(item.picture).width


def _height(item: Item) -> int:
    return Picture.open(item.picture).height


class Counting(Adapter[Detect, list[Any]]):
    def __init__(self) -> None:
        super().__init__(4)

    def answer(self, requests: list[Detect]) -> list[list[Any]]:
        return [[] for _ in self.forward(requests, list)]


def test_a_model_without_a_known_cache_is_refused() -> None:
    with pytest.raises(ValueError, match="Counting has no cache"):
        without_caches(Counting())


# --- meters ----------------------------------------------------------------------------------------------------------


def test_calls_inside_each_other_and_at_once_count_once() -> None:
    busy = Busy()
    sleep = busy.timed(busy.timed(lambda: time.sleep(0.1)))
    threads = [threading.Thread(target=sleep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0.1 <= busy.seconds < 0.25
    time.sleep(0.05)
    assert busy.seconds < 0.25
    assert busy.calls <= 4


def test_traffic_counts_runs_requests_and_passes(folder: Path) -> None:
    meters = Meters()
    specialist = meters.watch("detector", Counting())
    picture = Picture.open(read(folder)[0].picture)
    specialist.run([Detect(picture.whole, name) for name in "abcdef"])
    traffic = meters.traffic["detector"]
    assert (traffic.runs, traffic.requests, traffic.passes, traffic.pictures) == (1, 6, 2, 6)
    assert (traffic.gathered, traffic.batch) == (6, 3)
    meters.clear()
    assert (traffic.runs, traffic.requests, meters.specialist.seconds) == (0, 0, 0)


def test_memory_is_seen() -> None:
    """In a process of its own: what this one's other tests give back in the meantime would hide what is taken."""
    script = (
        "import time\n"
        "from benchmarks.meters import Sampler\n"
        "with Sampler() as memory:\n"
        "    held = bytearray(b'x' * (80 << 20))\n"
        "    deadline = time.monotonic() + 20\n"
        "    while memory.growth_mb < 80 and time.monotonic() < deadline:\n"
        "        time.sleep(0.05)\n"
        "    del held\n"
        "print(memory.growth_mb)\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert 75 < float(told) < 200


def test_a_gpu_is_watched_if_it_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with Gpu() as gpu:
        pass
    assert gpu.busy is None
    smi = tmp_path / "nvidia-smi"
    smi.write_text("#!/bin/sh\necho 100\necho '[N/A]'\necho 50\nexec /bin/sleep 60\n")
    smi.chmod(0o755)
    with Gpu(1) as gpu:
        time.sleep(0.3)
    assert gpu.busy == pytest.approx(0.75)


def _shown(figures: dict[str, Any]) -> str:
    text = io.StringIO()
    throughput.show(figures, Console(file=text, width=140))
    return text.getvalue()
