"""A run as pages to browse: an index of its rows, and beside it a page for each of their traces."""

import hashlib
import heapq
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from agent.rendering.captions import duration
from agent.rendering.drawing import data_uri
from agent.rendering.page import page
from agent.rendering.run_page import MAX_LISTED, PageFamily, PageReason, PageRow, RunPage, run_page
from agent.runs.moving import moving, still
from agent.runs.record import Record
from agent.runs.run_error import RunError
from agent.runs.scoring import Score, ScoreError, score
from agent.runs.store import Store
from agent.runs.summary import ABSTAINED, Summary, shape_of, summarise
from agent.trace import Status
from models.picture import Picture

MAX_ROWS = 50_000
"""Rows in the table of one page; about 20 MB."""

THUMBNAIL = 160
"""Longest side of a thumbnail, in pixels: twice what is shown."""

MAX_LABELS = 3
"""Different labels told of one row."""

ALWAYS: tuple[Status, ...] = ("failed", "abstained")

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of pages written and of pages to write."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|.*-[0-9a-f]{12}")
_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


def write_run_page(
    store: Store, folder: str | Path, limit: int = 1000, progress: Progress = lambda done, total: None
) -> Path:
    """Write the pages of a run.

    Args:
        store: May still be written; the rows that have ended are shown.
        folder: Where `index.html` and `traces/` go; it is made if need be. A path that ends in `.html` is the index
            itself, with a folder of traces beside it that begins with its name. What was there is replaced.
        limit: Traces that have a page: those of failed rows first, then of abstained, of wrong, and of the others.
            Their pictures are the ones that have thumbnails.
        progress: Told after each page of a trace.

    Returns:
        The index.

    Raises:
        RunError: the run cannot be read, or the pages not be written.
    """
    index, traces = _places(Path(folder))
    judged = _judged(store)
    credits = {row.id: row.credit for row in judged.rows} if judged else {}
    records = heapq.nsmallest(MAX_ROWS, store.records(), key=lambda record: (_rank(record, credits), record.position))
    written = [record.id for record in records[: max(0, limit)]]
    try:
        traces.mkdir(parents=True, exist_ok=True)
        thumbnails, missing = _write_traces(store, written, traces, progress)
        found = _Found(store, records, judged, {id: f"{traces.name}/{file_name(id)}" for id in written}, thumbnails)
        _replace(index, run_page(found.page(missing)))
    except OSError as error:
        where = error.filename or folder
        raise RunError(f"{where}: pages cannot be written ({error.strerror or error}); name another folder") from None
    return index


def file_name(id: str) -> str:
    """Name of the page of a row: its id where every file system can hold that, else what is left of it and a hash, so
    that different rows have different names even where case does not count."""
    if _PLAIN.fullmatch(id) and not _RESERVED.fullmatch(id) and not id.endswith("."):
        return f"{id}.html"
    readable = re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-")[:60]
    return f"{readable or 'row'}-{hashlib.sha256(id.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.html"


def _places(folder: Path) -> tuple[Path, Path]:
    if folder.suffix.lower() in (".html", ".htm") and not folder.is_dir():
        return folder, folder.with_name(f"{folder.stem}_traces")
    return folder / "index.html", folder / "traces"


def _judged(store: Store) -> Score | None:
    """The score of a run; None if nobody knows the right answers."""
    try:
        return score(store.records())
    except ScoreError:
        return None


def _rank(record: Record, credits: Mapping[str, float]) -> float:
    if record.status in ALWAYS:
        return ALWAYS.index(record.status) - len(ALWAYS)
    return credits.get(record.id, 1.0)


def _write_traces(store: Store, ids: list[str], folder: Path, progress: Progress) -> tuple[dict[str, str], int]:
    """Write the page of each trace.

    Returns:
        Thumbnails of the questions' pictures (`data:` addresses) by key, and how many pictures are gone.
    """
    thumbnails: dict[str, str] = {}
    gone: set[str] = set()

    @lru_cache(maxsize=64)
    def picture(key: str) -> Picture | None:
        try:
            return store.picture(key)
        except RunError:
            gone.add(key)
            return None

    for number, id in enumerate(ids, 1):
        trace = store.trace(id)
        pictures: list[Picture] = []
        frames = still(moving(trace))
        for named in trace.pictures:
            if named.frame is not None and named.key not in frames:
                continue  # the video is gone, and is counted itself
            here = frames.get(named.key) or picture(named.key)
            if here is None:
                continue
            pictures.append(here)
            if named.source == "query" and named.key not in thumbnails:
                thumbnails[named.key] = data_uri(here.image, THUMBNAIL)[0]
        (folder / file_name(id)).write_text(page(trace, pictures), encoding="utf-8")
        progress(number, len(ids))
    return thumbnails, len(gone)


