"""A contact sheet: one self-contained HTML page with thumbnails of many pictures, sorted by the answer to one question.

Nothing is fetched, as in `agent.rendering.page`: a content security policy forbids it, and the one script is allowed by
its hash.
"""

import base64
import hashlib
import os
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

from PIL import Image

from agent.rendering.answer_groups import AnswerGroup, group_of, group_order
from agent.rendering.drawing import PALETTE
from agent.rendering.evidence import Evidence
from agent.rendering.listing import listing
from agent.rendering.page import LOGO
from agent.trace import Status, text_of
from models.picture import Picture, PictureError

LONGEST = 320
"""Longest side of a thumbnail, in pixels."""

MAX_PICTURES = 5_000
"""Thumbnails in one sheet; about 35 MB. Of the other pictures only the number is told."""

MAX_GROUP = 1_000
"""Thumbnails of one answer, so that frequent answers leave room for the rare ones."""

MAX_SECTIONS = 40
"""Different answers that have a section each. If there are more, those of fewer than `SMALL` pictures share one."""

SMALL = 3

MAX_BARS = 12
"""Answers in the overview; the others share a bar."""

MAX_WORDS = 400
"""Characters of an answer or a reason."""

AHEAD = 64
"""Pictures that may wait for their thumbnail; who adds more waits too."""

PictureSource: TypeAlias = Picture | Callable[[], Picture] | None
"""A picture, how to read it (may raise PictureError), or none."""


@dataclass
class _Tile:
    position: int
    name: str
    link: str
    group: AnswerGroup
    words: str
    reason: str
    evidence: tuple[Evidence, ...]
    size: tuple[int, int] = (0, 0)
    """Of the picture, in pixels; 0 where there is none to show."""
    place: tuple[int, int] = (0, 0)
    """Offset and length of the thumbnail, in the file that keeps them until the end."""


