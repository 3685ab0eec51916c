"""Open-vocabulary detection: where in a picture is what a phrase names?

Any checkpoint of transformers' `AutoModelForZeroShotObjectDetection`. Where the architecture keeps pictures and words
apart until its last layer (OWL-ViT, OWLv2: https://arxiv.org/abs/2205.06230, https://arxiv.org/abs/2306.09683, and our
own `sight-detector`), features of pictures and of phrases are kept, and a second phrase costs almost nothing. Where
both are mixed early (Grounding DINO, https://arxiv.org/abs/2303.05499), every phrase is a forward pass of its own: in
a joint prompt, what is found for one phrase would depend on the others that happen to be asked at the same time.
"""

import inspect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from transformers.utils import ModelOutput

from models import torchvision_ops
from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.loading import load_model, load_processor, tokenized
from models.picture import Box, Region, area, overlap
from models.requests import Detect, Detection, SpecialistError

Features = tuple[torch.Tensor, ...]
View = tuple[Region, str]


class Detector(Adapter[Detect, list[Detection]]):
    """A zero-shot detector behind `run`: one list of detections a `Detect`, by falling score."""

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        threshold: float | None = None,
        nms: float = 0.5,
        prompt: str = "a photo of a {}",
        look: Literal["picture", "region"] = "picture",
        max_detections: int = 100,
        batch_size: int = 8,
        cache_mb: int = 256,
    ) -> None:
        """
        Args:
            threshold: detections with a lower score are dropped. None is what the model's config names, else 0.2.
            nms: of two detections of one phrase whose IoU is higher, the worse one is dropped.
            prompt: text shown to the model; `{}` is the phrase.
            look: `picture` looks at the whole picture and keeps the detections of which at least half lies in the
                region, clipped to it; `region` looks at the cut-out alone, which shows small things larger but costs
                a pass for each region.
            max_detections: the best so many are kept for a phrase.
            cache_mb: limit of the kept features, in MiB.
        """
        super().__init__(batch_size)
        self.model = model
        self.processor = processor
        self.threshold: float = getattr(model.config, "threshold", 0.2) if threshold is None else threshold
        self.nms = nms
        self.prompt = prompt
        self.look = look
        self.max_detections = max_detections
        self.pictures: FeatureCache[Features] = FeatureCache(cache_mb << 20)
        self.phrases: FeatureCache[torch.Tensor] = FeatureCache(8 << 20)
        self.found: FeatureCache[list[Detection]] = FeatureCache(8 << 20)
        self._fixed_size = hasattr(model, "image_embedder")
        process = processor.post_process_grounded_object_detection
        self._reads = frozenset(inspect.signature(process).parameters)
        """What else than outputs the checkpoint's processor wants to see."""
        self._separate = self._fixed_size or hasattr(model, "get_image_features")

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, **options: Any) -> "Detector":
        """Read a checkpoint from its folder. Raises CheckpointError."""
        from transformers import AutoModelForZeroShotObjectDetection

        model = load_model(AutoModelForZeroShotObjectDetection, folder, device, dtype)
        return cls(model, load_processor(folder), **options)

    def refuse(self, request: Detect) -> SpecialistError | None:
        return None if request.phrase.strip() else SpecialistError("the detector was asked for an empty phrase")

    def answer(self, requests: list[Detect]) -> list[list[Detection]]:
        wanted: dict[tuple[Any, str], View] = {}
        for request in requests:
            view = request.region.picture.whole if self.look == "picture" else request.region
            wanted[view.key, request.phrase] = (view, self.prompt.format(request.phrase))
        found = {key: kept for key in wanted if (kept := self.found.get(key)) is not None}
        new = {key: view for key, view in wanted.items() if key not in found}
        seen = (self._separately if self._separate else self._jointly)(list(new.values()))
        for key, detections in zip(new, seen, strict=True):
            found[key] = detections
            self.found.put(key, detections)
        return [self._inside(request, found) for request in requests]

    def _inside(self, request: Detect, found: dict[tuple[Any, str], list[Detection]]) -> list[Detection]:
        region = request.region
        if self.look == "region" or region.is_whole:
            view = region if self.look == "region" else region.picture.whole
            return list(found[view.key, request.phrase])
        return [
            Detection(clipped(detection.box, region.box), detection.score)
            for detection in found[region.picture.whole.key, request.phrase]
            if overlap(detection.box, region.box) >= 0.5 * area(detection.box)
        ]

    def _separately(self, views: list[View]) -> list[list[Detection]]:
        """Detections by an architecture whose features of pictures and phrases are computed apart."""
        phrases = self._phrase_features([prompt for _, prompt in views])
        by_region: dict[Any, list[int]] = defaultdict(list)
        for index, (region, _) in enumerate(views):
            by_region[region.key].append(index)
        regions_of = {key: views[indices[0]][0] for key, indices in by_region.items()}
        detections: list[list[Detection]] = [[] for _ in views]
        for keys in self._batches(regions_of):
            regions = {key: regions_of[key] for key in keys}
            for key, features in self._picture_features(regions).items():
                indices = by_region[key]
                logits, boxes = self._heads(features, torch.stack([phrases[views[i][1]] for i in indices]))
                # what no threshold lets through need not be read: most phrases name nothing in most places
                likely = logits[0].sigmoid() >= self.threshold
                for column, index in enumerate(indices):
                    if (rows := likely[:, column].nonzero()[:, 0]).numel():
                        outputs = ModelOutput(logits=logits[:, rows, column : column + 1], pred_boxes=boxes[:, rows])
                        detections[index] = self._postprocess(outputs, [regions[key]])[0]
        return detections

    def _batches(self, regions: dict[Any, Region]) -> Iterator[list[Any]]:
        """Keys of regions to be embedded together. Those whose features are kept come first, so that the others fill
        whole batches; where an architecture pads pictures, a batch holds pictures of one size."""
        groups: dict[Any, list[Any]] = defaultdict(list)
        for key, region in regions.items():
            known = key in self.pictures
            groups[not known, None if self._fixed_size or known else region.crop().size].append(key)
        for _, keys in sorted(groups.items(), key=lambda group: group[0][0]):
            for start in range(0, len(keys), self.batch_size):
                yield keys[start : start + self.batch_size]

    def _picture_features(self, regions: dict[Any, Region]) -> dict[Any, Features]:
        features = {key: kept for key in regions if (kept := self.pictures.get(key)) is not None}
        missing = [key for key in regions if key not in features]
        new = self.forward([regions[key] for key in missing], self._embed_pictures, self._prepare)
        for key, value in zip(missing, new, strict=True):
            features[key] = value
            self.pictures.put(key, value)
        return features

    def _prepare(self, regions: list[Region]) -> Any:
        return self.processor.image_processor(images=[region.crop() for region in regions], return_tensors="pt")

    def _embed_pictures(self, inputs: Any) -> list[Features]:
        inputs = inputs.to(self.model.device, self.model.dtype)
        if self._fixed_size:
            grid = self.model.image_embedder(pixel_values=inputs["pixel_values"])[0]
            tokens = grid.flatten(1, 2)
            parts = (tokens, self.model.box_predictor(tokens, grid))
        else:
            parts = self.model.get_image_features(**inputs).to_tuple()
        return [tuple(part[i].clone() for part in parts) for i in range(len(inputs["pixel_values"]))]

    def _phrase_features(self, prompts: list[str]) -> dict[str, torch.Tensor]:
        wanted = list(dict.fromkeys(prompts))
        features = {prompt: kept for prompt in wanted if (kept := self.phrases.get(prompt)) is not None}
        missing = [prompt for prompt in wanted if prompt not in features]
        for start in range(0, len(missing), 64):
            batch = missing[start : start + 64]
            inputs = tokenized(self.processor.tokenizer, batch, self.model.config, "max_length").to(self.model.device)
            if self._fixed_size:
                owl = getattr(self.model, self.model.base_model_prefix)
                embedded = owl.get_text_features(**inputs).pooler_output
            else:
                embedded = self.model.get_text_features(**inputs)
            for prompt, vector in zip(batch, embedded, strict=True):
                features[prompt] = vector.clone()
                self.phrases.put(prompt, features[prompt])
        return features

    def _heads(self, features: Features, phrases: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores and boxes of one picture: logits `(1, N, Q)` and boxes `(1, N, 4)`, as the processor expects."""
        if self._fixed_size:
            tokens, boxes = features
            return self.model.class_predictor(tokens[None], phrases[None])[0], boxes[None]
        from models.embedded.detector import RegionFeatures

        outputs = self.model.score(RegionFeatures(*(part[None] for part in features)), phrases)
        return outputs.logits, outputs.pred_boxes

    def _jointly(self, views: list[View]) -> list[list[Detection]]:
        """Detections by an architecture that reads picture and phrase together, one pair a row."""
        by_size: dict[tuple[int, int], list[int]] = defaultdict(list)
        for index, (region, _) in enumerate(views):
            by_size[region.crop().size].append(index)
        results: list[list[Detection]] = [[] for _ in views]
        for indices in by_size.values():  # pictures of one size need no padding, which changes what the backbone sees
            for index, found in zip(indices, self.forward([views[i] for i in indices], self._read_pairs), strict=True):
                results[index] = found
        return results

    def _read_pairs(self, views: list[View]) -> list[list[Detection]]:
        regions = [region for region, _ in views]
        inputs = self.processor(
            images=[region.crop() for region in regions],
            text=[[prompt.replace(".", " ")] for _, prompt in views],  # a dot would part the phrase in two
            padding=True,
            truncation=True,
            return_tensors="pt",
        ).to(self.model.device, self.model.dtype)
        return self._postprocess(self.model(**inputs), regions, inputs)

    def _postprocess(self, outputs: Any, regions: Sequence[Region], inputs: Any = None) -> list[list[Detection]]:
        sizes = [(region.crop().height, region.crop().width) for region in regions]
        process = self.processor.post_process_grounded_object_detection
        options: dict[str, Any] = {"threshold": self.threshold, "target_sizes": sizes}
        if inputs is not None and "input_ids" in self._reads:
            options["input_ids"] = inputs["input_ids"]
        if "text_threshold" in self._reads:
            options["text_threshold"] = self.threshold
        return [
            self._detections(result["boxes"].float(), result["scores"].float(), region)
            for result, region in zip(process(outputs, **options), regions, strict=True)
        ]

    def _detections(self, boxes: torch.Tensor, scores: torch.Tensor, region: Region) -> list[Detection]:
        """Suppress doubles and move boxes from the cut-out into the picture."""
        order = scores.argsort(descending=True, stable=True).cpu().numpy()
        placed, sure = boxes.cpu().numpy()[order], scores.cpu().numpy()[order]
        kept = torchvision_ops.suppressed(placed, self.nms)[: self.max_detections]
        left, top = (0, 0) if region.is_whole else region.pixels[:2]
        found = []
        for (x1, y1, x2, y2), score in zip(placed[kept].tolist(), sure[kept].tolist(), strict=True):
            box = clipped((x1 + left, y1 + top, x2 + left, y2 + top), region.box)
            if box[2] - box[0] >= 1 and box[3] - box[1] >= 1:
                found.append(Detection(box, score))
        return found


def clipped(box: Box, to: Box) -> Box:
    """The part of a box that lies in another; it has no area where they do not meet."""
    x1, y1 = max(box[0], to[0]), max(box[1], to[1])
    return x1, y1, max(x1, min(box[2], to[2])), max(y1, min(box[3], to[3]))
