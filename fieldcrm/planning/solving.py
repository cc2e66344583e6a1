"""From a problem to a plan: VROOM's answer, searched on from, settled, with times and reasons."""

from __future__ import annotations

import time
from collections.abc import Iterator

from fieldcrm.planning.engine import Engine
from fieldcrm.planning.numbered import Model
from fieldcrm.planning.plan import Plan
from fieldcrm.planning.problem import Problem
from fieldcrm.planning.reasons import dropped
from fieldcrm.planning.restarts import DAYS_AT_ONCE, first_orders, improve
from fieldcrm.planning.schedule import planned_day
from fieldcrm.planning.settling import Orders, settle

SEARCH_SHARE = 0.8
"""Of the budget; the rest is for settling, times and reasons."""


def solve(problem: Problem, *, budget_s: float) -> Plan:
    """Return a plan that keeps all rules; the same for the same problem and budget unless it is partial.

    The problem must be valid (``problem.check``). Takes about ``budget_s`` at most on an idle core.
    """
    return list(steps(problem, budget_s=budget_s))[-1]


def steps(problem: Problem, *, budget_s: float) -> Iterator[Plan]:
    """Yield a first plan as soon as there is one, marked as partial, and ``solve``'s last."""
    began = time.monotonic()
    search_until = began + budget_s * SEARCH_SHARE
    model = Model(problem)
    if not model.stops:
        yield plan_of(model, [[] for _ in model.days])
        return
    engine = Engine(model)
    orders = first_orders(model, engine, deadline=search_until)
    yield plan_of(model, settle(model, orders, deadline=0)[0], is_partial=True)
    rounds = rounds_within(model, orders, budget_s)
    orders, is_searched = improve(model, engine, orders, rounds=rounds, deadline=search_until)
    orders, is_settled = settle(model, orders, deadline=began + budget_s)
    yield plan_of(model, orders, is_partial=not (is_searched and is_settled))


def rounds_within(model: Model, orders: Orders, budget_s: float) -> int:
    """Return how many rounds of the search the budget allows, by the size of the problem alone."""
    longest = max(map(len, orders))
    round_s = 0.002 + 0.000025 * len(model.stops) * min(len(orders), DAYS_AT_ONCE) + 0.000006 * longest**2
    return int(budget_s * SEARCH_SHARE / round_s)


def plan_of(model: Model, orders: Orders, *, is_partial: bool = False) -> Plan:
    """Return settled orders as a plan, its days in the order of the problem's."""
    days = {model.days[no].day.id: planned_day(model, no, order) for no, order in enumerate(orders)}
    return Plan(
        days=tuple(days[day.id] for day in model.problem.days),
        dropped=dropped(model, orders),
        value=sum(model.stops[stop].value for order in orders for stop in order),
        drive_s=sum(day.drive_s for day in days.values()),
        is_partial=is_partial,
    )
