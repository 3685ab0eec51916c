"""The two towers that the embedded specialists share: a convolutional vision tower and a small text tower.

Both are ordinary transformers models with registered configurations (`sight-vision`, `sight-text`), so that stock
classes (`VisionTextDualEncoderModel`, `LlavaForConditionalGeneration`) build them through the Auto classes.

The vision tower is a small ResNet (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016) of stride 8:
at this size it learns from tens of times fewer pictures than a vision transformer does.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPooling


class ConvNorm(nn.Sequential):
    """Convolution without bias, batch normalisation and, if `active`, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1, active: bool = True) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2 if stride < kernel else 0, bias=False),
            nn.BatchNorm2d(outputs),
            *([nn.ReLU(inplace=True)] if active else []),
        )


class Residual(nn.Module):
    """Two 3x3 convolutions with a skip connection; a bottleneck of `hidden` channels if that is given."""

    def __init__(self, width: int, hidden: int | None = None) -> None:
        super().__init__()
        if hidden is None:
            layers = [ConvNorm(width, width), ConvNorm(width, width, active=False)]
        else:
            narrow = ConvNorm(width, hidden, 1), ConvNorm(hidden, hidden)
            layers = [*narrow, ConvNorm(hidden, width, 1, active=False)]
        nn.init.zeros_(layers[-1][1].weight)  # type: ignore[arg-type]  # starts as the identity, which trains faster
        self.body = nn.Sequential(*layers)

    def forward(self, features: Tensor) -> Tensor:
        return torch.relu(features + self.body(features))


class SightVisionConfig(PreTrainedConfig):
    """Shape of the vision tower.

    Args:
        image_size: side of the square input in pixels, a multiple of `patch_size`. The weights fit any size.
        widths: channels at strides 2, 4, 8 and so on. The last is the hidden size, and its stride `patch_size`.
        depths: residual blocks at each stride from 4 on.
        gather_width: channels of what a `Gather` adds to the mean of the grid; 0 for none, which leaves the mean.
        gather_layers: transformer layers in it.
        gather_heads: of those layers and of its last look at the grid.
    """

    model_type = "sight-vision"

    def __init__(
        self,
        image_size: int = 32,
        widths: Sequence[int] = (32, 128, 256),
        depths: Sequence[int] = (1, 2),
        gather_width: int = 0,
        gather_layers: int = 1,
        gather_heads: int = 8,
        **kwargs: Any,
    ) -> None:
        self.gather_width = gather_width
        self.gather_layers = gather_layers
        self.gather_heads = gather_heads
        self.image_size = image_size
        self.widths = list(widths)
        self.depths = list(depths)
        self.hidden_size = self.widths[-1]
        self.patch_size = 2 ** len(self.widths)
        kwargs.pop("hidden_size", None)
        kwargs.pop("patch_size", None)
        super().__init__(**kwargs)


class Gather(nn.Module):
    """What a grid shows beyond its mean, in which a few small things on a wide ground hardly count.

    Cells look at each other in a few transformer layers, so that a thing of many cells can speak once; then each head
    takes the mean of the cells that it picks (a softmax over them). It starts as zero: a tower that gets one gives the
    same vectors as before, until it has learned.
    """

    def __init__(self, channels: int, width: int, layers: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.enter = nn.Sequential(nn.LayerNorm(channels), nn.Linear(channels, width))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, heads, 2 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
            )
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)
        self.pick = nn.Linear(width, heads)
        self.value = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, channels))
        self.leave = nn.Linear(channels, channels)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, grid: Tensor) -> Tensor:
        """`(B, C, H, W)` to `(B, C)`."""
        height, width = grid.shape[2:]
        cells = self.enter(grid.flatten(2).transpose(1, 2))
        cells = cells + 0.3 * places(height, width, cells.shape[-1], grid.device).to(cells.dtype)
        for layer in self.layers:
            cells = layer(cells)
        cells = self.norm(cells)
        share = self.pick(cells).softmax(1)
        value = self.value(cells).unflatten(2, (self.heads, -1))
        gathered: Tensor = self.leave(torch.einsum("bnh,bnhc->bhc", share.to(value.dtype), value).flatten(1))
        return gathered


