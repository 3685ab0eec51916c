"""Whether everybody can use the window: by keyboard, on a phone, in the dark, without seeing the pictures, offline."""

import re
from collections.abc import Callable

import pytest

from tests.chat.browser.person import MUFFINS, Person, expect

WHERE = """() => {
    const one = document.activeElement, inside = [], blocks = [one];
    for (let box = one; box; box = box.parentElement) {
        if (box.id) inside.push(box.id);
        if (box.matches(".block")) blocks.push(box);
    }
    const styles = blocks.map((box) => getComputedStyle(box));
    const seen = styles.some((style) => style.outlineStyle !== "none" || style.boxShadow !== "none");
    return { name: (one.ariaLabel || one.innerText || one.placeholder || "").trim().slice(0, 60), inside, seen };
}"""

CONTRAST = """(element) => {
    const drawn = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour, filter = "none") => {
        drawn.clearRect(0, 0, 1, 1);
        drawn.filter = filter;
        drawn.fillStyle = colour;
        drawn.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = drawn.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], under) => [r, g, b].map((one, i) => one * a + under[i] * (1 - a));
    const light = (colour) => {
        const [r, g, b] = colour.map((one) => (one /= 255) <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const layers = [];
    let shown = 1;
    for (let one = element; one; one = one.parentElement) {
        layers.push(rgba(getComputedStyle(one).backgroundColor));
        shown *= +getComputedStyle(one).opacity;
    }
    const ground = layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
    const { color, filter } = getComputedStyle(element), [r, g, b, a] = rgba(color, filter);
    const [dark, bright] = [light(over([r, g, b, a * shown], ground)), light(ground)].sort((x, y) => x - y);
    return (bright + 0.05) / (dark + 0.05);
}"""

READ = (
    ".masthead h1",
    ".masthead .tagline",
    "#badge summary",
    "#new",
    "#examples .q",
    "#chat .user-row .md p",
    "#chat .thought-group .title .md p",
    "#chat .thought-group .duration",
    "#chat .reply .value",
    "#chat .reply .meta",
    "#feedback-said p",
    "#feedback-right",
    "#ask textarea",
    "#tab-steps-button",
    "#tab-program-button",
    "#steps h2",
    "#steps .legend *",
    "#steps .listing code",
    "#steps .listing .tk",
    "#steps .listing .ts",
    "#steps .card .pick",
    "#save-trace",
)

NAMELESS = """() => [...document.querySelectorAll(".gradio-container img, .gradio-container svg[role=img]")]
    .filter((one) => one.checkVisibility() && !one.closest("[aria-hidden=true]"))
    .filter((one) => !(one.getAttribute("alt") || one.getAttribute("aria-label") || "").trim())
    .filter((one) => !(one.getAttribute("alt") === "" && one.closest("button[aria-label]")?.ariaLabel.trim()))
    .map((one) => one.outerHTML.slice(0, 200))"""

BUTTONS = """() => [...document.querySelectorAll("button, input, textarea, summary")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0)
    .filter((one) => !one.closest("[aria-hidden=true]") && !one.parentElement.closest("button, [role=button]"))
    .filter((one) => {
        const names = [one.ariaLabel, one.innerText, one.placeholder, one.title, one.labels?.[0]?.innerText];
        return !names.some((name) => (name || "").trim());
    })
    .map((one) => one.outerHTML.slice(0, 200))"""

SMALL = """() => [...document.querySelectorAll("#new, #ask button, #feedback button, #examples button, [role=tab]")]
    .filter((one) => one.checkVisibility())
    .map((one) => [one.innerText || one.ariaLabel, one.getBoundingClientRect()])
    .filter(([_, box]) => box.width < 24 || box.height < 24)
    .map(([name]) => name)"""

OUTSIDE = """() => {
    const right = (one) => one.getBoundingClientRect().right;
    const beyond = (one, edge) => one.checkVisibility() && right(one) > edge + 1;
    const found = document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll("body *")].filter((one) => beyond(one, innerWidth));
    for (const box of document.querySelectorAll("#head, #chat, #steps .card, #comparison, #feedback")) {
        const parts = [...box.querySelectorAll("p, button, img, .message, .reply")];
        found.push(...parts.filter((one) => beyond(one, right(box))));
    }
    return found.map((one) => one.outerHTML.slice(0, 120));
}"""

SOURCES = """() => [...document.querySelectorAll("link[href], script[src], img[src], source[src]")]
    .map((one) => one.href || one.src)"""

LONG = "with_a_word_that_is_much_longer_than_any_screen_is_wide_and_never_ends"

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


def walk(person: Person, steps: int) -> list[dict[str, object]]:
    """Where the Tab key leads."""
    places = []
    for _ in range(steps):
        person.page.keyboard.press("Tab")
        places.append(person.page.evaluate(WHERE))
    return places


