"""What the app offers to MCP clients (https://modelcontextprotocol.io): `ask_picture`, and the tools of programs.

Gradio brings the server, its address (/gradio_api/mcp/) and the page that a browser is shown there. What it would
offer, every event of the window, is replaced before the first request comes.
"""

import base64
import contextlib
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from io import BytesIO
from typing import Annotated, Any

import anyio.to_thread
import numpy as np
from anyio import CapacityLimiter
from mcp import types
from mcp.server import Server
from PIL import Image
from pydantic import Field, ValidationError

from agent.program import QueryError
from agent.trace import Answer, MaskValue, PatchValue, PictureValue, TextValue, text_of
from agent.values import Undecodable, pixels_of
from chat.agents import Agents, Choice
from chat.conversation import PERSON_ERRORS
from chat.enclosed import read_enclosed
from chat.openai_format import in_one_line
from chat.tool_calls import BOXES, Arguments, PictureText, SingleCall, single_calls
from chat.uploads import UploadLimits
from models.picture import Picture, Region
from tools.vocabulary import Vocabulary

AT_ONCE = 32
"""Calls answered at the same time; the others wait."""

MAX_CUT_OUTS = 8
"""Pictures that come with one result."""

LONGEST_CUT_OUT = 512
"""Pixels."""

ASK = "ask_picture"

INSTRUCTIONS = (
    "Answers questions about pictures by writing and running a program of vision tools. ask_picture takes a question of"
    f" any kind; the other tools are single looks at a picture. {BOXES}"
)


class AskArguments(Arguments):
    question: str = Field(description="what to find out; it may need several steps, counting or comparing")
    pictures: Annotated[list[PictureText], Field(min_length=1, description="one picture or several, in order")]


class McpTools:
    """The tools over a pool of agents.

    Args:
        agents: answers come from one of them.
        choice: which.
        limits: of the pictures of a call.
        uploads: the folder of files that were uploaded to the app; without one, pictures must be enclosed.
    """

    def __init__(
        self,
        agents: Agents,
        choice: Choice | None = None,
        limits: UploadLimits | None = None,
        uploads: str | None = None,
    ) -> None:
        self.agents, self.choice, self.uploads = agents, choice or Choice(), uploads
        self.limits = limits or UploadLimits()
        self._calls: Mapping[str, SingleCall] = {}
        self._limiter = CapacityLimiter(AT_ONCE)

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Any) -> AsyncGenerator[None]:
        """For the application that Gradio makes; its `mcp_server` must be on."""
        with self.agents.using(self.choice) as agent:
            self.serve(app.get_blocks().mcp_server_obj.mcp_server, agent.vocabulary)
        self.uploads = self.uploads or app.uploaded_file_dir
        yield

    def serve(self, server: Server, vocabulary: Vocabulary) -> None:
        """Make a server offer these tools and nothing else."""
        self._calls = {call.name: call for call in single_calls(vocabulary)}
        server.instructions = INSTRUCTIONS
        ping = server.request_handlers[types.PingRequest]
        server.request_handlers.clear()
        server.request_handlers[types.PingRequest] = ping

        async def listed() -> list[types.Tool]:
            return self.listed()

        async def called(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
            return await anyio.to_thread.run_sync(self.called, name, arguments, limiter=self._limiter)

        server.list_tools()(listed)
        server.call_tool(validate_input=False)(called)  # pydantic does, and says more clearly what is wrong

    def listed(self) -> list[types.Tool]:
        """What is offered."""
        ask = "Answers a question about one or more pictures. Says so, with the reason, where the pictures cannot tell."
        tools = [_described(ASK, ask, AskArguments)]
        return tools + [_described(call.name, call.description, call.arguments) for call in self._calls.values()]

    def called(self, name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        """Answer one call. Whatever is wrong with it is told in the result."""
        try:
            if name == ASK:
                return self._ask(AskArguments.model_validate(arguments))
            if name not in self._calls:
                raise QueryError(f"there is no tool {name!r}; there are {', '.join((ASK, *self._calls))}")
            call = self._calls[name]
            return self._call(call, call.arguments.model_validate(arguments))
        except ValidationError as error:
            return _refused(f"{name}: {in_one_line(error)[0]}")
        except (*PERSON_ERRORS, ValueError) as error:
            return _refused(str(error))

    def _ask(self, arguments: AskArguments) -> types.CallToolResult:
        pictures = self._pictures(arguments.pictures)
        with self.agents.using(self.choice) as agent:
            answer = agent.ask(arguments.question, pictures)
        told = {
            "status": answer.status,
            "answer": text_of(answer.value) if answer.status == "answered" else "",
            "reason": answer.reason,
            "program": answer.program,
        }
        return _result(told, answer.value, answer, pictures)

    def _call(self, call: SingleCall, arguments: Arguments) -> types.CallToolResult:
        pictures = self._pictures(call.pictures(arguments))
        program = call.program(arguments, pictures)
        with self.agents.using(self.choice) as agent:
            answer = agent.run(program, pictures or [_BLANK], call.name)
        if answer.status == "failed":
            problem = answer.trace.attempts[-1].problem if answer.trace.attempts else None
            return _refused(problem.message if problem else answer.reason)
        value = answer.value[0] if answer.status == "answered" else None
        return _result({"status": answer.status, "reason": answer.reason}, value, answer, pictures)

    def _pictures(self, enclosed: Sequence[str]) -> list[Picture]:
        if len(enclosed) > self.limits.pictures:
            raise QueryError(f"{len(enclosed)} pictures are too many for one call; at most {self.limits.pictures}")
        names = [f"picture {number}" for number in range(len(enclosed))]
        return [read_enclosed(one, name, self.limits, self.uploads) for one, name in zip(enclosed, names, strict=True)]


_BLANK = Picture.from_image(np.full((1, 1, 3), 255, np.uint8), "none")
"""For tools that look at no picture; a program always has one."""


# ---------------------------------------------------------------------- what is sent


def _described(name: str, description: str, arguments: type[Arguments]) -> types.Tool:
    schema = _untitled(arguments.model_json_schema())
    schema.pop("description", None)
    hints = types.ToolAnnotations(readOnlyHint=True, openWorldHint=False)
    return types.Tool(name=name, description=description, inputSchema=schema, annotations=hints)


def _untitled(schema: Any) -> Any:
    """A schema without the titles that pydantic makes of names: whoever reads it pays for each word."""
    if isinstance(schema, list):
        return [_untitled(one) for one in schema]
    if isinstance(schema, dict):
        return {key: _untitled(one) for key, one in schema.items() if key != "title" or not isinstance(one, str)}
    return schema


def _refused(why: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=why)], isError=True)


