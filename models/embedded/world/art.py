"""The art of the picture-book world: emoji pictures from three free sets, cut and packed for fast pasting.

    python -m models.embedded.world.art [--unpacked FOLDER]     obtain, check licences, prepare
    Art.load()                                                  the prepared sheets

The art is needed for *making* scenes only. It is obtained with `npm pack`, kept in `work/art` (which git ignores), and
is not shipped; `models/embedded/ART_CREDITS.md` names its authors and licences. What layouts need to know of it (aspect
and natural colour of each piece) is kept in `pieces.json` beside this file, so that scenes can be laid out without it.
"""

import argparse
import json
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from models.embedded.world.lexicon import COLOURS, NOUNS

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "work" / "art"
PIECES = Path(__file__).with_name("pieces.json")


@dataclass(frozen=True)
class Source:
    """One set of art, as a package of the npm registry."""

    package: str
    version: str
    pictures: str
    """Path of one picture in the package, with `{art}` for its code points."""
    side: int
    """Longest side of a prepared piece, in pixels."""
    licence: str
    """The licence that the package declares for itself; another one stops the preparation."""
    statement: str
    """What its README says of the licence of the art; if that is no longer there, the preparation stops."""
    credit: str
    """Author and licence of the art."""
    flag: str | None = None
    """Field of the package's `emoji.json` that tells a set's own pictures from borrowed ones."""

    @property
    def file_name(self) -> str:
        return f"{self.package.lstrip('@').replace('/', '-')}-{self.version}"


SOURCES: Mapping[str, Source] = {
    "fluent": Source(
        "@lobehub/fluent-emoji-3d", "1.1.0", "assets/{art}.webp", 128, "MIT", "from Microsoft",
        "Fluent Emoji 3D, Copyright (c) Microsoft Corporation, MIT licence",
    ),
    "noto": Source(
        "emoji-datasource-google", "16.0.0", "img/google/64/{art}.png", 64, "MIT",
        "Noto images, are available under the [Apache License 2.0]",
        "Noto Emoji, Copyright Google LLC, Apache License 2.0", "has_img_google",
    ),
    "twemoji": Source(
        "emoji-datasource-twitter", "16.0.0", "img/twitter/64/{art}.png", 64, "MIT",
        "Twitter images are available under the [Creative Commons Attribution 4.0 license]",
        "Twemoji, Copyright Twitter, Inc and other contributors, CC-BY 4.0", "has_img_twitter",
    ),
}  # fmt: skip
STYLES = tuple(SOURCES)


_BY_EYE: Mapping[str, str] = {
    "fluent": "1f34b=yellow 1f34c=yellow 1f353=red 1f955=orange 1f383=orange 1f966=green 1f98a=orange 1f438=green "
    "1f40a=green 1f422=green 2600-fe0f=yellow 1f319=yellow 1f525=orange 1f388=red 1f3c0=orange 1f350=green 1f34e=red "
    "1f697=red 1f4d5=red "
    "1f980= 1f341= 1f392= 1f420= 1f968= "
    "1f43a=gray 1f98d=gray 1f98f=gray 1f988=gray 1f428=gray 1f401=gray 1faa8=gray 1f4ce=gray 1f424=yellow 1f425=yellow "
    "1f99e=red 1f41b=green 1f352=red 1f345=red 1f336-fe0f=red 1f380=red 1f6a9=red 1f337=pink 1f47d=green 1f480=white "
    "1f3ae=purple 1f9b7=white 1f454= 1f9b4= 1faa5= 1fa9b= 1f3a8= 1fa99= 1f6d2= 1f41a= 1f3ed=",
    "noto": "1f34e=red 1f346=purple 1f34c=yellow 1f353=red 1f955=orange 1f697=red 1f99c= 1f980= "
    "2602-fe0f= 2614= 1f527= 1f4fa= 1f99b= 1f369= 1f32d= 1f950= 1f968= 1f431= 1f408= 1f419= "
    "1f43a=gray 1f98d=gray 1f988=gray 1f428=gray 1f418=gray 1f42d=gray 1faa8=gray 1f352=red 1f337=pink 1f6a9=red "
    "1f42b= 1f42a= 1f98f= 1f41a= 1f95e= 1f6d2= 1fab4= 1f9e6= 1f462= 2699-fe0f= 1f526= 1f4ce= 1f4b0= 2693=",
    "twemoji": "1f9a9=pink 1f34c=yellow 1f438=green 1f319=yellow 1f383=orange 1f3ba= 1f514= 2600-fe0f= 1f9c0= "
    "1f512= 1f950= 1f968= 1f43c= 1f42d= 1f401= 1fa81= 1f431= 1f408= 1f511= "
    "1f98f=gray 1f988=gray 1f428=gray 1f418=gray 1f99b=gray 2699-fe0f=gray 1f4ce=gray 1f352=red 1f336-fe0f=red "
    "1f6a9=red 1f337=pink 1f351= 1f95e= 1f32e= 1f6d2= 1faa5= 1f58c-fe0f= 1f47d= 1f3bb= 1f3ed= 1fa99= 1fab4=",
}
"""Pieces whose measured colour is not what a person says: the right name, or nothing where people would differ."""
_BY_EYE_ONLY = ("gray", "teal")
"""Colours that are never measured: metal, glass and shadows come out gray, and nobody calls them so."""


