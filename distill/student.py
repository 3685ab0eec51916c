"""The embedded student base: a stock LLaVA (Liu et al., "Visual Instruction Tuning", NeurIPS 2023) that sees whole
pictures, small enough to ship and to train on a CPU.

    model, processor = build_student(texts)            texts: what it will have to read and write

The embedded VLM sees cut-outs at 32 pixels and names what fills them; this one must find, count and compare. Its vision
tower (`models.embedded.regions`) gives a token for each thing that the embedded detector proposes, from left to right.

The detector has learned a space in which a thing and its name point the same way. The student starts there: the
projector hands its tokens through, words that the detector knows begin as it reads them, and the heads of the first
layers look for what is alike (Trockman and Kolter, "Mimetic Initialization of Self-Attention Layers", ICML 2023). So
a noun in a question finds its things before a step was made.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models import torchvision_ops

torchvision_ops.install()

# ruff: noqa: E402
from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import (
    AutoModelForZeroShotObjectDetection,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

from distill.example import SUFFIXES
from models.embedded import architectures as _registered  # noqa: F401
from models.embedded.company import LOUD, SHORT
from models.embedded.regions import PLACE, SightPictureProcessor, SightRegionsConfig
from models.embedded.world.lexicon import ANYTHING, CATEGORIES, COLOURS, NOUNS
from models.loading import WEIGHTS, load_model, load_processor
from models.pointing import POINTER

PAD, END, IMAGE, USER, ASSISTANT = "<pad>", "</s>", "<image>", "<user>", "<assistant>"
ASKED_FOR = tuple(f"\n{suffix}" for suffix in SUFFIXES.values())

TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}<assistant>{% else %}<user>{% endif %}"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}"
    "{% if message['role'] == 'assistant' %}</s>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)

SCALE = 0.1
"""Size of the numbers of words and things where the decoder begins."""

LINEAR = 4.0
"""GELU is nearly a straight line from here on."""

NUMBER = 0.25
"""How loud a thing's number is where the decoder begins, against a word."""

SEEKING = 2
"""Layers whose heads begin by looking for what is alike."""


@dataclass(frozen=True)
class StudentSize:
    """How large a student is."""

    regions: int = 16
    """Things it sees in a picture, at most."""
    ground: int = 2
    """Rows and columns of the ground behind them."""
    width: int = 192
    """Of the decoder."""
    layers: int = 5
    heads: int = 6
    vocabulary: int = 4096
    """Tokens, at most, beside the pointers."""
    context: int = 768
    """Tokens of a conversation, those of the pictures included."""
    dropout: float = 0.0
    """Share of its attention that is left out at random while it is trained."""


def student_tokenizer(texts: Iterable[str], size: StudentSize) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer that can write anything, trained on the texts. Every digit is a token of its own, and
    so is each of the suffixes that say what is asked for, which half the tokens of a short question would be else, and
    each pointer to a thing that is seen (`models.pointing`)."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=size.vocabulary,
        special_tokens=[PAD, END, IMAGE, USER, ASSISTANT, *ASKED_FOR],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    pointers = [POINTER.format(number + 1) for number in range(size.regions)]
    tokenizer.add_tokens([AddedToken(pointer, lstrip=True, normalized=False) for pointer in pointers])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        extra_special_tokens={"image_token": IMAGE, "user_token": USER, "assistant_token": ASSISTANT},
        model_max_length=size.context,
        model_input_names=["input_ids", "attention_mask"],
        chat_template=TEMPLATE,
    )


def pointers_of(tokenizer: Any, regions: int) -> range:
    """The tokens that point at the things of a picture, of which there are so many at most."""
    first: int = tokenizer.convert_tokens_to_ids(POINTER.format(1))
    return range(first, first + regions)


def build_student(
    texts: Iterable[str],
    size: StudentSize | None = None,
    detector: Path = WEIGHTS / "detector",
    seed: int = 0,
    aligned: bool = True,
) -> tuple[LlavaForConditionalGeneration, LlavaProcessor]:
    """A student with a decoder that has learned nothing yet, and its processor.

    Args:
        texts: what it will have to read and write, for its vocabulary.
        size: how large it is.
        detector: an embedded detector, which it sees with.
        seed: of the fresh weights.
        aligned: start in the detector's space; False for random weights, to compare with.

    Raises:
        CheckpointError: `detector` is no such checkpoint.
    """
    size = size or StudentSize()
    cpu = torch.device("cpu")
    seeing = load_model(AutoModelForZeroShotObjectDetection, detector, cpu, torch.float32, trainable=True)
    tokenizer = student_tokenizer(texts, size)
    nouns = [noun.name for noun in NOUNS]
    vision = SightRegionsConfig.of(seeing.config, size.regions, size.ground, nouns, list(COLOURS))
    text = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=size.width,
        intermediate_size=size.width * 8 // 3 // 32 * 32,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        num_key_value_heads=size.heads,
        max_position_embeddings=size.context,
        attention_dropout=size.dropout,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    config = LlavaConfig(
        vision_config=vision.to_dict(),
        text_config=text.to_dict(),
        image_token_index=tokenizer.convert_tokens_to_ids(IMAGE),
        image_seq_length=vision.tokens,
        vision_feature_select_strategy="full",
        vision_feature_layer=-1,
        tie_word_embeddings=True,
    )
    torch.manual_seed(seed)
    model = LlavaForConditionalGeneration(config)
    tower = model.model.vision_tower
    reader = load_processor(detector).tokenizer
    told = seeing.state_dict() | _names(seeing, reader)
    tower.load_state_dict({name: told[name] for name in tower.state_dict()})
    if aligned:
        _start(model, *_words(seeing, reader, tokenizer))
        _point(model, tokenizer)
    return model.eval(), _processor(tokenizer, vision)


