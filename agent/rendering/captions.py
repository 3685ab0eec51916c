"""A trace put in words: names for the regions its steps speak of, calls and values as a person reads them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from PIL import Image

from agent.rendering.rationale import pointed_at
from agent.trace import (
    Attempt,
    MaskValue,
    PatchValue,
    PictureRecord,
    PictureValue,
    SegmentValue,
    Step,
    TextValue,
    Trace,
    text_of,
)

RegionValue: TypeAlias = PatchValue | MaskValue

MAX_NAME = 28
"""Characters of a region's name before its number."""


@dataclass(frozen=True)
class Sighting:
    """A region that some step looked at or brought back, or that a student points at. No whole picture is one."""

    index: int
    """Order of first appearance, from 0."""
    base: str
    """What was looked for, such as "muffin"; regions of the same base share a colour."""
    number: int | None
    """Counts the regions of the same base from 1; None where there is only one."""
    value: RegionValue
    colour: int
    """Counts the bases from 0."""

    @property
    def name(self) -> str:
        return self.base if self.number is None else f"{self.base} {self.number}"


class Captions:
    """Names and texts for one attempt of a trace.

    Args:
        trace: The trace whose pictures are spoken of.
        attempt: One of its attempts; the last if left out.
    """

    def __init__(self, trace: Trace, attempt: Attempt | None = None) -> None:
        if attempt is None and trace.attempts:
            attempt = trace.attempts[-1]
        self.steps: tuple[Step, ...] = tuple(attempt.steps) if attempt else ()
        self.pictures: dict[str, PictureRecord] = {record.key: record for record in trace.pictures}
        asked = [record.key for record in trace.pictures if record.source == "query"]
        made = [record.key for record in trace.pictures if record.source == "program" and record.frame is None]
        self._titles = {key: f"picture {n}" if len(asked) > 1 else "picture" for n, key in enumerate(asked, 1)}
        album = {key: Path(self.pictures[key].name) for key in made if _is_file(self.pictures[key].name)}
        alike = Counter(path.name for path in album.values())
        for key, path in album.items():
            self._titles[key] = path.name if alike[path.name] == 1 else f"{path.parent.name}/{path.name}"
        for word, keys in _by_kind(self.pictures[key] for key in made if key not in album).items():
            self._titles |= {key: f"{word} {n}" if len(keys) > 1 else word for n, key in enumerate(keys, 1)}
        for record in trace.pictures:
            if record.video is not None:
                self._titles[record.key] = "video"
            elif record.frame is not None:
                self._titles[record.key] = f"frame at {record.frame.time:.2f} s"
        self.looked: list[list[Sighting]] = []
        """By step: the regions among its arguments."""
        self.found: list[list[Sighting]] = []
        """By step: the regions in its result."""
        self.sightings: tuple[Sighting, ...] = ()
        self._name_regions(trace)

    def _name_regions(self, trace: Trace) -> None:
        bases: list[tuple[str, RegionValue]] = []
        latest: dict[tuple, int] = {}
        looked: list[list[int]] = []
        found: list[list[int]] = []

        def known(value: RegionValue, base: str) -> int:
            bases.append((base, value))
            latest[_identity(value)] = len(bases) - 1
            return len(bases) - 1

        for step in self.steps:
            before = [v for v in regions_in(step.arguments) if not self.is_whole(v)]
            ins = [latest[_identity(v)] if _identity(v) in latest else known(v, "region") for v in before]
            base = self._base(step, [bases[i][0] for i in ins])
            outs = []
            for value in regions_in(step.result):
                if self.is_whole(value):
                    continue
                at = latest.get(_identity(value))
                same = at is not None and (at in ins or bases[at][0] == base)
                outs.append(at if at is not None and same else known(value, base))
            looked.append(list(dict.fromkeys(ins)))
            found.append(list(dict.fromkeys(outs)))

        if trace.student is not None and trace.student.rationale:
            # What it tells of a region last is nearest to the point: "7 things: ... 2 chairs: ..."
            asked = [self.pictures[key] for key in trace.images if key in self.pictures]
            last = {_identity(value): (base, value) for base, value in pointed_at(trace.student.rationale, asked)}
            bases += [(_shorten(base, MAX_NAME), value) for base, value in last.values()]

        totals = Counter(base for base, _ in bases)
        counts: Counter[str] = Counter()
        colours: dict[str, int] = {}
        sightings = []
        for index, (base, value) in enumerate(bases):
            counts[base] += 1
            number = counts[base] if totals[base] > 1 else None
            sightings.append(Sighting(index, base, number, value, colours.setdefault(base, len(colours))))
        self.sightings = tuple(sightings)
        self.looked = [[sightings[i] for i in row] for row in looked]
        self.found = [[sightings[i] for i in row] for row in found]

    def _base(self, step: Step, receivers: list[str]) -> str:
        phrase = next((v for k, v in step.arguments.items() if k != "self" and isinstance(v, str) and v.strip()), "")
        words = " ".join(phrase.split())
        if len(words) > MAX_NAME:
            words = words[: MAX_NAME - 1].rstrip() + "…"
        if any(isinstance(value, MaskValue) for value in regions_in(step.result)):
            of = words or (receivers[0] if receivers else "")
            return f"mask of {of}" if of else "mask"
        short = step.tool.rpartition(".")[2]
        return words or ("region" if short == "ImagePatch" else short.replace("_", " "))

    def named(self, value: Any) -> list[Sighting]:
        """The sightings of the regions in a value, at any depth; whole pictures are left out."""
        latest = {_identity(sighting.value): sighting for sighting in self.sightings}
        regions = [region for region in regions_in(value) if not self.is_whole(region)]
        return [latest.get(_identity(one)) or Sighting(-1, "region", None, one, 0) for one in regions]

    def is_whole(self, value: RegionValue) -> bool:
        """True if a patch is a whole picture."""
        record = self.pictures.get(value.picture)
        if record is None or isinstance(value, MaskValue):
            return False
        x1, y1, x2, y2 = value.box
        return x1 < 0.5 and y1 < 0.5 and x2 > record.width - 0.5 and y2 > record.height - 0.5

    def title(self, key: str) -> str:
        """What a picture is called: "picture", "picture 2", "cut-out", "farm.webp" (an album's), "frame at 1.20 s"."""
        return self._titles.get(key, "picture")

    def value(self, value: Any, step: int | None = None, quoted: bool = True) -> str:
        """A value in few words; regions by their names as of the step."""
        if isinstance(value, PictureValue):
            return self.title(value.picture)
        if isinstance(value, PatchValue | MaskValue):
            if self.is_whole(value):
                return self.title(value.picture)
            rows = [self.looked[step] + self.found[step]] if step is not None else []
            candidates = [s for row in rows for s in row] or list(reversed(self.sightings))
            return next((s.name for s in candidates if _identity(s.value) == _identity(value)), text_of(value))
        if isinstance(value, SegmentValue):
            return "video {:.4g}–{:.4g} s".format(*value.times)
        if isinstance(value, TextValue):
            return value.text
        if isinstance(value, str):
            return _quote(value) if quoted else value
        if isinstance(value, list | tuple):
            return self._listing(list(value), step)
        if isinstance(value, dict):
            inside = ", ".join(f"{key}: {self.value(item, step)}" for key, item in value.items())
            return "{" + _shorten(inside, 160) + "}"
        if value is None or isinstance(value, bool):
            return str(value)
        return text_of(value)

    def _listing(self, values: list[Any], step: int | None) -> str:
        if not values:
            return "[]"
        if len(values) > 3 and all(isinstance(v, PatchValue | MaskValue) for v in values):
            return f"[{self.value(values[0], step)} … {self.value(values[-1], step)}]"
        inside = ", ".join(self.value(v, step) for v in values[:12])
        return "[" + _shorten(inside, 160) + (", …]" if len(values) > 12 else "]")

    def call(self, step: Step) -> str:
        """A call as it would be typed: `muffin 1.verify_property("muffin", "blue")`."""
        short = step.tool.rpartition(".")[2]
        at = self.steps.index(step)
        parts = []
        for name, value in step.arguments.items():
            if name == "self" or value is None:
                continue
            text = self.value(value, at)
            parts.append(f"{name}={text}" if isinstance(value, bool) else text)
        receiver = f"{self.value(step.arguments['self'], at)}." if "self" in step.arguments else ""
        return f"{receiver}{short}({', '.join(parts)})"

    def result(self, step: Step) -> str:
        """What a step brought back, in few words: `8 × muffin`, `yes`, `"red"`."""
        if step.error is not None:
            return step.error
        value, at = step.result, self.steps.index(step)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, list) and all(isinstance(item, PatchValue | MaskValue) for item in value):
            bases = {s.base for s in self.found[at]}
            if not value:
                return "nothing found"
            if len(value) > 1 and len(bases) == 1:
                return f"{len(value)} × {bases.pop()}"
            if len(value) > 4 and all(isinstance(one, PatchValue) and self.is_whole(one) for one in value):
                return f"{len(value)} frames, {self.title(value[0].picture)[9:]} to {self.title(value[-1].picture)[9:]}"
            if len(value) == 1:
                return self.value(value[0], at)
        return self.value(value, at)

    def answer(self, value: Any) -> str:
        """A program's result for a person: regions by their names, everything else as `text_of` has it."""
        items = value if isinstance(value, list) else [value]
        if not items or not all(isinstance(item, PatchValue | MaskValue | PictureValue) for item in items):
            return text_of(value)
        return ", ".join(self.value(item) for item in items) if len(items) <= 6 else f"{len(items)} regions"

    def focus(self, step: Step) -> tuple[str, tuple[float, float, float, float]] | None:
        """Picture key and box (xyxy pixels) that a step looked at: its receiver, or the picture of its regions."""
        receiver = step.arguments.get("self")
        if isinstance(receiver, PatchValue | MaskValue) and receiver.picture in self.pictures:
            return receiver.picture, receiver.box
        if isinstance(receiver, SegmentValue):
            return None  # the frames that it looked at are among the results
        for value in [*mentions_in(step.arguments), *mentions_in(step.result)]:
            record = self.pictures.get(value.picture)
            if record is not None:
                return record.key, (0.0, 0.0, float(record.width), float(record.height))
        return None


