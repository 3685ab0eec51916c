"""Checkpoints of the sizes that the hub has, with random weights: they compute as long as the real ones do.

    python -m benchmarks.random_checkpoints out/random              about 6 GB
    python -m benchmarks.throughput --preset out/random/preset.yaml --truth --device cuda

OWLv2 base, CLIP ViT-L/14, a Qwen3-VL of 2 billion parameters and Depth Anything V2 small, each in the format of the
hub, and a preset that names them. Texts are read letter by letter, since the real tokenizers' words are not here, so
that prompts are longer than real ones; an answer always has as many tokens as it may.
"""

import argparse
from pathlib import Path
from typing import Any

import torch
import yaml
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import CLIPTokenizer, PreTrainedTokenizerFast

from models import torchvision_ops

ANSWER_TOKENS = 6
"""About what a short answer has."""

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{% for c in m['content'] %}{% if c['type'] == 'image' %}"
    "<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ c['text'] }}{% endif %}{% endfor %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

SIZES: dict[str, dict[str, Any]] = {
    "hub": {
        "text": {"hidden_size": 512, "intermediate_size": 2048, "num_hidden_layers": 12, "num_attention_heads": 8},
        "owl": {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12},
        "owl_side": 960,
        "clip": {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16},
        "clip_text": {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12},
        "clip_side": 224,
        "clip_width": 768,
        "vocabulary": 49_408,
        "language": {
            "hidden_size": 2048,
            "intermediate_size": 6144,
            "num_hidden_layers": 28,
            "num_attention_heads": 16,
        },
        "language_vocabulary": 151_936,
        "heads": (8, 128),
        "sections": (24, 20, 20),
        "eyes": {"hidden_size": 1024, "intermediate_size": 4096, "depth": 24, "num_heads": 16},
        "deepstack": (5, 11, 17),
        "pixels": (65_536, 1_048_576),
        "dino": {"hidden_size": 384, "num_hidden_layers": 12, "num_attention_heads": 6},
        "dino_side": 518,
        "neck": ((48, 96, 192, 384), 64, 32, 384),
    },
    "tiny": {
        "text": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2},
        "owl": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2},
        "owl_side": 64,
        "clip": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2},
        "clip_text": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2},
        "clip_side": 28,
        "clip_width": 16,
        "vocabulary": 600,
        "language": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2},
        "language_vocabulary": 400,
        "heads": (2, 8),
        "sections": (2, 1, 1),
        "eyes": {"hidden_size": 16, "intermediate_size": 32, "depth": 2, "num_heads": 2},
        "deepstack": (0,),
        "pixels": (32 * 32, 64 * 64),
        "dino": {"hidden_size": 16, "num_hidden_layers": 4, "num_attention_heads": 2},
        "dino_side": 56,
        "neck": ((4, 8, 12, 16), 8, 4, 16),
    },
}


def make(folder: Path, size: str = "hub") -> Path:
    """Make the checkpoints and the preset; they are saved in bfloat16.

    Args:
        folder: is made if it is not there.
        size: `hub`, or `tiny` for tests.

    Returns:
        The preset's file.
    """
    sizes = SIZES[size]
    torchvision_ops.install()
    torch.manual_seed(0)
    roles = {"detector": owl, "clip": clip, "vlm": qwen, "depth": depth_anything}
    for role, build in roles.items():
        with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
            model, processor = build(sizes)
        model.to(torch.bfloat16).save_pretrained(folder / role)
        processor.save_pretrained(folder / role)
        del model
    preset: dict[str, Any] = {"description": f"random weights of the size {size}, for measuring speed"}
    # No random score comes near this threshold: thousands of boxes would be sorted that no trained model gives.
    preset["detector"] = {"checkpoint": "./detector", "threshold": 0.95, "batch_size": 8, "cache_mb": 2048}
    preset["clip"] = {"checkpoint": "./clip", "batch_size": 64}
    preset["vlm"] = {"checkpoint": "./vlm", "batch_size": 16, "max_new_tokens": ANSWER_TOKENS}
    preset["depth"] = {"checkpoint": "./depth", "batch_size": 16, "orientation": "disparity", "cache_mb": 1024}
    path = folder / "preset.yaml"
    path.write_text(yaml.safe_dump(preset, sort_keys=False))
    return path


def owl(sizes: dict[str, Any]) -> tuple[Any, Any]:
    """As google/owlv2-base-patch16-ensemble."""
    import transformers as t

    side = sizes["owl_side"]
    config = t.Owlv2Config(
        text_config={**sizes["text"], **_ends(sizes), "max_position_embeddings": 16},
        vision_config={**sizes["owl"], "image_size": side, "patch_size": 16},
        projection_dim=sizes["text"]["hidden_size"],
    )
    images = t.Owlv2ImageProcessor(size={"height": side, "width": side})
    return t.Owlv2ForObjectDetection(config), t.Owlv2Processor(images, letters_of_clip(16))


