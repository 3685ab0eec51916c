"""The text that the embedded planner reads and writes: one place for its training, its decoding and its readers.

The model reads `Q: how many dogs are there?` and a line break and writes only the *body* of `execute_command`: the head
(signature and patches) is always the same, and every token costs time. In a body, statements at the top stand at
column 0 and each level of nesting is one space.
"""

import re
from typing import Literal, get_args

from models.plain_question import plain_question

END = "<|im_end|>"
"""The token that ends a body (SmolLM2's id 2)."""

HEAD = "def execute_command(image):\n    p = ImagePatch(image)\n"
"""What stands before the body when the question is about one picture."""

HEAD_MANY = "def execute_command(images):\n    ps = [ImagePatch(i) for i in images]\n"
"""What stands before the body when the question is about several pictures."""

HEAD_VIDEO = "def execute_command(video):\n    v = VideoSegment(video)\n"
"""What stands before the body when the question is about a video."""

HEAD_ALBUM = "def execute_command():\n"
"""What stands before the body when no picture is given and an index of many is open: the program searches it."""

Medium = Literal["video", "album"]
Subject = int | Medium
"""What a question is about: so many pictures, a video, or the album (the open index)."""

INDENT = 4
"""Spaces a level of nesting in the full source."""


class FormatError(ValueError):
    """A program that cannot be written as a body. The message is one line."""


def head_of(subject: Subject = 1) -> str:
    """The fixed first lines of a program about this subject."""
    if isinstance(subject, int):
        return HEAD if subject == 1 else HEAD_MANY
    return HEAD_VIDEO if subject == "video" else HEAD_ALBUM


def encode_prompt(question: str, subject: Subject = 1) -> str:
    """The text before the body.

    Args:
        question: one question; it is put into its plain form.
        subject: what it is about; pictures are at least 1.

    Raises:
        FormatError: the question is empty or there is no picture.
    """
    question = plain_question(question)
    if not question or (isinstance(subject, int) and subject < 1):
        raise FormatError("a prompt needs a question and at least one picture")
    if subject == 1:
        return f"Q: {question}\n"
    return f"Q ({subject} pictures): {question}\n" if isinstance(subject, int) else f"Q ({subject}): {question}\n"


def decode_body(text: str, subject: Subject = 1) -> str:
    """The full source of the program whose body the model wrote. Inverse of `encode_body`.

    `text` may still end with `END` and with empty lines. It is not checked to be valid Python: that is the task of
    the planner's check, which can then say what is wrong.
    """
    lines = [line.rstrip() for line in text.split(END)[0].strip("\n").split("\n")]
    return head_of(subject) + "".join(f"{_indent(line, 1, INDENT)}\n" for line in lines if line)


def encode_body(source: str) -> str:
    """The body of a program in the model's form, without `END`. Inverse of `decode_body`.

    Raises:
        FormatError: the source begins with none of the fixed heads, or is not indented by four spaces.
    """
    for head in (HEAD, HEAD_MANY, HEAD_VIDEO, HEAD_ALBUM):
        if source.startswith(head):
            lines = source[len(head) :].rstrip("\n").split("\n")
            return "\n".join(_dedent(line) for line in lines if line.strip())
    raise FormatError("the program does not begin with the planner's fixed head")


def _indent(line: str, width: int, to: int) -> str:
    text = line.lstrip(" ")
    level = (len(line) - len(text)) // width + 1
    return " " * (level * to) + text


def _dedent(line: str) -> str:
    spaces = len(line) - len(line.lstrip(" "))
    if spaces < INDENT or spaces % INDENT:
        raise FormatError(f"not indented by a multiple of {INDENT} spaces: {line.strip()!r}")
    return " " * (spaces // INDENT - 1) + line.strip()


_PROMPT = re.compile(rf"^Q(?: \((?:(\d+) pictures|({'|'.join(get_args(Medium))}))\))?: (.*)\n$")


def decode_prompt(text: str) -> tuple[str, Subject]:
    """The plain question and its subject. Inverse of `encode_prompt`.

    Raises:
        FormatError: the text is no prompt.
    """
    match = _PROMPT.match(text)
    if match is None:
        raise FormatError("not a prompt of the embedded planner")
    medium: Medium | None = next((one for one in get_args(Medium) if one == match[2]), None)
    return match[3], medium or int(match[1] or 1)
