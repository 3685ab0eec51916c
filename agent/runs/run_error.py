"""What can go wrong between a run and its disk, in words."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class RunError(ValueError):
    """A run that cannot be opened, written or read. The message is one line and says what to do."""


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Tell errors of the disk and of SQLite as RunErrors about the run in `folder`."""
    try:
        yield
    except RunError:
        raise
    except OSError as error:
        raise RunError(_of_system(folder, error)) from error
    except sqlite3.Error as error:
        raise RunError(_of_database(folder, error)) from error


def full(folder: Path) -> str:
    """What to say where there is no room."""
    return f"{folder}: the disk is full; what was stored before is safe. Make room and run again: it goes on from there"


def _of_system(folder: Path, error: OSError) -> str:
    where = error.filename or folder
    if error.errno in _FULL:
        return full(folder)
    if error.errno in _FORBIDDEN:
        return f"{where}: no permission to write or read here ({error.strerror}); choose a folder of your own"
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return f"{where}: this is a file, and a run is a folder; choose another name"
    if error.errno == errno.ENOENT:
        return f"{where}: it is not there any more; was the folder of the run moved or deleted?"
    return f"{where}: cannot be written or read ({error.strerror or error})"


def _of_database(folder: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says only how it came about
    name = getattr(error, "sqlite_errorname", "")
    if code == sqlite3.SQLITE_FULL or name == "SQLITE_IOERR_SHMSIZE":
        return full(folder)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return (
            f"{folder / 'run.sqlite'}: the database is damaged ({error}); `sqlite3 run.sqlite .recover` may save "
            "rows of it, or start again in another folder"
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return f"{folder}: no permission to write here ({error}); make it writable, or copy it to a folder of your own"
    if code == sqlite3.SQLITE_CANTOPEN:
        return (
            f"{folder}: run.sqlite cannot be opened ({error}); if the folder is read-only, copy it to one of your own"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{folder}: another program keeps run.sqlite locked; end it and try again"
    return f"{folder}: run.sqlite cannot be written or read ({error})"
