"""Making and renewing an index of pictures (`models.picture_index`).

Every batch of pictures is one transaction, so that whoever is killed goes on where they were. A file is known by its
content: one that was renamed or copied costs no model anything, one whose size and time are as before is not even read.
"""

import contextlib
import hashlib
import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from models.picture import Picture, PictureError, Region
from models.picture_index import (
    PARTS,
    PROBE,
    GraphFile,
    Maker,
    PictureIndexError,
    Regions,
    connect,
    damaged,
    fact,
    maker_of,
    read_graph,
    tell_fact,
    unpacked,
)
from models.requests import Detect, Detection, Embed, Specialist, SpecialistError

BATCH = 16
"""Pictures in a transaction."""

READERS = 2
"""Threads that read and decode pictures."""

AHEAD = 32
"""Pictures that are read before their turn."""

MOST_OBJECTS = 24
"""Of the objects found in a picture, the surest have a vector."""

OBJECT = "object"
"""What the detector is asked for."""

GRAPH_FROM = 20_000
"""Vectors outside the graph from which on it is worth while to have them in it."""

_LIVE = "id IN (SELECT picture FROM files)"
"""Of pictures: some file has it."""

Kit = Mapping[str, Specialist[Any, Any]]


@dataclass(frozen=True)
class Progress:
    """How far an index is."""

    total: int
    """Files."""
    added: int = 0
    """Looked at by the models."""
    unchanged: int = 0
    """Known from before, by their content."""
    skipped: int = 0
    """No pictures, or broken ones."""
    removed: int = 0
    """Not there any more."""
    seconds: float = 0.0

    @property
    def done(self) -> int:
        return self.added + self.unchanged + self.skipped


@dataclass(frozen=True)
class _File:
    """A file as it is now."""

    path: str
    """Seen from the root."""
    size: int
    modified: int
    hash: str = ""
    picture: Picture | None = None
    problem: str = ""


