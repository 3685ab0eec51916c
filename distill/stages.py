"""Stages with a memory: what was done with the same settings on the same things is not done again.

A stage's key is a hash of its settings and of the keys of the stages that it stands on, down to the contents of files;
its folder has the beginning of the key in its name. So a changed setting makes a new folder for that stage and what
stands on it, and going back to the old setting finds the old ones.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RECORDS = "stages"
"""Folder with a file for each stage that has ended."""


@dataclass(frozen=True)
class Done:
    """A stage that has ended."""

    name: str
    key: str
    folder: Path
    seconds: float
    """Of the call in which it ended."""
    kept: bool
    """Whether it had ended before."""
    told: dict[str, Any]
    """What it had to say."""


class Stages:
    """The stages of one folder."""

    def __init__(self, out: Path, on_stage: Callable[[str, Path, bool], None] | None = None) -> None:
        """
        Args:
            out: of all stages.
            on_stage: told a stage that begins, its folder, and whether there is nothing to do.
        """
        self.out = out
        self.done: list[Done] = []
        self._tell = on_stage or (lambda name, folder, kept: None)

    def do(self, name: str, settings: Any, on: Sequence[str], work: Callable[[Path], dict[str, Any] | None]) -> Done:
        """Do a stage, unless it was done.

        Args:
            name: of the stage.
            settings: what it depends on, as JSON knows it.
            on: keys of the stages it stands on.
            work: is given the stage's folder, which may hold what an earlier call left, and says what is to be noted.
        """
        key = key_of(name, settings, on)
        folder = self.out / f"{name}-{key[:10]}"
        record = self.out / RECORDS / f"{folder.name}.json"
        noted = _read(record)
        kept = noted is not None and folder.exists()
        self._tell(name, folder, kept)
        if kept:
            assert noted is not None
            found = Done(name, key, folder, noted["seconds"], True, noted["told"])
        else:
            began = time.perf_counter()
            told = work(folder) or {}
            found = Done(name, key, folder, round(time.perf_counter() - began, 1), False, told)
            record.parent.mkdir(parents=True, exist_ok=True)
            beside = record.with_suffix(".writing")
            ended = datetime.now(UTC).isoformat(timespec="seconds")
            beside.write_text(
                json.dumps(
                    {"stage": name, "key": key, "settings": settings, "on": list(on), "seconds": found.seconds,
                     "ended": ended, "version": version("sightscript"), "told": told},
                    indent=1,
                )
                + "\n",
                encoding="utf-8",
            )  # fmt: skip
            beside.replace(record)
        self.done.append(found)
        return found


def key_of(name: str, settings: Any, on: Sequence[str] = ()) -> str:
    """SHA-256 over a stage's name, settings and what it stands on."""
    text = json.dumps([name, settings, list(on)], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def content_of(paths: Sequence[Path], without: frozenset[str] = frozenset()) -> str:
    """SHA-256 over files, and over all files in folders but those of the names `without`; what is not there counts as
    its name."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        files = [file for file in files if file.name not in without]
        for file in files:
            digest.update(f"{file.relative_to(path) if file != path else file.name}\t".encode())
            if file.is_file():
                with file.open("rb") as opened:
                    digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def _read(record: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) and {"seconds", "told"} <= found.keys() else None
    except (OSError, ValueError):
        return None
