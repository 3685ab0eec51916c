"""The text that the embedded planner reads and writes: one place for its training, its decoding and its readers.

The model reads `Q: how many dogs are there?` and a line break and writes only the *body* of `execute_command`: the head
(signature and patches) is always the same, and every token costs time. In a body, statements at the top stand at
column 0 and each level of nesting is one space.
"""

import re

END = "<|im_end|>"
"""The token that ends a body (SmolLM2's id 2)."""

HEAD = "def execute_command(image):\n    p = ImagePatch(image)\n"
"""What stands before the body when the question is about one picture."""

HEAD_MANY = "def execute_command(images):\n    ps = [ImagePatch(i) for i in images]\n"
"""What stands before the body when the question is about several pictures."""

INDENT = 4
"""Spaces a level of nesting in the full source."""


class FormatError(ValueError):
    """A program that cannot be written as a body. The message is one line."""


def encode_prompt(question: str, pictures: int = 1) -> str:
    """The text before the body.

    Args:
        question: one question; runs of white space become one space.
        pictures: how many pictures it is about, at least 1.

    Raises:
        FormatError: the question is empty or there is no picture.
    """
    question = " ".join(question.split())
    if not question or pictures < 1:
        raise FormatError("a prompt needs a question and at least one picture")
    return f"Q: {question}\n" if pictures == 1 else f"Q ({pictures} pictures): {question}\n"


def decode_body(text: str, pictures: int = 1) -> str:
    """The full source of the program whose body the model wrote. Inverse of `encode_body`.

    `text` may still end with `END` and with empty lines. It is not checked to be valid Python: that is the task of
    the planner's check, which can then say what is wrong.
    """
    head = HEAD if pictures == 1 else HEAD_MANY
    lines = [line.rstrip() for line in text.split(END)[0].strip("\n").split("\n")]
    return head + "".join(f"{_indent(line, 1, INDENT)}\n" for line in lines if line)


def encode_body(source: str) -> str:
    """The body of a program in the model's form, without `END`. Inverse of `decode_body`.

    Raises:
        FormatError: the source does not begin with `HEAD` or `HEAD_MANY`, or is not indented by four spaces.
    """
    for head in (HEAD, HEAD_MANY):
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


_PROMPT = re.compile(r"^Q(?: \((\d+) pictures\))?: (.*)\n$")


def decode_prompt(text: str) -> tuple[str, int]:
    """The question and the number of pictures in a prompt. Inverse of `encode_prompt`.

    Raises:
        FormatError: the text is no prompt.
    """
    match = _PROMPT.match(text)
    if match is None:
        raise FormatError("not a prompt of the embedded planner")
    return match[2], int(match[1] or 1)
