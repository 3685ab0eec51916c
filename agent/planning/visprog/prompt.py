"""What a planner is told that writes VisProg's language: the modules of a task set, its rules, and examples of our own.

Every example passes the checker and runs; VisProg's own curated ones do not all.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from agent.planning.examples import Example, Shelf
from agent.planning.prompt import EXAMPLES, MAX_TURNS, Failed, problems_text
from agent.planning.visprog.modules import PLACES, TASK_SETS, modules_of
from agent.program import VISPROG, Problem, Query, language_of

FILE = Path(__file__).with_name("examples.yaml")

TASKS = {
    "gqa": "You answer questions about a picture",
    "nlvr": "You decide whether a statement about a pair of pictures is true",
    "edit": "You edit a picture as a person tells you to",
    "knowledge": "You tag the things in a picture with names that need knowledge of the world",
}
ASKED = {"gqa": "Question", "nlvr": "Statement", "edit": "Instruction", "knowledge": "Instruction"}
"""What each task set calls a request."""

INPUTS = {True: "LEFT and RIGHT, the pictures of the pair", False: "IMAGE, the picture"}

SYSTEM = """\
{task} by writing a short program in the language of VisProg. You never see the picture; the modules look at it.

# Modules

{modules}

# Rules

- One step a line: NAME=MODULE(argument=value,...). Each step gives its result a name of its own, such as {names}.
- A value is a name of an earlier result, a text in quotes, a whole number or None. No calls inside calls, no other \
Python, no modules but these.
- Given is {given}.
- If a text holds a quote, put it into the other kind of quotes.
- The last line is FINAL_RESULT=RESULT(var=...).
{more}
Reply with the program in one ``` block and nothing else."""

_HALVES = ", ".join(repr(place) for place in PLACES)

MORE = {
    "gqa": f"- LOC also takes {_HALVES} as its object, for that half of the picture.\n"
    "- If the question presupposes something that is not there, crop at it all the same: no answer is given.\n",
    "nlvr": "- In the end EVAL makes the answer true or false.\n",
    "edit": "- An edited picture is a new one: go on with it. Things found before stay where they are.\n",
    "knowledge": "",
}
NAMES = {
    "gqa": "BOX0, IMAGE0, ANSWER0",
    "nlvr": "ANSWER0, ANSWER1",
    "edit": "OBJ0, IMAGE0",
    "knowledge": "OBJ0, LIST0, IMAGE0",
}

REPAIR = """\
That program cannot be used:
{problems}

Write the whole program again, corrected. Reply with it in one ``` block and nothing else."""

BEFORE = "Before, about the same picture: {question}\nThe answer was: {answer}\n\n"


PYTHON_ONLY = "this planner writes Python only; for --mode {mode} name a chat model with --planner"


class ModeError(ValueError):
    """A mode that cannot be had. The message is one line and says what to do."""


@cache
def visprog_examples(task_set: str) -> tuple[Example, ...]:
    """Requests of a task set with their programs."""
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8"))[task_set]
    return tuple(Example(entry["request"], entry["program"], _count(task_set)) for entry in entries)


def checked_mode(mode: str | None) -> str | None:
    """The name of a task set. Raises ModeError for any other."""
    if mode is not None and mode not in TASK_SETS:
        raise ModeError(f"unknown mode {mode!r}; choose {', '.join(TASK_SETS)}, or leave it out for Python")
    return mode


def wrong_pictures(mode: str, query: Query) -> str:
    """Why a query cannot be asked in a mode; empty if it can."""
    if query.subject == _count(mode):
        return ""
    given = len(query.images) if isinstance(query.subject, int) else f"a {query.subject}"
    wants = "two pictures, LEFT and RIGHT" if mode == "nlvr" else "one picture"
    return f"the mode {mode} is about {wants}; this question has {given}"


def visprog_messages(
    query: Query, mode: str, examples: int = EXAMPLES, failed: Sequence[Failed] = ()
) -> list[BaseMessage]:
    """The conversation for a chat model: rules, examples as earlier turns, what was asked before about the picture, the
    request, and, to repair, every program that failed with its problems."""
    asked = ASKED[mode]
    messages: list[BaseMessage] = [SystemMessage(system_text(mode))]
    for example in _shelf(mode).nearest(query.question, examples, len(query.images)):
        messages += [HumanMessage(f"{asked}: {example.question}"), AIMessage(_fenced(example.program))]
    before = "".join(BEFORE.format(question=turn.question, answer=turn.answer) for turn in query.history[-MAX_TURNS:])
    messages.append(HumanMessage(f"{before}{asked}: {query.question}"))
    for one in failed:
        problems = problems_text(one.source, one.problems)
        messages += [AIMessage(_fenced(one.source)), HumanMessage(REPAIR.format(problems=problems))]
    return messages


def system_text(mode: str) -> str:
    """What is the same for every request of a mode."""
    modules = "\n".join(f"- {module.usage}: {module.meaning}" for module in modules_of(mode))
    given = INPUTS[mode == "nlvr"]
    return SYSTEM.format(task=TASKS[mode], modules=modules, names=NAMES[mode], given=given, more=MORE[mode])


_FENCE = re.compile(r"^[ \t]*`{3,}[^\n]*\n(.*?)(?:^[ \t]*`{3,}|\Z)", re.DOTALL | re.MULTILINE)
_STEP = re.compile(r"^[ \t]*[A-Za-z_]\w*[ \t]*=[ \t]*\w+[ \t]*\(.*$", re.MULTILINE)
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


def extract_visprog(text: str) -> str | Problem:
    """The program in a reply: of fenced blocks the last one that holds steps, else the lines that look like steps.

    Returns:
        The program, or a Problem of kind `empty` where there is none in the text.
    """
    text = _THOUGHT.sub("", text).replace("\r\n", "\n")
    blocks = [block for block in _FENCE.findall(text) if language_of(block) == VISPROG]
    if blocks:
        return _even(blocks[-1])
    steps = [match[0] for match in _STEP.finditer(text)]
    if steps:
        return _even("\n".join(steps))
    return Problem("empty", "there is no program in the reply; it must be lines such as BOX0=LOC(image=IMAGE,...)")


def visprog_so_far(text: str) -> str:
    """What there is of the program in a reply that is still being written."""
    found = _FENCE.search(text)
    return found[1] if found else ""


@cache
def _shelf(mode: str) -> Shelf:
    return Shelf(visprog_examples(mode))


def _count(task_set: str) -> int:
    return 2 if task_set == "nlvr" else 1


def _even(source: str) -> str:
    return "".join(f"{line.strip()}\n" for line in source.strip().splitlines())


def _fenced(source: str) -> str:
    return f"```\n{source.strip()}\n```"
