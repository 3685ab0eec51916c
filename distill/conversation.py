"""Messages and pictures as chat templates and processors of transformers take them."""

from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from distill.example import IMAGE, Message
from models.picture import Box, Picture
from models.pointing import with_pointers

GREY = (127, 127, 127)
"""What a blind model sees."""


def parts(message: Mapping[str, str]) -> dict[str, Any]:
    """A message with its text cut at the places of pictures, as chat templates of transformers read it."""
    content: list[dict[str, str]] = []
    for number, text in enumerate(message["content"].split(IMAGE)):
        if number:
            content.append({"type": "image"})
        if text := text.strip("\n"):
            content.append({"type": "text", "text": text})
    return {"role": message["role"], "content": content}


def pointed(messages: Sequence[Message], pictures: Sequence[Sequence[Box]]) -> list[Message]:
    """A conversation in which the assistant points at things (`models.pointing`) in place of telling their boxes.

    Args:
        pictures: of each picture the boxes of its things, `xyxy` in shares of its width and height.
    """
    return [
        {**message, "content": with_pointers(message["content"], pictures)}
        if message["role"] == "assistant"
        else message
        for message in messages
    ]


def seen(image: Image.Image, blind: bool = False) -> Image.Image:
    """The picture as programs see it (upright, on white where it is transparent), or grey of its size."""
    upright = Picture.from_image(image).image
    return Image.new("RGB", upright.size, GREY) if blind else upright
