"""GQA: compositional questions about photographs (Hudson and Manning, CVPR 2019)."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agent.runs.datasets.benchmark import Benchmark, Pictures, Reader, is_key, need
from agent.runs.json_members import members
from agent.runs.question_format import Source, question_format


@question_format("gqa")
class GQA(Benchmark):
    """`{split}_questions.json`: an object from question id to `{imageId, question, answer, types, groups, ...}`;
    pictures `images/{imageId}.jpg`. Splits: `train_balanced`, `val_all`, `testdev_balanced` and so on; `train_all` is a
    folder of ten files. A row's family is `types.structural` (verify, query, choose, logical, compare). The files for
    test and challenge have no answers.

    Source: https://cs.stanford.edu/people/dorarad/gqa/download.html
    """

    patterns = tuple(
        f"{folder}{name}"
        for folder in ("", "questions/", "questions1.2/", "questions1.1/")
        for name in ("*_questions.json", "train_all_questions/train_all_questions_*.json")
    )
    expected = "testdev_balanced_questions.json or the like, and images/"

    def recognises(self, path: Path, head: bytes) -> bool:
        return is_key(head, "imageId", "question")

    def split_of(self, path: Path) -> str:
        return re.sub(r"_questions(_\d+)?$", "", path.stem)

    def records(self, path: Path) -> Iterator[tuple[str, Any]]:
        for place, (name, record) in enumerate(members(path, kind="object"), 1):
            yield f"row {place}", {**record, "questionId": name} if isinstance(record, dict) else record

    def reader(self, path: Path, source: Source) -> Reader:
        return _Reader(Pictures(source))


class _Reader(Reader):
    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures

    def id(self, record: Mapping[str, Any]) -> Any:
        return record["questionId"]

    def fields(self, record: Mapping[str, Any]) -> dict[str, Any]:
        name = f"{need(record, 'imageId', str, int)}.jpg"
        types = record.get("types")
        return {
            "question": need(record, "question", str),
            "image": self.pictures.find(f"images/{name}", name, f"allImages/images/{name}"),
            "answer": record.get("answer"),
            "family": types.get("structural") if isinstance(types, Mapping) else None,
        }
