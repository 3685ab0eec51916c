"""An index of many pictures: vectors by CLIP, kept in a folder, and the nearest of them to some phrases.

A picture has one vector of the whole and some of its parts, and a query one a phrase. Its score is the mean over the
phrases of the best cosine with any of its vectors: late interaction, as in ColBERT (Khattab and Zaharia, SIGIR 2020)
and FILIP (Yao et al., ICLR 2022). So "a dog and a red car" finds a picture in which one part is a dog and another a red
car.

The folder holds one SQLite database, which alone says what is in the index, and beside it a graph of USearch
(hierarchical navigable small worlds, Malkov and Yashunin, TPAMI 2020) over the first of its vectors, once there are
many. The vectors that came after the graph was written are compared one by one.
"""

import contextlib
import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from models.picture import Picture, PictureError
from models.requests import Candidate, Embed, Nearest, SpecialistError

DATABASE = "index.sqlite"
HIDDEN = ".sight-index"
"""Folder of an index inside the folder of its pictures, where no other place is named."""

APPLICATION, VERSION = 0x53494958, 1
"""SQLite's `application_id`, and the version of the tables."""

TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pictures (id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, vectors BLOB NOT NULL);
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    picture INTEGER REFERENCES pictures,
    problem TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX files_by_picture ON files (picture);
"""

PARTS = 64
"""Vectors that a picture may have. A vector's key in the graph is its picture's number times this, plus its place."""

CANDIDATES = 100
"""Vectors nearest to each phrase whose pictures are looked at, at least."""

_rows, _columns = np.indices((64, 64))
PROBE = (
    Embed("a photo of a dog on a beach"),
    Embed(
        Picture.from_image(np.stack([_rows * 4, _columns * 4, _rows ^ _columns], -1).astype(np.uint8), "probe").whole
    ),
)
"""A text and a picture by whose vectors an index knows the model that made it, whatever the model is called."""

SAME_MODEL = 0.995
"""Least cosine of the probes' vectors that one model gives on different devices."""

Regions = Literal["objects", "tiles", "whole"]
"""Which parts of a picture have vectors of their own, beside the whole: what the detector finds; its quarters and
ninths; none."""


class PictureIndexError(ValueError):
    """An index that cannot be opened, written or used. The message is one line and says what to do."""


@dataclass(frozen=True)
class Maker:
    """What an index was made with."""

    model: str
    """Of the CLIP, as the preset names it."""
    probe: tuple[tuple[float, ...], ...]
    regions: Regions
    root: str
    """Folder of the pictures: absolute, or seen from the index if that is inside."""

    @property
    def dimension(self) -> int:
        return len(self.probe[0])

    def agrees(self, probe: np.ndarray) -> bool:
        """Whether these are vectors of the same model."""
        own = np.array(self.probe, np.float32)
        return own.shape == probe.shape and bool(((own * probe).sum(1) >= SAME_MODEL).all())


@dataclass(frozen=True)
class GraphFile:
    """The graph beside the database."""

    name: str
    upto: int
    """Highest number of a picture that is in it."""
    vectors: int
    digest: str


def find_index(path: str | Path) -> Path:
    """The folder of an index: the one named, or the hidden one in the folder of its pictures.

    Raises:
        PictureIndexError: there is none.
    """
    path = Path(path)
    for folder in (path, path / HIDDEN):
        if (folder / DATABASE).is_file():
            return folder
    if not path.exists():
        raise PictureIndexError(f"{path}: there is no such folder; make an index with `sight index FOLDER`")
    raise PictureIndexError(f"{path}: there is no index in it; make one with `sight index {path}`")


def connect(folder: Path, write: bool = False) -> sqlite3.Connection:
    """Open the database of an index; of one to be written also create it.

    Raises:
        PictureIndexError: it is damaged, something else, or of a later version.
    """
    path = (folder / DATABASE).absolute()
    try:
        uri = f"{path.as_uri()}?mode={'rwc' if write else 'ro'}"
        connection = sqlite3.connect(uri, uri=True, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, folder, write)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise damaged(folder, error) from None
    return connection


def _prepare(connection: sqlite3.Connection, folder: Path, write: bool) -> None:
    if write:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        if not connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()[0]:
            ours = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
            connection.executescript(f"BEGIN IMMEDIATE; {TABLES} {ours} COMMIT;")
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise PictureIndexError(f"{folder / DATABASE}: this is a database of something else; name another folder")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise PictureIndexError(f"{folder}: this index was made by a later version of the program; update the program")


def damaged(folder: Path, error: Exception) -> PictureIndexError:
    """What to say when the database cannot be read."""
    return PictureIndexError(f"{folder}: the index is damaged ({error}); delete this folder and make it again")


def fact(connection: sqlite3.Connection, name: str) -> Any:
    """One of the facts about an index, None if it is not told."""
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if row is None else json.loads(row[0])


def tell_fact(connection: sqlite3.Connection, name: str, value: Any) -> None:
    text = json.dumps(asdict(value) if isinstance(value, Maker | GraphFile) else value)
    connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, text))


def maker_of(connection: sqlite3.Connection) -> Maker | None:
    told = fact(connection, "maker")
    return None if told is None else Maker(**{**told, "probe": tuple(map(tuple, told["probe"]))})


def root_of(folder: Path, maker: Maker) -> Path:
    """Where the pictures are."""
    return (folder / maker.root).resolve()


