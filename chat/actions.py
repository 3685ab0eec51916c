"""What happens when a person does something in the window: every event's function, apart from where things stand."""

import json
import re
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import gradio as gr

from agent.running.sandbox import Limits
from agent.runs.run_error import RunError
from chat.agents import Agents, Choice
from chat.conversation import PERSON_ERRORS, Conversation, Exchange
from chat.feedback import Feedback
from chat.gallery_strip import EXAMPLES, example
from chat.look import LOGO
from chat.messages import messages
from chat.uploads import Shelf, Sweeper, UploadLimits, read_uploads
from chat.workbench import (
    comparison_html,
    directly,
    page_html,
    problems_html,
    ran_into_html,
    source_of,
    steps_html,
    trace_of,
)
from models.picture import Picture, PictureError
from models.presets import shipped_presets

SETTLED = 14
"""Parts of the window that are drawn anew when an answer has ended."""

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


class Actions:
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

    # ------------------------------------------------------------------ taking a question in

    def take(self, message: Mapping[str, Any] | None, conversation: Conversation) -> tuple[Update, ...]:
        """A question from the box, with what came with it."""
        message = message or {}
        if _under_way(conversation):
            gr.Info("One question at a time: wait for this answer, or stop it.")
            return gr.skip(), gr.skip(), gr.skip()
        question, files = str(message.get("text") or ""), [path_of(file) for file in message.get("files") or []]
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
        conversation.begin(*example(index))
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
            COMPARE,
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
            return gr.skip(), status(str(error), bad=True), *(gr.skip(),) * 4
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
            named = str(preset or "").strip(), str(planner or "").strip() or None
            choice = Choice(*named, limits, self.options.choice.by, self.options.choice.explain)
            if not self.options.trusted:
                known = {self.options.choice.preset, *shipped_presets()}
                if choice.preset not in known or choice.planner != self.options.choice.planner:
                    raise ValueError("this window is shared: choose one of the presets, with the planner it has")
            yield gr.skip(), status(f"Loading {choice.preset} …"), gr.skip()
            self.agents.preload(choice)
        except (*PERSON_ERRORS, ValueError) as error:
            yield before, status(f"{error} (still in use: {before.preset})", bad=True), gr.skip()
            return
        yield choice, status(f"{choice.preset} answers from your next question on."), self.masthead(choice)

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
            f'{escape(choice.preset)}<span class="device"> · {escape(words)}</span></summary>'
            f'<div class="models"><p>{about}</p><table>{rows}</table></div></details></div>'
        )


_ABOUT = {
    "embedded": "Small models that come with the package. They know picture-book scenes only; for photographs choose "
    "hub-cpu in the settings.",
    "hub-cpu": "Medium models for photographs, on a CPU.",
    "hub-gpu": "Large models for photographs, on a GPU.",
}

COMPARE = (
    '<p class="about">The program\'s answer beside that of one model, which sees the same picture and question and '
    "answers in one go.</p>"
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


def path_of(file: Any) -> str:
    return file if isinstance(file, str) else str(file.get("path", ""))


def _judging(exchange: Exchange | None) -> tuple[Update, ...]:
    """The row of feedback: row, words, right, wrong, correction, its button."""
    answer = exchange.answer if exchange is not None else None
    if exchange is None or answer is None:
        hidden = gr.Button(visible=False)
        return gr.Row(visible=False), "", hidden, hidden, gr.Textbox(visible=False, value=""), hidden
    failed = answer.status == "failed"
    if exchange.verdict == "right":
        said = "Kept as right."
    elif exchange.verdict == "wrong" and exchange.correction:
        said = f"Kept: the right answer is {exchange.correction}."
    elif exchange.verdict == "wrong":
        said = "Kept as wrong."
    else:
        said = "Do you know the answer?" if failed else "Is this right?"
    asking = (exchange.verdict == "wrong" or failed) and not exchange.correction
    return (
        gr.Row(visible=True),
        status(said),
        gr.Button(visible=not failed),
        gr.Button(visible=not failed),
        gr.Textbox(visible=asking, value=""),
        gr.Button(visible=asking),
    )


def status(text: str, bad: bool = False) -> str:
    return f'<p class="said{" bad" if bad else ""}" role="status">{escape(text)}</p>'


def _number(value: Any, name: str, most: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= most:
        raise ValueError(f"{name} must be a number above 0, and at most {most:g}")
    return value
