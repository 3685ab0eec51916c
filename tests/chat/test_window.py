"""The window without a browser: its parts, what each event does with them, and the options of `app.py`."""

import json
import threading
from collections.abc import Iterator
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from typer.testing import CliRunner

import app
from agent import Limits
from agent.trace import Trace
from chat.agents import Agents, BusyError, Choice
from chat.conversation import Conversation
from chat.gallery_strip import example
from chat.look import head, theme
from chat.window import EXAMPLES, Window, WindowOptions, examples_html, launch_options, window
from models.embedded.gallery import gallery_item
from models.picture import Picture
from models.presets import PresetError
from sight.options import InputError
from tests.chat.conftest import SHARE

ITEM = gallery_item("muffins_and_kids")
CHOICE = Choice()


@pytest.fixture
def open_window(agent: Any, tmp_path: Path) -> Iterator[Any]:
    made: list[Window] = []

    def make(*replies: str, **options: Any) -> Window:
        made.append(window(agent(*replies), tmp_path / "run", **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def ask(one: Window, conversation: Conversation, text: str = "How many muffins each?", files: Any = None) -> tuple:
    message = {"text": text, "files": [str(ITEM.path)] if files is None else files}
    one.take(message, conversation)
    for _ in one.answer(conversation, CHOICE):
        pass
    return one.settle(conversation)


# ---------------------------------------------------------------------- the window


def test_the_window_has_its_parts_and_asks_nothing_of_the_network(open_window: Any) -> None:
    blocks = open_window().blocks()
    config = blocks.get_config_file()
    ids = {component["props"].get("elem_id") for component in config["components"]}
    assert {"ask", "chat", "examples", "steps", "program", "program-run", "feedback-right", "save-page"} <= ids
    assert config.get("analytics_enabled") is False
    assert all(dependency["api_visibility"] == "private" for dependency in config["dependencies"])
    assert "http" not in "".join(sheet for sheet in theme()._stylesheets if sheet)
    told = head().replace("http://www.w3.org/", "")
    assert "http:" not in told
    assert "https:" not in told
    assert "@import" not in told
    assert launch_options()["ssr_mode"] is False


def test_every_example_is_a_button_with_its_question() -> None:
    strip = examples_html()
    assert strip.count("<button") == len(EXAMPLES)
    for number, name in enumerate(EXAMPLES):
        question, pictures = example(number)
        assert escape(question) in strip
        assert pictures[0].name in {f"{name}.webp", "pets_left.webp"}
        assert all("/" not in picture.name for picture in pictures)
    assert 'src="data:image/webp;base64,' in strip


def test_an_example_runs_with_one_click(open_window: Any) -> None:
    one, conversation = open_window(), Conversation()
    one.take_example(conversation, SimpleNamespace(index=0))
    assert conversation.exchanges[-1].pictures == (ITEM.picture,)
    assert conversation.exchanges[-1].pictures[0].name == "muffins_and_kids.webp"  # no path of this computer
    list(one.answer(conversation, CHOICE))
    assert conversation.exchanges[-1].in_words == "4"
    for wrong in (99, -1, "x", None):
        one.take_example(conversation, SimpleNamespace(index=wrong))
    assert len(conversation.exchanges) == 1


# ---------------------------------------------------------------------- questions


def test_a_question_fills_the_work_bench(open_window: Any) -> None:
    one, conversation = open_window(), Conversation()
    box, _, steps, program, problems, feedback, *_ = ask(one, conversation)
    assert box.stop_btn is False
    assert 'class="work"' in steps
    assert "8 × muffin" in steps
    assert program == SHARE
    assert problems == ""
    assert feedback.visible is True


def test_nothing_is_drawn_anew_when_nothing_ended(open_window: Any) -> None:
    one, conversation = open_window(), Conversation()
    ask(one, conversation)
    assert all(update == gr.skip() for update in one.settle(conversation))


def test_a_bad_upload_is_told_in_the_conversation(open_window: Any, tmp_path: Path) -> None:
    (tmp_path / "page.png").write_text("<script>alert(1)</script>")
    one, conversation = open_window(), Conversation()
    _, shown, *_ = ask(one, conversation, files=[str(tmp_path / "page.png")])
    assert "page.png: not a picture" in shown[-1].content
    assert conversation.pictures == ()


def test_one_question_at_a_time(open_window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gr, "Info", lambda *_: None)
    one, conversation = open_window(), Conversation()
    one.take({"text": "a?", "files": [str(ITEM.path)]}, conversation)
    one.take({"text": "b?", "files": []}, conversation)
    one.take_example(conversation, SimpleNamespace(index=0))
    assert [exchange.question for exchange in conversation.exchanges] == ["a?"]


def test_people_do_not_mix(open_window: Any) -> None:
    kids = 'def execute_command(image):\n    return len(ImagePatch(image).find("kid"))\n'
    one = open_window(kids)
    people = [Conversation(one.people.add) for _ in range(6)]
    pictures = [Picture.from_image(ITEM.picture.image.copy(), f"{n}.webp") for n in range(6)]

    def talk(number: int) -> None:
        for _ in range(3):
            people[number].begin(f"person {number}?", [pictures[number]])
            for _ in one.answer(people[number], CHOICE):
                pass

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, person in enumerate(people):
        assert [exchange.question for exchange in person.exchanges] == [f"person {number}?"] * 3
        assert {exchange.pictures[0].name for exchange in person.exchanges} == {f"{number}.webp"}
        assert [exchange.in_words for exchange in person.exchanges] == ["2"] * 3


# ---------------------------------------------------------------------- the work bench


def test_a_wrong_program_is_shown_at_its_line(open_window: Any) -> None:
    one, conversation = open_window(), Conversation()
    ask(one, conversation)
    wrong = SHARE.replace('patch.find("kid")', "patch.fnid('<b>')")
    *_, problems = one.take_program(wrong, None, conversation, CHOICE)
    assert 'class="ln wrong" data-line="3"' in problems
    assert "Line 3" in problems
    assert "fnid" in problems
    assert "<b>&#x27;" not in problems
    assert len(conversation.exchanges) == 1


def test_a_wrong_program_in_visprogs_language_is_shown_at_its_line(open_window: Any) -> None:
    one, conversation = open_window(), Conversation()
    ask(one, conversation)
    wrong = (
        "BOX0=LOC(image=IMAGE,object='kid')\nIMAGE0=CROP_NOT(image=IMAGE,box=BOX0)\nFINAL_RESULT=RESULT(var=IMAGE0)\n"
    )
    *_, problems = one.take_program(wrong, None, conversation, CHOICE)
    assert 'class="ln wrong" data-line="2"' in problems
    assert "there is no module CROP_NOT" in problems


def test_a_program_that_breaks_is_shown_at_its_line(open_window: Any) -> None:
    one, conversation = open_window(), Conversation()
    ask(one, conversation)
    one.take_program(SHARE.replace("//", "// 0 *"), None, conversation, CHOICE)
    list(one.answer(conversation, CHOICE))
    problems = one.settle(conversation)[4]
    assert 'class="ln wrong" data-line="3"' in problems
    assert "ZeroDivisionError" in problems


def test_run_again_and_as_it_was(open_window: Any) -> None:
    one, conversation = open_window(), Conversation()
    ask(one, conversation)
    first = conversation.exchanges[0]
    one.take_program(SHARE.replace("//", "+"), first.id, conversation, CHOICE)
    list(one.answer(conversation, CHOICE))
    settled = one.settle(conversation)
    assert conversation.exchanges[-1].in_words == "10"
    assert settled[3] == SHARE.replace("//", "+")
    choices = settled[11].choices
    assert [label for label, _ in choices] == ["1 · How many muffins each?", "2 · How many muffins each? (run again)"]
    assert one.show_turn(conversation, first.id)[3] == SHARE
    assert one.as_it_was(conversation, first.id) == (SHARE, "")


def test_the_program_beside_one_model(open_window: Any) -> None:
    one, conversation = open_window(), Conversation()
    assert "Ask a question first" in one.compare(conversation, None, CHOICE)
    ask(one, conversation, "What color is the <b>background</b>?")
    table = one.compare(conversation, None, CHOICE)
    assert table.count('<li class="column') == 2
    assert "One model, asked directly" in table
    assert "<b>background" not in table


def test_downloads(open_window: Any) -> None:
    one, conversation = open_window(), Conversation()
    with pytest.raises(gr.Error, match="Ask a question first"):
        one.trace_text(conversation, None)
    ask(one, conversation)
    text, name = one.trace_text(conversation, None)
    assert Trace.model_validate(json.loads(text)) == conversation.exchanges[0].answer.trace  # type: ignore[union-attr]
    assert name == "sightscript-how-many-muffins-each.json"
    text, name = one.page_text(conversation, None)
    assert text.startswith("<!doctype html>")
    assert name.endswith(".html")


# ---------------------------------------------------------------------- feedback, settings, ends


def test_feedback_goes_into_the_run(open_window: Any, tmp_path: Path) -> None:
    one, conversation = open_window(), Conversation()
    ask(one, conversation)
    row, said, _, _, correction, keep = one.call_wrong(conversation, None)
    assert (row.visible, correction.visible, keep.visible) == (True, True, True)
    assert "Kept as wrong." in said
    row, said, _, _, correction, _ = one.correct(conversation, None, "<i>five</i>")
    assert "Kept: the right answer is &lt;i&gt;five&lt;/i&gt;." in said
    assert correction.visible is False
    assert (tmp_path / "run" / "run.sqlite").exists()
    conversation.forget()
    assert "were deleted after their time" in one.call_right(conversation, None)[1]


def test_settings_are_a_persons_own(agent: Any, tmp_path: Path) -> None:
    one = Window(_Counting(agent()), window(agent(), tmp_path / "run").feedback)
    steps = list(one.choose("embedded", "", 1, 50, 32, 16, CHOICE))
    choice = steps[-1][0]
    assert choice == Choice("embedded", None, Limits(seconds=1, calls=50, memory_mb=32, output_kb=16))
    assert one.options.choice == CHOICE
    for wrong in ((0, 50, 32, 16), (1, None, 32, 16), (1, 50, 10**9, 16)):
        kept, said, _ = list(one.choose("embedded", "", *wrong, CHOICE))[-1]
        assert kept == CHOICE
        assert "still in use: embedded" in said
    one.close()


class _Counting(Agents):
    """Loads nothing."""

    def __init__(self, one: Any) -> None:
        super().__init__()
        self.one = one

    def preload(self, choice: Choice) -> None:
        return None


def test_strangers_cannot_name_files_and_services(agent: Any, tmp_path: Path) -> None:
    one = window(agent(), tmp_path / "run", trusted=False)
    for preset, planner in (("/etc/passwd.yaml", ""), ("embedded", "local:/root"), ("embedded", "openai:gpt-5")):
        kept, said, _ = list(one.choose(preset, planner, 1, 50, 32, 16, CHOICE))[-1]
        assert kept == CHOICE
        assert "shared" in said
    one.close()


def test_what_is_kept_is_deleted_in_time(open_window: Any) -> None:
    one = open_window(keep_minutes=0.0001)
    conversation = Conversation(one.people.add)
    ask(one, conversation)
    one._sweeper.close()
    import time

    time.sleep(0.05)
    one.sweep()
    assert conversation.pictures == ()
    assert list(one.shelf.folder.iterdir()) == []


def test_the_badge_tells_what_is_missing(open_window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one = open_window()

    def fail(choice: Choice) -> None:
        raise PresetError("x/<b>: not on this computer")

    monkeypatch.setattr(one.agents, "preload", fail)
    one.preload().join()
    shown = one.masthead(CHOICE)
    assert "models missing" in shown
    assert "x/&lt;b&gt;: not on this computer" in shown


# ---------------------------------------------------------------------- agents


def test_agents_share_models_and_are_bounded() -> None:
    agents = Agents()
    with agents.using(CHOICE) as first:
        with agents.using(Choice(limits=Limits(seconds=1))) as second:
            assert first is not second
            assert first.kit is second.kit
        for seconds in range(2, 12):
            with agents.using(Choice(limits=Limits(seconds=seconds))):
                pass
        assert len(agents._kept) <= 6
        with agents.using(CHOICE) as again:
            assert again is first
    with pytest.raises(PresetError):
        agents.using(Choice("nonsense")).__enter__()
    assert agents.badge(CHOICE)["detector"] == "embedded:detector"
    agents.close()


def test_presets_in_use_are_not_taken_away() -> None:
    agents = Agents()
    with agents.using(CHOICE), agents.using(Choice("hub-cpu")), pytest.raises(BusyError, match="embedded and hub-cpu"):
        agents.using(Choice("hub-gpu")).__enter__()
    with agents.using(Choice("hub-gpu")) as third:
        assert third.kit.preset.name == "hub-gpu"  # type: ignore[attr-defined]
    assert len(agents._kits) == 2
    agents.close()


# ---------------------------------------------------------------------- app.py


def test_passwords() -> None:
    assert app.parse_auth("") is None
    assert app.parse_auth("ann:a:b") == ("ann", "a:b")
    for wrong in ("ann", ":x", "ann:"):
        with pytest.raises(InputError, match="USER:PASSWORD"):
            app.parse_auth(wrong)


def test_which_addresses_are_this_computer() -> None:
    assert [app.is_loopback(host) for host in ("127.0.0.1", "localhost", "::1")] == [True] * 3
    assert [app.is_loopback(host) for host in ("0.0.0.0", "192.168.1.2", "example.org", "::")] == [False] * 4


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--preset", "embeded"], "did you mean 'embedded'"),
        (["--planner", "gpt"], "unknown planner"),
        (["--limits", "seconds=x"], "--limits"),
        (["--device", "tpu"], "unknown device"),
        (["--auth", "ann"], "USER:PASSWORD"),
    ],
)
def test_wrong_options_are_one_line(options: list[str], expected: str, tmp_path: Path) -> None:
    import typer

    program = typer.Typer()
    program.command()(app.chat)
    result = CliRunner().invoke(program, [*options, "--feedback", str(tmp_path / "run")])
    assert result.exit_code == 2
    assert expected in result.stderr
    assert result.stderr.startswith("app: ")
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("options", "warned"), [(["--host", "0.0.0.0"], True), (["--share"], True), ([], False)])
def test_an_open_window_is_warned_of(
    options: list[str], warned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import typer

    monkeypatch.setattr(app, "launched", lambda *_: SimpleNamespace(block_thread=lambda: None))
    monkeypatch.setattr(Window, "preload", lambda self: None)
    program = typer.Typer()
    program.command()(app.chat)
    result = CliRunner().invoke(program, [*options, "--feedback", str(tmp_path / "run")])
    assert result.exit_code == 0, result.output
    assert ("warning" in result.stderr) is warned


def test_options_reach_the_window(tmp_path: Path) -> None:
    one = app.made("embedded", None, "seconds=1", None, None, 5, tmp_path / "run", True)
    assert one.options == WindowOptions(Choice("embedded", None, Limits(seconds=1)), 5)
    assert one.feedback.folder == tmp_path / "run"
    one.close()
