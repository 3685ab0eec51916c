"""Boxes and masks drawn on pictures: as SVG for the page, as pixels for the chat window."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO

from PIL import Image, ImageDraw

from agent.rendering.captions import Sighting
from agent.trace import MaskValue
from models.picture import Box, Picture
from tools.drawing import PALETTE, draw_frame, overlay, rgb

LONGEST_PICTURE = 1280
"""Longest side, in pixels, at which a picture goes into a page."""

LONGEST_CROP = 480
"""Longest side, in pixels, of a crop that is kept apart because the picture itself was made smaller."""

MAX_CROPS = 48
"""Crops kept apart in one page; what comes after is shown from the smaller picture."""


@dataclass(frozen=True)
class Mark:
    """A region to draw."""

    sighting: Sighting
    asked: bool = False
    """True for a region that a step was given (dashed), False for one that it brought back."""

    @property
    def colour(self) -> int:
        return self.sighting.colour % len(PALETTE)


def data_uri(image: Image.Image, longest: int) -> tuple[str, float]:
    """A picture as a WebP `data:` address, and the scale (0 to 1) at which it is kept."""
    scale = min(1.0, longest / max(image.size))
    small = image
    if scale < 1.0:
        small = image.copy() if image.size[0] * image.size[1] < 2_000_000 else image.reduce(max(1, int(0.5 / scale)))
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        small = small.resize(size, Image.Resampling.LANCZOS)
    buffer = BytesIO()
    small.save(buffer, "WEBP", quality=88, method=2)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode(), scale


class Figures:
    """Figures for one page. A picture is embedded once; each crop is a window on it.

    Args:
        pictures: By content hash. One that is missing is shown as a grey field.
        sizes: `(width, height)` by content hash, of all pictures that may be shown.
    """

    def __init__(self, pictures: Mapping[str, Picture], sizes: Mapping[str, tuple[int, int]]) -> None:
        self._pictures = pictures
        self._sizes = sizes
        self._ids: dict[str, str] = {}
        self._scales: dict[str, float] = {}
        self._images: list[str] = []
        self._crops: dict[tuple[str, Box], str] = {}

    def definitions(self) -> str:
        """The hidden element that holds every embedded picture; to be placed once, anywhere in the page."""
        return f'<svg class="defs" width="0" height="0" aria-hidden="true"><defs>{"".join(self._images)}</defs></svg>'

    def figure(
        self, key: str, box: Box, marks: Sequence[Mark], alt: str, width: float = 0, attributes: str = ""
    ) -> str:
        """A window on a picture, with marks.

        Args:
            key: Content hash of the picture.
            box: What is shown, xyxy pixels.
            marks: Regions of this picture to draw; those of others are left out.
            alt: Text for people who do not see the figure.
            width: CSS pixels; 0 leaves it to the style sheet.
            attributes: More attributes of the `svg` element.
        """
        x1, y1, x2, y2 = box
        w, h = max(x2 - x1, 1.0), max(y2 - y1, 1.0)
        frame = f"{x1:g} {y1:g} {w:g} {h:g}"
        style = f' style="width:{width:.0f}px"' if width else ""
        drawn = "".join(self.mark(mark) for mark in marks if mark.sighting.value.picture == key)
        return (
            f'<svg class="fig" viewBox="{frame}" role="img" aria-label="{escape(alt)}"{style}{attributes}>'
            f'<svg x="{x1:g}" y="{y1:g}" width="{w:g}" height="{h:g}" viewBox="{frame}">'
            f"{self._ground(key, (x1, y1, x2, y2))}</svg>{drawn}</svg>"
        )

    def mark(self, mark: Mark, attributes: str = "") -> str:
        """One region as SVG, in the pixels of its picture."""
        value = mark.sighting.value
        classes = f"m c{mark.colour}" + (" asked" if mark.asked else "")
        if isinstance(value, MaskValue) and value.polygons:
            path = " ".join(
                "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in outline) + "Z" for outline in value.polygons if outline
            )
            shape = f'<path class="fill" d="{path}"/><path class="halo" d="{path}"/><path class="line" d="{path}"/>'
        else:
            x1, y1, x2, y2 = value.box
            place = f'x="{x1:.1f}" y="{y1:.1f}" width="{x2 - x1:.1f}" height="{y2 - y1:.1f}" rx="1"'
            shape = f'<rect class="halo" {place}/><rect class="line" {place}/>'
        return f'<g class="{classes}"{attributes}>{shape}</g>'

    def _ground(self, key: str, box: Box) -> str:
        picture = self._pictures.get(key)
        if picture is None:
            width, height = self._sizes.get(key, (1, 1))
            return f'<rect class="absent" width="{width}" height="{height}"/>'
        if key not in self._ids:
            uri, scale = data_uri(picture.image, LONGEST_PICTURE)
            self._ids[key], self._scales[key] = f"p{len(self._ids)}", scale
            self._images.append(_image(self._ids[key], (0, 0, picture.width, picture.height), uri))
        seen = max(box[2] - box[0], box[3] - box[1]) * self._scales[key]
        if self._scales[key] < 1.0 and seen < LONGEST_CROP / 2:
            if (key, box) not in self._crops and len(self._crops) < MAX_CROPS:
                edges = (
                    int(box[0]),
                    int(box[1]),
                    max(int(box[0]) + 1, round(box[2])),
                    max(int(box[1]) + 1, round(box[3])),
                )
                uri, _ = data_uri(picture.image.crop(edges), LONGEST_CROP)
                self._crops[key, box] = f"k{len(self._crops)}"
                self._images.append(_image(self._crops[key, box], edges, uri))
            if (key, box) in self._crops:
                return f'<use href="#{self._crops[key, box]}"/>'
        return f'<use href="#{self._ids[key]}"/>'


def _image(name: str, edges: tuple[int, int, int, int], uri: str) -> str:
    x1, y1, x2, y2 = edges
    return (
        f'<image id="{name}" x="{x1}" y="{y1}" width="{x2 - x1}" height="{y2 - y1}" '
        f'preserveAspectRatio="none" href="{uri}"/>'
    )


def paint(picture: Picture, box: Box, marks: Sequence[Mark], longest: int = LONGEST_CROP) -> Image.Image:
    """A region of a picture with marks drawn on it, as an RGB image.

    Args:
        picture: What the region and the marks are in.
        box: The region, xyxy pixels.
        marks: Regions to draw; those of other pictures are left out.
        longest: Longest side of the result in pixels; small regions are enlarged up to it, at most four times.
    """
    x1, y1 = int(box[0]), int(box[1])
    x2, y2 = max(x1 + 1, round(box[2])), max(y1 + 1, round(box[3]))
    scale = min(longest / max(x2 - x1, y2 - y1), 4.0)
    size = (max(1, round((x2 - x1) * scale)), max(1, round((y2 - y1) * scale)))
    image = picture.image.crop((x1, y1, x2, y2)).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    layer = overlay(size)
    pen = ImageDraw.Draw(layer)
    for mark in marks:
        value = mark.sighting.value
        if value.picture != picture.key:
            continue
        colour = rgb(mark.colour)
        if isinstance(value, MaskValue) and value.polygons:
            for outline in value.polygons:
                points = [((x - x1) * scale, (y - y1) * scale) for x, y in outline]
                if len(points) > 2:
                    pen.polygon(points, fill=(*colour, 90), outline=(*colour, 255), width=2)
            continue
        left, top, right, bottom = ((v - o) * scale for v, o in zip(value.box, (x1, y1, x1, y1), strict=True))
        draw_frame(pen, (left, top, right, bottom), colour)
    return Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")
