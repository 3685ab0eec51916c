"""Masks of what fills a box or is at a point, by Segment Anything (https://arxiv.org/abs/2304.02643), package
`segment_anything`."""

import json
import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.loading import CheckpointError, first_line
from models.picture import Box, Picture, Region
from models.requests import Mask, Segment, SpecialistError


@dataclass(frozen=True)
class _Look:
    """One prompt in a window of a picture, all in pixels of the picture."""

    picture: Picture
    window: tuple[int, int, int, int]
    box: Box | None = None
    point: tuple[float, float] | None = None

    @property
    def key(self) -> tuple[str, tuple[int, int, int, int]]:
        """What the embedding of the window is known by."""
        return self.picture.key, self.window

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the window."""
        x1, y1, x2, y2 = self.window
        return y2 - y1, x2 - x1


class Segmenter(Adapter[Segment, Mask]):
    """SAM behind `run`: one mask a `Segment`.

    SAM looks at the whole picture, so that its embedding is kept and serves every prompt; with `zoom`, at a window
    around each thing.
    """

    def __init__(
        self, sam: Any, *, batch_size: int = 1, boxes: int = 64, cache_mb: int = 128, zoom: float | None = None
    ) -> None:
        """
        Args:
            sam: a `segment_anything.modeling.Sam`.
            batch_size: pictures (or windows) embedded in one pass.
            boxes: prompts decoded in one pass.
            cache_mb: limit of the kept embeddings, in MiB.
            zoom: look at a window wider than the box by so many times its longer side; None: at the whole picture.
        """
        super().__init__(batch_size)
        from segment_anything.utils.transforms import ResizeLongestSide

        self.sam = sam
        self.boxes = boxes
        self.zoom = zoom
        self.embeddings: FeatureCache[Tensor] = FeatureCache(cache_mb << 20)
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
            sam, options["zoom"] = _embedded(path)
        else:
            from segment_anything import sam_model_registry

            if model is None:
                raise CheckpointError(f"{path}: say in the preset which SAM it is: `model: vit_b`, `vit_l` or `vit_h`")
            sam = sam_model_registry[model]()
            _fill(sam, path)
        sam = sam.to(device).eval()
        sam.image_encoder.to(dtype)
        return cls(sam, **options)

    def refuse(self, request: Segment) -> SpecialistError | None:
        picture = request.region.picture
        if request.point is not None:
            x, y = request.point
            if not (0 <= x < picture.width and 0 <= y < picture.height):
                return SpecialistError(
                    f"the point ({x:g}, {y:g}) is outside the picture ({picture.width} x {picture.height})"
                )
        return None

    def answer(self, requests: list[Segment]) -> list[Mask]:
        masks = dict(self._boxed({i: (r.region.picture, r.region.box) for i, r in _those(requests, point=False)}))
        masks |= self._pointed(dict(_those(requests, point=True)))
        return [masks[index] for index in range(len(requests))]

    def _boxed(self, boxes: dict[int, tuple[Picture, Box]]) -> dict[int, Mask]:
        looks = [_Look(picture, self._window(picture, box, self.zoom), box=box) for picture, box in boxes.values()]
        return dict(zip(boxes, self._masks(looks), strict=True))

    def _pointed(self, requests: dict[int, Segment]) -> dict[int, Mask]:
        """How large the thing is nobody says, so with `zoom` a wide look finds that out, and narrower ones follow."""
        asked = [(request.region.picture, request.point) for request in requests.values() if request.point]
        looks = []
        for picture, (x, y) in asked:
            reach = max(picture.width, picture.height) * _WIDE / 2
            wide = (x - reach, y - reach, x + reach, y + reach)
            looks.append(_Look(picture, self._window(picture, wide, 1.0), point=(x, y)))
        masks = dict(zip(requests, self._masks(looks), strict=True))
        if self.zoom is None:
            return masks
        for zoom, by_box in ((_NARROWER, False), (self.zoom, True)):
            found = {index: _box(masks[index], requests[index]) for index in masks}
            looks = []
            for index, box in found.items():
                picture, point = requests[index].region.picture, requests[index].point
                place = self._window(picture, box, zoom)
                looks.append(_Look(picture, place, box=box) if by_box else _Look(picture, place, point=point))
            masks = dict(zip(found, self._masks(looks), strict=True))
        return masks

    def _window(self, picture: Picture, box: Box, zoom: float | None) -> tuple[int, int, int, int]:
        if self.zoom is None or zoom is None:
            return 0, 0, picture.width, picture.height
        return window(box, (picture.height, picture.width), zoom)

    def _masks(self, looks: list[_Look]) -> list[Mask]:
        masks: dict[int, Mask] = {}
        windows: dict[Hashable, _Look] = {look.key: look for look in looks}
        places: dict[Hashable, list[int]] = {}
        for index, look in enumerate(looks):
            places.setdefault(look.key, []).append(index)
        order = sorted(windows, key=lambda key: key not in self.embeddings)  # what is kept first, before it is dropped
        for start in range(0, len(order), self.batch_size):
            keys = order[start : start + self.batch_size]
            embeddings = self._embeddings({key: windows[key] for key in keys})
            prompts = [(index, embeddings[key]) for key in keys for index in places[key]]
            for by_point in (False, True):
                chosen = [(index, e) for index, e in prompts if (looks[index].point is not None) == by_point]
                for first in range(0, len(chosen), self.boxes):
                    indices, parts = zip(*chosen[first : first + self.boxes], strict=True)
                    masks |= zip(indices, self._decode([looks[i] for i in indices], torch.stack(parts)), strict=True)
        return [masks[index] for index in range(len(looks))]

    def _embeddings(self, windows: dict[Hashable, _Look]) -> dict[Hashable, Tensor]:
        found = {key: kept for key in windows if (kept := self.embeddings.get(key)) is not None}
        missing = [key for key in windows if key not in found]
        for key, value in zip(missing, self.forward([windows[k] for k in missing], self._embed), strict=True):
            found[key] = value
            self.embeddings.put(key, value)
        return found

    def _embed(self, looks: list[_Look]) -> list[Tensor]:
        """`(C, h, w)` float32 for each window."""
        inputs = []
        for look in looks:
            pixels = self._transform.apply_image(np.asarray(Region(look.picture, look.window).crop()))
            inputs.append(self.sam.preprocess(torch.from_numpy(pixels).permute(2, 0, 1).to(self.sam.device).float()))
        encoder = self.sam.image_encoder
        return [one.clone() for one in encoder(torch.stack(inputs).to(next(encoder.parameters()).dtype)).float()]

    def _decode(self, looks: Sequence[_Look], embeddings: Tensor) -> list[Mask]:
        """A mask a look; all are prompted by boxes, or all by points."""
        prompts = []
        for look in looks:
            left, top = look.window[:2]
            place = np.array(look.box or look.point, np.float32).reshape(-1, 2) - np.array([left, top], np.float32)
            prompts.append(torch.from_numpy(self._transform.apply_coords(place, look.size)).flatten())
        where = torch.stack(prompts).to(self.sam.device).float()
        by_point = looks[0].point is not None
        logits, quality = decode(self.sam, embeddings, **{"points" if by_point else "boxes": where})
        masks = []
        for look, maps, scores in zip(looks, logits, quality.tolist(), strict=True):
            best = int(np.argmax(scores))
            input_size = self._transform.get_preprocess_shape(*look.size, self.sam.image_encoder.img_size)
            full = self.sam.postprocess_masks(maps[None, best : best + 1], input_size, look.size)
            x1, y1, x2, y2 = look.window
            pixels = np.zeros((look.picture.height, look.picture.width), np.bool_)
            pixels[y1:y2, x1:x2] = (full[0, 0] > self.sam.mask_threshold).cpu().numpy()
            masks.append(Mask(pixels, min(max(scores[best], 0.0), 1.0)))
        return masks


_WIDE = 0.75
"""Side of the window of a first look at a point, as a share of the picture's longer side."""
_NARROWER = 1.7
"""Zoom of the second."""


