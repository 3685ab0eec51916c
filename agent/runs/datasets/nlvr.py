"""NLVR: statements about drawings of three boxes with coloured shapes (Suhr et al., ACL 2017)."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agent.runs.datasets.benchmark import Benchmark, Pictures, Reader, is_it_true, is_key, need, truth
from agent.runs.json_members import Malformed
from agent.runs.question_format import Entry, Source, question_format
from agent.runs.question_tables import JSONL


class Statements(Benchmark):
    """A benchmark of one statement a line."""

    def records(self, path: Path) -> Iterator[tuple[str, Any]]:
        for entry in JSONL().entries(Source(path)):
            yield entry.where, _record(entry)


@question_format("nlvr")
class NLVR(Statements):
    """A JSON object a line: `{identifier: "1572-0", sentence, label: "true", directory, structured_rep, evals}`,
    pictures `{split}/images/{directory}/{split}-{identifier}-{0 to 5}.png`. The six pictures of an example differ in
    the order of the boxes only; the first is asked about. Also read: `{id: "dev-1572-0", image, sentence, label}` with
    the path of the picture. A question is "Is it true that ...?", its answer yes or no. The pictures of one statement
    (`dev-1572`) are a group, as in the official script's consistency.

    Source: https://github.com/lil-lab/nlvr/tree/master/nlvr
    """

    patterns = ("*.jsonl", "train.json", "dev.json", "test.json", "train/train.json", "dev/dev.json", "test/test.json")
    expected = "dev/dev.json and dev/images/, or dev.jsonl"

    def recognises(self, path: Path, head: bytes) -> bool:
        two = is_key(head, "left_url") or re.search(rb'"identifier"\s*:\s*"[a-z]', head)
        return is_key(head, "sentence", "label") and not two

    def split_of(self, path: Path) -> str:
        return path.stem

    def reader(self, path: Path, source: Source) -> Reader:
        return _Reader(Pictures(source), self.split_of(path))


class _Reader(Reader):
    def __init__(self, pictures: Pictures, split: str) -> None:
        self.pictures, self.split = pictures, split

    def id(self, record: Mapping[str, Any]) -> Any:
        if "identifier" in record:
            return f"{self.split}-{need(record, 'identifier', str)}"
        return need(record, "id", str)

    def fields(self, record: Mapping[str, Any]) -> dict[str, Any]:
        id = self.id(record)
        if "identifier" in record:
            name, folder = f"{id}-0.png", record.get("directory", 0)
            image = self.pictures.find(
                f"images/{folder}/{name}", f"{self.split}/images/{folder}/{name}", f"{folder}/{name}", name
            )
        else:
            image = self.pictures.find(need(record, "image", str))
        return {
            "question": is_it_true(need(record, "sentence", str)),
            "image": image,
            "answer": truth(need(record, "label", str, bool)) if "label" in record else None,
            "group": id.rpartition("-")[0],
        }


def _record(entry: Entry) -> Any:
    return Malformed(entry.problem) if entry.problem else entry.fields
