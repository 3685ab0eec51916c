"""The chat window: the conversation on the left, the work bench on the right.

`elem_id`s that scripts and tests may rely on:

    badge                 which models answer (`<details>`; class `loading`, `ready` or `broken`)
    examples              the gallery strip; its buttons carry `data-example="0"` and so on
    chat                  the conversation
    ask                   the text box; `#ask .submit-button`, and while a program runs `#ask .stop-button` (or Esc)
    camera, camera-open   take a picture, where the browser has a camera
    new                   begin a new conversation
    feedback              the row under the conversation: feedback-right, feedback-wrong, feedback-correction,
                          feedback-keep, feedback-said
    turn                  which question the work bench shows
    tab-steps, steps      pictures, program and steps: `.card` with its button `.pick`, `.frame`, `.dot`, `.player`
    tab-program, program  the editor; program-run, program-reset, problems (`.ln.wrong`, `.notice`)
    tab-compare           compare-run, comparison (`.column`)
    tab-settings          setting-preset, setting-planner, setting-seconds, setting-calls, setting-memory,
                          setting-output, setting-apply, setting-said
    save-trace, save-page the downloads
"""

import base64
import json
import re
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import gradio as gr

from agent.agent import VisualAgent
from agent.running.sandbox import Limits
from agent.runs.run_error import RunError
from chat.agents import Agents, Choice
from chat.conversation import PERSON_ERRORS, Conversation, Exchange
from chat.feedback import Feedback
from chat.look import LOGO, head, theme
from chat.messages import messages
from chat.uploads import Shelf, Sweeper, UploadLimits, read_uploads
from chat.workbench import (
    EMPTY,
    comparison_html,
    directly,
    page_html,
    problems_html,
    ran_into_html,
    source_of,
    steps_html,
    trace_of,
)
from models.embedded import gallery
from models.picture import Picture, PictureError
from models.presets import shipped_presets

EXAMPLES = (
    "muffins_and_kids",
    "pets_left",
    "dogs_far_and_near",
    "beach_day",
    "fruit",
    "shapes",
    "red_cars",
    "birthday",
)
"""Pictures of the gallery whose first question is offered."""

SETTLED = 13
"""Parts of the window that are drawn anew when an answer has ended."""

PEOPLE = 32
"""Questions that are answered at the same time; who comes later waits in the queue."""

Update = Any
"""What Gradio takes as the new state of a component."""


@dataclass(frozen=True)
class WindowOptions:
    """What the window is given from the command line."""

    choice: Choice = field(default_factory=Choice)
    """Who answers, unless a person chooses otherwise."""
    keep_minutes: float = 60
    """Pictures of a conversation, and files that browsers brought, are deleted after so long without a word."""
    uploads: UploadLimits = field(default_factory=UploadLimits)
    trusted: bool = True
    """People may name any planner and any preset file; False where others than the owner reach the window."""


