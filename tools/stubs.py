"""The vocabulary as a type checker reads it: a self-contained stub module, for the check before a program runs."""

import inspect
from collections.abc import Iterable, Mapping
from textwrap import indent

from tools.declaration import IDENTITY, HostClass, Tool
from tools.hints import written
from tools.prompt import PROGRAM_IMPORTS

_PRIVATE = "from typing import Literal, NoReturn, Sequence as _Sequence, overload"


def stubs_text(classes: Iterable[HostClass], tools: Iterable[Tool], names: Mapping[type, str]) -> str:
    """Source of the stubs. Lists among parameters are written as `Sequence` (see `tools.hints.written`)."""
    tools = list(tools)
    parts = [_reexport(line) for line in PROGRAM_IMPORTS] + [_PRIVATE]
    for host in classes:
        body = [f"{name}: {written(host.attribute_type(name), names)}" for name in host.attributes if name != IDENTITY]
        if host.constructible:
            body.append(_def("__init__", host.constructor(names), names))
        body += [_tool(tool, names) for tool in tools if tool.owner == host.name]
        parts.append(f"class {host.name}:\n" + indent("\n".join(body) or "...", "    "))
    parts += [_tool(tool, names) for tool in tools if tool.owner is None]
    return "\n".join(parts) + "\n"


def _reexport(line: str) -> str:
    # Only `import x as x` makes a name of a stub visible in the program.
    head, _, tail = line.rpartition("import ")
    return f"{head}import " + ", ".join(f"{name} as {name}" for name in tail.split(", "))


def _tool(tool: Tool, names: Mapping[type, str]) -> str:
    if tool.overloads:
        return "\n".join("@overload\n" + _def(tool.name, one, names) for one in tool.overloads)
    return _def(tool.name, tool.signature, names)


def _def(name: str, signature: inspect.Signature, names: Mapping[type, str]) -> str:
    shown = []
    for one in signature.parameters.values():
        text = one.name if one.name == "self" else f"{one.name}: {written(one.annotation, names, loose=True)}"
        shown.append(text if one.default is one.empty else f"{text} = ...")
    return f"def {name}({', '.join(shown)}) -> {written(signature.return_annotation, names)}: ..."
