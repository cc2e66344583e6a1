"""The offline promise, on a few histories; `make test-sync` plays 2,000."""

from __future__ import annotations

from tests.simulator.machine import Machine
from tests.simulator.run import play

SEEDS = range(1, 25)


def test_nothing_promised_is_lost_doubled_or_diverged(machine: Machine) -> None:
    outcome = play(machine, SEEDS, operations=50, at_once=4)
    assert outcome.is_well, outcome.summary()
