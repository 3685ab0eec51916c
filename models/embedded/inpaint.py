"""The embedded inpainting pipeline: a `StableDiffusionInpaintPipeline` of diffusers (Rombach et al., "High-Resolution
Image Synthesis with Latent Diffusion Models", CVPR 2022) at a small size, which loads as any other checkpoint does.

Text encoder, tokenizer, sampler and pipeline are stock. Two modules are ours: stock ones of this size, trained for a
quarter of an hour on a processor, painted nothing but fog.

- `SightCodec`, in the place of the autoencoder: principal components of blocks of two by two pixels, and a small
  network that mends what they lose.
- `SightPainter`, in the place of the UNet. What a thing looks like is one thing to learn, and where it stands another:
  a perceptron turns the words into a *template* (a thing alone, 32 x 32 RGBA), which is put where the mask is (a
  spatial transformer; Jaderberg et al., NeurIPS 2015); a small convolutional network sees it beside the noisy latents,
  the mask and the surroundings, and predicts the clean latents. Noise reaches zero signal (Lin et al., "Common
  Diffusion Noise Schedules and Sample Steps Are Flawed", WACV 2024), so that a few steps are enough.
"""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.embeddings import get_timestep_embedding
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional as F

from models.embedded.world.lexicon import BACKGROUNDS, CATEGORIES, COLOURS, NOUNS, forms

SIDE = 64
"""Of the square that the model sees and paints, in pixels."""
CONTEXT = 4 / 3
"""Side of that square, in longest sides of the mask."""
WORDS = 12
"""Tokens of a prompt, its two ends included."""
NOTHING = ("background", "the background", "nothing", "empty background")
"""Prompts that take a thing away."""
SHARE = 0.92
"""Of the room that a mask leaves, what a painted thing fills."""
TEMPLATE = 32
"""Side of a template, in pixels."""


@dataclass
class Encoded:
    latents: Tensor


@dataclass
class Decoded:
    sample: Tensor


class SightCodec(ModelMixin, ConfigMixin):
    """Pictures to four channels at half their size, and back."""

    config_name = "config.json"

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        latent_channels: int = 4,
        block_out_channels: tuple[int, ...] = (4, 4),
        scaling_factor: float = 1.0,
        width: int = 24,
    ) -> None:
        super().__init__()
        self.analysis = nn.Conv2d(12, latent_channels, 1)
        self.synthesis = nn.Conv2d(latent_channels, 12, 1)
        self.mending = nn.Sequential(
            nn.Conv2d(latent_channels, width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(width, 12, 3, padding=1),
        )
        nn.init.zeros_(self.mending[-1].weight)  # type: ignore[arg-type]
        nn.init.zeros_(self.mending[-1].bias)  # type: ignore[arg-type]

    @torch.no_grad()
    def fit(self, images: Tensor) -> None:
        """Take the principal components of the blocks of these pictures, `(B, 3, H, W)` from -1 to 1."""
        blocks = F.pixel_unshuffle(images, 2).movedim(1, -1).reshape(-1, 12).double()
        mean = blocks.mean(0)
        values, vectors = torch.linalg.eigh((blocks - mean).T @ (blocks - mean) / len(blocks))
        deviations, axes = values.flip(0).sqrt()[:4], vectors.flip(1)[:, :4]
        # Between bare components, whose noise would drown the finer ones, and white ones, which all count the same.
        scales = (deviations * deviations[0]).sqrt()
        self.analysis.weight.copy_((axes / scales).T[:, :, None, None])
        self.analysis.bias.copy_(-(mean @ axes) / scales)  # type: ignore[union-attr]
        self.synthesis.weight.copy_((axes * scales)[:, :, None, None])
        self.synthesis.bias.copy_(mean)  # type: ignore[union-attr]

    def encode(self, images: Tensor, return_dict: bool = True) -> Encoded:
        """`(B, 3, H, W)` from -1 to 1 to `(B, 4, H/2, W/2)`."""
        return Encoded(self.analysis(F.pixel_unshuffle(images, 2)))

    def decode(self, latents: Tensor, return_dict: bool = True, **kwargs: Any) -> Any:
        """Back to pictures."""
        images = F.pixel_shuffle(self.synthesis(latents) + self.mending(latents), 2)
        return Decoded(images) if return_dict else (images,)

    def forward(self, images: Tensor) -> Any:
        return self.decode(self.encode(images).latents)


class Block(nn.Module):
    """Two convolutions with a skip connection, told of the time and the words by a scale and a shift."""

    def __init__(self, width: int, told: int) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.GroupNorm(8, width), nn.SiLU(), nn.Conv2d(width, width, 3, padding=1))
        self.norm = nn.GroupNorm(8, width)
        self.told = nn.Linear(told, 2 * width)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)  # type: ignore[arg-type]

    def forward(self, features: Tensor, told: Tensor) -> Tensor:
        scale, shift = self.told(told)[:, :, None, None].chunk(2, dim=1)
        hidden = self.norm(self.first(features)) * (1 + scale) + shift
        return features + self.second(F.silu(hidden))  # type: ignore[no-any-return]


