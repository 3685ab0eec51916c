"""The sandbox on pydantic-monty: a Python of its own, written in Rust, in worker processes with an empty environment.

A parked program is the bytes of a dump; the worker it ran in goes on with another one. As long as nobody else needs that
worker, the program also stays in it, so that a lone program is resumed without loading the dump.

Host objects never enter: the program holds a handle, a UUID with a few numbers copied in. Which object a UUID stands for
is kept here, in a table of each program, so that a handle survives dumps, forks and other processes.
"""

import ast
import datetime
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from pydantic_monty import (
    ClassInstance,
    ClassType,
    CollectString,
    FunctionSnapshot,
    Monty,
    MontyClassProxy,
    MontyClassTypeProxy,
    MontyComplete,
    MontyCrashedError,
    MontyError,
    MontyRuntimeError,
    MontySession,
    MontyStdTypeProxy,
    NameLookupSnapshot,
)

from agent.program import ENTRY, Problem, Span
from agent.running.prelude import PREFIX, PRELUDE
from agent.running.sandbox import Call, Finished, HostClass, Limits, Parked, Sandbox, Surface, sanitise_error
from agent.running.shim import Rewritten, parse, rewrite
from agent.subset import subset_problems

POLICY: Any = {"sleep": "zero", "datetime": datetime.datetime(2026, 1, 1, 12), "random_start": {"seed": 0}}
"""Programs are deterministic: the clock stands still, sleeping takes no time, random numbers start from one seed."""

MAX_SOURCE = 100_000
"""Characters of a program."""

MAX_STOPS = 10_000
"""Questions of one program that are answered at once (looking up a name), which do not count as tool calls."""

GRACE = 0.5
"""Seconds after which a worker is killed that does not notice its own time limit, as inside one huge multiplication."""

NAMESPACE = uuid.UUID("5f0c7f0e-53a7-5d0b-9f0e-5167b7c0de01")
"""Ids of host classes are derived from their names in this namespace, so that they are the same in every process."""

ARGUMENTS = f"{PREFIX}arguments"
CALL = f"\n{PREFIX}result({ENTRY}(*{ARGUMENTS}))"
PLAIN = (type(None), bool, int, float, str, bytes)


@dataclass(frozen=True)
class MontyParked(Parked):
    """A parked program as bytes, with what belongs to it on the host."""

    state: bytes = field(repr=False)
    """The dump. Only sandboxes of the same version can load it, and only one's own dumps may be loaded."""
    program: "_Program" = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.state)


@dataclass(frozen=True)
class _Program:
    """What the host knows of a program, as of its last stop."""

    rewritten: Rewritten
    objects: dict[uuid.UUID, Any]
    """Host objects by the id of their handle. Forks share the table: it only grows, and ids are unique."""
    calls: int = 0
    stops: int = 0
    output: str = ""
    thrown: str | None = None
    """The last error of a tool that was sent into the program."""


class _Slot:
    """A place for one worker, and the program that still lives in it."""

    def __init__(self) -> None:
        self.session: MontySession | None = None
        self.printed = CollectString()
        self.before = ""
        """Output of the program before it came into this worker."""
        self.resident: MontyParked | None = None
        self.snapshot: FunctionSnapshot | None = None
        self.busy = False
        self.used = 0

    @property
    def output(self) -> str:
        return self.before + self.printed.output

    def leave(self) -> None:
        """Give the worker back. A program that lived in it has its bytes."""
        session, self.session, self.resident, self.snapshot = self.session, None, None, None
        if session is not None:
            session.__exit__(None, None, None)


class _Unfit(Exception):
    """A value that cannot cross the border of the sandbox; the text says what it is."""


