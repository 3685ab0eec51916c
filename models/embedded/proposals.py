"""Where are things, whatever they are? A small fully convolutional network that proposes boxes.

An anchor-free detector of one class: a backbone of stride 4 to 32, a feature pyramid (Lin et al., CVPR 2017) merged at
stride 8, and for each place there the four distances to the sides of the box (Tian et al., "FCOS", ICCV 2019) and an
objectness that is trained to predict the box's IoU (Zhang et al., "VarifocalNet", CVPR 2021). Duplicates are removed by
keeping local maxima of the objectness (Zhou et al., "Objects as Points", 2019).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.embedded.tower import ConvNorm, Residual

STRIDE = 8


class FeaturePyramid(nn.Module):
    """Features at stride 8 that know their wider surroundings.

    Args:
        widths: channels at strides 4, 8, 16 and 32.
        head: channels of the merged map at stride 8.
    """

    def __init__(self, widths: Sequence[int] = (48, 96, 160, 192), head: int = 64) -> None:
        super().__init__()
        a, b, c, d = widths
        stem = nn.Sequential(nn.Conv2d(3, a, 6, 4, 1, bias=False), nn.BatchNorm2d(a), nn.ReLU(inplace=True))
        self.eighth = nn.Sequential(stem, ConvNorm(a, b, stride=2), Residual(b, b // 2))
        self.sixteenth = nn.Sequential(ConvNorm(b, c, stride=2), Residual(c, c // 2), Residual(c, c // 2))
        self.thirtysecond = nn.Sequential(ConvNorm(c, d, stride=2), Residual(d, d // 2), Residual(d, d // 2))
        self.from_thirtysecond = ConvNorm(d, b, 1, active=False)
        self.from_sixteenth = ConvNorm(c, b, 1, active=False)
        self.merge_sixteenth = nn.Sequential(ConvNorm(b, b), ConvNorm(b, head, 1, active=False))
        self.from_eighth = ConvNorm(b, head, 1, active=False)
        self.merge = ConvNorm(head, head)

    def features(self, pixel_values: Tensor) -> Tensor:
        """`(B, 3, H, W)` float, normalised, sides multiples of 32, to `(B, head, H/8, W/8)`."""
        eighth = self.eighth(pixel_values.contiguous(memory_format=torch.channels_last))
        sixteenth = self.sixteenth(eighth)
        thirtysecond = self.thirtysecond(sixteenth)
        merged = F.interpolate(self.from_thirtysecond(thirtysecond), scale_factor=2.0) + self.from_sixteenth(sixteenth)
        merged = self.merge_sixteenth(torch.relu(merged))
        result: Tensor = self.merge(torch.relu(F.interpolate(merged, scale_factor=2.0) + self.from_eighth(eighth)))
        return result


class ProposalNet(FeaturePyramid):
    """Class-agnostic boxes from pixels. Arguments as for the pyramid."""

    def __init__(self, widths: Sequence[int] = (48, 96, 160, 192), head: int = 64) -> None:
        super().__init__(widths, head)
        self.objectness = nn.Conv2d(head, 1, 1)
        self.distances = nn.Conv2d(head, 4, 1)
        self.objectness.bias = nn.Parameter(torch.full((1,), -4.0))
        nn.init.normal_(self.distances.weight, std=0.01)
        self.distances.bias = nn.Parameter(torch.ones(4))

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, Tensor]:
        """Objectness and boxes at every place of the map.

        Args:
            pixel_values: `(B, 3, H, W)` float, normalised; `H` and `W` multiples of 32.

        Returns:
            Objectness logits `(B, H/8, W/8)` and boxes `(B, H/8, W/8, 4)`, `xyxy` pixels of the input, both float32.
        """
        merged = self.features(pixel_values)
        objectness = self.objectness(merged).squeeze(1).float()
        distances = self.distances(merged).float().clamp(max=5.0).exp() * STRIDE
        left, top, right, bottom = distances.unbind(1)
        centres = places(objectness.shape[1], objectness.shape[2], objectness.device)
        x, y = centres[..., 0], centres[..., 1]
        return objectness, torch.stack((x - left, y - top, x + right, y + bottom), -1)


def places(rows: int, columns: int, device: torch.device) -> Tensor:
    """`(rows, columns, 2)` float, the `(x, y)` pixel at the middle of each cell of the map."""
    y, x = torch.meshgrid(torch.arange(rows, device=device), torch.arange(columns, device=device), indexing="ij")
    return (torch.stack((x, y), -1) + 0.5) * STRIDE


def peaks(objectness: Tensor, boxes: Tensor, limit: int, threshold: float) -> list[tuple[Tensor, Tensor]]:
    """The boxes at local maxima of the objectness: arguments as for `strongest`.

    Returns:
        For each picture its boxes `(N, 4)` and their logits `(N,)`, best first.
    """
    found, logits = strongest(objectness, boxes, limit, threshold)
    counts = logits.isfinite().sum(1).tolist()
    return [(some[:count], of[:count]) for some, of, count in zip(found, logits, counts, strict=True)]


def strongest(objectness: Tensor, boxes: Tensor, limit: int, threshold: float) -> tuple[Tensor, Tensor]:
    """The boxes at local maxima of the objectness, equally many of each picture.

    Args:
        objectness: `(B, h, w)` logits.
        boxes: `(B, h, w, 4)`.
        limit: at most this many boxes a picture.
        threshold: least probability of an object, 0 to 1.

    Returns:
        `(B, N, 4)` and their logits `(B, N)`, best first; minus infinity where a picture has fewer.
    """
    highest = F.max_pool2d(objectness.unsqueeze(1), 3, 1, 1).squeeze(1)
    kept = (objectness == highest) & (objectness.sigmoid() >= threshold)
    places_of = objectness.masked_fill(~kept, -torch.inf).flatten(1)
    logits, order = places_of.topk(min(limit, places_of.shape[1]))
    return boxes.flatten(1, 2).gather(1, order.unsqueeze(-1).expand(-1, -1, 4)), logits


def iou_matrix(a: Tensor, b: Tensor) -> Tensor:
    """`(..., N, M)` intersection over union of boxes `(..., N, 4)` and `(..., M, 4)`, `xyxy`."""
    top_left = torch.maximum(a[..., :, None, :2], b[..., None, :, :2])
    bottom_right = torch.minimum(a[..., :, None, 2:], b[..., None, :, 2:])
    common = (bottom_right - top_left).clamp(min=0).prod(-1)
    area_a = (a[..., 2:] - a[..., :2]).clamp(min=0).prod(-1)
    area_b = (b[..., 2:] - b[..., :2]).clamp(min=0).prod(-1)
    return common / (area_a[..., :, None] + area_b[..., None, :] - common).clamp(min=1e-6)


def assign(shape: torch.Size, truth: Tensor, real: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Which places of the map are to predict which true box: those near its centre.

    Args:
        shape: `(h, w)` of the map.
        truth: `(B, N, 4)` true boxes, `xyxy` pixels.
        real: `(B, N)` bool, which of them there are; the others fill a picture up.

    Returns:
        For every place of the flattened map, each `(B, h * w)`: whether it predicts a box, which one, and how central
        it is, from about 0.5 to 1, so that the objectness has one peak a box. A place near two centres belongs to the
        smaller box.
    """
    centres = places(shape[0], shape[1], truth.device).flatten(0, 1)
    middle = (truth[..., :2] + truth[..., 2:]) / 2
    reach = ((truth[..., 2:] - truth[..., :2]) * 0.2).clamp(min=0.75 * STRIDE, max=2.0 * STRIDE)
    offset = (centres[:, None] - middle[:, None]).abs() / reach[:, None]
    inside = (offset <= 1).all(-1) & real[:, None]
    area = (truth[..., 2:] - truth[..., :2]).prod(-1)
    best, index = torch.where(inside, area[:, None], torch.inf).min(2)
    nearest = offset.gather(2, index[..., None, None].expand(-1, -1, 1, 2)).squeeze(2)
    return best.isfinite(), index, torch.exp(-0.35 * nearest.square().sum(-1))


