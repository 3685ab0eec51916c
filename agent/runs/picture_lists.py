"""Which pictures a person means: files, folders, patterns, and lists of files."""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from agent.rendering.answer_groups import natural_key

ENDINGS = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff")
"""Of the files in a folder that are taken for pictures; capitals do not matter."""

LIST_ENDINGS = (".txt", ".lst")
"""Of files with one path a line."""


class PictureListError(ValueError):
    """Pictures that cannot be found. The message is one line and says what to do."""


def find_pictures(names: Iterable[str]) -> list[Path]:
    """The files that names stand for, each once.

    A name is that of a file, of a folder (with all folders in it), a pattern such as `photos/**/*.jpg`, or a list with
    one path a line: `@list`, or a file that ends with `.txt` or `.lst`. Names come in their order; what is in a folder
    or matches a pattern comes in natural order, `img2` before `img10`. In folders hidden files, and those that do not
    end like a picture, are passed over. Files named outright or in a list are taken as they are: what is wrong with one
    shows when it is read.

    Raises:
        PictureListError: a name stands for nothing, a folder or a list cannot be read, or there is no picture at all.
    """
    names = list(names)
    seen: dict[str, Path] = {}
    for name in names:
        for path in _meant(name):
            seen.setdefault(os.path.abspath(path), path)
    if not seen:
        where = f" in {', '.join(names[:3])}" if names else ""
        raise PictureListError(f"there is no picture{where}; name files, folders or patterns ({', '.join(ENDINGS)})")
    return list(seen.values())


def means_pictures(text: str) -> bool:
    """True if a text names pictures rather than asks something: it is there, is a list or a pattern, or ends like a
    picture."""
    if text.startswith("@") or text.lower().endswith((*ENDINGS, *LIST_ENDINGS)):
        return True
    try:
        return os.path.lexists(text) or (glob.has_magic(text) and any(glob.iglob(text, recursive=True)))
    except (OSError, ValueError):
        return False


def _meant(name: str) -> Iterator[Path]:
    path = Path(name)
    try:
        if name.startswith("@") and not path.exists():
            yield from _listed(Path(name[1:]))
        elif path.is_dir():
            yield from _inside(path)
        elif path.suffix.lower() in LIST_ENDINGS and path.exists():
            yield from _listed(path)
        elif os.path.lexists(path):
            yield path
        elif glob.has_magic(name):
            yield from _matching(name)
        else:
            raise PictureListError(f"{name}: there is no such file or folder; name pictures that are there")
    except OSError as error:
        raise PictureListError(f"{error.filename or name}: cannot be read ({error.strerror or error})") from None
    except ValueError as error:
        if isinstance(error, PictureListError):
            raise
        raise PictureListError(f"{name!r}: this cannot be the name of a file ({error})") from None


def _inside(folder: Path) -> Iterator[Path]:
    def stop(error: OSError) -> None:
        raise error

    for place, folders, files in os.walk(folder, onerror=stop):
        folders[:] = sorted((name for name in folders if not name.startswith(".")), key=natural_key)
        for name in sorted(files, key=natural_key):
            if not name.startswith(".") and name.lower().endswith(ENDINGS):
                yield Path(place, name)


def _matching(pattern: str) -> Iterator[Path]:
    found = sorted(
        glob.iglob(pattern, recursive=True), key=lambda name: [natural_key(part) for part in Path(name).parts]
    )
    if not found:
        raise PictureListError(f"{pattern}: nothing matches this pattern")
    for name in found:
        if os.path.isdir(name):
            yield from _inside(Path(name))
        elif name.lower().endswith(ENDINGS):
            yield Path(name)


def _listed(path: Path) -> Iterator[Path]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise PictureListError(f"{path}: there is no such list of pictures") from None
    except IsADirectoryError:
        raise PictureListError(f"{path}: this is a folder; name it without the @") from None
    data = data.removeprefix(b"\xef\xbb\xbf")
    ends = b"\0" if b"\0" in data else b"\n"
    lines = [line.removesuffix(b"\r") if ends == b"\n" else line for line in data.split(ends)]
    paths = [Path(os.fsdecode(line)) for line in lines if line.strip()]
    if not any(os.path.lexists(one) for one in paths):
        first = f"; the first is {str(paths[0])[:80]!r}" if paths else ""
        raise PictureListError(f"{path}: no line of this list names a file that is there{first}")
    for one in paths:
        if one.is_dir():
            yield from _inside(one)
        else:
            yield one
