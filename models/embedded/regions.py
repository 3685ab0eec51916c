"""A vision tower that gives one token a thing: what the embedded detector proposes, each with what it looks like, what
it is called, where it is and what it is among the others, and a few tokens of the ground behind.

Attention over object proposals in place of a grid is Anderson et al., "Bottom-Up and Top-Down Attention for Image
Captioning and Visual Question Answering" (CVPR 2018). A picture of twenty things is two dozen tokens, whatever its
size, and things can be counted, compared and found by a decoder of a few layers.

The tower is the detector with a list of names in place of its reader of words. Its tokens keep the detector's space, in
which a thing and its name point the same way; `distill.student` starts the decoder's words there.
"""

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import torch
from torch import Tensor
from torch.nn import functional as F

from models import torchvision_ops

torchvision_ops.install()  # the processor's module imports torchvision

# ruff: noqa: E402
from transformers import DetrImageProcessor
from transformers.modeling_outputs import BaseModelOutputWithPooling

from models.embedded.company import COMPANY, LOUD, SHORT, company
from models.embedded.detector import (
    SightDetectorConfig,
    SightDetectorForObjectDetection,
    cut_out,
    describe_boxes,
    owners_of,
)

PERIODS = (4.0, 2.0, 1.0, 0.4, 0.2, 0.1)
"""Of the waves that tell where a box's sides are, in widths or heights of the picture: down to the single hundredth."""

PLACE = 8 * len(PERIODS) + 6 + 3
"""Numbers of a token that tell where it is: sines and cosines of the four sides, `describe_boxes`, and three more."""

SURE, THERE, GROUND = -3, -2, -1
"""The last numbers of those: objectness, whether there is a thing, and whether it is ground."""

OBJECTNESS = 0.3
"""Least objectness of a thing. The detector goes down to 0.1 and leaves it to the words that are looked for to sort out
what is nothing. In 342 pictures of the world 98.5 % of the things are found with either; of the boxes, 95 % are things
from 0.3 on, 84 % from 0.1 on (`benchmarks.student_tower`)."""


class SightRegionsConfig(SightDetectorConfig):
    """Shape of the tower.

    Args:
        regions: things a picture, at most; those of the highest objectness, from left to right.
        ground: the picture is told in so many rows and columns of ground as well. For them it is shrunk to a square as
            large as a region's.
        nouns: what a thing may be called.
        colours: what its colour may be called.
        options: of the detector that it is made of.
    """

    model_type = "sight-regions"

    def __init__(
        self,
        regions: int = 24,
        ground: int = 2,
        nouns: Sequence[str] = ("thing",),
        colours: Sequence[str] = ("gray",),
        **options: Any,
    ) -> None:
        self.regions = regions
        self.ground = ground
        self.nouns = list(nouns)
        self.colours = list(colours)
        options.pop("hidden_size", None)
        super().__init__(**options)
        self.hidden_size = self.seen_size + self.projection_dim + len(self.colours) + COMPANY + regions

    @classmethod
    def of(
        cls, detector: SightDetectorConfig, regions: int, ground: int, nouns: Sequence[str], colours: Sequence[str]
    ) -> Self:
        """With the proposals and regions of a detector, those of which `OBJECTNESS` says that they are things."""
        told = detector.to_dict()
        names = ("vision_config", "text_config", "projection_dim", "proposal_widths", "image_size", "region_size",
                 "region_margin", "max_proposals")  # fmt: skip
        options = {name: told[name] for name in names}
        return cls(regions, ground, nouns, colours, proposal_threshold=OBJECTNESS, **options)

    @property
    def seen_size(self) -> int:
        """Numbers of a token that tell what a thing looks like and where it is; the others follow from those."""
        return self.projection_dim + PLACE

    @property
    def tokens(self) -> int:
        """Of a picture."""
        return self.regions + self.ground**2


