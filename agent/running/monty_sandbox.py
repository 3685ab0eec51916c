"""The sandbox on pydantic-monty: a Python of its own, written in Rust, in worker processes with an empty environment.

A parked program is the bytes of a dump; the worker it ran in goes on with another one. As long as nobody else needs
that worker, the program also stays in it, so that a lone program is resumed without loading the dump.
"""

import ast
import datetime
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, cast

import psutil
from pydantic_monty import (
    CollectString,
    FunctionSnapshot,
    Monty,
    MontyComplete,
    MontyCrashedError,
    MontyError,
    MontySession,
    NameLookupSnapshot,
)

from agent.language import RESERVED, Reading, read_program
from agent.program import ENTRY, Problem, Span
from agent.running.fstrings import FStringError
from agent.running.handles import Border, Objects, TooLarge, Unfit, named
from agent.running.monty_errors import PROGRAM_FILE, out_of_time, problem_of
from agent.running.prelude import PRELUDE, Prelude
from agent.running.sandbox import Call, Finished, Limits, Parked, Sandbox, Surface, sanitise_error
from agent.running.shim import Rewritten, rewrite
from agent.subset import refusals

POLICY: Any = {"sleep": "zero", "datetime": datetime.datetime(2026, 1, 1, 12), "random_start": {"seed": 0}}
"""Programs are deterministic: the clock stands still, sleeping takes no time, random numbers start from one seed."""

MAX_SOURCE = 100_000
"""Characters of a program."""

MAX_STOPS = 10_000
"""Questions of one program that are answered at once (looking up a name), which do not count as tool calls."""

GRACE = 1.0
"""Seconds after which a worker is killed that does not notice its own time limit, as inside one huge multiplication."""

ATTEMPTS = 3
"""Times that a stretch of a program is run that was stopped by no fault of its own: its time ran out while the machine
was busy with something else, or its worker had been killed before the program came to it."""

STARVED = 0.7
"""A worker that got less than this share of a core did not use up its time itself."""

MAX_BASES = 128
"""Dumps of preludes that are kept."""

