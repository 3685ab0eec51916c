"""Instruction data from what specialists saw, in the manner of LLaVA: one model for talking, finding and describing.

Liu et al., "Visual Instruction Tuning", NeurIPS 2023: conversations, detailed descriptions and complex reasoning, there
written by a language model from boxes and captions, here from the steps of verified programs; and detection and
captions as text. Nothing is said that no step said.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agent.trace import PatchValue, Trace
from distill.candidates import looks
from distill.example import IMAGE, Message, PictureFile, row
from distill.questions.nouns import article, plural
from models.picture import Box
from models.pointing import box_text

KINDS = ("conversation", "description", "reasoning", "detection", "caption")
"""The family of a row."""

TURNS = 4
"""Questions of a conversation at most."""

_FIND = "ImagePatch.find"


@dataclass
class Seen:
    """What the steps of verified programs said about one picture."""

    size: tuple[int, int]
    """Width and height in pixels."""
    things: dict[str, tuple[Box, ...]] = field(default_factory=dict)
    """Phrase to the boxes (`xyxy` pixels) of all there are; empty if there is none."""
    qualities: dict[tuple[str, Box], tuple[str, ...]] = field(default_factory=dict)
    """What was said to be true of a thing: `("dog", box)` to `("red",)`."""
    reasoned: list[tuple[str, str]] = field(default_factory=list)
    """Questions with their rationales."""

    def take(self, trace: Trace, question: str, rationale: str) -> None:
        """Add what a program saw in a question about this picture alone."""
        for step in trace.steps:
            patch = step.arguments.get("self")
            if not looks(step) or not isinstance(patch, PatchValue) or patch.picture != trace.images[0]:
                continue
            whole = patch.box == (0.0, 0.0, *map(float, self.size))
            if step.tool == _FIND and whole:
                found = [one.box for one in step.result if isinstance(one, PatchValue)]
                self.things.setdefault(_phrase(step.arguments["object_name"]), tuple(found))
            elif step.tool == "ImagePatch.exists" and whole and step.result is False:
                self.things.setdefault(_phrase(step.arguments["object_name"]), ())
            elif step.tool == "ImagePatch.verify_property" and step.result is True and not whole:
                key = (_phrase(step.arguments["object_name"]), patch.box)
                quality = _phrase(step.arguments["attribute"])
                if quality not in self.qualities.get(key, ()):
                    self.qualities[key] = (*self.qualities.get(key, ()), quality)
        if trace.steps:
            self.reasoned.append((question, rationale))

    @property
    def told(self) -> dict[str, tuple[Box, ...]]:
        """What is there, each thing under one phrase: of "sofa" and "couch" the first, "things" only where none of them
        has a better name."""
        named: set[str] = set()
        chosen: dict[str, tuple[Box, ...]] = {}
        for phrase, boxes in sorted(self.things.items(), key=lambda one: len(one[1])):
            texts = {box_text(box, self.size) for box in boxes}
            if boxes and not texts & named:
                named |= texts
                chosen[phrase] = boxes
        return chosen


def rows_of_picture(picture: PictureFile, seen: Seen, source: str, split: str) -> Iterator[dict[str, object]]:
    """Instruction rows about one picture: at most one of each of `KINDS`, as far as enough was seen.

    The same picture and sightings give the same rows.
    """
    draw = random.Random(hashlib.sha256(picture.key.encode()).hexdigest())
    told = {
        "conversation": _conversation(seen, draw),
        "description": _description(seen, draw),
        "reasoning": _reasoning(seen, draw),
        "detection": _detection(seen, draw),
        "caption": _caption(seen, draw),
    }
    for kind, turns in told.items():
        if turns:
            yield row(
                f"{picture.key[:16]}/{kind}",
                (picture,),
                _messages(turns),
                "instruction",
                verified=True,
                source=source,
                family=kind,
                split=split,
            )


Turns = Sequence[tuple[str, str]]
"""What the user says and what the assistant answers."""


def _messages(turns: Turns) -> list[Message]:
    messages: list[Message] = []
    for number, (asked, said) in enumerate(turns):
        messages.append({"role": "user", "content": f"{IMAGE}\n{asked}" if number == 0 else asked})
        messages.append({"role": "assistant", "content": said})
    return messages


def _conversation(seen: Seen, draw: random.Random) -> Turns:
    turns: list[tuple[str, str]] = []
    phrases = list(seen.things.items())
    draw.shuffle(phrases)
    for phrase, boxes in phrases[:TURNS]:
        kind = draw.randrange(3)
        if not boxes or kind == 0:
            turns.append((f"Is there {article(phrase)} {phrase}?", _yes_or_no(phrase, len(boxes))))
        elif kind == 1:
            turns.append((f"How many {plural(phrase)} are there?", f"There {_counted(phrase, len(boxes))}."))
        else:
            where = f"Where is the {phrase}?" if len(boxes) == 1 else f"Where are the {plural(phrase)}?"
            turns.append((where, f"{_boxes(boxes, seen)}."))
    for (phrase, box), qualities in list(seen.qualities.items())[: max(0, TURNS - len(turns))]:
        turns.append((f"What is true of the {phrase} at {box_text(box, seen.size)}?", f"It is {_list(qualities)}."))
    return turns if len(turns) > 1 else ()


def _description(seen: Seen, draw: random.Random) -> Turns:
    if len(seen.told) < 2:
        return ()
    sentences = [f"There {_counted(phrase, len(boxes))}: {_boxes(boxes, seen)}." for phrase, boxes in seen.told.items()]
    for (phrase, box), qualities in seen.qualities.items():
        sentences.append(f"The {phrase} at {box_text(box, seen.size)} is {_list(qualities)}.")
    missing = [f"{article(phrase)} {phrase}" for phrase, boxes in seen.things.items() if not boxes]
    if missing:
        sentences.append(f"There is not {_list(missing, 'or')}.")
    asked = draw.choice(("Describe this picture in detail.", "Tell me everything you see, with boxes."))
    return ((asked, " ".join(sentences)),)


def _reasoning(seen: Seen, draw: random.Random) -> Turns:
    if not seen.reasoned:
        return ()
    question, rationale = max(seen.reasoned, key=lambda one: (len(one[1]), one))
    return ((f"{question}\n{draw.choice(('Think step by step.', 'How do you know?'))}", rationale),)


def _detection(seen: Seen, draw: random.Random) -> Turns:
    if not seen.things:
        return ()
    phrase = draw.choice(sorted(seen.things))
    boxes = seen.things[phrase]
    asked = draw.choice((f"Detect {phrase}.", f"Find every {phrase} and give its box."))
    return ((asked, _boxes(boxes, seen) if boxes else "none"),)


def _caption(seen: Seen, draw: random.Random) -> Turns:
    if not seen.told:
        return ()
    parts = [_number(phrase, len(boxes)) for phrase, boxes in seen.told.items()]
    text = _list(parts)
    return ((draw.choice(("Caption this picture.", "What does the picture show?")), f"{text[:1].upper()}{text[1:]}."),)


def _yes_or_no(phrase: str, count: int) -> str:
    return f"Yes, there {_counted(phrase, count)}." if count else f"No, there is no {phrase}."


def _counted(phrase: str, count: int) -> str:
    return f"is {_number(phrase, count)}" if count == 1 else f"are {_number(phrase, count)}"


def _number(phrase: str, count: int) -> str:
    return f"{article(phrase)} {phrase}" if count == 1 else f"{count} {plural(phrase)}"


def _boxes(boxes: Sequence[Box], seen: Seen) -> str:
    return ", ".join(box_text(box, seen.size) for box in boxes)


def _list(parts: Sequence[str], word: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def _phrase(text: object) -> str:
    return " ".join(str(text).split()).rstrip(".")
