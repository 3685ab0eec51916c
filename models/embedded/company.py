"""What a thing in a picture is among the others: how many there are of its kind, how it compares with them, and what
stands next to it.

Attention takes means, in which three things of a kind look like one, and a decoder of a few layers compares few pairs.
So the numbers are told, as a counting module does it in Zhang, Hare and Prügel-Bennett, "Learning to Count Objects in
Natural Images for Visual Question Answering" (ICLR 2018), and so are the pairs, as in Hu et al., "Relation Networks for
Object Detection" (CVPR 2018).
"""

import torch
from torch import Tensor

LOUD = 20.0
"""Size of what is told, of which few numbers are not 0: beside the hundreds of a thing's looks it would hardly be
heard."""

MOST = 10
"""Numbers of things that are told apart: 0 to 8, and more."""

EVERY = 20
"""Numbers of things in a picture that are told apart."""

GROUPS = 5
"""Sets in which a thing is counted and compared: those of its noun, of its narrowest and of its widest category, of its
colour, and of its noun and colour."""

AXES = 4
"""On which things are compared: their centres from left to right and from top to bottom, their area, and their lower
edge, which lies the lower the nearer a thing is."""

SIDES = 2 * AXES
"""Those that come before on each axis, then those that come after."""

NEIGHBOURS = 6
"""The nearest thing to the left, above, to the right and below, the nearest of all, and the farthest."""

SHORT = 32
"""Numbers in which a neighbour's name is told."""

NEAR = 5.0
"""Size of each of them."""

COMPANY = GROUPS * (2 * MOST + SIDES) + EVERY + SIDES * MOST + 2 * MOST + 2 + NEIGHBOURS * SHORT
"""Numbers that tell all this."""


def company(groups: Tensor, boxes: Tensor, there: Tensor, names: Tensor) -> Tensor:
    """What each thing is among the others of its picture.

    Args:
        groups: `(GROUPS, B, N)` int64, those of which each thing is one; -1 for none.
        boxes: `(B, N, 4)` float, `xyxy`, in units that are as long across as down.
        there: `(B, N)` bool, where there is a thing.
        names: `(B, N, SHORT)` float, of length 1.

    Returns:
        `(B, N, COMPANY)` float, 0 where there is no thing: of each group how many are in it, how many of them are left
        of the thing, and on which of `SIDES` none of them is; how many things there are, and how many on each of
        `SIDES`; how many nouns there are in all and in its widest category, and whether none of them is more frequent
        than its own; and the names of its `NEIGHBOURS`.
    """
    both = there[:, :, None] & there[:, None]
    alike = (groups[..., :, None] == groups[..., None, :]) & (groups >= 0)[..., None] & both
    sides = _sides(boxes) & both[:, None]
    beyond = alike[:, :, None] & sides
    none = ~beyond.any(4).transpose(2, 3)
    each = torch.cat((_number(alike.sum(3) - 1), _number(beyond[:, :, 0].sum(3)), none), 3) & (groups >= 0)[..., None]
    told = [each.permute(1, 2, 0, 3).flatten(2)]
    noun, widest = alike[0], alike[2]
    told.append(_number(there.sum(1, keepdim=True) - 1, EVERY).expand(*there.shape, -1))
    told.append(_number(sides.sum(3)).transpose(1, 2).flatten(2))
    first = ~beyond[0][:, 0].any(2)  # of its noun, from the left
    often = noun.sum(2)
    for some in (both, widest):
        more = some & (often[:, None] > often[:, :, None])
        one = torch.cat((_number((some & first[:, None]).sum(2) - 1), ~more.any(2)[..., None]), 2)
        told.append(one & some.any(2)[..., None])
    flags = LOUD * torch.cat(told, 2)
    return torch.cat((flags, _neighbours(boxes, both, sides, names)), 2) * there[..., None]


def _number(counts: Tensor, most: int = MOST) -> Tensor:
    """`(..., most)` bool: which of the numbers it is. (`one_hot` takes several times as long.)"""
    return counts.clamp(0, most - 1)[..., None] == torch.arange(most, device=counts.device)


def _sides(boxes: Tensor) -> Tensor:
    """`(B, SIDES, N, N)` bool, whether the last of two things comes before or after the other."""
    left, top, right, bottom = boxes.unbind(2)
    values = torch.stack((left + right, top + bottom, (right - left) * (bottom - top), bottom), 1)
    mine, others = values[..., :, None], values[..., None, :]
    return torch.cat((others < mine, others > mine), 1)


def _neighbours(boxes: Tensor, both: Tensor, sides: Tensor, names: Tensor) -> Tensor:
    """`(B, N, NEIGHBOURS * SHORT)`"""
    near = gaps(boxes)
    others = both & ~torch.eye(both.shape[1], dtype=torch.bool, device=both.device)
    among = torch.stack((*(sides[:, at] for at in (0, 1, AXES, AXES + 1)), others, others), 1)
    far = torch.stack((*[near] * (NEIGHBOURS - 1), -near), 1).masked_fill(~among, torch.inf)
    found = names[torch.arange(len(names), device=names.device)[:, None, None], far.argmin(3)]
    told: Tensor = NEAR * SHORT**0.5 * found * among.any(3)[..., None]
    return told.transpose(1, 2).flatten(2)


def gaps(boxes: Tensor) -> Tensor:
    """`(B, N, N)` float: between the edges of each two of the boxes `(B, N, 4)`; where they overlap, minus their
    intersection over union, as `tools.functions.distance` has it."""
    one, other = boxes[:, :, None], boxes[:, None]
    overlap = torch.minimum(one[..., 2:], other[..., 2:]) - torch.maximum(one[..., :2], other[..., :2])
    apart = (-overlap).clamp(min=0).norm(dim=-1)
    area = (boxes[..., 2:] - boxes[..., :2]).prod(-1)
    common = overlap.clamp(min=0).prod(-1)
    return torch.where(apart > 0, apart, -common / (area[:, :, None] + area[:, None] - common).clamp(min=1e-6))