ARGUMENTS = f"{RESERVED}arguments"
CALL = f"\n{RESERVED}result({ENTRY}(*{ARGUMENTS}))"


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
    objects: Objects = field(default_factory=Objects)
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
        self._began = 0.0
        self._computed: float | None = None
        """What its worker had computed by then; None if it has none, or a dead one."""

    def begin(self) -> None:
        """The program goes on from here."""
        self._began, self._computed = time.perf_counter(), self._computing()

    def interrupted(self, error: MontyError) -> bool:
        """Whether an error that ended the program since `begin` is no fault of its own."""
        if self._computed is None:
            return isinstance(error, MontyCrashedError)
        after = self._computing() if out_of_time(error) else None
        # pydantic-monty limits the time of the clock, in which a worker may have waited for a core.
        return after is not None and after - self._computed < STARVED * (time.perf_counter() - self._began)

    def _computing(self) -> float | None:
        """Seconds that the worker has computed; None if it is dead."""
        try:
            worker = psutil.Process(self.session.worker_pid) if self.session is not None else None
            if worker is None or worker.status() == psutil.STATUS_ZOMBIE:
                return None
            times = worker.cpu_times()
        except psutil.Error:
            return None
        return float(times.user + times.system)

    @property
    def output(self) -> str:
        return self.before + self.printed.output

    def leave(self) -> None:
        """Give the worker back. A program that lived in it has its bytes."""
        session, self.session, self.resident, self.snapshot = self.session, None, None, None
        self._computed = None
        if session is not None:
            session.__exit__(None, None, None)


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
        self._border = Border(surface)
        self._functions = frozenset(surface.functions)
        self._constructible = frozenset(name for name, held in surface.classes.items() if held.constructible)
        self._ready = lru_cache(maxsize=512)(self._prepare)
        self._pool: Monty | None = None
        self._prelude = Prelude(PRELUDE, surface.prelude)
        self._bases: OrderedDict[tuple[int, ...], bytes] = OrderedDict()
        """Dumps of sessions that hold the prelude and nothing else, by what of the prelude they hold."""
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
        slot.begin()
        return session

    def _furnish(self, session: MontySession, needed: tuple[int, ...]) -> None:
        """Put the host classes and what is needed of the prelude into a fresh session."""
        base = self._bases.get(needed)
        if base is not None:
            session.load_session(base)
            return
        session.feed_run(self._prelude.source(needed), inputs=dict(self._border.types))
        with self._free:
            self._bases[needed] = session.dump()
            if len(self._bases) > MAX_BASES:
                self._bases.popitem(last=False)

    # Programs

    def start(self, source: str, arguments: Sequence[Any]) -> Parked | Finished:
        ready = self._ready(source, len(arguments))
        if isinstance(ready, Problem):
            return Finished(problem=ready)
        rewritten, needed = ready
        program = _Program(rewritten)
        try:
            inputs = {ARGUMENTS: [self._border.enter(argument, program.objects) for argument in arguments]}
        except Unfit as unfit:
            raise TypeError(f"execute_command cannot be given {unfit}") from None
        slot = self._take()

        def begin() -> Any:
            session = self._enter(slot, "")
            self._furnish(session, needed)
            return session.feed_start(rewritten.text + CALL, inputs=inputs, print_callback=slot.printed)

        return self._drive(slot, program, begin)

    def resume(self, parked: Parked, value: Any) -> Parked | Finished:
        assert isinstance(parked, MontyParked)
        try:
            answer = {"return_value": self._border.enter(value, parked.program.objects)}
        except Unfit as unfit:
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
                slot.begin()
                return snapshot.resume(answer)
            session = self._enter(slot, program.output)
            restored = session.load_snapshot(parked.state, print_callback=slot.printed)
            assert isinstance(restored, FunctionSnapshot)
            return restored.resume(answer)

        return self._drive(slot, program, begin)

    def _drive(self, slot: _Slot, program: _Program, begin: Callable[[], Any]) -> Parked | Finished:
        """Run a program until it parks or ends, and turn whatever goes wrong into its problem."""
        parked = None
        try:
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    state = self._advance(slot, program, begin())
                    parked = state if isinstance(state, MontyParked) else None
                    return state
                except MontyError as error:
                    if attempt == ATTEMPTS or not slot.interrupted(error):
                        problem = problem_of(error, program.rewritten, self.limits, program.thrown)
                        return Finished(problem=problem, output=slot.output)
            raise AssertionError("the last attempt returns")
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
                message = "the program waits for something that never comes"
                return Finished(problem=Problem("subset", message, self._span(program, stop)), output=slot.output)
            if stop.is_os_function:
                stop = stop.resume_not_handled()
                continue
            call = self._call(stop, program)
            if isinstance(call, Problem):
                return Finished(problem=call, output=slot.output)
            if isinstance(call, dict):
                stop = stop.resume(cast(Any, call))
                continue
            if program.calls >= self.limits.calls:
                message = f"the program made more than {self.limits.calls} tool calls"
                return Finished(problem=Problem("limit", message, call.span), output=slot.output)
            state = stop.dump()
            if len(state) > self.limits.state_mb << 20:
                message = f"the program keeps more than {self.limits.state_mb} MB while it waits for a tool"
                return Finished(problem=Problem("limit", message, call.span), output=slot.output)
            after = _Program(program.rewritten, program.objects, program.calls + 1, stops - 1, slot.output)
            parked = MontyParked(call, state, after)
            slot.resident, slot.snapshot = parked, stop
            return parked

    def _look_up(self, stop: NameLookupSnapshot, program: _Program) -> Any:
        """A name that the program does not define, or an attribute that a handle does not hold: perhaps a tool."""
        name, receiver = stop.variable_name, stop.object_id
        if receiver is None:
            return stop.resume(value=named(name)) if name in self._functions else stop.resume()
        value = program.objects.by_id.get(receiver)
        kind = self._border.class_ids.get(receiver) or self._border.class_of(value)
        if kind is None:
            return stop.resume()
        held = self.surface.classes[kind]
        if name in held.methods:
            return stop.resume(value=named(f"{receiver}.{name}"))
        if value is not None and name in held.attributes:
            try:
                return stop.resume(value=self._border.enter(getattr(value, name), program.objects))
            except Unfit:  # what no program can hold is not there for it
                return stop.resume()
        return stop.resume()

    def _call(self, stop: FunctionSnapshot, program: _Program) -> Call | dict[str, Any] | Problem:
        """The tool call that a program stopped at, the error to answer it with at once, or why it must end."""
        name, receiver = stop.function_name, stop.object_id
        if receiver is None and "." in name:  # a method that was passed on as a value, see `_look_up`
            identity, _, name = name.partition(".")
            receiver = uuid.UUID(identity)
        try:
            args = tuple(self._border.leave(value, program.objects) for value in stop.args)
            kwargs = {str(key): self._border.leave(value, program.objects) for key, value in stop.kwargs.items()}
        except TooLarge as unfit:
            return Problem("limit", f"{name}() cannot be given {unfit}", self._span(program, stop))
        except Unfit as unfit:
            return _raise("TypeError", f"{name}() cannot be given {unfit}")
        except (ValueError, OverflowError):
            return _raise("ValueError", f"{name}() was given a value that is too large")
        if receiver is None:
            if name not in self._functions:
                return _raise("NameError", f"name {name!r} is not defined")
            return Call(name, args, kwargs, self._span(program, stop))
        kind = self._border.class_ids.get(receiver)
        if kind is not None and name == "__call__":
            if kind not in self._constructible:
                return _raise("TypeError", f"a program cannot make a new {kind}")
            return Call(kind, args, kwargs, self._span(program, stop))
        if kind is not None:
            if not args or self._border.class_of(args[0]) != kind:
                return _raise("TypeError", f"{kind}.{name}() needs an object of class {kind} first")
        elif receiver in program.objects.by_id:
            args = (program.objects.by_id[receiver], *args)
            kind = self._border.class_of(args[0])
        held = self.surface.classes.get(kind or "")
        if held is not None and name in held.attributes:
            return _raise("TypeError", f"{kind}.{name} is a value and no method: write it without parentheses")
        if held is None or name not in held.methods:
            return _raise("AttributeError", f"{kind or 'this'!r} object has no attribute {name!r}")
        return Call(f"{kind}.{name}", args, kwargs, self._span(program, stop))

    def _finish(self, slot: _Slot, program: _Program, stop: MontyComplete) -> Finished:
        output = slot.output
        try:
            return Finished(self._border.leave(stop.output, program.objects), None, output)
        except Unfit as unfit:
            message = f"the program returned {unfit}; return a number, a text, a truth value, a patch or a list of them"
        except (ValueError, OverflowError):
            message = "the program returned a value that is too large"
        return Finished(problem=Problem("runtime", message), output=output)

    # Before

    def _prepare(self, source: str, arguments: int) -> tuple[Rewritten, tuple[int, ...]] | Problem:
        """Everything about a program that can be known without running it: the program as it is run, and the places of
        what it needs of the prelude; or what is wrong with it."""
        if len(source) > MAX_SOURCE:
            return Problem("limit", f"the program has {len(source)} characters; at most {MAX_SOURCE} are allowed")
        source = source.replace("\r\n", "\n").replace("\r", "\n")
        tree = read_program(source)
        if isinstance(tree, Problem):
            return tree
        reading = Reading(tree, self.surface.tools)
        try:
            source.encode()
            for problem in refusals(reading):
                return problem
            if misfit := _entry_problem(tree, arguments):
                return misfit
            rewritten = rewrite(source, reading, self._functions, self._constructible)
            return rewritten, self._prelude.used_by(rewritten.text + CALL)
        except RecursionError:
            return Problem("syntax", "the program is nested too deep")
        except FStringError:
            return Problem("subset", "an f-string of the program cannot be read; write its parts with + and str()")
        except UnicodeEncodeError:
            return Problem("syntax", "the program holds a character that is none (a lone surrogate)")

    def _span(self, program: _Program, stop: Any) -> Span | None:
        place = stop.position
        return program.rewritten.span(place.start, place.end) if place.filename == PROGRAM_FILE else None


def _raise(kind: str, message: str) -> dict[str, Any]:
    return {"exc_type": kind, "message": message}


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
        count = {0: "no argument", 1: "one argument"}.get(arguments, f"{arguments} arguments")
        return Problem("entry", f"{ENTRY} must take {count}", place)
    return None