def clip(sizes: dict[str, Any]) -> tuple[Any, Any]:
    """As openai/clip-vit-large-patch14."""
    import transformers as t

    side = sizes["clip_side"]
    text = {**sizes["clip_text"], "num_attention_heads": sizes["clip_text"]["hidden_size"] // 8 // 8 or 2}
    config = t.CLIPConfig(
        text_config={**text, **_ends(sizes), "max_position_embeddings": 77},
        vision_config={**sizes["clip"], "image_size": side, "patch_size": 14},
        projection_dim=sizes["clip_width"],
    )
    images = t.CLIPImageProcessor(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    return t.CLIPModel(config), t.CLIPProcessor(images, letters_of_clip(77))


def qwen(sizes: dict[str, Any]) -> tuple[Any, Any]:
    """As Qwen/Qwen3-VL-2B-Instruct."""
    import transformers as t

    tokens = ("<|image_pad|>", "<|video_pad|>", "<|vision_start|>", "<|vision_end|>")
    tokenizer = letters_of_qwen(*tokens)
    ids = [tokenizer.convert_tokens_to_ids(token) for token in tokens]
    patch = 16 if sizes["eyes"]["depth"] > 2 else 8
    config = t.Qwen3VLConfig(
        text_config={
            **sizes["language"],
            "vocab_size": sizes["language_vocabulary"],
            "num_key_value_heads": sizes["heads"][0],
            "head_dim": sizes["heads"][1],
            "pad_token_id": 0,
            "rope_parameters": {
                "rope_type": "default",
                "mrope_section": list(sizes["sections"]),
                "rope_theta": 5_000_000.0,
            },
        },
        vision_config={
            **sizes["eyes"],
            "patch_size": patch,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "out_hidden_size": sizes["language"]["hidden_size"],
            "num_position_embeddings": 2304,
            "deepstack_visual_indexes": list(sizes["deepstack"]),
        },
        image_token_id=ids[0],
        video_token_id=ids[1],
        vision_start_token_id=ids[2],
        vision_end_token_id=ids[3],
        pad_token_id=0,
        tie_word_embeddings=True,
    )
    size = dict(zip(("shortest_edge", "longest_edge"), sizes["pixels"], strict=True))
    images = t.Qwen2VLImageProcessor(patch_size=patch, merge_size=2, temporal_patch_size=2, size=size)
    video = t.Qwen3VLVideoProcessor(patch_size=patch, merge_size=2, temporal_patch_size=2)
    model = t.Qwen3VLForConditionalGeneration(config)
    return model, t.Qwen3VLProcessor(images, tokenizer, video, chat_template=TEMPLATE)


def depth_anything(sizes: dict[str, Any]) -> tuple[Any, Any]:
    """As depth-anything/Depth-Anything-V2-Small-hf."""
    import transformers as t

    neck, fusion, head, reassembled = sizes["neck"]
    layers, side = sizes["dino"]["num_hidden_layers"], sizes["dino_side"]
    config = t.DepthAnythingConfig(
        backbone_config=t.Dinov2Config(
            **sizes["dino"],
            image_size=side,
            patch_size=14,
            out_features=[f"stage{layers * quarter // 4}" for quarter in (1, 2, 3, 4)],
            reshape_hidden_states=False,
            apply_layernorm=True,
        ),
        reassemble_hidden_size=reassembled,
        patch_size=14,
        neck_hidden_sizes=list(neck),
        fusion_hidden_size=fusion,
        head_hidden_size=head,
    )
    images = t.DPTImageProcessor(size={"height": side, "width": side}, ensure_multiple_of=14, keep_aspect_ratio=True)
    return t.DepthAnythingForDepthEstimation(config), images


def letters_of_clip(length: int) -> CLIPTokenizer:
    """CLIP's tokenizer without its words."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={word: i for i, word in enumerate(words)}, merges=[], model_max_length=length)


def letters_of_qwen(image: str, video: str, start: str, end: str) -> PreTrainedTokenizerFast:
    """Qwen's tokenizer without its words."""
    words = ["<pad>", "<|im_start|>", "<|im_end|>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(BPE(vocab={word: i for i, word in enumerate(words)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        model_input_names=["input_ids", "attention_mask"],
        chat_template=TEMPLATE,
        extra_special_tokens={
            "image_token": image,
            "video_token": video,
            "vision_bos_token": start,
            "vision_eos_token": end,
        },
    )
    fast.add_tokens([image, video, start, end], special_tokens=True)
    return fast


def _ends(sizes: dict[str, Any]) -> dict[str, int]:
    """Ids of the first and last token of a text, which are the last two words of the tokenizer."""
    words = len(letters_of_clip(16))
    return {"vocab_size": sizes["vocabulary"], "bos_token_id": words - 2, "eos_token_id": words - 1}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=sorted(SIZES), default="hub")
    options = parser.parse_args()
    print(f"made; the preset is {make(options.folder, options.size)}")


if __name__ == "__main__":
    main()
