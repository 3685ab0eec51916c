"""VQAv2: questions about photographs that ten people answered (Goyal et al., CVPR 2017), and OK-VQA, whose questions
need knowledge (Marino et al., CVPR 2019). Both are written as VQA was (Antol et al., ICCV 2015)."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agent.runs.datasets.benchmark import Benchmark, Pictures, Reader, is_key, listed, need
from agent.runs.json_members import members
from agent.runs.question_format import BadField, QuestionFileError, Source, question_format


@question_format("vqav2")
class VQAv2(Benchmark):
    """`v2_OpenEnded_mscoco_{split}_questions.json` with a list `questions` of `{image_id, question, question_id}`,
    beside it `v2_mscoco_{split}_annotations.json` with a list `annotations` of `{question_id, answer_type, answers:
    [{answer, ...} times ten]}`; pictures `{split}/COCO_{split}_{image_id, 12 digits}.jpg`. Splits: `train2014`,
    `val2014`, and without annotations `test2015` and `test-dev2015`. A row has all ten answers, each as often as it was
    given; its family is `answer_type` (yes/no, number, other).

    Source: https://visualqa.org/download.html
    """

    patterns = tuple(
        f"{folder}*OpenEnded_mscoco_*_questions.json" for folder in ("", "Questions/", "questions/", "v2_Questions_*/")
    )
    expected = "v2_OpenEnded_mscoco_val2014_questions.json or the like, and v2_mscoco_val2014_annotations.json"

    def recognises(self, path: Path, head: bytes) -> bool:
        return path.name.startswith("v2_OpenEnded_") and is_key(head, "questions")

    def split_of(self, path: Path) -> str:
        match = re.search(r"mscoco_(.+?)_questions", path.name)
        return match.group(1) if match else ""

    def files(self, source: Source) -> list[Path]:
        questions = self.questions(source)
        return questions + [found for path in questions if (found := self.annotations(path)) is not None]

    def annotations(self, path: Path) -> Path | None:
        """The file of answers that belongs to a file of questions; None for the test splits, which have none.

        Raises:
            QuestionFileError: it should be there and is not.
        """
        name = path.name.replace("OpenEnded_", "").replace("questions", "annotations")
        folder = path.parent
        beside = (folder.name.replace("Questions", "Annotations").replace("questions", "annotations"), "Annotations")
        places = [folder / name, *(folder.parent / other / name for other in beside)]
        for place in places:
            if place != path and place.is_file():
                return place
        if self.split_of(path).startswith("test"):
            return None
        raise QuestionFileError(f"{path}: its answers are missing; put {name} beside it")

    def records(self, path: Path) -> Iterator[tuple[str, Any]]:
        return listed(path, "questions")

    def reader(self, path: Path, source: Source) -> Reader:
        annotations = self.annotations(path)
        answers = _Answers(annotations, self.families(annotations)) if annotations else None
        return _Reader(Pictures(source), _pictures_of(path, self.split_of(path)), answers)

    def families(self, annotations: Path) -> Mapping[str, str]:
        """The names of question types that a file of answers explains."""
        return {}


@question_format("okvqa")
class OKVQA(VQAv2):
    """As VQAv2, with names that lack `v2_`. Its answers are stemmed as released (`answer`, not `raw_answer`), since
    figures are published on these. A row's family is the category of knowledge that `question_types` in the annotations
    names.

    Source: https://okvqa.allenai.org/download.html
    """

    patterns = tuple(f"{folder}OpenEnded_mscoco_*_questions.json" for folder in ("", "Questions/", "questions/"))
    expected = "OpenEnded_mscoco_val2014_questions.json and mscoco_val2014_annotations.json"

    def recognises(self, path: Path, head: bytes) -> bool:
        return path.name.startswith("OpenEnded_mscoco_") and is_key(head, "questions")

    def families(self, annotations: Path) -> Mapping[str, str]:
        try:
            named = dict(members(annotations, "question_types", "object"))
        except QuestionFileError:
            return {}
        return {str(key): value for key, value in named.items() if isinstance(value, str)}


class _Reader(Reader):
    def __init__(self, pictures: Pictures, split: str, answers: "_Answers | None") -> None:
        self.pictures, self.split, self.answers = pictures, split, answers

    def id(self, record: Mapping[str, Any]) -> Any:
        return need(record, "question_id", int, str)

    def fields(self, record: Mapping[str, Any]) -> dict[str, Any]:
        image = need(record, "image_id", int)
        name = f"COCO_{self.split}_{image:012d}.jpg"
        family, answers = self.answers.of(self.id(record)) if self.answers else ("", ())
        return {
            "question": need(record, "question", str),
            "image": self.pictures.find(
                f"{self.split}/{name}", name, f"images/{self.split}/{name}", f"Images/{self.split}/{name}"
            ),
            "answers": list(answers),
            "family": family,
        }


class _Answers:
    """The answers of a split. They are read as they are asked for: the official files have questions and annotations in
    the same order, so that few wait in memory."""

    def __init__(self, path: Path, families: Mapping[str, str]) -> None:
        self._file, self._families = path.name, families
        self._annotations = members(path, "annotations")
        self._waiting: dict[Any, Mapping[str, Any]] = {}

    def of(self, id: Any) -> tuple[str, tuple[str, ...]]:
        """The family of a question and its answers. Raises BadField."""
        while id not in self._waiting:
            _, read = next(self._annotations, (0, None))
            if read is None:
                raise BadField(f"there are no answers for it in {self._file}")
            if isinstance(read, dict) and isinstance(read.get("question_id"), int | str):
                self._waiting[read["question_id"]] = read
        annotation = self._waiting.pop(id)
        answers = need(annotation, "answers", list)
        if not all(isinstance(one, dict) for one in answers):
            raise BadField(f"its answers in {self._file} must be objects with `answer`")
        family = self._families.get(str(annotation.get("question_type"))) or annotation.get("answer_type")
        return str(family or ""), tuple(need(one, "answer", str) for one in answers)


def _pictures_of(path: Path, split: str) -> str:
    """The split that pictures are named by: test-dev2015 is a part of test2015."""
    if not split:
        raise QuestionFileError(
            f"{path}: the name must tell the split, as v2_OpenEnded_mscoco_val2014_questions.json does"
        )
    return re.sub(r"^test-\w+?(?=\d{4}$)", "test", split)
