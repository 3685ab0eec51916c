"""The gallery strip: example pictures with their question, each a button."""

import base64
from html import escape
from io import BytesIO

from models.embedded import gallery
from models.picture import Picture

EXAMPLES = ("muffins_and_kids", "pets_left", "fruit", "beach_day", "sea_life", "birthday", "traffic", "balloons")
"""Pictures of the gallery that are offered with a question."""

ASKED = {"beach_day": 1, "sea_life": 1, "traffic": 2, "balloons": 2}
"""Which of their questions, where it is not the first. The last one has no answer, which is worth seeing."""


def example(index: int) -> tuple[str, tuple[Picture, ...]]:
    """A question, and its pictures under their bare names. Raises IndexError."""
    name = EXAMPLES[index]
    asked = gallery.gallery_item(name).questions[ASKED.get(name, 0)]
    items = [gallery.gallery_item(one) for one in asked.pictures]
    return asked.question, tuple(Picture(item.picture.image, item.path.name) for item in items)


def examples_html() -> str:
    """The gallery strip: a button a question, with its pictures."""
    buttons = []
    for index in range(len(EXAMPLES)):
        question, pictures = example(index)
        shots = "".join(f'<img src="{_small(picture)}" alt="">' for picture in pictures)
        buttons.append(
            f'<button type="button" data-example="{index}" aria-label="Example: {escape(question)}">'
            f'<span class="shots">{shots}</span><span class="q">{escape(question)}</span></button>'
        )
    return f'<div class="strip-of-examples" role="group" aria-label="Examples">{"".join(buttons)}</div>'


def _small(picture: Picture) -> str:
    image = picture.image.copy()
    image.thumbnail((300, 300))
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=80)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
