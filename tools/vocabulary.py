"""`Vocabulary`: all that a program may call, and what is derived from it."""

import ast
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from models.picture import Picture
from models.requests import Specialist
from tools.declaration import DeclarationError, HostClass, Mark, Tool, describe_tool
from tools.hints import bind, written
from tools.prompt import PROGRAM_IMPORTS, prompt_text
from tools.stubs import stubs_text

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

BUILT_IN = (
    "tools.image_patch",
    "tools.mask",
    "tools.classification",
    "tools.visual_language",
    "tools.editing",
    "tools.functions",
    "tools.knowledge",
)
"""Modules of the default vocabulary, in the order in which the planner reads about them."""

EXTRAS = {"tools.painting": ("diffusers", "diffusers"), "tools.video": ("av", "sightscript[video]")}
"""Further ones that need a package, each with the package and what `pip install` is to be given for it. Without the
package the vocabulary is without them."""


class Vocabulary:
    """The tools and host classes of programs. It never changes; `with_tools` makes a larger one.

    Arguments:
        declared: Functions marked with `@tool`, classes marked with `@host_class`, `HostClass` objects, or modules,
            which stand for all of these that they define.

    Raises:
        DeclarationError: two things of one name, a method of an unknown class, or a type that cannot be written down.
    """

    def __init__(self, declared: Iterable[Any]) -> None:
        self._declared = tuple(_flatten(declared))
        hosts = [host for one in self._declared if (host := _host(one))]
        marked = [(one, mark) for one in self._declared if (mark := _mark(one))]
        namespace = {host.type.__name__: host.type for host in hosts} | {host.name: host.type for host in hosts}
        tools: list[Tool] = []
        classes: list[HostClass] = []
        for host in hosts:
            methods = [value for value in vars(host.type).values() if _mark(value)]
            methods += [function for function, mark in marked if mark.method_of is host.type]
            tools += [describe_tool(function, host.name, namespace) for function in methods]
            classes.append(replace(host, methods=tuple(function.__name__ for function in methods)))
        tools += [describe_tool(function, None, namespace) for function, mark in marked if mark.method_of is None]
        for function, mark in marked:
            if mark.method_of is not None and mark.method_of not in {host.type for host in hosts}:
                raise DeclarationError(f"{function.__name__}: {mark.method_of.__name__} is no class of this vocabulary")
        _refuse_twins([tool.qualified for tool in tools] + [host.name for host in hosts])

        self.tools: Mapping[str, Tool] = MappingProxyType({tool.qualified: tool for tool in tools})
        """By qualified name, methods first."""
        self.classes: Mapping[str, HostClass] = MappingProxyType({host.name: host for host in classes})
        """By the name that programs use."""
        self.names: Mapping[type, str] = MappingProxyType({host.type: host.name for host in classes})
        """What programs call a class of the host."""
        self.functions = frozenset(one.name for one in tools if one.owner is None and not one.inline)
        """Names of the plain functions that are calls to the host."""
        self._signatures = {one.qualified: one.signature for one in tools} | {
            host.name: _without_self(host.constructor(self.names)) for host in classes if host.constructible
        }
        for signature in self._signatures.values():
            for parameter in signature.parameters.values():
                written(parameter.annotation, self.names)
            written(signature.return_annotation, self.names)
        self._prelude = _prelude([one for one in tools if one.inline])

    def with_tools(self, declared: Iterable[Any]) -> "Vocabulary":
        """A vocabulary that has these tools, host classes or modules as well."""
        return Vocabulary([*self._declared, *declared])

    def prompt(self) -> str:
        """What the planner reads: classes and functions with signatures and docstrings; valid Python."""
        return prompt_text(self.classes.values(), self.tools.values(), self.names)

    def stubs(self) -> str:
        """What the type check reads: source of a stub module."""
        return stubs_text(self.classes.values(), self.tools.values(), self.names)

    def prelude(self) -> str:
        """What the sandbox runs before a program: the source of the inline tools."""
        return self._prelude

    def signature(self, name: str) -> inspect.Signature:
        """Signature of a tool, by its qualified name, or of a constructor, by the name of the class."""
        if name not in self._signatures:
            raise KeyError(f"there is no tool named {name!r}")
        return self._signatures[name]

    def bind(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments of a call by parameter name, defaults filled in and checked; a method's receiver is `self`.

        Raises:
            ToolError: an argument is missing, unknown or of a wrong kind. The text says how the tool is called.
            KeyError: there is no such tool.
        """
        return bind(name.rpartition(".")[2], self.signature(name), args, kwargs, self.names)

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Coroutine[Any, Any, Any]:
        """Start a call: the coroutine yields requests and is sent their results (see `tools.driver.drive`).

        Arguments:
            name: `ImagePatch.find`, `best_image_match`, or `ImagePatch` for its constructor.
            args: Positional arguments; of a method, the receiver first.

        Raises:
            ToolError, KeyError: as `bind` does, at once.
        """
        bound = self.bind(name, args, kwargs)
        function = self.tools[name].function if name in self.tools else self.classes[name].type
        if inspect.iscoroutinefunction(function):
            coroutine: Coroutine[Any, Any, Any] = function(**bound)
            return coroutine

        async def at_once() -> Any:
            return function(**bound)

        return at_once()

    def langchain(
        self, kit: Mapping[str, Specialist], pictures: Mapping[str, Picture] | None = None
    ) -> "list[BaseTool]":
        """The tools for a LangChain agent (see `tools.langchain_tools`).

        Arguments:
            kit: Specialists by role.
            pictures: Pictures that the agent may name by handle, besides files.
        """
        # Loading langchain-core takes longer than everything else here, and most callers do not need it.
        from tools.langchain_tools import langchain_tools

        return langchain_tools(self, kit, pictures or {})


def vocabulary(modules: Iterable[str | Path | ModuleType] = ()) -> Vocabulary:
    """The default vocabulary together with the tools of other modules.

    Arguments:
        modules: Import names (`"my_tools"`), paths of files (`"plugins/my_tools.py"`), or modules.

    Raises:
        DeclarationError: a module cannot be found or declares no tool.
    """
    there = [name for name, (package, _) in EXTRAS.items() if importlib.util.find_spec(package) is not None]
    built_in = [importlib.import_module(name) for name in (*BUILT_IN, *there)]
    return Vocabulary([*built_in, *(_module(one) for one in modules)])


def default_vocabulary() -> Vocabulary:
    """ViperGPT's vocabulary, with `segment`, `read_text`, `classify`, `list_of`, `abstain` and others."""
    return vocabulary()


def _module(name: str | Path | ModuleType) -> ModuleType:
    if isinstance(name, ModuleType):
        return name
    path = Path(name)
    if path.suffix == ".py":
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if not path.is_file() or spec is None or spec.loader is None:
            raise DeclarationError(f"{path}: there is no such file of tools")
        module = importlib.util.module_from_spec(spec)
        # Types are resolved through the module's namespace, which is found by its name.
        sys.modules[spec.name] = module
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            raise DeclarationError(f"{path}: cannot be loaded ({type(error).__name__}: {error})") from error
    else:
        try:
            module = importlib.import_module(str(name))
        except ModuleNotFoundError as error:
            if error.name != str(name):
                raise
            raise DeclarationError(f"there is no module {name!r}; put {name}.py where Python finds it") from None
    if not list(_flatten([module])):
        raise DeclarationError(f"{name}: no tool is declared there; put @tool before an `async def`")
    return module


def _flatten(declared: Iterable[Any]) -> Iterable[Any]:
    for one in declared:
        if isinstance(one, ModuleType):
            for value in vars(one).values():
                # What a module imports from another belongs to that other.
                if isinstance(value, HostClass) or (
                    getattr(value, "__module__", None) == one.__name__ and (_mark(value) or _host(value))
                ):
                    yield value
        elif _mark(one) or _host(one):
            yield one
        else:
            raise DeclarationError(f"{one!r} is no tool; put @tool before its `async def`")


def _mark(value: Any) -> Mark | None:
    mark = getattr(value, "__tool__", None) if inspect.isfunction(value) else None
    return mark if isinstance(mark, Mark) else None


def _host(value: Any) -> HostClass | None:
    if isinstance(value, HostClass):
        return value
    host = vars(value).get("__host_class__") if isinstance(value, type) else None
    return host if isinstance(host, HostClass) else None


def _refuse_twins(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DeclarationError(f"there are two tools named {name!r}; rename one")
        seen.add(name)


def _without_self(signature: inspect.Signature) -> inspect.Signature:
    return signature.replace(parameters=list(signature.parameters.values())[1:])


def _prelude(inline: Sequence[Tool]) -> str:
    known = {tool.name for tool in inline}
    return "\n".join([*PROGRAM_IMPORTS, *(_inline_source(tool, known) for tool in inline)]) + "\n"


def _inline_source(tool: Tool, known: set[str]) -> str:
    """Source of an inline tool without decorator, docstring and types, which mean nothing inside the sandbox."""
    free = inspect.getclosurevars(tool.function)
    foreign = (set(free.globals) | set(free.nonlocals)) - known
    if foreign:
        raise DeclarationError(f"{tool.name}: an inline tool cannot use {', '.join(sorted(foreign))} from outside")
    node = ast.parse(dedent(inspect.getsource(tool.function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    node.decorator_list, node.returns = [], None
    for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
        argument.annotation = None
    node.body = [_untyped(statement) for statement in node.body[1:]]
    return ast.unparse(ast.fix_missing_locations(node))


def _untyped(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return ast.Assign([statement.target], statement.value)
    return statement
