"""The regions of a picture that an answer rests on."""

from dataclasses import dataclass
from typing import Any

from agent.rendering.captions import Captions
from agent.trace import Answer
from models.picture import Box


@dataclass(frozen=True)
class Evidence:
    """One region of the first picture that was asked about."""

    name: str
    """What was looked for when it was found, such as "dog"."""
    box: Box
    """`xyxy` pixels, origin top left."""

    def plain(self) -> dict[str, Any]:
        """`{"name": ..., "box": [x1, y1, x2, y2]}`, with a decimal where there are parts of a pixel."""
        return {"name": self.name, "box": [int(v) if v == int(v) else round(v, 1) for v in self.box]}


def evidence_of(answer: Answer) -> tuple[Evidence, ...]:
    """What an answer rests on: the regions that are the answer, or else all that `find` found on the way to it.

    Whole pictures, and regions of pictures that the program made, are left out; each region is told once. An abstention
    and a failure rest on nothing.
    """
    pictures = [record.key for record in answer.trace.pictures if record.source == "query"]
    if answer.status != "answered" or not pictures:
        return ()
    captions = Captions(answer.trace)
    found = [
        sighting
        for step, row in zip(captions.steps, captions.found, strict=True)
        if step.tool.rpartition(".")[2] == "find"
        for sighting in row
    ]
    regions = [(sighting.base, sighting.value) for sighting in captions.named(answer.value) or found]
    return tuple(dict.fromkeys(Evidence(name, value.box) for name, value in regions if value.picture == pictures[0]))
