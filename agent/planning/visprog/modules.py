"""VisProg's 25 modules: what each is given, what it gives, and in which of the four task sets it is.

The checker, the compiler, the planner's prompt and the table in `docs/visprog.md` all read this one list.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["image", "boxes", "names", "answer", "any"]
"""What a variable holds: a picture or a part of one; things found in a picture; a list of names; a number, a text or a
truth value. `any` is one whose own line is wrong, so that nothing more is said of it."""

Given: TypeAlias = Literal["image", "boxes", "countable", "names", "text", "expression", "number", "category", "result"]
"""What an argument takes: a variable of a kind (`countable` is boxes or names, `result` anything), or a literal."""

IN_WORDS: dict[str, str] = {
    "image": "a picture",
    "boxes": "things found in a picture",
    "names": "a list of names",
    "answer": "an answer",
    "any": "something",
}

TASK_SETS = ("gqa", "nlvr", "edit", "knowledge")
"""VisProg's: questions about a picture, statements about a pair, image editing, knowledge tagging."""

PLACES = ("TOP", "BOTTOM", "LEFT", "RIGHT")
"""What LOC takes for an object to mean a half of the picture."""

PICTURE = "IMAGE"
PAIR = ("LEFT", "RIGHT")


MARK = "<!-- modules: written by `python -m agent.planning.visprog.modules docs/visprog.md` -->"
END = "<!-- end -->"
"""Between these the documentation has the table."""


@dataclass(frozen=True)
class Parameter:
    name: str
    given: Given
    optional: bool = False

    @property
    def example(self) -> str:
        """A value, as one would write it."""
        return "BOX0" if self.name == "box" else EXAMPLES[self.given]


@dataclass(frozen=True)
class Module:
    name: str
    parameters: tuple[Parameter, ...]
    result: Kind
    sets: tuple[str, ...]
    meaning: str
    """For the planner and the documentation: one sentence."""
    tools: tuple[str, ...] = ()
    """Qualified names of the tools that its Python calls."""

    @property
    def usage(self) -> str:
        """How it is called: `LOC(image=IMAGE,object='dog')`."""
        return f"{self.name}({','.join(f'{one.name}={one.example}' for one in self.parameters)})"


EXAMPLES: dict[str, str] = {
    "image": "IMAGE",
    "boxes": "OBJ0",
    "names": "LIST0",
    "text": "'...'",
    "expression": "'{ANSWER0} > 0'",
    "number": "5",
    "category": "None",
    "result": "ANSWER0",
}

_IMAGE, _BOX, _OBJECT = Parameter("image", "image"), Parameter("box", "boxes"), Parameter("object", "boxes")
_GQA, _NLVR, _EDIT, _KNOWLEDGE = (("gqa",), ("nlvr",), ("edit",), ("knowledge",))


def _side(name: str, where: str) -> Module:
    meaning = f"The part of the picture {where} the middle of the first box."
    return Module(name, (_IMAGE, _BOX), "image", _GQA, meaning, ("ImagePatch.crop",))


def _depth(name: str, where: str) -> Module:
    meaning = f"The picture as far as it is {where} the first box, told by depth."
    return Module(name, (_IMAGE, _BOX), "image", _GQA, meaning, ("ImagePatch.compute_depth",))


