"""Plans of random problems: they keep the rules, and every reason is so."""

from collections import Counter
from collections.abc import Callable

from fieldcrm.planning.plan import Plan
from fieldcrm.planning.problem import Problem
from tests.planning.adding_back import untruths
from tests.planning.checker import faults
from tests.planning.problems import random_problem

Planner = Callable[[Problem], Plan]
PROBLEMS = 200


def test_every_plan_is_accepted_and_every_reason_true(plan: Planner) -> None:
    seen: Counter[str] = Counter()
    for seed in range(PROBLEMS):
        problem = random_problem(seed)
        made = plan(problem)
        assert not faults(problem, made), f"seed {seed}"
        assert not untruths(problem, made), f"seed {seed}"
        seen.update(one.reason.code for one in made.dropped)
        seen["visited"] += sum(len(day.stops) for day in made.days)
        seen["breaks"] += sum(len(day.breaks) for day in made.days)
    print(seen)
    assert set(seen) >= {
        "no_position",
        "closed",
        "too_far",
        "too_early_late",
        "must_clash",
        "no_time",
        "lower_value",
        "detour",
        "visited",
        "breaks",
    }
