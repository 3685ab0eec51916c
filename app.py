"""The chat window: drop pictures, ask, and watch a program being written and run.

    python app.py --preset embedded        then open http://127.0.0.1:7860

It listens on this computer alone and asks nothing of the network.
"""

import contextlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
import typer

from agent.pipeline import Event, Writing
from agent.planning.chat_models import PlannerError
from agent.program import Program, Query, QueryError
from agent.rendering.captions import Captions, duration
from agent.rendering.drawing import Mark, paint
from agent.trace import Answer, Attempt, PictureRecord, Step, Trace
from models.device import DeviceError
from models.embedded import gallery
from models.picture import Picture, PictureError
from models.presets import CheckpointError, PresetError
from sight.options import Device, Dtype, InputError, LimitList, Planner, Preset, parse_limits

if TYPE_CHECKING:
    from agent.agent import VisualAgent

INPUT_ERRORS = (PictureError, QueryError, InputError, PlannerError, PresetError, CheckpointError, DeviceError)

EXAMPLES = (
    "muffins_and_kids",
    "pets_left",
    "beach_day",
    "fruit",
    "dogs_far_and_near",
    "shapes",
    "red_cars",
    "birthday",
)
"""Pictures of the gallery whose first question is offered."""

MAX_SHOWN = 40
"""Steps shown with a picture; of the rest only the number is told."""

STYLE = """
.gradio-container { max-width: 980px !important; margin: 0 auto !important; }
.head h1 { font-size: 1.5rem; margin: .4rem 0 0; letter-spacing: -.01em; }
.head p { color: var(--body-text-color-subdued); margin: .1rem 0 .3rem; }
footer { display: none !important; }
.chat .message-wrap, .chat .bubble-wrap, .chat .panel-wrap, .chat .panel, .chat .bot {
  background: transparent !important;
}
.chat .message-buttons-left, .chat .message-buttons { display: none !important; }
.chat .thought-group { border-radius: 12px; }
"""


