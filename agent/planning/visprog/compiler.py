"""Turns a program of VisProg's language into Python for the sandbox, line by line, and keeps what came from where.

What a variable holds is known at each line, so a line becomes the few Python lines that mean it. Where ours differ from
VisProg's modules is told in `docs/visprog.md`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from agent.planning.visprog.checker import check_program, pictures_of
from agent.planning.visprog.expressions import parse_expression, python_of
from agent.planning.visprog.modules import PAIR, PICTURE, PLACES
from agent.planning.visprog.syntax import Literal, Step, Variable
from agent.program import VISPROG, Compiled, Program, Span

HELPERS = {
    "value": '''\
def value(answer):
    """An answer as EVAL takes it: yes and no are truth values, digits a number."""
    if not isinstance(answer, str):
        return answer
    text = answer.strip().lower()
    if text in ("yes", "no"):
        return text == "yes"
    return int(text) if text.isdecimal() else answer
''',
    "said": '''\
def said(answer):
    """An answer in words, on one line."""
    return ("yes" if answer else "no") if isinstance(answer, bool) else " ".join(str(answer).split(chr(10)))
''',
    "widened": '''\
def widened(image, box):
    """A box with half as much again around it, as far as the picture goes."""
    across, along = 0.75 * box.width, 0.75 * box.height
    left, right = box.horizontal_center - across, box.horizontal_center + across
    lower, upper = box.vertical_center - along, box.vertical_center + along
    return max(left, image.left), max(lower, image.lower), min(right, image.right), min(upper, image.upper)
''',
    "places": '''\
def places(things, found):
    """Places in a list of the things that are where something was found."""
    return [at for at, one in enumerate(things) if any(distance(one, other) < -0.5 for other in found)]
''',
}
"""Functions that a compiled program may need. None of them calls a tool, and none of them fails."""

SIDES = {
    "CROP_RIGHTOF": "{box}.horizontal_center, {image}.lower, {image}.right, {image}.upper",
    "CROP_LEFTOF": "{image}.left, {image}.lower, {box}.horizontal_center, {image}.upper",
    "CROP_ABOVE": "{image}.left, {box}.vertical_center, {image}.right, {image}.upper",
    "CROP_BELOW": "{image}.left, {image}.lower, {image}.right, {box}.vertical_center",
}
HALVES = {
    "TOP": "{image}.left, {image}.vertical_center, {image}.right, {image}.upper",
    "BOTTOM": "{image}.left, {image}.lower, {image}.right, {image}.vertical_center",
    "LEFT": "{image}.left, {image}.lower, {image}.horizontal_center, {image}.upper",
    "RIGHT": "{image}.horizontal_center, {image}.lower, {image}.right, {image}.upper",
}
DEPTHS = {"CROP_BEHIND": ">"} | dict.fromkeys(("CROP_FRONTOF", "CROP_INFRONT", "CROP_INFRONTOF", "CROP_AHEAD"), "<")
EDITS = {
    "EMOJI": "{image}.emoji({objects}, {emoji})",
    "COLORPOP": "{image}.color_pop({objects})",
    "BGBLUR": "{image}.blur_background({objects})",
    "REPLACE": "{image}.replace({objects}, {prompt})",
}

EMOJI = {"smiling face with sunglasses": "cool face", "face with tongue": "laughing face"}
"""Of VisProg's four emoji those that ours have another name for; there is none with its tongue out."""

ANYTHING = "object"
"""What a detector is asked for to find everything."""


@dataclass(frozen=True)
class _Depth:
    """A limit of a picture that goes on behind, or in front of, a thing."""

    sign: str
    depth: str
    """Python name of the thing's depth, and of the thing."""
    box: str
    thing: str
    """What it was found as; empty if that is not known."""


@dataclass(frozen=True)
class _Known:
    """What is known of a variable, besides its kind."""

    limits: tuple[_Depth, ...] = ()
    same: str = ""
    """The name of all its things."""
    names: str = ""
    """Python name of the list of their names."""
    half: bool = False
    """A half of a picture, that is cropped as it is."""


@lru_cache(maxsize=256)
def compile_source(source: str) -> Compiled:
    """The Python of a program that the checker accepts. Raises ValueError for any other."""
    steps, problems = check_program(source)
    if problems:
        raise ValueError(str(problems[0]))
    return _Compiler(steps).compiled()


def compiled(program: Program) -> Program:
    """A program that can be run: with its Python, if it is written in another language. One that no checker accepts
    stays as it is."""
    if program.language != VISPROG or program.compiled is not None:
        return program
    try:
        return replace(program, compiled=compile_source(program.source))
    except ValueError:
        return program


