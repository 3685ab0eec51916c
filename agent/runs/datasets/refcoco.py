"""RefCOCO, RefCOCO+ and RefCOCOg: phrases that name one thing in a photograph (Yu et al., ECCV 2016; Mao et al., CVPR
2016)."""

import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agent.runs.datasets.benchmark import Pictures, need
from agent.runs.json_members import members
from agent.runs.question_format import (
    BadField,
    Entry,
    QuestionFileError,
    QuestionFormat,
    Source,
    question_format,
)


@question_format("refcoco")
class RefCOCO(QuestionFormat):
    """`refs(unc).p`, `refs(umd).p` or `refs(google).p`, a pickled list of `{ref_id, ann_id, image_id, category_id,
    file_name, split, sent_ids, sentences: [{sent_id, sent, raw, tokens}]}`, or the same as `refs(unc).json`; and
    `instances.json` with lists `images` of `{id, file_name}` and `annotations` of `{id, image_id, bbox: [x, y, width,
    height]}`. Pictures are those of COCO train2014. Where a folder has several files of refs, name one of them.

    A row is one sentence, as the question "Find <sentence>."; its box is the annotation's. Splits stand in the rows:
    train, val, test, testA (people), testB (things).

    A pickle can run code when it is read. This one is read with everything refused but plain lists, dicts, texts and
    numbers, which is all that the release holds.

    Source: https://github.com/lichengunc/refer
    """

    def found(self, folder: Path) -> list[Path]:
        paths = (path for suffix in ("p", "json") for path in folder.glob(f"refs(*).{suffix}"))
        return sorted(path for path in paths if path.is_file())

    def recognises(self, path: Path, head: bytes) -> bool:
        return path.name.startswith("refs(")

    def files(self, source: Source) -> list[Path]:
        refs = self._refs(source)
        instances = refs.parent / "instances.json"
        if not instances.is_file():
            raise QuestionFileError(f"{refs}: the boxes are missing; put instances.json beside it")
        return [refs, instances]

    def entries(self, source: Source) -> Iterator[Entry]:
        path, instances = self.files(source)
        images = _by_id(instances, "images", "file_name")
        boxes = _by_id(instances, "annotations", "bbox")
        pictures = Pictures(source)
        for where, ref, sentence in _sentences(path):
            known: dict[str, Any] = {}
            try:
                known = _asked(ref, sentence)
                entry = Entry(path, where, known | _shown(ref, images, boxes, pictures))
            except BadField as error:
                entry = Entry(path, where, known, str(error))
            yield entry

    def count(self, source: Source) -> int | None:
        return sum(1 for _ in _sentences(self._refs(source)))

    def _refs(self, source: Source) -> Path:
        if not source.path.is_dir():
            return source.path
        found = self.found(source.path)
        if not found:
            raise QuestionFileError(f"{source.path}: no questions of refcoco here; expected refs(unc).p or the like")
        if len(found) > 1:
            names = ", ".join(path.name for path in found)
            raise QuestionFileError(f"{source.path}: it has {names}; name one of these files")
        return found[0]


def _sentences(path: Path) -> Iterator[tuple[str, Any, Any]]:
    """Where each sentence is, its ref, and the sentence; None for one that is not there."""
    refs = (value for _, value in members(path)) if path.suffix == ".json" else iter(_unpickled(path))
    for place, ref in enumerate(refs, 1):
        sentences = ref.get("sentences") if isinstance(ref, dict) else None
        if not isinstance(sentences, list) or not sentences:
            yield f"ref {place}", ref, None
            continue
        for number, sentence in enumerate(sentences, 1):
            yield f"ref {place}, sentence {number}", ref, sentence


def _asked(ref: Any, sentence: Any) -> dict[str, Any]:
    """What a sentence asks, by the names of a row's fields."""
    if not isinstance(ref, dict):
        raise BadField(getattr(ref, "reason", "a ref must be an object"))
    if not isinstance(sentence, dict):
        raise BadField("the ref has no `sentences` with `sent` and `sent_id`")
    phrase = " ".join(need(sentence, "sent", str).split()).rstrip(". ")
    question = f"Find {phrase}." if phrase else ""
    return {"id": need(sentence, "sent_id", int, str), "question": question, "split": need(ref, "split", str)}


def _shown(
    ref: Mapping[str, Any], images: Mapping[int, Any], boxes: Mapping[int, Any], pictures: Pictures
) -> dict[str, Any]:
    """The picture of a ref and the box in it."""
    image, annotation = need(ref, "image_id", int), need(ref, "ann_id", int)
    if not isinstance(images.get(image), str):
        raise BadField(f"instances.json has no image {image}")
    box = boxes.get(annotation)
    if not isinstance(box, list) or len(box) != 4 or not all(isinstance(v, int | float) for v in box):
        raise BadField(f"instances.json has no box for annotation {annotation}")
    name = images[image]
    x, y, width, height = box
    folders = ("train2014/", "", "images/", "images/train2014/", "images/mscoco/images/train2014/")
    image_path = pictures.find(*(folder + name for folder in folders))
    return {"image": image_path, "box": [x, y, x + width, y + height]}


def _by_id(path: Path, key: str, field: str) -> dict[int, Any]:
    """One field of the objects in a list, by their ids."""
    listed = (value for _, value in members(path, key))
    return {one["id"]: one.get(field) for one in listed if isinstance(one, dict) and isinstance(one.get("id"), int)}


class _PlainOnly(pickle.Unpickler):
    """Builds lists, dicts, sets, tuples, texts and numbers; refuses everything that a pickle names by module."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"it would load {module}.{name}, which a list of refs does not need")


def _unpickled(path: Path) -> list[Any]:
    try:
        with path.open("rb") as file:
            # Texts of Python 2 are bytes; those that are not UTF-8 are found when their row is read.
            read = _PlainOnly(file, encoding="utf-8", errors="surrogateescape").load()
    except OSError as error:
        raise QuestionFileError(f"{path}: cannot be read ({error.strerror})") from None
    except Exception as error:  # a damaged pickle can raise nearly anything
        text = " ".join(str(error).split())[:200]
        raise QuestionFileError(f"{path}: refused as a pickle of plain data ({text or type(error).__name__})") from None
    if not isinstance(read, list):
        raise QuestionFileError(f"{path}: must hold a list of refs, and holds a {type(read).__name__}")
    return read
