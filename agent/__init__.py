"""Questions about pictures, answered by programs.

from agent import VisualAgent

answer = VisualAgent.from_preset("embedded").ask("How many dogs are there?", "park.png")
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.agent import VisualAgent
    from agent.pipeline import Task
    from agent.planning.chat_models import PlannerError
    from agent.planning.planner import Planner
    from agent.program import Problem, Program, Query, QueryError
    from agent.running.sandbox import Limits
    from agent.trace import Answer, Step, Trace

_HOMES = {
    "VisualAgent": "agent.agent",
    "Task": "agent.pipeline",
    "Planner": "agent.planning.planner",
    "PlannerError": "agent.planning.chat_models",
    "Problem": "agent.program",
    "Program": "agent.program",
    "Query": "agent.program",
    "QueryError": "agent.program",
    "Limits": "agent.running.sandbox",
    "Answer": "agent.trace",
    "Step": "agent.trace",
    "Trace": "agent.trace",
}

__all__ = [
    "Answer", "Limits", "Planner", "PlannerError", "Problem", "Program", "Query", "QueryError", "Step", "Task",
    "Trace", "VisualAgent",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # Loaded when asked for: `import agent.program` must not cost the second that LangChain takes.
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
