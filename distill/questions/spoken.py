"""Wordings of all forms as very different people say and type them, for training alone.

They came after the split of the templates was made, and hold out nothing: what is measured stays as it was.
"""

from dataclasses import replace

from distill.questions import spoken_amounts, spoken_places, spoken_ranks, spoken_things
from distill.questions.forms import Form

MORE = {**spoken_amounts.MORE, **spoken_things.MORE, **spoken_places.MORE, **spoken_ranks.MORE}
"""Patterns by the name of the form."""


def spoken_wordings(form: Form) -> Form:
    """The form with its spoken patterns, if it has any."""
    more = tuple(one for one in MORE.get(form.name, ()) if one not in form.patterns)
    if not more:
        return form
    return replace(form, patterns=form.patterns + more, trained_from=len(form.patterns))
