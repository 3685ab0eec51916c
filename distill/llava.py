"""The data set as LLaVA reads it: a JSON list for each split, and the pictures as files.

Format: https://github.com/haotian-liu/LLaVA/blob/main/docs/Finetune_Custom_Data.md. Rows about several pictures have a
list of paths under `image`, as in LLaVA-NeXT.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from distill.example import SPLITS

_FROM = {"user": "human", "assistant": "gpt"}


class LlavaFolder:
    """`SPLIT.json` and `pictures/`, written row by row."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, TextIO] = {}
        self._begun: set[str] = set()

    def __enter__(self) -> "LlavaFolder":
        self.folder.mkdir(parents=True, exist_ok=True)
        for split in SPLITS:
            self._files[split] = (self.folder / f"{split}.json").open("w", encoding="utf-8", newline="\n")
        return self

    def add(self, row: Mapping[str, Any]) -> None:
        """A row as `distill.example.row` makes it."""
        split = row["split"]
        paths = [self._keep(image["path"], image["bytes"]) for image in row["images"]]
        told = {
            "id": row["id"],
            "image": paths[0] if len(paths) == 1 else paths,
            "conversations": [{"from": _FROM[one["role"]], "value": one["content"]} for one in row["messages"]],
        }
        self._files[split].write((",\n" if split in self._begun else "[\n") + json.dumps(told, ensure_ascii=False))
        self._begun.add(split)

    def _keep(self, name: str, data: bytes) -> str:
        path = Path("pictures") / name[:2] / name
        if not (self.folder / path).exists():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(data)
        return path.as_posix()

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        for split, file in self._files.items():
            try:
                if kind is None:
                    file.write("\n]\n" if split in self._begun else "[]\n")
            finally:
                file.close()