def test_the_keyboard_reaches_everything(person: Person) -> None:
    person.takes("How many muffins")
    person.page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    person("h1").click()
    places = walk(person, 60)
    reached = [id for place in places for id in place["inside"]]  # type: ignore[attr-defined]
    order = ["examples", "chat", "feedback-right", "feedback-wrong", "ask", "tab-steps-button", "steps", "save-trace"]
    assert [id for id in order if id not in reached] == []
    assert sorted(order, key=reached.index) == order
    named = [str(place["name"]) for place in places]
    assert sum(name.startswith("Step ") for name in named) >= 5  # player, and a button for each step
    assert "Submit" in named
    unseen = [place["name"] for place in places if place["inside"] and not place["seen"]]
    assert unseen == [], "focus cannot be seen"


def test_all_can_be_done_by_keyboard(person: Person) -> None:
    keys = person.page.keyboard
    person("#examples button").first.focus()
    keys.press("Enter")
    expect(person("#chat .reply .value")).to_have_text("4")
    expect(person("#ask .submit-button")).to_be_visible()
    person("#ask textarea").focus()
    keys.type("How many kids?")
    keys.press("Enter")
    expect(person("#chat .reply .value").nth(1)).to_have_text("2")
    person("#tab-steps-button").focus()
    keys.press("Tab")
    keys.press("Enter")
    expect(person("#program .cm-content")).to_be_visible()
    keys.press("Shift+Tab")
    keys.press("Enter")
    person("#steps .card .pick").first.focus()
    keys.press("Enter")
    expect(person("#steps .where")).to_have_text("Step 1 of 2")
    keys.press("ArrowRight")
    expect(person("#steps .where")).to_have_text("Step 2 of 2")
    keys.press("Escape")
    expect(person("#steps .where")).to_have_text("All steps")


def test_the_answer_is_announced(person: Person) -> None:
    person.takes("How many muffins")
    log = person("#chat [role=log][aria-live=polite]")
    expect(log.locator(".reply .value")).to_have_text("4")


def test_pictures_have_alternative_text_and_buttons_names(person: Person) -> None:
    person.asks("How many kids?", MUFFINS)
    person("#chat .thought-group .title", has_text="2 steps").click()
    person("#chat .thought-group .title", has_text='find("kid")').click()
    expect(person("#chat .bot-row img:visible").first).to_be_visible()
    assert person.page.evaluate(NAMELESS) == []
    expect(person("#chat .user-row img")).to_have_attribute(
        "alt", re.compile("muffins_and_kids.webp, 400 by 300 pixels")
    )
    for tab in ("Steps", "Program", "Compare", "Settings"):
        person.opens(tab)
        assert person.page.evaluate(BUTTONS) == []
    assert person.page.evaluate("document.documentElement.lang")
    assert person.page.title() == "Sightscript"


@pytest.mark.parametrize("width", [320, 390, 768, 1100])
def test_nothing_sticks_out(people: Callable[..., Person], width: int) -> None:
    person = people(**(PHONE | {"viewport": {"width": width, "height": 844}}))
    assert person.page.evaluate(OUTSIDE) == []
    person.asks(
        "How many kids in a picture with_a_word_that_is_much_longer_than_any_screen_is_wide_and_never_ends?", MUFFINS
    )
    person("#chat .thought-group .title").first.click()
    person("#chat .thought-group .title", has_text="2 steps").click()
    for tab in ("Steps", "Program", "Compare", "Settings"):
        person.opens(tab)
        assert person.page.evaluate(OUTSIDE) == [], tab
    person("#badge summary").click()
    expect(person("#badge .models")).to_be_visible()
    assert person.page.evaluate(OUTSIDE) == []
    box = person("#badge .models").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_a_phone_asks_and_sees_the_answer(people: Callable[..., Person]) -> None:
    person = people(**PHONE)
    reply = person.takes("How many muffins")
    expect(reply.locator(".value")).to_have_text("4")
    expect(reply).to_be_in_viewport()
    assert person.page.evaluate(SMALL) == [], "too small for a finger"
    assert person("#ask textarea").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 16  # no zooming in


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(people: Callable[..., Person], scheme: str) -> None:
    person = people(color_scheme=scheme)
    person.takes("How many muffins")
    ground = person.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    brightness = sum(int(one) for one in re.findall(r"\d+", ground)[:3])
    assert (brightness < 200) == (scheme == "dark")
    person.page.wait_for_timeout(400)  # colours fade in
    poor = {}
    for selector in READ:
        one = person(f"{selector} >> visible=true").first
        expect(one).to_be_visible()
        contrast = one.evaluate(CONTRAST)
        large = one.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 24
        if contrast < (3 if large else 4.5):
            poor[selector] = round(contrast, 2)
    person.opens("Program")
    for selector in ("#program .cm-line span", "#program .cm-gutterElement", "#program-run", "#program-reset"):
        contrast = person(f"{selector} >> visible=true").last.evaluate(CONTRAST)
        if contrast < 4.5:
            poor[selector] = round(contrast, 2)
    assert poor == {}


def test_the_window_works_without_a_network(people: Callable[..., Person]) -> None:
    """All that a page asks for comes from the server (`Person` notes every other request), fonts included."""
    person = people()
    person.takes("How many muffins")
    assert person.page.evaluate("() => [...document.fonts].filter((one) => one.status === 'error').length") == 0
    sources = person.page.evaluate(SOURCES)
    assert sources
    assert [one for one in sources if not one.startswith((person.address, "data:", "blob:"))] == []
