"""Tools for programs under test: a picture with a dozen things in it, and an `ImagePatch` that answers from a list.

The same classes serve plain CPython (`run_in_cpython`) and a sandbox (`drive`), and both keep a log of the calls.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.program import Span
from agent.running.sandbox import Finished, Parked, Sandbox, Surface

Box = tuple[int, int, int, int]

THINGS: tuple[tuple[str, Box, str, float, frozenset[str]], ...] = (
    ("muffin", (40, 30, 80, 60), "brown", 2.0, frozenset({"sweet", "small"})),
    ("muffin", (100, 32, 140, 64), "brown", 2.1, frozenset({"sweet", "burnt"})),
    ("muffin", (160, 28, 204, 66), "blue", 2.2, frozenset({"sweet"})),
    ("kid", (300, 20, 380, 220), "red", 4.0, frozenset({"happy", "standing"})),
    ("kid", (420, 24, 500, 210), "green", 3.5, frozenset({"sitting"})),
    ("dog", (520, 10, 600, 90), "black", 3.0, frozenset({"running", "black"})),
    ("dog", (220, 200, 280, 260), "white", 7.5, frozenset({"sleeping", "white"})),
    ("tree", (0, 240, 120, 470), "green", 9.0, frozenset({"tall"})),
    ("table", (20, 0, 240, 40), "brown", 2.5, frozenset({"wooden"})),
    ("car", (500, 250, 630, 330), "red", 8.0, frozenset({"parked", "red"})),
    ("car", (380, 260, 480, 320), "blue", 8.5, frozenset({"parked", "blue"})),
    ("sign", (250, 300, 330, 360), "white", 6.0, frozenset({"STOP"})),
)
"""Name, `(left, lower, right, upper)`, colour, depth, what is true of it."""

_ids = itertools.count(1)


@dataclass(frozen=True)
class Image:
    """An input picture."""

    name: str = "one"
    width: int = 640
    height: int = 480
    things: tuple[Any, ...] = THINGS


class ImagePatch:
    """A deterministic patch with ViperGPT's attributes and methods."""

    def __init__(
        self, image: Any, left: float | None = None, lower: float | None = None, right: float | None = None,
        upper: float | None = None,
    ) -> None:  # fmt: skip
        self.image = image.image if isinstance(image, ImagePatch) else image
        inside = (image.left, image.lower, image.right, image.upper) if isinstance(image, ImagePatch) else None
        whole = inside or (0, 0, self.image.width, self.image.height)
        self.left, self.lower, self.right, self.upper = (
            given if asked is None else int(asked)
            for asked, given in zip((left, lower, right, upper), whole, strict=True)
        )
        self.width, self.height = self.right - self.left, self.upper - self.lower
        self.horizontal_center = (self.left + self.right) / 2
        self.vertical_center = (self.lower + self.upper) / 2
        self.id = next(_ids)

    @property
    def original_image(self) -> Image:
        return self.image  # type: ignore[no-any-return]

    @property
    def box(self) -> Box:
        return self.left, self.lower, self.right, self.upper

    @property
    def _things(self) -> list[Any]:
        return [
            thing
            for thing in self.image.things
            if self.left <= (thing[1][0] + thing[1][2]) / 2 < self.right
            and self.lower <= (thing[1][1] + thing[1][3]) / 2 < self.upper
        ]

    def find(self, object_name: str) -> list["ImagePatch"]:
        name = object_name.lower().rstrip("s")
        return [ImagePatch(self.image, *thing[1]) for thing in self._things if thing[0] == name]

    def exists(self, object_name: str) -> bool:
        return bool(self.find(object_name))

    def verify_property(self, object_name: str, attribute: str) -> bool:
        return any(attribute in thing[4] for thing in self._things if thing[0] == object_name)

    def best_text_match(self, option_list: list[str], prefix: str | None = None) -> str:
        words = " ".join(f"{thing[0]} {thing[2]} {' '.join(sorted(thing[4]))}" for thing in self._things)
        return max(option_list, key=lambda option: words.count(option))

    def simple_query(self, question: str) -> str:
        question = question.lower()
        things = self._things
        if not things:
            return "nothing"
        if "color" in question or "colour" in question:
            return str(things[0][2])
        if "how many" in question:
            return str(sum(thing[0] in question for thing in things))
        if "where" in question:
            return "garden"
        return f"{things[0][0]}"

    def compute_depth(self) -> float:
        depths = [thing[3] for thing in self._things]
        return round(sum(depths) / len(depths), 3) if depths else 10.0

    def crop(self, left: float, lower: float, right: float, upper: float) -> "ImagePatch":
        return ImagePatch(self.image, left, lower, right, upper)

    def overlaps_with(self, left: float, lower: float, right: float, upper: float) -> bool:
        return self.left <= right and self.right >= left and self.lower <= upper and self.upper >= lower

    def llm_query(self, question: str, long_answer: bool = True) -> str:
        return f"{'long' if long_answer else 'short'}: {question}"

    def __repr__(self) -> str:
        return f"ImagePatch{self.box}"


