"""Which program of a question is verified: right, and right for a reason that can be seen.

Hu, Stretcu et al., "Visual Program Distillation", CVPR 2024, section 3.1, with two guards of our own: a program that
calls no vision tool, or that says the same on every swapped picture, is not verified.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.runs.record import Record
from agent.runs.scorers import exact, plain, region, said
from agent.runs.vqa_answers import ENOUGH, accuracy, normalised
from agent.trace import UNANSWERABLE
from distill.candidates import NOT_DRAWN, Asked, Candidate

FULL = 0.9
"""VQA accuracy from which an answer counts as the label: what three of ten people said has it."""

VERIFIED = "verified"
NOT_READ = "a picture could not be read"
NO_REPLY = "the planner gave no program"
REFUSED = "refused by the check"
FAILED = "failed while it ran"
NO_MAJORITY = "no answer has the majority"
WRONG = "wrong answer"
ABSTAINED = "abstained from a question that has an answer"
MINORITY = "not the majority's answer"
SAW_NOTHING = "calls no vision tool"
SAME_ON_SWAPPED = "same answer on every swapped picture"

REASONS = (
    VERIFIED,
    SAME_ON_SWAPPED,
    SAW_NOTHING,
    WRONG,
    ABSTAINED,
    MINORITY,
    NO_MAJORITY,
    FAILED,
    REFUSED,
    NO_REPLY,
    NOT_DRAWN,
    NOT_READ,
)
"""What a verdict may be. Of a question without a verified program the first that any of its programs has is told: how
near it came."""


class Judge(Protocol):
    """Decides whether two wordings say the same."""

    def __call__(self, question: str, answer: str, labels: Sequence[str]) -> bool: ...


@dataclass(frozen=True)
class Verification:
    """What was found of one question."""

    label: str
    """The right answer; without labels, the majority's. Empty if there is neither."""
    labelled: bool
    """Whether the label came with the question."""
    chosen: Candidate | None
    """The verified program; of several the likeliest."""
    verdicts: tuple[str, ...]
    """For each of the question's candidates, one of `REASONS`."""
    by_draw: tuple[bool, ...]
    """For each draw, whether its program is verified: how much more draws bring is read from it."""

    @property
    def reason(self) -> str:
        """`VERIFIED`, or why no program is."""
        return min(self.verdicts, key=REASONS.index)


def is_labelled(record: Record) -> bool:
    return bool(record.answers) or record.box is not None


def label_of(record: Record) -> str:
    """The label as the student is taught it: what most people said, of equals the first; empty if there is none."""
    if not record.answers:
        return ""
    found = Counter(record.answers).most_common(1)[0][0].strip()
    return UNANSWERABLE if plain(found) == UNANSWERABLE else found


def is_right(record: Record, judge: Judge | None = None) -> bool:
    """Whether an answer is the label, both normalised as VQA does; an abstention says `unanswerable`.

    Args:
        record: of a question with labels. Where several people were asked, full credit counts; a region is right if it
            overlaps the labelled one by half (intersection over union).
        judge: is asked where the words differ.
    """
    if record.status == "failed":
        return False
    if not record.answers:
        return record.box is not None and region(record) == 1.0
    answer = said(record)
    if len(record.answers) >= ENOUGH:
        right = accuracy(answer, record.answers) >= FULL
    else:
        right = exact(record) == 1.0 or normalised(answer) in {normalised(label) for label in record.answers}
    return right or (
        judge is not None and record.status == "answered" and judge(record.question, answer, record.answers)
    )


def verify(asked: Asked, judge: Judge | None = None, use_labels: bool = True) -> Verification:
    """Verify the programs of one question: against its labels, or, without any, against the majority of its draws.

    Args:
        judge: is asked where an answer has other words than the label.
        use_labels: False to go by the majority, whatever is known.
    """
    labelled = use_labels and is_labelled(asked.record)
    if not asked.readable:
        return Verification("", labelled, None, (NOT_READ,), ())
    if labelled:
        label = label_of(asked.record)
        verdicts = [_checked(one, lambda one: is_right(one.record, judge), WRONG) for one in asked.candidates]
    else:
        label = majority(asked)
        missing = MINORITY if label else NO_MAJORITY
        verdicts = [
            _checked(one, lambda one: bool(label) and plain(one.said) == plain(label), missing)
            for one in asked.candidates
        ]
    good = [one for one, verdict in zip(asked.candidates, verdicts, strict=True) if verdict == VERIFIED]
    places = {place for one in good for place in one.places}
    return Verification(
        label,
        labelled,
        min(good, key=_rank, default=None),
        tuple(verdicts),
        tuple(place in places for place in range(asked.draws)),
    )


def _checked(candidate: Candidate, agrees: Callable[[Candidate], bool], otherwise: str) -> str:
    record = candidate.record
    if record.status == "failed":
        if candidate.drawn.error:
            return NO_REPLY
        if candidate.drawn.problem == NOT_DRAWN:
            return NOT_DRAWN
        return REFUSED if candidate.drawn.problem else FAILED
    if not agrees(candidate):
        return ABSTAINED if otherwise == WRONG and record.status == "abstained" else otherwise
    if not candidate.looked:
        return SAW_NOTHING
    needed = candidate.reader.swaps
    return SAME_ON_SWAPPED if needed and len(candidate.swaps) == needed and unmoved(candidate) else VERIFIED


def unmoved(candidate: Candidate) -> bool:
    """Whether a program said on all swapped pictures, as far as it was asked, what it says on its own."""
    return all(plain(one) == plain(candidate.said) for one in candidate.swaps)


def majority(asked: Asked) -> str:
    """What more than half of all draws said, those without an answer counted in; empty if nothing has so many votes.

    The one answer of a run that was not generated for this has no majority: nobody asked twice.
    """
    if asked.draws < 2 and not asked.candidates[0].reader.generated:
        return ""
    votes: Counter[str] = Counter()
    wording: dict[str, str] = {}
    for one in asked.candidates:
        if one.record.status != "failed":
            votes[plain(one.said)] += len(one.places)
            wording.setdefault(plain(one.said), one.said)
    if not votes:
        return ""
    answer, count = votes.most_common(1)[0]
    return wording[answer] if 2 * count > asked.draws else ""


def _rank(candidate: Candidate) -> tuple[float, int, str]:
    """The likeliest first, of equals the shortest."""
    chance = candidate.logprob if candidate.logprob is not None else 0.0
    return -chance, len(candidate.record.program), candidate.record.program


def share_by_draws(questions: Sequence[Sequence[bool]], most: int) -> list[float]:
    """The share of questions with a verified program among k draws, for k = 1 to `most`.

    Over all choices of k of a question's draws: 1 - C(n - c, k) / C(n, k) with c of n verified (Chen et al.,
    "Evaluating Large Language Models Trained on Code", 2021).

    Args:
        questions: for each, whether the program of each draw is verified; one with fewer than k draws has no part in k.
    """
    shares = []
    for k in range(1, most + 1):
        values = [_at_least_one(len(draws), sum(draws), k) for draws in questions if len(draws) >= k]
        shares.append(sum(values) / len(values) if values else 0.0)
    return shares


def _at_least_one(n: int, c: int, k: int) -> float:
    missed = 1.0
    for i in range(k):
        missed *= max(0, n - c - i) / (n - i)
    return 1.0 - missed
