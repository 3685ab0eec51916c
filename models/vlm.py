"""Questions about a region, by any vision-language model of transformers' `AutoModelForImageTextToText`: short answers,
how likely a yes is, captions, and boxes where the model was taught to write them.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import torch
from PIL import Image

from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.loading import CheckpointError, load_model, load_processor, model_type
from models.picture import Box, Region
from models.pointing import with_boxes
from models.region_text import DIALECTS, OF_MODEL_TYPE, Family, read_regions
from models.requests import Ask, Caption, Confirm, Detection, Locate, SpecialistError

Question: TypeAlias = Ask | Confirm | Caption | Locate

LEAST_SIDE = 28
"""Pixels. Smaller regions are put on a larger ground: some image processors refuse slivers."""


CAPTION_TOKENS = 64
REGION_TOKENS = 512
"""Longest caption, and longest list of boxes, in tokens."""


class Vlm(Adapter[Question, Any]):
    """A model that sees and writes, behind `run`: a text an `Ask` or `Caption`, a probability a `Confirm`, detections a
    `Locate`. All of them are kept, since decoding is greedy."""

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        prompt: str = "{} Answer with one word or a short phrase.",
        caption: str = "Describe the picture in one sentence.",
        boxes: Family | None = None,
        max_new_tokens: int = 24,
        min_new_tokens: int = 0,
        whole: int | None = None,
        batch_size: int = 4,
        cache_mb: int = 8,
    ) -> None:
        """
        Args:
            prompt: text shown to the model after the picture; `{}` is the question.
            caption: how a caption is asked for.
            boxes: how the model writes boxes; by its architecture if None, and there are models that write none.
            max_new_tokens, min_new_tokens: bounds of an answer's length.
            whole: side in pixels of the square that whole pictures are given in, for a model that takes any size and
                whose processor makes small squares of regions; None for the processor's size.
            cache_mb: limit of the kept answers, in MiB.
        """
        super().__init__(batch_size)
        self.model = model
        self.processor = processor
        self.prompt = prompt
        self.caption = caption
        self.family = boxes or OF_MODEL_TYPE.get(model.config.model_type)
        self.dialect = DIALECTS[self.family] if self.family else None
        self.max_new_tokens = max_new_tokens
        self.min_new_tokens = min_new_tokens
        self.whole = whole
        self.answers: FeatureCache[Any] = FeatureCache(cache_mb << 20)
        self._yes, self._no = (_first_tokens(processor.tokenizer, word) for word in ("yes", "no"))
        processor.tokenizer.padding_side = "left"
        processor.tokenizer.pad_token = processor.tokenizer.pad_token or processor.tokenizer.eos_token
        for name in ("temperature", "top_p", "top_k", "min_p"):  # greedy decoding warns of them
            setattr(model.generation_config, name, None)

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, **options: Any) -> "Vlm":
        """Read a checkpoint from its folder. Raises CheckpointError."""
        from transformers import AutoModelForImageTextToText

        processor = load_processor(folder)
        family = options.get("boxes") or OF_MODEL_TYPE.get(model_type(folder))
        if not getattr(processor, "chat_template", None) and not (family and DIALECTS[family].bare):
            raise CheckpointError(f"{folder}: its processor has no chat template, so it cannot be asked questions")
        return cls(load_model(AutoModelForImageTextToText, folder, device, dtype), processor, **options)

    def refuse(self, request: Question) -> SpecialistError | None:
        name = type(self.model).__name__
        if isinstance(request, Locate):
            if not request.text.strip():
                return SpecialistError("the vision-language model was asked to find nothing")
            if self.dialect is None:
                return SpecialistError(
                    f"{name} was not taught to write boxes; use find(), or a preset whose vlm does (`boxes:` says how)"
                )
        elif isinstance(request, Ask | Confirm):
            if not request.question.strip():
                return SpecialistError("the vision-language model was asked nothing")
            if self.dialect is not None and self.dialect.bare and not self.dialect.ask:
                return SpecialistError(f"{name} describes and finds, but answers no questions; choose another vlm")
        return None

    def answer(self, requests: list[Question]) -> list[Any]:
        known: dict[Any, Any] = {}
        kinds: tuple[tuple[type, Callable[[list[Any]], list[Any]]], ...] = (
            (Ask, lambda asked: self._ask([(one.region, one.question) for one in asked])),
            (Confirm, self._confirm),
            (Caption, self._caption),
            (Locate, self._locate),
        )
        for kind, compute in kinds:
            wanted = {_key(request): request for request in requests if isinstance(request, kind)}
            new = [key for key in wanted if (kept := self.answers.get(key)) is None or known.update({key: kept})]
            # One batch has pictures of one size: whole ones come last where they are shown larger.
            new.sort(key=lambda key: self._side(wanted[key].region) is not None)
            small = sum(self._side(wanted[key].region) is None for key in new)
            told = [
                value
                for part in (new[:small], new[small:])
                for value in self.forward([wanted[key] for key in part], compute)
            ]
            for key, value in zip(new, told, strict=True):
                known[key] = value
                self.answers.put(key, value)
        return [known[_key(request)] for request in requests]

    def _ask(self, pairs: list[tuple[Region, str]]) -> list[str]:
        prompts = [self._question(question) for _, question in pairs]
        return self._write([region for region, _ in pairs], prompts, self.max_new_tokens, self.min_new_tokens)

    def _question(self, question: str) -> str:
        if self.dialect is not None and self.dialect.bare:
            return self.dialect.ask.replace("{}", question)
        return self.prompt.format(question)

    def _caption(self, requests: list[Caption]) -> list[str]:
        prompt = self.dialect.caption if self.dialect is not None and self.dialect.bare else self.caption
        most = max(CAPTION_TOKENS, self.max_new_tokens)
        return self._write([request.region for request in requests], [prompt] * len(requests), most)

    def _confirm(self, requests: list[Confirm]) -> list[float]:
        inputs = self._inputs([one.region for one in requests], [self._question(one.question) for one in requests])
        output = greedy(self.model, inputs, self.processor.tokenizer.pad_token_id, 1, output_logits=True)
        chances = output.logits[0].float().softmax(-1)
        yes, no = chances[:, self._yes].sum(1), chances[:, self._no].sum(1)
        return [float(value) for value in yes / (yes + no).clamp(min=1e-30)]

    def _locate(self, requests: list[Locate]) -> list[list[Detection]]:
        assert self.dialect is not None
        assert self.family is not None
        regions = [request.region for request in requests]
        prompts = [
            (self.dialect.ground if request.single else self.dialect.detect).replace("{}", request.text, 1)
            for request in requests
        ]
        inputs = self._inputs(regions, prompts)
        padding = self.processor.tokenizer.pad_token_id
        output = greedy(self.model, inputs, padding, REGION_TOKENS, output_logits=True)
        texts = self._decoded(output.sequences, inputs, special=True)
        new = output.sequences[:, -len(output.logits) :]
        chances = torch.stack(output.logits, 1).float().log_softmax(-1).gather(2, new.unsqueeze(-1)).squeeze(-1)
        written = new != self.processor.tokenizer.pad_token_id
        sure = ((chances * written).sum(1) / written.sum(1).clamp(min=1)).exp()
        sizes = self._seen(inputs, regions)
        return [
            [
                Detection(_placed(box, region), float(score))
                for _, box in read_regions(text, self.family, size)[: 1 if request.single else None]
            ]
            for request, region, text, score, size in zip(requests, regions, texts, sure, sizes, strict=True)
        ]

    def _seen(self, inputs: Any, regions: Sequence[Region]) -> list[tuple[int, int]]:
        """Width and height of each region as the model saw it."""
        grids = inputs.get("image_grid_thw")
        if grids is None:
            return [grounded(region.crop()).size for region in regions]
        patch = int(self.processor.image_processor.patch_size)
        return [(int(wide) * patch, int(high) * patch) for _, high, wide in grids.tolist()]

    def _write(self, regions: Sequence[Region], prompts: Sequence[str], most: int, least: int = 0) -> list[str]:
        inputs = self._inputs(regions, prompts)
        things = look(self.model, inputs, [1] * len(regions))
        output = greedy(self.model, inputs, self.processor.tokenizer.pad_token_id, most, least)
        texts = self._decoded(output.sequences, inputs)
        return [with_boxes(text, seen).strip() for text, seen in zip(texts, things, strict=True)]

    def _decoded(self, output: torch.Tensor, inputs: Any, special: bool = False) -> list[str]:
        # An encoder-decoder does not repeat the prompt.
        start = 0 if self.model.config.is_encoder_decoder else inputs["input_ids"].shape[1]
        return list(self.processor.tokenizer.batch_decode(output[:, start:], skip_special_tokens=not special))

    def _inputs(self, regions: Sequence[Region], prompts: Sequence[str]) -> Any:
        texts = list(prompts)
        if self.dialect is None or not self.dialect.bare:
            texts = [
                self.processor.apply_chat_template(
                    [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt}]}],
                    add_generation_prompt=True,
                )
                for prompt in prompts
            ]
        images = [[grounded(region.crop())] for region in regions]
        if self.family == "florence":
            images = [image for (image,) in images]  # type: ignore[misc]
        side = self._side(regions[0])
        size = {} if side is None else {"size": {"height": side, "width": side}}
        inputs = self.processor(text=texts, images=images, padding=True, return_tensors="pt", **size)
        return inputs.to(self.model.device, self.model.dtype)

    def _side(self, region: Region) -> int | None:
        """Of the square that a region is shown in, where it is not the processor's."""
        return self.whole if region.is_whole else None


