"""Use cases of planning: plan days, keep the plan that was taken. The room's public face.

Services never commit. Solving happens outside of any transaction: it may take two seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fieldcrm.planning import savings
from fieldcrm.planning.apart import solve_apart
from fieldcrm.planning.asked import Asked
from fieldcrm.planning.assembling import Assembled, assemble
from fieldcrm.planning.gathering import Gathered, gather
from fieldcrm.planning.plan import Dropped, Plan, Reason
from fieldcrm.planning.savings import Driving

__all__ = ["Planned", "gather", "plan_days"]

_DAY_BUDGET_S: Final = 0.5
_REST_BUDGET_S: Final = 0.15
"""For the rest of a day: somebody stands in a car park."""
_DAYS_BUDGET_S: Final = 1.2
_LIMIT_S: Final = 10
"""For whatever the solver does; a planning process that has just been started needs a moment, too."""
_FEW_STOPS: Final = 30
"""Of fewer stops a part of the time is enough to look for better."""
_LEAST_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, what it was made of, and what it saves."""

    asked: Asked
    gathered: Gathered
    assembled: Assembled
    plan: Plan
    own: Driving
    nearest_first: Driving
    in_order: Driving | None


def plan_days(asked: Asked, gathered: Gathered) -> Planned:
    """Return the plan of what was gathered; deterministic for the same asking.

    Nobody working on any of the days: a plan without visits, the musts dropped as closed.
    """
    apart = len(asked.user_ids) > 1
    assembled = assemble(
        gathered.outings,
        gathered.candidates,
        assumed=gathered.ruling.assumed,
        musts=asked.must_ids,
        mode=gathered.habits.mode,
        factors=gathered.factors,
        seed=asked.seed,
        drive_s_per_value=gathered.ruling.drive_s_per_value,
        apart=apart,
    )
    problem = assembled.problem
    plan = _solved(assembled, is_rest=asked.here is not None) if problem.days else _nobody_out(assembled)
    wanted = [str(each) for each in asked.order_ids]
    return Planned(
        asked,
        gathered,
        assembled,
        plan,
        savings.driving(problem, plan, lambda _day, ids: ids),
        savings.nearest_first(problem, plan),
        savings.in_order(problem, plan, wanted) if wanted else None,
    )


def _solved(assembled: Assembled, *, is_rest: bool) -> Plan:
    problem = assembled.problem
    budget_s = _DAY_BUDGET_S if len(problem.days) == 1 else _DAYS_BUDGET_S
    if is_rest:
        budget_s = _REST_BUDGET_S
    share = min(max(len(problem.stops) / _FEW_STOPS, _LEAST_SHARE), 1)
    return solve_apart(problem, budget_s=budget_s * share, limit_s=_LIMIT_S)


def _nobody_out(assembled: Assembled) -> Plan:
    closed = tuple(Dropped(stop.id, Reason("closed")) for stop in assembled.problem.stops)
    return Plan(days=(), dropped=closed, value=0, drive_s=0)
