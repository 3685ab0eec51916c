"""The border between host and sandbox: what crosses it, and as what.

Plain data crosses as it is. Objects of host classes stay on the host: the program gets a handle, a UUID with the
object's plain attributes copied in. Which object a UUID stands for is known to the table of each program, so that a
handle survives dumps, forks and other processes.
"""

import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from pydantic_monty import ClassInstance, ClassType, MontyClassProxy, MontyClassTypeProxy, MontyStdTypeProxy

from agent.running.sandbox import Surface

NAMESPACE = uuid.UUID("5f0c7f0e-53a7-5d0b-9f0e-5167b7c0de01")
"""Ids of host classes are derived from their names in this namespace, so that they are the same in every process."""

MAX_DEPTH = 100
"""Levels of nesting of a value that may cross."""

MAX_PARTS = 100_000
"""Items, at all levels together, of a value that may leave. In the sandbox a list takes up no more memory when it is an
item of itself a million times over; out here each would be a list of its own."""

MAX_BITS = 8192
"""Bits of an integer that may enter."""

PLAIN = (type(None), bool, int, float, str, bytes)


class Unfit(Exception):
    """A value that cannot cross. The text says what it is, for a sentence such as "the program returned ..."."""


class TooLarge(Unfit):
    """A value with more than `MAX_PARTS`."""


class Objects:
    """The host objects that one program knows, by the id of their handle.

    Forks of a program share it: it only grows, and ids are never used twice.
    """

    def __init__(self, objects: dict[uuid.UUID, Any] | None = None) -> None:
        self.by_id = objects or {}
        self.ids = {id(value): key for key, value in self.by_id.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return Objects, (self.by_id,)

    def key(self, value: Any) -> uuid.UUID:
        """The id of an object; the same one whenever the object crosses."""
        key = self.ids.get(id(value))
        if key is None:
            key = self.ids[id(value)] = uuid.uuid4()
            self.by_id[key] = value
        return key


class Border:
    """Takes values in and out for programs of one surface."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.types = {
            name: ClassType(held.type, id=uuid.uuid5(NAMESPACE, name), init=held.constructible)
            for name, held in surface.classes.items()
        }
        self.class_ids = {kind.id: name for name, kind in self.types.items()}
        self.names = {held.type: name for name, held in surface.classes.items()}

    def class_of(self, value: Any) -> str | None:
        """The name by which programs know the class of a host object; None for any other value."""
        return self.names.get(type(value))

    def enter(self, value: Any, objects: Objects, depth: int = 0) -> Any:
        """A host value as the sandbox takes it. Raises Unfit."""
        kind = type(value)
        if kind in PLAIN:
            if kind is int and value.bit_length() > MAX_BITS:
                raise Unfit("a huge number")
            if kind is str and not value.isascii():
                return value.encode("utf-8", "replace").decode()
            return value
        if kind in self.names:
            return self._handle(value, objects)
        if depth > MAX_DEPTH:
            raise Unfit("a value that is nested too deep")
        if isinstance(value, list):
            return [self.enter(item, objects, depth + 1) for item in value]
        if isinstance(value, tuple):
            return tuple(self.enter(item, objects, depth + 1) for item in value)
        if isinstance(value, dict):
            return {
                self.enter(key, objects, depth + 1): self.enter(item, objects, depth + 1) for key, item in value.items()
            }
        if isinstance(value, set | frozenset) and all(type(item) in PLAIN for item in value):
            return value
        if isinstance(value, np.generic):
            return self.enter(value.item(), objects, depth + 1)
        for plain in (int, float, str):
            if isinstance(value, plain):  # a subclass, such as a member of an IntEnum
                return self.enter(plain(value), objects, depth + 1)
        raise Unfit(f"an object of class {kind.__name__}")

    def _handle(self, value: Any, objects: Objects) -> ClassInstance:
        """Only plain attributes are copied in; one that is a host object is looked up when the program reads it,
        because such attributes may go round in circles."""
        name = self.names[type(value)]
        held = self.surface.classes[name]
        plain = [attribute for attribute in held.attributes if type(getattr(value, attribute)) in PLAIN]
        return ClassInstance(
            value, eager_attrs=plain, allowed_methods=held.methods, class_type=self.types[name], id=objects.key(value)
        )

    def leave(self, value: Any, objects: Objects) -> Any:
        """A value out of the sandbox, handles resolved to their objects. Raises Unfit."""
        return self._leave(value, objects, 0, itertools.count(1))

    def _leave(self, value: Any, objects: Objects, depth: int, parts: Iterator[int]) -> Any:
        if next(parts) > MAX_PARTS:
            raise TooLarge(f"a value with more than {MAX_PARTS:,} parts")
        kind = type(value)
        if kind in PLAIN or kind in self.names:
            return value
        if kind is MontyClassProxy:
            if value.id in objects.by_id:
                return objects.by_id[value.id]
            raise Unfit(f"an object of its own class {value.name}")
        if depth > MAX_DEPTH:
            raise Unfit("a value that is nested too deep")
        if kind in (list, set, frozenset):
            return kind(self._leave(item, objects, depth + 1, parts) for item in value)
        if isinstance(value, tuple):  # named tuples too
            return tuple(self._leave(item, objects, depth + 1, parts) for item in value)
        if isinstance(value, dict):
            return {
                self._leave(key, objects, depth + 1, parts): self._leave(item, objects, depth + 1, parts)
                for key, item in value.items()
            }
        if kind.__module__ in ("datetime", "decimal"):
            return value
        if isinstance(value, MontyStdTypeProxy | MontyClassTypeProxy | type):
            raise Unfit("a function or a class")
        raise Unfit("an exception" if isinstance(value, BaseException) else f"a value of type {kind.__name__}")


def named(name: str) -> Callable[..., None]:
    """A host function as a value: the sandbox keeps nothing of it but its name, by which calls come back."""

    def function() -> None: ...

    function.__name__ = function.__qualname__ = name
    return function
