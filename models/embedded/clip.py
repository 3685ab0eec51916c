"""The embedded CLIP: a stock dual encoder of transformers around our two towers (Radford et al., "Learning Transferable
Visual Models From Natural Language Supervision", ICML 2021).
"""

from pathlib import Path

from transformers import (
    LlavaImageProcessor,
    PreTrainedTokenizerFast,
    VisionTextDualEncoderConfig,
    VisionTextDualEncoderModel,
    VisionTextDualEncoderProcessor,
)

from models.embedded.detector import SightDetectorForObjectDetection
from models.embedded.tower import Gather, SightTextConfig, SightVisionConfig, read_longer

SIDE = 32
"""Of the square that every region is fitted into, in pixels."""
WHOLE = 192
"""Of the square for a whole picture in training, which shows many small things; the preset says it to programs."""
LONGEST_TEXT = 48
"""Tokens. A caption of five kinds of things has up to forty."""
GATHER = 192
"""Width of what gathers the small things of a whole picture."""
GREY = 127
"""What is around a region in its square."""


def build_clip(vocab_size: int, projection_dim: int = 192) -> VisionTextDualEncoderModel:
    """A dual encoder with fresh weights."""
    vision = SightVisionConfig(image_size=SIDE, gather_width=GATHER)
    text = SightTextConfig(vocab_size=vocab_size, max_length=LONGEST_TEXT)
    config = VisionTextDualEncoderConfig.from_vision_text_configs(
        vision, text, projection_dim=projection_dim, logit_scale_init_value=3.0
    )
    return VisionTextDualEncoderModel(config)


def start_from_detector(clip: VisionTextDualEncoderModel, detector: SightDetectorForObjectDetection) -> None:
    """Take over the detector's towers, which have learned the same words and things."""
    clip.vision_model.load_state_dict(detector.vision_model.state_dict(), strict=False)
    read_longer(detector.text_model, LONGEST_TEXT)
    clip.text_model.load_state_dict(detector.text_model.state_dict())
    clip.visual_projection.weight.data.copy_(detector.visual_projection.weight)
    clip.text_projection.weight.data.copy_(detector.text_projection.weight)


def brought_up(clip: VisionTextDualEncoderModel) -> VisionTextDualEncoderModel:
    """Earlier weights in today's shape, which give the same vectors: with a `Gather` that adds nothing yet, and with
    room for longer texts."""
    vision = clip.vision_model
    if vision.gather is None:
        vision.config.gather_width = GATHER
        vision.gather = Gather(
            vision.config.hidden_size, GATHER, vision.config.gather_layers, vision.config.gather_heads
        )
    read_longer(clip.text_model, LONGEST_TEXT)
    clip.config.vision_config, clip.config.text_config = vision.config, clip.text_model.config
    return clip


def image_processor() -> LlavaImageProcessor:
    """Fits a region into the square without stretching it, so that a square can be told from a rectangle."""
    return LlavaImageProcessor(
        size={"height": SIDE, "width": SIDE},
        do_pad=True,
        do_center_crop=False,
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.5, 0.5, 0.5],
    )


def save_processor(folder: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    """Write the files of the processor."""
    tokenizer.model_max_length = LONGEST_TEXT
    VisionTextDualEncoderProcessor(image_processor(), tokenizer).save_pretrained(folder)