class ArtError(RuntimeError):
    """The art cannot be had or is not what it should be. One line that says what to do."""


@dataclass(frozen=True)
class Art:
    """Prepared sheets: `sprites[style, art]` is `(h, w, 4)` uint8 RGBA, premultiplied, cut to its visible extent."""

    sprites: Mapping[tuple[str, str], np.ndarray]

    @classmethod
    def load(cls, folder: str | Path = FOLDER) -> "Art":
        """Read `sheets.npz`. Raises ArtError if it was not prepared."""
        path = Path(folder) / "sheets.npz"
        if not path.is_file():
            raise ArtError(f"{path} is missing; prepare the art with: python -m models.embedded.world.art")
        with np.load(path) as sheets:
            index, pixels = json.loads(str(sheets["index"])), sheets["pixels"]
        sprites = {
            (style, art): pixels[start : start + height * width * 4].reshape(height, width, 4)
            for style, art, start, height, width in index
        }
        return cls(sprites)

    @classmethod
    def none(cls) -> "Art":
        """No art: enough for scenes of plain shapes."""
        return cls({})


@lru_cache(maxsize=1)
def pieces() -> dict[tuple[str, str], tuple[float, str | None]]:
    """What layouts know of each piece: `(style, art) -> (width / height, natural colour or None if mixed)`."""
    table = json.loads(PIECES.read_text())
    return {
        (style, art): (aspect, colour) for style, entries in table.items() for art, (aspect, colour) in entries.items()
    }


_HUES = (
    (0, 13, "red"), (13, 42, "orange"), (42, 66, "yellow"), (66, 168, "green"), (168, 256, "blue"),
    (256, 295, "purple"), (295, 345, "pink"), (345, 361, "red"),
)  # fmt: skip
"""Hues in degrees, from and below."""


def natural_colour(sprite: np.ndarray) -> str | None:
    """The colour name that a person would give a piece of art, where that is clear.

    Args:
        sprite: `(h, w, 4)` uint8 RGBA, premultiplied.

    Returns:
        The colour that covers at least 62 % of the opaque pixels if no other one covers 22 %, else None.
    """
    opaque = sprite[sprite[..., 3] > 200][:, :3]
    hsv = cv2.cvtColor(opaque[None], cv2.COLOR_RGB2HSV)[0].astype(np.int32)
    hue, saturation, value = hsv[:, 0] * 2, hsv[:, 1], hsv[:, 2]
    names = np.full(len(opaque), "gray", dtype="U8")
    coloured = saturation > 70
    for low, high, name in _HUES:
        names[coloured & (hue >= low) & (hue < high)] = name
    warm = coloured & (hue >= 6) & (hue < 46)
    names[coloured & ((hue >= 320) | (hue < 18)) & (saturation < 135) & (value > 190)] = "pink"
    names[warm & (saturation > 170) & (hue < 16)] = "red"
    names[warm & (hue >= 16) & (saturation < 165)] = "tan"
    names[warm & (hue < 30) & (saturation < 176) & (value < 205)] = "brown"
    names[warm & (value < 165)] = "brown"
    names[coloured & (hue >= 46) & (hue < 66) & (saturation < 110)] = "cream"
    names[~coloured & (value > 205) & (saturation < 40)] = "white"
    names[value < 62] = "black"
    found, counts = np.unique(names, return_counts=True)
    order = np.argsort(-counts)
    first, share = str(found[order[0]]), counts[order[0]] / len(opaque)
    second = counts[order[1]] / len(opaque) if len(order) > 1 else 0.0
    return first if first in COLOURS and first not in _BY_EYE_ONLY and share >= 0.62 and second < 0.22 else None


