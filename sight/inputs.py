"""What a person names on the command line: pictures, programs, files to write. Looked at before a model is loaded."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sight.options import InputError

if TYPE_CHECKING:
    from agent.program import Query
    from models.picture import Picture
    from models.video import Video

MAX_PROGRAM = 1_000_000
"""Bytes of a program file that are read at most."""


def open_picture(file: str) -> "Picture | Video":
    """A picture, or a video by the name of its file. Raises PictureError."""
    from models.video import open_visual

    return open_visual(file)


def read_query(question: str, files: list[str], album: bool = False) -> "Query":
    """A question and its pictures, or its video; with an `album` there need be none. Raises PictureError and
    QueryError."""
    from agent.program import Query, QueryError

    if not question.strip():
        raise QueryError("the question is empty; ask something about the picture")
    return Query(question, tuple(open_picture(file) for file in files), album=album)


def read_program(path: Path) -> str:
    """The source in a program file. Raises InputError."""
    try:
        if path.stat().st_size > MAX_PROGRAM:
            raise InputError(f"{path}: too large for a program ({path.stat().st_size // 1000} kB)")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name a file with a program") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text in UTF-8; name a file with a program") from None


def check_writable(path: Path | None, option: str = "--html") -> None:
    """Raises InputError, naming the option, if no file can be written there."""
    if path is None:
        return
    if path.is_dir():
        raise InputError(f"{option}: {path} is a folder; name a file")
    if not path.absolute().parent.is_dir():
        raise InputError(f"{option}: there is no folder {path.parent}; make it first")
    if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise InputError(f"{option}: {path} cannot be written; name another file")


def short(path: Path) -> str:
    """A path as a person in this folder would write it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