class MontySandbox(Sandbox):
    """Runs programs in a small pool of pydantic-monty workers. Safe to use from several threads."""

    def __init__(self, surface: Surface, limits: Limits | None = None, workers: int = 2) -> None:
        """
        Args:
            surface: the names that programs may use.
            limits: what one program may use up.
            workers: worker processes, started when they are needed.
        """
        if workers < 1:
            raise ValueError("a sandbox needs at least one worker")
        self.surface, self.limits, self.workers = surface, limits or Limits(), workers
        self._functions = frozenset(surface.functions)
        self._constructible = frozenset(name for name, kind in surface.classes.items() if kind.constructible)
        self._types = {
            name: ClassType(kind.type, id=uuid.uuid5(NAMESPACE, name), init=kind.constructible)
            for name, kind in surface.classes.items()
        }
        self._class_ids = {kind.id: name for name, kind in self._types.items()}
        self._names = {kind.type: name for name, kind in surface.classes.items()}
        self._pool: Monty | None = None
        self._base: bytes | None = None
        self._free = threading.Condition()
        self._slots = [_Slot() for _ in range(workers)]
        self._clock = 0

    # Workers

    def open(self) -> None:
        with self._free:
            if self._pool is not None:
                return
            pool = Monty(
                min_processes=0,
                max_processes=self.workers,
                feed_duration_limit_grace=GRACE,
                request_timeout=self.limits.seconds + 10,
            )
            pool.__enter__()
            self._pool = pool
            if self._base is None:
                with self._checkout() as session:
                    session.feed_run(f"{PRELUDE}\n{self.surface.prelude}", inputs=dict(self._types))
                    self._base = session.dump()

    def close(self) -> None:
        with self._free:
            while any(slot.busy for slot in self._slots):
                self._free.wait()
            pool, self._pool = self._pool, None
            for slot in self._slots:
                slot.leave()
            if pool is not None:
                pool.__exit__(None, None, None)

    def _checkout(self) -> MontySession:
        assert self._pool is not None
        limits: Any = {
            "max_feed_duration_secs": float(self.limits.seconds),
            "max_memory": self.limits.memory_mb << 20,
            "max_recursion_depth": self.limits.recursion,
            "max_suspensions": self.limits.calls + MAX_STOPS + 10,
        }
        return self._pool.checkout(limits=limits, os_policy=POLICY, assert_message_annotations=False)

    def _take(self, parked: MontyParked | None = None) -> _Slot:
        """Wait for a slot, the one where `parked` lives if it still does."""
        self.open()
        with self._free:
            while True:
                home = [slot for slot in self._slots if parked is not None and slot.resident is parked]
                idle = [slot for slot in self._slots if not slot.busy]
                if home and not home[0].busy:
                    slot = home[0]
                    break
                if idle:
                    slot = min(idle, key=lambda slot: (slot.resident is not None, slot.used))
                    slot.leave()
                    break
                self._free.wait()
            self._clock += 1
            slot.busy, slot.used = True, self._clock
            return slot

    def _give(self, slot: _Slot) -> None:
        with self._free:
            slot.busy = False
            self._free.notify_all()

    def _enter(self, slot: _Slot, output: str) -> MontySession:
        """A fresh worker in a slot, for a program that has printed `output` so far."""
        slot.leave()
        slot.before = output
        slot.printed = CollectString(max_bytes=max(self.limits.output_kb * 1024 - len(output.encode()), 0))
        session = self._checkout()
        session.__enter__()
        slot.session = session
        return session

    # Programs

    def start(self, source: str, arguments: Sequence[Any]) -> Parked | Finished:
        ready = self._prepare(source, len(arguments))
        if isinstance(ready, Problem):
            return Finished(problem=ready)
        program = _Program(ready, {})
        try:
            inputs = {ARGUMENTS: [self._box(argument, program.objects) for argument in arguments]}
        except _Unfit as unfit:
            raise TypeError(f"execute_command cannot be given {unfit}") from None
        slot = self._take()

        def begin() -> Any:
            session = self._enter(slot, "")
            assert self._base is not None
            session.load_session(self._base)
            return session.feed_start(ready.text + CALL, inputs=inputs, print_callback=slot.printed)

        return self._drive(slot, program, begin)

    def resume(self, parked: Parked, value: Any) -> Parked | Finished:
        assert isinstance(parked, MontyParked)
        try:
            answer = {"return_value": self._box(value, parked.program.objects)}
        except _Unfit as unfit:
            message = f"the tool {parked.call.name} returned {unfit}, which no program can hold"
            return Finished(problem=Problem("tool", message, parked.call.span), output=parked.program.output)
        return self._answer(parked, parked.program, answer)

    def throw(self, parked: Parked, error: Exception) -> Parked | Finished:
        assert isinstance(parked, MontyParked)
        message = sanitise_error(error)
        program = replace(parked.program, thrown=message)
        return self._answer(parked, program, {"exc_type": "RuntimeError", "message": message})

    def _answer(self, parked: MontyParked, program: _Program, answer: Any) -> Parked | Finished:
        slot = self._take(parked)
        snapshot = slot.snapshot

        def begin() -> Any:
            if slot.resident is parked and snapshot is not None:
                slot.resident = slot.snapshot = None
                try:
                    return snapshot.resume(answer)
                except MontyCrashedError as crash:
                    if crash.timed_out:
                        raise
                    # Something killed the worker while the program lay there; its bytes are unharmed.
            session = self._enter(slot, program.output)
            restored = session.load_snapshot(parked.state, print_callback=slot.printed)
            assert isinstance(restored, FunctionSnapshot)
            return restored.resume(answer)

        return self._drive(slot, program, begin)

    def _drive(self, slot: _Slot, program: _Program, begin: Callable[[], Any]) -> Parked | Finished:
        """Run a program until it parks or ends, and turn whatever goes wrong into its problem."""
        parked = None
        try:
            state = self._advance(slot, program, begin())
            parked = state if isinstance(state, MontyParked) else None
            return state
        except MontyError as error:
            return Finished(problem=self._problem(error, program, slot.output), output=slot.output)
        finally:
            if parked is None:
                slot.leave()
            self._give(slot)

    def _advance(self, slot: _Slot, program: _Program, stop: Any) -> Parked | Finished:
        stops = program.stops
        while True:
            if isinstance(stop, MontyComplete):
                return self._finish(slot, program, stop)
            stops += 1
            if stops > MAX_STOPS:
                problem = Problem("limit", "the program asked for too many names", self._span(program, stop))
                return Finished(problem=problem, output=slot.output)
            if isinstance(stop, NameLookupSnapshot):
                stop = self._look_up(stop, program)
                continue
            if not isinstance(stop, FunctionSnapshot):
                problem = Problem(
                    "subset", "the program waits for something that never comes", self._span(program, stop)
                )
                return Finished(problem=problem, output=slot.output)
            if stop.is_os_function:
                stop = stop.resume_not_handled()
                continue
            call = self._call(stop, program)
            if isinstance(call, dict):
                stop = stop.resume(call)
                continue
            if program.calls >= self.limits.calls:
                message = f"the program made more than {self.limits.calls} tool calls"
                return Finished(problem=Problem("limit", message, call.span), output=slot.output)
            after = _Program(program.rewritten, program.objects, program.calls + 1, stops - 1, slot.output)
            parked = MontyParked(call, stop.dump(), after)
            slot.resident, slot.snapshot = parked, stop
            return parked

    def _look_up(self, stop: NameLookupSnapshot, program: _Program) -> Any:
        """A name that the program does not define, or an attribute that a handle does not hold: perhaps a tool."""
        name, receiver = stop.variable_name, stop.object_id
        if receiver is None:
            return stop.resume(value=_named(name)) if name in self._functions else stop.resume()
        kind = self._class_ids.get(receiver) or self._class_of(program.objects.get(receiver))
        known = kind is not None and name in self.surface.classes[kind].methods
        return stop.resume(value=_named(f"{receiver}.{name}")) if known else stop.resume()

    def _call(self, stop: FunctionSnapshot, program: _Program) -> Call | dict[str, Any]:
        """The tool call that a program stopped at, or the error to answer it with at once."""
        name, receiver = stop.function_name, stop.object_id
        if receiver is None and "." in name:  # a method that was passed on as a value, see `_look_up`
            identity, _, name = name.partition(".")
            receiver = uuid.UUID(identity)
        try:
            args = tuple(self._unbox(value, program.objects) for value in stop.args)
            kwargs = {str(key): self._unbox(value, program.objects) for key, value in stop.kwargs.items()}
        except _Unfit as unfit:
            return _raise("TypeError", f"{name}() cannot be given {unfit}")
        except (ValueError, OverflowError):
            return _raise("ValueError", f"{name}() was given a value that is too large")
        if receiver is None:
            if name not in self._functions:
                return _raise("NameError", f"name {name!r} is not defined")
            return Call(name, args, kwargs, self._span(program, stop))
        kind = self._class_ids.get(receiver)
        if kind is not None and name == "__call__":
            if kind not in self._constructible:
                return _raise("TypeError", f"a program cannot make a new {kind}")
            return Call(kind, args, kwargs, self._span(program, stop))
        if kind is not None:
            if not args or self._class_of(args[0]) != kind:
                return _raise("TypeError", f"{kind}.{name}() needs an object of class {kind} first")
        elif receiver in program.objects:
            args = (program.objects[receiver], *args)
            kind = self._class_of(args[0])
        if kind is None or name not in self.surface.classes[kind].methods:
            return _raise("AttributeError", f"{kind or 'this'!r} object has no attribute {name!r}")
        return Call(f"{kind}.{name}", args, kwargs, self._span(program, stop))

    def _finish(self, slot: _Slot, program: _Program, stop: MontyComplete) -> Finished:
        output = slot.output
        try:
            return Finished(self._unbox(stop.output, program.objects), None, output)
        except _Unfit as unfit:
            message = f"the program returned {unfit}; return a number, a text, a truth value, a patch or a list of them"
        except (ValueError, OverflowError):
            message = "the program returned a value that is too large"
        return Finished(problem=Problem("runtime", message), output=output)

    # Before

    def _prepare(self, source: str, arguments: int) -> Rewritten | Problem:
        """Everything about a program that can be known without running it."""
        if len(source) > MAX_SOURCE:
            return Problem("limit", f"the program has {len(source)} characters; at most {MAX_SOURCE} are allowed")
        source = source.replace("\r\n", "\n").replace("\r", "\n")
        try:
            tree = parse(source)
            source.encode()
        except SyntaxError as error:
            return Problem("syntax", error.msg, _syntax_span(error))
        except (ValueError, RecursionError, MemoryError):
            return Problem("syntax", "the program cannot be read: it is nested too deep or holds unreadable characters")
        try:
            for problem in subset_problems(source):
                return problem
            missing = _entry_problem(tree, arguments)
            return missing or rewrite(source, self._functions, self._constructible, self.surface.methods)
        except RecursionError:
            return Problem("syntax", "the program is nested too deep")

    # Values

    def _class_of(self, value: Any) -> str | None:
        return self._names.get(type(value))

    def _box(self, value: Any, objects: dict[uuid.UUID, Any], depth: int = 0) -> Any:
        """A host value as the sandbox takes it: host objects as handles, everything else as plain data."""
        kind = type(value)
        if kind in PLAIN:
            if kind is int and value.bit_length() > 8192:
                raise _Unfit("a huge number")
            return value
        name = self._names.get(kind)
        if name is not None:
            known = self.surface.classes[name]
            handle = ClassInstance(
                value, eager_attrs=known.attributes, allowed_methods=known.methods, class_type=self._types[name]
            )
            objects[handle.id] = value
            return handle
        if depth > 50:
            raise _Unfit("a value that is nested too deep")
        if isinstance(value, np.generic):
            return self._box(value.item(), objects, depth + 1)
        if isinstance(value, list | tuple):
            items = [self._box(item, objects, depth + 1) for item in value]
            return items if isinstance(value, list) else tuple(items)
        if isinstance(value, dict):
            return {
                self._box(key, objects, depth + 1): self._box(item, objects, depth + 1) for key, item in value.items()
            }
        if isinstance(value, set | frozenset) and all(type(item) in PLAIN for item in value):
            return value
        if isinstance(value, bool | int | float | str | bytes):  # subclasses, such as members of an IntEnum
            base = next(plain for plain in (bool, int, float, str, bytes) if isinstance(value, plain))
            return base(value)
        raise _Unfit(f"an object of class {kind.__name__}")

    def _unbox(self, value: Any, objects: dict[uuid.UUID, Any], depth: int = 0) -> Any:
        """A value out of the sandbox, handles resolved to their objects."""
        kind = type(value)
        if kind in PLAIN or kind in self._names:
            return value
        if kind is MontyClassProxy:
            if value.id in objects:
                return objects[value.id]
            raise _Unfit(
                f"an object of its own class {value.name}" if hasattr(value, "name") else "an object of its own"
            )
        if depth > 100:
            raise _Unfit("a value that is nested too deep")
        if kind in (list, set, frozenset):
            return kind(self._unbox(item, objects, depth + 1) for item in value)
        if isinstance(value, tuple):  # named tuples too
            return tuple(self._unbox(item, objects, depth + 1) for item in value)
        if isinstance(value, dict):
            return {
                self._unbox(key, objects, depth + 1): self._unbox(item, objects, depth + 1)
                for key, item in value.items()
            }
        if isinstance(value, MontyStdTypeProxy | MontyClassTypeProxy | type):
            raise _Unfit("a function or a class")
        if isinstance(value, BaseException):
            raise _Unfit("an exception")
        if value is Ellipsis or isinstance(value, complex):
            raise _Unfit(f"a value of type {kind.__name__}")
        return value if kind.__module__ in ("datetime", "decimal") else str(value)

    # Positions and problems

    def _span(self, program: _Program, stop: Any) -> Span | None:
        place = stop.position
        return program.rewritten.span(place.start, place.end) if place.filename == PROGRAM_FILE else None

    def _problem(self, error: MontyError, program: _Program, output: str) -> Problem:
        limits = self.limits
        text = _one_line(str(error))
        if isinstance(error, MontyCrashedError):
            if error.timed_out:
                return Problem("limit", f"the program computed for more than {limits.seconds:g} s")
            return Problem("limit", "the program's worker was killed, or ran out of memory")
        span, detail = self._trace(error, program)
        if text.startswith("TimeoutError: feed time limit exceeded"):
            return Problem("limit", f"the program computed for more than {limits.seconds:g} s", span, detail)
        if text.startswith("MemoryError"):
            if "print" in text or "output" in text or "collect" in text.lower():
                return Problem("limit", f"the program printed more than {limits.output_kb} KB", span, detail)
            return Problem("limit", f"the program used more than {limits.memory_mb} MB of memory", span, detail)
        if text.startswith("RecursionError"):
            return Problem("limit", f"the program nested more than {limits.recursion} calls", span, detail)
        if "cannot suspend in this synchronous context" in text:
            message = "a tool cannot be called from inside a native function here; call it in a loop first"
            return Problem("subset", message, span, detail)
        if text.startswith("NotImplementedError: The monty syntax parser"):
            return Problem("subset", text.partition(": ")[2].replace("The monty syntax parser", "the sandbox"), span)
        if program.thrown is not None and text == f"RuntimeError: {program.thrown}":
            return Problem("tool", program.thrown, span, detail)
        return Problem("runtime", text, span, f"{detail}{text}" if detail else "")

    def _trace(self, error: MontyError, program: _Program) -> tuple[Span | None, str]:
        """The innermost place of an error in the program as it was written, and the way there, line by line."""
        if not isinstance(error, MontyRuntimeError):
            return None, ""
        rewritten, places = program.rewritten, []
        for frame in error.traceback():
            if frame.filename != PROGRAM_FILE:
                continue
            start = rewritten.offset(frame.line, frame.column - 1)
            span = rewritten.span(start, max(rewritten.offset(frame.end_line, frame.end_column - 1), start + 1))
            if span is not None:
                places.append((span, frame.function_name or "<module>"))
        if not places:
            return None, ""
        lines = rewritten.original.split("\n")
        shown = places if len(places) <= 12 else [*places[:6], *places[-6:]]
        way = [f"line {span.line}, in {name}\n    {lines[span.line - 1].strip()}\n" for span, name in shown]
        if len(shown) < len(places):
            way.insert(6, f"... {len(places) - 12} more ...\n")
        return places[-1][0], "".join(way)


