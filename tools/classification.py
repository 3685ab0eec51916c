"""Zero-shot classification with CLIP: the best of some labels, their probabilities, and whether one text fits.

Labels are put into templates, and several templates make an ensemble (Radford et al., ICML 2021, "Learning
Transferable Visual Models From Natural Language Supervision", section 3.1.4). The mean is taken of the similarities of
all templates, so that any model that compares a text with a picture will do.
"""

import math

import numpy as np

from models.requests import Fit, Match
from tools.declaration import ToolError, tool
from tools.image_patch import ImagePatch, phrase_of

MAX_TEXTS = 2_000
"""Labels times templates of one call."""


@tool(method_of=ImagePatch)
async def classify(self: ImagePatch, labels: list[str], template: str | list[str] | None = None) -> str:
    """Returns the label that the crop shows. A template such as "a photo of a {}, a type of bird." says in what sense;
    of several templates the mean counts.

    Examples:
        # What kind of bird is this?
        def execute_command(image):
            bird = ImagePatch(image).find("bird")[0]
            return bird.classify(["robin", "sparrow", "crow"], "a photo of a {}, a type of bird.")
    """
    scores = await _scores("classify", self, labels, template)
    return labels[int(np.argmax(scores))]


@tool(method_of=ImagePatch)
async def label_probabilities(
    self: ImagePatch, labels: list[str], template: str | list[str] | None = None
) -> dict[str, float]:
    """Returns how likely each label is, given that one of them is right. The values add up to 1. See classify.

    Examples:
        # How sure is it that this is a crow and not a raven?
        def execute_command(image):
            image_patch = ImagePatch(image)
            return image_patch.label_probabilities(["crow", "raven"])["crow"]
    """
    scores = np.array(await _scores("label_probabilities", self, labels, template))
    shares = np.exp(scores - scores.max())
    return dict(zip(labels, (shares / shares.sum()).tolist(), strict=True))


@tool(method_of=ImagePatch)
async def match_probability(self: ImagePatch, text: str) -> float:
    """Returns how likely it is, from 0 to 1, that the text describes the crop.

    Examples:
        # Is that a wooden chair?
        def execute_command(image):
            chair = ImagePatch(image).find("chair")[0]
            return bool_to_yesno(chair.match_probability("a wooden chair") > 0.5)
    """
    chance: float = await Fit(self.region, phrase_of("match_probability", "text", text))
    return chance


async def _scores(name: str, patch: ImagePatch, labels: list[str], template: str | list[str] | None) -> list[float]:
    """One score a label, on the scale of the model's logits. Raises ToolError for labels or templates of no use."""
    if not labels:
        raise ToolError(f"{name}() needs at least one label, got an empty list")
    templates = ["{}"] if template is None else [template] if isinstance(template, str) else template
    if not templates:
        raise ToolError(f"{name}() needs at least one template, got an empty list; leave it out for the bare labels")
    for one in templates:
        if one.count("{}") != 1:
            raise ToolError(f'{name}() needs a template with {{}} once in it, such as "a photo of a {{}}", got {one!r}')
    if len(labels) * len(templates) > MAX_TEXTS:
        raise ToolError(
            f"{name}() takes at most {MAX_TEXTS} labels times templates, got {len(labels) * len(templates)}"
        )
    phrases = [phrase_of(name, "labels", label) for label in labels]
    texts = [one.replace("{}", phrase) for phrase in phrases for one in templates]
    scores = await Match(patch.region, tuple(texts))
    step = len(templates)
    return [math.fsum(scores[start : start + step]) / step for start in range(0, len(scores), step)]
