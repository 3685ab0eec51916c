"""Tiny random checkpoints of the true architectures, saved to a folder in the format that the hub uses."""

import string
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import BertTokenizerFast, CLIPTokenizer, PreTrainedTokenizerFast

from models.picture import Picture

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{% if m['content'] is string %}{{ m['content'] }}{% else %}"
    "{% for c in m['content'] %}{% if c['type'] == 'image' %}IMAGE{% else %}{{ c['text'] }}{% endif %}{% endfor %}"
    "{% endif %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def picture(seed: int = 0, width: int = 64, height: int = 48) -> Picture:
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return Picture.from_image(Image.fromarray(pixels), name=f"noise {seed}")


def letters() -> list[str]:
    return sorted(pre_tokenizers.ByteLevel.alphabet())


def clip_tokenizer(length: int = 16) -> CLIPTokenizer:
    words = [*letters(), *(f"{c}</w>" for c in letters()), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={word: i for i, word in enumerate(words)}, merges=[], model_max_length=length)


def bert_tokenizer() -> BertTokenizerFast:
    vocab = {f"[unused{i}]": i for i in range(1100)}
    fixed = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103, ".": 1012, "?": 1029}
    fixed |= {c: 200 + i for i, c in enumerate(string.ascii_lowercase)}
    fixed |= {f"##{c}": 300 + i for i, c in enumerate(string.ascii_lowercase)}
    by_id = {i: word for word, i in vocab.items()} | {i: word for word, i in fixed.items()}
    return BertTokenizerFast(vocab={word: i for i, word in by_id.items()})


