"""What a planner is told: the tools, the rules of the sandbox, examples that resemble the question, the question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from agent.language import MODULES
from agent.planning.examples import Shelf
from agent.program import ENTRY, Problem, Query
from agent.subset import REFUSED
from models.planner_format import Subject

EXAMPLES = 8
"""Examples that a prompt shows, unless told otherwise."""

SYSTEM = """\
You answer questions about pictures and videos by writing a short Python program. The program calls the tools below, \
which look at the picture; you never see it yourself. It runs in a sandbox, and what it returns is the answer.

# Tools

```python
{tools}
```

# Rules

- Define exactly one entry point. For one picture: `def {entry}(image):`. For several: `def {entry}(images):`, \
where `images` is the list of them in the order in which they were given.{video}
- Begin with `ImagePatch(image)`: the picture itself has no tools.
- Every way through the function must return the answer: a bool for yes/no, a number for how many, a short text, an \
ImagePatch or a list for "which" and "find". Never return None.
- Coordinates are pixels of the picture with the origin at the bottom left: a larger `vertical_center` is higher up, a \
larger `horizontal_center` is farther right. A larger `compute_depth()` is farther away.
- Be honest. If the question presupposes something that the picture does not show, the right answer is to abstain: \
`abstain("there is no dog in the picture")`. Indexing an empty list of found things does the same. Do not invent an \
answer, and do not wrap tool calls in try/except to hide that something is missing.
- Decide with the tools what is seen; use `llm_query` only for knowledge that no picture shows.
- The program has about two seconds of computing and 200 tool calls.
- Tools need no import. Of Python these can be imported: {modules}.
- The sandbox refuses: {refused}.

Reply with the program in one ```python block and nothing else."""

VIDEO = """
- For a video: `def {entry}(video):`. Begin with `VideoSegment(video)`. Its `find`, `track` and `sample` look at many \
frames at once; a program has too few tool calls to ask something of every frame."""

REPAIR = """\
That program cannot be used:
{problems}

Write the whole program again, corrected. Reply with it in one ```python block and nothing else."""

EARLIER = "An earlier question about the same pictures: {question}\n"

FOLLOW_UP = """\
The answer was: {answer}

The next question is about the same pictures, and may refer to this one ("how many of them ..."). Write a program that \
answers it from the pictures alone.

"""

MAX_TURNS = 6
"""Earlier questions that a prompt tells."""


@dataclass(frozen=True)
class Failed:
    """A program that the check refused or that raised when it ran, with what was wrong."""

    source: str
    problems: tuple[Problem, ...]


def system_text(tools: str) -> str:
    """What is the same for every question.

    Args:
        tools: the API text, from `tools.declaration.Vocabulary.prompt`.
    """
    refused = "; ".join(refusal.construct for refusal in REFUSED)
    video = VIDEO.format(entry=ENTRY) if "class VideoSegment" in tools else ""
    return SYSTEM.format(
        tools=tools.strip(), entry=ENTRY, video=video, modules=", ".join(sorted(MODULES)), refused=refused
    )


def full_messages(
    query: Query, tools: str, shelf: Shelf, examples: int = EXAMPLES, failed: Sequence[Failed] = ()
) -> list[BaseMessage]:
    """The conversation for a language model of any make: rules, examples as earlier turns, what was asked before about
    these pictures, the question, and, to repair, every program that failed with its problems."""
    messages: list[BaseMessage] = [SystemMessage(system_text(tools))]
    for example in shelf.nearest(query.question, examples, query.subject):
        messages.append(HumanMessage(_question(example.question, example.pictures)))
        messages.append(AIMessage(_fenced(example.program)))
    subject, follows = query.subject, ""
    for turn in query.history[-MAX_TURNS:]:
        if not turn.program.strip():  # an empty reply would be an example to follow
            follows += EARLIER.format(question=turn.question) + FOLLOW_UP.format(answer=turn.answer)
            continue
        messages.append(HumanMessage(follows + _question(turn.question, subject)))
        messages.append(AIMessage(_fenced(turn.program)))
        follows = FOLLOW_UP.format(answer=turn.answer)
    messages.append(HumanMessage(follows + _question(query.question, subject)))
    for one in failed:
        messages.append(AIMessage(_fenced(one.source)))
        messages.append(HumanMessage(REPAIR.format(problems=problems_text(one.source, one.problems))))
    return messages


def question_prompt(query: Query) -> str:
    """The one message for a planner that was trained on it: the question, and what it is about if that is not one
    picture."""
    subject = query.subject
    if subject == 1:
        return query.question
    return (
        f"{query.question}\nPictures: {subject}"
        if isinstance(subject, int)
        else f"{query.question}\n\nAbout: the {subject}"
    )


def problems_text(source: str, problems: Sequence[Problem]) -> str:
    """Problems for a planner, each with the line it speaks of."""
    lines = source.splitlines()
    told: list[str] = []
    for problem in problems[:5]:
        told.append(f"- {problem}")
        if problem.span is not None and 1 <= problem.span.line <= len(lines):
            told.append(f"      {lines[problem.span.line - 1].strip()}")
    return "\n".join(told)


def _question(question: str, subject: Subject) -> str:
    what = {1: "one picture, `image`", "video": "a video, `video`", "album": ALBUM}.get(
        subject, f"{subject} pictures, the list `images`"
    )
    return f"Question about {what}: {question}"


ALBUM = "the album, which `search_images` searches; `def execute_command():` is given no picture"


def _fenced(source: str) -> str:
    return f"```python\n{source.strip()}\n```"


def message_texts(messages: Sequence[BaseMessage]) -> list[dict[str, Any]]:
    """Messages as plain data, for a person who wants to see what a planner is told."""
    return [{"role": message.type, "text": message.text} for message in messages]
