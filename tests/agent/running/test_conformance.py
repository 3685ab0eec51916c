"""Every check of `conformance`, on the sandbox that is shipped."""

from collections.abc import Callable

import pytest

from agent.running.monty_sandbox import MontySandbox
from agent.running.sandbox import Limits, Surface
from tests.agent.running.conformance import CHECKS, Make


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_monty(check: Callable[[Make], None], workers: int) -> None:
    def make(surface: Surface, limits: Limits) -> MontySandbox:
        return MontySandbox(surface, limits, workers)

    check(make)


def test_there_are_forty() -> None:
    assert len(CHECKS) >= 40
