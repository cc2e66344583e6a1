"""Plans made in processes of their own: limits, deaths, and others that are not kept waiting."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from fieldcrm.planning import apart
from fieldcrm.planning.apart import PlannerDied, PlanTimedOut, solve_apart
from fieldcrm.planning.plan import Plan
from fieldcrm.planning.problem import Problem
from fieldcrm.planning.solving import solve
from tests.planning.checker import faults
from tests.planning.problems import random_problem

Planner = Callable[[Problem], Plan]


def endless() -> Problem:
    """Return a problem that a budget of an hour would be spent on."""
    return random_problem(7, stops=60, days=3)


def test_a_plan_made_apart_is_the_one_made_here() -> None:
    # So small that the first answer is the best, also where a busy machine cuts the search short.
    problem = random_problem(11, stops=3)
    here, apart_ = solve(problem, budget_s=0.01), solve_apart(problem, budget_s=0.01, limit_s=60)
    assert replace(apart_, is_partial=False) == replace(here, is_partial=False)


def test_past_the_limit_the_plan_so_far_is_answered_as_partial() -> None:
    problem = endless()
    made = solve_apart(problem, budget_s=3600, limit_s=4)
    assert made.is_partial
    assert not faults(problem, made)


def test_without_any_plan_the_limit_is_an_error() -> None:
    with pytest.raises(PlanTimedOut):
        solve_apart(endless(), budget_s=3600, limit_s=0)


def test_a_killed_planner_is_an_error_and_the_next_plan_has_another() -> None:
    planner = apart._Planner()
    planner._process.kill()
    with pytest.raises(PlannerDied, match="ended"):
        planner.solve(endless(), budget_s=1, limit_s=60)
    assert not planner.is_usable
    planner.end()
    assert solve_apart(random_problem(1, stops=3), budget_s=0.01, limit_s=60).days


def test_what_goes_wrong_in_the_process_is_told() -> None:
    broken = replace(random_problem(1, stops=3), durations=())
    with pytest.raises(PlannerDied, match="Error"):
        solve_apart(broken, budget_s=0.01, limit_s=60)


def test_a_long_plan_keeps_no_other_waiting() -> None:
    long = threading.Thread(target=solve_apart, args=(endless(),), kwargs={"budget_s": 3600, "limit_s": 8})
    long.start()
    short = solve_apart(random_problem(2, stops=3), budget_s=0.01, limit_s=60)
    assert short.days
    assert long.is_alive()
    long.join()