def _those(requests: Sequence[Segment], point: bool) -> Iterator[tuple[int, Segment]]:
    for index, request in enumerate(requests):
        if (request.point is not None) == point:
            yield index, request


def _box(mask: Mask, request: Segment) -> Box:
    """Around a mask; around the point if the mask is empty."""
    if not mask.pixels.any():
        assert request.point is not None
        x, y = request.point
        return x - 8, y - 8, x + 8, y + 8
    rows, columns = np.flatnonzero(mask.pixels.any(axis=1)), np.flatnonzero(mask.pixels.any(axis=0))
    return float(columns[0]), float(rows[0]), columns[-1] + 1.0, rows[-1] + 1.0


def _embedded(folder: Path) -> tuple[Any, float | None]:
    """The model, and its zoom."""
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
    return sam, config.get("zoom")


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


def decode(
    sam: Any, embeddings: Tensor, *, boxes: Tensor | None = None, points: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Masks for prompts that each have a picture of their own.

    The package's decoder takes one picture and many prompts. It adds the dense embedding of each prompt to that
    picture's, so a picture of zeros, and a dense embedding that is the prompt's own picture, do the same for many.

    Args:
        sam: a `segment_anything.modeling.Sam`.
        embeddings: `(N, C, h, w)`, of the pictures.
        boxes: `(N, 4)`, one in each picture, in pixels of the encoder's input; or
        points: `(N, 2)`, `(x, y)`. A point is ambiguous, so it gets three masks.

    Returns:
        Logits `(N, 1 or 3, 4 h, 4 w)` and predicted IoUs `(N, 1 or 3)`.
    """
    prompt = (
        None if points is None else (points[:, None], torch.ones(len(points), 1, dtype=torch.int, device=points.device))
    )
    sparse, dense = sam.prompt_encoder(points=prompt, boxes=boxes, masks=None)
    logits, quality = sam.mask_decoder(
        image_embeddings=torch.zeros_like(embeddings[:1]),
        image_pe=sam.prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense + embeddings,
        multimask_output=points is not None,
    )
    return logits, quality


def window(box: Box, size: Sequence[int], zoom: float) -> tuple[int, int, int, int]:
    """The part of a picture to look at for a box: wider than it by `zoom` times its longer side, in whole pixels.

    Args:
        box: `xyxy` pixels.
        size: height and width of the picture.
        zoom: at least 1; 1 is the box itself.
    """
    x1, y1, x2, y2 = box
    margin = (zoom - 1) / 2 * max(x2 - x1, y2 - y1)
    left, top = max(0, math.floor(x1 - margin)), max(0, math.floor(y1 - margin))
    right, bottom = min(size[1], math.ceil(x2 + margin)), min(size[0], math.ceil(y2 + margin))
    return left, top, max(left + 1, right), max(top + 1, bottom)
