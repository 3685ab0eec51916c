"""Importing this module makes the architectures of the embedded specialists known to transformers' Auto classes."""

# ruff: noqa: E402 (torchvision's operators must be there before transformers imports torchvision)
from models import torchvision_ops

torchvision_ops.install()

from transformers import (
    AutoConfig,
    AutoImageProcessor,
    AutoModel,
    AutoModelForDepthEstimation,
    AutoModelForZeroShotObjectDetection,
    AutoProcessor,
)

from models.embedded.depth import SightDepthConfig, SightDepthForDepthEstimation
from models.embedded.detector import SightDetectorConfig, SightDetectorForObjectDetection
from models.embedded.processing import SightDetectorProcessor
from models.embedded.regions import SightPictureProcessor, SightRegionsConfig, SightRegionsModel
from models.embedded.tower import SightTextConfig, SightTextModel, SightVisionConfig, SightVisionModel

AutoConfig.register("sight-vision", SightVisionConfig)
AutoConfig.register("sight-text", SightTextConfig)
AutoConfig.register("sight-detector", SightDetectorConfig)
AutoConfig.register("sight-depth", SightDepthConfig)
AutoConfig.register("sight-regions", SightRegionsConfig)
AutoModel.register(SightVisionConfig, SightVisionModel)
AutoModel.register(SightTextConfig, SightTextModel)
AutoModel.register(SightRegionsConfig, SightRegionsModel)
AutoImageProcessor.register(SightRegionsConfig, image_processor_classes={"torchvision": SightPictureProcessor})
AutoModelForZeroShotObjectDetection.register(SightDetectorConfig, SightDetectorForObjectDetection)
AutoModelForDepthEstimation.register(SightDepthConfig, SightDepthForDepthEstimation)
AutoProcessor.register(SightDetectorConfig, SightDetectorProcessor)
