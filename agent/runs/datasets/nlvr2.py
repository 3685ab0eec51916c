"""NLVR2: statements about pairs of photographs (Suhr et al., ACL 2019)."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.runs.datasets.benchmark import Pictures, Reader, is_it_true, is_key, need, truth
from agent.runs.datasets.nlvr import Statements
from agent.runs.question_format import BadField, Source, question_format

_IDENTIFIER = re.compile(r"([a-z]+\d?)-(\d+)-(\d+)-(\d+)")


@question_format("nlvr2")
class NLVR2(Statements):
    """A JSON object a line: `{identifier: "dev-850-0-1", sentence, label: "True", left_url, right_url, directory (train
    only), ...}`. The identifier is split, set, pair, sentence; the pictures are `dev-850-0-img0.png` (left) and
    `-img1.png` in `dev/`, `test1/`, `images/train/{directory}/`. A question is "Is it true that ...?", its answer yes
    or no. The pairs of one sentence are a group, as in the official script's consistency.

    Source: https://github.com/lil-lab/nlvr/tree/master/nlvr2
    """

    patterns = tuple(f"{folder}{name}.json" for folder in ("", "data/") for name in ("train", "dev", "test1", "test2"))
    expected = "dev.json or data/dev.json, and the pictures in dev/ or images/"

    def recognises(self, path: Path, head: bytes) -> bool:
        named = is_key(head, "left_url") or re.search(rb'"identifier"\s*:\s*"[a-z]+\d?-\d+-\d+-\d+"', head) is not None
        return named and is_key(head, "sentence", "identifier")

    def split_of(self, path: Path) -> str:
        return path.stem

    def reader(self, path: Path, source: Source) -> Reader:
        return _Reader(Pictures(source))


class _Reader(Reader):
    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures

    def id(self, record: Mapping[str, Any]) -> Any:
        return need(record, "identifier", str)

    def fields(self, record: Mapping[str, Any]) -> dict[str, Any]:
        match = _IDENTIFIER.fullmatch(self.id(record))
        if match is None:
            raise BadField(f"the identifier {self.id(record)[:40]!r} is not split-set-pair-sentence, as dev-850-0-1 is")
        split, several, pair, sentence = match.groups()
        names = [f"{split}-{several}-{pair}-img{side}.png" for side in (0, 1)]
        directory = record.get("directory", "")
        places = (f"{split}/", f"images/{split}/{directory}/", f"images/{split}/", "", f"{directory}/", "images/")
        return {
            "question": is_it_true(need(record, "sentence", str)),
            "images": [self.pictures.find(*(place + name for place in places)) for name in names],
            "answer": truth(need(record, "label", str, bool)) if "label" in record else None,
            "group": f"{split}-{several}-{sentence}",
        }
