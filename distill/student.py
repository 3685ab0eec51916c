"""The embedded student base: a stock LLaVA (Liu et al., "Visual Instruction Tuning", NeurIPS 2023) that sees whole
pictures, small enough to ship and to train on a CPU.

    model, processor = build_student(texts)            texts: what it will have to read and write

The embedded VLM sees cut-outs at 32 pixels and names what fills them; this one must find, count and compare, so its
vision tower takes the VLM's layers, adds a stage of stride 2, and gives a grid of features of the picture.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch

from models import torchvision_ops

torchvision_ops.install()

# ruff: noqa: E402
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import (
    CLIPImageProcessor,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

from models.embedded import architectures as _registered  # noqa: F401
from models.embedded.tower import SightVisionConfig, SightVisionModel
from models.loading import WEIGHTS, load_model

PAD, END, IMAGE, USER, ASSISTANT = "<pad>", "</s>", "<image>", "<user>", "<assistant>"

TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}<assistant>{% else %}<user>{% endif %}"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}"
    "{% if message['role'] == 'assistant' %}</s>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


@dataclass(frozen=True)
class StudentSize:
    """How large a student is."""

    side: int = 128
    """Of the square that pictures are resized to, in pixels; a multiple of the tower's stride."""
    widths: tuple[int, ...] = (32, 128, 256, 256)
    """Of the vision tower; the first three are those of the embedded specialists, whose weights are taken."""
    depths: tuple[int, ...] = (1, 2, 0)
    width: int = 192
    """Of the decoder."""
    layers: int = 6
    heads: int = 6
    vocabulary: int = 3072
    """Tokens, at most."""
    context: int = 512
    """Tokens of a conversation, those of the picture included."""

    @property
    def image_tokens(self) -> int:
        return (self.side >> len(self.widths)) ** 2


def student_tokenizer(texts: Iterable[str], size: StudentSize) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer that can write anything, trained on the texts. Every digit is a token of its own."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=size.vocabulary,
        special_tokens=[PAD, END, IMAGE, USER, ASSISTANT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        extra_special_tokens={"image_token": IMAGE, "user_token": USER, "assistant_token": ASSISTANT},
        model_max_length=size.context,
        model_input_names=["input_ids", "attention_mask"],
        chat_template=TEMPLATE,
    )


def build_student(
    texts: Iterable[str], size: StudentSize | None = None, tower: Path | None = WEIGHTS / "vlm", seed: int = 0
) -> tuple[LlavaForConditionalGeneration, LlavaProcessor]:
    """A student with a fresh decoder, and its processor.

    Args:
        texts: what it will have to read and write, for its vocabulary.
        size: how large it is.
        tower: a LLaVA checkpoint whose vision tower has the same first layers; they are taken over. None starts from
            nothing.
        seed: of the fresh weights.

    Raises:
        CheckpointError: `tower` is no such checkpoint.
    """
    size = size or StudentSize()
    tokenizer = student_tokenizer(texts, size)
    vision = SightVisionConfig(image_size=size.side, widths=size.widths, depths=size.depths)
    text = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=size.width,
        intermediate_size=size.width * 8 // 3 // 32 * 32,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        num_key_value_heads=size.heads,
        max_position_embeddings=size.context,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    config = LlavaConfig(
        vision_config=vision.to_dict(),
        text_config=text.to_dict(),
        image_token_index=tokenizer.convert_tokens_to_ids(IMAGE),
        image_seq_length=size.image_tokens,
        vision_feature_select_strategy="full",
        vision_feature_layer=-1,
        tie_word_embeddings=True,
    )
    torch.manual_seed(seed)
    model = LlavaForConditionalGeneration(config)
    with (
        torch.no_grad()
    ):  # at the usual start a picture hardly changes what the decoder sees, and it learns to ignore it
        model.model.multi_modal_projector.linear_1.weight.mul_(8)
        model.model.multi_modal_projector.linear_2.weight.mul_(8)
    if tower is not None:
        _take_tower(model.model.vision_tower, tower)
    return model.eval(), _processor(tokenizer, size)


def _take_tower(tower: SightVisionModel, folder: Path) -> None:
    """Copy the layers that the tower of a checkpoint has, as far as their shapes are the same."""
    from transformers import AutoModelForImageTextToText

    other = load_model(AutoModelForImageTextToText, folder, torch.device("cpu"), torch.float32)
    mine = tower.state_dict()
    taken = {name: value for name, value in other.model.vision_tower.state_dict().items() if name in mine}
    tower.load_state_dict({**mine, **{k: v for k, v in taken.items() if v.shape == mine[k].shape}})


def _processor(tokenizer: PreTrainedTokenizerFast, size: StudentSize) -> LlavaProcessor:
    images = CLIPImageProcessor(
        size={"height": size.side, "width": size.side},
        do_center_crop=False,
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.5, 0.5, 0.5],
    )
    return LlavaProcessor(
        images,
        tokenizer,
        patch_size=2 ** len(size.widths),
        vision_feature_select_strategy="full",
        chat_template=TEMPLATE,
        num_additional_image_tokens=0,
    )