class _Compiler:
    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps
        self.lines: list[str] = []
        self.spans: list[Span | None] = []
        self.known: dict[str, _Known] = {}

    def compiled(self) -> Compiled:
        self._head()
        for number, step in enumerate(self.steps, 1):
            for line in self._step(step, number):
                self._add(line, step.span)
        body = "\n".join(self.lines)
        used = [text for name, text in HELPERS.items() if re.search(rf"\b{name}\(", body)]
        before = "\n\n".join([*used, ""]) if used else ""
        spans = (*[None] * before.count("\n"), *self.spans)
        return Compiled(f"{before}{body}\n", spans)

    def _add(self, line: str, span: Span | None, indent: int = 1) -> None:
        self.lines.append("    " * indent + line)
        self.spans.append(span)

    def _head(self) -> None:
        read = pictures_of(self.steps)
        first = self.steps[0].span
        if read & set(PAIR):
            self._add("def execute_command(images):", None, 0)
            self._add("if not isinstance(images, list) or len(images) != 2:", first)
            self._add('raise ValueError("the program compares two pictures, LEFT and RIGHT; give it two")', first, 2)
            for place, name in enumerate(PAIR):
                self._picture(name, f"images[{place}]", first)
            return
        self._add("def execute_command(image):", None, 0)
        if PICTURE in read:
            self._add("if isinstance(image, list):", first)
            self._add(
                'raise ValueError("the program is about one picture, IMAGE; of two, read LEFT and RIGHT")', first, 2
            )
            self._picture(PICTURE, "image", first)

    def _picture(self, name: str, given: str, span: Span) -> None:
        self.known[name] = _Known()
        self._add(f"{name} = ImagePatch({given})", span)

    # ------------------------------------------------------------------ steps

    def _step(self, step: Step, number: int) -> list[str]:
        """The Python of a step. What it leaves known of its target counts from the next step on."""
        known, lines = self._write(step, number)
        self.known[step.target] = known
        return lines

    def _write(self, step: Step, number: int) -> tuple[_Known, list[str]]:
        name, target = step.module, python_name(step.target)
        image, of = self._given(step, "image")
        boxes, things = self._given(step, "box")
        if name == "LOC":
            return self._loc(step, target, image, of)
        if name in ("FACEDET", "SEG"):
            return self._everything(step, target, image, of)
        if name == "SELECT":
            return self._select(step, target)
        if name == "CLASSIFY":
            return self._classify(step, target)
        if name == "CROP":
            cropped = f"{boxes}[0]" if things.half else f"{image}.crop(*widened({image}, {boxes}[0]))"
            return _Known(), [f"{target} = {cropped}"]
        if name in SIDES:
            corners = SIDES[name].format(box=f"{boxes}[0]", image=image)
            return _Known(of.limits), [f"{target} = {image}.crop({corners})"]
        if name in DEPTHS:
            limit = _Depth(DEPTHS[name], f"depth_{number}", f"box_{number}", things.same)
            lines = [f"{limit.box} = {boxes}[0]", f"{limit.depth} = {limit.box}.compute_depth()", f"{target} = {image}"]
            return _Known((*of.limits, limit)), lines
        if name == "VQA":
            return _Known(), self._vqa(target, image, of, repr(_text(step, "question")))
        if name == "LIST":
            return _Known(), [f"{target} = list_of({_text(step, 'query')!r}, {_number(step, 'max')})"]
        if name == "COUNT":
            return _Known(), [f"{target} = len({boxes})", self._shown(step)]
        if name == "EVAL":
            tree = parse_expression(_text(step, "expr"))
            return _Known(), [f"{target} = {python_of(tree, python_name)}", self._shown(step)]
        if name == "RESULT":
            return _Known(), [f"return {self._given(step, 'var')[0]}"]
        return self._edit(step, target)

    def _given(self, step: Step, argument: str) -> tuple[str, _Known]:
        """Python name of the variable that an argument names, and what is known of it."""
        value = step.argument(argument)
        if not isinstance(value, Variable):
            return "", _Known()
        return python_name(value.name), self.known[value.name]

    def _shown(self, step: Step) -> str:
        """Leave the value in the record: no tool is called for it, so no step of the trace has it."""
        return f'print("{step.target} =", said({python_name(step.target)}))'

    def _loc(self, step: Step, target: str, image: str, of: _Known) -> tuple[_Known, list[str]]:
        phrase = " ".join(_text(step, "object").split())
        if phrase in PLACES:
            return _Known(half=True), [f"{target} = [{image}.crop({HALVES[phrase].format(image=image)})]"]
        return _Known(same=phrase), [f"{target} = {self._found(image, of, phrase)}"]

    def _found(self, image: str, of: _Known, phrase: str) -> str:
        found = f"{image}.find({phrase!r})"
        if not of.limits:
            return found
        tests = " and ".join(f"one.compute_depth() {limit.sign} {limit.depth}" for limit in of.limits)
        return f"[one for one in {found} if {tests}]"

    def _everything(self, step: Step, target: str, image: str, of: _Known) -> tuple[_Known, list[str]]:
        if step.module == "FACEDET":
            faces, people = (self._found(image, of, phrase) for phrase in ("face", "person"))
            return _Known(same="face"), [f"{target} = {faces} or {people}"]
        return _Known(), [f"{target} = {self._found(image, of, ANYTHING)}"]

    def _vqa(self, target: str, image: str, of: _Known, question: str) -> list[str]:
        if not of.limits:
            return [f"{target} = {image}.simple_query({question})"]
        last = of.limits[-1]
        where = "behind" if last.sign == ">" else "in front of"
        nothing = f"there is nothing {where} {f'the {last.thing}' if last.thing else 'that'} in the picture"
        seen = f"{target}_seen"
        return [
            f"{seen} = {self._found(image, of, ANYTHING)}",
            f"if not {seen}:",
            f"    abstain({nothing!r})",
            f"{seen}.sort(key=lambda one: distance(one, {last.box}))",
            f"{target} = {image}.crop(*widened({image}, {seen}[0])).simple_query({question})",
        ]

    def _select(self, step: Step, target: str) -> tuple[_Known, list[str]]:
        image, _ = self._given(step, "image")
        objects, things = self._given(step, "object")
        queries = [query.strip() for query in _text(step, "query").split(",") if query.strip()]
        category = step.argument("category")
        among, taken = f"{target}_among", f"{target}_places"
        lines = [f"{among} = list(range(len({objects})))"]
        if isinstance(category, Literal) and isinstance(category.value, str) and not alike(things.same, category.value):
            lines.append(f"{among} = places({objects}, {image}.find({category.value!r})) or {among}")
        lines.append(f"{taken} = []")
        if any(alike(things.same, query) for query in queries):
            lines.append(f"{taken} = {among}")  # all of them have that name
        else:
            lines += [
                f"for query in {queries!r}:",
                f"    chosen = [at for at in places({objects}, {image}.find(query)) if at in {among}]",
                f"    if {among} and not chosen:",
                f"        chosen = [{among}[best_image_match([{objects}[at] for at in {among}], query, True)]]",
                f"    {taken} = {taken} + [at for at in chosen if at not in {taken}]",
            ]
        if not things.names:
            return _Known(same=things.same), [*lines, f"{target} = [{objects}[at] for at in {taken}]"]
        names = f"{target}_names"
        lines.append(f"{names} = [{things.names}[at] for at in {taken}]")
        return _Known(names=names), [*lines, f"{target} = [{objects}[at] for at in {taken}]"]

    def _classify(self, step: Step, target: str) -> tuple[_Known, list[str]]:
        objects, _ = self._given(step, "object")
        categories, _ = self._given(step, "categories")
        lines = [
            f"{target}_all = [one.classify({categories}) for one in {objects}]",
            f"{target}_best = []",
            f"{target}_names = []",
            f"for name in dict.fromkeys({target}_all):",
            f"    same = [one for one, given in zip({objects}, {target}_all) if given == name]",
            f"    {target}_best.append(best_image_match(same, name) if len(same) > 1 else same[0])",
            f"    {target}_names.append(name)",
            f"{target} = {target}_best",
        ]
        return _Known(names=f"{target}_names"), lines

    def _edit(self, step: Step, target: str) -> tuple[_Known, list[str]]:
        image, _ = self._given(step, "image")
        objects, things = self._given(step, "object")
        names = things.names or f"[{things.same!r}] * len({objects})"
        if step.module == "TAG":
            labels = f", {names}" if things.names or things.same else ""
            line = f"{image}.tag({objects}{labels})"
        else:
            texts = {one.name: repr(one.value.value) for one in step.arguments if isinstance(one.value, Literal)}
            if "emoji" in texts:
                name = " ".join(_text(step, "emoji").replace("_", " ").split())
                texts["emoji"] = repr(EMOJI.get(name.lower(), name))
            line = EDITS[step.module].format(image=image, objects=objects, **texts)
        return _Known(), [f"{target} = {line}"]


def python_name(name: str) -> str:
    """What a variable is called in Python: upper-case names cannot be those of tools, functions or helpers."""
    return name if name.isupper() and not name.startswith("_") else f"variable_{name}"


def alike(name: str, query: str) -> bool:
    """Whether two names are the same, one of them perhaps a plural."""
    one, other = sorted((name.strip().lower(), query.strip().lower()), key=len)
    return bool(one) and other in (one, f"{one}s", f"{one}es")


def _text(step: Step, argument: str) -> str:
    value = step.argument(argument)
    assert isinstance(value, Literal)
    return str(value.value)


def _number(step: Step, argument: str) -> int:
    value = step.argument(argument)
    assert isinstance(value, Literal)
    return int(str(value.value))
