"""Tools that give a changed picture: blurred or grey around things, with things covered, named or marked (VisProg's
BGBLUR, COLORPOP, EMOJI and TAG; Gupta and Kembhavi, CVPR 2023). Painting things anew is in `tools/painting.py`.

Every one returns an `ImagePatch` of the whole new picture, which has the size of the old one, so that edits can be
chained and patches of the old picture still say where things are. Where a mask is needed it is the segmenter's.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw

from models.picture import Picture, Region
from models.requests import Ask, Segment, Together
from models.requests import Mask as MaskResult
from tools.declaration import Abstention, ToolError, tool
from tools.drawing import draw_frame, draw_label, overlay, rgb
from tools.emoji import PLACES, Emoji, emoji_named, nearest_name
from tools.image_patch import ImagePatch, phrase_of

Patches = ImagePatch | list[ImagePatch] | None

BLUR = 0.02
"""Radius of the blur, as a share of the picture's longer side."""
DIMMED = 0.45
"""What is left of the light outside of what is highlighted."""
MAX_LABEL = 60
"""Characters of a label."""

_NAMELESS = ("", "thing", "things", "object", "objects", "item", "items")


@tool(method_of=ImagePatch)
async def blur_background(self: ImagePatch, patches: ImagePatch | list[ImagePatch] | None) -> ImagePatch:
    """Returns the image with everything blurred but the patches, as an ImagePatch of the whole new image.

    Examples:
        # Blur the background behind the dog
        def execute_command(image):
            image_patch = ImagePatch(image)
            return image_patch.blur_background(image_patch.find("dog"))
    """
    chosen = chosen_of("blur_background", "keep sharp", self, patches)
    mask = await mask_of("blur_background", chosen)
    pixels = np.asarray(self.region.picture.image)
    return whole(self, np.where(mask[..., None], pixels, blurred(pixels, mask)), "blurred background")


@tool(method_of=ImagePatch)
async def color_pop(self: ImagePatch, patches: ImagePatch | list[ImagePatch] | None) -> ImagePatch:
    """Returns the image in grey but for the patches, which keep their colours, as an ImagePatch of the whole new
    image.

    Examples:
        # Make everything grey but the cars
        def execute_command(image):
            image_patch = ImagePatch(image)
            return image_patch.color_pop(image_patch.find("car"))
    """
    chosen = chosen_of("color_pop", "keep in color", self, patches)
    mask = await mask_of("color_pop", chosen)
    image = self.region.picture.image
    return whole(self, np.where(mask[..., None], np.asarray(image), greyed(image)), "colour pop")


@tool(method_of=ImagePatch)
async def highlight(self: ImagePatch, patches: ImagePatch | list[ImagePatch] | None) -> ImagePatch:
    """Returns the image with a frame around each of the patches and everything else dimmed, as an ImagePatch of the
    whole new image.

    Examples:
        # Draw a box around the red car
        def execute_command(image):
            image_patch = ImagePatch(image)
            return image_patch.highlight(image_patch.find("red car"))
    """
    chosen = chosen_of("highlight", "highlight", self, patches)
    mask = await mask_of("highlight", chosen)
    pixels = np.asarray(self.region.picture.image)
    dimmed = np.rint(pixels * np.float32(DIMMED)).astype(np.uint8)
    image = Image.fromarray(np.where(mask[..., None], pixels, dimmed))
    return drawn(self, image, [(patch, "") for patch in chosen], "highlighted")


@tool(method_of=ImagePatch)
async def tag(
    self: ImagePatch, patches: ImagePatch | list[ImagePatch] | None, labels: str | list[str] | None = None
) -> ImagePatch:
    """Returns the image with a frame and a label on each of the patches, as an ImagePatch of the whole new image. One
    label stands for all patches, or there is one for each. Without labels they are what the patches were found as;
    things found as "thing" are named.

    Examples:
        # Label the animals
        def execute_command(image):
            image_patch = ImagePatch(image)
            animals = image_patch.find("animal")
            return image_patch.tag(animals, [animal.simple_query("What animal is this?") for animal in animals])
    """
    chosen = chosen_of("tag", "label", self, patches)
    if labels is None:
        texts = await _names(chosen)
    else:
        texts = [labels] * len(chosen) if isinstance(labels, str) else labels
        if len(texts) != len(chosen):
            raise ToolError(f"tag() needs one label for each patch: got {len(chosen)} patches and {len(texts)} labels")
    shown = [phrase_of("tag", "labels", text) for text in texts]
    cut = [text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1] + "…" for text in shown]
    return drawn(self, self.region.picture.image, list(zip(chosen, cut, strict=True)), "tagged")


