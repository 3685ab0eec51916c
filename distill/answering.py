"""Held-out questions, and what programs and models say to them: one at a time for the clock, and many at a time.

Everything that was said is kept in a folder, so that asking goes on where it stopped.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from agent.agent import VisualAgent
from agent.runs.batch import run_batch
from agent.runs.intervals import Figure, mean
from agent.runs.row import PictureData, Row
from agent.runs.scorers import plain, said
from agent.runs.settings import RunSettings
from agent.runs.store import Store
from agent.runs.vqa_answers import normalised
from distill.example import ANSWER_SUFFIX, IMAGE, example_of
from distill.rationale import tell, text_of_rationale
from distill.respondent import Respondent

CHUNK = 64
"""Questions whose replies are kept together."""

OnProgress = Callable[[str, int, int], None]
"""Called with the system, the questions that are done, and how many there are."""


@dataclass(frozen=True)
class Asked:
    """A held-out question."""

    id: str
    question: str
    images: tuple[Image.Image, ...]
    label: str
    family: str


@dataclass(frozen=True)
class Reply:
    """What a system said to one question."""

    answer: str
    rationale: str = ""
    confidence: float | None = None
    """Of a model in its answer, 0 to 1."""


@dataclass(frozen=True)
class Cost:
    """What a system takes, measured in this call."""

    alone: Figure | None = None
    """Seconds a question, asked one at a time, the first left out; of the answer alone."""
    together: float | None = None
    """Seconds a question, many at a time; None if all replies were there already."""
    memory_mb: float | None = None
    """Resident memory gained (on a GPU: its memory at most), MiB, models and one question after the other."""


def held_out(rows: Any, limit: int | None = None) -> list[Asked]:
    """The questions of a split: its rows with the target `answer`, without the suffix."""
    targets = rows["target"]
    chosen = [place for place, target in enumerate(targets) if target == "answer"][:limit]
    found = []
    for row in rows.select(chosen):
        text = row["messages"][0]["content"].replace(f"{IMAGE}\n", "").removesuffix(ANSWER_SUFFIX).strip()
        found.append(Asked(example_of(row), text, tuple(row["images"]), row["label"], row["family"]))
    return found


def same(answer: str, label: str) -> bool:
    """Whether two answers are the same, each normalised as `exact` and VQA do."""
    return plain(answer) == plain(label) or normalised(answer) == normalised(label)


class Asking:
    """Asks programs and models the same questions."""

    def __init__(
        self,
        folder: Path,
        asked: Sequence[Asked],
        timed: int = 0,
        batch: int = 16,
        device: str | None = None,
        tell: OnProgress | None = None,
    ) -> None:
        """
        Args:
            folder: keeps what was said.
            timed: questions that are asked one at a time as well.
            batch: questions a forward pass of a model.
        """
        self.folder, self.asked, self.timed, self.batch, self.device = folder, asked, timed, batch, device
        self.tell: OnProgress = tell or (lambda system, done, total: None)

    def programs(self, agent: VisualAgent, settings: RunSettings) -> tuple[dict[str, Reply], Cost]:
        """What programs say, as a run in the folder `programs`. Their rationales are told from their traces.

        Raises:
            RunError: the run cannot be written, or holds other questions.
        """
        before = memory()
        alone = self._one_at_a_time(lambda one: agent.ask(one.question, list(one.images)))
        rows = [
            Row(one.id, one.question, tuple(PictureData(_png(image), one.id) for image in one.images), (one.label,),
                family=one.family)
            for one in self.asked
        ]  # fmt: skip
        with Store.open(self.folder / "programs", settings) as store:
            store.set_total(len(rows))
            progress = run_batch(agent, rows, store, lambda now: self.tell("programs", now.done, len(rows)))
            new = progress.done - progress.resumed
            replies = {}
            for one in self.asked:
                record = store.record(one.id)
                answer = "" if record.status == "failed" else said(record)
                told = tell(store.trace(one.id), answer) if answer else ()
                replies[one.id] = Reply(answer, text_of_rationale(told))
        return replies, Cost(alone, progress.seconds / new if new else None, memory() - before)

    def clocked(self, place: str, blind: bool = False) -> Figure | None:
        """Seconds a question of a model that is asked one at a time; None if nothing is timed.

        To be called before `programs`, and in a thread of its own, since threads that have computed once slow all
        others down as long as they live, those in which a planner writes too: as soon as a process has more OpenMP
        threads than cores, libgomp lets them sleep between any two operations (`gomp_managed_threads`), and a model of
        many small ones takes twice as long. Raises as `model`.
        """
        if not self.timed:
            return None
        stop = threading.Event()

        def measured() -> Figure | None:
            respondent = Respondent.load(place, self.device, blind, self.batch)

            def ask(one: Asked) -> None:
                if not stop.is_set():
                    respondent.say([(one.question, one.images)], "answer")

            return self._one_at_a_time(ask)

        with ThreadPoolExecutor(1, "sightscript-clock") as thread:
            found = thread.submit(measured)
            try:
                return found.result()
            finally:
                stop.set()  # Ctrl-C does not wait for the questions that are left

    def model(
        self, name: str, place: str, blind: bool = False, rationales: bool = True, alone: Figure | None = None
    ) -> tuple[dict[str, Reply], Cost]:
        """What a model says, kept in `NAME.jsonl`.

        Args:
            place: its folder.
            blind: shown grey.
            rationales: ask for them too.
            alone: what `clocked` found.

        Raises:
            CheckpointError, TrainError: it cannot be read, or its training has not ended.
        """
        before = memory()
        respondent = Respondent.load(place, self.device, blind, self.batch)
        if self.timed:
            respondent.say([(one.question, one.images) for one in self.asked[:1]], "answer")
        gained = memory() - before
        replies, seconds, new = self._replies(name, respondent, rationales)
        return replies, Cost(alone, seconds / new if new else None, gained)

    def _replies(self, name: str, respondent: Respondent, rationales: bool) -> tuple[dict[str, Reply], float, int]:
        """All replies, the seconds that answers took now, and how many were given now."""
        file = self.folder / f"{name}.jsonl"
        known = _kept(file)
        missing = [one for one in self.asked if one.id not in known]
        seconds = 0.0
        with file.open("a", encoding="utf-8") as kept:
            for start in range(0, len(missing), CHUNK):
                part = missing[start : start + CHUNK]
                questions = [(one.question, one.images) for one in part]
                began = time.perf_counter()
                answers = respondent.say(questions, "answer")
                seconds += time.perf_counter() - began
                new = [Reply(one.text, confidence=round(one.confidence, 4)) for one in answers]
                if rationales:
                    told = respondent.say(questions, "rationale")
                    new = [replace(one, rationale=said.text) for one, said in zip(new, told, strict=True)]
                for one, reply in zip(part, new, strict=True):
                    known[one.id] = reply
                    kept.write(json.dumps({"id": one.id, **asdict(reply)}, ensure_ascii=False) + "\n")
                kept.flush()
                self.tell(name, len(self.asked) - len(missing) + start + len(part), len(self.asked))
        return {one.id: known[one.id] for one in self.asked}, seconds, len(missing)

    def _one_at_a_time(self, ask: Callable[[Asked], Any]) -> Figure | None:
        """Seconds a question, after one that is not counted: it loads what is loaded when first needed."""
        if not self.timed:
            return None
        step = max(1, len(self.asked) // self.timed)
        chosen = self.asked[::step][: self.timed]
        ask(chosen[0])
        seconds = []
        for one in chosen:
            began = time.perf_counter()
            ask(one)
            seconds.append(time.perf_counter() - began)
        return mean(seconds)


def _kept(file: Path) -> dict[str, Reply]:
    """Replies of earlier calls. A line that was cut off is dropped."""
    known: dict[str, Reply] = {}
    whole = []
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                found = json.loads(line)
                known[found["id"]] = Reply(found["answer"], found["rationale"], found.get("confidence"))
            except (ValueError, KeyError, TypeError):
                break
            whole.append(line)
        file.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
    return known


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def memory() -> float:
    """Resident memory of this process now, in MiB; on a GPU the most that was allocated there."""
    if torch.cuda.is_available():
        found = torch.cuda.max_memory_allocated() / 2**20
        torch.cuda.reset_peak_memory_stats()
        return found
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS
