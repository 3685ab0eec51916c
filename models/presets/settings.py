"""What a preset may say, role by role. An unknown key is an error, so that a misspelt one is noticed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from models.loading import locate, smollm2
from models.region_text import Family
from models.requests import ROLES


def _template(text: str) -> str:
    if text.count("{}") != 1 or text.count("{") != 1 or text.count("}") != 1:
        raise ValueError("the text must hold {} once, where the phrase goes, and no other braces")
    return text


Template = Annotated[str, AfterValidator(_template)]
"""A text with one `{}` in it."""
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
CacheMb = Annotated[int, Field(ge=0, le=1 << 20)]


class Settings(BaseModel):
    """What every role says of its checkpoint. Subclasses add the options of their adapter."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    kind: str = Field(alias="class")
    checkpoint: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    """`embedded:NAME`, `package:MODULE`, a folder or file (relative to the preset file) or a hub id."""
    file: str | None = None
    """A file inside the checkpoint, where only that one is wanted."""
    revision: str | None = None
    """Commit, tag or branch of a hub id; the default branch if none."""
    licence: str = "unknown"
    memory_mb: Annotated[int, Field(ge=1)] | None = None
    """Memory that the loaded model needs, about, in MiB."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    note: str = ""

    @property
    def label(self) -> str:
        """The checkpoint as a person names it."""
        return f"{self.checkpoint}/{self.file}" if self.file else self.checkpoint

    def locate(self) -> Path:
        """The folder (or the one file) on this computer. Raises CheckpointError."""
        return locate(self.checkpoint, self.revision, file=self.file)

    def options(self) -> dict[str, Any]:
        """What only this role says: the arguments of its adapter."""
        return {key: getattr(self, key) for key in type(self).model_fields if key not in Settings.model_fields}


class DetectorSettings(Settings):
    kind: Literal["Detector"] = Field("Detector", alias="class")
    threshold: Share | None = None
    """The one that the checkpoint's config names, else 0.2, if null."""
    nms: Share = 0.5
    prompt: Template = "a photo of a {}"
    look: Literal["picture", "region"] = "picture"
    max_detections: Count = 100
    batch_size: Count = 8
    cache_mb: CacheMb = 256


class ClipSettings(Settings):
    kind: Literal["Clip"] = Field("Clip", alias="class")
    prompt: Template | Annotated[tuple[Template, ...], Field(min_length=1)] = "{}"
    """Several make an ensemble."""
    calibration: tuple[float, float] | None = None
    """Slope and offset from a score to the log-odds that one text is true; SigLIP has its own."""
    whole: Count | None = None
    """Side in pixels of the square for whole pictures, if it is not the processor's."""
    batch_size: Count = 16
    cache_mb: CacheMb = 64


class SegmenterSettings(Settings):
    kind: Literal["Segmenter"] = Field("Segmenter", alias="class")
    model: Literal["vit_b", "vit_l", "vit_h"] | None = None
    """Architecture, for a checkpoint that is one file; a folder says it in its config.json."""
    batch_size: Count = 1
    boxes: Count = 64
    cache_mb: CacheMb = 128


class VlmSettings(Settings):
    kind: Literal["Vlm", "ChatVlm"] = Field("Vlm", alias="class")
    """`ChatVlm`: a model behind a service, whose checkpoint is `openai:MODEL`, `anthropic:MODEL`, `google:MODEL` or
    `ollama:MODEL`."""
    prompt: Template = "{} Answer with one word or a short phrase."
    caption: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)] = (
        "Describe the picture in one sentence."
    )
    boxes: Family | None = None
    """How it writes boxes (`models.region_text`). Where it says, programs have the tools of `tools.grounding`."""
    max_new_tokens: Count = 24
    min_new_tokens: Annotated[int, Field(ge=0)] = 0
    whole: Count | None = None
    """Side in pixels of the square for whole pictures, if it is not the processor's."""
    batch_size: Count = 4
    cache_mb: CacheMb = 8

    def locate(self) -> Path:
        """Where the model is; of one behind a service its name. Raises CheckpointError."""
        if self.kind != "ChatVlm":
            return super().locate()
        from models.chat_vlm import available

        available(self.checkpoint)
        return Path(self.checkpoint)


