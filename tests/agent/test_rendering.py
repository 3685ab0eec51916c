"""Traces as pages, as text and as JSON: complete, self-contained, and safe against what a program writes."""

import base64
import hashlib
import io
import json
import re
import time
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from rich.console import Console

from agent.rendering.captions import Captions, duration
from agent.rendering.drawing import Mark, paint
from agent.rendering.listing import listing
from agent.rendering.page import page
from agent.rendering.record import json_record
from agent.rendering.terminal import print_trace
from agent.trace import (
    Answer,
    Attempt,
    MaskValue,
    PatchValue,
    PictureRecord,
    PictureValue,
    ProblemRecord,
    SpanRecord,
    Step,
    TextValue,
    Trace,
)
from models.picture import Picture

EVIL = '<script>alert("x")</script>\'"&<img src=x onerror=alert(1)>\x1b[31m</style></svg>--> `${1}`'

PROGRAM = """def execute_command(image):
    patch = ImagePatch(image)
    kids = patch.find("kid")
    muffins = patch.find("muffin")
    return len(muffins) // len(kids)
"""


def scene(size: tuple[int, int] = (320, 240), name: str = "party.png") -> Picture:
    image = Image.new("RGB", size, (150, 200, 240))
    pen = ImageDraw.Draw(image)
    pen.ellipse((20, 30, 90, 100), fill="gold")
    pen.rectangle((150, 120, 200, 170), fill="purple")
    return Picture(image, name)


def patch(picture: Picture, *box: float) -> PatchValue:
    return PatchValue(picture=picture.key, box=box)


def span(line: int, column: int = 4, end: int = 20) -> SpanRecord:
    return SpanRecord(line=line, column=column, end_line=line, end_column=end)


def record(picture: Picture, source: Any = "query") -> PictureRecord:
    return PictureRecord(key=picture.key, name=picture.name, width=picture.width, height=picture.height, source=source)


def steps_of(picture: Picture, text: str = "kid") -> list[Step]:
    whole = patch(picture, 0, 0, picture.width, picture.height)
    kids = [patch(picture, 20, 30, 90, 100), patch(picture, 150, 120, 200, 170)]
    outline = [(20.0, 30.0), (90.0, 30.0), (90.0, 100.0)]
    mask = MaskValue(picture=picture.key, box=(20, 30, 90, 100), area=2450, polygons=[outline])
    calls: list[tuple[str, SpanRecord | None, dict[str, Any], dict[str, Any]]] = [
        ("ImagePatch", span(2), {"image": PictureValue(picture=picture.key)}, {"result": whole}),
        ("ImagePatch.find", span(3), {"self": whole, "object_name": text}, {"result": kids, "batch": 3}),
        ("ImagePatch.find", span(4), {"self": whole, "object_name": "muffin"}, {"result": []}),
        ("ImagePatch.exists", span(4), {"self": kids[0], "object_name": "hat"}, {"result": True}),
        ("ImagePatch.segment", span(4), {"self": kids[0]}, {"result": mask, "cached": True}),
        ("best_image_match", None, {"list_patches": kids, "content": ["old"]}, {"result": kids[1]}),
        ("ImagePatch.simple_query", span(5), {"self": kids[1], "question": text}, {"result": text}),
        ("ImagePatch.compute_depth", span(5), {"self": kids[1]}, {"result": 4.25}),
        ("ImagePatch.crop", span(5), {"self": whole, "left": 4}, {"error": f"too small {text}"}),
    ]
    return [
        Step(index=index, tool=tool, span=where, arguments=arguments, **rest)
        for index, (tool, where, arguments, rest) in enumerate(calls)
    ]


def trace_of(picture: Picture, text: str = "kid", **changes: Any) -> Trace:
    attempt = Attempt(
        program=PROGRAM, author="a planner", steps=steps_of(picture, text), output="seen\n", result=4,
        plan_seconds=0.8, check_seconds=0.01, run_seconds=0.3,
    )  # fmt: skip
    known: dict[str, Any] = {
        "question": "How many muffins can each kid have?",
        "pictures": [record(picture)],
        "attempts": [attempt],
        "status": "answered",
        "value": 4,
        "seconds": 1.11,
        "models": {"detector": "embedded:detector", "planner": "smollm2"},
    }
    return Trace(**{**known, **changes})


