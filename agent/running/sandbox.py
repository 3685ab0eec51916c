"""Where programs run: the interface that every sandbox fills, and what may be said to a program about the host.

A program is parked at each of its tool calls. The host answers the call in its own time and resumes the program, so
that thousands of programs can be alive at once while their calls are gathered into batches. A sandbox knows nothing of
pictures or models: it is given a `Surface`, the names that programs may use, and moves opaque host objects in and out.
"""

import getpass
import os
import re
import socket
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import lru_cache
from types import TracebackType
from typing import Any, Protocol, Self

from agent.program import Problem, Span


@dataclass(frozen=True)
class Limits:
    """What one program may use up, from its start to its end, over all resumes together."""

    seconds: float = 2.0
    """Seconds of its own computing. Time spent waiting for tools does not count."""
    memory_mb: int = 64
    """Megabytes of memory for its objects."""
    recursion: int = 200
    """Function calls inside each other."""
    calls: int = 200
    """Tool calls, constructions of host objects included."""
    output_kb: int = 64
    """Kilobytes of text that it may print."""
    state_mb: int = 8
    """Megabytes that it may take up while it is parked: many programs wait at the same time."""

    def __post_init__(self) -> None:
        for limit in fields(self):
            value = getattr(self, limit.name)
            kinds = (int, float) if limit.name == "seconds" else (int,)
            if isinstance(value, bool) or not isinstance(value, kinds) or not 0 < value < float("inf"):
                raise ValueError(f"the limit {limit.name} must be a positive number, not {value!r}")


class HostClass(Protocol):
    """A class of the host that programs may hold objects of (see `tools.declaration.HostClass`)."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> type: ...
    @property
    def attributes(self) -> Collection[str]: ...
    @property
    def methods(self) -> Collection[str]: ...
    @property
    def constructible(self) -> bool: ...


@dataclass(frozen=True)
class Surface:
    """The names that programs may use beside the language itself."""

    functions: frozenset[str] = frozenset()
    """Functions answered by the host; every call parks the program."""
    classes: Mapping[str, HostClass] = field(default_factory=dict)
    """Host classes by the name that programs know them by. Their objects stay on the host: a program holds a handle
    with the numbers in `attributes` copied in, and calls to `methods` park the program."""
    prelude: str = ""
    """Source of functions that run inside the sandbox and need no host."""

    @classmethod
    def of(cls, vocabulary: Any) -> "Surface":
        """The surface of a `tools.declaration.Vocabulary`."""
        return cls(frozenset(vocabulary.functions), dict(vocabulary.classes), vocabulary.prelude())

    @property
    def tools(self) -> frozenset[str]:
        """Names of the functions, and of the methods of all host classes."""
        return self.functions.union(*(held.methods for held in self.classes.values()))


@dataclass(frozen=True)
class Call:
    """A tool call that a program is parked at."""

    name: str
    """`llm_query` for a function, `ImagePatch.find` for a method, `ImagePatch` for a construction."""
    args: tuple[Any, ...]
    """Positional arguments, host objects restored at any depth of lists, tuples, sets and dicts. A method's receiver is
    the first one."""
    kwargs: dict[str, Any]
    span: Span | None = None
    """Where the call stands in the program as it was written."""


@dataclass(frozen=True)
class Parked(ABC):
    """A program that waits for the answer to a tool call.

    It may be resumed at any time, in any order with others, more than once (each resume is a fork of its own), and it
    may be pickled and resumed by another sandbox with the same surface, as far as its host objects can be pickled.
    """

    call: Call

    @property
    @abstractmethod
    def size(self) -> int:
        """Bytes that the parked state takes."""


@dataclass(frozen=True)
class Finished:
    """A program that ended. Exactly one of a value and a problem is of interest: with a problem, `value` is None."""

    value: Any = None
    """What `execute_command` returned, host objects restored at any depth."""
    problem: Problem | None = None
    output: str = ""
    """What the program printed."""


class Sandbox(ABC):
    """Runs programs that nobody has read.

    Whatever a program does, no method raises because of it and nothing outside the sandbox changes: the program ends
    with `Finished.problem`, a typed one-line error whose positions are those of the source as it was written.
    """

    limits: Limits
    surface: Surface

    @abstractmethod
    def open(self) -> None:
        """Get ready for programs. Optional, and may be called twice: `start` opens a closed sandbox."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything; no process is left behind. May be called twice."""

    @abstractmethod
    def start(self, source: str, arguments: Sequence[Any]) -> Parked | Finished:
        """Define the program, call its `execute_command(*arguments)`, and run to the first tool call or the end.

        Args:
            source: Python source, not trusted.
            arguments: what `execute_command` is given: plain values and host objects, nested as one likes.

        Raises:
            TypeError: an argument is neither a plain value nor an object of a class in `surface`.
        """

    @abstractmethod
    def resume(self, parked: Parked, value: Any) -> Parked | Finished:
        """Answer the call that the program is parked at. A value that no program can hold ends it (kind `tool`)."""

    @abstractmethod
    def throw(self, parked: Parked, error: Exception) -> Parked | Finished:
        """Let the call that the program is parked at fail. What the program gets to read is `sanitise_error(error)`; it
        may catch it as a RuntimeError, and ends with a problem of kind `tool` if it does not."""

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