class StudentSettings(VlmSettings):
    """A model that answers in one go what others write a program for: the product of `distill/`."""

    prompt: Template = "{}\nAnswer with a single word or phrase."
    rationale: Template = "{}\nExplain the rationale to answer the question."
    """How it is asked why."""
    batch_size: Count = 16
    threshold: Share | None = None
    """How sure it must be where a program could answer instead; None for what stands beside the checkpoint."""


class DepthSettings(Settings):
    kind: Literal["DepthEstimator"] = Field("DepthEstimator", alias="class")
    orientation: Literal["depth", "disparity"] = "depth"
    """`depth`: the model's numbers grow with the distance; `disparity`: they shrink with it, and are turned round."""
    batch_size: Count = 4
    cache_mb: CacheMb = 128


class OcrSettings(Settings):
    kind: Literal["Ocr"] = Field("Ocr", alias="class")
    threshold: Share = 0.5
    side: Count = 736
    """Regions are shrunk to this many pixels on their longer side before text is looked for."""
    cache_mb: CacheMb = 8


class InpaintSettings(Settings):
    kind: Literal["Inpainter"] = Field("Inpainter", alias="class")
    prompt: Template = "{}"
    negative: str | None = None
    """What should not be seen, for models that can be told."""
    side: Annotated[int, Field(ge=16, multiple_of=8)] = 512
    """Of the square that the model paints, in pixels."""
    context: Annotated[float, Field(ge=1, le=20)] = 2.0
    """Side of the window that the model sees, in longer sides of the mask's box."""
    steps: Count = 30
    guidance: Annotated[float, Field(ge=0)] = 7.5
    """Scale of classifier-free guidance; 1 is none."""
    strength: Annotated[float, Field(gt=0, le=1)] = 1.0
    """1 forgets what was under the mask, less keeps something of it."""
    batch_size: Count = 1


class TextToImageSettings(Settings):
    kind: Literal["Generator"] = Field("Generator", alias="class")
    prompt: Template = "{}"
    negative: str | None = None
    side: Annotated[int, Field(ge=16, multiple_of=8)] | None = None
    """Of the square picture, in pixels; the pipeline's own if null."""
    steps: Count = 30
    guidance: Annotated[float, Field(ge=0)] = 7.5
    batch_size: Count = 1


class ChatSettings(Settings):
    """A language model on this computer."""

    kind: Literal["TransformersChat", "LlamaCppChat"] = Field(alias="class")
    adapter: str | None = None
    """A PEFT LoRA adapter: `embedded:NAME` or a folder."""
    merge: bool = False
    """For llama.cpp: merge the adapter into its base, once, which is faster and takes the room of a model in the cache
    folder."""
    max_new_tokens: Count = 256
    batch_size: Count = 8
    context: Count = 4096
    """Tokens of prompt and answer that are kept for each of the prompts that run at the same time."""
    threads: Annotated[int, Field(ge=0)] = 0
    """Of the CPU; 0 takes all."""

    def locate(self) -> Path:
        """Where the model is; `smollm2` is looked for in several places. Raises CheckpointError, as if its adapter
        cannot be found."""
        if self.adapter:
            locate(self.adapter)
        return smollm2() if self.checkpoint == "smollm2" else super().locate()


class LlmSettings(ChatSettings):
    cache_mb: CacheMb = 8


class PlannerSettings(ChatSettings):
    style: Literal["full", "question"] = "full"
    """`full`: the prompt holds the tools and examples; `question`: a model trained on the bare question."""


class Preset(BaseModel):
    """A name, a description, and for each role that is filled its settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str = ""
    planner: PlannerSettings | None = None
    detector: DetectorSettings | None = None
    clip: ClipSettings | None = None
    segmenter: SegmenterSettings | None = None
    vlm: VlmSettings | None = None
    depth: DepthSettings | None = None
    ocr: OcrSettings | None = None
    llm: LlmSettings | None = None
    inpaint: InpaintSettings | None = None
    text_to_image: TextToImageSettings | None = None
    student: StudentSettings | None = None
    """Not for programs: it is asked in their stead."""

    def filled(self) -> Iterator[tuple[str, Settings]]:
        """Roles and their settings, the planner first, the student last; roles that are left out are skipped."""
        for role in ("planner", *ROLES, "student"):
            settings = getattr(self, role)
            if settings is not None:
                yield role, settings

    @classmethod
    def settings_of(cls, role: str) -> type[Settings]:
        """The class of a role's settings."""
        settings: type[Settings] = get_args(cls.model_fields[role].annotation)[0]
        return settings
