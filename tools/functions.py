"""The functions beside `ImagePatch`, with ViperGPT's names and meanings, and `abstain`.

`distance`, `bool_to_yesno` and `coerce_to_numeric` are inline: their source runs inside the sandbox.
"""

from typing import Any, Literal, NoReturn, overload

import numpy as np

from models.requests import Match, Prompt, Together
from tools.declaration import Abstention, ToolError, tool
from tools.image_patch import ImagePatch, knowledge_prompt, phrase_of


@overload
async def best_image_match(
    list_patches: list[ImagePatch], content: list[str] | str, return_index: Literal[False] = False
) -> ImagePatch: ...
@overload
async def best_image_match(
    list_patches: list[ImagePatch], content: list[str] | str, return_index: Literal[True]
) -> int: ...
@tool
async def best_image_match(
    list_patches: list[ImagePatch], content: list[str] | str, return_index: bool = False
) -> ImagePatch | int | None:
    """Returns the patch most likely to contain the content, or its index in the list if return_index is True. Returns
    None if the list is empty.

    Examples:
        # Which of the drinks is the orange juice?
        def execute_command(image):
            image_patch = ImagePatch(image)
            return best_image_match(image_patch.find("drink"), ["orange juice"])
    """
    phrases = [content] if isinstance(content, str) else content
    if not phrases:
        raise ToolError("best_image_match() needs at least one text as content, got an empty list")
    texts = tuple(phrase_of("best_image_match", "content", phrase) for phrase in phrases)
    if not list_patches:
        return None
    scores = await Together(tuple(Match(patch.region, texts) for patch in list_patches))
    best = int(np.argmax([np.mean(one) for one in scores]))
    return best if return_index else list_patches[best]


@tool(inline=True)
def distance(patch_a: ImagePatch | float, patch_b: ImagePatch | float) -> float:
    """Returns the distance between the edges of two ImagePatches, or between two numbers. If the patches overlap, it
    returns a negative distance corresponding to the negative intersection over union.

    Examples:
        # Return the qux that is closest to the foo
        def execute_command(image):
            image_patch = ImagePatch(image)
            qux_patches = image_patch.find("qux")
            foo_patch = image_patch.find("foo")[0]
            qux_patches.sort(key=lambda x: distance(x, foo_patch))
            return qux_patches[0]
    """
    # Not isinstance(..., ImagePatch): an inline tool knows nothing from outside.
    a: Any = patch_a
    b: Any = patch_b
    if isinstance(patch_a, (int, float)) and isinstance(patch_b, (int, float)):
        return abs(patch_a - patch_b)
    across = max(0, a.left - b.right, b.left - a.right)
    along = max(0, a.lower - b.upper, b.lower - a.upper)
    if across or along:
        return float((across**2 + along**2) ** 0.5)
    common = (min(a.right, b.right) - max(a.left, b.left)) * (min(a.upper, b.upper) - max(a.lower, b.lower))
    return float(-common / (a.width * a.height + b.width * b.height - common))


@tool(inline=True)
def bool_to_yesno(bool_answer: bool) -> str:
    """Returns "yes" if bool_answer is True, and "no" otherwise."""
    return "yes" if bool_answer else "no"


@tool(inline=True)
def coerce_to_numeric(string: str | float, no_string: bool = False) -> Any:
    """Returns the number that a text holds, such as "3 dogs", "twenty-one" or "$1,200.50". Of a range ("10-15") it is
    the first number. A text without a number is returned as it is, or raises a ValueError if no_string is True.

    Examples:
        # How many more wheels than the truck would a train with 100 wheels have?
        def execute_command(image):
            image_patch = ImagePatch(image)
            wheels = image_patch.simple_query("How many wheels does the truck have?")
            return 100 - coerce_to_numeric(wheels)
    """
    import re

    if not isinstance(string, str):
        return string
    small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]  # fmt: skip
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    scales = {"thousand": 1000, "million": 1000000, "billion": 1000000000}
    text = re.sub(r"(?<=\d),(?=\d\d\d(?!\d))", "", string.lower())
    number = r"(?:\d+(?:\.\d+)?|\.\d+)"
    match = re.search(r"(?<![\w.-])-?" + number, text) or re.search(number, text)
    if match:
        digits = match.group(0)
        return float(digits) if "." in digits else int(digits)
    total, group, seen = 0, 0, False
    for word in re.findall(r"[a-z]+|,", re.sub(r"(thousand|million|billion),", r"\1", text)):
        if word in small:
            group += small.index(word)
        elif word in tens:
            group += 20 + 10 * tens.index(word)
        elif word == "hundred":
            group = max(group, 1) * 100
        elif word in scales:
            total, group = total + max(group, 1) * scales[word], 0
        elif not seen or word == "and":
            continue
        else:
            break
        seen = True
    if seen:
        return total + group
    if no_string:
        raise ValueError("there is no number in the text " + repr(string))
    return string


@tool
async def llm_query(query: str, context: str | None = None, long_answer: bool = True) -> str:
    """Answers a text question with a language model, which does not see the image. Use it for knowledge of the world.

    Examples:
        # Is the animal in the photo a mammal?
        def execute_command(image):
            image_patch = ImagePatch(image)
            animal = image_patch.simple_query("What animal is this?")
            return llm_query(f"Is the {animal} a mammal? Answer yes or no.", long_answer=False)
    """
    return (await Prompt(knowledge_prompt("llm_query", query, context, long_answer))).strip()


@tool(terminal=True)
async def abstain(reason: str) -> NoReturn:
    """Ends the program without an answer, saying why. Use it when the image does not show what the question is about.

    Examples:
        # What color is the dog's collar?
        def execute_command(image):
            image_patch = ImagePatch(image)
            dogs = image_patch.find("dog")
            if not dogs:
                abstain("there is no dog in the picture")
            return dogs[0].simple_query("What color is the collar?")
    """
    raise Abstention(" ".join(reason.split()) or "the program gave no reason")
