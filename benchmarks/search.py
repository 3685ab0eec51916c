"""Measures search: how often the picture that a caption was written for comes first, before and after the closer look,
and how long 100,000 stored vectors take.

    python -m benchmarks.search [--scenes 200] [--vectors 100000] [--json FILE]

Captions name one to three kinds of things of a picture-book scene, with their number and colour, and half of them the
background; each is true of exactly one picture in the pool. `fast` is CLIP's kept vectors alone; `looked at` is what
`search_images` does; `asked` orders the same candidates by the vision-language model's yes to the whole caption. The
difference between `fast` and the others is tested on the pairs (exact sign test). Needs the prepared art.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest

from distill.questions.nouns import article, plural
from distill.questions.view import Unclear, View
from models.embedded.training.scenes import held_out
from models.embedded.world.art import Art
from models.embedded.world.scene import Scene
from models.picture import Picture
from models.picture_index import PARTS, PROBE, PictureIndex, connect, tell_fact
from models.picture_indexing import GRAPH_FROM, write_index
from models.presets import Kit, load_preset
from models.requests import Confirm
from tools.driver import drive
from tools.search import LOOKED_AT, Found, find_images

NUMBERS = ("no", "one", "two", "three", "four", "five")
PLACES = {"beach": "at the beach", "night": "at night", "room": "in a room", "city": "in the city"}
RANKS = (1, 5, 10)


@dataclass(frozen=True)
class Caption:
    text: str
    place: int
    """Of the one scene that it is true of."""


def parts_of(scene: Scene) -> dict[str, list[tuple[str, int]]]:
    """For each noun in a scene the phrases that are surely true of so many things."""
    view = View(scene)
    parts: dict[str, list[tuple[str, int]]] = {}
    for thing in scene.things:
        for phrase in ([f"{thing.colour} {thing.noun}"] if thing.colour else []) + [thing.noun]:
            try:
                count = view.count(phrase)
            except Unclear:
                continue
            if 0 < count < len(NUMBERS):
                parts.setdefault(thing.noun, []).append((phrase, count))
    return parts


def holds(scene: Scene, parts: Sequence[tuple[str, int]], background: str | None) -> bool | None:
    """Whether a caption is true of a scene; None where the world does not know."""
    if background not in (None, scene.background):
        return False
    try:
        return all(View(scene).count(phrase) == count for phrase, count in parts)
    except Unclear:
        return None


def write_captions(scenes: Sequence[Scene], each: int, seed: int) -> list[Caption]:
    """Some captions a scene, each true of no other."""
    rng = random.Random(seed)
    captions = []
    for place, scene in enumerate(scenes):
        parts = parts_of(scene)
        written = 0
        for _ in range(8 * each):
            if not parts or written == each:
                break
            nouns = rng.sample(sorted(parts), min(len(parts), rng.choice((1, 2, 2, 3))))
            chosen = [rng.choice(parts[noun]) for noun in nouns]
            background = scene.background if rng.random() < 0.5 else None
            if [holds(one, chosen, background) for one in scenes].count(False) == len(scenes) - 1:
                captions.append(Caption(_sentence(chosen, background), place))
                written += 1
    return captions


def _sentence(parts: Sequence[tuple[str, int]], background: str | None) -> str:
    said = [
        f"{article(phrase)} {phrase}" if count == 1 else f"{NUMBERS[count]} {plural(phrase)}" for phrase, count in parts
    ]
    text = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    return f"{text} {PLACES.get(background, f'in the {background}')}" if background else text


def ranks_of(captions: Sequence[Caption], names: Sequence[str], kit: dict[str, Any]) -> dict[str, list[int]]:
    """The rank of each caption's picture, from 0; `LOOKED_AT` where it is not among the candidates."""
    ranks: dict[str, list[int]] = {"fast": [], "looked at": [], "asked": []}
    for caption in captions:
        fast = drive(find_images(caption.text, LOOKED_AT, look=False), kit)
        ranks["fast"].append(_rank(fast, names[caption.place]))
        looked = drive(find_images(caption.text, LOOKED_AT), kit)
        ranks["looked at"].append(_rank(looked, names[caption.place]))
        chances = kit["vlm"].run([Confirm(one.picture.whole, f"is this {caption.text}?") for one in fast])
        order = sorted(range(len(fast)), key=lambda at: (-chances[at], at))
        ranks["asked"].append(_rank([fast[at] for at in order], names[caption.place]))
    return ranks


def _rank(found: Sequence[Found], name: str) -> int:
    return next((rank for rank, one in enumerate(found) if Path(one.picture.name).name == name), LOOKED_AT)


def figures_of(ranks: dict[str, list[int]]) -> dict[str, dict[str, float]]:
    figures: dict[str, dict[str, float]] = {}
    before = np.array(ranks["fast"])
    for way, found in ranks.items():
        after = np.array(found)
        better, worse = int(((after < 1) & (before >= 1)).sum()), int(((after >= 1) & (before < 1)).sum())
        figures[way] = {f"recall at {k}": float((after < k).mean()) for k in RANKS}
        figures[way] |= {"better": better, "worse": worse}
        figures[way]["p"] = float(binomtest(better, better + worse).pvalue) if better + worse else 1.0
    return figures