def _package(source: Source, folder: Path, unpacked: Path | None) -> Path:
    """The folder of an unpacked package, obtained with `npm pack` unless it is there."""
    for place in filter(None, (unpacked, folder)):
        if (found := place / source.file_name / "package").is_dir():
            return found
    if unpacked is not None:
        raise ArtError(f"{unpacked} has no {source.file_name}/package; leave out --unpacked to fetch it from npm")
    if shutil.which("npm") is None:
        raise ArtError("npm is needed to obtain the art; install Node.js, or name a folder with --unpacked")
    folder.mkdir(parents=True, exist_ok=True)
    call = ["npm", "pack", f"{source.package}@{source.version}", "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(call, capture_output=True, text=True, cwd=folder)
    archive = folder / f"{source.file_name}.tgz"
    if done.returncode or not archive.is_file():
        raise ArtError(f"npm could not fetch {source.package}@{source.version}: {done.stderr.strip()[-200:]}")
    with tarfile.open(archive) as tar:
        tar.extractall(folder / source.file_name, filter="data")
    archive.unlink()
    return folder / source.file_name / "package"


def _check_licence(source: Source, package: Path, wanted: Sequence[str]) -> None:
    """Raises ArtError if the package declares another licence or version, its README no longer states the licence of
    the art, or a wanted picture is not of the set itself (the packages fill gaps with another vendor's pictures)."""
    declared = json.loads((package / "package.json").read_text())
    if (declared.get("license"), declared.get("version")) != (source.licence, source.version):
        raise ArtError(
            f"{source.package} declares licence {declared.get('license')} and version {declared.get('version')}, "
            f"not {source.licence} and {source.version}; read its licence before using it"
        )
    if source.statement not in (package / "README.md").read_text():
        raise ArtError(f"the README of {source.package} no longer says {source.statement!r}; read its licence first")
    if source.flag is not None:
        entries = json.loads((package / "emoji.json").read_text())
        own = {entry["unified"].lower() for entry in entries if entry[source.flag]}
        if missing := set(wanted) - own:
            raise ArtError(f"{source.package} has no pictures of its own for {', '.join(sorted(missing))}")


def _cut(path: Path, side: int) -> np.ndarray:
    """One picture as a premultiplied RGBA sprite, cut to what is visible, at most `side` pixels long."""
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3 or picture.shape[2] != 4:
        raise ArtError(f"{path} is not an RGBA picture; unpack the package anew")
    rgba = cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA)
    rows, columns = np.nonzero(rgba[..., 3] > 24)
    rgba = rgba[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    alpha = rgba[..., 3:].astype(np.uint16)
    rgba[..., :3] = (rgba[..., :3] * alpha + 127) // 255
    scale = side / max(rgba.shape[:2])
    if scale < 1:
        size = (max(1, round(rgba.shape[1] * scale)), max(1, round(rgba.shape[0] * scale)))
        rgba = cv2.resize(rgba, size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(rgba)


def prepare(folder: str | Path = FOLDER, unpacked: str | Path | None = None) -> dict[str, int]:
    """Obtain the packages, check their licences, and write `sheets.npz` (and `pieces.json` beside this file).

    Args:
        folder: where packages are kept and `sheets.npz` is written.
        unpacked: a folder with the packages already unpacked, as `<name>-<version>/package`.

    Returns:
        Number of pieces a style.

    Raises:
        ArtError: npm is missing or fails, a licence is not the expected one, a picture is missing or damaged.
    """
    folder = Path(folder)
    index: list[tuple[str, str, int, int, int]] = []
    parts: list[np.ndarray] = []
    table: dict[str, dict[str, tuple[float, str | None]]] = {style: {} for style in SOURCES}
    start = 0
    for style, source in SOURCES.items():
        package = _package(source, folder, Path(unpacked) if unpacked else None)
        wanted = tuple(dict.fromkeys(art for noun in NOUNS for art in noun.art))
        _check_licence(source, package, wanted)
        for art in wanted:
            sprite = _cut(package / source.pictures.format(art=art), source.side)
            height, width = sprite.shape[:2]
            index.append((style, art, start, height, width))
            parts.append(sprite.reshape(-1))
            table[style][art] = (round(width / height, 4), natural_colour(sprite))
            start += sprite.size
    for style, notes in _BY_EYE.items():
        for art, _, name in (note.partition("=") for note in notes.split()):
            table[style][art] = (table[style][art][0], name or None)
    people = {art for noun in NOUNS if "person" in noun.categories for art in noun.art}
    for entries in table.values():
        entries.update({art: (entries[art][0], None) for art in people & set(entries)})
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "sheets.npz", index=np.array(json.dumps(index)), pixels=np.concatenate(parts))
    lines = ",\n".join(
        f' "{style}": {{\n' + ",\n".join(f'  "{art}": {json.dumps(entry)}' for art, entry in entries.items()) + "\n }"
        for style, entries in table.items()
    )
    PIECES.write_text("{\n" + lines + "\n}\n")
    pieces.cache_clear()
    return {style: len(entries) for style, entries in table.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Obtain and prepare the art of the picture-book world.")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to keep it (default: %(default)s)")
    parser.add_argument("--unpacked", type=Path, help="folder with the npm packages already unpacked")
    options = parser.parse_args()
    try:
        counts = prepare(options.folder, options.unpacked)
    except ArtError as error:
        raise SystemExit(f"error: {error}") from None
    print(f"{options.folder / 'sheets.npz'}: " + ", ".join(f"{count} {style}" for style, count in counts.items()))


if __name__ == "__main__":
    main()