def places(height: int, width: int, channels: int, device: torch.device) -> Tensor:
    """Where each cell of a grid is, `(height * width, channels)`: sines and cosines of its row and of its column, as
    shares of the picture."""
    rates = torch.logspace(0, math.log10(12 * math.pi), channels // 4, device=device)

    def waves(count: int) -> Tensor:
        angles = (torch.arange(count, device=device) + 0.5)[:, None] / count * rates
        return torch.cat((angles.sin(), angles.cos()), 1)

    rows, columns = waves(height)[:, None], waves(width)[None]
    both = torch.cat((rows.expand(-1, width, -1), columns.expand(height, -1, -1)), -1)
    return both.flatten(0, 1)


class SightVisionModel(PreTrainedModel):
    """Pixels to a grid of features, and one vector: their mean, and what a `Gather` adds to it if there is one."""

    config_class = SightVisionConfig
    main_input_name = "pixel_values"

    def __init__(self, config: SightVisionConfig) -> None:
        super().__init__(config)
        first = config.widths[0]
        layers: list[nn.Module] = [ConvNorm(3, first, stride=2), ConvNorm(first, first)]
        for before, width, depth in zip(config.widths[:-1], config.widths[1:], config.depths, strict=True):
            layers += [ConvNorm(before, width, stride=2), *(Residual(width) for _ in range(depth))]
        self.layers = nn.Sequential(*layers)
        self.gather: Gather | None = None
        if config.gather_width:
            shape = config.gather_width, config.gather_layers, config.gather_heads
            self.gather = Gather(config.hidden_size, *shape)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Keep the initialisation that the layers gave themselves."""

    def forward(self, pixel_values: Tensor, **kwargs: Any) -> BaseModelOutputWithPooling:
        """Encode pictures.

        Args:
            pixel_values: `(B, 3, H, W)` float, normalised to about -1 to 1; `H` and `W` multiples of P, `patch_size`.
                Or tokens `(B, N, C)` that this method gave before; nothing is gathered from them.

        Returns:
            `last_hidden_state` `(B, H/P * W/P, C)`, row by row; `pooler_output` `(B, C)`, their mean and what is
            gathered; `hidden_states`, a tuple that holds the last hidden state only.
        """
        if pixel_values.ndim == 3:
            tokens, pooled = pixel_values, pixel_values.mean(1)
        else:
            grid = self.layers(pixel_values.contiguous(memory_format=torch.channels_last))
            tokens, pooled = grid.flatten(2).transpose(1, 2), grid.mean((2, 3))
            if self.gather is not None:
                pooled = pooled + self.gather(grid)
        return BaseModelOutputWithPooling(last_hidden_state=tokens, pooler_output=pooled, hidden_states=(tokens,))


class SightTextConfig(PreTrainedConfig):
    """Shape of the text tower: `num_hidden_layers` transformer layers of width `hidden_size` over `max_length`
    tokens."""

    model_type = "sight-text"

    def __init__(
        self,
        vocab_size: int = 2048,
        hidden_size: int = 128,
        num_hidden_layers: int = 2,
        num_attention_heads: int = 4,
        max_length: int = 24,
        pad_token_id: int = 0,
        **kwargs: Any,
    ) -> None:
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.num_hidden_layers = num_hidden_layers
        self.num_attention_heads = num_attention_heads
        self.max_length = max_length
        super().__init__(pad_token_id=pad_token_id, **kwargs)


class SightTextModel(PreTrainedModel):
    """Tokens of a phrase to one vector: a pre-norm transformer encoder and the mean over its tokens."""

    config_class = SightTextConfig
    main_input_name = "input_ids"

    def __init__(self, config: SightTextConfig) -> None:
        super().__init__(config)
        width = config.hidden_size
        self.tokens = nn.Embedding(config.vocab_size, width)
        self.positions = nn.Parameter(torch.randn(config.max_length, width) * 0.1)
        layer = nn.TransformerEncoderLayer(
            width,
            config.num_attention_heads,
            4 * width,
            dropout=0.0,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.encoder = nn.TransformerEncoder(layer, config.num_hidden_layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Keep the initialisation that the layers gave themselves."""

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, **kwargs: Any
    ) -> BaseModelOutputWithPooling:
        """Encode phrases.

        Args:
            input_ids: `(K, L)` int64; what is longer than `max_length` is cut.
            attention_mask: `(K, L)`, 1 for tokens and 0 for padding. All tokens count if it is not given.

        Returns:
            `last_hidden_state` `(K, L, C)` and `pooler_output` `(K, C)`, the mean over the tokens.
        """
        input_ids = input_ids[:, : self.config.max_length]
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask[:, : self.config.max_length]
        hidden = self.tokens(input_ids) + self.positions[: input_ids.shape[1]]
        hidden = self.norm(self.encoder(hidden, src_key_padding_mask=mask == 0))
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)
        return BaseModelOutputWithPooling(last_hidden_state=hidden, pooler_output=pooled)


def read_longer(tower: SightTextModel, length: int) -> None:
    """Room for texts of so many tokens. New places start near the mean of those that were there."""
    kept = tower.positions.data
    if length > len(kept):
        new = kept.mean(0) + 0.02 * torch.randn(length - len(kept), kept.shape[1])
        tower.positions = nn.Parameter(torch.cat((kept, new)))
        tower.config.max_length = length