class SightRegionsModel(SightDetectorForObjectDetection):
    """Pixels to tokens of things."""

    config_class = SightRegionsConfig  # type: ignore[assignment]
    main_input_name = "pixel_values"

    def __init__(self, config: SightRegionsConfig) -> None:
        super().__init__(config)
        del self.text_model, self.text_projection, self.text_bias, self.logit_scale, self.logit_bias
        nouns, colours = len(config.nouns), len(config.colours)
        self.register_buffer("labels", torch.zeros(nouns + colours, config.projection_dim + 1))
        """Of nouns and colours: directions, as long as a thing in them is sure to be called so, and biases."""
        self.register_buffer("short", torch.zeros(nouns, SHORT))
        """The directions of nouns in few numbers, of length 1."""
        self.register_buffer("categories", torch.full((nouns, 2), -1))
        """The narrowest and the widest category of each noun, -1 where it has none."""

    @torch.no_grad()
    def forward(  # type: ignore[override]
        self, pixel_values: Tensor, **kwargs: Any
    ) -> BaseModelOutputWithPooling:
        """Encode pictures. The tower is not trained through the boxes, so no gradient is kept.

        Args:
            pixel_values: `(B, 3, H, W)` float, normalised; pictures at the top left, padded with zeros (no pixel of a
                picture is exactly 0 in all channels); or tokens `(B, N, C)` that this method gave before.

        Returns:
            `last_hidden_state` `(B, N, C)`, N things and places of ground, empty places last among the things;
            `pooler_output` `(B, C)`, their mean; `hidden_states`, a tuple that holds the last hidden state only.
        """
        tokens = pixel_values if pixel_values.ndim == 3 else self._tokens(pixel_values)
        return BaseModelOutputWithPooling(
            last_hidden_state=tokens, pooler_output=tokens.mean(1), hidden_states=(tokens,)
        )

    def boxes(self, tokens: Tensor) -> list[Tensor]:
        """Where the things are that tokens tell of, from left to right, as a text points at them (`models.pointing`).

        Args:
            tokens: `(B, N, C)`, as `forward` gives them.

        Returns:
            Of each picture `(M, 4)` float, `xyxy` in shares of its width and height, origin top left.
        """
        places = tokens[:, : self.config.regions, self.config.projection_dim :][..., :PLACE].float()
        shares, there = _shares_of(places).clamp(0, 1), places[..., THERE] > 0
        return [boxes[found] for boxes, found in zip(shares, there, strict=True)]

    def _tokens(self, pixel_values: Tensor) -> Tensor:
        sizes = picture_sizes(pixel_values)
        rows, columns = (int(-(-sizes[:, i].max() // 32) * 32) for i in (0, 1))
        pixel_values = pixel_values[:, :, :rows, :columns]
        most, side = self.config.regions, self.config.region_size
        boxes, logits = self.propose(pixel_values)
        order = [found[:most, 0].argsort() for found in boxes]
        boxes = [found[:most][at] for found, at in zip(boxes, order, strict=True)]
        objectness = [found[:most][at].sigmoid() for found, at in zip(logits, order, strict=True)]
        counts = [len(found) for found in boxes]
        every, owners = torch.cat(boxes), owners_of(boxes)
        crops = cut_out(pixel_values, every, owners, side, self.config.region_margin)
        # Things and ground are looked at together: half the time of a small batch is spent on beginning.
        seen = self.vision_model(torch.cat((crops, _shrunk(pixel_values, sizes, side))))
        looks = self.looks_of(seen.pooler_output[: len(crops)], every, sizes[owners]).split(counts)
        things = looks[0].new_zeros(len(boxes), most, self.config.seen_size)
        for i, count in enumerate(counts):
            things[i, :count] = _told(looks[i], boxes[i], sizes[i], objectness[i])
        ground = self._ground(seen.last_hidden_state[len(crops) :], sizes)
        nothing = self.config.hidden_size - self.config.seen_size
        told = torch.cat((torch.cat((things, self.known(things)), 2), F.pad(ground, (0, nothing))), 1)
        return told.to(pixel_values.dtype)

    def known(self, things: Tensor) -> Tensor:
        """What follows from what things look like and where they are: their names, colours and `company`, and which of
        them each is, by which a text points at it.

        Args:
            things: `(B, N, C)`, `seen_size` numbers of each token of `B` pictures.

        Returns:
            `(B, N, D + colours + COMPANY + regions)` float, 0 where there is no thing.
        """
        things, nouns = things.float(), len(self.config.nouns)
        looks, place, there = things[..., :-PLACE], things[..., -PLACE:], things[..., THERE] > 0
        labels = self.labels.float()
        fits = F.normalize(looks, dim=-1) @ labels[:, :-1].T + labels[:, -1]
        noun, colour = fits[..., :nouns].argmax(-1), fits[..., nouns:].argmax(-1)
        narrow, wide = self.categories[noun].unbind(-1)
        groups = torch.stack((noun, narrow, wide, colour, noun * len(self.config.colours) + colour))
        spread = math.sqrt(looks.shape[-1])
        names = spread * F.normalize(labels[noun, :-1], dim=-1)
        colours = LOUD * F.one_hot(colour, len(self.config.colours))
        among = company(groups, boxes_of(place), there, self.short[noun].float())
        number = LOUD * torch.eye(self.config.regions, device=things.device)[: things.shape[1]]
        return torch.cat((names, colours, among, number.expand(len(things), -1, -1)), 2) * there[..., None]

    def _ground(self, seen: Tensor, sizes: Tensor) -> Tensor:
        """The pictures as a few cells each, of what the vision model sees of all of them."""
        side, cells = self.config.ground, self.config.region_size // self.config.vision_config.patch_size
        grid = seen.transpose(1, 2).unflatten(2, (cells, cells))
        pooled = F.adaptive_avg_pool2d(grid, side).flatten(2).transpose(1, 2)
        looks = F.normalize(self.visual_projection(pooled).float(), dim=-1)
        edges = torch.arange(side, device=seen.device) / side
        top, left = torch.meshgrid(edges, edges, indexing="ij")
        corners = torch.stack((left, top, left + 1 / side, top + 1 / side), -1).flatten(0, 1)
        told = []
        for look, size in zip(looks, sizes, strict=True):
            boxes = corners * size.flip(0).repeat(2)
            told.append(_told(look, boxes, size, torch.zeros(len(boxes), device=boxes.device), ground=1.0))
        return torch.stack(told)


def _shrunk(pixel_values: Tensor, sizes: Tensor, side: int) -> Tensor:
    """Whole pictures as squares, `(B, 3, side, side)`, without what pads them."""
    squares = [
        F.interpolate(picture[None, :, :height, :width].float(), (side, side), mode="area")
        for picture, (height, width) in zip(pixel_values, sizes.long().tolist(), strict=True)
    ]
    return torch.cat(squares).to(pixel_values.dtype)


def picture_sizes(pixel_values: Tensor) -> Tensor:
    """`(B, 2)` float, `(height, width)` of pictures `(B, 3, H, W)` with zeros below and to the right of them; no pixel
    of theirs is zero, so that the first column and row tell."""
    edges = pixel_values[:, :, :, 0], pixel_values[:, :, 0]
    return torch.stack([(edge != 0).any(1).sum(1).clamp(min=1) for edge in edges], 1).float()


def _told(looks: Tensor, boxes: Tensor, size: Tensor, objectness: Tensor, ground: float = 0.0) -> Tensor:
    """Tokens `(N, C)` of boxes `(N, 4)`, `xyxy` pixels, in a picture of this `(height, width)`."""
    shares = boxes.float() / size.flip(0).repeat(2)
    angles = 2 * math.pi * shares[:, :, None] / shares.new_tensor(PERIODS)
    waves = torch.cat((angles.sin(), angles.cos()), -1).flatten(1)
    flags = torch.stack((objectness.float(), torch.ones_like(objectness), torch.full_like(objectness, ground)), -1)
    spread = math.sqrt(looks.shape[-1])  # so that every number is about 1
    return torch.cat((looks * spread, waves, describe_boxes(boxes.float(), size.expand(len(boxes), 2)), flags), -1)


def _shares_of(place: Tensor) -> Tensor:
    """Sides `(B, N, 4)` as shares of the picture's width and height."""
    waves = place[..., : 8 * len(PERIODS)].unflatten(-1, (4, 2, len(PERIODS)))[..., 0]  # the longest
    return torch.atan2(waves[..., 0], waves[..., 1]) * PERIODS[0] / (2 * math.pi)


def boxes_of(place: Tensor) -> Tensor:
    """Boxes `(B, N, 4)` float, `xyxy` in heights of the picture, origin at its top left, of what tokens tell of their
    places: `place` is `(B, N, PLACE)`."""
    shares = _shares_of(place)
    wide, high = (shares[..., 2:] - shares[..., :2]).clamp(min=1e-3).unbind(-1)
    aspect = place[..., 8 * len(PERIODS) + 2].exp() * high / wide  # of the picture, as each of its boxes has it
    there = place[..., THERE] > 0
    aspect = (aspect * there).sum(-1, keepdim=True) / there.sum(-1, keepdim=True).clamp(min=1)
    return shares * torch.stack((aspect, torch.ones_like(aspect)), -1).repeat(1, 1, 2)


class SightPictureProcessor(DetrImageProcessor):
    """Fits pictures into a square as the detector's does, and tells the padding by zeros alone."""

    model_input_names: ClassVar[list[str]] = ["pixel_values"]

    def _preprocess(self, *args: Any, **kwargs: Any) -> Any:
        found = super()._preprocess(*args, **kwargs)
        found.pop("pixel_mask", None)
        return found

    @classmethod
    def of(cls, side: int) -> "SightPictureProcessor":
        """For squares of this side in pixels."""
        return cls(
            size={"shortest_edge": side, "longest_edge": side},
            pad_size={"height": side, "width": side},
            image_mean=[0.5, 0.5, 0.5],
            image_std=[0.5, 0.5, 0.5],
        )