def _replace(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(".html", ".index-", path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            mask = os.umask(0)
            os.umask(mask)
            os.fchmod(file.fileno(), 0o666 & ~mask)
            file.write(text)
        os.replace(name, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


class _Found:
    """A run, as its page tells it."""

    def __init__(
        self,
        store: Store,
        records: list[Record],
        judged: Score | None,
        links: Mapping[str, str],
        thumbnails: Mapping[str, str],
    ) -> None:
        self.summary: Summary = summarise(store)
        self.records = sorted(records, key=lambda record: record.position)
        self.judged = judged
        self.credits = {row.id: row.credit for row in judged.rows} if judged else {}
        self.links, self.thumbnails = links, thumbnails
        self.reasons = self._common_reasons()

    def page(self, missing: int) -> RunPage:
        places = {key: place for place, key in enumerate(self.reasons)}
        return RunPage(
            title=Path(self.summary.settings.source).name or self.summary.settings.source,
            facts=self._facts(),
            headline=self._headline(),
            counts=self.summary.statuses,
            families=self._families(),
            reasons=list(self.reasons.values()),
            rows=[self._row(record, places) for record in self.records],
            thumbnails=self.thumbnails,
            notes=list(self._notes(missing)),
        )

    def _common_reasons(self) -> dict[tuple[str, str], PageReason]:
        counts: Counter[tuple[str, str]] = Counter()
        first: dict[tuple[str, str], Record] = {}
        for record in self.records:
            if record.status != "answered":
                key = _reason_key(record)
                counts[key] += 1
                first.setdefault(key, record)
        return {
            key: PageReason(key[0], " ".join(first[key].reason.split()), rows, first[key].status)
            for key, rows in counts.most_common(MAX_LISTED)
        }

    def _row(self, record: Record, places: Mapping[tuple[str, str], int]) -> PageRow:
        answered = record.status == "answered"
        return PageRow(
            id=record.id,
            question=record.question,
            status=record.status,
            answer=record.answer if answered else record.reason,
            label=_label(record),
            credit=self.credits.get(record.id),
            family=record.family,
            reason=-1 if answered else places.get(_reason_key(record), -1),
            seconds=record.seconds,
            link=self.links.get(record.id, ""),
            picture=next((key for key in record.images if key in self.thumbnails), ""),
        )

    def _facts(self) -> list[tuple[str, str]]:
        summary, settings = self.summary, self.summary.settings
        of = f" of {summary.total:,}" if summary.total not in (None, summary.rows) else ""
        return [
            ("Rows", f"{summary.rows:,}{of}"),
            ("Planner", settings.planner),
            ("Preset", settings.preset),
            ("Begun", summary.began[:16].replace("T", " ")),
            ("Time", duration(summary.worked) if summary.rows else ""),
            ("Calls a program", f"{summary.calls:.1f}" if summary.calls else ""),
            ("Version", settings.version),
            ("Questions, SHA-256", settings.fingerprint[:12]),
        ]

    def _headline(self) -> tuple[str, str, str]:
        summary = self.summary
        if self.judged is None:
            share = f"{summary.statuses['answered'] / summary.rows:.1%}" if summary.rows else "no rows yet"
            return "Answered", share, "No right answers are known." if summary.rows else ""
        whole = self.judged.overall
        figure = whole.accuracy
        told = f"95% interval {figure.low:.1%} to {figure.high:.1%}, on {figure.rows:,} rows; "
        told += f"{whole.coverage.value:.1%} answered"
        if whole.accuracy_of_answered:
            told += f", of which {whole.accuracy_of_answered.value:.1%} right"
        also = "".join(f"; {name} {figure.value:.3f}" for name, figure in whole.also.items())
        measure = self.judged.measure[:1].upper() + self.judged.measure[1:]
        return f"{measure} · scorer {self.judged.scorer}", f"{figure.value:.1%}", told + also

    def _families(self) -> list[PageFamily]:
        accuracies = {tally.family: tally.accuracy.value for tally in self.judged.families} if self.judged else {}
        return [
            PageFamily(family.name, family.rows, family.answered, accuracies.get(family.name))
            for family in self.summary.families
        ]

    def _notes(self, missing: int) -> Iterator[str]:
        first = "failed, abstained and wrong ones first"
        if len(self.records) < self.summary.rows:
            yield f"The table holds {len(self.records):,} of {self.summary.rows:,} rows, {first}."
        if len(self.links) < len(self.records):
            yield f"{len(self.links):,} rows have a page of their own, {first}; only their pictures have thumbnails."
        if missing:
            yield f"{missing:,} pictures are gone from the run, or were never part of it, and are left blank."
        if self.judged and self.judged.unlabelled:
            yield f"{self.judged.unlabelled:,} rows without a label are not judged."


def _reason_key(record: Record) -> tuple[str, str]:
    return record.kind or ABSTAINED, shape_of(record.reason, record.names)


def _label(record: Record) -> str:
    if record.box is not None and not record.answers:
        return "({:.0f}, {:.0f}) to ({:.0f}, {:.0f})".format(*record.box)
    counts = Counter(record.answers)
    told = [f"{label} × {count}" if count > 1 else label for label, count in islice(counts.most_common(), MAX_LABELS)]
    return ", ".join(told) + (" …" if len(counts) > MAX_LABELS else "")
