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

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from agent.agent import VisualAgent
from chat.actions import COMPARE, Actions, Update, WindowOptions, path_of
from chat.agents import Agents
from chat.conversation import Conversation
from chat.feedback import Feedback
from chat.gallery_strip import EXAMPLES, examples_html
from chat.look import head, theme
from chat.uploads import own_folder
from chat.workbench import EMPTY
from models.presets import shipped_presets

PEOPLE = 32
"""Questions that are answered at the same time; who comes later waits in the queue."""


class Window(Actions):
    """The parts of the window and where they stand, and which event does what."""

    def blocks(self) -> gr.Blocks:
        """The window as Gradio knows it; `launch_options` go to its `launch`."""
        own_folder()
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
                        comparison = _panel(COMPARE, "comparison")
                    with gr.Tab("Settings", id="settings", elem_id="tab-settings"):
                        settings = self._settings()
        carried = gr.Textbox(visible="hidden", elem_id="carried")
        name = gr.Textbox(visible="hidden", elem_id="carried-name")

        talking = [chat, steps, program]
        judged = [feedback, said, right, wrong, correction, keep]
        settled = [ask, *talking, problems, *judged, turn, comparison, downloads]

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
            seconds = gr.Number(limits.seconds, label="Seconds", elem_id="setting-seconds")
            calls = gr.Number(limits.calls, label="Tool calls", elem_id="setting-calls")
            memory = gr.Number(limits.memory_mb, label="Memory, MB", elem_id="setting-memory")
            output = gr.Number(limits.output_kb, label="Printed, KB", elem_id="setting-output")
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


def _left(conversation: Any) -> None:
    if isinstance(conversation, Conversation):
        conversation.stop()
        conversation.forget()


def _panel(value: str, elem_id: str, code: str = "sight.fixed(element, props, watch)") -> gr.HTML:
    return gr.HTML(
        value, html_template='<div class="sight"></div>', js_on_load=code, elem_id=elem_id, apply_default_css=False
    )


def _toggle_camera(looking: bool) -> tuple[bool, Update]:
    return not looking, gr.Image(visible=not looking, value=None)


def _add_picture(path: str | None, message: Mapping[str, Any] | None) -> tuple[Update, Update, Update]:
    """A picture from the camera goes into the box."""
    if not path:
        return gr.skip(), gr.skip(), gr.skip()
    message = message or {}
    files = [*(path_of(file) for file in message.get("files") or []), path]
    return {"text": message.get("text") or "", "files": files}, gr.Image(visible=False, value=None), False


def launch_options() -> dict[str, Any]:
    """What `gr.Blocks.launch` (or `gr.mount_gradio_app`) needs for this window."""
    return {"theme": theme(), "head": head(), "ssr_mode": False, "footer_links": []}


def window(agents: Agents | VisualAgent, feedback: Feedback | Path | None = None, **options: Any) -> Window:
    """A window over a pool of agents, or over one agent."""
    pool = agents if isinstance(agents, Agents) else Agents.of(agents)
    kept = feedback if isinstance(feedback, Feedback) else Feedback(feedback)
    return Window(pool, kept, WindowOptions(**options))


__all__ = ["EXAMPLES", "Window", "WindowOptions", "examples_html", "launch_options", "window"]
