"""What is wrong with a program of VisProg's language, before anything runs: unknown modules and arguments, variables
that nothing defines, arguments of a wrong kind, expressions that are none, and an end without RESULT."""

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence

from agent.planning.visprog.expressions import ExpressionError, parse_expression, slots
from agent.planning.visprog.modules import IN_WORDS, MODULES, PAIR, PICTURE, Kind, Module, Parameter
from agent.planning.visprog.syntax import Argument, Literal, Step, Variable, lines_of, parse
from agent.program import Problem, ProblemKind, Span
from tools.knowledge import MAX_ENTRIES

MAX_STEPS = 200
"""Lines of a program."""

LAST = "FINAL_RESULT=RESULT(var=...)"


def check_program(source: str, tools: Collection[str] | None = None) -> tuple[list[Step], list[Problem]]:
    """The steps of a program and all that is wrong with it, in the order of its lines.

    Args:
        source: the program.
        tools: qualified names of the tools that are at hand; all that a module may need if None.
    """
    steps, problems = parse(source)
    if not steps and not problems:
        return steps, [Problem("empty", f"the program is empty; end it with {LAST}")]
    lines = lines_of(source)
    unread = {lines[one.span.line - 1].partition("=")[0].strip() for one in problems if one.span}
    problems += _Checker(steps, tools, unread).problems()
    return steps, sorted(problems, key=_order)


def _order(problem: Problem) -> tuple[int, bool, int]:
    """By place; what is wrong with the whole after what is wrong with the line."""
    assert problem.span is not None
    return problem.span.line, problem.kind == "entry", problem.span.column


def pictures_of(steps: Sequence[Step]) -> set[str]:
    """Which of IMAGE, LEFT and RIGHT a program reads as the pictures it was given."""
    defined: set[str] = set()
    read: set[str] = set()
    for step in steps:
        for name, _ in _read(step):
            if name in (PICTURE, *PAIR) and name not in defined:
                read.add(name)
        defined.add(step.target)
    return read


