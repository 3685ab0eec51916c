"""Tells a program that stumbled over something absent from one that is wrong.

`dogs[0]` where `find("dog")` found nothing is no mistake of the planner's: the honest answer is that there is no dog.
From the place where a program stopped, its syntax tree and the results of its tool calls this module works out whether
an empty `find` was the cause. Where that is not certain, it says nothing, and the program counts as failed.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.language import parse
from agent.program import Problem, Span
from agent.running.origins import Origin, Origins
from agent.trace import PatchValue, Step
from models.picture import Picture
from models.video import Video

FINDERS = ("ImagePatch.find", "VideoSegment.find", "VideoSegment.track")
"""The tools whose empty result means that something is absent."""

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PLURALS = ("people", "men", "women", "children", "mice", "geese", "feet", "teeth", "sheep")


def reason_of(source: str, problem: Problem, steps: Sequence[Step], pictures: Sequence[Picture | Video]) -> str | None:
    """Why there is no honest answer, such as "there is no dog in the picture", or None if the program is to blame.

    Args:
        source: the program.
        problem: what stopped it, of kind `runtime`; its message begins with the name of the exception.
        steps: its tool calls.
        pictures: those that came with the question, in order.
    """
    if problem.span is None:
        return None
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    name = re.match(r"\w+", problem.message)
    stumble = _STUMBLES.get(name[0] if name else "")
    if stumble is None:
        return None
    places = _Places(Origins(tree, source), steps)
    exact, around = places.marked(problem.span)
    candidates = [found for node in exact for found in stumble(node, problem.message)]
    candidates = candidates or [found for node in around for found in stumble(node, problem.message)]
    wants = [places.want(thing, wanted) for thing, wanted in candidates]
    reasons = {want.told(pictures) if want else None for want in wants}
    # several candidates that disagree leave the cause open
    return reasons.pop() if len(reasons) == 1 else None


Candidates = Iterator[tuple[ast.expr, int]]
"""Expressions that would explain the failure if they hold fewer things than the number beside them."""


def _index(node: ast.AST, message: str) -> Candidates:
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Load):
        yield node.value, _needed(node.slice)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "pop":
        yield node.func.value, _needed(node.args[0]) if node.args else 1


def _needed(index: ast.expr) -> int:
    """How many things a list must hold for this index: 3 for `[2]`, 2 for `[-2]`, 1 where it is not written out."""
    negative = isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub)
    number = index.operand if isinstance(index, ast.UnaryOp) else index
    if isinstance(number, ast.Constant) and isinstance(number.value, int):
        return max(1, number.value if negative else number.value + 1)
    return 1


def _value(node: ast.AST, message: str) -> Candidates:
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("max", "min")
        and len(node.args) == 1
        and "empty" in message
    ):
        yield node.args[0], 1
    if isinstance(node, ast.Assign) and "not enough values to unpack" in message:
        for target in node.targets:
            if isinstance(target, ast.Tuple | ast.List) and not any(isinstance(e, ast.Starred) for e in target.elts):
                yield node.value, len(target.elts)


def _division(node: ast.AST, message: str) -> Candidates:
    if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
        yield (node.right if isinstance(node, ast.BinOp) else node.value), _COUNTED


def _attribute(node: ast.AST, message: str) -> Candidates:
    if isinstance(node, ast.Attribute) and "NoneType" in message and f"'{node.attr}'" in message:
        yield node.value, _CHOSEN


def _next(node: ast.AST, message: str) -> Candidates:
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "next"
        and len(node.args) == 1
    ):
        yield node.args[0], 1


_COUNTED = -1
"""The expression is a number: how many things there are."""
_CHOSEN = -2
"""The expression is one thing, chosen from a list, or None if the list was empty."""

_STUMBLES = {
    "IndexError": _index,
    "ValueError": _value,
    "ZeroDivisionError": _division,
    "AttributeError": _attribute,
    "StopIteration": _next,
}


@dataclass(frozen=True)
class _Want:
    """Something that was looked for and is not there, or not often enough."""

    steps: Sequence[Step]
    """The calls of `find` that looked for it."""
    noun: str
    found: int
    unfit: bool = False
    """Found, but none of them is as the program wants it."""

    def told(self, pictures: Sequence[Picture | Video]) -> str:
        where = self._where(pictures)
        plural = _is_plural(self.noun)
        if self.unfit:
            return f"none of what was found as {self.noun!r} {where} is as the question asks"
        if self.found == 0:
            return f"there {'are' if plural else 'is'} no {self.noun} {where}"
        if self.found == 1:
            return f"there is only one {self.noun} {where}"
        number = _NUMBERS[self.found] if self.found < len(_NUMBERS) else str(self.found)
        return f"only {number} were found {where} as {self.noun!r}, fewer than the question needs"

    def _where(self, pictures: Sequence[Picture | Video]) -> str:
        if any(isinstance(picture, Video) for picture in pictures):
            return "in the video"
        receivers = [step.arguments.get("self") for step in self.steps]
        patches = [receiver for receiver in receivers if isinstance(receiver, PatchValue)]
        keys = {patch.picture for patch in patches}
        if len(keys) > 1:
            return "in any of the pictures"
        if not keys or len(patches) < len(receivers):
            return "in the picture"
        places = [place for place, picture in enumerate(pictures) if picture.key in keys]
        which = "picture"
        if len(pictures) > 1 and len(places) == 1:
            number = places[0]
            which = f"{_ORDINALS[number]} picture" if number < len(_ORDINALS) else f"picture number {number + 1}"
        whole = places and (0.0, 0.0, float(pictures[places[0]].width), float(pictures[places[0]].height))
        boxes = {tuple(patch.box) for patch in patches}
        if whole in boxes:
            return f"in the {which}"
        return f"in that part of the {which}" if len(boxes) == 1 else f"in those parts of the {which}"


def _is_plural(noun: str) -> bool:
    last = noun.split()[-1].lower() if noun.split() else ""
    return last in _PLURALS or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


class _Places:
    """Where a program stopped, and what its calls of `find` gave."""

    def __init__(self, origins: Origins, steps: Sequence[Step]) -> None:
        self.origins = origins
        self.steps = [step for step in steps if step.tool in FINDERS and step.error is None and step.span is not None]

    def marked(self, span: Span) -> tuple[list[ast.AST], list[ast.AST]]:
        """The nodes that a span marks exactly, and those that it may mean otherwise: all inside it, and the assignment
        whose target or value it is."""
        start, end = (span.line, span.column), (span.end_line, span.end_column)
        placed = [(node, place) for node in ast.walk(self.origins.tree) if (place := self.origins.place(node))]
        exact = [node for node, place in placed if place == (*start, *end)]
        inside = [node for node, place in placed if start <= place[:2] and place[2:] <= end and node not in exact]
        inside = [node for node in inside if not self._deferred(node, exact)]
        parents = [self.origins.parents.get(node) for node in exact]
        return exact, [*inside, *(parent for parent in parents if isinstance(parent, ast.Assign | ast.AugAssign))]

    def _deferred(self, node: ast.AST, tops: Sequence[ast.AST]) -> bool:
        """A lambda's body inside the marked place did not fail there: it would have been marked itself."""
        while node not in tops and (parent := self.origins.parents.get(node)) is not None:
            if isinstance(parent, ast.Lambda) and node is parent.body:
                return True
            node = parent
        return False

    def want(self, node: ast.expr, wanted: int) -> _Want | None:
        """What is missing, if the list that `node` stands for surely holds fewer than `wanted` things."""
        if wanted == _COUNTED:
            origin, wanted = self.origins.of_count(node), 1
        elif wanted == _CHOSEN:
            origin, wanted = self.origins.of_choice(node), 1
        else:
            origin = self.origins.of_list(node)
        if origin is None:
            return None
        wants = [self._missing(call, origin, wanted) for call in origin.calls]
        if origin.nested:
            return next((want for want in wants if want is not None), None)
        if len(wants) == 1:
            return wants[0]
        # lists that were joined are empty together only if each of them is
        return wants[0] if all(want is not None and want.found == 0 for want in wants) else None

    def _missing(self, call: ast.Call, origin: Origin, wanted: int) -> _Want | None:
        place = self.origins.place(call)
        steps = [step for step in self.steps if step.span and place == tuple(step.span.model_dump().values())]
        nouns = [step.arguments.get("object_name") for step in steps]
        if not steps or not isinstance(nouns[-1], str):
            return None
        # a list that was gathered anew for another noun has nothing to do with this one
        steps = (
            [step for step, noun in zip(steps, nouns, strict=True) if noun == nouns[-1]]
            if origin.gathered
            else steps[-1:]
        )
        if not all(isinstance(step.result, list) for step in steps):
            return None
        noun = " ".join(nouns[-1].split())
        found = sum(len(step.result) for step in steps)
        if found == 0:
            return _Want(steps, noun, 0)
        if origin.nested and call is not origin.calls[-1]:
            return None
        if origin.sieved and wanted == 1:
            if origin.adjective and origin.adjective not in noun:
                return _Want(steps, f"{origin.adjective} {noun}", 0)
            return _Want(steps, noun, found, unfit=True)
        return _Want(steps, noun, found) if found < wanted and not origin.sieved else None
