"""How far is each pixel? Any monocular depth model of transformers' `AutoModelForDepthEstimation`."""

import inspect
from collections import defaultdict
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from PIL import Image

from models import torchvision_ops
from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.loading import load_model, load_processor
from models.picture import Picture
from models.requests import Depth


class DepthEstimator(Adapter[Depth, np.ndarray]):
    """A depth model behind `run`: one `(H, W)` float32 map a `Depth`, larger is farther."""

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        orientation: Literal["depth", "disparity"] = "depth",
        batch_size: int = 4,
        cache_mb: int = 128,
    ) -> None:
        """
        Args:
            orientation: `depth` if the model's numbers grow with the distance; `disparity` if they shrink with it, as
                those of MiDaS and of the relative Depth Anything (https://arxiv.org/abs/2406.09414) do. A disparity
                is taken from the largest one of its picture, so that 0 is the nearest point.
            cache_mb: limit of the kept maps, in MiB.
        """
        super().__init__(batch_size)
        self.model = model
        self.processor = processor
        self.orientation = orientation
        self.maps: FeatureCache[np.ndarray] = FeatureCache(cache_mb << 20)

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, **options: Any) -> "DepthEstimator":
        """Read a checkpoint from its folder. Raises CheckpointError."""
        torchvision_ops.install()
        from transformers import AutoImageProcessor, AutoModelForDepthEstimation

        model = load_model(AutoModelForDepthEstimation, folder, device, dtype)
        return cls(model, load_processor(folder, AutoImageProcessor), **options)

    def answer(self, requests: list[Depth]) -> list[np.ndarray]:
        pictures = {request.picture.key: request.picture for request in requests}
        known = {key: kept for key in pictures if (kept := self.maps.get(key)) is not None}
        by_size: dict[tuple[int, int], list[Picture]] = defaultdict(list)
        for key, picture in pictures.items():
            if key not in known:
                by_size[picture.image.size].append(picture)
        for group in by_size.values():  # many image processors keep the shape, so that only equal ones stack
            for picture, depth in zip(group, self.forward(group, self._estimate, self._prepare), strict=True):
                known[picture.key] = depth
                self.maps.put(picture.key, depth)
        return [known[request.picture.key] for request in requests]

    def _prepare(self, pictures: list[Picture]) -> tuple[list[Picture], Any]:
        return pictures, self.processor(images=[stretched(one.image) for one in pictures], return_tensors="pt")

    def _estimate(self, prepared: tuple[list[Picture], Any]) -> list[np.ndarray]:
        pictures, inputs = prepared
        outputs = self.model(**inputs.to(self.model.device, self.model.dtype))
        sizes = [(picture.height, picture.width) for picture in pictures]
        process = self.processor.post_process_depth_estimation
        options = {"source_sizes": sizes} if "source_sizes" in inspect.signature(process).parameters else {}
        maps = []
        for size, result in zip(sizes, process(outputs, target_sizes=sizes, **options), strict=True):
            depth = result["predicted_depth"].float().reshape(size)  # sides of one pixel were squeezed away
            if self.orientation == "disparity":
                depth = depth.max() - depth
            maps.append(depth.cpu().numpy())
        return maps


def stretched(image: Image.Image) -> Image.Image:
    """The image, or, where one side is less than an eighth of the other, one with that side made longer: image
    processors that keep the shape would shrink it to nothing."""
    width, height = image.size
    least = max(8, max(width, height) // 8)
    return image if min(width, height) >= least else image.resize((max(width, least), max(height, least)))
