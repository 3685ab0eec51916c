"""A trace as one self-contained HTML page: question, answer, pictures, program and steps, to be opened anywhere.

Nothing is fetched: style, script and pictures are inside. A content security policy forbids everything else, and the
one script is allowed by its hash, so that nothing a program writes can run even if it slipped through the escaping.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

from agent.program import VISPROG, language_of
from agent.rendering.captions import Captions, Sighting, duration, mentions_in
from agent.rendering.drawing import PALETTE, Figures, Mark
from agent.rendering.listing import listing
from agent.rendering.rationale import without_boxes
from agent.trace import VERSION, Attempt, MaskValue, PatchValue, PictureRecord, PictureValue, Step, Trace
from models.picture import Picture

MAX_STRIP = 12
"""Crops shown of one result."""

MAX_FIGURES = 400
"""Figures in the steps of one page; the steps after that are told in words."""

MAX_FRAMES = 12
"""Frames of a video shown large."""

MAX_DOTS = 6
"""Steps named beside one line of the program."""

LOGO = (
    '<svg viewBox="0 0 24 24" fill="none" stroke="var(--accent)" stroke-width="2" stroke-linecap="round" '
    'stroke-linejoin="round" aria-hidden="true"><path d="M3 8V5a2 2 0 0 1 2-2h3M16 3h3a2 2 0 0 1 2 2v3M21 16v3a2 2 0 0 '
    '1-2 2h-3M8 21H5a2 2 0 0 1-2-2v-3"/><path d="M9.5 9 7 12l2.5 3M14.5 9l2.5 3-2.5 3"/></svg>'
)

_PLAYER = (
    '<div class="player"><span class="where" aria-live="polite"></span>'
    '<button class="prev" aria-label="Step before"><svg viewBox="0 0 16 16"><path d="M10.5 3 5 8l5.5 5z"/></svg>'
    '</button><button class="play" aria-label="Play all steps">'
    '<svg class="go" viewBox="0 0 16 16"><path d="M4 2.5v11l9-5.5z"/></svg>'
    '<svg class="pause" viewBox="0 0 16 16"><path d="M4 3h3v10H4zm5 0h3v10H9z"/></svg>'
    '</button><button class="next" aria-label="Next step">'
    '<svg viewBox="0 0 16 16"><path d="M5.5 3 11 8l-5.5 5z"/></svg>'
    "</button></div>"
)


def page(trace: Trace, pictures: Iterable[Picture] = ()) -> str:
    """The page of a trace.

    Args:
        trace: What is shown.
        pictures: Those the trace names, as far as they are at hand: the ones that came with the question and the
            cut-outs that the program made. One that is missing is shown as a grey field.

    Returns:
        A whole HTML document, UTF-8.
    """
    return _Page(trace, pictures).document()


def workbench(trace: Trace, pictures: Iterable[Picture] = ()) -> str:
    """The middle of the page alone, to be shown inside another one: pictures with regions, program, steps.

    Whoever shows it brings `style` and calls `follow` of `script` on its element of class `work`.
    """
    return _Page(trace, pictures).workbench()


def style() -> str:
    """The style sheet of a page."""
    colours = "".join(f".c{n} {{ --k: {colour}; }}\n" for n, colour in enumerate(PALETTE))
    return files("agent.rendering").joinpath("page.css").read_text("utf-8") + colours


def script() -> str:
    """What a page's script declares: the function `follow(root, page, keys)`."""
    return files("agent.rendering").joinpath("page.js").read_text("utf-8")


_START = 'const work = document.querySelector(".work");\nif (work) follow(work, document.documentElement, document);\n'


