"""One program over many pictures: how it is had, what comes of each picture, and how a run goes on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent import Answer, Planner, Program, QueryError, VisualAgent
from agent.rendering.evidence import Evidence, evidence_of
from agent.running.monty_sandbox import MontySandbox
from agent.runs.mapping import (
    Given,
    Mapped,
    MappingError,
    Refused,
    Written,
    map_pictures,
    run_settings,
    stored_program,
    verdict,
    write_program,
)
from agent.runs.run_error import RunError
from agent.runs.store import Store
from models.picture import Picture
from tests.agent.conftest import FakeKit, make_picture
from tests.agent.planning.fake_chat import FakeChat
from tools import Vocabulary

DOGS = (0, 1, 2, 0, 3, 1)
"""Dogs in each picture; all have two kids."""


def source(*lines: str) -> str:
    return "".join(f"{line}\n" for line in ("def execute_command(image):", "    p = ImagePatch(image)", *lines))


COUNT = source('    return len(p.find("dog"))')
MORE = source('    return len(p.find("dog")) > 1')
NOT_CHECKED = source('    return p.fnid("dog")')


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"img{number}.png" for number in range(len(DOGS))]
    for number, path in enumerate(paths):
        make_picture(str(path), 100 + number).image.save(path)
    return paths


@pytest.fixture
def kit(pictures: list[Path]) -> FakeKit:
    boxes = [(5.0 + 25 * n, 10.0, 25.0 + 25 * n, 40.0) for n in range(3)]
    kids = [(0.0, 50.0, 20.0, 78.0), (50.0, 50.0, 70.0, 78.0)]
    return FakeKit({str(path): {"dog": boxes[:dogs], "kid": kids} for path, dogs in zip(pictures, DOGS, strict=True)})


@pytest.fixture
def agent_of(kit: FakeKit, vocabulary: Vocabulary) -> Iterator[Any]:
    """Makes an agent whose planner replies as told, and remembers what it was asked in `agent.chat`."""
    made: list[VisualAgent] = []

    def make(*replies: Any, **options: Any) -> VisualAgent:
        chat = FakeChat(replies=list(replies))
        agent = VisualAgent(kit, Planner(chat, vocabulary, "full", "fake"), vocabulary, **options)
        agent.chat = chat  # type: ignore[attr-defined]
        made.append(agent)
        return agent

    yield make
    for one in made:
        one.close()


def by_name(found: Iterator[Mapped]) -> dict[str, Mapped]:
    """What came of each picture, each once and at its place."""
    results = list(found)
    named = {one.picture.name: one for one in results}
    assert len(named) == len(results)
    return named


def answers(found: Iterator[Mapped]) -> dict[str, Any]:
    return {name: (one.answer.status, one.answer.value) for name, one in sorted(by_name(found).items())}


# ------------------------------------------------------------------ the program


def test_a_program_is_written_once_and_run_on_every_picture(agent_of: Any, pictures: list[Path]) -> None:
    agent, told = agent_of(COUNT), []
    given = write_program(agent, "  How many\ndogs? ", pictures, tell=told.append)
    assert given == Given("How many dogs?", Program(COUNT, "fake"))
    assert told == [Written("How many dogs?", Program(COUNT, "fake"))]
    found = by_name(map_pictures(agent, pictures, given))
    assert {name: one.answer.value for name, one in found.items()} == {f"img{n}.png": DOGS[n] for n in range(6)}
    assert [found[f"img{n}.png"].position for n in range(6)] == list(range(6))
    assert {one.answer.program for one in found.values()} == {COUNT}
    assert len(agent.chat.asked) == 1


def test_a_program_that_fails_its_check_is_written_again(agent_of: Any, pictures: list[Path]) -> None:
    agent, told = agent_of(NOT_CHECKED, COUNT), []
    assert write_program(agent, "How many dogs?", pictures, tell=told.append).program == Program(COUNT, "fake")
    refused = told[1]
    assert (refused.picture, refused.repair, refused.repairs) == (None, 1, 2)
    assert "fnid" in refused.problem.message
    assert "fnid" in agent.chat.asked[1][-1].text


def test_a_program_that_raises_on_a_first_picture_is_written_again(agent_of: Any, pictures: list[Path]) -> None:
    on_two = source('    return {0: "none", 1: "one"}[len(p.find("dog"))]')
    agent, told = agent_of(on_two, COUNT), []
    assert write_program(agent, "How many dogs?", pictures, tell=told.append).program == Program(COUNT, "fake")
    (refused,) = [event for event in told if isinstance(event, Refused)]
    assert refused.picture == pictures[2]
    assert refused.problem.span is not None
    assert (refused.problem.span.line, "KeyError" in refused.problem.message) == (3, True)


def test_a_program_that_raises_on_a_later_picture_is_not_written_again(agent_of: Any, pictures: list[Path]) -> None:
    on_three = source('    return {0: "none", 1: "one", 2: "two"}[len(p.find("dog"))]')
    agent = agent_of(on_three)
    given = write_program(agent, "How many dogs?", pictures)
    found = answers(map_pictures(agent, pictures, given))
    assert found.pop("img4.png") == ("failed", None)
    assert {status for status, _ in found.values()} == {"answered"}


def test_the_best_program_is_taken_when_none_serves_all(agent_of: Any, pictures: list[Path]) -> None:
    none = source("    return {}[1]")
    some = source('    return {0: "none", 1: "one"}[len(p.find("dog"))]')
    agent = agent_of(none, some, none)
    assert write_program(agent, "How many dogs?", pictures).program == Program(some, "fake")
    assert len(agent.chat.asked) == 3


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        ([source("    return {}[1]")] * 3, "in 3 attempts; the last one stopped on "),
        (["I cannot help with that"] * 3, "in 3 attempts; the last one stopped: "),
        ([ConnectionError("no route")], "the planner fake gave no reply: ConnectionError: no route"),
    ],
)
def test_no_program(agent_of: Any, pictures: list[Path], replies: list[Any], words: str) -> None:
    with pytest.raises(MappingError) as caught:
        write_program(agent_of(*replies), "How many dogs?", pictures)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_repairs_may_be_none(agent_of: Any, pictures: list[Path]) -> None:
    with pytest.raises(MappingError, match="in 1 attempts"):
        write_program(agent_of(NOT_CHECKED, repairs=0), "How many dogs?", pictures)


def test_an_empty_question(agent_of: Any, pictures: list[Path], tmp_path: Path) -> None:
    for files in (pictures, [tmp_path / "none.png"]):
        with pytest.raises(QueryError, match="the question is empty"):
            write_program(agent_of(), " ", files)


def test_an_abstention_is_no_reason_to_write_again(agent_of: Any, pictures: list[Path]) -> None:
    first = source('    return p.find("dog")[0].simple_query("What is it?")')
    agent = agent_of(first)
    given = write_program(agent, "What is the dog?", pictures)
    found = answers(map_pictures(agent, pictures, given))
    assert [found[f"img{n}.png"][0] for n in range(6)] == ["answered" if dogs else "abstained" for dogs in DOGS]


# ------------------------------------------------------------------ pictures that are none


def spoil(folder: Path) -> dict[str, str]:
    """Files that cannot be used, with words of the reason."""
    (folder / "text.png").write_text("no picture")
    (folder / "empty.png").write_bytes(b"")
    return {"text.png": "not a picture", "empty.png": "empty (0 bytes)", "missing.png": "no such file"}


def test_a_broken_picture_is_a_row_and_nothing_stops(agent_of: Any, pictures: list[Path], tmp_path: Path) -> None:
    bad = spoil(tmp_path)
    mixed = [tmp_path / "text.png", *pictures[:3], tmp_path / "empty.png", *pictures[3:], tmp_path / "missing.png"]
    agent = agent_of(COUNT)
    found = by_name(map_pictures(agent, mixed, write_program(agent, "How many dogs?", mixed)))
    for name, words in bad.items():
        row = found.pop(name).row
        assert row is not None
        assert (row.status, row.answer, row.evidence) == ("failed", "", ())
        assert words in row.reason
    assert {name: one.answer.value for name, one in found.items()} == {f"img{n}.png": DOGS[n] for n in range(6)}


def test_no_program_is_written_where_no_picture_can_be_read(agent_of: Any, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in spoil(tmp_path)]
    agent = agent_of()
    given = write_program(agent, "How many dogs?", paths)
    assert given == Given("How many dogs?", None)
    assert set(answers(map_pictures(agent, paths, given)).values()) == {("failed", None)}
    assert agent.chat.asked == []


# ------------------------------------------------------------------ conditions


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        ("yes", True),
        ("No.", False),
        (" TRUE", True),
        (1, None),
        ("maybe", None),
        (None, None),
    ],
)
def test_verdicts(value: Any, expected: bool | None) -> None:
    assert verdict(value) is expected


def test_a_condition_keeps_pictures(agent_of: Any, pictures: list[Path]) -> None:
    agent = agent_of(MORE)
    found = by_name(
        map_pictures(agent, pictures, where=write_program(agent, "Is there more than one dog?", pictures, True))
    )
    assert {name for name, one in found.items() if one.kept} == {"img2.png", "img4.png"}
    assert {name for name, one in found.items() if one.row} == {"img2.png", "img4.png"}
    assert len(found) == 6


def test_a_question_is_asked_only_where_the_condition_holds(
    agent_of: Any, pictures: list[Path], kit: FakeKit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("agent.runs.mapping.TOGETHER", 2)
    spoil(tmp_path)
    mixed = [*pictures, tmp_path / "text.png"]
    where, question = Given("?", Program(MORE)), Given("Kids?", Program(source('    return len(p.find("kid"))')))
    found = by_name(map_pictures(agent_of(), mixed, question, where))
    rows = {name: one.row for name, one in found.items() if one.row}
    assert {name: (row.status, row.answer) for name, row in rows.items()} == {
        "img2.png": ("answered", "2"),
        "img4.png": ("answered", "2"),
        "text.png": ("failed", ""),
    }
    assert [found[path.name].position for path in mixed] == list(range(7))
    asked = {
        request.region.picture.name for batch in kit["detector"].batches for request in batch if request.phrase == "kid"
    }
    assert asked == {str(pictures[2]), str(pictures[4])}


def test_a_condition_that_cannot_be_told_passes_over(agent_of: Any, pictures: list[Path]) -> None:
    big = source('    return p.find("dog")[0].width > 5')
    found = by_name(map_pictures(agent_of(), pictures, where=Given("?", Program(big))))
    assert {name: one.answer.status for name, one in found.items() if not one.kept} == {
        "img0.png": "abstained",
        "img3.png": "abstained",
    }
    assert found["img0.png"].row is None


def test_a_condition_must_be_answered_by_yes_or_no(agent_of: Any, pictures: list[Path]) -> None:
    agent, told = agent_of(COUNT, MORE), []
    assert write_program(agent, "More than one dog?", pictures, True, told.append).program == Program(MORE, "fake")
    assert "it returned '0'" in told[1].problem.message
    (one,) = map_pictures(agent, pictures[2:3], where=Given("?", Program(COUNT)))
    assert one.row is not None
    assert (one.kept, one.row.status, one.row.reason) == (
        False, "failed", "the condition is not answered by yes or no but by '2'",
    )  # fmt: skip


# ------------------------------------------------------------------ evidence


def evidence(agent: VisualAgent, path: Path, program: str) -> tuple[Evidence, ...]:
    (answer,) = [one.answer for one in map_pictures(agent, [path], Given("", Program(program)))]
    assert answer.status == "answered", answer.reason
    # a run gives answers back as they were written down
    assert evidence_of(Answer.model_validate_json(answer.model_dump_json())) == evidence_of(answer)
    return evidence_of(answer)


FIRST_DOG, SECOND_DOG = Evidence("dog", (5, 10, 25, 40)), Evidence("dog", (30, 10, 50, 40))
KIDS = (Evidence("kid", (0, 50, 20, 78)), Evidence("kid", (50, 50, 70, 78)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('    return len(p.find("dog"))', (FIRST_DOG, SECOND_DOG)),
        ('    return len(p.find("dog")) + len(p.find("kid"))', (FIRST_DOG, SECOND_DOG, *KIDS)),
        ('    return p.find("dog")[1]', (SECOND_DOG,)),
        ('    return [p.find("kid")[1], p.find("dog")[0]]', (KIDS[1], FIRST_DOG)),
        ("    return p.crop(1, 2, 30, 40)", (Evidence("crop", (1, 40, 30, 78)),)),
        ('    return p.find("dog")[0].find("dog")[0]', (FIRST_DOG,)),
        ('    return p if p.find("dog") else 0', (FIRST_DOG, SECOND_DOG)),
        ('    return p.exists("dog")', ()),
        ('    return p.find("cat")', ()),
    ],
)
def test_evidence(agent_of: Any, pictures: list[Path], line: str, expected: tuple[Evidence, ...]) -> None:
    assert evidence(agent_of(), pictures[2], source(line)) == expected


def test_an_abstention_rests_on_nothing(agent_of: Any, pictures: list[Path]) -> None:
    program = source('    p.find("kid")', '    return p.find("dog")[0]')
    (one,) = map_pictures(agent_of(), pictures[:1], Given("", Program(program)))
    assert (one.answer.status, evidence_of(one.answer)) == ("abstained", ())


def test_a_box_in_plain_data() -> None:
    assert Evidence("dog", (1.0, 2.26, 3.0, 4.5)).plain() == {"name": "dog", "box": [1, 2.3, 3, 4.5]}


# ------------------------------------------------------------------ runs


def begin(folder: Path, question: Given | None, where: Given | None = None) -> Store:
    return Store.open(folder, run_settings(question, where, "embedded", "embedded", {"seconds": 2.0}, dtype=None))


def test_a_run_goes_on_where_it_stopped(agent_of: Any, pictures: list[Path], kit: FakeKit, tmp_path: Path) -> None:
    agent, run = agent_of(COUNT), tmp_path / "run"
    given = write_program(agent, "How many dogs?", pictures)
    with begin(run, given) as store:
        results = map_pictures(agent, pictures[:3], given, store=store)
        done = {next(results).picture.name, next(results).picture.name}
        results.close()
    assert stored_program(run, " How  many dogs?", "question") == given
    kit["detector"].batches.clear()
    with begin(run, given) as store:
        found = by_name(map_pictures(agent_of(), pictures, given, store=store))
        assert len(store.done()) == 6
    assert {name for name, one in found.items() if one.stored} >= done
    assert {name: one.row.answer for name, one in found.items() if one.row} == {
        f"img{n}.png": str(DOGS[n]) for n in range(6)
    }
    assert len(found["img2.png"].row.evidence) == 2  # type: ignore[union-attr]
    asked = {Path(request.region.picture.name).name for batch in kit["detector"].batches for request in batch}
    assert not asked & done
    with begin(run, given) as store:
        assert all(one.stored for one in map_pictures(agent_of(), pictures, given, store=store))


def test_a_run_keeps_conditions_and_answers_apart(agent_of: Any, pictures: list[Path], tmp_path: Path) -> None:
    where, question = Given("More?", Program(MORE)), Given("How many?", Program(COUNT))
    for stored in (False, True):
        with begin(tmp_path / "run", question, where) as store:
            found = by_name(map_pictures(agent_of(), pictures, question, where, store))
            assert {one.stored for one in found.values()} == {stored}
            assert {name: one.row.answer for name, one in found.items() if one.row} == {
                "img2.png": "2",
                "img4.png": "3",
            }
            assert len(store.done()) == 8
            assert len(list(store.records(family="condition"))) == 6
            assert [record.answer for record in store.records(family="question")] == ["2", "3"]
            assert store.answer(str(pictures[2])).pictures[Picture.open(pictures[2]).key].name == str(pictures[2])


def test_a_run_of_another_question(agent_of: Any, pictures: list[Path], tmp_path: Path) -> None:
    run = tmp_path / "run"
    begin(run, Given("How many dogs?", Program(COUNT))).close()
    with pytest.raises(RunError, match=r"begun with another question: 'How many dogs\?'; name another folder"):
        stored_program(run, "How many cats?", "question")
    with pytest.raises(RunError, match="begun with no condition"):
        stored_program(run, "Is it?", "condition")
    assert stored_program(tmp_path / "none", "Is it?", "condition") is None


def test_a_file_whose_name_is_like_the_id_of_a_condition(agent_of: Any, tmp_path: Path) -> None:
    names = ["condition", "a", "a condition", "where a"]
    for number, name in enumerate(names):
        make_picture(name, number).image.save(tmp_path / name, "PNG")
    paths = [tmp_path / name for name in names]
    program = Program(source("    return True"))
    with begin(tmp_path / "run", Given("q", program), Given("w", program)) as store:
        assert len(list(map_pictures(agent_of(), paths, Given("q", program), Given("w", program), store))) == 4
        assert len(store.done()) == 8


def test_leaving_early_ends_what_is_under_way(agent_of: Any, pictures: list[Path]) -> None:
    agent = agent_of()
    results = map_pictures(agent, pictures * 50, Given("", Program(COUNT)))
    next(results)
    results.close()
    assert agent.run(COUNT, make_picture()).value == 0


def test_a_thousand_pictures_are_not_held_at_once(
    vocabulary: Vocabulary, sandbox: MontySandbox, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = 0
    read = Picture.open.__func__  # type: ignore[attr-defined]

    def counted(cls: Any, path: Any) -> Picture:
        nonlocal opened
        opened += 1
        return read(cls, path)

    monkeypatch.setattr(Picture, "open", classmethod(counted))
    with VisualAgent(FakeKit({}), None, vocabulary) as agent:
        results = map_pictures(agent, pictures * 500, Given("", Program(source("    return 1"))))
        next(results)
        assert opened < 1500
        results.close()
