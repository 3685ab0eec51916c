"""Measure the embedded specialists on held-out scenes.

    python -m models.embedded.evaluate [detector clip ...] [--scenes 200] [--split test] [--preset FILE] [--json FILE]

They are loaded and asked as any program would ask them, through the embedded preset (or another one, which compares
other weights on the same scenes). Needs the prepared art.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np

from models.embedded.measures import Hits, mean_average_precision
from models.embedded.training.captions import caption
from models.embedded.training.questions import about_scene, about_thing
from models.embedded.training.scenes import held_out
from models.embedded.world.art import Art
from models.embedded.world.lexicon import BACKGROUNDS, CATEGORIES, COLOURS, NOUNS, nouns_of
from models.embedded.world.render import Rendered
from models.embedded.world.scene import SceneSpec, Split
from models.embedded.world.transfer import HELD_OUT_PAIRS, held_out_pair
from models.picture import Picture, Region
from models.presets import Kit, PresetError, load_preset
from models.requests import Ask, Depth, Detect, Match, Read, Segment, SpecialistError

Figures = dict[str, float]
LEAST_SCORE = 0.02
"""Of detections that count for the average precision."""
RETRIEVED = 200
"""Pictures, and as many captions, among which one is looked for."""


@dataclass(frozen=True)
class Shown:
    """A held-out scene as a picture."""

    truth: Rendered
    picture: Picture

    @property
    def split(self) -> Split:
        return cast(Split, self.truth.scene.split)


def scenes(count: int, split: Split = "val", spec: SceneSpec | None = None) -> list[Shown]:
    """The first `count` scenes of a split: of 2 to 10 random things, or as the spec says."""
    return [Shown(s.rendered, Picture.from_image(s.image)) for s in held_out(Art.load(), count, split, spec=spec)]


def answers(specialist: Any, requests: list[Any], batch: int = 256) -> Iterator[Any]:
    """Results of many requests. A SpecialistError among them is raised."""
    for start in range(0, len(requests), batch):
        for result in specialist.run(requests[start : start + batch]):
            if isinstance(result, SpecialistError):
                raise result
            yield result


def phrases_for(scene: Shown) -> dict[str, str]:
    """What to look for in a scene, and of which kind it is: every noun and category, and the nouns that are there in
    every colour, small and big."""
    present = sorted({thing.noun for thing in scene.truth.scene.things})
    phrases = {noun.name: "noun" for noun in NOUNS} | {category.name: "category" for category in CATEGORIES}
    phrases |= {f"{colour} {name}": "colour" for name in present for colour in COLOURS}
    return phrases | {f"{size} {name}": "size" for name in present for size in ("small", "big")}


def measure_detector(kit: Kit, shown: list[Shown]) -> Figures:
    """AP50 over all nouns, over phrases with colours and sizes and over categories; wrong yeses; exact counts; AP50 of
    nouns in a style in which training never showed them."""
    detector: Any = kit["detector"]
    threshold, detector.threshold = detector.threshold, LEAST_SCORE
    nouns: dict[str, Hits] = defaultdict(Hits)
    categories: dict[str, Hits] = defaultdict(Hits)
    coloured, sized, attributes = Hits(), Hits(), Hits()
    yes: dict[str, list[bool]] = defaultdict(list)
    exact: dict[str, list[bool]] = defaultdict(list)
    for scene in shown:
        phrases = phrases_for(scene)
        found = answers(detector, [Detect(scene.picture.whole, phrase) for phrase in phrases], 4096)
        for (phrase, kind), detections in zip(phrases.items(), found, strict=True):
            true = scene.truth.scene.find(phrase)
            unsure = scene.truth.scene.unsure(phrase)
            hits = {"noun": nouns[phrase], "category": categories[phrase], "colour": coloured, "size": sized}[kind]
            for each in (hits, attributes) if kind in ("colour", "size") else (hits,):
                each.add([(d.box, d.score) for d in detections], [t.box for t in true], [t.box for t in unsure])
            sure = [d for d in detections if d.score >= threshold]
            if not true and not unsure:
                yes[kind].append(bool(sure))
            elif not unsure:
                exact[kind].append(len(sure) == len(true))
    unseen = _unseen_pairs(
        detector, scenes(max(1, len(shown) // 2), shown[0].split, SceneSpec((), others=(2, 10), unseen=True))
    )
    detector.threshold = threshold

    def mean(names: Iterable[str]) -> float:
        return mean_average_precision([nouns[name] for name in names])

    return {
        "AP50, all nouns": mean(nouns),
        "AP50, signs and banners": mean(noun.name for noun in NOUNS if noun.written),
        "AP50, shapes": mean(noun.name for noun in nouns_of("shape")),
        "AP50, categories": mean_average_precision(list(categories.values())),
        "AP50, attribute phrases": attributes.average_precision(),
        "AP50, colour phrases": coloured.average_precision(),
        "AP50, size phrases": sized.average_precision(),
        "AP50, nouns in a style never seen": unseen,
        "AP50, the same nouns in seen styles": mean(sorted({name for name, _ in HELD_OUT_PAIRS})),
        **{f"wrong yes, absent {kind}": float(np.mean(values)) for kind, values in yes.items()},
        **{f"exact count, {kind}": float(np.mean(values)) for kind, values in exact.items()},
    }


def _unseen_pairs(detector: Any, shown: list[Shown]) -> float:
    """AP50 of nouns in styles that training kept from them; the same nouns in other styles do not count."""
    hits: dict[str, Hits] = defaultdict(Hits)
    names = sorted({name for name, _ in HELD_OUT_PAIRS})
    for scene in shown:
        found = answers(detector, [Detect(scene.picture.whole, name) for name in names], 4096)
        for name, detections in zip(names, found, strict=True):
            things = scene.truth.scene.find(name)
            unseen = [thing.box for thing in things if held_out_pair(thing.noun, thing.style)]
            others = [thing.box for thing in things if not held_out_pair(thing.noun, thing.style)]
            hits[name].add([(d.box, d.score) for d in detections], unseen, others)
    return mean_average_precision(list(hits.values()))


def measure_clip(kit: Kit, shown: list[Shown]) -> Figures:
    """Naming of true boxes among all nouns; colours, the noun given; backgrounds of pictures; retrieval."""
    clip: Any = kit["clip"]
    names = tuple(noun.name for noun in NOUNS)
    things = [(Region(s.picture, thing.box), thing) for s in shown for thing in s.truth.scene.things]
    coloured = [(region, thing) for region, thing in things if thing.colour]
    named = answers(clip, [Match(region, names) for region, _ in things])
    right = [names[int(np.argmax(scores))] == thing.noun for scores, (_, thing) in zip(named, things, strict=True)]
    colours = tuple(COLOURS)
    asked = [Match(region, tuple(f"{colour} {thing.noun}" for colour in colours)) for region, thing in coloured]
    hues = [
        colours[int(np.argmax(scores))] == thing.colour
        for scores, (_, thing) in zip(answers(clip, asked), coloured, strict=True)
    ]
    plain = [Match(region, colours) for region, _ in coloured]
    words = [
        colours[int(np.argmax(scores))] == thing.colour
        for scores, (_, thing) in zip(answers(clip, plain), coloured, strict=True)
    ]
    places = tuple(BACKGROUNDS)
    scored = answers(clip, [Match(s.picture.whole, places) for s in shown])
    settings = [places[int(np.argmax(v))] == s.truth.scene.background for v, s in zip(scored, shown, strict=True)]
    return {
        "noun of a true box, top 1": float(np.mean(right)),
        **_retrieval(clip, scenes(RETRIEVED, shown[0].split)),
        "colour with its noun, top 1": float(np.mean(hues)),
        "colour word alone, top 1": float(np.mean(words)),
        "background, top 1": float(np.mean(settings)),
    }


def _retrieval(clip: Any, shown: list[Shown]) -> Figures:
    """Recall at 1 with a caption each, in wordings that training never used: captions for a picture, pictures for a
    caption. Captions that are true of several pictures make a part of the errors."""
    random = np.random.default_rng(0)
    captions = tuple(caption(scene.truth.scene, random, held_out=True) for scene in shown)
    scores = np.array(list(answers(clip, [Match(scene.picture.whole, captions) for scene in shown])))
    own = np.arange(len(shown))
    return {
        f"caption of a picture, recall at 1 of {len(shown)}": float(np.mean(scores.argmax(1) == own)),
        f"picture of a caption, recall at 1 of {len(shown)}": float(np.mean(scores.argmax(0) == own)),
    }


def measure_vlm(kit: Kit, shown: list[Shown]) -> Figures:
    """Right answers by kind of question, on true boxes and whole pictures; on the test split in wordings that training
    never used. `all` is their mean but for captions, in which order and choice are free."""
    random = np.random.default_rng(0)
    new_words = shown[0].split == "test"
    asked = [(Region(s.picture, t.box), about_thing(t, random, new_words)) for s in shown for t in s.truth.scene.things]
    asked += [(s.picture.whole, about_scene(s.truth.scene, random, new_words)) for s in shown for _ in range(2)]
    right: dict[str, list[bool]] = defaultdict(list)
    told = answers(kit["vlm"], [Ask(region, one.question) for region, one in asked])
    for answer, (region, one) in zip(told, asked, strict=True):
        whole = ", of a whole picture" if region.is_whole and one.kind in ("yes-no", "caption") else ""
        right[one.kind + whole].append(answer == one.answer)
    figures = {f"right, {kind}": float(np.mean(values)) for kind, values in sorted(right.items())}
    return {"right, all": float(np.mean([v for name, v in figures.items() if "caption" not in name])), **figures}


def measure_segmenter(kit: Kit, shown: list[Shown]) -> Figures:
    """Mean IoU with the visible mask, from true boxes and from the point that lies deepest in each mask."""
    ious: dict[str, list[float]] = {"box": [], "point": []}
    for scene in shown:
        boxes = [Segment(Region(scene.picture, thing.box)) for thing in scene.truth.scene.things]
        points = [Segment(scene.picture.whole, deepest(true)) for true in scene.truth.masks]
        for prompt, asked in (("box", boxes), ("point", points)):
            for mask, true in zip(answers(kit["segmenter"], asked), scene.truth.masks, strict=True):
                ious[prompt].append(float((mask.pixels & true).sum() / max(1, (mask.pixels | true).sum())))
    return {
        "mean IoU from true boxes": float(np.mean(ious["box"])),
        "share above 0.8": float(np.mean(np.array(ious["box"]) > 0.8)),
        "mean IoU from points": float(np.mean(ious["point"])),
    }


def deepest(mask: np.ndarray) -> tuple[float, float]:
    """The pixel of a `(H, W)` bool mask that is farthest from its edge, `(x, y)`."""
    inside = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    row, column = np.unravel_index(int(inside.argmax()), inside.shape)
    return float(column) + 0.5, float(row) + 0.5


def measure_depth(kit: Kit, shown: list[Shown]) -> Figures:
    """Which of two things is farther, by the median depth in their boxes, where they differ by more than 0.3."""
    right: list[bool] = []
    errors: list[float] = []
    for scene, depth in zip(shown, answers(kit["depth"], [Depth(s.picture) for s in shown]), strict=True):
        things = scene.truth.scene.things
        medians = []
        for thing in things:
            x1, y1, x2, y2 = (int(v) for v in thing.box)
            medians.append(float(np.median(depth[y1:y2, x1:x2])))
            errors.append(abs(medians[-1] - thing.depth))
        for i, j in combinations(range(len(things)), 2):
            if abs(things[i].depth - things[j].depth) > 0.3:
                right.append((medians[i] > medians[j]) == (things[i].depth > things[j].depth))
    return {"order of two things right": float(np.mean(right)), "mean error of a thing": float(np.mean(errors))}


def measure_ocr(kit: Kit, shown: list[Shown]) -> Figures:
    """Signs and banners read exactly, from true boxes; letter case and breaks of lines do not count. On as many scenes
    that hold one of each."""
    spec = SceneSpec(things=[("sign", None, 1), ("banner", None, 1)], others=(1, 6))
    right: dict[str, list[bool]] = defaultdict(list)
    for scene in scenes(len(shown), shown[0].split, spec):
        written = [thing for thing in scene.truth.scene.things if thing.text is not None]
        read = answers(kit["ocr"], [Read(Region(scene.picture, thing.box)) for thing in written])
        for thing, lines in zip(written, read, strict=True):
            right[thing.noun].append(" ".join(line.text for line in lines).upper() == thing.text)
    both = [value for values in right.values() for value in values]
    return {"read exactly": float(np.mean(both)), **{f"read exactly, {k}": float(np.mean(v)) for k, v in right.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the embedded specialists on held-out scenes.")
    parser.add_argument("roles", nargs="*", help=f"of {', '.join(MEASURES)} (default: all)")
    parser.add_argument("--scenes", type=int, default=200, help="how many (default: %(default)s)")
    parser.add_argument("--split", choices=("val", "test"), default="val")
    parser.add_argument("--preset", default="embedded", help="name or file (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    options = parser.parse_args()
    if unknown := set(options.roles) - set(MEASURES):
        raise SystemExit(f"error: no such specialist: {', '.join(sorted(unknown))}; choose of {', '.join(MEASURES)}")
    shown = scenes(options.scenes, options.split)
    try:
        kit = Kit(load_preset(options.preset))
    except PresetError as error:
        raise SystemExit(f"error: {error}") from None
    table: dict[str, Figures] = {}
    for role in options.roles or MEASURES:
        start = time.perf_counter()
        table[role] = MEASURES[role](kit, shown)
        table[role]["seconds"] = round(time.perf_counter() - start, 1)
        for name, value in table[role].items():
            print(f"{role:10s} {name:34s} {value:8.3f}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(table, indent=1) + "\n")


MEASURES: dict[str, Callable[[Kit, list[Shown]], Figures]] = {
    "detector": measure_detector,
    "clip": measure_clip,
    "vlm": measure_vlm,
    "segmenter": measure_segmenter,
    "depth": measure_depth,
    "ocr": measure_ocr,
}

if __name__ == "__main__":
    main()
