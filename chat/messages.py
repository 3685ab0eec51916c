"""An exchange as the messages of the conversation: the question, the program, each step, the answer."""

import re
from html import escape
from typing import Any
from urllib.parse import quote

import gradio as gr
from PIL import Image

from agent.rendering.captions import Captions, duration, mentions_in
from agent.rendering.drawing import Mark, Sighting, paint
from agent.rendering.rationale import without_boxes
from agent.trace import Answer, Attempt, MaskValue, PatchValue, PictureRecord, Step, Trace
from chat.conversation import Conversation, Exchange
from chat.uploads import Shelf
from models.picture import Picture

FILES = "gradio_api/file="
"""Where Gradio serves the files of allowed folders, seen from the window."""

MAX_SHOWN = 40
"""Steps shown with a picture; of the rest only the number is told."""

MAX_QUESTION_SHOWN = 600
"""Characters of a question in the conversation."""


def messages(conversation: Conversation, shelf: Shelf) -> list[gr.ChatMessage]:
    """All messages. What has ended is not made again."""
    shown: list[gr.ChatMessage] = []
    for exchange in conversation.exchanges:
        made = exchange.drawn.get("messages")
        if made is None:
            made = [asked(exchange, shelf), *replied(exchange, shelf)]
            if exchange.ended:
                exchange.drawn["messages"] = made
        shown += made
    return shown


def asked(exchange: Exchange, shelf: Shelf) -> gr.ChatMessage:
    """What the person said."""
    if "asked" not in exchange.drawn:
        question = " ".join(exchange.question.split())
        if len(question) > MAX_QUESTION_SHOWN:
            question = question[:MAX_QUESTION_SHOWN].rstrip() + "…"
        if exchange.source is not None:
            question = f"Run again, with the program as it is now: {question}"
        shots = []
        for number, picture in enumerate(exchange.pictures if exchange.brought else (), 1):
            which = f"Picture {number}" if len(exchange.pictures) > 1 else "Picture"
            alt = f"{which}, {picture.name}, {picture.width} by {picture.height} pixels"
            shots.append(_shot(shelf.keep(picture.image), alt))
        exchange.drawn["asked"] = gr.ChatMessage(role="user", content=_shots(shots) + (plain(question) or "…"))
    message: gr.ChatMessage = exchange.drawn["asked"]
    return message


def replied(exchange: Exchange, shelf: Shelf) -> list[gr.ChatMessage]:
    """What came of it so far."""
    shown: list[gr.ChatMessage] = []
    for number in range(len(exchange.programs)):
        shown += _program(exchange, number, shelf)
    if not exchange.ended and exchange.answer is None and (exchange.writing or not exchange.programs):
        title = "Writing the program" if not exchange.programs else "Writing another program"
        content = fenced(exchange.writing) if exchange.writing else ""
        shown.append(gr.ChatMessage(content=content, metadata={"title": title, "status": "pending"}))
    if exchange.ended:
        shown.append(_ending(exchange, shelf))
    return shown


def _program(exchange: Exchange, number: int, shelf: Shelf) -> list[gr.ChatMessage]:
    program, steps = exchange.programs[number], exchange.steps[number]
    latest = number == len(exchange.programs) - 1
    attempt = exchange.answer.trace.attempts[number] if exchange.answer else None
    several = len(exchange.programs) > 1
    name = f"Program {number + 1}" if several else "Program"
    author = "by hand" if program.author == "hand" else f"by {_short(program.author)}"
    title = f"{name} {author}"
    problem = attempt.problem if attempt else None
    told = f"\n\n**{plain(problem.message)}**" if problem else ""
    metadata: Any = {"title": plain(title), "id": f"{exchange.id}-{number}"}
    if exchange.ended or not latest or steps:
        metadata["status"] = "done"
    if attempt and attempt.plan_seconds:
        metadata["log"] = f"written in {duration(attempt.plan_seconds)}"
    if problem:
        metadata["log"] = "refused" if not steps and not (attempt and attempt.run_seconds) else "stopped"
    shown = [gr.ChatMessage(content=fenced(program.source) + told, metadata=metadata)]
    running = latest and not exchange.ended and exchange.answer is None and not exchange.writing
    if not steps and not running:
        return shown
    parent = f"{exchange.id}-run-{number}"
    count = f"{len(steps)} step{'' if len(steps) == 1 else 's'}"
    run: Any = {"title": f"Running: {count} so far" if running else count, "id": parent}
    run["status"] = "pending" if running else "done"
    if attempt and not running:
        run["log"] = f"run in {duration(attempt.run_seconds)}"
    shown.append(gr.ChatMessage(content="", metadata=run))
    captions = _captions(exchange, number)
    for step in steps[:MAX_SHOWN]:
        shown.append(_step(exchange, number, captions, step, parent, shelf))
    if len(steps) > MAX_SHOWN:
        more: Any = {"title": f"and {len(steps) - MAX_SHOWN} more", "parent_id": parent, "status": "done"}
        shown.append(gr.ChatMessage(content="", metadata=more))
    return shown


