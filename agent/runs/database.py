"""The SQLite database of a run: its tables, and how it is opened."""

import os
import sqlite3
from pathlib import Path

from agent.runs.run_error import RunError

DATABASE = "run.sqlite"

APPLICATION = 0x53494754
"""SQLite's `application_id` of a run."""

MIGRATIONS = (
    """
    CREATE TABLE run (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE rows (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        position INTEGER NOT NULL,
        question TEXT NOT NULL,
        family TEXT NOT NULL,
        "group" TEXT NOT NULL,
        split TEXT NOT NULL,
        images TEXT NOT NULL,
        names TEXT NOT NULL,
        answers TEXT NOT NULL,
        box TEXT,
        status TEXT NOT NULL CHECK (status IN ('answered', 'abstained', 'failed')),
        answer TEXT NOT NULL,
        value TEXT,
        reason TEXT NOT NULL,
        kind TEXT NOT NULL,
        program TEXT NOT NULL,
        author TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        seconds REAL NOT NULL,
        plan_seconds REAL NOT NULL,
        run_seconds REAL NOT NULL,
        finished TEXT NOT NULL
    );
    CREATE INDEX rows_by_position ON rows (position);
    CREATE INDEX rows_by_status ON rows (status, position);
    CREATE INDEX rows_by_seconds ON rows (seconds);
    CREATE TABLE traces (number INTEGER PRIMARY KEY REFERENCES rows, data BLOB NOT NULL);
    CREATE TABLE pictures (key TEXT PRIMARY KEY, file TEXT NOT NULL, name TEXT NOT NULL) WITHOUT ROWID;
    """,
)
"""What makes a database of each version from the one before. `PRAGMA user_version` says how many were done."""

_PATIENCE = 30.0
"""Seconds to wait for another connection, which holds the database for milliseconds."""


def connect(folder: Path, write: bool = False) -> sqlite3.Connection:
    """Open the database of a run; of one to be written also create it. Raises sqlite3.Error."""
    path = (folder / DATABASE).absolute()
    if write:
        return _try(path.as_uri() + "?mode=rwc", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL")
    try:
        return _try(path.as_uri() + "?mode=ro")
    except sqlite3.OperationalError:
        log = path.with_name(path.name + "-wal")
        if os.access(folder, os.W_OK) or (log.exists() and log.stat().st_size):
            raise
        # a folder that cannot be written has no place for the files that readers share; nobody else writes it either
        return _try(path.as_uri() + "?mode=ro&immutable=1")


def _try(uri: str, *pragmas: str) -> sqlite3.Connection:
    """A connection that was seen to work."""
    connection = sqlite3.connect(uri, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        for pragma in (*pragmas, "PRAGMA schema_version"):
            connection.execute(pragma).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def prepare(folder: Path, connection: sqlite3.Connection) -> bool:
    """Bring the tables to this version, within a transaction. True if there were none."""
    version = version_of(folder, connection)
    if version == 0 and connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()[0]:
        raise RunError(f"{folder / DATABASE}: this is a database of something else; name another folder")
    for script in MIGRATIONS[version:]:
        for statement in filter(str.strip, script.split(";")):
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    return version == 0


def version_of(folder: Path, connection: sqlite3.Connection) -> int:
    """Version of the tables, 0 where there are none of ours. Raises RunError if it is later than this program's."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        return 0
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise RunError(
            f"{folder}: this run was written by a later version of the program (schema {version}, here "
            f"{len(MIGRATIONS)}); update the program"
        )
    return version