def unpacked(blob: bytes, dimension: int) -> np.ndarray:
    """The vectors of one picture, `(V, D)` float32."""
    return np.frombuffer(blob, np.float16).reshape(-1, dimension).astype(np.float32)


def problems(folder: Path, count: int) -> list[tuple[str, str]]:
    """Some files that could not be taken in, and why. Raises PictureIndexError."""
    with contextlib.closing(connect(folder)) as connection:
        query = "SELECT path, problem FROM files WHERE problem != '' ORDER BY path LIMIT ?"
        return list(connection.execute(query, (count,)))


class PictureIndex:
    """An index that is open for searching; it answers `Nearest`. It knows what was in it when it was opened. Threads
    may share it."""

    def __init__(self, path: str | Path) -> None:
        """
        Args:
            path: of the index, or of the folder of pictures that has one in it.

        Raises:
            PictureIndexError: there is none, it is damaged, or nothing is in it.
        """
        self.folder = find_index(path)
        self.last_forward = 0
        self._lock = threading.Lock()
        self._connection = connect(self.folder)
        try:
            maker = maker_of(self._connection)
            self.pictures: int = self._connection.execute("SELECT COUNT(*) FROM pictures").fetchone()[0]
            if maker is None or not self.pictures:
                self._connection.close()
                raise PictureIndexError(f"{self.folder}: the index is empty; fill it with `sight index FOLDER`")
            self.maker = maker
            self.root = root_of(self.folder, maker)
            self._graph, upto = read_graph(self.folder, self._connection)
            self._keys, self._tail = self._after(upto)
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            if isinstance(error, PictureIndexError):
                raise
            raise damaged(self.folder, error) from None

    def _after(self, upto: int) -> tuple[np.ndarray, np.ndarray]:
        """Keys and vectors that the graph does not have."""
        keys: list[np.ndarray] = []
        vectors: list[np.ndarray] = [np.zeros((0, self.maker.dimension), np.float32)]
        for number, blob in self._connection.execute("SELECT id, vectors FROM pictures WHERE id > ?", (upto,)):
            vectors.append(unpacked(blob, self.maker.dimension))
            keys.append(number * PARTS + np.arange(len(vectors[-1])))
        return np.concatenate([np.zeros(0, np.int64), *keys]), np.concatenate(vectors)

    def search(self, phrases: np.ndarray, count: int) -> list[tuple[Path, float]]:
        """The files nearest to some phrases and their scores, best first; of equal files one.

        Args:
            phrases: `(P, D)` float32 of length 1.
            count: how many at most.
        """
        near = max(CANDIDATES, 4 * count)
        numbers = sorted({int(key) // PARTS for phrase in phrases for key in self._nearest(phrase, near)})
        scores: dict[int, float] = {}
        with self._lock:
            for number, blob in self._rows("SELECT id, vectors FROM pictures WHERE id IN ({})", numbers):
                cosines = unpacked(blob, self.maker.dimension) @ phrases.T
                scores[number] = float(cosines.max(0).mean())
            best = sorted(scores, key=lambda number: (-scores[number], number))[:count]
            query = "SELECT picture, MIN(path) FROM files WHERE picture IN ({}) GROUP BY picture"
            paths = dict(self._rows(query, best))
        return [(self.root / paths[number], scores[number]) for number in best if number in paths]

    def _nearest(self, phrase: np.ndarray, count: int) -> Iterator[int]:
        if self._graph is not None:
            yield from self._graph.search(phrase, count).keys.tolist()
        if len(self._tail):
            cosines = self._tail @ phrase
            best = np.argpartition(-cosines, min(count, len(cosines)) - 1)[:count]
            yield from self._keys[best].tolist()

    def _rows(self, query: str, numbers: Sequence[int]) -> Iterator[Any]:
        for start in range(0, len(numbers), 500):
            some = numbers[start : start + 500]
            yield from self._connection.execute(query.format(",".join("?" * len(some))), some)

    def run(self, requests: Sequence[Nearest]) -> list[list[Candidate] | SpecialistError]:
        """Answer every request, in order. Files that are gone or cannot be read any more are passed over."""
        return [self._answer(request) for request in requests]

    def _answer(self, request: Nearest) -> list[Candidate] | SpecialistError:
        if not self.maker.agrees(request.probe):
            return SpecialistError(
                f"{self.folder}: this index was made with {self.maker.model}, and the clip in use is another model; "
                "choose the preset that it was made with, or index the folder again"
            )
        try:
            found = self.search(request.phrases, request.count)
        except sqlite3.Error as error:
            return SpecialistError(str(damaged(self.folder, error)))
        with ThreadPoolExecutor(2, "sightscript-open") as threads:
            opened = list(threads.map(lambda one: _opened(one[0]), found))
        return [
            Candidate(picture, score) for (_, score), picture in zip(found, opened, strict=True) if picture is not None
        ]

    def close(self) -> None:
        self._connection.close()


def _opened(path: Path) -> Picture | None:
    try:
        return Picture.open(path)
    except PictureError:
        return None


def read_graph(folder: Path, connection: sqlite3.Connection) -> tuple[Any, int]:
    """The graph and the highest number of a picture in it; None and 0 if there is none that is whole. Nothing is lost
    without: all vectors are then compared, until the next writer makes a new one."""
    told = fact(connection, "graph")
    if told is None:
        return None, 0
    graph = GraphFile(**told)
    try:
        with open(folder / graph.name, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != graph.digest:
                return None, 0
    except OSError:
        return None, 0
    from usearch.index import Index

    return Index.restore(str(folder / graph.name)), graph.upto
