"""The proof proves something: with a bug of each kind planted it says so."""

from __future__ import annotations

import pytest

from tests.simulator.machine import Machine
from tests.simulator.planted import PHONE_BUGS, SERVER_BUGS
from tests.simulator.run import play

SEEDS = range(1, 25)
"""At most these: each bug is caught in one of the first three or so, and then its run ends."""


@pytest.mark.parametrize("bug", [*PHONE_BUGS, *SERVER_BUGS])
def test_a_planted_bug_is_caught(machine: Machine, bug: str) -> None:
    outcome = play(machine, SEEDS, operations=50, at_once=3, planted=bug)
    assert outcome.is_caught, outcome.summary()
