"""Frames and labels drawn on pixels: for the tools that mark things in a picture, and for the views of a trace."""

from functools import lru_cache

from PIL import Image, ImageColor, ImageDraw, ImageFont

from models.picture import Box

PALETTE = ("#2b6be4", "#e0670b", "#0f9150", "#c02e8a", "#7a4ce0", "#0a8fa3", "#d0342c", "#8c7a08")
"""Colours of what was looked for, in order; they repeat after the last."""


def rgb(number: int) -> tuple[int, int, int]:
    """The colour of that number in the palette."""
    return ImageColor.getrgb(PALETTE[number % len(PALETTE)])[:3]


def draw_frame(pen: ImageDraw.ImageDraw, box: Box, colour: tuple[int, int, int], width: int = 3) -> None:
    """A frame just inside a box, with a thin light rim so that it is seen on any ground.

    Args:
        box: xyxy pixels of what is drawn on.
        width: of the coloured line, in pixels.
    """
    left, top, right, bottom = box
    edges = (left, top, max(right - 1, left), max(bottom - 1, top))
    rim = max(1, width // 3)
    pen.rectangle(edges, outline=(255, 255, 255, 190), width=width + 2 * rim)
    within = (edges[0] + rim, edges[1] + rim, edges[2] - rim, edges[3] - rim)
    if within[0] < within[2] and within[1] < within[3]:
        pen.rectangle(within, outline=(*colour, 255), width=width)


def draw_label(pen: ImageDraw.ImageDraw, box: Box, text: str, colour: tuple[int, int, int], size: int) -> Box:
    """A text on a field of the colour, above a box, or inside it where there is no room above.

    Args:
        size: of the letters, in pixels.

    Returns:
        The field, xyxy pixels.
    """
    font = label_font(size)
    wide, high = int(font.getlength(text)) + size // 2 * 2, round(size * 1.45)
    across, down = pen.im.size
    left = min(max(0, box[0]), max(0, across - wide))
    top = box[1] - high if box[1] >= high else min(box[1], down - high)
    field = (left, max(0, top), left + wide, max(0, top) + high)
    pen.rectangle((field[0], field[1], field[2] - 1, field[3] - 1), fill=(*colour, 255))
    pen.text((left + size // 2, field[1] + high / 2), text, fill=(255, 255, 255, 255), font=font, anchor="lm")
    return field


@lru_cache(maxsize=32)
def label_font(size: int) -> ImageFont.FreeTypeFont:
    """The font that comes with Pillow."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # a size was given
    return font


def overlay(size: tuple[int, int]) -> Image.Image:
    """An empty layer to draw on."""
    return Image.new("RGBA", size, (0, 0, 0, 0))