class Window:
    """What all people in the window share: agents, feedback, and the folder of small pictures."""

    def __init__(self, agents: Agents, feedback: Feedback, options: WindowOptions | None = None) -> None:
        self.agents, self.feedback, self.options = agents, feedback, options or WindowOptions()
        self.shelf = Shelf()
        self.people: weakref.WeakSet[Conversation] = weakref.WeakSet()
        self.state, self.trouble = "loading", ""
        self._sweeper = Sweeper(self.sweep, max(1.0, min(60.0, self.options.keep_minutes * 15)))

    def preload(self) -> threading.Thread:
        """Begin to load the models of the first choice. What goes wrong is told by the badge."""

        def load() -> None:
            try:
                self.agents.preload(self.options.choice)
                self.state = "ready"
            except PERSON_ERRORS as error:
                self.state, self.trouble = "broken", str(error)

        thread = threading.Thread(target=load, name="sightscript-preload", daemon=True)
        thread.start()
        return thread

    def sweep(self) -> None:
        """Delete what has been kept long enough."""
        import time

        seconds = self.options.keep_minutes * 60
        self.shelf.sweep(seconds)
        for conversation in list(self.people):
            if time.monotonic() - conversation.touched > seconds:
                conversation.forget()

    def close(self) -> None:
        self._sweeper.close()
        self.shelf.close()
        self.feedback.close()
        self.agents.close()

    # ------------------------------------------------------------------ the window

    def blocks(self) -> gr.Blocks:
        """The window as Gradio knows it; `launch_options` go to its `launch`."""
        keep = int(self.options.keep_minutes * 60)
        with gr.Blocks(
            title="Sightscript",
            analytics_enabled=False,
            fill_width=True,
            delete_cache=(max(1, min(60, keep // 4)), max(1, keep)),
        ) as window:
            state = gr.State(Conversation(self.people.add), delete_callback=_left)
            choice = gr.State(self.options.choice)
            self._build(window, state, choice)
        return window

    def _build(self, window: gr.Blocks, state: gr.State, choice: gr.State) -> None:
        with gr.Row(elem_id="head"):
            top = gr.HTML(self.masthead(self.options.choice), elem_id="top", apply_default_css=False, js_on_load=None)
            new = gr.Button("Start over", elem_id="new", size="sm", scale=0, min_width=104)
        with gr.Row(elem_id="floor"):
            with gr.Column(scale=10, elem_id="talk"):
                examples = gr.HTML(
                    examples_html(),
                    elem_id="examples",
                    apply_default_css=False,
                    js_on_load="sight.examples(element, trigger); /* 'choose' */",
                )
                chat = gr.Chatbot(
                    elem_id="chat",
                    show_label=False,
                    label="Conversation",
                    height=520,
                    layout="bubble",
                    buttons=[],
                    allow_tags=False,
                    latex_delimiters=[],
                    feedback_options=None,
                    placeholder="### Ask about a picture\nAdd one below, or take an example above. A program is "
                    "written for your question; you see every step of it.\n\n" + self._limits_of_models(),
                )
                with gr.Row(elem_id="feedback", visible=False) as feedback:
                    said = gr.HTML("", elem_id="feedback-said", apply_default_css=False, js_on_load=None, scale=1)
                    right = gr.Button("Right", elem_id="feedback-right", size="sm", scale=0, min_width=84)
                    wrong = gr.Button("Wrong", elem_id="feedback-wrong", size="sm", scale=0, min_width=84)
                    correction = gr.Textbox(
                        show_label=False,
                        label="The right answer",
                        placeholder="The right answer, if you know it",
                        elem_id="feedback-correction",
                        visible=False,
                        container=False,
                        scale=2,
                        max_length=500,
                    )
                    keep = gr.Button(
                        "Keep",
                        elem_id="feedback-keep",
                        variant="primary",
                        size="sm",
                        scale=0,
                        min_width=84,
                        visible=False,
                    )
                camera = gr.Image(
                    sources=["webcam"],
                    type="filepath",
                    show_label=False,
                    label="Camera",
                    elem_id="camera",
                    visible=False,
                )
                with gr.Row(elem_id="box"):
                    ask = gr.MultimodalTextbox(
                        elem_id="ask",
                        label="Your question",
                        show_label=False,
                        file_count="multiple",
                        file_types=["image"],
                        sources=["upload"],
                        placeholder="Attach, drop or paste a picture, and ask",
                        max_plain_text_length=4000,
                        autofocus=True,
                    )
                    camera_open = gr.Button("Camera", elem_id="camera-open", scale=0, min_width=96)
            with gr.Column(scale=9, elem_id="bench"):
                turn = gr.Dropdown(
                    [], elem_id="turn", label="Question shown here", show_label=False, visible=False, container=False
                )
                with gr.Tabs(elem_id="bench-tabs"):
                    with gr.Tab("Steps", id="steps", elem_id="tab-steps"):
                        steps = _panel(EMPTY, "steps", "sight.bench(element, props, watch)")
                        with gr.Row(elem_id="downloads", visible=False) as downloads:
                            save_trace = gr.Button("Download trace (JSON)", elem_id="save-trace", size="sm")
                            save_page = gr.Button("Download page (HTML)", elem_id="save-page", size="sm")
                    with gr.Tab("Program", id="program", elem_id="tab-program"):
                        program = gr.Code(
                            language="python",
                            label="Program",
                            elem_id="program",
                            lines=12,
                            max_lines=26,
                            interactive=True,
                            buttons=["copy"],
                        )
                        with gr.Row():
                            run = gr.Button(
                                "Run again", elem_id="program-run", variant="primary", size="md", scale=0, min_width=140
                            )
                            reset = gr.Button("As it was", elem_id="program-reset", size="md", scale=0, min_width=120)
                        problems = _panel("", "problems")
                    with gr.Tab("Compare", id="compare", elem_id="tab-compare"):
                        with gr.Row():
                            compare = gr.Button(
                                "Ask one model directly",
                                elem_id="compare-run",
                                variant="primary",
                                size="md",
                                scale=0,
                                min_width=210,
                            )
                        comparison = _panel(_COMPARE, "comparison")
                    with gr.Tab("Settings", id="settings", elem_id="tab-settings"):
                        settings = self._settings()
        carried = gr.Textbox(visible="hidden", elem_id="carried")
        name = gr.Textbox(visible="hidden", elem_id="carried-name")

        talking = [chat, steps, program]
        settled = [ask, *talking, problems, feedback, said, correction, keep, turn, comparison, downloads]

        def listen(listener: Callable[..., Any], fn: Callable[..., Any], inputs: Any, outputs: Any, **more: Any) -> Any:
            return listener(fn, inputs, outputs, show_progress="hidden", api_visibility="private", **more)

        def answering(event: Any) -> None:
            answered = listen(event.then, self.answer, [state, choice], talking, concurrency_limit=PEOPLE)
            listen(answered.then, self.settle, [state], settled)

        answering(listen(ask.submit, self.take, [ask, state], [ask, chat, feedback]))
        answering(listen(examples.choose, self.take_example, [state], [ask, chat, feedback]))
        answering(listen(run.click, self.take_program, [program, turn, state, choice], [ask, chat, feedback, problems]))
        answering(listen(chat.option_select, self.take_offer, [state], [ask, chat, feedback]))
        listen(ask.stop, self.stop, [state], None, queue=False)
        listen(new.click, self.begin_anew, [state], settled)
        listen(turn.input, self.show_turn, [state, turn], settled)
        listen(reset.click, self.as_it_was, [state, turn], [program, problems])
        looking = gr.State(False)
        listen(camera_open.click, _toggle_camera, [looking], [looking, camera])
        listen(camera.input, _add_picture, [camera, ask], [ask, camera, looking])
        judged = [feedback, said, correction, keep]
        listen(right.click, self.call_right, [state, turn], judged)
        listen(wrong.click, self.call_wrong, [state, turn], judged)
        for event in (keep.click, correction.submit):
            listen(event, self.correct, [state, turn, correction], judged)
        listen(compare.click, self.compare, [state, turn, choice], [comparison])
        for button, fn in ((save_trace, self.trace_text), (save_page, self.page_text)):
            carrying = listen(button.click, fn, [state, turn], [carried, name])
            carrying.success(
                None, [carried, name], None, js="(text, name) => sight.save(name, 'application/octet-stream', text)"
            )
        listen(settings["apply"].click, self.choose, [*settings["inputs"], choice], [choice, settings["said"], top])
        badge = gr.Timer(1.0)
        for event in (window.load, badge.tick):
            listen(event, self.badge_news, [choice], [top, badge])

    def _limits_of_models(self) -> str:
        if self.options.choice.preset != "embedded":
            return ""
        return "The embedded models know picture-book scenes; for photographs choose *hub-cpu* under *Settings*."

    def _settings(self) -> dict[str, Any]:
        limits = self.options.choice.limits
        presets = list(dict.fromkeys([self.options.choice.preset, *shipped_presets()]))
        preset = gr.Dropdown(
            presets,
            value=self.options.choice.preset,
            label="Preset",
            info="Which models look at the pictures. embedded: picture-book scenes; hub-cpu and hub-gpu: photographs.",
            elem_id="setting-preset",
            allow_custom_value=self.options.trusted,
        )
        planner = gr.Textbox(
            value=self.options.choice.planner or "",
            label="Planner",
            info="Who writes the programs: empty for the preset's own, or openai:MODEL, anthropic:MODEL, ollama:MODEL, "
            "local:FOLDER.",
            elem_id="setting-planner",
            interactive=self.options.trusted,
        )
        with gr.Row():
            seconds = gr.Number(limits.seconds, label="Seconds", elem_id="setting-seconds", minimum=0.1, maximum=60)
            calls = gr.Number(
                limits.calls, label="Tool calls", elem_id="setting-calls", precision=0, minimum=1, maximum=2000
            )
            memory = gr.Number(
                limits.memory_mb, label="Memory, MB", elem_id="setting-memory", precision=0, minimum=1, maximum=1024
            )
            output = gr.Number(
                limits.output_kb, label="Printed, KB", elem_id="setting-output", precision=0, minimum=1, maximum=1024
            )
        with gr.Row():
            apply = gr.Button(
                "Use from the next question on",
                elem_id="setting-apply",
                variant="primary",
                size="md",
                scale=0,
                min_width=260,
            )
        said = gr.HTML("", elem_id="setting-said", apply_default_css=False, js_on_load=None)
        minutes = f"{self.options.keep_minutes:g}"
        gr.HTML(
            '<div class="about"><p><b>Your pictures</b> stay on this computer. They are deleted '
            f"{escape(minutes)} minutes after your last word, at the latest.</p><p><b>Feedback</b> is kept, with the "
            f"pictures it is about, in <code>{escape(str(self.feedback.folder))}</code>.</p></div>",
            elem_id="about",
            apply_default_css=False,
            js_on_load=None,
        )
        return {"inputs": [preset, planner, seconds, calls, memory, output], "apply": apply, "said": said}

    # ------------------------------------------------------------------ taking a question in

    def take(self, message: Mapping[str, Any] | None, conversation: Conversation) -> tuple[Update, ...]:
        """A question from the box, with what came with it."""
        message = message or {}
        if _under_way(conversation):
            gr.Info("One question at a time: wait for this answer, or stop it.")
            return gr.skip(), gr.skip(), gr.skip()
        question, files = str(message.get("text") or ""), [_path(file) for file in message.get("files") or []]
        if not question.strip() and not files:
            return gr.skip(), gr.skip(), gr.skip()
        pictures: tuple[Picture, ...] = ()
        refused = ""
        try:
            pictures = read_uploads(files, self.options.uploads)
        except PictureError as error:
            refused = str(error)
        conversation.begin(question, pictures, refused)
        return self._taken(conversation, question if refused else None)

    def take_example(self, conversation: Conversation, chosen: gr.EventData) -> tuple[Update, ...]:
        """A question of the gallery."""
        if _under_way(conversation):
            gr.Info("One question at a time: wait for this answer, or stop it.")
            return gr.skip(), gr.skip(), gr.skip()
        index = int(chosen.index) if str(getattr(chosen, "index", "")).isdigit() else -1
        if not 0 <= index < len(EXAMPLES):
            return gr.skip(), gr.skip(), gr.skip()
        question = gallery.gallery_item(EXAMPLES[index]).questions[0]
        items = [gallery.gallery_item(one) for one in question.pictures]
        conversation.begin(question.question, [Picture(item.picture.image, item.path.name) for item in items])
        return self._taken(conversation)

    def take_offer(self, conversation: Conversation, chosen: gr.SelectData) -> tuple[Update, ...]:
        """A question that was offered in place of one that refers back."""
        if _under_way(conversation):
            return gr.skip(), gr.skip(), gr.skip()
        conversation.begin(str(chosen.value))
        return self._taken(conversation)

    def take_program(
        self, source: str | None, turn: str | None, conversation: Conversation, choice: Choice
    ) -> tuple[Update, ...]:
        """The program in the editor, to be run on the pictures of the question that is shown."""
        before = _shown(conversation, turn)
        source = source or ""
        if before is None or _under_way(conversation):
            gr.Info("Ask a question first; then its program can be changed." if before is None else "Wait, or stop it.")
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        try:
            with self.agents.using(choice) as agent:
                found = agent.check(source)
        except PERSON_ERRORS as error:
            gr.Warning(escape(str(error)))
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        if found:
            return gr.skip(), gr.skip(), gr.skip(), problems_html(source, found)
        conversation.begin_again(before, source).drawn["before"] = before
        return *self._taken(conversation), ""

    def _taken(self, conversation: Conversation, again: str | None = None) -> tuple[Update, Update, Update]:
        """The parts that change when a question was taken in; `again`: its words, to be sent with better pictures."""
        running = bool(_under_way(conversation))
        value = {"text": again, "files": []} if again else None
        box = gr.MultimodalTextbox(value=value, submit_btn=not running, stop_btn=running)
        return box, messages(conversation, self.shelf), gr.Row(visible=False)

    # ------------------------------------------------------------------ answering

    def answer(self, conversation: Conversation, choice: Choice) -> Iterator[tuple[Update, ...]]:
        """Answer the question that was taken in, and show it as it comes about."""
        exchange = _under_way(conversation)
        if exchange is None:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        try:
            with self.agents.using(choice) as agent:
                asking = (
                    conversation.ask(agent, exchange)
                    if exchange.source is None
                    else conversation.run(agent, exchange, exchange.drawn.get("before"))
                )
                programs = 0
                for _ in asking:
                    fresh = len(exchange.programs) > programs and not exchange.ended
                    programs = len(exchange.programs)
                    yield (
                        messages(conversation, self.shelf),
                        steps_html(exchange) if fresh else gr.skip(),
                        source_of(exchange) if fresh else gr.skip(),
                    )
        except PERSON_ERRORS as error:
            exchange.refused = str(error)
        except Exception as error:
            lines = str(error).strip().splitlines() or ["no message"]
            exchange.refused = f"unexpected {type(error).__name__}: {lines[0][:300]}"
        finally:
            exchange.ended = True
        yield messages(conversation, self.shelf), gr.skip(), gr.skip()

    def stop(self, conversation: Conversation) -> None:
        """Stop what is running."""
        conversation.stop()

    def settle(self, conversation: Conversation) -> tuple[Update, ...]:
        """All parts of the window, when nothing is running any more."""
        latest = conversation.exchanges[-1] if conversation.exchanges else None
        if latest is None or latest.settled or not latest.ended:
            return (gr.skip(),) * SETTLED
        latest.settled = True
        drawn = self._all(conversation, conversation.latest)
        if latest.answer is None:  # what is on the bench, and in the editor, stays
            return *drawn[:2], gr.skip(), gr.skip(), gr.skip(), *drawn[5:]
        return drawn

    def show_turn(self, conversation: Conversation, turn: str | None) -> tuple[Update, ...]:
        """An earlier question on the work bench."""
        return self._all(conversation, _shown(conversation, turn))

    def begin_anew(self, conversation: Conversation) -> tuple[Update, ...]:
        """An empty conversation."""
        conversation.clear()
        return self._all(conversation, None)

    def _all(self, conversation: Conversation, shown: Exchange | None) -> tuple[Update, ...]:
        running = bool(_under_way(conversation))
        told = [one for one in conversation.exchanges if one.answer is not None]
        choices = [(f"{number} · {_brief(one)}", one.id) for number, one in enumerate(told, 1)]
        latest = conversation.exchanges[-1] if conversation.exchanges else None
        judged = (
            shown if shown is not None and (latest is None or latest.answer is not None or latest is shown) else None
        )
        return (
            gr.MultimodalTextbox(submit_btn=not running, stop_btn=running),
            messages(conversation, self.shelf),
            steps_html(shown),
            source_of(shown),
            ran_into_html(shown.answer if shown else None),
            *_judging(judged),
            gr.Dropdown(choices=choices, value=shown.id if shown else None, visible=len(choices) > 1),
            _COMPARE,
            gr.Row(visible=shown is not None),
        )

    def as_it_was(self, conversation: Conversation, turn: str | None) -> tuple[Update, Update]:
        """The program of the question that is shown, as it ran."""
        shown = _shown(conversation, turn)
        return source_of(shown), ran_into_html(shown.answer if shown else None)

    # ------------------------------------------------------------------ judging, comparing, keeping

    def call_right(self, conversation: Conversation, turn: str | None) -> tuple[Update, ...]:
        return self._keep(_shown(conversation, turn), conversation, "right")

    def call_wrong(self, conversation: Conversation, turn: str | None) -> tuple[Update, ...]:
        return self._keep(_shown(conversation, turn), conversation, "wrong")

    def correct(self, conversation: Conversation, turn: str | None, correction: str) -> tuple[Update, ...]:
        return self._keep(_shown(conversation, turn), conversation, "wrong", correction)

    def _keep(
        self, exchange: Exchange | None, conversation: Conversation, verdict: Any, correction: str = ""
    ) -> tuple[Update, ...]:
        if exchange is None:
            return _judging(None)
        try:
            self.feedback.keep(conversation, exchange, verdict, correction or "")
        except (RunError, ValueError) as error:
            return gr.skip(), _said(str(error), bad=True), gr.skip(), gr.skip()
        return _judging(exchange)

    def compare(self, conversation: Conversation, turn: str | None, choice: Choice) -> str:
        """The answer beside that of the models that are asked directly."""
        exchange = _shown(conversation, turn)
        if exchange is None:
            return '<p class="about">Ask a question first.</p>'
        if not exchange.pictures:
            return '<p class="about">The pictures of this question were deleted after their time.</p>'
        try:
            with self.agents.using(choice) as agent:
                columns = directly(agent, exchange)
        except PERSON_ERRORS as error:
            return f'<p class="notice">{escape(str(error))}</p>'
        if not columns:
            return '<p class="about">This preset has no model that can be asked directly.</p>'
        return comparison_html(exchange, columns)

    def trace_text(self, conversation: Conversation, turn: str | None) -> tuple[str, str]:
        exchange = _to_save(conversation, turn)
        data = trace_of(exchange).model_dump(mode="json")
        return json.dumps(data, ensure_ascii=False, indent=1), f"{_slug(exchange)}.json"

    def page_text(self, conversation: Conversation, turn: str | None) -> tuple[str, str]:
        exchange = _to_save(conversation, turn)
        return page_html(exchange), f"{_slug(exchange)}.html"

    # ------------------------------------------------------------------ settings and badge

    def choose(
        self,
        preset: str,
        planner: str,
        seconds: float,
        calls: float,
        memory: float,
        output: float,
        before: Choice,
    ) -> Iterator[tuple[Update, ...]]:
        """Who answers from the next question on."""
        try:
            limits = Limits(
                seconds=_number(seconds, "Seconds", 60),
                calls=int(_number(calls, "Tool calls", 2000)),
                memory_mb=int(_number(memory, "Memory", 1024)),
                output_kb=int(_number(output, "Printed", 1024)),
            )
            choice = Choice(str(preset or "").strip(), str(planner or "").strip() or None, limits)
            if not self.options.trusted:
                known = {self.options.choice.preset, *shipped_presets()}
                if choice.preset not in known or choice.planner != self.options.choice.planner:
                    raise ValueError("this window is shared: choose one of the presets, with the planner it has")
            yield gr.skip(), _said(f"Loading {choice.preset} …"), gr.skip()
            self.agents.preload(choice)
        except (*PERSON_ERRORS, ValueError) as error:
            yield before, _said(f"{error} (still in use: {before.preset})", bad=True), gr.skip()
            return
        yield choice, _said(f"{choice.preset} answers from your next question on."), self.masthead(choice)

    def badge_news(self, choice: Choice) -> tuple[Update, Update]:
        """The badge, as long as models are being loaded."""
        return self.masthead(choice), gr.Timer(active=self.state == "loading")

    def masthead(self, choice: Choice) -> str:
        told = self.agents.badge(choice)
        first = choice == self.options.choice
        state = self.state if first else "ready"
        device = told.get("device", "")
        words = {"loading": "loading models …", "broken": "models missing"}.get(state, device)
        rows = "".join(f"<tr><th>{escape(role)}</th><td>{escape(model)}</td></tr>" for role, model in told.items())
        about = (
            escape(self.trouble) if state == "broken" else _ABOUT.get(choice.preset, "Models of a preset of your own.")
        )
        return (
            f'<div class="masthead">{LOGO}<h1>Sightscript</h1>'
            '<p class="tagline">Ask about pictures. See the program that answers.</p>'
            f'<details class="badge-box {state}" id="badge"><summary aria-label="Which models answer">'
            f"{escape(choice.preset)} · {escape(words)}</summary>"
            f'<div class="models"><p>{about}</p><table>{rows}</table></div></details></div>'
        )


_ABOUT = {
    "embedded": "Small models that come with the package. They know picture-book scenes only; for photographs choose "
    "hub-cpu in the settings.",
    "hub-cpu": "Medium models for photographs, on a CPU.",
    "hub-gpu": "Large models for photographs, on a GPU.",
}

_COMPARE = (
    '<p class="about">The program\'s answer beside that of one model, which sees the same picture and question and '
    "answers in one go.</p>"
)


def _left(conversation: Any) -> None:
    if isinstance(conversation, Conversation):
        conversation.stop()
        conversation.forget()


def _panel(value: str, elem_id: str, code: str = "sight.fixed(element, props, watch)") -> gr.HTML:
    return gr.HTML(
        value, html_template='<div class="sight"></div>', js_on_load=code, elem_id=elem_id, apply_default_css=False
    )


def _under_way(conversation: Conversation) -> Exchange | None:
    return next((one for one in reversed(conversation.exchanges) if not one.ended), None)


def _shown(conversation: Conversation, turn: str | None) -> Exchange | None:
    return (conversation.find(turn) if turn else None) or conversation.latest


def _to_save(conversation: Conversation, turn: str | None) -> Exchange:
    exchange = _shown(conversation, turn)
    if exchange is None:
        raise gr.Error("Ask a question first.", print_exception=False)
    return exchange


def _slug(exchange: Exchange) -> str:
    words = re.findall(r"[a-z0-9]+", exchange.question.lower())[:8]
    return "-".join(["sightscript", *words])


def _brief(exchange: Exchange) -> str:
    text = " ".join(exchange.question.split())
    again = " (run again)" if exchange.source is not None else ""
    return (text if len(text) <= 70 else text[:69] + "…") + again


def _path(file: Any) -> str:
    return file if isinstance(file, str) else str(file.get("path", ""))


def _toggle_camera(looking: bool) -> tuple[bool, Update]:
    return not looking, gr.Image(visible=not looking, value=None)


def _add_picture(path: str | None, message: Mapping[str, Any] | None) -> tuple[Update, Update, Update]:
    """A picture from the camera goes into the box."""
    if not path:
        return gr.skip(), gr.skip(), gr.skip()
    message = message or {}
    files = [*(_path(file) for file in message.get("files") or []), path]
    return {"text": message.get("text") or "", "files": files}, gr.Image(visible=False, value=None), False


def _judging(exchange: Exchange | None) -> tuple[Update, Update, Update, Update]:
    """The row of feedback: row, words, correction, button."""
    if exchange is None or exchange.answer is None:
        return gr.Row(visible=False), "", gr.Textbox(visible=False, value=""), gr.Button(visible=False)
    if exchange.verdict == "right":
        said = "Kept as right."
    elif exchange.verdict == "wrong" and exchange.correction:
        said = f"Kept: the right answer is {exchange.correction}."
    elif exchange.verdict == "wrong":
        said = "Kept as wrong."
    else:
        said = "Is this right?"
    asking = exchange.verdict == "wrong" and not exchange.correction
    return (
        gr.Row(visible=True),
        _said(said),
        gr.Textbox(visible=asking, value=""),
        gr.Button(visible=asking),
    )


def _said(text: str, bad: bool = False) -> str:
    return f'<p class="said{" bad" if bad else ""}" role="status">{escape(text)}</p>'


def _number(value: Any, name: str, most: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= most:
        raise ValueError(f"{name} must be a number above 0, and at most {most:g}")
    return value


def examples_html() -> str:
    """The gallery strip: a button a question, with its pictures."""
    buttons = []
    for index, name in enumerate(EXAMPLES):
        question = gallery.gallery_item(name).questions[0]
        shots = "".join(f'<img src="{_small(one)}" alt="">' for one in question.pictures)
        buttons.append(
            f'<button type="button" data-example="{index}" aria-label="Example: {escape(question.question)}">'
            f'<span class="shots">{shots}</span><span class="q">{escape(question.question)}</span></button>'
        )
    return f'<div class="strip-of-examples" role="group" aria-label="Examples">{"".join(buttons)}</div>'


def _small(name: str) -> str:
    image = gallery.gallery_item(name).picture.image.copy()
    image.thumbnail((300, 300))
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=80)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def launch_options() -> dict[str, Any]:
    """What `gr.Blocks.launch` (or `gr.mount_gradio_app`) needs for this window."""
    return {"theme": theme(), "head": head(), "ssr_mode": False, "footer_links": []}


def window(agents: Agents | VisualAgent, feedback: Feedback | Path | None = None, **options: Any) -> Window:
    """A window over a pool of agents, or over one agent."""
    pool = agents if isinstance(agents, Agents) else Agents.of(agents)
    kept = feedback if isinstance(feedback, Feedback) else Feedback(feedback)
    return Window(pool, kept, WindowOptions(**options))


__all__ = ["EXAMPLES", "Window", "WindowOptions", "examples_html", "launch_options", "window"]
