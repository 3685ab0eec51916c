"""The embedded preset: small specialists of our own, the world they were trained on, and the recipes.

`register()` makes their architectures known to transformers' Auto classes; it must run before one is loaded.
"""

_registered = False


def register() -> None:
    """Register `sight-vision`, `sight-text` and `sight-detector` with transformers. Calling it again does nothing."""
    global _registered
    if _registered:
        return
    from models import torchvision_ops

    torchvision_ops.install()
    from transformers import AutoConfig, AutoModel, AutoModelForZeroShotObjectDetection, AutoProcessor

    from models.embedded.detector import SightDetectorConfig, SightDetectorForObjectDetection
    from models.embedded.processing import SightDetectorProcessor
    from models.embedded.tower import SightTextConfig, SightTextModel, SightVisionConfig, SightVisionModel

    AutoConfig.register("sight-vision", SightVisionConfig)
    AutoConfig.register("sight-text", SightTextConfig)
    AutoConfig.register("sight-detector", SightDetectorConfig)
    AutoModel.register(SightVisionConfig, SightVisionModel)
    AutoModel.register(SightTextConfig, SightTextModel)
    AutoModelForZeroShotObjectDetection.register(SightDetectorConfig, SightDetectorForObjectDetection)
    AutoProcessor.register(SightDetectorConfig, SightDetectorProcessor)
    _registered = True