def build(agent: "VisualAgent", about: str = "") -> gr.Blocks:
    """The window.

    Args:
        agent: Answers the questions; anything with its `stream` will do.
        about: One line on preset and planner, shown above the chat.
    """

    def reply(message: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> Iterator[list[gr.ChatMessage]]:
        yield from converse(agent, message, history)

    with gr.Blocks(title="Sightscript", analytics_enabled=False, fill_height=True) as window:
        gr.Markdown(
            "# Sightscript\nDrop one picture or more, and ask. A program is written, checked and run; open a step to "
            f"see what it saw.{f' <br>{plain(about)}' if about else ''}",
            elem_classes="head",
        )
        gr.ChatInterface(
            reply,
            multimodal=True,
            chatbot=gr.Chatbot(
                height="calc(100vh - 265px)",
                show_label=False,
                layout="panel",
                elem_classes="chat",
                buttons=[],
                allow_tags=False,
                latex_delimiters=[],
                placeholder="### Ask about a picture\nDrop one below, or take an example.",
            ),
            textbox=gr.MultimodalTextbox(
                file_count="multiple",
                file_types=["image"],
                placeholder="Ask about a picture, for example: how many muffins can each kid have?",
                show_label=False,
                sources=["upload"],
            ),
            examples=examples(),
            example_labels=[one["text"] for one in examples()],
            cache_examples=False,
            run_examples_on_click=True,
            api_name="ask",
        )
    return window


def examples() -> list[dict[str, Any]]:
    """Questions of the gallery, with the files of their pictures."""
    offered = []
    for name in EXAMPLES:
        question = gallery.gallery_item(name).questions[0]
        files = [str(gallery.gallery_item(one).path) for one in question.pictures]
        offered.append({"text": question.question, "files": files})
    return offered


def converse(
    agent: "VisualAgent", message: Mapping[str, Any], history: Sequence[Mapping[str, Any]]
) -> Iterator[list[gr.ChatMessage]]:
    """Answer one message of the chat; yields all messages of the answer as they grow.

    Args:
        agent: Answers the question.
        message: `{"text": ..., "files": [paths]}`. Without files, the pictures of the latest message that had some are
            meant.
        history: The chat so far, as Gradio keeps it.
    """
    files = list(message.get("files") or []) or latest_files(history)
    try:
        if not files:
            raise QueryError("there is no picture yet; drop one into the box below")
        query = Query(str(message.get("text") or ""), tuple(open_upload(file) for file in files))
        talk = Talk(query)
        yield talk.messages()
        stream: Any = agent.stream(query)
        with contextlib.closing(stream) as events:
            for event in events:
                if isinstance(event, Writing):
                    continue
                talk.take(event)
                yield talk.messages()
    except INPUT_ERRORS as error:
        yield [gr.ChatMessage(content=f"⚠️ {plain(str(error))}")]
    except Exception as error:
        lines = str(error).strip().splitlines() or ["no message"]
        yield [gr.ChatMessage(content=f"⚠️ {plain(f'unexpected {type(error).__name__}: {lines[0][:300]}')}")]


def open_upload(file: str | Mapping[str, Any]) -> Picture:
    """A picture that came with a message, named as the person named it. Raises PictureError."""
    path = Path(file if isinstance(file, str) else str(file.get("path", "")))
    try:
        data = path.read_bytes()
    except OSError:
        raise PictureError(f"{path.name}: the upload did not arrive; try again") from None
    return Picture.from_bytes(data, name=path.name)


def latest_files(history: Sequence[Mapping[str, Any]]) -> list[str]:
    """Files of the latest message of the person that had some."""
    for turn in reversed(history):
        parts = turn.get("content")
        if turn.get("role") == "user" and isinstance(parts, list | tuple):
            files = [part["file"] for part in parts if isinstance(part, Mapping) and part.get("type") == "file"]
            if files:
                return [str(file["path"]) for file in files]
    return []


class Talk:
    """What the window shows of one question, built from the events of `VisualAgent.stream`."""

    def __init__(self, query: Query) -> None:
        self.pictures = {picture.key: picture for picture in query.images}
        self.records = [
            PictureRecord(key=one.key, name=one.name, width=one.width, height=one.height)
            for one in self.pictures.values()
        ]
        self.question = query.question
        self.programs: list[Program] = []
        self.steps: list[list[Step]] = []
        self.answer: Answer | None = None
        self._drawn: dict[tuple[int, int], gr.Image | None] = {}

    def take(self, event: Event) -> None:
        if isinstance(event, Program):
            self.programs.append(event)
            self.steps.append([])
        elif isinstance(event, Step):
            self.steps[-1].append(event)
        elif isinstance(event, Answer):
            self.answer = event
            self.pictures |= event.pictures
            self.records = event.trace.pictures

    def messages(self) -> list[gr.ChatMessage]:
        """All messages so far."""
        shown: list[gr.ChatMessage] = []
        for number, program in enumerate(self.programs):
            shown += self._program(number, program)
        if self.answer is not None:
            return [*shown, gr.ChatMessage(content=answer_text(self.answer.trace))]
        if not self.programs:
            return [gr.ChatMessage(content="", metadata={"title": "Writing a program", "status": "pending"})]
        return shown

    def _program(self, number: int, program: Program) -> list[gr.ChatMessage]:
        latest = number == len(self.programs) - 1
        running = latest and self.answer is None
        attempt = (
            self.answer.trace.attempts[number] if self.answer and number < len(self.answer.trace.attempts) else None
        )
        problem = f"\n\n**{plain(attempt.problem.message)}**" if attempt and attempt.problem else ""
        title = (
            f"Program by {plain(program.author)}"
            if len(self.programs) == 1
            else f"Program {number + 1} by {plain(program.author)}"
        )
        written: Any = {"title": title, "status": "done"}
        if latest:  # stays open: without a status a thought is not folded
            written = {"title": title}
        if attempt:
            written["duration"] = round(attempt.plan_seconds, 2)
        shown = [gr.ChatMessage(content=f"{fenced(program.source)}{problem}", metadata=written)]
        steps = self.steps[number]
        if not steps:
            return shown
        trace = Trace(
            question=self.question,
            pictures=self.records,
            attempts=[Attempt(program=program.source, author=program.author, steps=steps)],
            status="answered",
        )
        captions = Captions(trace)
        parent = f"run-{number}"
        title = f"{'Running' if running else 'Ran'} it: {len(steps)} tool call{'' if len(steps) == 1 else 's'}"
        run: Any = {"title": title, "id": parent, **({"status": "pending"} if running else {})}
        shown.append(gr.ChatMessage(content="", metadata=run))
        for step in steps[:MAX_SHOWN]:
            shown.append(self._step(number, captions, step, parent))
        if len(steps) > MAX_SHOWN:
            more: Any = {"title": f"and {len(steps) - MAX_SHOWN} more", "parent_id": parent, "status": "done"}
            shown.append(gr.ChatMessage(content="", metadata=more))
        return shown

    def _step(self, number: int, captions: Captions, step: Step, parent: str) -> gr.ChatMessage:
        line = f"line {step.span.line} · " if step.span else ""
        kept = " · from the record" if step.recorded else " · remembered" if step.cached else ""
        words = f"{line}{duration(step.seconds)}{kept}"
        title = f"{captions.call(step)} → {captions.result(step)}"
        metadata: Any = {
            "title": plain(title if len(title) <= 160 else title[:159] + "…"),
            "parent_id": parent,
            "id": f"{parent}-{step.index}",
            "log": words,
            "status": "done",
        }
        picture = self._picture(number, captions, step)
        content: Any = picture if picture is not None else plain(captions.result(step))
        return gr.ChatMessage(content=content, metadata=metadata)

    def _picture(self, number: int, captions: Captions, step: Step) -> gr.Image | None:
        """What the step looked at, with its regions drawn. Drawn once: every new message sends all of them again."""
        place = (number, step.index)
        if place not in self._drawn:
            at = captions.steps.index(step)
            focus = captions.focus(step)
            found, looked = captions.found[at], captions.looked[at]
            picture = self.pictures.get(focus[0]) if focus else None
            if picture is None or focus is None or (step.tool == "ImagePatch" and not found):
                self._drawn[place] = None
            else:
                marks = [Mark(one) for one in [*looked, *found] if one.value.box != focus[1]]
                drawn = paint(picture, focus[1], marks)
                self._drawn[place] = gr.Image(
                    drawn, show_label=False, buttons=[], format="webp", height=min(drawn.height, 300)
                )
        return self._drawn[place]


def answer_text(trace: Trace) -> str:
    """The answer, or why there is none, as Markdown."""
    took = f"in {duration(trace.seconds)}"
    if trace.status == "answered":
        return f"## {plain(Captions(trace).answer(trace.value))}\nanswered {took}"
    word = "No answer" if trace.status == "abstained" else "Failed"
    return f"**{word}: {plain(trace.reason)}**\n\n{trace.status} {took}"


def plain(text: str) -> str:
    """A text that Markdown shows as it is, HTML included."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$:])", r"\\\1", " ".join(text.split()))


def fenced(source: str) -> str:
    """A program as a Markdown block that it cannot break out of."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", source)), default=0))
    return f"{fence}python\n{source.rstrip()}\n{fence}"


