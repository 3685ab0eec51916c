"""The tools of a vocabulary as single calls with plain arguments, for clients that hold no objects of ours.

A call becomes a program of one line, so that it is checked, limited, batched with the programs of other people and
traced as they are.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model

from agent.program import ENTRY
from models.picture import Picture
from tools.declaration import Tool
from tools.image_patch import Corners, ImagePatch, to_program
from tools.vocabulary import Vocabulary

CORNERS = ("left", "lower", "right", "upper")
"""Parameters that together are a box, in a program's coordinates."""

BOXES = "Boxes are [x1, y1, x2, y2] in pixels of the picture, origin top left."

PictureText = Annotated[
    str,
    Field(
        description="a data: URL (data:image/png;base64,...), the base64 text of a file, or the path or address of a"
        " file that was uploaded to this server"
    ),
]
BoxNumbers = Annotated[list[float], Field(min_length=4, max_length=4)]
RegionNumbers = Annotated[
    BoxNumbers | None,
    Field(description="look only into this box [x1, y1, x2, y2]; the whole picture if left out"),
]


class Arguments(BaseModel):
    """Base of the arguments of a call."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PatchArgument(Arguments):
    """A box in one of the pictures, or a whole picture."""

    picture: int = Field(0, ge=0, description="which of the pictures, counted from 0")
    region: RegionNumbers = None


@dataclass(frozen=True)
class SingleCall:
    """A tool that can be called alone."""

    tool: Tool
    arguments: type[Arguments]
    single: str
    """The parameter that is the call's one patch, whose fields stand among the arguments; empty if there is no such."""
    fields: Mapping[str, str]
    """What `picture`, `pictures`, `region` and `box` are called among the arguments."""

    @property
    def name(self) -> str:
        return self.tool.name

    @property
    def description(self) -> str:
        """For whoever calls it: the tool's own words, without the examples, which are programs."""
        told = " ".join(self.tool.doc.split("\n\nExamples:")[0].split())
        patch = _holds(self.tool.signature.return_annotation, ImagePatch)
        return f"{told} An ImagePatch is told as its picture and box [x1, y1, x2, y2]." if patch else told

    def pictures(self, arguments: Arguments) -> list[str]:
        """The pictures of a call, as they were enclosed."""
        if self.single:
            return [getattr(arguments, self.fields["picture"])]
        return list(getattr(arguments, self.fields["pictures"])) if "pictures" in self.fields else []

    def program(self, arguments: Arguments, pictures: Sequence[Picture]) -> str:
        """Source of a program that makes the call and returns its result as the only item of a list.

        Raises:
            ValueError: an argument names a picture that is not there. One line.
        """
        given: list[str] = []
        for name in self.tool.signature.parameters:
            if name == self.single:
                region = getattr(arguments, self.fields["region"])
                code = _code(PatchArgument(picture=0, region=region), pictures)
            elif name in CORNERS and "box" in self.fields:
                corners = _corners(getattr(arguments, self.fields["box"]), pictures[0])
                code = repr(corners[CORNERS.index(name)])
            else:
                code = _code(getattr(arguments, name), pictures)
            given.append(code if name == "self" else f"{name}={code}")
        receiver = f"{given.pop(0)}." if self.tool.owner else ""
        parameter = "image" if len(pictures) <= 1 else "images"
        return f"def {ENTRY}({parameter}):\n    return [{receiver}{self.tool.name}({', '.join(given)})]\n"


def single_calls(vocabulary: Vocabulary) -> tuple[SingleCall, ...]:
    """The tools that can be called alone, each name once; of a method and a function of one name it is the function.

    Left out are tools that end a program or bring nothing back, arithmetic that needs no picture, and those that take
    other objects than patches, which a client cannot hold.
    """
    chosen = {tool.name: tool for tool in vocabulary.tools.values() if _can_stand_alone(tool, vocabulary)}
    return tuple(_single_call(tool) for tool in chosen.values())


def _can_stand_alone(tool: Tool, vocabulary: Vocabulary) -> bool:
    hints = [parameter.annotation for parameter in tool.signature.parameters.values()]
    held = any(_holds(hint, other) for hint in hints for other in vocabulary.names if other is not ImagePatch)
    returns = tool.signature.return_annotation
    return not (tool.inline or tool.terminal or held or returns in (None, type(None)))


def _holds(hint: Any, wanted: type) -> bool:
    return hint is wanted or any(_holds(one, wanted) for one in get_args(hint))


def _single_call(tool: Tool) -> SingleCall:
    parameters = tool.signature.parameters
    patches = [name for name, one in parameters.items() if _holds(one.annotation, ImagePatch)]
    single = patches[0] if len(patches) == 1 and parameters[patches[0]].annotation is ImagePatch else ""
    names: dict[str, str] = {}
    fields: dict[str, Any] = {}

    def add(name: str, hint: Any, default: Any) -> None:
        names[name] = name
        while names[name] in parameters:
            names[name] += "_"
        fields[names[name]] = (hint, default)

    if single:
        add("picture", PictureText, ...)
        add("region", RegionNumbers, None)
    elif patches:
        add("pictures", Annotated[list[PictureText], Field(min_length=1)], ...)
    has_box = single and all(corner in parameters for corner in CORNERS)
    for name, parameter in parameters.items():
        if has_box and name in CORNERS:
            if "box" not in names:
                add("box", Annotated[BoxNumbers, Field(description=BOXES)], ...)
        elif name != single:
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[name] = (_argument_type(parameter.annotation), default)
    return SingleCall(tool, create_model(f"{tool.name}_arguments", __base__=Arguments, **fields), single, names)


def _argument_type(hint: Any) -> Any:
    """The type of an argument, with patches replaced by what names them."""
    if hint is ImagePatch:
        return PatchArgument
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return Union[tuple(_argument_type(one) for one in arguments)]  # noqa: UP007
    if origin is list:
        return list[_argument_type(arguments[0])]  # type: ignore[misc]
    return hint


def _code(value: Any, pictures: Sequence[Picture]) -> str:
    """An argument as Python."""
    if isinstance(value, PatchArgument):
        if value.picture >= len(pictures):
            raise ValueError(f"there is no picture {value.picture}; {len(pictures)} came, counted from 0")
        image = "image" if len(pictures) == 1 else f"images[{value.picture}]"
        if value.region is None:
            return f"ImagePatch({image})"
        corners = _corners(value.region, pictures[value.picture])
        return f"ImagePatch({image}, {', '.join(map(repr, corners))})"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_code(item, pictures) for item in value)}]"
    return repr(value)


def _corners(numbers: Sequence[float], picture: Picture) -> Corners:
    """A box as a program counts it. Raises ValueError if it holds nothing of the picture."""
    x1, y1, x2, y2 = numbers
    box = f"the box [{', '.join(f'{number:g}' for number in numbers)}]"
    if round(x2) <= round(x1) or round(y2) <= round(y1):
        raise ValueError(f"{box} has no area; x1 < x2 and y1 < y2")
    if x1 >= picture.width or x2 <= 0 or y1 >= picture.height or y2 <= 0:
        raise ValueError(f"{box} lies outside the picture, which is {picture.width} x {picture.height} pixels")
    return to_program((x1, y1, x2, y2), picture.height)
