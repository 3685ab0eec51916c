"""The embedded depth estimator: from a picture, how far each of its pixels is.

Registered as `sight-depth` with `AutoModelForDepthEstimation`: the detector's feature pyramid, and depth at stride 2 by
a sub-pixel convolution (Shi et al., CVPR 2016). It answers as all models of that class do; larger is farther.
"""

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F
from transformers import DPTImageProcessor, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import DepthEstimatorOutput

from models.embedded.proposals import FeaturePyramid
from models.embedded.tower import Residual

SIDE = 256
"""Of the square that pictures are resized to, in pixels."""


class SightDepthConfig(PreTrainedConfig):
    """Shape of the depth estimator.

    Args:
        widths: channels of the pyramid at strides 4, 8, 16 and 32.
        head: channels of its merged map.
        mean_depth: what the untrained model answers.
    """

    model_type = "sight-depth"

    def __init__(
        self,
        widths: Sequence[int] = (48, 96, 160, 192),
        head: int = 64,
        mean_depth: float = 7.0,
        **kwargs: Any,
    ) -> None:
        self.widths = list(widths)
        self.head = head
        self.mean_depth = mean_depth
        super().__init__(**kwargs)


class SightDepthForDepthEstimation(PreTrainedModel):
    """Depth of every pixel."""

    config_class = SightDepthConfig
    main_input_name = "pixel_values"

    def __init__(self, config: SightDepthConfig) -> None:
        super().__init__(config)
        self.pyramid = FeaturePyramid(config.widths, config.head)
        self.refine = Residual(config.head)
        self.depth = nn.Conv2d(config.head, 16, 1)
        nn.init.normal_(self.depth.weight, std=0.01)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Keep the initialisation that the layers gave themselves."""

    def forward(self, pixel_values: Tensor, **kwargs: Any) -> DepthEstimatorOutput:
        """Estimate depth.

        Args:
            pixel_values: `(B, 3, H, W)` float, normalised; `H` and `W` multiples of 32.

        Returns:
            `predicted_depth` `(B, H, W)` float, in the units of the world: 1 at the lower edge, 12 for the sky.
        """
        fine = F.pixel_shuffle(self.depth(self.refine(self.pyramid.features(pixel_values))), 4)
        full = F.interpolate(fine.float(), scale_factor=2.0, mode="bilinear", align_corners=False).squeeze(1)
        return DepthEstimatorOutput(predicted_depth=full * 4 + self.config.mean_depth)


def image_processor() -> DPTImageProcessor:
    """Resizes pictures to the square, and depth back to the size of the picture."""
    return DPTImageProcessor(
        size={"height": SIDE, "width": SIDE},
        keep_aspect_ratio=False,
        do_pad=False,
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.5, 0.5, 0.5],
    )
