"""The window in a real browser: asking, correcting, keeping."""

import base64
import json
import re
import threading
from collections.abc import Callable
from pathlib import Path

from agent.runs.store import Store
from agent.trace import Trace
from models.embedded.gallery import gallery_item
from tests.chat.browser.person import MUFFINS, SHARE, Person, Served, expect
from tests.chat.server import eventually

PASTE = """([data, kind]) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0)), carried = new DataTransfer();
    carried.items.add(new File([bytes], "pasted.webp", { type: kind }));
    const box = document.querySelector("#ask textarea");
    box.focus();
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
}"""


# ---------------------------------------------------------------------- asking


def test_an_example_is_asked_with_one_click(person: Person) -> None:
    reply = person.takes("How many muffins")
    expect(reply).to_have_class(re.compile("answered"))
    expect(reply.locator(".value")).to_have_text("4")
    chat = person("#chat")
    expect(chat).to_contain_text("How many muffins can each kid have")
    expect(chat).to_contain_text("Program by writer")
    expect(chat).to_contain_text("3 steps")
    expect(person("#badge")).to_have_class(re.compile("ready"))


def test_steps_can_be_unfolded_and_looked_at(person: Person) -> None:
    person.takes("How many muffins")
    person("#chat .thought-group .title", has_text="3 steps").click()
    found = person("#chat .thought-group .title", has_text='find("muffin") → 8 × muffin')
    expect(found).to_be_visible()
    found.click()
    picture = person("#chat .bot-row img:visible")
    expect(picture.first).to_be_visible()
    assert picture.first.evaluate("image => image.complete && image.naturalWidth") > 100


def test_the_bench_follows_the_step_under_the_pointer_and_the_chosen_one(person: Person) -> None:
    person.takes("How many muffins")
    cards, lit = person("#steps .card"), person("#steps .stage [data-found].on:not(.tag)")
    expect(cards).to_have_count(3)
    cards.nth(1).hover()
    expect(lit).to_have_count(8)
    expect(person("#steps .ln.now")).to_have_attribute("data-line", "3")
    cards.nth(2).hover()
    expect(lit).to_have_count(2)
    cards.nth(1).locator(".pick").click()
    person("#chat").hover()
    expect(lit).to_have_count(8)
    expect(person("#steps .where")).to_have_text("Step 2 of 3")
    person("#steps .next").click()
    expect(person("#steps .where")).to_have_text("Step 3 of 3")


def test_a_picture_of_ones_own(person: Person) -> None:
    expect(person.asks("How many kids?", MUFFINS).locator(".value")).to_have_text("2")
    expect(person("#chat .user-row img")).to_have_count(1)
    expect(person("#ask textarea")).to_have_value("")
    expect(person("#ask .thumbnail-item")).to_have_count(0)


def test_several_pictures(person: Person, served: Served) -> None:
    left, right = (gallery_item(name).path for name in ("pets_left", "pets_right"))
    person.asks("How many dogs?", left, right)
    expect(person("#chat .user-row img")).to_have_count(2)
    assert "2 pictures" in str(served.planner.read[-1])


def test_a_pasted_picture(person: Person) -> None:
    person.page.evaluate(PASTE, [base64.b64encode(MUFFINS.read_bytes()).decode(), "image/webp"])
    expect(person("#ask .thumbnail-item")).to_have_count(1)
    expect(person.asks("How many muffins?").locator(".value")).to_have_text("8")


def test_a_follow_up_is_about_the_same_pictures(person: Person, served: Served) -> None:
    person.asks("How many muffins?", MUFFINS)
    expect(person.asks("And how many kids?").locator(".value")).to_have_text("2")
    told = [str(message.content) for message in served.planner.read[-1]]
    assert any("How many muffins?" in text for text in told[:-1])
    assert 'find("muffin")' in "".join(told)
    assert "And how many kids?" in told[-1]


def test_without_a_picture_the_person_is_told(person: Person) -> None:
    reply = person.asks("How many kids?")
    expect(reply).to_have_class(re.compile("refused"))
    expect(reply).to_contain_text("no picture yet")