def look(model: Any, inputs: Any, counts: Sequence[int]) -> list[list[list[Box]]]:
    """What a model can point at (`models.pointing`): of each text, for each of its pictures, the boxes of things from
    left to right, `xyxy` in shares of its width and height. None of a model whose vision tower tells no boxes.

    Args:
        model: of transformers.
        inputs: of its processor. Such a tower's tokens take the place of the pictures, so that it looks but once.
        counts: pictures of each text.
    """
    tower: Any = getattr(model.base_model, "vision_tower", None)
    if not hasattr(tower, "boxes"):
        return [[[] for _ in range(count)] for count in counts]
    inputs["pixel_values"] = tower(inputs["pixel_values"]).last_hidden_state
    boxes = iter(tower.boxes(inputs["pixel_values"]))
    return [[next(boxes).tolist() for _ in range(count)] for count in counts]


def greedy(model: Any, inputs: Any, padding: int, most: int, least: int = 0, **options: Any) -> Any:
    """What a model writes, the likeliest token each time: `sequences` `(B, prompt and reply)`, and what the options
    ask for beside them.

    Args:
        model: of transformers, with `generate`.
        inputs: of its processor.
        padding: the token after the end of a reply.
        most, least: tokens of a reply.
        options: of `GenerationConfig`.
    """
    from transformers import GenerationConfig

    # Without a whole configuration transformers makes a default one of the model's at every call, and that takes as
    # long as a few tokens of a small model.
    how = GenerationConfig(
        max_new_tokens=most,
        min_new_tokens=least,
        do_sample=False,
        pad_token_id=padding,
        return_dict_in_generate=True,
        **options,
    )
    return model.generate(**inputs, generation_config=how)