class _Page:
    def __init__(self, trace: Trace, pictures: Iterable[Picture]) -> None:
        self.trace = trace
        self.captions = Captions(trace)
        self.steps = self.captions.steps
        sizes = {record.key: (record.width, record.height) for record in trace.pictures}
        self.figures = Figures({picture.key: picture for picture in pictures}, sizes)
        self._left = MAX_FIGURES
        self._lines = trace.program.splitlines() if language_of(trace.program) == VISPROG else []

    def document(self) -> str:
        code = script() + _START
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
        work = self._work("steps")
        body = f"{self._top()}<main>{self._hero()}{work}{self._extra()}</main>{self._footer()}"
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="referrer" content="no-referrer">'
            f"<title>{escape(self.trace.question or 'A program and its steps')} · Sightscript</title>"
            f"<style>{style()}</style></head><body>{self.figures.definitions()}"
            f'<div class="shell"><a class="skip" href="#steps">To the steps</a>{body}</div>'
            f"<script>{code}</script></body></html>\n"
        )

    def workbench(self) -> str:
        work = self._work()
        return f"{self.figures.definitions()}{work}"

    def _work(self, name: str = "") -> str:
        left = f'<div class="left">{self._stage()}{self._program()}</div>'
        return f'<div class="work">{left}{self._steps(name)}</div>'

    def _top(self) -> str:
        trace = self.trace
        facts = [_count(len(self.steps), "step")]
        if len(trace.attempts) > 1:
            facts.insert(0, _count(len(trace.attempts), "program"))
        return f'<header class="top">{LOGO}<b>Sightscript</b><span>{" · ".join(facts)}</span></header>'

    def _hero(self) -> str:
        trace = self.trace
        question = (
            escape(trace.question) if trace.question else '<span class="none">A given program, run as it is</span>'
        )
        long = ' class="long"' if len(trace.question) > 110 else ""
        student = f'<p class="eyebrow">The student: {escape(str(trace.student))}</p>' if trace.student else ""
        asked = f'<div><p class="eyebrow">Question</p><h1{long}>{question}</h1>{student}</div>'
        return f'<section class="hero"><div class="asked-for">{asked}{self._times()}</div>{self._answer()}</section>'

    def _times(self) -> str:
        attempts = self.trace.attempts
        student = self.trace.student
        parts = [
            ("student", student.seconds if student else 0.0, "asked"),
            ("written", sum(a.plan_seconds for a in attempts), "plan"),
            ("checked", sum(a.check_seconds for a in attempts), "check"),
            ("models loaded", sum(a.load_seconds for a in attempts), "load"),
            ("run", sum(a.run_seconds for a in attempts), "run"),
        ]
        total = max(self.trace.seconds, sum(seconds for _, seconds, _ in parts))
        if not total:
            return ""
        bar = "".join(
            f'<i style="background:var(--{colour});flex:{seconds / total:.4f} 1 0"></i>'
            for _, seconds, colour in parts
            if seconds > 0
        )
        terms = "".join(
            f'<div style="--k:var(--{colour})"><dt>{name}</dt><dd>{duration(seconds)}</dd></div>'
            for name, seconds, colour in parts
            if seconds > 0
        )
        return (
            f'<section class="times" aria-label="Time"><p class="eyebrow">Time · {duration(total)}</p>'
            f'<div class="bar" aria-hidden="true">{bar}</div><dl>{terms}</dl></section>'
        )

    def _answer(self) -> str:
        trace = self.trace
        shown = ""
        if trace.status == "answered":
            text = self.captions.answer(trace.value)
            regions = list(mentions_in(trace.value))
            if regions:
                shown = f'<div class="shown">{"".join(self._answer_figure(v) for v in regions[:6])}</div>'
            size = "" if len(text) <= 24 else " mid" if len(text) <= 160 else " long"
            words = f'<p class="value{size}">{escape(text)}</p>'
            if trace.reason:
                words += f'<p class="why">{escape(trace.reason)}</p>'
        else:
            reason = trace.reason or (
                "the program gave no answer" if trace.status == "failed" else "no reason was given"
            )
            size = " mid" if len(reason) <= 200 else " long"
            words = f'<p class="value{size}">{escape(reason[:1].upper() + reason[1:])}</p>'
        if trace.student is not None and trace.student.rationale:
            words += f'<p class="why">{escape(without_boxes(trace.student.rationale))}</p>'
        title = {"answered": "Answer", "abstained": "No answer, because", "failed": "No answer: it failed"}[
            trace.status
        ]
        return (
            f'<div class="answer {trace.status}"><div class="said"><p class="eyebrow">{title}</p>{words}</div>{shown}'
            f'<span class="badge">{trace.status}</span></div>'
        )

    def _answer_figure(self, value: PatchValue | MaskValue | PictureValue) -> str:
        key, box = value.picture, self._whole(value.picture)
        marks: list[Mark] = []
        if not isinstance(value, PictureValue):
            box = value.box
        if isinstance(value, MaskValue):
            marks = [Mark(Sighting(0, "answer", None, value, 2))]
        return self.figures.figure(key, box, marks, self.captions.value(value), _fit(box, 190, 120))

    def _whole(self, key: str) -> tuple[float, float, float, float]:
        record = self.captions.pictures.get(key)
        return (0.0, 0.0, float(record.width), float(record.height)) if record else (0.0, 0.0, 1.0, 1.0)

    def _stage(self) -> str:
        asked = self._asked()
        views = []
        for record in asked:
            alt = f"{self.captions.title(record.key)}, {_size(record)}"
            here = [s for s in self.captions.sightings if s.value.picture == record.key]
            places = [(s, *self._when(s)) for s in here]
            marks = "".join(
                self.figures.mark(Mark(s), f' data-found="{found}" data-looked="{looked}"')
                for s, found, looked in places
            )
            ground = self.figures.figure(record.key, self._whole(record.key), [], alt)
            ground = ground.removesuffix("</svg>") + marks + "</svg>"
            tags = "".join(self._tag(s, found, looked, record.width, record.height) for s, found, looked in places)
            title = (
                f'<figcaption class="title">{self.captions.title(record.key)}</figcaption>' if len(asked) > 1 else ""
            )
            ratio = record.width / record.height
            views.append(
                f'<figure class="view"><div class="frame" style="--ratio:{ratio:.4f}">{ground}{tags}</div>'
                f"{title}</figure>"
            )
        many = "many" if len(asked) > 1 else "one"
        ratio = asked[0].width / asked[0].height if asked else 1.333
        heading = (
            "Video" if any(one.video or one.frame for one in asked) else "Pictures" if len(asked) > 1 else "Picture"
        )
        return (
            f'<section class="panel stage"><header><h2>{heading}</h2>'
            f'{_PLAYER if self.steps else ""}</header><div class="views {many}" style="--ratio:{ratio:.4f}">'
            f"{''.join(views)}</div>{self._legend()}</section>"
        )

    def _asked(self) -> list[PictureRecord]:
        """What is shown large: the question's pictures; of a video, the frames in which something was found."""
        asked = [record for record in self.trace.pictures if record.source == "query"]
        if not any(record.video for record in asked):
            return asked
        found = {sighting.value.picture for sighting in self.captions.sightings}
        frames = [record for record in self.trace.pictures if record.frame and record.key in found]
        frames.sort(key=lambda record: record.frame.index if record.frame else 0)
        count = min(len(frames), MAX_FRAMES)
        return [frames[place * len(frames) // count] for place in range(count)] or asked

    def _when(self, sighting: Sighting) -> tuple[str, str]:
        """Steps that brought a region back, and steps that were given it."""
        found = " ".join(str(i) for i, row in enumerate(self.captions.found) if sighting in row)
        looked = " ".join(str(i) for i, row in enumerate(self.captions.looked) if sighting in row)
        return found, looked

    def _tag(self, sighting: Sighting, found: str, looked: str, width: int, height: int) -> str:
        x1, y1 = sighting.value.box[:2]
        brief = sighting.base if sighting.number is None else str(sighting.number)
        return (
            f'<span class="tag c{sighting.colour % len(PALETTE)}" data-found="{found}" data-looked="{looked}" '
            f'aria-hidden="true" style="left:{100 * x1 / width:.2f}%;top:{100 * y1 / height:.2f}%">'
            f'<span class="brief">{escape(brief)}</span><span class="full">{escape(sighting.name)}</span></span>'
        )

    def _legend(self) -> str:
        counts: dict[tuple[str, int], int] = {}
        for s in self.captions.sightings:
            counts[s.base, s.colour] = counts.get((s.base, s.colour), 0) + 1
        if not counts:
            return ""
        items = "".join(
            f'<li class="c{colour % len(PALETTE)}"><b>{escape(base)}</b>{f" × {count}" if count > 1 else ""}</li>'
            for (base, colour), count in counts.items()
        )
        return f'<ul class="legend" aria-label="Regions drawn on the picture">{items}</ul>'

    def _program(self) -> str:
        if not self.trace.attempts:
            taken = self.trace.student is not None and self.trace.student.taken
            none = f'<p class="empty">None was written{": the student answered" if taken else ""}.</p>'
            return f'<section class="panel"><header><h2>Program</h2></header>{none}</section>'
        attempt = self.trace.attempts[-1]
        by_line: dict[int, list[int]] = {}
        for index, step in enumerate(self.steps):
            if step.span:
                by_line.setdefault(step.span.line, []).append(index)
        dots = {line: self._dots(indices) for line, indices in by_line.items()}
        values, printed = _calculated(attempt)
        for number, value in values.items():
            dots[number] = dots.get(number, "") + f'<span class="came">= {escape(value)}</span>'
        wrong = attempt.problem.span if attempt.problem else None
        code = listing(attempt.program, [step.span for step in self.steps], dots, wrong, "The program")
        return (
            f'<section class="panel program"><header><h2>Program</h2><small>{_author(attempt)}</small></header>'
            f"{code}{self._problem(attempt)}{self._printed(printed)}</section>"
        )

    def _dots(self, indices: Sequence[int]) -> str:
        shown = "".join(
            f'<button class="dot {self._colour(i)}" data-step="{i}" aria-label="Step {i + 1}">{i + 1}</button>'
            for i in indices[:MAX_DOTS]
        )
        rest = len(indices) - MAX_DOTS
        return shown + (f'<span class="more">+{rest}</span>' if rest > 0 else "")

    def _colour(self, index: int) -> str:
        of = self.captions.found[index] or self.captions.looked[index]
        return f"c{of[0].colour % len(PALETTE)}" if of else ""

    def _problem(self, attempt: Attempt) -> str:
        if attempt.problem is None:
            return ""
        where = f"Line {attempt.problem.span.line}" if attempt.problem.span else attempt.problem.kind.capitalize()
        return f'<p class="notice"><b>{escape(where)}</b><span>{escape(attempt.problem.message)}</span></p>'

    def _printed(self, output: str) -> str:
        if not output:
            return ""
        return f'<div class="printed"><p class="eyebrow">Printed</p><pre>{escape(output)}</pre></div>'

    def _steps(self, name: str = "") -> str:
        anchor = f' id="{name}"' if name else ""
        cards = "".join(self._card(index, step) for index, step in enumerate(self.steps))
        inside = f"<ol>{cards}</ol>" if cards else '<p class="empty panel">No tool was called.</p>'
        count = f"<small>{_count(len(self.steps), 'tool call')}</small>" if cards else ""
        return f'<section class="steps"{anchor}><h2>Steps {count}</h2>{inside}</section>'

    def _card(self, index: int, step: Step) -> str:
        line, end = (step.span.line, max(step.span.end_line, step.span.line)) if step.span else (0, -1)
        meta = [f"line {line}{self._target(line)}"] if line else []
        meta.append(duration(step.seconds))
        if step.batch > 1:
            meta.append(f"batch of {step.batch}")
        notes = "".join(f"<span>{text}</span>" for text in meta)
        if step.recorded:
            notes += '<span class="note">from the record, nothing ran</span>'
        elif step.cached:
            notes += '<span class="note">remembered, no model ran</span>'
        call = self.captions.call(step)
        short = step.tool.rpartition(".")[2]
        receiver = f"{self.captions.value(step.arguments['self'], index)}." if "self" in step.arguments else ""
        arguments = call[len(receiver) + len(short) :]
        receiver = f'<span class="of">{escape(receiver)}</span>' if receiver else ""
        plain = self._is_plain(index, step)
        body = "" if plain else f'<div class="body">{self._card_body(index, step)}</div>'
        return (
            f'<li class="card {self._colour(index)}{" plain" if plain else ""}" data-line="{line}" data-end="{end}">'
            f'<span class="num" aria-hidden="true">{index + 1}</span><div class="line">'
            f'<button class="pick call" aria-pressed="false" aria-label="Step {index + 1}: {escape(call)}">{receiver}'
            f'<span class="tool">{escape(short)}</span><span class="args">{escape(arguments)}</span></button>'
            f'<p class="meta">{notes}</p></div>{body}</li>'
        )

    def _target(self, line: int) -> str:
        """What a line of VisProg's language gives a value."""
        return f", {self._lines[line - 1].partition('=')[0].strip()}" if line <= len(self._lines) else ""

    def _is_plain(self, index: int, step: Step) -> bool:
        """True for a patch made of a whole picture: there is nothing to see in it."""
        return step.tool == "ImagePatch" and step.error is None and not self.captions.found[index]

    def _card_body(self, index: int, step: Step) -> str:
        focus = self.captions.focus(step)
        found, looked = self.captions.found[index], self.captions.looked[index]
        figure = ""
        if focus and self._spend():
            key, box = focus
            marks = [Mark(s, asked=True) for s in looked if s not in found and s.value.box != box]
            marks += [Mark(s) for s in found]
            title = self.captions.title(key)
            alt = f"What step {index + 1} looked at, in {title}" + (f": {self.captions.result(step)}" if found else "")
            figure = self.figures.figure(key, box, marks, alt, _fit(box, 176, 150))
        strip = "".join(self._crop(s) for s in found[:MAX_STRIP] if self._spend())
        if strip:
            rest = len(found) - MAX_STRIP
            more = f'<p class="given">and {rest} more</p>' if rest > 0 else ""
            strip = f'<div class="strip">{strip}</div>{more}'
        made = "".join(
            f"<figure>{self._answer_figure(v)}<figcaption>{escape(self.captions.title(v.picture))}</figcaption></figure>"
            for v in mentions_in(step.result)
            if isinstance(v, PictureValue | PatchValue) and self._is_made(v, focus) and self._spend()
        )
        made = f'<div class="strip">{made}</div>' if made else ""
        result = f'<div class="result">{self._chips(step, index)}</div>'
        return f'{figure}<div class="got">{result}{strip}{made}</div>'

    def _is_made(self, value: PictureValue | PatchValue, focus: tuple | None) -> bool:
        """True for a whole picture that the step itself made, and so is not shown otherwise."""
        record = self.captions.pictures.get(value.picture)
        whole = isinstance(value, PictureValue) or self.captions.is_whole(value)
        return whole and record is not None and record.source == "program" and (not focus or focus[0] != value.picture)

    def _crop(self, sighting: Sighting) -> str:
        value = sighting.value
        marks = [Mark(sighting)] if isinstance(value, MaskValue) else []
        crop = self.figures.figure(value.picture, value.box, marks, sighting.name, _fit(value.box, 88, 64))
        record = self.captions.pictures.get(value.picture)
        told = f"{record.frame.time:.2f} s" if record is not None and record.frame else sighting.name
        caption = f"<figcaption>{escape(told)}</figcaption>"
        return f'<figure class="c{sighting.colour % len(PALETTE)}">{crop}{caption}</figure>'

    def _spend(self) -> bool:
        self._left -= 1
        return self._left >= 0

    def _chips(self, step: Step, index: int) -> str:
        if step.error is not None:
            return f'<span class="chip error">{escape(step.error)}</span>'
        value, words = step.result, self.captions.result(step)
        if isinstance(value, bool):
            return f'<span class="chip {"yes" if value else "no"}">{words}</span>'
        if value is None or value == []:
            return f'<span class="chip none">{"nothing" if value is None else escape(words)}</span>'
        if isinstance(value, str):
            return f'<span class="chip text">{escape(value) if value.strip() else "an empty text"}</span>'
        if self.captions.found[index]:
            return f'<span class="chip region {self._colour(index)}">{escape(words)}</span>'
        return f'<span class="chip">{escape(words)}</span>'

    def _extra(self) -> str:
        parts = [self._attempt(n, attempt) for n, attempt in enumerate(self.trace.attempts[:-1], 1)]
        models = "".join(
            f"<tr><th>{escape(role)}</th><td>{escape(model)}</td></tr>" for role, model in self.trace.models.items()
        )
        if models:
            parts.append(
                f"<details><summary><b>Models</b><span>{_count(len(self.trace.models), 'checkpoint')}</span></summary>"
                f"<table>{models}</table></details>"
            )
        return f'<section class="extra" aria-label="More">{"".join(parts)}</section>' if parts else ""

    def _attempt(self, number: int, attempt: Attempt) -> str:
        problem = attempt.problem
        ran = bool(attempt.steps) or attempt.run_seconds > 0
        verdict = (
            "ended without an answer" if problem is None else "stopped while it ran" if ran else "refused by the check"
        )
        captions = Captions(self.trace, attempt)
        rows = "".join(
            f"<li>{escape(captions.call(step))} "
            f"<span>→ {escape(captions.result(step))} · {duration(step.seconds)}</span></li>"
            for step in attempt.steps
        )
        code = listing(attempt.program, wrong=problem.span if problem else None, name=f"Program {number}")
        reason = f"<span>{escape(problem.message)}</span>" if problem else ""
        return (
            f"<details><summary><b>Program {number}, {verdict}</b>{reason}</summary>{code}{self._problem(attempt)}"
            f'{f"""<ol class="ran-steps">{rows}</ol>""" if rows else ""}{self._printed(attempt.output)}</details>'
        )

    def _footer(self) -> str:
        return (
            f"<footer><span>Sightscript · trace format {VERSION}</span>"
            '<span class="keys"><kbd>←</kbd> <kbd>→</kbd> step through · <kbd>Esc</kbd> all steps</span></footer>'
        )


def _calculated(attempt: Attempt) -> tuple[dict[int, str], str]:
    """What lines of VisProg's language came to that call no tool, by line: such programs print it. And what else was
    printed."""
    if language_of(attempt.program) != VISPROG:
        return {}, attempt.output
    targets = {line.partition("=")[0].strip(): n for n, line in enumerate(attempt.program.splitlines(), 1)}
    told = [line.partition(" = ") for line in attempt.output.splitlines()]
    return {targets[name]: value for name, _, value in told if name in targets}, ""


def _size(record: PictureRecord) -> str:
    size = f"{record.width} by {record.height} pixels"
    return f"{size}, {record.video.frames} frames, {record.video.seconds:.4g} seconds" if record.video else size


def _fit(box: Sequence[float], width: float, height: float) -> float:
    """CSS width at which a box fits into a frame, and is wide enough to be seen."""
    ratio = max(box[2] - box[0], 1.0) / max(box[3] - box[1], 1.0)
    return max(14.0, min(width, height * ratio))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _author(attempt: Attempt) -> str:
    written = f"written by {escape(attempt.author)}"
    return f"{written} in {duration(attempt.plan_seconds)}" if attempt.plan_seconds else written
