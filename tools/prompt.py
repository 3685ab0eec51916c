"""The vocabulary as the planner reads it: Python source of signatures and docstrings, in the manner of ViperGPT's
prompt. What it shows is exactly what a program may use."""

import inspect
import re
from collections.abc import Iterable, Mapping
from textwrap import dedent, indent

from tools.declaration import IDENTITY, HostClass, Tool
from tools.hints import written

PROGRAM_IMPORTS = ("import math", "from typing import Any, Dict, List, Optional, Tuple, Union")
"""What a program may use without importing it: ViperGPT's programs do."""

_EXAMPLES = re.compile(r"^Examples:\n(.*)\Z", re.MULTILINE | re.DOTALL)


def prompt_text(classes: Iterable[HostClass], tools: Iterable[Tool], names: Mapping[type, str]) -> str:
    """The whole prompt text; valid Python."""
    tools = list(tools)
    parts = [PROGRAM_IMPORTS[0]]
    for host in classes:
        if host.doc:
            methods = [tool for tool in tools if tool.owner == host.name]
            parts.append(_class_text(host, methods, names))
    parts += [_tool_text(tool, names) for tool in tools if tool.owner is None]
    return "\n\n\n".join(parts) + "\n"


def examples(tool: Tool) -> list[str]:
    """The example programs in a tool's docstring, each with its question as a comment in front."""
    match = _EXAMPLES.search(tool.doc)
    if not match:
        return []
    pieces = re.split(r"\n\s*\n(?=#)", dedent(match.group(1)).strip())
    return [piece.strip() + "\n" for piece in pieces]


def _class_text(host: HostClass, methods: Iterable[Tool], names: Mapping[type, str]) -> str:
    lines = [host.doc]
    attributes = [name for name in host.attributes if name != IDENTITY]
    if attributes:
        lines += ["", "Attributes:"]
        for name in attributes:
            lines.append(f"    {name} ({written(host.attribute_type(name), names)}): {host.attribute_doc(name)}")
    body = [_docstring("\n".join(lines))]
    if host.constructible:
        body.append(
            _def("__init__", host.constructor(names), names) + "\n" + indent(_docstring(_brief(host.type)), "    ")
        )
    body += [_tool_text(tool, names) for tool in methods]
    return f"class {host.name}:\n" + indent("\n\n".join(body), "    ")


def _brief(cls: type) -> str:
    # A constructor's docstring also serves readers of the source; the planner gets its first paragraph.
    return (inspect.getdoc(cls.__init__) or f"A new {cls.__name__}.").split("\n\n")[0]  # type: ignore[misc]


def _tool_text(tool: Tool, names: Mapping[type, str]) -> str:
    return _def(tool.name, tool.signature, names) + "\n" + indent(_docstring(tool.doc), "    ")


def _docstring(text: str) -> str:
    quotes = "'''" if '"""' in text or text.endswith('"') else '"""'
    return f"{quotes}{text}\n{quotes}" if "\n" in text else f"{quotes}{text}{quotes}"


def _def(name: str, signature: inspect.Signature, names: Mapping[type, str]) -> str:
    shown = []
    for one in signature.parameters.values():
        text = one.name
        if one.name != "self":
            text += f": {written(one.annotation, names)}"
            if one.default is not one.empty:
                text += f" = {one.default!r}"
        shown.append(text)
    result = signature.return_annotation
    arrow = "" if result is signature.empty else f" -> {written(result, names)}"
    return f"def {name}({', '.join(shown)}){arrow}:"
