"""A run as one self-contained HTML page: what became of its questions, and a table of them to search, filter and sort.

Nothing is fetched, as in `agent.rendering.page`: style, script and thumbnails are inside, a content security policy
forbids everything else, and the one script is allowed by its hash. The rows are a block of JSON which the script turns
into text nodes, never into markup, so that no question or answer can do anything but be read.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from agent.rendering.captions import duration
from agent.rendering.page import LOGO
from agent.trace import Status

STATUSES: tuple[Status, ...] = ("answered", "abstained", "failed")

MAX_TEXT = 400
"""Characters of a question, an answer or a reason in the table."""

MAX_LISTED = 200
"""Families and reasons listed above the table."""


@dataclass(frozen=True)
class PageRow:
    """A row of the table."""

    id: str
    question: str
    status: Status
    answer: str
    """In words; the reason where there is no answer."""
    label: str
    """The right answer, in words; empty if nobody knows it."""
    credit: float | None
    """0 to 1; None for a row that is not judged."""
    family: str
    reason: int
    """Place of the reason why there is no answer in `RunPage.reasons`, or -1."""
    seconds: float
    link: str
    """Address of the page of its trace, from this page; empty if there is none."""
    picture: str
    """Key of its thumbnail in `RunPage.thumbnails`; empty if there is none."""


@dataclass(frozen=True)
class PageFamily:
    """Figures of a family of questions."""

    name: str
    rows: int
    answered: int
    accuracy: float | None
    """0 to 1; None if no row of it is judged."""


@dataclass(frozen=True)
class PageReason:
    """Why several rows have no answer."""

    kind: str
    text: str
    rows: int
    status: Status


@dataclass(frozen=True)
class RunPage:
    """What is shown of a run."""

    title: str
    facts: Sequence[tuple[str, str]]
    """How it was made, as pairs of name and value."""
    headline: tuple[str, str, str]
    """The figure that counts: its name, itself, and what is to be said of it."""
    counts: Mapping[Status, int]
    """Rows by status, of all rows of the run."""
    families: Sequence[PageFamily]
    reasons: Sequence[PageReason]
    """The most common first."""
    rows: Sequence[PageRow]
    thumbnails: Mapping[str, str]
    """`data:` addresses, by key."""
    notes: Sequence[str] = ()
    """What is left out."""


def run_page(run: RunPage) -> str:
    """The page of a run: a whole HTML document, UTF-8."""
    folder = files("agent.rendering")
    script = folder.joinpath("run_page.js").read_text("utf-8")
    style = folder.joinpath("page.css").read_text("utf-8") + folder.joinpath("run_page.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    total = sum(run.counts.values())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(run.title)} · Sightscript</title><style>{style}</style></head>"
        '<body><div class="shell"><a class="skip" href="#table">To the rows</a>'
        f'<header class="top">{LOGO}<b>Sightscript</b><span>{_count(total, "row")}</span></header>'
        f"<main>{_hero(run)}{_statuses(run.counts)}{_overviews(run)}{_table(run)}</main>{_footer()}</div>"
        f'<script type="application/json" id="rows">{_data(run)}</script><script>{script}</script></body></html>\n'
    )


def _hero(run: RunPage) -> str:
    facts = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in run.facts if value)
    name, figure, detail = run.headline
    long = ' class="long"' if len(run.title) > 40 else ""
    return (
        f'<section class="hero run"><div class="asked-for"><div><p class="eyebrow">Run</p>'
        f'<h1{long}>{escape(run.title)}</h1></div><dl class="facts">{facts}</dl></div>'
        f'<div class="answer headline"><div class="said"><p class="eyebrow">{escape(name)}</p>'
        f'<p class="value">{escape(figure)}</p><p class="why">{escape(detail)}</p></div></div></section>'
    )


def _statuses(counts: Mapping[Status, int]) -> str:
    total = sum(counts.values())
    if not total:
        return ""
    bar = "".join(f'<i class="{s}" style="flex:{counts[s] / total:.5f} 1 0"></i>' for s in STATUSES if counts[s])
    buttons = "".join(
        f'<button class="badge {status}" data-set="status" data-value="{status}" aria-pressed="false">'
        f"{counts[status]:,} {status}<small>{counts[status] / total:.1%}</small></button>"
        for status in STATUSES
    )
    return (
        f'<section class="statuses" aria-label="Rows by status"><div class="bar" aria-hidden="true">{bar}</div>'
        f'<div class="badges">{buttons}</div></section>'
    )


def _overviews(run: RunPage) -> str:
    families = run.families if any(family.name for family in run.families) else ()
    parts = [_families(families)] if families else []
    if run.reasons:
        parts.append(_reasons(run.reasons))
    return f'<div class="overviews n{len(parts)}">{"".join(parts)}</div>' if parts else ""


def _families(families: Sequence[PageFamily]) -> str:
    judged = any(family.accuracy is not None for family in families)
    lines = "".join(_family(n, family, judged) for n, family in enumerate(families[:MAX_LISTED]))
    heading = "right · rows" if judged else "answered · rows"
    return (
        f'<section class="panel overview"><header><h2>By family</h2><small>{heading}</small></header>'
        f"<ul>{lines}{_rest(len(families))}</ul></section>"
    )


def _family(place: int, family: PageFamily, judged: bool) -> str:
    share = family.accuracy if judged else family.answered / family.rows
    width = "" if share is None else f'<i style="width:{100 * share:.1f}%"></i>'
    told = "" if share is None else f"{share:.0%}"
    return (
        f'<li><button class="line" data-set="family" data-value="{place}" aria-pressed="false">'
        f'<span class="name">{escape(family.name or "(none)")}</span><span class="track">{width}</span>'
        f'<span class="n">{told}</span><span class="n of">{family.rows:,}</span></button></li>'
    )


def _reasons(reasons: Sequence[PageReason]) -> str:
    lines = "".join(
        f'<li><button class="line" data-set="reason" data-value="{place}" aria-pressed="false">'
        f'<span class="name"><b class="{reason.status}">{escape(reason.kind)}</b> {escape(_short(reason.text))}</span>'
        f'<span class="n of">{reason.rows:,}</span></button></li>'
        for place, reason in enumerate(reasons[:MAX_LISTED])
    )
    return (
        '<section class="panel overview reasons"><header><h2>Why there is no answer</h2><small>rows</small></header>'
        f"<ul>{lines}{_rest(len(reasons))}</ul></section>"
    )


def _rest(listed: int) -> str:
    rest = listed - MAX_LISTED
    return f'<li class="given">and {rest:,} more</li>' if rest > 0 else ""


def _table(run: RunPage) -> str:
    judged = any(row.credit is not None for row in run.rows)
    marks = [("right", "right"), ("wrong", "wrong"), ("unjudged", "not judged")] if judged else []
    families = [(str(n), family.name or "(none)") for n, family in enumerate(run.families)]
    reasons = [(str(n), f"{reason.kind}: {reason.text[:70]}") for n, reason in enumerate(run.reasons)]
    chosen = (
        _select("status", "Status", "Any status", [(status, status) for status in STATUSES])
        + _select("mark", "Right or wrong", "Right and wrong", marks)
        + _select("family", "Family", "All families", families if len(families) > 1 else [])
        + _select("reason", "Reason", "Any reason", reasons)
    )
    columns = [("position", "#"), ("question", "Question"), ("answer", "Answer")]
    columns += [("label", "Label")] if any(row.label for row in run.rows) else []
    columns += [("credit", "Right")] if judged else []
    columns += [("family", "Family")] if any(row.family for row in run.rows) else []
    columns += [("seconds", "Time")]
    heads = "".join(
        f'<th scope="col" class="of-{key}" data-sort="{key}"><button>{name}</button></th>' for key, name in columns
    )
    orders = [(key, "as asked" if key == "position" else f"by {name.lower()}") for key, name in columns]
    notes = "".join(f"<p>{escape(note)}</p>" for note in run.notes)
    return (
        '<section class="rows" id="table" tabindex="-1" aria-label="Rows"><noscript><p class="empty">The rows need '
        'JavaScript, which is switched off here.</p></noscript><form class="tools" role="search">'
        '<input class="search" type="search" name="text" placeholder="Search questions, answers, ids" '
        f'aria-label="Search" autocomplete="off" spellcheck="false">{chosen}'
        f"{_select('sort', 'Order', '', orders)}"
        '<button type="button" class="all" hidden>Show all</button>'
        '<span class="found" aria-live="polite"></span></form>'
        f'<div class="panel"><table><thead><tr>{heads}</tr></thead><tbody></tbody></table>'
        '<p class="empty none" hidden>No row is like that.</p></div>'
        '<nav class="pager" aria-label="Pages" hidden><button type="button" class="prev">← Before</button>'
        '<span class="where"></span><button type="button" class="next">Next →</button></nav>'
        f'<div class="notes">{notes}</div></section>'
    )


def _select(name: str, label: str, every: str, options: Sequence[tuple[str, str]]) -> str:
    if not options:
        return ""
    first = f'<option value="">{every}</option>' if every else ""
    rest = "".join(f'<option value="{value}">{escape(text)}</option>' for value, text in options)
    return f'<select name="{name}" aria-label="{label}">{first}{rest}</select>'


def _data(run: RunPage) -> str:
    """The rows by column, as JSON that may stand inside a `script` element."""
    families = {family.name: n for n, family in enumerate(run.families)}
    keys = list(run.thumbnails)
    places = {key: n for n, key in enumerate(keys)}
    columns = {
        "id": [row.id for row in run.rows],
        "question": [_short(row.question) for row in run.rows],
        "status": [STATUSES.index(row.status) for row in run.rows],
        "answer": [_short(row.answer) for row in run.rows],
        "label": [_short(row.label) for row in run.rows],
        "credit": [None if row.credit is None else round(row.credit, 3) for row in run.rows],
        "family": [families[row.family] for row in run.rows],
        "reason": [row.reason for row in run.rows],
        "seconds": [round(row.seconds, 3) for row in run.rows],
        "time": [duration(row.seconds) if row.seconds else "" for row in run.rows],
        "link": [row.link for row in run.rows],
        "picture": [places.get(row.picture, -1) for row in run.rows],
        "families": list(families),
        "pictures": [run.thumbnails[key] for key in keys],
    }
    text = json.dumps(columns, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for harmful in "<>&\u2028\u2029":
        text = text.replace(harmful, f"\\u{ord(harmful):04x}")
    return text


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + " …"


def _footer() -> str:
    return (
        '<footer><span>Sightscript</span><span class="keys"><kbd>/</kbd> search · <kbd>j</kbd> <kbd>k</kbd> next row, '
        "row before · <kbd>←</kbd> <kbd>→</kbd> pages · <kbd>Esc</kbd> show all</span></footer>"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
