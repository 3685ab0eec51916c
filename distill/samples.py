"""Rows of a data set as TRL's `SFTTrainer` wants them: a prompt, its completion, and pictures, read when needed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow.compute as pc
import torch
from datasets import Dataset
from torch import Tensor

from distill.conversation import parts, pointed, seen
from distill.dataset import DatasetError
from distill.example import IMAGE
from distill.seeing import Seen, name_of, undecoded
from models import torchvision_ops

torchvision_ops.install()

# ruff: noqa: E402
from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

IGNORED = -100
"""Label of a token that is not learned."""

TARGETS = ("answer", "rationale", "instruction")
"""What a sample may be; in a batch it is told by its place here."""

PICTURE = 100
"""Characters that a picture counts as in the length of a sample, which only tells samples that are alike."""


def samples_of(
    rows: Dataset,
    targets: Sequence[str],
    blind: bool = False,
    looked: Mapping[str, Tensor] | None = None,
    boxes: Callable[[Tensor], Sequence[Tensor]] | None = None,
) -> Dataset:
    """The samples of one split: one a row, and of conversations one a turn of the assistant.

    Args:
        rows: of a data set, as `distill.dataset.load` reads them.
        targets: which rows: `answer`, `rationale`, `instruction`.
        blind: show grey instead of the pictures, of the same size.
        looked: what `distill.seeing.look` gave for these rows; the pictures are `Seen` then, and nothing is decoded.
        boxes: of a tower that tells what can be pointed at, `SightRegionsModel.boxes`; completions point at it then.

    Returns:
        A data set with the columns `row`, `turn` and `length`. Taking from it gives `prompt`, `completion`, `images`
        (RGB, or `Seen`) and `target`. It is empty if no row has one of these targets.

    Raises:
        DatasetError: a row has no picture, or a message speaks of more or fewer pictures than its row has.
    """
    light = rows.select_columns(["id", "messages", "target"])
    pictures = pc.list_value_length(rows.with_format("arrow")[:]["images"]).to_pylist() if len(rows) else []
    where: dict[str, list[int]] = {"row": [], "turn": [], "length": []}
    for place, (row, count) in enumerate(zip(light, pictures, strict=True)):
        if row["target"] not in targets:
            continue
        if not count:
            raise DatasetError(f"row {row['id']!r} has no picture; a vision-language model is trained on rows with one")
        spoken = sum(message["content"].count(IMAGE) for message in row["messages"])
        if spoken != count:
            raise DatasetError(f"row {row['id']!r} has {count} pictures, and its messages speak of {spoken}")
        length = PICTURE * count
        for turn, message in enumerate(row["messages"]):
            length += len(message["content"])
            if message["role"] == "assistant":
                where["row"].append(place)
                where["turn"].append(turn)
                where["length"].append(length)

    files = undecoded(rows.select_columns(["images", "messages", "target"])) if looked is not None else None

    def pictures_of(row: Mapping[str, Any]) -> list[Any]:
        if files is None or looked is None:
            return [seen(image, blind) for image in row["images"]]
        return [Seen(looked[name_of(file, blind)]) for file in row["images"]]

    def take(batch: Mapping[str, list[int]]) -> dict[str, list[Any]]:
        taken: dict[str, list[Any]] = {"prompt": [], "completion": [], "images": [], "target": []}
        for place, turn in zip(batch["row"], batch["turn"], strict=True):
            row = rows[place] if files is None else files[place]
            pictures, messages = pictures_of(row), row["messages"]
            if boxes is not None and looked is not None:
                told = boxes(torch.stack([one.tokens for one in pictures]))
                messages = pointed(messages, [one.tolist() for one in told])
            taken["prompt"].append([parts(message) for message in messages[:turn]])
            taken["completion"].append([parts(messages[turn])])
            taken["images"].append(pictures)
            taken["target"].append(row["target"])
        return taken

    return Dataset.from_dict(where).with_transform(take)


class Collator(DataCollatorForVisionLanguageModeling):
    """TRL's collator, which also says what each sample is, and is right for PaliGemma."""

    def __init__(self, processor: Any, model_type: str) -> None:
        """`model_type` is the one in the model's config."""
        reader = _TextsApart(processor, prefixed=model_type == "paligemma")
        super().__init__(reader, max_length=None, completion_only_loss=True)
        self._known: dict[str, tuple[Tensor, Tensor]] = {}

    def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        bare = [{key: example[key] for key in ("prompt", "completion", "images")} for example in examples]
        looked = all(isinstance(one, Seen) for example in bare for one in example["images"])
        output: dict[str, Any] = self._looked(bare) if looked else super().torch_call(bare)
        output["target"] = torch.tensor([TARGETS.index(example["target"]) for example in examples])
        return output

    def _looked(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """What TRL makes of samples whose pictures were looked at. Their texts are tokenized once and kept: they are
        short, and with a small student on a GPU tokenizing them in every epoch would take longer than the steps."""
        pixels = torch.stack([one.tokens for example in examples for one in example["images"]]).float()
        keys = [
            repr((one["prompt"], one["completion"], [len(image.tokens) for image in one["images"]])) for one in examples
        ]
        new = {key: one for key, one in zip(keys, examples, strict=True) if key not in self._known}
        if new:
            found = super().torch_call(list(new.values()))
            rows = zip(new, found["input_ids"], found["labels"], found["attention_mask"] == 1, strict=True)
            self._known.update((key, (ids[real], labels[real])) for key, ids, labels, real in rows)
        texts = [self._known[key] for key in keys]
        length = max(len(ids) for ids, _ in texts)
        output = {
            "input_ids": torch.full((len(texts), length), self.processor.tokenizer.pad_token_id),
            "attention_mask": torch.zeros(len(texts), length, dtype=torch.long),
            "labels": torch.full((len(texts), length), IGNORED),
            "pixel_values": pixels,
        }
        for place, (ids, labels) in enumerate(texts):
            output["input_ids"][place, : len(ids)] = ids
            output["attention_mask"][place, : len(ids)] = 1
            output["labels"][place, : len(ids)] = labels
        return output


class _TextsApart:
    """A processor that gives completions, which are texts without pictures, to its tokenizer; PaliGemma's own refuses
    them.

    PaliGemma (Beyer et al., arXiv 2407.07726) reads its prompt in both directions, and `token_type_ids` tell it what is
    prompt (0). Without a 1 at its tokens a completion would be prompt too, and every token would see the answer that it
    is to give.
    """

    def __init__(self, processor: Any, prefixed: bool) -> None:
        self._processor = processor
        self._prefixed = prefixed

    def __call__(self, images: Any = None, text: Any = None, **options: Any) -> Any:
        if images is not None:
            shown = [one for some in images for one in some]
            if not isinstance(shown[0], Seen):
                return self._processor(images=images, text=text, **options)
            told = self._processor.image_token * len(shown[0].tokens)
            text = [one.replace(self._processor.image_token, told) for one in text]
            output = self._processor.tokenizer(text, **options)
            output["pixel_values"] = torch.stack([one.tokens for one in shown]).float()
            return output
        output = self._processor.tokenizer(text, **options)
        mask = output["attention_mask"]
        output["token_type_ids"] = mask.clone() if self._prefixed else torch.zeros_like(mask)
        return output

    def __getattr__(self, name: str) -> Any:
        return getattr(self._processor, name)