def test_an_earlier_question_comes_back_to_the_bench(person: Person) -> None:
    person.takes("How many muffins")
    person.asks("How many kids?")
    expect(person("#steps .card")).to_have_count(2)
    person("#turn input").click()
    person.page.get_by_role("option").first.click()
    expect(person("#steps .card")).to_have_count(3)


def test_a_program_is_stopped_at_once(person: Person, served: Served) -> None:
    person.brings(MUFFINS)
    person("#ask textarea").fill("Wait patiently")
    person("#ask .submit-button").click()
    expect(person("#chat")).to_contain_text(re.compile(r"Running: [2-9] steps so far"))
    person("#ask .stop-button").click()
    expect(person("#chat .reply.stopped")).to_be_visible()
    expect(person("#ask .submit-button")).to_be_visible()
    before = served.slow_calls
    threading.Event().wait(1.0)
    assert served.slow_calls - before <= 1  # the one that was being asked
    assert before < 100
    expect(person.asks("How many kids?").locator(".value")).to_have_text("2")


def test_escape_stops_too(person: Person) -> None:
    person.brings(MUFFINS)
    person("#ask textarea").fill("Wait patiently")
    person("#ask textarea").press("Enter")
    expect(person("#ask .stop-button")).to_be_visible()
    expect(person("#chat")).to_contain_text("so far")
    person.page.keyboard.press("Escape")
    expect(person("#chat .reply.stopped")).to_be_visible()


# ---------------------------------------------------------------------- correcting


def test_an_edited_program_runs_again_with_the_steps_it_had(person: Person) -> None:
    person.takes("How many muffins")
    person.opens("Program")
    expect(person("#program .cm-content")).to_contain_text('find("muffin")')
    person.writes(SHARE.replace("//", "+").replace('len(patch.find("kid"))', 'len(patch.find("cloud")) + 5'))
    reply = person.runs_again()
    expect(reply.locator(".value")).to_have_text("13")
    expect(reply.locator(".meta")).to_contain_text("3 steps, 2 of them from the record")
    person.opens("Steps")
    expect(person("#steps .card", has_text="from the record")).to_have_count(2)


def test_a_wrong_program_is_not_run_and_its_line_is_marked(person: Person) -> None:
    person.takes("How many muffins")
    person.opens("Program")
    person.writes("def execute_command(image):\n    patch = ImagePatch(image)\n    return patch.fnid('kid')\n")
    person("#program-run").click()
    expect(person("#problems .notice").first).to_contain_text("fnid")
    expect(person("#problems .ln.wrong")).to_have_attribute("data-line", "3")
    expect(person("#chat .reply")).to_have_count(1)
    person("#program-reset").click()
    expect(person("#program .cm-content")).to_contain_text('find("muffin")')
    expect(person("#problems .notice")).to_have_count(0)


def test_a_crash_is_shown_at_its_line(person: Person) -> None:
    person.takes("How many muffins")
    person.opens("Program")
    person.writes("def execute_command(image):\n    one = ImagePatch(image)\n    return [one][3].width\n")
    reply = person.runs_again()
    expect(reply).to_have_class(re.compile("failed"))
    expect(person("#problems .ln.wrong")).to_have_attribute("data-line", "3")
    expect(person("#problems .notice").first).to_contain_text("index")


# ---------------------------------------------------------------------- keeping


def records(served: Served) -> list[tuple[str, tuple[str, ...]]]:
    if not (served.feedback / "run.sqlite").exists():
        return []
    with Store.open(served.feedback) as store:
        return [(record.family, tuple(record.answers)) for record in store.records()]


