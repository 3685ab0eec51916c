"""Runs become a data set: verified programs, rationales, splits, rows, and a card that counts what was dropped.

    build(["work/run"], "work/data")

What is built depends on the runs and the options alone, so that a call that was stopped is simply made again; only
what language models said is kept beside the data set, since they would not say it again.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from agent.runs.run_error import RunError
from agent.trace import Trace
from distill import llava, splits
from distill.candidates import NOT_DRAWN, Asked, RunReader
from distill.card import write_card
from distill.counts import Counts
from distill.dataset import DatasetError, dataset_errors, write
from distill.example import Example, PictureFile, rows_of
from distill.instruction import Seen, rows_of_picture
from distill.rationale import box_text, tell, text_of_rationale
from distill.recipe import Recipe
from distill.replies import BATCH, Replies
from distill.rewriting import rewrite
from distill.verify import NOT_READ, VERIFIED, Judge, Verification, is_labelled, share_by_draws, verify

COUNTS = "counts.json"

NO_LABEL = "no right answer is known, and no answer has the majority"
"""Why a question is in no row at all."""


_USUAL = Recipe()


def build(
    runs: Sequence[str | Path],
    folder: str | Path,
    how: Recipe = _USUAL,
    judge: Judge | None = None,
    rewriter: Replies | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Counts:
    """Make a data set of one or several runs.

    Args:
        runs: of `sight distill generate`, of `sight batch`, or the feedback of a chat. Of the last two only rows with
            labels can be used.
        folder: of the data set. One that is there already is replaced once the new one is whole.
        how: what it is made of.
        judge: is asked where an answer has other words than the label.
        rewriter: puts rationales into prose; they stay as they were told if None.
        on_progress: told the questions that are done, and how many there are.

    Returns:
        The counts, which also lie in the folder.

    Raises:
        RunError: a run is missing or empty, has no label where labels are required, or a picture of it has gone.
        DatasetError: nothing can be taught with these runs, the folder holds something else, the disk is full, or a
            language model gives no reply.
    """
    folder = Path(folder)
    _check_free(folder)
    beside = folder.with_name(f".{folder.name}.writing")
    with ExitStack() as stack:
        readers = [stack.enter_context(RunReader(run)) for run in runs]
        if how.labels == "require":
            for reader in readers:
                _require_labels(reader)
        making = _Making(readers, how, judge, rewriter, on_progress)
        making.assign()
        with dataset_errors(folder):
            shutil.rmtree(beside, ignore_errors=True)
            folder.parent.mkdir(parents=True, exist_ok=True)
            try:
                making.write(beside)
                if not sum(making.counts.rows.values()):
                    raise DatasetError(
                        "there is nothing to teach: no question has a right answer, a verified program or a majority; "
                        "generate several programs a question (`sight distill generate --samples 5`), or give labels"
                    )
                shutil.rmtree(folder, ignore_errors=True)
                os.replace(beside, folder)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
    return making.counts


def _check_free(folder: Path) -> None:
    with dataset_errors(folder):
        if folder.is_file():
            raise DatasetError(f"{folder}: this is a file, and a data set is a folder; choose another name")
        if folder.is_dir() and any(folder.iterdir()) and not (folder / COUNTS).is_file():
            raise DatasetError(f"{folder}: there is something else in this folder; choose another name")


def _require_labels(reader: RunReader) -> None:
    counts = reader.run.counts()
    if any(counts.values()) and not any(is_labelled(record) for record in reader.run.records()):
        raise RunError(f"{reader.folder}: no question of this run has a right answer; give labels, or do without them")


class _Making:
    """A data set on its way, question by question."""

    def __init__(
        self,
        readers: Sequence[RunReader],
        how: Recipe,
        judge: Judge | None,
        rewriter: Replies | None,
        on_progress: Callable[[int, int], None] | None,
    ) -> None:
        self.readers, self.how, self.judge, self.rewriter = readers, how, judge, rewriter
        self.tell = on_progress or (lambda done, total: None)
        self.counts = Counts(unfinished=[reader.name for reader in readers if not reader.finished])
        self.names = _different([reader.name for reader in readers])
        self.split_of: dict[str, str] = {}
        self.seen: dict[str, tuple[Seen, RunReader, str, str]] = {}
        self.keys: set[str] = set()
        self.draws: list[tuple[bool, ...]] = []
        self.samples: dict[str, Example] = {}
        self._files: dict[str, PictureFile] = {}

    def asked(self) -> Iterator[tuple[RunReader, str, str, Asked]]:
        """Every question with its run, the run's name and the question's id in the data set."""
        for reader, name in zip(self.readers, self.names, strict=True):
            for asked in reader.questions():
                yield reader, name, asked.id if len(self.readers) == 1 else f"{name}/{asked.id}", asked

    def assign(self) -> None:
        """Decide the splits, which takes a look at all questions."""
        told = ((id, one.record.images, one.record.split) for _, _, id, one in self.asked() if one.readable)
        self.split_of, self.counts.moved = splits.assign(
            told, {"val": self.how.val, "test": self.how.test}, self.how.seed
        )

    def write(self, folder: Path) -> None:
        with ExitStack() as stack:
            other = stack.enter_context(llava.LlavaFolder(folder / "llava")) if self.how.llava else None

            def rows() -> Iterator[dict[str, Any]]:
                for row in self.rows():
                    self.counts.rows[f"{row['split']}/{row['target']}"] += 1
                    if other is not None:
                        other.add(row)
                    yield row

            write(folder, rows(), self.how.parquet)
        self.counts.pictures = len(self.keys)
        most = max(map(len, self.draws), default=0)
        self.counts.by_draws = share_by_draws(self.draws, most)
        told = self.counts.as_dict()
        (folder / COUNTS).write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        write_card(folder, self.counts, self.readers, self.names, self.how, list(self.samples.values()))

    def rows(self) -> Iterator[dict[str, Any]]:
        examples = self.examples()
        for some in iter(lambda: list(islice(examples, BATCH)), []):
            for example in self.rewritten(some):
                if example.verified:
                    self.samples.setdefault(example.family, example)
                yield from rows_of(example)
        if self.how.instructions:
            for key, (seen, reader, name, split) in self.seen.items():
                yield from rows_of_picture(self._picture(reader, key), seen, name, split)

    def rewritten(self, examples: list[Example]) -> Iterator[Example]:
        if self.rewriter is None:
            yield from examples
            return
        told = [(one.question, one.label, one.rationale) for one in examples if one.verified]
        prose = iter(rewrite(self.rewriter, told))
        for example in examples:
            if not example.verified:
                yield example
                continue
            found = next(prose)
            self.counts.rewritten["refused" if found.unfounded else "taken"] += 1
            yield replace(example, rationale=found.text)

    def examples(self) -> Iterator[Example]:
        total = len(self.split_of)
        for reader, name, id, asked in self.asked():
            split = self.split_of.get(id, "")
            found = verify(asked, self.judge, self.how.labels != "ignore" or split == "test")
            self._count(asked, found)
            if not split:
                self.counts.dropped[NOT_READ] += 1
                continue
            label = found.label or (self._box_label(asked) if found.labelled else "")
            if not label:
                self.counts.dropped[NO_LABEL] += 1
                continue
            yield self._example(reader, name, id, asked, found, label, split)
            self.tell(self.counts.questions, total)

    def _example(
        self, reader: RunReader, name: str, id: str, asked: Asked, found: Verification, label: str, split: str
    ) -> Example:
        record = asked.record
        images = tuple(self._picture(reader, key) for key in record.images)
        told: dict[str, str] = {}
        if found.chosen is not None:
            trace = found.chosen.trace
            rationale = text_of_rationale(tell(trace, label))
            told = {"program": found.chosen.record.program, "trace": trace_json(trace), "rationale": rationale}
            if self.how.instructions and len(images) == 1:
                sizes = {one.key: (one.width, one.height) for one in trace.pictures}
                key = record.images[0]
                seen, *_ = self.seen.setdefault(key, (Seen(sizes[key]), reader, name, split))
                seen.take(trace, asked.question, rationale)
        return Example(id, asked.question, images, label, split, source=name, family=record.family, **told)

    def _picture(self, reader: RunReader, key: str) -> PictureFile:
        """Its file, once it is sure that it is whole."""
        found = self._files.get(key)
        if found is None:
            path = reader.run.picture_file(key)
            reader.run.picture(key)
            found = PictureFile(key, path.read_bytes(), path.suffix[1:])
            self.keys.add(key)
            if len(self._files) >= BATCH:  # questions about a picture mostly stand together
                self._files.pop(next(iter(self._files)))
            self._files[key] = found
        return found

    def _box_label(self, asked: Asked) -> str:
        record = asked.record
        if record.box is None:
            return ""
        pictures = {one.key: (one.width, one.height) for one in asked.candidates[0].trace.pictures}
        return box_text(record.box, pictures[record.images[0]])

    def _count(self, asked: Asked, found: Verification) -> None:
        counts = self.counts
        counts.questions += 1
        counts.labelled += found.labelled
        counts.programs["drawn"] += asked.draws
        counts.programs["different"] += len(asked.candidates) if asked.draws else 0
        counts.verdicts.update(found.verdicts)
        counts.reasons[found.reason] += 1
        if found.reason != NOT_DRAWN:
            family = counts.families[asked.record.family or "no family"]
            family["questions"] += 1
            family["verified"] += found.chosen is not None
        for one, verdict in zip(asked.candidates, found.verdicts, strict=False):
            counts.programs[one.record.status] += bool(asked.draws)
            counts.swaps += len(one.swaps)
            counts.unswapped += verdict == VERIFIED and not one.swaps
        if found.labelled and len(found.by_draw) >= asked.candidates[0].reader.samples:
            self.draws.append(found.by_draw)  # one that was drawn for less often would have a part in the first k alone


def trace_json(trace: Trace) -> str:
    """A trace as the data set holds it: what was called and what came back, in whole hundredths of a pixel, and no
    times, batch sizes or names of files, which differ from run to run."""
    steps = [
        {"index": one.index, "tool": one.tool, "span": one.span, "arguments": one.arguments, "result": one.result}
        | ({"error": one.error} if one.error is not None else {})
        for one in trace.steps
    ]
    pictures = [
        {"key": one.key, "width": one.width, "height": one.height, "source": one.source} for one in trace.pictures
    ]
    told = {"version": trace.version, "images": trace.images, "pictures": pictures, "steps": steps}
    ended = {"status": trace.status, "value": trace.value, "reason": trace.reason}
    return json.dumps(_rounded(told | ended), ensure_ascii=False, separators=(",", ":"))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return _rounded(value.model_dump(mode="json")) if hasattr(value, "model_dump") else value


def _different(names: Sequence[str]) -> list[str]:
    """The names, those that come again with a number."""
    found: list[str] = []
    for name in names:
        number, one = 2, name
        while one in found:
            one, number = f"{name}-{number}", number + 1
        found.append(one)
    return found
