"""Tools that paint with a diffusion model: `replace` (VisProg's REPLACE) and `generate_image`. They are in the
vocabulary where diffusers is installed."""

import cv2
import numpy as np

from models.requests import Generate, Inpaint
from tools.declaration import ToolError, tool
from tools.editing import chosen_of, mask_of
from tools.image_patch import ImagePatch

MARGIN = 0.04
"""By how much the mask of a thing is grown before it is painted anew, as a share of its longer side: rims and shadows
belong to it."""

MAX_PROMPT = 500
"""Characters of a prompt."""


@tool(method_of=ImagePatch)
async def replace(
    self: ImagePatch, patches: ImagePatch | list[ImagePatch] | None, prompt: str, seed: int = 0
) -> ImagePatch:
    """Returns the image with something else, as the prompt says, in the place of the patches, as an ImagePatch of the
    whole new image. The prompt "background" takes them away. Another seed gives another picture.

    Examples:
        # Replace the cat with a dog
        def execute_command(image):
            image_patch = ImagePatch(image)
            return image_patch.replace(image_patch.find("cat"), "dog")

        # Remove the car
        def execute_command(image):
            image_patch = ImagePatch(image)
            return image_patch.replace(image_patch.find("car"), "background")
    """
    text = _prompt("replace", prompt)
    chosen = chosen_of("replace", "replace", self, patches)
    picture = self.region.picture
    for patch in sorted(chosen, key=lambda one: one.region.box[3]):  # one after the other, the farthest first
        mask = room(await mask_of("replace", [patch]))
        picture = await Inpaint(picture, mask, text, seed)
    return ImagePatch.of(picture.whole)


@tool
async def generate_image(prompt: str, seed: int = 0) -> ImagePatch:
    """Returns a new image of what the prompt says. Another seed gives another image.

    Examples:
        # Draw a dog on a beach
        def execute_command(image):
            return generate_image("a dog on a beach")
    """
    picture = await Generate(_prompt("generate_image", prompt), seed)
    return ImagePatch.of(picture.whole)


def room(mask: np.ndarray) -> np.ndarray:
    """Where something new may be painted in place of a thing: the convex hull of its mask, a little grown, so that
    the new thing need not have the outline of the old one.

    Args:
        mask: `(H, W)` bool with at least one pixel inside.
    """
    points = cv2.findNonZero(mask.astype(np.uint8))
    hull = np.zeros(mask.shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(points), 1)
    _, _, wide, high = cv2.boundingRect(points)
    grow = max(1, round(MARGIN * max(wide, high)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1))
    grown: np.ndarray = cv2.dilate(hull, kernel) > 0
    return grown


def _prompt(name: str, text: str) -> str:
    prompt = " ".join(text.split())
    if not prompt:
        raise ToolError(f"{name}() needs a prompt that says what is to be seen, got an empty text")
    if len(prompt) > MAX_PROMPT:
        raise ToolError(f"{name}() takes a prompt of at most {MAX_PROMPT} characters, got {len(prompt)}")
    return prompt
