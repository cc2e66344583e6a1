"""What a plan saves: its driving against going to the nearest next, and against another order. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fieldcrm.planning.plan import Plan
from fieldcrm.planning.problem import Day, Problem


@dataclass(frozen=True, slots=True)
class Driving:
    """Seconds at the wheel and metres on the road of all days; metres None where nobody measured them."""

    drive_s: int
    drive_m: int | None


Route = Sequence[int]
Order = Callable[[Day, Sequence[str]], Sequence[str]]


def nearest_first(problem: Problem, plan: Plan) -> Driving:
    """Return the driving of the same visits on the same days, each time to the nearest that is left.

    It need not keep opening hours: only the ways are compared.
    """
    points = _points(problem)

    def order(day: Day, ids: Sequence[str]) -> Sequence[str]:
        left, done = list(ids), []
        at = day.start
        if at is None and left:
            done.append(left.pop(0))
            at = points[done[0]]
        while left:
            following = min(left, key=lambda each: (_duration(problem, at, points[each]), each))
            left.remove(following)
            done.append(following)
            at = points[following]
        return done

    return driving(problem, plan, order)


def in_order(problem: Problem, plan: Plan, wanted: Sequence[str]) -> Driving:
    """Return the driving of the same visits on the same days in the order ``wanted``, the others last."""
    place = {each: number for number, each in enumerate(wanted)}

    def order(_day: Day, ids: Sequence[str]) -> Sequence[str]:
        return sorted(ids, key=lambda each: place.get(each, len(place)))

    return driving(problem, plan, order)


def driving(problem: Problem, plan: Plan, order: Order) -> Driving:
    """Return the driving of the plan's days when each is gone in an order of its own."""
    points = _points(problem)
    days = {day.id: day for day in problem.days}
    seconds, metres = 0, 0
    for planned in plan.days:
        day = days[planned.id]
        ids = order(day, [stop.id for stop in planned.stops])
        route = [at for at in (day.start, *(points[each] for each in ids), day.end) if at is not None]
        if not ids:
            continue
        for one, other in pairwise(route):
            seconds += _duration(problem, one, other)
            metres += problem.distances[one][other] if problem.distances is not None else 0
    return Driving(seconds, metres if problem.distances is not None else None)


def _points(problem: Problem) -> Mapping[str, int]:
    return {stop.id: stop.point for stop in problem.stops if stop.point is not None}


def _duration(problem: Problem, one: int | None, other: int) -> int:
    if one is None or problem.durations is None:
        return 0
    return problem.durations[one][other]
