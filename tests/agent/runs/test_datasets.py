"""The published benchmarks, each on a few rows in the format of its release, one of them broken."""

import json
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agent.runs.datasets.benchmark import is_it_true
from agent.runs.question_files import (
    QuestionFileError,
    count_questions,
    fingerprint,
    format_of,
    read_questions,
)
from agent.runs.row import BadRow, Row
from models.picture import Picture

SAMPLES = Path(__file__).parents[2] / "data" / "datasets"


@pytest.fixture
def sample(tmp_path: Path) -> Callable[..., Path]:
    """Copies a sample, and draws the pictures that it speaks of at the places named."""

    def make(name: str, *pictures: str) -> Path:
        folder = tmp_path / name
        shutil.copytree(SAMPLES / name, folder)
        for number, picture in enumerate(pictures):
            path = folder / picture
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (32 + number, 24), (40 * number, 90, 90)).save(path)
        return folder

    return make


def parted(rows: Iterator[Row | BadRow]) -> tuple[list[Row], list[BadRow]]:
    listed = list(rows)
    return [row for row in listed if isinstance(row, Row)], [row for row in listed if isinstance(row, BadRow)]


def relative(row: Row, folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in row.images if isinstance(path, Path)]


def assert_readable(rows: list[Row]) -> None:
    for row in rows:
        for path in row.images:
            assert isinstance(path, Path)
            assert Picture.open(path).height == 24


def test_gqa(sample: Callable[..., Path]) -> None:
    folder = sample("gqa", "images/2000001.jpg", "images/n20002.jpg")
    rows, bad = parted(read_questions(folder, split="testdev_balanced"))
    assert [(row.id, row.question, row.answers, row.family, row.split) for row in rows] == [
        ("20000001", "Is there a dog in the picture?", ("yes",), "verify", "testdev_balanced"),
        ("20000002", "What color is the ball?", ("red",), "query", "testdev_balanced"),
    ]
    assert [relative(row, folder) for row in rows] == [["images/2000001.jpg"], ["images/n20002.jpg"]]
    assert_readable(rows)
    assert bad == [
        BadRow(
            "20000003",
            "testdev_balanced_questions.json, row 3",
            "the field `imageId` is missing",
            "Which animal is on the left?",
        )
    ]
    assert count_questions(folder, split="testdev_balanced") == 3


def test_gqa_without_answers_in_folder_named(sample: Callable[..., Path], tmp_path: Path) -> None:
    folder = sample("gqa")
    (tmp_path / "elsewhere").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "elsewhere" / "n30001.jpg")
    rows, bad = parted(read_questions(folder, "gqa", images=tmp_path / "elsewhere", split="test_balanced"))
    assert not bad
    assert (rows[0].answers, rows[0].images) == ((), (tmp_path / "elsewhere" / "n30001.jpg",))


def test_gqa_of_many_files(sample: Callable[..., Path]) -> None:
    folder = sample("gqa")
    many = folder / "train_all_questions"
    many.mkdir()
    for number in (0, 1):
        record = {"imageId": "1", "question": "Is it day?", "answer": "no"}
        (many / f"train_all_questions_{number}.json").write_text(json.dumps({f"4{number}": record}))
    rows, _ = parted(read_questions(folder, split="train_all"))
    assert [row.id for row in rows] == ["40", "41"]
    assert count_questions(folder, split="train_all") == 2


def test_vqav2(sample: Callable[..., Path]) -> None:
    pictures = [f"val2014/COCO_val2014_{number:012d}.jpg" for number in (101, 202)]
    folder = sample("vqav2", *pictures)
    rows, bad = parted(read_questions(folder, split="val2014"))
    assert [(row.id, row.family) for row in rows] == [("101000", "other"), ("101001", "yes/no"), ("202000", "number")]
    assert rows[0].answers == ("red",) * 7 + ("pink", "pink", "dark red")
    assert rows[2].answers == ("3",) * 9 + ("4",), "annotations may stand in another order than questions"
    assert [relative(row, folder)[0] for row in rows] == [pictures[0], pictures[0], pictures[1]]
    assert_readable(rows)
    assert [(row.id, row.reason) for row in bad] == [
        ("202009", "there are no answers for it in v2_mscoco_val2014_annotations.json")
    ]


def test_vqav2_test_split_has_pictures_of_test2015_and_no_answers(sample: Callable[..., Path]) -> None:
    folder = sample("vqav2", "test2015/COCO_test2015_000000000303.jpg")
    rows, bad = parted(read_questions(folder, split="test-dev2015"))
    assert not bad
    assert (rows[0].id, rows[0].answers) == ("303000", ())
    assert_readable(rows)


