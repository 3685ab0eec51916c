"""CLEVR: compositional questions about rendered scenes (Johnson et al., CVPR 2017)."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agent.runs.datasets.benchmark import Benchmark, Pictures, Reader, is_key, listed, need
from agent.runs.question_format import Source, question_format


@question_format("clevr")
class CLEVR(Benchmark):
    """`questions/CLEVR_{split}_questions.json` with a list `questions` of `{image_filename, split, question, answer,
    question_index, question_family_index, program}`; pictures `images/{split}/{image_filename}`. A row's family is the
    last function of the program (`count`, `exist`, `query_color`, `equal_integer` and so on; the release calls it
    `function`, the generator's own output `type`). The test split has neither answers nor programs.

    Source: https://cs.stanford.edu/people/jcjohns/clevr/
    """

    patterns = ("questions/CLEVR_*_questions.json", "CLEVR_*_questions.json")
    expected = "questions/CLEVR_val_questions.json or the like, and images/val/"

    def recognises(self, path: Path, head: bytes) -> bool:
        return is_key(head, "questions") and (is_key(head, "image_filename") or path.name.startswith("CLEVR_"))

    def split_of(self, path: Path) -> str:
        match = re.fullmatch(r"CLEVR_(.+)_questions", path.stem)
        return match.group(1) if match else ""

    def records(self, path: Path) -> Iterator[tuple[str, Any]]:
        return listed(path, "questions")

    def reader(self, path: Path, source: Source) -> Reader:
        return _Reader(Pictures(source), self.split_of(path))


class _Reader(Reader):
    def __init__(self, pictures: Pictures, split: str) -> None:
        self.pictures, self.split = pictures, split

    def id(self, record: Mapping[str, Any]) -> Any:
        return record.get("question_index")

    def fields(self, record: Mapping[str, Any]) -> dict[str, Any]:
        name = need(record, "image_filename", str)
        split = record.get("split") if isinstance(record.get("split"), str) else self.split
        program = record.get("program")
        last = program[-1] if isinstance(program, list) and program else None
        return {
            "question": need(record, "question", str),
            "image": self.pictures.find(f"images/{split}/{name}", f"{split}/{name}", name, f"images/{name}"),
            "answer": record.get("answer"),
            "family": (last.get("function") or last.get("type")) if isinstance(last, Mapping) else None,
        }
