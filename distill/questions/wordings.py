"""Wordings that were added to the forms, in the order in which they came: a file each in `added/`, a form a line.

`further.jsonl` and `loose.jsonl` hold out a fifth of their own, as the forms' first patterns do. The others are for
training alone and hold out nothing: what is measured stays as it was before they came. `loose.jsonl` is short and
elliptic, as people ask who look at a picture together. `spoken.jsonl` is how very different people say it, and
`typed.jsonl` how ten strangers might type it: telegrams, dictation, broken English, the topic first. `asked.jsonl` is
how people ask who want to know it: with a lead-in, as a statement to be confirmed, in catalogues and to assistants. Of
the forms that were there when the typed ones came, a pattern each was kept back and never trained on:
`tests/data/typed_wordings.jsonl`, in which `benchmarks.planner --wordings` asks.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from distill.questions.forms import Form

FURTHER, LOOSE, SPOKEN, TYPED, ASKED = (
    Path(__file__).parent / "added" / f"{name}.jsonl" for name in ("further", "loose", "spoken", "typed", "asked")
)


@cache
def read_wordings(file: Path) -> Mapping[str, tuple[str, ...]]:
    """Patterns by the name of their form, of a file with `{"form": NAME, "patterns": [...]}` a line."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return {row["form"]: tuple(row["patterns"]) for row in rows}


def with_wordings(form: Form) -> Form:
    """The form with its patterns of all files, if it has any there."""
    for file in (FURTHER, LOOSE, SPOKEN, TYPED, ASKED):
        start = len(form.patterns)
        more = tuple(one for one in read_wordings(file).get(form.name, ()) if one not in form.patterns)
        if not more:
            continue
        form = replace(form, patterns=form.patterns + more)
        if file in (SPOKEN, TYPED, ASKED):
            newest = form.newest or (0 if file == SPOKEN else start)
            form = replace(form, trained_from=form.trained_from or start, newest=newest)
        else:
            form = replace(form, then=(start,)) if form.first else replace(form, first=start)
    return form
