"""What the editing tools do to picture-book scenes whose truth is known.

    python -m benchmarks.editing [--scenes 100] [--pictures out/editing] [--json out/editing.json]

Scenes of the test split. Masks come from the embedded segmenter, and the patches are true boxes. For each tool:
whether a pixel outside of the mask changed, and whether the rest is what the tool's definition says, exactly. For
`replace`: how often the embedded CLIP, asked among all nouns, names what was asked for; how often it names the thing
that was there before; and, where a thing was taken away, how often it still names that. Contact sheets of the edits
are written out.
"""

import argparse
import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from models import torchvision_ops

torchvision_ops.install()

# ruff: noqa: E402 (torchvision's operators must be there before transformers imports torchvision)
from models.embedded.inpaint import NOTHING
from models.embedded.training.inpaint import PAINTABLE
from models.embedded.world.art import Art, ArtError
from models.embedded.world.lexicon import NOUNS
from models.embedded.world.render import Rendered, render
from models.embedded.world.scene import Thing, make_scene
from models.picture import Picture, Region
from models.presets import Kit
from models.requests import Match
from tools import ImagePatch, default_vocabulary, drive
from tools.editing import blurred, mask_of
from tools.painting import room

WORDS = default_vocabulary()
SMALLEST = 40
"""Longest side, in pixels, of a thing that is edited."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Edit picture-book scenes and compare with the truth.")
    parser.add_argument("--scenes", type=int, default=100)
    parser.add_argument("--preset", default="embedded")
    parser.add_argument("--pictures", type=Path, default=Path("out/editing"), help="where contact sheets go")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    try:
        art = Art.load()
    except ArtError as error:
        raise SystemExit(f"error: {error}") from None
    kit = Kit(options.preset)
    bench = Bench(kit)
    seed = 0
    while bench.count < options.scenes:
        bench.edit(render(make_scene(seed, "test"), art))
        seed += 1
    figures = bench.figures()
    for name, value in figures.items():
        print(f"{name:58} {value}")
    options.pictures.mkdir(parents=True, exist_ok=True)
    for name, rows in bench.sheets.items():
        sheet(rows).save(options.pictures / f"{name}.webp", quality=88)
    print(f"contact sheets: {options.pictures}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


class Bench:
    """Edits scenes and counts."""

    def __init__(self, kit: Any) -> None:
        self.kit = kit
        self.random = random.Random(0)
        self.count = 0
        self.wrong: Counter[str] = Counter()
        """Edits with a pixel that is not as it should be, by tool."""
        self.named: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.sheets: dict[str, list[list[Image.Image]]] = {}
        self.missed: list[tuple[str, str]] = []
        self.texts = tuple(noun.name for noun in NOUNS)

    def edit(self, rendered: Rendered) -> None:
        """Every edit of one scene, of its largest thing; scenes with small things only are left out."""
        things = sorted(rendered.scene.things, key=lambda thing: -thing.area)
        if not things or max(things[0].box[2] - things[0].box[0], things[0].box[3] - things[0].box[1]) < SMALLEST:
            return
        thing = things[0]
        picture = Picture.from_image(rendered.image, f"scene {rendered.scene.seed}")
        patch = ImagePatch.of(Region(picture, thing.box), thing.noun)
        old = np.asarray(picture.image)
        mask = drive(mask_of("benchmark", [patch]), self.kit)
        grey = np.asarray(picture.image.convert("L").convert("RGB"))
        self._exactly("color_pop", picture, patch, np.where(mask[..., None], old, grey))
        self._exactly("blur_background", picture, patch, np.where(mask[..., None], old, blurred(old, mask)))
        for name, arguments in (("highlight", ()), ("tag", ()), ("emoji", ("smiling face",))):
            self._sheet(name, picture, self._call(name, picture, patch, *arguments))
        self._replace(picture, patch, thing, room(mask))
        self.count += 1

    def _call(self, name: str, picture: Picture, patch: ImagePatch, *arguments: Any) -> Picture:
        began = time.perf_counter()
        call = WORDS.call(f"ImagePatch.{name}", (ImagePatch(picture), patch, *arguments), {})
        result: ImagePatch = drive(call, self.kit)
        self.seconds[name] += time.perf_counter() - began  # type: ignore[assignment]
        return result.region.picture

    def _exactly(self, name: str, picture: Picture, patch: ImagePatch, expected: np.ndarray) -> None:
        new = self._call(name, picture, patch)
        self.wrong[name] += int((np.asarray(new.image) != expected).any())
        self._sheet(name, picture, new)

    def _replace(self, picture: Picture, patch: ImagePatch, thing: Thing, mask: np.ndarray) -> None:
        others = [noun.name for noun in PAINTABLE if noun.name != thing.noun]
        wanted = self.random.choice(others)
        old = np.asarray(picture.image).astype(int)
        new = self._call("replace", picture, patch, wanted)
        gone = self._call("replace", picture, patch, NOTHING[0])
        for name, result in (("replace", new), ("remove", gone)):
            difference = np.abs(np.asarray(result.image).astype(int) - old)
            self.wrong[name] += int((difference[~mask] > 0).any())
        box = patch.region.box
        before, after, left = (self._name(Region(one, box)) for one in (picture, new, gone))
        self.named["before"] += before == thing.noun
        self.named["after"] += after == wanted
        self.named["left"] += left == thing.noun
        if after != wanted:
            self.missed.append((wanted, after))
        self._sheet("replace", picture, new, gone)

    def _name(self, region: Region) -> str:
        [scores] = self.kit["clip"].run([Match(region, self.texts)])
        return self.texts[int(np.argmax(scores))]

    def _sheet(self, name: str, *pictures: Picture) -> None:
        row = self.sheets.setdefault(name, [])
        if len(row) < 36:
            row.append([picture.image for picture in pictures])

    def figures(self) -> dict[str, Any]:
        exact = {name: self.count - self.wrong[name] for name in ("color_pop", "blur_background")}
        outside = {name: self.count - self.wrong[name] for name in ("replace", "remove")}
        share = {name: round(self.named[name] / self.count, 3) for name in ("before", "after", "left")}
        return {
            "scenes": self.count,
            "colour pop exact by definition": exact["color_pop"],
            "blurred background exact by definition": exact["blur_background"],
            "replace: not one pixel changed outside of the mask": outside["replace"],
            "removal: not one pixel changed outside of the mask": outside["remove"],
            "CLIP names the thing before": share["before"],
            "CLIP names what was painted in its place": share["after"],
            "CLIP still names a thing that was taken away": share["left"],
            "seconds an edit": {name: round(value / self.count, 2) for name, value in self.seconds.items()},
            "not named (asked for, named)": self.missed[:20],
        }


def sheet(rows: list[list[Image.Image]], side: int = 160, columns: int = 6) -> Image.Image:
    """Pictures side by side, those of one edit next to each other."""
    wide = max(map(len, rows)) * side
    canvas = Image.new("RGB", (columns * (wide + 8), -(-len(rows) // columns) * (side + 8)), "white")
    for place, row in enumerate(rows):
        for number, image in enumerate(row):
            small = image.copy()
            small.thumbnail((side, side))
            at = ((place % columns) * (wide + 8) + number * side, place // columns * (side + 8))
            canvas.paste(small, at)
    return canvas


if __name__ == "__main__":
    main()
