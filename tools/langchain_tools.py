"""The vocabulary as LangChain tools, for an agent that calls tools one by one instead of writing a program.

A patch is named there by its picture (a file, or a handle) and an optional box in a program's coordinates, a segment of
a video by the file and its first and last frames; every other host object, such as a mask, by a handle that an earlier
tool returned.
"""

import re
import types
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from langchain_core.tools import BaseTool, StructuredTool, ToolException
from pydantic import BaseModel, ConfigDict, Field, create_model

from models.picture import Picture, PictureError
from models.requests import Specialist, SpecialistError
from models.video import Video
from tools.declaration import IDENTITY, Abstention, Tool, ToolError
from tools.driver import drive
from tools.image_patch import ImagePatch
from tools.video import VideoSegment

if TYPE_CHECKING:
    from tools.vocabulary import Vocabulary

MAX_HANDLES = 256
"""Host objects that are kept for an agent; the one unused for longest is forgotten first."""


class PatchArgument(BaseModel):
    """A picture, or a box in it."""

    model_config = ConfigDict(extra="forbid")

    picture: str = Field(description="path of a picture file, or the handle of a picture")
    left: float | None = Field(None, description="pixels from the left edge of the picture")
    lower: float | None = Field(None, description="pixels from the bottom edge of the picture")
    right: float | None = Field(None, description="pixels from the left edge of the picture")
    upper: float | None = Field(None, description="pixels from the bottom edge of the picture")


class SegmentArgument(BaseModel):
    """A video, or a part of it."""

    model_config = ConfigDict(extra="forbid")

    video: str = Field(description="path of a video file")
    start: int | None = Field(None, description="number of the first frame, from 0")
    end: int | None = Field(None, description="number of the frame behind the last one")


class HandleArgument(BaseModel):
    """An object that an earlier tool returned."""

    model_config = ConfigDict(extra="forbid")

    handle: str = Field(description="the handle, as the earlier tool returned it")


class Shelf:
    """Host objects by handle, for one set of tools. Safe to use from several threads."""

    def __init__(self, vocabulary: "Vocabulary", pictures: Mapping[str, Picture]) -> None:
        self._vocabulary = vocabulary
        self._given = dict(pictures)
        self._handles = {picture.key: handle for handle, picture in pictures.items()}
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    def restore(self, value: Any) -> Any:
        """From arguments as LangChain gives them to those of a tool.

        Raises:
            ToolError: an unknown handle, or a box without area.
            PictureError: a file that is no picture.
        """
        if isinstance(value, PatchArgument):
            return ImagePatch(self._picture(value.picture), value.left, value.lower, value.right, value.upper)
        if isinstance(value, SegmentArgument):
            return VideoSegment(self._video(value.video), value.start, value.end)
        if isinstance(value, HandleArgument):
            return self._find(value.handle)
        if isinstance(value, list | tuple):
            return [self.restore(item) for item in value]
        return value

    def plain(self, value: Any) -> Any:
        """From a tool's result to plain data, with handles in place of host objects."""
        if isinstance(value, ImagePatch):
            corners = {name: getattr(value, name) for name in ("left", "lower", "right", "upper")}
            return {"picture": self._handle_of(value.region.picture), **corners}
        if isinstance(value, VideoSegment):
            shown = {name: getattr(value, name) for name in ("start", "end", "start_time", "end_time")}
            return {"video": value.video.name, **shown}
        if isinstance(value, list | tuple):
            return [self.plain(item) for item in value]
        if isinstance(value, dict):
            return {key: self.plain(item) for key, item in value.items()}
        if type(value) in self._vocabulary.names:
            host = self._vocabulary.classes[self._vocabulary.names[type(value)]]
            shown = {name: self.plain(getattr(value, name)) for name in host.attributes if name != IDENTITY}
            return {"handle": self._keep(f"{host.name}-{value.id}", value), **shown}
        return value

    def _picture(self, name: str) -> Picture:
        if name in self._given:
            return self._given[name]
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._expect_picture(name, self._kept[name])
        picture = Picture.open(name)
        with self._lock:
            self._handles[picture.key] = name
        self._keep(name, picture)
        return picture

    def _video(self, name: str) -> Video:
        with self._lock:
            kept = self._kept.get(name)
        if isinstance(kept, Video):
            return kept
        video = Video.open(name)
        self._keep(name, video)
        return video

    def _expect_picture(self, name: str, value: Any) -> Picture:
        if not isinstance(value, Picture):
            raise ToolError(f"{name} is not a picture")
        return value

    def _handle_of(self, picture: Picture) -> str:
        with self._lock:
            handle = self._handles.setdefault(picture.key, f"picture-{picture.key[:12]}")
        return handle if handle in self._given else self._keep(handle, picture)

    def _keep(self, handle: str, value: Any) -> str:
        with self._lock:
            self._kept[handle] = value
            self._kept.move_to_end(handle)
            while len(self._kept) > MAX_HANDLES:
                _, gone = self._kept.popitem(last=False)
                if isinstance(gone, Picture):
                    self._handles.pop(gone.key, None)
        return handle

    def _find(self, handle: str) -> Any:
        with self._lock:
            if handle not in self._kept:
                raise ToolError(f"there is no object with the handle {handle!r}; make it again with its tool")
            self._kept.move_to_end(handle)
            return self._kept[handle]


