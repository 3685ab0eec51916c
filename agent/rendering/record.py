"""An answer as one JSON object, for programs that call the command line."""

import json
from typing import Any

from pydantic import BaseModel

from agent.rendering.captions import Captions
from agent.trace import Answer


def json_record(answer: Answer) -> str:
    """One JSON object: answer, status, reason, program, steps, seconds. Regions are dicts with `type`, `picture` and
    `box` (xyxy pixels, origin top left)."""
    captions = Captions(answer.trace)
    steps = [
        {
            "line": step.span.line if step.span else None,
            "tool": step.tool,
            "call": captions.call(step),
            "arguments": _plain(step.arguments),
            "result": _plain(step.result),
            "error": step.error,
            "seconds": step.seconds,
            "batch": step.batch,
            "cached": step.cached,
            "recorded": step.recorded,
        }
        for step in answer.trace.steps
    ]
    record = {
        "answer": _plain(answer.value),
        "status": answer.status,
        "reason": answer.reason,
        "program": answer.program,
        "steps": steps,
        "seconds": answer.trace.seconds,
    }
    return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
