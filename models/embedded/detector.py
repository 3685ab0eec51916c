"""The embedded open-vocabulary detector: proposed regions, scored against text embeddings.

Two stages, as in ViLD (Gu et al., "Open-vocabulary Object Detection via Vision and Language Knowledge Distillation",
ICLR 2022): a class-agnostic network proposes boxes, each box is cut out of the picture at one size and embedded by the
vision tower, and a phrase's score for a box is the scaled cosine of the two embeddings plus a bias of the phrase. A
small thing is thus enlarged before it is named, which is what naming needs most.

Features of a picture (`get_image_features`) and of phrases (`get_text_features`) are independent, so that both can be
kept; `score` joins them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.utils import ModelOutput

from models.embedded.proposals import ProposalNet, peaks
from models.embedded.tower import SightTextConfig, SightTextModel, SightVisionConfig, SightVisionModel
from models.torchvision_ops import suppressed


class SightDetectorConfig(PreTrainedConfig):
    """Shape of the detector.

    Args:
        vision_config, text_config: the towers.
        projection_dim: width of the space that regions and phrases share.
        proposal_widths: channels of the proposal network at strides 4, 8, 16 and 32.
        image_size: side in pixels of the square that pictures are fitted into.
        region_size: side in pixels of a region given to the vision tower, a multiple of 8.
        region_margin: how much wider than its box a region is cut out, as a share of the box's longer side.
        max_proposals: at most this many regions a picture.
        proposal_threshold: least objectness of a region, 0 to 1.
        objectness_power: a region's score is the phrase's probability times its objectness to this power.
        threshold: score above which a detection counts, calibrated on validation scenes.
    """

    model_type = "sight-detector"
    sub_configs: ClassVar[dict[str, Any]] = {"vision_config": SightVisionConfig, "text_config": SightTextConfig}

    def __init__(
        self,
        vision_config: dict[str, Any] | SightVisionConfig | None = None,
        text_config: dict[str, Any] | SightTextConfig | None = None,
        projection_dim: int = 192,
        proposal_widths: Sequence[int] = (48, 96, 160, 192),
        image_size: int = 320,
        region_size: int = 32,
        region_margin: float = 0.15,
        max_proposals: int = 48,
        proposal_threshold: float = 0.1,
        objectness_power: float = 0.5,
        threshold: float = 0.3,
        **kwargs: Any,
    ) -> None:
        as_vision = vision_config if isinstance(vision_config, SightVisionConfig) else None
        as_text = text_config if isinstance(text_config, SightTextConfig) else None
        self.vision_config = as_vision or SightVisionConfig(**(vision_config or {}))  # type: ignore[arg-type]
        self.text_config = as_text or SightTextConfig(**(text_config or {}))  # type: ignore[arg-type]
        self.projection_dim = projection_dim
        self.proposal_widths = list(proposal_widths)
        self.image_size = image_size
        self.region_size = region_size
        self.region_margin = region_margin
        self.max_proposals = max_proposals
        self.proposal_threshold = proposal_threshold
        self.objectness_power = objectness_power
        self.threshold = threshold
        super().__init__(**kwargs)


@dataclass
class RegionFeatures(ModelOutput):
    """What the detector knows of pictures before it is asked for anything.

    Pictures with fewer than `N` regions are filled up with empty ones of objectness -100.
    """

    region_embeds: Tensor | None = None
    """`(B, N, D)` float, of length 1."""
    pred_boxes: Tensor | None = None
    """`(B, N, 4)` float, `(centre x, centre y, width, height)` as shares of `image_size`."""
    objectness_logits: Tensor | None = None
    """`(B, N)` float."""


@dataclass
class SightDetectorOutput(ModelOutput):
    """As `Owlv2ObjectDetectionOutput`."""

    logits: Tensor | None = None
    """`(B, N, K)` float: a sigmoid makes scores of them."""
    objectness_logits: Tensor | None = None
    """`(B, N)` float."""
    pred_boxes: Tensor | None = None
    """`(B, N, 4)` float, `(centre x, centre y, width, height)` as shares of `image_size`."""


class SightDetectorForObjectDetection(PreTrainedModel):
    """Boxes of what phrases name."""

    config_class = SightDetectorConfig
    main_input_name = "pixel_values"

    def __init__(self, config: SightDetectorConfig) -> None:
        super().__init__(config)
        self.proposals = ProposalNet(config.proposal_widths)
        self.vision_model = SightVisionModel(config.vision_config)
        self.text_model = SightTextModel(config.text_config)
        width = config.vision_config.hidden_size
        self.geometry = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, width))
        self.visual_projection = nn.Linear(width, config.projection_dim)
        self.text_projection = nn.Linear(config.text_config.hidden_size, config.projection_dim)
        self.text_bias = nn.Linear(config.text_config.hidden_size, 1)
        self.logit_scale = nn.Parameter(torch.tensor(2.7))
        self.logit_bias = nn.Parameter(torch.tensor(-8.0))
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Keep the initialisation that the layers gave themselves."""

    def embed_regions(self, pixel_values: Tensor, boxes: Tensor, owners: Tensor, sizes: Tensor) -> Tensor:
        """Embed boxes of pictures.

        Args:
            pixel_values: `(B, 3, H, W)` float, normalised.
            boxes: `(N, 4)`, `xyxy` pixels of the input.
            owners: `(N,)` int64, the picture that each lies in.
            sizes: `(B, 2)` float, `(height, width)` of the pictures within the input, without the padding.

        Returns:
            `(N, D)` float of length 1.
        """
        crops = cut_out(pixel_values, boxes, owners, self.config.region_size, self.config.region_margin)
        return self.looks_of(self.vision_model(crops).pooler_output, boxes, sizes[owners])

    def looks_of(self, pooled: Tensor, boxes: Tensor, sizes: Tensor) -> Tensor:
        """Embeddings `(N, D)` of length 1, of what the vision model saw of each box `(N, 4)` in a picture of this size
        `(N, 2)`."""
        pooled = pooled + self.geometry(describe_boxes(boxes, sizes))
        return F.normalize(self.visual_projection(pooled).float(), dim=-1)

    @torch.no_grad()
    def propose(self, pixel_values: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Boxes of things: for each picture `(N_i, 4)` `xyxy` pixels of the input, and logits `(N_i,)`, best first."""
        height, width = pixel_values.shape[-2:]
        objectness, boxes = self.proposals(pixel_values)
        boxes = torch.stack((boxes[..., 0::2].clamp(0, width), boxes[..., 1::2].clamp(0, height)), -1).flatten(-2)
        some = peaks(objectness, boxes, 2 * self.config.max_proposals, self.config.proposal_threshold)
        counts = [len(found) for found, _ in some]
        found, logits = (torch.cat(parts) for parts in zip(*some, strict=True))
        shown = np.split(found.float().cpu().numpy(), np.cumsum(counts)[:-1])  # a GPU is waited for once
        alive = [suppressed(one, 0.7)[: self.config.max_proposals] for one in shown]
        starts = np.cumsum([0, *counts[:-1]])
        kept = np.concatenate([np.asarray(one, np.int64) + start for one, start in zip(alive, starts, strict=True)])
        chosen = torch.from_numpy(kept).to(found.device)
        numbers = [len(one) for one in alive]
        return list(found[chosen].split(numbers)), list(logits[chosen].split(numbers))

    def get_image_features(self, pixel_values: Tensor, pixel_mask: Tensor | None = None) -> RegionFeatures:
        """Find and embed the regions of pictures.

        Args:
            pixel_values: `(B, 3, H, W)` float, normalised; pictures at the top left, padded with zeros; `H` and `W`
                multiples of 32.
            pixel_mask: `(B, H, W)`, 1 inside the pictures. Without it there is no padding.
        """
        if pixel_mask is None:
            sizes = pixel_values.new_tensor([pixel_values.shape[-2:]]).expand(len(pixel_values), 2).float()
        else:
            sizes = torch.stack((pixel_mask[:, :, 0].sum(1), pixel_mask[:, 0].sum(1)), 1).float()
        rows, columns = (int(-(-sizes[:, i].max() // 32) * 32) for i in (0, 1))
        pixel_values = pixel_values[:, :, :rows, :columns]  # what is padding in every picture need not be looked at
        boxes, logits = self.propose(pixel_values)
        counts = [len(b) for b in boxes]
        most = max(1, *counts)
        embeds = pixel_values.new_zeros(len(boxes), most, self.config.projection_dim)
        all_boxes = pixel_values.new_zeros(len(boxes), most, 4)
        objectness = pixel_values.new_full((len(boxes), most), -100.0)
        if sum(counts):
            embedded = self.embed_regions(pixel_values, torch.cat(boxes), owners_of(boxes), sizes)
            embedded = embedded.to(embeds.dtype).split(counts)
            for i, count in enumerate(counts):
                embeds[i, :count] = embedded[i]
                corners = boxes[i] / self.config.image_size
                all_boxes[i, :count, :2] = (corners[:, :2] + corners[:, 2:]) / 2
                all_boxes[i, :count, 2:] = corners[:, 2:] - corners[:, :2]
                objectness[i, :count] = logits[i]
        return RegionFeatures(region_embeds=embeds, pred_boxes=all_boxes, objectness_logits=objectness)

    def get_text_features(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """Embed phrases: `(K, L)` token ids to `(K, D + 1)` float, a direction of length 1 and a bias."""
        pooled = self.text_model(input_ids, attention_mask).pooler_output
        return torch.cat(
            (F.normalize(self.text_projection(pooled).float(), dim=-1), self.text_bias(pooled).float()), -1
        )

    def phrase_logits(self, region_embeds: Tensor, text_features: Tensor) -> Tensor:
        """How well phrases fit regions: `(..., N, D)` and `(..., K, D + 1)` to `(..., N, K)` logits."""
        cosine = region_embeds @ text_features[..., :-1].transpose(-1, -2)
        return cosine * self.logit_scale.exp() + self.logit_bias + text_features[..., -1].unsqueeze(-2)

    def score(self, features: RegionFeatures, text_features: Tensor) -> SightDetectorOutput:
        """Join features of `B` pictures with those of phrases: `(K, D + 1)`, or `(B, K, D + 1)` if they differ."""
        assert features.region_embeds is not None
        assert features.objectness_logits is not None
        fit = F.logsigmoid(self.phrase_logits(features.region_embeds, text_features).float())
        fit = fit + self.config.objectness_power * F.logsigmoid(features.objectness_logits.float()).unsqueeze(-1)
        fit = fit.clamp(max=-1e-6)
        logits = fit - torch.log1p(-fit.exp())  # the inverse of the sigmoid, from a logarithm of a probability
        return SightDetectorOutput(
            logits=logits, objectness_logits=features.objectness_logits, pred_boxes=features.pred_boxes
        )

    def forward(
        self,
        pixel_values: Tensor,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        pixel_mask: Tensor | None = None,
        **kwargs: Any,
    ) -> SightDetectorOutput:
        """Detect phrases in pictures.

        Args:
            pixel_values: `(B, 3, H, W)` float, see `get_image_features`.
            input_ids: `(B * K, L)` int64, the phrases of the first picture, of the second ...
            attention_mask: `(B * K, L)`.
            pixel_mask: `(B, H, W)`.
        """
        text = self.get_text_features(input_ids, attention_mask)
        batch = len(pixel_values)
        if len(text) % batch:
            raise ValueError(f"{len(text)} phrases cannot be shared out among {batch} pictures")
        return self.score(self.get_image_features(pixel_values, pixel_mask), text.view(batch, -1, text.shape[-1]))


def describe_boxes(boxes: Tensor, sizes: Tensor) -> Tensor:
    """What a cut-out does not show: `(N, 6)` numbers of about -1 to 1 on each box's size and place in its picture.

    Args:
        boxes: `(N, 4)`, `xyxy` pixels.
        sizes: `(N, 2)`, `(height, width)` of the picture that each lies in.
    """
    width, height = (boxes[:, 2] - boxes[:, 0]).clamp(min=1), (boxes[:, 3] - boxes[:, 1]).clamp(min=1)
    share = width * height / sizes.prod(1)
    return torch.stack(
        (
            width.log() - 4,
            height.log() - 4,
            (width / height).log(),
            share.log() / 2 + 2,
            (boxes[:, 0] + boxes[:, 2]) / sizes[:, 1] - 1,
            (boxes[:, 1] + boxes[:, 3]) / sizes[:, 0] - 1,
        ),
        -1,
    )


def owners_of(boxes: list[Tensor]) -> Tensor:
    """The number of its picture for every box of a list of boxes of pictures: `(sum of N_i,)` int64."""
    return torch.cat([torch.full((len(found),), i, device=found.device) for i, found in enumerate(boxes)])


def cut_out(pixel_values: Tensor, boxes: Tensor, owners: Tensor, side: int, margin: float) -> Tensor:
    """Squares around boxes, resampled to one size (bilinear, from a pyramid, so that large ones do not alias).

    Args:
        pixel_values: `(B, 3, H, W)` float.
        boxes: `(N, 4)`, `xyxy` pixels.
        owners: `(N,)` int64, the picture that each lies in.
        side: of the results, in pixels.
        margin: added around each box, as a share of its longer side.

    Returns:
        `(N, 3, side, side)` float; zero beyond the picture's edge.
    """
    levels = [pixel_values]
    while len(levels) < 4 and min(levels[-1].shape[-2:]) >= 16:
        levels.append(F.avg_pool2d(levels[-1], 2))
    device = pixel_values.device
    areas = [one.shape[-2] * one.shape[-1] for one in levels]
    starts = torch.tensor([sum(areas[:k]) for k in range(len(levels))], device=device)
    extents = torch.tensor([[one.shape[-1], one.shape[-2]] for one in levels], device=device)
    # All levels of all pictures in one row: to take from one of them at a time would make a GPU wait for each.
    pixels = torch.cat([one.flatten(2) for one in levels], 2).transpose(0, 1).reshape(3, -1).float()

    length = (boxes[:, 2:] - boxes[:, :2]).amax(-1).clamp(min=4) * (1 + 2 * margin)
    level = (length / side).log2().round().clamp(0, len(levels) - 1).long()
    extent = extents[level][..., None]
    steps = (torch.arange(side, device=device) + 0.5) / side - 0.5
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    place = (centre[..., None] + steps * length[:, None, None]) / 2 ** level[:, None, None] - 0.5  # (N, x and y, side)
    share = place - place.floor()
    first = place.floor().long()
    near = [
        (at.clamp(min=0).minimum(extent - 1), weight * ((at >= 0) & (at < extent)))
        for at, weight in ((first, 1 - share), (first + 1, share))
    ]
    start = (owners * sum(areas) + starts[level])[:, None]
    crops = pixels.new_zeros(3, len(boxes), side, side)
    for y, of_row in near:
        rows = (start + y[:, 1] * extent[:, 0])[:, :, None]
        for x, of_column in near:
            taken = pixels.index_select(1, (rows + x[:, 0, None]).flatten()).view_as(crops)
            crops = crops + taken * (of_row[:, 1, :, None] * of_column[:, 0, None])
    return crops.transpose(0, 1).to(pixel_values.dtype)