@tool(method_of=ImagePatch)
async def emoji(
    self: ImagePatch, patches: ImagePatch | list[ImagePatch] | None, emoji_name: str | ImagePatch
) -> ImagePatch:
    """Returns the image with an emoji on each of the patches, as an ImagePatch of the whole new image. There are
    "smiling face", "laughing face", "crying face", "angry face", "surprised face", "winking face", "cool face",
    "sleeping face", "kissing face", "heart", "star", "fire", "thumbs up", "party popper", "crown", "top hat" and
    "sunglasses". Instead of a name it may be an ImagePatch, whose object is put on the patches.

    Examples:
        # Put a smiley on the boy's face
        def execute_command(image):
            image_patch = ImagePatch(image)
            return image_patch.emoji(image_patch.find("boy"), "smiling face")
    """
    chosen = chosen_of("emoji", "put an emoji on", self, patches)
    if isinstance(emoji_name, ImagePatch):
        seen: MaskResult = await Segment(emoji_name.region)
        art = cut_out(emoji_name.region, seen.pixels)
    else:
        art = _emoji(phrase_of("emoji", "emoji_name", emoji_name))
    image = self.region.picture.image.convert("RGBA")
    for patch in sorted(chosen, key=lambda one: one.region.box[3]):  # what stands nearer lies on top
        layer = overlay(image.size)
        small, place = fitted(art, patch.region)
        layer.paste(small, place)
        image = Image.alpha_composite(image, layer)
    return whole(self, np.asarray(image.convert("RGB")), f"with {art.name}")


# --- what the tools share ----------------------------------------------------------------------------------------


def chosen_of(name: str, purpose: str, receiver: ImagePatch, patches: Patches) -> list[ImagePatch]:
    """The patches of an editing call.

    Raises:
        Abstention: there are none.
        ToolError: one is of a picture of another size than the one that is edited.
    """
    chosen = [patches] if isinstance(patches, ImagePatch) else list(patches or [])
    if not chosen:
        raise Abstention(f"there is nothing to {purpose} in the picture")
    picture = receiver.region.picture
    for patch in chosen:
        other = patch.region.picture
        if other.image.size != picture.image.size:
            raise ToolError(
                f"{name}() got a patch of another image, of {other.width} x {other.height} pixels; "
                f"find the patches in the image that is to be edited, which has {picture.width} x {picture.height}"
            )
    return chosen


async def mask_of(name: str, patches: Sequence[ImagePatch]) -> np.ndarray:
    """What belongs to any of the objects in the patches: `(H, W)` bool, of the whole picture.

    A patch of a whole picture stands for all of its pixels.

    Raises:
        ToolError: the segmenter found nothing in any of them.
    """
    picture = patches[0].region.picture
    mask = np.zeros((picture.height, picture.width), bool)
    parts = [patch for patch in patches if not patch.region.is_whole]
    if len(parts) < len(patches):
        mask[:] = True
    for seen in await Together(tuple(Segment(patch.region) for patch in parts)) if parts else ():
        mask |= seen.pixels
    if not mask.any():
        raise ToolError(f"{name}() found no outline of an object in the patches: the mask is empty")
    return mask


def whole(receiver: ImagePatch, pixels: np.ndarray, what: str) -> ImagePatch:
    """The patch of a whole new picture with these pixels, `(H, W, 3)` uint8."""
    name = f"{receiver.region.picture.name}, {what}"
    return ImagePatch.of(Picture.from_image(np.ascontiguousarray(pixels), name).whole)