def test_vqav2_answers_in_folder_beside(sample: Callable[..., Path]) -> None:
    folder = sample("vqav2")
    for kind in ("Questions", "Annotations"):
        (folder / kind).mkdir()
        for path in folder.glob(f"*val2014_{kind.lower()}.json"):
            path.rename(folder / kind / path.name)
    rows, _ = parted(read_questions(folder, "vqav2", split="val2014"))
    assert len(rows[0].answers) == 10


def test_vqav2_missing_answers_are_not_passed_over(sample: Callable[..., Path]) -> None:
    folder = sample("vqav2")
    (folder / "v2_mscoco_val2014_annotations.json").unlink()
    with pytest.raises(QuestionFileError, match=r"put v2_mscoco_val2014_annotations\.json beside it"):
        read_questions(folder, split="val2014")


def test_vqav2_fingerprint_covers_answers(sample: Callable[..., Path]) -> None:
    folder = sample("vqav2")
    before = fingerprint(folder, split="val2014")
    path = folder / "v2_mscoco_val2014_annotations.json"
    path.write_text(path.read_text().replace("dark red", "bright red"))
    assert fingerprint(folder, split="val2014") != before
    assert fingerprint(folder, split="test-dev2015") == fingerprint(folder, split="test-dev2015") != before


def test_okvqa(sample: Callable[..., Path]) -> None:
    folder = sample("okvqa", "val2014/COCO_val2014_000000000404.jpg")
    assert format_of(folder) == "okvqa"
    rows, bad = parted(read_questions(folder))
    assert [(row.id, row.family) for row in rows] == [("4040005", "Sports and Recreation")]
    assert rows[0].answers == ("play tennis",) * 8 + ("squash",) * 2
    assert_readable(rows)
    assert [(row.id, row.reason) for row in bad] == [("4040006", "the question is empty")]


def test_nlvr2(sample: Callable[..., Path]) -> None:
    pictures = [f"dev/dev-850-{pair}-img{side}.png" for pair in (0, 1) for side in (0, 1)]
    folder = sample("nlvr2", *pictures)
    rows, bad = parted(read_questions(folder, images=folder, split="dev"))
    assert [(row.id, row.answers, row.group) for row in rows] == [
        ("dev-850-0-0", ("yes",), "dev-850-0"),
        ("dev-850-1-0", ("no",), "dev-850-0"),
    ]
    assert rows[0].question == "Is it true that there are two red balls in total?"
    assert [relative(row, folder) for row in rows] == [pictures[:2], pictures[2:]]
    assert_readable(rows)
    assert [(row.id, row.reason) for row in bad] == [
        ("dev-850-0-1", "the label is 'maybe'; it must be true or false"),
        ("dev-850", "the identifier 'dev-850' is not split-set-pair-sentence, as dev-850-0-1 is"),
    ]


def test_nlvr2_training_pictures_are_in_numbered_folders(sample: Callable[..., Path]) -> None:
    pictures = [f"images/train/27/train-10171-0-img{side}.png" for side in (0, 1)]
    folder = sample("nlvr2", *pictures)
    rows, _ = parted(read_questions(folder / "data" / "train.json"))
    assert [relative(row, folder) for row in rows] == [pictures]


def test_nlvr(sample: Callable[..., Path]) -> None:
    pictures = [f"dev/images/2/dev-3125-{number}-0.png" for number in (0, 1)]
    folder = sample("nlvr", *pictures)
    assert format_of(folder) == format_of(folder / "dev") == "nlvr"
    rows, bad = parted(read_questions(folder))
    assert [(row.id, row.answers, row.group, row.split) for row in rows] == [
        ("dev-3125-0", ("yes",), "dev-3125", "dev"),
        ("dev-3125-1", ("no",), "dev-3125", "dev"),
    ]
    assert rows[0].question == "Is it true that there is a tower of four blocks?"
    assert [relative(row, folder) for row in rows] == [[picture] for picture in pictures]
    assert_readable(rows)
    assert [(row.id, row.where) for row in bad] == [("line 3", "dev.json, line 3")]
    assert bad[0].reason.startswith("malformed JSON")


