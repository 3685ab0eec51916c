"""The embedded SAM: the parts of the `segment_anything` package at a small size (Kirillov et al., "Segment Anything",
ICCV 2023).

Its image encoder sees patches through the detector's feature pyramid instead of one large convolution: "Early
Convolutions Help Transformers See Better" (Xiao et al., NeurIPS 2021), and what the pyramid knows of things is a good
start. And it looks at a window around the thing instead of the whole picture (`zoom`): on a map of 128 x 128 for a
picture a thing of 30 pixels has an outline of a few cells.
"""

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from models.embedded.proposals import FeaturePyramid

CONFIG: dict[str, Any] = {
    "model_type": "sam",
    "image_size": 128,
    "zoom": 1.4,
    "widths": [48, 96, 160, 192],
    "head": 64,
    "depth": 2,
    "num_heads": 2,
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


class PyramidPatches(nn.Module):
    """In place of SAM's `PatchEmbed`: `(B, 3, H, W)` to `(B, H/8, W/8, C)` by the detector's feature pyramid.

    Args:
        widths: channels at strides 4, 8, 16 and 32.
        head: channels of the result.
    """

    def __init__(self, widths: Sequence[int], head: int) -> None:
        super().__init__()
        self.pyramid = FeaturePyramid(widths, head)

    def forward(self, pixels: Tensor) -> Tensor:
        return self.pyramid.features(pixels).permute(0, 2, 3, 1)


def build_sam(config: dict[str, Any]) -> Any:
    """A `segment_anything.modeling.Sam` with fresh weights.

    Args:
        config: constants as in `CONFIG`, all of them.

    Raises:
        KeyError: a constant is missing.
    """
    from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

    side, width, prompts = config["image_size"], config["head"], config["prompt_embed_dim"]
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
    encoder.patch_embed = PyramidPatches(config["widths"], width)
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