def greyed(image: Image.Image) -> np.ndarray:
    """An image without colour: luma of ITU-R BT.601, three times the same. `(H, W, 3)` uint8."""
    return np.asarray(image.convert("L").convert("RGB"))


def blurred(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """A picture blurred as if what the mask covers were not there, so that no colour of it bleeds into its
    surroundings: a Gaussian blur of the other pixels, divided by how much of them it saw.

    Args:
        pixels: `(H, W, 3)` uint8.
        mask: `(H, W)` bool.
    """
    sigma = max(1.5, BLUR * max(mask.shape) / 2)
    weights = (~mask).astype(np.float32)
    summed = cv2.GaussianBlur(pixels.astype(np.float32) * weights[..., None], (0, 0), sigma)
    seen = cv2.GaussianBlur(weights, (0, 0), sigma)[..., None]
    return np.where(seen > 1e-3, np.rint(summed / np.maximum(seen, 1e-3)), pixels).clip(0, 255).astype(np.uint8)


def drawn(receiver: ImagePatch, image: Image.Image, marked: Sequence[tuple[ImagePatch, str]], what: str) -> ImagePatch:
    """The whole picture with a frame around each patch, and its label where it has one. Equal labels share a colour."""
    layer = overlay(image.size)
    pen = ImageDraw.Draw(layer)
    width = max(2, round(max(image.size) / 200))
    colours = {label: number for number, label in enumerate(dict.fromkeys(label for _, label in marked))}
    for patch, label in marked:
        draw_frame(pen, patch.region.box, rgb(colours[label]), width)
    for patch, label in marked:
        if label:
            draw_label(pen, patch.region.box, label, rgb(colours[label]), max(10, round(max(image.size) / 32)))
    result = Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")
    return whole(receiver, np.asarray(result), what)


async def _names(patches: Sequence[ImagePatch]) -> list[str]:
    """What the patches were found as; those that were found as mere things are named by the VLM."""
    nameless = [patch for patch in patches if patch.phrase.lower() in _NAMELESS]
    told = await Together(tuple(Ask(patch.region, "What is this?") for patch in nameless)) if nameless else []
    names = {id(patch): answer for patch, answer in zip(nameless, told, strict=True)}
    return [names.get(id(patch), patch.phrase).strip() or "thing" for patch in patches]


def _emoji(name: str) -> Emoji:
    found = emoji_named(name)
    if found is None:
        near = nearest_name(name)
        hint = f" (did you mean {near!r}?)" if near else ""
        raise ToolError(f"emoji() has no {name!r}{hint}; use one of {', '.join(PLACES)}, or an ImagePatch")
    return found


def cut_out(region: Region, mask: np.ndarray) -> Emoji:
    """The object in a region as an emoji.

    Args:
        mask: `(H, W)` bool, of the region's whole picture.

    Raises:
        ToolError: no pixel of the region is in the mask.
    """
    x1, y1, x2, y2 = region.pixels
    alpha = Image.fromarray(mask[y1:y2, x1:x2].astype(np.uint8) * 255)
    box = alpha.getbbox()
    if box is None:
        raise ToolError("emoji() found no outline of an object in the ImagePatch that is to be put on others")
    image = region.crop().convert("RGBA")
    image.putalpha(alpha)
    return Emoji("a cut-out", image.crop(box), "cover")


def fitted(art: Emoji, region: Region) -> tuple[Image.Image, tuple[int, int]]:
    """An emoji at the size and place, left upper corner, that it has on a region."""
    x1, y1, x2, y2 = region.box
    wide, high = x2 - x1, y2 - y1
    if art.place == "cover":
        scale = max(wide, high) / max(art.image.size)
    else:
        scale = min(wide * (0.75 if art.place == "top" else 0.8), 1.5 * high) / art.image.width
    size = (max(1, round(art.image.width * scale)), max(1, round(art.image.height * scale)))
    small = art.image.resize(size, Image.Resampling.LANCZOS)
    middle = {"cover": y1 + high / 2, "top": y1 + 0.15 * high - size[1] / 2, "eyes": y1 + 0.4 * high}[art.place]
    return small, (round((x1 + x2 - size[0]) / 2), max(0, round(middle - size[1] / 2)))
