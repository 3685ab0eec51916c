"""How a tool is declared: once, as a typed and documented `async def` with `@tool` before it.

    @tool
    async def brightness(patch: ImagePatch) -> float:
        \"\"\"Returns how bright the patch is, from 0 (black) to 1 (white).\"\"\"
        ...

The planner's prompt, the stubs of the type check, the dispatch of calls and LangChain tools are all derived from that
declaration (`tools.vocabulary`). A tool awaits requests (`models.requests`) and never sees a model or a batch.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_overloads, get_type_hints, overload

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
ClassT = TypeVar("ClassT", bound=type)

IDENTITY = "id"
"""The attribute that tells two host objects apart inside the sandbox. Programs can compare by it, but are not told of
it: it is in neither prompt nor stubs."""


class DeclarationError(TypeError):
    """A tool or a vocabulary that is declared wrongly. The message is for the author of the tool."""


class ToolError(RuntimeError):
    """A call that cannot be carried out as written. The text is for whoever wrote the program, and goes into it."""


class Abstention(Exception):
    """There is no honest answer. Raised by a tool, it ends the program; it cannot be caught inside."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Mark:
    """What `@tool` leaves on a function."""

    inline: bool = False
    terminal: bool = False
    method_of: type | None = None


@dataclass(frozen=True)
class Tool:
    """One thing that a program may call."""

    name: str
    owner: str | None
    """Name of the host class that this is a method of; None for a plain function."""
    function: Callable[..., Any]
    """`async def` over requests; a plain `def` if `inline`. A method takes its receiver first."""
    signature: inspect.Signature
    """With annotations resolved to types. A method's has `self`."""
    doc: str
    inline: bool = False
    """Its source is part of the sandbox's prelude: calling it costs no host call and leaves no step."""
    terminal: bool = False
    """It always ends the program."""

    @property
    def qualified(self) -> str:
        """`ImagePatch.find`, or `best_image_match`: the name by which calls arrive."""
        return f"{self.owner}.{self.name}" if self.owner else self.name

    @property
    def overloads(self) -> list[inspect.Signature]:
        """Signatures declared with `typing.overload`, which the type check uses instead of `signature`."""
        return [inspect.signature(one) for one in get_overloads(self.function)]


@dataclass(frozen=True)
class HostClass:
    """A class whose objects stay on the host: a program holds them by name, with some numbers copied in."""

    name: str
    """As programs call it."""
    type: type
    attributes: tuple[str, ...] = ()
    """Public properties. Plain values are copied into the sandbox when an object enters it; one that is itself a host
    object is fetched when a program asks for it."""
    methods: tuple[str, ...] = ()
    constructible: bool = False
    """Programs may call the class."""
    doc: str = ""
    """For the planner; a class without one is not described to it."""

    def attribute_type(self, name: str) -> Any:
        """The declared type of an attribute."""
        getter = inspect.getattr_static(self.type, name).fget
        return get_type_hints(getter).get("return", Any)

    def constructor(self, names: Mapping[Any, str]) -> inspect.Signature:
        """Signature of `__init__` with resolved types, `self` included.

        Arguments:
            names: What host classes are called, to resolve types that are written as text.
        """
        init = self.type.__init__  # type: ignore[misc]
        signature = inspect.signature(init)
        hints = get_type_hints(init, localns={name: cls for cls, name in names.items()})
        parameters = [
            one.replace(annotation=hints.get(one.name, one.annotation)) for one in signature.parameters.values()
        ]
        return signature.replace(parameters=parameters, return_annotation=None)

    def attribute_doc(self, name: str) -> str:
        """What the planner reads about an attribute: the docstring of its property."""
        return inspect.getdoc(inspect.getattr_static(self.type, name)) or ""


