"""What people say of answers, as rows of a run."""

import threading
from pathlib import Path
from typing import Any

import pytest

from agent.runs.run_error import RunError
from agent.runs.settings import RunSettings
from agent.runs.store import Store
from chat.conversation import Conversation, Exchange
from chat.feedback import Feedback, default_folder
from models.embedded.gallery import gallery_item

ITEM = gallery_item("muffins_and_kids")


def asked(agent: Any, conversation: Conversation, question: str = "How many muffins can each kid have?") -> Exchange:
    exchange = conversation.begin(question, () if conversation.pictures else [ITEM.picture])
    for _ in conversation.ask(agent, exchange):
        pass
    return exchange


def test_verdicts_are_labelled_rows(agent: Any, tmp_path: Path) -> None:
    conversation, one = Conversation(), agent()
    first, second, third = (asked(one, conversation) for _ in range(3))
    with Feedback(tmp_path / "run") as feedback:
        feedback.keep(conversation, first, "right")
        feedback.keep(conversation, second, "wrong", "  five   each ")
        feedback.keep(conversation, third, "wrong")
    with Store.open(tmp_path / "run") as store:
        rows = {record.id: record for record in store.records()}
        assert rows[first.id].answers == ("4",)
        assert rows[second.id].answers == ("five each",)
        assert rows[third.id].answers == ()
        assert [rows[e.id].family for e in (first, second, third)] == ["confirmed", "corrected", "rejected"]
        assert {record.group for record in rows.values()} == {conversation.id}
        assert store.trace(first.id) == first.answer.trace  # type: ignore[union-attr]
        assert store.picture(ITEM.picture.key) == ITEM.picture
        assert store.answer(first.id).pictures.keys() == {ITEM.picture.key}


def test_a_person_may_think_again(agent: Any, tmp_path: Path) -> None:
    conversation, one = Conversation(), agent()
    exchange = asked(one, conversation)
    with Feedback(tmp_path / "run") as feedback:
        feedback.keep(conversation, exchange, "right")
        feedback.keep(conversation, exchange, "wrong", "3")
    with Store.open(tmp_path / "run") as store:
        (record,) = store.records()
    assert (record.family, record.answers) == ("corrected", ("3",))


def test_a_question_that_refers_back_gets_no_label(agent: Any, tmp_path: Path) -> None:
    conversation, one = Conversation(), agent()
    asked(one, conversation)
    exchange = asked(one, conversation, "and how many of them?")
    with Feedback(tmp_path / "run") as feedback:
        assert feedback.keep(conversation, exchange, "right").answers == ()


def test_it_goes_on_where_it_was(agent: Any, tmp_path: Path) -> None:
    conversation, one = Conversation(), agent()
    for _ in range(2):
        with Feedback(tmp_path / "run") as feedback:
            feedback.keep(conversation, asked(one, conversation), "right")
    with Store.open(tmp_path / "run") as store:
        assert [record.position for record in store.records()] == [0, 1]


def test_people_at_once_do_not_clash(agent: Any, tmp_path: Path) -> None:
    conversation, one = Conversation(), agent()
    exchanges = [asked(one, conversation) for _ in range(8)]
    with Feedback(tmp_path / "run") as feedback:
        threads = [threading.Thread(target=feedback.keep, args=(conversation, e, "right")) for e in exchanges]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with Store.open(tmp_path / "run") as store:
        assert sorted(record.position for record in store.records()) == list(range(8))


def test_what_cannot_be_kept_is_one_line(agent: Any, tmp_path: Path) -> None:
    conversation, one = Conversation(), agent()
    exchange = asked(one, conversation)
    feedback = Feedback(tmp_path / "run")
    with pytest.raises(ValueError, match="may have 500 characters"):
        feedback.keep(conversation, exchange, "wrong", "x" * 501)
    with pytest.raises(ValueError, match="no answer to judge"):
        feedback.keep(conversation, conversation.begin("What?"), "right")
    conversation.forget()
    with pytest.raises(ValueError, match="were deleted"):
        feedback.keep(conversation, exchange, "right")
    assert not (tmp_path / "run").exists()  # nothing is made before there is something to keep


def test_a_run_of_something_else_is_not_written(agent: Any, tmp_path: Path) -> None:
    Store.open(tmp_path / "run", RunSettings("questions.jsonl", "jsonl", "abc", "embedded", "embedded")).close()
    with pytest.raises(RunError, match="begun with other settings"):
        Feedback(tmp_path / "run").check()


def test_the_default_is_a_folder_of_the_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "sightscript" / "feedback"
    assert Feedback().folder == default_folder()
    Feedback().check()
    assert not default_folder().exists()