class ContactSheet:
    """Collects pictures with their answers, and writes the page.

    with ContactSheet("How many dogs are there?") as sheet:
        sheet.add(0, "a.jpg", "answered", 3, picture=picture)
        size = sheet.write(Path("sheet.html"))

    Thumbnails are made in a thread of their own and lie in a temporary file until the page is written. Not for several
    threads.
    """

    def __init__(
        self,
        question: str = "",
        where: str = "",
        programs: Sequence[tuple[str, str, str]] = (),
        eyebrow: str = "Question, asked of every picture",
        done: str = "answered",
    ) -> None:
        """
        Args:
            question: that was answered; empty if a given program was run.
            where: condition that the pictures meet; empty if there is none.
            programs: title, author and source of what was run.
            eyebrow: what stands above the question.
            done: what the answered pictures are called where they are counted.
        """
        self.question, self.where, self.programs = question, where, tuple(programs)
        self.eyebrow, self.done = eyebrow, done
        self.counts: Counter[AnswerGroup] = Counter()
        self._drawn: Counter[AnswerGroup] = Counter()
        self._tiles: list[_Tile] = []
        self._thumbnails = tempfile.TemporaryFile(prefix="sight-thumbnails-")  # noqa: SIM115
        self._thread = ThreadPoolExecutor(1, "sight-thumbnails")
        self._room = threading.BoundedSemaphore(AHEAD)
        self._error: OSError | None = None

    def add(
        self,
        position: int,
        name: str,
        status: Status,
        value: Any = None,
        reason: str = "",
        evidence: Sequence[Evidence] = (),
        picture: PictureSource = None,
        link: str = "",
    ) -> None:
        """Take a picture.

        Args:
            position: where it stands among the pictures with the same answer.
            name: of the file, for a person.
            status: of the answer.
            value: the answer as plain data (`agent.trace.Value`).
            reason: why there is none.
            evidence: regions to draw, `xyxy` pixels of the picture.
            picture: itself.
            link: address of the original, from where the page will be.

        Raises:
            OSError: there is no room for thumbnails where temporary files go.
        """
        if self._error:
            raise self._error
        group = group_of(status, value)
        self.counts[group] += 1
        if self._drawn[group] >= MAX_GROUP or len(self._tiles) >= MAX_PICTURES:
            return
        self._drawn[group] += 1
        words = text_of(value)[:MAX_WORDS] if status == "answered" else ""
        tile = _Tile(position, name, link, group, words, reason[:MAX_WORDS], tuple(evidence))
        self._tiles.append(tile)
        if picture is not None:
            self._room.acquire()
            self._thread.submit(self._shrink, tile, picture)

    def _shrink(self, tile: _Tile, source: PictureSource) -> None:
        try:
            picture = source() if callable(source) else source
            assert picture is not None
            data = thumbnail(picture.image)
            offset = self._thumbnails.seek(0, os.SEEK_END)
            self._thumbnails.write(data)
            tile.size, tile.place = (picture.width, picture.height), (offset, len(data))
        except PictureError:
            pass  # the file has gone or changed since it was asked about; the tile stays grey
        except OSError as error:
            self._error = error
        finally:
            self._room.release()

    def write(self, path: Path) -> int:
        """Write the page, in one piece or not at all. Returns its size in bytes.

        Raises:
            OSError: it cannot be written.
        """
        self._thread.shutdown()
        if self._error:
            raise self._error
        descriptor, name = tempfile.mkstemp(".html", f".{path.stem[:100]}-", path.absolute().parent)
        try:
            with os.fdopen(descriptor, "wb", 1 << 20) as file:
                for part in self._document():
                    file.write(part.encode("utf-8", "backslashreplace"))
                size = file.tell()
                mask = os.umask(0)
                os.umask(mask)
                os.fchmod(file.fileno(), 0o666 & ~mask)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return size

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)
        self._thumbnails.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    # ------------------------------------------------------------------ the page

    def _document(self) -> Iterator[str]:
        folder = files("agent.rendering")
        script = folder.joinpath("contact_sheet.js").read_text("utf-8")
        style = folder.joinpath("page.css").read_text("utf-8") + folder.joinpath("contact_sheet.css").read_text("utf-8")
        colours = "".join(f".c{n} {{ --k: {colour}; }}\n" for n, colour in enumerate(PALETTE))
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy = (
            f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
            "base-uri 'none'; form-action 'none'"
        )
        title = self.question or self.where or "A program and many pictures"
        total = sum(self.counts.values())
        yield (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="referrer" content="no-referrer">'
            f"<title>{escape(title)} · Sightscript</title><style>{style}{colours}</style></head><body>"
            f'<div class="shell"><a class="skip" href="#pictures">To the pictures</a>'
            f'<header class="top">{LOGO}<b>Sightscript</b><span>{_count(total, "picture")}</span></header><main>'
        )
        groups = sorted(self.counts, key=group_order)
        sections = _sections(groups, self.counts)
        section_of = {group: number for number, members in enumerate(sections) for group in members}
        phrases = self._phrases()
        yield self._hero(sections) + _tools(phrases)
        by_section: dict[int, list[_Tile]] = defaultdict(list)
        for tile in self._tiles:
            by_section[section_of[tile.group]].append(tile)
        yield '<div id="pictures">'
        for number, members in enumerate(sections):
            tiles = sorted(by_section[number], key=lambda tile: (group_order(tile.group), tile.position))
            count = sum(self.counts[group] for group in members)
            yield (
                f'<section class="group {members[0][0]}" data-group="{number}"><h2>{_title(members)}'
                f"<small>{_count(count, 'picture')}</small></h2><ul>"
            )
            for tile in tiles:
                yield self._tile(tile, phrases, len(members) > 1)
            left = count - len(tiles)
            rest = f'<p class="rest">and {left:,} more, not shown here: the table has them</p>' if left else ""
            yield f"</ul>{rest}</section>"
        yield (
            '<p class="nothing panel" hidden>No picture is left by the filter.</p></div></main>'
            f"<footer><span>Sightscript · contact sheet of {_count(total, 'picture')}</span></footer></div>"
            f"<script>{script}</script></body></html>\n"
        )

    def _phrases(self) -> dict[str, int]:
        """The colour of every phrase, the most frequent first."""
        names = Counter(one.name for tile in self._tiles for one in tile.evidence)
        return {name: number % len(PALETTE) for number, (name, _) in enumerate(names.most_common())}

    def _hero(self, sections: Sequence[Sequence[AnswerGroup]]) -> str:
        asked = self.question or self.where
        if self.question:
            eyebrow = self.eyebrow
        else:
            eyebrow = "Pictures for which this holds" if self.where else "Asked of every picture"
        question = escape(asked) if asked else '<span class="none">A given program, run as it is</span>'
        where = f'<p class="where">Only pictures for which this holds: <q>{escape(self.where)}</q></p>'
        long = ' class="long"' if len(asked) > 110 else ""
        badges = "".join(
            f'<span class="badge {status}">{count:,} {self.done if status == "answered" else status}</span>'
            for status in ("answered", "abstained", "failed")
            if (count := sum(number for group, number in self.counts.items() if group[0] == status))
        )
        return (
            f'<section class="hero sheet"><div class="asked-for"><div><p class="eyebrow">{eyebrow}</p>'
            f"<h1{long}>{question}</h1>{where if self.where and self.question else ''}</div>"
            f'<p class="badges">{badges}</p>{self._programs()}</div>{self._bars(sections)}</section>'
        )

    def _bars(self, sections: Sequence[Sequence[AnswerGroup]]) -> str:
        """How often each answer was given; a click filters."""
        counts = [sum(self.counts[group] for group in members) for members in sections]
        most = max(counts, default=1)
        shown = set(sorted(range(len(counts)), key=lambda number: -counts[number])[:MAX_BARS])
        shown |= {number for number, members in enumerate(sections) if members[0][0] != "answered"}
        longest = max((len(_title(sections[number])) for number in shown), default=0)
        bars = "".join(
            f'<li><button class="bar {sections[number][0][0]}" data-group="{number}" aria-pressed="false" '
            f'title="{_title(sections[number])}">'
            f'<span class="name">{_title(sections[number])}</span><span class="track"><i style="width:'
            f'{100 * counts[number] / most:.2f}%"></i></span><span class="n">{counts[number]:,}</span></button></li>'
            for number in sorted(shown)
        )
        rest = [number for number in range(len(counts)) if number not in shown]
        more = ""
        if rest:
            pictures = _count(sum(counts[number] for number in rest), "picture")
            more = f'<p class="given">and {_count(len(rest), "other answer")}, of {pictures}</p>'
        return (
            '<section class="panel answers" aria-label="Answers">'
            f'<ul style="--name:{min(longest + 1, 24)}ch">{bars}</ul>{more}</section>'
        )

    def _programs(self) -> str:
        listings = "".join(
            f"<details open><summary><b>{escape(title)}</b><span>by {escape(author)}</span></summary>"
            f"{listing(source, name=title)}</details>"
            for title, author, source in self.programs
        )
        return f'<div class="programs">{listings}</div>' if listings else ""

    def _tile(self, tile: _Tile, phrases: dict[str, int], mixed: bool) -> str:
        """One picture. In a section of several answers it tells its own."""
        width, height = tile.size
        shown = '<div class="thumb gone">no picture</div>'
        if width:
            alt = f"{tile.name}: {tile.words or tile.reason}"
            image = f'<img src="{self._data_uri(tile)}" alt="{escape(alt)}" loading="lazy" decoding="async">'
            marks = (
                f'<svg viewBox="0 0 {width} {height}" aria-hidden="true">{_boxes(tile.evidence, phrases)}</svg>'
                if tile.evidence
                else ""
            )
            shown = f'<div class="thumb">{image}{marks}</div>'
        if tile.link:
            shown = f'<a href="{escape(tile.link)}" target="_blank" rel="noopener" title="The original">{shown}</a>'
        said = f'<p class="said">{escape(tile.words)}</p>' if mixed and tile.words else ""
        why = f'<p class="why">{escape(tile.reason)}</p>' if tile.reason else ""
        found = Counter(one.name for one in tile.evidence)
        legend = "".join(
            f'<span class="c{phrases[name]}">{escape(name)}{f" × {count}" if count > 1 else ""}</span>'
            for name, count in found.items()
        )
        legend = f'<p class="found">{legend}</p>' if legend else ""
        return f'<li class="tile">{shown}{said}<p class="file">{escape(tile.name)}</p>{why}{legend}</li>\n'

    def _data_uri(self, tile: _Tile) -> str:
        offset, length = tile.place
        self._thumbnails.seek(offset)
        return "data:image/webp;base64," + base64.b64encode(self._thumbnails.read(length)).decode()