def langchain_tools(
    vocabulary: "Vocabulary", kit: Mapping[str, Specialist], pictures: Mapping[str, Picture]
) -> list[BaseTool]:
    """One LangChain tool for each tool of the vocabulary, except `abstain` and its like: an agent just says so.

    Of a method and a function with one name, the function is taken (`llm_query`); of methods of two classes, the later
    one has its class in front (`video_segment_find`). What a tool refuses is raised as
    `ToolException`, so that `handle_tool_error` decides what the agent sees.
    """
    shelf = Shelf(vocabulary, pictures)
    chosen: dict[str, Tool] = {}
    for tool in vocabulary.tools.values():
        if not tool.terminal:
            taken = tool.owner and tool.name in chosen
            chosen[f"{_snake(tool.owner or '')}_{tool.name}" if taken else tool.name] = tool
    return [_langchain_tool(name, tool, vocabulary, kit, shelf) for name, tool in chosen.items()]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _langchain_tool(
    name: str, tool: Tool, vocabulary: "Vocabulary", kit: Mapping[str, Specialist], shelf: Shelf
) -> StructuredTool:
    receiver = _snake(tool.owner or "")
    types_by_name = {host.name: host.type for host in vocabulary.classes.values()}
    fields: dict[str, Any] = {}
    for position, (key, parameter) in enumerate(tool.signature.parameters.items()):
        if tool.owner and position == 0:
            fields[receiver] = (_argument_type(types_by_name[tool.owner], vocabulary), ...)
        else:
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[key] = (_argument_type(parameter.annotation, vocabulary), default)

    def run(**arguments: Any) -> Any:
        try:
            restored = {name: shelf.restore(value) for name, value in arguments.items()}
            first = (restored.pop(receiver),) if tool.owner else ()
            return shelf.plain(drive(vocabulary.call(tool.qualified, first, restored), kit))
        except (ToolError, Abstention, SpecialistError, PictureError, ValueError) as error:
            raise ToolException(str(error)) from error

    return StructuredTool.from_function(
        run,
        name=name,
        description=tool.doc.split("\n\nExamples:")[0],
        args_schema=create_model(f"{name}_arguments", **fields),
    )


def _argument_type(hint: Any, vocabulary: "Vocabulary") -> Any:
    """The type of an argument with host classes replaced by what names them."""
    if hint is ImagePatch:
        return PatchArgument
    if hint is VideoSegment:
        return SegmentArgument
    if hint in vocabulary.names:
        return HandleArgument
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return Union[tuple(_argument_type(one, vocabulary) for one in arguments)]  # noqa: UP007
    if origin is list:
        return list[_argument_type(arguments[0], vocabulary)]  # type: ignore[misc]
    return hint