def measure_time(count: int, dimension: int, folder: Path, queries: int = 50) -> dict[str, float]:
    """Milliseconds of a query of three phrases over so many random vectors, eight a picture, with a graph."""
    from models.picture_index import Maker
    from models.picture_indexing import _Writer

    random_ = np.random.default_rng(0)
    folder.mkdir()
    connection = connect(folder, write=True)
    probe = np.zeros((len(PROBE), dimension), np.float32)
    probe[:, 0] = 1
    maker = Maker("random", tuple(tuple(map(float, row)) for row in probe), "objects", str(folder))
    tell_fact(connection, "maker", maker)
    connection.execute("BEGIN")
    for number in range(count // 8):
        vectors = random_.normal(size=(8, dimension)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        cursor = connection.execute(
            "INSERT INTO pictures (hash, vectors) VALUES (?, ?)", (str(number), vectors.astype(np.float16).tobytes())
        )
        connection.execute("INSERT INTO files VALUES (?, 0, 0, ?, '')", (f"{number}.png", cursor.lastrowid))
    connection.execute("COMMIT")
    began = time.perf_counter()
    if count >= GRAPH_FROM:
        _Writer(folder, folder, connection, {}, maker)._write_graph()
    built = time.perf_counter() - began
    began = time.perf_counter()
    index = PictureIndex(folder)
    opened = time.perf_counter() - began
    times, hits = [], []
    for _ in range(queries):
        phrases = random_.normal(size=(3, dimension)).astype(np.float32)
        phrases /= np.linalg.norm(phrases, axis=1, keepdims=True)
        began = time.perf_counter()
        found = index.search(phrases, LOOKED_AT)
        times.append(1e3 * (time.perf_counter() - began))
        hits.append(len(found))
    return {
        "vectors": count,
        "dimension": dimension,
        "graph, s": built,
        "opening, s": opened,
        "query, median ms": float(np.median(times)),
        "query, slowest ms": max(times),
        "found": float(np.mean(hits)),
        "keys a picture": PARTS,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure search over picture-book scenes, and over random vectors.")
    parser.add_argument("--scenes", type=int, default=200, help="pictures in the pool (default: %(default)s)")
    parser.add_argument("--captions", type=int, default=1, help="captions a picture (default: %(default)s)")
    parser.add_argument("--split", choices=("val", "test"), default="test")
    parser.add_argument("--vectors", type=int, default=100_000, help="0: no timing (default: %(default)s)")
    parser.add_argument("--dimension", type=int, default=512, help="of the random vectors (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    options = parser.parse_args()
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as place:
        if options.scenes:
            told["recall"] = measure_recall(Path(place) / "album", options)
        if options.vectors:
            told["time"] = measure_time(options.vectors, options.dimension, Path(place) / "random")
            for name, value in told["time"].items():
                print(f"{name:20s} {value:10.3f}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n")


def measure_recall(root: Path, options: argparse.Namespace) -> dict[str, Any]:
    root.mkdir()
    samples = list(held_out(Art.load(), options.scenes, options.split))
    scenes = [sample.rendered.scene for sample in samples]
    names = [f"{number:05d}.png" for number in range(len(samples))]
    for name, sample in zip(names, samples, strict=True):
        Picture.from_image(sample.image).image.save(root / name, compress_level=1)
    captions = write_captions(scenes, options.captions, seed=0)
    preset = Kit(load_preset("embedded"))
    began = time.perf_counter()
    write_index(root / "index", root, [root / name for name in names], preset, "embedded:clip")
    indexing = time.perf_counter() - began
    kit = {role: preset[role] for role in ("clip", "detector", "vlm")} | {"index": PictureIndex(root / "index")}
    began = time.perf_counter()
    ranks = ranks_of(captions, names, kit)
    searching = time.perf_counter() - began
    figures = figures_of(ranks)
    print(f"{len(captions)} captions, {len(names)} pictures; indexing {indexing / len(names):.2f} s a picture")
    print(f"{'':12s}" + "".join(f"{f'R@{k}':>8s}" for k in RANKS) + f"{'better':>8s}{'worse':>8s}{'p':>10s}")
    for way, row in figures.items():
        cells = "".join(f"{row[f'recall at {k}']:8.3f}" for k in RANKS)
        print(f"{way:12s}{cells}{row['better']:8.0f}{row['worse']:8.0f}{row['p']:10.2g}", flush=True)
    missed = [c.text for c, rank in zip(captions, ranks["looked at"], strict=True) if rank > 0]
    print("not first after the closer look:", *missed[:12], sep="\n  ")
    return {"figures": figures, "captions": len(captions), "pictures": len(names), "seconds": [indexing, searching]}


if __name__ == "__main__":
    main()