def test_nlvr_with_paths_of_pictures(sample: Callable[..., Path]) -> None:
    folder = sample("nlvr_flat", "dev/dev-1572-0-0.png", "dev/dev-1572-1-0.png")
    rows, bad = parted(read_questions(folder))
    assert [(row.id, row.answers, row.group) for row in rows] == [
        ("dev-1572-0", ("yes",), "dev-1572"),
        ("dev-1572-1", ("no",), "dev-1572"),
    ]
    assert_readable(rows)
    assert [(row.id, row.reason) for row in bad] == [("dev-1572-2", "the label is 'unsure'; it must be true or false")]


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("There is a box.", "Is it true that there is a box?"),
        ("A box is  empty ", "Is it true that a box is empty?"),
        ("NASA built it.", "Is it true that NASA built it?"),
        ("3 boxes are full", "Is it true that 3 boxes are full?"),
        (" . ", ""),
    ],
)
def test_statements_become_questions(statement: str, question: str) -> None:
    assert is_it_true(statement) == question


def test_clevr(sample: Callable[..., Path]) -> None:
    pictures = [f"images/val/CLEVR_val_00000{number}.png" for number in (0, 1)]
    folder = sample("clevr", *pictures)
    rows, bad = parted(read_questions(folder, split="val"))
    assert [(row.id, row.answers, row.family, row.split) for row in rows] == [
        ("0", ("2",), "count", "val"),
        ("1", ("cyan",), "query_color", "val"),
    ]
    assert [relative(row, folder) for row in rows] == [[picture] for picture in pictures]
    assert_readable(rows)
    assert [(row.id, row.reason) for row in bad] == [("2", "the field `image_filename` is null, which it cannot be")]
    test, _ = parted(read_questions(folder / "questions" / "CLEVR_test_questions.json"))
    assert [(row.id, row.answers, row.family) for row in test] == [("0", (), "")]


def test_tallyqa(sample: Callable[..., Path]) -> None:
    pictures = ["VG_100K_2/2410408.jpg", "val2014/COCO_val2014_000000000042.jpg"]
    folder = sample("tallyqa", *pictures)
    rows, bad = parted(read_questions(folder, split="test"))
    assert [(row.id, row.answers, row.family) for row in rows] == [
        ("30095774", ("4",), "complex"),
        ("30095775", ("2",), "simple"),
    ]
    assert [relative(row, folder) for row in rows] == [[picture] for picture in pictures]
    assert_readable(rows)
    assert [(row.id, row.reason) for row in bad] == [("30095776", "the field `answer` is [2], which it cannot be")]
    train, _ = parted(read_questions(folder, split="train"))
    assert [row.family for row in train] == [""]


def as_pickle(folder: Path, protocol: int = 2) -> Path:
    """The refs as the release has them, instead of as JSON."""
    path = folder / "refs(unc).json"
    refs = json.loads(path.read_text())
    path.unlink()
    (folder / "refs(unc).p").write_bytes(pickle.dumps(refs, protocol=protocol))
    return folder


@pytest.mark.parametrize("protocol", [None, 0, 2, 5])
def test_refcoco(sample: Callable[..., Path], protocol: int | None) -> None:
    picture = "train2014/COCO_train2014_000000581857.jpg"
    folder = sample("refcoco", picture)
    if protocol is not None:
        as_pickle(folder, protocol)
    rows, bad = parted(read_questions(folder))
    assert [(row.id, row.question, row.box, row.split) for row in rows] == [
        ("0", "Find lady in blue.", (10.5, 20.0, 110.5, 170.25), "testA"),
        ("1", "Find person on the left.", (10.5, 20.0, 110.5, 170.25), "testA"),
        ("2", "Find the dog.", (200.0, 100.0, 260.0, 140.0), "val"),
    ]
    assert [relative(row, folder) for row in rows] == [[picture]] * 3
    assert_readable(rows)
    assert [(row.id, row.where.partition(", ")[2], row.reason, row.question) for row in bad] == [
        ("3", "ref 3, sentence 1", "instances.json has no box for annotation 99", "Find the other dog.")
    ]
    assert count_questions(folder) == 4


def test_refcoco_split_stands_in_the_rows(sample: Callable[..., Path]) -> None:
    folder = as_pickle(sample("refcoco"))
    assert [row.id for row in parted(read_questions(folder, split="testA"))[0]] == ["0", "1"]
    assert fingerprint(folder, split="testA") != fingerprint(folder, split="val")
    with pytest.raises(QuestionFileError, match="there is no split `testB`; it has testA"):
        read_questions(folder, split="testB")


