"""The text format of the embedded planner."""

import ast

import pytest

from models.plain_question import plain_question
from models.planner_format import (
    END,
    HEAD,
    HEAD_ALBUM,
    HEAD_MANY,
    HEAD_VIDEO,
    FormatError,
    Subject,
    decode_body,
    decode_prompt,
    encode_body,
    encode_prompt,
)

BODIES = (
    'return p.exists("dog")',
    'c = p.find("cat")[0]\nreturn len([x for x in p.find("dog") if x.horizontal_center < c.horizontal_center])',
    'f = p.find("dog")\nif not f:\n return abstain("none")\nreturn all(x.verify_property("dog", "red") for x in f)',
    'for i, p in enumerate(ps):\n if p.exists("dog"):\n  return f"picture {i + 1}"\nreturn abstain("none")',
)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("subject", "head"), [(1, HEAD), (3, HEAD_MANY), ("video", HEAD_VIDEO), ("album", HEAD_ALBUM)])
def test_round_trip(body: str, subject: Subject, head: str) -> None:
    source = decode_body(body, subject)
    ast.parse(source)
    assert source.startswith(head)
    assert encode_body(source) == body


def test_decoding_is_lenient_about_the_end() -> None:
    assert decode_body(f"\nreturn 1 \n\n{END}rest") == decode_body("return 1")


def test_what_is_no_python_is_passed_on() -> None:
    assert decode_body("I cannot do that").endswith("    I cannot do that\n")


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("is there  a\ndog?", 1),
        ("Which picture (left or right) has Q: a dog?", 2),
        ("what appears after the dog leaves?", "video"),
        ("find three pictures of a beach", "album"),
    ],
)
def test_prompts(question: str, subject: Subject) -> None:
    prompt = encode_prompt(question, subject)
    assert prompt.endswith("\n")
    assert prompt.count("\n") == 1
    assert decode_prompt(prompt) == (plain_question(question), subject)


def test_refusals() -> None:
    with pytest.raises(FormatError):
        encode_prompt("  ")
    with pytest.raises(FormatError):
        encode_prompt("is there a dog?", 0)
    with pytest.raises(FormatError):
        decode_prompt("is there a dog?")
    with pytest.raises(FormatError):
        encode_body("def execute_command(image):\n    return 1\n")
    with pytest.raises(FormatError):
        encode_body(HEAD + "  return 1\n")