def _result(told: dict[str, Any], value: Any, answer: Answer, pictures: Sequence[Picture]) -> types.CallToolResult:
    """A result as JSON, with the regions in it cut out as pictures, in the order in which they stand there."""
    cut_outs: list[types.ImageContent] = []
    places = {picture.key: place for place, picture in reversed(list(enumerate(pictures)))}

    def plain(value: Any) -> Any:
        if isinstance(value, PatchValue | MaskValue | PictureValue):
            record: dict[str, Any] = {"picture": places.get(value.picture)}
            if not isinstance(value, PictureValue):
                record["box"] = list(value.box)
            if isinstance(value, MaskValue):
                record |= {"area": value.area, "polygons": value.polygons}
            picture = answer.pictures.get(value.picture)
            shown = _cut_out(value, picture) if picture and len(cut_outs) < MAX_CUT_OUTS else None
            if shown is not None:
                record["cut_out"] = len(cut_outs)
                cut_outs.append(shown)
            return record
        if isinstance(value, TextValue):
            return value.text
        if isinstance(value, list):
            return [plain(item) for item in value]
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return value

    whole = {**told, "result": plain(value)}
    text = types.TextContent(type="text", text=json.dumps(whole, ensure_ascii=False))
    return types.CallToolResult(content=[text, *cut_outs], structuredContent=whole)


def _cut_out(value: PatchValue | MaskValue | PictureValue, picture: Picture) -> types.ImageContent:
    """A region alone; the object of a mask on white."""
    image = picture.image
    if isinstance(value, MaskValue):
        with contextlib.suppress(Undecodable):
            inside = Image.fromarray(pixels_of(value.counts, picture.width, picture.height))
            image = Image.composite(image, Image.new("RGB", image.size, "white"), inside)
    if not isinstance(value, PictureValue):
        image = image.crop(Region(picture, value.box).pixels)
    if max(image.size) > LONGEST_CUT_OUT:
        image = image.copy()
        image.thumbnail((LONGEST_CUT_OUT, LONGEST_CUT_OUT), Image.Resampling.LANCZOS, reducing_gap=2.0)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return types.ImageContent(type="image", data=base64.b64encode(buffer.getvalue()).decode(), mimeType="image/jpeg")
