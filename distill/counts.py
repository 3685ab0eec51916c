"""What became of questions and programs on the way to a data set."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from distill.verify import REASONS


@dataclass
class Counts:
    """What became of everything, stage by stage."""

    questions: int = 0
    labelled: int = 0
    programs: Counter[str] = field(default_factory=Counter)
    """Of the different programs: `drawn`, `different`, and how they ended."""
    verdicts: Counter[str] = field(default_factory=Counter)
    """Different programs by `distill.verify.REASONS`."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Questions by whether they have a verified program, or why not."""
    families: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Questions and verified ones by family."""
    unswapped: int = 0
    """Verified programs that were not tried on another picture."""
    swaps: int = 0
    """Runs of programs on other pictures."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Questions that are in no row, by reason."""
    moved: int = 0
    """Questions that are in another split than they name, because of their pictures."""
    rewritten: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    """By `split/target`."""
    pictures: int = 0
    by_draws: list[float] = field(default_factory=list)
    """Share of labelled questions with a verified program among 1, 2, ... draws."""
    unfinished: list[str] = field(default_factory=list)
    """Runs that were not at their end."""

    def as_dict(self) -> dict[str, Any]:
        ordered = {reason: self.verdicts[reason] for reason in REASONS if self.verdicts[reason]}
        return {
            **{name: value for name, value in vars(self).items() if not isinstance(value, dict)},
            "programs": dict(self.programs),
            "verdicts": ordered,
            "reasons": {reason: self.reasons[reason] for reason in REASONS if self.reasons[reason]},
            "families": {name: dict(found) for name, found in sorted(self.families.items())},
            "dropped": dict(sorted(self.dropped.items())),
            "rewritten": dict(sorted(self.rewritten.items())),
            "rows": dict(sorted(self.rows.items())),
            "by_draws": [round(share, 6) for share in self.by_draws],
        }