def _is_file(name: str) -> bool:
    """Whether a picture has the name of a file: one of an album, which the program found and did not make."""
    return Path(name).suffix.lower() in Image.registered_extensions()


def _by_kind(records: Iterable[PictureRecord]) -> dict[str, list[str]]:
    """Keys of the pictures that a program made, by what they are."""
    kinds: dict[str, list[str]] = {}
    for record in records:
        kinds.setdefault("cut-out" if record.name.startswith("cut-out") else "new picture", []).append(record.key)
    return kinds


def regions_in(value: Any) -> Iterator[RegionValue]:
    """All patches and masks in a value, at any depth."""
    return (v for v in mentions_in(value) if not isinstance(v, PictureValue))


def mentions_in(value: Any) -> Iterator[PatchValue | MaskValue | PictureValue]:
    """All patches, masks and pictures in a value, at any depth."""
    if isinstance(value, PatchValue | MaskValue | PictureValue):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from mentions_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from mentions_in(item)


def duration(seconds: float) -> str:
    """A time for a person: `340 µs`, `12 ms`, `1.8 s`, `2 min 5 s`."""
    if seconds < 0.000_95:
        return f"{seconds * 1e6:.0f} µs" if seconds > 0 else "0 ms"
    if seconds < 0.9995:
        return f"{seconds * 1e3:.0f} ms" if seconds >= 0.00995 else f"{seconds * 1e3:.1f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {seconds % 60:.0f} s"


def _identity(value: RegionValue) -> tuple:
    return value.type, value.picture, tuple(round(number, 1) for number in value.box)


def _quote(text: str) -> str:
    return '"' + _shorten(text.replace("\n", " "), 120).replace('"', '\\"') + '"'


def _shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