class Sly:
    """What a pickle must not be able to do."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def test_refcoco_pickle_cannot_run_code(sample: Callable[..., Path], tmp_path: Path) -> None:
    folder = as_pickle(sample("refcoco"))
    refs = folder / "refs(unc).p"
    refs.write_bytes(pickle.dumps([{"ref_id": 1, "sentences": [Sly(tmp_path / "touched")]}]))
    with pytest.raises(QuestionFileError, match=r"refused as a pickle of plain data \(it would load "):
        read_questions(folder)
    assert not (tmp_path / "touched").exists()
    pickle.loads(refs.read_bytes())
    assert (tmp_path / "touched").exists(), "the trap itself works"


@pytest.mark.parametrize("data", [b"", b"\x80\x02]q", b"no pickle", pickle.dumps({"refs": []})])
def test_refcoco_damaged_pickle(sample: Callable[..., Path], data: bytes) -> None:
    folder = as_pickle(sample("refcoco"))
    (folder / "refs(unc).p").write_bytes(data)
    with pytest.raises(QuestionFileError) as caught:
        read_questions(folder)
    assert "\n" not in str(caught.value)


def test_refcoco_needs_its_boxes_and_one_file_of_refs(sample: Callable[..., Path]) -> None:
    folder = sample("refcoco")
    shutil.copy(folder / "refs(unc).json", folder / "refs(google).json")
    with pytest.raises(QuestionFileError, match=r"refs\(google\)\.json, refs\(unc\)\.json; name one"):
        read_questions(folder)
    (folder / "instances.json").unlink()
    with pytest.raises(QuestionFileError, match=r"put instances\.json beside it"):
        read_questions(folder / "refs(unc).json")


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
def test_samples_are_known_by_themselves(name: str) -> None:
    expected = name.partition("_")[0]
    assert format_of(SAMPLES / name) == expected
    for path in (SAMPLES / name).rglob("*.json*"):
        if "annotations" not in path.name and path.name not in ("instances.json", "map_vid_vidorID.json"):
            assert format_of(path) == expected


def test_split_must_be_chosen_and_exist() -> None:
    with pytest.raises(QuestionFileError, match="choose one of test_balanced, testdev_balanced"):
        read_questions(SAMPLES / "gqa")
    with pytest.raises(QuestionFileError, match="there is no split `dev`; it has test_balanced, testdev_balanced"):
        read_questions(SAMPLES / "gqa", split="dev")


def test_wrong_benchmark_named() -> None:
    with pytest.raises(QuestionFileError, match="no questions of clevr here; expected questions/CLEVR_val"):
        read_questions(SAMPLES / "gqa", "clevr")
    with pytest.raises(QuestionFileError, match="there is no `questions` in it"):
        read_questions(SAMPLES / "gqa" / "test_balanced_questions.json", "clevr")


def test_next_qa(sample: Callable[..., Path]) -> None:
    folder = sample("nextqa")
    for place in ("NExTVideo/0066/4010069381.mp4", "NExTVideo/6833711564.mp4"):  # as released, and flat
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(b"a video")
    assert format_of(folder) == format_of(folder / "val.csv") == "nextqa"
    assert count_questions(folder) == 6
    rows, bad = parted(read_questions(folder))
    assert [(row.id, row.family, row.answers, relative(row, folder)) for row in rows] == [
        ("4010069381_6", "causal", ("roll the handle",), ["NExTVideo/0066/4010069381.mp4"]),
        ("4010069381_7", "causal", ("with a stick, slowly",), ["NExTVideo/0066/4010069381.mp4"]),
        ("6833711564_0", "temporal", ("pick it up again",), ["NExTVideo/6833711564.mp4"]),
        ("2435100235_3", "descriptive", ("kitchen",), ["NExTVideo/2435100235.mp4"]),
    ]
    assert rows[2].question == (
        "what does the girl do after she puts the doll down? Options: (A) walk away (B) sit on the floor (C) cry "
        "(D) push the pram (E) pick it up again"
    )
    assert [(row.id, row.reason) for row in bad] == [
        ("6833711564_1", "`answer` is '5'; it must be the number of an option, 0 to 4"),
        ("line 6", "there are not 13 cells in the row"),
    ]


def test_next_qa_with_a_broken_map(sample: Callable[..., Path]) -> None:
    folder = sample("nextqa")
    (folder / "map_vid_vidorID.json").write_text("{")
    with pytest.raises(QuestionFileError, match=r"map_vid_vidorID.json: cannot be read"):
        list(read_questions(folder))
