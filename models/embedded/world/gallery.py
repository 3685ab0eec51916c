"""Makes the gallery: `python -m models.embedded.world.gallery`.

What it shows and asks is in `gallery_scenes.py`. The files are the same each time.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from models.embedded.gallery import FOLDER, encode_mask
from models.embedded.world.art import Art, ArtError
from models.embedded.world.gallery_scenes import ENTRIES, answer
from models.embedded.world.render import Rendered, render
from models.embedded.world.scene import make_scene

MOST_BYTES = 15 * 1024
"""A picture of the gallery is no larger than this."""


def _webp(image: np.ndarray) -> bytes:
    """The best WebP of at most MOST_BYTES."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    for quality in range(92, 50, -3):
        data: bytes = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()
        if len(data) <= MOST_BYTES:
            return data
    raise ValueError("a picture of the gallery is too large; use a plainer scene")


def _base36(number: int) -> str:
    return np.base_repr(number, 36).lower()


def make(folder: Path, art: Art) -> list[Rendered]:
    """Write the pictures and `gallery.json` into a folder. Raises ArtError if art is missing."""
    drawn = {entry.name: render(make_scene(entry.seed, "test", entry.spec), art) for entry in ENTRIES}
    scenes = {name: rendered.scene for name, rendered in drawn.items()}
    items = []
    for entry in ENTRIES:
        (folder / f"{entry.name}.webp").write_bytes(_webp(drawn[entry.name].image))
        questions = [
            {
                "question": question.text,
                "answer": answer(question, entry.name, scenes),
                "pictures": [entry.name, *question.also],
            }
            for question in entry.questions
        ]
        items.append(
            {
                "name": entry.name,
                "file": f"{entry.name}.webp",
                "questions": questions,
                "scene": scenes[entry.name].to_json(),
                "masks": [" ".join(map(_base36, encode_mask(mask))) for mask in drawn[entry.name].masks],
            }
        )
    lines = ",\n".join(json.dumps(item) for item in items)
    (folder / "gallery.json").write_text(f'{{"version": 1, "items": [\n{lines}\n]}}\n')
    return list(drawn.values())


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the gallery of picture-book scenes.")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write it (default: %(default)s)")
    options = parser.parse_args()
    try:
        drawn = make(options.folder, Art.load())
    except ArtError as error:
        raise SystemExit(f"error: {error}") from None
    print(f"{options.folder}: {len(drawn)} pictures")


if __name__ == "__main__":
    main()
