"""The embedded vision-language model: a stock LLaVA (Liu et al., "Visual Instruction Tuning", NeurIPS 2023) around our
vision tower and a Llama decoder of a few layers.
"""

from transformers import (
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

from models.embedded.clip import SIDE, image_processor
from models.embedded.phrases import build_tokenizer
from models.embedded.tower import SightVisionConfig

WHOLE = 128
"""Side in pixels of the square for a whole picture in training, which is worth 256 image tokens; a region's is `SIDE`,
worth 16. The preset says it to programs."""
LONGEST = 512
"""Tokens of a picture, a question and its answer."""
WORDS = (
    "what is this it that they these thing object picture image photo scene background shown here there in of on "
    "at a an the are color colour which does have has kind type sort animal who where was taken can you see do "
    "name describe caption say tell me how many much yes no and with several colors nothing or not one two three "
    "four five six seven eight nine ten answer its look like be type gray grey , . ? ! ' : -"
)
"""Words of questions and answers beside those of the world."""

_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}<assistant> {% else %}<user> {% endif %}"
    "{% if message['content'] is string %}{{ message['content'] }} {% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image> {% else %}{{ part['text'] }} {% endif %}{% endfor %}{% endif %}"
    "{% if message['role'] == 'assistant' %}</s>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def answer_tokenizer() -> PreTrainedTokenizerFast:
    """Words of the world, of questions and of answers; anything else falls into letters."""
    tokenizer = build_tokenizer(
        extra=[WORDS],
        pad_token="[PAD]",
        eos_token="</s>",
        additional_special_tokens=["<image>", "<user>", "<assistant>"],
        model_max_length=LONGEST,
    )
    tokenizer.chat_template = _TEMPLATE
    return tokenizer


def build_vlm(tokenizer: PreTrainedTokenizerFast, width: int = 192, layers: int = 4) -> LlavaForConditionalGeneration:
    """A LLaVA with fresh weights: 16 image tokens from a picture of 32 x 32 pixels."""
    vision = SightVisionConfig(image_size=SIDE)
    text = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=width * 8 // 3,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=LONGEST,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    config = LlavaConfig(
        vision_config=vision.to_dict(),
        text_config=text.to_dict(),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        image_seq_length=(SIDE // vision.patch_size) ** 2,
        vision_feature_select_strategy="full",
        vision_feature_layer=-1,
        tie_word_embeddings=True,
    )
    return LlavaForConditionalGeneration(config)


def vlm_processor(tokenizer: PreTrainedTokenizerFast) -> LlavaProcessor:
    """Pictures fitted into the square, and the chat template."""
    return LlavaProcessor(
        image_processor(),
        tokenizer,
        patch_size=8,
        vision_feature_select_strategy="full",
        chat_template=_TEMPLATE,
        num_additional_image_tokens=0,
    )