@overload
def tool(function: FunctionT, /) -> FunctionT: ...
@overload
def tool(
    *, inline: bool = False, terminal: bool = False, method_of: type | None = None
) -> Callable[[FunctionT], FunctionT]: ...
def tool(
    function: FunctionT | None = None,
    /,
    *,
    inline: bool = False,
    terminal: bool = False,
    method_of: type | None = None,
) -> FunctionT | Callable[[FunctionT], FunctionT]:
    """Declare a tool. The function itself is returned unchanged, so that one tool can await another.

    Arguments:
        inline: A plain `def` over numbers, texts and attributes, whose source is shipped into the sandbox. It may use
            builtins, what it imports itself and other inline tools, nothing else.
        terminal: The tool always ends the program.
        method_of: Make it a method of a host class that is declared in another file; its first parameter is the
            receiver.

    Raises:
        DeclarationError: not `async def` (or `async def` and inline), a parameter or the result without a type, no
            docstring, or `*args` or `**kwargs`.
    """

    def mark(function: FunctionT) -> FunctionT:
        _validate(function, inline, method=method_of is not None or "." in function.__qualname__.split("<locals>.")[-1])
        function.__tool__ = Mark(inline, terminal, method_of)  # type: ignore[attr-defined]
        return function

    return mark if function is None else mark(function)


def host_class(*, constructible: bool = False, name: str | None = None) -> Callable[[ClassT], ClassT]:
    """Declare a class whose objects programs may hold.

    Its public properties become attributes, its methods marked with `@tool` become tools, and its docstring is shown to
    the planner. One property must be `id`, different for every object.
    """

    def mark(cls: ClassT) -> ClassT:
        attributes = tuple(
            key for key, value in vars(cls).items() if isinstance(value, property) and not key.startswith("_")
        )
        if IDENTITY not in attributes:
            raise DeclarationError(f"{cls.__name__} needs a property `{IDENTITY}`, different for every object")
        if not cls.__doc__:
            raise DeclarationError(f"{cls.__name__} needs a docstring; the planner reads it")
        cls.__host_class__ = HostClass(  # type: ignore[attr-defined]
            name or cls.__name__, cls, attributes, (), constructible, inspect.cleandoc(cls.__doc__)
        )
        return cls

    return mark


def _validate(function: Callable[..., Any], inline: bool, method: bool) -> None:
    name = function.__qualname__
    if inline and inspect.iscoroutinefunction(function):
        raise DeclarationError(f"{name}: an inline tool is a plain `def`")
    if not inline and not inspect.iscoroutinefunction(function):
        raise DeclarationError(f"{name}: a tool is an `async def`, so that it can await requests")
    if not function.__doc__:
        raise DeclarationError(f"{name}: a tool needs a docstring; the planner reads it")
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    if method and (not parameters or parameters[0].name != "self"):
        raise DeclarationError(f"{name}: the first parameter of a method is `self`")
    for parameter in parameters[1 if method else 0 :]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise DeclarationError(f"{name}: `{parameter}` is not possible; name every parameter")
        if parameter.annotation is parameter.empty:
            raise DeclarationError(f"{name}: parameter `{parameter.name}` needs a type")
    if signature.return_annotation is signature.empty:
        raise DeclarationError(f"{name}: the result needs a type")


def describe_tool(function: Callable[..., Any], owner: str | None, names: Mapping[str, Any]) -> Tool:
    """The `Tool` of a marked function.

    Arguments:
        owner: The host class that it is a method of.
        names: Host classes by name; they also resolve types that a module only imports for type checkers.
    """
    mark: Mark = function.__tool__  # type: ignore[attr-defined]
    signature = inspect.signature(function)
    try:
        hints = get_type_hints(function, localns=dict(names))
    except NameError as error:
        raise DeclarationError(f"{function.__qualname__}: {error} (in a type)") from None
    if owner:
        hints["self"] = names[owner]
    parameters = [one.replace(annotation=hints[one.name]) for one in signature.parameters.values()]
    signature = signature.replace(parameters=parameters, return_annotation=hints["return"])
    doc = inspect.getdoc(function) or ""
    return Tool(function.__name__, owner, function, signature, doc, mark.inline, mark.terminal)
