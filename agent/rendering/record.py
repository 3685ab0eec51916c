"""An answer as one JSON object, for programs that call the command line."""

import json
from typing import Any

from pydantic import BaseModel

from agent.rendering.captions import Captions
from agent.trace import Answer


def json_record(answer: Answer, **more: Any) -> str:
    """One JSON object: answer, status, reason, program, steps, seconds, and `more`. Regions are dicts with `type`,
    `picture` and `box` (xyxy pixels, origin top left)."""
    captions = Captions(answer.trace)
    steps = [
        {
            "line": step.span.line if step.span else None,
            "tool": step.tool,
            "call": captions.call(step),
            "arguments": plain(step.arguments),
            "result": plain(step.result),
            "error": step.error,
            "seconds": step.seconds,
            "batch": step.batch,
            "cached": step.cached,
            "recorded": step.recorded,
        }
        for step in answer.trace.steps
    ]
    record = {
        "answer": plain(answer.value),
        "status": answer.status,
        "reason": answer.reason,
        "program": answer.program,
        "steps": steps,
        "seconds": answer.trace.seconds,
        **({"student": plain(answer.trace.student)} if answer.trace.student is not None else {}),
        **plain(more),
    }
    return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)


def plain(value: Any) -> Any:
    """A value of a trace as what JSON knows: its records become dicts with a `type`."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value
