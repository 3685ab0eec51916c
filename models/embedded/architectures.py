"""Importing this module makes the architectures of the embedded specialists known to transformers' Auto classes."""

# ruff: noqa: E402 (torchvision's operators must be there before transformers imports torchvision)
from models import torchvision_ops

torchvision_ops.install()

from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForDepthEstimation,
    AutoModelForZeroShotObjectDetection,
    AutoProcessor,
)

from models.embedded.depth import SightDepthConfig, SightDepthForDepthEstimation
from models.embedded.detector import SightDetectorConfig, SightDetectorForObjectDetection
from models.embedded.processing import SightDetectorProcessor
from models.embedded.tower import SightTextConfig, SightTextModel, SightVisionConfig, SightVisionModel

AutoConfig.register("sight-vision", SightVisionConfig)
AutoConfig.register("sight-text", SightTextConfig)
AutoConfig.register("sight-detector", SightDetectorConfig)
AutoConfig.register("sight-depth", SightDepthConfig)
AutoModel.register(SightVisionConfig, SightVisionModel)
AutoModel.register(SightTextConfig, SightTextModel)
AutoModelForZeroShotObjectDetection.register(SightDetectorConfig, SightDetectorForObjectDetection)
AutoModelForDepthEstimation.register(SightDepthConfig, SightDepthForDepthEstimation)
AutoProcessor.register(SightDetectorConfig, SightDetectorProcessor)
