"""Wordings of the forms for training alone, as very different people say and type them.

They stand in two files, a form a line, and hold out nothing: what is measured stays as it was before they came.
`spoken.jsonl` came first. `typed.jsonl` is of forms about pictures alone, as ten strangers might type them: telegrams,
dictation, broken English, the topic first. A pattern a form of those was kept back and never trained on:
`tests/data/typed_wordings.jsonl`, in which `benchmarks.planner --wordings` asks.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from distill.questions.forms import Form

SPOKEN, TYPED = (Path(__file__).with_name(f"{name}.jsonl") for name in ("spoken", "typed"))


@cache
def read_wordings(file: Path) -> Mapping[str, tuple[str, ...]]:
    """Patterns by the name of their form, of a file with `{"form": NAME, "patterns": [...]}` a line."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return {row["form"]: tuple(row["patterns"]) for row in rows}


def spoken_wordings(form: Form) -> Form:
    """The form with its patterns of both files, if it has any there."""
    for file in (SPOKEN, TYPED):
        more = tuple(one for one in read_wordings(file).get(form.name, ()) if one not in form.patterns)
        if more:
            start = len(form.patterns)
            newest = start if file == TYPED else 0
            form = replace(form, patterns=form.patterns + more, trained_from=form.trained_from or start, newest=newest)
    return form