SPEAKING_ERRORS = frozenset({"ToolError", "SpecialistError", "Abstention"})
"""Error classes whose messages are written for programs and planners. The text of any other may hold anything."""

MAX_ERROR = 500
"""Characters of an error message that a program gets to read."""


def sanitise_error(error: BaseException) -> str:
    """What a program, a planner or a trace may know of an error of the host: one scrubbed line.

    Errors made for that (`SPEAKING_ERRORS`, by class name, subclasses included) keep their message; of all others only
    the class name is told.
    """
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & SPEAKING_ERRORS:
        return sanitise(str(error)) or "the tool failed"
    return sanitise(f"the tool failed ({type(error).__name__})")


def sanitise(text: str) -> str:
    """One line of `text` without paths, addresses, secrets, and names of the host, its network or its people.

    Values of environment variables (8 characters and more), tokens of well-known shapes and long runs of mixed letters
    and digits count as secrets.
    """
    text = " ".join(text[: 4 * MAX_ERROR].split())
    for value in sorted({value for value in os.environ.values() if len(value) >= 8}, key=len, reverse=True):
        text = text.replace(value, "[hidden]").replace(" ".join(value.split()) or value, "[hidden]")
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    for name, replacement in _identity():
        text = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", replacement, text)
    return text if len(text) <= MAX_ERROR else text[: MAX_ERROR - 3] + "..."


_PATTERNS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>]+", "[address]"),
        (r"\b[\w.+-]+@[\w-]+(\.[\w-]+)+\b", "[address]"),
        (r"(?<![\w:])[A-Za-z]:\\[^\s'\"<>]*|\\\\[\w.$-]+\\[^\s'\"<>]*", "[path]"),
        (r"(?<![\w.)\]/])(~[\w-]*|\.{1,2})?/(?!\s)[^\s'\"<>:,;)\]]*[\w/](?<!/ )", "[path]"),
        (r"\b[\w.-]+/(?:[\w.-]+/)+[\w.-]+", "[path]"),
        (r"\b0x[0-9a-fA-F]{4,}\b", "[address]"),
        (r"\b(\d{1,3}\.){3}\d{1,3}(:\d+)?\b", "[address]"),
        (r"\b([0-9a-fA-F]{1,4}:){3,7}:?[0-9a-fA-F]{1,4}\b|(?<!\w)::1\b", "[address]"),
        (
            r"\b(sk|pk|rk|hf|gh[pousr]|github_pat|glpat|xox[abprs]|AKIA|ASIA|AIza|ya29|eyJ)[-_.]?[\w-]{12,}[\w.-]*",
            "[hidden]",
        ),
        (r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}", "[hidden]"),
        (
            r"(?i)\b([\w-]*(?:password|passwd|secret|token|api[_-]?key|credential)[\w-]*)(['\"]?\s*[=:]\s*)['\"]?[^\s'\",;]+['\"]?",
            r"\1\2[hidden]",
        ),
        (r"\b(?=\w*\d)(?=\w*[A-Za-z])[\w+/-]{24,}={0,2}", "[hidden]"),
    )
]


@lru_cache(maxsize=1)
def _identity() -> tuple[tuple[str, str], ...]:
    """Names of this host and its user, where they are telling enough to hide."""
    names = dict.fromkeys((socket.gethostname(), socket.gethostname().split(".")[0]), "[host]")
    with suppress(KeyError, OSError):  # no account for this user id
        names[getpass.getuser()] = "[user]"
    telling = (item for item in names.items() if len(item[0]) >= 3 and item[0] not in ("root", "user", "localhost"))
    return tuple(sorted(telling, key=lambda item: -len(item[0])))
