"""Masks of what fills a box, by Segment Anything (https://arxiv.org/abs/2304.02643), package `segment_anything`."""

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.loading import CheckpointError, first_line
from models.picture import Picture
from models.requests import Mask, Segment


class Segmenter(Adapter[Segment, Mask]):
    """SAM behind `run`: one mask a `Segment`. The embedding of a picture is kept, boxes in it are answered together."""

    def __init__(self, sam: Any, *, batch_size: int = 1, boxes: int = 64, cache_mb: int = 128) -> None:
        """
        Args:
            sam: a `segment_anything.modeling.Sam`.
            batch_size: pictures embedded in one pass.
            boxes: boxes of one picture decoded in one pass.
            cache_mb: limit of the kept embeddings, in MiB.
        """
        super().__init__(batch_size)
        from segment_anything.utils.transforms import ResizeLongestSide

        self.sam = sam
        self.boxes = boxes
        self.embeddings: FeatureCache[torch.Tensor] = FeatureCache(cache_mb << 20)
        self._transform = ResizeLongestSide(sam.image_encoder.img_size)

    @classmethod
    def load(
        cls,
        path: Path,
        device: torch.device,
        dtype: torch.dtype,
        model: Literal["vit_b", "vit_l", "vit_h"] | None = None,
        **options: Any,
    ) -> "Segmenter":
        """Read a checkpoint.

        Args:
            path: a `.pth` or `.safetensors` file in the format of the `segment_anything` package, or a folder that
                holds a config.json for `models.embedded.segmenter.build_sam` and `model.safetensors`.
            dtype: of the image encoder, which does nearly all of the work; the rest computes in float32.
            model: architecture of a single file.

        Raises:
            CheckpointError: it cannot be read.
        """
        from models import torchvision_ops

        torchvision_ops.install()
        if path.is_dir():
            sam = _embedded(path)
        else:
            from segment_anything import sam_model_registry

            if model is None:
                raise CheckpointError(f"{path}: say in the preset which SAM it is: `model: vit_b`, `vit_l` or `vit_h`")
            sam = sam_model_registry[model]()
            _fill(sam, path)
        sam = sam.to(device).eval()
        sam.image_encoder.to(dtype)
        return cls(sam, **options)

    def answer(self, requests: list[Segment]) -> list[Mask]:
        masks: list[Mask | None] = [None] * len(requests)
        pictures: dict[str, Picture] = {}
        places: dict[str, list[int]] = {}
        for index, request in enumerate(requests):
            picture = request.region.picture
            pictures[picture.key] = picture
            places.setdefault(picture.key, []).append(index)
        order = sorted(pictures, key=lambda key: key not in self.embeddings)  # what is kept first, before it is dropped
        for start in range(0, len(order), self.batch_size):
            keys = order[start : start + self.batch_size]
            for key, embedding in self._embeddings({key: pictures[key] for key in keys}).items():
                boxes = np.array([requests[index].region.box for index in places[key]], dtype=np.float32)
                for index, mask in zip(places[key], self._decode(embedding, pictures[key], boxes), strict=True):
                    masks[index] = mask
        return [mask for mask in masks if mask is not None]

    def _embeddings(self, pictures: dict[str, Picture]) -> dict[str, torch.Tensor]:
        found = {key: kept for key in pictures if (kept := self.embeddings.get(key)) is not None}
        missing = [key for key in pictures if key not in found]
        for key, value in zip(missing, self.forward([pictures[k] for k in missing], self._embed), strict=True):
            found[key] = value
            self.embeddings.put(key, value)
        return found

    def _embed(self, pictures: list[Picture]) -> list[torch.Tensor]:
        """`(C, h, w)` float32 for each picture."""
        inputs = []
        for picture in pictures:
            pixels = self._transform.apply_image(np.asarray(picture.image))
            inputs.append(self.sam.preprocess(torch.from_numpy(pixels).permute(2, 0, 1).to(self.sam.device).float()))
        encoder = self.sam.image_encoder
        return [one.clone() for one in encoder(torch.stack(inputs).to(next(encoder.parameters()).dtype)).float()]

    def _decode(self, embedding: torch.Tensor, picture: Picture, boxes: np.ndarray) -> list[Mask]:
        """Masks for boxes `(N, 4)` of one picture, `xyxy` pixels."""
        size = (picture.height, picture.width)
        scaled = torch.from_numpy(self._transform.apply_boxes(boxes, size)).to(self.sam.device).float()
        input_size = self._transform.get_preprocess_shape(*size, self.sam.image_encoder.img_size)
        masks = []
        for batch in scaled.split(self.boxes):
            sparse, dense = self.sam.prompt_encoder(points=None, boxes=batch, masks=None)
            logits, quality = self.sam.mask_decoder(
                image_embeddings=embedding[None],
                image_pe=self.sam.prompt_encoder.get_dense_pe(),
                sparse_prompt_embeddings=sparse,
                dense_prompt_embeddings=dense,
                multimask_output=False,  # a box is not ambiguous
            )
            full = self.sam.postprocess_masks(logits, input_size, size) > self.sam.mask_threshold
            for pixels, score in zip(full[:, 0].cpu().numpy(), quality[:, 0].tolist(), strict=True):
                masks.append(Mask(pixels, min(max(score, 0.0), 1.0)))
        return masks


def _embedded(folder: Path) -> Any:
    from models.embedded.segmenter import build_sam

    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        sam = build_sam(config)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"{folder}: no usable config.json in it ({first_line(error)}); for a checkpoint of the segment_anything "
            "package name its file"
        ) from None
    _fill(sam, folder / "model.safetensors")
    return sam


def _fill(sam: Any, file: Path) -> None:
    """Put the weights of a file into a model."""
    try:
        if file.suffix == ".safetensors":
            from safetensors.torch import load_file

            weights = load_file(file)
        else:
            weights = torch.load(file, map_location="cpu", weights_only=True)
        sam.load_state_dict(weights)
    except Exception as error:  # pickle, zip and safetensors each raise their own kinds
        raise CheckpointError(f"{file}: these are not weights of this SAM ({first_line(error)})") from None