def _key(request: Question) -> Any:
    """What an answer is known by."""
    rest = tuple(value for name, value in vars(request).items() if name != "region")
    return type(request).__name__, request.region.key, rest


def _first_tokens(tokenizer: Any, word: str) -> list[int]:
    """Tokens with which a word may begin, as models write it."""
    forms = (word, word.capitalize(), word.upper(), f" {word}", f" {word.capitalize()}")
    encoded = [tokenizer(form, add_special_tokens=False)["input_ids"] for form in forms]
    unknown = tokenizer.unk_token_id
    return sorted({ids[0] for ids in encoded if ids and ids[0] != unknown})


def _placed(box: tuple[float, float, float, float], region: Region) -> tuple[float, float, float, float]:
    """A box in shares of a region, in pixels of its picture."""
    x1, y1, x2, y2 = region.box
    across, down = x2 - x1, y2 - y1
    return x1 + box[0] * across, y1 + box[1] * down, x1 + box[2] * across, y1 + box[3] * down


def grounded(image: Image.Image) -> Image.Image:
    """The image, or, where a side is shorter than `LEAST_SIDE`, the image in the middle of a grey ground."""
    width, height = image.size
    least = max(LEAST_SIDE, max(width, height) // 50)
    if min(width, height) >= least:
        return image
    ground = Image.new("RGB", (max(width, least), max(height, least)), (127, 127, 127))
    ground.paste(image, ((ground.width - width) // 2, (ground.height - height) // 2))
    return ground
