"""NExT-QA: why, how and when in videos of everyday life (Xiao, Shang, Yao and Chua, CVPR 2021), multiple choice."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agent.runs.choices import with_options
from agent.runs.datasets.benchmark import Benchmark, Pictures, Reader, need
from agent.runs.json_members import Malformed
from agent.runs.question_format import BadField, QuestionFileError, Source, question_format

_OPTIONS = ("a0", "a1", "a2", "a3", "a4")
_COLUMNS = ("video", "question", "answer", "qid", "type", *_OPTIONS)

_MAP = "map_vid_vidorID.json"

_KINDS = {"C": "causal", "T": "temporal", "D": "descriptive"}
"""By the first letter of `type`: CW why, CH how; TP before, TN after, TC while; DC count, DL place, DO others."""


@question_format("nextqa")
class NextQA(Benchmark):
    """`train.csv`, `val.csv` and `test.csv` with the columns `video, frame_count, width, height, question, answer, qid,
    type, a0, a1, a2, a3, a4`, of which `answer` is the number of the right option (in NExT-GQA its words).
    `map_vid_vidorID.json` beside them maps a video's number to its file in VidOR: `NExTVideo/1164/3238737531.mp4`.
    Without it, or where a file lies elsewhere, `NExTVideo/3238737531.mp4` is looked for. A row's family is causal,
    temporal or descriptive.

    Source: https://github.com/doc-doc/NExT-QA
    """

    patterns = ("train.csv", "val.csv", "test.csv", "nextqa/train.csv", "nextqa/val.csv", "nextqa/test.csv")
    expected = f"val.csv, test.csv or train.csv, {_MAP} and NExTVideo/"

    def recognises(self, path: Path, head: bytes) -> bool:
        first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
        return path.suffix == ".csv" and set(_COLUMNS) <= {name.strip() for name in first.split(",")}

    def split_of(self, path: Path) -> str:
        return path.stem

    def records(self, path: Path) -> Iterator[tuple[str, Any]]:
        try:
            with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
                rows = csv.DictReader(file, restkey="", strict=True)
                try:
                    for row in rows:
                        where = f"line {rows.line_num}"
                        odd = "" in row or None in row.values()
                        count = f"there are not {len(rows.fieldnames or ())} cells in the row"
                        yield where, Malformed(count) if odd else row
                except csv.Error as error:
                    yield (
                        f"line {rows.line_num}",
                        Malformed(f"not valid CSV ({error}); the rest of the file is left out"),
                    )
        except OSError as error:
            raise QuestionFileError(f"{path}: cannot be read ({error.strerror})") from None

    def reader(self, path: Path, source: Source) -> Reader:
        return _Reader(Pictures(source), _places(path.parent))


class _Reader(Reader):
    def __init__(self, videos: Pictures, places: Mapping[str, str]) -> None:
        self.videos, self.places = videos, places

    def id(self, record: Mapping[str, Any]) -> Any:
        """A `qid` is a number within its video."""
        return f"{need(record, 'video', str).strip()}_{need(record, 'qid', str).strip()}"

    def fields(self, record: Mapping[str, Any]) -> dict[str, Any]:
        question = " ".join(need(record, "question", str).split()).rstrip("?").rstrip()
        if not question:
            raise BadField("the question is empty")
        options = [" ".join(need(record, name, str).split()) for name in _OPTIONS]
        kind = need(record, "type", str).strip()
        video = need(record, "video", str).strip()
        names = [
            f"{place}{name}.mp4"
            for name in (self.places.get(video, video), video)
            for place in ("NExTVideo/", "", "videos/")
        ]
        return {
            "question": with_options(f"{question}?", options),
            "video": self.videos.find(*names),
            "answer": _right(need(record, "answer", str).strip(), options),
            "family": _KINDS.get(kind[:1]),
        }


def _right(answer: str, options: list[str]) -> str:
    if answer in options:
        return answer
    if answer.isdigit() and int(answer) < len(options):
        return options[int(answer)]
    raise BadField(f"`answer` is {answer[:40]!r}; it must be the number of an option, 0 to {len(options) - 1}")


def _places(folder: Path) -> dict[str, str]:
    """Files of the videos by their numbers, without the ending. Raises QuestionFileError."""
    file = folder / _MAP
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise QuestionFileError(f"{file}: cannot be read ({error})") from None
    if not isinstance(found, dict):
        raise QuestionFileError(f"{file}: it must be an object of video numbers and paths")
    return {str(name): str(place) for name, place in found.items()}
