"""The embedded SAM: the parts of the `segment_anything` package at a small size (Kirillov et al., "Segment Anything",
ICCV 2023).

Its image encoder sees patches through a few convolutions instead of one: "Early Convolutions Help Transformers See
Better" (Xiao et al., NeurIPS 2021), and at this size they help a great deal.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from models.embedded.tower import ConvNorm, Residual

CONFIG: dict[str, Any] = {
    "model_type": "sam",
    "image_size": 256,
    "widths": [32, 64, 128],
    "residual_blocks": 1,
    "depth": 2,
    "num_heads": 4,
    "mlp_ratio": 2.0,
    "window_size": 8,
    "global_attn_indexes": [],
    "prompt_embed_dim": 64,
    "decoder_depth": 1,
    "decoder_mlp_dim": 128,
    "decoder_heads": 2,
    "num_multimask_outputs": 3,
    "mask_in_chans": 8,
    "pixel_mean": [127.5, 127.5, 127.5],
    "pixel_std": [127.5, 127.5, 127.5],
}
"""Constructor constants of the shipped checkpoint, as in its config.json."""

_STRIDE = 8


class ConvPatches(nn.Module):
    """In place of SAM's `PatchEmbed`: `(B, 3, H, W)` to `(B, H/8, W/8, C)` by convolutions.

    Args:
        widths: channels at strides 2, 4 and 8.
        residual_blocks: at stride 8.
    """

    def __init__(self, widths: Sequence[int], residual_blocks: int) -> None:
        super().__init__()
        first, second, third = widths
        self.layers = nn.Sequential(
            ConvNorm(3, first, stride=2),
            ConvNorm(first, second, stride=2),
            Residual(second, second // 2),
            ConvNorm(second, third, stride=2),
            *(Residual(third) for _ in range(residual_blocks)),
        )

    def forward(self, pixels: Tensor) -> Tensor:
        grid: Tensor = self.layers(pixels.contiguous(memory_format=torch.channels_last))
        return grid.permute(0, 2, 3, 1)


def build_sam(config: dict[str, Any]) -> Any:
    """A `segment_anything.modeling.Sam` with fresh weights.

    Args:
        config: constants as in `CONFIG`, all of them.

    Raises:
        KeyError: a constant is missing.
    """
    from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

    side, width, prompts = config["image_size"], config["widths"][-1], config["prompt_embed_dim"]
    encoder = ImageEncoderViT(
        img_size=side,
        patch_size=_STRIDE,
        embed_dim=width,
        depth=config["depth"],
        num_heads=config["num_heads"],
        mlp_ratio=config["mlp_ratio"],
        out_chans=prompts,
        window_size=config["window_size"],
        global_attn_indexes=tuple(config["global_attn_indexes"]),
    )
    encoder.patch_embed = ConvPatches(config["widths"], config["residual_blocks"])
    return Sam(
        image_encoder=encoder,
        prompt_encoder=PromptEncoder(
            embed_dim=prompts,
            image_embedding_size=(side // _STRIDE, side // _STRIDE),
            input_image_size=(side, side),
            mask_in_chans=config["mask_in_chans"],
        ),
        mask_decoder=MaskDecoder(
            num_multimask_outputs=config["num_multimask_outputs"],
            transformer=TwoWayTransformer(
                depth=config["decoder_depth"],
                embedding_dim=prompts,
                mlp_dim=config["decoder_mlp_dim"],
                num_heads=config["decoder_heads"],
            ),
            transformer_dim=prompts,
            iou_head_depth=2,
            iou_head_hidden_dim=prompts,
        ),
        pixel_mean=config["pixel_mean"],
        pixel_std=config["pixel_std"],
    )
