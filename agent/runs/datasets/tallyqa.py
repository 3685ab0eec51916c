"""TallyQA: counting questions about photographs (Acharya, Kafle and Kanan, AAAI 2019)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agent.runs.datasets.benchmark import Benchmark, Pictures, Reader, is_key, listed, need
from agent.runs.question_format import Source, question_format


@question_format("tallyqa")
class TallyQA(Benchmark):
    """`train.json` and `test.json`: a list of `{image: "VG_100K_2/2410408.jpg", question, answer: 4, question_id,
    image_id, issimple, data_source}`. Pictures come from Visual Genome (`VG_100K`, `VG_100K_2`) and COCO (`train2014`,
    `val2014`). A row's family is `simple` or `complex`, where `issimple` is there.

    Source: https://github.com/manoja328/TallyQA_dataset
    """

    patterns = ("train.json", "test.json", "tallyqa/train.json", "tallyqa/test.json")
    expected = "test.json or train.json, and VG_100K/, VG_100K_2/, train2014/, val2014/"

    def recognises(self, path: Path, head: bytes) -> bool:
        a_list = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")
        return a_list and is_key(head, "data_source", "question", "image")

    def split_of(self, path: Path) -> str:
        return path.stem

    def records(self, path: Path) -> Iterator[tuple[str, Any]]:
        return listed(path)

    def reader(self, path: Path, source: Source) -> Reader:
        return _Reader(Pictures(source))


class _Reader(Reader):
    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures

    def id(self, record: Mapping[str, Any]) -> Any:
        return record.get("question_id")

    def fields(self, record: Mapping[str, Any]) -> dict[str, Any]:
        name = need(record, "image", str)
        simple = record.get("issimple")
        return {
            "question": need(record, "question", str),
            "image": self.pictures.find(name, f"images/{name}"),
            "answer": need(record, "answer", int, str),
            "family": {True: "simple", False: "complex"}.get(simple) if isinstance(simple, bool) else None,
        }
