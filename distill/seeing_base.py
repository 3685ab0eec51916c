"""A base of the student that can see already: the embedded VLM, grown so that it can write what it will be taught.

    model, processor = seeing_base_for(data)            data: a data set of `sight distill build`

Shown whole pictures in a square of 128 pixels, each worth 256 tokens, it answers short questions about scenes. What it
lacks is the vocabulary: brackets, numbers and the words of the questions become tokens, which begin as the mean of the
pieces that they fell into. It writes small letters only, and a letter that is not in its alphabet is lost.
"""

import argparse
import string
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyarrow.compute as pc
import torch

from models import torchvision_ops

torchvision_ops.install()

# ruff: noqa: E402
from torch import nn
from transformers import LlavaForConditionalGeneration, LlavaProcessor, PreTrainedTokenizerFast

from distill.dataset import DatasetError, load
from distill.example import IMAGE
from models.embedded import architectures as _registered  # noqa: F401
from models.embedded.phrases import HYPHEN, joining
from models.embedded.training.start import grown, grown_embedding
from models.embedded.vlm import LONGEST, WHOLE
from models.loading import WEIGHTS, CheckpointError, load_model, load_processor

FREQUENT = 5
"""Times that a word must come up in the texts to become a token of its own."""
NUMBERS = 101
"""Numbers from 0 on that are tokens: sides of boxes are hundredths."""
_JOINED = (
    (r"(?<=\[) | (?=[\]:;%)])|(?<=\() ", ""),
    HYPHEN,
    (r"(?<=\w) ' (?=\w)", "'"),
    (r"(?<=\d)\. (?=\d)", "."),
)
"""What stands between tokens that are written together."""


def seeing_base_for(data: str | Path) -> tuple[LlavaForConditionalGeneration, LlavaProcessor]:
    """The embedded VLM as a base for a data set of `sight distill build`. Raises DatasetError and CheckpointError."""
    rows = load(data)["train"]
    pictures = pc.list_value_length(rows.with_format("arrow")[:]["images"]).to_pylist()
    texts = (message["content"] for row in rows.select_columns(["messages"]) for message in row["messages"])
    return build_seeing_base(texts, max(pictures, default=1))


def build_seeing_base(
    texts: Iterable[str], pictures: int = 1, vlm: Path = WEIGHTS / "vlm"
) -> tuple[LlavaForConditionalGeneration, LlavaProcessor]:
    """The embedded VLM as a base, and its processor.

    Args:
        texts: what it will have to read and write, a message each: they decide on its new tokens.
        pictures: at most so many are shown together; with two texts of the longest there is room for them.
        vlm: an embedded VLM.

    Raises:
        CheckpointError: `vlm` is no such checkpoint.
    """
    model = load_model(LlavaForConditionalGeneration, vlm, torch.device("cpu"), torch.float32, trainable=True)
    processor = load_processor(vlm)
    kept = [text.replace(IMAGE, " ") for text in texts]
    tokenizer, pieces = grown(processor.tokenizer, _new_words(processor.tokenizer, kept))
    tokenizer.chat_template = processor.tokenizer.chat_template or processor.chat_template
    tokenizer.backend_tokenizer.decoder = joining(_JOINED)
    embedding = model.get_input_embeddings().weight.data
    model.set_input_embeddings(nn.Embedding.from_pretrained(grown_embedding(embedding, pieces), freeze=False))
    model.config.text_config.vocab_size = len(tokenizer)
    model.tie_weights()
    patch = processor.patch_size
    each = (WHOLE // patch) ** 2
    longest = max((len(tokenizer(text)["input_ids"]) for text in set(kept)), default=0)
    context = max(LONGEST, -(-(pictures * each + 2 * longest) // 64) * 64)
    tokenizer.model_max_length = model.config.text_config.max_position_embeddings = context
    model.config.image_seq_length, model.config.vision_config.image_size = each, WHOLE
    processor.tokenizer = tokenizer
    processor.image_processor.size = {"height": WHOLE, "width": WHOLE}
    return model.eval(), processor


def _new_words(tokenizer: PreTrainedTokenizerFast, texts: Iterable[str]) -> list[str]:
    """Marks, numbers, and frequent words, of which the tokenizer need not be without any."""
    known, inner = tokenizer.get_vocab(), tokenizer.backend_tokenizer
    words: Counter[str] = Counter()
    for text in texts:
        found = inner.pre_tokenizer.pre_tokenize_str(inner.normalizer.normalize_str(text))
        words.update(word for word, _ in found)
    frequent = [word for word, count in sorted(words.items()) if count >= FREQUENT]
    return [
        word for word in dict.fromkeys([*string.punctuation, *map(str, range(NUMBERS)), *frequent]) if word not in known
    ]


def main() -> None:
    """`python -m distill.seeing_base DATA --out BASE`: the base alone, for `sight distill train --base BASE`."""
    parser = argparse.ArgumentParser(prog="python -m distill.seeing_base", description="The embedded VLM as a base.")
    parser.add_argument("data", type=Path, help="a data set of `sight distill build`")
    parser.add_argument("--out", type=Path, required=True, help="folder of the base")
    options = parser.parse_args()
    try:
        model, processor = seeing_base_for(options.data)
        model.save_pretrained(options.out)
        processor.save_pretrained(options.out)
    except (DatasetError, CheckpointError) as error:
        raise SystemExit(f"error: {error}") from None


if __name__ == "__main__":
    main()
