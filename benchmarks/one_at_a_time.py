"""Programs as ViperGPT runs them (https://arxiv.org/abs/2303.08128): plain `exec` in this process, each call alone.

A program holds `Held` objects in place of `ImagePatch` and its kin. Calling a method runs the same tool over the same
specialists as the engine does, at once: one request, one forward pass over one picture, nothing kept for the next call.
"""

import contextlib
import inspect
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.running.engine import Kit
from agent.values import Encoder
from models.adapter import Adapter
from models.feature_cache import FeatureCache
from models.picture import Picture
from models.requests import Request, SpecialistError
from tools.declaration import Abstention, ToolError
from tools.driver import drive
from tools.vocabulary import Vocabulary


@dataclass(frozen=True)
class Ending:
    """How a program ended, in words that hold for both ways of running it."""

    how: str
    """`answered`; `abstained`, by a tool; `tool`, by a tool's error; or the class of the exception that stopped it."""
    value: Any = None
    """What it returned, as plain data (`agent.values`)."""


class Alone:
    """A specialist that answers every request by itself."""

    def __init__(self, specialist: Any) -> None:
        self.specialist = specialist

    def run(self, requests: Sequence[Request[Any]]) -> list[Any]:
        return [answer for request in requests for answer in self.specialist.run([request])]


class _AloneKit(dict[str, Any]):
    """Loads a specialist when it is first asked for, as the kit behind it does."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit

    def __missing__(self, role: str) -> Alone:
        self[role] = Alone(without_caches(self.kit[role]))
        return self[role]  # type: ignore[no-any-return]


class Held:
    """A host object in the hands of a program of this process. Subclasses have the attributes and methods declared."""

    _value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held) and self._value is other._value

    def __hash__(self) -> int:
        return id(self._value)

    def __repr__(self) -> str:
        return repr(self._value)


class OneAtATime:
    """Runs programs one after another, and their tool calls one after another."""

    def __init__(self, kit: Kit, vocabulary: Vocabulary) -> None:
        """
        Args:
            kit: specialists by role. Their caches are switched off for good; what they answer stays the same.
            vocabulary: the tools that programs may call.
        """
        self.vocabulary = vocabulary
        self.calls = 0
        """Tool calls so far, constructions of host objects included, as the engine counts its steps."""
        self._kit = _AloneKit(kit)
        self._classes = {name: self._class(name) for name in vocabulary.classes}
        self._namespace: dict[str, Any] = {name: self._tool(name) for name in vocabulary.functions} | self._classes
        exec(vocabulary.prelude(), self._namespace)

    def run(self, source: str, images: Sequence[Picture]) -> Ending:
        """Run one program to its end. Never raises what the program raises."""
        scope = dict(self._namespace)
        arguments = [self._wrapped(image) for image in images]
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(source, "<program>", "exec"), scope)
                value = scope["execute_command"](arguments[0] if len(arguments) == 1 else arguments)
        except Abstention:
            return Ending("abstained")
        except (ToolError, SpecialistError):
            return Ending("tool")
        except Exception as error:
            return Ending(type(error).__name__)
        return Ending("answered", Encoder(images).encode(_unwrapped(value)))

    def _class(self, name: str) -> type[Held]:
        """The stand-in of a host class."""
        held = self.vocabulary.classes[name]
        members: dict[str, Any] = {method: self._tool(f"{name}.{method}") for method in held.methods}
        members |= {attribute: property(self._getter(attribute)) for attribute in held.attributes}
        made = self._tool(name)

        def construct(one: Held, *args: Any, **kwargs: Any) -> None:
            if not held.constructible:
                raise TypeError(f"a program cannot make a new {name}")
            one._value = made(*args, **kwargs)._value

        return type(name, (Held,), {**members, "__init__": construct})

    def _getter(self, attribute: str) -> Callable[[Held], Any]:
        return lambda one: self._wrapped(getattr(one._value, attribute))

    def _tool(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            given = {key: _unwrapped(value) for key, value in kwargs.items()}
            return self._wrapped(drive(self.vocabulary.call(name, _unwrapped(args), given), self._kit))

        return call

    def _wrapped(self, value: Any) -> Any:
        name = self.vocabulary.names.get(type(value))
        if name is not None:
            one = object.__new__(self._classes[name])
            one._value = value
            return one
        return _through(value, self._wrapped)


def _unwrapped(value: Any) -> Any:
    return value._value if isinstance(value, Held) else _through(value, _unwrapped)


def _through(value: Any, change: Callable[[Any], Any]) -> Any:
    """A container with all that is in it changed; any other value as it is."""
    if isinstance(value, list | tuple | set | frozenset):
        return type(value)(change(item) for item in value)
    if isinstance(value, Mapping):
        return {change(key): change(item) for key, item in value.items()}
    if inspect.isgenerator(value):
        return [change(item) for item in value]
    return value


def without_caches(specialist: Any) -> Any:
    """The same specialist, keeping nothing from one call to the next.

    Raises:
        ValueError: it holds a model but no cache known here, so that nobody can say what it keeps.
    """
    caches = [value for value in vars(specialist).values() if isinstance(value, FeatureCache)]
    if isinstance(specialist, Adapter) and not caches:
        raise ValueError(f"{type(specialist).__name__} has no cache to switch off")
    for cache in caches:
        cache.max_bytes = 0
        cache.clear()
    return specialist