def theme() -> gr.Theme:
    """Gradio's own look with the fonts of the system, so that none is fetched."""
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
    mono = ["ui-monospace", "SF Mono", "Menlo", "Consolas", "monospace"]
    return gr.themes.Soft(primary_hue="slate", neutral_hue="stone", font=sans, font_mono=mono)


def chat(
    preset: Preset = "embedded",
    planner: Planner = None,
    limits: LimitList = "",
    device: Device = None,
    dtype: Dtype = None,
    port: Annotated[int, typer.Option("--port", metavar="N", help="Of 127.0.0.1.")] = 7860,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
) -> None:
    """Open the chat window on this computer."""
    from agent.agent import VisualAgent

    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    try:
        agent = VisualAgent.from_preset(preset, planner, parse_limits(limits), device, dtype)
    except INPUT_ERRORS as error:
        typer.echo(f"app: {error}", err=True)
        raise typer.Exit(2) from None
    about = f"Preset: {preset} · planner: {planner or 'its own'}"
    with agent:
        build(agent, about).launch(
            server_name="127.0.0.1",
            server_port=port,
            share=False,
            inbrowser=open_browser,
            allowed_paths=[str(gallery.FOLDER)],
            max_file_size="40mb",
            footer_links=[],
            theme=theme(),
            css=STYLE,
            ssr_mode=False,
        )


if __name__ == "__main__":
    typer.run(chat)
