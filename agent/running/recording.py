"""Results of an earlier run of a program, to be taken instead of asking the specialists again."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pydantic import TypeAdapter

from agent.trace import MaskValue, PatchValue, PictureValue, Plain, Step, TextValue, Trace
from agent.values import Encoder, Undecodable, decode, host_object
from models.picture import Picture
from models.video import Video
from tools.image_patch import ImagePatch
from tools.mask import Mask
from tools.video import VideoSegment

_JSON: TypeAdapter[Any] = TypeAdapter(Any)


@dataclass(frozen=True)
class Recalled:
    """What a tool call came to before: exactly one of a value, an error and an abstention."""

    value: Any = None
    """As the host knows it (`ImagePatch`, `Mask`, numbers, lists...)."""
    error: str | None = None
    """Text of the ToolError that the program got."""
    abstention: str | None = None
    """Why the tool ended the program without an answer."""


class Recording:
    """The steps of one program, for one run of the same program or of a changed one.

    Two calls are equal when their tool and their arguments are; patches are when picture, box and phrase are. Equal
    calls need not have had equal results (a language model that is asked thrice): they are given in their order, and
    after the last of them that one again if all were the same, else the call is not recalled.

    An error is given only if the program got it. Where a specialist or a tool was broken, the program was stopped, and
    the call is made again.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        pictures: Mapping[str, Picture | Video],
        first: int | None = None,
        broken: bool = False,
        abstention: str | None = None,
        unkept: Collection[str] = (),
    ) -> None:
        """
        Args:
            steps: tool calls in the order they were made.
            pictures: those that the steps name, by key, as far as they are at hand.
            first: only so many calls of the program are taken from the record, the n-th from the n-th step, and only as
                long as they are equal. None: every call that equals a recorded one, wherever it was.
            broken: the last step is one of a specialist or tool that broke.
            abstention: why the last step ended the program, if it did.
            unkept: tools whose results a trace does not keep as they were (`agent.values.is_kept`).
        """
        self.diverged_at: int | None = None
        """The first call, from 0, that is not the one which was made at that place; only those among the first so many
        count. Calls that no tool could have carried out are not compared."""
        self.missed = 0
        """Calls that equal a recorded one, of whose result too little was kept."""
        self._steps = list(steps)
        self._pictures = pictures
        self._calls = [_identity(step.tool, step.arguments) for step in self._steps]
        self._end = len(self._steps) if first is None else min(first, len(self._steps))
        self._anywhere = first is None
        self._usable = len(self._steps) - broken
        self._abstention = abstention
        self._unkept = frozenset(unkept)
        self._taken: Counter[bytes] = Counter()
        self._places: dict[bytes, list[int]] = {}
        for place in range(self._usable):
            self._places.setdefault(self._calls[place], []).append(place)

    @classmethod
    def of(
        cls,
        trace: Trace,
        pictures: Mapping[str, Picture | Video],
        first: int | None = None,
        unkept: Collection[str] = (),
    ) -> Self:
        """The recording of the program that a trace ends with."""
        if not trace.attempts:
            return cls([], pictures, first)
        attempt = trace.attempts[-1]
        problem = attempt.problem
        # An exception inside the program, a ToolError that it did not catch included, has a traceback of its lines; a
        # program that was stopped from outside has none.
        last = attempt.steps[-1] if attempt.steps else None
        broken = problem is not None and problem.kind == "tool" and not problem.detail
        broken = broken and last is not None and last.error is not None
        abstained = trace.status == "abstained" and problem is None and last is not None
        return cls(attempt.steps, pictures, first, broken, trace.reason if abstained else None, unkept)

    def recall(
        self, index: int, tool: str, arguments: Mapping[str, Any], objects: Sequence[Any] = ()
    ) -> Recalled | None:
        """What this call came to before, or None if it has to be made.

        Args:
            index: number of steps that the program has made so far.
            tool: qualified name.
            arguments: as `Step.arguments` has them.
            objects: the arguments as the host knows them, the receiver of a method first. A result that is one of them,
                such as the best of several patches, is that very object again and no copy, because programs can tell.
        """
        call = _identity(tool, arguments)
        if self.diverged_at is None and index < self._end and self._calls[index] != call:
            self.diverged_at = index
        place = self._anywhere_place(call) if self._anywhere else self._same_place(index)
        if place is None:
            return None
        step = self._steps[place]
        if any(isinstance(value, TextValue) for value in _special(dict(arguments))):
            self.missed += 1  # what was kept as words may have been something else
            return None
        if step.error is not None:
            return Recalled(error=step.error)
        if self._abstention is not None and place == len(self._steps) - 1:
            return Recalled(abstention=self._abstention)
        try:
            if tool in self._unkept:
                raise Undecodable(f"{tool} gives more than a trace keeps")
            return Recalled(self._value(step, objects))
        except Undecodable:
            self.missed += 1
            return None

    def _same_place(self, index: int) -> int | None:
        return index if index < min(self._end, self._usable) and self.diverged_at is None else None

    def _anywhere_place(self, call: bytes) -> int | None:
        places = self._places.get(call, [])
        taken = self._taken[call]
        self._taken[call] += 1
        if taken < len(places):
            return places[taken]
        steps = [self._steps[place] for place in places]
        alike = all((step.result, step.error) == (steps[0].result, steps[0].error) for step in steps)
        return places[-1] if places and alike else None

    def _value(self, step: Step, objects: Sequence[Any]) -> Any:
        passed = objects[1:] if "." in step.tool else objects
        held: dict[bytes, Any] | None = None

        def make(record: Plain) -> Any:
            nonlocal held
            if held is None:
                held = {}
                for value in _host_objects(passed):
                    held.setdefault(_JSON.dump_json(Encoder().encode(value)), value)
            same = held.get(_JSON.dump_json(record))
            return host_object(record, self._pictures) if same is None else same

        return decode(step.result, self._pictures, make)


def _identity(tool: str, arguments: Mapping[str, Any]) -> bytes:
    """What equal calls have in common."""
    return _JSON.dump_json([tool, dict(arguments)])


def _special(value: Any) -> Iterator[Plain]:
    """The special records in a value, at any depth."""
    if isinstance(value, PatchValue | MaskValue | PictureValue | TextValue):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _special(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _special(item)


def _host_objects(value: Any) -> Iterator[ImagePatch | Mask | Picture | Video | VideoSegment]:
    """The objects of the host in a value, at any depth."""
    if isinstance(value, ImagePatch | Mask | Picture | Video | VideoSegment):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _host_objects(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _host_objects(item)
