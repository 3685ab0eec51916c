"""Which batch is run next: the policy, by tables."""

import math
from dataclasses import dataclass, field
from typing import Any

import pytest

from agent.running.queues import Policy, Queues, Waiting

POLICY = Policy(full=4, most=6, patience=0.5, lull=2.0)


@dataclass(frozen=True)
class FakeRequest:
    role: str


@dataclass
class FakeJob:
    urgent: bool


@dataclass(eq=False)
class FakeExecution:
    """What a queue knows of a program: its requests, which of them are missing, and whether a person waits."""

    roles: str
    urgent: bool = False
    missing: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.requests = [FakeRequest(role) for role in self.roles]
        self.missing = self.missing or list(range(len(self.roles)))
        self.job = FakeJob(self.urgent)


def queues(*roles: str, policy: Policy = POLICY) -> Queues:
    """Queues with programs that wait for these roles, a letter a request; capital letters are urgent."""
    made = Queues(policy)
    for text in roles:
        made.put(FakeExecution(text.lower(), text.isupper()))  # type: ignore[arg-type]
    return made


def took(batch: list[Waiting]) -> list[str]:
    return [waiting.request.role.upper() if waiting.urgent else waiting.request.role for waiting in batch]


# ------------------------------------------------------------------ policy


@pytest.mark.parametrize(
    "fields",
    [{"full": 0}, {"full": 9, "most": 8}, {"patience": -0.1}, {"lull": -1.0}, {"most": 0, "full": 0}],
)
def test_a_policy_that_makes_no_sense(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="1 <= full <= most"):
        Policy(**fields)


def test_a_policy_without_batches() -> None:
    assert Policy(full=1, most=1, patience=0, lull=0).most == 1


# ------------------------------------------------------------------ whose turn it is

MOVING, JUST, LULL, NEVER = None, 0.1, 2.0, math.inf
"""Seconds since a program moved: one is moving, one has just stopped, it is a while ago, nothing more can come."""

CHOICES: dict[str, tuple[tuple[str, ...], float | None, float, str | None]] = {
    "nothing waits": ((), NEVER, 0, None),
    "nothing waits and programs move": ((), MOVING, 9, None),
    "few wait and programs move": (("a", "b"), MOVING, 9, None),
    "few wait and more may be handed in": (("a", "b", "b"), JUST, 9, None),
    "few wait and nothing moved for a while": (("a", "b", "b"), LULL, 9, "b"),
    "few wait and nothing more can come": (("a", "b", "b"), NEVER, 0, "b"),
    "of two that are as long the first goes": (("b", "a", "a", "b"), NEVER, 0, "b"),
    "a full queue goes though programs move": (("a", "b", "b", "b", "b"), MOVING, 0, "b"),
    "three are not full": (("b", "b", "b"), MOVING, 0, None),
    "requests count, not programs": (("a", "a", "bbbb"), MOVING, 0, "b"),
    "of two full ones the longer": (("aaaa", "bbbbb"), MOVING, 0, "b"),
    "an urgent one waits for company": (("A",), MOVING, 0.4, None),
    "an urgent one does not wait when nothing moves": (("A",), JUST, 0.0, "a"),
    "an urgent one does not wait for long": (("A",), MOVING, 0.5, "a"),
    "an urgent one goes before longer queues": (("bbb", "A"), NEVER, 0.0, "a"),
    "an urgent one goes before a full queue": (("bbbb", "A"), MOVING, 0.5, "a"),
    "no full queue begins while an urgent one waits a moment": (("bbbb", "A"), MOVING, 0.1, None),
    "the urgent one that waits longest goes": (("B", "A", "A"), NEVER, 0.0, "b"),
}


@pytest.mark.parametrize("case", CHOICES)
def test_choice(case: str) -> None:
    """`now` is so many seconds after the last request came."""
    roles, quiet, seconds, expected = CHOICES[case]
    made = queues(*roles)
    waiting = [one for group in (made._urgent, made._others) for queue in group.values() for one in queue]
    now = max((one.since for one in waiting), default=0.0) + seconds
    assert made.choose(quiet, now) == expected
    assert len(made) == sum(map(len, roles))  # choosing takes nothing


# ------------------------------------------------------------------ what goes

BATCHES: dict[str, tuple[tuple[str, ...], list[list[str]]]] = {
    "all of a role": (("a", "b", "a"), [["a", "a"]]),
    "at most so many": (("aaaa", "aaaa"), [["a"] * 6, ["a"] * 2]),
    "urgent ones first": (("a", "A", "a", "A"), [["A", "A", "a", "a"]]),
    "urgent ones fill it": (("aaa", "AAAAAA"), [["A"] * 6, ["a"] * 3]),
    "other roles stay": (("ab", "B"), [["a"]]),
    "nothing": (("b",), [[]]),
}


@pytest.mark.parametrize("case", BATCHES)
def test_batches(case: str) -> None:
    roles, expected = BATCHES[case]
    made = queues(*roles)
    others = sum(text.lower().count("b") for text in roles)
    assert [took(made.take("a")) for _ in expected] == expected
    assert made.take("a") == []
    assert len(made) == others


def test_requests_of_one_program_stay_in_order_and_only_the_missing_are_asked() -> None:
    made = Queues(POLICY)
    execution: Any = FakeExecution("aaaa", missing=[1, 3])
    made.put(execution)
    assert [waiting.slot for waiting in made.take("a")] == [1, 3]


def test_a_program_may_wait_for_several_roles() -> None:
    made = queues("abca")
    assert [took(made.take(role)) for role in "abcd"] == [["a", "a"], ["b"], ["c"], []]


@pytest.mark.parametrize("urgent", [False, True])
def test_dropping_forgets_one_program_alone(urgent: bool) -> None:
    made = Queues(POLICY)
    gone, stays = FakeExecution("aab", urgent), FakeExecution("ab", urgent)
    for execution in (gone, stays):
        made.put(execution)  # type: ignore[arg-type]
    made.drop(gone)  # type: ignore[arg-type]
    assert len(made) == 2
    assert {waiting.execution for role in "ab" for waiting in made.take(role)} == {stays}
    made.drop(gone)  # type: ignore[arg-type]
    assert len(made) == 0
    assert made.choose(math.inf, 0.0) is None