class _Checker:
    def __init__(self, steps: Sequence[Step], tools: Collection[str] | None, unread: Collection[str]) -> None:
        """`unread` are the variables of lines that could not be read."""
        self.steps, self.tools, self.whole = steps, tools, not unread
        self.kinds: dict[str, Kind] = {**dict.fromkeys(unread, "any"), **dict.fromkeys((PICTURE, *PAIR), "image")}

    def problems(self) -> Iterator[Problem]:
        if not self.steps:
            return
        if len(self.steps) > MAX_STEPS:
            step = self.steps[MAX_STEPS]
            yield _problem("syntax", f"the program has {len(self.steps)} steps; at most {MAX_STEPS} are allowed", step)
            return
        for step in self.steps:
            module = MODULES.get(step.module)
            if module is None:
                yield Problem("name", self._unknown_module(step.module), step.module_span)
                yield from self._undefined(step)
                self.kinds[step.target] = "any"
                continue
            for tool in module.tools:
                if self.tools is not None and tool not in self.tools:
                    yield Problem("name", _unavailable(module, tool), step.module_span)
            yield from self._arguments(step, module)
            self.kinds[step.target] = self._result(step, module)
        yield from self._ending()
        yield from self._one_or_two()

    # ------------------------------------------------------------------ one step

    def _unknown_module(self, name: str) -> str:
        upper = name.upper()
        family = [one for one in MODULES if "_" in upper and one.startswith(upper.partition("_")[0])]
        near = upper if upper in MODULES else _near(upper, MODULES, 0.85 if family else 0.6)
        if near or family:
            likely = near or f"one of {', '.join(family)}"
            return f"there is no module {name}; did you mean {likely}?"
        return f"there is no module {name}; there are {', '.join(MODULES)}"

    def _undefined(self, step: Step) -> Iterator[Problem]:
        for argument in step.arguments:
            if isinstance(argument.value, Variable):
                yield from self._variable(argument.value)

    def _variable(self, variable: Variable) -> Iterator[Problem]:
        if variable.name not in self.kinds:
            yield Problem("name", self._not_defined(variable.name), variable.span)

    def _not_defined(self, name: str) -> str:
        near = _near(name, self.kinds)
        later = any(step.target == name for step in self.steps)
        if later:
            return f"the variable {name} has no value yet; it is given one on a later line"
        return f"the variable {name} is not defined" + (f"; did you mean {near}?" if near else "")

    def _arguments(self, step: Step, module: Module) -> Iterator[Problem]:
        known = {parameter.name: parameter for parameter in module.parameters}
        seen: set[str] = set()
        for argument in step.arguments:
            parameter = known.get(argument.name)
            if parameter is None:
                near = _near(argument.name, known)
                seen.add(near)  # it is not wanting, only written wrong
                hint = f"; did you mean {near}?" if near else f"; it is called {module.usage}"
                yield Problem("type", f"{module.name} has no argument {argument.name}{hint}", argument.span)
            elif argument.name in seen:
                yield Problem("type", f"{module.name} is given {argument.name} twice", argument.span)
            else:
                yield from self._value(argument, parameter, module)
            seen.add(argument.name)
        wanting = [one.name for one in module.parameters if one.name not in seen and not one.optional]
        if wanting:
            yield _problem("type", f"{module.name} needs {' and '.join(wanting)}; it is called {module.usage}", step)

    def _value(self, argument: Argument, parameter: Parameter, module: Module) -> Iterator[Problem]:
        value, given = argument.value, parameter.given
        if isinstance(value, Variable):
            if given in ("text", "expression", "number", "category"):
                yield Problem("type", self._no_variable(value, parameter, module), value.span)
                return
            undefined = list(self._variable(value))
            yield from undefined
            kind = self.kinds.get(value.name, "any")
            fits = {"countable": ("boxes", "names"), "result": ("image", "boxes", "names", "answer")}.get(
                given, (given,)
            )
            if not undefined and kind != "any" and kind not in fits:
                wants = "things or names" if given == "countable" else IN_WORDS[given]
                yield Problem(
                    "type",
                    f"{module.name} takes {wants} as {parameter.name}; {value.name} is {IN_WORDS[kind]}",
                    value.span,
                )
            return
        yield from self._literal(value, parameter, module)

    def _no_variable(self, value: Variable, parameter: Parameter, module: Module) -> str:
        wants = {"number": "a whole number", "category": "a text in quotes or None"}.get(
            parameter.given, "a text in quotes"
        )
        return f"{module.name} takes {wants} as {parameter.name}, not the variable {value.name}"

    def _literal(self, value: Literal, parameter: Parameter, module: Module) -> Iterator[Problem]:
        content, given = value.value, parameter.given
        shown = "None" if content is None else repr(content)
        where = f"{module.name} takes"
        if given == "number":
            if type(content) is not int or not 1 <= content <= MAX_ENTRIES:
                wants = f"a whole number from 1 to {MAX_ENTRIES}"
                yield Problem("type", f"{where} {wants} as {parameter.name}, not {shown}", value.span)
        elif given in ("text", "expression", "category"):
            if given == "category" and content is None:
                return
            if not isinstance(content, str):
                yield Problem("type", f"{where} a text as {parameter.name}, not {shown}", value.span)
            elif not content.strip(" ,"):
                yield Problem("type", f"{where} a text as {parameter.name}, and this one is empty", value.span)
            elif given == "expression":
                yield from self._expression(content, value.span)
        else:
            wants = "the name of a variable"
            hint = f"; leave the quotes out: {content}" if isinstance(content, str) and content in self.kinds else ""
            yield Problem("type", f"{where} {wants} as {parameter.name}, not {shown}{hint}", value.span)

    def _expression(self, text: str, span: Span) -> Iterator[Problem]:
        try:
            tree = parse_expression(text)
        except ExpressionError as error:
            yield Problem("syntax", str(error), _inside(span, text, error.position))
            return
        for slot in slots(tree):
            place = _inside(span, text, slot.position, len(slot.name))
            kind = self.kinds.get(slot.name)
            if kind is None:
                yield Problem("name", self._not_defined(slot.name), place)
            elif kind == "boxes":
                yield Problem("type", f"{slot.name} is {IN_WORDS[kind]}; COUNT gives their number for EVAL", place)
            elif kind == "image":
                yield Problem("type", f"{slot.name} is {IN_WORDS[kind]}; EVAL calculates with answers", place)

    def _result(self, step: Step, module: Module) -> Kind:
        if module.name == "RESULT":
            value = step.argument("var")
            return self.kinds.get(value.name, "any") if isinstance(value, Variable) else "any"
        return module.result

    # ------------------------------------------------------------------ the whole

    def _ending(self) -> Iterator[Problem]:
        results = [place for place, step in enumerate(self.steps) if step.module == "RESULT"]
        if not results:
            if self.whole:
                yield _problem("entry", f"the program ends without a result; its last line is {LAST}", self.steps[-1])
        elif results[0] != len(self.steps) - 1:
            yield _problem("entry", "nothing can come after RESULT, which ends the program", self.steps[results[0] + 1])

    def _one_or_two(self) -> Iterator[Problem]:
        read = pictures_of(self.steps)
        if PICTURE not in read or not read & set(PAIR):
            return
        message = f"{PICTURE} is the one picture of a question, LEFT and RIGHT are a pair; a program reads either"
        step = next(one for one in self.steps if {PICTURE, *PAIR} & {name for name, _ in _read(one)} - {PICTURE})
        yield _problem("name", message, step)


def _read(step: Step) -> Iterator[tuple[str, Span]]:
    """The variables that a step reads, those of its expression included."""
    for argument in step.arguments:
        if isinstance(argument.value, Variable):
            yield argument.value.name, argument.value.span
        elif step.module == "EVAL" and argument.name == "expr" and isinstance(argument.value.value, str):
            try:
                tree = parse_expression(argument.value.value)
            except ExpressionError:
                continue
            yield from ((slot.name, argument.value.span) for slot in slots(tree))


def _inside(span: Span, text: str, position: int, length: int = 1) -> Span:
    """The place of a piece of a literal. Where escapes make the literal longer than its text, the whole literal."""
    if span.end_column - span.column != len(text) + 2:
        return span
    start = span.column + 1 + min(position, len(text))
    return Span(span.line, start, span.line, min(start + length, span.end_column))


def _unavailable(module: Module, tool: str) -> str:
    return f"{module.name} needs the tool {tool}, which is not at hand; `sight doctor` says what is missing"


def _problem(kind: ProblemKind, message: str, step: Step) -> Problem:
    return Problem(kind, message, step.span)


def _near(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    near = difflib.get_close_matches(name, sorted(known), 1, likeness)
    return near[0] if near and near[0] != name else ""