def write_index(
    folder: Path,
    root: Path,
    files: Sequence[Path],
    kit: Kit,
    model: str,
    regions: Regions | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Progress:
    """Bring an index up to date with a folder of pictures.

    Args:
        folder: of the index; made if it is not there.
        root: that all files are in.
        files: all that should be in the index; others are dropped from it.
        kit: specialists by role; `clip`, and with `objects` the `detector`.
        model: what the preset calls its CLIP.
        regions: see `Regions`; as the index has it if None. In a new one that is `objects`, or `tiles` if the kit has
            no detector.
        tell: called after every batch.

    Raises:
        PictureIndexError: another process writes it, it was made with another model or other regions, is damaged, or
            cannot be written.
        PresetError, CheckpointError: a model cannot be loaded.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "writer.lock", timeout=0), contextlib.closing(connect(folder, write=True)) as connection:
            maker = _maker(folder, root, connection, kit, model, regions)
            writer = _Writer(folder, root, connection, kit, maker)
            return writer.run(files, tell)
    except Timeout:
        raise PictureIndexError(f"{folder}: another process is writing this index; wait until it has ended") from None
    except sqlite3.DatabaseError as error:
        full = isinstance(error, sqlite3.OperationalError)
        raise _unwritable(folder, error) if full else damaged(folder, error) from None
    except OSError as error:
        raise _unwritable(folder, error.strerror or error) from None


def _unwritable(folder: Path, why: object) -> PictureIndexError:
    return PictureIndexError(f"{folder}: the index cannot be written ({why}); make room, or name another folder")


def _maker(
    folder: Path, root: Path, connection: sqlite3.Connection, kit: Kit, model: str, regions: Regions | None
) -> Maker:
    """What the index is made with: what it says itself, if this kit is the same."""
    probe = np.stack([_answered(vector) for vector in kit["clip"].run(list(PROBE))])
    known = maker_of(connection)
    inside = folder.resolve().is_relative_to(root.resolve())
    place = os.path.relpath(root.resolve(), folder.resolve()) if inside else str(root.resolve())
    if known is None:
        maker = Maker(
            model,
            tuple(tuple(map(float, row)) for row in probe),
            regions or ("objects" if "detector" in kit else "tiles"),
            place,
        )
        tell_fact(connection, "maker", maker)
        return maker
    if not known.agrees(probe):
        raise PictureIndexError(
            f"{folder}: this index was made with {known.model}, and the clip in use is another model ({model}); choose "
            "the preset that it was made with, name another folder, or delete this one"
        )
    if regions not in (None, known.regions):
        raise PictureIndexError(f"{folder}: this index was made with regions {known.regions}; name another folder")
    if (folder / known.root).resolve() != root.resolve():
        raise PictureIndexError(
            f"{folder}: this is an index of {(folder / known.root).resolve()}; name another folder for this one"
        )
    return known


def _answered(result: Any) -> Any:
    if isinstance(result, SpecialistError):
        raise PictureIndexError(str(result))
    return result


class _Writer:
    """One pass over the files, with the lock in hand."""

    def __init__(self, folder: Path, root: Path, connection: sqlite3.Connection, kit: Kit, maker: Maker) -> None:
        self.folder, self.root, self.connection, self.kit, self.maker = folder, root, connection, kit, maker
        self.outside = 0
        """Vectors that the graph does not have."""

    def run(self, files: Sequence[Path], tell: Callable[[Progress], None]) -> Progress:
        began = time.monotonic()
        progress = Progress(len(files), removed=self._remove(files))
        self.outside = self._count_outside()
        for batch in self._read(files):
            progress = replace(self._take(batch, progress), seconds=time.monotonic() - began)
            tell(progress)
            if self.outside >= GRAPH_FROM:
                self._write_graph()
        self._sweep()
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return replace(progress, seconds=time.monotonic() - began)

    # ------------------------------------------------------------------ files

    def _name(self, path: Path) -> str:
        return os.path.relpath(path, self.root).replace(os.sep, "/")

    def _remove(self, files: Sequence[Path]) -> int:
        wanted = {self._name(path) for path in files}
        gone = [path for (path,) in self.connection.execute("SELECT path FROM files") if path not in wanted]
        with self._transaction():
            self.connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in gone])
        return len(gone)

    def _sweep(self) -> None:
        """Forget pictures without a file. At the end alone: a file that was renamed is dropped first and then found."""
        self.connection.execute(
            "DELETE FROM pictures WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.picture = pictures.id)"
        )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def _read(self, files: Sequence[Path]) -> Iterator[list[_File]]:
        """The files in batches, read and decoded ahead as far as they are new."""
        known = {
            path: (size, modified)
            for path, size, modified in self.connection.execute("SELECT path, size, modified FROM files")
        }
        hashes = {value for (value,) in self.connection.execute("SELECT hash FROM pictures")}
        reading: deque[Future[_File]] = deque()
        batch: list[_File] = []
        with ThreadPoolExecutor(READERS, "sightscript-read") as threads:
            try:
                for path in [*files, None]:
                    if path is not None:
                        name = self._name(path)
                        reading.append(threads.submit(_read_file, path, name, known.get(name), hashes))
                    while reading and (path is None or len(reading) > AHEAD):
                        batch.append(reading.popleft().result())
                        if len(batch) == BATCH:
                            yield batch
                            batch = []
            finally:
                threads.shutdown(wait=True, cancel_futures=True)
        if batch:
            yield batch

    def _take(self, batch: Sequence[_File], progress: Progress) -> Progress:
        """Put a batch into the index, in one transaction."""
        fresh = {one.hash: one.picture for one in batch if one.picture is not None}
        vectors = self._vectors(fresh)
        added = unchanged = skipped = 0
        with self._transaction():
            for one in batch:
                number, problem = None, one.problem
                if one.hash and not problem:
                    number, new, problem = self._picture(one.hash, vectors.get(one.hash))
                    added, unchanged = added + new, unchanged + (number is not None and not new)
                elif not problem:
                    row = self.connection.execute("SELECT problem FROM files WHERE path = ?", (one.path,)).fetchone()
                    unchanged, skipped = unchanged + (not row[0]), skipped + bool(row[0])
                    continue
                skipped += bool(problem)
                self.connection.execute(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
                    (one.path, one.size, one.modified, number, problem),
                )
        return replace(
            progress,
            added=progress.added + added,
            unchanged=progress.unchanged + unchanged,
            skipped=progress.skipped + skipped,
        )

    def _picture(self, digest: str, vectors: np.ndarray | SpecialistError | None) -> tuple[int | None, bool, str]:
        """Number of the picture with this content, whether it is new, and what is wrong with it."""
        row = self.connection.execute("SELECT id FROM pictures WHERE hash = ?", (digest,)).fetchone()
        if row is not None:
            return int(row[0]), False, ""
        if not isinstance(vectors, np.ndarray):
            return None, False, str(vectors or "the file changed while it was read")
        cursor = self.connection.execute(
            "INSERT INTO pictures (hash, vectors) VALUES (?, ?)", (digest, vectors.astype(np.float16).tobytes())
        )
        self.outside += len(vectors)
        return int(cursor.lastrowid or 0), True, ""

    # ------------------------------------------------------------------ vectors

    def _vectors(self, pictures: Mapping[str, Picture]) -> dict[str, np.ndarray | SpecialistError]:
        """The vectors of each picture: the whole first, then its parts."""
        if not pictures:
            return {}
        regions = dict(zip(pictures, self._regions(list(pictures.values())), strict=True))
        asked = [(digest, region) for digest, some in regions.items() for region in some]
        answers = self.kit["clip"].run([Embed(region) for _, region in asked])
        vectors: dict[str, Any] = {digest: [] for digest in pictures}
        for (digest, _), vector in zip(asked, answers, strict=True):
            if isinstance(vector, SpecialistError):
                vectors[digest] = vector
            elif not isinstance(vectors[digest], SpecialistError):
                vectors[digest].append(vector)
        return {digest: one if isinstance(one, SpecialistError) else np.stack(one) for digest, one in vectors.items()}

    def _regions(self, pictures: Sequence[Picture]) -> list[list[Region]]:
        kind = self.maker.regions
        if kind == "whole":
            return [[picture.whole] for picture in pictures]
        if kind == "tiles":
            return [[picture.whole, *tiles(picture, 2), *tiles(picture, 3)] for picture in pictures]
        found = self.kit["detector"].run([Detect(picture.whole, OBJECT) for picture in pictures])
        return [
            [picture.whole, *(Region(picture, one.box) for one in _surest(boxes))]
            for picture, boxes in zip(pictures, found, strict=True)
        ]

    # ------------------------------------------------------------------ the graph

    def _count_outside(self) -> int:
        upto = (fact(self.connection, "graph") or {}).get("upto", 0)
        size = self.connection.execute("SELECT SUM(LENGTH(vectors)) FROM pictures WHERE id > ?", (upto,)).fetchone()[0]
        return int(size or 0) // (2 * self.maker.dimension)

    def _write_graph(self) -> None:
        """Put all vectors into the graph. Its file is named in the database once it is whole, so that readers, and a
        writer that is killed, have the old one until then."""
        from usearch.index import Index

        graph, upto = read_graph(self.folder, self.connection)
        if graph is not None and self._mostly_gone(graph):
            graph, upto = None, 0
        if graph is None:
            graph = Index(ndim=self.maker.dimension, metric="ip", dtype="i8")
        last = upto
        query = f"SELECT id, vectors FROM pictures WHERE id > ? AND {_LIVE} ORDER BY id"
        for number, blob in self.connection.execute(query, (upto,)):
            vectors = unpacked(blob, self.maker.dimension)
            graph.add(number * PARTS + np.arange(len(vectors)), vectors)
            last = number
        name = f"graph-{last}-{os.getpid()}.usearch"
        graph.save(str(self.folder / name))
        with open(self.folder / name, "rb+") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        with self._transaction():
            tell_fact(self.connection, "graph", GraphFile(name, last, len(graph), digest))
        for left in self.folder.glob("graph-*.usearch"):
            if left.name != name:
                left.unlink(missing_ok=True)
        self.outside = 0

    def _mostly_gone(self, graph: Any) -> bool:
        """Whether a third of the graph is of pictures that are not in the index any more."""
        size = self.connection.execute(f"SELECT SUM(LENGTH(vectors)) FROM pictures WHERE {_LIVE}").fetchone()[0] or 0
        live = int(size) // (2 * self.maker.dimension) - self.outside
        return live < 2 / 3 * len(graph)


def _surest(boxes: Sequence[Detection] | SpecialistError) -> Sequence[Detection]:
    return [] if isinstance(boxes, SpecialistError) else boxes[:MOST_OBJECTS]


def tiles(picture: Picture, across: int) -> list[Region]:
    """A picture cut into so many columns and rows."""
    wide, high = picture.width / across, picture.height / across
    return [
        Region(picture, (column * wide, row * high, (column + 1) * wide, (row + 1) * high))
        for row in range(across)
        for column in range(across)
    ]


def _read_file(path: Path, name: str, known: tuple[int, int] | None, hashes: set[str]) -> _File:
    """A file, decoded if its content is new. One that is as it was is not read; its `hash` is empty then."""
    try:
        facts = path.stat()
        one = _File(name, facts.st_size, facts.st_mtime_ns)
        if known == (one.size, one.modified):
            return one
        data = path.read_bytes()
    except OSError as error:
        return _File(name, 0, 0, problem=f"cannot be read ({error.strerror})")
    digest = hashlib.sha256(data).hexdigest()
    if digest in hashes:
        return replace(one, hash=digest)
    try:
        return replace(one, hash=digest, picture=Picture.from_bytes(data, str(path)))
    except PictureError as error:
        return replace(one, problem=str(error).removeprefix(f"{path}: "))
