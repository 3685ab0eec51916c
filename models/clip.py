"""How well does a text describe a region? CLIP (https://arxiv.org/abs/2103.00020), SigLIP
(https://arxiv.org/abs/2303.15343) and SigLIP 2 (https://arxiv.org/abs/2502.14786) through transformers' `AutoModel`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from PIL import Image

from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.loading import CheckpointError, load_model, load_processor, tokenized
from models.picture import Region
from models.requests import Embed, Fit, Match, SpecialistError

Question: TypeAlias = Match | Fit | Embed


class Clip(Adapter[Question, Any]):
    """A model with one vector a picture and one a text, behind `run`: one score a text of each `Match`, the probability
    of each `Fit`, the vector of each `Embed`."""

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        prompt: str | Sequence[str] = "{}",
        calibration: tuple[float, float] | None = None,
        whole: int | None = None,
        batch_size: int = 16,
        cache_mb: int = 64,
    ) -> None:
        """
        Args:
            prompt: text shown to the model; `{}` is the text of the request. Several make an ensemble: a text's vector
                is the mean of theirs, as in section 3.1.4 of the CLIP paper.
            calibration: slope and offset that turn a score into the log-odds that the text is true of the region;
                SigLIP's own if None. Other models give no probability without.
            whole: side in pixels of the square that whole pictures are given in, for a model that takes any size and
                whose processor makes small squares of regions; None for the processor's size.
            cache_mb: limit of the kept features of pictures, and of those of texts, in MiB.
        """
        super().__init__(batch_size)
        self.model = model
        self.processor = processor
        self.prompts = (prompt,) if isinstance(prompt, str) else tuple(prompt)
        bias = getattr(model, "logit_bias", None)
        self.whole = whole
        self.calibration = calibration or (None if bias is None else (1.0, float(bias.detach())))
        self.regions: FeatureCache[torch.Tensor] = FeatureCache(cache_mb << 20)
        self.texts: FeatureCache[torch.Tensor] = FeatureCache(cache_mb << 20)
        self.scale = float(model.logit_scale.detach().exp())

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, **options: Any) -> "Clip":
        """Read a checkpoint from its folder. Raises CheckpointError."""
        from transformers import AutoModel

        model = load_model(AutoModel, folder, device, dtype)
        if not hasattr(model, "get_text_features") or not hasattr(model, "logit_scale"):
            raise CheckpointError(f"{folder}: {type(model).__name__} does not match texts with pictures as CLIP does")
        return cls(model, load_processor(folder), **options)

    def refuse(self, request: Question) -> SpecialistError | None:
        if isinstance(request, Match):
            texts: tuple[str, ...] = request.texts
        elif isinstance(request, Fit):
            texts = (request.text,)
            if self.calibration is None:
                return SpecialistError(
                    f"{type(self.model).__name__} compares texts and gives no probability of one; compare several "
                    "labels, or write `calibration: [SLOPE, OFFSET]` into the preset's clip"
                )
        else:
            texts = (request.what,) if isinstance(request.what, str) else ("a region",)
        if texts and all(text.strip() for text in texts):
            return None
        return SpecialistError("matching needs at least one text, and none of them empty")

    def answer(self, requests: list[Question]) -> list[Any]:
        said = dict.fromkeys(text for request in requests for text in _texts(request))
        seen = {region.key: region for request in requests if (region := _region(request)) is not None}
        texts = self._features(self.texts, {text: text for text in said}, self._embed_texts)
        pictures = self._features(self.regions, seen, self._embed_regions)
        return [self._result(request, texts, pictures) for request in requests]

    def _result(self, request: Question, texts: dict[str, torch.Tensor], pictures: dict[Any, torch.Tensor]) -> Any:
        region = _region(request)
        if isinstance(request, Embed):
            vector = texts[request.what] if isinstance(request.what, str) else pictures[request.what.key]
            return np.array(vector, np.float32)
        assert region is not None
        scores = self.scale * torch.stack([texts[text] for text in _texts(request)]) @ pictures[region.key]
        if isinstance(request, Match):
            return scores.tolist()
        assert self.calibration is not None
        slope, offset = self.calibration
        return float(torch.sigmoid(slope * scores[0] + offset))

    def _features(self, cache: FeatureCache[torch.Tensor], wanted: dict[Any, Any], embed: Any) -> dict[Any, Any]:
        features = {key: kept for key in wanted if (kept := cache.get(key)) is not None}
        missing = [key for key in wanted if key not in features]
        if embed == self._embed_texts:
            new = [vector for start in range(0, len(missing), 64) for vector in embed(missing[start : start + 64])]
        else:
            # One batch has pictures of one size: whole ones come last where they are shown larger.
            missing.sort(key=lambda key: self._side(wanted[key]) is not None)
            regions = [wanted[key] for key in missing]
            small = sum(self._side(region) is None for region in regions)
            parts = (regions[:small], regions[small:])
            new = [vector for part in parts for vector in self.forward(part, embed, self._prepare)]
        for key, vector in zip(missing, new, strict=True):
            features[key] = vector
            cache.put(key, vector)
        return features

    def _prepare(self, regions: list[Region]) -> Any:
        images: list[Image.Image] = [region.crop() for region in regions]
        # The image processor is called by itself: the joint one of SigLIP 2 ignores the saved size of patches.
        side = self._side(regions[0])
        size = {} if side is None else {"size": {"height": side, "width": side}}
        return self.processor.image_processor(images=images, return_tensors="pt", **size)

    def _side(self, region: Region) -> int | None:
        """Of the square that a region is shown in, where it is not the processor's."""
        return self.whole if region.is_whole else None

    def _embed_regions(self, inputs: Any) -> list[torch.Tensor]:
        return self._unit(self.model.get_image_features(**inputs.to(self.model.device, self.model.dtype)))

    def _embed_texts(self, texts: list[str]) -> list[torch.Tensor]:
        # SigLIP was trained on padded texts without a mask, so the padding belongs to the text.
        padding = "max_length" if self.model.config.model_type.startswith("siglip") else True
        prompts = [prompt.format(text) for text in texts for prompt in self.prompts]
        inputs = tokenized(self.processor.tokenizer, prompts, self.model.config, padding)
        vectors = self._unit(self.model.get_text_features(**inputs.to(self.model.device)))
        if len(self.prompts) == 1:
            return vectors
        means = torch.stack(vectors).unflatten(0, (len(texts), len(self.prompts))).mean(1)
        return list(torch.nn.functional.normalize(means, dim=-1))

    @staticmethod
    def _unit(output: Any) -> list[torch.Tensor]:
        """Vectors of length 1, float32, on the CPU."""
        vectors = output if isinstance(output, torch.Tensor) else output.pooler_output
        return list(torch.nn.functional.normalize(vectors.float(), dim=-1).cpu())


def _texts(request: Question) -> tuple[str, ...]:
    if isinstance(request, Match):
        return request.texts
    if isinstance(request, Fit):
        return (request.text,)
    return (request.what,) if isinstance(request.what, str) else ()


def _region(request: Question) -> Region | None:
    if isinstance(request, Embed):
        return None if isinstance(request.what, str) else request.what
    return request.region
