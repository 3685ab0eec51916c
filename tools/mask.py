"""`Mask`: which pixels belong to an object, and `ImagePatch.segment`, which makes one."""

import itertools

import numpy as np
from PIL import Image

from models.picture import Picture, Region
from models.requests import Detect, Segment
from models.requests import Mask as MaskResult
from tools.declaration import Abstention, ToolError, host_class, tool
from tools.image_patch import ImagePatch, phrase_of

_ids = itertools.count(1)


@host_class()
class Mask:
    """The exact outline of an object: the pixels that belong to it. Coordinates are those of ImagePatch."""

    def __init__(self, picture: Picture, pixels: np.ndarray) -> None:
        """
        Arguments:
            pixels: `(H, W)` bool, of the whole picture; at least one is True.
        """
        self.picture = picture
        self.pixels = pixels
        self._id = next(_ids)
        rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
        box = (float(columns[0]), float(rows[0]), columns[-1] + 1.0, rows[-1] + 1.0)
        self.region = Region(picture, box)
        self._patch = ImagePatch.of(self.region)

    @property
    def id(self) -> int:
        return self._id

    @property
    def area(self) -> int:
        """how many pixels belong to the object"""
        return int(self.pixels.sum())

    @property
    def left(self) -> int:
        """the position of the leftmost pixel"""
        return self._patch.left

    @property
    def lower(self) -> int:
        """the position of the lowest pixel"""
        return self._patch.lower

    @property
    def right(self) -> int:
        """the position of the right border"""
        return self._patch.right

    @property
    def upper(self) -> int:
        """the position of the upper border"""
        return self._patch.upper

    @property
    def width(self) -> int:
        """the width of the mask's bounding box"""
        return self._patch.width

    @property
    def height(self) -> int:
        """the height of the mask's bounding box"""
        return self._patch.height

    @tool
    async def cut_out(self) -> ImagePatch:
        """Returns the object alone, on white, as an ImagePatch at the same coordinates.

        Examples:
            # What color is the cup, without its surroundings?
            def execute_command(image):
                image_patch = ImagePatch(image)
                return image_patch.segment("cup").cut_out().simple_query("What color is this?")
        """
        # The new picture keeps the size of the old one, so that coordinates can still be compared.
        image = Image.composite(
            self.picture.image, Image.new("RGB", self.picture.image.size, "white"), Image.fromarray(self.pixels)
        )
        return ImagePatch.of(Region(Picture.from_image(image, f"cut-out of {self.picture.name}"), self.region.box))

    def __repr__(self) -> str:
        return f"Mask(area={self.area})"


@tool(method_of=ImagePatch)
async def segment(self: ImagePatch, object_name: str | None = None) -> Mask:
    """Returns the mask of the named object in the crop, or of the object that fills the crop if no name is given.
    If there is no such object, the question is left unanswered.

    Examples:
        # Which of the two rugs is larger?
        def execute_command(image):
            image_patch = ImagePatch(image)
            rugs = image_patch.find("rug")
            rugs.sort(key=lambda rug: rug.segment().area)
            return rugs[-1]
    """
    # An absent object ends the program as `find(...)[0]` would: a mask of nothing would be counted as one.
    region, phrase = self.region, None if object_name is None else phrase_of("segment", "object_name", object_name)
    if phrase is not None:
        found = await Detect(region, phrase)
        if not found:
            raise Abstention(f"there is no {phrase} in the picture")
        region = Region(region.picture, found[0].box)
    result: MaskResult = await Segment(region)
    if not result.pixels.any():
        raise ToolError(f"segment() found no outline of {phrase or 'an object'} here")
    return Mask(self.region.picture, result.pixels)