class Parsed(HTMLParser):
    """Every element with its attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "img", "input"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def evil_trace(picture: Picture) -> Trace:
    """Hostile text wherever text can be."""
    refused = Attempt(
        program=f"# {EVIL}\n{EVIL}", author=EVIL, steps=steps_of(picture, EVIL), output=EVIL,
        problem=ProblemRecord(kind=EVIL, message=EVIL, span=span(1), detail=EVIL),
    )  # fmt: skip
    return trace_of(
        picture,
        EVIL,
        question=EVIL,
        pictures=[record(picture).model_copy(update={"name": EVIL})],
        attempts=[refused, refused],
        value={EVIL: [TextValue(text=EVIL), EVIL]},
        reason=EVIL,
        models={EVIL: EVIL},
    )


# ------------------------------------------------------------------ JSON


def test_a_trace_read_back_equals_the_one_written() -> None:
    picture = scene()
    trace = trace_of(picture, value={"where": [patch(picture, 1, 2, 3, 4), TextValue(text="odd")], "n": 1.5})
    again = Trace.model_validate_json(trace.model_dump_json())
    assert again == trace
    assert isinstance(again.value["where"][0], PatchValue)
    assert isinstance(again.steps[4].result, MaskValue)
    assert page(again, [picture]) == page(trace, [picture])


def test_a_dict_that_only_looks_like_a_region_stays_a_dict() -> None:
    trace = trace_of(scene(), value={"type": "patch", "colour": "red"})
    assert trace.value == {"type": "patch", "colour": "red"}
    assert Trace.model_validate_json(trace.model_dump_json()) == trace


def test_record_for_other_programs() -> None:
    picture = scene()
    trace = trace_of(picture, value=[patch(picture, 1, 2, 3, 4)])
    found = json.loads(json_record(Answer(value=trace.value, status="answered", reason="", trace=trace)))
    assert list(found) == ["answer", "status", "reason", "program", "steps", "seconds"]
    assert found["answer"] == [{"type": "patch", "picture": picture.key, "box": [1.0, 2.0, 3.0, 4.0], "phrase": ""}]
    assert [step["tool"] for step in found["steps"]] == [step.tool for step in trace.steps]
    assert found["steps"][1]["line"] == 3
    assert found["steps"][1]["batch"] == 3
    assert (found["program"], found["seconds"]) == (PROGRAM, 1.11)


# ------------------------------------------------------------------ words


def test_names_of_regions() -> None:
    picture = scene()
    captions = Captions(trace_of(picture))
    assert [one.name for one in captions.sightings] == ["kid 1", "kid 2", "mask of kid"]
    calls = [captions.call(step) for step in captions.steps]
    assert calls[:6] == [
        "ImagePatch(picture)",
        'picture.find("kid")',
        'picture.find("muffin")',
        'kid 1.exists("hat")',
        "kid 1.segment()",
        'best_image_match([kid 1, kid 2], ["old"])',
    ]
    results = [captions.result(step) for step in captions.steps]
    assert results[:8] == ["picture", "2 × kid", "nothing found", "yes", "mask of kid", "kid 2", '"kid"', "4.25"]


def test_the_same_box_found_under_another_phrase_has_another_name() -> None:
    picture = scene()
    whole, box = patch(picture, 0, 0, 320, 240), patch(picture, 20, 30, 90, 100)
    finds = [
        Step(index=i, tool="ImagePatch.find", span=None, arguments={"self": whole, "object_name": name}, result=[box])
        for i, name in enumerate(["dog", "animal"])
    ]
    captions = Captions(trace_of(picture, attempts=[Attempt(program="", author="", steps=finds)]))
    assert [captions.result(step) for step in captions.steps] == ["dog", "animal"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 ms"), (0.000_2, "200 µs"), (0.004_2, "4.2 ms"), (0.25, "250 ms"), (1.84, "1.8 s"), (125, "2 min 5 s")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


# ------------------------------------------------------------------ the page


def test_the_page_shows_everything() -> None:
    picture = scene()
    trace = trace_of(picture)
    text = page(trace, [picture])
    parsed = Parsed(text)
    assert parsed.open == []
    cards = [attrs for tag, attrs in parsed.elements if tag == "li" and "card" in (attrs.get("class") or "")]
    assert len(cards) == len(trace.steps)
    assert [attrs["data-line"] for attrs in cards] == ["2", "3", "4", "4", "4", "0", "5", "5", "5"]
    labels = [attrs.get("aria-label") or "" for tag, attrs in parsed.elements if tag == "button"]
    captions = Captions(trace)
    for number, step in enumerate(trace.steps, 1):
        assert f"Step {number}: {captions.call(step)}" in labels
    for words in (
        trace.question,
        "answered",
        "embedded:detector",
        "smollm2",
        "too small",
        "4.25",
        "seen",
        "batch of 3",
    ):
        assert words in parsed.text
    lines = [
        attrs
        for tag, attrs in parsed.elements
        if tag == "li" and "data-line" in attrs and "ln" in (attrs["class"] or "")
    ]
    assert [attrs["data-line"] for attrs in lines] == ["1", "2", "3", "4", "5"]
    stretches = {attrs["data-steps"] for tag, attrs in parsed.elements if "data-steps" in attrs}
    assert {"0", "1", "2 3 4", "6 7 8"} <= stretches


def test_boxes_and_masks_are_drawn_with_the_steps_they_belong_to() -> None:
    picture = scene()
    text = page(trace_of(picture), [picture])
    stage = text[text.index('class="panel stage"') : text.index('class="panel program"')]
    assert re.findall(r'<g class="m [^"]*" data-found="([^"]*)" data-looked="([^"]*)"', stage) == [
        ("1", "3 4 5"),
        ("1 5", "5 6 7"),
        ("4", ""),
    ]
    assert 'x="20.0" y="30.0" width="70.0" height="70.0"' in stage
    assert "M20.0,30.0 90.0,30.0 90.0,100.0Z" in stage


def test_the_page_is_self_contained() -> None:
    picture = scene()
    text = page(trace_of(picture), [picture])
    assert not re.search(r"https?://|@import|url\(", text)
    parsed = Parsed(text)
    assert not [tag for tag, _ in parsed.elements if tag in {"link", "iframe", "object", "embed", "base", "form"}]
    for tag, attrs in parsed.elements:
        assert "src" not in attrs
        assert (attrs.get("href") or "#").startswith(("#", "data:image/webp;base64,")), tag
    (policy,) = [
        attrs["content"] for _, attrs in parsed.elements if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy == f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def test_a_picture_is_embedded_once_and_has_words_for_those_who_do_not_see_it() -> None:
    picture = scene()
    text = page(trace_of(picture), [picture])
    assert text.count("data:image/webp") == 1
    figures = [attrs for tag, attrs in Parsed(text).elements if tag == "svg" and "fig" in (attrs.get("class") or "")]
    assert len(figures) > 5
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in figures)


def test_hostile_text_stays_text() -> None:
    picture = scene()
    text = page(evil_trace(picture), [picture])
    parsed = Parsed(text)
    assert parsed.open == []
    assert text.count("<script") == 1
    assert not [tag for tag, attrs in parsed.elements if tag == "img" or any(name.startswith("on") for name in attrs)]
    assert parsed.text.count("onerror=alert(1)") > 8  # it is shown, as text


def test_large_pictures_and_long_traces_make_small_pages_quickly() -> None:
    rng = np.random.default_rng(0)
    picture = Picture(Image.fromarray(rng.integers(0, 255, (300, 400, 3), np.uint8)).resize((4000, 3000)), "big.jpg")
    whole = patch(picture, 0, 0, 4000, 3000)
    rows = [
        Step(
            index=i, tool="ImagePatch.find", span=span(3), arguments={"self": whole, "object_name": f"thing {i % 9}"},
            result=[patch(picture, 10 * i, 9 * i, 10 * i + 90, 9 * i + 80)] * 3,
        )
        for i in range(200)
    ]  # fmt: skip
    trace = trace_of(picture, attempts=[Attempt(program=PROGRAM, author="x", steps=rows)])
    began = time.process_time()
    text = page(trace, [picture])
    assert time.process_time() - began < 3  # the aim is one second on a quiet machine
    assert len(text) < 2_500_000
    assert text.count('class="card') == 200


def test_small_crops_of_large_pictures_are_kept_sharp() -> None:
    picture = Picture(Image.new("RGB", (4000, 3000), "white"), "big.jpg")
    whole, box = patch(picture, 0, 0, 4000, 3000), patch(picture, 100, 100, 260, 220)
    find = Step(
        index=0, tool="ImagePatch.find", span=None, arguments={"self": whole, "object_name": "cup"}, result=[box]
    )
    text = page(trace_of(picture, attempts=[Attempt(program=PROGRAM, author="x", steps=[find])]), [picture])
    assert 'id="p0" x="0" y="0" width="4000" height="3000"' in text
    crop = re.search(r'id="k0" x="100" y="100" width="160" height="120"[^>]*base64,([^"]+)"', text)
    assert crop
    assert Image.open(io.BytesIO(base64.b64decode(crop[1]))).size == (160, 120)


@pytest.mark.parametrize("status", ["abstained", "failed"])
def test_no_answer_is_told_with_its_reason(status: Any) -> None:
    picture = scene()
    wrong = ProblemRecord(kind="runtime", message="list index out of range", span=span(4))
    attempts = [
        Attempt(program=PROGRAM, author="x", problem=wrong),
        Attempt(program=PROGRAM, author="x", problem=wrong),
    ]
    trace = trace_of(picture, status=status, value=None, reason="there is no muffin in the picture", attempts=attempts)
    text = page(trace, [picture])
    assert "There is no muffin in the picture" in text
    assert f'class="answer {status}"' in text
    assert "Program 1, refused by the check" in text
    assert text.count("list index out of range") >= 3
    assert text.count('class="ln wrong"') == 2


def test_odd_traces_have_a_page_too() -> None:
    picture = scene()
    nothing = Trace(question="", pictures=[], attempts=[], status="failed", reason="the planner said nothing")
    assert "The planner said nothing" in Parsed(page(nothing)).text
    assert 'class="absent"' in page(trace_of(picture))  # the pictures are not at hand
    spans = [
        SpanRecord(line=90, column=5, end_line=99, end_column=1),
        SpanRecord(line=0, column=0, end_line=0, end_column=0),
    ]
    assert listing("a = 1\r\n\n\tb = '''\nx'''", spans).count("<li") == 4
    empty = trace_of(picture, attempts=[Attempt(program="", author="")], value=[])
    parsed = Parsed(page(empty, [picture]))
    assert "No tool was called." in parsed.text
    assert not [attrs for tag, attrs in parsed.elements if tag == "li"]


def test_listing_keeps_the_text_of_the_program() -> None:
    source = 'def f(a):\n    """Doc <b>."""\n    return f"{a!r:>{3}}" + \'&amp;\' if a < 3 else 0x1F  # λ\n'
    spans = [span(3, 11, 25), span(3, 4, 60), None]
    text = listing(source, spans)
    codes = re.findall(r"<code>(.*?)</code>", text)
    plain = [Parsed(f"<p>{code}</p>").text for code in codes]
    assert plain == source.splitlines()


# ------------------------------------------------------------------ pixels and text


def test_paint_draws_boxes_and_masks_where_they_are() -> None:
    picture = Picture(Image.new("RGB", (100, 80), "white"), "white")
    captions = Captions(trace_of(picture))
    box, _, mask = captions.sightings
    drawn = np.asarray(paint(picture, (0, 0, 100, 80), [Mark(box)], longest=400))
    assert drawn.shape == (320, 400, 3)
    assert tuple(drawn[200, 82]) == (43, 107, 228)  # the left edge of the box, in the first colour of the palette
    assert tuple(drawn[20, 20]) == (255, 255, 255)
    filled = np.asarray(paint(picture, (20, 30, 90, 80), [Mark(mask)], longest=350))
    assert filled.shape == (200, 280, 3)
    assert tuple(filled[20, 200]) != (255, 255, 255)  # inside the triangle
    assert tuple(filled[190, 10]) == (255, 255, 255)  # outside of it
    other = Picture(Image.new("RGB", (100, 80), "black"), "black")
    assert np.asarray(paint(other, (0, 0, 100, 80), [Mark(box)])).max() == 0  # regions of other pictures are left out


@pytest.mark.parametrize("width", [30, 80, 160])
def test_terminal_view(width: int) -> None:
    picture = scene()
    target = io.StringIO()
    print_trace(trace_of(picture), Console(file=target, width=width))
    text = target.getvalue()
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= width
    joined = "".join(text.split())
    for words in ("Howmanymuffinscaneachkidhave?", "execute_command", "answeredin1.1s", "Answer"):
        assert words in joined
    assert text.count("find") >= 2
    if width >= 80:
        for words in ('picture.find("kid")', "2 × kid", "kept", "too small kid"):
            assert words in text


def test_steps_from_the_record_are_marked() -> None:
    picture = scene()
    steps = [step.model_copy(update={"recorded": step.index < 2}) for step in steps_of(picture)]
    trace = trace_of(picture, attempts=[Attempt(program=PROGRAM, author="a planner", steps=steps)])
    target = io.StringIO()
    print_trace(trace, Console(file=target, width=100))
    assert target.getvalue().count("record\n") == 2
    assert page(trace, [picture]).count("from the record, nothing ran") == 2
    found = json.loads(json_record(Answer(value=4, status="answered", reason="", trace=trace)))
    assert [step["recorded"] for step in found["steps"]] == [True] * 2 + [False] * 7


def test_terminal_view_of_hostile_text_cannot_steer_the_terminal() -> None:
    picture = scene()
    target = io.StringIO()
    print_trace(evil_trace(picture), Console(file=target, width=100, force_terminal=True, color_system="truecolor"))
    text = target.getvalue()
    assert "\\x1b[31m" in text
    assert "\x1b[31malert" not in re.sub(r"\x1b\[[\d;]*m", "", text)
    assert not re.sub(r"\x1b\[[\d;]*m", "", text).count("\x1b")
