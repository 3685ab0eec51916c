"""The part of Python that programs may use, and what is refused on purpose before anything runs."""

import ast

from agent.program import Problem


def subset_problems(source: str) -> list[Problem]:
    """What in a program the sandbox would refuse."""
    ast.parse(source)
    return []
