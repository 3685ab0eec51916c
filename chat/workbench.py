"""The work bench beside the conversation: the latest program with its steps on the picture, what is wrong with it, and
how it compares with models that are asked directly."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from agent.agent import VisualAgent
from agent.program import Problem
from agent.rendering.captions import Captions, duration
from agent.rendering.listing import listing
from agent.rendering.page import page, workbench
from agent.rendering.rationale import without_boxes
from agent.trace import Answer, Attempt, PictureRecord, SpanRecord, Trace
from chat.conversation import Exchange
from models.picture import Picture
from models.requests import Ask, SpecialistError

if TYPE_CHECKING:
    from models.student import Student

EMPTY = (
    '<div class="nothing"><p>Nothing to see yet.</p><p>Ask about a picture: its program, every step on the picture, '
    "and what it took will be here.</p></div>"
)

MAX_PROBLEMS = 8


def steps_html(exchange: Exchange | None) -> str:
    """Pictures, program and steps of an exchange, as far as it has come."""
    if exchange is None or not (exchange.programs or exchange.answer):
        return EMPTY
    shown = workbench(trace_of(exchange), _pictures(exchange))
    return shown if exchange.ended else f'<div class="running">{shown}</div>'


def page_html(exchange: Exchange) -> str:
    """The self-contained page of an exchange."""
    return page(trace_of(exchange), _pictures(exchange))


def trace_of(exchange: Exchange) -> Trace:
    """The trace of an answer, or of what there is before there is one."""
    if exchange.answer is not None:
        return exchange.answer.trace
    attempts = [
        Attempt(program=program.source, author=program.author, steps=steps)
        for program, steps in zip(exchange.programs, exchange.steps, strict=True)
    ]
    pictures = {
        one.key: PictureRecord(key=one.key, name=one.name, width=one.width, height=one.height)
        for one in exchange.pictures
    }
    return Trace(
        question=exchange.question,
        pictures=list(pictures.values()),
        attempts=attempts,
        status="failed",
        reason="stopped",
    )


def _pictures(exchange: Exchange) -> list[Picture]:
    made = exchange.answer.pictures if exchange.answer else {}
    return list({**made, **{one.key: one for one in exchange.pictures}}.values())


# ---------------------------------------------------------------------- the program as it is edited


def source_of(exchange: Exchange | None) -> str:
    """The program that an exchange ended with."""
    return exchange.programs[-1].source if exchange is not None and exchange.programs else ""


def source_author(exchange: Exchange) -> str:
    """Who wrote that program."""
    return f"by {exchange.programs[-1].author}" if exchange.programs else ""


def problems_html(source: str, problems: Sequence[Problem]) -> str:
    """A program with what is wrong with it, each at its line; empty if nothing is."""
    if not problems:
        return ""
    by_line = {problem.span.line: "" for problem in problems if problem.span}
    first = next((problem.span for problem in problems if problem.span), None)
    wrong = SpanRecord(**vars(first)) if first else None
    notes = "".join(
        f'<p class="notice" role="alert"><b>{_place(problem)}</b><span>{escape(problem.message)}</span></p>'
        for problem in problems[:MAX_PROBLEMS]
    )
    marks = dict.fromkeys(by_line, '<span class="flag" aria-label="something is wrong here">!</span>')
    code = listing(source, marks=marks, wrong=wrong, name="The program, with what is wrong") if by_line else ""
    return f'<section class="panel wrongs">{notes}{code}</section>'


def _place(problem: Problem) -> str:
    return f"Line {problem.span.line}" if problem.span else escape(problem.kind.capitalize())


def ran_into_html(answer: Answer | None) -> str:
    """What stopped the program of an answer, at its line; empty if nothing did."""
    attempt = answer.trace.attempts[-1] if answer is not None and answer.trace.attempts else None
    if attempt is None or attempt.problem is None:
        return ""
    problem = attempt.problem
    where = f"Line {problem.span.line}" if problem.span else escape(problem.kind.capitalize())
    code = (
        listing(attempt.program, wrong=problem.span, name="The program, and where it stopped") if problem.span else ""
    )
    notice = f'<p class="notice" role="alert"><b>{where}</b><span>{escape(problem.message)}</span></p>'
    return f'<section class="panel wrongs">{notice}{code}</section>'


# ---------------------------------------------------------------------- beside one model


DIRECT = {
    "vlm": ("One model, asked directly", "It sees the whole picture and the question, and answers in one go."),
    "student": ("The student", "One model that was trained on programs and their traces; it answers in one go."),
}
"""Roles that can be asked directly: a title, and what each is."""


@dataclass(frozen=True)
class Column:
    """One of the answers that are compared."""

    title: str
    model: str
    about: str
    answer: str
    meta: str
    status: str
    why: str = ""


def directly(agent: VisualAgent, exchange: Exchange) -> list[Column]:
    """The answers of those models of the preset that can be asked without a program.

    Raises:
        CheckpointError, DeviceError: one cannot be loaded.
    """
    columns = []
    checkpoints: Mapping[str, str] = getattr(agent.kit, "checkpoints", dict)()
    for role, (title, about) in DIRECT.items():
        if role not in agent.kit and role not in checkpoints:
            continue
        name = checkpoints.get(role, role)
        if role == "student":  # no tool of a program may ask it, so a kit holds it apart
            student = agent.kit.student()  # type: ignore[attr-defined]
            columns.append(_student(student, exchange, Column(title, name, about, "", "", "answered"), agent.explain))
            continue
        if len(exchange.pictures) != 1:
            columns.append(Column(title, name, about, "It sees one picture at a time.", "", "abstained"))
            continue
        began = time.perf_counter()
        (reply,) = agent.kit[role].run([Ask(exchange.pictures[0].whole, exchange.question)])
        status = "failed" if isinstance(reply, SpecialistError) else "answered"
        columns.append(Column(title, name, about, str(reply), duration(time.perf_counter() - began), status))
    return columns


def _student(student: "Student", exchange: Exchange, column: Column, explain: bool) -> Column:
    """The student's column, with what it says, how sure it is, and, with `explain`, why."""
    asked = [(exchange.question, [picture.image for picture in exchange.pictures])]
    began = time.perf_counter()
    (reply,) = student.replies(asked)
    took = duration(time.perf_counter() - began)
    (why,) = student.rationales(asked) if explain else [""]
    return replace(column, answer=reply.text, meta=f"{reply.confidence:.0%} sure · {took}", why=without_boxes(why))


def comparison_html(exchange: Exchange, columns: Sequence[Column]) -> str:
    """An exchange's answer beside those of the models that were asked directly."""
    answer = exchange.answer
    own = Column(
        "The program",
        source_author(exchange),
        "It was written for this question, and every step of it can be looked at.",
        exchange.in_words
        if answer is None or answer.status != "answered"
        else Captions(answer.trace).answer(answer.value),
        duration(answer.trace.seconds) if answer else "",
        answer.status if answer else "failed",
    )
    cells = "".join(
        f'<li class="column {column.status}"><h3>{escape(column.title)}</h3><p class="model">{escape(column.model)}</p>'
        f'<p class="value{"" if len(column.answer) <= 24 else " mid"}">{escape(column.answer or "nothing")}</p>'
        f'<p class="meta">{escape(column.meta)}</p>{_why(column)}<p class="about">{escape(column.about)}</p></li>'
        for column in [own, *columns]
    )
    return f'<p class="eyebrow">{escape(exchange.question)}</p><ol class="columns">{cells}</ol>'


def _why(column: Column) -> str:
    return f'<p class="why">{escape(column.why)}</p>' if column.why else ""