def best_image_match(list_patches: list[ImagePatch], content: list[str], return_index: bool = False) -> Any:
    scores = []
    for patch in list_patches:
        scores.append(sum(word in (*thing[4], thing[0]) for thing in patch._things for word in content))
    index = scores.index(max(scores))
    return index if return_index else list_patches[index]


def llm_query(query: str, context: str | None = None, long_answer: bool = True) -> str:
    return f"answer to {query}" if long_answer else "answer"


PRELUDE = """
import math

def distance(patch_a, patch_b):
    if isinstance(patch_a, (int, float)):
        return abs(patch_a - patch_b)
    dx = max(0, patch_a.left - patch_b.right, patch_b.left - patch_a.right)
    dy = max(0, patch_a.lower - patch_b.upper, patch_b.lower - patch_a.upper)
    return math.hypot(dx, dy)

def bool_to_yesno(bool_answer):
    return "yes" if bool_answer else "no"

def coerce_to_numeric(string):
    digits = "".join(c for c in string if c.isdigit() or c == ".")
    return float(digits) if "." in digits else int(digits or 0)
"""


@dataclass(frozen=True)
class Held:
    name: str
    type: type
    attributes: tuple[str, ...]
    methods: tuple[str, ...] = ()
    constructible: bool = False


SIDES = ("left", "lower", "right", "upper")
ATTRIBUTES = ("id", *SIDES, "width", "height", "horizontal_center", "vertical_center", "original_image")
ASKING = ("find", "exists", "verify_property", "best_text_match", "simple_query", "compute_depth", "llm_query")
METHODS = (*ASKING, "crop", "overlaps_with")
FUNCTIONS: dict[str, Callable[..., Any]] = {"best_image_match": best_image_match, "llm_query": llm_query}

SURFACE = Surface(
    functions=frozenset(FUNCTIONS),
    classes={
        "ImagePatch": Held("ImagePatch", ImagePatch, ATTRIBUTES, METHODS, True),
        "Image": Held("Image", Image, ("width", "height")),
    },
    prelude=PRELUDE,
)


@dataclass
class Ran:
    """How a program ended, and the tools that it called on the way."""

    value: Any
    log: list[tuple[Any, ...]]
    problem: Any = None
    output: str = ""
    spans: list[Span | None] = field(default_factory=list)


def answer(name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Carry out a tool call."""
    if name == "ImagePatch":
        return ImagePatch(*args, **kwargs)
    if name in FUNCTIONS:
        return FUNCTIONS[name](*args, **kwargs)
    return getattr(ImagePatch, name.removeprefix("ImagePatch."))(*args, **kwargs)


def drive(sandbox: Sandbox, source: str, *arguments: Any, tools: Callable[..., Any] = answer) -> Ran:
    """Run a program in a sandbox to its end."""
    log: list[tuple[Any, ...]] = []
    spans = []
    state = sandbox.start(source, arguments)
    while isinstance(state, Parked):
        call = state.call
        log.append((call.name, plain(call.args), plain(call.kwargs)))
        spans.append(call.span)
        try:
            value = tools(call.name, call.args, call.kwargs)
        except Exception as error:
            state = sandbox.throw(state, error)
        else:
            state = sandbox.resume(state, value)
    assert isinstance(state, Finished)
    return Ran(plain(state.value), log, state.problem, state.output, spans)


def run_in_cpython(source: str, *arguments: Any) -> Ran:
    """Run a program in this process, as ViperGPT does, with the same tools."""
    log: list[tuple[Any, ...]] = []

    inside: list[str] = []

    def logged(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if not inside:  # what a tool calls in its turn is its own business
                log.append((name, plain(args), plain(kwargs)))
            inside.append(name)
            try:
                return function(*args, **kwargs)
            finally:
                inside.pop()

        return call

    class Patch(ImagePatch):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            log.append(("ImagePatch", plain(args), plain(kwargs)))
            super().__init__(*args, **kwargs)

        def find(self, object_name: str) -> list[Any]:
            return [_as(Patch, one) for one in ImagePatch.find(self, object_name)]

        def crop(self, *args: Any, **kwargs: Any) -> Any:
            return _as(Patch, ImagePatch.crop(self, *args, **kwargs))

    for name in METHODS:
        setattr(Patch, name, logged(f"ImagePatch.{name}", getattr(Patch, name)))
    Patch.__name__ = Patch.__qualname__ = "ImagePatch"
    scope: dict[str, Any] = {name: logged(name, function) for name, function in FUNCTIONS.items()}
    scope |= {"ImagePatch": Patch, "Image": Image, "__name__": "program"}
    exec(PRELUDE, scope)
    exec(compile(source, "program", "exec"), scope)
    return Ran(plain(scope["execute_command"](*arguments)), log)


def _as(kind: type, patch: ImagePatch) -> Any:
    made = kind.__new__(kind)
    made.__dict__.update(patch.__dict__)
    return made


def plain(value: Any) -> Any:
    """A value in a form that can be compared between two runs."""
    if isinstance(value, ImagePatch):
        return ("patch", *value.box)
    if isinstance(value, Image):
        return ("image", value.name)
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value) if type(value) in (list, tuple) else tuple(map(plain, value))
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    return value
