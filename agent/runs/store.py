"""`Store`: where a run is kept. A folder with `run.sqlite`, `pictures/` and `lock`.

A row is written in one transaction when it has ended, after its pictures. The database is in WAL mode, so that others
read while it is written, with `synchronous=NORMAL`: what was put survives the end of the process, however it ends; a
power cut may take the last rows, which are asked again, but never damages the database.
"""

import json
import os
import re
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Literal, Self, TypeAlias

from filelock import FileLock, Timeout
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from agent.runs.database import DATABASE, connect, prepare, version_of
from agent.runs.moving import moving, still
from agent.runs.picture_folder import PictureFolder
from agent.runs.record import FIELDS, Record, dumps, readable
from agent.runs.run_error import RunError, disk_errors
from agent.runs.settings import RunSettings
from agent.trace import Answer, Status, Trace
from models.picture import Picture

JSON_FIELDS = ("images", "names", "answers", "box", "value")
"""Columns that hold JSON."""

Order: TypeAlias = Literal["position", "seconds"]
"""As in the file of questions, or the slowest first."""

_ORDERS: dict[str, str] = {"position": "position, number", "seconds": "seconds DESC, number DESC"}

_COLUMNS = ", ".join(f'"{name}"' for name in FIELDS)

_INSERT = f"INSERT INTO rows ({_COLUMNS}) VALUES ({', '.join('?' * len(FIELDS))})"

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Store:
    """A run on disk. Threads may share one.

    with Store.open("run", settings) as store:
        store.put(Record.of(row, 0, answer), answer.pictures)
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, settings: RunSettings, lock: FileLock | None):
        """Use `Store.open`."""
        self.folder, self.settings = folder, settings
        self._connection, self._lock = connection, lock
        self._pictures = PictureFolder(folder / "pictures")
        self._turn = threading.RLock()

    @classmethod
    def open(cls, folder: str | Path, settings: RunSettings | None = None) -> Self:
        """Open a run.

        Args:
            folder: of the run.
            settings: to write: the run is created, or resumed if it was begun with equal settings, and until it is
                closed or the process ends nobody else may write it. If None it is only read, which is possible while
                another process writes it.

        Raises:
            RunError: the folder is no run, was written by a later version, is being written by another process, was
                begun with other settings, or cannot be read or written.
        """
        folder = Path(folder)
        with disk_errors(folder):
            return cls._read(folder) if settings is None else cls._write(folder, settings)

    @classmethod
    def _read(cls, folder: Path) -> Self:
        if not folder.is_dir():
            raise RunError(f"{folder}: there is no such run" if not folder.exists() else f"{folder}: a run is a folder")
        if not (folder / DATABASE).exists():
            raise RunError(f"{folder}: this is no run: it has no {DATABASE}; `sight batch` makes one")
        connection = connect(folder)
        try:
            return cls(folder, connection, _settings(folder, connection), None)
        except BaseException:
            connection.close()
            raise

    @classmethod
    def _write(cls, folder: Path, settings: RunSettings) -> Self:
        (folder / "pictures").mkdir(parents=True, exist_ok=True)
        lock = _lock(folder)
        connection: sqlite3.Connection | None = None
        try:
            connection = connect(folder, write=True)
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                if prepare(folder, connection):
                    connection.execute("INSERT INTO run VALUES ('settings', ?)", (settings.to_json(),))
            stored = _settings(folder, connection)
            different = stored.differences(settings)
            if different:
                raise RunError(
                    f"{folder}: this run was begun with other settings ({'; '.join(different)}); resume it with "
                    "the same, or name another folder"
                )
            store = cls(folder, connection, stored, lock)
            store._pictures.sweep()
            return store
        except BaseException:
            if connection is not None:
                connection.close()
            lock.release()
            raise

    # ------------------------------------------------------------------ writing

    def put(
        self,
        record: Record,
        pictures: Mapping[str, Picture] = _NOTHING,
        files: Mapping[str, Path | bytes] = _NOTHING,
    ) -> None:
        """Keep a row with its trace and pictures, in one transaction.

        Args:
            record: fresh from `Record.of` or `Record.refused`, with its trace.
            pictures: to be kept, by key; without loss where there is no file of it.
            files: picture files, by key of the picture, of which a copy is kept as it is.

        Raises:
            RunError: the row is stored already, the store is open for reading, or the disk is full or gone. The rows
                that were put before are safe.
        """
        if record.trace is None:
            raise ValueError(f"row {record.id!r} comes without its trace")
        # A run keeps neither videos nor their frames, which would be many: they are read from the file again.
        of_videos = {one.key for one in record.trace.pictures if one.video or one.frame}
        pictures = {key: picture for key, picture in pictures.items() if key not in of_videos}
        files = {key: file for key, file in files.items() if key not in of_videos}
        trace = _packed(record.trace)
        values = [_to_column(name, getattr(record, name)) for name in FIELDS]
        with disk_errors(self.folder):
            new = [key for key in (pictures.keys() | files.keys()) if self._file_of(key) is None]
            kept = [(key, *self._keep(key, pictures.get(key), files.get(key))) for key in sorted(new)]
            with self._transaction() as connection:
                try:
                    number = connection.execute(_INSERT, values).lastrowid
                except sqlite3.IntegrityError as error:
                    if "rows.id" not in str(error):
                        raise
                    raise RunError(
                        f"{self.folder}: row {record.id!r} is stored already; every id may come once"
                    ) from None
                connection.execute("INSERT INTO traces VALUES (?, ?)", (number, trace))
                connection.executemany("INSERT OR IGNORE INTO pictures VALUES (?, ?, ?)", kept)

    def _keep(self, key: str, picture: Picture | None, file: Path | bytes | None) -> tuple[str, str]:
        """Keep a picture. Returns its file, within the folder of pictures, and its name."""
        kept = None if file is None else self._pictures.keep_file(key, file)
        if kept is None and picture is not None:  # the file is gone since it was read; its pixels are here
            kept = self._pictures.keep(picture)
        if kept is None:
            raise RunError(
                f"{file if isinstance(file, Path) else key}: the picture cannot be copied; is it still there?"
            )
        return kept, readable(picture.name if picture else str(file) if isinstance(file, Path) else "picture")

    def set_total(self, total: int) -> None:
        """Note how many rows the questions have, once that is known. Raises RunError as `put` does."""
        with disk_errors(self.folder), self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO run VALUES ('total', ?)", (str(total),))

    def drop(self, ids: Iterable[str]) -> int:
        """Forget rows, so that they can be asked again. Their pictures stay. Returns how many were there.

        Raises RunError as `put` does.
        """
        wanted = [(id,) for id in ids]
        with disk_errors(self.folder), self._transaction() as connection:
            connection.executemany("DELETE FROM traces WHERE number = (SELECT number FROM rows WHERE id = ?)", wanted)
            return connection.executemany("DELETE FROM rows WHERE id = ?", wanted).rowcount

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if self._lock is None:
            raise RunError(f"{self.folder}: this run is open for reading only")
        with self._turn, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection

    # ------------------------------------------------------------------ reading

    @property
    def total(self) -> int | None:
        """Rows that the questions have; None as long as nobody has counted them."""
        found = self._one("SELECT value FROM run WHERE name = 'total'")
        return None if found is None else int(found[0])

    def done(self) -> set[str]:
        """Ids of all rows that are stored."""
        with disk_errors(self.folder), self._turn:
            return {id for (id,) in self._connection.execute("SELECT id FROM rows")}

    def counts(self) -> dict[Status, int]:
        """Rows by status; all three are there."""
        counts: dict[Status, int] = {"answered": 0, "abstained": 0, "failed": 0}
        with disk_errors(self.folder), self._turn:
            counts.update(self._connection.execute("SELECT status, COUNT(*) FROM rows GROUP BY status").fetchall())
        return counts

    def records(
        self,
        status: Status | None = None,
        family: str | None = None,
        order: Order = "position",
        limit: int | None = None,
    ) -> Iterator[Record]:
        """The rows that were there when the reading began, one by one, without their traces. Raises RunError."""
        wanted = {"status": status, "family": family}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = f"WHERE {' AND '.join(f'{name} = :{name}' for name in given)}" if given else ""
        query = f"SELECT {_COLUMNS} FROM rows {where} ORDER BY {_ORDERS[order]} LIMIT :limit"
        with disk_errors(self.folder), closing(connect(self.folder)) as connection:
            for values in connection.execute(query, given | {"limit": -1 if limit is None else limit}):
                yield _record(values)

    def record(self, id: str) -> Record:
        """One row, without its trace. Raises RunError if it is not there."""
        found = self._one(f"SELECT {_COLUMNS} FROM rows WHERE id = ?", id)
        if found is None:
            raise self._unknown(id)
        return _record(found)

    def trace(self, id: str) -> Trace:
        """What happened to a row. One that could not be asked has a trace without attempts. Raises RunError."""
        found = self._one("SELECT data FROM traces JOIN rows USING (number) WHERE id = ?", id)
        if found is None:
            raise self._unknown(id)
        try:
            return Trace.model_validate_json(zlib.decompress(found[0]))
        except (zlib.error, ValidationError) as error:
            raise RunError(
                f"{self.folder}: the trace of row {id!r} cannot be read ({str(error).splitlines()[0]})"
            ) from error

    def picture(self, key: str) -> Picture:
        """A stored picture, whose pixels were compared with the key.

        Raises:
            RunError: it is not stored, or its file is gone, damaged or was changed.
        """
        found = self._file_of(key)
        if found is None:
            raise RunError(f"{self.folder}: no picture {key!r} is stored")
        return self._pictures.read(key, *found)

    def picture_file(self, key: str) -> Path:
        """The file of a stored picture; whether it is still there and whole shows when it is read. Raises RunError."""
        found = self._file_of(key)
        if found is None:
            raise RunError(f"{self.folder}: no picture {key!r} is stored")
        return self._pictures.folder / found[0]

    def answer(self, id: str) -> Answer:
        """The answer to a row as it was given, with those of its pictures that are stored, and the frames of a video
        whose file is still there. Raises RunError."""
        trace = self.trace(id)
        answer = Answer(value=trace.value, status=trace.status, reason=trace.reason, trace=trace)
        for named in trace.pictures:
            found = self._file_of(named.key)
            if found is not None:
                answer.pictures[named.key] = self._pictures.read(named.key, found[0], named.name)
        answer.pictures.update(still(moving(trace)))
        return answer

    def _file_of(self, key: str) -> tuple[str, str] | None:
        found = self._one("SELECT file, name FROM pictures WHERE key = ?", key)
        return None if found is None else (found[0], found[1])

    def _one(self, query: str, *values: str) -> tuple[Any, ...] | None:
        with disk_errors(self.folder), self._turn:
            found: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
            return found

    def _unknown(self, id: str) -> RunError:
        return RunError(f"{self.folder}: there is no row {id!r}, or it has not ended yet")

    # ------------------------------------------------------------------ its end

    def close(self) -> None:
        """Let others write the run. Nothing more can be read or put."""
        with self._turn:
            self._connection.close()
            if self._lock is not None:
                with suppress(OSError):  # it is only there to be read by a person
                    (self.folder / "lock.pid").unlink(missing_ok=True)
                self._lock.release()
                self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _lock(folder: Path) -> FileLock:
    """Become the one who writes. The lock is the operating system's, so that it ends with the process."""
    lock = FileLock(folder / "lock", thread_local=False)
    by = folder / "lock.pid"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        number = by.read_text().strip() if by.exists() else ""
        whose = f"another `sight batch` (process {number})" if number.isdigit() else "another `sight batch`"
        raise RunError(f"{whose} is writing {folder}; wait for it or stop it") from None
    try:
        by.write_text(f"{os.getpid()}\n")
    except BaseException:
        lock.release()
        raise
    return lock


