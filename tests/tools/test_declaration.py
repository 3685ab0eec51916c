import asyncio

import pytest

from models.picture import Picture
from tools import DeclarationError, HostClass, ImagePatch, Vocabulary, default_vocabulary, host_class, tool
from tools.image_patch import IMAGE


def test_a_tool_stays_the_function_it_was():
    @tool
    async def echo(text: str) -> str:
        """Returns the text."""
        return text

    assert asyncio.run(echo("x")) == "x"


def test_what_becomes_of_a_declaration():
    @tool
    async def loudest(patches: list[ImagePatch], loud: bool = True) -> "ImagePatch | None":
        """Returns the loudest patch."""
        return patches[0] if patches and loud else None

    vocabulary = default_vocabulary().with_tools([loudest])
    made = vocabulary.tools["loudest"]
    assert (made.name, made.owner, made.qualified, made.inline, made.terminal) == (
        "loudest",
        None,
        "loudest",
        False,
        False,
    )
    assert made.doc == "Returns the loudest patch."
    assert made.signature.parameters["patches"].annotation == list[ImagePatch]
    assert made.signature.return_annotation == ImagePatch | None
    assert "loudest" in vocabulary.functions
    assert "loudest" not in default_vocabulary().functions


def plain(text: str) -> str:
    """Not async."""
    return text


async def bare(text: str) -> str:
    return text


async def untyped(text) -> str:
    """Returns the text."""
    return text


async def resultless(text: str):
    """Returns the text."""
    return text


async def greedy(*texts: str) -> str:
    """Returns the texts."""
    return "".join(texts)


async def good(text: str) -> str:
    """Returns the text."""
    return text


async def strange(text: bytes) -> str:
    """Takes what programs do not have."""
    return str(text)


async def lost(text: "Nowhere") -> str:  # noqa: F821
    """Takes a type that does not exist."""
    return str(text)


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        (plain, {}, "a tool is an `async def`"),
        (good, {"inline": True}, "an inline tool is a plain `def`"),
        (bare, {}, "needs a docstring"),
        (untyped, {}, "parameter `text` needs a type"),
        (resultless, {}, "the result needs a type"),
        (greedy, {}, "`*texts: str` is not possible"),
        (good, {"method_of": ImagePatch}, "the first parameter of a method is `self`"),
    ],
)
def test_bad_declarations_are_refused_where_they_stand(function, options, message):
    with pytest.raises(DeclarationError) as caught:
        tool(**options)(function)
    assert message in str(caught.value)
    assert function.__name__ in str(caught.value)


OUTSIDE = 3


def outward(number: float) -> float:
    """Uses a global."""
    return number + OUTSIDE


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        (strange, {}, "<class 'bytes'> cannot be the type"),
        (lost, {}, "name 'Nowhere' is not defined"),
        (outward, {"inline": True}, "an inline tool cannot use OUTSIDE"),
    ],
)
def test_what_a_vocabulary_refuses(function, options, message):
    with pytest.raises(DeclarationError) as caught:
        default_vocabulary().with_tools([tool(**options)(function)])
    assert message in str(caught.value)


def test_two_tools_of_one_name_are_refused():
    @tool
    async def llm_query(question: str) -> str:
        """Another one."""
        return question

    with pytest.raises(DeclarationError, match="two tools named 'llm_query'"):
        default_vocabulary().with_tools([llm_query])


def test_what_is_no_tool_is_refused():
    with pytest.raises(DeclarationError, match="is no tool; put @tool before"):
        Vocabulary([good_without_mark])


async def good_without_mark(text: str) -> str:
    """Returns the text."""
    return text


def test_a_host_class_needs_identity_and_docstring():
    with pytest.raises(DeclarationError, match="needs a property `id`"):

        @host_class()
        class Anonymous:
            """Nobody."""

    with pytest.raises(DeclarationError, match="needs a docstring"):

        @host_class()
        class Silent:
            @property
            def id(self) -> int:
                return 1


@host_class(constructible=True)
class Frame:
    """One picture of a film."""

    def __init__(self, image: Picture, index: int = 0) -> None:
        """Makes a frame."""
        self.image, self._index = image, index

    @property
    def id(self) -> int:
        return id(self)

    @property
    def index(self) -> int:
        """where in the film it is"""
        return self._index

    @tool
    async def patch(self) -> ImagePatch:
        """Returns the frame as an ImagePatch."""
        return ImagePatch(self.image)


@tool(method_of=ImagePatch)
async def blurred(self: ImagePatch, strength: int = 3) -> ImagePatch:
    """Returns the patch, blurred."""
    return self


def test_a_host_class_of_ones_own():
    vocabulary = default_vocabulary().with_tools([Frame])
    host = vocabulary.classes["Frame"]
    assert (host.attributes, host.methods, host.constructible) == (("id", "index"), ("patch",), True)
    assert vocabulary.tools["Frame.patch"].owner == "Frame"
    assert "    def __init__(self, image: Image, index: int = 0) -> None:" in vocabulary.prompt()
    assert "class Frame:\n    index: int\n    def __init__" in vocabulary.stubs()


def test_a_method_of_a_class_in_another_file():
    vocabulary = default_vocabulary().with_tools([blurred])
    assert vocabulary.classes["ImagePatch"].methods[-1] == "blurred"
    assert "    def blurred(self, strength: int = 3) -> ImagePatch:" in vocabulary.prompt()
    assert "blurred" not in default_vocabulary().classes["ImagePatch"].methods


def test_a_method_of_an_unknown_class_is_refused():
    @tool(method_of=Frame)
    async def rewind(self: Frame) -> Frame:
        """Returns the first frame."""
        return self

    with pytest.raises(DeclarationError, match="rewind: Frame is no class of this vocabulary"):
        default_vocabulary().with_tools([rewind])


def test_input_pictures_are_opaque():
    host = default_vocabulary().classes["Image"]
    assert host == HostClass("Image", Picture, ("width", "height"))
    assert host == IMAGE
