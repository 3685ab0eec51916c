"""Boxes that a vision-language model writes as text: everything that a description fits, and the one thing that it
refers to. They are there with presets whose `vlm` was taught to write boxes (`boxes:`, see `models.region_text`).
"""

from models.picture import Region
from models.requests import Locate
from tools.declaration import Abstention, tool
from tools.image_patch import ImagePatch, phrase_of


@tool(method_of=ImagePatch)
async def locate(self: ImagePatch, description: str) -> list[ImagePatch]:
    """Returns what a vision-language model finds for a description in the crop. Slower than find, for descriptions that
    are no names of objects.

    Examples:
        # How many people are waiting to cross the street?
        def execute_command(image):
            return len(ImagePatch(image).locate("person waiting to cross the street"))
    """
    return await _located(self, "locate", description, single=False)


@tool(method_of=ImagePatch)
async def ground(self: ImagePatch, description: str) -> ImagePatch:
    """Returns the one thing in the crop that a description refers to. If there is none, the question is left
    unanswered.

    Examples:
        # What is the man who leans on the counter holding?
        def execute_command(image):
            man = ImagePatch(image).ground("the man who leans on the counter")
            return man.simple_query("What is he holding?")
    """
    found = await _located(self, "ground", description, single=True)
    if not found:
        raise Abstention(f"the picture does not show {' '.join(description.split())}")
    return found[0]


async def _located(patch: ImagePatch, name: str, description: str, single: bool) -> list[ImagePatch]:
    phrase = phrase_of(name, "description", description)
    found = await Locate(patch.region, phrase, single)
    return [ImagePatch.of(Region(patch.region.picture, one.box), phrase) for one in found]