def proposal_loss(objectness: Tensor, boxes: Tensor, truth: Tensor, real: Tensor) -> dict[str, Tensor]:
    """Losses of a batch: `objectness` (varifocal) and `box` (generalised IoU, Rezatofighi et al., CVPR 2019).

    Args:
        objectness: `(B, h, w)` logits.
        boxes: `(B, h, w, 4)` predicted.
        truth: `(B, N, 4)` true boxes, `xyxy` pixels, N at least 1.
        real: `(B, N)` bool, which of them there are.
    """
    logits, boxes = objectness.flatten(1), boxes.flatten(1, 2)
    predicts, index, central = assign(objectness.shape[1:], truth, real)
    goal = truth.gather(1, index.unsqueeze(-1).expand(-1, -1, 4))
    iou, generalised = paired_iou(boxes, goal)
    target = torch.where(predicts, iou.detach().clamp(min=0.1) * central, 0.0)
    positives = predicts.sum().clamp(min=1)
    weight = torch.where(predicts, 1.0, 0.75 * logits.detach().sigmoid() ** 2)
    objective = (weight * F.binary_cross_entropy_with_logits(logits, target, reduction="none")).sum() / positives
    return {"objectness": objective, "box": torch.where(predicts, 1 - generalised, 0.0).sum() / positives}


def paired_iou(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and generalised IoU of boxes `(..., 4)` with boxes `(..., 4)`, pair by pair."""
    common = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    sizes = [(one[..., 2:] - one[..., :2]).clamp(min=0).prod(-1) for one in (a, b)]
    union = sizes[0] + sizes[1] - common
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    iou = common / union.clamp(min=1e-6)
    return iou, iou - (hull - union) / hull.clamp(min=1e-6)
