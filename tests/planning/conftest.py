"""The solver as tests use it: few rounds of the search and no clock that could cut them short."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldcrm.planning import solving
from fieldcrm.planning.plan import Plan
from fieldcrm.planning.problem import Problem


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Callable[[Problem], Plan]:
    """Solve with ten rounds, however slow the machine is."""
    monkeypatch.setattr(solving, "rounds_within", lambda *_: 10)
    return lambda problem: solving.solve(problem, budget_s=600)