def test_feedback_is_kept_with_the_trace(person: Person, served: Served) -> None:
    before = len(records(served))
    person.takes("How many muffins")
    person("#feedback-right").click()
    expect(person("#feedback-said")).to_contain_text("Kept as right")
    assert records(served)[before:] == [("confirmed", ("4",))]

    person.asks("How many kids?")
    person("#feedback-wrong").click()
    expect(person("#feedback-said")).to_contain_text("Kept as wrong")
    person("#feedback-correction textarea, #feedback-correction input").fill("three <b>&</b>")
    person("#feedback-keep").click()
    expect(person("#feedback-said")).to_contain_text("the right answer is three <b>&</b>")
    assert records(served)[before + 1 :] == [("corrected", ("three <b>&</b>",))]
    with Store.open(served.feedback) as store:
        kept = list(store.records())[-1]
        assert "find" in store.trace(kept.id).attempts[-1].program
        assert store.picture(kept.images[0]).key == gallery_item("muffins_and_kids").picture.key


def test_the_answer_is_compared_with_that_of_one_model(person: Person) -> None:
    person.asks("How many kids?", MUFFINS)
    person.opens("Compare")
    person("#compare-run").click()
    columns = person("#comparison .column")
    expect(columns).to_have_count(2)
    expect(columns.nth(0).locator(".value")).to_have_text("2")
    expect(columns.nth(1)).to_contain_text("sees the whole picture")


def test_the_trace_and_the_page_can_be_downloaded(person: Person, tmp_path: Path) -> None:
    person.takes("How many muffins")
    with person.page.expect_download() as got:
        person("#save-trace").click()
    assert got.value.suggested_filename.endswith(".json")
    trace = Trace.model_validate(json.loads(Path(got.value.path()).read_text("utf-8")))
    assert trace.status == "answered"
    assert [step.tool for step in trace.attempts[-1].steps] == ["ImagePatch", "ImagePatch.find", "ImagePatch.find"]

    with person.page.expect_download() as got:
        person("#save-page").click()
    assert got.value.suggested_filename.endswith(".html")
    got.value.save_as(tmp_path / "page.html")
    page = person.context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.locator("h1")).to_contain_text("How many muffins")
    expect(page.locator(".card")).to_have_count(3)
    page.locator(".card .pick").nth(1).click()
    expect(page.locator(".where")).to_have_text("Step 2 of 3")
    page.close()


# ---------------------------------------------------------------------- coming and going


def test_after_a_reload_the_window_is_as_new(person: Person) -> None:
    person.takes("How many muffins")
    person.page.reload()
    expect(person("#chat")).to_contain_text("Ask about a picture")
    expect(person("#chat .reply")).to_have_count(0)
    expect(person.asks("And how many of them are red?")).to_contain_text("no picture yet")
    expect(person.takes("red apples").locator(".value")).to_be_visible()


def test_a_new_conversation_is_empty(person: Person) -> None:
    person.takes("How many muffins")
    person("#new").click()
    expect(person("#chat .reply")).to_have_count(0)
    expect(person("#steps .nothing")).to_be_visible()
    expect(person.asks("How many kids?")).to_contain_text("no picture yet")


def test_two_people_do_not_meet(people: Callable[..., Person], served: Served) -> None:
    one, other = people(), people()
    one.brings(MUFFINS)
    other.brings(gallery_item("red_cars").path)
    one("#ask textarea").fill("Wait patiently, said the first")
    one("#ask .submit-button").click()
    expect(one("#chat")).to_contain_text("so far")
    expect(other.asks("How many cars?").locator(".value")).to_be_visible()
    expect(other("#chat")).not_to_contain_text("the first")
    expect(other("#ask .submit-button")).to_be_visible()
    one.page.keyboard.press("Escape")
    expect(one("#chat .reply.stopped")).to_be_visible()
    expect(one("#chat")).not_to_contain_text("cars")
    expect(one("#chat .user-row img")).to_have_count(1)


def test_who_leaves_is_not_waited_for(people: Callable[..., Person], served: Served) -> None:
    one = people()
    one.brings(MUFFINS)
    one("#ask textarea").fill("Wait patiently")
    one("#ask .submit-button").click()
    expect(one("#chat")).to_contain_text("so far")
    one.close()

    def rests() -> bool:
        before = served.slow_calls
        threading.Event().wait(0.8)
        return served.slow_calls == before

    assert eventually(rests, 15)
    assert served.slow_calls < 1000