PROGRAM_FILE = "<python-input-1>"
"""What the sandbox calls the program; the prelude is input 0."""


def _named(name: str) -> Callable[..., None]:
    """A stand-in for a host function as a value: the sandbox keeps nothing of it but its name."""

    def function() -> None: ...

    function.__name__ = function.__qualname__ = name
    return function


def _raise(kind: str, message: str) -> dict[str, Any]:
    return {"exc_type": kind, "message": message}


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    text = "".join(sign if sign.isprintable() else "?" for sign in text)
    return text if len(text) <= 300 else text[:297] + "..."


def _syntax_span(error: SyntaxError) -> Span | None:
    if not error.lineno:
        return None
    column = max((error.offset or 1) - 1, 0)
    end_line = error.end_lineno or error.lineno
    end = max((error.end_offset or 0) - 1, column + 1 if end_line == error.lineno else 0)
    return Span(error.lineno, column, end_line, end)


def _entry_problem(tree: ast.Module, arguments: int) -> Problem | None:
    """Whether the program defines `execute_command`, and whether it takes what it will be given."""
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == ENTRY]
    if not found:
        return Problem("entry", f"the program does not define {ENTRY}; begin with `def {ENTRY}(image):`")
    node = found[-1]
    place = Span(node.lineno, node.col_offset, node.lineno, node.col_offset + len(f"def {ENTRY}"))
    args = node.args
    positional = len(args.posonlyargs) + len(args.args)
    required = positional - len(args.defaults)
    needed = [arg for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default is None]
    if needed or required > arguments or (positional < arguments and args.vararg is None):
        count = "one argument" if arguments == 1 else f"{arguments} arguments"
        return Problem("entry", f"{ENTRY} must take {count}", place)
    return None