def _captions(exchange: Exchange, number: int) -> Captions:
    program = exchange.programs[number]
    records = [
        PictureRecord(key=one.key, name=one.name, width=one.width, height=one.height) for one in exchange.pictures
    ]
    if exchange.answer is not None:
        records = exchange.answer.trace.pictures
    attempt = Attempt(program=program.source, author=program.author, steps=exchange.steps[number])
    return Captions(Trace(question=exchange.question, pictures=records, attempts=[attempt], status="answered"))


def _step(exchange: Exchange, number: int, captions: Captions, step: Step, parent: str, shelf: Shelf) -> gr.ChatMessage:
    words = [f"line {step.span.line}"] if step.span else []
    words.append(duration(step.seconds))
    if step.batch > 1:
        words.append(f"batch of {step.batch}")
    if step.recorded or step.cached:
        words.append("from the record" if step.recorded else "remembered")
    title = f"{captions.call(step)} → {captions.result(step)}"
    metadata: Any = {
        "title": plain(title if len(title) <= 160 else title[:159] + "…"),
        "parent_id": parent,
        "id": f"{parent}-{step.index}",
        "log": " · ".join(words),
        "status": "done",
    }
    picture = _picture(exchange, number, captions, step, shelf)
    return gr.ChatMessage(content=picture + plain(captions.result(step)), metadata=metadata)


def _picture(exchange: Exchange, number: int, captions: Captions, step: Step, shelf: Shelf) -> str:
    """What the step looked at, with its regions drawn; empty if there is nothing to see. Drawn once: every new message
    sends all of them again."""
    place = (number, step.index)
    if place not in exchange.drawn:
        at = captions.steps.index(step)
        focus = captions.focus(step)
        found, looked = captions.found[at], captions.looked[at]
        picture = _pictures(exchange).get(focus[0]) if focus else None
        if picture is None or focus is None or (step.tool == "ImagePatch" and not found):
            exchange.drawn[place] = ""
        else:
            marks = [Mark(one) for one in [*looked, *found] if one.value.box != focus[1]]
            alt = f"What step {step.index + 1} looked at: {captions.result(step)}"
            exchange.drawn[place] = _shots([_shot(shelf.keep(paint(picture, focus[1], marks)), alt)])
    drawn: str = exchange.drawn[place]
    return drawn


def _shot(path: str, alt: str) -> str:
    """A picture on the shelf as HTML, with its text for people who do not see it."""
    width, height = Image.open(path).size
    return f'<img src="{FILES}{quote(path)}" alt="{escape(alt)}" width="{width}" height="{height}">'


def _shots(shots: list[str]) -> str:
    return f'<div class="shots">{"".join(shots)}</div>\n\n' if shots else ""


def _pictures(exchange: Exchange) -> dict[str, Picture]:
    made = exchange.answer.pictures if exchange.answer else {}
    return {**made, **{picture.key: picture for picture in exchange.pictures}}


# ---------------------------------------------------------------------- the end of an exchange


