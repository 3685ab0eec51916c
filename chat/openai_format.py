"""Chat completions as OpenAI's clients send them, and what of a conversation is asked.

https://platform.openai.com/docs/api-reference/chat. What makes no difference to an answer (a temperature, a seed) is
accepted and ignored; what would silently be wrong without being done is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from agent.program import Turn


class Part(BaseModel):
    """Base of what is read: unknown keys are ignored, as clients send many."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TextPart(Part):
    type: Literal["text"]
    text: str


class ImageUrl(Part):
    url: str


class ImagePart(Part):
    type: Literal["image_url"]
    image_url: ImageUrl


class RefusalPart(Part):
    type: Literal["refusal"]
    refusal: str


def _parts(content: Any) -> Any:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


Texts: TypeAlias = Annotated[list[TextPart], BeforeValidator(_parts)]
Asked: TypeAlias = Annotated[
    list[Annotated[TextPart | ImagePart, Field(discriminator="type")]], BeforeValidator(_parts)
]
Said: TypeAlias = Annotated[
    list[Annotated[TextPart | RefusalPart, Field(discriminator="type")]], BeforeValidator(_parts)
]


class SystemMessage(Part):
    role: Literal["system", "developer"]
    content: Texts


class UserMessage(Part):
    role: Literal["user"]
    content: Asked


class AssistantMessage(Part):
    role: Literal["assistant"]
    content: Said | None = None
    reasoning_content: str | None = None
    """The program, where a client sends back what it was told."""


Message: TypeAlias = Annotated[SystemMessage | UserMessage | AssistantMessage, Field(discriminator="role")]


NO_TOOLS = "they cannot be given here; the program that is written for a question has tools of its own"
NO_LOGPROBS = "log probabilities are not known, as an answer comes from a program"

UNSUPPORTED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "n": ("it must be 1, as a question has one answer", (1,)),
    "tools": (NO_TOOLS, ([],)),
    "tool_choice": (NO_TOOLS, ("none", "auto")),
    "functions": (NO_TOOLS, ([],)),
    "function_call": (NO_TOOLS, ("none", "auto")),
    "response_format": ("it must be text; the value of an answer is in the field `sightscript`", ({"type": "text"},)),
    "logprobs": (NO_LOGPROBS, (False,)),
    "top_logprobs": (NO_LOGPROBS, (0,)),
    "modalities": ("it must be text, as answers are words", (["text"], [])),
    "audio": ("audio cannot be made; answers are words", ()),
    "prediction": ("a prediction cannot be used", ()),
    "web_search_options": ("nothing is searched in the web", ()),
}
"""Parameters that would silently be wrong, why, and the values at which they are harmless."""


class Options(BaseModel):
    """What a client may choose beyond OpenAI's parameters: `extra_body={"sightscript": {"trace": False}}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trace: bool = True
    """Send the whole trace with the answer."""
    reasoning: bool = True
    """Send the program as `reasoning_content`."""


class ChatRequest(Part):
    """The body of `POST /v1/chat/completions`."""

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = False
    stop: str | list[str] | None = None
    n: Any = None
    tools: Any = None
    tool_choice: Any = None
    functions: Any = None
    function_call: Any = None
    response_format: Any = None
    logprobs: Any = None
    top_logprobs: Any = None
    modalities: Any = None
    audio: Any = None
    prediction: Any = None
    web_search_options: Any = None
    sightscript: Options = Options()

    @field_validator(*UNSUPPORTED)
    @classmethod
    def _refuse(cls, value: Any, info: ValidationInfo) -> Any:
        why, fine = UNSUPPORTED[info.field_name or ""]
        if value is not None and value not in fine:
            raise PydanticCustomError("unsupported", "{why}", {"why": why})
        return value


@dataclass(frozen=True)
class Enclosed:
    """A picture of a request, not decoded yet."""

    url: str
    place: str
    """Where it stands: `messages[0].content[1].image_url`."""


@dataclass(frozen=True)
class Talk:
    """What a request asks: the last user message, its pictures, and what was asked about them before."""

    question: str
    pictures: tuple[Enclosed, ...]
    history: tuple[Turn, ...]


def talk_of(messages: Sequence[Message]) -> Talk:
    """Read a conversation. A question without pictures is about those of the latest message that had some; with
    pictures of its own it begins anew. System messages are not read.

    Raises:
        ValueError: the last message is not a user's. One line.
    """
    pictures: tuple[Enclosed, ...] = ()
    turns: list[Turn] = []
    question: str | None = None
    for place, message in enumerate(messages):
        if isinstance(message, UserMessage):
            question = "\n".join(part.text for part in message.content if isinstance(part, TextPart))
            brought = tuple(
                Enclosed(part.image_url.url, f"messages[{place}].content[{number}].image_url")
                for number, part in enumerate(message.content)
                if isinstance(part, ImagePart)
            )
            if brought:
                pictures, turns = brought, []
        elif isinstance(message, AssistantMessage):
            if question and question.strip() and pictures:
                said = "\n".join(
                    part.text if isinstance(part, TextPart) else part.refusal for part in message.content or ()
                )
                turns.append(Turn(" ".join(question.split()), message.reasoning_content or "", said))
            question = None
    if question is None:
        raise ValueError("the last message must be a user's; it is the question")
    return Talk(question, pictures, tuple(turns))


def in_one_line(error: ValidationError) -> tuple[str, str]:
    """What is wrong with a request, in one line, and the parameter it is about."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ""
    before: str | int = ""
    for step in first["loc"]:
        if isinstance(step, int):
            place += f"[{step}]"
        elif not isinstance(before, int):  # after a number comes the kind of message or part, which is no key
            place += f".{step}" if place else step
        before = step
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{place}: {first['msg']}{more}" if place else f"{first['msg']}{more}", place