def chat_tokenizer(*extra: str, template: str | None = CHATML, **named: str) -> PreTrainedTokenizerFast:
    """Byte-level, with `extra` tokens and `named` ones (such as `image_token="<image>"`)."""
    special = ["<pad>", "<|im_start|>", "<|im_end|>"]
    words = [*special, *letters()]
    tokenizer = Tokenizer(BPE(vocab={word: i for i, word in enumerate(words)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        model_input_names=["input_ids", "attention_mask"],
        chat_template=template,
        extra_special_tokens=named or None,
    )
    fast.add_tokens(list(extra), special_tokens=True)
    return fast


def save(folder: Path, *parts: Any) -> Path:
    for part in parts:
        part.save_pretrained(folder)
    return folder


def text_size(**more: Any) -> dict[str, Any]:
    return {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, **more}


def ends(vocab: int) -> dict[str, int]:
    return {"vocab_size": vocab, "bos_token_id": vocab - 2, "eos_token_id": vocab - 1}


def owl(folder: Path, version: int) -> Path:
    import transformers as t

    name = "OwlViT" if version == 1 else "Owlv2"
    vocab = len(clip_tokenizer())
    config = getattr(t, f"{name}Config")(
        text_config=text_size(**ends(vocab), max_position_embeddings=16),
        vision_config=text_size(image_size=64, patch_size=16),
        projection_dim=16,
    )
    torch.manual_seed(version)
    model = getattr(t, f"{name}ForObjectDetection")(config)
    with torch.no_grad():  # random boxes would be points in the corners
        model.box_head.dense2.weight *= 0.02
        model.box_head.dense2.bias.zero_()
    images = getattr(t, f"{name}ImageProcessor")(size={"height": 64, "width": 64})
    return save(folder, model, getattr(t, f"{name}Processor")(images, clip_tokenizer()))


def grounding_dino(folder: Path) -> Path:
    import transformers as t

    torch.manual_seed(0)
    config = t.GroundingDinoConfig(
        backbone_config=t.SwinConfig(
            image_size=64, embed_dim=8, depths=[1, 1, 1, 1], num_heads=[1, 1, 2, 2], window_size=4,
            out_features=["stage2", "stage3", "stage4"],
        ),
        text_config=t.BertConfig(vocab_size=1100, **text_size(), max_position_embeddings=64),
        d_model=32, encoder_layers=1, decoder_layers=2, encoder_ffn_dim=32, decoder_ffn_dim=32,
        encoder_attention_heads=2, decoder_attention_heads=2, num_queries=12, max_text_len=32,
        num_feature_levels=4, encoder_n_points=2, decoder_n_points=2,
    )  # fmt: skip
    model = t.GroundingDinoForObjectDetection(config)
    images = t.GroundingDinoImageProcessor(size={"shortest_edge": 64, "longest_edge": 96})
    return save(folder, model, t.GroundingDinoProcessor(images, bert_tokenizer()))


def sight_detector(folder: Path) -> Path:
    from models.embedded import architectures
    from models.embedded.detector import SightDetectorConfig, SightDetectorForObjectDetection
    from models.embedded.processing import SightDetectorProcessor

    assert architectures
    torch.manual_seed(0)
    tokenizer = chat_tokenizer(template=None)
    config = SightDetectorConfig(
        vision_config={"image_size": 16, "widths": [4, 8, 16], "depths": [1, 1]},
        text_config={"vocab_size": len(tokenizer), "hidden_size": 16, "num_attention_heads": 2, "max_length": 24},
        projection_dim=8, proposal_widths=[8, 8, 8, 8], image_size=64, region_size=16, proposal_threshold=0.0,
        max_proposals=20, threshold=0.0,
    )  # fmt: skip
    model = SightDetectorForObjectDetection(config)
    return save(folder, model, SightDetectorProcessor.of(tokenizer, 64))


def clip(folder: Path) -> Path:
    import transformers as t

    vocab = len(clip_tokenizer())
    torch.manual_seed(0)
    config = t.CLIPConfig(
        text_config=text_size(**ends(vocab), max_position_embeddings=24),
        vision_config=text_size(image_size=32, patch_size=8),
        projection_dim=16,
    )
    images = t.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    return save(folder, t.CLIPModel(config), t.CLIPProcessor(images, clip_tokenizer(24)))


def siglip2(folder: Path) -> Path:
    import transformers as t

    tokenizer = chat_tokenizer(template=None)
    torch.manual_seed(0)
    config = t.Siglip2Config(
        text_config=text_size(vocab_size=len(tokenizer), max_position_embeddings=24, projection_size=16),
        vision_config=text_size(num_patches=16, patch_size=8),
    )
    images = t.Siglip2ImageProcessor(patch_size=8, max_num_patches=16)
    return save(folder, t.Siglip2Model(config), t.Siglip2Processor(images, tokenizer))


def sam(size: int = 64) -> Any:
    """As `segment_anything.build_sam`, with small constants."""
    from functools import partial

    from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

    torch.manual_seed(0)
    return Sam(
        image_encoder=ImageEncoderViT(
            depth=2, embed_dim=16, img_size=size, mlp_ratio=2, norm_layer=partial(torch.nn.LayerNorm, eps=1e-6),
            num_heads=2, patch_size=16, qkv_bias=True, use_rel_pos=True, global_attn_indexes=[1], window_size=2,
            out_chans=16,
        ),
        prompt_encoder=PromptEncoder(
            embed_dim=16, image_embedding_size=(size // 16, size // 16), input_image_size=(size, size), mask_in_chans=4
        ),
        mask_decoder=MaskDecoder(
            num_multimask_outputs=3,
            transformer=TwoWayTransformer(depth=1, embedding_dim=16, mlp_dim=32, num_heads=2),
            transformer_dim=16,
        ),
    )  # fmt: skip


def smolvlm(folder: Path) -> Path:
    import transformers as t

    tokens = ("<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>")
    tokenizer = chat_tokenizer(
        *tokens, *(f"<row_{r}_col_{c}>" for r in (1, 2) for c in (1, 2)),
        template=CHATML.replace("IMAGE", "<image>"), image_token=tokens[0], fake_image_token=tokens[1],
        global_image_token=tokens[2], end_of_utterance_token=tokens[3],
    )  # fmt: skip
    torch.manual_seed(0)
    config = t.SmolVLMConfig(
        text_config=t.LlamaConfig(vocab_size=len(tokenizer), **text_size(num_key_value_heads=2), pad_token_id=0),
        vision_config=text_size(image_size=32, patch_size=8),
        scale_factor=2,
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        pad_token_id=0,
    )
    images = t.SmolVLMImageProcessor(
        size={"longest_edge": 32}, max_image_size={"longest_edge": 32}, do_image_splitting=False
    )
    video = t.SmolVLMVideoProcessor(size={"longest_edge": 32}, max_image_size={"longest_edge": 32})
    processor = t.SmolVLMProcessor(images, tokenizer, video, image_seq_len=4, chat_template=tokenizer.chat_template)
    return save(folder, t.SmolVLMForConditionalGeneration(config), processor)


def qwen3_vl(folder: Path) -> Path:
    import transformers as t

    tokens = ("<|image_pad|>", "<|video_pad|>", "<|vision_start|>", "<|vision_end|>")
    template = CHATML.replace("IMAGE", "<|vision_start|><|image_pad|><|vision_end|>")
    tokenizer = chat_tokenizer(
        *tokens, template=template, image_token=tokens[0], video_token=tokens[1], vision_bos_token=tokens[2],
        vision_eos_token=tokens[3],
    )  # fmt: skip
    ids = [tokenizer.convert_tokens_to_ids(token) for token in tokens]
    torch.manual_seed(0)
    config = t.Qwen3VLConfig(
        text_config=text_size(
            vocab_size=len(tokenizer), num_key_value_heads=2, head_dim=8, pad_token_id=0,
            rope_parameters={"rope_type": "default", "mrope_section": [2, 1, 1], "rope_theta": 10000.0},
        ),
        vision_config={
            "depth": 2, "hidden_size": 16, "intermediate_size": 32, "num_heads": 2, "patch_size": 8,
            "spatial_merge_size": 2, "temporal_patch_size": 2, "out_hidden_size": 16, "num_position_embeddings": 16,
            "deepstack_visual_indexes": [0],
        },
        image_token_id=ids[0], video_token_id=ids[1], vision_start_token_id=ids[2], vision_end_token_id=ids[3],
        pad_token_id=0,
    )  # fmt: skip
    size = {"shortest_edge": 16 * 16, "longest_edge": 64 * 64}
    images = t.Qwen2VLImageProcessor(patch_size=8, merge_size=2, temporal_patch_size=2, size=size)
    video = t.Qwen3VLVideoProcessor(patch_size=8, merge_size=2, temporal_patch_size=2)
    processor = t.Qwen3VLProcessor(images, tokenizer, video, chat_template=template)
    return save(folder, t.Qwen3VLForConditionalGeneration(config), processor)


def llava(folder: Path) -> Path:
    import transformers as t

    template = CHATML.replace("IMAGE", "<image>")
    tokenizer = chat_tokenizer("<image>", template=template, image_token="<image>")
    torch.manual_seed(0)
    config = t.LlavaConfig(
        text_config=t.LlamaConfig(vocab_size=len(tokenizer), **text_size(num_key_value_heads=2), pad_token_id=0),
        vision_config=t.CLIPVisionConfig(**text_size(image_size=32, patch_size=8)),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        image_seq_length=16,
    )
    images = t.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    processor = t.LlavaProcessor(
        images, tokenizer, patch_size=8, vision_feature_select_strategy="default", num_additional_image_tokens=1,
        chat_template=template,
    )  # fmt: skip
    return save(folder, t.LlavaForConditionalGeneration(config), processor)


def paligemma(folder: Path) -> Path:
    """Without a chat template, as the real one."""
    import transformers as t

    tokenizer = chat_tokenizer("<image>", template=None, image_token="<image>")
    images = t.SiglipImageProcessor(size={"height": 32, "width": 32}, image_seq_length=16)
    images.image_seq_length = 16
    processor = t.PaliGemmaProcessor(images, tokenizer)
    torch.manual_seed(0)
    config = t.PaliGemmaConfig(
        text_config=t.GemmaConfig(
            vocab_size=len(processor.tokenizer), **text_size(num_key_value_heads=2, head_dim=8), pad_token_id=0,
            bos_token_id=1, eos_token_id=2,
        ),
        vision_config=t.SiglipVisionConfig(**text_size(image_size=32, patch_size=8), vision_use_head=False),
        image_token_index=processor.image_token_id,
        projection_dim=16,
    )  # fmt: skip
    return save(folder, t.PaliGemmaForConditionalGeneration(config), processor)


def depth_anything(folder: Path) -> Path:
    import transformers as t

    torch.manual_seed(0)
    config = t.DepthAnythingConfig(
        backbone_config=t.Dinov2Config(
            hidden_size=16, num_hidden_layers=4, num_attention_heads=2, image_size=56, patch_size=14,
            out_features=["stage1", "stage2", "stage3", "stage4"], reshape_hidden_states=False, apply_layernorm=True,
        ),
        reassemble_hidden_size=16, patch_size=14, neck_hidden_sizes=[4, 8, 12, 16], fusion_hidden_size=8,
        head_hidden_size=4,
    )  # fmt: skip
    images = t.DPTImageProcessor(size={"height": 56, "width": 56}, ensure_multiple_of=14, keep_aspect_ratio=True)
    return save(folder, t.DepthAnythingForDepthEstimation(config), images)


def llama(folder: Path, **more: Any) -> Path:
    import transformers as t

    tokenizer = chat_tokenizer()
    torch.manual_seed(3)
    config = t.LlamaConfig(
        vocab_size=len(tokenizer), pad_token_id=0, bos_token_id=1, eos_token_id=2,
        **{**text_size(num_key_value_heads=2, max_position_embeddings=256), **more},
    )  # fmt: skip
    return save(folder, t.LlamaForCausalLM(config), tokenizer)


def adapter(folder: Path, base: Path, scale: float) -> Path:
    """A LoRA adapter on all linear layers of a tiny Llama, far enough from zero to change what it says."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(7)
    model = get_peft_model(
        AutoModelForCausalLM.from_pretrained(base), LoraConfig(r=4, lora_alpha=8, target_modules="all-linear")
    )
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=scale)
    return save(folder, model)


def gguf_of(folder: Path, file: Path) -> Path:
    """The GGUF file, in float32, of a tiny Llama checkpoint."""
    import gguf
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    config = model.config
    writer = gguf.GGUFWriter(file, arch="llama")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    words = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
    writer.add_vocab_size(len(words))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(words)
    writer.add_token_types([3 if word in tokenizer.all_special_tokens else 1 for word in words])
    writer.add_token_merges(["Ā ā"])  # llama.cpp wants one at least; these two bytes are in no text
    writer.add_bos_token_id(config.bos_token_id)
    writer.add_eos_token_id(config.eos_token_id)
    writer.add_pad_token_id(config.pad_token_id)
    writer.add_add_bos_token(False)
    writer.add_chat_template(tokenizer.chat_template)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    for name, weight in model.state_dict().items():
        stem = name.removesuffix(".weight")
        array = weight.numpy()
        if (count := heads.get(stem.rsplit(".", 1)[-1])) is not None:  # as llama.cpp's own converter orders the rows
            array = array.reshape(count, 2, array.shape[0] // count // 2, -1).swapaxes(1, 2).reshape(array.shape)
        writer.add_tensor(f"{names.get_name(stem)}.weight", np.ascontiguousarray(array))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def stable_diffusion(folder: Path, channels: int = 9) -> Path:
    """A Stable Diffusion pipeline with random weights; its UNet takes nine channels (made for inpainting) or four."""
    from diffusers import (
        AutoencoderKL,
        DDIMScheduler,
        StableDiffusionInpaintPipeline,
        StableDiffusionPipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(0)
    tokenizer = clip_tokenizer()
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=16,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    unet = UNet2DConditionModel(
        sample_size=16,
        in_channels=channels,
        out_channels=4,
        block_out_channels=(32, 64),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=32,
    )
    vae = AutoencoderKL(
        block_out_channels=(32, 64),
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
        up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
        latent_channels=4,
    )
    kind = StableDiffusionInpaintPipeline if channels == 9 else StableDiffusionPipeline
    pipeline = kind(
        vae=vae,
        text_encoder=CLIPTextModel(text),
        tokenizer=tokenizer,
        unet=unet,
        scheduler=DDIMScheduler(steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder)
    return folder
