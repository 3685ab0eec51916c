"""How well does a text describe a region? CLIP (https://arxiv.org/abs/2103.00020), SigLIP
(https://arxiv.org/abs/2303.15343) and SigLIP 2 (https://arxiv.org/abs/2502.14786) through transformers' `AutoModel`.
"""

from pathlib import Path
from typing import Any

import torch
from PIL import Image

from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.loading import CheckpointError, load_model, load_processor, tokenized
from models.picture import Region
from models.requests import Match, SpecialistError


class Clip(Adapter[Match, list[float]]):
    """A model with one vector a picture and one a text, behind `run`: one score a text of each `Match`."""

    def __init__(
        self, model: Any, processor: Any, *, prompt: str = "{}", batch_size: int = 16, cache_mb: int = 64
    ) -> None:
        """
        Args:
            prompt: text shown to the model; `{}` is the text of the request.
            cache_mb: limit of the kept features of pictures, and of those of texts, in MiB.
        """
        super().__init__(batch_size)
        self.model = model
        self.processor = processor
        self.prompt = prompt
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

    def refuse(self, request: Match) -> SpecialistError | None:
        if request.texts and all(text.strip() for text in request.texts):
            return None
        return SpecialistError("matching needs at least one text, and none of them empty")

    def answer(self, requests: list[Match]) -> list[list[float]]:
        prompts = list(dict.fromkeys(self.prompt.format(text) for request in requests for text in request.texts))
        regions = {request.region.key: request.region for request in requests}
        texts = self._features(self.texts, {prompt: prompt for prompt in prompts}, self._embed_texts)
        pictures = self._features(self.regions, regions, self._embed_regions)
        return [
            (self.scale * torch.stack([texts[self.prompt.format(t)] for t in request.texts]) @ vector).tolist()
            for request in requests
            for vector in [pictures[request.region.key]]
        ]

    def _features(self, cache: FeatureCache[torch.Tensor], wanted: dict[Any, Any], embed: Any) -> dict[Any, Any]:
        features = {key: kept for key in wanted if (kept := cache.get(key)) is not None}
        missing = [key for key in wanted if key not in features]
        if embed == self._embed_texts:
            new = [vector for start in range(0, len(missing), 64) for vector in embed(missing[start : start + 64])]
        else:
            new = self.forward([wanted[key] for key in missing], embed, self._prepare)
        for key, vector in zip(missing, new, strict=True):
            features[key] = vector
            cache.put(key, vector)
        return features

    def _prepare(self, regions: list[Region]) -> Any:
        images: list[Image.Image] = [region.crop() for region in regions]
        # The image processor is called by itself: the joint one of SigLIP 2 ignores the saved size of patches.
        return self.processor.image_processor(images=images, return_tensors="pt")

    def _embed_regions(self, inputs: Any) -> list[torch.Tensor]:
        return self._unit(self.model.get_image_features(**inputs.to(self.model.device, self.model.dtype)))

    def _embed_texts(self, texts: list[str]) -> list[torch.Tensor]:
        # SigLIP was trained on padded texts without a mask, so the padding belongs to the text.
        padding = "max_length" if self.model.config.model_type.startswith("siglip") else True
        inputs = tokenized(self.processor.tokenizer, texts, self.model.config, padding)
        return self._unit(self.model.get_text_features(**inputs.to(self.model.device)))

    @staticmethod
    def _unit(output: Any) -> list[torch.Tensor]:
        """Vectors of length 1, float32, on the CPU."""
        vectors = output if isinstance(output, torch.Tensor) else output.pooler_output
        return list(torch.nn.functional.normalize(vectors.float(), dim=-1).cpu())
