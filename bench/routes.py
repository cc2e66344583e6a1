"""Suite `routes`: plans against the best known ones of public and own problems, others beside them.

`python -m bench routes`, or `make bench-routes`; needs the real files of shared/data/routes.
"""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from bench import route_files, route_rivals
from bench.harness import Suite, at_most, percentile
from bench.route_files import Instance
from fieldcrm.planning.apart import solve_apart
from fieldcrm.planning.plan import Plan
from fieldcrm.planning.problem import Problem
from fieldcrm.planning.solving import solve

BUDGET_S = 1.0
PERCENT = 100
REPLAN_TIMES = 20
REPLAN_BUDGET_S = 0.2
Rival = Callable[..., route_rivals.Answer | None]
RIVALS: dict[str, Rival] = {"OR-Tools": route_rivals.ortools, "PyVRP": route_rivals.pyvrp}


def run() -> bool:
    """Measure everything and tell whether every bar is met; without the files it says so."""
    if not route_files.FOLDER.is_dir():
        print(f"routes: skipped, the problem files are not here ({route_files.FOLDER}; FIELDCRM_SHARED_DATA)")
        return True
    suite = Suite("routes")
    own = list(route_files.own())
    _measure_speed(suite, {one.name: one.problem for one in own})
    _measure_gaps(suite, "own days and weeks", own, mean=0.5, worst=2)
    _measure_gaps(suite, "OPTW", route_files.optw(), mean=1.5, worst=6)
    _measure_gaps(suite, "TOPTW", route_files.toptw(), mean=1.5, worst=6)
    _measure_gaps(suite, "TSP to 150 cities", route_files.tsp(), mean=1.5)
    _measure_gaps(suite, "VRPTW-50", route_files.vrptw(), mean=0.5)
    return suite.finish()


def _measure_gaps(
    suite: Suite, name: str, instances: Iterable[Instance], *, mean: float, worst: float | None = None
) -> None:
    """Record how far plans of a second are from the best known ones, and the same of the others."""
    gaps, partial = [], 0
    rival_gaps: dict[str, list[float]] = {rival: [] for rival in RIVALS}
    unanswered = dict.fromkeys(RIVALS, 0)
    for one in instances:
        began = time.perf_counter()
        plan = solve(one.problem, budget_s=BUDGET_S)
        took = time.perf_counter() - began
        gaps.append(
            PERCENT * one.gap(plan.value, plan.drive_s) if _has_all_musts(one.problem, plan) else PERCENT
        )
        partial += plan.is_partial
        said = [f"{gaps[-1]:.2f} %", f"{took:.2f} s"]
        for rival, ask in RIVALS.items():
            answer = ask(one.problem, budget_s=BUDGET_S)
            if answer is None or not answer[2]:
                unanswered[rival] += 1
                said.append(f"{rival} no plan")
                continue
            rival_gaps[rival].append(PERCENT * one.gap(answer[0], answer[1]))
            said.append(f"{rival} {rival_gaps[rival][-1]:.2f} %")
        print(f"  {name}, {one.name}: {', '.join(said)}", flush=True)
    suite.record(f"{name}: mean gap", statistics.fmean(gaps), "%", bar=at_most(mean))
    suite.record(f"{name}: worst gap", max(gaps), "%", bar=None if worst is None else at_most(worst))
    suite.record(f"{name}: cut short by the clock", partial, f"of {len(gaps)}")
    for rival, theirs in rival_gaps.items():
        if theirs:
            suite.record(f"{name}: mean gap of {rival}", statistics.fmean(theirs), "%")
        if unanswered[rival]:
            suite.record(f"{name}: without a plan of {rival}", unanswered[rival], f"of {len(gaps)}")


def _measure_speed(suite: Suite, problems: dict[str, Problem]) -> None:
    """Record how long it takes until a plan made in its own process is there."""
    solve_apart(problems["day_60_s1"], budget_s=0.1, limit_s=60)
    for name, budget_s, limit_s in (("day_60", 0.8, 1.0), ("week_150", 1.7, 2.0)):
        asked = [problem for key, problem in problems.items() if key.startswith(name)]
        times = [_seconds(problem, budget_s) for problem in asked]
        suite.record(f"plan of {name}, slowest of {len(times)}", max(times), "s", bar=at_most(limit_s))
    days = [problem for key, problem in problems.items() if key.startswith("day")]
    times = [_seconds(_afternoon(days[no % len(days)], no), REPLAN_BUDGET_S) for no in range(REPLAN_TIMES)]
    suite.record(
        f"re-plan of an afternoon, p95 of {len(times)}", percentile(times, 0.95), "s", bar=at_most(0.3)
    )


def _seconds(problem: Problem, budget_s: float) -> float:
    began = time.perf_counter()
    solve_apart(problem, budget_s=budget_s, limit_s=60)
    return time.perf_counter() - began


def _afternoon(problem: Problem, no: int) -> Problem:
    """Return what is left of the day at about two o'clock, from where one happens to be."""
    (day,) = problem.days
    now = 14 * 3600 + no * 60
    later = replace(day, start=1 + no, shift=(now, day.shift[1]), breaks=())
    return replace(problem, days=(later,), seed=no)


def _has_all_musts(problem: Problem, plan: Plan) -> bool:
    visited = {stop.id for day in plan.days for stop in day.stops}
    return all(stop.id in visited for stop in problem.stops if stop.is_must)