class SightPainter(ModelMixin, ConfigMixin):
    """Noisy latents, mask and surroundings to clean latents, as the words say."""

    config_name = "config.json"

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        sample_size: int = SIDE // 2,
        in_channels: int = 9,
        out_channels: int = 4,
        text_size: int = 128,
        width: int = 40,
        deep: int = 64,
        hidden: int = 640,
        told: int = 128,
        time_cond_proj_dim: int | None = None,
    ) -> None:
        super().__init__()
        self.look = nn.Sequential(nn.Linear(text_size, hidden), nn.SiLU(), nn.Linear(hidden, 4 * TEMPLATE**2))
        self.shape = nn.Linear(text_size, 1)
        self.time = nn.Sequential(nn.Linear(64, told), nn.SiLU(), nn.Linear(told, told))
        self.words = nn.Linear(text_size, told)
        self.enter = nn.Conv2d(4 * in_channels + 16, width, 3, padding=1)
        self.before = nn.ModuleList(Block(width, told) for _ in range(1))
        self.down = nn.Conv2d(width, deep, 2, stride=2)
        self.middle = nn.ModuleList(Block(deep, told) for _ in range(2))
        self.up = nn.ConvTranspose2d(deep, width, 2, stride=2)
        self.after = nn.ModuleList(Block(width, told) for _ in range(1))
        self.leave = nn.Sequential(nn.GroupNorm(8, width), nn.SiLU(), nn.Conv2d(width, 4 * out_channels, 3, padding=1))
        self.direct = nn.Conv2d(4, out_channels, 1, bias=False)

    @torch.no_grad()
    def start(self, codec: SightCodec) -> None:
        """Make `direct` what the codec makes of blocks in one colour, weighted by how much they cover."""
        colour = codec.analysis.weight[:, :, 0, 0].unflatten(1, (3, 4)).sum(2)
        self.direct.weight[:, :3, 0, 0] = 2 * colour
        self.direct.weight[:, 3, 0, 0] = codec.analysis.bias - colour.sum(1)  # type: ignore[operator]

    def template(self, words: Tensor) -> tuple[Tensor, Tensor]:
        """What the words look like.

        Args:
            words: `(B, L, C)`, of the text encoder.

        Returns:
            `(B, 4, 32, 32)`, premultiplied RGBA from 0 to 1, the thing in the middle and as large as it can be; and
            `(B,)`, the logarithm of its width over its height.
        """
        meaning = words.mean(1)
        return self.look(meaning).unflatten(1, (4, TEMPLATE, TEMPLATE)), self.shape(meaning)[:, 0]

    def forward(
        self,
        sample: Tensor,
        timestep: Tensor | float | int,
        encoder_hidden_states: Tensor,
        return_dict: bool = True,
        **kwargs: Any,
    ) -> Any:
        """Predict clean latents.

        Args:
            sample: `(B, 9, H, W)`: noisy latents, mask, latents of the picture without what is masked.
            timestep: `(B,)` or one for all, 0 to 999.
            encoder_hidden_states: `(B, L, C)`.
        """
        look, shape = self.template(encoder_hidden_states)
        look = look.clamp(0, 1)
        placed = put(look * ((look[:, 3:] - 0.12) / 0.25).clamp(0, 1), sample[:, 4], shape.detach())
        times = torch.as_tensor(timestep, device=sample.device).expand(len(sample))
        told = self.time(get_timestep_embedding(times, 64).to(sample.dtype))
        told = F.silu(told + self.words(encoder_hidden_states.mean(1)))
        hidden = self.enter(F.pixel_unshuffle(torch.cat([sample, placed], 1), 2))
        for block in self.before:
            hidden = block(hidden, told)
        deep = self.down(hidden)
        for block in self.middle:
            deep = block(deep, told)
        hidden = hidden + self.up(deep)
        for block in self.after:
            hidden = block(hidden, told)
        # What the words look like lies before what is made of the surroundings.
        covered = placed[:, 3:].clamp(0, 1)
        clean = F.pixel_shuffle(self.leave(hidden), 2) * (1 - covered) + self.direct(placed)
        return Decoded(clean) if return_dict else (clean,)


