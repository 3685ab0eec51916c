"""Programs in replies of every shape."""

import pytest

from agent.planning.extraction import extract
from agent.program import Problem

PLAIN = "def execute_command(image):\n    return 1\n"
HELPED = "import math\n\ndef half(x):\n    return x / 2\n\ndef execute_command(image):\n    return half(2)\n"

FOUND = {
    "bare": (PLAIN, PLAIN),
    "fenced": (f"```python\n{PLAIN}```", PLAIN),
    "fenced without a language": (f"```\n{PLAIN}```", PLAIN),
    "another language name": (f"```py\n{PLAIN}```", PLAIN),
    "tildes": (f"~~~python\n{PLAIN}~~~", PLAIN),
    "four backticks": (f"````python\n{PLAIN}````", PLAIN),
    "words around": (f"Sure! Here is the program:\n\n```python\n{PLAIN}```\nIt returns 1.", PLAIN),
    "cut off, without a closing fence": (f"```python\n{PLAIN}", PLAIN),
    "windows line ends": (PLAIN.replace("\n", "\r\n"), PLAIN),
    "indented as in a list": (
        "1. Do this:\n\n   ```python\n   def execute_command(image):\n       return 1\n   ```",
        PLAIN,
    ),
    "tabs": ("```python\ndef execute_command(image):\n\treturn 1\n```", PLAIN),
    "with helpers": (f"```python\n{HELPED}```", HELPED),
    "helpers and words, no fence": (f"The program:\n{HELPED}\nThis halves two.", HELPED),
    "words before, no fence": (f"Here you are.\n\n{PLAIN}", PLAIN),
    "words after, no fence": (f"{PLAIN}\nI hope that this helps!", PLAIN),
    "two blocks, one defines it": (f"```python\nx = 1\n```\nand\n```python\n{PLAIN}```", PLAIN),
    "corrected below": (
        f"```python\n{PLAIN}```\nNo, wait:\n```python\n{PLAIN.replace('1', '2')}```",
        PLAIN.replace("1", "2"),
    ),
    "the later one is broken": (f"```python\n{PLAIN}```\n```python\ndef execute_command(image:\n```", PLAIN),
    "thinking": (f"<think>def execute_command(image): maybe</think>\n{PLAIN}", PLAIN),
    "body": (
        'return ImagePatch(image).exists("dog")',
        'def execute_command(image):\n    return ImagePatch(image).exists("dog")\n',
    ),
    "fenced body": ("```python\nx = 1\nreturn x\n```", "def execute_command(image):\n    x = 1\n    return x\n"),
    "indented body": ("    x = 1\n    return x", "def execute_command(image):\n    x = 1\n    return x\n"),
    "example call below": (f"{PLAIN}\nprint(execute_command(image))", f"{PLAIN}\nprint(execute_command(image))\n"),
    "typed": (
        "def execute_command(image) -> str:\n    return 'a'",
        "def execute_command(image) -> str:\n    return 'a'\n",
    ),
    "non-breaking spaces": ("def execute_command(image):\n\u00a0\u00a0\u00a0\u00a0return 1", PLAIN),
}


@pytest.mark.parametrize(("text", "program"), FOUND.values(), ids=FOUND.keys())
def test_a_program_is_found(text: str, program: str) -> None:
    assert extract(text) == program


def test_a_body_for_several_pictures_takes_the_list() -> None:
    assert extract("return len(images)", "images") == "def execute_command(images):\n    return len(images)\n"


@pytest.mark.parametrize("text", ["", "  \n", "I cannot write a program for that.", "<think>hm</think>", "Yes.", "42"])
def test_no_program_is_a_clear_problem(text: str) -> None:
    problem = extract(text)
    assert isinstance(problem, Problem)
    assert problem.kind == "empty"
    assert "program" in problem.message


def test_a_broken_block_is_handed_on_to_the_check() -> None:
    """What looks like a program but does not parse gets its error message from the check, not a shrug from here."""
    assert (
        extract("```python\ndef execute_command(image):\n    return (\n```")
        == "def execute_command(image):\n    return (\n"
    )
    assert extract("```python\nfor x in y\n```") == "for x in y\n"
