"""What a vision-language model can be asked beside a short answer: a caption, and how sure it is of a yes."""

from models.requests import Caption, Confirm
from tools.declaration import ToolError, tool
from tools.image_patch import ImagePatch


@tool(method_of=ImagePatch)
async def caption(self: ImagePatch) -> str:
    """Returns a sentence about what the crop shows.

    Examples:
        # Write a caption for the picture
        def execute_command(image):
            return ImagePatch(image).caption()
    """
    return await Caption(self.region)


@tool(method_of=ImagePatch)
async def yes_probability(self: ImagePatch, question: str) -> float:
    """Returns how likely the answer to a yes-or-no question about the crop is yes, from 0 to 1.

    Examples:
        # Which of the children is most likely asleep?
        def execute_command(image):
            children = ImagePatch(image).find("child")
            return max(children, key=lambda child: child.yes_probability("Is the child asleep?"))
    """
    if not question.strip():
        raise ToolError("yes_probability() needs a question, got an empty text")
    chance: float = await Confirm(self.region, question.strip())
    return chance