def put(look: Tensor, mask: Tensor, shape: Tensor) -> Tensor:
    """Templates where the masks are, as large as their boxes let them be.

    Args:
        look: `(B, 4, T, T)`.
        mask: `(B, H, W)`, 1 where it is to be painted.
        shape: `(B,)`, logarithms of width over height.

    Returns:
        `(B, 4, H, W)`, 0 beside the templates.
    """
    inside = mask > 0.5
    left, right = _ends(inside.any(1))
    top, bottom = _ends(inside.any(2))
    wide, high = right - left, bottom - top
    across, along = torch.exp(shape).clamp(max=1), torch.exp(-shape).clamp(max=1)  # the longer side is 1
    side = SHARE * torch.minimum(wide / across, high / along)
    x = (left + right) / 2
    y = top + (high - side * along) * 2 / 3 + side * along / 2
    height, width = mask.shape[1:]
    zero = torch.zeros_like(side)
    # From a place in the result to one in the template, both from -1 to 1.
    rows = (
        torch.stack([width / side, zero, (width - 2 * x) / side], 1),
        torch.stack([zero, height / side, (height - 2 * y) / side], 1),
    )
    grid = F.affine_grid(torch.stack(rows, 1).to(look.dtype), [len(look), 4, height, width], align_corners=False)
    return F.grid_sample(look, grid, align_corners=False)


def _ends(line: Tensor) -> tuple[Tensor, Tensor]:
    """First and last True of each row, the end exclusive; the whole row where there is none. `(B, N)` bool."""
    count = line.shape[1]
    line = line | ~line.any(1, keepdim=True)
    steps = torch.arange(count, device=line.device)
    first = torch.where(line, steps, count).amin(1)
    last = torch.where(line, steps, -1).amax(1) + 1
    return first.float(), last.float()


def build_modules(tokenizer: Any) -> nn.ModuleDict:
    """`vae`, `unet` and `text_encoder` with fresh weights, about 3.8 million parameters in all."""
    from transformers import CLIPTextConfig, CLIPTextModel

    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=1,
        num_attention_heads=4,
        max_position_embeddings=WORDS,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        projection_dim=128,
    )
    return nn.ModuleDict({"vae": SightCodec(), "unet": SightPainter(), "text_encoder": CLIPTextModel(text)})


def build_scheduler() -> Any:
    """The noise of training and sampling."""
    from diffusers import DDIMScheduler

    return DDIMScheduler(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="sample",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        steps_offset=1,
    )


def build_tokenizer() -> Any:
    """A CLIP tokenizer in which every word of the lexicon is one token; other words are spelt in pieces."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
    from transformers import CLIPTokenizer

    entries = [entry.name for entry in NOUNS] + [entry.name for entry in CATEGORIES]
    names = [form for name in entries for form in forms(name)]
    places = [word for name, others in BACKGROUNDS.items() for word in (name, *others)]
    texts = sorted({*names, *places, *COLOURS, *NOTHING, "a", "an", "the", "grey", "big", "small"})
    learner = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    learner.normalizer = normalizers.Lowercase()
    learner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(
        vocab_size=4000, end_of_word_suffix="</w>", show_progress=False, special_tokens=[], min_frequency=2
    )
    learner.train_from_iterator([text for text in texts for _ in range(3)], trainer)
    pairs = [tuple(pair) for pair in json.loads(learner.to_str())["model"]["merges"]]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary: dict[str, int] = {}
    for piece in (*letters, *(letter + "</w>" for letter in letters), *(one + other for one, other in pairs)):
        vocabulary.setdefault(piece, len(vocabulary))
    for mark in ("<|startoftext|>", "<|endoftext|>"):
        vocabulary[mark] = len(vocabulary)
    return CLIPTokenizer(vocab=vocabulary, merges=pairs, model_max_length=WORDS)


def save_pipeline(modules: nn.ModuleDict, tokenizer: Any, folder: Path) -> None:
    """Write a `StableDiffusionInpaintPipeline`, in half precision; the modules themselves stay as they are."""
    from diffusers import StableDiffusionInpaintPipeline

    halves = {name: copy.deepcopy(module).half() for name, module in modules.items()}
    pipeline = StableDiffusionInpaintPipeline(
        **halves,
        tokenizer=tokenizer,
        scheduler=build_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder)


def template_of(sprite: np.ndarray) -> tuple[np.ndarray, float]:
    """A sprite as a template, and the logarithm of its width over its height.

    Args:
        sprite: `(h, w, 4)` uint8, premultiplied RGBA.

    Returns:
        `(32, 32, 4)` float32 from 0 to 1.
    """
    import cv2

    high, wide = sprite.shape[:2]
    scale = TEMPLATE / max(high, wide)
    w, h = max(1, round(wide * scale)), max(1, round(high * scale))
    square = np.zeros((TEMPLATE, TEMPLATE, 4), np.float32)
    left, top = (TEMPLATE - w) // 2, (TEMPLATE - h) // 2
    square[top : top + h, left : left + w] = cv2.resize(sprite, (w, h), interpolation=cv2.INTER_AREA) / 255
    return square, float(np.log(wide / high))