def thumbnail(image: Image.Image) -> bytes:
    """A picture as a small WebP file, at most `LONGEST` pixels long. It is never enlarged."""
    scale = min(1.0, LONGEST / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    buffer = BytesIO()
    small.save(buffer, "WEBP", quality=75, method=2)
    return buffer.getvalue()


def _sections(groups: Sequence[AnswerGroup], counts: Counter[AnswerGroup]) -> list[list[AnswerGroup]]:
    """Groups that share a section: each has its own, but for rare answers where there are too many."""
    answered = [group for group in groups if group[0] == "answered"]
    rest = [[group] for group in groups if group[0] != "answered"]
    rare = [group for group in answered if counts[group] < SMALL]
    if len(answered) <= MAX_SECTIONS or len(rare) < 2:
        return [[group] for group in answered] + rest
    frequent = [[group] for group in answered if counts[group] >= SMALL]
    return [*frequent, rare, *rest]


def _title(members: Sequence[AnswerGroup]) -> str:
    if len(members) > 1:
        return f"{len(members):,} other answers"
    status, words = members[0]
    if status != "answered":
        return status.capitalize()
    return escape(words if len(words) <= 120 else words[:119] + "…") or "(an empty text)"


def _boxes(evidence: Sequence[Evidence], phrases: dict[str, int]) -> str:
    """One path a phrase, so that a thousand pictures with many boxes stay light."""
    paths: dict[str, str] = {}
    for one in evidence:
        x1, y1, x2, y2 = one.box
        box = f"M{x1:.0f} {y1:.0f}H{x2:.0f}V{y2:.0f}H{x1:.0f}z"
        paths[one.name] = paths.get(one.name, "") + box
    return "".join(
        f'<g class="m c{phrases[name]}"><path class="halo" d="{path}"/><path class="line" d="{path}"/></g>'
        for name, path in paths.items()
    )


def _tools(phrases: dict[str, int]) -> str:
    boxes = '<label class="switch"><input type="checkbox" class="boxes" checked> Boxes</label>' if phrases else ""
    return (
        '<div class="tools"><input type="search" class="search" placeholder="Filter by file name or words" '
        f'aria-label="Filter by file name or words">{boxes}<button class="all" hidden>Show all answers</button>'
        '<span class="left" aria-live="polite"></span></div>'
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
