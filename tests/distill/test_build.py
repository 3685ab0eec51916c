"""Data sets of runs: what is in them, that no picture is in two splits, and that stopping changes nothing."""

import json
import random
import shutil
from collections import defaultdict
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from datasets import load_dataset
from langchain_core.language_models import FakeListChatModel
from PIL import Image

from agent.runs.question_files import read_questions
from agent.runs.record import Record
from agent.runs.row import Row
from agent.runs.run_error import RunError
from agent.runs.store import Store
from distill.build import COUNTS, build
from distill.candidates import RunReader
from distill.card import FIGURE
from distill.conversation import seen
from distill.dataset import DatasetError, fingerprint, load
from distill.example import ANSWER_SUFFIX, RATIONALE_SUFFIX, example_of
from distill.generation import Generation
from distill.plans import Plans
from distill.recipe import Recipe
from distill.replies import Replies
from distill.seeing import name_of
from distill.splits import assign, named_split
from distill.verify import NOT_READ, VERIFIED, verify
from models.planner_format import decode_body
from tests.distill.conftest import ShapeWorld, generate_run, settings_for


@pytest.fixture(scope="session")
def built(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "data"
    build([generated], folder)
    return folder


def rows_in(folder: Path) -> list[dict[str, Any]]:
    return [row for split in load(folder).values() for row in split]


def test_rows_are_what_was_verified(generated: Path, built: Path) -> None:
    rows = rows_in(built)
    assert len({row["id"] for row in rows}) == len(rows)
    with RunReader(generated) as reader:
        found = {one.id: (one, verify(one)) for one in reader.questions()}
    answers = {example_of(row): row for row in rows if row["target"] == "answer"}
    rationales = {example_of(row): row for row in rows if row["target"] == "rationale"}
    assert set(answers) == set(found)
    assert set(rationales) == {id for id, (_, one) in found.items() if one.chosen is not None}
    for id, row in answers.items():
        asked, one = found[id]
        assert row["messages"][0]["content"] == "<image>\n" * len(row["images"]) + f"{asked.question}\n{ANSWER_SUFFIX}"
        assert row["messages"][1]["content"] == row["label"] == one.label
        assert row["verified"] is (one.chosen is not None)
        assert row["source"] == "shapes"
    for id, row in rationales.items():
        chosen = found[id][1].chosen
        assert chosen is not None
        assert row["program"] == chosen.record.program
        assert row["messages"][0]["content"].endswith(RATIONALE_SUFFIX)
        assert [step["tool"] for step in json.loads(row["trace"])["steps"]] == [one.tool for one in chosen.trace.steps]
        assert "seconds" not in row["trace"]


def test_no_picture_is_in_two_splits(built: Path) -> None:
    where = defaultdict(set)
    for row in rows_in(built):
        for image in row["images"]:
            where[image.tobytes()].add(row["split"])
    assert len(where) == 12
    assert all(len(splits) == 1 for splits in where.values())
    assert {split for splits in where.values() for split in splits} == {"train", "val", "test"}


def test_instruction_rows_say_what_was_seen(built: Path) -> None:
    rows = [row for row in rows_in(built) if row["target"] == "instruction"]
    assert {row["family"] for row in rows} >= {"conversation", "reasoning", "detection", "caption"}
    for row in rows:
        roles = [message["role"] for message in row["messages"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2)
        assert row["messages"][0]["content"].startswith("<image>\n")
        assert sum(message["content"].count("<image>") for message in row["messages"]) == 1


def test_llava_has_the_same_rows(built: Path) -> None:
    for split, rows in load(built).items():
        told = json.loads((built / "llava" / f"{split}.json").read_text())
        assert [one["id"] for one in told] == rows["id"][:]
        for one, row in zip(told, rows, strict=True):
            assert [part["value"] for part in one["conversations"]] == [part["content"] for part in row["messages"]]
            paths = [one["image"]] if isinstance(one["image"], str) else one["image"]
            assert all((built / "llava" / path).is_file() for path in paths)
            assert len(paths) == len(row["images"])


def test_the_card_tells_the_hub_where_the_rows_are(generated: Path, tmp_path: Path) -> None:
    build([generated], tmp_path / "data", Recipe(instructions=False))
    found = load_dataset(str(tmp_path / "data"), cache_dir=str(tmp_path / "cache"))
    mine = load(tmp_path / "data")
    assert {name: rows["id"][:] for name, rows in found.items()} == {name: rows["id"][:] for name, rows in mine.items()}
    assert found["train"][0]["images"][0].tobytes() == mine["train"][0]["images"][0].tobytes()


def test_the_card_counts_every_stage(generated: Path, built: Path) -> None:
    counts = json.loads((built / COUNTS).read_text())
    rows = rows_in(built)
    assert sum(counts["rows"].values()) == len(rows)
    assert sum(counts["reasons"].values()) == counts["questions"]
    assert sum(counts["verdicts"].values()) == counts["programs"]["different"]
    assert counts["programs"]["drawn"] == 5 * counts["questions"]
    shares = counts["by_draws"]
    assert len(shares) == 5
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(counts["reasons"][VERIFIED] / counts["questions"])
    card = (built / "README.md").read_text()
    assert f"| 5 | {shares[-1]:.1%} |" in card
    assert "same answer on every swapped picture" in card
    assert "Find out before you pass them on" in card
    assert (built / FIGURE).stat().st_size > 5_000


def test_a_data_set_is_the_same_however_often_it_was_stopped(
    world: ShapeWorld, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(7)
    left = stops = 0

    def stop(*args: Any) -> None:
        nonlocal left, stops
        left -= 1
        if not left:
            stops += 1
            raise KeyboardInterrupt

    def write_and_stop(*args: Any) -> None:
        write(*args)
        stop()

    write = Plans.write
    monkeypatch.setattr(Plans, "write", write_and_stop)
    with world.agent() as agent:
        for _ in range(60):
            left = draw.choice((1, draw.randrange(2, 40)))
            try:
                generate_run(world, tmp_path / "run", on_progress=stop, agent=agent)
                break
            except KeyboardInterrupt:
                continue
    assert stops > 5
    left = 3
    with pytest.raises(KeyboardInterrupt):
        build([tmp_path / "run"], tmp_path / "data", on_progress=stop)
    assert not (tmp_path / "data").exists()
    build([tmp_path / "run"], tmp_path / "data")
    assert fingerprint(tmp_path / "data") == fingerprint(built)


def test_several_runs_make_one_data_set(generated: Path, built: Path, tmp_path: Path) -> None:
    build([generated, generated], tmp_path / "data", Recipe(parquet=False, llava=False, instructions=False))
    rows = rows_in(tmp_path / "data")
    assert {row["source"] for row in rows} == {"shapes", "shapes-2"}
    once = [row for row in rows_in(built) if row["target"] != "instruction"]
    assert len(rows) == 2 * len(once) == len({row["id"] for row in rows})


def test_labels_can_be_left_out_of_account(generated: Path, tmp_path: Path) -> None:
    build([generated], tmp_path / "data", Recipe(labels="ignore", test=0.3, seed=3))
    counts = json.loads((tmp_path / "data" / COUNTS).read_text())
    assert counts["labelled"] < counts["questions"]
    assert counts["reasons"]["no answer has the majority"]
    with RunReader(generated) as reader:
        majority = {one.id: verify(one, use_labels=False).label for one in reader.questions()}
        labels = {one.id: verify(one).label for one in reader.questions()}
    for row in rows_in(tmp_path / "data"):
        if row["target"] == "answer":
            told = labels if row["split"] == "test" else majority
            assert row["label"] == told[example_of(row)]


class Prose(FakeListChatModel):
    """Puts a rationale into other words, and every second time adds what is not there."""

    responses: list[str] = []
    calls: ClassVar[int] = 0

    def _call(self, messages: Any, *args: Any, **kwargs: Any) -> str:
        told = messages[-1].text.partition("Findings: ")[2]
        Prose.calls += 1
        return f"In the picture, {told}" if len(told) % 2 else f"There are 77 penguins. {told}"


def test_a_language_model_may_rewrite_but_not_add(generated: Path, tmp_path: Path) -> None:
    Prose.calls = 0
    replies = Replies(Prose(), "prose", tmp_path / "replies.sqlite")
    counts = build([generated], tmp_path / "data", rewriter=replies)
    assert counts.rewritten["taken"] > 3
    assert counts.rewritten["refused"] > 3
    texts = [row["messages"][1]["content"] for row in rows_in(tmp_path / "data") if row["target"] == "rationale"]
    assert sum(text.startswith("In the picture, ") for text in texts) == counts.rewritten["taken"]
    assert not any("penguin" in text for text in texts)
    calls = Prose.calls
    build([generated], tmp_path / "again", rewriter=replies)
    assert Prose.calls == calls
    assert fingerprint(tmp_path / "again") == fingerprint(tmp_path / "data")
    replies.close()


def test_a_language_model_that_is_out_of_reach_is_told(generated: Path, tmp_path: Path) -> None:
    class Gone(Prose):
        def _call(self, *args: Any, **kwargs: Any) -> str:
            raise ConnectionError("nobody answers")

    replies = Replies(Gone(), "gone", tmp_path / "replies.sqlite")
    with pytest.raises(DatasetError, match="the language model gone gave no reply: nobody answers"):
        build([generated], tmp_path / "data", rewriter=replies)
    assert not (tmp_path / "data").exists()
    replies.close()


def test_rows_with_labels_of_another_run_are_taken(world: ShapeWorld, tmp_path: Path) -> None:
    """As a chat's feedback has them: one program each, some with the right answer."""
    rows = [row for row in read_questions(world.file) if isinstance(row, Row)][:6]
    programs = {one.text: decode_body(one.program, one.pictures) for one in world.questions}
    with world.agent() as agent, Store.open(tmp_path / "chat", settings_for(world.file)) as store:
        for position, row in enumerate(rows):
            answer = agent.run(programs[row.question], cast(Path, row.images[0]), row.question)
            told = replace(row, answers=row.answers if position < 4 else ())
            files = {key: cast(Path, row.images[0]) for key in answer.trace.images}
            store.put(Record.of(told, position, answer), answer.pictures, files)
    counts = build([tmp_path / "chat"], tmp_path / "data", Recipe(labels="require"))
    assert counts.dropped["no right answer is known, and no answer has the majority"] == 2
    assert counts.unfinished == []
    assert counts.unswapped == counts.reasons[VERIFIED] > 0
    answers = {example_of(row) for row in rows_in(tmp_path / "data") if row["target"] == "answer"}
    assert answers == {"q0", "q1", "q2", "q3"}


# ------------------------------------------------------------------ bad input


def test_what_is_wrong_is_told_in_one_line(world: ShapeWorld, generated: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty", settings_for(world.file)):
        pass
    with pytest.raises(RunError, match="the run is empty"):
        build([tmp_path / "empty"], tmp_path / "data")
    with pytest.raises(RunError, match="there is no such run"):
        build([tmp_path / "nothing"], tmp_path / "data")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    with pytest.raises(DatasetError, match="there is something else in this folder"):
        build([generated], tmp_path / "notes")
    assert (tmp_path / "notes" / "a.txt").read_text() == "mine"


def test_a_run_without_labels_is_refused_where_they_are_required(world: ShapeWorld, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in world.file.read_text().splitlines()[:4]]
    unlabelled = world.folder / "unlabelled.jsonl"
    unlabelled.write_text("".join(json.dumps({k: v for k, v in row.items() if k != "answer"}) + "\n" for row in rows))
    run = generate_run(world, tmp_path / "run", Generation(samples=3, swaps=1), unlabelled)
    with pytest.raises(RunError, match="no question of this run has a right answer"):
        build([run], tmp_path / "data", Recipe(labels="require"))
    counts = build([run], tmp_path / "data")
    assert counts.labelled == 0
    assert counts.by_draws == []


def test_a_picture_that_has_gone_is_told(generated: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(generated, run)
    picture = next((run / "pictures").glob("*/*.png"))
    picture.unlink()
    with pytest.raises(RunError, match=f"{picture.name}: there is no such file; it is a picture of a run"):
        build([run], tmp_path / "data")
    picture.write_bytes(b"something else")
    with pytest.raises(RunError, match="not a picture"):
        build([run], tmp_path / "data")
    assert list(tmp_path.iterdir()) == [run]


def test_a_question_whose_picture_was_never_there_is_counted(world: ShapeWorld, tmp_path: Path) -> None:
    lines = world.file.read_text().splitlines()[:3]
    missing = {"id": "gone", "image": "gone.png", "question": "How many stars?", "answer": "1"}
    (world.folder / "missing.jsonl").write_text("\n".join([*lines, json.dumps(missing), "{broken"]) + "\n")
    run = generate_run(world, tmp_path / "run", Generation(samples=2, swaps=1), world.folder / "missing.jsonl")
    counts = build([run], tmp_path / "data")
    assert counts.questions == 5
    assert counts.dropped == {NOT_READ: 2}


def test_a_full_disk_is_told(generated: Path, small_disk: Path) -> None:
    with pytest.raises(DatasetError, match="the disk is full"):
        build([generated], small_disk / "data")
    assert not (small_disk / "data").exists()


def test_a_run_that_is_not_finished_says_so(world: ShapeWorld, tmp_path: Path) -> None:
    count = 0

    def stop(*args: Any) -> None:
        nonlocal count
        count += 1
        if count == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate_run(world, tmp_path / "run", on_progress=stop)
    counts = build([tmp_path / "run"], tmp_path / "data")
    assert counts.unfinished == ["shapes"]
    assert "Not finished when this was built" in (tmp_path / "data" / "README.md").read_text()


# ------------------------------------------------------------------ splits


def test_questions_that_share_a_picture_share_a_split() -> None:
    asked = [("a", ("1", "2"), "train"), ("b", ("2", "3"), ""), ("c", ("3",), "validation"), ("d", ("4",), "train")]
    assert assign(asked) == ({"a": "val", "b": "val", "c": "val", "d": "train"}, 1)
    assert assign([*asked, ("e", ("1",), "testdev")])[0]["c"] == "test"


def test_pictures_without_a_split_are_shared_out() -> None:
    asked = [(str(n), (f"picture {n}",), "") for n in range(2000)]
    found, moved = assign(asked, {"val": 0.1, "test": 0.2}, seed=1)
    counts = {split: list(found.values()).count(split) for split in ("train", "val", "test")}
    assert moved == 0
    assert abs(counts["val"] - 200) < 60
    assert abs(counts["test"] - 400) < 80
    assert assign(asked[::-1], {"val": 0.1, "test": 0.2}, seed=1)[0] == found
    assert assign(asked, {"val": 0.1, "test": 0.2}, seed=2)[0] != found


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("testdev_balanced", "test"), ("test1", "test"), ("testA", "test"), ("TEST", "test"), ("val2014", "val"),
        ("val_all", "val"), ("dev", "val"), ("validation", "val"), ("minival", "val"), ("train2014", "train"),
        ("trainval", "train"), ("", None), ("all", None),
    ],
)  # fmt: skip
def test_splits_as_published_data_sets_name_them(name: str, split: str | None) -> None:
    assert named_split(name) == split
    if split is not None:
        found, moved = assign([(str(number), (str(number),), name) for number in range(50)])
        assert (set(found.values()), moved) == ({split}, 0)


def test_a_student_sees_what_programs_see() -> None:
    """Upright, and on white where it is transparent."""
    lying = Image.new("RGB", (80, 40), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = BytesIO()
    lying.save(buffer, "JPEG", exif=exif)
    file = {"path": "a.jpg", "bytes": buffer.getvalue()}
    opened = Image.open(BytesIO(file["bytes"]))
    assert seen(opened).size == seen(opened, blind=True).size == (40, 80)
    assert name_of(file, blind=True) == "40x80"
    assert seen(Image.new("RGBA", (4, 4), (0, 0, 0, 0))).getpixel((0, 0)) == (255, 255, 255)
