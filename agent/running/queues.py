"""Requests that wait for a specialist, and the policy by which the next batch is chosen."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from agent.running.execution import Execution
from models.requests import Request


@dataclass(frozen=True)
class Policy:
    """When a batch is run. Sizes are requests; the specialist splits them into forward passes that fit."""

    full: int = 64
    """A queue this long is worth running though more may come."""
    most: int = 128
    """Requests in one batch at most, so that an urgent one does not wait long for a long batch of others."""
    patience: float = 0.004
    """Seconds that an urgent request waits for company while programs are still moving."""
    lull: float = 0.02
    """Seconds without any moving program after which the others' queues are run, though jobs are still being handed
    in."""

    def __post_init__(self) -> None:
        if not 1 <= self.full <= self.most or self.patience < 0 or self.lull < 0:
            raise ValueError("a policy needs 1 <= full <= most, and waits of at least 0 seconds")


@dataclass(frozen=True, eq=False)
class Waiting:
    """One request of one program."""

    execution: Execution
    slot: int
    since: float = field(default_factory=time.perf_counter)

    @property
    def request(self) -> Request[Any]:
        return self.execution.requests[self.slot]

    @property
    def urgent(self) -> bool:
        return self.execution.job.urgent


class Queues:
    """Requests by role, urgent ones apart. Not safe for threads: the engine holds its lock."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._urgent: dict[str, deque[Waiting]] = {}
        self._others: dict[str, deque[Waiting]] = {}

    def put(self, execution: Execution) -> None:
        """Take in all requests that a program waits for."""
        for slot in execution.missing:
            waiting = Waiting(execution, slot)
            queues = self._urgent if waiting.urgent else self._others
            queues.setdefault(waiting.request.role, deque()).append(waiting)

    def choose(self, quiet: float | None, now: float) -> str | None:
        """The role whose specialist should run next, or None if it is better to wait.

        Args:
            quiet: seconds since the last program moved; None while one is moving. Infinite if nothing more can come.
            now: `time.perf_counter()`.
        """
        free = {role: len(queue) for role, queue in self._others.items() if queue}
        urgent = {role: queue[0].since for role, queue in self._urgent.items() if queue}
        if urgent:
            role = min(urgent, key=lambda name: urgent[name])
            # no long batch of the others may begin in these milliseconds
            return role if quiet is not None or now - urgent[role] >= self.policy.patience else None
        if not free:
            return None
        role = max(free, key=lambda name: free[name])
        if free[role] >= self.policy.full or (quiet is not None and quiet >= self.policy.lull):
            return role
        return None

    def take(self, role: str) -> list[Waiting]:
        """The next batch for a role: urgent requests first, then as many of the others as fit."""
        batch: list[Waiting] = []
        for queue in (self._urgent.get(role), self._others.get(role)):
            while queue and len(batch) < self.policy.most:
                batch.append(queue.popleft())
        return batch

    def drop(self, execution: Execution) -> None:
        """Forget what a program waits for."""
        for queues in (self._urgent, self._others):
            for role, queue in queues.items():
                if any(waiting.execution is execution for waiting in queue):
                    queues[role] = deque(waiting for waiting in queue if waiting.execution is not execution)

    def __len__(self) -> int:
        return sum(len(queue) for queues in (self._urgent, self._others) for queue in queues.values())