_ALL = (
    Module(
        "LOC",
        (_IMAGE, Parameter("object", "text")),
        "boxes",
        (*_GQA, *_KNOWLEDGE),
        "Finds all things of this name, most certain first; 'TOP', 'BOTTOM', 'LEFT' or 'RIGHT' is that half.",
        ("ImagePatch.find",),
    ),
    Module("COUNT", (Parameter("box", "countable"),), "answer", _GQA, "How many there are."),
    Module(
        "CROP",
        (_IMAGE, _BOX),
        "image",
        _GQA,
        "The first box with half as much again around it; a half of the picture as it is.",
        ("ImagePatch.crop",),
    ),
    _side("CROP_RIGHTOF", "right of"),
    _side("CROP_LEFTOF", "left of"),
    _side("CROP_ABOVE", "above"),
    _side("CROP_BELOW", "below"),
    _depth("CROP_FRONTOF", "nearer than"),
    _depth("CROP_INFRONT", "nearer than"),
    _depth("CROP_INFRONTOF", "nearer than"),
    _depth("CROP_AHEAD", "nearer than"),
    _depth("CROP_BEHIND", "farther than"),
    Module(
        "VQA",
        (_IMAGE, Parameter("question", "text")),
        "answer",
        (*_GQA, *_NLVR),
        "A short answer to a simple question about the picture.",
        ("ImagePatch.simple_query",),
    ),
    Module(
        "EVAL",
        (Parameter("expr", "expression"),),
        "answer",
        (*_GQA, *_NLVR),
        "Calculates with earlier answers, written {ANSWER0}: + - * /, comparisons, and, or, xor, not, x if y else z.",
    ),
    Module("RESULT", (Parameter("var", "result"),), "any", TASK_SETS, "The last line: which variable is the answer."),
    Module(
        "FACEDET",
        (_IMAGE,),
        "boxes",
        (*_EDIT, *_KNOWLEDGE),
        "Finds all faces; whole people where no face is found.",
        ("ImagePatch.find",),
    ),
    Module(
        "SEG",
        (_IMAGE,),
        "boxes",
        _EDIT,
        "Finds every thing in the picture.",
        ("ImagePatch.find",),
    ),
    Module(
        "SELECT",
        (_IMAGE, _OBJECT, Parameter("query", "text"), Parameter("category", "category", optional=True)),
        "boxes",
        _EDIT,
        "Of the things, for each of the names in query (separated by commas), those found by that name, or else the "
        "one most like it; category, a name or None, keeps only things found by that name before.",
        ("ImagePatch.find", "best_image_match"),
    ),
    Module(
        "CLASSIFY",
        (_IMAGE, _OBJECT, Parameter("categories", "names")),
        "boxes",
        _KNOWLEDGE,
        "Gives each thing the name it is most like; of several with one name the best is kept.",
        ("ImagePatch.classify", "best_image_match"),
    ),
    Module(
        "LIST",
        (Parameter("query", "text"), Parameter("max", "number")),
        "names",
        _KNOWLEDGE,
        "At most so many names of what is asked for, from a language model.",
        ("list_of",),
    ),
    Module(
        "TAG",
        (_IMAGE, _OBJECT),
        "image",
        _KNOWLEDGE,
        "The picture with the things boxed and named.",
        ("ImagePatch.tag",),
    ),
    Module(
        "EMOJI",
        (_IMAGE, _OBJECT, Parameter("emoji", "text")),
        "image",
        _EDIT,
        "The picture with an emoji over each of the things.",
        ("ImagePatch.emoji",),
    ),
    Module(
        "COLORPOP",
        (_IMAGE, _OBJECT),
        "image",
        _EDIT,
        "The picture in grey, the things in colour.",
        ("ImagePatch.color_pop",),
    ),
    Module(
        "BGBLUR",
        (_IMAGE, _OBJECT),
        "image",
        _EDIT,
        "The picture blurred, the things sharp.",
        ("ImagePatch.blur_background",),
    ),
    Module(
        "REPLACE",
        (_IMAGE, _OBJECT, Parameter("prompt", "text")),
        "image",
        _EDIT,
        "The picture with something else in the place of the things.",
        ("ImagePatch.replace",),
    ),
)

MODULES = {module.name: module for module in _ALL}
"""By name."""


def modules_of(task_set: str) -> list[Module]:
    """The modules that programs of a task set are made of."""
    return [module for module in _ALL if task_set in module.sets]


def table() -> str:
    """All modules as a table in Markdown, for `docs/visprog.md`."""
    rows = [f"| `{one.usage}` | {one.meaning} | {', '.join(one.sets)} |" for one in _ALL]
    return "\n".join(["| module | what it gives | task sets |", "|---|---|---|", *rows]) + "\n"


def main() -> None:
    """Write the table into the page given, or print it."""
    page = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if page is None:
        print(table(), end="")
        return
    before, mark, rest = page.read_text("utf-8").partition(MARK)
    page.write_text(f"{before}{mark}\n{table()}{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()
