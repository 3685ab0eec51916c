"""Going on from earlier weights when the world has got more words: a tokenizer grows, and so do its embeddings."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast

from models.embedded.phrases import world_words
from models.embedded.tower import SightTextModel
from models.embedded.world.lexicon import NOUNS

_FIRST_NOUNS = 172
"""So many nouns were known to weights whose record does not say."""


@dataclass(frozen=True)
class Start:
    """The earlier weights of one role."""

    folder: Path
    """As `from_pretrained` reads it."""

    @cached_property
    def record(self) -> dict[str, Any]:
        """What is written of their own training: minutes, steps, nouns."""
        path = self.folder / "training.json"
        record: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
        return record

    @property
    def new_nouns(self) -> tuple[str, ...]:
        """The nouns that they have never seen."""
        return tuple(noun.name for noun in NOUNS[self.record.get("nouns", _FIRST_NOUNS) :])

    def describe(self) -> dict[str, Any]:
        """For the record of the training that goes on from them: how they came about, and their hash."""
        digest = hashlib.sha256((self.folder / "model.safetensors").read_bytes()).hexdigest()
        return {**self.record, "sha256": digest[:16]}


def grown(
    tokenizer: PreTrainedTokenizerFast, more: Sequence[str] = ()
) -> tuple[PreTrainedTokenizerFast, list[list[int]]]:
    """A WordPiece tokenizer with every word of the world as one token; ids that it had stay as they are.

    Args:
        tokenizer: as it was.
        more: further words that are to be one token.

    Returns:
        The tokenizer, and for each new token, in the order of their ids, the ids of the pieces that its word fell into.
    """
    with TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        path = Path(folder) / "tokenizer.json"
        data = json.loads(path.read_text())
        vocabulary = data["model"]["vocab"]
        words = [word for word in dict.fromkeys((*world_words(), *more)) if word not in vocabulary]
        pieces = [tokenizer(word, add_special_tokens=False)["input_ids"] for word in words]
        vocabulary |= {word: len(vocabulary) + i for i, word in enumerate(words)}
        path.write_text(json.dumps(data))
        larger = PreTrainedTokenizerFast.from_pretrained(folder)
    return larger, pieces


def grown_embedding(weight: Tensor, pieces: Sequence[Sequence[int]]) -> Tensor:
    """Rows for new tokens: each the mean of its pieces' rows. `(V, C)` to `(V + N, C)`."""
    if not pieces:
        return weight
    return torch.cat((weight, torch.stack([weight[list(ids)].mean(0) for ids in pieces])))


def grow_text_tower(tower: SightTextModel, pieces_of_words: list[list[int]]) -> None:
    """Room for new words, which start as the mean of their pieces."""
    tower.tokens = nn.Embedding.from_pretrained(grown_embedding(tower.tokens.weight.data, pieces_of_words), False)
    tower.config.vocab_size = tower.tokens.num_embeddings
