"""The gallery strip: example pictures with their question, each a button."""

import base64
from html import escape
from io import BytesIO

from models.embedded import gallery

EXAMPLES = (
    "muffins_and_kids",
    "pets_left",
    "dogs_far_and_near",
    "beach_day",
    "fruit",
    "shapes",
    "red_cars",
    "birthday",
)
"""Pictures of the gallery whose first question is offered."""


def examples_html() -> str:
    """The gallery strip: a button a question, with its pictures."""
    buttons = []
    for index, name in enumerate(EXAMPLES):
        question = gallery.gallery_item(name).questions[0]
        shots = "".join(f'<img src="{_small(one)}" alt="">' for one in question.pictures)
        buttons.append(
            f'<button type="button" data-example="{index}" aria-label="Example: {escape(question.question)}">'
            f'<span class="shots">{shots}</span><span class="q">{escape(question.question)}</span></button>'
        )
    return f'<div class="strip-of-examples" role="group" aria-label="Examples">{"".join(buttons)}</div>'


def _small(name: str) -> str:
    image = gallery.gallery_item(name).picture.image.copy()
    image.thumbnail((300, 300))
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=80)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