def _read(detector: Any, reader: Any, texts: list[str]) -> Tensor:
    """`(K, D + 1)` float, see `get_text_features`."""
    inputs = reader(texts, padding=True, return_tensors="pt")
    found: Tensor = detector.get_text_features(inputs["input_ids"], inputs["attention_mask"])
    return found


@torch.no_grad()
def _names(detector: Any, reader: Any) -> dict[str, Tensor]:
    """What a tower knows of the world's nouns and colours, as the detector reads them."""
    nouns = _read(detector, reader, [noun.name for noun in NOUNS])
    labels = torch.cat((nouns, _read(detector, reader, [f"{colour} {ANYTHING}" for colour in COLOURS])))
    labels[:, :-1] *= detector.logit_scale.exp()
    main = torch.linalg.svd(nouns[:, :-1], full_matrices=False).Vh[:SHORT]
    short = functional.normalize(nouns[:, :-1] @ main.T, dim=-1)
    categories = [category.name for category in CATEGORIES]
    known = [[categories.index(name) for name in noun.categories if name in categories] for noun in NOUNS]
    ends = [[some[0], some[-1]] if some else [-1, -1] for some in known]
    return {
        "labels": labels,
        "short": functional.pad(short, (0, SHORT - short.shape[1])),
        "categories": torch.tensor(ends),
    }


@torch.no_grad()
def _words(detector: Any, reader: Any, tokenizer: PreTrainedTokenizerFast) -> tuple[list[int], Tensor]:
    """Tokens that are words which the detector has as one piece, and how it reads them, `(K, D)` float of length 1."""
    known = reader.get_vocab()
    words = {id: tokenizer.decode([id]).strip() for id in range(len(tokenizer))}
    ids = [id for id, word in words.items() if len(word) > 1 and word.isalpha() and word.lower() in known]
    if not ids:
        return [], torch.zeros(0, detector.config.projection_dim)
    return ids, _read(detector, reader, [words[id] for id in ids])[:, :-1]


@torch.no_grad()
def _start(model: LlavaForConditionalGeneration, ids: list[int], read: Tensor) -> None:
    """Give the decoder the detector's space: its main directions first, in which a thing is half what it looks like and
    half its name, then where things are. What they are among the others it learns to hear."""
    words = model.get_input_embeddings().weight
    width, look = words.shape[1], read.shape[1]
    kept = min(look, width - PLACE)
    if kept < 1:
        raise ValueError(f"a student of width {width} has no room for what its tokens tell; the least is {PLACE + 1}")
    directions = torch.linalg.svd(read, full_matrices=True).Vh[:kept] if len(ids) else torch.eye(look)[:kept]
    words.normal_(std=SCALE)
    words[model.config.text_config.pad_token_id] = 0
    words[ids, :kept] = SCALE * look**0.5 * read @ directions.T
    projector = model.model.multi_modal_projector
    projector.linear_1.weight.normal_(std=0.02)
    projector.linear_1.weight[: kept + PLACE] = 0
    for half in (slice(look), slice(look + PLACE, 2 * look + PLACE)):
        projector.linear_1.weight[:kept, half] = directions / 2
    projector.linear_1.weight[kept : kept + PLACE, look : look + PLACE] = torch.eye(PLACE)
    projector.linear_1.bias.fill_(LINEAR)
    projector.linear_2.weight.copy_(SCALE * torch.eye(width))
    projector.linear_2.bias.fill_(-SCALE * LINEAR)
    layers = model.model.language_model.layers
    for number, layer in enumerate(layers):
        if number < SEEKING:
            nn.init.orthogonal_(layer.self_attn.q_proj.weight)
            layer.self_attn.k_proj.weight.copy_(layer.self_attn.q_proj.weight)
        for out in (layer.self_attn.o_proj, layer.mlp.down_proj):
            out.weight.mul_((2 * len(layers)) ** -0.5)


@torch.no_grad()
def _point(model: LlavaForConditionalGeneration, tokenizer: PreTrainedTokenizerFast) -> None:
    """Let each pointer begin as the word that the projector makes of a thing's number."""
    words, count = model.get_input_embeddings().weight, model.config.vision_config.regions
    projector = model.model.multi_modal_projector
    numbers = nn.init.normal_(projector.linear_1.weight[:, -count:])
    numbers *= NUMBER * words.shape[1] ** 0.5 / LOUD / numbers.norm(dim=0)
    pointers = list(pointers_of(tokenizer, count))
    words[pointers] = SCALE * words.shape[1] ** 0.5 * functional.normalize((projector.linear_2.weight @ numbers).T)


def _processor(tokenizer: PreTrainedTokenizerFast, vision: SightRegionsConfig) -> LlavaProcessor:
    return LlavaProcessor(
        SightPictureProcessor.of(vision.image_size),
        tokenizer,
        patch_size=vision.image_size,  # a picture is one patch, as it were, and the other tokens are added
        vision_feature_select_strategy="full",
        chat_template=TEMPLATE,
        num_additional_image_tokens=vision.tokens - 1,
    )