def _ending(exchange: Exchange, shelf: Shelf) -> gr.ChatMessage:
    content: list[str] = []
    if exchange.answer is not None:
        content.append(answer_html(exchange.answer))
        content.append(_answer_pictures(exchange, exchange.answer, shelf))
    elif exchange.stopped:
        found = any(exchange.steps)
        content.append(_reply("stopped", "Stopped", "What it had found until then is above." if found else ""))
    else:
        kind = "declined" if exchange.offers else "refused"
        content.append(_reply(kind, _sentence(exchange.refused), ""))
    content += [f'<p class="hint">{escape(note)}</p>' for note in exchange.notes]
    options: Any = [{"value": offer, "label": offer} for offer in exchange.offers]
    return gr.ChatMessage(content="\n\n".join(filter(None, content)), options=options)


def answer_html(answer: Answer) -> str:
    """The answer, or why there is none."""
    trace = answer.trace
    took = duration(trace.seconds)
    if answer.status == "answered":
        value = Captions(trace).answer(trace.value)
        count = len(trace.steps)
        kept = sum(step.recorded for step in trace.steps)
        meta = f"{count} step{'' if count == 1 else 's'}" + (f", {kept} of them from the record" if kept else "")
        if trace.student is not None and trace.student.taken:
            meta = f"the student, {trace.student.confidence:.0%} sure"
        return _reply("answered", value, f"{meta} · {took}", _why(trace))
    word = "No answer" if answer.status == "abstained" else "Failed"
    reason = _sentence(answer.reason or "no reason was given")
    return _reply(answer.status, reason, f"{word} · {took}", _why(trace))


def _why(trace: Trace) -> str:
    """What a student says for its answer; the boxes that it tells are drawn on the picture."""
    return without_boxes(trace.student.rationale) if trace.student else ""


def _reply(kind: str, value: str, meta: str, why: str = "") -> str:
    size = "" if len(value) <= 24 and kind == "answered" else " mid" if len(value) <= 200 else " long"
    below = f'<div class="meta">{escape(meta)}</div>' if meta else ""
    said = f'<div class="why">{_flat(why)}</div>' if why else ""
    return f'<div class="reply {kind}"><div class="value{size}">{_flat(value)}</div>{said}{below}</div>'


def _flat(text: str) -> str:
    """Text inside an HTML block: Markdown ends such a block at an empty line."""
    return escape(" ".join(text.split())[:4000])


def _answer_pictures(exchange: Exchange, answer: Answer, shelf: Shelf) -> str:
    """Where the answer is regions: the picture with them drawn."""
    if answer.status != "answered":
        return ""
    captions, pictures = Captions(answer.trace), _pictures(exchange)
    by_picture: dict[str, list[Mark]] = {}
    for value in mentions_in(answer.value):
        marks = by_picture.setdefault(value.picture, [])
        if isinstance(value, PatchValue | MaskValue) and not captions.is_whole(value):
            marks.append(Mark((captions.named(value) or [Sighting(-1, "region", None, value, 0)])[0]))
    shown = []
    for key, marks in list(by_picture.items())[:4]:
        picture = pictures.get(key)
        if picture is not None:
            box = (0.0, 0.0, float(picture.width), float(picture.height))
            alt = f"The answer: {captions.answer(answer.value)}"
            shown.append(_shot(shelf.keep(paint(picture, box, marks)), alt))
    return _shots(shown)


def _short(author: str) -> str:
    """`smollm2 + embedded:planner, sample 2 at ...` without what only the trace needs."""
    return author.replace(" + embedded:planner", "") if len(author) < 80 else author[:79] + "…"


def _sentence(text: str) -> str:
    """With a capital, unless it begins with the name of a file or something else that is no word."""
    text = " ".join(text.split())
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.strip("'\",;").isalpha() else text


def plain(text: str) -> str:
    """A text that Markdown shows as it is, HTML included."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$:])", r"\\\1", " ".join(text.split()))


def fenced(source: str) -> str:
    """A program as a Markdown block that it cannot break out of."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", source)), default=0))
    return f"{fence}python\n{source.rstrip()}\n{fence}"