def _settings(folder: Path, connection: sqlite3.Connection) -> RunSettings:
    if not version_of(folder, connection):
        raise RunError(f"{folder / DATABASE}: this is no run; `sight batch` makes one")
    found = connection.execute("SELECT value FROM run WHERE name = 'settings'").fetchone()
    try:
        return RunSettings.from_json(found[0] if found else "")
    except ValueError as error:
        raise RunError(
            f"{folder}: the settings of the run cannot be read ({error}); start again in another folder"
        ) from error


def _packed(trace: Trace) -> bytes:
    try:
        text = trace.model_dump_json()
    except PydanticSerializationError:  # a file name that is no UTF-8; see `agent.runs.record.readable`
        text = json.dumps(trace.model_dump(mode="json"), ensure_ascii=False)
        text = re.sub("[\ud800-\udfff]", lambda found: f"\\\\u{ord(found[0]):04x}", text)
    return zlib.compress(text.encode(), level=3)


def _to_column(name: str, value: Any) -> Any:
    if name not in JSON_FIELDS:
        return value
    return None if value is None else dumps(value)


def _record(values: tuple[Any, ...]) -> Record:
    found = dict(zip(FIELDS, values, strict=True))
    for name in JSON_FIELDS:
        found[name] = None if found[name] is None else json.loads(found[name])
    return Record.from_dict(found)
