"""Questions about the gallery as people type them, to measure with and to choose by: never learnt from."""

from collections import Counter
from pathlib import Path

import pytest

from agent.runs.question_files import read_questions
from agent.runs.row import Row

ROOT = Path(__file__).parents[1]
FILES = {"human": "h{:03}", "gallery": "val-{:03}"}
"""Files of questions, and what their rows are called."""
GALLERY = ROOT / "models" / "embedded" / "gallery"

FAMILIES = {
    "exist",
    "count",
    "compare",
    "spatial",
    "attribute",
    "which",
    "arithmetic",
    "chain",
    "category",
    "several",
    "unanswerable",
}


@pytest.fixture(scope="module", params=FILES)
def file(request: pytest.FixtureRequest) -> Path:
    return ROOT / "tests" / "data" / f"{request.param}_questions.jsonl"


@pytest.fixture(scope="module")
def rows(file: Path) -> list[Row]:
    read = list(read_questions(file, images=ROOT))
    assert [row for row in read if not isinstance(row, Row)] == []
    return [row for row in read if isinstance(row, Row)]


def test_there_are_enough_and_every_line_has_its_own_id(file: Path, rows: list[Row]) -> None:
    assert len(rows) == len(file.read_text("utf-8").splitlines()) >= 200
    name = FILES[file.stem.removesuffix("_questions")]
    assert [row.id for row in rows] == [name.format(number) for number in range(1, len(rows) + 1)]


def test_every_picture_of_the_gallery_is_asked_about_and_no_other(rows: list[Row]) -> None:
    asked = {picture for row in rows for picture in row.images}
    assert asked == set(GALLERY.glob("*.webp"))


def test_no_question_is_asked_twice_about_a_picture(rows: list[Row]) -> None:
    asked = Counter((row.images, "".join(c for c in row.question.casefold() if c.isalnum())) for row in rows)
    assert [question for question, times in asked.items() if times > 1] == []


def test_families_are_the_known_ones_and_each_has_its_share(rows: list[Row]) -> None:
    families = Counter(row.family for row in rows)
    assert set(families) == FAMILIES
    assert min(families.values()) >= 10
    assert families["unanswerable"] >= 0.08 * len(rows)


def test_answers_are_written_in_one_way(rows: list[Row]) -> None:
    for row in rows:
        assert row.answers, row.id
        assert all(answer == answer.strip().lower() and answer for answer in row.answers), row.id
        assert len(set(row.answers)) == len(row.answers), row.id
        assert (row.answers == ("abstain",)) == ("abstain" in row.answers) == (row.family == "unanswerable"), row.id
        assert row.family != "several" or len(row.images) > 1, row.id
        if row.family == "count":
            assert row.answers[0].isdigit(), row.id
