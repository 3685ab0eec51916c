"""What is unusual in a picture, compared with a few that are normal, by CLIP's vectors of parts.

Every part of the normal pictures is remembered; a part is as unusual as it is far from the nearest of them, as in
WinCLIP (Jeong et al., CVPR 2023, reference association) and PatchCore (Roth et al., CVPR 2022). Parts are windows of
three sizes that overlap by half.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from models.picture import Picture, Region
from models.requests import Embed, Together
from tools.declaration import ToolError, tool
from tools.image_patch import ImagePatch

ACROSS = (2, 3, 5)
"""Windows of each size that a side is divided into."""

COLOURS = np.array([(0, 0, 96), (0, 96, 255), (0, 200, 160), (255, 220, 0), (255, 32, 0)], float)
"""From usual to unusual."""


@tool(method_of=ImagePatch)
async def anomaly_score(self: ImagePatch, normal: list[ImagePatch]) -> float:
    """Returns how unusual the crop is beside a few normal ones: 0 is like one of them, 1 like nothing in them.

    Examples:
        # The first pictures show good parts. Is the last one faulty?
        def execute_command(images):
            *good, part = [ImagePatch(image) for image in images]
            return part.anomaly_score(good) > 2 * good[0].anomaly_score(good[1:])
    """
    _, scores = await _compare(self, normal, "anomaly_score")
    return float(max(scores))


@tool(method_of=ImagePatch)
async def find_anomaly(self: ImagePatch, normal: list[ImagePatch]) -> ImagePatch:
    """Returns the part of the crop that is most unusual beside a few normal ones.

    Examples:
        # Where does the last picture differ from the others?
        def execute_command(images):
            *good, part = [ImagePatch(image) for image in images]
            return part.find_anomaly(good)
    """
    regions, scores = await _compare(self, normal, "find_anomaly")
    # Of parts that are about as unusual the smallest says most.
    limit = 0.9 * max(scores)
    place = min((i for i, score in enumerate(scores) if score >= limit), key=lambda i: (regions[i].width, -scores[i]))
    return ImagePatch.of(regions[place])


@tool(method_of=ImagePatch)
async def anomaly_map(self: ImagePatch, normal: list[ImagePatch]) -> ImagePatch:
    """Returns the picture with a heat map over the crop: the redder a place, the more unusual beside the normal ones.

    Examples:
        # Show what is unusual in the last picture
        def execute_command(images):
            *good, part = [ImagePatch(image) for image in images]
            return part.anomaly_map(good)
    """
    regions, scores = await _compare(self, normal, "anomaly_map")
    picture = heat_map(self.region, regions, scores)
    return ImagePatch.of(Region(picture, self.region.box))


def windows(region: Region) -> list[Region]:
    """The region and the windows in it, which overlap by half."""
    x1, y1, x2, y2 = region.box
    found = [region]
    for across in ACROSS:
        wide, high = (x2 - x1) / across, (y2 - y1) / across
        steps = np.arange(0, across - 0.5, 0.5)
        for down in steps:
            for right in steps:
                left, top = x1 + right * wide, y1 + down * high
                found.append(Region(region.picture, (left, top, left + wide, top + high)))
    return found


def heat_map(region: Region, regions: Sequence[Region], scores: Sequence[float]) -> Picture:
    """The picture with colours over the region: at each place the mean score of the windows that cover it, from the
    least to the most unusual."""
    picture = region.picture
    total = np.zeros((picture.height, picture.width))
    count = np.zeros_like(total)
    for part, score in zip(regions[1:], scores[1:], strict=True):
        x1, y1, x2, y2 = part.pixels
        total[y1:y2, x1:x2] += score
        count[y1:y2, x1:x2] += 1
    x1, y1, x2, y2 = region.pixels
    heat = (total / np.maximum(count, 1))[y1:y2, x1:x2]
    low, high = heat.min(), heat.max()
    level = (heat - low) / (high - low) if high > low else np.zeros_like(heat)
    stops = np.linspace(0, 1, len(COLOURS))
    colour = np.stack([np.interp(level, stops, COLOURS[:, channel]) for channel in range(3)], -1)
    pixels = np.array(picture.image)
    inside = pixels[y1:y2, x1:x2]
    pixels[y1:y2, x1:x2] = (0.45 * inside + 0.55 * colour).astype(np.uint8)
    return Picture.from_image(Image.fromarray(pixels), f"what is unusual in {picture.name}")


async def _compare(patch: ImagePatch, normal: Sequence[ImagePatch], name: str) -> tuple[list[Region], list[float]]:
    """The windows of a patch, and how far each is from all windows of the normal ones: half of one minus the cosine."""
    if not normal:
        raise ToolError(f"{name}() needs at least one normal picture to compare with, got an empty list")
    regions = windows(patch.region)
    known = [part for one in normal for part in windows(one.region)]
    vectors = np.stack(await Together(tuple(Embed(part) for part in [*regions, *known])))
    own, others = vectors[: len(regions)], vectors[len(regions) :]
    return regions, [float((1 - cosine) / 2) for cosine in (own @ others.T).max(1)]
